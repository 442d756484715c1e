// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/variety.h>

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"

/* p·log2(1/p), with its limit at 0. */
static double surprise(double share)
{
    return share > 0 ? -share * log2(share) : 0;
}

uf_status uf_variety(const double *value, const size_t *group, size_t n, size_t n_groups,
                     struct uf_variety *out, struct uf_error *error)
{
    if (n == 0 || n_groups == 0) return uf_fail(error, UF_BAD_USAGE, "Variety needs at least one sector.");
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (group[i] >= n_groups)
            return uf_fail(error, UF_BAD_USAGE, "Sector %zu (counted from 1) lies in group %zu of %zu.",
                           i + 1, group[i], n_groups);
        if (value[i] < 0 || isinf(value[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "Sector %zu (counted from 1) has the value %g: shares need values of at "
                           "least 0.",
                           i + 1, value[i]);
        sum += value[i];
    }
    struct uf_variety found = {.total = NAN, .unrelated = NAN, .related = NAN};
    if (!(sum > 0)) {
        *out = found;
        return UF_OK;
    }
    double *share = calloc(n_groups, sizeof *share);
    if (share == NULL) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) share[group[i]] += value[i] / sum;
    found.total = found.unrelated = found.related = 0;
    for (size_t i = 0; i < n; i++) {
        double p = value[i] / sum;
        found.total += surprise(p);
        if (p > 0) found.related += p * log2(share[group[i]] / p);
        found.sectors += p > 0;
    }
    for (size_t g = 0; g < n_groups; g++) {
        found.unrelated += surprise(share[g]);
        found.groups += share[g] > 0;
    }
    free(share);
    *out = found;
    return UF_OK;
}

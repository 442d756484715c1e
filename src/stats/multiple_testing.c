// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/multiple_testing.h>

#include "base/fail.h"

/* Statistics that differ by less than this share are the same number, computed in another order. */
#define TIE 1e-9

struct ranked {
    double value;
    size_t place;
};

static int ascending(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->value != b->value) return a->value < b->value ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* The values that are not NaN, ascending. */
static uf_status rank(const double *values, size_t count, struct ranked **out, size_t *out_count,
                      struct uf_error *error)
{
    struct ranked *ranked = malloc((count + 1) * sizeof *ranked);
    if (!ranked) return uf_fail_memory(error);
    size_t m = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) ranked[m++] = (struct ranked){values[i], i};
    qsort(ranked, m, sizeof *ranked, ascending);
    *out = ranked;
    *out_count = m;
    return UF_OK;
}

static uf_status rank_p(const double *p, size_t count, struct ranked **out, size_t *out_count,
                        struct uf_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (p[i] < 0 || p[i] > 1)
            return uf_fail(error, UF_BAD_INPUT, "p-value %zu is %g; it must lie between 0 and 1", i + 1,
                           p[i]);
    return rank(p, count, out, out_count, error);
}

uf_status uf_holm(const double *p, size_t count, double *out, struct uf_error *error)
{
    struct ranked *ranked;
    size_t m;
    UF_TRY(rank_p(p, count, &ranked, &m, error));
    double highest = 0;
    if (out != p) memcpy(out, p, count * sizeof *out);
    for (size_t j = 0; j < m; j++) {
        highest = fmax(highest, fmin(1, (double)(m - j) * ranked[j].value));
        out[ranked[j].place] = highest;
    }
    free(ranked);
    return UF_OK;
}

uf_status uf_benjamini_hochberg(const double *p, size_t count, double *out, struct uf_error *error)
{
    struct ranked *ranked;
    size_t m;
    UF_TRY(rank_p(p, count, &ranked, &m, error));
    double lowest = 1;
    if (out != p) memcpy(out, p, count * sizeof *out);
    for (size_t j = m; j-- > 0;) {
        lowest = fmin(lowest, (double)m * ranked[j].value / (double)(j + 1));
        out[ranked[j].place] = lowest;
    }
    free(ranked);
    return UF_OK;
}

uf_status uf_romano_wolf(const double *statistic, const gsl_matrix *resampled, double *out,
                         struct uf_error *error)
{
    size_t count = resampled->size2, draws = resampled->size1, m;
    if (draws == 0)
        return uf_fail(error, UF_BAD_USAGE, "the step-down test needs resampled statistics, found none");
    struct ranked *ranked;
    double *size = malloc((count + 1) * sizeof *size);
    size_t *beyond = calloc(count + 1, sizeof *beyond);
    uf_status status = size && beyond ? UF_OK : uf_fail_memory(error);
    if (status != UF_OK) goto done;
    for (size_t j = 0; j < count; j++) size[j] = fabs(statistic[j]);
    UF_TRY_GOTO(rank(size, count, &ranked, &m, error), done);
    for (size_t b = 0; b < draws; b++) {
        double largest = 0; /* over the hypotheses whose statistic is no larger */
        for (size_t j = 0; j < m; j++) {
            double value = fabs(gsl_matrix_get(resampled, b, ranked[j].place));
            largest = isnan(value) ? INFINITY : fmax(largest, value);
            beyond[j] += largest >= ranked[j].value * (1 - TIE);
        }
    }
    double highest = 0;
    for (size_t j = 0; j < count; j++) out[j] = NAN;
    for (size_t j = m; j-- > 0;) {
        highest = fmax(highest, (1 + (double)beyond[j]) / (1 + (double)draws));
        out[ranked[j].place] = highest;
    }
    free(ranked);
done:
    free(size), free(beyond);
    return status;
}

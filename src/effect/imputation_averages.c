// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/imputation_internal.h"

void uf_imputation_averages_clear(struct uf_imputation_averages *a)
{
    if (!a) return;
    free(a->key), free(a->estimate), free(a->n);
    gsl_matrix_free(a->share);
    memset(a, 0, sizeof *a);
}

/* LONG_MIN: the cell is in none. */
static long key_of(const struct uf_imputation *fit, size_t cell, enum uf_average_kind kind)
{
    const struct uf_imputation_cell *c = &fit->cell[cell];
    if (c->count[UF_IMPUTATION_ESTIMATED] == 0) return LONG_MIN;
    if (kind == UF_AVERAGE_CELLS) return (long)cell;
    if (kind == UF_AVERAGE_DYNAMIC) return c->event_time;
    if (c->event_time < 0) return LONG_MIN;
    return kind == UF_AVERAGE_SIMPLE ? 0 : kind == UF_AVERAGE_GROUP ? (long)c->first_period : (long)c->period;
}

static int ascending(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

uf_status uf_imputation_average(const struct uf_imputation *fit, enum uf_average_kind kind,
                                struct uf_imputation_averages *out, struct uf_error *error)
{
    struct uf_imputation_averages a = {0};
    size_t most = fit->n_cells, count = 0;
    a.key = malloc((most + 1) * sizeof *a.key);
    a.estimate = calloc(most + 1, sizeof *a.estimate);
    a.n = calloc(most + 1, sizeof *a.n);
    double *weight = calloc(most + 1, sizeof *weight);
    uf_status status = a.key && a.estimate && a.n && weight ? UF_OK : uf_fail_memory(error);
    if (status != UF_OK) goto done;
    for (size_t c = 0; c < most; c++) {
        long key = key_of(fit, c, kind);
        if (key != LONG_MIN) a.key[count++] = key;
    }
    qsort(a.key, count, sizeof *a.key, ascending);
    for (size_t i = 0; i < count; i++)
        if (a.count == 0 || a.key[i] != a.key[a.count - 1]) a.key[a.count++] = a.key[i];
    if (a.count == 0) goto done;
    a.share = gsl_matrix_calloc(fit->n_cells, a.count);
    if (!a.share) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (size_t c = 0; c < most; c++) {
            long key = key_of(fit, c, kind);
            if (key == LONG_MIN) continue;
            size_t j = (size_t)((long *)bsearch(&key, a.key, a.count, sizeof key, ascending) - a.key);
            if (pass == 0) {
                weight[j] += fit->cell[c].weight;
                a.n[j] += fit->cell[c].count[UF_IMPUTATION_ESTIMATED];
                continue;
            }
            double share = fit->cell[c].weight / weight[j];
            gsl_matrix_set(a.share, c, j, share);
            a.estimate[j] += share * fit->cell[c].estimate;
        }
    }
done:
    free(weight);
    if (status != UF_OK)
        uf_imputation_averages_clear(&a);
    else
        *out = a;
    return status;
}

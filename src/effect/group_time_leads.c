// SPDX-License-Identifier: GPL-3.0-or-later
/* The joint test of the cells before the start. */
#include "base/fail.h"
#include "effect/group_time_internal.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What of a variance the leads before it must leave. */
#define SINGULAR 1e-10

/* A Cholesky factorisation in place (lower triangle); returns the rank. */
static size_t factor(double *v, size_t q)
{
    for (size_t j = 0; j < q; j++) {
        double whole = v[j * q + j], rest = whole;
        for (size_t l = 0; l < j; l++) rest -= v[j * q + l] * v[j * q + l];
        if (!(rest > SINGULAR * whole)) return j;
        v[j * q + j] = sqrt(rest);
        for (size_t i = j + 1; i < q; i++) {
            for (size_t l = 0; l < j; l++) v[i * q + j] -= v[i * q + l] * v[j * q + l];
            v[i * q + j] /= v[j * q + j];
        }
    }
    return q;
}

/* a'V⁻¹a by V's factor; `a` is overwritten. */
static double square_of(const double *v, double *a, size_t q)
{
    double sum = 0;
    for (size_t j = 0; j < q; j++) {
        for (size_t l = 0; l < j; l++) a[j] -= v[j * q + l] * a[l];
        a[j] /= v[j * q + j];
        sum += a[j] * a[j];
    }
    return sum;
}

size_t group_time_leads(const struct uf_group_time *g, size_t *lead)
{
    size_t q = 0;
    for (size_t c = 0; c < g->n_cells; c++)
        if (g->cells[c].lead && !g->cells[c].reference && g->cells[c].std_error > 0) lead[q++] = c;
    return q;
}

uf_status group_time_lead_covariance(const struct uf_group_time *g, const size_t *lead, size_t q, double *v,
                                     struct uf_error *error)
{
    const struct uf_group_time_work *work = g->work;
    double *rows = calloc(g->n_rows * q + 1, sizeof *rows),
           *column = malloc((g->n_units + 1) * sizeof *column);
    if (!rows || !column) {
        free(rows), free(column);
        return uf_fail_memory(error);
    }
    for (size_t j = 0; j < q; j++) {
        memset(column, 0, g->n_units * sizeof *column);
        group_time_add_influence(&work->order, &g->cells[lead[j]], &work->influence[lead[j]], 1, column);
        for (size_t p = 0; p < g->n_units; p++)
            rows[work->wide.cluster[work->order.unit[p]] * q + j] += column[p];
    }
    memset(v, 0, q * q * sizeof *v);
    for (size_t r = 0; r < g->n_rows; r++) {
        const double *row = rows + r * q;
        for (size_t i = 0; i < q; i++) {
            if (row[i] == 0) continue;
            for (size_t j = 0; j <= i; j++) v[i * q + j] += row[i] * row[j];
        }
    }
    free(rows), free(column);
    return UF_OK;
}

uf_status uf_group_time_pretest(const struct uf_group_time *g, const double *line,
                                struct uf_group_time_pretest *out, struct uf_error *error)
{
    size_t *lead = malloc((g->n_cells + 1) * sizeof *lead), q = 0;
    double *v = NULL, *a = NULL;
    uf_status status = lead ? UF_OK : uf_fail_memory(error);
    if (lead) q = group_time_leads(g, lead);
    struct uf_group_time_pretest test = {NAN, NAN, NAN, q, 0};
    if (status == UF_OK && q > 0) {
        v = malloc(q * q * sizeof *v);
        a = malloc(q * sizeof *a);
        status = v && a ? group_time_lead_covariance(g, lead, q, v, error) : uf_fail_memory(error);
    }
    if (status == UF_OK && q > 0) {
        test.rank = factor(v, q);
        if (test.rank == q) {
            for (size_t j = 0; j < q; j++) a[j] = g->cells[lead[j]].estimate;
            test.wald = square_of(v, a, q);
            test.p_value = gsl_cdf_chisq_Q(test.wald, (double)q);
            for (size_t j = 0; j < q && line; j++) a[j] = line[lead[j]];
            if (line) test.noncentrality = square_of(v, a, q);
        }
    }
    free(lead), free(v), free(a);
    if (status == UF_OK) *out = test;
    return status;
}

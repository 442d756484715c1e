// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/staggered.h"

#include <stdlib.h>

/* The calendar period from which the unit of row `i` is treated: as the column says, or where it first is 1. */
static long start_of(const struct staggered *p, size_t i, size_t column, size_t time_column, bool dummy)
{
    if (!dummy) return (long)raw_csv_number(&p->csv, i, column);
    long first = 0;
    for (size_t j = 0; j < p->csv.n_rows; j++) {
        if (p->unit[j] != p->unit[i] || raw_csv_number(&p->csv, j, column) != 1) continue;
        long time = (long)raw_csv_number(&p->csv, j, time_column);
        if (first == 0 || time < first) first = time;
    }
    return first;
}

struct staggered staggered_read(const char *shared_file, const char *unit, const char *period,
                                const char *outcome, const char *start, const char *cluster,
                                const char *weight, const char *covariate)
{
    struct staggered p = {.csv = raw_csv_read(need_shared(shared_file))};
    size_t n = p.csv.n_rows, n_units, n_groups, time_column = raw_csv_column(&p.csv, period);
    p.unit = csv_groups(&p.csv, unit, &n_units);
    size_t start_column = raw_csv_column(&p.csv, start);
    bool dummy = true;
    for (size_t i = 0; i < n; i++) dummy &= raw_csv_number(&p.csv, i, start_column) <= 1;
    long last_time = 0;
    p.first_time = 1 << 20;
    for (size_t i = 0; i < n; i++) {
        long time = (long)raw_csv_number(&p.csv, i, time_column);
        if (time < p.first_time) p.first_time = time;
        if (time > last_time) last_time = time;
    }
    p.period = malloc(n * sizeof *p.period);
    p.first = malloc(n_units * sizeof *p.first);
    p.outcome = malloc(n * sizeof *p.outcome);
    p.weights = weight ? malloc(n * sizeof *p.weights) : NULL;
    p.covariates = covariate ? gsl_matrix_alloc(n, 1) : NULL;
    p.cluster = csv_groups(&p.csv, cluster ? cluster : unit, &n_groups);
    for (size_t i = 0; i < n; i++) {
        p.period[i] = (size_t)((long)raw_csv_number(&p.csv, i, time_column) - p.first_time);
        long begins = start_of(&p, i, start_column, time_column, dummy);
        bool never = begins < p.first_time || begins > last_time;
        p.first[p.unit[i]] = never ? SIZE_MAX : (size_t)(begins - p.first_time);
        p.outcome[i] = raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, outcome));
        if (weight) p.weights[i] = raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, weight));
        if (covariate)
            gsl_matrix_set(p.covariates, i, 0, raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, covariate)));
    }
    p.data = (struct uf_did_data){.n = n,
                                  .n_units = n_units,
                                  .n_periods = (size_t)(last_time - p.first_time + 1),
                                  .unit = p.unit,
                                  .period = p.period,
                                  .outcome = p.outcome,
                                  .weights = p.weights,
                                  .covariates = p.covariates,
                                  .first_period = p.first,
                                  .cluster = {p.cluster},
                                  .n_groups = {n_groups},
                                  .n_cluster_dimensions = 1};
    return p;
}

void staggered_clear(struct staggered *p)
{
    raw_csv_free(&p->csv);
    free(p->unit), free(p->period), free(p->first), free(p->cluster), free(p->outcome), free(p->weights);
    gsl_matrix_free(p->covariates);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/long_panel.h"

#include <stdlib.h>

#include "support/regression.h"

static double *numbers(const struct raw_csv *csv, const char *name)
{
    size_t column = raw_csv_column(csv, name);
    double *value = malloc((csv->n_rows + 1) * sizeof *value);
    for (size_t i = 0; i < csv->n_rows; i++) value[i] = raw_csv_number(csv, i, column);
    return value;
}

struct long_panel long_panel_read(const char *path, const char *unit, const char *period, const char *outcome,
                                  const char *start, const char *covariate, const char *weight,
                                  const char *cluster)
{
    struct long_panel p = {.csv = raw_csv_read(path)};
    size_t n = p.csv.n_rows, n_units, n_groups = 0;
    p.unit = csv_groups(&p.csv, unit, &n_units);
    p.outcome = numbers(&p.csv, outcome);
    p.weights = weight ? numbers(&p.csv, weight) : NULL;
    p.cluster = cluster ? csv_groups(&p.csv, cluster, &n_groups) : NULL;
    double *time = numbers(&p.csv, period), *begins = numbers(&p.csv, start), low = time[0], high = time[0];
    for (size_t i = 0; i < n; i++) {
        low = time[i] < low ? time[i] : low;
        high = time[i] > high ? time[i] : high;
    }
    p.first_time = (long)low;
    p.period = malloc(n * sizeof *p.period);
    p.first = malloc(n_units * sizeof *p.first);
    p.covariates = covariate ? gsl_matrix_alloc(n, 1) : NULL;
    double *x = covariate ? numbers(&p.csv, covariate) : NULL;
    for (size_t i = 0; i < n; i++) {
        p.period[i] = (size_t)(time[i] - low);
        p.first[p.unit[i]] = begins[i] < low || begins[i] > high ? SIZE_MAX : (size_t)(begins[i] - low);
        if (x) gsl_matrix_set(p.covariates, i, 0, x[i]);
    }
    p.data = (struct uf_did_data){.n = n,
                                  .n_units = n_units,
                                  .n_periods = (size_t)(high - low) + 1,
                                  .unit = p.unit,
                                  .period = p.period,
                                  .outcome = p.outcome,
                                  .weights = p.weights,
                                  .covariates = p.covariates,
                                  .first_period = p.first,
                                  .cluster = {p.cluster},
                                  .n_groups = {n_groups},
                                  .n_cluster_dimensions = cluster ? 1 : 0};
    free(time), free(begins), free(x);
    return p;
}

void long_panel_clear(struct long_panel *p)
{
    raw_csv_free(&p->csv);
    free(p->unit), free(p->period), free(p->first), free(p->cluster), free(p->outcome), free(p->weights);
    gsl_matrix_free(p->covariates);
}

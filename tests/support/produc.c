// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/produc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const produc_columns[4] = {"pcap", "pc", "emp", "unemp"};

struct produc produc_read(void)
{
    static const char *const names[] = {"state", "year", "region"};
    struct produc p = {.csv = raw_csv_read(need_shared("reference/peers/data/Produc.csv"))};
    for (int g = 0; g < PRODUC_EACH; g++) p.group[g] = csv_groups(&p.csv, names[g], &p.n_groups[g]);
    p.group[PRODUC_EACH] = malloc(p.csv.n_rows * sizeof(size_t));
    p.n_groups[PRODUC_EACH] = p.csv.n_rows;
    for (size_t i = 0; i < p.csv.n_rows; i++) p.group[PRODUC_EACH][i] = i;
    return p;
}

void produc_clear(struct produc *p)
{
    for (int g = 0; g < PRODUC_GROUPINGS; g++) free(p->group[g]);
    raw_csv_free(&p->csv);
}

double produc_value(const struct produc *p, size_t i, const char *name)
{
    double value = raw_csv_number(&p->csv, i, raw_csv_column(&p->csv, name));
    return !strcmp(name, "unemp") ? value : log(value);
}

struct regression produc_fit(const struct produc *p, bool intercept, const char *const *names, size_t k,
                             size_t n_effects, const char *weight)
{
    size_t n = p->csv.n_rows, shift = intercept ? 1 : 0;
    gsl_matrix *x = gsl_matrix_alloc(n, k + shift);
    gsl_vector *y = gsl_vector_alloc(n);
    double *weights = weight ? malloc(n * sizeof *weights) : NULL;
    for (size_t i = 0; i < n; i++) {
        if (shift) gsl_matrix_set(x, i, 0, 1);
        for (size_t j = 0; j < k; j++) gsl_matrix_set(x, i, j + shift, produc_value(p, i, names[j]));
        gsl_vector_set(y, i, produc_value(p, i, "gsp"));
        if (weights) weights[i] = raw_csv_number(&p->csv, i, raw_csv_column(&p->csv, weight));
    }
    const size_t *group[] = {p->group[PRODUC_STATE], p->group[PRODUC_YEAR]};
    return regression_fit(x, y, weights, n_effects, group, p->n_groups);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_LONG_PANEL_H
#define UTFALL_TESTS_LONG_PANEL_H
/* A sample for the effect kernels, read from a raw CSV with a column for the first treated period. */
#include <utfall/did.h>

#include "support/test.h"

struct long_panel {
    struct raw_csv csv;
    struct uf_did_data data;
    size_t *unit, *period, *first, *cluster;
    double *outcome, *weights;
    gsl_matrix *covariates;
    long first_time;
};
/* `start`: calendar period of the first treatment, values outside the data are never. `covariate`, `weight` and
 * `cluster` may be NULL. */
struct long_panel long_panel_read(const char *path, const char *unit, const char *period, const char *outcome,
                                  const char *start, const char *covariate, const char *weight,
                                  const char *cluster);
void long_panel_clear(struct long_panel *panel);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_STAGGERED_H
#define UTFALL_TESTS_STAGGERED_H
/* A panel with starts at different times, read from a CSV with no help from the library under test. */
#include <utfall/did.h>

#include "support/regression.h"

struct staggered {
    struct raw_csv csv;
    struct uf_did_data data;
    size_t *unit, *period, *first, *cluster;
    double *outcome, *weights;
    gsl_matrix *covariates;
    long first_time; /* the calendar of period 0 */
};

/* `start`: a column with the calendar period of the first treatment; outside the data: never; or
 * a 0/1 column. `cluster`, `weight`,
 * `covariate` may be NULL; without a cluster it is the unit. */
struct staggered staggered_read(const char *shared_file, const char *unit, const char *period,
                                const char *outcome, const char *start, const char *cluster,
                                const char *weight, const char *covariate);
void staggered_clear(struct staggered *panel);
#endif

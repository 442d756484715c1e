// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_STACKED_SAMPLE_H
#define UTFALL_TESTS_STACKED_SAMPLE_H
/* A small panel for tests of the stacked kernels: cohorts that start in the periods 3, 5 and 8, the rest never, with weights that
 * are the unit's own. */
#include <utfall/stacked.h>

enum { STACKED_PERIODS = 10, STACKED_MOST_UNITS = 20, STACKED_MOST = STACKED_MOST_UNITS * STACKED_PERIODS };

struct stacked_sample {
    struct uf_did_data data;
    size_t unit[STACKED_MOST], period[STACKED_MOST], first[STACKED_MOST_UNITS], cluster[STACKED_MOST];
    double outcome[STACKED_MOST], weights[STACKED_MOST], treatment[STACKED_MOST], covariate[STACKED_MOST];
    gsl_matrix_view covariates; /* for the test to make of `covariate` */
};

/* `starts`: how many start in 3, 5 and 8, the first units first. `missing` says which observations there are not (NULL: all are
 * there). Each unit is a cluster. free() it. */
struct stacked_sample *stacked_sample_new(size_t units, const size_t starts[3],
                                          bool (*missing)(size_t unit, size_t period));

/* Every kind of term of stacks with starts in 3 and 5: the average, event times and cells. With windows of less than 9 periods nobody
 * reaches the event time 9, and nobody starts in 4: such terms have no number, nor has the reference. */
enum { STACKED_TERMS = 14 };
extern const struct uf_stacked_term stacked_terms[STACKED_TERMS];
#endif

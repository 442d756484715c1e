// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_DID_DATA_H
#define UTFALL_TESTS_DID_DATA_H
/* The columns of a sample as the kernels take them. */
#include <utfall/did.h>

struct did_columns { /* borrowed, as in uf_did_data */
    const size_t *unit, *period;
    const double *outcome, *treatment; /* the latter NULL where only starts are read */
    const size_t *first_period;
};
/* n rows, each unit a cluster; weights, covariates and other clusters are to be added. */
struct uf_did_data did_data_by_unit(size_t n, size_t n_units, size_t n_periods, struct did_columns columns);
#endif

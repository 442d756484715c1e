// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_COMPOSITE_VARIANTS_H
#define UTFALL_PROFILE_COMPOSITE_VARIANTS_H
/* What every draw of the uncertainty analysis reads: the indicators treated, normalised and transformed in each way that the alternatives
 * can ask for, made once. */
#include <utfall/composite_uncertainty.h>

#include "profile/composite_tree.h"

enum { COMPOSITE_AGGREGATIONS = UF_AGGREGATE_COPELAND + 1 };

struct composite_variants {
    size_t n_units, n_indicators; /* units that are ranked */
    size_t *unit;                 /* n_units: rows of the input */
    size_t n_normalisations;
    /* [treatment × n_normalisations + normalisation][aggregation]: n_indicators × n_units, transformed for the aggregation, 0 where
     * missing; NULL where no alternative asks for it */
    double *(*table)[COMPOSITE_AGGREGATIONS];
    size_t n_tables;
    double *there; /* n_indicators × n_units: 1, or 0 where missing; NULL: nothing is missing */
};

/* Refuses what cannot be computed. Everything in `out` is released by composite_variants_clear. */
uf_status composite_variants_new(const struct uf_composite_input *input, struct composite_variants *out,
                                 struct uf_error *error);
void composite_variants_clear(struct composite_variants *variants);
#endif

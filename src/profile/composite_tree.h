// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_COMPOSITE_TREE_H
#define UTFALL_PROFILE_COMPOSITE_TREE_H
/* What one aggregation and ten thousand of them share. */
#include <utfall/composite.h>

/* A mean is a weighted mean of transformed numbers, transformed back. */
double composite_into(enum uf_aggregation how, double x);
double composite_back(enum uf_aggregation how, double x);
bool composite_needs_positive(enum uf_aggregation how);

/* Copeland's score of n_units by columns: −(n − 1) … n − 1; NaN where a part is missing. `lead` is room for n_units numbers. */
void composite_copeland(const double *const *part, const double *weight, size_t n_parts, size_t n_units,
                        double *lead, double *out);
#endif

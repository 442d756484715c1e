// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_ACTIVITY_CASES_H
#define UTFALL_TESTS_ACTIVITY_CASES_H
/* Random activity tables with the corners that hurt: zeros, an empty region, an empty sector, one region, one
 * sector. */
#include <gsl/gsl_matrix.h>
#include <stddef.h>
#include <stdint.h>

struct draw {
    uint64_t state;
};
double draw_uniform(struct draw *draw); /* in (0, 1) */
size_t draw_below(struct draw *draw, size_t n);

enum { ACTIVITY_CASES = 60, ACTIVITY_MAX = 9 };
/* Case number 0 … ACTIVITY_CASES − 1, at most ACTIVITY_MAX regions and sectors, whole numbers up to some tens
 * of thousands. Free it. */
gsl_matrix *activity_case(size_t number, struct draw *draw);
/* A copy with rows and columns in the given order. */
gsl_matrix *permuted(const gsl_matrix *matrix, const size_t *rows, const size_t *columns);
/* 0 … n−1 in random order. */
void draw_order(struct draw *draw, size_t *order, size_t n);
#endif

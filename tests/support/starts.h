// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_STARTS_H
#define UTFALL_TESTS_STARTS_H
/* For tests of methods made for staggered starts: a panel, a run on it, and looking into what came out. */
#include <utfall/method.h>

#include "support/method_run.h"
#include "support/small_panel.h"

/* 2008 … 2017, columns y, x, w; the first three units start in 2012, the next three in 2014, with an effect of 1, 2,
 * 3 … on y. */
struct uf_panel *starts_panel(size_t units);
/* The column is the covariate. */
void starts_covariate(struct uf_panel *panel, size_t column);

/* Fails unless the run was refused with a fatal note of that code, with advice. Clears it. */
void expect_refused_run(struct ran ran, const char *code);
/* Fails where there is none. */
const struct uf_table *table_of(const struct ran *ran, const char *name);
/* The first row whose text in `column` is that; fails where there is none. */
size_t row_of(const struct uf_table *table, const char *column, const char *text);
/* No note and no title is in English, or has an argument left. */
void expect_swedish(const struct ran *ran);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_SMALL_PANEL_H
#define UTFALL_TESTS_SMALL_PANEL_H
/* A balanced panel made in memory, for tests of methods: unit × year, every column filled by the test. */
#include <utfall/panel.h>

/* Units R001, R002 … (labels `Region 1` …), years from `first_year`, columns by name; column 0 is the
 * outcome, values start at 0 and observed. Nobody is treated, but `treatment.given` is true. */
struct uf_panel *small_panel_new(size_t n_units, size_t n_periods, int first_year, const char *const *columns,
                                 size_t n_columns);
void small_panel_free(struct uf_panel *panel);
double *small_panel_cell(struct uf_panel *panel, size_t column, size_t unit, size_t period);
void small_panel_miss(struct uf_panel *panel, size_t column, size_t unit, size_t period);
void small_panel_rename_unit(struct uf_panel *panel, size_t unit, const char *code);
/* Adds an exposure with every unit's status unknown; the returned pointer lives until the next one is added. */
struct uf_exposure *small_panel_expose(struct uf_panel *panel, const char *name, int exposed, int total,
                                       int from, int to);
#endif

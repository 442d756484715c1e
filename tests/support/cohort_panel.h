// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_COHORT_PANEL_H
#define UTFALL_TESTS_COHORT_PANEL_H
/* A panel of counties with two cohorts, for tests of methods. */
#include <utfall/panel.h>

/* Columns y, x and z, from 2008 on; x and z differ between units only. Every third unit starts in period 5, the next third
 * in 8; the others never. What is added is 2. Freed as a small_panel.h. */
struct uf_panel *cohort_panel_new(size_t units, size_t periods);
/* The first of x and z become covariates; at most 2. */
void cohort_panel_use(struct uf_panel *panel, size_t covariates);
#endif

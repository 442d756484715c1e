// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_DOSE_PANEL_H
#define UTFALL_TESTS_DOSE_PANEL_H
/* For tests of dose-response: a panel with different doses from one start. */
#include "support/starts.h"

/* What `randomisation` gives (column `vcov`): of levels the first three, of slopes all. For the list of an array. */
#define DOSE_RANDOMISATIONS                                                                                  \
    "randomisation", "randomisation-scaled", "randomisation-t", "randomisation-doses",                       \
        "randomisation-doses-scaled", "randomisation-doses-t"

enum { DOSE_UNITS = 16, DOSE_YEARS = 10, DOSE_START = 6, DOSE_TREATED = 7 };

/* Seven get 1 … 7 from 2014 on, with an effect of 2 + d/2. */
struct uf_panel *dose_panel(void);
/* The same, but two start in 2012, two in 2015, three in 2014 as before. */
struct uf_panel *dose_starts_panel(void);
/* The first, with the first `treated` treated alone; something that does not follow from the doses in what is left. */
struct uf_panel *dose_noisy_panel(size_t treated);
/* A row's dose; NULL: no such row. */
double *dose_of(struct uf_panel *panel, size_t unit, size_t period);
/* Mean of the outcome over the periods from `from` to before `to`. */
double dose_mean_of(struct uf_panel *panel, size_t unit, size_t from, size_t to);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_LEVEL_PANEL_H
#define UTFALL_TESTS_LEVEL_PANEL_H
/* Panels without any effect, for counting how often a procedure rejects: regions × 16 years, AR(1) errors with ρ = 0.7, the
 * noisiest region some four times as variable as the quietest, treatment that starts in up to three years. */
#include <stdint.h>
#include <utfall/did.h>

enum { LEVEL_MOST_UNITS = 60, LEVEL_PERIODS = 16, LEVEL_MOST_ROWS = LEVEL_MOST_UNITS * LEVEL_PERIODS };

enum level_treated { LEVEL_AT_RANDOM, LEVEL_QUIETEST, LEVEL_NOISIEST };
struct level_design {
    size_t units, treated[3]; /* treated[k] start in period 8 + 2k */
    enum level_treated who;
};
struct level_panel {
    struct uf_did_data data; /* of the arrays below: do not copy */
    size_t unit[LEVEL_MOST_ROWS], period[LEVEL_MOST_ROWS], first[LEVEL_MOST_UNITS];
    double outcome[LEVEL_MOST_ROWS], treatment[LEVEL_MOST_ROWS];
};
void level_panel_fill(struct level_panel *panel, const struct level_design *design, uint64_t seed);
#endif

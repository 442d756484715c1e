// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_PRODUC_H
#define UTFALL_TESTS_PRODUC_H
/* The panel of 48 states × 17 years (Munnell 1990, reference/peers/data/Produc.csv) that several peers were run on. */
#include "support/regression.h"

enum {
    PRODUC_STATE,
    PRODUC_YEAR,
    PRODUC_REGION,
    PRODUC_EACH,
    PRODUC_GROUPINGS
}; /* EACH: every row by itself */

struct produc {
    struct raw_csv csv;
    size_t *group[PRODUC_GROUPINGS], n_groups[PRODUC_GROUPINGS];
};

extern const char *const produc_columns[4]; /* pcap, pc, emp, unemp */

struct produc produc_read(void);
void produc_clear(struct produc *p);
/* The logarithm of a column, but unemp as it is. */
double produc_value(const struct produc *p, size_t i, const char *name);
/* log(gsp) on the columns (a 1 first where there is an intercept) with the first n_effects of state, year
 * taken out. */
struct regression produc_fit(const struct produc *p, bool intercept, const char *const *names, size_t k,
                             size_t n_effects, const char *weight);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_COMPOSITE_TABLES_H
#define UTFALL_PROFILE_COMPOSITE_TABLES_H
/* What the tables of a composite index have in common, and the lists of those of the indicators and of the draws over choices. */
#include "profile/composite_problem.h"
#include "profile/tidy.h"

/* One table: fills rows until something fails. */
typedef uf_status composite_fill(const struct composite_problem *p, const struct composite_index *x,
                                 struct uf_table *table, struct uf_error *error);

struct composite_plan {
    const char *name;
    struct uf_words title;
    const struct tidy_column *columns;
    size_t n_columns;
    composite_fill *fill;
};

enum { COMPOSITE_INDICATOR_TABLES = 2, COMPOSITE_CHOICE_TABLES = 2 };
extern const struct composite_plan composite_indicator_tables[COMPOSITE_INDICATOR_TABLES];
extern const struct composite_plan
    composite_choice_tables[COMPOSITE_CHOICE_TABLES]; /* the last: sensitivity */

#define COMPOSITE_UNIT_COLUMNS                                                                               \
    {"unit", UF_COLUMN_TEXT, NULL, -1}, {"label", UF_COLUMN_TEXT, NULL, -1},                                 \
    {                                                                                                        \
        "period", UF_COLUMN_TEXT, NULL, -1                                                                   \
    }
/* A new row with these columns filled. */
struct tidy_row composite_unit_row(const struct composite_problem *p, size_t u, struct uf_table *table,
                                   struct uf_error *error);
/* Why a region has no index: the reasons of its missing indicators together. */
uf_value_status composite_reason(const struct composite_problem *p, size_t u);
/* A number with what rounding leaves of it. */
void composite_rounded(struct tidy_row *row, double value, const struct rounding_bands *bands, size_t at,
                       uf_value_status reason);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_TIDY_H
#define UTFALL_PROFILE_TIDY_H
/* Filling a result table row by row, column by column, with one check at the end of a row instead of one per
 * cell. */
#include <utfall/table.h>

struct tidy_column {
    const char *name;
    enum uf_column_type type;
    const char *unit;
    int decimals;
};

/* A number and its band: `NAME`, `NAME_low`, `NAME_high`. */
#define TIDY_BANDED(name, unit, decimals)                                                                    \
    {name, UF_COLUMN_NUMBER, unit, decimals}, {name "_low", UF_COLUMN_NUMBER, unit, decimals},               \
    {                                                                                                        \
        name "_high", UF_COLUMN_NUMBER, unit, decimals                                                       \
    }

/* A table with these columns; `title` may be NULL. */
uf_status tidy_table_new(const char *name, const char *title, const struct tidy_column *columns,
                         size_t n_columns, struct uf_table **out, struct uf_error *error);

/* Where the next cell goes. After a failure the setters do nothing. */
struct tidy_row {
    struct uf_table *table;
    size_t row, column;
    uf_status status;
    struct uf_error *error;
};
struct tidy_row tidy_row_add(struct uf_table *table, struct uf_error *error);
void tidy_text(struct tidy_row *row, const char *text);
/* A number; where it is not finite, missing for the reason `needed` (its missing flags), or undefined where
 * that names none. */
void tidy_number(struct tidy_row *row, double value, uf_value_status needed);
/* Three cells: a number, the lower and the upper end of its band, with the reasons of what is missing. */
void tidy_banded(struct tidy_row *row, double value, double low, double high, uf_value_status needed,
                 uf_value_status no_band);
/* A value as it stands in the data: number and status. */
void tidy_value(struct tidy_row *row, double value, uf_value_status status);

#endif

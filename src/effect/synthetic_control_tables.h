// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SYNTHETIC_CONTROL_TABLES_H
#define UTFALL_EFFECT_SYNTHETIC_CONTROL_TABLES_H
/* Tables written row by row from lists of columns and cells; shared by synthetic_control_*tables.c. */
#include "effect/synthetic_control_study.h"

/* A column: number or text, whether it is in the outcome's unit, decimals (AUTO: as the outcome's spread asks
 * for). */
struct sc_column {
    const char *name;
    enum uf_column_type type;
    bool in_units;
    int decimals;
};
enum { AUTO = -2 };
#define TEXT(name)                                                                                           \
    {                                                                                                        \
        name, UF_COLUMN_TEXT, false, -1                                                                      \
    }
#define NUMBER(name, decimals)                                                                               \
    {                                                                                                        \
        name, UF_COLUMN_NUMBER, false, decimals                                                              \
    }
#define OUTCOME(name)                                                                                        \
    {                                                                                                        \
        name, UF_COLUMN_NUMBER, true, AUTO                                                                   \
    }
#define COUNT(array) (sizeof(array) / sizeof *(array))

struct sc_cell {
    const char *text; /* of a text column; NULL: empty */
    double number;    /* of a number column; NaN: does not apply, infinite: undefined */
};

uf_status sc_table_new(const struct sc_study *study, const char *name, struct uf_words title,
                       const struct sc_column *columns, size_t n_columns, struct uf_table **out,
                       struct uf_error *error);
/* One cell for each column, in order. */
uf_status sc_table_add(struct uf_table *table, const struct sc_cell *cells, size_t n_cells,
                       struct uf_error *error);
/* Hands the table over, or frees it where `status` is a failure. Returns `status`. */
uf_status sc_table_finish(struct uf_table *table, uf_status status, struct uf_table **out);
const char *sc_period_code(const struct sc_study *study, size_t row);

/* synthetic_control_placebo_tables.c */
uf_status sc_placebos_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error);
uf_status sc_ratios_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error);
uf_status sc_without_table(const struct sc_study *study, struct uf_table **out, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TABLE_H
#define UTFALL_TABLE_H
/*
 * A tidy table: named columns of text or numbers, all of the same length. It is what methods give back and
 * what charts, reports and exports read; they know no method, only column names (see docs/architecture.md for
 * the names in use).
 *
 * The table owns everything in it. Texts are copied in; pointers handed out live until the next change of
 * that cell or uf_table_free. A number cell starts as NaN with status UF_VALUE_NOT_AVAILABLE; setting a
 * number clears its missing flags.
 */
#include <stddef.h>
#include <utfall/status.h>
#include <utfall/value_status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_column_type { UF_COLUMN_TEXT, UF_COLUMN_NUMBER };

struct uf_table;

/* An empty table; `name` is copied (kebab-case, it becomes a file name). UF_NO_MEMORY. Free it with uf_table_free,
 * for which NULL is fine. */
uf_status uf_table_new(const char *name, struct uf_table **out, struct uf_error *error);
void uf_table_free(struct uf_table *table);
const char *uf_table_name(const struct uf_table *table);

/* A caption for people, in the language of the run; NULL until set. */
uf_status uf_table_set_title(struct uf_table *table, const char *title, struct uf_error *error);
const char *uf_table_title(const struct uf_table *table);

/* Adds a column and gives its index. `unit` may be NULL; `decimals` is how people should see it (-1: as
 * needed). UF_INTERNAL when the name is taken. Rows that are already there get empty cells. */
uf_status uf_table_add_column(struct uf_table *table, const char *name, enum uf_column_type type,
                              const char *unit, int decimals, size_t *out, struct uf_error *error);
/* Adds an empty row and gives its index. Amortised O(columns). */
uf_status uf_table_add_row(struct uf_table *table, size_t *out, struct uf_error *error);

/* Their number. O(1). */
size_t uf_table_rows(const struct uf_table *table);
size_t uf_table_columns(const struct uf_table *table);
/* The index of a column, or SIZE_MAX. */
size_t uf_table_column(const struct uf_table *table, const char *name);
const char *uf_table_column_name(const struct uf_table *table, size_t column);
const char *uf_table_column_unit(const struct uf_table *table, size_t column); /* NULL: none */
int uf_table_column_decimals(const struct uf_table *table, size_t column);
void uf_table_set_decimals(struct uf_table *table, size_t column, int decimals);
enum uf_column_type uf_table_column_type(const struct uf_table *table, size_t column);

/* Out-of-range indices and wrong types are UF_INTERNAL. A NULL text is an empty cell. */
uf_status uf_table_set_text(struct uf_table *table, size_t row, size_t column, const char *text,
                            struct uf_error *error);
uf_status uf_table_set_number(struct uf_table *table, size_t row, size_t column, double value,
                              struct uf_error *error);
/* A missing number with its reason, or a number with a remark. */
uf_status uf_table_set_value(struct uf_table *table, size_t row, size_t column, double value,
                             uf_value_status status, struct uf_error *error);

/* NULL for an empty or a number cell. */
const char *uf_table_text(const struct uf_table *table, size_t row, size_t column);
/* NaN for a missing or a text cell. */
double uf_table_number(const struct uf_table *table, size_t row, size_t column);
uf_value_status uf_table_value_status(const struct uf_table *table, size_t row, size_t column);

/* A copy of the rows for which `keep[row]` is true (NULL: all), under a new name. */
uf_status uf_table_filter(const struct uf_table *table, const char *name, const _Bool *keep,
                          struct uf_table **out, struct uf_error *error);
/* Sorts the rows by a column, stable; texts by bytes, numbers with missing last. O(n log n). */
uf_status uf_table_sort(struct uf_table *table, size_t column, _Bool descending, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

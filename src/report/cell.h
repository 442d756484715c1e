// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_CELL_H
#define UTFALL_REPORT_CELL_H
/*
 * How one cell of a table is shown to people, the same in the report and on a terminal: a number in the
 * language with its column's decimals, a missing number as a short mark, a remark as a raised letter, and a
 * legend that spells the marks out.
 */
#include <utfall/language.h>
#include <utfall/table.h>
#include <utfall/text.h>

/* A flag of a value's status: the mark shown, and what it means. */
struct uf_mark {
    uf_value_status flag;
    const char *mark; /* empty: the value speaks for itself (a true zero) */
    struct uf_words words;
};
const struct uf_mark *uf_marks(size_t *out_count);

/* The mark of a missing value: that of its most telling reason. */
const struct uf_mark *uf_missing_mark(uf_value_status status);

/* True for years and periods (by name): 2017, never 2,017. */
bool uf_column_is_time(const char *name);
/* A column with nothing to show in a table that has rows: no text, or no number and no reason but that there
 * is none. */
bool uf_column_is_blank(const struct uf_table *table, size_t column);
/* Rows that share the text of this column stand under it as their heading. */
#define ROW_GROUP "row_group"
/* False for a blank column, for `key`, which holds stable codes for machines beside a `term` for people, and for row_group. */
bool uf_column_is_shown(const struct uf_table *table, size_t column);
/* The key of the word that heads a column: its name, but where that means something else in this one table. */
const char *uf_column_heading(const struct uf_table *table, size_t column);
/* True where any cell of a number column is missing or has a remark. */
bool uf_column_has_remark(const struct uf_table *table, size_t column);
/* Remarks that every number of the column has, where there are at least two: told once, not in each cell. */
uf_value_status uf_column_shared_remarks(const struct uf_table *table, size_t column);
/* The name of the column that carries the remarks of this one in files: `NAME_status`, or NAME_status_2 …
 * where that is taken. The caller frees it; NULL: out of memory. */
char *uf_column_status_name(const struct uf_table *table, size_t column);

/* The text of a cell; a `term` in the words of the language where the vocabulary has it. NULL: empty. */
const char *uf_cell_text(const struct uf_table *table, size_t row, size_t column, enum uf_language language);

/* Appends the number of a cell that is not missing, a p-value too small for its decimals as `<0.0001`; not
 * escaped (digits, marks, a sign and no-break spaces only). */
void uf_cell_number(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column,
                    enum uf_language language);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_COLUMNS_H
#define UTFALL_CHART_COLUMNS_H
/* Reading a request's table: columns by the request's or the default name, periods, reasons, focus. */
#include "chart/drawing.h"

/* A column that must be there; `asked` NULL: the default name. UF_BAD_USAGE when it is not. */
uf_status uf_column_need(const struct uf_table *table, const char *kind, const char *asked,
                         const char *standard, size_t *out, struct uf_error *error);
/* A column that may be absent: SIZE_MAX then; one that was asked for by name must be there. */
uf_status uf_column_maybe(const struct uf_table *table, const char *kind, const char *asked,
                          const char *standard, size_t *out, struct uf_error *error);
/* NaN where the column is SIZE_MAX. */
double uf_column_value(const struct uf_table *table, size_t row, size_t column);
/* A text cell, or a number cell printed into `buffer`; "" when empty. */
const char *uf_column_label(const struct uf_table *table, size_t row, size_t column, char buffer[64]);
/* A period as a number in years (2018Q2: 2018.25), or the number itself. UF_BAD_INPUT for another text. */
uf_status uf_column_period(const struct uf_table *table, size_t row, size_t column, double *out,
                           struct uf_error *error);
/* `missing: confidential` in the language of the drawing, for a missing status. */
const char *uf_reason_words(uf_value_status status, enum uf_language language);
/* The place of a label or code in the request's focus list, from 0; SIZE_MAX: not in focus. */
size_t uf_focus_of(const struct uf_chart_request *request, const char *label, const char *code);
/* A number for people with the decimals of a column. */
void uf_value_text(const struct uf_drawing *drawing, const struct uf_table *table, size_t column,
                   double value, char text[64]);
/* `value label (unit)`, or whichever is there; NULL: neither, or out of memory. The caller frees it. */
char *uf_axis_words(const char *label, const char *unit);
/* The refusal of a table without a drawable value. */
uf_status uf_no_value(const struct uf_chart_request *request, struct uf_error *error);
#endif

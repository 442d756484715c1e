// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/columns.h"

#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/period.h>

uf_status uf_column_need(const struct uf_table *table, const char *kind, const char *asked,
                         const char *standard, size_t *out, struct uf_error *error)
{
    const char *name = asked ? asked : standard;
    size_t column = uf_table_column(table, name);
    if (column == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE,
                       "the chart '%s' needs a column '%s', which the table '%s' lacks; name the column that "
                       "holds it, or give another table",
                       kind, name, uf_table_name(table));
    *out = column;
    return UF_OK;
}

uf_status uf_column_maybe(const struct uf_table *table, const char *kind, const char *asked,
                          const char *standard, size_t *out, struct uf_error *error)
{
    if (asked) return uf_column_need(table, kind, asked, standard, out, error);
    *out = standard ? uf_table_column(table, standard) : SIZE_MAX;
    return UF_OK;
}

double uf_column_value(const struct uf_table *table, size_t row, size_t column)
{
    return column == SIZE_MAX ? NAN : uf_table_number(table, row, column);
}

const char *uf_column_label(const struct uf_table *table, size_t row, size_t column, char buffer[64])
{
    if (column == SIZE_MAX) return "";
    if (uf_table_column_type(table, column) == UF_COLUMN_NUMBER) {
        double value = uf_table_number(table, row, column);
        return isnan(value) ? "" : uf_number_print(value, buffer);
    }
    const char *text = uf_table_text(table, row, column);
    return text ? text : "";
}

uf_status uf_column_period(const struct uf_table *table, size_t row, size_t column, double *out,
                           struct uf_error *error)
{
    if (uf_table_column_type(table, column) == UF_COLUMN_NUMBER) {
        *out = uf_table_number(table, row, column);
        return UF_OK;
    }
    const char *text = uf_table_text(table, row, column);
    double number;
    uf_period period;
    if (!text) {
        *out = NAN;
        return UF_OK;
    }
    if (uf_number_parse(text, strlen(text), '.', &number)) {
        *out = number;
        return UF_OK;
    }
    if (!uf_period_parse(text, strlen(text), &period))
        return uf_fail(
            error, UF_BAD_INPUT,
            "'%s' in the column '%s' of the table '%s' is not a period: expected a number or a period "
            "such as 2018 or 2018Q1",
            text, uf_table_column_name(table, column), uf_table_name(table));
    *out = uf_period_in_years(period);
    return UF_OK;
}

const char *uf_reason_words(uf_value_status status, enum uf_language language)
{
    static const struct {
        uf_value_status flag;
        struct uf_words words;
    } reasons[] = {
        {UF_VALUE_CONFIDENTIAL, {"missing: confidential", "saknas: sekretess"}},
        {UF_VALUE_SUPPRESSED, {"missing: withheld by the publisher", "saknas: undertryckt av utgivaren"}},
        {UF_VALUE_UNDEFINED, {"missing: ratio undefined", "saknas: kvoten är odefinierad"}},
        {UF_VALUE_INCOMPLETE, {"missing: a part is missing", "saknas: ofullständigt underlag"}},
        {UF_VALUE_NOT_APPLICABLE, {"not applicable", "ej tillämpligt"}},
        {UF_VALUE_NOT_AVAILABLE, {"missing: not available", "saknas: uppgift ej tillgänglig"}},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (status & reasons[i].flag) return uf_words_in(reasons[i].words, language);
    return uf_words_in((struct uf_words){"missing", "saknas"}, language);
}

size_t uf_focus_of(const struct uf_chart_request *request, const char *label, const char *code)
{
    for (size_t i = 0; i < request->n_focus; i++)
        if (uf_text_equal(request->focus[i], label) ||
            (code && *code && uf_text_equal(request->focus[i], code)))
            return i;
    return SIZE_MAX;
}

void uf_value_text(const struct uf_drawing *drawing, const struct uf_table *table, size_t column,
                   double value, char text[64])
{
    uf_number_format(value, uf_table_column_decimals(table, column), drawing->language, text);
}

char *uf_axis_words(const char *label, const char *unit)
{
    bool has_label = label && *label, has_unit = unit && *unit;
    if (!has_label && !has_unit) return NULL;
    struct uf_buffer words;
    uf_buffer_init(&words);
    if (has_label) uf_buffer_append(&words, label);
    if (has_label && has_unit) uf_buffer_append(&words, ", ");
    if (has_unit) uf_buffer_append(&words, unit);
    return uf_buffer_take(&words);
}

uf_status uf_no_value(const struct uf_chart_request *request, struct uf_error *error)
{
    return uf_fail(error, UF_BAD_INPUT,
                   "the table '%s' holds no value that the chart '%s' could draw: every value is missing",
                   uf_table_name(request->table), request->kind);
}

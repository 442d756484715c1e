// SPDX-License-Identifier: GPL-3.0-or-later
/* Horizontal bars, one per row of the table and in its order, each with its value and, where there is one,
 * its band. */
#include "chart/columns.h"
#include "chart/rows.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/number.h>

enum { NAMED_IN_ALT = 3 };

struct bars {
    const struct uf_table *table;
    size_t label, value, low, high, code;
    bool any_band, any_focus, any_context; /* what is drawn */
};

static uf_status find_columns(const struct uf_chart_request *request, struct bars *bars,
                              struct uf_error *error)
{
    const struct uf_table *table = bars->table = request->table;
    uf_status status = uf_column_need(table, "bars", request->label, "label", &bars->label, error);
    if (status == UF_OK) status = uf_column_need(table, "bars", request->value, "value", &bars->value, error);
    if (status == UF_OK) status = uf_column_maybe(table, "bars", request->low, "low", &bars->low, error);
    if (status == UF_OK) status = uf_column_maybe(table, "bars", request->high, "high", &bars->high, error);
    if (status == UF_OK) status = uf_column_maybe(table, "bars", request->code, "code", &bars->code, error);
    return status;
}

static bool has_band(const struct bars *bars, size_t row)
{
    return !isnan(uf_column_value(bars->table, row, bars->low)) &&
           !isnan(uf_column_value(bars->table, row, bars->high));
}

/* The name of a row with its number, as `Tillverkning 1,62 (1,58–1,66)`. */
static void append_named(struct uf_drawing *drawing, const struct bars *bars, size_t row,
                         struct uf_buffer *out)
{
    char number[64], label[64];
    uf_buffer_append(out, uf_column_label(bars->table, row, bars->label, label));
    uf_buffer_append_char(out, ' ');
    uf_value_text(drawing, bars->table, bars->value, uf_table_number(bars->table, row, bars->value), number);
    uf_buffer_append(out, number);
    if (!has_band(bars, row)) return;
    uf_buffer_append(out, drawing->language == UF_SWEDISH ? " (spann " : " (band ");
    uf_value_text(drawing, bars->table, bars->value, uf_table_number(bars->table, row, bars->low), number);
    uf_buffer_append(out, number);
    uf_buffer_append(out, "–");
    uf_value_text(drawing, bars->table, bars->value, uf_table_number(bars->table, row, bars->high), number);
    uf_buffer_append(out, number);
    uf_buffer_append_char(out, ')');
}

/* The rows with a value, highest first (or lowest), in `order`; their number. */
static size_t order_of(const struct bars *bars, bool ascending, size_t *order)
{
    const double sign = ascending ? -1 : 1;
    size_t n = 0;
    for (size_t row = 0; row < uf_table_rows(bars->table); row++) {
        double value = uf_table_number(bars->table, row, bars->value);
        if (isnan(value)) continue;
        size_t at = n++;
        for (; at > 0 && sign * uf_table_number(bars->table, order[at - 1], bars->value) < sign * value; at--)
            order[at] = order[at - 1];
        order[at] = row;
    }
    return n;
}

static uf_status say_names(struct uf_drawing *drawing, const struct bars *bars, struct uf_words words,
                           const size_t *order, size_t n, struct uf_error *error)
{
    struct uf_buffer names;
    uf_buffer_init(&names);
    for (size_t i = 0; i < n; i++) {
        if (i) uf_buffer_append(&names, ", ");
        append_named(drawing, bars, order[i], &names);
    }
    struct uf_argument argument = uf_text_argument(names.data);
    uf_status status = uf_drawing_say(drawing, words, &argument, 1, error);
    if (names.failed) drawing->failed = true;
    uf_buffer_clear(&names);
    return status;
}

static uf_status say_missing(struct uf_drawing *drawing, const struct bars *bars, struct uf_error *error)
{
    for (size_t row = 0; row < uf_table_rows(bars->table); row++) {
        if (!isnan(uf_table_number(bars->table, row, bars->value))) continue;
        char label[64];
        struct uf_argument arguments[2] = {
            uf_text_argument(uf_column_label(bars->table, row, bars->label, label)),
            uf_text_argument(
                uf_reason_words(uf_table_value_status(bars->table, row, bars->value), drawing->language))};
        uf_status status =
            uf_drawing_say(drawing, (struct uf_words){"{0}: {1}.", "{0}: {1}."}, arguments, 2, error);
        if (status != UF_OK) return status;
    }
    return UF_OK;
}

static uf_status say(struct uf_drawing *drawing, const struct bars *bars, size_t *order,
                     struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    static const struct uf_words highest = {"Highest: {0}.", "Högst: {0}."},
                                 lowest = {"Lowest: {0}.", "Lägst: {0}."};
    const bool ascending = uf_text_equal(request->order, "ascending");
    size_t n = order_of(bars, ascending, order), above = 0;
    uf_status status =
        uf_drawing_say_kind(drawing, (struct uf_words){"Horizontal bars", "Liggande staplar"}, error);
    size_t named = n < NAMED_IN_ALT ? n : NAMED_IN_ALT;
    if (status == UF_OK) status = say_names(drawing, bars, ascending ? lowest : highest, order, named, error);
    if (status == UF_OK && n > (size_t)2 * NAMED_IN_ALT)
        status = say_names(drawing, bars, ascending ? highest : lowest, order + n - 1, 1, error);
    for (size_t i = 0; i < n; i++)
        above += uf_table_number(bars->table, order[i], bars->value) > request->reference;
    if (status == UF_OK && !isnan(request->reference)) {
        struct uf_argument arguments[3] = {uf_count_argument(above), uf_count_argument(n),
                                           uf_number_argument(request->reference, -1)};
        status = uf_drawing_say(drawing,
                                (struct uf_words){"{0} of {1} are above {2}.", "{0} av {1} ligger över {2}."},
                                arguments, 3, error);
    }
    for (size_t i = 0; status == UF_OK && i < n && request->n_focus; i++) {
        char label[64], code[64];
        const char *name = uf_column_label(bars->table, order[i], bars->label, label);
        if (i >= named &&
            uf_focus_of(request, name, uf_column_label(bars->table, order[i], bars->code, code)) != SIZE_MAX)
            status = say_names(drawing, bars, (struct uf_words){"Marked: {0}.", "Markerad: {0}."}, order + i,
                               1, error);
    }
    return status == UF_OK ? say_missing(drawing, bars, error) : status;
}

static uf_status fill_rows(struct uf_drawing *drawing, struct bars *bars, struct uf_rows *rows,
                           struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    const struct uf_table *table = bars->table;
    bool any = false;
    uf_buffer_append(&drawing->csv, "position,value,low,high,focus,status,label\n");
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        char label_text[64], code_text[64], status_text[UF_VALUE_STATUS_SIZE];
        const char *label = uf_column_label(table, i, bars->label, label_text);
        size_t at;
        uf_status status = uf_rows_add(rows, label, &at, error);
        if (status != UF_OK) return status;
        struct uf_row *row = &rows->rows[at];
        double value = uf_table_number(table, i, bars->value);
        double low = uf_column_value(table, i, bars->low), high = uf_column_value(table, i, bars->high);
        row->focus =
            uf_focus_of(request, label, uf_column_label(table, i, bars->code, code_text)) != SIZE_MAX;
        if (isnan(value)) {
            low = high = NAN;
            row->missing = uf_reason_words(uf_table_value_status(table, i, bars->value), drawing->language);
        } else {
            any = true;
            if (has_band(bars, i)) bars->any_band = true;
            bool brought_out = row->focus || request->n_focus == 0;
            bars->any_focus |= brought_out;
            bars->any_context |= !brought_out;
            row->low_end = fmin(fmin(value, low), rows->origin);
            row->high_end = fmax(fmax(value, high), rows->origin);
            row->text_left = value < rows->origin;
            uf_value_text(drawing, table, bars->value, value, row->text);
        }
        uf_csv_number(drawing, (double)(i + 1), ',');
        uf_csv_number(drawing, value, ',');
        uf_csv_number(drawing, low, ',');
        uf_csv_number(drawing, high, ',');
        uf_csv_number(drawing, row->focus || request->n_focus == 0, ',');
        uf_csv_text(drawing, uf_value_status_print(uf_table_value_status(table, i, bars->value), status_text),
                    ',');
        uf_csv_text(drawing, label, '\n');
    }
    return any ? UF_OK : uf_no_value(request, error);
}

uf_status uf_bars_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    struct bars bars = {0};
    struct uf_rows rows = {0};
    uf_status status = find_columns(request, &bars, error);
    if (status != UF_OK) return status;
    bool has_reference = !isnan(request->reference);
    rows.origin = has_reference && !request->from_zero ? request->reference : 0;
    rows.column =
        has_reference && request->reference != rows.origin; /* a text must not stand on the reference line */
    size_t *order = calloc(uf_table_rows(bars.table) + 1, sizeof *order);
    if (!order) drawing->failed = true;
    status = fill_rows(drawing, &bars, &rows, error);
    if (status == UF_OK && order) {
        double top = uf_drawing_head(drawing) + 4;
        struct uf_legend_item legend = {UF_SIGN_BAND, bars.any_band ? request->band_label : NULL};
        if (legend.words) top = uf_drawing_legend(drawing, UF_PAD, top + 4, &legend, 1);
        bool labelled = has_reference && request->reference_label;
        if (labelled) top += 14;
        double bottom = uf_rows_place(&rows, drawing, top, request->reference);
        if (labelled)
            uf_mark_words(drawing, uf_axis_place(&rows.axis, request->reference), top - 9,
                          request->reference_label);
        uf_drawing_number(drawing, "reference", request->reference);
        uf_drawing_number(drawing, "has_band", bars.any_band);
        uf_drawing_number(drawing, "has_focus", bars.any_focus);
        uf_drawing_number(drawing, "has_context", bars.any_context);
        uf_drawing_foot(drawing, bottom);
        status = say(drawing, &bars, order, error);
    }
    free(order);
    uf_rows_clear(&rows);
    return status;
}

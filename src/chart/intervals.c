// SPDX-License-Identifier: GPL-3.0-or-later
/* Dots with intervals, one row per label: ranks, estimates side by side; with groups, a few dots per row. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/rows.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum { MOST_SERIES = 4, NAMED_IN_ALT = 3 };

/* A dot of a row of the table. */
struct dot {
    size_t row;   /* of the table */
    size_t at;    /* of the picture */
    size_t group; /* from 1 */
    double value, low, high;
};

struct intervals {
    const struct uf_table *table;
    size_t label, value, low, high, group, code;
    struct uf_text_list labels, groups;
    struct dot *dots;
    size_t n;
    size_t *row_of; /* of a label: its row in the picture */
    bool any_band, any_focus, any_context;
};

static uf_status find_columns(const struct uf_chart_request *request, struct intervals *intervals,
                              struct uf_error *error)
{
    const struct uf_table *table = intervals->table = request->table;
    const char *kind = "intervals";
    UF_TRY(uf_column_need(table, kind, request->label, "label", &intervals->label, error));
    UF_TRY(uf_column_need(table, kind, request->value, "value", &intervals->value, error));
    UF_TRY(uf_column_maybe(table, kind, request->low, "low", &intervals->low, error));
    UF_TRY(uf_column_maybe(table, kind, request->high, "high", &intervals->high, error));
    UF_TRY(uf_column_maybe(table, kind, request->group, NULL, &intervals->group, error));
    return uf_column_maybe(table, kind, request->code, "code", &intervals->code, error);
}

/* The place of a text in a list, to which it is added where it is new. */
static uf_status index_of(struct uf_text_list *list, const char *text, size_t *out, struct uf_error *error)
{
    *out = uf_text_list_find(list, text);
    if (*out != SIZE_MAX) return UF_OK;
    *out = list->count;
    return uf_text_list_add(list, text, error);
}

static uf_status read_dots(const struct uf_chart_request *request, struct intervals *intervals,
                           struct uf_error *error)
{
    const struct uf_table *table = intervals->table;
    size_t n = uf_table_rows(table);
    bool any = false;
    intervals->dots = calloc(n + 1, sizeof *intervals->dots);
    intervals->row_of = calloc(n + 1, sizeof *intervals->row_of);
    bool *seen = calloc((n + 1) * MOST_SERIES, sizeof *seen);
    uf_status status = intervals->dots && intervals->row_of && seen ? UF_OK : uf_fail_memory(error);
    for (size_t row = 0; status == UF_OK && row < n; row++) {
        char label_text[64], group_text[64];
        const char *label = uf_column_label(table, row, intervals->label, label_text);
        const char *group = uf_column_label(table, row, intervals->group, group_text);
        struct dot *dot = &intervals->dots[intervals->n];
        size_t series = 0;
        UF_TRY_GOTO(index_of(&intervals->labels, label, &dot->at, error), done);
        UF_TRY_GOTO(index_of(&intervals->groups, group, &series, error), done);
        if (series >= MOST_SERIES) {
            status =
                uf_fail(error, UF_BAD_INPUT,
                        "the chart 'intervals' shows at most %d dots in a row; the column '%s' of the table "
                        "'%s' has more",
                        MOST_SERIES, uf_table_column_name(table, intervals->group), uf_table_name(table));
            break;
        }
        if (seen[dot->at * MOST_SERIES + series]) {
            status =
                uf_fail(error, UF_BAD_INPUT,
                        "the chart 'intervals' wants one row per label%s; the table '%s' has several for "
                        "'%s'; name the column that tells them apart as the group",
                        intervals->group == SIZE_MAX ? "" : " and group", uf_table_name(table), label);
            break;
        }
        seen[dot->at * MOST_SERIES + series] = true;
        dot->row = row;
        dot->group = series + 1;
        dot->value = uf_table_number(table, row, intervals->value);
        dot->low = uf_column_value(table, row, intervals->low);
        dot->high = uf_column_value(table, row, intervals->high);
        if (!isfinite(dot->value)) {
            dot->value = dot->low = dot->high = NAN;
        } else if (isnan(dot->low) || isnan(dot->high)) {
            dot->low = dot->high = NAN; /* half an interval is none */
        }
        any |= !isnan(dot->value);
        intervals->any_band |= !isnan(dot->low);
        intervals->n++;
    }
    if (status == UF_OK && !any) status = uf_no_value(request, error);
done:
    free(seen);
    return status;
}

/* --- order -------------------------------------------------------------------------------------- */

struct ordered {
    size_t label;
    double value;
};

static int by_value(const void *a, const void *b)
{
    const struct ordered *p = a, *q = b;
    if (isnan(p->value) != isnan(q->value)) return isnan(p->value) ? 1 : -1; /* missing last */
    if (p->value != q->value && !isnan(p->value)) return p->value < q->value ? -1 : 1;
    return p->label < q->label ? -1 : 1;
}

/* Rows in the table's order, or by the value of their first dot. */
static uf_status order_rows(const struct uf_chart_request *request, struct intervals *intervals,
                            struct uf_error *error)
{
    const char *order = request->order ? request->order : "given";
    bool falling = strcmp(order, "value") == 0, rising = strcmp(order, "rising") == 0;
    if (!falling && !rising && strcmp(order, "given") != 0)
        return uf_fail(error, UF_BAD_USAGE, "found the order '%s', expected given, value or rising", order);
    size_t n = intervals->labels.count;
    struct ordered *rows = calloc(n + 1, sizeof *rows);
    if (!rows) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) rows[i] = (struct ordered){i, NAN};
    for (size_t i = intervals->n; i-- > 0;)
        if (!isnan(intervals->dots[i].value))
            rows[intervals->dots[i].at].value =
                falling ? -intervals->dots[i].value : intervals->dots[i].value;
    if (falling || rising) qsort(rows, n, sizeof *rows, by_value);
    for (size_t i = 0; i < n; i++) intervals->row_of[rows[i].label] = i;
    free(rows);
    return UF_OK;
}

/* --- places ------------------------------------------------------------------------------------- */

static void dot_text(const struct uf_drawing *drawing, const struct intervals *intervals,
                     const struct dot *dot, char text[64])
{
    char number[UF_NUMBER_SIZE];
    struct uf_buffer out;
    uf_buffer_init(&out);
    uf_value_text(drawing, intervals->table, intervals->value, dot->value, number);
    uf_buffer_append(&out, number);
    if (!isnan(dot->low)) {
        uf_buffer_append(&out, " (");
        uf_value_text(drawing, intervals->table, intervals->value, dot->low, number);
        uf_buffer_append(&out, number);
        /* a dash beside a minus sign would read as one more */
        uf_buffer_append(&out, dot->low < 0 || dot->high < 0
                                   ? uf_words_in((struct uf_words){" to ", " till "}, drawing->language)
                                   : "–");
        uf_value_text(drawing, intervals->table, intervals->value, dot->high, number);
        uf_buffer_append(&out, number);
        uf_buffer_append(&out, ")");
    }
    text[0] = '\0';
    if (!out.failed && out.length < 64) memcpy(text, out.data, out.length + 1);
    uf_buffer_clear(&out);
}

/* The label that stands in each row of the picture, and what all dots of the row reach over. */
static uf_status fill_rows(struct uf_drawing *drawing, struct intervals *intervals, struct uf_rows *rows,
                           struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    size_t n = intervals->labels.count;
    size_t *label_at = calloc(n + 1, sizeof *label_at), ignored;
    if (!label_at) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) label_at[intervals->row_of[i]] = i;
    uf_status status = UF_OK;
    for (size_t i = 0; status == UF_OK && i < n; i++)
        status = uf_rows_add(rows, intervals->labels.items[label_at[i]], &ignored, error);
    free(label_at);
    UF_TRY(status);
    rows->origin = request->from_zero ? 0 : INFINITY;
    rows->whole = true; /* as ranks are */
    for (size_t i = 0; i < intervals->n; i++) {
        const struct dot *dot = &intervals->dots[i];
        rows->whole &= isnan(dot->value) || dot->value == floor(dot->value);
        rows->whole &= isnan(dot->low) || (dot->low == floor(dot->low) && dot->high == floor(dot->high));
    }
    for (size_t i = 0; i < intervals->n; i++) {
        const struct dot *dot = &intervals->dots[i];
        struct uf_row *row = &rows->rows[intervals->row_of[dot->at]];
        char code[64];
        row->focus |=
            uf_focus_of(request, row->label,
                        uf_column_label(intervals->table, dot->row, intervals->code, code)) != SIZE_MAX;
        if (isnan(dot->value)) {
            if (isnan(row->high_end))
                row->missing = uf_reason_words(
                    uf_table_value_status(intervals->table, dot->row, intervals->value), drawing->language);
            continue;
        }
        row->low_end = fmin(row->low_end, fmin(dot->value, dot->low));
        row->high_end = fmax(row->high_end, fmax(dot->value, dot->high));
        rows->origin = fmin(rows->origin, row->low_end);
        if (intervals->groups.count == 1) dot_text(drawing, intervals, dot, row->text);
    }
    for (size_t i = 0; i < rows->n; i++) {
        bool brought_out = rows->rows[i].focus || request->n_focus == 0;
        if (!isnan(rows->rows[i].high_end)) {
            intervals->any_focus |= brought_out;
            intervals->any_context |= !brought_out;
            rows->rows[i].missing = NULL; /* one of several dots is there */
        }
    }
    return UF_OK;
}

static void write_data(struct uf_drawing *drawing, const struct intervals *intervals,
                       const struct uf_rows *rows)
{
    size_t n_groups = intervals->groups.count;
    uf_buffer_append(&drawing->csv, "position,value,low,high,series,focus,status,group,label\n");
    for (size_t i = 0; i < intervals->n; i++) {
        const struct dot *dot = &intervals->dots[i];
        const struct uf_row *row = &rows->rows[intervals->row_of[dot->at]];
        char text[UF_VALUE_STATUS_SIZE];
        /* several dots of a row stand below each other, a fifth of a row apart */
        double shift = 0.22 * ((double)dot->group - ((double)n_groups + 1) / 2);
        uf_csv_number(drawing, (double)(intervals->row_of[dot->at] + 1) + shift, ',');
        uf_csv_number(drawing, dot->value, ',');
        uf_csv_number(drawing, dot->low, ',');
        uf_csv_number(drawing, dot->high, ',');
        uf_csv_number(drawing, (double)dot->group, ',');
        uf_csv_number(drawing, row->focus || drawing->request->n_focus == 0, ',');
        uf_csv_text(
            drawing,
            uf_value_status_print(uf_table_value_status(intervals->table, dot->row, intervals->value), text),
            ',');
        uf_csv_text(drawing, intervals->groups.items[dot->group - 1], ',');
        uf_csv_text(drawing, row->label, '\n');
    }
}

static double place_legend(struct uf_drawing *drawing, const struct intervals *intervals, double top)
{
    struct uf_legend_item items[MOST_SERIES + 1] = {{0, NULL}};
    size_t n = 0;
    bool several = intervals->groups.count > 1;
    for (size_t k = 0; several && k < intervals->groups.count; k++)
        items[n++] = (struct uf_legend_item){UF_SIGN_SHAPE_1 + (int)k, intervals->groups.items[k]};
    if (intervals->any_band && drawing->request->band_label)
        items[n++] = (struct uf_legend_item){UF_SIGN_BAND, drawing->request->band_label};
    return n ? uf_drawing_legend(drawing, UF_PAD, top + 4, items, n) : top;
}

static void place(struct uf_drawing *drawing, struct intervals *intervals, struct uf_rows *rows)
{
    const struct uf_chart_request *request = drawing->request;
    bool has_reference = !isnan(request->reference), labelled = has_reference && request->reference_label;
    rows->column = intervals->groups.count == 1;
    double top = place_legend(drawing, intervals, uf_drawing_head(drawing) + 4);
    if (labelled) top += 14;
    double bottom = uf_rows_place(rows, drawing, top, request->reference);
    if (labelled)
        uf_mark_words(drawing, uf_axis_place(&rows->axis, request->reference), top - 9,
                      request->reference_label);
    double counts[2 * MOST_SERIES] = {0}; /* of context, then of focus, for each series */
    for (size_t i = 0; i < intervals->n; i++) {
        const struct dot *dot = &intervals->dots[i];
        bool focus = rows->rows[intervals->row_of[dot->at]].focus || request->n_focus == 0;
        if (!isnan(dot->value)) counts[(dot->group - 1) + (focus ? MOST_SERIES : 0)]++;
    }
    uf_drawing_number(drawing, "reference", request->reference);
    uf_drawing_number(drawing, "has_band", intervals->any_band);
    uf_drawing_number(drawing, "n_series", (double)intervals->groups.count);
    uf_drawing_numbers(drawing, "series_context", counts, MOST_SERIES);
    uf_drawing_numbers(drawing, "series_focus", counts + MOST_SERIES, MOST_SERIES);
    uf_drawing_foot(drawing, bottom);
}

/* --- words -------------------------------------------------------------------------------------- */

static uf_status say_dot(struct uf_drawing *drawing, const struct intervals *intervals, const struct dot *dot,
                         struct uf_error *error)
{
    char text[64];
    dot_text(drawing, intervals, dot, text);
    const struct uf_argument arguments[3] = {uf_text_argument(intervals->labels.items[dot->at]),
                                             uf_text_argument(intervals->groups.items[dot->group - 1]),
                                             uf_text_argument(text)};
    return uf_drawing_say(drawing,
                          intervals->groups.count > 1 ? (struct uf_words){"{0}, {1}: {2}.", "{0}, {1}: {2}."}
                                                      : (struct uf_words){"{0}: {2}.", "{0}: {2}."},
                          arguments, 3, error);
}

/* The first rows in the picture, the focus, and the last row; how many intervals leave the reference out. */
static uf_status say(struct uf_drawing *drawing, const struct intervals *intervals,
                     const struct uf_rows *rows, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    UF_TRY(uf_drawing_say_kind(drawing, (struct uf_words){"Dots with intervals", "Punkter med intervall"},
                               error));
    size_t n_valued = 0, above = 0, below = 0, missing = 0;
    for (size_t i = 0; i < intervals->n; i++) {
        const struct dot *dot = &intervals->dots[i];
        if (isnan(dot->value)) missing++;
        if (isnan(dot->low)) continue;
        n_valued++;
        above += dot->low > request->reference;
        below += dot->high < request->reference;
    }
    for (size_t position = 0; position < rows->n; position++)
        for (size_t i = 0; i < intervals->n; i++) {
            const struct dot *dot = &intervals->dots[i];
            if (intervals->row_of[dot->at] != position || isnan(dot->value)) continue;
            if (position < NAMED_IN_ALT || position + 1 == rows->n || rows->rows[position].focus)
                UF_TRY(say_dot(drawing, intervals, dot, error));
        }
    if (!isnan(request->reference) && n_valued) {
        const bool whole = request->reference == floor(request->reference);
        const int decimals = whole ? -1 : uf_table_column_decimals(intervals->table, intervals->value);
        const struct uf_argument arguments[4] = {uf_count_argument(above), uf_count_argument(n_valued),
                                                 uf_number_argument(request->reference, decimals),
                                                 uf_count_argument(below)};
        UF_TRY(uf_drawing_say(
            drawing,
            (struct uf_words){"Of {1} intervals {0} lie wholly above {2} and {3} wholly below.",
                              "Av {1} intervall ligger {0} helt över {2} och {3} helt under."},
            arguments, 4, error));
    }
    for (size_t i = 0; missing && i < intervals->n; i++) {
        const struct dot *dot = &intervals->dots[i];
        if (!isnan(dot->value)) continue;
        const struct uf_argument arguments[2] = {
            uf_text_argument(intervals->labels.items[dot->at]),
            uf_text_argument(uf_reason_words(
                uf_table_value_status(intervals->table, dot->row, intervals->value), drawing->language))};
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"{0}: {1}.", "{0}: {1}."}, arguments, 2, error));
    }
    return UF_OK;
}

uf_status uf_intervals_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct intervals intervals = {0};
    struct uf_rows rows = {0};
    uf_text_list_init(&intervals.labels);
    uf_text_list_init(&intervals.groups);
    uf_status status;
    UF_TRY_GOTO(find_columns(drawing->request, &intervals, error), done);
    UF_TRY_GOTO(read_dots(drawing->request, &intervals, error), done);
    UF_TRY_GOTO(order_rows(drawing->request, &intervals, error), done);
    UF_TRY_GOTO(fill_rows(drawing, &intervals, &rows, error), done);
    write_data(drawing, &intervals, &rows);
    place(drawing, &intervals, &rows);
    status = say(drawing, &intervals, &rows, error);
done:
    uf_text_list_clear(&intervals.labels);
    uf_text_list_clear(&intervals.groups);
    free(intervals.dots);
    free(intervals.row_of);
    uf_rows_clear(&rows);
    return status;
}

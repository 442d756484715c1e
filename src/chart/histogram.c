// SPDX-License-Identifier: GPL-3.0-or-later
/* Upright bars over intervals of a number, and a value among them marked: where an estimate lies in its distribution. */
#include "base/fail.h"
#include "chart/axis.h"
#include "chart/columns.h"

#include <math.h>
#include <stdlib.h>

struct histogram {
    const struct uf_table *table;
    size_t low, high, count;
    double x_low, x_high, most, total;
    double most_low, most_high; /* the ends of the highest bar */
    size_t n;                   /* bars with a count */
};

static uf_status find_columns(const struct uf_chart_request *request, struct histogram *histogram,
                              struct uf_error *error)
{
    const char *kind = "histogram";
    histogram->table = request->table;
    UF_TRY(uf_column_need(request->table, kind, request->low, "low", &histogram->low, error));
    UF_TRY(uf_column_need(request->table, kind, request->high, "high", &histogram->high, error));
    return uf_column_need(request->table, kind, request->value, "count", &histogram->count, error);
}

static uf_status read_rows(struct uf_drawing *drawing, struct histogram *histogram, struct uf_error *error)
{
    const struct uf_table *table = histogram->table;
    histogram->x_low = INFINITY;
    histogram->x_high = -INFINITY;
    uf_buffer_append(&drawing->csv, "low,high,count,status\n");
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double low = uf_table_number(table, i, histogram->low),
               high = uf_table_number(table, i, histogram->high),
               count = uf_table_number(table, i, histogram->count);
        char status[UF_VALUE_STATUS_SIZE];
        if (high < low || count < 0)
            return uf_fail(
                error, UF_BAD_INPUT,
                "the chart 'histogram' wants bars from a lower to a higher end with a count of at least 0; "
                "row %zu of the table '%s' has %g to %g with %g",
                i + 1, uf_table_name(table), low, high, count);
        uf_csv_number(drawing, low, ',');
        uf_csv_number(drawing, high, ',');
        uf_csv_number(drawing, count, ',');
        uf_csv_text(drawing, uf_value_status_print(uf_table_value_status(table, i, histogram->count), status),
                    '\n');
        if (!isfinite(low) || !isfinite(high) || !isfinite(count)) continue;
        histogram->n++;
        histogram->total += count;
        histogram->x_low = fmin(histogram->x_low, low);
        histogram->x_high = fmax(histogram->x_high, high);
        if (count <= histogram->most) continue;
        histogram->most = count;
        histogram->most_low = low;
        histogram->most_high = high;
    }
    return histogram->most > 0 ? UF_OK : uf_no_value(drawing->request, error);
}

static void place(struct uf_drawing *drawing, const struct histogram *histogram)
{
    const struct uf_chart_request *request = drawing->request;
    double top = uf_drawing_head(drawing) + 8, below = 43;
    const char *counted = request->value_label
                              ? request->value_label
                              : uf_words_in((struct uf_words){"Number", "Antal"}, drawing->language);
    top = uf_drawing_paragraph(drawing, UF_PAD, top, drawing->width - 2 * UF_PAD, UF_LOOK_AXIS, 11, 14,
                               counted) +
          4;
    if (request->marked_label) top += 16;
    double bottom = top + uf_drawing_plot_height(drawing, top, below, 210);
    struct uf_axis y = uf_axis_round(0, histogram->most, 5, true);
    y.start = bottom;
    y.end = top;
    double left = UF_PAD + uf_axis_width(drawing, &y) + 8, right = drawing->width - UF_PAD - 6;
    double low = fmin(histogram->x_low, request->marked_x), high = fmax(histogram->x_high, request->marked_x);
    double room = 0.02 * (high > low ? high - low : 1);
    struct uf_axis x = uf_axis_tight(low - room, high + room, (int)((right - left) / 60), false);
    x.start = left;
    x.end = right;
    uf_drawing_plot_area(drawing, left, right, top, bottom);
    uf_axis_write(drawing, &x, "x", false);
    uf_axis_write(drawing, &y, "y", false);
    uf_axis_mark(drawing, &x, NAN, top);
    char *words = uf_axis_words(request->x_label, request->unit);
    if (words)
        uf_drawing_text(drawing, (left + right) / 2, bottom + 34, UF_ALIGN_CENTRE, UF_LOOK_AXIS, words);
    free(words);
    uf_drawing_foot(drawing, bottom + (words ? below : 25));
}

/* How many lie in bars wholly as far from 0 as the marked value, or further. */
static double count_beyond(const struct histogram *histogram, double marked)
{
    double beyond = 0;
    for (size_t i = 0; i < uf_table_rows(histogram->table); i++) {
        double low = uf_table_number(histogram->table, i, histogram->low),
               high = uf_table_number(histogram->table, i, histogram->high),
               count = uf_table_number(histogram->table, i, histogram->count);
        if (low * high > 0 && fmin(fabs(low), fabs(high)) >= fabs(marked) && isfinite(count)) beyond += count;
    }
    return beyond;
}

static uf_status say(struct uf_drawing *drawing, const struct histogram *histogram, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    const struct uf_table *table = histogram->table;
    int decimals = uf_table_column_decimals(table, histogram->low);
    UF_TRY(uf_drawing_say_kind(drawing, (struct uf_words){"Histogram", "Histogram"}, error));
    const struct uf_argument arguments[] = {uf_number_argument(histogram->total, 0),
                                            uf_number_argument(histogram->x_low, decimals),
                                            uf_number_argument(histogram->x_high, decimals),
                                            uf_number_argument(histogram->most, 0),
                                            uf_number_argument(histogram->most_low, decimals),
                                            uf_number_argument(histogram->most_high, decimals)};
    UF_TRY(uf_drawing_say(drawing,
                          (struct uf_words){"{0} values from {1} to {2}; most, {3}, between {4} and {5}.",
                                            "{0} värden från {1} till {2}; flest, {3}, mellan {4} och {5}."},
                          arguments, 6, error));
    if (isnan(request->marked_x)) return UF_OK;
    const struct uf_argument mark[] = {uf_number_argument(request->marked_x, decimals),
                                       uf_number_argument(count_beyond(histogram, request->marked_x), 0),
                                       uf_text_argument(request->marked_label ? request->marked_label : "")};
    return uf_drawing_say(drawing,
                          request->marked_label
                              ? (struct uf_words){"Marked: {2}. {1} values are in bars further from 0.",
                                                  "Markerat: {2}. {1} värden finns i staplar längre från 0."}
                              : (struct uf_words){"Marked: {0}. {1} values are in bars further from 0.",
                                                  "Markerat: {0}. {1} värden finns i staplar längre från 0."},
                          mark, 3, error);
}

uf_status uf_histogram_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct histogram histogram = {0};
    UF_TRY(find_columns(drawing->request, &histogram, error));
    UF_TRY(read_rows(drawing, &histogram, error));
    place(drawing, &histogram);
    return say(drawing, &histogram, error);
}

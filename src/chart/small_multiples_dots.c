// SPDX-License-Identifier: GPL-3.0-or-later
/* Small multiples of estimates with intervals: their data and their words. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/small_multiples.h"

#include <math.h>

/* Half an interval, or one without an estimate, is none. */
struct multiples_interval multiples_interval(const struct multiples *multiples,
                                             const struct uf_panel_value *value)
{
    const struct uf_table *table = multiples->panels.table;
    const struct multiples_interval out = {uf_column_value(table, value->row, multiples->low),
                                           uf_column_value(table, value->row, multiples->high)};
    const bool none = isnan(value->value) || !isfinite(out.low) || !isfinite(out.high);
    return none ? (struct multiples_interval){NAN, NAN} : out;
}

void multiples_intervals_range(const struct multiples *multiples, double *low, double *high)
{
    for (size_t i = 0; i < multiples->panels.n; i++) {
        const struct multiples_interval interval =
            multiples_interval(multiples, &multiples->panels.values[i]);
        *low = fmin(*low, interval.low); /* passes over NaN */
        *high = fmax(*high, interval.high);
    }
}

void multiples_write_dots(struct uf_drawing *drawing, const struct multiples *multiples)
{
    const struct uf_panels *panels = &multiples->panels;
    uf_buffer_append(&drawing->csv, "value,low,high,across,down,low_down,high_down,status,x,label\n");
    for (size_t i = 0; i < panels->n; i++) {
        const struct uf_panel_value *value = &panels->values[i];
        const struct multiples_interval interval = multiples_interval(multiples, value);
        bool missing = isnan(value->value) || isnan(value->x);
        double left = uf_panels_left(panels, value->panel), top = uf_panels_top(panels, value->panel);
        const double numbers[] = {value->value,
                                  interval.low,
                                  interval.high,
                                  missing ? NAN : left + uf_axis_place(&multiples->x, value->x),
                                  missing ? NAN : top + uf_axis_place(&multiples->y, value->value),
                                  missing ? NAN : top + uf_axis_place(&multiples->y, interval.low),
                                  missing ? NAN : top + uf_axis_place(&multiples->y, interval.high)};
        char text[UF_VALUE_STATUS_SIZE];
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) uf_csv_number(drawing, numbers[k], ',');
        uf_csv_text(
            drawing,
            uf_value_status_print(uf_table_value_status(panels->table, value->row, panels->value), text),
            ',');
        uf_csv_text(drawing, panels->categories.items[value->category], ',');
        uf_csv_text(drawing, panels->labels.items[value->panel], '\n');
    }
}

/* How many intervals of the panel leave out the reference (0 without one), before the mark and from it on; the estimate that
 * is furthest from it. */
uf_status multiples_say_dots(struct uf_drawing *drawing, const struct multiples *multiples, size_t panel,
                             struct uf_error *error)
{
    const struct uf_panels *panels = &multiples->panels;
    const struct uf_chart_request *request = drawing->request;
    double middle = isnan(request->reference) ? 0 : request->reference;
    const struct uf_panel_value *furthest = NULL;
    size_t n[2] = {0}, apart[2] = {0};
    for (size_t i = 0; i < panels->n; i++) {
        const struct uf_panel_value *value = &panels->values[i];
        if (value->panel != panel || isnan(value->value)) continue;
        if (!furthest || fabs(value->value - middle) > fabs(furthest->value - middle)) furthest = value;
        const struct multiples_interval interval = multiples_interval(multiples, value);
        if (isnan(interval.low)) continue;
        bool after = isnan(request->marked_x) || value->x > request->marked_x;
        n[after]++;
        apart[after] += interval.low > middle || interval.high < middle;
    }
    if (!furthest) return UF_OK;
    const struct multiples_interval interval = multiples_interval(multiples, furthest);
    int decimals = uf_table_column_decimals(panels->table, panels->value);
    const struct uf_argument arguments[] = {uf_text_argument(panels->labels.items[panel]),
                                            uf_count_argument(apart[0]),
                                            uf_count_argument(n[0]),
                                            uf_count_argument(apart[1]),
                                            uf_count_argument(n[1]),
                                            uf_number_argument(furthest->value, decimals),
                                            uf_text_argument(panels->categories.items[furthest->category]),
                                            uf_number_argument(interval.low, decimals),
                                            uf_number_argument(interval.high, decimals),
                                            uf_number_argument(middle, -1)};
    static const struct uf_words divided = {
        "{0}: {1} of {2} intervals before the line and {3} of {4} after it leave out {9};",
        "{0}: {1} av {2} intervall före linjen och {3} av {4} efter den utesluter {9};"};
    static const struct uf_words whole = {"{0}: {3} of {4} intervals leave out {9};",
                                          "{0}: {3} av {4} intervall utesluter {9};"};
    static const struct uf_words with = {"largest {5} ({7} to {8}) at {6}.",
                                         "störst {5} ({7} till {8}) vid {6}."};
    static const struct uf_words without = {"largest {5} at {6}.", "störst {5} vid {6}."};
    UF_TRY(uf_drawing_say(drawing, isnan(request->marked_x) || n[0] == 0 ? whole : divided, arguments, 10,
                          error));
    return uf_drawing_say(drawing, isnan(interval.low) ? without : with, arguments, 10, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Small multiples as data and in words. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/small_multiples.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_IN_ALT = 3 };

static void write_end(struct uf_drawing *drawing, const struct uf_panels *panels,
                      const struct uf_panel_value *value)
{
    char text[UF_VALUE_STATUS_SIZE];
    uf_csv_text(drawing,
                uf_value_status_print(uf_table_value_status(panels->table, value->row, panels->value), text),
                ',');
    uf_csv_text(drawing, panels->categories.items[value->category], ',');
    uf_csv_text(drawing, panels->series.items[value->series], ',');
    uf_csv_text(drawing, panels->labels.items[value->panel], '\n');
}

static bool same_line(const struct uf_panels *panels, size_t i, size_t j)
{
    return panels->values[i].panel == panels->values[j].panel &&
           panels->values[i].series == panels->values[j].series;
}

void multiples_write_lines(struct uf_drawing *drawing, const struct multiples *multiples)
{
    const struct uf_panels *panels = &multiples->panels;
    uf_buffer_append(
        &drawing->csv,
        "line,series,alone,value,across,down,low,high,low_x,low_y,high_x,high_y,status,period,group,label\n");
    size_t line = 0;
    for (size_t i = 0; i < panels->n; i++) {
        const struct uf_panel_value *value = &panels->values[i];
        if (i == 0 || !same_line(panels, i - 1, i)) line++;
        bool missing = isnan(value->value) || isnan(value->x);
        bool before = i > 0 && same_line(panels, i - 1, i) && !isnan(panels->values[i - 1].value);
        bool after = i + 1 < panels->n && same_line(panels, i, i + 1) && !isnan(panels->values[i + 1].value);
        uf_csv_number(drawing, (double)line, ',');
        uf_csv_number(drawing, (double)(value->series + 1), ',');
        uf_csv_number(drawing, !missing && !before && !after, ',');
        uf_csv_number(drawing, value->value, ',');
        uf_csv_number(drawing,
                      missing ? NAN
                              : uf_panels_left(panels, value->panel) + uf_axis_place(&multiples->x, value->x),
                      ',');
        uf_csv_number(
            drawing,
            missing ? NAN : uf_panels_top(panels, value->panel) + uf_axis_place(&multiples->y, value->value),
            ',');
        const struct multiples_interval band = multiples_interval(multiples, value);
        const double x = uf_panels_left(panels, value->panel) + uf_axis_place(&multiples->x, value->x),
                     y = uf_panels_top(panels, value->panel);
        const double numbers[] = {band.low, band.high,
                                  x,        y + uf_axis_place(&multiples->y, band.low),
                                  x,        y + uf_axis_place(&multiples->y, band.high)};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) uf_csv_number(drawing, numbers[k], ',');
        write_end(drawing, panels, value);
    }
}

/* The place across the value axis where a bar of a category stands, and half its thickness. */
static double bar_place(const struct multiples *multiples, const struct uf_panel_value *value, double *half)
{
    const struct uf_panels *panels = &multiples->panels;
    double step = multiples->lying ? panels->height / (double)panels->categories.count
                                   : panels->width / (double)(panels->categories.count + 1);
    *half = 0.36 * step;
    return multiples->lying ? ((double)value->category + 0.5) * step : uf_axis_place(&multiples->x, value->x);
}

struct multiples_interval multiples_whisker(const struct multiples *multiples, size_t i)
{
    const struct uf_panel_value *value = &multiples->panels.values[i];
    const struct multiples_interval band = multiples_interval(multiples, value);
    return (struct multiples_interval){multiples->edge[i] + band.low - value->value,
                                       multiples->edge[i] + band.high - value->value};
}

/* From where to where a piece's whisker goes: each series has its own place across the bar. */
static void place_whisker(const struct multiples *multiples, size_t i, double middle, double half,
                          double out[4])
{
    const struct uf_panels *panels = &multiples->panels;
    const struct uf_panel_value *value = &panels->values[i];
    const struct multiples_interval band = multiples_whisker(multiples, i);
    const struct uf_axis *axis = multiples->lying ? &multiples->x : &multiples->y;
    const double left = uf_panels_left(panels, value->panel), top = uf_panels_top(panels, value->panel),
                 across =
                     middle + half * (2 * ((double)value->series + 0.5) / (double)panels->series.count - 1),
                 from = uf_axis_place(axis, isnan(band.low) ? NAN : fmax(band.low, axis->low)),
                 to = uf_axis_place(axis, isnan(band.high) ? NAN : fmin(band.high, axis->high));
    out[0] = left + (multiples->lying ? from : across);
    out[1] = top + (multiples->lying ? across : from);
    out[2] = left + (multiples->lying ? to : across);
    out[3] = top + (multiples->lying ? across : to);
}

/* A rectangle per part, from the middle outwards in the order of the series; a row with the sum at the last. */
void multiples_write_bars(struct uf_drawing *drawing, const struct multiples *multiples)
{
    const struct uf_panels *panels = &multiples->panels;
    uf_buffer_append(&drawing->csv, "series,value,left,top,right,bottom,low,high,low_x,low_y,high_x,high_y,"
                                    "sum,sum_x,sum_y,status,x,group,label\n");
    for (size_t i = 0; i < panels->n; i++) {
        const struct uf_panel_value *value = &panels->values[i];
        const struct stack *stack = multiples_stack(multiples, value->panel, value->category);
        const struct multiples_interval band = multiples_interval(multiples, value);
        double left = uf_panels_left(panels, value->panel), top = uf_panels_top(panels, value->panel), half;
        double middle = bar_place(multiples, value, &half), box[4] = {NAN, NAN, NAN, NAN}, whisker[4],
               sum[2] = {NAN, NAN};
        const struct uf_axis *axis = multiples->lying ? &multiples->x : &multiples->y;
        if (!isnan(value->value)) {
            double from = uf_axis_place(axis, multiples->edge[i] - value->value),
                   to = uf_axis_place(axis, multiples->edge[i]);
            box[0] = left + (multiples->lying ? fmin(from, to) : middle - half);
            box[1] = top + (multiples->lying ? middle - half : fmin(from, to));
            box[2] = left + (multiples->lying ? fmax(from, to) : middle + half);
            box[3] = top + (multiples->lying ? middle + half : fmax(from, to));
        }
        if (stack->whole && value->series == 0) {
            double end = uf_axis_place(axis, stack->sum);
            sum[0] = left + (multiples->lying ? end : middle);
            sum[1] = top + (multiples->lying ? middle : end);
        }
        uf_csv_number(drawing, (double)(value->series + 1), ',');
        uf_csv_number(drawing, value->value, ',');
        for (size_t k = 0; k < 4; k++) uf_csv_number(drawing, box[k], ',');
        uf_csv_number(drawing, band.low, ',');
        uf_csv_number(drawing, band.high, ',');
        place_whisker(multiples, i, middle, half, whisker);
        for (size_t k = 0; k < 4; k++) uf_csv_number(drawing, whisker[k], ',');
        uf_csv_number(drawing, isnan(sum[0]) ? NAN : stack->sum, ',');
        uf_csv_number(drawing, sum[0], ',');
        uf_csv_number(drawing, sum[1], ',');
        write_end(drawing, panels, value);
    }
}

/* `in 2018Q2`, or of what is no time of the calendar `at 3`. */
static void place_words(const struct uf_drawing *drawing, const struct uf_panels *panels,
                        const struct uf_panel_value *value, char text[64])
{
    if (fabs(value->x) >= 1000)
        uf_year_words(value->x, panels->parts, drawing->language, text);
    else
        snprintf(text, 64, "%s %.50s", drawing->language == UF_SWEDISH ? "vid" : "at",
                 panels->categories.items[value->category]);
}

static uf_status say_lines(struct uf_drawing *drawing, const struct multiples *multiples, size_t panel,
                           struct uf_error *error)
{
    const struct uf_panels *panels = &multiples->panels;
    int decimals = uf_table_column_decimals(panels->table, panels->value);
    for (size_t series = 0; series < panels->series.count; series++) {
        const struct uf_panel_value *first = NULL, *last = NULL;
        for (size_t i = 0; i < panels->n; i++) {
            const struct uf_panel_value *value = &panels->values[i];
            if (value->panel != panel || value->series != series || isnan(value->value)) continue;
            if (!first) first = value;
            last = value;
        }
        if (!first) continue;
        char from[64], to[64];
        place_words(drawing, panels, first, from);
        place_words(drawing, panels, last, to);
        const struct uf_argument arguments[6] = {uf_text_argument(panels->labels.items[panel]),
                                                 uf_number_argument(first->value, decimals),
                                                 uf_text_argument(from),
                                                 uf_number_argument(last->value, decimals),
                                                 uf_text_argument(to),
                                                 uf_text_argument(panels->series.items[series])};
        UF_TRY(uf_drawing_say(
            drawing,
            panels->series.count > 1
                ? (struct uf_words){"{0}, {5}: from {1} {2} to {3} {4}.",
                                    "{0}, {5}: från {1} {2} till {3} {4}."}
                : (struct uf_words){"{0}: from {1} {2} to {3} {4}.", "{0}: från {1} {2} till {3} {4}."},
            arguments, 6, error));
    }
    return UF_OK;
}

static uf_status say_bars(struct uf_drawing *drawing, const struct multiples *multiples, size_t panel,
                          struct uf_error *error)
{
    const struct uf_panels *panels = &multiples->panels;
    size_t highest = SIZE_MAX, lowest = SIZE_MAX;
    for (size_t k = 0; k < panels->categories.count; k++) {
        const struct stack *stack = multiples_stack(multiples, panel, k);
        if (!stack->n || !stack->whole) continue;
        if (highest == SIZE_MAX || stack->sum > multiples_stack(multiples, panel, highest)->sum) highest = k;
        if (lowest == SIZE_MAX || stack->sum < multiples_stack(multiples, panel, lowest)->sum) lowest = k;
    }
    if (highest == SIZE_MAX) return UF_OK;
    int decimals = uf_table_column_decimals(panels->table, panels->value);
    const struct uf_argument arguments[5] = {
        uf_text_argument(panels->labels.items[panel]), uf_text_argument(panels->categories.items[highest]),
        uf_number_argument(multiples_stack(multiples, panel, highest)->sum, decimals),
        uf_text_argument(panels->categories.items[lowest]),
        uf_number_argument(multiples_stack(multiples, panel, lowest)->sum, decimals)};
    return uf_drawing_say(drawing,
                          (struct uf_words){"{0}: highest sum {2} ({1}), lowest {4} ({3}).",
                                            "{0}: högsta summa {2} ({1}), lägsta {4} ({3})."},
                          arguments, 5, error);
}

uf_status multiples_say(struct uf_drawing *drawing, const struct multiples *multiples, struct uf_error *error)
{
    const struct uf_panels *panels = &multiples->panels;
    UF_TRY(uf_drawing_say_kind(
        drawing,
        multiples->dots   ? (struct uf_words){"Small panels of estimates with intervals",
                                              "Små diagram med skattningar och intervall"}
        : multiples->bars ? (struct uf_words){"Small panels with stacked bars", "Små diagram med staplar"}
                          : (struct uf_words){"Small panels with lines", "Små linjediagram"},
        error));
    const struct uf_argument n_panels = uf_count_argument(panels->labels.count);
    UF_TRY(uf_drawing_say(drawing,
                          (struct uf_words){"{0} panels on the same axes.", "{0} diagram med samma axlar."},
                          &n_panels, 1, error));
    size_t said = 0, missing = 0;
    for (size_t panel = 0; panel < panels->labels.count; panel++) {
        if (!panels->focus[panel] && said >= (size_t)NAMED_IN_ALT) continue;
        said++;
        UF_TRY(multiples->dots   ? multiples_say_dots(drawing, multiples, panel, error)
               : multiples->bars ? say_bars(drawing, multiples, panel, error)
                                 : say_lines(drawing, multiples, panel, error));
    }
    for (size_t i = 0; i < panels->n; i++) missing += isnan(panels->values[i].value) ? 1 : 0;
    const struct uf_argument count = uf_count_argument(missing);
    if (!missing) return UF_OK;
    return uf_drawing_say(drawing,
                          multiples->dots ? (struct uf_words){"{0} values are missing.", "{0} värden saknas."}
                          : multiples->bars
                              ? (struct uf_words){"{0} values are missing; such bars have no sum.",
                                                  "{0} värden saknas; sådana staplar har ingen summa."}
                              : (struct uf_words){"{0} values are missing; the lines are broken there.",
                                                  "{0} värden saknas; där är linjerna brutna."},
                          &count, 1, error);
}

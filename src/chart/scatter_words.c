// SPDX-License-Identifier: GPL-3.0-or-later
/* What a scatter says of itself: its data, the points that could not be placed, the alternative text. */
#include "chart/scatter.h"

#include "base/fail.h"
#include "chart/columns.h"
#include "chart/measure.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/number.h>

enum { NAMED_MISSING = 3 };

char *scatter_missing_words(const struct uf_drawing *drawing, const struct scatter *scatter)
{
    if (scatter->n_missing == 0) return NULL;
    struct uf_buffer names;
    uf_buffer_init(&names);
    size_t named = scatter->n_missing <= NAMED_MISSING ? scatter->n_missing : NAMED_MISSING - 1;
    for (size_t i = 0; i < named; i++) {
        char buffer[64];
        size_t row = scatter->missing[i];
        size_t column = isfinite(uf_table_number(scatter->table, row, scatter->x)) ? scatter->y : scatter->x;
        if (i) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, uf_column_label(scatter->table, row, scatter->label, buffer));
        uf_buffer_append(&names, " (");
        uf_buffer_append(
            &names, uf_reason_words(uf_table_value_status(scatter->table, row, column), drawing->language));
        uf_buffer_append(&names, ")");
    }
    const struct uf_argument arguments[2] = {uf_text_argument(names.data),
                                             uf_count_argument(scatter->n_missing - named)};
    char *words = NULL;
    uf_status status =
        uf_phrase(drawing->language,
                  named == scatter->n_missing
                      ? (struct uf_words){"Not shown: {0}.", "Visas inte: {0}."}
                      : (struct uf_words){"Not shown: {0} and {1} more.", "Visas inte: {0} och {1} till."},
                  arguments, 2, &words, NULL);
    uf_buffer_clear(&names);
    return status == UF_OK ? words : NULL;
}

/* --- data and words ----------------------------------------------------------------------------- */

static void write_row(struct uf_drawing *drawing, const struct scatter *scatter, size_t row,
                      const struct point *point)
{
    const struct uf_table *table = scatter->table;
    char buffer[64], text[UF_VALUE_STATUS_SIZE];
    size_t column = isfinite(uf_table_number(table, row, scatter->x)) ? scatter->y : scatter->x;
    uf_csv_number(drawing, uf_table_number(table, row, scatter->x), ',');
    uf_csv_number(drawing, uf_table_number(table, row, scatter->y), ',');
    uf_csv_number(drawing, uf_column_value(table, row, scatter->size), ',');
    uf_csv_number(drawing, point ? round(100 * point->radius) / 100 : NAN, ',');
    uf_csv_number(drawing, point ? point->low : NAN, ',');
    uf_csv_number(drawing, point ? point->high : NAN, ',');
    uf_csv_number(drawing, point ? point->x_low : NAN, ',');
    uf_csv_number(drawing, point ? point->x_high : NAN, ',');
    uf_csv_number(drawing, point && point->no_size, ',');
    uf_csv_number(drawing, point ? (double)point->group : 0, ',');
    uf_csv_number(drawing, point && point->focus != SIZE_MAX, ',');
    uf_csv_text(drawing, uf_value_status_print(uf_table_value_status(table, row, column), text), ',');
    uf_csv_text(drawing, uf_column_label(table, row, scatter->label, buffer), '\n');
}

void scatter_write_data(struct uf_drawing *drawing, const struct scatter *scatter)
{
    uf_buffer_append(&drawing->csv,
                     "x,value,size,radius,low,high,x_low,x_high,no_size,group,focus,status,label\n");
    for (size_t i = 0; i < scatter->n; i++)
        write_row(drawing, scatter, scatter->points[i].row, &scatter->points[i]);
    for (size_t i = 0; i < scatter->n_missing; i++) write_row(drawing, scatter, scatter->missing[i], NULL);
}

static uf_status say_point(struct uf_drawing *drawing, const struct scatter *scatter,
                           const struct point *point, struct uf_words words, struct uf_error *error)
{
    const struct uf_table *table = scatter->table;
    const struct uf_argument arguments[4] = {
        uf_text_argument(point->label),
        uf_number_argument(point->x, uf_table_column_decimals(table, scatter->x)),
        uf_number_argument(point->y, uf_table_column_decimals(table, scatter->y)),
        uf_number_argument(point->size,
                           scatter->size == SIZE_MAX ? -1 : uf_table_column_decimals(table, scatter->size))};
    return uf_drawing_say(drawing, words, arguments, 4, error);
}

/* The spans of a point, where it has them. */
static uf_status say_bands(struct uf_drawing *drawing, const struct scatter *scatter,
                           const struct point *point, struct uf_error *error)
{
    const int x = uf_table_column_decimals(scatter->table, scatter->x),
              y = uf_table_column_decimals(scatter->table, scatter->y);
    const struct uf_argument across[2] = {uf_number_argument(point->x_low, x),
                                          uf_number_argument(point->x_high, x)};
    const struct uf_argument upwards[2] = {uf_number_argument(point->low, y),
                                           uf_number_argument(point->high, y)};
    if (isfinite(point->x_low))
        UF_TRY(uf_drawing_say(
            drawing, (struct uf_words){"Its band across: {0} to {1}.", "Dess spann vågrätt: {0} till {1}."},
            across, 2, error));
    if (isfinite(point->low))
        UF_TRY(uf_drawing_say(
            drawing, (struct uf_words){"Its band upwards: {0} to {1}.", "Dess spann lodrätt: {0} till {1}."},
            upwards, 2, error));
    return UF_OK;
}

static uf_status say_range(struct uf_drawing *drawing, const struct scatter *scatter, struct uf_error *error)
{
    double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY;
    for (size_t i = 0; i < scatter->n; i++) {
        scatter_widen(&x_low, &x_high, scatter->points[i].x);
        scatter_widen(&y_low, &y_high, scatter->points[i].y);
    }
    int x = uf_table_column_decimals(scatter->table, scatter->x),
        y = uf_table_column_decimals(scatter->table, scatter->y);
    const char *x_words = drawing->request->x_label, *y_words = drawing->request->value_label;
    const struct uf_argument arguments[7] = {uf_count_argument(scatter->n),
                                             uf_text_argument(x_words ? x_words : "x"),
                                             uf_number_argument(x_low, x),
                                             uf_number_argument(x_high, x),
                                             uf_text_argument(y_words ? y_words : "y"),
                                             uf_number_argument(y_low, y),
                                             uf_number_argument(y_high, y)};
    return uf_drawing_say(
        drawing,
        (struct uf_words){"{0} points. Across: {1}, from {2} to {3}. Upwards: {4}, from {5} to {6}.",
                          "{0} punkter. Vågrätt: {1}, från {2} till {3}. Lodrätt: {4}, från {5} till {6}."},
        arguments, 7, error);
}

/* How many points lie in each quadrant that has words; a point on a line lies above or to the right of it. */
static uf_status say_corners(struct uf_drawing *drawing, const struct scatter *scatter,
                             struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    if (isnan(request->reference) || isnan(request->reference_x)) return UF_OK;
    for (size_t k = 0; k < 4; k++) {
        if (!request->quadrants[k] || !*request->quadrants[k]) continue;
        bool right = k == 0 || k == 3, top = k < 2;
        size_t n = 0;
        for (size_t i = 0; i < scatter->n; i++)
            n += (scatter->points[i].x >= request->reference_x) == right &&
                 (scatter->points[i].y >= request->reference) == top;
        const struct uf_argument arguments[2] = {uf_text_argument(request->quadrants[k]),
                                                 uf_count_argument(n)};
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"{0}: {1}.", "{0}: {1}."}, arguments, 2, error));
    }
    return UF_OK;
}

uf_status scatter_say(struct uf_drawing *drawing, const struct scatter *scatter, struct uf_error *error)
{
    UF_TRY(uf_drawing_say_kind(drawing, (struct uf_words){"Scatter chart", "Punktdiagram"}, error));
    UF_TRY(say_range(drawing, scatter, error));
    for (size_t i = 0; i < scatter->n; i++) {
        const struct point *point = &scatter->points[i];
        if (point->focus == SIZE_MAX) continue;
        UF_TRY(say_point(
            drawing, scatter, point,
            isfinite(point->size)
                ? (struct uf_words){"{0}: {1} across, {2} upwards, size {3}.",
                                    "{0}: {1} vågrätt, {2} lodrätt, storlek {3}."}
                : (struct uf_words){"{0}: {1} across, {2} upwards.", "{0}: {1} vågrätt, {2} lodrätt."},
            error));
        UF_TRY(say_bands(drawing, scatter, point, error));
    }
    if (scatter->n_focus == 0) {
        const struct point *highest = scatter->points, *lowest = scatter->points;
        for (size_t i = 1; i < scatter->n; i++) {
            if (scatter->points[i].y > highest->y) highest = &scatter->points[i];
            if (scatter->points[i].y < lowest->y) lowest = &scatter->points[i];
        }
        UF_TRY(say_point(drawing, scatter, highest,
                         (struct uf_words){"Highest: {0}, {2} at {1}.", "Högst: {0}, {2} vid {1}."}, error));
        UF_TRY(say_bands(drawing, scatter, highest, error));
        UF_TRY(say_point(drawing, scatter, lowest,
                         (struct uf_words){"Lowest: {0}, {2} at {1}.", "Lägst: {0}, {2} vid {1}."}, error));
        UF_TRY(say_bands(drawing, scatter, lowest, error));
    }
    UF_TRY(say_corners(drawing, scatter, error));
    const struct uf_argument line = uf_text_argument(drawing->request->reference_label);
    if (drawing->request->reference_label && !isnan(drawing->request->reference))
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"The line: {0}.", "Linjen: {0}."}, &line, 1, error));
    if (scatter->has_fit) {
        const struct uf_argument arguments[2] = {uf_number_argument(scatter->slope_shown, -1),
                                                 uf_number_argument(scatter->r_squared, 2)};
        UF_TRY(uf_drawing_say(drawing,
                              (struct uf_words){"The least-squares line has the slope {0} (R² {1}).",
                                                "Minsta-kvadratlinjen har lutningen {0} (R² {1})."},
                              arguments, 2, error));
    }
    char *missing = scatter_missing_words(drawing, scatter);
    const struct uf_argument argument = uf_text_argument(missing);
    uf_status status =
        missing ? uf_drawing_say(drawing, (struct uf_words){"{0}", "{0}"}, &argument, 1, error) : UF_OK;
    free(missing);
    return status;
}

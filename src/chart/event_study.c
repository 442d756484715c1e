// SPDX-License-Identifier: GPL-3.0-or-later
/* Estimates with their intervals around the event, the reference period hollow; a second, simultaneous band
 * as a thin line. */
#include "base/fail.h"
#include "chart/axis.h"
#include "chart/columns.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

struct study {
    const struct uf_table *table;
    size_t x, value, low, high, low2, high2;
    size_t n_drawn, n_after, n_after_apart, n_before, n_before_apart; /* apart: the interval leaves 0 out */
    size_t n_after_beyond, n_before_beyond;                           /* the simultaneous band leaves 0 out */
    double x_low, x_high, y_low, y_high;
    double omitted; /* NaN: none */
};

static uf_status find_columns(const struct uf_chart_request *request, struct study *study,
                              struct uf_error *error)
{
    const char *kind = "event-study";
    const struct uf_table *table = study->table = request->table;
    UF_TRY(uf_column_need(table, kind, request->x, "event_time", &study->x, error));
    UF_TRY(uf_column_need(table, kind, request->value, "estimate", &study->value, error));
    UF_TRY(uf_column_maybe(table, kind, request->low, "conf_low", &study->low, error));
    UF_TRY(uf_column_maybe(table, kind, request->high, "conf_high", &study->high, error));
    UF_TRY(uf_column_maybe(table, kind, request->low2, NULL, &study->low2, error));
    return uf_column_maybe(table, kind, request->high2, NULL, &study->high2, error);
}

static bool is_omitted(const struct study *study, const struct uf_chart_request *request, double x,
                       double value, double low, double high)
{
    if (request->omitted_x) return x == *request->omitted_x;
    return study->low != SIZE_MAX && value == 0 && (isnan(low) || low == 0) && (isnan(high) || high == 0);
}

static void write_row(struct uf_drawing *drawing, double x, const double values[5], bool omitted,
                      const char *status)
{
    uf_csv_number(drawing, x, ',');
    for (int k = 0; k < 5; k++) uf_csv_number(drawing, values[k], ',');
    uf_csv_number(drawing, omitted, ',');
    uf_csv_text(drawing, status, '\n');
}

/* values: estimate, interval, band */
static void count(struct study *study, double x, double start, const double values[5])
{
    bool apart = values[1] > 0 || values[2]<0, beyond = values[3]> 0 || values[4] < 0;
    *(x > start ? &study->n_after_beyond : &study->n_before_beyond) += beyond;
    if (x > start) {
        study->n_after++;
        study->n_after_apart += apart;
    } else {
        study->n_before++;
        study->n_before_apart += apart;
    }
}

static double start_of(const struct uf_chart_request *request)
{
    return isnan(request->marked_x) ? -0.5 : request->marked_x;
}

static uf_status read_rows(struct uf_drawing *drawing, struct study *study, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    const struct uf_table *table = study->table;
    study->x_low = INFINITY;
    study->x_high = -INFINITY;
    study->y_low = study->y_high = 0;
    study->omitted = request->omitted_x ? *request->omitted_x : NAN;
    bool omitted_seen = false;
    uf_buffer_append(&drawing->csv, "event_time,estimate,low,high,low2,high2,reference,status\n");
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double x, values[5];
        UF_TRY(uf_column_period(table, i, study->x, &x, error));
        if (isnan(x)) continue; /* a row of a summary, not of a period */
        const size_t columns[5] = {study->value, study->low, study->high, study->low2, study->high2};
        for (int k = 0; k < 5; k++) values[k] = uf_column_value(table, i, columns[k]);
        bool omitted = is_omitted(study, request, x, values[0], values[1], values[2]);
        if (omitted) {
            values[0] = 0;
            for (int k = 1; k < 5; k++) values[k] = NAN;
            study->omitted = x;
            omitted_seen = true;
        }
        char status_text[UF_VALUE_STATUS_SIZE];
        write_row(drawing, x, values, omitted,
                  uf_value_status_print(uf_table_value_status(table, i, study->value), status_text));
        study->x_low = fmin(study->x_low, x);
        study->x_high = fmax(study->x_high, x);
        for (int k = 0; k < 5; k++) {
            study->y_low = fmin(study->y_low, values[k]);
            study->y_high = fmax(study->y_high, values[k]);
        }
        if (isnan(values[0]) || omitted) continue;
        study->n_drawn++;
        count(study, x, start_of(request), values);
    }
    if (study->n_drawn == 0) return uf_no_value(request, error);
    if (request->omitted_x && !omitted_seen) {
        const double zero[5] = {0, NAN, NAN, NAN, NAN};
        write_row(drawing, *request->omitted_x, zero, true, "observed");
        study->x_low = fmin(study->x_low, *request->omitted_x);
        study->x_high = fmax(study->x_high, *request->omitted_x);
    }
    return UF_OK;
}

static void place(struct uf_drawing *drawing, const struct study *study)
{
    const struct uf_chart_request *request = drawing->request;
    struct uf_legend_item legend[3] = {
        {UF_SIGN_BAND, study->low != SIZE_MAX ? request->band_label : NULL},
        {UF_SIGN_BAND2, study->low2 != SIZE_MAX ? request->band2_label : NULL},
        {UF_SIGN_OMITTED,
         isnan(study->omitted)
             ? NULL
             : uf_words_in((struct uf_words){"reference period", "referensperiod"}, drawing->language)}};
    double top = uf_drawing_legend(drawing, UF_PAD, uf_drawing_head(drawing) + 6, legend, 3);
    char *axis_title = uf_axis_words(request->value_label, request->unit);
    if (axis_title)
        top = uf_drawing_paragraph(drawing, UF_PAD, top + 2, drawing->width - 2 * UF_PAD, UF_LOOK_AXIS, 11,
                                   14, axis_title) +
              4;
    free(axis_title);
    if (request->marked_label) top += 14;
    const char *x_label =
        request->x_label ? request->x_label
                         : uf_words_in((struct uf_words){"Periods since the start", "Perioder sedan start"},
                                       drawing->language);
    double below = 43, bottom = top + uf_drawing_plot_height(drawing, top, below, 250);
    struct uf_axis y = uf_axis_round(study->y_low, study->y_high, 6, false);
    y.start = bottom;
    y.end = top;
    double left = UF_PAD + uf_axis_width(drawing, &y) + 8, right = drawing->width - UF_PAD - 4;
    struct uf_axis x =
        uf_axis_tight(study->x_low - 0.5, study->x_high + 0.5, (int)((right - left) / 36), true);
    x.start = left;
    x.end = right;
    uf_drawing_plot_area(drawing, left, right, top, bottom);
    uf_axis_write(drawing, &x, "x", fabs(study->x_high) > 1000);
    uf_axis_write(drawing, &y, "y", false);
    uf_axis_mark(drawing, &x, -0.5, top);
    uf_drawing_number(drawing, "has_band2", study->low2 != SIZE_MAX && study->high2 != SIZE_MAX);
    uf_drawing_text(drawing, (left + right) / 2, bottom + 34, UF_ALIGN_CENTRE, UF_LOOK_AXIS, x_label);
    uf_drawing_foot(drawing, bottom + below);
}

static uf_status say_point(struct uf_drawing *drawing, const struct study *study, size_t row,
                           struct uf_error *error)
{
    double x;
    UF_TRY(uf_column_period(study->table, row, study->x, &x, error));
    double value = uf_table_number(study->table, row, study->value);
    double low = uf_column_value(study->table, row, study->low),
           high = uf_column_value(study->table, row, study->high);
    int decimals = uf_table_column_decimals(study->table, study->value);
    struct uf_argument arguments[4] = {uf_number_argument(x, -1), uf_number_argument(value, decimals),
                                       uf_number_argument(low, decimals), uf_number_argument(high, decimals)};
    struct uf_words words = isnan(low) ? (struct uf_words){"Period {0}: {1}.", "Period {0}: {1}."}
                                       : (struct uf_words){"Period {0}: {1} (interval {2} to {3}).",
                                                           "Period {0}: {1} (intervall {2} till {3})."};
    return uf_drawing_say(drawing, words, arguments, 4, error);
}

static uf_status say(struct uf_drawing *drawing, const struct study *study, struct uf_error *error)
{
    UF_TRY(uf_drawing_say_kind(
        drawing,
        (struct uf_words){"Event study, points with intervals", "Händelsestudie, punkter med intervall"},
        error));
    struct uf_argument counts[4] = {
        uf_count_argument(study->n_before), uf_count_argument(study->n_before_apart),
        uf_count_argument(study->n_after), uf_count_argument(study->n_after_apart)};
    if (study->low != SIZE_MAX)
        UF_TRY(uf_drawing_say(
            drawing,
            study->n_before == 0
                ? (struct uf_words){"{3} of {2} intervals leave out 0.", "{3} av {2} intervall utesluter 0."}
                : (struct uf_words){"Before the start: {1} of {0} intervals leave out 0; after it: {3} of "
                                    "{2}.",
                                    "Före start: {1} av {0} intervall utesluter 0; efter start: {3} av {2}."},
            counts, 4, error));
    counts[1] = uf_count_argument(study->n_before_beyond);
    counts[3] = uf_count_argument(study->n_after_beyond);
    if (study->low2 != SIZE_MAX)
        UF_TRY(uf_drawing_say(
            drawing,
            study->n_before == 0
                ? (struct uf_words){"The simultaneous band leaves out 0 in {3} of {2} periods.",
                                    "Det simultana bandet utesluter 0 i {3} av {2} perioder."}
                : (struct uf_words){"The simultaneous band leaves out 0 in {1} of {0} periods before and {3} "
                                    "of {2} after.",
                                    "Det simultana bandet utesluter 0 i {1} av {0} perioder före och {3} av "
                                    "{2} efter."},
            counts, 4, error));
    struct uf_argument omitted = uf_number_argument(study->omitted, -1);
    if (!isnan(study->omitted))
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"Reference period: {0}.", "Referensperiod: {0}."},
                              &omitted, 1, error));
    for (size_t i = 0; i < uf_table_rows(study->table); i++) {
        double x;
        UF_TRY(uf_column_period(study->table, i, study->x, &x, error));
        if (isnan(x) || x == study->omitted) continue;
        if (!isnan(uf_table_number(study->table, i, study->value))) {
            if (x > start_of(drawing->request)) UF_TRY(say_point(drawing, study, i, error));
            continue;
        }
        struct uf_argument missing[2] = {
            uf_number_argument(x, -1),
            uf_text_argument(
                uf_reason_words(uf_table_value_status(study->table, i, study->value), drawing->language))};
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"Period {0}: {1}.", "Period {0}: {1}."}, missing, 2,
                              error));
    }
    return UF_OK;
}

uf_status uf_event_study_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct study study = {0};
    UF_TRY(find_columns(drawing->request, &study, error));
    UF_TRY(read_rows(drawing, &study, error));
    place(drawing, &study);
    return say(drawing, &study, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Two panels over one time axis: above, the treated unit and its synthetic control; below, their gap among
 * the placebos' gaps. */
#include "base/fail.h"
#include "chart/axis.h"
#include "chart/columns.h"
#include "chart/end_labels.h"
#include "chart/sequence.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { SERIES_TREATED = 1, SERIES_SYNTHETIC = 2, SERIES_GAP = 3, SERIES_PLACEBO = 4 };
/* A placebo that fits badly can be far off; beyond this many times the treated gap it leaves the picture, and
 * the legend says so. */
enum { WIDEST_PLACEBO = 3 };

struct path {
    const struct uf_table *table;
    size_t x, column[4]; /* by series; 0 unused */
    double x_low, x_high;
    double low, high;         /* of the two paths */
    double gap_low, gap_high; /* of the treated gap */
    double placebo_low, placebo_high;
    struct uf_text_list placebos;
    size_t n_outside;
    double last_x[4], last[4];
    bool whole_x;
};

static uf_status find_columns(const struct uf_chart_request *request, struct path *path,
                              struct uf_error *error)
{
    static const char *const names[4] = {NULL, "treated", "synthetic", "gap"};
    const char *kind = "synthetic-control";
    path->table = request->table;
    UF_TRY(uf_column_need(path->table, kind, request->x, "period", &path->x, error));
    for (int k = SERIES_TREATED; k <= SERIES_GAP; k++)
        UF_TRY(uf_column_need(path->table, kind, NULL, names[k], &path->column[k], error));
    return UF_OK;
}

static void write_point(struct uf_drawing *drawing, int series, size_t line, double x, double value,
                        const char *unit)
{
    uf_csv_number(drawing, series, ',');
    uf_csv_number(drawing, (double)line, ',');
    uf_csv_number(drawing, x, ',');
    uf_csv_number(drawing, value, ',');
    uf_csv_text(drawing, unit, '\n');
}

static void widen(double value, double *low, double *high)
{
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

static uf_status read_path(struct uf_drawing *drawing, struct path *path, const char *const names[4],
                           struct uf_error *error)
{
    size_t drawable = 0;
    path->whole_x = true;
    for (int k = SERIES_TREATED; k <= SERIES_GAP; k++) {
        path->last_x[k] = path->last[k] = NAN;
        for (size_t i = 0; i < uf_table_rows(path->table); i++) {
            double x, value = uf_table_number(path->table, i, path->column[k]);
            UF_TRY(uf_column_period(path->table, i, path->x, &x, error));
            write_point(drawing, k, 0, x, value, names[k]);
            if (isnan(x) || isnan(value)) continue;
            drawable++;
            if (x != floor(x)) path->whole_x = false;
            widen(x, &path->x_low, &path->x_high);
            if (k == SERIES_GAP)
                widen(value, &path->gap_low, &path->gap_high);
            else
                widen(value, &path->low, &path->high);
            if (isnan(path->last_x[k]) || x >= path->last_x[k]) path->last_x[k] = x, path->last[k] = value;
        }
    }
    return drawable && isfinite(path->low) ? UF_OK : uf_no_value(drawing->request, error);
}

/* The line and the period of each row. */
static uf_status index_placebos(const struct uf_table *table, size_t unit, size_t period,
                                struct uf_text_list *names, size_t *line_of, double *periods,
                                struct uf_error *error)
{
    size_t line = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        char text[64];
        const char *name = uf_column_label(table, i, unit, text);
        if (i == 0 || !uf_text_equal(names->items[line], name)) line = uf_text_list_find(names, name);
        if (line == SIZE_MAX) {
            line = names->count;
            UF_TRY(uf_text_list_add(names, name, error));
        }
        line_of[i] = line;
        UF_TRY(uf_column_period(table, i, period, &periods[i], error));
    }
    return UF_OK;
}

static void write_placebos(struct uf_drawing *drawing, struct path *path, size_t gap, const size_t *line_of,
                           const double *periods, const size_t *order)
{
    const struct uf_table *table = drawing->request->placebos;
    double limit = WIDEST_PLACEBO * fmax(fabs(path->gap_low), fabs(path->gap_high));
    bool limited = isfinite(limit) && limit > 0;
    size_t outside_line = SIZE_MAX;
    for (size_t k = 0; k < uf_table_rows(table); k++) {
        size_t i = order[k], line = line_of[i];
        double value = uf_table_number(table, i, gap);
        write_point(drawing, SERIES_PLACEBO, line + 1, periods[i], value, path->placebos.items[line]);
        if (isnan(periods[i]) || isnan(value)) continue;
        if (limited && fabs(value) > limit && outside_line != line) {
            outside_line = line;
            path->n_outside++;
        }
        widen(limited ? fmax(-limit, fmin(limit, value)) : value, &path->placebo_low, &path->placebo_high);
    }
}

static uf_status read_placebos(struct uf_drawing *drawing, struct path *path, struct uf_error *error)
{
    const struct uf_table *table = drawing->request->placebos;
    if (!table) return UF_OK;
    size_t unit, period, gap, n = uf_table_rows(table);
    UF_TRY(uf_column_need(table, "synthetic-control", NULL, "unit", &unit, error));
    UF_TRY(uf_column_need(table, "synthetic-control", NULL, "period", &period, error));
    UF_TRY(uf_column_need(table, "synthetic-control", NULL, "gap", &gap, error));
    size_t *line_of = calloc(n + 1, sizeof *line_of), *order = calloc(n + 1, sizeof *order);
    double *periods = calloc(n + 1, sizeof *periods);
    uf_status status = line_of && order && periods ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status = index_placebos(table, unit, period, &path->placebos, line_of, periods, error);
    if (status == UF_OK) status = uf_sequence_order(line_of, periods, n, path->placebos.count, order, error);
    if (status == UF_OK) write_placebos(drawing, path, gap, line_of, periods, order);
    free(line_of);
    free(order);
    free(periods);
    return status;
}

static char *placebo_words(const struct uf_drawing *drawing, const struct path *path)
{
    const char *label =
        drawing->request->context_label
            ? drawing->request->context_label
            : uf_words_in((struct uf_words){"placebo regions", "placeboregioner"}, drawing->language);
    struct uf_argument arguments[3] = {uf_text_argument(label), uf_count_argument(path->placebos.count),
                                       uf_count_argument(path->n_outside)};
    char *words = NULL;
    struct uf_words all = {"{0} ({1})", "{0} ({1} st)"};
    struct uf_words some = {"{0} ({1}, of which {2} partly outside the picture)",
                            "{0} ({1} st, varav {2} delvis utanför bilden)"};
    if (path->placebos.count == 0 ||
        uf_phrase(drawing->language, path->n_outside ? some : all, arguments, 3, &words, NULL) != UF_OK)
        return NULL;
    return words;
}

static void place(struct uf_drawing *drawing, const struct path *path, const char *const names[4])
{
    const struct uf_chart_request *request = drawing->request;
    char *axis_title = uf_axis_words(request->value_label, request->unit);
    double top = uf_drawing_head(drawing) + 4, full = drawing->width - 2 * UF_PAD;
    if (axis_title)
        top = uf_drawing_paragraph(drawing, UF_PAD, top, full, UF_LOOK_AXIS, 11, 14, axis_title) + 4;
    free(axis_title);
    if (request->marked_label) top += 14;
    char *placebos = placebo_words(drawing, path);
    double between = placebos ? 75 : 55, below = 25;
    double height = uf_drawing_plot_height(drawing, top, between + below, 360);
    double bottom = top + 0.56 * height, gap_top = bottom + between, gap_bottom = top + between + height;

    struct uf_axis y = uf_axis_round(path->low, path->high, 5, false);
    double gap_low = fmin(0, fmin(path->gap_low, path->placebo_low)),
           gap_high = fmax(0, fmax(path->gap_high, path->placebo_high));
    struct uf_axis g = uf_axis_round(gap_low, gap_high, 6, false);
    y.start = bottom, y.end = top;
    g.start = gap_bottom, g.end = gap_top;
    struct uf_end_label labels[2] = {{.look = UF_LOOK_FOCUS_1}, {.look = UF_LOOK_BENCHMARK}};
    size_t n = 0;
    for (int k = SERIES_TREATED; k <= SERIES_SYNTHETIC; k++) {
        if (isnan(path->last[k])) continue;
        labels[n] = (struct uf_end_label){.x = path->last_x[k],
                                          .y = uf_axis_place(&y, path->last[k]),
                                          .look = k == SERIES_TREATED ? UF_LOOK_FOCUS_1 : UF_LOOK_BENCHMARK,
                                          .words = uf_text_copy(names[k])};
        uf_value_text(drawing, path->table, path->column[k], path->last[k], labels[n].number);
        if (labels[n].words)
            n++;
        else
            drawing->failed = true;
    }
    double left = UF_PAD + fmax(uf_axis_width(drawing, &y), uf_axis_width(drawing, &g)) + 8;
    double right =
        drawing->width - UF_PAD - 12 - uf_end_labels_width(drawing, labels, n, 0.45 * drawing->width);
    struct uf_axis x = uf_axis_tight(path->x_low, path->x_high, (int)((right - left) / 42), path->whole_x);
    x.start = left, x.end = right;
    for (size_t i = 0; i < n; i++) labels[i].x = uf_axis_place(&x, labels[i].x);
    uf_end_labels_place(drawing, labels, n, right + 10, top, bottom);
    for (size_t i = 0; i < n; i++) free(labels[i].words);

    const char *gap_unit =
        request->gap_unit ? request->gap_unit : uf_table_column_unit(path->table, path->column[SERIES_GAP]);
    struct uf_words gap_words = {"Gap: actual minus synthetic", "Skillnad: faktiskt minus syntetiskt"};
    char *gap_title =
        uf_axis_words(uf_words_in(gap_words, drawing->language), gap_unit ? gap_unit : request->unit);
    double at = bottom + 41;
    at = uf_drawing_paragraph(drawing, UF_PAD, at, full, UF_LOOK_AXIS, 11, 14, gap_title);
    free(gap_title);
    if (placebos)
        uf_drawing_legend(drawing, UF_PAD, at + 3, &(struct uf_legend_item){UF_SIGN_CONTEXT, placebos}, 1);
    free(placebos);
    char number[64];
    if (!isnan(path->last[SERIES_GAP])) {
        uf_value_text(drawing, path->table, path->column[SERIES_GAP], path->last[SERIES_GAP], number);
        uf_drawing_text(drawing, right + 10, uf_axis_place(&g, path->last[SERIES_GAP]), UF_ALIGN_LEFT,
                        UF_LOOK_FOCUS_1, number);
    }
    uf_drawing_plot_area(drawing, left, right, top, bottom);
    uf_drawing_number(drawing, "gap_top", gap_top);
    uf_drawing_number(drawing, "gap_bottom", gap_bottom);
    uf_axis_write(drawing, &x, "x", path->whole_x);
    uf_axis_write(drawing, &y, "y", false);
    uf_axis_write(drawing, &g, "gap", false);
    uf_axis_mark(drawing, &x, NAN, top);
    uf_drawing_number(drawing, "n_placebos", (double)path->placebos.count);
    uf_drawing_foot(drawing, gap_bottom + below);
}

/* Mean gap before and after the start, and how many placebos end farther from 0 than the treated unit. */
static uf_status say(struct uf_drawing *drawing, const struct path *path, const char *const names[4],
                     struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    UF_TRY(uf_drawing_say_kind(
        drawing,
        (struct uf_words){"Two line charts, synthetic control", "Två linjediagram, syntetisk kontroll"},
        error));
    int decimals = uf_table_column_decimals(path->table, path->column[SERIES_TREATED]);
    char last_x[64], start[64];
    uf_year_text(path->last_x[SERIES_TREATED], path->whole_x, drawing->language, last_x);
    struct uf_argument last[5] = {
        uf_text_argument(names[SERIES_TREATED]), uf_number_argument(path->last[SERIES_TREATED], decimals),
        uf_text_argument(names[SERIES_SYNTHETIC]), uf_number_argument(path->last[SERIES_SYNTHETIC], decimals),
        uf_text_argument(last_x)};
    UF_TRY(uf_drawing_say(drawing,
                          (struct uf_words){"In {4}: {0} {1}, {2} {3}.", "År {4}: {0} {1}, {2} {3}."}, last,
                          5, error));
    double sum[2] = {0, 0}, first_x = INFINITY;
    size_t n[2] = {0, 0};
    for (size_t i = 0; i < uf_table_rows(path->table); i++) {
        double x, gap = uf_table_number(path->table, i, path->column[SERIES_GAP]);
        UF_TRY(uf_column_period(path->table, i, path->x, &x, error));
        if (isnan(gap) || isnan(x)) continue;
        bool after = x >= request->marked_x;
        if (after) first_x = fmin(first_x, x);
        sum[after] += gap;
        n[after]++;
    }
    if (n[0] && n[1]) {
        uf_year_text(first_x, path->whole_x, drawing->language, start);
        decimals = uf_table_column_decimals(path->table, path->column[SERIES_GAP]);
        struct uf_argument gaps[3] = {uf_number_argument(sum[0] / (double)n[0], decimals),
                                      uf_text_argument(start),
                                      uf_number_argument(sum[1] / (double)n[1], decimals)};
        UF_TRY(uf_drawing_say(
            drawing,
            (struct uf_words){"Mean gap {0} before the start in {1} and {2} from then on.",
                              "Skillnaden är i genomsnitt {0} före starten {1} och {2} därefter."},
            gaps, 3, error));
    }
    char *placebos = placebo_words(drawing, path);
    if (!placebos) return UF_OK;
    struct uf_argument argument[3] = {uf_text_argument(placebos),
                                      uf_number_argument(path->placebo_low, decimals),
                                      uf_number_argument(path->placebo_high, decimals)};
    uf_status status = uf_drawing_say(drawing,
                                      (struct uf_words){"In grey: {0}, gaps between {1} and {2}.",
                                                        "I grått: {0}, skillnader mellan {1} och {2}."},
                                      argument, 3, error);
    free(placebos);
    return status;
}

uf_status uf_synthetic_control_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    struct path path = {.x_low = INFINITY,
                        .x_high = -INFINITY,
                        .low = INFINITY,
                        .high = -INFINITY,
                        .gap_low = INFINITY,
                        .gap_high = -INFINITY,
                        .placebo_low = INFINITY,
                        .placebo_high = -INFINITY};
    uf_text_list_init(&path.placebos);
    const char *names[4] = {NULL, request->treated_label, request->synthetic_label, "gap"};
    if (!names[1]) names[1] = uf_words_in((struct uf_words){"Actual", "Faktiskt utfall"}, drawing->language);
    if (!names[2])
        names[2] =
            uf_words_in((struct uf_words){"Synthetic control", "Syntetisk kontroll"}, drawing->language);
    uf_buffer_append(&drawing->csv, "series,line,period,value,unit\n");
    uf_status status = find_columns(request, &path, error);
    if (status == UF_OK) status = read_path(drawing, &path, names, error);
    if (status == UF_OK) status = read_placebos(drawing, &path, error);
    if (status == UF_OK) {
        place(drawing, &path, names);
        status = say(drawing, &path, names, error);
    }
    uf_text_list_clear(&path.placebos);
    return status;
}

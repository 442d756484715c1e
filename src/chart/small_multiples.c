// SPDX-License-Identifier: GPL-3.0-or-later
/* Small panels on shared axes: lines over time, estimates with intervals, or stacked bars (upright over periods, lying for
 * other texts). */
#include "chart/small_multiples.h"
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/measure.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    TITLE = 20,
    GAP = 14,
    COLUMN_GAP = 34, /* the last period of a panel and the first of the next stand side by side */
    LINE_HEIGHT_OF_PANEL = 96,
    BAR_HEIGHT_OF_PANEL = 120,
    ROW_HEIGHT = 16
};

/* Values stand by series within a panel, so that pieces pile up in the order of the series. */
static uf_status fill_stacks(struct multiples *multiples, struct uf_error *error)
{
    const struct uf_panels *panels = &multiples->panels;
    multiples->stacks =
        calloc(panels->labels.count * panels->categories.count + 1, sizeof *multiples->stacks);
    multiples->edge = calloc(panels->n + 1, sizeof *multiples->edge);
    if (!multiples->stacks || !multiples->edge) return uf_fail_memory(error);
    for (size_t i = 0; i < panels->labels.count * panels->categories.count; i++)
        multiples->stacks[i].whole = true;
    for (size_t i = 0; i < panels->n; i++) {
        const struct uf_panel_value *value = &panels->values[i];
        struct stack *stack = multiples_stack(multiples, value->panel, value->category);
        stack->n++;
        multiples->edge[i] = NAN;
        if (isnan(value->value)) {
            stack->whole = false;
            continue;
        }
        double *end = value->value < 0 ? &stack->down : &stack->up;
        multiples->edge[i] = *end += value->value;
        stack->sum += value->value;
    }
    return UF_OK;
}

static void find_range(const struct multiples *multiples, double *low, double *high)
{
    const struct uf_panels *panels = &multiples->panels;
    *low = INFINITY, *high = -INFINITY;
    for (size_t i = 0; !multiples->bars && i < panels->n; i++) {
        *low = fmin(*low, panels->values[i].value); /* passes over NaN */
        *high = fmax(*high, panels->values[i].value);
    }
    if (!multiples->bars) multiples_intervals_range(multiples, low, high);
    if (!multiples->bars) return;
    *low = *high = 0;
    for (size_t i = 0; i < panels->labels.count * panels->categories.count; i++) {
        *low = fmin(*low, multiples->stacks[i].down);
        *high = fmax(*high, multiples->stacks[i].up);
    }
    /* Whiskers much longer than the bars would leave nothing of these to see: they go to the edge. */
    const double beyond = 0.5 * (*high - *low), least = *low - beyond, most = *high + beyond;
    for (size_t i = 0; i < panels->n; i++) {
        const struct multiples_interval band = multiples_whisker(multiples, i);
        *low = fmin(*low, fmax(band.low, least)); /* passes over NaN */
        *high = fmax(*high, fmin(band.high, most));
    }
    if (*high <= *low) *high = *low + 1;
}

static void find_x_range(const struct uf_panels *panels, double *low, double *high)
{
    *low = INFINITY, *high = -INFINITY;
    for (size_t i = 0; i < panels->n; i++) {
        *low = fmin(*low, panels->values[i].x);
        *high = fmax(*high, panels->values[i].x);
    }
}

/* --- places ------------------------------------------------------------------------------------- */

static double place_legend(struct uf_drawing *drawing, const struct multiples *multiples, double top)
{
    const struct uf_panels *panels = &multiples->panels;
    const struct uf_chart_request *request = drawing->request;
    struct uf_legend_item items[UF_MOST_SERIES + 2] = {{0, NULL}};
    size_t n = 0;
    bool several = panels->series.count > 1 && !multiples->dots;
    for (; several && n < panels->series.count; n++)
        items[n] = (struct uf_legend_item){(multiples->bars ? UF_SIGN_PART_1 : UF_SIGN_LINE_1) + (int)n,
                                           panels->series.items[n]};
    if (several && multiples->bars)
        items[n++] = (struct uf_legend_item){
            UF_SIGN_TOTAL, request->total_label
                               ? request->total_label
                               : uf_words_in((struct uf_words){"Total", "Summa"}, drawing->language)};
    if ((multiples->any_band || (multiples->dots && multiples->low != SIZE_MAX)) && request->band_label)
        items[n++] = (struct uf_legend_item){UF_SIGN_BAND, request->band_label};
    if (n) top = uf_drawing_legend(drawing, UF_PAD, top + 6, items, n) + 2;
    char *words = uf_axis_words(request->value_label, request->unit);
    if (words && !multiples->lying)
        top = uf_drawing_paragraph(drawing, UF_PAD, top + 2, drawing->width - 2 * UF_PAD, UF_LOOK_AXIS, 11,
                                   14, words);
    free(words);
    return top;
}

/* The height of a panel, the room of its tics, the step to the next: then the axes of one panel. */
static void place_grid(struct uf_drawing *drawing, struct multiples *multiples, double top)
{
    struct uf_panels *panels = &multiples->panels;
    double low, high;
    find_range(multiples, &low, &high);
    if (!multiples->bars) {
        low = fmin(low, drawing->request->reference);
        high = fmax(high, drawing->request->reference);
    }
    uf_panels_arrange(panels, multiples->lying);
    double standard = multiples->lying                     ? ROW_HEIGHT * (double)panels->categories.count + 4
                      : multiples->bars || multiples->dots ? BAR_HEIGHT_OF_PANEL
                                                           : LINE_HEIGHT_OF_PANEL;
    if ((multiples->bars || multiples->dots) && !multiples->lying && panels->n_rows == 1) standard *= 1.5;
    double all = uf_drawing_plot_height(drawing, top, 44, 0) / (double)panels->n_rows - TITLE - GAP;
    panels->height = all > standard / 2 ? all : standard;
    panels->step_y = panels->height + TITLE + GAP;
    panels->top = top + TITLE + 2;
    if (multiples->lying) {
        for (size_t k = 0; k < panels->categories.count; k++)
            multiples->labels_width =
                fmax(multiples->labels_width, uf_measure_text(panels->categories.items[k], 11, false));
        multiples->labels_width = fmin(multiples->labels_width, 0.27 * drawing->width);
    } else {
        multiples->y = uf_axis_round(low, high, 4, false);
        multiples->labels_width = uf_axis_width(drawing, &multiples->y);
    }
    panels->left = UF_PAD + multiples->labels_width + 8;
    double right = drawing->width - UF_PAD - 10;
    panels->step_x = (right - panels->left + COLUMN_GAP) / (double)panels->n_columns;
    panels->width = panels->step_x - COLUMN_GAP;
    if (multiples->lying) {
        for (double spacing = 45; spacing < panels->width;
             spacing *= 1.3) { /* until the tics' words do not touch */
            multiples->x = uf_axis_roomy(low, high, (int)(panels->width / spacing), 0, panels->width,
                                         low < 0 ? 4 : 0, 6);
            double step = multiples->x.step / (multiples->x.high - multiples->x.low) * panels->width;
            if (uf_axis_width(drawing, &multiples->x) + 10 < step) break;
        }
        return;
    }
    multiples->y.start = panels->height;
    multiples->y.end = 0;
    double first, last;
    find_x_range(panels, &first, &last);
    double room = multiples->bars   ? 0.6 * panels->width / (double)(panels->categories.count + 1) + 2
                  : multiples->dots ? 7
                                    : 3;
    multiples->x = uf_axis_roomy(first, last, 3, 0, panels->width, room, room);
    int target = (int)fmax(2, panels->width / 48);
    struct uf_axis tight = uf_axis_tight(multiples->x.low, multiples->x.high, target, panels->whole_periods);
    for (int more = 1; tight.n_tics < 2 && more < 6; more++) /* one number says nothing of the scale */
        tight = uf_axis_tight(multiples->x.low, multiples->x.high, target + more, panels->whole_periods);
    tight.start = 0;
    tight.end = panels->width;
    multiples->x = tight;
}

/* Between the first and the last period, the smallest step whose words have room: one that divides the stretch, unless only
 * a much longer one does; then round years, `*round`. */
static double period_step(double stretch, double pixels, double needed, bool *round)
{
    static const double steps[] = {1, 2, 5, 10, 20, 50, 100};
    double rounded = stretch, even = 1;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && rounded >= stretch; i++)
        if (steps[i] * pixels >= needed) rounded = steps[i];
    while (even < stretch && (even * pixels < needed || fmod(stretch, even) > 0)) even++;
    *round = even > 2 * rounded;
    return *round ? rounded : fmax(even, 1);
}

/* Whole years: the first and the last, and those between that have room. */
static void place_period_tics(struct uf_drawing *drawing, const struct multiples *multiples, size_t panel)
{
    enum { BETWEEN = 8 };
    const struct uf_panels *panels = &multiples->panels;
    const double left = uf_panels_left(panels, panel), bottom = uf_panels_top(panels, panel) + panels->height;
    double first, last;
    char text[64];
    bool round;
    find_x_range(panels, &first, &last);
    uf_year_text(last, true, drawing->language, text);
    const double pixels = uf_axis_place(&multiples->x, first + 1) - uf_axis_place(&multiples->x, first),
                 needed = uf_measure_text(text, 11, false) + BETWEEN,
                 step = period_step(last - first, pixels, needed, &round);
    for (double period = first; period <= last; period++) {
        const bool end = period == first || period == last,
                   room = (period - first) * pixels >= needed && (last - period) * pixels >= needed;
        if (!end && !(room && fmod(round ? period : period - first, step) == 0)) continue;
        uf_year_text(period, true, drawing->language, text);
        uf_drawing_text(drawing, left + uf_axis_place(&multiples->x, period), bottom + 12, UF_ALIGN_CENTRE,
                        UF_LOOK_AXIS, text);
    }
}

static void place_x_tics(struct uf_drawing *drawing, struct multiples *multiples, size_t panel)
{
    struct uf_panels *panels = &multiples->panels;
    double left = uf_panels_left(panels, panel), bottom = uf_panels_top(panels, panel) + panels->height;
    if (!multiples->lying && panels->whole_periods && fabs(multiples->x.high) > 1000) { /* years */
        if (uf_panels_at_bottom(panels, panel)) place_period_tics(drawing, multiples, panel);
        return;
    }
    for (size_t i = 0; i < multiples->x.n_tics; i++) {
        char text[64];
        double at = uf_axis_place(&multiples->x, uf_axis_tic(drawing, &multiples->x, i, false, text));
        if (multiples->lying)
            uf_panels_line(drawing, panels, panel, at, 0, at, panels->height, UF_PANEL_GRID);
        if (uf_panels_at_bottom(panels, panel))
            uf_drawing_text(drawing, left + at, bottom + 12, UF_ALIGN_CENTRE, UF_LOOK_AXIS, text);
    }
}

static void place_y_tics(struct uf_drawing *drawing, struct multiples *multiples, size_t panel)
{
    struct uf_panels *panels = &multiples->panels;
    double left = uf_panels_left(panels, panel), top = uf_panels_top(panels, panel);
    bool first = panel % panels->n_columns == 0;
    for (size_t i = 0; i < multiples->y.n_tics; i++) {
        char text[64];
        double at = uf_axis_place(&multiples->y, uf_axis_tic(drawing, &multiples->y, i, false, text));
        uf_panels_line(drawing, panels, panel, 0, at, panels->width, at, UF_PANEL_GRID);
        if (first) uf_drawing_text(drawing, left - 6, top + at, UF_ALIGN_RIGHT, UF_LOOK_AXIS, text);
    }
}

static void place_panel(struct uf_drawing *drawing, struct multiples *multiples, size_t panel)
{
    struct uf_panels *panels = &multiples->panels;
    const struct uf_chart_request *request = drawing->request;
    place_x_tics(drawing, multiples, panel);
    if (multiples->lying) {
        double zero = uf_axis_place(&multiples->x, 0), top = uf_panels_top(panels, panel);
        uf_panels_line(drawing, panels, panel, zero, 0, zero, panels->height, UF_PANEL_AXIS);
        double step = panels->height / (double)panels->categories.count;
        for (size_t k = 0; panel % panels->n_columns == 0 && k < panels->categories.count; k++)
            uf_drawing_fitted(drawing, panels->left - 8, top + ((double)k + 0.5) * step, UF_ALIGN_RIGHT,
                              UF_LOOK_AXIS, 11, multiples->labels_width + 1, panels->categories.items[k]);
        return;
    }
    place_y_tics(drawing, multiples, panel);
    uf_panels_line(drawing, panels, panel, 0, panels->height, panels->width, panels->height, UF_PANEL_AXIS);
    if (multiples->bars) {
        double zero = uf_axis_place(&multiples->y, 0);
        uf_panels_line(drawing, panels, panel, 0, zero, panels->width, zero, UF_PANEL_AXIS);
    }
    if (!isnan(request->reference)) {
        double at = uf_axis_place(&multiples->y, request->reference);
        if (at >= 0 && at <= panels->height)
            uf_panels_line(drawing, panels, panel, 0, at, panels->width, at, UF_PANEL_REFERENCE);
    }
    if (!isnan(request->marked_x) && request->marked_x >= multiples->x.low &&
        request->marked_x <= multiples->x.high) {
        double at = uf_axis_place(&multiples->x, request->marked_x);
        uf_panels_line(drawing, panels, panel, at, 0, at, panels->height, UF_PANEL_MARK);
    }
}

static void place(struct uf_drawing *drawing, struct multiples *multiples)
{
    struct uf_panels *panels = &multiples->panels;
    place_grid(drawing, multiples, place_legend(drawing, multiples, uf_drawing_head(drawing)));
    for (size_t panel = 0; panel < panels->labels.count; panel++) place_panel(drawing, multiples, panel);
    uf_panels_titles(drawing, panels);
    double bottom = panels->top + (double)panels->n_rows * panels->step_y - TITLE - GAP + 22;
    char *words = multiples->lying ? uf_axis_words(drawing->request->value_label, drawing->request->unit)
                                   : uf_text_copy(drawing->request->x_label);
    if (words)
        bottom = uf_drawing_paragraph(drawing, panels->left, bottom + 9,
                                      drawing->width - UF_PAD - panels->left, UF_LOOK_AXIS, 11, 14, words);
    free(words);
    uf_panels_write_lines(drawing, panels);
    uf_drawing_plot_area(drawing, 0, drawing->width, 0, bottom + drawing->source_height);
    uf_drawing_number(drawing, "bars", multiples->bars);
    uf_drawing_number(drawing, "dots", multiples->dots);
    uf_drawing_number(drawing, "has_whiskers", multiples->any_band);
    uf_drawing_number(drawing, "has_sum", multiples->bars && panels->series.count > 1);
    /* not broader than its bar */
    const double bar = 0.72 * panels->width / (double)(panels->categories.count + 1);
    uf_drawing_number(drawing, "sum_size", multiples->lying ? 0.6 : fmin(0.6, fmax(0.25, bar / 16)));
    double counts[UF_MOST_SERIES] = {0};
    for (size_t i = 0; i < panels->n; i++)
        if (!isnan(panels->values[i].value)) counts[panels->values[i].series]++;
    uf_drawing_numbers(drawing, "series_count", counts, panels->series.count);
    uf_drawing_foot(drawing, bottom + 2);
}

uf_status uf_small_multiples_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    const char *form = request->form ? request->form : "lines";
    struct multiples multiples = {.bars = strcmp(form, "stacked-bars") == 0,
                                  .dots = strcmp(form, "intervals") == 0,
                                  .low = SIZE_MAX,
                                  .high = SIZE_MAX};
    if (!multiples.bars && !multiples.dots && strcmp(form, "lines") != 0)
        return uf_fail(error, UF_BAD_USAGE, "found the form '%s', expected lines, stacked-bars or intervals",
                       form);
    uf_status status;
    if (!multiples.dots && request->low && request->high) {
        UF_TRY(
            uf_column_maybe(request->table, "small-multiples", request->low, "low", &multiples.low, error));
        UF_TRY(uf_column_maybe(request->table, "small-multiples", request->high, "high", &multiples.high,
                               error));
    }
    if (multiples.dots) {
        UF_TRY(uf_column_maybe(request->table, "small-multiples", request->low, "conf_low", &multiples.low,
                               error));
        UF_TRY(uf_column_maybe(request->table, "small-multiples", request->high, "conf_high", &multiples.high,
                               error));
    }
    UF_TRY_GOTO(uf_panels_read(request, !multiples.bars, &multiples.panels, error), done);
    multiples.lying = multiples.bars && !multiples.panels.periods;
    for (size_t i = 0; i < multiples.panels.n && !multiples.dots; i++)
        multiples.any_band |= !isnan(multiples_interval(&multiples, &multiples.panels.values[i]).low);
    if (multiples.bars) UF_TRY_GOTO(fill_stacks(&multiples, error), done);
    place(drawing, &multiples);
    if (multiples.bars)
        multiples_write_bars(drawing, &multiples);
    else if (multiples.dots)
        multiples_write_dots(drawing, &multiples);
    else
        multiples_write_lines(drawing, &multiples);
    status = multiples_say(drawing, &multiples, error);
done:
    free(multiples.stacks);
    free(multiples.edge);
    uf_panels_clear(&multiples.panels);
    return status;
}

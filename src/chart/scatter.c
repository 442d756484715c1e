// SPDX-License-Identifier: GPL-3.0-or-later
/* Points of one column against another: labels that do not overlap, areas by a third column, shapes by group,
 * reference lines with words in the corners, a least-squares line. */
#include "chart/scatter.h"

#include "base/fail.h"
#include "chart/columns.h"
#include "chart/measure.h"
#include "chart/point_labels.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/number.h>

enum {
    MOST_LABELS = 48,
    CORNER_STRIP = 20, /* for the words in the corners */
    SIZES_SHOWN = 3,
    FRAME = 4
};

static bool has_corners(const struct uf_chart_request *request)
{
    bool any = false;
    for (size_t k = 0; k < 4; k++) any |= request->quadrants[k] && *request->quadrants[k];
    return any;
}

void scatter_widen(double *low, double *high, double value)
{
    *low = fmin(*low, value); /* fmin and fmax pass over NaN */
    *high = fmax(*high, value);
}

/* --- legend ------------------------------------------------------------------------------------- */

/* One, two or five times a power of ten, at most `value`. */
static double round_below(double value)
{
    double power = pow(10, floor(log10(value))), digit = value / power;
    return (digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power;
}

/* Circles of round sizes with their numbers; the y below them. */
static double place_sizes(struct uf_drawing *drawing, const struct scatter *scatter, double top)
{
    const struct uf_chart_request *request = drawing->request;
    double xs[SIZES_SHOWN], ys[SIZES_SHOWN], radii[SIZES_SHOWN];
    size_t n = 0;
    double x = UF_PAD, bottom = top;
    if (scatter->size != SIZE_MAX && scatter->largest > 0) {
        double size = round_below(scatter->largest), tallest = 0;
        const char *unit = uf_table_column_unit(scatter->table, scatter->size);
        char *words = uf_axis_words(request->size_label, unit);
        double sizes[SIZES_SHOWN] = {size, round_below(size / 4), round_below(size / 16)};
        for (size_t k = 0; k < SIZES_SHOWN; k++) {
            radii[k] = LARGEST_RADIUS * sqrt(sizes[k] / scatter->largest);
            tallest = fmax(tallest, radii[k]);
        }
        double y = top + tallest + 2;
        if (words) {
            struct uf_buffer title;
            uf_buffer_init(&title);
            uf_buffer_append(&title, uf_words_in((struct uf_words){"Area: ", "Yta: "}, drawing->language));
            uf_buffer_append(&title, words);
            if (title.failed)
                drawing->failed = true;
            else
                x += uf_drawing_fitted(drawing, x, y, UF_ALIGN_LEFT, UF_LOOK_AXIS, 11, 0.5 * drawing->width,
                                       title.data) +
                     14;
            uf_buffer_clear(&title);
        }
        free(words);
        for (; n < SIZES_SHOWN; n++) {
            char number[UF_NUMBER_SIZE];
            uf_number_format(sizes[n], -1, drawing->language, number);
            xs[n] = x + radii[n];
            ys[n] = y;
            uf_drawing_text(drawing, x + 2 * radii[n] + 5, y, UF_ALIGN_LEFT, UF_LOOK_AXIS, number);
            x += 2 * radii[n] + 5 + uf_measure_text(number, 11, false) + 16;
        }
        bottom = y + tallest + 12;
    }
    uf_drawing_numbers(drawing, "size_x", xs, n);
    uf_drawing_numbers(drawing, "size_y", ys, n);
    uf_drawing_numbers(drawing, "size_radius", radii, n);
    return bottom;
}

static char *fit_words(const struct uf_drawing *drawing, const struct scatter *scatter)
{
    const struct uf_argument arguments[2] = {uf_number_argument(scatter->slope_shown, -1),
                                             uf_number_argument(scatter->r_squared, 2)};
    char *words = NULL;
    return uf_phrase(
               drawing->language,
               isnan(scatter->r_squared)
                   ? (struct uf_words){"least-squares line, slope {0}", "minsta-kvadratlinje, lutning {0}"}
                   : (struct uf_words){"least-squares line, slope {0} (R² {1})",
                                       "minsta-kvadratlinje, lutning {0} (R² {1})"},
               arguments, 2, &words, NULL) == UF_OK
               ? words
               : NULL;
}

static double place_legend(struct uf_drawing *drawing, const struct scatter *scatter, double top)
{
    const struct uf_chart_request *request = drawing->request;
    struct uf_legend_item items[MOST_GROUPS + 4] = {{0, NULL}};
    size_t n = 0;
    struct uf_buffer others;
    uf_buffer_init(&others);
    for (; n < scatter->groups.count; n++)
        items[n] = (struct uf_legend_item){UF_SIGN_SHAPE_1 + (int)n, scatter->groups.items[n]};
    bool grey = scatter->n_focus && scatter->n > scatter->n_focus && !scatter->groups.count;
    if (grey) {
        uf_buffer_append(&others, request->context_label ? request->context_label
                                                         : uf_words_in((struct uf_words){"others", "övriga"},
                                                                       drawing->language));
        uf_buffer_append(&others, " (");
        uf_buffer_append_size(&others, scatter->n - scatter->n_focus);
        uf_buffer_append(&others, ")");
        if (others.failed) drawing->failed = true;
        items[n++] = (struct uf_legend_item){UF_SIGN_POINT_CONTEXT, others.data};
    }
    if (scatter->n_no_size)
        items[n++] = (struct uf_legend_item){
            UF_SIGN_NO_SIZE,
            uf_words_in((struct uf_words){"size missing", "storleken saknas"}, drawing->language)};
    if (scatter->any_band) items[n++] = (struct uf_legend_item){UF_SIGN_BAND, request->band_label};
    char *fit = scatter->has_fit ? fit_words(drawing, scatter) : NULL;
    items[n++] = (struct uf_legend_item){UF_SIGN_FIT, fit};
    if (!isnan(request->reference))
        items[n++] = (struct uf_legend_item){UF_SIGN_REFERENCE, request->reference_label};
    double bottom = uf_drawing_legend(drawing, UF_PAD, top + 6, items, n);
    free(fit);
    uf_buffer_clear(&others);
    return bottom;
}

/* --- places ------------------------------------------------------------------------------------- */

/* Room for the words of each side of the vertical line: the axis grows until the narrower side holds its own,
 * at most some 45 per cent of the width. */
static void make_corner_room(const struct uf_chart_request *request, struct uf_axis *x)
{
    double at = request->reference_x, width = x->end - x->start;
    if (isnan(at)) return;
    double right = 0, left = 0;
    for (size_t k = 0; k < 4; k++) {
        const char *words = request->quadrants[k];
        double needed =
            words ? fmin(uf_measure_text(words, UF_BODY_SIZE, false) + 3 * FRAME, 0.45 * width) : 0;
        if (k == 0 || k == 3)
            right = fmax(right, needed);
        else
            left = fmax(left, needed);
    }
    double place = uf_axis_place(x, at);
    if (place - x->start < left) x->low = x->high - (x->high - at) * width / (width - left);
    if (x->end - uf_axis_place(x, at) < right) x->high = x->low + (at - x->low) * width / (width - right);
    double first = ceil(x->low / x->step - 1e-9), last = floor(x->high / x->step + 1e-9);
    x->first = first * x->step;
    x->n_tics = (size_t)fmax(0, last - first + 1);
}

/* The words in the corners; their boxes go to `taken`. */
static size_t place_corners(struct uf_drawing *drawing, const struct scatter *scatter, struct uf_box taken[4])
{
    const struct uf_chart_request *request = drawing->request;
    const struct uf_axis *x = &scatter->x_axis, *y = &scatter->y_axis;
    double middle =
        isnan(request->reference_x) ? (x->start + x->end) / 2 : uf_axis_place(x, request->reference_x);
    size_t n = 0;
    for (size_t k = 0; k < 4; k++) {
        const char *words = request->quadrants[k];
        if (!words || !*words) continue;
        bool right = k == 0 || k == 3, top = k < 2;
        double most =
            fmax(right ? x->end - middle : middle - x->start, 0.3 * (x->end - x->start)) - 2 * FRAME;
        double at = right ? x->end - FRAME : x->start + FRAME;
        double line = top ? y->end + CORNER_STRIP / 2.0 : y->start - CORNER_STRIP / 2.0;
        double width = uf_drawing_fitted(drawing, at, line, right ? UF_ALIGN_RIGHT : UF_ALIGN_LEFT,
                                         UF_LOOK_SUBTITLE, UF_BODY_SIZE, most, words);
        taken[n++] = (struct uf_box){right ? at - width : at, line - 8, right ? at : at + width, line + 8};
    }
    return n;
}

/* Who gets a label first: the focus in its order, then those furthest from the middle of the picture. */
struct candidate {
    size_t point;
    size_t focus;
    double distance;
};
static int by_claim(const void *a, const void *b)
{
    const struct candidate *p = a, *q = b;
    if (p->focus != q->focus) return p->focus < q->focus ? -1 : 1;
    if (p->distance != q->distance) return p->distance > q->distance ? -1 : 1;
    return p->point < q->point ? -1 : 1;
}

static uf_status place_labels(struct uf_drawing *drawing, const struct scatter *scatter,
                              const struct uf_box *taken, size_t n_taken, const struct uf_segment *lines,
                              size_t n_lines, struct uf_error *error)
{
    const struct uf_axis *x = &scatter->x_axis, *y = &scatter->y_axis;
    struct uf_circle *circles = calloc(scatter->n + 1, sizeof *circles);
    struct candidate *order = calloc(scatter->n + 1, sizeof *order);
    struct uf_point_label *labels = calloc(scatter->n + 1, sizeof *labels);
    size_t n = 0;
    uf_status status = circles && order && labels ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; status == UF_OK && i < scatter->n; i++) {
        const struct point *point = &scatter->points[i];
        double px = uf_axis_place(x, point->x), py = uf_axis_place(y, point->y);
        double dx = (px - (x->start + x->end) / 2) / (x->end - x->start);
        double dy = (py - (y->start + y->end) / 2) / (y->start - y->end);
        circles[i] = (struct uf_circle){px, py, point->radius + 1, point->focus != SIZE_MAX};
        order[i] = (struct candidate){i, point->focus, dx * dx + dy * dy};
    }
    if (status == UF_OK) {
        qsort(order, scatter->n, sizeof *order, by_claim);
        for (size_t i = 0; i < scatter->n && (n < MOST_LABELS || order[i].focus != SIZE_MAX); i++)
            labels[n++] = (struct uf_point_label){.circle = order[i].point,
                                                  .text = scatter->points[order[i].point].label,
                                                  .focus = order[i].focus != SIZE_MAX};
        const struct uf_label_field field = {.area = {x->start + 1, y->end + 1, x->end - 1, y->start - 1},
                                             .circles = circles,
                                             .n_circles = scatter->n,
                                             .taken = taken,
                                             .n_taken = n_taken,
                                             .lines = lines,
                                             .n_lines = n_lines};
        status = uf_point_labels_place(labels, n, &field, error);
    }
    if (status == UF_OK) uf_point_labels_write(drawing, labels, n, taken, n_taken);
    if (labels) uf_point_labels_clear(labels, n);
    free(labels);
    free(order);
    free(circles);
    return status;
}

/* The part of the line within the picture, in units of the axes. */
static bool clip_fit(const struct scatter *scatter, double ends[4])
{
    const struct uf_axis *x = &scatter->x_axis, *y = &scatter->y_axis;
    double from = x->low, to = x->high;
    if (scatter->slope != 0) {
        double a = (y->low - scatter->intercept) / scatter->slope,
               b = (y->high - scatter->intercept) / scatter->slope;
        from = fmax(from, fmin(a, b));
        to = fmin(to, fmax(a, b));
    }
    ends[0] = from, ends[1] = scatter->intercept + scatter->slope * from;
    ends[2] = to, ends[3] = scatter->intercept + scatter->slope * to;
    return from < to;
}

/* What there is of each sort, so that the script draws nothing empty. */
static void write_counts(struct uf_drawing *drawing, const struct scatter *scatter)
{
    double plain[MOST_GROUPS] = {0}, focus[MOST_GROUPS] = {0}, no_size[2] = {0};
    for (size_t i = 0; i < scatter->n; i++) {
        const struct point *point = &scatter->points[i];
        bool in_focus = point->focus != SIZE_MAX;
        if (point->group) (in_focus ? focus : plain)[point->group - 1]++;
        if (point->no_size) no_size[in_focus]++;
    }
    uf_drawing_number(drawing, "n_groups", (double)scatter->groups.count);
    uf_drawing_numbers(drawing, "group_plain", plain, MOST_GROUPS);
    uf_drawing_numbers(drawing, "group_focus", focus, MOST_GROUPS);
    uf_drawing_numbers(drawing, "no_size", no_size, 2);
}

/* The ranges hold the bands too, but a long one takes at most three quarters of the points' own range on each side: it
 * then goes to the edge. */
static void show_bands(const struct scatter *scatter, double *x_low, double *x_high, double *y_low,
                       double *y_high)
{
    const double x[2] = {*x_low, *x_high}, y[2] = {*y_low, *y_high};
    const double x_most = 0.75 * (x[1] - x[0]), y_most = 0.75 * (y[1] - y[0]);
    for (size_t i = 0; i < scatter->n; i++) {
        const struct point *point = &scatter->points[i];
        if (isfinite(point->x_low)) {
            scatter_widen(x_low, x_high, x_most > 0 ? fmax(point->x_low, x[0] - x_most) : point->x_low);
            scatter_widen(x_low, x_high, x_most > 0 ? fmin(point->x_high, x[1] + x_most) : point->x_high);
        }
        if (isfinite(point->low)) {
            scatter_widen(y_low, y_high, y_most > 0 ? fmax(point->low, y[0] - y_most) : point->low);
            scatter_widen(y_low, y_high, y_most > 0 ? fmin(point->high, y[1] + y_most) : point->high);
        }
    }
}

/* What labels keep off; how many were written. */
static size_t band_lines(const struct scatter *scatter, size_t i, struct uf_segment lines[2])
{
    const struct point *point = &scatter->points[i];
    const struct uf_axis *x = &scatter->x_axis, *y = &scatter->y_axis;
    const double px = uf_axis_place(x, point->x), py = uf_axis_place(y, point->y);
    size_t n = 0;
    if (isfinite(point->x_low))
        lines[n++] =
            (struct uf_segment){uf_axis_place(x, point->x_low), py, uf_axis_place(x, point->x_high), py};
    if (isfinite(point->low))
        lines[n++] = (struct uf_segment){px, uf_axis_place(y, point->high), px, uf_axis_place(y, point->low)};
    return n;
}

static uf_status place(struct uf_drawing *drawing, struct scatter *scatter, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    double top = place_sizes(drawing, scatter, uf_drawing_head(drawing) + 4);
    top = place_legend(drawing, scatter, top);
    char *value_words = uf_axis_words(request->value_label, request->unit);
    if (value_words)
        top = uf_drawing_paragraph(drawing, UF_PAD, top + 2, drawing->width - 2 * UF_PAD, UF_LOOK_AXIS, 11,
                                   14, value_words) +
              4;
    free(value_words);
    char *missing = scatter_missing_words(drawing, scatter);
    double below = (request->x_label ? 42 : 25) + (missing ? 30 : 0);
    double bottom = top + uf_drawing_plot_height(drawing, top, below, 0.62 * drawing->width);

    double x_low = INFINITY, x_high = -INFINITY, y_low = INFINITY, y_high = -INFINITY, largest = 0;
    for (size_t i = 0; i < scatter->n; i++) {
        scatter_widen(&x_low, &x_high, scatter->points[i].x);
        scatter_widen(&y_low, &y_high, scatter->points[i].y);
        largest = fmax(largest, scatter->points[i].radius);
    }
    show_bands(scatter, &x_low, &x_high, &y_low, &y_high);
    scatter_widen(&x_low, &x_high, request->reference_x);
    scatter_widen(&y_low, &y_high, request->reference);
    double room = largest + FRAME, strip = has_corners(request) ? CORNER_STRIP : 0;
    struct uf_axis *x = &scatter->x_axis, *y = &scatter->y_axis;
    *y = uf_axis_roomy(y_low, y_high, 6, bottom, top, room + strip, room + strip);
    double left = UF_PAD + uf_axis_width(drawing, y) + 8, right = drawing->width - UF_PAD - 14;
    *x = uf_axis_roomy(x_low, x_high, (int)((right - left) / 80), left, right, room, room);
    if (has_corners(request)) make_corner_room(request, x);

    struct uf_box taken[4];
    struct uf_segment *lines = calloc(3 + 2 * scatter->n, sizeof *lines);
    if (!lines) return uf_fail_memory(error);
    double ends[4] = {NAN, NAN, NAN, NAN};
    size_t n_taken = place_corners(drawing, scatter, taken), n_lines = 0;
    double at_x = uf_axis_place(x, request->reference_x), at_y = uf_axis_place(y, request->reference);
    if (!isnan(at_x)) lines[n_lines++] = (struct uf_segment){at_x, top, at_x, bottom};
    if (!isnan(at_y)) lines[n_lines++] = (struct uf_segment){left, at_y, right, at_y};
    if (scatter->has_fit && clip_fit(scatter, ends))
        lines[n_lines++] = (struct uf_segment){uf_axis_place(x, ends[0]), uf_axis_place(y, ends[1]),
                                               uf_axis_place(x, ends[2]), uf_axis_place(y, ends[3])};
    for (size_t i = 0; i < scatter->n; i++) n_lines += band_lines(scatter, i, lines + n_lines);
    uf_status status = place_labels(drawing, scatter, taken, n_taken, lines, n_lines, error);
    free(lines);
    uf_drawing_plot_area(drawing, left, right, top, bottom);
    uf_axis_write(drawing, x, "x", false);
    uf_axis_write(drawing, y, "y", false);
    uf_drawing_number(drawing, "reference", request->reference);
    uf_drawing_number(drawing, "reference_x", request->reference_x);
    uf_drawing_numbers(drawing, "fit", ends, 4);
    uf_drawing_number(drawing, "has_band", scatter->any_band);
    uf_drawing_number(drawing, "has_size", scatter->size != SIZE_MAX);
    uf_drawing_number(drawing, "has_focus", scatter->n_focus > 0);
    uf_drawing_number(drawing, "has_context", scatter->n > scatter->n_focus);
    write_counts(drawing, scatter);
    double y_text = bottom + 33;
    if (request->x_label)
        uf_drawing_fitted(drawing, (left + right) / 2, y_text, UF_ALIGN_CENTRE, UF_LOOK_AXIS, 11,
                          right - left, request->x_label);
    double foot = bottom + below;
    if (missing)
        foot = uf_drawing_paragraph(drawing, UF_PAD, bottom + below - 20, drawing->width - 2 * UF_PAD,
                                    UF_LOOK_MISSING, 11, 14, missing) -
               6;
    free(missing);
    uf_drawing_foot(drawing, foot);
    return status;
}

uf_status uf_scatter_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct scatter scatter = {0};
    uf_text_list_init(&scatter.groups);
    uf_status status;
    UF_TRY_GOTO(scatter_read(drawing->request, &scatter, error), done);
    scatter_write_data(drawing, &scatter);
    UF_TRY_GOTO(place(drawing, &scatter, error), done);
    status = scatter_say(drawing, &scatter, error);
done:
    uf_text_list_clear(&scatter.groups);
    free(scatter.points);
    free(scatter.missing);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* A table → the points of a scatter in the order of drawing, and the least-squares line through them. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/scatter.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define SMALLEST_RADIUS 1.5
#define PLAIN_RADIUS    3.5
#define FOCUS_RADIUS    5.5

static uf_status find_columns(const struct uf_chart_request *request, struct scatter *scatter,
                              struct uf_error *error)
{
    const struct uf_table *table = scatter->table = request->table;
    const char *kind = "scatter";
    UF_TRY(uf_column_need(table, kind, request->x, "x", &scatter->x, error));
    UF_TRY(uf_column_need(table, kind, request->value, "value", &scatter->y, error));
    UF_TRY(uf_column_need(table, kind, request->label, "label", &scatter->label, error));
    UF_TRY(uf_column_maybe(table, kind, request->size, NULL, &scatter->size, error));
    UF_TRY(uf_column_maybe(table, kind, request->group, NULL, &scatter->group, error));
    UF_TRY(uf_column_maybe(table, kind, request->low, NULL, &scatter->low, error));
    UF_TRY(uf_column_maybe(table, kind, request->high, NULL, &scatter->high, error));
    UF_TRY(uf_column_maybe(table, kind, request->x_low, NULL, &scatter->x_low, error));
    UF_TRY(uf_column_maybe(table, kind, request->x_high, NULL, &scatter->x_high, error));
    return uf_column_maybe(table, kind, request->code, "code", &scatter->code, error);
}

static uf_status group_of(struct scatter *scatter, size_t row, size_t *out, struct uf_error *error)
{
    char buffer[64];
    *out = 0;
    if (scatter->group == SIZE_MAX) return UF_OK;
    const char *text = uf_column_label(scatter->table, row, scatter->group, buffer);
    size_t found = uf_text_list_find(&scatter->groups, text);
    if (found == SIZE_MAX) {
        found = scatter->groups.count;
        if (found == MOST_GROUPS)
            return uf_fail(
                error, UF_BAD_INPUT,
                "the chart 'scatter' tells at most %d groups apart; the column '%s' of the table '%s' "
                "has more",
                MOST_GROUPS, uf_table_column_name(scatter->table, scatter->group),
                uf_table_name(scatter->table));
        UF_TRY(uf_text_list_add(&scatter->groups, text, error));
    }
    *out = found + 1;
    return UF_OK;
}

/* Half a band is none, and neither is one without length. */
static void read_band(const struct scatter *scatter, size_t row, size_t low, size_t high, double band[2])
{
    band[0] = uf_column_value(scatter->table, row, low);
    band[1] = uf_column_value(scatter->table, row, high);
    if (!isfinite(band[0]) || !isfinite(band[1]) || !(band[1] > band[0])) band[0] = band[1] = NAN;
}

static uf_status read_point(const struct uf_chart_request *request, struct scatter *scatter, size_t row,
                            struct uf_error *error)
{
    const struct uf_table *table = scatter->table;
    struct point point = {.row = row,
                          .x = uf_table_number(table, row, scatter->x),
                          .y = uf_table_number(table, row, scatter->y),
                          .size = uf_column_value(table, row, scatter->size)};
    if (!isfinite(point.x) || !isfinite(point.y)) {
        scatter->missing[scatter->n_missing++] = row;
        return UF_OK;
    }
    if (point.size < 0)
        return uf_fail(
            error, UF_BAD_INPUT,
            "the chart 'scatter' shows '%s' as areas, and row %zu of the table '%s' has %g: expected 0 "
            "or more",
            uf_table_column_name(table, scatter->size), row + 1, uf_table_name(table), point.size);
    double band[2];
    read_band(scatter, row, scatter->low, scatter->high, band);
    point.low = band[0], point.high = band[1];
    read_band(scatter, row, scatter->x_low, scatter->x_high, band);
    point.x_low = band[0], point.x_high = band[1];
    scatter->any_band |= isfinite(point.low) || isfinite(point.x_low);
    const char *label = uf_table_text(table, row, scatter->label);
    const char *code = scatter->code == SIZE_MAX ? NULL : uf_table_text(table, row, scatter->code);
    point.label = label ? label : "";
    point.code = code ? code : "";
    point.focus = uf_focus_of(request, point.label, point.code);
    point.no_size = scatter->size != SIZE_MAX && !isfinite(point.size);
    UF_TRY(group_of(scatter, row, &point.group, error));
    if (isfinite(point.size)) scatter->largest = fmax(scatter->largest, point.size);
    scatter->n_focus += point.focus != SIZE_MAX;
    scatter->n_no_size += point.no_size;
    scatter->points[scatter->n++] = point;
    return UF_OK;
}

/* Grey before colour, large before small, so that little is hidden; then by row. */
static int by_drawing(const void *a, const void *b)
{
    const struct point *p = a, *q = b;
    bool p_focus = p->focus != SIZE_MAX, q_focus = q->focus != SIZE_MAX;
    if (p_focus != q_focus) return p_focus ? 1 : -1;
    if (p->radius != q->radius) return p->radius > q->radius ? -1 : 1;
    return p->row < q->row ? -1 : 1;
}

static uf_status read_points(const struct uf_chart_request *request, struct scatter *scatter,
                             struct uf_error *error)
{
    size_t n = uf_table_rows(scatter->table);
    scatter->points = calloc(n + 1, sizeof *scatter->points);
    scatter->missing = calloc(n + 1, sizeof *scatter->missing);
    if (!scatter->points || !scatter->missing) return uf_fail_memory(error);
    for (size_t row = 0; row < n; row++) UF_TRY(read_point(request, scatter, row, error));
    if (scatter->n == 0) return uf_no_value(request, error);
    for (size_t i = 0; i < scatter->n; i++) {
        struct point *point = &scatter->points[i];
        bool focus = point->focus != SIZE_MAX;
        point->radius = focus ? FOCUS_RADIUS : PLAIN_RADIUS;
        if (scatter->size != SIZE_MAX && !point->no_size && scatter->largest > 0)
            point->radius = fmax(LARGEST_RADIUS * sqrt(point->size / scatter->largest), SMALLEST_RADIUS);
    }
    qsort(scatter->points, scatter->n, sizeof *scatter->points, by_drawing);
    return UF_OK;
}

/* The least-squares line y = a + b*x, about the means so that large x lose no digits. */
static void fit_line(struct scatter *scatter)
{
    double n = (double)scatter->n, mean_x = 0, mean_y = 0, sxx = 0, sxy = 0, syy = 0;
    for (size_t i = 0; i < scatter->n; i++) {
        mean_x += scatter->points[i].x / n;
        mean_y += scatter->points[i].y / n;
    }
    for (size_t i = 0; i < scatter->n; i++) {
        double dx = scatter->points[i].x - mean_x, dy = scatter->points[i].y - mean_y;
        sxx += dx * dx;
        sxy += dx * dy;
        syy += dy * dy;
    }
    scatter->has_fit = scatter->n >= 3 && sxx > 0 && isfinite(sxy / sxx);
    if (!scatter->has_fit) return;
    scatter->slope = sxy / sxx;
    scatter->intercept = mean_y - scatter->slope * mean_x;
    scatter->r_squared = syy > 0 ? sxy * sxy / (sxx * syy) : NAN;
    double scale = scatter->slope != 0 ? pow(10, 2 - floor(log10(fabs(scatter->slope)))) : 1;
    scatter->slope_shown =
        isfinite(scale) && scale > 0 ? round(scatter->slope * scale) / scale : scatter->slope;
}

uf_status scatter_read(const struct uf_chart_request *request, struct scatter *scatter,
                       struct uf_error *error)
{
    UF_TRY(find_columns(request, scatter, error));
    UF_TRY(read_points(request, scatter, error));
    if (request->fit) fit_line(scatter);
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* A true map: the regions of a file of boundaries in five classes, missing ones hatched, the focus named beside
 * the map; the legend to the right, or below a wide map. North is up and a kilometre as long in both directions. */
#include "chart/map.h"

#include "base/fail.h"
#include "chart/reasons.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LEGEND_WIDTH = 165, TALLEST = 600 };
#define WIDE_MAP 1.15

double map_pixel_x(const struct map *map, double x)
{
    return map->left + (x - map->low_x) * map->scale;
}

double map_pixel_y(const struct map *map, double y)
{
    return map->top + (map->high_y - y) * map->scale;
}

static void find_extent(struct map *map)
{
    const struct uf_geometry *geometry = &map->geometry;
    map->low_x = map->low_y = INFINITY;
    map->high_x = map->high_y = -INFINITY;
    for (size_t i = 0; i < geometry->n_points; i++) {
        map->low_x = fmin(map->low_x, geometry->xs[i]), map->high_x = fmax(map->high_x, geometry->xs[i]);
        map->low_y = fmin(map->low_y, geometry->ys[i]), map->high_y = fmax(map->high_y, geometry->ys[i]);
    }
}

static double ring_area(const struct uf_geometry *geometry, const struct uf_ring *ring, double *out_y)
{
    const double *xs = geometry->xs + ring->first, *ys = geometry->ys + ring->first;
    double area = 0, moment = 0;
    for (size_t i = 1; i + 1 < ring->n; i++) {
        double part = (xs[i] - xs[0]) * (ys[i + 1] - ys[0]) - (xs[i + 1] - xs[0]) * (ys[i] - ys[0]);
        area += part;
        moment += part * (ys[i] + ys[i + 1] - 2 * ys[0]) / 3;
    }
    *out_y = area != 0 ? ys[0] + moment / area : ys[0];
    return fabs(area) / 2;
}

static int by_number(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The widest stretch within the region at the height of its largest part's centre. Rings of a region stand
 * together. */
static uf_status place_anchor(struct map *map, size_t first_ring, size_t n_rings, double *crossings,
                              struct uf_error *error)
{
    const struct uf_geometry *geometry = &map->geometry;
    struct region *region = &map->regions[geometry->rings[first_ring].region];
    double largest = -1, y = 0, middle;
    size_t n = 0;
    (void)error;
    for (size_t r = first_ring; r < first_ring + n_rings; r++) {
        double area = ring_area(geometry, &geometry->rings[r], &middle);
        if (!geometry->rings[r].hole && area > largest) largest = area, y = middle;
    }
    for (size_t r = first_ring; r < first_ring + n_rings; r++) {
        const struct uf_ring *ring = &geometry->rings[r];
        const double *xs = geometry->xs + ring->first, *ys = geometry->ys + ring->first;
        for (size_t i = 0, j = ring->n - 1; i < ring->n; j = i++)
            if ((ys[i] > y) != (ys[j] > y))
                crossings[n++] = xs[i] + (y - ys[i]) / (ys[j] - ys[i]) * (xs[j] - xs[i]);
    }
    qsort(crossings, n, sizeof *crossings, by_number);
    double widest = -1, x = geometry->xs[geometry->rings[first_ring].first];
    for (size_t i = 0; i + 1 < n; i += 2)
        if (crossings[i + 1] - crossings[i] > widest) {
            widest = crossings[i + 1] - crossings[i];
            x = (crossings[i] + crossings[i + 1]) / 2;
        }
    region->anchor_x = map_pixel_x(map, x);
    region->anchor_y = map_pixel_y(map, y);
    region->anchor_width = fmax(widest, 0) * map->scale;
    return UF_OK;
}

/* Calls for each region its rings, which stand together. */
size_t map_rings_of(const struct uf_geometry *geometry, size_t first)
{
    size_t n = 1;
    while (first + n < geometry->n_rings &&
           geometry->rings[first + n].region == geometry->rings[first].region)
        n++;
    return n;
}

static uf_status place_anchors(struct map *map, struct uf_error *error)
{
    double *crossings = malloc((map->geometry.n_points + 1) * sizeof *crossings);
    if (!crossings) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t r = 0, n; status == UF_OK && r < map->geometry.n_rings; r += n) {
        n = map_rings_of(&map->geometry, r);
        status = place_anchor(map, r, n, crossings, error);
    }
    free(crossings);
    return status;
}

static uf_status place(struct uf_drawing *drawing, struct map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    bool any_focus = false;
    for (size_t i = 0; i < map->geometry.n_regions; i++) any_focus |= map->regions[i].focus;
    find_extent(map);
    double wide = map->high_x - map->low_x, high = map->high_y - map->low_y;
    bool beside = wide <= WIDE_MAP * high;
    double full = drawing->width - 2 * UF_PAD;
    map->scale = 1; /* the anchors tell on which sides names will stand */
    UF_TRY(place_anchors(map, error));
    const struct map_margins margins = map_label_margins(map);
    double room = full - margins.left - margins.right - (beside ? LEGEND_WIDTH + 16 : 0);
    double top = uf_drawing_head(drawing) + 6;
    double tallest = uf_drawing_plot_height(drawing, top, beside ? 8 : 60, TALLEST);
    map->scale = fmin(room / wide, tallest / high);
    map->left = UF_PAD + margins.left + (beside ? 0 : fmax(0, (room - wide * map->scale) / 2));
    map->top = top;
    map->right = map->left + wide * map->scale;
    map->bottom = top + high * map->scale;
    UF_TRY(place_anchors(map, error));
    double bottom = map->bottom, legend_x = map->right + margins.right + 16;
    if (beside) {
        /* the room that a narrow map leaves goes to the legend */
        legend_x = fmin(legend_x, drawing->width - UF_PAD - LEGEND_WIDTH);
        bottom = fmax(bottom, uf_classes_legend(drawing, &map->classes, &map->reasons, legend_x, top));
    } else {
        bottom = uf_classes_legend_row(drawing, &map->classes, &map->reasons, bottom + 4);
    }
    char *absent = map_absent_words(drawing, map);
    if (absent)
        bottom = uf_drawing_paragraph(drawing, UF_PAD, bottom + 12, full, UF_LOOK_MISSING, 11, 14, absent);
    free(absent);
    UF_TRY(map_place_labels(drawing, map, error));
    UF_TRY(map_place_marks(drawing, map, error));
    UF_TRY(map_append_boundaries(drawing, map, error));
    uf_drawing_plot_area(drawing, map->left, map->right, map->top, map->bottom);
    uf_drawing_number(drawing, "diverging", !isnan(request->reference));
    uf_drawing_number(drawing, "any_focus", any_focus);
    uf_drawing_foot(drawing, bottom + 4);
    return UF_OK;
}

uf_status uf_map_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct map map = {0};
    uf_text_list_init(&map.reasons);
    uf_status status;
    UF_TRY_GOTO(map_read(drawing, &map, error), done);
    map_write_data(drawing, &map);
    UF_TRY_GOTO(place(drawing, &map, error), done);
    status = map_say(drawing, &map, error);
done:
    uf_text_list_clear(&map.reasons);
    uf_geometry_clear(&map.geometry);
    free(map.row_of);
    free(map.regions);
    free(map.row_used);
    return status;
}

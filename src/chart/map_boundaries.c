// SPDX-License-Identifier: GPL-3.0-or-later
/* The outlines of a map as blocks of its script: areas by class and by reason, then all borders. */
#include "base/fail.h"
#include "chart/map.h"
#include "chart/reasons.h"

#include <math.h>
#include <stdlib.h>

#define FINEST 0.4 /* pixels between points */

struct path {
    double *points; /* x and y by turns, in pixels */
    size_t n;
};

static void append_tenth(struct uf_buffer *out, double value)
{
    uf_append_number(out, round(10 * value) / 10);
}

static void append_point(struct uf_buffer *out, double x, double y)
{
    append_tenth(out, x);
    uf_buffer_append_char(out, ',');
    append_tenth(out, y);
    uf_buffer_append_char(out, '\n');
}

/* A ring in pixels without the points that no eye tells apart; n 0: nothing is left of it. */
static void shorten(const struct map *map, const struct uf_ring *ring, struct path *path)
{
    const struct uf_geometry *geometry = &map->geometry;
    path->n = 0;
    for (size_t i = 0; i < ring->n; i++) {
        double x = map_pixel_x(map, geometry->xs[ring->first + i]),
               y = map_pixel_y(map, geometry->ys[ring->first + i]);
        const double *last = path->points + 2 * path->n - 2;
        if (path->n && fabs(x - last[0]) < FINEST && fabs(y - last[1]) < FINEST) continue;
        path->points[2 * path->n] = x;
        path->points[2 * path->n + 1] = y;
        path->n++;
    }
    if (path->n < 3) path->n = 0;
}

static void append_path(struct uf_buffer *out, const struct path *path)
{
    for (size_t i = 0; i < path->n; i++) append_point(out, path->points[2 * i], path->points[2 * i + 1]);
    append_point(out, path->points[0], path->points[1]);
}

/* All rings of a region as one outline: from the first point round each ring and back, so that what lies
 * between is passed twice and holes stay empty. An island too small to see is left out, but not the last of a
 * region: that becomes a dot. */
static void append_region(struct uf_buffer *out, const struct map *map, size_t first, size_t n,
                          struct path *path)
{
    double from_x = NAN, from_y = NAN;
    for (size_t r = first; r < first + n; r++) {
        shorten(map, &map->geometry.rings[r], path);
        if (!path->n) continue;
        if (isnan(from_x)) from_x = path->points[0], from_y = path->points[1];
        append_path(out, path);
        append_point(out, from_x, from_y);
    }
    if (isnan(from_x)) {
        const struct region *region = &map->regions[map->geometry.rings[first].region];
        double x = region->anchor_x, y = region->anchor_y;
        append_point(out, x - 1, y);
        append_point(out, x, y - 1);
        append_point(out, x + 1, y);
        append_point(out, x, y + 1);
    }
    uf_buffer_append_char(out, '\n');
}

/* What a block of the script holds: regions of a class, or with a reason. */
static void append_areas(struct uf_drawing *drawing, const struct map *map, const char *name, int number,
                         int (*kind_of)(const struct region *), struct path *path)
{
    struct uf_buffer *out = &drawing->variables;
    size_t n_drawn = 0;
    uf_buffer_append_char(out, '$');
    uf_buffer_append(out, name);
    uf_buffer_append(out, "_");
    uf_buffer_append_size(out, (size_t)number);
    uf_buffer_append(out, " << END\nx,y\n");
    for (size_t r = 0, n; r < map->geometry.n_rings; r += n) {
        n = map_rings_of(&map->geometry, r);
        if (kind_of(&map->regions[map->geometry.rings[r].region]) != number) continue;
        append_region(out, map, r, n, path);
        n_drawn++;
    }
    uf_buffer_append(out, "END\nn_");
    uf_buffer_append(out, name);
    uf_buffer_append(out, "_");
    uf_buffer_append_size(out, (size_t)number);
    uf_buffer_append(out, " = ");
    uf_buffer_append_size(out, n_drawn);
    uf_buffer_append_char(out, '\n');
}

static int class_of(const struct region *region)
{
    return region->class;
}

static int hatching_of(const struct region *region)
{
    return region->reason > UF_HATCHINGS ? UF_HATCHINGS : region->reason;
}

/* Boundaries are drawn once more as lines, without the bridges between rings. */
static void append_borders(struct uf_drawing *drawing, const struct map *map, const char *name,
                           bool focus_only, struct path *path)
{
    struct uf_buffer *out = &drawing->variables;
    uf_buffer_append_char(out, '$');
    uf_buffer_append(out, name);
    uf_buffer_append(out, " << END\nx,y\n");
    for (size_t r = 0; r < map->geometry.n_rings; r++) {
        if (focus_only && !map->regions[map->geometry.rings[r].region].focus) continue;
        shorten(map, &map->geometry.rings[r], path);
        if (!path->n) continue;
        append_path(out, path);
        uf_buffer_append_char(out, '\n');
    }
    uf_buffer_append(out, "END\n");
}

uf_status map_append_boundaries(struct uf_drawing *drawing, const struct map *map, struct uf_error *error)
{
    struct path path = {.points = malloc((map->geometry.n_points + 1) * 2 * sizeof(double))};
    if (!path.points) return uf_fail_memory(error);
    for (int k = 1; k <= UF_CLASSES; k++) append_areas(drawing, map, "class_area", k, class_of, &path);
    for (int k = 1; k <= UF_HATCHINGS; k++) append_areas(drawing, map, "missing_area", k, hatching_of, &path);
    append_borders(drawing, map, "border", false, &path);
    append_borders(drawing, map, "focus_border", true, &path);
    free(path.points);
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Names of the focus beside a map, and marks upon it. */
#include "base/fail.h"
#include "chart/end_labels.h"
#include "chart/map.h"
#include "chart/measure.h"

#include <math.h>
#include <stdlib.h>
#include <utfall/number.h>

enum { LABELS_WIDTH = 150, LABEL_GAP = 15, LABEL_SPACE = 12 };
#define MARK_WIDTH 9.0 /* of a region that has room for a triangle */

/* The side that the anchor is nearer to: a leader shall not cross the country. */
static bool is_left(const struct map *map, const struct region *region)
{
    return region->anchor_x < map_pixel_x(map, (map->low_x + map->high_x) / 2);
}

struct map_margins map_label_margins(const struct map *map)
{
    struct map_margins margins = {0, 0};
    for (size_t i = 0; i < map->geometry.n_regions; i++) {
        const struct region *region = &map->regions[i];
        if (!region->focus || isnan(region->anchor_x)) continue;
        if (is_left(map, region))
            margins.left = LABELS_WIDTH + LABEL_SPACE;
        else
            margins.right = LABELS_WIDTH + LABEL_SPACE;
    }
    return margins;
}

uf_status map_place_labels(struct uf_drawing *drawing, struct map *map, struct uf_error *error)
{
    size_t most = (size_t)fmax(1, floor((map->bottom - map->top) / LABEL_GAP)), n = 0;
    struct uf_end_label *labels = calloc(map->geometry.n_regions + 1, sizeof *labels);
    if (!labels) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t i = 0; status == UF_OK && i < map->geometry.n_regions && n < most; i++) {
        const struct region *region = &map->regions[i];
        if (!region->focus || isnan(region->anchor_x)) continue;
        labels[n] = (struct uf_end_label){.x = region->anchor_x,
                                          .y = region->anchor_y,
                                          .look = UF_LOOK_BENCHMARK,
                                          .left = is_left(map, region),
                                          .words = uf_text_copy(region->name)};
        uf_number_format(region->value, map->decimals, drawing->language, labels[n].number);
        if (!labels[n].words) status = uf_fail_memory(error);
        n++;
    }
    if (status == UF_OK) {
        uf_end_labels_width(drawing, labels, n, LABELS_WIDTH);
        uf_end_labels_place_sides(drawing, labels, n, map->left - LABEL_SPACE, map->right + LABEL_SPACE,
                                  map->top + 8, map->bottom - 8);
    }
    for (size_t i = 0; i < n; i++) free(labels[i].words);
    free(labels);
    return status;
}

/* Around a reference both sides grow darker: triangles tell them apart without colour. */
uf_status map_place_marks(struct uf_drawing *drawing, const struct map *map, struct uf_error *error)
{
    size_t n = map->geometry.n_regions, k = 0;
    double *marks = calloc(3 * n + 1, sizeof *marks);
    if (!marks) return uf_fail_memory(error);
    for (size_t i = 0; !isnan(drawing->request->reference) && i < n; i++) {
        const struct region *region = &map->regions[i];
        const bool beside = region->class > 0 && region->class != (UF_CLASSES + 1) / 2;
        if (!beside || isnan(region->anchor_x) || region->anchor_width < MARK_WIDTH) continue;
        marks[k] = region->anchor_x;
        /* below the line that leads to a name */
        marks[n + k] = region->anchor_y + (region->focus ? MARK_WIDTH + 2 : 0);
        marks[2 * n + k++] = region->class;
    }
    uf_drawing_numbers(drawing, "mark_x", marks, k);
    uf_drawing_numbers(drawing, "mark_y", marks + n, k);
    uf_drawing_numbers(drawing, "mark_class", marks + 2 * n, k);
    free(marks);
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_MAP_H
#define UTFALL_CHART_MAP_H
/* What a true map is made of, between reading it (map_regions.c), placing it (map.c), its boundaries (map_boundaries.c),
 * labels (map_labels.c) and words (map_words.c). */
#include <stdbool.h>
#include <stddef.h>

#include "chart/classes.h"
#include "chart/drawing.h"
#include "chart/geometry.h"

struct region {
    size_t row; /* of the table; SIZE_MAX: not in it */
    const char *name;
    double value;
    int class, reason;
    bool focus;
    double anchor_x, anchor_y,
        anchor_width; /* pixels: a place within, and how wide it is there; NaN: no boundary */
};

struct map {
    const struct uf_table *table;
    size_t label, value, code, attribute;
    struct uf_geometry geometry;
    size_t *row_of;
    struct region *regions;
    bool *row_used; /* rows of the table that are on the map */
    int decimals;
    struct uf_classes classes;
    struct uf_text_list reasons;
    /* the map's place */
    double low_x, high_x, low_y, high_y; /* of the boundaries */
    double scale, left, top, right, bottom;
};

/* Boundaries, the regions that they belong to, their classes. */
uf_status map_read(struct uf_drawing *drawing, struct map *map, struct uf_error *error);

/* Pixels of a coordinate. */
double map_pixel_x(const struct map *map, double x);
double map_pixel_y(const struct map *map, double y);
/* How many rings from `first` on belong to its region: they stand together. */
size_t map_rings_of(const struct uf_geometry *geometry, size_t first);

/* The outlines as blocks of the script. */
uf_status map_append_boundaries(struct uf_drawing *drawing, const struct map *map, struct uf_error *error);

/* Room for the names of the focus beside the map, on the side that each is nearer to. */
struct map_margins {
    double left, right; /* pixels; 0: no name stands there */
};
struct map_margins map_label_margins(const struct map *map);
uf_status map_place_labels(struct uf_drawing *drawing, struct map *map, struct uf_error *error);
/* Triangles that tell the two dark ends around a reference apart without colour. */
uf_status map_place_marks(struct uf_drawing *drawing, const struct map *map, struct uf_error *error);

/* `Not on the map: Riket and 3 more.`; NULL: all rows are, or out of memory. The caller frees it. */
char *map_absent_words(const struct uf_drawing *drawing, const struct map *map);
void map_write_data(struct uf_drawing *drawing, const struct map *map);
uf_status map_say(struct uf_drawing *drawing, const struct map *map, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_HEAT_MAP_H
#define UTFALL_CHART_HEAT_MAP_H
/* What a heat map is made of, between reading it (heat_map_cells.c), its headings (heat_map_heads.c), placing it (heat_map.c)
 * and telling it (heat_map_words.c). */
#include <stdbool.h>
#include <stddef.h>

#include "chart/classes.h"
#include "chart/drawing.h"

enum { HEAT_HEAD_LONGEST = 150 /* of a turned heading, pixels */ };

struct heat_map {
    const struct uf_table *table;
    size_t label, group, value, code, low, high; /* low, high: SIZE_MAX without bands */
    struct uf_text_list rows, columns;
    bool *focus;  /* of a row */
    size_t *cell; /* row of the table, SIZE_MAX: none; by row and column in order of appearance */
    size_t *row_order, *column_order;
    int decimals;
    struct uf_classes classes;
    struct uf_text_list reasons;
    /* rows and columns without any value: they are named and not drawn */
    struct uf_text_list empty, empty_reasons;
    bool printed; /* the values fit into the cells */
};

struct heat_grid {
    double left, top, cell_width, cell_height, head_height;
};

/* Rows, columns, cells, their order and classes. */
uf_status heat_read(const struct uf_drawing *drawing, struct heat_map *map, struct uf_error *error);
void heat_clear(struct heat_map *map);
size_t heat_cell_of(const struct heat_map *map, size_t row, size_t column);
/* NaN: missing. */
double heat_value_of(const struct heat_map *map, size_t row, size_t column);
/* Its band reaches another class than its value's. */
bool heat_is_open(const struct heat_map *map, size_t row, size_t column);
size_t heat_count_open(const struct heat_map *map);
/* A row and a column of the same thing, of which the table says nothing: the diagonal of a matrix. */
bool heat_is_self(const struct heat_map *map, size_t row, size_t column);
const char *heat_reason_of(const struct uf_drawing *drawing, const struct heat_map *map, size_t row,
                           size_t column);

/* Headings stand upright where all fit so, else they are turned; both may take several lines. `write` false: only their
 * height. */
uf_status heat_place_heads(struct uf_drawing *drawing, const struct heat_map *map, struct heat_grid *grid,
                           bool upright, bool write, struct uf_error *error);
bool heat_heads_fit_upright(const struct heat_map *map, double cell_width);

/* `Not shown, since no value is known: …`; NULL: all lines are, or out of memory. The caller frees it. */
char *heat_empty_words(const struct uf_drawing *drawing, const struct heat_map *map);
/* `Dot in the corner: …`; NULL: no cell is open, or out of memory. The caller frees it. */
char *heat_open_words(const struct uf_drawing *drawing, const struct heat_map *map);
void heat_write_data(struct uf_drawing *drawing, struct heat_map *map);
uf_status heat_say(struct uf_drawing *drawing, const struct heat_map *map, struct uf_error *error);
#endif

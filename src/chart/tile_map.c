// SPDX-License-Identifier: GPL-3.0-or-later
/* One tile per region, placed about where the region lies, with its name and value, coloured by class; the
 * legend to the right. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/measure.h"
#include "chart/reasons.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/number.h>

enum { TILE_SIZE = 10, LEGEND_WIDTH = 150, NO_ROW_DECIMALS = 1, NARROWEST_TILE = 72, WIDEST_TILE = 96 };

struct tile {
    const char *name;
    double row, column;
    size_t at; /* row of the table; SIZE_MAX: not in it */
    double value;
    int class;
    int reason; /* 0: there is a value; else the number of the reason, from 1 */
    bool focus;
};

struct tile_map {
    const struct uf_table *table, *places;
    size_t label, value, code, n;
    struct tile *tiles;
    double first_row, last_row, first_column, last_column;
    int decimals;
    struct uf_text_list reasons;
    struct uf_classes classes;
};

static uf_status find_row(const struct tile_map *map, size_t place, size_t code_column, struct tile *tile,
                          struct uf_error *error)
{
    char tile_code[64], label_text[64], code_text[64];
    const char *code = uf_column_label(map->places, place, code_column, tile_code);
    tile->at = SIZE_MAX;
    for (size_t i = 0; i < uf_table_rows(map->table); i++) {
        const char *label = uf_column_label(map->table, i, map->label, label_text);
        const char *other = uf_column_label(map->table, i, map->code, code_text);
        if (!uf_text_equal(label, code) && !uf_text_equal(label, tile->name) && !uf_text_equal(other, code))
            continue;
        if (tile->at != SIZE_MAX)
            return uf_fail(
                error, UF_BAD_INPUT,
                "the chart 'tile-map' wants one row per region; the table '%s' has several for '%s'",
                uf_table_name(map->table), tile->name);
        tile->at = i;
    }
    return UF_OK;
}

static uf_status read_tiles(struct uf_drawing *drawing, struct tile_map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    const char *kind = "tile-map";
    map->table = request->table;
    map->places = request->tiles;
    if (!map->places) return uf_fail(error, UF_INTERNAL, "the chart 'tile-map' was given no tiles");
    size_t code, name, row, column;
    UF_TRY(uf_column_need(map->table, kind, request->label, "label", &map->label, error));
    UF_TRY(uf_column_need(map->table, kind, request->value, "value", &map->value, error));
    UF_TRY(uf_column_maybe(map->table, kind, request->code, "code", &map->code, error));
    UF_TRY(uf_column_need(map->places, kind, NULL, "code", &code, error));
    UF_TRY(uf_column_need(map->places, kind, NULL, "short", &name, error));
    UF_TRY(uf_column_need(map->places, kind, NULL, "row", &row, error));
    UF_TRY(uf_column_need(map->places, kind, NULL, "col", &column, error));
    map->n = uf_table_rows(map->places);
    map->tiles = calloc(map->n + 1, sizeof *map->tiles);
    if (!map->tiles) return uf_fail_memory(error);
    map->first_row = map->first_column = INFINITY;
    map->last_row = map->last_column = -INFINITY;
    size_t n_values = 0;
    for (size_t i = 0; i < map->n; i++) {
        struct tile *tile = &map->tiles[i];
        char code_text[64];
        const char *text = uf_table_text(map->places, i, name);
        tile->name = text ? text : "";
        UF_TRY(uf_column_period(map->places, i, row, &tile->row,
                                error)); /* a number, or digits in a text column */
        UF_TRY(uf_column_period(map->places, i, column, &tile->column, error));
        UF_TRY(find_row(map, i, code, tile, error));
        tile->value = tile->at == SIZE_MAX ? NAN : uf_table_number(map->table, tile->at, map->value);
        tile->focus =
            uf_focus_of(request, tile->name, uf_column_label(map->places, i, code, code_text)) != SIZE_MAX;
        if (!isnan(tile->value)) n_values++;
        map->first_row = fmin(map->first_row, tile->row);
        map->last_row = fmax(map->last_row, tile->row);
        map->first_column = fmin(map->first_column, tile->column);
        map->last_column = fmax(map->last_column, tile->column);
    }
    return n_values ? UF_OK : uf_no_value(request, error);
}

static uf_status classify(struct uf_drawing *drawing, struct tile_map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    map->decimals = uf_table_column_decimals(map->table, map->value);
    if (map->decimals < 0) map->decimals = NO_ROW_DECIMALS;
    double *values = malloc((map->n + 1) * sizeof *values);
    if (!values) return uf_fail_memory(error);
    for (size_t i = 0; i < map->n; i++) values[i] = map->tiles[i].value;
    map->classes = uf_classes_of(values, map->n, request->reference, map->decimals);
    free(values);
    if (request->class_limits)
        for (int k = 0; k < UF_CLASSES - 1; k++) map->classes.limits[k] = request->class_limits[k];
    for (size_t i = 0; i < map->n; i++) map->tiles[i].class = uf_class_of(&map->classes, map->tiles[i].value);
    return UF_OK;
}

static const char *missing_words(const struct uf_drawing *drawing, const struct tile_map *map,
                                 const struct tile *tile)
{
    if (tile->at == SIZE_MAX) return uf_reason_absent(drawing->language);
    return uf_reason_words(uf_table_value_status(map->table, tile->at, map->value), drawing->language);
}

static void number_reasons(struct uf_drawing *drawing, struct tile_map *map)
{
    for (size_t i = 0; i < map->n; i++)
        if (map->tiles[i].class == 0)
            map->tiles[i].reason =
                uf_reason_number(drawing, &map->reasons, missing_words(drawing, map, &map->tiles[i]));
}

static void write_data(struct uf_drawing *drawing, const struct tile_map *map)
{
    uf_buffer_append(&drawing->csv, "row,col,value,class,reason,focus,status,label\n");
    for (size_t i = 0; i < map->n; i++) {
        const struct tile *tile = &map->tiles[i];
        char status[UF_VALUE_STATUS_SIZE];
        uf_csv_number(drawing, tile->row, ',');
        uf_csv_number(drawing, tile->column, ',');
        uf_csv_number(drawing, tile->value, ',');
        uf_csv_number(drawing, tile->class, ',');
        uf_csv_number(drawing, tile->reason, ',');
        uf_csv_number(drawing, tile->focus, ',');
        uf_csv_text(
            drawing,
            tile->at == SIZE_MAX
                ? "not in the table"
                : uf_value_status_print(uf_table_value_status(map->table, tile->at, map->value), status),
            ',');
        uf_csv_text(drawing, tile->name, '\n');
    }
}

/* Names and values as texts of their own, since their colour depends on the tile's. */
struct tile_texts {
    double *x, *y, *class, *strong;
    const char **text;
    size_t n;
};

static void add_text(struct tile_texts *texts, double x, double y, int class, bool strong, const char *text)
{
    texts->x[texts->n] = x;
    texts->y[texts->n] = y;
    texts->class[texts->n] = class;
    texts->strong[texts->n] = strong;
    texts->text[texts->n++] = text;
}

static uf_status place_texts(struct uf_drawing *drawing, const struct tile_map *map, double left, double top,
                             double tile_width, double tile_height, struct uf_error *error)
{
    struct uf_text_list owned;
    uf_text_list_init(&owned);
    size_t room = 8 * map->n + 1;
    struct tile_texts texts = {.x = calloc(4 * room, sizeof(double)), .text = calloc(room, sizeof(char *))};
    size_t *keep = calloc(room, sizeof *keep);
    uf_status status = UF_OK;
    if (!texts.x || !texts.text || !keep) {
        status = uf_fail_memory(error);
        goto done;
    }
    texts.y = texts.x + room, texts.class = texts.y + room, texts.strong = texts.class + room;
    for (size_t i = 0; status == UF_OK && i < map->n; i++) {
        const struct tile *tile = &map->tiles[i];
        double x = left + (tile->column - map->first_column + 0.5) * tile_width;
        double y = top + (tile->row - map->first_row + 0.5) * tile_height;
        size_t first = owned.count;
        char number[64];
        status = uf_measure_wrap(tile->name, TILE_SIZE, false, tile_width - 6, &owned, error);
        if (status != UF_OK) break;
        while (owned.count - first > 3)
            free(owned.items[--owned.count]); /* no tile has room for more lines */
        size_t lines = owned.count - first;
        uf_number_format(tile->value, map->decimals, drawing->language, number);
        UF_TRY_GOTO(uf_text_list_add(&owned, isnan(tile->value) ? "–" : number, error), done);
        double line_y = y - (11.0 * (double)(lines - 1) + 14) / 2;
        for (size_t k = 0; k <= lines; k++) {
            bool strong = k == lines;
            keep[texts.n] = first + k;
            add_text(&texts, x, line_y + (strong ? 3 : 0), tile->class, strong, NULL);
            line_y += 11;
        }
    }
    if (status == UF_OK) {
        for (size_t i = 0; i < texts.n; i++) texts.text[i] = owned.items[keep[i]];
        uf_drawing_numbers(drawing, "tile_text_x", texts.x, texts.n);
        uf_drawing_numbers(drawing, "tile_text_y", texts.y, texts.n);
        uf_drawing_numbers(drawing, "tile_text_class", texts.class, texts.n);
        uf_drawing_numbers(drawing, "tile_text_strong", texts.strong, texts.n);
        uf_drawing_strings(drawing, "tile_text", texts.text, texts.n);
    }
done:
    free(texts.x);
    free(texts.text);
    free(keep);
    uf_text_list_clear(&owned);
    return status;
}

static uf_status place(struct uf_drawing *drawing, const struct tile_map *map, struct uf_error *error)
{
    double top = uf_drawing_head(drawing) + 4, left = UF_PAD;
    double columns = map->last_column - map->first_column + 1, rows = map->last_row - map->first_row + 1;
    double full = drawing->width - 2 * UF_PAD, tile_height = 44;
    double tile_width = fmin((full - LEGEND_WIDTH - 20) / columns, WIDEST_TILE);
    bool beside = tile_width >= NARROWEST_TILE; /* else the legend goes below the map */
    if (!beside) tile_width = fmin(full / columns, WIDEST_TILE);
    double right = left + columns * tile_width, bottom = top + rows * tile_height;
    double legend_bottom = uf_classes_legend(drawing, &map->classes, &map->reasons,
                                             beside ? right + 20 : left, beside ? top : bottom + 8);
    UF_TRY(place_texts(drawing, map, left, top, tile_width, tile_height, error));
    uf_drawing_plot_area(drawing, left, right, top, bottom);
    uf_drawing_number(drawing, "x_low", map->first_column - 0.5);
    uf_drawing_number(drawing, "x_high", map->last_column + 0.5);
    uf_drawing_number(drawing, "y_low", map->first_row - 0.5);
    uf_drawing_number(drawing, "y_high", map->last_row + 0.5);
    uf_drawing_number(drawing, "diverging", !isnan(drawing->request->reference));
    uf_drawing_foot(drawing, fmax(bottom, legend_bottom));
    return UF_OK;
}

static uf_status say_tile(struct uf_drawing *drawing, const struct tile_map *map, struct uf_words words,
                          const struct tile *tile, struct uf_error *error)
{
    struct uf_argument arguments[2] = {uf_text_argument(tile->name),
                                       uf_number_argument(tile->value, map->decimals)};
    return uf_drawing_say(drawing, words, arguments, 2, error);
}

static uf_status say(struct uf_drawing *drawing, const struct tile_map *map, struct uf_error *error)
{
    UF_TRY(uf_drawing_say_kind(drawing, (struct uf_words){"Tile map", "Rutkarta"}, error));
    const struct tile *highest = NULL, *lowest = NULL;
    size_t n = 0;
    for (size_t i = 0; i < map->n; i++) {
        const struct tile *tile = &map->tiles[i];
        if (tile->class == 0) continue;
        n++;
        if (!highest || tile->value > highest->value) highest = tile;
        if (!lowest || tile->value < lowest->value) lowest = tile;
    }
    if (!highest) return uf_no_value(drawing->request, error);
    struct uf_argument counts[2] = {uf_count_argument(n), uf_count_argument(map->n)};
    UF_TRY(uf_drawing_say(
        drawing, (struct uf_words){"{0} of {1} regions have a value.", "{0} av {1} regioner har ett värde."},
        counts, 2, error));
    UF_TRY(say_tile(drawing, map, (struct uf_words){"Highest: {0} {1}.", "Högst: {0} {1}."}, highest, error));
    UF_TRY(say_tile(drawing, map, (struct uf_words){"Lowest: {0} {1}.", "Lägst: {0} {1}."}, lowest, error));
    for (size_t i = 0; i < map->n; i++) {
        const struct tile *tile = &map->tiles[i];
        if (tile->class == 0) {
            struct uf_argument arguments[2] = {uf_text_argument(tile->name),
                                               uf_text_argument(missing_words(drawing, map, tile))};
            UF_TRY(uf_drawing_say(drawing, (struct uf_words){"{0}: {1}.", "{0}: {1}."}, arguments, 2, error));
        } else if (tile->focus && tile != highest && tile != lowest) {
            UF_TRY(say_tile(drawing, map, (struct uf_words){"Marked: {0} {1}.", "Markerad: {0} {1}."}, tile,
                            error));
        }
    }
    return UF_OK;
}

uf_status uf_tile_map_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct tile_map map = {0};
    uf_text_list_init(&map.reasons);
    uf_status status = read_tiles(drawing, &map, error);
    if (status == UF_OK) status = classify(drawing, &map, error);
    if (status == UF_OK) {
        number_reasons(drawing, &map);
        write_data(drawing, &map);
        status = place(drawing, &map, error);
    }
    if (status == UF_OK) status = say(drawing, &map, error);
    uf_text_list_clear(&map.reasons);
    free(map.tiles);
    return status;
}

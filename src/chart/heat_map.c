// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows by columns, each cell coloured by the class of its value, ordered so that patterns show; the values are
 * printed where they fit, missing cells hatched. */
#include "chart/heat_map.h"

#include "base/fail.h"
#include "chart/measure.h"
#include "chart/reasons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum {
    VALUE_SIZE = 10,
    NARROWEST_HEAD = 14,
    ROW_WITH_VALUE = 19,
    ROW = 15,
    ROW_OF_TWO_LINES = 28,
    LABEL_LINE = 13,
    WIDEST_CM = 24
};

static double widest_row_label(const struct heat_map *map, double most)
{
    double widest = 0;
    for (size_t i = 0; i < map->rows.count; i++)
        widest = fmax(widest, uf_measure_text(map->rows.items[i], UF_BODY_SIZE, map->focus[i]));
    return fmin(widest, most);
}

static double widest_value(const struct uf_drawing *drawing, const struct heat_map *map)
{
    double widest = 0;
    for (size_t i = 0; i < map->rows.count; i++)
        for (size_t j = 0; j < map->columns.count; j++) {
            char number[UF_NUMBER_SIZE];
            uf_number_format(heat_value_of(map, i, j), map->decimals, drawing->language, number);
            widest = fmax(widest, uf_measure_text(number, VALUE_SIZE, false));
        }
    return widest;
}

/* A name that is too long for its line takes two where rows are high enough, and is cut only then. */
static void place_row(struct uf_drawing *drawing, const struct heat_map *map, const struct heat_grid *grid,
                      size_t row, double y)
{
    const double most = grid->left - 8 - UF_PAD;
    const int look = map->focus[row] ? UF_LOOK_LABEL_FOCUS : UF_LOOK_LABEL;
    const char *name = map->rows.items[row];
    struct uf_text_list lines;
    uf_text_list_init(&lines);
    if (uf_measure_wrap(name, UF_BODY_SIZE, map->focus[row], most, &lines, NULL) != UF_OK)
        drawing->failed = true;
    if (lines.count < 2 || grid->cell_height < ROW_OF_TWO_LINES) {
        uf_drawing_fitted(drawing, grid->left - 8, y, UF_ALIGN_RIGHT, look, UF_BODY_SIZE, most, name);
    } else {
        const char *rest = strstr(name, lines.items[1]);
        uf_drawing_text(drawing, grid->left - 8, y - 0.5 * LABEL_LINE, UF_ALIGN_RIGHT, look, lines.items[0]);
        uf_drawing_fitted(drawing, grid->left - 8, y + 0.5 * LABEL_LINE, UF_ALIGN_RIGHT, look, UF_BODY_SIZE,
                          most, rest ? rest : lines.items[1]);
    }
    uf_text_list_clear(&lines);
}

static void place_rows(struct uf_drawing *drawing, const struct heat_map *map, const struct heat_grid *grid)
{
    for (size_t i = 0; i < map->rows.count; i++)
        place_row(drawing, map, grid, map->row_order[i], grid->top + ((double)i + 0.5) * grid->cell_height);
}

/* The values as texts of their own, since their colour depends on the cell's. */
static uf_status place_values(struct uf_drawing *drawing, const struct heat_map *map, struct uf_error *error)
{
    size_t n = map->rows.count * map->columns.count, k = 0;
    double *numbers = calloc(3 * n + 1, sizeof *numbers);
    struct uf_text_list texts;
    uf_text_list_init(&texts);
    uf_status status = numbers ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; map->printed && status == UF_OK && i < n; i++) {
        size_t row = i / map->columns.count, column = i % map->columns.count;
        double value = heat_value_of(map, map->row_order[row], map->column_order[column]);
        char text[UF_NUMBER_SIZE];
        if (isnan(value)) continue;
        numbers[k] = (double)(column + 1);
        numbers[n + k] = (double)(row + 1);
        numbers[2 * n + k++] = uf_class_of(&map->classes, value);
        status =
            uf_text_list_add(&texts, uf_number_format(value, map->decimals, drawing->language, text), error);
    }
    if (status == UF_OK) {
        uf_drawing_numbers(drawing, "cell_x", numbers, k);
        uf_drawing_numbers(drawing, "cell_y", numbers + n, k);
        uf_drawing_numbers(drawing, "cell_class", numbers + 2 * n, k);
        uf_drawing_strings(drawing, "cell", (const char *const *)texts.items, k);
    }
    free(numbers);
    uf_text_list_clear(&texts);
    return status;
}

/* As wide as asked for, or as the columns need to be told apart. */
static void widen(struct uf_drawing *drawing, const struct heat_map *map)
{
    if (drawing->request->width_cm > 0) return;
    double needed = widest_row_label(map, 0.3 * drawing->width) + 3 * UF_PAD +
                    NARROWEST_HEAD * (double)map->columns.count;
    drawing->width = fmin(fmax(drawing->width, ceil(needed)), round(WIDEST_CM / 2.54 * 96));
}

static uf_status place(struct uf_drawing *drawing, struct heat_map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    widen(drawing, map);
    size_t n = map->rows.count, m = map->columns.count;
    double top = uf_classes_legend_row(drawing, &map->classes, &map->reasons, uf_drawing_head(drawing));
    double right = drawing->width - UF_PAD, value_width = widest_value(drawing, map) + 6;
    /* names may take a little of what the values do not need */
    const double spare = right - UF_PAD - 8 - fmax(value_width + 2, NARROWEST_HEAD) * (double)m;
    const double longest = fmax(0.3 * drawing->width, fmin(spare, 0.36 * drawing->width));
    struct heat_grid grid = {.left = UF_PAD + widest_row_label(map, longest) + 8};
    const bool two_lines = widest_row_label(map, INFINITY) > longest;
    grid.cell_width = fmin((right - grid.left) / (double)m, 84);
    right = grid.left + grid.cell_width * (double)m;
    map->printed = value_width <= grid.cell_width;
    grid.cell_height = two_lines ? ROW_OF_TWO_LINES : map->printed ? ROW_WITH_VALUE : ROW;
    if (request->height_cm > 0)
        grid.cell_height =
            fmax(uf_drawing_plot_height(drawing, top + HEAT_HEAD_LONGEST, 8, 0) / (double)n, ROW);
    bool upright = heat_heads_fit_upright(map, grid.cell_width);
    UF_TRY(heat_place_heads(drawing, map, &grid, upright, false, error));
    grid.top = top + grid.head_height;
    UF_TRY(heat_place_heads(drawing, map, &grid, upright, true, error));
    place_rows(drawing, map, &grid);
    UF_TRY(place_values(drawing, map, error));
    double bottom = grid.top + grid.cell_height * (double)n;
    uf_drawing_plot_area(drawing, grid.left, right, grid.top, bottom);
    uf_drawing_number(drawing, "n_rows", (double)n);
    uf_drawing_number(drawing, "n_columns", (double)m);
    uf_drawing_number(drawing, "n_reasons", (double)map->reasons.count);
    uf_drawing_number(drawing, "printed", map->printed);
    uf_drawing_number(drawing, "diverging", !isnan(request->reference));
    double class_count[UF_CLASSES] = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            int class = uf_class_of(&map->classes, heat_value_of(map, i, j));
            if (class > 0) class_count[class - 1]++;
        }
    uf_drawing_numbers(drawing, "class_count", class_count, UF_CLASSES);
    char *below[] = {heat_open_words(drawing, map), heat_empty_words(drawing, map)};
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        if (below[i])
            bottom = uf_drawing_paragraph(drawing, UF_PAD, bottom + 14, drawing->width - 2 * UF_PAD,
                                          UF_LOOK_MISSING, 11, 14, below[i]) -
                     6;
        free(below[i]);
    }
    uf_drawing_foot(drawing, bottom + 4);
    return UF_OK;
}

uf_status uf_heat_map_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct heat_map map = {0};
    uf_text_list_init(&map.rows);
    uf_text_list_init(&map.columns);
    uf_text_list_init(&map.reasons);
    uf_text_list_init(&map.empty);
    uf_text_list_init(&map.empty_reasons);
    uf_status status = heat_read(drawing, &map, error);
    if (status == UF_OK) heat_write_data(drawing, &map);
    if (status == UF_OK) status = place(drawing, &map, error);
    if (status == UF_OK) status = heat_say(drawing, &map, error);
    heat_clear(&map);
    return status;
}

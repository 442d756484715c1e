// SPDX-License-Identifier: GPL-3.0-or-later
/* Rows by columns, each cell coloured by the class of its value, ordered so that patterns show; the values are
 * printed where they fit, missing cells hatched. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/measure.h"
#include "chart/reasons.h"
#include "chart/seriation.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum {
    MOST_LINES = 60, /* rows, and columns */
    VALUE_SIZE = 10,
    HEAD_SIZE = 11,
    HEAD_LINE = 13,
    HEAD_LONGEST = 150, /* of a turned heading */
    NARROWEST_HEAD = 14,
    ROW_WITH_VALUE = 19,
    ROW = 15,
    NAMED_IN_ALT = 3,
    WIDEST_CM = 24
};

struct heat_map {
    const struct uf_table *table;
    size_t label, group, value, code;
    struct uf_text_list rows, columns;
    bool *focus;  /* of a row */
    size_t *cell; /* row of the table, SIZE_MAX: none; by row and column in order of appearance */
    size_t *row_order, *column_order;
    int decimals;
    struct uf_classes classes;
    struct uf_text_list reasons;
    bool printed; /* the values fit into the cells */
};

static size_t cell_of(const struct heat_map *map, size_t row, size_t column)
{
    return map->cell[row * map->columns.count + column];
}

static double value_of(const struct heat_map *map, size_t row, size_t column)
{
    size_t at = cell_of(map, row, column);
    double value = at == SIZE_MAX ? NAN : uf_table_number(map->table, at, map->value);
    return isfinite(value) ? value : NAN;
}

static const char *reason_of(const struct uf_drawing *drawing, const struct heat_map *map, size_t row,
                             size_t column)
{
    size_t at = cell_of(map, row, column);
    return at == SIZE_MAX
               ? uf_reason_absent(drawing->language)
               : uf_reason_words(uf_table_value_status(map->table, at, map->value), drawing->language);
}

static uf_status find_columns(const struct uf_chart_request *request, struct heat_map *map,
                              struct uf_error *error)
{
    const char *kind = "heat-map";
    map->table = request->table;
    UF_TRY(uf_column_need(map->table, kind, request->label, "label", &map->label, error));
    UF_TRY(uf_column_need(map->table, kind, request->group, "group", &map->group, error));
    UF_TRY(uf_column_need(map->table, kind, request->value, "value", &map->value, error));
    return uf_column_maybe(map->table, kind, request->code, "code", &map->code, error);
}

static uf_status index_of(const struct heat_map *map, struct uf_text_list *list, const char *text,
                          const char *what, size_t *out, struct uf_error *error)
{
    *out = uf_text_list_find(list, text);
    if (*out != SIZE_MAX) return UF_OK;
    if (list->count == MOST_LINES)
        return uf_fail(
            error, UF_BAD_INPUT,
            "the chart 'heat-map' shows at most %d %s; the table '%s' has more: choose some of them, or a "
            "coarser level",
            MOST_LINES, what, uf_table_name(map->table));
    *out = list->count;
    return uf_text_list_add(list, text, error);
}

static uf_status read_cells(const struct uf_chart_request *request, struct heat_map *map,
                            struct uf_error *error)
{
    const struct uf_table *table = map->table;
    size_t n = uf_table_rows(table);
    char label_text[64], group_text[64], code_text[64];
    for (size_t i = 0; i < n; i++) {
        size_t ignored;
        UF_TRY(index_of(map, &map->rows, uf_column_label(table, i, map->label, label_text), "rows", &ignored,
                        error));
        UF_TRY(index_of(map, &map->columns, uf_column_label(table, i, map->group, group_text), "columns",
                        &ignored, error));
    }
    size_t n_cells = map->rows.count * map->columns.count;
    map->cell = malloc((n_cells + 1) * sizeof *map->cell);
    map->focus = calloc(map->rows.count + 1, sizeof *map->focus);
    if (!map->cell || !map->focus) return uf_fail_memory(error);
    for (size_t i = 0; i < n_cells; i++) map->cell[i] = SIZE_MAX;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        const char *label = uf_column_label(table, i, map->label, label_text);
        size_t row = uf_text_list_find(&map->rows, label);
        size_t column = uf_text_list_find(&map->columns, uf_column_label(table, i, map->group, group_text));
        size_t *cell = &map->cell[row * map->columns.count + column];
        if (*cell != SIZE_MAX)
            return uf_fail(
                error, UF_BAD_INPUT,
                "the chart 'heat-map' wants one row per cell; the table '%s' has several for '%s' and '%s'",
                uf_table_name(table), label, map->columns.items[column]);
        *cell = i;
        map->focus[row] |=
            uf_focus_of(request, label, uf_column_label(table, i, map->code, code_text)) != SIZE_MAX;
        any |= isfinite(uf_table_number(table, i, map->value));
    }
    return any ? UF_OK : uf_no_value(request, error);
}

/* --- order and classes -------------------------------------------------------------------------- */

static uf_status order_lines(const struct uf_chart_request *request, struct heat_map *map,
                             struct uf_error *error)
{
    const char *order = request->order ? request->order : "value";
    bool by_value = strcmp(order, "value") == 0, alike = strcmp(order, "similarity") == 0;
    if (!by_value && !alike && strcmp(order, "given") != 0)
        return uf_fail(error, UF_BAD_USAGE, "found the order '%s', expected value, similarity or given",
                       order);
    size_t n = map->rows.count, m = map->columns.count;
    double *values = calloc(2 * n * m + 1, sizeof *values);
    map->row_order = calloc(n + 1, sizeof *map->row_order);
    map->column_order = calloc(m + 1, sizeof *map->column_order);
    if (!values || !map->row_order || !map->column_order) {
        free(values);
        return uf_fail_memory(error);
    }
    double *turned = values + n * m;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) values[i * m + j] = turned[j * n + i] = value_of(map, i, j);
    for (size_t i = 0; i < n; i++) map->row_order[i] = i;
    for (size_t j = 0; j < m; j++) map->column_order[j] = j;
    uf_status status = UF_OK;
    if (by_value) status = uf_seriation_by_mean(values, n, m, map->row_order, error);
    if (alike) status = uf_seriation_order(values, n, m, map->row_order, error);
    if (status == UF_OK && by_value) status = uf_seriation_by_mean(turned, m, n, map->column_order, error);
    if (status == UF_OK && alike) status = uf_seriation_order(turned, m, n, map->column_order, error);
    free(values);
    return status;
}

static uf_status classify(const struct uf_chart_request *request, struct heat_map *map,
                          struct uf_error *error)
{
    size_t n = map->rows.count, m = map->columns.count;
    map->decimals = uf_table_column_decimals(map->table, map->value);
    if (map->decimals < 0) map->decimals = 1;
    double *values = malloc((n * m + 1) * sizeof *values);
    if (!values) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) values[i * m + j] = value_of(map, i, j);
    map->classes = uf_classes_of(values, n * m, request->reference, map->decimals);
    for (int k = 0; request->class_limits && k < UF_CLASSES - 1; k++)
        map->classes.limits[k] = request->class_limits[k];
    free(values);
    return UF_OK;
}

/* --- places ------------------------------------------------------------------------------------- */

struct grid {
    double left, top, cell_width, cell_height, head_height;
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
            uf_number_format(value_of(map, i, j), map->decimals, drawing->language, number);
            widest = fmax(widest, uf_measure_text(number, VALUE_SIZE, false));
        }
    return widest;
}

/* Turned headings are as long as their longest word, within reason: words are not broken for a few points. */
static double longest_head(const struct heat_map *map)
{
    double longest = HEAD_LONGEST;
    for (size_t j = 0; j < map->columns.count; j++)
        for (const char *at = map->columns.items[j]; *at;) {
            char word[128];
            size_t length = strcspn(at, " -/"), kept = length < sizeof word ? length : sizeof word - 1;
            memcpy(word, at, kept);
            word[kept] = '\0';
            longest = fmax(longest, uf_measure_text(word, HEAD_SIZE, false) + 1);
            at += length + (at[length] != '\0');
        }
    return fmin(longest, 1.5 * HEAD_LONGEST);
}

/* Headings stand upright where all fit so, else they are turned; both may take several lines. `write` false:
 * only their height. */
static uf_status place_heads(struct uf_drawing *drawing, const struct heat_map *map, struct grid *grid,
                             bool upright, bool write, struct uf_error *error)
{
    double most = upright ? grid->cell_width - 4 : longest_head(map), tallest = 0;
    size_t fitting = upright ? 3 : (size_t)fmax(1, floor((grid->cell_width - 1) / HEAD_LINE));
    struct uf_text_list words;
    uf_text_list_init(&words);
    size_t m = map->columns.count;
    double *places = calloc(6 * m + 1, sizeof *places), *ys = places + 3 * m;
    uf_status status = places ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; status == UF_OK && j < m; j++) {
        const char *text = map->columns.items[map->column_order[j]];
        struct uf_text_list lines;
        uf_text_list_init(&lines);
        status = uf_measure_wrap(text, HEAD_SIZE, false, most, &lines, error);
        size_t count = lines.count < fitting ? lines.count : fitting;
        if (count > 3) count = 3;
        double middle = grid->left + ((double)j + 0.5) * grid->cell_width;
        for (size_t k = 0; status == UF_OK && k < count; k++) {
            struct uf_buffer line;
            uf_buffer_init(&line);
            uf_buffer_append(&line, lines.items[k]);
            if (k + 1 == count && lines.count > count) uf_buffer_append(&line, "\u2026");
            tallest = fmax(tallest, upright ? HEAD_LINE * (double)count
                                            : uf_measure_text(line.data ? line.data : "", HEAD_SIZE, false));
            double shift = HEAD_LINE * ((double)k - ((double)count - 1) / 2);
            places[words.count] = upright ? middle : middle + shift;
            ys[words.count] =
                upright ? grid->top - 6 - HEAD_LINE * ((double)(count - k) - 0.5) : grid->top - 6;
            status = line.failed ? uf_fail_memory(error)
                                 : uf_text_list_add(&words, line.data ? line.data : "", error);
            uf_buffer_clear(&line);
        }
        uf_text_list_clear(&lines);
    }
    grid->head_height = tallest + 8;
    if (status == UF_OK && write) {
        uf_drawing_numbers(drawing, "head_x", places, words.count);
        uf_drawing_numbers(drawing, "head_y", ys, words.count);
        uf_drawing_strings(drawing, "head", (const char *const *)words.items, words.count);
        uf_drawing_number(drawing, "head_turned", !upright);
    }
    free(places);
    uf_text_list_clear(&words);
    return status;
}

static bool heads_fit_upright(const struct heat_map *map, double cell_width)
{
    for (size_t j = 0; j < map->columns.count; j++) {
        struct uf_text_list lines;
        uf_text_list_init(&lines);
        bool fits =
            uf_measure_wrap(map->columns.items[j], HEAD_SIZE, false, cell_width - 4, &lines, NULL) == UF_OK &&
            lines.count <= 3;
        /* a word broken in the middle does not fit */
        for (size_t k = 0; fits && k + 1 < lines.count; k++) {
            const char *line = lines.items[k], *found = strstr(map->columns.items[j], line);
            const char *next = found ? found + strlen(line) : "";
            char last = *line ? line[strlen(line) - 1] : ' ';
            fits = found != NULL; /* a hyphen that the text lacks was put where it breaks */
            fits = fits && (*next == ' ' || *next == '\0' || last == '-' || last == '/');
        }
        uf_text_list_clear(&lines);
        if (!fits) return false;
    }
    return true;
}

static void place_rows(struct uf_drawing *drawing, const struct heat_map *map, const struct grid *grid)
{
    for (size_t i = 0; i < map->rows.count; i++) {
        size_t row = map->row_order[i];
        uf_drawing_fitted(drawing, grid->left - 8, grid->top + ((double)i + 0.5) * grid->cell_height,
                          UF_ALIGN_RIGHT, map->focus[row] ? UF_LOOK_LABEL_FOCUS : UF_LOOK_LABEL, UF_BODY_SIZE,
                          grid->left - 8 - UF_PAD, map->rows.items[row]);
    }
}

static void write_data(struct uf_drawing *drawing, struct heat_map *map)
{
    uf_buffer_append(&drawing->csv, "row,col,value,class,reason,status,row_label,col_label\n");
    for (size_t i = 0; i < map->rows.count; i++)
        for (size_t j = 0; j < map->columns.count; j++) {
            size_t row = map->row_order[i], column = map->column_order[j], at = cell_of(map, row, column);
            double value = value_of(map, row, column);
            char text[UF_VALUE_STATUS_SIZE];
            int class = uf_class_of(&map->classes, value);
            uf_csv_number(drawing, (double)(i + 1), ',');
            uf_csv_number(drawing, (double)(j + 1), ',');
            uf_csv_number(drawing, value, ',');
            uf_csv_number(drawing, class, ',');
            uf_csv_number(
                drawing,
                class ? 0 : uf_reason_number(drawing, &map->reasons, reason_of(drawing, map, row, column)),
                ',');
            uf_csv_text(drawing,
                        at == SIZE_MAX
                            ? "not in the table"
                            : uf_value_status_print(uf_table_value_status(map->table, at, map->value), text),
                        ',');
            uf_csv_text(drawing, map->rows.items[row], ',');
            uf_csv_text(drawing, map->columns.items[column], '\n');
        }
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
        double value = value_of(map, map->row_order[row], map->column_order[column]);
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
    struct grid grid = {.left = UF_PAD + widest_row_label(map, 0.3 * drawing->width) + 8};
    double right = drawing->width - UF_PAD, value_width = widest_value(drawing, map) + 6;
    grid.cell_width = fmin((right - grid.left) / (double)m, 84);
    right = grid.left + grid.cell_width * (double)m;
    map->printed = value_width <= grid.cell_width;
    grid.cell_height = map->printed ? ROW_WITH_VALUE : ROW;
    if (request->height_cm > 0)
        grid.cell_height = fmax(uf_drawing_plot_height(drawing, top + HEAD_LONGEST, 8, 0) / (double)n, ROW);
    bool upright = heads_fit_upright(map, grid.cell_width);
    UF_TRY(place_heads(drawing, map, &grid, upright, false, error));
    grid.top = top + grid.head_height;
    UF_TRY(place_heads(drawing, map, &grid, upright, true, error));
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
            int class = uf_class_of(&map->classes, value_of(map, i, j));
            if (class > 0) class_count[class - 1]++;
        }
    uf_drawing_numbers(drawing, "class_count", class_count, UF_CLASSES);
    uf_drawing_foot(drawing, bottom + 4);
    return UF_OK;
}

/* --- words -------------------------------------------------------------------------------------- */

struct named {
    size_t row, column;
    double value;
};

static int by_value(const void *a, const void *b)
{
    const struct named *p = a, *q = b;
    if (p->value != q->value) return p->value > q->value ? -1 : 1;
    if (p->row != q->row) return p->row < q->row ? -1 : 1;
    return p->column < q->column ? -1 : 1;
}

static uf_status say_cells(struct uf_drawing *drawing, const struct heat_map *map, struct uf_words words,
                           const struct named *cells, size_t n, struct uf_error *error)
{
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t i = 0; i < n; i++) {
        char number[UF_NUMBER_SIZE];
        if (i) uf_buffer_append(&list, "; ");
        uf_buffer_append(&list, map->rows.items[cells[i].row]);
        uf_buffer_append(&list, ", ");
        uf_buffer_append(&list, map->columns.items[cells[i].column]);
        uf_buffer_append(&list, " ");
        uf_buffer_append(&list, uf_number_format(cells[i].value, map->decimals, drawing->language, number));
    }
    const struct uf_argument argument = uf_text_argument(list.data);
    uf_status status =
        list.failed ? uf_fail_memory(error) : uf_drawing_say(drawing, words, &argument, 1, error);
    uf_buffer_clear(&list);
    return status;
}

static uf_status say_counts(struct uf_drawing *drawing, const struct heat_map *map, const struct named *cells,
                            size_t n_values, struct uf_error *error)
{
    size_t n_cells = map->rows.count * map->columns.count, above = 0;
    const struct uf_argument sizes[4] = {uf_count_argument(map->rows.count),
                                         uf_count_argument(map->columns.count), uf_count_argument(n_values),
                                         uf_count_argument(n_cells)};
    UF_TRY(uf_drawing_say(drawing,
                          (struct uf_words){"{0} rows and {1} columns; {2} of {3} cells have a value.",
                                            "{0} rader och {1} kolumner; {2} av {3} celler har ett värde."},
                          sizes, 4, error));
    for (size_t i = 0; i < n_values; i++) above += cells[i].value > drawing->request->reference;
    if (isnan(drawing->request->reference)) return UF_OK;
    const struct uf_argument counts[3] = {uf_count_argument(above), uf_count_argument(n_values),
                                          uf_number_argument(drawing->request->reference, -1)};
    return uf_drawing_say(drawing,
                          (struct uf_words){"{0} of {1} are above {2}.", "{0} av {1} ligger över {2}."},
                          counts, 3, error);
}

static uf_status say_reasons(struct uf_drawing *drawing, const struct heat_map *map, struct uf_error *error)
{
    for (size_t k = 0; k < map->reasons.count; k++) {
        size_t n = 0;
        for (size_t i = 0; i < map->rows.count; i++)
            for (size_t j = 0; j < map->columns.count; j++)
                n += isnan(value_of(map, i, j)) &&
                     uf_text_equal(reason_of(drawing, map, i, j), map->reasons.items[k]);
        const struct uf_argument arguments[2] = {uf_text_argument(map->reasons.items[k]),
                                                 uf_count_argument(n)};
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"Cells {0}: {1}.", "Celler {0}: {1}."}, arguments, 2,
                              error));
    }
    return UF_OK;
}

static uf_status say(struct uf_drawing *drawing, const struct heat_map *map, struct uf_error *error)
{
    size_t n = 0, n_cells = map->rows.count * map->columns.count;
    struct named *cells = calloc(n_cells + 1, sizeof *cells), *row = NULL;
    if (!cells) return uf_fail_memory(error);
    for (size_t i = 0; i < map->rows.count; i++)
        for (size_t j = 0; j < map->columns.count; j++)
            if (!isnan(value_of(map, i, j))) cells[n++] = (struct named){i, j, value_of(map, i, j)};
    qsort(cells, n, sizeof *cells, by_value);
    size_t named = n < NAMED_IN_ALT ? n : NAMED_IN_ALT;
    uf_status status = uf_drawing_say_kind(drawing, (struct uf_words){"Heat map", "Värmekarta"}, error);
    if (status == UF_OK) status = say_counts(drawing, map, cells, n, error);
    if (status == UF_OK)
        status =
            say_cells(drawing, map, (struct uf_words){"Highest: {0}.", "Högst: {0}."}, cells, named, error);
    if (status == UF_OK && n > (size_t)2 * NAMED_IN_ALT)
        status = say_cells(drawing, map, (struct uf_words){"Lowest: {0}.", "Lägst: {0}."}, cells + n - 1, 1,
                           error);
    /* the highest of each row in focus */
    for (size_t i = 0; status == UF_OK && i < map->rows.count; i++) {
        if (!map->focus[i]) continue;
        row = NULL;
        for (size_t k = 0; k < n && !row; k++)
            if (cells[k].row == i) row = &cells[k];
        if (row && row >= cells + named)
            status =
                say_cells(drawing, map, (struct uf_words){"Marked, highest: {0}.", "Markerad, högst: {0}."},
                          row, 1, error);
    }
    free(cells);
    return status == UF_OK ? say_reasons(drawing, map, error) : status;
}

uf_status uf_heat_map_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct heat_map map = {0};
    uf_text_list_init(&map.rows);
    uf_text_list_init(&map.columns);
    uf_text_list_init(&map.reasons);
    uf_status status;
    UF_TRY_GOTO(find_columns(drawing->request, &map, error), done);
    UF_TRY_GOTO(read_cells(drawing->request, &map, error), done);
    UF_TRY_GOTO(order_lines(drawing->request, &map, error), done);
    UF_TRY_GOTO(classify(drawing->request, &map, error), done);
    write_data(drawing, &map);
    UF_TRY_GOTO(place(drawing, &map, error), done);
    status = say(drawing, &map, error);
done:
    uf_text_list_clear(&map.rows);
    uf_text_list_clear(&map.columns);
    uf_text_list_clear(&map.reasons);
    free(map.focus);
    free(map.cell);
    free(map.row_order);
    free(map.column_order);
    return status;
}

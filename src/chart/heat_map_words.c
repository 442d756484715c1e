// SPDX-License-Identifier: GPL-3.0-or-later
/* A heat map as data and in words. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/heat_map.h"
#include "chart/reasons.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum { NAMED_IN_ALT = 3 };

void heat_write_data(struct uf_drawing *drawing, struct heat_map *map)
{
    uf_buffer_append(&drawing->csv, "row,col,value,class,open,reason,status,row_label,col_label\n");
    for (size_t i = 0; i < map->rows.count; i++)
        for (size_t j = 0; j < map->columns.count; j++) {
            size_t row = map->row_order[i], column = map->column_order[j],
                   at = heat_cell_of(map, row, column);
            double value = heat_value_of(map, row, column);
            char text[UF_VALUE_STATUS_SIZE];
            int class = uf_class_of(&map->classes, value);
            uf_csv_number(drawing, (double)(i + 1), ',');
            uf_csv_number(drawing, (double)(j + 1), ',');
            uf_csv_number(drawing, value, ',');
            uf_csv_number(drawing, class, ',');
            uf_csv_number(drawing, heat_is_open(map, row, column) ? class : 0, ',');
            uf_csv_number(
                drawing,
                class || heat_is_self(map, row, column)
                    ? 0
                    : uf_reason_number(drawing, &map->reasons, heat_reason_of(drawing, map, row, column)),
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

char *heat_open_words(const struct uf_drawing *drawing, const struct heat_map *map)
{
    static const struct uf_words words = {
        "Dot in the corner ({0} of {1} cells): the span that the figures leave "
        "open reaches another class.",
        "Punkt i hörnet ({0} av {1} celler): det spann som uppgifterna lämnar "
        "öppet når en annan klass."};
    const struct uf_argument arguments[] = {uf_count_argument(heat_count_open(map)),
                                            uf_count_argument(map->rows.count * map->columns.count)};
    char *text = NULL;
    if (arguments[0].number > 0 && uf_phrase(drawing->language, words, arguments, 2, &text, NULL) != UF_OK)
        return NULL;
    return text;
}

char *heat_empty_words(const struct uf_drawing *drawing, const struct heat_map *map)
{
    const struct uf_words not_shown = {"Not shown ({0}): ", "Visas inte ({0}): "};
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (size_t i = 0; i < map->empty.count; i++) {
        const char *reason = map->empty_reasons.items[i];
        if (uf_text_list_find(&map->empty_reasons, reason) != i) continue; /* told with the first of it */
        char *words = NULL;
        const struct uf_argument argument = uf_text_argument(reason);
        if (uf_phrase(drawing->language, not_shown, &argument, 1, &words, NULL) != UF_OK) text.failed = true;
        if (text.length) uf_buffer_append_char(&text, ' ');
        uf_buffer_append(&text, words ? words : "");
        free(words);
        for (size_t k = i; k < map->empty.count; k++) {
            if (strcmp(map->empty_reasons.items[k], reason) != 0) continue;
            if (k > i) uf_buffer_append(&text, "; ");
            uf_buffer_append(&text, map->empty.items[k]);
        }
        uf_buffer_append_char(&text, '.');
    }
    if (map->empty.count == 0) {
        uf_buffer_clear(&text);
        return NULL;
    }
    return uf_buffer_take(&text);
}

static uf_status say_reasons(struct uf_drawing *drawing, const struct heat_map *map, struct uf_error *error)
{
    for (size_t k = 0; k < map->reasons.count; k++) {
        size_t n = 0;
        for (size_t i = 0; i < map->rows.count; i++)
            for (size_t j = 0; j < map->columns.count; j++)
                n += isnan(heat_value_of(map, i, j)) && !heat_is_self(map, i, j) &&
                     uf_text_equal(heat_reason_of(drawing, map, i, j), map->reasons.items[k]);
        const struct uf_argument arguments[2] = {uf_text_argument(map->reasons.items[k]),
                                                 uf_count_argument(n)};
        UF_TRY(uf_drawing_say(drawing, (struct uf_words){"Cells {0}: {1}.", "Celler {0}: {1}."}, arguments, 2,
                              error));
    }
    return UF_OK;
}

uf_status heat_say(struct uf_drawing *drawing, const struct heat_map *map, struct uf_error *error)
{
    size_t n = 0, n_cells = map->rows.count * map->columns.count;
    struct named *cells = calloc(n_cells + 1, sizeof *cells), *row = NULL;
    if (!cells) return uf_fail_memory(error);
    for (size_t i = 0; i < map->rows.count; i++)
        for (size_t j = 0; j < map->columns.count; j++)
            if (!isnan(heat_value_of(map, i, j))) cells[n++] = (struct named){i, j, heat_value_of(map, i, j)};
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
    char *open = status == UF_OK ? heat_open_words(drawing, map) : NULL;
    const struct uf_argument told = uf_text_argument(open);
    if (open) status = uf_drawing_say(drawing, (struct uf_words){"{0}", "{0}"}, &told, 1, error);
    free(open);
    if (status == UF_OK) status = say_reasons(drawing, map, error);
    char *empty = status == UF_OK ? heat_empty_words(drawing, map) : NULL;
    const struct uf_argument argument = uf_text_argument(empty);
    if (empty) status = uf_drawing_say(drawing, (struct uf_words){"{0}", "{0}"}, &argument, 1, error);
    free(empty);
    return status;
}

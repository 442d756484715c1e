// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/cells.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/selection.h"

/* Between sector and breakdown in the text of a series; no code has it. */
enum { BETWEEN = '\t' };

void uf_cells_init(struct uf_cells *cells)
{
    *cells = (struct uf_cells){0};
    uf_text_list_init(&cells->codes);
}

void uf_cells_clear(struct uf_cells *cells)
{
    free(cells->items);
    uf_text_list_clear(&cells->codes);
    uf_cells_init(cells);
}

/* Cells come region by region, so the code is mostly the last one. */
static const char *keep_code(struct uf_cells *cells, const char *code, struct uf_error *error)
{
    struct uf_text_list *codes = &cells->codes;
    if (codes->count && !strcmp(codes->items[codes->count - 1], code)) return codes->items[codes->count - 1];
    size_t at = uf_text_list_find(codes, code);
    if (at != SIZE_MAX) return codes->items[at];
    if (uf_text_list_add(codes, code, error) != UF_OK) return NULL;
    return codes->items[codes->count - 1];
}

uf_status uf_cells_add(struct uf_cells *cells, const struct uf_cell *cell, struct uf_error *error)
{
    if (cells->count == cells->capacity) {
        size_t capacity = cells->capacity ? 2 * cells->capacity : 64;
        struct uf_cell *items = realloc(cells->items, capacity * sizeof *items);
        if (!items) return uf_fail_memory(error);
        cells->items = items;
        cells->capacity = capacity;
    }
    const char *code = keep_code(cells, cell->region, error);
    if (!code) return UF_NO_MEMORY;
    cells->items[cells->count] = *cell;
    cells->items[cells->count++].region = code;
    return UF_OK;
}

static int by_key(const void *a, const void *b)
{
    const struct uf_cell *left = a, *right = b;
    int order = strcmp(left->region, right->region);
    if (order) return order;
    if (left->series != right->series) return left->series < right->series ? -1 : 1;
    return (left->period > right->period) - (left->period < right->period);
}

void uf_cells_sort(struct uf_cells *cells)
{
    if (cells->count) qsort(cells->items, cells->count, sizeof *cells->items, by_key);
}

const struct uf_cell *uf_cells_find(const struct uf_cells *cells, const char *region, size_t series,
                                    uf_period period)
{
    const struct uf_cell key = {.region = region, .series = series, .period = period};
    return cells->count ? bsearch(&key, cells->items, cells->count, sizeof key, by_key) : NULL;
}

/* --- series ------------------------------------------------------------------------------------ */

/* Series come in the same order region after region: the next one is looked at first. */
static uf_status number_series(struct uf_text_list *series, const char *sector, const char *breakdown,
                               size_t *hint, struct uf_error *error)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_buffer_append(&text, sector);
    uf_buffer_append_char(&text, BETWEEN);
    uf_buffer_append(&text, breakdown);
    if (text.failed) {
        uf_buffer_clear(&text);
        return uf_fail_memory(error);
    }
    uf_status status = UF_OK;
    size_t found = SIZE_MAX;
    for (size_t k = *hint; k < *hint + 2 && found == SIZE_MAX; k++)
        if (k < series->count && !strcmp(series->items[k], text.data)) found = k;
    if (found == SIZE_MAX) found = uf_text_list_find(series, text.data);
    if (found == SIZE_MAX) {
        found = series->count;
        status = uf_text_list_add(series, text.data, error);
    }
    if (status == UF_OK) *hint = found;
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_series_split(const struct uf_text_list *series, size_t index, char **out_sector,
                          char **out_breakdown, struct uf_error *error)
{
    const char *text = series->items[index], *between = strchr(text, BETWEEN);
    char *sector = uf_text_copy(text), *breakdown = uf_text_copy(between ? between + 1 : "");
    if (!sector || !breakdown) {
        free(sector);
        free(breakdown);
        return uf_fail_memory(error);
    }
    if (between) sector[between - text] = '\0';
    *out_sector = sector;
    *out_breakdown = breakdown;
    return UF_OK;
}

/* --- the store --------------------------------------------------------------------------------- */

static const char READ[] =
    "SELECT r.code AS region, s.code AS sector, b.code AS breakdown, o.period, o.value, o.status"
    " FROM observation o JOIN region r USING (region_id) JOIN sector s USING (sector_id)"
    " JOIN breakdown b USING (breakdown_id)"
    " WHERE o.indicator_id = (SELECT indicator_id FROM indicator WHERE code = ?1)"
    " AND (?2 IS NULL OR r.level = ?2) ORDER BY r.code, s.code, b.code, o.period";

uf_status uf_cells_read(struct uf_store *store, const char *indicator, const char *level_asked,
                        struct uf_text_list *series, struct uf_cells *out, struct uf_error *error)
{
    const char *level = NULL;
    if (level_asked) UF_TRY(level_canonical(level_asked, &level, error));
    UF_TRY(check_code(store, "indicator", "indicator", indicator, NULL, 0, 0, error));
    const char *const parameters[] = {indicator, level};
    struct uf_table *rows = NULL;
    UF_TRY(uf_store_query(store, READ, parameters, 2, &rows, error));
    struct uf_cells cells;
    uf_cells_init(&cells);
    uf_status status = UF_OK;
    size_t number = 0;
    for (size_t i = 0; i < uf_table_rows(rows) && status == UF_OK; i++) {
        struct uf_cell cell = {.region = uf_table_text(rows, i, 0),
                               .period = (uf_period)uf_table_number(rows, i, 3),
                               .value = uf_table_number(rows, i, 4),
                               .status = (uf_value_status)uf_table_number(rows, i, 5),
                               .weight = NAN};
        status = number_series(series, uf_table_text(rows, i, 1), uf_table_text(rows, i, 2), &number, error);
        cell.series = number;
        if (status == UF_OK) status = uf_cells_add(&cells, &cell, error);
    }
    uf_table_free(rows);
    if (status != UF_OK) {
        uf_cells_clear(&cells);
        return status;
    }
    uf_cells_sort(&cells);
    *out = cells;
    return UF_OK;
}

uf_status uf_cells_weigh(struct uf_cells *cells, const struct uf_cells *weights,
                         const struct uf_text_list *series, struct uf_error *error)
{
    const char none[] = {BETWEEN, '\0'};
    const size_t plain = uf_text_list_find(series, none);
    for (size_t i = 0; i < cells->count; i++) {
        struct uf_cell *cell = &cells->items[i];
        const struct uf_cell *weight = uf_cells_find(weights, cell->region, cell->series, cell->period);
        if (!weight && plain != SIZE_MAX) weight = uf_cells_find(weights, cell->region, plain, cell->period);
        if (weight && weight->value < 0) {
            char period[UF_PERIOD_SIZE];
            return uf_fail(
                error, UF_BAD_INPUT,
                "the weight of region '%s' in %s is %g; a weight or denominator cannot be negative",
                cell->region, uf_period_print(cell->period, period), weight->value);
        }
        cell->weight = weight ? weight->value : NAN;
    }
    return UF_OK;
}

uf_status uf_cells_write(struct uf_store *store, const char *indicator, const char *made, const char *how,
                         const struct uf_text_list *series, const struct uf_cells *cells,
                         struct uf_error *error)
{
    int64_t batch = 0;
    char *sector = NULL, *breakdown = NULL;
    size_t last = SIZE_MAX;
    UF_TRY(uf_store_batch_begin(store, made, how, "", &batch, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < cells->count && status == UF_OK; i++) {
        const struct uf_cell *cell = &cells->items[i];
        if (cell->series != last) {
            free(sector);
            free(breakdown);
            sector = breakdown = NULL;
            UF_TRY(uf_series_split(series, cell->series, &sector, &breakdown, error));
            last = cell->series;
        }
        const struct uf_observation observation = {indicator,    cell->region, sector,      breakdown,
                                                   cell->period, cell->value,  cell->status};
        status = uf_store_put_observation(store, batch, &observation, NULL, error);
    }
    free(sector);
    free(breakdown);
    return status;
}

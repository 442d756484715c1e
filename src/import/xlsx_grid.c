// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/xlsx_grid.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"

struct reading {
    const struct uf_book *book;
    const struct uf_grid_area *area;
    struct uf_grid *grid;
    uint32_t row, column; /* of the current or last cell */
    bool in_cell, in_value, in_phonetic;
    bool has_formula, has_value; /* of the cell */
    char type[12];               /* of the cell: n s str inlineStr b e d */
    uint16_t style;
    struct uf_buffer value;
    size_t capacity;
    const char *file;
};

void uf_grid_clear(struct uf_grid *grid)
{
    free(grid->cells);
    free(grid->merged);
    uf_buffer_clear(&grid->texts);
    memset(grid, 0, sizeof *grid);
}

/* --- places ------------------------------------------------------------------------------------ */

static bool parse_place(const char **text, uint32_t *out_row, uint32_t *out_column)
{
    const char *p = *text;
    uint32_t row = 0, column = 0;
    p += *p == '$';
    for (; isalpha((unsigned char)*p) && column <= UF_GRID_MOST_COLUMNS; p++)
        column = column * 26 + (uint32_t)(toupper((unsigned char)*p) - 'A') + 1;
    p += *p == '$';
    for (; isdigit((unsigned char)*p) && row <= UF_GRID_MOST_ROWS; p++) row = row * 10 + (uint32_t)(*p - '0');
    if (row == 0 || column == 0 || row > UF_GRID_MOST_ROWS || column > UF_GRID_MOST_COLUMNS) return false;
    *text = p;
    *out_row = row;
    *out_column = column;
    return true;
}

bool uf_grid_area_parse(const char *text, struct uf_grid_area *out)
{
    struct uf_grid_area area;
    if (!parse_place(&text, &area.first_row, &area.first_column)) return false;
    area.last_row = area.first_row;
    area.last_column = area.first_column;
    if (*text == ':') {
        text++;
        if (!parse_place(&text, &area.last_row, &area.last_column)) return false;
    }
    if (*text || area.last_row < area.first_row || area.last_column < area.first_column) return false;
    *out = area;
    return true;
}

static bool inside(const struct uf_grid_area *area, uint32_t row, uint32_t column)
{
    return row >= area->first_row && row <= area->last_row && column >= area->first_column &&
           column <= area->last_column;
}

static int compare(const struct uf_grid_cell *a, uint32_t row, uint32_t column)
{
    return a->row != row ? (a->row < row ? -1 : 1) : a->column != column ? (a->column < column ? -1 : 1) : 0;
}

/* The first cell that is not before the place. */
static size_t lower_bound(const struct uf_grid *grid, size_t n, uint32_t row, uint32_t column)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&grid->cells[middle], row, column) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct uf_grid_cell *uf_grid_at(const struct uf_grid *grid, uint32_t row, uint32_t column)
{
    size_t i = lower_bound(grid, grid->n_cells, row, column);
    return i < grid->n_cells && compare(&grid->cells[i], row, column) == 0 ? &grid->cells[i] : NULL;
}

size_t uf_grid_row(const struct uf_grid *grid, uint32_t row)
{
    return lower_bound(grid, grid->n_cells, row, 0);
}

const char *uf_grid_text(const struct uf_book *book, const struct uf_grid *grid,
                         const struct uf_grid_cell *cell)
{
    return (cell->shared ? book->strings.data : grid->texts.data) + cell->text;
}

/* --- cells ------------------------------------------------------------------------------------- */

static uf_status add_cell(struct reading *reading, const struct uf_grid_cell *cell, struct uf_error *error)
{
    enum { MOST_CELLS = 1 << 25 };
    struct uf_grid *grid = reading->grid;
    if (grid->n_cells == MOST_CELLS)
        return uf_fail_at(error, UF_BAD_INPUT, reading->file, 0, 0,
                          "the sheet has more than %d cells; save it as CSV, or name a range: --range A1:F40",
                          MOST_CELLS);
    if (grid->n_cells == reading->capacity) {
        size_t capacity = reading->capacity ? reading->capacity * 2 : 256;
        struct uf_grid_cell *cells = realloc(grid->cells, capacity * sizeof *cells);
        if (!cells) return uf_fail_memory(error);
        grid->cells = cells;
        reading->capacity = capacity;
    }
    grid->cells[grid->n_cells++] = *cell;
    return UF_OK;
}

static uf_status place_row(struct uf_part *part, const char **attributes, struct uf_error *error)
{
    struct reading *reading = uf_part_user(part);
    const char *number = uf_attribute(attributes, "r");
    char *end = NULL;
    unsigned long row = number ? strtoul(number, &end, 10) : (unsigned long)reading->row + 1;
    if ((end && *end) || row <= reading->row || row > UF_GRID_MOST_ROWS)
        return uf_part_fail(part, error, "row '%.20s' follows row %lu", number ? number : "",
                            (unsigned long)reading->row);
    reading->row = (uint32_t)row;
    reading->column = 0;
    if (uf_attribute_is_true(attributes, "hidden")) reading->grid->n_hidden_rows++;
    return UF_OK;
}

static uf_status place_cell(struct uf_part *part, const char **attributes, struct uf_error *error)
{
    struct reading *reading = uf_part_user(part);
    const char *place = uf_attribute(attributes, "r"), *type = uf_attribute(attributes, "t"),
               *style = uf_attribute(attributes, "s");
    uint32_t row = reading->row, column = reading->column + 1;
    if (place) {
        const char *rest = place;
        if (!parse_place(&rest, &row, &column) || *rest)
            return uf_part_fail(part, error, "'%.20s' is no place of a cell", place);
    }
    if (row != reading->row || column <= reading->column || column > UF_GRID_MOST_COLUMNS)
        return uf_part_fail(part, error, "cell '%.20s' is out of order", place ? place : "");
    reading->column = column;
    if (!type) type = "n";
    if (strlen(type) >= sizeof reading->type)
        return uf_part_fail(part, error, "a cell has the unknown type '%.20s'", type);
    strcpy(reading->type, type);
    unsigned long number = style ? strtoul(style, NULL, 10) : 0;
    reading->style = number < UINT16_MAX ? (uint16_t)number : UINT16_MAX;
    reading->in_cell = true;
    reading->has_formula = reading->has_value = false;
    reading->value.length = 0;
    return UF_OK;
}

static uf_status add_text(struct reading *reading, struct uf_grid_cell *cell, struct uf_error *error)
{
    struct uf_grid *grid = reading->grid;
    cell->text = grid->texts.length;
    uf_buffer_append_bytes(&grid->texts, reading->value.data, reading->value.length);
    uf_buffer_append_char(&grid->texts, '\0');
    if (grid->texts.failed) return uf_fail_memory(error);
    uf_text_squeeze(grid->texts.data + cell->text);
    return grid->texts.data[cell->text] ? add_cell(reading, cell, error) : UF_OK;
}

/* Errors are also kept as texts, by programs and by hand. */
static bool is_error_name(const char *text)
{
    static const char *const NAMES[] = {"#N/A",   "#DIV/0!", "#VALUE!", "#REF!",
                                        "#NAME?", "#NUM!",   "#NULL!",  "#GETTING_DATA"};
    if (*text != '#') return false;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!strcmp(text, NAMES[i])) return true;
    return false;
}

/* At the end of a cell: what it holds. A formula that no program has computed is not an empty cell. */
static uf_status take_cell(struct uf_part *part, struct uf_error *error)
{
    struct reading *reading = uf_part_user(part);
    const struct uf_book *book = reading->book;
    reading->in_cell = false;
    bool uncomputed = reading->has_formula && !reading->has_value;
    if (uncomputed) {
        uf_buffer_append(&reading->value, "#GETTING_DATA");
        strcpy(reading->type, "e");
    }
    if (reading->value.length == 0 || !inside(reading->area, reading->row, reading->column)) return UF_OK;
    uf_buffer_append_bytes(&reading->value, "", 0);
    if (reading->value.failed) return uf_fail_memory(error);
    struct uf_grid_cell cell = {.row = reading->row, .column = reading->column, .style = reading->style};
    const char *value = reading->value.data;
    if (!strcmp(reading->type, "s")) {
        char *end;
        unsigned long index = strtoul(value, &end, 10);
        if (*end || index >= book->n_strings)
            return uf_part_fail(part, error, "a cell names the shared text '%.20s' of %zu", value,
                                book->n_strings);
        cell.shared = true;
        cell.text = book->string_starts[index];
        if (is_error_name(book->strings.data + cell.text)) cell.kind = UF_GRID_ERROR;
        return book->strings.data[cell.text] ? add_cell(reading, &cell, error) : UF_OK;
    }
    if (!strcmp(reading->type, "n")) {
        cell.kind = UF_GRID_NUMBER;
        if (!uf_number_parse(value, reading->value.length, '.', &cell.number))
            return uf_part_fail(part, error, "'%.40s' is no number", value);
        return add_cell(reading, &cell, error);
    }
    if (!strcmp(reading->type, "b")) {
        cell.kind = UF_GRID_TRUTH;
        cell.number = *value == '1';
        return add_cell(reading, &cell, error);
    }
    if (!strcmp(reading->type, "e") || is_error_name(value)) cell.kind = UF_GRID_ERROR;
    return add_text(reading, &cell, error); /* str, inlineStr, d */
}

/* --- the part ---------------------------------------------------------------------------------- */

static uf_status add_merged(struct uf_part *part, const char **attributes, struct uf_error *error)
{
    struct uf_grid *grid = ((struct reading *)uf_part_user(part))->grid;
    const char *text = uf_attribute(attributes, "ref");
    struct uf_grid_area area;
    if (!text || !uf_grid_area_parse(text, &area))
        return uf_part_fail(part, error, "'%.40s' is no area of merged cells", text ? text : "");
    struct uf_grid_area *merged = uf_grow_array(grid->merged, grid->n_merged, sizeof *merged);
    if (!merged) return uf_fail_memory(error);
    grid->merged = merged;
    merged[grid->n_merged++] = area;
    return UF_OK;
}

static uf_status on_start(struct uf_part *part, const char *name, const char **attributes,
                          struct uf_error *error)
{
    struct reading *reading = uf_part_user(part);
    if (!strcmp(name, "c")) return place_cell(part, attributes, error);
    if (!strcmp(name, "row")) return place_row(part, attributes, error);
    if (!strcmp(name, "v")) reading->in_value = reading->has_value = reading->in_cell;
    if (!strcmp(name, "f")) reading->has_formula = reading->in_cell;
    if (!strcmp(name, "rPh")) reading->in_phonetic = true;
    if (!strcmp(name, "t"))
        reading->in_value = reading->in_cell && !reading->in_phonetic && !strcmp(reading->type, "inlineStr");
    if (!strcmp(name, "col") && uf_attribute_is_true(attributes, "hidden")) reading->grid->n_hidden_columns++;
    return strcmp(name, "mergeCell") ? UF_OK : add_merged(part, attributes, error);
}

static uf_status on_end(struct uf_part *part, const char *name, struct uf_error *error)
{
    struct reading *reading = uf_part_user(part);
    if (!strcmp(name, "v") || !strcmp(name, "t")) reading->in_value = false;
    if (!strcmp(name, "rPh")) reading->in_phonetic = false;
    return strcmp(name, "c") ? UF_OK : take_cell(part, error);
}

static uf_status on_text(struct uf_part *part, const char *text, size_t length, struct uf_error *error)
{
    struct reading *reading = uf_part_user(part);
    (void)error;
    if (reading->in_value) uf_buffer_append_bytes(&reading->value, text, length);
    return UF_OK;
}

static int by_place(const void *a, const void *b)
{
    const struct uf_grid_cell *x = a, *y = b;
    int order = compare(x, y->row, y->column);
    return order ? order : (int)x->spread - (int)y->spread;
}

/* Fills merged areas, as far as the sheet has cells. */
static uf_status spread_merged(struct reading *reading, const char *file, struct uf_error *error)
{
    enum { MOST = 1 << 20 };
    struct uf_grid *grid = reading->grid;
    size_t n = grid->n_cells;
    for (size_t i = 0; i < grid->n_merged; i++) {
        struct uf_grid_area *area = &grid->merged[i];
        if (area->last_row > grid->last_row) area->last_row = grid->last_row;
        if (area->last_column > grid->last_column) area->last_column = grid->last_column;
        size_t first = lower_bound(grid, n, area->first_row, area->first_column);
        if (first == n || compare(&grid->cells[first], area->first_row, area->first_column) != 0) continue;
        struct uf_grid_cell cell = grid->cells[first];
        cell.spread = true;
        for (cell.row = area->first_row; cell.row <= area->last_row; cell.row++)
            for (cell.column = area->first_column; cell.column <= area->last_column; cell.column++) {
                if (grid->n_cells - n > MOST + n)
                    return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                                      "the sheet's merged cells cover more than %d places; name the table's "
                                      "range: --range A1:F40",
                                      MOST);
                UF_TRY(add_cell(reading, &cell, error));
            }
    }
    if (grid->n_cells == n) return UF_OK;
    qsort(grid->cells, grid->n_cells, sizeof *grid->cells, by_place);
    size_t kept = 0; /* of two at one place the first, which is not spread */
    for (size_t i = 0; i < grid->n_cells; i++)
        if (kept == 0 || compare(&grid->cells[kept - 1], grid->cells[i].row, grid->cells[i].column) != 0)
            grid->cells[kept++] = grid->cells[i];
    grid->n_cells = kept;
    return UF_OK;
}

uf_status uf_grid_read(const struct uf_book *book, const struct uf_sheet_entry *sheet,
                       const struct uf_grid_area *area, const char *file, struct uf_grid *out,
                       struct uf_error *error)
{
    static const struct uf_part_handlers HANDLERS = {.start = on_start, .end = on_end, .text = on_text};
    struct uf_grid grid = {0};
    struct reading reading = {.book = book, .area = area, .grid = &grid, .file = file};
    uf_status status = uf_archive_parse(book->archive, sheet->part, &HANDLERS, &reading, error);
    for (size_t i = 0; i < grid.n_cells; i++) {
        if (grid.cells[i].row > grid.last_row) grid.last_row = grid.cells[i].row;
        if (grid.cells[i].column > grid.last_column) grid.last_column = grid.cells[i].column;
    }
    if (status == UF_OK) status = spread_merged(&reading, file, error);
    uf_buffer_clear(&reading.value);
    if (status != UF_OK)
        uf_grid_clear(&grid);
    else
        *out = grid;
    return status;
}

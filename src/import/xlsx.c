// SPDX-License-Identifier: GPL-3.0-or-later
/* Excel workbooks (.xlsx): one sheet's table, read as the same table in CSV would be. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/xlsx_table.h"

struct state {
    struct uf_table_text table;
    char *sheet;
};

static const unsigned char OLE[8] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};

/* Also what is refused, so that the sentence says why. */
static int probe_bytes(const unsigned char *head, size_t length)
{
    if (length >= sizeof OLE && !memcmp(head, OLE, sizeof OLE)) return 50;
    return length >= 4 && !memcmp(head, "PK\x03\x04", 4) ? 50 : 0;
}

static uf_status refuse_old(struct uf_input *input, struct uf_error *error)
{
    unsigned char head[sizeof OLE];
    size_t n;
    UF_TRY(uf_input_bytes(input, 0, head, sizeof head, &n, error));
    if (n < sizeof OLE || memcmp(head, OLE, sizeof OLE) != 0) return UF_OK;
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(input), 0, 0,
        "this is an old workbook (.xls) or one that is protected by a password; save it as .xlsx "
        "without a password, or as CSV");
}

static uf_status fail_sheet(const struct uf_book *book, const char *wish, const char *file,
                            struct uf_error *error)
{
    struct uf_text_list names = {0};
    struct uf_buffer list = {0};
    uf_status status = UF_OK;
    for (size_t i = 0; i < book->n_sheets && status == UF_OK; i++) {
        status = uf_text_list_add(&names, book->sheets[i].name, error);
        if (i > 0) uf_buffer_append(&list, ", ");
        uf_buffer_append(&list, book->sheets[i].name);
    }
    const char *nearest = uf_text_nearest(wish, (const char *const *)names.items, names.count);
    if (status == UF_OK)
        status = nearest ? uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                                      "the workbook has no sheet '%s'; did you mean '%s'?", wish, nearest)
                         : uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                                      "the workbook has no sheet '%s'; it has %.600s", wish,
                                      list.data ? list.data : "none");
    uf_text_list_clear(&names);
    uf_buffer_clear(&list);
    return status;
}

/* By name, by name ignoring case, by number from 1. */
static uf_status find_sheet(const struct uf_book *book, const char *wish, const char *file,
                            const struct uf_sheet_entry **out, struct uf_error *error)
{
    char *end;
    unsigned long number = strtoul(wish, &end, 10);
    const struct uf_sheet_entry *found = NULL;
    if (*wish && !*end && number >= 1 && number <= book->n_sheets) found = &book->sheets[number - 1];
    for (size_t i = book->n_sheets; i-- > 0;)
        if (!strcasecmp(book->sheets[i].name, wish)) found = &book->sheets[i];
    for (size_t i = 0; i < book->n_sheets; i++)
        if (!strcmp(book->sheets[i].name, wish)) found = &book->sheets[i];
    if (!found) return fail_sheet(book, wish, file, error);
    if (!found->part)
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0, "'%s' is a chart, not a sheet of cells",
                          found->name);
    *out = found;
    return UF_OK;
}

static uf_status note_other_sheets(const struct uf_book *book, const struct uf_sheet_entry *taken,
                                   struct uf_reader *reader, struct uf_error *error)
{
    struct uf_buffer list = {0};
    for (size_t i = 0; i < book->n_sheets; i++) {
        if (&book->sheets[i] == taken) continue;
        if (list.length > 0) uf_buffer_append(&list, ", ");
        uf_buffer_append(&list, book->sheets[i].name);
        if (book->sheets[i].hidden) uf_buffer_append(&list, " (hidden)");
    }
    uf_status status = UF_OK;
    if (list.length > 0)
        status = uf_reader_note(
            reader, error, "other sheets of the workbook are not read: %.600s (--sheet NAME)", list.data);
    uf_buffer_clear(&list);
    return status;
}

struct choice {
    const struct uf_reader_wishes *wishes;
    struct uf_grid_area area;
};

static uf_status read_sheet(struct uf_reader *reader, const struct uf_book *book,
                            const struct uf_sheet_entry *sheet, const struct choice *choice, bool *out_found,
                            struct uf_error *error)
{
    struct state *state = reader->state;
    struct uf_grid grid;
    struct uf_sheet_table table;
    const char *file = uf_input_name(reader->input);
    UF_TRY(uf_grid_read(book, sheet, &choice->area, file, &grid, error));
    uf_status status = uf_sheet_table_find(book, &grid, sheet, &choice->area, choice->wishes->header_row,
                                           choice->wishes->sheet != NULL, file, &table, out_found, error);
    bool wide = false;
    if (status == UF_OK && *out_found)
        status = uf_sheet_table_write(&table, choice->wishes, reader, &state->table, &wide, error);
    if (*out_found) uf_sheet_table_clear(&table);
    uf_grid_clear(&grid);
    if (status != UF_OK || !*out_found) return status;
    state->table.sheet = state->sheet = uf_text_copy(sheet->name);
    if (!state->sheet) return uf_fail_memory(error);
    for (size_t i = 0; i < choice->wishes->n_roles; i++)
        if (choice->wishes->roles[i].role == UF_ROLE_VALUE) wide = false; /* its column is named */
    UF_TRY(note_other_sheets(book, sheet, reader, error));
    return uf_table_text_open(&state->table, wide, reader, choice->wishes, error);
}

static uf_status read_book(struct uf_reader *reader, const struct uf_book *book,
                           const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    const char *file = uf_input_name(reader->input);
    struct choice choice = {wishes, {1, 1, UF_GRID_MOST_ROWS, UF_GRID_MOST_COLUMNS}};
    if (wishes->range && !uf_grid_area_parse(wishes->range, &choice.area))
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                          "'%s' is no range of a sheet; expected a form such as A3:F40", wishes->range);
    const struct uf_sheet_entry *sheet = NULL;
    bool found = false;
    if (wishes->sheet) {
        UF_TRY(find_sheet(book, wishes->sheet, file, &sheet, error));
        UF_TRY(read_sheet(reader, book, sheet, &choice, &found, error));
        if (found) return UF_OK;
        return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0, "sheet '%.100s' has no table", sheet->name);
    }
    for (size_t i = 0; i < book->n_sheets && !found; i++)
        if (book->sheets[i].part && !book->sheets[i].hidden)
            UF_TRY(read_sheet(reader, book, &book->sheets[i], &choice, &found, error));
    if (found) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, file, 0, 0,
                      "no sheet of the workbook has a table%s: rows of at least two cells under a header",
                      wishes->range || wishes->header_row ? " there" : "");
}

static void say_what_columns_are(struct uf_reader *reader)
{
    for (size_t d = 0; d < reader->facts.n_dimensions; d++) {
        const char *name = reader->dimensions.items[d];
        if (!strcmp(name, "period")) reader->facts.dimensions[d].hint = UF_ROLE_PERIOD;
        if (!strcmp(name, "heading")) reader->facts.dimensions[d].hint = UF_ROLE_CONTENT;
    }
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_book book;
    reader->state = calloc(1, sizeof(struct state));
    if (!reader->state) return uf_fail_memory(error);
    UF_TRY(refuse_old(reader->input, error));
    UF_TRY(uf_book_open(reader->input, &book, error));
    uf_status status = read_book(reader, &book, wishes, error);
    uf_book_clear(&book);
    if (status == UF_OK) say_what_columns_are(reader);
    return status;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct state *state = reader->state;
    return uf_table_text_next(&state->table, out, out_more, error);
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct state *state = reader->state;
    uf_table_text_place(&state->table, dimension, out_line, out_column);
}

static void name_place(const struct uf_reader *reader, size_t dimension, char *out, size_t size)
{
    const struct state *state = reader->state;
    uf_table_text_describe(&state->table, dimension, out, size);
}

static void close(struct uf_reader *reader)
{
    struct state *state = reader->state;
    if (!state) return;
    uf_table_text_clear(&state->table);
    free(state->sheet);
    free(state);
}

const struct uf_format uf_format_xlsx = {
    .name = "xlsx",
    .summary = "Excel workbook: one sheet's table, long or wide",
    .has_value_column = true,
    .probe_bytes = probe_bytes,
    .open = open,
    .next = next,
    .place = place,
    .name_place = name_place,
    .close = close,
};

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Tables as the sheets of one XLSX workbook. libxlsxwriter writes to a path of its own, so the workbook is
 * made under a temporary name beside the final one, read back, and then written as every other file:
 * temporary, synced, renamed.
 */
#include "base/fail.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>
#include <utfall/number.h>
#include <utfall/report.h>
#include <xlsxwriter.h>

#include "cell.h"
#include "escape.h"

enum {
    SHEET_NAME_LENGTH = 31,
    SHEET_NAME_SIZE = SHEET_NAME_LENGTH * 4 + 1,
    CELL_LENGTH = 32767,
    MOST_ROWS = 1048575, /* under the heading */
    MOST_COLUMNS = 16384,
    MOST_DECIMALS = 14,
    WIDEST_COLUMN = 48
};

/* 1980-01-01, the date that the parts of the archive carry too: the same tables give the same bytes. */
static const time_t created = 315532800;

struct book {
    lxw_workbook *workbook;
    lxw_format *heading;
    lxw_format *plain_whole;               /* years */
    lxw_format *number[MOST_DECIMALS + 1]; /* made when first needed */
    char (*sheet_name)[SHEET_NAME_SIZE];   /* contents, then one for each table */
    size_t n_sheets;
};

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool equal_folded(const char *a, const char *b)
{
    while (*a != '\0' && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return fold(*a) == fold(*b);
}

static bool is_taken(const struct book *book, const char *name)
{
    if (equal_folded(name, "history")) return true; /* reserved by Excel */
    for (size_t i = 0; i < book->n_sheets; i++)
        if (equal_folded(book->sheet_name[i], name)) return true;
    return false;
}

/* Copies at most `room` characters as a spreadsheet counts them (UTF-16) and puts a hyphen where it forbids
 * one. */
static void copy_sheet_name(char *out, const char *name, size_t room)
{
    size_t used = 0;
    for (const char *p = name; *p != '\0';) {
        unsigned char lead = (unsigned char)*p;
        size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        size_t units = bytes == 4 ? 2 : 1;
        if (used + units > room) break;
        bool forbidden = strchr("[]:*?/\\'", *p) != NULL || lead < 0x20;
        for (size_t i = 0; i < bytes && p[i] != '\0'; i++) *out++ = forbidden ? '-' : p[i];
        p += strnlen(p, bytes);
        used += units;
    }
    *out = '\0';
}

static void add_sheet_name(struct book *book, const char *name)
{
    struct uf_buffer clean;
    uf_buffer_init(&clean);
    uf_escape_terminal(&clean, name);
    const char *source = clean.data != NULL && clean.length > 0 ? clean.data : "table";
    char candidate[SHEET_NAME_SIZE];
    copy_sheet_name(candidate, source, SHEET_NAME_LENGTH);
    for (unsigned n = 2; is_taken(book, candidate); n++) {
        char suffix[16];
        int length = snprintf(suffix, sizeof suffix, "-%u", n);
        copy_sheet_name(candidate, source, SHEET_NAME_LENGTH - (size_t)length);
        strcat(candidate, suffix);
    }
    strcpy(book->sheet_name[book->n_sheets++], candidate);
    uf_buffer_clear(&clean);
}

static uf_status fail_lxw(struct uf_error *error, const char *path, lxw_error code)
{
    if (code == LXW_ERROR_MEMORY_MALLOC_FAILED) return uf_fail_memory(error);
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "cannot write the workbook: %s", lxw_strerror(code));
}

/* A text cell, cut where a spreadsheet cannot hold it. */
static uf_status write_text(lxw_worksheet *sheet, size_t row, size_t column, const char *text,
                            lxw_format *format, struct uf_error *error)
{
    if (text == NULL || *text == '\0') return UF_OK;
    struct uf_buffer clean;
    uf_buffer_init(&clean);
    uf_escape_terminal(&clean, text);
    if (clean.failed) {
        uf_buffer_clear(&clean);
        return uf_fail_memory(error);
    }
    size_t length = 0;
    for (char *p = clean.data; *p != '\0'; p++) {
        if (((unsigned char)*p & 0xC0) == 0x80) continue;
        if (++length > CELL_LENGTH) {
            *p = '\0';
            break;
        }
    }
    lxw_error code = worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, clean.data, format);
    uf_buffer_clear(&clean);
    return code == LXW_NO_ERROR ? UF_OK : fail_lxw(error, NULL, code);
}

static lxw_format *number_format(struct book *book, const struct uf_table *table, size_t column)
{
    if (uf_column_is_time(uf_table_column_name(table, column))) return book->plain_whole;
    int decimals = uf_table_column_decimals(table, column);
    if (decimals < 0) return NULL;
    if (decimals > MOST_DECIMALS) decimals = MOST_DECIMALS;
    if (book->number[decimals] == NULL) {
        lxw_format *format = workbook_add_format(book->workbook);
        if (format == NULL) return NULL;
        static const char zeros[] = "00000000000000";
        char pattern[32];
        snprintf(pattern, sizeof pattern, "#,##0%s%.*s", decimals > 0 ? "." : "", decimals, zeros);
        format_set_num_format(format, pattern);
        book->number[decimals] = format;
    }
    return book->number[decimals];
}

static uf_status write_number(struct book *book, lxw_worksheet *sheet, const struct uf_table *table,
                              size_t row, size_t column, size_t at, struct uf_error *error)
{
    double value = uf_table_number(table, row, column);
    char number[UF_NUMBER_SIZE];
    if (isnan(value)) return UF_OK;
    if (isinf(value)) return write_text(sheet, row + 1, at, uf_number_print(value, number), NULL, error);
    lxw_error code = worksheet_write_number(sheet, (lxw_row_t)(row + 1), (lxw_col_t)at, value,
                                            number_format(book, table, column));
    return code == LXW_NO_ERROR ? UF_OK : fail_lxw(error, NULL, code);
}

static double column_width(const struct uf_table *table, size_t column)
{
    size_t width = strlen(uf_table_column_name(table, column)) + 2;
    if (uf_table_column_type(table, column) == UF_COLUMN_TEXT)
        for (size_t i = 0; i < uf_table_rows(table); i++) {
            const char *text = uf_table_text(table, i, column);
            size_t length = text != NULL ? strlen(text) : 0;
            if (length > width) width = length;
        }
    if (width < 10) width = 10;
    return (double)(width < WIDEST_COLUMN ? width : WIDEST_COLUMN);
}

/* One column, and the column with its remarks where it has any; `*at` moves on past them. */
static uf_status write_column(struct book *book, lxw_worksheet *sheet, const struct uf_table *table,
                              size_t column, size_t *at, struct uf_error *error)
{
    bool is_number = uf_table_column_type(table, column) == UF_COLUMN_NUMBER;
    UF_TRY(write_text(sheet, 0, *at, uf_table_column_name(table, column), book->heading, error));
    worksheet_set_column(sheet, (lxw_col_t)*at, (lxw_col_t)*at, column_width(table, column), NULL);
    for (size_t i = 0; i < uf_table_rows(table); i++)
        UF_TRY(is_number ? write_number(book, sheet, table, i, column, *at, error)
                         : write_text(sheet, i + 1, *at, uf_table_text(table, i, column), NULL, error));
    ++*at;
    if (!uf_column_has_remark(table, column)) return UF_OK;
    char *name = uf_column_status_name(table, column);
    if (name == NULL) return uf_fail_memory(error);
    uf_status status = write_text(sheet, 0, *at, name, book->heading, error);
    worksheet_set_column(sheet, (lxw_col_t)*at, (lxw_col_t)*at, (double)strlen(name) + 2, NULL);
    free(name);
    for (size_t i = 0; status == UF_OK && i < uf_table_rows(table); i++) {
        char remark[UF_VALUE_STATUS_SIZE];
        uf_value_status_print(uf_table_value_status(table, i, column), remark);
        status = write_text(sheet, i + 1, *at, remark, NULL, error);
    }
    ++*at;
    return status;
}

static uf_status write_sheet(struct book *book, const struct uf_table *table, const char *sheet_name,
                             struct uf_error *error)
{
    const size_t n_rows = uf_table_rows(table);
    if (n_rows > MOST_ROWS || 2 * uf_table_columns(table) > MOST_COLUMNS)
        return uf_fail(error, UF_BAD_INPUT,
                       "table '%s' has %zu rows and %zu columns, more than a spreadsheet holds; use its CSV",
                       uf_table_name(table), n_rows, uf_table_columns(table));
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, sheet_name);
    if (sheet == NULL)
        return uf_fail(error, UF_INTERNAL, "'%s' is not taken as the name of a sheet", sheet_name);
    size_t at = 0;
    for (size_t j = 0; j < uf_table_columns(table); j++)
        UF_TRY(write_column(book, sheet, table, j, &at, error));
    worksheet_freeze_panes(sheet, 1, 0);
    if (at > 0 && n_rows > 0) worksheet_autofilter(sheet, 0, 0, (lxw_row_t)n_rows, (lxw_col_t)(at - 1));
    return UF_OK;
}

/* The first sheet says what each of the others holds: its title, and the unit of each column. */
static uf_status make_contents(const struct book *book, const struct uf_table *const *tables, size_t n_tables,
                               struct uf_table **out, struct uf_error *error)
{
    static const char *const names[] = {"sheet", "title", "column", "unit"};
    struct uf_table *contents = NULL;
    UF_TRY(uf_table_new("contents", &contents, error));
    uf_status status = UF_OK;
    for (size_t c = 0; c < sizeof names / sizeof *names; c++)
        UF_TRY_GOTO(uf_table_add_column(contents, names[c], UF_COLUMN_TEXT, NULL, -1, NULL, error), fail);
    for (size_t t = 0; t < n_tables; t++)
        for (size_t j = 0; j < uf_table_columns(tables[t]); j++) {
            const char *const cells[] = {book->sheet_name[t + 1], uf_table_title(tables[t]),
                                         uf_table_column_name(tables[t], j),
                                         uf_table_column_unit(tables[t], j)};
            size_t row;
            UF_TRY_GOTO(uf_table_add_row(contents, &row, error), fail);
            for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
                UF_TRY_GOTO(uf_table_set_text(contents, row, c, cells[c], error), fail);
        }
    *out = contents;
    return UF_OK;
fail:
    uf_table_free(contents);
    return status;
}

static uf_status fill_book(struct book *book, const struct uf_table *const *tables, size_t n_tables,
                           struct uf_error *error)
{
    lxw_doc_properties properties = {.created = created};
    book->heading = workbook_add_format(book->workbook);
    book->plain_whole = workbook_add_format(book->workbook);
    if (book->heading == NULL || book->plain_whole == NULL) return uf_fail_memory(error);
    format_set_bold(book->heading);
    format_set_bg_color(book->heading, 0xE6EEF2);
    format_set_bottom(book->heading, LXW_BORDER_THIN);
    format_set_num_format(book->plain_whole, "0");
    workbook_set_properties(book->workbook, &properties);

    add_sheet_name(book, "contents");
    for (size_t t = 0; t < n_tables; t++) add_sheet_name(book, uf_table_name(tables[t]));
    struct uf_table *contents = NULL;
    UF_TRY(make_contents(book, tables, n_tables, &contents, error));
    uf_status status = write_sheet(book, contents, book->sheet_name[0], error);
    uf_table_free(contents);
    for (size_t t = 0; status == UF_OK && t < n_tables; t++)
        status = write_sheet(book, tables[t], book->sheet_name[t + 1], error);
    return status;
}

/* A new empty file `PATH.XXXXXX`; it also shows, before libxlsxwriter would print about it, that the folder
 * takes files. */
static uf_status make_temporary(const char *path, char **out, struct uf_error *error)
{
    struct uf_buffer name;
    uf_buffer_init(&name);
    uf_buffer_append(&name, path);
    uf_buffer_append(&name, ".XXXXXX");
    char *temporary = uf_buffer_take(&name);
    if (temporary == NULL) return uf_fail_memory(error);
    int descriptor = mkstemp(temporary);
    if (descriptor < 0) {
        free(temporary);
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0,
                          "cannot write the workbook: %s; check the folder and its permissions",
                          strerror(errno));
    }
    close(descriptor);
    *out = temporary;
    return UF_OK;
}

uf_status uf_tables_write_xlsx(const struct uf_table *const *tables, size_t n_tables, const char *path,
                               struct uf_error *error)
{
    char *temporary = NULL;
    UF_TRY(make_temporary(path, &temporary, error));
    uf_status status = UF_OK;
    struct book book = {.workbook = workbook_new(temporary),
                        .sheet_name = calloc(n_tables + 1, sizeof *book.sheet_name)};
    if (book.workbook == NULL || book.sheet_name == NULL)
        status = uf_fail_memory(error);
    else
        status = fill_book(&book, tables, n_tables, error);
    /* closing is also what frees the workbook, whatever happened before */
    lxw_error code = book.workbook != NULL ? workbook_close(book.workbook) : LXW_NO_ERROR;
    if (status == UF_OK && code != LXW_NO_ERROR) status = fail_lxw(error, path, code);
    char *bytes = NULL;
    size_t length = 0;
    if (status == UF_OK) status = uf_file_read(temporary, 0, &bytes, &length, error);
    if (status == UF_OK) status = uf_file_write(path, bytes, length, error);
    unlink(temporary);
    free(temporary);
    free(book.sheet_name);
    free(bytes);
    return status;
}

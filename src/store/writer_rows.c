// SPDX-License-Identifier: GPL-3.0-or-later
/* A table-valued view on the rows of a writer: SQLite's interface of virtual tables, for reading in one order. */
#include "store/writer_rows.h"

#include <stdlib.h>

enum { VALUE = UF_CELL_KEYS, STATUS };

struct rows_table {
    sqlite3_vtab base;
    struct uf_rows *rows;
};

static int connect(sqlite3 *db, void *rows, int count, const char *const *arguments, sqlite3_vtab **out,
                   char **message)
{
    (void)count, (void)arguments, (void)message;
    int code =
        sqlite3_declare_vtab(db, "CREATE TABLE x (indicator_id INTEGER, region_id INTEGER, sector_id INTEGER,"
                                 " breakdown_id INTEGER, period INTEGER, value REAL, status INTEGER)");
    if (code != SQLITE_OK) return code;
    struct rows_table *table = calloc(1, sizeof *table);
    if (!table) return SQLITE_NOMEM;
    table->rows = rows;
    *out = &table->base;
    /* only for statements of ours: no view or trigger of a store that came by mail may read it */
    return sqlite3_vtab_config(db, SQLITE_VTAB_DIRECTONLY);
}

static int disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = UINT16_MAX;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
    (void)table;
    *out = calloc(1, sizeof **out);
    return *out ? SQLITE_OK : SQLITE_NOMEM;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static struct uf_rows *rows_of(const sqlite3_vtab_cursor *cursor)
{
    return ((struct rows_table *)cursor->pVtab)->rows;
}

static void pass_others(struct uf_rows *rows)
{
    while (rows->at < rows->count && rows->items[rows->at].state != rows->shown) rows->at++;
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int count,
                  sqlite3_value **values)
{
    (void)number, (void)text, (void)count, (void)values;
    pass_others(rows_of(cursor));
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
    struct uf_rows *rows = rows_of(cursor);
    rows->at++;
    pass_others(rows);
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *cursor)
{
    const struct uf_rows *rows = rows_of(cursor);
    return rows->at >= rows->count;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int number)
{
    const struct uf_rows *rows = rows_of(cursor);
    const struct uf_row *row = &rows->items[rows->at];
    if (number < VALUE)
        sqlite3_result_int64(context, row->key.part[number]);
    else if (number == STATUS)
        sqlite3_result_int64(context, row->status);
    else if (!uf_value_is_missing(row->status))
        sqlite3_result_double(context, row->value);
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
    *out = (sqlite3_int64)rows_of(cursor)->at;
    return SQLITE_OK;
}

/* Without xCreate the table is there by its name alone, and only in this connection. */
static const sqlite3_module MODULE = {.xConnect = connect,
                                      .xBestIndex = best_index,
                                      .xDisconnect = disconnect,
                                      .xOpen = open_cursor,
                                      .xClose = close_cursor,
                                      .xFilter = filter,
                                      .xNext = next,
                                      .xEof = is_at_end,
                                      .xColumn = column,
                                      .xRowid = rowid};

int uf_rows_register(sqlite3 *db, struct uf_rows *rows)
{
    return sqlite3_create_module_v2(db, UF_ROWS_TABLE, &MODULE, rows, NULL);
}

void uf_rows_unregister(sqlite3 *db)
{
    sqlite3_create_module_v2(db, UF_ROWS_TABLE, NULL, NULL, NULL);
}

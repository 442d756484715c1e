// SPDX-License-Identifier: GPL-3.0-or-later
/* One SELECT row by row, and a view of the store that stands still while it is read. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "store/connection.h"

struct uf_cursor {
    struct uf_store *store;
    sqlite3_stmt *statement;
};

uf_status uf_store_cursor_open(struct uf_store *store, const char *sql, const char *const *parameters,
                               size_t n_parameters, struct uf_cursor **out, struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    UF_TRY(uf_store_prepare_reading(store, sql, &statement, error));
    uf_status status = uf_store_bind_parameters(store, statement, parameters, n_parameters, error);
    struct uf_cursor *cursor = status == UF_OK ? malloc(sizeof *cursor) : NULL;
    if (status == UF_OK && !cursor) status = uf_fail_memory(error);
    if (status != UF_OK) {
        sqlite3_finalize(statement);
        return status;
    }
    *cursor = (struct uf_cursor){store, statement};
    *out = cursor;
    return UF_OK;
}

uf_status uf_cursor_next(struct uf_cursor *cursor, bool *out_more, struct uf_error *error)
{
    int code = sqlite3_step(cursor->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) return uf_store_fail(cursor->store, code, error);
    *out_more = code == SQLITE_ROW;
    return UF_OK;
}

double uf_cursor_number(const struct uf_cursor *cursor, size_t column)
{
    if (sqlite3_column_type(cursor->statement, (int)column) == SQLITE_NULL) return NAN;
    return sqlite3_column_double(cursor->statement, (int)column);
}

const char *uf_cursor_text(const struct uf_cursor *cursor, size_t column)
{
    return (const char *)sqlite3_column_text(cursor->statement, (int)column);
}

void uf_cursor_close(struct uf_cursor *cursor)
{
    if (!cursor) return;
    sqlite3_finalize(cursor->statement);
    free(cursor);
}

/* SQLite takes the view at the first read, not at BEGIN. */
uf_status uf_store_snapshot_begin(struct uf_store *store, struct uf_error *error)
{
    if (store->depth > 0 || !sqlite3_get_autocommit(store->db)) return UF_OK;
    int code = sqlite3_exec(store->db, "BEGIN; SELECT count(*) FROM sqlite_schema;", NULL, NULL, NULL);
    if (code == SQLITE_OK) return UF_OK;
    uf_status status = uf_store_fail(store, code, error);
    uf_store_snapshot_end(store);
    return status;
}

void uf_store_snapshot_end(struct uf_store *store)
{
    if (store->depth == 0 && !sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Prepared and bound statements, and what SQLite's result codes mean to us. */
#include "store/connection.h"

#include <math.h>

#include "base/fail.h"

struct uf_binding uf_bind_text(const char *text)
{
    return (struct uf_binding){.type = text ? UF_BIND_TEXT : UF_BIND_NULL, .text = text};
}

struct uf_binding uf_bind_integer(int64_t integer)
{
    return (struct uf_binding){.type = UF_BIND_INTEGER, .integer = integer};
}

struct uf_binding uf_bind_positive(int64_t integer)
{
    return (struct uf_binding){.type = integer > 0 ? UF_BIND_INTEGER : UF_BIND_NULL, .integer = integer};
}

struct uf_binding uf_bind_real(double real)
{
    return (struct uf_binding){.type = isnan(real) ? UF_BIND_NULL : UF_BIND_REAL, .real = real};
}

const char *uf_text_or(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

uf_status uf_store_fail(struct uf_store *store, int code, struct uf_error *error)
{
    const char *message = sqlite3_errmsg(store->db);
    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return uf_fail_memory(error);
    case SQLITE_FULL:
        return uf_fail_at(error, UF_IO_FAILED, store->path, 0, 0,
                          "the disk is full, nothing was stored; free some space and try again");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return uf_fail_at(error, UF_IO_FAILED, store->path, 0, 0,
                          "another program is writing to the store; try again when it is done");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        return uf_fail_at(error, UF_IO_FAILED, store->path, 0, 0,
                          "the store cannot be read or written: %s; check the disk and the permissions",
                          message);
    case SQLITE_NOTADB:
        return uf_fail_at(error, UF_BAD_INPUT, store->path, 0, 0,
                          "this is not a Utfall store (%s); name another file", message);
    case SQLITE_CORRUPT:
        return uf_fail_at(error, UF_BAD_INPUT, store->path, 0, 0,
                          "the store is damaged: %s; import the files again into a new one", message);
    case SQLITE_CONSTRAINT:
        return uf_fail_at(error, UF_BAD_INPUT, store->path, 0, 0, "the store refuses this: %s", message);
    default:
        return uf_fail_at(error, UF_INTERNAL, store->path, 0, 0, "SQLite says: %s", message);
    }
}

static uf_status cached(struct uf_store *store, const char *sql, sqlite3_stmt **out, struct uf_error *error)
{
    size_t i = 0;
    while (i < UF_STATEMENT_CACHE && store->cache[i].sql && store->cache[i].sql != sql) i++;
    if (i == UF_STATEMENT_CACHE) return uf_fail(error, UF_INTERNAL, "the statement cache is too small");
    if (!store->cache[i].sql) {
        sqlite3_stmt *statement;
        int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
        if (code != SQLITE_OK) return uf_store_fail(store, code, error);
        store->cache[i].sql = sql;
        store->cache[i].statement = statement;
    }
    *out = store->cache[i].statement;
    return UF_OK;
}

static int bind(sqlite3_stmt *statement, int place, const struct uf_binding *binding)
{
    switch (binding->type) {
    case UF_BIND_TEXT:
        return sqlite3_bind_text(statement, place, binding->text, -1, SQLITE_TRANSIENT);
    case UF_BIND_INTEGER:
        return sqlite3_bind_int64(statement, place, binding->integer);
    case UF_BIND_REAL:
        return sqlite3_bind_double(statement, place, binding->real);
    default:
        return sqlite3_bind_null(statement, place);
    }
}

uf_status uf_store_statement(struct uf_store *store, const char *sql, const struct uf_binding *bindings,
                             size_t n_bindings, sqlite3_stmt **out, struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    UF_TRY(cached(store, sql, &statement, error));
    for (size_t i = 0; i < n_bindings; i++) {
        int code = bind(statement, (int)i + 1, &bindings[i]);
        if (code != SQLITE_OK) return uf_store_fail(store, code, error);
    }
    *out = statement;
    return UF_OK;
}

uf_status uf_store_execute(struct uf_store *store, const char *sql, const struct uf_binding *bindings,
                           size_t n_bindings, struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    UF_TRY(uf_store_statement(store, sql, bindings, n_bindings, &statement, error));
    int code = sqlite3_step(statement);
    uf_status status = code == SQLITE_DONE || code == SQLITE_ROW ? UF_OK : uf_store_fail(store, code, error);
    sqlite3_reset(statement);
    return status;
}

uf_status uf_store_integer(struct uf_store *store, const char *sql, const struct uf_binding *bindings,
                           size_t n_bindings, int64_t *out, bool *out_found, struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    UF_TRY(uf_store_statement(store, sql, bindings, n_bindings, &statement, error));
    int code = sqlite3_step(statement);
    uf_status status = UF_OK;
    if (code == SQLITE_ROW || code == SQLITE_DONE) {
        *out_found = code == SQLITE_ROW;
        if (*out_found) *out = sqlite3_column_int64(statement, 0);
    } else {
        status = uf_store_fail(store, code, error);
    }
    sqlite3_reset(statement);
    return status;
}

uf_status uf_store_texts(struct uf_store *store, const char *sql, struct uf_text_list *out,
                         struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    UF_TRY(uf_store_statement(store, sql, NULL, 0, &statement, error));
    uf_status status = UF_OK;
    int code;
    while (status == UF_OK && (code = sqlite3_step(statement)) != SQLITE_DONE) {
        if (code != SQLITE_ROW) {
            status = uf_store_fail(store, code, error);
            break;
        }
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        status = uf_text_list_add(out, text ? text : "", error);
    }
    sqlite3_reset(statement);
    return status;
}

uf_status uf_store_fail_unknown(struct uf_store *store, const char *what, const char *code, const char *sql,
                                struct uf_error *error)
{
    struct uf_text_list known;
    uf_text_list_init(&known);
    const char *nearest = NULL;
    if (uf_store_texts(store, sql, &known, NULL) == UF_OK)
        nearest = uf_text_nearest(code, (const char *const *)known.items, known.count);
    uf_status status =
        nearest ? uf_fail(error, UF_BAD_INPUT, "unknown %s '%s'; did you mean '%s'?", what, code, nearest)
        : known.count > 0
            ? uf_fail(error, UF_BAD_INPUT, "unknown %s '%s', and none of the %zu known is close", what, code,
                      known.count)
            : uf_fail(error, UF_BAD_INPUT, "unknown %s '%s'; the store knows none yet", what, code);
    uf_text_list_clear(&known);
    return status;
}

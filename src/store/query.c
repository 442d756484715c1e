// SPDX-License-Identifier: GPL-3.0-or-later
/* One SELECT that can only read → a table. */
#include "store/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* Asked by SQLite for each thing the statement would do: reading and computing are allowed, nothing else, so
 * that an expression from a study file cannot attach, write or set anything. */
static int only_reading(void *unused, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)unused, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
                   action == SQLITE_RECURSIVE
               ? SQLITE_OK
               : SQLITE_DENY;
}

uf_status uf_store_prepare_reading(struct uf_store *store, const char *sql, sqlite3_stmt **out,
                                   struct uf_error *error)
{
    const char *tail = NULL;
    sqlite3_stmt *statement = NULL;
    sqlite3_set_authorizer(store->db, only_reading, NULL);
    int code = sqlite3_prepare_v2(store->db, sql, -1, &statement, &tail);
    sqlite3_set_authorizer(store->db, NULL, NULL);
    if (code == SQLITE_AUTH)
        return uf_fail(error, UF_BAD_USAGE,
                       "the query would do more than read (%s); only SELECT is allowed here",
                       sqlite3_errmsg(store->db));
    if (code == SQLITE_NOMEM) return uf_fail_memory(error);
    if (code != SQLITE_OK)
        return uf_fail(error, UF_BAD_USAGE, "the query is not understood: %s", sqlite3_errmsg(store->db));
    bool more = tail && tail[strspn(tail, " \t\r\n;")] != '\0';
    if (!statement || more || !sqlite3_stmt_readonly(statement) || sqlite3_column_count(statement) == 0) {
        sqlite3_finalize(statement);
        return uf_fail(error, UF_BAD_USAGE, "the query must be one SELECT and nothing else");
    }
    *out = statement;
    return UF_OK;
}

uf_status uf_store_bind_parameters(struct uf_store *store, sqlite3_stmt *statement,
                                   const char *const *parameters, size_t n_parameters, struct uf_error *error)
{
    if ((size_t)sqlite3_bind_parameter_count(statement) != n_parameters)
        return uf_fail(error, UF_BAD_USAGE, "the query has %d parameters and gets %zu",
                       sqlite3_bind_parameter_count(statement), n_parameters);
    for (size_t i = 0; i < n_parameters; i++) {
        int code = sqlite3_bind_text(statement, (int)i + 1, parameters[i], -1, SQLITE_STATIC);
        if (code != SQLITE_OK) return uf_store_fail(store, code, error);
    }
    return UF_OK;
}

enum guess { UNDECIDED, TEXT, NUMBER };

static enum guess type_of_cell(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        return UNDECIDED;
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
        return NUMBER;
    default:
        return TEXT;
    }
}

/* A stored column has a declared type; an expression has that of its first value, and is a number where it
 * has none. */
static uf_status decide_types(struct uf_store *store, sqlite3_stmt *statement, enum guess *types,
                              struct uf_error *error)
{
    int n = sqlite3_column_count(statement), undecided = 0;
    for (int j = 0; j < n; j++) {
        const char *declared = sqlite3_column_decltype(statement, j);
        types[j] = !declared ? UNDECIDED : strcmp(declared, "TEXT") ? NUMBER : TEXT;
        undecided += types[j] == UNDECIDED;
    }
    int code = SQLITE_ROW;
    while (undecided > 0 && (code = sqlite3_step(statement)) == SQLITE_ROW)
        for (int j = 0; j < n; j++)
            if (types[j] == UNDECIDED) {
                types[j] = type_of_cell(statement, j);
                undecided -= types[j] != UNDECIDED;
            }
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return uf_fail(error, UF_BAD_USAGE, "the query fails: %s", sqlite3_errmsg(store->db));
    sqlite3_reset(statement);
    return UF_OK;
}

static uf_status copy_row(sqlite3_stmt *statement, const enum guess *types, struct uf_table *table,
                          struct uf_error *error)
{
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    for (int j = 0; j < sqlite3_column_count(statement); j++) {
        enum guess found = type_of_cell(statement, j);
        if (found == UNDECIDED) continue;
        if (types[j] == TEXT)
            UF_TRY(uf_table_set_text(table, row, (size_t)j, (const char *)sqlite3_column_text(statement, j),
                                     error));
        else if (found == NUMBER)
            UF_TRY(uf_table_set_number(table, row, (size_t)j, sqlite3_column_double(statement, j), error));
        else
            return uf_fail(error, UF_BAD_USAGE, "column %s of the query holds both numbers and texts",
                           sqlite3_column_name(statement, j));
    }
    return UF_OK;
}

static uf_status read_rows(struct uf_store *store, sqlite3_stmt *statement, const enum guess *types,
                           struct uf_table *table, struct uf_error *error)
{
    for (int j = 0; j < sqlite3_column_count(statement); j++) {
        size_t column;
        const char *name = sqlite3_column_name(statement, j);
        if (uf_table_column(table, name) != SIZE_MAX)
            return uf_fail(error, UF_BAD_USAGE, "two columns of the query are called %s; name one with AS",
                           name);
        UF_TRY(uf_table_add_column(table, name, types[j] == TEXT ? UF_COLUMN_TEXT : UF_COLUMN_NUMBER, NULL,
                                   -1, &column, error));
    }
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) UF_TRY(copy_row(statement, types, table, error));
    if (code == SQLITE_DONE) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "the query fails: %s", sqlite3_errmsg(store->db));
}

uf_status uf_store_query(struct uf_store *store, const char *sql, const char *const *parameters,
                         size_t n_parameters, struct uf_table **out, struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    struct uf_table *table = NULL;
    enum guess *types = NULL;
    UF_TRY(uf_store_prepare_reading(store, sql, &statement, error));
    uf_status status = uf_store_bind_parameters(store, statement, parameters, n_parameters, error);
    if (status != UF_OK) goto done;
    types = calloc((size_t)sqlite3_column_count(statement), sizeof *types);
    if (!types) {
        status = uf_fail_memory(error);
        goto done;
    }
    UF_TRY_GOTO(uf_table_new("query", &table, error), done);
    UF_TRY_GOTO(decide_types(store, statement, types, error), done);
    UF_TRY_GOTO(read_rows(store, statement, types, table, error), done);
    *out = table;
    table = NULL;
done:
    uf_table_free(table);
    free(types);
    sqlite3_finalize(statement);
    return status;
}

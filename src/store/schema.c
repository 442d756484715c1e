// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

static uf_status read_integer(sqlite3 *db, const char *path, const char *sql, int *out,
                              struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *out = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    if (code == SQLITE_ROW) return UF_OK;
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            "this is not a Utfall store (%s); name another file, or remove it to make a new store",
            sqlite3_errmsg(db));
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "the store cannot be read: %s", sqlite3_errmsg(db));
}

static uf_status execute(sqlite3 *db, const char *path, const char *sql, struct uf_error *error)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) return UF_OK;
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "the store cannot be brought up to date: %s",
                      sqlite3_errmsg(db));
}

/* With foreign keys off, what refers to a table that is built anew must be seen to hold afterwards. */
static uf_status check_references(sqlite3 *db, const char *path, struct uf_error *error)
{
    int broken = 0;
    UF_TRY(read_integer(db, path, "SELECT count(*) FROM pragma_foreign_key_check", &broken, error));
    if (broken == 0) return UF_OK;
    return uf_fail_at(
        error, UF_BAD_INPUT, path, 0, 0,
        "the store is damaged: %d rows refer to rows that are not there; import the files again into "
        "a new one",
        broken);
}

/* Another process may have made or migrated the store while we waited, so the version is read again inside
 * the transaction. */
static uf_status climb(sqlite3 *db, const char *path, const struct uf_schema_step *steps, size_t n_steps,
                       struct uf_error *error)
{
    int version = 0;
    UF_TRY(read_integer(db, path, "PRAGMA user_version", &version, error));
    for (size_t i = (size_t)version; i < n_steps; i++)
        for (size_t j = 0; steps[i].sql[j]; j++) UF_TRY(execute(db, path, steps[i].sql[j], error));
    if (version > 0) UF_TRY(check_references(db, path, error));
    char pragma[96];
    snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d; PRAGMA user_version = %zu;",
             (int)UF_STORE_APPLICATION_ID, n_steps);
    return execute(db, path, pragma, error);
}

/* A table that others refer to can only be dropped and built anew while nobody looks at foreign keys, and that
 * is settled before the transaction begins. */
static uf_status climb_in_transaction(sqlite3 *db, const char *path, const struct uf_schema_step *steps,
                                      size_t n_steps, struct uf_error *error)
{
    int enforced = 0;
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &enforced);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
    uf_status status = execute(db, path, "BEGIN IMMEDIATE", error);
    if (status == UF_OK) status = climb(db, path, steps, n_steps, error);
    if (status == UF_OK) status = execute(db, path, "COMMIT", error);
    if (status != UF_OK && !sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, enforced, NULL);
    return status;
}

uf_status uf_schema_migrate(sqlite3 *db, const char *path, bool writable, const struct uf_schema_step *steps,
                            size_t n_steps, struct uf_error *error)
{
    int version = 0, application = 0, objects = 0;
    UF_TRY(read_integer(db, path, "SELECT count(*) FROM sqlite_schema", &objects, error));
    UF_TRY(read_integer(db, path, "PRAGMA application_id", &application, error));
    UF_TRY(read_integer(db, path, "PRAGMA user_version", &version, error));
    bool empty = objects == 0 && application == 0 && version == 0;
    if (!empty && (application != UF_STORE_APPLICATION_ID || version < 0))
        return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                          "this is an SQLite file of another program, not a Utfall store; name another file");
    if ((size_t)version > n_steps)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            "this store has schema version %d and this program knows versions up to %zu; use the newer "
            "Utfall that wrote it",
            version, n_steps);
    if ((size_t)version == n_steps) return UF_OK;
    if (!writable)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            empty ? "this file holds no store yet; import something first"
                  : "this store has an older schema; open it once for writing to bring it up to date");
    return climb_in_transaction(db, path, steps, n_steps, error);
}

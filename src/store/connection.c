// SPDX-License-Identifier: GPL-3.0-or-later
/* Opening and closing, transactions. */
#include "store/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "store/schema.h"

enum { BUSY_TIMEOUT_MS = 5000 };

static uf_status configure(struct uf_store *store, struct uf_error *error)
{
    sqlite3 *db = store->db;
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
    int ok = SQLITE_OK;
    /* A store may come by mail: its schema must not be able to run anything, nor a broken page go unseen. */
    ok |= sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    ok |= sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    ok |= sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    ok |= sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "x" is a name, never a text */
    ok |= sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (ok != SQLITE_OK)
        return uf_fail_at(error, UF_INTERNAL, store->path, 0, 0,
                          "SQLite refuses a safety setting; it is too old");
    ok = sqlite3_exec(db,
                      "PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; "
                      "PRAGMA temp_store = MEMORY;",
                      NULL, NULL, NULL);
    return ok == SQLITE_OK ? uf_store_register_functions(db, error) : uf_store_fail(store, ok, error);
}

static uf_status check_path(const char *path, enum uf_open_mode mode, struct uf_error *error)
{
    if (!path || !*path) return uf_fail(error, UF_BAD_USAGE, "no store is named; give a path");
    if (!strcmp(path, ":memory:")) return UF_OK;
    if (uf_directory_exists(path))
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0,
                          "this is a directory, not a store; name a file in it");
    if (mode != UF_STORE_CREATE && !uf_file_exists(path))
        return uf_fail_at(error, UF_IO_FAILED, path, 0, 0,
                          "there is no store here; check the path, or import something to make one");
    return UF_OK;
}

/* To read a store with a write-ahead log, SQLite makes files beside it. Where that folder may not be written,
 * nobody else writes the store either: then it can be read as it lies, if no log waits to be read with it. */
static bool lies_still(const char *path)
{
    char *folder = uf_path_directory(path), *log = sqlite3_mprintf("%s-wal", path);
    bool still = folder && log && access(folder, W_OK) != 0 && !uf_file_exists(log);
    sqlite3_free(log);
    free(folder);
    return still;
}

/* `file:PATH?immutable=1` with what has a meaning in a URI written as %XX; NULL: out of memory. */
static char *immutable_name(const char *path)
{
    struct uf_buffer name;
    uf_buffer_init(&name);
    uf_buffer_append(&name, "file:");
    for (; *path; path++) {
        if (strchr("%?#", *path)) {
            char code[4];
            snprintf(code, sizeof code, "%%%02X", (unsigned)(unsigned char)*path);
            uf_buffer_append(&name, code);
        } else {
            uf_buffer_append_char(&name, *path);
        }
    }
    uf_buffer_append(&name, "?immutable=1");
    return uf_buffer_take(&name);
}

static int open_file(struct uf_store *store, enum uf_open_mode mode)
{
    /* A connection that may not write cannot take away the log files that it made; `query_only` below keeps
     * this one from writing the store itself. */
    bool writable = mode != UF_STORE_READ_ONLY || access(store->path, W_OK) == 0;
    int flags = mode == UF_STORE_CREATE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                : writable              ? SQLITE_OPEN_READWRITE
                                        : SQLITE_OPEN_READONLY;
    if (mode != UF_STORE_READ_ONLY || !lies_still(store->path))
        return sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    char *name = immutable_name(store->path);
    if (!name) return SQLITE_NOMEM;
    flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    int code = sqlite3_open_v2(name, &store->db, flags, NULL);
    free(name);
    return code;
}

static uf_status open_database(struct uf_store *store, enum uf_open_mode mode, struct uf_error *error)
{
    int code = open_file(store, mode);
    if (code != SQLITE_OK)
        return uf_fail_at(error, UF_IO_FAILED, store->path, 0, 0,
                          "the store cannot be opened: %s; check that the folder exists and may be written",
                          store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
    UF_TRY(configure(store, error));
    size_t n_steps;
    const struct uf_schema_step *steps = uf_schema_steps(&n_steps);
    UF_TRY(uf_schema_migrate(store->db, store->path, !store->read_only, steps, n_steps, error));
    if (store->read_only) {
        code = sqlite3_exec(store->db, "PRAGMA query_only = ON", NULL, NULL, NULL);
        return code == SQLITE_OK ? UF_OK : uf_store_fail(store, code, error);
    }
    code = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    return code == SQLITE_OK ? UF_OK : uf_store_fail(store, code, error);
}

uf_status uf_store_open(const char *path, enum uf_open_mode mode, struct uf_store **out,
                        struct uf_error *error)
{
    UF_TRY(check_path(path, mode, error));
    struct uf_store *store = calloc(1, sizeof *store);
    if (!store) return uf_fail_memory(error);
    store->path = uf_text_copy(path);
    store->read_only = mode == UF_STORE_READ_ONLY;
    uf_status status = store->path ? open_database(store, mode, error) : uf_fail_memory(error);
    if (status != UF_OK) {
        uf_store_close(store);
        return status;
    }
    *out = store;
    return UF_OK;
}

static uf_status copy_pages(struct uf_store *from, struct uf_store *to, struct uf_error *error)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db, "main");
    if (!backup) return uf_store_fail(to, sqlite3_errcode(to->db), error);
    sqlite3_backup_step(backup, -1);
    const int code = sqlite3_backup_finish(backup);
    return code == SQLITE_OK ? UF_OK : uf_store_fail(from, code, error);
}

uf_status uf_store_copy(struct uf_store *store, struct uf_store **out, struct uf_error *error)
{
    struct uf_store *copy = NULL;
    UF_TRY(uf_store_open(":memory:", UF_STORE_CREATE, &copy, error));
    const uf_status status = copy_pages(store, copy, error);
    if (status != UF_OK) {
        uf_store_close(copy);
        return status;
    }
    *out = copy;
    return UF_OK;
}

void uf_store_forget_codes(struct uf_store *store)
{
    uf_codes_clear(&store->regions);
    uf_codes_clear(&store->sectors);
    uf_codes_clear(&store->breakdowns);
    uf_codes_clear(&store->indicators);
}

void uf_store_enforce_references(struct uf_store *store, bool enforced)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_FKEY, (int)enforced, NULL);
}

void uf_store_close(struct uf_store *store)
{
    if (!store) return;
    for (size_t i = 0; i < UF_STATEMENT_CACHE; i++) sqlite3_finalize(store->cache[i].statement);
    uf_store_forget_codes(store);
    sqlite3_close(store->db); /* rolls back what is open */
    free(store->path);
    free(store);
}

/* BEGIN IMMEDIATE takes the write lock at once: a later upgrade could fail with half the work done. */
static uf_status transact(struct uf_store *store, const char *outermost, const char *nested, int level,
                          struct uf_error *error)
{
    char sql[96];
    if (level == 0)
        snprintf(sql, sizeof sql, "%s", outermost);
    else
        snprintf(sql, sizeof sql, nested, level, level);
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? UF_OK : uf_store_fail(store, code, error);
}

uf_status uf_store_begin(struct uf_store *store, struct uf_error *error)
{
    if (store->read_only)
        return uf_fail_at(error, UF_BAD_USAGE, store->path, 0, 0, "the store was opened for reading only");
    UF_TRY(transact(store, "BEGIN IMMEDIATE", "SAVEPOINT level_%d", store->depth, error));
    store->depth++;
    return UF_OK;
}

uf_status uf_store_commit(struct uf_store *store, struct uf_error *error)
{
    if (store->depth == 0) return uf_fail(error, UF_INTERNAL, "commit without a transaction");
    UF_TRY(transact(store, "COMMIT", "RELEASE level_%d", store->depth - 1, error));
    store->depth--;
    return UF_OK;
}

void uf_store_rollback(struct uf_store *store)
{
    if (store->depth == 0) return;
    store->depth--;
    uf_store_forget_codes(store);
    /* SQLite itself has rolled back everything after some errors (disk full): then there is nothing left to
     * do. */
    if (sqlite3_get_autocommit(store->db)) {
        store->depth = 0;
        return;
    }
    (void)transact(store, "ROLLBACK", "ROLLBACK TO level_%d; RELEASE level_%d", store->depth, NULL);
}

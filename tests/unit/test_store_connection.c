// SPDX-License-Identifier: GPL-3.0-or-later
/* Opening, schema versions, transactions. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/schema.h"
#include "support/store_fixture.h"
#include "support/test.h"

static const char *path_of(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", scratch_directory(), name);
    return path;
}

static void execute(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
    sqlite3_close(db);
}

static void a_store_is_made_and_opened_again(void **state)
{
    (void)state;
    struct uf_error error;
    char path[512];
    snprintf(path, sizeof path, "%s", path_of("new.db"));
    struct uf_store *store = store_with_regions(path);
    uf_store_close(store);
    assert_ok(uf_store_open(path, UF_STORE_READ_ONLY, &store, &error), &error);
    expect_close(query_number(store, "SELECT count(*) FROM regions"), 12, 0, "regions");
    uf_store_close(store);
}

static void pragmas_are_not_for_queries(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_table *table;
    assert_int_equal(uf_store_query(store, "PRAGMA user_version", NULL, 0, &table, &error), UF_BAD_USAGE);
    uf_store_close(store);
}

static void settings_are_on(void **state)
{
    (void)state;
    const char *path = path_of("settings.db");
    uf_store_close(store_with_regions(path));
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(statement, 0), "wal");
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA application_id", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), UF_STORE_APPLICATION_ID);
    sqlite3_finalize(statement);
    /* every table is STRICT */
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND NOT strict"
                           " AND name NOT LIKE 'sqlite%'",
                           -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static void what_is_no_store_is_refused(void **state)
{
    (void)state;
    struct uf_store *store;
    struct uf_error error;
    assert_int_equal(uf_store_open(path_of("absent.db"), UF_STORE_READ_WRITE, &store, &error), UF_IO_FAILED);
    assert_non_null(strstr(error.message, "no store here"));
    assert_int_equal(uf_store_open(scratch_directory(), UF_STORE_CREATE, &store, &error), UF_IO_FAILED);
    assert_non_null(strstr(error.message, "directory"));
    assert_int_equal(uf_store_open(path_of("no/such/folder.db"), UF_STORE_CREATE, &store, &error),
                     UF_IO_FAILED);

    char text[2048];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    char path[512];
    snprintf(path, sizeof path, "%s", scratch_file("text.db", text));
    assert_int_equal(uf_store_open(path, UF_STORE_CREATE, &store, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "not a Utfall store"));

    snprintf(path, sizeof path, "%s", path_of("other.db"));
    execute(path, "CREATE TABLE t (x); INSERT INTO t VALUES (1);");
    assert_int_equal(uf_store_open(path, UF_STORE_CREATE, &store, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "another program"));
}

static void a_newer_store_is_refused(void **state)
{
    (void)state;
    struct uf_store *store;
    struct uf_error error;
    char path[512];
    snprintf(path, sizeof path, "%s", path_of("newer.db"));
    uf_store_close(store_with_regions(path));
    execute(path, "PRAGMA user_version = 99");
    assert_int_equal(uf_store_open(path, UF_STORE_READ_WRITE, &store, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "version 99"));
}

/* The ladder of the program with one step more: what the next release will do to the stores of this one. */
static void an_older_store_is_migrated_or_left_alone(void **state)
{
    (void)state;
    struct uf_error error;
    char path[512];
    snprintf(path, sizeof path, "%s", path_of("older.db"));
    uf_store_close(store_with_regions(path));
    size_t n;
    const struct uf_schema_step *steps = uf_schema_steps(&n);
    assert_true(n < 7);
    struct uf_schema_step ladder[8];
    memcpy(ladder, steps, n * sizeof *steps);
    static const char *const GOOD[] = {"ALTER TABLE region ADD COLUMN capital TEXT;",
                                       "UPDATE region SET capital = '-';", NULL};
    static const char *const BAD[] = {"ALTER TABLE region ADD COLUMN capital TEXT;",
                                      "CREATE TABLE region (x INTEGER);", NULL};
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);

    ladder[n] = (struct uf_schema_step){BAD, "fails half-way"};
    assert_int_equal(uf_schema_migrate(db, path, true, ladder, n + 1, &error), UF_IO_FAILED);
    assert_true(sqlite3_get_autocommit(db));
    assert_int_equal(sqlite3_exec(db, "SELECT capital FROM region", NULL, NULL, NULL), SQLITE_ERROR);
    assert_ok(uf_schema_migrate(db, path, true, steps, n, &error),
              &error); /* still the old version, still whole */

    ladder[n] = (struct uf_schema_step){GOOD, "a capital"};
    assert_int_equal(uf_schema_migrate(db, path, false, ladder, n + 1, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "older schema"));
    assert_ok(uf_schema_migrate(db, path, true, ladder, n + 1, &error), &error);
    assert_int_equal(sqlite3_exec(db, "SELECT capital FROM region", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(uf_schema_migrate(db, path, true, steps, n, &error),
                     UF_BAD_INPUT); /* now too new for us */
    sqlite3_close(db);
}

static void transactions_nest(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    const struct uf_sector g = {"G", "sni2007", NULL, "Handel", "Trade"},
                           h = {"H", "sni2007", NULL, "Transport", NULL};
    char *code;
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_put_sector(store, &g, &error), &error);
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_put_sector(store, &h, &error), &error);
    assert_ok(uf_store_find_sector(store, "H", &code, &error), &error);
    assert_non_null(code);
    free(code);
    uf_store_rollback(store); /* of the inner one alone */
    assert_ok(uf_store_find_sector(store, "H", &code, &error), &error);
    assert_null(code);
    assert_ok(uf_store_commit(store, &error), &error);
    assert_ok(uf_store_find_sector(store, "G", &code, &error), &error);
    assert_non_null(code);
    free(code);
    assert_int_equal(uf_store_commit(store, &error), UF_INTERNAL);
    uf_store_rollback(store); /* nothing to do */
    uf_store_close(store);
}

static void read_only_means_it(void **state)
{
    (void)state;
    struct uf_store *store;
    struct uf_error error;
    char path[512];
    snprintf(path, sizeof path, "%s", path_of("read-only.db"));
    uf_store_close(store_with_regions(path));
    assert_ok(uf_store_open(path, UF_STORE_READ_ONLY, &store, &error), &error);
    assert_int_equal(uf_store_begin(store, &error), UF_BAD_USAGE);
    const struct uf_sector g = {"G", "sni2007", NULL, "Handel", "Trade"};
    assert_int_equal(uf_store_put_sector(store, &g, &error), UF_IO_FAILED);
    uf_store_close(store);
}

static void two_handles_see_each_other(void **state)
{
    (void)state;
    struct uf_store *reader;
    struct uf_error error;
    char path[512];
    snprintf(path, sizeof path, "%s", path_of("two.db"));
    struct uf_store *writer = store_with_regions(path);
    assert_ok(uf_store_open(path, UF_STORE_READ_ONLY, &reader, &error), &error);
    const struct uf_sector g = {"G", "sni2007", NULL, "Handel", "Trade"};
    assert_ok(uf_store_begin(writer, &error), &error);
    assert_ok(uf_store_put_sector(writer, &g, &error), &error);
    expect_close(query_number(reader, "SELECT count(*) FROM sectors"), 5, 0, "before the commit");
    assert_ok(uf_store_commit(writer, &error), &error);
    expect_close(query_number(reader, "SELECT count(*) FROM sectors"), 6, 0, "after the commit");
    uf_store_close(reader);
    uf_store_close(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_store_is_made_and_opened_again),
                                       cmocka_unit_test(pragmas_are_not_for_queries),
                                       cmocka_unit_test(settings_are_on),
                                       cmocka_unit_test(what_is_no_store_is_refused),
                                       cmocka_unit_test(a_newer_store_is_refused),
                                       cmocka_unit_test(an_older_store_is_migrated_or_left_alone),
                                       cmocka_unit_test(transactions_nest),
                                       cmocka_unit_test(read_only_means_it),
                                       cmocka_unit_test(two_handles_see_each_other)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

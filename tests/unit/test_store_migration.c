// SPDX-License-Identifier: GPL-3.0-or-later
/* A store of version 1, empty and with data, becomes one of this version and loses nothing. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

#include "store/schema.h"
#include "support/store_fixture.h"
#include "support/test.h"

/* As the first release wrote it. */
static const char DATA_1[] =
    "INSERT INTO region VALUES (1, 'SE', 'country', NULL, 'Sverige', 'Sweden', 'Sverige', NULL, NULL),"
    "  (2, 'SE1', 'nuts1', 1, '\xC3\x96stra', 'East', '\xC3\x96stra', 2000, NULL),"
    "  (7, '0180', 'municipality', 2, 'Stockholm', 'Stockholm', 'Sthlm', NULL, 2030),"
    "  (9, 'FA15', 'fa', 1, 'FA', 'FA', 'FA', NULL, NULL);"
    "INSERT INTO region_alias VALUES ('00', 'scb', 1), ('0180-1', 'old', 7);"
    "INSERT INTO sector VALUES (3, 'B-E', 'aggregate', NULL, 'Industri', 'Industry'),"
    "  (4, 'C', 'sni2007', 3, 'Tillverkning', 'Manufacturing');"
    "INSERT INTO breakdown VALUES (5, 'sex=1');"
    "INSERT INTO indicator VALUES (6, 'emp', 'industry', 'Sysselsatta', 'Employed', 'personer', 'persons',"
    "  'stock', 1000.0, 'SCB', 'CC0');"
    "INSERT INTO batch VALUES (11, 'a.csv', 'csv-long', 'abc', 'all', '2024-01-02T03:04:05Z'),"
    "  (12, 'b.csv', 'eurostat-tsv', 'def', '', '2024-01-03T03:04:05Z');"
    "INSERT INTO observation VALUES (6, 7, 4, 5, 2018000, 1.5, 0, 11), (6, 7, 0, 0, 2018000, NULL, 3, 11),"
    "  (6, 1, 4, 0, 2019000, 0.0, 0, 12);"
    "INSERT INTO intervention VALUES (1, 'p', 'P', 'P', 2016000, 2020000, 1, 2, 3.5, 'SEK', 's');"
    "INSERT INTO exposure VALUES (1, 7, 2016000, NULL, 'exposed', 2.5);"
    "INSERT INTO run VALUES (1, '2024-05-01T12:00:00Z', 'abc', '{}');";

static void read_text(sqlite3 *db, const char *sql, struct uf_buffer *out)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int j = 0; j < sqlite3_column_count(statement); j++) {
            const char *text = (const char *)sqlite3_column_text(statement, j);
            uf_buffer_append(out, text ? text : "NULL");
            uf_buffer_append_char(out, '|');
        }
        uf_buffer_append_char(out, '\n');
    }
    sqlite3_finalize(statement);
}

/* All that version 1 knows, by columns, so that columns of later versions do not count. */
static char *contents(sqlite3 *db)
{
    static const char *const QUERIES[] = {
        "SELECT region_id, code, level, parent_id, name_sv, name_en, short_name, valid_from, valid_to FROM "
        "region"
        " ORDER BY 1",
        "SELECT alias, scheme, region_id FROM region_alias ORDER BY 1",
        "SELECT * FROM sector ORDER BY 1",
        "SELECT * FROM breakdown ORDER BY 1",
        "SELECT indicator_id, code, theme, name_sv, name_en, unit_sv, unit_en, kind, rounding, source, "
        "licence"
        " FROM indicator ORDER BY 1",
        "SELECT batch_id, path, format, sha256, selection, imported_at FROM batch ORDER BY 1",
        "SELECT * FROM observation ORDER BY 1, 2, 3, 4, 5",
        "SELECT * FROM intervention ORDER BY 1",
        "SELECT * FROM exposure ORDER BY 1",
        "SELECT * FROM run ORDER BY 1",
        "SELECT * FROM regions ORDER BY 1",
        "SELECT * FROM sectors ORDER BY 1",
        "SELECT * FROM observations ORDER BY 1, 2, 3, 4, 5",
        "SELECT * FROM exposures ORDER BY 1"};
    struct uf_buffer text = {0};
    for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) read_text(db, QUERIES[i], &text);
    assert_false(text.failed);
    return uf_buffer_take(&text);
}

static void make_version_1(const char *path, const char *data)
{
    sqlite3 *db;
    struct uf_error error;
    size_t n;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_ok(uf_schema_migrate(db, path, true, uf_schema_steps(&n), 1, &error), &error);
    assert_int_equal(
        sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON", NULL, NULL, NULL), SQLITE_OK);
    char *message = NULL;
    if (sqlite3_exec(db, data, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
    sqlite3_close(db);
}

static char *contents_of(const char *path)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *text = contents(db);
    sqlite3_close(db);
    return text;
}

static void scratch_path(const char *name, char path[512])
{
    snprintf(path, 512, "%s/%s", scratch_directory(), name);
}

static void a_store_with_data_keeps_all_of_it(void **state)
{
    (void)state;
    char path[512];
    struct uf_error error;
    struct uf_store *store;
    scratch_path("data.db", path);
    make_version_1(path, DATA_1);
    char *before = contents_of(path);
    assert_true(strlen(before) > 500);
    assert_int_equal(uf_store_open(path, UF_STORE_READ_ONLY, &store, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "older schema"));
    assert_ok(uf_store_open(path, UF_STORE_READ_WRITE, &store, &error), &error);
    uf_store_close(store);
    char *after = contents_of(path);
    assert_string_equal(before, after);
    free(before);
    free(after);

    /* What is new works on the old data. */
    assert_ok(uf_store_open(path, UF_STORE_READ_WRITE, &store, &error), &error);
    expect_text(store, "SELECT group_concat(batch || ':' || observations, ' ') FROM batches", "11:2 12:1");
    const struct uf_region foreign = {.code = "DE21", .level = "other"};
    assert_ok(uf_store_put_region(store, &foreign, &error), &error);
    int64_t batch;
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_batch_begin(store, "c.csv", "csv-long", "ghi", &batch, &error), &error);
    assert_int_equal(batch, 13);
    const struct uf_observation same = {.indicator = "emp",
                                        .region = "0180",
                                        .sector = "C",
                                        .breakdown = "sex=1",
                                        .period = uf_period_from_year(2018),
                                        .value = 1.5};
    bool duplicate = false;
    assert_ok(uf_store_put_observation(store, batch, &same, &duplicate, &error), &error);
    assert_true(duplicate);
    assert_ok(uf_store_commit(store, &error), &error);
    size_t removed, kept;
    assert_ok(uf_store_forget(store, 11, &removed, &kept, &error), &error);
    assert_int_equal(removed, 1);
    assert_int_equal(kept, 1);
    uf_store_close(store);
}

/* The same tables, indexes and views, whichever way a store came to its version. */
static void a_migrated_store_is_as_a_new_one(void **state)
{
    (void)state;
    static const char SCHEMA[] = "SELECT type, name, tbl_name, replace(replace(sql, '\"', ''), '  ', ' ')"
                                 " FROM sqlite_schema ORDER BY 1, 2";
    char path[512];
    struct uf_error error;
    struct uf_store *store;
    sqlite3 *db;
    struct uf_buffer migrated = {0}, fresh = {0};
    scratch_path("empty.db", path);
    make_version_1(path, "");
    assert_ok(uf_store_open(path, UF_STORE_READ_WRITE, &store, &error), &error);
    uf_store_close(store);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    read_text(db, SCHEMA, &migrated);
    /* every reference points to a table that is there */
    assert_int_equal(sqlite3_exec(db, "PRAGMA foreign_keys = ON; DELETE FROM region; DELETE FROM batch;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    scratch_path("fresh.db", path);
    uf_store_close(store_with_regions(path));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    read_text(db, SCHEMA, &fresh);
    sqlite3_close(db);
    assert_string_equal(migrated.data, fresh.data);
    uf_buffer_clear(&migrated);
    uf_buffer_clear(&fresh);
}

static void a_store_with_broken_references_is_left_as_it_was(void **state)
{
    (void)state;
    char path[512];
    struct uf_error error;
    struct uf_store *store;
    scratch_path("broken.db", path);
    make_version_1(path, DATA_1);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA foreign_keys = OFF; DELETE FROM batch WHERE batch_id = 12;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    char *before = contents(db);
    sqlite3_close(db);
    assert_int_equal(uf_store_open(path, UF_STORE_READ_WRITE, &store, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "damaged"));
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char *after = contents(db);
    assert_string_equal(before, after);
    struct uf_buffer version = {0};
    read_text(db, "PRAGMA user_version", &version);
    assert_string_equal(version.data, "1|\n");
    uf_buffer_clear(&version);
    sqlite3_close(db);
    free(before);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_store_with_data_keeps_all_of_it),
                                       cmocka_unit_test(a_migrated_store_is_as_a_new_one),
                                       cmocka_unit_test(a_store_with_broken_references_is_left_as_it_was)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

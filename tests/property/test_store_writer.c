// SPDX-License-Identifier: GPL-3.0-or-later
/* The writer does what putting one observation at a time does: same store, same counts, same conflict. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

#include "store/writer.h"
#include "support/store_fixture.h"
#include "support/test.h"

enum { ROUNDS = 60, MOST_PUTS = 60 };

static uint64_t next(uint64_t *seed)
{
    *seed += 0x9E3779B97F4A7C15u;
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* A cell of a small cube; its value follows from the cell, but for one in `conflicts`. */
static struct uf_observation random_observation(uint64_t *seed, size_t conflicts)
{
    static const char *const INDICATORS[] = {"x", "y"};
    static const char *const REGIONS[] = {"SE312", "SE110", "0180", "SE"};
    static const char *const SECTORS[] = {NULL, "C", "A"};
    static const char *const BREAKDOWNS[] = {NULL, "sex=1", "sex=2", "age=16-24;sex=1"};
    size_t i = next(seed) % 2, r = next(seed) % 4, s = next(seed) % 3, b = next(seed) % 4, y = next(seed) % 2;
    size_t value = (((i * 4 + r) * 3 + s) * 4 + b) * 2 + y;
    if (next(seed) % conflicts == 0) value += 1000;
    bool missing = value % 6 == 0;
    return (struct uf_observation){.indicator = INDICATORS[i],
                                   .region = REGIONS[r],
                                   .sector = SECTORS[s],
                                   .breakdown = BREAKDOWNS[b],
                                   .period = uf_period_from_year(2010 + (int)y),
                                   .value = missing ? NAN : (double)value / 4,
                                   .status = missing          ? UF_VALUE_SUPPRESSED
                                             : value % 7 == 0 ? UF_VALUE_PROVISIONAL
                                                              : UF_VALUE_OBSERVED};
}

static char *contents(struct uf_store *store)
{
    static const char *const QUERIES[] = {
        "SELECT indicator || region || ' ' || sector || breakdown || ' ' || period || ' ' || coalesce(value, "
        "'-')"
        " || ' ' || status || ' ' || batch AS t FROM observations ORDER BY 1",
        "SELECT indicator_id || ' ' || region_id || ' ' || sector_id || ' ' || breakdown_id || ' ' || period "
        "|| ' '"
        " || batch_id AS t FROM repeated_observation ORDER BY 1"};
    struct uf_buffer text = {0};
    struct uf_error error;
    for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
        struct uf_table *table;
        assert_ok(uf_store_query(store, QUERIES[i], NULL, 0, &table, &error), &error);
        for (size_t row = 0; row < uf_table_rows(table); row++) {
            uf_buffer_append(&text, uf_table_text(table, row, 0));
            uf_buffer_append_char(&text, '\n');
        }
        uf_table_free(table);
    }
    uf_buffer_append(&text, ".");
    assert_false(text.failed);
    return uf_buffer_take(&text);
}

static struct uf_store *prepared(void)
{
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    const struct uf_indicator x = {.code = "x"}, y = {.code = "y"};
    assert_ok(uf_store_put_indicator(store, &x, &error), &error);
    assert_ok(uf_store_put_indicator(store, &y, &error), &error);
    return store;
}

struct outcome {
    uf_status status;
    size_t put; /* that failed */
    struct uf_writer_counts counts;
    struct uf_error error;
};

static struct outcome one_by_one(struct uf_store *store, const struct uf_observation *puts, size_t n)
{
    struct outcome outcome = {0};
    int64_t batch;
    assert_ok(uf_store_begin(store, &outcome.error), &outcome.error);
    assert_ok(uf_store_batch_begin(store, "a", "b", "c", &batch, &outcome.error), &outcome.error);
    for (size_t i = 0; i < n && outcome.status == UF_OK; i++) {
        bool duplicate = false;
        outcome.put = i;
        outcome.status = uf_store_put_observation(store, batch, &puts[i], &duplicate, &outcome.error);
        outcome.counts.duplicates += duplicate;
        outcome.counts.stored += !duplicate;
        outcome.counts.missing += !duplicate && uf_value_is_missing(puts[i].status);
    }
    if (outcome.status == UF_OK)
        assert_ok(uf_store_commit(store, &outcome.error), &outcome.error);
    else
        uf_store_rollback(store);
    return outcome;
}

static struct outcome in_bulk(struct uf_store *store, const struct uf_observation *puts, size_t n,
                              size_t chunk)
{
    struct outcome outcome = {0};
    int64_t batch;
    struct uf_writer *writer;
    assert_ok(uf_store_begin(store, &outcome.error), &outcome.error);
    assert_ok(uf_store_batch_begin(store, "a", "b", "c", &batch, &outcome.error), &outcome.error);
    assert_ok(uf_writer_open(store, batch, chunk, &writer, &outcome.error), &outcome.error);
    for (size_t i = 0; i < n && outcome.status == UF_OK; i++)
        outcome.status = uf_writer_put(writer, &puts[i], &outcome.error);
    if (outcome.status == UF_OK) outcome.status = uf_writer_finish(writer, &outcome.error);
    outcome.counts = uf_writer_counts(writer);
    const struct uf_writer_conflict *conflict = uf_writer_conflict(writer);
    assert_int_equal(conflict != NULL, outcome.status != UF_OK);
    if (conflict) outcome.put = conflict->put;
    uf_writer_close(writer);
    if (outcome.status == UF_OK)
        assert_ok(uf_store_commit(store, &outcome.error), &outcome.error);
    else
        uf_store_rollback(store);
    return outcome;
}

static void the_writer_is_its_slow_twin(void **state)
{
    (void)state;
    uint64_t seed = 1815;
    size_t conflicts = 0, duplicates = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct uf_store *slow = prepared(), *fast = prepared();
        for (int file = 0; file < 3; file++) {
            struct uf_observation puts[MOST_PUTS];
            size_t n = 1 + next(&seed) % MOST_PUTS, rare = file == 0 ? 1000 : 20 + round;
            for (size_t i = 0; i < n; i++) puts[i] = random_observation(&seed, rare);
            struct outcome a = one_by_one(slow, puts, n);
            struct outcome b = in_bulk(fast, puts, n, 1 + next(&seed) % 20);
            assert_int_equal(a.status, b.status);
            if (a.status == UF_OK) {
                assert_memory_equal(&a.counts, &b.counts, sizeof a.counts);
                duplicates += a.counts.duplicates;
            } else {
                assert_int_equal(a.put, b.put);
                assert_string_equal(a.error.message, b.error.message);
                conflicts++;
            }
            char *expected = contents(slow), *got = contents(fast);
            if (strcmp(expected, got)) fail_msg("round %zu:\n%s\nnot\n%s", round, got, expected);
            free(expected);
            free(got);
        }
        uf_store_close(slow);
        uf_store_close(fast);
    }
    assert_true(conflicts > ROUNDS / 4);
    assert_true(duplicates > ROUNDS);
}

/* Foreign keys are not looked at while a chunk is written: they hold all the same. */
static void references_hold(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s/writer.db", scratch_directory());
    struct uf_error error;
    struct uf_store *store = store_with_regions(path);
    const struct uf_indicator x = {.code = "x"}, y = {.code = "y"};
    assert_ok(uf_store_put_indicator(store, &x, &error), &error);
    assert_ok(uf_store_put_indicator(store, &y, &error), &error);
    uint64_t seed = 7;
    for (int file = 0; file < 3; file++) {
        enum { PUTS = 500 };
        static struct uf_observation puts[PUTS];
        for (size_t i = 0; i < PUTS; i++) puts[i] = random_observation(&seed, SIZE_MAX);
        struct outcome outcome = in_bulk(store, puts, PUTS, file ? 64 : 0);
        assert_ok(outcome.status, &outcome.error);
    }
    assert_ok(uf_store_forget(store, 1, NULL, NULL, &error), &error);
    uf_store_close(store);
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT (SELECT count(*) FROM pragma_foreign_key_check),"
                           " (SELECT count(*) FROM observation), (SELECT count(*) FROM repeated_observation),"
                           " (SELECT group_concat(integrity_check) FROM pragma_integrity_check)",
                           -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 0);
    assert_true(sqlite3_column_int(statement, 1) > 150);
    assert_true(sqlite3_column_int(statement, 2) > 100);
    assert_string_equal(sqlite3_column_text(statement, 3), "ok");
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

static void what_does_not_hold_together_is_refused(void **state)
{
    (void)state;
    struct uf_store *store = prepared();
    struct uf_error error;
    struct uf_writer *writer, *other;
    struct uf_table *table;
    int64_t batch;
    assert_int_equal(uf_writer_open(store, 1, 0, &writer, &error), UF_INTERNAL); /* no transaction */
    assert_ok(uf_store_begin(store, &error), &error);
    assert_int_equal(uf_writer_open(store, 1, 0, &writer, &error), UF_BAD_INPUT); /* no such batch */
    assert_ok(uf_store_batch_begin(store, "a", "b", "c", &batch, &error), &error);
    assert_ok(uf_writer_open(store, batch, 0, &writer, &error), &error);
    assert_int_equal(uf_writer_open(store, batch, 0, &other, &error), UF_INTERNAL);
    struct uf_observation o = {.indicator = "x", .region = "20", .period = 2018000, .value = NAN};
    assert_int_equal(uf_writer_put(writer, &o, &error), UF_BAD_INPUT);
    o.value = 1;
    o.sector = "Q";
    assert_int_equal(uf_writer_put(writer, &o, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "unknown sector 'Q'"));
    assert_null(uf_writer_conflict(writer));
    o.sector = "C";
    o.indicator = NULL;
    assert_int_equal(uf_writer_put(writer, &o, &error), UF_BAD_INPUT);
    const struct uf_keyed_observation keyed = {.value = INFINITY};
    assert_int_equal(uf_writer_put_keyed(writer, &keyed, &error), UF_BAD_INPUT);
    assert_ok(uf_writer_finish(writer, &error), &error);
    assert_int_equal(uf_writer_counts(writer).stored, 0);
    uf_writer_close(writer);
    uf_writer_close(NULL);
    /* its rows are nothing that a query may see */
    assert_int_equal(uf_store_query(store, "SELECT * FROM utfall_rows", NULL, 0, &table, &error),
                     UF_BAD_USAGE);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_writer_is_its_slow_twin),
                                       cmocka_unit_test(references_hold),
                                       cmocka_unit_test(what_does_not_hold_together_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Forgetting a batch leaves the store as if it had never come, whatever else came, in whatever order. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

#include "support/store_fixture.h"
#include "support/test.h"

enum { FILES = 3, REGIONS = 4, YEARS = 6, AGES = 3, INDICATORS = 2, ROUNDS = 25 };

static uint64_t next(uint64_t *seed)
{
    *seed += 0x9E3779B97F4A7C15u;
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* A random part of one cube of values, so that files overlap with equal values. */
static char *make_file(uint64_t *seed)
{
    static const char *const CODES[REGIONS] = {"SE110", "20", "SE313", "0180"};
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "region,year,age,value\n");
    for (size_t r = 0; r < REGIONS; r++)
        for (size_t y = 0; y < YEARS; y++)
            for (size_t a = 0; a < AGES; a++) {
                char line[96];
                if (next(seed) % 3 == 0) continue;
                const char *format = (r + y + a) % 7 == 0 ? "%s,%zu,a%zu,..\n" : "%s,%zu,a%zu,%zu.5\n";
                snprintf(line, sizeof line, format, CODES[r], 2010 + y, a, 100 * r + 10 * y + a);
                uf_buffer_append(&text, line);
                if (next(seed) % 5 == 0) uf_buffer_append(&text, line); /* twice in one file */
            }
    assert_false(text.failed);
    return uf_buffer_take(&text);
}

static void import(struct uf_store *store, const char *text, size_t indicator)
{
    static const char *const CODES[INDICATORS] = {"x", "y"};
    const struct uf_dimension_role roles[] = {{UF_ROLE_REGION, "region"},
                                              {UF_ROLE_PERIOD, "year"},
                                              {UF_ROLE_BREAKDOWN, "age"},
                                              {UF_ROLE_VALUE, "value"}};
    const struct uf_import_request request = {
        .indicator = {.code = CODES[indicator]}, .roles = roles, .n_roles = 4};
    struct uf_import_summary summary;
    struct uf_error error;
    assert_ok(import_text(store, text, &request, &summary, &error), &error);
    uf_import_summary_clear(&summary);
}

/* All that a reader can see, but for which batch has which number. */
static char *contents(struct uf_store *store)
{
    static const char *const QUERIES[] = {
        "SELECT indicator || region || ' ' || sector || breakdown || ' ' || period || ' ' || coalesce(value, "
        "'-')"
        " || ' ' || status AS t FROM observations ORDER BY 1",
        "SELECT code AS t FROM indicator ORDER BY 1",
        "SELECT code AS t FROM breakdown ORDER BY 1",
        "SELECT code || coalesce(parent, '-') AS t FROM regions ORDER BY 1",
        "SELECT observations || ' ' || repeated AS t FROM batches ORDER BY batch",
        "SELECT 'repeats' || count(*) AS t FROM repeated_observation"};
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
    assert_false(text.failed);
    return uf_buffer_take(&text);
}

static void forgetting_is_never_having_imported(void **state)
{
    (void)state;
    uint64_t seed = 2018;
    for (size_t round = 0; round < ROUNDS; round++) {
        char *files[FILES];
        size_t indicators[FILES];
        for (size_t i = 0; i < FILES; i++) {
            files[i] = make_file(&seed);
            indicators[i] = next(&seed) % INDICATORS;
        }
        /* All of them, one forgotten, against the others in the same order. */
        for (size_t gone = 0; gone < FILES; gone++) {
            struct uf_store *all = store_with_regions(":memory:"), *others = store_with_regions(":memory:");
            struct uf_error error;
            size_t removed, kept, before, after;
            for (size_t i = 0; i < FILES; i++) {
                import(all, files[i], indicators[i]);
                if (i != gone) import(others, files[i], indicators[i]);
            }
            assert_ok(uf_store_count(all, NULL, &before, &error), &error);
            assert_ok(uf_store_forget(all, (int64_t)gone + 1, &removed, &kept, &error), &error);
            assert_ok(uf_store_count(all, NULL, &after, &error), &error);
            assert_int_equal(before - after, removed);
            char *left = contents(all), *expected = contents(others);
            if (strcmp(left, expected))
                fail_msg("round %zu without file %zu:\n%s\nnot\n%s", round, gone, left, expected);
            free(left);
            free(expected);
            uf_store_close(all);
            uf_store_close(others);
        }
        for (size_t i = 0; i < FILES; i++) free(files[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(forgetting_is_never_having_imported)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

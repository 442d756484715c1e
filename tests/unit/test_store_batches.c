// SPDX-License-Identifier: GPL-3.0-or-later
/* What a batch says of its file, labels, decimals, and forgetting. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/store_fixture.h"
#include "support/test.h"

static void put(struct uf_store *store, int64_t batch, const char *region, int year, double value,
                const char *breakdown)
{
    struct uf_error error;
    const struct uf_observation o = {.indicator = "x",
                                     .region = region,
                                     .breakdown = breakdown,
                                     .period = uf_period_from_year(year),
                                     .value = value};
    assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
}

static int64_t begin_batch(struct uf_store *store, const char *path)
{
    struct uf_error error;
    int64_t batch;
    const struct uf_indicator x = {.code = "x", .kind = UF_INDICATOR_FLOW};
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_put_indicator(store, &x, &error), &error);
    assert_ok(uf_store_batch_begin(store, path, "px", path, &batch, &error), &error);
    return batch;
}

static void commit(struct uf_store *store)
{
    struct uf_error error;
    assert_ok(uf_store_commit(store, &error), &error);
}

static void what_a_file_said_is_kept(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    int64_t batch = begin_batch(store, "a.px");
    expect_close(query_number(store, "SELECT count(*) FROM batches WHERE encoding IS NULL AND cells IS NULL"),
                 1, 0, "nothing said yet");
    assert_ok(uf_store_batch_describe(store, batch, "windows-1252", 42, &error), &error);
    assert_ok(uf_store_batch_dimension(store, batch, "Region", "L\xC3\xA4n", "region", &error), &error);
    assert_ok(uf_store_batch_dimension(store, batch, "Tid", NULL, "period", &error), &error);
    assert_ok(uf_store_batch_note(store, batch, NULL, "Prelimin\xC3\xA4r", &error), &error);
    assert_ok(uf_store_batch_note(store, batch, "region=0114", "Ny gr\xC3\xA4ns", &error), &error);
    assert_ok(uf_store_put_code_label(store, "sex", "1", "man", &error), &error);
    assert_ok(uf_store_put_code_label(store, "sex", "1", "men", &error), &error);
    put(store, batch, "20", 2020, 1, NULL);
    commit(store);
    expect_text(store, "SELECT encoding || cells || observations || repeated FROM batches",
                "windows-12524210");
    expect_text(store,
                "SELECT group_concat(position || name || coalesce(label, '-') || role, ' ') FROM"
                " (SELECT * FROM batch_dimensions WHERE batch = 1 ORDER BY position)",
                "1RegionL\xC3\xA4nregion 2Tid-period");
    expect_text(store, "SELECT text FROM batch_notes WHERE scope = ''", "Prelimin\xC3\xA4r");
    expect_text(store, "SELECT text FROM batch_notes WHERE scope = 'region=0114'", "Ny gr\xC3\xA4ns");
    expect_text(store, "SELECT label FROM code_labels WHERE dimension = 'sex' AND code = '1'", "men");
    uf_store_close(store);
}

static void what_is_said_of_nothing_is_refused(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    assert_int_equal(uf_store_batch_dimension(store, 1, "a", "b", "region", &error), UF_INTERNAL);
    assert_int_equal(uf_store_batch_note(store, 1, "a", "b", &error), UF_INTERNAL);
    assert_int_equal(uf_store_put_code_label(store, "", "1", "men", &error), UF_BAD_INPUT);
    assert_int_equal(uf_store_put_code_label(store, "sex", "1", NULL, &error), UF_BAD_INPUT);
    assert_ok(uf_store_begin(store, &error), &error);
    assert_int_equal(uf_store_batch_dimension(store, 7, "a", "b", "region", &error), UF_BAD_INPUT);
    assert_int_equal(uf_store_batch_note(store, 7, "a", "b", &error), UF_BAD_INPUT);
    uf_store_close(store);
}

static void decimals_are_said_or_not(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_indicator x = {.code = "x"};
    assert_ok(uf_store_put_indicator(store, &x, &error), &error);
    expect_close(query_number(store, "SELECT count(*) FROM indicator WHERE decimals IS NULL"), 1, 0,
                 "not said");
    x.has_decimals = true;
    assert_ok(uf_store_put_indicator(store, &x, &error), &error);
    expect_close(query_number(store, "SELECT decimals FROM indicator"), 0, 0, "none");
    x.decimals = 2;
    assert_ok(uf_store_put_indicator(store, &x, &error), &error);
    x.has_decimals = false;
    assert_ok(uf_store_put_indicator(store, &x, &error), &error);
    expect_close(query_number(store, "SELECT decimals FROM indicator"), 2, 0, "what is not said stays");
    x.has_decimals = true;
    x.decimals = -1;
    assert_int_equal(uf_store_put_indicator(store, &x, &error), UF_BAD_INPUT);
    uf_store_close(store);
}

static void regions_outside_the_tree_have_a_level(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_region region = {.code = "DE21", .level = "other", .name_en = "Oberbayern"};
    assert_ok(uf_store_put_region(store, &region, &error), &error);
    expect_text(store, "SELECT level FROM regions WHERE code = 'DE21'", "other");
    region.parent = "SE";
    assert_ok(uf_store_put_region(store, &region, &error), &error);
    region.parent = "SE11";
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    region = (struct uf_region){.code = "FA1", .level = "fa", .parent = "DE21"};
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "'DE21' (other)"));
    uf_store_close(store);
}

static void forgetting_takes_what_only_that_batch_brought(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    const struct uf_region foreign = {.code = "DE21", .level = "other"};
    int64_t first = begin_batch(store, "a.px");
    assert_ok(uf_store_put_region(store, &foreign, &error), &error);
    put(store, first, "20", 2020, 1, NULL);
    put(store, first, "20", 2021, 2, "sex=1");
    put(store, first, "DE21", 2021, 3, NULL);
    assert_ok(uf_store_batch_note(store, first, "", "note", &error), &error);
    assert_ok(uf_store_batch_dimension(store, first, "a", NULL, "region", &error), &error);
    commit(store);
    int64_t second = begin_batch(store, "b.px");
    put(store, second, "20", 2020, 1, NULL);
    put(store, second, "20", 2020, 1, NULL); /* twice in one file: once */
    put(store, second, "20", 2022, 4, NULL);
    put(store, second, "20", 2022, 4, NULL); /* its own: no repeat */
    commit(store);
    expect_text(store, "SELECT group_concat(observations || ':' || repeated, ' ') FROM batches", "3:0 1:1");

    size_t removed = 9, kept = 9;
    assert_int_equal(uf_store_forget(store, 7, &removed, &kept, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "2 (b.px), 1 (a.px)"));
    assert_int_equal(removed, 9);
    assert_ok(uf_store_forget(store, first, &removed, &kept, &error), &error);
    assert_int_equal(removed, 2);
    assert_int_equal(kept, 1);
    expect_text(store, "SELECT batch || ':' || observations || ':' || repeated FROM batches", "2:2:0");
    expect_close(query_number(store, "SELECT count(*) FROM batch_notes"), 0, 0, "notes");
    expect_close(query_number(store, "SELECT count(*) FROM batch_dimensions"), 0, 0, "dimensions");
    expect_close(query_number(store, "SELECT count(*) FROM breakdown"), 1, 0, "breakdowns");
    expect_close(query_number(store, "SELECT count(*) FROM regions WHERE level = 'other'"), 0, 0, "regions");
    assert_ok(uf_store_forget(store, second, &removed, NULL, &error), &error);
    assert_int_equal(removed, 2);
    expect_close(query_number(store, "SELECT count(*) FROM indicator"), 0, 0,
                 "the indicator has no value left");
    assert_int_equal(uf_store_forget(store, second, NULL, NULL, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "holds none"));

    /* Its number is not given again, and the store takes all of it once more. */
    int64_t third = begin_batch(store, "c.px");
    assert_int_equal(third, 3);
    put(store, third, "20", 2021, 2, "sex=1");
    commit(store);
    uf_store_close(store);
}

static void forgetting_inside_a_transaction_can_be_taken_back(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s/forget.db", scratch_directory());
    struct uf_store *store = store_with_regions(path);
    struct uf_error error;
    int64_t batch = begin_batch(store, "a.px");
    put(store, batch, "20", 2020, 1, "sex=1");
    commit(store);
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_forget(store, batch, NULL, NULL, &error), &error);
    uf_store_rollback(store);
    expect_close(query_number(store, "SELECT count(*) FROM observations WHERE breakdown = 'sex=1'"), 1, 0,
                 "all is there");
    /* foreign keys are looked at again */
    assert_ok(uf_store_begin(store, &error), &error);
    const struct uf_observation o = {
        .indicator = "x", .region = "20", .period = uf_period_from_year(2030), .value = 1};
    assert_int_equal(uf_store_put_observation(store, 99, &o, NULL, &error), UF_BAD_INPUT);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_file_said_is_kept),
                                       cmocka_unit_test(what_is_said_of_nothing_is_refused),
                                       cmocka_unit_test(decimals_are_said_or_not),
                                       cmocka_unit_test(regions_outside_the_tree_have_a_level),
                                       cmocka_unit_test(forgetting_takes_what_only_that_batch_brought),
                                       cmocka_unit_test(forgetting_inside_a_transaction_can_be_taken_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

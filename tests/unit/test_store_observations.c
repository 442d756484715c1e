// SPDX-License-Identifier: GPL-3.0-or-later
/* Sectors, indicators, batches, observations, interventions, runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/store_fixture.h"
#include "support/test.h"

static struct uf_store *store_with_batch(int64_t *batch)
{
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    const struct uf_indicator employment = {
        .code = "employment", .unit_en = "persons", .kind = UF_INDICATOR_STOCK};
    assert_ok(uf_store_put_indicator(store, &employment, &error), &error);
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_batch_begin(store, "a.csv", "csv-long", "abc", batch, &error), &error);
    return store;
}

static struct uf_observation cell(double value)
{
    return (struct uf_observation){.indicator = "employment",
                                   .region = "20",
                                   .sector = "C",
                                   .period = uf_period_from_year(2018),
                                   .value = value};
}

static void a_value_is_stored_with_its_status(void **state)
{
    (void)state;
    int64_t batch;
    struct uf_store *store = store_with_batch(&batch);
    struct uf_error error;
    struct uf_observation o = cell(1234.5);
    o.status = UF_VALUE_PROVISIONAL;
    o.breakdown = "sex=F";
    bool duplicate = true;
    assert_ok(uf_store_put_observation(store, batch, &o, &duplicate, &error), &error);
    assert_false(duplicate);
    o.breakdown = NULL;
    o.value = NAN;
    o.status = UF_VALUE_CONFIDENTIAL;
    assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
    expect_close(query_number(store,
                              "SELECT value FROM observations WHERE breakdown = 'sex=F' AND region = 'SE312'"
                              " AND sector = 'C' AND period = 2018000"),
                 1234.5, 0, "value");
    expect_close(
        query_number(store, "SELECT status FROM observations WHERE breakdown = '' AND value IS NULL"),
        UF_VALUE_CONFIDENTIAL, 0, "status");
    size_t count;
    assert_ok(uf_store_count(store, "employment", &count, &error), &error);
    assert_int_equal(count, 2);
    assert_ok(uf_store_count(store, NULL, &count, &error), &error);
    assert_int_equal(count, 2);
    assert_int_equal(uf_store_count(store, "employmnt", &count, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "did you mean 'employment'?"));
    uf_store_close(store);
}

static void the_same_value_twice_is_a_duplicate(void **state)
{
    (void)state;
    int64_t batch;
    struct uf_store *store = store_with_batch(&batch);
    struct uf_error error;
    struct uf_observation o = cell(5);
    bool duplicate = false;
    assert_ok(uf_store_put_observation(store, batch, &o, &duplicate, &error), &error);
    assert_ok(uf_store_put_observation(store, batch, &o, &duplicate, &error), &error);
    assert_true(duplicate);
    o.value = 6;
    assert_int_equal(uf_store_put_observation(store, batch, &o, &duplicate, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "5 is stored, 6 comes now"));
    o.value = 5;
    o.status = UF_VALUE_BREAK; /* another remark is another statement */
    assert_int_equal(uf_store_put_observation(store, batch, &o, &duplicate, &error), UF_BAD_INPUT);
    o = cell(0); /* NULL is never 0 */
    o.period = uf_period_from_year(2019);
    assert_ok(uf_store_put_observation(store, batch, &o, &duplicate, &error), &error);
    o.value = NAN;
    o.status = UF_VALUE_NOT_AVAILABLE;
    assert_int_equal(uf_store_put_observation(store, batch, &o, &duplicate, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "0 is stored"));
    uf_store_close(store);
}

static void what_does_not_hold_together_is_refused(void **state)
{
    (void)state;
    int64_t batch;
    struct uf_store *store = store_with_batch(&batch);
    struct uf_error error;
    struct uf_observation o = cell(NAN);
    assert_int_equal(uf_store_put_observation(store, batch, &o, NULL, &error), UF_BAD_INPUT);
    o = cell(1);
    o.status = UF_VALUE_SUPPRESSED;
    assert_int_equal(uf_store_put_observation(store, batch, &o, NULL, &error), UF_BAD_INPUT);
    o = cell(INFINITY);
    assert_int_equal(uf_store_put_observation(store, batch, &o, NULL, &error), UF_BAD_INPUT);
    o = cell(1);
    o.sector = "Q";
    assert_int_equal(uf_store_put_observation(store, batch, &o, NULL, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "unknown sector 'Q'"));
    o = cell(1);
    o.region = "SE999";
    assert_int_equal(uf_store_put_observation(store, batch, &o, NULL, &error), UF_BAD_INPUT);
    o = cell(1);
    assert_int_equal(uf_store_put_observation(store, 4711, &o, NULL, &error),
                     UF_BAD_INPUT); /* no such batch */
    uf_store_rollback(store);
    assert_int_equal(uf_store_put_observation(store, batch, &o, NULL, &error), UF_INTERNAL);
    assert_int_equal(uf_store_batch_begin(store, "b", "c", "d", &batch, &error), UF_INTERNAL);
    uf_store_close(store);
}

static void ids_of_a_rolled_back_row_are_forgotten(void **state)
{
    (void)state;
    int64_t batch;
    struct uf_store *store = store_with_batch(&batch);
    struct uf_error error;
    struct uf_observation o = cell(1);
    o.breakdown = "age=16";
    assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
    uf_store_rollback(store);
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_batch_begin(store, "a.csv", "csv-long", "abc", &batch, &error), &error);
    assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
    expect_text(store, "SELECT breakdown FROM observations", "age=16");
    uf_store_close(store);
}

static void a_batch_is_found_by_content_and_selection(void **state)
{
    (void)state;
    int64_t batch, found = 7;
    struct uf_store *store = store_with_batch(&batch);
    struct uf_error error;
    assert_ok(uf_store_batch_select(store, batch, "all", &error), &error);
    assert_ok(uf_store_batch_find(store, "abc", "all", &found, &error), &error);
    assert_int_equal(found, batch);
    assert_ok(uf_store_batch_find(store, "abc", "some", &found, &error), &error);
    assert_int_equal(found, 0);
    uf_store_close(store);
}

static void a_unit_cannot_change_under_its_values(void **state)
{
    (void)state;
    int64_t batch;
    struct uf_store *store = store_with_batch(&batch);
    struct uf_error error;
    struct uf_indicator indicator = {.code = "employment", .unit_en = "thousand persons", .source = "SCB"};
    assert_ok(uf_store_put_indicator(store, &indicator, &error), &error); /* no values yet */
    struct uf_observation o = cell(1);
    assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
    indicator.unit_en = "persons";
    assert_int_equal(uf_store_put_indicator(store, &indicator, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "another unit or kind"));
    indicator.unit_en = NULL;
    indicator.source = NULL;
    indicator.name_sv = "Sysselsatta";
    assert_ok(uf_store_put_indicator(store, &indicator, &error), &error);
    expect_text(store, "SELECT unit_en || '/' || source || '/' || name_sv FROM indicator",
                "thousand persons/SCB/Sysselsatta");
    indicator.kind = UF_INDICATOR_RATIO;
    assert_int_equal(uf_store_put_indicator(store, &indicator, &error), UF_BAD_INPUT);
    indicator.kind = (enum uf_indicator_kind)9;
    assert_int_equal(uf_store_put_indicator(store, &indicator, &error), UF_BAD_INPUT);
    indicator = (struct uf_indicator){.code = "y", .rounding = -1};
    assert_int_equal(uf_store_put_indicator(store, &indicator, &error), UF_BAD_INPUT);
    uf_store_close(store);
}

static void sectors_form_a_tree(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_sector sector = {"25", "sni2007", "C", "Metallvaror", "Metal products"};
    assert_ok(uf_store_put_sector(store, &sector, &error), &error);
    expect_text(store, "SELECT parent FROM sectors WHERE code = '25'", "C");
    sector.parent = "25";
    assert_int_equal(uf_store_put_sector(store, &sector, &error), UF_BAD_INPUT);
    sector.parent = "Z9";
    assert_int_equal(uf_store_put_sector(store, &sector, &error), UF_BAD_INPUT);
    char *code;
    assert_int_equal(uf_store_resolve_sector(store, "B_E", &code, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "did you mean 'B-E'?"));
    assert_int_equal(uf_store_resolve_sector(store, "", &code, &error), UF_BAD_INPUT);
    uf_store_close(store);
}

static void exposure_is_known_or_known_to_be_unknown(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_intervention programme = {.code = "smart",
                                        .name_sv = "Smart industri",
                                        .start = uf_period_from_year(2016),
                                        .end = uf_period_from_year(2020),
                                        .regions_exposed = 20,
                                        .regions_total = 21,
                                        .cost = NAN};
    assert_ok(uf_store_put_intervention(store, &programme, &error), &error);
    assert_ok(uf_store_put_intervention(store, &programme, &error), &error); /* again */
    assert_ok(
        uf_store_put_exposure(store, "smart", "20", UF_EXPOSED, uf_period_from_year(2017), 0, 4.5, &error),
        &error);
    assert_ok(uf_store_put_exposure(store, "smart", "SE110", UF_EXPOSURE_UNKNOWN, 0, 0, NAN, &error), &error);
    expect_close(query_number(store, "SELECT start_period FROM exposures WHERE status = 'unknown'"), 2016000,
                 0, "the intervention's start");
    expect_close(query_number(store, "SELECT end_period FROM exposures WHERE status = 'exposed'"), 2020000, 0,
                 "end");
    expect_close(
        query_number(store, "SELECT count(*) FROM exposures WHERE amount IS NULL AND region = 'SE110'"), 1, 0,
        "no amount");
    expect_close(query_number(store, "SELECT count(*) FROM intervention WHERE cost IS NULL"), 1, 0,
                 "no cost");
    assert_int_equal(uf_store_put_exposure(store, "smrt", "20", UF_EXPOSED, 0, 0, NAN, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "did you mean 'smart'?"));
    assert_int_equal(uf_store_put_exposure(store, "smart", "20", UF_EXPOSED, 2019000, 2018000, NAN, &error),
                     UF_BAD_INPUT);
    programme.regions_exposed = 22;
    assert_int_equal(uf_store_put_intervention(store, &programme, &error), UF_BAD_INPUT);
    programme.regions_exposed = -1;
    programme.end = uf_period_from_year(2015);
    assert_int_equal(uf_store_put_intervention(store, &programme, &error), UF_BAD_INPUT);
    uf_store_close(store);
}

static void a_run_is_recorded(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    int64_t run = 0;
    assert_ok(uf_store_put_run(store, "2024-05-01T12:00:00Z", "abc", "{}", &run, &error), &error);
    assert_int_equal(run, 1);
    expect_text(store, "SELECT started || manifest FROM run", "2024-05-01T12:00:00Z{}");
    assert_int_equal(uf_store_put_run(store, NULL, "abc", "{}", NULL, &error), UF_INTERNAL);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_value_is_stored_with_its_status),
                                       cmocka_unit_test(the_same_value_twice_is_a_duplicate),
                                       cmocka_unit_test(what_does_not_hold_together_is_refused),
                                       cmocka_unit_test(ids_of_a_rolled_back_row_are_forgotten),
                                       cmocka_unit_test(a_batch_is_found_by_content_and_selection),
                                       cmocka_unit_test(a_unit_cannot_change_under_its_values),
                                       cmocka_unit_test(sectors_form_a_tree),
                                       cmocka_unit_test(exposure_is_known_or_known_to_be_unknown),
                                       cmocka_unit_test(a_run_is_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

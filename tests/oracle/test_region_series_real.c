// SPDX-License-Identifier: GPL-3.0-or-later
/* Region history on figures as their publishers wrote them: Heby in SCB's register of education, Knivsta and the sums of
 * municipalities in SCB's table of live births. */
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/aggregate.h>
#include <utfall/file.h>
#include <utfall/harmonise.h>
#include <utfall/import.h>

#include "support/store_fixture.h"

static struct uf_store *open_store(void)
{
    struct uf_store *store;
    struct uf_error error;
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    assert_ok(uf_import_reference(store, source_path("datasets/reference"), &error), &error);
    return store;
}

static struct uf_region_history shipped(void)
{
    struct uf_region_history history;
    struct uf_error error;
    assert_ok(uf_region_history_read(source_path("datasets/reference/region_links.csv"), &history, &error),
              &error);
    return history;
}

/* --- the register of education, 21 counties 1985–2018 -------------------------------------------- */

enum { FIRST = 1985, LAST = 2018 };

/* Population 16–74 by county and year, summed by this test from the wide table. */
static void read_register(const char *path, double total[26][LAST - FIRST + 1], char **out_long)
{
    struct raw_csv csv = raw_csv_read(path);
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_buffer_append(&text, "region,year,value\n");
    for (size_t row = 0; row < csv.n_rows; row++) {
        size_t county = (size_t)strtoul(csv.cell[row * csv.n_columns], NULL, 10);
        assert_true(county < 26);
        for (size_t j = 0; j < csv.n_columns; j++) {
            long year = strtol(csv.header[j], NULL, 10);
            if (year >= FIRST && year <= LAST) total[county][year - FIRST] += raw_csv_number(&csv, row, j);
        }
    }
    for (size_t county = 0; county < 26; county++)
        for (int year = FIRST; year <= LAST; year++) {
            char line[64];
            if (total[county][year - FIRST] == 0) continue;
            snprintf(line, sizeof line, "%02zu,%d,%.0f\n", county, year, total[county][year - FIRST]);
            uf_buffer_append(&text, line);
        }
    raw_csv_free(&csv);
    *out_long = uf_buffer_take(&text);
    assert_non_null(*out_long);
}

static double growth(struct uf_store *store, const char *region, int year)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT b.value / a.value - 1 AS g FROM observations a JOIN observations b USING (indicator, "
             "region) WHERE "
             "indicator = 'people' AND region = '%s' AND a.period = %d AND b.period = %d",
             region, uf_period_from_year(year - 1), uf_period_from_year(year));
    return query_number(store, sql);
}

static void heby_is_a_step_that_the_union_does_not_have(void **state)
{
    (void)state;
    static double total[26][LAST - FIRST + 1];
    char *text;
    struct uf_error error;
    struct uf_import_summary summary;
    read_register(need_shared("realdata/scb/mikaellundqvist/UF0506A1_2.csv"), total, &text);
    assert_true(total[11][0] == 0 && total[12][0] > 600000); /* SCB gives Skåne back to 1985 */
    struct uf_store *store = open_store();
    const struct uf_import_request request = {
        .indicator = {.code = "people", .name_sv = "Folk", .name_en = "People"}};
    assert_ok(import_text(store, text, &request, &summary, &error), &error);
    uf_import_summary_clear(&summary);
    free(text);
    /* the register counts Heby to Uppsala county from the end of 2006 */
    assert_true(growth(store, "SE121", 2006) > 0.04 && growth(store, "SE125", 2006) < -0.035);
    struct uf_region_history history = shipped();
    struct uf_result log;
    uf_result_init(&log);
    const struct uf_harmonise_options options = {.as_of = 2016, .history = &history, .indicator = "people"};
    assert_ok(uf_harmonise_indicator(store, &options, NULL, UF_ENGLISH, &log, &error), &error);
    double step = growth(store, "SE121+SE125", 2006);
    assert_true(step > 0 && step < 0.013);
    assert_int_equal(log.n_ledger, 1); /* Skåne and Västra Götaland were recalculated: nothing to merge */
    assert_int_equal(log.ledger[0].rows_before, 2 * (LAST - FIRST + 1));
    assert_int_equal(log.ledger[0].rows_after, LAST - FIRST + 1);
    for (int year = FIRST; year <= LAST; year++) {
        char sql[160];
        double sum = 0;
        for (size_t county = 0; county < 26; county++) sum += total[county][year - FIRST];
        snprintf(sql, sizeof sql,
                 "SELECT sum(value) AS v FROM observations WHERE indicator = 'people' AND period = %d",
                 uf_period_from_year(year));
        expect_close(query_number(store, sql), sum, 0, "the nation");
        snprintf(
            sql, sizeof sql,
            "SELECT value FROM observations WHERE indicator = 'people' AND region = 'SE224' AND period = %d",
            uf_period_from_year(year));
        expect_close(query_number(store, sql), total[12][year - FIRST], 0, "Skåne");
    }
    uf_result_clear(&log);
    uf_region_history_clear(&history);
    uf_store_close(store);
}

/* --- live births 2002 and 2003 by municipality --------------------------------------------------- */

/* The codes of a PX file's first dimension, by a reading of this test's own: from `KEY=` to `;`. */
static size_t px_codes(const char *bytes, const char *key, char codes[][8], size_t capacity)
{
    const char *at = strstr(bytes, key);
    size_t n = 0;
    assert_non_null(at);
    for (at += strlen(key); *at && *at != ';' && n < capacity; at++) {
        if (*at != '"') continue;
        size_t length = strcspn(at + 1, "\"");
        assert_true(length < 8);
        memcpy(codes[n], at + 1, length);
        codes[n++][length] = '\0';
        at += length + 1;
    }
    return n;
}

static size_t count_values(const char *bytes, const char *key)
{
    const char *at = strstr(bytes, key);
    size_t quotes = 0;
    assert_non_null(at);
    for (at += strlen(key); *at && *at != ';'; at++) quotes += *at == '"';
    return quotes / 2;
}

/* Births of both sexes and all ages; NaN where a cell is missing. Rows are region × age, columns year × gender. */
static char *read_births(const char *path)
{
    char *bytes = NULL;
    size_t length = 0;
    struct uf_error error;
    static char codes[400][8];
    assert_ok(uf_file_read(path, 0, &bytes, &length, &error), &error);
    size_t regions = px_codes(bytes, "CODES(\"region\")=", codes, 400),
           ages = count_values(bytes, "VALUES(\"maternal age\")=");
    assert_true(regions > 300 && ages > 10);
    const char *at = strstr(bytes, "DATA=");
    assert_non_null(at);
    at += 5;
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_buffer_append(&text, "region,year,value\n");
    for (size_t r = 0; r < regions; r++) {
        double total[2] = {0, 0}; /* the last age is `total` */
        for (size_t cell = 0; cell < ages * 4; cell++) {
            at += strspn(at, " \r\n");
            char *end = NULL;
            double value = strtod(at, &end);
            if (end == at) {
                value = NAN;
                end = (char *)at + strcspn(at, " \r\n");
            }
            at = end;
            if (cell / 4 == ages - 1) total[cell % 4 / 2] += value;
        }
        for (int k = 0; k < 2; k++) {
            char line[64];
            if (isnan(total[k]))
                snprintf(line, sizeof line, "%.7s,%d,..\n", codes[r], 2002 + k);
            else
                snprintf(line, sizeof line, "%.7s,%d,%.0f\n", codes[r], 2002 + k, total[k]);
            uf_buffer_append(&text, line);
        }
    }
    free(bytes);
    return uf_buffer_take(&text);
}

static void births_of_municipalities_make_counties(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_import_summary summary;
    char *text = read_births(need_shared("realdata/px/pxweb_example/aggregations/BE0101D1.px"));
    struct uf_store *store = open_store();
    const struct uf_import_request request = {
        .indicator = {.code = "births", .name_sv = "Födda", .name_en = "Births", .kind = UF_INDICATOR_FLOW}};
    assert_ok(import_text(store, text, &request, &summary, &error), &error); /* 1917 too is known */
    uf_import_summary_clear(&summary);
    free(text);
    struct uf_table *values, *gaps;
    struct uf_aggregate_request sums = {
        .indicator = "births", .from_level = "municipality", .to_level = "county"};
    assert_ok(uf_aggregate_tables(store, &sums, &values, &gaps, &error), &error);
    assert_int_equal(uf_table_rows(values), 42);
    /* Heby lies in Uppsala county today and lay in Västmanland then: two counties do not add up, by the same number */
    assert_int_equal(uf_table_rows(gaps), 4);
    const size_t gap = uf_table_column(gaps, "total_gap");
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(uf_table_text(gaps, i, 0), "SE121");
        assert_string_equal(uf_table_text(gaps, i + 2, 0), "SE125");
        expect_close(uf_table_number(gaps, i, gap), -uf_table_number(gaps, i + 2, gap), 0,
                     "the births of Heby");
        assert_true(uf_table_number(gaps, i + 2, gap) > 50);
        assert_string_equal(uf_table_text(gaps, i, uf_table_column(gaps, "reason")), "unexplained");
    }
    uf_table_free(values);
    uf_table_free(gaps);
    /* all municipalities make the nation, in one step and by counties */
    sums.to_level = "country";
    assert_ok(uf_aggregate_tables(store, &sums, &values, &gaps, &error), &error);
    assert_int_equal(uf_table_rows(gaps), 0);
    uf_table_free(values);
    uf_table_free(gaps);
    sums.from_level = "county";
    assert_ok(uf_aggregate_tables(store, &sums, &values, &gaps, &error), &error);
    assert_int_equal(uf_table_rows(gaps), 0);
    uf_table_free(values);
    uf_table_free(gaps);
    uf_store_close(store);
}

static void knivsta_goes_back_to_uppsala(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_import_summary summary;
    char *text = read_births(need_shared("realdata/px/pxweb_example/aggregations/BE0101D1.px"));
    struct uf_store *store = open_store();
    const struct uf_import_request request = {
        .indicator = {.code = "births", .name_sv = "Födda", .name_en = "Births", .kind = UF_INDICATOR_FLOW}};
    assert_ok(import_text(store, text, &request, &summary, &error), &error);
    uf_import_summary_clear(&summary);
    free(text);
    static const char before[] =
        "SELECT sum(value) AS v FROM observations WHERE indicator = 'births' AND period = 2003000 "
        "AND region IN ('0330', '0380')";
    const double uppsala = query_number(store, before);
    const double knivsta_2002 =
        query_number(store, "SELECT total(value) AS v FROM observations WHERE indicator = 'births' "
                            "AND period = 2002000 AND region = '0330'");
    struct uf_region_history history = shipped();
    struct uf_result log;
    uf_result_init(&log);
    const struct uf_harmonise_options options = {.as_of = 2003, .history = &history, .indicator = "births"};
    assert_ok(uf_harmonise_indicator(store, &options, NULL, UF_ENGLISH, &log, &error), &error);
    expect_close(knivsta_2002, 0, 0, "Knivsta before it was");
    expect_close(
        query_number(store,
                     "SELECT value FROM observations WHERE indicator = 'births' AND period = 2003000 AND "
                     "region = '0330+0380'"),
        uppsala, 0, "the two together");
    assert_true(
        query_number(store,
                     "SELECT value FROM observations WHERE indicator = 'births' AND period = 2002000 AND "
                     "region = '0330+0380'") > 0.9 * uppsala);
    uf_result_clear(&log);
    uf_region_history_clear(&history);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heby_is_a_step_that_the_union_does_not_have),
        cmocka_unit_test(births_of_municipalities_make_counties),
        cmocka_unit_test(knivsta_goes_back_to_uppsala),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/aggregate.h>
#include <utfall/import.h>

#include "support/store_fixture.h"

static void add(struct uf_cells *cells, const char *region, int year, double value, double weight)
{
    struct uf_error error;
    const struct uf_cell cell = {
        region, 0, uf_period_from_year(year), value, isnan(value) ? UF_VALUE_CONFIDENTIAL : 0u, weight};
    assert_ok(uf_cells_add(cells, &cell, &error), &error);
}

static void parts_make_wholes(void **state)
{
    (void)state;
    struct uf_membership items[] = {
        {"A", "G", 0, 0}, {"B", "G", 0, 0}, {"C", "H", 0, 0}, {"D", "H", 2011, 0}, {"E", "H", 0, 2009}};
    const struct uf_memberships memberships = {items, 5};
    struct uf_cells cells;
    struct uf_error error;
    struct uf_aggregate_cell *wholes;
    size_t n;
    uf_cells_init(&cells);
    add(&cells, "A", 2010, 10, 1), add(&cells, "B", 2010, 30, 3), add(&cells, "A", 2011, 11, 1);
    add(&cells, "B", 2011, NAN, 3), add(&cells, "C", 2010, 5, 2), add(&cells, "C", 2011, 6, 2);
    add(&cells, "X", 2010, 99, 1); /* lies nowhere */
    uf_cells_sort(&cells);
    assert_ok(uf_aggregate(&cells, &memberships, UF_AGGREGATE_SUM, false, &wholes, &n, &error), &error);
    assert_int_equal(n, 4);
    expect_close(wholes[0].value, 40, 0, "a sum");
    assert_string_equal(wholes[0].region, "G");
    assert_true(isnan(wholes[1].value));
    assert_int_equal(wholes[1].status, UF_VALUE_INCOMPLETE);
    expect_close(wholes[1].partial, 11, 0, "what is there");
    assert_int_equal(wholes[1].n_present, 1);
    /* in 2010 D had not begun and E had ended: C is the whole of H; in 2011 D is missing */
    expect_close(wholes[2].value, 5, 0, "all that was");
    assert_int_equal(wholes[2].n_parts, 1);
    assert_int_equal(wholes[3].status, UF_VALUE_INCOMPLETE);
    free(wholes);
    assert_ok(uf_aggregate(&cells, &memberships, UF_AGGREGATE_MEAN, false, &wholes, &n, &error), &error);
    expect_close(wholes[0].value, 25, 1e-15, "(1·10 + 3·30) / 4");
    free(wholes);
    assert_ok(uf_aggregate(&cells, &memberships, UF_AGGREGATE_SHARE, true, &wholes, &n, &error), &error);
    expect_close(wholes[0].value, 10, 1e-15, "(10 + 30) / (1 + 3)");
    expect_close(wholes[1].value, 11, 1e-15, "numerator and denominator of the same parts");
    free(wholes);
    cells.items[0].weight = cells.items[2].weight = 0;
    uf_cells_clear(&cells);
    add(&cells, "A", 2010, 10, 0), add(&cells, "B", 2010, 30, 0);
    assert_ok(uf_aggregate(&cells, &memberships, UF_AGGREGATE_MEAN, false, &wholes, &n, &error), &error);
    assert_int_equal(wholes[0].status, UF_VALUE_UNDEFINED);
    assert_true(isnan(wholes[0].value));
    free(wholes);
    uf_cells_clear(&cells);
}

static void gaps_have_a_likely_reason(void **state)
{
    (void)state;
    static const struct {
        double partial;
        size_t n_parts, n_present;
        uf_value_status flags;
        double published, unit;
        enum uf_gap_reason reason;
    } cases[] = {
        {100, 3, 3, 0, 100, 0, UF_GAP_NONE},
        {0.1 + 0.2, 2, 2, 0, 0.3, 0, UF_GAP_NONE},
        {100, 3, 3, 0, 102, 1, UF_GAP_ROUNDING}, /* (3 + 1) · 1/2 */
        {100, 3, 3, 0, 102.5, 1, UF_GAP_UNEXPLAINED},
        {100, 3, 3, 0, 98, 1, UF_GAP_ROUNDING},
        {100, 3, 3, 0, 101, 0, UF_GAP_UNEXPLAINED},
        {100, 3, 3, UF_VALUE_NOISE, 107, 0, UF_GAP_NOISE},
        {100, 3, 2, UF_VALUE_SUPPRESSED, 130, 0, UF_GAP_SUPPRESSION},
        {100, 3, 2, UF_VALUE_SUPPRESSED, 100, 0, UF_GAP_SUPPRESSION},
        {100, 3, 2, UF_VALUE_SUPPRESSED, 90, 0, UF_GAP_UNEXPLAINED}, /* a part cannot be negative */
        {100, 3, 3, 0, NAN, 0, UF_GAP_NO_TOTAL},
        {NAN, 2, 0, UF_VALUE_CONFIDENTIAL, 12, 0, UF_GAP_SUPPRESSION},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct uf_aggregate_cell sum = {.partial = cases[i].partial,
                                              .n_parts = cases[i].n_parts,
                                              .n_present = cases[i].n_present,
                                              .part_flags = cases[i].flags};
        if (uf_gap_judge(&sum, cases[i].published, 0, cases[i].unit) != cases[i].reason)
            fail_msg("case %zu is called %s", i,
                     uf_gap_reason_words(uf_gap_judge(&sum, cases[i].published, 0, cases[i].unit)).en);
    }
}

static struct uf_store *store_of(const char *text, const char *code, double rounding,
                                 enum uf_indicator_kind kind)
{
    struct uf_store *store;
    struct uf_error error;
    struct uf_import_summary summary;
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    assert_ok(uf_import_reference(store, source_path("datasets/reference"), &error), &error);
    const struct uf_import_request request = {
        .indicator = {
            .code = code, .name_sv = "Namn", .name_en = "Name", .rounding = rounding, .kind = kind}};
    assert_ok(import_text(store, text, &request, &summary, &error), &error);
    uf_import_summary_clear(&summary);
    return store;
}

/* Norra Mellansverige and Gotland with published NUTS 2 values; Västernorrland lacks Jämtland. */
static const char COUNTIES[] = "region,year,value\n"
                               "SE311,2020,10\nSE312,2020,20\nSE313,2020,30\nSE31,2020,61\n"
                               "SE331,2020,5\nSE332,2020,6\nSE33,2020,20\n"
                               "SE321,2020,7\nSE32,2020,15\nSE110,2020,50\n";

static void published_wholes_stand(void **state)
{
    (void)state;
    struct uf_store *store = store_of(COUNTIES, "jobs", 1, UF_INDICATOR_STOCK);
    struct uf_error error;
    struct uf_result log;
    uf_result_init(&log);
    const struct uf_aggregate_request request = {
        .indicator = "jobs", .to_level = "nuts2", .language = UF_ENGLISH};
    assert_ok(uf_aggregate_indicator(store, &request, NULL, &log, &error), &error);
    expect_close(
        query_number(store, "SELECT value FROM observations WHERE indicator = 'jobs' AND region = 'SE31'"),
        61, 0, "the published value stands");
    expect_close(
        query_number(store, "SELECT value FROM observations WHERE indicator = 'jobs' AND region = 'SE11'"),
        50, 0, "a new one is made");
    const struct uf_table *gaps = uf_result_table(&log, "gaps-jobs-nuts2");
    assert_non_null(gaps);
    assert_int_equal(uf_table_rows(gaps), 3);
    static const char *const reasons[] = {"rounding", "missing parts", "unexplained"};
    static const double found[] = {1, 8, 9};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(uf_table_text(gaps, i, uf_table_column(gaps, "reason")), reasons[i]);
        expect_close(uf_table_number(gaps, i, uf_table_column(gaps, "total_gap")), found[i], 1e-14, "gap");
    }
    const struct uf_note *note = uf_result_note(&log, "gaps");
    assert_non_null(note);
    assert_int_equal(note->severity, UF_WARNING);
    assert_non_null(strstr(note->text, "rounding: 1, missing parts: 1, unexplained: 1"));
    assert_int_equal(log.n_ledger, 1);
    uf_result_clear(&log);
    uf_store_close(store);
}

static void municipalities_lie_in_fa_regions(void **state)
{
    (void)state;
    struct uf_store *store =
        store_of("region,year,value\n0980,2020,100\n0114,2020,5\n", "jobs", 0, UF_INDICATOR_STOCK);
    struct uf_error error;
    struct uf_memberships memberships;
    struct uf_table *values;
    assert_ok(uf_memberships_read(source_path("datasets/reference/municipality_fa.csv"), "municipality", "fa",
                                  &memberships, &error),
              &error);
    struct uf_aggregate_request request = {.indicator = "jobs", .to_level = "fa"};
    assert_int_equal(uf_aggregate_tables(store, &request, &values, NULL, &error), UF_BAD_USAGE);
    request.memberships = &memberships;
    assert_ok(uf_aggregate_tables(store, &request, &values, NULL, &error), &error);
    assert_int_equal(uf_table_rows(values), 2); /* FA20 is Gotland, with one municipality */
    assert_string_equal(uf_table_text(values, 0, 0), "FA20");
    expect_close(uf_table_number(values, 0, 3), 100, 0, "Gotland");
    assert_int_equal(uf_table_value_status(values, 1, 3), UF_VALUE_INCOMPLETE);
    uf_table_free(values);
    uf_memberships_clear(&memberships);
    uf_store_close(store);
}

static void wrong_questions_are_refused(void **state)
{
    (void)state;
    struct uf_store *store = store_of(COUNTIES, "share", 0, UF_INDICATOR_RATIO);
    struct uf_error error;
    struct uf_table *values;
    struct uf_aggregate_request request = {.indicator = "share", .to_level = "nuts2"};
    assert_int_equal(uf_aggregate_tables(store, &request, &values, NULL, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "numerator"));
    request.way = UF_AGGREGATE_MEAN;
    assert_int_equal(uf_aggregate_tables(store, &request, &values, NULL, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "weight"));
    request.weight = "share"; /* a ratio weighs nothing */
    assert_int_equal(uf_aggregate_tables(store, &request, &values, NULL, &error), UF_BAD_USAGE);
    request.from_level = "country";
    assert_int_equal(uf_aggregate_tables(store, &request, &values, NULL, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "do not lie in"));
    enum uf_aggregate_way way;
    assert_int_equal(uf_aggregate_way_parse("mena", &way, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'mean'"));
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_make_wholes),           cmocka_unit_test(gaps_have_a_likely_reason),
        cmocka_unit_test(published_wholes_stand),      cmocka_unit_test(municipalities_lie_in_fa_regions),
        cmocka_unit_test(wrong_questions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

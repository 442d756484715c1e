// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <string.h>
#include <utfall/import.h>
#include <utfall/splice.h>

#include "support/store_fixture.h"

static void add(struct uf_cells *cells, const char *region, int year, double value)
{
    struct uf_error error;
    const struct uf_cell cell = {
        region, 0, uf_period_from_year(year), value, isnan(value) ? UF_VALUE_NOT_AVAILABLE : 0u, NAN};
    assert_ok(uf_cells_add(cells, &cell, &error), &error);
}

static struct uf_cell at(const struct uf_spliced *spliced, const char *region, int year)
{
    const struct uf_cell *cell = uf_cells_find(&spliced->cells, region, 0, uf_period_from_year(year));
    if (!cell) fail_msg("there is no %s in %d", region, year);
    return *cell;
}

/* 2005–2008 and 2007–2010, where the newer is 1.1 and 0.5 times the older. */
static void two_parts(struct uf_cells *older, struct uf_cells *newer)
{
    uf_cells_init(older);
    uf_cells_init(newer);
    for (int year = 2005; year <= 2008; year++) add(older, "A", year, 100 + year), add(older, "B", year, 40);
    for (int year = 2007; year <= 2010; year++)
        add(newer, "A", year, 1.1 * (100 + year)), add(newer, "B", year, 20);
    add(newer, "C", 2007, 5); /* only in the newer: nothing to carry */
    uf_cells_sort(older);
    uf_cells_sort(newer);
}

static void as_is_breaks_at_the_seam(void **state)
{
    (void)state;
    struct uf_cells older, newer;
    two_parts(&older, &newer);
    const struct uf_cells *const parts[] = {&older, &newer};
    struct uf_spliced spliced;
    struct uf_error error;
    assert_ok(uf_splice(parts, 2, NULL, &spliced, &error), &error);
    assert_int_equal(spliced.cells.count, 13);
    expect_close(at(&spliced, "A", 2006).value, 2106, 0, "the older before the seam");
    expect_close(at(&spliced, "A", 2007).value, 1.1 * 2107, 0, "the newer from it on");
    assert_int_equal(at(&spliced, "A", 2006).status, UF_VALUE_OBSERVED);
    assert_int_equal(at(&spliced, "A", 2007).status, UF_VALUE_BREAK);
    assert_int_equal(at(&spliced, "A", 2008).status, UF_VALUE_OBSERVED);
    assert_int_equal(spliced.n_seams, 1);
    assert_int_equal(spliced.seams[0], uf_period_from_year(2007));
    assert_int_equal(spliced.n_overlaps, 4);
    expect_close(spliced.overlaps[0].ratio, 1.1, 1e-14, "ratio of A");
    expect_close(spliced.overlaps[3].ratio, 0.5, 1e-14, "ratio of B");
    assert_int_equal(spliced.n_rescaled, 0);
    uf_spliced_clear(&spliced);
    uf_cells_clear(&older);
    uf_cells_clear(&newer);
}

static void a_ratio_carries_the_level_back(void **state)
{
    (void)state;
    struct uf_cells older, newer;
    two_parts(&older, &newer);
    newer.items[1].value = 3000; /* A in 2008: outside the overlap that is asked for */
    const struct uf_cells *const parts[] = {&older, &newer};
    const struct uf_splice_span span = {uf_period_from_year(2007), uf_period_from_year(2007)};
    const struct uf_splice_options options = {UF_SPLICE_RATIO, &span, 1};
    struct uf_spliced spliced;
    struct uf_error error;
    assert_ok(uf_splice(parts, 2, &options, &spliced, &error), &error);
    expect_close(at(&spliced, "A", 2005).value, 1.1 * 2105, 1e-14, "rescaled");
    assert_int_equal(at(&spliced, "A", 2005).status, UF_VALUE_ESTIMATED);
    expect_close(at(&spliced, "B", 2006).value, 20, 1e-14, "rescaled");
    expect_close(at(&spliced, "A", 2008).value, 3000, 0, "the newest is untouched");
    assert_int_equal(spliced.n_rescaled, 4);
    assert_int_equal(spliced.n_overlaps, 2);
    uf_spliced_clear(&spliced);
    uf_cells_clear(&older);
    uf_cells_clear(&newer);
}

static void three_parts_chain(void **state)
{
    (void)state;
    struct uf_cells one, two, three;
    uf_cells_init(&one), uf_cells_init(&two), uf_cells_init(&three);
    add(&one, "A", 2000, 1), add(&one, "A", 2001, 2);
    add(&two, "A", 2001, 20), add(&two, "A", 2002, 30);
    add(&three, "A", 2002, 3), add(&three, "A", 2003, 4);
    const struct uf_cells *const parts[] = {&one, &two, &three};
    const struct uf_splice_options options = {.way = UF_SPLICE_RATIO};
    struct uf_spliced spliced;
    struct uf_error error;
    assert_ok(uf_splice(parts, 3, &options, &spliced, &error), &error);
    static const double expected[] = {1, 2, 3, 4};
    for (int k = 0; k < 4; k++)
        expect_close(at(&spliced, "A", 2000 + k).value, expected[k], 1e-14, "chained");
    assert_int_equal(at(&spliced, "A", 2001).status, UF_VALUE_ESTIMATED | UF_VALUE_BREAK);
    assert_int_equal(at(&spliced, "A", 2002).status, UF_VALUE_BREAK);
    uf_spliced_clear(&spliced);
    const struct uf_cells *const disordered[] = {&two, &one};
    assert_int_equal(uf_splice(disordered, 2, &options, &spliced, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "oldest to the newest"));
    assert_int_equal(uf_splice(parts, 1, &options, &spliced, &error), UF_BAD_USAGE);
    uf_cells_clear(&one), uf_cells_clear(&two), uf_cells_clear(&three);
}

static void what_has_no_ratio_is_refused_by_name(void **state)
{
    (void)state;
    struct uf_cells older, newer;
    two_parts(&older, &newer);
    add(&older, "D", 2005, 7); /* not in the newer at all */
    add(&older, "E", 2005, 7), add(&older, "E", 2007, 0), add(&newer, "E", 2007, 3);
    add(&older, "F", 2005, NAN), add(&older, "G", 2005, 0); /* nothing to carry over */
    uf_cells_sort(&older);
    uf_cells_sort(&newer);
    const struct uf_cells *const parts[] = {&older, &newer};
    const struct uf_splice_options options = {.way = UF_SPLICE_RATIO};
    struct uf_spliced spliced;
    struct uf_error error;
    assert_int_equal(uf_splice(parts, 2, &options, &spliced, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "2 regions (D, E)"));
    assert_ok(uf_splice(parts, 2, NULL, &spliced, &error), &error); /* as it is it may be joined */
    uf_spliced_clear(&spliced);
    uf_cells_clear(&older);
    uf_cells_clear(&newer);
    enum uf_splice_way way;
    assert_int_equal(uf_splice_way_parse("ratio-at-overlp", &way, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'ratio-at-overlap'"));
}

static void stored_indicators_are_spliced(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_import_summary summary;
    static const char *const texts[] = {
        "region,year,sector,value\nSE110,2006,A,10\nSE110,2007,A,12\nSE110,2006,C,5\nSE110,2007,C,6\n",
        "region,year,sector,value\nSE110,2007,A,24\nSE110,2008,A,26\nSE110,2007,C,3\nSE110,2008,C,4\n"};
    static const char *const codes[] = {"old", "new"};
    for (size_t i = 0; i < 2; i++) {
        const struct uf_import_request request = {
            .indicator = {.code = codes[i], .name_sv = "Namn", .name_en = "Name", .rounding = 1}};
        assert_ok(import_text(store, texts[i], &request, &summary, &error), &error);
        uf_import_summary_clear(&summary);
    }
    struct uf_result log;
    uf_result_init(&log);
    const struct uf_splice_options options = {.way = UF_SPLICE_RATIO};
    const struct uf_indicator as = {.code = "jobs"};
    assert_ok(uf_splice_indicators(store, &as, codes, 2, &options, UF_ENGLISH, &log, &error), &error);
    expect_close(query_number(store,
                              "SELECT value FROM observations WHERE indicator = 'jobs' AND sector = 'A' AND "
                              "period = 2006000"),
                 20, 1e-14, "each sector has its own ratio");
    expect_close(query_number(store,
                              "SELECT value FROM observations WHERE indicator = 'jobs' AND sector = 'C' AND "
                              "period = 2006000"),
                 2.5, 1e-14, "each sector has its own ratio");
    expect_close(query_number(store, "SELECT rounding FROM indicator WHERE code = 'jobs'"), 0, 0,
                 "no longer on the grid");
    expect_text(store, "SELECT name_sv FROM indicator WHERE code = 'jobs'", "Namn");
    const struct uf_table *overlap = uf_result_table(&log, "splice-jobs");
    assert_non_null(overlap);
    assert_int_equal(uf_table_rows(overlap), 2);
    expect_close(uf_table_number(overlap, 1, 7), 0.5, 1e-14, "the ratio of C");
    assert_non_null(strstr(uf_result_note(&log, "spliced")->text, "'new' from 2007 on"));
    assert_non_null(strstr(log.ledger[0].step, "by the ratio at the overlap"));
    uf_result_clear(&log);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_is_breaks_at_the_seam),
        cmocka_unit_test(a_ratio_carries_the_level_back),
        cmocka_unit_test(three_parts_chain),
        cmocka_unit_test(what_has_no_ratio_is_refused_by_name),
        cmocka_unit_test(stored_indicators_are_spliced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

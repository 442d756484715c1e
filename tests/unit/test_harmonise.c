// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/harmonise.h>
#include <utfall/import.h>

#include "support/store_fixture.h"

static struct uf_region_history shipped(void)
{
    struct uf_region_history history;
    struct uf_error error;
    assert_ok(uf_region_history_read(source_path("datasets/reference/region_links.csv"), &history, &error),
              &error);
    return history;
}

static void add(struct uf_cells *cells, const char *region, int year, double value)
{
    struct uf_error error;
    const struct uf_cell cell = {
        region, 0, uf_period_from_year(year), value, isnan(value) ? UF_VALUE_NOT_AVAILABLE : 0u, NAN};
    assert_ok(uf_cells_add(cells, &cell, &error), &error);
}

static const struct uf_cell *at(const struct uf_harmonised *harmonised, const char *region, int year)
{
    return uf_cells_find(&harmonised->cells, region, 0, uf_period_from_year(year));
}

static void expect_cell(const struct uf_harmonised *harmonised, const char *region, int year, double value)
{
    const struct uf_cell *cell = at(harmonised, region, year);
    if (!cell) fail_msg("there is no %s in %d", region, year);
    expect_close(cell->value, value, 1e-14, region);
}

static void expect_incomplete(const struct uf_harmonised *harmonised, const char *region, int year)
{
    const struct uf_cell *cell = at(harmonised, region, year);
    assert_non_null(cell);
    assert_true(isnan(cell->value));
    assert_true(cell->status & UF_VALUE_INCOMPLETE);
}

/* Kristianstad (11) and Malmöhus (12, now the code of Skåne) until 1996, Skåne since. */
static void a_merger_keeps_the_code_of_the_whole(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_cells cells;
    struct uf_error error;
    struct uf_harmonised harmonised;
    uf_cells_init(&cells);
    for (int year = 1994; year <= 1999; year++) {
        add(&cells, "SE224", year, year < 1997 ? 800 : 1100);
        if (year < 1997) add(&cells, "11", year, year == 1995 ? NAN : 290);
        add(&cells, "SE213", year, 240);
    }
    add(&cells, "11", 1998, NAN); /* `..` where the region is no more says nothing */
    struct uf_harmonise_options options = {.as_of = 2016, .history = &history, .indicator = "jobs"};
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE224", 1994, 1090);
    expect_incomplete(&harmonised, "SE224", 1995);
    assert_int_equal(at(&harmonised, "SE224", 1995)->status, UF_VALUE_INCOMPLETE);
    expect_cell(&harmonised, "SE224", 1997, 1100);
    assert_int_equal(at(&harmonised, "SE224", 1997)->status, UF_VALUE_OBSERVED);
    expect_cell(&harmonised, "SE213", 1995, 240);
    assert_int_equal(harmonised.cells.count, 12);
    assert_int_equal(harmonised.n_steps, 1);
    assert_string_equal(harmonised.steps[0].unit, "SE224");
    assert_string_equal(harmonised.steps[0].members, "11, SE224");
    assert_int_equal(harmonised.steps[0].way, UF_HARMONISE_MERGED);
    assert_int_equal(harmonised.steps[0].n_before, 9);
    assert_int_equal(harmonised.steps[0].n_after, 6);
    assert_int_equal(harmonised.steps[0].n_incomplete, 1);
    uf_harmonised_clear(&harmonised);
    /* without a version to go to, the two do not go together, and the error names them */
    options.as_of = 0;
    assert_int_equal(uf_harmonise(&cells, &options, &harmonised, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "'11' and 'SE224'"));
    assert_non_null(strstr(error.message, "as-of"));
    /* as of 1995 the two are the units, and what is later cannot be divided */
    options.as_of = 1995;
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "11+SE224", 1994, 1090);
    expect_cell(&harmonised, "11+SE224", 1998, 1100);
    uf_harmonised_clear(&harmonised);
    /* a value after the end is a wrong code */
    add(&cells, "11", 1999, 5);
    options.as_of = 2016;
    assert_int_equal(uf_harmonise(&cells, &options, &harmonised, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "ended in 1996"));
    uf_cells_clear(&cells);
    uf_region_history_clear(&history);
}

/* Habo and Mullsjö went from Skaraborg to Jönköping: the four counties have only their union in common. */
static void a_transfer_joins_what_it_links(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_cells cells;
    struct uf_error error;
    struct uf_harmonised harmonised;
    uf_cells_init(&cells);
    add(&cells, "SE232", 1997, 770), add(&cells, "15", 1997, 450), add(&cells, "16", 1997, 280);
    add(&cells, "SE211", 1997, 310), add(&cells, "SE232", 1998, 1480), add(&cells, "SE211", 1998, 330);
    struct uf_harmonise_options options = {.as_of = 2016, .history = &history, .indicator = "jobs"};
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE211+SE232", 1997, 1810);
    expect_cell(&harmonised, "SE211+SE232", 1998, 1810);
    assert_int_equal(harmonised.cells.count, 2);
    uf_harmonised_clear(&harmonised);
    /* figures that the publisher has recalculated have no Skaraborg, and stay */
    uf_cells_clear(&cells);
    add(&cells, "SE232", 1997, 1470), add(&cells, "SE211", 1997, 330), add(&cells, "SE232", 1998, 1480);
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE232", 1997, 1470);
    assert_int_equal(harmonised.n_steps, 0);
    uf_harmonised_clear(&harmonised);
    uf_cells_clear(&cells);
    uf_region_history_clear(&history);
}

/* Heby went from Västmanland (SE125) to Uppsala (SE121) in 2007. */
static void heby_depends_on_the_division(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_cells cells;
    struct uf_error error;
    struct uf_harmonised harmonised;
    uf_cells_init(&cells);
    add(&cells, "SE121", 2006, 300), add(&cells, "SE125", 2006, 262);
    add(&cells, "SE121", 2007, 317), add(&cells, "SE125", 2007, 248);
    struct uf_harmonise_options options = {.as_of = 2016, .history = &history, .indicator = "people"};
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE121+SE125", 2006, 562);
    expect_cell(&harmonised, "SE121+SE125", 2007, 565);
    uf_harmonised_clear(&harmonised);
    /* Eurostat gives all years in the division of the code */
    options.one_division = true;
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    assert_int_equal(harmonised.cells.count, 4);
    assert_int_equal(harmonised.n_steps, 0);
    uf_harmonised_clear(&harmonised);
    /* all on one side of the change: nothing to do */
    options.one_division = false;
    uf_cells_clear(&cells);
    add(&cells, "SE121", 2007, 317), add(&cells, "SE125", 2009, 248);
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    assert_int_equal(harmonised.n_steps, 0);
    uf_harmonised_clear(&harmonised);
    /* ... but asked for the division of 2003, it is */
    options.as_of = 2003;
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    assert_int_equal(harmonised.n_steps, 1);
    uf_harmonised_clear(&harmonised);
    uf_cells_clear(&cells);
    uf_region_history_clear(&history);
}

/* The NUTS codes before 2007 mean the borders before 2007, whatever the publisher does. */
static void old_nuts_codes_are_recognised(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_cells cells;
    struct uf_error error;
    struct uf_harmonised harmonised;
    uf_cells_init(&cells);
    add(&cells, "SE021", 2005, 295), add(&cells, "SE025", 2005, 261);
    add(&cells, "SE121", 2008, 320), add(&cells, "SE125", 2008, 249), add(&cells, "SE121", 2005, NAN);
    struct uf_harmonise_options options = {
        .as_of = 2021, .history = &history, .indicator = "people", .one_division = true};
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE121+SE125", 2005, 556);
    expect_cell(&harmonised, "SE121+SE125", 2008, 569);
    uf_harmonised_clear(&harmonised);
    options.as_of = 0;
    assert_int_equal(uf_harmonise(&cells, &options, &harmonised, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "'SE021' and 'SE121'"));
    options.as_of = 2021;
    add(&cells, "SE021", 2008, 300); /* both in one year */
    assert_int_equal(uf_harmonise(&cells, &options, &harmonised, &error), UF_BAD_INPUT);
    uf_cells_clear(&cells);
    uf_region_history_clear(&history);
}

/* Knivsta was a part of Uppsala until 2002. */
static void a_split_is_merged_back(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_cells cells;
    struct uf_error error;
    struct uf_harmonised harmonised;
    uf_cells_init(&cells);
    add(&cells, "0380", 2002, 191), add(&cells, "0380", 2003, 180), add(&cells, "0330", 2003, 13);
    add(&cells, "0380", 2004, 182);
    struct uf_harmonise_options options = {.as_of = 2016, .history = &history, .indicator = "people"};
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "0330+0380", 2002, 191);
    expect_cell(&harmonised, "0330+0380", 2003, 193);
    expect_incomplete(&harmonised, "0330+0380", 2004);
    uf_harmonised_clear(&harmonised);
    add(&cells, "0330", 2001, 0), add(&cells, "0380", 2001, 190); /* a 0 for what is not yet */
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "0330+0380", 2001, 190);
    uf_harmonised_clear(&harmonised);
    options.as_of = 2000; /* the unit of 2000 is Uppsala */
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "0380", 2003, 193);
    uf_harmonised_clear(&harmonised);
    options.as_of = 2016;
    add(&cells, "0330", 2002, 12); /* the publisher gives Knivsta before it was */
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    assert_int_equal(harmonised.n_steps, 0);
    assert_int_equal(harmonised.cells.count, 7);
    uf_harmonised_clear(&harmonised);
    uf_cells_clear(&cells);
    uf_region_history_clear(&history);
}

static void weights_carry_values_over(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_crosswalk crosswalk;
    struct uf_cells cells;
    struct uf_error error;
    struct uf_harmonised harmonised;
    assert_ok(
        uf_crosswalk_read(scratch_file("heby.csv", "from,to,weight\nSE125,SE125,0.95\nSE125,SE121,0.05\n"),
                          &crosswalk, &error),
        &error);
    uf_cells_init(&cells);
    add(&cells, "SE121", 2006, 300), add(&cells, "SE125", 2006, 260);
    add(&cells, "SE121", 2007, 317), add(&cells, "SE125", 2007, 248);
    struct uf_harmonise_options options = {
        .as_of = 2016, .history = &history, .crosswalk = &crosswalk, .indicator = "people"};
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE121", 2006, 313);
    expect_cell(&harmonised, "SE125", 2006, 247);
    assert_int_equal(at(&harmonised, "SE125", 2006)->status, UF_VALUE_ESTIMATED);
    expect_cell(&harmonised, "SE121", 2007, 317);
    assert_int_equal(at(&harmonised, "SE121", 2007)->status, UF_VALUE_OBSERVED);
    assert_int_equal(harmonised.n_steps, 2);
    assert_int_equal(harmonised.steps[0].way, UF_HARMONISE_WEIGHTED);
    assert_string_equal(harmonised.steps[0].members, "SE121, SE125 × 0.05");
    uf_harmonised_clear(&harmonised);
    /* the same from a share of the change itself */
    for (size_t i = 0; i < history.count; i++)
        if (!strcmp(history.changes[i].before, "SE125") && history.changes[i].type == UF_REGION_TRANSFER)
            history.changes[i].share = 0.05;
    options.crosswalk = NULL;
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE121", 2006, 313);
    expect_cell(&harmonised, "SE125", 2006, 247);
    uf_harmonised_clear(&harmonised);
    uf_cells_clear(&cells);
    uf_crosswalk_clear(&crosswalk);
    uf_region_history_clear(&history);
}

static void a_ratio_needs_its_denominator(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_cells cells;
    struct uf_error error;
    struct uf_harmonised harmonised;
    uf_cells_init(&cells);
    add(&cells, "SE224", 1996, 20), add(&cells, "11", 1996, 30), add(&cells, "SE224", 1997, 22);
    struct uf_harmonise_options options = {
        .as_of = 2016, .history = &history, .indicator = "share", .kind = UF_INDICATOR_RATIO};
    assert_int_equal(uf_harmonise(&cells, &options, &harmonised, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "denominator"));
    for (size_t i = 0; i < cells.count; i++)
        cells.items[i].weight = strcmp(cells.items[i].region, "11") ? 300 : 100;
    assert_ok(uf_harmonise(&cells, &options, &harmonised, &error), &error);
    expect_cell(&harmonised, "SE224", 1996, (20 * 300 + 30 * 100) / 400.0);
    expect_cell(&harmonised, "SE224", 1997, 22);
    uf_harmonised_clear(&harmonised);
    uf_cells_clear(&cells);
    uf_region_history_clear(&history);
}

static void files_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t line;
        const char *words;
    } crosswalks[] = {{"from,to,weight\nA,B,0.5\nA,C,0.4\n", 2, "add up to 0.9"},
                      {"from,to,weight\nA,B,0.5\nA,B,0.5\n", 3, "second time"},
                      {"from,to,weight\nA,B,1.5\n", 2, "from 0 to 1"},
                      {"from,to,weight\nA,B,half\n", 2, "half"},
                      {"from,to,weight\nA,,1\n", 2, "empty cell"},
                      {"from,to\nA,B\n", 1, "'weight'"}};
    struct uf_error error;
    struct uf_crosswalk crosswalk;
    for (size_t i = 0; i < sizeof crosswalks / sizeof *crosswalks; i++) {
        assert_int_equal(uf_crosswalk_read(scratch_file("x.csv", crosswalks[i].text), &crosswalk, &error),
                         UF_BAD_INPUT);
        expect_error(&error, UF_BAD_INPUT, crosswalks[i].line, error.column, crosswalks[i].words);
    }
    struct uf_region_history history;
    assert_int_equal(
        uf_region_history_read(scratch_file("h.csv", "year,type,before,after,share\n2007,move,A,B,\n"),
                               &history, &error),
        UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 2, 0, "merger, split");
    assert_int_equal(
        uf_region_history_read(scratch_file("h.csv", "year,type,before,after,share\n2007,split,A,B,2\n"),
                               &history, &error),
        UF_BAD_INPUT);
    struct uf_memberships memberships;
    assert_int_equal(uf_memberships_read(scratch_file("m.csv", "municipality,fa\n0114,FA1\n0114,FA2\n"),
                                         "municipality", "fa", &memberships, &error),
                     UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "0114"));
}

/* In a store: values set aside, the unit a region under the nearest common parent, the ledger. */
static void a_stored_indicator_is_harmonised(void **state)
{
    (void)state;
    struct uf_region_history history = shipped();
    struct uf_store *store;
    struct uf_error error;
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    assert_ok(uf_import_reference(store, source_path("datasets/reference"), &error), &error);
    struct uf_import_summary summary;
    const struct uf_import_request request = {
        .indicator = {.code = "people", .kind = UF_INDICATOR_STOCK, .name_sv = "Folk", .name_en = "People"}};
    assert_ok(import_text(store,
                          "region,year,value\n03,2006,300\n19,2006,260\n03,2007,317\n19,2007,248\n05,2006,"
                          "100\n05,2007,101\n",
                          &request, &summary, &error),
              &error);
    uf_import_summary_clear(&summary);
    struct uf_result log;
    uf_result_init(&log);
    const struct uf_harmonise_options options = {.as_of = 2016, .history = &history, .indicator = "people"};
    assert_ok(uf_harmonise_indicator(store, &options, NULL, UF_SWEDISH, &log, &error), &error);
    expect_close(query_number(store, "SELECT value FROM observations WHERE indicator = 'people' AND region = "
                                     "'SE121+SE125' AND period = 2006000"),
                 560, 0, "the union");
    expect_close(query_number(store, "SELECT count(*) FROM observations WHERE indicator = 'people'"), 4, 0,
                 "cells");
    expect_close(
        query_number(store, "SELECT count(*) FROM observations WHERE indicator = 'people:as-published'"), 6,
        0, "what was published is kept");
    expect_text(store, "SELECT parent FROM regions WHERE code = 'SE121+SE125'", "SE12");
    expect_text(store, "SELECT short_name FROM regions WHERE code = 'SE121+SE125'", "Uppsala + Västmanland");
    assert_int_equal(log.n_ledger, 1);
    assert_non_null(strstr(log.ledger[0].step, "SE121, SE125 sammanförda till SE121+SE125"));
    assert_non_null(strstr(log.ledger[0].reason, "2016"));
    assert_non_null(uf_result_note(&log, "regions-merged"));
    uf_result_clear(&log);
    uf_store_close(store);
    uf_region_history_clear(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_merger_keeps_the_code_of_the_whole),
        cmocka_unit_test(a_transfer_joins_what_it_links),
        cmocka_unit_test(heby_depends_on_the_division),
        cmocka_unit_test(old_nuts_codes_are_recognised),
        cmocka_unit_test(a_split_is_merged_back),
        cmocka_unit_test(weights_carry_values_over),
        cmocka_unit_test(a_ratio_needs_its_denominator),
        cmocka_unit_test(files_are_checked),
        cmocka_unit_test(a_stored_indicator_is_harmonised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

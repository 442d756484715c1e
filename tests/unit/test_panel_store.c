// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <string.h>
#include <utfall/panel.h>

/* A small country: SE with SE3, under it SE31 (three counties) and SE32 (one), and a foreign NUTS 2 region. */
static struct uf_store *small_store(void)
{
    static const struct uf_region regions[] = {
        {"SE", "country", NULL, "Sverige", "Sweden", NULL, 0, 0},
        {"SE3", "nuts1", "SE", "Norra Sverige", "North Sweden", NULL, 0, 0},
        {"SE31", "nuts2", "SE3", "Norra Mellansverige", "North Middle Sweden", NULL, 0, 0},
        {"SE32", "nuts2", "SE3", "Mellersta Norrland", "Middle Norrland", NULL, 0, 0},
        {"SE311", "nuts3", "SE31", "Värmlands län", "Värmland county", "Värmland", 0, 0},
        {"SE312", "nuts3", "SE31", "Dalarnas län", "Dalarna county", "Dalarna", 0, 0},
        {"SE313", "nuts3", "SE31", "Gävleborgs län", "Gävleborg county", "Gävleborg", 0, 0},
        {"SE321", "nuts3", "SE32", "Västernorrlands län", "Västernorrland county", "Västernorrland", 0, 0},
        {"FI", "country", NULL, "Finland", "Finland", NULL, 0, 0},
        {"FI19", "nuts2", "FI", "Länsi-Suomi", "Länsi-Suomi", NULL, 0, 0},
    };
    static const struct uf_sector sectors[] = {{"TOTAL", "sni2007", NULL, "Totalt", "Total"},
                                               {"B-E", "sni2007", NULL, "Industri", "Industry"},
                                               {"C", "sni2007", "B-E", "Tillverkning", "Manufacturing"},
                                               {"F", "sni2007", NULL, "Bygg", "Construction"}};
    struct uf_store *store;
    struct uf_error error;
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    assert_ok(uf_store_begin(store, &error), &error);
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        assert_ok(uf_store_put_region(store, &regions[i], &error), &error);
    assert_ok(uf_store_put_region_alias(store, "20", "scb-county", "SE312", &error), &error);
    for (size_t i = 0; i < sizeof sectors / sizeof *sectors; i++)
        assert_ok(uf_store_put_sector(store, &sectors[i], &error), &error);
    const struct uf_indicator jobs = {.code = "jobs",
                                      .name_sv = "Sysselsatta",
                                      .name_en = "Employed",
                                      .unit_sv = "personer",
                                      .unit_en = "persons",
                                      .kind = UF_INDICATOR_STOCK,
                                      .rounding = 1000,
                                      .source = "Eurostat"};
    const struct uf_indicator share = {
        .code = "share", .name_sv = "Andel", .name_en = "Share", .kind = UF_INDICATOR_RATIO};
    assert_ok(uf_store_put_indicator(store, &jobs, &error), &error);
    assert_ok(uf_store_put_indicator(store, &share, &error), &error);
    int64_t batch;
    assert_ok(uf_store_batch_begin(store, "made by the test", "none", "0", &batch, &error), &error);
    static const char *const counties[] = {"SE311", "SE312", "SE313", "SE321"};
    static const char *const codes[] = {"TOTAL", "C", "F"};
    for (size_t r = 0; r < 4; r++)
        for (int year = 2015; year <= 2018; year++) {
            for (size_t s = 0; s < 3; s++) {
                struct uf_observation o = {"jobs", counties[r], codes[s], NULL, uf_period_from_year(year), 0,
                                           0};
                o.value = s == 0 ? 100 + (double)r : s == 1 ? 20 + (double)r + (year - 2015) : 10;
                if (r == 3 && year == 2016 && s == 1) o.value = NAN, o.status = UF_VALUE_CONFIDENTIAL;
                if (r == 3 && year == 2017 && s == 0) o.value = 0;
                assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
            }
            struct uf_observation o = {"share", counties[r], NULL, NULL, uf_period_from_year(year), 0.5, 0};
            if (r == 2 && year == 2018) continue; /* an absent cell */
            assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
        }
    const struct uf_intervention national = {
        "national", "Nationella", "National", uf_period_from_year(2016), uf_period_from_year(2018), 3, 4,
        NAN,        NULL,         NULL};
    const struct uf_intervention own = {"own", "Egen", "Own",   uf_period_from_year(2017), 0, 2, 4,
                                        5e6,   "SEK",  "beslut"};
    const struct uf_intervention old = {
        "old", "Gammal", "Old", uf_period_from_year(2001), uf_period_from_year(2003), 4, 4, NAN, NULL, NULL};
    assert_ok(uf_store_put_intervention(store, &national, &error), &error);
    assert_ok(uf_store_put_intervention(store, &own, &error), &error);
    assert_ok(uf_store_put_intervention(store, &old, &error), &error);
    for (size_t r = 0; r < 4; r++)
        assert_ok(
            uf_store_put_exposure(store, "national", counties[r], UF_EXPOSURE_UNKNOWN, 0, 0, NAN, &error),
            &error);
    for (size_t r = 0; r < 2; r++)
        assert_ok(uf_store_put_exposure(store, "own", counties[r], UF_EXPOSED, 0, 0, NAN, &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
    return store;
}

static void variables_carry_reasons(void **state)
{
    (void)state;
    struct uf_store *store = small_store();
    struct uf_error error;
    struct uf_panel *panel;
    const struct uf_panel_variable variables[] = {
        {.name = "industry_share", .expression = "100 * jobs[\"C\"] / jobs['TOTAL']", .unit = "%"},
        {.name = "share", .expression = "share"},
        {.name = "half", .expression = "1/2 + 0*jobs[\"F\"]"},
    };
    const char *const covariates[] = {"share"};
    const char *const treated[] = {"20", "SE311"};
    const struct uf_store_panel_request request = {.language = UF_SWEDISH,
                                                   .level = "county",
                                                   .variables = variables,
                                                   .n_variables = 3,
                                                   .outcome = "industry_share",
                                                   .covariates = covariates,
                                                   .n_covariates = 1,
                                                   .treated = treated,
                                                   .n_treated = 2,
                                                   .start = uf_period_from_year(2017),
                                                   .intervention = "own",
                                                   .cluster = "nuts2"};
    assert_ok(uf_panel_from_store(store, &request, NULL, &panel, &error), &error);
    assert_int_equal(panel->n_rows, 16);
    assert_int_equal(panel->units.count, 4);
    assert_string_equal(panel->units.label[1], "Dalarna");
    assert_string_equal(panel->unit_group[3], "SE32");
    const struct uf_panel_column *outcome = &panel->columns[panel->outcome];
    expect_close(outcome->value[1 * 4 + 2], 100 * 23.0 / 101, 1e-15, "Dalarna 2017");
    assert_int_equal(outcome->status[3 * 4 + 1], UF_VALUE_CONFIDENTIAL); /* a confidential part */
    assert_int_equal(outcome->status[3 * 4 + 2], UF_VALUE_UNDEFINED);    /* a division by zero */
    assert_true(isnan(outcome->value[3 * 4 + 2]));
    const struct uf_panel_column *share = &panel->columns[panel->covariates[0]];
    assert_int_equal(share->status[2 * 4 + 3], UF_VALUE_NOT_AVAILABLE); /* an absent cell */
    assert_string_equal(share->label, "Andel");
    expect_close(panel->columns[2].value[0], 0.5, 1e-15, "1/2 is a half");
    assert_true(outcome->rounding == 0);
    assert_string_equal(outcome->unit, "%");
    assert_true(panel->treatment.first_period[0] == 2 && panel->treatment.first_period[1] == 2);
    assert_true(panel->treatment.first_period[2] == SIZE_MAX);
    assert_string_equal(panel->treatment.name, "Egen");
    assert_true(panel->treatment.cost == 5e6);
    assert_int_equal(panel->n_clusters[0], 2);
    assert_true(uf_panel_is_balanced(panel));
    /* the national one overlaps in time and is not known region by region; the one of 2001 is not looked at */
    assert_int_equal(panel->n_exposures, 2);
    const struct uf_exposure *national = &panel->exposures[0], *own = &panel->exposures[1];
    assert_string_equal(national->intervention, "national");
    assert_int_equal(national->status[3], UF_EXPOSURE_UNKNOWN);
    assert_int_equal(national->regions_exposed, 3);
    assert_true(own->is_this && !national->is_this);
    assert_int_equal(own->status[0], UF_EXPOSED);
    assert_int_equal(own->status[3], UF_NOT_EXPOSED);
    uf_panel_free(panel);
    uf_store_close(store);
}

static void exposure_climbs_the_region_tree(void **state)
{
    (void)state;
    struct uf_store *store = small_store();
    struct uf_error error;
    int64_t batch;
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_batch_begin(store, "more", "none", "1", &batch, &error), &error);
    static const char *const regions[] = {"SE31", "SE32", "FI19"};
    for (size_t r = 0; r < 3; r++)
        for (int year = 2015; year <= 2018; year++) {
            const struct uf_observation o = {"jobs", regions[r], "TOTAL", NULL, uf_period_from_year(year),
                                             300,    0};
            assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
        }
    assert_ok(uf_store_commit(store, &error), &error);
    const struct uf_panel_variable variable = {.name = "jobs", .expression = "jobs[\"TOTAL\"]"};
    const char *const treated[] = {"SE31"};
    const struct uf_store_panel_request request = {.language = UF_ENGLISH,
                                                   .level = "nuts2",
                                                   .variables = &variable,
                                                   .n_variables = 1,
                                                   .outcome = "jobs",
                                                   .treated = treated,
                                                   .n_treated = 1,
                                                   .start = uf_period_from_year(2017),
                                                   .intervention = "own"};
    struct uf_panel *panel;
    assert_ok(uf_panel_from_store(store, &request, NULL, &panel, &error), &error);
    assert_string_equal(panel->units.label[1], "North Middle Sweden");
    assert_string_equal(panel->units.code[0], "FI19");
    assert_int_equal(panel->exposures[0].status[0], UF_NOT_EXPOSED); /* abroad */
    assert_int_equal(panel->exposures[0].status[1], UF_EXPOSURE_UNKNOWN);
    assert_int_equal(panel->exposures[0].regions_exposed, -1); /* counties were counted, not these */
    assert_int_equal(panel->exposures[1].status[1], UF_EXPOSED);
    assert_int_equal(panel->exposures[1].status[2], UF_NOT_EXPOSED);
    assert_true(panel->columns[0].rounding == 1000);
    uf_panel_free(panel);
    uf_store_close(store);
}

static void sector_panels_are_whole_grids(void **state)
{
    (void)state;
    struct uf_store *store = small_store();
    struct uf_error error;
    struct uf_panel *panel;
    const char *const sectors[] = {"F", "C"}, *const within[] = {"SE31"};
    struct uf_store_panel_request request = {.language = UF_SWEDISH,
                                             .level = "nuts3",
                                             .within = within,
                                             .n_within = 1,
                                             .indicator = "jobs",
                                             .sectors = sectors,
                                             .n_sectors = 2,
                                             .from = uf_period_from_year(2016),
                                             .to = uf_period_from_year(2017)};
    assert_ok(uf_panel_from_store(store, &request, NULL, &panel, &error), &error);
    assert_int_equal(panel->n_rows, 3 * 2 * 2);
    assert_string_equal(panel->sectors.code[0], "F"); /* the order asked for */
    assert_string_equal(panel->sectors.label[1], "Tillverkning");
    assert_int_equal(panel->periods.count, 2);
    assert_false(panel->treatment.given);
    assert_string_equal(panel->source, "Eurostat");
    uf_panel_free(panel);
    const char *const overlapping[] = {"C", "B-E", "F"};
    int64_t batch;
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_batch_begin(store, "more", "none", "1", &batch, &error), &error);
    const struct uf_observation o = {"jobs", "SE311", "B-E", NULL, uf_period_from_year(2016), 30, 0};
    assert_ok(uf_store_put_observation(store, batch, &o, NULL, &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
    request.sectors = overlapping, request.n_sectors = 3;
    assert_int_equal(uf_panel_from_store(store, &request, NULL, &panel, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "'C' and 'B-E' overlap"));
    uf_store_close(store);
}

static void sector_panels_take_further_columns(void **state)
{
    (void)state;
    struct uf_store *store = small_store();
    struct uf_error error;
    struct uf_panel *panel;
    int64_t batch;
    const struct uf_indicator seekers = {.code = "seekers",
                                         .name_sv = "Sökande",
                                         .name_en = "Seekers",
                                         .kind = UF_INDICATOR_STOCK,
                                         .rounding = 5};
    assert_ok(uf_store_begin(store, &error), &error);
    assert_ok(uf_store_put_indicator(store, &seekers, &error), &error);
    assert_ok(uf_store_batch_begin(store, "more", "none", "2", &batch, &error), &error);
    const struct uf_observation some[] = {
        {"seekers", "SE311", "C", NULL, uf_period_from_year(2016), 7, 0},
        {"seekers", "SE312", "C", NULL, uf_period_from_year(2016), NAN, UF_VALUE_SUPPRESSED},
        {"seekers", "SE311", "B-E", NULL, uf_period_from_year(2016), 9, 0}, /* not a sector of the other */
        {"seekers", "SE311", "C", NULL, uf_period_from_year(2019), 8, 0}};  /* nor a period */
    for (size_t i = 0; i < 4; i++)
        assert_ok(uf_store_put_observation(store, batch, &some[i], NULL, &error), &error);
    assert_ok(uf_store_commit(store, &error), &error);
    const struct uf_panel_variable further[] = {
        {.name = "seekers", .expression = "seekers"},
        {.name = "jobs", .expression = "jobs"},
        {.name = "per_job", .expression = "seekers / jobs + 0 * jobs[\"TOTAL\"]", .unit = "%"}};
    const char *const sectors[] = {"C", "F"}, *const within[] = {"SE31"};
    struct uf_store_panel_request request = {.level = "nuts3",
                                             .within = within,
                                             .n_within = 1,
                                             .indicator = "jobs",
                                             .sectors = sectors,
                                             .n_sectors = 2,
                                             .variables = further,
                                             .n_variables = 3};
    assert_ok(uf_panel_from_store(store, &request, NULL, &panel, &error), &error);
    assert_int_equal(panel->n_columns, 3); /* jobs once */
    assert_int_equal(panel->n_rows, 3 * 5 * 2);
    const struct uf_panel_column *jobs = &panel->columns[panel->outcome], *column = &panel->columns[1],
                                 *ratio = &panel->columns[2];
    assert_string_equal(jobs->name, "jobs");
    assert_true(jobs->rounding == 1000 && column->rounding == 5 && ratio->rounding == 0);
    assert_string_equal(ratio->unit, "%");
    /* rows by region, period, sector: SE311 2016 C, then F */
    expect_close(column->value[2], 7, 1e-15, "the other column");
    expect_close(ratio->value[2], 7.0 / 21, 1e-15, "a quotient by sector");
    assert_int_equal(column->status[3], UF_VALUE_NOT_AVAILABLE);
    assert_int_equal(column->status[12], UF_VALUE_SUPPRESSED);
    assert_int_equal(ratio->status[12], UF_VALUE_SUPPRESSED);
    expect_close(jobs->value[12], 22, 1e-15, "what is hidden in one column stands in another");
    assert_int_equal(jobs->status[8], UF_VALUE_NOT_AVAILABLE); /* 2019 */
    expect_close(column->value[8], 8, 1e-15, "a period of the other");
    uf_panel_free(panel);
    request.n_sectors = 0; /* all of either: B-E holds C */
    assert_int_equal(uf_panel_from_store(store, &request, NULL, &panel, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "overlap"));
    const struct uf_panel_variable wrong[] = {
        {.name = "share", .expression = "share", .file = "study.yaml", .line = 9, .column = 4},
        {.name = "y", .expression = "1 + seeker", .file = "study.yaml", .line = 9, .column = 4}};
    request.n_sectors = 2, request.n_variables = 1;
    for (size_t i = 0; i < 2; i++) { /* without sectors, unknown */
        request.variables = &wrong[i];
        assert_int_equal(uf_panel_from_store(store, &request, NULL, &panel, &error), UF_BAD_INPUT);
        assert_non_null(
            strstr(error.message, i ? "did you mean 'seekers'" : "no value of 'share' by sector"));
        assert_true(error.line == 9 && error.column == (i ? 8 : 4));
    }
    uf_store_close(store);
}

static void mistakes_are_found_at_their_place(void **state)
{
    (void)state;
    struct uf_store *store = small_store();
    struct uf_error error;
    struct uf_panel *panel;
    static const struct {
        const char *expression, *message;
        size_t column;
    } cases[] = {
        {"jbos[\"C\"] / 2", "did you mean 'jobs'", 20},
        {"jobs[\"CC\"]", "no sector 'CC'", 24},
        {"2 * ln(jobs[\"C\"] / jbos[\"C\"])", "did you mean 'jobs'", 39},
        {"jobs[\"C\"] +", "a value is missing at the end", 31},
        {"jobs[\"C\"] * / 2", "a value is missing before this sign", 32},
        {"jobs[\"C\"] 2", "between two values", 30},
        {"jobs[\"C\"] ln(2)", "between two values", 30},
        {"2 (jobs[\"C\"])", "between two values", 22},
        {"ln(jobs[\"C\"], 2)", "wrong number of arguments", 20},
        {"ln(jobs)", "'jobs' has values by sector only; name one, as jobs[\"C\"]", 23},
        {"lnn(jobs[\"C\"])", "did you mean 'ln'", 20},
        {"jobs[\"C\"] ; DROP TABLE region", "no meaning", 30},
        {"jobs[\"C\"", "bracket is not closed", 24},
        {"jobs[C]", "in quotes", 24},
        {"(jobs[\"C\"]", "not closed", 30},
        {"jobs[\"C\"])", "never opened", 29},
        {"1 + 2", "names no indicator", 20},
        {"2jobs", "cannot begin with a digit", 20},
        {"jobs[\"C\"] -- 1", NULL, 0}, /* minus minus, not a comment */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct uf_panel_variable variable = {
            .name = "y", .expression = cases[i].expression, .file = "study.yaml", .line = 7, .column = 20};
        const struct uf_store_panel_request request = {
            .level = "nuts3", .variables = &variable, .n_variables = 1, .outcome = "y"};
        uf_status status = uf_panel_from_store(store, &request, NULL, &panel, &error);
        if (!cases[i].message) {
            assert_ok(status, &error);
            expect_close(panel->columns[0].value[0], 21, 1e-15, "20 - -1");
            uf_panel_free(panel);
            continue;
        }
        assert_int_equal(status, UF_BAD_INPUT);
        if (!strstr(error.message, cases[i].message))
            fail_msg("'%s': %s", cases[i].expression, error.message);
        assert_string_equal(error.file, "study.yaml");
        assert_int_equal(error.line, 7);
        if (error.column != cases[i].column) fail_msg("'%s': column %zu", cases[i].expression, error.column);
    }
    const struct uf_panel_variable fine = {.name = "y", .expression = "share"};
    const char *const nowhere[] = {"SE399"}, *const regions[] = {"SE311"};
    struct uf_store_panel_request request = {
        .level = "nutts3", .variables = &fine, .n_variables = 1, .outcome = "y"};
    assert_int_equal(uf_panel_from_store(store, &request, NULL, &panel, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "nuts3"));
    request.level = "nuts3", request.within = nowhere, request.n_within = 1;
    assert_int_equal(uf_panel_from_store(store, &request, NULL, &panel, &error), UF_BAD_INPUT);
    request.n_within = 0, request.regions = regions, request.n_regions = 1,
    request.from = uf_period_from_year(2030);
    assert_int_equal(uf_panel_from_store(store, &request, NULL, &panel, &error), UF_BAD_INPUT);
    request.from = 0, request.treated = regions, request.n_treated = 1,
    request.start = uf_period_from_year(2040);
    assert_int_equal(uf_panel_from_store(store, &request, NULL, &panel, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "after the last period"));
    uf_store_close(store);
}

static void sums_climb_only_when_whole(void **state)
{
    (void)state;
    struct uf_store *store = small_store();
    struct uf_error error;
    struct uf_table *sums;
    assert_ok(uf_panel_aggregate(store, "jobs", "county", "nuts2", false, &sums, &error), &error);
    size_t found = 0;
    for (size_t i = 0; i < uf_table_rows(sums); i++) {
        bool is_31 = !strcmp(uf_table_text(sums, i, 0), "SE31"),
             is_c = !strcmp(uf_table_text(sums, i, 1), "C");
        if (!is_c || strcmp(uf_table_text(sums, i, 2), "2016")) continue;
        found++;
        if (is_31)
            expect_close(uf_table_number(sums, i, 3), 21 + 22 + 23, 1e-15, "sum of the three");
        else
            assert_int_equal(uf_table_value_status(sums, i, 3), UF_VALUE_INCOMPLETE);
    }
    assert_int_equal(found, 2);
    uf_table_free(sums);
    assert_int_equal(uf_panel_aggregate(store, "share", "county", "nuts2", false, &sums, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "ratio"));
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_carry_reasons),       cmocka_unit_test(exposure_climbs_the_region_tree),
        cmocka_unit_test(sector_panels_are_whole_grids), cmocka_unit_test(mistakes_are_found_at_their_place),
        cmocka_unit_test(sums_climb_only_when_whole),    cmocka_unit_test(sector_panels_take_further_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

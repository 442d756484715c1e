// SPDX-License-Identifier: GPL-3.0-or-later
/* What the importer makes of codes, labels and contents, whatever the format: the files here are PX and CSV. */
#include <stdio.h>
#include <string.h>

#include "support/import_cases.h"
#include "support/test.h"

/* A PX file of one region dimension and one period; `codes` and `values` as PX writes lists. */
static const char *px(const char *name, const char *codes, const char *values, const char *figures)
{
    static char text[4000];
    snprintf(
        text, sizeof text,
        "CHARSET=\"ANSI\";\nAXIS-VERSION=\"2010\";\nCODEPAGE=\"utf-8\";\nSUBJECT-AREA=\"Test\";\n"
        "SUBJECT-CODE=\"T\";\nMATRIX=\"M\";\nTITLE=\"A table\";\nCONTENTS=\"Persons\";\nUNITS=\"persons\";\n"
        "DECIMALS=0;\nSTUB=\"%s\";\nHEADING=\"year\";\nVALUES(\"%s\")=%s;\nVALUES(\"year\")=\"2018\";\n%s%s%"
        "s%s%s"
        "CODES(\"year\")=\"2018\";\nTIMEVAL(\"year\")=TLIST(A1),\"2018\";\nSOURCE=\"The office\";\n"
        "DATA=\n%s;\n",
        name, name, values, *codes ? "CODES(\"" : "", *codes ? name : "", *codes ? "\")=" : "", codes,
        *codes ? ";\n" : "", figures);
    return text;
}

static void labels_may_hold_the_codes(void **state)
{
    (void)state;
    do_import(
        px("omr", "\"0\",\"1\"", "\"17 V\xC3\xA4rmlands l\xC3\xA4n\",\"20 Dalarnas l\xC3\xA4n\"", "4 5"),
        NULL);
    expect_import_note(
        "the region is taken from omr, whose codes are serial numbers: its labels hold the code");
    expect_text(
        store,
        "SELECT group_concat(region || '=' || value, ' ') FROM (SELECT * FROM observations ORDER BY region)",
        "SE311=4.0 SE312=5.0");
}

/* Serial numbers that also are county numbers: what the labels say goes before. */
static void serial_numbers_are_not_counties(void **state)
{
    (void)state;
    do_import(px("omr", "\"17\",\"20\"", "\"1780 Karlstad\",\"2080 Falun\"", "4 5"), NULL);
    expect_import_note("its labels hold the code");
    expect_text(store,
                "SELECT group_concat(region, ' ') FROM (SELECT region FROM observations ORDER BY region)",
                "1780 2080");
}

static void a_number_of_another_list_is_no_region(void **state)
{
    (void)state;
    expect_import_refusal(px("state", "\"01\",\"17\",\"20\"", "\"Alabama\",\"Illinois\",\"Kansas\"", "1 2 3"),
                          NULL, UF_BAD_INPUT, "no column of regions is found");
    /* called a region by its name, but no label is of the store's regions; adding would rename Stockholm */
    const char *states = px("region", "\"01\",\"17\",\"77\"", "\"Alabama\",\"Illinois\",\"Kansas\"", "1 2 3");
    expect_import_refusal(states, NULL, UF_BAD_INPUT,
                          "'01' is called Alabama here and is another region in the store");
    expect_import_refusal(states, &(struct uf_import_request){.unknown_regions = UF_UNKNOWN_ADD},
                          UF_BAD_INPUT, "is called Alabama here");
    expect_text(store, "SELECT name_en FROM regions WHERE code = 'SE110'", "Stockholm county");
    /* where the user says that it holds regions, its codes are what they seem */
    const struct uf_dimension_role region = {UF_ROLE_REGION, "state"};
    do_import(px("state", "\"01\",\"17\",\"20\"", "\"Stockholm etc.\",\"V-land\",\"D-land\"", "1 2 3"),
              &(struct uf_import_request){.roles = &region, .n_roles = 1});
    expect_text(store,
                "SELECT group_concat(region, ' ') FROM (SELECT region FROM observations ORDER BY region)",
                "SE110 SE311 SE312");
}

static void regions_may_be_written_by_name(void **state)
{
    (void)state;
    static const char *const SPELLINGS[][3] = {
        {"V\xC3\xA4rmlands l\xC3\xA4n", "Dalarnas l\xC3\xA4n", "Riket"},
        {"V\xC3\xA4rmland", "Dalarna", "Hela riket"},
        {"V\xC3\xA4rmland County", "DALARNA COUNTY", "Sweden"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct uf_store *own = store_with_regions(":memory:");
        char text[300];
        snprintf(text, sizeof text, "place,year,value\n%s,2018,1\n%s,2018,2\n%s,2018,3\n", SPELLINGS[i][0],
                 SPELLINGS[i][1], SPELLINGS[i][2]);
        uf_import_summary_clear(&summary);
        assert_ok(import_text(own, text, NULL, &summary, &import_error), &import_error);
        expect_import_note("by the names of regions at the level nuts3");
        expect_text(own,
                    "SELECT group_concat(region || '=' || value, ' ') FROM (SELECT * FROM observations ORDER "
                    "BY region)",
                    "SE=3.0 SE311=1.0 SE312=2.0");
        uf_store_close(own);
    }
    /* Stockholm is a NUTS 2 region, a county for short, and a municipality: the others tell which is meant */
    do_import("place,year,value\nStockholm,2018,1\nFalun,2018,2\nKarlstad,2018,3\n", NULL);
    expect_text(store,
                "SELECT group_concat(region, ' ') FROM (SELECT region FROM observations ORDER BY region)",
                "0180 1780 2080");
    expect_import_refusal("place,year,value\nFalun,2018,2\nKarlstad,2018,3\nAtlantis,2018,1\n",
                          &(struct uf_import_request){.indicator = {.code = "y"}}, UF_BAD_INPUT, "Atlantis");
}

static void ages_are_neither_regions_nor_sectors(void **state)
{
    (void)state;
    do_import("omr,grp,year,value\n20,16-24,2018,1\n20,49-50,2018,2\n20,51-52,2018,3\n20,58-59,2018,4\n",
              NULL);
    expect_text(store, "SELECT group_concat(breakdown, ' ') FROM observations",
                "grp=16-24 grp=49-50 grp=51-52 grp=58-59");
    do_import(px("x", "\"01\",\"17\",\"20\",\"21\"",
                 "\"1 \xC3\xA5r\",\"17 \xC3\xA5r\",\"20 \xC3\xA5r\",\"21 \xC3\xA5r\"", "1 2 3 4"),
              &(struct uf_import_request){.indicator = {.code = "y"}, .region_is = "20"});
    expect_text(store, "SELECT group_concat(DISTINCT region) FROM observations WHERE indicator = 'y'",
                "SE312");
}

static void groups_of_sectors_are_added(void **state)
{
    (void)state;
    do_import("omr,sni,year,value\n20,A,2018,1\n20,A+C,2018,2\n20,C-F,2018,3\n20,F,2018,4\n", NULL);
    expect_import_note("2 sectors that the store did not know were added to it, such as A+C, C-F");
    expect_text(
        store,
        "SELECT group_concat(sector || '=' || value, ' ') FROM (SELECT * FROM observations ORDER BY value)",
        "A=1.0 A+C=2.0 C-F=3.0 F=4.0");
    expect_import_refusal("omr,sni,year,value\n20,A,2018,1\n20,C,2018,2\n20,A+X,2018,3\n",
                          &(struct uf_import_request){.indicator = {.code = "y"}}, UF_BAD_INPUT,
                          "unknown sector 'A+X'");
}

static void labels_of_other_things_are_no_sectors(void **state)
{
    (void)state;
    static const char TEXT[] =
        "CHARSET=\"ANSI\";\nAXIS-VERSION=\"2010\";\nCODEPAGE=\"utf-8\";\nSUBJECT-AREA=\"T\";\nSUBJECT-CODE="
        "\"T\";\n"
        "MATRIX=\"M\";\nTITLE=\"t\";\nCONTENTS=\"c\";\nUNITS=\"u\";\nDECIMALS=0;\nSTUB=\"omr\",\"place\";\n"
        "HEADING=\"year\";\nVALUES(\"omr\")=\"Dalarnas l\xC3\xA4n\";\nCODES(\"omr\")=\"20\";\n"
        "VALUES(\"place\")=\"Capital\",\"Town\",\"Village\",\"Farm\";\nCODES(\"place\")=\"A\",\"B-E\",\"C\","
        "\"F\";\n"
        "VALUES(\"year\")=\"2018\";\nCODES(\"year\")=\"2018\";\nTIMEVAL(\"year\")=TLIST(A1),\"2018\";\nDATA="
        "\n1 2 3 4;\n";
    do_import(TEXT, NULL);
    expect_text(store, "SELECT group_concat(breakdown, ' ') FROM observations",
                "place=A place=B-E place=C place=F");
    expect_text(store, "SELECT label FROM code_labels WHERE dimension = 'place' AND code = 'C'", "Village");
}

static void region_and_period_may_be_said(void **state)
{
    (void)state;
    expect_import_refusal("kon,value\nm,1\nk,2\n", NULL, UF_BAD_INPUT,
                          "--period-is PERIOD, in a study period-is");
    expect_import_refusal("kon,year,value\nm,2018,1\nk,2018,2\n", NULL, UF_BAD_INPUT, "--region-is CODE");
    do_import("kon,value\nm,1\nk,2\n", &(struct uf_import_request){.region_is = "00", .period_is = "2014K2"});
    expect_text(store, "SELECT group_concat(DISTINCT region || period) FROM observations", "SE2014202");
    expect_import_refusal(
        "kon,value\nm,1\nk,2\n",
        &(struct uf_import_request){.indicator = {.code = "y"}, .region_is = "XX9", .period_is = "2014"},
        UF_BAD_INPUT, "unknown region 'XX9'");
    expect_import_refusal(
        "kon,value\nm,1\nk,2\n",
        &(struct uf_import_request){.indicator = {.code = "y"}, .region_is = "SE", .period_is = "now"},
        UF_BAD_USAGE, "'now' is not a period");
}

static void unknown_regions_can_be_added(void **state)
{
    (void)state;
    static const char TEXT[] =
        "geo,year,value\n20,2018,1\nSE,2018,2\nSE313,2018,3\nSEZZ,2018,4\nNO Norway,2018,5\n"
        "EU27_2020,2018,6\nUSA,2018,7\n";
    do_import(TEXT, &(struct uf_import_request){.unknown_regions = UF_UNKNOWN_ADD});
    assert_int_equal(summary.imported, 7);
    assert_int_equal(summary.added, 4);
    expect_import_note(
        "4 regions that the store did not know were added to it, such as SEZZ, NO, EU27_2020, USA");
    expect_text(
        store,
        "SELECT group_concat(code || ':' || level || ':' || coalesce(parent, '-') || ':' || name_en, ' ')"
        " FROM (SELECT * FROM regions WHERE code IN ('SEZZ', 'NO', 'EU27_2020', 'USA') ORDER BY code)",
        "EU27_2020:other:-:EU27_2020 NO:country:-:Norway SEZZ:nuts2:SE:SEZZ USA:other:-:USA");
}

static void one_kept_region_is_a_region(void **state)
{
    (void)state;
    static const char TEXT[] = "region,sex,year,value\n20,m,2018,1\n20,k,2018,2\n21,m,2018,3\n20,m,2019,4\n";
    const struct uf_keep keep[] = {{"region", (const char *const[]){"20"}, 1},
                                   {"year", (const char *const[]){"2018"}, 1}};
    do_import(TEXT, &(struct uf_import_request){.keep = keep, .n_keep = 2});
    expect_text(store,
                "SELECT group_concat(region || period || breakdown || '=' || value, ' ') FROM (SELECT * FROM"
                " observations ORDER BY breakdown)",
                "SE3122018000sex=k=2.0 SE3122018000sex=m=1.0");
    /* an age is none, and where another column tells cells apart it is the region */
    const struct uf_keep age = {"age", (const char *const[]){"20"}, 1};
    expect_import_refusal("age,year,value\n20,2018,1\n21,2018,2\n",
                          &(struct uf_import_request){.keep = &age, .n_keep = 1}, UF_BAD_INPUT,
                          "no column of regions");
    const struct uf_keep nation = {"geo", (const char *const[]){"SE"}, 1};
    do_import("geo,lan,year,value\nSE,20,2018,1\nSE,21,2018,2\n",
              &(struct uf_import_request){.indicator = {.code = "y"}, .keep = &nation, .n_keep = 1});
    expect_text(store,
                "SELECT group_concat(region, ' ') FROM (SELECT region FROM observations WHERE indicator = 'y'"
                " ORDER BY region)",
                "SE312 SE313");
}

/* `ar` is a word for a period and `ar_kvartal` is none, but only the quarters tell the cells apart. */
static void the_finest_period_is_the_period(void **state)
{
    (void)state;
    do_import("region,ar,ar_kvartal,value\n20,2018,2018K1,1\n20,2018,2018K2,2\n20,2019,2019K1,3\n", NULL);
    expect_import_note("the period is taken from ar_kvartal");
    expect_text(store, "SELECT group_concat(period || breakdown, ' ') FROM observations",
                "2018201 2018202 2019201");
}

/* What is the same in each row is kept: the unit with the indicator, the rest as notes. */
static void constants_are_kept(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *kind;
    } UNITS[] = {
        {"THS_PER", "stock"}, {"PER", "stock"},     {"MIO_EUR", "stock"},           {"PC", "ratio"},
        {"PC_HH", "ratio"},   {"PER_KM2", "ratio"}, {"EUR_HAB_EU27_2020", "ratio"}, {"I15", "ratio"}};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        char text[200], code[20];
        snprintf(text, sizeof text,
                 "unit,age,geo,time,value\n%s,Y20-64,SE312,2018,1\n%s,Y20-64,SE311,2018,2\n", UNITS[i].unit,
                 UNITS[i].unit);
        snprintf(code, sizeof code, "x%zu", i);
        do_import(text, &(struct uf_import_request){.indicator = {.code = code}});
        char sql[200], expected[60];
        snprintf(sql, sizeof sql, "SELECT unit_en || ' ' || kind FROM indicator WHERE code = '%s'", code);
        snprintf(expected, sizeof expected, "%s %s", UNITS[i].unit, UNITS[i].kind);
        expect_text(store, sql, expected);
    }
    expect_text(store, "SELECT DISTINCT scope || ': ' || text FROM batch_notes", "age: all cells: Y20-64");
}

static void a_list_of_countries_is_no_list_of_counties(void **state)
{
    (void)state;
    do_import("country,year,value\nSweden,2018,1\nRiket,2019,2\n", NULL);
    expect_import_note("by the names of regions at the level country");
}

/* A prefix of a knowledge graph on the labels says no more than the codes do. */
static void labels_that_are_codes_with_a_prefix_are_no_other_names(void **state)
{
    (void)state;
    char text[2000] = "REG_ID,Region,Year,value\n";
    for (int year = 2015; year < 2019; year++)
        for (int county = 1; county <= 3; county++) {
            char line[80];
            snprintf(line, sizeof line, "SE31%d,dcid:nuts/SE31%d,%d,%d.5\n", county, county, year,
                     year * county);
            strcat(text, line);
        }
    do_import(text, NULL);
    expect_import_note("labels: Region put the codes of REG_ID in words");
    expect_import_note("the region is taken from REG_ID");
}

static void a_column_of_indicators_is_the_content(void **state)
{
    (void)state;
    do_import("indicator,region,year,value\njobs,20,2018,1\nfirms,20,2018,2\n", NULL);
    expect_text(store,
                "SELECT group_concat(indicator, ' ') FROM (SELECT indicator FROM observations ORDER BY 1)",
                "x_firms x_jobs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(labels_may_hold_the_codes, open_store, close_store),
        cmocka_unit_test_setup_teardown(serial_numbers_are_not_counties, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_number_of_another_list_is_no_region, open_store, close_store),
        cmocka_unit_test_setup_teardown(regions_may_be_written_by_name, open_store, close_store),
        cmocka_unit_test_setup_teardown(ages_are_neither_regions_nor_sectors, open_store, close_store),
        cmocka_unit_test_setup_teardown(groups_of_sectors_are_added, open_store, close_store),
        cmocka_unit_test_setup_teardown(labels_of_other_things_are_no_sectors, open_store, close_store),
        cmocka_unit_test_setup_teardown(region_and_period_may_be_said, open_store, close_store),
        cmocka_unit_test_setup_teardown(one_kept_region_is_a_region, open_store, close_store),
        cmocka_unit_test_setup_teardown(unknown_regions_can_be_added, open_store, close_store),
        cmocka_unit_test_setup_teardown(the_finest_period_is_the_period, open_store, close_store),
        cmocka_unit_test_setup_teardown(constants_are_kept, open_store, close_store),
        cmocka_unit_test_setup_teardown(a_list_of_countries_is_no_list_of_counties, open_store, close_store),
        cmocka_unit_test_setup_teardown(labels_that_are_codes_with_a_prefix_are_no_other_names, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(a_column_of_indicators_is_the_content, open_store, close_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Files as tables, and the datasets that ship. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/file.h>

#include "import/import.h"
#include "support/store_fixture.h"
#include "support/test.h"

static uf_status read_text(const char *text, const char *const *text_columns, size_t n, struct uf_table **out,
                           struct uf_error *error)
{
    struct uf_input *input;
    uf_status status = uf_input_open_memory("panel.csv", text, strlen(text), NULL, &input, error);
    if (status != UF_OK) return status;
    status = uf_read_delimited_input(input, text_columns, n, out, error);
    uf_input_close(input);
    return status;
}

static void columns_find_their_types(void **state)
{
    (void)state;
    struct uf_table *table;
    struct uf_error error;
    static const char *const CODES[] = {"lan"};
    assert_ok(read_text("\xEF\xBB\xBFlan;name;y;x;empty\n01;V\xC3\xA4st;1,5;3;\n20;NA;..;-2;\n", CODES, 1,
                        &table, &error),
              &error);
    assert_int_equal(uf_table_rows(table), 2);
    assert_int_equal(uf_table_columns(table), 5);
    assert_string_equal(uf_table_text(table, 0, uf_table_column(table, "lan")), "01");
    assert_int_equal(uf_table_column_type(table, 1), UF_COLUMN_TEXT);
    assert_string_equal(uf_table_text(table, 1, 1), "NA"); /* a text is not interpreted */
    expect_close(uf_table_number(table, 0, 2), 1.5, 0, "decimal comma");
    assert_true(isnan(uf_table_number(table, 1, 2)));
    assert_int_equal(uf_table_value_status(table, 1, 2), UF_VALUE_NOT_AVAILABLE);
    expect_close(uf_table_number(table, 1, 3), -2, 0, "negative");
    assert_int_equal(uf_table_column_type(table, 4), UF_COLUMN_NUMBER); /* all missing */
    uf_table_free(table);
    assert_ok(read_text("lan,v\n01,1\n", NULL, 0, &table, &error), &error);
    expect_close(uf_table_number(table, 0, 0), 1, 0, "a code that nobody named is a number");
    uf_table_free(table);
    /* a column of mixed marks is text, whichever mark the file has */
    assert_ok(read_text("a;b\n1,5;2,5\n1.25;3,5\n", NULL, 0, &table, &error), &error);
    assert_int_equal(uf_table_column_type(table, 0), UF_COLUMN_TEXT);
    expect_close(uf_table_number(table, 1, 1), 3.5, 0, "b");
    uf_table_free(table);
}

/* "år" as one letter and as a with a ring above: one name, whichever of them the file and the user write. */
static void a_name_is_the_same_composed_and_decomposed(void **state)
{
    (void)state;
    struct uf_table *table;
    struct uf_error error;
    static const char *const YEAR[] = {"\xC3\xA5r"};
    assert_ok(read_text("lan,a\xCC\x8Ar,v\n01,2017,1\n", YEAR, 1, &table, &error), &error);
    assert_string_equal(uf_table_text(table, 0, uf_table_column(table, "\xC3\xA5r")), "2017");
    uf_table_free(table);
    assert_int_equal(read_text("\xC3\xA5r,a\xCC\x8Ar\n1,2\n", NULL, 0, &table, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "two columns are called"));
}

static void a_table_that_is_none_is_refused(void **state)
{
    (void)state;
    struct uf_table *table;
    struct uf_error error;
    static const char *const WRONG[] = {"regoin"};
    assert_int_equal(read_text("region,y\na,1\n", WRONG, 1, &table, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'region'?"));
    assert_int_equal(read_text("a,b\n1,2\n3\n", NULL, 0, &table, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 3, 2, "this row has 1 fields where the header has 2");
    assert_int_equal(read_text("a,b\n", NULL, 0, &table, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 1, 0, "no rows");
    assert_int_equal(read_text("a,a\n1,2\n", NULL, 0, &table, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 1, 3, "two columns are called 'a'");
    assert_int_equal(read_text("\n\n", NULL, 0, &table, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 1, 0, "no header row");
    assert_int_equal(uf_read_delimited("/no/such.csv", NULL, 0, &table, &error), UF_IO_FAILED);
}

/* --- reference and programmes ------------------------------------------------------------------ */

static const char REGIONS[] =
    "code,level,parent,name_sv,name_en,short_name,valid_from,valid_to\n"
    "SE312,nuts3,SE31,Dalarnas l\xC3\xA4n,Dalarna county,Dalarna,1997,\n"
    "SE31,nuts2,SE3,Norra Mellansverige,North Middle Sweden,,,\n"
    "FA01,fa,SE,Malm\xC3\xB6,Malm\xC3\xB6,,,\n"
    "SE3,nuts1,SE,\"Norra, Sverige\",North Sweden,,,\nSE,country,,Sverige,Sweden,,,\n";
static const char ALIASES[] = "alias,scheme,code\n20,scb-county,SE312\n";
static const char SECTORS[] =
    "code,scheme,parent,name_sv,name_en\nTOTAL,a,,Alla,All\nC,sni2007,TOTAL,Tillverkning,Manufacturing\n";
static const char INTERVENTIONS[] =
    "code,name_sv,name_en,start,end,regions_exposed,regions_total,cost,currency,source\n"
    "smart,Smart industri,Smart "
    "industry,2017,2019,3,21,7217448,SEK,beslut\nopen,\xC3\x96ppen,Open,2015,,,,,,\n";
static const char EXPOSURES[] =
    "intervention,region,status,start,end,amount,source\nsmart,20,exposed,2017,2019,,x\n"
    "open,SE31,unknown,,,12.5,x\n";

static void write_datasets(const char *regions, const char *exposures)
{
    scratch_file("regions.csv", regions);
    scratch_file("region_aliases.csv", ALIASES);
    scratch_file("sectors.csv", SECTORS);
    scratch_file("interventions.csv", INTERVENTIONS);
    scratch_file("exposures.csv", exposures);
}

static void datasets_are_loaded_and_loaded_again(void **state)
{
    (void)state;
    struct uf_store *store;
    struct uf_error error;
    write_datasets(REGIONS, EXPOSURES);
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    for (int round = 0; round < 2; round++) {
        assert_ok(uf_import_reference(store, scratch_directory(), &error), &error);
        assert_ok(uf_import_programmes(store, scratch_directory(), &error), &error);
        expect_close(query_number(store, "SELECT count(*) FROM regions"), 5, 0, "regions");
        expect_close(
            query_number(store, "SELECT valid_from FROM regions WHERE code = 'SE312' AND parent = 'SE31'"),
            1997, 0, "valid_from");
        expect_close(query_number(store, "SELECT count(*) FROM sectors"), 2, 0, "sectors");
        expect_close(query_number(store, "SELECT count(*) FROM exposures"), 2, 0, "exposures");
        expect_text(store, "SELECT region FROM exposures WHERE status = 'exposed'", "SE312");
        expect_close(
            query_number(store,
                         "SELECT amount FROM exposures WHERE status = 'unknown' AND start_period = 2015000"
                         " AND end_period IS NULL"),
            12.5, 0, "amount");
        expect_close(query_number(store, "SELECT cost FROM intervention WHERE regions_total = 21"), 7217448,
                     0, "cost");
        expect_close(
            query_number(store,
                         "SELECT count(*) FROM intervention WHERE regions_exposed IS NULL AND cost IS NULL"),
            1, 0, "not said");
    }
    uf_store_close(store);
}

static void a_broken_dataset_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *regions, *exposures, *words;
        size_t line, column;
    } CASES[] = {
        {"code,level,parent,name_sv,name_en,short_name,valid_from\nSE,country,,S,S,,\n", EXPOSURES,
         "'valid_to' is missing", 1, 0},
        {"code,level,parent,name_sv,name_en,short_name,valid_from,valid_to\nSE,country,,S,S,,\xC3\xA5r,\n",
         EXPOSURES, "expected a whole number here, found '\xC3\xA5r'", 2, 18},
        {"code,level,parent,name_sv,name_en,short_name,valid_from,valid_to\nSE,country,,S,S,,,\nSE1,nuts1,SX,"
         "S,S,,,\n",
         EXPOSURES, "unknown region 'SX'; did you mean 'SE'?", 3, 0},
        {"code,level,parent,name_sv,name_en,short_name,valid_from,valid_to\nSE,contry,,S,S,,,\n", EXPOSURES,
         "did you mean 'country'?", 2, 0},
        {REGIONS, "intervention,region,status,start,end,amount,source\nsmart,20,maybe,,,,x\n",
         "found 'maybe'", 2, 10},
        {REGIONS, "intervention,region,status,start,end,amount,source\nsmart,20,exposed,soon,,,x\n",
         "found 'soon'", 2, 18},
        {REGIONS, "intervention,region,status,start,end,amount,source\nsmart,20,exposed\n",
         "this row has 3 fields", 2, 17},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_store *store;
        struct uf_error error = {0};
        write_datasets(CASES[i].regions, CASES[i].exposures);
        assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
        uf_status status = uf_import_reference(store, scratch_directory(), &error);
        if (status == UF_OK) status = uf_import_programmes(store, scratch_directory(), &error);
        assert_int_equal(status, UF_BAD_INPUT);
        expect_error(&error, UF_BAD_INPUT, CASES[i].line, CASES[i].column, CASES[i].words);
        expect_close(query_number(store, "SELECT count(*) FROM exposures"), 0, 0, "exposures");
        expect_close(query_number(store, "SELECT count(*) FROM intervention"), 0, 0, "interventions");
        uf_store_close(store);
    }
    struct uf_store *store;
    struct uf_error error;
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    assert_int_equal(uf_import_reference(store, "/no/such/folder", &error), UF_IO_FAILED);
    uf_store_close(store);
}

/* The datasets of this repository, once they are there. */
static void the_shipped_datasets_load(void **state)
{
    (void)state;
    struct uf_store *store;
    struct uf_error error;
    char reference[512], programmes[512];
    snprintf(reference, sizeof reference, "%s", source_path("datasets/reference"));
    snprintf(programmes, sizeof programmes, "%s", source_path("datasets/programmes"));
    if (!uf_directory_exists(reference)) skip();
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &store, &error), &error);
    assert_ok(uf_import_reference(store, reference, &error), &error);
    assert_ok(uf_import_programmes(store, programmes, &error), &error);
    expect_close(
        query_number(store, "SELECT count(*) FROM regions WHERE level = 'nuts3' AND valid_to IS NULL"), 21, 0,
        "counties");
    expect_close(query_number(store, "SELECT count(*) FROM regions WHERE level = 'municipality'"), 290, 0,
                 "municipalities");
    expect_close(query_number(store, "SELECT count(*) FROM sectors WHERE scheme = 'sni2007'"), 21 + 88, 0,
                 "sections and divisions");
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns_find_their_types),
                                       cmocka_unit_test(a_name_is_the_same_composed_and_decomposed),
                                       cmocka_unit_test(a_table_that_is_none_is_refused),
                                       cmocka_unit_test(datasets_are_loaded_and_loaded_again),
                                       cmocka_unit_test(a_broken_dataset_changes_nothing),
                                       cmocka_unit_test(the_shipped_datasets_load)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Whole imports: formats, roles, keep, statuses, repetition. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/store_fixture.h"
#include "support/test.h"

static const char LONG[] = "lan,nuts3,year,nace,employed\n"
                           "17,SE311,2017,A,4000\n17,SE311,2017,C,20000\n"
                           "20,SE312,2017,A,5000\n20,SE312,2017,C,..\n"
                           "20,SE312,2018,A,5500\n20,SE312,2018,C,18000\n";

static struct uf_import_summary do_import(struct uf_store *store, const char *text,
                                          const struct uf_import_request *request)
{
    struct uf_import_summary summary;
    struct uf_error error = {0};
    assert_ok(import_text(store, text, request, &summary, &error), &error);
    return summary;
}

static bool has_note(const struct uf_import_summary *summary, const char *words)
{
    for (size_t i = 0; i < summary->notes.count; i++)
        if (strstr(summary->notes.items[i], words)) return true;
    return false;
}

static void a_long_table_needs_no_roles(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary = do_import(store, LONG, NULL);
    assert_string_equal(summary.format, "csv-long");
    assert_string_equal(summary.encoding, "utf-8");
    assert_int_equal(summary.delimiter, ',');
    assert_int_equal(summary.cells, 6);
    assert_int_equal(summary.imported, 6);
    assert_int_equal(summary.missing, 1);
    assert_int_equal(summary.left_out, 0);
    assert_true(has_note(&summary, "the region is taken from nuts3"));
    assert_true(has_note(&summary, "the value is taken from column employed"));
    assert_true(has_note(&summary, "the period is taken from year"));
    assert_true(has_note(&summary, "the sector is taken from nace"));
    assert_true(has_note(&summary, "lan"));
    expect_close(
        query_number(store,
                     "SELECT value FROM observations WHERE region = 'SE312' AND sector = 'C' AND period"
                     " = 2018000"),
        18000, 0, "value");
    expect_text(store, "SELECT format || path FROM batch", "csv-longtest.csv");
    uf_import_summary_clear(&summary);
    uf_store_close(store);
}

/* The same table in five shapes gives the same observations. */
static void shapes_do_not_matter(void **state)
{
    (void)state;
    static const char *const SHAPES[] = {
        LONG,
        "region;sni;2017;2018\n17 V\xE4rmlands l\xE4n;A;4000;\n17 V\xE4rmlands l\xE4n;C;20000;\n20 Dalarnas "
        "l\xE4n;A;5000;5500\n"
        "20 Dalarnas l\xE4n;C;..;18000\n",
        "\xEF\xBB\xBF\"region\"\t\"sni\"\t\"2017\"\t\"2018\"\r\nSE311\tA\t4 000\t\r\nSE311\tC\t20 "
        "000\t\r\nSE312\tA\t5 000\t5 500"
        "\r\nSE312\tC\t..\t18 000\r\n",
        "unit,nace_r2,geo\\time\t2018 \t2017 \nPS,A,SE311\t: \t4000 \nPS,C,SE311\t: \t20000 "
        "\nPS,A,SE312\t5500 \t5000 \n"
        "PS,C,SE312\t18000 \t: \n",
        "freq,unit,nace_r2,geo,2017,2018\nA,PS,A,SE311,4000,:\nA,PS,C,SE311,20000,:\nA,PS,A,SE312,5000,5500\n"
        "A,PS,C,SE312,:,18000\n",
    };
    static const char *const FORMATS[] = {"csv-long", "csv-wide", "csv-wide", "eurostat-tsv", "csv-wide"};
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        struct uf_store *store = store_with_regions(":memory:");
        struct uf_import_summary summary = do_import(store, SHAPES[i], NULL);
        assert_string_equal(summary.format, FORMATS[i]);
        uf_import_summary_clear(&summary);
        expect_text(store,
                    "SELECT group_concat(region || sector || period || '=' || CAST(value AS INTEGER), ' ') "
                    "FROM (SELECT *"
                    " FROM observations WHERE value IS NOT NULL ORDER BY region, sector, period)",
                    "SE311A2017000=4000 SE311C2017000=20000 SE312A2017000=5000 SE312A2018000=5500 "
                    "SE312C2018000=18000");
        expect_text(store, "SELECT group_concat(DISTINCT breakdown) FROM observations", "");
        expect_close(
            query_number(store, "SELECT status FROM observations WHERE region = 'SE312' AND sector = 'C' AND"
                                " period = 2017000"),
            UF_VALUE_NOT_AVAILABLE, 0, "status");
        uf_store_close(store);
    }
}

static void eurostat_flags_become_statuses(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary = do_import(
        store,
        "freq,unit,geo\\TIME_PERIOD\t2015 \t2016 \t2017 \t2018 \nA,PC,SE312\t12.3 bep\t: c\t: \t5.0 \n",
        NULL);
    assert_int_equal(summary.imported, 4);
    assert_int_equal(summary.missing, 2);
    uf_import_summary_clear(&summary);
    expect_close(query_number(store, "SELECT status FROM observations WHERE period = 2015000"),
                 UF_VALUE_BREAK | UF_VALUE_ESTIMATED | UF_VALUE_PROVISIONAL, 0, "bep");
    expect_close(query_number(store, "SELECT status FROM observations WHERE period = 2016000"),
                 UF_VALUE_CONFIDENTIAL, 0, "c");
    expect_close(query_number(store, "SELECT count(*) FROM observations WHERE status = 0 AND value = 5"), 1,
                 0, "plain");
    uf_store_close(store);
}

static void what_tells_cells_apart_is_a_breakdown(void **state)
{
    (void)state;
    static const char TEXT[] =
        "region,kon,alder,enhet,\xC3\xA5r,antal\n20,kvinnor,16-24,st,2018K1,1\n20,m\xC3\xA4n,16-24,st,"
        "2018K1,2\n20,kvinnor,25-,st,2018K1,3\n20,m\xC3\xA4n,25-,st,2018K1,4\n";
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary = do_import(store, TEXT, NULL);
    assert_int_equal(summary.imported, 4);
    uf_import_summary_clear(&summary);
    expect_close(
        query_number(store,
                     "SELECT value FROM observations WHERE breakdown = 'alder=16-24;kon=m\xC3\xA4n' AND"
                     " period = 2018201"),
        2, 0, "breakdown by name");
    uf_store_close(store);

    store = store_with_regions(":memory:");
    const char *women[] = {"kvinnor"};
    const struct uf_keep keep = {"kon", women, 1};
    summary = do_import(store, TEXT, &(struct uf_import_request){.keep = &keep, .n_keep = 1});
    assert_int_equal(summary.imported, 2);
    assert_int_equal(summary.left_out, 2);
    uf_import_summary_clear(&summary);
    expect_text(store, "SELECT group_concat(breakdown, ' ') FROM observations", "alder=16-24 alder=25-");
    uf_store_close(store);
}

static void roles_can_be_given(void **state)
{
    (void)state;
    static const char TEXT[] = "a,b,c,d,e,f\nx,2018,SE312,1,10,p\ny,2018,SE312,2,20,\n";
    const struct uf_dimension_role roles[] = {{UF_ROLE_VALUE, "e"},     {UF_ROLE_STATUS, "f"},
                                              {UF_ROLE_REGION, "c"},    {UF_ROLE_PERIOD, "B"},
                                              {UF_ROLE_BREAKDOWN, "a"}, {UF_ROLE_NONE, "d"}};
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary =
        do_import(store, TEXT, &(struct uf_import_request){.roles = roles, .n_roles = 6});
    assert_int_equal(summary.imported, 2);
    assert_int_equal(summary.notes.count, 0); /* nothing was guessed */
    uf_import_summary_clear(&summary);
    expect_close(
        query_number(store, "SELECT status FROM observations WHERE breakdown = 'a=x' AND value = 10"),
        UF_VALUE_PROVISIONAL, 0, "status");
    uf_store_close(store);
}

static void other_measures_are_left_out(void **state)
{
    (void)state;
    static const char TEXT[] =
        "lan,name,year,under,over,share\n17,V,2017,5,6,1.5\n17,V,2018,5,7,2.5\n20,D,2017,5,6,1.5\n";
    const struct uf_dimension_role value = {UF_ROLE_VALUE, "over"};
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary =
        do_import(store, TEXT, &(struct uf_import_request){.roles = &value, .n_roles = 1});
    assert_int_equal(summary.imported, 3);
    assert_true(has_note(&summary, "name"));
    uf_import_summary_clear(&summary);
    expect_text(store, "SELECT group_concat(DISTINCT breakdown) FROM observations", "");
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), 19, 0, "sum");
    uf_store_close(store);
}

static void a_municipality_code_is_not_a_year(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary =
        do_import(store, "kod,period2,v\xC3\xA4rde\n1780,2010,1\n2080,2010,2\n1780,2011,3\n", NULL);
    assert_true(has_note(&summary, "the region is taken from kod"));
    assert_int_equal(summary.imported, 3);
    uf_import_summary_clear(&summary);
    uf_store_close(store);
}

static void sexes_are_not_sectors(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary =
        do_import(store, "geo,time,values,sex\nSE,2018,1,F\nSE,2018,2,A\nSE,2018,3,C\n", NULL);
    uf_import_summary_clear(&summary);
    expect_text(store, "SELECT group_concat(breakdown, ' ') FROM observations", "sex=F sex=A sex=C");
    uf_store_close(store);
}

static void the_same_file_is_recognised(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary = do_import(store, LONG, NULL);
    uf_import_summary_clear(&summary);
    summary = do_import(store, LONG, NULL);
    assert_true(summary.already_there);
    assert_int_equal(summary.imported, 0);
    uf_import_summary_clear(&summary);
    expect_close(query_number(store, "SELECT count(*) FROM batch"), 1, 0, "batches");
    const char *code[] = {"C"};
    const struct uf_keep keep = {"nace", code, 1};
    const struct uf_import_request other = {.indicator = {.code = "industry"}, .keep = &keep, .n_keep = 1};
    summary = do_import(store, LONG, &other); /* another selection */
    assert_false(summary.already_there);
    assert_int_equal(summary.imported, 3);
    uf_import_summary_clear(&summary);
    /* one row more: the old cells are duplicates */
    char longer[sizeof LONG + 64];
    snprintf(longer, sizeof longer, "%s17,SE311,2018,A,1\n", LONG);
    summary = do_import(store, longer, NULL);
    assert_int_equal(summary.duplicates, 6);
    assert_int_equal(summary.imported, 1);
    uf_import_summary_clear(&summary);
    uf_store_close(store);
}

static void unknown_regions_can_be_passed_over(void **state)
{
    (void)state;
    static const char TEXT[] = "geo\\time\t2018\nSE312\t1\nSEZZ\t2\nEU27_2020\t3\n";
    struct uf_store *store = store_with_regions(":memory:");
    const struct uf_import_request skip = {.unknown_regions = UF_UNKNOWN_SKIP};
    struct uf_import_summary summary = do_import(store, TEXT, &skip);
    assert_int_equal(summary.imported, 1);
    assert_int_equal(summary.unknown, 2);
    assert_true(has_note(&summary, "SEZZ, EU27_2020"));
    uf_import_summary_clear(&summary);
    /* when the store has learnt a region, the same file gives more */
    struct uf_error error;
    const struct uf_region rest = {
        .code = "SEZZ", .level = "nuts2", .parent = "SE", .name_sv = "Utanf\xC3\xB6r"};
    assert_ok(uf_store_put_region(store, &rest, &error), &error);
    summary = do_import(store, TEXT, &skip);
    assert_int_equal(summary.imported, 1);
    assert_int_equal(summary.duplicates, 1);
    uf_import_summary_clear(&summary);
    uf_store_close(store);
}

struct watch {
    int calls, stop_at;
    size_t last, total;
};
static int watch_progress(void *user, size_t read, size_t total)
{
    struct watch *watch = user;
    watch->calls++;
    watch->last = read;
    watch->total = total;
    return watch->stop_at && watch->calls >= watch->stop_at;
}

static char *many_rows(size_t n)
{
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "region,year,age,value\n");
    for (size_t i = 0; i < n; i++) {
        char row[64];
        snprintf(row, sizeof row, "20,%zu,a%zu,%zu\n", 1990 + i % 30, i / 30, i);
        uf_buffer_append(&text, row);
    }
    return uf_buffer_take(&text);
}

static void progress_can_stop_an_import(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    char *text = many_rows(10000);
    struct watch watch = {.stop_at = 3};
    struct uf_import_request request = {.progress = watch_progress, .user = &watch};
    struct uf_import_summary summary;
    struct uf_error error;
    size_t count = 1;
    assert_int_equal(import_text(store, text, &request, &summary, &error), UF_INTERRUPTED);
    assert_ok(uf_store_count(store, NULL, &count, &error), &error);
    assert_int_equal(count, 0);
    expect_close(
        query_number(store, "SELECT (SELECT count(*) FROM batch) + (SELECT count(*) FROM indicator)"), 0, 0,
        "nothing is left of it");
    watch = (struct watch){0};
    summary = do_import(store, text, &request);
    assert_int_equal(summary.imported, 10000);
    uf_import_summary_clear(&summary);
    assert_true(watch.calls >= 5);
    assert_int_equal(watch.last, watch.total);
    free(text);
    uf_store_close(store);
}

static void an_import_inside_a_transaction_is_part_of_it(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_import_summary summary;
    assert_ok(uf_store_begin(store, &error), &error);
    summary = do_import(store, LONG, NULL);
    uf_import_summary_clear(&summary);
    const struct uf_import_request other = {.indicator = {.code = "y"}};
    assert_int_equal(import_text(store, "region,year,value\n20,2018,x1\n", &other, &summary, &error),
                     UF_BAD_INPUT);
    expect_close(query_number(store, "SELECT count(*) FROM indicator"), 1, 0,
                 "only the failed one is taken back");
    uf_store_rollback(store);
    expect_close(query_number(store, "SELECT count(*) FROM observations"), 0, 0, "all is taken back");
    uf_store_close(store);
}

static void every_format_says_what_it_is(void **state)
{
    (void)state;
    size_t n;
    const struct uf_format *const *formats = uf_formats(&n);
    assert_true(n >= 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(formats[i]->name) > 0 && strlen(formats[i]->summary) > 0);
        assert_true((formats[i]->probe || formats[i]->probe_bytes) && formats[i]->open && formats[i]->next &&
                    formats[i]->place && formats[i]->close);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_table_needs_no_roles),
        cmocka_unit_test(shapes_do_not_matter),
        cmocka_unit_test(eurostat_flags_become_statuses),
        cmocka_unit_test(what_tells_cells_apart_is_a_breakdown),
        cmocka_unit_test(roles_can_be_given),
        cmocka_unit_test(other_measures_are_left_out),
        cmocka_unit_test(a_municipality_code_is_not_a_year),
        cmocka_unit_test(sexes_are_not_sectors),
        cmocka_unit_test(the_same_file_is_recognised),
        cmocka_unit_test(unknown_regions_can_be_passed_over),
        cmocka_unit_test(progress_can_stop_an_import),
        cmocka_unit_test(an_import_inside_a_transaction_is_part_of_it),
        cmocka_unit_test(every_format_says_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

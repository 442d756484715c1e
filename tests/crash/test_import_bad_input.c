// SPDX-License-Identifier: GPL-3.0-or-later
/* Each input that must be refused: one clear message with its place, and a store that is as it was. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "import/import.h"
#include "support/store_fixture.h"
#include "support/test.h"

static const struct {
    const char *text, *words;
    uf_status status;
    size_t line, column;
} CASES[] = {
    {"region,year,value\n20,2018,\"1\n21,2018,2\n", "never closed", UF_BAD_INPUT, 2, 9},
    {"region,\"year,value\n20,2018,1\n", "never closed", UF_BAD_INPUT, 1, 8},
    {"region,year,value\n20,2018,1\n21,2018\n", "this row has 2 fields where the header has 3", UF_BAD_INPUT,
     3, 8},
    {"region,year,value\n20,2018,1\n21,2018,2,3\n", "this row has 4 fields", UF_BAD_INPUT, 3, 11},
    {"region,year,value\n20,2018,1\n21,2018,\xC3\xA5tta\n",
     "'\xC3\xA5tta' is not a number; expected one with decimal point", UF_BAD_INPUT, 3, 9},
    {"region;year;value\n20;2018;1,5\n21;2018;2.5\n", "expected one with decimal comma", UF_BAD_INPUT, 3, 9},
    {"region,year,value\n20,2018,1\n20,2019,5\n20,2018,2\n",
     "1 is stored, 2 comes now; keep one of them; the first stands in "
     "line 2",
     UF_BAD_INPUT, 4, 9},
    {"region,year,value\n20,2018,..\n20,2018,0\n", "not-available is stored, 0 comes now", UF_BAD_INPUT, 3,
     9},
    {"region,year,value\n20,2018,1\nSE3I2,2018,2\n", "unknown region 'SE3I2'; did you mean 'SE312'?",
     UF_BAD_INPUT, 3, 1},
    {"region,year,value\n20,2018,1\n,2018,2\n", "region code is missing", UF_BAD_INPUT, 3, 1},
    {"region,year,nace,value\n20,2018,B-E,1\n20,2018,B-F,2\n", "unknown sector 'B-F'; did you mean 'B-E'?",
     UF_BAD_INPUT, 3, 9},
    {"region,year,value\n20,2018,1\n20,i fjol,2\n", "'i fjol' is not a period; expected a year", UF_BAD_INPUT,
     3, 4},
    {"region,value\n20,1\n21,2\n", "no column of periods is found", UF_BAD_INPUT, 1, 0},
    {"year,value\n2018,1\n2019,2\n", "no column of regions is found", UF_BAD_INPUT, 1, 0},
    {"region,year\n20,2018\n21,2018\n", "no column of numbers is found among region, year", UF_BAD_INPUT, 1,
     0},
    {"region,year,unit,value\n20,2018,PC,1\n20,2018,NR,2\n", "column unit has several units (PC, NR)",
     UF_BAD_INPUT, 1, 0},
    {"region,year,value\n", "a header and no rows", UF_BAD_INPUT, 1, 0},
    {"\n\n\n", "no header row", UF_BAD_INPUT, 1, 0},
    {"", "the file is empty", UF_BAD_INPUT, 0, 0},
    {"region,region,value\n20,2018,1\n", "two columns are called 'region'", UF_BAD_INPUT, 1, 8},
    {"just a sentence\n", "a header and no rows", UF_BAD_INPUT, 1, 0},
    {"region,year,value\n20,2018,\"1,234\"\n21,2018,\"2,345\"\n", "say which decimal mark", UF_BAD_INPUT, 0,
     0},
    {"region,year,value\n20,2018,1\n20,2019,\xE5\xC3\xA4\xC3\xB6\n", "not UTF-8", UF_BAD_INPUT, 3, 9},
    {"unit,geo\\time\t2018 \t2019 \nPC,SE312\t1 \t2 \nPC,SE311\t1 \n",
     "this row has 1 values where the header has 2", UF_BAD_INPUT, 3, 12},
    {"unit,geo\\time\t2018 \t2019 \nPC,SE312,X\t1 \t2 \n", "this row has 3 codes where the header names 2",
     UF_BAD_INPUT, 2, 1},
    {"unit,geo\\time\t2018 \t2O19 \nPC,SE312\t1 \t2 \n",
     "expected a period such as 2018 or 2018-Q1 here, found '2O19'", UF_BAD_INPUT, 1, 21},
    {"unit,geo\\time\t2018 \t2018 \nPC,SE312\t1 \t2 \n", "stands twice in the header", UF_BAD_INPUT, 1, 21},
    {"unit,geo\\time\t2018 \t2019 \nPC,SE312\t1 \t2 q\n", "'2 q' is not a number", UF_BAD_INPUT, 2, 13},
    {"unit,geo\\time\t2018 \nPC,XX312\t1 \n", "unknown region 'XX312'; did you mean 'SE312'?", UF_BAD_INPUT,
     2, 4},
    {"unit,geo\\time\t2018 \nPC,SE312\t1 \nPC,SE399\t1 \n", "unknown region 'SE399'", UF_BAD_INPUT, 3, 4},
};

static void each_bad_text_is_refused_at_its_place(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_import_summary summary;
        struct uf_error error = {0};
        if (import_text(store, CASES[i].text, NULL, &summary, &error) == UF_OK)
            fail_msg("accepted: %s", CASES[i].text);
        expect_error(&error, CASES[i].status, CASES[i].line, CASES[i].column, CASES[i].words);
        assert_string_equal(error.file, "test.csv");
    }
    expect_close(
        query_number(store,
                     "SELECT (SELECT count(*) FROM observations) + (SELECT count(*) FROM batch) + (SELECT"
                     " count(*) FROM indicator) + (SELECT count(*) FROM breakdown) - 1"),
        0, 0, "the store is as it was");
    uf_store_close(store);
}

static void wrong_wishes_are_named(void **state)
{
    (void)state;
    static const char TEXT[] = "geo,year,sex,value\nSE312,2018,M,1\nSE312,2018,F,2\n";
    static const char *const MALE[] = {"N"};
    const struct uf_keep no_code = {"sex", MALE, 1}, no_column = {"sx", MALE, 1};
    const struct uf_dimension_role no_role = {UF_ROLE_PERIOD, "yaer"}, no_value = {UF_ROLE_VALUE, "vlaue"},
                                   twice[] = {{UF_ROLE_REGION, "geo"}, {UF_ROLE_REGION, "sex"}},
                                   sexless = {UF_ROLE_NONE, "sex"};
    const struct {
        struct uf_import_request request;
        uf_status status;
        const char *words;
    } WISHES[] = {
        {{.keep = &no_code, .n_keep = 1}, UF_BAD_USAGE, "column sex has no code 'N'; it has 2 others"},
        {{.keep = &no_column, .n_keep = 1}, UF_BAD_USAGE, "no column 'sx'; did you mean 'sex'?"},
        {{.roles = &no_role, .n_roles = 1}, UF_BAD_USAGE, "no column 'yaer'; did you mean 'year'?"},
        {{.roles = &no_value, .n_roles = 1}, UF_BAD_USAGE, "did you mean 'value'?"},
        {{.roles = twice, .n_roles = 2}, UF_BAD_USAGE, "both given the same role"},
        {{.roles = &sexless, .n_roles = 1}, UF_BAD_INPUT, "the first stands in line 2"},
        {{.format = "csv-lnog"}, UF_BAD_USAGE, "unknown format 'csv-lnog'; did you mean 'csv-long'?"},
        {{.format = "eurostat-tsv"}, UF_BAD_INPUT, "this is no Eurostat TSV"},
        {{.format = "csv-wide"}, UF_BAD_INPUT, "a wide table needs columns"},
        {{.encoding = "utf-99"}, UF_BAD_USAGE, "unknown encoding 'utf-99'"},
        {{.encoding = "utf-8", .decimal = '#'}, UF_BAD_USAGE, "decimal mark"},
    };
    struct uf_store *store = store_with_regions(":memory:");
    for (size_t i = 0; i < sizeof WISHES / sizeof *WISHES; i++) {
        struct uf_import_summary summary;
        struct uf_error error = {0};
        uf_status status = import_text(store, TEXT, &WISHES[i].request, &summary, &error);
        if (status != WISHES[i].status || !strstr(error.message, WISHES[i].words))
            fail_msg("wish %zu: status %d: %s", i, (int)status, error.message);
    }
    struct uf_import_summary summary;
    struct uf_error error;
    const struct uf_import_request nameless = {.path = "x.csv"};
    assert_int_equal(uf_import_file(store, &nameless, &summary, &error), UF_IO_FAILED);
    expect_close(query_number(store, "SELECT count(*) FROM observations"), 0, 0, "nothing is stored");
    uf_store_close(store);
}

/* A column that had one code in the first 200,000 cells and another later: not to be mixed silently. */
static void a_late_second_code_is_refused(void **state)
{
    (void)state;
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "region,year,age,enhet,value\n");
    for (size_t i = 0; i < 200001; i++) {
        char row[64];
        snprintf(row, sizeof row, "20,%zu,a%zu,%s,1\n", 1990 + i % 30, i / 30,
                 i < 200000 ? "st" : "tusental");
        uf_buffer_append(&text, row);
    }
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary;
    struct uf_error error;
    assert_int_equal(import_text(store, text.data, NULL, &summary, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 200002, 15,
                 "column enhet has 'tusental' here and 'st' in all cells before");
    expect_close(query_number(store, "SELECT count(*) FROM observations"), 0, 0, "nothing is stored");
    uf_buffer_clear(&text);
    uf_store_close(store);
}

static void a_conflict_with_an_earlier_file_says_so(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary;
    struct uf_error error;
    assert_ok(import_text(store, "region,year,value\n20,2018,1\n", NULL, &summary, &error), &error);
    uf_import_summary_clear(&summary);
    assert_int_equal(import_text(store, "region,year,value\n20,2018,2\n", NULL, &summary, &error),
                     UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 2, 9, "the first came with an earlier import");
    expect_close(query_number(store, "SELECT value FROM observations"), 1, 0, "the old value");
    uf_store_close(store);
}

/* The disk is full in the middle of an import: simulated by a limit on file size in a child process. */
static void a_full_disk_leaves_the_store(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s/full.db", scratch_directory());
    uf_store_close(store_with_regions(path));
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "region,year,age,value\n");
    for (size_t i = 0; i < 60000; i++) {
        char row[64];
        snprintf(row, sizeof row, "20,%zu,a%zu,%zu\n", 1990 + i % 30, i / 30, i);
        uf_buffer_append(&text, row);
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit = {1 << 19, 1 << 19};
        struct uf_store *store;
        struct uf_import_summary summary;
        struct uf_error error = {0};
        int code = 9;
        if (uf_store_open(path, UF_STORE_READ_WRITE, &store, &error) == UF_OK &&
            setrlimit(RLIMIT_FSIZE, &limit) == 0) {
            code = (int)import_text(store, text.data, NULL, &summary, &error);
            uf_store_close(store);
        }
        _exit(code);
    }
    int wait_status;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_true(WIFEXITED(wait_status));
    assert_int_equal(WEXITSTATUS(wait_status), UF_IO_FAILED);
    struct uf_store *store;
    struct uf_error error;
    struct uf_import_summary summary;
    assert_ok(uf_store_open(path, UF_STORE_READ_WRITE, &store, &error), &error);
    expect_close(query_number(store, "SELECT count(*) FROM observations"), 0, 0, "nothing is stored");
    assert_ok(import_text(store, text.data, NULL, &summary, &error),
              &error); /* and it works with room again */
    assert_int_equal(summary.imported, 60000);
    uf_import_summary_clear(&summary);
    uf_buffer_clear(&text);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_bad_text_is_refused_at_its_place),
                                       cmocka_unit_test(wrong_wishes_are_named),
                                       cmocka_unit_test(a_late_second_code_is_refused),
                                       cmocka_unit_test(a_conflict_with_an_earlier_file_says_so),
                                       cmocka_unit_test(a_full_disk_leaves_the_store)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

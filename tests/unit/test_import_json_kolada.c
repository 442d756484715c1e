// SPDX-License-Identifier: GPL-3.0-or-later
/* Kolada's answers and PxWeb's JSON table. */
#include <string.h>

#include "support/cells.h"
#include "support/store_fixture.h"
#include "support/test.h"

/* Version 2: figures by gender, with reasons for what is missing. */
static const char V2[] = "{\"count\":2,\"next_page\":\"http://api.kolada.se/v2/data?page=2\",\"values\":[\n"
                         "{\"kpi\":\"N1\",\"municipality\":\"2080\",\"period\":2018,\"values\":["
                         "{\"count\":1,\"gender\":\"T\",\"status\":\"\",\"value\":1.5},"
                         "{\"count\":1,\"gender\":\"K\",\"status\":\"Missing\",\"value\":null},"
                         "{\"count\":1,\"gender\":\"M\",\"status\":\"Private\",\"value\":null}]},\n"
                         "{\"kpi\":\"N1\",\"municipality\":\"0020\",\"period\":\"2019\",\"values\":["
                         "{\"gender\":\"T\",\"status\":null,\"value\":null},{\"gender\":\"K\",\"status\":"
                         "\"Ojd\xC3\xA5\",\"value\":3}]}]}";

static void values_of_version_2(void **state)
{
    (void)state;
    expect_cells(V2, NULL, NULL,
                 "N1 2080 2018 T = 1.5\nN1 2080 2018 K = NaN not-available\nN1 2080 2018 M = NaN suppressed\n"
                 "N1 0020 2019 T = NaN not-available\nN1 0020 2019 K = 3\n");
    struct opened opened = open_cells(V2, NULL, NULL);
    assert_string_equal(opened.reader.format->name, "kolada");
    assert_int_equal(opened.reader.facts.dimensions[0].hint, UF_ROLE_CONTENT);
    assert_int_equal(opened.reader.facts.dimensions[1].hint, UF_ROLE_REGION);
    assert_string_equal(opened.reader.facts.source, "Kolada");
    expect_note(&opened.reader,
                "one page of several: import the others too (next_page: http://api.kolada.se/v2");
    expect_note(&opened.reader, "1 cells have the status 'Ojd\xC3\xA5', which is not known here");
    expect_file_note(&opened.reader, "kpi=N1;municipality=0020;period=2019;gender=K", "status Ojd\xC3\xA5");
    struct uf_cell cell;
    struct uf_error error = {0};
    bool more;
    size_t line, column;
    for (int i = 0; i < 4; i++)
        assert_ok(opened.reader.format->next(&opened.reader, &cell, &more, &error), &error);
    opened.reader.format->place(&opened.reader, 1, &line, &column);
    assert_true(line == 3 && column == 28);
    opened.reader.format->place(&opened.reader, UF_VALUE_PLACE, &line, &column);
    assert_true(line == 3 && column == 97);
    close_cells(&opened);
}

static void other_shapes(void **state)
{
    (void)state;
    /* version 3, a value taken back */
    const char *v3 = "{\"values\":[{\"kpi\":\"U2\",\"period\":2020,\"municipality\":\"0180\",\"values\":["
                     "{\"gender\":\"T\",\"value\":7,\"status\":\"\",\"count\":1,\"isdeleted\":false},"
                     "{\"gender\":\"M\",\"value\":8,\"status\":\"\",\"count\":1,\"isdeleted\":true}]}],"
                     "\"count\":1,\"next_url\":null,\"previous_url\":null}";
    expect_cells(v3, NULL, NULL, "U2 0180 2020 T = 7\nU2 0180 2020 M = NaN not-available\n");
    struct opened opened = open_cells(v3, NULL, NULL);
    assert_int_equal(opened.reader.notes.count, 1);
    expect_note(&opened.reader, "1 values are marked as deleted");
    close_cells(&opened);
    expect_cells("{\"data\":[{\"kpi\":\"N1\",\"municipality\":\"0020\",\"period\":2018,\"gender\":\"K\","
                 "\"value\":4.25,"
                 "\"status\":\"preliminary\"}]}",
                 NULL, NULL, "N1 0020 2018 K = 4.25 provisional\n");
    expect_cells("[{\"kpi\":\"N1\",\"municipality\":\"0020\",\"period\":2018,\"value\":null}]", NULL, NULL,
                 "N1 0020 2018 T = NaN not-available\n");
    expect_cells("{\"results\":[{\"kpi\":\"N1\",\"municipality\":\"0180\",\"values\":["
                 "{\"period\":\"2022\",\"value\":1,\"gender\":null},{\"period\":2023,\"value\":2}]}]}",
                 "kolada", NULL, "N1 0180 2022 T = 1\nN1 0180 2023 T = 2\n");
}

static void faults_of_kolada(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
        size_t line, column;
    } BAD[] = {
        {"{\"count\":1,\n\"values\":[{\"id\":\"N1\",\"title\":\"x\",\"is_divided_by_gender\":1}]}",
         "values[0]: the file describes indicators, municipalities or groups", 2, 11},
        {"{\"values\":[{\"id\":\"0180\",\"title\":\"Stockholm\",\"type\":\"K\"}],\"count\":1}",
         "download the values: api.kolada.se", 1, 12},
        {"{\"count\":0,\"values\":[]}", "values: the list is empty: Kolada has no value", 1, 21},
        {"{\"values\":[{\"kpi\":\"N1\",\"ou\":\"V15\",\"period\":2018,\"values\":[{\"value\":1}]}]}",
         "single unit such as a school", 1, 12},
        {"{\"values\":[{\"kpi\":\"N1\",\"municipality\":180,\"period\":2018,\"values\":[{\"value\":1}]}]}",
         "values[0].municipality: expected an id, a text", 1, 39},
        {"{\"values\":[{\"kpi\":\"N1\",\"municipality\":\"0180\",\"values\":[{\"value\":1}]}]}",
         "values[0].period: expected a year", 1, 12},
        {"{\"values\":[{\"kpi\":\"N1\",\"municipality\":\"0180\",\"period\":2018,\"values\":[\n{\"value\":1},"
         "{\"value\":"
         "[]}]}]}",
         "values[0].values[1].value: expected a number or null", 2, 22},
        {"{\"values\":[{\"kpi\":\"N1\",\"municipality\":\"0180\",\"period\":2018,\"values\":[{\"gender\":"
         "\"T\"}]}]}",
         "values[0].value: there is no 'value'", 1, 12},
        {"{\"values\":[{\"kpi\":\"N1\",\"municipality\":\"0180\",\"period\":2018,\"values\":[{\"value\":1}]},"
         "\n7]}",
         "values[1]: expected an object with kpi", 2, 1},
        {"{\"kpi\":\"N1\",\"municipality\":\"0180\"}", "expected Kolada's list of values", 1, 1},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_refused(BAD[i].text, NULL, NULL, BAD[i].line, BAD[i].column, BAD[i].words);
}

/* --- PxWeb ------------------------------------------------------------------------------------- */

static const char TABLE[] =
    "\xEF\xBB\xBF{\"columns\":[{\"code\":\"Region\",\"text\":\"region\",\"type\":\"d\"},{\"code\":\"Tid\","
    "\"text\":\"\xC3\xA5r\","
    "\"type\":\"t\"},{\"code\":\"BE1\",\"text\":\"Folkm\xC3\xA4ngd\",\"unit\":\"antal\",\"type\":\"c\"},{"
    "\"code\":\"BE2\","
    "\"text\":\"Andel\",\"comment\":\"procent\",\"type\":\"c\"}],\"comments\":[{\"variable\":\"Region\","
    "\"value\":\"20\","
    "\"comment\":\"om Dalarna\"}],\n\"data\":[{\"key\":[\"20\",\"2018\"],\"values\":[\"100\",\"..\"]},"
    "{\"key\":[\"20\",\"2019\"],\"values\":[\"1.5\",null]}],\n"
    "\"metadata\":[{\"label\":\"Titel\",\"source\":\"SCB\",\"updated\":\"2026-02-01\"}]}";

static void a_table_of_pxweb(void **state)
{
    (void)state;
    expect_cells(TABLE, NULL, NULL,
                 "20 2018 BE1 = 100\n20 2018 BE2 = NaN not-available\n20 2019 BE1 = 1.5\n"
                 "20 2019 BE2 = NaN not-available\n");
    struct opened opened = open_cells(TABLE, NULL, NULL);
    const struct uf_file_facts *facts = &opened.reader.facts;
    assert_string_equal(opened.reader.format->name, "pxweb-json");
    assert_string_equal(opened.reader.dimensions.items[2], "ContentsCode");
    assert_string_equal(facts->title, "Titel");
    assert_string_equal(facts->source, "SCB");
    assert_int_equal(facts->dimensions[1].hint, UF_ROLE_PERIOD);
    assert_int_equal(facts->dimensions[2].hint, UF_ROLE_CONTENT);
    assert_string_equal(facts->dimensions[2].labels.items[0], "Folkm\xC3\xA4ngd");
    assert_string_equal(facts->contents[0].unit, "antal");
    expect_file_note(&opened.reader, "Region=20", "om Dalarna");
    expect_file_note(&opened.reader, "BE2", "procent");
    close_cells(&opened);
}

static void faults_of_pxweb(void **state)
{
    (void)state;
#define COLUMNS "{\"columns\":[{\"code\":\"R\",\"type\":\"d\"},{\"code\":\"V\",\"type\":\"c\"}],\n\"data\":"
    static const struct {
        const char *text, *words;
        size_t line, column;
    } BAD[] = {
        {COLUMNS "[]}", "data: the file describes a table and holds no figures", 2, 8},
        {COLUMNS "[{\"key\":[\"a\",\"b\"],\"values\":[\"1\"]}]}", "data[0].key: expected a list of 1 texts",
         2, 16},
        {COLUMNS "[{\"key\":[\"a\"],\"values\":[]}]}", "data[0].values: expected a list of 1 texts", 2, 31},
        {COLUMNS "[{\"key\":[7],\"values\":[\"1\"]}]}", "data[0].key[0]: expected a code", 2, 17},
        {COLUMNS "[{\"key\":[\"a\"],\"values\":[{}]}]}", "data[0].values[0]: expected a figure", 2, 32},
        {"{\"columns\":[{\"type\":\"d\"}],\"data\":[]}", "columns[0]: expected an object with a 'code'", 1,
         13},
        {"{\"columns\":[{\"code\":\"R\",\"type\":\"d\"}],\"data\":[]}", "there are 1 and 0", 1, 12},
        {"{\"columns\":[{\"code\":\"R\"},{\"code\":\"R\"}],\"data\":[]}", "the column 'R' stands twice", 1,
         26},
        {"{\"columns\":7,\"data\":[]}", "columns: expected a list of columns", 1, 12},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_refused(BAD[i].text, NULL, NULL, BAD[i].line, BAD[i].column, BAD[i].words);
}

/* A figure that is no number is met while the cells go by, and named at its place. */
static void a_bad_figure_is_placed(void **state)
{
    (void)state;
    struct uf_error error = {0};
    struct uf_import_summary summary;
    struct uf_store *store = store_with_regions(":memory:");
    static const char TEXT[] = "{\"columns\":[{\"code\":\"R\",\"type\":\"d\"},{\"code\":\"T\",\"type\":\"t\"}"
                               ",{\"code\":\"V\",\"type\":\"c\"}],\n"
                               "\"data\":[{\"key\":[\"20\",\"2018\"],\"values\":[\"1\"]},\n{\"key\":[\"21\","
                               "\"2018\"],\"values\":[\"ett\"]}]}";
    assert_int_equal(import_text(store, TEXT, NULL, &summary, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 3, 32, "'ett' is not a number");
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_version_2), cmocka_unit_test(other_shapes),
        cmocka_unit_test(faults_of_kolada),    cmocka_unit_test(a_table_of_pxweb),
        cmocka_unit_test(faults_of_pxweb),     cmocka_unit_test(a_bad_figure_is_placed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON-stat in all of its shapes, and what must be refused. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/json.h"
#include "support/cells.h"
#include "support/store_fixture.h"
#include "support/test.h"

/* A version 2 data set of two regions and two years, with `value` and what else is said. */
#define TIME    "'time':{'category':{'index':['2018','2019']}}"
#define REGIONS "'geo':{'label':'region','category':{'index':{'20':1,'01':0},'label':{'20':'Dalarna'}}}"
#define SET(rest)                                                                                            \
    "{'class':'dataset','id':['geo','time'],'size':[2,2],'dimension':{" REGIONS "," TIME "}," rest "}"

/* The texts here are written with single quotes. */
static const char *json(const char *text)
{
    static char buffers[4][4096];
    static size_t turn;
    char *out = buffers[turn++ % 4];
    size_t length = strlen(text);
    assert_true(length < sizeof buffers[0]);
    for (size_t i = 0; i <= length; i++) out[i] = text[i] == '\'' ? '"' : text[i];
    return out;
}

static void dense_and_sparse_values(void **state)
{
    (void)state;
    expect_cells(json(SET("'value':[1,2.5,null,-4e3]")), NULL, NULL,
                 "01 2018 = 1\n01 2019 = 2.5\n20 2018 = NaN not-available\n20 2019 = -4000\n");
    /* in the order of the file; a sign alone is a cell too; what is not there is passed over and said */
    const char *sparse = json(SET("'value':{'3':7,'0':1},'status':{'3':'e','1':'c'}"));
    expect_cells(sparse, NULL, NULL, "20 2019 = 7 estimated\n01 2018 = 1\n01 2019 = NaN confidential\n");
    struct opened opened = open_cells(sparse, NULL, NULL);
    assert_string_equal(opened.reader.format->name, "json-stat");
    expect_note(&opened.reader, "1 of the 4 cells that the dimensions span are not given");
    close_cells(&opened);
    /* texts for figures */
    expect_cells(json(SET("'value':['1.5','..','-',2]")), NULL, NULL,
                 "01 2018 = 1.5\n01 2019 = NaN not-available\n20 2018 = 0 true-zero\n20 2019 = 2\n");
    expect_cells(json(SET("'value':[12345678901234567890,1,2,3]")), NULL, NULL,
                 "01 2018 = 1.2345678901234567e+19\n01 2019 = 1\n20 2018 = 2\n20 2019 = 3\n");
}

static void each_kind_of_status(void **state)
{
    (void)state;
    expect_cells(json(SET("'value':[1,2,3,4],'status':'p'")), NULL, NULL,
                 "01 2018 = 1 provisional\n01 2019 = 2 provisional\n20 2018 = 3 provisional\n20 2019 = 4 "
                 "provisional\n");
    expect_cells(json(SET("'value':[1,2,3,4],'status':['p']")), NULL, NULL,
                 "01 2018 = 1 provisional\n01 2019 = 2 provisional\n20 2018 = 3 provisional\n20 2019 = 4 "
                 "provisional\n");
    expect_cells(json(SET("'value':[null,null,null,4],'status':['.','..',': c','bep']")), NULL, NULL,
                 "01 2018 = NaN not-applicable\n01 2019 = NaN not-available\n20 2018 = NaN confidential\n"
                 "20 2019 = 4 estimated+provisional+break\n");
    expect_cells(json(SET("'value':[null,null,0,null],'status':{'0':'-','1':'x','2':'-','3':'b'}")), NULL,
                 NULL,
                 "01 2018 = 0 true-zero\n01 2019 = NaN suppressed\n20 2018 = 0 true-zero\n"
                 "20 2019 = NaN not-available+break\n");
    expect_cells(json(SET("'value':[1,2,null,4],'status':['',' ','A',null]")), NULL, NULL,
                 "01 2018 = 1\n01 2019 = 2\n20 2018 = NaN not-available\n20 2019 = 4\n");
    /* Eurostat's version 1 */
    expect_cells(
        json(SET("'value':[1,null,3,4],'status':{'value':[null,':',null,'b'],'category':{'label':{':':"
                 "'not available'}}}")),
        NULL, NULL, "01 2018 = 1\n01 2019 = NaN not-available\n20 2018 = 3\n20 2019 = 4 break\n");
}

static void unknown_signs_are_kept(void **state)
{
    (void)state;
    const char *text =
        json(SET("'value':[1,2,null,4],'status':{'0':'Y','2':'Y','3':'c'},'extension':{'status':{"
                 "'label':{'Y':'quite odd'}}}"));
    expect_cells(text, NULL, NULL,
                 "01 2018 = 1\n01 2019 = 2\n20 2018 = NaN not-available\n20 2019 = NaN confidential\n");
    struct opened opened = open_cells(text, NULL, NULL);
    expect_note(&opened.reader, "2 cells have the status 'Y' (quite odd), which is not known here");
    expect_note(&opened.reader, "1 numbers stand under a status that says missing");
    expect_file_note(&opened.reader, "geo=01;time=2018", "status Y: quite odd");
    expect_file_note(&opened.reader, "geo=20;time=2018", "status Y: quite odd");
    close_cells(&opened);
}

static void version_1_and_bundles(void **state)
{
    (void)state;
    static const char ONE[] =
        "{'dataset':{'label':'L','dimension':{'id':['geo','time','what'],'size':['1',2,1],'role':{'time':['"
        "time']},"
        "'geo':{'category':{'label':{'20':'Dalarna'}}},'time':{'category':{'index':{'2019':1,'2018':0}}},"
        "'what':{'category':{'index':['jobs'],'unit':{'jobs':{'base':'antal','decimals':0}}}}},'value':[1,2]}"
        "}";
    expect_cells(json(ONE), NULL, NULL, "20 2018 jobs = 1\n20 2019 jobs = 2\n");
    struct opened opened = open_cells(json(ONE), NULL, NULL);
    assert_string_equal(opened.reader.facts.title, "L");
    assert_int_equal(opened.reader.facts.dimensions[1].hint, UF_ROLE_PERIOD);
    assert_int_equal(opened.reader.facts.dimensions[2].hint, UF_ROLE_CONTENT);
    assert_string_equal(opened.reader.facts.contents[0].unit, "antal");
    close_cells(&opened);

    static const char TWO[] =
        "{'a':{'dimension':{'id':['t'],'size':[1],'t':{'category':{'index':['2018']}}},'value':[1]},'note':'"
        "x',"
        "'b':{'dimension':{'id':['t'],'size':[1],'t':{'category':{'index':['2018']}}},'value':[2]}}";
    const struct uf_reader_wishes by_name = {.sheet = "b"}, by_number = {.sheet = "2"},
                                  wrong = {.sheet = "c"};
    expect_cells(json(TWO), NULL, &by_name, "2018 = 2\n");
    expect_cells(json(TWO), NULL, &by_number, "2018 = 2\n");
    expect_refused(json(TWO), NULL, NULL, 0, 0, "several data sets: a, b; choose one by name or number");
    expect_refused(json(TWO), NULL, &wrong, 0, 0, "no data set 'c'; it has a, b");
}

static void notes_noise_and_extensions(void **state)
{
    (void)state;
    static const char TEXT[] =
        "{'class':'dataset','label':'T','source':'S','updated':'2026-01-01','href':'https://example.org/x',"
        "'note':['one','two'],'id':['geo','c'],'size':[2,2],'role':{'metric':['c'],'geo':['nowhere']},"
        "'dimension':{'geo':{'note':'on regions','category':{'index':['SE','20'],'note':{'20':['n1','n2']},"
        "'child':{'SE':['20']}}},"
        "'c':{'category':{'index':['a','b'],'label':{'a':'Jobs'},'note':{'b':'Skyddas med CKM.'},"
        "'unit':{'a':{'label':'thousand persons','base':'persons','multiplier':3,'decimals':1},"
        "'b':{'symbol':'%','position':'end'}}},"
        "'extension':{'measuringType':{'a':'Average','b':'Flow'},'basePeriod':{'a':'2015'},"
        "'priceType':{'a':'NotApplicable','b':'Fixed'}}}},"
        "'extension':{'contact':[{'name':'N','mail':'m@example.org'}],'px':{'decimals':2,'language':'SV'}},"
        "'value':[1,2,null,4]}";
    expect_cells(json(TEXT), NULL, NULL,
                 "SE a = 1\nSE b = 2 noise\n20 a = NaN not-available\n20 b = 4 noise\n");
    struct opened opened = open_cells(json(TEXT), NULL, NULL);
    const struct uf_file_facts *facts = &opened.reader.facts;
    expect_note(&opened.reader, "some of these values by a small random error");
    expect_note(&opened.reader, "the role 'geo' is given to 'nowhere'");
    expect_file_note(&opened.reader, "", "two");
    expect_file_note(&opened.reader, "", "address: https://example.org/x");
    expect_file_note(&opened.reader, "", "contact: N, m@example.org");
    expect_file_note(&opened.reader, "geo", "on regions");
    expect_file_note(&opened.reader, "geo=20", "n2");
    expect_file_note(&opened.reader, "geo=SE", "parts: 20");
    expect_file_note(&opened.reader, "c=a", "base period: 2015");
    expect_file_note(&opened.reader, "c=b", "prices: Fixed");
    assert_string_equal(facts->language, "sv");
    assert_int_equal(facts->n_contents, 2);
    assert_string_equal(facts->contents[0].label, "Jobs");
    assert_string_equal(facts->contents[0].unit, "thousand persons");
    assert_int_equal(facts->contents[0].decimals, 1);
    assert_int_equal(facts->contents[0].kind, UF_INDICATOR_RATIO);
    assert_string_equal(facts->contents[1].unit, "%");
    assert_int_equal(facts->contents[1].decimals, 2);
    assert_int_equal(facts->contents[1].kind, UF_INDICATOR_FLOW);
    close_cells(&opened);
    expect_cells(json(SET("'note':'Cell Key Method','value':[1,null,3,4]")), NULL, NULL,
                 "01 2018 = 1 noise\n01 2019 = NaN not-available\n20 2018 = 3 noise\n"
                 "20 2019 = 4 noise\n");
}

static const struct {
    const char *text, *words;
    size_t line, column;
} BAD[] = {
    {"{'class':'dataset',\n 'value':[1,,2]}", "broken JSON: unexpected token near ','", 2, 13},
    {"{'class':'dataset',\n 'value':[1,2", "cut off; download it again", 2, 13},
    {"{'class':'dataset',\n\n  'class':'dataset'}", "broken JSON: duplicate object key near '\"class\"'", 3,
     9},
    {"{'class':'dataset','value':[1e999]}", "real number overflow", 1, 33},
    {"{'class':'dataset'} x", "broken JSON", 1, 21},
    {"{'class':'collection','link':{'item':[{'class':'dataset','href':'https://example.org/a'}]}}",
     "download one of them: https://example.org/a", 1, 10},
    {"{'class':'dimension','label':'x'}", "one part of a data set ('dimension')", 1, 10},
    {"{'a':1,\n'b':2}", "no data set of JSON-stat, PxWeb or Kolada (its members are a, b)", 1, 1},
    {"{}", "it has no members", 1, 1},
    {"{'class':'dataset'}", "dimension: expected an object with the dimensions", 1, 1},
    {"{'class':'dataset','dimension':{}}", "id: expected a list with the names", 1, 1},
    {"{'class':'dataset','id':[],'dimension':{}}", "id: expected a list with the names", 1, 25},
    {"{'class':'dataset','id':['a',\n 7],'dimension':{'a':{'category':{'index':['x']}}}}",
     "id[1]: expected the name of a dimension", 2, 2},
    {"{'class':'dataset','id':['a','a'],'dimension':{'a':{'category':{'index':['x']}}}}",
     "id[1]: the dimension 'a' stands twice", 1, 30},
    {"{'class':'dataset','id':['a','b'],\n'dimension':{'a':{'category':{'index':['x']}}}}",
     "dimension: there is no object 'b'", 2, 13},
    {"{'class':'dataset','id':['a'],'dimension':{\n'a':{'label':'x'}}}",
     "dimension.a.category: expected an object with the codes", 2, 5},
    {"{'class':'dataset','id':['a'],'dimension':{\n'a':{'category':{'index':7}}}}",
     "dimension.a.category.index: expected a list of codes", 2, 26},
    {"{'class':'dataset','id':['a'],'dimension':{\n'a':{'category':{'index':['x','y','x']}}}}",
     "dimension.a.category.index[2]: the code 'x' stands twice", 2, 35},
    {"{'class':'dataset','id':['a'],'dimension':{\n'a':{'category':{'index':{'x':0,'y':0}}}}}",
     "dimension.a.category.index.y: the codes 'x' and 'y' both have the place 0", 2, 37},
    {"{'class':'dataset','id':['a'],'dimension':{\n'a':{'category':{'index':{'x':0,'y':2}}}}}",
     "dimension.a.category.index.y: expected the code's place, a whole number from 0 to 1", 2, 37},
    {"{'class':'dataset','id':['a'],'dimension':{\n'a':{'category':{'label':{'x':'X','y':'Y'}}}}}",
     "dimension.a.category: there is no 'index'", 2, 17},
    {"{'class':'dataset','id':['a'],'dimension':{\n'a':{'category':{'index':[]}}},'size':[0],'value':[]}",
     "dimension.a: the dimension has no codes", 2, 5},
    {"{'dataset':{'dimension':{'id':['a'],'size':[2],\n'a':{'category':{'index':['x']}}},'value':[1,2]}}",
     "dataset.dimension.size[0]: the size of 'a' is said to be 2, and it has 1 codes", 1, 45},
    {"{'class':'dataset','id':['a'],'size':['many'],'dimension':{'a':{'category':{'index':['x']}}}}",
     "size[0]: expected a size", 1, 39},
    {SET("\n'value':[1,2,3]"), "value: there are 3 values, and the dimensions span 4 cells", 2, 9},
    {SET("\n'value':[1,2,true,4]"), "value[2]: expected a number or null", 2, 14},
    {SET("\n'value':[1,2,\n'tre',4]"), "value[2]: expected a number or null, found the text 'tre'", 3, 1},
    {SET("\n'value':{'0':1,'4':2}"), "value.4: expected the number of a cell, from 0 to 3", 2, 20},
    {SET("\n'value':{'01':1}"), "value.01: expected the number of a cell", 2, 15},
    {SET("\n'value':7"), "value: expected a list of values", 2, 9},
    {SET("\n'value':[]"), "describes a table of 4 cells and holds no values", 2, 9},
    {SET("\n'label':'x'"), "describes a table of 4 cells (x) and holds no values", 1, 1},
    {SET("\n'value':[1,2,3,4],'status':['a','b']"), "status: there are 2 signs", 2, 28},
    {SET("\n'value':[1,2,3,4],'status':{'9':'a'}"), "status.9: expected the number of a cell", 2, 33},
    {SET("\n'value':[1,2,3,4],'status':[1,null,null,null]"), "status[0]: expected a text", 2, 29},
    {SET("\n'value':[1,2,3,4],'status':7"), "status: expected a text, a list", 2, 28},
};

static void each_fault_is_named_at_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect_refused(json(BAD[i].text), NULL, NULL, BAD[i].line, BAD[i].column, BAD[i].words);
}

/* Ten dimensions of a hundred codes each, in some kilobytes: 10^20 cells. */
static void claimed_sizes_are_not_believed(void **state)
{
    (void)state;
    enum { DIMENSIONS = 10, CODES = 100 };
    for (int sparse = 0; sparse < 2; sparse++) {
        struct uf_buffer text = {0};
        uf_buffer_append(&text, "{\"class\":\"dataset\",\"id\":[");
        for (int d = 0; d < DIMENSIONS; d++) {
            uf_buffer_append(&text, d ? ",\"d" : "\"d");
            uf_buffer_append_size(&text, (size_t)d);
            uf_buffer_append(&text, "\"");
        }
        uf_buffer_append(&text, "],\"dimension\":{");
        for (int d = 0; d < DIMENSIONS - sparse; d++) {
            uf_buffer_append(&text, d ? ",\"d" : "\"d");
            uf_buffer_append_size(&text, (size_t)d);
            uf_buffer_append(&text, "\":{\"category\":{\"index\":[");
            for (int c = 0; c < CODES; c++) {
                uf_buffer_append(&text, c ? ",\"" : "\"");
                uf_buffer_append_size(&text, (size_t)c);
                uf_buffer_append(&text, "\"");
            }
            uf_buffer_append(&text, "]}}");
        }
        if (sparse) uf_buffer_append(&text, ",\"d9\":{\"category\":{\"label\":{\"x\":\"X\"}}}");
        uf_buffer_append(&text, sparse ? "},\"value\":{\"999999999999999\":5}}" : "},\"value\":[1]}");
        if (sparse) /* 10^18 cells can be numbered, and one of them is given */
            expect_cells(text.data, NULL, NULL, "0 9 99 99 99 99 99 99 99 x = 5\n");
        else
            expect_refused(text.data, NULL, NULL, 1, 89, "the product of the sizes is too large");
        uf_buffer_clear(&text);
    }
}

static void places_of_cells(void **state)
{
    (void)state;
    struct uf_error error = {0};
    struct uf_import_summary summary;
    struct uf_store *store = store_with_regions(":memory:");
    /* a code in escapes, and characters of several bytes before it in the line */
    const char *text =
        json("{'class':'dataset','id':['geo','time'],'size':[3,1],'dimension':{\n'geo':{'category':{"
             "'index':{'20':0,'21':1,'9\\u00399':2},\n'label':{'20':'Dalarnas l\xC3\xA4n'}}},\n"
             "'time':{'category':{'index':['2018']}}},\n'value':[1,2,3]}");
    assert_int_equal(import_text(store, text, NULL, &summary, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 2, 54, "unknown region '999'");
    uf_store_close(store);
    struct opened opened =
        open_cells(json("{ 'x' : '\xC3\xA5', 'class':'dataset','id':['t'],'size':[1],'dimension':{"
                        "'t':{'category':{'index':['2018']}}},'value':[ 1 ]}"),
                   NULL, NULL);
    struct uf_cell cell;
    bool more;
    size_t line, column;
    assert_ok(opened.reader.format->next(&opened.reader, &cell, &more, &error), &error);
    opened.reader.format->place(&opened.reader, UF_VALUE_PLACE, &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(column, 114);
    opened.reader.format->place(&opened.reader, 0, &line, &column);
    assert_int_equal(column, 93);
    close_cells(&opened);
}

static void a_comma_locale_changes_nothing(void **state)
{
    (void)state;
    char command[256];
    snprintf(command, sizeof command,
             "localedef --no-archive -i sv_SE -f UTF-8 %s/sv_SE.UTF-8 >/dev/null 2>&1", scratch_directory());
    setenv("LOCPATH", scratch_directory(), 1);
    if (system(command) != 0 || !setlocale(LC_ALL, "sv_SE.UTF-8") || localeconv()->decimal_point[0] != ',') {
        print_message("skipped: no locale with a decimal comma can be made (package locales)\n");
        skip();
    }
    expect_cells(json(SET("'value':[1.5,'2.25',-3.125e2,0.1]")), NULL, NULL,
                 "01 2018 = 1.5\n01 2019 = 2.25\n20 2018 = -312.5\n20 2019 = 0.1\n");
    setlocale(LC_ALL, "C");
}

static void any_json_is_detected(void **state)
{
    (void)state;
    /* one line that looks like a header with periods, and one that begins as a Eurostat TSV */
    expect_cells(
        json("{'x':{'dimensions':['2018','2019','2020'],'size':[1],'dimension':{'id':['t'],'t':{'category':{"
             "'index':['2018']}}},'value':[1]}}"),
        NULL, NULL, "2018 = 1\n");
    expect_refused(json("{'a\\\\b':\t1,'2018':\t2}"), NULL, NULL, 1, 1, "its members are a\\b, 2018");
    /* dimensions with Kolada's names */
    expect_cells(
        json("{'class':'dataset','id':['kpi','municipality'],'size':[1,1],'dimension':{'kpi':{'category':{"
             "'index':['N1']}},'municipality':{'category':{'index':['2080']}}},'value':[5]}"),
        NULL, NULL, "N1 2080 = 5\n");
    /* what tells comes behind the first block of the file */
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "{\"x\":{\"value\":[1");
    for (int i = 1; i < 100000; i++) uf_buffer_append(&text, ",2018");
    uf_buffer_append(
        &text, "],\"dimension\":{\"id\":[\"t\"],\"size\":[1],\"t\":{\"category\":{\"index\":[\"a\"]}}}}}");
    expect_refused(text.data, NULL, NULL, 1, 15,
                   "x.value: there are 100000 values, and the dimensions span 1 cells");
    uf_buffer_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_and_sparse_values),        cmocka_unit_test(each_kind_of_status),
        cmocka_unit_test(unknown_signs_are_kept),         cmocka_unit_test(version_1_and_bundles),
        cmocka_unit_test(notes_noise_and_extensions),     cmocka_unit_test(each_fault_is_named_at_its_place),
        cmocka_unit_test(claimed_sizes_are_not_believed), cmocka_unit_test(places_of_cells),
        cmocka_unit_test(any_json_is_detected),           cmocka_unit_test(a_comma_locale_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

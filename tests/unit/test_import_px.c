// SPDX-License-Identifier: GPL-3.0-or-later
/* PX: the header's grammar, the cube, periods, signs, keys, and what is wrong with a file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/px_text.h"
#include "support/test.h"

static void the_last_variable_runs_fastest(void **state)
{
    (void)state;
    px_expect_cells(CUBE "DATA=\n1 2\n3 4;\n", "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    /* separators of every kind, and no end sign */
    px_expect_cells(CUBE "DATA= 1,2\t3\r\n\r\n4", "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    px_expect_cells(CUBE "DATA=1;2;3;4;;\n\x1A", "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    /* three in the stub, none in the heading */
    px_expect_cells(ADMINISTRATION "STUB=\"a\",\"b\",\"c\";VALUES(\"a\")=\"1\",\"2\";VALUES(\"b\")=\"x\";"
                                   "VALUES(\"c\")=\"p\",\"q\",\"r\";DATA=1 2 3 4 5 6;",
                    "1 x p=1|1 x q=2|1 x r=3|2 x p=4|2 x q=5|2 x r=6|");
    px_expect_cells(ADMINISTRATION "HEADING=\"a\";VALUES(\"a\")=\"only\";DATA=-1.5e3;", "only=-1500|");
}

static void texts_are_cut_into_lines_and_hold_any_sign(void **state)
{
    (void)state;
    struct px px = px_read_well(
        "CHARSET=\"ANSI\";\r\nMATRIX=\"M\";SUBJECT-CODE=\"S\";SUBJECT-AREA=\"A\";CONTENTS=\"C\";UNITS=\"u\";"
        "DECIMALS=0;\r\nTITLE=\"one; \"\r\n\"two=(x), \"\r\n\"three\";\r\nSTUB=\"a,b\" ;\r\n"
        "VALUES ( \"a,b\" ) = \"x; y\" , \"DATA=1\"\r\n,\"z#\";\r\nDATA=1 2 3;\r\n");
    assert_string_equal(px.reader.facts.title, "one; two=(x), three");
    assert_string_equal(px.reader.dimensions.items[0], "a,b");
    assert_int_equal(px.reader.notes.count, 0);
    char *cells = px_cells(&px);
    assert_string_equal(cells, "x; y=1|DATA=1=2|z#=3|");
    free(cells);
    px_close(&px);
    /* a line end within a text is part of it */
    px_expect_cells(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\ny\";DATA=1;", "x\ny=1|");
}

#define TIME(timeval, values, data)                                                                          \
    ADMINISTRATION "HEADING=\"t\";VALUES(\"t\")=" values ";TIMEVAL(\"t\")=" timeval ";DATA=" data ";"

static void periods_of_every_scale(void **state)
{
    (void)state;
    px_expect_cells(TIME("TLIST(A1),\"2003\",\"2004\"", "\"x\",\"y\"", "1 2"), "2003=1|2004=2|");
    px_expect_cells(TIME("TLIST(H1),\"20031\",\"20032\"", "\"x\",\"y\"", "1 2"), "2003H1=1|2003H2=2|");
    px_expect_cells(TIME("TLIST(Q1),\"20061\",\"20064\"", "\"x\",\"y\"", "1 2"), "2006Q1=1|2006Q4=2|");
    px_expect_cells(TIME("TLIST(M1),\"200601\",\"200612\"", "\"x\",\"y\"", "1 2"), "2006M01=1|2006M12=2|");
    px_expect_cells(TIME("TLIST(W1),\"200605\",\"200652\"", "\"x\",\"y\"", "1 2"), "2006W05=1|2006W52=2|");
    /* Norway's letter for quarters; a code that is the period already keeps its spelling */
    px_expect_cells(TIME("TLIST(K),\"2015K1\",\"2015K2\"", "\"2015K1\",\"2015K2\"", "1 2"),
                    "2015K1=1|2015K2=2|");
    px_expect_cells(TIME("TLIST(A1,\"1999\"-\"2001\")", "\"a\",\"b\",\"c\"", "1 2 3"),
                    "1999=1|2000=2|2001=3|");
    px_expect_cells(TIME("TLIST(Q1,\"20003\"-\"20012\")", "\"a\",\"b\",\"c\",\"d\"", "1 2 3 4"),
                    "2000Q3=1|2000Q4=2|2001Q1=3|2001Q2=4|");
    px_expect_cells(TIME("TLIST(M1,\"200011\" - \"200101\")", "\"a\",\"b\",\"c\"", "1 2 3"),
                    "2000M11=1|2000M12=2|2001M01=3|");
    px_expect_cells(TIME("TLIST(A1),\"2016/2017\"", "\"x\"", "1"), "2016-2017=1|");
    /* Spain's quarters have no TIMEVAL */
    px_expect_cells(ADMINISTRATION "HEADING=\"t\";VALUES(\"t\")=\"2005TI\",\"2005TIV\";DATA=1 2;",
                    "2005Q1=1|2005Q4=2|");
    struct px px = px_read_well(TIME("TLIST(M1),\"200601\"", "\"January\"", "1"));
    assert_int_equal(px.reader.facts.dimensions[0].hint, UF_ROLE_PERIOD);
    assert_string_equal(px.reader.facts.dimensions[0].codes.items[0], "2006M01");
    assert_string_equal(px.reader.facts.dimensions[0].labels.items[0], "January");
    px_close(&px);
}

static void periods_that_do_not_fit_are_noted(void **state)
{
    (void)state;
    px_expect_note(TIME("TLIST(A1),\"2003\",\"2005\"", "\"2003\"", "1"),
                   "line 3: TIMEVAL: 2 periods for 1 values; not used");
    px_expect_cells(TIME("TLIST(A1),\"2003\",\"2005\"", "\"2004\"", "1"), "2004=1|");
    px_expect_note(TIME("TLIST(A1,\"1999\"-\"2001\")", "\"a\",\"b\"", "1 2"), "from '1999' to '2001'");
    px_expect_cells(TIME("TLIST(A1,\"1999\"-\"2001\")", "\"a\",\"b\"", "1 2"), "a=1|b=2|");
    px_expect_cells(TIME("TLIST(Q1),\"20065\",\"20061\"", "\"a\",\"b\"", "1 2"), "a=1|b=2|");
    px_expect_cells(TIME("TLIST(A1),\"2006\",\"2006\"", "\"a\",\"b\"", "1 2"), "a=1|b=2|");
}

#define SIGNS(symbols, data)                                                                                 \
    ADMINISTRATION symbols "STUB=\"a\";VALUES(\"a\")=\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\";DATA=" data ";"

static void signs_for_missing(void **state)
{
    (void)state;
    px_expect_cells(SIGNS("", "\".\" \"..\" \"...\" \"....\" \".....\" \"......\" \"-\""),
                    "1=not-applicable|2=not-available|3=not-available|4=not-available|5=not-available|"
                    "6=not-available|7=0 true-zero|");
    /* without quotes, and without anything between quoted ones */
    px_expect_cells(
        SIGNS("", ". .. -2 - 5 \"..\"\".\""),
        "1=not-applicable|2=not-available|3=-2|4=0 true-zero|5=5|6=not-available|7=not-applicable|");
    /* what is shown for a sign says what it means */
    px_expect_cells(
        SIGNS("DATASYMBOL1=\"..\";DATASYMBOL2=\".\";DATASYMBOL3=\"Secret figure\";"
              "DATASYMBOL4=\"ej till\xC3\xA4mpligt\";DATASYMBOL5=\"X\";DATASYMBOL6=\"\xE2\x80\xA6\";"
              "DATASYMBOLNIL=\"nothing\";",
              "\".\" \"..\" \"...\" \"....\" \".....\" \"......\" \"-\""),
        "1=not-available|2=not-applicable|3=confidential|4=not-applicable|5=suppressed|"
        "6=not-available|7=0 true-zero|");
    px_expect_note(SIGNS("DATASYMBOL1=\"hello\";", "1 2 3 4 5 6 7"), ". shown as 'hello' is not-applicable");
    /* the text itself may stand in the data */
    px_expect_cells(SIGNS("DATASYMBOL3=\"hemlig, sekretess\";", "\"hemlig, sekretess\" 2 3 4 5 6 7"),
                    "1=confidential|2=2|3=3|4=4|5=5|6=6|7=7|");
    px_expect_failure(SIGNS("", "1 2 3 maybe 5 6 7"), 3, 61, "expected a number, or a sign for missing");
    px_expect_failure(SIGNS("", "1 2 3 \"and so"), 3, 61, "a quote is not closed");
}

static void the_count_of_cells_must_fit(void **state)
{
    (void)state;
    px_expect_failure(CUBE "DATA=\n1 2\n3;\n", 11, 1, "2 \xC3\x97 2 = 4 cells, but there are 3");
    px_expect_failure(CUBE "DATA=\n1 2\n3 4 5 6\n;\n", 10, 5, "2 \xC3\x97 2 = 4 cells, but there are 6");
    px_expect_failure(CUBE "DATA=;\n", 9, 1, "but there are 0");
}

/* A header may claim any number of cells: nothing is allocated for them, and nothing is waited for. */
static void claims_are_bounded_by_the_file(void **state)
{
    (void)state;
    struct uf_buffer text = {0};
    uf_buffer_append(&text, ADMINISTRATION "STUB=\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\";\n");
    for (char name = 'a'; name <= 'h'; name++) {
        char keyword[32];
        snprintf(keyword, sizeof keyword, "VALUES(\"%c\")=\"0\"", name);
        uf_buffer_append(&text, keyword);
        for (int i = 1; i < 1000; i++) {
            snprintf(keyword, sizeof keyword, ",\"%d\"", i);
            uf_buffer_append(&text, keyword);
        }
        uf_buffer_append(&text, ";\n");
    }
    size_t header = text.length;
    uf_buffer_append(&text, "DATA=1 2 3;");
    px_expect_failure(text.data, 12, 0, "more than can be counted cells");
    /* with KEYS only the rows that are there count */
    text.length = header;
    for (char name = 'a'; name <= 'h'; name++) {
        char keyword[32];
        snprintf(keyword, sizeof keyword, "KEYS(\"%c\")=VALUES;", name);
        uf_buffer_append(&text, keyword);
    }
    uf_buffer_append(&text, "DATA=\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"999\",42;");
    px_expect_cells(text.data, "1 2 3 4 5 6 7 999=42|");
    px_expect_note(text.data, "there are so many that they are not read");
    uf_buffer_clear(&text);
    px_expect_failure(CUBE "HEADING=\"x\";DATA=1;", 8, 1, "HEADING: given twice");
}

#define KEYED(keys, data)                                                                                    \
    ADMINISTRATION                                                                                           \
    "STUB=\"r\",\"s\";HEADING=\"t\";VALUES(\"r\")=\"A\",\"B\";CODES(\"r\")=\"1\",\"2\";"                     \
    "VALUES(\"s\")=\"m\",\"k\";CODES(\"s\")=\"3\",\"4\";VALUES(\"t\")=\"x\",\"y\";\n" keys "DATA=\n" data
#define BY_VALUES "KEYS(\"r\")=VALUES;KEYS(\"s\")=VALUES;\n"

static void data_end_with_a_semicolon(void **state)
{
    (void)state;
    const char *const words = "the semicolon at the end is missing";
    struct px px = px_read_well(CUBE "DATA=1 2 3 4\n");
    char *cells = px_cells(&px);
    assert_string_equal(cells, "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    assert_true(px_has_note(&px, words));
    free(cells);
    px_close(&px);
    px = px_read_well(CUBE "DATA=1 2 3 4 \n;\n");
    free(px_cells(&px));
    assert_false(px_has_note(&px, words));
    px_close(&px);
    /* the rows that are cut off would be zeros */
    px_expect_failure(KEYED(BY_VALUES, "\"B\",\"m\",1 2\n"), 7, 1, words);
}

static void rows_with_keys(void **state)
{
    (void)state;
    /* rows in any order; those of zeros are not in the file */
    px_expect_cells(KEYED(BY_VALUES, "\"B\",\"m\",1 2\n\"A\",\"k\",\"..\" 4;"),
                    "2 3 x=1|2 3 y=2|1 4 x=not-available|1 4 y=4|1 3 x=0|1 3 y=0|2 4 x=0|2 4 y=0|");
    px_expect_cells(KEYED("KEYS(\"r\")=CODES;KEYS(\"s\")=VALUES;\n", "\"2\",\"m\",1 2 \"1\" \"k\" 3 4;"),
                    "2 3 x=1|2 3 y=2|1 4 x=3|1 4 y=4|1 3 x=0|1 3 y=0|2 4 x=0|2 4 y=0|");
    px_expect_note(KEYED(BY_VALUES, ";"), "KEYS: a row that is not in the file holds zeros");
    px_expect_failure(KEYED(BY_VALUES, "\"B\",\"q\",1 2;"), 6, 5, "expected a key of 's', found 'q'");
    px_expect_failure(KEYED(BY_VALUES, "\"B\",\"m\",1 2\n\"B\",\"m\",1 2;"), 7, 5, "the same keys twice");
    px_expect_failure(KEYED(BY_VALUES, "\"B\",\"m\",1;"), 6, 11,
                      "a row has 2 cells, but there are 1 in the last");
    px_expect_failure(KEYED(BY_VALUES, "\"B\";"), 6, 5, "the data end within the keys of a row");
    px_expect_failure(KEYED("KEYS(\"r\")=VALUES;\n", "1"), 5, 0, "KEYS(\"s\") is missing");
    px_expect_failure(KEYED("KEYS(\"t\")=VALUES;\n", "1"), 4, 1, "'t' is not a variable of STUB");
    px_expect_failure(KEYED("KEYS(\"r\")=TEXTS;\n", "1"), 4, 1, "expected VALUES or CODES");
}

static void faults_of_the_cube_are_refused(void **state)
{
    (void)state;
    px_expect_failure(ADMINISTRATION "STUB=\"regi\"on\";\nVALUES(\"region\")=\"x\";DATA=1;", 3, 11,
                      "STUB: a quote stands inside a text");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\")=\"x\" \"y\";DATA=1;", 4, 17,
                      "VALUES: two texts stand side by side without a comma");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"b\")=\"x\";DATA=1;", 4, 1,
                      "VALUES: 'b' is no variable of STUB or HEADING");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";\nDATA=1;", 4, 0, "VALUES(\"a\") is missing");
    px_expect_failure(ADMINISTRATION "VALUES(\"a\")=\"1\";\nDATA=1;", 4, 0,
                      "are both missing before this DATA");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";HEADING=\"a\";\nVALUES(\"a\")=\"1\";\nDATA=1;", 3, 10,
                      "named twice");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"1\";\nVALUES(\"a\")=\"2\";DATA=1;", 4, 1,
                      "given twice");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"1\",\"1\";\nDATA=1 2;", 4, 0,
                      "two values of 'a' are called '1'");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\")=\"1\";\n", 5, 0, "ends without DATA=");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\"=\"1\";DATA=1;", 4, 11,
                      "expected a text in quotes or )");
    px_expect_failure(ADMINISTRATION "STUB \"a\";\nDATA=1;", 3, 6, "STUB: expected =, found '\"'");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";\nSOURCE=\"x;\nVALUES(\"a\")=\"1\";\nDATA=1;", 6, 0,
                      "VALUES(\"a\") is missing before this DATA (the quotes of SOURCE in line 5 may have");
    px_expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\")=\"1\";\nSOURCE=\"x;\nDATA=1;", 6, 8,
                      "SOURCE: a text is not closed by a quote, so no DATA= is found behind it");
    px_expect_failure(ADMINISTRATION "?;\nDATA=1;", 3, 1, "expected a keyword such as VALUES, found '?'");
}

static void faults_beside_the_cube_are_noted(void **state)
{
    (void)state;
    static const struct {
        const char *keyword, *note;
    } CASES[] = {
        {"SOURCE=\"Stati\"stics\";", "line 8: SOURCE: a quote stands inside a text (line 8, column 14)"},
        {"AGGREGALLOWED=2;", "line 8: AGGREGALLOWED: expected YES or NO, found '2'"},
        {"SHOWDECIMALS=20;", "line 8: SHOWDECIMALS: expected a whole number from 0 to 6, found '20'"},
        {"NOTE(\"regionx\")=\"n\";", "line 8: NOTE: it names a variable that STUB and HEADING do not have"},
        {"VALUENOTE(\"region\",\"x\")=\"n\";", "line 8: VALUENOTE: it names a value"},
        {"CELLNOTE(\"00\")=\"n\";", "line 8: CELLNOTE: it does not name one value, or *, for each variable"},
        {"UNITS(\"x\")=\"n\";", "line 8: UNITS: it names a value, but the table has no CONTVARIABLE"},
        {"CONTVARIABLE=\"x\";", "line 8: CONTVARIABLE: 'x' is no variable"},
        {"ELIMINATION(\"region\")=\"x\";", "line 8: ELIMINATION: 'x' is no value of 'region'"},
        {"STOCKFA=\"Z\";", "line 8: STOCKFA: expected S (stock)"},
        {"TITLE[sv]=\"n\";", "line 8: TITLE[sv]: it is in a language that LANGUAGES does not list"},
        {"DESCRIPTIONDEFAULT=YES;", "line 8: DESCRIPTIONDEFAULT: YES, but the header has no DESCRIPTION"},
        {"LAST.UPDATED=\"n\";", "line 8: LAST.UPDATED: no keyword of the format; perhaps LAST-UPDATED"},
        {"TITLE=\"n\";", "line 8: TITLE: given twice; the first is used"},
        {"SOURCE=\"a\",\"b\";", "line 8: SOURCE: expected one text, found 2 parts"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[1024];
        snprintf(text, sizeof text, CUBE "%sDATA=1 2 3 4;", CASES[i].keyword);
        px_expect_note(text, CASES[i].note);
        px_expect_cells(text, "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    }
    px_expect_note("CHARSET=\"ANSI\";STUB=\"a\";VALUES(\"a\")=\"x\";\nDATA=1;",
                   "the header (lines 1 to 2) has no SUBJECT-CODE");
    /* codes that cannot be used: the values stand in */
    px_expect_cells(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\",\"y\";CODES(\"a\")=\"1\";DATA=1 2;",
                    "x=1|y=2|");
    px_expect_note(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\",\"y\";CODES(\"a\")=\"1\";DATA=1 2;",
                   "CODES: 1 codes for the 2 values of 'a'");
    px_expect_cells(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\",\"y\";CODES(\"a\")=\"1\",\"1\";DATA=1 2;",
                    "x=1|y=2|");
    struct px px = px_read_well(CUBE "NOTE(\"regionx\")=\"not lost\";DATA=1 2 3 4;");
    px_fact_note(&px, "", "not lost");
    px_close(&px);
}

static void faults_are_counted_after_the_first(void **state)
{
    (void)state;
    struct uf_buffer text = {0};
    uf_buffer_append(&text, CUBE);
    for (int i = 0; i < 60; i++) uf_buffer_append(&text, "NOTE(\"x\")=\"n\";\n");
    uf_buffer_append(&text, "DATA=1 2 3 4;");
    struct px px = px_read_well(text.data);
    assert_int_equal(px.reader.notes.count, 51);
    assert_string_equal(px.reader.notes.items[50], "and 10 more faults of the header");
    px_close(&px);
    uf_buffer_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_variable_runs_fastest),
        cmocka_unit_test(texts_are_cut_into_lines_and_hold_any_sign),
        cmocka_unit_test(periods_of_every_scale),
        cmocka_unit_test(periods_that_do_not_fit_are_noted),
        cmocka_unit_test(signs_for_missing),
        cmocka_unit_test(the_count_of_cells_must_fit),
        cmocka_unit_test(claims_are_bounded_by_the_file),
        cmocka_unit_test(data_end_with_a_semicolon),
        cmocka_unit_test(rows_with_keys),
        cmocka_unit_test(faults_of_the_cube_are_refused),
        cmocka_unit_test(faults_beside_the_cube_are_noted),
        cmocka_unit_test(faults_are_counted_after_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

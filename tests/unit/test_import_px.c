// SPDX-License-Identifier: GPL-3.0-or-later
/* PX: the header's grammar, the cube, periods, signs, keys, languages, facts, and what is wrong with a file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/test.h"

struct px {
    struct uf_input *input;
    struct uf_reader reader;
    struct uf_error error;
    uf_status status;
};

static struct px px_open_bytes(const char *text, size_t length, const struct uf_reader_wishes *wishes)
{
    struct px px = {0};
    const struct uf_reader_wishes none = {0};
    assert_ok(uf_input_open_memory("memory.px", text, length, NULL, &px.input, &px.error), &px.error);
    px.status = uf_reader_open(px.input, NULL, wishes ? wishes : &none, &px.reader, &px.error);
    if (px.status == UF_OK) assert_string_equal(px.reader.format->name, "px");
    return px;
}

static struct px px_open(const char *text)
{
    return px_open_bytes(text, strlen(text), NULL);
}

static struct px px_read_well(const char *text)
{
    struct px px = px_open(text);
    assert_ok(px.status, &px.error);
    return px;
}

static void px_close(struct px *px)
{
    if (px->status == UF_OK) uf_reader_close(&px->reader);
    uf_input_close(px->input);
}

/* All cells as `code code=value ` with a status beside a missing or remarkable value. */
static char *px_cells(struct px *px)
{
    struct uf_buffer out = {0};
    struct uf_cell cell;
    bool more = true;
    while ((px->status = px->reader.format->next(&px->reader, &cell, &more, &px->error)) == UF_OK && more) {
        char number[UF_VALUE_STATUS_SIZE];
        assert_true(cell.is_read);
        assert_int_equal((bool)isnan(cell.value), uf_value_is_missing(cell.status));
        for (size_t d = 0; d < px->reader.dimensions.count; d++) {
            if (d > 0) uf_buffer_append_char(&out, ' ');
            uf_buffer_append(&out, cell.codes[d]);
        }
        snprintf(number, sizeof number, "=%g", cell.value);
        if (!isnan(cell.value)) uf_buffer_append(&out, number);
        if (cell.status != 0) {
            uf_buffer_append_char(&out, isnan(cell.value) ? '=' : ' ');
            uf_buffer_append(&out, uf_value_status_print(cell.status, number));
        }
        uf_buffer_append_char(&out, '|');
    }
    if (px->status != UF_OK) {
        uf_reader_close(&px->reader);
        uf_buffer_clear(&out);
        return NULL;
    }
    return uf_buffer_take(&out);
}

static void expect_cells(const char *text, const char *expected)
{
    struct px px = px_read_well(text);
    char *cells = px_cells(&px);
    if (!cells) fail_msg("%s", px.error.message);
    assert_string_equal(cells, expected);
    free(cells);
    px_close(&px);
}

/* The file is refused, in opening or on the way, at that place with these words. */
static void expect_failure(const char *text, size_t line, size_t column, const char *words)
{
    struct px px = px_open(text);
    char *cells = px.status == UF_OK ? px_cells(&px) : NULL;
    free(cells);
    assert_int_equal(px.status, UF_BAD_INPUT);
    if (!strstr(px.error.message, words)) fail_msg("'%s' lacks '%s'", px.error.message, words);
    assert_string_equal(px.error.file, "memory.px");
    if (px.error.line != line || px.error.column != column)
        fail_msg("%zu:%zu is not %zu:%zu: %s", px.error.line, px.error.column, line, column,
                 px.error.message);
    px_close(&px);
}

static bool has_note(const struct px *px, const char *words)
{
    for (size_t i = 0; i < px->reader.notes.count; i++)
        if (strstr(px->reader.notes.items[i], words)) return true;
    return false;
}

static void expect_note(const char *text, const char *words)
{
    struct px px = px_read_well(text);
    if (!has_note(&px, words)) {
        for (size_t i = 0; i < px.reader.notes.count; i++) print_message("%s\n", px.reader.notes.items[i]);
        fail_msg("no note has '%s'", words);
    }
    px_close(&px);
}

static const char *fact_note(const struct px *px, const char *scope, const char *words)
{
    for (size_t i = 0; i < px->reader.facts.n_notes; i++)
        if (!strcmp(px->reader.facts.notes[i].scope, scope) && strstr(px->reader.facts.notes[i].text, words))
            return px->reader.facts.notes[i].text;
    fail_msg("no note about '%s' with '%s'", scope, words);
    return NULL;
}

/* What is required beside the cube, so that notes are about what a test is about. */
#define ADMINISTRATION                                                                                       \
    "CHARSET=\"ANSI\";\nMATRIX=\"M\";SUBJECT-CODE=\"S\";SUBJECT-AREA=\"A\";TITLE=\"T\";CONTENTS=\"C\";"      \
    "UNITS=\"persons\";DECIMALS=0;\n"
/* Two lines, then a cube of 2 x 2 in lines 3 to 7 */
#define CUBE                                                                                                 \
    ADMINISTRATION "STUB=\"region\";\nHEADING=\"year\";\nVALUES(\"region\")=\"Riket\",\"Stockholm\";\n"      \
                   "VALUES(\"year\")=\"2001\",\"2002\";\nCODES(\"region\")=\"00\",\"01\";\n"

static void the_last_variable_runs_fastest(void **state)
{
    (void)state;
    expect_cells(CUBE "DATA=\n1 2\n3 4;\n", "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    /* separators of every kind, and no end sign */
    expect_cells(CUBE "DATA= 1,2\t3\r\n\r\n4", "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    expect_cells(CUBE "DATA=1;2;3;4;;\n\x1A", "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    /* three in the stub, none in the heading */
    expect_cells(ADMINISTRATION "STUB=\"a\",\"b\",\"c\";VALUES(\"a\")=\"1\",\"2\";VALUES(\"b\")=\"x\";"
                                "VALUES(\"c\")=\"p\",\"q\",\"r\";DATA=1 2 3 4 5 6;",
                 "1 x p=1|1 x q=2|1 x r=3|2 x p=4|2 x q=5|2 x r=6|");
    expect_cells(ADMINISTRATION "HEADING=\"a\";VALUES(\"a\")=\"only\";DATA=-1.5e3;", "only=-1500|");
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
    expect_cells(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\ny\";DATA=1;", "x\ny=1|");
}

#define TIME(timeval, values, data)                                                                          \
    ADMINISTRATION "HEADING=\"t\";VALUES(\"t\")=" values ";TIMEVAL(\"t\")=" timeval ";DATA=" data ";"

static void periods_of_every_scale(void **state)
{
    (void)state;
    expect_cells(TIME("TLIST(A1),\"2003\",\"2004\"", "\"x\",\"y\"", "1 2"), "2003=1|2004=2|");
    expect_cells(TIME("TLIST(H1),\"20031\",\"20032\"", "\"x\",\"y\"", "1 2"), "2003H1=1|2003H2=2|");
    expect_cells(TIME("TLIST(Q1),\"20061\",\"20064\"", "\"x\",\"y\"", "1 2"), "2006Q1=1|2006Q4=2|");
    expect_cells(TIME("TLIST(M1),\"200601\",\"200612\"", "\"x\",\"y\"", "1 2"), "2006M01=1|2006M12=2|");
    expect_cells(TIME("TLIST(W1),\"200605\",\"200652\"", "\"x\",\"y\"", "1 2"), "2006W05=1|2006W52=2|");
    /* Norway's letter for quarters; a code that is the period already keeps its spelling */
    expect_cells(TIME("TLIST(K),\"2015K1\",\"2015K2\"", "\"2015K1\",\"2015K2\"", "1 2"),
                 "2015K1=1|2015K2=2|");
    expect_cells(TIME("TLIST(A1,\"1999\"-\"2001\")", "\"a\",\"b\",\"c\"", "1 2 3"), "1999=1|2000=2|2001=3|");
    expect_cells(TIME("TLIST(Q1,\"20003\"-\"20012\")", "\"a\",\"b\",\"c\",\"d\"", "1 2 3 4"),
                 "2000Q3=1|2000Q4=2|2001Q1=3|2001Q2=4|");
    expect_cells(TIME("TLIST(M1,\"200011\" - \"200101\")", "\"a\",\"b\",\"c\"", "1 2 3"),
                 "2000M11=1|2000M12=2|2001M01=3|");
    expect_cells(TIME("TLIST(A1),\"2016/2017\"", "\"x\"", "1"), "2016-2017=1|");
    /* Spain's quarters have no TIMEVAL */
    expect_cells(ADMINISTRATION "HEADING=\"t\";VALUES(\"t\")=\"2005TI\",\"2005TIV\";DATA=1 2;",
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
    expect_note(TIME("TLIST(A1),\"2003\",\"2005\"", "\"2003\"", "1"),
                "line 3: TIMEVAL: 2 periods for 1 values; not used");
    expect_cells(TIME("TLIST(A1),\"2003\",\"2005\"", "\"2004\"", "1"), "2004=1|");
    expect_note(TIME("TLIST(A1,\"1999\"-\"2001\")", "\"a\",\"b\"", "1 2"), "from '1999' to '2001'");
    expect_cells(TIME("TLIST(A1,\"1999\"-\"2001\")", "\"a\",\"b\"", "1 2"), "a=1|b=2|");
    expect_cells(TIME("TLIST(Q1),\"20065\",\"20061\"", "\"a\",\"b\"", "1 2"), "a=1|b=2|");
    expect_cells(TIME("TLIST(A1),\"2006\",\"2006\"", "\"a\",\"b\"", "1 2"), "a=1|b=2|");
}

#define SIGNS(symbols, data)                                                                                 \
    ADMINISTRATION symbols "STUB=\"a\";VALUES(\"a\")=\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\";DATA=" data ";"

static void signs_for_missing(void **state)
{
    (void)state;
    expect_cells(SIGNS("", "\".\" \"..\" \"...\" \"....\" \".....\" \"......\" \"-\""),
                 "1=not-applicable|2=not-available|3=not-available|4=not-available|5=not-available|"
                 "6=not-available|7=0 true-zero|");
    /* without quotes, and without anything between quoted ones */
    expect_cells(SIGNS("", ". .. -2 - 5 \"..\"\".\""),
                 "1=not-applicable|2=not-available|3=-2|4=0 true-zero|5=5|6=not-available|7=not-applicable|");
    /* what is shown for a sign says what it means */
    expect_cells(SIGNS("DATASYMBOL1=\"..\";DATASYMBOL2=\".\";DATASYMBOL3=\"Secret figure\";"
                       "DATASYMBOL4=\"ej till\xC3\xA4mpligt\";DATASYMBOL5=\"X\";DATASYMBOL6=\"\xE2\x80\xA6\";"
                       "DATASYMBOLNIL=\"nothing\";",
                       "\".\" \"..\" \"...\" \"....\" \".....\" \"......\" \"-\""),
                 "1=not-available|2=not-applicable|3=confidential|4=not-applicable|5=suppressed|"
                 "6=not-available|7=0 true-zero|");
    expect_note(SIGNS("DATASYMBOL1=\"hello\";", "1 2 3 4 5 6 7"), ". shown as 'hello' is not-applicable");
    /* the text itself may stand in the data */
    expect_cells(SIGNS("DATASYMBOL3=\"hemlig, sekretess\";", "\"hemlig, sekretess\" 2 3 4 5 6 7"),
                 "1=confidential|2=2|3=3|4=4|5=5|6=6|7=7|");
    expect_failure(SIGNS("", "1 2 3 maybe 5 6 7"), 3, 61, "expected a number, or a sign for missing");
    expect_failure(SIGNS("", "1 2 3 \"and so"), 3, 61, "a quote is not closed");
}

static void the_count_of_cells_must_fit(void **state)
{
    (void)state;
    expect_failure(CUBE "DATA=\n1 2\n3;\n", 11, 1, "2 \xC3\x97 2 = 4 cells, but there are 3");
    expect_failure(CUBE "DATA=\n1 2\n3 4 5 6\n;\n", 10, 5, "2 \xC3\x97 2 = 4 cells, but there are 6");
    expect_failure(CUBE "DATA=;\n", 9, 1, "but there are 0");
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
    expect_failure(text.data, 12, 0, "more than can be counted cells");
    /* with KEYS only the rows that are there count */
    text.length = header;
    for (char name = 'a'; name <= 'h'; name++) {
        char keyword[32];
        snprintf(keyword, sizeof keyword, "KEYS(\"%c\")=VALUES;", name);
        uf_buffer_append(&text, keyword);
    }
    uf_buffer_append(&text, "DATA=\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"999\",42;");
    expect_cells(text.data, "1 2 3 4 5 6 7 999=42|");
    expect_note(text.data, "there are so many that they are not read");
    uf_buffer_clear(&text);
    expect_failure(CUBE "HEADING=\"x\";DATA=1;", 8, 1, "HEADING: given twice");
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
    assert_true(has_note(&px, words));
    free(cells);
    px_close(&px);
    px = px_read_well(CUBE "DATA=1 2 3 4 \n;\n");
    free(px_cells(&px));
    assert_false(has_note(&px, words));
    px_close(&px);
    /* the rows that are cut off would be zeros */
    expect_failure(KEYED(BY_VALUES, "\"B\",\"m\",1 2\n"), 7, 1, words);
}

static void rows_with_keys(void **state)
{
    (void)state;
    /* rows in any order; those of zeros are not in the file */
    expect_cells(KEYED(BY_VALUES, "\"B\",\"m\",1 2\n\"A\",\"k\",\"..\" 4;"),
                 "2 3 x=1|2 3 y=2|1 4 x=not-available|1 4 y=4|1 3 x=0|1 3 y=0|2 4 x=0|2 4 y=0|");
    expect_cells(KEYED("KEYS(\"r\")=CODES;KEYS(\"s\")=VALUES;\n", "\"2\",\"m\",1 2 \"1\" \"k\" 3 4;"),
                 "2 3 x=1|2 3 y=2|1 4 x=3|1 4 y=4|1 3 x=0|1 3 y=0|2 4 x=0|2 4 y=0|");
    expect_note(KEYED(BY_VALUES, ";"), "KEYS: a row that is not in the file holds zeros");
    expect_failure(KEYED(BY_VALUES, "\"B\",\"q\",1 2;"), 6, 5, "expected a key of 's', found 'q'");
    expect_failure(KEYED(BY_VALUES, "\"B\",\"m\",1 2\n\"B\",\"m\",1 2;"), 7, 5, "the same keys twice");
    expect_failure(KEYED(BY_VALUES, "\"B\",\"m\",1;"), 6, 11,
                   "a row has 2 cells, but there are 1 in the last");
    expect_failure(KEYED(BY_VALUES, "\"B\";"), 6, 5, "the data end within the keys of a row");
    expect_failure(KEYED("KEYS(\"r\")=VALUES;\n", "1"), 5, 0, "KEYS(\"s\") is missing");
    expect_failure(KEYED("KEYS(\"t\")=VALUES;\n", "1"), 4, 1, "'t' is not a variable of STUB");
    expect_failure(KEYED("KEYS(\"r\")=TEXTS;\n", "1"), 4, 1, "expected VALUES or CODES");
}

static void faults_of_the_cube_are_refused(void **state)
{
    (void)state;
    expect_failure(ADMINISTRATION "STUB=\"regi\"on\";\nVALUES(\"region\")=\"x\";DATA=1;", 3, 11,
                   "STUB: a quote stands inside a text");
    expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\")=\"x\" \"y\";DATA=1;", 4, 17,
                   "VALUES: two texts stand side by side without a comma");
    expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"b\")=\"x\";DATA=1;", 4, 1,
                   "VALUES: 'b' is no variable of STUB or HEADING");
    expect_failure(ADMINISTRATION "STUB=\"a\";\nDATA=1;", 4, 0, "VALUES(\"a\") is missing");
    expect_failure(ADMINISTRATION "VALUES(\"a\")=\"1\";\nDATA=1;", 4, 0, "are both missing before this DATA");
    expect_failure(ADMINISTRATION "STUB=\"a\";HEADING=\"a\";\nVALUES(\"a\")=\"1\";\nDATA=1;", 3, 10,
                   "named twice");
    expect_failure(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"1\";\nVALUES(\"a\")=\"2\";DATA=1;", 4, 1,
                   "given twice");
    expect_failure(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"1\",\"1\";\nDATA=1 2;", 4, 0,
                   "two values of 'a' are called '1'");
    expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\")=\"1\";\n", 5, 0, "ends without DATA=");
    expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\"=\"1\";DATA=1;", 4, 11,
                   "expected a text in quotes or )");
    expect_failure(ADMINISTRATION "STUB \"a\";\nDATA=1;", 3, 6, "STUB: expected =, found '\"'");
    expect_failure(ADMINISTRATION "STUB=\"a\";\nSOURCE=\"x;\nVALUES(\"a\")=\"1\";\nDATA=1;", 6, 0,
                   "VALUES(\"a\") is missing before this DATA (the quotes of SOURCE in line 5 may have");
    expect_failure(ADMINISTRATION "STUB=\"a\";\nVALUES(\"a\")=\"1\";\nSOURCE=\"x;\nDATA=1;", 6, 8,
                   "SOURCE: a text is not closed by a quote, so no DATA= is found behind it");
    expect_failure(ADMINISTRATION "?;\nDATA=1;", 3, 1, "expected a keyword such as VALUES, found '?'");
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
        expect_note(text, CASES[i].note);
        expect_cells(text, "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
    }
    expect_note("CHARSET=\"ANSI\";STUB=\"a\";VALUES(\"a\")=\"x\";\nDATA=1;",
                "the header (lines 1 to 2) has no SUBJECT-CODE");
    /* codes that cannot be used: the values stand in */
    expect_cells(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\",\"y\";CODES(\"a\")=\"1\";DATA=1 2;",
                 "x=1|y=2|");
    expect_note(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\",\"y\";CODES(\"a\")=\"1\";DATA=1 2;",
                "CODES: 1 codes for the 2 values of 'a'");
    expect_cells(ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"x\",\"y\";CODES(\"a\")=\"1\",\"1\";DATA=1 2;",
                 "x=1|y=2|");
    struct px px = px_read_well(CUBE "NOTE(\"regionx\")=\"not lost\";DATA=1 2 3 4;");
    fact_note(&px, "", "not lost");
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

#define LANGUAGES                                                                                            \
    "LANGUAGE=\"en\";LANGUAGES=\"en\",\"sv\",\"fi\";" CUBE                                                   \
    "STUB[sv]=\"region\";HEADING[sv]=\"\xC3\xA5r\";VALUES[sv](\"region\")=\"Hela riket\",\"Stockholms "      \
    "l\xC3\xA4n\";"                                                                                          \
    "VALUES[sv](\"\xC3\xA5r\")=\"2001\",\"2002\";TITLE[sv]=\"Rubrik\";UNITS[sv]=\"personer\";"               \
    "NOTE=\"A note\";NOTE[sv]=\"En not\";VALUENOTE[sv](\"region\",\"Stockholms l\xC3\xA4n\")=\"om "          \
    "l\xC3\xA4net\";"                                                                                        \
    "CONTACT=\"Only so\";DATA=1 2 3 4;"

static void languages_are_chosen(void **state)
{
    (void)state;
    struct uf_reader_wishes wishes = {.language = "SV"};
    struct px px = px_open_bytes(LANGUAGES, strlen(LANGUAGES), &wishes);
    assert_ok(px.status, &px.error);
    const struct uf_file_facts *facts = &px.reader.facts;
    assert_string_equal(facts->language, "sv");
    assert_string_equal(facts->title, "Rubrik");
    assert_string_equal(facts->contents[0].unit, "personer");
    assert_string_equal(facts->dimensions[1].label, "\xC3\xA5r");
    assert_string_equal(facts->dimensions[0].labels.items[0], "Hela riket");
    assert_string_equal(facts->dimensions[0].codes.items[0], "00");
    assert_string_equal(px.reader.dimensions.items[1], "year"); /* names and codes do not depend on it */
    fact_note(&px, "", "En not");
    fact_note(&px, "", "CONTACT: Only so");
    fact_note(&px, "region=01", "om l\xC3\xA4net");
    for (size_t i = 0; i < facts->n_notes; i++) assert_null(strstr(facts->notes[i].text, "A note"));
    px_close(&px);

    px = px_read_well(LANGUAGES);
    assert_string_equal(px.reader.facts.language, "en");
    assert_string_equal(px.reader.facts.title, "T");
    assert_string_equal(px.reader.facts.dimensions[0].labels.items[0], "Riket");
    fact_note(&px, "", "A note");
    px_close(&px);

    /* Finnish is listed, but has no words: those of the first language */
    wishes.language = "fi";
    px = px_open_bytes(LANGUAGES, strlen(LANGUAGES), &wishes);
    assert_ok(px.status, &px.error);
    assert_string_equal(px.reader.facts.title, "T");
    assert_string_equal(px.reader.facts.dimensions[0].labels.items[0], "Riket");
    assert_true(has_note(&px, "the language 'fi' names 0 variables"));
    px_close(&px);

    wishes.language = "de";
    px = px_open_bytes(LANGUAGES, strlen(LANGUAGES), &wishes);
    assert_int_equal(px.status, UF_BAD_USAGE);
    assert_non_null(strstr(px.error.message, "not in the language 'de'; it has en, sv, fi"));
    px_close(&px);
}

static void faults_of_another_language_are_noted(void **state)
{
    (void)state;
#define TWO                                                                                                  \
    "LANGUAGE=\"en\";LANGUAGES=\"en\",\"sv\";" CUBE                                                          \
    "CONTVARIABLE=\"region\";STUB[sv]=\"r\";HEADING[sv]=\"t\";"
    expect_note(TWO "VALUES[sv](\"r\")=\"a\",\"b\";VALUES[sv](\"t\")=\"1\",\"2\";DATA=1 2 3 4;",
                "CONTVARIABLE[sv] is missing; the variable is 'r'");
    expect_note(TWO "VALUES[sv](\"r\")=\"a\";DATA=1 2 3 4;", "VALUES[sv](\"r\"): 1 values, the table has 2");
    expect_note(TWO "VALUES[sv](\"x\")=\"a\";DATA=1 2 3 4;",
                "VALUES[sv]: 'x' is no variable of this language");
    expect_cells(TWO "VALUES[sv](\"x\")=\"a\"b\";DATA=1 2 3 4;", "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
}

#define CONTENTS                                                                                             \
    "CHARSET=\"ANSI\";MATRIX=\"M\";SUBJECT-CODE=\"S\";SUBJECT-AREA=\"A\";DESCRIPTION=\"D\";TITLE=\"T\";"     \
    "DESCRIPTIONDEFAULT=YES;CONTENTS=\"C\";UNITS=\"number\";DECIMALS=2;SHOWDECIMALS=1;"                      \
    "STUB=\"region\",\"what\";HEADING=\"t\";CONTVARIABLE=\"what\";VALUES(\"region\")=\"00 Sweden\",\"01 "    \
    "County\";"                                                                                              \
    "VALUES(\"what\")=\"In\",\"Rate\",\"Stock\";CODES(\"what\")=\"i\",\"r\",\"s\";VALUES(\"t\")=\"2001\";"   \
    "TIMEVAL(\"t\")=TLIST(A1),\"2001\";STOCKFA(\"In\")=\"F\";STOCKFA(\"Rate\")=\"A\";STOCKFA(\"Stock\")="    \
    "\"S\";"                                                                                                 \
    "UNITS(\"Rate\")=\"per cent\";PRECISION(\"what\",\"Rate\")=3;SOURCE=\"Office\";"                         \
    "LAST-UPDATED(\"In\")=\"20040212 16:28\";LAST-UPDATED(\"Rate\")=\"20050212 16:28\";"                     \
    "ELIMINATION(\"region\")=\"00 Sweden\";MAP(\"region\")=\"Sweden\";REFPERIOD(\"Stock\")=\"31 Dec\";"      \
    "NOTEX(\"region\")=\"about regions\";VALUENOTE(\"what\",\"Rate\")=\"about rates\";"                      \
    "CELLNOTEX(\"*\",\"In\",\"2001\")=\"about cells\";DATANOTECELL(\"01 County\",\"s\",\"*\")=\"e\";"        \
    "HIERARCHIES(\"region\")=\"00\",\"00\":\"01\";DOUBLECOLUMN(\"region\")=YES;PRESTEXT(\"region\")=2;"      \
    "ATTRIBUTES(\"*\",\"i\",\"*\")=\"A1\",\"A2\";INFO=\"an info\";"

static void what_the_file_says(void **state)
{
    (void)state;
    struct px px = px_read_well(CONTENTS "DATA=1 2 3 4 5 6;");
    const struct uf_file_facts *facts = &px.reader.facts;
    assert_int_equal(px.reader.notes.count, 0);
    assert_string_equal(facts->title, "D");
    assert_string_equal(facts->source, "Office");
    assert_string_equal(facts->updated, "20050212 16:28");
    assert_int_equal(facts->dimensions[0].hint, UF_ROLE_REGION);
    assert_int_equal(facts->dimensions[1].hint, UF_ROLE_CONTENT);
    assert_int_equal(facts->dimensions[2].hint, UF_ROLE_PERIOD);
    assert_string_equal(facts->dimensions[1].codes.items[1], "r");
    assert_string_equal(facts->dimensions[1].labels.items[1], "Rate");
    static const struct uf_content_facts EXPECTED[] = {{"i", "In", "number", 1, true, UF_INDICATOR_FLOW},
                                                       {"r", "Rate", "per cent", 3, true, UF_INDICATOR_RATIO},
                                                       {"s", "Stock", "number", 1, true, UF_INDICATOR_STOCK}};
    assert_int_equal(facts->n_contents, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(facts->contents[i].code, EXPECTED[i].code);
        assert_string_equal(facts->contents[i].label, EXPECTED[i].label);
        assert_string_equal(facts->contents[i].unit, EXPECTED[i].unit);
        assert_int_equal(facts->contents[i].decimals, EXPECTED[i].decimals);
        assert_true(facts->contents[i].kind_said);
        assert_int_equal(facts->contents[i].kind, EXPECTED[i].kind);
    }
    assert_string_equal(fact_note(&px, "region", "about"), "about regions");
    assert_string_equal(fact_note(&px, "what=r", "about"), "about rates");
    assert_string_equal(fact_note(&px, "region=*;what=i;t=2001", "about"), "about cells");
    fact_note(&px, "region=01 County;what=s;t=*", "DATANOTECELL: e");
    fact_note(&px, "region=00 Sweden", "ELIMINATION: 00 Sweden");
    fact_note(&px, "what=s", "REFPERIOD: 31 Dec");
    fact_note(&px, "region", "HIERARCHIES: 00, 00:01");
    fact_note(&px, "region=*;what=i;t=*", "ATTRIBUTES: A1, A2");
    assert_string_equal(fact_note(&px, "", "an info"), "an info");
    px_close(&px);
}

static void what_must_not_be_added_up_is_a_ratio(void **state)
{
    (void)state;
    struct px px = px_read_well(CONTENTS "AGGREGALLOWED=NO;DATA=1 2 3 4 5 6;");
    for (size_t i = 0; i < 3; i++) assert_int_equal(px.reader.facts.contents[i].kind, UF_INDICATOR_RATIO);
    assert_true(has_note(&px, "AGGREGALLOWED=NO"));
    px_close(&px);
    /* counts and their per cent side by side: two contents */
    px = px_read_well(ADMINISTRATION
                      "STOCKFA=\"S\";STUB=\"$$SORT\";VALUES(\"$$SORT\")=\"Number\",\"Per cent\";"
                      "PRECISION(\"$$SORT\",\"Per cent\")=2;DATA=1 2;");
    const struct uf_file_facts *facts = &px.reader.facts;
    assert_int_equal(facts->dimensions[0].hint, UF_ROLE_CONTENT);
    assert_string_equal(facts->contents[0].unit, "persons");
    assert_int_equal(facts->contents[0].kind, UF_INDICATOR_STOCK);
    assert_string_equal(facts->contents[1].unit, "Per cent");
    assert_int_equal(facts->contents[1].kind, UF_INDICATOR_RATIO);
    assert_int_equal(facts->contents[1].decimals, 2);
    px_close(&px);
    /* one content without a dimension */
    px = px_read_well(CUBE "DATA=1 2 3 4;");
    assert_int_equal(px.reader.facts.n_contents, 1);
    assert_string_equal(px.reader.facts.contents[0].code, "");
    assert_string_equal(px.reader.facts.contents[0].label, "C");
    assert_false(px.reader.facts.contents[0].kind_said);
    px_close(&px);
}

static void expect_letters(const char *text, const char *value, const char *note)
{
    struct px px = px_read_well(text);
    assert_string_equal(px.reader.facts.dimensions[0].codes.items[0], value);
    if (note)
        assert_true(has_note(&px, note));
    else
        assert_int_equal(px.reader.notes.count, 0);
    px_close(&px);
}

static void encodings_said_and_seen(void **state)
{
    (void)state;
#define LETTERS(codepage, letters) codepage ADMINISTRATION "STUB=\"a\";VALUES(\"a\")=\"" letters "\";DATA=1;"
    expect_letters(LETTERS("", "\xE5"), "\xC3\xA5", NULL);
    expect_letters(LETTERS("", "\x80 \xE5"), "\xE2\x82\xAC \xC3\xA5", NULL);
    expect_letters(LETTERS("CODEPAGE=\"iso-8859-15\";", "\xA4 \xE5"), "\xE2\x82\xAC \xC3\xA5", NULL);
    expect_letters(LETTERS("CODEPAGE=\"iso-8859-1\";", "\xA4 \xE5"), "\xC2\xA4 \xC3\xA5", NULL);
    expect_letters(LETTERS("CODEPAGE=\"utf-8\";", "\xC3\xA5"), "\xC3\xA5", NULL);
    expect_letters(LETTERS("CODEPAGE=\"iso-8859-15\";", "\xC3\xA5"), "\xC3\xA5",
                   "CODEPAGE=\"iso-8859-15\": the bytes are something else; read as utf-8");
    expect_letters(LETTERS("CODEPAGE=\"utf-8\";", "\xE5"), "\xC3\xA5", "read as iso-8859-1");
    expect_letters(LETTERS("CODEPAGE=\"cp850\";", "\xE5"), "\xC3\xA5", "letters may be wrong");
    expect_letters("CHARSET=\"OEM\";" LETTERS("", "\xE5"), "\xC3\xA5", "old DOS file");
    /* plain letters contradict nothing */
    expect_letters(LETTERS("CODEPAGE=\"iso-8859-15\";", "a"), "a", NULL);
}

/* The walk over blocks of the file must not show: numbers, signs and lines are cut anywhere. */
static void blocks_do_not_show(void **state)
{
    (void)state;
    enum { ROWS = 30000 };
    struct uf_buffer text = {0};
    char piece[64];
    uf_buffer_append(&text,
                     ADMINISTRATION "STUB=\"a\";HEADING=\"b\";VALUES(\"b\")=\"x\",\"y\",\"\xC3\xA5\";\n"
                                    "VALUES(\"a\")=\"0\"");
    for (int i = 1; i < ROWS; i++) {
        snprintf(piece, sizeof piece, "%s\"%d\"", i % 10 ? "," : ",\n", i);
        uf_buffer_append(&text, piece);
    }
    uf_buffer_append(&text, ";\nDATA=\n");
    size_t first_line = 1;
    for (const char *p = text.data; *p; p++) first_line += *p == '\n';
    for (int i = 0; i < ROWS; i++) {
        snprintf(piece, sizeof piece, "%d.25 \"..\" -%d\r\n", i, i * 7);
        uf_buffer_append(&text, piece);
    }
    struct px px = px_read_well(text.data);
    struct uf_cell cell;
    bool more = true;
    for (int i = 0; i < ROWS * 3; i++) {
        size_t line, column;
        assert_ok(px.reader.format->next(&px.reader, &cell, &more, &px.error), &px.error);
        assert_true(more);
        px.reader.format->place(&px.reader, UF_VALUE_PLACE, &line, &column);
        assert_int_equal(line, first_line + (size_t)i / 3);
        snprintf(piece, sizeof piece, "%d.25", i / 3);
        size_t expected = i % 3 == 0 ? 1 : i % 3 == 1 ? strlen(piece) + 2 : strlen(piece) + 7;
        assert_int_equal(column, expected);
        if (i % 3 == 1)
            assert_int_equal(cell.status, UF_VALUE_NOT_AVAILABLE);
        else
            assert_true(cell.value == (i % 3 == 0 ? i / 3 + 0.25 : -(i / 3 * 7.0)));
    }
    assert_ok(px.reader.format->next(&px.reader, &cell, &more, &px.error), &px.error);
    assert_false(more);
    px_close(&px);
    uf_buffer_clear(&text);
}

static void decimal_comma_only_where_it_is_asked_for(void **state)
{
    (void)state;
    struct uf_reader_wishes wishes = {.decimal = ','};
    static const char TEXT[] = CUBE "DATA=1,5 2,5 3 4;";
    struct px px = px_open_bytes(TEXT, strlen(TEXT), &wishes);
    assert_ok(px.status, &px.error);
    char *cells = px_cells(&px);
    assert_string_equal(cells, "00 2001=1.5|00 2002=2.5|01 2001=3|01 2002=4|");
    free(cells);
    px_close(&px);
    expect_failure(TEXT, 8, 14, "but there are 6 of them");
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
        cmocka_unit_test(languages_are_chosen),
        cmocka_unit_test(faults_of_another_language_are_noted),
        cmocka_unit_test(what_the_file_says),
        cmocka_unit_test(what_must_not_be_added_up_is_a_ratio),
        cmocka_unit_test(encodings_said_and_seen),
        cmocka_unit_test(blocks_do_not_show),
        cmocka_unit_test(decimal_comma_only_where_it_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

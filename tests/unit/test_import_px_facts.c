// SPDX-License-Identifier: GPL-3.0-or-later
/* PX: languages, what the file says of itself, encodings. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/px_text.h"
#include "support/test.h"

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
    px_fact_note(&px, "", "En not");
    px_fact_note(&px, "", "CONTACT: Only so");
    px_fact_note(&px, "region=01", "om l\xC3\xA4net");
    for (size_t i = 0; i < facts->n_notes; i++) assert_null(strstr(facts->notes[i].text, "A note"));
    px_close(&px);

    px = px_read_well(LANGUAGES);
    assert_string_equal(px.reader.facts.language, "en");
    assert_string_equal(px.reader.facts.title, "T");
    assert_string_equal(px.reader.facts.dimensions[0].labels.items[0], "Riket");
    px_fact_note(&px, "", "A note");
    px_close(&px);

    /* Finnish is listed, but has no words: those of the first language */
    wishes.language = "fi";
    px = px_open_bytes(LANGUAGES, strlen(LANGUAGES), &wishes);
    assert_ok(px.status, &px.error);
    assert_string_equal(px.reader.facts.title, "T");
    assert_string_equal(px.reader.facts.dimensions[0].labels.items[0], "Riket");
    assert_true(px_has_note(&px, "the language 'fi' names 0 variables"));
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
    px_expect_note(TWO "VALUES[sv](\"r\")=\"a\",\"b\";VALUES[sv](\"t\")=\"1\",\"2\";DATA=1 2 3 4;",
                   "CONTVARIABLE[sv] is missing; the variable is 'r'");
    px_expect_note(TWO "VALUES[sv](\"r\")=\"a\";DATA=1 2 3 4;",
                   "VALUES[sv](\"r\"): 1 values, the table has 2");
    px_expect_note(TWO "VALUES[sv](\"x\")=\"a\";DATA=1 2 3 4;",
                   "VALUES[sv]: 'x' is no variable of this language");
    px_expect_cells(TWO "VALUES[sv](\"x\")=\"a\"b\";DATA=1 2 3 4;",
                    "00 2001=1|00 2002=2|01 2001=3|01 2002=4|");
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
    assert_string_equal(px_fact_note(&px, "region", "about"), "about regions");
    assert_string_equal(px_fact_note(&px, "what=r", "about"), "about rates");
    assert_string_equal(px_fact_note(&px, "region=*;what=i;t=2001", "about"), "about cells");
    px_fact_note(&px, "region=01 County;what=s;t=*", "DATANOTECELL: e");
    px_fact_note(&px, "region=00 Sweden", "ELIMINATION: 00 Sweden");
    px_fact_note(&px, "what=s", "REFPERIOD: 31 Dec");
    px_fact_note(&px, "region", "HIERARCHIES: 00, 00:01");
    px_fact_note(&px, "region=*;what=i;t=*", "ATTRIBUTES: A1, A2");
    assert_string_equal(px_fact_note(&px, "", "an info"), "an info");
    px_close(&px);
}

static void what_must_not_be_added_up_is_a_ratio(void **state)
{
    (void)state;
    struct px px = px_read_well(CONTENTS "AGGREGALLOWED=NO;DATA=1 2 3 4 5 6;");
    for (size_t i = 0; i < 3; i++) assert_int_equal(px.reader.facts.contents[i].kind, UF_INDICATOR_RATIO);
    assert_true(px_has_note(&px, "AGGREGALLOWED=NO"));
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
        assert_true(px_has_note(&px, note));
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
    px_expect_failure(TEXT, 8, 14, "but there are 6 of them");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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

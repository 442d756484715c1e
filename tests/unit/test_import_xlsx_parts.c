// SPDX-License-Identifier: GPL-3.0-or-later
/* Workbooks part by part, as nobody should write them; and the parts of their reading: formats of numbers, days. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <xlsxwriter.h>

#include "import/table_text.h"
#include "import/xlsx_book.h"
#include "support/store_fixture.h"
#include "support/test.h"
#include "support/workbook.h"

/* The notes (or facts) of the file just written hold these words. */
static void expect_words(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("'%s' is not among:\n%s", words, text);
}

static void expect_sheet(const char *sheet, const char *strings, const char *styles, const char *expected)
{
    size_t length;
    char *bytes = make_workbook(sheet, strings, styles, &length),
         *text = dump_bytes("test", bytes, length, NULL, NULL, NULL);
    if (!strstr(text, expected)) fail_msg("expected '%s', found:\n%s", expected, text);
    free(bytes);
    free(text);
}
#define ROWS(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define HEAD                                                                                                 \
    "<row><c t='inlineStr'><is><t>lan</t></is></c><c "                                                       \
    "t='inlineStr'><is><t>20</t><rPh><t>zz</t></rPh><t>18</t>"                                               \
    "</is></c></row>"

static void cells_without_places_and_texts_in_pieces(void **state)
{
    (void)state;
    expect_sheet(ROWS(HEAD "<row><c t='str'><f>x</f><v>01</v></c><c><v>0.30000000000000004</v></c></row>"),
                 NULL, NULL, "01|2018=0.30000000000000004 @Sheet1!B2\n");
    expect_sheet(
        "<x:worksheet xmlns:x='u'><x:sheetData><x:row r='3'><x:c r='C3' t='s'><x:v>0</x:v></x:c><x:c "
        "r='D3' t='s'><x:v>1</x:v></x:c></x:row><x:row r='4'><x:c r='C4' t='s'><x:v>2</x:v></x:c><x:c "
        "r='D4' t='n'><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>",
        "<sst><si><r><t>l</t></r><r><t xml:space='preserve'>an_x000D_ kod </t></r></si><si><t>2018</t></si>"
        "<si><t>01\xC2\xA0</t><rPh><t>no</t></rPh></si></sst>",
        NULL, "01|2018=7 @Sheet1!D4\n");
}

static void damaged_sheets_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *sheet, *words;
    } CASES[] = {
        {"<worksheet>", "part ../sheets/one.xml"},
        {ROWS(HEAD "<row r='1'/>"), "row '1' follows row 1"},
        {ROWS("<row><c r='B1'/><c r='A1'/></row>"), "cell 'A1' is out of order"},
        {ROWS("<row><c r='B2'/></row>"), "cell 'B2' is out of order"},
        {ROWS("<row><c r='1B'/></row>"), "'1B' is no place of a cell"},
        {ROWS("<row r='9999999'/>"), "row '9999999' follows row 0"},
        {ROWS("<row><c t='s'><v>3</v></c></row>"), "names the shared text '3' of 0"},
        {ROWS("<row><c><v>1,5</v></c></row>"), "'1,5' is no number"},
        {ROWS("<row><c t='somethingelse'><v>1</v></c></row>"), "unknown type"},
        {"<worksheet><mergeCells><mergeCell ref='A1:'/></mergeCells></worksheet>", "no area of merged cells"},
        {"<!DOCTYPE w [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><worksheet>&b;</worksheet>", "document type"},
        {ROWS(""), "no sheet of the workbook has a table"},
        {ROWS("<row><c><v>1</v></c><c><v>5</v></c></row>"), "no header row is found above"},
        {ROWS("<row><c t='str'><v>a</v></c></row><row><c><v>1</v></c><c><v>5</v></c></row>"),
         "no header row is found above"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *words = i == 0 ? "is damaged at its line 1: no element found" : CASES[i].words;
        expect_sheet(CASES[i].sheet, NULL, NULL, words);
        expect_sheet(CASES[i].sheet, NULL, NULL, "ERROR test");
    }
}

static void merged_areas_as_large_as_a_sheet_are_cut(void **state)
{
    (void)state;
    expect_sheet(
        "<worksheet><sheetData>" HEAD "<row><c t='str'><v>01</v></c><c><v>5</v></c></row></sheetData>"
        "<mergeCells><mergeCell ref='A1:A1'/><mergeCell ref='A2:A1048576'/><mergeCell ref='D1:XFD1048576'/>"
        "</mergeCells></worksheet>",
        NULL, NULL, "01|2018=5 @Sheet1!B2\n");
    expect_sheet("<worksheet><sheetData>" HEAD "<row><c t='str'><v>01</v></c><c><v>5</v></c></row>"
                 "<row r='1000000'><c r='XFD1000000'><v>5</v></c></row></sheetData>"
                 "<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells></worksheet>",
                 NULL, NULL, "merged cells cover more than");
}

static void bombs_are_refused(void **state)
{
    (void)state;
    size_t size = 40u << 20, length;
    char *sheet = malloc(size + 1);
    memset(sheet, ' ', size);
    memcpy(sheet, "<worksheet>", 11);
    sheet[size] = '\0';
    char *bytes = make_workbook(sheet, NULL, NULL, &length);
    assert_true(length < 1000000);
    char *text = dump_bytes("test", bytes, length, NULL, NULL, NULL);
    expect_words(text, "unpacks to more than 300 times its size");
    free(text), free(bytes);
    /* elements in elements */
    for (size_t i = 0; i < 1000; i++) memcpy(sheet + 4 * i, "<a> ", 4);
    sheet[4000] = '\0';
    expect_sheet(sheet, NULL, NULL, "nested more than 128 deep");
    free(sheet);
}

static void other_files_are_refused_with_advice(void **state)
{
    (void)state;
    static const char OLE[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on";
    static const char *const ODS[] = {"mimetype", "application/vnd.oasis.opendocument.spreadsheet",
                                      "content.xml", "<a/>", NULL};
    static const char *const ZIP[] = {"data.csv", "a,b\n1,2\n", NULL};
    static const char *const XLSB[] = {"[Content_Types].xml", "<Types/>", "_rels/.rels",
                                       "<Relationships><Relationship Id='a' Type='x/officeDocument' "
                                       "Target='xl/workbook.bin'/></Relationships>",
                                       NULL};
    static const char *const WORD[] = {"[Content_Types].xml",
                                       "<Types/>",
                                       "_rels/.rels",
                                       "<Relationships><Relationship Id='a' Type='x/officeDocument' "
                                       "Target='word/document.xml'/></Relationships>",
                                       "word/document.xml",
                                       "<document/>",
                                       "word/_rels/document.xml.rels",
                                       "<Relationships/>",
                                       NULL};
    static const char *const LACKING[] = {"[Content_Types].xml", "<Types/>", "_rels/.rels",
                                          "<Relationships><Relationship Id='a' Type='x/officeDocument' "
                                          "Target='xl/workbook.xml'/></Relationships>",
                                          NULL};
    const struct {
        const char *const *parts;
        const char *words;
    } CASES[] = {{NULL, "old workbook (.xls) or one that is protected by a password"},
                 {ODS, "OpenDocument file (.ods); save it as .xlsx"},
                 {ZIP, "this zip archive is no workbook; unpack it"},
                 {XLSB, "binary workbook (.xlsb)"},
                 {WORD, "the document has no sheets"},
                 {LACKING, "lacks its part xl/_rels/workbook.xml.rels"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t length = sizeof OLE - 1;
        char *bytes = CASES[i].parts ? make_archive(CASES[i].parts, &length) : NULL;
        char *text = dump_bytes("test", bytes ? bytes : OLE, length, NULL, NULL, NULL);
        expect_words(text, CASES[i].words);
        free(text), free(bytes);
    }
}

static void a_cut_or_changed_archive_is_refused(void **state)
{
    (void)state;
    size_t length;
    char *bytes =
        make_workbook(ROWS(HEAD "<row><c t='str'><v>01</v></c><c><v>5</v></c></row>"), NULL, NULL, &length);
    for (size_t cut = 1; cut < length; cut += 37) {
        char *text = dump_bytes("test", bytes, length - cut, NULL, NULL, NULL);
        assert_non_null(strstr(text, cut < length - 4 ? "no whole zip archive" : ""));
        free(text);
    }
    char *value = bytes;
    while (memcmp(value, "<v>5<", 5) != 0) value++;
    value[3] = '6'; /* the check sum tells */
    char *text = dump_bytes("test", bytes, length, NULL, NULL, NULL);
    expect_words(text, "no whole zip archive (CRC error)");
    free(text), free(bytes);
}

static void formats_of_numbers_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        enum uf_look look;
    } CASES[] = {{"General", UF_LOOK_PLAIN},
                 {"0", UF_LOOK_PLAIN},
                 {"#,##0.00", UF_LOOK_PLAIN},
                 {"yyyy-mm-dd", UF_LOOK_DATE},
                 {"[$-41D]d mmmm yyyy", UF_LOOK_DATE},
                 {"mmm", UF_LOOK_DATE},
                 {"hh:mm", UF_LOOK_TIME},
                 {"[h]:mm", UF_LOOK_TIME},
                 {"0.0%", UF_LOOK_PERCENT},
                 {"[Red]0", UF_LOOK_PLAIN},
                 {"0\" dagar\"", UF_LOOK_PLAIN},
                 {"0\\d", UF_LOOK_PLAIN},
                 {"00", UF_LOOK_ZEROS},
                 {"0;[Red]yyyy", UF_LOOK_PLAIN},
                 {"\"", UF_LOOK_PLAIN},
                 {"", UF_LOOK_PLAIN},
                 {"[", UF_LOOK_PLAIN},
                 {"0\\", UF_LOOK_PLAIN}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (uf_style_of(CASES[i].code).look != CASES[i].look) fail_msg("'%s'", CASES[i].code);
    assert_int_equal(uf_style_of("0000").zeros, 4);
}

static void days_have_dates(void **state)
{
    (void)state;
    static const struct {
        int64_t days;
        int year, month, day;
    } CASES[] = {{0, 1970, 1, 1},     {-1, 1969, 12, 31},   {18321, 2020, 2, 29}, {-141428, 1582, 10, 14},
                 {-3653, 1960, 1, 1}, {11016, 2000, 2, 29}, {-25508, 1900, 3, 1}, {2932896, 9999, 12, 31}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int year, month, day;
        uf_date_split(CASES[i].days, &year, &month, &day);
        assert_int_equal(year, CASES[i].year);
        assert_int_equal(month, CASES[i].month);
        assert_int_equal(day, CASES[i].day);
    }
    char letters[8];
    uf_column_letters(16384, letters);
    assert_string_equal(letters, "XFD");
    uf_column_letters(27, letters);
    assert_string_equal(letters, "AA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_without_places_and_texts_in_pieces),
        cmocka_unit_test(damaged_sheets_are_refused_with_their_place),
        cmocka_unit_test(merged_areas_as_large_as_a_sheet_are_cut),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(other_files_are_refused_with_advice),
        cmocka_unit_test(a_cut_or_changed_archive_is_refused),
        cmocka_unit_test(formats_of_numbers_are_told_apart),
        cmocka_unit_test(days_have_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

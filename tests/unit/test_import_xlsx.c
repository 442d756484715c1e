// SPDX-License-Identifier: GPL-3.0-or-later
/* Workbooks: written with libxlsxwriter as a publisher would, and part by part as nobody should. */
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

/* --- workbooks as publishers write them -------------------------------------------------------- */

static char path[512];

static lxw_workbook *new_book(const char *name)
{
    snprintf(path, sizeof path, "%s/%s.xlsx", scratch_directory(), name);
    return workbook_new(path);
}

static void put(lxw_worksheet *sheet, const char *place, const char *text)
{
    worksheet_write_string(sheet, CELL(place), text, NULL);
}

static void put_number(lxw_worksheet *sheet, const char *place, double number, lxw_format *format)
{
    worksheet_write_number(sheet, CELL(place), number, format);
}

static void expect_dump(const struct uf_reader_wishes *wishes, const char *expected)
{
    char *text = dump_file(path, wishes, NULL, NULL);
    assert_string_equal(text, expected);
    free(text);
}

/* The notes (or facts) of the file just written hold these words. */
static void expect_words(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("'%s' is not among:\n%s", words, text);
}

static void a_long_table_under_a_title_with_footnotes(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("long");
    lxw_worksheet *sheet = workbook_add_worksheet(book, "Sysselsatta 2018");
    worksheet_merge_range(sheet, RANGE("A1:D1"), "Sysselsatta efter län", NULL);
    put(sheet, "A2", "Antal personer");
    put(sheet, "B4", "lan"), put(sheet, "C4", "år"), put(sheet, "D4", "antal");
    put(sheet, "B5", "01"), put_number(sheet, "C5", 2018, NULL), put_number(sheet, "D5", 6.7, NULL);
    put(sheet, "B6", "20"), put_number(sheet, "C6", 2018, NULL), put_number(sheet, "D6", 0.1 + 0.2, NULL);
    put(sheet, "B7", "03"), put_number(sheet, "C7", 2018, NULL), put(sheet, "D7", "..");
    put(sheet, "F6", "preliminär");
    put(sheet, "B9", "Källa: egna uppgifter, \"preliminära\"");
    workbook_close(book);
    expect_dump(NULL, "01|2018=6.7 @'Sysselsatta 2018'!D5\n"
                      "20|2018=0.3 @'Sysselsatta 2018'!D6\n"
                      "03|2018=?not-available @'Sysselsatta 2018'!D7\n");
    char *notes, *facts, *text = dump_file(path, NULL, &notes, &facts);
    expect_words(notes, "the table is B4:D7 of sheet 'Sysselsatta 2018', its header row is 4\n");
    expect_words(notes, "1 cell is beside the table, under no heading, passed over: first F6\n");
    expect_words(notes, "2 rows are above the table passed over: Sysselsatta efter län\n");
    expect_words(notes, "1 row is below the table (from row 9 on) kept as notes\n");
    expect_words(facts, "Sysselsatta efter län\n");
    expect_words(facts, "note Antal personer\n");
    expect_words(facts, "note Källa: egna uppgifter, \"preliminära\"\n");
    free(notes), free(facts), free(text);
}

static void a_wide_table_with_years_as_numbers(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("wide");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    put(sheet, "A1", "region"), put_number(sheet, "B1", 2018, NULL), put_number(sheet, "C1", 2019, NULL);
    /* values that look like years do not make a row a header */
    put(sheet, "A2", "01 Stockholms län"), put_number(sheet, "B2", 1500, NULL),
        put_number(sheet, "C2", 1600, NULL);
    put(sheet, "A3", "20 Dalarnas län"), put_number(sheet, "B3", 7, NULL);
    workbook_close(book);
    expect_dump(NULL, "01 Stockholms län|2018=1500 @Sheet1!B2\n01 Stockholms län|2019=1600 @Sheet1!C2\n"
                      "20 Dalarnas län|2018=7 @Sheet1!B3\n20 Dalarnas län|2019=?not-available @Sheet1!C3\n");
}

static void headings_over_years_become_a_column(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("two-rows");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    worksheet_merge_range(sheet, RANGE("A1:A2"), "Region", NULL);
    worksheet_merge_range(sheet, RANGE("B1:C1"), "Män", NULL);
    put(sheet, "D1", "Kvinnor"); /* not merged: it stands over what follows */
    for (int j = 0; j < 4; j++) worksheet_write_number(sheet, 1, (lxw_col_t)(j + 1), 2018 + j % 2, NULL);
    put(sheet, "A3", "01");
    for (int j = 0; j < 4; j++) worksheet_write_number(sheet, 2, (lxw_col_t)(j + 1), 10 + j, NULL);
    workbook_close(book);
    expect_dump(NULL, "01|Män|2018=10 @Sheet1!B3\n01|Män|2019=11 @Sheet1!C3\n"
                      "01|Kvinnor|2018=12 @Sheet1!D3\n01|Kvinnor|2019=13 @Sheet1!E3\n");
    char *facts, *text = dump_file(path, NULL, NULL, &facts);
    expect_words(facts, "heading content:\nperiod period:\n");
    free(facts), free(text);
}

static void one_heading_over_all_years_is_what_is_counted(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("one-heading");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    worksheet_merge_range(sheet, RANGE("B1:C1"), "Antal anställda", NULL);
    put(sheet, "A2", "region"), put(sheet, "B2", "2018K1"), put(sheet, "C2", "2018K2");
    put(sheet, "A3", "01"), put_number(sheet, "B3", 3, NULL), put_number(sheet, "C3", 4, NULL);
    workbook_close(book);
    char *facts, *text = dump_file(path, NULL, NULL, &facts);
    assert_string_equal(text, "01|2018K1=3 @Sheet1!B3\n01|2018K2=4 @Sheet1!C3\n");
    expect_words(facts, "content Antal anställda\n");
    free(facts), free(text);
}

static void merged_and_unrepeated_labels_are_filled_down(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("down");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    put(sheet, "A1", "region"), put(sheet, "B1", "kön"), put(sheet, "C1", "år"), put(sheet, "D1", "antal");
    worksheet_merge_range(sheet, RANGE("A2:A5"), "01", NULL);
    put(sheet, "B2", "män"), put(sheet, "B4", "kvinnor");
    for (int i = 0; i < 4; i++) {
        worksheet_write_number(sheet, (lxw_row_t)(i + 1), 2, 2018 + i % 2, NULL);
        worksheet_write_number(sheet, (lxw_row_t)(i + 1), 3, 100 + i, NULL);
    }
    workbook_close(book);
    char *notes, *text = dump_file(path, NULL, &notes, NULL);
    assert_string_equal(text, "01|män|2018=100 @Sheet1!D2\n01|män|2019=101 @Sheet1!D3\n"
                              "01|kvinnor|2018=102 @Sheet1!D4\n01|kvinnor|2019=103 @Sheet1!D5\n");
    expect_words(notes, "labels of column A that are merged cells are filled down\n");
    expect_words(notes, "labels of column B that are written once for several rows are filled down\n");
    free(notes), free(text);
}

/* Right above the header, without an empty row between: words beside words, and a title in the middle. */
static void what_stands_above_the_header_is_no_header(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("above");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    put(sheet, "A1", "Källa:"), put(sheet, "B1", "SCB");
    put(sheet, "C2", "Antal anställda");
    put(sheet, "A3", "lan"), put(sheet, "B3", "kön"), put(sheet, "C3", "2018"), put(sheet, "D3", "2019");
    put(sheet, "E3", "2020");
    put(sheet, "A4", "01"), put(sheet, "B4", "män"), put_number(sheet, "C4", 5, NULL);
    put_number(sheet, "D4", 6, NULL), put_number(sheet, "E4", 7, NULL);
    workbook_close(book);
    char *facts, *text = dump_file(path, NULL, NULL, &facts);
    assert_string_equal(text,
                        "01|män|2018=5 @Sheet1!C4\n01|män|2019=6 @Sheet1!D4\n01|män|2020=7 @Sheet1!E4\n");
    expect_words(facts, "Källa: SCB\n");
    expect_words(facts, "note Antal anställda\n");
    free(text), free(facts);
}

/* One heading over the only column of values; the first of them looks like a year. */
static void a_heading_over_the_values_alone(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("alone");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    put(sheet, "A1", "Nystartade företag"), put(sheet, "C3", "antal");
    put(sheet, "A4", "2024Q1"), put(sheet, "B4", "20 Dalarnas län"), put_number(sheet, "C4", 1433, NULL);
    put(sheet, "A5", "2024Q2"), put(sheet, "B5", "20 Dalarnas län"), put_number(sheet, "C5", 433, NULL);
    workbook_close(book);
    expect_dump(NULL, "2024Q1|20 Dalarnas län=1433 @Sheet1!C4\n2024Q2|20 Dalarnas län=433 @Sheet1!C5\n");
}

/* As PxWeb saves a table: codes and labels apart, written once; no headings over them; a line for each footnote. */
static void a_table_as_pxweb_saves_it(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("pxweb");
    lxw_worksheet *sheet = workbook_add_worksheet(book, "BE0101");
    put(sheet, "A1", "Folkmängd efter region, kön och år");
    put(sheet, "D3", "2019"), put(sheet, "E3", "2020");
    static const char *const REGIONS[][2] = {{"0114", "Upplands Väsby"}, {"0115", "Vallentuna"}};
    for (int i = 0; i < 4; i++) {
        lxw_row_t row = (lxw_row_t)(3 + i);
        if (i % 2 == 0) {
            worksheet_write_string(sheet, row, 0, REGIONS[i / 2][0], NULL);
            worksheet_write_string(sheet, row, 1, REGIONS[i / 2][1], NULL);
        }
        worksheet_write_string(sheet, row, 2, i % 2 ? "kvinnor" : "män", NULL);
        worksheet_write_number(sheet, row, 3, 2000 + i, NULL); /* figures that look like years */
        worksheet_write_number(sheet, row, 4, 2010.5 + i, NULL);
    }
    put(sheet, "A9", "Senaste uppdatering:"), put(sheet, "A10", "20200220 09:30");
    put(sheet, "A12", "Källa:"), put(sheet, "B12", "SCB");
    workbook_close(book);
    char *notes, *facts, *text = dump_file(path, NULL, &notes, &facts);
    assert_string_equal(text, "0114|män|2019=2000 @BE0101!D4\n0114|män|2020=2010.5 @BE0101!E4\n"
                              "0114|kvinnor|2019=2001 @BE0101!D5\n"
                              "0114|kvinnor|2020=2011.5 @BE0101!E5\n"
                              "0115|män|2019=2002 @BE0101!D6\n0115|män|2020=2012.5 @BE0101!E6\n"
                              "0115|kvinnor|2019=2003 @BE0101!D7\n"
                              "0115|kvinnor|2020=2013.5 @BE0101!E7\n");
    expect_words(notes, "labels of column A that are written once for several rows are filled down\n");
    expect_words(facts, "note Källa: SCB\n");
    expect_words(notes, "labels: column B put the codes of column A in words");
    expect_words(facts, "column A:column B 0114=Upplands Väsby 0115=Vallentuna\n");
    free(notes), free(facts), free(text);
}

static void dates_are_periods_where_all_begin_one(void **state)
{
    (void)state;
    static const struct {
        const char *second, *expected, *note;
    } CASES[] = {{"2019-01-01", "2018|01=1", "are read as years"},
                 {"2018-02-01", "2018-01|01=1", "are read as months"},
                 {"2018-01-31", "2018-01-01|01=1", "are read as days"}};
    for (size_t i = 0; i < 3; i++) {
        lxw_workbook *book = new_book("dates");
        lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
        lxw_format *date = workbook_add_format(book);
        format_set_num_format(date, i == 1 ? "mmm\\-yy" : "yyyy-mm-dd;@");
        put(sheet, "A1", "period"), put(sheet, "B1", "lan"), put(sheet, "C1", "antal");
        put_number(sheet, "A2", 43101, date), put(sheet, "B2", "01"), put_number(sheet, "C2", 1, NULL);
        put_number(sheet, "A3", i == 0 ? 43466 : i == 1 ? 43132 : 43131, date);
        put(sheet, "B3", "01"), put_number(sheet, "C3", 2, NULL);
        workbook_close(book);
        char *notes, *text = dump_file(path, NULL, &notes, NULL);
        assert_true(!strncmp(text, CASES[i].expected, strlen(CASES[i].expected)));
        expect_words(notes, CASES[i].note);
        free(notes), free(text);
    }
}

static void formats_of_numbers_are_heeded(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("formats");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    lxw_format *zeros = workbook_add_format(book), *percent = workbook_add_format(book);
    format_set_num_format(zeros, "0000");
    format_set_num_format(percent, "0.0%");
    put(sheet, "A1", "kommun"), put(sheet, "B1", "2018"), put(sheet, "C1", "2019");
    put_number(sheet, "A2", 114, zeros), put_number(sheet, "B2", 0.05, percent),
        put_number(sheet, "C2", 1, NULL);
    workbook_close(book);
    char *notes, *text = dump_file(path, NULL, &notes, NULL);
    assert_string_equal(text, "0114|2018=0.05 @Sheet1!B2\n0114|2019=1 @Sheet1!C2\n");
    expect_words(notes, "column B is shown as per cent");
    free(notes), free(text);
}

static void formulas_errors_and_numbers_as_text(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("odd");
    lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
    put(sheet, "A1", "lan"), put(sheet, "B1", "2018"), put(sheet, "C1", "2019"), put(sheet, "D1", "2020");
    put(sheet, "A2", "01"), put(sheet, "B2", "1 234,5"), put(sheet, "C2", "–"), put(sheet, "D2", "12,25");
    worksheet_write_formula_num(sheet, CELL("B3"), "=B2*2", NULL, 2469.125);
    worksheet_write_formula_str(sheet, CELL("C3"), "=1/0", NULL, "#DIV/0!");
    worksheet_write_formula_str(sheet, CELL("D3"), "=NA()", NULL, "#N/A");
    put(sheet, "A3", "03");
    workbook_close(book);
    char *notes, *text = dump_file(path, NULL, &notes, NULL);
    assert_string_equal(text, "01|2018=1234.5 @Sheet1!B2\n01|2019=0 @Sheet1!C2\n01|2020=12.25 @Sheet1!D2\n"
                              "03|2018=2469.125 @Sheet1!B3\n03|2019=?undefined @Sheet1!C3\n"
                              "03|2020=?not-available @Sheet1!D3\n");
    expect_words(notes, "2 cells hold an error instead of a value, first C3 (#DIV/0!): missing");
    free(notes), free(text);
}

/* As programs write them that cannot compute: the place is not empty. */
static void formulas_without_values_are_told(void **state)
{
    (void)state;
    size_t length;
    char *bytes = make_workbook(
        "<worksheet><sheetData>"
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>lan</t></is></c><c r=\"B1\"><v>2018</v></c>"
        "<c r=\"C1\"><v>2019</v></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>01</t></is></c><c r=\"B2\"><v>1</v></c>"
        "<c r=\"C2\"><f>B2*2</f></c></row>"
        "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>03</t></is></c><c r=\"B3\"><v>3</v></c>"
        "<c r=\"C3\" t=\"str\"><f>\"\"</f><v></v></c></row>"
        "</sheetData></worksheet>",
        NULL, NULL, &length);
    char *notes, *text = dump_bytes("f.xlsx", bytes, length, NULL, &notes, NULL);
    expect_words(text, "01|2019=?not-available");
    expect_words(notes, "1 cell holds an error instead of a value, first C2 (#GETTING_DATA): missing");
    free(notes), free(text), free(bytes);
}

static void sheets_rows_and_ranges_are_chosen(void **state)
{
    (void)state;
    lxw_workbook *book = new_book("sheets");
    lxw_worksheet *hidden = workbook_add_worksheet(book, "gammal"),
                  *about = workbook_add_worksheet(book, "Om"), *first = workbook_add_worksheet(book, "Län"),
                  *second = workbook_add_worksheet(book, "Kommuner");
    put(about, "A1", "Om tabellen");
    for (int i = 0; i < 3; i++) {
        lxw_worksheet *sheet = i == 0 ? hidden : i == 1 ? first : second;
        put(sheet, "A1", "lan"), put(sheet, "B1", "år"), put(sheet, "C1", "antal");
        put(sheet, "A2", "01"), put_number(sheet, "B2", 2018, NULL), put_number(sheet, "C2", i, NULL);
        put(sheet, "A5", "lan"), put(sheet, "B5", "år"), put(sheet, "C5", "andel");
        put(sheet, "A6", "03"), put_number(sheet, "B6", 2019, NULL), put_number(sheet, "C6", 10 + i, NULL);
    }
    worksheet_hide(hidden);
    worksheet_activate(first);
    worksheet_set_first_sheet(first);
    workbook_close(book);
    struct uf_reader_wishes wishes = {.range = "A1:C2"};
    char *notes, *text = dump_file(path, &wishes, &notes, NULL);
    assert_string_equal(text, "01|2018=1 @L\xC3\xA4n!C2\n");
    expect_words(notes,
                 "other sheets of the workbook are not read: gammal (hidden), Om, Kommuner (--sheet NAME)");
    free(notes), free(text);
    wishes = (struct uf_reader_wishes){.sheet = "4", .header_row = 5};
    expect_dump(&wishes, "03|2019=12 @Kommuner!C6\n");
    wishes = (struct uf_reader_wishes){.sheet = "kommuner", .range = "$A$5:$C$6"};
    expect_dump(&wishes, "03|2019=12 @Kommuner!C6\n");
    wishes = (struct uf_reader_wishes){.sheet = "gammal", .range = "A5:C6"};
    expect_dump(&wishes, "03|2019=10 @gammal!C6\n");
    /* without a wish the second header is no value: said with its cell */
    text = dump_file(path, NULL, NULL, NULL);
    expect_words(text, "no column of numbers is found");
    free(text);
    wishes = (struct uf_reader_wishes){.sheet = "Komuner"};
    expect_dump(&wishes, "ERROR test: the workbook has no sheet 'Komuner'; did you mean 'Kommuner'?\n");
    wishes = (struct uf_reader_wishes){.sheet = "9"};
    expect_dump(&wishes,
                "ERROR test: the workbook has no sheet '9'; it has gammal, Om, L\xC3\xA4n, Kommuner\n");
    wishes = (struct uf_reader_wishes){.range = "A1-C2"};
    expect_dump(&wishes, "ERROR test: 'A1-C2' is no range of a sheet; expected a form such as A3:F40\n");
    wishes = (struct uf_reader_wishes){.sheet = "Om"};
    expect_dump(&wishes, "ERROR test: sheet 'Om' has no table\n");
    wishes = (struct uf_reader_wishes){.sheet = "Om", .header_row = 7};
    expect_dump(&wishes, "ERROR test: row 7 of sheet 'Om' is empty; it has 1 rows\n");
}

static void an_import_names_sheet_and_cell(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_summary summary = {0};
    struct uf_error error;
    lxw_workbook *book = new_book("import");
    lxw_worksheet *sheet = workbook_add_worksheet(book, "Tabell");
    put(sheet, "A1", "lan"), put(sheet, "B1", "2018"), put(sheet, "C1", "2019");
    put(sheet, "A2", "01"), put_number(sheet, "B2", 5, NULL), put_number(sheet, "C2", 6.25, NULL);
    put(sheet, "A3", "20"), put_number(sheet, "B3", 7, NULL), put(sheet, "C3", "sju");
    workbook_close(book);
    struct uf_import_request request = {.path = path, .indicator = {.code = "x"}};
    assert_int_equal(uf_import_file(store, &request, &summary, &error), UF_BAD_INPUT);
    expect_error(&error, UF_BAD_INPUT, 3, 3, "Tabell!C3: ");
    request.range = "A1:B3";
    assert_ok(uf_import_file(store, &request, &summary, &error), &error);
    assert_int_equal(summary.imported, 2);
    assert_string_equal(summary.format, "xlsx");
    expect_close(query_number(store, "SELECT sum(value) FROM observations"), 12, 0, "sum");
    uf_import_summary_clear(&summary);
    uf_store_close(store);
}

/* --- workbooks as nobody should write them ----------------------------------------------------- */

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
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_long_table_under_a_title_with_footnotes),
                                       cmocka_unit_test(a_wide_table_with_years_as_numbers),
                                       cmocka_unit_test(headings_over_years_become_a_column),
                                       cmocka_unit_test(one_heading_over_all_years_is_what_is_counted),
                                       cmocka_unit_test(merged_and_unrepeated_labels_are_filled_down),
                                       cmocka_unit_test(what_stands_above_the_header_is_no_header),
                                       cmocka_unit_test(a_heading_over_the_values_alone),
                                       cmocka_unit_test(a_table_as_pxweb_saves_it),
                                       cmocka_unit_test(dates_are_periods_where_all_begin_one),
                                       cmocka_unit_test(formats_of_numbers_are_heeded),
                                       cmocka_unit_test(formulas_errors_and_numbers_as_text),
                                       cmocka_unit_test(formulas_without_values_are_told),
                                       cmocka_unit_test(sheets_rows_and_ranges_are_chosen),
                                       cmocka_unit_test(an_import_names_sheet_and_cell),
                                       cmocka_unit_test(cells_without_places_and_texts_in_pieces),
                                       cmocka_unit_test(damaged_sheets_are_refused_with_their_place),
                                       cmocka_unit_test(merged_areas_as_large_as_a_sheet_are_cut),
                                       cmocka_unit_test(bombs_are_refused),
                                       cmocka_unit_test(other_files_are_refused_with_advice),
                                       cmocka_unit_test(a_cut_or_changed_archive_is_refused),
                                       cmocka_unit_test(formats_of_numbers_are_told_apart),
                                       cmocka_unit_test(days_have_dates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

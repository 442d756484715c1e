// SPDX-License-Identifier: GPL-3.0-or-later
/* Workbooks as publishers write them, made with libxlsxwriter. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_table_under_a_title_with_footnotes),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

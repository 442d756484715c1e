// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utfall/file.h>
#include <utfall/report.h>

static struct uf_error error;

static struct uf_table *new_table(void)
{
    struct uf_table *table;
    assert_ok(uf_table_new("t", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "code", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "x", UF_COLUMN_NUMBER, "SEK", 1, NULL, &error), &error);
    return table;
}

static void add_row(struct uf_table *table, const char *code, double x, uf_value_status status)
{
    size_t row;
    assert_ok(uf_table_add_row(table, &row, &error), &error);
    assert_ok(uf_table_set_text(table, row, 0, code, &error), &error);
    assert_ok(uf_table_set_value(table, row, 1, x, status, &error), &error);
}

static void expect_csv(const struct uf_table *table, const char *expected)
{
    char *text;
    assert_ok(uf_table_to_csv(table, &text, &error), &error);
    assert_string_equal(text, expected);
    free(text);
}

static void plain_numbers_have_all_digits_and_no_status_column(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    add_row(table, "01", 0.1 + 0.2, UF_VALUE_OBSERVED);
    add_row(table, NULL, -1234567.5, UF_VALUE_OBSERVED);
    expect_csv(table, "code,x\n01,0.30000000000000004\n,-1234567.5\n");
    uf_table_free(table);
}

static void remarks_get_a_column_beside(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    assert_ok(uf_table_add_column(table, "y", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    add_row(table, "a", 1, UF_VALUE_OBSERVED);
    add_row(table, "b", NAN, UF_VALUE_CONFIDENTIAL);
    add_row(table, "c", 2, UF_VALUE_ESTIMATED | UF_VALUE_BREAK);
    for (size_t i = 0; i < 3; i++) assert_ok(uf_table_set_number(table, i, 2, (double)i, &error), &error);
    expect_csv(table, "code,x,x_status,y\na,1,observed,0\nb,,confidential,1\nc,2,estimated+break,2\n");
    uf_table_free(table);
}

static void status_column_avoids_a_taken_name(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    assert_ok(uf_table_add_column(table, "x_status", UF_COLUMN_TEXT, NULL, 0, NULL, &error), &error);
    add_row(table, "a", NAN, UF_VALUE_SUPPRESSED);
    expect_csv(table, "code,x,x_status_2,x_status\na,,suppressed,\n");
    uf_table_free(table);
}

static void special_characters_are_quoted(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    add_row(table, "Gävle, \"norra\"", 1, UF_VALUE_OBSERVED);
    add_row(table, "two\nlines", 2, UF_VALUE_OBSERVED);
    add_row(table, "cr\r", 3, UF_VALUE_OBSERVED);
    add_row(table, "a;b `$(x)` <script>", 4, UF_VALUE_OBSERVED);
    expect_csv(table,
               "code,x\n\"Gävle, \"\"norra\"\"\",1\n\"two\nlines\",2\n\"cr\r\",3\na;b `$(x)` <script>,4\n");
    uf_table_free(table);
}

static void infinity_is_written_and_an_only_empty_cell_is_not_a_blank_line(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    add_row(table, "a", INFINITY, UF_VALUE_OBSERVED);
    expect_csv(table, "code,x\na,Inf\n");
    uf_table_free(table);
    assert_ok(uf_table_new("one", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "note", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_row(table, NULL, &error), &error);
    expect_csv(table, "note\n\"\"\n");
    uf_table_free(table);
}

static void file_has_the_line_ends_of_the_standard_and_reads_back(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    add_row(table, "Å, ä", 1.0 / 3, UF_VALUE_OBSERVED);
    add_row(table, "b", NAN, UF_VALUE_NOT_AVAILABLE);
    char *path = uf_path_join(scratch_directory(), "t.csv"), *bytes;
    size_t length;
    assert_ok(uf_table_write_csv(table, path, &error), &error);
    assert_ok(uf_file_read(path, 0, &bytes, &length, &error), &error);
    assert_string_equal(bytes,
                        "code,x,x_status\r\n\"Å, ä\",0.3333333333333333,observed\r\nb,,not-available\r\n");
    free(bytes);
    struct raw_csv csv = raw_csv_read(path);
    assert_int_equal(csv.n_rows, 2);
    assert_true(raw_csv_number(&csv, 0, raw_csv_column(&csv, "x")) == 1.0 / 3);
    raw_csv_free(&csv);
    free(path);
    uf_table_free(table);
}

static void unwritable_place_is_an_input_output_error(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    char *path = uf_path_join(scratch_directory(), "no/such/folder/t.csv");
    assert_int_equal(uf_table_write_csv(table, path, &error), UF_IO_FAILED);
    assert_int_equal(uf_table_write_json(table, path, &error), UF_IO_FAILED);
    const struct uf_table *tables[] = {table};
    assert_int_equal(uf_tables_write_xlsx(tables, 1, path, &error), UF_IO_FAILED);
    assert_string_equal(error.file, path);
    free(path);
    uf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_numbers_have_all_digits_and_no_status_column),
        cmocka_unit_test(remarks_get_a_column_beside),
        cmocka_unit_test(status_column_avoids_a_taken_name),
        cmocka_unit_test(special_characters_are_quoted),
        cmocka_unit_test(infinity_is_written_and_an_only_empty_cell_is_not_a_blank_line),
        cmocka_unit_test(file_has_the_line_ends_of_the_standard_and_reads_back),
        cmocka_unit_test(unwritable_place_is_an_input_output_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

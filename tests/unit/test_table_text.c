// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/report.h>

static struct uf_error error;

static struct uf_table *new_table(void)
{
    struct uf_table *table;
    assert_ok(uf_table_new("t", &table, &error), &error);
    assert_ok(uf_table_set_title(table, "Löner", &error), &error);
    assert_ok(uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "period", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "value", UF_COLUMN_NUMBER, "kr", 1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "note", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    return table;
}

static void add_row(struct uf_table *table, const char *label, double value, uf_value_status status)
{
    size_t row;
    assert_ok(uf_table_add_row(table, &row, &error), &error);
    assert_ok(uf_table_set_text(table, row, 0, label, &error), &error);
    assert_ok(uf_table_set_number(table, row, 1, 2017, &error), &error);
    assert_ok(uf_table_set_value(table, row, 2, value, status, &error), &error);
}

static void expect_text(const struct uf_table *table, enum uf_language language, const char *expected)
{
    char *text;
    assert_ok(uf_table_to_text(table, language, &text, &error), &error);
    assert_string_equal(text, expected);
    assert_null(strstr(text, " \n"));
    free(text);
}

static void columns_line_up_in_each_language(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    add_row(table, "Gävle", 12345.67, UF_VALUE_OBSERVED);
    add_row(table, "Mora", -2.25, UF_VALUE_PROVISIONAL);
    add_row(table, "Åmål", NAN, UF_VALUE_CONFIDENTIAL);
    /* years without a thousands separator; the empty column is left out; digits in line where marks follow */
    expect_text(table, UF_SWEDISH,
                "Löner\n\n"
                "Namn   Period  Värde (kr)\n"
                "-----  ------  ----------\n"
                "Gävle    2017  12\u00A0345,7\n"
                "Mora     2017      \u22122,2 p\n"
                "Åmål     2017         c\n"
                "c: sekretess\np: preliminär\n");
    expect_text(table, UF_ENGLISH,
                "Löner\n\n"
                "Name   Period  Value (kr)\n"
                "-----  ------  ----------\n"
                "Gävle    2017  12,345.7\n"
                "Mora     2017      \u22122.2 p\n"
                "Åmål     2017         c\n"
                "c: confidential\np: provisional\n");
    uf_table_free(table);
}

static void remark_of_a_whole_column_is_told_once(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    add_row(table, "a", 1, UF_VALUE_ROUNDED);
    add_row(table, "b", 2, UF_VALUE_ROUNDED);
    expect_text(table, UF_SWEDISH,
                "Löner\n\n"
                "Namn  Period  Värde (kr)\n"
                "----  ------  ----------\n"
                "a       2017         1,0\n"
                "b       2017         2,0\n"
                "Hela kolumnen Värde: avrundad av källan\n");
    uf_table_free(table);
}

static void column_without_values_is_named_and_not_shown(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    assert_ok(uf_table_add_column(table, "event_time", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "start", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    add_row(table, "a", 1, UF_VALUE_OBSERVED);
    assert_ok(uf_table_set_number(table, 0, 5, 12345, &error), &error); /* an amount, not a year */
    expect_text(table, UF_SWEDISH,
                "Löner\n\n"
                "Namn  Period  Värde (kr)  Vid periodens början\n"
                "----  ------  ----------  --------------------\n"
                "a       2017         1,0                12\u00A0345\n"
                "Kolumner utan värden, visas inte: Tid sedan start\n");
    /* a reason is something to show */
    assert_ok(uf_table_set_value(table, 0, 4, NAN, UF_VALUE_SUPPRESSED, &error), &error);
    char *text;
    assert_ok(uf_table_to_text(table, UF_SWEDISH, &text, &error), &error);
    assert_non_null(strstr(text, "x: undertryckt av röjandeskäl\n"));
    assert_null(strstr(text, "visas inte"));
    free(text);
    uf_table_free(table);
}

/* The average over cohorts, and one of them. */
static void averages_are_named_by_what_they_are_of(void **state)
{
    (void)state;
    struct uf_table *table;
    size_t row;
    assert_ok(uf_table_new("estimates", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "term", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "group", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_row(table, &row, &error), &error);
    assert_ok(uf_table_set_text(table, row, 0, "group", &error), &error);
    assert_ok(uf_table_add_row(table, &row, &error), &error);
    assert_ok(uf_table_set_text(table, row, 0, "group", &error), &error);
    assert_ok(uf_table_set_text(table, row, 1, "2012", &error), &error);
    char *text;
    assert_ok(uf_table_to_text(table, UF_ENGLISH, &text, &error), &error);
    assert_non_null(strstr(text, "\nAverage over cohorts"));
    assert_non_null(strstr(text, "\nCohort                2012"));
    free(text);
    uf_table_free(table);
}

static void labels_cannot_steer_the_terminal(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    add_row(table, "\x1b[31mred\nnext\tcell\xff", 1, UF_VALUE_OBSERVED);
    char *text;
    assert_ok(uf_table_to_text(table, UF_ENGLISH, &text, &error), &error);
    assert_null(strchr(text, '\x1b'));
    assert_non_null(strstr(text, "\uFFFD[31mred next cell\uFFFD  "));
    free(text);
    uf_table_free(table);
}

static void no_rows_is_said(void **state)
{
    (void)state;
    struct uf_table *table = new_table();
    expect_text(
        table, UF_SWEDISH,
        "Löner\n\nNamn  Period  Värde (kr)  Anmärkning\n----  ------  ----------  ----------\nInga rader.\n");
    uf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns_line_up_in_each_language),
                                       cmocka_unit_test(remark_of_a_whole_column_is_told_once),
                                       cmocka_unit_test(column_without_values_is_named_and_not_shown),
                                       cmocka_unit_test(averages_are_named_by_what_they_are_of),
                                       cmocka_unit_test(labels_cannot_steer_the_terminal),
                                       cmocka_unit_test(no_rows_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

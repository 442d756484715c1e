// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <string.h>
#include <utfall/report.h>

static struct uf_error error;

/* One row for each character of `counts`, `.` a missing count and `x` one that the source withheld; the share
 * column follows the count. The region changes at a `|`; a `T` in front marks a row of the total. */
static struct uf_table *new_table(const char *counts)
{
    struct uf_table *table;
    assert_ok(uf_table_new("firms", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "region", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "sector", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "period", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "n", UF_COLUMN_NUMBER, NULL, 0, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "share", UF_COLUMN_NUMBER, NULL, 2, NULL, &error), &error);
    char region[] = "A", sector[] = "a";
    bool is_total = false;
    for (const char *c = counts; *c != '\0'; c++) {
        if (*c == '|') {
            region[0]++;
            sector[0] = 'a';
        }
        if (*c == 'T') is_total = true;
        if (*c == '|' || *c == 'T') continue;
        size_t row;
        assert_ok(uf_table_add_row(table, &row, &error), &error);
        assert_ok(uf_table_set_text(table, row, 0, region, &error), &error);
        assert_ok(uf_table_set_text(table, row, 1, is_total ? "TOTAL" : sector, &error), &error);
        assert_ok(uf_table_set_number(table, row, 2, 2017, &error), &error);
        uf_value_status status = *c == '.'   ? UF_VALUE_NOT_AVAILABLE
                                 : *c == 'x' ? UF_VALUE_CONFIDENTIAL
                                             : UF_VALUE_OBSERVED;
        double n = status == UF_VALUE_OBSERVED ? *c - '0' : NAN;
        assert_ok(uf_table_set_value(table, row, 3, n, status, &error), &error);
        assert_ok(uf_table_set_value(table, row, 4, n / 10, status, &error), &error);
        sector[0]++;
        is_total = false;
    }
    return table;
}

static const char *const by_region[] = {"region"};

static struct uf_disclosure_rule new_rule(bool totals_shown)
{
    return (struct uf_disclosure_rule){.threshold = 3,
                                       .count = "n",
                                       .totals_shown = totals_shown,
                                       .group = by_region,
                                       .n_group = 1,
                                       .total_column = "sector",
                                       .total_value = "TOTAL",
                                       .action = UF_DISCLOSURE_SUPPRESS};
}

/* Suppresses, and compares what is left: `#` for a hidden row. */
static void expect_left(const char *counts, bool totals_shown, const char *left)
{
    struct uf_table *table = new_table(counts);
    struct uf_disclosure_rule rule = new_rule(totals_shown);
    struct uf_disclosure_summary summary;
    assert_ok(uf_disclosure_check(table, &rule, &summary, &error), &error);
    char found[64];
    size_t hidden = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        uf_value_status status = uf_table_value_status(table, i, 3);
        double n = uf_table_number(table, i, 3);
        found[i] = status == UF_VALUE_SUPPRESSED      ? '#'
                   : status == UF_VALUE_NOT_AVAILABLE ? '.'
                   : status == UF_VALUE_CONFIDENTIAL  ? 'x'
                                                      : (char)('0' + (int)n);
        hidden += status == UF_VALUE_SUPPRESSED;
        /* the share goes with the count, the period stays */
        assert_int_equal(uf_table_value_status(table, i, 4), status);
        assert_true(uf_table_number(table, i, 2) == 2017);
    }
    found[uf_table_rows(table)] = '\0';
    assert_string_equal(found, left);
    assert_int_equal(hidden, summary.n_below + summary.n_unknown + summary.n_secondary);
    uf_table_free(table);
}

static void small_counts_are_hidden_and_zeros_stay(void **state)
{
    (void)state;
    expect_left("01234", false, "0##34");
    expect_left("0345", false, "0345");
    expect_left("", false, "");
}

static void one_hidden_cell_takes_another_with_it(void **state)
{
    (void)state;
    expect_left("2579", true, "##79");          /* the smallest of the others */
    expect_left("2579|3456", true, "##793456"); /* groups by themselves */
    expect_left("2059", true, "#0#9");          /* a count rather than a zero */
    expect_left("200", true, "##0");            /* a zero where nothing else is left */
    expect_left("T92070", true, "9#0#0");       /* the total stays and is no hiding place */
}

static void sums_that_pin_the_hidden_cells_are_broken(void **state)
{
    (void)state;
    expect_left("1189", true, "###9"); /* 1 + 1 = 2 can be nothing else */
    expect_left("2289", true, "###9"); /* 2 + 2 = 4 neither, below 3 */
    expect_left("1289", true, "##89"); /* 1 + 2 or 2 + 1: not known */
}

static void hidden_total_or_unknown_cell_already_protects(void **state)
{
    (void)state;
    expect_left("T2200", true, "##00"); /* no total to subtract from */
    expect_left("T9.25", true, "9.#5"); /* a cell that nobody knows is cover */
}

static void cell_withheld_by_the_source_is_protected_too(void **state)
{
    (void)state;
    expect_left("x579", true, "x#79");
    expect_left("x579", false, "x579");
    expect_left(".579", true, ".579"); /* not available is no secret */
}

static void row_with_values_but_no_count_cannot_be_judged(void **state)
{
    (void)state;
    struct uf_table *table = new_table("5.7");
    struct uf_disclosure_rule rule = new_rule(false);
    assert_ok(uf_table_set_number(table, 1, 4, 0.3, &error), &error);
    rule.action = UF_DISCLOSURE_REFUSE;
    assert_int_equal(uf_disclosure_check(table, &rule, NULL, &error), UF_REFUSED_DISCLOSURE);
    assert_non_null(strstr(error.message, "1 row with an unknown count: A / b / 2017"));
    rule.action = UF_DISCLOSURE_SUPPRESS;
    struct uf_disclosure_summary summary;
    assert_ok(uf_disclosure_check(table, &rule, &summary, &error), &error);
    assert_int_equal(summary.n_unknown, 1);
    assert_int_equal(uf_table_value_status(table, 1, 4), UF_VALUE_SUPPRESSED);
    uf_table_free(table);
}

static void refusal_names_rows_and_not_counts(void **state)
{
    (void)state;
    struct uf_table *table = new_table("2579|11111119");
    struct uf_disclosure_rule rule = new_rule(true);
    rule.action = UF_DISCLOSURE_REFUSE;
    struct uf_disclosure_summary summary = {.n_below = 77};
    assert_int_equal(uf_disclosure_check(table, &rule, &summary, &error), UF_REFUSED_DISCLOSURE);
    assert_int_equal(uf_status_exit_code(UF_REFUSED_DISCLOSURE), 5);
    assert_int_equal(summary.n_below, 77); /* untouched */
    assert_non_null(strstr(error.message, "8 rows below the threshold: A / a / 2017, B / a / 2017, "));
    assert_non_null(strstr(error.message,
                           " and 3 more; 2 rows that would give these away by subtraction: A / b / 2017, "
                           "B / h / 2017. "));
    for (size_t i = 0; i < uf_table_rows(table); i++)
        assert_int_equal(uf_table_value_status(table, i, 3), UF_VALUE_OBSERVED);
    uf_table_free(table);
}

static void group_with_nothing_to_hide_behind_is_refused_whole(void **state)
{
    (void)state;
    struct uf_table *table = new_table("579|1");
    struct uf_disclosure_rule rule = new_rule(true);
    assert_int_equal(uf_disclosure_check(table, &rule, NULL, &error), UF_REFUSED_DISCLOSURE);
    assert_non_null(strstr(error.message, "the group of B / a / 2017"));
    assert_true(uf_table_number(table, 3, 3) == 1);
    uf_table_free(table);
}

static void unit_of_the_count_and_guarded_columns_are_heeded(void **state)
{
    (void)state;
    struct uf_table *table = new_table("2579");
    struct uf_disclosure_rule rule = new_rule(false);
    struct uf_disclosure_summary summary;
    rule.count_unit = 1000; /* 2 thousand persons */
    assert_ok(uf_disclosure_check(table, &rule, &summary, &error), &error);
    assert_int_equal(summary.n_below, 0);
    static const char *const guarded[] = {"n"};
    rule.count_unit = 0;
    rule.guarded = guarded;
    rule.n_guarded = 1;
    assert_ok(uf_disclosure_check(table, &rule, &summary, &error), &error);
    assert_int_equal(summary.n_below, 1);
    assert_int_equal(uf_table_value_status(table, 0, 3), UF_VALUE_SUPPRESSED);
    assert_true(uf_table_number(table, 0, 4) == 0.2);
    uf_table_free(table);
}

static void whole_table_can_be_one_group(void **state)
{
    (void)state;
    struct uf_table *table = new_table("2|5|7");
    struct uf_disclosure_rule rule = new_rule(true);
    rule.n_group = 0;
    struct uf_disclosure_summary summary;
    assert_ok(uf_disclosure_check(table, &rule, &summary, &error), &error);
    assert_int_equal(summary.n_secondary, 1);
    assert_int_equal(uf_table_value_status(table, 1, 3), UF_VALUE_SUPPRESSED);
    uf_table_free(table);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    struct uf_table *table = new_table("25");
    struct uf_disclosure_rule rule = new_rule(false);
    rule.count = "firms";
    assert_int_equal(uf_disclosure_check(table, &rule, NULL, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "no column 'firms'"));
    rule.count = "sector";
    assert_int_equal(uf_disclosure_check(table, &rule, NULL, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "not a column of numbers"));
    rule = new_rule(false);
    assert_ok(uf_table_set_number(table, 1, 3, -1, &error), &error);
    assert_int_equal(uf_disclosure_check(table, &rule, NULL, &error), UF_BAD_INPUT);
    enum uf_disclosure_action action = UF_DISCLOSURE_SUPPRESS;
    assert_int_equal(uf_disclosure_action_parse("hide", &action, &error), UF_BAD_USAGE);
    assert_int_equal(action, UF_DISCLOSURE_SUPPRESS);
    assert_ok(uf_disclosure_action_parse("refuse", &action, &error), &error);
    assert_int_equal(action, UF_DISCLOSURE_REFUSE);
    uf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(small_counts_are_hidden_and_zeros_stay),
                                       cmocka_unit_test(one_hidden_cell_takes_another_with_it),
                                       cmocka_unit_test(sums_that_pin_the_hidden_cells_are_broken),
                                       cmocka_unit_test(hidden_total_or_unknown_cell_already_protects),
                                       cmocka_unit_test(cell_withheld_by_the_source_is_protected_too),
                                       cmocka_unit_test(row_with_values_but_no_count_cannot_be_judged),
                                       cmocka_unit_test(refusal_names_rows_and_not_counts),
                                       cmocka_unit_test(group_with_nothing_to_hide_behind_is_refused_whole),
                                       cmocka_unit_test(unit_of_the_count_and_guarded_columns_are_heeded),
                                       cmocka_unit_test(whole_table_can_be_one_group),
                                       cmocka_unit_test(mistakes_are_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

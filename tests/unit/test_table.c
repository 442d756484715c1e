// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <utfall/result.h>

static struct uf_table *three_regions(void)
{
    struct uf_table *table;
    struct uf_error error;
    size_t row;
    assert_ok(uf_table_new("regions", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "code", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "value", UF_COLUMN_NUMBER, "%", 1, NULL, &error), &error);
    static const char *const codes[] = {"20", "03", "17"};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(uf_table_add_row(table, &row, &error), &error);
        assert_ok(uf_table_set_text(table, row, 0, codes[i], &error), &error);
    }
    assert_ok(uf_table_set_number(table, 0, 1, 2.5, &error), &error);
    assert_ok(uf_table_set_value(table, 1, 1, NAN, UF_VALUE_CONFIDENTIAL, &error), &error);
    assert_ok(uf_table_set_number(table, 2, 1, 7, &error), &error);
    return table;
}

static void missing_keeps_its_reason(void **state)
{
    (void)state;
    struct uf_table *table = three_regions();
    struct uf_error error;
    assert_true(isnan(uf_table_number(table, 1, 1)));
    assert_int_equal(uf_table_value_status(table, 1, 1), UF_VALUE_CONFIDENTIAL);
    assert_ok(uf_table_set_number(table, 1, 1, NAN, &error), &error); /* NaN never stands alone */
    assert_true(uf_value_is_missing(uf_table_value_status(table, 1, 1)));
    assert_ok(uf_table_set_value(table, 1, 1, 5, UF_VALUE_SUPPRESSED, &error),
              &error); /* missing is never a number */
    assert_true(isnan(uf_table_number(table, 1, 1)));
    assert_int_equal(uf_table_set_number(table, 9, 1, 1, &error), UF_INTERNAL);
    assert_int_equal(uf_table_set_number(table, 0, 0, 1, &error), UF_INTERNAL);
    assert_int_equal(uf_table_add_column(table, "code", UF_COLUMN_TEXT, NULL, -1, NULL, &error), UF_INTERNAL);
    uf_table_free(table);
}

static void sorting_is_stable_with_missing_last(void **state)
{
    (void)state;
    struct uf_table *table = three_regions();
    struct uf_error error;
    for (int descending = 0; descending < 2; descending++) {
        assert_ok(uf_table_sort(table, 1, descending, &error), &error);
        assert_string_equal(uf_table_text(table, 0, 0), descending ? "17" : "20");
        assert_string_equal(uf_table_text(table, 2, 0), "03");
        assert_int_equal(uf_table_value_status(table, 2, 1), UF_VALUE_CONFIDENTIAL);
    }
    assert_ok(uf_table_sort(table, 0, false, &error), &error);
    assert_string_equal(uf_table_text(table, 0, 0), "03");
    const _Bool keep[] = {false, true, true};
    struct uf_table *some;
    assert_ok(uf_table_filter(table, "some", keep, &some, &error), &error);
    assert_int_equal(uf_table_rows(some), 2);
    assert_string_equal(uf_table_text(some, 0, 0), "17");
    assert_string_equal(uf_table_column_unit(some, 1), "%");
    uf_table_free(some);
    uf_table_free(table);
}

static void columns_may_come_after_rows(void **state)
{
    (void)state;
    struct uf_table *table = three_regions();
    struct uf_error error;
    size_t column, row;
    assert_ok(uf_table_add_column(table, "note", UF_COLUMN_TEXT, NULL, -1, &column, &error), &error);
    assert_null(uf_table_text(table, 2, column));
    for (size_t i = 0; i < 100; i++) assert_ok(uf_table_add_row(table, &row, &error), &error);
    assert_ok(uf_table_set_text(table, row, column, "last", &error), &error);
    assert_string_equal(uf_table_text(table, 102, column), "last");
    uf_table_free(table);
}

static void results_collect_notes_tables_and_ledger(void **state)
{
    (void)state;
    struct uf_result result;
    struct uf_error error;
    uf_result_init(&result);
    for (size_t i = 0; i < 20; i++)
        assert_ok(uf_result_add_note(&result, UF_SWEDISH, i == 19 ? UF_FATAL : UF_NOTE,
                                     i == 19 ? "no-control" : "fine", (struct uf_words){"{0}", "nr {0}"},
                                     (struct uf_words){0}, (struct uf_argument[]){uf_count_argument(i)}, 1,
                                     &error),
                  &error);
    assert_true(uf_result_has_fatal(&result));
    assert_string_equal(uf_result_note(&result, "no-control")->text, "nr 19");
    assert_null(uf_result_note(&result, "absent"));
    for (size_t i = 0; i < 9; i++) assert_ok(uf_result_add_ledger(&result, "a", "b", 10, 9, &error), &error);
    assert_int_equal(result.ledger[8].rows_after, 9);
    assert_ok(uf_result_take_table(&result, three_regions(), &error), &error);
    assert_non_null(uf_result_table(&result, "regions"));
    uf_result_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_keeps_its_reason),
        cmocka_unit_test(sorting_is_stable_with_missing_last),
        cmocka_unit_test(columns_may_come_after_rows),
        cmocka_unit_test(results_collect_notes_tables_and_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/report.h>

static struct uf_error error;

static json_t *parse(const struct uf_table *table)
{
    char *text;
    assert_ok(uf_table_to_json(table, &text, &error), &error);
    json_error_t where;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (root == NULL) fail_msg("line %d: %s\n%s", where.line, where.text, text);
    free(text);
    return root;
}

static void values_types_and_reasons_come_back(void **state)
{
    (void)state;
    struct uf_table *table;
    assert_ok(uf_table_new("lq", &table, &error), &error);
    assert_ok(uf_table_set_title(table, "Kvot", &error), &error);
    assert_ok(uf_table_add_column(table, "code", UF_COLUMN_TEXT, NULL, -1, NULL, &error), &error);
    assert_ok(uf_table_add_column(table, "x", UF_COLUMN_NUMBER, "kr", 1, NULL, &error), &error);
    static const double values[] = {0.1 + 0.2, NAN, INFINITY, 5e-324, 12};
    static const uf_value_status statuses[] = {UF_VALUE_OBSERVED, UF_VALUE_CONFIDENTIAL, UF_VALUE_OBSERVED,
                                               UF_VALUE_OBSERVED, UF_VALUE_ESTIMATED | UF_VALUE_BREAK};
    for (size_t i = 0; i < 5; i++) {
        assert_ok(uf_table_add_row(table, NULL, &error), &error);
        if (i > 0) assert_ok(uf_table_set_text(table, i, 0, "01", &error), &error);
        assert_ok(uf_table_set_value(table, i, 1, values[i], statuses[i], &error), &error);
    }
    json_t *root = parse(table);
    assert_string_equal(json_string_value(json_object_get(root, "name")), "lq");
    assert_string_equal(json_string_value(json_object_get(root, "title")), "Kvot");
    const json_t *column = json_array_get(json_object_get(root, "columns"), 1);
    assert_string_equal(json_string_value(json_object_get(column, "type")), "number");
    assert_string_equal(json_string_value(json_object_get(column, "unit")), "kr");
    const json_t *rows = json_object_get(root, "rows");
    assert_int_equal(json_array_size(rows), 5);
    for (size_t i = 0; i < 5; i++) {
        const json_t *x = json_object_get(json_array_get(rows, i), "x");
        if (isfinite(values[i]))
            assert_true(json_number_value(x) == values[i]); /* to the last bit */
        else
            assert_true(json_is_null(x));
    }
    assert_true(json_is_null(json_object_get(json_array_get(rows, 0), "code")));
    const json_t *missing = json_object_get(root, "missing");
    assert_int_equal(json_array_size(missing), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(missing, 0), "row")), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(missing, 0), "reason")),
                        "confidential");
    assert_string_equal(json_string_value(json_object_get(json_array_get(missing, 1), "reason")), "Inf");
    const json_t *remarks = json_object_get(root, "remarks");
    assert_int_equal(json_array_size(remarks), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(remarks, 0), "remark")),
                        "estimated+break");
    json_decref(root);
    uf_table_free(table);
}

static void any_text_survives(void **state)
{
    (void)state;
    static const char *const nasty[] = {
        "\"quoted\" \\ back", "line\nbreak\ttab\r", "\x01\x1f\x7f", "å ä ö 𝄞", "</script>&`$(id)`", ""};
    struct uf_table *table;
    assert_ok(uf_table_new("na\"sty\\", &table, &error), &error);
    assert_ok(uf_table_add_column(table, "te\"xt", UF_COLUMN_TEXT, "<&>\"", -1, NULL, &error), &error);
    for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
        assert_ok(uf_table_add_row(table, NULL, &error), &error);
        assert_ok(uf_table_set_text(table, i, 0, nasty[i], &error), &error);
    }
    json_t *root = parse(table);
    for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
        const json_t *row = json_array_get(json_object_get(root, "rows"), i);
        assert_string_equal(json_string_value(json_object_get(row, "te\"xt")), nasty[i]);
    }
    json_decref(root);
    /* bytes that are not UTF-8 do not make the file unreadable */
    assert_ok(uf_table_set_text(table, 0, 0, "G\xe4vle", &error), &error);
    root = parse(table);
    const json_t *row = json_array_get(json_object_get(root, "rows"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "te\"xt")), "G\uFFFDvle");
    json_decref(root);
    uf_table_free(table);
}

static void empty_table_is_valid(void **state)
{
    (void)state;
    struct uf_table *table;
    assert_ok(uf_table_new("none", &table, &error), &error);
    json_t *root = parse(table);
    assert_int_equal(json_array_size(json_object_get(root, "rows")), 0);
    assert_true(json_is_null(json_object_get(root, "title")));
    json_decref(root);
    uf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_types_and_reasons_come_back),
                                       cmocka_unit_test(any_text_survives),
                                       cmocka_unit_test(empty_table_is_valid)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

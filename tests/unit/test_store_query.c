// SPDX-License-Identifier: GPL-3.0-or-later
/* Reading with SQL, the functions in it, and the map of codes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/codes.h"
#include "support/store_fixture.h"
#include "support/test.h"

static void columns_get_types(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_table *table;
    const char *parameters[] = {"nuts3"};
    assert_ok(uf_store_query(
                  store,
                  "SELECT code, valid_from, length(code) AS n, NULL AS unset, upper(code) AS up FROM regions"
                  " WHERE level = ?1 ORDER BY code",
                  parameters, 1, &table, &error),
              &error);
    assert_int_equal(uf_table_rows(table), 4);
    assert_int_equal(uf_table_column_type(table, 0), UF_COLUMN_TEXT);
    assert_int_equal(uf_table_column_type(table, 1), UF_COLUMN_NUMBER);
    assert_int_equal(uf_table_column_type(table, 2), UF_COLUMN_NUMBER);
    assert_int_equal(uf_table_column_type(table, 3), UF_COLUMN_NUMBER);
    assert_int_equal(uf_table_column_type(table, 4), UF_COLUMN_TEXT);
    assert_string_equal(uf_table_text(table, 0, 0), "SE110");
    assert_true(isnan(uf_table_number(table, 0, 1)));
    expect_close(uf_table_number(table, 0, 2), 5, 0, "length");
    uf_table_free(table);
    assert_ok(uf_store_query(store, "SELECT code, valid_from FROM regions WHERE 0", NULL, 0, &table, &error),
              &error);
    assert_int_equal(uf_table_rows(table), 0);
    assert_int_equal(uf_table_columns(table), 2);
    uf_table_free(table);
    uf_store_close(store);
}

static void only_reading_is_allowed(void **state)
{
    (void)state;
    static const char *const FORBIDDEN[] = {
        "DELETE FROM region",
        "INSERT INTO sector VALUES (99, 'x', 'x', NULL, 'x', 'x')",
        "CREATE TABLE t (x)",
        "ATTACH '/tmp/x.db' AS x",
        "BEGIN",
        "VACUUM",
        "SELECT 1; DELETE FROM region",
        "SELECT 1; SELECT 2",
        "UPDATE region SET code = 'x' RETURNING code",
        "",
        "SELEC 1",
        "SELECT nosuch FROM region",
        "SELECT nosuchfunction(1)",
        "SELECT 1 AS a, 2 AS a",
        "SELECT ?1",
        "SELECT load_extension('x')",
    };
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_table *table = NULL;
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof *FORBIDDEN; i++) {
        if (uf_store_query(store, FORBIDDEN[i], NULL, 0, &table, &error) != UF_BAD_USAGE)
            fail_msg("allowed: %s", FORBIDDEN[i]);
        assert_null(table);
    }
    assert_int_equal(uf_store_query(store, "SELECT 1 AS a UNION ALL SELECT 'b'", NULL, 0, &table, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "both numbers and texts"));
    expect_close(query_number(store, "SELECT count(*) FROM regions; "), 12, 0, "nothing was changed");
    uf_store_close(store);
}

static void functions_give_null_for_no_number(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    expect_close(query_number(store, "SELECT ln(2.0)"), log(2), 0, "ln");
    expect_close(query_number(store, "SELECT log10(1000)"), 3, 1e-15, "log10");
    expect_close(query_number(store, "SELECT exp(1)"), exp(1), 0, "exp");
    expect_close(query_number(store, "SELECT sqrt(2)"), sqrt(2), 0, "sqrt");
    expect_close(query_number(store, "SELECT power(2, 0.5)"), sqrt(2), 1e-15, "power");
    static const char *const NOTHING[] = {"ln(NULL)",       "ln(0)",           "ln(-1)",   "ln('12,5')",
                                          "sqrt(-1)",       "exp(1e9)",        "log10(0)", "power(-1, 0.5)",
                                          "power(NULL, 1)", "power(10, 1e9)",  "1 / 0",    "1.0 / 0.0",
                                          "exp(NULL)",      "power(1, 'text')"};
    for (size_t i = 0; i < sizeof NOTHING / sizeof *NOTHING; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT (%s) IS NULL", NOTHING[i]);
        if (query_number(store, sql) != 1) fail_msg("%s is not NULL", NOTHING[i]);
    }
    uf_store_close(store);
}

static void codes_are_found_again(void **state)
{
    (void)state;
    struct uf_codes codes;
    struct uf_error error;
    uf_codes_init(&codes);
    int64_t value = -7;
    assert_false(uf_codes_find(&codes, "x", 1, &value));
    char key[32];
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(key, sizeof key, "code%d", i);
        assert_ok(uf_codes_put(&codes, key, (size_t)n, i, &error), &error);
    }
    assert_ok(uf_codes_put(&codes, "code7 and more", 5, 700, &error),
              &error); /* the first five bytes count */
    assert_int_equal(codes.count, 5000);
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(key, sizeof key, "code%d", i);
        assert_true(uf_codes_find(&codes, key, (size_t)n, &value));
        assert_int_equal(value, i == 7 ? 700 : i);
    }
    assert_false(uf_codes_find(&codes, "code", 4, &value));
    assert_false(uf_codes_find(&codes, "code5000", 8, &value));
    uf_codes_clear(&codes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_get_types), cmocka_unit_test(only_reading_is_allowed),
        cmocka_unit_test(functions_give_null_for_no_number), cmocka_unit_test(codes_are_found_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* What a dry run says of a file. */
#include <stdint.h>
#include <string.h>

#include "import/import.h"
#include "support/store_fixture.h"
#include "support/test.h"

static struct uf_error error;

static struct uf_import_description describe(struct uf_store *store, const char *text,
                                             const struct uf_import_request *request)
{
    struct uf_input *input;
    struct uf_import_description description = {0};
    const struct uf_import_request plain = {.path = "f.csv"};
    assert_ok(uf_input_open_memory("f.csv", text, strlen(text), NULL, &input, &error), &error);
    uf_status status =
        uf_import_describe_input(store, input, request ? request : &plain, &description, &error);
    uf_input_close(input);
    assert_ok(status, &error);
    return description;
}

static const char *cell(const struct uf_table *table, size_t row, const char *column)
{
    return uf_table_text(table, row, uf_table_column(table, column));
}

static void a_file_is_described(void **state)
{
    (void)state;
    static const char TEXT[] =
        "region;k\xC3\xB6n;enhet;2017;2018\n\"20 Dalarnas l\xC3\xA4n\";m\xC3\xA4n;st;1,5;..\n"
        "\"20 Dalarnas l\xC3\xA4n\";kvinnor;st;2,5;3\n\"21 G\xC3\xA4vleborgs "
        "l\xC3\xA4n\";m\xC3\xA4n;st;..;x\n"
        "\"21 G\xC3\xA4vleborgs l\xC3\xA4n\";kvinnor;st;3;4\n";
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_description d = describe(store, TEXT, NULL);
    assert_string_equal(d.format, "csv-wide");
    assert_string_equal(d.encoding, "utf-8");
    assert_int_equal(d.delimiter, ';');
    assert_int_equal(d.decimal, ',');
    assert_int_equal(d.cells, 8);
    assert_int_equal(d.needs.count, 0);
    assert_int_equal(uf_table_rows(d.dimensions), 4);
    static const char *const ROLES[] = {"region", "breakdown", "constant", "period"};
    static const double CODES[] = {2, 2, 1, 2};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(cell(d.dimensions, i, "role"), ROLES[i]);
        expect_close(uf_table_number(d.dimensions, i, uf_table_column(d.dimensions, "codes")), CODES[i], 0,
                     "codes");
    }
    assert_int_equal(uf_table_rows(d.missing), 2);
    assert_string_equal(cell(d.missing, 0, "sign"), "..");
    assert_string_equal(cell(d.missing, 0, "meaning"), "not-available");
    expect_close(uf_table_number(d.missing, 0, 2), 2, 0, "counted");
    assert_string_equal(cell(d.missing, 1, "meaning"), "suppressed");
    assert_int_equal(uf_table_rows(d.rows), 5);
    expect_close(uf_table_number(d.rows, 0, uf_table_column(d.rows, "value")), 1.5, 0, "first value");
    assert_non_null(strstr(
        d.study_source, "dimensions: {region: \"region\", period: \"period\", breakdown: [\"k\xC3\xB6n\"]}"));
    size_t count = 1;
    assert_ok(uf_store_count(store, NULL, &count, &error), &error);
    assert_int_equal(count, 0);
    uf_import_description_clear(&d);
    uf_store_close(store);
}

static bool needs(const struct uf_import_description *d, const char *words)
{
    for (size_t i = 0; i < d->needs.count; i++)
        if (strstr(d->needs.items[i], words)) return true;
    return false;
}

static void what_is_lacking_is_said(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_import_description d = describe(store, "place,unit,kind,value\na,THS,p,1\nb,PC,q,2\n", NULL);
    assert_true(needs(&d, "no column of periods is found"));
    assert_true(needs(&d, "no column of regions is found"));
    assert_true(needs(&d, "--keep unit=THS"));
    assert_non_null(strstr(d.study_source, "# needed: dimensions: {region: COLUMN}, or region-is: CODE"));
    uf_import_description_clear(&d);
    d = describe(store, "geo,year,value\n20,2018,1\nSEZZ,2018,2\n21,2018,3\n", NULL);
    assert_true(needs(&d, "1 cells are of regions that the store does not know, such as SEZZ"));
    assert_int_equal(d.needs.count, 1);
    uf_import_description_clear(&d);
    const struct uf_import_request add = {.path = "f.csv", .unknown_regions = UF_UNKNOWN_ADD};
    d = describe(store, "geo,year,value\n20,2018,1\nSEZZ,2018,2\n21,2018,3\n", &add);
    assert_int_equal(d.needs.count, 0);
    assert_non_null(strstr(d.study_source, "unknown-regions: \"add\""));
    uf_import_description_clear(&d);
    const struct uf_dimension_role value = {UF_ROLE_VALUE, "value"};
    const struct uf_import_request named = {.path = "f.csv", .roles = &value, .n_roles = 1};
    d = describe(store, "geo,year,value\n20,2018,1\n21,2018,abc\n21,2019,2\n", &named);
    assert_true(needs(&d, "1 values are no numbers, the first of them 'abc' in line 3"));
    uf_import_description_clear(&d);
    uf_store_close(store);
}

static void wrong_wishes_are_refused(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_input *input;
    struct uf_import_description d;
    static const char TEXT[] = "geo,year,value\n20,2018,1\n";
    const struct uf_dimension_role role = {UF_ROLE_REGION, "goe"};
    const struct uf_import_request wrong = {.path = "f.csv", .roles = &role, .n_roles = 1};
    assert_ok(uf_input_open_memory("f.csv", TEXT, strlen(TEXT), NULL, &input, &error), &error);
    assert_int_equal(uf_import_describe_input(store, input, &wrong, &d, &error), UF_BAD_USAGE);
    expect_error(&error, UF_BAD_USAGE, 0, 0, "did you mean 'geo'?");
    uf_input_close(input);
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_described),
        cmocka_unit_test(what_is_lacking_is_said),
        cmocka_unit_test(wrong_wishes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>

#include "support/store_fixture.h"
#include "support/test.h"

static void expect_code(struct uf_store *store, const char *given, const char *expected)
{
    struct uf_error error;
    char *code;
    assert_ok(uf_store_resolve_region(store, given, &code, &error), &error);
    assert_string_equal(code, expected);
    free(code);
}

static void codes_and_aliases_mean_the_same(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    expect_code(store, "SE312", "SE312");
    expect_code(store, "20", "SE312");
    expect_code(store, "00", "SE");
    expect_code(store, "0180", "0180");
    uf_store_close(store);
}

static void expect_unknown(struct uf_store *store, const char *given, const char *suggestion)
{
    struct uf_error error;
    char *code;
    assert_int_equal(uf_store_resolve_region(store, given, &code, &error), UF_BAD_INPUT);
    if (!strstr(error.message, suggestion)) fail_msg("%s lacks %s", error.message, suggestion);
}

static void an_unknown_region_gets_a_suggestion(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    expect_unknown(store, "SE3I2", "did you mean 'SE312'?");
    expect_unknown(store, "Dalarna", "did you mean 'SE312' (Dalarna)?");
    expect_unknown(store, "Dalarnas lan", "did you mean 'SE312' (Dalarnas l\xC3\xA4n)?");
    expect_unknown(store, "XYZXYZXYZ", "unknown region 'XYZXYZXYZ'");
    expect_unknown(store, "", "missing");
    char *code = (char *)"untouched";
    assert_ok(uf_store_find_region(store, "XX", &code, &error), &error);
    assert_null(code);
    uf_store_close(store);
    struct uf_store *empty;
    assert_ok(uf_store_open(":memory:", UF_STORE_CREATE, &empty, &error), &error);
    expect_unknown(empty, "SE", "knows none yet");
    uf_store_close(empty);
}

static void an_alias_of_two_regions_is_ambiguous(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    char *code;
    expect_code(store, "21", "SE313");
    assert_ok(uf_store_put_region_alias(store, "21", "another scheme", "SE311", &error), &error);
    assert_int_equal(uf_store_resolve_region(store, "21", &code, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "different regions"));
    assert_int_equal(uf_store_put_region_alias(store, "20", "scb", "SE311", &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "already"));
    assert_ok(uf_store_put_region_alias(store, "20", "scb", "SE312", &error),
              &error); /* said twice is fine */
    uf_store_close(store);
}

static void a_code_goes_before_an_alias(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    expect_code(store, "17", "SE311");
    const struct uf_region odd = {.code = "17", .level = "fa", .parent = "SE", .name_sv = "Sjutton"};
    assert_ok(uf_store_put_region(store, &odd, &error), &error);
    expect_code(store, "17", "17");
    uf_store_close(store);
}

static void a_parent_stands_higher(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    struct uf_region region = {.code = "SE31", .level = "nuts2", .parent = "SE312", .name_sv = "x"};
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT); /* a circle */
    region.parent = "SE31";
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    region.parent = "SE9";
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    region = (struct uf_region){.code = "FA15", .level = "fa", .parent = "SE11", .name_sv = "x"};
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    region.parent = "SE";
    assert_ok(uf_store_put_region(store, &region, &error), &error);
    region.level = "nuts4";
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "unknown level 'nuts4'; did you mean 'nuts"));
    region = (struct uf_region){.code = "Q", .level = "country", .valid_from = 2000, .valid_to = 1990};
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    region.code = NULL;
    assert_int_equal(uf_store_put_region(store, &region, &error), UF_BAD_INPUT);
    uf_store_close(store);
}

static void levels_have_two_names(void **state)
{
    (void)state;
    struct uf_error error;
    const char *level;
    assert_ok(uf_store_resolve_level("county", &level, &error), &error);
    assert_string_equal(level, "nuts3");
    assert_ok(uf_store_resolve_level("nation", &level, &error), &error);
    assert_string_equal(level, "country");
    assert_int_equal(uf_store_resolve_level(NULL, &level, &error), UF_BAD_INPUT);
}

static void putting_again_renews(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    struct uf_error error;
    const struct uf_region region = {
        .code = "SE31", .level = "nuts2", .parent = "SE3", .name_sv = "Nytt", .valid_from = 1995};
    assert_ok(uf_store_put_region(store, &region, &error), &error);
    expect_text(store, "SELECT name_en FROM regions WHERE code = 'SE31'", "Nytt");
    expect_text(store, "SELECT short_name FROM regions WHERE code = 'SE31'", "Nytt");
    expect_close(query_number(store, "SELECT valid_from FROM regions WHERE code = 'SE31'"), 1995, 0,
                 "valid_from");
    expect_close(query_number(store, "SELECT count(*) FROM regions WHERE parent = 'SE31'"), 3, 0, "children");
    uf_store_close(store);
}

static void swedish_comes_last(void **state)
{
    (void)state;
    struct uf_store *store = store_with_regions(":memory:");
    expect_text(
        store,
        "SELECT group_concat(w, ' ') FROM (SELECT w FROM (SELECT '\xC3\x96rebro' AS w UNION ALL SELECT 'zon'"
        " UNION ALL SELECT '\xC3\xA4lv' UNION ALL SELECT '\xC3\x85ngermanland' UNION ALL SELECT 'Arvika'"
        " UNION ALL SELECT 'arkiv' UNION ALL SELECT 'id\xC3\xA9' UNION ALL SELECT 'idol' UNION ALL SELECT "
        "'ide')"
        " ORDER BY w COLLATE swedish)",
        "arkiv Arvika ide id\xC3\xA9 idol zon \xC3\x85ngermanland \xC3\xA4lv \xC3\x96rebro");
    expect_close(query_number(store, "SELECT '\xC3\xA9' = '\xC3\xA9' COLLATE swedish"), 1, 0, "equal");
    expect_close(query_number(store, "SELECT 'e' = '\xC3\xA9' COLLATE swedish"), 0, 0, "not the same");
    uf_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(codes_and_aliases_mean_the_same),
                                       cmocka_unit_test(an_unknown_region_gets_a_suggestion),
                                       cmocka_unit_test(an_alias_of_two_regions_is_ambiguous),
                                       cmocka_unit_test(a_code_goes_before_an_alias),
                                       cmocka_unit_test(a_parent_stands_higher),
                                       cmocka_unit_test(levels_have_two_names),
                                       cmocka_unit_test(putting_again_renews),
                                       cmocka_unit_test(swedish_comes_last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

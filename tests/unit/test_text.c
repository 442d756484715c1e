// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/language.h>
#include <utfall/text.h>

static void nearest_finds_slips_of_the_hand(void **state)
{
    (void)state;
    const char *const words[] = {"location-quotient", "shift-share", "did", "synthetic-control", "outcome"};
    assert_string_equal(uf_text_nearest("lokation-quotient", words, 5), "location-quotient");
    assert_string_equal(uf_text_nearest("shiftshare", words, 5), "shift-share");
    assert_string_equal(uf_text_nearest("ouctome", words, 5), "outcome");
    assert_string_equal(uf_text_nearest("DID", words, 5), "did");
    assert_null(uf_text_nearest("x", words, 5));
    assert_null(uf_text_nearest("regression", words, 5));
    assert_null(uf_text_nearest("", words, 5));
}

static void slugs_are_plain(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Smart industri i Norra Mellansverige", "smart-industri-i-norra-mellansverige"},
        {"Åre & Öland", "are-oland"},
        {"../../etc/passwd", "etc-passwd"},
        {"`rm -rf $(x)`", "rm-rf-x"},
        {"", "unnamed"},
        {"…", "unnamed"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *slug = uf_text_slug(cases[i][0]);
        assert_string_equal(slug, cases[i][1]);
        free(slug);
    }
}

static void knows_utf8(void **state)
{
    (void)state;
    assert_true(uf_text_is_utf8("åäö – ü", strlen("åäö – ü")));
    assert_false(uf_text_is_utf8("\xE5\xE4\xF6", 3)); /* Latin-1 */
    assert_false(uf_text_is_utf8("\xC3", 1));
    assert_false(uf_text_is_utf8("\xC0\xAF", 2));     /* overlong */
    assert_false(uf_text_is_utf8("\xED\xA0\x80", 3)); /* surrogate */
    assert_int_equal(uf_text_width("Gävleborg"), 9);
    char *composed;
    struct uf_error error;
    assert_ok(uf_text_normalise("A\u030Are", &composed, &error), &error);
    assert_string_equal(composed, "Åre");
    free(composed);
}

static void lists_split_and_trim(void **state)
{
    (void)state;
    struct uf_text_list list;
    uf_text_list_init(&list);
    assert_int_equal(uf_text_list_split(&list, " SE311, SE312 ,,SE313", ',', NULL), UF_OK);
    assert_int_equal(list.count, 3);
    assert_int_equal(uf_text_list_find(&list, "SE313"), 2);
    assert_true(uf_text_list_find(&list, "SE31") == SIZE_MAX);
    uf_text_list_clear(&list);
}

static void phrases_speak_both_languages(void **state)
{
    (void)state;
    const struct uf_words words = {"{0} of {1} controls; {{x}", "{0} av {1} kontroller, {2} procent"};
    const struct uf_argument arguments[] = {uf_count_argument(17), uf_text_argument("18"),
                                            uf_number_argument(94.44, 1)};
    char *text;
    struct uf_error error;
    assert_ok(uf_phrase(UF_ENGLISH, words, arguments, 3, &text, &error), &error);
    assert_string_equal(text, "17 of 18 controls; {x}");
    free(text);
    assert_ok(uf_phrase(UF_SWEDISH, words, arguments, 3, &text, &error), &error);
    assert_string_equal(text, "17 av 18 kontroller, 94,4 procent");
    free(text);
    assert_int_equal(uf_phrase(UF_SWEDISH, words, arguments, 2, &text, &error), UF_INTERNAL);
    /* a p-value is never nought */
    const struct uf_words p_words = {"p {0}", "p {0}"};
    const struct uf_argument p_values[] = {uf_p_value_argument(0.00049, 3), uf_p_value_argument(0.0005, 3)};
    assert_ok(uf_phrase(UF_SWEDISH, p_words, p_values, 1, &text, &error), &error);
    assert_string_equal(text, "p < 0,001");
    free(text);
    assert_ok(uf_phrase(UF_ENGLISH, p_words, p_values + 1, 1, &text, &error), &error);
    assert_string_equal(text, "p 0.001");
    free(text);
    /* a template inside an argument is only text */
    const struct uf_argument nasty[] = {uf_text_argument("{1}%s"), uf_text_argument("x"),
                                        uf_number_argument(1, 0)};
    assert_ok(uf_phrase(UF_ENGLISH, words, nasty, 3, &text, &error), &error);
    assert_string_equal(text, "{1}%s of x controls; {x}");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_finds_slips_of_the_hand),
        cmocka_unit_test(slugs_are_plain),
        cmocka_unit_test(knows_utf8),
        cmocka_unit_test(lists_split_and_trim),
        cmocka_unit_test(phrases_speak_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

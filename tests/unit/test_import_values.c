// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "import/values.h"
#include "support/test.h"

static const struct uf_value_rules POINT = {'.', ' ', false}, COMMA = {',', ' ', false},
                                   EUROSTAT = {'.', ' ', true};

static void expect_read(const struct uf_value_rules *rules, const char *text, const char *flags,
                        double expected, uf_value_status expected_status)
{
    double value;
    uf_value_status status;
    if (!uf_value_read(rules, text, strlen(text), flags, &value, &status)) fail_msg("not read: '%s'", text);
    expect_close(value, expected, 0, text);
    if (status != expected_status) fail_msg("'%s' has status %u, expected %u", text, status, expected_status);
}

static void expect_unread(const struct uf_value_rules *rules, const char *text, const char *flags)
{
    double value = 7;
    uf_value_status status = 7;
    if (uf_value_read(rules, text, strlen(text), flags, &value, &status)) fail_msg("read: '%s'", text);
    assert_true(value == 7 && status == 7);
}

static void signs_have_reasons(void **state)
{
    (void)state;
    expect_read(&POINT, "..", NULL, NAN, UF_VALUE_NOT_AVAILABLE);
    expect_read(&POINT, "...", NULL, NAN, UF_VALUE_NOT_AVAILABLE);
    expect_read(&POINT, ":", NULL, NAN, UF_VALUE_NOT_AVAILABLE);
    expect_read(&POINT, "", NULL, NAN, UF_VALUE_NOT_AVAILABLE);
    expect_read(&POINT, "  ", NULL, NAN, UF_VALUE_NOT_AVAILABLE);
    expect_read(&POINT, "NA", NULL, NAN, UF_VALUE_NOT_AVAILABLE);
    expect_read(&POINT, "na", NULL, NAN, UF_VALUE_NOT_AVAILABLE);
    expect_read(&POINT, ".", NULL, NAN, UF_VALUE_NOT_APPLICABLE);
    expect_read(&POINT, "..C", NULL, NAN, UF_VALUE_SUPPRESSED);
    expect_read(&POINT, "\xE2\x80\x93", NULL, 0, UF_VALUE_TRUE_ZERO);
    expect_read(&POINT, "-", NULL, 0, UF_VALUE_TRUE_ZERO);
    expect_read(&POINT, "0", NULL, 0, UF_VALUE_OBSERVED);
    expect_unread(&POINT, "okänt", NULL);
    expect_unread(&POINT, "--", NULL);
    expect_unread(&POINT, "1.2.3", NULL);
    expect_unread(&POINT, "inf", NULL);
    expect_unread(&POINT, "0x10", NULL);
}

static void numbers_follow_the_rules(void **state)
{
    (void)state;
    const struct uf_value_rules thousands = {'.', ',', false};
    expect_read(&POINT, "-12.5", NULL, -12.5, 0);
    expect_read(&POINT,
                "\xE2\x88\x92"
                "12.5",
                NULL, -12.5, 0);
    expect_read(&COMMA, "12,5", NULL, 12.5, 0);
    expect_read(&COMMA, "1 234 567,8", NULL, 1234567.8, 0);
    expect_read(&COMMA,
                "1\xC2\xA0"
                "234",
                NULL, 1234, 0);
    expect_read(&COMMA,
                "1\xE2\x80\x89"
                "234,5",
                NULL, 1234.5, 0);
    expect_read(&thousands, "1,234,567.8", NULL, 1234567.8, 0);
    expect_unread(&thousands, "1,5", NULL);
    expect_unread(&POINT, "12,5", NULL);
    expect_unread(&POINT, "1,234", NULL);
    expect_unread(&COMMA, "12.5", NULL);
    expect_unread(&POINT, "12 p", NULL); /* flags only where they are expected */
}

static void flags_stand_behind(void **state)
{
    (void)state;
    expect_read(&EUROSTAT, "12.3 bep", NULL, 12.3,
                UF_VALUE_BREAK | UF_VALUE_ESTIMATED | UF_VALUE_PROVISIONAL);
    expect_read(&EUROSTAT, "4700p", NULL, 4700, UF_VALUE_PROVISIONAL);
    expect_read(&EUROSTAT, "12.3 ", NULL, 12.3, 0);
    expect_read(&EUROSTAT, ": c", NULL, NAN, UF_VALUE_CONFIDENTIAL);
    expect_read(&EUROSTAT, ":c", NULL, NAN, UF_VALUE_CONFIDENTIAL);
    expect_read(&EUROSTAT, ": z", NULL, NAN, UF_VALUE_NOT_APPLICABLE);
    expect_read(&EUROSTAT, ": u", NULL, NAN, UF_VALUE_NOT_AVAILABLE | UF_VALUE_LOW_RELIABILITY);
    expect_read(&EUROSTAT, ": bu", NULL, NAN,
                UF_VALUE_NOT_AVAILABLE | UF_VALUE_LOW_RELIABILITY | UF_VALUE_BREAK);
    expect_read(&EUROSTAT, "5 d", NULL, 5, UF_VALUE_DEFINITION_DIFFERS);
    expect_read(&EUROSTAT, "5 f", NULL, 5, UF_VALUE_FORECAST);
    expect_read(&EUROSTAT, "5 s", NULL, 5, UF_VALUE_ESTIMATED);
    expect_read(&EUROSTAT, "5 n", NULL, 5, UF_VALUE_LOW_RELIABILITY);
    expect_read(&EUROSTAT, "5 r", NULL, 5, 0);
    expect_read(&EUROSTAT, "5 c", NULL, NAN, UF_VALUE_CONFIDENTIAL); /* not for use */
    expect_read(&EUROSTAT, "1e5", NULL, 1e5, 0);
    expect_unread(&EUROSTAT, "5 q", NULL);
    expect_unread(&EUROSTAT, "p", NULL);
    expect_unread(&EUROSTAT, "ab", NULL);
}

static void flags_stand_beside(void **state)
{
    (void)state;
    expect_read(&POINT, "5", "p", 5, UF_VALUE_PROVISIONAL);
    expect_read(&POINT, "5", "", 5, 0);
    expect_read(&POINT, "", "c", NAN, UF_VALUE_CONFIDENTIAL);
    expect_read(&POINT, "5", "estimated+break", 5, UF_VALUE_ESTIMATED | UF_VALUE_BREAK);
    expect_unread(&POINT, "5", "q?");
}

static uf_status decide(const char *const *cells, char asked, char delimiter, struct uf_value_rules *rules,
                        struct uf_error *error)
{
    struct uf_decimal_evidence evidence = {0};
    for (; *cells; cells++) uf_decimal_observe(&evidence, *cells, strlen(*cells), false);
    return uf_decimal_decide(&evidence, asked, delimiter, "file", rules, error);
}

static void the_decimal_mark_is_found_or_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *cells[8];
        char asked, delimiter, decimal, group; /* decimal 0: refused */
    } CASES[] = {{{"1.5", "2"}, 0, ';', '.', ' '},
                 {{"1,5", "2"}, 0, ';', ',', ' '},
                 {{"1.5", "2"}, 0, ';', '.', ' '}, /* quoted */
                 {{"1.234,5"}, 0, ';', ',', '.'},
                 {{"1,234.5"}, 0, ',', '.', ','},
                 {{"1,234,567"}, 0, ',', '.', ','},
                 {{"1,234", "12.5"}, 0, ',', '.', ','},
                 {{"20.882", "11.831"}, 0, ',', '.', ' '},
                 {{"0,123", "1,234"}, 0, ';', ',', ' '},
                 {{"20,882", "11,831"}, 0, ';', ',', ' '},
                 {{"1,234", "987"}, 0, ',', 0, 0},
                 {{"1,234", "987"}, '.', ',', '.', ','},
                 {{"19.000", "19.700", "20.400", "21.300", "22.500", "9.100"}, 0, ',', 0, 0},
                 {{"19,000", "19,700", "20,400", "21,300", "22,500", "9,100"}, 0, ';', 0, 0},
                 {{"19.000", "19.700"}, ',', ',', ',', '.'},
                 {{"1", "2", ".."}, 0, ';', '.', ' '},
                 {{"ett", "2019-01-01"}, 0, ',', '.', ' '}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct uf_value_rules rules = {0};
        struct uf_error error;
        uf_status status = decide(CASES[i].cells, CASES[i].asked, CASES[i].delimiter, &rules, &error);
        if (status != (CASES[i].decimal ? UF_OK : UF_BAD_INPUT))
            fail_msg("case %zu: status %d", i, (int)status);
        if (rules.decimal != CASES[i].decimal || rules.group != CASES[i].group)
            fail_msg("case %zu: '%c' and '%c'", i, rules.decimal, rules.group);
    }
    struct uf_value_rules rules;
    struct uf_error error;
    assert_int_equal(decide(CASES[0].cells, 'x', ',', &rules, &error), UF_BAD_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_have_reasons), cmocka_unit_test(numbers_follow_the_rules),
        cmocka_unit_test(flags_stand_behind), cmocka_unit_test(flags_stand_beside),
        cmocka_unit_test(the_decimal_mark_is_found_or_asked_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

static bool parse(const char *text, char decimal, double *out)
{
    return uf_number_parse(text, strlen(text), decimal, out);
}

static void reads_decimals_with_point_and_comma(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char decimal;
        double expected;
    } good[] = {{"0", '.', 0},
                {"-12.5", '.', -12.5},
                {"+7", '.', 7},
                {"12,5", ',', 12.5},
                {".5", '.', .5},
                {"5.", '.', 5},
                {"1e3", '.', 1000},
                {"\u22123,25", ',', -3.25},
                {"0.1", '.', 0.1},
                {"123456789012345678", '.', 123456789012345678.0},
                {"2.2250738585072014e-308", '.', 2.2250738585072014e-308},
                {"1.7976931348623157e308", '.', 1.7976931348623157e308},
                {"9007199254740993", '.', 9007199254740992.0},
                {"0.3000000000000000166", '.', 0.3}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = NAN;
        if (!parse(good[i].text, good[i].decimal, &value)) fail_msg("'%s' is a number", good[i].text);
        if (value != good[i].expected) fail_msg("'%s' gave %.17g", good[i].text, value);
    }
}

static void refuses_what_is_not_a_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    " 1",  "1 ",   "12,5",  "..",  "-",     "–",
                                      "nan", "inf", "0x10", "1e",    "1e+", "1_000", "1 000",
                                      "e5",  ".",   "--1",  "1.2.3", ": c", "1e999", "٣"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 42;
        if (parse(bad[i], '.', &value)) fail_msg("'%s' is not a number", bad[i]);
        assert_true(value == 42);
    }
}

static void reads_groups_of_three(void **state)
{
    (void)state;
    double value;
    const char *text = "1\u00A0234\u00A0567,8";
    assert_true(uf_number_parse_grouped(text, strlen(text), ',', ' ', &value));
    assert_true(value == 1234567.8);
    assert_true(uf_number_parse_grouped("-1,234.5", 8, '.', ',', &value));
    assert_true(value == -1234.5);
    assert_false(uf_number_parse_grouped("12,34.5", 7, '.', ',', &value));
    assert_false(uf_number_parse_grouped("1234,567", 8, '.', ',', &value));
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed;
}

/* Every finite double survives print and parse, in the C locale and in one with a decimal comma where it is
 * installed. */
static void prints_what_it_reads(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = next_random(&seed);
        double value, back = NAN;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) continue;
        char text[UF_NUMBER_SIZE];
        uf_number_print(value, text);
        if (!parse(text, '.', &back) || back != value)
            fail_msg("%.17g printed as %s read as %.17g", value, text, back);
    }
    char text[UF_NUMBER_SIZE];
    assert_string_equal(uf_number_print(0.1, text), "0.1");
    assert_string_equal(uf_number_print(-1234567, text), "-1234567");
    assert_string_equal(uf_number_print(-0.0, text), "0");
    assert_string_equal(uf_number_print(NAN, text), "NaN");
}

/* A locale with a decimal comma, made in the scratch folder: a bare system has none installed. */
static bool enter_comma_locale(void)
{
    char command[256];
    snprintf(command, sizeof command,
             "localedef --no-archive -i sv_SE -f UTF-8 %s/sv_SE.UTF-8 >/dev/null 2>&1", scratch_directory());
    if (system(command) != 0) return false;
    setenv("LOCPATH", scratch_directory(), 1);
    return setlocale(LC_NUMERIC, "sv_SE.UTF-8") != NULL && localeconv()->decimal_point[0] == ',';
}

static void does_not_care_about_the_locale(void **state)
{
    (void)state;
    if (!enter_comma_locale()) {
        print_message("skipped: no locale with a decimal comma can be made (package locales)\n");
        skip();
    }
    char text[UF_NUMBER_SIZE];
    double value;
    assert_string_equal(uf_number_print(0.25, text), "0.25");
    assert_true(parse("3.14159265358979312", '.', &value));
    assert_true(value == 3.14159265358979312);
    assert_string_equal(uf_number_format(1234.5, 1, UF_ENGLISH, text), "1,234.5");
    setlocale(LC_NUMERIC, "C");
}

static void formats_for_people(void **state)
{
    (void)state;
    char text[UF_NUMBER_SIZE];
    assert_string_equal(uf_number_format(1234567.891, 2, UF_SWEDISH, text), "1\u00A0234\u00A0567,89");
    assert_string_equal(uf_number_format(1234567.891, 2, UF_ENGLISH, text), "1,234,567.89");
    assert_string_equal(uf_number_format(2017, 0, UF_SWEDISH, text), "2017");
    assert_string_equal(uf_number_format(-0.5, 1, UF_SWEDISH, text), "\u22120,5");
    assert_string_equal(uf_number_format(-0.001, 2, UF_SWEDISH, text), "0,00");
    assert_string_equal(uf_number_format(0.125, -1, UF_ENGLISH, text), "0.125");
    assert_string_equal(uf_number_format(3, -1, UF_ENGLISH, text), "3");
    assert_string_equal(uf_number_format(NAN, 2, UF_ENGLISH, text), "\u2013");
    assert_string_equal(uf_number_format(1.234e-9, -1, UF_SWEDISH, text), "1,23e-09");
    assert_string_equal(uf_number_format(1.234e-9, 3, UF_SWEDISH, text), "0,000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_decimals_with_point_and_comma),
        cmocka_unit_test(refuses_what_is_not_a_number),
        cmocka_unit_test(reads_groups_of_three),
        cmocka_unit_test(prints_what_it_reads),
        cmocka_unit_test(does_not_care_about_the_locale),
        cmocka_unit_test(formats_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

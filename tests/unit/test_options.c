// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <math.h>
#include <string.h>
#include <utfall/method.h>

static const char *const inference[] = {"iid", "cr2", "randomisation", NULL};
static const struct uf_option options_of_test[] = {
    {"level", UF_OPTION_NUMBER, "0.95", NULL, "level of the interval", false},
    {"reference", UF_OPTION_TEXT, NULL, NULL, "reference", false},
    {"permutations", UF_OPTION_COUNT, "1000", NULL, "draws", false},
    {"placebo-in-space", UF_OPTION_FLAG, "false", NULL, "placebo", false},
    {"inference", UF_OPTION_LIST, "cr2,randomisation", inference, "procedures", false},
    {"period", UF_OPTION_PERIOD, NULL, NULL, "period", false},
    {"variant", UF_OPTION_CHOICE, "iid", inference, "variant", false},
};
static const struct uf_method method = {.name = "test", .options = options_of_test, .n_options = 7};

static void defaults_and_values(void **state)
{
    (void)state;
    struct uf_options *options;
    struct uf_error error;
    assert_ok(uf_options_new(&method, &options, &error), &error);
    assert_true(uf_options_number(options, "level") == 0.95);
    assert_null(uf_options_text(options, "reference"));
    assert_int_equal(uf_options_count(options, "permutations"), 1000);
    assert_int_equal(uf_options_list(options, "inference")->count, 2);
    assert_int_equal(uf_options_period(options, "period"), 0);
    assert_false(uf_options_is_set(options, "period"));
    assert_ok(uf_options_set(options, "period", "2018Q1", &error), &error);
    assert_int_equal(uf_options_period(options, "period"), 2018201);
    assert_ok(uf_options_set(options, "placebo-in-space", "true", &error), &error);
    assert_true(uf_options_flag(options, "placebo-in-space"));
    assert_ok(uf_options_set(options, "inference", "iid", &error), &error);
    assert_string_equal(uf_options_print(options, "inference"), "iid");
    assert_int_equal(uf_options_choice(options, "variant"), 0);
    assert_ok(uf_options_set(options, "variant", "randomisation", &error), &error);
    assert_int_equal(uf_options_choice(options, "variant"), 2);
    uf_options_free(options);
}

static void mistakes_leave_the_value_and_help(void **state)
{
    (void)state;
    struct uf_options *options;
    struct uf_error error;
    assert_ok(uf_options_new(&method, &options, &error), &error);
    static const char *const bad[][3] = {{"levle", "0.9", "did you mean 'level'"},
                                         {"level", "0,9", "decimal point"},
                                         {"permutations", "-1", "whole number"},
                                         {"permutations", "1.5", "whole number"},
                                         {"placebo-in-space", "ja", "true or false"},
                                         {"inference", "cr2,radomisation", "did you mean 'randomisation'"},
                                         {"period", "today", "a period"},
                                         {"variant", "x", "not one of iid, cr2, randomisation"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uf_error_clear(&error);
        assert_int_equal(uf_options_set(options, bad[i][0], bad[i][1], &error), UF_BAD_USAGE);
        if (!strstr(error.message, bad[i][2])) fail_msg("'%s' lacks '%s'", error.message, bad[i][2]);
    }
    assert_true(uf_options_number(options, "level") == 0.95);
    assert_string_equal(uf_options_print(options, "inference"), "cr2,randomisation");
    uf_options_free(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_and_values),
        cmocka_unit_test(mistakes_leave_the_value_and_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <string.h>
#include <utfall/period.h>
#include <utfall/value_status.h>

static void reads_every_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed;
    } good[] = {{"2018", "2018"},         {"2018K1", "2018Q1"},       {"2018Q4", "2018Q4"},
                {"2018-Q1", "2018Q1"},    {"2018M01", "2018M01"},     {"2018-12", "2018M12"},
                {"2018H2", "2018H2"},     {"2018W05", "2018W05"},     {"2018-W05", "2018W05"},
                {"2017/18", "2017-2018"}, {"2015-2017", "2015-2017"}, {"1999/00", "1999-2000"},
                {"2018S2", "2018H2"},     {"2018-S1", "2018H1"},      {"2017/2018", "2017-2018"},
                {"2018H1", "2018H1"}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        uf_period period;
        char text[UF_PERIOD_SIZE];
        if (!uf_period_parse(good[i].text, strlen(good[i].text), &period))
            fail_msg("'%s' is a period", good[i].text);
        assert_string_equal(uf_period_print(period, text), good[i].printed);
        uf_period again;
        assert_true(uf_period_parse(text, strlen(text), &again));
        assert_int_equal(again, period);
    }
    static const char *const bad[] = {"",        "2017/2019", "18",     "20180",   "2018K5",  "2018Q0",
                                      "2018M13", "2018-13",   "2018H3", "2018X1",  "2017/19", "0999",
                                      "3000",    "2017-2015", "2018 ",  "2018Q1x", "TIME"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uf_period period = 7;
        if (uf_period_parse(bad[i], strlen(bad[i]), &period)) fail_msg("'%s' is not a period", bad[i]);
        assert_int_equal(period, 7);
    }
}

static void stands_where_it_begins(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double years;
    } places[] = {{"2018", 2018},     {"2018Q2", 2018.25}, {"2018M07", 2018.5},
                  {"2018H2", 2018.5}, {"2018W01", 2018},   {"2017-2018", 2017.5}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        uf_period period;
        assert_true(uf_period_parse(places[i].text, strlen(places[i].text), &period));
        assert_true(uf_period_in_years(period) == places[i].years);
    }
}

static void steps_and_differences_agree(void **state)
{
    (void)state;
    static const char *const starts[] = {"2018", "2018H2", "2018Q3", "2018M11", "2018W50", "2015-2017"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        uf_period start;
        assert_true(uf_period_parse(starts[i], strlen(starts[i]), &start));
        for (int step = -60; step <= 60; step++) {
            uf_period later = uf_period_add(start, step);
            assert_int_equal(uf_period_difference(start, later), step);
            assert_int_equal(uf_period_kind_of(later), uf_period_kind_of(start));
            if (step > 0) assert_true(later > start);
        }
    }
    assert_int_equal(uf_period_add(2018204, 1), 2019201);
}

static void statuses_survive_print_and_parse(void **state)
{
    (void)state;
    char text[UF_VALUE_STATUS_SIZE];
    for (unsigned bit = 0; bit < 19; bit++) {
        if (bit == 6 || bit == 7) continue; /* not in use */
        uf_value_status status = (1u << bit) | UF_VALUE_BREAK, back;
        uf_value_status_print(status, text);
        assert_true(uf_value_status_parse(text, &back));
        assert_int_equal(back, status);
    }
    uf_value_status back = 99;
    assert_false(uf_value_status_parse("estimated+", &back));
    assert_false(uf_value_status_parse("nonsense", &back));
    assert_int_equal(back, 99);
    assert_true(uf_value_is_missing(UF_VALUE_SUPPRESSED));
    assert_false(uf_value_is_missing(UF_VALUE_TRUE_ZERO | UF_VALUE_ESTIMATED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_spelling),
        cmocka_unit_test(stands_where_it_begins),
        cmocka_unit_test(steps_and_differences_agree),
        cmocka_unit_test(statuses_survive_print_and_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `power` as run on a panel. */
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/power.h>

enum { UNITS = 12, PERIODS = 10, START = 6, TREATED = 3 };

/* `noise` times a uniform error about region and period effects; the first `treated` from START on. */
static struct uf_panel *panel_make(size_t units, size_t treated, double noise)
{
    struct uf_panel *panel = small_panel_new(units, PERIODS, 2000, (const char *const[]){"y"}, 1);
    for (size_t u = 0; u < units; u++)
        for (size_t t = 0; t < PERIODS; t++)
            *small_panel_cell(panel, 0, u, t) =
                noise * run_noise(u * PERIODS + t) + 0.2 * (double)u + 0.1 * (double)(t * t);
    for (size_t u = 0; u < treated; u++) panel->treatment.first_period[u] = START;
    return panel;
}

/* NaN where the procedure has no row. */
static double minimum_of(const struct uf_result *result, const char *procedure)
{
    const struct uf_table *table = uf_result_table(result, "minimum-effect");
    assert_non_null(table);
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (!strcmp(cell_text(table, i, "procedure"), procedure))
            return cell_number(table, i, "minimum_effect");
    return NAN;
}

static void power_of_a_panel(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_make(UNITS, TREATED, 1);
    double least[2];
    for (int scale = 0; scale < 2; scale++) {
        /* what was measured after the start does not matter */
        for (size_t u = 0; u < TREATED; u++)
            for (size_t t = START; t < PERIODS; t++) *small_panel_cell(panel, 0, u, t) += 100 * scale;
        struct ran ran = run_on(&uf_method_power, panel, UF_ENGLISH,
                                (const char *const[]){"draws", "60", "permutations", "199", NULL});
        assert_ok(ran.status, &ran.error);
        assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "minimum-effect")), 4);
        least[scale] = minimum_of(&ran.result, "randomisation");
        assert_true(least[scale] > 0.1 && least[scale] < 3);
        assert_true(minimum_of(&ran.result, "analytic-serial") > 0.1);
        assert_int_equal(uf_table_rows(uf_result_table(&ran.result, "power-curve")), 4 * 8);
        assert_non_null(uf_result_note(&ran.result, "minimum-effect"));
        assert_non_null(strstr(uf_result_note(&ran.result, "power-sample")->text, "tried 60 times"));
        assert_int_equal(ran.result.claim, UF_CLAIM_DESCRIPTION);
        uf_result_clear(&ran.result);
    }
    expect_close(least[1], least[0], 0, "unread");
    struct ran ran = run_on(&uf_method_power, panel, UF_SWEDISH,
                            (const char *const[]){"sample", "controls", "draws", "40", "permutations", "99",
                                                  "effects", "0,1", NULL});
    assert_ok(ran.status, &ran.error);
    const char *text = uf_result_note(&ran.result, "power-sample")->text;
    assert_true(strstr(text, "9 jämförelseregionerna") && strstr(text, "Alla 84 placeboinsatser"));
    const struct uf_table *curve = uf_result_table(&ran.result, "power-curve");
    assert_int_equal(uf_table_rows(curve), 4 * 2);
    for (size_t i = 0; i < uf_table_rows(curve); i++) /* nothing is drawn */
        assert_false(cell_number(curve, i, "mc_error") > 0);
    uf_result_clear(&ran.result);
    static const char *const bad[][2] = {{"level", "0"}, {"power", "0.01"}, {"effects", "a"}, {"power", "1"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ran = run_on(&uf_method_power, panel, UF_ENGLISH, (const char *const[]){bad[i][0], bad[i][1], NULL});
        assert_int_equal(ran.status, UF_BAD_USAGE);
        assert_non_null(strstr(ran.error.message, bad[i][0]));
        uf_result_clear(&ran.result);
    }
    small_panel_free(panel);
}

/* Where effects explain everything there is no noise, and one region of two has no CR2: no minimum of 0 is told. */
static void no_noise_and_no_error(void **state)
{
    (void)state;
    struct ran none = run_in(&uf_method_power, panel_make(8, 1, 0), UF_ENGLISH, NULL);
    assert_int_equal(none.status, UF_NOT_IDENTIFIED);
    assert_non_null(uf_result_note(&none.result, "not-estimable"));
    struct ran two = run_method(&uf_method_power, panel_make(2, 1, 1), NULL);
    assert_true(minimum_of(&two.result, "analytic-independent") > 0);
    assert_true(isnan(minimum_of(&two.result, "cr2")));
    uf_result_clear(&none.result), uf_result_clear(&two.result);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(power_of_a_panel),
                                       cmocka_unit_test(no_noise_and_no_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `bacon` from a panel to tables and notes; the numbers themselves are held to a peer in tests/oracle. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <string.h>
#include <utfall/bacon.h>

static void bacon_tells_the_forbidden(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_bacon, starts_panel(16), NULL);
    const struct uf_table *comparisons = table_of(&ran, "comparisons"), *types = table_of(&ran, "by-type"),
                          *estimates = table_of(&ran, "estimates");
    double weight = 0, sum = 0;
    assert_int_equal(uf_table_rows(comparisons), 4);
    for (size_t row = 0; row < 4; row++) {
        weight += cell_number(comparisons, row, "weight");
        sum += cell_number(comparisons, row, "weight") * cell_number(comparisons, row, "estimate");
    }
    expect_close(weight, 1, 1e-12, "weights");
    expect_close(sum, cell_number(estimates, 0, "estimate"), 1e-12, "sum");
    assert_int_equal(uf_table_rows(types), 3);
    size_t row = row_of(comparisons, "label", "2014 against 2012");
    assert_non_null(strstr(cell_text(comparisons, row, "type"), "forbidden"));
    /* effects grow: the earlier cohort's growth counts against the later one */
    assert_true(cell_number(comparisons, row, "estimate") < 0);
    assert_non_null(uf_result_note(&ran.result, "forbidden-comparisons"));
    assert_int_equal(ran.result.claim, UF_CLAIM_DIFFERENCE);
    uf_result_clear(&ran.result);
    /* one start: nothing is forbidden */
    struct uf_panel *panel = starts_panel(16);
    for (size_t u = 3; u < 6; u++) panel->treatment.first_period[u] = SIZE_MAX;
    ran = run_method(&uf_method_bacon, panel, NULL);
    assert_non_null(
        strstr(uf_result_note(&ran.result, "no-forbidden-comparisons")->text, "a single comparison"));
    uf_result_clear(&ran.result);
}

static void bacon_wants_a_balanced_panel(void **state)
{
    (void)state;
    static const char *const complete[] = {"balance", "complete-units", NULL};
    struct uf_panel *panel = starts_panel(16);
    small_panel_miss(panel, 0, 8, 3);
    expect_refused_run(run_in(&uf_method_bacon, panel, UF_ENGLISH, NULL), "gaps-refused");
    panel = starts_panel(16);
    small_panel_miss(panel, 0, 8, 3);
    struct ran ran = run_method(&uf_method_bacon, panel, complete);
    const struct uf_table *estimates = table_of(&ran, "estimates");
    expect_close(cell_number(estimates, 0, "n_obs"), 150, 0, "observations");
    expect_close(cell_number(estimates, 0, "n_control"), 9, 0, "comparison");
    assert_true(ran.result.n_ledger >= 2);
    uf_result_clear(&ran.result);
    panel = starts_panel(16);
    panel->weight = 2;
    *small_panel_cell(panel, 2, 3, 3) += 1;
    expect_refused_run(run_in(&uf_method_bacon, panel, UF_SWEDISH, NULL), "weights-vary");
    panel = starts_panel(16);
    panel->treatment.switches_off = true;
    expect_refused_run(run_in(&uf_method_bacon, panel, UF_ENGLISH, NULL), "switching-off-refused");
    panel = starts_panel(16);
    starts_covariate(panel, 1);
    ran = run_in(&uf_method_bacon, panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    assert_non_null(strstr(ran.error.message, "covariates"));
    uf_result_clear(&ran.result);
}

static void swedish_has_no_english(void **state)
{
    (void)state;
    struct ran ran = run_in(&uf_method_bacon, starts_panel(16), UF_SWEDISH, NULL);
    assert_int_equal(ran.status, UF_OK);
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bacon_tells_the_forbidden),
        cmocka_unit_test(bacon_wants_a_balanced_panel),
        cmocka_unit_test(swedish_has_no_english),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `stacked` from a panel to tables and notes. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/stacked.h>

static const char *const few[] = {"permutations", "99", "enumerate", "50", "bootstrap-draws", "199", NULL};

static void every_table_is_there(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_stacked, starts_panel(16), few);
    const struct uf_table *estimates = table_of(&ran, "estimates"), *events = table_of(&ran, "event-study"),
                          *stacks = table_of(&ran, "sub-experiments");
    assert_string_equal(cell_text(estimates, 0, "vcov"), "randomisation-scaled");
    size_t cr2 = row_of(estimates, "vcov", "cr2");
    /* 0 … 3 after the start, as the later cohort has: 1, 2, 3, 4 */
    expect_within(cell_number(estimates, cr2, "estimate"), 2.5, 0.15, "simple");
    assert_int_equal(uf_table_rows(stacks), 2);
    expect_close(cell_number(stacks, 0, "weight"), 0.5, 1e-12, "weight");
    expect_close(cell_number(stacks, 0, "n_obs"), 13 * 8, 0, "rows");
    assert_int_equal(uf_table_rows(events), 8);
    for (size_t row = 0; row < 8; row++) {
        expect_close(cell_number(events, row, "event_time"), (double)row - 4, 0, "order");
        if (row == 3) continue;
        assert_true(cell_number(events, row, "band_low") < cell_number(events, row, "conf_low"));
    }
    expect_close(cell_number(events, 3, "estimate"), 0, 0, "reference");
    const struct uf_table *cells = table_of(&ran, "group-time");
    double sum = 0;
    assert_int_equal(uf_table_rows(cells), 2 * 8);
    for (size_t row = 0; row < 16; row++) {
        if (isfinite(cell_number(cells, row, "estimate")))
            sum += cell_number(cells, row, "weight") * cell_number(cells, row, "estimate");
        expect_close(cell_number(cells, row, "n_treated"), 3, 0, "treated");
    }
    expect_close(sum, cell_number(estimates, cr2, "estimate"), 1e-10, "weights × cells");
    table_of(&ran, "event-study-inference");
    expect_close(cell_number(table_of(&ran, "pretrend"), 0, "restrictions"), 3, 0, "leads");
    assert_non_null(uf_result_note(&ran.result, "pretrend-power"));
    assert_non_null(strstr(uf_result_note(&ran.result, "stacked-rows")->text, "of them different"));
    table_of(&ran, "randomisation"), table_of(&ran, "raw-trends"), table_of(&ran, "design");
    assert_int_equal(ran.result.claim, UF_CLAIM_EFFECT);
    uf_result_clear(&ran.result);
}

static void options_and_refusals(void **state)
{
    (void)state;
    static const char *const wide[] = {
        "before", "5", "after", "2", "stack-weights", "sample", "inference", "cr1s,driscoll-kraay,hc2", NULL};
    struct ran ran = run_in(&uf_method_stacked, starts_panel(16), UF_SWEDISH, wide);
    assert_int_equal(ran.status, UF_OK);
    assert_non_null(uf_result_note(&ran.result, "cohorts-left-out"));
    const struct uf_table *cells = table_of(&ran, "group-time");
    const size_t lost = row_of(cells, "group", "2012"); /* each of its cells says why */
    assert_true(isnan(cell_number(cells, lost, "estimate")));
    assert_string_equal(cell_text(cells, lost, "note"), "fönstret når utanför datamaterialet");
    row_of(table_of(&ran, "estimates"), "vcov", "hc2");
    /* one cohort is left, whose indicators of event time make sums by period nil */
    assert_non_null(strstr(uf_result_note(&ran.result, "inference-left-out")->text, "driscoll-kraay har"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
    static const char *const beyond[] = {"before", "20", NULL}, *const never[] = {"control", "never-treated",
                                                                                  NULL};
    expect_refused_run(run_in(&uf_method_stacked, starts_panel(16), UF_SWEDISH, beyond), "no-sub-experiment");
    expect_refused_run(run_in(&uf_method_stacked, starts_panel(6), UF_ENGLISH, never), "no-sub-experiment");
    struct uf_panel *panel = starts_panel(16);
    panel->treatment.switches_off = true;
    expect_refused_run(run_in(&uf_method_stacked, panel, UF_ENGLISH, few), "switching-off-refused");
    static const char *const wrong[] = {"reference", "0", NULL};
    ran = run_in(&uf_method_stacked, starts_panel(16), UF_ENGLISH, wrong);
    assert_int_equal(ran.status, UF_BAD_USAGE);
    uf_result_clear(&ran.result);
}

static void a_covariate_may_be_dropped(void **state)
{
    (void)state;
    struct uf_panel *panel = starts_panel(16);
    starts_covariate(panel, 1);
    for (size_t u = 0; u < 16; u++)
        for (size_t t = 0; t < 10; t++) *small_panel_cell(panel, 1, u, t) = (double)u / 3 + (double)t;
    struct ran ran = run_method(&uf_method_stacked, panel, few);
    assert_non_null(uf_result_note(&ran.result, "dropped-covariate"));
    assert_non_null(uf_result_note(&ran.result, "stack-weights-inexact"));
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_table_is_there),
                                       cmocka_unit_test(options_and_refusals),
                                       cmocka_unit_test(a_covariate_may_be_dropped)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

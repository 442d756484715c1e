// SPDX-License-Identifier: GPL-3.0-or-later
/* The design check counts the rows that an estimate can rest on, and names what it speaks of. */
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>
#include <utfall/design.h>
#include <utfall/did.h>
#include <utfall/size_check.h>
#include <utfall/stacked.h>

static const char *const columns[] = {"y", "x"};

enum { UNITS = 12, PERIODS = 10, START = 5 };

/* The first `treated` units start in START; the second column is free to be a weight or a covariate. */
static struct uf_panel *panel_new(size_t treated)
{
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2010, columns, 2);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++) {
            *small_panel_cell(panel, 0, u, t) = run_noise(u * PERIODS + t) + (double)(u * 7 % 5);
            *small_panel_cell(panel, 1, u, t) = 1 + (double)(u % 3) + run_noise(1000 + u * PERIODS + t);
        }
    for (size_t u = 0; u < treated; u++) panel->treatment.first_period[u] = START;
    return panel;
}

static void set_column(struct uf_panel *panel, size_t unit, double value)
{
    for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 1, unit, t) = value;
}

static void use_as_covariate(struct uf_panel *panel)
{
    panel->covariates = calloc(1, sizeof *panel->covariates);
    assert_non_null(panel->covariates);
    panel->covariates[0] = 1;
    panel->n_covariates = 1;
}

static double fact(const struct uf_result *result, const char *key)
{
    const struct uf_table *design = uf_result_table(result, "design");
    assert_non_null(design);
    for (size_t row = 0; row < uf_table_rows(design); row++)
        if (!strcmp(cell_text(design, row, "key"), key)) return cell_number(design, row, "value");
    fail_msg("no fact %s", key);
    return NAN;
}

/* The design and the dealing speak of the same regions. */
static void expect_agreement(const struct ran *ran, double treated, double units)
{
    const struct uf_table *test = uf_result_table(&ran->result, "randomisation-test");
    double smallest = cell_number(test, 0, "least_p");
    assert_true(fact(&ran->result, "units") == units);
    assert_true(fact(&ran->result, "treated") == treated);
    assert_true(fabs(fact(&ran->result, "smallest-p") - smallest) < 0.005 * smallest);
    const struct uf_note *note = uf_result_note(&ran->result, "few-treated");
    char counts[64];
    snprintf(counts, sizeof counts, "Treated regions: %g of %g.", treated, units);
    assert_non_null(strstr(note->text, counts));
}

static void a_weight_of_zero_is_no_region(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_new(3);
    panel->weight = 1;
    set_column(panel, 0, 0);  /* treated */
    set_column(panel, 11, 0); /* not */
    struct ran ran = run_method(&uf_method_did, panel, NULL);
    expect_agreement(&ran, 2, 10);
    const struct uf_table *support = uf_result_table(&ran.result, "design-support");
    assert_true(cell_number(support, 0, "n_treated") == 2);
    assert_true(cell_number(uf_result_table(&ran.result, "design-periods"), 0, "n_control") == 8);
    uf_result_clear(&ran.result);
}

static void nor_is_one_without_the_covariate(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_new(3);
    use_as_covariate(panel);
    for (size_t t = 0; t < PERIODS; t++) small_panel_miss(panel, 1, 1, t);
    small_panel_miss(panel, 1, 7, 2);
    struct ran ran = run_method(&uf_method_did, panel, NULL);
    expect_agreement(&ran, 2, 11);
    assert_true(fact(&ran.result, "missing-cells") == 1);
    assert_non_null(strstr(uf_result_note(&ran.result, "unbalanced")->text, "each covariate"));
    uf_result_clear(&ran.result);
}

/* What is missing is named: the outcome is there. */
static void a_refusal_says_what_is_missing(void **state)
{
    (void)state;
    struct uf_panel *panel = panel_new(2);
    panel->weight = 1;
    set_column(panel, 0, 0), set_column(panel, 1, 0);
    struct ran ran = run_in(&uf_method_did, panel, UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(uf_result_note(&ran.result, "treated-all-missing")->text, "weight above 0"));
    assert_non_null(strstr(uf_result_note(&ran.result, "treated-all-missing")->advice, "weight"));
    uf_result_clear(&ran.result);

    panel = panel_new(2);
    use_as_covariate(panel);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++) small_panel_miss(panel, 1, u, t);
    ran = run_in(&uf_method_did, panel, UF_SWEDISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(uf_result_note(&ran.result, "outcome-all-missing")->text, "varje kovariat"));
    uf_result_clear(&ran.result);

    /* donors are matched on what there is */
    struct uf_context context = {.language = UF_ENGLISH};
    struct uf_design design;
    struct uf_result result;
    struct uf_error error;
    panel = panel_new(1);
    use_as_covariate(panel);
    for (size_t t = 0; t < PERIODS; t++) small_panel_miss(panel, 1, 5, t);
    uf_result_init(&result);
    assert_ok(uf_design_check(panel, UF_COMPARE_DONORS, &context, &design, &result, &error), &error);
    assert_int_equal(design.n_units, UNITS);
    uf_result_clear(&result);
    free(panel->covariates);
    panel->covariates = NULL, panel->n_covariates = 0;
    small_panel_free(panel);
}

static void few_to_compare_with(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_did, panel_new(11), NULL);
    assert_null(uf_result_note(&ran.result, "few-treated"));
    assert_non_null(strstr(uf_result_note(&ran.result, "few-controls")->text, "Comparison regions: 1 of 12"));
    assert_non_null(strstr(uf_result_note(&ran.result, "few-controls")->text, "0.083333"));
    uf_result_clear(&ran.result);
}

static struct uf_panel *ending(size_t until)
{
    struct uf_panel *panel = panel_new(3);
    panel->treatment.dose = calloc(panel->n_rows, sizeof *panel->treatment.dose);
    assert_non_null(panel->treatment.dose);
    for (size_t i = 0; i < panel->n_rows; i++)
        panel->treatment.dose[i] = panel->unit[i] < 3 && panel->period[i] >= START &&
                                   (panel->unit[i] != 1 || panel->period[i] < until);
    panel->treatment.switches_off = true;
    return panel;
}

static void what_ends_is_named(void **state)
{
    (void)state;
    struct ran ran = run_method(&uf_method_did, ending(8), NULL);
    const struct uf_note *note = uf_result_note(&ran.result, "treatment-switches-off");
    assert_non_null(strstr(note->text, "having been treated: 1 (untreated from: Region 2 2018)"));
    uf_result_clear(&ran.result);
    static const struct uf_method *const refusing[] = {&uf_method_stacked, &uf_method_callaway_santanna,
                                                       &uf_method_size_check};
    for (size_t i = 0; i < sizeof refusing / sizeof *refusing; i++) {
        ran = run_in(refusing[i], ending(8), UF_ENGLISH, NULL);
        assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
        assert_non_null(strstr(ran.error.message, "Region 2 2018"));
        uf_result_clear(&ran.result);
    }
}

/* dose-response needs regions without a dose: where none is, it is no way out as it stands. */
static void the_way_out_is_one(void **state)
{
    (void)state;
    struct ran ran = run_in(&uf_method_did, panel_new(UNITS), UF_ENGLISH, NULL);
    assert_int_equal(ran.status, UF_NOT_IDENTIFIED);
    assert_non_null(strstr(ran.error.message, "dose-response with those that got the least as untreated"));
    uf_result_clear(&ran.result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weight_of_zero_is_no_region),
        cmocka_unit_test(nor_is_one_without_the_covariate),
        cmocka_unit_test(a_refusal_says_what_is_missing),
        cmocka_unit_test(few_to_compare_with),
        cmocka_unit_test(what_ends_is_named),
        cmocka_unit_test(the_way_out_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

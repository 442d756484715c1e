// SPDX-License-Identifier: GPL-3.0-or-later
/* The slopes of table `pretrend`: the same as those of `sensitivity` where covariance and leads are the same, found as often
 * as they promise, and carried into the estimate as the note says. */
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>
#include <utfall/imputation.h>
#include <utfall/random.h>
#include <utfall/sensitivity.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

enum { UNITS = 60, FEW = 16, PERIODS = 8 };

static double normal(struct uf_random *random)
{
    return gsl_cdf_ugaussian_Pinv(uf_random_uniform(random) + 0x1p-54);
}

/* Starts by unit: `first` (twice: for every second of the treated), else never. The treated drift by `slope` a period. */
struct design {
    size_t first[2], n_treated;
};

static struct uf_panel *panel_of(size_t units, const struct design *design, double slope, uint64_t draw)
{
    struct uf_panel *panel = small_panel_new(units, PERIODS, 2000, (const char *const[]){"y"}, 1);
    struct uf_random random;
    uf_random_init(&random, 5, UF_PURPOSE_SIMULATION, draw);
    for (size_t u = 0; u < units; u++) {
        size_t first = design->first[u % 2];
        if (u < design->n_treated) panel->treatment.first_period[u] = first;
        for (size_t t = 0; t < PERIODS; t++)
            *small_panel_cell(panel, 0, u, t) =
                0.1 * (double)u + normal(&random) +
                (u < design->n_treated ? slope * ((double)t - (double)first) : 0);
    }
    return panel;
}

static struct uf_panel *panel_make(const struct design *design, double slope, uint64_t draw)
{
    return panel_of(UNITS, design, slope, draw);
}

static size_t row_with(const struct uf_table *table, const char *vcov)
{
    return row_of(table, "vcov", vcov);
}

struct asked {
    const char *label, *vcov, *term;
    const struct uf_method *method;
    struct design design;
    const char *settings[12];
};

static const struct asked cases[] = {
    {"did", "cr1s", "treatment", &uf_method_did, {{5, 5}, 30}, {"inference", "cr1s", NULL}},
    {"did, two starts", "cr1s", "treatment", &uf_method_did, {{4, 6}, 30}, {"inference", "cr1s", NULL}},
    {"did, leads in a bin",
     "cr1s",
     "treatment",
     &uf_method_did,
     {{5, 5}, 30},
     {"inference", "cr1s", "bin-before", "-4", NULL}},
    {"did, CR2", "cr2", "treatment", &uf_method_did, {{5, 5}, 30}, {"inference", "cr2", NULL}},
    {"imputation",
     "cr1s",
     "simple",
     &uf_method_imputation,
     {{4, 6}, 30},
     {"inference", "bjs", "draws", "0", "permutations", "199", NULL}},
    {"imputation, two leads",
     "cr1s",
     "simple",
     &uf_method_imputation,
     {{5, 5}, 30},
     {"inference", "bjs", "draws", "0", "leads", "2", NULL}},
    {"callaway-santanna",
     "influence",
     "simple",
     &uf_method_callaway_santanna,
     {{4, 4}, 30},
     {"inference", "influence", "draws", "0", NULL}},
    {"callaway-santanna, universal base",
     "influence",
     "simple",
     &uf_method_callaway_santanna,
     {{4, 4}, 30},
     {"inference", "influence", "draws", "0", "base-period", "universal", NULL}},
    {"callaway-santanna, not yet treated",
     "influence",
     "simple",
     &uf_method_callaway_santanna,
     {{3, 5}, 40},
     {"inference", "influence", "draws", "0", "control", "not-yet-treated", NULL}},
};
enum { CASES = sizeof cases / sizeof *cases };

static struct ran run_case(const struct asked *asked, double slope, uint64_t draw)
{
    return run_method(asked->method, panel_make(&asked->design, slope, draw), asked->settings);
}

/* The slopes of one sample, times what the estimate moves by a line of slope 1, are in the note. */
static void carried_into_the_estimate(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        struct ran ran = run_case(&cases[c], 0, 1);
        const struct uf_table *pretrend = table_of(&ran, "pretrend"),
                              *estimates = table_of(&ran, "estimates");
        double slope = cell_number(pretrend, row_with(pretrend, cases[c].vcov), "slope_80"), drift[2],
               estimate;
        const struct uf_note *note = uf_result_note(&ran.result, "pretrend-power");
        assert_non_null(note);
        const char *sentence = strstr(note->text, "would make the estimate ");
        assert_non_null(sentence);
        char *end;
        drift[0] = strtod(sentence + strlen("would make the estimate "), &end);
        drift[1] = strtod(end + strlen(" and "), &end);
        estimate = cell_number(estimates, row_of(estimates, "term", cases[c].term), "estimate");
        uf_result_clear(&ran.result);
        ran = run_case(&cases[c], slope, 1);
        estimates = table_of(&ran, "estimates");
        double moved =
            cell_number(estimates, row_of(estimates, "term", cases[c].term), "estimate") - estimate;
        expect_close(drift[1], moved, 1e-3, cases[c].label);
        assert_true(drift[0] > 0 && drift[0] < drift[1]);
        uf_result_clear(&ran.result);
    }
}

/* Slopes from the mean of a few samples, and then how often they are found in others. */
static void found_as_often_as_promised(void **state)
{
    (void)state;
    enum { FIRST = 4, DRAWS = 16 };
    for (size_t c = 0; c < CASES; c += 3) { /* did, did with CR2, callaway-santanna */
        static const char *const columns[] = {"slope_50", "slope_80"};
        static const double powers[] = {0.5, 0.8};
        double slopes[2] = {0};
        for (uint64_t d = 0; d < FIRST; d++) {
            struct ran ran = run_case(&cases[c], 0, 100000 + d);
            const struct uf_table *pretrend = table_of(&ran, "pretrend");
            for (size_t p = 0; p < 2; p++)
                slopes[p] += cell_number(pretrend, row_with(pretrend, cases[c].vcov), columns[p]) / FIRST;
            uf_result_clear(&ran.result);
        }
        for (size_t p = 0; p < 2; p++) {
            size_t rejected = 0;
            for (uint64_t d = 0; d < DRAWS; d++) {
                struct ran ran = run_case(&cases[c], slopes[p], 1000 * c + d);
                const struct uf_table *pretrend = table_of(&ran, "pretrend");
                rejected += cell_number(pretrend, row_with(pretrend, cases[c].vcov), "p_value") < 0.05;
                uf_result_clear(&ran.result);
            }
            expect_within((double)rejected / DRAWS, powers[p], 0.26, cases[c].label);
        }
    }
}

static void same_as_sensitivity(void **state)
{
    (void)state;
    static const char *const kinds[] = {"cr1s", "cr2", "hc1"};
    const struct design design = {{5, 5}, 30};
    for (size_t k = 0; k < 3; k++) {
        const char *const did[] = {"inference", kinds[k], NULL}, *const sensitivity[] = {"inference",
                                                                                         kinds[k],
                                                                                         "event-covariance",
                                                                                         "inference",
                                                                                         "draws",
                                                                                         "100",
                                                                                         "leave-one-out",
                                                                                         "false",
                                                                                         "placebo-starts",
                                                                                         "0",
                                                                                         "restrictions",
                                                                                         "smoothness",
                                                                                         NULL};
        struct ran one = run_method(&uf_method_did, panel_make(&design, 0, 3), did),
                   two = run_method(&uf_method_sensitivity, panel_make(&design, 0, 3), sensitivity);
        const struct uf_table *pretrend = table_of(&one, "pretrend"),
                              *power = table_of(&two, "pretrend-power");
        size_t row = row_with(pretrend, kinds[k]);
        expect_close(cell_number(pretrend, row, "slope_50"), cell_number(power, 0, "slope"), 1e-8, "50 %");
        expect_close(cell_number(pretrend, row, "slope_80"), cell_number(power, 1, "slope"), 1e-8, "80 %");
        uf_result_clear(&one.result), uf_result_clear(&two.result);
    }
}

/* So many rows that did keeps their sums only. A bin that holds nothing makes it estimate again on the line. */
static void from_sums(void **state)
{
    (void)state;
    static const char *const plain[] = {"inference", "cr1s", NULL}, *const bin[] = {"inference", "cr1s",
                                                                                    "bin-before", "-50",
                                                                                    NULL};
    enum { MANY = UF_DID_SUMMED_FROM / PERIODS + 1 };
    double slope[2];
    for (int b = 0; b < 2; b++) {
        struct uf_panel *panel = small_panel_new(MANY, PERIODS, 2000, (const char *const[]){"y"}, 1);
        struct uf_random random;
        uf_random_init(&random, 6, UF_PURPOSE_SIMULATION, 1);
        for (size_t u = 0; u < MANY; u++) {
            if (u % 2) panel->treatment.first_period[u] = 4 + u % 3;
            for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 0, u, t) = normal(&random);
        }
        struct ran ran = run_method(&uf_method_did, panel, b ? bin : plain);
        const struct uf_table *pretrend = table_of(&ran, "pretrend");
        slope[b] = cell_number(pretrend, 0, "slope_80");
        assert_non_null(uf_result_note(&ran.result, "pretrend-power"));
        uf_result_clear(&ran.result);
    }
    assert_true(slope[0] > 0 && slope[0] < 0.1);
    expect_close(slope[1], slope[0], 1e-7, "again on the line");
}

/* Where all are treated in the end (did refuses that) a line by event time is an effect of units plus one of periods. */
static void no_line_without_never_treated(void **state)
{
    (void)state;
    static const char *const not_yet[] = {"inference", "influence",       "draws", "0",
                                          "control",   "not-yet-treated", NULL},
                             *const bjs[] = {"inference", "bjs", "draws", "0", NULL};
    static const struct {
        const struct uf_method *method;
        const char *const *settings;
    } runs[] = {{&uf_method_imputation, bjs}, {&uf_method_callaway_santanna, not_yet}};
    const struct design design = {{4, 6}, UNITS};
    for (size_t r = 0; r < 2; r++) {
        struct ran ran = run_method(runs[r].method, panel_make(&design, 0, 2), runs[r].settings);
        const struct uf_table *pretrend = table_of(&ran, "pretrend");
        /* of callaway-santanna's leads here one half are the other half with the sign turned */
        assert_int_equal(isfinite(cell_number(pretrend, 0, "p_value")) != 0, r == 0);
        assert_true(isnan(cell_number(pretrend, 0, "slope_80")));
        assert_null(uf_result_note(&ran.result, "pretrend-power"));
        assert_int_equal(uf_result_note(&ran.result, "pretrend-blind")->severity, UF_WARNING);
        uf_result_clear(&ran.result);
    }
}

/* With fewer treated than differences the test by dealing out anew decides, whatever the method, and what it would have found
 * comes from placebo treatments; did has that of its clustered tests too, and says where they find what is not there. */
static void few_treated(void **state)
{
    (void)state;
    static const char *const dealt[] = {"permutations", "99", "enumerate", "1", NULL}, *const clustered[] = {
                                                                                           "inference",
                                                                                           "cr1s", NULL};
    static const struct uf_method *const methods[] = {&uf_method_did, &uf_method_sun_abraham,
                                                      &uf_method_stacked, &uf_method_callaway_santanna,
                                                      &uf_method_imputation};
    const struct design design = {{5, 5}, 3}, many = {{5, 5}, 30};
    for (size_t m = 0; m < 5; m++) {
        struct ran ran = run_method(methods[m], panel_of(FEW, &design, 0, 3), dealt);
        const struct uf_table *pretrend = table_of(&ran, "pretrend");
        const size_t row = row_with(pretrend, "randomisation");
        assert_true(cell_number(pretrend, row, "slope_50") > 0.05);
        assert_true(cell_number(pretrend, row, "slope_80") > cell_number(pretrend, row, "slope_50"));
        assert_true(cell_number(pretrend, row, "slope_80") < 2);
        expect_within(cell_number(pretrend, row, "share_without_drift"), 0.045, 0.0051, methods[m]->name);
        assert_string_equal(cell_text(pretrend, row, "slopes_by"), "placebo");
        assert_non_null(strstr(uf_result_note(&ran.result, "pretrend-power")->text, "(randomisation)"));
        for (size_t r = 0; r < uf_table_rows(pretrend); r++) { /* none that its own covariance promises */
            if (isnan(cell_number(pretrend, r, "p_value"))) continue;
            assert_string_equal(cell_text(pretrend, r, "slopes_by"), "placebo");
            assert_true(isfinite(cell_number(pretrend, r, "share_without_drift")));
        }
        uf_result_clear(&ran.result);
    }
    struct ran one = run_method(&uf_method_did, panel_of(FEW, &design, 0, 3), clustered);
    const struct uf_table *pretrend = table_of(&one, "pretrend");
    assert_true(cell_number(pretrend, 0, "share_without_drift") > 0.2);
    const struct uf_note *none = uf_result_note(&one.result, "pretrend-power-none"),
                         *power = uf_result_note(&one.result, "pretrend-power");
    assert_true(!none !=
                !power); /* of the cr2 that was added: it finds nothing, or only the steepest lines */
    uf_result_clear(&one.result);
    one = run_method(&uf_method_did, panel_make(&many, 0, 3), clustered);
    pretrend = table_of(&one, "pretrend");
    assert_string_equal(cell_text(pretrend, 0, "slopes_by"), "covariance");
    const char *advice = uf_result_note(&one.result, "pretrend-power")->advice;
    assert_true(!advice || !*advice);
    uf_result_clear(&one.result);
}

/* One treated of twelve cannot be told from the others at 5 per cent, however steep its line. */
static void no_way_to_find_anything(void **state)
{
    (void)state;
    struct uf_panel *panel = small_panel_new(12, PERIODS, 2000, (const char *const[]){"y"}, 1);
    struct uf_random random;
    uf_random_init(&random, 7, UF_PURPOSE_SIMULATION, 1);
    panel->treatment.first_period[0] = 5;
    for (size_t u = 0; u < 12; u++)
        for (size_t t = 0; t < PERIODS; t++) *small_panel_cell(panel, 0, u, t) = normal(&random);
    struct ran ran = run_in(&uf_method_did, panel, UF_SWEDISH, (const char *const[]){NULL});
    const struct uf_table *pretrend = table_of(&ran, "pretrend");
    assert_true(isnan(cell_number(pretrend, row_with(pretrend, "randomisation"), "slope_80")));
    assert_non_null(strstr(uf_result_note(&ran.result, "pretrend-power-none")->text, "hur brant den än är"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
}

static void in_swedish(void **state)
{
    (void)state;
    const struct design design = {{5, 5}, 30}, all = {{4, 6}, UNITS};
    struct ran ran = run_in(&uf_method_did, panel_make(&design, 0, 3), UF_SWEDISH, cases[0].settings);
    assert_non_null(strstr(uf_result_note(&ran.result, "pretrend-power")->text, "i fyra fall av fem"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
    ran = run_in(&uf_method_imputation, panel_make(&all, 0, 3), UF_SWEDISH, cases[4].settings);
    assert_non_null(strstr(uf_result_note(&ran.result, "pretrend-blind")->text, "rätlinjig"));
    expect_swedish(&ran);
    uf_result_clear(&ran.result);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_sensitivity),
                                       cmocka_unit_test(from_sums),
                                       cmocka_unit_test(carried_into_the_estimate),
                                       cmocka_unit_test(no_line_without_never_treated),
                                       cmocka_unit_test(few_treated),
                                       cmocka_unit_test(no_way_to_find_anything),
                                       cmocka_unit_test(in_swedish),
                                       cmocka_unit_test(found_as_often_as_promised)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

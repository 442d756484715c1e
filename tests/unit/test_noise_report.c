// SPDX-License-Identifier: GPL-3.0-or-later
/* Treated regions that vary more or less than the others are recognised from the periods before the start, and every method
 * that deals the treatment out says which p-values that spoils. */
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>
#include <utfall/did.h>
#include <utfall/imputation.h>
#include <utfall/random.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

static const char *const names[] = {"y", "w"};

static double noise(uint64_t i)
{
    struct uf_random random;
    uf_random_init(&random, 3, UF_PURPOSE_SIMULATION, i);
    return uf_random_uniform(&random) - 0.5;
}

/* 21 regions; the first three are treated and vary `factor` times as much as the others. */
static struct uf_panel *panel_new(size_t periods, size_t start, double factor, double weight)
{
    struct uf_panel *panel = small_panel_new(21, periods, 2005, names, 2);
    for (size_t u = 0; u < 21; u++) {
        for (size_t t = 0; t < periods; t++) {
            *small_panel_cell(panel, 0, u, t) = (double)u + (u < 3 ? factor : 1) * noise(u * periods + t);
            *small_panel_cell(panel, 1, u, t) = u < 3 ? weight : 1 + (double)u / 50;
        }
    }
    for (size_t u = 0; u < 3; u++) panel->treatment.first_period[u] = start;
    if (weight > 0) panel->weight = 1;
    return panel;
}

static struct uf_result run(size_t periods, size_t start, double factor, double weight,
                            enum uf_language language)
{
    struct uf_panel *panel = panel_new(periods, start, factor, weight);
    struct uf_options *options;
    struct uf_error error;
    struct uf_result result;
    const struct uf_context context = {.language = language, .seed = 7};
    uf_result_init(&result);
    assert_ok(uf_options_new(&uf_method_did, &options, &error), &error);
    assert_ok(uf_options_set(options, "event-study", "false", &error), &error);
    assert_ok(uf_options_set(options, "inference", "randomisation", &error), &error);
    assert_ok(uf_method_did.run(panel, options, &context, &result, &error), &error);
    uf_options_free(options);
    small_panel_free(panel);
    return result;
}

static void expect(struct uf_result result, const char *code, enum uf_severity severity, const char *words)
{
    static const char *const codes[] = {"treated-noisier", "treated-quieter"};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(uf_result_note(&result, codes[i]) != NULL, code && !strcmp(code, codes[i]));
    if (code) {
        assert_int_equal(uf_result_note(&result, code)->severity, severity);
        if (!strstr(uf_result_note(&result, code)->text, words))
            fail_msg("%s", uf_result_note(&result, code)->text);
    }
    uf_result_clear(&result);
}

static void noisy_and_quiet_treated(void **state)
{
    (void)state;
    expect(run(16, 10, 3, 0, UF_ENGLISH), "treated-noisier", UF_NOTE, "too small");
    expect(run(16, 10, 3, 0, UF_SWEDISH), "treated-noisier", UF_NOTE, "för låga");
    expect(run(16, 10, 1.0 / 3, 0, UF_ENGLISH), "treated-quieter", UF_NOTE, "too large");
    expect(run(16, 10, 1, 0, UF_ENGLISH), NULL, UF_NOTE, "");
}

static void without_the_scaled_statistic_the_p_value_cannot_be_trusted(void **state)
{
    (void)state;
    expect(run(9, 3, 6, 0, UF_ENGLISH), "treated-noisier", UF_WARNING, "too small and cannot be trusted");
    expect(run(9, 3, 6, 0, UF_SWEDISH), "treated-noisier", UF_WARNING, "går inte att lita på");
    expect(run(9, 3, 0.05, 0, UF_ENGLISH), "treated-quieter", UF_WARNING, "too large and cannot be trusted");
}

static void with_one_period_before_only_sizes_tell(void **state)
{
    (void)state;
    expect(run(6, 1, 1, 0, UF_ENGLISH), NULL, UF_NOTE, "");
    expect(run(6, 1, 1, 0.1, UF_ENGLISH), "treated-noisier", UF_WARNING, "smaller than the others");
    expect(run(6, 1, 1, 9, UF_ENGLISH), "treated-quieter", UF_WARNING, "larger than the others");
    expect(run(6, 1, 1, 1.2, UF_ENGLISH), NULL, UF_NOTE, "");
}

static void whichever_the_estimator(void **state)
{
    (void)state;
    static const struct uf_method *const methods[] = {&uf_method_sun_abraham, &uf_method_stacked,
                                                      &uf_method_callaway_santanna, &uf_method_imputation};
    static const char *const settings[] = {
        "inference", "randomisation", "permutations", "99", "enumerate", "1", NULL};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        expect(run_method(methods[i], panel_new(16, 10, 3, 0), settings).result, "treated-noisier", UF_NOTE,
               "too small");
        expect(run_method(methods[i], panel_new(9, 3, 6, 0), settings).result, "treated-noisier", UF_WARNING,
               "cannot be trusted");
    }
}

/* A start without a period before the anticipation leaves the sample; its rows are not among those dealt out. */
static void rows_that_are_not_dealt_out(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "anticipation", "8", "inference", "randomisation", "permutations", "19", "enumerate", "1", NULL};
    struct uf_panel *panel = panel_new(16, 12, 3, 0);
    for (size_t u = 3; u < 6; u++) panel->treatment.first_period[u] = 6;
    struct ran ran = run_method(&uf_method_sun_abraham, panel, settings);
    assert_non_null(uf_result_note(&ran.result, "treated-from-start"));
    expect(ran.result, "treated-noisier", UF_NOTE, "too small");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noisy_and_quiet_treated),
        cmocka_unit_test(without_the_scaled_statistic_the_p_value_cannot_be_trusted),
        cmocka_unit_test(with_one_period_before_only_sizes_tell),
        cmocka_unit_test(whichever_the_estimator),
        cmocka_unit_test(rows_that_are_not_dealt_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Several outcomes of the same regions, resampled alike: the adjusted p-values against a twin that deals the treatment out
 * itself, and what must hold whatever the figures are. */
#include "effect/resampled.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/multiple_testing.h>
#include <utfall/random.h>

enum { UNITS = 10, PERIODS = 12, START = 7, TREATED = 3, OUTCOMES = 4, WAYS = 120 }; /* 10 over 3 */
static const char *const names[] = {"a", "b", "c", "d"};

static double noise(struct uf_random *random)
{
    return 4 * (uf_random_uniform(random) - 0.5);
}

/* Column 1 depends on column 0; columns 2 and 3 do not. Column 3 is of another size altogether. */
static struct uf_panel *figures(uint64_t seed)
{
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2001, names, OUTCOMES);
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 11);
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            double shared = noise(&random), effect = u < TREATED && t >= START ? 0.8 : 0;
            *small_panel_cell(panel, 0, u, t) = (double)u + shared + effect;
            *small_panel_cell(panel, 1, u, t) = shared + 0.3 * noise(&random) + effect;
            *small_panel_cell(panel, 2, u, t) = noise(&random) + 1.2 * effect;
            *small_panel_cell(panel, 3, u, t) = 1e6 * (noise(&random) + 0.4 * effect);
        }
        if (u < TREATED) panel->treatment.first_period[u] = START;
    }
    return panel;
}

static struct uf_result run(struct uf_panel *panel, size_t outcome, const char *inference, bool keep)
{
    struct uf_options *options;
    struct uf_error error;
    struct uf_result result;
    const struct uf_context context = {.language = UF_ENGLISH, .seed = 7, .keep_resampled = keep};
    panel->outcome = (long)outcome;
    uf_result_init(&result);
    assert_ok(uf_options_new(&uf_method_did, &options, &error), &error);
    assert_ok(uf_options_set(options, "event-study", "false", &error), &error);
    assert_ok(uf_options_set(options, "inference", inference, &error), &error);
    assert_ok(uf_method_did.run(panel, options, &context, &result, &error), &error);
    uf_options_free(options);
    return result;
}

static double plain_p(const struct uf_result *result, const char *vcov)
{
    const struct uf_table *table = uf_result_table(result, "estimates");
    for (size_t row = 0; row < uf_table_rows(table); row++)
        if (!strcmp(uf_table_text(table, row, uf_table_column(table, "vcov")), vcov))
            return uf_table_number(table, row, uf_table_column(table, "p_value"));
    fail_msg("no row %s", vcov);
    return NAN;
}

static double change(struct uf_panel *panel, size_t outcome, size_t unit)
{
    double sum = 0;
    for (size_t t = 0; t < PERIODS; t++)
        sum += *small_panel_cell(panel, outcome, unit, t) / (t < START ? -START : PERIODS - START);
    return sum;
}

/* In a balanced panel the coefficient is the difference of mean changes. All ways to treat three, the actual one first. */
static void twin_coefficients(struct uf_panel *panel, size_t outcome, double out[WAYS])
{
    double all = 0;
    size_t way = 0;
    for (size_t u = 0; u < UNITS; u++) all += change(panel, outcome, u);
    for (size_t i = 0; i < UNITS; i++)
        for (size_t j = i + 1; j < UNITS; j++)
            for (size_t k = j + 1; k < UNITS; k++) {
                double treated =
                    change(panel, outcome, i) + change(panel, outcome, j) + change(panel, outcome, k);
                out[way++] = treated / TREATED - (all - treated) / (UNITS - TREATED);
            }
}

/* Step by step, as the paper says it: the largest of what is left against the maxima of what is left. */
static void twin_step_down(double statistic[OUTCOMES][WAYS], double out[OUTCOMES])
{
    bool left[OUTCOMES] = {true, true, true, true};
    double least = 0;
    for (size_t step = 0; step < OUTCOMES; step++) {
        size_t top = SIZE_MAX, beyond = 0;
        for (size_t m = 0; m < OUTCOMES; m++)
            if (left[m] && (top == SIZE_MAX || fabs(statistic[m][0]) > fabs(statistic[top][0]))) top = m;
        for (size_t way = 0; way < WAYS; way++) {
            double largest = 0;
            for (size_t m = 0; m < OUTCOMES; m++)
                if (left[m]) largest = fmax(largest, fabs(statistic[m][way]));
            beyond += largest >= fabs(statistic[top][0]) * (1 - 1e-9);
        }
        least = fmax(least, (double)beyond / WAYS);
        out[top] = least;
        left[top] = false;
    }
}

static void twin_that_deals_itself(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct uf_panel *panel = figures(seed);
        struct uf_result result[OUTCOMES];
        const struct uf_resampled *draws[OUTCOMES];
        static double statistic[OUTCOMES][WAYS];
        double found[OUTCOMES], expected[OUTCOMES], plain[OUTCOMES], holm[OUTCOMES];
        struct uf_error error;
        for (size_t m = 0; m < OUTCOMES; m++) {
            result[m] = run(panel, m, "randomisation", true);
            draws[m] = uf_result_resampled(&result[m], "randomisation");
            assert_non_null(draws[m]);
            assert_int_equal(draws[m]->count, WAYS);
            assert_string_equal(draws[m]->design, draws[0]->design);
            plain[m] = plain_p(&result[m], "randomisation");
            twin_coefficients(panel, m, statistic[m]);
            double sum = 0;
            for (size_t way = 0; way < WAYS; way++) sum += statistic[m][way] * statistic[m][way];
            for (size_t way = 0; way < WAYS; way++) statistic[m][way] /= sqrt(sum / WAYS);
        }
        assert_ok(effect_romano_wolf(draws, OUTCOMES, found, &error), &error);
        twin_step_down(statistic, expected);
        assert_ok(uf_holm(plain, OUTCOMES, holm, &error), &error);
        for (size_t m = 0; m < OUTCOMES; m++) {
            expect_close(found[m], expected[m], 1e-12, names[m]);
            assert_true(found[m] >= plain[m] - 1e-12);
            /* statistics of different outcomes differ a little in their tails, and there are 120 ways */
            assert_true(found[m] <= holm[m] + 0.05);
            uf_result_clear(&result[m]);
        }
        small_panel_free(panel);
    }
}

/* Perfect dependence costs nothing, under every resampling; a copy in another unit is a copy. */
static void twice_the_same(void **state)
{
    (void)state;
    static const char *const vcov[] = {"randomisation", "randomisation-t", "randomisation-scaled",
                                       "wild-bootstrap"};
    struct uf_panel *panel = figures(3);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++)
            *small_panel_cell(panel, 1, u, t) = 40 - 1000 * *small_panel_cell(panel, 0, u, t);
    for (size_t i = 0; i < sizeof vcov / sizeof *vcov; i++) {
        struct uf_result one = run(panel, 0, "randomisation,wild-bootstrap", true),
                         two = run(panel, 1, "randomisation,wild-bootstrap", true);
        const struct uf_resampled *draws[] = {uf_result_resampled(&one, vcov[i]),
                                              uf_result_resampled(&two, vcov[i]),
                                              uf_result_resampled(&one, vcov[i])};
        struct uf_error error;
        double out[3];
        assert_non_null(draws[0]);
        assert_non_null(draws[1]);
        assert_string_equal(draws[0]->design, draws[1]->design);
        assert_ok(effect_romano_wolf(draws, 3, out, &error), &error);
        for (size_t m = 0; m < 3; m++) expect_close(out[m], plain_p(&one, vcov[i]), 1e-12, vcov[i]);
        uf_result_clear(&one), uf_result_clear(&two);
    }
    small_panel_free(panel);
}

/* Who else was treated is another design; nothing is kept unasked. */
static void another_design(void **state)
{
    (void)state;
    struct uf_panel *panel = figures(4);
    struct uf_result one = run(panel, 0, "randomisation,wild-bootstrap", true),
                     unasked = run(panel, 0, "randomisation,wild-bootstrap", false);
    assert_int_equal(unasked.n_resampled, 0);
    assert_string_not_equal(uf_result_resampled(&one, "randomisation")->design,
                            uf_result_resampled(&one, "wild-bootstrap")->design);
    panel->treatment.first_period[5] = START;
    struct uf_result other = run(panel, 1, "randomisation,wild-bootstrap", true);
    panel->treatment.first_period[5] = SIZE_MAX;
    small_panel_rename_unit(panel, 9, "R011");
    struct uf_result renamed = run(panel, 1, "randomisation,wild-bootstrap", true);
    for (size_t i = 0; i < 2; i++) {
        const char *vcov = i ? "wild-bootstrap" : "randomisation";
        const char *design = uf_result_resampled(&one, vcov)->design;
        assert_string_not_equal(design, uf_result_resampled(&other, vcov)->design);
        assert_string_not_equal(design, uf_result_resampled(&renamed, vcov)->design);
    }
    uf_result_clear(&one), uf_result_clear(&unasked), uf_result_clear(&other), uf_result_clear(&renamed);
    small_panel_free(panel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(twin_that_deals_itself),
                                       cmocka_unit_test(twice_the_same), cmocka_unit_test(another_design)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

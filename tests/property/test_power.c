// SPDX-License-Identifier: GPL-3.0-or-later
/* power.h: the formula against the published one, the simulation against one regression per deal and effect. */
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>
#include <utfall/power.h>
#include <utfall/random.h>

struct panel {
    struct uf_did_data data;
    size_t *unit, *period, *first;
    double *outcome, *treatment;
};

/* Balanced; the first `treated` units from `start` on; errors AR(1) with rho. */
static struct panel panel_make(size_t units, size_t periods, size_t treated, size_t start, double rho,
                               uint64_t seed)
{
    size_t n = units * periods;
    struct panel p = {.unit = malloc(n * sizeof *p.unit),
                      .period = malloc(n * sizeof *p.period),
                      .first = malloc(units * sizeof *p.first),
                      .outcome = malloc(n * sizeof *p.outcome),
                      .treatment = malloc(n * sizeof *p.treatment)};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 0);
    for (size_t u = 0; u < units; u++) {
        double error = 0;
        p.first[u] = u < treated ? start : SIZE_MAX;
        for (size_t t = 0; t < periods; t++) {
            size_t i = u * periods + t;
            double shock = gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54);
            error = t == 0 ? shock : rho * error + sqrt(1 - rho * rho) * shock;
            p.unit[i] = u, p.period[i] = t;
            p.outcome[i] = error + 0.3 * (double)u - 0.1 * (double)t;
            p.treatment[i] = t >= p.first[u] ? 1 : 0;
        }
    }
    p.data = did_data_by_unit(n, units, periods,
                              (struct did_columns){p.unit, p.period, p.outcome, p.treatment, p.first});
    return p;
}

static void panel_clear(struct panel *p)
{
    free(p->unit), free(p->period), free(p->first), free(p->outcome), free(p->treatment);
}

/* Burlig, Preonas & Woerman (2020), eq. (2); Bloom (1995) where the covariances are 0. */
static void published_formula(void **state)
{
    (void)state;
    enum { UNITS = 20, PERIODS = 11, TREATED = 6, BEFORE = 7, AFTER = PERIODS - BEFORE };
    struct panel p = panel_make(UNITS, PERIODS, TREATED, BEFORE, 0, 1);
    double gamma[PERIODS], sums[3] = {0}, counts[3] = {0};
    size_t pairs[PERIODS];
    for (size_t k = 0; k < PERIODS; k++) gamma[k] = 1.7 * pow(0.6, (double)k), pairs[k] = 100;
    for (size_t t = 0; t < PERIODS; t++)
        for (size_t s = 0; s < t; s++) {
            int which = t < BEFORE ? 0 : s >= BEFORE ? 1 : 2;
            sums[which] += gamma[t - s], counts[which]++;
        }
    double m = BEFORE, r = AFTER, share = (double)TREATED / UNITS;
    double design = 1 / (share * (1 - share) * UNITS);
    double independent = design * (m + r) / (m * r) * 1.3;
    double serial = design * ((m + r) / (m * r) * gamma[0] + (m - 1) / m * sums[0] / counts[0] +
                              (r - 1) / r * sums[1] / counts[1] - 2 * sums[2] / counts[2]);
    const struct uf_autocovariance autocovariance = {PERIODS, gamma, pairs, 1.3};
    struct uf_power_error out;
    struct uf_error error;
    assert_ok(uf_power_analytic(&p.data, &autocovariance, &out, &error), &error);
    expect_close(out.independent, sqrt(independent), 1e-10, "Bloom");
    expect_close(out.serial, sqrt(serial), 1e-10, "Burlig et al.");
    /* a constant added to all autocovariances is a unit effect */
    for (size_t k = 0; k < PERIODS; k++) gamma[k] += 3;
    assert_ok(uf_power_analytic(&p.data, &autocovariance, &out, &error), &error);
    expect_close(out.serial, sqrt(serial), 1e-9, "unit effects");
    /* the sandwich with one column is the same variance */
    struct uf_did_fit fit;
    gsl_matrix *v = gsl_matrix_alloc(1, 1);
    assert_ok(uf_did_estimate(&p.data, &fit, &error), &error);
    assert_ok(uf_autocovariance_sandwich(&p.data, fit.x, fit.fit.inverse, &autocovariance, v, &error),
              &error);
    expect_close(gsl_matrix_get(v, 0, 0), serial, 1e-9, "sandwich");
    uf_did_fit_clear(&fit);
    gsl_matrix_free(v);
    expect_close(uf_power_minimum(2, INFINITY, 0.05, 0.8), 2 * 2.8015852181129, 1e-10,
                 "2.80 standard errors");
    expect_close(uf_power_at(0, 1, 12, 0.05), 0.05, 1e-10, "no effect");
    expect_within(uf_power_at(uf_power_minimum(1, 12, 0.05, 0.8), 1, 12, 0.05), 0.8, 1e-3, "at the minimum");
    panel_clear(&p);
}

static void autocovariances(void **state)
{
    (void)state;
    enum { UNITS = 7, PERIODS = 5 };
    struct panel p = panel_make(UNITS, PERIODS, 0, 0, 0.5, 3);
    double unit[UNITS] = {0}, period[PERIODS] = {0}, mean = 0, expected[PERIODS] = {0};
    for (size_t i = 0; i < p.data.n; i++) {
        unit[p.unit[i]] += p.outcome[i] / PERIODS, period[p.period[i]] += p.outcome[i] / UNITS;
        mean += p.outcome[i] / (UNITS * PERIODS);
    }
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++)
            for (size_t s = 0; s <= t; s++) {
                double a = p.outcome[u * PERIODS + t] - unit[u] - period[t] + mean;
                double b = p.outcome[u * PERIODS + s] - unit[u] - period[s] + mean;
                expected[t - s] += a * b / (double)(UNITS * (PERIODS - (t - s)));
            }
    struct uf_autocovariance a;
    struct uf_error error;
    assert_ok(uf_autocovariance_estimate(&p.data, &a, &error), &error);
    assert_int_equal(a.count, PERIODS);
    double n = UNITS * PERIODS, factor = n / (n - PERIODS + 1);
    expect_close(a.variance, expected[0] * n / (n - UNITS - PERIODS + 1), 1e-12, "variance");
    for (size_t k = 0; k < PERIODS; k++) {
        expect_within(a.gamma[k], factor * expected[k], 1e-12, "gamma");
        assert_int_equal(a.pairs[k], UNITS * (PERIODS - k));
    }
    uf_autocovariance_clear(&a);
    panel_clear(&p);

    /* many units: what the fixed effects lower cancels in differences */
    struct panel large = panel_make(3000, 12, 0, 0, 0.7, 5);
    assert_ok(uf_autocovariance_estimate(&large.data, &a, &error), &error);
    for (size_t k = 1; k < 6; k++)
        expect_within(a.gamma[0] - a.gamma[k], 1 - pow(0.7, (double)k), 0.03,
                      "difference of autocovariances");
    uf_autocovariance_clear(&a);
    panel_clear(&large);
}

/* One regression per deal, effect and permutation. */
static void agrees_with_regressions(void **state)
{
    (void)state;
    enum { UNITS = 8, PERIODS = 6, TREATED = 2, DRAWS = 15, POOL = 27 }; /* of 28 deals */
    struct panel p = panel_make(UNITS, PERIODS, TREATED, 3, 0.4, 7);
    const struct uf_power_options options = {.draws = DRAWS, .permutations = POOL, .seed = 11};
    struct uf_power_simulation *s;
    struct uf_error error;
    assert_ok(uf_power_simulation_new(&p.data, &options, &s, &error), &error);
    assert_true(uf_power_deals(s) == DRAWS && !uf_power_enumerated(s));
    size_t n = p.data.n;
    double *deals = malloc(POOL * n * sizeof *deals), *outcome = malloc(n * sizeof *outcome);
    struct uf_did_assignment assignment;
    assert_ok(uf_did_assignment_init(&p.data, &assignment, &error), &error);
    for (size_t r = 0; r < POOL; r++) {
        struct uf_random random;
        size_t path[UNITS];
        memcpy(path, assignment.path, sizeof path);
        uf_random_init(&random, 11, UF_PURPOSE_PLACEBO, r);
        uf_random_shuffle(&random, path, assignment.n_blocks);
        for (size_t i = 0; i < n; i++)
            deals[r * n + i] = assignment.path_value[i * assignment.n_paths + path[assignment.block[i]]];
    }
    const double effects[] = {0, 0.4, -1.1, 2.5};
    for (size_t e = 0; e < 4; e++) {
        double rejected[2] = {0, 0};
        for (size_t r = 0; r < DRAWS; r++) {
            double own = 0;
            size_t extreme = 0;
            struct uf_did_data data = p.data;
            for (size_t i = 0; i < n; i++) outcome[i] = p.outcome[i] + effects[e] * deals[r * n + i];
            data.outcome = outcome;
            for (size_t step = 0; step <= POOL; step++) { /* the own deal first */
                size_t a = step == 0 ? r : step - 1;
                struct uf_did_fit fit;
                data.treatment = deals + a * n;
                assert_ok(uf_did_estimate(&data, &fit, &error), &error);
                double estimate = gsl_vector_get(fit.fit.coefficients, 0);
                if (step == 0) {
                    struct uf_covariance v;
                    const struct uf_covariance_options cr2 = {.kind = UF_COVARIANCE_CR2};
                    own = estimate;
                    assert_ok(uf_did_covariance(&data, &fit, &cr2, &v, &error), &error);
                    rejected[UF_POWER_CR2] +=
                        uf_t_test(estimate, gsl_matrix_get(v.matrix, 0, 0), v.df[0], 0.95).p_value < 0.05;
                    uf_covariance_clear(&v);
                } else {
                    extreme += a == r || fabs(estimate) >= fabs(own) * (1 - 1e-9);
                }
                uf_did_fit_clear(&fit);
            }
            rejected[UF_POWER_RANDOMISATION] += (double)extreme / POOL <= 0.05;
        }
        for (int procedure = 0; procedure < 2; procedure++)
            expect_within(uf_power_share(s, (enum uf_power_procedure)procedure, effects[e]),
                          rejected[procedure] / DRAWS, 1e-12, "power");
    }
    uf_did_assignment_clear(&assignment);
    uf_power_simulation_free(s);
    free(deals), free(outcome);
    panel_clear(&p);
}

/* Where there are no more deals than are asked for, each stands once, and is tested as `did` tests it: by all deals. Three of six
 * regions: no p is below 2/20, which is the level, and a large effect is found. */
static void few_deals_are_all_tried(void **state)
{
    (void)state;
    enum { UNITS = 6, PERIODS = 5, DEALS = 20 };
    struct panel p = panel_make(UNITS, PERIODS, 3, 2, 0.4, 23);
    const struct uf_power_options options = {.level = 0.1, .draws = 30, .permutations = 40};
    struct uf_power_simulation *s;
    struct uf_error error;
    assert_ok(uf_power_simulation_new(&p.data, &options, &s, &error), &error);
    assert_true(uf_power_deals(s) == DEALS && uf_power_enumerated(s));
    const double effects[] = {0, 0.5, 3, 20};
    double *outcome = malloc(p.data.n * sizeof *outcome), *treatment = malloc(p.data.n * sizeof *treatment);
    for (size_t e = 0; e < 4; e++) {
        size_t rejected = 0, deals = 0;
        for (unsigned chosen = 0; chosen < 1U << UNITS; chosen++) {
            if (__builtin_popcount(chosen) != 3) continue;
            size_t first[UNITS];
            struct uf_did_data data = p.data;
            for (size_t u = 0; u < UNITS; u++) first[u] = chosen >> u & 1 ? 2 : SIZE_MAX;
            for (size_t i = 0; i < data.n; i++) {
                treatment[i] = (chosen >> p.unit[i] & 1) && p.period[i] >= 2;
                outcome[i] = p.outcome[i] + effects[e] * treatment[i];
            }
            data.first_period = first, data.treatment = treatment, data.outcome = outcome;
            struct uf_did_fit fit;
            struct uf_did_assignment assignment;
            struct uf_randomisation randomisation;
            const struct uf_randomisation_options all = {.seed = 1};
            assert_ok(uf_did_estimate(&data, &fit, &error), &error);
            assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
            assert_ok(uf_did_randomise(&data, &fit, &assignment, &all, &randomisation, &error), &error);
            assert_true(randomisation.enumerated);
            rejected += randomisation.p_coefficient <= 0.1 + 1e-12;
            deals++;
            uf_randomisation_clear(&randomisation);
            uf_did_assignment_clear(&assignment);
            uf_did_fit_clear(&fit);
        }
        assert_int_equal(deals, DEALS);
        expect_close(uf_power_share(s, UF_POWER_RANDOMISATION, effects[e]), (double)rejected / DEALS, 1e-12,
                     "power");
        if (e == 3) assert_true(rejected > 0);
    }
    free(outcome), free(treatment);
    uf_power_simulation_free(s);
    panel_clear(&p);
}

/* Under no effect the level, with a large one 1; the least effect found is where the curve crosses. */
static void level_and_crossing(void **state)
{
    (void)state;
    struct panel p = panel_make(21, 8, 3, 5, 0.7, 13);
    const struct uf_power_options options = {.draws = 300, .permutations = 499, .seed = 2};
    struct uf_power_simulation *s, *again;
    struct uf_error error;
    assert_ok(uf_power_simulation_new(&p.data, &options, &s, &error), &error);
    assert_ok(uf_power_simulation_new(&p.data, &options, &again, &error), &error);
    expect_within(uf_power_share(s, UF_POWER_RANDOMISATION, 0), 0.05, 4 * sqrt(0.05 * 0.95 / 300), "level");
    for (int procedure = 0; procedure < 2; procedure++) {
        enum uf_power_procedure which = (enum uf_power_procedure)procedure;
        double least = uf_power_simulated_minimum(s, which, 0.8, 100);
        assert_true(least > 0 && uf_power_share(s, which, least) >= 0.8);
        assert_true(uf_power_share(s, which, 0.99 * least) < 0.8);
        assert_true(uf_power_share(s, which, 50) == 1);
        assert_true(uf_power_simulated_minimum(again, which, 0.8, 100) == least);
        assert_true(isnan(uf_power_simulated_minimum(s, which, 0.8, least / 2)));
    }
    uf_power_simulation_free(s), uf_power_simulation_free(again);
    /* two treated of four: six deals, no p below 1/6, nothing is ever found */
    struct panel few = panel_make(4, 6, 2, 3, 0, 17);
    assert_ok(uf_power_simulation_new(&few.data, &options, &s, &error), &error);
    expect_close(uf_power_share(s, UF_POWER_RANDOMISATION, 1000), 0, 0, "unreachable");
    assert_true(isnan(uf_power_simulated_minimum(s, UF_POWER_RANDOMISATION, 0.8, 1e6)));
    uf_power_simulation_free(s);
    panel_clear(&p), panel_clear(&few);
}

static void refusals(void **state)
{
    (void)state;
    struct panel p = panel_make(6, 4, 2, 2, 0, 19);
    struct uf_error error;
    struct uf_power_simulation *s = NULL;
    struct uf_power_error out = {7, 7};
    struct uf_autocovariance a = {0};
    const struct uf_power_options many = {.draws = 10000000};
    struct panel large = panel_make(40, 4, 15, 2, 0, 19);
    assert_int_equal(uf_power_simulation_new(&large.data, &many, &s, &error), UF_BAD_USAGE);
    panel_clear(&large);
    const struct uf_power_options few = {.draws = 10, .permutations = 10};
    struct uf_did_data empty = p.data;
    empty.n = 0;
    assert_int_equal(uf_power_simulation_new(&empty, &few, &s, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(uf_autocovariance_estimate(&empty, &a, &error), UF_NOT_IDENTIFIED);
    assert_ok(uf_autocovariance_estimate(&p.data, &a, &error), &error);
    for (size_t i = 0; i < p.data.n; i++) p.treatment[i] = 1;
    assert_int_equal(uf_power_analytic(&p.data, &a, &out, &error), UF_NOT_IDENTIFIED);
    assert_true(out.serial == 7 && s == NULL);
    uf_autocovariance_clear(&a);
    panel_clear(&p);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_formula),       cmocka_unit_test(autocovariances),
        cmocka_unit_test(agrees_with_regressions), cmocka_unit_test(few_deals_are_all_tried),
        cmocka_unit_test(level_and_crossing),      cmocka_unit_test(refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Dose and response: known curves come back, the mean is the difference of mean changes, and the two-way coefficient is
 * what its weights say. */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/dose_response.h>

enum { UNITS = 40, UNTREATED = 15 };

struct sample {
    struct uf_dose_data data;
    double change[UNITS], dose[UNITS], weights[UNITS];
};

static double truth(double d)
{
    return 1 + 0.5 * d - 0.02 * d * d;
}

static struct sample sample_new(double noise, bool weights)
{
    struct sample s = {.data = {.n = UNITS}};
    for (size_t i = 0; i < UNITS; i++) {
        s.dose[i] = i < UNTREATED ? 0 : 5 + floor(10 * (bench_noise(1, i) + 1)) / 2;
        s.weights[i] = 2 + bench_noise(2, i);
        s.change[i] = 3 + (s.dose[i] > 0 ? truth(s.dose[i]) : 0) + noise * bench_noise(3, i);
    }
    if (weights) s.data.weights = s.weights;
    return s;
}

static void point(struct sample *s)
{
    s->data.change = s->change, s->data.dose = s->dose;
    if (s->data.weights) s->data.weights = s->weights;
}

static struct uf_dose_fit fit_of(const struct sample *s, enum uf_dose_curve curve, size_t size)
{
    const struct uf_dose_options options = {curve, size};
    struct uf_dose_fit fit;
    struct uf_error error;
    assert_ok(uf_dose_fit(&s->data, &options, &fit, &error), &error);
    return fit;
}

static double value(const struct uf_dose_fit *fit, const double *c)
{
    double sum = 0;
    for (size_t j = 0; j < fit->n_columns; j++)
        if (fit->position[j] != SIZE_MAX)
            sum += c[fit->position[j]] * gsl_vector_get(fit->fit.coefficients, j);
    return sum;
}

static double at(const struct uf_dose_fit *fit, double dose, bool slope)
{
    double c[32];
    assert_true(uf_dose_at(fit, dose, slope, c));
    return value(fit, c);
}

static void a_known_curve_comes_back(void **state)
{
    (void)state;
    struct sample s = sample_new(0, true);
    point(&s);
    const struct {
        enum uf_dose_curve curve;
        size_t size;
    } curves[] = {{UF_DOSE_POLYNOMIAL, 2}, {UF_DOSE_POLYNOMIAL, 4}, {UF_DOSE_SPLINE, 0}, {UF_DOSE_SPLINE, 2}};
    for (size_t k = 0; k < 4; k++) {
        struct uf_dose_fit fit = fit_of(&s, curves[k].curve, curves[k].size);
        for (double d = fit.least; d <= fit.most; d += 0.37) {
            expect_close(at(&fit, d, false), truth(d), 1e-8, "curve");
            expect_close(at(&fit, d, true), 0.5 - 0.04 * d, 1e-6, "slope");
        }
        uf_dose_fit_clear(&fit);
    }
}

static void slopes_are_derivatives(void **state)
{
    (void)state;
    struct sample s = sample_new(1, false);
    point(&s);
    for (size_t knots = 0; knots < 4; knots++) {
        struct uf_dose_fit fit = fit_of(&s, UF_DOSE_SPLINE, knots);
        for (double d = fit.least + 0.1; d < fit.most; d += 0.71)
            expect_within(at(&fit, d, true), (at(&fit, d + 1e-4, false) - at(&fit, d - 1e-4, false)) / 2e-4,
                          1e-4, "derivative");
        uf_dose_fit_clear(&fit);
    }
}

static void the_mean_is_the_difference_of_mean_changes(void **state)
{
    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        struct sample s = sample_new(1, weighted);
        point(&s);
        double sum[2] = {0}, all[2] = {0}, slopes = 0, c[32];
        struct uf_dose_fit quadratic = fit_of(&s, UF_DOSE_POLYNOMIAL, 2);
        for (size_t i = 0; i < UNITS; i++) {
            double w = weighted ? s.weights[i] : 1;
            sum[s.dose[i] > 0] += w * s.change[i], all[s.dose[i] > 0] += w;
            if (s.dose[i] > 0) slopes += w * at(&quadratic, s.dose[i], true);
        }
        uf_dose_mean(&quadratic, &s.data, true, c);
        expect_close(value(&quadratic, c), slopes / all[1], 1e-10, "mean slope");
        uf_dose_fit_clear(&quadratic);
        for (int curve = 0; curve < 3; curve++) {
            struct uf_dose_fit fit = fit_of(&s, (enum uf_dose_curve)curve, 2);
            assert_true(uf_dose_mean(&fit, &s.data, false, c));
            expect_close(value(&fit, c), sum[1] / all[1] - sum[0] / all[0], 1e-10, "mean");
            assert_int_equal(uf_dose_mean(&fit, &s.data, true, c), curve != UF_DOSE_GROUPS);
            uf_dose_fit_clear(&fit);
        }
    }
}

static void groups_are_differences_of_means(void **state)
{
    (void)state;
    struct sample s = sample_new(1, false);
    point(&s);
    struct uf_dose_fit fit = fit_of(&s, UF_DOSE_GROUPS, 3);
    double untreated = 0, sum[3] = {0}, n[3] = {0};
    for (size_t i = 0; i < UNITS; i++) {
        if (s.dose[i] == 0) {
            untreated += s.change[i] / UNTREATED;
            continue;
        }
        size_t g = s.dose[i] <= fit.knot[0] ? 0 : s.dose[i] <= fit.knot[1] ? 1 : 2;
        sum[g] += s.change[i], n[g]++;
    }
    for (size_t g = 0; g < 3; g++) {
        assert_true(n[g] >= 5);
        double dose = g == 0 ? fit.least : g == 1 ? fit.knot[1] : fit.most;
        expect_close(at(&fit, dose, false), sum[g] / n[g] - untreated, 1e-10, "group");
    }
    uf_dose_fit_clear(&fit);
}

/* The weights add up to 1 and to the coefficient, which is that of two-way fixed effects in two periods. */
static void weights_add_up_to_the_two_way_coefficient(void **state)
{
    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        struct sample s = sample_new(1, weighted);
        point(&s);
        struct uf_dose_weight *w;
        struct uf_did_fit two_way;
        struct uf_error error;
        size_t count, unit[2 * UNITS], period[2 * UNITS], first[UNITS];
        double outcome[2 * UNITS], treatment[2 * UNITS], weights[2 * UNITS], sum = 0, all = 0, shares = 0;
        for (size_t i = 0; i < 2 * UNITS; i++) {
            size_t u = i % UNITS;
            unit[i] = u, period[i] = i / UNITS, first[u] = s.dose[u] > 0 ? 1 : SIZE_MAX;
            outcome[i] = 7 * bench_noise(9, u) + (i < UNITS ? 0 : s.change[u]);
            treatment[i] = i < UNITS ? 0 : s.dose[u];
            weights[i] = weighted ? s.weights[u] : 1;
        }
        const struct uf_did_data data = {.n = 2 * UNITS,
                                         .n_units = UNITS,
                                         .n_periods = 2,
                                         .unit = unit,
                                         .period = period,
                                         .outcome = outcome,
                                         .treatment = treatment,
                                         .weights = weights,
                                         .first_period = first};
        assert_ok(uf_did_estimate(&data, &two_way, &error), &error);
        assert_ok(uf_dose_weights(&s.data, &w, &count, &error), &error);
        for (size_t j = 0; j < count; j++) {
            assert_true(w[j].weight > 0 && w[j].to > w[j].from);
            sum += w[j].weight * w[j].slope, all += w[j].weight, shares += w[j].share;
        }
        expect_close(all, 1, 1e-12, "weights");
        expect_close(shares, 1, 1e-12, "shares");
        expect_close(sum, gsl_vector_get(two_way.fit.coefficients, 0), 1e-10, "two-way coefficient");
        free(w);
        uf_did_fit_clear(&two_way);
    }
}

static void scale_and_level_do_not_matter(void **state)
{
    (void)state;
    struct sample s = sample_new(1, true), t = sample_new(1, true);
    point(&s), point(&t);
    for (size_t i = 0; i < UNITS; i++) t.dose[i] *= 1e6, t.change[i] = 5 - 2 * t.change[i];
    for (int curve = 0; curve < 3; curve++) {
        struct uf_dose_fit a = fit_of(&s, (enum uf_dose_curve)curve, 3),
                           b = fit_of(&t, (enum uf_dose_curve)curve, 3);
        for (double d = a.least; d <= a.most; d += 0.83) {
            expect_within(at(&b, 1e6 * d, false), -2 * at(&a, d, false), 1e-8, "curve");
            if (curve != UF_DOSE_GROUPS)
                expect_within(1e6 * at(&b, 1e6 * d, true), -2 * at(&a, d, true), 1e-7, "slope");
        }
        uf_dose_fit_clear(&a), uf_dose_fit_clear(&b);
    }
}

static void what_cannot_be_told_is_refused(void **state)
{
    (void)state;
    struct sample s = sample_new(1, false);
    struct uf_dose_fit fit;
    struct uf_dose_weight *w;
    struct uf_error error;
    size_t count;
    point(&s);
    const struct uf_dose_options line = {UF_DOSE_POLYNOMIAL, 1}, wrong = {UF_DOSE_POLYNOMIAL, 6},
                                 cubic = {UF_DOSE_POLYNOMIAL, 3};
    assert_int_equal(uf_dose_fit(&s.data, &wrong, &fit, &error), UF_BAD_USAGE);
    for (size_t i = UNTREATED; i < UNITS; i++) s.dose[i] = (double)(i % 3 + 1);
    assert_int_equal(uf_dose_fit(&s.data, &cubic, &fit, &error), UF_NOT_IDENTIFIED);
    for (size_t i = UNTREATED; i < UNITS; i++) s.dose[i] = 2;
    assert_int_equal(uf_dose_fit(&s.data, &line, &fit, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "same dose"));
    assert_int_equal(uf_dose_weights(&s.data, &w, &count, &error), UF_NOT_IDENTIFIED);
    for (size_t i = 0; i < UNITS; i++) s.dose[i] = 1 + (double)i;
    assert_int_equal(uf_dose_fit(&s.data, &line, &fit, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "untreated"));
    for (size_t i = 0; i < UNITS; i++) s.dose[i] = 0;
    assert_int_equal(uf_dose_fit(&s.data, &line, &fit, &error), UF_NOT_IDENTIFIED);
    s.dose[3] = -1;
    assert_int_equal(uf_dose_fit(&s.data, &line, &fit, &error), UF_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_curve_comes_back),
        cmocka_unit_test(slopes_are_derivatives),
        cmocka_unit_test(the_mean_is_the_difference_of_mean_changes),
        cmocka_unit_test(groups_are_differences_of_means),
        cmocka_unit_test(weights_add_up_to_the_two_way_coefficient),
        cmocka_unit_test(scale_and_level_do_not_matter),
        cmocka_unit_test(what_cannot_be_told_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

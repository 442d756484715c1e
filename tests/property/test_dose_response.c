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
    const struct uf_dose_options options = {.curve = curve, .size = size};
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
    } curves[] = {{.curve = UF_DOSE_POLYNOMIAL, .size = 2},
                  {.curve = UF_DOSE_POLYNOMIAL, .size = 4},
                  {UF_DOSE_SPLINE, 0},
                  {UF_DOSE_SPLINE, 2}};
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
    const struct uf_dose_options line = {.curve = UF_DOSE_POLYNOMIAL, .size = 1},
                                 wrong = {.curve = UF_DOSE_POLYNOMIAL, .size = 6},
                                 cubic = {.curve = UF_DOSE_POLYNOMIAL, .size = 3};
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

/* --- several sub-experiments and covariates -------------------------------------------------------- */

enum { STACKS = 3, ROWS = 96, COVARIATES = 2, WIDE = 1 + COVARIATES };

struct stacked {
    struct uf_dose_data data;
    double change[ROWS], dose[ROWS], weights[ROWS], x[ROWS * COVARIATES];
    size_t stack[ROWS];
    gsl_matrix_view covariates;
};

static void stacked_fill(struct stacked *s, size_t n_stacks, bool covariates)
{
    for (size_t i = 0; i < ROWS; i++) {
        s->stack[i] = i % n_stacks;
        s->dose[i] = i < ROWS / 2 ? 0 : 5 + floor(10 * (bench_noise(11, i) + 1)) / 2;
        s->weights[i] = 2 + bench_noise(12, i);
        for (size_t j = 0; j < COVARIATES; j++)
            s->x[i * COVARIATES + j] = bench_noise(13 + j, i) + 0.1 * s->dose[i] + (double)j;
        s->change[i] = 3 + 2 * (double)s->stack[i] + s->x[i * COVARIATES] * (1 + (double)s->stack[i]) +
                       (s->dose[i] > 0 ? truth(s->dose[i]) : 0) + bench_noise(20, i);
    }
    s->covariates = gsl_matrix_view_array(s->x, ROWS, COVARIATES);
    s->data = (struct uf_dose_data){.n = ROWS,
                                    .change = s->change,
                                    .dose = s->dose,
                                    .weights = s->weights,
                                    .n_stacks = n_stacks,
                                    .stack = s->stack,
                                    .covariates = covariates ? &s->covariates.matrix : NULL};
}

/* A x = b by elimination with the largest pivot; k at most 4. */
static void solve(size_t k, double a[4][4], double *b)
{
    for (size_t c = 0; c < k; c++) {
        size_t p = c;
        for (size_t r = c + 1; r < k; r++)
            if (fabs(a[r][c]) > fabs(a[p][c])) p = r;
        for (size_t j = 0; j < k; j++) {
            double t = a[c][j];
            a[c][j] = a[p][j], a[p][j] = t;
        }
        double t = b[c];
        b[c] = b[p], b[p] = t;
        for (size_t r = 0; r < k; r++) {
            if (r == c) continue;
            double f = a[r][c] / a[c][c];
            for (size_t j = 0; j < k; j++) a[r][j] -= f * a[c][j];
            b[r] -= f * b[c];
        }
    }
    for (size_t c = 0; c < k; c++) b[c] /= a[c][c];
}

static void accumulate(size_t k, const double *row, double w, double y, double a[4][4], double *b)
{
    for (size_t r = 0; r < k; r++) {
        b[r] += w * row[r] * y;
        for (size_t c = 0; c < k; c++) a[r][c] += w * row[r] * row[c];
    }
}

/* The two steps, written out: the untreated of each stack, then a quadratic among the treated of all. */
static void two_steps(const struct stacked *s, const double *change, double beta[3])
{
    const size_t k = s->data.covariates ? WIDE : 1;
    double a[4][4] = {{0}}, gamma[STACKS][4] = {{0}};
    for (size_t g = 0; g < s->data.n_stacks; g++) {
        double m[4][4] = {{0}};
        for (size_t i = 0; i < ROWS; i++) {
            const double row[] = {1, s->x[i * COVARIATES], s->x[i * COVARIATES + 1]};
            if (s->stack[i] == g && s->dose[i] == 0)
                accumulate(k, row, s->weights[i], change[i], m, gamma[g]);
        }
        solve(k, m, gamma[g]);
    }
    memset(beta, 0, 3 * sizeof *beta);
    for (size_t i = 0; i < ROWS; i++) {
        const double row[] = {1, s->x[i * COVARIATES], s->x[i * COVARIATES + 1]},
                     b[] = {1, s->dose[i], s->dose[i] * s->dose[i]};
        double adjusted = change[i];
        for (size_t j = 0; j < k; j++) adjusted -= gamma[s->stack[i]][j] * row[j];
        if (s->dose[i] > 0) accumulate(3, b, s->weights[i], adjusted, a, beta);
    }
    solve(3, a, beta);
}

static double twin_at(const double beta[3], double dose)
{
    return beta[0] + beta[1] * dose + beta[2] * dose * dose;
}

static void two_steps_are_one_regression(void **state)
{
    (void)state;
    for (int covariates = 0; covariates < 2; covariates++)
        for (size_t stacks = 1; stacks <= STACKS; stacks++) {
            struct stacked s;
            struct uf_error error;
            struct uf_dose_fit fit;
            const struct uf_dose_options quadratic = {.curve = UF_DOSE_POLYNOMIAL, .size = 2};
            double beta[3], mean = 0, all = 0, c[32];
            stacked_fill(&s, stacks, covariates);
            assert_ok(uf_dose_fit(&s.data, &quadratic, &fit, &error), &error);
            two_steps(&s, s.change, beta);
            for (double d = fit.least; d <= fit.most; d += 0.9) {
                expect_close(at(&fit, d, false), twin_at(beta, d), 1e-9, "curve");
                expect_within(at(&fit, d, true), beta[1] + 2 * beta[2] * d, 1e-8, "slope");
            }
            for (size_t i = 0; i < ROWS; i++)
                if (s.dose[i] > 0) mean += s.weights[i] * twin_at(beta, s.dose[i]), all += s.weights[i];
            uf_dose_mean(&fit, &s.data, false, c);
            expect_close(value(&fit, c), mean / all, 1e-9, "mean");
            uf_dose_fit_clear(&fit);
        }
}

/* What a change weighs in m(d), by the combination and the regression's inverse, is what m(d) moves by with that change:
 * so the errors are those of both steps. */
static void combinations_weigh_both_steps(void **state)
{
    (void)state;
    struct stacked s;
    struct uf_error error;
    struct uf_dose_fit fit;
    const struct uf_dose_options quadratic = {.curve = UF_DOSE_POLYNOMIAL, .size = 2};
    double c[32], change[ROWS], plain[3], moved[3];
    const double dose = 8;
    stacked_fill(&s, STACKS, true);
    assert_ok(uf_dose_fit(&s.data, &quadratic, &fit, &error), &error);
    assert_true(uf_dose_at(&fit, dose, false, c));
    two_steps(&s, s.change, plain);
    for (size_t i = 0; i < ROWS; i++) {
        double v = 0;
        for (size_t r = 0; r < fit.fit.rank; r++)
            for (size_t q = 0; q < fit.fit.rank; q++)
                v +=
                    s.weights[i] * gsl_matrix_get(fit.x, i, r) * gsl_matrix_get(fit.fit.inverse, r, q) * c[q];
        memcpy(change, s.change, sizeof change);
        change[i] += 1;
        two_steps(&s, change, moved);
        expect_within(v, twin_at(moved, dose) - twin_at(plain, dose), 1e-9, "weight");
    }
    uf_dose_fit_clear(&fit);
}

static void a_covariate_that_does_not_vary_is_dropped(void **state)
{
    (void)state;
    struct stacked s;
    struct uf_error error;
    struct uf_dose_fit fit;
    const struct uf_dose_options line = {.curve = UF_DOSE_POLYNOMIAL, .size = 1};
    stacked_fill(&s, STACKS, true);
    for (size_t i = 0; i < ROWS; i++)
        if (s.stack[i] == 1 && s.dose[i] == 0) s.x[i * COVARIATES + 1] = 7;
    assert_ok(uf_dose_fit(&s.data, &line, &fit, &error), &error);
    for (size_t z = 0; z < fit.n_base; z++) assert_int_equal(fit.position[z] == SIZE_MAX, z == WIDE + 2);
    assert_true(isfinite(at(&fit, 7, false)));
    uf_dose_fit_clear(&fit);
    for (size_t i = 0; i < ROWS; i++)
        if (s.stack[i] == 1 && s.dose[i] == 0) s.stack[i] = 0;
    assert_int_equal(uf_dose_fit(&s.data, &line, &fit, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "sub-experiments"));
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
        cmocka_unit_test(two_steps_are_one_regression),
        cmocka_unit_test(combinations_weigh_both_steps),
        cmocka_unit_test(a_covariate_that_does_not_vary_is_dropped),
        cmocka_unit_test(what_cannot_be_told_is_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Stacked difference-in-differences: sub-experiments by hand, weights that are known, a twin with every dummy, and each
 * assignment by hand. */
#include "support/bench.h"
#include "support/stacked_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

enum { UNITS = 20, PERIODS = STACKED_PERIODS, MOST = UNITS * PERIODS };

static bool some(size_t unit, size_t period)
{
    return bench_noise(9, unit * PERIODS + period) > 0.8;
}

/* Two start in 3, five in 5, three in 8, ten never. */
static struct stacked_sample *sample_new(bool gaps)
{
    return stacked_sample_new(UNITS, (const size_t[]){2, 5, 3}, gaps ? some : NULL);
}

static struct uf_stacked estimate(const struct stacked_sample *s, struct uf_stacked_options options)
{
    struct uf_stacked fit;
    struct uf_error error;
    if (options.reference == 0) options.reference = -1;
    assert_ok(uf_stacked_estimate(&s->data, &options, &fit, &error), &error);
    return fit;
}

static double coefficient(const struct uf_stacked *fit, long event)
{
    for (size_t j = 0; j < fit->fit.n_leading; j++)
        if (fit->fit.event_time[j] == event) return gsl_vector_get(fit->fit.fit.coefficients, j);
    return NAN;
}

/* --- by hand ----------------------------------------------------------------------------------------- */

static bool serves(const struct stacked_sample *s, size_t u, size_t cohort, long after, bool not_yet)
{
    return s->first[u] == SIZE_MAX ||
           (not_yet && s->first[u] != cohort && (long)s->first[u] > (long)cohort + after);
}

/* Change from the reference to the event, treated less controls; and the weights of both. */
static double comparison(const struct stacked_sample *s, size_t cohort, long event, long reference,
                         long after, bool not_yet, double *treated, double *control)
{
    double sum[2][2] = {{0}}, weight[2][2] = {{0}};
    for (size_t i = 0; i < s->data.n; i++) {
        size_t u = s->unit[i];
        int side = s->first[u] == cohort ? 1 : serves(s, u, cohort, after, not_yet) ? 0 : -1;
        long e = (long)s->period[i] - (long)cohort;
        if (side < 0 || (e != event && e != reference)) continue;
        sum[side][e == event] += s->weights[i] * s->outcome[i];
        weight[side][e == event] += s->weights[i];
    }
    *treated = weight[1][1], *control = weight[0][1];
    return sum[1][1] / weight[1][1] - sum[1][0] / weight[1][0] - sum[0][1] / weight[0][1] +
           sum[0][0] / weight[0][0];
}

static void coefficients_average_the_sub_experiments(void **state)
{
    (void)state;
    static const size_t cohorts[] = {3, 5};
    for (int variant = 0; variant < 8; variant++) {
        const bool not_yet = variant & 1, sample = variant & 2;
        const long after = variant & 4 ? 3 : 2, before = 3;
        struct stacked_sample *s = sample_new(false);
        struct uf_stacked fit =
            estimate(s, (struct uf_stacked_options){
                            .before = before,
                            .after = after,
                            .control = not_yet ? UF_STACK_NOT_YET_TREATED : UF_STACK_NEVER_TREATED,
                            .weights = sample ? UF_STACK_BY_SAMPLE : UF_STACK_BY_SHARES});
        assert_int_equal(fit.n_stacks, 3);
        assert_int_equal(fit.n_used, 2);
        assert_int_equal(fit.stack[2].reason, UF_STACK_WINDOW);
        for (long e = -before; e <= after; e++) {
            double sum = 0, all = 0;
            if (e == -1) continue;
            for (int c = 0; c < 2; c++) {
                double d, n, value = comparison(s, cohorts[c], e, -1, after, not_yet, &d, &n);
                double weight = sample ? d * n / (d + n) : d;
                sum += weight * value, all += weight;
            }
            expect_within(coefficient(&fit, e), sum / all, 1e-11, "event time");
        }
        double d, n, first, second;
        comparison(s, 3, 0, -1, after, not_yet, &d, &n);
        first = sample ? d * n / (d + n) : d;
        comparison(s, 5, 0, -1, after, not_yet, &d, &n);
        second = sample ? d * n / (d + n) : d;
        expect_close(fit.stack[0].weight, first / (first + second), 1e-12, "weight");
        /* the cohort of 8 is a clean control of 3 up to 5 or 6, and of 5 up to 7 only */
        assert_int_equal(fit.stack[0].n_control, not_yet ? 13 : 10);
        assert_int_equal(fit.stack[1].n_control, not_yet && after == 2 ? 13 : 10);
        assert_int_equal(fit.data.n, fit.stack[0].n_rows + fit.stack[1].n_rows);
        assert_true(fit.n_distinct < fit.data.n);
        uf_stacked_clear(&fit);
        free(s);
    }
}

/* One cohort alone is the plain event study of its window. */
static void one_cohort_is_an_event_study(void **state)
{
    (void)state;
    struct stacked_sample *s = sample_new(false);
    for (size_t u = 0; u < 10; u++) s->first[u] = 5;
    const struct uf_event_study_options event = {.reference = -1};
    struct uf_did_fit plain;
    struct uf_error error;
    struct uf_stacked fit = estimate(s, (struct uf_stacked_options){.before = 5, .after = 4});
    assert_ok(uf_event_study_estimate(&s->data, &event, &plain, &error), &error);
    assert_int_equal(plain.n_leading, fit.fit.n_leading);
    for (size_t j = 0; j < plain.n_leading; j++)
        expect_within(coefficient(&fit, plain.event_time[j]), gsl_vector_get(plain.fit.coefficients, j),
                      1e-11, "plain");
    uf_did_fit_clear(&plain);
    uf_stacked_clear(&fit);
    free(s);
}

/* --- the twin: every dummy a column ---------------------------------------------------------------------- */

static void equals_the_regression_with_all_dummies(void **state)
{
    (void)state;
    struct stacked_sample *s = sample_new(true);
    s->covariates = gsl_matrix_view_array(s->covariate, s->data.n, 1);
    s->data.covariates = &s->covariates.matrix;
    const struct uf_stacked_options options = {.before = 2,
                                               .after = 1,
                                               .reference = -2,
                                               .control = UF_STACK_NOT_YET_TREATED,
                                               .weights = UF_STACK_BY_SAMPLE};
    struct uf_stacked fit = estimate(s, options);
    enum { STACKS = 3, WINDOW = 4, K = STACKS * (UNITS + WINDOW) + 3 + 1 };
    static const size_t cohorts[] = {3, 5, 8};
    gsl_matrix *x = gsl_matrix_calloc(STACKS * MOST, K);
    gsl_vector *y = gsl_vector_calloc(STACKS * MOST), *w = gsl_vector_calloc(STACKS * MOST);
    size_t n = 0;
    assert_int_equal(fit.n_used, 3);
    for (size_t c = 0; c < STACKS; c++)
        for (size_t i = 0; i < s->data.n; i++) {
            size_t u = s->unit[i];
            long e = (long)s->period[i] - (long)cohorts[c];
            bool treated = s->first[u] == cohorts[c];
            if ((!treated && !serves(s, u, cohorts[c], 1, true)) || e < -2 || e > 1) continue;
            gsl_matrix_set(x, n, c * UNITS + u, 1);
            gsl_matrix_set(x, n, STACKS * UNITS + c * WINDOW + (size_t)(e + 2), 1);
            if (treated && e != -2) gsl_matrix_set(x, n, STACKS * (UNITS + WINDOW) + (size_t)(e + 1), 1);
            gsl_matrix_set(x, n, K - 1, s->covariate[i]);
            gsl_vector_set(y, n, s->outcome[i]);
            gsl_vector_set(w, n++, s->weights[i]);
        }
    assert_int_equal(n, fit.data.n);
    gsl_matrix_view used = gsl_matrix_submatrix(x, 0, 0, n, K);
    gsl_vector_view outcome = gsl_vector_subvector(y, 0, n), weights = gsl_vector_subvector(w, 0, n);
    struct uf_least_squares ls;
    struct uf_error error;
    assert_ok(uf_least_squares_fit(&used.matrix, &outcome.vector, &weights.vector, NULL, &ls, &error),
              &error);
    for (long e = -1; e <= 1; e++)
        expect_within(coefficient(&fit, e),
                      gsl_vector_get(ls.coefficients, STACKS * (UNITS + WINDOW) + (size_t)(e + 1)), 1e-10,
                      "twin");
    uf_least_squares_clear(&ls);
    gsl_matrix_free(x), gsl_vector_free(y), gsl_vector_free(w);
    uf_stacked_clear(&fit);
    free(s);
}

/* --- windows and reasons ------------------------------------------------------------------------------- */

static void what_cannot_be_used_has_a_reason(void **state)
{
    (void)state;
    struct stacked_sample *s = sample_new(false);
    struct uf_error error;
    struct uf_stacked fit;
    long before, after;
    assert_ok(uf_stacked_window(&s->data, 0, &before, &after, &error), &error);
    assert_int_equal(before, 3);
    assert_int_equal(after, 1);
    assert_ok(uf_stacked_window(&s->data, 3, &before, &after, &error), &error);
    assert_int_equal(before, 5); /* with three periods of anticipation the first cohort has none before */
    struct uf_stacked_options options = {.before = 2, .after = 1, .reference = -1};
    for (size_t u = 10; u < UNITS; u++) s->first[u] = 6;
    assert_int_equal(uf_stacked_estimate(&s->data, &options, &fit, &error), UF_NOT_IDENTIFIED);
    options.control = UF_STACK_NOT_YET_TREATED;
    assert_ok(uf_stacked_estimate(&s->data, &options, &fit, &error), &error);
    assert_int_equal(fit.n_stacks, 4);
    assert_int_equal(fit.stack[0].n_control, 18);
    assert_int_equal(fit.stack[1].n_control, 3);
    assert_int_equal(fit.stack[3].reason, UF_STACK_NO_CONTROL);
    uf_stacked_clear(&fit);
    /* those who act on it beforehand are no control then */
    options.anticipation = 1, options.reference = -2;
    assert_ok(uf_stacked_estimate(&s->data, &options, &fit, &error), &error);
    assert_int_equal(fit.stack[0].n_control, 13);
    options.anticipation = 2, options.before = 3, options.reference = -3;
    uf_stacked_clear(&fit);
    assert_ok(uf_stacked_estimate(&s->data, &options, &fit, &error), &error);
    assert_int_equal(fit.stack[0].n_control, 3);
    uf_stacked_clear(&fit);
    const struct uf_stacked_options wrong[] = {{.before = 0, .reference = -1},
                                               {.before = 2, .after = -1, .reference = -1},
                                               {.before = 2, .reference = 0},
                                               {.before = 2, .reference = -3}};
    for (int w = 0; w < 4; w++)
        assert_int_equal(uf_stacked_estimate(&s->data, &wrong[w], &fit, &error), UF_BAD_USAGE);
    free(s);
}

/* --- randomisation ---------------------------------------------------------------------------------------- */

static double mean_effect(const struct uf_stacked *fit, double *c)
{
    double sum = 0;
    assert_true(uf_stacked_average(fit, c));
    for (size_t j = 0; j < fit->fit.n_columns; j++)
        if (fit->fit.position[j] != SIZE_MAX)
            sum += c[fit->fit.position[j]] * gsl_vector_get(fit->fit.fit.coefficients, j);
    return sum;
}

static void randomisation_is_the_estimator_again(void **state)
{
    (void)state;
    struct stacked_sample *s = sample_new(true);
    const struct uf_stacked_options options = {.before = 2, .after = 1, .reference = -1};
    const struct uf_randomisation_options draws = {.most_enumerated = 10, .draws = 20, .seed = 5};
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    struct uf_error error;
    struct uf_stacked fit = estimate(s, options);
    double c[64], *v = malloc(fit.data.n * sizeof *v), sum = 0;
    double actual = mean_effect(&fit, c);
    assert_ok(uf_stacked_weights(&fit, c, v, &error), &error);
    for (size_t i = 0; i < fit.data.n; i++) sum += v[i] * s->outcome[fit.row[i]];
    expect_close(sum, actual, 1e-10, "by outcomes");
    assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
    assert_ok(uf_stacked_randomise(&s->data, &options, &assignment, NULL, &draws, &r, &error), &error);
    expect_close(r.coefficient[0], actual, 1e-10, "the actual one");
    expect_close(r.shift[0], 1, 1e-10, "shift");
    /* t is the cluster-robust one without corrections */
    struct uf_covariance v0;
    const struct uf_covariance_options cr0 = {.kind = UF_COVARIANCE_CR0};
    const struct uf_covariance_input input = {.x = fit.fit.x,
                                              .residuals = fit.fit.fit.residuals,
                                              .inverse = fit.fit.fit.inverse,
                                              .weights = fit.data.weights,
                                              .absorber = fit.fit.absorber,
                                              .cluster = {fit.data.cluster[0]},
                                              .n_groups = {UNITS},
                                              .n_cluster_dimensions = 1};
    gsl_vector_view combination = gsl_vector_view_array(c, fit.fit.fit.rank);
    double variance, df;
    assert_ok(uf_covariance_estimate(&input, &cr0, &v0, &error), &error);
    assert_ok(uf_covariance_combination(&input, &cr0, &v0, &combination.vector, &variance, &df, &error),
              &error);
    expect_close(r.t[0], actual / sqrt(variance), 1e-9, "t");
    uf_covariance_clear(&v0);
    uf_stacked_clear(&fit);
    free(v);
    uf_randomisation_clear(&r);
    uf_did_assignment_clear(&assignment);
    free(s);
}

/* A covariate of zeros is dropped, but makes every assignment a regression. */
static void means_and_regressions_agree(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct stacked_sample *s = sample_new(false);
        const struct uf_stacked_options options = {
            .before = 3,
            .after = 1 + variant / 2,
            .reference = variant & 1 ? -2 : -1,
            .anticipation = variant & 1,
            .control = variant & 2 ? UF_STACK_NEVER_TREATED : UF_STACK_NOT_YET_TREATED,
            .weights = variant & 1 ? UF_STACK_BY_SHARES : UF_STACK_BY_SAMPLE};
        const struct uf_randomisation_options draws = {.most_enumerated = 10, .draws = 30, .seed = 5};
        struct uf_did_assignment assignment;
        struct uf_did_noise noise = {0};
        struct uf_randomisation a, b;
        struct uf_error error;
        size_t cells = UNITS * PERIODS;
        double *weight = malloc(cells * sizeof *weight), *variance = malloc(UNITS * sizeof *variance);
        for (size_t i = 0; i < s->data.n; i++) s->cluster[i] = s->unit[i] / 2;
        assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
        for (size_t c = 0; c < cells; c++) weight[c] = 1.5;
        for (size_t u = 0; u < UNITS; u++) variance[u] = 1 + (double)u;
        noise.weight = weight, noise.variance = variance;
        assert_true(uf_stacked_by_means(&s->data));
        assert_int_equal(assignment.n_blocks, UNITS);
        assert_ok(uf_stacked_randomise(&s->data, &options, &assignment, &noise, &draws, &a, &error), &error);
        gsl_matrix *zeros = gsl_matrix_calloc(s->data.n, 1);
        s->data.covariates = zeros;
        assert_false(uf_stacked_by_means(&s->data));
        assert_ok(uf_stacked_randomise(&s->data, &options, &assignment, &noise, &draws, &b, &error), &error);
        assert_int_equal(a.count, b.count);
        for (size_t i = 0; i < a.count; i++) {
            expect_within(a.coefficient[i], b.coefficient[i], 1e-10, "coefficient");
            expect_within(a.t[i], b.t[i], 1e-8, "t");
            expect_within(a.scaled[i], b.scaled[i], 1e-8, "scaled");
            expect_within(a.shift[i], b.shift[i], 1e-10, "shift");
        }
        uf_randomisation_clear(&a), uf_randomisation_clear(&b);
        gsl_matrix_free(zeros);
        free(weight), free(variance);
        uf_did_assignment_clear(&assignment);
        free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_average_the_sub_experiments),
        cmocka_unit_test(one_cohort_is_an_event_study),
        cmocka_unit_test(equals_the_regression_with_all_dummies),
        cmocka_unit_test(what_cannot_be_used_has_a_reason),
        cmocka_unit_test(randomisation_is_the_estimator_again),
        cmocka_unit_test(means_and_regressions_agree),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

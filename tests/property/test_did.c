// SPDX-License-Identifier: GPL-3.0-or-later
/* What must not matter, and what must come out, for the regression behind `did`. */
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/random.h>

enum { UNITS = 9, PERIODS = 7, MOST = 2 * UNITS * PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], first[UNITS];
    double outcome[MOST], treatment[MOST], weights[MOST], covariate[MOST];
    gsl_matrix_view covariates;
};

static void sample_point(struct sample *s, size_t n)
{
    s->covariates = gsl_matrix_view_array(s->covariate, n, 1);
    s->data = did_data_by_unit(n, UNITS, PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    s->data.weights = s->weights;
    s->data.covariates = &s->covariates.matrix;
}

static struct sample *sample_new(uint64_t seed)
{
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    size_t n = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 4);
    for (size_t u = 0; u < UNITS; u++) s->first[u] = u < 2 ? 3 : u < 4 ? 5 : SIZE_MAX;
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            if (t != 2 && uf_random_below(&random, 10) == 0) continue;
            s->unit[n] = u, s->period[n] = t;
            s->treatment[n] = s->first[u] != SIZE_MAX && t >= s->first[u];
            s->outcome[n] = 1000 + uf_random_uniform(&random) + (double)(u * t) / 20;
            s->weights[n] = 1 + (double)uf_random_below(&random, 2);
            s->covariate[n++] = uf_random_uniform(&random);
        }
    }
    sample_point(s, n);
    return s;
}

struct answer {
    double estimate[MOST], error[MOST];
    size_t k;
};

static struct answer answer_of(const struct sample *s, bool events, enum uf_covariance_kind kind)
{
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_covariance v;
    struct answer answer = {0};
    struct uf_event_study_options options = {.reference = -1};
    struct uf_covariance_options covariance = {.kind = kind, .k_rule = UF_K_FIXEST};
    if (events)
        assert_ok(uf_event_study_estimate(&s->data, &options, &fit, &error), &error);
    else
        assert_ok(uf_did_estimate(&s->data, &fit, &error), &error);
    assert_ok(uf_did_covariance(&s->data, &fit, &covariance, &v, &error), &error);
    answer.k = fit.n_columns;
    for (size_t j = 0; j < fit.n_columns; j++) {
        answer.estimate[j] = gsl_vector_get(fit.fit.coefficients, j);
        assert_true(fit.position[j] != SIZE_MAX);
        answer.error[j] = sqrt(gsl_matrix_get(v.matrix, fit.position[j], fit.position[j]));
    }
    uf_covariance_clear(&v);
    uf_did_fit_clear(&fit);
    return answer;
}

static void expect_same(const struct answer *a, const struct answer *b, double factor, bool errors,
                        const char *what)
{
    assert_int_equal(a->k, b->k);
    for (size_t j = 0; j < a->k; j++) {
        expect_within(b->estimate[j], factor * a->estimate[j], 1e-9 * fabs(factor), what);
        if (errors) expect_within(b->error[j], fabs(factor) * a->error[j], 1e-9 * fabs(factor), what);
    }
}

static void permuting_rows_changes_nothing(void **state)
{
    (void)state;
    for (int events = 0; events < 2; events++) {
        struct sample *s = sample_new(1), *p = sample_new(1);
        size_t order[MOST];
        struct uf_random random;
        for (size_t i = 0; i < s->data.n; i++) order[i] = i;
        uf_random_init(&random, 2, UF_PURPOSE_SIMULATION, 5);
        uf_random_shuffle(&random, order, s->data.n);
        for (size_t i = 0; i < s->data.n; i++) {
            p->unit[i] = s->unit[order[i]], p->period[i] = s->period[order[i]];
            p->outcome[i] = s->outcome[order[i]], p->treatment[i] = s->treatment[order[i]];
            p->weights[i] = s->weights[order[i]], p->covariate[i] = s->covariate[order[i]];
        }
        for (int kind = UF_COVARIANCE_IID; kind <= UF_COVARIANCE_CR2; kind++) {
            struct answer a = answer_of(s, events, (enum uf_covariance_kind)kind),
                          b = answer_of(p, events, (enum uf_covariance_kind)kind);
            expect_same(&a, &b, 1, true, "permuted");
        }
        free(s), free(p);
    }
}

static void shift_and_scale(void **state)
{
    (void)state;
    for (int events = 0; events < 2; events++) {
        struct sample *s = sample_new(3), *p = sample_new(3);
        /* units and periods may have any level; the scale carries over; a covariate's scale does not touch
         * the rest */
        for (size_t i = 0; i < p->data.n; i++)
            p->outcome[i] = -100 * p->outcome[i] + 1e4 * (double)p->unit[i] - 333 * (double)p->period[i];
        struct answer a = answer_of(s, events, UF_COVARIANCE_CR2),
                      b = answer_of(p, events, UF_COVARIANCE_CR2);
        expect_same(&a, &b, -100, true, "scaled");
        free(s), free(p);
    }
}

static void a_weight_of_two_is_the_row_twice(void **state)
{
    (void)state;
    for (int events = 0; events < 2; events++) {
        struct sample *s = sample_new(4), *p = sample_new(4);
        size_t n = p->data.n;
        for (size_t i = 0; i < s->data.n; i++) {
            if (s->weights[i] == 2) {
                p->unit[n] = p->unit[i], p->period[n] = p->period[i], p->outcome[n] = p->outcome[i];
                p->treatment[n] = p->treatment[i], p->covariate[n] = p->covariate[i];
                n++;
            }
        }
        sample_point(p, n);
        p->data.weights = NULL;
        struct answer a = answer_of(s, events, UF_COVARIANCE_CR0),
                      b = answer_of(p, events, UF_COVARIANCE_CR0);
        expect_same(&a, &b, 1, true, "twice"); /* scores add up within clusters, so CR0 agrees as well */
        free(s), free(p);
    }
}

static void two_by_two_is_the_difference_of_mean_differences(void **state)
{
    (void)state;
    struct sample *s = sample_new(5);
    struct uf_error error;
    struct uf_did_fit fit;
    double sum[2][2] = {{0}}, weight[2][2] = {{0}};
    size_t n = 0;
    for (size_t u = 0; u < UNITS; u++) {
        double w = s->weights[u]; /* a unit's weight must not change for the identity to hold with weights */
        for (size_t t = 0; t < 2; t++, n++) {
            s->unit[n] = u, s->period[n] = t, s->treatment[n] = u < 4 && t;
            s->weights[n] = w;
            sum[u < 4][t] += w * s->outcome[n];
            weight[u < 4][t] += w;
        }
    }
    sample_point(s, n);
    s->data.covariates = NULL;
    assert_ok(uf_did_estimate(&s->data, &fit, &error), &error);
    double expected = sum[1][1] / weight[1][1] - sum[1][0] / weight[1][0] - sum[0][1] / weight[0][1] +
                      sum[0][0] / weight[0][0];
    expect_within(gsl_vector_get(fit.fit.coefficients, 0), expected, 1e-11, "2x2");
    uf_did_fit_clear(&fit);
    free(s);
}

static void all_treated_leaves_out_the_earliest_lead(void **state)
{
    (void)state;
    struct sample *s = sample_new(6);
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_event_study_options options = {.reference = -1};
    for (size_t u = 0; u < UNITS; u++) s->first[u] = u < 4 ? 4 : 5;
    s->data.covariates = NULL;
    assert_ok(uf_event_study_estimate(&s->data, &options, &fit, &error), &error);
    assert_int_equal(fit.fit.n_dropped, 1);
    assert_int_equal(fit.fit.dropped[0], 0);
    assert_int_equal(fit.event_time[0], -5);
    uf_did_fit_clear(&fit);
    free(s);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permuting_rows_changes_nothing),
        cmocka_unit_test(shift_and_scale),
        cmocka_unit_test(a_weight_of_two_is_the_row_twice),
        cmocka_unit_test(two_by_two_is_the_difference_of_mean_differences),
        cmocka_unit_test(all_treated_leaves_out_the_earliest_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The comparisons add up to the two-way regression, whatever the panel. */
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/bacon.h>
#include <utfall/random.h>

enum { UNITS = 12, PERIODS = 7, MOST = UNITS * PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], first[UNITS];
    double outcome[MOST], treatment[MOST], weights[MOST];
};

/* Starts drawn at random: before the data (always treated), within, never. */
static struct sample *sample_new(uint64_t seed, bool weighted)
{
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    size_t n = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 9);
    for (size_t u = 0; u < UNITS; u++) {
        size_t first = uf_random_below(&random, PERIODS + 2);
        double weight = 1 + (double)uf_random_below(&random, 4);
        s->first[u] = first >= PERIODS ? SIZE_MAX : first;
        for (size_t t = 0; t < PERIODS; t++) {
            s->unit[n] = u, s->period[n] = t;
            s->treatment[n] = s->first[u] != SIZE_MAX && t >= s->first[u];
            s->outcome[n] = 1e3 + uf_random_uniform(&random) + (double)(t * u) / 9;
            s->weights[n++] = weight;
        }
    }
    s->data = did_data_by_unit(n, UNITS, PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    s->data.weights = weighted ? s->weights : NULL;
    return s;
}

static void adds_up_to_the_regression(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct sample *s = sample_new(seed, seed % 2);
        struct uf_error error;
        struct uf_bacon bacon;
        struct uf_did_fit fit;
        double weight = 0, estimate = 0, types = 0;
        assert_ok(uf_bacon_decompose(&s->data, &bacon, &error), &error);
        assert_ok(uf_did_estimate(&s->data, &fit, &error), &error);
        for (size_t c = 0; c < bacon.count; c++) {
            assert_true(bacon.comparison[c].weight > 0);
            weight += bacon.comparison[c].weight;
            estimate += bacon.comparison[c].weight * bacon.comparison[c].estimate;
        }
        for (int type = 0; type < UF_BACON_TYPES; type++) types += bacon.weight[type];
        expect_close(weight, 1, 1e-12, "weights");
        expect_close(types, 1, 1e-12, "weights by type");
        expect_within(estimate, bacon.estimate, 1e-12, "sum");
        expect_within(bacon.estimate, gsl_vector_get(fit.fit.coefficients, 0), 1e-10, "two-way estimate");
        uf_bacon_clear(&bacon);
        uf_did_fit_clear(&fit);
        free(s);
    }
}

/* Each comparison is itself the regression on its two groups and its periods. */
static void each_is_a_regression_of_its_own(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct sample *s = sample_new(seed, true), *p = sample_new(seed, true);
        struct uf_error error;
        struct uf_bacon bacon;
        struct uf_did_fit fit;
        assert_ok(uf_bacon_decompose(&s->data, &bacon, &error), &error);
        for (size_t c = 0; c < bacon.count; c++) {
            const struct uf_bacon_comparison *pair = &bacon.comparison[c];
            size_t n = 0, treated = 0, control = 0;
            for (size_t i = 0; i < s->data.n; i++) {
                size_t first = s->first[s->unit[i]];
                if (s->period[i] < pair->first || s->period[i] > pair->last ||
                    (first != pair->treated && first != pair->control))
                    continue;
                treated += first == pair->treated && s->period[i] == pair->first;
                control += first == pair->control && s->period[i] == pair->first;
                p->unit[n] = s->unit[i], p->period[n] = s->period[i];
                p->outcome[n] = s->outcome[i], p->treatment[n] = s->treatment[i],
                p->weights[n++] = s->weights[i];
            }
            p->data.n = n;
            assert_int_equal(pair->n_treated, treated);
            assert_int_equal(pair->n_control, control);
            assert_ok(uf_did_estimate(&p->data, &fit, &error), &error);
            expect_within(pair->estimate, gsl_vector_get(fit.fit.coefficients, 0), 1e-10, "comparison");
            uf_did_fit_clear(&fit);
        }
        uf_bacon_clear(&bacon);
        free(s), free(p);
    }
}

static void gaps_and_changing_weights_are_refused(void **state)
{
    (void)state;
    struct sample *s = sample_new(1, true);
    struct uf_error error;
    struct uf_bacon bacon = {.count = 99};
    s->data.n--;
    assert_int_equal(uf_bacon_decompose(&s->data, &bacon, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "unit 12 has 6 of 7 periods"));
    s->period[s->data.n - 1] = 0;
    assert_int_equal(uf_bacon_decompose(&s->data, &bacon, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "twice"));
    s->period[s->data.n - 1] = PERIODS - 2;
    s->data.n++;
    s->weights[9] += 1;
    assert_int_equal(uf_bacon_decompose(&s->data, &bacon, &error), UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "weight of unit 2 changes"));
    assert_int_equal(bacon.count, 99);
    s->data.weights = NULL;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = SIZE_MAX;
    assert_int_equal(uf_bacon_decompose(&s->data, &bacon, &error), UF_NOT_IDENTIFIED);
    s->data.n = 0;
    assert_int_equal(uf_bacon_decompose(&s->data, &bacon, &error), UF_NOT_IDENTIFIED);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up_to_the_regression),
        cmocka_unit_test(each_is_a_regression_of_its_own),
        cmocka_unit_test(gaps_and_changing_weights_are_refused),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

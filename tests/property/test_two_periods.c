// SPDX-License-Identifier: GPL-3.0-or-later
/* With one start and two periods all estimators are one: the difference of mean differences. With more periods and
 * starts they are not, but a weight of 2 is the unit twice in each of them. */
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/bacon.h>
#include <utfall/callaway_santanna.h>
#include <utfall/imputation.h>
#include <utfall/random.h>

enum { UNITS = 15, PERIODS = 6, MOST = 2 * UNITS * PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], cluster[MOST], first[2 * UNITS];
    double outcome[MOST], treatment[MOST], weights[MOST];
};

static void sample_point(struct sample *s, size_t n, size_t n_units, size_t n_periods, bool weighted)
{
    s->data = did_data_by_unit(n, n_units, n_periods,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    s->data.weights = weighted ? s->weights : NULL;
    s->data.cluster[0] = s->cluster;
    s->data.n_groups[0] = UNITS;
}

/* Each unit its own cluster; a third starts in `early`, a third in `late`, the others never. */
static struct sample *sample_new(uint64_t seed, size_t n_periods, size_t early, size_t late)
{
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    size_t n = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 11);
    for (size_t u = 0; u < UNITS; u++) {
        double weight = 1 + (double)uf_random_below(&random, 2);
        s->first[u] = u % 3 == 0 ? early : u % 3 == 1 ? late : SIZE_MAX;
        for (size_t t = 0; t < n_periods; t++, n++) {
            s->unit[n] = s->cluster[n] = u, s->period[n] = t, s->weights[n] = weight;
            s->treatment[n] = s->first[u] != SIZE_MAX && t >= s->first[u];
            s->outcome[n] = 100 * uf_random_uniform(&random) + (double)(u * (t + 1));
        }
    }
    sample_point(s, n, UNITS, n_periods, true);
    return s;
}

/* Units of weight 2 once more, under a new number and in the same cluster, and no weights. */
static void sample_double(struct sample *s)
{
    size_t n = s->data.n, units = s->data.n_units, twin[UNITS];
    for (size_t i = 0; i < s->data.n; i++) {
        if (s->weights[i] != 2) continue;
        if (s->period[i] == 0) s->first[units] = s->first[s->unit[i]], twin[s->unit[i]] = units++;
        s->unit[n] = twin[s->unit[i]], s->period[n] = s->period[i], s->cluster[n] = s->cluster[i];
        s->outcome[n] = s->outcome[i], s->treatment[n++] = s->treatment[i];
    }
    assert_true(n > s->data.n);
    sample_point(s, n, units, s->data.n_periods, false);
}

struct answer {
    double estimate, error; /* NaN: no error */
};

static struct answer did(const struct sample *s)
{
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_covariance v;
    const struct uf_covariance_options cr0 = {.kind = UF_COVARIANCE_CR0};
    assert_ok(uf_did_estimate(&s->data, &fit, &error), &error);
    assert_ok(uf_did_covariance(&s->data, &fit, &cr0, &v, &error), &error);
    struct answer answer = {gsl_vector_get(fit.fit.coefficients, 0), sqrt(gsl_matrix_get(v.matrix, 0, 0))};
    uf_covariance_clear(&v);
    uf_did_fit_clear(&fit);
    return answer;
}

static struct answer callaway_santanna(const struct sample *s, enum uf_drdid_estimator estimator)
{
    struct uf_error error;
    struct uf_group_time g;
    struct uf_average a;
    const struct uf_group_time_options options = {.estimator = estimator};
    assert_ok(uf_group_time_estimate(&s->data, &options, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_SIMPLE, NULL, &a, &error), &error);
    struct answer answer = {a.estimate, a.std_error};
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    return answer;
}

static struct answer imputation(const struct sample *s, enum uf_imputation_pool pool)
{
    struct uf_error error;
    struct uf_imputation fit;
    struct uf_imputation_averages averages;
    gsl_matrix *influence, *v;
    const struct uf_imputation_error_options options = {.pool = pool};
    assert_ok(uf_imputation_fit(&s->data, NULL, &fit, &error), &error);
    assert_ok(uf_imputation_average(&fit, UF_AVERAGE_SIMPLE, &averages, &error), &error);
    assert_ok(uf_imputation_influence(&s->data, &fit, averages.share, &options, &influence, &error), &error);
    assert_ok(uf_influence_covariance(influence, &v, &error), &error);
    struct answer answer = {averages.estimate[0], sqrt(gsl_matrix_get(v, 0, 0))};
    gsl_matrix_free(influence), gsl_matrix_free(v);
    uf_imputation_averages_clear(&averages);
    uf_imputation_clear(&fit);
    return answer;
}

static struct uf_bacon bacon(const struct sample *s)
{
    struct uf_error error;
    struct uf_bacon out;
    assert_ok(uf_bacon_decompose(&s->data, &out, &error), &error);
    return out;
}

static void all_are_the_difference_of_mean_differences(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct sample *s = sample_new(seed, 2, 1, SIZE_MAX);
        double sum[2][2] = {{0}}, weight[2][2] = {{0}};
        for (size_t i = 0; i < s->data.n; i++) {
            bool treated = s->first[s->unit[i]] == 1;
            sum[treated][s->period[i]] += s->weights[i] * s->outcome[i];
            weight[treated][s->period[i]] += s->weights[i];
        }
        double expected = sum[1][1] / weight[1][1] - sum[1][0] / weight[1][0] - sum[0][1] / weight[0][1] +
                          sum[0][0] / weight[0][0];
        struct answer regression = did(s);
        expect_within(regression.estimate, expected, 1e-10, "did");
        for (int e = 0; e < 3; e++) {
            struct answer cs = callaway_santanna(s, (enum uf_drdid_estimator)e);
            expect_within(cs.estimate, expected, 1e-10, "callaway-santanna");
            /* the sum of squared influences of a difference of means is CR0 */
            expect_close(cs.error, regression.error, 1e-10, "callaway-santanna: error");
        }
        expect_within(imputation(s, UF_POOL_CELL).estimate, expected, 1e-10, "imputation");
        struct uf_bacon parts = bacon(s);
        assert_int_equal(parts.count, 1);
        expect_within(parts.estimate, expected, 1e-10, "bacon");
        expect_close(parts.comparison[0].weight, 1, 1e-14, "its weight");
        uf_bacon_clear(&parts);
        free(s);
    }
}

static void a_weight_of_two_is_the_unit_twice(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct sample *s = sample_new(seed, PERIODS, 2, 4), *d = sample_new(seed, PERIODS, 2, 4);
        sample_double(d);
        struct answer a = did(s), b = did(d);
        expect_close(b.estimate, a.estimate, 1e-10, "did");
        expect_close(b.error, a.error, 1e-10, "did: CR0");
        for (int e = 0; e < 3; e++) {
            a = callaway_santanna(s, (enum uf_drdid_estimator)e);
            b = callaway_santanna(d, (enum uf_drdid_estimator)e);
            expect_close(b.estimate, a.estimate, 1e-10, "callaway-santanna");
            expect_close(b.error, a.error, 1e-10, "callaway-santanna: influence by cluster");
        }
        a = imputation(s, UF_POOL_CELL), b = imputation(d, UF_POOL_CELL);
        expect_close(b.estimate, a.estimate, 1e-10, "imputation");
        struct uf_bacon once = bacon(s), twice = bacon(d);
        assert_int_equal(once.count, twice.count);
        for (size_t c = 0; c < once.count; c++) {
            expect_close(twice.comparison[c].estimate, once.comparison[c].estimate, 1e-9, "bacon");
            expect_close(twice.comparison[c].weight, once.comparison[c].weight, 1e-12, "bacon: weight");
        }
        uf_bacon_clear(&once), uf_bacon_clear(&twice);
        free(s), free(d);
    }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_the_difference_of_mean_differences),
        cmocka_unit_test(a_weight_of_two_is_the_unit_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

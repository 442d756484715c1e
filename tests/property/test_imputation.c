// SPDX-License-Identifier: GPL-3.0-or-later
/* The imputation estimator against its slow naive twin (explicit dummies, dense v), and what must not matter. */
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/imputation.h>
#include <utfall/random.h>

enum { UNITS = 14, PERIODS = 8, MOST = UNITS * PERIODS, COLUMNS = UNITS + PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], first[UNITS], cluster[MOST];
    double outcome[MOST], weights[MOST], covariate[MOST];
    gsl_matrix_view covariates;
};

static void sample_point(struct sample *s, size_t n, bool covariate)
{
    s->covariates = gsl_matrix_view_array(s->covariate, n, 1);
    s->data = did_data_by_unit(n, UNITS, PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, NULL, s->first});
    s->data.weights = s->weights;
    s->data.covariates = covariate ? &s->covariates.matrix : NULL;
    s->data.cluster[0] = s->cluster;
}

/* Cohorts 3, 4 and 6, five units never treated, gaps, weights 1 … 3, two units a cluster. */
static struct sample *sample_new(uint64_t seed, bool covariate)
{
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    size_t n = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 7);
    for (size_t u = 0; u < UNITS; u++) s->first[u] = u < 3 ? 3 : u < 6 ? 4 : u < 9 ? 6 : SIZE_MAX;
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            if (t > 1 && uf_random_below(&random, 9) == 0) continue;
            s->unit[n] = u, s->period[n] = t, s->cluster[n] = u / 2;
            s->outcome[n] = uf_random_uniform(&random) + (double)(u * t) / 20 + 3 * (double)u;
            s->weights[n] = 1 + (double)uf_random_below(&random, 3);
            s->covariate[n++] = uf_random_uniform(&random);
        }
    }
    sample_point(s, n, covariate);
    return s;
}

/* --- the naive twin: every dummy a column, v written out ---------------------------------------- */

struct twin {
    double effect[MOST], v[MOST]; /* of the simple average */
    double estimate, error;
};

static void design_row(const struct sample *s, size_t i, double *z, size_t columns)
{
    memset(z, 0, columns * sizeof *z);
    z[s->unit[i]] = 1;
    if (s->period[i] > 0) z[UNITS + s->period[i] - 1] = 1;
    if (columns == COLUMNS) z[COLUMNS - 1] = s->covariate[i];
}

static bool is_treated(const struct sample *s, size_t i, long anticipation)
{
    size_t first = s->first[s->unit[i]];
    return first != SIZE_MAX && (long)s->period[i] >= (long)first - anticipation;
}

static int pool_key(const struct sample *s, size_t i, enum uf_imputation_pool pool)
{
    int first = (int)s->first[s->unit[i]], period = (int)s->period[i];
    return pool == UF_POOL_CELL         ? first * PERIODS + period
           : pool == UF_POOL_EVENT_TIME ? period - first
           : pool == UF_POOL_COHORT     ? first
                                        : 0;
}

/* One pool's part of the clusters' influences, straight from the definition. */
static void add_pool(const struct sample *s, const struct twin *twin, const bool *treated, int key,
                     const struct uf_imputation_error_options *options, double *psi)
{
    double own[UNITS] = {0}, product[UNITS] = {0}, total = 0, square = 0;
    for (size_t i = 0; i < s->data.n; i++) {
        if (!treated[i] || pool_key(s, i, options->pool) != key) continue;
        own[s->unit[i]] += twin->v[i];
        product[s->unit[i]] += twin->v[i] * twin->effect[i];
    }
    for (size_t u = 0; u < UNITS; u++) total += own[u] * product[u], square += own[u] * own[u];
    for (size_t u = 0; u < UNITS; u++) {
        if (own[u] == 0) continue;
        double mean = total / square;
        if (options->leave_one_out) mean = (total - own[u] * product[u]) / (square - own[u] * own[u]);
        /* the deviation from the others' mean, all of the unit's rows of the pool together */
        double deviation = options->leave_one_out ? (product[u] - own[u] * (total / square)) * square /
                                                        (square - own[u] * own[u])
                                                  : product[u] - own[u] * mean;
        psi[u / 2] += deviation;
    }
}

static void solve_twin(const struct sample *s, long anticipation,
                       const struct uf_imputation_error_options *options, struct twin *twin)
{
    size_t n = s->data.n, columns = s->data.covariates ? COLUMNS : COLUMNS - 1;
    double z[COLUMNS], total = 0, psi[UNITS] = {0};
    bool treated[MOST];
    gsl_matrix *a = gsl_matrix_calloc(columns, columns);
    gsl_vector *b = gsl_vector_calloc(columns), *target = gsl_vector_calloc(columns);
    for (size_t i = 0; i < n; i++) {
        treated[i] = is_treated(s, i, anticipation);
        double w = s->data.weights ? s->weights[i] : 1;
        bool averaged = treated[i] && s->period[i] >= s->first[s->unit[i]];
        design_row(s, i, z, columns);
        total += averaged ? w : 0;
        for (size_t c = 0; c < columns; c++) {
            if (averaged) gsl_vector_set(target, c, gsl_vector_get(target, c) + w * z[c]);
            if (treated[i]) continue;
            gsl_vector_set(b, c, gsl_vector_get(b, c) + w * z[c] * s->outcome[i]);
            for (size_t d = 0; d < columns; d++)
                gsl_matrix_set(a, c, d, gsl_matrix_get(a, c, d) + w * z[c] * z[d]);
        }
    }
    gsl_vector_scale(target, 1 / total);
    assert_int_equal(gsl_linalg_cholesky_decomp1(a), 0);
    gsl_linalg_cholesky_svx(a, b);
    gsl_linalg_cholesky_svx(a, target);
    twin->estimate = 0;
    for (size_t i = 0; i < n; i++) {
        double w = s->data.weights ? s->weights[i] : 1, fitted = 0, solved = 0;
        bool averaged = treated[i] && s->period[i] >= s->first[s->unit[i]];
        design_row(s, i, z, columns);
        for (size_t c = 0; c < columns; c++) {
            fitted += z[c] * gsl_vector_get(b, c);
            solved += z[c] * gsl_vector_get(target, c);
        }
        twin->effect[i] = s->outcome[i] - fitted;
        twin->v[i] = treated[i] ? (averaged ? w / total : 0) : -w * solved;
        twin->estimate += twin->v[i] * s->outcome[i]; /* linear in the outcome */
        if (!treated[i]) psi[s->cluster[i]] += twin->v[i] * twin->effect[i];
    }
    for (int key = -PERIODS; key < PERIODS * PERIODS; key++) add_pool(s, twin, treated, key, options, psi);
    twin->error = 0;
    for (size_t g = 0; g < UNITS; g++) twin->error += psi[g] * psi[g];
    twin->error = sqrt(twin->error);
    gsl_matrix_free(a), gsl_vector_free(b), gsl_vector_free(target);
}

static void simple(const struct uf_did_data *data, const struct uf_imputation *fit,
                   const struct uf_imputation_error_options *options, double *estimate, double *error_of)
{
    struct uf_error error;
    struct uf_imputation_averages averages;
    gsl_matrix *influence, *v;
    assert_ok(uf_imputation_average(fit, UF_AVERAGE_SIMPLE, &averages, &error), &error);
    assert_ok(uf_imputation_influence(data, fit, averages.share, options, &influence, &error), &error);
    assert_ok(uf_influence_covariance(influence, &v, &error), &error);
    *estimate = averages.estimate[0];
    *error_of = sqrt(gsl_matrix_get(v, 0, 0));
    gsl_matrix_free(influence), gsl_matrix_free(v);
    uf_imputation_averages_clear(&averages);
}

static void expect_weights(const struct uf_did_data *data, const struct uf_imputation *fit,
                           const struct twin *twin)
{
    struct uf_error error;
    struct uf_imputation_averages averages;
    double v[MOST];
    assert_ok(uf_imputation_average(fit, UF_AVERAGE_SIMPLE, &averages, &error), &error);
    assert_ok(uf_imputation_weights(data, fit, averages.share, v, &error), &error);
    for (size_t i = 0; i < data->n; i++) expect_within(v[i], twin->v[i], 1e-12, "v");
    uf_imputation_averages_clear(&averages);
}

static void equals_the_naive_twin(void **state)
{
    (void)state;
    for (int c = 0; c < 64; c++) {
        struct sample *s = sample_new((uint64_t)c / 8 + 1, c & 1);
        struct uf_error error;
        struct uf_imputation fit;
        struct twin twin;
        double estimate, spread;
        const struct uf_imputation_options options = {.anticipation = c & 4 ? 1 : 0};
        const struct uf_imputation_error_options errors = {.pool = (enum uf_imputation_pool)(c / 8 % 4),
                                                           .leave_one_out = c / 32};
        if (c & 2) s->data.weights = NULL;
        assert_ok(uf_imputation_fit(&s->data, &options, &fit, &error), &error);
        solve_twin(s, (long)options.anticipation, &errors, &twin);
        for (size_t i = 0; i < s->data.n; i++) expect_within(fit.effect[i], twin.effect[i], 1e-10, "effect");
        simple(&s->data, &fit, &errors, &estimate, &spread);
        expect_close(estimate, twin.estimate, 1e-9, "average");
        expect_close(spread, twin.error, 1e-9, "error");
        expect_weights(&s->data, &fit, &twin);
        uf_imputation_clear(&fit);
        free(s);
    }
}

static void order_of_rows_and_level_do_not_matter(void **state)
{
    (void)state;
    struct sample *s = sample_new(3, true), *p = sample_new(3, true);
    struct uf_error error;
    struct uf_imputation fit, other;
    struct uf_random random;
    size_t order[MOST];
    double a[2], b[2];
    for (size_t i = 0; i < s->data.n; i++) order[i] = i;
    uf_random_init(&random, 2, UF_PURPOSE_SIMULATION, 5);
    uf_random_shuffle(&random, order, s->data.n);
    for (size_t i = 0; i < s->data.n; i++) {
        size_t j = order[i];
        p->unit[i] = s->unit[j], p->period[i] = s->period[j], p->cluster[i] = s->cluster[j];
        p->outcome[i] = -100 * s->outcome[j] + 1e5 * (double)s->unit[j] - 333 * (double)s->period[j];
        p->weights[i] = 7 * s->weights[j], p->covariate[i] = 5 - 3 * s->covariate[j];
    }
    assert_ok(uf_imputation_fit(&s->data, NULL, &fit, &error), &error);
    assert_ok(uf_imputation_fit(&p->data, NULL, &other, &error), &error);
    simple(&s->data, &fit, NULL, &a[0], &a[1]);
    simple(&p->data, &other, NULL, &b[0], &b[1]);
    expect_within(b[0], -100 * a[0], 1e-8, "scaled average");
    expect_within(b[1], 100 * a[1], 1e-8, "scaled error");
    for (size_t i = 0; i < s->data.n; i++)
        expect_within(other.effect[i], -100 * fit.effect[order[i]], 1e-8, "effect");
    uf_imputation_clear(&fit), uf_imputation_clear(&other);
    free(s), free(p);
}

/* An effect that was put in comes out, whatever its course, when nothing else happens. */
static void finds_what_was_put_in(void **state)
{
    (void)state;
    struct sample *s = sample_new(5, true);
    struct uf_error error;
    struct uf_imputation fit;
    for (size_t i = 0; i < s->data.n; i++) {
        size_t first = s->first[s->unit[i]];
        double effect = is_treated(s, i, 0) ? 1 + (double)(s->period[i] - first) * (double)first : 0;
        s->outcome[i] = 1e4 * (double)s->unit[i] + 17 * (double)(s->period[i] * s->period[i]) +
                        2 * s->covariate[i] + effect;
    }
    assert_ok(uf_imputation_fit(&s->data, NULL, &fit, &error), &error);
    expect_within(fit.coefficient[0], 2, 1e-8, "covariate");
    for (size_t c = 0; c < fit.n_cells; c++)
        expect_within(fit.cell[c].estimate,
                      1 + (double)fit.cell[c].event_time * (double)fit.cell[c].first_period, 1e-8, "cell");
    uf_imputation_clear(&fit);
    free(s);
}

/* The share of each average adds up, and simple is what the others average to. */
static void averages_fit_together(void **state)
{
    (void)state;
    struct sample *s = sample_new(6, false);
    struct uf_error error;
    struct uf_imputation fit;
    struct uf_imputation_averages one, all;
    assert_ok(uf_imputation_fit(&s->data, NULL, &fit, &error), &error);
    assert_ok(uf_imputation_average(&fit, UF_AVERAGE_SIMPLE, &one, &error), &error);
    for (int kind = UF_AVERAGE_SIMPLE; kind <= UF_AVERAGE_CELLS; kind++) {
        double mean = 0, weight = 0;
        assert_ok(uf_imputation_average(&fit, (enum uf_average_kind)kind, &all, &error), &error);
        for (size_t j = 0; j < all.count; j++) {
            double sum = 0, size = 0;
            for (size_t c = 0; c < fit.n_cells; c++) {
                sum += gsl_matrix_get(all.share, c, j);
                if (gsl_matrix_get(all.share, c, j) > 0) size += fit.cell[c].weight;
            }
            expect_within(sum, 1, 1e-12, "shares");
            mean += size * all.estimate[j], weight += size;
        }
        expect_close(mean / weight, one.estimate[0], 1e-12, "simple");
        uf_imputation_averages_clear(&all);
    }
    uf_imputation_averages_clear(&one);
    uf_imputation_clear(&fit);
    free(s);
}

/* Every assignment fitted by the twin: the same p. */
static void randomisation_is_a_fit_each(void **state)
{
    (void)state;
    struct sample *s = sample_new(8, false);
    struct uf_error error;
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    const struct uf_imputation_error_options errors = {0};
    struct twin twin;
    double treatment[MOST];
    /* units 1, 2 from period 3, unit 3 from 4: 14 · 13 · 12 / 2 = 1092 ways over units */
    for (size_t u = 0; u < UNITS; u++) s->first[u] = u == 1 || u == 2 ? 3 : u == 3 ? 4 : SIZE_MAX;
    for (size_t i = 0; i < s->data.n; i++) {
        treatment[i] = is_treated(s, i, 0);
        s->cluster[i] = s->unit[i];
    }
    s->data.treatment = treatment;
    s->data.weights = NULL;
    assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
    assert_int_equal(assignment.n_blocks, UNITS);
    assert_ok(uf_imputation_randomise(&s->data, NULL, &assignment, NULL, NULL, &r, &error), &error);
    assert_int_equal(r.count, 1092);
    assert_int_equal(r.undefined, 0);
    solve_twin(s, 0, &errors, &twin);
    double actual = twin.estimate;
    expect_close(r.coefficient[0], actual, 1e-9, "actual");
    size_t extreme = 0;
    for (size_t a = 0; a < UNITS; a++) {
        for (size_t b = a + 1; b < UNITS; b++) {
            for (size_t c = 0; c < UNITS; c++) {
                if (c == a || c == b) continue;
                for (size_t u = 0; u < UNITS; u++) s->first[u] = u == a || u == b ? 3 : u == c ? 4 : SIZE_MAX;
                solve_twin(s, 0, &errors, &twin);
                extreme += fabs(twin.estimate) >= fabs(actual) * (1 - 1e-9);
            }
        }
    }
    expect_close(r.p_coefficient, (double)extreme / 1092, 1e-12, "p");
    expect_within(r.shift[0], 1, 1e-12, "shift of the actual assignment");
    uf_randomisation_clear(&r);
    uf_did_assignment_clear(&assignment);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_naive_twin),
        cmocka_unit_test(order_of_rows_and_level_do_not_matter),
        cmocka_unit_test(finds_what_was_put_in),
        cmocka_unit_test(averages_fit_together),
        cmocka_unit_test(randomisation_is_a_fit_each),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Group-time effects: what must hold of any sample, a naive twin, and influences against derivatives. */
#include "support/bench.h"
#include "support/group_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- a naive twin --------------------------------------------------------------------------------- */

static double outcome_of(const struct group_sample *s, size_t u, size_t t, size_t *row)
{
    for (size_t i = 0; i < s->data.n; i++)
        if (s->unit[i] == u && s->period[i] == t) {
            *row = i;
            return s->outcome[i];
        }
    return NAN;
}

/* Weights exp(x'a) of the controls that give them the treated's sums of x, by cautious steps; the regression with them;
 * the mean of what it leaves of the treated. */
static double naive_improved(double x[][P], const double *change, const double *w, const double *d, size_t n)
{
    double a[P] = {0}, beta[P] = {0}, treated = 0, mean = 0;
    for (int step = 0; step <= 60; step++) {
        double m[P][P] = {{0}}, v[P] = {0};
        for (size_t i = 0; i < n; i++) {
            double eta = 0, odds;
            for (size_t j = 0; j < P; j++) eta += x[i][j] * a[j];
            odds = w[i] * exp(eta) * (1 - d[i]);
            for (size_t j = 0; j < P; j++) {
                v[j] += step < 60 ? (w[i] * d[i] - odds) * x[i][j] : odds * change[i] * x[i][j];
                for (size_t l = 0; l < P; l++) m[j][l] += odds * x[i][j] * x[i][l];
            }
        }
        group_solve(m, v);
        for (size_t j = 0; j < P; j++)
            if (step < 60)
                a[j] += (step < 40 ? 0.3 : 1) * v[j];
            else
                beta[j] = v[j];
    }
    for (size_t i = 0; i < n; i++) {
        double fit = 0;
        for (size_t j = 0; j < P; j++) fit += x[i][j] * beta[j];
        treated += w[i] * d[i], mean += w[i] * d[i] * (change[i] - fit);
    }
    return mean / treated;
}

/* ATT(g, t) from the definitions, with a search for each value, by estimator. */
static void naive_cell(const struct group_sample *s, const struct uf_group_time_options *o, size_t g,
                       size_t t, size_t b, double att[5])
{
    double x[UNITS][P], change[UNITS], w[UNITS], d[UNITS], logit[P] = {0}, beta[P] = {0};
    size_t n = 0, later = t > b ? t : b;
    for (size_t u = 0; u < s->data.n_units; u++) {
        size_t f = s->first[u], row, base;
        bool control = f == SIZE_MAX || (o->control == UF_CONTROL_NOT_YET_TREATED && f != g &&
                                         f > later + (size_t)o->anticipation);
        double after = outcome_of(s, u, t, &row), before = outcome_of(s, u, b, &base);
        if ((f != g && !control) || isnan(after) || isnan(before)) continue;
        change[n] = after - before;
        w[n] = s->data.weights ? s->weights[base] : 1;
        d[n] = f == g;
        x[n][0] = 1;
        for (size_t j = 0; j < COVARIATES; j++) x[n][j + 1] = gsl_matrix_get(s->covariates, base, j);
        n++;
    }
    for (int step = 0; step <= 30; step++) { /* the last one is the regression of the controls */
        double m[P][P] = {{0}}, v[P] = {0};
        for (size_t i = 0; i < n; i++) {
            double eta = 0;
            for (size_t j = 0; j < P; j++) eta += x[i][j] * logit[j];
            double p = 1 / (1 + exp(-eta)), mass = step < 30 ? w[i] * p * (1 - p) : w[i] * (1 - d[i]);
            double pull = step < 30 ? w[i] * (d[i] - p) : mass * change[i];
            for (size_t j = 0; j < P; j++) {
                v[j] += pull * x[i][j];
                for (size_t l = 0; l < P; l++) m[j][l] += mass * x[i][j] * x[i][l];
            }
        }
        group_solve(m, v);
        for (size_t j = 0; j < P; j++)
            if (step < 30)
                logit[j] += v[j];
            else
                beta[j] = v[j];
    }
    double treated[4] = {0}, control[3] = {0};
    for (size_t i = 0; i < n; i++) {
        double eta = 0, fit = 0;
        for (size_t j = 0; j < P; j++) eta += x[i][j] * logit[j], fit += x[i][j] * beta[j];
        double odds = w[i] * exp(eta) * (1 - d[i]);
        treated[0] += w[i] * d[i], treated[1] += w[i] * d[i] * change[i];
        treated[2] += w[i] * d[i] * (change[i] - fit);
        control[0] += odds, control[1] += odds * change[i], control[2] += odds * (change[i] - fit);
    }
    att[UF_DRDID_DOUBLY_ROBUST] = treated[2] / treated[0] - control[2] / control[0];
    att[UF_DRDID_REGRESSION] = treated[2] / treated[0];
    att[UF_DRDID_IPW] = treated[1] / treated[0] - control[1] / control[0];
    att[UF_DRDID_IPW_UNSTANDARDISED] = (treated[1] - control[1]) / treated[0];
    att[UF_DRDID_IMPROVED] = naive_improved(x, change, w, d, n);
}

static void twin(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(COVARIATES);
    for (size_t gaps = 0; gaps < 2; gaps++) {
        if (gaps) /* every seventh row is lost */
            for (size_t i = 0, kept = 0; i < UNITS * PERIODS; i++) {
                if (i % 7 == 3) continue;
                s->unit[kept] = s->unit[i], s->period[kept] = s->period[i];
                s->outcome[kept] = s->outcome[i], s->weights[kept] = s->weights[i];
                for (size_t j = 0; j < COVARIATES; j++)
                    gsl_matrix_set(s->covariates, kept, j, gsl_matrix_get(s->covariates, i, j));
                s->data.n = ++kept;
            }
        for (int c = 0; c < 2; c++)
            for (int base = 0; base < 2; base++)
                for (int e = 0; e < 5; e++) {
                    struct uf_group_time_options o = {.estimator = (enum uf_drdid_estimator)e,
                                                      .control = (enum uf_group_time_control)c,
                                                      .base = (enum uf_group_time_base)base,
                                                      .anticipation = base};
                    struct uf_group_time g = group_sample_estimate(s, &o);
                    assert_int_equal(g.gaps, gaps);
                    assert_true(g.varying_covariates);
                    for (size_t i = 0; i < g.n_cells; i++) {
                        const struct uf_group_time_cell *cell = &g.cells[i];
                        double att[5];
                        if (cell->reference) continue;
                        if (cell->n_control < 8) continue;
                        naive_cell(s, &o, g.cohorts[cell->cohort].first_period, cell->period, cell->base,
                                   att);
                        expect_within(cell->estimate, att[e], 1e-9, "a cell");
                    }
                    uf_group_time_clear(&g);
                }
    }
    group_sample_free(s);
}

/* --- influences ----------------------------------------------------------------------------------- */

/* The influence of a unit is its weight times the derivative of the estimate by that weight, whatever the
 * estimate is made of: propensities, regression, weights of cohorts. */
static void influence_is_derivative(void **state)
{
    (void)state;
    const double step = 1e-5;
    struct group_sample *s = group_sample_new(COVARIATES);
    for (int e = 0; e < 5; e++)
        for (int kind = 0; kind < 4; kind++) {
            struct uf_group_time_options o = {.estimator = (enum uf_drdid_estimator)e,
                                              .control = kind % 2 ? UF_CONTROL_NOT_YET_TREATED
                                                                  : UF_CONTROL_NEVER_TREATED};
            struct uf_group_time g = group_sample_estimate(s, &o);
            struct uf_average a = group_average(&g, (enum uf_average_kind)kind);
            for (size_t u = 0; u < UNITS; u += 13) {
                double value[2], weight = s->weights[u];
                for (int side = 0; side < 2; side++) {
                    for (size_t t = 0; t < PERIODS; t++)
                        s->weights[t * UNITS + u] = weight * (side ? 1 + step : 1 - step);
                    value[side] = group_sample_average_of(s, &o, (enum uf_average_kind)kind);
                }
                for (size_t t = 0; t < PERIODS; t++) s->weights[t * UNITS + u] = weight;
                expect_within(a.influence[u * (a.n_terms + 1) + a.n_terms],
                              (value[1] - value[0]) / (2 * step), 1e-8, "an influence");
            }
            uf_average_clear(&a);
            uf_group_time_clear(&g);
        }
    group_sample_free(s);
}

static void clusters_are_sums(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(1);
    struct uf_group_time g = group_sample_estimate(s, NULL);
    s->data.cluster[0] = s->cluster, s->data.n_groups[0] = CLUSTERS, s->data.n_cluster_dimensions = 1;
    struct uf_group_time by_cluster = group_sample_estimate(s, NULL);
    struct uf_average a = group_average(&g, UF_AVERAGE_DYNAMIC),
                      b = group_average(&by_cluster, UF_AVERAGE_DYNAMIC);
    size_t width = a.n_terms + 1;
    assert_int_equal(b.n_rows, CLUSTERS);
    for (size_t j = 0; j < width; j++)
        for (size_t c = 0; c < CLUSTERS; c++) {
            double sum = 0;
            for (size_t u = c; u < UNITS; u += CLUSTERS) sum += a.influence[u * width + j];
            expect_within(b.influence[c * width + j], sum, 1e-13, "a cluster's influence");
        }
    expect_close(a.estimate, b.estimate, 0, "the estimate");
    assert_int_equal(by_cluster.n_clusters, CLUSTERS);
    uf_average_clear(&a), uf_average_clear(&b);
    uf_group_time_clear(&g), uf_group_time_clear(&by_cluster);
    s->cluster[0] = 1; /* unit 0 moves */
    struct uf_error error;
    assert_int_equal(uf_group_time_estimate(&s->data, NULL, &g, &error), UF_BAD_USAGE);
    group_sample_free(s);
}

/* --- invariances ---------------------------------------------------------------------------------- */

/* Without covariates: the difference of mean changes, as the interaction-weighted regression of an event study. */
static void difference_of_means(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(0);
    for (int e = 0; e < 5; e++) {
        struct uf_group_time_options o = {.estimator = (enum uf_drdid_estimator)e};
        struct uf_group_time g = group_sample_estimate(s, &o);
        for (size_t i = 0; i < g.n_cells; i++) {
            const struct uf_group_time_cell *cell = &g.cells[i];
            double sum[2] = {0}, weight[2] = {0};
            for (size_t u = 0; u < UNITS; u++) {
                bool treated = s->first[u] == g.cohorts[cell->cohort].first_period;
                if (!treated && s->first[u] != SIZE_MAX) continue;
                weight[treated] += s->weights[u];
                sum[treated] += s->weights[u] *
                                (s->outcome[cell->period * UNITS + u] - s->outcome[cell->base * UNITS + u]);
            }
            expect_within(cell->estimate, sum[1] / weight[1] - sum[0] / weight[0], 1e-13, "a cell");
        }
        uf_group_time_clear(&g);
    }
    group_sample_free(s);
}

/* Another reference takes its lead from every cell; one that is too early for a cohort is refused. */
static void a_reference_is_a_difference(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(0);
    const struct uf_group_time_options last = {.base = UF_BASE_UNIVERSAL},
                                       own = {.base = UF_BASE_UNIVERSAL, .reference = -2},
                                       early = {.base = UF_BASE_UNIVERSAL, .reference = -200},
                                       varying = {.reference = -2};
    struct uf_group_time a = group_sample_estimate(s, &last), b = group_sample_estimate(s, &own), none;
    struct uf_error error;
    assert_int_equal(a.n_cells, b.n_cells);
    for (size_t i = 0; i < a.n_cells; i++) {
        double lead = 0;
        for (size_t j = 0; j < a.n_cells; j++)
            if (a.cells[j].cohort == a.cells[i].cohort && a.cells[j].event_time == -2)
                lead = a.cells[j].estimate;
        assert_int_equal(b.cells[i].reference, b.cells[i].event_time == -2);
        if (!b.cells[i].reference)
            expect_within(b.cells[i].estimate, (a.cells[i].reference ? 0 : a.cells[i].estimate) - lead, 1e-12,
                          "a cell");
    }
    assert_int_equal(uf_group_time_estimate(&s->data, &early, &none, &error), UF_BAD_USAGE);
    assert_int_equal(uf_group_time_estimate(&s->data, &varying, &none, &error), UF_BAD_USAGE);
    uf_group_time_clear(&a), uf_group_time_clear(&b);
    group_sample_free(s);
}

static void invariances(void **state)
{
    (void)state;
    static const struct uf_group_time_options o = {.control = UF_CONTROL_NOT_YET_TREATED};
    struct group_sample *s = group_sample_new(COVARIATES), *other = group_sample_new(COVARIATES);
    for (int kind = 0; kind < 4; kind++) {
        double plain = group_sample_average_of(s, &o, (enum uf_average_kind)kind);
        /* units in another order, rows too */
        for (size_t i = 0; i < s->data.n; i++) {
            size_t from = s->data.n - 1 - i;
            other->unit[i] = UNITS - 1 - s->unit[from], other->period[i] = s->period[from];
            other->outcome[i] = s->outcome[from], other->weights[i] = s->weights[from];
            other->first[UNITS - 1 - s->unit[from]] = s->first[s->unit[from]];
            for (size_t j = 0; j < COVARIATES; j++)
                gsl_matrix_set(other->covariates, i, j, gsl_matrix_get(s->covariates, from, j));
        }
        expect_close(group_sample_average_of(other, &o, (enum uf_average_kind)kind), plain, 1e-10,
                     "permuted");
        /* outcome scaled and shifted; covariates on another scale; weights on another scale */
        for (size_t i = 0; i < s->data.n; i++) {
            other->outcome[i] = 3 * other->outcome[i] + 100;
            other->weights[i] *= 10;
            gsl_matrix_set(other->covariates, i, 1, 5e3 * gsl_matrix_get(other->covariates, i, 1) - 7e4);
        }
        expect_close(group_sample_average_of(other, &o, (enum uf_average_kind)kind), 3 * plain, 1e-9,
                     "scaled");
    }
    group_sample_free(s), group_sample_free(other);
}

static void weight_two_is_a_unit_twice(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(COVARIATES);
    for (size_t i = 0; i < s->data.n; i++) s->weights[i] = s->unit[i] % 3 == 0 ? 2 : 1;
    double weighted = group_sample_average_of(s, NULL, UF_AVERAGE_GROUP);
    for (size_t u = 0; u < UNITS; u += 3) { /* once more, under a new number */
        size_t twin_unit = s->data.n_units++;
        s->first[twin_unit] = s->first[u];
        for (size_t t = 0; t < PERIODS; t++) {
            size_t from = t * UNITS + u, to = s->data.n++;
            s->unit[to] = twin_unit, s->period[to] = t, s->outcome[to] = s->outcome[from];
            for (size_t j = 0; j < COVARIATES; j++)
                gsl_matrix_set(s->covariates, to, j, gsl_matrix_get(s->covariates, from, j));
        }
    }
    s->data.weights = NULL;
    expect_close(group_sample_average_of(s, NULL, UF_AVERAGE_GROUP), weighted, 1e-10, "twice");
    group_sample_free(s);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(COVARIATES);
    struct uf_group_time_options one = {.threads = 1}, three = {.threads = 3};
    struct uf_group_time g = group_sample_estimate(s, &one), h = group_sample_estimate(s, &three);
    for (size_t i = 0; i < g.n_cells; i++) {
        assert_memory_equal(&g.cells[i].estimate, &h.cells[i].estimate, sizeof(double));
        assert_memory_equal(&g.cells[i].std_error, &h.cells[i].std_error, sizeof(double));
    }
    uf_group_time_clear(&g), uf_group_time_clear(&h);
    group_sample_free(s);
}

/* --- cells that cannot be estimated --------------------------------------------------------------- */

static void reasons(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(COVARIATES);
    struct uf_group_time_options o = {0};
    /* the second covariate is constant among the never treated in period 1, the base of cohort 2 */
    for (size_t u = 0; u < UNITS; u++)
        if (s->first[u] == SIZE_MAX) gsl_matrix_set(s->covariates, UNITS + u, 1, 0.5);
    /* cohort 5 lies beyond all others in the first */
    for (size_t i = 0; i < s->data.n; i++)
        if (s->first[s->unit[i]] == 5) gsl_matrix_set(s->covariates, i, 0, 20 + bench_noise(6, i));
    struct uf_group_time g = group_sample_estimate(s, &o);
    for (size_t i = 0; i < g.n_cells; i++) {
        const struct uf_group_time_cell *cell = &g.cells[i];
        size_t cohort = g.cohorts[cell->cohort].first_period;
        enum uf_drdid_reason expected = cell->base == 1 ? UF_DRDID_COLLINEAR
                                        : cohort == 5   ? UF_DRDID_NO_OVERLAP
                                                        : UF_DRDID_ESTIMATED;
        assert_int_equal(cell->diagnosis.reason, expected);
        assert_int_equal(isnan(cell->estimate), expected != UF_DRDID_ESTIMATED);
        if (expected == UF_DRDID_COLLINEAR) assert_int_equal(cell->diagnosis.column, 1);
        if (expected == UF_DRDID_NO_OVERLAP) {
            assert_int_equal(cell->diagnosis.n_beyond, cell->n_treated);
            assert_true(cell->diagnosis.most_treated > 0.999 && cell->diagnosis.most_control < 0.5);
        }
    }
    struct uf_average a = group_average(&g, UF_AVERAGE_GROUP);
    assert_int_equal(a.n_terms, 1); /* cohort 3 alone is left */
    assert_true(isfinite(a.estimate) && isfinite(a.std_error));
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    /* nobody is never treated: the last cohort has no controls from its start on */
    for (size_t u = 0; u < UNITS; u++)
        if (s->first[u] == SIZE_MAX) s->first[u] = 4;
    s->data.covariates = NULL;
    o.control = UF_CONTROL_NOT_YET_TREATED;
    g = group_sample_estimate(s, &o);
    for (size_t i = 0; i < g.n_cells; i++) {
        bool last = g.cohorts[g.cells[i].cohort].first_period == 5; /* and is no control of itself */
        assert_int_equal(g.cells[i].diagnosis.reason,
                         g.cells[i].period + last >= 5 ? UF_DRDID_NO_CONTROL : UF_DRDID_ESTIMATED);
    }
    uf_group_time_clear(&g);
    o.control = UF_CONTROL_NEVER_TREATED;
    g = group_sample_estimate(s, &o);
    a = group_average(&g, UF_AVERAGE_SIMPLE);
    assert_true(isnan(a.estimate) && isnan(a.std_error));
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    /* all are treated from the first period on */
    struct uf_error error;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = 0;
    assert_int_equal(uf_group_time_estimate(&s->data, &o, &g, &error), UF_NOT_IDENTIFIED);
    group_sample_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twin),
        cmocka_unit_test(influence_is_derivative),
        cmocka_unit_test(clusters_are_sums),
        cmocka_unit_test(difference_of_means),
        cmocka_unit_test(a_reference_is_a_difference),
        cmocka_unit_test(invariances),
        cmocka_unit_test(weight_two_is_a_unit_twice),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(reasons),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Group-time effects: what must hold of any sample, a naive twin, and influences against derivatives. */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>
#include <utfall/multiplier_bootstrap.h>
#include <utfall/random.h>

enum { UNITS = 60, PERIODS = 6, COVARIATES = 2, CLUSTERS = 12, MOST = 4 * UNITS * PERIODS };

/* Cohorts start in periods 2, 3 and 5; a third of the units is never treated. */
struct sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], first[4 * UNITS], cluster[MOST];
    double outcome[MOST], weights[MOST];
    gsl_matrix *covariates;
};

static struct sample *sample_new(size_t k)
{
    static const size_t starts[] = {SIZE_MAX, 2, 3, SIZE_MAX, 5, 2};
    struct sample *s = calloc(1, sizeof *s);
    s->covariates = k ? gsl_matrix_alloc(MOST, k) : NULL;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = starts[u / 2 % 6];
    for (size_t i = 0; i < UNITS * PERIODS; i++) {
        size_t u = i % UNITS, t = i / UNITS;
        s->unit[i] = u, s->period[i] = t, s->cluster[i] = u % CLUSTERS;
        s->weights[i] = 1.5 + bench_noise(8, u);
        double x = bench_noise(3, u) + (s->first[u] == SIZE_MAX ? 0 : 0.2), z = bench_noise(4, i);
        if (k > 0) gsl_matrix_set(s->covariates, i, 0, x);
        if (k > 1) gsl_matrix_set(s->covariates, i, 1, z);
        s->outcome[i] = bench_noise(1, i) + bench_noise(2, u) + 0.3 * (double)t * (1 + x) + 0.1 * z +
                        (s->first[u] <= t ? 0.4 : 0);
    }
    s->data = (struct uf_did_data){.n = UNITS * PERIODS,
                                   .n_units = UNITS,
                                   .n_periods = PERIODS,
                                   .unit = s->unit,
                                   .period = s->period,
                                   .outcome = s->outcome,
                                   .weights = s->weights,
                                   .first_period = s->first};
    s->data.covariates = s->covariates;
    return s;
}

static void sample_free(struct sample *s)
{
    gsl_matrix_free(s->covariates);
    free(s);
}

static struct uf_group_time estimate(const struct sample *s, const struct uf_group_time_options *options)
{
    struct uf_group_time g;
    struct uf_error error;
    assert_ok(uf_group_time_estimate(&s->data, options, &g, &error), &error);
    return g;
}

static struct uf_average average(const struct uf_group_time *g, enum uf_average_kind kind)
{
    struct uf_average a;
    struct uf_error error;
    assert_ok(uf_group_time_average(g, kind, NULL, &a, &error), &error);
    return a;
}

static double average_of(const struct sample *s, const struct uf_group_time_options *options,
                         enum uf_average_kind kind)
{
    struct uf_group_time g = estimate(s, options);
    struct uf_average a = average(&g, kind);
    double value = a.estimate;
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    return value;
}

/* --- a naive twin --------------------------------------------------------------------------------- */

enum { P = COVARIATES + 1 };

static void solve(double m[P][P], double b[P])
{
    for (size_t j = 0; j < P; j++) { /* Gauss–Jordan */
        size_t pivot = j;
        for (size_t i = j; i < P; i++)
            if (fabs(m[i][j]) > fabs(m[pivot][j])) pivot = i;
        for (size_t l = 0; l < P; l++) {
            double keep = m[j][l];
            m[j][l] = m[pivot][l], m[pivot][l] = keep;
        }
        double keep = b[j];
        b[j] = b[pivot], b[pivot] = keep;
        for (size_t i = 0; i < P; i++) {
            if (i == j) continue;
            double f = m[i][j] / m[j][j];
            for (size_t l = 0; l < P; l++) m[i][l] -= f * m[j][l];
            b[i] -= f * b[j];
        }
    }
    for (size_t j = 0; j < P; j++) b[j] /= m[j][j];
}

static double outcome_of(const struct sample *s, size_t u, size_t t, size_t *row)
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
    for (int step = 0; step <= 400; step++) {
        double m[P][P] = {{0}}, v[P] = {0};
        for (size_t i = 0; i < n; i++) {
            double eta = 0, odds;
            for (size_t j = 0; j < P; j++) eta += x[i][j] * a[j];
            odds = w[i] * exp(eta) * (1 - d[i]);
            for (size_t j = 0; j < P; j++) {
                v[j] += step < 400 ? (w[i] * d[i] - odds) * x[i][j] : odds * change[i] * x[i][j];
                for (size_t l = 0; l < P; l++) m[j][l] += odds * x[i][j] * x[i][l];
            }
        }
        solve(m, v);
        for (size_t j = 0; j < P; j++)
            if (step < 400)
                a[j] += (step < 200 ? 0.1 : 1) * v[j];
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
static void naive_cell(const struct sample *s, const struct uf_group_time_options *o, size_t g, size_t t,
                       size_t b, double att[5])
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
        solve(m, v);
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
    struct sample *s = sample_new(COVARIATES);
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
                    struct uf_group_time g = estimate(s, &o);
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
    sample_free(s);
}

/* --- influences ----------------------------------------------------------------------------------- */

/* The influence of a unit is its weight times the derivative of the estimate by that weight, whatever the
 * estimate is made of: propensities, regression, weights of cohorts. */
static void influence_is_derivative(void **state)
{
    (void)state;
    const double step = 1e-5;
    struct sample *s = sample_new(COVARIATES);
    for (int e = 0; e < 5; e++)
        for (int kind = 0; kind < 4; kind++) {
            struct uf_group_time_options o = {.estimator = (enum uf_drdid_estimator)e,
                                              .control = kind % 2 ? UF_CONTROL_NOT_YET_TREATED
                                                                  : UF_CONTROL_NEVER_TREATED};
            struct uf_group_time g = estimate(s, &o);
            struct uf_average a = average(&g, (enum uf_average_kind)kind);
            for (size_t u = 0; u < UNITS; u += 7) {
                double value[2], weight = s->weights[u];
                for (int side = 0; side < 2; side++) {
                    for (size_t t = 0; t < PERIODS; t++)
                        s->weights[t * UNITS + u] = weight * (side ? 1 + step : 1 - step);
                    value[side] = average_of(s, &o, (enum uf_average_kind)kind);
                }
                for (size_t t = 0; t < PERIODS; t++) s->weights[t * UNITS + u] = weight;
                expect_within(a.influence[u * (a.n_terms + 1) + a.n_terms],
                              (value[1] - value[0]) / (2 * step), 1e-8, "an influence");
            }
            uf_average_clear(&a);
            uf_group_time_clear(&g);
        }
    sample_free(s);
}

static void clusters_are_sums(void **state)
{
    (void)state;
    struct sample *s = sample_new(1);
    struct uf_group_time g = estimate(s, NULL);
    s->data.cluster[0] = s->cluster, s->data.n_groups[0] = CLUSTERS, s->data.n_cluster_dimensions = 1;
    struct uf_group_time by_cluster = estimate(s, NULL);
    struct uf_average a = average(&g, UF_AVERAGE_DYNAMIC), b = average(&by_cluster, UF_AVERAGE_DYNAMIC);
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
    sample_free(s);
}

/* --- invariances ---------------------------------------------------------------------------------- */

/* Without covariates: the difference of mean changes, as the interaction-weighted regression of an event study. */
static void difference_of_means(void **state)
{
    (void)state;
    struct sample *s = sample_new(0);
    for (int e = 0; e < 5; e++) {
        struct uf_group_time_options o = {.estimator = (enum uf_drdid_estimator)e};
        struct uf_group_time g = estimate(s, &o);
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
    sample_free(s);
}

static void invariances(void **state)
{
    (void)state;
    static const struct uf_group_time_options o = {.control = UF_CONTROL_NOT_YET_TREATED};
    struct sample *s = sample_new(COVARIATES), *other = sample_new(COVARIATES);
    for (int kind = 0; kind < 4; kind++) {
        double plain = average_of(s, &o, (enum uf_average_kind)kind);
        /* units in another order, rows too */
        for (size_t i = 0; i < s->data.n; i++) {
            size_t from = s->data.n - 1 - i;
            other->unit[i] = UNITS - 1 - s->unit[from], other->period[i] = s->period[from];
            other->outcome[i] = s->outcome[from], other->weights[i] = s->weights[from];
            other->first[UNITS - 1 - s->unit[from]] = s->first[s->unit[from]];
            for (size_t j = 0; j < COVARIATES; j++)
                gsl_matrix_set(other->covariates, i, j, gsl_matrix_get(s->covariates, from, j));
        }
        expect_close(average_of(other, &o, (enum uf_average_kind)kind), plain, 1e-10, "permuted");
        /* outcome scaled and shifted; covariates on another scale; weights on another scale */
        for (size_t i = 0; i < s->data.n; i++) {
            other->outcome[i] = 3 * other->outcome[i] + 100;
            other->weights[i] *= 10;
            gsl_matrix_set(other->covariates, i, 1, 5e3 * gsl_matrix_get(other->covariates, i, 1) - 7e4);
        }
        expect_close(average_of(other, &o, (enum uf_average_kind)kind), 3 * plain, 1e-9, "scaled");
    }
    sample_free(s), sample_free(other);
}

static void weight_two_is_a_unit_twice(void **state)
{
    (void)state;
    struct sample *s = sample_new(COVARIATES);
    for (size_t i = 0; i < s->data.n; i++) s->weights[i] = s->unit[i] % 3 == 0 ? 2 : 1;
    double weighted = average_of(s, NULL, UF_AVERAGE_GROUP);
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
    expect_close(average_of(s, NULL, UF_AVERAGE_GROUP), weighted, 1e-10, "twice");
    sample_free(s);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct sample *s = sample_new(COVARIATES);
    struct uf_group_time_options one = {.threads = 1}, three = {.threads = 3};
    struct uf_group_time g = estimate(s, &one), h = estimate(s, &three);
    for (size_t i = 0; i < g.n_cells; i++) {
        assert_memory_equal(&g.cells[i].estimate, &h.cells[i].estimate, sizeof(double));
        assert_memory_equal(&g.cells[i].std_error, &h.cells[i].std_error, sizeof(double));
    }
    uf_group_time_clear(&g), uf_group_time_clear(&h);
    sample_free(s);
}

/* --- cells that cannot be estimated --------------------------------------------------------------- */

static void reasons(void **state)
{
    (void)state;
    struct sample *s = sample_new(COVARIATES);
    struct uf_group_time_options o = {0};
    /* the second covariate is constant among the never treated in period 1, the base of cohort 2 */
    for (size_t u = 0; u < UNITS; u++)
        if (s->first[u] == SIZE_MAX) gsl_matrix_set(s->covariates, UNITS + u, 1, 0.5);
    /* cohort 5 lies beyond all others in the first */
    for (size_t i = 0; i < s->data.n; i++)
        if (s->first[s->unit[i]] == 5) gsl_matrix_set(s->covariates, i, 0, 20 + bench_noise(6, i));
    struct uf_group_time g = estimate(s, &o);
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
    struct uf_average a = average(&g, UF_AVERAGE_GROUP);
    assert_int_equal(a.n_terms, 1); /* cohort 3 alone is left */
    assert_true(isfinite(a.estimate) && isfinite(a.std_error));
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    /* nobody is never treated: the last cohort has no controls from its start on */
    for (size_t u = 0; u < UNITS; u++)
        if (s->first[u] == SIZE_MAX) s->first[u] = 4;
    s->data.covariates = NULL;
    o.control = UF_CONTROL_NOT_YET_TREATED;
    g = estimate(s, &o);
    for (size_t i = 0; i < g.n_cells; i++) {
        bool last = g.cohorts[g.cells[i].cohort].first_period == 5; /* and is no control of itself */
        assert_int_equal(g.cells[i].diagnosis.reason,
                         g.cells[i].period + last >= 5 ? UF_DRDID_NO_CONTROL : UF_DRDID_ESTIMATED);
    }
    uf_group_time_clear(&g);
    o.control = UF_CONTROL_NEVER_TREATED;
    g = estimate(s, &o);
    a = average(&g, UF_AVERAGE_SIMPLE);
    assert_true(isnan(a.estimate) && isnan(a.std_error));
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    /* all are treated from the first period on */
    struct uf_error error;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = 0;
    assert_int_equal(uf_group_time_estimate(&s->data, &o, &g, &error), UF_NOT_IDENTIFIED);
    sample_free(s);
}

/* With covariates each estimate is still linear in the outcomes, with weights that sum to 1 and −1. */
static void weights_are_derivatives(void **state)
{
    (void)state;
    enum { N = 40, TREATED = 11 };
    double change[N], influence[N], w[N], x[2 * N], weight[N];
    for (size_t i = 0; i < N; i++) {
        change[i] = bench_noise(31, i), w[i] = 1.5 + bench_noise(32, i);
        x[i] = bench_noise(33, i) + (i < TREATED ? 0.3 : 0), x[N + i] = 1e4 + bench_noise(34, i);
    }
    struct uf_error error;
    struct uf_drdid_design *design;
    assert_ok(uf_drdid_design_new(N, 2, &design, &error), &error);
    for (int e = 0; e < 5; e++)
        for (size_t k = 0; k < 3; k++) {
            struct uf_drdid_diagnosis diagnosis;
            uf_drdid_design_set(design, (enum uf_drdid_estimator)e, TREATED, N - TREATED, w, x, N, k,
                                &diagnosis);
            assert_int_equal(diagnosis.reason, UF_DRDID_ESTIMATED);
            double estimate = uf_drdid_estimate(design, change, influence), sum = 0, treated = 0, control = 0;
            uf_drdid_weights(design, weight);
            for (size_t i = 0; i < N; i++) {
                sum += weight[i] * change[i];
                *(i < TREATED ? &treated : &control) += weight[i];
            }
            expect_close(estimate, sum, 1e-10, "the weighted sum of changes");
            expect_close(treated, 1, 1e-12, "weights of the treated");
            if (k == 0 || e != UF_DRDID_IPW_UNSTANDARDISED)
                expect_close(control, -1, 1e-10, "weights of the controls");
        }
    uf_drdid_design_free(design);
}

/* --- randomisation -------------------------------------------------------------------------------- */

/* Nine units, two of them treated from period 1 and one from period 2: 252 assignments, each by hand. */
static void all_assignments(void **state)
{
    (void)state;
    enum { N = 9, T = 3 };
    size_t unit[N * T], period[N * T], first[N];
    double outcome[N * T], treatment[N * T];
    for (size_t u = 0; u < N; u++) first[u] = u == 2 || u == 5 ? 1 : u == 7 ? 2 : SIZE_MAX;
    for (size_t i = 0; i < N * T; i++) {
        unit[i] = i / T, period[i] = i % T;
        treatment[i] = first[unit[i]] <= period[i];
        outcome[i] = bench_noise(11, i) + treatment[i];
    }
    const struct uf_did_data data = {.n = N * T,
                                     .n_units = N,
                                     .n_periods = T,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first};
    struct uf_error error;
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
    assert_ok(uf_group_time_randomise(&data, NULL, &assignment, NULL, NULL, &r, &error), &error);
    assert_int_equal(r.count, 252);
    struct uf_group_time g;
    assert_ok(uf_group_time_estimate(&data, NULL, &g, &error), &error);
    struct uf_average a = average(&g, UF_AVERAGE_SIMPLE);
    expect_close(r.coefficient[0], a.estimate, 1e-12, "the actual one");
    expect_close(r.t[0], a.estimate / a.std_error, 1e-10, "its t");
    double actual = a.estimate;
    size_t extreme = 0;
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    for (size_t i = 0; i < N; i++)
        for (size_t j = i + 1; j < N; j++)
            for (size_t k = 0; k < N; k++) {
                if (k == i || k == j) continue;
                double early = 0, late = 0, last = 0, c1 = 0, c2 = 0, c3 = 0;
                for (size_t u = 0; u < N; u++) {
                    double y0 = outcome[u * T], y1 = outcome[u * T + 1], y2 = outcome[u * T + 2];
                    if (u == i || u == j)
                        early += (y1 - y0) / 2, late += (y2 - y0) / 2;
                    else if (u == k)
                        last += y2 - y1;
                    else
                        c1 += (y1 - y0) / (N - 3), c2 += (y2 - y0) / (N - 3), c3 += (y2 - y1) / (N - 3);
                }
                double simple = (2 * (early - c1) + 2 * (late - c2) + (last - c3)) / 5;
                extreme += fabs(simple) >= fabs(actual) * (1 - 1e-9);
            }
    expect_close(r.p_coefficient, (double)extreme / 252, 1e-12, "the share");
    /* adding 1 to the actually treated outcomes moves each assignment's estimate by its shift */
    for (size_t i = 0; i < N * T; i++) outcome[i] += treatment[i];
    struct uf_randomisation moved;
    assert_ok(uf_group_time_randomise(&data, NULL, &assignment, NULL, NULL, &moved, &error), &error);
    for (size_t i = 0; i < r.count; i++)
        expect_within(moved.coefficient[i], r.coefficient[i] + r.shift[i], 1e-12, "the shift");
    expect_close(r.shift[0], 1, 1e-12, "the actual shift");
    uf_randomisation_clear(&moved);
    uf_randomisation_clear(&r);
    uf_did_assignment_clear(&assignment);
}

/* Three of 21 regions treated, no effect, autocorrelated errors: errors from influence functions find one far too
 * often, dealing the treatment out anew does not. */
static void level_with_few_treated(void **state)
{
    (void)state;
    enum { N = 21, T = 12, START = 8, SAMPLES = 150 };
    size_t unit[N * T], period[N * T], first[N], by_influence = 0, by_dealing = 0, by_scaled = 0;
    double outcome[N * T], treatment[N * T];
    for (size_t u = 0; u < N; u++) first[u] = u < 3 ? START : SIZE_MAX;
    for (size_t i = 0; i < N * T; i++) {
        unit[i] = i / T, period[i] = i % T;
        treatment[i] = first[unit[i]] <= period[i];
    }
    const struct uf_did_data data = {.n = N * T,
                                     .n_units = N,
                                     .n_periods = T,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first};
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        struct uf_error error;
        struct uf_did_assignment assignment;
        struct uf_did_noise noise;
        struct uf_randomisation r;
        const struct uf_randomisation_options options = {.most_enumerated = 1, .draws = 99, .seed = sample};
        for (size_t i = 0; i < N * T; i++) {
            double shock = 0; /* a sum of uniform numbers, near enough normal */
            for (size_t k = 0; k < 6; k++) shock += bench_noise(100 + k, sample * N * T + i);
            outcome[i] = shock + (period[i] > 0 ? 0.7 * outcome[i - 1] : 0);
        }
        assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
        assert_ok(uf_did_noise_init(&data, &assignment, &noise, &error), &error);
        assert_ok(uf_group_time_randomise(&data, NULL, &assignment, &noise, &options, &r, &error), &error);
        by_influence += fabs(r.t[0]) > 1.959964;
        by_dealing += r.p_coefficient <= 0.05;
        by_scaled += r.p_scaled <= 0.05;
        uf_randomisation_clear(&r);
        uf_did_noise_clear(&noise);
        uf_did_assignment_clear(&assignment);
    }
    print_message("rejections at 5 %%: influence %.3f, dealt out %.3f, scaled %.3f\n",
                  (double)by_influence / SAMPLES, (double)by_dealing / SAMPLES, (double)by_scaled / SAMPLES);
    assert_true(by_influence > SAMPLES / 10);
    assert_in_range(by_dealing, SAMPLES / 100, SAMPLES / 10);
    assert_in_range(by_scaled, SAMPLES / 100, SAMPLES / 10);
}

/* --- the multiplier bootstrap --------------------------------------------------------------------- */

static void multiplier_twin(void **state)
{
    (void)state;
    enum { N = 4300, Q = 5, DRAWS = 33 };
    double *influence = malloc(N * Q * sizeof *influence);
    for (size_t i = 0; i < (size_t)N * Q; i++) influence[i] = bench_noise(21, i);
    for (size_t i = 0; i < N; i++) influence[i * Q + 3] = 0; /* a reference */
    struct uf_multiplier_bootstrap one, many;
    struct uf_error error;
    struct uf_multiplier_options options = {.draws = DRAWS, .seed = 77, .threads = 1};
    assert_ok(uf_multiplier_bootstrap(influence, N, Q, &options, &one, &error), &error);
    options.threads = 3;
    assert_ok(uf_multiplier_bootstrap(influence, N, Q, &options, &many, &error), &error);
    assert_memory_equal(one.draw, many.draw, DRAWS * Q * sizeof(double));
    for (size_t d = 0; d < DRAWS; d++) {
        struct uf_random random;
        double sum[Q] = {0};
        uint32_t bits = 0;
        uf_random_init(&random, 77, UF_PURPOSE_BOOTSTRAP, d);
        /* words of the stream, lowest bit first: the block of 128 units w is the w-th of the generator */
        for (size_t i = 0; i < N; i++) {
            if (i % 32 == 0) bits = uf_random_u32(&random);
            for (size_t j = 0; j < Q; j++) sum[j] += (bits >> i % 32 & 1 ? 1 : -1) * influence[i * Q + j];
        }
        for (size_t j = 0; j < Q; j++) expect_within(one.draw[d * Q + j], sum[j], 1e-10, "a draw");
    }
    expect_close(one.std_error[3], 0, 0, "the reference");
    assert_true(one.critical > 1 && one.critical < 5);
    uf_multiplier_bootstrap_clear(&one), uf_multiplier_bootstrap_clear(&many);
    free(influence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twin),
        cmocka_unit_test(influence_is_derivative),
        cmocka_unit_test(clusters_are_sums),
        cmocka_unit_test(difference_of_means),
        cmocka_unit_test(invariances),
        cmocka_unit_test(weight_two_is_a_unit_twice),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(reasons),
        cmocka_unit_test(weights_are_derivatives),
        cmocka_unit_test(all_assignments),
        cmocka_unit_test(level_with_few_treated),
        cmocka_unit_test(multiplier_twin),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Repeated cross-sections: a naive twin from the definitions, influences against derivatives, what must hold of any rows. */
#include "support/bench.h"
#include "support/group_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct uf_group_time_options plain = {.cross_sections = true};

/* Some units have no row in some periods, others two: 1 + (unit + period) % 3 or none. */
static struct group_sample *people_new(size_t k)
{
    struct group_sample *s = group_sample_new(k);
    size_t n = 0;
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++)
            for (size_t copy = 0; copy < (u + t) % 3 + (u % 4 == 0); copy++) {
                assert_true(n < MOST);
                s->unit[n] = u, s->period[n] = t, s->cluster[n] = u % CLUSTERS;
                s->weights[n] = 1.5 + bench_noise(8, n);
                double x = bench_noise(3, n) + (s->first[u] == SIZE_MAX ? 0 : 0.2), z = bench_noise(4, n);
                if (k > 0) gsl_matrix_set(s->covariates, n, 0, x);
                if (k > 1) gsl_matrix_set(s->covariates, n, 1, z);
                s->outcome[n] =
                    bench_noise(1, n) + 0.3 * (double)t * (1 + x) + 0.1 * z + (s->first[u] <= t ? 0.4 : 0);
                n++;
            }
    s->data.n = n;
    return s;
}

/* One section's weighted regression of the outcome. */
static void regress(const struct group_sample *s, const int *section, int wanted, double beta[P])
{
    double m[P][P] = {{0}};
    memset(beta, 0, P * sizeof *beta);
    for (size_t i = 0; i < s->data.n; i++) {
        double x[P] = {1};
        if (section[i] != wanted) continue;
        for (size_t j = 0; j < COVARIATES; j++) x[j + 1] = gsl_matrix_get(s->covariates, i, j);
        for (size_t j = 0; j < P; j++) {
            beta[j] += s->weights[i] * x[j] * s->outcome[i];
            for (size_t l = 0; l < P; l++) m[j][l] += s->weights[i] * x[j] * x[l];
        }
    }
    group_solve(m, beta);
}

static void fit_logit(const struct group_sample *s, const int *section, double logit[P])
{
    memset(logit, 0, P * sizeof *logit);
    for (int step = 0; step < 30; step++) {
        double m[P][P] = {{0}}, v[P] = {0};
        for (size_t i = 0; i < s->data.n; i++) {
            double x[P] = {1}, eta = logit[0];
            if (section[i] < 0) continue;
            for (size_t j = 0; j < COVARIATES; j++) {
                x[j + 1] = gsl_matrix_get(s->covariates, i, j);
                eta += x[j + 1] * logit[j + 1];
            }
            double p = 1 / (1 + exp(-eta)), w = s->weights[i];
            for (size_t j = 0; j < P; j++) {
                v[j] += w * ((section[i] < 2) - p) * x[j];
                for (size_t l = 0; l < P; l++) m[j][l] += w * p * (1 - p) * x[j] * x[l];
            }
        }
        group_solve(m, v);
        for (size_t j = 0; j < P; j++) logit[j] += v[j];
    }
}

static double dot(const double x[P], const double b[P])
{
    double sum = 0;
    for (size_t j = 0; j < P; j++) sum += x[j] * b[j];
    return sum;
}

/* As the paper writes it (eq. 2.7 and the locally efficient one), term by term. */
static void naive_cell(const struct group_sample *s, const struct uf_group_time_options *o, size_t g,
                       size_t t, size_t b, double att[3])
{
    int *section = malloc(s->data.n * sizeof *section);
    size_t later = t > b ? t : b;
    double beta[4][P], logit[P];
    for (size_t i = 0; i < s->data.n; i++) {
        size_t f = s->first[s->unit[i]];
        bool control = f == SIZE_MAX || (o->control == UF_CONTROL_NOT_YET_TREATED && f != g &&
                                         f > later + (size_t)o->anticipation);
        bool here = (f == g || control) && (s->period[i] == t || s->period[i] == b);
        section[i] = !here ? -1 : (f == g ? 0 : 2) + (s->period[i] == b);
    }
    for (int a = 0; a < 4; a++) regress(s, section, a, beta[a]);
    fit_logit(s, section, logit);
    /* weighted means of y, of y less the controls' regression, and of the two regressions' difference */
    double w[4] = {0}, y[4] = {0}, rest[4] = {0}, odds[4] = {0}, odds_y[4] = {0}, odds_rest[4] = {0};
    double gap[2] = {0}, own_gap[2] = {0}, change = 0, all = 0;
    for (size_t i = 0; i < s->data.n; i++) {
        double x[P] = {1};
        int a = section[i];
        if (a < 0) continue;
        for (size_t j = 0; j < COVARIATES; j++) x[j + 1] = gsl_matrix_get(s->covariates, i, j);
        double weight = s->weights[i], c = weight * exp(dot(x, logit)), fit = dot(x, beta[2 + a % 2]);
        w[a] += weight, y[a] += weight * s->outcome[i], rest[a] += weight * (s->outcome[i] - fit);
        odds[a] += c, odds_y[a] += c * s->outcome[i], odds_rest[a] += c * (s->outcome[i] - fit);
        if (a > 1) continue;
        all += weight, change += weight * (dot(x, beta[2]) - dot(x, beta[3]));
        for (int p = 0; p < 2; p++) gap[p] += weight * (dot(x, beta[p]) - dot(x, beta[2 + p]));
        own_gap[a] += weight * (dot(x, beta[a]) - dot(x, beta[2 + a]));
    }
    att[UF_DRDID_REGRESSION] = y[0] / w[0] - y[1] / w[1] - change / all;
    att[UF_DRDID_IPW] = y[0] / w[0] - y[1] / w[1] - odds_y[2] / odds[2] + odds_y[3] / odds[3];
    att[UF_DRDID_DOUBLY_ROBUST] = rest[0] / w[0] - rest[1] / w[1] - odds_rest[2] / odds[2] +
                                  odds_rest[3] / odds[3] + (gap[0] / all - own_gap[0] / w[0]) -
                                  (gap[1] / all - own_gap[1] / w[1]);
    free(section);
}

static void twin(void **state)
{
    (void)state;
    struct group_sample *s = people_new(COVARIATES);
    for (int c = 0; c < 2; c++)
        for (int base = 0; base < 2; base++)
            for (int e = 0; e < 3; e++) {
                struct uf_group_time_options o = {.estimator = (enum uf_drdid_estimator)e,
                                                  .control = (enum uf_group_time_control)c,
                                                  .base = (enum uf_group_time_base)base,
                                                  .anticipation = base,
                                                  .cross_sections = true};
                struct uf_group_time g = group_sample_estimate(s, &o);
                size_t compared = 0;
                for (size_t i = 0; i < g.n_cells; i++) {
                    const struct uf_group_time_cell *cell = &g.cells[i];
                    double att[3];
                    if (cell->reference) continue;
                    assert_int_equal(cell->diagnosis.reason, UF_DRDID_ESTIMATED);
                    naive_cell(s, &o, g.cohorts[cell->cohort].first_period, cell->period, cell->base, att);
                    expect_within(cell->estimate, att[e], 1e-9, "a cell");
                    compared++;
                }
                assert_true(compared >= 10);
                uf_group_time_clear(&g);
            }
    group_sample_free(s);
}

/* A row's influence is its weight times the derivative of the average by that weight. */
static void influence_is_derivative(void **state)
{
    (void)state;
    const double step = 1e-5;
    for (size_t k = 0; k <= COVARIATES; k += COVARIATES) {
        struct group_sample *s = people_new(k);
        for (int e = 0; e < 3; e++)
            for (int kind = 0; kind < 4; kind++) {
                struct uf_group_time_options o = {.estimator = (enum uf_drdid_estimator)e,
                                                  .control = kind % 2 ? UF_CONTROL_NOT_YET_TREATED
                                                                      : UF_CONTROL_NEVER_TREATED,
                                                  .cross_sections = true};
                struct uf_group_time g = group_sample_estimate(s, &o);
                struct uf_average a = group_average(&g, (enum uf_average_kind)kind);
                assert_int_equal(a.n_rows, s->data.n);
                for (size_t i = 0; i < s->data.n; i += 131) {
                    double value[2], weight = s->weights[i];
                    for (int side = 0; side < 2; side++) {
                        s->weights[i] = weight * (side ? 1 + step : 1 - step);
                        value[side] = group_sample_average_of(s, &o, (enum uf_average_kind)kind);
                    }
                    s->weights[i] = weight;
                    expect_within(a.influence[i * (a.n_terms + 1) + a.n_terms],
                                  (value[1] - value[0]) / (2 * step), 1e-8, "an influence");
                }
                uf_average_clear(&a);
                uf_group_time_clear(&g);
            }
        group_sample_free(s);
    }
}

static void clusters_are_sums(void **state)
{
    (void)state;
    struct group_sample *s = people_new(1);
    struct uf_group_time g = group_sample_estimate(s, &plain);
    s->data.cluster[0] = s->cluster, s->data.n_groups[0] = CLUSTERS, s->data.n_cluster_dimensions = 1;
    struct uf_group_time by_cluster = group_sample_estimate(s, &plain);
    struct uf_average a = group_average(&g, UF_AVERAGE_DYNAMIC),
                      b = group_average(&by_cluster, UF_AVERAGE_DYNAMIC);
    size_t width = a.n_terms + 1;
    double *sum = calloc(CLUSTERS * width, sizeof *sum);
    assert_int_equal(b.n_rows, CLUSTERS);
    for (size_t i = 0; i < s->data.n; i++)
        for (size_t j = 0; j < width; j++) sum[s->cluster[i] * width + j] += a.influence[i * width + j];
    for (size_t x = 0; x < CLUSTERS * width; x++) expect_within(b.influence[x], sum[x], 1e-13, "a cluster");
    expect_close(a.estimate, b.estimate, 0, "the estimate");
    free(sum);
    uf_average_clear(&a), uf_average_clear(&b);
    uf_group_time_clear(&g), uf_group_time_clear(&by_cluster);
    group_sample_free(s);
}

/* One row for each unit and period, balanced, no covariates: the panel's estimates. */
static void a_panel_gives_the_same(void **state)
{
    (void)state;
    struct group_sample *s = group_sample_new(0);
    struct uf_group_time g = group_sample_estimate(s, NULL), h = group_sample_estimate(s, &plain);
    assert_int_equal(g.n_cells, h.n_cells);
    for (size_t c = 0; c < g.n_cells; c++)
        expect_within(h.cells[c].estimate, g.cells[c].estimate, 1e-13, "a cell");
    uf_group_time_clear(&g), uf_group_time_clear(&h);
    group_sample_free(s);
}

static void invariances(void **state)
{
    (void)state;
    static const struct uf_group_time_options o = {.control = UF_CONTROL_NOT_YET_TREATED,
                                                   .cross_sections = true};
    for (int kind = 0; kind < 4; kind++) {
        struct group_sample *s = people_new(COVARIATES), *other = people_new(COVARIATES);
        double value = group_sample_average_of(s, &o, (enum uf_average_kind)kind);
        for (size_t i = 0; i < s->data.n; i++) {
            size_t from = s->data.n - 1 - i;
            other->unit[i] = s->unit[from], other->period[i] = s->period[from];
            other->outcome[i] = 3 * s->outcome[from] + 100, other->weights[i] = 10 * s->weights[from];
            gsl_matrix_set(other->covariates, i, 0, gsl_matrix_get(s->covariates, from, 0));
            gsl_matrix_set(other->covariates, i, 1, 5e3 * gsl_matrix_get(s->covariates, from, 1) - 7e4);
        }
        expect_close(group_sample_average_of(other, &o, (enum uf_average_kind)kind), 3 * value, 1e-9,
                     "permuted, shifted, scaled");
        group_sample_free(s), group_sample_free(other);
    }
}

static void weight_two_is_a_row_twice(void **state)
{
    (void)state;
    struct group_sample *s = people_new(COVARIATES);
    size_t n = s->data.n;
    for (size_t i = 0; i < n; i++) s->weights[i] = i % 3 == 0 ? 2 : 1;
    double weighted = group_sample_average_of(s, &plain, UF_AVERAGE_GROUP);
    for (size_t i = 0; i < n; i += 3) {
        size_t to = s->data.n++;
        s->unit[to] = s->unit[i], s->period[to] = s->period[i], s->outcome[to] = s->outcome[i];
        for (size_t j = 0; j < COVARIATES; j++)
            gsl_matrix_set(s->covariates, to, j, gsl_matrix_get(s->covariates, i, j));
    }
    s->data.weights = NULL;
    expect_close(group_sample_average_of(s, &plain, UF_AVERAGE_GROUP), weighted, 1e-10, "twice");
    group_sample_free(s);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct group_sample *s = people_new(COVARIATES);
    struct uf_group_time_options one = {.threads = 1, .cross_sections = true}, three = one;
    three.threads = 3;
    struct uf_group_time g = group_sample_estimate(s, &one), h = group_sample_estimate(s, &three);
    for (size_t i = 0; i < g.n_cells; i++) {
        assert_memory_equal(&g.cells[i].estimate, &h.cells[i].estimate, sizeof(double));
        assert_memory_equal(&g.cells[i].std_error, &h.cells[i].std_error, sizeof(double));
    }
    uf_group_time_clear(&g), uf_group_time_clear(&h);
    group_sample_free(s);
}

static enum uf_drdid_reason reason_of(const struct group_sample *s, enum uf_drdid_estimator estimator,
                                      size_t cohort, size_t period, struct uf_drdid_diagnosis *out)
{
    const struct uf_group_time_options o = {.estimator = estimator, .cross_sections = true};
    struct uf_group_time g = group_sample_estimate(s, &o);
    bool found = false;
    for (size_t i = 0; i < g.n_cells; i++)
        if (g.cohorts[g.cells[i].cohort].first_period == cohort && g.cells[i].period == period) {
            *out = g.cells[i].diagnosis, found = true;
            assert_int_equal(isnan(g.cells[i].estimate), out->reason != UF_DRDID_ESTIMATED);
        }
    assert_true(found);
    uf_group_time_clear(&g);
    return out->reason;
}

/* Keeps the rows of a cohort in a period down to `most`. */
static void thin(struct group_sample *s, size_t cohort, size_t period, size_t most)
{
    size_t kept = 0, seen = 0;
    for (size_t i = 0; i < s->data.n; i++) {
        if (s->first[s->unit[i]] == cohort && s->period[i] == period && seen++ >= most) continue;
        s->unit[kept] = s->unit[i], s->period[kept] = s->period[i], s->outcome[kept] = s->outcome[i];
        s->weights[kept] = s->weights[i];
        for (size_t j = 0; j < COVARIATES; j++)
            gsl_matrix_set(s->covariates, kept, j, gsl_matrix_get(s->covariates, i, j));
        kept++;
    }
    s->data.n = kept;
}

static void reasons(void **state)
{
    (void)state;
    struct uf_drdid_diagnosis why;
    struct group_sample *s = people_new(COVARIATES);
    thin(s, 2, 4, 2); /* of cohort 2 two rows are left in period 4 */
    assert_int_equal(reason_of(s, UF_DRDID_DOUBLY_ROBUST, 2, 4, &why), UF_DRDID_TOO_FEW_TREATED);
    assert_int_equal(why.section, UF_DRDID_TREATED_AFTER);
    assert_int_equal(why.n_section, 2);
    assert_int_equal(reason_of(s, UF_DRDID_REGRESSION, 2, 4, &why), UF_DRDID_ESTIMATED);
    thin(s, 2, 4, 0);
    assert_int_equal(reason_of(s, UF_DRDID_REGRESSION, 2, 4, &why), UF_DRDID_NO_TREATED);
    assert_int_equal(why.section, UF_DRDID_TREATED_AFTER);
    thin(s, SIZE_MAX, 4, 1);
    assert_int_equal(reason_of(s, UF_DRDID_REGRESSION, 3, 4, &why), UF_DRDID_TOO_FEW_CONTROLS);
    assert_int_equal(why.section, UF_DRDID_CONTROL_AFTER);
    assert_int_equal(reason_of(s, UF_DRDID_IPW, 3, 4, &why), UF_DRDID_ESTIMATED);
    thin(s, SIZE_MAX, 4, 0);
    assert_int_equal(reason_of(s, UF_DRDID_IPW, 3, 4, &why), UF_DRDID_NO_CONTROL);
    group_sample_free(s);

    s = people_new(COVARIATES);
    for (size_t i = 0; i < s->data.n; i++) { /* no spread among the controls of period 1 */
        if (s->first[s->unit[i]] == SIZE_MAX && s->period[i] == 1) gsl_matrix_set(s->covariates, i, 1, 0.5);
        if (s->first[s->unit[i]] == 5) gsl_matrix_set(s->covariates, i, 0, 20 + bench_noise(6, i));
    }
    assert_int_equal(reason_of(s, UF_DRDID_REGRESSION, 2, 3, &why), UF_DRDID_COLLINEAR);
    assert_int_equal(why.column, 1);
    assert_int_equal(why.section, UF_DRDID_CONTROL_BEFORE);
    assert_int_equal(reason_of(s, UF_DRDID_IPW, 2, 3, &why), UF_DRDID_ESTIMATED);
    assert_int_equal(reason_of(s, UF_DRDID_IPW, 5, 5, &why), UF_DRDID_NO_OVERLAP);
    assert_true(why.n_beyond > 0 && why.most_treated > 0.999);
    struct uf_error error;
    struct uf_group_time g;
    const struct uf_group_time_options improved = {.estimator = UF_DRDID_IMPROVED, .cross_sections = true};
    assert_int_equal(uf_group_time_estimate(&s->data, &improved, &g, &error), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "doubly-robust, regression and ipw"));
    group_sample_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twin),
        cmocka_unit_test(influence_is_derivative),
        cmocka_unit_test(clusters_are_sums),
        cmocka_unit_test(a_panel_gives_the_same),
        cmocka_unit_test(invariances),
        cmocka_unit_test(weight_two_is_a_row_twice),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(reasons),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

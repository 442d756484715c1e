// SPDX-License-Identifier: GPL-3.0-or-later
/* The interaction-weighted event study against fixest 0.14.2 (sunab): reference/peers/results/es_sunab_base_stagg.json
 * and es_sunab_mpdta.json, and
 * reference/own/results/twfe_sweden.json. */
#include "support/staggered.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/sun_abraham.h>

struct fitted {
    struct staggered panel;
    struct uf_sun_abraham fit;
    struct uf_covariance_input input;
};

static struct fitted fit_of(const char *data, const char *unit, const char *outcome, const char *start,
                            const char *cluster, const char *covariate)
{
    struct fitted f = {.panel = staggered_read(data, unit, "year", outcome, start, cluster, NULL, covariate)};
    struct uf_error error;
    assert_ok(uf_sun_abraham_estimate(&f.panel.data, NULL, &f.fit, &error), &error);
    return f;
}

static void fitted_clear(struct fitted *f)
{
    uf_sun_abraham_clear(&f->fit);
    staggered_clear(&f->panel);
}

static struct uf_covariance covariance_of(struct fitted *f, enum uf_covariance_kind kind)
{
    const struct uf_covariance_options options = {.kind = kind};
    struct uf_covariance v;
    struct uf_error error;
    f->input = (struct uf_covariance_input){.x = f->fit.fit.x,
                                            .residuals = f->fit.fit.fit.residuals,
                                            .inverse = f->fit.fit.fit.inverse,
                                            .absorber = f->fit.fit.absorber,
                                            .cluster = {f->fit.data.cluster[0]},
                                            .n_groups = {f->fit.data.n_groups[0]},
                                            .n_cluster_dimensions = 1};
    assert_ok(uf_covariance_estimate(&f->input, &options, &v, &error), &error);
    return v;
}

static json_t *rows_of(json_t *results, const char *entry)
{
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value");
    if (!value) fail_msg("no entry %s", entry);
    return json_object_get(value, "coef");
}

/* The combination that a row of the peer names: `year::-3`, `year::-9:cohort::10`, `cohort::2`, `ATT`. */
static double combine(const struct fitted *f, const char *term, gsl_vector *combination)
{
    long event, cohort;
    double *c = combination->data;
    gsl_vector_set_zero(combination);
    if (sscanf(term, "year::%ld:cohort::%ld", &event, &cohort) == 2) {
        for (size_t i = 0; i < f->fit.n_cells; i++)
            if (f->fit.cell[i].event_time == event &&
                (long)f->fit.cohort[f->fit.cell[i].cohort].first_period + f->panel.first_time == cohort)
                return uf_sun_abraham_average(&f->fit, UF_CELLS_ONE, (long)i, c);
        return 0;
    }
    if (sscanf(term, "year::%ld", &event) == 1)
        return uf_sun_abraham_average(&f->fit, UF_CELLS_DYNAMIC, event, c);
    if (sscanf(term, "cohort::%ld", &cohort) == 1) {
        for (size_t g = 0; g < f->fit.n_cohorts; g++)
            if ((long)f->fit.cohort[g].first_period + f->panel.first_time == cohort)
                return uf_sun_abraham_average(&f->fit, UF_CELLS_GROUP, (long)g, c);
        return 0;
    }
    if (!strcmp(term, "ATT")) return uf_sun_abraham_average(&f->fit, UF_CELLS_SIMPLE, 0, c);
    gsl_vector_set(combination, combination->size - 1, 1); /* the only covariate comes last */
    return 1;
}

static double estimate_of(const struct fitted *f, const gsl_vector *combination)
{
    double sum = 0;
    for (size_t j = 0; j < f->fit.fit.n_columns; j++)
        if (f->fit.fit.position[j] != SIZE_MAX)
            sum += gsl_vector_get(combination, f->fit.fit.position[j]) *
                   gsl_vector_get(f->fit.fit.fit.coefficients, j);
    return sum;
}

static void compare(struct fitted *f, json_t *results, const char *entry, enum uf_covariance_kind kind)
{
    const struct uf_covariance_options options = {.kind = kind};
    const size_t k = f->fit.fit.fit.rank;
    struct uf_covariance v = covariance_of(f, kind);
    gsl_vector *combination = gsl_vector_alloc(k);
    struct uf_error error;
    json_t *row;
    size_t index;
    json_array_foreach(rows_of(results, entry), index, row)
    {
        const char *term = json_string_value(json_object_get(row, "term"));
        double variance, df;
        char what[120];
        snprintf(what, sizeof what, "%s %s", entry, term);
        if (!(combine(f, term, combination) > 0)) fail_msg("%s: nothing like it", what);
        double estimate = estimate_of(f, combination);
        assert_ok(uf_covariance_combination(&f->input, &options, &v, combination, &variance, &df, &error),
                  &error);
        expect_close(estimate, json_number_value(json_object_get(row, "estimate")), 1e-8, what);
        expect_close(sqrt(variance), json_number_value(json_object_get(row, "se")), 1e-6, what);
        struct uf_t_test test = uf_t_test(estimate, variance, df, 0.95);
        expect_close(test.p_value, json_number_value(json_object_get(row, "p")), 1e-5, what);
    }
    assert_true(index > 0);
    gsl_vector_free(combination);
    uf_covariance_clear(&v);
}

static double joint_of(const gsl_vector *b, const gsl_matrix *v, size_t count, double df2, double *p)
{
    struct uf_joint_test test;
    struct uf_error error;
    size_t index[32];
    assert_true(count <= 32);
    for (size_t i = 0; i < count; i++) index[i] = i;
    assert_ok(uf_joint_test(b, v, index, count, df2, &test, &error), &error);
    *p = test.p_value;
    return test.statistic;
}

/*
 * The joint test of the leads. The entry was made by hand with `vcov(s)[k, k]`, but vcov of the summary is that of the 82 cells
 * and not of the 17 averages: its numbers are the averages of the leads on the covariance of the first cells (found again
 * here, so that nobody has to wonder). What is right comes from the peer's own matrix of cells, carried to the averages.
 */
static void compare_leads(struct fitted *f, json_t *results)
{
    enum { LEADS = 8 };
    struct uf_covariance v = covariance_of(f, UF_COVARIANCE_CR1S);
    const size_t k = f->fit.fit.fit.rank;
    json_t *entries = json_object_get(results, "results"), *row,
           *value = json_object_get(json_object_get(entries, "sunab_pretrend_wald"), "value"),
           *cells = json_object_get(json_object_get(json_object_get(entries, "sunab"), "value"), "vcov");
    size_t *cell = malloc(k * sizeof *cell), count = 0, i;
    gsl_matrix *ours = gsl_matrix_calloc(LEADS, LEADS), *theirs = gsl_matrix_calloc(LEADS, LEADS),
               *mistaken = gsl_matrix_calloc(LEADS, LEADS);
    gsl_vector *combination[LEADS], *b = gsl_vector_calloc(LEADS), *one = gsl_vector_alloc(k);
    assert_int_equal(json_array_size(cells), k);
    json_array_foreach(rows_of(results, "sunab_raw"), i, row) /* where each of our coefficients is there */
    {
        assert_true(combine(f, json_string_value(json_object_get(row, "term")), one) > 0);
        cell[gsl_vector_max_index(one)] = i;
    }
    json_array_foreach(rows_of(results, "sunab"), i, row)
    {
        const char *term = json_string_value(json_object_get(row, "term"));
        if (strncmp(term, "year::-", 7) != 0) continue;
        assert_true(count < LEADS);
        combination[count] = gsl_vector_alloc(k);
        assert_true(combine(f, term, combination[count]) > 0);
        gsl_vector_set(b, count, estimate_of(f, combination[count]));
        count++;
    }
    assert_int_equal(count, json_integer_value(json_object_get(value, "df1")));
    assert_int_equal(v.n_clusters - 1, json_integer_value(json_object_get(value, "df2")));
    for (size_t l = 0; l < LEADS; l++)
        for (size_t m = 0; m < LEADS; m++) {
            for (size_t x = 0; x < k; x++)
                for (size_t y = 0; y < k; y++) {
                    double w = gsl_vector_get(combination[l], x) * gsl_vector_get(combination[m], y);
                    *gsl_matrix_ptr(ours, l, m) += w * gsl_matrix_get(v.matrix, x, y);
                    *gsl_matrix_ptr(theirs, l, m) +=
                        w * json_number_value(json_array_get(json_array_get(cells, cell[x]), cell[y]));
                }
            gsl_matrix_set(mistaken, l, m,
                           json_number_value(json_array_get(json_array_get(cells, 1 + l), 1 + m)));
        }
    double p, peer_p, df2 = (double)v.n_clusters - 1;
    double statistic = joint_of(b, ours, LEADS, df2, &p), peer = joint_of(b, theirs, LEADS, df2, &peer_p);
    expect_close(statistic, peer, 1e-6, "leads on the peer's covariance");
    expect_close(p, peer_p, 1e-6, "their p");
    expect_close(joint_of(b, mistaken, LEADS, df2, &p), json_number_value(json_object_get(value, "stat")),
                 1e-6, "the entry's slip");
    expect_close(p, json_number_value(json_object_get(value, "p")), 1e-6, "the entry's slip, p");
    for (size_t l = 0; l < LEADS; l++) gsl_vector_free(combination[l]);
    gsl_vector_free(b), gsl_vector_free(one);
    gsl_matrix_free(ours), gsl_matrix_free(theirs), gsl_matrix_free(mistaken);
    uf_covariance_clear(&v);
    free(cell);
}

static void base_stagg(void **state)
{
    (void)state;
    struct fitted f = fit_of("reference/peers/data/base_stagg.csv", "id", "y", "year_treated", NULL, "x1");
    json_t *results = load_json(need_shared("reference/peers/results/es_sunab_base_stagg.json"));
    compare(&f, results, "sunab", UF_COVARIANCE_CR1S);
    compare(&f, results, "sunab_raw", UF_COVARIANCE_CR1S);
    compare(&f, results, "sunab_att", UF_COVARIANCE_CR1S);
    compare(&f, results, "sunab_cohort", UF_COVARIANCE_CR1S);
    compare(&f, results, "sunab_iid_att", UF_COVARIANCE_IID);
    compare_leads(&f, results);
    assert_int_equal(f.fit.n_cohorts, 9);
    assert_int_equal(f.fit.control_first, SIZE_MAX);
    json_decref(results);
    fitted_clear(&f);
}

static void mpdta(void **state)
{
    (void)state;
    struct fitted f =
        fit_of("reference/peers/data/mpdta.csv", "countyreal", "lemp", "first.treat", NULL, NULL);
    json_t *results = load_json(need_shared("reference/peers/results/es_sunab_mpdta.json"));
    compare(&f, results, "sunab", UF_COVARIANCE_CR1S);
    compare(&f, results, "sunab_att", UF_COVARIANCE_CR1S);
    json_decref(results);
    fitted_clear(&f);
}

/* 290 municipalities, errors by county. */
static void sweden(void **state)
{
    (void)state;
    struct fitted f = fit_of("reference/own/data/sim_sweden.csv", "kommun", "y", "first_treat", "lan", "x");
    json_t *results = load_json(need_shared("reference/own/results/twfe_sweden.json"));
    compare(&f, results, "sunab", UF_COVARIANCE_CR1S);
    compare(&f, results, "sunab_raw", UF_COVARIANCE_CR1S);
    compare(&f, results, "sunab_att", UF_COVARIANCE_CR1S);
    json_decref(results);
    fitted_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(base_stagg), cmocka_unit_test(mpdta),
                                       cmocka_unit_test(sweden)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

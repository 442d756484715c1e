// SPDX-License-Identifier: GPL-3.0-or-later
/* Two-way fixed effects and event studies against fixest 0.14.2: reference/own/results/twfe_sweden.json and
 * reference/peers/results/{twfe_base_did,es_sunab_base_stagg,es_sunab_mpdta}.json (their TWFE parts). */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>

struct panel {
    struct raw_csv csv;
    struct uf_did_data data;
    size_t *unit, *period, *first, *cluster[3], n_groups[3];
    double *outcome, *treatment, *weights;
    gsl_matrix *covariates;
    json_t *results;
};

/* `start`: a column with the calendar period of the first treatment; values outside the data are never. A
 * start of NULL: `dummy` is 1 for treated units, from calendar period `from` on. */
static struct panel panel_read(const char *data, const char *results, const char *unit, const char *period,
                               const char *outcome, const char *covariate, const char *start,
                               const char *dummy, long from)
{
    struct panel p = {.csv = raw_csv_read(need_shared(data))};
    p.results = load_json(need_shared(results));
    size_t n = p.csv.n_rows, n_units, time_column = raw_csv_column(&p.csv, period);
    p.unit = csv_groups(&p.csv, unit, &n_units);
    long first_time = 1 << 20, last_time = 0;
    for (size_t i = 0; i < n; i++) {
        long time = (long)raw_csv_number(&p.csv, i, time_column);
        if (time < first_time) first_time = time;
        if (time > last_time) last_time = time;
    }
    p.period = malloc(n * sizeof *p.period);
    p.first = malloc(n_units * sizeof *p.first);
    p.outcome = malloc(n * sizeof *p.outcome);
    p.treatment = malloc(n * sizeof *p.treatment);
    p.covariates = covariate ? gsl_matrix_alloc(n, 1) : NULL;
    for (size_t i = 0; i < n; i++) {
        p.period[i] = (size_t)((long)raw_csv_number(&p.csv, i, time_column) - first_time);
        long begins = start ? (long)raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, start))
                      : raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, dummy)) == 1 ? from
                                                                                      : 0;
        bool never = begins < first_time || begins > last_time;
        p.first[p.unit[i]] = never ? SIZE_MAX : (size_t)(begins - first_time);
        p.treatment[i] = !never && p.period[i] >= p.first[p.unit[i]];
        p.outcome[i] = raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, outcome));
        if (covariate)
            gsl_matrix_set(p.covariates, i, 0, raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, covariate)));
    }
    p.data = (struct uf_did_data){.n = n,
                                  .n_units = n_units,
                                  .n_periods = (size_t)(last_time - first_time + 1),
                                  .unit = p.unit,
                                  .period = p.period,
                                  .outcome = p.outcome,
                                  .treatment = p.treatment,
                                  .covariates = p.covariates,
                                  .first_period = p.first};
    return p;
}

static void panel_cluster(struct panel *p, const char *first, const char *second)
{
    const char *const names[] = {first, second};
    p->data.n_cluster_dimensions = 0;
    for (size_t d = 0; d < 2 && names[d]; d++) {
        free(p->cluster[d]);
        p->cluster[d] = csv_groups(&p->csv, names[d], &p->n_groups[d]);
        p->data.cluster[d] = p->cluster[d];
        p->data.n_groups[d] = p->n_groups[d];
        p->data.n_cluster_dimensions++;
    }
}

static void panel_clear(struct panel *p)
{
    raw_csv_free(&p->csv);
    free(p->unit), free(p->period), free(p->first), free(p->outcome), free(p->treatment), free(p->weights);
    free(p->cluster[0]), free(p->cluster[1]);
    gsl_matrix_free(p->covariates);
    json_decref(p->results);
}

static json_t *entry_value(const struct panel *p, const char *entry)
{
    json_t *object = json_object_get(json_object_get(p->results, "results"), entry);
    if (!object) fail_msg("no entry %s", entry);
    return json_object_get(object, "value");
}

/* The column of a term of fixest: `treated`, `x1`, `rel::-5`, `period::3:treat` (then `shift` is taken off). */
static size_t term_column(const struct uf_did_fit *fit, const char *term, long shift)
{
    const char *number = strstr(term, "::");
    if (!strcmp(term, "x") || !strcmp(term, "x1")) return fit->n_leading;
    if (!fit->event_time || !number) return 0;
    long event = strtol(number + 2, NULL, 10) - shift;
    for (size_t j = 0; j < fit->n_leading; j++)
        if (fit->event_time[j] == event) return j;
    fail_msg("no event time %ld", event);
    return 0;
}

static void compare(const struct panel *p, const char *entry, const struct uf_did_fit *fit,
                    enum uf_covariance_kind kind, long shift)
{
    struct uf_error error;
    struct uf_covariance v;
    struct uf_covariance_options options = {.kind = kind};
    assert_ok(uf_did_covariance(&p->data, fit, &options, &v, &error), &error);
    json_t *value = entry_value(p, entry), *row;
    size_t index;
    assert_int_equal(json_array_size(json_object_get(value, "coef")), fit->fit.rank);
    json_array_foreach(json_object_get(value, "coef"), index, row)
    {
        const char *term = json_string_value(json_object_get(row, "term"));
        size_t j = term_column(fit, term, shift), k = fit->position[j];
        char what[160];
        snprintf(what, sizeof what, "%s %s", entry, term);
        double estimate = gsl_vector_get(fit->fit.coefficients, j);
        struct uf_t_test t = uf_t_test(estimate, gsl_matrix_get(v.matrix, k, k), v.df[k], 0.95);
        expect_close(estimate, json_number_value(json_object_get(row, "estimate")), 1e-8, what);
        expect_close(t.std_error, json_number_value(json_object_get(row, "se")), 1e-6, what);
        expect_close(t.p_value, json_number_value(json_object_get(row, "p")), 1e-6, what);
        expect_within(t.conf_low, json_number_value(json_object_get(row, "ci_lo")), 1e-6 * t.std_error, what);
        expect_within(t.conf_high, json_number_value(json_object_get(row, "ci_hi")), 1e-6 * t.std_error,
                      what);
    }
    expect_close(fit->fit.rss, json_number_value(json_object_get(value, "rss")), 1e-9, entry);
    if (v.parameters > 0)
        expect_close(v.parameters, json_number_value(json_object_get(value, "df_k")), 1e-12, "K");
    uf_covariance_clear(&v);
}

static void compare_pretrend(const struct panel *p, const char *entry, const struct uf_did_fit *fit,
                             enum uf_covariance_kind kind)
{
    struct uf_error error;
    struct uf_covariance v;
    struct uf_joint_test test;
    struct uf_covariance_options options = {.kind = kind};
    assert_ok(uf_did_covariance(&p->data, fit, &options, &v, &error), &error);
    assert_ok(uf_did_pretrend(&p->data, fit, &options, &v, -1, &test, &error), &error);
    json_t *value = entry_value(p, entry);
    expect_close(test.statistic, json_number_value(json_object_get(value, "stat")), 1e-6, entry);
    expect_close(test.p_value, json_number_value(json_object_get(value, "p")), 1e-6, entry);
    expect_close(test.df1, json_number_value(json_object_get(value, "df1")), 0, entry);
    expect_close(test.df2, json_number_value(json_object_get(value, "df2")), 0, entry);
    uf_covariance_clear(&v);
}

static struct uf_did_fit event_study(const struct panel *p, long before, long after)
{
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_event_study_options options = {-1, before != 0, after != 0, before, after};
    assert_ok(uf_event_study_estimate(&p->data, &options, &fit, &error), &error);
    return fit;
}

static struct uf_did_fit twfe(const struct panel *p)
{
    struct uf_error error;
    struct uf_did_fit fit;
    assert_ok(uf_did_estimate(&p->data, &fit, &error), &error);
    return fit;
}

static void sweden(void **state)
{
    (void)state;
    struct panel p = panel_read("reference/own/data/sim_sweden.csv", "reference/own/results/twfe_sweden.json",
                                "kommun", "year", "y", "x", "first_treat", NULL, 0);
    struct uf_did_fit fit = twfe(&p);
    compare(&p, "twfe_iid", &fit, UF_COVARIANCE_IID, 0);
    compare(&p, "twfe_hc1", &fit, UF_COVARIANCE_HC1, 0);
    panel_cluster(&p, "kommun", NULL);
    compare(&p, "twfe_cl_kommun", &fit, UF_COVARIANCE_CR1S, 0);
    panel_cluster(&p, "lan", "year");
    compare(&p, "twfe_tw_lan_year", &fit, UF_COVARIANCE_CR1S, 0);
    panel_cluster(&p, "lan", NULL);
    compare(&p, "twfe_cl_lan", &fit, UF_COVARIANCE_CR1S, 0);
    uf_did_fit_clear(&fit);

    fit = event_study(&p, 0, 0);
    compare(&p, "twfe_es", &fit, UF_COVARIANCE_CR1S, 0);
    compare_pretrend(&p, "twfe_es_pretrend", &fit, UF_COVARIANCE_CR1S);
    uf_did_fit_clear(&fit);
    fit = event_study(&p, -5, 5);
    compare(&p, "twfe_es_binned", &fit, UF_COVARIANCE_CR1S, 0);
    compare_pretrend(&p, "twfe_es_binned_pretrend", &fit, UF_COVARIANCE_CR1S);
    uf_did_fit_clear(&fit);

    p.weights = malloc(p.data.n * sizeof *p.weights);
    for (size_t i = 0; i < p.data.n; i++)
        p.weights[i] = raw_csv_number(&p.csv, i, raw_csv_column(&p.csv, "pop"));
    p.data.weights = p.weights;
    fit = twfe(&p);
    compare(&p, "twfe_w_pop_cl_lan", &fit, UF_COVARIANCE_CR1S, 0);
    uf_did_fit_clear(&fit);
    panel_clear(&p);
}

static void base_did(void **state)
{
    (void)state;
    struct panel p =
        panel_read("reference/peers/data/base_did.csv", "reference/peers/results/twfe_base_did.json", "id",
                   "period", "y", "x1", NULL, "treat", 6);
    panel_cluster(&p, "id", NULL);
    struct uf_did_fit fit = twfe(&p);
    compare(&p, "did_iid", &fit, UF_COVARIANCE_IID, 0);
    compare(&p, "did_hc1", &fit, UF_COVARIANCE_HC1, 0);
    compare(&p, "did_cl_id", &fit, UF_COVARIANCE_CR1S, 0);
    panel_cluster(&p, "id", "period");
    compare(&p, "did_tw", &fit, UF_COVARIANCE_CR1S, 0);
    uf_did_fit_clear(&fit);
    panel_cluster(&p, "id", NULL);
    fit = event_study(&p, 0, 0);
    compare(&p, "es_cl_id", &fit, UF_COVARIANCE_CR1S, 6);
    compare_pretrend(&p, "es_pretrend_wald", &fit, UF_COVARIANCE_CR1S);
    compare_pretrend(&p, "es_pretrend_wald_hc1", &fit, UF_COVARIANCE_HC1);
    uf_did_fit_clear(&fit);

    /* without covariate and effects for units: the interaction of did_2x2_nofe is the same δ in a balanced
     * panel */
    p.data.covariates = NULL;
    fit = twfe(&p);
    json_t *row = json_array_get(json_object_get(entry_value(&p, "did_2x2_nofe"), "coef"), 3);
    expect_close(gsl_vector_get(fit.fit.coefficients, 0), json_number_value(json_object_get(row, "estimate")),
                 1e-8, "2x2");
    uf_did_fit_clear(&fit);
    panel_clear(&p);
}

static void base_stagg(void **state)
{
    (void)state;
    struct panel p =
        panel_read("reference/peers/data/base_stagg.csv", "reference/peers/results/es_sunab_base_stagg.json",
                   "id", "year", "y", "x1", "year_treated", NULL, 0);
    panel_cluster(&p, "id", NULL);
    struct uf_did_fit fit = twfe(&p);
    compare(&p, "twfe_static", &fit, UF_COVARIANCE_CR1S, 0);
    uf_did_fit_clear(&fit);
    fit = event_study(&p, 0, 0);
    compare(&p, "twfe_es", &fit, UF_COVARIANCE_CR1S, 0);
    compare_pretrend(&p, "twfe_es_pretrend", &fit, UF_COVARIANCE_CR1S);
    uf_did_fit_clear(&fit);
    panel_clear(&p);
}

static void mpdta(void **state)
{
    (void)state;
    struct panel p =
        panel_read("reference/peers/data/mpdta.csv", "reference/peers/results/es_sunab_mpdta.json",
                   "countyreal", "year", "lemp", NULL, "first.treat", NULL, 0);
    panel_cluster(&p, "countyreal", NULL);
    struct uf_did_fit fit = twfe(&p);
    compare(&p, "twfe", &fit, UF_COVARIANCE_CR1S, 0);
    uf_did_fit_clear(&fit);
    panel_clear(&p);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweden),
        cmocka_unit_test(base_did),
        cmocka_unit_test(base_stagg),
        cmocka_unit_test(mpdta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* What peers give other names, other degrees of freedom or other factors, put together from the kinds of covariance.h:
 * sandwich 3.0, plm 2.6, lmtest, summclust and clubSandwich on Produc and on the simulated counties, fixest with
 * conventional factors and with trends of the units' own (reference/peers/results/{clubsandwich,twfe_produc}.json,
 * reference/own/results/twfe_sweden.json). */
#include "support/produc.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>

static struct uf_covariance by(const struct produc *p, const struct regression *r, int grouping,
                               enum uf_covariance_kind kind, enum uf_k_rule k_rule, enum uf_df_rule df_rule)
{
    return regression_covariance(r, kind, k_rule, df_rule, grouping < 0 ? 0 : 1,
                                 grouping < 0 ? NULL : (const size_t *const[]){p->group[grouping]},
                                 grouping < 0 ? NULL : &p->n_groups[grouping]);
}

static double number(const json_t *row, const char *const *names)
{
    for (; *names; names++)
        if (json_is_number(json_object_get(row, *names)))
            return json_number_value(json_object_get(row, *names));
    return NAN;
}

/* Estimate, error, df, p and limits of every row that the entry has, with the variance times `factor`. */
static void compare(const json_t *results, const char *entry, const struct regression *r, double factor,
                    struct uf_covariance v)
{
    const char *const estimate[] = {"estimate", "beta", NULL}, *const error[] = {"se", "SE", NULL},
                      *const df[] = {"df_Satt", "df_t", "df", NULL},
                      *const p[] = {"p", "p_Satt", "p_t", NULL}, *const low[] = {"ci_lo", "CI_L", NULL},
                      *const high[] = {"ci_hi", "CI_U", NULL};
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value"),
           *row;
    size_t j;
    assert_int_equal(json_array_size(json_object_get(value, "coef")), r->k);
    json_array_foreach(json_object_get(value, "coef"), j, row)
    {
        char what[128];
        snprintf(what, sizeof what, "%s, coefficient %zu", entry, j);
        double b = gsl_vector_get(r->fit.coefficients, j);
        struct uf_t_test t = uf_t_test(b, factor * gsl_matrix_get(v.matrix, j, j), v.df[j], 0.95);
        expect_close(b, number(row, estimate), 1e-8, what);
        expect_close(t.std_error, number(row, error), 1e-6, what);
        if (!isnan(number(row, df))) expect_close(t.df, number(row, df), 1e-6, what);
        if (!isnan(number(row, p))) expect_close(t.p_value, number(row, p), 1e-6, what);
        if (isnan(number(row, low))) continue;
        expect_within(t.conf_low, number(row, low), 1e-6 * t.std_error, what);
        expect_within(t.conf_high, number(row, high), 1e-6 * t.std_error, what);
    }
    uf_covariance_clear(&v);
}

/* clubSandwich on a plm within fit takes A_g from the regressors' hat matrix only. CR2 does not mind; its CR3 is no
 * jackknife, but is had from here by keeping the effects from the kernel. (Its df then mix that A_g with the whole
 * model's hat matrix, and are those of neither.) */
static void compare_without_effects(const json_t *results, const char *entry, const struct regression *r,
                                    const size_t *cluster, size_t n_clusters)
{
    struct uf_covariance v;
    struct uf_error error;
    struct uf_covariance_input input = regression_input(r);
    const struct uf_covariance_options cr3 = {.kind = UF_COVARIANCE_CR3};
    input.absorber = NULL;
    input.cluster[0] = cluster, input.n_groups[0] = n_clusters, input.n_cluster_dimensions = 1;
    assert_ok(uf_covariance_estimate(&input, &cr3, &v, &error), &error);
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value"),
           *row;
    size_t j;
    assert_int_equal(json_array_size(json_object_get(value, "coef")), r->k);
    json_array_foreach(json_object_get(value, "coef"), j, row) expect_close(
        sqrt(gsl_matrix_get(v.matrix, j, j)), json_number_value(json_object_get(row, "SE")), 1e-6, entry);
    uf_covariance_clear(&v);
}

static void sandwich(void **state)
{
    (void)state;
    struct produc p = produc_read();
    json_t *results = load_json(need_shared("reference/peers/results/clubsandwich.json"));
    json_t *fixest = load_json(need_shared("reference/peers/results/twfe_produc.json"));
    struct regression r = produc_fit(&p, true, produc_columns, 4, 0, NULL);
    /* HC0 is CR0 with every observation its own cluster, on residual df */
    compare(results, "sandwich_HC0", &r, 1, by(&p, &r, PRODUC_EACH, UF_COVARIANCE_CR0, 0, UF_DF_RESIDUAL));
    compare(fixest, "ols_hc0", &r, 1, by(&p, &r, PRODUC_EACH, UF_COVARIANCE_CR0, 0, UF_DF_RESIDUAL));
    compare(results, "sandwich_HC1", &r, 1, by(&p, &r, -1, UF_COVARIANCE_HC1, 0, 0));
    compare(results, "sandwich_HC2", &r, 1, by(&p, &r, -1, UF_COVARIANCE_HC2, 0, 0));
    compare(results, "sandwich_HC3", &r, 1, by(&p, &r, -1, UF_COVARIANCE_HC3, 0, 0));
    compare(results, "sandwich_HC4", &r, 1, by(&p, &r, -1, UF_COVARIANCE_HC4, 0, 0));
    /* vcovCL's HC0 has G/(G − 1) by default and its HC2, HC3 are blocks: CR1, CR1S, CR2, CR3 on G − 1 = 8 df */
    static const struct {
        const char *entry;
        enum uf_covariance_kind kind;
    } clustered[] = {{"sandwich_vcovCL_region_HC0", UF_COVARIANCE_CR1},
                     {"sandwich_vcovCL_region_HC1", UF_COVARIANCE_CR1S},
                     {"sandwich_vcovCL_region_HC2", UF_COVARIANCE_CR2},
                     {"sandwich_vcovCL_region_HC3", UF_COVARIANCE_CR3},
                     {"ols_region_CR2_naive_t", UF_COVARIANCE_CR2}};
    for (size_t c = 0; c < sizeof clustered / sizeof *clustered; c++)
        compare(results, clustered[c].entry, &r, 1,
                by(&p, &r, PRODUC_REGION, clustered[c].kind, UF_K_NONE, UF_DF_CLUSTERS));
    static const struct {
        const char *entry;
        enum uf_covariance_kind kind;
    } intervals[] = {{"ols_region_CR0_ci", UF_COVARIANCE_CR0},
                     {"ols_region_CR1_ci", UF_COVARIANCE_CR1},
                     {"ols_region_CR1S_ci", UF_COVARIANCE_CR1S},
                     {"ols_region_CR2_ci", UF_COVARIANCE_CR2},
                     {"ols_region_CR3_ci", UF_COVARIANCE_CR3}};
    for (size_t c = 0; c < sizeof intervals / sizeof *intervals; c++)
        compare(results, intervals[c].entry, &r, 1,
                by(&p, &r, PRODUC_REGION, intervals[c].kind, UF_K_STATA, UF_DF_SATTERTHWAITE));
    regression_clear(&r);
    json_decref(results), json_decref(fixest);
    produc_clear(&p);
}

/* plm's Arellano errors cluster by state, with t on residual degrees of freedom (N − all parameters = 748). */
static void plm(void **state)
{
    (void)state;
    struct produc p = produc_read();
    json_t *results = load_json(need_shared("reference/peers/results/twfe_produc.json"));
    struct regression r = produc_fit(&p, false, produc_columns, 4, 2, NULL);
    double n = (double)p.csv.n_rows;
    compare(results, "plm_arellano_HC0", &r, 1,
            by(&p, &r, PRODUC_STATE, UF_COVARIANCE_CR0, UF_K_NONE, UF_DF_RESIDUAL));
    compare(results, "plm_arellano_HC1", &r, n / (n - 4),
            by(&p, &r, PRODUC_STATE, UF_COVARIANCE_CR0, UF_K_NONE, UF_DF_RESIDUAL));
    compare(results, "plm_arellano_sss", &r, 1,
            by(&p, &r, PRODUC_STATE, UF_COVARIANCE_CR1S, UF_K_NONE, UF_DF_RESIDUAL));
    json_t *club = load_json(need_shared("reference/peers/results/clubsandwich.json"));
    compare_without_effects(club, "plm_within_region_CR3", &r, p.group[PRODUC_REGION],
                            p.n_groups[PRODUC_REGION]);
    json_decref(club);
    /* Driscoll–Kraay without a factor */
    struct uf_covariance_input input = regression_input(&r);
    struct uf_covariance_options options = {
        .kind = UF_COVARIANCE_DRISCOLL_KRAAY, .df_rule = UF_DF_RESIDUAL, .lag_rule = UF_LAG_GIVEN, .lag = 2};
    struct uf_covariance v;
    struct uf_error error;
    input.period = p.group[PRODUC_YEAR], input.n_periods = p.n_groups[PRODUC_YEAR];
    assert_ok(uf_covariance_estimate(&input, &options, &v, &error), &error);
    compare(results, "plm_DK_vcovSCC_lag2", &r, 1 / v.factor, v);
    regression_clear(&r);
    json_decref(results);
    produc_clear(&p);
}

/* fixest's G.df = "conventional": each of the three matrices has the factor of its own number of clusters. And NW. */
static void own_factors(void **state)
{
    (void)state;
    struct produc p = produc_read();
    struct uf_error error;
    struct uf_covariance v;
    json_t *results = load_json(need_shared("reference/peers/results/twfe_produc.json"));
    struct regression r = produc_fit(&p, false, produc_columns, 4, 2, NULL);
    struct uf_covariance_input input = regression_input(&r);
    for (size_t d = 0; d < 2; d++) {
        static const int grouping[] = {PRODUC_STATE, PRODUC_YEAR};
        input.cluster[d] = p.group[grouping[d]], input.n_groups[d] = p.n_groups[grouping[d]];
    }
    input.n_cluster_dimensions = 2;
    const struct uf_covariance_options each = {.kind = UF_COVARIANCE_CR1S, .g_rule = UF_G_EACH};
    assert_ok(uf_covariance_estimate(&input, &each, &v, &error), &error);
    compare(results, "twfe_tw_state_year_conv", &r, 1, v);
    input.unit = p.group[PRODUC_STATE], input.n_units = p.n_groups[PRODUC_STATE];
    input.period = p.group[PRODUC_YEAR], input.n_periods = p.n_groups[PRODUC_YEAR];
    struct uf_covariance_options over_time = {.kind = UF_COVARIANCE_NEWEY_WEST};
    assert_ok(uf_covariance_estimate(&input, &over_time, &v, &error), &error);
    assert_int_equal(v.lag, 2);
    compare(results, "twfe_NW_default", &r, 1, v);
    over_time.lag_rule = UF_LAG_GIVEN, over_time.lag = 2;
    assert_ok(uf_covariance_estimate(&input, &over_time, &v, &error), &error);
    compare(results, "twfe_NW_lag2", &r, 1, v);
    regression_clear(&r);
    json_decref(results);
    produc_clear(&p);
}

/* y on treat · post without effects, errors by unit: the same δ as with effects, another K. */
static void two_by_two(void **state)
{
    (void)state;
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/base_did.csv"));
    json_t *results = load_json(need_shared("reference/peers/results/twfe_base_did.json"));
    size_t n_units, *unit = csv_groups(&csv, "id", &n_units);
    gsl_matrix *x = gsl_matrix_alloc(csv.n_rows, 4);
    gsl_vector *y = gsl_vector_alloc(csv.n_rows);
    for (size_t i = 0; i < csv.n_rows; i++) {
        double treat = raw_csv_number(&csv, i, raw_csv_column(&csv, "treat")),
               post = raw_csv_number(&csv, i, raw_csv_column(&csv, "post"));
        const double row[] = {1, treat, post, treat * post};
        for (size_t j = 0; j < 4; j++) gsl_matrix_set(x, i, j, row[j]);
        gsl_vector_set(y, i, raw_csv_number(&csv, i, raw_csv_column(&csv, "y")));
    }
    struct regression r = regression_fit(x, y, NULL, 0, NULL, NULL);
    compare(results, "did_2x2_nofe", &r, 1,
            regression_covariance(&r, UF_COVARIANCE_CR1S, UF_K_FIXEST, 0, 1, (const size_t *const[]){unit},
                                  &n_units));
    regression_clear(&r);
    free(unit);
    json_decref(results);
    raw_csv_free(&csv);
}

struct sweden {
    struct raw_csv csv;
    size_t *unit, *year, *cluster, n_units, n_years, n_clusters;
};

static struct sweden sweden_read(const char *path, const char *unit)
{
    struct sweden s = {.csv = raw_csv_read(path)};
    s.unit = csv_groups(&s.csv, unit, &s.n_units);
    s.year = csv_groups(&s.csv, "year", &s.n_years);
    s.cluster = csv_groups(&s.csv, "lan", &s.n_clusters);
    return s;
}

static void sweden_clear(struct sweden *s)
{
    free(s->unit), free(s->year), free(s->cluster);
    raw_csv_free(&s->csv);
}

static double sweden_value(const struct sweden *s, size_t i, size_t j)
{
    static const char *const names[] = {"treated", "x", "y"};
    return raw_csv_number(&s->csv, i, raw_csv_column(&s->csv, names[j]));
}

static struct regression sweden_fit(const struct sweden *s)
{
    gsl_matrix *x = gsl_matrix_alloc(s->csv.n_rows, 2);
    gsl_vector *y = gsl_vector_alloc(s->csv.n_rows);
    for (size_t i = 0; i < s->csv.n_rows; i++) {
        for (size_t j = 0; j < 2; j++) gsl_matrix_set(x, i, j, sweden_value(s, i, j));
        gsl_vector_set(y, i, sweden_value(s, i, 2));
    }
    return regression_fit(x, y, NULL, 2, (const size_t *const[]){s->unit, s->year},
                          (const size_t[]){s->n_units, s->n_years});
}

static void municipalities(void **state)
{
    (void)state;
    struct sweden s = sweden_read(need_shared("reference/own/data/sim_sweden.csv"), "kommun");
    json_t *results = load_json(need_shared("reference/peers/results/clubsandwich.json"));
    struct regression r = sweden_fit(&s);
    compare(results, "sweden_mun_lsdv_CR2", &r, 1,
            regression_covariance(&r, UF_COVARIANCE_CR2, 0, 0, 1, (const size_t *const[]){s.cluster},
                                  &s.n_clusters));
    compare_without_effects(results, "sweden_mun_plm_CR3", &r, s.cluster, s.n_clusters);
    regression_clear(&r);
    json_decref(results);
    sweden_clear(&s);
}

/* summclust: cr3 times (G − 1)/G, t on G − 1 df. */
static void summclust(void **state)
{
    (void)state;
    need_shared(
        "reference/peers/results/clubsandwich.json"); /* skips before anything is there to be released */
    struct sweden s = sweden_read(source_path("tests/oracle/data/sim_sweden_county_means.csv"), "lan");
    json_t *results = load_json(need_shared("reference/peers/results/clubsandwich.json"));
    struct regression r = sweden_fit(&s);
    compare_without_effects(results, "sweden_county_plm_CR3", &r, s.cluster, s.n_clusters);
    struct uf_covariance v = regression_covariance(&r, UF_COVARIANCE_CR3, 0, UF_DF_CLUSTERS, 1,
                                                   (const size_t *const[]){s.cluster}, &s.n_clusters);
    json_t *row =
        json_array_get(json_object_get(json_object_get(json_object_get(json_object_get(results, "results"),
                                                                       "summclust_sweden_county_jackknife"),
                                                       "value"),
                                       "tidy"),
                       0);
    struct uf_t_test t = uf_t_test(gsl_vector_get(r.fit.coefficients, 0),
                                   gsl_matrix_get(v.matrix, 0, 0) * 20 / 21, v.df[0], 0.95);
    expect_close(t.std_error, json_number_value(json_object_get(row, "se")), 1e-6, "summclust");
    expect_close(t.statistic, json_number_value(json_object_get(row, "tstat")), 1e-6, "summclust t");
    expect_close(t.p_value, json_number_value(json_object_get(row, "p_val")), 1e-6, "summclust p");
    expect_close(t.conf_low, json_number_value(json_object_get(row, "conf_int_l")), 1e-6, "summclust low");
    expect_close(t.conf_high, json_number_value(json_object_get(row, "conf_int_u")), 1e-6, "summclust high");
    uf_covariance_clear(&v);
    regression_clear(&r);
    json_decref(results);
    sweden_clear(&s);
}

/* Takes the unit's mean and straight line out of a balanced column. */
static void detrend(const struct sweden *s, gsl_vector *column)
{
    enum { UNITS = 290, YEARS = 21 };
    double middle = (YEARS - 1) / 2.0, square = 0, mean[UNITS] = {0}, slope[UNITS] = {0};
    assert_true(s->n_units == UNITS && s->n_years == YEARS);
    for (size_t t = 0; t < YEARS; t++) square += ((double)t - middle) * ((double)t - middle);
    for (size_t i = 0; i < s->csv.n_rows; i++) {
        mean[s->unit[i]] += gsl_vector_get(column, i) / YEARS;
        slope[s->unit[i]] += gsl_vector_get(column, i) * ((double)s->year[i] - middle) / square;
    }
    for (size_t i = 0; i < s->csv.n_rows; i++)
        *gsl_vector_ptr(column, i) -= mean[s->unit[i]] + slope[s->unit[i]] * ((double)s->year[i] - middle);
}

/* fixest with kommun[year] + year: trends taken out by hand, 19 of the 21 years as columns. Its K is 2 + 290 slopes
 * + 21, one more than there are (the slopes together are a trend in the years). */
static void own_trends(void **state)
{
    (void)state;
    struct sweden s = sweden_read(need_shared("reference/own/data/sim_sweden.csv"), "kommun");
    json_t *results = load_json(need_shared("reference/own/results/twfe_sweden.json")), *row;
    size_t n = s.csv.n_rows, k = 2 + s.n_years - 2, j;
    gsl_matrix *x = gsl_matrix_alloc(n, k);
    gsl_vector *y = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(s.year[i], i % 21); /* balanced, the years in order */
        for (size_t c = 0; c < 2; c++) gsl_matrix_set(x, i, c, sweden_value(&s, i, c));
        for (size_t c = 2; c < k; c++) gsl_matrix_set(x, i, c, s.year[i] == c);
        gsl_vector_set(y, i, sweden_value(&s, i, 2));
    }
    detrend(&s, y);
    for (size_t c = 0; c < k; c++) {
        gsl_vector_view column = gsl_matrix_column(x, c);
        detrend(&s, &column.vector);
    }
    struct regression r = regression_fit(x, y, NULL, 0, NULL, NULL);
    struct uf_covariance v = regression_covariance(&r, UF_COVARIANCE_CR1, 0, UF_DF_CLUSTERS, 1,
                                                   (const size_t *const[]){s.cluster}, &s.n_clusters);
    json_t *value =
        json_object_get(json_object_get(json_object_get(results, "results"), "twfe_trend_lan"), "value");
    double parameters = json_number_value(json_object_get(value, "df_k"));
    expect_close(parameters, 2 + 290 + 21, 0, "K of the peer");
    json_array_foreach(json_object_get(value, "coef"), j, row)
    {
        const char *const names[] = {"estimate", "se", "p", "ci_lo", "ci_hi"};
        double b = gsl_vector_get(r.fit.coefficients, j);
        struct uf_t_test t = uf_t_test(
            b, gsl_matrix_get(v.matrix, j, j) * ((double)n - 1) / ((double)n - parameters), v.df[j], 0.95);
        const double ours[] = {b, t.std_error, t.p_value, t.conf_low, t.conf_high};
        for (size_t i = 0; i < 5; i++)
            expect_close(ours[i], json_number_value(json_object_get(row, names[i])), i ? 1e-6 : 1e-8,
                         names[i]);
    }
    expect_close(r.fit.rss, json_number_value(json_object_get(value, "rss")), 1e-9, "rss");
    uf_covariance_clear(&v);
    regression_clear(&r);
    json_decref(results);
    sweden_clear(&s);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(sandwich),    cmocka_unit_test(plm),
                                       cmocka_unit_test(own_factors), cmocka_unit_test(municipalities),
                                       cmocka_unit_test(two_by_two),  cmocka_unit_test(summclust),
                                       cmocka_unit_test(own_trends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

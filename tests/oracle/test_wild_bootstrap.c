// SPDX-License-Identifier: GPL-3.0-or-later
/* The wild cluster bootstrap against fwildclusterboot 0.14.3 (reference/peers/results/wildboot.json,
 * reference/own/results/wildboot_sweden.json). The peer leaves ties out; enumerated draws are compared exactly,
 * random ones within Monte Carlo error. */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/wild_bootstrap.h>

struct sample {
    struct raw_csv csv;
    struct regression r;
    size_t *group[2], n_groups[2], *cluster, n_clusters;
};

/* `columns`: the outcome, then the regressors; `logs`: the logarithm of all but the last. */
static struct sample sample_read(const char *path, const char *const *columns, size_t k, bool logs,
                                 const char *const *effects, size_t n_effects, const char *cluster)
{
    struct sample s = {.csv = raw_csv_read(path)};
    size_t n = s.csv.n_rows, shift = n_effects == 0;
    gsl_matrix *x = gsl_matrix_alloc(n, k + shift);
    gsl_vector *y = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= k; j++) {
            double value = raw_csv_number(&s.csv, i, raw_csv_column(&s.csv, columns[j]));
            if (logs && j < k) value = log(value);
            if (j == 0)
                gsl_vector_set(y, i, value);
            else
                gsl_matrix_set(x, i, j - 1, value);
        }
        if (shift) gsl_matrix_set(x, i, k, 1);
    }
    for (size_t d = 0; d < n_effects; d++) s.group[d] = csv_groups(&s.csv, effects[d], &s.n_groups[d]);
    s.cluster = csv_groups(&s.csv, cluster, &s.n_clusters);
    s.r = regression_fit(x, y, NULL, n_effects, (const size_t *const *)s.group, s.n_groups);
    return s;
}

static void sample_clear(struct sample *s)
{
    regression_clear(&s->r);
    free(s->group[0]), free(s->group[1]), free(s->cluster);
    raw_csv_free(&s->csv);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* One entry, on coefficient `column`. */
static void check(json_t *results, const char *entry, const struct sample *s, size_t column,
                  double null_value, enum uf_wild_null null, enum uf_wild_weights weights,
                  enum uf_k_rule k_rule)
{
    struct uf_error error;
    struct uf_wild_bootstrap b;
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value");
    assert_non_null(value);
    const struct uf_covariance_input regression = {.x = s->r.x,
                                                   .residuals = s->r.fit.residuals,
                                                   .inverse = s->r.fit.inverse,
                                                   .absorber = s->r.absorber,
                                                   .cluster = {s->cluster},
                                                   .n_groups = {s->n_clusters},
                                                   .n_cluster_dimensions = 1};
    gsl_vector *combination = gsl_vector_calloc(s->r.k);
    gsl_vector_set(combination, column, 1);
    const struct uf_wild_bootstrap_input input = {&regression, s->r.fit.coefficients, combination,
                                                  null_value};
    const struct uf_wild_bootstrap_options options = {.null = null,
                                                      .weights = weights,
                                                      .ties = UF_WILD_TIES_LEFT_OUT,
                                                      .k_rule = k_rule,
                                                      .draws = (size_t)number(value, "B_used"),
                                                      .seed = 1,
                                                      .keep_statistics = true};
    assert_ok(uf_wild_bootstrap_test(&input, &options, &b, &error), &error);
    expect_close(b.estimate, number(value, "estimate"), 1e-8, entry);
    expect_close(b.statistic, number(value, "t_stat"), 1e-6, entry);
    json_t *sorted = json_object_get(value, "t_boot_sorted");
    double p = number(value, "p"), draws = number(value, "B_used");
    double low = number(value, "ci_lo"), high = number(value, "ci_hi");
    assert_int_equal(b.enumerated, weights == UF_WILD_RADEMACHER && pow(2, (double)s->n_clusters) <= draws);
    double sum = 0;
    for (size_t i = 0; i < b.n_statistics; i++) sum += fabs(b.statistics[i]);
    if (b.enumerated) {
        expect_close(b.p_symmetric, p, 1e-12, entry);
        expect_close(b.p_equal_tailed, p, 1e-12, entry);
        /* the peer's root finder stops near the step; tests/property holds ours to it */
        expect_within(b.conf_low, low, 1.5e-4 * (high - low), entry);
        expect_within(b.conf_high, high, 1.5e-4 * (high - low), entry);
        expect_close(2 * sum, number(value, "t_boot_sumabs"), 1e-6, entry);
    } else {
        expect_within(b.p_symmetric, p, 5 * sqrt(p * (1 - p) * 2 / draws) + 5 / draws, entry);
        expect_within(b.conf_low, low, 0.02 * (high - low), entry);
        expect_within(b.conf_high, high, 0.02 * (high - low), entry);
        expect_close(sum, number(value, "t_boot_sumabs"), 0.02, entry);
    }
    if (json_array_size(sorted) > 0) { /* every draw of the enumeration */
        assert_int_equal(json_array_size(sorted), 2 * b.n_statistics);
        double *all = malloc(2 * b.n_statistics * sizeof *all);
        for (size_t i = 0; i < b.n_statistics; i++)
            all[2 * i] = b.statistics[i], all[2 * i + 1] = -b.statistics[i];
        qsort(all, 2 * b.n_statistics, sizeof *all, compare_doubles);
        for (size_t i = 0; i < 2 * b.n_statistics; i++)
            expect_within(all[i], json_number_value(json_array_get(sorted, i)), 1e-6 * (1 + fabs(all[i])),
                          entry);
        free(all);
    }
    if (b.enumerated) { /* ties as extreme: the peer prints that count too */
        struct uf_wild_bootstrap_options ties = options;
        struct uf_wild_bootstrap extreme;
        ties.ties = UF_WILD_TIES_EXTREME, ties.no_interval = true, ties.keep_statistics = false;
        assert_ok(uf_wild_bootstrap_test(&input, &ties, &extreme, &error), &error);
        /* without the null the actual residuals are not among the draws, and are added */
        double extra = null == UF_WILD_RESTRICTED ? 0 : 1;
        expect_close(extreme.p_symmetric, (extra + number(value, "n_abs_ge")) / (extra + draws), 1e-14,
                     entry);
        expect_close(b.p_symmetric, number(value, "n_abs_gt") / draws, 1e-14, entry);
        uf_wild_bootstrap_clear(&extreme);
    }
    uf_wild_bootstrap_clear(&b);
    gsl_vector_free(combination);
}

/* Other tails of the same enumeration: an interval that inverts the equal-tailed p, and the peer's one-sided p, which
 * is a count of the draws that are kept. */
static void check_tails(json_t *results, const struct sample *s)
{
    struct uf_error error;
    struct uf_wild_bootstrap b;
    json_t *entries = json_object_get(results, "results");
    json_t *equal = json_object_get(json_object_get(entries, "produc_ols_region_WCR_equal_tailed"), "value"),
           *above = json_object_get(json_object_get(entries, "produc_ols_region_WCR_gt"), "value");
    struct uf_covariance_input regression = regression_input(&s->r);
    regression.cluster[0] = s->cluster, regression.n_groups[0] = s->n_clusters;
    regression.n_cluster_dimensions = 1;
    gsl_vector *combination = gsl_vector_calloc(s->r.k);
    gsl_vector_set(combination, 0, 1);
    const struct uf_wild_bootstrap_input input = {&regression, s->r.fit.coefficients, combination, 0};
    const struct uf_wild_bootstrap_options options = {.weights = UF_WILD_RADEMACHER,
                                                      .tails = UF_WILD_EQUAL_TAILED,
                                                      .ties = UF_WILD_TIES_LEFT_OUT,
                                                      .k_rule = UF_K_NONE,
                                                      .draws = 512,
                                                      .keep_statistics = true};
    assert_ok(uf_wild_bootstrap_test(&input, &options, &b, &error), &error);
    expect_close(b.p_equal_tailed, number(equal, "p"), 1e-14, "equal-tailed");
    double width = number(equal, "ci_hi") - number(equal, "ci_lo");
    expect_within(b.conf_low, number(equal, "ci_lo"), 1.5e-4 * width, "equal-tailed low");
    expect_within(b.conf_high, number(equal, "ci_hi"), 1.5e-4 * width, "equal-tailed high");
    size_t larger = 0;
    for (size_t i = 0; i < b.n_statistics; i++) {
        double far = fabs(b.statistics[i]) - fabs(b.statistic);
        larger += far > 1e-9; /* of v and −v one is above */
    }
    expect_close((double)larger / 512, number(above, "p"), 1e-14, "one-sided");
    uf_wild_bootstrap_clear(&b);
    gsl_vector_free(combination);
}

/* All draws of an enumeration are the peer's, whatever the interval. */
static void check_all_draws(json_t *value, const struct uf_wild_bootstrap *b, const char *entry)
{
    json_t *sorted = json_object_get(value, "t_boot_sorted"),
           *quantiles = json_object_get(value, "t_boot_quantiles");
    size_t count = 2 * b->n_statistics;
    assert_int_equal(json_array_size(sorted), count);
    double *all = malloc(count * sizeof *all);
    for (size_t i = 0; i < b->n_statistics; i++)
        all[2 * i] = b->statistics[i], all[2 * i + 1] = -b->statistics[i];
    qsort(all, count, sizeof *all, compare_doubles);
    for (size_t i = 0; i < count; i++)
        expect_within(all[i], json_number_value(json_array_get(sorted, i)), 1e-7 * (1 + fabs(all[i])), entry);
    static const struct {
        const char *key;
        double share;
    } points[] = {{"q0.5", .005}, {"q2.5", .025},  {"q5", .05},
                  {"q95", .95},   {"q97.5", .975}, {"q99.5", .995}};
    for (size_t p = 0; p < sizeof points / sizeof *points; p++) { /* R's type 7 */
        double at = points[p].share * (double)(count - 1), below = floor(at);
        double low = all[(size_t)below], high = all[(size_t)below + 1];
        expect_close(low + (at - below) * (high - low), number(quantiles, points[p].key), 1e-6, entry);
    }
    free(all);
}

/* The jackknife variants: t, p, all draws. The peer gives them no interval. Its t is ours times `of_t` and its draws ours
 * times `of_draws`; p are compared where these are the same, and else the peer's p comes from ours by both. */
static void check_variant(json_t *results, const char *entry, const struct sample *s,
                          struct uf_wild_bootstrap_options options, double of_t, double of_draws)
{
    struct uf_error error;
    struct uf_wild_bootstrap b;
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value");
    struct uf_covariance_input regression = regression_input(&s->r);
    regression.cluster[0] = s->cluster, regression.n_groups[0] = s->n_clusters;
    regression.n_cluster_dimensions = 1;
    gsl_vector *combination = gsl_vector_calloc(s->r.k);
    gsl_vector_set(combination, 0, 1);
    const struct uf_wild_bootstrap_input input = {&regression, s->r.fit.coefficients, combination, 0};
    options.weights = UF_WILD_RADEMACHER, options.ties = UF_WILD_TIES_LEFT_OUT;
    options.k_rule = UF_K_NONE, options.draws = 512, options.keep_statistics = true;
    assert_ok(uf_wild_bootstrap_test(&input, &options, &b, &error), &error);
    assert_true(b.enumerated);
    expect_close(b.estimate, number(value, "estimate"), 1e-8, entry);
    expect_close(b.statistic * of_t, number(value, "t_stat"), 1e-7, entry);
    size_t beyond = 0, theirs = 0;
    for (size_t i = 0; i < b.n_statistics; i++) {
        if (fabs(b.statistics[i]) > fabs(b.statistic) * (1 + 1e-9)) beyond += 2;
        b.statistics[i] *= of_draws;
        if (fabs(b.statistics[i]) > fabs(b.statistic) * of_t * (1 + 1e-9)) theirs += 2;
    }
    expect_close(b.p_symmetric, (double)beyond / 512, 1e-14, entry);
    expect_close((double)theirs / 512, number(value, "p"), 1e-14, entry);
    expect_close((double)theirs, number(value, "n_abs_gt"), 1e-14, entry);
    check_all_draws(value, &b, entry);
    uf_wild_bootstrap_clear(&b);
    gsl_vector_free(combination);
}

/* Clusters by state and year, the 17 years resampled, each matrix with the factor of its own number of clusters. */
static void check_two_way(json_t *results, const struct sample *s)
{
    static const char entry[] = "produc_ols_tw_state_year_WCR";
    struct uf_error error;
    struct uf_wild_bootstrap b;
    size_t n_states, n_years, *state = csv_groups(&s->csv, "state", &n_states),
                              *year = csv_groups(&s->csv, "year", &n_years);
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value");
    struct uf_covariance_input regression = regression_input(&s->r);
    regression.cluster[0] = state, regression.n_groups[0] = n_states;
    regression.cluster[1] = year, regression.n_groups[1] = n_years;
    regression.n_cluster_dimensions = 2;
    gsl_vector *combination = gsl_vector_calloc(s->r.k);
    gsl_vector_set(combination, 0, 1);
    const struct uf_wild_bootstrap_input input = {&regression, s->r.fit.coefficients, combination, 0};
    const struct uf_wild_bootstrap_options options = {.weights = UF_WILD_RADEMACHER,
                                                      .ties = UF_WILD_TIES_LEFT_OUT,
                                                      .k_rule = UF_K_NONE,
                                                      .g_rule = UF_G_EACH,
                                                      .draws = 99999,
                                                      .keep_statistics = true};
    assert_ok(uf_wild_bootstrap_test(&input, &options, &b, &error), &error);
    assert_int_equal(b.n_clusters, 17);
    assert_int_equal(b.infeasible, 0);
    expect_close(b.estimate, number(value, "estimate"), 1e-8, entry);
    expect_close(b.statistic, number(value, "t_stat"), 1e-8, entry);
    double p = number(value, "p"), width = number(value, "ci_hi") - number(value, "ci_lo"), sum = 0;
    /* two independent sets of draws */
    expect_within(b.p_symmetric, p, 4 * sqrt(2 * p * (1 - p) / 99999), entry);
    expect_within(b.conf_low, number(value, "ci_lo"), 0.02 * width, entry);
    expect_within(b.conf_high, number(value, "ci_hi"), 0.02 * width, entry);
    for (size_t i = 0; i < b.n_statistics; i++) sum += fabs(b.statistics[i]);
    expect_close(sum, number(value, "t_boot_sumabs"), 0.01, entry);
    qsort(b.statistics, b.n_statistics, sizeof *b.statistics, compare_doubles);
    json_t *quantiles = json_object_get(value, "t_boot_quantiles");
    expect_within(b.statistics[2499], number(quantiles, "q2.5"), 0.05, entry);
    expect_within(b.statistics[97499], number(quantiles, "q97.5"), 0.05, entry);
    uf_wild_bootstrap_clear(&b);
    gsl_vector_free(combination);
    free(state), free(year);
}

static const char *const produc_columns[] = {"gsp", "pcap", "pc", "emp", "unemp"};
static const char *const state_year[] = {"state", "year"};

static void produc(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/wildboot.json"));
    struct sample s = sample_read(need_shared("reference/peers/data/Produc.csv"), produc_columns, 4, true,
                                  NULL, 0, "region");
    check(results, "produc_ols_region_WCR_rademacher_enum", &s, 0, 0, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER,
          UF_K_NONE);
    check(results, "produc_ols_region_WCR_rademacher_enum_unemp", &s, 3, 0, UF_WILD_RESTRICTED,
          UF_WILD_RADEMACHER, UF_K_NONE);
    check(results, "produc_ols_region_WCR_r005", &s, 0, 0.05, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER,
          UF_K_NONE);
    check(results, "produc_ols_region_WCU_rademacher_enum", &s, 0, 0, UF_WILD_UNRESTRICTED,
          UF_WILD_RADEMACHER, UF_K_NONE);
    check(results, "produc_ols_region_WCR_webb_B99999", &s, 0, 0, UF_WILD_RESTRICTED, UF_WILD_WEBB,
          UF_K_NONE);
    check_tails(results, &s);
    check_variant(results, "produc_ols_region_WCR31_enum", &s,
                  (struct uf_wild_bootstrap_options){.jackknife_residuals = true}, 1, 1);
    /* the peer's jackknife variance has the factor (N − 1)/(N − K) in t and (G − 1)/G in t*, so that its p is not that of
     * one statistic; ours has none in both */
    check_variant(
        results, "produc_ols_region_WCU13_enum", &s,
        (struct uf_wild_bootstrap_options){.null = UF_WILD_UNRESTRICTED, .jackknife_variance = true},
        sqrt(811.0 / 815), sqrt(9.0 / 8));
    check_two_way(results, &s);
    sample_clear(&s);
    /* years cross the regions; in the OLS of the peer they are columns */
    s = sample_read(need_shared("reference/peers/data/Produc.csv"), produc_columns, 4, true, state_year, 2,
                    "region");
    check(results, "produc_twfe_region_WCR_rademacher_enum", &s, 0, 0, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER,
          UF_K_NONE);
    sample_clear(&s);
    json_decref(results);
}

static const char *const sweden_columns[] = {"y", "treated", "x"};
static const char *const kommun_year[] = {"kommun", "year"}, *const lan_year[] = {"lan", "year"};

static void sweden(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/own/results/wildboot_sweden.json"));
    const char *path = need_shared("reference/own/data/sim_sweden.csv");
    struct sample s = sample_read(path, sweden_columns, 2, false, kommun_year, 2, "lan");
    check(results, "sweden_lan_WCR_rademacher_B99999", &s, 0, 0, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER,
          UF_K_NONE);
    check(results, "sweden_lan_WCR_webb_B99999", &s, 0, 0, UF_WILD_RESTRICTED, UF_WILD_WEBB, UF_K_NONE);
    check(results, "sweden_lan_WCU_webb_B99999", &s, 0, 0, UF_WILD_UNRESTRICTED, UF_WILD_WEBB, UF_K_NONE);
    check(results, "sweden_lan_x_r05_WCR_rademacher_B99999", &s, 1, 0.5, UF_WILD_RESTRICTED,
          UF_WILD_RADEMACHER, UF_K_NONE);
    check(results, "sweden_lan_x_r05_WCR_webb_B99999", &s, 1, 0.5, UF_WILD_RESTRICTED, UF_WILD_WEBB,
          UF_K_NONE);
    sample_clear(&s);
    path = need_shared("reference/own/data/sim_sweden.csv");
    s = sample_read(path, sweden_columns, 2, false, kommun_year, 2, "kommun");
    check(results, "sweden_kommun_treated_r1.8_WCR_B9999", &s, 0, 1.8, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER,
          UF_K_NONE);
    sample_clear(&s);
    json_decref(results);
}

static void sweden_enumerated(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/own/results/wildboot_sweden.json"));
    struct sample s = sample_read(need_shared("reference/own/data/sim_sweden_county12.csv"), sweden_columns,
                                  2, false, lan_year, 2, "lan");
    check(results, "sweden12_WCR_rademacher_enum4096", &s, 0, 0, UF_WILD_RESTRICTED, UF_WILD_RADEMACHER,
          UF_K_STATA);
    check(results, "sweden12_WCU_rademacher_enum4096", &s, 0, 0, UF_WILD_UNRESTRICTED, UF_WILD_RADEMACHER,
          UF_K_STATA);
    check(results, "sweden12_WCR_webb_B99999", &s, 0, 0, UF_WILD_RESTRICTED, UF_WILD_WEBB, UF_K_STATA);
    sample_clear(&s);
    s = sample_read(source_path("tests/oracle/data/sim_sweden_county_means.csv"), sweden_columns, 2, false,
                    lan_year, 2, "lan");
    check(results, "sweden_county_lan_WCR_rademacher_enum21", &s, 0, 0, UF_WILD_RESTRICTED,
          UF_WILD_RADEMACHER, UF_K_STATA);
    sample_clear(&s);
    json_decref(results);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(produc),
        cmocka_unit_test(sweden),
        cmocka_unit_test(sweden_enumerated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

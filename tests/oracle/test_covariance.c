// SPDX-License-Identifier: GPL-3.0-or-later
/* Covariances against fixest 0.14.2 (reference/peers/results/twfe_produc.json) and clubSandwich 0.5.8
 * (clubsandwich.json). */
#include "support/produc.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>

static void produc_fixest(void **state)
{
    (void)state;
    struct produc p = produc_read();
    json_t *results = load_json(need_shared("reference/peers/results/twfe_produc.json"));
    const size_t *by_state[] = {p.group[PRODUC_STATE], p.group[PRODUC_YEAR]},
                 *by_region[] = {p.group[PRODUC_REGION], p.group[PRODUC_YEAR]};
    const size_t states[] = {p.n_groups[PRODUC_STATE], p.n_groups[PRODUC_YEAR]},
                 regions[] = {p.n_groups[PRODUC_REGION], p.n_groups[PRODUC_YEAR]};

    struct regression ols = produc_fit(&p, true, produc_columns, 4, 0, NULL);
    regression_compare(results, "ols_iid", &ols,
                       regression_covariance(&ols, UF_COVARIANCE_IID, 0, 0, 0, NULL, NULL));
    regression_compare(results, "ols_hc1", &ols,
                       regression_covariance(&ols, UF_COVARIANCE_HC1, 0, 0, 0, NULL, NULL));
    regression_compare(results, "ols_hc2", &ols,
                       regression_covariance(&ols, UF_COVARIANCE_HC2, 0, 0, 0, NULL, NULL));
    regression_compare(results, "ols_hc3", &ols,
                       regression_covariance(&ols, UF_COVARIANCE_HC3, 0, 0, 0, NULL, NULL));
    regression_clear(&ols);

    struct regression twfe = produc_fit(&p, false, produc_columns, 4, 2, NULL);
    regression_compare(results, "twfe_hc2", &twfe,
                       regression_covariance(&twfe, UF_COVARIANCE_HC2, 0, 0, 0, NULL, NULL));
    regression_compare(results, "twfe_hc3", &twfe,
                       regression_covariance(&twfe, UF_COVARIANCE_HC3, 0, 0, 0, NULL, NULL));
    assert_int_equal(uf_absorber_rank(twfe.absorber), 64);
    regression_compare(results, "twfe_iid", &twfe,
                       regression_covariance(&twfe, UF_COVARIANCE_IID, 0, 0, 0, NULL, NULL));
    regression_compare(results, "twfe_hc1", &twfe,
                       regression_covariance(&twfe, UF_COVARIANCE_HC1, 0, 0, 0, NULL, NULL));
    const struct {
        const char *entry;
        enum uf_covariance_kind kind;
        enum uf_k_rule rule;
        size_t dimensions;
        bool region;
    } cases[] = {
        {"twfe_cl_state_default", UF_COVARIANCE_CR1S, UF_K_FIXEST, 1, false},
        {"twfe_cl_state_default", UF_COVARIANCE_CR1S, UF_K_REGHDFE, 1,
         false}, /* the same K on a connected panel */
        {"twfe_cl_state_full", UF_COVARIANCE_CR1S, UF_K_STATA, 1, false},
        {"twfe_cl_state_none", UF_COVARIANCE_CR1S, UF_K_NONE, 1, false},
        {"twfe_cl_state_nossc", UF_COVARIANCE_CR0, UF_K_FIXEST, 1, false},
        {"twfe_cl_state_Gonly", UF_COVARIANCE_CR1, UF_K_FIXEST, 1, false},
        {"twfe_cl_region", UF_COVARIANCE_CR1S, UF_K_FIXEST, 1, true},
        {"twfe_tw_state_year", UF_COVARIANCE_CR1S, UF_K_FIXEST, 2, false},
        {"twfe_tw_region_year", UF_COVARIANCE_CR1S, UF_K_FIXEST, 2, true},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        regression_compare(results, cases[c].entry, &twfe,
                           regression_covariance(&twfe, cases[c].kind, cases[c].rule, UF_DF_DEFAULT,
                                                 cases[c].dimensions, cases[c].region ? by_region : by_state,
                                                 cases[c].region ? regions : states));

    struct uf_covariance v =
        regression_covariance(&twfe, UF_COVARIANCE_CR1S, UF_K_FIXEST, 0, 1, by_state, states);
    struct uf_joint_test joint;
    struct uf_error error;
    assert_ok(uf_joint_test(twfe.fit.coefficients, v.matrix, (size_t[]){0, 1}, 2, v.df[0], &joint, &error),
              &error);
    json_t *wald =
        json_object_get(json_object_get(json_object_get(results, "results"), "wald_pcap_pc"), "value");
    expect_close(joint.statistic, json_number_value(json_object_get(wald, "stat")), 1e-6, "Wald");
    expect_close(joint.p_value, json_number_value(json_object_get(wald, "p")), 1e-6, "Wald p");
    uf_covariance_clear(&v);
    regression_clear(&twfe);

    struct regression weighted =
        produc_fit(&p, false, (const char *const[]){"pcap", "pc", "unemp"}, 3, 2, "emp");
    regression_compare(
        results, "twfe_weighted_emp", &weighted,
        regression_covariance(&weighted, UF_COVARIANCE_CR1S, UF_K_FIXEST, 0, 1, by_state, states));
    regression_clear(&weighted);
    struct regression oneway = produc_fit(&p, false, produc_columns, 4, 1, NULL);
    regression_compare(
        results, "oneway_state_fixef", &oneway,
        regression_covariance(&oneway, UF_COVARIANCE_CR1S, UF_K_FIXEST, 0, 1, by_state, states));
    regression_clear(&oneway);
    json_decref(results);
    produc_clear(&p);
}

/* clubSandwich cannot invert I − H with all dummies, and on a within fit its CR3 is not the jackknife: these entries
 * left out one cluster after the other and fitted anew. */
static void compare_jackknife(json_t *results, const char *entry, struct uf_covariance covariance)
{
    json_t *value = json_object_get(json_object_get(json_object_get(results, "results"), entry), "value");
    double se = json_number_value(json_object_get(value, "se_CR3_clubSandwich_scale"));
    expect_close(sqrt(gsl_matrix_get(covariance.matrix, 0, 0)), se, 1e-8, entry);
    double g = (double)covariance.n_clusters;
    expect_close(sqrt(gsl_matrix_get(covariance.matrix, 0, 0) * (g - 1) / g),
                 json_number_value(json_object_get(value, "se_CV3")), 1e-8, entry);
    uf_covariance_clear(&covariance);
}

/* Each state left out in turn. clubSandwich's CR3 of the regression with all dummies (.061838 for pcap) inverts a
 * matrix that is singular there, and is neither this nor stable. */
static void produc_jackknife(const struct produc *p, const struct regression *twfe)
{
    enum { K = 4 };
    struct uf_covariance cr3 =
        regression_covariance(twfe, UF_COVARIANCE_CR3, 0, 0, 1,
                              (const size_t *const[]){p->group[PRODUC_STATE]}, &p->n_groups[PRODUC_STATE]);
    double sum[K] = {0};
    for (size_t state = 0; state < p->n_groups[PRODUC_STATE]; state++) {
        size_t *group[2] = {malloc(p->csv.n_rows * sizeof(size_t)), malloc(p->csv.n_rows * sizeof(size_t))};
        size_t n = 0, row = 0;
        for (size_t i = 0; i < p->csv.n_rows; i++) n += p->group[PRODUC_STATE][i] != state;
        gsl_matrix *x = gsl_matrix_alloc(n, K);
        gsl_vector *y = gsl_vector_alloc(n);
        for (size_t i = 0; i < p->csv.n_rows; i++) {
            if (p->group[PRODUC_STATE][i] == state) continue;
            for (size_t j = 0; j < K; j++) gsl_matrix_set(x, row, j, produc_value(p, i, produc_columns[j]));
            gsl_vector_set(y, row, produc_value(p, i, "gsp"));
            group[0][row] = p->group[PRODUC_STATE][i], group[1][row++] = p->group[PRODUC_YEAR][i];
        }
        struct regression without = regression_fit(x, y, NULL, 2, (const size_t *const *)group, p->n_groups);
        for (size_t j = 0; j < K; j++) {
            double change =
                gsl_vector_get(without.fit.coefficients, j) - gsl_vector_get(twfe->fit.coefficients, j);
            sum[j] += change * change;
        }
        regression_clear(&without);
        free(group[0]), free(group[1]);
    }
    for (size_t j = 0; j < K; j++)
        expect_close(gsl_matrix_get(cr3.matrix, j, j), sum[j], 1e-9, "the jackknife by states");
    uf_covariance_clear(&cr3);
}

static void produc_clubsandwich(void **state)
{
    (void)state;
    struct produc p = produc_read();
    json_t *results = load_json(need_shared("reference/peers/results/clubsandwich.json"));
    struct regression ols = produc_fit(&p, true, produc_columns, 4, 0, NULL);
    struct regression twfe = produc_fit(&p, false, produc_columns, 4, 2, NULL);
    static const struct {
        const char *suffix;
        enum uf_covariance_kind kind;
    } kinds[] = {{"CR0", UF_COVARIANCE_CR0},
                 {"CR1", UF_COVARIANCE_CR1},
                 {"CR1S", UF_COVARIANCE_CR1S},
                 {"CR2", UF_COVARIANCE_CR2}};
    const size_t *by_state[] = {p.group[PRODUC_STATE]}, *by_region[] = {p.group[PRODUC_REGION]};
    for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++) {
        char entry[64];
        snprintf(entry, sizeof entry, "ols_region_%s", kinds[c].suffix);
        regression_compare(results, entry, &ols,
                           regression_covariance(&ols, kinds[c].kind, UF_K_STATA, UF_DF_SATTERTHWAITE, 1,
                                                 by_region, &p.n_groups[PRODUC_REGION]));
        snprintf(entry, sizeof entry, "lsdv_region_%s", kinds[c].suffix);
        regression_compare(results, entry, &twfe,
                           regression_covariance(&twfe, kinds[c].kind, UF_K_STATA, UF_DF_SATTERTHWAITE, 1,
                                                 by_region, &p.n_groups[PRODUC_REGION]));
        snprintf(entry, sizeof entry, "lsdv_state_%s", kinds[c].suffix);
        regression_compare(results, entry, &twfe,
                           regression_covariance(&twfe, kinds[c].kind, UF_K_STATA, UF_DF_SATTERTHWAITE, 1,
                                                 by_state, &p.n_groups[PRODUC_STATE]));
        /* a within fit by hand counts its own coefficients only */
        snprintf(entry, sizeof entry, "plm_within_region_%s", kinds[c].suffix);
        regression_compare(results, entry, &twfe,
                           regression_covariance(&twfe, kinds[c].kind, UF_K_NONE, UF_DF_SATTERTHWAITE, 1,
                                                 by_region, &p.n_groups[PRODUC_REGION]));
    }
    regression_compare(
        results, "ols_region_CR3", &ols,
        regression_covariance(&ols, UF_COVARIANCE_CR3, 0, 0, 1, by_region, &p.n_groups[PRODUC_REGION]));
    produc_jackknife(&p, &twfe);
    compare_jackknife(
        results, "jackknife_produc_region_lpcap",
        regression_covariance(&twfe, UF_COVARIANCE_CR3, 0, 0, 1, by_region, &p.n_groups[PRODUC_REGION]));
    /* naive F with CR2: 7 … of wald_CR2_all_tests */
    struct uf_covariance v =
        regression_covariance(&ols, UF_COVARIANCE_CR2, 0, 0, 1, by_region, &p.n_groups[PRODUC_REGION]);
    struct uf_joint_test joint;
    struct uf_error error;
    assert_ok(uf_joint_test(ols.fit.coefficients, v.matrix, (size_t[]){1, 2}, 2, (double)v.n_clusters - 1,
                            &joint, &error),
              &error);
    expect_close(joint.statistic, 9.6317634, 1e-7, "naive F with CR2 (clubSandwich wald_CR2_all_tests)");
    expect_close(joint.p_value, 0.0074136453, 1e-6, "its p");
    struct uf_covariance_input input = {.x = ols.x,
                                        .residuals = ols.fit.residuals,
                                        .inverse = ols.fit.inverse,
                                        .cluster = {p.group[PRODUC_REGION]},
                                        .n_groups = {p.n_groups[PRODUC_REGION]},
                                        .n_cluster_dimensions = 1};
    const struct uf_covariance_options cr2 = {.kind = UF_COVARIANCE_CR2};
    assert_ok(uf_joint_test_few_clusters(&input, &cr2, ols.fit.coefficients, v.matrix, (size_t[]){1, 2}, 2,
                                         &joint, &error),
              &error);
    json_t *htz = json_object_get(
        json_object_get(json_object_get(results, "results"), "wald_CR2_HTZ_region_2constraints"), "value");
    if (json_is_object(htz) && json_object_get(htz, "coef")) htz = json_object_get(htz, "coef");
    if (json_is_array(htz)) htz = json_array_get(htz, 0);
    expect_close(joint.statistic, json_number_value(json_object_get(htz, "Fstat")), 1e-6, "HTZ");
    expect_close(joint.df2, json_number_value(json_object_get(htz, "df_denom")), 1e-6, "HTZ df");
    expect_close(joint.p_value, json_number_value(json_object_get(htz, "p_val")), 1e-6, "HTZ p");
    uf_covariance_clear(&v);
    regression_clear(&ols), regression_clear(&twfe);
    json_decref(results);
    produc_clear(&p);
}

static void sweden(json_t *results, const char *path, const char *unit, const char *prefix,
                   const char *suffix[4], bool lsdv, const char *jackknife)
{
    struct raw_csv csv = raw_csv_read(path);
    size_t n = csv.n_rows, n_groups[2], n_clusters;
    size_t *group[2] = {csv_groups(&csv, unit, &n_groups[0]), csv_groups(&csv, "year", &n_groups[1])};
    size_t *cluster = csv_groups(&csv, "lan", &n_clusters);
    gsl_matrix *x = gsl_matrix_alloc(n, 2);
    gsl_vector *y = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) {
        gsl_matrix_set(x, i, 0, raw_csv_number(&csv, i, raw_csv_column(&csv, "treated")));
        gsl_matrix_set(x, i, 1, raw_csv_number(&csv, i, raw_csv_column(&csv, "x")));
        gsl_vector_set(y, i, raw_csv_number(&csv, i, raw_csv_column(&csv, "y")));
    }
    struct regression r = regression_fit(x, y, NULL, 2, (const size_t *const *)group, n_groups);
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_CR0, UF_COVARIANCE_CR1, UF_COVARIANCE_CR1S,
                                                    UF_COVARIANCE_CR2};
    for (int c = 0; c < 4; c++) {
        char entry[64];
        snprintf(entry, sizeof entry, "%s_%s", prefix, suffix[c]);
        regression_compare(results, entry, &r,
                           regression_covariance(&r, kinds[c], lsdv ? UF_K_STATA : UF_K_NONE,
                                                 UF_DF_SATTERTHWAITE, 1, (const size_t *const[]){cluster},
                                                 &n_clusters));
    }
    if (jackknife)
        compare_jackknife(results, jackknife,
                          regression_covariance(&r, UF_COVARIANCE_CR3, 0, 0, 1,
                                                (const size_t *const[]){cluster}, &n_clusters));
    regression_clear(&r);
    free(group[0]), free(group[1]), free(cluster);
    raw_csv_free(&csv);
}

static void sweden_clubsandwich(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/peers/results/clubsandwich.json"));
    const char *suffix[4] = {"CR0", "CR1", "CR1S", "CR2"};
    const char *path = source_path("tests/oracle/data/sim_sweden_county_means.csv");
    sweden(results, path, "lan", "sweden_county_lsdv", suffix, true, "jackknife_sweden_county_treated");
    path = source_path("tests/oracle/data/sim_sweden_county_means.csv");
    sweden(results, path, "lan", "sweden_county_plm", suffix, false, NULL);
    sweden(results, need_shared("reference/own/data/sim_sweden.csv"), "kommun", "sweden_mun_plm", suffix,
           false, "jackknife_sweden_mun_treated");
    json_decref(results);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(produc_fixest),
        cmocka_unit_test(produc_clubsandwich),
        cmocka_unit_test(sweden_clubsandwich),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

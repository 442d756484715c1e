// SPDX-License-Identifier: GPL-3.0-or-later
/* clubSandwich 0.5.8's joint tests and saddlepoint p, and fixest's instruments, on Produc
 * (reference/peers/results/{clubsandwich,twfe_produc}.json). */
#include "stats/saddlepoint.h"
#include "support/produc.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct uf_covariance cr2_of(const struct produc *p, const struct regression *r)
{
    return regression_covariance(r, UF_COVARIANCE_CR2, 0, 0, 1,
                                 (const size_t *const[]){p->group[PRODUC_REGION]},
                                 &p->n_groups[PRODUC_REGION]);
}

/* All of clubSandwich's joint tests of log(pcap) and log(pc), clusters by region. */
static void joint_tests(void **state)
{
    (void)state;
    struct produc p = produc_read();
    json_t *results = load_json(need_shared("reference/peers/results/clubsandwich.json")), *row;
    struct regression r = produc_fit(&p, true, produc_columns, 4, 0, NULL);
    struct uf_covariance v = cr2_of(&p, &r);
    struct uf_covariance_input input = regression_input(&r);
    input.cluster[0] = p.group[PRODUC_REGION], input.n_groups[0] = p.n_groups[PRODUC_REGION];
    input.n_cluster_dimensions = 1;
    static const struct {
        const char *name;
        enum uf_joint_rule rule;
    } rules[] = {{"chi-sq", UF_JOINT_CHI_SQUARE}, {"Naive-F", UF_JOINT_F}, {"Naive-Fp", UF_JOINT_FP},
                 {"HTA", UF_JOINT_HTA},           {"HTB", UF_JOINT_HTB},   {"HTZ", UF_JOINT_HTZ},
                 {"EDF", UF_JOINT_EDF},           {"EDT", UF_JOINT_EDT}};
    json_t *list = json_object_get(
        json_object_get(json_object_get(json_object_get(results, "results"), "wald_CR2_all_tests"), "value"),
        "coef");
    size_t which;
    assert_int_equal(json_array_size(list), sizeof rules / sizeof *rules);
    json_array_foreach(list, which, row)
    {
        struct uf_error error;
        struct uf_joint_test joint;
        const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR2,
                                                      .joint_rule = rules[which].rule};
        assert_string_equal(json_string_value(json_object_get(row, "test")), rules[which].name);
        if (uf_joint_test_by_rows(&input, &options))
            assert_ok(uf_joint_test_few_clusters(&input, &options, r.fit.coefficients, v.matrix,
                                                 (size_t[]){1, 2}, 2, &joint, &error),
                      &error);
        else
            assert_ok(uf_joint_test(r.fit.coefficients, v.matrix, (size_t[]){1, 2}, 2,
                                    uf_joint_test_df2(&options, &v, 0), &joint, &error),
                      &error);
        json_t *df2 = json_object_get(row, "df_denom");
        expect_close(joint.statistic, json_number_value(json_object_get(row, "Fstat")), 1e-6,
                     rules[which].name);
        if (json_is_number(df2)) expect_close(joint.df2, json_number_value(df2), 1e-6, rules[which].name);
        assert_int_equal(isinf(joint.df2) != 0, !json_is_number(df2));
        expect_close(joint.p_value, json_number_value(json_object_get(row, "p_val")), 1e-6,
                     rules[which].name);
    }
    uf_covariance_clear(&v);
    regression_clear(&r);
    json_decref(results);
    produc_clear(&p);
}

/* clubSandwich's saddlepoint p. Its root finder stops at a width of 1.2e-4; at its own saddlepoint our p is its p. */
static void saddlepoint(void **state)
{
    (void)state;
    struct produc p = produc_read();
    json_t *results = load_json(need_shared("reference/peers/results/clubsandwich.json")), *row;
    struct regression r = produc_fit(&p, true, produc_columns, 4, 0, NULL);
    struct uf_covariance v = cr2_of(&p, &r);
    struct uf_covariance_input input = regression_input(&r);
    const struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR2, .df_rule = UF_DF_SADDLEPOINT};
    input.cluster[0] = p.group[PRODUC_REGION], input.n_groups[0] = p.n_groups[PRODUC_REGION];
    input.n_cluster_dimensions = 1;
    json_t *value = json_object_get(
        json_object_get(json_object_get(results, "results"), "ols_region_CR2_saddlepoint"), "value");
    size_t j, count;
    assert_int_equal(json_array_size(json_object_get(value, "coef")), r.k);
    json_array_foreach(json_object_get(value, "coef"), j, row)
    {
        struct uf_error error;
        struct uf_t_test t;
        double at, *lambda, peer = json_number_value(json_object_get(row, "saddlepoint")),
                            peer_p = json_number_value(json_object_get(row, "p_saddle"));
        gsl_vector *c = gsl_vector_calloc(r.k);
        gsl_vector_set(c, j, 1);
        assert_ok(uf_saddlepoint_test(&input, &options, c, gsl_vector_get(r.fit.coefficients, j),
                                      gsl_matrix_get(v.matrix, j, j), v.df[j], 0.95, &t, &at, &error),
                  &error);
        expect_close(t.statistic, json_number_value(json_object_get(row, "tstat")), 1e-6, "t");
        expect_within(at, peer, 1.3e-4, "saddlepoint");
        expect_close(t.p_value, peer_p, 2e-3, "p");
        assert_ok(saddlepoint_weights(&input, &options, c, &lambda, &count, &error), &error);
        expect_close(saddlepoint_p_at(fabs(t.statistic), lambda, count, peer), peer_p, 1e-6,
                     "p at the peer's saddlepoint");
        double reach = (t.conf_high - t.conf_low) / 2 / t.std_error;
        expect_close(uf_saddlepoint_p(reach, lambda, count, NULL), 0.05, 1e-9,
                     "the interval is the test inverted");
        free(lambda);
        gsl_vector_free(c);
    }
    uf_covariance_clear(&v);
    regression_clear(&r);
    json_decref(results);
    produc_clear(&p);
}

/* fixest's instruments, by two regressions: log(pcap) is replaced by what log(hwy) and log(water) say of it, and the
 * residuals are those of log(pcap) itself. Not an option. */
static void instruments(void **state)
{
    (void)state;
    struct produc p = produc_read();
    json_t *results = load_json(need_shared("reference/peers/results/twfe_produc.json"));
    struct regression first = produc_fit(&p, false, (const char *const[]){"hwy", "water", "emp", "unemp"}, 4,
                                         2, NULL),
                      plain =
                          produc_fit(&p, false, (const char *const[]){"pcap", "emp", "unemp"}, 3, 2, NULL);
    size_t n = plain.n;
    gsl_vector *treatment = gsl_vector_alloc(n), *y = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) gsl_vector_set(treatment, i, gsl_matrix_get(plain.x, i, 0));
    struct uf_least_squares stage;
    struct uf_error error;
    assert_ok(uf_least_squares_fit(first.x, treatment, NULL, NULL, &stage, &error), &error);
    for (size_t i = 0; i < n; i++) {
        double fitted = gsl_vector_get(treatment, i) - gsl_vector_get(stage.residuals, i);
        gsl_matrix_set(first.x, i, 0, fitted); /* kept apart from `plain`, whose column gives the residuals */
        gsl_vector_set(y, i, gsl_vector_get(plain.y, i));
    }
    gsl_matrix *x = gsl_matrix_alloc(n, 3);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < 3; j++) gsl_matrix_set(x, i, j, gsl_matrix_get(j ? plain.x : first.x, i, j));
    struct uf_least_squares second;
    assert_ok(uf_least_squares_fit(x, y, NULL, NULL, &second, &error), &error);
    gsl_vector *residuals = gsl_vector_alloc(n);
    gsl_vector_memcpy(residuals, y);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < 3; j++)
            *gsl_vector_ptr(residuals, i) -=
                gsl_matrix_get(plain.x, i, j) * gsl_vector_get(second.coefficients, j);
    struct uf_covariance_input input = {.x = x,
                                        .residuals = residuals,
                                        .inverse = second.inverse,
                                        .absorber = plain.absorber,
                                        .cluster = {p.group[PRODUC_STATE]},
                                        .n_groups = {p.n_groups[PRODUC_STATE]},
                                        .n_cluster_dimensions = 1};
    struct uf_covariance v;
    assert_ok(uf_covariance_estimate(&input, NULL, &v, &error), &error);
    json_t *value =
               json_object_get(json_object_get(json_object_get(results, "results"), "iv_example"), "value"),
           *row;
    size_t j;
    json_array_foreach(json_object_get(value, "coef"), j, row)
    {
        struct uf_t_test t =
            uf_t_test(gsl_vector_get(second.coefficients, j), gsl_matrix_get(v.matrix, j, j), v.df[j], 0.95);
        expect_close(gsl_vector_get(second.coefficients, j),
                     json_number_value(json_object_get(row, "estimate")), 1e-8, "instruments");
        expect_close(t.std_error, json_number_value(json_object_get(row, "se")), 1e-6, "instruments");
        expect_close(t.p_value, json_number_value(json_object_get(row, "p")), 1e-6, "instruments");
        expect_within(t.conf_low, json_number_value(json_object_get(row, "ci_lo")), 1e-6 * t.std_error,
                      "low");
        expect_within(t.conf_high, json_number_value(json_object_get(row, "ci_hi")), 1e-6 * t.std_error,
                      "high");
    }
    assert_int_equal(j, 3);
    uf_covariance_clear(&v);
    uf_least_squares_clear(&stage), uf_least_squares_clear(&second);
    gsl_vector_free(treatment), gsl_vector_free(y), gsl_vector_free(residuals), gsl_matrix_free(x);
    regression_clear(&first), regression_clear(&plain);
    json_decref(results);
    produc_clear(&p);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(joint_tests), cmocka_unit_test(saddlepoint),
                                       cmocka_unit_test(instruments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

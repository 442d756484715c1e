// SPDX-License-Identifier: GPL-3.0-or-later
/* Driscoll–Kraay and Conley against fixest 0.14.2 (twfe_produc.json, conley_quakes.json, twfe_sweden.json). */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

static double number(const struct raw_csv *csv, size_t i, const char *name)
{
    return raw_csv_number(csv, i, raw_csv_column(csv, name));
}

static double *column(const struct raw_csv *csv, const char *name)
{
    double *values = malloc(csv->n_rows * sizeof *values);
    for (size_t i = 0; i < csv->n_rows; i++) values[i] = number(csv, i, name);
    return values;
}

static struct uf_covariance estimate(const struct uf_covariance_input *input,
                                     struct uf_covariance_options options)
{
    struct uf_covariance covariance;
    struct uf_error error;
    assert_ok(uf_covariance_estimate(input, &options, &covariance, &error), &error);
    return covariance;
}

static void produc_over_time(void **state)
{
    (void)state;
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/Produc.csv"));
    json_t *results = load_json(need_shared("reference/peers/results/twfe_produc.json"));
    size_t n = csv.n_rows, n_groups[2];
    size_t *group[2] = {csv_groups(&csv, "state", &n_groups[0]), csv_groups(&csv, "year", &n_groups[1])};
    gsl_matrix *x = gsl_matrix_alloc(n, 4);
    gsl_vector *y = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) {
        gsl_matrix_set(x, i, 0, log(number(&csv, i, "pcap")));
        gsl_matrix_set(x, i, 1, log(number(&csv, i, "pc")));
        gsl_matrix_set(x, i, 2, log(number(&csv, i, "emp")));
        gsl_matrix_set(x, i, 3, number(&csv, i, "unemp"));
        gsl_vector_set(y, i, log(number(&csv, i, "gsp")));
    }
    struct regression r = regression_fit(x, y, NULL, 2, (const size_t *const *)group, n_groups);
    struct uf_covariance_input input = regression_input(&r);
    input.period = group[1], input.n_periods = n_groups[1]; /* the file is in the order of years */
    const struct uf_covariance_options usual = {.kind = UF_COVARIANCE_DRISCOLL_KRAAY},
                                       two = {.kind = UF_COVARIANCE_DRISCOLL_KRAAY,
                                              .lag_rule = UF_LAG_GIVEN,
                                              .lag = 2};
    regression_compare(results, "twfe_DK_default", &r, estimate(&input, usual));
    regression_compare(results, "twfe_DK_lag2", &r, estimate(&input, two));
    struct uf_covariance bare = estimate(&input, two);
    expect_close(sqrt(gsl_matrix_get(bare.matrix, 0, 0) / bare.factor), 0.0444115673905877, 1e-8,
                 "plm::vcovSCC(type = HC0, maxlag = 2)");
    assert_int_equal(bare.lag, 2);
    assert_int_equal(bare.n_periods, 17);
    uf_covariance_clear(&bare);
    regression_clear(&r);
    free(group[0]), free(group[1]);
    json_decref(results);
    raw_csv_free(&csv);
}

static void quakes(void **state)
{
    (void)state;
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/quakes.csv"));
    json_t *results = load_json(need_shared("reference/peers/results/conley_quakes.json"));
    gsl_matrix *x = gsl_matrix_alloc(csv.n_rows, 2);
    gsl_vector *y = gsl_vector_alloc(csv.n_rows);
    for (size_t i = 0; i < csv.n_rows; i++) {
        gsl_matrix_set(x, i, 0, 1);
        gsl_matrix_set(x, i, 1, number(&csv, i, "mag"));
        gsl_vector_set(y, i, number(&csv, i, "depth"));
    }
    struct regression r = regression_fit(x, y, NULL, 0, NULL, NULL);
    double *latitude = column(&csv, "lat"), *longitude = column(&csv, "long");
    struct uf_covariance_input input = regression_input(&r);
    input.latitude = latitude, input.longitude = longitude;
    regression_compare(results, "hc1", &r,
                       estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_HC1}));
    regression_compare(results, "conley_100_tri", &r,
                       estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_CONLEY,
                                                                       .cutoff = 100,
                                                                       .metric = UF_CONLEY_FLAT}));
    /* fixest's sphere has a diameter of 12,752 km; ours is the mean radius */
    regression_compare(
        results, "conley_100_sph", &r,
        estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_CONLEY,
                                                        .cutoff = 100 * 6371.0088 / (12752.0 / 2)}));
    /* an hour-hand's turn of longitude more is the same place */
    for (size_t i = 0; i < csv.n_rows; i += 2) longitude[i] -= 360;
    regression_compare(
        results, "conley_100_sph", &r,
        estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_CONLEY,
                                                        .cutoff = 100 * 6371.0088 / (12752.0 / 2)}));
    free(latitude), free(longitude);
    regression_clear(&r);
    json_decref(results);
    raw_csv_free(&csv);
}

static void sweden(void **state)
{
    (void)state;
    struct raw_csv csv = raw_csv_read(need_shared("reference/own/data/sim_sweden.csv"));
    json_t *results = load_json(need_shared("reference/own/results/twfe_sweden.json"));
    size_t n = csv.n_rows, n_groups[2];
    size_t *group[2] = {csv_groups(&csv, "kommun", &n_groups[0]), csv_groups(&csv, "year", &n_groups[1])};
    gsl_matrix *x = gsl_matrix_alloc(n, 2);
    gsl_vector *y = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) {
        gsl_matrix_set(x, i, 0, number(&csv, i, "treated"));
        gsl_matrix_set(x, i, 1, number(&csv, i, "x"));
        gsl_vector_set(y, i, number(&csv, i, "y"));
    }
    struct regression r = regression_fit(x, y, NULL, 2, (const size_t *const *)group, n_groups);
    double *latitude = column(&csv, "lat"), *longitude = column(&csv, "lon");
    struct uf_covariance_input input = regression_input(&r);
    input.latitude = latitude, input.longitude = longitude;
    input.period = group[1], input.n_periods = n_groups[1];
    regression_compare(results, "twfe_DK_lag3", &r,
                       estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_DRISCOLL_KRAAY,
                                                                       .lag_rule = UF_LAG_GIVEN,
                                                                       .lag = 3}));
    regression_compare(results, "twfe_conley_200km_triangular", &r,
                       estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_CONLEY,
                                                                       .cutoff = 200,
                                                                       .metric = UF_CONLEY_FLAT}));
    regression_compare(
        results, "twfe_conley_200km_spherical", &r,
        estimate(&input, (struct uf_covariance_options){.kind = UF_COVARIANCE_CONLEY,
                                                        .cutoff = 200 * 6371.0088 / (12752.0 / 2)}));
    free(latitude), free(longitude);
    regression_clear(&r);
    free(group[0]), free(group[1]);
    json_decref(results);
    raw_csv_free(&csv);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(produc_over_time),
        cmocka_unit_test(quakes),
        cmocka_unit_test(sweden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The Basque Country of Abadie & Gardeazabal (2003), against Synth 1.1.8: the predictors and V that Synth
 * printed, the outcome from its data. Peers' numbers are read from the shared folder.
 */
#include "support/small_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/synthetic_control.h>

enum { FIRST_YEAR = 1955, YEARS = 43, START = 1970 - FIRST_YEAR, UNITS = 17 };

struct basque {
    json_t *root;
    gsl_matrix *outcomes; /* 43 × 17: the 16 donors as Synth orders them, then the Basque Country */
    int region[UNITS];
};

static void load_basque(struct basque *basque)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", need_shared("reference/peers/data/basque.csv"));
    basque->root = load_json(need_shared("reference/peers/results/synth_basque.json"));
    const json_t *controls = json_object_get(
        json_object_get(json_object_get(json_object_get(basque->root, "results"), "basque_published"),
                        "value"),
        "controls");
    for (size_t j = 0; j < UNITS - 1; j++)
        basque->region[j] = (int)json_integer_value(json_array_get(controls, j));
    basque->region[UNITS - 1] = 17;
    basque->outcomes = gsl_matrix_alloc(YEARS, UNITS);
    gsl_matrix_set_all(basque->outcomes, NAN);
    struct raw_csv csv = raw_csv_read(path);
    size_t region = raw_csv_column(&csv, "regionno"), year = raw_csv_column(&csv, "year"),
           gdp = raw_csv_column(&csv, "gdpcap");
    for (size_t i = 0; i < csv.n_rows; i++)
        for (size_t u = 0; u < UNITS; u++)
            if ((int)raw_csv_number(&csv, i, region) == basque->region[u])
                gsl_matrix_set(basque->outcomes, (size_t)raw_csv_number(&csv, i, year) - FIRST_YEAR, u,
                               raw_csv_number(&csv, i, gdp));
    raw_csv_free(&csv);
}

static void free_basque(struct basque *basque)
{
    gsl_matrix_free(basque->outcomes);
    json_decref(basque->root);
}

static const json_t *value_of(const struct basque *basque, const char *entry)
{
    return json_object_get(json_object_get(json_object_get(basque->root, "results"), entry), "value");
}

static gsl_matrix *predictors_of(const struct basque *basque, const json_t *value)
{
    const json_t *x1 = json_object_get(value, "X1"), *x0 = json_object_get(value, "X0");
    gsl_matrix *x = gsl_matrix_alloc(json_array_size(x1), UNITS);
    char key[8];
    for (size_t i = 0; i < x->size1; i++) {
        gsl_matrix_set(x, i, UNITS - 1, json_number_value(json_array_get(x1, i)));
        for (size_t u = 0; u < UNITS - 1; u++) {
            snprintf(key, sizeof key, "%d", basque->region[u]);
            gsl_matrix_set(x, i, u, json_number_value(json_object_get(json_array_get(x0, i), key)));
        }
    }
    return x;
}

static gsl_vector *v_of(const json_t *value)
{
    const json_t *list = json_object_get(value, "V");
    gsl_vector *v = gsl_vector_alloc(json_array_size(list));
    for (size_t i = 0; i < v->size; i++)
        gsl_vector_set(v, i, json_number_value(json_object_get(json_array_get(list, i), "v")));
    return v;
}

static double peer(const json_t *value, const char *name)
{
    const json_t *number = json_object_get(value, name);
    if (!json_is_number(number)) fail_msg("no %s", name);
    return json_number_value(number);
}

/* V fixed to the peer's: the inner problem is convex, so our loss can be no worse, and W must agree. */
static void compare_with_fixed_v(const char *entry, size_t fit_from, double weight_tolerance)
{
    struct basque basque;
    load_basque(&basque);
    const json_t *value = value_of(&basque, entry);
    gsl_matrix *x = predictors_of(&basque, value);
    gsl_vector *v = v_of(value);
    struct uf_synthetic_control_data data = {x, basque.outcomes, START, fit_from, START - 1};
    struct uf_synthetic_control_options options = {.choice = UF_PREDICTOR_WEIGHTS_GIVEN, .given = v};
    struct uf_synthetic_control_fit fit;
    struct uf_error error;
    assert_ok(uf_synthetic_control(&data, UNITS - 1, NULL, &options, &fit, &error), &error);
    print_message("%s: loss_w %.15g (Synth %.15g), loss_v %.15g (Synth %.15g), KKT %.2g\n", entry, fit.loss_w,
                  peer(value, "loss.w"), fit.loss_v, peer(value, "loss.v"), fit.kkt_residual);
    assert_true(fit.loss_w <= peer(value, "loss.w") * (1 + 1e-9));
    assert_true(fit.kkt_residual < 1e-13);
    double apart = 0;
    for (size_t j = 0; j < UNITS - 1; j++) {
        const json_t *row = json_array_get(json_object_get(value, "W"), j);
        assert_int_equal(json_integer_value(json_object_get(row, "regionno")), basque.region[j]);
        apart =
            fmax(apart, fabs(gsl_vector_get(fit.weights, j) - json_number_value(json_object_get(row, "w"))));
    }
    print_message("  largest difference of a weight: %.3g\n", apart);
    assert_true(apart <= weight_tolerance);
    expect_within(fit.mean_gap, peer(value, "att_1970_97"), 5e-3, "mean gap");
    uf_synthetic_control_fit_clear(&fit);
    gsl_matrix_free(x);
    gsl_vector_free(v);
    free_basque(&basque);
}

static void with_synths_published_v(void **state)
{
    (void)state;
    compare_with_fixed_v("basque_custom_v_from_published", 5, 1e-3);
}

static void with_equal_v(void **state)
{
    (void)state;
    compare_with_fixed_v("basque_custom_v_equal", 5, 1e-3);
}

static void with_outcomes_only(void **state)
{
    (void)state;
    /* Synth's interior point leaves up to 5e-4 of weight on each of ten donors that have none at the minimum,
     * hence the width. */
    compare_with_fixed_v("basque_outcomes_only", 0, 3e-3);
}

static void our_search_fits_the_past_at_least_as_well(void **state)
{
    (void)state;
    struct basque basque;
    load_basque(&basque);
    const json_t *value = value_of(&basque, "basque_published");
    gsl_matrix *x = predictors_of(&basque, value);
    struct uf_synthetic_control_data data = {x, basque.outcomes, START, 5, START - 1};
    struct uf_synthetic_control_fit fit;
    struct uf_error error;
    clock_t begun = clock();
    assert_ok(uf_synthetic_control(&data, UNITS - 1, NULL, NULL, &fit, &error), &error);
    print_message("nested: loss_v %.12g (Synth %.12g), loss_w %.6g, mean gap %.6f (Synth %.6f), %zu "
                  "evaluations, %.3f s\n",
                  fit.loss_v, peer(value, "loss.v"), fit.loss_w, fit.mean_gap, peer(value, "att_1970_97"),
                  fit.evaluations, (double)(clock() - begun) / CLOCKS_PER_SEC);
    for (size_t u = 0; u < UNITS; u++)
        if (gsl_vector_get(fit.weights, u) > 1e-6)
            print_message("  region %d: %.4f\n", basque.region[u], gsl_vector_get(fit.weights, u));
    assert_true(fit.loss_v <= 0.00886462893312492);
    uf_synthetic_control_fit_clear(&fit);
    gsl_matrix_free(x);
    free_basque(&basque);
}

static void placebos_rank_the_basque_country_in_the_middle(void **state)
{
    (void)state;
    struct basque basque;
    load_basque(&basque);
    const json_t *value = value_of(&basque, "basque_published");
    gsl_matrix *x = predictors_of(&basque, value);
    struct uf_synthetic_control_data data = {x, basque.outcomes, START, 5, START - 1};
    struct uf_synthetic_control_fit fit, placebo[UNITS];
    struct uf_error error;
    assert_ok(uf_synthetic_control(&data, UNITS - 1, NULL, NULL, &fit, &error), &error);
    clock_t begun = clock();
    assert_ok(uf_synthetic_control_placebos(&data, UNITS - 1, NULL, true, NULL, NULL, placebo, &error),
              &error);
    print_message("16 nested placebos: %.2f s\n", (double)(clock() - begun) / CLOCKS_PER_SEC);
    const json_t *peers = value_of(&basque, "placebo_in_space");
    size_t rank = 1;
    for (size_t u = 0; u < UNITS - 1; u++) {
        const json_t *row = NULL;
        for (size_t i = 0; i < json_array_size(peers); i++)
            if (json_integer_value(json_object_get(json_array_get(peers, i), "regionno")) == basque.region[u])
                row = json_array_get(peers, i);
        assert_non_null(row);
        assert_true(pow(placebo[u].rmspe_before, 2) <=
                    json_number_value(json_object_get(row, "loss.v")) * (1 + 1e-3));
        rank += placebo[u].ratio >= fit.ratio;
        print_message("  region %d: ratio %.4g, Synth %.4g; RMSPE before %.5f, Synth %.5f\n",
                      basque.region[u], placebo[u].ratio,
                      json_number_value(json_object_get(row, "rmspe_ratio_1960_69")), placebo[u].rmspe_before,
                      sqrt(json_number_value(json_object_get(row, "loss.v"))));
        uf_synthetic_control_fit_clear(&placebo[u]);
    }
    print_message("  ratio %.4g, rank %zu of %d\n", fit.ratio, rank, UNITS);
    assert_true(rank > 1 && rank <= UNITS);
    uf_synthetic_control_fit_clear(&fit);
    gsl_matrix_free(x);
    free_basque(&basque);
}

/* The method reads predictor windows as Synth's dataprep does: the same X1, and the same X0 on average. */
static void windows_of_predictors_are_dataprep_s(void **state)
{
    (void)state;
    static const char *const columns[] = {"gdpcap", "invest", "sec.agriculture", "popdens"};
    static const struct {
        const char *item, *peer;
    } predictors[] = {{"invest:1964-1969", "invest"},
                      {"gdpcap:1960-1969", "special.gdpcap.1960.1969"},
                      {"sec.agriculture:1961-1969/2", "special.sec.agriculture.1961.1969"},
                      {"popdens:1969", "special.popdens.1969"}};
    struct basque basque;
    load_basque(&basque);
    const json_t *value = value_of(&basque, "basque_published"),
                 *names = json_object_get(value, "predictors");
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/basque.csv"));
    struct uf_panel *panel = small_panel_new(18, YEARS, FIRST_YEAR, columns, 4);
    size_t region = raw_csv_column(&csv, "regionno"), year = raw_csv_column(&csv, "year");
    for (size_t c = 0; c < 4; c++) {
        size_t column = raw_csv_column(&csv, columns[c]);
        for (size_t i = 0; i < csv.n_rows; i++) {
            size_t u = (size_t)raw_csv_number(&csv, i, region) - 1,
                   t = (size_t)raw_csv_number(&csv, i, year) - FIRST_YEAR;
            double cell = raw_csv_number(&csv, i, column);
            *small_panel_cell(panel, c, u, t) = cell;
            if (isnan(cell)) small_panel_miss(panel, c, u, t);
        }
    }
    raw_csv_free(&csv);
    panel->treatment.first_period[16] = START;
    struct uf_options *options;
    struct uf_result result;
    struct uf_error error;
    const struct uf_context context = {.language = UF_ENGLISH, .threads = 1};
    const char *items[4];
    for (size_t p = 0; p < 4; p++) items[p] = predictors[p].item;
    uf_result_init(&result);
    assert_ok(uf_options_new(&uf_method_synthetic_control, &options, &error), &error);
    assert_ok(uf_options_set_list(options, "predictors", items, 4, &error), &error);
    assert_ok(uf_options_set(options, "exclude", "R001", &error), &error); /* all of Spain */
    assert_ok(uf_options_set(options, "fit-from", "1960", &error), &error);
    assert_ok(uf_method_synthetic_control.run(panel, options, &context, &result, &error), &error);
    const struct uf_table *balance = uf_result_table(&result, "predictor-balance");
    for (size_t p = 0; p < 4; p++)
        for (size_t i = 0; i < json_array_size(names); i++) {
            if (strcmp(json_string_value(json_array_get(names, i)), predictors[p].peer) != 0) continue;
            double donors = 0;
            const json_t *x0 = json_array_get(json_object_get(value, "X0"), i), *cell;
            const char *key;
            json_object_foreach((json_t *)(uintptr_t)x0, key, cell) donors += json_number_value(cell) / 16;
            expect_close(uf_table_number(balance, p, uf_table_column(balance, "treated")),
                         json_number_value(json_array_get(json_object_get(value, "X1"), i)), 1e-12,
                         predictors[p].item);
            expect_close(uf_table_number(balance, p, uf_table_column(balance, "donor_mean")), donors, 1e-12,
                         predictors[p].item);
            items[p] = NULL;
        }
    for (size_t p = 0; p < 4; p++) assert_null(items[p]); /* each was compared */
    const struct uf_table *estimates = uf_result_table(&result, "estimates");
    expect_close(uf_table_number(estimates, 0, uf_table_column(estimates, "n_control")), 16, 0, "donors");
    uf_options_free(options);
    uf_result_clear(&result);
    small_panel_free(panel);
    free_basque(&basque);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_synths_published_v),
        cmocka_unit_test(with_equal_v),
        cmocka_unit_test(with_outcomes_only),
        cmocka_unit_test(our_search_fits_the_past_at_least_as_well),
        cmocka_unit_test(windows_of_predictors_are_dataprep_s),
        cmocka_unit_test(placebos_rank_the_basque_country_in_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Rambachan & Roth's sets against HonestDiD 0.2.6: reference/peers/results/honestdid.json.
 *
 * What the peer does that differs: its sets of moment inequalities are the accepted points of a grid of 1,000
 * (relative magnitudes: ±20 standard errors of the estimate; smoothness: wider by M), with a critical value from
 * 1,000 draws; its fixed-length intervals take the folded normal's quantile from 1,000,000 draws and the
 * frontier of bias and variance on a grid. Ours are found to the last digits and with 10,000 draws, so that ends
 * agree within a step of its grid and what 1,000 draws leave uncertain (other seeds move its ends by half a step),
 * and fixed lengths to the error of its draws (and are never longer but by that error). */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/covariance.h>
#include <utfall/parallel_trends_bounds.h>

struct peer {
    json_t *file;
    gsl_vector *estimate, *average;
    gsl_matrix *covariance;
    struct uf_trend_study study;
};

static struct peer peer_read(const char *input)
{
    struct peer p = {.file = load_json(need_shared("reference/peers/results/honestdid.json"))};
    json_t *value = json_object_get(json_object_get(json_object_get(p.file, "results"), input), "value");
    json_t *betas = json_object_get(value, "betahat"), *sigma = json_object_get(value, "sigma");
    size_t n = json_array_size(betas);
    assert_true(n > 0);
    p.estimate = gsl_vector_alloc(n);
    p.covariance = gsl_matrix_alloc(n, n);
    for (size_t i = 0; i < n; i++) {
        gsl_vector_set(p.estimate, i, json_number_value(json_array_get(betas, i)));
        for (size_t j = 0; j < n; j++)
            gsl_matrix_set(p.covariance, i, j,
                           json_number_value(json_array_get(json_array_get(sigma, i), j)));
    }
    p.study = (struct uf_trend_study){p.estimate, p.covariance,
                                      (size_t)json_integer_value(json_object_get(value, "numPre")),
                                      (size_t)json_integer_value(json_object_get(value, "numPost")), NULL};
    p.average = gsl_vector_alloc(p.study.n_after);
    gsl_vector_set_all(p.average, 1 / (double)p.study.n_after);
    return p;
}

static void peer_clear(struct peer *p)
{
    gsl_vector_free(p->estimate), gsl_vector_free(p->average);
    gsl_matrix_free(p->covariance);
    json_decref(p->file);
}

static double number(json_t *row, const char *name)
{
    json_t *value = json_object_get(row, name);
    return json_number_value(json_is_array(value) ? json_array_get(value, 0) : value);
}

/* Twenty standard errors to both sides, and what smoothness adds, in 1,000 points. */
static double peer_step(const struct peer *p, double reach)
{
    double sd = sqrt(gsl_matrix_get(p->covariance, p->study.n_before, p->study.n_before));
    return 2 * (20 * sd + reach) / 999;
}

static void compare(const struct peer *p, const char *entry, struct uf_trend_options options, double step,
                    double limit)
{
    json_t *rows = json_object_get(json_object_get(json_object_get(p->file, "results"), entry), "value"),
           *row;
    size_t i;
    assert_true(json_array_size(rows) > 0);
    json_array_foreach(rows, i, row)
    {
        struct uf_error error;
        struct uf_trend_bounds bounds;
        options.m = number(row, options.restriction == UF_TREND_SMOOTHNESS ? "M" : "Mbar");
        assert_ok(uf_trend_bounds(&p->study, &options, &bounds, &error), &error);
        print_message("%s M = %g: %.6f … %.6f (%.6f … %.6f)\n", entry, options.m, bounds.low, bounds.high,
                      number(row, "lb"), number(row, "ub"));
        assert_true(bounds.step <= step);
        assert_false(bounds.empty);
        /* The peer's grid ends at `limit`; a set that goes beyond is cut there. */
        expect_within(fmax(bounds.low, -limit), number(row, "lb"), 1.5 * step, "low");
        expect_within(fmin(bounds.high, limit), number(row, "ub"), 1.5 * step, "high");
    }
}

static void relative_magnitudes(void **state)
{
    (void)state;
    static const struct {
        const char *input, *entry;
    } cases[] = {{"BC_input", "BC_RM_CLF"}, {"base_did_input", "base_did_RM_CLF"}};
    for (size_t c = 0; c < 2; c++) {
        struct peer p = peer_read(cases[c].input);
        struct uf_trend_options options = {.restriction = UF_TREND_RELATIVE_MAGNITUDES, .set = UF_TREND_C_LF};
        double step = peer_step(&p, 0);
        compare(&p, cases[c].entry, options, step, step * 999 / 2);
        peer_clear(&p);
    }
}

static void smoothness_by_inequalities(void **state)
{
    (void)state;
    struct peer p = peer_read("BC_input");
    struct uf_trend_options options = {.restriction = UF_TREND_SMOOTHNESS, .set = UF_TREND_C_LF};
    double step = peer_step(&p, 0.1);
    compare(&p, "BC_SD_CLF_M0.1", options, step, INFINITY);
    options.set = UF_TREND_CONDITIONAL;
    compare(&p, "BC_SD_Conditional_M0.1", options, step, INFINITY);
    peer_clear(&p);
}

static void fixed_length(void **state)
{
    (void)state;
    static const struct {
        const char *input, *entry;
        bool average;
    } cases[] = {{"BC_input", "BC_SD_FLCI", false},
                 {"base_did_input", "base_did_SD_FLCI", false},
                 {"base_did_input", "base_did_SD_FLCI_avg", true}};
    for (size_t c = 0; c < 3; c++) {
        struct peer p = peer_read(cases[c].input);
        if (cases[c].average) p.study.weights = p.average;
        json_t *rows = json_object_get(json_object_get(json_object_get(p.file, "results"), cases[c].entry),
                                       "value"),
               *row;
        size_t i;
        json_array_foreach(rows, i, row)
        {
            struct uf_error error;
            struct uf_trend_flci flci;
            double low = number(row, "lb"), high = number(row, "ub");
            assert_ok(uf_trend_fixed_length(&p.study, number(row, "M"), 0.95, NULL, &flci, &error), &error);
            print_message("%s M = %g: %.6f ± %.6f (%.6f ± %.6f)\n", cases[c].entry, number(row, "M"),
                          flci.estimate, flci.half_length, (low + high) / 2, (high - low) / 2);
            /* 5 per cent quantile of a million draws: error of sqrt(.05·.95/1e6)/density, .0021 s.e. */
            double noise = 4 * 0.0022 * flci.std_error;
            assert_true(flci.half_length <= (high - low) / 2 + noise);
            expect_within(flci.half_length, (high - low) / 2, noise, "half length");
            /* near the least length its centre may move by more than its length does */
            expect_within(flci.estimate, (high + low) / 2, 0.03 * flci.std_error, "centre");
        }
        peer_clear(&p);
    }
}

/* Without any restriction the interval is the estimate's own, normal one; the whole answer of the peer's search for
 * the fixed length at M = 0.1: the sum of the estimate and of no lead. */
static void the_estimate_itself(void **state)
{
    (void)state;
    struct peer p = peer_read("BC_input");
    json_t *entries = json_object_get(p.file, "results");
    json_t *original = json_array_get(json_object_get(json_object_get(entries, "BC_original"), "value"), 0),
           *detail = json_object_get(json_object_get(entries, "BC_FLCI_M0.1_detail"), "value");
    size_t first = p.study.n_before;
    double estimate = gsl_vector_get(p.estimate, first),
           sd = sqrt(gsl_matrix_get(p.covariance, first, first));
    struct uf_t_test t = uf_t_test(estimate, sd * sd, INFINITY, 0.95);
    expect_close(t.conf_low, number(original, "lb"), 1e-8, "original low");
    expect_close(t.conf_high, number(original, "ub"), 1e-8, "original high");
    struct uf_error error;
    struct uf_trend_flci flci;
    assert_ok(uf_trend_fixed_length(&p.study, 0.1, 0.95, NULL, &flci, &error), &error);
    double noise = 4 * 0.0022 * flci.std_error;
    json_t *half = json_array_get(json_array_get(json_object_get(detail, "halfLength"), 0), 0);
    expect_within(flci.half_length, json_number_value(half), noise, "half length");
    for (int end = 0; end < 2; end++)
        expect_within(flci.estimate + (end ? 1 : -1) * flci.half_length,
                      json_number_value(json_array_get(json_object_get(detail, "FLCI"), (size_t)end)), noise,
                      "an end");
    json_t *weights = json_object_get(detail, "optimalVec"), *weight;
    size_t i;
    double sum = 0, variance = 0; /* the estimator by the peer's weights is ours */
    json_array_foreach(weights, i, weight)
    {
        sum += json_number_value(weight) * gsl_vector_get(p.estimate, i);
        for (size_t j = 0; j < json_array_size(weights); j++)
            variance += json_number_value(weight) * json_number_value(json_array_get(weights, j)) *
                        gsl_matrix_get(p.covariance, i, j);
    }
    expect_within(flci.estimate, sum, noise, "the peer's weights");
    expect_close(flci.std_error, sqrt(variance), 1e-3, "their error");
    peer_clear(&p);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(relative_magnitudes),
                                       cmocka_unit_test(smoothness_by_inequalities),
                                       cmocka_unit_test(fixed_length), cmocka_unit_test(the_estimate_itself)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

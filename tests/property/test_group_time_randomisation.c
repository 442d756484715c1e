// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew: every assignment by hand, and the level with few treated. */
#include "support/bench.h"
#include "support/group_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nine units, two of them treated from period 1 and one from period 2: 252 assignments, each by hand. */
static void all_assignments(void **state)
{
    (void)state;
    enum { N = 9, T = 3 };
    size_t unit[N * T], period[N * T], first[N];
    double outcome[N * T], treatment[N * T];
    for (size_t u = 0; u < N; u++) first[u] = u == 2 || u == 5 ? 1 : u == 7 ? 2 : SIZE_MAX;
    for (size_t i = 0; i < N * T; i++) {
        unit[i] = i / T, period[i] = i % T;
        treatment[i] = first[unit[i]] <= period[i];
        outcome[i] = bench_noise(11, i) + treatment[i];
    }
    const struct uf_did_data data = {.n = N * T,
                                     .n_units = N,
                                     .n_periods = T,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first};
    struct uf_error error;
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
    assert_ok(uf_group_time_randomise(&data, NULL, &assignment, NULL, NULL, &r, &error), &error);
    assert_int_equal(r.count, 252);
    struct uf_group_time g;
    assert_ok(uf_group_time_estimate(&data, NULL, &g, &error), &error);
    struct uf_average a = group_average(&g, UF_AVERAGE_SIMPLE);
    expect_close(r.coefficient[0], a.estimate, 1e-12, "the actual one");
    expect_close(r.t[0], a.estimate / a.std_error, 1e-10, "its t");
    double actual = a.estimate;
    size_t extreme = 0;
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    for (size_t i = 0; i < N; i++)
        for (size_t j = i + 1; j < N; j++)
            for (size_t k = 0; k < N; k++) {
                if (k == i || k == j) continue;
                double early = 0, late = 0, last = 0, c1 = 0, c2 = 0, c3 = 0;
                for (size_t u = 0; u < N; u++) {
                    double y0 = outcome[u * T], y1 = outcome[u * T + 1], y2 = outcome[u * T + 2];
                    if (u == i || u == j)
                        early += (y1 - y0) / 2, late += (y2 - y0) / 2;
                    else if (u == k)
                        last += y2 - y1;
                    else
                        c1 += (y1 - y0) / (N - 3), c2 += (y2 - y0) / (N - 3), c3 += (y2 - y1) / (N - 3);
                }
                double simple = (2 * (early - c1) + 2 * (late - c2) + (last - c3)) / 5;
                extreme += fabs(simple) >= fabs(actual) * (1 - 1e-9);
            }
    expect_close(r.p_coefficient, (double)extreme / 252, 1e-12, "the share");
    /* adding 1 to the actually treated outcomes moves each assignment's estimate by its shift */
    for (size_t i = 0; i < N * T; i++) outcome[i] += treatment[i];
    struct uf_randomisation moved;
    assert_ok(uf_group_time_randomise(&data, NULL, &assignment, NULL, NULL, &moved, &error), &error);
    for (size_t i = 0; i < r.count; i++)
        expect_within(moved.coefficient[i], r.coefficient[i] + r.shift[i], 1e-12, "the shift");
    expect_close(r.shift[0], 1, 1e-12, "the actual shift");
    uf_randomisation_clear(&moved);
    uf_randomisation_clear(&r);
    uf_did_assignment_clear(&assignment);
}

/* Three of 21 regions treated, no effect, autocorrelated errors: errors from influence functions find one far too
 * often, dealing the treatment out anew does not. */
static void level_with_few_treated(void **state)
{
    (void)state;
    enum { N = 21, T = 12, START = 8, SAMPLES = 150 };
    size_t unit[N * T], period[N * T], first[N], by_influence = 0, by_dealing = 0, by_scaled = 0;
    double outcome[N * T], treatment[N * T];
    for (size_t u = 0; u < N; u++) first[u] = u < 3 ? START : SIZE_MAX;
    for (size_t i = 0; i < N * T; i++) {
        unit[i] = i / T, period[i] = i % T;
        treatment[i] = first[unit[i]] <= period[i];
    }
    const struct uf_did_data data = {.n = N * T,
                                     .n_units = N,
                                     .n_periods = T,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first};
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        struct uf_error error;
        struct uf_did_assignment assignment;
        struct uf_did_noise noise;
        struct uf_randomisation r;
        const struct uf_randomisation_options options = {.most_enumerated = 1, .draws = 99, .seed = sample};
        for (size_t i = 0; i < N * T; i++) {
            double shock = 0; /* a sum of uniform numbers, near enough normal */
            for (size_t k = 0; k < 6; k++) shock += bench_noise(100 + k, sample * N * T + i);
            outcome[i] = shock + (period[i] > 0 ? 0.7 * outcome[i - 1] : 0);
        }
        assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
        assert_ok(uf_did_noise_init(&data, &assignment, &noise, &error), &error);
        assert_ok(uf_group_time_randomise(&data, NULL, &assignment, &noise, &options, &r, &error), &error);
        by_influence += fabs(r.t[0]) > 1.959964;
        by_dealing += r.p_coefficient <= 0.05;
        by_scaled += r.p_scaled <= 0.05;
        uf_randomisation_clear(&r);
        uf_did_noise_clear(&noise);
        uf_did_assignment_clear(&assignment);
    }
    print_message("rejections at 5 %%: influence %.3f, dealt out %.3f, scaled %.3f\n",
                  (double)by_influence / SAMPLES, (double)by_dealing / SAMPLES, (double)by_scaled / SAMPLES);
    assert_true(by_influence > SAMPLES / 10);
    assert_in_range(by_dealing, SAMPLES / 100, SAMPLES / 10);
    assert_in_range(by_scaled, SAMPLES / 100, SAMPLES / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_assignments),
        cmocka_unit_test(level_with_few_treated),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

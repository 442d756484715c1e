// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How often the inference of `imputation` rejects at 5 % where there is no effect: 21 (or 60) regions × 16 years, AR(1)
 * errors with ρ = 0.7 and unequal variances, treatment drawn at random or given to the noisiest; and the influence errors
 * and the scaled randomisation of `callaway-santanna` on the same samples. bench_imputation_level [SAMPLES ASSIGNMENTS]
 * (default 2000 199). The table of docs/methods/imputation.md, and two lines of docs/inference.md.
 */
#include "support/level_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/callaway_santanna.h>
#include <utfall/distribution.h>
#include <utfall/imputation.h>

static bool rejects(const struct level_panel *s, const struct uf_imputation *fit,
                    const struct uf_imputation_error_options *options, double df)
{
    struct uf_error error;
    struct uf_imputation_averages simple;
    gsl_matrix *influence, *v;
    assert_ok(uf_imputation_average(fit, UF_AVERAGE_SIMPLE, &simple, &error), &error);
    assert_ok(uf_imputation_influence(&s->data, fit, simple.share, options, &influence, &error), &error);
    assert_ok(uf_influence_covariance(influence, &v, &error), &error);
    double p = uf_t_two_sided(simple.estimate[0] / sqrt(gsl_matrix_get(v, 0, 0)), df);
    gsl_matrix_free(influence), gsl_matrix_free(v);
    uf_imputation_averages_clear(&simple);
    return p < 0.05;
}

enum { NORMAL, T, ONE_OUT, EVENT_TIME, COEFFICIENT, T_VALUE, SCALED, INFLUENCE, CS_SCALED, PROCEDURES };

static void add_callaway(const struct level_panel *s, const struct uf_did_assignment *assignment,
                         const struct uf_did_noise *noise, const struct uf_randomisation_options *options,
                         size_t *count)
{
    struct uf_error error;
    struct uf_group_time g;
    struct uf_average simple;
    struct uf_randomisation r;
    const struct uf_group_time_options defaults = {.threads = 1};
    assert_ok(uf_group_time_estimate(&s->data, &defaults, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_SIMPLE, NULL, &simple, &error), &error);
    count[INFLUENCE] += uf_t_two_sided(simple.estimate / simple.std_error, INFINITY) < 0.05;
    uf_average_clear(&simple);
    uf_group_time_clear(&g);
    assert_ok(uf_group_time_randomise(&s->data, &defaults, assignment, noise, options, &r, &error), &error);
    count[CS_SCALED] += r.p_scaled <= 0.05;
    uf_randomisation_clear(&r);
}

static void add_rejections(const struct level_panel *s, size_t assignments, uint64_t seed, size_t *count)
{
    static const struct uf_imputation_error_options plain = {0}, one_out = {.leave_one_out = true},
                                                    event_time = {.pool = UF_POOL_EVENT_TIME};
    struct uf_error error;
    struct uf_imputation fit;
    struct uf_did_assignment assignment;
    struct uf_did_noise noise;
    struct uf_randomisation r;
    const struct uf_randomisation_options options = {
        .draws = assignments, .most_enumerated = assignments, .seed = seed};
    assert_ok(uf_imputation_fit(&s->data, NULL, &fit, &error), &error);
    count[NORMAL] += rejects(s, &fit, &plain, INFINITY);
    count[T] += rejects(s, &fit, &plain, (double)s->data.n_units - 1);
    count[ONE_OUT] += rejects(s, &fit, &one_out, (double)s->data.n_units - 1);
    count[EVENT_TIME] += rejects(s, &fit, &event_time, (double)s->data.n_units - 1);
    uf_imputation_clear(&fit);
    assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
    assert_ok(uf_did_noise_init(&s->data, &assignment, &noise, &error), &error);
    assert_ok(uf_imputation_randomise(&s->data, NULL, &assignment, &noise, &options, &r, &error), &error);
    count[COEFFICIENT] += r.p_coefficient <= 0.05;
    count[T_VALUE] += r.p_t <= 0.05;
    count[SCALED] += r.p_scaled <= 0.05;
    uf_randomisation_clear(&r);
    add_callaway(s, &assignment, &noise, &options, count);
    uf_did_noise_clear(&noise);
    uf_did_assignment_clear(&assignment);
}

int main(int argc, char **argv)
{
    static const struct level_design designs[] = {
        {21, {1, 0, 0}, LEVEL_AT_RANDOM},  {21, {3, 0, 0}, LEVEL_AT_RANDOM}, {21, {3, 3, 3}, LEVEL_AT_RANDOM},
        {21, {10, 0, 0}, LEVEL_AT_RANDOM}, {21, {1, 0, 0}, LEVEL_NOISIEST},  {21, {3, 0, 0}, LEVEL_NOISIEST},
        {21, {3, 3, 3}, LEVEL_NOISIEST},   {60, {8, 8, 8}, LEVEL_AT_RANDOM}, {60, {8, 8, 8}, LEVEL_NOISIEST}};
    static struct level_panel s;
    const size_t samples = argc > 2 ? (size_t)atol(argv[1]) : 2000,
                 assignments = argc > 2 ? (size_t)atol(argv[2]) : 199;
    printf("rejections at 5 %%, %zu samples (Monte Carlo error %.1f points)\n", samples,
           100 * sqrt(0.05 * 0.95 / (double)samples));
    printf("treated      bjs normal  bjs t  leave-one-out  pool event-time  randomisation  its t  scaled  cs "
           "influence  "
           "cs scaled\n");
    for (size_t d = 0; d < sizeof designs / sizeof *designs; d++) {
        size_t count[PROCEDURES] = {0};
        double share[PROCEDURES];
        for (size_t i = 0; i < samples; i++) {
            level_panel_fill(&s, &designs[d], 1000000 * d + i + 1);
            add_rejections(&s, assignments, i + 5, count);
        }
        for (int p = 0; p < PROCEDURES; p++) share[p] = 100 * (double)count[p] / (double)samples;
        printf("%2zu+%zu+%zu of %zu%s %8.1f %6.1f %14.1f %16.1f %14.1f %6.1f %7.1f %13.1f %10.1f\n",
               designs[d].treated[0], designs[d].treated[1], designs[d].treated[2], designs[d].units,
               designs[d].who == LEVEL_NOISIEST ? ", the noisiest" : "", share[NORMAL], share[T],
               share[ONE_OUT], share[EVENT_TIME], share[COEFFICIENT], share[T_VALUE], share[SCALED],
               share[INFLUENCE], share[CS_SCALED]);
        fflush(stdout);
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How often the inference of `imputation` rejects at 5 % where there is no effect: 21 (or 60) regions × 16 years, AR(1)
 * errors with ρ = 0.7 and unequal variances, treatment drawn at random or given to the noisiest; and the influence errors
 * and the scaled randomisation of `callaway-santanna` on the same samples. bench_imputation_level [SAMPLES ASSIGNMENTS]
 * (default 2000 199). The table of docs/methods/imputation.md, and two lines of docs/inference.md.
 */
#include "support/bench.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/callaway_santanna.h>
#include <utfall/distribution.h>
#include <utfall/imputation.h>
#include <utfall/random.h>

enum { MOST_UNITS = 60, PERIODS = 16, MOST_ROWS = MOST_UNITS * PERIODS };

struct design {
    size_t units, treated[3]; /* treated[k] start in period 8 + 2k */
    bool noisiest;            /* else at random */
};

struct sample {
    struct uf_did_data data;
    size_t unit[MOST_ROWS], period[MOST_ROWS], first[MOST_UNITS];
    double outcome[MOST_ROWS], treatment[MOST_ROWS];
};

static double normal(struct uf_random *random)
{
    double a = uf_random_uniform(random), b = uf_random_uniform(random);
    return sqrt(-2 * log(1 - a)) * cos(6.283185307179586 * b);
}

static void sample_fill(struct sample *s, const struct design *design, uint64_t seed)
{
    struct uf_random random;
    const size_t units = design->units;
    size_t order[MOST_UNITS], next = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1);
    for (size_t u = 0; u < units; u++) order[u] = units - 1 - u, s->first[u] = SIZE_MAX;
    if (!design->noisiest) uf_random_shuffle(&random, order, units);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < design->treated[k]; i++) s->first[order[next++]] = 8 + 2 * k;
    for (size_t i = 0; i < units * PERIODS; i++) {
        size_t u = i / PERIODS, t = i % PERIODS;
        double spread = 0.5 + 1.5 * (double)u / (double)units;
        s->unit[i] = u, s->period[i] = t;
        s->outcome[i] = t == 0 ? spread * normal(&random) / sqrt(1 - 0.49)
                               : 0.7 * s->outcome[i - 1] + spread * normal(&random);
        s->treatment[i] = s->first[u] != SIZE_MAX && t >= s->first[u];
    }
    s->data = (struct uf_did_data){.n = units * PERIODS,
                                   .n_units = units,
                                   .n_periods = PERIODS,
                                   .unit = s->unit,
                                   .period = s->period,
                                   .outcome = s->outcome,
                                   .treatment = s->treatment,
                                   .first_period = s->first,
                                   .cluster = {s->unit},
                                   .n_groups = {units},
                                   .n_cluster_dimensions = 1};
}

static bool rejects(const struct sample *s, const struct uf_imputation *fit,
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

static void add_callaway(const struct sample *s, const struct uf_did_assignment *assignment,
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

static void add_rejections(const struct sample *s, size_t assignments, uint64_t seed, size_t *count)
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
    static const struct design designs[] = {
        {21, {1, 0, 0}, false},  {21, {3, 0, 0}, false}, {21, {3, 3, 3}, false},
        {21, {10, 0, 0}, false}, {21, {1, 0, 0}, true},  {21, {3, 0, 0}, true},
        {21, {3, 3, 3}, true},   {60, {8, 8, 8}, false}, {60, {8, 8, 8}, true}};
    static struct sample s;
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
            sample_fill(&s, &designs[d], 1000000 * d + i + 1);
            add_rejections(&s, assignments, i + 5, count);
        }
        for (int p = 0; p < PROCEDURES; p++) share[p] = 100 * (double)count[p] / (double)samples;
        printf("%2zu+%zu+%zu of %zu%s %8.1f %6.1f %14.1f %16.1f %14.1f %6.1f %7.1f %13.1f %10.1f\n",
               designs[d].treated[0], designs[d].treated[1], designs[d].treated[2], designs[d].units,
               designs[d].noisiest ? ", the noisiest" : "", share[NORMAL], share[T], share[ONE_OUT],
               share[EVENT_TIME], share[COEFFICIENT], share[T_VALUE], share[SCALED], share[INFLUENCE],
               share[CS_SCALED]);
        fflush(stdout);
    }
    return 0;
}

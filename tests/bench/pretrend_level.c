// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Does the joint test of what comes before the start find the lines that `pretrend` says it would find half of the time, and in
 * four cases of five? Rejection rates at 5 % on simulated panels in which the treated drift from the others, as the Markdown table
 * of docs/inference.md. scripts/make-level-table pretrend runs it.
 *     pretrend_level [--draws N]
 *
 * 21 regions × 16 years, treatment from the ninth (seven differences before the start), normal errors AR(1) by region with ρ = 0 or
 * 0.7, alike in all regions. The slopes are those that one panel without drift gives, and the panel that drifts is another one.
 */
#include "effect/subsample.h"
#include "support/test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utfall/did.h>
#include <utfall/pretrend.h>
#include <utfall/random.h>

enum { UNITS = 21, PERIODS = 16, START = 8, N = UNITS * PERIODS, LEADS = START - 1, DEALT = 199 };
/* Procedures with a covariance have slopes of their own; dealing out anew has none. */
enum { CR1S, CR2, SERIAL, WITH_SLOPES, RANDOMISATION = WITH_SLOPES, PROCEDURES };
static const char *const names[PROCEDURES] = {"cr1s", "cr2", "serial", "randomisation"};
static const double powers[] = {0.5, 0.8};
static const size_t treated[] = {3, 5, 10};
static const double rhos[] = {0, 0.7};

struct panel {
    struct uf_did_data data; /* of the arrays below */
    size_t unit[N], period[N], first[UNITS];
    double outcome[N], treatment[N];
};

static double normal(struct uf_random *random)
{
    return gsl_cdf_ugaussian_Pinv(uf_random_uniform(random) + 0x1p-54);
}

static void fill(struct panel *p, size_t n_treated, double rho, double slope, uint64_t draw)
{
    struct uf_random random;
    uf_random_init(&random, 8080, UF_PURPOSE_SIMULATION, draw);
    for (size_t u = 0; u < UNITS; u++) {
        double e = 0;
        p->first[u] = u < n_treated ? START : SIZE_MAX;
        for (size_t t = 0; t < PERIODS; t++) {
            const size_t i = u * PERIODS + t;
            e = t == 0 ? normal(&random) : rho * e + sqrt(1 - rho * rho) * normal(&random);
            p->unit[i] = u, p->period[i] = t;
            p->treatment[i] = t >= p->first[u];
            p->outcome[i] = e + (u < n_treated ? slope * ((double)t - START) : 0);
        }
    }
    p->data = (struct uf_did_data){.n = N,
                                   .n_units = UNITS,
                                   .n_periods = PERIODS,
                                   .unit = p->unit,
                                   .period = p->period,
                                   .outcome = p->outcome,
                                   .treatment = p->treatment,
                                   .first_period = p->first,
                                   .cluster = {p->unit},
                                   .n_groups = {UNITS},
                                   .n_cluster_dimensions = 1};
}

struct findings {
    double p[PROCEDURES], slope[WITH_SLOPES][2]; /* NaN: not to be had */
};

static void slopes_of(const gsl_matrix *covariance, const size_t *place, const struct uf_joint_test *test,
                      double *out)
{
    double times[LEADS], part[LEADS * LEADS];
    struct uf_error error;
    for (size_t i = 0; i < LEADS; i++) {
        times[i] = (double)i - LEADS; /* to the reference */
        for (size_t j = 0; j < LEADS; j++)
            part[i * LEADS + j] = gsl_matrix_get(covariance, place[i], place[j]);
    }
    gsl_vector_view t = gsl_vector_view_array(times, LEADS);
    gsl_matrix_view v = gsl_matrix_view_array(part, LEADS, LEADS);
    out[0] = out[1] = NAN;
    if (isnan(test->statistic) || !(test->df2 > 0)) return;
    for (int k = 0; k < 2; k++)
        if (uf_pretrend_power(&t.vector, &v.matrix, test->df2, 0.05, powers[k], &out[k], &error) != UF_OK)
            out[k] = NAN;
}

static void examine(const struct panel *panel, uint64_t draw, struct findings *out)
{
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_CR1S, UF_COVARIANCE_CR2};
    const struct uf_event_study_options event = {.reference = -1};
    struct uf_error error;
    struct uf_did_fit fit;
    assert_ok(uf_event_study_estimate(&panel->data, &event, &fit, &error), &error);
    size_t place[LEADS], count = 0;
    for (size_t j = 0; j < fit.n_leading; j++)
        if (fit.event_time[j] < -1) place[count++] = fit.position[j];
    assert_true(count == LEADS);
    for (int k = 0; k < 2; k++) {
        const struct uf_covariance_options options = {.kind = kinds[k]};
        struct uf_covariance v;
        struct uf_joint_test test;
        assert_ok(uf_did_covariance(&panel->data, &fit, &options, &v, &error), &error);
        assert_ok(uf_did_pretrend(&panel->data, &fit, &options, &v, -1, &test, &error), &error);
        out->p[k] = test.p_value;
        slopes_of(v.matrix, place, &test, out->slope[k]);
        uf_covariance_clear(&v);
    }
    gsl_matrix *v = gsl_matrix_alloc(fit.fit.rank, fit.fit.rank);
    gsl_vector *b = gsl_vector_alloc(fit.fit.rank);
    struct uf_joint_test test;
    assert_ok(subsample_serial_covariance(&panel->data, fit.x, fit.fit.inverse, v, &error), &error);
    for (size_t j = 0; j < fit.n_columns; j++)
        if (fit.position[j] != SIZE_MAX)
            gsl_vector_set(b, fit.position[j], gsl_vector_get(fit.fit.coefficients, j));
    assert_ok(uf_joint_test(b, v, place, LEADS, INFINITY, &test, &error), &error);
    out->p[SERIAL] = test.p_value;
    slopes_of(v, place, &test, out->slope[SERIAL]);
    gsl_matrix_free(v), gsl_vector_free(b);
    uf_did_fit_clear(&fit);
    struct uf_did_assignment assignment;
    struct uf_randomisation_joint joint;
    const struct uf_randomisation_options dealing = {.most_enumerated = 1, .draws = DEALT, .seed = draw};
    assert_ok(uf_did_assignment_init(&panel->data, &assignment, &error), &error);
    assert_ok(uf_did_randomise_pretrend(&panel->data, &event, &assignment, &dealing, &joint, &error), &error);
    out->p[RANDOMISATION] = joint.p;
    uf_randomisation_joint_clear(&joint);
    uf_did_assignment_clear(&assignment);
}

static void print_share(size_t rejected, size_t tested)
{
    if (tested == 0)
        printf(" –");
    else
        printf(" %.0f", 100 * (double)rejected / (double)tested);
}

/* One design: a row for the slopes of each procedure. */
static void simulate(size_t n_treated, double rho, size_t draws, uint64_t first_draw)
{
    /* [whose slopes][none, 50, 80][the test] */
    size_t rejected[WITH_SLOPES][3][PROCEDURES] = {{{0}}}, tested[WITH_SLOPES][3][PROCEDURES] = {{{0}}};
    double sum[WITH_SLOPES][2] = {{0}};
    struct panel panel;
    struct findings plain, drifting;
    for (size_t d = 0; d < draws; d++) {
        fill(&panel, n_treated, rho, 0, first_draw + d);
        examine(&panel, d, &plain);
        for (int s = 0; s < WITH_SLOPES; s++) {
            for (int k = 0; k < 3; k++) {
                if (k > 0 && isnan(plain.slope[s][k - 1])) continue;
                if (k == 0)
                    drifting = plain;
                else {
                    fill(&panel, n_treated, rho, plain.slope[s][k - 1], first_draw + draws + d);
                    examine(&panel, d, &drifting);
                    sum[s][k - 1] += plain.slope[s][k - 1];
                }
                for (int q = 0; q < PROCEDURES; q++) {
                    if (isnan(drifting.p[q])) continue;
                    tested[s][k][q]++;
                    rejected[s][k][q] += drifting.p[q] < 0.0500001; /* p = 0.05 rejects */
                }
            }
        }
    }
    for (int s = 0; s < WITH_SLOPES; s++) {
        const size_t had = tested[s][1][RANDOMISATION];
        if (had == 0) continue;
        printf("| %zu | %g | %s | %.2f, %.2f |", n_treated, rho, names[s], sum[s][0] / (double)had,
               sum[s][1] / (double)had);
        for (int q = 0; q < PROCEDURES; q++) {
            if (tested[s][0][q] == 0) {
                printf(" – |");
                continue;
            }
            for (int k = 0; k < 3; k++) {
                print_share(rejected[s][k][q], tested[s][k][q]);
                printf(k < 2 ? "," : " |");
            }
        }
        printf("\n");
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    size_t draws = 300;
    gsl_set_error_handler_off();
    if (argc == 3 && !strcmp(argv[1], "--draws")) draws = strtoul(argv[2], NULL, 10);
    if (argc != 1 && (argc != 3 || draws == 0)) {
        fprintf(stderr, "usage: pretrend_level [--draws N]\n");
        return 2;
    }
    printf("| treated | ρ | slopes of | 50 %%, 80 %% |");
    for (int q = 0; q < PROCEDURES; q++) printf(" %s |", names[q]);
    printf("\n|---:|---:|---|---|");
    for (int q = 0; q < PROCEDURES; q++) printf("---|");
    printf("\n");
    uint64_t first_draw = 0;
    for (size_t a = 0; a < sizeof treated / sizeof *treated; a++)
        for (size_t r = 0; r < sizeof rhos / sizeof *rhos; r++, first_draw += 2 * draws)
            simulate(treated[a], rhos[r], draws, first_draw);
    return 0;
}

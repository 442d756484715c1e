// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Rejection rates of `interrupted-time-series` on simulated series without a departure, and the power of its default, as the
 * Markdown table of docs/methods/interrupted-time-series.md. scripts/make-level-table interrupted runs it.
 *     interrupted_level [--draws N]
 */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/interrupted_time_series.h>
#include <utfall/random.h>

enum { MOST = 120, KINDS = 3, RHOS = 4 };

static const size_t shapes[][2] = {{18, 3}, {8, 8}, {10, 4}, {12, 12}, {24, 24}, {60, 60}};
static const double rhos[RHOS] = {0, 0.4, 0.7, 0.9};
static const enum uf_serial_kind kinds[KINDS] = {UF_SERIAL_INTEGRATED, UF_SERIAL_PRAIS_WINSTEN,
                                                 UF_SERIAL_NEWEY_WEST};

/* What a test that knew rho would find with 80 %: 2.8 of the deviations of generalised least squares. */
static double effect_of(size_t n, size_t before, double rho)
{
    double normal[4][4] = {{0}}, since = (double)(n - before - 1) / 2, row[4], earlier[4] = {0};
    for (size_t i = 0; i < n; i++) {
        double t = (double)i - (double)before, now[4] = {1, t, t >= 0, t >= 0 ? t : 0};
        for (size_t j = 0; j < 4; j++) {
            row[j] = i > 0 ? now[j] - rho * earlier[j] : sqrt(1 - rho * rho) * now[j];
            earlier[j] = now[j];
        }
        for (size_t j = 0; j < 4; j++)
            for (size_t k = 0; k < 4; k++) normal[j][k] += row[j] * row[k];
    }
    /* c'N^{-1}c by elimination */
    double right[4] = {0, 0, 1, since}, c[4] = {0, 0, 1, since}, variance = 0;
    for (size_t p = 0; p < 4; p++)
        for (size_t j = p + 1; j < 4; j++) {
            double share = normal[j][p] / normal[p][p];
            for (size_t k = p; k < 4; k++) normal[j][k] -= share * normal[p][k];
            right[j] -= share * right[p];
        }
    for (size_t p = 4; p-- > 0;) {
        for (size_t k = p + 1; k < 4; k++) right[p] -= normal[p][k] * right[k];
        right[p] /= normal[p][p];
        variance += c[p] * right[p];
    }
    return 2.8 * sqrt(variance);
}

static bool rejects(const struct uf_its_series *series, enum uf_serial_kind kind)
{
    struct uf_its its;
    struct uf_error error;
    const struct uf_serial_options options = {.kind = kind};
    if (uf_its_fit(series, &options, &its, &error) != UF_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    double mean = (double)(series->start + series->time[series->n - 1]) / 2;
    double p = uf_its_test(&its, series, mean, false, 0.95).p_value;
    uf_its_clear(&its);
    return p <= 0.05;
}

int main(int argc, char **argv)
{
    size_t draws = argc == 3 && !strcmp(argv[1], "--draws") ? strtoul(argv[2], NULL, 10) : 2000;
    if ((argc != 1 && argc != 3) || draws == 0) {
        fprintf(stderr, "usage: %s [--draws N]\n", argv[0]);
        return 2;
    }
    printf("| periods before + after | integrated-ar1 | Prais–Winsten | Newey–West | power of integrated-ar1 "
           "|\n");
    printf("|---|---|---|---|---|\n");
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t before = shapes[s][0], n = before + shapes[s][1], rejected[KINDS + 1][RHOS] = {{0}};
        double u[MOST];
        long time[MOST];
        for (size_t i = 0; i < n; i++) time[i] = (long)i;
        const struct uf_its_series series = {.n = n, .outcome = u, .time = time, .start = (long)before};
        for (size_t r = 0; r < RHOS; r++) {
            double effect = effect_of(n, before, rhos[r]);
            for (size_t d = 0; d < draws; d++) {
                struct uf_random random;
                uf_random_init(&random, 20 + s, UF_PURPOSE_SIMULATION, d);
                for (size_t i = 0; i < n; i++) {
                    double e = gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54);
                    u[i] = i > 0 ? rhos[r] * u[i - 1] + e : e / sqrt(1 - rhos[r] * rhos[r]);
                }
                for (size_t k = 0; k < KINDS; k++) rejected[k][r] += rejects(&series, kinds[k]);
                for (size_t i = before; i < n; i++) u[i] += effect;
                rejected[KINDS][r] += rejects(&series, UF_SERIAL_INTEGRATED);
            }
        }
        printf("| %zu + %zu |", before, n - before);
        for (size_t k = 0; k <= KINDS; k++)
            for (size_t r = 0; r < RHOS; r++)
                printf("%s %.*f%s", r > 0 ? "," : "", k == 0, 100 * (double)rejected[k][r] / (double)draws,
                       r + 1 < RHOS ? "" : " |");
        printf("\n");
        fflush(stdout);
    }
    return 0;
}

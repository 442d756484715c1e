// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Local Moran with conditional permutations, against a naive twin that shuffles all others for each draw, in one run.
 * bench_spatial [REGIONS DRAWS]   (default 290 9,999)
 *
 * Peer on the machine of the yardstick's 0.045 s: spdep's localmoran_perm 1.7 s CPU (with replacement).
 */
#include "support/bench.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/random.h>
#include <utfall/spatial.h>

/* Regions on a plane, neighbours within a distance: about 5.5 each, as Swedish municipalities have. */
static struct uf_spatial_weights make_weights(size_t n)
{
    double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    for (size_t i = 0; i < n; i++) x[i] = bench_noise(1, i), y[i] = bench_noise(2, i);
    struct uf_spatial_weights weights;
    struct uf_error error;
    assert_ok(uf_spatial_weights_distance_band(x, y, n, sqrt(4 * 6.5 / 3.14159 / (double)n),
                                               UF_DISTANCE_PLANAR, &weights, &error),
              &error);
    uf_spatial_weights_row_standardise(&weights);
    free(x), free(y);
    return weights;
}

static double naive(const struct uf_spatial_weights *w, const double *x, size_t draws, double *p)
{
    double start = bench_cpu_seconds(), mean = 0, m2 = 0;
    size_t n = w->n, *others = malloc(n * sizeof *others);
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) m2 += (x[i] - mean) * (x[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++) {
        double lag = 0;
        size_t first = w->start[i], k = w->start[i + 1] - first, above = 0, below = 0, m = 0;
        for (size_t j = 0; j < k; j++) lag += w->weight[first + j] * (x[w->neighbour[first + j]] - mean);
        double observed = (x[i] - mean) * lag / m2;
        for (size_t j = 0; j < n; j++)
            if (j != i) others[m++] = j;
        for (size_t r = 0; r < draws; r++) {
            struct uf_random random;
            uf_random_init(&random, 1, UF_PURPOSE_PLACEBO, i * draws + r);
            uf_random_shuffle(&random, others, m);
            lag = 0;
            for (size_t j = 0; j < k; j++) lag += w->weight[first + j] * (x[others[j]] - mean);
            double drawn = (x[i] - mean) * lag / m2;
            above += drawn >= observed, below += drawn <= observed;
        }
        size_t fewer = above < below ? above : below;
        p[i] = k ? ((double)fewer + 1) / ((double)draws + 1) : (double)NAN;
    }
    free(others);
    return bench_cpu_seconds() - start;
}

int main(int argc, char **argv)
{
    size_t n = argc > 2 ? (size_t)atol(argv[1]) : 290, draws = argc > 2 ? (size_t)atol(argv[2]) : 9999;
    double machine = bench_print_yardstick(), worst = 0;
    struct uf_spatial_weights weights = make_weights(n);
    double *x = malloc(n * sizeof *x), *p = malloc(n * sizeof *p);
    for (size_t i = 0; i < n; i++) x[i] = bench_noise(3, i);
    struct uf_spatial_permutation *found = malloc(n * sizeof *found);
    const struct uf_spatial_draws how = {.draws = draws, .seed = 1, .threads = 1};
    struct uf_error error;
    double start = bench_cpu_seconds();
    assert_ok(uf_local_moran_permutation(&weights, x, &how, found, &error), &error);
    double fast = bench_cpu_seconds() - start;
    start = bench_cpu_seconds();
    struct uf_spatial_permutation global[UF_SPATIAL_STATISTICS];
    assert_ok(uf_spatial_global_permutation(&weights, x, &how, global, &error), &error);
    double all = bench_cpu_seconds() - start;
    double slow = naive(&weights, x, draws, p);
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i])) worst = fmax(worst, fabs(p[i] - found[i].p_folded));
    printf("%zu regions, %.1f neighbours, %zu draws: local Moran %.3f s CPU (goal 0.25 s × %.2f = %.2f); "
           "shuffling "
           "all others %.2f s CPU, ratio %.0f; largest difference of p %.4f; global I, C and G %.3f s CPU\n",
           n, (double)weights.n_links / (double)n, draws, fast, machine, 0.25 * machine, slow, slow / fast,
           worst, all);
    assert_true(worst < 6 * sqrt(0.5 / (double)draws));
    uf_spatial_weights_clear(&weights);
    free(x), free(p), free(found);
    return 0;
}

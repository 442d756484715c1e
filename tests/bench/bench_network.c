// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Relatedness, density, ECI/PCI and fitness of a network of regions and sectors, against a naive twin that follows the
 * definitions on dense matrices, in one run. bench_network [REGIONS SECTORS]   (default 1,000 1,200)
 *
 * Peers on the machine of the yardstick's 0.045 s: economiccomplexity 3.0 s CPU, EconGeo 5.7 s.
 */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/complexity.h>
#include <utfall/relatedness.h>

/* Regions of different breadth, sectors of different rarity: nested, as real ones are. */
static gsl_matrix *make_presence(size_t n, size_t m)
{
    gsl_matrix *presence = gsl_matrix_calloc(n, m);
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < m; s++) {
            double chance = 0.75 * (1 - (double)r / (double)n) * (1 - (double)s / (double)m) + 0.02;
            gsl_matrix_set(presence, r, s, bench_noise(3, r * m + s) / 2 + 0.5 < chance);
        }
    return presence;
}

struct work {
    gsl_matrix *presence, *related, *density;
    gsl_vector *eci, *pci, *fitness, *complexity;
};

static struct work make_work(size_t n, size_t m)
{
    return (struct work){make_presence(n, m), gsl_matrix_alloc(m, m), gsl_matrix_alloc(n, m),
                         gsl_vector_alloc(n), gsl_vector_alloc(m),    gsl_vector_alloc(n),
                         gsl_vector_alloc(m)};
}

static void free_work(struct work *w)
{
    gsl_matrix_free(w->presence), gsl_matrix_free(w->related), gsl_matrix_free(w->density);
    gsl_vector_free(w->eci), gsl_vector_free(w->pci), gsl_vector_free(w->fitness),
        gsl_vector_free(w->complexity);
}

static double ours(struct work *w)
{
    struct uf_error error;
    struct uf_complexity_fit fit;
    struct uf_fitness_fit fitness;
    double start = bench_cpu_seconds(), last = start;
    assert_ok(uf_co_occurrence(w->presence, w->related, &error), &error);
    assert_ok(uf_relatedness(w->related, w->presence->size1, UF_RELATEDNESS_MIN_CONDITIONAL,
                             UF_BASE_OCCURRENCES, w->related, &error),
              &error);
    printf("  relatedness %.3f", bench_cpu_seconds() - last), last = bench_cpu_seconds();
    assert_ok(uf_relatedness_density(w->related, w->presence, false, w->density, &error), &error);
    printf(", density %.3f", bench_cpu_seconds() - last), last = bench_cpu_seconds();
    assert_ok(uf_complexity(w->presence, NULL, w->eci, w->pci, &fit, &error), &error);
    printf(", ECI and PCI %.3f", bench_cpu_seconds() - last), last = bench_cpu_seconds();
    assert_ok(uf_complexity_fitness(w->presence, NULL, w->fitness, w->complexity, &fitness, &error), &error);
    printf(", fitness %.3f (%zu iterations)\n", bench_cpu_seconds() - last, fitness.iterations);
    return bench_cpu_seconds() - start;
}

static gsl_matrix *naive_proximity(const gsl_matrix *presence)
{
    size_t n = presence->size1, m = presence->size2;
    gsl_matrix *related = gsl_matrix_calloc(m, m);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double c = 0, a = 0, b = 0;
            for (size_t r = 0; r < n; r++) {
                double x = gsl_matrix_get(presence, r, i), y = gsl_matrix_get(presence, r, j);
                c += x * y, a += x, b += y;
            }
            gsl_matrix_set(related, i, j, i == j ? 0 : c / fmax(a, b));
        }
    return related;
}

/* Relatedness and density only: the twin's eigenvectors of a dense 1,000 × 1,000 matrix would take minutes. */
static double naive(const struct work *w, double *out_difference)
{
    size_t n = w->presence->size1, m = w->presence->size2;
    double start = bench_cpu_seconds(), worst = 0;
    gsl_matrix *related = naive_proximity(w->presence);
    for (size_t r = 0; r < n; r++)
        for (size_t s = 0; s < m; s++) {
            double near = 0, all = 0;
            for (size_t j = 0; j < m; j++) {
                near += gsl_matrix_get(related, s, j) * gsl_matrix_get(w->presence, r, j);
                all += gsl_matrix_get(related, s, j);
            }
            worst = fmax(worst, fabs(near / all - gsl_matrix_get(w->density, r, s)));
        }
    gsl_matrix_free(related);
    *out_difference = worst;
    return bench_cpu_seconds() - start;
}

int main(int argc, char **argv)
{
    size_t n = argc > 2 ? (size_t)atol(argv[1]) : 1000, m = argc > 2 ? (size_t)atol(argv[2]) : 1200;
    double machine = bench_print_yardstick(), difference;
    struct work w = make_work(n, m);
    double fast = ours(&w), slow = naive(&w, &difference);
    printf("%zu x %zu: all %.3f s CPU (goal 0.6 s × %.2f = %.2f); relatedness and density by definition %.2f "
           "s CPU, "
           "ratio %.0f; largest difference %.1e\n",
           n, m, fast, machine, 0.6 * machine, slow, slow / fast, difference);
    assert_true(difference < 1e-12);
    free_work(&w);
    return 0;
}

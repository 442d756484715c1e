// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Uncertainty of a composite index of 290 units × 40 indicators in 5 pillars, against a naive twin that forms the index anew from the raw
 * figures in each draw, in one run. bench_composite [DRAWS]   (default 10,000; the twin takes a hundredth of them)
 *
 * A peer on the machine of the yardstick's 0.045 s: COINr 2,552 s CPU for 10,000 draws.
 */
#include "support/bench.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/composite_uncertainty.h>

enum { UNITS = 290, INDICATORS = 40, PILLARS = 5, ITEMS = INDICATORS + PILLARS + 1, TWIN_SHARE = 100 };

struct problem {
    gsl_matrix *values;
    bool less[INDICATORS];
    size_t parent[ITEMS];
    double equal[ITEMS], uneven[ITEMS];
    struct uf_composite_tree tree;
    struct uf_outlier_options treatments[2];
    struct uf_normalise_options scales[2];
    enum uf_aggregation aggregations[2];
    const double *weightings[2];
    struct uf_composite_alternatives alternatives;
    struct uf_composite_input input;
};

static void make(struct problem *p)
{
    p->values = gsl_matrix_alloc(UNITS, INDICATORS);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t k = 0; k < INDICATORS; k++)
            gsl_matrix_set(p->values, u, k,
                           exp(bench_noise(5, u) + 1.5 * bench_noise(7, u * INDICATORS + k)));
    for (size_t i = 0; i < ITEMS; i++) {
        p->parent[i] = i < INDICATORS ? INDICATORS + i % PILLARS : ITEMS - 1;
        p->equal[i] = 1, p->uneven[i] = 1.5 + bench_noise(9, i);
    }
    p->tree = (struct uf_composite_tree){INDICATORS, PILLARS + 1, p->parent};
    p->treatments[0].treatment = UF_OUTLIERS_WINSORISE;
    p->scales[0] = uf_normalise_defaults(UF_NORMALISE_MIN_MAX), p->scales[0].low = 1;
    p->scales[1] = uf_normalise_defaults(UF_NORMALISE_Z_SCORE), p->scales[1].mean = 100,
    p->scales[1].deviation = 10;
    p->aggregations[1] = UF_AGGREGATE_GEOMETRIC;
    p->weightings[0] = p->equal, p->weightings[1] = p->uneven;
    p->alternatives = (struct uf_composite_alternatives){.treatments = p->treatments,
                                                         .normalisations = p->scales,
                                                         .weightings = p->weightings,
                                                         .aggregations = p->aggregations,
                                                         .n_treatments = 2,
                                                         .n_normalisations = 2,
                                                         .n_weightings = 2,
                                                         .n_aggregations = 2,
                                                         .weight_noise = 0.25,
                                                         .leave_one_out = true};
    p->input = (struct uf_composite_input){p->values, p->less, NULL, &p->tree, &p->alternatives};
}

/* One draw through the public kernels from the raw figures, and ranks by counting: what a loop over the textbook does. */
static double naive_draw(const struct problem *p, size_t draw)
{
    struct uf_error error;
    gsl_matrix *normalised = gsl_matrix_alloc(UNITS, INDICATORS),
               *index = gsl_matrix_alloc(UNITS, PILLARS + 1);
    double weights[ITEMS], sum = 0;
    for (size_t k = 0; k < INDICATORS; k++) {
        gsl_vector_const_view in = gsl_matrix_const_column(p->values, k);
        gsl_vector_view out = gsl_matrix_column(normalised, k);
        assert_ok(uf_treat_outliers(&in.vector, &p->treatments[draw % 2], &out.vector, NULL, &error), &error);
        assert_ok(uf_normalise(&out.vector, false, NAN, &p->scales[draw / 2 % 2], &out.vector, &error),
                  &error);
    }
    for (size_t i = 0; i < ITEMS; i++)
        weights[i] = p->weightings[draw / 4 % 2][i] * (1 + bench_noise(draw, i) / 4);
    enum uf_aggregation how = p->aggregations[draw / 8 % 2];
    const struct uf_aggregate_options options = {how, how, false};
    assert_ok(uf_composite_aggregate(normalised, &p->tree, weights, &options, index, &error), &error);
    for (size_t a = 0; a < UNITS; a++)
        for (size_t b = 0; b < UNITS; b++)
            sum += gsl_matrix_get(index, b, PILLARS) > gsl_matrix_get(index, a, PILLARS);
    gsl_matrix_free(normalised);
    gsl_matrix_free(index);
    return sum;
}

static double ours(const struct problem *p, size_t draws, bool sensitivity, size_t *out_rankings)
{
    struct uf_error error;
    struct uf_composite_uncertainty u;
    const struct uf_composite_uncertainty_options options = {
        .draws = draws, .sensitivity = sensitivity, .seed = 1, .threads = 1};
    double start = bench_cpu_seconds();
    assert_ok(uf_composite_uncertainty(&p->input, &options, &u, &error), &error);
    double took = bench_cpu_seconds() - start;
    *out_rankings = draws * (sensitivity ? UF_CHOICES + 2 : 1);
    assert_true(u.n_ranked == UNITS);
    uf_composite_uncertainty_clear(&u);
    return took;
}

int main(int argc, char **argv)
{
    size_t draws = argc > 1 ? (size_t)atol(argv[1]) : 10000, twin = draws / TWIN_SHARE + 1, rankings;
    double machine = bench_print_yardstick(), checksum = 0;
    static struct problem p;
    make(&p);
    double fast = ours(&p, draws, false, &rankings);
    double all = ours(&p, draws, true, &rankings);
    double start = bench_cpu_seconds();
    for (size_t d = 0; d < twin; d++) checksum += naive_draw(&p, d);
    double slow = (bench_cpu_seconds() - start) * (double)draws / (double)twin;
    printf("%d x %d, %zu draws: rank intervals %.3f s CPU; with first and total indices of six choices (%zu "
           "rankings) %.3f s CPU "
           "(goal 2 s × %.2f = %.2f); naive twin, intervals alone %.1f s CPU, ratio %.0f (checksum %.0f)\n",
           UNITS, INDICATORS, draws, fast, rankings, all, machine, 2 * machine, slow, slow / fast, checksum);
    gsl_matrix_free(p.values);
    return 0;
}

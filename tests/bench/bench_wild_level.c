// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How often each form of the wild cluster bootstrap rejects at 5 % where there is no effect: 21 regions × 16 periods, errors
 * with ρ = 0.7, treatment from the ninth period, deviations equal or log-normal (the largest some five times the smallest), treated at
 * random or the noisiest. Per cent of the panels; the table is that of docs/inference.md. bench_wild_level [PANELS]
 */
#include "support/regression.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <utfall/random.h>
#include <utfall/wild_bootstrap.h>

enum { REGIONS = 21, PERIODS = 16, FIRST = 8, N = REGIONS * PERIODS, FORMS = 8, DRAWS = 999 };
#define RHO 0.7

static const char *const names[FORMS] = {"wcr", "wcr-13", "wcr-31", "wcr-33",
                                         "wcu", "wcu-13", "wcu-31", "wcu-33"};

static double normal(struct uf_random *random)
{
    return gsl_cdf_ugaussian_Pinv((uf_random_uniform(random) * 9007199254740992.0 + 0.5) /
                                  9007199254740993.0);
}

struct cell {
    size_t treated;
    bool unequal, noisiest;
};

static struct regression panel_of(const struct cell *cell, uint64_t replicate, size_t *region, size_t *period)
{
    struct uf_random random;
    size_t order[REGIONS];
    gsl_matrix *x = gsl_matrix_alloc(N, 1);
    gsl_vector *y = gsl_vector_alloc(N);
    uf_random_init(&random, 11, UF_PURPOSE_SIMULATION, replicate);
    for (size_t u = 0; u < REGIONS; u++)
        order[u] = u; /* the place of each region in the order of deviations */
    uf_random_shuffle(&random, order, REGIONS);
    for (size_t u = 0; u < REGIONS; u++) {
        double sd = cell->unequal ? exp(0.4 * gsl_cdf_ugaussian_Pinv(((double)order[u] + 0.5) / REGIONS)) : 1;
        double e = sd * normal(&random);
        bool treated = cell->noisiest ? order[u] >= REGIONS - cell->treated : u < cell->treated;
        for (size_t t = 0; t < PERIODS; t++) {
            size_t i = u * PERIODS + t;
            if (t > 0) e = RHO * e + sqrt(1 - RHO * RHO) * sd * normal(&random);
            region[i] = u, period[i] = t;
            gsl_matrix_set(x, i, 0, treated && t >= FIRST);
            gsl_vector_set(y, i, e);
        }
    }
    return regression_fit(x, y, NULL, 2, (const size_t *const[]){region, period},
                          (const size_t[]){REGIONS, PERIODS});
}

static void run(const struct cell *cell, size_t panels)
{
    size_t region[N], period[N], rejected[FORMS] = {0};
    gsl_vector *c = gsl_vector_alloc(1);
    gsl_vector_set(c, 0, 1);
    for (size_t panel = 0; panel < panels; panel++) {
        struct regression r = panel_of(cell, panel, region, period);
        struct uf_covariance_input input = regression_input(&r);
        input.cluster[0] = region, input.n_groups[0] = REGIONS, input.n_cluster_dimensions = 1;
        const struct uf_wild_bootstrap_input of = {&input, r.fit.coefficients, c, 0};
        for (int form = 0; form < FORMS; form++) {
            const struct uf_wild_bootstrap_options options = {.null = form & 4 ? UF_WILD_UNRESTRICTED
                                                                               : UF_WILD_RESTRICTED,
                                                              .jackknife_residuals = form & 2,
                                                              .jackknife_variance = form & 1,
                                                              .draws = DRAWS,
                                                              .seed = panel,
                                                              .no_interval = true};
            struct uf_wild_bootstrap b;
            struct uf_error error;
            assert_ok(uf_wild_bootstrap_test(&of, &options, &b, &error), &error);
            rejected[form] += b.p_symmetric <= 0.05;
        }
        regression_clear(&r);
    }
    gsl_vector_free(c);
    printf("| %zu | %s | %s |", cell->treated, cell->unequal ? "unequal" : "equal",
           cell->noisiest ? "the noisiest" : "at random");
    for (size_t form = 0; form < FORMS; form++)
        printf(" %.1f |", 100 * (double)rejected[form] / (double)panels);
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const size_t treated[] = {2, 3, 5, 10};
    size_t panels = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 2000;
    gsl_set_error_handler_off();
    printf("| treated of 21 | variances | treated are |");
    for (size_t form = 0; form < FORMS; form++) printf(" %s |", names[form]);
    printf("\n|---|---|---|");
    for (size_t form = 0; form < FORMS; form++) printf("---|");
    printf("\n");
    for (size_t t = 0; t < sizeof treated / sizeof *treated; t++) {
        run(&(struct cell){treated[t], false, false}, panels);
        run(&(struct cell){treated[t], true, false}, panels);
        run(&(struct cell){treated[t], true, true}, panels);
    }
    return 0;
}

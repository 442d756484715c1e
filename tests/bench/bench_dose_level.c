// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How often the inference of `dose-response` rejects at 5 % what is true: 21 regions × 16 years, AR(1) errors with ρ = 0.7 and
 * unequal variances, 3, 5 or 10 of them treated from the ninth year with different doses. The average effect is nil, or
 * (second block) 2 for all treated whatever the dose, so that the slope alone is nil. bench_dose_level [SAMPLES ASSIGNMENTS]
 * (default 2000 199). The table of docs/methods/dose-response.md.
 */
#include "support/bench.h"
#include "support/starts.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/dose_response.h>
#include <utfall/random.h>

enum { UNITS = 21, PERIODS = 16, START = 8 };

struct design {
    size_t treated;
    bool noisiest;
    double level;
};

static double normal(struct uf_random *random)
{
    double a = uf_random_uniform(random), b = uf_random_uniform(random);
    return sqrt(-2 * log(1 - a)) * cos(6.283185307179586 * b);
}

static struct uf_panel *draw(const struct design *design, uint64_t seed)
{
    static const char *const names[] = {"y"};
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2001, names, 1);
    struct uf_random random;
    size_t order[UNITS];
    double dose[UNITS] = {0}, error[UNITS] = {0};
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1);
    for (size_t u = 0; u < UNITS; u++) order[u] = UNITS - 1 - u;
    if (!design->noisiest) uf_random_shuffle(&random, order, UNITS);
    for (size_t i = 0; i < design->treated; i++) dose[order[i]] = 1 + 9 * uf_random_uniform(&random);
    panel->treatment.dose = calloc(panel->n_rows, sizeof(double));
    for (size_t t = 0; t < PERIODS; t++)
        for (size_t u = 0; u < UNITS; u++) {
            double spread = 0.5 + 1.5 * (double)u / UNITS;
            error[u] = t == 0 ? spread * normal(&random) / sqrt(1 - 0.49)
                              : 0.7 * error[u] + spread * normal(&random);
            *small_panel_cell(panel, 0, u, t) =
                10 + (double)u + error[u] + (dose[u] > 0 && t >= START ? design->level : 0);
        }
    for (size_t u = 0; u < UNITS; u++) panel->treatment.first_period[u] = dose[u] > 0 ? START : SIZE_MAX;
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->period[i] >= START) panel->treatment.dose[i] = dose[panel->unit[i]];
    return panel;
}

static const struct {
    const char *term, *vcov; /* NULL: the first row, which `auto` chose */
} looked_at[] = {{"average_effect", NULL},
                 {"average_effect", "cr2"},
                 {"average_slope", NULL},
                 {"average_slope", "randomisation-doses-scaled"},
                 {"average_slope", "randomisation-doses"},
                 {"average_slope", "randomisation-doses-t"},
                 {"average_slope", "randomisation-scaled"},
                 {"average_slope", "randomisation"},
                 {"average_slope", "randomisation-t"},
                 {"average_slope", "cr2"},
                 {"average_slope", "cr1s"}};
enum { LOOKED_AT = sizeof looked_at / sizeof *looked_at };

static void count(const struct ran *ran, size_t *rejected)
{
    const struct uf_table *table = table_of(ran, "estimates");
    for (size_t k = 0; k < LOOKED_AT; k++)
        for (size_t row = 0; row < uf_table_rows(table); row++) {
            if (strcmp(cell_text(table, row, "term"), looked_at[k].term)) continue;
            if (looked_at[k].vcov && strcmp(cell_text(table, row, "vcov"), looked_at[k].vcov)) continue;
            rejected[k] += cell_number(table, row, "p_value") <= 0.05;
            break;
        }
}

int main(int argc, char **argv)
{
    static const struct design designs[] = {{3, false, 0}, {5, false, 0}, {10, false, 0},
                                            {3, true, 0},  {5, true, 0},  {10, true, 0},
                                            {3, false, 2}, {5, false, 2}, {10, false, 2}};
    const size_t samples = argc > 2 ? (size_t)atol(argv[1]) : 2000;
    const char *assignments = argc > 2 ? argv[2] : "199";
    const char *const settings[] = {"permutations",    assignments, "enumerate", assignments,
                                    "bootstrap-draws", "9",         NULL};
    gsl_set_error_handler_off();
    printf("rejections at 5 %%, %zu samples (Monte Carlo error %.1f points)\n", samples,
           100 * sqrt(0.05 * 0.95 / (double)samples));
    printf("treated, level: average auto, cr2; slope auto; doses scaled, plain, t; over all scaled, plain, "
           "t; cr2, "
           "cr1s\n");
    for (size_t d = 0; d < sizeof designs / sizeof *designs; d++) {
        size_t rejected[LOOKED_AT] = {0};
        for (size_t i = 0; i < samples; i++) {
            struct ran ran = run_in(&uf_method_dose_response, draw(&designs[d], 1000000 * d + i + 1),
                                    UF_ENGLISH, settings);
            if (ran.status != UF_OK) fail_msg("%s", ran.error.message);
            count(&ran, rejected);
            uf_result_clear(&ran.result);
        }
        printf("%2zu%s, %g:", designs[d].treated, designs[d].noisiest ? " noisiest" : "", designs[d].level);
        for (size_t k = 0; k < LOOKED_AT; k++) printf(" %5.1f", 100 * (double)rejected[k] / (double)samples);
        printf("\n");
        fflush(stdout);
    }
    return 0;
}

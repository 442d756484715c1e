// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Do the procedures hold their level? Rejection rates at 5 % on simulated panels without any effect, and the power of the
 * one that `inference: auto` takes, as a Markdown table. docs/inference.md holds its output: scripts/make-level-table.
 *
 *     level [--draws 2000] [--cell N] [--threads N]
 *
 * Panels: 16 periods, treatment from the ninth; errors AR(1) by region, with ρ = 0 or 0.7 and standard deviations that
 * are equal, fall with the region's size (σ² = 1/size, sizes log-normal), or have nothing to do with it (log-normal).
 * Which regions are treated is drawn at random, or they are the quietest, or the noisiest. Every draw is a function of
 * its cell and number alone.
 */
#include "effect/inference_choice.h"
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/few_treated.h>
#include <utfall/random.h>
#include <utfall/wild_bootstrap.h>

enum { PERIODS = 16, START = 8, MOST_UNITS = 290, BURN_SEED = 20201 };

static const struct {
    size_t treated, units;
} designs[] = {{1, 21}, {2, 21}, {3, 21}, {5, 21}, {10, 21}, {30, 290}};
static const char *const variances[] = {"equal", "fall with size", "unrelated to size"};
static const double correlations[] = {0, 0.7};
static const char *const choices[] = {"at random", "the quietest", "the noisiest"};

/* In the order of the columns. */
enum { AUTO, SCALED, COEFFICIENT, T, WILD, CONLEY_TABER, FERMAN_PINTO, CR2, CR1S, PROCEDURES };
static const char *const procedures[] = {"auto",
                                         "randomisation-scaled",
                                         "randomisation",
                                         "randomisation-t",
                                         "wild-bootstrap",
                                         "conley-taber",
                                         "ferman-pinto",
                                         "cr2",
                                         "cr1s"};

struct cell {
    size_t number, treated, units;
    int variance, correlation, choice;
    double deviation[MOST_UNITS], size[MOST_UNITS];
    size_t by_noise[MOST_UNITS]; /* quietest first */
    double effect;               /* for the power: 2.8 standard deviations of the estimate */
};

struct panel {
    struct uf_did_data data;
    size_t unit[MOST_UNITS * PERIODS], period[MOST_UNITS * PERIODS], first[MOST_UNITS];
    double outcome[MOST_UNITS * PERIODS], treatment[MOST_UNITS * PERIODS];
};

static double normal(struct uf_random *random)
{
    return gsl_cdf_ugaussian_Pinv((uf_random_uniform(random) * 9007199254740992.0 + 0.5) /
                                  9007199254740993.0);
}

static void set_up(struct cell *cell)
{
    size_t order[MOST_UNITS];
    struct uf_random random;
    uf_random_init(&random, BURN_SEED, UF_PURPOSE_SIMULATION, cell->units);
    for (size_t u = 0; u < cell->units; u++) order[u] = u;
    uf_random_shuffle(&random, order, cell->units);
    for (size_t u = 0; u < cell->units; u++) {
        double z = gsl_cdf_ugaussian_Pinv(((double)u + 0.5) / (double)cell->units);
        double other = gsl_cdf_ugaussian_Pinv(((double)order[u] + 0.5) / (double)cell->units);
        cell->size[u] = exp(0.8 * z);
        cell->deviation[u] = cell->variance == 0   ? 1
                             : cell->variance == 1 ? 1 / sqrt(cell->size[u])
                                                   : exp(0.4 * other);
        cell->by_noise[u] = u;
    }
    for (size_t i = 1; i < cell->units; i++)
        for (size_t j = i;
             j > 0 && cell->deviation[cell->by_noise[j]] < cell->deviation[cell->by_noise[j - 1]]; j--) {
            size_t keep = cell->by_noise[j];
            cell->by_noise[j] = cell->by_noise[j - 1];
            cell->by_noise[j - 1] = keep;
        }
}

static void simulate(const struct cell *cell, size_t draw, struct panel *p)
{
    struct uf_random random;
    size_t n = 0, order[MOST_UNITS];
    double rho = correlations[cell->correlation];
    uf_random_init(&random, cell->number, UF_PURPOSE_SIMULATION, draw);
    for (size_t u = 0; u < cell->units; u++) {
        double error = normal(&random);
        for (size_t t = 0; t < PERIODS; t++, n++) {
            if (t > 0) error = rho * error + sqrt(1 - rho * rho) * normal(&random);
            p->unit[n] = u, p->period[n] = t;
            p->outcome[n] = cell->deviation[u] * error;
        }
        p->first[u] = SIZE_MAX;
        order[u] = u;
    }
    uf_random_shuffle(&random, order, cell->units);
    for (size_t k = 0; k < cell->treated; k++)
        p->first[cell->choice == 0   ? order[k]
                 : cell->choice == 1 ? cell->by_noise[k]
                                     : cell->by_noise[cell->units - 1 - k]] = START;
    for (size_t i = 0; i < n; i++)
        p->treatment[i] = p->first[p->unit[i]] != SIZE_MAX && p->period[i] >= START;
    p->data = (struct uf_did_data){.n = n,
                                   .n_units = cell->units,
                                   .n_periods = PERIODS,
                                   .unit = p->unit,
                                   .period = p->period,
                                   .outcome = p->outcome,
                                   .treatment = p->treatment,
                                   .first_period = p->first,
                                   .cluster = {p->unit},
                                   .n_groups = {cell->units},
                                   .n_cluster_dimensions = 1};
}

static void must(uf_status status, const struct uf_error *error)
{
    if (status == UF_OK) return;
    fprintf(stderr, "level: %s\n", error->message);
    exit(1);
}

/* The means' difference of differences, at once. */
static double estimate_of(const struct cell *cell, const struct panel *p)
{
    double sum[2] = {0, 0};
    for (size_t i = 0; i < p->data.n; i++)
        sum[p->first[p->unit[i]] != SIZE_MAX] += p->period[i] >= START ? p->outcome[i] : -p->outcome[i];
    return sum[1] / (double)(cell->treated * START) -
           sum[0] / (double)((cell->units - cell->treated) * START);
}

static double p_of_t(const struct uf_did_fit *fit, const struct uf_covariance *v, double effect)
{
    return uf_t_test(gsl_vector_get(fit->fit.coefficients, 0) + effect, gsl_matrix_get(v->matrix, 0, 0),
                     v->df[0], 0.95)
        .p_value;
}

static double few_treated(const struct uf_covariance_input *regression, const gsl_vector *coefficients,
                          const struct cell *cell, const struct panel *p, enum uf_few_treated_kind kind,
                          size_t draws)
{
    struct uf_error error;
    struct uf_few_treated out;
    bool treated[MOST_UNITS];
    double one = 1;
    gsl_vector_const_view combination = gsl_vector_const_view_array(&one, 1);
    for (size_t u = 0; u < cell->units; u++) treated[u] = p->first[u] != SIZE_MAX;
    const struct uf_few_treated_input input = {.regression = regression,
                                               .coefficients = coefficients,
                                               .combination = &combination.vector,
                                               .n_blocks = cell->units,
                                               .block = p->unit,
                                               .treated = treated,
                                               .n_periods = PERIODS,
                                               .period = p->period,
                                               .size = cell->size};
    const struct uf_few_treated_options options = {
        .kind = kind, .draws = draws, .seed = 1, .no_interval = true};
    must(uf_few_treated_test(&input, &options, &out, &error), &error);
    double value = out.p_symmetric;
    uf_few_treated_clear(&out);
    return value;
}

static double wild(const struct uf_covariance_input *regression, const gsl_vector *coefficients, size_t draws)
{
    struct uf_error error;
    struct uf_wild_bootstrap out;
    double one = 1;
    gsl_vector_const_view combination = gsl_vector_const_view_array(&one, 1);
    const struct uf_wild_bootstrap_input input = {regression, coefficients, &combination.vector, 0};
    const struct uf_wild_bootstrap_options options = {.draws = draws, .seed = 1, .no_interval = true};
    must(uf_wild_bootstrap_test(&input, &options, &out, &error), &error);
    double value = out.p_symmetric;
    uf_wild_bootstrap_clear(&out);
    return value;
}

static double share_at_least(const double *value, const double *scale, const double *shift, size_t count,
                             double effect)
{
    size_t extreme = 0;
    double actual = fabs(value[0] + effect * shift[0]) / (scale ? value[0] / scale[0] : 1);
    for (size_t a = 0; a < count; a++)
        extreme +=
            fabs(value[a] + effect * shift[a]) / (scale ? value[a] / scale[a] : 1) >= actual * (1 - 1e-9);
    return (double)extreme / (double)count;
}

/* Which procedures reject, and whether the automatic one does with the effect added (the last). */
static void judge(const struct cell *cell, size_t draw, bool rejected[PROCEDURES + 1])
{
    struct panel *p = malloc(sizeof *p);
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_covariance cr2, cr1s;
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    const bool many = cell->units > 100;
    simulate(cell, draw, p);
    must(uf_did_estimate(&p->data, &fit, &error), &error);
    const struct uf_covariance_options bell = {.kind = UF_COVARIANCE_CR2},
                                       usual = {.kind = UF_COVARIANCE_CR1S};
    must(uf_did_covariance(&p->data, &fit, &bell, &cr2, &error), &error);
    must(uf_did_covariance(&p->data, &fit, &usual, &cr1s, &error), &error);
    must(uf_did_assignment_init(&p->data, &assignment, &error), &error);
    const struct uf_randomisation_options options = {
        .most_enumerated = 2000, .draws = many ? 499 : 999, .seed = cell->number * 1000003 + draw};
    must(uf_did_randomise(&p->data, &fit, &assignment, &options, &r, &error), &error);
    const struct uf_covariance_input regression = {.x = fit.x,
                                                   .residuals = fit.fit.residuals,
                                                   .inverse = fit.fit.inverse,
                                                   .absorber = fit.absorber,
                                                   .cluster = {p->unit},
                                                   .n_groups = {cell->units},
                                                   .n_cluster_dimensions = 1,
                                                   .period = p->period,
                                                   .n_periods = PERIODS};
    const struct effect_grounds grounds = {.n_treated = cell->treated,
                                           .n_control = cell->units - cell->treated,
                                           .randomised = true,
                                           .noise = !isnan(r.p_scaled),
                                           .cr2 = true,
                                           .wild = true};
    double value[PROCEDURES + 1] = {
        [SCALED] = r.p_scaled,
        [COEFFICIENT] = r.p_coefficient,
        [T] = r.p_t,
        [WILD] = wild(&regression, fit.fit.coefficients, many ? 499 : 999),
        [CONLEY_TABER] = few_treated(&regression, fit.fit.coefficients, cell, p, UF_CONLEY_TABER, 999),
        [FERMAN_PINTO] =
            few_treated(&regression, fit.fit.coefficients, cell, p, UF_FERMAN_PINTO, many ? 499 : 999),
        [CR2] = p_of_t(&fit, &cr2, 0),
        [CR1S] = p_of_t(&fit, &cr1s, 0)};
    enum effect_procedure chosen = effect_choose(&grounds);
    for (int j = 1; j < PROCEDURES; j++)
        if (!strcmp(procedures[j], effect_procedure_name(chosen))) value[AUTO] = value[j];
    value[PROCEDURES] = chosen == EFFECT_BY_CR2
                            ? p_of_t(&fit, &cr2, cell->effect)
                            : share_at_least(r.coefficient, r.scaled, r.shift, r.count, cell->effect);
    for (int j = 0; j <= PROCEDURES; j++) rejected[j] = value[j] <= 0.05;
    uf_randomisation_clear(&r);
    uf_did_assignment_clear(&assignment);
    uf_covariance_clear(&cr2), uf_covariance_clear(&cr1s);
    uf_did_fit_clear(&fit);
    free(p);
}

static void run_cell(struct cell *cell, size_t draws)
{
    size_t count[PROCEDURES + 1] = {0};
    double sum = 0;
    struct panel *p = malloc(sizeof *p);
    set_up(cell);
    for (size_t d = 0; d < draws; d++) {
        simulate(cell, d, p);
        double estimate = estimate_of(cell, p);
        sum += estimate * estimate;
    }
    free(p);
    cell->effect = 2.8 * sqrt(sum / (double)draws);
#pragma omp parallel for schedule(dynamic, 8) reduction(+ : count[:PROCEDURES + 1])
    for (size_t d = 0; d < draws; d++) {
        bool rejected[PROCEDURES + 1];
        judge(cell, d, rejected);
        for (int j = 0; j <= PROCEDURES; j++) count[j] += rejected[j];
    }
    printf("| %zu of %zu | %s | %.1f | %s |", cell->treated, cell->units, variances[cell->variance],
           correlations[cell->correlation], choices[cell->choice]);
    for (int j = 0; j <= PROCEDURES; j++) printf(" %.1f |", 100 * (double)count[j] / (double)draws);
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    size_t draws = 2000, only = SIZE_MAX, number = 0;
    gsl_set_error_handler_off();
    for (int i = 1; i + 1 < argc; i += 2) {
        size_t value = strtoul(argv[i + 1], NULL, 10);
        if (!strcmp(argv[i], "--draws"))
            draws = value;
        else if (!strcmp(argv[i], "--cell"))
            only = value;
        else if (!strcmp(argv[i], "--threads"))
            omp_set_num_threads((int)value);
    }
    printf("| treated | variances | ρ | treated are |");
    for (int j = 0; j < PROCEDURES; j++) printf(" %s |", procedures[j]);
    printf(" power of auto |\n|---|---|---|---|");
    for (int j = 0; j <= PROCEDURES; j++) printf("---|");
    printf("\n");
    for (size_t d = 0; d < sizeof designs / sizeof *designs; d++)
        for (int v = 0; v < 3; v++)
            for (int r = 0; r < 2; r++)
                for (int c = 0; c < 3; c++) {
                    if (v == 0 && c > 0) continue; /* nobody is quieter than the others */
                    struct cell cell = {.number = number++,
                                        .treated = designs[d].treated,
                                        .units = designs[d].units,
                                        .variance = v,
                                        .correlation = r,
                                        .choice = c};
                    if (only == SIZE_MAX || only == cell.number) run_cell(&cell, draws);
                }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * How often the inference of `sun-abraham` and `stacked` rejects at 5 % where there is no effect: 1, 2, 3 and 5 treated of 21,
 * with one start or several, drawn at random, the quietest or the noisiest (support/level_panel.h).
 * bench_staggered_level [SAMPLES ASSIGNMENTS] (default 2000 199). The tables of docs/inference.md.
 */
#include "effect/inference_choice.h"
#include "support/level_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>
#include <utfall/few_treated.h>
#include <utfall/stacked.h>
#include <utfall/sun_abraham.h>

enum { SCALED, COEFFICIENT, T, CONLEY_TABER, FERMAN_PINTO, CR2, AUTO, PROCEDURES };

/* The rows of the regression behind an average. */
struct regression {
    const struct uf_did_data *data;
    const struct uf_did_fit *fit;
    const size_t *unit, *cluster; /* of each row, as in the panel */
    const bool *exposed;
    const double *combination;
};

static void add_analytic(const struct level_panel *s, const struct regression *r, size_t *count)
{
    struct uf_error error;
    struct uf_covariance v;
    struct uf_few_treated few;
    double variance, df, estimate;
    bool treated[LEVEL_MOST_UNITS] = {false};
    const struct uf_covariance_options cr2 = {.kind = UF_COVARIANCE_CR2};
    const struct uf_covariance_input input = {.x = r->fit->x,
                                              .residuals = r->fit->fit.residuals,
                                              .inverse = r->fit->fit.inverse,
                                              .weights = r->data->weights,
                                              .absorber = r->fit->absorber,
                                              .cluster = {r->cluster},
                                              .n_groups = {s->data.n_units},
                                              .n_cluster_dimensions = 1};
    gsl_vector *kept = gsl_vector_alloc(r->fit->fit.rank);
    gsl_vector_const_view combination = gsl_vector_const_view_array(r->combination, kept->size);
    for (size_t j = 0; j < r->fit->n_columns; j++)
        if (r->fit->position[j] != SIZE_MAX)
            gsl_vector_set(kept, r->fit->position[j], gsl_vector_get(r->fit->fit.coefficients, j));
    for (size_t i = 0; i < r->data->n; i++) treated[r->unit[i]] |= s->first[r->unit[i]] != SIZE_MAX;
    const struct uf_few_treated_input residuals = {.regression = &input,
                                                   .coefficients = kept,
                                                   .combination = &combination.vector,
                                                   .n_blocks = s->data.n_units,
                                                   .block = r->unit,
                                                   .treated = treated,
                                                   .n_periods = r->data->n_periods,
                                                   .period = r->data->period,
                                                   .exposed = r->exposed};
    for (int kind = 0; kind < 2; kind++) {
        const struct uf_few_treated_options options = {
            .kind = (enum uf_few_treated_kind)kind, .draws = 999, .seed = 1, .no_interval = true};
        assert_ok(uf_few_treated_test(&residuals, &options, &few, &error), &error);
        count[CONLEY_TABER + kind] += few.p_symmetric <= 0.05;
        estimate = few.estimate;
        uf_few_treated_clear(&few);
    }
    assert_ok(uf_covariance_estimate(&input, &cr2, &v, &error), &error);
    assert_ok(uf_covariance_combination(&input, &cr2, &v, &combination.vector, &variance, &df, &error),
              &error);
    count[CR2] += uf_t_two_sided(estimate / sqrt(variance), df) <= 0.05;
    uf_covariance_clear(&v);
    gsl_vector_free(kept);
}

static void add_randomised(const struct level_panel *s, const struct uf_did_assignment *assignment,
                           const struct uf_randomisation *r, size_t *count)
{
    struct uf_error error;
    struct effect_grounds grounds = {
        .randomised = true, .noise = !isnan(r->p_scaled), .cr2 = true, .wild = true};
    assert_ok(effect_count_blocks(&s->data, assignment, &grounds, &error), &error);
    const char *chosen = effect_procedure_name(effect_choose(&grounds));
    const double p = !strcmp(chosen, "randomisation-scaled") ? r->p_scaled
                     : !strcmp(chosen, "randomisation-t")    ? r->p_t
                                                             : r->p_coefficient;
    count[SCALED] += r->p_scaled <= 0.05;
    count[COEFFICIENT] += r->p_coefficient <= 0.05;
    count[T] += r->p_t <= 0.05;
    count[AUTO] += p <= 0.05;
}

static void add_sun_abraham(const struct level_panel *s, const struct uf_did_assignment *assignment,
                            const struct uf_did_noise *noise, const struct uf_randomisation_options *options,
                            size_t *count)
{
    struct uf_error error;
    struct uf_sun_abraham fit;
    struct uf_randomisation r;
    assert_ok(uf_sun_abraham_estimate(&s->data, NULL, &fit, &error), &error);
    double *combination = malloc((fit.fit.fit.rank + 1) * sizeof *combination);
    uf_sun_abraham_average(&fit, UF_CELLS_SIMPLE, 0, combination);
    add_analytic(s, &(struct regression){&fit.data, &fit.fit, s->unit, s->unit, NULL, combination}, count);
    assert_ok(uf_sun_abraham_randomise(&s->data, NULL, assignment, noise, options, &r, &error), &error);
    add_randomised(s, assignment, &r, count);
    uf_randomisation_clear(&r);
    uf_sun_abraham_clear(&fit);
    free(combination);
}

static void add_stacked(const struct level_panel *s, const struct uf_did_assignment *assignment,
                        const struct uf_did_noise *noise, const struct uf_randomisation_options *options,
                        size_t *count)
{
    struct uf_error error;
    struct uf_stacked fit;
    struct uf_randomisation r;
    struct uf_stacked_options o = {.reference = -1, .control = UF_STACK_NOT_YET_TREATED};
    assert_ok(uf_stacked_window(&s->data, 0, &o.before, &o.after, &error), &error);
    assert_ok(uf_stacked_estimate(&s->data, &o, &fit, &error), &error);
    double *combination = malloc((fit.fit.fit.rank + 1) * sizeof *combination);
    size_t *unit = malloc(fit.data.n * sizeof *unit);
    bool *exposed = malloc(fit.data.n * sizeof *exposed);
    for (size_t i = 0; i < fit.data.n; i++) {
        unit[i] = s->unit[fit.row[i]];
        exposed[i] = uf_stacked_is_treated(&fit, i);
    }
    uf_stacked_average(&fit, combination);
    add_analytic(s, &(struct regression){&fit.data, &fit.fit, unit, unit, exposed, combination}, count);
    assert_ok(uf_stacked_randomise(&s->data, &o, assignment, noise, options, &r, &error), &error);
    add_randomised(s, assignment, &r, count);
    uf_randomisation_clear(&r);
    uf_stacked_clear(&fit);
    free(combination), free(unit), free(exposed);
}

int main(int argc, char **argv)
{
    static const size_t starts[][3] = {{1, 0, 0}, {2, 0, 0}, {1, 1, 0}, {3, 0, 0},
                                       {1, 1, 1}, {5, 0, 0}, {2, 2, 1}};
    static const char *const who[] = {"at random", "the quietest", "the noisiest"};
    static struct level_panel s;
    const size_t samples = argc > 2 ? (size_t)atol(argv[1]) : 2000,
                 assignments = argc > 2 ? (size_t)atol(argv[2]) : 199;
    printf("rejections at 5 %%, %zu samples (Monte Carlo error %.1f points)\n", samples,
           100 * sqrt(0.05 * 0.95 / (double)samples));
    printf(
        "| treated of 21 | treated are | method | auto | randomisation-scaled | randomisation | "
        "randomisation-t | conley-taber | ferman-pinto | cr2 |\n|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t d = 0; d < sizeof starts / sizeof *starts * 3; d++) {
        struct level_design design = {.units = 21, .who = (enum level_treated)(d % 3)};
        memcpy(design.treated, starts[d / 3], sizeof design.treated);
        size_t count[2][PROCEDURES] = {{0}};
        for (size_t i = 0; i < samples; i++) {
            struct uf_error error;
            struct uf_did_assignment assignment;
            struct uf_did_noise noise;
            const struct uf_randomisation_options options = {
                .draws = assignments, .most_enumerated = assignments, .seed = i + 5};
            level_panel_fill(&s, &design, 1000000 * d + i + 1);
            assert_ok(uf_did_assignment_init(&s.data, &assignment, &error), &error);
            assert_ok(uf_did_noise_init(&s.data, &assignment, &noise, &error), &error);
            add_sun_abraham(&s, &assignment, &noise, &options, count[0]);
            add_stacked(&s, &assignment, &noise, &options, count[1]);
            uf_did_noise_clear(&noise);
            uf_did_assignment_clear(&assignment);
        }
        for (int m = 0; m < 2; m++) {
            static const int order[] = {AUTO, SCALED, COEFFICIENT, T, CONLEY_TABER, FERMAN_PINTO, CR2};
            printf("| %zu", design.treated[0]);
            for (int k = 1; k < 3; k++)
                if (design.treated[k] > 0) printf(" + %zu", design.treated[k]);
            printf(" | %s | %s |", who[design.who], m ? "`stacked`" : "`sun-abraham`");
            for (size_t p = 0; p < PROCEDURES; p++)
                printf(" %.1f |", 100 * (double)count[m][order[p]] / (double)samples);
            printf("\n");
        }
        fflush(stdout);
    }
    return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Table `estimates` of did: the treatment and the covariates under each inference. */
#include "base/fail.h"
#include "effect/did_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const char *term_name(const struct effect_run *run, size_t column)
{
    if (column == 0) return "treatment";
    return run->panel->columns[run->panel->covariates[column - 1]].name;
}

/* A row of a unit matrix for each kept column. */
static uf_status set_terms(const struct effect_run *run, const struct uf_did_fit *fit,
                           struct effect_term **terms, double **unit, size_t *count, struct uf_error *error)
{
    size_t k = fit->fit.rank;
    *terms = calloc(k + 1, sizeof **terms);
    *unit = calloc(k * k + 1, sizeof **unit);
    *count = 0;
    if (!*terms || !*unit) return uf_fail_memory(error);
    for (size_t j = 0; j < fit->n_columns; j++) {
        size_t place = fit->position[j];
        if (place == SIZE_MAX) continue;
        double *combination = *unit + place * k;
        combination[place] = 1;
        (*terms)[(*count)++] =
            (struct effect_term){.term = term_name(run, j), .event_time = NAN, .combination = combination};
    }
    return UF_OK;
}

static uf_status add_dropped(const struct effect_run *run, const struct uf_did_fit *fit,
                             struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words note = {
        "dropped: collinear with the fixed effects or with what stands before it",
        "utesluten: kollinjär med de fasta effekterna eller med tidigare variabler"};
    for (size_t d = 0; d < fit->fit.n_dropped; d++) {
        struct effect_row row = {.term = term_name(run, fit->fit.dropped[d]),
                                 .note = uf_words_in(note, run->context->language),
                                 .estimate = NAN,
                                 .event_time = NAN,
                                 .test = effect_no_test};
        UF_TRY(effect_add_row(table, run, &row, NULL, error));
    }
    return UF_OK;
}

/* Where the chosen procedure has its rows: they come first, whatever it is. */
struct sections {
    const struct did_run *run;
    const struct uf_did_fit *fit;
    const struct effect_regression *regression;
    const struct uf_covariance *covariance;
    const struct uf_randomisation *randomisation;
    const struct uf_did_assignment *assignment;
    const struct effect_term *terms;
    size_t n_terms;
};

static uf_status add_analytic(const struct sections *s, bool cr2, struct uf_table *table,
                              struct uf_error *error)
{
    const struct effect_run *common = &s->run->common;
    for (size_t c = 0; c < common->inference->n_covariances; c++)
        if (!common->inference->automatic ||
            (common->inference->covariance[c].kind == UF_COVARIANCE_CR2) == cr2)
            UF_TRY(effect_add_terms(common, s->regression, c, &s->covariance[c], s->terms, s->n_terms, table,
                                    error));
    return UF_OK;
}

static uf_status add_randomised(const struct sections *s, struct uf_table *table, struct uf_error *error)
{
    if (!s->randomisation) return UF_OK;
    return effect_add_randomised(&s->run->common, s->randomisation,
                                 gsl_vector_get(s->fit->fit.coefficients, 0), s->assignment->n_blocks,
                                 "treatment", table, error);
}

/* They need to know which blocks were treated, as randomisation does. */
static uf_status add_few_treated(const struct sections *s, struct uf_table *table, struct uf_error *error)
{
    const struct effect_inference *inference = s->run->common.inference;
    if ((!inference->ferman_pinto && !inference->conley_taber) || s->n_terms == 0) return UF_OK;
    if (s->fit->summed)
        return effect_note_summed(&s->run->common, inference->ferman_pinto ? "ferman-pinto" : "conley-taber",
                                  error);
    struct uf_did_assignment own = {0};
    if (!s->randomisation) {
        struct uf_error reason;
        uf_status status = uf_did_assignment_init(&s->run->common.sample->data, &own, &reason);
        if (status == UF_NOT_IDENTIFIED) return UF_OK;
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
    }
    uf_status status = effect_add_few_treated(
        &s->run->common, s->regression, s->randomisation ? s->assignment : &own, &s->terms[0], table, error);
    uf_did_assignment_clear(&own);
    return status;
}

/* The bootstrap is of the treatment alone. */
static uf_status add_wild(const struct sections *s, struct uf_table *table, struct uf_error *error)
{
    return effect_add_wild(&s->run->common, s->regression, s->terms, s->n_terms > 0 ? 1 : 0, table, error);
}

static uf_status fill(const struct sections *s, struct uf_table *table, struct uf_error *error)
{
    const struct effect_inference *inference = s->run->common.inference;
    if (!inference->automatic) {
        UF_TRY(add_randomised(s, table, error));
        UF_TRY(add_analytic(s, true, table, error));
        UF_TRY(add_wild(s, table, error));
        UF_TRY(add_few_treated(s, table, error));
    } else {
        bool wild_first = s->run->procedure == EFFECT_BY_WILD, cr2_first = s->run->procedure == EFFECT_BY_CR2;
        if (wild_first) UF_TRY(add_wild(s, table, error));
        if (cr2_first) UF_TRY(add_analytic(s, true, table, error));
        UF_TRY(add_randomised(s, table, error));
        if (!cr2_first) UF_TRY(add_analytic(s, true, table, error));
        if (!wild_first) UF_TRY(add_wild(s, table, error));
        UF_TRY(add_few_treated(s, table, error));
        UF_TRY(add_analytic(s, false, table, error));
    }
    return add_dropped(&s->run->common, s->fit, table, error);
}

uf_status did_report_estimates(const struct did_run *run, const struct uf_did_fit *fit,
                               const struct effect_regression *regression,
                               const struct uf_covariance *covariance,
                               const struct uf_randomisation *randomisation,
                               const struct uf_did_assignment *assignment, struct uf_error *error)
{
    static const struct uf_words title = {"Estimates by type of inference",
                                          "Skattningar efter typ av inferens"};
    const struct effect_run *common = &run->common;
    struct uf_table *table = NULL;
    struct effect_term *terms = NULL;
    double *unit = NULL;
    size_t n_terms;
    UF_TRY(effect_table_new("estimates", title, common, &table, error));
    uf_status status = set_terms(common, fit, &terms, &unit, &n_terms, error);
    const struct sections sections = {run,           fit,        regression, covariance,
                                      randomisation, assignment, terms,      n_terms};
    if (status == UF_OK) status = fill(&sections, table, error);
    free(terms), free(unit);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(common->result, table, error);
}

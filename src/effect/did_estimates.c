// SPDX-License-Identifier: GPL-3.0-or-later
/* Table `estimates` of did: the treatment and the covariates under each inference. */
#include "base/fail.h"
#include "effect/did_internal.h"
#include "effect/term_report.h"

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
        (*terms)[(*count)++] = (struct effect_term){
            .term = term_name(run, j), .event_time = NAN, .combination = combination, .covariate = j > 0};
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
    const struct effect_findings findings = {.regression = regression,
                                             .covariance = covariance,
                                             .randomisation = randomisation,
                                             .assignment = assignment,
                                             .data = &common->sample->data,
                                             .procedure = run->procedure};
    if (status == UF_OK) status = effect_add_findings(common, &findings, terms, n_terms, table, error);
    if (status == UF_OK) status = add_dropped(common, fit, table, error);
    free(terms), free(unit);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(common->result, table, error);
}

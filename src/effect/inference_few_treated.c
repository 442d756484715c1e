// SPDX-License-Identifier: GPL-3.0-or-later
/* Conley–Taber and Ferman–Pinto for a term of a regression. */
#include "base/fail.h"
#include "effect/estimates.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/few_treated.h>

/* Which blocks were treated, and their mean weights (NULL: no weights). */
struct blocks {
    bool *treated;
    double *size;
};

static uf_status read_blocks(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                             struct blocks *out, struct uf_error *error)
{
    size_t n = assignment->n_blocks;
    size_t *count = calloc(n + 1, sizeof *count);
    out->treated = calloc(n + 1, sizeof *out->treated);
    out->size = data->weights ? calloc(n + 1, sizeof *out->size) : NULL;
    if (!count || !out->treated || (data->weights && !out->size)) {
        free(count);
        return uf_fail_memory(error);
    }
    for (size_t b = 0; b < n; b++)
        out->treated[b] = assignment->first_period[assignment->path[b]] != SIZE_MAX;
    for (size_t i = 0; i < data->n && out->size; i++) {
        out->size[assignment->block[i]] += data->weights[i];
        count[assignment->block[i]]++;
    }
    for (size_t b = 0; b < n && out->size; b++) out->size[b] /= (double)count[b];
    free(count);
    return UF_OK;
}

static uf_status note_left_out(const struct effect_run *run, const char *vcov, struct uf_error *error)
{
    static const struct uf_words text = {"{0} was left out: it needs at least one treated region and two "
                                         "untreated ones with the same periods, and "
                                         "residuals that are not nil.",
                                         "{0} har utelämnats: metoden kräver minst en behandlad region och "
                                         "två obehandlade med samma perioder, och "
                                         "residualer som inte är noll."};
    const struct uf_argument argument = uf_text_argument(vcov);
    return effect_note(run, UF_NOTE, "inference-left-out", text, (struct uf_words){NULL, NULL}, &argument, 1,
                       error);
}

static uf_status add_row(const struct effect_run *run, const struct uf_few_treated *few, const char *vcov,
                         const struct effect_term *term, struct uf_table *table, struct uf_error *error)
{
    char *how = NULL;
    UF_TRY(uf_few_treated_describe(few, run->context->language, &how, error));
    struct effect_row row = {.term = term->term,
                             .method = term->method,
                             .group = term->group,
                             .period = term->period,
                             .event_time = term->event_time,
                             .estimate = few->estimate,
                             .test = {NAN, NAN, NAN, few->p_symmetric, few->conf_low, few->conf_high},
                             .n_obs = term->n_obs,
                             .n_treated = term->n_treated,
                             .n_control = term->n_control,
                             .vcov = vcov,
                             .note = how};
    uf_status status = effect_add_row(table, run, &row, NULL, error);
    free(how);
    return status;
}

uf_status effect_add_few_treated(const struct effect_run *run, const struct effect_regression *regression,
                                 const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                                 const struct effect_term *term, struct uf_table *table,
                                 struct uf_error *error)
{
    const struct {
        bool wanted;
        enum uf_few_treated_kind kind;
        const char *vcov;
    } kinds[] = {{run->inference->ferman_pinto, UF_FERMAN_PINTO, "ferman-pinto"},
                 {run->inference->conley_taber, UF_CONLEY_TABER, "conley-taber"}};
    gsl_vector_const_view combination =
        gsl_vector_const_view_array(term->combination, regression->coefficients->size);
    struct blocks blocks = {NULL, NULL};
    uf_status status = read_blocks(data, assignment, &blocks, error);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds && status == UF_OK; k++) {
        if (!kinds[k].wanted) continue;
        const struct uf_few_treated_input input = {.regression = &regression->input,
                                                   .coefficients = regression->coefficients,
                                                   .combination = &combination.vector,
                                                   .n_blocks = assignment->n_blocks,
                                                   .block = assignment->block,
                                                   .treated = blocks.treated,
                                                   .n_periods = data->n_periods,
                                                   .period = data->period,
                                                   .size = blocks.size};
        const struct uf_few_treated_options options = {.kind = kinds[k].kind,
                                                       .draws = run->inference->bootstrap.draws,
                                                       .level = run->inference->level,
                                                       .seed = run->context->seed};
        struct uf_few_treated few;
        struct uf_error reason;
        status = uf_few_treated_test(&input, &options, &few, &reason);
        if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) {
            status = note_left_out(run, kinds[k].vcov, error);
        } else if (status != UF_OK) {
            if (error) *error = reason;
        } else {
            status = add_row(run, &few, kinds[k].vcov, term, table, error);
            uf_few_treated_clear(&few);
        }
    }
    free(blocks.treated), free(blocks.size);
    return status;
}

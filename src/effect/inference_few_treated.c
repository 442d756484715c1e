// SPDX-License-Identifier: GPL-3.0-or-later
/* Conley–Taber and Ferman–Pinto for a term of a regression. */
#include "base/fail.h"
#include "effect/estimates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/few_treated.h>

void effect_lenders_clear(struct effect_lenders *lenders)
{
    free(lenders->own_block), free(lenders->treated), free(lenders->exposed), free(lenders->size);
    memset(lenders, 0, sizeof *lenders);
}

uf_status effect_block_sizes(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                             double **out, struct uf_error *error)
{
    const size_t n = assignment->n_blocks, periods = data->n_periods;
    *out = NULL;
    if (!data->weights) return UF_OK;
    bool *there = calloc(n * periods + 1, sizeof *there);
    size_t *count = calloc(n + 1, sizeof *count); /* periods */
    double *size = calloc(n + 1, sizeof *size);
    if (!there || !count || !size) {
        free(there), free(count), free(size);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < data->n; i++) {
        const size_t block = assignment->block[i];
        bool *cell = &there[block * periods + data->period[i]];
        size[block] += data->weights[i];
        count[block] += !*cell;
        *cell = true;
    }
    for (size_t b = 0; b < n; b++) size[b] /= (double)count[b];
    free(there), free(count);
    *out = size;
    return UF_OK;
}

uf_status effect_lenders_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                              struct effect_lenders *out, struct uf_error *error)
{
    struct effect_lenders lenders = {.n_blocks = assignment->n_blocks,
                                     .n_periods = data->n_periods,
                                     .block = assignment->block,
                                     .period = data->period,
                                     .treated = calloc(assignment->n_blocks + 1, sizeof(bool))};
    if (!lenders.treated) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) lenders.treated[assignment->block[i]] |= data->treatment[i] != 0;
    uf_status status = effect_block_sizes(data, assignment, &lenders.size, error);
    if (status == UF_OK)
        *out = lenders;
    else
        effect_lenders_clear(&lenders);
    return status;
}

enum { POSSIBLE, IMPOSSIBLE, TOO_LARGE };

static uf_status note_left_out(const struct effect_run *run, int why, const char *vcov,
                               struct uf_error *error)
{
    static const struct uf_words large = {
        "{0} was left out: it exchanges residuals between regions, and with this many of them {1} draws "
        "would take too much memory. Ask for fewer (bootstrap-draws times regions: 50 million at most), or "
        "cluster "
        "by larger regions; with many treated cr2 does.",
        "{0} har utelämnats: metoden byter residualer mellan regioner, och med så här många skulle {1} "
        "dragningar ta för mycket minne. Begär färre (bootstrap-draws gånger regioner: högst 50 miljoner), "
        "eller klustra efter större regioner; med många behandlade räcker cr2."};
    static const struct uf_words text = {"{0} was left out: it needs at least one treated region and two "
                                         "untreated ones with the same periods, and "
                                         "residuals that are not nil.",
                                         "{0} har utelämnats: metoden kräver minst en behandlad region och "
                                         "två obehandlade med samma perioder, och "
                                         "residualer som inte är noll."};
    const struct uf_argument arguments[] = {
        uf_text_argument(vcov),
        uf_count_argument(run->inference->bootstrap.draws ? run->inference->bootstrap.draws : 9999)};
    return effect_note(run, UF_NOTE, "inference-left-out", why == TOO_LARGE ? large : text,
                       (struct uf_words){NULL, NULL}, arguments, why == TOO_LARGE ? 2 : 1, error);
}

static uf_status add_row(const struct effect_run *run, const struct uf_few_treated *few, const char *vcov,
                         const struct effect_term *term, struct uf_table *table, struct uf_error *error)
{
    char *how = NULL;
    UF_TRY(uf_few_treated_describe(few, run->context->language, &how, error));
    struct effect_row row = effect_row_of(term);
    row.estimate = few->estimate;
    row.test.p_value = few->p_symmetric;
    row.test.conf_low = few->conf_low, row.test.conf_high = few->conf_high;
    row.vcov = vcov;
    row.note = how;
    uf_status status = effect_add_row(table, run, &row, NULL, error);
    free(how);
    return status;
}

/* Under `auto`, where it stands beside others, as many draws as some seconds allow: each sums over all blocks. */
static size_t draws_for(const struct effect_run *run, size_t n_blocks)
{
    enum { BLOCKS_DRAWN = 3000000, LEAST = 499 };
    const size_t asked = run->inference->bootstrap.draws, affordable = BLOCKS_DRAWN / (n_blocks + 1);
    if (!run->inference->automatic || asked <= affordable) return asked;
    return affordable > LEAST ? affordable : asked < LEAST ? asked : LEAST;
}

/* One procedure for one term; *why where it cannot be had. */
static uf_status add_procedure(const struct effect_run *run, const struct effect_regression *regression,
                               const struct effect_lenders *lenders, enum uf_few_treated_kind kind,
                               const char *vcov, const struct effect_term *term, int *why,
                               struct uf_table *table, struct uf_error *error)
{
    gsl_vector_const_view combination =
        gsl_vector_const_view_array(term->combination, regression->coefficients->size);
    const struct uf_few_treated_input input = {.regression = &regression->input,
                                               .coefficients = regression->coefficients,
                                               .combination = &combination.vector,
                                               .n_blocks = lenders->n_blocks,
                                               .block = lenders->block,
                                               .treated = lenders->treated,
                                               .n_periods = lenders->n_periods,
                                               .period = lenders->period,
                                               .size = lenders->size,
                                               .exposed = lenders->exposed};
    const struct uf_few_treated_options options = {.kind = kind,
                                                   .draws = draws_for(run, lenders->n_blocks),
                                                   .level = run->inference->level,
                                                   .seed = run->context->seed};
    struct uf_few_treated few;
    struct uf_error reason;
    uf_status status = uf_few_treated_test(&input, &options, &few, &reason);
    if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) {
        *why = status == UF_BAD_USAGE ? TOO_LARGE : IMPOSSIBLE;
        return UF_OK;
    }
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = add_row(run, &few, vcov, term, table, error);
    uf_few_treated_clear(&few);
    return status;
}

uf_status effect_add_few_treated(const struct effect_run *run, const struct effect_regression *regression,
                                 const struct effect_lenders *lenders, const struct effect_term *terms,
                                 size_t n_terms, struct uf_table *table, struct uf_error *error)
{
    const struct {
        bool wanted;
        enum uf_few_treated_kind kind;
        const char *vcov;
    } kinds[] = {{run->inference->ferman_pinto, UF_FERMAN_PINTO, "ferman-pinto"},
                 {run->inference->conley_taber, UF_CONLEY_TABER, "conley-taber"}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        int why = POSSIBLE;
        for (size_t t = 0; kinds[k].wanted && t < n_terms; t++)
            if (terms[t].combination && !terms[t].covariate)
                UF_TRY(add_procedure(run, regression, lenders, kinds[k].kind, kinds[k].vcov, &terms[t], &why,
                                     table, error));
        if (why != POSSIBLE) UF_TRY(note_left_out(run, why, kinds[k].vcov, error));
    }
    return UF_OK;
}

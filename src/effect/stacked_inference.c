// SPDX-License-Identifier: GPL-3.0-or-later
/* What inference must know of a stack: the calendar, whose the copied rows are, and the cohorts dealt out anew. */
#include "base/fail.h"
#include "effect/stacked_run.h"

#include <math.h>
#include <stdlib.h>

uf_status stacked_set_calendar(const struct uf_did_data *data, const struct uf_stacked *fit,
                               const size_t *row, struct did_regression *regression, size_t **period,
                               struct uf_error *error)
{
    struct uf_covariance_input *input = &regression->view.input;
    const size_t n = input->residuals->size;
    *period = malloc((n + 1) * sizeof **period);
    if (!*period) return uf_fail_memory(error);
    for (size_t r = 0; r < n; r++) (*period)[r] = data->period[fit->row[row ? row[r] : r]];
    input->period = *period;
    input->n_periods = data->n_periods;
    input->time = data->time;
    return UF_OK;
}

void stacked_dealt_clear(struct stacked_dealt *dealt)
{
    for (size_t k = 0; k < dealt->n_terms; k++) uf_randomisation_clear(&dealt->term[k]);
    free(dealt->term);
    for (size_t k = 0; dealt->cell && k < dealt->n_cells; k++) uf_randomisation_clear(&dealt->cell[k]);
    free(dealt->cell);
    uf_randomisation_clear(&dealt->leads);
    effect_lenders_clear(&dealt->lenders);
    uf_did_assignment_clear(&dealt->assignment);
}

/* A region (or cluster) is one block with all its rows in all sub-experiments. */
static uf_status find_lenders(const struct stacked_run *run, const struct uf_did_assignment *assignment,
                              struct effect_lenders *out, struct uf_error *error)
{
    const struct uf_stacked *fit = run->fit;
    const size_t n = fit->data.n;
    *out = (struct effect_lenders){.n_blocks = assignment->n_blocks,
                                   .n_periods = fit->data.n_periods,
                                   .period = fit->data.period,
                                   .own_block = malloc((n + 1) * sizeof *out->own_block),
                                   .treated = calloc(assignment->n_blocks + 1, sizeof(bool)),
                                   .exposed = malloc((n + 1) * sizeof(bool))};
    if (!out->own_block || !out->treated || !out->exposed) return uf_fail_memory(error);
    out->block = out->own_block;
    for (size_t r = 0; r < n; r++) {
        const size_t block = assignment->block[fit->row[r]];
        out->own_block[r] = block;
        out->exposed[r] = uf_stacked_is_treated(fit, r);
        out->treated[block] |= out->exposed[r];
    }
    return effect_block_sizes(&run->common.sample->data, assignment, &out->size, error);
}

/* The average, and the event times where randomisation was asked for by name. free() *out. */
static uf_status list_terms(const struct stacked_run *run, struct stacked_dealt *dealt,
                            struct uf_stacked_term **out, struct uf_error *error)
{
    const struct uf_stacked_options *o = &run->options;
    const size_t n = effect_deals_all(run->common.inference) ? 1 + (size_t)(o->before + o->after + 1) : 1;
    *out = malloc(n * sizeof **out);
    dealt->term = calloc(n, sizeof *dealt->term);
    if (!*out || !dealt->term) return uf_fail_memory(error);
    for (size_t k = 0; k < n; k++)
        (*out)[k] = (struct uf_stacked_term){.average = k == 0, .event = (long)k - 1 - o->before};
    dealt->n_terms = n;
    return UF_OK;
}

/* Asked for by name: each cell, with as many draws as some seconds allow. `work`: of an assignment. */
static uf_status deal_cells(const struct stacked_run *run, const struct uf_did_noise *noise, double work,
                            struct stacked_dealt *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    const struct uf_stacked_options *o = &run->options;
    const struct uf_stacked *fit = run->fit;
    struct uf_randomisation_options options;
    if (!effect_deals_all(run->common.inference)) return UF_OK;
    const size_t window = (size_t)(o->before + o->after + 1), n = 1 + fit->n_stacks * window;
    const double blocks = (double)out->assignment.n_blocks * (double)data->n_periods,
                 k = (double)(fit->n_used * window), rows = (double)fit->data.n;
    if (uf_stacked_by_means(data))
        work += (double)n * (2 * blocks + 20 * rows / (double)fit->n_used / (double)window + 1000);
    else
        work += rows * k * (k + 20) + (double)n * (2 * blocks + rows * (k + 20) + 1000);
    if (!effect_afford_some(&run->common, work, &options))
        return effect_note_cells_not_dealt(&run->common, error);
    struct uf_stacked_term *terms = malloc(n * sizeof *terms);
    out->cell = calloc(n, sizeof *out->cell);
    uf_status status = terms && out->cell ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        terms[0] = (struct uf_stacked_term){.average = true}; /* the first must have an estimate */
        for (size_t i = 1; i < n; i++)
            terms[i] = (struct uf_stacked_term){.cell = true,
                                                .first_period = fit->stack[(i - 1) / window].first_period,
                                                .event = (long)((i - 1) % window) - o->before};
        out->n_cells = n;
        status = uf_stacked_randomise_terms(data, o, &out->assignment, noise, terms, n, &options, out->cell,
                                            error);
    }
    free(terms);
    return status;
}

/* What the leads dealt out anew would have found, where that is affordable. */
static uf_status find_slopes(const struct stacked_run *run, double work, struct stacked_dealt *out,
                             struct uf_error *error)
{
    struct placebo_sample sample;
    struct uf_error reason;
    uf_status status =
        placebo_sample_init(&run->common.sample->data, &out->assignment, false, &sample, &reason);
    if (status == UF_OK) {
        status = stacked_placebo_drift(&sample, &run->options, work,
                                       run->common.inference->randomisation.seed, &out->slopes, &reason);
        placebo_sample_clear(&sample);
    }
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

static uf_status randomise(const struct stacked_run *run, struct stacked_dealt *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_randomisation_options options;
    struct uf_did_noise noise = {0};
    struct uf_stacked_term *terms = NULL;
    struct uf_error reason;
    double rows = (double)run->fit->data.n, k = (double)run->fit->fit.fit.rank;
    double work = uf_stacked_by_means(data) ? 20 * (rows + (double)data->n) : rows * (k * k + 300 * k);
    if (!effect_afford(&run->common, work, &options)) return effect_note_not_dealt(&run->common, true, error);
    uf_status status = uf_did_noise_init(data, &out->assignment, &noise, &reason);
    const bool known = status == UF_OK;
    if (known || status == UF_NOT_IDENTIFIED) status = list_terms(run, out, &terms, &reason);
    if (status == UF_OK)
        status = uf_stacked_randomise_terms(data, &run->options, &out->assignment, known ? &noise : NULL,
                                            terms, out->n_terms, &options, out->term, &reason);
    if (status == UF_OK) status = deal_cells(run, known ? &noise : NULL, work, out, &reason);
    uf_did_noise_clear(&noise);
    free(terms);
    if (status == UF_NOT_IDENTIFIED) return effect_note_not_dealt(&run->common, false, error);
    if (status == UF_OK) {
        status =
            uf_stacked_randomise_leads(data, &run->options, &out->assignment, &options, &out->leads, &reason);
        if (status == UF_NOT_IDENTIFIED) status = UF_OK; /* no lead */
        if (status == UF_OK && out->leads.count > 0) status = find_slopes(run, work, out, &reason);
    }
    if (status != UF_OK && error) *error = reason;
    return status;
}

uf_status stacked_deal(const struct stacked_run *run, struct stacked_dealt *out, struct uf_error *error)
{
    const struct effect_inference *inference = run->common.inference;
    if (!inference->randomise && !inference->conley_taber && !inference->ferman_pinto) return UF_OK;
    UF_TRY(uf_did_assignment_init(&run->common.sample->data, &out->assignment, error));
    UF_TRY(find_lenders(run, &out->assignment, &out->lenders, error));
    return inference->randomise ? randomise(run, out, error) : UF_OK;
}

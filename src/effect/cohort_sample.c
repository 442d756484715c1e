// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/cohort_sample.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/binary_treatment.h"

/* Only inference by clusters is the same from their means. */
static bool takes_means(const struct effect_inference *inference)
{
    size_t count;
    for (size_t c = 0; c < inference->n_covariances; c++)
        if (!uf_covariance_types(&count)[inference->covariance[c].kind].clustered ||
            inference->covariance[c].k_rule == UF_K_STATA)
            return false;
    return true;
}

uf_status effect_take_means(const struct effect_run *run, struct effect_sample *sample,
                            struct uf_error *error)
{
    static const struct uf_words text = {
        "The {0} observations were taken together as {1} means by cluster and period, weighted by their "
        "number: the "
        "treatment came to whole clusters, and the estimate and its errors by cluster are the same.",
        "De {0} observationerna har slagits ihop till {1} medelvärden per kluster och period, viktade med "
        "antalet: insatsen "
        "gällde hela kluster, och skattningen och dess fel efter kluster blir desamma."};
    bool done = false;
    if (!takes_means(run->inference)) return UF_OK;
    UF_TRY(effect_sample_take_means(sample, &done, error));
    if (!done) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(sample->n_rows),
                                            uf_count_argument(sample->data.n)};
    return effect_note(run, UF_NOTE, "means-by-cluster", text, (struct uf_words){NULL, NULL}, arguments, 2,
                       error);
}

void effect_stay_treated(struct effect_sample *sample)
{
    for (size_t i = 0; i < sample->data.n; i++)
        sample->treatment[i] = sample->data.first_period[sample->unit[i]] <= sample->period[i];
}

uf_status effect_cohort_sample(const struct effect_run *run, const struct uf_options *options,
                               struct effect_sample *sample, struct uf_error *error)
{
    const bool stays = !strcmp(uf_options_text(options, "switching-off"), "as-treated");
    *sample = (struct effect_sample){0};
    UF_TRY(effect_require_binary(run, stays, error));
    UF_TRY(effect_sample_init(run->panel, run->context->language, sample, run->result, error));
    effect_stay_treated(sample);
    sample->data.summed_from = 0; /* so many rows are taken together where that is the same */
    UF_TRY(effect_take_means(run, sample, error));
    return effect_sample_locate(run->panel, uf_options_list(options, "coordinates"), sample, error);
}

uf_status effect_sample_settle(const struct effect_run *run, struct effect_sample *sample, size_t rows_used,
                               const bool *row_used, struct uf_words reason, struct uf_error *error)
{
    static const struct uf_words step = {"estimation", "skattning"};
    const struct uf_did_data *data = &sample->data;
    const enum uf_language language = run->context->language;
    const size_t before = sample->n_rows;
    if (rows_used == before) return UF_OK;
    sample->n_rows = rows_used;
    if (data->n_rows == 0) {
        bool *unit_used = calloc(data->n_units + 1, sizeof *unit_used);
        if (!unit_used) return uf_fail_memory(error);
        for (size_t i = 0; i < data->n; i++) unit_used[data->unit[i]] |= row_used[i];
        sample->n_treated = sample->n_control = 0;
        for (size_t u = 0; u < data->n_units; u++) {
            sample->n_treated += unit_used[u] && data->first_period[u] != SIZE_MAX;
            sample->n_control += unit_used[u] && data->first_period[u] == SIZE_MAX;
        }
        free(unit_used);
    }
    return uf_result_add_ledger(run->result, uf_words_in(step, language), uf_words_in(reason, language),
                                before, rows_used, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `bacon`: its descriptor and its run. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utfall/bacon.h>
#include <utfall/design.h>

#include "base/fail.h"
#include "effect/bacon_run.h"
#include "effect/binary_treatment.h"
#include "effect/chart_hints.h"

static const char *const balances[] = {"refuse", "complete-units", NULL};

static const struct uf_option options_table[] = {
    {"balance", UF_OPTION_CHOICE, "refuse", balances,
     "a panel with gaps: refuse, or leave out the regions that have them", UF_COLUMNS_NONE},
    {"switching-off", UF_OPTION_CHOICE, "refuse", effect_endings,
     "treatment that ends: refuse, or count the region as treated from its start on", UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. Journal of "
    "Econometrics "
    "225(2), 254–277.",
    NULL,
};

static const struct uf_scatter_hint scatter = {
    .reference_x = NAN, .x_label = {"Weight in the two-way estimate", "Vikt i skattningen"}};

static const struct uf_chart_hint charts[] = {
    {.kind = "scatter",
     .table = "comparisons",
     .title = {"{0}: the comparisons behind the two-way estimate",
               "{0}: jämförelserna bakom skattningen med fasta effekter"},
     .value_label = {"Estimate of the comparison", "Jämförelsens skattning"},
     .value = "estimate",
     .label = "label",
     .group = "type",
     .x = "weight",
     .reference = NAN,
     .reference_label = {"two-way estimate {0}", "skattning med fasta effekter {0}"},
     .reference_from = &effect_main_estimate,
     .scatter = &scatter},
};

/* --- the sample --------------------------------------------------------------------------------- */

/* Rows of each unit, and how many a complete one has. */
static uf_status count_rows(const struct effect_sample *sample, size_t **out_rows, size_t *out_full,
                            struct uf_error *error)
{
    const struct uf_did_data *data = &sample->data;
    size_t *rows = calloc(data->n_units + 1, sizeof *rows);
    bool *seen = calloc(data->n_periods + 1, sizeof *seen);
    if (!rows || !seen) {
        free(rows), free(seen);
        return uf_fail_memory(error);
    }
    *out_full = 0;
    for (size_t i = 0; i < data->n; i++) {
        rows[data->unit[i]]++;
        *out_full += !seen[data->period[i]];
        seen[data->period[i]] = true;
    }
    free(seen);
    *out_rows = rows;
    return UF_OK;
}

static uf_status refuse_gaps(const struct effect_run *run, const size_t *rows, size_t full,
                             struct uf_error *error)
{
    static const struct uf_words text = {"The panel has gaps: {0} of {1} regions lack some of the {2} "
                                         "periods (the first is {3}, with {4}). The "
                                         "decomposition is of a balanced panel.",
                                         "Panelen har luckor: {0} av {1} regioner saknar någon av de {2} "
                                         "perioderna (den första är {3}, med {4}). "
                                         "Uppdelningen gäller en balanserad panel."};
    static const struct uf_words advice = {"Choose balance: complete-units, which leaves those regions out, "
                                           "or limit the data to periods that all have.",
                                           "Välj balance: complete-units, som utesluter de regionerna, eller "
                                           "begränsa datamaterialet till perioder som "
                                           "alla har."};
    size_t units = 0, gaps = 0, first = SIZE_MAX;
    for (size_t u = 0; u < run->sample->data.n_units; u++) {
        units += rows[u] > 0;
        if (rows[u] == 0 || rows[u] == full) continue;
        gaps++;
        if (first == SIZE_MAX) first = u;
    }
    if (gaps == 0) return UF_OK;
    const struct uf_argument arguments[] = {
        uf_count_argument(gaps), uf_count_argument(units), uf_count_argument(full),
        uf_text_argument(run->panel->units.label[first]), uf_count_argument(rows[first])};
    return effect_refuse(run, "gaps-refused", text, advice, arguments, 5, error);
}

/* Takes the rows of units with gaps out of the sample, and counts the units anew. */
static uf_status keep_complete(const struct effect_run *run, struct effect_sample *sample, const size_t *rows,
                               size_t full, struct uf_error *error)
{
    static const struct uf_words step = {"complete regions", "kompletta regioner"},
                                 reason = {"the region lacks some period", "regionen saknar någon period"};
    struct uf_did_data *data = &sample->data;
    enum uf_language language = run->context->language;
    size_t kept = 0, before = data->n;
    for (size_t i = 0; i < before; i++) {
        if (rows[data->unit[i]] != full) continue;
        sample->row[kept] = sample->row[i];
        sample->unit[kept] = sample->unit[i];
        sample->period[kept] = sample->period[i];
        sample->outcome[kept] = sample->outcome[i];
        sample->treatment[kept] = sample->treatment[i];
        if (sample->weights) sample->weights[kept] = sample->weights[i];
        for (size_t d = 0; d < data->n_cluster_dimensions; d++)
            sample->cluster[d][kept] = sample->cluster[d][i];
        kept++;
    }
    data->n = sample->n_rows = kept;
    sample->n_treated = sample->n_control = 0;
    for (size_t u = 0; u < data->n_units; u++) {
        if (rows[u] != full) continue;
        if (data->first_period[u] == SIZE_MAX)
            sample->n_control++;
        else
            sample->n_treated++;
    }
    if (kept == before) return UF_OK;
    return uf_result_add_ledger(run->result, uf_words_in(step, language), uf_words_in(reason, language),
                                before, kept, error);
}

static uf_status check_weights(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "The weight of {0} changes over time. The decomposition is for weights that are constant within a "
        "region.",
        "Vikten för {0} ändras över tiden. Uppdelningen gäller vikter som är konstanta inom en region."};
    static const struct uf_words advice = {"Use the weight of one period, or none.",
                                           "Använd vikten från en period, eller ingen vikt."};
    const struct uf_did_data *data = &run->sample->data;
    if (!data->weights) return UF_OK;
    double *weight = calloc(data->n_units + 1, sizeof *weight);
    if (!weight) return uf_fail_memory(error);
    size_t changes = SIZE_MAX;
    for (size_t i = 0; i < data->n && changes == SIZE_MAX; i++) {
        if (weight[data->unit[i]] != 0 && weight[data->unit[i]] != data->weights[i]) changes = data->unit[i];
        weight[data->unit[i]] = data->weights[i];
    }
    free(weight);
    if (changes == SIZE_MAX) return UF_OK;
    const struct uf_argument name = uf_text_argument(run->panel->units.label[changes]);
    return effect_refuse(run, "weights-vary", text, advice, &name, 1, error);
}

static uf_status settle_sample(const struct effect_run *run, bool complete, struct effect_sample *sample,
                               struct uf_error *error)
{
    size_t *rows, full;
    UF_TRY(count_rows(sample, &rows, &full, error));
    uf_status status =
        complete ? keep_complete(run, sample, rows, full, error) : refuse_gaps(run, rows, full, error);
    free(rows);
    return status == UF_OK ? check_weights(run, error) : status;
}

/* --- the run ------------------------------------------------------------------------------------ */

static uf_status refuse(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"In the sample that is left no group of regions starts within the "
                                         "periods with another to compare it with.",
                                         "I det urval som återstår finns ingen grupp av regioner som börjar "
                                         "inom perioderna och har en annan att "
                                         "jämföras med."};
    static const struct uf_words advice = {"Look in the ledger for the rows that were lost.",
                                           "Se i urvalsloggen vilka rader som föll bort."};
    return effect_refuse(run, "nothing-to-compare", text, advice, NULL, 0, error);
}

/* The theorem, put to the test on this very panel. */
static uf_status check_sum(const struct effect_run *run, const struct uf_bacon *bacon, struct uf_error *error)
{
    struct uf_did_fit fit;
    struct uf_did_data data = run->sample->data;
    double *treatment = malloc((data.n + 1) * sizeof *treatment), scale = 0;
    if (!treatment) return uf_fail_memory(error);
    for (size_t i = 0; i < data.n; i++) {
        size_t first = data.first_period[data.unit[i]];
        treatment[i] = first != SIZE_MAX && data.period[i] >= first ? 1 : 0;
        scale = fmax(scale, fabs(data.outcome[i]));
    }
    data.treatment = treatment;
    uf_status status = uf_did_estimate(&data, &fit, error);
    free(treatment);
    if (status != UF_OK) return status;
    double estimate = gsl_vector_get(fit.fit.coefficients, 0);
    uf_did_fit_clear(&fit);
    if (fabs(estimate - bacon->estimate) <= 1e-9 * scale) return UF_OK;
    return uf_fail(error, UF_INTERNAL, "the comparisons add up to %.15g, but the two-way estimate is %.15g",
                   bacon->estimate, estimate);
}

static uf_status decompose(const struct effect_run *run, struct uf_error *error)
{
    struct uf_bacon bacon;
    struct uf_error reason;
    uf_status status = uf_bacon_decompose(&run->sample->data, &bacon, &reason);
    if (status == UF_NOT_IDENTIFIED) return refuse(run, error);
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = check_sum(run, &bacon, error);
    if (status == UF_OK) status = bacon_report(run, &bacon, error);
    uf_bacon_clear(&bacon);
    return status;
}

static uf_status run_bacon(const struct uf_panel *panel, const struct uf_options *options,
                           const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct uf_design design;
    struct effect_sample sample;
    struct effect_inference inference = {.level = 0.95};
    struct effect_run run;
    UF_TRY(effect_run_init(panel, context, "bacon", &sample, &inference, result, &run, error));
    if (panel->n_covariates > 0)
        return uf_fail(
            error, UF_BAD_USAGE,
            "bacon takes no covariates: with them the two-way estimate is no sum of comparisons of means; "
            "leave them out, or estimate with did, imputation or callaway-santanna");
    UF_TRY(uf_design_check(panel, UF_COMPARE_COHORTS, context, &design, result, error));
    /* it takes an estimate apart whose reading with several starts is what it is about */
    result->claim =
        design.n_cohorts > 1 && design.claim > UF_CLAIM_DIFFERENCE ? UF_CLAIM_DIFFERENCE : design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(
        effect_require_binary(&run, !strcmp(uf_options_text(options, "switching-off"), "as-treated"), error));
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    uf_status status =
        settle_sample(&run, !strcmp(uf_options_text(options, "balance"), "complete-units"), &sample, error);
    if (status == UF_OK) status = decompose(&run, error);
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &design, context->language, result, error) : status;
}

const struct uf_method uf_method_bacon = {
    .name = "bacon",
    .family = UF_FAMILY_EFFECT,
    .title = {"Bacon decomposition", "Bacon-uppdelning"},
    .summary =
        {"What a two-way fixed effects estimate is made of: its comparisons, their weights, the forbidden "
         "ones",
         "Vad en skattning med fasta effekter består av: jämförelserna, deras vikter och de otillåtna"},
    .formula_note = {"With several starts the two-way fixed effects estimate is a weighted average of all "
                     "comparisons of two "
                     "groups around the start of one of them. Groups already treated serve as comparisons "
                     "too; where effects "
                     "grow over time those comparisons have the wrong sign, and their share of the weight is "
                     "what to look at "
                     "first. Exact for a balanced panel without covariates.",
                     "Med flera startår är skattningen med fasta effekter ett viktat medelvärde av alla "
                     "jämförelser av två "
                     "grupper kring den enas start. Även redan behandlade grupper används som jämförelse; "
                     "där effekter växer "
                     "över tiden får de jämförelserna fel tecken, och deras andel av vikten är det första "
                     "att se på. Exakt för "
                     "en balanserad panel utan kovariater."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .narrow_option = "inference",
    .narrow_reason = "it takes the two-way estimate apart and infers nothing: did has that estimate with "
                     "every type of inference",
    .run = run_bacon,
};

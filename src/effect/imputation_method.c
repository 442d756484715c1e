// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `imputation`: its descriptor and its run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <utfall/design.h>

#include "base/fail.h"
#include "effect/binary_treatment.h"
#include "effect/chart_hints.h"
#include "effect/cohort_sample.h"
#include "effect/comparable_panel.h"
#include "effect/imputation_run.h"

static const char *const inferences[] = {"auto", "bjs", "randomisation", NULL};
static const char *const pools[] = {"cohort-period", "event-time", "cohort", "all",
                                    NULL}; /* as enum uf_imputation_pool */

static const struct uf_option options_table[] = {
    {"inference", UF_OPTION_LIST, "auto", inferences,
     "auto chooses by the design and shows the others beside; bjs: clustered errors of Borusyak, Jaravel & "
     "Spiess; randomisation of the cohorts over regions",
     UF_COLUMNS_NONE},
    {"pool", UF_OPTION_CHOICE, "cohort-period", pools,
     "effects whose average is taken out in the errors: of a cohort in a period, an event time, a cohort, or "
     "all",
     UF_COLUMNS_NONE},
    {"leave-one-out", UF_OPTION_FLAG, "false", NULL,
     "compare each region with the average of the others in the errors", UF_COLUMNS_NONE},
    {"anticipation", UF_OPTION_COUNT, "0", NULL, "periods before the start in which regions may act already",
     UF_COLUMNS_NONE},
    {"switching-off", UF_OPTION_CHOICE, "refuse", effect_endings,
     "treatment that ends: refuse, or count the region as treated from its start on", UF_COLUMNS_NONE},
    {"event-study", UF_OPTION_FLAG, "true", NULL,
     "estimate by time since the start too, with the periods before it", UF_COLUMNS_NONE},
    {"reference", UF_OPTION_NUMBER, "-1", NULL, "period before the start that the others are compared with",
     UF_COLUMNS_NONE},
    {"leads", UF_OPTION_COUNT, NULL, NULL,
     "estimate only this many periods before the start, compared with all earlier ones", UF_COLUMNS_NONE},
    {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "confidence level of the intervals",
     UF_COLUMNS_NONE},
    {"draws", UF_OPTION_COUNT, "20000", NULL,
     "draws for the simultaneous bands of the event study; 0: no bands", UF_COLUMNS_NONE},
    {"permutations", UF_OPTION_COUNT, "9999", NULL,
     "random assignments drawn when there are too many to try all", UF_COLUMNS_NONE},
    {"enumerate", UF_OPTION_COUNT, "25000", NULL, "try all assignments when there are at most this many",
     UF_COLUMNS_NONE},
    {"scale", UF_OPTION_CHOICE, "auto", effect_scales,
     "what the outcome is, for the size in per cent: auto goes by its name (log_, ln_) and unit",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Borusyak, K., Jaravel, X. & Spiess, J. (2024). Revisiting event-study designs: robust and efficient "
    "estimation. "
    "Review of Economic Studies 91(6), 3253–3285.",
    "Roth, J. (2024). Interpreting event-studies from recent difference-in-differences methods. "
    "arXiv:2401.12309.",
    "MacKinnon, J. G. & Webb, M. D. (2020). Randomization inference for difference-in-differences with few "
    "treated "
    "clusters. Journal of Econometrics 218(2), 435–450.",
    NULL,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "event-study",
     .table = "event-study",
     .title = {"{0}: departure from what was predicted, by time since the start",
               "{0}: avvikelse från det förväntade, efter tid sedan start"},
     .value_label = {"Departure from the prediction", "Avvikelse från det förväntade"},
     .value = "estimate",
     .low = "conf_low",
     .high = "conf_high",
     .low2 = "band_low",
     .high2 = "band_high",
     .band2_label = {"{0} % simultaneous band, one before the start and one after",
                     "{0} % simultant band, ett före start och ett efter"},
     .x = "event_time",
     .reference = 0},
    {.kind = "small-multiples",
     .table = "group-time",
     .title = {"{0}: departure from what was predicted, by starting year",
               "{0}: avvikelse från det förväntade, efter startår"},
     .value_label = {"Departure from the prediction", "Avvikelse från det förväntade"},
     .value = "estimate",
     .low = "conf_low",
     .high = "conf_high",
     .label = "group",
     .x = "event_time",
     .x_label = {"Periods since the start", "Perioder sedan start"}, /* nothing is predicted before it */
     .form = "intervals",
     .reference = 0},
    EFFECT_CHART_TRENDS,
    EFFECT_CHART_RANDOMISATION,
};

static const struct uf_words none = {NULL, NULL};

static uf_status read_request(const struct uf_options *options, struct imputation_run *run,
                              struct uf_error *error)
{
    struct effect_inference *inference = run->common.inference;
    const struct uf_context *context = run->common.context;
    double reference = uf_options_number(options, "reference");
    size_t leads = uf_options_count(options, "leads");
    *inference = (struct effect_inference){.level = uf_options_number(options, "confidence-level")};
    UF_TRY(effect_randomisation_read(options, context, &inference->randomisation, error));
    if (!(inference->level > 0 && inference->level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a share between 0 and 1, as 0.95",
                       inference->level);
    run->options.anticipation = uf_options_count(options, "anticipation");
    if (run->options.anticipation > 1000000)
        return uf_fail(error, UF_BAD_USAGE, "option 'anticipation': found %zu, expected a number of periods",
                       run->options.anticipation);
    if (!(reference < 0 && reference == floor(reference) && reference > -1e6))
        return uf_fail(
            error, UF_BAD_USAGE,
            "option 'reference': found %g, expected a whole number below 0: a period before the start",
            reference);
    if (leads != SIZE_MAX && (leads == 0 || leads > 1000000))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'leads': found %zu, expected a number of periods, at least 1", leads);
    run->leads = (struct uf_imputation_leads_options){.anticipation = run->options.anticipation,
                                                      .leads = leads == SIZE_MAX ? 0 : leads,
                                                      .reference = (long)reference};
    /* with anticipation −1 is not before the treatment any more */
    if (run->leads.reference >= -(long)run->options.anticipation)
        run->leads.reference = -1 - (long)run->options.anticipation;
    run->errors = (struct uf_imputation_error_options){
        .pool = (enum uf_imputation_pool)uf_options_choice(options, "pool"),
        .leave_one_out = uf_options_flag(options, "leave-one-out")};
    run->event_study = uf_options_flag(options, "event-study");
    run->draws = uf_options_count(options, "draws");
    run->scale = (enum effect_scale)uf_options_choice(options, "scale");
    run->stays_treated = !strcmp(uf_options_text(options, "switching-off"), "as-treated");
    return UF_OK;
}

/* Clusters that hold whole units are what the errors add up over. */
static uf_status check_clusters(struct imputation_run *run, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    if (data->n_cluster_dimensions > 1)
        return uf_fail(error, UF_BAD_USAGE, "imputation takes one cluster column; two were named");
    size_t *cluster_of = malloc((data->n_units + 1) * sizeof *cluster_of), straddling = SIZE_MAX;
    bool *seen = calloc(data->n_groups[0] + 1, sizeof *seen);
    if (!cluster_of || !seen) {
        free(cluster_of), free(seen);
        return uf_fail_memory(error);
    }
    for (size_t u = 0; u < data->n_units; u++) cluster_of[u] = SIZE_MAX;
    run->n_clusters = 0;
    for (size_t i = 0; i < data->n; i++) {
        size_t u = data->unit[i], g = data->cluster[0][i];
        if (cluster_of[u] != SIZE_MAX && cluster_of[u] != g && straddling == SIZE_MAX) straddling = u;
        cluster_of[u] = g;
        run->n_clusters += !seen[g];
        seen[g] = true;
    }
    free(cluster_of), free(seen);
    if (straddling == SIZE_MAX) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE,
                   "%s lies in more than one cluster; clusters must hold whole units, for all periods",
                   run->common.panel->units.code[straddling]);
}

/* Randomisation that cannot be done says so; anything else stops the run. */
static uf_status randomise(const struct imputation_run *run, struct uf_did_assignment *assignment,
                           struct uf_randomisation *randomisation, bool *done, struct uf_error *error)
{
    static const struct uf_words text = {
        "The cohorts could not be dealt out anew over the units: there is only one way to do it.",
        "Kohorterna kunde inte fördelas på nytt över enheterna: det finns bara ett sätt att göra det på."};
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_did_noise noise;
    struct uf_error reason;
    *done = false;
    uf_status status = uf_did_assignment_init(data, assignment, &reason);
    if (status == UF_OK) {
        uf_status quiet = uf_did_noise_init(data, assignment, &noise, &reason);
        if (quiet == UF_OK || quiet == UF_NOT_IDENTIFIED)
            status = uf_imputation_randomise(data, &run->options, assignment, quiet == UF_OK ? &noise : NULL,
                                             &run->common.inference->randomisation, randomisation, &reason);
        else
            status = quiet;
        if (quiet == UF_OK) uf_did_noise_clear(&noise);
        if (status != UF_OK) uf_did_assignment_clear(assignment);
    }
    if (status == UF_OK) {
        *done = true;
        return UF_OK;
    }
    if (status != UF_NOT_IDENTIFIED) {
        if (error) *error = reason;
        return status;
    }
    return effect_note(&run->common, UF_WARNING, "randomisation-impossible", text, none, NULL, 0, error);
}

/* The means are of what was estimated: treated observations with a prediction. */
static uf_status report_size(const struct imputation_run *run, struct uf_error *error)
{
    struct uf_imputation_averages simple;
    struct effect_sample estimated = *run->common.sample;
    struct effect_run common = run->common;
    UF_TRY(uf_imputation_average(run->fit, UF_AVERAGE_SIMPLE, &simple, error));
    uf_status status = UF_OK;
    double *treatment = malloc((estimated.data.n + 1) * sizeof *treatment);
    if (!treatment) {
        status = uf_fail_memory(error);
    } else if (simple.count > 0) {
        for (size_t i = 0; i < estimated.data.n; i++)
            treatment[i] = run->fit->state[i] == UF_IMPUTATION_ESTIMATED &&
                           run->fit->cell[run->fit->cell_of[i]].event_time >= 0;
        estimated.data.treatment = treatment;
        common.sample = &estimated;
        status = effect_report_size(&common, run->scale, simple.estimate[0], error);
    }
    free(treatment);
    uf_imputation_averages_clear(&simple);
    return status;
}

static uf_status report(const struct imputation_run *run, const struct uf_options *options,
                        struct uf_error *error)
{
    struct imputation_inference inference;
    struct uf_did_assignment assignment = {0};
    struct uf_randomisation randomisation = {0};
    bool randomised = false;
    UF_TRY(imputation_report_fit(run, error));
    UF_TRY(imputation_choose_inference(run, options, &inference, error));
    if (inference.randomise) UF_TRY(randomise(run, &assignment, &randomisation, &randomised, error));
    uf_status status =
        imputation_settle_inference(run, randomised ? &randomisation : NULL, &assignment, &inference, error);
    if (status == UF_OK)
        status = imputation_report_estimates(run, &inference, randomised ? &randomisation : NULL,
                                             assignment.n_blocks, error);
    if (status == UF_OK) status = report_size(run, error);
    if (status == UF_OK && run->event_study)
        status = imputation_report_event_study(run, randomised ? &assignment : NULL, error);
    if (status == UF_OK) status = imputation_report_averages(run, error);
    if (status == UF_OK && randomised)
        status = effect_report_noise(&run->common, &run->common.sample->data, &assignment,
                                     !isnan(randomisation.p_scaled), error);
    if (status == UF_OK && randomised)
        status = effect_report_randomisation(&run->common, &randomisation, &assignment, error);
    if (status == UF_OK) status = effect_report_trends(&run->common, error);
    uf_randomisation_clear(&randomisation);
    uf_did_assignment_clear(&assignment);
    return status;
}

static uf_status refuse(const struct imputation_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "No treated observation can be predicted: for each, its region has no untreated period, or nobody is "
        "untreated in its period.",
        "Ingen behandlad observation kan förutsägas: för var och en saknar regionen obehandlade perioder, "
        "eller så är "
        "ingen obehandlad i perioden."};
    static const struct uf_words advice = {
        "Look in the ledger for the rows that were lost; add earlier periods or regions not treated; lower "
        "anticipation.",
        "Se i urvalsloggen vilka rader som föll bort; lägg till tidigare perioder eller obehandlade "
        "regioner; sänk "
        "anticipation."};
    return effect_refuse(&run->common, "nothing-predicted", text, advice, NULL, 0, error);
}

/* Treated rows that nothing predicts leave the sample. */
static uf_status settle(const struct imputation_run *run, struct effect_sample *sample,
                        struct uf_error *error)
{
    static const struct uf_words reason = {
        "rows used; nothing untreated predicts the others (table left-out)",
        "rader som används; inget obehandlat förutsäger övriga (tabellen left-out)"};
    const unsigned char *state = run->fit->state;
    size_t rows = 0;
    bool *used = calloc(sample->data.n + 1, sizeof *used);
    if (!used) return uf_fail_memory(error);
    for (size_t i = 0; i < sample->data.n; i++) {
        used[i] = state[i] == UF_IMPUTATION_UNTREATED || state[i] == UF_IMPUTATION_ESTIMATED;
        rows += used[i];
    }
    uf_status status = effect_sample_settle(&run->common, sample, rows, used, reason, error);
    free(used);
    return status;
}

static uf_status estimate(struct imputation_run *run, const struct uf_options *options,
                          struct uf_error *error)
{
    const struct effect_sample *whole = run->common.sample;
    struct effect_sample used = *whole; /* its counts are to be those of the fit */
    struct uf_imputation fit;
    struct uf_error reason;
    UF_TRY(check_clusters(run, error));
    uf_status status = uf_imputation_fit(&run->common.sample->data, &run->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return refuse(run, error);
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    static const struct uf_words how = {
        "Borusyak, Jaravel & Spiess, {0} clusters; t with {1} degrees of freedom",
        "Borusyak, Jaravel & Spiess, {0} kluster; t med {1} frihetsgrader"};
    const struct uf_argument arguments[] = {uf_count_argument(run->n_clusters),
                                            uf_count_argument(run->n_clusters - 1)};
    run->fit = &fit;
    status = uf_phrase(run->common.context->language, how, arguments, 2, &run->how, error);
    run->common.sample = &used; // cppcheck-suppress autoVariables ; taken back below
    if (status == UF_OK) status = settle(run, &used, error);
    if (status == UF_OK) status = report(run, options, error);
    free(run->how);
    run->how = NULL;
    run->fit = NULL;
    run->common.sample = whole;
    uf_imputation_clear(&fit);
    return status;
}

static uf_status run_on(const struct uf_panel *panel, const struct uf_options *options,
                        const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct uf_design design;
    struct effect_inference inference;
    struct effect_sample sample;
    struct imputation_run run = {0};
    UF_TRY(effect_run_init(panel, context, "imputation", &sample, &inference, result, &run.common, error));
    UF_TRY(read_request(options, &run, error));
    UF_TRY(uf_design_check(panel, UF_COMPARE_COHORTS, context, &design, result, error));
    result->claim = design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(effect_require_binary(&run.common, run.stays_treated, error));
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    uf_status status = estimate(&run, options, error);
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &design, context->language, result, error) : status;
}

static uf_status run_imputation(const struct uf_panel *panel, const struct uf_options *options,
                                const struct uf_context *context, struct uf_result *result,
                                struct uf_error *error)
{
    return effect_run_comparable(panel, EFFECT_PAST_OF_UNIT, run_on, options, context, result, error);
}

const struct uf_method uf_method_imputation = {
    .name = "imputation",
    .family = UF_FAMILY_EFFECT,
    .title = {"Imputation", "Imputering"},
    .summary =
        {"What the treated would have been, predicted from untreated regions and periods; for staggered "
         "starts",
         "Vad som hade hänt utan insatsen, förutsagt från obehandlade regioner och perioder; för stegvis "
         "införande"},
    .formula_note =
        {"Effects of region and period (and covariates, weights, where given) are fitted on the untreated "
         "observations only: regions never treated, and the others before their start. They predict what "
         "each "
         "treated observation would have been, and the departures are averaged over all, by time since the "
         "start, "
         "by starting year and by period. Errors: conservative and clustered (Borusyak, Jaravel & Spiess); "
         "with few "
         "clusters they are too small, and the cohorts are dealt out anew over the regions beside them. The "
         "reading "
         "as an effect requires that the treated would have developed as the untreated did.",
         "Effekter av region och period (samt kovariater och vikter där sådana har angetts) skattas enbart "
         "på "
         "obehandlade observationer: regioner som aldrig behandlas, och övriga före sin start. De förutsäger "
         "vad "
         "varje behandlad observation annars hade varit, och avvikelserna medelvärdesbildas över alla, efter "
         "tid "
         "sedan start, efter startår och per period. Medelfel: konservativa och klustrade (Borusyak, Jaravel "
         "& "
         "Spiess); med få kluster är de för små, och kohorterna fördelas därför också på nytt över "
         "regionerna. Att "
         "tolka resultatet som en effekt förutsätter att de behandlade annars hade utvecklats som de "
         "obehandlade."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .narrow_option = "inference",
    .narrow_reason = "its averages are of predictions, not coefficients of one regression whose residuals "
                     "could be resampled or lent: the other types are did's, sun-abraham's and stacked's",
    .run = run_imputation,
};

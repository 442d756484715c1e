// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `stacked`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/binary_treatment.h"
#include "effect/chart_hints.h"
#include "effect/cohort_sample.h"
#include "effect/comparable_panel.h"
#include "effect/stacked_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* in the order of their enums */
static const char *const controls[] = {"never-treated", "not-yet-treated", NULL};
static const char *const weightings[] = {"shares", "sample", NULL};

static const struct uf_option options_table[] = {
    EFFECT_INFERENCE_OPTIONS("auto"),
    EFFECT_DEPENDENCE_OPTIONS,
    {"before", UF_OPTION_COUNT, NULL, NULL,
     "periods before the start in the window; as many as every cohort has unless given", UF_COLUMNS_NONE},
    {"after", UF_OPTION_COUNT, NULL, NULL,
     "periods after the start in the window; as many as every cohort has unless given", UF_COLUMNS_NONE},
    {"control", UF_OPTION_CHOICE, "not-yet-treated", controls,
     "clean controls: never treated, or also those not treated anywhere in the window", UF_COLUMNS_NONE},
    {"stack-weights", UF_OPTION_CHOICE, "shares", weightings,
     "shares: sub-experiments by their treated regions (corrective weights); sample: as least squares has it",
     UF_COLUMNS_NONE},
    {"reference", UF_OPTION_NUMBER, NULL, NULL,
     "event time that is 0 by definition; -1 less the anticipation unless given", UF_COLUMNS_NONE},
    {"anticipation", UF_OPTION_COUNT, "0", NULL,
     "periods before the start in which units may have acted on it already", UF_COLUMNS_NONE},
    {"switching-off", UF_OPTION_CHOICE, "refuse", effect_endings,
     "a treatment that ends: refuse, or count units as treated from their start on", UF_COLUMNS_NONE},
    {"scale", UF_OPTION_CHOICE, "auto", effect_scales,
     "what the outcome is, for the size in per cent: auto goes by its name (log_, ln_) and unit",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Cengiz, D., Dube, A., Lindner, A. & Zipperer, B. (2019). The effect of minimum wages on low-wage jobs. "
    "Quarterly "
    "Journal of Economics 134(3), 1405–1454.",
    "Wing, C., Freedman, S. M. & Hollingsworth, A. (2024). Stacked difference-in-differences. NBER Working "
    "Paper 32054.",
    "Montiel Olea, J. L. & Plagborg-Møller, M. (2019). Simultaneous confidence bands: theory, "
    "implementation, and "
    "an application to SVARs. Journal of Applied Econometrics 34(1), 1–17.",
    "MacKinnon, J. G. & Webb, M. D. (2020). Randomization inference for difference-in-differences with few "
    "treated clusters. Journal of Econometrics 218(2), 435–450.",
    NULL,
};

static const struct uf_chart_hint charts[] = {
    EFFECT_CHART_EVENT_STUDY("{0}: difference from the clean controls by time since the start",
                             "{0}: skillnad mot rena jämförelseenheter efter tid sedan start",
                             "Difference from the comparison", "Skillnad mot jämförelsen"),
    EFFECT_CHART_BY_COHORT,
    EFFECT_CHART_TRENDS,
    EFFECT_CHART_RANDOMISATION,
};

static uf_status read_request(const struct uf_options *options, struct stacked_run *run,
                              struct uf_error *error)
{
    bool own;
    run->scale = (enum effect_scale)uf_options_choice(options, "scale");
    run->options.control = (enum uf_stack_control)uf_options_choice(options, "control");
    run->options.weights = (enum uf_stack_weights)uf_options_choice(options, "stack-weights");
    UF_TRY(effect_read_count(options, "before", &run->options.before, &run->own_before, error));
    UF_TRY(effect_read_count(options, "after", &run->options.after, &run->own_after, error));
    UF_TRY(effect_read_count(options, "anticipation", &run->options.anticipation, NULL, error));
    UF_TRY(effect_read_whole(options, "reference", &run->options.reference, &own, error));
    if (!own) run->options.reference = -1 - run->options.anticipation;
    return UF_OK;
}

static uf_status refuse(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"In the sample that is left no cohort has its whole window within "
                                         "the data with clean controls in it.",
                                         "I det urval som återstår har ingen kohort hela sitt fönster inom "
                                         "datamaterialet med rena jämförelseenheter i "
                                         "det."};
    static const struct uf_words advice = {"Choose a shorter window (before, after), control: "
                                           "not-yet-treated, or callaway-santanna, which needs no window.",
                                           "Välj ett kortare fönster (before, after), control: "
                                           "not-yet-treated, eller callaway-santanna, som inte behöver "
                                           "något fönster."};
    return effect_refuse(run, "no-sub-experiment", text, advice, NULL, 0, error);
}

static uf_status report(struct stacked_run *run, struct effect_findings *findings, struct uf_error *error)
{
    run->findings = findings;
    UF_TRY(stacked_add_notes(run, error));
    UF_TRY(effect_findings_choose(&run->common, findings, error));
    UF_TRY(stacked_report_tables(run, error));
    return effect_report_rest(&run->common, findings, run->scale, "simple", error);
}

static uf_status estimate(struct stacked_run *run, const struct uf_options *options, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_stacked fit;
    struct did_regression regression = {0};
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct stacked_dealt dealt = {0};
    size_t *period = NULL;
    long before = 0, after = 0;
    uf_status status = uf_stacked_window(data, run->options.anticipation, &before, &after, error);
    if (status == UF_NOT_IDENTIFIED) return refuse(&run->common, error);
    UF_TRY(status);
    if (!run->own_before) run->options.before = before;
    if (!run->own_after) run->options.after = after;
    status = uf_stacked_estimate(data, &run->options, &fit, error);
    if (status == UF_NOT_IDENTIFIED) return refuse(&run->common, error);
    UF_TRY(status);
    // cppcheck-suppress autoVariables ; taken back below
    run->fit = &fit;
    if (fit.n_used == 1) status = effect_drop_temporal(&run->common, false, error);
    if (status == UF_OK) status = did_regression_init(&fit.data, &fit.fit, &regression, error);
    if (status == UF_OK) status = stacked_set_calendar(data, &fit, NULL, &regression, &period, error);
    if (status == UF_OK)
        status = effect_inference_settle(&run->common, &regression.view, options, covariance, error);
    if (status == UF_OK) status = stacked_deal(run, &dealt, error);
    if (status == UF_OK) {
        struct effect_findings findings = {
            .regression = &regression.view,
            .covariance = covariance,
            .randomisation = dealt.n_terms > 0 && dealt.term[0].count > 0 ? &dealt.term[0] : NULL,
            .assignment = &dealt.assignment,
            .lenders = &dealt.lenders};
        run->dealt = &dealt;
        status = report(run, &findings, error);
    }
    run->dealt = NULL;
    stacked_dealt_clear(&dealt);
    effect_covariances_clear(covariance);
    did_regression_clear(&regression);
    run->fit = NULL;
    uf_stacked_clear(&fit);
    free(period);
    return status;
}

static uf_status run_on(const struct uf_panel *panel, const struct uf_options *options,
                        const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct effect_frame frame;
    struct stacked_run run = {0};
    UF_TRY(effect_frame_init(panel, options, context, "stacked", &frame, result, &run.common, error));
    UF_TRY(read_request(options, &run, error));
    UF_TRY(effect_frame_check(&run.common, UF_COMPARE_COHORTS, &frame, error));
    uf_status status = effect_cohort_sample(&run.common, options, &frame.sample, error);
    frame.sample.data.summed_from = SIZE_MAX; /* a stack keeps its rows */
    if (status == UF_OK) status = estimate(&run, options, error);
    return effect_frame_finish(&run.common, &frame, status, error);
}

static uf_status run_stacked(const struct uf_panel *panel, const struct uf_options *options,
                             const struct uf_context *context, struct uf_result *result,
                             struct uf_error *error)
{
    return effect_run_comparable(panel, EFFECT_PAST_OF_COHORT, run_on, options, context, result, error);
}

const struct uf_method uf_method_stacked = {
    .name = "stacked",
    .family = UF_FAMILY_EFFECT,
    .title = {"Stacked difference-in-differences", "Staplad difference-in-differences"},
    .summary =
        {"One clean experiment for each start, within a window of time, and all of them in one regression",
         "Ett rent experiment för varje start, inom ett tidsfönster, och alla i samma regression"},
    .formula_note = {"For each cohort the periods around its start and the regions that are untreated in all "
                     "of them form a "
                     "sub-experiment; the sub-experiments are put one under the other, and the outcome is "
                     "regressed on indicators of "
                     "time since the start with effects of region and of period within each. Sub-experiments "
                     "count by their treated "
                     "regions (corrective weights) unless asked otherwise. Controls stand in several "
                     "sub-experiments, so that errors "
                     "are clustered. Reading the numbers as effects requires that treated and controls would "
                     "have developed alike.",
                     "För varje kohort bildar perioderna kring dess start och de regioner som är utan insats "
                     "i dem alla ett "
                     "delexperiment; delexperimenten staplas, och utfallet förklaras med indikatorer för tid "
                     "sedan start med effekter "
                     "för region och för period inom vart och ett. Delexperimenten räknas efter sina "
                     "insatsregioner (korrigerande "
                     "vikter) om inget annat begärs. Jämförelseenheter står i flera delexperiment, och "
                     "medelfelen klustras därför. "
                     "Att läsa talen som effekter förutsätter att insats- och jämförelseregioner annars "
                     "skulle ha utvecklats lika."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .run = run_stacked,
};

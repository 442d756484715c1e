// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `callaway-santanna`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/callaway_santanna_internal.h"
#include "effect/chart_hints.h"
#include "effect/cohort_sample.h"
#include "effect/comparable_panel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct uf_option options_table[] = {
    {"estimator", UF_OPTION_CHOICE, "doubly-robust", callaway_estimators,
     "how covariates are used: doubly-robust (-improved: balancing weights), regression of the controls, or "
     "ipw "
     "(propensity weights; -unstandardised: that need not sum to one)",
     UF_COLUMNS_NONE},
    {"sampling", UF_OPTION_CHOICE, "panel", callaway_samplings,
     "panel: the same units in each period; repeated-cross-sections: other people or firms in each, any "
     "number of "
     "rows for a unit (region) and period",
     UF_COLUMNS_NONE},
    {"control", UF_OPTION_CHOICE, "never-treated", callaway_controls,
     "units compared with: never treated, or also those not yet treated", UF_COLUMNS_NONE},
    {"base-period", UF_OPTION_CHOICE, "varying", callaway_bases,
     "what leads are differences from: the period before (varying) or the last before the start (universal)",
     UF_COLUMNS_NONE},
    {"reference", UF_OPTION_NUMBER, NULL, NULL,
     "universal base period: event time that is 0 by definition; -1 less the anticipation unless given",
     UF_COLUMNS_NONE},
    {"anticipation", UF_OPTION_COUNT, "0", NULL,
     "periods before the start in which units may have acted on it already", UF_COLUMNS_NONE},
    {"balance-event-time", UF_OPTION_NUMBER, NULL, NULL,
     "dynamic average: only cohorts observed this many periods after their start", UF_COLUMNS_NONE},
    {"least-event-time", UF_OPTION_NUMBER, NULL, NULL, "dynamic average: from this event time on",
     UF_COLUMNS_NONE},
    {"most-event-time", UF_OPTION_NUMBER, NULL, NULL, "dynamic average: up to this event time",
     UF_COLUMNS_NONE},
    {"inference", UF_OPTION_LIST, "auto", callaway_inferences,
     "auto, or any of influence, multiplier, randomisation", UF_COLUMNS_NONE},
    {"draws", UF_OPTION_COUNT, "999", NULL, "draws of the multiplier bootstrap for bands; 0: no bands",
     UF_COLUMNS_NONE},
    {"permutations", UF_OPTION_COUNT, "9999", NULL,
     "random assignments drawn when there are too many to try all", UF_COLUMNS_NONE},
    {"enumerate", UF_OPTION_COUNT, "25000", NULL, "try all assignments when there are at most this many",
     UF_COLUMNS_NONE},
    {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "confidence level of the intervals",
     UF_COLUMNS_NONE},
    {"switching-off", UF_OPTION_CHOICE, "refuse", callaway_switchings,
     "a treatment that ends: refuse, or count units as treated from their first start on", UF_COLUMNS_NONE},
    {"scale", UF_OPTION_CHOICE, "auto", effect_scales,
     "what the outcome is, for the size in per cent: auto goes by its name (log_, ln_) and unit",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Callaway, B. & Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple time periods. "
    "Journal "
    "of Econometrics 225(2), 200–230.",
    "Sant'Anna, P. H. C. & Zhao, J. (2020). Doubly robust difference-in-differences estimators. Journal of "
    "Econometrics 219(1), 101–122.",
    "MacKinnon, J. G. & Webb, M. D. (2020). Randomization inference for difference-in-differences with few "
    "treated clusters. Journal of Econometrics 218(2), 435–450.",
    "Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends. "
    "American Economic Review: Insights 4(3), 305–322.",
    NULL,
};

static const struct uf_chart_hint charts[] = {
    EFFECT_CHART_BY_TIME,
    EFFECT_CHART_BY_COHORT,
    EFFECT_CHART_TRENDS,
    EFFECT_CHART_RANDOMISATION,
};

/* --- the run --------------------------------------------------------------------------------------- */

static uf_status average(struct callaway_run *run, struct uf_error *error)
{
    for (int kind = 0; kind < CALLAWAY_AVERAGES; kind++) {
        struct uf_average *a = &run->average[kind];
        UF_TRY(
            uf_group_time_average(&run->group_time, (enum uf_average_kind)kind, &run->averaging, a, error));
        if (run->bands)
            UF_TRY(uf_multiplier_bootstrap(a->influence, a->n_rows, a->n_terms + 1, &run->draws,
                                           &run->bootstrap[kind], error));
    }
    return UF_OK;
}

static uf_status report(const struct callaway_run *run, struct uf_error *error)
{
    UF_TRY(callaway_add_notes(run, error));
    UF_TRY(callaway_report_tables(run, error));
    UF_TRY(callaway_report_leads(run, error));
    if (run->randomised) {
        UF_TRY(effect_report_noise(&run->common, &run->common.sample->data, &run->assignment,
                                   !isnan(run->randomisation.p_scaled), error));
        UF_TRY(effect_report_randomisation(&run->common, &run->randomisation, &run->assignment, error));
    }
    UF_TRY(effect_report_size(&run->common, run->scale, run->average[UF_AVERAGE_SIMPLE].estimate, error));
    return effect_report_trends(&run->common, error);
}

static uf_status estimate(struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "No treated unit has a period before its start (less the anticipation of {0}) in the sample.",
        "Ingen insatsenhet har någon period före start (med avdrag för {0} perioders förväntan) i urvalet."};
    static const struct uf_words advice = {"Get earlier data, or check the start.",
                                           "Skaffa data för tidigare år, eller kontrollera startåret."};
    const struct uf_argument anticipation = uf_number_argument((double)run->options.anticipation, 0);
    uf_status status =
        uf_group_time_estimate(&run->common.sample->data, &run->options, &run->group_time, error);
    if (status == UF_NOT_IDENTIFIED)
        return callaway_refuse(run, "start-before-data", text, advice, &anticipation, 1, error);
    UF_TRY(status);
    UF_TRY(callaway_check_cells(run, error));
    UF_TRY(callaway_choose_inference(run, error));
    UF_TRY(average(run, error));
    UF_TRY(callaway_randomise(run, error));
    UF_TRY(callaway_settle_inference(run, error));
    return report(run, error);
}

static void clear(struct callaway_run *run)
{
    for (int kind = 0; kind < CALLAWAY_AVERAGES; kind++) {
        uf_average_clear(&run->average[kind]);
        uf_multiplier_bootstrap_clear(&run->bootstrap[kind]);
    }
    uf_randomisation_clear(&run->randomisation);
    uf_randomisation_clear(&run->leads);
    uf_did_assignment_clear(&run->assignment);
    uf_group_time_clear(&run->group_time);
}

/* A treatment that ended counts from its first start on: that is what is dealt out anew too. */
static void treat_from_start(struct effect_sample *sample)
{
    for (size_t i = 0; i < sample->data.n; i++) {
        size_t first = sample->data.first_period[sample->data.unit[i]];
        sample->treatment[i] = first != SIZE_MAX && sample->data.period[i] >= first;
    }
}

static uf_status run_on(const struct uf_panel *panel, const struct uf_options *options,
                        const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct effect_inference inference = {0};
    struct effect_sample sample;
    struct callaway_run run = {0};
    UF_TRY(effect_run_init(panel, context, "callaway-santanna", &sample, &inference, result, &run.common,
                           error));
    UF_TRY(callaway_read_request(options, context, &run, error));
    UF_TRY(callaway_check_units(&run, error));
    UF_TRY(uf_design_check(panel, UF_COMPARE_COHORTS, context, &run.design, result, error));
    result->claim = run.design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(callaway_check_treatment(&run, options, error));
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    treat_from_start(&sample);
    uf_status status = estimate(&run, error);
    clear(&run);
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &run.design, context->language, result, error) : status;
}

static uf_status run_callaway(const struct uf_panel *panel, const struct uf_options *options,
                              const struct uf_context *context, struct uf_result *result,
                              struct uf_error *error)
{
    return effect_run_comparable(panel, EFFECT_PAST_OF_COHORT, run_on, options, context, result, error);
}

const struct uf_method uf_method_callaway_santanna = {
    .name = "callaway-santanna",
    .family = UF_FAMILY_EFFECT,
    .title = {"Group-time effects (Callaway & Sant'Anna)",
              "Effekter per kohort och period (Callaway & Sant'Anna)"},
    .summary =
        {"How much more each cohort changed than units never or not yet treated, period by period, and "
         "averages of that",
         "Hur mycket mer varje kohort förändrades än enheter som aldrig eller ännu inte fått insatsen, "
         "period för period, och genomsnitt av det"},
    .formula_note =
        {"For each cohort and period the change since the last period before the start is compared with that "
         "of "
         "controls that are not treated yet; covariates of the base period enter through a regression of the "
         "controls' change and a logit of treatment (doubly robust). The averages weigh cohorts by their "
         "size. "
         "Errors come from influence functions, the weights' included; where treated units or clusters are "
         "few "
         "the treatment is dealt out anew over them. Reading the numbers as effects requires that cohorts "
         "and "
         "controls with the same covariates would have developed alike.",
         "För varje kohort och period jämförs förändringen sedan den sista perioden före start med den hos "
         "jämförelseenheter som ännu inte fått insatsen; basperiodens kovariater kommer in genom en "
         "regression av "
         "jämförelseenheternas förändring och en logit för insatsen (dubbelt robust). Genomsnitten väger "
         "kohorter "
         "efter storlek. Medelfelen kommer från influensfunktioner, även vikternas; där insatsenheter eller "
         "kluster är få fördelas insatsen på nytt över dem. Att läsa talen som effekter förutsätter att "
         "kohorter "
         "och jämförelseenheter med samma kovariater annars skulle ha utvecklats lika."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .several_rows_option = "sampling",
    .several_rows_value = "repeated-cross-sections",
    .narrow_option = "inference",
    .narrow_reason = "its errors come from the regions' influence functions, of which there is no one "
                     "regression with residuals: the other types are did's, sun-abraham's and stacked's",
    .run = run_callaway,
};

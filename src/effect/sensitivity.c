// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `sensitivity`: its descriptor and its run. */
#include <utfall/sensitivity.h>

#include "base/fail.h"
#include "effect/sensitivity_run.h"

#include <math.h>
#include <string.h>

static const char *const restriction_choices[] = {"relative-magnitudes", "smoothness", "none", NULL};
static const char *const parameter_choices[] = {"first", "average", NULL};

static const char *const covariance_choices[] = {"auto", "serial", "inference", NULL};

static const struct uf_option options_table[] = {
    {"inference", UF_OPTION_TEXT, "cr2", NULL, "standard errors: cr2, cr1s, hc1, iid …", UF_COLUMNS_NONE},
    {"event-covariance", UF_OPTION_CHOICE, "auto", covariance_choices,
     "covariance of the event study: serial (autocovariances alike in all regions), inference (as that "
     "option); auto is "
     "serial where treated or comparison regions are few",
     UF_COLUMNS_NONE},
    {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "confidence level of the intervals",
     UF_COLUMNS_NONE},
    {"reference", UF_OPTION_NUMBER, "-1", NULL, "event time whose difference is 0 by definition",
     UF_COLUMNS_NONE},
    {"restrictions", UF_OPTION_LIST, "relative-magnitudes,smoothness", restriction_choices,
     "how the trends may differ; none: no bounds", UF_COLUMNS_NONE},
    {"parameters", UF_OPTION_LIST, "first,average", parameter_choices,
     "the first period after the reference, the average of all", UF_COLUMNS_NONE},
    {"relative-magnitudes", UF_OPTION_LIST, "0,0.5,1,1.5,2", NULL,
     "steps after the start, in times of the largest one before", UF_COLUMNS_NONE},
    {"smoothness", UF_OPTION_LIST, NULL, NULL,
     "changes of slope per period, in the outcome's units; default 0 to 2 times the largest bend before the "
     "start",
     UF_COLUMNS_NONE},
    {"draws", UF_OPTION_COUNT, "10000", NULL, "draws for the least-favourable critical value",
     UF_COLUMNS_NONE},
    {"leave-one-out", UF_OPTION_FLAG, "true", NULL, "estimate without each region in turn", UF_COLUMNS_NONE},
    {"placebo-starts", UF_OPTION_COUNT, "5", NULL,
     "move the start this many periods back, one at a time, on the periods before it", UF_COLUMNS_NONE},
    {"placebo-outcomes", UF_OPTION_LIST, NULL, NULL, "outcomes that the intervention should not change",
     UF_COLUMNS_NUMBER},
    {"alternative-controls", UF_OPTION_LIST, NULL, NULL,
     "same-group, other-groups (by the larger region), or codes of regions to compare with", UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Rambachan, A. & Roth, J. (2023). A more credible approach to parallel trends. Review of Economic "
    "Studies 90(5), "
    "2555–2591.",
    "Andrews, I., Roth, J. & Pakes, A. (2023). Inference for linear conditional moment inequalities. Review "
    "of Economic "
    "Studies 90(6), 2763–2791.",
    "Armstrong, T. B. & Kolesár, M. (2018). Optimal inference in a class of regression models. Econometrica "
    "86(2), "
    "655–683.",
    "Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends. "
    "American Economic "
    "Review: Insights 4(3), 305–322.",
    NULL,
};

static const struct uf_hint_number whole_sample = {.table = "leave-one-out", .column = "whole_sample"};
#define MOST_CHANGED .table = "leave-one-out", .by = "change"
static const struct uf_hint_number most_changed[] = {{MOST_CHANGED, .column = "label"},
                                                     {MOST_CHANGED, .column = "estimate"},
                                                     {MOST_CHANGED, .column = "whole_sample"}};

/* Intervals by M, the original one first, the breakdown value by name in its place. */
#define BOUNDS_CHART(a_parameter, a_restriction, en, sv)                                                     \
    {                                                                                                        \
        .kind = "intervals", .table = "bounds", .title = {(en), (sv)}, .where = "parameter",                 \
        .is = (a_parameter), .also_where = "restriction", .also_is = (a_restriction),                        \
        .value_label = {"Difference", "Skillnad"}, .band_label = {"{0} % interval", "{0} % intervall"},      \
        .value = "estimate", .low = "low", .high = "high", .label = "label", .reference = 0,                 \
        .reference_label = {                                                                                 \
            "no difference",                                                                                 \
            "ingen skillnad"                                                                                 \
        }                                                                                                    \
    }

static const struct uf_chart_hint charts[] = {
    BOUNDS_CHART(
        "first", "relative-magnitudes",
        "{0}: difference in the first period, where trends may drift apart M times as much as before",
        "{0}: skillnad i första perioden, när trenderna får glida isär M gånger så mycket som före"),
    BOUNDS_CHART("average", "relative-magnitudes",
                 "{0}: average difference, where trends may drift apart M times as much as before",
                 "{0}: genomsnittlig skillnad, när trenderna får glida isär M gånger så mycket som före"),
    BOUNDS_CHART("first", "smoothness",
                 "{0}: difference in the first period, where the slope of the trend may change by M a period",
                 "{0}: skillnad i första perioden, när trendens lutning får ändras med M per period"),
    BOUNDS_CHART("average", "smoothness",
                 "{0}: average difference, where the slope of the trend may change by M a period",
                 "{0}: genomsnittlig skillnad, när trendens lutning får ändras med M per period"),
    {.kind = "intervals",
     .table = "leave-one-out",
     .title = {"{0}: the estimate without one region at a time", "{0}: skattningen utan en region i taget"},
     .subtitle = {"Largest change: without {0}, {1} instead of {2}",
                  "Störst ändring: utan {0}, {1} i stället för {2}"},
     .numbers = most_changed,
     .n_numbers = sizeof most_changed / sizeof *most_changed,
     .value_label = {"Difference", "Skillnad"},
     .band_label = {"{0} % confidence interval (treated regions in bold)",
                    "{0} % konfidensintervall (insatsregioner i fetstil)"},
     .value = "estimate",
     .low = "conf_low",
     .high = "conf_high",
     .label = "label",
     .order = "value",
     .reference = NAN,
     .reference_label = {"all regions: {0}", "alla regioner: {0}"},
     .reference_from = &whole_sample,
     .from_zero = true},
};

static uf_status read_request(const struct uf_options *options, struct sensitivity_run *run,
                              struct uf_error *error)
{
    const char *name = uf_options_text(options, "inference");
    const struct uf_covariance_type *type = uf_covariance_find(name);
    if (!type)
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'inference': found '%s', expected a covariance as cr2, cr1s, hc1 or iid",
                       name);
    if (type->kind == UF_COVARIANCE_CONLEY)
        return uf_fail(
            error, UF_BAD_USAGE,
            "option 'inference': found 'conley', which needs coordinates that this method does not "
            "take, expected a covariance as cr2, cr1s, hc1 or iid");
    run->covariance = (struct uf_covariance_options){.kind = type->kind};
    run->vcov = type->name;
    run->level = uf_options_number(options, "confidence-level");
    if (!(run->level > 0 && run->level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a share between 0 and 1, as 0.95",
                       run->level);
    while (strcmp(covariance_choices[run->event_covariance], uf_options_text(options, "event-covariance")))
        run->event_covariance++;
    double reference = uf_options_number(options, "reference");
    if (reference != floor(reference) || !(reference < 0 && reference > -1e6))
        return uf_fail(error, UF_BAD_USAGE, "option 'reference': found %g, expected a whole number below 0",
                       reference);
    run->reference = (long)reference;
    const struct uf_text_list *restrictions = uf_options_list(options, "restrictions");
    if (restrictions->count > 1 && uf_text_list_find(restrictions, "none") != SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "option 'restrictions': none stands alone");
    if (uf_options_count(options, "draws") < 100)
        return uf_fail(error, UF_BAD_USAGE, "option 'draws': found %zu, expected at least 100",
                       uf_options_count(options, "draws"));
    return UF_OK;
}

/* The main estimate, which all others are compared with. */
static uf_status estimate(struct sensitivity_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "In the sample that is left the difference cannot be estimated with an error of the kind {0}.",
        "I det urval som återstår går skillnaden inte att skatta med ett medelfel av typen {0}."};
    static const struct uf_words advice = {
        "Look in the ledger for the rows that were lost, or choose another inference.",
        "Se i urvalsloggen vilka rader som föll bort, eller välj en annan inferens."};
    struct uf_error reason;
    uf_status status =
        subsample_estimate(&run->common.sample->data, &run->covariance, run->level, &run->main, &reason);
    if (status == UF_OK) return UF_OK;
    if (status != UF_NOT_IDENTIFIED && status != UF_BAD_USAGE) {
        if (error) *error = reason;
        return status;
    }
    const struct uf_argument argument = uf_text_argument(run->vcov);
    UF_TRY(effect_note(&run->common, UF_FATAL, "not-estimable", text, advice, &argument, 1, error));
    run->common.result->claim = UF_CLAIM_DESCRIPTION;
    return uf_design_refuse(run->common.result, error);
}

static uf_status run_all(struct sensitivity_run *run, struct uf_error *error)
{
    UF_TRY(estimate(run, error));
    UF_TRY(sensitivity_report_bounds(run, error));
    UF_TRY(sensitivity_leave_out(run, error));
    UF_TRY(sensitivity_placebo_in_time(run, error));
    UF_TRY(sensitivity_placebo_outcomes(run, error));
    return sensitivity_controls(run, error);
}

static uf_status run_sensitivity(const struct uf_panel *panel, const struct uf_options *options,
                                 const struct uf_context *context, struct uf_result *result,
                                 struct uf_error *error)
{
    struct uf_design design;
    struct effect_sample sample;
    struct sensitivity_run run = {.options = options};
    UF_TRY(effect_run_init(panel, context, "sensitivity", &sample, NULL, result, &run.common, error));
    UF_TRY(read_request(options, &run, error));
    UF_TRY(sensitivity_check_options(&run, error));
    UF_TRY(uf_design_check(panel, UF_COMPARE_TREATED_CONTROL, context, &design, result, error));
    result->claim = design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    uf_status status = run_all(&run, error);
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &design, context->language, result, error) : status;
}

const struct uf_method uf_method_sensitivity = {
    .name = "sensitivity",
    .family = UF_FAMILY_EFFECT,
    .title = {"Sensitivity analysis", "Känslighetsanalys"},
    .summary = {"What the estimate stands and falls with: bounds when trends are not parallel, single "
                "regions, placebos, "
                "other controls",
                "Vad skattningen står och faller med: gränser när trenderna inte är parallella, enskilda "
                "regioner, placebo, "
                "andra jämförelser"},
    .formula_note =
        {"The event study of did gives estimates β with covariance Σ. Relative magnitudes: no step of the "
         "difference in "
         "trends after the start exceeds M times the largest one before it; the interval holds the values "
         "that the hybrid of "
         "the conditional and the least-favourable test of moment inequalities does not reject. Smoothness: "
         "the slope "
         "changes by at most M from one period to the next; the interval is the shortest one of fixed "
         "length. The breakdown "
         "value is the least M whose interval includes 0. All other estimates are the two-way fixed-effects "
         "difference on "
         "other rows.",
         "Händelsestudien i did ger skattningar β med kovariansen Σ. Relativ storlek: inget steg i "
         "trendskillnaden efter "
         "start är större än M gånger det största före; intervallet består av de värden som hybriden av det "
         "betingade och "
         "det minst gynnsamma testet av momentolikheter inte förkastar. Jämnhet: lutningen ändras med högst "
         "M från en period "
         "till nästa; intervallet är det kortaste med fast längd. Brytpunkten är det minsta M vars intervall "
         "omfattar 0. "
         "Övriga skattningar är skillnaden med fasta effekter för region och period på andra rader."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .run = run_sensitivity,
};

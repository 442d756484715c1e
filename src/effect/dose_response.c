// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `dose-response`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/chart_hints.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* in the order of their enums */
static const char *const curves[] = {"polynomial", "spline", "groups", NULL};
static const char *const changings[] = {"refuse", "mean", NULL};
static const char *const baselines[] = {"mean", "last", NULL};
static const char *const controls[] = {"never-treated", "not-yet-treated", NULL};

static const struct uf_option options_table[] = {
    EFFECT_INFERENCE_OPTIONS("auto"),
    {"coordinates", UF_OPTION_LIST, NULL, NULL,
     "two columns with latitude and longitude in degrees, for conley", UF_COLUMNS_NUMBER},
    {"distance", UF_OPTION_NUMBER, NULL, NULL,
     "kilometres within which conley lets regions depend on each other", UF_COLUMNS_NONE},
    {"curve", UF_OPTION_CHOICE, "polynomial", curves, "how the change depends on the dose among the treated",
     UF_COLUMNS_NONE},
    {"size", UF_OPTION_COUNT, NULL, NULL,
     "degree of the polynomial (default 2, or 1 with fewer than six doses), knots of the spline (1), or "
     "groups (3)",
     UF_COLUMNS_NONE},
    {"baseline", UF_OPTION_CHOICE, "mean", baselines,
     "what the periods after are compared with: the mean of those before, or the last one", UF_COLUMNS_NONE},
    {"anticipation", UF_OPTION_COUNT, "0", NULL,
     "periods before the start in which units may have acted on it already", UF_COLUMNS_NONE},
    {"after", UF_OPTION_COUNT, NULL, NULL,
     "periods after the start that count; all with one start, with several as many as each has, unless given",
     UF_COLUMNS_NONE},
    {"control", UF_OPTION_CHOICE, "not-yet-treated", controls,
     "several starts: compare with the never treated, or also with those not treated by the last period that "
     "counts",
     UF_COLUMNS_NONE},
    {"reference", UF_OPTION_NUMBER, NULL, NULL,
     "event time that is 0 by definition; -1 less the anticipation unless given", UF_COLUMNS_NONE},
    {"changing-dose", UF_OPTION_CHOICE, "refuse", changings,
     "a dose that changes or ends after the start: refuse, or take each unit's mean dose", UF_COLUMNS_NONE},
    {"scale", UF_OPTION_CHOICE, "auto", effect_scales,
     "what the outcome is, for the size in per cent: auto goes by its name (log_, ln_) and unit",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Callaway, B., Goodman-Bacon, A. & Sant'Anna, P. H. C. (2024). Difference-in-differences with a "
    "continuous "
    "treatment. NBER Working Paper 32117.",
    "Yitzhaki, S. (1996). On using linear regressions in welfare economics. Journal of Business & Economic "
    "Statistics "
    "14(4), 478–486.",
    "Montiel Olea, J. L. & Plagborg-Møller, M. (2019). Simultaneous confidence bands: theory, "
    "implementation, and "
    "an application to SVARs. Journal of Applied Econometrics 34(1), 1–17.",
    NULL,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "lines",
     .table = "dose-response",
     .title = {"{0}: difference from the untreated by dose", "{0}: skillnad mot de utan insats efter dos"},
     .value_label = {"Difference from the untreated", "Skillnad mot de utan insats"},
     .value = "att",
     .low = "low",
     .high = "high",
     .low2 = "band_low",
     .high2 = "band_high",
     .band_label = {"{0} % interval, each dose alone", "{0} % intervall, varje dos för sig"},
     .band2_label = {"{0} % band, all doses at once", "{0} % band, alla doser på en gång"},
     .label = "label",
     .x = "dose",
     .x_label = {"Dose", "Dos"},
     .reference = 0},
    EFFECT_CHART_EVENT_STUDY("{0}: average effect by time since the start",
                             "{0}: genomsnittlig effekt efter tid sedan start",
                             "Difference from the untreated", "Skillnad mot de utan insats"),
    {EFFECT_EVENT_STUDY_OF("event-study-slope", "{0}: average slope by time since the start",
                           "{0}: genomsnittlig lutning efter tid sedan start",
                           "Difference per unit of the dose", "Skillnad per dosenhet")},
    EFFECT_CHART_TRENDS,
    EFFECT_CHART_RANDOMISATION,
};

static uf_status read_request(const struct uf_options *options, struct dose_run *run, struct uf_error *error)
{
    UF_TRY(effect_read_count(options, "anticipation", &run->anticipation, NULL, error));
    UF_TRY(effect_read_count(options, "after", &run->after, &run->own_after, error));
    UF_TRY(effect_read_whole(options, "reference", &run->reference, &run->own_reference, error));
    if (!run->own_reference) run->reference = -1 - run->anticipation;
    if (run->reference >= -run->anticipation)
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'reference': found %ld, expected a whole number of periods below %ld",
                       run->reference, -run->anticipation);
    run->never_treated = uf_options_choice(options, "control") == 0;
    run->curve.curve = (enum uf_dose_curve)uf_options_choice(options, "curve");
    run->own_size = uf_options_is_set(options, "size");
    run->curve.size = uf_options_count(options, "size");
    run->changing = uf_options_choice(options, "changing-dose") == 1;
    run->last_before = uf_options_choice(options, "baseline") == 1;
    run->scale = (enum effect_scale)uf_options_choice(options, "scale");
    return UF_OK;
}

static uf_status refuse_no_dose(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "The treatment says who was treated and when ({0} regions), not how much each of them got.",
        "Insatsen anger vilka som fick den och när ({0} regioner), inte hur mycket var och en fick."};
    static const struct uf_words advice = {
        "In a study: give the amounts under intervention as `dose`, with a line for each treated region, as "
        "`SE311: 120` (SEK per employee, say). From a file: a column with the amount in each period, 0 "
        "before "
        "the start and for the untreated, named as the treatment (--treatment COLUMN). Without amounts: did, "
        "or callaway-santanna with several starts, tells the average effect.",
        "I en studie: ange beloppen under intervention som `dose`, med en rad för varje insatsregion, som "
        "`SE311: 120` (till exempel kronor per anställd). Från en fil: en kolumn med beloppet i varje "
        "period, "
        "0 före start och för dem utan insats, angiven som insats (--treatment KOLUMN). Utan belopp: did, "
        "eller callaway-santanna vid flera starter, ger den genomsnittliga effekten."};
    size_t n = 0;
    for (size_t u = 0; u < run->panel->units.count; u++)
        n += run->panel->treatment.first_period[u] != SIZE_MAX;
    const struct uf_argument argument = uf_count_argument(n);
    return effect_refuse(run, "dose-missing", text, advice, &argument, 1, error);
}

static uf_status refuse_curve(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "In the sample that is left the doses do not tell the curve: it needs untreated regions, and at "
        "least as many "
        "different doses among the treated as it has coefficients (two for a line).",
        "I det urval som återstår räcker doserna inte för kurvan: den kräver regioner utan insats, och minst "
        "lika många "
        "olika doser bland insatsregionerna som den har koefficienter (två för en linje)."};
    static const struct uf_words advice = {
        "Ask for a simpler curve (a smaller size), or use did with a treatment of 0 and 1 where all doses "
        "are alike. Without "
        "untreated regions no dose has an effect that can be told, only differences between doses.",
        "Begär en enklare kurva (mindre size), eller använd did med en insats som är 0 eller 1 där alla "
        "doser är lika. Utan "
        "regioner utan insats har ingen dos en effekt som går att fastställa, bara skillnader mellan doser."};
    return effect_refuse(run, "dose-not-identified", text, advice, NULL, 0, error);
}

/* As much of a curve as the number of doses carries. */
static size_t default_size(enum uf_dose_curve curve, size_t n_doses)
{
    if (curve == UF_DOSE_POLYNOMIAL) return n_doses < 6 ? 1 : 2;
    return curve == UF_DOSE_SPLINE ? 1 : 3;
}

static uf_status fit_curve(struct dose_run *run, const struct dose_units *units, struct uf_dose_fit *fit,
                           struct uf_error *error)
{
    struct uf_dose_weight *w;
    size_t count;
    UF_TRY(uf_dose_weights(&units->change, &w, &count, error));
    free(w);
    if (!run->own_size) run->curve.size = default_size(run->curve.curve, count);
    return uf_dose_fit(&units->change, &run->curve, fit, error);
}

static uf_status report(struct dose_run *run, struct effect_findings *findings, struct uf_error *error)
{
    run->findings = findings;
    UF_TRY(dose_add_notes(run, error));
    UF_TRY(effect_findings_choose(&run->common, findings, error));
    UF_TRY(dose_report(run, error));
    return effect_report_rest(&run->common, findings, run->scale, "average_effect", error);
}

static uf_status estimate(struct dose_run *run, const struct dose_units *units,
                          const struct uf_options *options, struct uf_error *error)
{
    struct uf_dose_fit fit;
    struct dose_regression regression = {0};
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct dose_dealt dealt = {0};
    struct effect_lenders lenders = {0};
    struct uf_error reason;
    uf_status status = fit_curve(run, units, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return refuse_curve(&run->common, error);
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    run->units = units;
    // cppcheck-suppress autoVariables ; taken back below
    run->fit = &fit;
    run->dealt = &dealt;
    status = dose_regression_init(run, &fit.fit, fit.x, units->change.weights, units->cluster,
                                  units->latitude, units->longitude, &regression, error);
    if (status == UF_OK)
        status = effect_inference_settle(&run->common, &regression.view, options, covariance, error);
    if (status == UF_OK) status = dose_randomise(run, &dealt, error);
    if (status == UF_OK) status = dose_lenders_init(run, &dealt.assignment, &lenders, error);
    if (status == UF_OK) {
        struct effect_findings findings = {.regression = &regression.view,
                                           .covariance = covariance,
                                           .randomisation = dealt.average.count > 0 ? &dealt.average : NULL,
                                           .assignment = &dealt.assignment,
                                           .lenders = &lenders};
        status = report(run, &findings, error);
    }
    dose_dealt_clear(&dealt);
    effect_lenders_clear(&lenders);
    effect_covariances_clear(covariance);
    dose_regression_clear(&regression);
    run->fit = NULL, run->dealt = NULL;
    uf_dose_fit_clear(&fit);
    return status;
}

static uf_status run_dose_response(const struct uf_panel *panel, const struct uf_options *options,
                                   const struct uf_context *context, struct uf_result *result,
                                   struct uf_error *error)
{
    struct effect_frame frame;
    struct dose_cells cells = {0};
    struct dose_units units = {0};
    struct dose_run run = {.sample = &frame.sample};
    UF_TRY(effect_frame_init(panel, options, context, "dose-response", &frame, result, &run.common, error));
    UF_TRY(read_request(options, &run, error));
    UF_TRY(effect_frame_check(&run.common, UF_COMPARE_COHORTS, &frame, error));
    if (!panel->treatment.dose) return refuse_no_dose(&run.common, error);
    UF_TRY(effect_sample_init(panel, context->language, &frame.sample, result, error));
    uf_status status =
        effect_sample_locate(panel, uf_options_list(options, "coordinates"), &frame.sample, error);
    if (status == UF_OK) status = dose_cells_init(&run, &cells, error);
    run.cells = &cells;
    if (status == UF_OK) status = dose_units_init(&run, &cells, &units, error);
    if (status == UF_OK) status = estimate(&run, &units, options, error);
    dose_units_clear(&units), dose_cells_clear(&cells);
    return effect_frame_finish(&run.common, &frame, status, error);
}

const struct uf_method uf_method_dose_response = {
    .name = "dose-response",
    .family = UF_FAMILY_EFFECT,
    .title = {"Dose and response", "Dos och respons"},
    .summary = {"How the change of the outcome depends on how much a region got, and what of that may be "
                "called an effect",
                "Hur utfallets förändring beror på hur mycket en region fick, och vad av det som får kallas "
                "en effekt"},
    .formula_note = {"The change of each region from before the start to after it is regressed on a curve of "
                     "its dose, with the "
                     "untreated as zero. Each point of the curve is the effect on the regions that got that "
                     "dose if all would otherwise "
                     "have developed as the untreated did; its slope is the effect of a larger dose only if "
                     "regions with different doses "
                     "would have answered alike. The coefficient of the usual regression on the dose is "
                     "shown with the weights that it "
                     "gives to the slopes between neighbouring doses.",
                     "Varje regions förändring från tiden före start till tiden efter förklaras med en kurva "
                     "i dess dos, med dem utan "
                     "insats som noll. Varje punkt på kurvan är effekten på de regioner som fick den dosen "
                     "om alla annars skulle ha "
                     "utvecklats som de utan insats; dess lutning är effekten av en större dos bara om "
                     "regioner med olika doser skulle ha "
                     "svarat lika. Koefficienten i den vanliga regressionen på dosen visas med de vikter den "
                     "ger lutningarna mellan "
                     "närliggande doser."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .takes_dose = true,
    .needs_period = true,
    .run = run_dose_response,
};

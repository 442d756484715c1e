// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `callaway-santanna`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/callaway_santanna_internal.h"
#include "effect/chart_hints.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* in the order of their enums */
static const char *const estimators[] = {"doubly-robust", "regression", "ipw", NULL};
static const char *const controls[] = {"never-treated", "not-yet-treated", NULL};
static const char *const bases[] = {"varying", "universal", NULL};
static const char *const switchings[] = {"refuse", "from-first-start", NULL};
static const char *const inferences[] = {"auto", "influence", "multiplier", "randomisation", NULL};

static const struct uf_option options_table[] = {
    {"estimator", UF_OPTION_CHOICE, "doubly-robust", estimators,
     "how covariates are used: doubly-robust, regression of the controls, or ipw (propensity weights)",
     UF_COLUMNS_NONE},
    {"control", UF_OPTION_CHOICE, "never-treated", controls,
     "units compared with: never treated, or also those not yet treated", UF_COLUMNS_NONE},
    {"base-period", UF_OPTION_CHOICE, "varying", bases,
     "what leads are differences from: the period before (varying) or the last before the start (universal)",
     UF_COLUMNS_NONE},
    {"anticipation", UF_OPTION_COUNT, "0", NULL,
     "periods before the start in which units may have acted on it already", UF_COLUMNS_NONE},
    {"balance-event-time", UF_OPTION_NUMBER, NULL, NULL,
     "dynamic average: only cohorts observed this many periods after their start", UF_COLUMNS_NONE},
    {"least-event-time", UF_OPTION_NUMBER, NULL, NULL, "dynamic average: from this event time on",
     UF_COLUMNS_NONE},
    {"most-event-time", UF_OPTION_NUMBER, NULL, NULL, "dynamic average: up to this event time",
     UF_COLUMNS_NONE},
    {"inference", UF_OPTION_LIST, "auto", inferences, "auto, or any of influence, multiplier, randomisation",
     UF_COLUMNS_NONE},
    {"draws", UF_OPTION_COUNT, "999", NULL, "draws of the multiplier bootstrap for bands; 0: no bands",
     UF_COLUMNS_NONE},
    {"permutations", UF_OPTION_COUNT, "9999", NULL,
     "random assignments drawn when there are too many to try all", UF_COLUMNS_NONE},
    {"enumerate", UF_OPTION_COUNT, "25000", NULL, "try all assignments when there are at most this many",
     UF_COLUMNS_NONE},
    {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "confidence level of the intervals",
     UF_COLUMNS_NONE},
    {"switching-off", UF_OPTION_CHOICE, "refuse", switchings,
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

/* --- what was asked for ---------------------------------------------------------------------------- */

static uf_status whole(const struct uf_options *options, const char *name, long *out, bool *given,
                       struct uf_error *error)
{
    double value = uf_options_number(options, name);
    if (isnan(value)) return UF_OK;
    if (value != floor(value) || fabs(value) > 1e6)
        return uf_fail(error, UF_BAD_USAGE, "option '%s': found %g, expected a whole number of periods", name,
                       value);
    *out = (long)value;
    *given = true;
    return UF_OK;
}

static uf_status read_request(const struct uf_options *options, const struct uf_context *context,
                              struct callaway_run *run, struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(options, "inference");
    struct uf_average_options *averaging = &run->averaging;
    double level = uf_options_number(options, "confidence-level");
    if (!(level > 0 && level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a share between 0 and 1, as 0.95",
                       level);
    run->options = (struct uf_group_time_options){
        .estimator = (enum uf_drdid_estimator)uf_options_choice(options, "estimator"),
        .control = (enum uf_group_time_control)uf_options_choice(options, "control"),
        .base = (enum uf_group_time_base)uf_options_choice(options, "base-period"),
        .anticipation = (long)uf_options_count(options, "anticipation"),
        .threads = context->threads};
    if (run->options.anticipation > 1000000)
        return uf_fail(error, UF_BAD_USAGE, "option 'anticipation': found %ld, expected a number of periods",
                       run->options.anticipation);
    for (size_t i = 0; i < list->count; i++) {
        run->automatic |= !strcmp(list->items[i], "auto");
        run->influence |= !strcmp(list->items[i], "influence");
        run->multiplier |= !strcmp(list->items[i], "multiplier");
        run->randomise |= !strcmp(list->items[i], "randomisation");
    }
    size_t draws = uf_options_count(options, "draws");
    run->bands = draws > 0;
    run->draws = (struct uf_multiplier_options){
        .draws = draws, .seed = context->seed, .threads = context->threads, .level = level};
    if (run->multiplier && !run->bands)
        return uf_fail(error, UF_BAD_USAGE,
                       "inference 'multiplier' needs draws: found draws 0, expected some, as 999");
    run->scale = (enum effect_scale)uf_options_choice(options, "scale");
    averaging->least = -2000000, averaging->most = 2000000;
    UF_TRY(whole(options, "balance-event-time", &averaging->balance_event_time, &averaging->balanced, error));
    UF_TRY(whole(options, "least-event-time", &averaging->least, &averaging->limited, error));
    UF_TRY(whole(options, "most-event-time", &averaging->most, &averaging->limited, error));
    run->common.inference->level = level;
    run->common.inference->randomisation =
        (struct uf_randomisation_options){.most_enumerated = uf_options_count(options, "enumerate"),
                                          .draws = uf_options_count(options, "permutations"),
                                          .seed = context->seed,
                                          .progress = context->progress,
                                          .user = context->user};
    return UF_OK;
}

static const struct effect_analytic by_influence = {
    "influence",
    {"cluster-robust error from influence functions (normal)",
     "klusterrobust fel från influensfunktioner (normalfördelning)"}};

/* Before anything is dealt out anew: where `auto` is sure to take the influence functions, that is not needed. */
static uf_status choose_inference(struct callaway_run *run, struct uf_error *error)
{
    run->grounds = (struct effect_grounds){.cr2 = true, .analytic = &by_influence};
    UF_TRY(effect_count_blocks(&run->common.sample->data, NULL, &run->grounds, error));
    if (run->automatic) {
        run->influence = true;
        run->randomise |= !effect_are_many(&run->grounds);
    }
    /* intervals of the tables by term are those of the influence functions */
    run->influence |= !run->multiplier && !run->randomise;
    return UF_OK;
}

/* And after it. */
static uf_status settle_inference(struct callaway_run *run, struct uf_error *error)
{
    struct effect_grounds *grounds = &run->grounds;
    grounds->cr2 = run->average[UF_AVERAGE_SIMPLE].std_error > 0;
    grounds->randomised = run->randomised;
    grounds->noise = run->randomised && !isnan(run->randomisation.p_scaled);
    UF_TRY(effect_count_blocks(&run->common.sample->data, run->randomised ? &run->assignment : NULL, grounds,
                               error));
    if (!run->automatic) return UF_OK;
    run->common.inference->chosen = effect_chosen_name(grounds);
    return effect_note_choice(&run->common, grounds, error);
}

/* --- what cannot be done --------------------------------------------------------------------------- */

static const struct uf_words none = {NULL, NULL};

static uf_status refuse(const struct callaway_run *run, const char *code, struct uf_words text,
                        struct uf_words advice, const struct uf_argument *arguments, size_t n_arguments,
                        struct uf_error *error)
{
    UF_TRY(effect_note(&run->common, UF_FATAL, code, text, advice, arguments, n_arguments, error));
    run->common.result->claim = UF_CLAIM_DESCRIPTION;
    return uf_design_refuse(run->common.result, error);
}

static uf_status check_treatment(const struct callaway_run *run, const struct uf_options *options,
                                 struct uf_error *error)
{
    static const struct uf_words off = {"At least one unit is untreated again after having been treated. "
                                        "Cohorts are defined by a first start "
                                        "that lasts.",
                                        "Minst en enhet är åter utan insats efter att ha haft den. Kohorter "
                                        "definieras av en första start som "
                                        "består."};
    static const struct uf_words off_advice = {
        "End the data where the first treatment ends, or ask for switching-off: from-first-start, which "
        "estimates the effect of ever having started.",
        "Avsluta datamaterialet där den första insatsen slutar, eller begär switching-off: from-first-start, "
        "som "
        "skattar effekten av att någonsin ha börjat."};
    static const struct uf_words dose = {"The treatment {0} is an amount (found {1}); group-time effects are "
                                         "of a treatment that is there or not.",
                                         "Insatsen {0} är ett belopp (fann {1}); effekter per kohort och "
                                         "period gäller en insats som finns eller "
                                         "inte finns."};
    static const struct uf_words dose_advice = {
        "Make it 0 or 1, or use did or a dose-response analysis.",
        "Gör den till 0 eller 1, eller använd did eller dos–respons."};
    static const struct uf_words never = {
        "All {0} units are treated sooner or later: none is left that never is.",
        "Samtliga {0} enheter får insatsen förr eller senare: ingen finns kvar som aldrig får den."};
    static const struct uf_words never_advice = {
        "Ask for control: not-yet-treated, or add units that are never treated.",
        "Begär control: not-yet-treated, eller lägg till enheter som aldrig får insatsen."};
    const struct uf_panel *panel = run->common.panel;
    for (size_t i = 0; panel->treatment.dose && i < panel->n_rows; i++) {
        double value = panel->treatment.dose[i];
        if (isnan(value) || value == 0 || value == 1) continue;
        const struct uf_argument arguments[] = {
            uf_text_argument(panel->treatment.name ? panel->treatment.name : ""),
            uf_number_argument(value, -1)};
        return refuse(run, "treatment-dose", dose, dose_advice, arguments, 2, error);
    }
    if (panel->treatment.switches_off && uf_options_choice(options, "switching-off") == 0)
        return refuse(run, "treatment-ends", off, off_advice, NULL, 0, error);
    const struct uf_argument units = uf_count_argument(run->design.n_units);
    if (run->design.n_control == 0 && run->options.control == UF_CONTROL_NEVER_TREATED)
        return refuse(run, "all-treated", never, never_advice, &units, 1, error);
    return UF_OK;
}

/* Without a single effect after a start there is nothing to report. */
static uf_status check_cells(const struct callaway_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "No difference from a start on could be estimated. The first: cohort {0} in {1}, {2}.",
        "Ingen skillnad från och med en start gick att skatta. Den första: kohort {0} i {1}, {2}."};
    static const struct uf_words advice = {
        "Use fewer covariates or estimator: regression, units that resemble each other, or control: "
        "not-yet-treated.",
        "Använd färre kovariater eller estimator: regression, enheter som liknar varandra, eller control: "
        "not-yet-treated."};
    const struct uf_group_time *g = &run->group_time;
    const struct uf_group_time_cell *first = NULL;
    for (size_t c = 0; c < g->n_cells; c++) {
        if (!g->cells[c].post) continue;
        if (g->cells[c].diagnosis.reason == UF_DRDID_ESTIMATED) return UF_OK;
        if (!first) first = &g->cells[c];
    }
    if (!first) return UF_OK;
    char *why = NULL;
    UF_TRY(callaway_cell_note(run, first, &why, error));
    const struct uf_dictionary *periods = &run->common.panel->periods;
    const struct uf_argument arguments[] = {
        uf_text_argument(periods->code[g->cohorts[first->cohort].first_period]),
        uf_text_argument(periods->code[first->period]), uf_text_argument(why ? why : "")};
    uf_status status = refuse(run, "no-cell-estimated", text, advice, arguments, 3, error);
    free(why);
    return status;
}

/* --- the run --------------------------------------------------------------------------------------- */

/* Additions that dealing out anew may cost where it was not asked for by name, and the fewest draws worth it. */
#define MOST_WORK 1.5e9
enum { FEWEST_DRAWS = 499 };

static bool afford(const struct callaway_run *run, struct uf_randomisation_options *options)
{
    double cells = (double)run->group_time.n_cells, units = (double)run->group_time.n_units;
    double k = (double)run->common.panel->n_covariates;
    double affordable = MOST_WORK / (cells * units * (4 + 6 * k * (k + 1)) + 1);
    *options = run->common.inference->randomisation;
    if (!run->automatic) return true;
    if (affordable < FEWEST_DRAWS) return false;
    if (affordable < (double)options->most_enumerated) options->most_enumerated = (size_t)affordable;
    if (affordable < (double)options->draws) options->draws = (size_t)affordable;
    return true;
}

static uf_status note_impossible(const struct callaway_run *run, bool too_large, struct uf_error *error)
{
    static const struct uf_words one_way = {
        "The treatment could not be dealt out anew over the units: there is only one way to do it.",
        "Insatsen kunde inte fördelas på nytt över enheterna: det finns bara ett sätt att göra det på."};
    static const struct uf_words large = {
        "The treatment was not dealt out anew over the units, which would take long in a panel of this size.",
        "Insatsen har inte fördelats på nytt över enheterna, vilket skulle ta lång tid i en så stor panel."};
    static const struct uf_words advice = {"Ask for it by name: inference: influence,randomisation.",
                                           "Begär det vid namn: inference: influence,randomisation."};
    return effect_note(&run->common, too_large ? UF_NOTE : UF_WARNING, "randomisation-impossible",
                       too_large ? large : one_way, too_large ? advice : none, NULL, 0, error);
}

static uf_status randomise(struct callaway_run *run, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct uf_randomisation_options options;
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    if (!run->randomise) return UF_OK;
    if (!afford(run, &options)) return note_impossible(run, true, error);
    UF_TRY(uf_did_assignment_init(data, &run->assignment, error));
    uf_status status = uf_did_noise_init(data, &run->assignment, &noise, &reason);
    if (status == UF_OK || status == UF_NOT_IDENTIFIED)
        status =
            uf_group_time_randomise(data, &run->options, &run->assignment, status == UF_OK ? &noise : NULL,
                                    &options, &run->randomisation, &reason);
    uf_did_noise_clear(&noise);
    if (status == UF_NOT_IDENTIFIED) return note_impossible(run, false, error);
    if (status == UF_OK) {
        run->randomised = true;
        status = uf_group_time_randomise_leads(data, &run->options, &run->assignment, &options, &run->leads,
                                               &reason);
        if (status == UF_NOT_IDENTIFIED) status = UF_OK; /* no lead */
    }
    if (status != UF_OK && error) *error = reason;
    return status;
}

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
    if (run->randomised)
        UF_TRY(effect_report_randomisation(&run->common, &run->randomisation, &run->assignment, error));
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
        return refuse(run, "start-before-data", text, advice, &anticipation, 1, error);
    UF_TRY(status);
    UF_TRY(check_cells(run, error));
    UF_TRY(choose_inference(run, error));
    UF_TRY(average(run, error));
    UF_TRY(randomise(run, error));
    UF_TRY(settle_inference(run, error));
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

static uf_status run_callaway(const struct uf_panel *panel, const struct uf_options *options,
                              const struct uf_context *context, struct uf_result *result,
                              struct uf_error *error)
{
    struct effect_inference inference = {0};
    struct effect_sample sample;
    struct callaway_run run = {0};
    UF_TRY(effect_run_init(panel, context, "callaway-santanna", &sample, &inference, result, &run.common,
                           error));
    UF_TRY(read_request(options, context, &run, error));
    UF_TRY(uf_design_check(panel, UF_COMPARE_COHORTS, context, &run.design, result, error));
    result->claim = run.design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(check_treatment(&run, options, error));
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    treat_from_start(&sample);
    uf_status status = estimate(&run, error);
    clear(&run);
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &run.design, context->language, result, error) : status;
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
    .run = run_callaway,
};

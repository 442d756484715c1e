// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `power`: its descriptor and its run. */
#include <utfall/power.h>

#include "base/fail.h"
#include "effect/comparable_panel.h"
#include "effect/estimates.h"
#include "effect/power_notes.h"
#include "effect/power_sample.h"
#include "effect/significant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/design.h>
#include <utfall/number.h>

static const char *const sample_choices[] = {"auto", "pre-period", "controls", NULL};

static const struct uf_option options_table[] = {
    {"level", UF_OPTION_NUMBER, "0.05", NULL, "level of the tests", UF_COLUMNS_NONE},
    {"power", UF_OPTION_NUMBER, "0.8", NULL, "power at the minimum detectable effect", UF_COLUMNS_NONE},
    {"effects", UF_OPTION_LIST, NULL, NULL,
     "effects of the power curve, in the outcome's units; default 0 to 2 times the analytic minimum",
     UF_COLUMNS_NONE},
    {"sample", UF_OPTION_CHOICE, "auto", sample_choices,
     "where placebo treatments are tried: the periods before the start, or the comparison regions in all "
     "periods",
     UF_COLUMNS_NONE},
    {"draws", UF_OPTION_COUNT, "500", NULL, "placebo treatments tried; 0: only the formula", UF_COLUMNS_NONE},
    {"permutations", UF_OPTION_COUNT, "999", NULL, "deals of the randomisation test in each of them",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Bloom, H. S. (1995). Minimum detectable effects. Evaluation Review 19(5), 547–556.",
    "Burlig, F., Preonas, L. & Woerman, M. (2020). Panel data and experimental design. Journal of "
    "Development Economics 144, "
    "102458.",
    "Bertrand, M., Duflo, E. & Mullainathan, S. (2004). How much should we trust differences-in-differences "
    "estimates? "
    "Quarterly Journal of Economics 119(1), 249–275.",
    NULL,
};

enum { MOST_EFFECTS = 64, ANALYTIC_KINDS = 2 };

struct power_run {
    struct effect_run common;
    const struct uf_options *options;
    double level, power, df;
    struct uf_power_error analytic;
    double effects[MOST_EFFECTS];
    size_t n_effects;
    struct uf_table *minimum, *curve;
    struct uf_power_simulation *simulation; /* NULL: none */
};

static const struct uf_words nothing = {NULL, NULL};
static const char *const procedures[] = {"randomisation", "cr2"};
static const char *const analytic_names[] = {"analytic-independent", "analytic-serial"};

static const struct uf_hint_number wanted = {.table = "minimum-effect", .column = "power"},
                                   found = {.table = "minimum-effect",
                                            .column = "minimum_effect",
                                            .where = "procedure",
                                            .is = "analytic-serial"};
static const struct uf_chart_hint charts[] = {
    {.kind = "lines",
     .table = "power-curve",
     .title = {"{0}: how often an effect would be found, by its size",
               "{0}: hur ofta en effekt skulle upptäckas, efter dess storlek"},
     .value_label = {"Share of tests that find it", "Andel test som upptäcker den"},
     .value = "power",
     .label = "label",
     .x = "effect_size",
     .x_label = {"Size of the effect", "Effektens storlek"},
     .reference_label = {"power {0}", "styrka {0}"},
     .reference_from = &wanted,
     .marked_label = {"smallest effect by the formula: {0}", "minsta effekt enligt formeln: {0}"},
     .marked_from = &found},
};

/* A procedure for people. */
static const char *procedure_words(const char *procedure, enum uf_language language)
{
    static const struct {
        const char *name;
        struct uf_words words;
    } known[] = {{"analytic-independent", {"formula, years independent", "formel, oberoende år"}},
                 {"analytic-serial", {"formula, years dependent", "formel, beroende år"}},
                 {"randomisation", {"placebos, randomisation", "placebo, randomisering"}},
                 {"cr2", {"placebos, CR2", "placebo, CR2"}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, procedure)) return uf_words_in(known[i].words, language);
    return procedure;
}

static uf_status read_request(struct power_run *run, struct uf_error *error)
{
    run->level = uf_options_number(run->options, "level");
    run->power = uf_options_number(run->options, "power");
    if (!(run->level > 0 && run->level < 1))
        return uf_fail(error, UF_BAD_USAGE, "option 'level': found %g, expected a share between 0 and 1",
                       run->level);
    if (!(run->power > run->level && run->power < 1))
        return uf_fail(error, UF_BAD_USAGE, "option 'power': found %g, expected a share above the level (%g)",
                       run->power, run->level);
    const struct uf_text_list *list = uf_options_list(run->options, "effects");
    if (list->count > MOST_EFFECTS)
        return uf_fail(error, UF_BAD_USAGE, "option 'effects': at most %d values", MOST_EFFECTS);
    for (size_t i = 0; i < list->count; i++) {
        double value;
        if (!uf_number_parse(list->items[i], strlen(list->items[i]), '.', &value) || !isfinite(value))
            return uf_fail(error, UF_BAD_USAGE, "option 'effects': found '%s', expected a number",
                           list->items[i]);
        run->effects[run->n_effects++] = value;
    }
    return UF_OK;
}

static uf_status analytic(struct power_run *run, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    struct subsample part;
    struct uf_autocovariance autocovariance;
    UF_TRY(power_sample_untreated(data, &part, error));
    uf_status status = uf_autocovariance_estimate(&part.data, &autocovariance, error);
    subsample_clear(&part);
    UF_TRY(status);
    if (effect_is_rounding(&run->common, sqrt(autocovariance.variance))) {
        uf_autocovariance_clear(&autocovariance);
        return uf_fail(error, UF_NOT_IDENTIFIED, "the untreated rows have no noise to learn from");
    }
    status = uf_power_analytic(data, &autocovariance, &run->analytic, error);
    uf_autocovariance_clear(&autocovariance);
    UF_TRY(status);
    static const double shares[] = {0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2};
    double error_used = isnan(run->analytic.serial) ? run->analytic.independent : run->analytic.serial;
    double minimum = uf_power_minimum(error_used, run->df, run->level, run->power);
    for (size_t i = 0; run->n_effects < MOST_EFFECTS && i < sizeof shares / sizeof *shares; i++)
        if (uf_options_list(run->options, "effects")->count == 0)
            run->effects[run->n_effects++] = shares[i] * minimum;
    return UF_OK;
}

static uf_status add_minimum(const struct power_run *run, const char *procedure, double std_error, double df,
                             double minimum, const char *note, struct uf_error *error)
{
    size_t row;
    UF_TRY(uf_table_add_row(run->minimum, &row, error));
    UF_TRY(uf_table_set_text(run->minimum, row, 0, procedure, error));
    const double numbers[] = {std_error, df, run->power, minimum};
    for (size_t c = 0; c < 4; c++) UF_TRY(effect_set_number(run->minimum, row, c + 1, numbers[c], error));
    return uf_table_set_text(run->minimum, row, 5, note, error);
}

static uf_status add_point(const struct power_run *run, double effect, double power, double mc_error,
                           const char *procedure, struct uf_error *error)
{
    size_t row;
    UF_TRY(uf_table_add_row(run->curve, &row, error));
    const double numbers[] = {effect, power, mc_error};
    for (size_t c = 0; c < 3; c++) UF_TRY(effect_set_number(run->curve, row, c, numbers[c], error));
    UF_TRY(uf_table_set_text(run->curve, row, 3, procedure, error));
    return uf_table_set_text(run->curve, row, 4, procedure_words(procedure, run->common.context->language),
                             error);
}

static uf_status report_analytic(const struct power_run *run, struct uf_error *error)
{
    static const struct uf_words notes[] = {{"errors independent from period to period (Bloom 1995)",
                                             "fel som är oberoende från period till period (Bloom 1995)"},
                                            {"autocovariances of the untreated rows (Burlig et al. 2020)",
                                             "autokovarianser i de obehandlade raderna (Burlig m.fl. 2020)"}};
    const double errors[ANALYTIC_KINDS] = {run->analytic.independent, run->analytic.serial};
    for (size_t k = 0; k < ANALYTIC_KINDS; k++) {
        if (isnan(errors[k])) continue;
        UF_TRY(add_minimum(run, analytic_names[k], errors[k], run->df,
                           uf_power_minimum(errors[k], run->df, run->level, run->power),
                           uf_words_in(notes[k], run->common.context->language), error));
        for (size_t i = 0; i < run->n_effects; i++)
            UF_TRY(add_point(run, run->effects[i],
                             uf_power_at(run->effects[i], errors[k], run->df, run->level), NAN,
                             analytic_names[k], error));
    }
    return UF_OK;
}

static uf_status report_simulated(const struct power_run *run, struct uf_error *error)
{
    static const struct uf_words unreachable = {
        "never rejects often enough, however large the effect",
        "ger aldrig utslag tillräckligt ofta, hur stor effekten än är"};
    const bool all = uf_power_enumerated(run->simulation);
    double deals = (double)uf_power_deals(run->simulation);
    double scale = isnan(run->analytic.serial) ? run->analytic.independent : run->analytic.serial;
    for (int p = 0; p < UF_POWER_PROCEDURES; p++) {
        enum uf_power_procedure procedure = (enum uf_power_procedure)p;
        if (isnan(uf_power_share(run->simulation, procedure, 0))) continue;
        double minimum = uf_power_simulated_minimum(run->simulation, procedure, run->power, 64 * scale);
        const char *note = isnan(minimum) ? uf_words_in(unreachable, run->common.context->language) : NULL;
        UF_TRY(add_minimum(run, procedures[p], NAN, NAN, minimum, note, error));
        if (isnan(minimum) && procedure == UF_POWER_RANDOMISATION)
            UF_TRY(power_note_never_found(&run->common, error));
        for (size_t i = 0; i < run->n_effects; i++) {
            double share = uf_power_share(run->simulation, procedure, run->effects[i]);
            UF_TRY(add_point(run, run->effects[i], share, all ? 0 : sqrt(share * (1 - share) / deals),
                             procedures[p], error));
        }
    }
    return UF_OK;
}

static uf_status note_simulation(const struct power_run *run, const struct power_sample *sample,
                                 struct uf_error *error)
{
    static const struct uf_words drawn = {"Placebo treatments were tried {0} times",
                                          "Placeboinsatser har prövats {0} gånger"};
    static const struct uf_words every = {"All {0} placebo treatments that there can be were tried",
                                          "Alla {0} placeboinsatser som kan finnas har prövats"};
    static const struct uf_words before = {
        "{0} on the {1} periods before the start, with {2} of them after the false start; the design itself "
        "has {3} and {4}, so that the effect it can find is another one where these differ much.",
        "{0} på de {1} perioderna före start, med {2} av dem efter den falska starten; undersökningen själv "
        "har {3} och {4}, så den effekt som den kan upptäcka är en annan om dessa skiljer sig mycket."};
    static const struct uf_words controls = {
        "{0} on the {5} comparison regions in all {3} periods, {6} of them at a time.",
        "{0} på de {5} jämförelseregionerna i alla {3} perioder, {6} av dem åt gången."};
    const struct uf_argument deals[] = {uf_count_argument(uf_power_deals(run->simulation))};
    char *how = NULL;
    UF_TRY(uf_phrase(run->common.context->language, uf_power_enumerated(run->simulation) ? every : drawn,
                     deals, 1, &how, error));
    const struct uf_argument arguments[] = {uf_text_argument(how),
                                            uf_count_argument(sample->n_periods),
                                            uf_count_argument(sample->n_after),
                                            uf_count_argument(sample->all_periods),
                                            uf_count_argument(sample->all_after),
                                            uf_count_argument(run->common.sample->n_control),
                                            uf_count_argument(run->common.sample->n_treated)};
    uf_status status = effect_note(&run->common, UF_NOTE, "power-sample",
                                   sample->of_controls ? controls : before, nothing, arguments, 7, error);
    free(how);
    return status;
}

/* A simulation that cannot be had leaves the formula alone, and says so. */
static uf_status simulate(struct power_run *run, struct uf_error *error)
{
    static const struct uf_words impossible = {
        "No placebo treatments could be tried: {0}. Only the formula is given.",
        "Inga placeboinsatser kunde prövas: {0}. Endast formeln redovisas."};
    static const struct uf_words reasons[] = {
        {"there are too few periods before the start and too few comparison regions",
         "det finns för få perioder före start och för få jämförelseregioner"},
        {"the sample is too large; ask for fewer draws and permutations",
         "urvalet är för stort; begär färre draws och permutations"}};
    size_t draws = uf_options_count(run->options, "draws");
    if (draws == 0) return UF_OK;
    struct power_sample sample;
    struct uf_error reason;
    uf_status status = power_sample_init(&run->common.sample->data, uf_options_text(run->options, "sample"),
                                         &sample, &reason);
    if (status == UF_OK) {
        const struct uf_power_options options = {.level = run->level,
                                                 .draws = draws,
                                                 .permutations =
                                                     uf_options_count(run->options, "permutations"),
                                                 .seed = run->common.context->seed,
                                                 .progress = run->common.context->progress,
                                                 .user = run->common.context->user};
        status = uf_power_simulation_new(&sample.part.data, &options, &run->simulation, &reason);
        if (status == UF_OK) {
            status = note_simulation(run, &sample, error);
            if (status == UF_OK) status = report_simulated(run, error);
            subsample_clear(&sample.part);
            return status;
        }
        subsample_clear(&sample.part);
    }
    if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) {
        const struct uf_argument argument =
            uf_text_argument(uf_words_in(reasons[status == UF_BAD_USAGE], run->common.context->language));
        return effect_note(&run->common, UF_WARNING, "power-sample", impossible, nothing, &argument, 1,
                           error);
    }
    if (error) *error = reason;
    return status;
}

static uf_status note_minimum(const struct power_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"By the formula an effect of {0} would be found in {1} per cent of "
                                         "cases ({2} with errors that are independent from "
                                         "period to period).",
                                         "Enligt formeln skulle en effekt på {0} upptäckas i {1} procent av "
                                         "fallen ({2} om felen vore oberoende från period "
                                         "till period)."};
    double used = isnan(run->analytic.serial) ? run->analytic.independent : run->analytic.serial;
    const struct uf_argument arguments[] = {
        significant_argument(uf_power_minimum(used, run->df, run->level, run->power)),
        uf_number_argument(100 * run->power, 0),
        significant_argument(uf_power_minimum(run->analytic.independent, run->df, run->level, run->power))};
    return effect_note(&run->common, UF_NOTE, "minimum-effect", text, nothing, arguments, 3, error);
}

static uf_status run_all(struct power_run *run, struct uf_error *error)
{
    static const struct uf_words titles[] = {
        {"The smallest effect that would be found", "Den minsta effekt som skulle upptäckas"},
        {"How often an effect would be found", "Hur ofta en effekt skulle upptäckas"}};
    static const struct effect_column minimum[] = {
        {"procedure", false, false, -1}, {"std_error", true, true, 4},      {"df", true, false, 1},
        {"power", true, false, 2},       {"minimum_effect", true, true, 4}, {"note", false, false, -1}};
    static const struct effect_column curve[] = {{"effect_size", true, true, 4},
                                                 {"power", true, false, 2},
                                                 {"mc_error", true, false, 3},
                                                 {"procedure", false, false, -1},
                                                 {"label", false, false, -1}};
    UF_TRY(analytic(run, error));
    UF_TRY(effect_columns_new(&run->common, "minimum-effect", titles[0], minimum, 6, &run->minimum, error));
    UF_TRY(effect_columns_new(&run->common, "power-curve", titles[1], curve, 5, &run->curve, error));
    UF_TRY(note_minimum(run, error));
    UF_TRY(report_analytic(run, error));
    UF_TRY(simulate(run, error));
    struct uf_table *table = run->minimum;
    run->minimum = NULL;
    UF_TRY(uf_result_take_table(run->common.result, table, error));
    table = run->curve;
    run->curve = NULL;
    return uf_result_take_table(run->common.result, table, error);
}

static uf_status run_on(const struct uf_panel *panel, const struct uf_options *options,
                        const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "In the sample that is left no error can be computed for the difference.",
        "I det urval som återstår går inget medelfel att beräkna för skillnaden."};
    static const struct uf_words advice = {"Look in the ledger for the rows that were lost.",
                                           "Se i urvalsloggen vilka rader som föll bort."};
    struct uf_design design;
    struct effect_sample sample;
    struct power_run run = {.options = options};
    UF_TRY(effect_run_init(panel, context, "power", &sample, NULL, result, &run.common, error));
    UF_TRY(read_request(&run, error));
    UF_TRY(uf_design_check(panel, UF_COMPARE_TREATED_CONTROL, context, &design, result, error));
    result->claim = UF_CLAIM_DESCRIPTION; /* nothing is estimated */
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    run.df = design.n_clusters > 1 ? (double)design.n_clusters - 1 : 1;
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    struct uf_error reason = {0};
    uf_status status = run_all(&run, &reason);
    if (status == UF_NOT_IDENTIFIED) {
        status = effect_note(&run.common, UF_FATAL, "not-estimable", text, advice, NULL, 0, error);
        if (status == UF_OK) status = uf_design_refuse(result, error);
    } else if (status != UF_OK && error) {
        *error = reason;
    }
    uf_table_free(run.minimum), uf_table_free(run.curve);
    uf_power_simulation_free(run.simulation);
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &design, context->language, result, error) : status;
}

static uf_status run_power(const struct uf_panel *panel, const struct uf_options *options,
                           const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    return effect_run_comparable(panel, EFFECT_PAST_OF_TWO_WAY, run_on, options, context, result, error);
}

const struct uf_method uf_method_power = {
    .name = "power",
    .family = UF_FAMILY_EFFECT,
    .title = {"Power and minimum detectable effect", "Styrka och minsta upptäckbara effekt"},
    .summary = {"How large an effect would have to be for this comparison to find it, by formula and by "
                "trying placebo "
                "treatments",
                "Hur stor en effekt måste vara för att jämförelsen ska upptäcka den, enligt formel och genom "
                "att pröva "
                "placeboinsatser"},
    .formula_note = {"The minimum detectable effect is (t(1−α/2) + t(power)) times the standard error that "
                     "the difference-in-differences "
                     "estimate of this design has under the autocovariances of the untreated rows (and, for "
                     "comparison, under "
                     "independence). In the simulation the treatment is dealt to other regions in data "
                     "without an effect, an effect is "
                     "added, and the share of deals in which a test rejects is its power.",
                     "Den minsta upptäckbara effekten är (t(1−α/2) + t(styrka)) gånger det medelfel som "
                     "skattningen av skillnaden har i "
                     "den här undersökningen med de obehandlade radernas autokovarianser (och, som "
                     "jämförelse, vid oberoende). I "
                     "simuleringen fördelas insatsen på andra regioner i data utan effekt, en effekt läggs "
                     "till, och andelen "
                     "fördelningar där ett test ger utslag är dess styrka."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .run = run_power,
};

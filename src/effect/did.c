// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `did`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/anticipation.h"
#include "effect/chart_hints.h"
#include "effect/cohort_sample.h"
#include "effect/did_internal.h"
#include "effect/term_report.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct uf_option options_table[] = {
    EFFECT_INFERENCE_OPTIONS("auto"),
    EFFECT_DEPENDENCE_OPTIONS,
    {"event-study", UF_OPTION_FLAG, "true", NULL, "estimate the difference by time since the start too",
     UF_COLUMNS_NONE},
    {"reference", UF_OPTION_NUMBER, NULL, NULL,
     "event time whose difference is 0 by definition; -1 less the anticipation unless given",
     UF_COLUMNS_NONE},
    {"anticipation", UF_OPTION_COUNT, "0", NULL,
     "periods before the start in which units may have acted on it already: left out (one start)",
     UF_COLUMNS_NONE},
    {"bin-before", UF_OPTION_NUMBER, NULL, NULL, "take event times at or before this one together",
     UF_COLUMNS_NONE},
    {"bin-after", UF_OPTION_NUMBER, NULL, NULL, "take event times at or after this one together",
     UF_COLUMNS_NONE},
    {"scale", UF_OPTION_CHOICE, "auto", effect_scales,
     "what the outcome is, for the size in per cent: auto goes by its name (log_, ln_) and unit",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel trends. "
    "American Economic "
    "Review: Insights 4(3), 305–322.",
    "Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing. Journal of "
    "Econometrics "
    "225(2), 254–277.",
    "Pustejovsky, J. E. & Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and "
    "hypothesis "
    "testing in fixed effects models. Journal of Business & Economic Statistics 36(4), 672–683.",
    "MacKinnon, J. G. & Webb, M. D. (2020). Randomization inference for difference-in-differences with few "
    "treated "
    "clusters. Journal of Econometrics 218(2), 435–450.",
    "Cameron, A. C., Gelbach, J. B. & Miller, D. L. (2011). Robust inference with multiway clustering. "
    "Journal of Business "
    "& Economic Statistics 29(2), 238–249.",
    "MacKinnon, J. G., Nielsen, M. Ø. & Webb, M. D. (2023). Fast and reliable jackknife and bootstrap "
    "methods "
    "for cluster-robust inference. Journal of Applied Econometrics 38(5), 671–694.",
    "Driscoll, J. C. & Kraay, A. C. (1998). Consistent covariance matrix estimation with spatially dependent "
    "panel data. Review of Economics and Statistics 80(4), 549–560.",
    NULL,
};

static const struct uf_chart_hint charts[] = {
    EFFECT_CHART_EVENT_STUDY("{0}: difference from the comparison regions by time since the start",
                             "{0}: skillnad mot jämförelseregionerna efter tid sedan start",
                             "Difference from the reference period", "Skillnad mot referensperioden"),
    EFFECT_CHART_TRENDS,
    EFFECT_CHART_RANDOMISATION,
};

static uf_status read_request(const struct uf_options *options, struct did_run *run, struct uf_error *error)
{
    run->scale = (enum effect_scale)uf_options_choice(options, "scale");
    run->event_study = uf_options_flag(options, "event-study");
    bool own = false;
    UF_TRY(effect_read_count(options, "anticipation", &run->anticipation, NULL, error));
    UF_TRY(effect_read_whole(options, "reference", &run->event.reference, &own, error));
    if (!own) run->event.reference = -1 - run->anticipation;
    UF_TRY(effect_read_whole(options, "bin-before", &run->event.before, &run->event.bin_before, error));
    return effect_read_whole(options, "bin-after", &run->event.after, &run->event.bin_after, error);
}

static const struct uf_words none = {NULL, NULL};

static uf_status note_fit(const struct effect_run *run, const struct uf_did_fit *fit, struct uf_error *error)
{
    static const struct uf_words rank = {"{0} observations; rank {1} for the coefficients and {2} for the "
                                         "fixed effects; {3} residual degrees of "
                                         "freedom.",
                                         "{0} observationer; rang {1} för koefficienterna och {2} för de "
                                         "fasta effekterna; {3} frihetsgrader kvar."};
    static const struct uf_words dropped = {"{0} was dropped from the regression: it is collinear with the "
                                            "fixed effects or with what stands before it.",
                                            "{0} har uteslutits ur regressionen: variabeln är kollinjär med "
                                            "de fasta effekterna eller med det som står före den."};
    static const struct uf_words singletons = {"Observations that are alone in their unit or period: {0}. "
                                               "They are fitted perfectly and say nothing about "
                                               "the difference.",
                                               "Observationer som är ensamma i sin enhet eller period: {0}. "
                                               "De förklaras fullständigt och säger inget om "
                                               "skillnaden."};
    static const struct uf_words perfect = {
        "The regression explains the outcome completely: no uncertainty can be estimated.",
        "Regressionen förklarar utfallet fullständigt: någon osäkerhet går inte att skatta."};
    size_t absorbed = fit->summed ? fit->summed->absorbed : uf_absorber_rank(fit->absorber);
    const struct uf_argument arguments[] = {uf_count_argument(fit->fit.n), uf_count_argument(fit->fit.rank),
                                            uf_count_argument(absorbed), uf_number_argument(fit->fit.df, 0)};
    UF_TRY(effect_note(run, UF_NOTE, "rank", rank, none, arguments, 4, error));
    for (size_t d = 0; d < fit->fit.n_dropped; d++) {
        const struct uf_argument name =
            uf_text_argument(run->panel->columns[run->panel->covariates[fit->fit.dropped[d] - 1]].label);
        UF_TRY(effect_note(run, UF_WARNING, "dropped-covariate", dropped, none, &name, 1, error));
    }
    size_t n_alone = fit->summed ? fit->summed->singletons : uf_absorber_singletons(fit->absorber);
    const struct uf_argument alone = uf_count_argument(n_alone);
    if (n_alone > 0) UF_TRY(effect_note(run, UF_NOTE, "singletons", singletons, none, &alone, 1, error));
    if (!effect_is_rounding(run, sqrt(fit->fit.rss / (double)fit->fit.n))) return UF_OK;
    return effect_note(run, UF_WARNING, "perfect-fit", perfect, none, arguments, 4, error);
}

/* Randomisation that cannot be done says so; anything else stops the run. */
static uf_status randomise(const struct effect_run *run, const struct uf_did_fit *fit,
                           struct uf_did_assignment *assignment, struct uf_randomisation *randomisation,
                           bool *done, struct uf_error *error)
{
    static const struct uf_words text = {"The treatment could not be dealt out anew over the units: {0}.",
                                         "Insatsen kunde inte fördelas på nytt över enheterna: {0}."};
    static const struct uf_words gaps = {
        "it changes in size or ends, so that each unit must have a value in each period",
        "den växlar i storlek eller upphör, och då måste varje enhet ha ett värde i varje period"};
    static const struct uf_words many = {"of this many rows only sums are kept",
                                         "av så här många rader sparas bara summor"};
    static const struct uf_words one_way = {"there is only one way to do it",
                                            "det finns bara ett sätt att göra det på"};
    *done = false;
    if (!run->inference->randomise) return UF_OK;
    struct uf_error reason;
    struct uf_words why = fit->summed ? many : gaps;
    uf_status status =
        fit->summed ? UF_NOT_IDENTIFIED : uf_did_assignment_init(&run->sample->data, assignment, &reason);
    if (status == UF_OK) {
        why = one_way;
        status = uf_did_randomise(&run->sample->data, fit, assignment, &run->inference->randomisation,
                                  randomisation, &reason);
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
    const struct uf_argument argument = uf_text_argument(uf_words_in(why, run->context->language));
    return effect_note(run, UF_WARNING, "randomisation-impossible", text, none, &argument, 1, error);
}

/* What a line by which the treated drift would do to the estimate, for the power of the leads' test. Not where only sums
 * are kept: it would take the regression once more. */
static uf_status find_drift(struct did_run *run, const struct uf_did_fit *fit,
                            const struct effect_regression *regression, struct uf_error *error)
{
    run->estimate = run->drift = NAN;
    if (fit->summed) return UF_OK;
    gsl_vector *line = gsl_vector_alloc(fit->fit.rank);
    if (!line) return uf_fail_memory(error);
    uf_status status = effect_line_coefficients(&run->common.sample->data, &regression->input, line, error);
    if (status == UF_OK) {
        run->estimate = gsl_vector_get(fit->fit.coefficients, 0);
        run->drift = gsl_vector_get(line, fit->position[0]);
    }
    gsl_vector_free(line);
    return status;
}

static uf_status report(struct did_run *run, const struct uf_did_fit *fit,
                        const struct effect_regression *regression, const struct uf_covariance *covariance,
                        struct uf_error *error)
{
    struct uf_did_assignment assignment = {0};
    struct uf_randomisation randomisation = {0};
    bool randomised = false;
    UF_TRY(note_fit(&run->common, fit, error));
    if (run->event_study) UF_TRY(find_drift(run, fit, regression, error));
    UF_TRY(randomise(&run->common, fit, &assignment, &randomisation, &randomised, error));
    struct effect_findings findings = {.regression = regression,
                                       .covariance = covariance,
                                       .randomisation = randomised ? &randomisation : NULL,
                                       .assignment = &assignment,
                                       .data = &run->common.sample->data};
    uf_status status = effect_findings_choose(&run->common, &findings, error);
    run->procedure = findings.procedure;
    if (status == UF_OK && randomised)
        status = effect_report_noise(&run->common, &run->common.sample->data, &assignment,
                                     !isnan(randomisation.p_scaled), error);
    if (status == UF_OK)
        status = did_report_estimates(run, fit, regression, covariance, randomised ? &randomisation : NULL,
                                      &assignment, error);
    if (status == UF_OK)
        status =
            effect_report_size(&run->common, run->scale, gsl_vector_get(fit->fit.coefficients, 0), error);
    if (status == UF_OK && run->event_study)
        status = did_report_event_study(run, randomised ? &assignment : NULL, error);
    if (status == UF_OK && randomised)
        status = effect_report_randomisation(&run->common, &randomisation, &assignment, error);
    if (status == UF_OK) status = effect_report_trends(&run->common, error);
    uf_randomisation_clear(&randomisation);
    uf_did_assignment_clear(&assignment);
    return status;
}

static uf_status refuse_collinear(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"In the sample that is left the treatment does not vary once the "
                                         "effects of regions and periods are taken out.",
                                         "I det urval som återstår varierar insatsen inte när regionernas "
                                         "och periodernas effekter har räknats bort."};
    static const struct uf_words advice = {
        "Look in the ledger for the rows that were lost, and drop the covariate or weight that lost them.",
        "Se i urvalsloggen vilka rader som föll bort, och ta bort den kovariat eller vikt som orsakade "
        "bortfallet."};
    return effect_refuse(run, "treatment-collinear", text, advice, NULL, 0, error);
}

static uf_status estimate(struct did_run *run, const struct uf_options *options, struct uf_error *error)
{
    struct uf_did_fit fit;
    struct did_regression regression = {0};
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    const struct uf_did_data *data = &run->common.sample->data;
    uf_status status = uf_did_estimate(data, &fit, error);
    if (status == UF_NOT_IDENTIFIED) return refuse_collinear(&run->common, error);
    if (status != UF_OK) return status;
    status = did_regression_init(data, &fit, &regression, error);
    if (status == UF_OK)
        status = effect_inference_settle(&run->common, &regression.view, options, covariance, error);
    if (status == UF_OK) status = report(run, &fit, &regression.view, covariance, error);
    effect_covariances_clear(covariance);
    did_regression_clear(&regression);
    uf_did_fit_clear(&fit);
    return status;
}

static uf_status run_on(struct did_run *run, const struct uf_options *options, struct effect_frame *frame,
                        struct uf_error *error)
{
    const struct uf_panel *panel = run->common.panel;
    struct effect_sample *sample = &frame->sample;
    UF_TRY(effect_frame_check(&run->common, UF_COMPARE_TREATED_CONTROL, frame, error));
    UF_TRY(
        effect_sample_init_columns(panel, run->common.context->language, sample, run->common.result, error));
    sample->data.row_scores = effect_wants_row_scores(&frame->inference);
    uf_status status = effect_take_means(&run->common, sample, error);
    if (status == UF_OK)
        status = effect_sample_locate(panel, uf_options_list(options, "coordinates"), sample, error);
    if (status == UF_OK) status = estimate(run, options, error);
    return effect_frame_finish(&run->common, frame, status, error);
}

static uf_status run_did(const struct uf_panel *panel, const struct uf_options *options,
                         const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct effect_frame frame;
    struct did_run run = {0};
    UF_TRY(effect_frame_init(panel, options, context, "did", &frame, result, &run.common, error));
    UF_TRY(read_request(options, &run, error));
    if (run.anticipation == 0) return run_on(&run, options, &frame, error);
    struct effect_calm_panel calm;
    UF_TRY(effect_calm_panel_init(&run.common, run.anticipation, &calm, error));
    run.common.panel = &calm.panel;
    uf_status status = run_on(&run, options, &frame, error);
    effect_calm_panel_clear(&calm);
    return status;
}

const struct uf_method uf_method_did = {
    .name = "did",
    .family = UF_FAMILY_EFFECT,
    .title = {"Difference-in-differences", "Difference-in-differences"},
    .summary =
        {"How much more the treated changed than the comparison (two-way fixed effects), with an event study",
         "Hur mycket mer insatsregionerna förändrades än jämförelseregionerna (fasta effekter för region och "
         "period), med "
         "händelsestudie"},
    .formula_note =
        {"The outcome is regressed on an indicator (or dose) of the treatment with fixed effects for region "
         "and period, and "
         "covariates and weights where given; with two groups and two periods the coefficient is the "
         "difference of mean "
         "differences. The event study replaces the indicator by one per period since the start, the "
         "reference period being "
         "0. Inference: what holds its level in the design at hand (with few treated regions randomisation, "
         "scaled by "
         "their noise before the start), and the usual cluster-robust errors beside it. The reading as an "
         "effect requires "
         "that the treated would have developed as the comparison did.",
         "Utfallet förklaras med en indikator (eller dos) för insatsen samt fasta effekter för region och "
         "period, och med "
         "kovariater och vikter där sådana har angetts; med två grupper och två perioder är koefficienten "
         "skillnaden mellan "
         "medelförändringarna. Händelsestudien ersätter indikatorn med en för varje period sedan start, där "
         "referensperioden "
         "är 0. Inferens: det som håller sin nivå i det aktuella upplägget (med få insatsregioner "
         "randomisering, skalad med "
         "deras brus före start), och de vanliga klusterrobusta felen bredvid. Att tolka resultatet som "
         "en effekt "
         "förutsätter att insatsregionerna annars skulle ha utvecklats som jämförelseregionerna."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .run = run_did,
};

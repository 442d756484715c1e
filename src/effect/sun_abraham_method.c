// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `sun-abraham`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/binary_treatment.h"
#include "effect/chart_hints.h"
#include "effect/cohort_sample.h"
#include "effect/comparable_panel.h"
#include "effect/sun_abraham_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct uf_option options_table[] = {
    EFFECT_INFERENCE_OPTIONS("auto"),
    EFFECT_DEPENDENCE_OPTIONS,
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
    "Sun, L. & Abraham, S. (2021). Estimating dynamic treatment effects in event studies with heterogeneous "
    "treatment effects. Journal of Econometrics 225(2), 175–199.",
    "Montiel Olea, J. L. & Plagborg-Møller, M. (2019). Simultaneous confidence bands: theory, "
    "implementation, and "
    "an application to SVARs. Journal of Applied Econometrics 34(1), 1–17.",
    "Pustejovsky, J. E. & Tipton, E. (2018). Small-sample methods for cluster-robust variance estimation and "
    "hypothesis testing in fixed effects models. Journal of Business & Economic Statistics 36(4), 672–683.",
    "MacKinnon, J. G. & Webb, M. D. (2020). Randomization inference for difference-in-differences with few "
    "treated clusters. Journal of Econometrics 218(2), 435–450.",
    NULL,
};

static const struct uf_chart_hint charts[] = {
    EFFECT_CHART_BY_TIME,
    EFFECT_CHART_BY_COHORT,
    EFFECT_CHART_TRENDS,
    EFFECT_CHART_RANDOMISATION,
};

static uf_status read_request(const struct uf_options *options, struct sun_abraham_run *run,
                              struct uf_error *error)
{
    double reference = uf_options_number(options, "reference");
    long anticipation = 0;
    run->scale = (enum effect_scale)uf_options_choice(options, "scale");
    UF_TRY(effect_read_count(options, "anticipation", &anticipation, NULL, error));
    run->options.anticipation = anticipation;
    if (isnan(reference)) reference = -1 - (double)anticipation;
    if (reference != floor(reference) || reference < -1e6 || reference >= -(double)anticipation)
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'reference': found %g, expected a whole number of periods below %ld",
                       reference, -anticipation);
    run->options.reference = (long)reference;
    return UF_OK;
}

static uf_status refuse(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "In the sample that is left no cohort can be compared with controls from its start on: each needs a "
        "period "
        "before its start (less the anticipation), and controls with values in both.",
        "I det urval som återstår kan ingen kohort jämföras med jämförelseenheter från och med sin start: "
        "var och en "
        "behöver en period före start (med avdrag för förväntan), och jämförelseenheter med värden i båda."};
    static const struct uf_words advice = {
        "Look in the ledger for the rows that were lost; get earlier data, or units that are never treated.",
        "Se i urvalsloggen vilka rader som föll bort; skaffa tidigare data, eller enheter som aldrig får "
        "insatsen."};
    return effect_refuse(run, "no-cell-estimated", text, advice, NULL, 0, error);
}

/* --- randomisation -------------------------------------------------------------------------------- */

static void dealt_clear(struct sun_abraham_dealt *dealt)
{
    for (size_t k = 0; k < dealt->n_terms; k++) uf_randomisation_clear(&dealt->term[k]);
    free(dealt->term);
    for (size_t k = 0; dealt->part && k < dealt->n_parts; k++) uf_randomisation_clear(&dealt->part[k]);
    free(dealt->part);
    uf_randomisation_clear(&dealt->leads);
    uf_did_assignment_clear(&dealt->assignment);
}

/* All averages where randomisation was asked for by name, else the first. free() *out. */
static uf_status list_terms(const struct sun_abraham_run *run, struct sun_abraham_dealt *dealt,
                            struct uf_cell_term **out, struct uf_error *error)
{
    const struct uf_sun_abraham *fit = run->fit;
    long last = -1;
    dealt->first_event = 0;
    for (size_t c = 0; c < fit->n_cells; c++) {
        if (fit->cell[c].event_time < dealt->first_event) dealt->first_event = fit->cell[c].event_time;
        if (fit->cell[c].event_time > last) last = fit->cell[c].event_time;
    }
    const size_t n = effect_deals_all(run->common.inference)
                         ? SUN_ABRAHAM_AVERAGES + (size_t)(last - dealt->first_event + 1)
                         : 1;
    *out = malloc(n * sizeof **out);
    dealt->term = calloc(n, sizeof *dealt->term);
    if (!*out || !dealt->term) return uf_fail_memory(error);
    for (size_t k = 0; k < n; k++)
        (*out)[k] = k < SUN_ABRAHAM_AVERAGES
                        ? (struct uf_cell_term){sun_abraham_averages[k].kind, 0}
                        : (struct uf_cell_term){UF_CELLS_DYNAMIC,
                                                dealt->first_event + (long)(k - SUN_ABRAHAM_AVERAGES)};
    dealt->n_terms = n;
    return UF_OK;
}

/* The first average, which can always be told, and all that sun_abraham_part has a place for. */
static void list_parts(const struct uf_sun_abraham *fit, struct uf_cell_term *out)
{
    const size_t periods = fit->data.n_periods;
    out[0] = (struct uf_cell_term){UF_CELLS_SIMPLE, 0};
    for (size_t c = 0; c < fit->n_cells; c++) {
        const size_t start = fit->cohort[fit->cell[c].cohort].first_period;
        out[sun_abraham_part(fit, UF_CELLS_ONE, c)] =
            (struct uf_cell_term){UF_CELLS_ONE, (long)(start * periods + fit->cell[c].period)};
    }
    for (size_t g = 0; g < fit->n_cohorts; g++)
        out[sun_abraham_part(fit, UF_CELLS_GROUP, g)] =
            (struct uf_cell_term){UF_CELLS_GROUP, (long)fit->cohort[g].first_period};
    for (size_t t = 0; t < periods; t++)
        out[sun_abraham_part(fit, UF_CELLS_CALENDAR, t)] = (struct uf_cell_term){UF_CELLS_CALENDAR, (long)t};
}

/* Asked for by name: each cell, cohort and period, with as many draws as some seconds allow. `work`: of an assignment. */
static uf_status deal_parts(const struct sun_abraham_run *run, const struct uf_did_noise *noise, double work,
                            struct sun_abraham_dealt *out, struct uf_error *error)
{
    const struct uf_sun_abraham *fit = run->fit;
    const struct uf_did_data *data = &fit->data;
    struct uf_randomisation_options options;
    if (!effect_deals_all(run->common.inference)) return UF_OK;
    const size_t n = sun_abraham_part(fit, UF_CELLS_CALENDAR, data->n_periods);
    const double rows = (double)data->n, k = (double)fit->fit.fit.rank,
                 c = (double)run->common.panel->n_covariates,
                 blocks = (double)out->assignment.n_blocks * (double)data->n_periods;
    work += (double)n * (2 * blocks + rows * (uf_sun_abraham_by_means(data) ? 2 + 8 * c : k + 20) + 1000);
    if (!effect_afford_some(&run->common, work, &options))
        return effect_note_cells_not_dealt(&run->common, error);
    struct uf_cell_term *terms = malloc(n * sizeof *terms);
    out->part = calloc(n, sizeof *out->part);
    uf_status status = terms && out->part ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        list_parts(fit, terms);
        out->n_parts = n;
        status = uf_sun_abraham_randomise_terms(data, &run->options, &out->assignment, noise, terms, n,
                                                &options, out->part, error);
    }
    free(terms);
    return status;
}

/* What the leads dealt out anew would have found, where that is affordable. */
static uf_status find_slopes(const struct sun_abraham_run *run, double work, struct sun_abraham_dealt *out,
                             struct uf_error *error)
{
    struct placebo_sample sample;
    struct uf_error reason;
    uf_status status = placebo_sample_init(&run->fit->data, &out->assignment, false, &sample, &reason);
    if (status == UF_OK) {
        status = sun_abraham_placebo_drift(&sample, &run->options, work,
                                           run->common.inference->randomisation.seed, &out->slopes, &reason);
        placebo_sample_clear(&sample);
    }
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

static uf_status randomise(const struct sun_abraham_run *run, struct sun_abraham_dealt *out,
                           struct uf_error *error)
{
    const struct uf_did_data *data = &run->fit->data;
    struct uf_randomisation_options options;
    struct uf_did_noise noise = {0};
    struct uf_cell_term *terms = NULL;
    struct uf_error reason;
    if (!run->common.inference->randomise) return UF_OK;
    if (run->fit->fit.summed && run->common.inference->automatic) return UF_OK; /* the choice says why */
    double rows = (double)data->n, k = (double)(run->fit->fit.fit.rank + data->n_periods);
    double c = (double)run->common.panel->n_covariates;
    double work = uf_sun_abraham_by_means(data) ? rows * (12 + 6 * c * (c + 3)) : rows * k * (k + 20);
    if (!effect_afford(&run->common, work, &options)) return effect_note_not_dealt(&run->common, true, error);
    UF_TRY(uf_did_assignment_init(data, &out->assignment, error));
    uf_status status = uf_did_noise_init(data, &out->assignment, &noise, &reason);
    const bool known = status == UF_OK;
    if (known || status == UF_NOT_IDENTIFIED) status = list_terms(run, out, &terms, &reason);
    if (status == UF_OK)
        status = uf_sun_abraham_randomise_terms(data, &run->options, &out->assignment, known ? &noise : NULL,
                                                terms, out->n_terms, &options, out->term, &reason);
    if (status == UF_OK) status = deal_parts(run, known ? &noise : NULL, work, out, &reason);
    uf_did_noise_clear(&noise);
    free(terms);
    if (status == UF_NOT_IDENTIFIED) return effect_note_not_dealt(&run->common, false, error);
    if (status == UF_OK) {
        status = uf_sun_abraham_randomise_leads(data, &run->options, &out->assignment, &options, &out->leads,
                                                &reason);
        if (status == UF_NOT_IDENTIFIED) status = UF_OK; /* no lead */
        if (status == UF_OK && out->leads.count > 0) status = find_slopes(run, work, out, &reason);
    }
    if (status != UF_OK && error) *error = reason;
    return status;
}

/* --- the run -------------------------------------------------------------------------------------- */

/* Rows of cohorts and cells that the regression cannot tell leave the sample. */
static uf_status settle(const struct sun_abraham_run *run, struct effect_sample *sample,
                        struct uf_error *error)
{
    static const struct uf_words reason = {
        "rows used; the cohort, or the cohort in that period, cannot be estimated for the others",
        "rader som används; för övriga går kohorten, eller kohorten i den perioden, inte att skatta"};
    const struct uf_sun_abraham *fit = run->fit;
    if (!fit->row) return UF_OK;
    bool *used = calloc(sample->data.n + 1, sizeof *used);
    if (!used) return uf_fail_memory(error);
    for (size_t r = 0; r < fit->data.n; r++) used[fit->row[r]] = true;
    const size_t rows = fit->data.n_rows > 0 ? fit->data.n_rows : fit->data.n;
    uf_status status = effect_sample_settle(&run->common, sample, rows, used, reason, error);
    free(used);
    return status;
}

static uf_status report(struct sun_abraham_run *run, struct effect_findings *findings,
                        const struct sun_abraham_dealt *dealt, struct uf_error *error)
{
    run->findings = findings;
    run->dealt = dealt;
    if (dealt->n_terms > 0 && dealt->term[0].count > 0) findings->randomisation = &dealt->term[0];
    if (dealt->n_terms > 1) findings->others = dealt->term + 1, findings->n_others = SUN_ABRAHAM_AVERAGES - 1;
    UF_TRY(sun_abraham_add_notes(run, error));
    UF_TRY(effect_findings_choose(&run->common, findings, error));
    UF_TRY(sun_abraham_report_tables(run, error));
    return effect_report_rest(&run->common, findings, run->scale, "simple", error);
}

static uf_status estimate(struct sun_abraham_run *run, const struct uf_options *options,
                          struct uf_error *error)
{
    const struct effect_sample *whole = run->common.sample;
    struct effect_sample used = *whole; /* its counts are to be those of the fit */
    struct uf_sun_abraham fit;
    struct did_regression regression = {0};
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct sun_abraham_dealt dealt = {0};
    uf_status status = uf_sun_abraham_estimate(&whole->data, &run->options, &fit, error);
    if (status == UF_NOT_IDENTIFIED) return refuse(&run->common, error);
    if (status != UF_OK) return status;
    // cppcheck-suppress autoVariables ; taken back below
    run->fit = &fit;
    run->common.sample = &used; // cppcheck-suppress autoVariables ; taken back below
    status = settle(run, &used, error);
    if (status == UF_OK) status = effect_drop_temporal(&run->common, false, error);
    if (status == UF_OK) status = did_regression_init(&fit.data, &fit.fit, &regression, error);
    if (status == UF_OK)
        status = effect_inference_settle(&run->common, &regression.view, options, covariance, error);
    if (status == UF_OK) status = randomise(run, &dealt, error);
    if (status == UF_OK) {
        struct effect_findings findings = {.regression = &regression.view,
                                           .covariance = covariance,
                                           .assignment = &dealt.assignment,
                                           .data = &fit.data,
                                           .control_first =
                                               fit.control_first == SIZE_MAX ? 0 : fit.control_first};
        status = report(run, &findings, &dealt, error);
    }
    run->dealt = NULL;
    dealt_clear(&dealt);
    effect_covariances_clear(covariance);
    did_regression_clear(&regression);
    run->fit = NULL;
    run->common.sample = whole;
    uf_sun_abraham_clear(&fit);
    return status;
}

static uf_status run_on(const struct uf_panel *panel, const struct uf_options *options,
                        const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct effect_frame frame;
    struct sun_abraham_run run = {0};
    UF_TRY(effect_frame_init(panel, options, context, "sun-abraham", &frame, result, &run.common, error));
    UF_TRY(read_request(options, &run, error));
    UF_TRY(effect_frame_check(&run.common, UF_COMPARE_COHORTS, &frame, error));
    uf_status status = effect_cohort_sample(&run.common, options, &frame.sample, error);
    frame.sample.data.row_scores = effect_wants_row_scores(&frame.inference);
    if (status == UF_OK) status = estimate(&run, options, error);
    return effect_frame_finish(&run.common, &frame, status, error);
}

static uf_status run_sun_abraham(const struct uf_panel *panel, const struct uf_options *options,
                                 const struct uf_context *context, struct uf_result *result,
                                 struct uf_error *error)
{
    return effect_run_comparable(panel, EFFECT_PAST_OF_COHORT, run_on, options, context, result, error);
}

const struct uf_method uf_method_sun_abraham = {
    .name = "sun-abraham",
    .family = UF_FAMILY_EFFECT,
    .title = {"Interaction-weighted event study (Sun & Abraham)",
              "Interaktionsviktad händelsestudie (Sun & Abraham)"},
    .summary = {"How much more each cohort changed than units never treated, by time since the start, from "
                "one regression",
                "Hur mycket mer varje kohort förändrades än enheter som aldrig fått insatsen, efter tid "
                "sedan start, ur en "
                "enda regression"},
    .formula_note = {"The outcome is regressed on an indicator for each cohort in each period but its "
                     "reference, with fixed "
                     "effects for region and period, and covariates and weights where given; never-treated "
                     "regions (or, where "
                     "there are none, the cohort treated last, before its start) are the comparison. The "
                     "coefficients are averaged "
                     "with the cohorts' numbers of observations, which the errors take as given. Reading the "
                     "numbers as effects "
                     "requires that cohorts and comparison would have developed alike.",
                     "Utfallet förklaras med en indikator för varje kohort i varje period utom dess "
                     "referens, med fasta effekter "
                     "för region och period, och med kovariater och vikter där sådana har angetts; regioner "
                     "som aldrig får insatsen "
                     "(eller, där sådana saknas, den kohort som får den sist, före dess start) är "
                     "jämförelsen. Koefficienterna vägs "
                     "samman med kohorternas antal observationer, som medelfelen tar för givna. Att läsa "
                     "talen som effekter "
                     "förutsätter att kohorter och jämförelse annars skulle ha utvecklats lika."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .run = run_sun_abraham,
};

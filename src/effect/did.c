// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `did`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/did_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Below this many clusters an inference known to reject too often is never shown alone. */
enum { FEW_CLUSTERS = 50 };

/* Without conley: a panel has no coordinates. */
static const char *const inferences[] = {
    "iid", "hc1", "hc2", "hc3", "cr0", "cr1", "cr1s", "cr2", "cr3", "driscoll-kraay", "randomisation", NULL};
static const char *const k_rules[] = {"fixest", "stata", "reghdfe", "none", NULL};
static const char *const df_rules[] = {"default", "residual", "clusters", "satterthwaite", NULL};

static const char *const scales[] = {"auto", "level", "log", "log-percent", NULL}; /* as enum did_scale */

static const struct uf_option options_table[] = {
    {"inference", UF_OPTION_LIST, "cr2,randomisation,cr1s", inferences,
     "iid, hc1, hc2, hc3, cr0, cr1, cr1s, cr2, cr3, driscoll-kraay, randomisation; intervals are those of "
     "the first analytic one",
     false},
    {"event-study", UF_OPTION_FLAG, "true", NULL, "estimate the difference by time since the start too",
     false},
    {"reference", UF_OPTION_NUMBER, "-1", NULL, "event time whose difference is 0 by definition", false},
    {"bin-before", UF_OPTION_NUMBER, NULL, NULL, "take event times at or before this one together", false},
    {"bin-after", UF_OPTION_NUMBER, NULL, NULL, "take event times at or after this one together", false},
    {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "confidence level of the intervals", false},
    {"permutations", UF_OPTION_COUNT, "9999", NULL,
     "random assignments drawn when there are too many to try all", false},
    {"enumerate", UF_OPTION_COUNT, "25000", NULL, "try all assignments when there are at most this many",
     false},
    {"scale", UF_OPTION_CHOICE, "auto", scales,
     "what the outcome is, for the size in per cent: auto goes by its name (log_, ln_) and unit", false},
    {"k-rule", UF_OPTION_CHOICE, "fixest", k_rules, "what K counts in the factor (N-1)/(N-K) of cr1s", false},
    {"df-rule", UF_OPTION_CHOICE, "default", df_rules,
     "degrees of freedom of t: default is Satterthwaite for cr2 and cr3, clusters - 1 for cr0 to cr1s, "
     "periods - 1 for driscoll-kraay, residual else",
     false},
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
    NULL,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "event-study",
     .table = "event-study",
     .title = {"{0}: difference from the comparison regions by time since the start",
               "{0}: skillnad mot jämförelseregionerna efter tid sedan start"},
     .value_label = {"Difference from the reference period", "Skillnad mot referensperioden"},
     .value = "estimate",
     .low = "conf_low",
     .high = "conf_high",
     .x = "event_time",
     .reference = 0},
    {.kind = "lines",
     .table = "raw-trends",
     .title = {"{0}: means of treated and comparison regions",
               "{0}: medelvärden för insats- och jämförelseregioner"},
     .value_label = {NULL, NULL},
     .value = "value",
     .label = "label",
     .x = "period",
     .reference = NAN},
};

/* The choices stand in the order of their enum. */
static int choice_of(const char *const *choices, const char *text)
{
    int i = 0;
    while (choices[i] && strcmp(choices[i], text)) i++;
    return i;
}

static uf_status whole(const struct uf_options *options, const char *name, long *out, bool *given,
                       struct uf_error *error)
{
    double value = uf_options_number(options, name);
    *given = !isnan(value);
    if (*given && (value != floor(value) || fabs(value) > 1e6))
        return uf_fail(error, UF_BAD_USAGE, "option '%s': found %g, expected a whole number of periods", name,
                       value);
    if (*given) *out = (long)value;
    return UF_OK;
}

static void add_covariance(struct did_request *request, enum uf_covariance_kind kind,
                           const struct uf_options *options)
{
    for (size_t c = 0; c < request->n_covariances; c++)
        if (request->covariance[c].kind == kind) return;
    struct uf_covariance_options covariance = {
        .kind = kind,
        .k_rule = (enum uf_k_rule)choice_of(k_rules, uf_options_text(options, "k-rule")),
        .df_rule = (enum uf_df_rule)choice_of(df_rules, uf_options_text(options, "df-rule"))};
    size_t count;
    /* a rule about clusters has no meaning where there are none */
    if (!uf_covariance_types(&count)[kind].clustered) covariance.df_rule = UF_DF_DEFAULT;
    request->covariance[request->n_covariances++] = covariance;
}

static uf_status read_request(const struct uf_options *options, const struct uf_context *context,
                              struct did_request *out, struct uf_error *error)
{
    struct did_request request = {.level = uf_options_number(options, "confidence-level"),
                                  .event_study = uf_options_flag(options, "event-study"),
                                  .scale =
                                      (enum did_scale)choice_of(scales, uf_options_text(options, "scale"))};
    bool given;
    const struct uf_text_list *list = uf_options_list(options, "inference");
    for (size_t i = 0; i < list->count; i++) {
        const struct uf_covariance_type *type = uf_covariance_find(list->items[i]);
        if (type)
            add_covariance(&request, type->kind, options);
        else
            request.randomise = true;
    }
    if (!(request.level > 0 && request.level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a share between 0 and 1, as 0.95",
                       request.level);
    UF_TRY(whole(options, "reference", &request.event.reference, &given, error));
    UF_TRY(whole(options, "bin-before", &request.event.before, &request.event.bin_before, error));
    UF_TRY(whole(options, "bin-after", &request.event.after, &request.event.bin_after, error));
    request.randomisation =
        (struct uf_randomisation_options){.most_enumerated = uf_options_count(options, "enumerate"),
                                          .draws = uf_options_count(options, "permutations"),
                                          .seed = context->seed,
                                          .progress = context->progress,
                                          .user = context->user};
    *out = request;
    return UF_OK;
}

static uf_status note(const struct did_run *run, enum uf_severity severity, const char *code,
                      struct uf_words text, struct uf_words advice, const struct uf_argument *arguments,
                      size_t n_arguments, struct uf_error *error)
{
    return uf_result_add_note(run->result, run->context->language, severity, code, text, advice, arguments,
                              n_arguments, error);
}

static const struct uf_words none = {NULL, NULL};

/* Why a covariance cannot be had, in the reader's language; the kernels' own sentences are for programmers.
 */
static struct uf_words left_out_reason(uf_status status, bool two_way, bool clustered, size_t n_clusters)
{
    if (status == UF_BAD_USAGE && two_way)
        return (struct uf_words){"it is not defined for two cluster columns",
                                 "det är inte definierat för två klusterkolumner"};
    if (status == UF_BAD_USAGE)
        return (struct uf_words){"too many fixed effects lie across the clusters",
                                 "för många fasta effekter går tvärs över klustren"};
    if (clustered && n_clusters < 2)
        return (struct uf_words){"there is only one cluster", "det finns bara ett kluster"};
    return (struct uf_words){"no degrees of freedom are left", "inga frihetsgrader återstår"};
}

/* What cannot be had in this sample is left out, and said; what should not stand alone gets company. */
static uf_status settle_inference(const struct did_run *run, const struct uf_did_fit *fit, size_t n_clusters,
                                  const struct uf_options *options, struct did_request *request,
                                  struct uf_error *error)
{
    static const struct uf_words left_out = {
        "{0} was left out, because it cannot be computed in this sample: {1}.",
        "{0} har utelämnats, eftersom det inte går att beräkna i det här urvalet: {1}."};
    static const struct uf_words added = {
        "{0} was added: with {1} clusters the inference asked for rejects too often to stand alone.",
        "{0} har lagts till: med {1} kluster ger den begärda inferensen för ofta utslag för att stå ensam."};
    bool honest = request->randomise;
    size_t types, kept = 0;
    for (size_t c = 0; c < request->n_covariances; c++)
        honest |= request->covariance[c].kind == UF_COVARIANCE_CR2 ||
                  request->covariance[c].kind == UF_COVARIANCE_CR3;
    if (!honest && n_clusters < FEW_CLUSTERS) {
        bool one_way = run->sample->data.n_cluster_dimensions == 1;
        if (one_way)
            add_covariance(request, UF_COVARIANCE_CR2, options);
        else
            request->randomise = true;
        const struct uf_argument arguments[] = {uf_text_argument(one_way ? "cr2" : "randomisation"),
                                                uf_count_argument(n_clusters)};
        UF_TRY(note(run, UF_NOTE, "inference-added", added, none, arguments, 2, error));
    }
    for (size_t c = 0; c < request->n_covariances; c++) {
        struct uf_covariance v;
        struct uf_error reason;
        uf_status status = uf_did_covariance(&run->sample->data, fit, &request->covariance[c], &v, &reason);
        if (status == UF_OK) {
            run->covariance[kept] = v;
            request->covariance[kept++] = request->covariance[c];
            continue;
        }
        if (status != UF_BAD_USAGE && status != UF_NOT_IDENTIFIED) {
            if (error) *error = reason;
            return status;
        }
        const struct uf_covariance_type *type = &uf_covariance_types(&types)[request->covariance[c].kind];
        struct uf_words why =
            left_out_reason(status, run->sample->data.n_cluster_dimensions > 1, type->clustered, n_clusters);
        const struct uf_argument arguments[] = {uf_text_argument(type->name),
                                                uf_text_argument(uf_words_in(why, run->context->language))};
        UF_TRY(note(run, UF_NOTE, "inference-left-out", left_out, none, arguments, 2, error));
    }
    request->n_covariances = kept;
    return UF_OK;
}

static uf_status note_fit(const struct did_run *run, const struct uf_did_fit *fit, struct uf_error *error)
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
    const struct uf_argument arguments[] = {uf_count_argument(fit->fit.n), uf_count_argument(fit->fit.rank),
                                            uf_count_argument(uf_absorber_rank(fit->absorber)),
                                            uf_number_argument(fit->fit.df, 0)};
    UF_TRY(note(run, UF_NOTE, "rank", rank, none, arguments, 4, error));
    for (size_t d = 0; d < fit->fit.n_dropped; d++) {
        const struct uf_argument name =
            uf_text_argument(run->panel->columns[run->panel->covariates[fit->fit.dropped[d] - 1]].label);
        UF_TRY(note(run, UF_WARNING, "dropped-covariate", dropped, none, &name, 1, error));
    }
    const struct uf_argument alone = uf_count_argument(uf_absorber_singletons(fit->absorber));
    if (uf_absorber_singletons(fit->absorber) > 0)
        UF_TRY(note(run, UF_NOTE, "singletons", singletons, none, &alone, 1, error));
    if (fit->fit.rss > 0) return UF_OK;
    return note(run, UF_WARNING, "perfect-fit", perfect, none, arguments, 4, error);
}

/* Randomisation that cannot be done says so; anything else stops the run. */
static uf_status randomise(const struct did_run *run, const struct uf_did_fit *fit,
                           struct uf_did_assignment *assignment, struct uf_randomisation *randomisation,
                           bool *done, struct uf_error *error)
{
    static const struct uf_words text = {"The treatment could not be dealt out anew over the units: {0}.",
                                         "Insatsen kunde inte fördelas på nytt över enheterna: {0}."};
    static const struct uf_words gaps = {
        "it changes in size or ends, so that each unit must have a value in each period",
        "den växlar i storlek eller upphör, och då måste varje enhet ha ett värde i varje period"};
    static const struct uf_words one_way = {"there is only one way to do it",
                                            "det finns bara ett sätt att göra det på"};
    *done = false;
    if (!run->request->randomise) return UF_OK;
    struct uf_error reason;
    struct uf_words why = gaps;
    uf_status status = uf_did_assignment_init(&run->sample->data, assignment, &reason);
    if (status == UF_OK) {
        why = one_way;
        status = uf_did_randomise(&run->sample->data, fit, assignment, &run->request->randomisation,
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
    return note(run, UF_WARNING, "randomisation-impossible", text, none, &argument, 1, error);
}

static uf_status report(const struct did_run *run, const struct uf_did_fit *fit, struct uf_error *error)
{
    struct uf_did_assignment assignment = {0};
    struct uf_randomisation randomisation = {0};
    bool randomised = false;
    UF_TRY(note_fit(run, fit, error));
    UF_TRY(randomise(run, fit, &assignment, &randomisation, &randomised, error));
    uf_status status = did_report_estimates(run, fit, randomised ? &randomisation : NULL, &assignment, error);
    if (status == UF_OK) status = did_report_size(run, fit, error);
    if (status == UF_OK && run->request->event_study)
        status = did_report_event_study(run, randomised ? &assignment : NULL, error);
    if (status == UF_OK && randomised)
        status = did_report_randomisation(run, &randomisation, &assignment, error);
    if (status == UF_OK) status = did_report_trends(run, error);
    uf_randomisation_clear(&randomisation);
    uf_did_assignment_clear(&assignment);
    return status;
}

static uf_status refuse_collinear(const struct did_run *run, struct uf_error *error)
{
    static const struct uf_words text = {"In the sample that is left the treatment does not vary once the "
                                         "effects of regions and periods are taken out.",
                                         "I det urval som återstår varierar insatsen inte när regionernas "
                                         "och periodernas effekter har räknats bort."};
    static const struct uf_words advice = {
        "Look in the ledger for the rows that were lost, and drop the covariate or weight that lost them.",
        "Se i urvalsloggen vilka rader som föll bort, och ta bort den kovariat eller vikt som orsakade "
        "bortfallet."};
    UF_TRY(note(run, UF_FATAL, "treatment-collinear", text, advice, NULL, 0, error));
    run->result->claim = UF_CLAIM_DESCRIPTION;
    return uf_design_refuse(run->result, error);
}

static uf_status estimate(struct did_run *run, const struct uf_options *options, struct did_request *request,
                          size_t n_clusters, struct uf_error *error)
{
    struct uf_did_fit fit;
    uf_status status = uf_did_estimate(&run->sample->data, &fit, error);
    if (status == UF_NOT_IDENTIFIED) return refuse_collinear(run, error);
    if (status != UF_OK) return status;
    struct uf_covariance covariances[DID_MAX_INFERENCES] = {{0}};
    run->covariance = covariances;
    status = settle_inference(run, &fit, n_clusters, options, request, error);
    if (status == UF_OK) status = report(run, &fit, error);
    for (size_t c = 0; c < DID_MAX_INFERENCES; c++) uf_covariance_clear(&covariances[c]);
    run->covariance = NULL;
    uf_did_fit_clear(&fit);
    return status;
}

static uf_status run_did(const struct uf_panel *panel, const struct uf_options *options,
                         const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct uf_design design;
    struct did_request request;
    struct did_sample sample;
    struct uf_table *facts = NULL;
    if (panel->outcome < 0)
        return uf_fail(error, UF_BAD_USAGE, "did needs an outcome: name one column as the outcome");
    UF_TRY(read_request(options, context, &request, error));
    UF_TRY(uf_design_check(panel, UF_COMPARE_TREATED_CONTROL, context, &design, result, error));
    result->claim = design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(did_sample_init(panel, context->language, &sample, result, error));
    const struct uf_panel_column *outcome = &panel->columns[panel->outcome];
    struct did_run run = {.panel = panel,
                          .context = context,
                          .sample = &sample,
                          .request = &request,
                          .result = result,
                          .outcome = outcome->name};
    uf_status status = estimate(&run, options, &request, design.n_clusters, error);
    did_sample_clear(&sample);
    if (status == UF_OK) status = uf_design_table(&design, context->language, &facts, error);
    return status == UF_OK ? uf_result_take_table(result, facts, error) : status;
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
         "0. Inference: CR2 with Satterthwaite's degrees of freedom and randomisation of the treatment over "
         "regions, with the "
         "usual cluster-robust errors (CR1S, factors G/(G−1) and (N−1)/(N−K)) beside them. The reading as an "
         "effect requires "
         "that the treated would have developed as the comparison did.",
         "Utfallet förklaras med en indikator (eller dos) för insatsen samt fasta effekter för region och "
         "period, och med "
         "kovariater och vikter där sådana har angetts; med två grupper och två perioder är koefficienten "
         "skillnaden mellan "
         "medelförändringarna. Händelsestudien ersätter indikatorn med en för varje period sedan start, där "
         "referensperioden "
         "är 0. Inferens: CR2 med Satterthwaites frihetsgrader och randomisering av insatsen över regioner, "
         "med de vanliga "
         "klusterrobusta felen (CR1S, faktorerna G/(G−1) och (N−1)/(N−K)) bredvid. Att tolka resultatet som "
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/inference.h"
#include "base/fail.h"
#include "effect/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/absorbed_regression.h>

/* Below this many clusters an inference known to reject too often is never shown alone. */
enum { FEW_CLUSTERS = 50 };

const char *const effect_inferences[] = {"auto",
                                         "iid",
                                         "hc1",
                                         "hc2",
                                         "hc3",
                                         "hc4",
                                         "cr0",
                                         "cr1",
                                         "cr1s",
                                         "cr2",
                                         "cr3",
                                         "newey-west",
                                         "driscoll-kraay",
                                         "conley",
                                         "randomisation",
                                         "wild-bootstrap",
                                         "conley-taber",
                                         "ferman-pinto",
                                         NULL};
/* in the order of their enums */
const char *const effect_k_rules[] = {"fixest", "stata", "reghdfe", "none", NULL};
const char *const effect_g_rules[] = {"smallest", "each", NULL};
const char *const effect_df_rules[] = {"default",       "residual",    "clusters",
                                       "satterthwaite", "saddlepoint", NULL};
const char *const effect_joint_rules[] = {"default", "htz", "hta", "htb",        "edf",
                                          "edt",     "f",   "fp",  "chi-square", NULL};
const char *const effect_bootstrap_tails[] = {"symmetric", "equal-tailed", "greater", "less", NULL};
/* In the order of their enums. */
const char *const effect_bootstrap_weights[] = {"auto", "rademacher", "webb", NULL};
const char *const effect_bootstrap_ties[] = {"extreme", "left-out", NULL};
/* 4 for WCU, 2 for jackknife residuals, 1 for jackknife errors */
const char *const effect_bootstrap_types[] = {"wcr",    "wcr-13", "wcr-31", "wcr-33", "wcu",
                                              "wcu-13", "wcu-31", "wcu-33", NULL};

static const struct uf_words none = {NULL, NULL};

uf_status effect_run_init(const struct uf_panel *panel, const struct uf_context *context, const char *method,
                          struct effect_sample *sample, struct effect_inference *inference,
                          struct uf_result *result, struct effect_run *out, struct uf_error *error)
{
    if (panel->outcome < 0)
        return uf_fail(error, UF_BAD_USAGE, "%s needs an outcome: name one column as the outcome", method);
    const struct uf_panel_column *outcome = &panel->columns[panel->outcome];
    *out = (struct effect_run){.panel = panel,
                               .context = context,
                               .sample = sample,
                               .result = result,
                               .method = method,
                               .outcome = outcome->name,
                               .unit = outcome->unit,
                               .inference = inference};
    return UF_OK;
}

uf_status effect_note(const struct effect_run *run, enum uf_severity severity, const char *code,
                      struct uf_words text, struct uf_words advice, const struct uf_argument *arguments,
                      size_t n_arguments, struct uf_error *error)
{
    return uf_result_add_note(run->result, run->context->language, severity, code, text, advice, arguments,
                              n_arguments, error);
}

/* --- what was asked for ------------------------------------------------------------------------- */

static void add_covariance(struct effect_inference *inference, enum uf_covariance_kind kind,
                           const struct uf_options *options, const struct uf_context *context)
{
    for (size_t c = 0; c < inference->n_covariances; c++)
        if (inference->covariance[c].kind == kind) return;
    struct uf_covariance_options covariance = {
        .kind = kind,
        .k_rule = (enum uf_k_rule)uf_options_choice(options, "k-rule"),
        .g_rule = (enum uf_g_rule)uf_options_choice(options, "g-rule"),
        .df_rule = (enum uf_df_rule)uf_options_choice(options, "df-rule"),
        .joint_rule = (enum uf_joint_rule)uf_options_choice(options, "joint-test"),
        .progress = context->progress,
        .user = context->user};
    if (uf_options_has(options, "lag") && uf_options_count(options, "lag") != SIZE_MAX) {
        covariance.lag_rule = UF_LAG_GIVEN;
        covariance.lag = uf_options_count(options, "lag");
    }
    if (uf_options_has(options, "distance")) covariance.cutoff = uf_options_number(options, "distance");
    size_t count;
    /* a rule about clusters has no meaning where there are none */
    if (!uf_covariance_types(&count)[kind].clustered) covariance.df_rule = UF_DF_DEFAULT;
    inference->covariance[inference->n_covariances++] = covariance;
}

uf_status effect_randomisation_read(const struct uf_options *options, const struct uf_context *context,
                                    struct uf_randomisation_options *out, struct uf_error *error)
{
    const size_t draws = uf_options_count(options, "permutations"),
                 most = uf_options_count(options, "enumerate");
    if (draws == 0)
        return uf_fail(
            error, UF_BAD_USAGE,
            "option 'permutations': found 0, expected 1 or more, as 9999; without randomisation: name "
            "other types in 'inference'");
    *out = (struct uf_randomisation_options){
        .most_enumerated =
            most > 0 ? most : 1, /* one assignment is never all of them; 0 is the kernel's default */
        .draws = draws,
        .seed = context->seed,
        .progress = context->progress,
        .user = context->user};
    return UF_OK;
}

uf_status effect_inference_read(const struct uf_options *options, const struct uf_context *context,
                                struct effect_inference *out, struct uf_error *error)
{
    struct effect_inference inference = {.level = uf_options_number(options, "confidence-level")};
    const struct uf_text_list *list = uf_options_list(options, "inference");
    for (size_t i = 0; i < list->count; i++) {
        const struct uf_covariance_type *type = uf_covariance_find(list->items[i]);
        if (type) add_covariance(&inference, type->kind, options, context);
        inference.automatic |= !strcmp(list->items[i], "auto");
        inference.randomise |= !strcmp(list->items[i], "randomisation");
        inference.wild |= !strcmp(list->items[i], "wild-bootstrap");
        inference.conley_taber |= !strcmp(list->items[i], "conley-taber");
        inference.ferman_pinto |= !strcmp(list->items[i], "ferman-pinto");
    }
    if (inference.automatic) {
        inference.randomise = inference.wild = inference.ferman_pinto = true;
        add_covariance(&inference, UF_COVARIANCE_CR2, options, context);
        add_covariance(&inference, UF_COVARIANCE_CR1S, options, context);
    }
    if (uf_options_has(options, "distance") && uf_options_is_set(options, "distance") &&
        !(uf_options_number(options, "distance") > 0))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'distance': found %g, expected kilometres above 0, as 150",
                       uf_options_number(options, "distance"));
    if (!(fabs(uf_options_number(options, "bootstrap-null")) <=
          1e100)) /* its square is of the size of the variance */
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'bootstrap-null': found %g, expected a number of at most 1e100 in size",
                       uf_options_number(options, "bootstrap-null"));
    if (!(inference.level > 0 && inference.level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a share between 0 and 1, as 0.95",
                       inference.level);
    UF_TRY(effect_randomisation_read(options, context, &inference.randomisation, error));
    if (uf_options_count(options, "bootstrap-draws") == 0)
        return uf_fail(error, UF_BAD_USAGE, "option 'bootstrap-draws': found 0, expected 1 or more, as 9999");
    const size_t type = uf_options_choice(options, "bootstrap-type");
    inference.bootstrap_null = uf_options_number(options, "bootstrap-null");
    inference.bootstrap = (struct uf_wild_bootstrap_options){
        .null = type & 4 ? UF_WILD_UNRESTRICTED : UF_WILD_RESTRICTED,
        .jackknife_residuals = type & 2,
        .jackknife_variance = type & 1,
        .weights = (enum uf_wild_weights)uf_options_choice(options, "bootstrap-weights"),
        .tails = (enum uf_wild_tails)uf_options_choice(options, "bootstrap-p"),
        .ties = (enum uf_wild_ties)uf_options_choice(options, "bootstrap-ties"),
        .g_rule = (enum uf_g_rule)uf_options_choice(options, "g-rule"),
        .k_rule = (enum uf_k_rule)uf_options_choice(options, "k-rule"),
        .draws = uf_options_count(options, "bootstrap-draws"),
        .level = inference.level,
        .seed = context->seed,
        .keep_statistics = context->keep_resampled,
        .progress = context->progress,
        .user = context->user};
    *out = inference;
    return UF_OK;
}

/* --- what is possible --------------------------------------------------------------------------- */

/* Why a covariance cannot be had, in the reader's language; the kernels' own sentences are for programmers.
 */
static struct uf_words left_out_reason(uf_status status, const struct uf_covariance_type *type,
                                       const struct uf_covariance_input *input, bool two_way,
                                       size_t n_clusters)
{
    if (status == UF_BAD_USAGE && input->summed)
        return (struct uf_words){
            "it needs every row's residual, and of this many rows only sums are kept",
            "det kräver varje rads residual, och av så här många rader sparas bara summor"};
    if (status == UF_BAD_USAGE && type->spatial)
        return (struct uf_words){
            "it needs coordinates for each region and a distance: options coordinates and distance",
            "det kräver koordinater för varje region och ett avstånd: alternativen coordinates och "
            "distance"};
    if (status == UF_BAD_USAGE && type->temporal && !input->period)
        return (struct uf_words){
            "the regression has one change for each region, and no periods that could depend on each other",
            "regressionen har en förändring för varje region, och inga perioder som kan bero av varandra"};
    if (status == UF_BAD_USAGE && type->temporal)
        return (struct uf_words){"the lag must be smaller than the number of periods",
                                 "eftersläpningen måste vara mindre än antalet perioder"};
    if (status == UF_BAD_USAGE && !type->clustered)
        return (struct uf_words){"too many fixed effects lie across the largest grouping",
                                 "för många fasta effekter går tvärs över den största grupperingen"};
    if (status == UF_BAD_USAGE && two_way)
        return (struct uf_words){"it is not defined for two cluster columns",
                                 "det är inte definierat för två klusterkolumner"};
    if (status == UF_BAD_USAGE)
        return (struct uf_words){"too many fixed effects lie across the clusters",
                                 "för många fasta effekter går tvärs över klustren"};
    if (type->clustered && n_clusters < 2)
        return (struct uf_words){"there is only one cluster", "det finns bara ett kluster"};
    return (struct uf_words){"no degrees of freedom are left", "inga frihetsgrader återstår"};
}

/* The smallest number of clusters with observations in a dimension. */
static size_t count_clusters(const struct effect_regression *regression)
{
    const struct uf_covariance_input *input = &regression->input;
    size_t least = SIZE_MAX, n = input->summed ? 0 : input->residuals->size;
    if (input->summed)
        for (size_t d = 0; d < input->summed->n_cluster_dimensions; d++)
            if (input->summed->n_clusters[d] < least) least = input->summed->n_clusters[d];
    for (size_t d = 0; d < input->n_cluster_dimensions && !input->summed; d++) {
        size_t found = 0;
        unsigned char *seen = calloc(input->n_groups[d] + 1, 1);
        if (!seen) return 0;
        for (size_t i = 0; i < n; i++)
            if (!seen[input->cluster[d][i]]) seen[input->cluster[d][i]] = 1, found++;
        free(seen);
        if (found < least) least = found;
    }
    return least == SIZE_MAX ? 0 : least;
}

static uf_status add_honest(const struct effect_run *run, size_t n_clusters, const struct uf_options *options,
                            struct uf_error *error)
{
    static const struct uf_words added = {
        "{0} was added: with {1} clusters the inference asked for rejects too often to stand alone.",
        "{0} har lagts till: med {1} kluster ger den begärda inferensen för ofta utslag för att stå ensam."};
    struct effect_inference *inference = run->inference;
    bool honest = inference->randomise, one_way = run->sample->data.n_cluster_dimensions == 1;
    for (size_t c = 0; c < inference->n_covariances; c++)
        honest |= inference->covariance[c].kind == UF_COVARIANCE_CR2 ||
                  inference->covariance[c].kind == UF_COVARIANCE_CR3;
    if (honest || n_clusters >= FEW_CLUSTERS) return UF_OK;
    if (one_way)
        add_covariance(inference, UF_COVARIANCE_CR2, options, run->context);
    else
        inference->randomise = true;
    const struct uf_argument arguments[] = {uf_text_argument(one_way ? "cr2" : "randomisation"),
                                            uf_count_argument(n_clusters)};
    return effect_note(run, UF_NOTE, "inference-added", added, none, arguments, 2, error);
}

uf_status effect_inference_settle(const struct effect_run *run, const struct effect_regression *regression,
                                  const struct uf_options *options, struct uf_covariance *covariance,
                                  struct uf_error *error)
{
    static const struct uf_words left_out = {
        "{0} was left out, because it cannot be computed in this sample: {1}.",
        "{0} har utelämnats, eftersom det inte går att beräkna i det här urvalet: {1}."};
    struct effect_inference *inference = run->inference;
    size_t types, kept = 0, n_clusters = count_clusters(regression);
    if (!regression->input.summed) UF_TRY(add_honest(run, n_clusters, options, error));
    for (size_t c = 0; c < inference->n_covariances; c++) {
        struct uf_error reason;
        uf_status status =
            uf_covariance_estimate(&regression->input, &inference->covariance[c], &covariance[kept], &reason);
        if (status == UF_OK) {
            inference->covariance[kept++] = inference->covariance[c];
            continue;
        }
        if (status != UF_BAD_USAGE && status != UF_NOT_IDENTIFIED) {
            if (error) *error = reason;
            return status;
        }
        const struct uf_covariance_type *type = &uf_covariance_types(&types)[inference->covariance[c].kind];
        struct uf_words why = left_out_reason(status, type, &regression->input,
                                              run->sample->data.n_cluster_dimensions > 1, n_clusters);
        const struct uf_argument arguments[] = {uf_text_argument(type->name),
                                                uf_text_argument(uf_words_in(why, run->context->language))};
        UF_TRY(effect_note(run, UF_NOTE, "inference-left-out", left_out, none, arguments, 2, error));
    }
    inference->n_covariances = kept;
    return UF_OK;
}

void effect_covariances_clear(struct uf_covariance *covariance)
{
    for (size_t c = 0; c < EFFECT_MOST_COVARIANCES; c++) uf_covariance_clear(&covariance[c]);
}

uf_status effect_note_summed(const struct effect_run *run, const char *vcov, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0} was left out: it needs every row's residual, and of this many rows only sums are kept.",
        "{0} har utelämnats: det kräver varje rads residual, och av så här många rader sparas bara summor."};
    const struct uf_argument argument = uf_text_argument(vcov);
    if (run->inference->automatic) return UF_OK; /* the choice says it of all of them */
    return effect_note(run, UF_NOTE, "inference-left-out", text, none, &argument, 1, error);
}

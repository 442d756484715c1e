// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/inference.h"
#include "base/fail.h"
#include "effect/estimates.h"

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
                                         "cr0",
                                         "cr1",
                                         "cr1s",
                                         "cr2",
                                         "cr3",
                                         "driscoll-kraay",
                                         "conley",
                                         "randomisation",
                                         "wild-bootstrap",
                                         "conley-taber",
                                         "ferman-pinto",
                                         NULL};
/* in the order of their enums */
const char *const effect_k_rules[] = {"fixest", "stata", "reghdfe", "none", NULL};
const char *const effect_df_rules[] = {"default", "residual", "clusters", "satterthwaite", NULL};

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

static int choice_of(const char *const *choices, const char *text)
{
    int i = 0;
    while (choices[i] && strcmp(choices[i], text)) i++;
    return i;
}

static void add_covariance(struct effect_inference *inference, enum uf_covariance_kind kind,
                           const struct uf_options *options)
{
    for (size_t c = 0; c < inference->n_covariances; c++)
        if (inference->covariance[c].kind == kind) return;
    struct uf_covariance_options covariance = {
        .kind = kind,
        .k_rule = (enum uf_k_rule)choice_of(effect_k_rules, uf_options_text(options, "k-rule")),
        .df_rule = (enum uf_df_rule)choice_of(effect_df_rules, uf_options_text(options, "df-rule"))};
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

uf_status effect_inference_read(const struct uf_options *options, const struct uf_context *context,
                                struct effect_inference *out, struct uf_error *error)
{
    struct effect_inference inference = {.level = uf_options_number(options, "confidence-level")};
    const struct uf_text_list *list = uf_options_list(options, "inference");
    for (size_t i = 0; i < list->count; i++) {
        const struct uf_covariance_type *type = uf_covariance_find(list->items[i]);
        if (type) add_covariance(&inference, type->kind, options);
        inference.automatic |= !strcmp(list->items[i], "auto");
        inference.randomise |= !strcmp(list->items[i], "randomisation");
        inference.wild |= !strcmp(list->items[i], "wild-bootstrap");
        inference.conley_taber |= !strcmp(list->items[i], "conley-taber");
        inference.ferman_pinto |= !strcmp(list->items[i], "ferman-pinto");
    }
    if (inference.automatic) {
        inference.randomise = inference.wild = inference.ferman_pinto = true;
        add_covariance(&inference, UF_COVARIANCE_CR2, options);
        add_covariance(&inference, UF_COVARIANCE_CR1S, options);
    }
    if (!(inference.level > 0 && inference.level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a share between 0 and 1, as 0.95",
                       inference.level);
    inference.randomisation =
        (struct uf_randomisation_options){.most_enumerated = uf_options_count(options, "enumerate"),
                                          .draws = uf_options_count(options, "permutations"),
                                          .seed = context->seed,
                                          .progress = context->progress,
                                          .user = context->user};
    inference.bootstrap = (struct uf_wild_bootstrap_options){
        .k_rule = (enum uf_k_rule)choice_of(effect_k_rules, uf_options_text(options, "k-rule")),
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
static struct uf_words left_out_reason(uf_status status, const struct uf_covariance_type *type, bool summed,
                                       bool two_way, size_t n_clusters)
{
    if (status == UF_BAD_USAGE && summed)
        return (struct uf_words){
            "it needs every row's residual, and of this many rows only sums are kept",
            "det kräver varje rads residual, och av så här många rader sparas bara summor"};
    if (status == UF_BAD_USAGE && type->spatial)
        return (struct uf_words){
            "it needs coordinates for each region and a distance: options coordinates and distance",
            "det kräver koordinater för varje region och ett avstånd: alternativen coordinates och "
            "distance"};
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
        add_covariance(inference, UF_COVARIANCE_CR2, options);
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
        struct uf_words why = left_out_reason(status, type, regression->input.summed != NULL,
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

/* --- terms -------------------------------------------------------------------------------------- */

uf_status effect_term_test(const struct effect_run *run, const struct effect_regression *regression,
                           size_t inference, const struct uf_covariance *covariance,
                           const struct effect_term *term, double *estimate, struct uf_t_test *test,
                           struct uf_error *error)
{
    size_t k = regression->coefficients->size;
    gsl_vector_const_view combination = gsl_vector_const_view_array(term->combination, k);
    double variance, df, sum = 0;
    UF_TRY(uf_covariance_combination(&regression->input, &run->inference->covariance[inference], covariance,
                                     &combination.vector, &variance, &df, error));
    for (size_t j = 0; j < k; j++) sum += term->combination[j] * gsl_vector_get(regression->coefficients, j);
    *estimate = sum;
    *test = uf_t_test(sum, variance, df, run->inference->level);
    return UF_OK;
}

/* Variance and degrees of freedom of all terms at once, which costs no more than one; NaN where not estimated. */
static uf_status test_terms(const struct effect_run *run, const struct effect_regression *regression,
                            size_t inference, const struct uf_covariance *covariance,
                            const struct effect_term *terms, size_t n_terms, double *variance, double *df,
                            struct uf_error *error)
{
    size_t k = regression->coefficients->size, m = 0;
    for (size_t t = 0; t < n_terms; t++) m += terms[t].combination != NULL;
    if (m == 0 || k == 0) return UF_OK;
    gsl_matrix *combinations = gsl_matrix_alloc(k, m);
    if (!combinations) return uf_fail_memory(error);
    for (size_t t = 0, c = 0; t < n_terms; t++) {
        for (size_t j = 0; j < k && terms[t].combination; j++)
            gsl_matrix_set(combinations, j, c, terms[t].combination[j]);
        c += terms[t].combination != NULL;
    }
    uf_status status = uf_covariance_combinations(&regression->input, &run->inference->covariance[inference],
                                                  covariance, combinations, variance, df, error);
    gsl_matrix_free(combinations);
    for (size_t t = n_terms; t-- > 0 && status == UF_OK;) { /* to their terms, from the last */
        if (terms[t].combination) m--;
        variance[t] = terms[t].combination ? variance[m] : NAN;
        df[t] = terms[t].combination ? df[m] : NAN;
    }
    return status;
}

static uf_status add_term(const struct effect_run *run, const struct effect_regression *regression,
                          const char *vcov, size_t n_clusters, const struct effect_term *term,
                          double variance, double df, const char *how, struct uf_table *table,
                          struct uf_error *error)
{
    struct effect_row row = {.term = term->term,
                             .method = term->method,
                             .group = term->group,
                             .period = term->period,
                             .event_time = term->event_time,
                             .estimate = NAN,
                             .test = effect_no_test,
                             .n_obs = term->n_obs,
                             .n_treated = term->n_treated,
                             .n_control = term->n_control,
                             .n_clusters = n_clusters,
                             .vcov = vcov,
                             .note = term->note ? term->note : how};
    if (term->combination) {
        row.estimate = 0;
        for (size_t j = 0; j < regression->coefficients->size; j++)
            row.estimate += term->combination[j] * gsl_vector_get(regression->coefficients, j);
        row.test = uf_t_test(row.estimate, variance, df, run->inference->level);
    }
    return effect_add_row(table, run, &row, NULL, error);
}

uf_status effect_add_terms(const struct effect_run *run, const struct effect_regression *regression,
                           size_t inference, const struct uf_covariance *covariance,
                           const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                           struct uf_error *error)
{
    size_t count;
    const struct uf_covariance_options *options = &run->inference->covariance[inference];
    char *how = NULL;
    double *variance = calloc(2 * n_terms + 1, sizeof *variance);
    if (!variance) return uf_fail_memory(error);
    double *df = variance + n_terms;
    uf_status status =
        test_terms(run, regression, inference, covariance, terms, n_terms, variance, df, error);
    if (status == UF_OK)
        status = uf_covariance_describe(covariance, options, run->context->language, &how, error);
    for (size_t t = 0; t < n_terms && status == UF_OK; t++)
        status = add_term(run, regression, uf_covariance_types(&count)[options->kind].name,
                          covariance->n_clusters, &terms[t], variance[t], df[t], how, table, error);
    free(how), free(variance);
    return status;
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

static uf_status note_wild_left_out(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "The wild cluster bootstrap was left out: it needs one cluster column with at least two clusters.",
        "Den vilda klusterbootstrapen har utelämnats: den kräver en klusterkolumn med minst två kluster."};
    return effect_note(run, UF_NOTE, "inference-left-out", text, none, NULL, 0, error);
}

static uf_status add_wild_row(const struct effect_run *run, const struct uf_wild_bootstrap *wild,
                              const struct effect_term *term, struct uf_table *table, struct uf_error *error)
{
    char *how = NULL;
    UF_TRY(uf_wild_bootstrap_describe(wild, run->context->language, &how, error));
    struct effect_row row = {
        .term = term->term,
        .method = term->method,
        .group = term->group,
        .period = term->period,
        .event_time = term->event_time,
        .estimate = wild->estimate,
        .test = {wild->std_error, wild->statistic, NAN, wild->p_symmetric, wild->conf_low, wild->conf_high},
        .n_obs = term->n_obs,
        .n_treated = term->n_treated,
        .n_control = term->n_control,
        .n_clusters = wild->n_clusters,
        .vcov = "wild-bootstrap",
        .note = how};
    uf_status status = effect_add_row(table, run, &row, NULL, error);
    free(how);
    return status;
}

uf_status effect_add_wild(const struct effect_run *run, const struct effect_regression *regression,
                          const struct effect_term *terms, size_t n_terms, struct uf_table *table,
                          struct uf_error *error)
{
    if (!run->inference->wild) return UF_OK;
    if (regression->input.summed) return effect_note_summed(run, "wild-bootstrap", error);
    if (regression->input.n_cluster_dimensions != 1) return note_wild_left_out(run, error);
    for (size_t t = 0; t < n_terms; t++) {
        if (!terms[t].combination) continue;
        gsl_vector_const_view combination =
            gsl_vector_const_view_array(terms[t].combination, regression->coefficients->size);
        const struct uf_wild_bootstrap_input input = {&regression->input, regression->coefficients,
                                                      &combination.vector, 0};
        struct uf_wild_bootstrap wild;
        struct uf_error reason;
        uf_status status = uf_wild_bootstrap_test(&input, &run->inference->bootstrap, &wild, &reason);
        if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) return note_wild_left_out(run, error);
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
        status = add_wild_row(run, &wild, &terms[t], table, error);
        if (status == UF_OK && t == 0) status = effect_keep_wild(run, &wild, error);
        uf_wild_bootstrap_clear(&wild);
        UF_TRY(status);
    }
    return UF_OK;
}

static uf_status append(char **text, enum uf_language language, struct uf_words more, struct uf_error *error)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, *text);
    uf_buffer_append(&buffer, uf_words_in(more, language));
    free(*text);
    *text = uf_buffer_take(&buffer);
    return *text ? UF_OK : uf_fail_memory(error);
}

uf_status effect_add_randomised(const struct effect_run *run, const struct uf_randomisation *randomisation,
                                double estimate, size_t n_blocks, const char *term, struct uf_table *table,
                                struct uf_error *error)
{
    const struct {
        const char *vcov;
        double statistic, p_value;
        bool interval, scaled;
        struct uf_words note;
    } rows[] = {
        {"randomisation-scaled",
         randomisation->scaled[0],
         randomisation->p_scaled,
         true,
         true,
         {"treatment dealt out anew over {0} units; share of assignments with at least as large an estimate, "
          "scaled by "
          "how noisy the units were before the start",
          "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stor skattning, "
          "skalad med "
          "hur brusiga enheterna var före start"}},
        {"randomisation",
         randomisation->coefficient[0],
         randomisation->p_coefficient,
         true,
         false,
         {"treatment dealt out anew over {0} units; share of assignments with at least as large a "
          "coefficient",
          "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stor "
          "koefficient"}},
        {"randomisation-t",
         randomisation->t[0],
         randomisation->p_t,
         false,
         false,
         {"treatment dealt out anew over {0} units; share of assignments with at least as large a t value",
          "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stort t-värde"}}};
    static const struct uf_words endless = {
        "; the interval has no end on one side or both: there are too few ways to deal",
        "; intervallet saknar slut åt ena eller båda hållen: det finns för få sätt att fördela"};
    const struct uf_argument argument = uf_count_argument(n_blocks);
    enum { ROWS = sizeof rows / sizeof *rows };
    const char *chosen = run->inference->chosen;
    UF_TRY(effect_keep_randomised(run, randomisation, error));
    for (size_t pass = 0; pass < (size_t)2 * ROWS; pass++) { /* the chosen one, then the others */
        size_t r = pass % ROWS;
        bool goes_first = chosen && !strcmp(rows[r].vcov, chosen);
        if (isnan(rows[r].p_value) || goes_first != (pass < ROWS)) continue;
        char *note = NULL;
        UF_TRY(uf_phrase(run->context->language, rows[r].note, &argument, 1, &note, error));
        struct effect_row row = {.term = term,
                                 .vcov = rows[r].vcov,
                                 .note = note,
                                 .estimate = estimate,
                                 .event_time = NAN,
                                 .test = effect_no_test};
        row.test.statistic = isinf(rows[r].statistic) ? NAN : rows[r].statistic;
        row.test.p_value = rows[r].p_value;
        uf_status status = UF_OK;
        if (rows[r].interval)
            status = uf_randomisation_interval(randomisation, rows[r].scaled, run->inference->level,
                                               &row.test.conf_low, &row.test.conf_high, error);
        if (status == UF_OK && (isinf(row.test.conf_low) || isinf(row.test.conf_high)))
            status = append(&note, run->context->language, endless, error);
        row.note = note;
        if (status == UF_OK) status = effect_add_row(table, run, &row, NULL, error);
        free(note);
        UF_TRY(status);
    }
    return UF_OK;
}

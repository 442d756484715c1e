// SPDX-License-Identifier: GPL-3.0-or-later
/* The index that the options ask for, and its alternatives. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/composite_problem.h"
#include "profile/composite_tree.h"
#include "profile/ranking.h"

const char *const composite_treatments[] = {"none", "winsorise", "box-cox", NULL};
const char *const composite_normalisations[] = {"min-max", "z-score", "rank", "target", NULL};
const char *const composite_weightings[] = {"equal", "given", "pca", NULL};
const char *const composite_aggregations[] = {"arithmetic", "geometric", "harmonic", "copeland", NULL};

static size_t index_in(const char *const *words, const char *word)
{
    size_t i = 0;
    while (words[i] && strcmp(words[i], word) != 0) i++;
    return i;
}

size_t composite_parts(const struct composite_problem *p, size_t aggregate, size_t *out)
{
    size_t count = 0;
    for (size_t i = 0; i < aggregate; i++)
        if (p->parent[i] == aggregate) out[count++] = i;
    return count;
}

gsl_vector composite_column(const struct composite_problem *p, const struct composite_index *x, size_t item)
{
    size_t n = p->tree.n_indicators;
    gsl_vector_const_view column =
        item < n ? gsl_matrix_const_column(x->normalised, item) : gsl_matrix_const_column(x->value, item - n);
    return column.vector;
}

void composite_index_clear(struct composite_index *x)
{
    free(x->fit);
    free(x->weights);
    gsl_matrix *const all[] = {x->treated, x->normalised, x->value, x->rank};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]) gsl_matrix_free(all[i]);
    if (x->uncertain) uf_composite_uncertainty_clear(&x->uncertainty);
    rounding_bands_clear(&x->rounding);
    rounding_bands_clear(&x->choice_rounding);
    *x = (struct composite_index){0};
}

/* --- options ----------------------------------------------------------------------------------- */

static struct uf_outlier_options treatment_of(const struct uf_options *options, const char *word)
{
    return (struct uf_outlier_options){.treatment = (enum uf_outliers)index_in(composite_treatments, word),
                                       .skewness = uf_options_number(options, "skewness"),
                                       .kurtosis = uf_options_number(options, "kurtosis"),
                                       .most = uf_options_count(options, "winsorise-most"),
                                       .points = uf_options_count(options, "winsorise-points")};
}

static struct uf_normalise_options normalisation_of(const struct uf_options *options, const char *word)
{
    return (struct uf_normalise_options){
        .kind = (enum uf_normalisation)index_in(composite_normalisations, word),
        .low = uf_options_number(options, "scale-low"),
        .high = uf_options_number(options, "scale-high"),
        .mean = uf_options_number(options, "z-mean"),
        .deviation = uf_options_number(options, "z-deviation"),
        .lowest_of_ties = !strcmp(uf_options_text(options, "ties"), "lowest"),
        .cap = uf_options_flag(options, "cap")};
}

static enum uf_aggregation aggregation_of(const char *word)
{
    return (enum uf_aggregation)index_in(composite_aggregations, word);
}

static void read_choices(const struct composite_problem *p, const struct uf_options *options,
                         struct composite_index *x)
{
    const char *weighting = uf_options_text(options, "weighting"),
               *top = uf_options_text(options, "aggregate-top");
    x->treatment = treatment_of(options, uf_options_text(options, "treat"));
    x->normalisation = normalisation_of(options, uf_options_text(options, "normalise"));
    bool given = uf_options_list(options, "weights")->count > 0;
    x->weighting = weighting ? (enum composite_weighting)index_in(composite_weightings, weighting)
                   : given   ? WEIGHTING_GIVEN
                             : WEIGHTING_EQUAL;
    x->aggregation.parts = aggregation_of(uf_options_text(options, "aggregate"));
    x->aggregation.top = top ? aggregation_of(top) : x->aggregation.parts;
    x->aggregation.renormalise = p->missing == MISSING_RENORMALISE;
}

/* --- steps ------------------------------------------------------------------------------------- */

static uf_status name_indicator(const struct composite_problem *p, size_t k, uf_status status,
                                const struct uf_error *inner, struct uf_error *error)
{
    return (uf_fail)(error, status, "indicator '%s': %s", p->code[k], inner->message);
}

static uf_status treat_and_normalise(const struct composite_problem *p, struct composite_index *x,
                                     struct uf_error *error)
{
    for (size_t k = 0; k < p->tree.n_indicators; k++) {
        struct uf_error inner = {0};
        gsl_vector_const_view in = gsl_matrix_const_column(p->values, k);
        gsl_vector_view treated = gsl_matrix_column(x->treated, k), out = gsl_matrix_column(x->normalised, k);
        uf_status status = uf_treat_outliers(&in.vector, &x->treatment, &treated.vector, &x->fit[k], &inner);
        if (status == UF_OK)
            status = uf_normalise(&treated.vector, p->less[k], p->target[k], &x->normalisation, &out.vector,
                                  &inner);
        if (status != UF_OK) return name_indicator(p, k, status, &inner, error);
    }
    return UF_OK;
}

/* Principal components of the indicators of one aggregate, where it has two or more. */
static uf_status weigh_by_components(const struct composite_problem *p, const gsl_matrix *treated,
                                     size_t aggregate, size_t *parts, double *out, struct uf_error *error)
{
    size_t count = composite_parts(p, aggregate, parts), indicators = 0;
    while (indicators < count && parts[indicators] < p->tree.n_indicators) indicators++;
    if (indicators < 2 || indicators < count) return UF_OK;
    gsl_matrix *values = gsl_matrix_alloc(p->n_units, count);
    gsl_vector *weights = gsl_vector_alloc(count);
    uf_status status = values && weights ? UF_OK : uf_fail_memory(error);
    for (size_t j = 0; status == UF_OK && j < count; j++)
        for (size_t u = 0; u < p->n_units; u++)
            gsl_matrix_set(values, u, j, gsl_matrix_get(treated, u, parts[j]));
    struct uf_error inner = {0};
    if (status == UF_OK) {
        status = uf_component_weights(values, weights, NULL, &inner);
        if (status != UF_OK)
            status = (uf_fail)(error, status, "weights of '%s': %s", p->code[aggregate], inner.message);
    }
    for (size_t j = 0; status == UF_OK && j < count; j++) out[parts[j]] = gsl_vector_get(weights, j);
    if (values) gsl_matrix_free(values);
    if (weights) gsl_vector_free(weights);
    return status;
}

/* Aggregates of pillars keep the weights given, or equal ones. */
static uf_status weigh(const struct composite_problem *p, enum composite_weighting weighting,
                       const gsl_matrix *treated, double *out, struct uf_error *error)
{
    for (size_t i = 0; i < p->n_items; i++) out[i] = weighting == WEIGHTING_EQUAL ? 1 : p->given[i];
    if (weighting != WEIGHTING_COMPONENTS) return UF_OK;
    size_t *parts = malloc((p->n_items + 1) * sizeof *parts);
    if (!parts) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t a = p->tree.n_indicators; a < p->n_items && status == UF_OK; a++)
        status = weigh_by_components(p, treated, a, parts, out, error);
    free(parts);
    return status;
}

/* A mean that needs numbers above 0 is refused with the names of what is not. */
static uf_status check_positive(const struct composite_problem *p, const struct composite_index *x,
                                struct uf_error *error)
{
    for (size_t k = 0; k < p->tree.n_indicators; k++) {
        bool direct = p->parent[k] == p->n_items - 1;
        enum uf_aggregation how = direct ? x->aggregation.top : x->aggregation.parts;
        for (size_t u = 0; u < p->n_units && composite_needs_positive(how); u++)
            if (gsl_matrix_get(x->normalised, u, k) <= 0)
                return uf_fail(
                    error, UF_NOT_IDENTIFIED,
                    "a %s mean needs numbers above 0, and '%s' of %s is %.6g after normalisation; use a "
                    "scale "
                    "that starts above 0 (scale-low: 1, or z-mean: 100 and z-deviation: 10), or the "
                    "arithmetic mean",
                    composite_aggregations[how], p->code[k], composite_unit_code(p, u),
                    gsl_matrix_get(x->normalised, u, k));
    }
    return UF_OK;
}

static void rank(const struct composite_problem *p, struct composite_index *x)
{
    for (size_t a = 0; a < p->tree.n_aggregates; a++) {
        const gsl_vector_const_view values = gsl_matrix_const_column(x->value, a);
        for (size_t u = 0; u < p->n_units; u++) {
            const double place = rank_from_top(&values.vector, u);
            gsl_matrix_set(x->rank, u, a, place);
            x->n_ranked += a + 1 == p->tree.n_aggregates && !isnan(place);
        }
    }
}

static uf_status compute(const struct composite_problem *p, struct composite_index *x, struct uf_error *error)
{
    UF_TRY(treat_and_normalise(p, x, error));
    UF_TRY(weigh(p, x->weighting, x->treated, x->weights, error));
    UF_TRY(check_positive(p, x, error));
    UF_TRY(uf_composite_aggregate(x->normalised, &p->tree, x->weights, &x->aggregation, x->value, error));
    rank(p, x);
    if (x->n_ranked >= 2) return UF_OK;
    return uf_fail(
        error, UF_NOT_IDENTIFIED,
        "%zu of %zu regions have all indicators%s, expected at least two; leave out the indicators that few "
        "have, take another period, or say how missing values are to be treated (missing)",
        x->n_ranked, p->n_units, p->when);
}

uf_status composite_index_new(const struct composite_problem *p, const struct uf_options *options,
                              struct composite_index *out, struct uf_error *error)
{
    struct composite_index x = {0};
    size_t n = p->tree.n_indicators, aggregates = p->tree.n_aggregates;
    read_choices(p, options, &x);
    x.fit = calloc(n, sizeof *x.fit);
    x.weights = calloc(p->n_items, sizeof *x.weights);
    x.treated = gsl_matrix_alloc(p->n_units, n);
    x.normalised = gsl_matrix_alloc(p->n_units, n);
    x.value = gsl_matrix_alloc(p->n_units, aggregates);
    x.rank = gsl_matrix_alloc(p->n_units, aggregates);
    bool ok = x.fit && x.weights && x.treated && x.normalised && x.value && x.rank;
    uf_status status = ok ? compute(p, &x, error) : uf_fail_memory(error);
    if (status == UF_OK)
        *out = x;
    else
        composite_index_clear(&x);
    return status;
}

/* --- alternatives ------------------------------------------------------------------------------ */

enum { MOST = 4 }; /* of the words of any choice */

struct alternatives {
    struct uf_outlier_options treatment[MOST];
    struct uf_normalise_options normalisation[MOST];
    enum uf_aggregation aggregation[MOST];
    double *weights[MOST];
    struct uf_composite_alternatives all;
};

/* The nominal alternative first, then each other word of a list, once. */
static size_t list_words(const struct uf_options *options, const char *option, const char *const *words,
                         size_t nominal, size_t out[MOST])
{
    const struct uf_text_list *list = uf_options_list(options, option);
    size_t count = 1;
    out[0] = nominal;
    for (size_t i = 0; i < list->count; i++) {
        size_t word = index_in(words, list->items[i]);
        bool known = false;
        for (size_t k = 0; k < count; k++) known = known || out[k] == word;
        if (!known) out[count++] = word;
    }
    return count;
}

static uf_status list_weightings(const struct composite_problem *p, const struct uf_options *options,
                                 const struct composite_index *x, struct alternatives *a,
                                 struct uf_error *error)
{
    size_t word[MOST];
    a->all.n_weightings = list_words(options, "vary-weighting", composite_weightings, x->weighting, word);
    for (size_t i = 0; i < a->all.n_weightings; i++) {
        a->weights[i] = malloc(p->n_items * sizeof **a->weights);
        if (!a->weights[i]) return uf_fail_memory(error);
        UF_TRY(weigh(p, (enum composite_weighting)word[i], x->treated, a->weights[i], error));
    }
    a->all.weightings = (const double *const *)a->weights;
    return UF_OK;
}

static uf_status list_alternatives(const struct composite_problem *p, const struct uf_options *options,
                                   const struct composite_index *x, struct alternatives *a,
                                   struct uf_error *error)
{
    size_t word[MOST];
    struct uf_composite_alternatives *all = &a->all;
    all->n_treatments =
        list_words(options, "vary-treatment", composite_treatments, x->treatment.treatment, word);
    for (size_t i = 0; i < all->n_treatments; i++)
        a->treatment[i] = treatment_of(options, composite_treatments[word[i]]);
    all->n_normalisations =
        list_words(options, "vary-normalisation", composite_normalisations, x->normalisation.kind, word);
    for (size_t i = 0; i < all->n_normalisations; i++)
        a->normalisation[i] = normalisation_of(options, composite_normalisations[word[i]]);
    all->n_aggregations =
        list_words(options, "vary-aggregation", composite_aggregations, x->aggregation.parts, word);
    for (size_t i = 0; i < all->n_aggregations; i++) a->aggregation[i] = (enum uf_aggregation)word[i];
    all->treatments = a->treatment, all->normalisations = a->normalisation,
    all->aggregations = a->aggregation;
    all->keep_top = uf_options_text(options, "aggregate-top") != NULL;
    all->top = x->aggregation.top;
    all->renormalise = x->aggregation.renormalise;
    all->weight_noise = uf_options_number(options, "weight-noise");
    all->leave_one_out = uf_options_flag(options, "leave-one-out") && p->tree.n_indicators > 1;
    return list_weightings(p, options, x, a, error);
}

static bool varies(const struct uf_composite_alternatives *a)
{
    return a->n_treatments > 1 || a->n_normalisations > 1 || a->n_weightings > 1 || a->n_aggregations > 1 ||
           a->weight_noise != 0 || a->leave_one_out;
}

static uf_status draw(const struct composite_problem *p, const struct uf_options *options,
                      const struct uf_context *context, const struct alternatives *a,
                      struct composite_index *x, struct uf_error *error)
{
    const struct uf_composite_input input = {p->values, p->less, p->target, &p->tree, &a->all};
    const struct uf_composite_uncertainty_options wanted = {.draws = uf_options_count(options, "draws"),
                                                            .sensitivity =
                                                                uf_options_flag(options, "sensitivity"),
                                                            .top = uf_options_count(options, "top"),
                                                            .seed = context->seed,
                                                            .threads = context->threads,
                                                            .progress = context->progress,
                                                            .user = context->user};
    UF_TRY(uf_composite_uncertainty(&input, &wanted, &x->uncertainty, error));
    x->uncertain = true;
    const size_t counts[UF_CHOICES] = {a->all.n_treatments,
                                       a->all.n_normalisations,
                                       a->all.n_weightings,
                                       a->all.n_aggregations,
                                       a->all.weight_noise > 0 ? 0 : 1,
                                       a->all.leave_one_out ? p->tree.n_indicators + 1 : 1};
    memcpy(x->n_alternatives, counts, sizeof counts);
    return UF_OK;
}

uf_status composite_index_vary(const struct composite_problem *p, const struct uf_options *options,
                               const struct uf_context *context, struct composite_index *x,
                               struct uf_error *error)
{
    struct alternatives a = {0};
    uf_status status = list_alternatives(p, options, x, &a, error);
    if (status == UF_OK && varies(&a.all) && uf_options_count(options, "draws") > 0)
        status = draw(p, options, context, &a, x, error);
    for (size_t i = 0; i < MOST; i++) free(a.weights[i]);
    return status;
}

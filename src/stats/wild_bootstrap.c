// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>
#include <utfall/wild_bootstrap.h>

#include "base/fail.h"
#include "stats/combination.h"
#include "stats/covariance_internal.h"
#include "stats/wild_internal.h"

enum { DRAWS = 99999, MOST_DRAWS = 20000000 };

void uf_wild_bootstrap_clear(struct uf_wild_bootstrap *bootstrap)
{
    if (!bootstrap) return;
    free(bootstrap->statistics);
    memset(bootstrap, 0, sizeof *bootstrap);
}

static uf_status check(const struct uf_wild_bootstrap_input *input,
                       const struct uf_wild_bootstrap_options *options, struct uf_error *error)
{
    const struct uf_covariance_input *regression = input->regression;
    UF_TRY(combination_check(regression, input->coefficients, input->combination, input->null_value,
                             options->level, error));
    if (regression->n_cluster_dimensions != 1)
        return uf_fail(
            error, UF_BAD_USAGE,
            "the wild cluster bootstrap takes one cluster dimension, not %zu; name the one with the "
            "fewest clusters",
            regression->n_cluster_dimensions);
    if (options->draws > MOST_DRAWS)
        return uf_fail(error, UF_BAD_USAGE, "%zu draws of the wild bootstrap: at most %d are possible",
                       options->draws, (int)MOST_DRAWS);
    return UF_OK;
}

/* Which weights, and whether all vectors of them are tried. */
static void plan(const struct uf_wild_bootstrap_options *options, size_t n_clusters,
                 struct uf_wild_bootstrap *result, struct wild_draws *draws)
{
    size_t asked = options->draws ? options->draws : DRAWS;
    result->weights = wild_weights_for(options->weights, n_clusters);
    double vectors = pow((double)wild_points_of(result->weights)->count, (double)n_clusters);
    draws->enumerated = vectors <= (double)asked;
    /* −v gives −t*: half of them are enough */
    draws->count = draws->enumerated ? (size_t)vectors / 2 : asked;
    draws->total = draws->enumerated ? vectors : (double)asked;
    result->enumerated = draws->enumerated;
    result->draws = (size_t)draws->total;
}

/* (cr1s variance)/(cr0 variance) */
static uf_status small_sample_factor(const struct uf_covariance_input *regression, enum uf_k_rule rule,
                                     size_t n_clusters, double *out, struct uf_error *error)
{
    double parameters, n = (double)regression->x->size1, g = (double)n_clusters;
    UF_TRY(covariance_count_parameters(regression, rule, &parameters, error));
    if (parameters >= n)
        return uf_fail(error, UF_NOT_IDENTIFIED, "%.0f observations and %.0f parameters: nothing is left", n,
                       parameters);
    *out = g / (g - 1) * (n - 1) / (n - parameters);
    return UF_OK;
}

static double statistic_of(const struct wild_draws *d, size_t b, double delta, double factor)
{
    double n = d->n0[b], v = d->v0[b];
    if (d->restricted) {
        n += delta * d->n1[b];
        v += delta * (2 * d->v1[b] + delta * d->v2[b]);
    }
    if (!(v > 0)) return n == 0 ? 0 : copysign(INFINITY, n);
    return n / sqrt(factor * v);
}

static uf_status answer(const struct wild_moments *m, const struct uf_wild_bootstrap_options *options,
                        double delta, double factor, const struct wild_draws *draws,
                        struct uf_wild_bootstrap *result, struct uf_error *error)
{
    struct wild_question question = {draws, m->variance, 0, UF_WILD_SYMMETRIC, options->ties};
    for (size_t g = 0; g < m->n_clusters; g++) question.scale += m->s1[g] * m->s1[g];
    result->p_symmetric = wild_p(&question, delta);
    if (!result->enumerated)
        result->monte_carlo_error =
            sqrt(result->p_symmetric * (1 - result->p_symmetric) / (double)result->draws);
    question.tails = UF_WILD_EQUAL_TAILED;
    result->p_equal_tailed = wild_p(&question, delta);
    question.tails = options->tails;
    /* r → −∞ is δ → ∞ */
    result->p_limit[0] = wild_p(&question, INFINITY);
    result->p_limit[1] = wild_p(&question, -INFINITY);
    result->least_p = fmin(result->p_limit[0], result->p_limit[1]);
    result->conf_low = result->conf_high = NAN;
    if (!options->no_interval) {
        double alpha = 1 - (options->level > 0 ? options->level : 0.95);
        result->conf_low = m->estimate - wild_reach(&question, 1, result->std_error, alpha);
        result->conf_high = m->estimate + wild_reach(&question, -1, result->std_error, alpha);
    }
    if (!options->keep_statistics) return UF_OK;
    result->statistics = malloc((draws->count + 1) * sizeof *result->statistics);
    if (!result->statistics) return uf_fail_memory(error);
    result->n_statistics = draws->count;
    for (size_t b = 0; b < draws->count; b++) result->statistics[b] = statistic_of(draws, b, delta, factor);
    return UF_OK;
}

uf_status uf_wild_bootstrap_test(const struct uf_wild_bootstrap_input *input,
                                 const struct uf_wild_bootstrap_options *options,
                                 struct uf_wild_bootstrap *out, struct uf_error *error)
{
    const struct uf_wild_bootstrap_options defaults = {0};
    if (!options) options = &defaults;
    if (input->regression->summed)
        return uf_fail(error, UF_BAD_USAGE, "wild bootstrap: it needs the rows, and only sums were kept");
    UF_TRY(check(input, options, error));
    struct wild_moments moments;
    struct wild_draws draws = {0};
    struct uf_wild_bootstrap result = {.null = options->null};
    double factor;
    UF_TRY(wild_moments_init(input, options->null == UF_WILD_RESTRICTED, &moments, error));
    uf_status status =
        small_sample_factor(input->regression, options->k_rule, moments.n_clusters, &factor, error);
    if (status == UF_OK) {
        double delta = moments.estimate - input->null_value;
        result.n_clusters = moments.n_clusters;
        result.estimate = moments.estimate;
        result.std_error = sqrt(factor * moments.variance);
        result.statistic = delta / result.std_error;
        plan(options, moments.n_clusters, &result, &draws);
        status = wild_draws_run(&moments, options, result.weights, &draws, error);
        if (status == UF_OK) status = answer(&moments, options, delta, factor, &draws, &result, error);
    }
    wild_draws_clear(&draws);
    wild_moments_clear(&moments);
    if (status == UF_OK)
        *out = result;
    else
        uf_wild_bootstrap_clear(&result);
    return status;
}

/* --- words ------------------------------------------------------------------------------------- */

static const struct uf_words null_words[] = {
    [UF_WILD_RESTRICTED] = {"wild cluster bootstrap, null imposed (WCR)",
                            "vild klusterbootstrap, nollhypotesen påtvingad (WCR)"},
    [UF_WILD_UNRESTRICTED] = {"wild cluster bootstrap, null not imposed (WCU)",
                              "vild klusterbootstrap, nollhypotesen inte påtvingad (WCU)"},
};
static const struct uf_words all_words = {"; all {0} {1} weight vectors of {2} clusters",
                                          "; alla {0} viktvektorer ({1}) för {2} kluster"};
static const struct uf_words drawn_words = {"; {0} random {1} weight vectors of {2} clusters",
                                            "; {0} slumpade viktvektorer ({1}) för {2} kluster"};
static const struct uf_words least_words = {"; smallest attainable p {3}", "; minsta möjliga p {3}"};
static const struct uf_words unbounded_words = {
    "; the interval has no end on that side, since even a value infinitely far away has p = {4}",
    "; intervallet har inget slut på den sidan, eftersom även ett oändligt avlägset värde har p = {4}"};

uf_status uf_wild_bootstrap_describe(const struct uf_wild_bootstrap *bootstrap, enum uf_language language,
                                     char **out, struct uf_error *error)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    bool unbounded = isinf(bootstrap->conf_low) || isinf(bootstrap->conf_high);
    const struct uf_words parts[] = {
        null_words[bootstrap->null],
        bootstrap->enumerated ? all_words : drawn_words,
        least_words,
        unbounded ? unbounded_words : (struct uf_words){"", ""},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        uf_buffer_append(&text, uf_words_in(parts[i], language));
    char *template_text = uf_buffer_take(&text);
    if (!template_text) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {
        uf_count_argument(bootstrap->draws),
        uf_text_argument(bootstrap->weights == UF_WILD_WEBB ? "Webb" : "Rademacher"),
        uf_count_argument(bootstrap->n_clusters),
        uf_number_argument(bootstrap->least_p, -1),
        uf_number_argument(isinf(bootstrap->conf_low) ? bootstrap->p_limit[0] : bootstrap->p_limit[1], -1),
    };
    uf_status status = uf_phrase(language, (struct uf_words){template_text, template_text}, arguments,
                                 sizeof arguments / sizeof *arguments, out, error);
    free(template_text);
    return status;
}

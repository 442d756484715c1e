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
    if (regression->n_cluster_dimensions != 1 && regression->n_cluster_dimensions != 2)
        return uf_fail(error, UF_BAD_USAGE,
                       "the wild cluster bootstrap takes one or two cluster dimensions, not %zu",
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
    draws->actual = draws->enumerated && options->null == UF_WILD_RESTRICTED && !options->jackknife_residuals;
    result->enumerated = draws->enumerated;
    result->draws = (size_t)draws->total;
}

/* What the moments' variance is multiplied with: of two dimensions the factors G/(G − 1) are in it already. */
static uf_status small_sample_factor(const struct uf_covariance_input *regression,
                                     const struct uf_wild_bootstrap_options *options, size_t n_clusters,
                                     double *out, struct uf_error *error)
{
    double parameters, n = (double)regression->x->size1, g = (double)n_clusters;
    *out = 1;
    if (options->jackknife_variance) return UF_OK;
    UF_TRY(covariance_count_parameters(regression, options->k_rule, &parameters, error));
    if (parameters >= n)
        return uf_fail(error, UF_NOT_IDENTIFIED, "%.0f observations and %.0f parameters: nothing is left", n,
                       parameters);
    *out = (n - 1) / (n - parameters);
    if (regression->n_cluster_dimensions == 1) *out *= g / (g - 1);
    return UF_OK;
}

static double variance_of(const struct wild_draws *d, size_t b, double delta)
{
    return d->restricted ? d->v0[b] + delta * (2 * d->v1[b] + delta * d->v2[b]) : d->v0[b];
}

static double statistic_of(const struct wild_draws *d, size_t b, double delta, double factor)
{
    double n = d->n0[b], v = variance_of(d, b, delta);
    if (d->restricted) n += delta * d->n1[b];
    if (!(v > 0)) return n == 0 ? 0 : copysign(INFINITY, n);
    return n / sqrt(factor * v);
}

static void find_interval(const struct wild_question *question, double level,
                          struct uf_wild_bootstrap *result)
{
    double alpha = 1 - (level > 0 ? level : 0.95);
    bool low = question->tails != UF_WILD_LESS, high = question->tails != UF_WILD_GREATER;
    result->conf_low =
        result->estimate - (low ? wild_reach(question, 1, result->std_error, alpha) : INFINITY);
    result->conf_high =
        result->estimate + (high ? wild_reach(question, -1, result->std_error, alpha) : INFINITY);
}

static uf_status answer(const struct wild_moments *m, const struct uf_wild_bootstrap_options *options,
                        double delta, double factor, const struct wild_draws *draws,
                        struct uf_wild_bootstrap *result, struct uf_error *error)
{
    struct wild_question question = {draws, m->variance, m->scale, options->tails, options->ties};
    double p[WILD_TAILS];
    wild_p_of_all_tails(&question, delta, p);
    result->p_symmetric = p[UF_WILD_SYMMETRIC], result->p_equal_tailed = p[UF_WILD_EQUAL_TAILED];
    result->p_greater = p[UF_WILD_GREATER], result->p_less = p[UF_WILD_LESS];
    result->p_value = p[options->tails];
    if (!result->enumerated)
        result->monte_carlo_error =
            sqrt(result->p_symmetric * (1 - result->p_symmetric) / (double)result->draws);
    /* r → −∞ is δ → ∞ */
    result->p_limit[0] = wild_p(&question, INFINITY);
    result->p_limit[1] = wild_p(&question, -INFINITY);
    result->least_p = fmin(result->p_limit[0], result->p_limit[1]);
    result->conf_low = result->conf_high = NAN;
    if (!options->no_interval) find_interval(&question, options->level, result);
    for (size_t b = 0; b < draws->count && m->q0; b++)
        if (!(variance_of(draws, b, delta) > 0)) result->infeasible += draws->enumerated ? 2 : 1;
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
    struct uf_wild_bootstrap result = {.null = options->null,
                                       .tails = options->tails,
                                       .jackknife_residuals = options->jackknife_residuals,
                                       .jackknife_variance = options->jackknife_variance,
                                       .null_value = input->null_value,
                                       .n_dimensions = input->regression->n_cluster_dimensions};
    double factor;
    bool plain = result.n_dimensions == 1 && !options->jackknife_residuals && !options->jackknife_variance;
    if (plain)
        UF_TRY(wild_moments_init(input, options->null == UF_WILD_RESTRICTED, &moments, error));
    else
        UF_TRY(wild_moments_by_rows(input, options, &moments, error));
    uf_status status = small_sample_factor(input->regression, options, moments.n_clusters, &factor, error);
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

// SPDX-License-Identifier: GPL-3.0-or-later
/* The polyhedra of a restriction, and the set of values that some of them does not reject. */
#include <utfall/parallel_trends_bounds.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/random.h>

#include "base/fail.h"
#include "effect/moment_inequality.h"

enum { DEFAULT_DRAWS = 10000, MOST_STEPS = 20000 };
#define DEFAULT_LEVEL 0.95
/* The grid, in standard errors of the parameter's estimate. */
#define STEP 0.02

struct analysis {
    const struct uf_trend_study *study;
    struct uf_trend_options options;
    double alpha, kappa;
    gsl_vector *weights; /* n_after */
    gsl_matrix *root;    /* n × n: symmetric square root of the covariance */
    gsl_matrix *draws;   /* draws × n; NULL: no first stage */
    gsl_matrix *a;       /* rows × n */
    gsl_vector *d;
    double std_error; /* of weights'β_post */
    size_t n_parts;
};

static void analysis_clear(struct analysis *s)
{
    gsl_vector_free(s->weights), gsl_vector_free(s->d);
    gsl_matrix_free(s->root), gsl_matrix_free(s->draws), gsl_matrix_free(s->a);
}

static uf_status check(const struct uf_trend_study *study, const struct uf_trend_options *options,
                       struct uf_error *error)
{
    size_t n = study->n_before + study->n_after;
    if (study->n_before < 1 || study->n_after < 1 || study->estimate->size != n ||
        study->covariance->size1 != n || study->covariance->size2 != n ||
        (study->weights && study->weights->size != study->n_after))
        return uf_fail(error, UF_BAD_USAGE,
                       "an event study of %zu estimates before and %zu after the reference was given %zu",
                       study->n_before, study->n_after, study->estimate->size);
    double level = options->level != 0 ? options->level : DEFAULT_LEVEL, most = 0;
    if (!(options->m >= 0) || isinf(options->m) || !(level > 0 && level < 1))
        return uf_fail(error, UF_BAD_USAGE, "M must be 0 or more (found %g), the level between 0 and 1 (%g)",
                       options->m, level);
    if (options->set == UF_TREND_FLCI && options->restriction != UF_TREND_SMOOTHNESS)
        return uf_fail(error, UF_BAD_USAGE,
                       "fixed-length intervals are for smoothness; relative magnitudes need c-lf");
    for (size_t t = 0; study->weights && t < study->n_after; t++)
        most = fmax(most, fabs(gsl_vector_get(study->weights, t)));
    if (study->weights && !(most > 0))
        return uf_fail(error, UF_BAD_USAGE, "the weights of the periods after are all 0");
    for (size_t i = 0; i < n; i++) {
        bool good = isfinite(gsl_vector_get(study->estimate, i));
        for (size_t j = 0; j < n; j++) good &= isfinite(gsl_matrix_get(study->covariance, i, j)) != 0;
        if (!good)
            return uf_fail(error, UF_NOT_IDENTIFIED,
                           "estimate %zu of the event study, or its covariance, is not a number", i + 1);
    }
    return UF_OK;
}

static uf_status square_root(const gsl_matrix *covariance, gsl_matrix *root, struct uf_error *error)
{
    size_t n = covariance->size1;
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(n);
    gsl_matrix *copy = gsl_matrix_alloc(n, n), *vectors = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    uf_status status = workspace && copy && vectors && values ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_matrix_memcpy(copy, covariance);
        if (gsl_eigen_symmv(copy, values, vectors, workspace))
            status = uf_fail(error, UF_INTERNAL, "the covariance has no eigenvalues");
    }
    if (status == UF_OK) {
        gsl_matrix_memcpy(copy, vectors);
        for (size_t j = 0; j < n; j++) {
            gsl_vector_view column = gsl_matrix_column(copy, j);
            gsl_vector_scale(&column.vector, sqrt(fmax(gsl_vector_get(values, j), 0)));
        }
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, copy, vectors, 0, root);
    }
    if (workspace) gsl_eigen_symmv_free(workspace);
    gsl_matrix_free(copy), gsl_matrix_free(vectors);
    gsl_vector_free(values);
    return status;
}

/* The same draws for all parts and all M, so that sets widen with M and not with luck. */
static void fill_draws(gsl_matrix *draws, uint64_t seed)
{
    for (size_t r = 0; r < draws->size1; r++) {
        struct uf_random random;
        uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, r);
        for (size_t j = 0; j < draws->size2; j++)
            gsl_matrix_set(draws, r, j, gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54));
    }
}

static uf_status analysis_init(struct analysis *s, const struct uf_trend_study *study,
                               const struct uf_trend_options *options, struct uf_error *error)
{
    size_t n = study->n_before + study->n_after;
    *s = (struct analysis){.study = study, .options = *options};
    UF_TRY(check(study, options, error));
    s->alpha = 1 - (options->level != 0 ? options->level : DEFAULT_LEVEL);
    s->kappa = options->set == UF_TREND_C_LF ? s->alpha / 10 : 0;
    s->n_parts = options->restriction == UF_TREND_RELATIVE_MAGNITUDES ? 2 * study->n_before : 1;
    s->weights = gsl_vector_calloc(study->n_after);
    s->root = gsl_matrix_calloc(n, n);
    s->a = gsl_matrix_calloc(2 * study->n_after, n);
    s->d = gsl_vector_calloc(2 * study->n_after);
    bool hybrid = options->set == UF_TREND_C_LF;
    s->draws = hybrid ? gsl_matrix_alloc(options->draws ? options->draws : DEFAULT_DRAWS, n) : NULL;
    if (!s->weights || !s->root || !s->a || !s->d || (hybrid && !s->draws)) return uf_fail_memory(error);
    if (study->weights)
        gsl_vector_memcpy(s->weights, study->weights);
    else
        gsl_vector_set(s->weights, 0, 1);
    if (hybrid) fill_draws(s->draws, options->seed);
    double variance = 0;
    for (size_t i = 0; i < study->n_after; i++)
        for (size_t j = 0; j < study->n_after; j++)
            variance += gsl_vector_get(s->weights, i) * gsl_vector_get(s->weights, j) *
                        gsl_matrix_get(study->covariance, study->n_before + i, study->n_before + j);
    if (!(variance > 0)) return uf_fail(error, UF_NOT_IDENTIFIED, "the event study's effect has no variance");
    s->std_error = sqrt(variance);
    return square_root(study->covariance, s->root, error);
}

/* Adds `factor` times δ_to − δ_from to a row; times are in steps from the reference, whose δ is 0. */
static void add_step(struct analysis *s, size_t row, long from, long to, double factor)
{
    long before = (long)s->study->n_before;
    const long times[] = {from, to};
    for (int i = 0; i < 2; i++) {
        if (times[i] == 0) continue;
        long column = times[i] < 0 ? before + times[i] : before + times[i] - 1;
        *gsl_matrix_ptr(s->a, row, (size_t)column) += i == 0 ? -factor : factor;
    }
}

/* Part 2s: the step that ends s periods before the reference is the largest and positive; 2s + 1: negative. */
static void set_part(struct analysis *s, size_t part)
{
    gsl_matrix_set_zero(s->a);
    gsl_vector_set_zero(s->d);
    double m = s->options.m;
    for (size_t row = 0; row < 2 * s->study->n_after; row++) {
        long t = (long)(row / 2);
        double sign = row % 2 == 0 ? 1 : -1;
        add_step(s, row, t, t + 1, sign);
        if (s->options.restriction == UF_TREND_SMOOTHNESS) {
            add_step(s, row, t - 1, t, -sign);
            gsl_vector_set(s->d, row, m);
        } else {
            long end = -(long)(part / 2);
            add_step(s, row, end - 1, end, part % 2 == 0 ? -m : m);
        }
    }
}

static uf_status part_init(struct analysis *s, size_t part, struct moment_test *test, struct uf_error *error)
{
    set_part(s, part);
    if (s->options.progress && s->options.progress(s->options.user, (double)part / (double)s->n_parts))
        return uf_fail(error, UF_INTERRUPTED, "stopped on request");
    return moment_test_init(test, s->a, s->d, s->study->estimate, s->study->covariance, s->root, s->weights,
                            s->alpha, error);
}

/* --- the set --------------------------------------------------------------------------------------------- */

/* The first value that is accepted on the way from `from` towards `to`, by steps and then bisection. */
static uf_status seek(const struct analysis *s, struct moment_test *test, double from, double to, double step,
                      bool *found, double *out, struct uf_error *error)
{
    bool rejected;
    double outside = from, value = from;
    double count = ceil(fabs(to - from) / step);
    *found = false;
    for (double i = 0; i <= count && !*found; i++) {
        value = i == count ? to : from + (to > from ? i : -i) * step;
        UF_TRY(moment_test_rejects(test, value, s->draws, s->kappa, &rejected, error));
        *found = !rejected;
        if (rejected) outside = value;
    }
    if (!*found) return UF_OK;
    for (int i = 0; i < 60 && fabs(value - outside) > 1e-7 * step; i++) {
        double middle = outside + (value - outside) / 2;
        UF_TRY(moment_test_rejects(test, middle, s->draws, s->kappa, &rejected, error));
        if (rejected)
            outside = middle;
        else
            value = middle;
    }
    *out = value;
    return UF_OK;
}

/* Widens `out` by what this part accepts. What lies within `out` already need not be looked at. */
static uf_status widen(struct analysis *s, struct moment_test *test, struct uf_trend_bounds *out,
                       struct uf_error *error)
{
    double low, high, end;
    bool empty, found;
    /* Beyond a bound of the critical value all is rejected; without a first stage the search begins at a violation of
     * thirty standard errors. */
    double critical = s->draws ? moment_test_critical_bound(test, s->kappa) : 30;
    UF_TRY(moment_test_range(test, critical, &low, &high, &empty, error));
    if (empty) return UF_OK;
    bool open_low = isinf(low) != 0, open_high = isinf(high) != 0;
    double centre = 0;
    gsl_vector_const_view after =
        gsl_vector_const_subvector(s->study->estimate, s->study->n_before, s->study->n_after);
    gsl_blas_ddot(s->weights, &after.vector, &centre);
    if (open_low) low = fmin(centre, open_high ? centre : high) - 1000 * s->std_error;
    if (open_high) high = fmax(centre, low) + 1000 * s->std_error;
    double step = fmax(STEP * s->std_error, (high - low) / MOST_STEPS);
    out->step = fmax(out->step, step);
    if (out->empty || low < out->low) {
        UF_TRY(seek(s, test, low, out->empty ? high : out->low, step, &found, &end, error));
        if (found && out->empty) out->empty = false, out->low = out->high = end;
        if (found) out->low = open_low && end == low ? -INFINITY : fmin(end, out->low);
    }
    if (!out->empty && high > out->high) {
        UF_TRY(seek(s, test, high, out->high, step, &found, &end, error));
        if (found) out->high = open_high && end == high ? INFINITY : fmax(end, out->high);
    }
    return UF_OK;
}

uf_status uf_trend_bounds(const struct uf_trend_study *study, const struct uf_trend_options *options,
                          struct uf_trend_bounds *out, struct uf_error *error)
{
    struct uf_trend_bounds bounds = {.low = NAN, .high = NAN, .empty = true};
    if (options->set == UF_TREND_FLCI) {
        struct uf_trend_flci flci;
        UF_TRY(check(study, options, error));
        UF_TRY(uf_trend_fixed_length(study, options->m, options->level != 0 ? options->level : DEFAULT_LEVEL,
                                     NULL, &flci, error));
        *out = (struct uf_trend_bounds){flci.estimate - flci.half_length, flci.estimate + flci.half_length,
                                        false, 0};
        return UF_OK;
    }
    struct analysis s;
    uf_status status = analysis_init(&s, study, options, error);
    for (size_t part = 0; status == UF_OK && part < s.n_parts; part++) {
        struct moment_test test;
        status = part_init(&s, part, &test, error);
        if (status != UF_OK) break;
        status = widen(&s, &test, &bounds, error);
        moment_test_clear(&test);
        if (options->restriction == UF_TREND_RELATIVE_MAGNITUDES && options->m == 0) break; /* all alike */
    }
    analysis_clear(&s);
    if (status == UF_OK) *out = bounds;
    return status;
}

/* --- one value ------------------------------------------------------------------------------------------- */

static uf_status includes(struct analysis *s, double value, bool *out, struct uf_error *error)
{
    *out = false;
    for (size_t part = 0; part < s->n_parts && !*out; part++) {
        struct moment_test test;
        UF_TRY(part_init(s, part, &test, error));
        bool rejected;
        uf_status status = moment_test_rejects(&test, value, s->draws, s->kappa, &rejected, error);
        moment_test_clear(&test);
        UF_TRY(status);
        *out = !rejected;
    }
    return UF_OK;
}

uf_status uf_trend_includes(const struct uf_trend_study *study, const struct uf_trend_options *options,
                            double value, bool *out, struct uf_error *error)
{
    bool found = false;
    if (options->set == UF_TREND_FLCI) {
        struct uf_trend_bounds bounds;
        UF_TRY(uf_trend_bounds(study, options, &bounds, error));
        *out = bounds.low <= value && value <= bounds.high;
        return UF_OK;
    }
    struct analysis s;
    uf_status status = analysis_init(&s, study, options, error);
    if (status == UF_OK) status = includes(&s, value, &found, error);
    analysis_clear(&s);
    if (status == UF_OK) *out = found;
    return status;
}

/* --- the breakdown value --------------------------------------------------------------------------------- */

static uf_status includes_zero(struct analysis *s, double m, bool *out, struct uf_error *error)
{
    s->options.m = m;
    if (s->options.set == UF_TREND_FLCI) return uf_trend_includes(s->study, &s->options, 0, out, error);
    return includes(s, 0, out, error);
}

static uf_status search(struct analysis *s, double largest, struct uf_trend_breakdown *out,
                        struct uf_error *error)
{
    bool found;
    double low = 0, high = largest / 1024;
    UF_TRY(includes_zero(s, 0, &found, error));
    if (found) {
        *out = (struct uf_trend_breakdown){0, false};
        return UF_OK;
    }
    for (;;) {
        UF_TRY(includes_zero(s, high, &found, error));
        if (found) break;
        low = high;
        if (high >= largest) {
            *out = (struct uf_trend_breakdown){largest, true};
            return UF_OK;
        }
        high = fmin(2 * high, largest);
    }
    while (high - low > 1e-3 * high) {
        double middle = low + (high - low) / 2;
        UF_TRY(includes_zero(s, middle, &found, error));
        if (found)
            high = middle;
        else
            low = middle;
    }
    *out = (struct uf_trend_breakdown){high, false};
    return UF_OK;
}

uf_status uf_trend_breakdown(const struct uf_trend_study *study, const struct uf_trend_options *options,
                             double largest, struct uf_trend_breakdown *out, struct uf_error *error)
{
    if (!(largest > 0) || isinf(largest))
        return uf_fail(error, UF_BAD_USAGE, "the largest M must be above 0, found %g", largest);
    struct analysis s;
    struct uf_trend_options from = *options;
    from.m = 0;
    uf_status status = analysis_init(&s, study, &from, error);
    if (status == UF_OK) status = search(&s, largest, out, error);
    analysis_clear(&s);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Outliers of an indicator: its shape, winsorising, Box–Cox. */
#include <utfall/composite.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>

#include "base/fail.h"

struct uf_shape uf_shape_of(const gsl_vector *values)
{
    struct uf_shape shape = {0, NAN, NAN};
    double sum = 0, m2 = 0, m3 = 0, m4 = 0;
    for (size_t i = 0; i < values->size; i++)
        if (!isnan(gsl_vector_get(values, i))) sum += gsl_vector_get(values, i), shape.n++;
    double n = (double)shape.n, mean = sum / n;
    for (size_t i = 0; i < values->size; i++) {
        double d = gsl_vector_get(values, i) - mean;
        if (isnan(d)) continue;
        m2 += d * d, m3 += d * d * d, m4 += d * d * d * d;
    }
    m2 /= n, m3 /= n, m4 /= n;
    if (!(m2 > 0)) return shape;
    if (shape.n > 2) shape.skewness = m3 / pow(m2, 1.5) * sqrt(n * (n - 1)) / (n - 2);
    if (shape.n > 3) {
        double excess = m4 / (m2 * m2) - 3;
        shape.kurtosis = ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3));
    }
    return shape;
}

/* --- the rule ---------------------------------------------------------------------------------- */

static struct uf_outlier_options with_defaults(const struct uf_outlier_options *options)
{
    enum { MOST = 5 };
    const double skewness = 2, kurtosis = 3.5;
    struct uf_outlier_options o = *options;
    if (o.skewness == 0 && o.kurtosis == 0) o.skewness = skewness, o.kurtosis = kurtosis;
    if (o.most == 0) o.most = MOST;
    return o;
}

/* Unknown shapes (too few values) are left alone. */
static bool asks_for_treatment(struct uf_shape shape, const struct uf_outlier_options *options)
{
    return fabs(shape.skewness) > options->skewness && shape.kurtosis > options->kurtosis;
}

/* --- winsorising ------------------------------------------------------------------------------- */

/* All values at the far end take the next value inwards; false where there is none. */
static bool winsorise_once(gsl_vector *values, bool high)
{
    double sign = high ? 1 : -1, end = -INFINITY, next = -INFINITY;
    for (size_t i = 0; i < values->size; i++) {
        double x = sign * gsl_vector_get(values, i);
        if (x > end) next = end, end = x;
        if (x > next && x < end) next = x;
    }
    if (!isfinite(next)) return false;
    for (size_t i = 0; i < values->size; i++)
        if (sign * gsl_vector_get(values, i) == end) gsl_vector_set(values, i, sign * next);
    return true;
}

static void winsorise(gsl_vector *values, const struct uf_outlier_options *options,
                      struct uf_outlier_fit *fit)
{
    size_t most = options->points > 0 ? options->points : options->most;
    while (fit->steps < most && (options->points > 0 || asks_for_treatment(fit->after, options))) {
        if (isnan(fit->after.skewness) || !winsorise_once(values, fit->after.skewness > 0)) break;
        fit->steps++;
        fit->after = uf_shape_of(values);
    }
}

/* --- Box–Cox ----------------------------------------------------------------------------------- */

static double box_cox(double x, double lambda)
{
    const double nil = 1e-12;
    return fabs(lambda) < nil ? log(x) : expm1(lambda * log(x)) / lambda;
}

struct likelihood {
    const gsl_vector *values;
    double shift;
};

/* Minus the profile log-likelihood of λ: n/2·ln(variance of the transformed) − (λ − 1)·Σ ln x. */
static double minus_likelihood(double lambda, void *user)
{
    const struct likelihood *l = user;
    double n = 0, sum = 0, logs = 0, squares = 0;
    for (size_t i = 0; i < l->values->size; i++) {
        double x = gsl_vector_get(l->values, i) + l->shift;
        if (!isnan(x)) n++, sum += box_cox(x, lambda), logs += log(x);
    }
    for (size_t i = 0; i < l->values->size; i++) {
        double x = gsl_vector_get(l->values, i) + l->shift;
        double d = isnan(x) ? 0 : box_cox(x, lambda) - sum / n;
        squares += d * d;
    }
    return n / 2 * log(squares / n) - (lambda - 1) * logs;
}

/* A grid finds the valley, Brent's method its floor. */
static double likeliest_lambda(struct likelihood *l)
{
    enum { BOUND = 5, PARTS = 10, STEPS = 200 };
    double best = 1, least = INFINITY;
    for (int i = -BOUND * PARTS; i <= BOUND * PARTS; i++) {
        double f = minus_likelihood((double)i / PARTS, l);
        if (f < least) least = f, best = (double)i / PARTS;
    }
    double low = best - 1.0 / PARTS, high = best + 1.0 / PARTS;
    gsl_function function = {minus_likelihood, l};
    gsl_min_fminimizer *search =
        fabs(best) < BOUND ? gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent) : NULL;
    if (search && gsl_min_fminimizer_set(search, &function, best, low, high) == GSL_SUCCESS)
        for (int i = 0; i < STEPS && high - low > 1e-9; i++) {
            if (gsl_min_fminimizer_iterate(search) != GSL_SUCCESS) break;
            best = gsl_min_fminimizer_x_minimum(search);
            low = gsl_min_fminimizer_x_lower(search), high = gsl_min_fminimizer_x_upper(search);
        }
    if (search) gsl_min_fminimizer_free(search);
    return best;
}

static void transform(const gsl_vector *original, const struct uf_outlier_options *options, gsl_vector *out,
                      struct uf_outlier_fit *fit)
{
    const double share = 0.01;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < original->size; i++) {
        low = fmin(low, gsl_vector_get(original, i));
        high = fmax(high, gsl_vector_get(original, i));
    }
    if (!(high > low)) return;
    struct likelihood l = {original, low > 0 ? 0 : share * (high - low) - low};
    fit->shift = l.shift;
    fit->lambda = options->lambda ? *options->lambda : likeliest_lambda(&l);
    for (size_t i = 0; i < original->size; i++)
        gsl_vector_set(out, i, box_cox(gsl_vector_get(original, i) + l.shift, fit->lambda));
    fit->after = uf_shape_of(out);
}

/* --- together ---------------------------------------------------------------------------------- */

static uf_status check(const struct uf_outlier_options *o, struct uf_error *error)
{
    if (!(o->skewness >= 0) || !(o->kurtosis >= 0))
        return uf_fail(error, UF_BAD_USAGE, "skewness %g and kurtosis %g as limits, expected 0 or above",
                       o->skewness, o->kurtosis);
    if (o->lambda && !isfinite(*o->lambda))
        return uf_fail(error, UF_BAD_USAGE, "λ of Box–Cox is %g, expected a number", *o->lambda);
    return UF_OK;
}

uf_status uf_treat_outliers(const gsl_vector *values, const struct uf_outlier_options *options,
                            gsl_vector *out, struct uf_outlier_fit *out_fit, struct uf_error *error)
{
    const struct uf_outlier_options o = with_defaults(options);
    UF_TRY(check(&o, error));
    struct uf_outlier_fit fit = {.lambda = NAN};
    fit.before = fit.after = uf_shape_of(values);
    gsl_vector *original = gsl_vector_alloc(values->size);
    if (!original) return uf_fail_memory(error);
    gsl_vector_memcpy(original, values);
    if (out != values) gsl_vector_memcpy(out, values);
    bool treated = o.treatment != UF_OUTLIERS_KEEP && asks_for_treatment(fit.before, &o);
    if (o.treatment == UF_OUTLIERS_WINSORISE && (treated || o.points > 0)) winsorise(out, &o, &fit);
    for (size_t i = 0; i < values->size; i++)
        fit.changed +=
            gsl_vector_get(out, i) != gsl_vector_get(original, i) && !isnan(gsl_vector_get(original, i));
    if (treated && o.points == 0 && asks_for_treatment(fit.after, &o)) {
        transform(original, &o, out, &fit);
        fit.steps = fit.changed = 0;
    }
    fit.settled = !asks_for_treatment(fit.after, &o);
    gsl_vector_free(original);
    if (out_fit) *out_fit = fit;
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Tests of what a regression over time says, its mixture over ρ included. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/distribution.h>

#include "stats/serial_internal.h"

double serial_mixture_below(const struct serial_mixture *mixture, double z, double *out_density)
{
    double below = 0, density = 0;
    for (size_t g = 0; g < mixture->count; g++) {
        double t = (z - mixture->estimate[g]) / mixture->std_error[g],
               tail = uf_t_two_sided(t, mixture->df) / 2;
        below += mixture->weight[g] * (t < 0 ? tail : 1 - tail);
        density += mixture->weight[g] * gsl_ran_tdist_pdf(t, mixture->df) / mixture->std_error[g];
    }
    if (out_density) *out_density = density;
    return below;
}

/* Newton's steps, and halves of the bracket where they leave it. */
double serial_mixture_quantile(const struct serial_mixture *mixture, double p)
{
    double t = uf_t_quantile(p, mixture->df), low = INFINITY, high = -INFINITY, at = 0;
    for (size_t g = 0; g < mixture->count; g++) {
        double own = mixture->estimate[g] + t * mixture->std_error[g];
        low = fmin(low, own), high = fmax(high, own);
        at += mixture->weight[g] * own;
    }
    for (int i = 0; i < 200 && high - low > 1e-13 * fmax(fabs(low), fabs(high)); i++) {
        double density, excess = serial_mixture_below(mixture, at, &density) - p;
        if (excess > 0)
            high = fmin(high, at);
        else
            low = fmax(low, at);
        double next = at - excess / density;
        if (!(next > low && next < high)) next = low + (high - low) / 2;
        if (fabs(next - at) <= 1e-14 * fabs(at)) return next;
        at = next;
    }
    return at;
}

/* c'b and its variance of one part; NaN where c touches a dropped coefficient. */
static void combine(const gsl_vector *b, const gsl_matrix *v, const double *c, double *estimate,
                    double *variance)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < b->size; i++) {
        if (c[i] == 0) continue;
        sum += c[i] * gsl_vector_get(b, i); /* NaN where dropped */
        for (size_t j = 0; j < b->size; j++) square += c[i] * c[j] * gsl_matrix_get(v, i, j);
    }
    *estimate = sum;
    *variance = isnan(sum) ? (double)NAN : square;
}

void uf_serial_combination(const struct uf_serial_fit *fit, const double *c, double *out_estimate,
                           double *out_variance)
{
    combine(fit->coefficients, fit->covariance, c, out_estimate, out_variance);
}

struct uf_t_test uf_serial_test(const struct uf_serial_fit *fit, const double *c, double level)
{
    struct uf_t_test test = {NAN, NAN, NAN, NAN, NAN, NAN};
    double estimate, variance;
    uf_serial_combination(fit, c, &estimate, &variance);
    if (isnan(estimate)) return test;
    if (fit->n_parts == 1 || !(variance > 0)) return uf_t_test(estimate, variance, fit->df, level);
    double *weight = malloc(3 * fit->n_parts * sizeof *weight);
    if (!weight) return test;
    double *of = weight + fit->n_parts, *error = of + fit->n_parts;
    for (size_t g = 0; g < fit->n_parts; g++) {
        weight[g] = fit->parts[g].weight;
        combine(fit->parts[g].coefficients, fit->parts[g].covariance, c, &of[g], &error[g]);
        error[g] = sqrt(error[g]);
    }
    const struct serial_mixture mixture = {weight, of, error, fit->n_parts, fit->df};
    /* the tail on the other side by its own sum, or it would be lost in 1 − P */
    double below = serial_mixture_below(&mixture, 0, NULL);
    for (size_t g = 0; g < fit->n_parts; g++) of[g] = -of[g];
    double above = serial_mixture_below(&mixture, 0, NULL);
    for (size_t g = 0; g < fit->n_parts; g++) of[g] = -of[g];
    test.std_error = sqrt(variance);
    test.p_value = fmin(1, 2 * fmin(below, above));
    test.conf_low = serial_mixture_quantile(&mixture, (1 - level) / 2);
    test.conf_high = serial_mixture_quantile(&mixture, (1 + level) / 2);
    free(weight);
    return test;
}

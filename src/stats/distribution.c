// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <utfall/distribution.h>

double uf_t_two_sided(double t, double df)
{
    if (isnan(t) || isnan(df) || df <= 0) return NAN;
    if (isinf(t)) return 0;
    if (isinf(df)) return 2 * gsl_cdf_ugaussian_Q(fabs(t));
    /* GSL's own t distribution switches to a Cornish-Fisher expansion above 30 df; the beta function does
     * not. */
    double square = t * t;
    if (square < df) return gsl_cdf_beta_Q(square / (df + square), 0.5, df / 2);
    return gsl_cdf_beta_P(df / (df + square), df / 2, 0.5);
}

double uf_t_quantile(double p, double df)
{
    if (!(p > 0 && p < 1) || isnan(df) || df <= 0) return NAN;
    if (p == 0.5) return 0;
    if (isinf(df)) return gsl_cdf_ugaussian_Pinv(p);
    double tail = p < 0.5 ? 2 * p : 2 * (1 - p), low = 0, high = 1;
    while (uf_t_two_sided(high, df) > tail && high < 1e300) low = high, high *= 2;
    /* The two-sided tail falls in t: bisect until the doubles meet. */
    for (int step = 0; step < 200; step++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (uf_t_two_sided(middle, df) > tail)
            low = middle;
        else
            high = middle;
    }
    return p < 0.5 ? -high : high;
}

double uf_f_upper(double f, double df1, double df2)
{
    if (isnan(f) || !(df1 > 0) || !(df2 > 0)) return NAN;
    if (f <= 0) return 1;
    if (isinf(f)) return 0;
    if (isinf(df2)) return gsl_cdf_chisq_Q(f * df1, df1);
    double scaled = df1 * f;
    if (scaled < df2) return gsl_cdf_beta_Q(scaled / (df2 + scaled), df1 / 2, df2 / 2);
    return gsl_cdf_beta_P(df2 / (df2 + scaled), df2 / 2, df1 / 2);
}

double uf_f_upper_quantile(double p, double df1, double df2)
{
    if (!(p > 0 && p < 1) || !(df1 > 0) || !(df2 > 0)) return NAN;
    double low = 0, high = 1;
    while (uf_f_upper(high, df1, df2) > p && high < 1e300) low = high, high *= 2;
    for (int step = 0; step < 200; step++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (uf_f_upper(middle, df1, df2) > p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* One part of the mixture: P(F >= f·df1/(df1 + 2j)) with df1 + 2j degrees of freedom. */
static double mixture_part(double f, double df1, double df2, double j)
{
    return uf_f_upper(f * df1 / (df1 + 2 * j), df1 + 2 * j, df2);
}

double uf_noncentral_f_upper(double f, double df1, double df2, double lambda)
{
    if (isnan(f) || !(df1 > 0) || !(df2 > 0) || !(lambda >= 0) || isinf(lambda)) return NAN;
    if (f <= 0) return 1;
    if (isinf(f)) return 0;
    double mean = lambda / 2, mode = floor(mean), weight = 1, sum = 0, total = 0;
    if (mean == 0) return uf_f_upper(f, df1, df2);
    /* Poisson weights relative to the mode's: outwards from it until they no longer count, then divided by their sum. */
    for (double j = mode; j >= 0 && weight > 1e-18; j--) {
        sum += weight * mixture_part(f, df1, df2, j);
        total += weight;
        weight *= j / mean;
    }
    weight = mean / (mode + 1);
    for (double j = mode + 1; weight > 1e-18; j++) {
        sum += weight * mixture_part(f, df1, df2, j);
        total += weight;
        weight *= mean / (j + 1);
    }
    return sum / total;
}

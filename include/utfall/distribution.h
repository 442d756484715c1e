// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_DISTRIBUTION_H
#define UTFALL_DISTRIBUTION_H
/*
 * Tail probabilities and quantiles of the t, F and normal distributions, accurate in the far tail and for
 * fractional degrees of freedom (Satterthwaite). An argument that makes no sense (NaN, df <= 0) gives NaN. df
 * = INFINITY is the normal (t) or χ²/df1 (F).
 */
#ifdef __cplusplus
extern "C" {
#endif

/* P(|T| >= |t|). Through the incomplete beta function: I_{df/(df+t²)}(df/2, 1/2). */
double uf_t_two_sided(double t, double df);
/* The t with P(T <= t) = p, 0 < p < 1. */
double uf_t_quantile(double p, double df);
/* P(F >= f) with df1 and df2 degrees of freedom. */
double uf_f_upper(double f, double df1, double df2);

#ifdef __cplusplus
}
#endif
#endif

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
/* The f with P(F >= f) = p, 0 < p < 1. */
double uf_f_upper_quantile(double p, double df1, double df2);
/* P(F' >= f) for the noncentral F with noncentrality lambda >= 0: Σ_j Poisson(j; λ/2) · P(B >= x), B beta with df1/2 +
 * j and df2/2, x = df1 f/(df1 f + df2); df2 = INFINITY is the noncentral χ²/df1 (then of gammas). To 1e-12 where the
 * power is what matters (λ up to 1e5); O(√λ) terms. */
double uf_noncentral_f_upper(double f, double df1, double df2, double lambda);

#ifdef __cplusplus
}
#endif
#endif

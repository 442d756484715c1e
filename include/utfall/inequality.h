// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_INEQUALITY_H
#define UTFALL_INEQUALITY_H
/*
 * Inequality between regions in a ratio such as income or GDP per inhabitant, each region weighted by its
 * population: y the ratio, w the population share, μ = Σ w·y.
 *
 * Sources: Shorrocks, A. F. (1980). The class of additively decomposable inequality measures. Econometrica,
 * 48(3), 613–625; Williamson, J. G. (1965). Regional inequality and the process of national development.
 * Economic Development and Cultural Change, 13(4), 1–84; Atkinson, A. B. (1970). On the measurement of
 * inequality. Journal of Economic Theory, 2(3), 244–263.
 */
#include <stddef.h>
#include <utfall/method.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_inequality {
    double mean;       /* μ */
    double gini;       /* Σ_i Σ_j w_i·w_j·|y_i − y_j| / (2μ) */
    double theil_t;    /* Σ w·(y/μ)·ln(y/μ); 0·ln 0 is 0 */
    double theil_l;    /* Σ w·ln(μ/y), the mean log deviation; NaN where some y is 0 */
    double williamson; /* √(Σ w·(y − μ)²) / μ: the weighted coefficient of variation */
    double hoover;     /* Σ w·|y/μ − 1| / 2 */
};

/* n ratios at least 0, and weights at least 0 (NULL: equal). All NaN where a value or weight is missing or
 * everything is 0. O(n log n). UF_BAD_INPUT: negative or infinite; UF_BAD_USAGE: n is 0. */
uf_status uf_inequality(const double *value, const double *weight, size_t n, struct uf_inequality *out,
                        struct uf_error *error);

/* Atkinson's index 1 − (Σ w·y^(1−ε))^(1/(1−ε))/μ, with the geometric mean at ε = 1; ε above 0. With ε ≥ 1 and
 * a zero among the values of positive weight it is 1. O(n). */
uf_status uf_atkinson(const double *value, const double *weight, size_t n, double epsilon, double *out,
                      struct uf_error *error);

/* Theil's T and L as within groups + between groups (Shorrocks 1980): total = within + between exactly. */
struct uf_theil_split {
    double t, t_within, t_between;
    double l, l_within, l_between;
};
/* `group` numbers each value's group from 0 to n_groups − 1 (its parent region). A group without weight
 * counts nothing. O(n + n_groups). */
uf_status uf_theil_decompose(const double *value, const double *weight, const size_t *group, size_t n,
                             size_t n_groups, struct uf_theil_split *out, struct uf_error *error);

/*
 * Bounds when each ratio is only known to lie between `low` and `high`, weights being exact: outer bands, which surely
 * hold the indices but need not be attained. The relative income r = y/μ of each region is bounded with the others at
 * their ends; Theil's T and L, Williamson and Hoover are sums of w·φ(r) with φ at least 0 and 0 at r = 1 only (r·ln r −
 * r + 1, r − 1 − ln r, (r − 1)², |r − 1|/2), and Gini is bounded by the differences' own bounds over those of the mean.
 * All fields NaN where something is missing or the mean may be 0; theil_l is NaN in `out_high` where a ratio may be 0.
 * O(n²). Errors as uf_inequality; UF_BAD_USAGE where a lower bound lies above an upper one.
 */
uf_status uf_inequality_band(const double *low, const double *high, const double *weight, size_t n,
                             struct uf_inequality *out_low, struct uf_inequality *out_high,
                             struct uf_error *error);

/* Panel by region (and period) → tables `inequality`, `inequality-indices`, `inequality-components`,
 * `inequality-groups`. See docs/methods/inequality.md. */
extern const struct uf_method uf_method_inequality;

#ifdef __cplusplus
}
#endif
#endif

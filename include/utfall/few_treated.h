// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_FEW_TREATED_H
#define UTFALL_FEW_TREATED_H
/*
 * Inference for a treatment effect when a handful of blocks (regions) is treated, one even, and many are not:
 * the controls' residuals show what an estimate made of so few blocks looks like when nothing happens.
 *
 * A combination θ = c'b of the coefficients of any regression is a weighted sum of the outcomes. With
 * d_i = x_i'Mc (fixed effects taken out of x), block j in period t weighs C_j(t) = Σ_{i in j, t} w_i d_i, so
 *
 *     θ̂ − θ = Σ_j Σ_t C_j(t) η̄_j(t),     η̄: mean error of a block in a period.
 *
 * Conley & Taber (2011): each treated block j gets the residuals of a control l drawn at random,
 * Σ_{j treated} Σ_t C_j(t) ē_l(t); the controls' own share vanishes as they grow in number. All n0^n1
 * choices are made where they are no more than `draws`. In a two-way regression C_j(t) is
 * (D_jt − D̄_j)/Σ(D_jt − D̄_j)² in that limit; here it is the regression's own weight. Controls must be as
 * variable as the treated.
 *
 * Ferman & Pinto (2019): they are not, when small regions vary more. With the null imposed on the residuals,
 * each block j has W_l = Σ_t C_j(t) ē_l(t)/(½ Σ_t |C_j(t)|) of every block l; W_l² is modelled as A + B/M_l (M: size); all
 * blocks are given the W of random blocks, times √(variance at M_j/variance at M_l) and a random sign, and
 * the sum is θ*. A and B are not let below 0: the model without the negative one that fits better is used,
 * and said. Where sizes do not vary B is 0. A treated block much smaller than all others decides B by itself,
 * and p is then too large: with few blocks it is a careful test.
 *
 * Several starts: the residuals of one block stay together. Treated block j of cohort g weighs the same path as the
 * others of g, and a control's whole residual path is given to it. Where rows are copies (stacked.h) a block is the
 * region with all its rows in all sub-experiments, and a `period` is a sub-experiment's period, so that a control lends
 * Σ_s Σ_t C_j(s, t) ē_l(s, t): its residuals in every sub-experiment s that j is in. A region that is a control in
 * one of them and treated in another (`exposed` there) can lend where it is a control.
 *
 * p is the share of draws as far out as θ̂ − r, the estimate itself counted as one draw: never 0, and with one
 * treated block and n0 controls at least 1/(n0 + 1).
 *
 * Sources: Conley & Taber (2011), REStat 93(1), §II–III; Ferman & Pinto (2019), REStat 101(3), §III and
 * appendix A.4.
 */
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/covariance.h>
#include <utfall/language.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_few_treated_kind { UF_CONLEY_TABER, UF_FERMAN_PINTO };

/* What became of W² = A + B/M. */
enum uf_few_treated_model {
    UF_FEW_TREATED_BOTH,        /* A and B */
    UF_FEW_TREATED_NO_SLOPE,    /* B would be negative: one variance for all */
    UF_FEW_TREATED_NO_CONSTANT, /* A would be negative: variance B/M */
    UF_FEW_TREATED_ONE_SIZE,    /* sizes do not vary (or Conley–Taber, which has no model) */
};

struct uf_few_treated_input {                     /* all borrowed */
    const struct uf_covariance_input *regression; /* its clusters are not used */
    const gsl_vector *coefficients;               /* k, of the columns of regression->x */
    const gsl_vector *combination;                /* k: c */
    double null_value;                            /* r */
    size_t n_blocks;
    const size_t *block; /* n */
    const bool *treated; /* n_blocks: ever, in these rows */
    size_t n_periods;
    const size_t *period; /* n */
    /* n_blocks, > 0: M, say firms or inhabitants; NULL: observations per period */
    const double *size;
    const bool *exposed; /* n: rows that can lend nothing as a control's; NULL: all of treated blocks */
};

struct uf_few_treated_options {
    enum uf_few_treated_kind kind;
    size_t draws; /* 0: 9,999 */
    double level; /* of the interval; 0: 0.95 */
    uint64_t seed;
    bool equal_tailed;  /* what the interval inverts; else |θ*| */
    bool controls_only; /* Ferman–Pinto: residuals are taken from controls only */
    bool no_signs;      /* Ferman–Pinto: without random signs */
    bool no_interval;
    bool keep_values;
};

struct uf_few_treated {
    double estimate;
    double p_symmetric, p_equal_tailed;
    double conf_low, conf_high; /* ±INFINITY where nothing is far enough; NaN: not asked for */
    /* The least p, of the interval's tails, that was met: of an estimate without bound, of the actual one and, for the interval,
     * of those between. Ferman–Pinto's p need not fall as the estimate grows, so that the first is not always the least. */
    double least_p;
    size_t n_treated, n_controls; /* a control: a block with rows that are not exposed */
    size_t n_incomplete; /* blocks whose residuals could not be given to another, for want of its periods */
    size_t draws;
    bool enumerated;
    enum uf_few_treated_kind kind;
    enum uf_few_treated_model model; /* Ferman–Pinto, of the first treated block */
    double constant, slope; /* A and B there, of W as a mean after less a mean before; NaN for Conley–Taber */
    double *values;         /* keep_values: draws, θ* − r at the null value; NULL otherwise */
};

/* `options` NULL: the defaults (Conley–Taber). Release with uf_few_treated_clear. UF_NOT_IDENTIFIED: no
 * treated block, fewer than two controls with the periods of the treated, residuals that are all 0;
 * UF_BAD_INPUT: a size that is not positive; UF_BAD_USAGE: a level outside 0–1, or more room asked for than
 * 50 million numbers (blocks × draws, or blocks × different time paths). Cost: O(n k + blocks · paths ·
 * periods) and O(draws · treated) or, Ferman–Pinto, O(draws · blocks), times some 90 for its interval. The
 * draws are a function of the seed. */
uf_status uf_few_treated_test(const struct uf_few_treated_input *input,
                              const struct uf_few_treated_options *options, struct uf_few_treated *out,
                              struct uf_error *error);
void uf_few_treated_clear(struct uf_few_treated *few_treated);

/* What was done, for a note: who lent residuals, the model of the variance, the smallest attainable p. free()
 * it. */
uf_status uf_few_treated_describe(const struct uf_few_treated *few_treated, enum uf_language language,
                                  char **out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SYNTHETIC_CONTROL_H
#define UTFALL_SYNTHETIC_CONTROL_H
/*
 * Synthetic control: a treated unit is compared with the mix of donors that resembles it most before the
 * treatment.
 *
 * Predictors X (one row each) are divided by their standard deviation over the treated unit and its donors.
 * For a diagonal V with Σ v = 1 the donor weights are
 *
 *     W(V) = argmin (X1 − X0·W)' V (X1 − X0·W)   s.t. W ≥ 0, Σ W = 1
 *
 * (Abadie, Diamond & Hainmueller 2010, eq. 1 ff.),
 * and V is equal, given, or chosen so that the mean squared gap of the outcome over the fit window, loss_v,
 * is smallest (nested search: several fixed starts, then uf_minimise; no random numbers). The gap from the
 * start on is what the treated unit differs by.
 *
 * Inference is by placebo: each donor in turn is handled as if treated, with the same search, and the ratio
 * of the root mean squared gap (RMSPE) after to that before is ranked.
 *
 * Sources: Abadie, A., Diamond, A. & Hainmueller, J. (2010). Journal of the American Statistical Association
 * 105, 493–505; the same (2015). American Journal of Political Science 59, 495–510. Scaling, loss_w and
 * loss_v as in their R package Synth.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Columns of both matrices are the same n units, treated or donors. Everything is finite. */
struct uf_synthetic_control_data {
    const gsl_matrix *predictors; /* k × n; k ≥ 1 */
    const gsl_matrix *outcomes;   /* T × n, in time */
    size_t start;                 /* first treated row of outcomes; 1 ≤ start < T */
    size_t fit_from, fit_to;      /* rows of the fit window, both included; fit_to < start */
};

enum uf_predictor_weights {
    UF_PREDICTOR_WEIGHTS_NESTED, /* V by search */
    UF_PREDICTOR_WEIGHTS_EQUAL,
    UF_PREDICTOR_WEIGHTS_GIVEN
};

struct uf_synthetic_control_options {
    enum uf_predictor_weights choice;
    const gsl_vector *given; /* k, ≥ 0, not all 0; scaled to sum 1. Only with GIVEN */
    size_t max_evaluations;  /* of the nested search; 0: 400 per predictor, fewer with more than 40 donors */
};

struct uf_synthetic_control_fit {
    gsl_vector *v;         /* k, sums to 1 */
    gsl_vector *weights;   /* n; 0 for units that are not donors */
    gsl_vector *synthetic; /* T */
    gsl_vector *gap;       /* T: treated − synthetic */
    double loss_w;         /* (X1 − X0·W)' V (X1 − X0·W), predictors scaled */
    double loss_v;         /* mean squared gap over the fit window */
    double kkt_residual;   /* of W; see simplex.h */
    bool unique;           /* W is the only minimum for this V */
    size_t n_donors, n_positive, evaluations;
    double rmspe_before; /* over the fit window: √loss_v */
    double rmspe_after;  /* from the start on */
    double ratio;        /* after / before; +infinity where before is 0 to working precision */
    double mean_gap;     /* from the start on */
};
void uf_synthetic_control_fit_clear(struct uf_synthetic_control_fit *fit);

/* Fits the unit in column `treated` to the columns with `donor[i]` true (NULL: all others); `treated` is
 * never its own donor. No donor, shapes that do not agree and values that are not finite are UF_INTERNAL.
 * NULL options: nested. Cost: one simplex problem, times the evaluations of the search when nested. */
uf_status uf_synthetic_control(const struct uf_synthetic_control_data *data, size_t treated,
                               const bool *donor, const struct uf_synthetic_control_options *options,
                               struct uf_synthetic_control_fit *out, struct uf_error *error);

/* What a batch of fits runs with. */
struct uf_synthetic_control_batch {
    int threads;                               /* 0: as many as there are; results do not depend on it */
    int (*progress)(void *user, double share); /* NULL: none; non-zero stops (UF_INTERRUPTED) */
    void *user;
};

/* Placebos in space: fits each unit with `donor[i]` true as if it were treated, to the other donors (and
 * `treated` too if `treated_is_donor`). `out` has n fits; those of units that are not donors stay zeroed.
 * NULL batch: one thread. On failure all are cleared. */
uf_status uf_synthetic_control_placebos(const struct uf_synthetic_control_data *data, size_t treated,
                                        const bool *donor, bool treated_is_donor,
                                        const struct uf_synthetic_control_options *options,
                                        const struct uf_synthetic_control_batch *batch,
                                        struct uf_synthetic_control_fit *out, struct uf_error *error);

/* Leave one out: fits `treated` without donor i, for each i with `fit->weights` above 0. `out` has n fits;
 * the others stay zeroed. */
uf_status uf_synthetic_control_leave_one_out(const struct uf_synthetic_control_data *data, size_t treated,
                                             const bool *donor, const struct uf_synthetic_control_fit *fit,
                                             const struct uf_synthetic_control_options *options,
                                             const struct uf_synthetic_control_batch *batch,
                                             struct uf_synthetic_control_fit *out, struct uf_error *error);

/* RMSPE ratio of a gap path: from `start` on against rows fit_from … fit_to. `scale` is the size of the
 * outcome, below 1e-12 of which a gap counts as 0: infinite where only the fit is exact, NaN (undefined, 0/0)
 * where there is no gap after the start either. O(T). */
double uf_synthetic_control_ratio(const gsl_vector *gap, const struct uf_synthetic_control_data *data,
                                  double scale);

extern const struct uf_method uf_method_synthetic_control;

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SYNTHETIC_CONTROL_PROBLEM_H
#define UTFALL_EFFECT_SYNTHETIC_CONTROL_PROBLEM_H
/* One unit and its donors, scaled and centred on the unit, with the working memory of its many W(V). */
#include <utfall/simplex.h>
#include <utfall/synthetic_control.h>

struct sc_problem {
    size_t k, n_donors, n_fit;
    size_t *column;            /* n_donors: the donors' columns in the data */
    gsl_matrix *predictor_gap; /* k × J: (X0 − X1) / SD */
    gsl_matrix *outcome_gap;   /* n_fit × J: Z0 − Z1 */
    gsl_matrix *weighted;      /* k × J: √v times predictor_gap */
    gsl_vector *origin;        /* k zeros */
    gsl_vector *w;             /* J */
    gsl_vector *v;             /* k */
    struct uf_simplex_workspace *simplex;
    struct uf_simplex_fit fit; /* of the last W(V) */
    size_t evaluations;
};

uf_status sc_problem_init(struct sc_problem *problem, const struct uf_synthetic_control_data *data,
                          size_t treated, const bool *donor, struct uf_error *error);
void sc_problem_clear(struct sc_problem *problem);
/* W(v) into problem->w and problem->fit, and loss_v. `v` sums to 1. */
uf_status sc_problem_solve(struct sc_problem *problem, const gsl_vector *v, double *out_loss_v,
                           struct uf_error *error);
/* The best V found into problem->v; src/effect/synthetic_control_search.c. */
uf_status sc_problem_search(struct sc_problem *problem, size_t max_evaluations, struct uf_error *error);
#endif

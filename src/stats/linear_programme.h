// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_LINEAR_PROGRAMME_H
#define UTFALL_STATS_LINEAR_PROGRAMME_H
/*
 * A small dense linear programme that is solved again and again with other right-hand sides:
 *
 *     min c'z   s.t.   W z ≥ y,   z free
 *
 * and, with it, its dual max γ'y s.t. W'γ = c, γ ≥ 0. A new y or c begins from the basis of the last
 * solution. This is the only place that knows GLPK.
 *
 * GLPK keeps an environment per thread, prints, and aborts where it is called wrongly. Here its terminal is
 * off, what is handed over is checked to be finite first, and an environment that this made is freed with
 * the programme that made it: programmes of one thread are released in the reverse of the order in which
 * they were made, and are used by the thread that made them.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <utfall/status.h>

struct linear_programme;

enum linear_outcome { LINEAR_OPTIMAL, LINEAR_UNBOUNDED, LINEAR_INFEASIBLE };

/* `w` is m × n. UF_INTERNAL: a number that is not finite. */
uf_status linear_programme_new(const gsl_matrix *w, const gsl_vector *c, struct linear_programme **out,
                               struct uf_error *error);
void linear_programme_free(struct linear_programme *programme);

/* The least c'z for this `y` (m). `dual` (m) gets γ ≥ 0 where it is not NULL and the outcome is optimal; the
 * value is then γ'y. UF_INTERNAL: the solver gives up. */
uf_status linear_programme_solve(struct linear_programme *programme, const gsl_vector *y,
                                 enum linear_outcome *outcome, double *value, gsl_vector *dual,
                                 struct uf_error *error);
/* Another objective for the programmes to come. */
uf_status linear_programme_set_objective(struct linear_programme *programme, const gsl_vector *c,
                                         struct uf_error *error);
#endif

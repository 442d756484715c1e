// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_TWO_WAY_H
#define UTFALL_EFFECT_TWO_WAY_H
/* Effects of unit and period fitted on some rows of a sample, and carried over to the others. The units are
 * solved for by means, the periods by the Schur complement S = D'W(I − P)D, in which one period of each part
 * that no row links to the rest is pinned to 0. */
#include <gsl/gsl_matrix.h>
#include <utfall/did.h>

struct two_way {
    const struct uf_did_data *data;
    const unsigned char *fitted; /* n: the row is in the fit */
    size_t *start, *order;       /* rows by unit; `order` NULL: they come so */
    double *unit_weight;         /* n_units: sum over fitted rows */
    size_t *unit_part, *part;    /* n_units, n_periods: the linked part; SIZE_MAX: no fitted row */
    size_t n_parts;
    size_t *position, n_free;              /* n_periods: in the system; SIZE_MAX: pinned or absent */
    gsl_matrix *system, *factor;           /* n_free × n_free; NULL where n_free is 0 */
    double *mean, *effect, *solved, *rest; /* work space: n_units; n_periods; n_free each */
};

/* `fitted` is borrowed. UF_NOT_IDENTIFIED where S is not positive definite (weights of very different size). */
uf_status two_way_init(struct two_way *out, const struct uf_did_data *data, const unsigned char *fitted,
                       struct uf_error *error);
void two_way_clear(struct two_way *fit);
/* The row at place `place` of unit u's rows, start[u] <= place < start[u + 1]. */
static inline size_t two_way_row(const struct two_way *fit, size_t place)
{
    return fit->order ? fit->order[place] : place;
}
/* S θ = right (n_periods, replaced by θ; 0 for periods that are pinned or absent). */
uf_status two_way_solve(struct two_way *fit, double *right, struct uf_error *error);
/* Replaces the column by what its own effects, fitted on the fitted rows, leave: residuals there, deviations
 * from the prediction elsewhere. Rows whose effects are not known get meaningless numbers. */
uf_status two_way_take_out(struct two_way *fit, double *column, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_SERIAL_INTERNAL_H
#define UTFALL_STATS_SERIAL_INTERNAL_H
/* What the files of the regressions over time (serial_regression.h) share. */
#include <utfall/least_squares.h>
#include <utfall/serial_regression.h>

/* One step of time: the greatest common divisor of the gaps. */
long serial_step(const long *time, size_t n);

/* The row i of a series transformed to independent errors of variance 1 − ρ² times that of u:
 * scale · (row i − carried · row i−1); carried is 0 in the first. */
void serial_row(const long *time, size_t i, long step, double rho, double *carried, double *scale);

/* A point of the integral over ρ, with all of it that does not depend on y: the QR of the transformed columns. */
struct serial_point {
    double rho, log_weight; /* of the rule and the prior */
    double log_factor;      /* ln |Ω|^{−1/2} |X'Ω^{−1}X|^{−1/2} */
    gsl_matrix *qr;         /* n × rank */
    gsl_vector *tau;
    double *carried, *scale; /* n */
};
struct serial_points {
    struct serial_point *point;
    size_t count, n, rank;
};
/* x: n × rank, of full rank. Release with serial_points_clear, also after a failure. */
uf_status serial_points_init(const gsl_matrix *x, const long *time, struct serial_points *out,
                             struct uf_error *error);
void serial_points_clear(struct serial_points *points);
/* work: n; after it the first `rank` of them are Q'z, z the transformed y. Returns RSS_ρ. */
double serial_point_project(const struct serial_point *point, const double *y, gsl_vector *work);

/* Fills parts, coefficients, covariance, residuals and rho of a fit whose least squares is `fit`. */
uf_status serial_integrated(const gsl_matrix *x, const gsl_vector *y, const long *time,
                            const struct uf_least_squares *fit, struct uf_serial_fit *out,
                            struct uf_error *error);

/* A mixture of t's with the same degrees of freedom. */
struct serial_mixture {
    const double *weight, *estimate, *std_error; /* count; errors > 0 */
    size_t count;
    double df;
};
/* P(the mixture <= z), and its density. */
double serial_mixture_below(const struct serial_mixture *mixture, double z, double *out_density);
/* The z with that probability below it, 0 < p < 1. */
double serial_mixture_quantile(const struct serial_mixture *mixture, double p);
#endif

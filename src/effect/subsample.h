// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SUBSAMPLE_H
#define UTFALL_EFFECT_SUBSAMPLE_H
/* Some rows of a sample, with a treatment and an outcome that may be changed before the difference is estimated. */
#include <utfall/did.h>

struct subsample {
    struct uf_did_data data; /* borrows what follows, and the period scale of the whole sample */
    size_t *unit, *period, *cluster[2], *first_period;
    double *outcome, *treatment, *weights;
    gsl_matrix *covariates;
};
/* The rows for which keep[i] is not 0. Numbers of units, periods and clusters stay. O(n). */
uf_status subsample_init(const struct uf_did_data *data, const unsigned char *keep, struct subsample *out,
                         struct uf_error *error);
void subsample_clear(struct subsample *sample);

/* The covariance of a regression's coefficients (x: n × k, effects taken out) from residuals of the untreated rows, their
 * autocovariances alike in all units: it has full rank also with three treated regions. Errors as uf_autocovariance_estimate. */
uf_status subsample_serial_covariance(const struct uf_did_data *data, const gsl_matrix *x,
                                      const gsl_matrix *inverse, gsl_matrix *out, struct uf_error *error);

struct subsample_effect {
    double estimate;
    struct uf_t_test test;
    size_t n_obs, n_treated, n_control, n_clusters; /* units that are ever, or never, treated in these rows */
};
/* The coefficient of the treatment. UF_NOT_IDENTIFIED where there is none, or no variance for it. */
uf_status subsample_estimate(const struct uf_did_data *data, const struct uf_covariance_options *options,
                             double level, struct subsample_effect *out, struct uf_error *error);
#endif

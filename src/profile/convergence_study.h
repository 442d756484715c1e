// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_CONVERGENCE_STUDY_H
#define UTFALL_PROFILE_CONVERGENCE_STUDY_H
/* What one run of the method `convergence` has found, and how it is told. */
#include <utfall/convergence.h>

#include "profile/panel_series.h"
#include "profile/rounding_draws.h"

/* Numbers of the fit that have bands from draws. */
enum { DRAWN_BETA, DRAWN_INTERCEPT, DRAWN_R_SQUARED, DRAWN_SPEED, DRAWN_HALF_LIFE, CONVERGENCE_DRAWN };

struct convergence_study {
    struct panel_series series;
    size_t from, to; /* periods */
    double years, level;
    const struct uf_covariance_type *covariance;
    gsl_matrix *controls; /* n_regions × controls, at `from`; NULL: none */
    const struct uf_text_list *control_names;
    size_t *cluster, n_groups;
    double *start, *end, *fitted; /* n_regions; NaN: missing */
    struct uf_beta_convergence beta;
    enum uf_covariance_kind covariance_kind;
    struct rounding_bands
        drawn; /* CONVERGENCE_DRAWN numbers, then fitted and left of each region; empty: none */
    size_t *sigma_period,
        n_sigma; /* periods of the spread, from … to, with a value for every region that is complete */
    double *deviation; /* n_sigma */
    struct uf_sigma_trend trend;
    size_t sigma_regions;
    bool has_sigma;
};

/* ln(end/start)/T of a region; NaN where one is missing. */
double convergence_growth(const struct convergence_study *study, size_t region);
/* The same between the ends that rounding leaves open; equal to the growth where figures are exact. */
void convergence_growth_band(const struct convergence_study *study, size_t region, double *low, double *high);

/* The least and largest deviation of each period of the spread, n_sigma numbers each; NaN where figures are exact or may
 * be 0. */
uf_status convergence_spread_bands(const struct convergence_study *study, double *low, double *high,
                                   struct uf_error *error);

/* Years since the first period. */
double convergence_time(const struct convergence_study *study, size_t t);
/* Bands of the fit from draws, into `drawn`; none where figures are exact or may be 0. */
uf_status convergence_fit_bands(struct convergence_study *study, const struct rounding_plan *plan,
                                struct uf_error *error);
/* What rounding leaves of the trend of the spread, exactly from the spread's own bounds; NaN likewise. */
uf_status convergence_trend_band(const struct convergence_study *study, double *low, double *high,
                                 struct uf_error *error);

uf_status convergence_tables_add(const struct convergence_study *study, struct uf_result *result,
                                 struct uf_error *error);
uf_status convergence_tell(const struct convergence_study *study, struct uf_result *result,
                           struct uf_error *error);
/* The sentence of one region; the caller frees it. */
uf_status convergence_sentence(const struct convergence_study *study, size_t region, char **out,
                               struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_TREND_STUDY_H
#define UTFALL_TESTS_TREND_STUDY_H
/* An event study made up for the sets of parallel_trends_bounds.h, with what it points to. */
#include <utfall/parallel_trends_bounds.h>
#include <utfall/random.h>

struct trend_study {
    gsl_vector *estimate, *weights; /* weights 0 so far */
    gsl_matrix *covariance;         /* 0 so far */
    struct uf_trend_study study;
};
struct trend_study trend_study_new(size_t before, size_t after);
/* The covariance F F' · factor. */
void trend_study_spread(struct trend_study *made, const gsl_matrix *f, double factor);
void trend_study_clear(struct trend_study *made);
/* Half the length of the interval of 95 per cent around an estimate with this bias and error, by bisection. */
double trend_study_length(double bias, double sd);
/* A draw from the normal distribution, never infinite. */
double trend_study_normal(struct uf_random *random);
#endif

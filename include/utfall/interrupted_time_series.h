// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_INTERRUPTED_TIME_SERIES_H
#define UTFALL_INTERRUPTED_TIME_SERIES_H
/*
 * Interrupted time series: a series is compared with the trend it had before the start.
 *
 *     y_t = b_0 + b_1 (t − T) + b_2 1[t >= T] + b_3 (t − T) 1[t >= T] + Σ_s g_s 1[part of the year is s] + u_t
 *
 * T is the start. b_2 is the change of level at the start, b_3 the change of slope from then on, and d_t = b_2 + b_3 (t − T)
 * the departure in period t from the trend before, continued. It is what is left when all regions are treated at once,
 * and a description of a series: it cannot tell the intervention from anything else that happened at the time, nor from
 * a turn of the trend that would have come anyway.
 *
 * Source: Bernal, Cummins & Gasparrini (2017), Interrupted time series regression for the evaluation of public health
 * interventions: a tutorial, Int. J. Epidemiology 46(1), 348–355, with time counted from the start, so that the level
 * change is that of the first period after it.
 */
#include <gsl/gsl_matrix.h>
#include <utfall/method.h>
#include <utfall/serial_regression.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UF_ITS_CONSTANT, UF_ITS_TREND, UF_ITS_LEVEL, UF_ITS_SLOPE, UF_ITS_COLUMNS };

/* One series without missing values; all borrowed. */
struct uf_its_series {
    size_t n;
    const double *outcome; /* n */
    const long *time;      /* n, ascending: the periods on an equidistant scale */
    long start;            /* on that scale */
    const size_t *part;    /* n: part of the year, below n_parts; NULL: no seasons */
    size_t n_parts;
};

struct uf_its {
    struct uf_serial_fit
        fit; /* columns: UF_ITS_*, then the parts of the year that occur, but the first of them */
    size_t n_before, n_after;
};
/* UF_NOT_IDENTIFIED: fewer than two periods before or none after, or no degrees of freedom left. With one period after
 * the slope change is dropped (NaN). Else as uf_serial_fit. */
uf_status uf_its_fit(const struct uf_its_series *series, const struct uf_serial_options *options,
                     struct uf_its *out, struct uf_error *error);
void uf_its_clear(struct uf_its *its);
/* The departure in the period at `time`, and its variance. */
void uf_its_departure(const struct uf_its *its, const struct uf_its_series *series, double time,
                      double *out_estimate, double *out_variance);

/*
 * The method. The treated regions' mean (or sum) is one series for each start, and each region is one by itself. Tables:
 * `estimates` (departure: the mean of d_t over the periods from the start on; level-change, slope-change, last-departure),
 * `departures` (d_t by period), `series` (observed, and the trend before continued), `by-region`, `series-fit`, `design…`.
 */
extern const struct uf_method uf_method_interrupted_time_series;

#ifdef __cplusplus
}
#endif
#endif

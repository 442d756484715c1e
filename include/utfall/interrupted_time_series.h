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

/* The test of a departure (or, `slope`, of the change of slope) and its interval at `level`: uf_serial_test; all NaN where
 * there is no slope to be told. */
struct uf_t_test uf_its_test(const struct uf_its *its, const struct uf_its_series *series, double time,
                             bool slope, double level);
/*
 * The band of the departures all at once: the c for which d_t − c·se_t … d_t + c·se_t holds all of them, in the periods
 * from the start on that the series has, with probability `level`; se_t is the square root of uf_its_departure's
 * variance. They rest on two coefficients, so that nothing is drawn: with b_2, b_3 a t in two dimensions under each ρ, the
 * radius R in a direction has P(R > r) = (1 + r²/df)^{−df/2}, and the share inside the polygon |d_t − estimate_t| <= c·se_t
 * is a sum over directions and over ρ. To 1e-4. 0 where there is one departure (its own interval is the band), NaN where
 * nothing varies. O(parts · 360 · n).
 */
uf_status uf_its_band(const struct uf_its *its, const struct uf_its_series *series, double level,
                      double *out_critical, struct uf_error *error);
/* How often the test of the mean departure rejects at 5 % although there is none, by simulation: uf_serial_size with the
 * periods of the series; its outcome is not read. */
uf_status uf_its_size(const struct uf_its_series *series, const struct uf_serial_options *options, double rho,
                      size_t draws, uint64_t seed, double *out_share, struct uf_error *error);

/*
 * The method. The treated regions' mean (or sum) is one series for each start, and each region is one by itself. Tables:
 * `estimates` (departure: the mean of d_t over the periods from the start on; level-change, slope-change, last-departure),
 * `departures` (d_t by period, with a band of all), `rejections` (uf_its_size), `trend-before` (the test at a placebo start halfway through the periods before, and the bend it would
 * have found), `series` (observed, and the trend before continued), `by-region`, `series-fit`, `design…`.
 */
extern const struct uf_method uf_method_interrupted_time_series;

#ifdef __cplusplus
}
#endif
#endif

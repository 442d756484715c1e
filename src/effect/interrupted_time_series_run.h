// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_INTERRUPTED_TIME_SERIES_RUN_H
#define UTFALL_EFFECT_INTERRUPTED_TIME_SERIES_RUN_H
/* What the files of the method `interrupted-time-series` share. */
#include "effect/estimates.h"

#include <utfall/interrupted_time_series.h>

enum { ITS_MOST_KINDS = 3, ITS_SIZES = 4 };
/* How much a period leaves for the next in the simulated series of table `rejections`. */
extern const double its_dependence[ITS_SIZES];

struct its_run {
    struct effect_run common;
    struct uf_serial_options kind[ITS_MOST_KINDS]; /* the first is the main one */
    size_t n_kinds;
    bool sum, season, by_region;
    double level;
    size_t size_draws; /* 0: no table `rejections` */
};

/* A series of the sample: of one region, or of the regions that start together. */
struct its_series {
    struct uf_its_series view; /* of the arrays below */
    double *outcome;
    long *time;
    size_t *part, *period;    /* n; of the panel */
    size_t n_units, left_out; /* regions in it; regions of the cohort with gaps, not in it */
    size_t example;           /* one of those left out */
};
/* `unit` SIZE_MAX: the regions that start in period `start`, those without a value in some period of the cohort left
 * out. The mean is weighted by each region's own mean weight, where weights are given. */
uf_status its_series_init(const struct its_run *run, size_t start, size_t unit, struct its_series *out,
                          struct uf_error *error);
void its_series_clear(struct its_series *series);

/* The name of a kind: the column vcov. */
const char *its_kind_name(enum uf_serial_kind kind);

/* Notes on one series: what its p-values are worth, what is not in it. `label`: of its start, where there are several. */
uf_status its_note_series(const struct its_run *run, const struct its_series *series, const char *label,
                          const struct uf_its *main, const double size[ITS_SIZES], struct uf_error *error);
uf_status its_note_regions(const struct its_run *run, size_t up, size_t down, size_t failed,
                           struct uf_error *error);
uf_status its_note_limits(const struct its_run *run, struct uf_error *error);

struct its_tables {
    struct uf_table *estimates, *departures, *series, *regions, *fits, *rejections, *before;
};
uf_status its_tables_init(const struct its_run *run, struct its_tables *out, struct uf_error *error);
/* Adds the rows of a cohort's series; `label` NULL where there is one cohort. */
uf_status its_add_cohort(const struct its_run *run, const struct its_series *series, const char *label,
                         const struct uf_its *fits, struct its_tables *tables, struct uf_error *error);
/* Simulates how often the main test rejects where there is nothing, a row for each dependence. `out`: NaN where it was not
 * asked for. */
uf_status its_add_rejections(const struct its_run *run, const struct its_series *series, const char *label,
                             struct its_tables *tables, double out[ITS_SIZES], struct uf_error *error);
/* Table `trend-before`: the test at a placebo start among the periods before, with a note by the main inference. */
uf_status its_before_new(const struct its_run *run, struct uf_table **out, struct uf_error *error);
uf_status its_add_before(const struct its_run *run, const struct its_series *series, const char *label,
                         struct uf_table *table, struct uf_error *error);
uf_status its_add_region(const struct its_run *run, const struct its_series *series, size_t unit,
                         const struct uf_its *fit, double *out_departure, struct its_tables *tables,
                         struct uf_error *error);
/* Gives the tables to the result; the empty ones are freed. Also on failure none is left. */
uf_status its_tables_take(const struct its_run *run, struct its_tables *tables, struct uf_error *error);
void its_tables_clear(struct its_tables *tables);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_GROUP_TIME_INTERNAL_H
#define UTFALL_EFFECT_GROUP_TIME_INTERNAL_H
/* What the files of the group-time kernel share. */
#include <utfall/callaway_santanna.h>

/* A column by unit and period; where it does not change within units, by unit alone. */
struct group_time_column {
    double *value; /* period by period n_units each */
    bool varies;
};

/* The data in wide form. Units are numbered as in the data; those without rows have no values. Of repeated
 * cross-sections each row is a unit of its own, with a value in its own period. */
struct group_time_wide {
    const struct uf_did_data *data;
    bool cross_sections;
    size_t n_units, n_periods, n_covariates;
    double *outcome;                  /* n_periods × n_units; NaN: no value. Cross-sections: n_units */
    struct group_time_column *column; /* covariates, then the weight */
    bool weighted;
    double *unit_weight;        /* n_units: in the first period with a value; 0: never a value */
    size_t *cluster;            /* n_units: its row of the influence */
    const size_t *first_period; /* n_units */
    size_t *row_first;          /* cross-sections: the same, owned */
    size_t *sequence;           /* cross-sections: the rows in time */
    size_t n_rows, n_clusters;
    bool gaps, varying_covariates;
};
uf_status group_time_wide_init(const struct uf_did_data *data, bool cross_sections,
                               struct group_time_wide *out, struct uf_error *error);
uf_status group_time_cross_sections_init(const struct uf_did_data *data, struct group_time_wide *out,
                                         struct uf_error *error);
void group_time_wide_clear(struct group_time_wide *wide);

/* Units by cohort: cohorts ascending, the never treated last. */
struct group_time_order {
    size_t *unit;  /* n_sorted */
    size_t *start; /* n_cohorts + 2: of each cohort, of the never treated, and the end */
    struct uf_group_time_cohort *cohorts;
    size_t n_cohorts, n_sorted, n_always;
    /* cross-sections: within each cohort (the never treated last) the first place of each period, and the end */
    size_t *period_start; /* (n_cohorts + 1) × (n_periods + 1) */
};
/* first_period: n_units. Room for all units is made once; group_time_order_sort may be called again. */
uf_status group_time_order_init(const struct group_time_wide *wide, struct group_time_order *out,
                                struct uf_error *error);
void group_time_order_sort(const struct group_time_wide *wide, const size_t *first_period, long anticipation,
                           struct group_time_order *order);
void group_time_order_clear(struct group_time_order *order);

/* The cells of an order, in the order of the public struct; `post_only` leaves the others out. At most
 * n_cohorts × n_periods. Fills all but the estimates; returns how many. */
size_t group_time_list(const struct group_time_wide *wide, const struct group_time_order *order,
                       const struct uf_group_time_options *options, bool post_only,
                       struct uf_group_time_cell *cells);

/* Room for one thread. */
struct group_time_room {
    struct uf_drdid_design *design;
    size_t *place; /* of the cell's units: place among treated, then among controls */
    double *change, *weight, *covariates, *influence; /* change: of cross-sections the outcome */
    double *by_row;                                   /* wide->n_rows, kept at 0 */
    /* the design that is set: cells of the same key and no gaps share it */
    size_t key_cohort, key_control, key_period, key_treated, key_units;
    struct uf_drdid_diagnosis diagnosis;
    bool set;
};
uf_status group_time_room_init(const struct group_time_wide *wide, struct group_time_room *out,
                               struct uf_error *error);
void group_time_room_clear(struct group_time_room *room);

/* Influence of one cell: the cohort's units, then all sorted units from `control` on. Of cross-sections: of the rows in
 * `place`. */
struct group_time_influence {
    double *value;
    size_t control; /* first place of the controls in the order */
    size_t *place;  /* cross-sections: places in the order; else NULL */
    size_t n_places;
};
/* Length of its arrays. */
size_t group_time_influence_size(const struct group_time_wide *wide, const struct group_time_order *order,
                                 const struct uf_group_time_options *options,
                                 const struct uf_group_time_cell *cell);
/* The first cohort (n_cohorts: the never treated) among the controls of a cell. */
size_t group_time_control_group(const struct group_time_wide *wide, const struct group_time_order *order,
                                const struct uf_group_time_options *options,
                                const struct uf_group_time_cell *cell);
/* Estimates one cell. `influence` gets its arrays (zeros where a unit has no part); its `control` is set. */
void group_time_cell(const struct group_time_wide *wide, const struct group_time_order *order,
                     const struct uf_group_time_options *options, struct group_time_room *room,
                     struct uf_group_time_cell *cell, struct group_time_influence *influence);

struct uf_group_time_work {
    struct group_time_wide wide;
    struct group_time_order order;
    struct group_time_influence *influence; /* n_cells */
};

/* Adds factor × the cell's influence to `sum`, by place in the order. */
void group_time_add_influence(const struct group_time_order *order, const struct uf_group_time_cell *cell,
                              const struct group_time_influence *influence, double factor, double *sum);
/* The cells that are tested together (at most n_cells): leads with an error. */
size_t group_time_leads(const struct uf_group_time *group_time, size_t *lead);
/* The covariance of q cells (lower triangle of q × q), by rows of their influence summed by cluster. */
uf_status group_time_lead_covariance(const struct uf_group_time *group_time, const size_t *lead, size_t q,
                                     double *v, struct uf_error *error);
/* True where the cell takes part in averages. */
bool group_time_counts(const struct uf_group_time_cell *cell);
#endif

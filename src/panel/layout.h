// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_LAYOUT_H
#define UTFALL_PANEL_LAYOUT_H
/*
 * A long table of texts and numbers → the ordered layout of a panel. Both ways to a panel (a file's columns,
 * a query on the store) end here, so that codes, time order, duplicates and treatment are judged in one
 * place.
 */
#include <stdbool.h>
#include <utfall/panel.h>
#include <utfall/table.h>

struct layout_request {
    const struct uf_table *table;
    const char *place;                          /* a file's path, for errors; NULL: the store */
    const char *unit, *unit_label, *unit_group; /* text columns; label and group may be NULL */
    const char *sector, *sector_label;          /* NULL: no sectors */
    const char *const *sector_order;            /* codes in the order wanted; n 0: by code */
    size_t n_sector_order;
    const char *period;         /* text column; NULL: one cross-section, period `0` */
    const char *const *numbers; /* number columns to carry, in order, no name twice */
    size_t n_numbers;
    const char *const *clusters; /* text columns */
    size_t n_clusters;
    enum uf_language language; /* of the ledger */
    bool several_rows;         /* for one unit, sector and period: no mistake */
};

/* Everything but roles, labels of columns, treatment and exposures. Rows without unit or period are left out
 * and entered in the ledger (may be NULL). */
uf_status panel_lay_out(const struct layout_request *request, struct uf_result *ledger, struct uf_panel **out,
                        struct uf_error *error);

/* Puts the panel's periods in time where every code is a time, else by code; fills period_value. */
uf_status panel_order_periods(struct uf_panel *panel, struct uf_error *error);
/* The one period of a cross-section without a period column. */
uf_status panel_one_period(struct uf_panel *panel, struct uf_error *error);

/* Sets roles by column name; NULL names are skipped. */
uf_status panel_set_roles(struct uf_panel *panel, const char *outcome, const char *weight,
                          const char *const *covariates, size_t n_covariates, struct uf_error *error);

/* A treatment of which no unit has a start yet. */
uf_status panel_start_treatment(struct uf_panel *panel, struct uf_error *error);
/* The first treated period that a cohort's text (NULL: empty) names, SIZE_MAX for never; false: it is no period. */
bool panel_cohort_start(const struct uf_panel *panel, const char *text, size_t *out);

/* The three ways to say who was treated. */
uf_status panel_treat_by_column(struct uf_panel *panel, const char *column, struct uf_error *error);
/* `cohort[i]` is the text for row i of the table that was laid out, by unit: first treated period; "", 0, NA,
 * Inf: never. */
uf_status panel_treat_by_cohort(struct uf_panel *panel, const struct uf_table *table, const char *unit,
                                const char *cohort, const char *place, struct uf_error *error);
/* The doses (n_treated, > 0) of regions that are treated already, from their start on. */
uf_status panel_dose_by_list(struct uf_panel *panel, const char *const *treated, const double *dose,
                             const char *dose_unit, size_t n_treated, struct uf_error *error);
/* One more unit, from `start` on, after panel_start_treatment. */
uf_status panel_treat(struct uf_panel *panel, const char *treated, const char *start, struct uf_error *error);
uf_status panel_treat_by_list(struct uf_panel *panel, const char *const *treated, size_t n_treated,
                              const char *start, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_H
#define UTFALL_PANEL_H
/*
 * A panel is what a method computes on: long columns, one row per unit × period (× sector), built once from a
 * query on the store or from a file's named columns. Units, sectors and periods are held as dictionaries
 * (code and label, in a fixed order: units and sectors by code, periods in time) and as one index per row;
 * values as doubles with their status.
 *
 * A panel owns all it points to. Rows are sorted by unit, period, sector, and no two rows share all three, but where
 * the rows were said to be other people or firms in each period (`several_rows`): then the unit is their region.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/period.h>
#include <utfall/result.h>
#include <utfall/store.h>
#include <utfall/text.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UF_NOWHERE = -1 };

struct uf_dictionary {
    char **code;
    char **label; /* in the run's language; equals the code where nothing better is known */
    size_t count;
    char *texts; /* all of them, where they lie in one block; NULL: each has its own memory */
};
/* The index of a code, or SIZE_MAX. O(log n) for units and sectors. */
size_t uf_dictionary_find(const struct uf_dictionary *dictionary, const char *code);

struct uf_panel_column {
    char *name;
    char *label;
    char *unit;              /* for people; NULL: none */
    double *value;           /* n_rows; NaN where missing */
    uf_value_status *status; /* n_rows */
    double rounding;         /* the publisher's rounding unit; 0: exact */
    bool of_sums;            /* sums of rounded figures: the unit is that of one times their largest number */
    char *source;            /* for source lines; NULL: not known */
};

/* Who was treated, and when. Exactly one way of saying it was used; `first_period` is derived from it. */
struct uf_treatment {
    size_t *first_period; /* n_units: index into the panel's periods, SIZE_MAX: never treated */
    double *dose; /* n_rows: the treatment column as given, 0/1 or a dose; NULL when not given as a column */
    char *dose_unit;   /* for people; NULL: not said */
    bool given;        /* false: the panel has no treatment (profiles) */
    bool switches_off; /* a unit is untreated again after having been treated */
    char *name;        /* of the intervention; NULL: not said */
    double cost;       /* NaN: not said */
    char *currency;
};

/* What is known of one other (or the same) intervention's reach over the panel's units. */
struct uf_exposure {
    char *intervention; /* code */
    char *name;
    enum uf_exposure_status *status;    /* n_units */
    uf_period start, end;               /* end 0: open */
    int regions_exposed, regions_total; /* what the source counts; -1: not said */
    char *source;
    bool is_this; /* it is the intervention under study: exposed units are the treated ones */
};

struct uf_panel {
    struct uf_dictionary units, sectors, periods; /* sectors.count is 0 where the panel has none */
    uf_period *period_value;                      /* periods.count; 0 where the code is not a period */
    size_t n_rows;
    size_t *unit, *sector, *period; /* n_rows each; sector NULL where the panel has none */
    bool several_rows;              /* a unit and period may have any number of rows */
    struct uf_panel_column *columns;
    size_t n_columns;
    /* roles: indices into columns; UF_NOWHERE where not given */
    long outcome, weight;
    size_t *covariates;
    size_t n_covariates;
    size_t **cluster;   /* n_cluster_dimensions arrays of n_rows group numbers from 0 */
    size_t *n_clusters; /* groups in each */
    char **cluster_name;
    struct uf_dictionary *cluster_groups; /* per dimension: the groups' codes, by number */
    size_t n_cluster_dimensions;          /* 0: the unit */
    struct uf_treatment treatment;
    struct uf_exposure *exposures;
    size_t n_exposures;
    char **unit_group; /* n_units: the parent region's code; NULL where not known (files) */
    char *source;      /* source line for charts, in the run's language */
};

/* Frees the panel with all it points to; NULL is fine. */
void uf_panel_free(struct uf_panel *panel);
/* Takes the last column away; no role (outcome, weight, covariate) may be its. */
void uf_panel_drop_last_column(struct uf_panel *panel);
/* The index of a column by name, or SIZE_MAX. */
size_t uf_panel_column(const struct uf_panel *panel, const char *name);
/* True where each unit has each period exactly once (per sector). */
bool uf_panel_is_balanced(const struct uf_panel *panel);
/* A copy without the units for which `left_out` (n units) is true, as if their rows had not been there: units, periods and groups
 * of clusters that no row has any more are gone too, and the others are numbered anew in their order. A start in a period that is gone falls on the next. It takes every
 * member of struct uf_panel over: a new one has its place there too. O(rows × columns). */
uf_status uf_panel_without(const struct uf_panel *panel, const bool *left_out, struct uf_panel **out,
                           struct uf_error *error);

/* --- from a file ------------------------------------------------------------------------------- */

struct uf_file_panel_request {
    const char *path;
    const char *unit, *period, *sector; /* column names; sector and period may be NULL */
    const char *outcome;                /* column name; NULL: none */
    const char *weight;
    const char *const *covariates;
    size_t n_covariates;
    const char *const *clusters;
    size_t n_clusters;
    const char *const *extra; /* further number columns to carry */
    size_t n_extra;
    /* one of: */
    const char *treatment;      /* a 0/1 or dose column */
    const char *cohort;         /* a column with the first treated period; 0 or empty: never */
    const char *const *treated; /* unit codes */
    size_t n_treated;
    const char *start;         /* with treated */
    enum uf_language language; /* of the ledger */
    bool several_rows;         /* repeated cross-sections: any number of rows for each unit and period */
};
/* Builds a panel from named columns; says in the ledger which rows were left out. A column that is not there
 * is UF_BAD_USAGE with the nearest name; two rows for one unit and period are UF_BAD_INPUT with both lines (unless
 * `several_rows`: then two values of the treatment column there are). */
uf_status uf_panel_from_file(const struct uf_file_panel_request *request, struct uf_result *ledger,
                             struct uf_panel **out, struct uf_error *error);

/* A list beside the figures, as text: a delimited file that an option of a method names. UF_IO_FAILED and
 * UF_BAD_INPUT as for a panel from a file; UF_BAD_USAGE: a column that the file does not have. */
uf_status uf_panel_side_table(const char *path, const char *const *columns, size_t n_columns,
                              struct uf_table **out, struct uf_error *error);

/* --- from the store ---------------------------------------------------------------------------- */

/* A column of a panel is an indicator (with a sector where that is fixed), or an expression over them. */
struct uf_panel_variable {
    const char *name; /* the column's name */
    /* `gva["C"] / gva["TOTAL"]`, `ln(employment["C"])`, or just an indicator's code */
    const char *expression;
    const char *label, *unit; /* NULL: from the indicator */
    const char *file;         /* where the expression stands, for errors; NULL: not in a file */
    size_t line, column;
    /* The place of each byte of the expression and of its end, strlen + 1 of them, where it does not lie on
     * one line as it reads: quoted, folded or over several lines. NULL: on one line from `column`. */
    const struct uf_text_place *places;
};

/* What the variable is worked out from, once each: indicators, and beside each its sector ("": none is named). A mistake in
 * the expression is UF_BAD_INPUT at its place. The lists must be empty; clear them also after a failure. */
uf_status uf_panel_variable_references(const struct uf_panel_variable *variable,
                                       struct uf_text_list *indicators, struct uf_text_list *sectors,
                                       struct uf_error *error);

struct uf_store_panel_request {
    enum uf_language language;
    const char *level;         /* `nuts3` */
    const char *const *within; /* keep descendants of these regions (or the regions themselves); n 0: all */
    size_t n_within;
    const char *const *regions; /* keep only these; n 0: all */
    size_t n_regions;
    const char *beside; /* one more region, whatever its level: the nation to compare with; NULL: none */
    /* a panel by sector: one row per region × sector × period; NULL: by variables below */
    const char *indicator;
    const char *const *sectors; /* with indicator: keep these, in this order; n 0: all that have values */
    size_t n_sectors;
    const char *total_sector; /* a given total (`TOTAL`) among them; it may hold the others. NULL: none */
    /* a panel by region × period; with `indicator` further columns by sector: an indicator without a sector is there that of
     * the row's sector, and a cell that one column has and another lacks is missing in that other */
    const struct uf_panel_variable *variables;
    size_t n_variables;
    const char *outcome; /* the name of one variable */
    const char *weight;
    const char *const *covariates;
    size_t n_covariates;
    const char *const *extra; /* variables carried without a role (synthetic-control predictors) */
    size_t n_extra;
    const char *cluster; /* NULL: the unit; a level, as `nuts2`: the ancestor at that level */
    uf_period from, to;  /* 0: all */
    const char *const *treated;
    size_t n_treated;
    const uf_period
        *starts;        /* n_treated: the first treated period of each, 0: `start`; NULL: `start` of all */
    const double *dose; /* n_treated: what each of them got, from the start on; NULL: no amounts */
    const char *dose_unit;
    uf_period start;
    const char *intervention; /* code of the one under study; NULL: none */
    /* codes of other interventions to look up; n 0: all that overlap in time */
    const char *const *also_exposed;
    size_t n_also_exposed;
};
/* Cost: one query, O(rows log rows). Unknown regions, levels, indicators and sectors are UF_BAD_INPUT with
 * the nearest code; a mistake in an expression is reported at its place. Ratios are never summed. Sectors of
 * which one holds another (`B-E` and `C`) are refused: their sum would count twice. A further variable by sector of which no
 * row has anything is UF_BAD_INPUT at its place. */
uf_status uf_panel_from_store(struct uf_store *store, const struct uf_store_panel_request *request,
                              struct uf_result *ledger, struct uf_panel **out, struct uf_error *error);

/* Sums of a stock or flow up the region tree: the value of `parent_level` regions from their children. A
 * missing child makes the sum missing (UF_VALUE_INCOMPLETE) unless `allow_missing`. A ratio is UF_BAD_USAGE. */
uf_status uf_panel_aggregate(struct uf_store *store, const char *indicator, const char *child_level,
                             const char *parent_level, bool allow_missing, struct uf_table **out,
                             struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

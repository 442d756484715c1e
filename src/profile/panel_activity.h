// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PANEL_ACTIVITY_H
#define UTFALL_PROFILE_PANEL_ACTIVITY_H
/*
 * A panel by region, sector and period → activity matrices for the kernels, with the reasons of what is
 * missing and the bounds that rounding leaves. One place decides which rows are regions, which sectors, which
 * is the given total and which the reference area, and says so in notes and ledger.
 */
#include <utfall/activity.h>
#include <utfall/method.h>

enum bound { BOUND_VALUE, BOUND_LOW, BOUND_HIGH, BOUNDS };

/* One period. Arrays follow panel_activity.region and .sector. */
struct period_activity {
    size_t period; /* index into the panel's periods */
    /* `, 2017` or ` 2017` to follow a name in a sentence; empty for a single cross-section without a period */
    char when[48];
    gsl_matrix *value[BOUNDS];
    gsl_vector *total[BOUNDS]; /* NULL: no given total */
    gsl_vector *whole[BOUNDS]; /* NULL: no given reference row */
    double whole_total[BOUNDS];
    uf_value_status *status; /* regions × sectors */
    uf_value_status *total_status, *whole_status;
    uf_value_status whole_total_status;
    /* the missing flags of sums, the reason why they are NaN */
    uf_value_status *region_sum, *sector_sum;
    uf_value_status all_cells, all_totals, whole_cells;
};

/* Indices into the panel's periods, units and sectors. */
struct panel_cell {
    size_t period, unit, sector;
};

struct panel_activity {
    const struct uf_panel *panel;
    enum uf_language language;
    const struct uf_panel_column *column; /* the outcome */
    size_t n_regions, n_sectors, n_periods;
    size_t *region, *sector; /* indices into the panel's units and sectors */
    struct period_activity *at;
    size_t total_sector;  /* SIZE_MAX: none named */
    size_t unnamed_total; /* a sector that is a total by its code, left out; SIZE_MAX: none */
    size_t whole_unit;    /* SIZE_MAX: none named */
    /* There is a row for the reference area: a published one, or (`incomplete: keep`) the sum of the regions that lack
     * no figure. */
    bool has_whole;
    size_t whole_parts; /* how many regions such a sum has; 1 for a published row */
    enum uf_reference reference;
    bool bands; /* the figures are rounded, or hidden ones bounded */
    /* left out: no value at all in one of the periods, or (regions) incomplete, on demand */
    size_t *absent_region, *absent_sector;
    size_t n_absent_regions, n_absent_sectors;
    bool leave_out_incomplete, keep_incomplete;
    bool *complete;             /* per region of `region`: lacks no figure */
    const char *impute;         /* how gaps were filled, by name; `none` */
    struct panel_cell *imputed; /* the gaps filled */
    size_t n_imputed;
    double hidden_below; /* hidden figures lie from 0 to this; NaN: not known */
    size_t n_bounded;    /* hidden cells with those bounds; unless filled, what needs them has bounds only */
    size_t n_no_row;     /* cells without a row that count as 0, as asked or by the method's default */
};

/* The options every method of this kind has; `reference` only where a region is compared with others. */
extern const char *const panel_activity_references[];
extern const char *const panel_activity_incomplete[];
extern const char *const panel_activity_incomplete_or_keep[];
extern const char *const panel_activity_no_rows[];
extern const char *const panel_activity_imputations[];
/* Hidden figures: nothing is filled in unless asked for by name. */
#define PANEL_IMPUTATION_OPTIONS                                                                             \
    {"impute",                                                                                               \
     UF_OPTION_CHOICE,                                                                                       \
     "none",                                                                                                 \
     panel_activity_imputations,                                                                             \
     "Fill figures the publisher hides: with 0, half of suppressed-below, the last earlier figure, or the "  \
     "line between the figures before and after",                                                            \
     false},                                                                                                 \
    {                                                                                                        \
        "suppressed-below", UF_OPTION_NUMBER, NULL, NULL,                                                    \
            "Hidden figures lie from 0 up to this: what needs them has bounds", false                        \
    }
#define PANEL_ACTIVITY_OPTIONS PANEL_ACTIVITY_OPTIONS_WITH("missing")
/* `no_row`: the default for a region and sector without a row: `missing`, or `zero` where data list only what there
 * is (trade, patents). */
#define PANEL_ACTIVITY_OPTIONS_WITH(no_row)                                                                  \
    {"total",                                                                                                \
     UF_OPTION_TEXT,                                                                                         \
     NULL,                                                                                                   \
     NULL,                                                                                                   \
     "Code of the sector that is the published total of a region; it is then not a sector",                  \
     false},                                                                                                 \
        {"reference",                                                                                        \
         UF_OPTION_CHOICE,                                                                                   \
         "nation",                                                                                           \
         panel_activity_references,                                                                          \
         "Compare with all regions together, or with the other regions",                                     \
         false},                                                                                             \
        {"reference-row",                                                                                    \
         UF_OPTION_TEXT,                                                                                     \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "Code of the region whose row is the reference area as published; it is then not a region",         \
         false},                                                                                             \
        {"incomplete",                                                                                       \
         UF_OPTION_CHOICE,                                                                                   \
         "missing",                                                                                          \
         panel_activity_incomplete_or_keep,                                                                  \
         "Regions with a missing value: make missing what needs it, leave the region out everywhere, or "    \
         "keep it, compared with the regions that lack nothing",                                             \
         false},                                                                                             \
        {"no-row",                                                                                           \
         UF_OPTION_CHOICE,                                                                                   \
         no_row,                                                                                             \
         panel_activity_no_rows,                                                                             \
         "A region and sector without a row: a missing value, or nothing there (zero)",                      \
         false},                                                                                             \
        PANEL_IMPUTATION_OPTIONS

#define PANEL_ACTIVITY_OPTIONS_ALONE                                                                         \
    {"total",                                                                                                \
     UF_OPTION_TEXT,                                                                                         \
     NULL,                                                                                                   \
     NULL,                                                                                                   \
     "Code of the sector that is the published total of a region; it is then not a sector",                  \
     false},                                                                                                 \
        {"reference-row",                                                                                    \
         UF_OPTION_TEXT,                                                                                     \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "Code of a row for the whole area, as the nation's: it is then not a region",                       \
         false},                                                                                             \
        {"incomplete",                                                                                       \
         UF_OPTION_CHOICE,                                                                                   \
         "missing",                                                                                          \
         panel_activity_incomplete,                                                                          \
         "Regions with a missing value: make missing what needs it, or leave the region out everywhere",     \
         false},                                                                                             \
        {"no-row",                                                                                           \
         UF_OPTION_CHOICE,                                                                                   \
         "missing",                                                                                          \
         panel_activity_no_rows,                                                                             \
         "A region and sector without a row: a missing value, or nothing there (zero)",                      \
         false},                                                                                             \
        PANEL_IMPUTATION_OPTIONS

/* `periods` are indices into the panel's periods, in time. Errors: UF_BAD_USAGE for a code that is not there,
 * with the nearest one; UF_BAD_INPUT for a negative value and where nothing is left. Everything in `out` is
 * released by panel_activity_clear. */
uf_status panel_activity_new(const struct uf_panel *panel, const struct uf_options *options,
                             enum uf_language language, const size_t *periods, size_t n_periods,
                             struct panel_activity *out, struct uf_error *error);
void panel_activity_clear(struct panel_activity *activity);

/* What a kernel reads; borrowed from `activity`. */
struct uf_activity panel_activity_at(const struct panel_activity *activity, size_t period, enum bound bound);

/* What was left out, what is missing, how the sectors relate to the total, what rounding means: notes and
 * ledger. `sums_used`: the method adds sectors up, so that overlapping ones are worth a warning. */
uf_status panel_activity_tell(const struct panel_activity *activity, bool sums_used, struct uf_result *result,
                              struct uf_error *error);

/* The period an option names, or where it is absent the first or last period with a value. */
uf_status panel_activity_period(const struct uf_panel *panel, const struct uf_options *options,
                                const char *option, bool last, size_t *out, struct uf_error *error);
/* True where the outcome has a value in that period. */
bool panel_activity_has_values(const struct uf_panel *panel, size_t period);

/* Whether a number formed from the figures has a band: where they are rounded, a number that is there; where hidden figures
 * are bounded, also one that is missing. */
static inline bool panel_activity_banded(const struct panel_activity *activity, bool there)
{
    return activity->bands && (there || activity->n_bounded > 0);
}

const char *panel_activity_region_label(const struct panel_activity *activity, size_t region);
const char *panel_activity_region_code(const struct panel_activity *activity, size_t region);
const char *panel_activity_sector_label(const struct panel_activity *activity, size_t sector);
const char *panel_activity_sector_code(const struct panel_activity *activity, size_t sector);
const char *panel_activity_period_code(const struct panel_activity *activity, size_t period);

#endif

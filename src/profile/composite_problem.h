// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_COMPOSITE_PROBLEM_H
#define UTFALL_PROFILE_COMPOSITE_PROBLEM_H
/*
 * A panel and options → one cross-section of indicators with their tree, and the index as asked for. One place reads names, pillars,
 * weights and targets, and fills missing values where the user says how.
 */
#include <utfall/composite_uncertainty.h>

#include "profile/rounding_draws.h"

enum composite_missing { MISSING_UNIT, MISSING_RENORMALISE, MISSING_MEAN, MISSING_MEDIAN };
enum composite_weighting { WEIGHTING_EQUAL, WEIGHTING_GIVEN, WEIGHTING_COMPONENTS };

struct composite_problem {
    const struct uf_panel *panel;
    enum uf_language language;
    size_t period;
    char when[48];         /* `, 2017` to follow a name; empty where the data have no periods */
    size_t n_units, *unit; /* indices into the panel's units: those with any value */
    size_t n_absent;       /* units without any value */
    size_t *column;        /* of each indicator: a column of the panel, or a sector where it has sectors */
    /* items: indicators, then aggregates, the index last */
    size_t n_items;
    const char **code, **label; /* borrowed */
    size_t *parent;
    bool *less;     /* indicators */
    double *target; /* indicators; NaN: none given */
    double *given;  /* items: the weights in the options, else 1 */
    struct uf_composite_tree tree;
    gsl_matrix *raw, *values; /* units × indicators: as observed, and with what was filled in */
    uf_value_status *status;  /* of `raw` */
    enum composite_missing missing;
    size_t n_missing;
};

/* UF_BAD_USAGE with the nearest name for names that are not there. Released by composite_problem_clear. */
uf_status composite_problem_new(const struct uf_panel *panel, const struct uf_options *options,
                                enum uf_language language, struct composite_problem *out,
                                struct uf_error *error);
void composite_problem_clear(struct composite_problem *problem);
/* `values` from `raw`, with what is missing filled in as the option `missing` says. */
uf_status composite_problem_fill(struct composite_problem *problem, struct uf_error *error);

/* Reads `pillars`, `weights`, `targets` and `less-is-better` into the problem, whose indicators are known; makes the tree. */
uf_status composite_hierarchy_read(struct composite_problem *problem, const struct uf_options *options,
                                   struct uf_error *error);

/* The index by the options, with all that lies between. */
struct composite_index {
    struct uf_outlier_options treatment;
    struct uf_normalise_options normalisation;
    enum composite_weighting weighting;
    struct uf_aggregate_options aggregation;
    struct uf_outlier_fit *fit;       /* indicators */
    gsl_matrix *treated, *normalised; /* units × indicators */
    double *weights;                  /* items: as used */
    gsl_matrix *value;                /* units × aggregates */
    gsl_matrix *rank;                 /* the same: 1 is the highest; NaN where missing */
    size_t n_ranked;
    bool uncertain; /* the ranks were drawn */
    struct uf_composite_uncertainty uncertainty;
    size_t n_alternatives[UF_CHOICES];
    /* What the rounding of the indicators leaves open, at composite_place and composite_choice_place; empty: exact figures */
    struct rounding_bands rounding, choice_rounding;
};
uf_status composite_index_new(const struct composite_problem *problem, const struct uf_options *options,
                              struct composite_index *out, struct uf_error *error);
/* Draws over the alternatives that the options name; does nothing where none is named or `draws` is 0. */
uf_status composite_index_vary(const struct composite_problem *problem, const struct uf_options *options,
                               const struct uf_context *context, struct composite_index *index,
                               struct uf_error *error);
/* What the rounding of the indicators leaves open of all numbers below; does nothing where none is rounded. After
 * composite_index_vary. */
uf_status composite_index_draw(const struct composite_problem *problem, const struct uf_options *options,
                               const struct uf_context *context, struct composite_index *index,
                               struct uf_error *error);
void composite_index_clear(struct composite_index *index);

/* The numbers of an index that have bands, and where in `rounding` that of an item and unit stands. */
enum composite_number {
    COMPOSITE_VALUE,        /* of an aggregate, counted from 0 */
    COMPOSITE_RANK,         /* the same */
    COMPOSITE_CONTRIBUTION, /* of an item to the index; NaN where it is none of its parts */
    COMPOSITE_NORMALISED,   /* of an indicator */
    COMPOSITE_NUMBERS
};
size_t composite_place(const struct composite_problem *problem, enum composite_number number, size_t item,
                       size_t unit);
/* What the parts of an arithmetic mean add to the index of a unit, w·x/Σw, and their shares w/Σw: items each. */
void composite_contributions(const struct composite_problem *problem, const struct composite_index *index,
                             size_t unit, double *out, double *share);
/* The numbers over the draws of choices, and where in `choice_rounding` they stand. */
enum composite_choice_number {
    COMPOSITE_MEAN,
    COMPOSITE_MEDIAN,
    COMPOSITE_AMONG_TOP,
    COMPOSITE_RANK_NUMBERS
};
size_t composite_choice_place(const struct composite_problem *problem, enum composite_choice_number number,
                              size_t unit);
/* First order, and total. */
size_t composite_sensitivity_place(const struct composite_problem *problem, size_t choice, bool total);

/* Words of the options, in the order of their enumerations. */
extern const char *const composite_treatments[];
extern const char *const composite_normalisations[];
extern const char *const composite_weightings[];
extern const char *const composite_aggregations[];
extern const char *const composite_missings[];

/* The parts of an aggregate, at most n_items of them, into `out`; gives their number. */
size_t composite_parts(const struct composite_problem *problem, size_t aggregate, size_t *out);
/* The column of an item over the units, borrowed: a normalised indicator or an aggregate. */
gsl_vector composite_column(const struct composite_problem *problem, const struct composite_index *index,
                            size_t item);
const char *composite_unit_code(const struct composite_problem *problem, size_t unit);
const char *composite_unit_label(const struct composite_problem *problem, size_t unit);

/* --- what is told ------------------------------------------------------------------------------ */

uf_status composite_add_tables(const struct composite_problem *problem, const struct composite_index *index,
                               struct uf_result *result, struct uf_error *error);
/* Names of choices in the language. */
extern const struct uf_words composite_choice_words[UF_CHOICES];
uf_status composite_add_coherence(const struct composite_problem *problem,
                                  const struct composite_index *index, struct uf_result *result,
                                  struct uf_error *error);
/* How the bands were found; nothing of exact figures. */
uf_status composite_tell_rounding(const struct composite_problem *problem,
                                  const struct composite_index *index, struct uf_result *result,
                                  struct uf_error *error);
uf_status composite_tell(const struct composite_problem *problem, const struct composite_index *index,
                         struct uf_result *result, struct uf_error *error);
#endif

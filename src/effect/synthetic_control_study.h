// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SYNTHETIC_CONTROL_STUDY_H
#define UTFALL_EFFECT_SYNTHETIC_CONTROL_STUDY_H
/* The glue of synthetic control: from a panel to matrices, through the fits, to tables and notes. Shared by
 * synthetic_control_*.c. */
#include <utfall/design.h>
#include <utfall/synthetic_control.h>

/* One predictor: the mean of a column over the periods from, from + step, … to that have a value. */
struct sc_predictor {
    size_t column;         /* of the panel */
    size_t from, to, step; /* panel periods; step 0: all of them */
    char *name;            /* as the user wrote it */
};

/* Several fits seen as one: their mean gap path. With one treated column, that fit. */
struct sc_average {
    gsl_vector *treated, *synthetic, *gap;                             /* T */
    gsl_vector *weights;                                               /* n */
    double rmspe_before, rmspe_after, ratio, mean_gap, mean_synthetic; /* the means from the start on */
};

struct sc_study {
    const struct uf_panel *panel;
    const struct uf_options *options;
    const struct uf_context *context;
    struct uf_result *result;
    struct uf_design design;

    size_t *treated_unit, n_treated_units; /* panel units */
    bool *keep_unit, *keep_period;         /* of the panel */
    size_t n, m, n_periods, n_donors;      /* columns, of which the first m are treated; rows of outcomes */
    size_t *unit;                   /* n: the panel unit of a column; SIZE_MAX: the mean of the treated */
    size_t *period;                 /* n_periods: the panel period of a row */
    bool *donor;                    /* n */
    struct sc_predictor *predictor; /* empty: the outcome in each period of the fit window */
    size_t n_predictors;
    gsl_matrix *outcomes, *predictors;
    struct uf_synthetic_control_data data;
    struct uf_synthetic_control_options fit_options;
    gsl_vector *given;

    struct uf_synthetic_control_fit *fit; /* m */
    struct sc_average average;
    struct uf_synthetic_control_fit *placebo; /* n; NULL: not asked for */
    size_t *rank;    /* n: of the ratio among treated and placebos, from 1; 0: none */
    size_t n_ranked; /* placebos and the treated unit, or sets of placebos */
    double p_value;  /* NaN: none */
    struct uf_synthetic_control_fit **without; /* m arrays of n: leave one out; NULL: not asked for */
    size_t placebo_start;                      /* row; 0: no placebo in time */
    struct sc_average in_time;
};

void sc_study_clear(struct sc_study *study);

/* synthetic_control_sample.c: which units and periods, and the outcome. */
uf_status sc_study_select(struct sc_study *study, struct uf_error *error);
/* The panel's cells of a column, n_units × periods, NaN where missing; free() it. */
uf_status sc_panel_cells(const struct uf_panel *panel, size_t column, double **out, struct uf_error *error);
/* Labels of the panel units marked, at most six of them; free() it. */
uf_status sc_names(const struct sc_study *study, const bool *marked, char **out, struct uf_error *error);
/* Takes the marked units out of the sample and says so in the ledger; nothing happens where none is marked. */
uf_status sc_study_drop_units(struct sc_study *study, const bool *marked, const char *code,
                              struct uf_words step, struct uf_error *error);
/* Adds the fatal note and returns UF_NOT_IDENTIFIED. */
uf_status sc_refuse(struct sc_study *study, const char *code, struct uf_words text, struct uf_words advice,
                    const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error);

/* synthetic_control_predictors.c */
uf_status sc_predictors_read(struct sc_study *study, struct uf_error *error);
/* Units without any value of a predictor leave the sample; before sc_study_fill. */
uf_status sc_predictors_drop_units(struct sc_study *study, struct uf_error *error);
/* The k × n matrix for a start at row `start`: windows are cut before it, and predictors that lose all are
 * left out. `*out` NULL: none is left. */
uf_status sc_predictors_matrix(const struct sc_study *study, size_t start, gsl_matrix **out,
                               struct uf_error *error);
/* The name of predictor i of the full matrix. */
const char *sc_predictor_name(const struct sc_study *study, size_t i);

/* synthetic_control_inference.c */
uf_status sc_study_fit(struct sc_study *study, struct uf_error *error);
uf_status sc_study_placebos(struct sc_study *study, struct uf_error *error);
uf_status sc_study_leave_one_out(struct sc_study *study, struct uf_error *error);
uf_status sc_study_in_time(struct sc_study *study, struct uf_error *error);
/* The mean gap when donor column `left_out` is missing from every fit it has a weight in. */
double sc_gap_without(const struct sc_study *study, size_t left_out, double *out_rmspe_before);

/* synthetic_control_tables.c and synthetic_control_notes.c */
uf_status sc_study_tables(struct sc_study *study, struct uf_error *error);
uf_status sc_study_notes(struct sc_study *study, struct uf_error *error);
const char *sc_column_label(const struct sc_study *study, size_t column);
const char *sc_column_code(const struct sc_study *study, size_t column);
/* Decimals that show three digits of a number of this size. */
int sc_decimals(double size);
/* The standard deviation of the outcome over units in the fit window. */
double sc_outcome_spread(const struct sc_study *study);
#endif

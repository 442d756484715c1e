// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_DOSE_DEALER_H
#define UTFALL_EFFECT_DOSE_DEALER_H
/* Treatment and doses dealt out anew: the rows of the regression under an assignment, and what it makes of the outcomes. */
#include "effect/dose_response_run.h"
#include "effect/outcome_weights.h"

/* What an assignment gives a block. */
struct dose_lot {
    size_t first_period; /* SIZE_MAX: untreated */
    double dose;
};

/* What there is to deal, and to how many blocks. */
struct dose_lots {
    size_t n_blocks, n_lots, *path; /* path: of each block, a lot */
    struct dose_lot *lot;
    bool possible; /* false: the units of a block differ */
};

struct dose_dealer {
    const struct dose_run *run;
    const struct uf_did_data *data;
    bool average;    /* of the average effect, which knows no doses */
    bool keep_start; /* doses are dealt among the treated, who keep their starts */
    struct dose_lots lots;
    struct dose_lot *of_unit;      /* n_units: as it was, then as it is dealt */
    const double *actual;          /* n_units: the doses as they were */
    size_t *block, *dealt;         /* n_units: of the assignment; of the design (SIZE_MAX: keeps its own) */
    size_t *first_row, *next_row;  /* n_units, n: the sample's rows of each unit */
    size_t *unit, *cohort, *stack; /* rows of the regression */
    double *change, *dose, *weights;
    gsl_matrix *covariates;
    double *v, *combination; /* room for one number a row, and for one a coefficient */
    size_t n_grid;
    double grid[DOSE_GRID];
    const struct uf_did_assignment *assignment;
    const struct uf_did_noise *noise; /* NULL: not known */
};
/* All borrowed. `actual`: n_units. Clear it also where this fails. */
uf_status dose_dealer_init(const struct dose_run *run, const struct uf_did_assignment *assignment,
                           const struct uf_did_noise *noise, const double *actual, struct dose_dealer *d,
                           struct uf_error *error);
void dose_dealer_clear(struct dose_dealer *d);

/* What is dealt from now on: the lots that blocks drew, of the treated alone (who keep their starts) or of all. */
uf_status dose_dealer_choose(struct dose_dealer *d, bool average, bool among_treated, struct uf_error *error);
/* Gives each unit what the assignment says. */
void dose_dealer_assign(struct dose_dealer *d, const size_t *path);
/* The rows of the regression as the units stand now; borrowed. */
struct uf_dose_data dose_dealer_rows(struct dose_dealer *d);
/* The curve as it is fitted to them. */
struct uf_dose_options dose_dealer_curve(const struct dose_dealer *d);
/* What each change weighs in a combination, into d->v. */
void dose_dealer_weigh(struct dose_dealer *d, const struct uf_dose_data *rows, const struct uf_dose_fit *fit,
                       const double *combination);
/* The same of the outcomes behind the changes, with the rows' residuals; returns by how much the sum rises when the outcomes of
 * the actually treated do by their doses. */
double dose_dealer_tally(const struct dose_dealer *d, const struct uf_dose_data *rows,
                         const double *residuals, struct outcome_tally *tally);
#endif

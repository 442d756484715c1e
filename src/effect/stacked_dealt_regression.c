// SPDX-License-Identifier: GPL-3.0-or-later
/* The terms of `stacked` under one assignment, from the regression of the stack and that of its cells. */
#include "base/fail.h"
#include "effect/stacked_dealer.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void stacked_start_tally(struct outcome_tally *tally, const struct uf_stacked_term *term)
{
    tally->from = term->average ? 0 : term->event;
    tally->to = term->average ? LONG_MAX : term->event;
    tally->start = term->cell ? term->first_period : SIZE_MAX;
    outcome_tally_start(tally);
}

/* The term as a combination of the kept coefficients; false where it is not estimated. */
static bool combine(const struct uf_stacked *s, const struct uf_stacked_term *term, double *combination)
{
    if (term->average) return uf_stacked_average(s, combination);
    memset(combination, 0, s->fit.fit.rank * sizeof *combination);
    for (size_t j = 0; j < s->fit.n_leading; j++) {
        if (s->fit.event_time[j] != term->event || s->fit.position[j] == SIZE_MAX) continue;
        combination[s->fit.position[j]] = 1;
        return true;
    }
    return false;
}

/* The statistics of a term from what the rows of a regression weigh in it: of the stack, or of some of its rows. */
static void tally_rows(struct stacked_dealer *d, const struct uf_stacked *s, const struct uf_did_data *rows,
                       const size_t *some, const gsl_vector *residuals, const double *v,
                       const struct uf_stacked_term *term, struct uf_randomisation_statistics *out)
{
    stacked_start_tally(&d->tally, term);
    for (size_t r = 0; r < rows->n; r++) {
        size_t i = s->row[some ? some[r] : r];
        outcome_tally_add(&d->tally, d->data.unit[i], d->data.period[i],
                          d->data.n_cluster_dimensions ? d->data.cluster[0][i] : d->data.unit[i], v[r],
                          gsl_vector_get(residuals, r), rows->outcome[r]);
    }
    outcome_tally_finish(&d->tally, out);
}

static uf_status tally_stack(struct stacked_dealer *d, const struct uf_stacked *s,
                             struct uf_randomisation_statistics *out, struct uf_error *error)
{
    double *combination = malloc((s->fit.fit.rank + 1) * sizeof *combination),
           *v = malloc((s->data.n + 1) * sizeof *v);
    uf_status status = combination && v ? UF_OK : uf_fail_memory(error);
    for (size_t k = 0; k < d->n_terms && status == UF_OK; k++) {
        if (d->term[k].cell || !combine(s, &d->term[k], combination)) continue;
        status = uf_stacked_weights(s, combination, v, error);
        if (status == UF_OK) tally_rows(d, s, &s->data, NULL, s->fit.fit.residuals, v, &d->term[k], &out[k]);
    }
    free(combination), free(v);
    return status;
}

static uf_status tally_cells(struct stacked_dealer *d, const struct uf_stacked *s,
                             struct uf_randomisation_statistics *out, struct uf_error *error)
{
    struct uf_stacked_cells cells;
    struct uf_error reason;
    uf_status status = uf_stacked_cells_estimate(s, d->options, &cells, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    const struct uf_did_data *rows = &cells.fit.data;
    double *combination = calloc(cells.fit.fit.fit.rank + 1, sizeof *combination),
           *v = malloc((rows->n + 1) * sizeof *v);
    status = combination && v ? UF_OK : uf_fail_memory(error);
    for (size_t k = 0; k < d->n_terms && status == UF_OK; k++) {
        const struct uf_cohort_cell *cell =
            d->term[k].cell ? stacked_find_cell(s, &cells, d->term[k].first_period, d->term[k].event) : NULL;
        if (!cell || cell->place == SIZE_MAX) continue;
        combination[cell->place] = 1;
        status = uf_sun_abraham_weights(&cells.fit, combination, v, error);
        combination[cell->place] = 0;
        if (status == UF_OK)
            tally_rows(d, s, rows, cells.fit.row, cells.fit.fit.fit.residuals, v, &d->term[k], &out[k]);
    }
    free(combination), free(v);
    uf_stacked_cells_clear(&cells);
    return status;
}

uf_status stacked_tell_terms(struct stacked_dealer *d, const struct uf_stacked *s,
                             struct uf_randomisation_statistics *out, struct uf_error *error)
{
    bool any_cell = false;
    for (size_t k = 0; k < d->n_terms; k++) any_cell |= d->term[k].cell;
    UF_TRY(tally_stack(d, s, out, error));
    return any_cell ? tally_cells(d, s, out, error) : UF_OK;
}

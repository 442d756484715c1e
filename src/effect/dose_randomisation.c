// SPDX-License-Identifier: GPL-3.0-or-later
/* Randomisation: who is treated, and who gets how much, dealt out anew. */
#include "base/fail.h"
#include "effect/dose_dealer.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Values of all points of the curve under each assignment. */
struct record {
    size_t count, room, per;
    double *value; /* room × per */
};

/* The average effect or slope under each assignment. */
struct averages {
    struct dose_dealer *dealer;
    bool less_average;     /* the points of the curve less their mean */
    struct record *record; /* NULL: none */
    struct outcome_tally tally;
};

static double value_of(const struct uf_dose_fit *fit, const double *combination)
{
    double sum = 0;
    for (size_t r = 0; r < fit->fit.rank; r++)
        sum += combination[r] * gsl_vector_get(fit->fit.coefficients, fit->fit.kept[r]);
    return sum;
}

static uf_status record_points(struct averages *a, const struct uf_dose_data *rows,
                               const struct uf_dose_fit *fit, struct uf_error *error)
{
    struct record *record = a->record;
    const struct dose_dealer *d = a->dealer;
    if (!record) return UF_OK;
    if (record->count == record->room) {
        size_t room = record->room ? 2 * record->room : 1024;
        double *more = realloc(record->value, room * record->per * sizeof *more);
        if (!more) return uf_fail_memory(error);
        record->value = more, record->room = room;
    }
    double *to = record->value + record->count++ * record->per, mean = 0;
    for (size_t p = 0; p < record->per; p++) to[p] = NAN;
    if (!fit) return UF_OK;
    if (a->less_average && uf_dose_mean(fit, rows, false, d->combination))
        mean = value_of(fit, d->combination);
    for (size_t g = 0; g < d->n_grid; g++) {
        if (uf_dose_at(fit, d->grid[g], false, d->combination)) to[g] = value_of(fit, d->combination) - mean;
        if (uf_dose_at(fit, d->grid[g], true, d->combination))
            to[d->n_grid + g] = value_of(fit, d->combination);
    }
    return UF_OK;
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct averages *a = user;
    struct dose_dealer *d = a->dealer;
    const struct uf_dose_options curve = dose_dealer_curve(d);
    struct uf_dose_fit fit;
    struct uf_error reason;
    dose_dealer_assign(d, path);
    const struct uf_dose_data rows = dose_dealer_rows(d);
    uf_status status = uf_dose_fit(&rows, &curve, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return record_points(a, &rows, NULL, error); /* it has no estimate */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    if (!uf_dose_mean(&fit, &rows, !d->average, d->combination))
        uf_dose_mean(&fit, &rows, false, d->combination); /* groups have no slope */
    dose_dealer_weigh(d, &rows, &fit, d->combination);
    const double by_dose = dose_dealer_tally(d, &rows, fit.fit.residuals->data, &a->tally);
    outcome_tally_finish(&a->tally, out);
    if (!d->average) out->shift = by_dose;
    status = record_points(a, &rows, &fit, error);
    uf_dose_fit_clear(&fit);
    return status;
}

/* --- one dealing -------------------------------------------------------------------------------------------- */

static uf_status count_points(const struct dose_dealer *d, const struct record *record,
                              struct dose_dealing *out, struct uf_error *error)
{
    double *column = malloc((record->count + 1) * sizeof *column);
    if (!column) return uf_fail_memory(error);
    for (size_t p = 0; p < record->per; p++) {
        struct dose_point *point = p < d->n_grid ? &out->level[p] : &out->acr[p - d->n_grid];
        for (size_t i = 0; i < record->count; i++) column[i] = record->value[i * record->per + p];
        uf_randomisation_share(column, record->count, &point->p, &point->least_p);
    }
    free(column);
    return UF_OK;
}

/* Deals, and leaves `out` empty where there is only one way, or `possible` false. */
static uf_status deal(struct averages *a, bool average, bool among,
                      const struct uf_randomisation_options *options, bool *possible,
                      struct dose_dealing *out, struct uf_error *error)
{
    struct dose_dealer *d = a->dealer;
    struct record record = {.per = 2 * d->n_grid};
    struct uf_error reason;
    UF_TRY(dose_dealer_choose(d, average, among, error));
    a->less_average = among;
    a->record = average ? NULL : &record;
    uf_status status = UF_NOT_IDENTIFIED;
    if (d->lots.possible) {
        const struct uf_randomisation_design design = {d->lots.n_blocks, d->lots.n_lots, d->lots.path};
        status = uf_randomise(&design, statistic, a, options, &out->slope, &reason);
    }
    if (status == UF_OK) {
        out->n_blocks = d->lots.n_blocks;
        if (!average) status = count_points(d, &record, out, error);
    } else if (status == UF_NOT_IDENTIFIED) {
        *possible = false;
        status = UF_OK;
    } else if (error)
        *error = reason;
    free(record.value);
    a->record = NULL;
    return status;
}

/* The average effect, and then the doses in two ways. */
static uf_status deal_all(struct dose_dealer *d, const struct uf_randomisation_options *options,
                          struct dose_dealt *out, struct uf_error *error)
{
    struct averages a = {.dealer = d};
    struct dose_dealing average = {0};
    bool possible = true, doses = true;
    UF_TRY(outcome_tally_init(d->data, d->assignment, d->noise, d->block, &a.tally, error));
    uf_status status = deal(&a, true, false, options, &possible, &average, error);
    out->average = average.slope;
    if (status == UF_OK && possible) {
        status = deal(&a, false, false, options, &doses, &out->all, error);
        if (status == UF_OK) status = deal(&a, false, true, options, &doses, &out->among, error);
    }
    outcome_tally_clear(&a.tally);
    if (status != UF_OK) return status;
    if (!possible) return effect_note_not_dealt(&d->run->common, false, error);
    return dose_deal_points(d, out, error);
}

/* Multiplications an assignment takes: a regression of the rows, and a pass over the sample's for each start. */
static double work_of(const struct dose_run *run)
{
    const double rows = (double)run->units->change.n, columns = (double)run->fit->n_columns;
    return 20 * rows * (columns + 2) * (columns + 2) + 30 * (double)run->sample->data.n;
}

double *dose_actual(const struct dose_run *run)
{
    const struct dose_units *u = run->units;
    double *actual = calloc(run->sample->data.n_units + 1, sizeof *actual);
    for (size_t i = 0; actual && i < u->change.n; i++)
        if (u->dose[i] > 0) actual[u->unit[i]] = u->dose[i];
    return actual;
}

uf_status dose_randomise(const struct dose_run *run, struct dose_dealt *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    struct uf_randomisation_options options;
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    struct dose_dealer d = {0};
    if (!run->common.inference->randomise) return UF_OK;
    if (!effect_afford(&run->common, work_of(run), &options))
        return effect_note_not_dealt(&run->common, true, error);
    double *actual = dose_actual(run);
    if (!actual) return uf_fail_memory(error);
    uf_status status = uf_did_assignment_init(data, &out->assignment, error);
    if (status == UF_OK) {
        const bool known = uf_did_noise_init(data, &out->assignment, &noise, &reason) == UF_OK;
        status = dose_dealer_init(run, &out->assignment, known ? &noise : NULL, actual, &d, error);
    }
    if (status == UF_OK) status = deal_all(&d, &options, out, error);
    dose_dealer_clear(&d);
    uf_did_noise_clear(&noise);
    free(actual);
    return status;
}

void dose_dealt_clear(struct dose_dealt *dealt)
{
    uf_randomisation_clear(&dealt->average), uf_randomisation_clear(&dealt->all.slope);
    uf_randomisation_clear(&dealt->among.slope);
    dose_points_clear(dealt);
    uf_did_assignment_clear(&dealt->assignment);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Randomisation: who is treated, and who gets how much, dealt out anew. */
#include "base/fail.h"
#include "effect/dose_response_run.h"
#include "effect/outcome_weights.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What an assignment gives a block. */
struct lot {
    size_t first_period; /* SIZE_MAX: untreated */
    double dose;
};

/* Values of all points of the curve under each assignment. */
struct record {
    size_t count, room, per;
    double *value; /* room × per */
};

struct dealer {
    const struct dose_run *run;
    const struct uf_did_data *data;
    bool average;      /* of the average effect; else of the average slope */
    bool keep_start;   /* doses are dealt among the treated, who keep their starts */
    bool less_average; /* the points of the curve less their mean */
    const struct lot *lot;
    struct lot *of_unit;           /* n_units: as it was, then as it is dealt */
    const double *actual;          /* n_units: the doses as they were */
    size_t *block, *dealt;         /* n_units: of the assignment; of the design (SIZE_MAX: keeps its own) */
    size_t *first_row, *next_row;  /* n_units, n: the sample's rows of each unit */
    size_t *unit, *cohort, *stack; /* rows of the regression */
    double *change, *dose, *weights;
    gsl_matrix *covariates;
    double *v, *combination;
    size_t n_grid;
    double grid[DOSE_GRID];
    struct record *record; /* NULL: none */
    struct outcome_tally tally;
};

static void dealer_clear(struct dealer *d)
{
    free(d->of_unit), free(d->block), free(d->dealt), free(d->first_row), free(d->next_row);
    free(d->unit), free(d->cohort), free(d->stack), free(d->change), free(d->dose), free(d->weights);
    free(d->v), free(d->combination);
    gsl_matrix_free(d->covariates);
    outcome_tally_clear(&d->tally);
}

static uf_status dealer_init(const struct dose_run *run, const struct uf_did_assignment *assignment,
                             struct dealer *d, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    const struct dose_cells *cells = run->cells;
    const size_t units = data->n_units, most = units * cells->n_cohorts, k = cells->n_covariates;
    *d = (struct dealer){.run = run, .data = data};
    d->of_unit = malloc((units + 1) * sizeof *d->of_unit);
    d->block = malloc((units + 1) * sizeof *d->block), d->dealt = malloc((units + 1) * sizeof *d->dealt);
    d->first_row = malloc((units + 1) * sizeof *d->first_row);
    d->next_row = malloc((data->n + 1) * sizeof *d->next_row);
    d->unit = malloc((most + 1) * sizeof *d->unit), d->cohort = malloc((most + 1) * sizeof *d->cohort);
    d->stack = malloc((most + 1) * sizeof *d->stack);
    d->change = malloc((most + 1) * sizeof(double)), d->dose = malloc((most + 1) * sizeof(double));
    d->weights = malloc((most + 1) * sizeof(double)), d->v = malloc((most + 1) * sizeof(double));
    /* as many columns as any curve has, and those of the untreated */
    d->combination = malloc((run->fit->n_columns + 1) * sizeof(double));
    d->covariates = k > 0 ? gsl_matrix_alloc(most, k) : NULL;
    if (!d->of_unit || !d->block || !d->dealt || !d->first_row || !d->next_row || !d->unit || !d->cohort ||
        !d->stack || !d->change || !d->dose || !d->weights || !d->v || !d->combination ||
        (k > 0 && !d->covariates))
        return uf_fail_memory(error);
    for (size_t u = 0; u < units; u++) d->block[u] = d->dealt[u] = d->first_row[u] = SIZE_MAX;
    for (size_t i = data->n; i-- > 0;) {
        d->block[data->unit[i]] = assignment->block[i];
        d->next_row[i] = d->first_row[data->unit[i]];
        d->first_row[data->unit[i]] = i;
    }
    d->n_grid = dose_grid(run->fit, &run->units->change, d->grid);
    return UF_OK;
}

/* --- one assignment ------------------------------------------------------------------------------------- */

static struct uf_dose_data stack_rows(struct dealer *d)
{
    const struct dose_cells *cells = d->run->cells;
    size_t n = 0, stacks = 0;
    for (size_t c = 0; c < cells->n_cohorts; c++) {
        if (cells->cohort[c].reason != DOSE_USED) continue;
        for (size_t u = 0; u < cells->n_units; u++) {
            if (d->block[u] == SIZE_MAX) continue;
            enum dose_role role = dose_role_of(d->run, cells, c, u, d->of_unit[u].first_period);
            if (role == DOSE_NEITHER) continue;
            const double *x = dose_covariates_at(cells, u, c);
            d->unit[n] = u, d->cohort[n] = c, d->stack[n] = stacks;
            d->change[n] = dose_cell_at(cells, u, c)->change;
            d->dose[n] = role == DOSE_TREATED ? (d->average ? 1 : d->of_unit[u].dose) : 0;
            d->weights[n] = cells->weight[u];
            for (size_t j = 0; j < cells->n_covariates; j++) gsl_matrix_set(d->covariates, n, j, x[j]);
            n++;
        }
        stacks++;
    }
    if (d->covariates) d->covariates->size1 = n;
    return (struct uf_dose_data){.n = n,
                                 .change = d->change,
                                 .dose = d->dose,
                                 .weights = d->data->weights ? d->weights : NULL,
                                 .n_stacks = stacks,
                                 .stack = d->stack,
                                 .covariates = d->covariates};
}

static double value_of(const struct uf_dose_fit *fit, const double *combination)
{
    double sum = 0;
    for (size_t r = 0; r < fit->fit.rank; r++)
        sum += combination[r] * gsl_vector_get(fit->fit.coefficients, fit->fit.kept[r]);
    return sum;
}

/* What each change weighs in a combination. */
static void weigh(const struct uf_dose_data *rows, const struct uf_dose_fit *fit, const double *combination,
                  double *v)
{
    const size_t k = fit->fit.rank;
    memset(v, 0, rows->n * sizeof *v);
    for (size_t r = 0; r < k; r++) {
        double q = 0;
        for (size_t s = 0; s < k; s++) q += gsl_matrix_get(fit->fit.inverse, r, s) * combination[s];
        for (size_t i = 0; i < rows->n; i++) v[i] += q * gsl_matrix_get(fit->x, i, r);
    }
    for (size_t i = 0; i < rows->n && rows->weights; i++) v[i] *= rows->weights[i];
}

static void tally(struct dealer *d, const struct uf_dose_data *rows, const struct uf_dose_fit *fit,
                  struct uf_randomisation_statistics *out)
{
    const struct uf_did_data *data = d->data;
    double shift = 0;
    outcome_tally_start(&d->tally);
    for (size_t i = 0; i < rows->n; i++) {
        const size_t u = d->unit[i];
        const struct dose_cohort *cohort = &d->run->cells->cohort[d->cohort[i]];
        const struct dose_cell *cell = dose_cell_at(d->run->cells, u, d->cohort[i]);
        for (size_t r = d->first_row[u]; r != SIZE_MAX; r = d->next_row[r]) {
            const size_t t = data->period[r];
            const bool after = t >= cohort->start && data->time[t] <= cohort->after;
            if (!after && data->time[t] >= cohort->before) continue;
            if (!after && d->run->last_before && t != cohort->last) continue;
            double v = d->v[i] / (after ? (double)cell->n_after : -(double)cell->n_before);
            outcome_tally_add(&d->tally, u, t, data->n_cluster_dimensions ? data->cluster[0][r] : u, v,
                              after ? gsl_vector_get(fit->fit.residuals, i) : 0, data->outcome[r]);
            if (data->first_period[u] <= t) shift += v * d->actual[u];
        }
    }
    outcome_tally_finish(&d->tally, out);
    if (!d->average) out->shift = shift;
}

static uf_status record_points(struct dealer *d, const struct uf_dose_data *rows,
                               const struct uf_dose_fit *fit, struct uf_error *error)
{
    struct record *record = d->record;
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
    if (d->less_average && uf_dose_mean(fit, rows, false, d->combination))
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
    struct dealer *d = user;
    struct uf_dose_options curve = {.curve = UF_DOSE_POLYNOMIAL, .size = 0};
    if (!d->average) curve = d->run->fit->options;
    curve.quick = true;
    struct uf_dose_fit fit;
    struct uf_error reason;
    for (size_t u = 0; u < d->data->n_units; u++) {
        if (d->dealt[u] == SIZE_MAX) continue;
        const struct lot *lot = &d->lot[path[d->dealt[u]]];
        if (!d->keep_start) d->of_unit[u].first_period = lot->first_period;
        d->of_unit[u].dose = lot->dose;
    }
    const struct uf_dose_data rows = stack_rows(d);
    uf_status status = uf_dose_fit(&rows, &curve, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return record_points(d, &rows, NULL, error); /* it has no estimate */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    if (!uf_dose_mean(&fit, &rows, !d->average, d->combination))
        uf_dose_mean(&fit, &rows, false, d->combination); /* groups have no slope */
    weigh(&rows, &fit, d->combination, d->v);
    tally(d, &rows, &fit, out);
    status = record_points(d, &rows, &fit, error);
    uf_dose_fit_clear(&fit);
    return status;
}

/* --- what is dealt --------------------------------------------------------------------------------------- */

struct lots {
    size_t n_blocks, n_lots, *path; /* path: of each block, a lot */
    struct lot *lot;
};

static void lots_clear(struct lots *lots)
{
    free(lots->path), free(lots->lot);
}

static bool same_lot(struct lot a, struct lot b)
{
    return a.first_period == b.first_period && a.dose == b.dose;
}

/* The lots that blocks drew, of the treated alone or of all; `possible` false where the units of a block differ. */
static uf_status list_lots(struct dealer *d, const struct uf_did_assignment *assignment, bool treated_only,
                           bool *possible, struct lots *out, struct uf_error *error)
{
    const size_t units = d->data->n_units;
    struct lots lots = {.path = malloc((assignment->n_blocks + 1) * sizeof *lots.path),
                        .lot = malloc((assignment->n_blocks + 1) * sizeof *lots.lot)};
    size_t *number = malloc((assignment->n_blocks + 1) * sizeof *number);
    *possible = true;
    if (!lots.path || !lots.lot || !number) {
        lots_clear(&lots), free(number);
        return uf_fail_memory(error);
    }
    for (size_t b = 0; b < assignment->n_blocks; b++) number[b] = SIZE_MAX;
    for (size_t u = 0; u < units; u++) {
        const size_t b = d->block[u];
        const struct lot own = {d->data->first_period[u], d->average ? 0 : d->actual[u]};
        d->dealt[u] = SIZE_MAX, d->of_unit[u] = own;
        if (b == SIZE_MAX || (treated_only && own.first_period == SIZE_MAX)) continue;
        /* among the treated everyone keeps the start */
        const struct lot drawn = {treated_only ? 0 : own.first_period, own.dose};
        size_t l = 0;
        while (l < lots.n_lots && !same_lot(lots.lot[l], drawn)) l++;
        if (l == lots.n_lots) {
            if (lots.n_lots == assignment->n_blocks) *possible = false;
            if (!*possible) break;
            lots.lot[lots.n_lots++] = drawn;
        }
        if (number[b] == SIZE_MAX) {
            number[b] = lots.n_blocks;
            lots.path[lots.n_blocks++] = l;
        }
        if (lots.path[number[b]] != l) *possible = false;
        d->dealt[u] = number[b];
    }
    free(number);
    *out = lots;
    return UF_OK;
}

/* --- one dealing -------------------------------------------------------------------------------------------- */

static uf_status count_points(const struct dealer *d, const struct record *record, struct dose_dealing *out,
                              struct uf_error *error)
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
static uf_status deal(struct dealer *d, const struct uf_did_assignment *assignment, bool among,
                      const struct uf_randomisation_options *options, bool *possible,
                      struct dose_dealing *out, struct uf_error *error)
{
    struct lots lots = {0};
    struct record record = {.per = 2 * d->n_grid};
    struct uf_error reason;
    bool alike;
    UF_TRY(list_lots(d, assignment, among, &alike, &lots, error));
    d->keep_start = d->less_average = among;
    d->lot = lots.lot;
    d->record = d->average ? NULL : &record;
    uf_status status = UF_NOT_IDENTIFIED;
    if (alike) {
        const struct uf_randomisation_design design = {lots.n_blocks, lots.n_lots, lots.path};
        status = uf_randomise(&design, statistic, d, options, &out->slope, &reason);
    }
    if (status == UF_OK) {
        out->n_blocks = lots.n_blocks;
        if (!d->average) status = count_points(d, &record, out, error);
    } else if (status == UF_NOT_IDENTIFIED) {
        *possible = false;
        status = UF_OK;
    } else if (error)
        *error = reason;
    free(record.value);
    lots_clear(&lots);
    d->lot = NULL, d->record = NULL;
    return status;
}

/* The average effect, and then the doses in two ways. */
static uf_status deal_all(struct dealer *d, const struct uf_randomisation_options *options,
                          struct dose_dealt *out, struct uf_error *error)
{
    struct dose_dealing average = {0};
    bool possible = true, doses = true;
    d->average = true;
    UF_TRY(deal(d, &out->assignment, false, options, &possible, &average, error));
    out->average = average.slope;
    if (!possible) return effect_note_not_dealt(&d->run->common, false, error);
    d->average = false;
    UF_TRY(deal(d, &out->assignment, false, options, &doses, &out->all, error));
    return deal(d, &out->assignment, true, options, &doses, &out->among, error);
}

/* Multiplications an assignment takes: a regression of the rows, and a pass over the sample's for each start. */
static double work_of(const struct dose_run *run)
{
    const double rows = (double)run->units->change.n, columns = (double)run->fit->n_columns;
    return 20 * rows * (columns + 2) * (columns + 2) + 30 * (double)run->sample->data.n;
}

uf_status dose_randomise(const struct dose_run *run, struct dose_dealt *out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    struct uf_randomisation_options options;
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    struct dealer d = {0};
    if (!run->common.inference->randomise) return UF_OK;
    if (!effect_afford(&run->common, work_of(run), &options))
        return effect_note_not_dealt(&run->common, true, error);
    double *actual = calloc(data->n_units + 1, sizeof *actual);
    if (!actual) return uf_fail_memory(error);
    for (size_t i = 0; i < run->units->change.n; i++)
        if (run->units->dose[i] > 0) actual[run->units->unit[i]] = run->units->dose[i];
    uf_status status = uf_did_assignment_init(data, &out->assignment, error);
    if (status == UF_OK) status = dealer_init(run, &out->assignment, &d, error);
    if (status == UF_OK) {
        d.actual = actual;
        uf_status known = uf_did_noise_init(data, &out->assignment, &noise, &reason);
        status = outcome_tally_init(data, &out->assignment, known == UF_OK ? &noise : NULL, d.block, &d.tally,
                                    error);
    }
    if (status == UF_OK) status = deal_all(&d, &options, out, error);
    dealer_clear(&d);
    uf_did_noise_clear(&noise);
    free(actual);
    return status;
}

void dose_dealt_clear(struct dose_dealt *dealt)
{
    uf_randomisation_clear(&dealt->average), uf_randomisation_clear(&dealt->all.slope);
    uf_randomisation_clear(&dealt->among.slope);
    uf_did_assignment_clear(&dealt->assignment);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Every point of the curve, the two-way coefficient, and the effect of each start, when treatment and doses are dealt out anew. A point is a combination of
 * the curve's coefficients, and so is what each outcome weighs in it: one pass over the rows for each coefficient. */
#include "base/fail.h"
#include "effect/dose_dealer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct points {
    struct dose_dealer *dealer;
    bool levels, two_way; /* beside the slopes */
    size_t n_columns;     /* of the curve */
    struct outcome_tally *column, whole;
    double *by_dose, *b;          /* n_columns */
    double *residuals, *contrast; /* a row each: of the two-way regression, or a start's mean */
};

static void points_clear(struct points *p)
{
    for (size_t j = 0; p->column && j < p->n_columns; j++) outcome_tally_clear(&p->column[j]);
    outcome_tally_clear(&p->whole);
    free(p->column), free(p->by_dose), free(p->b), free(p->residuals), free(p->contrast);
}

static uf_status points_init(struct dose_dealer *d, struct points *p, struct uf_error *error)
{
    const size_t k = d->run->fit->n_columns - d->run->fit->n_base,
                 rows = d->data->n_units * d->run->cells->n_cohorts;
    *p = (struct points){.dealer = d,
                         .n_columns = k,
                         .column = calloc(k + 1, sizeof *p->column),
                         .by_dose = malloc((k + 1) * sizeof *p->by_dose),
                         .b = malloc((k + 1) * sizeof *p->b),
                         .residuals = malloc((rows + 1) * sizeof *p->residuals),
                         .contrast = malloc((rows + 1) * sizeof *p->contrast)};
    if (!p->column || !p->by_dose || !p->b || !p->residuals || !p->contrast) return uf_fail_memory(error);
    for (size_t j = 0; j < k; j++)
        UF_TRY(outcome_tally_init(d->data, d->assignment, d->noise, d->block, &p->column[j], error));
    return outcome_tally_init(d->data, d->assignment, d->noise, d->block, &p->whole, error);
}

/* --- one assignment ------------------------------------------------------------------------------------- */

static void tally_columns(struct points *p, const struct uf_dose_data *rows, const struct uf_dose_fit *fit)
{
    struct dose_dealer *d = p->dealer;
    for (size_t j = 0; j < p->n_columns; j++) {
        uf_dose_coefficient(fit, j, d->combination);
        dose_dealer_weigh(d, rows, fit, d->combination);
        p->by_dose[j] = dose_dealer_tally(d, rows, fit->fit.residuals->data, &p->column[j]);
    }
}

static void finish_point(struct points *p, const struct uf_dose_fit *fit, double dose, bool slope,
                         struct uf_randomisation_statistics *out)
{
    struct dose_dealer *d = p->dealer;
    double by_dose = 0;
    uf_dose_at(fit, dose, slope, d->combination);
    for (size_t j = 0; j < p->n_columns; j++) {
        p->b[j] = d->combination[fit->position[fit->n_base + j]];
        by_dose += p->b[j] * p->by_dose[j];
    }
    outcome_tally_combine(p->column, p->b, p->n_columns, &p->whole);
    outcome_tally_finish(&p->whole, out);
    if (slope) out->shift = by_dose;
}

/* Σ c_i times the adjusted changes (c in d->v, with the residuals that p has): the changes themselves weigh c_i less what the
 * untreated lend to the adjustment. Returns by how much it rises with the actual doses. */
static double tally_contrast(struct points *p, const struct uf_dose_data *rows, const struct uf_dose_fit *fit)
{
    struct dose_dealer *d = p->dealer;
    const size_t k = rows->covariates ? rows->covariates->size2 : 0;
    memset(d->combination, 0, fit->fit.rank * sizeof *d->combination);
    memcpy(p->contrast, d->v, rows->n * sizeof *p->contrast);
    for (size_t i = 0; i < rows->n; i++)
        for (size_t j = 0; j <= k; j++) {
            const size_t place = fit->position[rows->stack[i] * (1 + k) + j];
            if (place != SIZE_MAX)
                d->combination[place] -=
                    p->contrast[i] * (j ? gsl_matrix_get(rows->covariates, i, j - 1) : 1);
        }
    dose_dealer_weigh(d, rows, fit, d->combination);
    for (size_t i = 0; i < rows->n; i++) d->v[i] += p->contrast[i];
    return dose_dealer_tally(d, rows, p->residuals, &p->whole);
}

static double weight_of(const struct uf_dose_data *rows, size_t i)
{
    return rows->weights ? rows->weights[i] : 1;
}

/* c_i = w_i (d_i − mean)/Σ w (d − mean)². */
static void finish_two_way(struct points *p, const struct uf_dose_data *rows, const struct uf_dose_fit *fit,
                           struct uf_randomisation_statistics *out)
{
    double *c = p->dealer->v, total = 0, dose = 0, change = 0, square = 0, slope = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double w = weight_of(rows, i);
        total += w, dose += w * rows->dose[i], change += w * fit->adjusted[i];
    }
    dose /= total, change /= total;
    for (size_t i = 0; i < rows->n; i++) {
        c[i] = weight_of(rows, i) * (rows->dose[i] - dose);
        square += c[i] * (rows->dose[i] - dose);
        slope += c[i] * (fit->adjusted[i] - change);
    }
    slope /= square;
    for (size_t i = 0; i < rows->n; i++) {
        c[i] /= square;
        p->residuals[i] = fit->adjusted[i] - change - slope * (rows->dose[i] - dose);
    }
    const double by_dose = tally_contrast(p, rows, fit);
    outcome_tally_finish(&p->whole, out);
    out->shift = by_dose;
}

/* The mean adjusted change of the treated of a sub-experiment. */
static void finish_start(struct points *p, const struct uf_dose_data *rows, const struct uf_dose_fit *fit,
                         size_t stack, struct uf_randomisation_statistics *out)
{
    double *c = p->dealer->v, total = 0, mean = 0;
    for (size_t i = 0; i < rows->n; i++) {
        c[i] = rows->stack[i] == stack && rows->dose[i] > 0 ? weight_of(rows, i) : 0;
        total += c[i], mean += c[i] * fit->adjusted[i];
    }
    if (!(total > 0)) return;
    mean /= total;
    for (size_t i = 0; i < rows->n; i++) {
        c[i] /= total;
        p->residuals[i] = fit->adjusted[i] - (c[i] > 0 ? mean : 0);
    }
    tally_contrast(p, rows, fit);
    outcome_tally_finish(&p->whole, out);
}

static uf_status statistic(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                           struct uf_error *error)
{
    struct points *p = user;
    struct dose_dealer *d = p->dealer;
    const struct uf_dose_options curve = dose_dealer_curve(d);
    struct uf_dose_fit fit;
    struct uf_error reason;
    size_t next = 0;
    dose_dealer_assign(d, path);
    const struct uf_dose_data rows = dose_dealer_rows(d);
    uf_status status = uf_dose_fit(&rows, &curve, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK; /* it has no estimate */
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    if (d->average) {
        for (size_t stack = 0; stack < rows.n_stacks; stack++)
            finish_start(p, &rows, &fit, stack, &out[stack]);
        uf_dose_fit_clear(&fit);
        return UF_OK;
    }
    tally_columns(p, &rows, &fit);
    for (size_t g = 0; g < d->n_grid && p->levels; g++)
        finish_point(p, &fit, d->grid[g], false, &out[next++]);
    for (size_t g = 0; g < d->n_grid && dose_has_slope(d->run->fit); g++)
        finish_point(p, &fit, d->grid[g], true, &out[next++]);
    if (p->two_way) finish_two_way(p, &rows, &fit, &out[next++]);
    uf_dose_fit_clear(&fit);
    return UF_OK;
}

/* --- all of them ------------------------------------------------------------------------------------------ */

/* Multiplications an assignment takes, and what its numbers weigh in memory. */
static double work_of(const struct points *p, size_t n_terms)
{
    const struct dose_run *run = p->dealer->run;
    const double rows = (double)run->units->change.n, columns = (double)run->fit->n_columns,
                 curve = (double)p->n_columns;
    const double cells = (double)p->dealer->assignment->n_blocks * (double)p->dealer->data->n_periods;
    return 20 * rows * (columns + 2) * (columns + 2) + curve * 30 * (double)run->sample->data.n +
           (double)n_terms * ((curve + 4) * cells + 1000);
}

/* Left empty where there is only one way to deal. */
static uf_status deal(struct points *p, bool average, bool among, size_t n_terms,
                      const struct uf_randomisation_options *options, struct uf_randomisation **out,
                      struct uf_error *error)
{
    struct dose_dealer *d = p->dealer;
    struct uf_error reason;
    *out = calloc(n_terms + 1, sizeof **out);
    if (!*out) return uf_fail_memory(error);
    UF_TRY(dose_dealer_choose(d, average, among, error));
    if (!d->lots.possible || n_terms == 0) return UF_OK;
    const struct uf_randomisation_design design = {d->lots.n_blocks, d->lots.n_lots, d->lots.path};
    uf_status status = uf_randomise_terms(&design, statistic, p, n_terms, options, *out, &reason);
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) return UF_OK;
    if (error) *error = reason;
    return status;
}

uf_status dose_deal_points(struct dose_dealer *d, struct dose_dealt *out, struct uf_error *error)
{
    static const struct uf_words text = {
        "The points of the curve were not dealt out anew one by one, which would take long in a panel of "
        "this "
        "size.",
        "Kurvans punkter har inte fördelats på nytt var för sig, vilket skulle ta lång tid i en så stor "
        "panel."};
    const struct dose_run *run = d->run;
    struct uf_randomisation_options options;
    struct points p;
    if (!effect_deals_all(run->common.inference)) return UF_OK;
    uf_status status = points_init(d, &p, error);
    const bool two_way = run->units->change.n_stacks == 1;
    const size_t slopes = dose_has_slope(run->fit) ? d->n_grid : 0, n = d->n_grid + slopes + two_way;
    if (status == UF_OK && !effect_afford_some(&run->common, work_of(&p, n), &options)) {
        points_clear(&p);
        return effect_note(&run->common, UF_NOTE, "randomisation-impossible", text,
                           (struct uf_words){NULL, NULL}, NULL, 0, error);
    }
    p.levels = true, p.two_way = two_way;
    out->n_points = n, out->n_slopes = slopes, out->n_starts = two_way ? 0 : run->units->change.n_stacks;
    if (status == UF_OK) status = deal(&p, false, false, n, &options, &out->point, error);
    p.levels = p.two_way = false;
    if (status == UF_OK) status = deal(&p, false, true, slopes, &options, &out->among_point, error);
    if (status == UF_OK) status = deal(&p, true, false, out->n_starts, &options, &out->start, error);
    points_clear(&p);
    return status;
}

static void clear_all(struct uf_randomisation **dealt, size_t count)
{
    for (size_t i = 0; *dealt && i < count; i++) uf_randomisation_clear(&(*dealt)[i]);
    free(*dealt);
    *dealt = NULL;
}

void dose_points_clear(struct dose_dealt *dealt)
{
    clear_all(&dealt->point, dealt->n_points);
    clear_all(&dealt->among_point, dealt->n_slopes);
    clear_all(&dealt->start, dealt->n_starts);
}

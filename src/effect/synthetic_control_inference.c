// SPDX-License-Identifier: GPL-3.0-or-later
/* The fits of one study and what they are compared with: placebos in space and time, and donors left out one
 * at a time. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/synthetic_control_study.h"

/* Sets of placebos as large as the treated group are enumerated up to this many. */
static const double most_sets = 2e5;

static void average_clear(struct sc_average *average)
{
    gsl_vector *vectors[] = {average->treated, average->synthetic, average->gap, average->weights};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (vectors[i]) gsl_vector_free(vectors[i]);
    memset(average, 0, sizeof *average);
}

static void fits_free(struct uf_synthetic_control_fit *fits, size_t count)
{
    for (size_t i = 0; fits && i < count; i++) uf_synthetic_control_fit_clear(&fits[i]);
    free(fits);
}

void sc_study_clear(struct sc_study *study)
{
    free(study->treated_unit);
    free(study->keep_unit);
    free(study->keep_period);
    free(study->unit);
    free(study->period);
    free(study->donor);
    for (size_t p = 0; p < study->n_predictors; p++) free(study->predictor[p].name);
    free(study->predictor);
    if (study->outcomes) gsl_matrix_free(study->outcomes);
    if (study->predictors) gsl_matrix_free(study->predictors);
    if (study->given) gsl_vector_free(study->given);
    fits_free(study->fit, study->m);
    fits_free(study->placebo, study->n);
    free(study->rank);
    for (size_t i = 0; study->without && i < study->m; i++) fits_free(study->without[i], study->n);
    free(study->without);
    average_clear(&study->average);
    average_clear(&study->in_time);
    memset(study, 0, sizeof *study);
}

static double mean_square(const gsl_vector *gap, size_t from, size_t to)
{
    double sum = 0;
    for (size_t t = from; t < to; t++) sum += gsl_vector_get(gap, t) * gsl_vector_get(gap, t);
    return sum / (double)(to - from);
}

static double largest_outcome(const struct uf_synthetic_control_data *data, size_t columns)
{
    double largest = 0;
    for (size_t t = 0; t < data->outcomes->size1; t++)
        for (size_t c = 0; c < columns; c++)
            largest = fmax(largest, fabs(gsl_matrix_get(data->outcomes, t, c)));
    return largest;
}

static uf_status average_fits(const struct sc_study *study, const struct uf_synthetic_control_data *data,
                              const struct uf_synthetic_control_fit *fits, struct sc_average *out,
                              struct uf_error *error)
{
    size_t periods = data->outcomes->size1;
    struct sc_average average = {.treated = gsl_vector_calloc(periods),
                                 .synthetic = gsl_vector_calloc(periods),
                                 .gap = gsl_vector_calloc(periods),
                                 .weights = gsl_vector_calloc(study->n)};
    if (!average.treated || !average.synthetic || !average.gap || !average.weights) {
        average_clear(&average);
        return uf_fail_memory(error);
    }
    double share = 1 / (double)study->m;
    for (size_t i = 0; i < study->m; i++) {
        for (size_t t = 0; t < periods; t++) {
            average.treated->data[t] += share * gsl_matrix_get(data->outcomes, t, i);
            average.synthetic->data[t] += share * gsl_vector_get(fits[i].synthetic, t);
            average.gap->data[t] += share * gsl_vector_get(fits[i].gap, t);
        }
        for (size_t c = 0; c < study->n; c++)
            average.weights->data[c] += share * gsl_vector_get(fits[i].weights, c);
    }
    for (size_t t = data->start; t < periods; t++) {
        average.mean_gap += gsl_vector_get(average.gap, t) / (double)(periods - data->start);
        average.mean_synthetic += gsl_vector_get(average.synthetic, t) / (double)(periods - data->start);
    }
    average.rmspe_before = sqrt(mean_square(average.gap, data->fit_from, data->fit_to + 1));
    average.rmspe_after = sqrt(mean_square(average.gap, data->start, periods));
    average.ratio = uf_synthetic_control_ratio(average.gap, data, largest_outcome(data, study->m));
    *out = average;
    return UF_OK;
}

/* Fits each treated column to the donors and averages. */
static uf_status fit_treated(const struct sc_study *study, const struct uf_synthetic_control_data *data,
                             struct uf_synthetic_control_fit *fits, struct sc_average *out,
                             struct uf_error *error)
{
    for (size_t i = 0; i < study->m; i++)
        UF_TRY(uf_synthetic_control(data, i, study->donor, &study->fit_options, &fits[i], error));
    return average_fits(study, data, fits, out, error);
}

uf_status sc_study_fit(struct sc_study *study, struct uf_error *error)
{
    study->fit = calloc(study->m, sizeof *study->fit);
    if (!study->fit) return uf_fail_memory(error);
    return fit_treated(study, &study->data, study->fit, &study->average, error);
}

static double set_count(size_t n, size_t m)
{
    double count = 1;
    for (size_t i = 1; i <= m; i++) count = count * (double)(n - m + i) / (double)i;
    return count;
}

/* A ratio as it is ranked: a unit without any gap (0/0, undefined) is the least extreme of all. */
static double extremeness(double ratio)
{
    return isnan(ratio) ? 0 : ratio;
}

/* How many sets of m placebos have a mean gap path whose ratio reaches the treated group's. `chosen` walks
 * through the sets in lexicographic order. */
static uf_status rank_sets(struct sc_study *study, const size_t *column, size_t n_placebos,
                           struct uf_error *error)
{
    size_t m = study->m, reached = 0, sets = 0;
    double scale = largest_outcome(&study->data, study->n);
    size_t *chosen = malloc(m * sizeof *chosen);
    gsl_vector *gap = gsl_vector_alloc(study->n_periods);
    if (!chosen || !gap) {
        free(chosen);
        if (gap) gsl_vector_free(gap);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < m; i++) chosen[i] = i;
    for (;;) {
        for (size_t t = 0; t < study->n_periods; t++) {
            double sum = 0;
            for (size_t i = 0; i < m; i++) sum += gsl_vector_get(study->placebo[column[chosen[i]]].gap, t);
            gsl_vector_set(gap, t, sum / (double)m);
        }
        sets++;
        reached += extremeness(uf_synthetic_control_ratio(gap, &study->data, scale)) >=
                   extremeness(study->average.ratio);
        size_t i = m;
        while (i > 0 && chosen[i - 1] == n_placebos - m + i - 1) i--;
        if (i == 0) break;
        chosen[i - 1]++;
        for (size_t later = i; later < m; later++) chosen[later] = chosen[later - 1] + 1;
    }
    study->n_ranked = sets + 1;
    study->p_value = (double)(reached + 1) / (double)(sets + 1);
    free(chosen);
    gsl_vector_free(gap);
    return UF_OK;
}

uf_status sc_study_placebos(struct sc_study *study, struct uf_error *error)
{
    const struct uf_context *context = study->context;
    const struct uf_synthetic_control_batch batch = {context->threads, context->progress, context->user};
    bool treated_is_donor = uf_options_flag(study->options, "treated-as-donor");
    study->p_value = NAN;
    if (!uf_options_flag(study->options, "placebo-in-space")) return UF_OK;
    if (treated_is_donor && study->m > 1)
        return uf_fail(error, UF_BAD_USAGE, "treated-as-donor cannot be combined with treated-as pooled");
    study->placebo = calloc(study->n, sizeof *study->placebo);
    study->rank = calloc(study->n, sizeof *study->rank);
    size_t *column = malloc(study->n * sizeof *column), n_placebos = 0;
    uf_status status = study->placebo && study->rank && column ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status = uf_synthetic_control_placebos(&study->data, 0, study->donor, treated_is_donor,
                                               &study->fit_options, &batch, study->placebo, error);
    for (size_t c = 0; status == UF_OK && c < study->n; c++)
        if (study->placebo[c].gap) column[n_placebos++] = c;
    for (size_t c = 0; status == UF_OK && c < study->n; c++) {
        bool treated = c < study->m;
        if (!treated && !study->placebo[c].gap) continue;
        double own = extremeness(treated ? study->fit[c].ratio : study->placebo[c].ratio);
        study->rank[c] = 1;
        for (size_t i = 0; i < n_placebos; i++)
            study->rank[c] += extremeness(study->placebo[column[i]].ratio) > own;
        for (size_t i = 0; i < study->m; i++) study->rank[c] += extremeness(study->fit[i].ratio) > own;
        /* A tie counts against the treated unit. */
        for (size_t i = 0; treated && i < n_placebos; i++)
            study->rank[c] += extremeness(study->placebo[column[i]].ratio) == own;
    }
    if (status == UF_OK && study->m == 1 && n_placebos > 0) {
        study->n_ranked = n_placebos + 1;
        study->p_value = (double)study->rank[0] / (double)study->n_ranked;
    }
    if (status == UF_OK && study->m > 1 && n_placebos >= study->m &&
        set_count(n_placebos, study->m) <= most_sets)
        status = rank_sets(study, column, n_placebos, error);
    free(column);
    return status;
}

uf_status sc_study_leave_one_out(struct sc_study *study, struct uf_error *error)
{
    const struct uf_context *context = study->context;
    const struct uf_synthetic_control_batch batch = {context->threads, context->progress, context->user};
    if (!uf_options_flag(study->options, "leave-one-out") || study->n_donors < 2) return UF_OK;
    study->without = calloc(study->m, sizeof *study->without);
    if (!study->without) return uf_fail_memory(error);
    for (size_t i = 0; i < study->m; i++) {
        study->without[i] = calloc(study->n, sizeof **study->without);
        if (!study->without[i]) return uf_fail_memory(error);
        UF_TRY(uf_synthetic_control_leave_one_out(&study->data, i, study->donor, &study->fit[i],
                                                  &study->fit_options, &batch, study->without[i], error));
    }
    return UF_OK;
}

double sc_gap_without(const struct sc_study *study, size_t left_out, double *out_rmspe_before)
{
    double sum = 0, squares = 0;
    size_t from = study->data.fit_from, to = study->data.fit_to + 1;
    for (size_t i = 0; i < study->m; i++) {
        const struct uf_synthetic_control_fit *other = &study->without[i][left_out];
        sum += (other->gap ? other : &study->fit[i])->mean_gap;
    }
    for (size_t t = from; t < to; t++) {
        double gap = 0;
        for (size_t i = 0; i < study->m; i++) {
            const struct uf_synthetic_control_fit *other = &study->without[i][left_out];
            gap += gsl_vector_get((other->gap ? other : &study->fit[i])->gap, t) / (double)study->m;
        }
        squares += gap * gap;
    }
    *out_rmspe_before = sqrt(squares / (double)(to - from));
    return sum / (double)study->m;
}

/* The row where the placebo in time starts: at least two rows of the fit window before it, one row between it
 * and the true start. */
static uf_status in_time_row(struct sc_study *study, uf_period when, size_t *out, struct uf_error *error)
{
    char text[UF_PERIOD_SIZE];
    const struct uf_panel *panel = study->panel;
    for (size_t row = 0; row < study->data.start && panel->period_value; row++) {
        if (panel->period_value[study->period[row]] < when) continue;
        if (row < study->data.fit_from + 2) break;
        *out = row;
        return UF_OK;
    }
    return uf_fail(error, UF_BAD_USAGE,
                   "placebo-in-time %s must lie before the start %s and leave at least two periods of the "
                   "fit window before "
                   "it; the window begins in %s",
                   uf_period_print(when, text), panel->periods.code[study->period[study->data.start]],
                   panel->periods.code[study->period[study->data.fit_from]]);
}

uf_status sc_study_in_time(struct sc_study *study, struct uf_error *error)
{
    uf_period when = uf_options_period(study->options, "placebo-in-time");
    size_t row = 0;
    if (when == 0) return UF_OK;
    UF_TRY(in_time_row(study, when, &row, error));
    gsl_matrix *predictors = NULL;
    struct uf_synthetic_control_fit *fits = calloc(study->m, sizeof *fits);
    if (!fits) return uf_fail_memory(error);
    uf_status status = sc_predictors_matrix(study, row, &predictors, error);
    if (status == UF_OK && !predictors)
        status = uf_fail(error, UF_BAD_USAGE, "placebo-in-time: no predictor has values before %s",
                         study->panel->periods.code[study->period[row]]);
    if (status == UF_OK && study->given && predictors->size1 != study->given->size)
        status = uf_fail(
            error, UF_BAD_USAGE,
            "placebo-in-time: %zu of %zu predictors have values before %s, so the given v-weights do not fit",
            predictors->size1, study->given->size, study->panel->periods.code[study->period[row]]);
    if (status == UF_OK) {
        /* What happened from the true start on must not be seen. */
        gsl_matrix_const_view before =
            gsl_matrix_const_submatrix(study->outcomes, 0, 0, study->data.start, study->n);
        struct uf_synthetic_control_data data = {predictors, &before.matrix, row, study->data.fit_from,
                                                 study->data.fit_to < row ? study->data.fit_to : row - 1};
        status = fit_treated(study, &data, fits, &study->in_time, error);
        study->placebo_start = row;
    }
    if (predictors) gsl_matrix_free(predictors);
    fits_free(fits, study->m);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Predictors as the user names them: `invest:1964-1969`, `gdpcap:1960-1969/3`, `popdens:1969`, `rd`. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utfall/number.h>

#include "base/fail.h"
#include "effect/synthetic_control_study.h"

/* The panel period of a text: by code, else by time (the first at or after it, or the last at or before).
 * SIZE_MAX: none. */
static size_t period_of(const struct uf_panel *panel, const char *text, size_t length, bool at_or_after)
{
    size_t found = SIZE_MAX;
    uf_period time;
    for (size_t t = 0; t < panel->periods.count; t++)
        if (strlen(panel->periods.code[t]) == length && !memcmp(panel->periods.code[t], text, length))
            return t;
    if (!panel->period_value || !uf_period_parse(text, length, &time)) return SIZE_MAX;
    for (size_t t = 0; t < panel->periods.count; t++) {
        if (panel->period_value[t] == 0) continue;
        if (at_or_after && panel->period_value[t] >= time) return t;
        if (!at_or_after && panel->period_value[t] <= time) found = t;
    }
    return found;
}

/* `1964-1969`, `2015Q1-2016Q4`, `1969`: at the first hyphen that leaves a period on both sides, else the
 * whole. */
static bool read_window(const struct uf_panel *panel, const char *text, size_t length,
                        struct sc_predictor *out)
{
    for (size_t i = 1; i + 1 < length; i++) {
        if (text[i] != '-') continue;
        size_t from = period_of(panel, text, i, true),
               to = period_of(panel, text + i + 1, length - i - 1, false);
        if (from == SIZE_MAX || to == SIZE_MAX) continue;
        out->from = from;
        out->to = to;
        return from <= to;
    }
    out->from = period_of(panel, text, length, true);
    out->to = period_of(panel, text, length, false);
    return out->from != SIZE_MAX && out->from == out->to;
}

static uf_status fail_window(const char *item, struct uf_error *error)
{
    return uf_fail(error, UF_BAD_USAGE,
                   "predictors: '%s' has no periods of the data after the colon; expected NAME, NAME:1969, "
                   "NAME:1964-1969 or "
                   "NAME:1961-1969/2 (every second period)",
                   item);
}

static uf_status read_predictor(const struct sc_study *study, const char *item, struct sc_predictor *out,
                                struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    const char *colon = strrchr(item, ':');
    char *name = uf_text_copy(item);
    if (!name) return uf_fail_memory(error);
    if (colon) name[colon - item] = '\0';
    *out = (struct sc_predictor){
        .column = uf_panel_column(panel, name), .to = study->design.first_treated_period - 1, .name = NULL};
    uf_status status = UF_OK;
    if (out->column == SIZE_MAX)
        status = uf_fail(error, UF_BAD_USAGE, "predictors: the data has no column '%s'", name);
    free(name);
    if (status != UF_OK) return status;
    if (colon) {
        const char *window = colon + 1, *slash = strchr(window, '/');
        size_t length = slash ? (size_t)(slash - window) : strlen(window);
        if (!read_window(panel, window, length, out)) return fail_window(item, error);
        if (slash) {
            char *end = NULL;
            long step = strtol(slash + 1, &end, 10);
            if (step < 1 || step > 1000 || *end) return fail_window(item, error);
            out->step = (size_t)step;
        }
    }
    if (out->to >= study->design.first_treated_period)
        return uf_fail(error, UF_BAD_USAGE,
                       "predictors: '%s' reaches to %s, but the treatment starts in %s; what may have been "
                       "affected cannot "
                       "predict",
                       item, panel->periods.code[out->to],
                       panel->periods.code[study->design.first_treated_period]);
    out->name = uf_text_copy(item);
    return out->name ? UF_OK : uf_fail_memory(error);
}

static uf_status read_given(struct sc_study *study, size_t k, struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(study->options, "v-weights");
    if (list->count != k)
        return uf_fail(error, UF_BAD_USAGE,
                       "v-weights: %zu weights for %zu predictors; expected one for each, in order",
                       list->count, k);
    study->given = gsl_vector_alloc(k);
    if (!study->given) return uf_fail_memory(error);
    double sum = 0;
    for (size_t i = 0; i < k; i++) {
        double value;
        if (!uf_number_parse(list->items[i], strlen(list->items[i]), '.', &value) || value < 0)
            return uf_fail(error, UF_BAD_USAGE, "v-weights: '%s' is not a number of 0 or more",
                           list->items[i]);
        gsl_vector_set(study->given, i, value);
        sum += value;
    }
    if (!(sum > 0))
        return uf_fail(error, UF_BAD_USAGE, "v-weights: all are 0; expected at least one above 0");
    study->fit_options.given = study->given;
    return UF_OK;
}

uf_status sc_predictors_read(struct sc_study *study, struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(study->options, "predictors");
    study->predictor = calloc(list->count + 1, sizeof *study->predictor);
    if (!study->predictor) return uf_fail_memory(error);
    for (size_t i = 0; i < list->count; i++) {
        UF_TRY(read_predictor(study, list->items[i], &study->predictor[i], error));
        study->n_predictors++;
    }
    const char *choice = uf_options_text(study->options, "v");
    enum uf_predictor_weights *v = &study->fit_options.choice;
    *v = study->n_predictors > 0 ? UF_PREDICTOR_WEIGHTS_NESTED : UF_PREDICTOR_WEIGHTS_EQUAL;
    if (!strcmp(choice, "nested")) *v = UF_PREDICTOR_WEIGHTS_NESTED;
    if (!strcmp(choice, "equal")) *v = UF_PREDICTOR_WEIGHTS_EQUAL;
    if (!strcmp(choice, "given")) *v = UF_PREDICTOR_WEIGHTS_GIVEN;
    if (*v != UF_PREDICTOR_WEIGHTS_GIVEN) return UF_OK;
    size_t window = study->data.fit_to - study->data.fit_from + 1;
    return read_given(study, study->n_predictors ? study->n_predictors : window, error);
}

/* The mean of a predictor for one unit over the periods before `before` that have a value; NaN: there is
 * none. */
static double unit_mean(const struct uf_panel *panel, const struct sc_predictor *predictor,
                        const double *cells, size_t unit, size_t before)
{
    double sum = 0;
    size_t count = 0, step = predictor->step ? predictor->step : 1;
    for (size_t t = predictor->from; t <= predictor->to && t < before; t += step) {
        double value = cells[unit * panel->periods.count + t];
        if (isnan(value)) continue;
        sum += value;
        count++;
    }
    return count > 0 ? sum / (double)count : NAN;
}

uf_status sc_predictors_drop_units(struct sc_study *study, struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    static const struct uf_words step = {"donors without any value of a predictor",
                                         "donatorer helt utan värde på någon prediktor"};
    bool *marked = calloc(panel->units.count + 1, sizeof *marked);
    if (!marked) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t p = 0; p < study->n_predictors && status == UF_OK; p++) {
        const struct sc_predictor *predictor = &study->predictor[p];
        double *cells = NULL;
        UF_TRY_GOTO(sc_panel_cells(panel, predictor->column, &cells, error), done);
        for (size_t u = 0; u < panel->units.count; u++)
            if (study->keep_unit[u] && isnan(unit_mean(panel, predictor, cells, u, SIZE_MAX)))
                marked[u] = true;
        free(cells);
        for (size_t i = 0; i < study->n_treated_units && status == UF_OK; i++)
            if (marked[study->treated_unit[i]])
                status = uf_fail(
                    error, UF_BAD_INPUT,
                    "predictors: '%s' has no value for the treated region '%s' in its periods; choose other "
                    "periods or leave it out",
                    predictor->name, panel->units.code[study->treated_unit[i]]);
    }
    if (status == UF_OK) status = sc_study_drop_units(study, marked, "donors-left-out", step, error);
done:
    free(marked);
    return status;
}

static uf_status outcome_matrix(const struct sc_study *study, size_t start, gsl_matrix **out,
                                struct uf_error *error)
{
    size_t from = study->data.fit_from, to = study->data.fit_to < start ? study->data.fit_to : start - 1;
    if (from > to) return UF_OK;
    gsl_matrix *matrix = gsl_matrix_alloc(to - from + 1, study->n);
    if (!matrix) return uf_fail_memory(error);
    for (size_t row = from; row <= to; row++)
        for (size_t c = 0; c < study->n; c++)
            gsl_matrix_set(matrix, row - from, c, gsl_matrix_get(study->outcomes, row, c));
    *out = matrix;
    return UF_OK;
}

/* One row of the matrix; false where a unit has no value in the part of the window that is left. */
static bool fill_row(const struct sc_study *study, const struct sc_predictor *predictor, const double *cells,
                     size_t before, gsl_matrix *matrix, size_t row)
{
    for (size_t c = 0; c < study->n; c++) {
        double value = 0;
        if (study->unit[c] != SIZE_MAX)
            value = unit_mean(study->panel, predictor, cells, study->unit[c], before);
        for (size_t i = 0; study->unit[c] == SIZE_MAX && i < study->n_treated_units; i++)
            value += unit_mean(study->panel, predictor, cells, study->treated_unit[i], before) /
                     (double)study->n_treated_units;
        if (isnan(value)) return false;
        gsl_matrix_set(matrix, row, c, value);
    }
    return true;
}

uf_status sc_predictors_matrix(const struct sc_study *study, size_t start, gsl_matrix **out,
                               struct uf_error *error)
{
    *out = NULL;
    if (study->n_predictors == 0) return outcome_matrix(study, start, out, error);
    gsl_matrix *all = gsl_matrix_alloc(study->n_predictors, study->n);
    if (!all) return uf_fail_memory(error);
    size_t rows = 0;
    for (size_t p = 0; p < study->n_predictors; p++) {
        double *cells = NULL;
        uf_status status = sc_panel_cells(study->panel, study->predictor[p].column, &cells, error);
        if (status != UF_OK) {
            gsl_matrix_free(all);
            return status;
        }
        rows += fill_row(study, &study->predictor[p], cells, study->period[start], all, rows);
        free(cells);
    }
    if (rows == study->n_predictors) {
        *out = all;
        return UF_OK;
    }
    uf_status status = UF_OK;
    if (rows > 0) {
        gsl_matrix_const_view used = gsl_matrix_const_submatrix(all, 0, 0, rows, study->n);
        *out = gsl_matrix_alloc(rows, study->n);
        status = *out ? UF_OK : uf_fail_memory(error);
        if (*out) gsl_matrix_memcpy(*out, &used.matrix);
    }
    gsl_matrix_free(all);
    return status;
}

const char *sc_predictor_name(const struct sc_study *study, size_t i)
{
    if (study->n_predictors > 0) return study->predictor[i].name;
    return study->panel->periods.code[study->period[study->data.fit_from + i]];
}

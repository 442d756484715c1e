// SPDX-License-Identifier: GPL-3.0-or-later
/* The curve: level and slope at each dose, under the first analytic inference and under every other. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdlib.h>
#include <utfall/simultaneous.h>

struct curve {
    size_t count;
    double dose[DOSE_GRID];
    struct effect_terms level, slope;
};

bool dose_has_slope(const struct uf_dose_fit *fit)
{
    return fit->options.curve == UF_DOSE_SPLINE ||
           (fit->options.curve == UF_DOSE_POLYNOMIAL && fit->options.size > 0);
}

size_t dose_grid(const struct uf_dose_fit *fit, const struct uf_dose_data *data, double *out)
{
    size_t count = 0;
    if (fit->options.curve != UF_DOSE_GROUPS) {
        for (; count < DOSE_GRID; count++)
            out[count] = fit->least + (fit->most - fit->least) * (double)count / (DOSE_GRID - 1);
        return count;
    }
    for (size_t g = 0; g < fit->options.size; g++) {
        double sum = 0, all = 0, low = g > 0 ? fit->knot[g - 1] : 0;
        for (size_t i = 0; i < data->n; i++) {
            if (data->dose[i] <= low || data->dose[i] > fit->knot[g]) continue;
            double w = data->weights ? data->weights[i] : 1;
            sum += w * data->dose[i], all += w;
        }
        if (all > 0) out[count++] = sum / all;
    }
    return count;
}

/* Errors under the first analytic inference; NaN where there is none. */
static uf_status test_curve(const struct dose_run *run, const struct effect_terms *terms,
                            struct uf_t_test *test, double *estimate, double *critical,
                            struct uf_error *error)
{
    const struct effect_regression *regression = run->findings->regression;
    const size_t k = terms->k, m = terms->count;
    *critical = NAN;
    for (size_t t = 0; t < m; t++) {
        estimate[t] = effect_term_value(regression, terms->term[t].combination);
        test[t] = effect_no_test;
    }
    if (run->common.inference->n_covariances == 0 || m == 0) return UF_OK;
    const struct uf_covariance *v = &run->findings->covariance[0];
    gsl_matrix *c = gsl_matrix_alloc(k, m), *joint = NULL;
    double *variance = calloc(2 * m, sizeof *variance), *df = variance + m, least = INFINITY;
    uf_status status = c && variance ? UF_OK : uf_fail_memory(error);
    for (size_t t = 0; t < m && status == UF_OK; t++)
        for (size_t j = 0; j < k; j++) gsl_matrix_set(c, j, t, terms->term[t].combination[j]);
    if (status == UF_OK)
        status = uf_covariance_combinations(&regression->input, &run->common.inference->covariance[0], v, c,
                                            variance, df, error);
    for (size_t t = 0; t < m && status == UF_OK; t++) {
        test[t] = uf_t_test(estimate[t], variance[t], df[t], run->common.inference->level);
        if (df[t] < least) least = df[t];
    }
    if (status == UF_OK) status = effect_terms_covariance(terms, v->matrix, &joint, error);
    struct uf_error reason;
    if (status == UF_OK && least > 0 &&
        uf_sup_t_critical(joint, least, run->common.inference->level, 0, run->common.context->seed, critical,
                          &reason) != UF_OK)
        *critical = NAN;
    gsl_matrix_free(c), gsl_matrix_free(joint), free(variance);
    return status;
}

static uf_status fill_curve(const struct dose_run *run, const struct curve *curve, struct uf_table *table,
                            struct uf_error *error)
{
    static const struct uf_words label = {"Difference", "Skillnad"};
    struct uf_t_test level[DOSE_GRID], slope[DOSE_GRID];
    double m[DOSE_GRID], acr[DOSE_GRID], critical, unused;
    UF_TRY(test_curve(run, &curve->level, level, m, &critical, error));
    UF_TRY(test_curve(run, &curve->slope, slope, acr, &unused, error));
    for (size_t g = 0; g < curve->count; g++) {
        const bool has_slope = curve->slope.count > 0;
        const double values[] = {curve->dose[g],
                                 m[g],
                                 level[g].std_error,
                                 level[g].conf_low,
                                 level[g].conf_high,
                                 m[g] - critical * level[g].std_error,
                                 m[g] + critical * level[g].std_error,
                                 has_slope ? acr[g] : NAN,
                                 has_slope ? slope[g].std_error : NAN,
                                 has_slope ? slope[g].conf_low : NAN,
                                 has_slope ? slope[g].conf_high : NAN};
        size_t row;
        UF_TRY(uf_table_add_row(table, &row, error));
        UF_TRY(uf_table_set_text(table, row, 0, uf_words_in(label, run->common.context->language), error));
        for (size_t c = 0; c < sizeof values / sizeof *values; c++)
            UF_TRY(effect_set_number(table, row, c + 1, values[c], error));
    }
    return UF_OK;
}

static uf_status report_first(const struct dose_run *run, const struct curve *curve, struct uf_error *error)
{
    static const struct uf_words title = {"Difference from the untreated by dose",
                                          "Skillnad mot de utan insats efter dos"};
    static const struct effect_column columns[] = {
        {"label", false, false, -1},   {"dose", true, false, -1},    {"att", true, true, 4},
        {"std_error", true, true, 4},  {"low", true, true, 4},       {"high", true, true, 4},
        {"band_low", true, true, 4},   {"band_high", true, true, 4}, {"acr", true, false, 4},
        {"acr_error", true, false, 4}, {"acr_low", true, false, 4},  {"acr_high", true, false, 4}};
    struct uf_table *table = NULL;
    UF_TRY(effect_columns_new(&run->common, "dose-response", title, columns, sizeof columns / sizeof *columns,
                              &table, error));
    static const char *const slopes[] = {"acr", "acr_error", "acr_low", "acr_high", NULL};
    uf_status status = fill_curve(run, curve, table, error);
    if (status == UF_OK) effect_fit_decimals(table, "acr_error", slopes);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* --- by inference --------------------------------------------------------------------------------------- */

/* Levels, then slopes; in the order of what was dealt out anew. */
static uf_status point_terms(const struct dose_run *run, const struct curve *curve,
                             struct effect_terms *terms, struct uf_error *error)
{
    UF_TRY(effect_terms_init(2 * curve->count, run->fit->fit.rank, terms, error));
    const size_t kinds = dose_has_slope(run->fit) ? 2 : 1;
    for (size_t kind = 0; kind < kinds; kind++)
        for (size_t g = 0; g < curve->count; g++) {
            struct effect_term term = dose_term(run, kind == 1 ? "acr" : "att");
            term.dose = curve->dose[g];
            effect_terms_add(terms, &term,
                             uf_dose_at(run->fit, term.dose, kind == 1, effect_terms_next(terms)));
        }
    return UF_OK;
}

static uf_status fill_by_inference(const struct dose_run *run, const struct curve *curve,
                                   const struct effect_terms *terms, struct uf_table *table,
                                   struct uf_error *error)
{
    const struct dose_dealt *dealt = run->dealt;
    UF_TRY(effect_add_by_inference(&run->common, run->findings, terms, NULL, dealt->point, table, error));
    for (size_t g = 0; dealt->among_point && g < dealt->n_slopes; g++)
        UF_TRY(dose_add_among(run, &dealt->among_point[g], &terms->term[curve->count + g], table, error));
    return UF_OK;
}

static uf_status report_by_inference(const struct dose_run *run, const struct curve *curve,
                                     struct uf_error *error)
{
    static const struct uf_words title = {
        "Difference from the untreated by dose (att) and its slope (acr), by type of inference",
        "Skillnad mot de utan insats efter dos (att) och dess lutning (acr), efter typ av inferens"};
    struct effect_terms terms = {0};
    struct uf_table *table = NULL;
    if (!effect_has_by_inference(run->common.inference, run->dealt->point)) return UF_OK;
    UF_TRY(effect_table_new("dose-response-inference", title, &run->common, &table, error));
    uf_status status = effect_table_add_dose(table, &run->common, error);
    if (status == UF_OK) status = point_terms(run, curve, &terms, error);
    if (status == UF_OK) status = fill_by_inference(run, curve, &terms, table, error);
    effect_terms_clear(&terms);
    if (status == UF_OK) effect_fit_estimates(table);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

uf_status dose_report_curve(const struct dose_run *run, struct uf_error *error)
{
    struct curve curve = {0};
    curve.count = dose_grid(run->fit, &run->units->change, curve.dose);
    UF_TRY(effect_terms_init(DOSE_GRID, run->fit->fit.rank, &curve.level, error));
    uf_status status = effect_terms_init(DOSE_GRID, run->fit->fit.rank, &curve.slope, error);
    for (size_t g = 0; g < curve.count && status == UF_OK; g++) {
        const struct effect_term term = dose_term(run, "");
        effect_terms_add(&curve.level, &term,
                         uf_dose_at(run->fit, curve.dose[g], false, effect_terms_next(&curve.level)));
        if (uf_dose_at(run->fit, curve.dose[g], true, effect_terms_next(&curve.slope)))
            effect_terms_add(&curve.slope, &term, true);
    }
    if (status == UF_OK) status = report_first(run, &curve, error);
    if (status == UF_OK) status = report_by_inference(run, &curve, error);
    effect_terms_clear(&curve.level), effect_terms_clear(&curve.slope);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of dose-response, and under which assumption each may be read. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <utfall/simultaneous.h>

static const struct uf_words none = {NULL, NULL};

static struct effect_term term_of(const struct dose_run *run, const char *name)
{
    return (struct effect_term){.term = name,
                                .event_time = NAN,
                                .n_obs = (double)run->units->change.n,
                                .n_treated = (double)run->units->n_treated,
                                .n_control = (double)run->units->n_control};
}

/* --- estimates -------------------------------------------------------------------------------------- */

/* The slope of the changes on the dose, which is what two-way fixed effects give. */
static uf_status add_two_way(const struct dose_run *run, struct uf_table *table, struct uf_error *error)
{
    const struct uf_dose_data *data = &run->units->change;
    const struct dose_units *u = run->units;
    const double combination[] = {0, 1};
    struct uf_least_squares fit = {0};
    struct dose_regression regression = {0};
    gsl_matrix *x = gsl_matrix_alloc(data->n, 2);
    gsl_vector *w = data->weights ? gsl_vector_alloc(data->n) : NULL;
    const gsl_vector_const_view y = gsl_vector_const_view_array(run->fit->adjusted, data->n);
    uf_status status = x && (w || !data->weights) ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < data->n && status == UF_OK; i++) {
        gsl_matrix_set(x, i, 0, 1), gsl_matrix_set(x, i, 1, data->dose[i]);
        if (w) gsl_vector_set(w, i, data->weights[i]);
    }
    if (status == UF_OK) status = uf_least_squares_fit(x, &y.vector, w, NULL, &fit, error);
    if (status == UF_OK && fit.rank == 2) {
        status = dose_regression_init(run, &fit, x, data->weights, u->cluster, u->latitude, u->longitude,
                                      &regression, error);
        struct effect_term term = term_of(run, "two_way_coefficient");
        term.combination = combination;
        for (size_t c = 0; c < run->common.inference->n_covariances && status == UF_OK; c++) {
            struct uf_covariance v;
            status = uf_covariance_estimate(&regression.view.input, &run->common.inference->covariance[c], &v,
                                            error);
            if (status != UF_OK) break;
            status = effect_add_terms(&run->common, &regression.view, c, &v, &term, 1, table, error);
            uf_covariance_clear(&v);
        }
    }
    dose_regression_clear(&regression);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(w);
    return status;
}

static uf_status report_estimates(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Average over the treated regions, by type of inference",
                                          "Genomsnitt över insatsregionerna, efter typ av inferens"};
    struct effect_terms terms;
    struct uf_table *table = NULL;
    UF_TRY(effect_terms_init(2, run->fit->fit.rank, &terms, error));
    struct effect_term term = term_of(run, "average_effect");
    effect_terms_add(&terms, &term,
                     uf_dose_mean(run->fit, &run->units->change, false, effect_terms_next(&terms)));
    term = term_of(run, "average_slope");
    if (uf_dose_mean(run->fit, &run->units->change, true, effect_terms_next(&terms)))
        effect_terms_add(&terms, &term, true);
    uf_status status = effect_table_new("estimates", title, &run->common, &table, error);
    if (status == UF_OK)
        status = effect_add_findings(&run->common, run->findings, terms.term, 1, table, error);
    if (status == UF_OK && terms.count > 1) status = dose_add_slope(run, &terms.term[1], table, error);
    if (status == UF_OK && run->units->change.n_stacks == 1) status = add_two_way(run, table, error);
    effect_terms_clear(&terms);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* --- the curve ---------------------------------------------------------------------------------------- */

struct curve {
    size_t count;
    double dose[DOSE_GRID];
    struct effect_terms level, slope;
};

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
    static const struct uf_words label = {"Effect on the treated", "Effekt på insatsregionerna"};
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

static uf_status report_curve(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Difference from the untreated by dose",
                                          "Skillnad mot de utan insats efter dos"};
    static const char *const names[] = {"dose",      "att", "std_error", "low",     "high",    "band_low",
                                        "band_high", "acr", "acr_error", "acr_low", "acr_high"};
    struct curve curve = {0};
    struct uf_table *table = NULL;
    size_t index;
    curve.count = dose_grid(run->fit, &run->units->change, curve.dose);
    UF_TRY(effect_terms_init(DOSE_GRID, run->fit->fit.rank, &curve.level, error));
    uf_status status = effect_terms_init(DOSE_GRID, run->fit->fit.rank, &curve.slope, error);
    for (size_t g = 0; g < curve.count && status == UF_OK; g++) {
        const struct effect_term term = term_of(run, "");
        effect_terms_add(&curve.level, &term,
                         uf_dose_at(run->fit, curve.dose[g], false, effect_terms_next(&curve.level)));
        if (uf_dose_at(run->fit, curve.dose[g], true, effect_terms_next(&curve.slope)))
            effect_terms_add(&curve.slope, &term, true);
    }
    if (status == UF_OK) status = uf_table_new("dose-response", &table, error);
    if (status == UF_OK)
        status = uf_table_set_title(table, uf_words_in(title, run->common.context->language), error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "label", UF_COLUMN_TEXT, NULL, -1, &index, error);
    for (size_t c = 0; c < sizeof names / sizeof *names && status == UF_OK; c++)
        status =
            uf_table_add_column(table, names[c], UF_COLUMN_NUMBER, c > 0 && c < 7 ? run->common.unit : NULL,
                                c == 0 ? -1 : 4, &index, error);
    if (status == UF_OK) status = fill_curve(run, &curve, table, error);
    effect_terms_clear(&curve.level), effect_terms_clear(&curve.slope);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* --- weights of the two-way coefficient --------------------------------------------------------------- */

static uf_status note_two_way(const struct dose_run *run, const struct uf_dose_weight *w, size_t count,
                              struct uf_error *error)
{
    static const struct uf_words text = {
        "The two-way coefficient weighs slopes between neighbouring doses with weights of its own: half of "
        "the weight is on "
        "doses up to {0}, while half of the treated regions have doses up to {1}; {2} of the weight is on "
        "the step from "
        "nothing to the smallest dose. It is not the average slope.",
        "Tvåvägskoefficienten väger lutningar mellan närliggande doser med egna vikter: hälften av vikten "
        "ligger på doser "
        "upp till {0}, medan hälften av insatsregionerna har doser upp till {1}; {2} av vikten ligger på "
        "steget från "
        "ingenting till den minsta dosen. Den är inte den genomsnittliga lutningen."};
    double weight = 0, share = 0, by_weight = w[count - 1].to, by_share = by_weight;
    for (size_t j = count; j-- > 0;) {
        if (1 - weight >= 0.5) by_weight = w[j].to;
        if (1 - share >= 0.5) by_share = w[j].to;
        weight += w[j].weight, share += w[j].share;
    }
    const struct uf_argument arguments[] = {uf_number_argument(by_weight, 2), uf_number_argument(by_share, 2),
                                            uf_number_argument(w[0].weight, 2)};
    return effect_note(&run->common, UF_NOTE, "two-way-weights", text, none, arguments, 3, error);
}

static uf_status report_weights(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"What the two-way coefficient is made of",
                                          "Vad tvåvägskoefficienten består av"};
    static const char *const names[] = {"from", "to", "slope", "weight", "share"};
    struct uf_dose_data adjusted = run->units->change;
    struct uf_dose_weight *w;
    struct uf_table *table = NULL;
    size_t count, index, row;
    adjusted.change = run->fit->adjusted;
    UF_TRY(uf_dose_weights(&adjusted, &w, &count, error));
    uf_status status = uf_table_new("dose-weights", &table, error);
    if (status == UF_OK)
        status = uf_table_set_title(table, uf_words_in(title, run->common.context->language), error);
    for (size_t c = 0; c < 5 && status == UF_OK; c++)
        status = uf_table_add_column(table, names[c], UF_COLUMN_NUMBER, NULL, c < 2 ? -1 : 4, &index, error);
    for (size_t j = 0; j < count && status == UF_OK; j++) {
        const double values[] = {w[j].from, w[j].to, w[j].slope, w[j].weight, w[j].share};
        status = uf_table_add_row(table, &row, error);
        for (size_t c = 0; c < 5 && status == UF_OK; c++)
            status = uf_table_set_number(table, row, c, values[c], error);
    }
    if (status == UF_OK) status = note_two_way(run, w, count, error);
    free(w);
    if (status == UF_OK) return uf_result_take_table(run->common.result, table, error);
    uf_table_free(table);
    return status;
}

/* --- before the start ------------------------------------------------------------------------------------ */

/* The same regression of what changed between the halves of the time before: all of the curve is nil. */
static uf_status test_before(const struct dose_run *run, const struct uf_dose_fit *fit,
                             struct uf_error *error)
{
    struct dose_regression regression = {0};
    struct uf_covariance covariance[EFFECT_MOST_COVARIANCES] = {{0}};
    struct effect_terms terms = {0};
    const struct dose_units *u = run->units;
    uf_status status = dose_regression_init(run, &fit->fit, fit->x, u->early.weights, u->early_cluster,
                                            u->early_latitude, u->early_longitude, &regression, error);
    if (status == UF_OK) status = effect_terms_init(fit->fit.rank, fit->fit.rank, &terms, error);
    for (size_t j = 0; j < fit->n_columns - fit->n_base && status == UF_OK; j++) {
        const struct effect_term term = term_of(run, "");
        uf_dose_coefficient(fit, j, effect_terms_next(&terms));
        effect_terms_add(&terms, &term, true);
    }
    for (size_t c = 0; c < run->common.inference->n_covariances && status == UF_OK; c++)
        status = uf_covariance_estimate(&regression.view.input, &run->common.inference->covariance[c],
                                        &covariance[c], error);
    if (status == UF_OK) {
        const struct effect_findings findings = {.regression = &regression.view, .covariance = covariance};
        status = effect_report_leads(&run->common, &findings, &terms, NULL, NULL, NULL, error);
    }
    effect_terms_clear(&terms);
    effect_covariances_clear(covariance);
    dose_regression_clear(&regression);
    return status;
}

static uf_status report_before(const struct dose_run *run, struct uf_error *error)
{
    static const struct uf_words untested = {"Whether regions with different doses developed differently "
                                             "before the start could not be tested: there are too few "
                                             "periods before it.",
                                             "Om regioner med olika doser utvecklades olika före start gick "
                                             "inte att pröva: perioderna före är för få."};
    struct uf_dose_fit fit;
    struct uf_error reason;
    uf_status status = UF_NOT_IDENTIFIED;
    if (run->units->early.n > 0) status = uf_dose_fit(&run->units->early, &run->fit->options, &fit, &reason);
    if (status == UF_NOT_IDENTIFIED)
        return effect_note(&run->common, UF_NOTE, "pretrend-untested", untested, none, NULL, 0, error);
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    status = test_before(run, &fit, &reason);
    uf_dose_fit_clear(&fit);
    if (status == UF_NOT_IDENTIFIED || status == UF_BAD_USAGE) /* fewer regions have two periods before */
        return effect_note(&run->common, UF_NOTE, "pretrend-untested", untested, none, NULL, 0, error);
    if (status != UF_OK && error) *error = reason;
    return status;
}

uf_status dose_report(const struct dose_run *run, struct uf_error *error)
{
    UF_TRY(report_estimates(run, error));
    UF_TRY(report_curve(run, error));
    UF_TRY(dose_report_dealt(run, error));
    UF_TRY(dose_report_cohorts(run, error));
    if (run->units->change.n_stacks == 1) UF_TRY(report_weights(run, error));
    return report_before(run, error);
}

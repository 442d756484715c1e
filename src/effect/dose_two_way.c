// SPDX-License-Identifier: GPL-3.0-or-later
/* The two-way coefficient on the dose, and what it is made of. */
#include "base/fail.h"
#include "effect/dose_response_run.h"

#include <math.h>
#include <stdlib.h>

static const struct uf_words none = {NULL, NULL};

/* What was asked for by name; the rows of the regression are those of the curve's. */
static uf_status add_more(const struct dose_run *run, const struct effect_regression *regression,
                          const struct effect_term *term, struct uf_table *table, struct uf_error *error)
{
    const struct effect_findings findings = {
        .regression = regression, .assignment = run->findings->assignment, .lenders = run->findings->lenders};
    const struct dose_dealt *dealt = run->dealt;
    return effect_add_more(&run->common, &findings, dealt->point ? &dealt->point[dealt->n_points - 1] : NULL,
                           term, 1, table, error);
}

/* The slope of the changes on the dose, which is what two-way fixed effects give. */
uf_status dose_add_two_way(const struct dose_run *run, struct uf_table *table, struct uf_error *error)
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
        struct effect_term term = dose_term(run, "two_way_coefficient");
        term.combination = combination;
        for (size_t c = 0; c < run->common.inference->n_covariances && status == UF_OK; c++) {
            struct uf_covariance v;
            status = uf_covariance_estimate(&regression.view.input, &run->common.inference->covariance[c], &v,
                                            error);
            if (status != UF_OK) break;
            status = effect_add_terms(&run->common, &regression.view, c, &v, &term, 1, table, error);
            uf_covariance_clear(&v);
        }
        if (status == UF_OK) status = add_more(run, &regression.view, &term, table, error);
    }
    dose_regression_clear(&regression);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(w);
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

uf_status dose_report_weights(const struct dose_run *run, struct uf_error *error)
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

// SPDX-License-Identifier: GPL-3.0-or-later
/* Averages of effects with their tests, as tables. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/estimates.h"
#include "effect/imputation_run.h"

/* Columns of influences that are held at a time where only variances are wanted. */
enum { BLOCK = 64 };

void imputation_averages_clear(struct imputation_averages *a)
{
    if (!a) return;
    uf_imputation_averages_clear(&a->averages);
    free(a->test);
    gsl_matrix_free(a->covariance);
    memset(a, 0, sizeof *a);
}

static uf_status covariance_by(const struct imputation_run *run,
                               const struct uf_imputation_error_options *options, const gsl_matrix *share,
                               gsl_matrix **out, struct uf_error *error)
{
    gsl_matrix *influence;
    UF_TRY(uf_imputation_influence(&run->common.sample->data, run->fit, share, options, &influence, error));
    uf_status status = uf_influence_covariance(influence, out, error);
    gsl_matrix_free(influence);
    return status;
}

static uf_status covariance_of(const struct imputation_run *run, const gsl_matrix *share, gsl_matrix **out,
                               struct uf_error *error)
{
    return covariance_by(run, &run->errors, share, out, error);
}

/* A variance needs two clusters. What leaves one out may leave nothing. */
static struct uf_t_test test_of(const struct imputation_run *run, double estimate, double variance)
{
    if (run->n_clusters < 2 || isnan(variance)) return effect_no_test;
    return uf_t_test(estimate, variance, (double)run->n_clusters - 1, run->common.inference->level);
}

uf_status imputation_test_one_out(const struct imputation_run *run, const gsl_matrix *share, double estimate,
                                  struct uf_t_test *out, struct uf_error *error)
{
    struct uf_imputation_error_options options = run->errors;
    gsl_matrix *v;
    options.leave_one_out = true;
    UF_TRY(covariance_by(run, &options, share, &v, error));
    *out = test_of(run, estimate, gsl_matrix_get(v, 0, 0));
    gsl_matrix_free(v);
    return UF_OK;
}

/* The variances of many averages, some at a time: their influences may be more than there is room for. */
static uf_status test_in_blocks(const struct imputation_run *run, struct imputation_averages *a,
                                struct uf_error *error)
{
    size_t q = a->averages.count;
    for (size_t first = 0; first < q; first += BLOCK) {
        size_t width = q - first < BLOCK ? q - first : BLOCK;
        gsl_matrix *v;
        gsl_matrix_const_view block =
            gsl_matrix_const_submatrix(a->averages.share, 0, first, a->averages.share->size1, width);
        UF_TRY(covariance_of(run, &block.matrix, &v, error));
        for (size_t j = 0; j < width; j++)
            a->test[first + j] = test_of(run, a->averages.estimate[first + j], gsl_matrix_get(v, j, j));
        gsl_matrix_free(v);
    }
    return UF_OK;
}

uf_status imputation_averages_init(const struct imputation_run *run, enum uf_average_kind kind,
                                   struct imputation_averages *out, struct uf_error *error)
{
    struct imputation_averages a = {0};
    UF_TRY(uf_imputation_average(run->fit, kind, &a.averages, error));
    size_t q = a.averages.count;
    a.test = malloc((q + 1) * sizeof *a.test);
    uf_status status = a.test ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && q > 0 && kind == UF_AVERAGE_CELLS) status = test_in_blocks(run, &a, error);
    if (status == UF_OK && q > 0 && kind != UF_AVERAGE_CELLS) {
        status = covariance_of(run, a.averages.share, &a.covariance, error);
        for (size_t j = 0; j < q && status == UF_OK; j++)
            a.test[j] = test_of(run, a.averages.estimate[j], gsl_matrix_get(a.covariance, j, j));
    }
    if (status != UF_OK)
        imputation_averages_clear(&a);
    else
        *out = a;
    return status;
}

/* --- overall ------------------------------------------------------------------------------------ */

/* What each average counts in the overall one: periods since the start and calendar periods alike, cohorts by
 * their (weighted) number of regions. */
static uf_status overall_weights(const struct imputation_run *run, enum uf_average_kind kind,
                                 const struct uf_imputation_averages *a, double *weight,
                                 struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    double total = 0;
    for (size_t j = 0; j < a->count; j++) weight[j] = kind == UF_AVERAGE_DYNAMIC ? a->key[j] >= 0 : 1;
    if (kind == UF_AVERAGE_GROUP) {
        double *sum = calloc(2 * data->n_units + 1, sizeof *sum);
        if (!sum) return uf_fail_memory(error);
        for (size_t i = 0; i < data->n; i++) {
            if (run->fit->state[i] != UF_IMPUTATION_ESTIMATED ||
                run->fit->cell[run->fit->cell_of[i]].event_time < 0)
                continue;
            sum[2 * data->unit[i]] += data->weights ? data->weights[i] : 1;
            sum[2 * data->unit[i] + 1] += 1;
        }
        for (size_t j = 0; j < a->count; j++) weight[j] = 0;
        for (size_t u = 0; u < data->n_units; u++)
            for (size_t j = 0; j < a->count && sum[2 * u + 1] > 0; j++)
                if ((size_t)a->key[j] == data->first_period[u]) weight[j] += sum[2 * u] / sum[2 * u + 1];
        free(sum);
    }
    for (size_t j = 0; j < a->count; j++) total += weight[j];
    for (size_t j = 0; j < a->count; j++) weight[j] /= total;
    return UF_OK;
}

static uf_status add_overall(const struct imputation_run *run, enum uf_average_kind kind, const char *term,
                             struct uf_table *table, struct uf_error *error)
{
    struct imputation_averages a;
    UF_TRY(imputation_averages_init(run, kind, &a, error));
    size_t q = a.averages.count;
    double *weight = malloc((q + 1) * sizeof *weight), estimate = 0, variance = 0;
    uf_status status =
        weight ? overall_weights(run, kind, &a.averages, weight, error) : uf_fail_memory(error);
    for (size_t j = 0; j < q && status == UF_OK; j++) {
        if (weight[j] == 0) continue;
        estimate += weight[j] * a.averages.estimate[j];
        for (size_t l = 0; l < q; l++)
            if (weight[l] != 0) variance += weight[j] * weight[l] * gsl_matrix_get(a.covariance, j, l);
    }
    if (status == UF_OK && q > 0) {
        const struct effect_row row = {.term = term,
                                       .vcov = "bjs",
                                       .note = run->how,
                                       .estimate = estimate,
                                       .event_time = NAN,
                                       .test = test_of(run, estimate, variance),
                                       .n_clusters = run->n_clusters};
        status = effect_add_row(table, &run->common, &row, NULL, error);
    }
    free(weight);
    imputation_averages_clear(&a);
    return status;
}

static uf_status add_bjs(const struct imputation_run *run, const struct imputation_averages *a, bool one_out,
                         struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words words = {"{0}; deviations from the others' average (leave-one-out)",
                                          "{0}; avvikelser från de övrigas genomsnitt (leave-one-out)"};
    struct effect_row row = {.term = "simple",
                             .vcov = one_out ? "bjs-leave-one-out" : "bjs",
                             .note = run->how,
                             .estimate = a->averages.estimate[0],
                             .event_time = NAN,
                             .test = a->test[0],
                             .n_clusters = run->n_clusters};
    if (!one_out) return effect_add_row(table, &run->common, &row, NULL, error);
    UF_TRY(imputation_test_one_out(run, a->averages.share, row.estimate, &row.test, error));
    if (isnan(row.test.std_error)) return UF_OK;
    const struct uf_argument how = uf_text_argument(run->how);
    char *note = NULL;
    UF_TRY(uf_phrase(run->common.context->language, words, &how, 1, &note, error));
    row.note = note;
    uf_status status = effect_add_row(table, &run->common, &row, NULL, error);
    free(note);
    return status;
}

static uf_status add_simple(const struct imputation_run *run, const struct imputation_inference *inference,
                            const struct uf_randomisation *randomisation, size_t n_blocks,
                            struct uf_table *table, struct uf_error *error)
{
    struct imputation_averages a;
    UF_TRY(imputation_averages_init(run, UF_AVERAGE_SIMPLE, &a, error));
    uf_status status = UF_OK;
    bool one_out = inference->automatic, plain = inference->analytic || !randomisation,
         first = inference->randomised_first;
    if (a.averages.count == 0) goto done;
    if (!first && one_out) UF_TRY_GOTO(add_bjs(run, &a, true, table, error), done);
    if (!first && !one_out && plain) UF_TRY_GOTO(add_bjs(run, &a, false, table, error), done);
    if (randomisation)
        UF_TRY_GOTO(effect_add_randomised(&run->common, randomisation, a.averages.estimate[0], n_blocks,
                                          "simple", table, error),
                    done);
    if (first && one_out) UF_TRY_GOTO(add_bjs(run, &a, true, table, error), done);
    if ((first || one_out) && plain) status = add_bjs(run, &a, false, table, error);
done:
    imputation_averages_clear(&a);
    return status;
}

uf_status imputation_report_estimates(const struct imputation_run *run,
                                      const struct imputation_inference *inference,
                                      const struct uf_randomisation *randomisation, size_t n_blocks,
                                      struct uf_error *error)
{
    static const struct uf_words title = {"Averages of the effects, by type of inference",
                                          "Genomsnittliga effekter efter typ av inferens"};
    static const struct {
        enum uf_average_kind kind;
        const char *term;
    } overall[] = {
        {UF_AVERAGE_DYNAMIC, "dynamic"}, {UF_AVERAGE_GROUP, "group"}, {UF_AVERAGE_CALENDAR, "calendar"}};
    struct uf_table *table = NULL;
    UF_TRY(effect_table_new("estimates", title, &run->common, &table, error));
    uf_status status = add_simple(run, inference, randomisation, n_blocks, table, error);
    for (size_t k = 0; k < sizeof overall / sizeof *overall && status == UF_OK; k++)
        status = add_overall(run, overall[k].kind, overall[k].term, table, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->common.result, table, error);
}

/* --- by cohort and period ----------------------------------------------------------------------- */

/* `2014 of 2010: 3 of 5 observations …`: what of a cell could not be predicted, the first reason. */
static const char *cell_note(const struct imputation_run *run, const struct uf_imputation_cell *cell)
{
    for (int state = UF_IMPUTATION_NO_UNIT; state < UF_IMPUTATION_STATES; state++)
        if (cell->count[state] > 0)
            return uf_words_in(imputation_reason((enum uf_imputation_state)state),
                               run->common.context->language);
    return NULL;
}

static uf_status report_cells(const struct imputation_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Effects by starting period and period",
                                          "Effekter efter startperiod och period"};
    const struct uf_imputation *fit = run->fit;
    const struct uf_dictionary *periods = &run->common.panel->periods;
    struct imputation_averages a;
    struct uf_table *table = NULL;
    size_t weight_column = 0, next = 0;
    double total = 0;
    for (size_t c = 0; c < fit->n_cells; c++) total += fit->cell[c].event_time >= 0 ? fit->cell[c].weight : 0;
    UF_TRY(imputation_averages_init(run, UF_AVERAGE_CELLS, &a, error));
    uf_status status = effect_table_new("group-time", title, &run->common, &table, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "weight", UF_COLUMN_NUMBER, NULL, 4, &weight_column, error);
    for (size_t c = 0; c < fit->n_cells && status == UF_OK; c++) {
        const struct uf_imputation_cell *cell = &fit->cell[c];
        bool estimated = next < a.averages.count && a.averages.key[next] == (long)c;
        const char *reason = cell_note(run, cell);
        char term[160];
        size_t row;
        snprintf(term, sizeof term, "%.70s:%.70s", periods->code[cell->first_period],
                 periods->code[cell->period]);
        const double n = (double)cell->count[UF_IMPUTATION_ESTIMATED];
        const struct effect_row values = {
            .term = term,
            .vcov = estimated ? "bjs" : NULL,
            .note = reason ? reason : run->how,
            .group = periods->code[cell->first_period],
            .period = periods->code[cell->period],
            .estimate = cell->estimate,
            .event_time = (double)cell->event_time,
            .test = estimated ? a.test[next] : effect_no_test,
            .n_obs = estimated ? n : NAN,
            .n_treated = estimated ? n : NAN,
            .n_control = fit->untreated_in[cell->period] > 0 ? (double)fit->untreated_in[cell->period] : NAN,
            .n_clusters = run->n_clusters};
        next += estimated;
        status = effect_add_row(table, &run->common, &values, &row, error);
        if (status == UF_OK)
            status =
                effect_set_number(table, row, weight_column,
                                  estimated && cell->event_time >= 0 ? cell->weight / total : NAN, error);
    }
    imputation_averages_clear(&a);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->common.result, table, error);
}

/* Regions with an effect in a cohort, or in a period. */
static size_t count_units(const struct imputation_run *run, enum uf_average_kind kind, long key,
                          size_t *marked, size_t mark)
{
    const struct uf_did_data *data = &run->common.sample->data;
    size_t found = 0;
    for (size_t i = 0; i < data->n; i++) {
        if (run->fit->state[i] != UF_IMPUTATION_ESTIMATED) continue;
        const struct uf_imputation_cell *cell = &run->fit->cell[run->fit->cell_of[i]];
        if (cell->event_time < 0 ||
            (long)(kind == UF_AVERAGE_GROUP ? cell->first_period : cell->period) != key)
            continue;
        found += marked[data->unit[i]] != mark;
        marked[data->unit[i]] = mark;
    }
    return found;
}

static uf_status report_average(const struct imputation_run *run, enum uf_average_kind kind, const char *name,
                                struct uf_words title, struct uf_error *error)
{
    const struct uf_dictionary *periods = &run->common.panel->periods;
    struct imputation_averages a;
    struct uf_table *table = NULL;
    UF_TRY(imputation_averages_init(run, kind, &a, error));
    size_t *marked = calloc(run->common.sample->data.n_units + 1, sizeof *marked);
    uf_status status =
        marked ? effect_table_new(name, title, &run->common, &table, error) : uf_fail_memory(error);
    for (size_t j = 0; j < a.averages.count && status == UF_OK; j++) {
        const char *code = periods->code[a.averages.key[j]];
        const struct effect_row row = {.term = code,
                                       .vcov = "bjs",
                                       .note = run->how,
                                       .group = kind == UF_AVERAGE_GROUP ? code : NULL,
                                       .period = kind == UF_AVERAGE_CALENDAR ? code : NULL,
                                       .estimate = a.averages.estimate[j],
                                       .event_time = NAN,
                                       .test = a.test[j],
                                       .n_obs = (double)a.averages.n[j],
                                       .n_treated =
                                           (double)count_units(run, kind, a.averages.key[j], marked, j + 1),
                                       .n_clusters = run->n_clusters};
        status = effect_add_row(table, &run->common, &row, NULL, error);
    }
    free(marked);
    imputation_averages_clear(&a);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->common.result, table, error);
}

uf_status imputation_report_averages(const struct imputation_run *run, struct uf_error *error)
{
    static const struct uf_words group = {"Average effect by starting period",
                                          "Genomsnittlig effekt efter startperiod"},
                                 calendar = {"Average effect by period", "Genomsnittlig effekt per period"};
    UF_TRY(report_cells(run, error));
    UF_TRY(report_average(run, UF_AVERAGE_GROUP, "group-average", group, error));
    return report_average(run, UF_AVERAGE_CALENDAR, "calendar-average", calendar, error);
}

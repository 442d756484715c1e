// SPDX-License-Identifier: GPL-3.0-or-later
/* The columns that every table of estimates has, the estimates themselves, and what they amount to. */
#include "base/fail.h"
#include "effect/did_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool number;
    int decimals;
} columns[DID_COLUMNS] = {
    [DID_TERM] = {"term", false, -1},
    [DID_ESTIMATE] = {"estimate", true, 4},
    [DID_STD_ERROR] = {"std_error", true, 4},
    [DID_STATISTIC] = {"statistic", true, 2},
    [DID_DF] = {"df", true, 1},
    [DID_P_VALUE] = {"p_value", true, 4},
    [DID_CONF_LOW] = {"conf_low", true, 4},
    [DID_CONF_HIGH] = {"conf_high", true, 4},
    [DID_OUTCOME] = {"outcome", false, -1},
    [DID_GROUP] = {"group", false, -1},
    [DID_PERIOD] = {"period", false, -1},
    [DID_EVENT_TIME] = {"event_time", true, 0},
    [DID_N_OBS] = {"n_obs", true, 0},
    [DID_N_TREATED] = {"n_treated", true, 0},
    [DID_N_CONTROL] = {"n_control", true, 0},
    [DID_N_CLUSTERS] = {"n_clusters", true, 0},
    [DID_METHOD] = {"method", false, -1},
    [DID_VCOV] = {"vcov", false, -1},
    [DID_NOTE] = {"note", false, -1},
};

uf_status did_table_new(const char *name, struct uf_words title, enum uf_language language, const char *unit,
                        struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new(name, &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, language), error);
    for (size_t c = 0; c < DID_COLUMNS && status == UF_OK; c++) {
        bool in_units = c == DID_ESTIMATE || c == DID_STD_ERROR || c == DID_CONF_LOW || c == DID_CONF_HIGH;
        size_t index;
        status =
            uf_table_add_column(table, columns[c].name, columns[c].number ? UF_COLUMN_NUMBER : UF_COLUMN_TEXT,
                                in_units ? unit : NULL, columns[c].decimals, &index, error);
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status set_number(struct uf_table *table, size_t row, size_t column, double value,
                            struct uf_error *error)
{
    if (isnan(value)) return uf_table_set_value(table, row, column, NAN, UF_VALUE_NOT_APPLICABLE, error);
    return uf_table_set_number(table, row, column, value, error);
}

uf_status did_add_row(struct uf_table *table, const struct did_run *run, const struct did_row *row,
                      struct uf_error *error)
{
    size_t index;
    UF_TRY(uf_table_add_row(table, &index, error));
    const struct {
        size_t column;
        double value;
    } numbers[] = {
        {DID_ESTIMATE, row->estimate},
        {DID_STD_ERROR, row->test.std_error},
        {DID_STATISTIC, row->test.statistic},
        {DID_DF, row->test.df},
        {DID_P_VALUE, row->test.p_value},
        {DID_CONF_LOW, row->test.conf_low},
        {DID_CONF_HIGH, row->test.conf_high},
        {DID_EVENT_TIME, row->event_time},
        {DID_N_OBS, (double)run->sample->data.n},
        {DID_N_TREATED, (double)run->sample->n_treated},
        {DID_N_CONTROL, (double)run->sample->n_control},
        {DID_N_CLUSTERS, row->n_clusters ? (double)row->n_clusters : NAN},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        UF_TRY(set_number(table, index, numbers[i].column, numbers[i].value, error));
    const struct {
        size_t column;
        const char *text;
    } texts[] = {{DID_TERM, row->term},
                 {DID_OUTCOME, run->outcome},
                 {DID_METHOD, row->method},
                 {DID_VCOV, row->vcov},
                 {DID_NOTE, row->note}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        UF_TRY(uf_table_set_text(table, index, texts[i].column, texts[i].text, error));
    return UF_OK;
}

static const struct uf_t_test no_test = {NAN, NAN, NAN, NAN, NAN, NAN};

static const char *term_name(const struct did_run *run, size_t column)
{
    if (column == 0) return "treatment";
    return run->panel->columns[run->panel->covariates[column - 1]].name;
}

static uf_status add_dropped(const struct did_run *run, const struct uf_did_fit *fit, struct uf_table *table,
                             struct uf_error *error)
{
    static const struct uf_words note = {
        "dropped: collinear with the fixed effects or with what stands before it",
        "utesluten: kollinjär med de fasta effekterna eller med tidigare variabler"};
    for (size_t d = 0; d < fit->fit.n_dropped; d++) {
        struct did_row row = {.term = term_name(run, fit->fit.dropped[d]),
                              .method = "did",
                              .note = uf_words_in(note, run->context->language),
                              .estimate = NAN,
                              .event_time = NAN,
                              .test = no_test};
        UF_TRY(did_add_row(table, run, &row, error));
    }
    return UF_OK;
}

static uf_status add_analytic(const struct did_run *run, const struct uf_did_fit *fit, size_t inference,
                              struct uf_table *table, struct uf_error *error)
{
    size_t count;
    const struct uf_covariance_options *options = &run->request->covariance[inference];
    const struct uf_covariance *v = &run->covariance[inference];
    char *note = NULL;
    uf_status status = uf_covariance_describe(v, options, run->context->language, &note, error);
    for (size_t j = 0; j < fit->n_columns && status == UF_OK; j++) {
        size_t k = fit->position[j];
        if (k == SIZE_MAX) continue;
        double estimate = gsl_vector_get(fit->fit.coefficients, j);
        struct did_row row = {
            .term = term_name(run, j),
            .method = "did",
            .vcov = uf_covariance_types(&count)[options->kind].name,
            .note = note,
            .estimate = estimate,
            .event_time = NAN,
            .test = uf_t_test(estimate, gsl_matrix_get(v->matrix, k, k), v->df[k], run->request->level),
            .n_clusters = v->n_clusters};
        status = did_add_row(table, run, &row, error);
    }
    free(note);
    return status;
}

static uf_status add_randomised(const struct did_run *run, const struct uf_did_fit *fit,
                                const struct uf_randomisation *randomisation,
                                const struct uf_did_assignment *assignment, struct uf_table *table,
                                struct uf_error *error)
{
    static const struct uf_words notes[] = {
        {"treatment dealt out anew over {0} units; share of assignments with at least as large a coefficient",
         "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stor koefficient"},
        {"treatment dealt out anew over {0} units; share of assignments with at least as large a t value",
         "insatsen fördelad på nytt över {0} enheter; andelen fördelningar med minst lika stort t-värde"}};
    const struct uf_argument argument = uf_count_argument(assignment->n_blocks);
    for (int statistic = 0; statistic < 2; statistic++) {
        char *note = NULL;
        UF_TRY(uf_phrase(run->context->language, notes[statistic], &argument, 1, &note, error));
        struct did_row row = {.term = "treatment",
                              .method = "did",
                              .vcov = statistic ? "randomisation-t" : "randomisation",
                              .note = note,
                              .estimate = gsl_vector_get(fit->fit.coefficients, 0),
                              .event_time = NAN,
                              .test = no_test};
        row.test.statistic = statistic ? randomisation->t[0] : randomisation->coefficient[0];
        row.test.p_value = statistic ? randomisation->p_t : randomisation->p_coefficient;
        if (isinf(row.test.statistic)) row.test.statistic = NAN;
        uf_status status = did_add_row(table, run, &row, error);
        free(note);
        UF_TRY(status);
    }
    return UF_OK;
}

uf_status did_report_estimates(const struct did_run *run, const struct uf_did_fit *fit,
                               const struct uf_randomisation *randomisation,
                               const struct uf_did_assignment *assignment, struct uf_error *error)
{
    static const struct uf_words title = {"Estimates by type of inference",
                                          "Skattningar efter typ av inferens"};
    struct uf_table *table = NULL;
    UF_TRY(did_table_new("estimates", title, run->context->language,
                         run->panel->columns[run->panel->outcome].unit, &table, error));
    uf_status status = UF_OK;
    if (randomisation) status = add_randomised(run, fit, randomisation, assignment, table, error);
    for (size_t c = 0; c < run->request->n_covariances && status == UF_OK; c++)
        status = add_analytic(run, fit, c, table, error);
    if (status == UF_OK) status = add_dropped(run, fit, table, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->result, table, error);
}

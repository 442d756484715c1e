// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/estimates.h"
#include "base/fail.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

const struct uf_t_test effect_no_test = {NAN, NAN, NAN, NAN, NAN, NAN};

static const struct {
    const char *name;
    bool number, in_units;
    int decimals;
} columns[EFFECT_COLUMNS] = {
    [EFFECT_TERM] = {"term", false, false, -1},
    [EFFECT_ESTIMATE] = {"estimate", true, true, 4},
    [EFFECT_STD_ERROR] = {"std_error", true, true, 4},
    [EFFECT_STATISTIC] = {"statistic", true, false, 2},
    [EFFECT_DF] = {"df", true, false, 1},
    [EFFECT_P_VALUE] = {"p_value", true, false, 4},
    [EFFECT_CONF_LOW] = {"conf_low", true, true, 4},
    [EFFECT_CONF_HIGH] = {"conf_high", true, true, 4},
    [EFFECT_OUTCOME] = {"outcome", false, false, -1},
    [EFFECT_GROUP] = {"group", false, false, -1},
    [EFFECT_PERIOD] = {"period", false, false, -1},
    [EFFECT_EVENT_TIME] = {"event_time", true, false, 0},
    [EFFECT_N_OBS] = {"n_obs", true, false, 0},
    [EFFECT_N_TREATED] = {"n_treated", true, false, 0},
    [EFFECT_N_CONTROL] = {"n_control", true, false, 0},
    [EFFECT_N_CLUSTERS] = {"n_clusters", true, false, 0},
    [EFFECT_METHOD] = {"method", false, false, -1},
    [EFFECT_VCOV] = {"vcov", false, false, -1},
    [EFFECT_NOTE] = {"note", false, false, -1},
};

uf_status effect_table_new(const char *name, struct uf_words title, const struct effect_run *run,
                           struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new(name, &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->context->language), error);
    for (size_t c = 0; c < EFFECT_COLUMNS && status == UF_OK; c++) {
        size_t index;
        status =
            uf_table_add_column(table, columns[c].name, columns[c].number ? UF_COLUMN_NUMBER : UF_COLUMN_TEXT,
                                columns[c].in_units ? run->unit : NULL, columns[c].decimals, &index, error);
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

uf_status effect_table_add_band(struct uf_table *table, const struct effect_run *run, struct uf_error *error)
{
    size_t index;
    UF_TRY(uf_table_add_column(table, "band_low", UF_COLUMN_NUMBER, run->unit, 4, &index, error));
    return uf_table_add_column(table, "band_high", UF_COLUMN_NUMBER, run->unit, 4, &index, error);
}

uf_status effect_table_add_dose(struct uf_table *table, const struct effect_run *run, struct uf_error *error)
{
    size_t index;
    return uf_table_add_column(table, "dose", UF_COLUMN_NUMBER, run->panel->treatment.dose_unit, -1, &index,
                               error);
}

uf_status effect_set_number(struct uf_table *table, size_t row, size_t column, double value,
                            struct uf_error *error)
{
    /* an interval without an end has none to print; the note says so */
    if (!isfinite(value)) return uf_table_set_value(table, row, column, NAN, UF_VALUE_NOT_APPLICABLE, error);
    return uf_table_set_number(table, row, column, value, error);
}

void effect_fit_decimals(struct uf_table *table, const char *error_column, const char *const *names)
{
    const size_t from = uf_table_column(table, error_column);
    double least = INFINITY;
    for (size_t row = 0; row < uf_table_rows(table); row++) {
        const double error = uf_table_number(table, row, from);
        if (error > 0 && error < least) least = error;
    }
    if (!isfinite(least)) return;
    const int wanted = 2 - (int)floor(log10(least)), most = wanted < 15 ? wanted : 15;
    for (; *names; names++) {
        const size_t column = uf_table_column(table, *names);
        if (most > uf_table_column_decimals(table, column)) uf_table_set_decimals(table, column, most);
    }
}

void effect_fit_estimates(struct uf_table *table)
{
    static const char *const own[] = {"estimate", "std_error", "conf_low", "conf_high", NULL},
                             *const bands[] = {"band_low", "band_high", NULL};
    effect_fit_decimals(table, "std_error", own);
    if (uf_table_column(table, "band_low") != SIZE_MAX) effect_fit_decimals(table, "std_error", bands);
}

static double count_or(double own, size_t sample)
{
    return own == 0 ? (double)sample : own;
}

bool effect_is_rounding(const struct effect_run *run, double std_error)
{
    return std_error <= 64 * DBL_EPSILON * run->sample->scale;
}

/* An error of rounding is none, and a tail too thin for the machine's numbers is not 0. */
static struct uf_t_test sound_test(const struct effect_run *run, const struct effect_row *row, bool *rounding)
{
    struct uf_t_test test = row->test;
    *rounding = effect_is_rounding(run, test.std_error);
    if (*rounding) return effect_no_test;
    if (test.p_value == 0) test.p_value = DBL_MIN;
    return test;
}

struct effect_row effect_row_of(const struct effect_term *term)
{
    return (struct effect_row){.term = term->term,
                               .method = term->method,
                               .group = term->group,
                               .period = term->period,
                               .event_time = term->event_time,
                               .dose = term->dose,
                               .estimate = NAN,
                               .test = effect_no_test,
                               .n_obs = term->n_obs,
                               .n_treated = term->n_treated,
                               .n_control = term->n_control};
}

uf_status effect_add_row(struct uf_table *table, const struct effect_run *run, const struct effect_row *row,
                         size_t *out_row, struct uf_error *error)
{
    static const struct uf_words exact = {"no uncertainty can be estimated: nothing is left to vary",
                                          "någon osäkerhet går inte att skatta: inget återstår som varierar"};
    size_t index;
    bool rounding;
    const struct uf_t_test test = sound_test(run, row, &rounding);
    UF_TRY(uf_table_add_row(table, &index, error));
    const struct {
        size_t column;
        double value;
    } numbers[] = {
        {EFFECT_ESTIMATE, row->estimate},
        {EFFECT_STD_ERROR, test.std_error},
        {EFFECT_STATISTIC, test.statistic},
        {EFFECT_DF, test.df},
        {EFFECT_P_VALUE, test.p_value},
        {EFFECT_CONF_LOW, test.conf_low},
        {EFFECT_CONF_HIGH, test.conf_high},
        {EFFECT_EVENT_TIME, row->event_time},
        {EFFECT_N_OBS, count_or(row->n_obs, run->sample->n_rows)},
        {EFFECT_N_TREATED, count_or(row->n_treated, run->sample->n_treated)},
        {EFFECT_N_CONTROL, count_or(row->n_control, run->sample->n_control)},
        {EFFECT_N_CLUSTERS, row->n_clusters ? (double)row->n_clusters : NAN},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        UF_TRY(effect_set_number(table, index, numbers[i].column, numbers[i].value, error));
    if (row->dose > 0) UF_TRY(effect_set_number(table, index, EFFECT_COLUMNS, row->dose, error));
    const struct {
        size_t column;
        const char *text;
    } texts[] = {{EFFECT_TERM, row->term},
                 {EFFECT_OUTCOME, run->outcome},
                 {EFFECT_GROUP, row->group},
                 {EFFECT_PERIOD, row->period},
                 {EFFECT_METHOD, row->method ? row->method : run->method},
                 {EFFECT_VCOV, row->vcov},
                 {EFFECT_NOTE, rounding ? uf_words_in(exact, run->context->language) : row->note}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        UF_TRY(uf_table_set_text(table, index, texts[i].column, texts[i].text, error));
    if (out_row) *out_row = index;
    return UF_OK;
}

uf_status effect_columns_new(const struct effect_run *run, const char *name, struct uf_words title,
                             const struct effect_column *columns_asked, size_t n_columns,
                             struct uf_table **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    size_t index;
    UF_TRY(uf_table_new(name, &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->context->language), error);
    for (size_t c = 0; c < n_columns && status == UF_OK; c++) {
        const struct effect_column *column = &columns_asked[c];
        const char *own = !strcmp(column->name, "dose") ? run->panel->treatment.dose_unit : NULL;
        status = uf_table_add_column(table, column->name, column->number ? UF_COLUMN_NUMBER : UF_COLUMN_TEXT,
                                     column->in_units ? run->unit : own, column->decimals, &index, error);
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

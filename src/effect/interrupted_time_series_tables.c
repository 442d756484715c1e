// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of `interrupted-time-series`. */
#include "base/fail.h"
#include "effect/interrupted_time_series_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

const char *its_kind_name(enum uf_serial_kind kind)
{
    static const char *const names[] = {[UF_SERIAL_PRAIS_WINSTEN] = "prais-winsten",
                                        [UF_SERIAL_NEWEY_WEST] = "newey-west",
                                        [UF_SERIAL_INTEGRATED] = "integrated-ar1"};
    return names[kind];
}

const double its_dependence[ITS_SIZES] = {0, 0.4, 0.7, 0.9};

enum { SERIES_CODE, SERIES_LABEL, SERIES_PERIOD, SERIES_PERIOD_LABEL, SERIES_VALUE, SERIES_GROUP };
enum {
    FIT_GROUP,
    FIT_VCOV,
    FIT_N,
    FIT_BEFORE,
    FIT_AFTER,
    FIT_RHO,
    FIT_LAG,
    FIT_DURBIN_WATSON,
    FIT_TREND,
    FIT_COLUMNS
};

enum { REJECTION_GROUP, REJECTION_VCOV, REJECTION_RHO, REJECTION_SHARE, REJECTION_DRAWS, REJECTION_COLUMNS };
static const struct effect_column rejection_columns[REJECTION_COLUMNS] = {
    [REJECTION_GROUP] = {"group", false, false, -1},
    [REJECTION_VCOV] = {"vcov", false, false, -1},
    [REJECTION_RHO] = {"rho", true, false, 1},
    [REJECTION_SHARE] = {"rejected", true, false, 3},
    [REJECTION_DRAWS] = {"draws", true, false, 0}};

static uf_status new_series_table(const struct its_run *run, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"The series, and the trend before the start continued",
                                          "Serien, och trenden före start framskriven"};
    UF_TRY(uf_table_new("series", out, error));
    UF_TRY(uf_table_set_title(*out, uf_words_in(title, run->common.context->language), error));
    UF_TRY(uf_table_add_column(*out, "code", UF_COLUMN_TEXT, NULL, -1, NULL, error));
    UF_TRY(uf_table_add_column(*out, "label", UF_COLUMN_TEXT, NULL, -1, NULL, error));
    UF_TRY(uf_table_add_column(*out, "period", UF_COLUMN_NUMBER, NULL, -1, NULL, error));
    UF_TRY(uf_table_add_column(*out, "period_label", UF_COLUMN_TEXT, NULL, -1, NULL, error));
    UF_TRY(uf_table_add_column(*out, "value", UF_COLUMN_NUMBER, run->common.unit, 3, NULL, error));
    return uf_table_add_column(*out, "group", UF_COLUMN_TEXT, NULL, -1, NULL, error); /* of several starts */
}

static uf_status new_fit_table(const struct its_run *run, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"How each period hangs together with the one before",
                                          "Hur varje period hänger ihop med den föregående"};
    static const struct {
        const char *name;
        enum uf_column_type type;
        int decimals;
    } columns[FIT_COLUMNS] = {[FIT_GROUP] = {"group", UF_COLUMN_TEXT, -1},
                              [FIT_VCOV] = {"vcov", UF_COLUMN_TEXT, -1},
                              [FIT_N] = {"n_obs", UF_COLUMN_NUMBER, 0},
                              [FIT_BEFORE] = {"periods_before", UF_COLUMN_NUMBER, 0},
                              [FIT_AFTER] = {"periods_after", UF_COLUMN_NUMBER, 0},
                              [FIT_RHO] = {"rho", UF_COLUMN_NUMBER, 3},
                              [FIT_LAG] = {"lags", UF_COLUMN_NUMBER, 0},
                              [FIT_DURBIN_WATSON] = {"durbin_watson", UF_COLUMN_NUMBER, 2},
                              [FIT_TREND] = {"trend_before", UF_COLUMN_NUMBER, 4}};
    UF_TRY(uf_table_new("series-fit", out, error));
    UF_TRY(uf_table_set_title(*out, uf_words_in(title, run->common.context->language), error));
    for (size_t c = 0; c < FIT_COLUMNS; c++)
        UF_TRY(uf_table_add_column(*out, columns[c].name, columns[c].type,
                                   c == FIT_TREND ? run->common.unit : NULL, columns[c].decimals, NULL,
                                   error));
    return UF_OK;
}

void its_tables_clear(struct its_tables *tables)
{
    uf_table_free(tables->estimates), uf_table_free(tables->departures), uf_table_free(tables->series);
    uf_table_free(tables->regions), uf_table_free(tables->fits), uf_table_free(tables->rejections);
    uf_table_free(tables->before);
    *tables = (struct its_tables){0};
}

uf_status its_tables_init(const struct its_run *run, struct its_tables *out, struct uf_error *error)
{
    static const struct uf_words estimates = {"Departures from the earlier trend",
                                              "Avvikelser från den tidigare trenden"};
    static const struct uf_words departures = {"Departure by period", "Avvikelse period för period"};
    static const struct uf_words rejections = {
        "How often the test finds a departure where there is none: simulated series of the same periods",
        "Hur ofta testet hittar en avvikelse där ingen finns: simulerade serier med samma perioder"};
    static const struct uf_words regions = {"Region by region", "Region för region"};
    struct its_tables tables = {0};
    uf_status status = effect_table_new("estimates", estimates, &run->common, &tables.estimates, error);
    if (status == UF_OK)
        status = effect_table_new("departures", departures, &run->common, &tables.departures, error);
    if (status == UF_OK) status = effect_table_add_band(tables.departures, &run->common, error);
    if (status == UF_OK)
        status = effect_columns_new(&run->common, "rejections", rejections, rejection_columns,
                                    REJECTION_COLUMNS, &tables.rejections, error);
    if (status == UF_OK) status = new_series_table(run, &tables.series, error);
    if (status == UF_OK)
        status = effect_table_new("by-region", regions, &run->common, &tables.regions, error);
    if (status == UF_OK) status = new_fit_table(run, &tables.fits, error);
    if (status == UF_OK) status = its_before_new(run, &tables.before, error);
    if (status == UF_OK)
        *out = tables;
    else
        its_tables_clear(&tables);
    return status;
}

uf_status its_tables_take(const struct its_run *run, struct its_tables *tables, struct uf_error *error)
{
    struct uf_table **order[] = {&tables->estimates, &tables->departures, &tables->series,    &tables->before,
                                 &tables->regions,   &tables->fits,       &tables->rejections};
    uf_status status = UF_OK;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct uf_table *table = *order[i];
        *order[i] = NULL;
        if (status != UF_OK || uf_table_rows(table) == 0)
            uf_table_free(table);
        else
            status = uf_result_take_table(run->common.result, table, error);
    }
    return status;
}

/* --- rows --------------------------------------------------------------------------------------- */

/* The mean time since the start of the periods from it on, and the last. */
static void times_after(const struct uf_its_series *view, double *mean, double *last)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < view->n; i++)
        if (view->time[i] >= view->start) sum += (double)view->time[i], count++;
    *mean = sum / (double)count;
    *last = (double)view->time[view->n - 1];
}

enum term { TERM_DEPARTURE, TERM_LEVEL, TERM_SLOPE, TERM_LAST, N_TERMS };
static const char *const terms[N_TERMS] = {[TERM_DEPARTURE] = "departure",
                                           [TERM_LEVEL] = "level-change",
                                           [TERM_SLOPE] = "slope-change",
                                           [TERM_LAST] = "last-departure"};

/* The time whose departure a term is. */
static double time_of(const struct its_series *series, enum term term)
{
    double mean, last;
    times_after(&series->view, &mean, &last);
    return term == TERM_DEPARTURE ? mean : term == TERM_LAST ? last : (double)series->view.start;
}

static double estimate_of(const struct its_series *series, const struct uf_its *its, enum term term)
{
    double estimate, ignored;
    if (term == TERM_SLOPE) return gsl_vector_get(its->fit.coefficients, UF_ITS_SLOPE);
    uf_its_departure(its, &series->view, time_of(series, term), &estimate, &ignored);
    return estimate;
}

static uf_status add_term(const struct its_run *run, const struct its_series *series,
                          const struct uf_its *its, size_t kind, const char *group, enum term term,
                          struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words one = {"one period after the start: no slope can be told",
                                        "en period efter start: någon lutning går inte att avgöra"};
    double estimate = estimate_of(series, its, term);
    struct effect_row row = {
        .term = terms[term],
        .vcov = its_kind_name(run->kind[kind].kind),
        .group = group,
        .estimate = estimate,
        .event_time = NAN,
        .test = uf_its_test(its, &series->view, time_of(series, term), term == TERM_SLOPE, run->level),
        .n_obs = (double)series->view.n,
        .n_treated = (double)series->n_units,
        .n_control = NAN};
    if (isnan(estimate)) row.note = uf_words_in(one, run->common.context->language);
    return effect_add_row(table, &run->common, &row, NULL, error);
}

/* Never inside the interval of one departure, which need not lie evenly around its estimate. */
static uf_status set_band(struct uf_table *table, size_t row, double critical, struct uf_error *error)
{
    double estimate = uf_table_number(table, row, EFFECT_ESTIMATE),
           half = critical * uf_table_number(table, row, EFFECT_STD_ERROR);
    UF_TRY(effect_set_number(table, row, EFFECT_COLUMNS,
                             fmin(estimate - half, uf_table_number(table, row, EFFECT_CONF_LOW)), error));
    return effect_set_number(table, row, EFFECT_COLUMNS + 1,
                             fmax(estimate + half, uf_table_number(table, row, EFFECT_CONF_HIGH)), error);
}

static uf_status add_departures(const struct its_run *run, const struct its_series *series, const char *group,
                                const struct uf_its *its, struct uf_table *table, struct uf_error *error)
{
    double critical;
    UF_TRY(uf_its_band(its, &series->view, run->level, &critical, error));
    for (size_t i = 0; i < series->view.n; i++) {
        if (series->time[i] < series->view.start) continue;
        double estimate, variance;
        size_t at;
        uf_its_departure(its, &series->view, (double)series->time[i], &estimate, &variance);
        const struct effect_row row = {
            .term = terms[TERM_DEPARTURE],
            .vcov = its_kind_name(run->kind[0].kind),
            .group = group,
            .period = run->common.panel->periods.label[series->period[i]],
            .estimate = estimate,
            .event_time = (double)(series->time[i] - series->view.start),
            .test = uf_its_test(its, &series->view, (double)series->time[i], false, run->level),
            .n_obs = (double)series->view.n,
            .n_treated = (double)series->n_units,
            .n_control = NAN};
        UF_TRY(effect_add_row(table, &run->common, &row, &at, error));
        UF_TRY(set_band(table, at, critical, error));
    }
    return UF_OK;
}

static uf_status add_point(const struct its_run *run, const char *code, const char *label, const char *group,
                           size_t period, double value, struct uf_table *table, struct uf_error *error)
{
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, SERIES_CODE, code, error));
    UF_TRY(uf_table_set_text(table, row, SERIES_LABEL, label, error));
    UF_TRY(uf_table_set_text(table, row, SERIES_GROUP, group, error));
    UF_TRY(uf_table_set_number(table, row, SERIES_PERIOD, effect_period_number(&run->common, period), error));
    UF_TRY(
        uf_table_set_text(table, row, SERIES_PERIOD_LABEL, run->common.panel->periods.label[period], error));
    return uf_table_set_number(table, row, SERIES_VALUE, value, error);
}

/* Observed; fitted before and, continued without the departure, after; fitted after. */
static uf_status add_lines(const struct its_run *run, const struct its_series *series, const char *group,
                           const struct uf_its *its, struct uf_table *table, struct uf_error *error)
{
    static const char *const codes[] = {"observed", "continued", "fitted"};
    static const struct uf_words labels[] = {{"Observed", "Observerat"},
                                             {"Earlier trend, continued", "Tidigare trend, framskriven"},
                                             {"Fitted after the start", "Anpassat efter start"}};
    for (size_t line = 0; line < 3; line++) {
        const char *label = uf_words_in(labels[line], run->common.context->language);
        uf_status status = UF_OK;
        for (size_t i = 0; i < series->view.n && status == UF_OK; i++) {
            bool after = series->time[i] >= series->view.start;
            if (line == 2 && !after) continue;
            double value = series->outcome[i], departure = 0, ignored;
            if (line > 0) value -= gsl_vector_get(its->fit.residuals, i);
            if (line == 1 && after)
                uf_its_departure(its, &series->view, (double)series->time[i], &departure, &ignored);
            status =
                add_point(run, codes[line], label, group, series->period[i], value - departure, table, error);
        }
        UF_TRY(status);
    }
    return UF_OK;
}

static uf_status add_fit(const struct its_run *run, const char *group, const struct uf_its *its, size_t kind,
                         struct uf_table *table, struct uf_error *error)
{
    const struct uf_serial_fit *fit = &its->fit;
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, FIT_GROUP, group, error));
    UF_TRY(uf_table_set_text(table, row, FIT_VCOV, its_kind_name(run->kind[kind].kind), error));
    UF_TRY(uf_table_set_number(table, row, FIT_N, (double)fit->n, error));
    UF_TRY(uf_table_set_number(table, row, FIT_BEFORE, (double)its->n_before, error));
    UF_TRY(uf_table_set_number(table, row, FIT_AFTER, (double)its->n_after, error));
    UF_TRY(uf_table_set_number(table, row, FIT_RHO, fit->rho, error));
    bool lagged = run->kind[kind].kind == UF_SERIAL_NEWEY_WEST;
    UF_TRY(effect_set_number(table, row, FIT_LAG, lagged ? (double)fit->lag : (double)NAN, error));
    UF_TRY(effect_set_number(table, row, FIT_DURBIN_WATSON, fit->durbin_watson, error));
    return uf_table_set_number(table, row, FIT_TREND, gsl_vector_get(fit->coefficients, UF_ITS_TREND), error);
}

uf_status its_add_cohort(const struct its_run *run, const struct its_series *series, const char *label,
                         const struct uf_its *fits, struct its_tables *tables, struct uf_error *error)
{
    for (size_t kind = 0; kind < run->n_kinds; kind++) {
        for (int term = 0; term < N_TERMS; term++)
            UF_TRY(
                add_term(run, series, &fits[kind], kind, label, (enum term)term, tables->estimates, error));
        UF_TRY(add_fit(run, label, &fits[kind], kind, tables->fits, error));
    }
    UF_TRY(add_departures(run, series, label, &fits[0], tables->departures, error));
    return add_lines(run, series, label, &fits[0], tables->series, error);
}

uf_status its_add_rejections(const struct its_run *run, const struct its_series *series, const char *label,
                             struct its_tables *tables, double out[ITS_SIZES], struct uf_error *error)
{
    const struct uf_context *context = run->common.context;
    for (size_t i = 0; i < ITS_SIZES; i++) {
        size_t row;
        out[i] = NAN;
        if (run->size_draws == 0) continue;
        if (context->progress && context->progress(context->user, (double)i / ITS_SIZES))
            return uf_fail(error, UF_INTERRUPTED, "stopped on request");
        UF_TRY(uf_its_size(&series->view, &run->kind[0], its_dependence[i], run->size_draws, context->seed,
                           &out[i], error));
        UF_TRY(uf_table_add_row(tables->rejections, &row, error));
        UF_TRY(uf_table_set_text(tables->rejections, row, REJECTION_GROUP, label, error));
        UF_TRY(uf_table_set_text(tables->rejections, row, REJECTION_VCOV, its_kind_name(run->kind[0].kind),
                                 error));
        UF_TRY(uf_table_set_number(tables->rejections, row, REJECTION_RHO, its_dependence[i], error));
        UF_TRY(uf_table_set_number(tables->rejections, row, REJECTION_SHARE, out[i], error));
        UF_TRY(uf_table_set_number(tables->rejections, row, REJECTION_DRAWS, (double)run->size_draws, error));
    }
    return UF_OK;
}

uf_status its_add_region(const struct its_run *run, const struct its_series *series, size_t unit,
                         const struct uf_its *fit, double *out_departure, struct its_tables *tables,
                         struct uf_error *error)
{
    *out_departure = estimate_of(series, fit, TERM_DEPARTURE);
    for (int term = 0; term < TERM_LAST; term++)
        UF_TRY(add_term(run, series, fit, 0, run->common.panel->units.label[unit], (enum term)term,
                        tables->regions, error));
    return UF_OK;
}

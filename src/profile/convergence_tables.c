// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/convergence_study.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/tidy.h"

double convergence_growth(const struct convergence_study *study, size_t region)
{
    return log(study->end[region] / study->start[region]) / study->years;
}

void convergence_growth_band(const struct convergence_study *study, size_t region, double *low, double *high)
{
    const struct panel_series *series = &study->series;
    const double half = series->column->rounding > 0 ? series->column->rounding / 2 : 0;
    double start = study->start[region], end = study->end[region];
    *low = end > half ? log((end - half) / (start + half)) / study->years : (double)NAN;
    *high = start > half ? log((end + half) / (start - half)) / study->years : (double)NAN;
}

/* Beside confidence limits: what rounding leaves open has names of its own. */
#define OF_ROUNDING(name, decimals)                                                                          \
    {name "_rounding_low", UF_COLUMN_NUMBER, NULL, decimals},                                                \
    {                                                                                                        \
        name "_rounding_high", UF_COLUMN_NUMBER, NULL, decimals                                              \
    }

/* The two ends of a number that is drawn, `value` itself; none where it is missing. */
static void put_drawn(struct tidy_row *row, const struct convergence_study *study, size_t which, double unit,
                      double value)
{
    const bool there = study->drawn.low != NULL && isfinite(value);
    tidy_number(row, there ? unit * study->drawn.low[which] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
    tidy_number(row, there ? unit * study->drawn.high[which] : (double)NAN, UF_VALUE_NOT_APPLICABLE);
}

static uf_status fit_table(const struct convergence_study *study, struct uf_table **out,
                           struct uf_error *error)
{
    static const struct uf_words title = {"Convergence", "Konvergens"};
    static const struct tidy_column columns[] = {{"from", UF_COLUMN_TEXT, NULL, -1},
                                                 {"to", UF_COLUMN_TEXT, NULL, -1},
                                                 {"regions", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"years", UF_COLUMN_NUMBER, NULL, -1},
                                                 {"beta", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"std_error", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"statistic", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"df", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"p_value", UF_COLUMN_NUMBER, NULL, 4},
                                                 {"conf_low", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"conf_high", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"vcov", UF_COLUMN_TEXT, NULL, -1},
                                                 {"n_clusters", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"r_squared", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"intercept", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"speed", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"speed_std_error", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"speed_low", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"speed_high", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"half_life", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"half_life_std_error", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"half_life_low", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"half_life_high", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"sigma_trend", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"sigma_std_error", UF_COLUMN_NUMBER, NULL, 5},
                                                 {"sigma_p", UF_COLUMN_NUMBER, NULL, 4},
                                                 {"sigma_regions", UF_COLUMN_NUMBER, NULL, 0},
                                                 OF_ROUNDING("beta", 5),
                                                 OF_ROUNDING("intercept", 5),
                                                 OF_ROUNDING("r_squared", 3),
                                                 OF_ROUNDING("speed", 5),
                                                 OF_ROUNDING("half_life", 1),
                                                 OF_ROUNDING("sigma_trend", 5)};
    const struct uf_beta_convergence *b = &study->beta;
    double slope_low, slope_high;
    UF_TRY(convergence_trend_band(study, &slope_low, &slope_high, error));
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("convergence", uf_words_in(title, study->series.language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_series_period(&study->series, study->from));
    tidy_text(&row, panel_series_period(&study->series, study->to));
    const double before[] = {(double)b->n, study->years, b->beta,     b->std_error, b->statistic,
                             b->df,        b->p_value,   b->conf_low, b->conf_high};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) tidy_number(&row, before[i], 0);
    tidy_text(&row, study->covariance->name);
    tidy_number(&row, study->covariance->clustered ? (double)b->n_clusters : (double)NAN,
                UF_VALUE_NOT_APPLICABLE);
    const double after[] = {b->r_squared,     b->intercept,     b->speed,     b->speed_std_error,
                            b->speed_low,     b->speed_high,    b->half_life, b->half_life_std_error,
                            b->half_life_low, b->half_life_high};

    /* no speed or half-life can be formed, or no end of it */
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        tidy_number(&row, after[i], UF_VALUE_NOT_APPLICABLE);
    const double trend[] = {study->trend.slope, study->trend.std_error, study->trend.p_value,
                            (double)study->sigma_regions};
    for (size_t i = 0; i < sizeof trend / sizeof *trend; i++)
        tidy_number(&row, study->has_sigma ? trend[i] : (double)NAN, UF_VALUE_NOT_AVAILABLE);
    const double drawn[CONVERGENCE_DRAWN] = {b->beta, b->intercept, b->r_squared, b->speed, b->half_life};
    for (size_t i = 0; i < CONVERGENCE_DRAWN; i++) put_drawn(&row, study, i, 1, drawn[i]);
    tidy_number(&row, slope_low, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, slope_high, UF_VALUE_NOT_APPLICABLE);
    if (row.status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return row.status;
}

/* The logarithm between the ends that a figure stands for. */
static void put_log(struct tidy_row *row, const struct convergence_study *study, double value,
                    uf_value_status status)
{
    const double half = study->series.column->rounding / 2;
    const bool banded = half > 0;
    tidy_banded(row, log(value), banded && value > half ? log(value - half) : (double)NAN,
                banded ? log(value + half) : (double)NAN, status,
                banded ? status : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static void region_row(const struct convergence_study *study, size_t r, struct tidy_row *row)
{
    const struct panel_series *series = &study->series;
    const size_t from = panel_series_at(series, r, study->from), to = panel_series_at(series, r, study->to);
    const uf_value_status needed = (series->status[from] | series->status[to]) & UF_VALUE_MISSING_MASK;
    double low, high, growth = convergence_growth(study, r), fitted = study->fitted[r];
    convergence_growth_band(study, r, &low, &high);
    tidy_text(row, panel_series_code(series, r));
    tidy_text(row, panel_series_label(series, r));
    tidy_value(row, series->value[from], series->status[from]);
    tidy_value(row, series->value[to], series->status[to]);
    put_log(row, study, study->start[r], series->status[from]);
    tidy_banded(row, 100 * growth, 100 * low, 100 * high, needed, needed);
    /* a region without a control has growth, but no fit */
    const double of_fit[] = {fitted, growth - fitted};
    for (size_t i = 0; i < 2; i++) {
        tidy_number(row, 100 * of_fit[i], needed != 0 ? needed : UF_VALUE_NOT_AVAILABLE);
        put_drawn(row, study, CONVERGENCE_DRAWN + i * series->n_regions + r, 100, of_fit[i]);
    }
}

static uf_status region_table(const struct convergence_study *study, struct uf_table **out,
                              struct uf_error *error)
{
    static const struct uf_words title = {"Level and growth by region", "Nivå och tillväxt per region"};
    const char *unit = study->series.column->unit;
    const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},    {"label", UF_COLUMN_TEXT, NULL, -1},
        {"start", UF_COLUMN_NUMBER, unit, -1}, {"end", UF_COLUMN_NUMBER, unit, -1},
        TIDY_BANDED("log_start", NULL, 3),     TIDY_BANDED("growth", "%", 2),
        TIDY_BANDED("fitted", "%", 2),         TIDY_BANDED("residual", "%", 2)};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("convergence-regions", uf_words_in(title, study->series.language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < study->series.n_regions && status == UF_OK; r++) {
        struct tidy_row row = tidy_row_add(table, error);
        region_row(study, r, &row);
        status = row.status;
    }
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

static uf_status sigma_table(const struct convergence_study *study, struct uf_table **out,
                             struct uf_error *error)
{
    static const struct uf_words title = {"Spread between regions", "Spridning mellan regioner"};
    static const struct uf_words spread = {"Spread", "Spridning"};
    static const struct tidy_column columns[] = {
        {"label", UF_COLUMN_TEXT, NULL, -1},           {"period", UF_COLUMN_TEXT, NULL, -1},
        {"deviation", UF_COLUMN_NUMBER, NULL, 4},      {"deviation_low", UF_COLUMN_NUMBER, NULL, 4},
        {"deviation_high", UF_COLUMN_NUMBER, NULL, 4}, {"regions", UF_COLUMN_NUMBER, NULL, 0}};
    struct uf_table *table = NULL;
    const enum uf_language language = study->series.language;
    double *low = malloc((2 * study->n_sigma + 1) * sizeof *low);
    if (!low) return uf_fail_memory(error);
    double *high = low + study->n_sigma;
    uf_status status = convergence_spread_bands(study, low, high, error);
    if (status == UF_OK)
        status = tidy_table_new("convergence-sigma", uf_words_in(title, language), columns, 6, &table, error);
    for (size_t t = 0; t < study->n_sigma && status == UF_OK; t++) {
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, uf_words_in(spread, language));
        tidy_text(&row, panel_series_period(&study->series, study->sigma_period[t]));
        tidy_number(&row, study->has_sigma ? study->deviation[t] : (double)NAN, UF_VALUE_NOT_AVAILABLE);
        tidy_number(&row, low[t], UF_VALUE_NOT_APPLICABLE);
        tidy_number(&row, high[t], UF_VALUE_NOT_APPLICABLE);
        tidy_number(&row, study->has_sigma ? (double)study->sigma_regions : (double)NAN,
                    UF_VALUE_NOT_AVAILABLE);
        status = row.status;
    }
    free(low);
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

static uf_status finding_table(const struct convergence_study *study, struct uf_table **out,
                               struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("convergence-findings", uf_words_in(title, study->series.language), columns, 3,
                          &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < study->series.n_regions && status == UF_OK; r++) {
        char *text = NULL;
        status = convergence_sentence(study, r, &text, error);
        if (status != UF_OK) break;
        struct tidy_row row = tidy_row_add(table, error);
        tidy_text(&row, panel_series_code(&study->series, r));
        tidy_text(&row, panel_series_label(&study->series, r));
        tidy_text(&row, text);
        status = row.status;
        free(text);
    }
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

uf_status convergence_tables_add(const struct convergence_study *study, struct uf_result *result,
                                 struct uf_error *error)
{
    static uf_status (*const make[])(const struct convergence_study *, struct uf_table **,
                                     struct uf_error *) = {fit_table, region_table, sigma_table,
                                                           finding_table};
    for (size_t i = 0; i < sizeof make / sizeof *make; i++) {
        struct uf_table *table = NULL;
        UF_TRY(make[i](study, &table, error));
        UF_TRY(uf_result_take_table(result, table, error));
    }
    return UF_OK;
}

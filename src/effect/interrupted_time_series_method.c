// SPDX-License-Identifier: GPL-3.0-or-later
/* The method `interrupted-time-series`: its descriptor and its run. */
#include "base/fail.h"
#include "effect/chart_hints.h"
#include "effect/interrupted_time_series_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utfall/design.h>

/* In the order of enum uf_serial_kind. */
static const char *const kinds[] = {"prais-winsten", "newey-west", "integrated-ar1", NULL};
static const char *const sums[] = {"mean", "sum", NULL};

static const struct uf_option options_table[] = {
    {"inference", UF_OPTION_LIST, "integrated-ar1,prais-winsten,newey-west", kinds,
     "how the dependence over time is dealt with; the first is the main one", UF_COLUMNS_NONE},
    {"lag", UF_OPTION_COUNT, NULL, NULL, "lags of newey-west; default: the whole part of 4 (n/100)^(2/9)",
     UF_COLUMNS_NONE},
    {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "confidence level of the intervals",
     UF_COLUMNS_NONE},
    {"series", UF_OPTION_CHOICE, "mean", sums,
     "what the regions are taken together as: mean (weighted) or sum", UF_COLUMNS_NONE},
    {"season", UF_OPTION_FLAG, "false", NULL,
     "a level of its own for each half-year, quarter, month or week of the year", UF_COLUMNS_NONE},
    {"by-region", UF_OPTION_FLAG, "true", NULL, "estimate for each region by itself too", UF_COLUMNS_NONE},
    {"size-draws", UF_OPTION_COUNT, "2000", NULL,
     "simulated series without a departure that the main test is tried on, for each dependence; 0: none",
     UF_COLUMNS_NONE},
};

static const char *const sources[] = {
    "Berger, J. O. & Yang, R.-Y. (1994). Noninformative priors and Bayesian testing for the AR(1) model. "
    "Econometric Theory 10(3–4), 461–482.",
    "Bernal, J. L., Cummins, S. & Gasparrini, A. (2017). Interrupted time series regression for the "
    "evaluation of "
    "public health interventions: a tutorial. International Journal of Epidemiology 46(1), 348–355.",
    "Newey, W. K. & West, K. D. (1987). A simple, positive semi-definite, heteroskedasticity and "
    "autocorrelation "
    "consistent covariance matrix. Econometrica 55(3), 703–708.",
    "Prais, S. J. & Winsten, C. B. (1954). Trend estimators and serial correlation. Cowles Commission "
    "Discussion Paper "
    "383.",
    "Turner, S. L., Forbes, A. B., Karahalios, A., Taljaard, M. & McKenzie, J. E. (2021). Evaluation of "
    "statistical "
    "methods used in the analysis of interrupted time series studies: a simulation study. BMC Medical "
    "Research "
    "Methodology 21, 181.",
    "Zellner, A. & Tiao, G. C. (1964). Bayesian analysis of the regression model with autocorrelated errors. "
    "Journal of the American Statistical Association 59(307), 763–778.",
    NULL,
};

#define OF_SERIES .table = "series", .value = "value", .x = "period", .reference = NAN
static const struct uf_chart_hint charts[] = {
    {OF_SERIES, .kind = "lines", .of_one = "group",
     .title = {"{0}: observed, and the earlier trend continued",
               "{0}: observerat, och tidigare trend framskriven"},
     .label = "label"},
    {OF_SERIES, .kind = "small-multiples", .of_several = "group",
     .title = {"{0}: observed, and the earlier trend continued, by starting period",
               "{0}: observerat, och tidigare trend framskriven, efter startperiod"},
     .label = "group", .group = "label"},
    {EFFECT_EVENT_STUDY_OF("departures", "{0}: departure from the earlier trend by time since the start",
                           "{0}: avvikelse från tidigare trend efter tid sedan start",
                           "Departure from the earlier trend", "Avvikelse från tidigare trend"),
     .of_one = "group"},
    {EFFECT_BY_COHORT_OF("departures",
                         "{0}: departure from the earlier trend by starting period and time since the start",
                         "{0}: avvikelse från tidigare trend efter startperiod och tid sedan start",
                         "Departure from the earlier trend", "Avvikelse från tidigare trend"),
     .of_several = "group", .x_label = {"Periods since the start", "Perioder sedan start"}},
};

/* --- the request -------------------------------------------------------------------------------- */

static enum uf_serial_kind kind_of(const char *name)
{
    size_t kind = 0;
    while (kinds[kind] && strcmp(kinds[kind], name) != 0) kind++;
    return (enum uf_serial_kind)kind;
}

static uf_status read_request(const struct uf_options *options, struct its_run *run, struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(options, "inference");
    size_t lag = uf_options_count(options, "lag");
    for (size_t i = 0; i < list->count; i++) {
        enum uf_serial_kind kind = kind_of(list->items[i]);
        bool again = false;
        for (size_t k = 0; k < run->n_kinds; k++) again |= run->kind[k].kind == kind;
        if (again) continue;
        run->kind[run->n_kinds++] = (struct uf_serial_options){
            .kind = kind, .lag_given = lag != SIZE_MAX, .lag = lag != SIZE_MAX ? lag : 0};
    }
    if (run->n_kinds == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'inference': expected integrated-ar1, prais-winsten or newey-west");
    run->level = uf_options_number(options, "confidence-level");
    if (!(run->level > 0 && run->level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "option 'confidence-level': found %g, expected a number between 0 and 1", run->level);
    run->sum = !strcmp(uf_options_text(options, "series"), "sum");
    run->season = uf_options_flag(options, "season");
    run->by_region = uf_options_flag(options, "by-region");
    run->size_draws = uf_options_count(options, "size-draws");
    return UF_OK;
}

static uf_status check_panel(const struct its_run *run, struct uf_error *error)
{
    const struct uf_panel *panel = run->common.panel;
    if (panel->n_covariates > 0)
        return uf_fail(
            error, UF_BAD_USAGE,
            "interrupted-time-series takes no covariates: leave '%s' out, or derive an outcome that is "
            "adjusted for it",
            panel->columns[panel->covariates[0]].name);
    if (run->sum && panel->weight >= 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "series: sum takes no weights; leave the weight out, or use series: mean");
    for (size_t t = 0; run->season && t < panel->periods.count; t++) {
        enum uf_period_kind kind = panel->period_value && panel->period_value[t]
                                       ? uf_period_kind_of(panel->period_value[t])
                                       : UF_PERIOD_YEAR;
        if (kind == UF_PERIOD_YEAR || kind == UF_PERIOD_SPAN)
            return uf_fail(error, UF_BAD_USAGE,
                           "season needs periods within the year (quarters, months); found the period '%s'",
                           panel->periods.label[t]);
    }
    return UF_OK;
}

static uf_status refuse(const struct its_run *run, const struct its_series *series, struct uf_error *error)
{
    static const struct uf_words text = {"The series has too few periods for a trend before the start, a "
                                         "departure after it and an error: {0} regions "
                                         "with values in the same {1} periods.",
                                         "Serien har för få perioder för en trend före start, en avvikelse "
                                         "efter den och ett medelfel: {0} regioner med "
                                         "värden i samma {1} perioder."};
    static const struct uf_words advice = {"Get more periods, or leave out regions with gaps.",
                                           "Skaffa fler perioder, eller uteslut regioner med luckor."};
    const struct uf_argument arguments[] = {uf_count_argument(series->n_units),
                                            uf_count_argument(series->view.n)};
    return effect_refuse(&run->common, "series-too-short", text, advice, arguments, 2, error);
}

/* --- the run ------------------------------------------------------------------------------------ */

static uf_status add_cohort(const struct its_run *run, size_t start, struct its_tables *tables,
                            struct uf_error *error)
{
    struct its_series series;
    struct uf_its fits[ITS_MOST_KINDS];
    memset(fits, 0, sizeof fits);
    struct uf_error reason;
    const char *label = run->common.sample->n_cohorts > 1 ? run->common.panel->periods.label[start] : NULL;
    UF_TRY(its_series_init(run, start, SIZE_MAX, &series, error));
    uf_status status = UF_OK;
    for (size_t kind = 0; kind < run->n_kinds && status == UF_OK; kind++)
        status = uf_its_fit(&series.view, &run->kind[kind], &fits[kind], &reason);
    if (status == UF_NOT_IDENTIFIED)
        status = refuse(run, &series, error);
    else if (status != UF_OK && error)
        *error = reason;
    double size[ITS_SIZES];
    if (status == UF_OK) status = its_add_rejections(run, &series, label, tables, size, error);
    if (status == UF_OK) status = its_note_series(run, &series, label, &fits[0], size, error);
    if (status == UF_OK) status = its_add_cohort(run, &series, label, fits, tables, error);
    if (status == UF_OK) status = its_add_before(run, &series, label, tables->before, error);
    for (size_t kind = 0; kind < run->n_kinds; kind++) uf_its_clear(&fits[kind]);
    its_series_clear(&series);
    return status;
}

static uf_status add_regions(const struct its_run *run, struct its_tables *tables, struct uf_error *error)
{
    const struct uf_did_data *data = &run->common.sample->data;
    size_t up = 0, down = 0, failed = 0;
    for (size_t u = 0; u < data->n_units; u++) {
        size_t start = data->first_period[u];
        struct its_series series;
        struct uf_its fit;
        struct uf_error reason;
        double departure;
        if (start == 0 || start >= data->n_periods) continue;
        UF_TRY(its_series_init(run, start, u, &series, error));
        uf_status status =
            series.view.n == 0 ? UF_NOT_IDENTIFIED : uf_its_fit(&series.view, &run->kind[0], &fit, &reason);
        failed += status == UF_NOT_IDENTIFIED && series.view.n > 0;
        if (status == UF_OK) {
            status = its_add_region(run, &series, u, &fit, &departure, tables, error);
            up += departure > 0, down += departure < 0;
            uf_its_clear(&fit);
        } else if (status != UF_NOT_IDENTIFIED && error) {
            *error = reason;
        }
        its_series_clear(&series);
        if (status != UF_NOT_IDENTIFIED) UF_TRY(status);
    }
    return its_note_regions(run, up, down, failed, error);
}

static uf_status estimate(const struct its_run *run, struct uf_error *error)
{
    const struct effect_sample *sample = run->common.sample;
    struct its_tables tables;
    bool *start = calloc(sample->data.n_periods + 1, sizeof *start);
    if (!start) return uf_fail_memory(error);
    uf_status status = its_tables_init(run, &tables, error);
    if (status != UF_OK) {
        free(start);
        return status;
    }
    for (size_t i = 0; i < sample->data.n; i++) {
        size_t first = sample->data.first_period[sample->data.unit[i]];
        if (first > 0 && first < sample->data.n_periods) start[first] = true;
    }
    bool any = false;
    for (size_t t = 0; t < sample->data.n_periods; t++) any |= start[t];
    if (status == UF_OK && !any) status = refuse(run, &(struct its_series){0}, error);
    for (size_t t = 0; t < sample->data.n_periods && status == UF_OK; t++)
        if (start[t]) status = add_cohort(run, t, &tables, error);
    if (status == UF_OK && run->by_region && sample->n_treated > 1) status = add_regions(run, &tables, error);
    if (status == UF_OK)
        status = its_tables_take(run, &tables, error);
    else
        its_tables_clear(&tables);
    free(start);
    return status == UF_OK ? its_note_limits(run, error) : status;
}

static uf_status run_its(const struct uf_panel *panel, const struct uf_options *options,
                         const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct uf_design design;
    struct effect_sample sample;
    struct effect_inference inference = {0};
    if (panel->outcome < 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "interrupted-time-series needs an outcome: name one column as the outcome");
    const struct uf_panel_column *outcome = &panel->columns[panel->outcome];
    struct its_run run = {.common = {.panel = panel,
                                     .context = context,
                                     .sample = &sample,
                                     .result = result,
                                     .method = "interrupted-time-series",
                                     .outcome = outcome->name,
                                     .unit = outcome->unit,
                                     .inference = &inference}};
    UF_TRY(read_request(options, &run, error));
    UF_TRY(check_panel(&run, error));
    inference.level = run.level;
    UF_TRY(uf_design_check(panel, UF_COMPARE_ITSELF, context, &design, result, error));
    result->claim = design.claim;
    if (uf_result_has_fatal(result)) return uf_design_refuse(result, error);
    UF_TRY(effect_sample_init(panel, context->language, &sample, result, error));
    uf_status status = estimate(&run, error);
    effect_sample_clear(&sample);
    return status == UF_OK ? uf_design_report(panel, &design, context->language, result, error) : status;
}

const struct uf_method uf_method_interrupted_time_series = {
    .name = "interrupted-time-series",
    .family = UF_FAMILY_EFFECT,
    .title = {"Interrupted time series", "Avbruten tidsserie"},
    .summary =
        {"How far the treated depart from their own earlier trend: for when all are treated at once",
         "Hur långt insatsregionerna avviker från sin egen tidigare trend: när alla får insatsen samtidigt"},
    .formula_note = {"The treated regions' mean is regressed on time, on the time from the start on and on "
                     "the time since the start: "
                     "the change of level, the change of slope, and their sum, the departure from the "
                     "earlier trend continued. "
                     "Errors allow for the dependence between years, integrated out of an autoregression "
                     "(main), by Prais and "
                     "Winsten's transformation and by Newey and West's covariance. There is no comparison "
                     "group: the departure is a description of the "
                     "series, and what else "
                     "happened at the same time is part of it.",
                     "Insatsregionernas medelvärde förklaras med tiden, med tiden från och med start och med "
                     "tiden sedan start: "
                     "nivåns ändring, lutningens ändring och summan av dem, avvikelsen från den tidigare "
                     "trenden framskriven. "
                     "Medelfelen tar hänsyn till beroendet mellan åren, integrerat ut ur en autoregression "
                     "(huvudsaklig), med Prais och Winstens transformation och med Newey och Wests "
                     "kovarians. Det finns ingen jämförelsegrupp: avvikelsen beskriver "
                     "serien, och allt annat "
                     "som hände samtidigt ingår i den."},
    .sources = sources,
    .options = options_table,
    .n_options = sizeof options_table / sizeof *options_table,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = false,
    .needs_treatment = true,
    .needs_period = true,
    .narrow_option = "inference",
    .narrow_reason =
        "there is one series and nothing it is compared with, so that no clusters, treated or comparison "
        "regions could tell its error: with comparison regions the other types are did's",
    .run = run_its,
};

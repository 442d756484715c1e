// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/convergence_study.h"
#include "profile/panel_activity.h"

/* In the order of the descriptor's choices; the names are those of the covariances. */
static const char *const covariance_choices[] = {"iid", "hc1",  "hc2", "hc3", "cr0",
                                                 "cr1", "cr1s", "cr2", "cr3", NULL};

static void study_clear(struct convergence_study *study)
{
    rounding_bands_clear(&study->drawn);
    panel_series_clear(&study->series);
    gsl_matrix_free(study->controls);
    free(study->cluster);
    free(study->start);
    free(study->end);
    free(study->fitted);
    free(study->sigma_period);
    free(study->deviation);
    *study = (struct convergence_study){0};
}

/* --- what the options say ----------------------------------------------------------------------- */

/* In years, from steps of their kind: months count twelfths. */
static uf_status find_years(struct convergence_study *study, struct uf_error *error)
{
    static const double per_year[] = {1, 2, 4, 12, 52.1775, 0};
    const struct uf_panel *panel = study->series.panel;
    const uf_period from = panel->period_value[study->from], to = panel->period_value[study->to];
    if (from == 0 || to == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "Growth needs time, and '%s' is no period; name the column with the periods.",
                       panel->periods.code[from == 0 ? study->from : study->to]);
    if (uf_period_kind_of(from) != uf_period_kind_of(to) || uf_period_kind_of(from) == UF_PERIOD_SPAN)
        return uf_fail(error, UF_BAD_USAGE, "%s and %s are not the same kind of period; give two years.",
                       panel->periods.code[study->from], panel->periods.code[study->to]);
    study->years = uf_period_difference(from, to) / per_year[uf_period_kind_of(from)];
    if (study->years > 0) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "The first period, %s, must come before the last, %s.",
                   panel->periods.code[study->from], panel->periods.code[study->to]);
}

/* Groups by the first characters of the code, or the parent region. */
static uf_status find_clusters(struct convergence_study *study, const struct uf_options *options,
                               struct uf_error *error)
{
    const struct uf_panel *panel = study->series.panel;
    const size_t digits = uf_options_count(options, "cluster-digits"), n = study->series.n_regions;
    const bool by_parent = digits == SIZE_MAX;
    if (by_parent && !panel->unit_group)
        return uf_fail(
            error, UF_BAD_USAGE,
            "The covariance '%s' needs clusters, and a file says nothing of parent regions; give the "
            "number of characters of the code that they share (cluster-digits: 4 for NUTS 2).",
            study->covariance->name);
    study->cluster = malloc((n + 1) * sizeof *study->cluster);
    if (!study->cluster) return uf_fail_memory(error);
    for (size_t r = 0; r < n; r++) {
        const char *own = panel_series_code(&study->series, r);
        if (by_parent) own = panel->unit_group[study->series.region[r]];
        study->cluster[r] = study->n_groups;
        for (size_t q = 0; q < r && own; q++) {
            const char *other = panel_series_code(&study->series, q);
            if (by_parent) other = panel->unit_group[study->series.region[q]];
            if (!other || (by_parent ? strcmp(own, other) : strncmp(own, other, digits)) != 0) continue;
            study->cluster[r] = study->cluster[q];
            break;
        }
        study->n_groups += study->cluster[r] == study->n_groups;
    }
    return UF_OK;
}

static uf_status find_controls(struct convergence_study *study, struct uf_error *error)
{
    const struct uf_panel *panel = study->series.panel;
    const size_t k = study->control_names->count, n = study->series.n_regions;
    if (k == 0) return UF_OK;
    study->controls = gsl_matrix_alloc(n, k);
    if (!study->controls) return uf_fail_memory(error);
    gsl_matrix_set_all(study->controls, NAN);
    for (size_t j = 0; j < k; j++) {
        size_t column = uf_panel_column(panel, study->control_names->items[j]);
        if (column == SIZE_MAX)
            return uf_fail(
                error, UF_BAD_USAGE,
                "The option 'controls' names '%s', which is no column of the data (figures from a file: "
                "--data).",
                study->control_names->items[j]);
        for (size_t i = 0; i < panel->n_rows; i++)
            for (size_t r = 0; r < n && panel->period[i] == study->from; r++)
                if (panel->unit[i] == study->series.region[r])
                    gsl_matrix_set(study->controls, r, j, panel->columns[column].value[i]);
    }
    return UF_OK;
}

static uf_status prepare(struct convergence_study *study, const struct uf_panel *panel,
                         const struct uf_options *options, enum uf_language language, struct uf_error *error)
{
    UF_TRY(panel_activity_period(panel, options, "from", false, &study->from, error));
    UF_TRY(panel_activity_period(panel, options, "to", true, &study->to, error));
    UF_TRY(panel_series_new(panel, options, language, &study->series, error));
    UF_TRY(find_years(study, error));
    study->level = uf_options_number(options, "confidence-level");
    if (!(study->level > 0 && study->level < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "The option 'confidence-level' is %g; expected a share between 0 and 1, as 0.95.",
                       study->level);
    study->control_names = uf_options_list(options, "controls");
    study->covariance = uf_covariance_find(uf_options_text(options, "vcov"));
    if (!study->covariance) return uf_fail(error, UF_INTERNAL, "a covariance of the descriptor is not known");
    UF_TRY(find_controls(study, error));
    return study->covariance->clustered ? find_clusters(study, options, error) : UF_OK;
}

/* --- computing ---------------------------------------------------------------------------------- */

static uf_status check_positive(const struct convergence_study *study, struct uf_error *error)
{
    const struct panel_series *series = &study->series;
    for (size_t r = 0; r < series->n_regions; r++)
        for (size_t t = study->from; t <= study->to; t++) {
            double value = series->value[panel_series_at(series, r, t)];
            if (isnan(value) || value > 0) continue;
            return uf_fail(
                error, UF_BAD_INPUT,
                "'%s' is %g for region %s, period %s: growth rates and logarithms need values above 0. "
                "Leave the region out (leave-out), or choose other periods.",
                series->column->name, value, panel_series_code(series, r), series->panel->periods.code[t]);
        }
    return UF_OK;
}

static uf_status compute_beta(struct convergence_study *study, struct uf_result *result,
                              struct uf_error *error)
{
    const struct panel_series *series = &study->series;
    const size_t n = series->n_regions;
    study->start = malloc((n + 1) * sizeof *study->start);
    study->end = malloc((n + 1) * sizeof *study->end);
    study->fitted = malloc((n + 1) * sizeof *study->fitted);
    bool *missing = calloc(n + 1, sizeof *missing);
    uf_value_status reasons = 0;
    if (!study->start || !study->end || !study->fitted || !missing) {
        free(missing);
        return uf_fail_memory(error);
    }
    for (size_t r = 0; r < n; r++) {
        size_t from = panel_series_at(series, r, study->from), to = panel_series_at(series, r, study->to);
        study->start[r] = series->value[from];
        study->end[r] = series->value[to];
        missing[r] = isnan(study->start[r]) || isnan(study->end[r]);
        for (size_t j = 0; study->controls && j < study->controls->size2; j++)
            missing[r] = missing[r] || !isfinite(gsl_matrix_get(study->controls, r, j));
        if (missing[r]) reasons |= series->status[from] | series->status[to];
    }
    uf_status status = panel_series_tell_missing(series, missing, reasons, result, error);
    free(missing);
    UF_TRY(status);
    study->covariance_kind = (enum uf_covariance_kind)(study->covariance - uf_covariance_types(&(size_t){0}));
    const struct uf_beta_options options = {.covariance = study->covariance_kind,
                                            .cluster = study->cluster,
                                            .n_groups = study->n_groups,
                                            .level = study->level,
                                            .fitted = study->fitted};
    return uf_beta_convergence(study->start, study->end, n, study->years, study->controls, &options,
                               &study->beta, error);
}

double convergence_time(const struct convergence_study *study, size_t t)
{
    const uf_period *value = study->series.panel->period_value;
    return study->years * uf_period_difference(value[study->from], value[t]) /
           uf_period_difference(value[study->from], value[study->to]);
}

/* The spread in each period from first to last; periods in which no region has a figure are passed over. */
static uf_status compute_sigma(struct convergence_study *study, struct uf_error *error)
{
    const struct panel_series *series = &study->series;
    const size_t n = series->n_regions;
    study->sigma_period = calloc(series->n_periods + 1, sizeof *study->sigma_period);
    study->deviation = malloc((series->n_periods + 1) * sizeof *study->deviation);
    if (!study->sigma_period || !study->deviation) return uf_fail_memory(error);
    const enum uf_period_kind kind = uf_period_kind_of(series->panel->period_value[study->from]);
    for (size_t t = study->from; t <= study->to; t++) {
        bool any = false;
        for (size_t r = 0; r < n; r++) any = any || !isnan(series->value[panel_series_at(series, r, t)]);
        if (any && uf_period_kind_of(series->panel->period_value[t]) == kind)
            study->sigma_period[study->n_sigma++] = t;
    }
    gsl_matrix *value = gsl_matrix_alloc(n, study->n_sigma);
    double *time = malloc((study->n_sigma + 1) * sizeof *time);
    uf_status status = value && time ? UF_OK : uf_fail_memory(error);
    for (size_t t = 0; t < study->n_sigma && status == UF_OK; t++) {
        time[t] = convergence_time(study, study->sigma_period[t]);
        for (size_t r = 0; r < n; r++)
            gsl_matrix_set(value, r, t, series->value[panel_series_at(series, r, study->sigma_period[t])]);
    }
    if (status == UF_OK)
        status =
            uf_sigma_convergence(value, time, study->deviation, &study->trend, &study->sigma_regions, error);
    study->has_sigma = status == UF_OK;
    gsl_matrix_free(value);
    free(time);
    /* Gaps can leave no region complete: then there is no spread to follow, and that is said. */
    return status == UF_NOT_IDENTIFIED ? UF_OK : status;
}

static uf_status refuse(const struct convergence_study *study, const struct uf_error *reason,
                        struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"Convergence cannot be estimated: {0}",
                                         "Konvergens kan inte skattas: {0}"};
    static const struct uf_words advice = {
        "Choose periods with figures for more regions, fewer controls, or another covariance (vcov).",
        "Välj perioder med uppgifter för fler regioner, färre kontroller eller en annan kovarians (vcov)."};
    struct uf_argument argument = uf_text_argument(reason->message);
    return uf_result_add_note(result, study->series.language, UF_FATAL, "no-convergence-fit", text, advice,
                              &argument, 1, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct convergence_study study = {0};
    struct uf_error reason = {0};
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = prepare(&study, panel, options, context->language, &reason);
    if (status == UF_OK) status = check_positive(&study, &reason);
    if (status == UF_OK) status = compute_beta(&study, result, &reason);
    if (status == UF_NOT_IDENTIFIED) {
        uf_status told = refuse(&study, &reason, result, &reason);
        if (told != UF_OK) status = told;
    }
    const struct rounding_plan plan = rounding_plan_of(options, context);
    if (status == UF_OK) status = convergence_fit_bands(&study, &plan, &reason);
    if (status == UF_OK) status = compute_sigma(&study, &reason);
    if (status == UF_OK) status = convergence_tables_add(&study, result, &reason);
    if (status == UF_OK) status = convergence_tell(&study, result, &reason);
    if (status == UF_OK) status = rounding_bands_tell(&study.drawn, context->language, result, &reason);
    study_clear(&study);
    if (status != UF_OK && error) *error = reason;
    return status;
}

static const struct uf_option options_list[] = {
    {"from", UF_OPTION_PERIOD, NULL, NULL, "The first period; default the first with values", false},
    {"to", UF_OPTION_PERIOD, NULL, NULL, "The last period; default the last with values", false},
    PANEL_SERIES_OPTIONS,
    {"controls", UF_OPTION_LIST, NULL, NULL,
     "Columns to adjust for, as they are in the first period (conditional convergence)", true},
    {"vcov", UF_OPTION_CHOICE, "hc1", covariance_choices, "The covariance behind errors and intervals",
     false},
    {"cluster-digits", UF_OPTION_COUNT, NULL, NULL,
     "Clusters by the first characters of the code (4: NUTS 2); default the parent region", false},
    {"confidence-level", UF_OPTION_NUMBER, "0.95", NULL, "Of the intervals", false},
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_scatter_hint growth_scatter = {
    .reference_x = NAN,
    .fit = true,
    .x_label = {"Level in the first period (natural logarithm)",
                "Nivå i den första perioden (naturlig logaritm)"},
};

static const struct uf_chart_hint charts[] = {
    {.kind = "scatter",
     .table = "convergence-regions",
     .title = {"Level {2} and growth to {3}. {0}", "Nivå {2} och tillväxt till {3}. {0}"},
     .value_label = {"Growth per year", "Tillväxt per år"},
     .value = "growth",
     .low = "growth_low",
     .high = "growth_high",
     .x = "log_start",
     .label = "label",
     .reference = NAN,
     .scatter = &growth_scatter},
    {.kind = "lines",
     .table = "convergence-sigma",
     .title = {"Spread between regions, {2}–{3}. {0}", "Spridning mellan regioner, {2}–{3}. {0}"},
     .value_label = {"Standard deviation of logarithms", "Standardavvikelse av logaritmer"},
     .value = "deviation",
     .low = "deviation_low",
     .high = "deviation_high",
     .x = "period",
     .label = "label",
     .reference = NAN},
};

static const char *const sources[] = {
    "Barro, R. J. & Sala-i-Martin, X. (1992). Convergence. Journal of Political Economy 100(2), 223–251.",
    NULL,
};

const struct uf_method uf_method_convergence = {
    .name = "convergence",
    .family = UF_FAMILY_PROFILE,
    .title = {"Convergence", "Konvergens"},
    .summary =
        {"Do poorer regions grow faster (beta), and do regions grow more alike (sigma)? Speed, half-life, "
         "trend",
         "Växer fattigare regioner snabbare (beta), och blir regioner mer lika (sigma)? Takt, halveringstid, "
         "trend"},
    .formula_note =
        {"β is the slope of yearly log growth ln(y_T/y_0)/T on the logarithm of the level at the start, by "
         "least "
         "squares, with controls where they are given: below 0, poorer regions grow faster. The speed λ = "
         "−ln(1 + Tβ)/T "
         "is the share of a gap that closes in a year, the half-life ln 2/λ the years until half of it is "
         "closed. The "
         "interval of λ is by the delta method, that of the half-life is ln 2 over its ends. σ is the "
         "standard deviation "
         "(n − 1) of logarithms over the regions that have a figure in every period.",
         "β är lutningen för den årliga logaritmiska tillväxten ln(y_T/y_0)/T mot logaritmen av nivån i "
         "början, enligt "
         "minsta kvadratmetoden, med kontroller om sådana anges: under 0 växer fattigare regioner snabbare. "
         "Takten "
         "λ = −ln(1 + Tβ)/T är den andel av ett gap som sluts på ett år, halveringstiden ln 2/λ åren tills "
         "hälften är "
         "sluten. Intervallet för λ är enligt deltametoden, halveringstidens är ln 2 delat med dess ändar. σ "
         "är "
         "standardavvikelsen (n − 1) av logaritmer över de regioner som har uppgift i alla perioder."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_period = true,
    .run = run,
};

// SPDX-License-Identifier: GPL-3.0-or-later
/* Was the trend before the start a straight line? The same test at a placebo start, halfway, in the periods before alone; and how
 * sharp a bend it would have found. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "base/fail.h"
#include "effect/interrupted_time_series_run.h"
#include "effect/significant.h"

#include <utfall/distribution.h>

static const struct uf_words none = {NULL, NULL};

/* Decimals follow the numbers: bends are small ones. */
enum { GROUP, VCOV, PERIOD, ESTIMATE, STD_ERROR, LOW, HIGH, P_VALUE, BEND_50, BEND_80, BEFORE_COLUMNS };
static const struct effect_column columns[BEFORE_COLUMNS] = {
    [GROUP] = {"group", false, false, -1},          [VCOV] = {"vcov", false, false, -1},
    [PERIOD] = {"placebo_start", false, false, -1}, [ESTIMATE] = {"estimate", true, true, 4},
    [STD_ERROR] = {"std_error", true, true, 4},     [LOW] = {"conf_low", true, true, 4},
    [HIGH] = {"conf_high", true, true, 4},          [P_VALUE] = {"p_value", true, false, 4},
    [BEND_50] = {"slope_50", true, true, 4},        [BEND_80] = {"slope_80", true, true, 4}};

uf_status its_before_new(const struct its_run *run, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {
        "Was the trend straight before the start? The same test at a placebo start, halfway",
        "Var trenden rak före start? Samma test vid en låtsad start, halvvägs"};
    return effect_columns_new(&run->common, "trend-before", title, columns, BEFORE_COLUMNS, out, error);
}

/* The test of one inference at the placebo start. */
struct placebo {
    double estimate, times; /* times: mean time from the placebo start on */
    struct uf_t_test test;
    double bend[2]; /* a period, found with 50 and 80 per cent */
};

/* With its own error: an interval is half as wide as what is found every other time, and 0.84 of an error (in its t) more is
 * found four times of five. A bend moves the departure by its mean time since the placebo start. */
static uf_status test_bend(const struct uf_its_series *before, const struct uf_serial_options *options,
                           double level, struct placebo *out, struct uf_error *error)
{
    struct uf_its its;
    double sum = 0, ignored;
    size_t count = 0;
    UF_TRY(uf_its_fit(before, options, &its, error));
    for (size_t i = 0; i < before->n; i++)
        if (before->time[i] >= before->start) sum += (double)before->time[i], count++;
    const double mean = sum / (double)count;
    out->times = mean - (double)before->start;
    uf_its_departure(&its, before, mean, &out->estimate, &ignored);
    out->test = uf_its_test(&its, before, mean, false, level);
    const struct uf_t_test at_05 = uf_its_test(&its, before, mean, false, 0.95);
    const double half = (at_05.conf_high - at_05.conf_low) / 2, df = its.fit.df;
    out->bend[0] = half / out->times;
    out->bend[1] = (half + uf_t_quantile(0.8, df) * at_05.std_error) / out->times;
    uf_its_clear(&its);
    return UF_OK;
}

static uf_status add_row(const struct its_run *run, const char *group, size_t kind, const char *period,
                         const struct placebo *placebo, struct uf_table *table, struct uf_error *error)
{
    const double values[] = {placebo->estimate,       placebo->test.std_error, placebo->test.conf_low,
                             placebo->test.conf_high, placebo->test.p_value,   placebo->bend[0],
                             placebo->bend[1]};
    size_t row;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, GROUP, group, error));
    UF_TRY(uf_table_set_text(table, row, VCOV, its_kind_name(run->kind[kind].kind), error));
    UF_TRY(uf_table_set_text(table, row, PERIOD, period, error));
    for (size_t c = 0; c < sizeof values / sizeof *values; c++)
        UF_TRY(effect_set_number(table, row, ESTIMATE + c, values[c], error));
    return UF_OK;
}

/* By the main inference. `last`: time since the start of the last period, to which a bend would carry the trend. */
static uf_status note(const struct its_run *run, const char *start, const char *period,
                      const struct placebo *placebo, double carried, struct uf_error *error)
{
    static const struct uf_words straight = {
        "{7}Of the periods before the start those from {0} on do not depart from the trend of the earlier "
        "ones "
        "(p = {1}). The test would have found a bend of {2} a period half of the time and one of {3} in four "
        "cases of five. A bend of that size at the start would alone make the departure {4} and {5}.",
        "{7}Av perioderna före start avviker de från och med {0} inte från de tidigares trend (p = {1}). "
        "Testet "
        "skulle ha upptäckt ett trendbrott på {2} per period i hälften av fallen och ett på {3} i fyra fall "
        "av "
        "fem. Ett så stort trendbrott vid start skulle ensamt göra avvikelsen till {4} respektive {5}."};
    static const struct uf_words bends = {
        "{7}The trend had turned already before the start: from {0} on the periods before it depart from the "
        "trend "
        "of the earlier ones (p {6} {1}). A straight line carried on does not show what would have happened "
        "without the intervention.",
        "{7}Trenden hade vänt redan före start: från och med {0} avviker perioderna före den från de "
        "tidigares "
        "trend (p {6} {1}). En framskriven rät linje visar därför inte vad som hade hänt utan insatsen."};
    static const struct uf_words advice = {
        "Begin the series later, where the trend is straight, and say why; or compare with regions outside.",
        "Börja serien senare, där trenden är rak, och säg varför; eller jämför med regioner utanför."};
    const double p = placebo->test.p_value;
    const struct uf_argument arguments[] = {uf_text_argument(period),
                                            uf_number_argument(p < 0.0005 ? 0.001 : p, 3),
                                            significant_argument(placebo->bend[0]),
                                            significant_argument(placebo->bend[1]),
                                            significant_argument(placebo->bend[0] * carried),
                                            significant_argument(placebo->bend[1] * carried),
                                            uf_text_argument(p < 0.0005 ? "<" : "="),
                                            uf_text_argument(start)};
    const bool turned = p < 0.05;
    return effect_note(&run->common, turned ? UF_WARNING : UF_NOTE,
                       turned ? "trend-before-bends" : "trend-before", turned ? bends : straight,
                       turned ? advice : none, arguments, 8, error);
}

static uf_status note_untested(const struct its_run *run, const char *start, struct uf_error *error)
{
    static const struct uf_words text = {
        "{0}Whether the trend was straight before the start could not be tested: there are too few periods "
        "before "
        "it.",
        "{0}Om trenden var rak före start gick inte att pröva: perioderna före är för få."};
    const struct uf_argument argument = uf_text_argument(start);
    return effect_note(&run->common, UF_NOTE, "trend-before-untested", text, none, &argument, 1, error);
}

uf_status its_add_before(const struct its_run *run, const struct its_series *series, const char *label,
                         struct uf_table *table, struct uf_error *error)
{
    struct uf_its_series before = series->view;
    double sum = 0;
    before.n = 0;
    for (size_t i = 0; i < series->view.n; i++)
        if (series->view.time[i] < series->view.start)
            before.n++;
        else
            sum += (double)(series->view.time[i] - series->view.start);
    const double carried = sum / (double)(series->view.n - before.n);
    char start[80] = "";
    if (label) snprintf(start, sizeof start, "Start %s: ", label); /* alike in both languages */
    if (before.n < 2) return note_untested(run, start, error);
    before.start = before.time[before.n / 2];
    const char *period = run->common.panel->periods.label[series->period[before.n / 2]];
    static const char *const bends[] = {"slope_50", "slope_80", NULL};
    for (size_t kind = 0; kind < run->n_kinds; kind++) {
        struct placebo placebo;
        struct uf_error reason;
        const uf_status status = test_bend(&before, &run->kind[kind], run->level, &placebo, &reason);
        if (status == UF_NOT_IDENTIFIED || (status == UF_OK && isnan(placebo.test.p_value))) {
            if (kind == 0) return note_untested(run, start, error);
            continue;
        }
        if (status != UF_OK) {
            if (error) *error = reason;
            return status;
        }
        UF_TRY(add_row(run, label, kind, period, &placebo, table, error));
        if (kind == 0) UF_TRY(note(run, start, period, &placebo, carried, error));
    }
    effect_fit_decimals(table, "slope_50", bends);
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_CHART_HINTS_H
#define UTFALL_EFFECT_CHART_HINTS_H
/* Charts that several effect methods have, for the list of a descriptor. */
#include <math.h>

#include <utfall/method.h>

/* The main estimate; of the coefficient and of the scaled statistic: p and the smallest possible one, assignments tried and
 * possible, the actual assignment's statistic. */
extern const struct uf_hint_number effect_main_estimate, effect_randomisation_numbers[5],
    effect_scaled_numbers[5];

/* Differences by time since the start with both bands, of a table with the columns of `event-study`; the arguments are pairs of
 * texts. */
#define EFFECT_EVENT_STUDY_OF(of, title_en, title_sv, value_en, value_sv)                                    \
    .kind = "event-study", .table = (of), .title = {title_en, title_sv},                                     \
    .value_label = {value_en, value_sv}, .value = "estimate", .low = "conf_low", .high = "conf_high",        \
    .low2 = "band_low", .high2 = "band_high", .x = "event_time", .reference = 0
#define EFFECT_CHART_EVENT_STUDY(title_en, title_sv, value_en, value_sv)                                     \
    {                                                                                                        \
        EFFECT_EVENT_STUDY_OF("event-study", title_en, title_sv, value_en, value_sv)                         \
    }
#define EFFECT_CHART_BY_TIME                                                                                 \
    EFFECT_CHART_EVENT_STUDY("{0}: difference from the comparison by time since the start",                  \
                             "{0}: skillnad mot jämförelsen efter tid sedan start",                          \
                             "Difference from the comparison", "Skillnad mot jämförelsen")
/* A small chart of that kind for each cohort, of a table with a column `group`; with the same arguments. */
#define EFFECT_BY_COHORT_OF(of, title_en, title_sv, value_en, value_sv)                                      \
    .kind = "small-multiples", .table = (of), .title = {title_en, title_sv},                                 \
    .value_label = {value_en, value_sv}, .value = "estimate", .low = "conf_low", .high = "conf_high",        \
    .form = "intervals", .label = "group", .x = "event_time", .reference = 0
#define EFFECT_CHART_BY_COHORT                                                                               \
    {                                                                                                        \
        EFFECT_BY_COHORT_OF("group-time",                                                                    \
                            "{0}: difference from the comparison by starting year and time since the start", \
                            "{0}: skillnad mot jämförelsen efter startår och tid sedan start",               \
                            "Difference from the comparison", "Skillnad mot jämförelsen"),                   \
            .x_label = {                                                                                     \
                "Periods since the start (line: the start)",                                                 \
                "Perioder sedan start (linjen: start)"                                                       \
            }                                                                                                \
    }
/* Means of treated and comparison regions over time (table `raw-trends`). */
#define EFFECT_CHART_TRENDS                                                                                  \
    {                                                                                                        \
        .kind = "lines", .table = "raw-trends",                                                              \
        .title = {"{0}: means of treated and comparison regions",                                            \
                  "{0}: medelvärden för insats- och jämförelseregioner"},                                    \
        .value = "value", .label = "label", .x = "period", .reference = NAN                                  \
    }
/* The estimate among those of the treatment dealt out anew (tables `randomisation`, `randomisation-scaled`,
 * `randomisation-test`): by the statistic that is reported first. */
#define EFFECT_DEALT_OUT                                                                                     \
    .kind = "histogram",                                                                                     \
    .title = {"{0}: the estimate among those of the treatment dealt out anew",                               \
              "{0}: skattningen bland dem när insatsen fördelas på nytt"},                                   \
    .subtitle = {"p = {0}; smallest p that could have come out: {1} ({2} of {3} assignments tried)",         \
                 "p = {0}; minsta p som hade kunnat uppkomma: {1} ({2} av {3} fördelningar prövade)"},       \
    .n_numbers = 4, .value_label = {"Number of assignments", "Antal fördelningar"}, .value = "count",        \
    .low = "low", .high = "high", .reference = NAN
#define EFFECT_CHART_RANDOMISATION                                                                           \
    {EFFECT_DEALT_OUT,                                                                                       \
     .table = "randomisation",                                                                               \
     .unless_table = "randomisation-scaled",                                                                 \
     .numbers = effect_randomisation_numbers,                                                                \
     .x_label = {"Coefficient", "Koefficient"},                                                              \
     .marked_label = {"the estimate: {0}", "skattningen: {0}"},                                              \
     .marked_from = &effect_main_estimate},                                                                  \
    {                                                                                                        \
        EFFECT_DEALT_OUT, .table = "randomisation-scaled", .numbers = effect_scaled_numbers,                 \
                          .x_label = {"Coefficient divided by the noise of the regions before the start",    \
                                      "Koefficient delad med regionernas brus före start"},                  \
                          .marked_label = {"the actual one: {0}", "den verkliga: {0}"},                      \
                          .marked_from = &effect_scaled_numbers[4]                                           \
    }
#endif

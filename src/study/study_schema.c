// SPDX-License-Identifier: GPL-3.0-or-later
/* The keys of a study file, as data: the study itself and its analyses (those of its data are in study_schema_data.c).
 * docs/study-file.md says the same in words; a test holds the two together. */
#include "study/study_schema.h"

static const char *const languages[] = {"sv", "en", NULL};
static const char *const follow_charts[] = {"lines", "tile-map", NULL};
static const char *const judgements[] = {"plausible", "doubtful", "violated", "not-testable", NULL};
static const char *const multiple_testing[] = {"holm", "romano-wolf", "benjamini-hochberg", "none", NULL};
static const char *const abouts[] = {
    "parallel-trends",    "no-anticipation",        "no-spill-over",
    "stable-composition", "correct-inference",      "no-concurrent-interventions",
    "constant-effects",   "strong-parallel-trends", NULL};
static const char *const disclosure_actions[] = {"refuse", "suppress", NULL};
static const char *const report_formats[] = {"html", "xlsx", "csv", "json", NULL};
static const char *const chart_formats[] = {"svg", "png", "pdf", "emf", NULL};

static const struct schema_field cost_fields[] = {
    FIELD(study_cost, "amount", amount, SCHEMA_NUMBER, .required = true, .summary = "the amount"),
    FIELD(study_cost, "currency", currency, SCHEMA_TEXT, .required = true, .summary = "its currency, as SEK"),
};
static const struct schema cost_schema = {
    .what = "cost", .size = sizeof(struct study_cost), .fields = cost_fields, .n_fields = COUNT(cost_fields)};

static const struct schema_field dose_fields[] = {
    FIELD(study_dose, "amount", amount, SCHEMA_NUMBER, .required = true, .summary = "how much, above 0"),
};
static const struct schema dose_schema = {.what = "a dose",
                                          .size = sizeof(struct study_dose),
                                          .fields = dose_fields,
                                          .n_fields = COUNT(dose_fields),
                                          .shorthand = "amount",
                                          .name = offsetof(struct study_dose, name)};

static const struct schema_field start_fields[] = {
    FIELD(study_start, "period", period, SCHEMA_PERIOD, .required = true,
          .summary = "its first treated period"),
};
static const struct schema start_schema = {.what = "a start",
                                           .size = sizeof(struct study_start),
                                           .fields = start_fields,
                                           .n_fields = COUNT(start_fields),
                                           .shorthand = "period",
                                           .name = offsetof(struct study_start, name)};

static const struct schema_field intervention_fields[] = {
    FIELD(study_intervention, "name", name, SCHEMA_WORDS,
          .summary = "its name for people; default: the programme's"),
    FIELD(study_intervention, "code", code, SCHEMA_TEXT,
          .summary = "its code among the programmes that ship with Utfall"),
    FIELD(study_intervention, "treated", treated, SCHEMA_TEXTS, .summary = "the regions that took part"),
    FIELD(study_intervention, "start", start, SCHEMA_PERIOD, .summary = "the first treated period"),
    FIELD(study_intervention, "starts", starts, SCHEMA_NAMED, .schema = &start_schema,
          .summary = "region: the first treated period of those that began at another time than `start`"),
    FIELD(study_intervention, "dose", doses, SCHEMA_NAMED, .schema = &dose_schema,
          .summary = "region: how much it got from the start on; for dose-response"),
    FIELD(study_intervention, "dose-unit", dose_unit, SCHEMA_WORDS,
          .summary = "the unit of the doses, for axis and tables, as SEK per employee"),
    FIELD(study_intervention, "cost", cost, SCHEMA_MAP, .schema = &cost_schema, .summary = "what it cost"),
    FIELD(study_intervention, "also-exposed", also_exposed, SCHEMA_TEXTS,
          .summary = "codes of other programmes to look up; default: all that overlap in time"),
};
static const struct schema intervention_schema = {.what = "intervention",
                                                  .size = sizeof(struct study_intervention),
                                                  .fields = intervention_fields,
                                                  .n_fields = COUNT(intervention_fields)};

/* The keys that every analysis takes. */
#define ANALYSIS_FIELDS(structure)                                                                           \
    FIELD(structure, "id", analysis.id, SCHEMA_TEXT,                                                         \
          .summary = "a short name for files and anchors; default: made from the method"),                   \
        FIELD(structure, "title", analysis.title, SCHEMA_WORDS,                                              \
              .summary = "a heading for people; default: made from the method"),                             \
        FIELD(structure, "question", analysis.question, SCHEMA_COUNT,                                        \
              .summary = "the number of the question it answers, from 1"),                                   \
        FIELD(structure, "level", analysis.level, SCHEMA_TEXT, .choices = study_levels,                      \
              .summary = "the level; default: that of `regions`"),                                           \
        FIELD(structure, "within", analysis.within, SCHEMA_TEXTS,                                            \
              .summary = "only regions inside these; default: that of `regions`"),                           \
        FIELD(structure, "regions", analysis.regions, SCHEMA_TEXTS, .summary = "only these regions"),        \
        FIELD(structure, "focus", analysis.focus, SCHEMA_TEXTS,                                              \
              .summary = "regions to bring out; default: the treated ones"),                                 \
        FIELD(structure, "from", analysis.from, SCHEMA_PERIOD, .summary = "the first period"),               \
        FIELD(structure, "to", analysis.to, SCHEMA_PERIOD, .summary = "the last period")

static const struct schema_field profile_fields[] = {
    {.key = "method", .type = SCHEMA_METHOD, .summary = "the method's name; see `utfall methods`"},
    FIELD(study_profile, "indicator", indicator, SCHEMA_TEXT,
          .summary = "an indicator with sectors; needed unless the method names several"),
    FIELD(study_profile, "sectors", sectors, SCHEMA_TEXTS,
          .summary = "the sectors, in order; default: all that have values"),
    FIELD(
        study_profile, "levels", levels, SCHEMA_TEXTS,
        .summary =
            "several levels side by side, as [county, nuts2]; sums are formed where only parts have values"),
    ANALYSIS_FIELDS(study_profile),
};
static const struct schema profile_schema = {.what = "a profile",
                                             .size = sizeof(struct study_profile),
                                             .fields = profile_fields,
                                             .n_fields = COUNT(profile_fields),
                                             .takes_options = true,
                                             .method = offsetof(struct study_profile, method),
                                             .options = offsetof(struct study_profile, options),
                                             .family = UF_FAMILY_PROFILE};

static const struct schema_field follow_fields[] = {
    FIELD(study_follow, "indicator", indicator, SCHEMA_TEXT, .required = true,
          .summary = "an indicator or a derived one"),
    FIELD(study_follow, "chart", chart, SCHEMA_TEXT, .choices = follow_charts,
          .summary = "lines (default) or tile-map"),
    FIELD(study_follow, "benchmark", benchmark, SCHEMA_TEXT, .summary = "a region to compare with, as SE"),
    FIELD(study_follow, "period", period, SCHEMA_PERIOD,
          .summary = "the period of a tile-map; default: the last"),
    ANALYSIS_FIELDS(study_follow),
};
static const struct schema follow_schema = {.what = "an indicator to follow",
                                            .size = sizeof(struct study_follow),
                                            .fields = follow_fields,
                                            .n_fields = COUNT(follow_fields)};

static const struct schema_field donor_fields[] = {
    FIELD(study_donors, "level", level, SCHEMA_TEXT, .choices = study_levels,
          .summary = "the donors' level; default: that of the effect"),
    FIELD(study_donors, "countries", countries, SCHEMA_TEXTS, .required = true,
          .summary = "regions inside these countries"),
    FIELD(study_donors, "exclude", exclude, SCHEMA_TEXTS, .summary = "regions to leave out"),
};
static const struct schema donors_schema = {.what = "donors",
                                            .size = sizeof(struct study_donors),
                                            .fields = donor_fields,
                                            .n_fields = COUNT(donor_fields)};

static const struct schema_field assumption_fields[] = {
    FIELD(study_assumption, "assumption", assumption, SCHEMA_WORDS, .required = true,
          .summary = "what must hold"),
    FIELD(study_assumption, "why", why, SCHEMA_WORDS, .summary = "what speaks for or against it"),
    FIELD(study_assumption, "judgement", judgement, SCHEMA_TEXT, .choices = judgements,
          .summary = "plausible, doubtful, violated or not-testable"),
    FIELD(study_assumption, "about", about, SCHEMA_TEXT, .choices = abouts,
          .summary = "the assumption of the method that it speaks of: its test and result are set beside it"),
};
static const struct schema assumption_schema = {.what = "an assumption",
                                                .size = sizeof(struct study_assumption),
                                                .fields = assumption_fields,
                                                .n_fields = COUNT(assumption_fields)};

static const struct schema_field effect_fields[] = {
    {.key = "method", .type = SCHEMA_METHOD, .summary = "the method's name; see `utfall methods`"},
    FIELD(study_effect, "outcome", outcome, SCHEMA_TEXT, .required = true,
          .summary = "an indicator, a derived one, or an expression"),
    FIELD(study_effect, "treated", treated, SCHEMA_TEXTS,
          .summary = "the treated regions; default: the intervention's"),
    FIELD(study_effect, "start", start, SCHEMA_PERIOD,
          .summary = "the first treated period; default: the intervention's"),
    FIELD(study_effect, "covariates", covariates, SCHEMA_TEXTS,
          .summary = "indicators or derived ones to adjust for"),
    FIELD(study_effect, "weight", weight, SCHEMA_TEXT, .summary = "an indicator to weight by"),
    FIELD(study_effect, "cluster", cluster, SCHEMA_TEXT, .choices = study_levels,
          .summary = "the level to cluster by; default: the region"),
    FIELD(
        study_effect, "family", family, SCHEMA_TEXT,
        .summary =
            "with multiple-testing: which estimates it is read together with; default: all without a family"),
    FIELD(study_effect, "donors", donors, SCHEMA_MAP, .schema = &donors_schema,
          .summary = "where comparison regions come from"),
    FIELD(study_effect, "assumptions", assumptions, SCHEMA_MAPS, .schema = &assumption_schema,
          .summary = "what the reading rests on, in the evaluator's words"),
    ANALYSIS_FIELDS(study_effect),
};
static const struct schema effect_schema = {.what = "an effect",
                                            .size = sizeof(struct study_effect),
                                            .fields = effect_fields,
                                            .n_fields = COUNT(effect_fields),
                                            .takes_options = true,
                                            .method = offsetof(struct study_effect, method),
                                            .options = offsetof(struct study_effect, options),
                                            .family = UF_FAMILY_EFFECT};

static const struct schema_field report_fields[] = {
    FIELD(study_report, "formats", formats, SCHEMA_TEXTS, .choices = report_formats,
          .summary = "html, xlsx, csv, json; html, csv and json are always written"),
    FIELD(study_report, "charts", charts, SCHEMA_TEXTS, .choices = chart_formats,
          .summary = "svg, png, pdf, emf; default svg and png"),
    FIELD(study_report, "map", map, SCHEMA_TEXT,
          .summary = "boundaries of the regions (GeoJSON, or a shapefile, also zipped), relative to the "
                     "study file: maps "
                     "are drawn true instead of as tiles"),
};
static const struct schema report_schema = {.what = "report",
                                            .size = sizeof(struct study_report),
                                            .fields = report_fields,
                                            .n_fields = COUNT(report_fields)};

static const struct schema_field disclosure_fields[] = {
    FIELD(study_disclosure, "indicators", indicators, SCHEMA_TEXTS, .required = true,
          .summary = "the indicators that count persons or firms"),
    FIELD(study_disclosure, "threshold", threshold, SCHEMA_NUMBER, .required = true,
          .summary = "the least count above 0 that may be shown"),
    FIELD(study_disclosure, "unit", unit, SCHEMA_NUMBER,
          .summary = "persons or firms in 1 of the figures, as 1000 for thousands; default 1"),
    FIELD(study_disclosure, "action", action, SCHEMA_TEXT, .choices = disclosure_actions,
          .summary = "refuse (default): the run ends with exit code 5; suppress: the cells are hidden, and "
                     "enough others"),
};
static const struct schema disclosure_schema = {.what = "disclosure",
                                                .size = sizeof(struct study_disclosure),
                                                .fields = disclosure_fields,
                                                .n_fields = COUNT(disclosure_fields)};

static const struct schema_field study_fields[] = {
    FIELD(study, "study", title, SCHEMA_WORDS, .required = true, .summary = "the title of the study"),
    FIELD(study, "language", language, SCHEMA_TEXT, .choices = languages, .summary = "sv or en; default en"),
    FIELD(study, "seed", seed, SCHEMA_COUNT, .summary = "the seed of all random draws; default 1"),
    FIELD(study, "questions", questions, SCHEMA_ALL_WORDS, .summary = "what the evaluation is asked"),
    FIELD(study, "sources", sources, SCHEMA_MAPS, .required = true, .schema = &study_source_schema,
          .summary = "the files to import"),
    FIELD(study, "regions", regions, SCHEMA_MAP, .schema = &study_regions_schema,
          .summary = "the regions all analyses start from"),
    FIELD(study, "splice", splices, SCHEMA_MAPS, .schema = &study_splice_schema,
          .summary = "series of two or more sources joined into one"),
    FIELD(study, "aggregate", aggregates, SCHEMA_MAPS, .schema = &study_aggregate_schema,
          .summary = "indicators added up to a higher level of regions"),
    FIELD(study, "derived", derived, SCHEMA_NAMED, .schema = &study_derived_schema,
          .summary = "indicators computed from others"),
    FIELD(study, "intervention", intervention, SCHEMA_MAP, .schema = &intervention_schema,
          .summary = "what is evaluated"),
    FIELD(study, "profiles", profiles, SCHEMA_MAPS, .schema = &profile_schema,
          .summary = "what the region looks like"),
    FIELD(study, "follow", follow, SCHEMA_MAPS, .schema = &follow_schema,
          .summary = "indicators to follow over time or on a map"),
    FIELD(study, "effects", effects, SCHEMA_MAPS, .schema = &effect_schema,
          .summary = "what became different"),
    FIELD(study, "multiple-testing", multiple_testing, SCHEMA_TEXT, .choices = multiple_testing,
          .summary = "how the p-values of the effects' main estimates are adjusted: holm, romano-wolf, "
                     "benjamini-hochberg or none (default)"),
    FIELD(study, "limits", limits, SCHEMA_ALL_WORDS, .summary = "what the reader should not conclude"),
    FIELD(study, "disclosure", disclosure, SCHEMA_MAP, .schema = &disclosure_schema,
          .summary = "what is too small to be shown"),
    FIELD(study, "report", report, SCHEMA_MAP, .schema = &report_schema, .summary = "what is written"),
};
const struct schema study_schema = {.what = "the study",
                                    .size = sizeof(struct study),
                                    .fields = study_fields,
                                    .n_fields = COUNT(study_fields)};

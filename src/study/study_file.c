// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/study_file.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "study/mistakes.h"

/* Far above any study, and low enough that a wrong file (a data set, a picture) is refused at once. */
enum { MAX_STUDY_BYTES = 1 << 20 };

/* An indicator that a content of the source becomes: as named there, or, where a column tells what is counted, one
 * that is named after the source's. */
static bool is_content_of(const struct study_source *source, const char *indicator)
{
    const struct study_content *contents = source->contents.items;
    size_t length = strlen(source->indicator.text);
    for (size_t i = 0; i < source->contents.count; i++)
        if (!strcmp(contents[i].indicator.text, indicator)) return true;
    return source->dimensions.content.text && !strncmp(indicator, source->indicator.text, length) &&
           indicator[length] == '_';
}

const struct study_source *study_source_of(const struct study *study, const char *indicator)
{
    const struct study_source *sources = study->sources.items;
    for (size_t i = 0; i < study->sources.count; i++)
        if (!strcmp(sources[i].indicator.text, indicator) || is_content_of(&sources[i], indicator))
            return &sources[i];
    return NULL;
}

const struct study_derived *study_derived_of(const struct study *study, const char *name)
{
    const struct study_derived *derived = study->derived.items;
    for (size_t i = 0; i < study->derived.count; i++)
        if (!strcmp(derived[i].name.text, name)) return &derived[i];
    return NULL;
}

bool study_is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_') return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '_') return false;
    return true;
}

uf_status study_locate(const struct study *study, struct study_place place, uf_status status,
                       struct uf_error *error)
{
    if (status == UF_OK || !error || error->file[0] || place.line == 0) return status;
    snprintf(error->file, sizeof error->file, "%s", study->path);
    error->line = place.line;
    error->column = place.column;
    return status;
}

/* --- cross-checks: names that must refer to something in this file ------------------------------ */

uf_status study_fail_unknown_indicator(struct study *study, const struct study_text *name, const char *key,
                                       struct uf_error *error)
{
    const struct study_source *sources = study->sources.items;
    const struct study_derived *derived = study->derived.items;
    const struct study_splice *splices = study->splices.items;
    const struct study_aggregate *aggregates = study->aggregates.items;
    size_t most =
               study->sources.count + study->derived.count + study->splices.count + study->aggregates.count,
           count = 0;
    const char **names = arena_take(&study->arena, most + 1, sizeof *names);
    if (!names) return uf_fail_memory(error);
    for (size_t i = 0; i < study->sources.count; i++) names[count++] = sources[i].indicator.text;
    for (size_t i = 0; i < study->derived.count; i++) names[count++] = derived[i].name.text;
    for (size_t i = 0; i < study->splices.count; i++) names[count++] = splices[i].indicator.text;
    for (size_t i = 0; i < study->aggregates.count; i++)
        if (study_aggregate_name(&aggregates[i])->text)
            names[count++] = study_aggregate_name(&aggregates[i])->text;
    const char *nearest = uf_text_nearest(name->text, names, count);
    return uf_fail_at(error, UF_BAD_INPUT, study->path, name->place.line, name->place.column,
                      "found '%s' for '%s', expected an indicator of `sources` or a name of `derived`%s%s%s",
                      name->text, key, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                      nearest ? "'?" : "");
}

/* A name must be known here; an expression is checked by the panel, at its place. */
static uf_status check_variable(struct study *study, const struct study_text *name, const char *key,
                                struct uf_error *error)
{
    if (!name->text || !study_is_name(name->text)) return UF_OK;
    if (study_has_indicator(study, name->text) || study_derived_of(study, name->text)) return UF_OK;
    return study_fail_unknown_indicator(study, name, key, error);
}

static uf_status check_sources(struct study *study, struct uf_error *error)
{
    const struct study_source *sources = study->sources.items;
    if (study->sources.count == 0)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, study->sources.place.line,
                          study->sources.place.column,
                          "found an empty list of sources, expected at least one file");
    for (size_t i = 0; i < study->sources.count; i++) {
        const struct study_text *name = &sources[i].indicator;
        if (!study_is_name(name->text))
            return uf_fail_at(
                error, UF_BAD_INPUT, study->path, name->place.line, name->place.column,
                "found the indicator name '%s', expected letters, digits and _ only, beginning with a letter",
                name->text);
        const struct study_content *contents = sources[i].contents.items;
        for (size_t j = 0; j < sources[i].contents.count; j++)
            if (!study_is_name(contents[j].indicator.text))
                return uf_fail_at(
                    error, UF_BAD_INPUT, study->path, contents[j].indicator.place.line,
                    contents[j].indicator.place.column,
                    "found the indicator name '%s', expected letters, digits and _ only, beginning "
                    "with a letter",
                    contents[j].indicator.text);
        const struct study_text *marks[] = {&sources[i].delimiter, &sources[i].decimal};
        for (size_t j = 0; j < 2; j++)
            if (marks[j]->text && strlen(marks[j]->text) != 1)
                return uf_fail_at(error, UF_BAD_INPUT, study->path, marks[j]->place.line,
                                  marks[j]->place.column,
                                  "found '%s' as a mark, expected a single ASCII character in quotes, as ';'",
                                  marks[j]->text);
    }
    return UF_OK;
}

static uf_status check_derived(struct study *study, struct uf_error *error)
{
    const struct study_derived *derived = study->derived.items;
    for (size_t i = 0; i < study->derived.count; i++) {
        const struct study_text *name = &derived[i].name;
        if (!study_is_name(name->text))
            return uf_fail_at(
                error, UF_BAD_INPUT, study->path, name->place.line, name->place.column,
                "found the name '%s', expected letters, digits and _ only, beginning with a letter",
                name->text);
        if (study_has_indicator(study, name->text))
            return uf_fail_at(
                error, UF_BAD_INPUT, study->path, name->place.line, name->place.column,
                "found '%s' both as an indicator of `sources` and in `derived`, expected different names",
                name->text);
    }
    return UF_OK;
}

/* Ids become file names, so they are slugs; those the analyst left out are made from the method and numbered
 * where needed. */
static uf_status settle_id(struct study *study, struct study_analysis *analysis, const char *kind,
                           const char *name, struct uf_text_list *taken, struct study_place place,
                           struct uf_error *error)
{
    char *slug = uf_text_slug(analysis->id.text ? analysis->id.text : name);
    if (!slug) return uf_fail_memory(error);
    size_t size = strlen(slug) + 24;
    char *id = arena_take(&study->arena, size, 1);
    if (!id) {
        free(slug);
        return uf_fail_memory(error);
    }
    snprintf(id, size, "%s", slug);
    for (size_t n = 2; uf_text_list_find(taken, id) != SIZE_MAX && !analysis->id.text; n++)
        snprintf(id, size, "%s-%zu", slug, n);
    free(slug);
    if (uf_text_list_find(taken, id) != SIZE_MAX)
        return uf_fail_at(
            error, UF_BAD_INPUT, study->path, analysis->id.place.line, analysis->id.place.column,
            "found the id '%s' a second time, expected each analysis to have its own", analysis->id.text);
    analysis->id.text = id;
    if (analysis->from && analysis->to && analysis->from > analysis->to)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, place.line, place.column,
                          "found a `from` later than `to` in %s, expected the first period before the last",
                          kind);
    if (analysis->question != SIZE_MAX &&
        (analysis->question == 0 || analysis->question > study->questions.count))
        return uf_fail_at(
            error, UF_BAD_INPUT, study->path, place.line, place.column,
            "found question %zu in %s, expected a number from 1 to %zu, the number of `questions`",
            analysis->question, kind, study->questions.count);
    return uf_text_list_add(taken, id, error);
}

bool study_names_indicators(const struct study_profile *profile)
{
    for (size_t i = 0; i < profile->options.count; i++)
        if (!strcmp(profile->options.items[i].option->name, "indicators") &&
            profile->options.items[i].values.count)
            return true;
    return false;
}

/* Options that name variables: the part before `:` is a name of this study. */
static uf_status check_option_names(struct study *study, const struct study_options *options,
                                    struct uf_error *error)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct study_option *option = &options->items[i];
        if (option->option->names_columns != UF_COLUMNS_NUMBER) continue;
        for (size_t j = 0; j < option->values.count; j++) {
            struct study_text name = option->values.items[j];
            name.text = arena_text(&study->arena, name.text, strcspn(name.text, ":"));
            if (!name.text) return uf_fail_memory(error);
            UF_TRY(check_variable(study, &name, option->option->name, error));
        }
    }
    return UF_OK;
}

/* One indicator, or those that the method's option `indicators` names. */
static uf_status check_indicator(struct study *study, const struct study_profile *profile,
                                 struct uf_error *error)
{
    const struct study_text *indicator = &profile->indicator;
    if (study_names_indicators(profile)) {
        if (!indicator->text) return UF_OK;
        return uf_fail_at(error, UF_BAD_INPUT, study->path, indicator->place.line, indicator->place.column,
                          "found `indicator` beside `indicators`, expected one of the two");
    }
    if (!indicator->text)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, profile->place.line, profile->place.column,
                          "a profile has no 'indicator', expected it (an indicator with sectors)");
    if (!profile->method->needs_sector && study_derived_of(study, indicator->text)) return UF_OK;
    if (study_has_indicator(study, indicator->text)) return UF_OK;
    return study_fail_unknown_indicator(study, indicator, "indicator", error);
}

static uf_status check_profile(struct study *study, struct study_profile *profile, struct uf_text_list *taken,
                               struct uf_error *error)
{
    UF_TRY(settle_id(study, &profile->analysis, "a profile",
                     profile->id_of_level ? profile->id_of_level : profile->method->name, taken,
                     profile->place, error));
    UF_TRY(check_indicator(study, profile, error));
    return check_option_names(study, &profile->options, error);
}

static uf_status check_follow(struct study *study, struct study_follow *follow, struct uf_text_list *taken,
                              struct uf_error *error)
{
    UF_TRY(settle_id(study, &follow->analysis, "an indicator to follow", follow->indicator.text, taken,
                     follow->place, error));
    if (study_has_indicator(study, follow->indicator.text) || study_derived_of(study, follow->indicator.text))
        return UF_OK;
    return study_fail_unknown_indicator(study, &follow->indicator, "indicator", error);
}

static uf_status check_effect(struct study *study, struct study_effect *effect, struct uf_text_list *taken,
                              struct uf_error *error)
{
    UF_TRY(
        settle_id(study, &effect->analysis, "an effect", effect->method->name, taken, effect->place, error));
    UF_TRY(check_variable(study, &effect->outcome, "outcome", error));
    UF_TRY(check_variable(study, &effect->weight, "weight", error));
    for (size_t j = 0; j < effect->covariates.count; j++)
        UF_TRY(check_variable(study, &effect->covariates.items[j], "covariates", error));
    UF_TRY(check_option_names(study, &effect->options, error));
    if (effect->treated.count == 0 && study->intervention.treated.count == 0)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, effect->place.line, effect->place.column,
                          "an effect needs treated regions, expected `treated` here or in `intervention`");
    const struct study_intervention *intervention = &study->intervention;
    if (!effect->start && !intervention->start &&
        (effect->treated.count || intervention->starts.count < intervention->treated.count))
        return uf_fail_at(
            error, UF_BAD_INPUT, study->path, effect->place.line, effect->place.column,
            "an effect needs the first treated period, expected `start` here or in `intervention`");
    return UF_OK;
}

static uf_status check_disclosure(struct study *study, struct uf_error *error)
{
    const struct study_disclosure *disclosure = &study->disclosure;
    if (disclosure->place.line == 0) return UF_OK;
    for (size_t i = 0; i < disclosure->indicators.count; i++)
        if (!study_has_indicator(study, disclosure->indicators.items[i].text))
            return study_fail_unknown_indicator(study, &disclosure->indicators.items[i], "indicators", error);
    if (disclosure->threshold > 0) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, study->path, disclosure->place.line, disclosure->place.column,
                      "found a threshold that is not above 0 in disclosure, expected a count as 5");
}

/* Whatever can be checked by itself, so that all mistakes are shown at once. */
static uf_status check_each(struct study *study, struct uf_text_list *taken, struct mistakes *mistakes,
                            struct uf_error *error)
{
    UF_TRY(mistakes_keep(mistakes, check_sources(study, error), error));
    UF_TRY(mistakes_keep(mistakes, study_check_series(study, error), error));
    UF_TRY(mistakes_keep(mistakes, check_derived(study, error), error));
    UF_TRY(mistakes_keep(mistakes, study_expand_levels(study, error), error));
    struct study_profile *profiles = study->profiles.items;
    struct study_follow *follow = study->follow.items;
    struct study_effect *effects = study->effects.items;
    for (size_t i = 0; i < study->profiles.count; i++)
        UF_TRY(mistakes_keep(mistakes, check_profile(study, &profiles[i], taken, error), error));
    for (size_t i = 0; i < study->follow.count; i++)
        UF_TRY(mistakes_keep(mistakes, check_follow(study, &follow[i], taken, error), error));
    for (size_t i = 0; i < study->effects.count; i++)
        UF_TRY(mistakes_keep(mistakes, check_effect(study, &effects[i], taken, error), error));
    return mistakes_keep(mistakes, check_disclosure(study, error), error);
}

static uf_status check_study(struct study *study, struct uf_error *error)
{
    struct uf_text_list taken;
    struct mistakes mistakes = {0};
    struct uf_error own; /* the caller may want none */
    uf_error_clear(&own);
    uf_text_list_init(&taken);
    uf_status status = check_each(study, &taken, &mistakes, &own);
    if (status == UF_OK)
        status = mistakes_report(&mistakes, error);
    else if (error)
        *error = own;
    mistakes_clear(&mistakes);
    uf_text_list_clear(&taken);
    return status;
}

/* --- reading ------------------------------------------------------------------------------------ */

static uf_status fill_study(struct study *study, const char *bytes, size_t length, struct uf_error *error)
{
    struct arena arena = study->arena; /* schema_read takes zeroed memory but for the arena */
    const struct yaml_node *root = NULL;
    uf_status status = yaml_tree_read(study->path, bytes, length, &arena, &root, error);
    if (status == UF_OK) status = schema_read(&study_schema, root, study->path, &arena, study, error);
    study->arena = arena;
    UF_TRY(status);
    uf_sha256(bytes, length, study->sha256);
    return check_study(study, error);
}

uf_status study_read_text(const char *path, const char *bytes, size_t length, struct study **out,
                          struct uf_error *error)
{
    struct study *study = calloc(1, sizeof *study);
    char *folder = uf_path_directory(path);
    uf_status status = study && folder ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        arena_init(&study->arena);
        study->path = arena_text(&study->arena, path, strlen(path));
        study->folder = arena_text(&study->arena, folder, strlen(folder));
        status =
            study->path && study->folder ? fill_study(study, bytes, length, error) : uf_fail_memory(error);
    }
    free(folder);
    if (status != UF_OK) {
        study_free(study);
        return status;
    }
    *out = study;
    return UF_OK;
}

uf_status study_read(const char *path, struct study **out, struct uf_error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    UF_TRY(uf_file_read(path, MAX_STUDY_BYTES, &bytes, &length, error));
    uf_status status = study_read_text(path, bytes, length, out, error);
    free(bytes);
    return status;
}

void study_free(struct study *study)
{
    if (!study) return;
    arena_clear(&study->arena);
    free(study);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* What is done to the series of a run before any analysis: brought to one regional division, joined, added up. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/aggregate.h>
#include <utfall/file.h>
#include <utfall/harmonise.h>
#include <utfall/splice.h>

#include "base/fail.h"
#include "study/levels.h"
#include "study/run.h"

/* What the store does not take is a mistake of the study file, at the place of what was asked. */
static uf_status blame(const struct run *run, struct study_place place, uf_status status,
                       struct uf_error *error)
{
    if (status == UF_BAD_USAGE || status == UF_NOT_IDENTIFIED) {
        if (error) error->status = UF_BAD_INPUT;
        status = UF_BAD_INPUT;
    }
    return study_locate(run->study, place, status, error);
}

static char *reference_path(const struct run *run, const char *file)
{
    char *folder = uf_path_join(run->request->data_directory, "reference");
    char *path = folder ? uf_path_join(folder, file) : NULL;
    free(folder);
    return path;
}

/* --- one regional division ---------------------------------------------------------------------- */

/* Eurostat gives all years in the division of its codes; of others the study says so. */
static bool has_one_division(const struct run *run, const char *indicator)
{
    const struct study_texts *named = &run->study->regions.one_division;
    for (size_t i = 0; i < named->count; i++)
        if (!strcmp(named->items[i].text, indicator)) return true;
    bool eurostat = true;
    for (size_t i = 0; i < run->study->sources.count; i++) {
        const struct run_source *source = &run->sources[i];
        if (strcmp(source->source->indicator.text, indicator) != 0) continue;
        eurostat = eurostat && source->summary.format && !strncmp(source->summary.format, "eurostat", 8);
    }
    return eurostat;
}

static const char *denominator_of(const struct run *run, const char *indicator)
{
    const struct study_items *list = &run->study->regions.denominators;
    const struct study_denominator *denominators = list->items;
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(denominators[i].name.text, indicator)) return denominators[i].indicator.text;
    return NULL;
}

/* Without a division to go to, there is only something to refuse where a region that ended has values. */
static uf_status has_ended_regions(struct run *run, bool *out, struct uf_error *error)
{
    struct uf_table *found = NULL;
    UF_TRY(uf_store_query(
        run->store,
        "SELECT r.code AS code FROM region r WHERE r.valid_to IS NOT NULL AND EXISTS (SELECT 1 FROM "
        "indicator i CROSS JOIN observation o WHERE o.indicator_id = i.indicator_id AND "
        "o.region_id = r.region_id) LIMIT 1",
        NULL, 0, &found, error));
    *out = uf_table_rows(found) > 0;
    uf_table_free(found);
    return UF_OK;
}

static uf_status harmonise_kind(struct run *run, const struct uf_harmonise_options *shared, bool ratios,
                                struct uf_error *error)
{
    const struct study_source *sources = run->study->sources.items;
    for (size_t i = 0; i < run->study->sources.count; i++) {
        const char *indicator = sources[i].indicator.text;
        bool first = true;
        for (size_t k = 0; k < i; k++) first = first && strcmp(sources[k].indicator.text, indicator) != 0;
        if (!first || uf_text_equal(sources[i].kind.text, "ratio") != ratios) continue;
        struct uf_harmonise_options options = *shared;
        options.indicator = indicator;
        options.one_division = has_one_division(run, indicator);
        uf_status status = uf_harmonise_indicator(run->store, &options, denominator_of(run, indicator),
                                                  run->language, &run->preparation, error);
        struct study_place place = run->study->regions.as_of ? run->study->regions.place : sources[i].place;
        UF_TRY(blame(run, place, status, error));
    }
    return UF_OK;
}

static uf_status read_crosswalk(struct run *run, struct uf_crosswalk *out, struct uf_error *error)
{
    const struct study_text *file = &run->study->regions.crosswalk;
    if (!file->text) return UF_OK;
    char *path = uf_path_join(run->study->folder, file->text);
    if (!path) return uf_fail_memory(error);
    uf_status status = uf_crosswalk_read(path, out, error);
    if (status == UF_OK) status = uf_file_sha256(path, run->crosswalk_sha256, error);
    /* the codes as the store has them */
    for (size_t i = 0; i < out->count && status == UF_OK; i++) {
        char **const codes[] = {&out->rows[i].from, &out->rows[i].to};
        for (size_t k = 0; k < 2 && status == UF_OK; k++) {
            char *code = NULL;
            status = uf_store_resolve_region(run->store, *codes[k], &code, error);
            if (status != UF_OK) break;
            free(*codes[k]);
            *codes[k] = code;
        }
    }
    free(path);
    return study_locate(run->study, file->place, status, error);
}

static uf_status harmonise(struct run *run, struct uf_error *error)
{
    struct uf_region_history history = {0};
    struct uf_crosswalk crosswalk = {0};
    const uf_period as_of = run->study->regions.as_of;
    bool ended = false;
    if (!as_of) UF_TRY(has_ended_regions(run, &ended, error));
    if (!as_of && !ended) return UF_OK;
    char *path = reference_path(run, "region_links.csv");
    uf_status status = path ? uf_region_history_read(path, &history, error) : uf_fail_memory(error);
    free(path);
    if (status == UF_OK) status = read_crosswalk(run, &crosswalk, error);
    const struct uf_harmonise_options options = {.as_of = as_of ? uf_period_year(as_of) : 0,
                                                 .history = &history,
                                                 .crosswalk = crosswalk.count ? &crosswalk : NULL};
    /* Ratios first: their denominators are still as they were published. */
    if (status == UF_OK) status = harmonise_kind(run, &options, true, error);
    if (status == UF_OK) status = harmonise_kind(run, &options, false, error);
    uf_crosswalk_clear(&crosswalk);
    uf_region_history_clear(&history);
    return status;
}

/* --- splices ------------------------------------------------------------------------------------ */

static uf_status splice(struct run *run, const struct study_splice *item, struct uf_error *error)
{
    struct arena *arena = &run->study->arena;
    const size_t n = item->parts.count, n_spans = item->overlap.count / 2;
    const char **parts = arena_take(arena, n + 1, sizeof *parts);
    struct uf_splice_span *spans = arena_take(arena, n_spans + 1, sizeof *spans);
    if (!parts || !spans) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) parts[i] = item->parts.items[i].text;
    for (size_t i = 0; i < n_spans; i++) {
        const char *from = item->overlap.items[2 * i].text, *to = item->overlap.items[2 * i + 1].text;
        uf_period_parse(from, strlen(from), &spans[i].from); /* checked with the file */
        uf_period_parse(to, strlen(to), &spans[i].to);
    }
    struct uf_splice_options options = {.spans = spans, .n_spans = n_spans};
    UF_TRY(uf_splice_way_parse(item->method.text, &options.way, error));
    const struct uf_indicator as = {.code = item->indicator.text,
                                    .name_sv = item->name.words.sv,
                                    .name_en = item->name.words.en,
                                    .unit_sv = item->unit.words.sv,
                                    .unit_en = item->unit.words.en};
    uf_status status =
        uf_splice_indicators(run->store, &as, parts, n, &options, run->language, &run->preparation, error);
    return blame(run, item->place, status, error);
}

/* --- aggregates --------------------------------------------------------------------------------- */

static uf_status aggregate(struct run *run, const struct study_aggregate *item, struct uf_error *error)
{
    struct uf_memberships memberships = {0};
    struct uf_aggregate_request request = {.indicator = item->indicator.text,
                                           .from_level = item->from.text,
                                           .to_level = item->to.text,
                                           .weight = item->weight.text,
                                           .numerator = item->numerator.text,
                                           .denominator = item->denominator.text,
                                           .factor = isnan(item->factor) ? 0 : item->factor,
                                           .language = run->language};
    UF_TRY(uf_aggregate_way_parse(item->how.text, &request.way, error));
    uf_status status = UF_OK;
    if (!strcmp(item->to.text, "fa")) {
        char *path = reference_path(run, "municipality_fa.csv");
        status = path ? uf_memberships_read(path, "municipality", "fa", &memberships, error)
                      : uf_fail_memory(error);
        free(path);
        request.memberships = &memberships;
    }
    const struct uf_indicator as = {.code = study_aggregate_name(item)->text,
                                    .name_sv = item->name.words.sv,
                                    .name_en = item->name.words.en,
                                    .unit_sv = item->unit.words.sv,
                                    .unit_en = item->unit.words.en};
    if (status == UF_OK) status = uf_aggregate_indicator(run->store, &request, &as, &run->preparation, error);
    uf_memberships_clear(&memberships);
    return blame(run, item->place, status, error);
}

/* --- levels ------------------------------------------------------------------------------------- */

/* The series to read for an indicator at the profile's level: its own, or sums of its parts. In the study's arena. */
static uf_status series_at_level(struct run *run, const struct study_profile *profile, const char *indicator,
                                 const char **out, bool *out_sums, struct uf_error *error)
{
    char *name = NULL;
    uf_status status = levels_series(run->store, indicator, profile->analysis.level.text, run->language,
                                     &run->preparation, &name, out_sums, error);
    UF_TRY(blame(run, profile->analysis.level.place, status, error));
    *out = arena_text(&run->study->arena, name, strlen(name));
    free(name);
    return *out ? UF_OK : uf_fail_memory(error);
}

/* The indicators that options of a method by sector name; an expression over them is left as it is. */
static uf_status fill_options(struct run *run, struct study_profile *profile, struct uf_error *error)
{
    size_t most = 0;
    for (size_t i = 0; i < profile->options.count; i++) most += profile->options.items[i].values.count;
    profile->sums = arena_take(&run->study->arena, most + 1, sizeof *profile->sums);
    if (!profile->sums) return uf_fail_memory(error);
    for (size_t i = 0; i < profile->options.count; i++) {
        const struct study_option *option = &profile->options.items[i];
        for (size_t j = 0; j < option->values.count && option->option->names_columns == UF_COLUMNS_NUMBER;
             j++) {
            struct study_sums sums = {option->values.items[j].text, NULL};
            bool summed = false;
            if (!study_has_indicator(run->study, sums.indicator)) continue;
            UF_TRY(series_at_level(run, profile, sums.indicator, &sums.series, &summed, error));
            if (summed) profile->sums[profile->n_sums++] = sums;
        }
    }
    return UF_OK;
}

/* A profile of several levels: what only the parts have is added up. */
static uf_status fill_levels(struct run *run, struct uf_error *error)
{
    struct study_profile *profiles = run->study->profiles.items;
    for (size_t i = 0; i < run->study->profiles.count; i++) {
        struct study_profile *profile = &profiles[i];
        if (!profile->id_of_level || !profile->indicator.text) continue;
        const char *series;
        UF_TRY(series_at_level(run, profile, profile->indicator.text, &series, &profile->of_sums, error));
        profile->indicator_asked = profile->indicator.text;
        profile->indicator.text = series;
        if (profile->method->needs_sector) UF_TRY(fill_options(run, profile, error));
    }
    return UF_OK;
}

/* --- disclosure --------------------------------------------------------------------------------- */

/* Tables of single values of an indicator that counts persons or firms are not shown. */
static uf_status hide_tables(struct run *run, struct uf_error *error)
{
    static const struct uf_words text = {
        "The tables of overlaps and gaps are not shown, since this study protects small counts.",
        "Tabellerna över överlapp och skillnader visas inte, eftersom studien skyddar små antal."};
    if (run->study->disclosure.place.line == 0 || run->preparation.n_tables == 0) return UF_OK;
    for (size_t i = 0; i < run->preparation.n_tables; i++) uf_table_free(run->preparation.tables[i]);
    run->preparation.n_tables = 0;
    return uf_result_add_note(&run->preparation, run->language, UF_NOTE, "tables-hidden", text,
                              (struct uf_words){NULL, NULL}, NULL, 0, error);
}

uf_status run_prepare_series(struct run *run, struct uf_error *error)
{
    const struct study_splice *splices = run->study->splices.items;
    const struct study_aggregate *aggregates = run->study->aggregates.items;
    UF_TRY(harmonise(run, error));
    for (size_t i = 0; i < run->study->splices.count; i++) UF_TRY(splice(run, &splices[i], error));
    for (size_t i = 0; i < run->study->aggregates.count; i++) UF_TRY(aggregate(run, &aggregates[i], error));
    UF_TRY(fill_levels(run, error));
    return hide_tables(run, error);
}

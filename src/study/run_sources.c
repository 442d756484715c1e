// SPDX-License-Identifier: GPL-3.0-or-later
/* The store of a run: reference codes, programmes, and the study's sources. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "study/run.h"

enum { MAX_ROLES = 64 };

static int on_bytes(void *user, size_t bytes_read, size_t bytes_total)
{
    return run_progress(user, bytes_total ? (double)bytes_read / (double)bytes_total : 0);
}

static uf_status load_datasets(struct run *run, struct uf_error *error)
{
    char *reference = uf_path_join(run->request->data_directory, "reference");
    char *programmes = uf_path_join(run->request->data_directory, "programmes");
    uf_status status = reference && programmes ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = uf_import_reference(run->store, reference, error);
    if (status == UF_OK) status = uf_import_programmes(run->store, programmes, error);
    free(programmes);
    free(reference);
    return status;
}

static enum uf_indicator_kind kind_of(const struct study_source *source)
{
    const char *kind = source->kind.text;
    if (kind && !strcmp(kind, "flow")) return UF_INDICATOR_FLOW;
    return kind && !strcmp(kind, "ratio") ? UF_INDICATOR_RATIO : UF_INDICATOR_STOCK;
}

static struct uf_indicator indicator_of(const struct study_source *source)
{
    return (struct uf_indicator){.code = source->indicator.text,
                                 .theme = source->theme.text,
                                 .name_sv = source->name.words.sv,
                                 .name_en = source->name.words.en,
                                 .unit_sv = source->unit.words.sv,
                                 .unit_en = source->unit.words.en,
                                 .kind = kind_of(source),
                                 .rounding = isnan(source->rounding) ? 0 : source->rounding,
                                 .source = source->source.text,
                                 .licence = source->licence.text};
}

static size_t roles_of(const struct study_dimensions *dimensions, struct uf_dimension_role roles[MAX_ROLES])
{
    const struct {
        const struct study_text *text;
        enum uf_role role;
    } single[] = {{&dimensions->region, UF_ROLE_REGION}, {&dimensions->sector, UF_ROLE_SECTOR},
                  {&dimensions->period, UF_ROLE_PERIOD}, {&dimensions->content, UF_ROLE_CONTENT},
                  {&dimensions->value, UF_ROLE_VALUE},   {&dimensions->status, UF_ROLE_STATUS}};
    size_t count = 0;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (single[i].text->text)
            roles[count++] = (struct uf_dimension_role){single[i].role, single[i].text->text};
    for (size_t i = 0; i < dimensions->breakdown.count && count < MAX_ROLES; i++)
        roles[count++] = (struct uf_dimension_role){UF_ROLE_BREAKDOWN, dimensions->breakdown.items[i].text};
    for (size_t i = 0; i < dimensions->ignore.count && count < MAX_ROLES; i++)
        roles[count++] = (struct uf_dimension_role){UF_ROLE_NONE, dimensions->ignore.items[i].text};
    return count;
}

static const char **texts_of(const struct study_texts *texts, struct arena *arena)
{
    const char **items = arena_take(arena, texts->count + 1, sizeof *items);
    for (size_t i = 0; items && i < texts->count; i++) items[i] = texts->items[i].text;
    return items;
}

/* The lists of a request, in the study's memory. */
struct lists {
    struct uf_keep *keep;
    struct uf_sum *sums;
    struct uf_content_indicator *contents;
};

static uf_status make_lists(struct run *run, const struct study_source *source, struct lists *out,
                            struct uf_error *error)
{
    struct arena *arena = &run->study->arena;
    const struct study_keep *keeps = source->keep.items, *sums = source->sum.items;
    const struct study_content *contents = source->contents.items;
    *out = (struct lists){.keep = arena_take(arena, source->keep.count + 1, sizeof *out->keep),
                          .sums = arena_take(arena, source->sum.count + 1, sizeof *out->sums),
                          .contents = arena_take(arena, source->contents.count + 1, sizeof *out->contents)};
    if (!out->keep || !out->sums || !out->contents) return uf_fail_memory(error);
    for (size_t i = 0; i < source->keep.count; i++) {
        out->keep[i] =
            (struct uf_keep){keeps[i].name.text, texts_of(&keeps[i].codes, arena), keeps[i].codes.count};
        if (!out->keep[i].codes) return uf_fail_memory(error);
    }
    for (size_t i = 0; i < source->sum.count; i++) {
        out->sums[i] =
            (struct uf_sum){sums[i].name.text, texts_of(&sums[i].codes, arena), sums[i].codes.count};
        if (!out->sums[i].codes) return uf_fail_memory(error);
    }
    for (size_t i = 0; i < source->contents.count; i++)
        out->contents[i] = (struct uf_content_indicator){contents[i].name.text, contents[i].indicator.text};
    return UF_OK;
}

static enum uf_unknown_regions unknown_regions_of(const struct study_source *source)
{
    if (uf_text_equal(source->unknown_regions.text, "add")) return UF_UNKNOWN_ADD;
    return uf_text_equal(source->unknown_regions.text, "skip") ? UF_UNKNOWN_SKIP : UF_UNKNOWN_REFUSE;
}

static uf_status import_source(struct run *run, struct run_source *out, struct uf_error *error)
{
    const struct study_source *source = out->source;
    struct uf_dimension_role roles[MAX_ROLES];
    struct lists lists;
    UF_TRY(make_lists(run, source, &lists, error));
    out->path = uf_path_join(run->study->folder, source->file.text);
    if (!out->path) return uf_fail_memory(error);
    const struct uf_import_request request = {
        .path = out->path,
        .format = source->format.text,
        .indicator = indicator_of(source),
        .kind_said = source->kind.text != NULL,
        .roles = roles,
        .n_roles = roles_of(&source->dimensions, roles),
        .keep = lists.keep,
        .n_keep = source->keep.count,
        .sums = lists.sums,
        .n_sums = source->sum.count,
        .sum_noise = uf_text_equal(source->sum_noise.text, "accept"),
        .contents = lists.contents,
        .n_contents = source->contents.count,
        .delimiter = source->delimiter.text ? *source->delimiter.text : '\0',
        .decimal = source->decimal.text ? *source->decimal.text : '\0',
        .encoding = source->encoding.text,
        .unknown_regions = unknown_regions_of(source),
        .add_unknown_sectors = uf_text_equal(source->unknown_sectors.text, "add"),
        .region_is = source->region_is.text,
        .period_is = source->period_is.text,
        .sheet = source->sheet.text,
        .range = source->range.text,
        .header_row = source->header_row == SIZE_MAX ? 0 : source->header_row,
        .language = source->file_language.text,
        .replace = source->replace == STUDY_FLAG_YES,
        .progress = on_bytes,
        .user = run};
    uf_status status = uf_import_file(run->store, &request, &out->summary, error);
    return study_locate(run->study, source->file.place, status, error);
}

uf_status run_import(struct run *run, struct uf_error *error)
{
    UF_TRY(run_step(run, (struct uf_words){"reading reference codes", "läser referenskoder"}, 0, 0.1, error));
    char *path = run_path(run, NULL, "store", ".db");
    if (!path) return uf_fail_memory(error);
    uf_status status = uf_store_open(path, UF_STORE_CREATE, &run->store, error);
    free(path);
    UF_TRY(status);
    UF_TRY(load_datasets(run, error));
    const struct study_source *sources = run->study->sources.items;
    size_t count = run->study->sources.count;
    run->sources = calloc(count, sizeof *run->sources);
    if (!run->sources) return uf_fail_memory(error);
    for (size_t i = 0; i < count; i++) {
        run->sources[i].source = &sources[i];
        UF_TRY(run_step(run, (struct uf_words){sources[i].file.text, sources[i].file.text},
                        0.1 + 0.2 * (double)i / (double)count, 0.2 / (double)count, error));
        UF_TRY(import_source(run, &run->sources[i], error));
    }
    return UF_OK;
}

void run_sources_clear(struct run *run)
{
    for (size_t i = 0; run->sources && i < run->study->sources.count; i++) {
        free(run->sources[i].path);
        uf_import_summary_clear(&run->sources[i].summary);
    }
    free(run->sources);
    run->sources = NULL;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The analyses of a run: options from the study, a panel from the store, the method, and what its result may
 * be called. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "study/levels.h"
#include "study/run.h"

static uf_status set_options(const struct run *run, const struct study_options *given,
                             struct uf_options *options, struct uf_error *error)
{
    for (size_t i = 0; i < given->count; i++) {
        const struct study_option *item = &given->items[i];
        uf_status status = UF_OK;
        if (item->option->type == UF_OPTION_LIST) {
            const char **items = calloc(item->values.count + 1, sizeof *items);
            if (!items) return uf_fail_memory(error);
            for (size_t j = 0; j < item->values.count; j++) items[j] = item->values.items[j].text;
            status = uf_options_set_list(options, item->option->name, items, item->values.count, error);
            free(items);
        } else {
            status = uf_options_set(options, item->option->name, item->values.items[0].text, error);
        }
        if (status == UF_BAD_USAGE) status = UF_BAD_INPUT;
        if (status != UF_OK && error) error->status = status;
        UF_TRY(study_locate(run->study, item->values.place, status, error));
    }
    return UF_OK;
}

static uf_status prepare(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    uf_result_init(&analysis->result);
    uf_text_list_init(&analysis->focus);
    uf_text_list_init(&analysis->focus_labels);
    uf_text_list_init(&analysis->findings);
    if (!analysis->method) return UF_OK;
    UF_TRY(uf_options_new(analysis->method, &analysis->options, error));
    return set_options(run, analysis->profile ? &analysis->profile->options : &analysis->effect->options,
                       analysis->options, error);
}

uf_status run_prepare_analyses(struct run *run, struct uf_error *error)
{
    struct study *study = run->study;
    run->analyses =
        calloc(study->profiles.count + study->follow.count + study->effects.count + 1, sizeof *run->analyses);
    if (!run->analyses) return uf_fail_memory(error);
    struct study_profile *profiles = study->profiles.items;
    struct study_follow *follow = study->follow.items;
    struct study_effect *effects = study->effects.items;
    for (size_t i = 0; i < study->profiles.count; i++)
        run->analyses[run->n_analyses++] = (struct run_analysis){.kind = ANALYSIS_PROFILE,
                                                                 .common = &profiles[i].analysis,
                                                                 .profile = &profiles[i],
                                                                 .method = profiles[i].method};
    for (size_t i = 0; i < study->follow.count; i++)
        run->analyses[run->n_analyses++] = (struct run_analysis){
            .kind = ANALYSIS_FOLLOW, .common = &follow[i].analysis, .follow = &follow[i]};
    for (size_t i = 0; i < study->effects.count; i++)
        run->analyses[run->n_analyses++] = (struct run_analysis){.kind = ANALYSIS_EFFECT,
                                                                 .common = &effects[i].analysis,
                                                                 .effect = &effects[i],
                                                                 .method = effects[i].method};
    for (size_t i = 0; i < run->n_analyses; i++) UF_TRY(prepare(run, &run->analyses[i], error));
    return UF_OK;
}

/* The region of the panel that a region to bring out is, or lies in where the profile is at several levels. */
static uf_status focus_unit(const struct run *run, const struct run_analysis *analysis, const char *code,
                            size_t *out, struct uf_error *error)
{
    static const char SQL[] =
        "WITH RECURSIVE up(code, parent) AS (SELECT code, parent FROM regions WHERE code = ?1 UNION ALL "
        "SELECT "
        "r.code, r.parent FROM up JOIN regions r ON r.code = up.parent) SELECT code FROM up";
    *out = uf_dictionary_find(&analysis->panel->units, code);
    if (*out != SIZE_MAX || !analysis->profile || !analysis->profile->id_of_level) return UF_OK;
    struct uf_table *above = NULL;
    UF_TRY(uf_store_query(run->store, SQL, &code, 1, &above, error));
    for (size_t i = 0; i < uf_table_rows(above) && *out == SIZE_MAX; i++)
        *out = uf_dictionary_find(&analysis->panel->units, uf_table_text(above, i, 0));
    uf_table_free(above);
    return UF_OK;
}

/* Regions to bring out: the analysis' own, else the treated ones; those that the panel has. */
static uf_status find_focus(const struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    const struct study_texts *own = &analysis->common->focus;
    const struct study_texts *treated = analysis->effect && analysis->effect->treated.count
                                            ? &analysis->effect->treated
                                            : &run->study->intervention.treated;
    const struct study_texts *focus = own->count ? own : treated;
    for (size_t i = 0; i < focus->count; i++) {
        char *code = NULL;
        uf_status status = uf_store_resolve_region(run->store, focus->items[i].text, &code, error);
        UF_TRY(study_locate(run->study, focus->items[i].place, status, error));
        size_t unit = SIZE_MAX;
        status = focus_unit(run, analysis, code, &unit, error);
        if (status == UF_OK && unit == SIZE_MAX && own->count)
            status =
                uf_fail_at(error, UF_BAD_INPUT, run->study->path, focus->items[i].place.line,
                           focus->items[i].place.column,
                           "found the region '%s' in focus, expected one that this analysis has figures for",
                           focus->items[i].text);
        if (status == UF_OK && unit != SIZE_MAX &&
            uf_text_list_find(&analysis->focus, analysis->panel->units.code[unit]) == SIZE_MAX) {
            status = uf_text_list_add(&analysis->focus, analysis->panel->units.code[unit], error);
            if (status == UF_OK)
                status = uf_text_list_add(&analysis->focus_labels, analysis->panel->units.label[unit], error);
        }
        free(code);
        UF_TRY(status);
    }
    return UF_OK;
}

static const char *panel_label(const struct run_analysis *analysis)
{
    const struct uf_panel *panel = analysis->panel;
    if (panel->outcome >= 0) return panel->columns[panel->outcome].label;
    return panel->n_columns ? panel->columns[0].label : "";
}

/* The study's own heading, else the method and what it is about. */
static uf_status make_title(const struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    const char *given = run_words(run, &analysis->common->title);
    const char *level =
        analysis->profile && analysis->profile->id_of_level ? analysis->common->level.text : NULL;
    const struct uf_argument ending = uf_text_argument(uf_words_in(levels_ending(level), run->language));
    if (given) {
        const struct uf_argument parts[] = {uf_text_argument(given), ending};
        return uf_phrase(run->language, (struct uf_words){"{0}{1}", "{0}{1}"}, parts, 2, &analysis->title,
                         error);
    }
    const char *method = analysis->method ? uf_words_in(analysis->method->title, run->language) : NULL;
    const struct uf_argument arguments[] = {uf_text_argument(method ? method : ""),
                                            uf_text_argument(panel_label(analysis)), ending};
    return uf_phrase(run->language,
                     method ? (struct uf_words){"{0}: {1}{2}", "{0}: {1}{2}"}
                            : (struct uf_words){"{1}{2}", "{1}{2}"},
                     arguments, 3, &analysis->title, error);
}

static bool adjusts_by_draws(const struct study *study)
{
    return study->multiple_testing.text && !strcmp(study->multiple_testing.text, "romano-wolf");
}

static uf_status run_method(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    char *reference = uf_path_join(run->request->data_directory, "reference");
    if (!reference) return uf_fail_memory(error);
    const struct uf_context context = {.language = run->language,
                                       .seed = run->seed,
                                       .threads = run->threads,
                                       .progress = run_progress,
                                       .user = run,
                                       .keep_resampled = analysis->effect && adjusts_by_draws(run->study),
                                       .reference_directory = reference,
                                       .directory = run->study->folder};
    struct uf_error reason;
    uf_error_clear(&reason);
    uf_status status =
        analysis->method->run(analysis->panel, analysis->options, &context, &analysis->result, &reason);
    free(reference);
    if (status == UF_NOT_IDENTIFIED) {
        /* Not a failure of the run: it is written up, and the other analyses go on. */
        analysis->status = status;
        analysis->refusal = uf_text_copy(reason.message);
        return analysis->refusal ? UF_OK : uf_fail_memory(error);
    }
    if (status == UF_BAD_USAGE)
        status = reason.status = UF_BAD_INPUT; /* what is wrong stands in the study, a file */
    if (status != UF_OK && error) *error = reason;
    struct study_place place = analysis->profile ? analysis->profile->place : analysis->effect->place;
    return study_locate(run->study, place, status, error);
}

static uf_status analyse_one(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    UF_TRY(run_build_panel(run, analysis, error));
    UF_TRY(run_disclose(run, analysis, error));
    UF_TRY(find_focus(run, analysis, error));
    UF_TRY(make_title(run, analysis, error));
    if (analysis->kind == ANALYSIS_FOLLOW)
        UF_TRY(run_follow(run, analysis, error));
    else
        UF_TRY(run_method(run, analysis, error));
    return UF_OK;
}

uf_status run_analyse(struct run *run, struct uf_error *error)
{
    for (size_t i = 0; i < run->n_analyses; i++) {
        const char *id = run->analyses[i].common->id.text;
        UF_TRY(run_step(run, (struct uf_words){id, id}, 0.3 + 0.4 * (double)i / (double)run->n_analyses,
                        0.4 / (double)run->n_analyses, error));
        UF_TRY(analyse_one(run, &run->analyses[i], error));
    }
    UF_TRY(run_adjust(run, error)); /* before the sentences, which have both p-values */
    for (size_t i = 0; i < run->n_analyses; i++)
        if (run->analyses[i].status == UF_OK) UF_TRY(run_find(run, &run->analyses[i], error));
    return UF_OK;
}

static void clear_analysis(struct run_analysis *analysis)
{
    for (size_t i = 0; i < analysis->n_figures; i++) {
        free(analysis->figures[i].caption);
        free(analysis->figures[i].csv);
        uf_table_free(analysis->figures[i].owned);
    }
    free(analysis->figures);
    free(analysis->title);
    free(analysis->refusal);
    uf_text_list_clear(&analysis->focus);
    uf_text_list_clear(&analysis->focus_labels);
    uf_text_list_clear(&analysis->findings);
    uf_result_clear(&analysis->result);
    uf_panel_free(analysis->panel);
    uf_options_free(analysis->options);
}

void run_analyses_clear(struct run *run)
{
    for (size_t i = 0; i < run->n_analyses; i++) clear_analysis(&run->analyses[i]);
    free(run->analyses);
    run->analyses = NULL;
    run->n_analyses = 0;
}

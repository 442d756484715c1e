// SPDX-License-Identifier: GPL-3.0-or-later
/* A study file → an output folder. The steps are in run_study, in the order in which things happen. */
#include "study/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "base/paths.h"

uf_status run_step(struct run *run, struct uf_words step, double share, double step_share,
                   struct uf_error *error)
{
    run->step = uf_words_in(step, run->language);
    run->share = share;
    run->step_share = step_share;
    if (run_progress(run, 0) == 0) return UF_OK;
    return uf_fail(error, UF_INTERRUPTED, "interrupted; nothing was written to the output folder");
}

int run_progress(void *user, double share)
{
    const struct run *run = user;
    if (!run->request->progress) return 0;
    return run->request->progress(run->request->user, run->step, run->share + run->step_share * share);
}

uf_status run_message(struct run *run, struct uf_words template_words, const struct uf_argument *arguments,
                      size_t n_arguments, struct uf_error *error)
{
    char *text = NULL;
    UF_TRY(uf_phrase(run->language, template_words, arguments, n_arguments, &text, error));
    uf_status status = uf_text_list_add(&run->summary->messages, text, error);
    free(text);
    return status;
}

const char *run_words(const struct run *run, const struct study_words *words)
{
    return words->words.en ? uf_words_in(words->words, run->language) : NULL;
}

char *run_path(const struct run *run, const char *folder, const char *name, const char *ending)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, run->folder.building);
    uf_buffer_append(&buffer, "/");
    if (folder) {
        uf_buffer_append(&buffer, folder);
        uf_buffer_append(&buffer, "/");
    }
    uf_buffer_append(&buffer, name);
    uf_buffer_append(&buffer, ending);
    return uf_buffer_take(&buffer);
}

void uf_run_summary_clear(struct uf_run_summary *summary)
{
    free(summary->output);
    free(summary->report);
    uf_text_list_clear(&summary->messages);
    *summary = (struct uf_run_summary){0};
}

static uf_status choose_language(struct run *run, struct uf_error *error)
{
    run->language = UF_ENGLISH;
    if (run->request->language >= 0 && run->request->language < UF_LANGUAGES)
        run->language = (enum uf_language)run->request->language;
    else if (run->study->language.text)
        UF_TRY(uf_language_parse(run->study->language.text, &run->language, error));
    run->seed = run->request->seed >= 0          ? (uint64_t)run->request->seed
                : run->study->seed != (size_t)-1 ? (uint64_t)run->study->seed
                                                 : 1;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    run->threads = run->request->threads > 0 ? run->request->threads : processors > 0 ? (int)processors : 1;
    return UF_OK;
}

/* `out/TITLE` where the caller names no folder. */
static uf_status default_output(const struct run *run, char **out, struct uf_error *error)
{
    char *slug = uf_text_slug(run->study->title.words.sv);
    *out = slug ? uf_path_join("out", slug) : NULL;
    free(slug);
    return *out ? UF_OK : uf_fail_memory(error);
}

/* The study's own folder and the working directory are never replaced by an output. */
static uf_status begin_output(struct run *run, struct uf_error *error)
{
    char *chosen = NULL, *study = NULL, *here = NULL;
    uf_status status = run->request->output ? UF_OK : default_output(run, &chosen, error);
    if (status == UF_OK) status = path_absolute(run->request->study, &study, error);
    if (status == UF_OK) status = path_absolute(".", &here, error);
    const char *const protect[] = {study, here};
    if (status == UF_OK)
        status = output_folder_begin(chosen ? chosen : run->request->output, run->request->replace,
                                     manifest_is_in, protect, 2, &run->folder, error);
    free(here);
    free(study);
    free(chosen);
    return status;
}

static uf_status fill_output(struct run *run, struct uf_error *error)
{
    UF_TRY(run_prepare_analyses(run, error));
    UF_TRY(run_import(run, error));
    UF_TRY(run_prepare_series(run, error));
    UF_TRY(run_analyse(run, error));
    UF_TRY(run_write_tables(run, error));
    UF_TRY(run_prepare_charts(run, error));
    UF_TRY(run_draw_charts(run, error));
    UF_TRY(run_step(run, (struct uf_words){"writing the report", "skriver rapporten"}, 0.9, 0.1, error));
    UF_TRY(run_record(run, error)); /* what the manifest knows before the report, which shows it */
    UF_TRY(run_compose(run, error));
    uf_store_close(run->store); /* all of it is in the file before hashes are taken and the folder is moved */
    run->store = NULL;
    UF_TRY(manifest_write(run->manifest, run->folder.building, error));
    UF_TRY(run_step(run, (struct uf_words){"putting the output in place", "lägger resultatet på plats"}, 1, 0,
                    error));
    return output_folder_commit(&run->folder, error);
}

static uf_status summarise(struct run *run, struct uf_error *error)
{
    struct uf_run_summary *summary = run->summary;
    summary->output = uf_text_copy(run->folder.final);
    summary->report = uf_path_join(run->folder.final, "report.html");
    if (!summary->output || !summary->report) return uf_fail_memory(error);
    for (size_t i = 0; i < run->n_charts; i++)
        if (run->charts[i].drawn) summary->n_charts++;
    uf_status status = UF_OK;
    for (size_t i = 0; i < run->n_analyses; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        if (analysis->status != UF_NOT_IDENTIFIED) continue;
        summary->n_refused++;
        if (status != UF_OK) continue;
        status = uf_fail_at(error, UF_NOT_IDENTIFIED, run->study->path,
                            analysis->effect ? analysis->effect->place.line : 0,
                            analysis->effect ? analysis->effect->place.column : 0, "%s", analysis->refusal);
    }
    if (status == UF_OK && run->not_adjusted) {
        const struct study_text *asked = &run->study->multiple_testing;
        status = uf_fail_at(error, UF_NOT_IDENTIFIED, run->study->path, asked->place.line,
                            asked->place.column, "%s", run->not_adjusted);
    }
    if (!run->undrawn) return status;
    if (status == UF_OK)
        return uf_fail(error, UF_IO_FAILED, "the report and all tables are written, without pictures: %s",
                       run->undrawn_reason);
    /* a refusal says more than a missing program, which is told beside it */
    const struct uf_argument reason = uf_text_argument(run->undrawn_reason);
    UF_TRY(run_message(run,
                       (struct uf_words){"The report and all tables are written, without pictures: {0}",
                                         "Rapporten och alla tabeller är skrivna, men utan bilder: {0}"},
                       &reason, 1, error));
    return status;
}

static void clear_run(struct run *run)
{
    for (size_t i = 0; i < run->n_charts; i++) uf_chart_clear(&run->charts[i]);
    free(run->charts);
    uf_table_free(run->adjusted);
    free(run->not_adjusted);
    uf_table_free(run->tiles);
    uf_table_free(run->aliases);
    free(run->map);
    free(run->undrawn_reason);
    run_analyses_clear(run);
    uf_result_clear(&run->preparation);
    run_sources_clear(run);
    uf_store_close(run->store);
    output_folder_clear(&run->folder);
    json_decref(run->manifest);
    study_free(run->study);
}

uf_status run_study(const struct uf_run_request *request, const char *recorded_output,
                    struct uf_run_summary *out, struct uf_error *error)
{
    struct uf_run_summary summary = {0};
    struct run run = {
        .request = request, .recorded_output = recorded_output, .summary = &summary, .step = ""};
    uf_status status = study_read(request->study, &run.study, error);
    if (status == UF_OK) status = choose_language(&run, error);
    if (status == UF_OK) status = begin_output(&run, error);
    if (status == UF_OK && !run.recorded_output) run.recorded_output = run.folder.final;
    if (status == UF_OK) status = fill_output(&run, error);
    bool in_place = status == UF_OK;
    if (in_place) status = summarise(&run, error);
    clear_run(&run);
    if (in_place)
        *out = summary;
    else
        uf_run_summary_clear(&summary);
    return status;
}

uf_status uf_run_study(const struct uf_run_request *request, struct uf_run_summary *out,
                       struct uf_error *error)
{
    return run_study(request, NULL, out, error);
}

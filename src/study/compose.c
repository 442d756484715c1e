// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/compose.h"
#include "study/present.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { MAX_ROWS = 40, LONG_TABLE = 200, FIRST_ROWS = 10 };

uf_status compose_paragraph(const struct composer *composer, struct uf_words words,
                            const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error)
{
    char *text = NULL;
    UF_TRY(uf_phrase(composer->run->language, words, arguments, n_arguments, &text, error));
    uf_status status = uf_report_add_paragraph(composer->report, text, error);
    free(text);
    return status;
}

uf_status compose_section(const struct composer *composer, const char *key, struct uf_error *error)
{
    return uf_report_add_section(composer->report, key, uf_word(key, composer->run->language), error);
}

uf_status compose_heading(const struct composer *composer, const char *text, struct uf_error *error)
{
    return uf_report_add_heading(composer->report, text, error);
}

uf_status compose_list(const struct composer *composer, const struct uf_text_list *items,
                       struct uf_error *error)
{
    if (items->count == 0) return UF_OK;
    return uf_report_add_list(composer->report, (const char *const *)items->items, items->count, error);
}

uf_status compose_words_list(const struct composer *composer, const struct study_items *words,
                             struct uf_error *error)
{
    struct uf_text_list list;
    uf_text_list_init(&list);
    const struct study_words *items = words->items;
    uf_status status = UF_OK;
    for (size_t i = 0; i < words->count && status == UF_OK; i++)
        status = uf_text_list_add(&list, uf_words_in(items[i].words, composer->run->language), error);
    if (status == UF_OK) status = compose_list(composer, &list, error);
    uf_text_list_clear(&list);
    return status;
}

/* Tables are told apart by their names, as docs/architecture.md lists them; what is not listed is a result. */
enum table_place compose_place(const struct run_analysis *analysis, const struct uf_table *table)
{
    static const struct {
        const char *beginning;
        enum table_place place;
    } known[] = {
        {"design", PLACE_DESIGN},
        {"placebo", PLACE_ROBUSTNESS},
        {"leave-one-out", PLACE_ROBUSTNESS},
        {"in-time", PLACE_ROBUSTNESS},
        {"path-", PLACE_ROBUSTNESS},
        {"randomisation", PLACE_ROBUSTNESS},
        {"event-study-inference", PLACE_ROBUSTNESS},
        {"dose-response-inference", PLACE_ROBUSTNESS},
        {"group-time-inference", PLACE_ROBUSTNESS},
        {"group-average-inference", PLACE_ROBUSTNESS},
        {"calendar-average-inference", PLACE_ROBUSTNESS},
        {"pretrend", PLACE_ROBUSTNESS},
        {"trend-before", PLACE_ROBUSTNESS},
        {"bounds", PLACE_ROBUSTNESS},
        {"breakdown", PLACE_ROBUSTNESS},
        {"alternative-controls", PLACE_ROBUSTNESS},
        {"size-check", PLACE_ROBUSTNESS},
        {"comparisons", PLACE_ROBUSTNESS},
        {"by-type", PLACE_ROBUSTNESS},
        {"power-curve", PLACE_DESIGN},
        {"minimum-effect", PLACE_DESIGN},
    };
    if (run_is_findings_table(table)) return PLACE_HIDDEN;
    if (analysis->kind != ANALYSIS_EFFECT) return PLACE_RESULT;
    const char *name = uf_table_name(table);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strncmp(name, known[i].beginning, strlen(known[i].beginning))) return known[i].place;
    return PLACE_RESULT;
}

static uf_status add_figure(const struct composer *composer, const struct run_analysis *analysis,
                            const struct run_figure *figure, struct uf_error *error)
{
    struct uf_table *shown = NULL;
    char *remark = NULL;
    UF_TRY(present_figure_table(composer->run, analysis, figure->table, &shown, &remark, error));
    uf_status status = uf_report_add_figure(composer->report, &composer->run->charts[figure->chart],
                                            figure->caption, shown, figure->csv, error);
    if (status == UF_OK && remark) status = uf_report_add_paragraph(composer->report, remark, error);
    free(remark);
    uf_table_free(shown);
    return status;
}

/* A long table by region is shown for the focus regions; the file has all of it. */
static uf_status add_table(const struct composer *composer, const struct run_analysis *analysis,
                           const struct uf_table *table, struct uf_error *error)
{
    char *link = run_table_link(analysis, table);
    if (!link) return uf_fail_memory(error);
    size_t unit = uf_table_column(table, "unit"), rows = uf_table_rows(table), kept = 0;
    bool *keep = calloc(rows + 1, sizeof *keep);
    struct uf_table *part = NULL;
    uf_status status = keep ? UF_OK : uf_fail_memory(error);
    if (keep && unit != SIZE_MAX && analysis->focus.count && rows > MAX_ROWS)
        for (size_t i = 0; i < rows; i++) {
            const char *code = uf_table_text(table, i, unit);
            keep[i] = code && uf_text_list_find(&analysis->focus, code) != SIZE_MAX;
            if (keep[i]) kept++;
        }
    if (kept) status = uf_table_filter(table, uf_table_name(table), keep, &part, error);
    struct uf_table *shown = NULL;
    char *remark = NULL;
    if (status == UF_OK)
        status = present_report_table(composer->run, analysis, part ? part : table, &shown, &remark, error);
    if (status == UF_OK)
        status = uf_report_add_table(composer->report, shown,
                                     uf_table_rows(shown) > LONG_TABLE ? FIRST_ROWS : MAX_ROWS, link, error);
    if (status == UF_OK && remark) status = uf_report_add_paragraph(composer->report, remark, error);
    free(remark);
    uf_table_free(shown);
    uf_table_free(part);
    free(keep);
    free(link);
    return status;
}

static bool is_charted(const struct run_analysis *analysis, const struct uf_table *table)
{
    for (size_t i = 0; i < analysis->n_figures; i++)
        if (!strcmp(uf_table_name(analysis->figures[i].table), uf_table_name(table))) return true;
    return false;
}

uf_status compose_material(const struct composer *composer, const struct run_analysis *analysis,
                           enum table_place place, struct uf_error *error)
{
    for (size_t i = 0; i < analysis->n_figures; i++) {
        const struct run_figure *figure = &analysis->figures[i];
        if (compose_place(analysis, figure->table) != place) continue;
        UF_TRY(add_figure(composer, analysis, figure, error));
    }
    for (size_t i = 0; i < analysis->result.n_tables; i++) {
        const struct uf_table *table = analysis->result.tables[i];
        /* A table stands behind its chart, where it can be opened. */
        if (compose_place(analysis, table) != place || uf_table_rows(table) == 0 ||
            is_charted(analysis, table))
            continue;
        UF_TRY(add_table(composer, analysis, table, error));
    }
    return UF_OK;
}

static uf_status compose_all(const struct composer *composer, struct uf_error *error)
{
    static uf_status (*const sections[])(const struct composer *, struct uf_error *) = {
        compose_summary, compose_questions,  compose_data,   compose_profile,      compose_design,
        compose_results, compose_robustness, compose_limits, compose_method_notes, compose_manifest,
    };
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) UF_TRY(sections[i](composer, error));
    return UF_OK;
}

uf_status run_compose(struct run *run, struct uf_error *error)
{
    struct composer composer = {.run = run};
    static const struct uf_words subtitle = {"Evaluation report made with Utfall",
                                             "Utvärderingsrapport framställd med Utfall"};
    UF_TRY(uf_report_new(run->language, run_words(run, &run->study->title),
                         uf_words_in(subtitle, run->language), &composer.report, error));
    char *path = run_path(run, NULL, "report", ".html");
    uf_status status = path ? compose_all(&composer, error) : uf_fail_memory(error);
    if (status == UF_OK) status = uf_report_write_html(composer.report, path, error);
    free(path);
    uf_report_free(composer.report);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The charts of a run. A method's descriptor says which charts suit its tables; this file adds title, source,
 * focus and file names, and draws them all at once at the end. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "study/run.h"

static unsigned formats_of(const struct run *run)
{
    static const struct {
        const char *name;
        unsigned flag;
    } known[] = {{"svg", UF_CHART_SVG}, {"png", UF_CHART_PNG}, {"pdf", UF_CHART_PDF}, {"emf", UF_CHART_EMF}};
    const struct study_texts *charts = &run->study->report.charts;
    unsigned formats =
        charts->count ? UF_CHART_SVG : UF_CHART_SVG | UF_CHART_PNG; /* the report itself shows SVG */
    for (size_t i = 0; i < charts->count; i++)
        for (size_t j = 0; j < 4; j++)
            if (!strcmp(charts->items[i].text, known[j].name)) formats |= known[j].flag;
    return formats;
}

/* Words for what is grey in a chart with a focus. */
static struct uf_words others_of(const char *level)
{
    static const struct {
        const char *level;
        struct uf_words words;
    } known[] = {
        {"nuts1", {"other NUTS 1 regions", "övriga landsdelar (NUTS 1)"}},
        {"nuts2", {"other NUTS 2 regions", "övriga riksområden (NUTS 2)"}},
        {"nuts3", {"other counties", "övriga län"}},
        {"county", {"other counties", "övriga län"}},
        {"municipality", {"other municipalities", "övriga kommuner"}},
        {"country", {"other countries", "övriga länder"}},
    };
    for (size_t i = 0; level && i < sizeof known / sizeof *known; i++)
        if (!strcmp(level, known[i].level)) return known[i].words;
    return (struct uf_words){"other regions", "övriga regioner"};
}

static const char *level_of(const struct run *run, const struct run_analysis *analysis)
{
    return analysis->common->level.text ? analysis->common->level.text : run->study->regions.level.text;
}

uf_status run_read_tiles(struct run *run, struct uf_error *error)
{
    static const char *const texts[] = {"code", "short", "letter"};
    if (run->tiles) return UF_OK;
    char *path = uf_path_join(run->request->data_directory, "reference/tile_grid.csv");
    uf_status status = path ? uf_read_delimited(path, texts, 3, &run->tiles, error) : uf_fail_memory(error);
    free(path);
    return status;
}

static uf_status read_aliases(struct run *run, struct uf_error *error)
{
    static const char *const texts[] = {"alias", "scheme", "code"};
    if (run->aliases) return UF_OK;
    char *path = uf_path_join(run->request->data_directory, "reference/region_aliases.csv");
    uf_status status = path ? uf_read_delimited(path, texts, 3, &run->aliases, error) : uf_fail_memory(error);
    free(path);
    return status;
}

/* The file of boundaries is an input: its hash goes into the manifest, and one that is not there is told at its
 * place in the study file. */
static uf_status find_map(struct run *run, struct uf_error *error)
{
    const struct study_text *file = &run->study->report.map;
    if (!file->text) return UF_OK;
    run->map = uf_path_join(run->study->folder, file->text);
    if (!run->map) return uf_fail_memory(error);
    return study_locate(run->study, file->place, uf_file_sha256(run->map, run->map_sha256, error), error);
}

uf_status run_set_map(struct run *run, struct uf_chart_request *request, struct uf_error *error)
{
    request->kind = run->map ? "map" : "tile-map";
    UF_TRY(run->map ? read_aliases(run, error) : run_read_tiles(run, error));
    request->geometry = run->map;
    request->aliases = run->aliases;
    request->tiles = run->tiles;
    return UF_OK;
}

/* The sources of all columns, each once, in their order: a table may hold several indicators. */
static char *join_sources(const struct uf_panel *panel)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (size_t j = 0; j < panel->n_columns; j++) {
        const char *source = panel->columns[j].source;
        bool is_new = source && *source;
        for (size_t k = 0; k < j && is_new; k++) is_new = !uf_text_equal(panel->columns[k].source, source);
        if (!is_new) continue;
        if (text.length) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, source);
    }
    return uf_buffer_take(&text);
}

static uf_status make_source(const struct run *run, const struct run_analysis *analysis, char **out,
                             struct uf_error *error)
{
    *out = NULL;
    char *source = join_sources(analysis->panel);
    if (!source) return uf_fail_memory(error);
    if (!*source) {
        free(source);
        return UF_OK;
    }
    const struct uf_argument argument = uf_text_argument(source);
    bool plain =
        analysis->kind == ANALYSIS_FOLLOW && !study_derived_of(run->study, analysis->follow->indicator.text);
    uf_status status =
        uf_phrase(run->language,
                  plain ? (struct uf_words){"Source: {0}", "Källa: {0}"}
                        : (struct uf_words){"Source: {0}; own calculations", "Källa: {0}; egna beräkningar"},
                  &argument, 1, out, error);
    free(source);
    return status;
}

/* Takes the figure's caption, link and owned table over, also on failure. A table with nothing to draw gives
 * no chart. */
uf_status run_add_chart(struct run *run, struct run_analysis *analysis, struct uf_chart_request *request,
                        const char *name, struct run_figure *figure, struct uf_error *error)
{
    char *folder = run_path(run, NULL, "charts", "");
    char *source = NULL;
    uf_status status = folder ? make_source(run, analysis, &source, error) : uf_fail_memory(error);
    request->language = run->language;
    request->formats = formats_of(run);
    request->plots_directory = run->request->plots_directory;
    request->gnuplot = run->request->gnuplot;
    request->source = source;
    request->title = figure->caption;
    if (strcmp(request->kind, "synthetic-control") != 0)
        request->context_label = uf_words_in(others_of(level_of(run, analysis)), run->language);
    struct uf_error reason;
    uf_error_clear(&reason);
    if (status == UF_OK && run->n_charts == run->chart_capacity) {
        size_t capacity = run->chart_capacity ? run->chart_capacity * 2 : 16;
        struct uf_chart *charts = realloc(run->charts, capacity * sizeof *charts);
        if (charts) {
            run->charts = charts;
            run->chart_capacity = capacity;
        } else {
            status = uf_fail_memory(error);
        }
    }
    bool drawable = true;
    if (status == UF_OK) {
        status = uf_chart_prepare(request, folder, name, &run->charts[run->n_charts], &reason);
        if (status == UF_BAD_INPUT) {
            drawable = false;
            const struct uf_argument arguments[] = {uf_text_argument(name), uf_text_argument(reason.message)};
            status = run_message(run, (struct uf_words){"no chart {0}: {1}", "inget diagram {0}: {1}"},
                                 arguments, 2, error);
        } else if (status != UF_OK && error) {
            *error = reason;
        }
    }
    if (status == UF_OK && drawable) {
        struct run_figure *figures = realloc(analysis->figures, (analysis->n_figures + 1) * sizeof *figures);
        figure->chart = run->n_charts++;
        if (figures) {
            analysis->figures = figures;
            figures[analysis->n_figures++] = *figure;
            *figure = (struct run_figure){0};
        } else {
            status = uf_fail_memory(error);
        }
    }
    free(figure->caption);
    free(figure->csv);
    uf_table_free(figure->owned);
    free(source);
    free(folder);
    return status;
}

/* --- indicators to follow ----------------------------------------------------------------------- */

static uf_status chart_follow(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    const struct uf_table *table = uf_result_table(&analysis->result, "follow");
    const struct study_follow *follow = analysis->follow;
    bool map = follow->chart.text && !strcmp(follow->chart.text, "tile-map");
    const struct uf_panel *panel = analysis->panel;
    const struct uf_panel_column *column = &panel->columns[panel->outcome >= 0 ? panel->outcome : 0];
    struct uf_chart_request request = {.kind = "lines",
                                       .table = table,
                                       .value = "value",
                                       .label = "label",
                                       .code = "code",
                                       .x = map ? NULL : "period",
                                       .value_label = column->label,
                                       .unit = column->unit,
                                       .focus = (const char *const *)analysis->focus.items,
                                       .n_focus = analysis->focus.count,
                                       .benchmark = map ? NULL : follow->benchmark.text,
                                       .reference = NAN,
                                       .marked_x = NAN};
    if (map) UF_TRY(run_set_map(run, &request, error));
    struct run_figure figure = {.table = table, .csv = run_table_link(analysis, table)};
    char period[64];
    snprintf(period, sizeof period, "%s", map && uf_table_rows(table) ? uf_table_text(table, 0, 2) : "");
    const struct uf_argument arguments[] = {uf_text_argument(analysis->title), uf_text_argument(period)};
    uf_status status = uf_phrase(
        run->language, *period ? (struct uf_words){"{0}, {1}", "{0}, {1}"} : (struct uf_words){"{0}", "{0}"},
        arguments, 2, &figure.caption, error);
    if (status != UF_OK) {
        free(figure.csv);
        return status;
    }
    return run_add_chart(run, analysis, &request, analysis->common->id.text, &figure, error);
}

uf_status run_prepare_charts(struct run *run, struct uf_error *error)
{
    char *folder = run_path(run, NULL, "charts", "");
    if (!folder) return uf_fail_memory(error);
    uf_status status = uf_directory_make(folder, error);
    free(folder);
    UF_TRY(status);
    UF_TRY(find_map(run, error));
    for (size_t i = 0; i < run->n_analyses; i++) {
        struct run_analysis *analysis = &run->analyses[i];
        if (analysis->status != UF_OK) continue;
        UF_TRY(analysis->kind == ANALYSIS_FOLLOW ? chart_follow(run, analysis, error)
                                                 : run_chart_method(run, analysis, error));
    }
    return UF_OK;
}

uf_status run_draw_charts(struct run *run, struct uf_error *error)
{
    if (run->n_charts == 0) return UF_OK;
    UF_TRY(run_step(run, (struct uf_words){"drawing charts", "ritar diagram"}, 0.75, 0.15, error));
    struct uf_error reason;
    uf_error_clear(&reason);
    uf_status status = uf_charts_draw(run->charts, run->n_charts, run->threads, &reason);
    if (status == UF_IO_FAILED) {
        /* The report goes on without pictures, and the run says so at the end. */
        run->undrawn = true;
        run->undrawn_reason = uf_text_copy(reason.message);
        return run->undrawn_reason ? UF_OK : uf_fail_memory(error);
    }
    if (status != UF_OK && error) *error = reason;
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* From a request to the files of a chart, but for the pictures. */
#include "base/fail.h"
#include "chart/band_columns.h"
#include "chart/drawing.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/chart.h>
#include <utfall/file.h>

enum { MOST_TEMPLATE_BYTES = 1 << 20, N_KINDS = 12 };

static const struct uf_chart_kind kinds[N_KINDS] = {
    {"bars", "Horizontal bars with band and reference line"},
    {"stacked-bars", "Diverging stacked bars with their sum"},
    {"lines", "Lines over time, a few brought out"},
    {"event-study", "Estimates with intervals around an event"},
    {"synthetic-control", "Path, gap and placebos of a synthetic control"},
    {"tile-map", "A map of regions as tiles, in five classes"},
    {"scatter", "Points with labels, sizes, reference lines and a fitted line"},
    {"heat-map", "Rows by columns in five classes, ordered"},
    {"intervals", "Dots with intervals: ranks, estimates side by side"},
    {"small-multiples", "Small panels of lines or stacked bars on shared axes"},
    {"map", "A map of regions from a file of boundaries, in five classes"},
    {"histogram", "Counts of a number's values, one of them marked"},
};
static uf_status (*const lay_outs[N_KINDS])(struct uf_drawing *, struct uf_error *) = {
    uf_bars_lay_out,
    uf_stacked_bars_lay_out,
    uf_lines_lay_out,
    uf_event_study_lay_out,
    uf_synthetic_control_lay_out,
    uf_tile_map_lay_out,
    uf_scatter_lay_out,
    uf_heat_map_lay_out,
    uf_intervals_lay_out,
    uf_small_multiples_lay_out,
    uf_map_lay_out,
    uf_histogram_lay_out,
};

const struct uf_chart_kind *uf_chart_kinds(size_t *out_count)
{
    *out_count = N_KINDS;
    return kinds;
}

void uf_chart_clear(struct uf_chart *chart)
{
    if (!chart) return;
    free(chart->name);
    free(chart->alt_text);
    free(chart->svg);
    free(chart->title);
    free(chart->directory);
    free(chart->gnuplot);
    *chart = (struct uf_chart){0};
}

static uf_status kind_index(const char *kind, size_t *out, struct uf_error *error)
{
    const char *names[N_KINDS];
    for (size_t i = 0; i < N_KINDS; i++) {
        names[i] = kinds[i].name;
        if (!uf_text_equal(kind, kinds[i].name)) continue;
        *out = i;
        return UF_OK;
    }
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t i = 0; i < N_KINDS; i++) {
        if (i) uf_buffer_append(&list, i + 1 < N_KINDS ? ", " : " and ");
        uf_buffer_append(&list, names[i]);
    }
    const char *near = kind ? uf_text_nearest(kind, names, N_KINDS) : NULL;
    uf_status status = uf_fail(error, UF_BAD_USAGE, "unknown chart kind '%s'%s%s%s; there are %s",
                               kind ? kind : "", near ? ": did you mean '" : "", near ? near : "",
                               near ? "'?" : "", list.data ? list.data : "");
    uf_buffer_clear(&list);
    return status;
}

static bool is_name(const char *name)
{
    if (!name || !isalpha((unsigned char)*name)) return false;
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_') return false;
    return true;
}

static uf_status append_template(struct uf_buffer *script, const char *directory, const char *name,
                                 struct uf_error *error)
{
    char *path = uf_path_join(directory, name), *text = NULL;
    size_t length;
    if (!path) return uf_fail_memory(error);
    uf_status status =
        uf_file_exists(path)
            ? uf_file_read(path, MOST_TEMPLATE_BYTES, &text, &length, error)
            : uf_fail(
                  error, UF_IO_FAILED,
                  "the chart template '%s' is missing: expected it in the plots folder of the installation",
                  path);
    free(path);
    if (status != UF_OK) return status;
    uf_buffer_append(script, "\n# --- ");
    uf_buffer_append(script, name);
    uf_buffer_append(script, " ---\n");
    /* the licence is that of the file, not of a drawing */
    const char *body = strncmp(text, "# SPDX", 6) == 0 ? strchr(text, '\n') : text;
    uf_buffer_append(script, body ? body + (body != text) : "");
    free(text);
    return UF_OK;
}

static void write_placed(struct uf_drawing *drawing)
{
    size_t n = drawing->n_texts, m = drawing->n_signs;
    double *numbers = calloc(4 * n + 3 * m + 1, sizeof *numbers);
    const char **texts = calloc(n + 1, sizeof *texts);
    if (!numbers || !texts) {
        drawing->failed = true;
    } else {
        for (size_t i = 0; i < n; i++) {
            numbers[i] = drawing->texts[i].x;
            numbers[n + i] = drawing->texts[i].y;
            numbers[2 * n + i] = drawing->texts[i].align;
            numbers[3 * n + i] = drawing->texts[i].look;
            texts[i] = drawing->texts[i].text;
        }
        double *signs = numbers + 4 * n;
        for (size_t i = 0; i < m; i++) {
            signs[i] = drawing->signs[i].x;
            signs[m + i] = drawing->signs[i].y;
            signs[2 * m + i] = drawing->signs[i].sign;
        }
        uf_drawing_strings(drawing, "text", texts, n);
        uf_drawing_numbers(drawing, "text_x", numbers, n);
        uf_drawing_numbers(drawing, "text_y", numbers + n, n);
        uf_drawing_numbers(drawing, "text_align", numbers + 2 * n, n);
        uf_drawing_numbers(drawing, "text_look", numbers + 3 * n, n);
        uf_drawing_numbers(drawing, "sign_x", signs, m);
        uf_drawing_numbers(drawing, "sign_y", signs + m, m);
        uf_drawing_numbers(drawing, "sign", signs + 2 * m, m);
    }
    free(numbers);
    free(texts);
}

static uf_status compose_script(struct uf_drawing *drawing, const char *name, unsigned formats,
                                struct uf_buffer *script, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    char words[32] = "", template_name[64];
    if (formats & UF_CHART_SVG) strcat(words, "svg ");
    if (formats & UF_CHART_PNG) strcat(words, "png ");
    if (formats & UF_CHART_PDF) strcat(words, "pdf ");
    if (formats & UF_CHART_EMF) strcat(words, "emf ");
    words[strlen(words) - 1] = '\0';
    write_placed(drawing);
    uf_buffer_append(script, "# ");
    uf_buffer_append(script, name);
    uf_buffer_append(script, ".gp: a chart made by Utfall. Draw it again in this folder with: gnuplot ");
    uf_buffer_append(script, name);
    uf_buffer_append(script, ".gp (version 5.4 or later)\n"
                             "# First the content: words, limits and places (1/96 inch from the top left). "
                             "Then style, palette and template:\n"
                             "# change the look there. The numbers are in ");
    uf_buffer_append(script, name);
    uf_buffer_append(script, ".csv.\n\n");
    uf_buffer_append(
        script, "quote = \"\\047\"; double_quote = \"\\042\"; backtick = \"\\140\"; at_sign = \"\\100\"; "
                "backslash = \"\\134\"\n");
    uf_drawing_string(drawing, "chart_name", name);
    uf_drawing_string(drawing, "chart_formats", words);
    uf_drawing_string(drawing, "decimal_mark", drawing->language == UF_SWEDISH ? "," : ".");
    uf_drawing_number(drawing, "canvas_width", drawing->width);
    uf_drawing_number(drawing, "canvas_height", drawing->height);
    if (drawing->variables.data) uf_buffer_append(script, drawing->variables.data);
    UF_TRY(append_template(script, request->plots_directory, "style.gp", error));
    UF_TRY(append_template(script, request->plots_directory, "palette.gp", error));
    strcpy(template_name, request->kind);
    strcat(template_name, ".gp");
    return append_template(script, request->plots_directory, template_name, error);
}

static uf_status write_file(const char *directory, const char *name, const char *ending,
                            const struct uf_buffer *text, struct uf_error *error)
{
    struct uf_buffer file;
    uf_buffer_init(&file);
    uf_buffer_append(&file, name);
    uf_buffer_append(&file, ending);
    char *path = file.failed ? NULL : uf_path_join(directory, file.data);
    uf_buffer_clear(&file);
    if (!path) return uf_fail_memory(error);
    uf_status status = uf_file_write(path, text->data ? text->data : "", text->length, error);
    free(path);
    return status;
}

static uf_status fill_chart(const struct uf_chart_request *request, const char *directory, const char *name,
                            unsigned formats, const char *alt_text, struct uf_chart *out,
                            struct uf_error *error)
{
    struct uf_chart chart = {.name = uf_text_copy(name),
                             .alt_text = uf_text_copy(alt_text),
                             .title = uf_text_copy(request->title),
                             .directory = uf_text_copy(directory),
                             .gnuplot = uf_text_copy(request->gnuplot ? request->gnuplot : "gnuplot"),
                             .formats = formats};
    if (!chart.name || !chart.alt_text || !chart.directory || !chart.gnuplot ||
        (request->title && !chart.title)) {
        uf_chart_clear(&chart);
        return uf_fail_memory(error);
    }
    *out = chart;
    return UF_OK;
}

uf_status uf_chart_prepare(const struct uf_chart_request *request, const char *directory, const char *name,
                           struct uf_chart *out, struct uf_error *error)
{
    size_t kind = 0;
    UF_TRY(kind_index(request->kind, &kind, error));
    if (!is_name(name))
        return uf_fail(error, UF_INTERNAL,
                       "'%s' cannot name a chart: expected letters, digits, - and _, a letter first",
                       name ? name : "");
    if (!request->table || !request->plots_directory)
        return uf_fail(error, UF_INTERNAL, "the chart '%s' was given no %s", name,
                       request->table ? "plots directory" : "table");
    unsigned formats = request->formats ? request->formats : UF_CHART_SVG | UF_CHART_PNG;
    if (formats & ~(unsigned)(UF_CHART_SVG | UF_CHART_PNG | UF_CHART_PDF | UF_CHART_EMF))
        return uf_fail(error, UF_INTERNAL, "the chart '%s' asks for an unknown format", name);
    UF_TRY(uf_band_columns_check(request, error));
    struct uf_drawing drawing;
    struct uf_buffer script;
    uf_buffer_init(&script);
    uf_drawing_init(&drawing, request);
    uf_status status;
    UF_TRY_GOTO(lay_outs[kind](&drawing, error), done);
    if (request->note && *request->note) {
        const struct uf_argument note = uf_text_argument(request->note);
        UF_TRY_GOTO(uf_drawing_say(&drawing, (struct uf_words){"{0}", "{0}"}, &note, 1, error), done);
    }
    UF_TRY_GOTO(compose_script(&drawing, name, formats, &script, error), done);
    UF_TRY_GOTO(uf_drawing_status(&drawing, error), done);
    if (script.failed) {
        status = uf_fail_memory(error);
        goto done;
    }
    UF_TRY_GOTO(write_file(directory, name, ".csv", &drawing.csv, error), done);
    UF_TRY_GOTO(write_file(directory, name, ".gp", &script, error), done);
    UF_TRY_GOTO(fill_chart(request, directory, name, formats, drawing.alt.data, out, error), done);
    uf_buffer_append_char(&drawing.alt, '\n');
    status = write_file(directory, name, ".txt", &drawing.alt, error);
    if (status != UF_OK) uf_chart_clear(out);
done:
    uf_buffer_clear(&script);
    uf_drawing_clear(&drawing);
    return status;
}

uf_status uf_chart_write(const struct uf_chart_request *request, const char *directory, const char *name,
                         struct uf_chart *out, struct uf_error *error)
{
    struct uf_chart chart;
    UF_TRY(uf_chart_prepare(request, directory, name, &chart, error));
    uf_status status = uf_charts_draw(&chart, 1, 1, error);
    *out = chart;
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/chart.h>
#include <utfall/file.h>
#include <utfall/import.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "cli/terminal.h"

static uf_status number_of(const struct arguments *arguments, const char *name, double *out,
                           struct uf_error *error)
{
    const char *text = arguments_text(arguments, name);
    *out = NAN;
    if (text && !uf_number_parse(text, strlen(text), '.', out))
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--%s', expected a number", text, name);
    return UF_OK;
}

static uf_status check_kind(const char *kind, struct uf_error *error)
{
    const char *names[32];
    size_t count = 0;
    const struct uf_chart_kind *kinds = uf_chart_kinds(&count);
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t i = 0; i < count && i < 32; i++) {
        names[i] = kinds[i].name;
        uf_buffer_append(&list, i ? ", " : "");
        uf_buffer_append(&list, kinds[i].name);
        if (!strcmp(kind, kinds[i].name)) {
            uf_buffer_clear(&list);
            return UF_OK;
        }
    }
    const char *nearest = uf_text_nearest(kind, names, count < 32 ? count : 32);
    uf_fail(error, UF_BAD_USAGE, "there is no chart '%s'%s%s%s; expected one of: %s", kind,
            nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "",
            list.data ? list.data : "");
    uf_buffer_clear(&list);
    return UF_BAD_USAGE;
}

static uf_status formats_of(const struct arguments *arguments, unsigned *out, struct uf_error *error)
{
    static const struct {
        const char *name;
        unsigned flag;
    } known[] = {{"svg", UF_CHART_SVG}, {"png", UF_CHART_PNG}, {"pdf", UF_CHART_PDF}, {"emf", UF_CHART_EMF}};
    struct uf_text_list list;
    uf_text_list_init(&list);
    uf_status status = arguments_list(arguments, "pictures", &list, error);
    *out = 0;
    for (size_t i = 0; i < list.count && status == UF_OK; i++) {
        size_t j = 0;
        while (j < 4 && strcmp(list.items[i], known[j].name) != 0) j++;
        if (j < 4)
            *out |= known[j].flag;
        else
            status = uf_fail(error, UF_BAD_USAGE,
                             "found '%s' for '--pictures', expected svg, png, pdf or emf", list.items[i]);
    }
    uf_text_list_clear(&list);
    return status;
}

/* A tile map needs to know where each county lies. */
static uf_status read_tiles(struct uf_table **out, struct uf_error *error)
{
    static const char *const texts[] = {"code", "short", "letter"};
    char *datasets = NULL;
    UF_TRY(places_find("datasets", &datasets, error));
    char *path = uf_path_join(datasets, "reference/tile_grid.csv");
    uf_status status = path ? uf_read_delimited(path, texts, 3, out, error) : uf_fail_memory(error);
    free(path);
    free(datasets);
    return status;
}

/* The name goes into a script and into names of files; the folder may be called anything. */
static bool is_file_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return *name && !strchr("0123456789-_", *name) && name[strspn(name, letters)] == '\0';
}

static uf_status draw(const struct arguments *arguments, const struct uf_table *table,
                      const struct uf_table *placebos, const struct uf_table *tiles,
                      const struct uf_text_list *focus, const char *plots, struct uf_error *error)
{
    struct uf_chart_request request = {.kind = arguments->words.items[0],
                                       .table = table,
                                       .value = arguments_text(arguments, "value"),
                                       .low = arguments_text(arguments, "low"),
                                       .high = arguments_text(arguments, "high"),
                                       .label = arguments_text(arguments, "label"),
                                       .group = arguments_text(arguments, "group"),
                                       .x = arguments_text(arguments, "x"),
                                       .placebos = placebos,
                                       .tiles = tiles,
                                       .title = arguments_text(arguments, "title"),
                                       .source = arguments_text(arguments, "source"),
                                       .value_label = arguments_text(arguments, "value-label"),
                                       .x_label = arguments_text(arguments, "x-label"),
                                       .unit = arguments_text(arguments, "unit"),
                                       .focus = (const char *const *)focus->items,
                                       .n_focus = focus->count,
                                       .plots_directory = plots};
    UF_TRY(terminal_language(arguments, &request.language, error));
    UF_TRY(number_of(arguments, "reference", &request.reference, error));
    UF_TRY(number_of(arguments, "marked-x", &request.marked_x, error));
    UF_TRY(formats_of(arguments, &request.formats, error));
    const char *output = arguments_text(arguments, "output"), *slash = output ? strrchr(output, '/') : NULL;
    const char *name = slash ? slash + 1 : output ? output : "chart";
    if (!is_file_name(name))
        return uf_fail(
            error, UF_BAD_USAGE,
            "found '%s' for '--output', expected FOLDER/NAME with a name of letters a to z, digits, "
            "- and _, a letter first",
            output);
    char *whole = uf_path_directory(output ? output : "chart");
    if (!whole) return uf_fail_memory(error);
    struct uf_chart chart = {0};
    uf_status status = uf_directory_make(whole, error);
    if (status == UF_OK) status = uf_chart_write(&request, whole, name, &chart, error);
    if (chart.alt_text && terminal_print(chart.alt_text, error) == UF_OK) terminal_print("\n", error);
    uf_chart_clear(&chart);
    free(whole);
    return status;
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    const char *kind = arguments->words.items[0], *data = arguments_text(arguments, "data"),
               *placebo_file = arguments_text(arguments, "placebos");
    UF_TRY(check_kind(kind, error));
    if (!data) return uf_fail(error, UF_BAD_USAGE, "expected --data FILE: the table to draw, as CSV");
    struct uf_table *table = NULL, *placebos = NULL, *tiles = NULL;
    struct uf_text_list focus, texts;
    uf_text_list_init(&focus);
    uf_text_list_init(&texts);
    char *plots = NULL;
    uf_status status = arguments_list(arguments, "focus", &focus, error);
    const char *text_options[] = {"label", "group"};
    for (size_t i = 0; i < 2 && status == UF_OK; i++)
        if (arguments_text(arguments, text_options[i]))
            status = uf_text_list_add(&texts, arguments_text(arguments, text_options[i]), error);
    if (status == UF_OK) status = places_find("plots", &plots, error);
    if (status == UF_OK)
        status = uf_read_delimited(data, (const char *const *)texts.items, texts.count, &table, error);
    static const char *const unit[] = {"unit"};
    if (status == UF_OK && placebo_file) status = uf_read_delimited(placebo_file, unit, 1, &placebos, error);
    if (status == UF_OK && !strcmp(kind, "tile-map")) status = read_tiles(&tiles, error);
    if (status == UF_OK) status = draw(arguments, table, placebos, tiles, &focus, plots, error);
    uf_table_free(tiles);
    uf_table_free(placebos);
    uf_table_free(table);
    free(plots);
    uf_text_list_clear(&texts);
    uf_text_list_clear(&focus);
    return status;
}

static const struct argument_option columns[] = {
    {"data", 'd', ARGUMENT_VALUE, "FILE", "the table to draw: a delimited file with a header (needed)"},
    {"value", 0, ARGUMENT_VALUE, "COLUMN", "the numbers"},
    {"low", 0, ARGUMENT_VALUE, "COLUMN", "the lower end of a band"},
    {"high", 0, ARGUMENT_VALUE, "COLUMN", "the upper end of a band"},
    {"label", 0, ARGUMENT_VALUE, "COLUMN", "the text of each bar, line or tile"},
    {"group", 0, ARGUMENT_VALUE, "COLUMN", "the part of a stacked bar"},
    {"x", 0, ARGUMENT_VALUE, "COLUMN", "the horizontal axis of lines"},
    {"placebos", 0, ARGUMENT_VALUE, "FILE", "synthetic-control: a table with unit, period and gap"},
};
static const struct argument_group column_group = {"What is drawn", columns,
                                                   sizeof columns / sizeof *columns};
static const struct argument_option looks[] = {
    {"output", 'o', ARGUMENT_VALUE, "FOLDER/NAME", "the files' name without ending (default: chart)"},
    {"pictures", 0, ARGUMENT_LIST, "A,B", "svg, png, pdf, emf (default: svg,png)"},
    {"title", 0, ARGUMENT_VALUE, "TEXT", "the title"},
    {"source", 0, ARGUMENT_VALUE, "TEXT", "the source line"},
    {"value-label", 0, ARGUMENT_VALUE, "TEXT", "the title of the axis with values"},
    {"x-label", 0, ARGUMENT_VALUE, "TEXT", "the title of the other axis"},
    {"unit", 0, ARGUMENT_VALUE, "TEXT", "the unit of the values"},
    {"focus", 0, ARGUMENT_LIST, "A,B", "labels to bring out"},
    {"reference", 0, ARGUMENT_VALUE, "NUMBER", "a line to compare with"},
    {"marked-x", 0, ARGUMENT_VALUE, "NUMBER", "a vertical line, as the start of a treatment"},
    {"language", 'l', ARGUMENT_VALUE, "sv|en",
     "the language of numbers and of the description (default: en)"},
};
static const struct argument_group look_group = {"How it looks", looks, sizeof looks / sizeof *looks};
static const struct argument_group *const groups[] = {&column_group, &look_group, &general_options, NULL};

const struct command command_chart = {
    .name = "chart",
    .usage = "KIND --data FILE [OPTIONS]",
    .summary = "draw a chart from a table",
    .more = "Kinds: bars, stacked-bars, lines, event-study, synthetic-control, tile-map. Written are "
            "NAME.csv (the numbers drawn), NAME.gp (the "
            "script, which runs by itself), the pictures, and NAME.txt, a description that is also printed.",
    .groups = groups,
    .min_words = 1,
    .max_words = 1,
    .run = run,
    .family = -1};

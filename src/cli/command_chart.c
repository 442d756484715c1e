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

/* A map's regions may go by other codes in the file of boundaries than in the table. */
static uf_status read_aliases(struct uf_table **out, struct uf_error *error)
{
    static const char *const texts[] = {"alias", "scheme", "code"};
    char *datasets = NULL;
    UF_TRY(places_find("datasets", &datasets, error));
    char *path = uf_path_join(datasets, "reference/region_aliases.csv");
    uf_status status = path ? uf_read_delimited(path, texts, 3, out, error) : uf_fail_memory(error);
    free(path);
    free(datasets);
    return status;
}

/* Words in the corners of a scatter, separated by `|` since they may hold commas. */
static uf_status corners_of(const struct arguments *arguments, struct uf_text_list *out,
                            struct uf_error *error)
{
    const char *text = arguments_text(arguments, "quadrants");
    if (!text) return UF_OK;
    UF_TRY(uf_text_list_split(out, text, '|', error));
    if (out->count != 4)
        return uf_fail(
            error, UF_BAD_USAGE,
            "found %zu words for '--quadrants', expected four, separated by |: top right, top left, "
            "bottom left, bottom right",
            out->count);
    return UF_OK;
}

/* The name goes into a script and into names of files; the folder may be called anything. */
static bool is_file_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return *name && !strchr("0123456789-_", *name) && name[strspn(name, letters)] == '\0';
}

/* What a chart is made of, beside the command line. */
struct material {
    struct uf_table *table, *placebos, *tiles, *aliases;
    struct uf_text_list focus, corners;
    char *plots;
};

static void material_clear(struct material *material)
{
    uf_table_free(material->table);
    uf_table_free(material->placebos);
    uf_table_free(material->tiles);
    uf_table_free(material->aliases);
    uf_text_list_clear(&material->focus);
    uf_text_list_clear(&material->corners);
    free(material->plots);
}

static uf_status draw(const struct arguments *arguments, const struct material *material,
                      struct uf_error *error)
{
    struct uf_chart_request request = {.kind = arguments->words.items[0],
                                       .table = material->table,
                                       .value = arguments_text(arguments, "value"),
                                       .low = arguments_text(arguments, "low"),
                                       .high = arguments_text(arguments, "high"),
                                       .label = arguments_text(arguments, "label"),
                                       .group = arguments_text(arguments, "group"),
                                       .code = arguments_text(arguments, "code"),
                                       .x = arguments_text(arguments, "x"),
                                       .placebos = material->placebos,
                                       .tiles = material->tiles,
                                       .aliases = material->aliases,
                                       .geometry = arguments_text(arguments, "geometry"),
                                       .geometry_key = arguments_text(arguments, "geometry-key"),
                                       .size = arguments_text(arguments, "size"),
                                       .size_label = arguments_text(arguments, "size-label"),
                                       .fit = arguments_flag(arguments, "fit"),
                                       .order = arguments_text(arguments, "order"),
                                       .form = arguments_text(arguments, "form"),
                                       .band_label = arguments_text(arguments, "band-label"),
                                       .title = arguments_text(arguments, "title"),
                                       .source = arguments_text(arguments, "source"),
                                       .value_label = arguments_text(arguments, "value-label"),
                                       .x_label = arguments_text(arguments, "x-label"),
                                       .unit = arguments_text(arguments, "unit"),
                                       .subtitle = arguments_text(arguments, "subtitle"),
                                       .reference_label = arguments_text(arguments, "reference-label"),
                                       .marked_label = arguments_text(arguments, "marked-label"),
                                       .focus = (const char *const *)material->focus.items,
                                       .n_focus = material->focus.count,
                                       .plots_directory = material->plots};
    for (size_t k = 0; k < 4 && k < material->corners.count; k++)
        request.quadrants[k] = material->corners.items[k];
    UF_TRY(terminal_language(arguments, &request.language, error));
    UF_TRY(number_of(arguments, "reference", &request.reference, error));
    UF_TRY(number_of(arguments, "reference-x", &request.reference_x, error));
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
    struct uf_text_list texts;
    uf_text_list_init(&texts);
    struct material material = {0};
    uf_text_list_init(&material.focus);
    uf_text_list_init(&material.corners);
    uf_status status = arguments_list(arguments, "focus", &material.focus, error);
    if (status == UF_OK) status = corners_of(arguments, &material.corners, error);
    const char *text_options[] = {"label", "group", "code"};
    for (size_t i = 0; i < 3 && status == UF_OK; i++)
        if (arguments_text(arguments, text_options[i]))
            status = uf_text_list_add(&texts, arguments_text(arguments, text_options[i]), error);
    static const char *const number_options[] = {"value", "low", "high", "size"};
    const char *numbers[4];
    size_t n_numbers = 0;
    for (size_t i = 0; i < 4; i++)
        if (arguments_text(arguments, number_options[i]))
            numbers[n_numbers++] = arguments_text(arguments, number_options[i]);
    if (status == UF_OK) status = places_find("plots", &material.plots, error);
    if (status == UF_OK)
        status = uf_read_delimited_checked(data, (const char *const *)texts.items, texts.count, numbers,
                                           n_numbers, NULL, &material.table, error);
    static const char *const unit[] = {"unit"};
    if (status == UF_OK && placebo_file)
        status = uf_read_delimited(placebo_file, unit, 1, &material.placebos, error);
    if (status == UF_OK && !strcmp(kind, "tile-map")) status = read_tiles(&material.tiles, error);
    if (status == UF_OK && !strcmp(kind, "map")) status = read_aliases(&material.aliases, error);
    if (status == UF_OK) status = draw(arguments, &material, error);
    material_clear(&material);
    uf_text_list_clear(&texts);
    return status;
}

static const struct argument_option columns[] = {
    {"data", 'd', ARGUMENT_VALUE, "FILE", "the table to draw: a delimited file with a header (needed)"},
    {"value", 0, ARGUMENT_VALUE, "COLUMN", "the numbers"},
    {"low", 0, ARGUMENT_VALUE, "COLUMN", "the lower end of a band"},
    {"high", 0, ARGUMENT_VALUE, "COLUMN", "the upper end of a band"},
    {"label", 0, ARGUMENT_VALUE, "COLUMN", "the text of each bar, line, point, row, panel or region"},
    {"code", 0, ARGUMENT_VALUE, "COLUMN", "codes by which --focus and --geometry may know the rows"},
    {"group", 0, ARGUMENT_VALUE, "COLUMN", "the part of a stacked bar, the column of a heat map, the series"},
    {"x", 0, ARGUMENT_VALUE, "COLUMN", "the horizontal axis of lines and points"},
    {"size", 0, ARGUMENT_VALUE, "COLUMN", "scatter: the area of each point"},
    {"placebos", 0, ARGUMENT_VALUE, "FILE", "synthetic-control: a table with unit, period and gap"},
    {"geometry", 0, ARGUMENT_VALUE, "FILE",
     "map: boundaries as GeoJSON or shapefile (.shp, or .zip with one), in projected coordinates"},
    {"geometry-key", 0, ARGUMENT_VALUE, "NAME",
     "map: the attribute with the regions' codes (default: found)"},
};
static const struct argument_group column_group = {"What is drawn", columns,
                                                   sizeof columns / sizeof *columns};
static const struct argument_option looks[] = {
    {"output", 'o', ARGUMENT_VALUE, "FOLDER/NAME", "the files' name without ending (default: chart)"},
    {"pictures", 0, ARGUMENT_LIST, "A,B", "svg, png, pdf, emf (default: svg,png)"},
    {"title", 0, ARGUMENT_VALUE, "TEXT", "the title"},
    {"subtitle", 0, ARGUMENT_VALUE, "TEXT", "a line under the title"},
    {"source", 0, ARGUMENT_VALUE, "TEXT", "the source line"},
    {"value-label", 0, ARGUMENT_VALUE, "TEXT", "the title of the axis with values"},
    {"x-label", 0, ARGUMENT_VALUE, "TEXT", "the title of the other axis"},
    {"unit", 0, ARGUMENT_VALUE, "TEXT", "the unit of the values"},
    {"focus", 0, ARGUMENT_LIST, "A,B", "labels to bring out"},
    {"reference", 0, ARGUMENT_VALUE, "NUMBER", "a line to compare with"},
    {"reference-label", 0, ARGUMENT_VALUE, "TEXT", "what that line is"},
    {"reference-x", 0, ARGUMENT_VALUE, "NUMBER", "scatter: a vertical line to compare with"},
    {"quadrants", 0, ARGUMENT_VALUE, "A|B|C|D",
     "scatter: words in the corners: top right, top left, bottom left, bottom right"},
    {"fit", 0, ARGUMENT_FLAG, NULL, "scatter: the least-squares line"},
    {"size-label", 0, ARGUMENT_VALUE, "TEXT", "scatter: what the areas are"},
    {"band-label", 0, ARGUMENT_VALUE, "TEXT", "what the intervals are"},
    {"order", 0, ARGUMENT_VALUE, "ORDER",
     "heat-map: value (default), similarity, given; intervals: given (default), value, rising"},
    {"form", 0, ARGUMENT_VALUE, "FORM", "small-multiples: lines (default), stacked-bars or intervals"},
    {"marked-x", 0, ARGUMENT_VALUE, "NUMBER", "a vertical line, as the start of a treatment"},
    {"marked-label", 0, ARGUMENT_VALUE, "TEXT", "what that line is"},
    {"language", 'l', ARGUMENT_VALUE, "sv|en",
     "the language of numbers and of the description (default: en)"},
};
static const struct argument_group look_group = {"How it looks", looks, sizeof looks / sizeof *looks};
static const struct argument_group *const groups[] = {&column_group, &look_group, &general_options, NULL};

const struct command command_chart = {
    .name = "chart",
    .usage = "KIND --data FILE [OPTIONS]",
    .summary = "draw a chart from a table",
    .more = "Kinds: bars, stacked-bars, lines, event-study, synthetic-control, tile-map, scatter, heat-map, "
            "intervals, small-multiples, map, histogram. Written are "
            "NAME.csv (the numbers drawn), NAME.gp (the "
            "script, which runs by itself), the pictures, and NAME.txt, a description that is also printed.",
    .groups = groups,
    .min_words = 1,
    .max_words = 1,
    .run = run,
    .family = -1};

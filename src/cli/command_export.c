// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <string.h>
#include <utfall/export.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "cli/terminal.h"

static int on_progress(void *user, double share)
{
    return terminal_progress(user, "exporting", share);
}

static uf_status period_of(const struct arguments *arguments, const char *name, uf_period *out,
                           struct uf_error *error)
{
    const char *text = arguments_text(arguments, name);
    if (!text || uf_period_parse(text, strlen(text), out)) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--%s', expected a period, as 2018 or 2018Q1", text,
                   name);
}

static uf_status fill_request(const struct arguments *arguments, struct uf_text_list *indicators,
                              struct uf_text_list *regions, struct uf_export_request *request,
                              struct uf_error *error)
{
    const char *format = arguments_text(arguments, "output-format");
    if (!request->folder)
        return uf_fail(error, UF_BAD_USAGE, "expected --output FOLDER: where the export goes");
    if (format) UF_TRY(uf_export_format_find(format, &request->format, error));
    UF_TRY(arguments_list(arguments, "indicator", indicators, error));
    UF_TRY(arguments_list(arguments, "region", regions, error));
    UF_TRY(period_of(arguments, "from", &request->from, error));
    UF_TRY(period_of(arguments, "to", &request->to, error));
    request->indicators = (const char *const *)indicators->items;
    request->n_indicators = indicators->count;
    request->regions = (const char *const *)regions->items;
    request->n_regions = regions->count;
    if (request->from && request->to && request->from > request->to)
        return uf_fail(error, UF_BAD_USAGE, "'--from' is later than '--to'");
    return UF_OK;
}

static uf_status export_to(const struct arguments *arguments, const struct uf_export_request *request,
                           struct uf_error *error)
{
    struct uf_store *store = NULL;
    struct uf_export_summary summary;
    char line[256];
    UF_TRY(places_open_store(arguments, &store, error));
    uf_status status = uf_export(store, request, &summary, error);
    uf_store_close(store);
    terminal_progress_end();
    UF_TRY(status);
    snprintf(line, sizeof line, "%zu observations (%zu of them missing) of %zu indicator%s in %zu files",
             summary.observations, summary.missing, summary.indicators, summary.indicators == 1 ? "" : "s",
             summary.files);
    terminal_message(arguments, line);
    UF_TRY(terminal_print(request->folder, error));
    return terminal_print("\n", error);
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    struct uf_text_list indicators, regions;
    uf_text_list_init(&indicators);
    uf_text_list_init(&regions);
    struct uf_export_request request = {.folder = arguments_text(arguments, "output"),
                                        .level = arguments_text(arguments, "level"),
                                        .replace = arguments_flag(arguments, "replace"),
                                        .progress = on_progress,
                                        .user = (void *)(uintptr_t)arguments};
    uf_status status = fill_request(arguments, &indicators, &regions, &request, error);
    if (status == UF_OK) status = export_to(arguments, &request, error);
    uf_text_list_clear(&indicators);
    uf_text_list_clear(&regions);
    return status;
}

static const struct argument_option where[] = {
    {"output", 'o', ARGUMENT_VALUE, "FOLDER", "the folder that is made (needed)"},
    {"output-format", 0, ARGUMENT_VALUE, "NAME", "csv (default), csv-excel, sdmx-csv or json-stat"},
    {"replace", 0, ARGUMENT_FLAG, NULL, "put the export in the place of an earlier one"},
};
static const struct argument_group where_group = {"Where and how", where, sizeof where / sizeof *where};
static const struct argument_option which[] = {
    {"indicator", 'i', ARGUMENT_LIST, "A,B", "only these indicators"},
    {"level", 0, ARGUMENT_VALUE, "NAME", "only regions of this level, as county or municipality"},
    {"region", 0, ARGUMENT_LIST, "A,B", "only these regions, by code or alias"},
    {"from", 0, ARGUMENT_VALUE, "PERIOD", "only periods from this one on"},
    {"to", 0, ARGUMENT_VALUE, "PERIOD", "only periods up to this one"},
};
static const struct argument_group which_group = {"Which observations (default: all)", which,
                                                  sizeof which / sizeof *which};
static const struct argument_group *const groups[] = {&where_group, &which_group, &store_options,
                                                      &general_options, NULL};

const struct command command_export = {
    .name = "export",
    .usage = "--output FOLDER [OPTIONS]",
    .summary = "write observations for other programs",
    .more =
        "csv is tidy (comma, decimal point); csv-excel is for a Swedish Excel (semicolon, decimal comma, "
        "Swedish headings); sdmx-csv has Eurostat's columns and flags; json-stat is one file per indicator. "
        "Beside them stands datapackage.json, which says what each column is, with units, sources, licences "
        "and notes; `utfall import --package FOLDER` reads all of it back. The folder is whole or not there.",
    .groups = groups,
    .run = run,
    .family = -1};

// SPDX-License-Identifier: GPL-3.0-or-later
/* A folder with figures and their descriptor, built beside its place and renamed into it. */
#include <utfall/export.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utfall/file.h>

#include "base/fail.h"
#include "base/output_folder.h"
#include "base/paths.h"
#include "export/writers.h"

static const struct export_writer WRITERS[] = {
    [UF_EXPORT_CSV] = {"csv", "tidy CSV: UTF-8, comma, decimal point", export_write_csv, 1},
    [UF_EXPORT_CSV_EXCEL] = {"csv-excel",
                             "CSV for a Swedish Excel: semicolon, decimal comma, Swedish headings",
                             export_write_csv_excel, 1},
    [UF_EXPORT_SDMX_CSV] = {"sdmx-csv", "SDMX-CSV 1.0 with Eurostat's flags", export_write_sdmx_csv, 1},
    [UF_EXPORT_JSON_STAT] = {"json-stat", "JSON-stat 2.0, one file per indicator", export_write_json_stat, 3},
};
enum { N_WRITERS = sizeof WRITERS / sizeof *WRITERS };

const struct export_writer *export_writer_of(enum uf_export_format format)
{
    return &WRITERS[format];
}

const char *uf_export_format_name(enum uf_export_format format)
{
    return (size_t)format < N_WRITERS ? WRITERS[format].name : NULL;
}

const char *uf_export_format_summary(enum uf_export_format format)
{
    return (size_t)format < N_WRITERS ? WRITERS[format].summary : NULL;
}

uf_status uf_export_format_find(const char *name, enum uf_export_format *out, struct uf_error *error)
{
    const char *names[N_WRITERS];
    for (size_t i = 0; i < N_WRITERS; i++) {
        names[i] = WRITERS[i].name;
        if (strcmp(name, names[i]) != 0) continue;
        *out = (enum uf_export_format)i;
        return UF_OK;
    }
    const char *nearest = uf_text_nearest(name, names, N_WRITERS);
    return uf_fail(error, UF_BAD_USAGE,
                   "there is no export format '%s'%s%s%s; expected csv, csv-excel, sdmx-csv or json-stat",
                   name, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* --- the place --------------------------------------------------------------------------------- */

static bool is_empty(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory) return false;
    bool empty = true;
    for (const struct dirent *entry; empty && (entry = readdir(directory));)
        empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
    closedir(directory);
    return empty;
}

/* An earlier export: nothing else is ever put aside. */
static bool holds_export(const char *folder)
{
    char *path = uf_path_join(folder, "datapackage.json");
    json_t *package = path ? json_load_file(path, 0, NULL) : NULL;
    free(path);
    bool ours = json_is_object(json_object_get(package, "utfall"));
    json_decref(package);
    return ours;
}

static uf_status check_place(const struct uf_export_request *request, struct uf_error *error)
{
    struct stat info;
    if (!request->folder || !*request->folder)
        return uf_fail(error, UF_BAD_USAGE, "expected --output FOLDER: where the export goes");
    if (lstat(request->folder, &info) != 0) return UF_OK;
    if (!S_ISDIR(info.st_mode))
        return uf_fail_at(error, UF_BAD_USAGE, request->folder, 0, 0,
                          "an export is a folder, but this is a file; choose another with --output");
    if (is_empty(request->folder)) return UF_OK;
    bool ours = holds_export(request->folder);
    if (ours && request->replace) return UF_OK;
    return uf_fail_at(error, UF_BAD_USAGE, request->folder, 0, 0,
                      ours
                          ? "there is an export already; add --replace to put the new one in its place, or "
                            "choose another folder with --output"
                          : "this folder holds something else than an export, so it is left as it is; choose "
                            "another with --output");
}

static uf_status begin(const struct uf_export_request *request, struct output_folder *out,
                       struct uf_error *error)
{
    char *here = NULL;
    UF_TRY(check_place(request, error));
    UF_TRY(path_absolute(".", &here, error));
    const char *const protect[] = {here};
    uf_status status = output_folder_begin(request->folder, request->replace, NULL, protect, 1, out, error);
    free(here);
    return status;
}

/* --- the work ---------------------------------------------------------------------------------- */

static void estimate_work(struct export_contents *contents)
{
    contents->rows_done = 0;
    contents->rows_total = contents->observations * WRITERS[contents->request->format].passes;
}

static uf_status fill(struct export_contents *contents, const struct output_folder *folder,
                      struct uf_export_summary *summary, struct uf_error *error)
{
    const struct export_writer *writer = &WRITERS[contents->request->format];
    json_t *resources = json_array();
    if (!resources) return uf_fail_memory(error);
    estimate_work(contents);
    uf_status status = writer->write(contents, folder->building, folder->final, resources, error);
    *summary = (struct uf_export_summary){contents->observations, contents->missing, 0,
                                          json_array_size(resources) + 1};
    for (size_t i = 0; i < contents->n_indicators; i++)
        summary->indicators += contents->indicators[i].observations > 0;
    if (status == UF_OK)
        status = export_descriptor(contents, resources, folder->building, folder->final, error);
    json_decref(resources);
    return status;
}

static uf_status export_snapshot(struct uf_store *store, const struct uf_export_request *request,
                                 struct uf_export_summary *summary, struct uf_error *error)
{
    struct export_contents contents;
    struct output_folder folder = {0};
    UF_TRY(export_contents_read(store, request, &contents, error));
    uf_status status = begin(request, &folder, error);
    if (status == UF_OK) status = fill(&contents, &folder, summary, error);
    if (status == UF_OK) status = output_folder_commit(&folder, error);
    output_folder_clear(&folder);
    export_contents_clear(&contents);
    return status;
}

uf_status uf_export(struct uf_store *store, const struct uf_export_request *request,
                    struct uf_export_summary *out, struct uf_error *error)
{
    struct uf_export_summary summary = {0};
    if ((size_t)request->format >= N_WRITERS) return uf_fail(error, UF_BAD_USAGE, "no such export format");
    UF_TRY(check_place(request, error));
    UF_TRY(uf_store_snapshot_begin(store, error));
    uf_status status = export_snapshot(store, request, &summary, error);
    uf_store_snapshot_end(store);
    if (status == UF_OK && out) *out = summary;
    return status;
}

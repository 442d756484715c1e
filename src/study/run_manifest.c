// SPDX-License-Identifier: GPL-3.0-or-later
/* What the manifest says of a run, but for the list of outputs, which is added when all of them are there. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/file.h>

#include <gsl/gsl_version.h>

#include "base/fail.h"
#include "base/paths.h"
#include "study/program_version.h"
#include "study/run.h"

static uf_status add_versions(struct run *run, struct uf_error *error)
{
    json_t *versions = json_object();
    struct uf_table *sqlite = NULL;
    char *gnuplot = NULL;
    uf_status status = versions ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status = uf_store_query(run->store, "SELECT sqlite_version()", NULL, 0, &sqlite, error);
    if (status == UF_OK) status = manifest_set_text(versions, "sqlite", uf_table_text(sqlite, 0, 0), error);
    if (status == UF_OK) status = manifest_set_text(versions, "gsl", gsl_version, error);
    if (status == UF_OK && run->n_charts && !run->undrawn)
        status = program_version(run->request->gnuplot ? run->request->gnuplot : "gnuplot", &gnuplot, error);
    if (status == UF_OK) status = manifest_set_text(versions, "gnuplot", gnuplot, error);
    free(gnuplot);
    uf_table_free(sqlite);
    if (status != UF_OK) {
        json_decref(versions);
        return status;
    }
    return manifest_set(run->manifest, "versions", versions, error);
}

/* A path as the manifest tells it: how to get there from `from`. */
static uf_status set_relative(json_t *object, const char *key, const char *from, const char *path,
                              struct uf_error *error)
{
    char *absolute = NULL;
    UF_TRY(path_absolute(path, &absolute, error));
    char *relative = path_relative(from, absolute);
    free(absolute);
    if (!relative) return uf_fail_memory(error);
    uf_status status = manifest_set_text(object, key, relative, error);
    free(relative);
    return status;
}

static uf_status add_study(struct run *run, struct uf_error *error)
{
    json_t *study = json_object();
    if (!study) return uf_fail_memory(error);
    UF_TRY(manifest_set(run->manifest, "study", study, error)); /* the manifest owns it from here */
    UF_TRY(set_relative(study, "path", run->recorded_output, run->study->path, error));
    return manifest_set_text(study, "sha256", run->study->sha256, error);
}

/* An input that holds no observations; an empty hash: there is none. */
static uf_status add_file(json_t *inputs, const char *path, const char *sha256, struct uf_error *error)
{
    if (!*sha256) return UF_OK;
    json_t *input = json_object();
    UF_TRY(manifest_append(inputs, input, error));
    UF_TRY(manifest_set_text(input, "path", path, error));
    return manifest_set_text(input, "sha256", sha256, error);
}

static bool is_listed(const json_t *inputs, const char *path)
{
    size_t index;
    const json_t *input;
    json_array_foreach(inputs, index, input)
    {
        const char *listed = json_string_value(json_object_get(input, "path"));
        if (listed && !strcmp(listed, path)) return true;
    }
    return false;
}

/* The files that an analysis' options name. One that cannot be read has stopped the analysis already. */
static uf_status add_option_files(const struct run *run, const struct run_analysis *analysis, json_t *inputs,
                                  struct uf_error *error)
{
    for (size_t i = 0; analysis->method && i < analysis->method->n_options; i++) {
        const struct uf_option *option = &analysis->method->options[i];
        if (option->type != UF_OPTION_FILE) continue;
        const char *name = uf_options_text(analysis->options, option->name);
        if (!name || is_listed(inputs, name)) continue;
        char hash[UF_SHA256_SIZE], *path = uf_path_join(run->study->folder, name);
        uf_status status = path ? UF_OK : uf_fail_memory(error);
        if (status == UF_OK && uf_file_exists(path)) {
            status = uf_file_sha256(path, hash, error);
            if (status == UF_OK) status = add_file(inputs, name, hash, error);
        }
        free(path);
        UF_TRY(status);
    }
    return UF_OK;
}

static uf_status add_inputs(struct run *run, struct uf_error *error)
{
    json_t *inputs = json_array();
    if (!inputs) return uf_fail_memory(error);
    UF_TRY(manifest_set(run->manifest, "inputs", inputs, error));
    for (size_t i = 0; i < run->study->sources.count; i++) {
        const struct run_source *source = &run->sources[i];
        json_t *input = json_object();
        UF_TRY(manifest_append(inputs, input, error));
        UF_TRY(manifest_set_text(input, "path", source->source->file.text,
                                 error)); /* as written, relative to the study */
        UF_TRY(manifest_set_text(input, "sha256", source->summary.sha256, error));
        UF_TRY(manifest_set_text(input, "format", source->summary.format, error));
        UF_TRY(manifest_set_text(input, "indicator", source->source->indicator.text, error));
        UF_TRY(
            manifest_set(input, "observations", json_integer((json_int_t)source->summary.imported), error));
    }
    UF_TRY(add_file(inputs, run->study->regions.crosswalk.text, run->crosswalk_sha256, error));
    UF_TRY(add_file(inputs, run->study->report.map.text, run->map_sha256, error));
    for (size_t i = 0; i < run->n_analyses; i++)
        UF_TRY(add_option_files(run, &run->analyses[i], inputs, error));
    return UF_OK;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The CSV files of one folder of datasets, by name. */
static uf_status list_csv(const char *folder, struct uf_text_list *out, struct uf_error *error)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return uf_fail_at(error, UF_IO_FAILED, folder, 0, 0, "cannot list this folder: %s", strerror(errno));
    uf_status status = UF_OK;
    for (const struct dirent *entry; status == UF_OK && (entry = readdir(directory));) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && !strcmp(entry->d_name + length - 4, ".csv"))
            status = uf_text_list_add(out, entry->d_name, error);
    }
    closedir(directory);
    if (status == UF_OK && out->count) qsort(out->items, out->count, sizeof *out->items, compare_texts);
    return status;
}

static uf_status add_folder(const struct run *run, const char *name, json_t *reference,
                            struct uf_error *error)
{
    struct uf_text_list files;
    uf_text_list_init(&files);
    char *folder = uf_path_join(run->request->data_directory, name);
    uf_status status = folder ? list_csv(folder, &files, error) : uf_fail_memory(error);
    for (size_t i = 0; i < files.count && status == UF_OK; i++) {
        char hash[UF_SHA256_SIZE];
        char *path = uf_path_join(folder, files.items[i]), *key = uf_path_join(name, files.items[i]);
        status = path && key ? uf_file_sha256(path, hash, error) : uf_fail_memory(error);
        if (status == UF_OK) status = manifest_set_text(reference, key, hash, error);
        free(key);
        free(path);
    }
    free(folder);
    uf_text_list_clear(&files);
    return status;
}

static uf_status add_reference(struct run *run, struct uf_error *error)
{
    json_t *reference = json_object();
    if (!reference) return uf_fail_memory(error);
    UF_TRY(manifest_set(run->manifest, "reference", reference, error));
    UF_TRY(add_folder(run, "reference", reference, error));
    return add_folder(run, "programmes", reference, error);
}

static uf_status add_analysis(const struct run_analysis *analysis, json_t *analyses, struct uf_error *error)
{
    json_t *object = json_object(), *options = json_object();
    UF_TRY(manifest_append(analyses, object, error));
    UF_TRY(manifest_set_text(object, "id", analysis->common->id.text, error));
    UF_TRY(manifest_set_text(object, "method", analysis->method ? analysis->method->name : "follow", error));
    UF_TRY(manifest_set(object, "options", options, error));
    for (size_t i = 0; analysis->method && i < analysis->method->n_options; i++) {
        const char *name = analysis->method->options[i].name;
        UF_TRY(manifest_set_text(options, name, uf_options_print(analysis->options, name), error));
    }
    return manifest_set_text(object, "status", uf_status_name(analysis->status), error);
}

static uf_status add_analyses(struct run *run, struct uf_error *error)
{
    json_t *analyses = json_array();
    if (!analyses) return uf_fail_memory(error);
    UF_TRY(manifest_set(run->manifest, "analyses", analyses, error));
    for (size_t i = 0; i < run->n_analyses; i++) UF_TRY(add_analysis(&run->analyses[i], analyses, error));
    return UF_OK;
}

/* The store tells when; the manifest must not. */
static uf_status put_in_store(struct run *run, struct uf_error *error)
{
    char when[32] = "";
    time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts)) strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &parts);
    char *text = json_dumps(run->manifest, JSON_COMPACT);
    uf_status status = text ? uf_store_put_run(run->store, when, run->study->sha256, text, NULL, error)
                            : uf_fail_memory(error);
    free(text);
    return status;
}

uf_status run_record(struct run *run, struct uf_error *error)
{
    run->manifest = json_object();
    if (!run->manifest) return uf_fail_memory(error);
    UF_TRY(manifest_set_text(run->manifest, "utfall", run->request->version ? run->request->version : "",
                             error));
    UF_TRY(add_versions(run, error));
    UF_TRY(manifest_set_text(run->manifest, "language", uf_language_tag(run->language), error));
    /* As text: a seed may need all 64 bits. */
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)run->seed);
    UF_TRY(manifest_set_text(run->manifest, "seed", seed, error));
    UF_TRY(manifest_set(run->manifest, "pictures", json_boolean(!run->undrawn), error));
    UF_TRY(add_study(run, error));
    UF_TRY(add_inputs(run, error));
    UF_TRY(add_reference(run, error));
    UF_TRY(add_analyses(run, error));
    return put_in_store(run, error);
}

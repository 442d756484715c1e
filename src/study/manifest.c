// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utfall/file.h>
#include <utfall/text.h>

#include "base/fail.h"

const char manifest_file[] = "manifest.json";

uf_status manifest_set(json_t *object, const char *key, json_t *value, struct uf_error *error)
{
    return value && json_object_set_new(object, key, value) == 0 ? UF_OK : uf_fail_memory(error);
}

uf_status manifest_append(json_t *array, json_t *value, struct uf_error *error)
{
    return value && json_array_append_new(array, value) == 0 ? UF_OK : uf_fail_memory(error);
}

uf_status manifest_set_text(json_t *object, const char *key, const char *text, struct uf_error *error)
{
    return manifest_set(object, key, text ? json_string(text) : json_null(), error);
}

bool manifest_is_compared(const char *path)
{
    static const char *const not_compared[] = {".pdf", ".db", ".db-wal", ".db-shm"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof not_compared / sizeof *not_compared; i++) {
        size_t ending = strlen(not_compared[i]);
        if (length >= ending && !strcmp(path + length - ending, not_compared[i])) return false;
    }
    return true;
}

uf_status manifest_read(const char *folder, json_t **out, struct uf_error *error)
{
    char *path = uf_path_join(folder, manifest_file);
    if (!path) return uf_fail_memory(error);
    json_error_t reason;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &reason);
    uf_status status = UF_OK;
    if (!root && !uf_file_exists(path))
        status = uf_fail_at(error, UF_BAD_INPUT, folder, 0, 0,
                            "found no manifest.json here, expected the output folder of `utfall run`");
    else if (!root)
        status = uf_fail_at(error, UF_BAD_INPUT, path, reason.line > 0 ? (size_t)reason.line : 0,
                            reason.column > 0 ? (size_t)reason.column : 0,
                            "this manifest cannot be read as JSON: %s", reason.text);
    else if (!json_is_string(json_object_get(root, "utfall")) ||
             !json_is_object(json_object_get(root, "outputs")))
        status = uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                            "this is not a manifest of Utfall: it lacks 'utfall' or 'outputs'");
    free(path);
    if (status != UF_OK) {
        json_decref(root);
        return status;
    }
    *out = root;
    return UF_OK;
}

bool manifest_is_in(const char *folder)
{
    json_t *root = NULL;
    if (manifest_read(folder, &root, NULL) != UF_OK) return false;
    json_decref(root);
    return true;
}

/* Adds `folder/inner…` files, by their path from the output folder. */
static uf_status list_files(const char *folder, const char *inner, struct uf_text_list *out,
                            struct uf_error *error)
{
    char *here = *inner ? uf_path_join(folder, inner) : uf_text_copy(folder);
    DIR *directory = here ? opendir(here) : NULL;
    uf_status status = UF_OK;
    if (!here)
        status = uf_fail_memory(error);
    else if (!directory)
        status = uf_fail_at(error, UF_IO_FAILED, here, 0, 0, "cannot list this folder: %s", strerror(errno));
    const struct dirent *entry;
    while (status == UF_OK && (entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        char *name = *inner ? uf_path_join(inner, entry->d_name) : uf_text_copy(entry->d_name);
        char *path = name ? uf_path_join(folder, name) : NULL;
        struct stat kind;
        if (!path)
            status = uf_fail_memory(error);
        else if (lstat(path, &kind) == 0 && S_ISDIR(kind.st_mode))
            status = list_files(folder, name, out, error);
        else if (strcmp(name, manifest_file) != 0)
            status = uf_text_list_add(out, name, error);
        free(path);
        free(name);
    }
    if (directory) closedir(directory);
    free(here);
    return status;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static uf_status add_outputs(json_t *outputs, const char *folder, const struct uf_text_list *files,
                             struct uf_error *error)
{
    for (size_t i = 0; i < files->count; i++) {
        if (!manifest_is_compared(files->items[i])) {
            UF_TRY(manifest_set(outputs, files->items[i], json_null(), error));
            continue;
        }
        char *path = uf_path_join(folder, files->items[i]);
        if (!path) return uf_fail_memory(error);
        char hash[UF_SHA256_SIZE];
        uf_status status = uf_file_sha256(path, hash, error);
        free(path);
        UF_TRY(status);
        UF_TRY(manifest_set_text(outputs, files->items[i], hash, error));
    }
    return UF_OK;
}

uf_status manifest_write(json_t *manifest, const char *folder, struct uf_error *error)
{
    struct uf_text_list files;
    uf_text_list_init(&files);
    json_t *outputs = json_object();
    uf_status status = outputs ? list_files(folder, "", &files, error) : uf_fail_memory(error);
    if (status == UF_OK) {
        if (files.count) qsort(files.items, files.count, sizeof *files.items, compare_texts);
        status = add_outputs(outputs, folder, &files, error);
    }
    uf_text_list_clear(&files);
    if (status != UF_OK) {
        json_decref(outputs);
        return status;
    }
    UF_TRY(manifest_set(manifest, "outputs", outputs, error));
    char *text = json_dumps(manifest, JSON_INDENT(2));
    char *path = uf_path_join(folder, manifest_file);
    status = text && path ? uf_file_write(path, text, strlen(text), error) : uf_fail_memory(error);
    free(path);
    free(text);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Repeating a run from its manifest: first the inputs are compared with their hashes, so that a changed
 * figure is told as such; then the run is made again in a temporary folder, and each output is compared. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utfall/file.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "base/paths.h"
#include "study/run.h"

struct verification {
    const struct uf_run_request *tools;
    char *folder; /* absolute */
    char *study;  /* path to open */
    json_t *manifest;
    struct uf_text_list *messages;
};

static uf_status say(struct verification *v, const char *before, const char *name, const char *after,
                     struct uf_error *error)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, before);
    uf_buffer_append(&buffer, name);
    uf_buffer_append(&buffer, after);
    char *text = uf_buffer_take(&buffer);
    uf_status status = text ? uf_text_list_add(v->messages, text, error) : uf_fail_memory(error);
    free(text);
    return status;
}

static uf_status fail_manifest(const struct verification *v, const char *key, struct uf_error *error)
{
    return uf_fail_at(error, UF_BAD_INPUT, v->folder, 0, 0,
                      "the manifest of this run has no '%s', so the run cannot be repeated", key);
}

static uf_status find_study(struct verification *v, struct uf_error *error)
{
    if (v->tools->study) {
        v->study = uf_text_copy(v->tools->study);
    } else {
        const char *path = json_string_value(json_object_get(json_object_get(v->manifest, "study"), "path"));
        if (!path) return fail_manifest(v, "study", error);
        v->study = uf_path_join(v->folder, path);
    }
    if (!v->study) return uf_fail_memory(error);
    if (uf_file_exists(v->study)) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, v->study, 0, 0,
                      "the study file of this run is no longer here; say where it is with --study FILE");
}

/* One file against the hash in the manifest; a change is a message and counts. */
static uf_status compare_hash(struct verification *v, const char *path, const char *name,
                              const char *expected, size_t *changed, struct uf_error *error)
{
    char hash[UF_SHA256_SIZE];
    if (!uf_file_exists(path)) {
        (*changed)++;
        return say(v, "", name, " is no longer there", error);
    }
    UF_TRY(uf_file_sha256(path, hash, error));
    if (expected && !strcmp(hash, expected)) return UF_OK;
    (*changed)++;
    return say(v, "", name, " has changed since the run", error);
}

static uf_status compare_inputs(struct verification *v, size_t *changed, struct uf_error *error)
{
    const char *hash = json_string_value(json_object_get(json_object_get(v->manifest, "study"), "sha256"));
    UF_TRY(compare_hash(v, v->study, path_name(v->study), hash, changed, error));
    char *base = uf_path_directory(v->study);
    if (!base) return uf_fail_memory(error);
    size_t index;
    json_t *input;
    uf_status status = UF_OK;
    json_array_foreach(json_object_get(v->manifest, "inputs"), index, input)
    {
        const char *name = json_string_value(json_object_get(input, "path"));
        char *path = name ? uf_path_join(base, name) : NULL;
        status = !name ? fail_manifest(v, "inputs", error) : !path ? uf_fail_memory(error) : UF_OK;
        if (status == UF_OK)
            status = compare_hash(v, path, name, json_string_value(json_object_get(input, "sha256")), changed,
                                  error);
        free(path);
        if (status != UF_OK) break;
    }
    free(base);
    return status;
}

static uf_status compare_reference(struct verification *v, size_t *changed, struct uf_error *error)
{
    const char *name;
    json_t *hash;
    json_object_foreach(json_object_get(v->manifest, "reference"), name, hash)
    {
        char *path = uf_path_join(v->tools->data_directory, name);
        if (!path) return uf_fail_memory(error);
        uf_status status = compare_hash(v, path, name, json_string_value(hash), changed, error);
        free(path);
        UF_TRY(status);
    }
    return UF_OK;
}

/* The first difference of two files, or 0 where they are the same; counted from 1. */
static uf_status first_difference(const char *a, const char *b, size_t *out, struct uf_error *error)
{
    char *left = NULL, *right = NULL;
    size_t left_length = 0, right_length = 0;
    uf_status status = uf_file_read(a, 0, &left, &left_length, error);
    if (status == UF_OK) status = uf_file_read(b, 0, &right, &right_length, error);
    if (status == UF_OK) {
        size_t i = 0, shorter = left_length < right_length ? left_length : right_length;
        while (i < shorter && left[i] == right[i]) i++;
        *out = i == left_length && i == right_length ? 0 : i + 1;
    }
    free(left);
    free(right);
    return status;
}

static uf_status compare_output(struct verification *v, const char *again, const char *name,
                                size_t *different, struct uf_error *error)
{
    char *old = uf_path_join(v->folder, name), *new = uf_path_join(again, name);
    uf_status status = old && new ? UF_OK : uf_fail_memory(error);
    size_t place = 0;
    if (status == UF_OK && !uf_file_exists(old)) {
        (*different)++;
        status = say(v, "", name, " is no longer in the output folder", error);
    } else if (status == UF_OK && !uf_file_exists(new)) {
        (*different)++;
        status = say(v, "", name, " was not written this time", error);
    } else if (status == UF_OK) {
        status = first_difference(old, new, &place, error);
        if (status == UF_OK && place) {
            char where[64];
            snprintf(where, sizeof where, " differs from byte %zu on", place);
            (*different)++;
            status = say(v, "", name, where, error);
        }
    }
    free(new);
    free(old);
    return status;
}

/* Outputs of either run, and the manifest itself. */
static uf_status compare_outputs(struct verification *v, const char *again, size_t *compared,
                                 size_t *different, struct uf_error *error)
{
    json_t *repeated = NULL, *hash;
    const char *name;
    UF_TRY(manifest_read(again, &repeated, error));
    uf_status status = UF_OK;
    json_t *outputs = json_object_get(v->manifest, "outputs"),
           *new_outputs = json_object_get(repeated, "outputs");
    json_object_foreach(outputs, name, hash)
    {
        if (!json_is_string(hash)) continue;
        (*compared)++;
        status = compare_output(v, again, name, different, error);
        if (status != UF_OK) break;
    }
    if (status == UF_OK) {
        json_object_foreach(new_outputs, name, hash)
        {
            if (json_object_get(outputs, name)) continue;
            (*different)++;
            status = say(v, "", name, " is new", error);
            if (status != UF_OK) break;
        }
    }
    json_decref(repeated);
    if (status != UF_OK) return status;
    (*compared)++;
    return compare_output(v, again, manifest_file, different, error);
}

static uf_status repeat(struct verification *v, const char *again, struct uf_error *error)
{
    struct uf_run_request request = *v->tools;
    enum uf_language language;
    const char *tag = json_string_value(json_object_get(v->manifest, "language"));
    const char *seed = json_string_value(json_object_get(v->manifest, "seed"));
    if (!tag || !seed) return fail_manifest(v, tag ? "seed" : "language", error);
    UF_TRY(uf_language_parse(tag, &language, error));
    request.language = (int)language;
    request.seed = strtoll(seed, NULL, 10);
    request.study = v->study;
    request.output = again;
    request.replace = true;
    struct uf_run_summary summary = {0};
    struct uf_error reason;
    uf_error_clear(&reason);
    uf_status status = run_study(&request, v->folder, &summary, &reason);
    /* A refusal, or missing pictures, are part of what is repeated, as long as the output is there. */
    bool complete = summary.output != NULL;
    uf_run_summary_clear(&summary);
    if (complete) return UF_OK;
    if (error) *error = reason;
    return status;
}

static uf_status verify_outputs(struct verification *v, struct uf_error *error)
{
    char again[] = "/tmp/utfall-verify-XXXXXX";
    if (!mkdtemp(again))
        return uf_fail(error, UF_IO_FAILED, "cannot make a temporary folder: %s", strerror(errno));
    char *output = uf_path_join(again, "out");
    size_t compared = 0, different = 0;
    uf_status status = output ? repeat(v, output, error) : uf_fail_memory(error);
    if (status == UF_OK) status = compare_outputs(v, output, &compared, &different, error);
    free(output);
    uf_directory_remove(again, NULL);
    UF_TRY(status);
    char count[96];
    snprintf(count, sizeof count, "%zu files compared, %zu differ", compared, different);
    UF_TRY(uf_text_list_add(v->messages, count, error));
    if (different == 0) return UF_OK;
    /* The first message about a difference is the first difference. */
    return uf_fail_at(error, UF_CHECK_FAILED, v->folder, 0, 0,
                      "the run did not give the same bytes again: %s; %zu of %zu files differ",
                      v->messages->items[0], different, compared);
}

uf_status uf_verify_run(const char *output, const struct uf_run_request *tools,
                        struct uf_text_list *out_messages, struct uf_error *error)
{
    struct verification v = {.tools = tools, .messages = out_messages};
    if (!uf_directory_exists(output))
        return uf_fail_at(error, UF_BAD_INPUT, output, 0, 0,
                          "there is no such folder, expected the output folder of `utfall run`");
    size_t changed = 0;
    uf_status status = manifest_read(output, &v.manifest, error);
    if (status == UF_OK) status = path_absolute(output, &v.folder, error);
    if (status == UF_OK) status = find_study(&v, error);
    if (status == UF_OK) status = compare_inputs(&v, &changed, error);
    if (status == UF_OK) status = compare_reference(&v, &changed, error);
    if (status == UF_OK && changed)
        status = uf_fail_at(error, UF_CHECK_FAILED, v.folder, 0, 0,
                            "%s (%zu of the inputs changed), so the run is not repeated; run the study again "
                            "to see what follows from it",
                            v.messages->items[0], changed);
    if (status == UF_OK) status = verify_outputs(&v, error);
    json_decref(v.manifest);
    free(v.study);
    free(v.folder);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_MANIFEST_H
#define UTFALL_STUDY_MANIFEST_H
/*
 * manifest.json: what a run was made of, so that it can be repeated and checked. Versions, the study and each
 * input with their SHA-256, options after defaults, seed, language, and the SHA-256 of each output file. No
 * times and no absolute paths: two runs of the same study give the same manifest.
 */
#include <jansson.h>
#include <stdbool.h>
#include <utfall/status.h>

/* The name of the file in the output folder. */
extern const char manifest_file[];

/* True where a folder holds the manifest of an earlier run. */
bool manifest_is_in(const char *folder);
/* Reads it; a folder without one is UF_BAD_INPUT. json_decref() the result. */
uf_status manifest_read(const char *folder, json_t **out, struct uf_error *error);
/* Adds the list of output files found in `folder` (sub-folders too, sorted by path) with their hashes, and
 * writes the file. Files that are not the same bytes in each run (see manifest_is_compared) are listed
 * without a hash. */
uf_status manifest_write(json_t *manifest, const char *folder, struct uf_error *error);
/* False for the store and PDF pictures: other programs stamp them with a time. */
bool manifest_is_compared(const char *path);

/* Adding to an object or array, with memory failures as a status. `text` NULL adds null; `value` is taken over. */
uf_status manifest_set_text(json_t *object, const char *key, const char *text, struct uf_error *error);
uf_status manifest_set(json_t *object, const char *key, json_t *value, struct uf_error *error);
uf_status manifest_append(json_t *array, json_t *value, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_FILE_H
#define UTFALL_FILE_H
/* Whole files: read, hash, and written so that nothing half-done is ever seen (temporary name, fsync,
 * rename). */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a whole file into a new, 0-terminated buffer (free() it). A directory, a missing file and a file
 * above `max_bytes` (0: no limit) are errors that name the path. */
uf_status uf_file_read(const char *path, size_t max_bytes, char **out_bytes, size_t *out_length,
                       struct uf_error *error);

/* Writes a whole file atomically and durably. On failure the old file, if any, is as it was. */
uf_status uf_file_write(const char *path, const char *bytes, size_t length, struct uf_error *error);

/* Makes a directory and its parents; an existing one is fine. */
uf_status uf_directory_make(const char *path, struct uf_error *error);
/* True for a file of any kind but a directory, and for a directory; links are followed. */
bool uf_file_exists(const char *path);
bool uf_directory_exists(const char *path);
/* Removes a directory with everything in it; a missing one is fine. Symbolic links are removed, not followed. */
uf_status uf_directory_remove(const char *path, struct uf_error *error);
/* `directory/name`; an absolute `name` is returned as it is. The caller frees it. NULL: out of memory. */
char *uf_path_join(const char *directory, const char *name);
/* The directory part of a path, "." where there is none. The caller frees it. */
char *uf_path_directory(const char *path);

enum { UF_SHA256_SIZE = 65 };
/* Lower-case hexadecimal SHA-256 of bytes, and of a file read in blocks (memory O(1)). */
void uf_sha256(const void *bytes, size_t length, char out[UF_SHA256_SIZE]);
/* Of an open file, from where it stands to its end; `name` is for the error. */
uf_status uf_stream_sha256(FILE *file, const char *name, char out[UF_SHA256_SIZE], struct uf_error *error);
uf_status uf_file_sha256(const char *path, char out[UF_SHA256_SIZE], struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_BASE_OUTPUT_FOLDER_H
#define UTFALL_BASE_OUTPUT_FOLDER_H
/*
 * An output folder, of a run or an export, built under a temporary name beside the final one and renamed into place when
 * all of it is there. Until then, and after any failure, what was at the final place is untouched.
 */
#include <stdbool.h>
#include <utfall/status.h>

struct output_folder {
    char *final;    /* absolute */
    char *building; /* absolute; NULL after commit or abandon */
    bool replaces;  /* something is there already */
};

/* True for a folder with earlier output of the same kind, which may be replaced without being told so. */
typedef bool output_folder_is_ours(const char *path);

/* `is_ours` may be NULL. `protect`: absolute paths that must not lie inside a folder that is replaced (the study and the working
 * directory). A folder that holds anything else is UF_BAD_USAGE unless it is empty or `replace` is set; an
 * unwritable place is UF_IO_FAILED. */
uf_status output_folder_begin(const char *path, bool replace, output_folder_is_ours *is_ours,
                              const char *const *protect, size_t n_protect, struct output_folder *out,
                              struct uf_error *error);
uf_status output_folder_commit(struct output_folder *folder, struct uf_error *error);
/* Removes what was built; fine after commit and on an empty structure. */
void output_folder_abandon(struct output_folder *folder);
void output_folder_clear(struct output_folder *folder);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_BASE_PATHS_H
#define UTFALL_BASE_PATHS_H
/* Paths of a run: absolute for comparing, relative for the manifest, which must not tell whose machine it was
 * written on. */
#include <stdbool.h>
#include <utfall/status.h>

/* The absolute path without links, of something that exists; a path that does not exist yet is resolved
 * through its nearest existing parent. The caller frees it. */
uf_status path_absolute(const char *path, char **out, struct uf_error *error);
/* How to reach absolute path `to` from absolute folder `from`: `../../datasets/x.csv`. The caller frees it;
 * NULL: no memory. */
char *path_relative(const char *from, const char *to);
/* True where absolute `path` is `folder` or lies inside it. */
bool path_is_inside(const char *path, const char *folder);
/* The last part of a path, without trailing slashes; points into `path`. */
const char *path_name(const char *path);
#endif

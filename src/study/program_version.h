// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_PROGRAM_VERSION_H
#define UTFALL_STUDY_PROGRAM_VERSION_H
#include <utfall/status.h>

/* The first line that `PROGRAM --version` prints, for the manifest; NULL in `*out` where the program cannot
 * be started. It runs as a process of its own, never through a shell. The caller frees it. */
uf_status program_version(const char *program, char **out, struct uf_error *error);
#endif

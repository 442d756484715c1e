// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_TERMINAL_H
#define UTFALL_CLI_TERMINAL_H
/*
 * What a person sees: data on standard output; messages, errors and progress on standard error. Colour and
 * the progress line only where standard error is a terminal, and no colour with NO_COLOR.
 */
#include <stdbool.h>
#include <utfall/result.h>

#include "cli/arguments.h"

/* A message, an error, a warning; each ends with a newline. Quiet drops messages and warnings, never errors. */
void terminal_message(const struct arguments *arguments, const char *text);
void terminal_warning(const struct arguments *arguments, const char *text);
void terminal_error(const struct uf_error *error);

/* Catches SIGINT and SIGTERM; from then on the progress callbacks ask to stop. */
void terminal_catch_signals(void);

/* One line that is rewritten, on a terminal, from the second second on. Returns non-zero after an interrupt, as all progress callbacks
 * do. */
int terminal_progress(const struct arguments *arguments, const char *step, double share);
void terminal_progress_end(void);

/* Writes text to standard output; a failed write (a full disk, a closed pipe) is UF_IO_FAILED. */
uf_status terminal_print(const char *text, struct uf_error *error);
/* `--format table|csv|json` and `--language`. */
uf_status terminal_print_table(const struct arguments *arguments, const struct uf_table *table,
                               struct uf_error *error);
/* All tables of a result: as text all of them, as CSV the one of `--table` (default the first), as JSON one
 * object. Notes go to standard error, or into the JSON; what `refusal` (NULL: none) says anyway is not said
 * twice. */
uf_status terminal_print_result(const struct arguments *arguments, const char *method,
                                const struct uf_result *result, const struct uf_error *refusal,
                                struct uf_error *error);
/* What is wrong with `--format`, before anything is computed. */
uf_status terminal_check_format(const struct arguments *arguments, struct uf_error *error);
uf_status terminal_language(const struct arguments *arguments, enum uf_language *out, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_WORKBOOK_H
#define UTFALL_TESTS_WORKBOOK_H
/* Workbooks and readers of bytes, for tests of office files. */
#include "import/format.h"

/* A workbook of one sheet `Sheet1` from the XML of its parts; `strings` and `styles` may be NULL. Its parts do not
 * have the usual names, so that only their relationships lead to them. free() the bytes. NULL: no memory. */
char *make_workbook(const char *sheet, const char *strings, const char *styles, size_t *out_length);
/* A zip archive of name, content, name, content, … and NULL. */
char *make_archive(const char *const *names_and_contents, size_t *out_length);

/* All cells of a file in memory, one a line: `code|code=value`, a missing value as `?` and its status, or the
 * error as `ERROR file:line:column: message`. free() it. The notes of the reader are joined by newlines in
 * `*out_notes` (NULL: not wanted), and so are the facts in `*out_facts`. */
char *dump_bytes(const char *name, const char *bytes, size_t length, const struct uf_reader_wishes *wishes,
                 char **out_notes, char **out_facts);
char *dump_file(const char *path, const struct uf_reader_wishes *wishes, char **out_notes, char **out_facts);
#endif

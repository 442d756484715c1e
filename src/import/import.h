// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_IMPORT_H
#define UTFALL_IMPORT_IMPORT_H
/* The entry for tests and fuzzers that have no file: the same work on an open input. */
#include <utfall/import.h>

#include "import/input.h"

/* As uf_import_file; `request->path` and `request->encoding` are not looked at. The input is borrowed. */
uf_status uf_import_input(struct uf_store *store, struct uf_input *input,
                          const struct uf_import_request *request, struct uf_import_summary *out,
                          struct uf_error *error);
/* As uf_import_describe; `request->path` is what the entry for a study calls the file. */
uf_status uf_import_describe_input(struct uf_store *store, struct uf_input *input,
                                   const struct uf_import_request *request, struct uf_import_description *out,
                                   struct uf_error *error);
/* As uf_read_delimited. */
uf_status uf_read_delimited_input(struct uf_input *input, const char *const *text_columns,
                                  size_t n_text_columns, struct uf_table **out, struct uf_error *error);
#endif

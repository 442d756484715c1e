// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_IMPORT_REQUEST_H
#define UTFALL_CLI_IMPORT_REQUEST_H
/* The words of `utfall import` as a request. */
#include <utfall/import.h>

#include "cli/arguments.h"

enum { MAX_ROLES = 64, MAX_KEEP = 32 };

/* What the request points into while the import runs. */
struct import_words {
    struct uf_text_list keep, ignore, breakdown, sum, content;
    struct uf_text_list codes[MAX_KEEP], parts[MAX_KEEP];
    struct uf_keep kept[MAX_KEEP];
    struct uf_sum sums[MAX_KEEP];
    struct uf_content_indicator contents[MAX_KEEP];
    struct uf_dimension_role roles[MAX_ROLES];
};

/* `words` starts as {0} and is cleared by the caller, also after a failure. */
uf_status import_request_fill(const struct arguments *arguments, bool indicator_needed,
                              struct uf_import_request *request, struct import_words *words,
                              struct uf_error *error);
void import_words_clear(struct import_words *words);
/* For a request's progress; `user` is the arguments. */
int import_progress(void *user, size_t bytes_read, size_t bytes_total);
#endif

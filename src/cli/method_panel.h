// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_METHOD_PANEL_H
#define UTFALL_CLI_METHOD_PANEL_H
/* What the words of `profile` and `effect` say of the figures → a panel, from a file's named columns or from the store. */
#include <utfall/method.h>
#include <utfall/store.h>

#include "cli/arguments.h"

/* The lists of words that a panel request points into. */
struct method_lists {
    struct uf_text_list covariates, clusters, treated, within, regions, sectors, extra, also_exposed;
    struct uf_panel_variable *variables;
};

/* Set `lists` to zero before; clear it also after an error. */
uf_status method_lists_read(const struct arguments *arguments, const struct uf_options *options,
                            struct method_lists *lists, struct uf_error *error);
void method_lists_clear(struct method_lists *lists);

uf_status method_panel_from_file(const struct arguments *arguments, struct method_lists *lists,
                                 const struct uf_options *options, enum uf_language language,
                                 struct uf_result *ledger, struct uf_panel **out, struct uf_error *error);
/* `indicator` and `level` are given apart, since one call may go through several levels; `indicator` is read by profiles only. */
uf_status method_panel_from_store(const struct arguments *arguments, struct method_lists *lists,
                                  const struct uf_options *options, struct uf_store *store,
                                  const char *indicator, const char *level, enum uf_language language,
                                  struct uf_result *ledger, struct uf_panel **out, struct uf_error *error);
#endif

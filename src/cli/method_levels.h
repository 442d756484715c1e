// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_METHOD_LEVELS_H
#define UTFALL_CLI_METHOD_LEVELS_H
/* One call of a method on the figures that the command line names, at one level of regions or at several (`--levels`). */
#include "cli/method_panel.h"

struct method_call {
    const struct arguments *arguments;
    struct method_lists *lists;
    const struct uf_options *options;
    struct uf_store *store; /* NULL: from a file */
    enum uf_language language;
    bool of_sums; /* the indicator was summed for its level, in the call */
    uf_status (*compute)(const struct arguments *arguments, const struct uf_panel *panel,
                         const struct uf_options *options, enum uf_language language,
                         struct uf_result *result, struct uf_error *error);
};

/* At one level (NULL: the file's). */
uf_status method_run(const struct method_call *call, const char *indicator, const char *level,
                     struct uf_result *result, struct uf_error *error);
/* One after the other into one result: tables called NAME-LEVEL, notes and ledger with the level in front. Sums that a level
 * lacks are formed in a copy; the store stays as it is. */
uf_status method_levels_run(const struct method_call *call, struct uf_result *result, struct uf_error *error);
#endif

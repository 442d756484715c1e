// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_PLACES_H
#define UTFALL_CLI_PLACES_H
/* Where this installation keeps its files: $UTFALL_DATA_DIR, else the installed folder, else the source tree
 * it was built from. */
#include <utfall/status.h>
#include <utfall/store.h>

#include "cli/arguments.h"

/* The folder that holds `name` (`datasets` or `plots`); the caller frees it. Not found is UF_IO_FAILED. */
uf_status places_find(const char *name, char **out, struct uf_error *error);
/* `--store`, else $UTFALL_STORE, else `utfall.db`. Borrowed. */
const char *places_store(const struct arguments *arguments);
/* Opens it; a store that is made new gets the reference codes and programmes. */
uf_status places_open_store(const struct arguments *arguments, enum uf_open_mode mode, struct uf_store **out,
                            struct uf_error *error);
#endif

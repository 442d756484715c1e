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
/* Opens it for reading; none there is UF_IO_FAILED. */
uf_status places_open_store(const struct arguments *arguments, struct uf_store **out, struct uf_error *error);
/* The same for one who needs the codes of regions and sectors only: where there is no store, the codes that ship with
 * the program, in memory. */
uf_status places_open_reference(const struct arguments *arguments, struct uf_store **out,
                                struct uf_error *error);
typedef uf_status places_work(struct uf_store *store, void *user, struct uf_error *error);
/* Opens it for writing and does `work` in one transaction. A store that is not there yet gets the reference
 * codes and programmes; it is built beside its place and put there when all has succeeded, so that neither a
 * failure nor a kill leaves half a store. Where another program puts one there meanwhile, the work is done
 * again in that one. */
uf_status places_write_store(const struct arguments *arguments, places_work *work, void *user,
                             struct uf_error *error);
/* The same for changing it. */
uf_status places_change_store(const struct arguments *arguments, struct uf_store **out,
                              struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_COMMAND_IMPORT_DRY_RUN_H
#define UTFALL_CLI_COMMAND_IMPORT_DRY_RUN_H
/* `utfall import --dry-run`: what is understood of a file, printed; nothing is stored. */
#include <utfall/import.h>

#include "cli/arguments.h"

uf_status import_dry_run(const struct arguments *arguments, const struct uf_import_request *request,
                         struct uf_error *error);
#endif

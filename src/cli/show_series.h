// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_SHOW_SERIES_H
#define UTFALL_CLI_SHOW_SERIES_H
/* What `utfall show` computes instead of looking up: sums up the region tree, and one regional division. */
#include <utfall/store.h>

#include "cli/arguments.h"

uf_status show_sums(const struct arguments *arguments, struct uf_error *error);
/* The observations of one indicator in the division of a year; the store stays as it is. */
uf_status show_as_of(const struct arguments *arguments, struct uf_store *store, const char *year_text,
                     struct uf_error *error);
#endif

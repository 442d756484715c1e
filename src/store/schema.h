// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_SCHEMA_H
#define UTFALL_STORE_SCHEMA_H
/*
 * The schema as a ladder of steps: step i takes a store from version i to version i + 1 (`PRAGMA
 * user_version`). A released step is never edited; a change of the schema is a new step at the end.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

enum {
    UF_STORE_APPLICATION_ID = 0x5574666C
}; /* "Utfl": how `file` and we know a store from any other SQLite file */

struct uf_schema_step {
    const char *const *sql; /* NULL-terminated; in pieces, since C limits the length of one literal */
    const char *summary;    /* what the step changes, for the one who reads the ladder */
};

/* The ladder of this program (schema_steps.c). */
const struct uf_schema_step *uf_schema_steps(size_t *out_count);

/* Brings an open database to version `n_steps` inside one transaction: all steps or none. A database that is
 * neither empty nor a store, or that is newer than the ladder, is UF_BAD_INPUT; so is an older one that may
 * not be written. */
uf_status uf_schema_migrate(sqlite3 *db, const char *path, bool writable, const struct uf_schema_step *steps,
                            size_t n_steps, struct uf_error *error);
#endif

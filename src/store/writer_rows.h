// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_WRITER_ROWS_H
#define UTFALL_STORE_WRITER_ROWS_H
/* The rows of a writer as a table for SQLite, while the writer lives. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/observation.h"

struct uf_row {
    struct uf_cell_key key;
    double value;
    uf_value_status status;
    uint32_t place : 31;   /* among the puts of the chunk */
    uint32_t is_taken : 1; /* the cell has its value already: not to be inserted */
};
struct uf_rows {
    struct uf_row *items;
    size_t count;
    size_t at; /* the row that SQLite reads; after a statement has failed, the one that it could not insert */
};

/* The table is called UF_ROWS_TABLE and has the columns of `observation` but for the batch. `rows` is borrowed. */
#define UF_ROWS_TABLE "utfall_rows"
int uf_rows_register(sqlite3 *db, struct uf_rows *rows);
void uf_rows_unregister(sqlite3 *db);
#endif

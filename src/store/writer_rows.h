// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_WRITER_ROWS_H
#define UTFALL_STORE_WRITER_ROWS_H
/* The rows of a writer as a table for SQLite, while the writer lives. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/observation.h"

enum uf_row_state {
    UF_ROW_NEW,    /* to be stored */
    UF_ROW_STORED, /* was stored, though the statement that did it failed at a later row */
    UF_ROW_TWICE,  /* its cell comes twice in the chunk, and this is not the first */
    UF_ROW_HELD,   /* its cell was taken before the chunk */
    UF_ROW_REPEAT  /* … by another batch with the same value, which is to be remembered */
};
struct uf_row {
    struct uf_cell_key key;
    double value;
    uf_value_status status;
    uint32_t place : 29; /* among the puts of the chunk */
    uint32_t state : 3;  /* enum uf_row_state */
};
struct uf_rows {
    struct uf_row *items;
    size_t count;
    enum uf_row_state shown; /* only rows in this state are seen */
    size_t at; /* the row that SQLite reads; after a statement has failed, the one it failed at */
};

/* The table is called UF_ROWS_TABLE and has the columns of `observation` but for the batch; the rowid is the place in
 * `items`. A statement begins at `at`. `rows` is borrowed. */
#define UF_ROWS_TABLE "utfall_rows"
int uf_rows_register(sqlite3 *db, struct uf_rows *rows);
void uf_rows_unregister(sqlite3 *db);
#endif

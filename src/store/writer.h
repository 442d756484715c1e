// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_WRITER_H
#define UTFALL_STORE_WRITER_H
/*
 * Many observations of one batch into the store: the same as uf_store_put_observation for each, in a third of the
 * time.
 *
 * Observations are buffered, sorted by the primary key, and inserted a chunk at a time by one statement that reads
 * them from a virtual table; so most of them extend the page that was written last, and SQLite's own loop does the
 * work. References are not looked at again row by row: the keys come from the store within the same transaction.
 *
 * A second value for a cell is found when its chunk is written, not when it is put; the puts are numbered, and the
 * conflict says which one it was: always the first in the order of the puts.
 */
#include <utfall/store.h>

struct uf_writer;

enum { UF_WRITER_CHUNK = 1 << 18 }; /* observations: 16 MB of memory */

struct uf_keyed_observation {
    int64_t indicator, region, sector, breakdown; /* keys of the store (keys.h) */
    uf_period period;
    double value; /* NaN if and only if the status is missing */
    uf_value_status status;
};
/* As it stands after the last chunk that was written. */
struct uf_writer_counts {
    size_t stored;     /* new in the store */
    size_t missing;    /* of these: without a value */
    size_t duplicates; /* the same value was there, or came twice */
};
struct uf_writer_conflict {
    size_t put;         /* the number of the put that brings another value, from 0 */
    bool in_this_batch; /* the first value came with the same batch */
};

/* Inside a transaction, one writer at a time for a store. The store is borrowed. `chunk` is how many observations
 * are written at once, 0: UF_WRITER_CHUNK. */
uf_status uf_writer_open(struct uf_store *store, int64_t batch, size_t chunk, struct uf_writer **out,
                         struct uf_error *error);
/* Adds an observation; may write a chunk, and then fail with the conflict of an earlier put. After an error the
 * transaction is to be taken back. */
uf_status uf_writer_put(struct uf_writer *writer, const struct uf_observation *observation,
                        struct uf_error *error);
uf_status uf_writer_put_keyed(struct uf_writer *writer, const struct uf_keyed_observation *observation,
                              struct uf_error *error);
/* Writes what is buffered. */
uf_status uf_writer_finish(struct uf_writer *writer, struct uf_error *error);
struct uf_writer_counts uf_writer_counts(const struct uf_writer *writer);
/* The conflict that an error was about; NULL: it was about something else. */
const struct uf_writer_conflict *uf_writer_conflict(const struct uf_writer *writer);
/* Buffered observations that were not written are lost. NULL is fine. */
void uf_writer_close(struct uf_writer *writer);
#endif

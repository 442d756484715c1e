// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "store/connection.h"
#include "store/writer_rows.h"

enum { REMEMBERED = 64, MOST_PLACES = (1 << 29) - 1 };

/* The code of the observation before: files go through one column after the other, so most codes are the last one. */
struct last_code {
    char text[REMEMBERED];
    int64_t key;
    bool is_set;
};

struct uf_writer {
    struct uf_store *store;
    int64_t batch;
    sqlite3_stmt *insert, *find_held, *remember_repeats;
    struct uf_rows rows;
    bool is_sorted;
    size_t chunk, capacity;
    size_t written; /* puts in the chunks before this one */
    struct last_code indicator, region, sector, breakdown;
    struct uf_writer_counts counts;
    struct uf_writer_conflict conflict;
    bool has_conflict;
};

/* The batch is parameter 1 where there is one. */
static uf_status prepare(struct uf_writer *writer, const char *sql, sqlite3_stmt **out,
                         struct uf_error *error)
{
    if (*out) return UF_OK;
    int code = sqlite3_prepare_v3(writer->store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    if (code == SQLITE_OK && sqlite3_bind_parameter_count(*out) > 0)
        code = sqlite3_bind_int64(*out, 1, writer->batch);
    return code == SQLITE_OK ? UF_OK : uf_store_fail(writer->store, code, error);
}

uf_status uf_writer_open(struct uf_store *store, int64_t batch, size_t chunk, struct uf_writer **out,
                         struct uf_error *error)
{
    static const char BATCH[] = "SELECT 1 FROM batch WHERE batch_id = ?1";
    /* OR FAIL: what was inserted before the row that cannot be stays, and nothing is copied for taking it back. */
    static const char INSERT[] =
        "INSERT OR FAIL INTO observation (indicator_id, region_id, sector_id, breakdown_id, period, value, "
        "status,"
        " batch_id) SELECT indicator_id, region_id, sector_id, breakdown_id, period, value, status, ?1"
        " FROM " UF_ROWS_TABLE;
    if (store->depth == 0) return uf_fail(error, UF_INTERNAL, "observations are added inside a transaction");
    if (store->has_writer) return uf_fail(error, UF_INTERNAL, "the store has a writer already");
    int64_t one = 0;
    bool found = false;
    UF_TRY(uf_store_integer(store, BATCH, (struct uf_binding[]){uf_bind_integer(batch)}, 1, &one, &found,
                            error));
    if (!found) return uf_fail(error, UF_BAD_INPUT, "there is no batch %lld", (long long)batch);
    struct uf_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return uf_fail_memory(error);
    *writer = (struct uf_writer){
        .store = store, .batch = batch, .chunk = chunk ? chunk : UF_WRITER_CHUNK, .is_sorted = true};
    store->has_writer = true;
    int code = uf_rows_register(store->db, &writer->rows);
    uf_status status = code == SQLITE_OK ? prepare(writer, INSERT, &writer->insert, error)
                                         : uf_store_fail(store, code, error);
    if (status != UF_OK)
        uf_writer_close(writer);
    else
        *out = writer;
    return status;
}

void uf_writer_close(struct uf_writer *writer)
{
    if (!writer) return;
    sqlite3_finalize(writer->insert);
    sqlite3_finalize(writer->find_held);
    sqlite3_finalize(writer->remember_repeats);
    uf_rows_unregister(writer->store->db);
    writer->store->has_writer = false;
    free(writer->rows.items);
    free(writer);
}

/* --- a chunk ----------------------------------------------------------------------------------- */

static int compare_keys(const struct uf_cell_key *a, const struct uf_cell_key *b)
{
    for (int i = 0; i < UF_CELL_KEYS; i++)
        if (a->part[i] != b->part[i]) return a->part[i] < b->part[i] ? -1 : 1;
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    const struct uf_row *x = a, *y = b;
    int order = compare_keys(&x->key, &y->key);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* The conflict that is told is the first in the order of the puts, as if each had been stored at once. */
static void note_conflict(struct uf_writer *writer, const struct uf_row *row, const struct uf_held *held,
                          const struct uf_row **out_row, struct uf_held *out_held)
{
    size_t put = writer->written + row->place;
    if (writer->has_conflict && writer->conflict.put <= put) return;
    writer->has_conflict = true;
    writer->conflict = (struct uf_writer_conflict){.put = put, .in_this_batch = held->batch == writer->batch};
    *out_row = row;
    *out_held = *held;
}

/* Cells that come twice within the chunk: the first is to be stored, and the others compared with it. */
static void settle_twice(struct uf_writer *writer, const struct uf_row **conflict, struct uf_held *held)
{
    struct uf_row *first = writer->rows.items;
    for (size_t i = 1; i < writer->rows.count; i++) {
        struct uf_row *row = &writer->rows.items[i];
        if (compare_keys(&first->key, &row->key) != 0) {
            first = row;
            continue;
        }
        const struct uf_held stored = {first->value, first->status, writer->batch};
        row->state = UF_ROW_TWICE;
        if (!uf_held_is(&stored, row->value, row->status))
            note_conflict(writer, row, &stored, conflict, held);
    }
}

/* Rows whose cell was taken before the chunk: the same value is a duplicate, another one a conflict. */
static uf_status settle_held(struct uf_writer *writer, const struct uf_row **conflict,
                             struct uf_held *conflict_held, struct uf_error *error)
{
    static const char SQL[] =
        "SELECT r.rowid, o.value, o.status, o.batch_id FROM " UF_ROWS_TABLE " r CROSS JOIN observation o"
        " ON o.indicator_id = r.indicator_id AND o.region_id = r.region_id AND o.sector_id = r.sector_id"
        " AND o.breakdown_id = r.breakdown_id AND o.period = r.period";
    UF_TRY(prepare(writer, SQL, &writer->find_held, error));
    sqlite3_stmt *statement = writer->find_held;
    writer->rows.shown = UF_ROW_NEW; /* from the row on that could not be inserted */
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct uf_row *row = &writer->rows.items[sqlite3_column_int64(statement, 0)];
        const struct uf_held held = uf_held_column(statement, 1);
        bool same = uf_held_is(&held, row->value, row->status);
        row->state = same && held.batch != writer->batch ? UF_ROW_REPEAT : UF_ROW_HELD;
        if (!same) note_conflict(writer, row, &held, conflict, conflict_held);
    }
    uf_status status = code == SQLITE_DONE ? UF_OK : uf_store_fail(writer->store, code, error);
    sqlite3_reset(statement);
    return status;
}

/* One statement for all rows in a state, from a row on; an SQLite code. */
static int run(struct uf_writer *writer, sqlite3_stmt *statement, enum uf_row_state state, size_t from)
{
    writer->rows.shown = state;
    writer->rows.at = from;
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code;
}

static uf_status remember_repeats(struct uf_writer *writer, struct uf_error *error)
{
    static const char SQL[] =
        "INSERT INTO repeated_observation (indicator_id, region_id, sector_id, breakdown_id, period, "
        "batch_id)"
        " SELECT indicator_id, region_id, sector_id, breakdown_id, period, ?1 FROM " UF_ROWS_TABLE
        " WHERE true ON CONFLICT DO NOTHING";
    UF_TRY(prepare(writer, SQL, &writer->remember_repeats, error));
    int code = run(writer, writer->remember_repeats, UF_ROW_REPEAT, 0);
    return code == SQLITE_DONE ? UF_OK : uf_store_fail(writer->store, code, error);
}

/* Inserts as if no cell were taken; from the first that is, all are looked up. */
static uf_status insert_rows(struct uf_writer *writer, const struct uf_row **conflict, struct uf_held *held,
                             struct uf_error *error)
{
    struct uf_rows *rows = &writer->rows;
    int code = run(writer, writer->insert, UF_ROW_NEW, 0);
    if (code == SQLITE_DONE) return UF_OK;
    if (code != SQLITE_CONSTRAINT_PRIMARYKEY) return uf_store_fail(writer->store, code, error);
    const size_t first = rows->at;
    for (size_t i = 0; i < first; i++)
        if (rows->items[i].state == UF_ROW_NEW) rows->items[i].state = UF_ROW_STORED;
    UF_TRY(settle_held(writer, conflict, held, error));
    code = run(writer, writer->insert, UF_ROW_NEW, first);
    if (code != SQLITE_DONE) return uf_store_fail(writer->store, code, error);
    return remember_repeats(writer, error);
}

/* A code of the store by its key, for a sentence; NULL where it has none. */
static char *code_of(struct uf_store *store, const char *sql, int64_t key)
{
    sqlite3_stmt *statement = NULL;
    char *code = NULL;
    if (uf_store_statement(store, sql, (struct uf_binding[]){uf_bind_integer(key)}, 1, &statement, NULL) !=
        UF_OK)
        return NULL;
    if (sqlite3_step(statement) == SQLITE_ROW)
        code = uf_text_copy((const char *)sqlite3_column_text(statement, 0));
    sqlite3_reset(statement);
    return code;
}

static uf_status fail_conflict(struct uf_writer *writer, const struct uf_row *row, const struct uf_held *held,
                               struct uf_error *error)
{
    static const char INDICATOR[] = "SELECT code FROM indicator WHERE indicator_id = ?1";
    static const char REGION[] = "SELECT code FROM region WHERE region_id = ?1";
    static const char SECTOR[] = "SELECT code FROM sector WHERE sector_id = ?1";
    static const char BREAKDOWN[] = "SELECT code FROM breakdown WHERE breakdown_id = ?1";
    static const char *const CODES[] = {INDICATOR, REGION, SECTOR, BREAKDOWN};
    enum { N_CODES = sizeof CODES / sizeof *CODES };
    char *codes[N_CODES];
    for (size_t i = 0; i < N_CODES; i++) codes[i] = code_of(writer->store, CODES[i], row->key.part[i]);
    const struct uf_observation observation = {.indicator = uf_text_or(codes[0], ""),
                                               .region = uf_text_or(codes[1], ""),
                                               .sector = codes[2],
                                               .breakdown = codes[3],
                                               .period = (uf_period)row->key.part[4],
                                               .value = row->value,
                                               .status = row->status};
    uf_status status = uf_fail_two_values(&observation, held, error);
    for (size_t i = 0; i < N_CODES; i++) free(codes[i]);
    return status;
}

static void count_chunk(struct uf_writer *writer)
{
    for (size_t i = 0; i < writer->rows.count; i++) {
        const struct uf_row *row = &writer->rows.items[i];
        bool stored = row->state == UF_ROW_NEW || row->state == UF_ROW_STORED;
        writer->counts.duplicates += !stored;
        writer->counts.stored += stored;
        writer->counts.missing += stored && uf_value_is_missing(row->status);
    }
    writer->written += writer->rows.count;
    writer->rows.count = 0;
    writer->is_sorted = true;
}

static uf_status write_chunk(struct uf_writer *writer, struct uf_error *error)
{
    const struct uf_row *conflict = NULL;
    struct uf_held held = {0};
    if (!writer->is_sorted)
        qsort(writer->rows.items, writer->rows.count, sizeof *writer->rows.items, compare_rows);
    settle_twice(writer, &conflict, &held);
    uf_store_enforce_references(writer->store, false);
    uf_status status = insert_rows(writer, &conflict, &held, error);
    uf_store_enforce_references(writer->store, true);
    if (status != UF_OK) {
        writer->has_conflict = false;
        return status;
    }
    if (conflict) return fail_conflict(writer, conflict, &held, error);
    count_chunk(writer);
    return UF_OK;
}

/* --- putting ----------------------------------------------------------------------------------- */

static uf_status grow(struct uf_writer *writer, struct uf_error *error)
{
    enum { FIRST = 1024 };
    size_t capacity = writer->capacity ? writer->capacity * 2 : FIRST;
    if (capacity > writer->chunk) capacity = writer->chunk;
    struct uf_row *items = realloc(writer->rows.items, capacity * sizeof *items);
    if (!items) return uf_fail_memory(error);
    writer->rows.items = items;
    writer->capacity = capacity;
    return UF_OK;
}

static uf_status append(struct uf_writer *writer, const struct uf_keyed_observation *o,
                        struct uf_error *error)
{
    struct uf_rows *rows = &writer->rows;
    if (rows->count == writer->chunk) UF_TRY(write_chunk(writer, error));
    if (rows->count == writer->capacity) UF_TRY(grow(writer, error));
    struct uf_row *row = &rows->items[rows->count];
    *row = (struct uf_row){.key = {{o->indicator, o->region, o->sector, o->breakdown, o->period}},
                           .value = o->value,
                           .status = o->status,
                           .place = (uint32_t)rows->count & MOST_PLACES};
    if (rows->count > 0 && writer->is_sorted) writer->is_sorted = compare_keys(&row[-1].key, &row->key) <= 0;
    rows->count++;
    return UF_OK;
}

uf_status uf_writer_put_keyed(struct uf_writer *writer, const struct uf_keyed_observation *observation,
                              struct uf_error *error)
{
    UF_TRY(uf_observation_check("", observation->value, observation->status, error));
    return append(writer, observation, error);
}

typedef uf_status find_key(struct uf_store *store, const char *code, int64_t *out, struct uf_error *error);

static uf_status key_of(struct uf_store *store, struct last_code *last, find_key *find, const char *code,
                        int64_t *out, struct uf_error *error)
{
    if (!code) code = "";
    if (!last->is_set || strcmp(last->text, code) != 0) {
        int64_t key = 0;
        UF_TRY(find(store, code, &key, error));
        size_t length = strlen(code);
        last->is_set = length < sizeof last->text;
        if (last->is_set) memcpy(last->text, code, length + 1);
        last->key = key;
    }
    *out = last->key;
    return UF_OK;
}

uf_status uf_writer_put(struct uf_writer *writer, const struct uf_observation *observation,
                        struct uf_error *error)
{
    const struct uf_observation *o = observation;
    struct uf_store *store = writer->store;
    struct uf_keyed_observation keyed = {.period = o->period, .value = o->value, .status = o->status};
    UF_TRY(uf_observation_check(o->indicator, o->value, o->status, error));
    UF_TRY(key_of(store, &writer->indicator, uf_store_indicator_id, o->indicator, &keyed.indicator, error));
    UF_TRY(key_of(store, &writer->region, uf_store_region_id, o->region, &keyed.region, error));
    UF_TRY(key_of(store, &writer->sector, uf_store_sector_id, o->sector, &keyed.sector, error));
    UF_TRY(key_of(store, &writer->breakdown, uf_store_breakdown_id, o->breakdown, &keyed.breakdown, error));
    return append(writer, &keyed, error);
}

uf_status uf_writer_finish(struct uf_writer *writer, struct uf_error *error)
{
    return writer->rows.count > 0 ? write_chunk(writer, error) : UF_OK;
}

struct uf_writer_counts uf_writer_counts(const struct uf_writer *writer)
{
    return writer->counts;
}

const struct uf_writer_conflict *uf_writer_conflict(const struct uf_writer *writer)
{
    return writer->has_conflict ? &writer->conflict : NULL;
}

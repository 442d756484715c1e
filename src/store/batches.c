// SPDX-License-Identifier: GPL-3.0-or-later
/* Batches: what is known of an imported file, and forgetting one. */
#include "store/connection.h"

#include <stdlib.h>

#include "base/fail.h"

uf_status uf_store_batch_begin(struct uf_store *store, const char *path, const char *format,
                               const char *sha256, int64_t *out_batch, struct uf_error *error)
{
    static const char SQL[] = "INSERT INTO batch (path, format, sha256) VALUES (?1, ?2, ?3)";
    if (store->depth == 0) return uf_fail(error, UF_INTERNAL, "a batch begins inside a transaction");
    const struct uf_binding bindings[] = {uf_bind_text(uf_text_or(path, "")),
                                          uf_bind_text(uf_text_or(format, "")),
                                          uf_bind_text(uf_text_or(sha256, ""))};
    UF_TRY(uf_store_execute(store, SQL, bindings, 3, error));
    *out_batch = sqlite3_last_insert_rowid(store->db);
    return UF_OK;
}

uf_status uf_store_batch_select(struct uf_store *store, int64_t batch, const char *selection,
                                struct uf_error *error)
{
    static const char SQL[] = "UPDATE batch SET selection = ?2 WHERE batch_id = ?1";
    const struct uf_binding bindings[] = {uf_bind_integer(batch), uf_bind_text(selection)};
    return uf_store_execute(store, SQL, bindings, 2, error);
}

uf_status uf_store_batch_find(struct uf_store *store, const char *sha256, const char *selection,
                              int64_t *out_batch, struct uf_error *error)
{
    static const char SQL[] =
        "SELECT batch_id FROM batch WHERE sha256 = ?1 AND selection = ?2 ORDER BY 1 LIMIT 1";
    const struct uf_binding bindings[] = {uf_bind_text(sha256), uf_bind_text(selection)};
    int64_t batch = 0;
    bool found = false;
    UF_TRY(uf_store_integer(store, SQL, bindings, 2, &batch, &found, error));
    *out_batch = found ? batch : 0;
    return UF_OK;
}

uf_status uf_store_batch_describe(struct uf_store *store, int64_t batch, const char *encoding, size_t cells,
                                  struct uf_error *error)
{
    static const char SQL[] = "UPDATE batch SET encoding = ?2, cells = ?3 WHERE batch_id = ?1";
    const struct uf_binding bindings[] = {uf_bind_integer(batch), uf_bind_text(encoding),
                                          uf_bind_integer((int64_t)cells)};
    return uf_store_execute(store, SQL, bindings, 3, error);
}

uf_status uf_store_batch_dimension(struct uf_store *store, int64_t batch, const char *name, const char *label,
                                   const char *role, struct uf_error *error)
{
    static const char SQL[] =
        "INSERT INTO batch_dimension (batch_id, position, name, label, role)"
        " SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3, ?4 FROM batch_dimension WHERE batch_id = ?1";
    if (store->depth == 0) return uf_fail(error, UF_INTERNAL, "a batch is described inside a transaction");
    const struct uf_binding bindings[] = {uf_bind_integer(batch), uf_bind_text(uf_text_or(name, "")),
                                          uf_bind_text(label), uf_bind_text(uf_text_or(role, ""))};
    return uf_store_execute(store, SQL, bindings, 4, error);
}

uf_status uf_store_batch_note(struct uf_store *store, int64_t batch, const char *scope, const char *text,
                              struct uf_error *error)
{
    static const char SQL[] =
        "INSERT INTO batch_note (batch_id, position, scope, text)"
        " SELECT ?1, coalesce(max(position), 0) + 1, ?2, ?3 FROM batch_note WHERE batch_id = ?1";
    if (store->depth == 0) return uf_fail(error, UF_INTERNAL, "a batch is described inside a transaction");
    const struct uf_binding bindings[] = {uf_bind_integer(batch), uf_bind_text(uf_text_or(scope, "")),
                                          uf_bind_text(uf_text_or(text, ""))};
    return uf_store_execute(store, SQL, bindings, 3, error);
}

uf_status uf_store_put_code_label(struct uf_store *store, const char *dimension, const char *code,
                                  const char *label, struct uf_error *error)
{
    static const char SQL[] = "INSERT INTO code_label (dimension, code, label) VALUES (?1, ?2, ?3)"
                              " ON CONFLICT (dimension, code) DO UPDATE SET label = excluded.label";
    if (!dimension || !*dimension || !code || !label)
        return uf_fail(error, UF_BAD_INPUT,
                       "a label is of a code of a dimension, and one of them is missing");
    const struct uf_binding bindings[] = {uf_bind_text(dimension), uf_bind_text(code), uf_bind_text(label)};
    return uf_store_execute(store, SQL, bindings, 3, error);
}

/* --- forgetting -------------------------------------------------------------------------------- */

static uf_status fail_unknown_batch(struct uf_store *store, int64_t batch, struct uf_error *error)
{
    enum { SHOWN = 12 };
    static const char SQL[] = "SELECT batch_id || ' (' || path || ')' FROM batch ORDER BY batch_id DESC";
    struct uf_text_list known = {0};
    struct uf_buffer list = {0};
    uf_status status = uf_store_texts(store, SQL, &known, error);
    for (size_t i = 0; status == UF_OK && i < known.count && i < SHOWN; i++) {
        uf_buffer_append(&list, i > 0 ? ", " : "");
        uf_buffer_append(&list, known.items[i]);
    }
    if (known.count > SHOWN) uf_buffer_append(&list, ", and older ones");
    if (status == UF_OK)
        status = known.count == 0 ? uf_fail(error, UF_BAD_USAGE,
                                            "there is no batch %lld; the store holds none", (long long)batch)
                                  : uf_fail(error, UF_BAD_USAGE, "there is no batch %lld; there are %s",
                                            (long long)batch, list.data ? list.data : "");
    uf_text_list_clear(&known);
    uf_buffer_clear(&list);
    return status;
}

/* Runs a statement on one batch and adds the number of rows it changed. */
static uf_status change(struct uf_store *store, const char *sql, int64_t batch, size_t *changed,
                        struct uf_error *error)
{
    UF_TRY(uf_store_execute(store, sql, (struct uf_binding[]){uf_bind_integer(batch)}, 1, error));
    *changed += (size_t)sqlite3_changes64(store->db);
    return UF_OK;
}

#define SAME_CELL                                                                                            \
    " r.indicator_id = o.indicator_id AND r.region_id = o.region_id AND r.sector_id = o.sector_id"           \
    " AND r.breakdown_id = o.breakdown_id AND r.period = o.period"

/* The values of one indicator in one region that another batch brought too. */
static uf_status hand_over_region(struct uf_store *store, int64_t batch, int64_t indicator, int64_t region,
                                  size_t *kept, struct uf_error *error)
{
    static const char HAND_OVER[] =
        "UPDATE observation AS o SET batch_id ="
        "  (SELECT min(r.batch_id) FROM repeated_observation r WHERE" SAME_CELL ")"
        " WHERE o.indicator_id = ?1 AND o.region_id = ?2 AND o.batch_id = ?3"
        "  AND EXISTS (SELECT 1 FROM repeated_observation r WHERE" SAME_CELL ")";
    static const char NOW_FIRST[] =
        "DELETE FROM repeated_observation AS r WHERE r.indicator_id = ?1 AND r.region_id = ?2 AND EXISTS"
        "  (SELECT 1 FROM observation o WHERE" SAME_CELL " AND o.batch_id = r.batch_id)";
    const struct uf_binding bindings[] = {uf_bind_integer(indicator), uf_bind_integer(region),
                                          uf_bind_integer(batch)};
    UF_TRY(uf_store_execute(store, HAND_OVER, bindings, 3, error));
    *kept += (size_t)sqlite3_changes64(store->db);
    return uf_store_execute(store, NOW_FIRST, bindings, 2, error);
}

/* What another batch brought too goes over to that one; region by region, since SQLite keeps in memory what one
 * statement is to change. */
static uf_status hand_over(struct uf_store *store, int64_t batch, size_t *kept, struct uf_error *error)
{
    static const char DROP_REPEATS[] = "DELETE FROM repeated_observation WHERE batch_id = ?1";
    static const char NEXT[] = "SELECT indicator_id, region_id FROM repeated_observation"
                               " WHERE (indicator_id, region_id) > (?1, ?2) ORDER BY 1, 2 LIMIT 1";
    UF_TRY(change(store, DROP_REPEATS, batch, kept, error));
    int64_t indicator = INT64_MIN, region = INT64_MIN;
    for (;;) {
        const struct uf_binding bindings[] = {uf_bind_integer(indicator), uf_bind_integer(region)};
        sqlite3_stmt *statement = NULL;
        UF_TRY(uf_store_statement(store, NEXT, bindings, 2, &statement, error));
        int code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            indicator = sqlite3_column_int64(statement, 0);
            region = sqlite3_column_int64(statement, 1);
        }
        uf_status status =
            code == SQLITE_ROW || code == SQLITE_DONE ? UF_OK : uf_store_fail(store, code, error);
        sqlite3_reset(statement);
        if (status != UF_OK || code == SQLITE_DONE) return status;
        UF_TRY(hand_over_region(store, batch, indicator, region, kept, error));
    }
}

/* Indicators of the batch, to be looked at again when its observations are gone. */
static uf_status indicators_of(struct uf_store *store, int64_t batch, struct uf_text_list *out,
                               struct uf_error *error)
{
    static const char SQL[] = "SELECT code FROM indicator i WHERE EXISTS (SELECT 1 FROM observation o"
                              " WHERE o.indicator_id = i.indicator_id AND o.batch_id = ?1)";
    sqlite3_stmt *statement = NULL;
    UF_TRY(
        uf_store_statement(store, SQL, (struct uf_binding[]){uf_bind_integer(batch)}, 1, &statement, error));
    uf_status status = UF_OK;
    int code = SQLITE_ROW;
    while (status == UF_OK && (code = sqlite3_step(statement)) == SQLITE_ROW)
        status = uf_text_list_add(out, (const char *)sqlite3_column_text(statement, 0), error);
    if (status == UF_OK && code != SQLITE_DONE) status = uf_store_fail(store, code, error);
    sqlite3_reset(statement);
    return status;
}

static uf_status drop_empty_indicators(struct uf_store *store, const struct uf_text_list *codes,
                                       struct uf_error *error)
{
    static const char SQL[] = "DELETE FROM indicator WHERE code = ?1 AND NOT EXISTS"
                              " (SELECT 1 FROM observation o WHERE o.indicator_id = indicator.indicator_id)";
    for (size_t i = 0; i < codes->count; i++)
        UF_TRY(uf_store_execute(store, SQL, (struct uf_binding[]){uf_bind_text(codes->items[i])}, 1, error));
    return UF_OK;
}

/* Every statement here takes only rows that nothing refers to, and says so in its condition; SQLite would look
 * for what refers to each of them by walking over all observations. (What repeats an observation of the batch was
 * handed over before.) */
static uf_status drop_what_is_unused(struct uf_store *store, int64_t batch,
                                     const struct uf_text_list *indicators, struct uf_error *error)
{
    static const char NOTES[] = "DELETE FROM batch_note WHERE batch_id = ?1";
    static const char DIMENSIONS[] = "DELETE FROM batch_dimension WHERE batch_id = ?1";
    static const char BATCH[] = "DELETE FROM batch WHERE batch_id = ?1";
    static const char BREAKDOWNS[] = "DELETE FROM breakdown WHERE breakdown_id <> 0"
                                     " AND breakdown_id NOT IN (SELECT breakdown_id FROM observation)";
    static const char REGIONS[] =
        "DELETE FROM region WHERE level = 'other'"
        " AND region_id NOT IN (SELECT region_id FROM observation)"
        " AND region_id NOT IN (SELECT region_id FROM exposure)"
        " AND region_id NOT IN (SELECT region_id FROM region_alias)"
        " AND region_id NOT IN (SELECT parent_id FROM region WHERE parent_id IS NOT NULL)";
    const struct uf_binding bindings[] = {uf_bind_integer(batch)};
    UF_TRY(uf_store_execute(store, NOTES, bindings, 1, error));
    UF_TRY(uf_store_execute(store, DIMENSIONS, bindings, 1, error));
    UF_TRY(uf_store_execute(store, BATCH, bindings, 1, error));
    UF_TRY(drop_empty_indicators(store, indicators, error));
    UF_TRY(uf_store_execute(store, BREAKDOWNS, NULL, 0, error));
    return uf_store_execute(store, REGIONS, NULL, 0, error);
}

static uf_status forget(struct uf_store *store, int64_t batch, size_t *removed, size_t *kept,
                        struct uf_error *error)
{
    static const char KNOWN[] = "SELECT 1 FROM batch WHERE batch_id = ?1";
    static const char OBSERVATIONS[] = "DELETE FROM observation WHERE batch_id = ?1";
    int64_t one = 0;
    bool found = false;
    UF_TRY(uf_store_integer(store, KNOWN, (struct uf_binding[]){uf_bind_integer(batch)}, 1, &one, &found,
                            error));
    if (!found) return fail_unknown_batch(store, batch, error);
    struct uf_text_list indicators = {0};
    uf_status status = indicators_of(store, batch, &indicators, error);
    if (status == UF_OK) status = hand_over(store, batch, kept, error);
    uf_store_enforce_references(store, false);
    if (status == UF_OK) status = change(store, OBSERVATIONS, batch, removed, error);
    if (status == UF_OK) status = drop_what_is_unused(store, batch, &indicators, error);
    uf_store_enforce_references(store, true);
    uf_text_list_clear(&indicators);
    return status;
}

uf_status uf_store_forget(struct uf_store *store, int64_t batch, size_t *out_removed, size_t *out_kept,
                          struct uf_error *error)
{
    size_t removed = 0, kept = 0;
    UF_TRY(uf_store_begin(store, error));
    uf_status status = forget(store, batch, &removed, &kept, error);
    if (status == UF_OK) status = uf_store_commit(store, error);
    if (status != UF_OK) {
        uf_store_rollback(store);
        return status;
    }
    uf_store_forget_codes(store);
    if (out_removed) *out_removed = removed;
    if (out_kept) *out_kept = kept;
    return UF_OK;
}

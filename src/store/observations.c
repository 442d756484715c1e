// SPDX-License-Identifier: GPL-3.0-or-later
/* Observations, one at a time. */
#include "store/connection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "store/observation.h"

uf_status uf_store_breakdown_id(struct uf_store *store, const char *code, int64_t *out,
                                struct uf_error *error)
{
    static const char ADD[] = "INSERT INTO breakdown (code) VALUES (?1) ON CONFLICT (code) DO NOTHING";
    static const char FIND[] = "SELECT breakdown_id FROM breakdown WHERE code = ?1";
    if (!code || !*code) {
        *out = 0;
        return UF_OK;
    }
    size_t length = strlen(code);
    if (uf_codes_find(&store->breakdowns, code, length, out)) return UF_OK;
    const struct uf_binding bindings[] = {uf_bind_text(code)};
    int64_t id = 0;
    bool found = false;
    UF_TRY(uf_store_execute(store, ADD, bindings, 1, error));
    UF_TRY(uf_store_integer(store, FIND, bindings, 1, &id, &found, error));
    UF_TRY(uf_codes_put(&store->breakdowns, code, length, id, error));
    *out = id;
    return UF_OK;
}

/* --- two values for one cell ------------------------------------------------------------------- */

uf_status uf_observation_check(const char *indicator, double value, uf_value_status status,
                               struct uf_error *error)
{
    if (uf_value_is_missing(status) == (isnan(value) != 0) && !isinf(value)) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT,
        "a value of indicator '%s' is not a number without a reason, or has a number and a reason for "
        "having none",
        indicator ? indicator : "");
}

bool uf_held_is(const struct uf_held *held, double value, uf_value_status status)
{
    bool same = uf_value_is_missing(status) ? uf_value_is_missing(held->status) : held->value == value;
    return same && held->status == status;
}

struct uf_held uf_held_column(sqlite3_stmt *statement, int first)
{
    bool missing = sqlite3_column_type(statement, first) == SQLITE_NULL;
    return (struct uf_held){.value = missing ? NAN : sqlite3_column_double(statement, first),
                            .status = (uf_value_status)sqlite3_column_int64(statement, first + 1),
                            .batch = sqlite3_column_int64(statement, first + 2)};
}

static void bind_key(const struct uf_cell_key *key, struct uf_binding *out)
{
    for (int i = 0; i < UF_CELL_KEYS; i++) out[i] = uf_bind_integer(key->part[i]);
}

static uf_status read_held(struct uf_store *store, const struct uf_cell_key *key, struct uf_held *out,
                           struct uf_error *error)
{
    static const char SQL[] =
        "SELECT value, status, batch_id FROM observation WHERE indicator_id = ?1 AND region_id = ?2"
        " AND sector_id = ?3 AND breakdown_id = ?4 AND period = ?5";
    struct uf_binding bindings[UF_CELL_KEYS];
    bind_key(key, bindings);
    sqlite3_stmt *statement = NULL;
    UF_TRY(uf_store_statement(store, SQL, bindings, UF_CELL_KEYS, &statement, error));
    int step = sqlite3_step(statement);
    uf_status status = step == SQLITE_ROW ? UF_OK : uf_store_fail(store, step, error);
    if (status == UF_OK) *out = uf_held_column(statement, 0);
    sqlite3_reset(statement);
    return status;
}

static uf_status remember_repeat(struct uf_store *store, const struct uf_cell_key *key, int64_t batch,
                                 struct uf_error *error)
{
    static const char SQL[] = "INSERT INTO repeated_observation (indicator_id, region_id, sector_id, "
                              "breakdown_id, period, batch_id)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    struct uf_binding bindings[UF_CELL_KEYS + 1];
    bind_key(key, bindings);
    bindings[UF_CELL_KEYS] = uf_bind_integer(batch);
    return uf_store_execute(store, SQL, bindings, UF_CELL_KEYS + 1, error);
}

/* A value or its absence, for a sentence. */
static void describe(double value, uf_value_status status, char out[UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE])
{
    char number[UF_NUMBER_SIZE] = "", remark[UF_VALUE_STATUS_SIZE] = "";
    if (!uf_value_is_missing(status)) uf_number_print(value, number);
    if (status != UF_VALUE_OBSERVED) uf_value_status_print(status, remark);
    snprintf(out, UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE, "%s%s%s", number, *number && *remark ? " " : "",
             remark);
}

uf_status uf_fail_two_values(const struct uf_observation *observation, const struct uf_held *held,
                             struct uf_error *error)
{
    char old_text[UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE], new_text[UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE];
    char period[UF_PERIOD_SIZE];
    describe(held->value, held->status, old_text);
    describe(observation->value, observation->status, new_text);
    return uf_fail(
        error, UF_BAD_INPUT,
        "two values for one cell: %s, region %s, sector %s, %s%s%s: %s is stored, %s comes now; keep one of "
        "them",
        observation->indicator, observation->region, uf_text_or(observation->sector, "(none)"),
        uf_text_or(observation->breakdown, ""), uf_text_or(observation->breakdown, "")[0] ? ", " : "",
        uf_period_print(observation->period, period), old_text, new_text);
}

/* --- one observation --------------------------------------------------------------------------- */

/* The cell is taken: the same value is a duplicate, another one a conflict. */
static uf_status compare(struct uf_store *store, int64_t batch, const struct uf_observation *observation,
                         const struct uf_cell_key *key, bool *out_duplicate, struct uf_error *error)
{
    struct uf_held held;
    UF_TRY(read_held(store, key, &held, error));
    if (!uf_held_is(&held, observation->value, observation->status))
        return uf_fail_two_values(observation, &held, error);
    if (held.batch != batch) UF_TRY(remember_repeat(store, key, batch, error));
    if (out_duplicate) *out_duplicate = true;
    return UF_OK;
}

uf_status uf_store_put_observation(struct uf_store *store, int64_t batch,
                                   const struct uf_observation *observation, bool *out_duplicate,
                                   struct uf_error *error)
{
    static const char SQL[] =
        "INSERT INTO observation (indicator_id, region_id, sector_id, breakdown_id, period,"
        " value, status, batch_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT DO NOTHING";
    if (store->depth == 0) return uf_fail(error, UF_INTERNAL, "observations are added inside a transaction");
    UF_TRY(uf_observation_check(observation->indicator, observation->value, observation->status, error));
    struct uf_cell_key key = {0};
    key.part[UF_CELL_KEYS - 1] = observation->period;
    UF_TRY(uf_store_indicator_id(store, observation->indicator, &key.part[0], error));
    UF_TRY(uf_store_region_id(store, observation->region, &key.part[1], error));
    UF_TRY(uf_store_sector_id(store, observation->sector, &key.part[2], error));
    UF_TRY(uf_store_breakdown_id(store, observation->breakdown, &key.part[3], error));
    struct uf_binding bindings[UF_CELL_KEYS + 3];
    bind_key(&key, bindings);
    bindings[UF_CELL_KEYS] = uf_bind_real(observation->value);
    bindings[UF_CELL_KEYS + 1] = uf_bind_integer(observation->status);
    bindings[UF_CELL_KEYS + 2] = uf_bind_integer(batch);
    UF_TRY(uf_store_execute(store, SQL, bindings, UF_CELL_KEYS + 3, error));
    if (sqlite3_changes(store->db) == 0)
        return compare(store, batch, observation, &key, out_duplicate, error);
    if (out_duplicate) *out_duplicate = false;
    return UF_OK;
}

uf_status uf_store_count(struct uf_store *store, const char *indicator, size_t *out, struct uf_error *error)
{
    static const char ALL[] = "SELECT count(*) FROM observation";
    static const char ONE[] = "SELECT count(*) FROM observation WHERE indicator_id = ?1";
    int64_t id = 0, count = 0;
    bool found = false;
    if (indicator) {
        UF_TRY(uf_store_indicator_id(store, indicator, &id, error));
        UF_TRY(uf_store_integer(store, ONE, (struct uf_binding[]){uf_bind_integer(id)}, 1, &count, &found,
                                error));
    } else {
        UF_TRY(uf_store_integer(store, ALL, NULL, 0, &count, &found, error));
    }
    *out = (size_t)count;
    return UF_OK;
}

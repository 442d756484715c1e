// SPDX-License-Identifier: GPL-3.0-or-later
/* Observations, one at a time. */
#include "store/connection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"

static uf_status breakdown_id(struct uf_store *store, const char *code, int64_t *out, struct uf_error *error)
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

/* A value or its absence, for a sentence. */
static void describe(double value, uf_value_status status, char out[UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE])
{
    char number[UF_NUMBER_SIZE] = "", remark[UF_VALUE_STATUS_SIZE] = "";
    if (!uf_value_is_missing(status)) uf_number_print(value, number);
    if (status != UF_VALUE_OBSERVED) uf_value_status_print(status, remark);
    snprintf(out, UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE, "%s%s%s", number, *number && *remark ? " " : "",
             remark);
}

/* The batch brought a value that another batch had brought. */
static uf_status remember_repeat(struct uf_store *store, const struct uf_binding *key, int64_t batch,
                                 struct uf_error *error)
{
    static const char SQL[] = "INSERT INTO repeated_observation (indicator_id, region_id, sector_id, "
                              "breakdown_id, period, batch_id)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    const struct uf_binding bindings[] = {key[0], key[1], key[2], key[3], key[4], uf_bind_integer(batch)};
    return uf_store_execute(store, SQL, bindings, 6, error);
}

/* The cell is taken: the same value is a duplicate, another one a conflict. */
static uf_status compare(struct uf_store *store, int64_t batch, const struct uf_observation *observation,
                         const struct uf_binding *key, bool *out_duplicate, struct uf_error *error)
{
    static const char SQL[] =
        "SELECT value, status, batch_id FROM observation WHERE indicator_id = ?1 AND region_id = ?2"
        " AND sector_id = ?3 AND breakdown_id = ?4 AND period = ?5";
    sqlite3_stmt *statement = NULL;
    UF_TRY(uf_store_statement(store, SQL, key, 5, &statement, error));
    int step = sqlite3_step(statement);
    if (step != SQLITE_ROW) {
        uf_status status = uf_store_fail(store, step, error);
        sqlite3_reset(statement);
        return status;
    }
    double held =
        sqlite3_column_type(statement, 0) == SQLITE_NULL ? NAN : sqlite3_column_double(statement, 0);
    uf_value_status held_status = (uf_value_status)sqlite3_column_int64(statement, 1);
    int64_t held_batch = sqlite3_column_int64(statement, 2);
    sqlite3_reset(statement);
    bool same = uf_value_is_missing(observation->status) ? uf_value_is_missing(held_status)
                                                         : held == observation->value;
    if (same && held_status == observation->status) {
        if (held_batch != batch) UF_TRY(remember_repeat(store, key, batch, error));
        if (out_duplicate) *out_duplicate = true;
        return UF_OK;
    }
    char old_text[UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE], new_text[UF_NUMBER_SIZE + UF_VALUE_STATUS_SIZE];
    char period[UF_PERIOD_SIZE];
    describe(held, held_status, old_text);
    describe(observation->value, observation->status, new_text);
    return uf_fail(
        error, UF_BAD_INPUT,
        "two values for one cell: %s, region %s, sector %s, %s%s%s: %s is stored, %s comes now; keep one of "
        "them",
        observation->indicator, observation->region, uf_text_or(observation->sector, "(none)"),
        uf_text_or(observation->breakdown, ""), uf_text_or(observation->breakdown, "")[0] ? ", " : "",
        uf_period_print(observation->period, period), old_text, new_text);
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
    bool missing = uf_value_is_missing(observation->status);
    if (missing != (isnan(observation->value) != 0) || isinf(observation->value))
        return uf_fail(
            error, UF_BAD_INPUT,
            "a value of indicator '%s' is not a number without a reason, or has a number and a reason for "
            "having none",
            observation->indicator ? observation->indicator : "");
    int64_t indicator = 0, region = 0, sector = 0, breakdown = 0;
    UF_TRY(uf_store_indicator_id(store, observation->indicator, &indicator, error));
    UF_TRY(uf_store_region_id(store, observation->region, &region, error));
    UF_TRY(uf_store_sector_id(store, observation->sector, &sector, error));
    UF_TRY(breakdown_id(store, observation->breakdown, &breakdown, error));
    const struct uf_binding bindings[] = {uf_bind_integer(indicator),
                                          uf_bind_integer(region),
                                          uf_bind_integer(sector),
                                          uf_bind_integer(breakdown),
                                          uf_bind_integer(observation->period),
                                          uf_bind_real(observation->value),
                                          uf_bind_integer(observation->status),
                                          uf_bind_integer(batch)};
    UF_TRY(uf_store_execute(store, SQL, bindings, 8, error));
    if (sqlite3_changes(store->db) == 0)
        return compare(store, batch, observation, bindings, out_duplicate, error);
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

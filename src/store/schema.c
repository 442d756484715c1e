// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

/*
 * Singular names are tables with integer keys; plural names are views with codes, for reading.
 *
 * - Row 0 of `sector` and of `breakdown` is "none": a primary key cannot hold NULL.
 * - `observation` is WITHOUT ROWID, so the primary key is the table: one cell, one value, found without a
 * second tree.
 * - The CHECK on value and status keeps the rule that a missing value has a reason and that NULL is never 0.
 */
static const char TABLES_1[] =
    "CREATE TABLE region ("
    "  region_id INTEGER PRIMARY KEY,"
    "  code TEXT NOT NULL UNIQUE CHECK (code <> ''),"
    "  level TEXT NOT NULL CHECK (level IN ('country', 'nuts1', 'nuts2', 'nuts3', 'municipality', 'fa')),"
    "  parent_id INTEGER REFERENCES region (region_id) CHECK (parent_id IS NOT region_id),"
    "  name_sv TEXT NOT NULL,"
    "  name_en TEXT NOT NULL,"
    "  short_name TEXT NOT NULL,"
    "  valid_from INTEGER,"
    "  valid_to INTEGER"
    ") STRICT;"
    "CREATE INDEX region_by_parent ON region (parent_id);"
    "CREATE TABLE region_alias ("
    "  alias TEXT NOT NULL CHECK (alias <> ''),"
    "  scheme TEXT NOT NULL CHECK (scheme <> ''),"
    "  region_id INTEGER NOT NULL REFERENCES region (region_id),"
    "  PRIMARY KEY (alias, scheme)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE sector ("
    "  sector_id INTEGER PRIMARY KEY,"
    "  code TEXT NOT NULL UNIQUE,"
    "  scheme TEXT NOT NULL,"
    "  parent_id INTEGER REFERENCES sector (sector_id) CHECK (parent_id IS NOT sector_id),"
    "  name_sv TEXT NOT NULL,"
    "  name_en TEXT NOT NULL"
    ") STRICT;"
    "INSERT INTO sector VALUES (0, '', '', NULL, '', '');"
    "CREATE TABLE breakdown ("
    "  breakdown_id INTEGER PRIMARY KEY,"
    "  code TEXT NOT NULL UNIQUE"
    ") STRICT;"
    "INSERT INTO breakdown VALUES (0, '');"
    "CREATE TABLE indicator ("
    "  indicator_id INTEGER PRIMARY KEY,"
    "  code TEXT NOT NULL UNIQUE CHECK (code <> ''),"
    "  theme TEXT,"
    "  name_sv TEXT NOT NULL,"
    "  name_en TEXT NOT NULL,"
    "  unit_sv TEXT,"
    "  unit_en TEXT,"
    "  kind TEXT NOT NULL CHECK (kind IN ('stock', 'flow', 'ratio')),"
    "  rounding REAL NOT NULL CHECK (rounding >= 0),"
    "  source TEXT,"
    "  licence TEXT"
    ") STRICT;"
    "CREATE TABLE batch ("
    "  batch_id INTEGER PRIMARY KEY,"
    "  path TEXT NOT NULL,"
    "  format TEXT NOT NULL,"
    "  sha256 TEXT NOT NULL,"
    "  selection TEXT NOT NULL DEFAULT '',"
    "  imported_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"
    ") STRICT;"
    "CREATE INDEX batch_by_content ON batch (sha256, selection);"
    "CREATE TABLE observation ("
    "  indicator_id INTEGER NOT NULL REFERENCES indicator (indicator_id),"
    "  region_id INTEGER NOT NULL REFERENCES region (region_id),"
    "  sector_id INTEGER NOT NULL REFERENCES sector (sector_id),"
    "  breakdown_id INTEGER NOT NULL REFERENCES breakdown (breakdown_id),"
    "  period INTEGER NOT NULL,"
    "  value REAL,"
    "  status INTEGER NOT NULL DEFAULT 0,"
    "  batch_id INTEGER NOT NULL REFERENCES batch (batch_id),"
    "  PRIMARY KEY (indicator_id, region_id, sector_id, breakdown_id, period),"
    "  CHECK ((value IS NULL) = ((status & 255) <> 0))"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE intervention ("
    "  intervention_id INTEGER PRIMARY KEY,"
    "  code TEXT NOT NULL UNIQUE CHECK (code <> ''),"
    "  name_sv TEXT NOT NULL,"
    "  name_en TEXT NOT NULL,"
    "  start_period INTEGER NOT NULL,"
    "  end_period INTEGER CHECK (end_period >= start_period),"
    "  regions_exposed INTEGER CHECK (regions_exposed >= 0),"
    "  regions_total INTEGER CHECK (regions_total >= regions_exposed),"
    "  cost REAL,"
    "  currency TEXT,"
    "  source TEXT"
    ") STRICT;"
    "CREATE TABLE exposure ("
    "  intervention_id INTEGER NOT NULL REFERENCES intervention (intervention_id),"
    "  region_id INTEGER NOT NULL REFERENCES region (region_id),"
    "  start_period INTEGER NOT NULL,"
    "  end_period INTEGER CHECK (end_period >= start_period),"
    "  status TEXT NOT NULL CHECK (status IN ('exposed', 'not-exposed', 'unknown')),"
    "  amount REAL,"
    "  PRIMARY KEY (intervention_id, region_id, start_period)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE run ("
    "  run_id INTEGER PRIMARY KEY,"
    "  started TEXT NOT NULL,"
    "  study_sha256 TEXT NOT NULL,"
    "  manifest TEXT NOT NULL"
    ") STRICT;";

static const char VIEWS_1[] =
    "CREATE VIEW regions AS"
    "  SELECT r.code, r.level, p.code AS parent, r.name_sv, r.name_en, r.short_name, r.valid_from, r.valid_to"
    "  FROM region r LEFT JOIN region p ON p.region_id = r.parent_id;"
    "CREATE VIEW sectors AS"
    "  SELECT s.code, s.scheme, p.code AS parent, s.name_sv, s.name_en"
    "  FROM sector s LEFT JOIN sector p ON p.sector_id = s.parent_id WHERE s.sector_id <> 0;"
    "CREATE VIEW observations AS"
    "  SELECT i.code AS indicator, r.code AS region, s.code AS sector, b.code AS breakdown, o.period, "
    "o.value,"
    "         o.status, o.batch_id AS batch"
    "  FROM observation o JOIN indicator i USING (indicator_id) JOIN region r USING (region_id)"
    "       JOIN sector s USING (sector_id) JOIN breakdown b USING (breakdown_id);"
    "CREATE VIEW exposures AS"
    "  SELECT i.code AS intervention, r.code AS region, e.status, e.start_period, e.end_period, e.amount"
    "  FROM exposure e JOIN intervention i USING (intervention_id) JOIN region r USING (region_id);";

static const char *const VERSION_1[] = {TABLES_1, VIEWS_1, NULL};

static const struct uf_schema_step STEPS[] = {
    {VERSION_1, "regions, sectors, indicators, observations, batches, interventions, runs"},
};

const struct uf_schema_step *uf_schema_steps(size_t *out_count)
{
    *out_count = sizeof STEPS / sizeof *STEPS;
    return STEPS;
}

static uf_status read_integer(sqlite3 *db, const char *path, const char *sql, int *out,
                              struct uf_error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *out = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    if (code == SQLITE_ROW) return UF_OK;
    if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            "this is not a Utfall store (%s); name another file, or remove it to make a new store",
            sqlite3_errmsg(db));
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "the store cannot be read: %s", sqlite3_errmsg(db));
}

static uf_status execute(sqlite3 *db, const char *path, const char *sql, struct uf_error *error)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) return UF_OK;
    return uf_fail_at(error, UF_IO_FAILED, path, 0, 0, "the store cannot be brought up to date: %s",
                      sqlite3_errmsg(db));
}

/* Another process may have made or migrated the store while we waited, so the version is read again inside
 * the transaction. */
static uf_status climb(sqlite3 *db, const char *path, const struct uf_schema_step *steps, size_t n_steps,
                       struct uf_error *error)
{
    int version = 0;
    UF_TRY(read_integer(db, path, "PRAGMA user_version", &version, error));
    for (size_t i = (size_t)version; i < n_steps; i++)
        for (size_t j = 0; steps[i].sql[j]; j++) UF_TRY(execute(db, path, steps[i].sql[j], error));
    char pragma[96];
    snprintf(pragma, sizeof pragma, "PRAGMA application_id = %d; PRAGMA user_version = %zu;",
             (int)UF_STORE_APPLICATION_ID, n_steps);
    return execute(db, path, pragma, error);
}

uf_status uf_schema_migrate(sqlite3 *db, const char *path, bool writable, const struct uf_schema_step *steps,
                            size_t n_steps, struct uf_error *error)
{
    int version = 0, application = 0, objects = 0;
    UF_TRY(read_integer(db, path, "SELECT count(*) FROM sqlite_schema", &objects, error));
    UF_TRY(read_integer(db, path, "PRAGMA application_id", &application, error));
    UF_TRY(read_integer(db, path, "PRAGMA user_version", &version, error));
    bool empty = objects == 0 && application == 0 && version == 0;
    if (!empty && (application != UF_STORE_APPLICATION_ID || version < 0))
        return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                          "this is an SQLite file of another program, not a Utfall store; name another file");
    if ((size_t)version > n_steps)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            "this store has schema version %d and this program knows versions up to %zu; use the newer "
            "Utfall that wrote it",
            version, n_steps);
    if ((size_t)version == n_steps) return UF_OK;
    if (!writable)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            empty ? "this file holds no store yet; import something first"
                  : "this store has an older schema; open it once for writing to bring it up to date");
    UF_TRY(execute(db, path, "BEGIN IMMEDIATE", error));
    uf_status status = climb(db, path, steps, n_steps, error);
    if (status == UF_OK) status = execute(db, path, "COMMIT", error);
    if (status != UF_OK && !sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The SQL of every version of the schema. A released step is never edited. */
#include "store/schema.h"

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

/*
 * Version 2: what else a file says (encoding, dimensions, notes, labels, decimals), regions outside the tree, and
 * which batches brought the same value, so that one can be forgotten without taking it from the other.
 *
 * A CHECK cannot be altered, so `region` is built anew under another name and renamed; the views that read it are
 * dropped first. `batch` is built anew so that a number is never given twice (AUTOINCREMENT): who forgets batch 7
 * twice must not lose the next one.
 */
static const char REGION_2[] =
    "DROP VIEW regions; DROP VIEW sectors; DROP VIEW observations; DROP VIEW exposures;"
    "CREATE TABLE region_2 ("
    "  region_id INTEGER PRIMARY KEY,"
    "  code TEXT NOT NULL UNIQUE CHECK (code <> ''),"
    "  level TEXT NOT NULL"
    "    CHECK (level IN ('country', 'nuts1', 'nuts2', 'nuts3', 'municipality', 'fa', 'other')),"
    "  parent_id INTEGER REFERENCES region (region_id) CHECK (parent_id IS NOT region_id),"
    "  name_sv TEXT NOT NULL,"
    "  name_en TEXT NOT NULL,"
    "  short_name TEXT NOT NULL,"
    "  valid_from INTEGER,"
    "  valid_to INTEGER"
    ") STRICT;"
    "INSERT INTO region_2 SELECT region_id, code, level, parent_id, name_sv, name_en, short_name, valid_from,"
    "  valid_to FROM region;"
    "DROP TABLE region;"
    "ALTER TABLE region_2 RENAME TO region;"
    "CREATE INDEX region_by_parent ON region (parent_id);";

static const char BATCH_2[] =
    "CREATE TABLE batch_2 ("
    "  batch_id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  path TEXT NOT NULL,"
    "  format TEXT NOT NULL,"
    "  encoding TEXT,"
    "  sha256 TEXT NOT NULL,"
    "  selection TEXT NOT NULL DEFAULT '',"
    "  imported_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),"
    "  cells INTEGER CHECK (cells >= 0)"
    ") STRICT;"
    "INSERT INTO batch_2 (batch_id, path, format, sha256, selection, imported_at)"
    "  SELECT batch_id, path, format, sha256, selection, imported_at FROM batch;"
    "DROP TABLE batch;"
    "ALTER TABLE batch_2 RENAME TO batch;"
    "CREATE INDEX batch_by_content ON batch (sha256, selection);"
    "CREATE TABLE batch_dimension ("
    "  batch_id INTEGER NOT NULL REFERENCES batch (batch_id),"
    "  position INTEGER NOT NULL,"
    "  name TEXT NOT NULL,"
    "  label TEXT,"
    "  role TEXT NOT NULL,"
    "  PRIMARY KEY (batch_id, position)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE batch_note ("
    "  batch_id INTEGER NOT NULL REFERENCES batch (batch_id),"
    "  position INTEGER NOT NULL,"
    "  scope TEXT NOT NULL,"
    "  text TEXT NOT NULL,"
    "  PRIMARY KEY (batch_id, position)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE code_label ("
    "  dimension TEXT NOT NULL CHECK (dimension <> ''),"
    "  code TEXT NOT NULL,"
    "  label TEXT NOT NULL,"
    "  PRIMARY KEY (dimension, code)"
    ") STRICT, WITHOUT ROWID;"
    /* `observation.batch_id` is the batch that brought a value first; a row here is another that brought it too */
    "CREATE TABLE repeated_observation ("
    "  indicator_id INTEGER NOT NULL,"
    "  region_id INTEGER NOT NULL,"
    "  sector_id INTEGER NOT NULL,"
    "  breakdown_id INTEGER NOT NULL,"
    "  period INTEGER NOT NULL,"
    "  batch_id INTEGER NOT NULL REFERENCES batch (batch_id),"
    "  PRIMARY KEY (indicator_id, region_id, sector_id, breakdown_id, period, batch_id),"
    "  FOREIGN KEY (indicator_id, region_id, sector_id, breakdown_id, period)"
    "    REFERENCES observation (indicator_id, region_id, sector_id, breakdown_id, period)"
    ") STRICT, WITHOUT ROWID;"
    "ALTER TABLE indicator ADD COLUMN decimals INTEGER CHECK (decimals >= 0);";

static const char VIEWS_2[] =
    "CREATE VIEW batches AS"
    "  SELECT b.batch_id AS batch, b.path, b.format, b.encoding, b.sha256, b.imported_at, b.cells,"
    "         coalesce(o.n, 0) AS observations, coalesce(r.n, 0) AS repeated"
    "  FROM batch b"
    "       LEFT JOIN (SELECT batch_id, count(*) AS n FROM observation GROUP BY batch_id) o USING (batch_id)"
    "       LEFT JOIN (SELECT batch_id, count(*) AS n FROM repeated_observation GROUP BY batch_id) r"
    "         USING (batch_id);"
    "CREATE VIEW batch_dimensions AS"
    "  SELECT batch_id AS batch, position, name, label, role FROM batch_dimension;"
    "CREATE VIEW batch_notes AS"
    "  SELECT batch_id AS batch, position, scope, text FROM batch_note;"
    "CREATE VIEW code_labels AS"
    "  SELECT dimension, code, label FROM code_label;";

static const char *const VERSION_1[] = {TABLES_1, VIEWS_1, NULL};
static const char *const VERSION_2[] = {REGION_2, BATCH_2, VIEWS_1, VIEWS_2, NULL};

static const struct uf_schema_step STEPS[] = {
    {VERSION_1, "regions, sectors, indicators, observations, batches, interventions, runs"},
    {VERSION_2,
     "dimensions, notes and encoding of batches, labels, decimals, regions outside the tree, who brought "
     "the same value"},
};

const struct uf_schema_step *uf_schema_steps(size_t *out_count)
{
    *out_count = sizeof STEPS / sizeof *STEPS;
    return STEPS;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_H
#define UTFALL_STORE_H
/*
 * The store: one SQLite file with regions, sectors, indicators, observations, interventions, import batches
 * and runs.
 *
 * Codes are text and stay text. A region has one canonical code and any number of aliases: counties are
 * stored under their NUTS 3 code (`SE312`) with the county number (`20`) and Kolada's id (`0020`) as aliases;
 * the nation is `SE` with alias `00`; FA regions are `FA15` and so on. An observation is indicator × region ×
 * sector × breakdown × period → value + status; the primary key refuses two values for one cell. SQL NULL is
 * never 0.
 *
 * For reading with SQL there are views, with codes instead of keys:
 * - regions(code, level, parent, name_sv, name_en, short_name, valid_from, valid_to)
 * - sectors(code, scheme, parent, name_sv, name_en)
 * - observations(indicator, region, sector, breakdown, period, value, status, batch); a sector or breakdown
 *   of '' is none
 * - exposures(intervention, region, status, start_period, end_period, amount); the status is `exposed`,
 *   `not-exposed` or `unknown`
 * - batches(batch, path, format, encoding, sha256, imported_at, cells, observations, repeated); `cells` is how many
 *   the file has (NULL: not known), `observations` those that stand in the store as this batch's, `repeated` those
 *   that it brought and an earlier batch had brought already
 * - batch_dimensions(batch, position, name, label, role)
 * - batch_notes(batch, position, scope, text); a scope of '' is the whole file
 * - code_labels(dimension, code, label)
 *
 * and the tables that have codes themselves:
 * - indicator(indicator_id, code, theme, name_sv, name_en, unit_sv, unit_en, kind, rounding, source, licence,
 *   decimals)
 * - intervention(intervention_id, code, name_sv, name_en, start_period, end_period, regions_exposed,
 *   regions_total, cost, currency, source)
 * - region_alias(alias, scheme, region_id)
 * - batch(batch_id, path, format, encoding, sha256, selection, imported_at, cells)
 * - run(run_id, started, study_sha256, manifest)
 *
 * `period` is a uf_period. Expressions may use ln, log10, exp, sqrt and power (NULL where the result is no
 * finite number), and `ORDER BY name_sv COLLATE swedish` sorts å, ä, ö last.
 *
 * A store is not shared between threads; two processes may have it open (WAL).
 */
#include <stdbool.h>
#include <stdint.h>
#include <utfall/period.h>
#include <utfall/status.h>
#include <utfall/table.h>
#include <utfall/text.h>
#include <utfall/value_status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_store;

enum uf_open_mode { UF_STORE_READ_ONLY, UF_STORE_READ_WRITE, UF_STORE_CREATE };

/* Opens (and, for UF_STORE_CREATE, makes) a store; migrates an older schema inside one transaction.
 * `:memory:` is a store that lives with the handle. A file that is not a Utfall store, or newer than this
 * program, is UF_BAD_INPUT. */
uf_status uf_store_open(const char *path, enum uf_open_mode mode, struct uf_store **out,
                        struct uf_error *error);
void uf_store_close(struct uf_store *store); /* NULL is fine */

/* A copy in memory, to work on what shall not stay: it may be written, also where `store` is read only, and is gone when it is
 * closed. Memory: the size of the store. */
uf_status uf_store_copy(struct uf_store *store, struct uf_store **out, struct uf_error *error);

/* Transactions nest: an inner one is taken back alone, and nothing is on disk before the outermost commit. */
uf_status uf_store_begin(struct uf_store *store, struct uf_error *error);
uf_status uf_store_commit(struct uf_store *store, struct uf_error *error);
/* Takes the innermost transaction back; without one it does nothing. */
void uf_store_rollback(struct uf_store *store);

/* --- regions ----------------------------------------------------------------------------------- */

/* Levels are the texts `country`, `nuts1`, `nuts2`, `nuts3`, `municipality`, `fa`, and `other` for foreign regions
 * and those whose place is not known; `nation` and `county` are accepted where a user names a level and mean
 * `country` and `nuts3`. */
struct uf_region {
    const char *code;
    const char *level;
    const char *parent; /* canonical code, NULL: none */
    const char *name_sv, *name_en;
    const char *short_name;   /* for charts; NULL: the name */
    int valid_from, valid_to; /* years; 0: open */
};
/* Adds a region or renews what is known of it. The parent must be there and stand on a higher level. */
uf_status uf_store_put_region(struct uf_store *store, const struct uf_region *region, struct uf_error *error);
/* Another code for the same region. One alias means one region within a scheme (`county-number`, `kolada`,
 * …). */
uf_status uf_store_put_region_alias(struct uf_store *store, const char *alias, const char *scheme,
                                    const char *code, struct uf_error *error);
/* The canonical code of a code or alias (new text); unknown is UF_BAD_INPUT with the nearest known code. */
uf_status uf_store_resolve_region(struct uf_store *store, const char *code, char **out,
                                  struct uf_error *error);
/* As above, but an unknown code is no error: `*out` is NULL. An alias that means different regions in
 * different schemes is UF_BAD_INPUT. */
uf_status uf_store_find_region(struct uf_store *store, const char *code, char **out, struct uf_error *error);
/* `county` → `nuts3`, `nation` → `country`; static text. An unknown level is UF_BAD_INPUT with the nearest
 * one. */
uf_status uf_store_resolve_level(const char *level, const char **out, struct uf_error *error);

/* --- sectors and indicators -------------------------------------------------------------------- */

struct uf_sector {
    const char *code;   /* `C`, `B-E`, `M_N`, `TOTAL`, `25` */
    const char *scheme; /* `sni2007` */
    const char *parent; /* NULL: none */
    const char *name_sv, *name_en;
};
/* Adds a sector or renews it; the parent must be there. */
uf_status uf_store_put_sector(struct uf_store *store, const struct uf_sector *sector, struct uf_error *error);
/* The code of a sector as the store has it (new text); unknown is UF_BAD_INPUT with the nearest known code. */
uf_status uf_store_resolve_sector(struct uf_store *store, const char *code, char **out,
                                  struct uf_error *error);
/* As above, but an unknown code is no error: `*out` is NULL. */
uf_status uf_store_find_sector(struct uf_store *store, const char *code, char **out, struct uf_error *error);

enum uf_indicator_kind { UF_INDICATOR_STOCK, UF_INDICATOR_FLOW, UF_INDICATOR_RATIO };
struct uf_indicator {
    const char *code;
    const char *theme; /* `industry`, `digitalisation`, `competence`, or another word; NULL: none said */
    const char *name_sv, *name_en;
    const char *unit_sv, *unit_en;
    enum uf_indicator_kind kind; /* a ratio is never summed up the region tree */
    double rounding;    /* the unit the publisher rounded to (1000 for whole thousands); 0: not rounded */
    const char *source; /* for source lines: `Eurostat nama_10r_3empers` */
    const char *licence;
    bool has_decimals; /* false: the publisher did not say with how many decimals it shows the values, … */
    int decimals;      /* … and this is not read */
};
/* Adds an indicator or renews it; what is NULL stays as it was. Another unit or kind than that of the values
 * already stored is UF_BAD_INPUT: thousands and ones must not meet under one code. */
uf_status uf_store_put_indicator(struct uf_store *store, const struct uf_indicator *indicator,
                                 struct uf_error *error);

/* Gives the indicator's values another code, `as`, and leaves the indicator itself without values, described as
 * before: for values that are made from them. Inside a transaction. `as` taken: UF_BAD_INPUT. */
uf_status uf_store_set_aside(struct uf_store *store, const char *indicator, const char *as,
                             struct uf_error *error);

/* --- interventions ----------------------------------------------------------------------------- */

enum uf_exposure_status {
    UF_EXPOSED,         /* this region took part */
    UF_NOT_EXPOSED,     /* this region is known to have stood outside */
    UF_EXPOSURE_UNKNOWN /* the source gives a count, not a list */
};
struct uf_intervention {
    const char *code;
    const char *name_sv, *name_en;
    uf_period start, end; /* end 0: open */
    int regions_exposed;  /* of how many … the source speaks; -1: not said */
    int regions_total;
    double cost; /* NaN: not known */
    const char *currency;
    const char *source;
};
/* Adds an intervention or renews it. */
uf_status uf_store_put_intervention(struct uf_store *store, const struct uf_intervention *intervention,
                                    struct uf_error *error);
/* start 0 and end 0: those of the intervention. amount NaN: not known. */
uf_status uf_store_put_exposure(struct uf_store *store, const char *intervention, const char *region,
                                enum uf_exposure_status status, uf_period start, uf_period end, double amount,
                                struct uf_error *error);

/* --- observations and batches ------------------------------------------------------------------ */

struct uf_observation {
    const char *indicator; /* must be put first */
    const char *region;    /* canonical or alias */
    const char *sector;    /* NULL or "": none */
    const char *breakdown; /* "sex=women;age=16-24"; NULL or "": none */
    uf_period period;
    double value; /* NaN if and only if the status is missing */
    uf_value_status status;
};

/* A batch is one imported file. Observations can only be added inside a batch and inside a transaction. */
uf_status uf_store_batch_begin(struct uf_store *store, const char *path, const char *format,
                               const char *sha256, int64_t *out_batch, struct uf_error *error);
/* What was taken from the file, as a fingerprint; with the hash it tells whether the same import was done
 * before. */
uf_status uf_store_batch_select(struct uf_store *store, int64_t batch, const char *selection,
                                struct uf_error *error);
/* `*out_batch` is 0 where there is none. */
uf_status uf_store_batch_find(struct uf_store *store, const char *sha256, const char *selection,
                              int64_t *out_batch, struct uf_error *error);
/* The same value for a cell that is there sets `*out_duplicate` (which may be NULL) and leaves the value as it is;
 * if another batch brought it first, it is remembered that this one did too. Another value is UF_BAD_INPUT naming both. An unknown indicator, region or sector is UF_BAD_INPUT with the
 * nearest one. Cost: O(log n). */
uf_status uf_store_put_observation(struct uf_store *store, int64_t batch,
                                   const struct uf_observation *observation, bool *out_duplicate,
                                   struct uf_error *error);
/* What else is known of the file of a batch: its encoding (NULL: not a text) and the number of its cells. */
uf_status uf_store_batch_describe(struct uf_store *store, int64_t batch, const char *encoding, size_t cells,
                                  struct uf_error *error);
/* What the file of a batch said: its dimensions in its own order with the role each got, the publisher's notes
 * (`scope` "": on the whole file, else on what: `region=0114`). Inside a transaction. */
uf_status uf_store_batch_dimension(struct uf_store *store, int64_t batch, const char *name, const char *label,
                                   const char *role, struct uf_error *error);
uf_status uf_store_batch_note(struct uf_store *store, int64_t batch, const char *scope, const char *text,
                              struct uf_error *error);
/* The label of a code of a breakdown's dimension (`sex`, `1`: `men`); a later one replaces it. */
uf_status uf_store_put_code_label(struct uf_store *store, const char *dimension, const char *code,
                                  const char *label, struct uf_error *error);
/* Takes a batch and all that only it brought out of the store: its observations, and the indicators, breakdowns and
 * regions of level `other` that no value is left of. A value that another batch brought too stays, as that one's.
 * `*out_removed` counts the observations taken out, `*out_kept` those that stay; both may be NULL. Labels of codes
 * stay: they are of the publisher's code list, not of the file. An unknown batch is UF_BAD_USAGE with those there
 * are. To replace a batch, forget the old one first, in one transaction with the import of the new one. One
 * transaction; cost: a walk over all observations. */
uf_status uf_store_forget(struct uf_store *store, int64_t batch, size_t *out_removed, size_t *out_kept,
                          struct uf_error *error);
/* The number of observations of an indicator (NULL: of all). */
uf_status uf_store_count(struct uf_store *store, const char *indicator, size_t *out, struct uf_error *error);

/* --- runs -------------------------------------------------------------------------------------- */

/* Records a run: when it began (ISO 8601), the SHA-256 of its study file, its manifest. `out_run` may be
 * NULL. */
uf_status uf_store_put_run(struct uf_store *store, const char *started, const char *study_sha256,
                           const char *manifest, int64_t *out_run, struct uf_error *error);

/* --- reading ----------------------------------------------------------------------------------- */

/* Runs one SELECT that reads only; parameters ?1, ?2 … are bound as texts (NULL: as NULL). A column of the
 * schema has its declared type, an expression the type of its first value. The table's columns are the
 * query's. For `utfall show`, for panels, and for tests. A statement that would write is UF_BAD_USAGE. */
uf_status uf_store_query(struct uf_store *store, const char *sql, const char *const *parameters,
                         size_t n_parameters, struct uf_table **out, struct uf_error *error);

/* The same row by row, for answers that need not fit into memory. A row is read with uf_cursor_number and
 * uf_cursor_text; the texts live until the next row. Close the cursor before the store. */
struct uf_cursor;
uf_status uf_store_cursor_open(struct uf_store *store, const char *sql, const char *const *parameters,
                               size_t n_parameters, struct uf_cursor **out, struct uf_error *error);
/* `*out_more` is false behind the last row. */
uf_status uf_cursor_next(struct uf_cursor *cursor, bool *out_more, struct uf_error *error);
double uf_cursor_number(const struct uf_cursor *cursor, size_t column);    /* NaN: SQL NULL */
const char *uf_cursor_text(const struct uf_cursor *cursor, size_t column); /* NULL: SQL NULL */
void uf_cursor_close(struct uf_cursor *cursor);                            /* NULL is fine */

/* From begin to end all reading sees the store as it was at the beginning, whatever another process writes
 * meanwhile. Inside a transaction it is that one's view. */
uf_status uf_store_snapshot_begin(struct uf_store *store, struct uf_error *error);
void uf_store_snapshot_end(struct uf_store *store);

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STORE_H
#define UTFALL_STORE_H
/*
 * The store: one SQLite file with regions, sectors, indicators, observations, interventions, import batches and runs.
 *
 * Codes are text and stay text. A region has one canonical code and any number of aliases: counties are stored under
 * their NUTS 3 code (`SE312`) with the county number (`20`) and Kolada's id (`0020`) as aliases; the nation is `SE`
 * with alias `00`; FA regions are `FA15` and so on. An observation is indicator × region × sector × breakdown × period →
 * value + status; the primary key refuses two values for one cell. SQL NULL is never 0.
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

/* Opens (and, for UF_STORE_CREATE, makes) a store; migrates an older schema inside one transaction. `:memory:` is a store that
 * lives with the handle. A file that is not a Utfall store, or newer than this program, is UF_BAD_INPUT. */
uf_status uf_store_open(const char *path, enum uf_open_mode mode, struct uf_store **out, struct uf_error *error);
void uf_store_close(struct uf_store *store); /* NULL is fine */

uf_status uf_store_begin(struct uf_store *store, struct uf_error *error);
uf_status uf_store_commit(struct uf_store *store, struct uf_error *error);
void uf_store_rollback(struct uf_store *store);

/* --- regions ------------------------------------------------------------------------------------------------- */

/* Levels are the texts `country`, `nuts1`, `nuts2`, `nuts3`, `municipality`, `fa`; `nation` and `county` are accepted
 * where a user names a level and mean `country` and `nuts3`. */
struct uf_region {
    const char *code;
    const char *level;
    const char *parent; /* canonical code, NULL: none */
    const char *name_sv, *name_en;
    const char *short_name; /* for charts; NULL: the name */
    int valid_from, valid_to; /* years; 0: open */
};
uf_status uf_store_put_region(struct uf_store *store, const struct uf_region *region, struct uf_error *error);
uf_status uf_store_put_region_alias(struct uf_store *store, const char *alias, const char *scheme, const char *code,
                                    struct uf_error *error);
/* The canonical code of a code or alias (new text); unknown is UF_BAD_INPUT with the nearest known code. */
uf_status uf_store_resolve_region(struct uf_store *store, const char *code, char **out, struct uf_error *error);

/* --- sectors and indicators ---------------------------------------------------------------------------------- */

struct uf_sector {
    const char *code;   /* `C`, `B-E`, `M_N`, `TOTAL`, `25` */
    const char *scheme; /* `sni2007` */
    const char *parent; /* NULL: none */
    const char *name_sv, *name_en;
};
uf_status uf_store_put_sector(struct uf_store *store, const struct uf_sector *sector, struct uf_error *error);

enum uf_indicator_kind { UF_INDICATOR_STOCK, UF_INDICATOR_FLOW, UF_INDICATOR_RATIO };
struct uf_indicator {
    const char *code;
    const char *theme; /* `industry`, `digitalisation`, `competence`, or another word; NULL: none said */
    const char *name_sv, *name_en;
    const char *unit_sv, *unit_en;
    enum uf_indicator_kind kind; /* a ratio is never summed up the region tree */
    double rounding;             /* the unit the publisher rounded to (1000 for whole thousands); 0: not rounded */
    const char *source;          /* for source lines: `Eurostat nama_10r_3empers` */
    const char *licence;
};
uf_status uf_store_put_indicator(struct uf_store *store, const struct uf_indicator *indicator, struct uf_error *error);

/* --- interventions --------------------------------------------------------------------------------------------- */

enum uf_exposure_status {
    UF_EXPOSED,        /* this region took part */
    UF_NOT_EXPOSED,    /* this region is known to have stood outside */
    UF_EXPOSURE_UNKNOWN /* the source gives a count, not a list */
};
struct uf_intervention {
    const char *code;
    const char *name_sv, *name_en;
    uf_period start, end; /* end 0: open */
    int regions_exposed;  /* of how many … the source speaks; -1: not said */
    int regions_total;
    double cost;          /* NaN: not known */
    const char *currency;
    const char *source;
};
uf_status uf_store_put_intervention(struct uf_store *store, const struct uf_intervention *intervention,
                                    struct uf_error *error);
uf_status uf_store_put_exposure(struct uf_store *store, const char *intervention, const char *region,
                                enum uf_exposure_status status, uf_period start, uf_period end, double amount,
                                struct uf_error *error);

/* --- observations and batches ---------------------------------------------------------------------------------- */

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
uf_status uf_store_batch_begin(struct uf_store *store, const char *path, const char *format, const char *sha256,
                               int64_t *out_batch, struct uf_error *error);
uf_status uf_store_put_observation(struct uf_store *store, int64_t batch, const struct uf_observation *observation,
                                   bool *out_duplicate, struct uf_error *error);
/* The number of observations of an indicator (NULL: of all). */
uf_status uf_store_count(struct uf_store *store, const char *indicator, size_t *out, struct uf_error *error);

/* --- reading ----------------------------------------------------------------------------------------------------- */

/* Runs one SELECT that reads only; parameters ?1, ?2 … are bound as texts. The table's columns are the query's. For `utfall
 * show`, for panels, and for tests. A statement that would write is UF_BAD_USAGE. */
uf_status uf_store_query(struct uf_store *store, const char *sql, const char *const *parameters, size_t n_parameters,
                         struct uf_table **out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* Regions: a tree of levels, and the other codes by which the same region goes. */
#include "store/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* From the top down; a parent stands above its child, which also keeps circles out. FA regions, and others that
 * stand outside the tree, hang under a country or under nothing. */
static const char *const LEVELS[] = {"country", "nuts1", "nuts2", "nuts3", "municipality", "fa", "other"};
enum { N_LEVELS = sizeof LEVELS / sizeof *LEVELS, COUNTRY = 0, FA = 5 };

/* In the cache of codes: two regions share this alias under different schemes. */
enum { AMBIGUOUS = -1 };

static const char *canonical_level(const char *level)
{
    if (uf_text_equal(level, "nation")) return "country";
    if (uf_text_equal(level, "county")) return "nuts3";
    return level;
}

uf_status uf_store_resolve_level(const char *level, const char **out, struct uf_error *error)
{
    const char *canonical = canonical_level(level);
    for (int i = 0; i < N_LEVELS; i++)
        if (uf_text_equal(canonical, LEVELS[i])) {
            *out = LEVELS[i];
            return UF_OK;
        }
    static const char *const accepted[] = {"country", "nuts1", "nuts2",  "nuts3", "municipality",
                                           "fa",      "other", "nation", "county"};
    const char *nearest = level ? uf_text_nearest(level, accepted, sizeof accepted / sizeof *accepted) : NULL;
    return uf_fail(
        error, UF_BAD_INPUT,
        "unknown level '%s'%s%s%s; levels are country, nuts1, nuts2, nuts3, municipality, fa, other",
        level ? level : "", nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static int rank_of(const char *level)
{
    int rank = 0;
    while (strcmp(LEVELS[rank], level)) rank++;
    return rank;
}

static uf_status check_parent(struct uf_store *store, const struct uf_region *region, const char *level,
                              int64_t parent, struct uf_error *error)
{
    static const char SQL[] =
        "SELECT CASE level WHEN 'country' THEN 0 WHEN 'nuts1' THEN 1 WHEN 'nuts2' THEN 2"
        " WHEN 'nuts3' THEN 3 WHEN 'municipality' THEN 4 WHEN 'fa' THEN 5 ELSE 6 END"
        " FROM region WHERE region_id = ?1";
    int64_t above = 0;
    bool found = false;
    UF_TRY(uf_store_integer(store, SQL, (struct uf_binding[]){uf_bind_integer(parent)}, 1, &above, &found,
                            error));
    int rank = rank_of(level);
    if (above < (rank >= FA ? COUNTRY + 1 : rank)) return UF_OK;
    return uf_fail(error, UF_BAD_INPUT,
                   "region '%s' (%s) cannot lie in '%s' (%s): a parent stands on a higher level",
                   region->code, level, region->parent, LEVELS[above]);
}

uf_status uf_store_put_region(struct uf_store *store, const struct uf_region *region, struct uf_error *error)
{
    static const char SQL[] =
        "INSERT INTO region (code, level, parent_id, name_sv, name_en, short_name, valid_from, valid_to)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT (code) DO UPDATE SET level = excluded.level, parent_id = excluded.parent_id,"
        "  name_sv = excluded.name_sv, name_en = excluded.name_en, short_name = excluded.short_name,"
        "  valid_from = excluded.valid_from, valid_to = excluded.valid_to";
    if (!region->code || !*region->code) return uf_fail(error, UF_BAD_INPUT, "a region has no code");
    const char *level = NULL;
    UF_TRY(uf_store_resolve_level(region->level, &level, error));
    int64_t parent = 0;
    if (region->parent && *region->parent) {
        UF_TRY(uf_store_region_id(store, region->parent, &parent, error));
        UF_TRY(check_parent(store, region, level, parent, error));
    }
    if (region->valid_to && region->valid_to < region->valid_from)
        return uf_fail(error, UF_BAD_INPUT, "region '%s' ends in %d, before it begins in %d", region->code,
                       region->valid_to, region->valid_from);
    const char *sv = uf_text_or(region->name_sv, uf_text_or(region->name_en, region->code));
    const char *en = uf_text_or(region->name_en, sv);
    const struct uf_binding bindings[] = {uf_bind_text(region->code),
                                          uf_bind_text(level),
                                          uf_bind_positive(parent),
                                          uf_bind_text(sv),
                                          uf_bind_text(en),
                                          uf_bind_text(uf_text_or(region->short_name, sv)),
                                          uf_bind_positive(region->valid_from),
                                          uf_bind_positive(region->valid_to)};
    UF_TRY(uf_store_execute(store, SQL, bindings, 8, error));
    /* A new canonical code goes before an alias of the same spelling that may be remembered. */
    uf_codes_clear(&store->regions);
    return UF_OK;
}

uf_status uf_store_put_region_alias(struct uf_store *store, const char *alias, const char *scheme,
                                    const char *code, struct uf_error *error)
{
    static const char SQL[] = "INSERT INTO region_alias (alias, scheme, region_id) VALUES (?1, ?2, ?3)"
                              " ON CONFLICT (alias, scheme) DO NOTHING";
    static const char HELD[] = "SELECT region_id FROM region_alias WHERE alias = ?1 AND scheme = ?2";
    if (!alias || !*alias || !scheme || !*scheme)
        return uf_fail(error, UF_BAD_INPUT, "an alias of region '%s' has no text or no scheme",
                       code ? code : "");
    int64_t id = 0, held = 0;
    bool found = false;
    UF_TRY(uf_store_region_id(store, code, &id, error));
    const struct uf_binding bindings[] = {uf_bind_text(alias), uf_bind_text(scheme), uf_bind_integer(id)};
    UF_TRY(uf_store_execute(store, SQL, bindings, 3, error));
    UF_TRY(uf_store_integer(store, HELD, bindings, 2, &held, &found, error));
    if (held != id)
        return uf_fail(error, UF_BAD_INPUT, "'%s' already stands for another region than '%s' in scheme '%s'",
                       alias, code, scheme);
    uf_codes_clear(&store->regions);
    return UF_OK;
}

/* 0: unknown. The canonical code goes first; an alias counts where all schemes that have it mean one region. */
static uf_status look_up(struct uf_store *store, const char *code, int64_t *out, struct uf_error *error)
{
    static const char CANONICAL[] = "SELECT region_id FROM region WHERE code = ?1";
    static const char ALIAS[] =
        "SELECT CASE WHEN min(region_id) = max(region_id) THEN min(region_id) ELSE -1 END"
        " FROM region_alias WHERE alias = ?1 HAVING count(*) > 0";
    size_t length = strlen(code);
    int64_t id = 0;
    if (uf_codes_find(&store->regions, code, length, &id)) {
        *out = id;
        return UF_OK;
    }
    const struct uf_binding bindings[] = {uf_bind_text(code)};
    bool found = false;
    UF_TRY(uf_store_integer(store, CANONICAL, bindings, 1, &id, &found, error));
    if (!found) UF_TRY(uf_store_integer(store, ALIAS, bindings, 1, &id, &found, error));
    if (found) UF_TRY(uf_codes_put(&store->regions, code, length, id, error));
    *out = found ? id : 0;
    return UF_OK;
}

/* Someone who writes a name instead of a code gets the code. */
static uf_status fail_unknown_region(struct uf_store *store, const char *code, struct uf_error *error)
{
    static const char NAMES[] = "SELECT name_sv FROM region UNION SELECT name_en FROM region"
                                " UNION SELECT short_name FROM region";
    static const char CODE[] = "SELECT code FROM region WHERE ?1 IN (name_sv, name_en, short_name)"
                               " ORDER BY level = 'municipality', code LIMIT 1";
    static const char CODES[] = "SELECT code FROM region UNION SELECT alias FROM region_alias";
    struct uf_text_list names;
    uf_text_list_init(&names);
    const char *nearest = NULL;
    if (strlen(code) > 3 && uf_store_texts(store, NAMES, &names, NULL) == UF_OK)
        nearest = uf_text_nearest(code, (const char *const *)names.items, names.count);
    uf_status status = UF_OK;
    sqlite3_stmt *statement = NULL;
    if (nearest && uf_store_statement(store, CODE, (struct uf_binding[]){uf_bind_text(nearest)}, 1,
                                      &statement, NULL) == UF_OK) {
        if (sqlite3_step(statement) == SQLITE_ROW)
            status = uf_fail(error, UF_BAD_INPUT, "unknown region '%s'; did you mean '%s' (%s)?", code,
                             (const char *)sqlite3_column_text(statement, 0), nearest);
        sqlite3_reset(statement);
    }
    uf_text_list_clear(&names);
    return status != UF_OK ? status : uf_store_fail_unknown(store, "region", code, CODES, error);
}

static uf_status fail_ambiguous(const char *code, struct uf_error *error)
{
    return uf_fail(error, UF_BAD_INPUT,
                   "'%s' stands for different regions in different code schemes; write the region's own code",
                   code);
}

uf_status uf_store_region_id(struct uf_store *store, const char *code, int64_t *out, struct uf_error *error)
{
    int64_t id = 0;
    if (!code || !*code) return uf_fail(error, UF_BAD_INPUT, "a region code is missing");
    UF_TRY(look_up(store, code, &id, error));
    if (id == AMBIGUOUS) return fail_ambiguous(code, error);
    if (id == 0) return fail_unknown_region(store, code, error);
    *out = id;
    return UF_OK;
}

uf_status uf_store_find_region(struct uf_store *store, const char *code, char **out, struct uf_error *error)
{
    static const char SQL[] = "SELECT code FROM region WHERE region_id = ?1";
    int64_t id = 0;
    if (code && *code) UF_TRY(look_up(store, code, &id, error));
    if (id == AMBIGUOUS) return fail_ambiguous(code, error);
    if (id == 0) {
        *out = NULL;
        return UF_OK;
    }
    sqlite3_stmt *statement = NULL;
    UF_TRY(uf_store_statement(store, SQL, (struct uf_binding[]){uf_bind_integer(id)}, 1, &statement, error));
    int step = sqlite3_step(statement);
    uf_status status = step == SQLITE_ROW ? UF_OK : uf_store_fail(store, step, error);
    char *canonical = status == UF_OK ? uf_text_copy((const char *)sqlite3_column_text(statement, 0)) : NULL;
    sqlite3_reset(statement);
    if (status != UF_OK) return status;
    if (!canonical) return uf_fail_memory(error);
    *out = canonical;
    return UF_OK;
}

uf_status uf_store_resolve_region(struct uf_store *store, const char *code, char **out,
                                  struct uf_error *error)
{
    char *canonical = NULL;
    UF_TRY(uf_store_find_region(store, code, &canonical, error));
    if (!code || !*code) return uf_fail(error, UF_BAD_INPUT, "a region code is missing");
    if (!canonical) return fail_unknown_region(store, code, error);
    *out = canonical;
    return UF_OK;
}

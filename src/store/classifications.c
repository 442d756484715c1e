// SPDX-License-Identifier: GPL-3.0-or-later
/* Sectors and indicators. */
#include "store/connection.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"

static uf_status look_up(struct uf_store *store, struct uf_codes *cache, const char *sql, const char *code,
                         int64_t *out, bool *out_found, struct uf_error *error)
{
    size_t length = strlen(code);
    *out_found = uf_codes_find(cache, code, length, out);
    if (*out_found) return UF_OK;
    UF_TRY(uf_store_integer(store, sql, (struct uf_binding[]){uf_bind_text(code)}, 1, out, out_found, error));
    return *out_found ? uf_codes_put(cache, code, length, *out, error) : UF_OK;
}

static uf_status look_up_sector(struct uf_store *store, const char *code, int64_t *out, bool *out_found,
                                struct uf_error *error)
{
    static const char SQL[] = "SELECT sector_id FROM sector WHERE code = ?1";
    return look_up(store, &store->sectors, SQL, code ? code : "", out, out_found, error);
}

uf_status uf_store_sector_id(struct uf_store *store, const char *code, int64_t *out, struct uf_error *error)
{
    static const char KNOWN[] = "SELECT code FROM sector WHERE sector_id <> 0";
    int64_t id = 0;
    bool found = false;
    UF_TRY(look_up_sector(store, code, &id, &found, error));
    if (!found) return uf_store_fail_unknown(store, "sector", code, KNOWN, error);
    *out = id;
    return UF_OK;
}

uf_status uf_store_find_sector(struct uf_store *store, const char *code, char **out, struct uf_error *error)
{
    int64_t id = 0;
    bool found = false;
    if (code && *code) UF_TRY(look_up_sector(store, code, &id, &found, error));
    char *copy = found ? uf_text_copy(code) : NULL;
    if (found && !copy) return uf_fail_memory(error);
    *out = copy;
    return UF_OK;
}

uf_status uf_store_resolve_sector(struct uf_store *store, const char *code, char **out,
                                  struct uf_error *error)
{
    int64_t id = 0;
    if (!code || !*code) return uf_fail(error, UF_BAD_INPUT, "a sector code is missing");
    UF_TRY(uf_store_sector_id(store, code, &id, error));
    return uf_store_find_sector(store, code, out, error);
}

uf_status uf_store_put_sector(struct uf_store *store, const struct uf_sector *sector, struct uf_error *error)
{
    static const char SQL[] = "INSERT INTO sector (code, scheme, parent_id, name_sv, name_en)"
                              " VALUES (?1, ?2, ?3, ?4, ?5)"
                              " ON CONFLICT (code) DO UPDATE SET scheme = excluded.scheme,"
                              "  parent_id = excluded.parent_id, name_sv = excluded.name_sv,"
                              "  name_en = excluded.name_en";
    if (!sector->code || !*sector->code) return uf_fail(error, UF_BAD_INPUT, "a sector has no code");
    int64_t parent = 0;
    if (sector->parent && *sector->parent) {
        UF_TRY(uf_store_sector_id(store, sector->parent, &parent, error));
        if (!strcmp(sector->parent, sector->code))
            return uf_fail(error, UF_BAD_INPUT, "sector '%s' is named as its own parent", sector->code);
    }
    const char *sv = uf_text_or(sector->name_sv, uf_text_or(sector->name_en, sector->code));
    const struct uf_binding bindings[] = {
        uf_bind_text(sector->code), uf_bind_text(uf_text_or(sector->scheme, "sni2007")),
        uf_bind_positive(parent), uf_bind_text(sv), uf_bind_text(uf_text_or(sector->name_en, sv))};
    return uf_store_execute(store, SQL, bindings, 5, error);
}

static const char *const KINDS[] = {
    [UF_INDICATOR_STOCK] = "stock", [UF_INDICATOR_FLOW] = "flow", [UF_INDICATOR_RATIO] = "ratio"};

uf_status uf_store_indicator_id(struct uf_store *store, const char *code, int64_t *out,
                                struct uf_error *error)
{
    static const char SQL[] = "SELECT indicator_id FROM indicator WHERE code = ?1";
    static const char KNOWN[] = "SELECT code FROM indicator";
    int64_t id = 0;
    bool found = false;
    if (!code || !*code) return uf_fail(error, UF_BAD_INPUT, "an indicator code is missing");
    UF_TRY(look_up(store, &store->indicators, SQL, code, &id, &found, error));
    if (!found) return uf_store_fail_unknown(store, "indicator", code, KNOWN, error);
    *out = id;
    return UF_OK;
}

/* Observations in thousands of persons and in persons must not meet under one code. */
static uf_status check_same_measure(struct uf_store *store, const struct uf_indicator *indicator,
                                    struct uf_error *error)
{
    static const char SQL[] =
        "SELECT 1 FROM indicator WHERE code = ?1 AND (kind <> ?2 OR unit_en <> ?3 OR unit_sv <> ?4)"
        " AND EXISTS (SELECT 1 FROM observation o WHERE o.indicator_id = indicator.indicator_id)";
    const struct uf_binding bindings[] = {uf_bind_text(indicator->code), uf_bind_text(KINDS[indicator->kind]),
                                          uf_bind_text(indicator->unit_en), uf_bind_text(indicator->unit_sv)};
    int64_t differs = 0;
    bool found = false;
    UF_TRY(uf_store_integer(store, SQL, bindings, 4, &differs, &found, error));
    if (!found) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT,
        "indicator '%s' already holds values of another unit or kind; give this one a code of its own",
        indicator->code);
}

uf_status uf_store_put_indicator(struct uf_store *store, const struct uf_indicator *indicator,
                                 struct uf_error *error)
{
    /* What a later import leaves unsaid stays as it was. */
    static const char SQL[] =
        "INSERT INTO indicator (code, theme, name_sv, name_en, unit_sv, unit_en, kind, rounding, source, "
        "licence, decimals)"
        " VALUES (?1, ?2, coalesce(?3, ?4, ?1), coalesce(?4, ?3, ?1), ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        " ON CONFLICT (code) DO UPDATE SET theme = coalesce(?2, theme), name_sv = coalesce(?3, name_sv),"
        "  name_en = coalesce(?4, name_en), unit_sv = coalesce(?5, unit_sv), unit_en = coalesce(?6, unit_en),"
        "  kind = ?7, rounding = ?8, source = coalesce(?9, source), licence = coalesce(?10, licence),"
        "  decimals = coalesce(?11, decimals)";
    if (!indicator->code || !*indicator->code)
        return uf_fail(error, UF_BAD_INPUT, "an indicator has no code");
    if ((unsigned)indicator->kind > UF_INDICATOR_RATIO)
        return uf_fail(error, UF_BAD_INPUT, "indicator '%s' is neither a stock, a flow nor a ratio",
                       indicator->code);
    if (!(indicator->rounding >= 0) || isinf(indicator->rounding))
        return uf_fail(error, UF_BAD_INPUT, "indicator '%s': the rounding unit must be 0 (none) or more",
                       indicator->code);
    if (indicator->has_decimals && indicator->decimals < 0)
        return uf_fail(error, UF_BAD_INPUT, "indicator '%s': the number of decimals must be 0 or more",
                       indicator->code);
    UF_TRY(check_same_measure(store, indicator, error));
    const struct uf_binding bindings[] = {uf_bind_text(indicator->code),
                                          uf_bind_text(indicator->theme),
                                          uf_bind_text(indicator->name_sv),
                                          uf_bind_text(indicator->name_en),
                                          uf_bind_text(indicator->unit_sv),
                                          uf_bind_text(indicator->unit_en),
                                          uf_bind_text(KINDS[indicator->kind]),
                                          uf_bind_real(indicator->rounding),
                                          uf_bind_text(indicator->source),
                                          uf_bind_text(indicator->licence),
                                          indicator->has_decimals ? uf_bind_integer(indicator->decimals)
                                                                  : uf_bind_text(NULL)};
    return uf_store_execute(store, SQL, bindings, 11, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Setting the values of an indicator aside, so that values made from them can take its name. */
#include "store/connection.h"

#include "base/fail.h"

uf_status uf_store_set_aside(struct uf_store *store, const char *indicator, const char *as,
                             struct uf_error *error)
{
    static const char TAKEN[] = "SELECT 1 FROM indicator WHERE code = ?1";
    static const char RENAME[] = "UPDATE indicator SET code = ?2 WHERE code = ?1";
    static const char COPY[] = "INSERT INTO indicator (code, theme, name_sv, name_en, unit_sv, unit_en, "
                               "kind, rounding, source, licence,"
                               " decimals) SELECT ?1, theme, name_sv, name_en, unit_sv, unit_en, kind, "
                               "rounding, source, licence, decimals"
                               " FROM indicator WHERE code = ?2";
    const struct uf_binding bindings[] = {uf_bind_text(indicator), uf_bind_text(as)};
    int64_t id = 0, taken = 0;
    bool found = false;
    UF_TRY(uf_store_indicator_id(store, indicator, &id, error));
    UF_TRY(uf_store_integer(store, TAKEN, &bindings[1], 1, &taken, &found, error));
    if (found) return uf_fail(error, UF_BAD_INPUT, "there is already an indicator '%s' in the store", as);
    UF_TRY(uf_store_execute(store, RENAME, bindings, 2, error));
    UF_TRY(uf_store_execute(store, COPY, bindings, 2, error));
    uf_codes_clear(&store->indicators);
    return UF_OK;
}

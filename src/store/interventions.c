// SPDX-License-Identifier: GPL-3.0-or-later
/* Interventions, which regions they reached, and runs. */
#include "store/connection.h"

#include "base/fail.h"

uf_status uf_store_put_intervention(struct uf_store *store, const struct uf_intervention *intervention,
                                    struct uf_error *error)
{
    static const char SQL[] =
        "INSERT INTO intervention (code, name_sv, name_en, start_period, end_period, regions_exposed, "
        "regions_total,"
        " cost, currency, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        " ON CONFLICT (code) DO UPDATE SET name_sv = ?2, name_en = ?3, start_period = ?4, end_period = ?5,"
        "  regions_exposed = ?6, regions_total = ?7, cost = ?8, currency = ?9, source = ?10";
    const struct uf_intervention *i = intervention;
    if (!i->code || !*i->code) return uf_fail(error, UF_BAD_INPUT, "an intervention has no code");
    if (i->start == 0) return uf_fail(error, UF_BAD_INPUT, "intervention '%s' has no start", i->code);
    if (i->end != 0 && i->end < i->start)
        return uf_fail(error, UF_BAD_INPUT, "intervention '%s' ends before it begins", i->code);
    if (i->regions_exposed >= 0 && i->regions_total >= 0 && i->regions_exposed > i->regions_total)
        return uf_fail(error, UF_BAD_INPUT, "intervention '%s' is said to reach %d of %d regions", i->code,
                       i->regions_exposed, i->regions_total);
    const char *sv = uf_text_or(i->name_sv, uf_text_or(i->name_en, i->code));
    const struct uf_binding bindings[] = {
        uf_bind_text(i->code),
        uf_bind_text(sv),
        uf_bind_text(uf_text_or(i->name_en, sv)),
        uf_bind_integer(i->start),
        uf_bind_positive(i->end),
        i->regions_exposed < 0 ? uf_bind_text(NULL) : uf_bind_integer(i->regions_exposed),
        i->regions_total < 0 ? uf_bind_text(NULL) : uf_bind_integer(i->regions_total),
        uf_bind_real(i->cost),
        uf_bind_text(i->currency),
        uf_bind_text(i->source)};
    return uf_store_execute(store, SQL, bindings, 10, error);
}

uf_status uf_store_put_exposure(struct uf_store *store, const char *intervention, const char *region,
                                enum uf_exposure_status status, uf_period start, uf_period end, double amount,
                                struct uf_error *error)
{
    static const char FIND[] = "SELECT intervention_id FROM intervention WHERE code = ?1";
    static const char KNOWN[] = "SELECT code FROM intervention";
    /* Without a period of its own the exposure has the intervention's. */
    static const char SQL[] =
        "INSERT INTO exposure (intervention_id, region_id, status, start_period, end_period, amount)"
        " SELECT intervention_id, ?2, ?3, coalesce(?4, start_period), coalesce(?5, end_period), ?6"
        " FROM intervention WHERE intervention_id = ?1"
        " ON CONFLICT (intervention_id, region_id, start_period) DO UPDATE SET status = excluded.status,"
        "  end_period = excluded.end_period, amount = excluded.amount";
    static const char *const STATUSES[] = {
        [UF_EXPOSED] = "exposed", [UF_NOT_EXPOSED] = "not-exposed", [UF_EXPOSURE_UNKNOWN] = "unknown"};
    if ((unsigned)status > UF_EXPOSURE_UNKNOWN)
        return uf_fail(error, UF_BAD_INPUT, "an exposure is neither exposed, not-exposed nor unknown");
    if (end != 0 && end < start)
        return uf_fail(error, UF_BAD_INPUT, "the exposure of region '%s' to '%s' ends before it begins",
                       region ? region : "", intervention ? intervention : "");
    int64_t id = 0, region_id = 0;
    bool found = false;
    UF_TRY(uf_store_integer(store, FIND, (struct uf_binding[]){uf_bind_text(intervention)}, 1, &id, &found,
                            error));
    if (!found)
        return uf_store_fail_unknown(store, "intervention", intervention ? intervention : "", KNOWN, error);
    UF_TRY(uf_store_region_id(store, region, &region_id, error));
    const struct uf_binding bindings[] = {
        uf_bind_integer(id),     uf_bind_integer(region_id), uf_bind_text(STATUSES[status]),
        uf_bind_positive(start), uf_bind_positive(end),      uf_bind_real(amount)};
    return uf_store_execute(store, SQL, bindings, 6, error);
}

uf_status uf_store_put_run(struct uf_store *store, const char *started, const char *study_sha256,
                           const char *manifest, int64_t *out_run, struct uf_error *error)
{
    static const char SQL[] = "INSERT INTO run (started, study_sha256, manifest) VALUES (?1, ?2, ?3)";
    if (!started || !study_sha256 || !manifest)
        return uf_fail(error, UF_INTERNAL, "a run is recorded with its start, its study and its manifest");
    const struct uf_binding bindings[] = {uf_bind_text(started), uf_bind_text(study_sha256),
                                          uf_bind_text(manifest)};
    UF_TRY(uf_store_execute(store, SQL, bindings, 3, error));
    if (out_run) *out_run = sqlite3_last_insert_rowid(store->db);
    return UF_OK;
}

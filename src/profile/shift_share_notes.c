// SPDX-License-Identifier: GPL-3.0-or-later
/* What shift-share found over all regions, how it handled sectors without a growth rate, and what rounding
 * leaves open. */
#include <math.h>

#include "base/fail.h"
#include "profile/shift_share_tables.h"

static uf_status tell_entries(const struct panel_activity *a, const struct shift_share_parts *parts,
                              struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words none = {NULL, NULL};
    size_t entries = 0, unfounded = 0;
    for (size_t i = 0; i < a->n_regions * a->n_sectors; i++) {
        entries += parts->sector[i].entries > 0;
        unfounded += parts->sector[i].start > 0 && parts->reference_start[i] == 0;
    }
    if (entries > 0) {
        static const struct uf_words text = {
            "Sectors that were absent in their region at the start and present later: {0}. They have no "
            "growth rate: what they came to is counted as regional, and in the splits as new sectors.",
            "Antal branscher som saknades i sin region vid periodens början men fanns senare: {0}. De har "
            "ingen tillväxttakt: det de vuxit till räknas som regionalt, och i uppdelningarna som "
            "nytillkomna branscher."};
        struct uf_argument arguments[] = {uf_count_argument(entries)};
        UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "sectors-absent-at-start", text, none,
                                  arguments, 1, error));
    }
    if (unfounded == 0) return UF_OK;
    static const struct uf_words text = {
        "Sectors that stand in a region at the start but not in its reference area: {0}. Their reference "
        "growth, and with it the region's components, are undefined.",
        "Antal branscher som finns i en region vid periodens början men inte i dess jämförelseområde: {0}. "
        "Branschens tillväxt där, och därmed regionens komponenter, är odefinierad."};
    static const struct uf_words advice = {"Compare with the nation, or merge the sector with a related one.",
                                           "Jämför med riket, eller slå ihop branschen med en närliggande."};
    struct uf_argument arguments[] = {uf_count_argument(unfounded)};
    return uf_result_add_note(result, a->language, UF_WARNING, "sector-without-reference", text, advice,
                              arguments, 1, error);
}

/* How much of the result rounding leaves open, in the worst case. */
static uf_status tell_bands(const struct panel_activity *a, const struct shift_share_parts *parts,
                            struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words none = {NULL, NULL};
    if (parts->ranges == NULL) return UF_OK;
    enum { REGIONAL = 2 };
    size_t open = 0, known = 0, outside = 0, clear = 0;
    for (size_t r = 0; r < a->n_regions; r++) {
        const struct uf_shift_share_band *ranges = &parts->ranges[r];
        const double low = parts->total_band[r].low[REGIONAL], high = parts->total_band[r].high[REGIONAL];
        const double change = parts->total[r].change;
        outside += change < ranges->change_low || change > ranges->change_high;
        if (isnan(low) || isnan(high)) continue;
        known++;
        if (!(low < 0 && high > 0)) continue;
        open++;
        clear += fabs(parts->total[r].regional) > 2 * parts->error[r];
    }
    if (outside > 0) {
        static const struct uf_words text = {
            "Regions where the change of the sum of the sectors lies outside what the published total "
            "allows: {0}. The rounding errors of the sectors add up.",
            "Antal regioner där förändringen av branschernas summa ligger utanför vad den publicerade "
            "totalen medger: {0}. Branschernas avrundningsfel summeras."};
        struct uf_argument arguments[] = {uf_count_argument(outside)};
        UF_TRY(uf_result_add_note(result, a->language, UF_WARNING, "change-outside-total", text, none,
                                  arguments, 1, error));
    }
    if (known == 0) return UF_OK;
    static const struct uf_words text = {"In {0} of {1} regions the band of the regional component spans 0: "
                                         "in the worst case rounding alone decides its sign. If the "
                                         "rounding errors are independent and evenly spread, the component "
                                         "lies more than two standard deviations from 0 in {2} "
                                         "of them.",
                                         "I {0} av {1} regioner omfattar den regionala komponentens "
                                         "avrundningsintervall 0: i värsta fall avgör redan "
                                         "avrundningen dess tecken. Om avrundningsfelen är oberoende och "
                                         "jämnt fördelade ligger komponenten mer än två "
                                         "standardavvikelser från 0 i {2} av dem."};
    static const struct uf_words step_by_step = {
        "In {0} of {1} regions the band of the regional component spans 0: in the worst case rounding alone "
        "decides its sign.",
        "I {0} av {1} regioner omfattar den regionala komponentens avrundningsintervall 0: i värsta fall "
        "avgör redan avrundningen dess tecken."};
    static const struct uf_words sharpen = {"Name the published total (total) and a published row of the "
                                            "reference area (reference-row): they narrow the band.",
                                            "Ange den publicerade totalen (total) och en publicerad rad för "
                                            "jämförelseområdet (reference-row): de gör intervallet "
                                            "snävare."};
    const struct rounding_bands drawn = {.draws = parts->draws};
    UF_TRY(rounding_bands_tell(&drawn, a->language, result, error));
    const bool sharp = parts->totals_used > 0 && a->whole_unit != SIZE_MAX;
    struct uf_argument arguments[] = {uf_count_argument(open), uf_count_argument(known),
                                      uf_count_argument(clear)};
    return uf_result_add_note(result, a->language, open > 0 ? UF_WARNING : UF_NOTE, "band-spans-zero",
                              parts->dynamic ? step_by_step : text, sharp ? none : sharpen, arguments, 3,
                              error);
}

uf_status shift_share_tell(const struct panel_activity *a, const struct shift_share_parts *parts,
                           struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words none = {NULL, NULL};
    UF_TRY(tell_entries(a, parts, result, error));
    size_t most = SIZE_MAX, least = SIZE_MAX;
    double best = 0, worst = 0;
    for (size_t r = 0; r < a->n_regions; r++) {
        double rate = 100 * parts->total[r].regional / parts->total[r].start;
        if (!isfinite(rate)) continue;
        if (most == SIZE_MAX || rate > best) best = rate, most = r;
        if (least == SIZE_MAX || rate < worst) worst = rate, least = r;
    }
    if (most == SIZE_MAX) {
        static const struct uf_words text = {"The change cannot be split for any region.",
                                             "Förändringen kan inte delas upp för någon region."};
        return uf_result_add_note(result, a->language, UF_WARNING, "finding", text, none, NULL, 0, error);
    }
    static const struct uf_words finding = {
        "Largest regional component {0}–{1}: {2} ({3} per cent of the starting level); smallest: {4} ({5} "
        "per cent).",
        "Störst regional komponent {0}–{1}: {2} ({3} procent av utgångsnivån); minst: {4} ({5} procent)."};
    struct uf_argument arguments[] = {uf_text_argument(panel_activity_period_code(a, 0)),
                                      uf_text_argument(panel_activity_period_code(a, a->n_periods - 1)),
                                      uf_text_argument(panel_activity_region_label(a, most)),
                                      uf_number_argument(best, 1),
                                      uf_text_argument(panel_activity_region_label(a, least)),
                                      uf_number_argument(worst, 1)};
    UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "finding", finding, none, arguments, 6, error));
    return tell_bands(a, parts, result, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/shift_share_tables.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/tidy.h"

enum { COMPONENTS_MAX = 7 };
struct component {
    const char *code;
    struct uf_words label;
};
static const struct component national = {"national", {"National", "Nationell"}};
static const struct component mix = {"mix", {"Industry mix", "Branschmix"}};
static const struct component entry = {"entry", {"New sectors", "Nytillkomna branscher"}};

/* The components of the variant that add up to the change, and their values; `entry` only where some sector
 * came anew. */
static size_t components_of(const struct shift_share_parts *parts, const struct uf_shift_share *x,
                            struct component out[COMPONENTS_MAX], double value[COMPONENTS_MAX])
{
    size_t n = 0;
    out[n] = national, value[n++] = x->national;
    out[n] = mix, value[n++] = x->mix;
    switch (parts->variant) {
    case UF_SHIFT_SHARE_CLASSIC:
        out[n] = (struct component){"regional", {"Regional", "Regional"}}, value[n++] = x->regional;
        return n;
    case UF_SHIFT_SHARE_ESTEBAN_MARQUILLAS:
        out[n] = (struct component){"competitive", {"Competitive", "Konkurrens"}},
        value[n++] = x->competitive;
        out[n] = (struct component){"allocation", {"Allocation", "Allokering"}}, value[n++] = x->allocation;
        break;
    case UF_SHIFT_SHARE_ARCELUS:
        out[n] = (struct component){"growth_expected",
                                    {"Regional growth, expected", "Regional tillväxt, förväntad"}};
        value[n++] = x->growth_expected;
        out[n] = (struct component){"growth_differential",
                                    {"Regional growth, differential", "Regional tillväxt, avvikelse"}};
        value[n++] = x->growth_differential;
        out[n] = (struct component){"industry_expected",
                                    {"Regional industry mix, expected", "Regional branschmix, förväntad"}};
        value[n++] = x->industry_expected;
        out[n] =
            (struct component){"industry_differential",
                               {"Regional industry mix, differential", "Regional branschmix, avvikelse"}};
        value[n++] = x->industry_differential;
        break;
    }
    if (parts->entry) out[n] = entry, value[n++] = x->entry;
    return n;
}

/* The missing flags of all figures that a region's components need: its own and the reference's, in every
 * period. */
static uf_value_status needed(const struct panel_activity *a, size_t r)
{
    uf_value_status flags = 0;
    for (size_t t = 0; t < a->n_periods; t++) {
        flags |= a->at[t].region_sum[r];
        flags |= a->whole_unit != SIZE_MAX ? a->at[t].whole_cells : a->at[t].all_cells;
    }
    return flags;
}

static double growth(double start, double end)
{
    return start > 0 ? 100 * (end / start - 1) : NAN;
}

static void put_place(struct tidy_row *row, const struct panel_activity *a, size_t r)
{
    tidy_text(row, panel_activity_region_code(a, r));
    tidy_text(row, panel_activity_region_label(a, r));
}

static void put_periods(struct tidy_row *row, const struct panel_activity *a)
{
    tidy_text(row, panel_activity_period_code(a, 0));
    tidy_text(row, panel_activity_period_code(a, a->n_periods - 1));
}

/* National, mix and regional always; then the split, where there is one. */
static void put_components(struct tidy_row *row, const struct shift_share_parts *parts,
                           const struct uf_shift_share *x, uf_value_status reason)
{
    tidy_number(row, x->national, reason);
    tidy_number(row, x->mix, reason);
    tidy_number(row, x->regional, reason);
    struct component component[COMPONENTS_MAX];
    double value[COMPONENTS_MAX];
    size_t n = components_of(parts, x, component, value);
    for (size_t i = 2; parts->variant != UF_SHIFT_SHARE_CLASSIC && i < n; i++)
        tidy_number(row, value[i], reason);
}

/* Appends the components' columns to `columns`; returns their number. */
static size_t component_columns(const struct panel_activity *a, const struct shift_share_parts *parts,
                                struct tidy_column *columns)
{
    static const char *const first[] = {"national", "mix", "regional"};
    const char *unit = a->column->unit;
    size_t n = 0;
    for (; n < 3; n++) columns[n] = (struct tidy_column){first[n], UF_COLUMN_NUMBER, unit, 0};
    if (parts->variant == UF_SHIFT_SHARE_CLASSIC) return n;
    struct component component[COMPONENTS_MAX];
    double value[COMPONENTS_MAX];
    size_t all = components_of(parts, &parts->total[0], component, value);
    for (size_t i = 2; i < all; i++)
        columns[n++] = (struct tidy_column){component[i].code, UF_COLUMN_NUMBER, unit, 0};
    return n;
}

static uf_status region_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                              struct uf_table *table, struct uf_error *error)
{
    const size_t last = a->n_periods - 1;
    for (size_t r = 0; r < a->n_regions; r++) {
        const struct uf_shift_share *x = &parts->total[r];
        const uf_value_status reason = needed(a, r);
        const uf_value_status own = a->at[0].region_sum[r] | a->at[last].region_sum[r];
        struct uf_shift_share_band band = {NAN, NAN, NAN, NAN};
        if (parts->band != NULL) band = parts->band[r];
        double reference_start = 0, reference_end = 0;
        for (size_t s = 0; s < a->n_sectors; s++) {
            reference_start += parts->reference_start[r * a->n_sectors + s];
            reference_end += parts->reference_end[r * a->n_sectors + s];
        }
        struct tidy_row row = tidy_row_add(table, error);
        put_place(&row, a, r);
        put_periods(&row, a);
        tidy_number(&row, x->start, own);
        tidy_number(&row, x->end, own);
        tidy_number(&row, x->change, own);
        const uf_value_status no_band = UF_VALUE_NOT_APPLICABLE;
        const bool regional_band = parts->band != NULL && !parts->dynamic && isfinite(x->regional);
        tidy_number(&row, band.change_low, parts->band != NULL ? own : no_band);
        tidy_number(&row, band.change_high, parts->band != NULL ? own : no_band);
        tidy_number(&row, growth(x->start, x->end), own);
        tidy_number(&row, growth(reference_start, reference_end), reason);
        put_components(&row, parts, x, reason);
        tidy_number(&row, regional_band ? band.regional_low : NAN,
                    parts->band != NULL && !parts->dynamic ? reason : no_band);
        tidy_number(&row, regional_band ? band.regional_high : NAN,
                    parts->band != NULL && !parts->dynamic ? reason : no_band);
        UF_TRY(row.status);
    }
    return UF_OK;
}

static uf_status sector_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                              struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words came = {"absent at the start: all of it is counted as regional",
                                         "saknas vid periodens början: hela värdet räknas som regionalt"};
    const size_t last = a->n_periods - 1;
    for (size_t r = 0; r < a->n_regions; r++) {
        const uf_value_status reason = needed(a, r);
        for (size_t s = 0; s < a->n_sectors; s++) {
            const size_t i = r * a->n_sectors + s;
            const struct uf_shift_share *x = &parts->sector[i];
            const uf_value_status start = a->at[0].status[i], end = a->at[last].status[i];
            struct tidy_row row = tidy_row_add(table, error);
            put_place(&row, a, r);
            tidy_text(&row, panel_activity_sector_code(a, s));
            tidy_text(&row, panel_activity_sector_label(a, s));
            put_periods(&row, a);
            tidy_value(&row, gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s), start);
            tidy_value(&row, gsl_matrix_get(a->at[last].value[BOUND_VALUE], r, s), end);
            tidy_number(&row, x->change, start | end);
            tidy_number(&row, growth(x->start, x->end), start | end);
            tidy_number(&row, growth(parts->reference_start[i], parts->reference_end[i]), reason);
            put_components(&row, parts, x, reason);
            tidy_text(&row, x->entries > 0 ? uf_words_in(came, a->language) : NULL);
            UF_TRY(row.status);
        }
    }
    return UF_OK;
}

static uf_status component_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                                 struct uf_table *table, struct uf_error *error)
{
    for (size_t r = 0; r < a->n_regions; r++) {
        struct component component[COMPONENTS_MAX];
        double value[COMPONENTS_MAX];
        const size_t n = components_of(parts, &parts->total[r], component, value);
        const uf_value_status reason = needed(a, r);
        for (size_t i = 0; i < n; i++) {
            struct tidy_row row = tidy_row_add(table, error);
            put_place(&row, a, r);
            tidy_text(&row, component[i].code);
            tidy_text(&row, uf_words_in(component[i].label, a->language));
            tidy_number(&row, value[i], reason);
            tidy_number(&row, 100 * value[i] / parts->total[r].start, reason);
            UF_TRY(row.status);
        }
    }
    return UF_OK;
}

static uf_status region_sentence(const struct panel_activity *a, const struct shift_share_parts *parts,
                                 size_t r, char **out, struct uf_error *error)
{
    static const struct uf_words told = {"{0} changed by {1} per cent {2}–{3}: {4} follow from the nation's "
                                         "growth, {5} from the industry mix and {6} are "
                                         "regional (percentage points).",
                                         "{0} förändrades med {1} procent {2}–{3}: {4} följer av rikets "
                                         "tillväxt, {5} av branschmixen och {6} är regionala "
                                         "(procentenheter)."};
    static const struct uf_words none = {"The change of {0} {2}–{3} cannot be split: figures are missing.",
                                         "Förändringen i {0} {2}–{3} kan inte delas upp: uppgifter saknas."};
    const struct uf_shift_share *x = &parts->total[r];
    const double percent = 100 / x->start;
    struct uf_argument arguments[] = {uf_text_argument(panel_activity_region_label(a, r)),
                                      uf_number_argument(percent * x->change, 1),
                                      uf_text_argument(panel_activity_period_code(a, 0)),
                                      uf_text_argument(panel_activity_period_code(a, a->n_periods - 1)),
                                      uf_number_argument(percent * x->national, 1),
                                      uf_number_argument(percent * x->mix, 1),
                                      uf_number_argument(percent * x->regional, 1)};
    return uf_phrase(a->language, isfinite(percent * x->regional) ? told : none, arguments, 7, out, error);
}

static uf_status findings_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                                struct uf_table *table, struct uf_error *error)
{
    for (size_t r = 0; r < a->n_regions; r++) {
        char *text = NULL;
        UF_TRY(region_sentence(a, parts, r, &text, error));
        uf_status status = tidy_finding(table, panel_activity_region_code(a, r),
                                        panel_activity_region_label(a, r), text, error);
        free(text);
        UF_TRY(status);
    }
    return UF_OK;
}

typedef uf_status (*fill_function)(const struct panel_activity *, const struct shift_share_parts *,
                                   struct uf_table *, struct uf_error *);

static uf_status take(const struct panel_activity *a, const struct shift_share_parts *parts, const char *name,
                      struct uf_words title, const struct tidy_column *columns, size_t n_columns,
                      fill_function fill, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    const char *caption = uf_words_in(title, a->language);
    if (columns != NULL)
        UF_TRY(tidy_table_new(name, caption, columns, n_columns, &table, error));
    else
        UF_TRY(tidy_findings_new(name, caption, &table, error));
    uf_status status = fill(a, parts, table, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(result, table, error);
}

uf_status shift_share_tables(const struct panel_activity *a, const struct shift_share_parts *parts,
                             struct uf_result *result, struct uf_error *error)
{
    const char *unit = a->column->unit;
    struct tidy_column regions[11 + 3 + COMPONENTS_MAX + 2] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"from", UF_COLUMN_TEXT, NULL, -1},
        {"to", UF_COLUMN_TEXT, NULL, -1},
        {"start", UF_COLUMN_NUMBER, unit, -1},
        {"end", UF_COLUMN_NUMBER, unit, -1},
        {"change", UF_COLUMN_NUMBER, unit, -1},
        {"change_low", UF_COLUMN_NUMBER, unit, -1},
        {"change_high", UF_COLUMN_NUMBER, unit, -1},
        {"growth", UF_COLUMN_NUMBER, "%", 1},
        {"reference_growth", UF_COLUMN_NUMBER, "%", 1},
    };
    size_t n = 11 + component_columns(a, parts, regions + 11);
    regions[n++] = (struct tidy_column){"regional_low", UF_COLUMN_NUMBER, unit, 0};
    regions[n++] = (struct tidy_column){"regional_high", UF_COLUMN_NUMBER, unit, 0};
    UF_TRY(take(a, parts, "shift-share", (struct uf_words){"Shift-share by region", "Shift-share per region"},
                regions, n, region_table, result, error));
    struct tidy_column sectors[11 + 3 + COMPONENTS_MAX + 1] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1},
        {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"from", UF_COLUMN_TEXT, NULL, -1},
        {"to", UF_COLUMN_TEXT, NULL, -1},
        {"start", UF_COLUMN_NUMBER, unit, -1},
        {"end", UF_COLUMN_NUMBER, unit, -1},
        {"change", UF_COLUMN_NUMBER, unit, -1},
        {"growth", UF_COLUMN_NUMBER, "%", 1},
        {"reference_growth", UF_COLUMN_NUMBER, "%", 1},
    };
    n = 11 + component_columns(a, parts, sectors + 11);
    sectors[n++] = (struct tidy_column){"note", UF_COLUMN_TEXT, NULL, -1};
    UF_TRY(take(a, parts, "shift-share-sectors",
                (struct uf_words){"Shift-share by region and sector", "Shift-share per region och bransch"},
                sectors, n, sector_table, result, error));
    const struct tidy_column components[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},      {"label", UF_COLUMN_TEXT, NULL, -1},
        {"component", UF_COLUMN_TEXT, NULL, -1}, {"component_label", UF_COLUMN_TEXT, NULL, -1},
        {"value", UF_COLUMN_NUMBER, unit, 0},    {"percent", UF_COLUMN_NUMBER, "%", 1},
    };
    UF_TRY(take(a, parts, "shift-share-components",
                (struct uf_words){"Components of the change", "Förändringens komponenter"}, components, 6,
                component_table, result, error));
    return take(a, parts, "shift-share-findings",
                (struct uf_words){"Findings by region", "Iakttagelser per region"}, NULL, 0, findings_table,
                result, error);
}

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
            "{0} sectors were absent in their region at the start and present later. They have no growth "
            "rate: what they came to "
            "is counted as regional, and in the splits as new sectors.",
            "{0} branscher saknades i sin region vid periodens början men fanns senare. De har ingen "
            "tillväxttakt: det de "
            "vuxit till räknas som regionalt, och i uppdelningarna som nytillkomna branscher."};
        struct uf_argument arguments[] = {uf_count_argument(entries)};
        UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "sectors-absent-at-start", text, none,
                                  arguments, 1, error));
    }
    if (unfounded == 0) return UF_OK;
    static const struct uf_words text = {"{0} sectors stand in a region at the start but not in its "
                                         "reference area: their reference growth, and with it the "
                                         "region's components, are undefined.",
                                         "{0} branscher finns i en region vid periodens början men inte i "
                                         "dess jämförelseområde: branschens tillväxt där, "
                                         "och därmed regionens komponenter, är odefinierade."};
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
    if (parts->band == NULL) return UF_OK;
    size_t open = 0, known = 0, outside = 0;
    for (size_t r = 0; r < a->n_regions; r++) {
        const struct uf_shift_share_band *band = &parts->band[r];
        const double change = parts->total[r].change;
        outside += change < band->change_low || change > band->change_high;
        if (parts->dynamic || isnan(band->regional_low) || isnan(band->regional_high)) continue;
        known++;
        open += band->regional_low < 0 && band->regional_high > 0;
    }
    if (outside > 0) {
        static const struct uf_words text = {"In {0} regions the change of the sum of the sectors lies "
                                             "outside what the published total allows: the rounding "
                                             "errors of the sectors add up.",
                                             "I {0} regioner ligger förändringen av branschernas summa "
                                             "utanför vad den publicerade totalen medger: "
                                             "branschernas avrundningsfel summeras."};
        struct uf_argument arguments[] = {uf_count_argument(outside)};
        UF_TRY(uf_result_add_note(result, a->language, UF_WARNING, "change-outside-total", text, none,
                                  arguments, 1, error));
    }
    if (known == 0) return UF_OK;
    static const struct uf_words text = {"In {0} of {1} regions the band of the regional component spans 0: "
                                         "in the worst case rounding alone decides its sign. The band "
                                         "surely holds the value but is wider than what is likely.",
                                         "I {0} av {1} regioner omfattar den regionala komponentens "
                                         "avrundningsintervall 0: i värsta fall avgör redan "
                                         "avrundningen dess tecken. Intervallet innehåller säkert värdet men "
                                         "är bredare än vad som är sannolikt."};
    static const struct uf_words sharpen = {"Name the published total (total) and a published row of the "
                                            "reference area (reference-row): they narrow the band.",
                                            "Ange den publicerade totalen (total) och en publicerad rad för "
                                            "jämförelseområdet (reference-row): de gör intervallet "
                                            "snävare."};
    const bool sharp = parts->totals_used > 0 && a->whole_unit != SIZE_MAX;
    struct uf_argument arguments[] = {uf_count_argument(open), uf_count_argument(known)};
    return uf_result_add_note(result, a->language, open > 0 ? UF_WARNING : UF_NOTE, "band-spans-zero", text,
                              sharp ? none : sharpen, arguments, 2, error);
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/shift_share_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/findings.h"
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
        flags |= a->has_whole ? a->at[t].whole_cells : a->at[t].all_cells;
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

static struct uf_shift_share_band band_of(const struct shift_share_parts *parts, size_t r)
{
    return parts->band != NULL ? parts->band[r] : (struct uf_shift_share_band){NAN, NAN, NAN, NAN, NAN, NAN,
                                                                               NAN, NAN, NAN, NAN, NAN, NAN};
}

static uf_status region_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                              struct uf_table *table, struct uf_error *error)
{
    const size_t last = a->n_periods - 1;
    for (size_t r = 0; r < a->n_regions; r++) {
        const struct uf_shift_share *x = &parts->total[r];
        const uf_value_status reason = needed(a, r);
        const uf_value_status own = a->at[0].region_sum[r] | a->at[last].region_sum[r];
        const struct uf_shift_share_band band = band_of(parts, r);
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
        tidy_number(&row, growth(band.start_high, band.end_low), parts->band != NULL ? own : no_band);
        tidy_number(&row, growth(band.start_low, band.end_high), parts->band != NULL ? own : no_band);
        tidy_number(&row, growth(reference_start, reference_end), reason);
        put_components(&row, parts, x, reason);
        tidy_number(&row, regional_band ? band.regional_low : NAN,
                    parts->band != NULL && !parts->dynamic ? reason : no_band);
        tidy_number(&row, regional_band ? band.regional_high : NAN,
                    parts->band != NULL && !parts->dynamic ? reason : no_band);
        tidy_number(&row, regional_band ? parts->error[r] : NAN,
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

/* As below, of each step, in per cent of the step's start. */
static uf_status step_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                            struct uf_table *table, struct uf_error *error)
{
    const size_t steps = a->n_periods - 1;
    for (size_t r = 0; r < a->n_regions; r++)
        for (size_t t = 0; t < steps; t++) {
            const struct uf_shift_share *x = &parts->step[r * steps + t];
            struct component component[COMPONENTS_MAX];
            double value[COMPONENTS_MAX];
            const size_t n = components_of(parts, x, component, value);
            const uf_value_status reason = needed(a, r);
            for (size_t i = 0; i < n; i++) {
                struct tidy_row row = tidy_row_add(table, error);
                put_place(&row, a, r);
                tidy_text(&row, panel_activity_period_code(a, t + 1));
                tidy_text(&row, component[i].code);
                tidy_text(&row, uf_words_in(component[i].label, a->language));
                tidy_number(&row, value[i], reason);
                tidy_number(&row, 100 * value[i] / x->start, reason);
                UF_TRY(row.status);
            }
        }
    return UF_OK;
}

struct percent_band {
    double low, high;
};
/* What rounding leaves of a component in per cent of the start; NaN: nothing is known of it. */
static struct percent_band percent_band(const struct shift_share_parts *parts, size_t r, const char *code)
{
    const struct uf_shift_share_band b = band_of(parts, r);
    if (parts->dynamic) return (struct percent_band){NAN, NAN};
    if (!strcmp(code, national.code))
        return (struct percent_band){100 * b.national_growth_low, 100 * b.national_growth_high};
    const bool is_mix = !strcmp(code, mix.code);
    if (!is_mix && strcmp(code, "regional") != 0) return (struct percent_band){NAN, NAN};
    const double low = is_mix ? b.mix_low : b.regional_low, high = is_mix ? b.mix_high : b.regional_high;
    if (!(b.start_low > 0)) return (struct percent_band){NAN, NAN};
    return (struct percent_band){100 * low / (low < 0 ? b.start_low : b.start_high),
                                 100 * high / (high < 0 ? b.start_high : b.start_low)};
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
            const struct percent_band band = percent_band(parts, r, component[i].code);
            const bool banded = !isnan(band.low) && isfinite(value[i]);
            tidy_number(&row, value[i], reason);
            tidy_number(&row, 100 * value[i] / parts->total[r].start, reason);
            tidy_number(&row, banded ? band.low : NAN, UF_VALUE_NOT_APPLICABLE);
            tidy_number(&row, banded ? band.high : NAN, UF_VALUE_NOT_APPLICABLE);
            UF_TRY(row.status);
        }
    }
    return UF_OK;
}

static uf_status region_sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                                 struct uf_error *error)
{
    const struct shift_share_parts *parts = what;
    static const struct uf_words told = {"In {0} the change was {1} per cent {2}–{3}: {4} follow from the "
                                         "nation's growth, {5} from the industry mix and {6} are regional "
                                         "(percentage points).",
                                         "I {0} var förändringen {1} procent {2}–{3}: {4} följer av rikets "
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

typedef uf_status (*fill_function)(const struct panel_activity *, const struct shift_share_parts *,
                                   struct uf_table *, struct uf_error *);

static uf_status take(const struct panel_activity *a, const struct shift_share_parts *parts, const char *name,
                      struct uf_words title, const struct tidy_column *columns, size_t n_columns,
                      fill_function fill, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new(name, uf_words_in(title, a->language), columns, n_columns, &table, error));
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
    struct tidy_column regions[13 + 3 + COMPONENTS_MAX + 3] = {
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
        {"growth_low", UF_COLUMN_NUMBER, "%", 1},
        {"growth_high", UF_COLUMN_NUMBER, "%", 1},
        {"reference_growth", UF_COLUMN_NUMBER, "%", 1},
    };
    size_t n = 13 + component_columns(a, parts, regions + 13);
    regions[n++] = (struct tidy_column){"regional_low", UF_COLUMN_NUMBER, unit, 0};
    regions[n++] = (struct tidy_column){"regional_high", UF_COLUMN_NUMBER, unit, 0};
    regions[n++] = (struct tidy_column){"regional_rounding_sd", UF_COLUMN_NUMBER, unit, 0};
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
        {"unit", UF_COLUMN_TEXT, NULL, -1},        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"component", UF_COLUMN_TEXT, NULL, -1},   {"component_label", UF_COLUMN_TEXT, NULL, -1},
        {"value", UF_COLUMN_NUMBER, unit, 0},      {"percent", UF_COLUMN_NUMBER, "%", 1},
        {"percent_low", UF_COLUMN_NUMBER, "%", 1}, {"percent_high", UF_COLUMN_NUMBER, "%", 1},
    };
    UF_TRY(take(a, parts, "shift-share-components",
                (struct uf_words){"Components of the change", "Förändringens komponenter"}, components, 8,
                component_table, result, error));
    if (parts->step != NULL) {
        const struct tidy_column steps[] = {
            {"unit", UF_COLUMN_TEXT, NULL, -1},
            {"label", UF_COLUMN_TEXT, NULL, -1},
            {"period", UF_COLUMN_TEXT, NULL, -1},
            {"component", UF_COLUMN_TEXT, NULL, -1},
            {"component_label", UF_COLUMN_TEXT, NULL, -1},
            {"value", UF_COLUMN_NUMBER, unit, 0},
            {"percent", UF_COLUMN_NUMBER, "%", 1},
        };
        UF_TRY(take(a, parts, "shift-share-steps",
                    (struct uf_words){"Components of the change, step by step",
                                      "Förändringens komponenter, steg för steg"},
                    steps, 7, step_table, result, error));
    }
    struct uf_table *findings = NULL;
    UF_TRY(findings_table_new(a, "shift-share-findings", region_sentence, parts, &findings, error));
    return uf_result_take_table(result, findings, error);
}

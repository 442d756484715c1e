// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/shift_share_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/findings.h"
#include "profile/tidy.h"

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

/* Those of the region's own figures at the start and the end. */
static uf_value_status own_flags(const struct panel_activity *a, size_t r)
{
    return a->at[0].region_sum[r] | a->at[a->n_periods - 1].region_sum[r];
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

/* A number with its bounds; NULL: the figures are not rounded. */
static void put_banded(struct tidy_row *row, const struct panel_activity *a, double value, const double *low,
                       const double *high, uf_value_status reason)
{
    const bool banded = low != NULL && panel_activity_banded(a, isfinite(value));
    tidy_banded(row, value, banded ? *low : NAN, banded ? *high : NAN, reason,
                low != NULL ? reason : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static void put_components(struct tidy_row *row, const struct panel_activity *a,
                           const struct shift_share_parts *parts, const struct uf_shift_share *x,
                           const struct shift_share_band *band, uf_value_status reason)
{
    for (size_t k = 0; k < parts->n_components; k++)
        put_banded(row, a, shift_share_part(x, parts->component[k]), band ? &band->low[k] : NULL,
                   band ? &band->high[k] : NULL, reason);
}

/* A component's three columns; names that live as long as the program. */
static const struct banded_names {
    const char *name, *low, *high;
} component_names[] = {
#define NAMES(name)                                                                                          \
    {                                                                                                        \
        name, name "_low", name "_high"                                                                      \
    }
    NAMES("national"),
    NAMES("mix"),
    NAMES("regional"),
    NAMES("competitive"),
    NAMES("allocation"),
    NAMES("growth_expected"),
    NAMES("growth_differential"),
    NAMES("industry_expected"),
    NAMES("industry_differential"),
    NAMES("entry"),
#undef NAMES
};

/* Appends the components' columns to `columns`; returns their number. */
static size_t component_columns(const struct panel_activity *a, const struct shift_share_parts *parts,
                                struct tidy_column *columns)
{
    const char *unit = a->column->unit;
    size_t n = 0;
    for (size_t k = 0; k < parts->n_components; k++)
        for (size_t i = 0; i < sizeof component_names / sizeof *component_names; i++) {
            const struct banded_names *names = &component_names[i];
            if (strcmp(names->name, parts->component[k]->code) != 0) continue;
            columns[n++] = (struct tidy_column){names->name, UF_COLUMN_NUMBER, unit, 0};
            columns[n++] = (struct tidy_column){names->low, UF_COLUMN_NUMBER, unit, 0};
            columns[n++] = (struct tidy_column){names->high, UF_COLUMN_NUMBER, unit, 0};
        }
    return n;
}

static uf_status region_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                              struct uf_table *table, struct uf_error *error)
{
    for (size_t r = 0; r < a->n_regions; r++) {
        const struct uf_shift_share *x = &parts->total[r];
        const struct uf_shift_share_band *ranges = parts->ranges ? &parts->ranges[r] : NULL;
        const struct shift_share_growth *nation = parts->total_growth ? &parts->total_growth[r] : NULL;
        const uf_value_status reason = needed(a, r), own = own_flags(a, r);
        double reference_start = 0, reference_end = 0;
        for (size_t s = 0; s < a->n_sectors; s++) {
            reference_start += parts->reference_start[r * a->n_sectors + s];
            reference_end += parts->reference_end[r * a->n_sectors + s];
        }
        const double slowest = ranges ? growth(ranges->start_high, ranges->end_low) : NAN,
                     fastest = ranges ? growth(ranges->start_low, ranges->end_high) : NAN;
        struct tidy_row row = tidy_row_add(table, error);
        put_place(&row, a, r);
        put_periods(&row, a);
        tidy_number(&row, x->start, own);
        tidy_number(&row, x->end, own);
        put_banded(&row, a, x->change, ranges ? &ranges->change_low : NULL,
                   ranges ? &ranges->change_high : NULL, own);
        put_banded(&row, a, growth(x->start, x->end), ranges ? &slowest : NULL, ranges ? &fastest : NULL,
                   own);
        put_banded(&row, a, growth(reference_start, reference_end), nation ? &nation->low : NULL,
                   nation ? &nation->high : NULL, reason);
        put_components(&row, a, parts, x, parts->total_band ? &parts->total_band[r] : NULL, reason);
        const bool spread = parts->error != NULL && !parts->dynamic;
        tidy_number(&row, spread && isfinite(x->regional) ? parts->error[r] : NAN,
                    spread ? reason : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
        UF_TRY(row.status);
    }
    return UF_OK;
}

/* The change of a cell between its periods' bounds. */
static void put_cell_change(struct tidy_row *row, const struct panel_activity *a,
                            const struct uf_shift_share *x, size_t r, size_t s, uf_value_status reason)
{
    const struct period_activity *first = &a->at[0], *last = &a->at[a->n_periods - 1];
    const double start_low = gsl_matrix_get(first->value[BOUND_LOW], r, s),
                 start_high = gsl_matrix_get(first->value[BOUND_HIGH], r, s),
                 end_low = gsl_matrix_get(last->value[BOUND_LOW], r, s),
                 end_high = gsl_matrix_get(last->value[BOUND_HIGH], r, s);
    const double change[] = {end_low - start_high, end_high - start_low},
                 rate[] = {growth(start_high, end_low), growth(start_low, end_high)};
    put_banded(row, a, x->change, a->bands ? &change[0] : NULL, a->bands ? &change[1] : NULL, reason);
    put_banded(row, a, growth(x->start, x->end), a->bands ? &rate[0] : NULL, a->bands ? &rate[1] : NULL,
               reason);
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
            const struct shift_share_growth *nation = parts->sector_growth ? &parts->sector_growth[i] : NULL;
            struct tidy_row row = tidy_row_add(table, error);
            put_place(&row, a, r);
            tidy_text(&row, panel_activity_sector_code(a, s));
            tidy_text(&row, panel_activity_sector_label(a, s));
            put_periods(&row, a);
            tidy_value(&row, gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s), start);
            tidy_value(&row, gsl_matrix_get(a->at[last].value[BOUND_VALUE], r, s), end);
            put_cell_change(&row, a, x, r, s, start | end);
            put_banded(&row, a, growth(parts->reference_start[i], parts->reference_end[i]),
                       nation ? &nation->low : NULL, nation ? &nation->high : NULL, reason);
            put_components(&row, a, parts, x, parts->sector_band ? &parts->sector_band[i] : NULL, reason);
            tidy_text(&row, x->entries > 0 ? uf_words_in(came, a->language) : NULL);
            UF_TRY(row.status);
        }
    }
    return UF_OK;
}

/* A row per component that the change is the sum of: value, and per cent of the start; `period` NULL: no such column. */
static uf_status component_rows(const struct panel_activity *a, const struct shift_share_parts *parts,
                                size_t r, const char *period, const struct uf_shift_share *x,
                                const struct shift_share_band *band, struct uf_table *table,
                                struct uf_error *error)
{
    const uf_value_status reason = needed(a, r);
    for (size_t k = 0; k < parts->n_components; k++) {
        if (!shift_share_adds_up(parts->variant, k)) continue;
        const struct shift_share_component *component = parts->component[k];
        const double value = shift_share_part(x, component);
        struct tidy_row row = tidy_row_add(table, error);
        put_place(&row, a, r);
        if (period != NULL) tidy_text(&row, period);
        tidy_text(&row, component->code);
        tidy_text(&row, uf_words_in(component->label, a->language));
        put_banded(&row, a, value, band ? &band->low[k] : NULL, band ? &band->high[k] : NULL, reason);
        put_banded(&row, a, 100 * value / x->start, band ? &band->percent_low[k] : NULL,
                   band ? &band->percent_high[k] : NULL, reason);
        UF_TRY(row.status);
    }
    return UF_OK;
}

/* Of each step, in per cent of the step's start. */
static uf_status step_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                            struct uf_table *table, struct uf_error *error)
{
    const size_t steps = a->n_periods - 1;
    for (size_t r = 0; r < a->n_regions; r++)
        for (size_t t = 0; t < steps; t++)
            UF_TRY(component_rows(a, parts, r, panel_activity_period_code(a, t + 1),
                                  &parts->step[r * steps + t],
                                  parts->step_band ? &parts->step_band[r * steps + t] : NULL, table, error));
    return UF_OK;
}

static uf_status component_table(const struct panel_activity *a, const struct shift_share_parts *parts,
                                 struct uf_table *table, struct uf_error *error)
{
    for (size_t r = 0; r < a->n_regions; r++)
        UF_TRY(component_rows(a, parts, r, NULL, &parts->total[r],
                              parts->total_band ? &parts->total_band[r] : NULL, table, error));
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
    enum { COMPONENT_COLUMNS = 3 * SHIFT_SHARE_COMPONENTS_MAX };
    struct tidy_column regions[15 + COMPONENT_COLUMNS + 1] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},      {"label", UF_COLUMN_TEXT, NULL, -1},
        {"from", UF_COLUMN_TEXT, NULL, -1},      {"to", UF_COLUMN_TEXT, NULL, -1},
        {"start", UF_COLUMN_NUMBER, unit, -1},   {"end", UF_COLUMN_NUMBER, unit, -1},
        TIDY_BANDED("change", unit, -1),         TIDY_BANDED("growth", "%", 1),
        TIDY_BANDED("reference_growth", "%", 1),
    };
    size_t n = 15 + component_columns(a, parts, regions + 15);
    regions[n++] = (struct tidy_column){"regional_rounding_sd", UF_COLUMN_NUMBER, unit, 0};
    UF_TRY(take(a, parts, "shift-share", (struct uf_words){"Shift-share by region", "Shift-share per region"},
                regions, n, region_table, result, error));
    struct tidy_column sectors[17 + COMPONENT_COLUMNS + 1] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},      {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1},    {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"from", UF_COLUMN_TEXT, NULL, -1},      {"to", UF_COLUMN_TEXT, NULL, -1},
        {"start", UF_COLUMN_NUMBER, unit, -1},   {"end", UF_COLUMN_NUMBER, unit, -1},
        TIDY_BANDED("change", unit, -1),         TIDY_BANDED("growth", "%", 1),
        TIDY_BANDED("reference_growth", "%", 1),
    };
    n = 17 + component_columns(a, parts, sectors + 17);
    sectors[n++] = (struct tidy_column){"note", UF_COLUMN_TEXT, NULL, -1};
    UF_TRY(take(a, parts, "shift-share-sectors",
                (struct uf_words){"Shift-share by region and sector", "Shift-share per region och bransch"},
                sectors, n, sector_table, result, error));
    const struct tidy_column components[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},      {"label", UF_COLUMN_TEXT, NULL, -1},
        {"component", UF_COLUMN_TEXT, NULL, -1}, {"component_label", UF_COLUMN_TEXT, NULL, -1},
        TIDY_BANDED("value", unit, 0),           TIDY_BANDED("percent", "%", 1),
    };
    UF_TRY(take(a, parts, "shift-share-components",
                (struct uf_words){"Components of the change", "Förändringens komponenter"}, components,
                sizeof components / sizeof *components, component_table, result, error));
    if (parts->step != NULL) {
        const struct tidy_column steps[] = {
            {"unit", UF_COLUMN_TEXT, NULL, -1},
            {"label", UF_COLUMN_TEXT, NULL, -1},
            {"period", UF_COLUMN_TEXT, NULL, -1},
            {"component", UF_COLUMN_TEXT, NULL, -1},
            {"component_label", UF_COLUMN_TEXT, NULL, -1},
            TIDY_BANDED("value", unit, 0),
            TIDY_BANDED("percent", "%", 1),
        };
        UF_TRY(take(a, parts, "shift-share-steps",
                    (struct uf_words){"Components of the change, step by step",
                                      "Förändringens komponenter, steg för steg"},
                    steps, sizeof steps / sizeof *steps, step_table, result, error));
    }
    struct uf_table *findings = NULL;
    UF_TRY(findings_table_new(a, "shift-share-findings", region_sentence, parts, &findings, error));
    return uf_result_take_table(result, findings, error);
}

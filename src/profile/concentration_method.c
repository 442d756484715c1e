// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <utfall/concentration.h>
#include <utfall/specialisation.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/concentration_bands.h"
#include "profile/findings.h"
#include "profile/shares.h"
#include "profile/tidy.h"

static void places_clear(struct places *x)
{
    for (size_t s = 0; x->top_regions && s < x->activity->n_sectors; s++) free(x->top_regions[s]);
    free(x->index);
    gsl_vector_free(x->krugman_low);
    gsl_vector_free(x->krugman_high);
    free(x->value);
    free(x->top_share);
    free(x->top_regions);
    free(x->excess);
    free(x->alone);
    rounding_bands_clear(&x->drawn);
    plants_clear(&x->plants);
}

/* The k regions with the largest values, in order; of equals the first. */
static uf_status top_regions(struct places *x, size_t s, const double *column, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    struct uf_buffer names;
    uf_buffer_init(&names);
    double last = INFINITY;
    size_t place = SIZE_MAX;
    for (size_t k = 0; k < x->top; k++) {
        size_t best = SIZE_MAX;
        for (size_t r = 0; r < a->n_regions; r++) {
            const bool after = column[r] < last || (column[r] == last && r > place);
            if (after && (best == SIZE_MAX || column[r] > column[best])) best = r;
        }
        if (best == SIZE_MAX || !(column[best] > 0)) break;
        if (k > 0) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, panel_activity_region_label(a, best));
        last = column[best];
        place = best;
    }
    x->top_regions[s] = uf_buffer_take(&names);
    return x->top_regions[s] ? UF_OK : uf_fail_memory(error);
}

static uf_status describe_sector(struct places *x, size_t s, double *column, const double *reference,
                                 struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    x->value[s] = 0;
    for (size_t r = 0; r < a->n_regions; r++) {
        column[r] = gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s);
        x->value[s] += column[r];
    }
    UF_TRY(uf_top_share(column, a->n_regions, x->top, &x->top_share[s], error));
    if (x->value[s] > 0) UF_TRY(top_regions(x, s, column, error));
    const struct uf_activity value = panel_activity_at(a, 0, BOUND_VALUE);
    return concentration_excess_of(&value, reference, &x->plants, s, column, &x->excess[s], error);
}

static uf_status fill(struct places *x, const struct uf_options *options, const struct rounding_plan *plan,
                      struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    const size_t n = a->n_sectors;
    x->index = calloc(n, sizeof *x->index);
    x->krugman_low = gsl_vector_alloc(n);
    x->krugman_high = gsl_vector_alloc(n);
    x->value = calloc(n, sizeof *x->value);
    x->top_share = calloc(n, sizeof *x->top_share);
    x->top_regions = calloc(n, sizeof *x->top_regions);
    x->excess = calloc(n, sizeof *x->excess);
    x->alone = calloc(n, sizeof *x->alone);
    double *column = calloc(2 * a->n_regions, sizeof *column), *reference = column;
    uf_status status = UF_OK;
    if (!x->index || !x->krugman_low || !x->krugman_high || !x->value || !x->top_share || !x->top_regions ||
        !x->excess || !x->alone || !column)
        status = uf_fail_memory(error);
    const struct uf_activity value = panel_activity_at(a, 0, BOUND_VALUE);
    if (status == UF_OK) status = uf_concentration(&value, x->index, error);
    if (status == UF_OK) status = plants_read(a, options, &x->plants, error);
    if (status == UF_OK) {
        reference = column + a->n_regions;
        for (size_t r = 0; r < a->n_regions; r++) reference[r] = concentration_reference_of(&value, r);
    }
    for (size_t s = 0; s < n && status == UF_OK; s++)
        status = describe_sector(x, s, column, reference, error);
    free(column);
    return status == UF_OK && a->bands ? concentration_bands(x, plan, error) : status;
}

/* --- tables ------------------------------------------------------------------------------------- */

static void banded_number(struct tidy_row *row, const struct panel_activity *a, double value, double low,
                          double high, uf_value_status needed)
{
    const bool banded = panel_activity_banded(a, isfinite(value));
    tidy_banded(row, value, banded ? low : NAN, banded ? high : NAN, needed,
                a->bands ? needed : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static void drawn_number(struct tidy_row *row, const struct places *x, double value, size_t s, size_t which,
                         uf_value_status needed)
{
    const size_t k = s * DRAWN + which;
    const bool drawn = x->drawn.low != NULL && panel_activity_banded(x->activity, isfinite(value));
    tidy_banded(row, value, drawn ? x->drawn.low[k] : (double)NAN, drawn ? x->drawn.high[k] : (double)NAN,
                needed, x->drawn.low != NULL ? needed : needed | (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static uf_status sector_row(const struct places *x, size_t s, struct uf_table *table, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    const struct period_activity *p = &a->at[0];
    const struct uf_concentration *y = &x->index[s];
    const uf_value_status own = p->sector_sum[s]; /* what indices of the sector alone need */
    const uf_value_status both = own | (a->total_sector != SIZE_MAX ? p->all_totals : p->all_cells);
    const struct uf_shares_band *alone = &x->alone[s];
    const double low = gsl_vector_get(x->krugman_low, s), high = gsl_vector_get(x->krugman_high, s);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_sector_code(a, s));
    tidy_text(&row, panel_activity_sector_label(a, s));
    tidy_text(&row, panel_activity_period_code(a, 0));
    tidy_number(&row, x->value[s], own);
    drawn_number(&row, x, y->gini, s, DRAWN_GINI, both);
    banded_number(&row, a, y->hoover, low / 2, high / 2, both);
    drawn_number(&row, x, concentration_rank_by_hoover(x->index, a->n_sectors, s), s, DRAWN_RANK, both);
    banded_number(&row, a, y->krugman, low, high, both);
    drawn_number(&row, x, y->theil, s, DRAWN_THEIL, both);
    banded_number(&row, a, y->herfindahl, alone->herfindahl_low, alone->herfindahl_high, own);
    banded_number(&row, a, y->herfindahl_normalised, shares_normalised(alone->herfindahl_low, a->n_regions),
                  shares_normalised(alone->herfindahl_high, a->n_regions), own);
    banded_number(&row, a, 100 * x->top_share[s], 100 * alone->top_low, 100 * alone->top_high, own);
    tidy_text(&row, x->top_regions[s]);
    drawn_number(&row, x, y->raw, s, DRAWN_RAW, both);
    if (x->plants.given) {
        const uf_value_status needed = both | x->plants.missing[s];
        tidy_number(&row, x->plants.herfindahl[s], needed);
        tidy_number(&row, x->excess[s].expected, needed);
        drawn_number(&row, x, x->excess[s].gamma, s, DRAWN_EXCESS, needed);
    }
    return row.status;
}

static uf_status sector_table(const struct places *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Concentration by sector", "Koncentration per bransch"};
    const struct panel_activity *a = x->activity;
    const struct tidy_column columns[] = {
        {"sector", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1},
        {"value", UF_COLUMN_NUMBER, a->column->unit, -1},
        TIDY_BANDED("gini", NULL, 3),
        TIDY_BANDED("hoover", NULL, 3),
        TIDY_BANDED("rank", NULL, 0),
        TIDY_BANDED("krugman", NULL, 3),
        TIDY_BANDED("theil", NULL, 4),
        TIDY_BANDED("herfindahl", NULL, 3),
        TIDY_BANDED("herfindahl_normalised", NULL, 3),
        TIDY_BANDED("top_share", "%", 1),
        {"top_regions", UF_COLUMN_TEXT, NULL, -1},
        TIDY_BANDED("raw_concentration", NULL, 5),
        {"plant_herfindahl", UF_COLUMN_NUMBER, NULL, 5},
        {"expected_raw", UF_COLUMN_NUMBER, NULL, 5},
        TIDY_BANDED("ellison_glaeser", NULL, 4),
    };
    const size_t n_columns = sizeof columns / sizeof *columns - (x->plants.given ? 0 : 5);
    struct uf_table *table = NULL;
    UF_TRY(
        tidy_table_new("concentration", uf_words_in(title, a->language), columns, n_columns, &table, error));
    for (size_t s = 0; s < a->n_sectors; s++) {
        uf_status status = sector_row(x, s, table, error);
        if (status != UF_OK) {
            uf_table_free(table);
            return status;
        }
    }
    *out = table;
    return UF_OK;
}

static uf_status sentence(const struct panel_activity *a, const void *what, size_t s, char **out,
                          struct uf_error *error)
{
    const struct places *x = what;
    static const struct uf_words plain = {"{0}{1}: {2} per cent lies in {3}; {4} per cent would have to move "
                                          "for the sector to lie as all activity "
                                          "does (Gini {5}).",
                                          "{0}{1}: {2} procent finns i {3}; {4} procent skulle behöva flytta "
                                          "för att branschen ska ligga som all "
                                          "verksamhet (Gini {5})."};
    static const struct uf_words with_plants = {
        "{0}{1}: {2} per cent lies in {3}; {4} per cent would have to move for the sector to lie as all "
        "activity "
        "does (Gini {5}). Beyond what its plants' sizes alone give, concentration is {6} (Ellison–Glaeser).",
        "{0}{1}: {2} procent finns i {3}; {4} procent skulle behöva flytta för att branschen ska ligga som "
        "all "
        "verksamhet (Gini {5}). Utöver vad arbetsställenas storlek ensam ger är koncentrationen {6} "
        "(Ellison–Glaeser)."};
    static const struct uf_words none = {"No concentration can be formed for {0}{1}.",
                                         "Ingen koncentration kan beräknas för {0}{1}."};
    const struct uf_concentration *y = &x->index[s];
    const bool whole = !isnan(y->hoover), gamma = !isnan(x->excess[s].gamma);
    const struct uf_argument arguments[] = {uf_text_argument(panel_activity_sector_label(a, s)),
                                            uf_text_argument(a->at[0].when),
                                            uf_number_argument(100 * x->top_share[s], 0),
                                            uf_text_argument(x->top_regions[s]),
                                            uf_number_argument(100 * y->hoover, 0),
                                            uf_number_argument(y->gini, 2),
                                            uf_number_argument(x->excess[s].gamma, 3)};
    return uf_phrase(a->language, !whole ? none : gamma ? with_plants : plain, arguments, 7, out, error);
}

/* By the index that the chart shows. */
static uf_status tell_findings(const struct places *x, struct uf_result *result, struct uf_error *error)
{
    const struct panel_activity *a = x->activity;
    size_t most = SIZE_MAX, least = SIZE_MAX;
    for (size_t s = 0; s < a->n_sectors; s++) {
        if (isnan(x->index[s].hoover)) continue;
        if (most == SIZE_MAX || x->index[s].hoover > x->index[most].hoover) most = s;
        if (least == SIZE_MAX || x->index[s].hoover < x->index[least].hoover) least = s;
    }
    if (most == SIZE_MAX) {
        static const struct uf_words text = {"No concentration can be formed for any sector.",
                                             "Ingen koncentration kan beräknas för någon bransch."};
        return uf_result_add_note(result, a->language, UF_WARNING, "finding", text, no_advice, NULL, 0,
                                  error);
    }
    static const struct uf_words alike = {"The Hoover index{0} is {2} for every sector that has one.",
                                          "Hoovers index{0} är {2} för varje bransch som har det."};
    const bool same = x->index[most].hoover - x->index[least].hoover < 1e-9;
    static const struct uf_words finding = {
        "Most concentrated{0}: {1} (Hoover {2}, {3}); most evenly spread: {4} ({5}).",
        "Mest koncentrerad{0}: {1} (Hoover {2}, {3}); jämnast spridd: {4} ({5})."};
    const struct uf_argument arguments[] = {uf_text_argument(a->at[0].when),
                                            uf_text_argument(panel_activity_sector_label(a, most)),
                                            uf_number_argument(x->index[most].hoover, 2),
                                            uf_text_argument(x->top_regions[most]),
                                            uf_text_argument(panel_activity_sector_label(a, least)),
                                            uf_number_argument(x->index[least].hoover, 2)};
    UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "finding", same ? alike : finding, no_advice,
                              arguments, 6, error));
    if (a->bands) {
        static const struct uf_words text = {
            "The bands of the Hoover and Krugman indices surely hold them but may be wider than what the "
            "figures "
            "before rounding can reach; those of Herfindahl and of the share of the largest regions are "
            "exact, "
            "those of the other indices and of ranks are from draws. Plant sizes are taken as exact.",
            "Intervallen för Hoovers och Krugmans index innehåller säkert de sanna värdena men kan vara "
            "bredare "
            "än vad uppgifterna före avrundning medger; för Herfindahl och de största regionernas andel är "
            "de "
            "exakta, för övriga index och placeringar kommer de från dragningar. Arbetsställenas storlek "
            "antas "
            "vara exakt."};
        UF_TRY(
            uf_result_add_note(result, a->language, UF_NOTE, "outer-band", text, no_advice, NULL, 0, error));
        UF_TRY(rounding_bands_tell(&x->drawn, a->language, result, error));
    }
    if (x->plants.given) return UF_OK;
    static const struct uf_words text = {
        "Where a few plants make up a sector it is concentrated by that alone. Ellison–Glaeser's index takes "
        "the "
        "plants' sizes into account; it needs them.",
        "Där några få arbetsställen utgör en bransch är den koncentrerad redan av det skälet. "
        "Ellison–Glaesers "
        "index tar hänsyn till arbetsställenas storlek; det kräver att de anges."};
    static const struct uf_words advice = {
        "Give plant-squares (a column with the sum of squared plant sizes per region and sector) or "
        "plant-herfindahl.",
        "Ange plant-squares (en kolumn med summan av arbetsställenas kvadrerade storlekar per region och "
        "bransch) "
        "eller plant-herfindahl."};
    return uf_result_add_note(result, a->language, UF_NOTE, "plants-not-given", text, advice, NULL, 0, error);
}

static uf_status add_results(const struct places *x, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(sector_table(x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(findings_sector_table_new(x->activity, "concentration-findings", sentence, x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    return tell_findings(x, result, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    const size_t top = uf_options_count(options, "top");
    if (top == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "The share of the 0 largest regions says nothing: set 'top' to 1 or more.");
    size_t period;
    UF_TRY(panel_activity_period(panel, options, "period", true, &period, error));
    struct panel_activity a;
    UF_TRY(panel_activity_new(panel, options, context->language, &period, 1, &a, error));
    struct places x = {.activity = &a, .top = top < a.n_regions ? top : a.n_regions};
    result->claim = UF_CLAIM_DESCRIPTION;
    uf_status status = panel_activity_tell(&a, a.total_sector == SIZE_MAX, result, error);
    const struct rounding_plan plan = rounding_plan_of(options, context);
    if (status == UF_OK) status = fill(&x, options, &plan, error);
    if (status == UF_OK) status = add_results(&x, result, error);
    places_clear(&x);
    panel_activity_clear(&a);
    return status;
}

static const struct uf_option options_list[] = {
    {"period", UF_OPTION_PERIOD, NULL, NULL, "The period described; default the last with values", false},
    {"top", UF_OPTION_COUNT, "3", NULL, "The share of how many largest regions", false},
    {"plant-squares", UF_OPTION_TEXT, NULL, NULL,
     "A column with the sum of squared plant sizes per region and sector, for Ellison–Glaeser",
     UF_COLUMNS_NUMBER},
    {"plant-herfindahl", UF_OPTION_LIST, NULL, NULL,
     "The Herfindahl index of each sector's plant sizes, as C=0.012,F=0.003, for Ellison–Glaeser", false},
    PANEL_ACTIVITY_OPTIONS_ALONE,
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "bars",
     .table = "concentration",
     .title = {"Concentration of sectors over regions, {3}. {0}",
               "Branschernas koncentration till regioner, {3}. {0}"},
     .value_label = {"Hoover index (0 = as all activity, 1 = nothing in common)",
                     "Hoovers index (0 = som all verksamhet, 1 = inget gemensamt)"},
     .value = "hoover",
     .low = "hoover_low",
     .high = "hoover_high",
     .label = "label",
     .reference = NAN},
};

static const char *const sources[] = {
    "Ellison, G. & Glaeser, E. L. (1997). Geographic concentration in U.S. manufacturing industries: a "
    "dartboard "
    "approach. Journal of Political Economy, 105(5), 889–927.",
    "Krugman, P. (1991). Geography and Trade. MIT Press.",
    NULL,
};

const struct uf_method uf_method_concentration = {
    .name = "concentration",
    .family = UF_FAMILY_PROFILE,
    .title = {"Concentration", "Koncentration"},
    .summary =
        {"How concentrated is each sector in space? Locational Gini, Hoover, Krugman, Theil, Herfindahl, "
         "Ellison–Glaeser, share of the largest regions",
         "Hur koncentrerad i rummet är varje bransch? Lokaliseringsgini, Hoover, Krugman, Theil, Herfindahl, "
         "Ellison–Glaeser, de största regionernas andel"},
    .formula_note = {"With s the region's share of the sector and x its share of all activity: Gini from the "
                     "Lorenz curve of s "
                     "against x; Hoover Σ|s − x|/2, the share that would have to move; Krugman Σ|s − x|; "
                     "Theil Σ s·ln(s/x); "
                     "Herfindahl Σs² and (H − 1/n)/(1 − 1/n). Ellison–Glaeser γ = (G − (1 − Σx²)H)/((1 − "
                     "Σx²)(1 − H)) with G = "
                     "Σ(s − x)² and H the Herfindahl index of plant sizes: 0 where plants lie as if thrown "
                     "at random. Regions' "
                     "shares depend on how space is divided: compare sectors within one table.",
                     "Med s som regionens andel av branschen och x som dess andel av all verksamhet: Gini "
                     "från Lorenzkurvan för "
                     "s mot x; Hoover Σ|s − x|/2, den andel som skulle behöva flytta; Krugman Σ|s − x|; "
                     "Theil Σ s·ln(s/x); "
                     "Herfindahl Σs² och (H − 1/n)/(1 − 1/n). Ellison–Glaeser γ = (G − (1 − Σx²)H)/((1 − "
                     "Σx²)(1 − H)) med G = "
                     "Σ(s − x)² och H som Herfindahlindex över arbetsställenas storlek: 0 där de ligger som "
                     "slumpvis utkastade. "
                     "Andelarna beror på hur rummet delas in: jämför branscher inom en tabell."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};

// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/specialisation.h>

#include "base/fail.h"
#include "profile/activity_box.h"
#include "profile/findings.h"
#include "profile/ranking.h"
#include "profile/shares.h"
#include "profile/tidy.h"

/* The numbers whose bands come from draws: they depend on the whole table. The rank is by the Krugman index. */
enum { DRAWN_HACHMAN, DRAWN_GINI, DRAWN_THEIL, DRAWN_RANK, DRAWN };

/* One period's indices; arrays per region. */
struct indices {
    struct uf_specialisation *region;
    gsl_vector *krugman_low, *krugman_high;
    struct uf_shares_band *alone; /* of those that need no reference */
    struct rounding_bands drawn;  /* regions × DRAWN; empty: none were drawn */
};

static void indices_clear(struct indices *x)
{
    free(x->region);
    gsl_vector_free(x->krugman_low);
    gsl_vector_free(x->krugman_high);
    free(x->alone);
    rounding_bands_clear(&x->drawn);
}

/* --- bands -------------------------------------------------------------------------------------- */

static void flatten(const struct uf_specialisation *region, size_t n, double *out)
{
    for (size_t r = 0; r < n; r++) {
        out[r * DRAWN + DRAWN_HACHMAN] = region[r].hachman;
        out[r * DRAWN + DRAWN_GINI] = region[r].gini;
        out[r * DRAWN + DRAWN_THEIL] = region[r].theil;
        size_t ranked;
        out[r * DRAWN + DRAWN_RANK] = rank_of_member(&region->krugman, sizeof *region, n, r, &ranked);
    }
}

struct redrawing {
    struct activity_box box;
    enum uf_reference reference;
    struct uf_specialisation *region; /* room for one table's */
};

static uf_status indices_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *x = what;
    const struct uf_activity drawn = activity_box_at(&x->box, figures);
    UF_TRY(uf_specialisation(&drawn, x->reference, x->region, error));
    flatten(x->region, x->box.n_regions, out);
    return UF_OK;
}

static uf_status draw_bands(const struct panel_activity *a, const struct rounding_plan *plan,
                            struct indices *x, struct uf_error *error)
{
    const size_t n = a->n_regions;
    struct redrawing redrawing = {.reference = a->reference};
    UF_TRY(activity_box_new(a, 0, &redrawing.box, error));
    redrawing.region = calloc(n, sizeof *redrawing.region);
    double *value = malloc(n * DRAWN * sizeof *value);
    uf_status status = redrawing.region && value ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        flatten(x->region, n, value);
        status = rounding_bands_new(value, n * DRAWN, &x->drawn, error);
    }
    if (status == UF_OK)
        status =
            activity_box_take_singles(&redrawing.box, false, indices_of_draw, &redrawing, &x->drawn, error);
    if (status == UF_OK)
        status =
            rounding_bands_widen(&redrawing.box.box, plan, indices_of_draw, &redrawing, &x->drawn, error);
    free(value);
    free(redrawing.region);
    activity_box_clear(&redrawing.box);
    return status;
}

static uf_status bands_new(const struct panel_activity *a, const struct rounding_plan *plan,
                           struct indices *x, struct uf_error *error)
{
    const struct uf_activity low = panel_activity_at(a, 0, BOUND_LOW),
                             high = panel_activity_at(a, 0, BOUND_HIGH);
    UF_TRY(uf_krugman_band(&low, &high, a->reference, x->krugman_low, x->krugman_high, error));
    for (size_t r = 0; r < a->n_regions; r++)
        UF_TRY(uf_shares_band(gsl_matrix_const_ptr(low.value, r, 0), gsl_matrix_const_ptr(high.value, r, 0),
                              a->n_sectors, 1, &x->alone[r], error));
    return plan->draws > 0 ? draw_bands(a, plan, x, error) : UF_OK;
}

static uf_status indices_new(const struct panel_activity *a, const struct rounding_plan *plan,
                             struct indices *out, struct uf_error *error)
{
    struct indices x = {.region = calloc(a->n_regions, sizeof *x.region),
                        .krugman_low = gsl_vector_alloc(a->n_regions),
                        .krugman_high = gsl_vector_alloc(a->n_regions),
                        .alone = calloc(a->n_regions, sizeof *x.alone)};
    uf_status status = UF_OK;
    if (x.region == NULL || x.krugman_low == NULL || x.krugman_high == NULL || x.alone == NULL)
        status = uf_fail_memory(error);
    struct uf_activity value = panel_activity_at(a, 0, BOUND_VALUE);
    if (status == UF_OK) status = uf_specialisation(&value, a->reference, x.region, error);
    if (status == UF_OK && a->bands) status = bands_new(a, plan, &x, error);
    if (status != UF_OK) {
        indices_clear(&x);
        return status;
    }
    *out = x;
    return UF_OK;
}

/* --- tables ------------------------------------------------------------------------------------- */

/* An index with its band; `low` and `high` NaN: none. */
static void banded_number(struct tidy_row *row, const struct panel_activity *a, double value, double low,
                          double high, uf_value_status needed)
{
    const bool banded = panel_activity_banded(a, isfinite(value));
    tidy_banded(row, value, banded ? low : NAN, banded ? high : NAN, needed,
                a->bands ? needed : (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static void drawn_number(struct tidy_row *row, const struct panel_activity *a, const struct indices *x,
                         double value, size_t r, size_t which, uf_value_status needed)
{
    const size_t k = r * DRAWN + which;
    const bool drawn = x->drawn.low != NULL && panel_activity_banded(a, isfinite(value));
    tidy_banded(row, value, drawn ? x->drawn.low[k] : (double)NAN, drawn ? x->drawn.high[k] : (double)NAN,
                needed, x->drawn.low != NULL ? needed : needed | (uf_value_status)UF_VALUE_NOT_APPLICABLE);
}

static uf_status index_row(const struct panel_activity *a, const struct indices *x, size_t r,
                           struct uf_table *table, struct uf_error *error)
{
    const struct uf_specialisation *y = &x->region[r];
    const struct uf_shares_band *alone = &x->alone[r];
    const struct period_activity *p = &a->at[0];
    const uf_value_status own = p->region_sum[r]; /* what indices of the region alone need */
    const uf_value_status both = own | (a->has_whole ? p->whole_cells : p->all_cells);
    size_t ranked;
    const double rank = rank_of_member(&x->region->krugman, sizeof *x->region, a->n_regions, r, &ranked);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_period_code(a, 0));
    banded_number(&row, a, y->krugman, gsl_vector_get(x->krugman_low, r), gsl_vector_get(x->krugman_high, r),
                  both);
    drawn_number(&row, a, x, rank, r, DRAWN_RANK, both);
    /* per cent of half the sum that Krugman's index is */
    banded_number(&row, a, y->dissimilarity, 50 * gsl_vector_get(x->krugman_low, r),
                  50 * gsl_vector_get(x->krugman_high, r), both);
    drawn_number(&row, a, x, y->hachman, r, DRAWN_HACHMAN, both);
    drawn_number(&row, a, x, y->gini, r, DRAWN_GINI, both);
    drawn_number(&row, a, x, y->theil, r, DRAWN_THEIL, both);
    banded_number(&row, a, y->herfindahl, alone->herfindahl_low, alone->herfindahl_high, own);
    banded_number(&row, a, y->herfindahl_normalised, shares_normalised(alone->herfindahl_low, a->n_sectors),
                  shares_normalised(alone->herfindahl_high, a->n_sectors), own);
    banded_number(&row, a, y->entropy, alone->entropy_low, alone->entropy_high, own);
    banded_number(&row, a, y->entropy_log2, alone->entropy_low / M_LN2, alone->entropy_high / M_LN2, own);
    tidy_number(&row, isnan(y->herfindahl) ? NAN : (double)y->sectors_present, own);
    return row.status;
}

static uf_status index_table(const struct panel_activity *a, const struct indices *x, struct uf_table **out,
                             struct uf_error *error)
{
    static const struct uf_words title = {"Specialisation by region", "Specialisering per region"};
    static const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},
        {"label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1},
        TIDY_BANDED("krugman", NULL, 3),
        TIDY_BANDED("rank", NULL, 0),
        TIDY_BANDED("dissimilarity", "%", 1),
        TIDY_BANDED("hachman", NULL, 3),
        TIDY_BANDED("gini", NULL, 3),
        TIDY_BANDED("theil", NULL, 4),
        TIDY_BANDED("herfindahl", NULL, 3),
        TIDY_BANDED("herfindahl_normalised", NULL, 3),
        TIDY_BANDED("entropy_ln", NULL, 3),
        TIDY_BANDED("entropy_log2", NULL, 3),
        {"sectors", UF_COLUMN_NUMBER, NULL, 0},
    };
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("specialisation", uf_words_in(title, a->language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    for (size_t r = 0; r < a->n_regions; r++) {
        uf_status status = index_row(a, x, r, table, error);
        if (status != UF_OK) {
            uf_table_free(table);
            return status;
        }
    }
    *out = table;
    return UF_OK;
}

static uf_status region_sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                                 struct uf_error *error)
{
    const struct indices *x = what;
    static const struct uf_words told = {
        "In {0}{1}, {2} per cent of the activity would have to change sector for the structure to equal that "
        "of the reference "
        "area (Krugman {3}); {0} ranks {4} of {5} by specialisation.",
        "{2} procent av verksamheten i {0}{1} skulle behöva byta bransch för att strukturen ska bli densamma "
        "som i "
        "jämförelseområdet (Krugman {3}); {0} har plats {4} av {5} i specialisering."};
    static const struct uf_words open = {
        "In {0}{1}, {2} per cent of the activity would have to change sector for the structure to equal that "
        "of the reference "
        "area (Krugman {3}); {0} ranks {4} of {5} by specialisation, {6} to {7} in tables drawn within the "
        "rounding of the figures.",
        "{2} procent av verksamheten i {0}{1} skulle behöva byta bransch för att strukturen ska bli densamma "
        "som i "
        "jämförelseområdet (Krugman {3}); {0} har plats {4} av {5} i specialisering, plats {6} till {7} i "
        "tabeller dragna inom uppgifternas avrundning."};
    static const struct uf_words none = {"No distance to the reference area can be formed for {0}{1}.",
                                         "Inget avstånd till jämförelseområdet kan beräknas för {0}{1}."};
    size_t ranked;
    const double rank = rank_of_member(&x->region->krugman, sizeof *x->region, a->n_regions, r, &ranked);
    const size_t k = r * DRAWN + DRAWN_RANK;
    const double low = x->drawn.low ? x->drawn.low[k] : rank, high = x->drawn.low ? x->drawn.high[k] : rank;
    struct uf_argument arguments[] = {uf_text_argument(panel_activity_region_label(a, r)),
                                      uf_text_argument(a->at[0].when),
                                      uf_number_argument(x->region[r].dissimilarity, 1),
                                      uf_number_argument(x->region[r].krugman, 3),
                                      uf_number_argument(rank, 0),
                                      uf_count_argument(ranked),
                                      uf_number_argument(low, 0),
                                      uf_number_argument(high, 0)};
    const struct uf_words text = low < high ? open : told;
    return uf_phrase(a->language, isnan(x->region[r].krugman) ? none : text, arguments, 8, out, error);
}

/* Which bands surely hold the index, which are exact, which may be too narrow. */
static uf_status tell_bands(const struct panel_activity *a, const struct indices *x, struct uf_result *result,
                            struct uf_error *error)
{
    static const struct uf_words outer = {
        "The band of the Krugman index surely holds it but may be wider than what the figures before "
        "rounding "
        "can reach; those of Herfindahl and entropy are exact, those of the other indices and of ranks are "
        "from draws.",
        "Intervallet för Krugmans index innehåller säkert det sanna värdet men kan vara bredare än vad "
        "uppgifterna före avrundning medger; för Herfindahl och entropi är de exakta, för övriga index och "
        "placeringar kommer de från dragningar."};
    static const struct uf_words none = {NULL, NULL};
    UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "outer-band", outer, none, NULL, 0, error));
    return rounding_bands_tell(&x->drawn, a->language, result, error);
}

static uf_status tell_findings(const struct panel_activity *a, const struct indices *x,
                               struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words none = {NULL, NULL};
    size_t most = SIZE_MAX, least = SIZE_MAX, outside = 0;
    for (size_t r = 0; r < a->n_regions; r++) {
        const struct uf_specialisation *y = &x->region[r];
        if (isnan(y->krugman)) continue;
        if (most == SIZE_MAX || y->krugman > x->region[most].krugman) most = r;
        if (least == SIZE_MAX || y->krugman < x->region[least].krugman) least = r;
        outside += y->hachman == 0;
    }
    if (most == SIZE_MAX) {
        static const struct uf_words text = {
            "No distance to the reference area can be formed for any region.",
            "Inget avstånd till jämförelseområdet kan beräknas för någon region."};
        return uf_result_add_note(result, a->language, UF_WARNING, "finding", text, none, NULL, 0, error);
    }
    static const struct uf_words alike = {"The Krugman index{0} is {2} in every region that has one.",
                                          "Krugmans index{0} är {2} i varje region som har det."};
    const bool same = x->region[most].krugman - x->region[least].krugman < 1e-9;
    static const struct uf_words finding = {
        "Most specialised{0}: {1} (Krugman {2}); most like the reference area: {3} (Krugman {4}).",
        "Mest specialiserad{0}: {1} (Krugman {2}); mest lik jämförelseområdet: {3} (Krugman {4})."};
    struct uf_argument arguments[] = {uf_text_argument(a->at[0].when),
                                      uf_text_argument(panel_activity_region_label(a, most)),
                                      uf_number_argument(x->region[most].krugman, 3),
                                      uf_text_argument(panel_activity_region_label(a, least)),
                                      uf_number_argument(x->region[least].krugman, 3)};
    UF_TRY(uf_result_add_note(result, a->language, UF_NOTE, "finding", same ? alike : finding, none,
                              arguments, 5, error));
    if (a->bands) UF_TRY(tell_bands(a, x, result, error));
    if (outside == 0) return UF_OK;
    static const struct uf_words text = {
        "Regions with a sector that the reference area lacks: {0}. Their Theil index is undefined (infinite) "
        "and their Hachman index 0.",
        "Antal regioner med en bransch som jämförelseområdet saknar: {0}. Deras Theilindex är odefinierat "
        "(oändligt) och deras Hachmanindex 0."};
    struct uf_argument counts[] = {uf_count_argument(outside)};
    return uf_result_add_note(result, a->language, UF_NOTE, "sector-outside-reference", text, none, counts, 1,
                              error);
}

static uf_status add_results(const struct panel_activity *a, const struct indices *x,
                             struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(index_table(a, x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(findings_table_new(a, "specialisation-findings", region_sentence, x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    return tell_findings(a, x, result, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    size_t period;
    UF_TRY(panel_activity_period(panel, options, "period", true, &period, error));
    struct panel_activity a;
    UF_TRY(panel_activity_new(panel, options, context->language, &period, 1, &a, error));
    struct indices x = {0};
    result->claim = UF_CLAIM_DESCRIPTION;
    const struct rounding_plan plan = rounding_plan_of(options, context);
    uf_status status = panel_activity_tell(&a, true, result, error);
    if (status == UF_OK) status = indices_new(&a, &plan, &x, error);
    if (status == UF_OK) status = add_results(&a, &x, result, error);
    indices_clear(&x);
    panel_activity_clear(&a);
    return status;
}

static const struct uf_option options_list[] = {
    {"period", UF_OPTION_PERIOD, NULL, NULL, "The period described; default the last with values", false},
    PANEL_ACTIVITY_OPTIONS,
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "bars",
     .table = "specialisation",
     .title = {"Specialisation: distance to the reference area, {3}",
               "Specialisering: avstånd till jämförelseområdet, {3}"},
     .value_label = {"Krugman index (0 = same structure, 2 = no sector in common)",
                     "Krugmans index (0 = samma struktur, 2 = ingen gemensam bransch)"},
     .value = "krugman",
     .low = "krugman_low",
     .high = "krugman_high",
     .label = "label",
     .reference = NAN},
};

static const char *const sources[] = {
    "Krugman, P. (1991). Geography and Trade. MIT Press.",
    "Hachman, F. (1995), for the index named after him.",
    "Palan, N. (2010). Measurement of specialization – the choice of indices. FIW Working Paper 62.",
    NULL,
};

const struct uf_method uf_method_specialisation = {
    .name = "specialisation",
    .family = UF_FAMILY_PROFILE,
    .title = {"Specialisation", "Specialisering"},
    .summary =
        {"How far is the region's structure from the nation's? Krugman, dissimilarity, Hachman, Gini, Theil, "
         "Herfindahl, entropy",
         "Hur långt är regionens näringsstruktur från rikets? Krugman, olikhetsindex, Hachman, Gini, Theil, "
         "Herfindahl, entropi"},
    .formula_note = {"With s the sector's share in the region and q in the reference area: Krugman Σ|s − q| "
                     "(0 to 2); dissimilarity "
                     "100·Krugman/2, the percentage that would have to change sector; Hachman 1/Σ(s²/q); "
                     "Gini from the Lorenz curve of s "
                     "against q; Theil Σ s·ln(s/q); Herfindahl Σs² and (H − 1/n)/(1 − 1/n); entropy −Σ s·ln "
                     "s, also to base 2. Shares are of the "
                     "sum of the sectors. The indices depend on how finely sectors are divided: compare "
                     "regions within one table, not "
                     "tables with one another.",
                     "Med s som branschens andel i regionen och q i jämförelseområdet: Krugman Σ|s − q| (0 "
                     "till 2); olikhetsindex "
                     "100·Krugman/2, den procentandel som skulle behöva byta bransch; Hachman 1/Σ(s²/q); "
                     "Gini från Lorenzkurvan för s mot q; "
                     "Theil Σ s·ln(s/q); Herfindahl Σs² och (H − 1/n)/(1 − 1/n); entropi −Σ s·ln s, även med "
                     "basen 2. Andelarna avser "
                     "branschernas summa. Indexen beror på hur fint branscherna är indelade: jämför regioner "
                     "inom en tabell, inte tabeller "
                     "med varandra."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};

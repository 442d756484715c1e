// SPDX-License-Identifier: GPL-3.0-or-later
/* Sectors that a region is not specialised in: how near they are and what they would be worth. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/location_quotient.h>

#include "base/fail.h"
#include "profile/findings.h"
#include "profile/priority_map.h"
#include "profile/tidy.h"

const char *const priority_quadrant_codes[] = {"high-road", "slow-road", "casino", "dead-end", NULL};
const struct uf_words priority_quadrant_words[] = {{"High road", "Huvudvägen"},
                                                   {"Slow road", "Långsamma vägen"},
                                                   {"Casino", "Kasino"},
                                                   {"Dead end", "Återvändsgränden"},
                                                   {NULL, NULL}};

static void map_clear(struct priority_map *x)
{
    panel_network_clear(&x->complexity.network);
    gsl_vector_free(x->complexity.eci);
    gsl_vector_free(x->complexity.pci);
    gsl_matrix_free(x->density);
    gsl_vector_free(x->benefit);
    gsl_matrix_free(x->low);
    gsl_matrix_free(x->high);
    free(x->cuts);
    free(x->quadrant);
}

/* --- computing --------------------------------------------------------------------------------- */

uf_status priority_map_relatedness(const struct panel_network *network, const struct uf_options *options,
                                   gsl_matrix **out, struct uf_error *error)
{
    const double from = uf_options_number(options, "related-from");
    UF_TRY(panel_network_relatedness(network, options, out, error));
    if (isnan(from)) return UF_OK;
    for (size_t i = 0; i < (*out)->size1; i++)
        for (size_t j = 0; j < (*out)->size2; j++) {
            double *related = gsl_matrix_ptr(*out, i, j);
            if (!isnan(*related)) *related = *related >= from ? 1 : 0;
        }
    return UF_OK;
}

static uf_status allocate(struct priority_map *x, struct uf_error *error)
{
    const size_t n_regions = x->complexity.network.n_regions, n_sectors = x->complexity.network.n_sectors;
    x->density = gsl_matrix_alloc(n_regions, n_sectors);
    x->benefit = gsl_vector_alloc(n_sectors);
    x->complexity.eci = gsl_vector_alloc(n_regions);
    x->complexity.pci = gsl_vector_alloc(n_sectors);
    x->cuts = calloc(n_regions, sizeof *x->cuts);
    x->quadrant = calloc(n_regions * n_sectors, sizeof *x->quadrant);
    if (!x->density || !x->benefit || !x->complexity.eci || !x->complexity.pci || !x->cuts || !x->quadrant)
        return uf_fail_memory(error);
    return UF_OK;
}

static uf_status compute_complexity(struct priority_map *x, struct uf_result *result, struct uf_error *error)
{
    struct complexity_indices *c = &x->complexity;
    struct uf_error inner = {0};
    uf_status status = uf_complexity(c->network.presence, NULL, c->eci, c->pci, &c->fit, &inner);
    if (status == UF_NOT_IDENTIFIED) UF_TRY(complexity_explain_refusal(c, inner.message, result, error));
    if (status != UF_OK) {
        if (error) *error = inner;
        return status;
    }
    double low = INFINITY, high = -INFINITY;
    for (size_t s = 0; s < c->pci->size; s++) {
        low = fmin(low, gsl_vector_get(c->pci, s));
        high = fmax(high, gsl_vector_get(c->pci, s));
    }
    for (size_t s = 0; s < c->pci->size; s++)
        gsl_vector_set(x->benefit, s, 100 * (gsl_vector_get(c->pci, s) - low) / (high - low));
    return UF_OK;
}

/* Growth of each sector in all regions together (or the published reference row), in per cent. */
static uf_status compute_growth(const struct uf_panel *panel, const struct uf_options *options,
                                struct priority_map *x, struct uf_error *error)
{
    if (x->from == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE,
                       "growth needs an earlier period to grow from; set the option 'from'");
    const struct panel_activity *now = &x->complexity.network.activity;
    const size_t periods[] = {x->from, now->at[0].period};
    struct panel_activity both = {0};
    UF_TRY(panel_activity_new(panel, options, x->language, periods, 2, &both, error));
    gsl_vector_set_all(x->benefit, NAN);
    for (size_t s = 0; s < now->n_sectors; s++) {
        size_t k = 0;
        while (k < both.n_sectors && both.sector[k] != now->sector[s]) k++;
        if (k == both.n_sectors) continue; /* absent in the earlier period */
        double sums[2] = {0, 0};
        for (size_t t = 0; t < 2; t++) {
            const struct period_activity *p = &both.at[t];
            for (size_t r = 0; r < both.n_regions && !p->whole[BOUND_VALUE]; r++)
                sums[t] += gsl_matrix_get(p->value[BOUND_VALUE], r, k);
            if (p->whole[BOUND_VALUE]) sums[t] = gsl_vector_get(p->whole[BOUND_VALUE], k);
        }
        if (sums[0] > 0) gsl_vector_set(x->benefit, s, 100 * (sums[1] / sums[0] - 1));
    }
    panel_activity_clear(&both);
    return UF_OK;
}

static uf_status compute_bands(struct priority_map *x, struct uf_error *error)
{
    const struct panel_activity *a = &x->complexity.network.activity;
    if (!a->bands) return UF_OK;
    x->low = gsl_matrix_alloc(a->n_regions, a->n_sectors);
    x->high = gsl_matrix_alloc(a->n_regions, a->n_sectors);
    if (!x->low || !x->high) return uf_fail_memory(error);
    struct uf_activity low = panel_activity_at(a, 0, BOUND_LOW), high = panel_activity_at(a, 0, BOUND_HIGH);
    return uf_location_quotient_band(&low, &high, a->reference, x->low, x->high, error);
}

static uf_status compute_quadrants(struct priority_map *x, const struct uf_options *options,
                                   struct uf_error *error)
{
    const struct panel_network *n = &x->complexity.network;
    const enum uf_cut cut = !strcmp(uf_options_text(options, "cut"), "median") ? UF_CUT_MEDIAN : UF_CUT_MEAN;
    const double given[] = {uf_options_number(options, "cut-density"),
                            uf_options_number(options, "cut-benefit")};
    bool *candidate = calloc(n->n_sectors, sizeof *candidate);
    if (!candidate) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t r = 0; r < n->n_regions && status == UF_OK; r++) {
        for (size_t s = 0; s < n->n_sectors; s++)
            candidate[s] = !(gsl_matrix_get(n->presence, r, s) > 0) && !n->sector_out[s];
        status = uf_priority_cuts(gsl_matrix_const_ptr(x->density, r, 0), x->benefit->data, candidate,
                                  n->n_sectors, cut, &x->cuts[r], error);
        if (!isnan(given[0])) x->cuts[r].density = given[0];
        if (!isnan(given[1])) x->cuts[r].benefit = given[1];
        for (size_t s = 0; s < n->n_sectors; s++)
            x->quadrant[r * n->n_sectors + s] =
                candidate[s] ? uf_priority_quadrant(gsl_matrix_get(x->density, r, s),
                                                    gsl_vector_get(x->benefit, s), x->cuts[r])
                             : UF_QUADRANT_NONE;
    }
    free(candidate);
    return status;
}

static uf_status compute(const struct uf_panel *panel, const struct uf_options *options,
                         struct priority_map *x, struct uf_result *result, struct uf_error *error)
{
    const struct panel_network *n = &x->complexity.network;
    gsl_matrix *related = NULL;
    UF_TRY(allocate(x, error));
    if (x->by_growth)
        UF_TRY(compute_growth(panel, options, x, error));
    else
        UF_TRY(compute_complexity(x, result, error));
    UF_TRY(priority_map_relatedness(n, options, &related, error));
    uf_status status =
        uf_relatedness_density(related, n->presence, uf_options_flag(options, "own"), x->density, error);
    gsl_matrix_free(related);
    UF_TRY(status);
    UF_TRY(compute_bands(x, error));
    UF_TRY(compute_quadrants(x, options, error));
    return x->from == SIZE_MAX ? UF_OK : priority_map_history(panel, options, x, error);
}

/* --- tables ------------------------------------------------------------------------------------ */

enum { BAND_COLUMNS = 2 };

static uf_status map_row(const struct priority_map *x, size_t r, size_t s, struct uf_table *table,
                         struct uf_error *error)
{
    const struct panel_network *n = &x->complexity.network;
    const struct panel_activity *a = &n->activity;
    const enum uf_quadrant quadrant = priority_quadrant_at(x, r, s);
    const double density = gsl_matrix_get(x->density, r, s), benefit = gsl_vector_get(x->benefit, s);
    struct tidy_row row = tidy_row_add(table, error);
    tidy_text(&row, panel_activity_region_code(a, r));
    tidy_text(&row, panel_activity_region_label(a, r));
    tidy_text(&row, panel_activity_sector_code(a, s));
    tidy_text(&row, panel_activity_sector_label(a, s));
    tidy_text(&row, panel_activity_period_code(a, 0));
    tidy_number(&row, gsl_matrix_get(n->presence, r, s), 0);
    tidy_number(&row, gsl_matrix_get(n->quotient, r, s), 0);
    if (x->low) {
        tidy_number(&row, gsl_matrix_get(x->low, r, s), 0);
        tidy_number(&row, gsl_matrix_get(x->high, r, s), 0);
    }
    tidy_number(&row, gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s), 0);
    tidy_number(&row, density, 0);
    tidy_number(&row, benefit, 0);
    tidy_number(&row, x->cuts[r].density, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, x->cuts[r].benefit, UF_VALUE_NOT_APPLICABLE);
    tidy_number(&row, density - x->cuts[r].density, 0);
    tidy_number(&row, benefit - x->cuts[r].benefit, 0);
    bool placed = quadrant != UF_QUADRANT_NONE;
    tidy_text(&row, placed ? priority_quadrant_codes[quadrant] : NULL);
    tidy_text(&row, placed ? uf_words_in(priority_quadrant_words[quadrant], x->language) : NULL);
    return row.status;
}

/* What the figures are counted in. */
static const char *panel_unit(const struct priority_map *x)
{
    return x->complexity.network.activity.column->unit;
}

static uf_status map_table(const struct priority_map *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Sectors by relatedness density and benefit",
                                          "Branscher efter närhetstäthet och nytta"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"sector", UF_COLUMN_TEXT, NULL, -1},
                                                 {"sector_label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"period", UF_COLUMN_TEXT, NULL, -1},
                                                 {"specialised", UF_COLUMN_NUMBER, NULL, 0},
                                                 {"lq", UF_COLUMN_NUMBER, NULL, 2},
                                                 {"lq_low", UF_COLUMN_NUMBER, NULL, 2},
                                                 {"lq_high", UF_COLUMN_NUMBER, NULL, 2},
                                                 {"level", UF_COLUMN_NUMBER, NULL, -1},
                                                 {"density", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"benefit", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"cut_density", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"cut_benefit", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"density_beyond_cut", UF_COLUMN_NUMBER, NULL, 3},
                                                 {"benefit_beyond_cut", UF_COLUMN_NUMBER, NULL, 1},
                                                 {"quadrant", UF_COLUMN_TEXT, NULL, -1},
                                                 {"quadrant_label", UF_COLUMN_TEXT, NULL, -1}};
    enum { N_COLUMNS = sizeof columns / sizeof *columns, BAND_AT = 7 };
    struct tidy_column used[N_COLUMNS];
    size_t n_used = 0;
    for (size_t i = 0; i < N_COLUMNS; i++)
        if (x->low || i < BAND_AT || i >= BAND_AT + BAND_COLUMNS) {
            used[n_used] = columns[i];
            if (!strcmp(columns[i].name, "level")) used[n_used].unit = panel_unit(x);
            n_used++;
        }
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("priority-map", uf_words_in(title, x->language), used, n_used, &table, error));
    const struct panel_network *n = &x->complexity.network;
    uf_status status = UF_OK;
    for (size_t r = 0; r < n->n_regions; r++)
        for (size_t s = 0; s < n->n_sectors && status == UF_OK; s++) status = map_row(x, r, s, table, error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* The rows that have a quadrant. */
static uf_status candidate_table(const struct uf_table *map, enum uf_language language, struct uf_table **out,
                                 struct uf_error *error)
{
    static const struct uf_words title = {"Sectors the region is not specialised in",
                                          "Branscher som regionen inte är specialiserad i"};
    const size_t rows = uf_table_rows(map), quadrant = uf_table_column(map, "quadrant");
    bool *keep = calloc(rows + 1, sizeof *keep);
    if (!keep) return uf_fail_memory(error);
    for (size_t i = 0; i < rows; i++) keep[i] = uf_table_text(map, i, quadrant) != NULL;
    struct uf_table *table = NULL;
    uf_status status = uf_table_filter(map, "priority-candidates", keep, &table, error);
    free(keep);
    UF_TRY(status);
    status = uf_table_set_title(table, uf_words_in(title, language), error);
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

static uf_status add_results(const struct priority_map *x, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(map_table(x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(candidate_table(uf_result_table(result, "priority-map"), x->language, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    if (x->from != SIZE_MAX) {
        UF_TRY(priority_map_entry_table(x, &table, error));
        UF_TRY(uf_result_take_table(result, table, error));
    }
    UF_TRY(findings_table_new(&x->complexity.network.activity, "priority-map-findings", priority_map_sentence,
                              x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    return priority_map_tell(x, result, error);
}

static uf_status check_cuts(const struct uf_options *options, struct uf_error *error)
{
    bool given = !strcmp(uf_options_text(options, "cut"), "given");
    bool has = uf_options_is_set(options, "cut-density") || uf_options_is_set(options, "cut-benefit");
    bool both = uf_options_is_set(options, "cut-density") && uf_options_is_set(options, "cut-benefit");
    if (given && !both)
        return uf_fail(error, UF_BAD_USAGE,
                       "The option 'cut' is 'given'; expected both 'cut-density' and 'cut-benefit'.");
    if (!given && has)
        return uf_fail(
            error, UF_BAD_USAGE,
            "'cut-density' and 'cut-benefit' are read with 'cut: given'; the option 'cut' is '%s'.",
            uf_options_text(options, "cut"));
    return UF_OK;
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct priority_map x = {.language = context->language, .from = SIZE_MAX};
    x.complexity.language = context->language;
    x.by_growth = !strcmp(uf_options_text(options, "benefit"), "growth");
    result->claim = UF_CLAIM_DESCRIPTION;
    UF_TRY(check_cuts(options, error));
    if (uf_options_is_set(options, "from"))
        UF_TRY(panel_activity_period(panel, options, "from", false, &x.from, error));
    UF_TRY(panel_network_new(panel, options, context->language, result, &x.complexity.network, error));
    uf_status status = UF_OK;
    const size_t period = x.complexity.network.activity.at[0].period;
    if (x.from != SIZE_MAX && x.from >= period)
        status = uf_fail(error, UF_BAD_USAGE, "'from' is %s and 'period' is %s; expected an earlier 'from'.",
                         panel->periods.code[x.from], panel->periods.code[period]);
    if (status == UF_OK) status = compute(panel, options, &x, result, error);
    if (status == UF_OK) status = add_results(&x, result, error);
    map_clear(&x);
    return status;
}

/* --- descriptor -------------------------------------------------------------------------------- */

static const char *const benefits[] = {"complexity", "growth", NULL};
static const char *const cuts[] = {"mean", "median", "given", NULL};
static const char *const models[] = {"logit", "linear", NULL};
static const struct uf_option options_list[] = {
    PANEL_NETWORK_OPTIONS,
    PANEL_RELATEDNESS_OPTIONS,
    {"own", UF_OPTION_FLAG, "false", NULL, "A sector counts as related to itself", false},
    {"related-from", UF_OPTION_NUMBER, NULL, NULL,
     "Sectors are related (1) from this value of the measure, else not (0); default: as it is", false},
    {"benefit", UF_OPTION_CHOICE, "complexity", benefits, "What a sector would be worth", false},
    {"cut", UF_OPTION_CHOICE, "mean", cuts, "Where the region's quadrants meet", false},
    {"cut-density", UF_OPTION_NUMBER, NULL, NULL, "With cut: given", false},
    {"cut-benefit", UF_OPTION_NUMBER, NULL, NULL, "With cut: given", false},
    {"from", UF_OPTION_PERIOD, NULL, NULL,
     "An earlier period: growth since then, and whether density told of entries and exits", false},
    {"model", UF_OPTION_CHOICE, "logit", models, "How entries and exits depend on density", false},
};

static const struct uf_scatter_hint quadrant_hint = {
    .size = "level",
    .reference_x = 0,
    .x_label = {"Relatedness density, beyond the region's cut", "Närhetstäthet, utöver regionens gräns"},
    .quadrants = {{"High road", "Huvudvägen"},
                  {"Casino", "Kasino"},
                  {"Dead end", "Återvändsgränden"},
                  {"Slow road", "Långsamma vägen"}}};
static const struct uf_chart_hint charts[] = {
    {.kind = "scatter",
     .table = "priority-candidates",
     .title = {"{1}: sectors it is not specialised in, {3}", "{1}: branscher utan specialisering, {3}"},
     .value_label = {"Complexity (0–100), points beyond the region's cut",
                     "Komplexitet (0–100), poäng utöver regionens gräns"},
     .value = "benefit_beyond_cut",
     .label = "sector_label",
     .x = "density_beyond_cut",
     .facet_by = "label",
     .reference = 0,
     .scatter = &quadrant_hint,
     .only_option = "benefit",
     .only_value = "complexity"},
    {.kind = "scatter",
     .table = "priority-candidates",
     .title = {"{1}: sectors it is not specialised in, {3}", "{1}: branscher utan specialisering, {3}"},
     .value_label = {"Growth, percentage points beyond the region's cut",
                     "Tillväxt, procentenheter utöver regionens gräns"},
     .value = "benefit_beyond_cut",
     .label = "sector_label",
     .x = "density_beyond_cut",
     .facet_by = "label",
     .reference = 0,
     .scatter = &quadrant_hint,
     .only_option = "benefit",
     .only_value = "growth"},
};
static const char *const sources[] = {
    "Balland, P.-A., Boschma, R., Crespo, J. & Rigby, D. L. (2019). Smart specialization policy in the "
    "European "
    "Union: relatedness, knowledge complexity and regional diversification. Regional Studies 53(9), "
    "1252–1268.",
    NULL,
};

const struct uf_method uf_method_priority_map = {
    .name = "priority-map",
    .family = UF_FAMILY_PROFILE,
    .title = {"Priority map", "Prioriteringskarta"},
    .summary = {"Which sectors that the region lacks are near what it has, and which would be worth having?",
                "Vilka branscher som regionen saknar ligger nära det den har, och vilka vore värda att ha?"},
    .formula_note =
        {"For each sector that the region is not specialised in: relatedness density (how near it is) "
         "against "
         "complexity on a scale 0 to 100, or growth. The region's own means of the two part four quadrants: "
         "high "
         "road (near and of benefit), slow road (near), casino (of benefit, but far) and dead end. Half of "
         "the "
         "sectors lie above a mean in any region, so quadrants rank one region's options and do not compare "
         "regions.",
         "För varje bransch som regionen inte är specialiserad i: närhetstätheten (hur nära den ligger) mot "
         "komplexiteten på en skala 0 till 100, eller tillväxten. Regionens egna medelvärden skiljer fyra "
         "kvadranter: huvudvägen (nära och till nytta), långsamma vägen (nära), kasino (till nytta men långt "
         "bort) "
         "och återvändsgränden. Ungefär hälften ligger över medelvärdet i varje region: kvadranterna "
         "rangordnar en "
         "regions möjligheter och jämför inte regioner."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};

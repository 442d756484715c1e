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
    rounding_bands_clear(&x->drawn);
    free(x->cuts);
    free(x->quadrant);
    free(x->reached);
    free(x->sums);
}

/* --- computing --------------------------------------------------------------------------------- */

uf_status priority_map_relate(const gsl_matrix *presence, const struct uf_options *options, gsl_matrix *out,
                              struct uf_error *error)
{
    const double from = uf_options_number(options, "related-from");
    UF_TRY(panel_network_relate(presence, options, out, error));
    if (isnan(from)) return UF_OK;
    for (size_t i = 0; i < out->size1; i++)
        for (size_t j = 0; j < out->size2; j++) {
            double *related = gsl_matrix_ptr(out, i, j);
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
    x->sums = calloc(n_sectors, sizeof *x->sums);
    if (!x->density || !x->benefit || !x->complexity.eci || !x->complexity.pci || !x->cuts || !x->quadrant ||
        !x->sums)
        return uf_fail_memory(error);
    return UF_OK;
}

void priority_map_scale(const gsl_vector *pci, double *out)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t s = 0; s < pci->size; s++) {
        low = fmin(low, gsl_vector_get(pci, s));
        high = fmax(high, gsl_vector_get(pci, s));
    }
    for (size_t s = 0; s < pci->size; s++) out[s] = 100 * (gsl_vector_get(pci, s) - low) / (high - low);
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
    priority_map_scale(c->pci, x->benefit->data);
    return UF_OK;
}

/* The sums of a sector (`k` of the figures of both periods) in all regions together, or the published reference row. */
static double sector_sum(const struct panel_activity *both, size_t t, size_t k, enum bound bound)
{
    const struct period_activity *p = &both->at[t];
    double sum = 0;
    if (p->whole[bound]) return gsl_vector_get(p->whole[bound], k);
    for (size_t r = 0; r < both->n_regions; r++) sum += gsl_matrix_get(p->value[bound], r, k);
    return sum;
}

/* Whether the later sums are those of the network's own cells, so that a drawn network has drawn sums. */
static bool sums_are_of_cells(const struct panel_activity *now, const struct panel_activity *both)
{
    if (now->has_whole || both->has_whole) return now->whole_unit != SIZE_MAX && both->whole_unit != SIZE_MAX;
    if (now->n_regions != both->n_regions) return false;
    for (size_t r = 0; r < now->n_regions; r++)
        if (now->region[r] != both->region[r]) return false;
    return true;
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
    x->sums_of_cells = sums_are_of_cells(now, &both);
    for (size_t s = 0; s < now->n_sectors; s++) {
        struct sector_sums *sums = &x->sums[s];
        size_t k = 0;
        while (k < both.n_sectors && both.sector[k] != now->sector[s]) k++;
        for (size_t t = 0; t < 2; t++)
            for (int bound = 0; bound < BOUNDS; bound++) {
                const bool there = k < both.n_sectors && (bound == BOUND_VALUE || both.bands);
                sums->at[t][bound] = there ? sector_sum(&both, t, k, (enum bound)bound) : (double)NAN;
            }
        gsl_vector_set(x->benefit, s,
                       priority_map_growth(sums->at[0][BOUND_VALUE], sums->at[1][BOUND_VALUE]));
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

uf_status priority_map_place(const struct panel_network *n, const struct uf_options *options,
                             const gsl_matrix *presence, const gsl_matrix *density, const double *benefit,
                             struct uf_quadrant_cuts *cuts, enum uf_quadrant *quadrant,
                             struct uf_error *error)
{
    const enum uf_cut cut = !strcmp(uf_options_text(options, "cut"), "median") ? UF_CUT_MEDIAN : UF_CUT_MEAN;
    const double given[] = {uf_options_number(options, "cut-density"),
                            uf_options_number(options, "cut-benefit")};
    bool *candidate = calloc(n->n_sectors, sizeof *candidate);
    if (!candidate) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t r = 0; r < n->n_regions && status == UF_OK; r++) {
        for (size_t s = 0; s < n->n_sectors; s++)
            candidate[s] = !(gsl_matrix_get(presence, r, s) > 0) && !n->sector_out[s];
        status = uf_priority_cuts(gsl_matrix_const_ptr(density, r, 0), benefit, candidate, n->n_sectors, cut,
                                  &cuts[r], error);
        if (!isnan(given[0])) cuts[r].density = given[0];
        if (!isnan(given[1])) cuts[r].benefit = given[1];
        for (size_t s = 0; s < n->n_sectors; s++)
            quadrant[r * n->n_sectors + s] =
                candidate[s] ? uf_priority_quadrant(gsl_matrix_get(density, r, s), benefit[s], cuts[r])
                             : UF_QUADRANT_NONE;
    }
    free(candidate);
    return status;
}

static uf_status compute(const struct uf_panel *panel, const struct uf_options *options,
                         const struct uf_context *context, struct priority_map *x, struct uf_result *result,
                         struct uf_error *error)
{
    const struct panel_network *n = &x->complexity.network;
    UF_TRY(allocate(x, error));
    if (x->by_growth)
        UF_TRY(compute_growth(panel, options, x, error));
    else
        UF_TRY(compute_complexity(x, result, error));
    gsl_matrix *related = gsl_matrix_alloc(n->n_sectors, n->n_sectors);
    if (!related) return uf_fail_memory(error);
    uf_status status = priority_map_relate(n->presence, options, related, error);
    if (status == UF_OK)
        status =
            uf_relatedness_density(related, n->presence, uf_options_flag(options, "own"), x->density, error);
    gsl_matrix_free(related);
    UF_TRY(status);
    UF_TRY(compute_bands(x, error));
    UF_TRY(priority_map_place(n, options, n->presence, x->density, x->benefit->data, x->cuts, x->quadrant,
                              error));
    UF_TRY(priority_map_draw(x, options, context, error));
    return x->from == SIZE_MAX ? UF_OK : priority_map_history(panel, options, x, error);
}

/* --- results ------------------------------------------------------------------------------------ */

static uf_status add_results(const struct priority_map *x, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(priority_map_table(x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(priority_candidate_table(uf_result_table(result, "priority-map"), x->language, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    if (x->from != SIZE_MAX) {
        UF_TRY(priority_map_entry_table(x, &table, error));
        UF_TRY(uf_result_take_table(result, table, error));
    }
    UF_TRY(findings_table_new(&x->complexity.network.activity, "priority-map-findings", priority_map_sentence,
                              x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(priority_map_tell(x, result, error));
    return rounding_bands_tell(&x->drawn, x->language, result, error);
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
    if (status == UF_OK) status = compute(panel, options, context, &x, result, error);
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
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_scatter_hint quadrant_hint = {
    .size = "level",
    .reference_x = 0,
    .x_low = "density_beyond_cut_low",
    .x_high = "density_beyond_cut_high",
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
     .low = "benefit_beyond_cut_low",
     .high = "benefit_beyond_cut_high",
     .label = "sector_label",
     .x = "density_beyond_cut",
     .facet_by = "unit",
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
     .low = "benefit_beyond_cut_low",
     .high = "benefit_beyond_cut_high",
     .label = "sector_label",
     .x = "density_beyond_cut",
     .facet_by = "unit",
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

// SPDX-License-Identifier: GPL-3.0-or-later
/* How near a region's sectors are to each sector, had or not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/location_quotient.h>

#include "base/fail.h"
#include "profile/findings.h"
#include "profile/panel_network.h"
#include "profile/tidy.h"

struct nearness {
    struct panel_network network;
    gsl_matrix *related, *density;
    struct rounding_bands drawn; /* of the densities, regions × sectors; empty: none were drawn */
    gsl_matrix *low, *high;      /* of the quotients; NULL: exact figures */
};

static void nearness_clear(struct nearness *x)
{
    panel_network_clear(&x->network);
    gsl_matrix_free(x->related);
    gsl_matrix_free(x->density);
    rounding_bands_clear(&x->drawn);
    gsl_matrix_free(x->low);
    gsl_matrix_free(x->high);
}

/* --- bands -------------------------------------------------------------------------------------- */

struct redrawing {
    struct network_draws network;
    const struct uf_options *options;
    gsl_matrix *related, *density;
};

static uf_status densities_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *x = what;
    UF_TRY(network_draws_at(&x->network, figures, error));
    UF_TRY(panel_network_relate(x->network.presence, x->options, x->related, error));
    UF_TRY(uf_relatedness_density(x->related, x->network.presence, uf_options_flag(x->options, "own"),
                                  x->density, error));
    memcpy(out, x->density->data, x->density->size1 * x->density->size2 * sizeof *out);
    return UF_OK;
}

static uf_status draw_bands(struct nearness *x, const struct uf_options *options,
                            const struct uf_context *context, struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    const struct panel_network *n = &x->network;
    if (!n->activity.bands || plan.draws == 0) return UF_OK;
    struct redrawing redrawing = {.options = options};
    UF_TRY(network_draws_new(n, &redrawing.network, error));
    redrawing.related = gsl_matrix_alloc(n->n_sectors, n->n_sectors);
    redrawing.density = gsl_matrix_alloc(n->n_regions, n->n_sectors);
    uf_status status = redrawing.related && redrawing.density ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status = rounding_bands_new(x->density->data, n->n_regions * n->n_sectors, &x->drawn, error);
    if (status == UF_OK)
        status = rounding_bands_widen(&redrawing.network.box.box, &plan, densities_of_draw, &redrawing,
                                      &x->drawn, error);
    gsl_matrix_free(redrawing.related);
    gsl_matrix_free(redrawing.density);
    network_draws_clear(&redrawing.network);
    return status;
}

static uf_status bound_quotients(struct nearness *x, struct uf_error *error)
{
    const struct panel_activity *a = &x->network.activity;
    if (!a->bands) return UF_OK;
    const struct uf_activity low = panel_activity_at(a, 0, BOUND_LOW),
                             high = panel_activity_at(a, 0, BOUND_HIGH);
    x->low = gsl_matrix_alloc(a->n_regions, a->n_sectors);
    x->high = gsl_matrix_alloc(a->n_regions, a->n_sectors);
    if (!x->low || !x->high) return uf_fail_memory(error);
    return uf_location_quotient_band(&low, &high, a->reference, x->low, x->high, error);
}

/* --- tables ------------------------------------------------------------------------------------- */

static uf_status density_table(const struct nearness *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Relatedness density by region and sector",
                                          "Närhetstäthet per region och bransch"};
    static const struct tidy_column columns[] = {
        {"unit", UF_COLUMN_TEXT, NULL, -1},   {"label", UF_COLUMN_TEXT, NULL, -1},
        {"sector", UF_COLUMN_TEXT, NULL, -1}, {"sector_label", UF_COLUMN_TEXT, NULL, -1},
        {"period", UF_COLUMN_TEXT, NULL, -1}, TIDY_BANDED("density", NULL, 3),
        TIDY_BANDED("lq", NULL, 2),           {"present", UF_COLUMN_NUMBER, NULL, 0}};
    const struct panel_network *n = &x->network;
    struct uf_table *table = NULL;
    UF_TRY(tidy_table_new("relatedness-density", uf_words_in(title, n->activity.language), columns,
                          sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (size_t r = 0; r < n->n_regions; r++) {
        for (size_t s = 0; s < n->n_sectors && status == UF_OK; s++) {
            struct tidy_row row = tidy_row_add(table, error);
            tidy_text(&row, panel_activity_region_code(&n->activity, r));
            tidy_text(&row, panel_activity_region_label(&n->activity, r));
            tidy_text(&row, panel_activity_sector_code(&n->activity, s));
            tidy_text(&row, panel_activity_sector_label(&n->activity, s));
            tidy_text(&row, panel_activity_period_code(&n->activity, 0));
            const double density = gsl_matrix_get(x->density, r, s);
            const bool drawn = x->drawn.low != NULL && !isnan(density);
            tidy_banded(&row, density, drawn ? x->drawn.low[r * n->n_sectors + s] : (double)NAN,
                        drawn ? x->drawn.high[r * n->n_sectors + s] : (double)NAN, 0,
                        x->drawn.low != NULL ? 0 : UF_VALUE_NOT_APPLICABLE);
            tidy_banded(&row, gsl_matrix_get(n->quotient, r, s),
                        x->low ? gsl_matrix_get(x->low, r, s) : (double)NAN,
                        x->high ? gsl_matrix_get(x->high, r, s) : (double)NAN, 0,
                        x->low ? 0 : UF_VALUE_NOT_APPLICABLE);
            tidy_number(&row, gsl_matrix_get(n->presence, r, s), 0);
            status = row.status;
        }
    }
    if (status != UF_OK)
        uf_table_free(table);
    else
        *out = table;
    return status;
}

/* The sector a region does not have (wanted 0) or has (1) that is nearest to what it has. */
static size_t nearest(const struct nearness *x, size_t region, double wanted)
{
    size_t best = SIZE_MAX;
    for (size_t s = 0; s < x->network.n_sectors; s++) {
        double density = gsl_matrix_get(x->density, region, s);
        if (gsl_matrix_get(x->network.presence, region, s) != wanted || isnan(density)) continue;
        if (best == SIZE_MAX || density > gsl_matrix_get(x->density, region, best)) best = s;
    }
    return best;
}

static uf_status sentence(const struct panel_activity *a, const void *what, size_t r, char **out,
                          struct uf_error *error)
{
    const struct nearness *x = what;
    static const struct uf_words both = {
        "{0} is specialised in {1} of {2} sectors{3}. Of those it is not, {4} is nearest to what it has "
        "(density {5}); of "
        "those it is, {6} stands firmest ({7}).",
        "{0} är specialiserad i {1} av {2} branscher{3}. Av dem den inte är specialiserad i ligger {4} "
        "närmast det den "
        "har (täthet {5}); av dem den är specialiserad i har {6} starkast stöd ({7})."};
    static const struct uf_words one = {"{0} is specialised in {1} of {2} sectors{3}.",
                                        "{0} är specialiserad i {1} av {2} branscher{3}."};
    size_t absent = nearest(x, r, 0), present = nearest(x, r, 1);
    bool whole = absent != SIZE_MAX && present != SIZE_MAX;
    struct uf_argument arguments[] = {
        uf_text_argument(panel_activity_region_label(a, r)),
        uf_count_argument(x->network.diversity[r]),
        uf_count_argument(x->network.n_sectors),
        uf_text_argument(a->at[0].when),
        uf_text_argument(whole ? panel_activity_sector_label(a, absent) : ""),
        uf_number_argument(whole ? gsl_matrix_get(x->density, r, absent) : 0, 2),
        uf_text_argument(whole ? panel_activity_sector_label(a, present) : ""),
        uf_number_argument(whole ? gsl_matrix_get(x->density, r, present) : 0, 2)};
    return uf_phrase(a->language, whole ? both : one, arguments, 8, out, error);
}

static uf_status add_results(struct nearness *x, const struct uf_options *options,
                             const struct uf_context *context, struct uf_result *result,
                             struct uf_error *error)
{
    struct uf_table *table = NULL;
    const struct panel_network *n = &x->network;
    x->density = gsl_matrix_alloc(n->n_regions, n->n_sectors);
    if (!x->density) return uf_fail_memory(error);
    UF_TRY(panel_network_relatedness(n, options, &x->related, error));
    UF_TRY(
        uf_relatedness_density(x->related, n->presence, uf_options_flag(options, "own"), x->density, error));
    UF_TRY(draw_bands(x, options, context, error));
    UF_TRY(bound_quotients(x, error));
    UF_TRY(density_table(x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(findings_table_new(&n->activity, "relatedness-density-findings", sentence, x, &table, error));
    UF_TRY(uf_result_take_table(result, table, error));
    return rounding_bands_tell(&x->drawn, n->activity.language, result, error);
}

static uf_status run(const struct uf_panel *panel, const struct uf_options *options,
                     const struct uf_context *context, struct uf_result *result, struct uf_error *error)
{
    struct nearness x = {0};
    result->claim = UF_CLAIM_DESCRIPTION;
    UF_TRY(panel_network_new(panel, options, context->language, result, &x.network, error));
    uf_status status = add_results(&x, options, context, result, error);
    nearness_clear(&x);
    return status;
}

static const struct uf_option options_list[] = {
    PANEL_NETWORK_OPTIONS,
    PANEL_RELATEDNESS_OPTIONS,
    {"own", UF_OPTION_FLAG, "false", NULL, "A sector counts as related to itself", false},
    ROUNDING_DRAWS_OPTION,
};

static const struct uf_chart_hint charts[] = {
    {.kind = "heat-map",
     .table = "relatedness-density",
     .title = {"Relatedness density by region and sector, {3}", "Närhetstäthet per region och bransch, {3}"},
     .value_label = {"Relatedness density", "Närhetstäthet"},
     .value = "density",
     .low = "density_low",
     .high = "density_high",
     .label = "label",
     .group = "sector_label",
     .reference = NAN},
};

static const char *const sources[] = {
    "Hidalgo, C. A., Klinger, B., Barabási, A.-L. & Hausmann, R. (2007). The product space conditions the "
    "development of "
    "nations. Science 317, 482–487.",
    NULL,
};

const struct uf_method uf_method_relatedness_density = {
    .name = "relatedness-density",
    .family = UF_FAMILY_PROFILE,
    .title = {"Relatedness density", "Närhetstäthet"},
    .summary = {"How near is each sector to what the region already has?",
                "Hur nära ligger varje bransch det regionen redan har?"},
    .formula_note =
        {"Σ φ·M / Σ φ over the other sectors: the share of a sector's relatedness φ that lies in sectors the "
         "region is specialised in (M), 0 to 1. The sector itself does not count.",
         "Σ φ·M / Σ φ över övriga branscher: den andel av branschens närhet φ som ligger i branscher "
         "regionen är specialiserad i (M), 0 till 1. Branschen själv räknas inte."},
    .sources = sources,
    .options = options_list,
    .n_options = sizeof options_list / sizeof *options_list,
    .charts = charts,
    .n_charts = sizeof charts / sizeof *charts,
    .needs_sector = true,
    .run = run,
};

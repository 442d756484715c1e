// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of the priority map: the whole way from figures to quadrants again, on drawn tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/priority_map.h"

/* One table's way. With growth as the benefit the figures of a draw are the network's, then the earlier sum of each
 * sector, then the later one (read only where it is not that of the network's cells). */
struct redrawing {
    struct priority_map *map;
    const struct uf_options *options;
    struct network_draws network;
    struct rounding_box box;
    double *ends; /* what the box points to */
    gsl_matrix *related, *density;
    gsl_vector *eci, *pci;
    double *benefit;
    struct uf_quadrant_cuts *cuts;
    enum uf_quadrant *quadrant;
};

static void redrawing_clear(struct redrawing *x)
{
    network_draws_clear(&x->network);
    gsl_matrix_free(x->related);
    gsl_matrix_free(x->density);
    gsl_vector_free(x->eci);
    gsl_vector_free(x->pci);
    free(x->ends);
    free(x->benefit);
    free(x->cuts);
    free(x->quadrant);
}

static uf_status make_box(struct redrawing *x, struct uf_error *error)
{
    const struct rounding_box *cells = &x->network.box.box;
    const size_t n_sectors = x->network.network->n_sectors, more = x->map->by_growth ? 2 * n_sectors : 0,
                 n = cells->n + more;
    double *low = x->ends = calloc(3 * n, sizeof *low);
    if (!low) return uf_fail_memory(error);
    double *high = low + n, *pull = high + n;
    memcpy(low, cells->low, cells->n * sizeof *low);
    memcpy(high, cells->high, cells->n * sizeof *low);
    memcpy(pull, cells->pull, cells->n * sizeof *low);
    for (size_t i = 0; i < more; i++) {
        const double *bounds = x->map->sums[i % n_sectors].at[i / n_sectors];
        low[cells->n + i] = bounds[BOUND_LOW];
        high[cells->n + i] = bounds[BOUND_HIGH];
    }
    x->box = (struct rounding_box){low, high, pull, n};
    return UF_OK;
}

static uf_status redrawing_new(struct priority_map *map, const struct uf_options *options,
                               struct redrawing *out, struct uf_error *error)
{
    const struct panel_network *n = &map->complexity.network;
    struct redrawing x = {.map = map,
                          .options = options,
                          .related = gsl_matrix_alloc(n->n_sectors, n->n_sectors),
                          .density = gsl_matrix_alloc(n->n_regions, n->n_sectors),
                          .eci = gsl_vector_alloc(n->n_regions),
                          .pci = gsl_vector_alloc(n->n_sectors),
                          .benefit = calloc(n->n_sectors, sizeof *x.benefit),
                          .cuts = calloc(n->n_regions, sizeof *x.cuts),
                          .quadrant = calloc(n->n_regions * n->n_sectors, sizeof *x.quadrant)};
    const bool ok = x.related && x.density && x.eci && x.pci && x.benefit && x.cuts && x.quadrant;
    uf_status status = ok ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = network_draws_new(n, &x.network, error);
    if (status == UF_OK) status = make_box(&x, error);
    if (status == UF_OK)
        *out = x;
    else
        redrawing_clear(&x);
    return status;
}

static double drawn_sum(const struct uf_activity *drawn, size_t sector)
{
    double sum = 0;
    if (drawn->whole) return gsl_vector_get(drawn->whole, sector);
    for (size_t r = 0; r < drawn->value->size1; r++) sum += gsl_matrix_get(drawn->value, r, sector);
    return sum;
}

static uf_status benefits_of_draw(struct redrawing *x, const double *figures, struct uf_error *error)
{
    if (!x->map->by_growth) {
        struct uf_complexity_fit fit;
        UF_TRY(uf_complexity(x->network.presence, NULL, x->eci, x->pci, &fit, error));
        priority_map_scale(x->pci, x->benefit);
        return UF_OK;
    }
    const struct uf_activity drawn = activity_box_at(&x->network.box, figures);
    const size_t n_sectors = x->network.network->n_sectors;
    const double *before = figures + x->network.box.box.n, *after = before + n_sectors;
    for (size_t s = 0; s < n_sectors; s++)
        x->benefit[s] =
            priority_map_growth(before[s], x->map->sums_of_cells ? drawn_sum(&drawn, s) : after[s]);
    return UF_OK;
}

/* Density, benefit, and how far beyond the cuts both lie: the numbers of PRIORITY_NUMBERS. */
static void put(const struct priority_map *map, const gsl_matrix *density, const double *benefit,
                const struct uf_quadrant_cuts *cuts, double *out)
{
    for (size_t r = 0; r < density->size1; r++)
        for (size_t s = 0; s < density->size2; s++) {
            const double near = gsl_matrix_get(density, r, s);
            out[priority_drawn_at(map, PRIORITY_DENSITY, r, s)] = near;
            out[priority_drawn_at(map, PRIORITY_BENEFIT, r, s)] = benefit[s];
            out[priority_drawn_at(map, PRIORITY_NEARER, r, s)] = near - cuts[r].density;
            out[priority_drawn_at(map, PRIORITY_BETTER, r, s)] = benefit[s] - cuts[r].benefit;
        }
}

static uf_status map_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *x = what;
    const struct panel_network *n = x->network.network;
    UF_TRY(network_draws_at(&x->network, figures, error));
    const gsl_matrix *presence = x->network.presence;
    UF_TRY(benefits_of_draw(x, figures, error));
    UF_TRY(priority_map_relate(presence, x->options, x->related, error));
    UF_TRY(
        uf_relatedness_density(x->related, presence, uf_options_flag(x->options, "own"), x->density, error));
    UF_TRY(priority_map_place(n, x->options, presence, x->density, x->benefit, x->cuts, x->quadrant, error));
    put(x->map, x->density, x->benefit, x->cuts, out);
    for (size_t i = 0; i < n->n_regions * n->n_sectors; i++)
        x->map->reached[i] = (unsigned char)(x->map->reached[i] | 1U << x->quadrant[i]);
    return UF_OK;
}

uf_status priority_map_draw(struct priority_map *map, const struct uf_options *options,
                            const struct uf_context *context, struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    const struct panel_network *n = &map->complexity.network;
    const size_t n_cells = n->n_regions * n->n_sectors, n_numbers = PRIORITY_NUMBERS * n_cells;
    if (!n->activity.bands || plan.draws == 0) return UF_OK;
    struct redrawing redrawing;
    UF_TRY(redrawing_new(map, options, &redrawing, error));
    double *shown = malloc(n_numbers * sizeof *shown);
    map->reached = calloc(n_cells, sizeof *map->reached);
    uf_status status = shown && map->reached ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        put(map, map->density, map->benefit->data, map->cuts, shown);
        for (size_t i = 0; i < n_cells; i++) map->reached[i] = (unsigned char)(1U << map->quadrant[i]);
        status = rounding_bands_new(shown, n_numbers, &map->drawn, error);
    }
    if (status == UF_OK)
        status = rounding_bands_widen(&redrawing.box, &plan, map_of_draw, &redrawing, &map->drawn, error);
    free(shown);
    redrawing_clear(&redrawing);
    return status;
}

bool priority_map_is_open(const struct priority_map *map, size_t region, size_t sector)
{
    const enum uf_quadrant shown = priority_quadrant_at(map, region, sector);
    if (!map->reached || shown == UF_QUADRANT_NONE) return false;
    const unsigned others = ~(1U << shown | 1U << UF_QUADRANT_NONE);
    return (map->reached[region * map->complexity.network.n_sectors + sector] & others) != 0;
}

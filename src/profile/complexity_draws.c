// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of complexity: the whole way from figures to ranks again, on drawn tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/complexity_notes.h"
#include "profile/ranking.h"

/* Fitness that goes to 0 never arrives there; a band needs no more digits than are shown. */
static const double TOLERANCE = 1e-9;
enum { MOST_ITERATIONS = 2000 };

/* One table's vectors, in the order of their places. */
struct redrawing {
    const struct complexity_indices *indices;
    const struct uf_options *options;
    struct uf_complexity_options spectral;
    struct uf_fitness_options fitness;
    struct uf_outlook_options outlook;
    struct network_draws network;
    gsl_matrix *related, *gain;
    gsl_vector *eci, *pci, *fit, *complexity, *distant, *region_reflections, *sector_reflections;
};

static void redrawing_clear(struct redrawing *x)
{
    network_draws_clear(&x->network);
    gsl_matrix_free(x->related);
    gsl_matrix_free(x->gain);
    gsl_vector *const all[] = {
        x->eci, x->pci, x->fit, x->complexity, x->distant, x->region_reflections, x->sector_reflections};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) gsl_vector_free(all[i]);
}

static uf_status redrawing_new(const struct complexity_indices *indices, const struct uf_options *options,
                               const struct uf_complexity_options *spectral, struct redrawing *out,
                               struct uf_error *error)
{
    const size_t regions = indices->network.n_regions, sectors = indices->network.n_sectors;
    const size_t iterations = uf_options_count(options, "iterations");
    const bool settle = iterations == SIZE_MAX;
    struct redrawing x = {
        .indices = indices,
        .options = options,
        .spectral = *spectral,
        .fitness = {uf_options_number(options, "extremality"), settle ? TOLERANCE : -1,
                    settle ? MOST_ITERATIONS : iterations},
        .outlook = {uf_options_flag(options, "own"), uf_options_flag(options, "subtract-distance")},
        .related = gsl_matrix_alloc(sectors, sectors),
        .gain = gsl_matrix_alloc(regions, sectors),
        .eci = gsl_vector_alloc(regions),
        .fit = gsl_vector_alloc(regions),
        .distant = gsl_vector_alloc(regions),
        .region_reflections = gsl_vector_alloc(regions),
        .sector_reflections = gsl_vector_alloc(sectors),
        .pci = gsl_vector_alloc(sectors),
        .complexity = gsl_vector_alloc(sectors)};
    const bool ok = x.related && x.gain && x.eci && x.fit && x.distant && x.pci && x.complexity &&
                    x.region_reflections && x.sector_reflections;
    uf_status status = ok ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = network_draws_new(&indices->network, &x.network, error);
    if (status == UF_OK)
        *out = x;
    else
        redrawing_clear(&x);
    return status;
}

/* How many sectors each region has and how many regions each sector, and how common a region's sectors are. */
static void put_degrees(const struct complexity_indices *x, const gsl_matrix *presence, double *out)
{
    double *diversity = out + complexity_region_at(x, REGION_DIVERSITY, 0),
           *mean = out + complexity_region_at(x, REGION_MEAN_UBIQUITY, 0),
           *ubiquity = out + complexity_sector_at(x, SECTOR_UBIQUITY, 0);
    for (size_t s = 0; s < presence->size2; s++) ubiquity[s] = 0;
    for (size_t r = 0; r < presence->size1; r++) {
        diversity[r] = 0;
        for (size_t s = 0; s < presence->size2; s++)
            if (gsl_matrix_get(presence, r, s) > 0) diversity[r]++, ubiquity[s]++;
    }
    for (size_t r = 0; r < presence->size1; r++) {
        double sum = 0;
        for (size_t s = 0; s < presence->size2; s++)
            if (gsl_matrix_get(presence, r, s) > 0) sum += ubiquity[s];
        mean[r] = diversity[r] > 0 ? sum / diversity[r] : (double)NAN;
    }
}

/* The method of reflections; of a region or sector without any it is not defined. */
static void put_reflections(const struct complexity_indices *x, const gsl_vector *regions,
                            const gsl_vector *sectors, double *out)
{
    memcpy(out + complexity_region_at(x, REGION_REFLECTIONS, 0), regions->data, regions->size * sizeof *out);
    memcpy(out + complexity_sector_at(x, SECTOR_REFLECTIONS, 0), sectors->data, sectors->size * sizeof *out);
}

static void put(const struct complexity_indices *x, const gsl_vector *eci, const gsl_vector *fitness,
                const gsl_vector *outlook, const gsl_matrix *gain, const gsl_vector *pci,
                const gsl_vector *complexity, double *out)
{
    const size_t regions = eci->size, sectors = pci->size;
    memcpy(out + complexity_region_at(x, REGION_ECI, 0), eci->data, regions * sizeof *out);
    memcpy(out + complexity_region_at(x, REGION_FITNESS, 0), fitness->data, regions * sizeof *out);
    memcpy(out + complexity_region_at(x, REGION_OUTLOOK, 0), outlook->data, regions * sizeof *out);
    memcpy(out + complexity_sector_at(x, SECTOR_PCI, 0), pci->data, sectors * sizeof *out);
    memcpy(out + complexity_sector_at(x, SECTOR_COMPLEXITY, 0), complexity->data, sectors * sizeof *out);
    memcpy(out + complexity_gain_at(x, 0, 0), gain->data, regions * sectors * sizeof *out);
    ranks_from_top(eci->data, regions, out + complexity_region_at(x, REGION_RANK, 0));
    ranks_from_top(fitness->data, regions, out + complexity_region_at(x, REGION_FITNESS_RANK, 0));
    ranks_from_top(pci->data, sectors, out + complexity_sector_at(x, SECTOR_RANK, 0));
}

static uf_status indices_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct redrawing *x = what;
    struct uf_complexity_fit fit;
    struct uf_fitness_fit iterated;
    UF_TRY(network_draws_at(&x->network, figures, error));
    const gsl_matrix *presence = x->network.presence;
    UF_TRY(uf_complexity(presence, &x->spectral, x->eci, x->pci, &fit, error));
    UF_TRY(uf_complexity_fitness(presence, &x->fitness, x->fit, x->complexity, &iterated, error));
    UF_TRY(panel_network_relate(presence, x->options, x->related, error));
    UF_TRY(uf_complexity_outlook(presence, x->related, x->pci, &x->outlook, x->distant, x->gain, error));
    UF_TRY(uf_complexity_reflections(presence, x->indices->reflections, x->region_reflections,
                                     x->sector_reflections, error));
    put(x->indices, x->eci, x->fit, x->distant, x->gain, x->pci, x->complexity, out);
    put_reflections(x->indices, x->region_reflections, x->sector_reflections, out);
    put_degrees(x->indices, presence, out);
    return UF_OK;
}

uf_status complexity_draw(struct complexity_indices *indices, const struct uf_complexity_options *spectral,
                          const struct uf_options *options, const struct uf_context *context,
                          struct uf_error *error)
{
    const struct rounding_plan plan = rounding_plan_of(options, context);
    if (!indices->network.activity.bands || plan.draws == 0) return UF_OK;
    struct redrawing redrawing;
    UF_TRY(redrawing_new(indices, options, spectral, &redrawing, error));
    const size_t n = complexity_gain_at(indices, indices->network.n_regions, 0);
    double *value = malloc(n * sizeof *value);
    uf_status status = value ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        put(indices, indices->eci, indices->fitness, indices->outlook, indices->gain, indices->pci,
            indices->complexity, value);
        put_reflections(indices, indices->region_reflections, indices->sector_reflections, value);
        put_degrees(indices, indices->network.presence, value);
        status = rounding_bands_new(value, n, &indices->drawn, error);
    }
    if (status == UF_OK)
        status = rounding_bands_widen(&redrawing.network.box.box, &plan, indices_of_draw, &redrawing,
                                      &indices->drawn, error);
    free(value);
    redrawing_clear(&redrawing);
    return status;
}

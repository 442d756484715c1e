// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_COMPLEXITY_NOTES_H
#define UTFALL_PROFILE_COMPLEXITY_NOTES_H
/* What the reader must know of an index of complexity: what it rests on, whether it means anything, why there is
 * none. */
#include <utfall/complexity.h>

#include "profile/panel_network.h"

struct complexity_indices {
    struct panel_network network;
    enum uf_language language;
    gsl_vector *eci, *pci, *fitness, *complexity, *outlook;
    gsl_vector *region_reflections, *sector_reflections;
    gsl_matrix *gain; /* of the outlook: regions × sectors, 0 where the region has the sector */
    size_t reflections;
    struct uf_complexity_fit fit;
    struct uf_fitness_fit iterated;
    struct rounding_bands
        drawn; /* COMPLEXITY_REGION_NUMBERS of all regions, then those of all sectors, then gains; empty: exact */
};
/* The numbers that have a band from draws: one kind after the other. */
enum {
    REGION_ECI,
    REGION_RANK,
    REGION_FITNESS,
    REGION_FITNESS_RANK,
    REGION_OUTLOOK,
    REGION_REFLECTIONS,
    REGION_DIVERSITY,
    REGION_MEAN_UBIQUITY,
    COMPLEXITY_REGION_NUMBERS
};
enum {
    SECTOR_PCI,
    SECTOR_RANK,
    SECTOR_COMPLEXITY,
    SECTOR_REFLECTIONS,
    SECTOR_UBIQUITY,
    COMPLEXITY_SECTOR_NUMBERS
};

/* Where they lie in `drawn`. */
static inline size_t complexity_region_at(const struct complexity_indices *x, int number, size_t region)
{
    return (size_t)number * x->network.n_regions + region;
}
static inline size_t complexity_sector_at(const struct complexity_indices *x, int number, size_t sector)
{
    return COMPLEXITY_REGION_NUMBERS * x->network.n_regions + (size_t)number * x->network.n_sectors + sector;
}
static inline size_t complexity_gain_at(const struct complexity_indices *x, size_t region, size_t sector)
{
    return complexity_sector_at(x, COMPLEXITY_SECTOR_NUMBERS, 0) + region * x->network.n_sectors + sector;
}
/* Draws the bands where the figures have any: does nothing for exact ones. `spectral` as for the index itself. */
uf_status complexity_draw(struct complexity_indices *indices, const struct uf_complexity_options *spectral,
                          const struct uf_options *options, const struct uf_context *context,
                          struct uf_error *error);

/* Too few sectors or regions for the index to mean anything. */
bool complexity_means_little(const struct complexity_indices *indices);
/* A refusal explains itself: the fatal note, and where the network falls apart the table of its parts. */
uf_status complexity_explain_refusal(const struct complexity_indices *indices, const char *sentence,
                                     struct uf_result *result, struct uf_error *error);
/* One region's sentence for the findings; `what` are the indices. */
uf_status complexity_sentence(const struct panel_activity *activity, const void *what, size_t region,
                              char **out, struct uf_error *error);
/* What the index rests on and whether it means anything; reads the network, the language and the fit only. */
uf_status complexity_tell_meaning(const struct complexity_indices *indices, struct uf_result *result,
                                  struct uf_error *error);
/* The same, and whether fitness has settled. */
uf_status complexity_tell(const struct complexity_indices *indices, struct uf_result *result,
                          struct uf_error *error);
#endif

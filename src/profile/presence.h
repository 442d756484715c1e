// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PRESENCE_H
#define UTFALL_PROFILE_PRESENCE_H
/* A matrix of 0 and 1 as lists of what is there, by region and by sector: networks of regions and sectors are
 * mostly empty. */
#include <gsl/gsl_matrix.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

struct presence {
    size_t n_regions, n_sectors, n_present;
    size_t *region_start; /* n_regions + 1: where a region's sectors begin in `sector` */
    uint32_t *sector;     /* n_present, rising within a region */
    size_t *sector_start; /* n_sectors + 1 */
    uint32_t *region;     /* n_present, rising within a sector */
};

/* UF_BAD_INPUT: an element that is neither 0 nor 1, with its row and column. */
uf_status presence_new(const gsl_matrix *matrix, struct presence *out, struct uf_error *error);
void presence_clear(struct presence *presence);

static inline size_t presence_diversity(const struct presence *p, size_t region)
{
    return p->region_start[region + 1] - p->region_start[region];
}
static inline size_t presence_ubiquity(const struct presence *p, size_t sector)
{
    return p->sector_start[sector + 1] - p->sector_start[sector];
}
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PEER_REGIONS_STUDY_H
#define UTFALL_PROFILE_PEER_REGIONS_STUDY_H
/* What one run of the method `peer-regions` has found, and how it is told. */
#include <utfall/peer_regions.h>

#include "profile/attributes.h"
#include "profile/deviation_bounds.h"
#include "profile/rounding_draws.h"

struct peers {
    struct attributes attributes;
    enum uf_structural_distance kind;
    gsl_matrix *distance, *low, *high; /* low and high NULL: no band */
    struct rounding_bands drawn;       /* of the distances, where the bands are from draws */
    size_t k, own_prefix;
    size_t *nearest;                     /* regions × k */
    size_t *found;                       /* regions */
    bool *whole;                         /* regions: no attribute is missing */
    double *unit;                        /* of each attribute: what a difference in it is counted in */
    struct deviation_bounds *deviations; /* of each attribute */
};

static inline const char *peers_code(const struct peers *x, size_t r)
{
    return x->attributes.panel->units.code[x->attributes.region[r]];
}
static inline const char *peers_label(const struct peers *x, size_t r)
{
    return x->attributes.panel->units.label[x->attributes.region[r]];
}

/* The bands of the distances, none of exact figures; the units and deviations of the attributes. */
uf_status peers_bands(const struct rounding_plan *plan, struct peers *x, struct uf_error *error);

/* How many regions are surely nearer to `r` than `peer`, and how many may be, plus one; needs bands. */
void peers_rank_interval(const struct peers *x, size_t r, size_t peer, double out[2]);

/* The attribute in which two regions differ most: `by` how many standard deviations (shares: percentage points), within what
 * rounding leaves open, and how many attributes could be that one. O(attributes · regions). */
struct peers_gap {
    size_t attribute, candidates;
    double by, low, high;
};
struct peers_gap peers_widest(const struct peers *x, size_t a, size_t b);

/* Tables `peer-regions` and, of all pairs, `structural-distance`. */
uf_status peers_table(const struct peers *x, struct uf_table **out, struct uf_error *error);
uf_status peers_distance_table(const struct peers *x, struct uf_table **out, struct uf_error *error);
/* A sentence per region, and the notes. */
uf_status peers_findings_table(const struct peers *x, struct uf_table **out, struct uf_error *error);
uf_status peers_tell(const struct peers *x, struct uf_result *result, struct uf_error *error);
#endif

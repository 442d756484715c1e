// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PEER_REGIONS_STUDY_H
#define UTFALL_PROFILE_PEER_REGIONS_STUDY_H
/* What one run of the method `peer-regions` has found, and how it is told. */
#include <utfall/peer_regions.h>

#include "profile/attributes.h"

struct peers {
    struct attributes attributes;
    enum uf_structural_distance kind;
    gsl_matrix *distance, *low, *high; /* low and high NULL: no band */
    size_t k, own_prefix;
    size_t *nearest; /* regions × k */
    size_t *found;   /* regions */
    bool *whole;     /* regions: no attribute is missing */
};

static inline const char *peers_code(const struct peers *x, size_t r)
{
    return x->attributes.panel->units.code[x->attributes.region[r]];
}
static inline const char *peers_label(const struct peers *x, size_t r)
{
    return x->attributes.panel->units.label[x->attributes.region[r]];
}

/* The attribute in which two regions differ most, and by how many standard deviations (shares: percentage points). */
size_t peers_widest(const struct peers *x, size_t a, size_t b, double *out);

/* Tables `peer-regions` and, of all pairs, `structural-distance`. */
uf_status peers_table(const struct peers *x, struct uf_table **out, struct uf_error *error);
uf_status peers_distance_table(const struct peers *x, struct uf_table **out, struct uf_error *error);
/* A sentence per region, and the notes. */
uf_status peers_findings_table(const struct peers *x, struct uf_table **out, struct uf_error *error);
uf_status peers_tell(const struct peers *x, struct uf_result *result, struct uf_error *error);
#endif

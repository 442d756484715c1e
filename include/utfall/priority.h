// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PRIORITY_H
#define UTFALL_PRIORITY_H
/*
 * Which sectors a region does not have lie near what it has, and which would be worth having: relatedness density
 * (how risky the step is) against a benefit (complexity, growth), cut into four quadrants; and whether density has
 * told of entries and exits in the past.
 *
 * The cuts are a region's own: the mean (or median) over the sectors it is not specialised in. Half of them lie
 * above by construction, so a quadrant ranks the options of one region and says nothing between regions.
 *
 * Source: Balland, P.-A., Boschma, R., Crespo, J. & Rigby, D. L. (2019). Smart specialization policy in the
 * European Union: relatedness, knowledge complexity and regional diversification. Regional Studies 53(9),
 * 1252–1268.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_quadrant {
    UF_QUADRANT_HIGH_ROAD, /* near and of benefit */
    UF_QUADRANT_SLOW_ROAD, /* near, of less benefit */
    UF_QUADRANT_CASINO,    /* of benefit, far */
    UF_QUADRANT_DEAD_END,  /* far, of less benefit */
    UF_QUADRANT_NONE       /* density or benefit is not known */
};
enum uf_cut { UF_CUT_MEAN, UF_CUT_MEDIAN };
struct uf_quadrant_cuts {
    double density, benefit;
};

/* The cuts of one region over the `n` sectors that are candidates and have both values; NaN where there are none.
 * UF_NO_MEMORY. O(n), with UF_CUT_MEDIAN O(n log n). */
uf_status uf_priority_cuts(const double *density, const double *benefit, const bool *candidate, size_t n,
                           enum uf_cut cut, struct uf_quadrant_cuts *out, struct uf_error *error);
/* On a cut counts as above it. */
enum uf_quadrant uf_priority_quadrant(double density, double benefit, struct uf_quadrant_cuts cuts);

enum uf_entry_form {
    UF_ENTRY_LOGIT, /* P(event) = 1/(1 + exp(−x'b)), by maximum likelihood */
    UF_ENTRY_LINEAR /* P(event) = x'b, by least squares */
};
enum { UF_ENTRY_TERMS = 3 }; /* constant, density, benefit */
struct uf_entry_fit {
    size_t n_cells, n_events, n_regions;
    size_t n_terms; /* 2, or 3 with a benefit */
    double coefficient[UF_ENTRY_TERMS];
    double standard_error[UF_ENTRY_TERMS]; /* clustered by region, factor G/(G − 1) */
    double p[UF_ENTRY_TERMS];              /* t with G − 1 degrees of freedom, two-sided */
    double df;
    double marginal; /* change of the probability per unit of density: the mean over the cells */
};
/*
 * Entries: of the cells with 0 in `before`, those with 1 in `after`; with `exits` the other way round. `density` as it
 * was before; `benefit` per sector, or NULL. All matrices are regions × sectors; cells where a value is NaN take no
 * part. UF_NOT_IDENTIFIED, with the reason: fewer than two regions, no event or nothing but events, a density that
 * does not vary, or one that parts events from others completely (no finite logit). UF_BAD_INPUT: presence that is not
 * 0 or 1. Cost: O(cells) a step, some ten steps.
 */
uf_status uf_entry_model(const gsl_matrix *before, const gsl_matrix *after, const gsl_matrix *density,
                         const gsl_vector *benefit, bool exits, enum uf_entry_form form,
                         struct uf_entry_fit *out, struct uf_error *error);

/* Panel by region and sector → tables `priority-map`, `priority-candidates`, `priority-map-findings` and, with two
 * periods, `entry-model`. See docs/methods/priority-map.md. */
extern const struct uf_method uf_method_priority_map;

#ifdef __cplusplus
}
#endif
#endif

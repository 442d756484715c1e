// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SPATIAL_STUDY_H
#define UTFALL_PROFILE_SPATIAL_STUDY_H
/* What one run of the method `spatial` has found, and how it is told. */
#include <utfall/spatial.h>

#include "profile/panel_series.h"
#include "profile/rounding_draws.h"

struct spatial_study {
    struct panel_series series;
    size_t period;
    bool *used;                        /* n_regions: with a value, and not an island left out */
    size_t *place;                     /* n_regions: among those used */
    size_t n;                          /* used */
    struct uf_spatial_weights weights; /* among those used, as the style says */
    bool row_standardised, count_islands, folded;
    double level;           /* of the false discovery rate */
    double *x;              /* n */
    double mean, deviation; /* of x, with n */
    struct uf_spatial_test global[UF_SPATIAL_STATISTICS];
    struct uf_spatial_permutation global_drawn[UF_SPATIAL_STATISTICS];
    struct uf_local_moran *local;         /* n */
    struct uf_spatial_permutation *drawn; /* n */
    double *lag, *q, *star;               /* n; lag of x, 0 for islands */
    enum uf_spatial_quadrant *quadrant;   /* n */
    /* the global statistics, local Moran of all n, G* of all n, z of all n, their neighbours' z; empty: exact */
    struct rounding_bands bands;
};

static inline size_t spatial_study_drawn_local(size_t i)
{
    return (size_t)UF_SPATIAL_STATISTICS + i;
}
static inline size_t spatial_study_drawn_star(const struct spatial_study *study, size_t i)
{
    return (size_t)UF_SPATIAL_STATISTICS + study->n + i;
}
static inline size_t spatial_study_drawn_z(const struct spatial_study *study, size_t i)
{
    return (size_t)UF_SPATIAL_STATISTICS + 2 * study->n + i;
}
static inline size_t spatial_study_drawn_lag(const struct spatial_study *study, size_t i)
{
    return (size_t)UF_SPATIAL_STATISTICS + 3 * study->n + i;
}
/* Draws the bands of the statistics where the figures are rounded; those of p-values are not drawn. */
uf_status spatial_draw(struct spatial_study *study, const struct uf_options *options,
                       const struct uf_context *context, struct uf_error *error);

/* p as the option says: two-sided, or of the side where the statistic lies. */
static inline double spatial_study_p(const struct spatial_study *study,
                                     const struct uf_spatial_permutation *drawn)
{
    return study->folded ? drawn->p_folded : drawn->p_value;
}
static inline size_t spatial_study_neighbours(const struct spatial_study *study, size_t i)
{
    return study->weights.start[i + 1] - study->weights.start[i];
}
/* The sum of the region's weights: 1 where rows are standardised, 0 for an island. */
static inline double spatial_study_links(const struct spatial_study *study, size_t i)
{
    double sum = 0;
    for (size_t l = study->weights.start[i]; l < study->weights.start[i + 1]; l++)
        sum += study->weights.weight[l];
    return sum;
}
/* Part of a cluster, or an outlier, at the level of the false discovery rate. */
static inline bool spatial_study_stands_out(const struct spatial_study *study, size_t i)
{
    return study->q[i] <= study->level;
}
/* `High among high`; "" for an island. */
const char *spatial_quadrant_label(enum uf_spatial_quadrant quadrant, enum uf_language language);

/* Tables `spatial`, `spatial-regions`, `spatial-findings`, and the notes on neighbours and findings. */
uf_status spatial_tables_add(const struct spatial_study *study, struct uf_result *result,
                             struct uf_error *error);
uf_status spatial_tell(const struct spatial_study *study, struct uf_result *result, struct uf_error *error);
/* The sentence of one region; the caller frees it. */
uf_status spatial_sentence(const struct spatial_study *study, size_t region, char **out,
                           struct uf_error *error);
#endif

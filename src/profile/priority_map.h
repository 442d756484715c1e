// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PRIORITY_MAP_H
#define UTFALL_PROFILE_PRIORITY_MAP_H
/* What the priority map's tables, sentences and notes are made of. */
#include <math.h>
#include <utfall/priority.h>

#include "profile/complexity_notes.h"

/* A sector in all regions together: at the earlier and at the later period. */
struct sector_sums {
    double at[2][BOUNDS]; /* NaN: not there; the bounds also of exact figures */
};

struct priority_map {
    struct complexity_indices complexity; /* its network; the indices only where the benefit is complexity */
    enum uf_language language;
    bool by_growth;                /* the benefit is growth, else complexity */
    gsl_matrix *density;           /* regions × sectors */
    gsl_vector *benefit;           /* per sector: complexity 0…100, or growth in per cent */
    gsl_matrix *low, *high;        /* the quotients that rounding leaves; NULL: exact figures */
    struct uf_quadrant_cuts *cuts; /* per region */
    enum uf_quadrant
        *quadrant; /* regions × sectors; of sectors the region is specialised in UF_QUADRANT_NONE */
    struct sector_sums *sums;    /* per sector, where the benefit is growth */
    bool sums_of_cells;          /* the later ones are those of the network's own figures */
    struct rounding_bands drawn; /* PRIORITY_NUMBERS of all cells; empty: exact */
    /* regions × sectors: a bit (1 << quadrant) for each quadrant that some drawn table gives, UF_QUADRANT_NONE for
     * specialised; NULL where nothing was drawn */
    unsigned char *reached;
    /* history, where asked for */
    size_t from; /* index of the earlier period; SIZE_MAX: none */
    struct uf_entry_fit entry, exit;
    bool has_entry, has_exit;
    char no_entry[256], no_exit[256]; /* why not */
};

/* What has a band from draws, and where it lies in `drawn`. */
enum { PRIORITY_DENSITY, PRIORITY_BENEFIT, PRIORITY_NEARER, PRIORITY_BETTER, PRIORITY_NUMBERS };
static inline size_t priority_drawn_at(const struct priority_map *x, int number, size_t region, size_t sector)
{
    const struct panel_network *n = &x->complexity.network;
    return ((size_t)number * n->n_regions + region) * n->n_sectors + sector;
}
/* Draws them where the figures have bands: does nothing for exact ones. */
uf_status priority_map_draw(struct priority_map *map, const struct uf_options *options,
                            const struct uf_context *context, struct uf_error *error);

/* `high-road` … */
extern const char *const priority_quadrant_codes[];
extern const struct uf_words priority_quadrant_words[];

static inline enum uf_quadrant priority_quadrant_at(const struct priority_map *x, size_t region,
                                                    size_t sector)
{
    return x->quadrant[region * x->complexity.network.n_sectors + sector];
}

uf_status priority_map_sentence(const struct panel_activity *activity, const void *what, size_t region,
                                char **out, struct uf_error *error);
uf_status priority_map_tell(const struct priority_map *map, struct uf_result *result, struct uf_error *error);
/* Entries and exits before: fits `map->entry` and `map->exit` on the earlier period's network. */
uf_status priority_map_history(const struct uf_panel *panel, const struct uf_options *options,
                               struct priority_map *map, struct uf_error *error);
/* The table `entry-model`. */
uf_status priority_map_entry_table(const struct priority_map *map, struct uf_table **out,
                                   struct uf_error *error);
/* The tables `priority-map` and, its rows with a quadrant, `priority-candidates`. */
uf_status priority_map_table(const struct priority_map *x, struct uf_table **out, struct uf_error *error);
uf_status priority_candidate_table(const struct uf_table *map, enum uf_language language,
                                   struct uf_table **out, struct uf_error *error);
/* Whether rounding leaves open in which quadrant a candidate lies. */
bool priority_map_is_open(const struct priority_map *map, size_t region, size_t sector);

/* The steps of the map, for the figures as shown and for drawn ones. Relatedness by the options into `out`, cut at
 * `related-from` where given; complexity min–max to 0…100; growth in per cent (NaN from nothing); cuts of each region
 * and the quadrant of each cell. */
uf_status priority_map_relate(const gsl_matrix *presence, const struct uf_options *options, gsl_matrix *out,
                              struct uf_error *error);
void priority_map_scale(const gsl_vector *pci, double *out);
static inline double priority_map_growth(double before, double after)
{
    return before > 0 ? 100 * (after / before - 1) : (double)NAN;
}
uf_status priority_map_place(const struct panel_network *network, const struct uf_options *options,
                             const gsl_matrix *presence, const gsl_matrix *density, const double *benefit,
                             struct uf_quadrant_cuts *cuts, enum uf_quadrant *quadrant,
                             struct uf_error *error);
#endif

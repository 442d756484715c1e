// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PRIORITY_MAP_H
#define UTFALL_PROFILE_PRIORITY_MAP_H
/* What the priority map's tables, sentences and notes are made of. */
#include <utfall/priority.h>

#include "profile/complexity_notes.h"

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
    /* history, where asked for */
    size_t from; /* index of the earlier period; SIZE_MAX: none */
    struct uf_entry_fit entry, exit;
    bool has_entry, has_exit;
    char no_entry[256], no_exit[256]; /* why not */
};

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
/* Relatedness by the options, cut at `related-from` where given; the caller frees it. */
uf_status priority_map_relatedness(const struct panel_network *network, const struct uf_options *options,
                                   gsl_matrix **out, struct uf_error *error);
#endif

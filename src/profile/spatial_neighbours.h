// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SPATIAL_NEIGHBOURS_H
#define UTFALL_PROFILE_SPATIAL_NEIGHBOURS_H
/* Who is whose neighbour, as the options say: a list of pairs (the one that ships, or the user's), or coordinates. */
#include <utfall/spatial.h>

#include "profile/panel_series.h"

extern const char *const spatial_weight_kinds[];
extern const char *const spatial_contiguities[];
extern const char *const spatial_metrics[];
extern const char *const spatial_styles[];
#define SPATIAL_NEIGHBOURS_OPTIONS                                                                           \
    {"weights",                                                                                              \
     UF_OPTION_CHOICE,                                                                                       \
     "contiguity",                                                                                           \
     spatial_weight_kinds,                                                                                   \
     "Who is a neighbour: contiguity (a list of pairs), k-nearest or distance-band (by coordinates)",        \
     false},                                                                                                 \
        {"neighbours",                                                                                       \
         UF_OPTION_FILE,                                                                                     \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "A file with the pairs of neighbours; default the list of Swedish counties",                        \
         false},                                                                                             \
        {"neighbour-columns",                                                                                \
         UF_OPTION_LIST,                                                                                     \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "Its columns: both regions and, where there is one, the weight; default found",                     \
         false},                                                                                             \
        {"contiguity",                                                                                       \
         UF_OPTION_CHOICE,                                                                                   \
         "queen",                                                                                            \
         spatial_contiguities,                                                                               \
         "A shared point is enough (queen), or a shared border is needed (rook)",                            \
         false},                                                                                             \
        {"one-way",                                                                                          \
         UF_OPTION_FLAG,                                                                                     \
         "false",                                                                                            \
         NULL,                                                                                               \
         "A pair of the file counts only as written, not the other way too",                                 \
         false},                                                                                             \
        {"k", UF_OPTION_COUNT, "5", NULL, "How many nearest regions are neighbours", false},                 \
        {"distance",                                                                                         \
         UF_OPTION_NUMBER,                                                                                   \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "Regions this near are neighbours, in the coordinates' unit or km",                                 \
         false},                                                                                             \
        {"coordinates",                                                                                      \
         UF_OPTION_LIST,                                                                                     \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "The columns with the regions' coordinates: X,Y or longitude,latitude",                             \
         true},                                                                                              \
        {"metric",                                                                                           \
         UF_OPTION_CHOICE,                                                                                   \
         "planar",                                                                                           \
         spatial_metrics,                                                                                    \
         "Distances in the plane, or on the globe from degrees (km)",                                        \
         false},                                                                                             \
    {                                                                                                        \
        "style", UF_OPTION_CHOICE, "row", spatial_styles,                                                    \
            "Weights divided by their sum in each row, or as they are", false                                \
    }

/* Weights among all regions of the series, not yet divided by row; how they came about is said in `result`. The k nearest are
 * those among the regions that are `known` (have a figure); the others then have no links. The caller
 * clears them. UF_BAD_USAGE and UF_BAD_INPUT say what is wrong with options, list or coordinates. */
uf_status spatial_neighbours_find(const struct panel_series *series, const bool *known,
                                  const struct uf_options *options, const struct uf_context *context,
                                  struct uf_result *result, struct uf_spatial_weights *out,
                                  struct uf_error *error);
/* The part of it that is by coordinates. */
uf_status spatial_from_coordinates(const struct panel_series *series, const bool *known,
                                   const struct uf_options *options, struct uf_result *result,
                                   struct uf_spatial_weights *out, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PANEL_NETWORK_H
#define UTFALL_PROFILE_PANEL_NETWORK_H
/*
 * A panel by region and sector → the network of regions and the sectors they are specialised in, for the methods that
 * read networks. One place forms the quotients, cuts them at the threshold, takes small regions and sectors out when
 * asked, and says so.
 */
#include <utfall/relatedness.h>

#include "profile/activity_box.h"

struct panel_network {
    struct panel_activity activity; /* one period */
    gsl_matrix *quotient;           /* regions × sectors; NaN: undefined */
    gsl_matrix *presence;           /* 0 and 1; rows and columns taken out are 0 */
    double threshold;
    bool *region_out, *sector_out; /* too small, as asked */
    size_t n_regions, n_sectors;   /* as the activity's */
    size_t n_present;
    size_t *diversity; /* per region: the sectors present there */
    size_t *ubiquity;  /* per sector: the regions it is present in */
};

extern const char *const panel_network_measures[];
extern const char *const panel_network_bases[];
#define PANEL_NETWORK_OPTIONS                                                                                \
    PANEL_ACTIVITY_OPTIONS_WITH("zero"), {"period",                                                          \
                                          UF_OPTION_PERIOD,                                                  \
                                          NULL,                                                              \
                                          NULL,                                                              \
                                          "The period described; default the last with values",              \
                                          false},                                                            \
        {"threshold",                                                                                        \
         UF_OPTION_NUMBER,                                                                                   \
         "1",                                                                                                \
         NULL,                                                                                               \
         "A sector is present in a region where its location quotient is at least this",                     \
         false},                                                                                             \
        {"min-region", UF_OPTION_NUMBER, NULL, NULL, "Take regions with a smaller total out of the network", \
         false},                                                                                             \
    {                                                                                                        \
        "min-sector", UF_OPTION_NUMBER, NULL, NULL, "Take sectors with a smaller total out of the network",  \
            false                                                                                            \
    }
#define PANEL_RELATEDNESS_OPTIONS                                                                            \
    {                                                                                                        \
        "measure",                                                                                           \
        UF_OPTION_CHOICE,                                                                                    \
        "min-conditional",                                                                                   \
        panel_network_measures,                                                                              \
        "What makes two sectors related",                                                                    \
        false},                                                                                              \
    {                                                                                                        \
        "base", UF_OPTION_CHOICE, "occurrences", panel_network_bases,                                        \
            "What a sector's occurrences are counted in", false                                              \
    }

/* Notes on the figures and on the network go to `result`. UF_BAD_INPUT: a missing figure, since each cell of a
 * network touches all, with what can be done. Everything in `out` is released by panel_network_clear. */
uf_status panel_network_new(const struct uf_panel *panel, const struct uf_options *options,
                            enum uf_language language, struct uf_result *result, struct panel_network *out,
                            struct uf_error *error);
/* The same for one of the panel's periods, whatever the option says. */
uf_status panel_network_at(const struct uf_panel *panel, const struct uf_options *options,
                           enum uf_language language, size_t period, struct uf_result *result,
                           struct panel_network *out, struct uf_error *error);
void panel_network_clear(struct panel_network *network);

/* Relatedness of the sectors by the options measure and base; the caller frees it. */
uf_status panel_network_relatedness(const struct panel_network *network, const struct uf_options *options,
                                    gsl_matrix **out, struct uf_error *error);
/* The same of another presence matrix of as many regions and sectors, into `out` (sectors × sectors). */
uf_status panel_network_relate(const gsl_matrix *presence, const struct uf_options *options, gsl_matrix *out,
                               struct uf_error *error);

/* Networks of tables drawn within the rounding of the figures; what is too small as shown stays out. */
struct network_draws {
    const struct panel_network *network;
    struct activity_box box;
    gsl_matrix *quotient, *presence; /* of the table last drawn */
};
uf_status network_draws_new(const struct panel_network *network, struct network_draws *out,
                            struct uf_error *error);
void network_draws_clear(struct network_draws *draws);
/* UF_NOT_IDENTIFIED: nothing is present. */
uf_status network_draws_at(struct network_draws *draws, const double *figures, struct uf_error *error);
#endif

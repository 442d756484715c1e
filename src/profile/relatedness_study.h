// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_RELATEDNESS_STUDY_H
#define UTFALL_PROFILE_RELATEDNESS_STUDY_H
/* What one run of the method `relatedness` has found, and what rounding leaves of it. */
#include "profile/panel_network.h"

/* Sectors and how related they are, whatever that was formed from. */
struct relation {
    const struct uf_panel *panel;
    enum uf_language language;
    size_t n;
    char **code, **label;           /* borrowed */
    size_t *ubiquity;               /* NULL: from flows */
    gsl_matrix *related, *together; /* together: co-occurrences, or the flows */
    const char *period;
    struct rounding_bands
        drawn; /* n × n of relatedness, then of ranks among a sector's partners; empty: exact */
};

/* By the option `average`. */
enum uf_flow_average relation_flow_average(const struct uf_options *options);
/* Bands from draws of the figures; none of exact ones. */
uf_status relation_draw_presence(struct relation *x, const struct panel_network *network,
                                 const struct uf_options *options, const struct uf_context *context,
                                 struct uf_error *error);
uf_status relation_draw_flows(struct relation *x, const struct uf_options *options,
                              const struct uf_context *context, struct uf_error *error);
#endif

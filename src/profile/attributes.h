// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_ATTRIBUTES_H
#define UTFALL_PROFILE_ATTRIBUTES_H
/* What regions are compared by in one period: named indicators (columns of the panel), or shares of sectors. */
#include "profile/panel_activity.h"

struct attributes {
    const struct uf_panel *panel;
    enum uf_language language;
    size_t n_regions, n_columns;
    size_t *region;                 /* indices into the panel's units */
    gsl_matrix *value, *low, *high; /* regions × columns; NaN: missing. Low and high are equal where exact */
    uf_value_status *status;        /* regions × columns */
    const char **label;             /* n_columns, borrowed */
    bool shares;                    /* of sectors; else indicators */
    bool bands;                     /* some figure is rounded */
    size_t period;
    char when[48];                  /* as period_activity.when */
    struct panel_activity activity; /* where `shares` */
};

/* With the panel's sectors: each sector's share of the region's total. Without: the columns that the option
 * `indicators` lists, else the outcome. The period is that of the option `period`, else the last with values. */
uf_status attributes_new(const struct uf_panel *panel, const struct uf_options *options,
                         enum uf_language language, struct uf_result *result, struct attributes *out,
                         struct uf_error *error);
void attributes_clear(struct attributes *attributes);
#endif

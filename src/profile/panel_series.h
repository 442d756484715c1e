// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_PANEL_SERIES_H
#define UTFALL_PROFILE_PANEL_SERIES_H
/*
 * A panel → regions × periods of one figure, for the methods that compare regions and know no sectors. One place decides
 * which rows are regions and which sector is meant.
 */
#include <utfall/method.h>

struct panel_series {
    const struct uf_panel *panel;
    enum uf_language language;
    const struct uf_panel_column *column;
    size_t n_regions, n_periods; /* regions but those left out by option; all periods */
    size_t *region;              /* n_regions: indices into the panel's units */
    size_t *left_out, n_left_out;
    double *value; /* n_regions × n_periods; NaN where missing */
    uf_value_status *status;
};

/* The options every method of this kind has. */
#define PANEL_SERIES_OPTIONS                                                                                 \
    {"in-sector",                                                                                            \
     UF_OPTION_TEXT,                                                                                         \
     NULL,                                                                                                   \
     NULL,                                                                                                   \
     "Code of the sector described, where the figures are of several",                                       \
     false},                                                                                                 \
    {                                                                                                        \
        "leave-out", UF_OPTION_LIST, NULL, NULL,                                                             \
            "Codes of rows that are no regions to compare (the nation)", false                               \
    }

/* UF_BAD_USAGE: a sector or region that is not there, with the nearest one; several sectors and none named. Everything
 * in `out` is released by panel_series_clear. */
uf_status panel_series_new(const struct uf_panel *panel, const struct uf_options *options,
                           enum uf_language language, struct panel_series *out, struct uf_error *error);
void panel_series_clear(struct panel_series *series);

static inline size_t panel_series_at(const struct panel_series *series, size_t region, size_t period)
{
    return region * series->n_periods + period;
}
const char *panel_series_code(const struct panel_series *series, size_t region);
const char *panel_series_label(const struct panel_series *series, size_t region);
/* "" for a single cross-section without a period. */
const char *panel_series_period(const struct panel_series *series, size_t period);

/* "Gotland, Dalarna, … (12)": the labels of the regions that `chosen` marks; the caller frees it. NULL: no memory. */
char *panel_series_names(const struct panel_series *series, const bool *chosen);

/* Regions left out because something is missing: a warning with their names and reasons, and an entry of the ledger. */
uf_status panel_series_tell_missing(const struct panel_series *series, const bool *missing,
                                    uf_value_status reasons, struct uf_result *result,
                                    struct uf_error *error);
#endif

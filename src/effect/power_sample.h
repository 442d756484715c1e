// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_POWER_SAMPLE_H
#define UTFALL_EFFECT_POWER_SAMPLE_H
/* Rows without an effect, with a placebo treatment of the design's shape. */
#include "effect/subsample.h"

struct power_sample {
    struct subsample part;
    bool of_controls;
    size_t n_periods, n_after;     /* in the part: of the first false start */
    size_t all_periods, all_after; /* in the design: of the first start */
};
/* The rows that were not treated: the treated units' until their start, the others' all. */
uf_status power_sample_untreated(const struct uf_did_data *data, struct subsample *out,
                                 struct uf_error *error);
/* `which`: `pre-period` (all units before the first start; the starts moved so that they divide these periods as they do
 * all), `controls` (units never treated, in all periods; the paths of the treated given to the first of them), `auto` (the first where
 * there are at least six periods, else the second). UF_NOT_IDENTIFIED: too few periods, or not twice as many controls
 * as treated. */
uf_status power_sample_init(const struct uf_did_data *data, const char *which, struct power_sample *out,
                            struct uf_error *error);
#endif

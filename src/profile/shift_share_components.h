// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SHIFT_SHARE_COMPONENTS_H
#define UTFALL_PROFILE_SHIFT_SHARE_COMPONENTS_H
/* The components that a variant of shift-share splits a change into, by name. */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/language.h>
#include <utfall/shift_share.h>

enum { SHIFT_SHARE_COMPONENTS_MAX = 8 };
/* Towards which side rounding may leave a part without bound where a sector may be new: its growth rate then has none. */
enum shift_share_openness { PART_BOUNDED, PART_OPEN_ABOVE, PART_OPEN_BELOW };
struct shift_share_component {
    const char *code;
    struct uf_words label;
    size_t offset; /* in struct uf_shift_share */
    enum shift_share_openness where_new;
};
/* National, mix and regional, then what the variant splits the last into; `entry` where some sector came anew. The change is
 * the sum of those that shift_share_adds_up says. Returns how many. */
size_t shift_share_components(enum uf_shift_share_variant variant, bool entry,
                              const struct shift_share_component *out[SHIFT_SHARE_COMPONENTS_MAX]);
/* False of the regional component where the others split it. */
bool shift_share_adds_up(enum uf_shift_share_variant variant, size_t component);

static inline double shift_share_part(const struct uf_shift_share *x,
                                      const struct shift_share_component *component)
{
    return *(const double *)(const void *)((const char *)x + component->offset);
}

/* What rounding leaves of the components of a variant, in their order: values and per cent of the start. */
struct shift_share_band {
    double low[SHIFT_SHARE_COMPONENTS_MAX], high[SHIFT_SHARE_COMPONENTS_MAX];
    double percent_low[SHIFT_SHARE_COMPONENTS_MAX], percent_high[SHIFT_SHARE_COMPONENTS_MAX];
};
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_UNDRAWN_BANDS_H
#define UTFALL_STUDY_UNDRAWN_BANDS_H
/* What rounding leaves open of the numbers in a picture that has no room for bands: cells, tiles, lines. */
#include <stdbool.h>
#include <utfall/method.h>
#include <utfall/table.h>

/* A sentence or two for below the picture: how wide the bands of the hint's values are, which is the widest, and around a
 * reference how many hold it. The bands are the columns VALUE_low and VALUE_high, or `low` and `high`. `unit` is what the
 * figures are rounded to; 0: bands from elsewhere, as hidden figures or sums of rounded ones. Where figures are `rounded`
 * and the method has no band of what is shown, that is said. `*out` is NULL where the bands are drawn, or there are none
 * to speak of. The caller frees it. Linear in the table but for a sort. */
uf_status undrawn_bands_note(const struct uf_chart_hint *hint, const struct uf_table *table, bool rounded,
                             double unit, enum uf_language language, char **out, struct uf_error *error);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_SWITCHED_OFF_H
#define UTFALL_EFFECT_SWITCHED_OFF_H
/* Which units are untreated again after having been treated. */
#include <utfall/panel.h>

/* How many there are, and the first three of them with the period from which they are untreated, for a sentence:
 * “17 2016, 20 2016, 21 2017 …”. The caller frees *out. O(rows). */
uf_status effect_list_switched_off(const struct uf_panel *panel, size_t *count, char **out,
                                   struct uf_error *error);
#endif

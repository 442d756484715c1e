// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_FINDINGS_H
#define UTFALL_PROFILE_FINDINGS_H
/* One sentence per region: the table `METHOD-findings` that each profile method gives beside its numbers. */
#include "profile/panel_activity.h"

/* The sentence of one region in the run's language; the caller frees it. `what` is the method's own. */
typedef uf_status region_sentence_function(const struct panel_activity *activity, const void *what,
                                           size_t region, char **out, struct uf_error *error);

/* The same for one sector. */
typedef uf_status sector_sentence_function(const struct panel_activity *activity, const void *what,
                                           size_t sector, char **out, struct uf_error *error);

/* A table `name` with sector, label, text, in the order of the sectors. */
uf_status findings_sector_table_new(const struct panel_activity *activity, const char *name,
                                    sector_sentence_function *sentence, const void *what,
                                    struct uf_table **out, struct uf_error *error);

/* A table `name` with unit, label, text, in the order of the regions. */
uf_status findings_table_new(const struct panel_activity *activity, const char *name,
                             region_sentence_function *sentence, const void *what, struct uf_table **out,
                             struct uf_error *error);
#endif

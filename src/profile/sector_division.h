// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SECTOR_DIVISION_H
#define UTFALL_PROFILE_SECTOR_DIVISION_H
/* Which sectors count as fine ones, and which broad sector each lies in: by the first letters and digits of their
 * codes, or as listed. */
#include "profile/panel_activity.h"

struct sector_division {
    size_t n_sectors, n_groups;
    size_t *sector; /* indices into the activity's sectors */
    size_t *group;  /* of each */
    char **name;    /* of each group: the code's beginning, or as listed */
    size_t *size;   /* of each group: its sectors */
    size_t n_other; /* sectors of the activity that are not of the fine level, or not listed */
    bool listed;
};

#define SECTOR_DIVISION_OPTIONS                                                                              \
    {"broad",                                                                                                \
     UF_OPTION_COUNT,                                                                                        \
     NULL,                                                                                                   \
     NULL,                                                                                                   \
     "Letters and digits of a code that name its broad sector; default 2",                                   \
     false},                                                                                                 \
        {"fine",                                                                                             \
         UF_OPTION_COUNT,                                                                                    \
         NULL,                                                                                               \
         NULL,                                                                                               \
         "Keep only sectors with that many letters and digits in the code; default all",                     \
         false},                                                                                             \
    {                                                                                                        \
        "groups", UF_OPTION_LIST, NULL, NULL,                                                                \
            "The broad sector of each sector, as C=industry,F=industry; others are left out", false          \
    }

/* UF_BAD_USAGE: `groups` together with `broad` or `fine`, an item that is not CODE=GROUP, a sector that is not there or
 * comes twice, a level without letters, or no sector left. Release by sector_division_clear, also after a failure. */
uf_status sector_division_new(const struct panel_activity *activity, const struct uf_options *options,
                              struct sector_division *out, struct uf_error *error);
void sector_division_clear(struct sector_division *division);

#endif

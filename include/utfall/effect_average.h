// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_AVERAGE_H
#define UTFALL_EFFECT_AVERAGE_H
/* Over what the effects of cohorts and periods are averaged; one list for all estimators that have such cells. */
enum uf_average_kind {
    UF_AVERAGE_SIMPLE,   /* all effects */
    UF_AVERAGE_DYNAMIC,  /* by time since the start */
    UF_AVERAGE_GROUP,    /* by cohort */
    UF_AVERAGE_CALENDAR, /* by period */
    UF_AVERAGE_CELLS     /* each cell by itself */
};
#endif

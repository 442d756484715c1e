// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SCOREBOARD_NOTES_H
#define UTFALL_PROFILE_SCOREBOARD_NOTES_H
/* What the scoreboard says in words. */
#include "profile/scoreboard_sheet.h"

/* One region in one indicator. */
struct score {
    double level, base, nation, peers; /* NaN: missing */
    uf_value_status status, base_status;
    struct uf_rank rank;
    size_t ranked; /* regions that it is ranked among */
};

struct score_count {
    size_t indicators, with_figures, better, worse, improved, worsened, reached;
};
/* Of one region in one priority (PRIORITIES: in all on the list). `scores` are items × units. */
struct score_count score_count(const struct score_sheet *sheet, const struct score *scores, size_t unit,
                               int priority);
/* Why an indicator has no figure for a region: the list's words, else that the data does not have it. */
const char *score_missing_reason(const struct score_sheet *sheet, const struct score_item *item,
                                 uf_value_status status);
/* The table `scoreboard-findings`. */
uf_status score_findings(const struct score_sheet *sheet, const struct score *scores, struct uf_table **out,
                         struct uf_error *error);
uf_status score_tell(const struct score_sheet *sheet, struct uf_result *result, struct uf_error *error);
#endif

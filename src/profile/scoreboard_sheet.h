// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_SCOREBOARD_SHEET_H
#define UTFALL_PROFILE_SCOREBOARD_SHEET_H
/* The list of indicators by priority, and the panel's figures in its order: what the scoreboard is made from. */
#include <utfall/scoreboard.h>

enum {
    PRIORITY_INNOVATION,
    PRIORITY_ENVIRONMENT,
    PRIORITY_COMPETENCE,
    PRIORITY_INTERNATIONAL,
    PRIORITY_NONE, /* in the data, not on the list */
    PRIORITIES
};
/* `innovation-enterprise` … and their words. */
extern const char *const scoreboard_priority_codes[];
extern const struct uf_words scoreboard_priority_words[];
extern const char *const scoreboard_direction_codes[];

/* One indicator. */
struct score_item {
    char *code, *name, *measure; /* measure: its unit, for people; NULL: none */
    char *missing;               /* why there may be no figures, in the run's language; NULL: not said */
    int priority;
    enum uf_direction direction;
    double target; /* NaN: none */
    bool in_data;
    double rounding;
    size_t period, from; /* the period shown and the one it is compared with; SIZE_MAX: none */
    double *value;       /* units × periods; NaN: missing */
    uf_value_status *status;
};

struct score_sheet {
    const struct uf_panel *panel;
    enum uf_language language;
    struct score_item *items; /* by priority, in the list's order */
    size_t n_items;
    size_t nation; /* index of a unit, SIZE_MAX: none in the data */
    bool *peer;    /* per unit: chosen peer */
    size_t n_peers;
    bool *shown; /* per unit: has rows */
};

static inline size_t score_at(const struct score_sheet *sheet, size_t unit, size_t period)
{
    return unit * sheet->panel->periods.count + period;
}

/* UF_BAD_INPUT: an unknown priority, direction or target of the list, with its row. */
uf_status score_sheet_new(const struct uf_panel *panel, const struct uf_options *options,
                          const struct uf_context *context, struct score_sheet *out, struct uf_error *error);
void score_sheet_clear(struct score_sheet *sheet);
/* True where some region, besides the nation, has a figure. */
bool score_has_values(const struct score_sheet *sheet, const struct score_item *item, size_t period);
#endif

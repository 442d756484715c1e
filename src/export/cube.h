// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_CUBE_H
#define UTFALL_EXPORT_CUBE_H
/* The cube that an indicator's observations stand in: dimensions with their categories, and where in row-major order
 * an observation has its place. */
#include "export/contents.h"

enum export_axis_kind {
    EXPORT_AXIS_INDICATOR,
    EXPORT_AXIS_REGION,
    EXPORT_AXIS_SECTOR,
    EXPORT_AXIS_BREAKDOWN,
    EXPORT_AXIS_PERIOD
};
struct export_category {
    const char *code;  /* borrowed; NULL: no code in this dimension */
    const char *label; /* borrowed; NULL: none */
    uf_period period;  /* of the last axis */
};
struct export_axis {
    enum export_axis_kind kind;
    char *id;         /* unique in the cube */
    size_t dimension; /* of breakdowns: place in the contents */
    struct export_category *categories;
    size_t count;
    uint64_t stride;
};
struct export_cube {
    const struct export_indicator *indicator;
    struct export_axis *axes;
    size_t n_axes;
    uint64_t cells;
    uint64_t *regions, *sectors, *breakdowns; /* by place: what it adds to a position */
    uint64_t no_sector, no_breakdown;
    char *none; /* the code of "no code in this dimension": `_Z`, or a longer one where that is taken */
};

/* UF_BAD_INPUT where the cube has more than 2^53 cells. */
uf_status export_cube_make(const struct export_contents *contents, const struct export_indicator *indicator,
                           struct export_cube *out, struct uf_error *error);
void export_cube_clear(struct export_cube *cube);
uint64_t export_cube_position(const struct export_cube *cube, const struct export_row *row);
#endif

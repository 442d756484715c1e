// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REGION_HISTORY_H
#define UTFALL_REGION_HISTORY_H
/*
 * What became of which region: the links between versions of the regional division, the weights by which an
 * analyst carries figures from one version to another, and memberships that the tree of regions does not have
 * (a municipality lies in a county and in an FA region).
 *
 * A change holds from the beginning of its year: `before` had its code until the year before, `after` has it
 * from that year on. A region that goes on under its code is not linked to itself. All structures own what
 * they point to, and are read from CSV files with a header.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_region_change_type {
    UF_REGION_MERGER,   /* `before` ended and went up in `after` */
    UF_REGION_SPLIT,    /* `after` began; it was a part of `before`, which goes on */
    UF_REGION_TRANSFER, /* a part of `before` came to `after`; both have other borders since */
    UF_REGION_RECODE,   /* the same territory under another code */
    UF_REGION_RENAME    /* another name; nothing to do for figures */
};
/* As in files: `merger`, `split`, `transfer`, `recode`, `name`. */
const char *uf_region_change_type_name(enum uf_region_change_type type);

struct uf_region_change {
    int year;
    enum uf_region_change_type type;
    char *before, *after;
    double share; /* the part of `before` that came to `after`; NaN: not known */
};
struct uf_region_history {
    struct uf_region_change *changes;
    size_t count;
};
void uf_region_history_clear(struct uf_region_history *history);
/* Reads a file with the columns year, type, before, after, share (datasets/reference/region_links.csv). A type or
 * year that is none is UF_BAD_INPUT at its line. */
uf_status uf_region_history_read(const char *path, struct uf_region_history *out, struct uf_error *error);

/* Of each `from`, which part goes to which `to`. */
struct uf_crosswalk_row {
    char *from, *to;
    double weight; /* 0 to 1; those of one `from` add up to 1 */
};
struct uf_crosswalk {
    struct uf_crosswalk_row *rows;
    size_t count;
};
void uf_crosswalk_clear(struct uf_crosswalk *crosswalk);
/* Reads a file with the columns from, to, weight. A weight outside 0 to 1, a pair that repeats, and weights of
 * one `from` that do not add up to 1 (to within 1e-6) are UF_BAD_INPUT with the line. The codes stay as
 * written. */
uf_status uf_crosswalk_read(const char *path, struct uf_crosswalk *out, struct uf_error *error);

/* Which region lies in which. */
struct uf_membership {
    char *child, *parent;
    int valid_from, valid_to; /* years in which the child is expected; 0: open */
};
struct uf_memberships {
    struct uf_membership *items;
    size_t count;
};
void uf_memberships_clear(struct uf_memberships *memberships);
/* Reads two columns of a file (datasets/reference/municipality_fa.csv: municipality, fa). A child with two
 * parents is UF_BAD_INPUT. */
uf_status uf_memberships_read(const char *path, const char *child_column, const char *parent_column,
                              struct uf_memberships *out, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PANEL_HARMONISE_PLAN_H
#define UTFALL_PANEL_HARMONISE_PLAN_H
/*
 * What becomes of which region code, worked out before any value is touched: which codes are one unit, where
 * weights carry a value, and when a region existed.
 */
#include <utfall/harmonise.h>

enum { PLAN_NEVER = 100000 }; /* later than any year */

struct plan_node {
    const char *code;            /* borrowed */
    int first_value, last_value; /* years with a value other than 0; 0: none */
    int begins, ends;            /* the years between which the region existed */
    size_t root;                 /* of its unit */
    bool recoded;                /* values came to it under another code */
    bool listed;                 /* it has cells, or a union needs it */
};
struct plan_weight {
    size_t from, to;
    double weight;
    int year; /* of the change that it undoes; 0: in all years */
};
struct plan {
    struct plan_node *nodes; /* by code */
    size_t n_nodes;
    struct plan_weight *weights;
    size_t n_weights;
    size_t *unit_size; /* n_nodes, at the root: nodes in the unit */
    char **unit_code;  /* n_nodes, at the root */
    int as_of;
};
void plan_clear(struct plan *plan);

/* The node of a code, or SIZE_MAX. */
size_t plan_find(const struct plan *plan, const char *code);
bool plan_exists(const struct plan_node *node, int year);
/* Where a value of a node goes in a year: at most `n_nodes` pairs of unit (root) and weight, units once. */
size_t plan_targets(const struct plan *plan, size_t node, int year, size_t *out_units, double *out_weights);

/* `cells` are sorted. Codes that were only renamed are given their new name in `cells` first. */
uf_status plan_make(struct uf_cells *cells, const struct uf_harmonise_options *options, struct plan *out,
                    struct uf_error *error);
#endif

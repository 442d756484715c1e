// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_AGGREGATE_H
#define UTFALL_AGGREGATE_H
/*
 * Figures of parts → figures of the wholes they lie in: municipality → county → NUTS 2 → NUTS 1 → nation, and
 * municipality → FA region. A stock or flow is added up; a mean is weighted by a named indicator; a share is the
 * sum of a named numerator over the sum of a named denominator.
 *
 * A part that is expected and has no value makes the whole missing (UF_VALUE_INCOMPLETE). A region is expected
 * as a part in the years in which it existed. Where the publisher gives the whole too, the published value stands
 * and the gap to the sum of the parts is told with its likely reason; nothing is rescaled to fit.
 */
#include <stdbool.h>
#include <utfall/cells.h>
#include <utfall/language.h>
#include <utfall/region_history.h>
#include <utfall/result.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_aggregate_way { UF_AGGREGATE_SUM, UF_AGGREGATE_MEAN, UF_AGGREGATE_SHARE };
/* `sum`, `mean`, `share`; anything else is UF_BAD_USAGE with the nearest. NULL: a sum. */
uf_status uf_aggregate_way_parse(const char *text, enum uf_aggregate_way *out, struct uf_error *error);

/* One whole. */
struct uf_aggregate_cell {
    const char *region; /* borrowed from the memberships */
    size_t series;
    uf_period period;
    double value; /* NaN where the status is missing */
    uf_value_status status;
    double partial;             /* the same over the parts that are there; NaN: none is */
    size_t n_parts, n_present;  /* parts expected, and parts with a value (and weight) */
    uf_value_status part_flags; /* all statuses of the parts together */
};

/* The kernel. With parts i of whole g in a year, and w the cells' weights:
 *
 *   sum    Σ v_i          mean   Σ w_i v_i / Σ w_i          share   Σ v_i / Σ w_i   (v numerator, w denominator)
 *
 * `cells` are those of the parts, sorted; a cell whose region is in no membership is passed over. A whole gets a
 * row for each series and period in which any of its parts has a cell. A part is expected in the years from its
 * valid_from to its valid_to, and wherever it has a cell with a value. A mean or share of weights that add up to 0
 * is UF_VALUE_UNDEFINED. `allow_missing` gives `partial` as the value. Adding up in two steps is the same as in
 * one, for sums. The result is ordered by region, series, period; free it with free(). Cost: O(n log n). */
uf_status uf_aggregate(const struct uf_cells *cells, const struct uf_memberships *memberships,
                       enum uf_aggregate_way way, bool allow_missing, struct uf_aggregate_cell **out,
                       size_t *out_count, struct uf_error *error);

/* Why parts do not add up to the published whole. */
enum uf_gap_reason {
    UF_GAP_NONE,        /* they do */
    UF_GAP_ROUNDING,    /* at most what rounding the parts and the whole can make */
    UF_GAP_NOISE,       /* a part or the whole is protected by noise */
    UF_GAP_SUPPRESSION, /* parts are missing, and the whole is at least as large as those that are there */
    UF_GAP_NO_TOTAL,    /* the whole itself is missing */
    UF_GAP_UNEXPLAINED
};
/* Both languages, as `rounding`, `avrundning`. */
struct uf_words uf_gap_reason_words(enum uf_gap_reason reason);
/* gap = published - partial. With n parts that are there and the rounding unit u (0: exact) rounding explains
 * |gap| <= (n + 1) u / 2: each part and the whole are off by u / 2 at most. O(1). */
enum uf_gap_reason uf_gap_judge(const struct uf_aggregate_cell *sum, double published,
                                uf_value_status published_status, double unit);

struct uf_aggregate_request {
    const char *indicator;  /* the parts; for a share the new indicator, and what is below names the rest */
    const char *from_level; /* NULL: the nearest level below that has values */
    const char *to_level;
    enum uf_aggregate_way way;
    const char *weight;                  /* of a mean */
    const char *numerator, *denominator; /* of a share */
    double factor;                       /* of a share, as 100 for per cent; 0: 1 */
    bool allow_missing;
    const struct uf_memberships *memberships; /* a second hierarchy (FA regions); NULL: the tree of regions */
    enum uf_language language;
};
/* Two tables: `out_values` with region, sector, breakdown (where there is any), period, value, n_children and
 * n_present; `out_gaps` (may be NULL) with region, sector, period, published, sum_of_parts, total_gap, n_parts, n_missing, reason:
 * each whole of a sum that the publisher gives too and that its parts do not add up to. A sum of a ratio and a
 * level that is not above are UF_BAD_USAGE. */
uf_status uf_aggregate_tables(struct uf_store *store, const struct uf_aggregate_request *request,
                              struct uf_table **out_values, struct uf_table **out_gaps,
                              struct uf_error *error);

/* The same into the store: the wholes that the publisher does not give become observations of `as` (NULL: the
 * indicator itself) in a batch of their own. `log` gets the table `gaps-CODE-LEVEL` where there are gaps, a note
 * that counts them by reason, and a line in the ledger. A sum under a name of its own gets the rounding unit of its
 * parts times the largest number of them; under the indicator's own name the unit stays that of one part, and a note
 * says that bands are then too narrow. One transaction. */
uf_status uf_aggregate_indicator(struct uf_store *store, const struct uf_aggregate_request *request,
                                 const struct uf_indicator *as, struct uf_result *log,
                                 struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_HARMONISE_H
#define UTFALL_HARMONISE_H
/*
 * Figures of regions whose borders or codes changed → figures of units that mean the same in every period.
 *
 * Without weights, regions that a change connects are merged back to the smallest unit that all versions have
 * in common: the union of every code that a change links, over the changes that lie between the versions
 * present (the periods of the figures, and the version asked for). Where that union holds one region of the
 * version asked for, it goes under that region's code (Kristianstad and Malmöhus → Skåne); else under the
 * codes joined by `+` (`SE121+SE125`, Uppsala with Västmanland, since Heby moved).
 *
 * With weights (a crosswalk, or the shares of the changes), a value of one version is divided over the regions
 * of the other. Sums are conserved either way. A ratio is merged as the mean of its parts weighted by its
 * denominator, and refused where that is not given.
 *
 * Whether a series changes its borders at all is told by the series: where a region that ended (11) or one that
 * had begun later (0330 before 2003) says otherwise, or where the caller knows, the publisher has already
 * recalculated it.
 */
#include <stdbool.h>
#include <utfall/cells.h>
#include <utfall/language.h>
#include <utfall/region_history.h>
#include <utfall/result.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_harmonise_options {
    int as_of; /* the year whose division is asked for; 0: harmonise nothing, only refuse what does not go together */
    const struct uf_region_history *history;
    const struct uf_crosswalk *crosswalk; /* NULL: merge */
    enum uf_indicator_kind kind;          /* a ratio needs the cells' weights: its denominator */
    bool one_division;     /* the publisher gives all periods in one division: borders do not move */
    const char *indicator; /* for messages */
};

enum uf_harmonise_way { UF_HARMONISE_MERGED, UF_HARMONISE_RECODED, UF_HARMONISE_WEIGHTED };
/* What became of the regions of one unit. */
struct uf_harmonise_step {
    enum uf_harmonise_way way;
    char *unit;                             /* code of the unit */
    char *members;                          /* `11, SE224`; with weights `SE125 × 0.95` */
    size_t n_before, n_after, n_incomplete; /* cells; incomplete: a part was missing */
};

struct uf_harmonised {
    struct uf_cells cells; /* sorted; cells that nothing happened to are as they were */
    struct uf_harmonise_step *steps;
    size_t n_steps;
};
void uf_harmonised_clear(struct uf_harmonised *harmonised);

/* The kernel. With R regions, C changes and n cells:
 *
 *   value(unit, s, t) = Σ over parts r of the unit in t:  w(r → unit) · value(r, s, t)
 *   of a ratio:         Σ w·d·value / Σ w·d,  d the denominator
 *
 * A part that is missing or absent makes the value missing (UF_VALUE_INCOMPLETE);
 * a value that rests on a weight between 0 and 1 is UF_VALUE_ESTIMATED. UF_BAD_INPUT, naming the codes: codes
 * of two versions of one region meet (as_of 0), or in one period; a value after its region ended. UF_BAD_USAGE:
 * a ratio that would have to be merged without its denominator. Cost: O(n log n + R·C). */
uf_status uf_harmonise(const struct uf_cells *cells, const struct uf_harmonise_options *options,
                       struct uf_harmonised *out, struct uf_error *error);

/* Harmonises a stored indicator in place: the values as published move to `INDICATOR:as-published`, new ones take
 * their place, and units that did not exist become regions. `denominator` names the indicator that a ratio is
 * divided by (NULL: none). One transaction; nothing is written where nothing changes. The ledger and notes of
 * `log` get one entry for each unit, in `language`. */
uf_status uf_harmonise_indicator(struct uf_store *store, const struct uf_harmonise_options *options,
                                 const char *denominator, enum uf_language language, struct uf_result *log,
                                 struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

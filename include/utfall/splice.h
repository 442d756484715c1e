// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SPLICE_H
#define UTFALL_SPLICE_H
/*
 * Several series of the same thing (an old and a new classification, an old and a new source) → one series.
 *
 * The parts come oldest first. At each seam the newer part begins with its first period that has a value; from
 * there on it is the series. Before it stands the older part, as it is, or multiplied per region and series
 * by the ratio of the two in the periods that both have: so that each part keeps its own growth, and the
 * newest part its level. The seam is a break in the series and says so (UF_VALUE_BREAK); a value that was
 * multiplied is UF_VALUE_ESTIMATED.
 */
#include <stdbool.h>
#include <utfall/cells.h>
#include <utfall/language.h>
#include <utfall/result.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_splice_way { UF_SPLICE_AS_IS, UF_SPLICE_RATIO };
/* `as-is`, `ratio-at-overlap`; anything else is UF_BAD_USAGE with the nearest. NULL: as it is. */
uf_status uf_splice_way_parse(const char *text, enum uf_splice_way *out, struct uf_error *error);

/* The periods of one seam that both parts are compared in, ends included; 0: all that both have. */
struct uf_splice_span {
    uf_period from, to;
};
struct uf_splice_options {
    enum uf_splice_way way;
    const struct uf_splice_span *spans; /* one for each seam, or none */
    size_t n_spans;
};

/* One region and series at one seam, in one period that both parts have. */
struct uf_splice_overlap {
    const char *region; /* borrowed from the cells of the parts */
    size_t series, seam;
    uf_period period;
    double older, newer;
    double ratio; /* of the region and series over the whole overlap: Σ newer / Σ older; NaN: none */
};
struct uf_spliced {
    struct uf_cells cells; /* sorted */
    uf_period *seams;      /* n_parts - 1: the first period of each newer part */
    size_t n_seams;
    struct uf_splice_overlap *overlaps; /* by seam, region, series, period */
    size_t n_overlaps;
    size_t n_rescaled; /* values that were multiplied */
};
void uf_spliced_clear(struct uf_spliced *spliced);

/* The kernel; `parts` oldest first, sorted, 2 or more. With o, n the older and newer part and O the overlap:
 *
 *   ratio(r, s) = Σ_{t in O} n(r, s, t) / Σ_{t in O} o(r, s, t)     over t where both have a value
 *   series(r, s, t) = n(r, s, t) from the seam on, else ratio · o(r, s, t)
 *
 * Three parts are joined from the newest backwards, so that ratios chain. UF_BAD_INPUT: parts that are not in
 * order of time. UF_NOT_IDENTIFIED, naming the regions: a ratio whose overlap is missing or zero, where the older
 * part has a value other than 0 to carry over. Cost: O(n log n). */
uf_status uf_splice(const struct uf_cells *const *parts, size_t n_parts,
                    const struct uf_splice_options *options, struct uf_spliced *out, struct uf_error *error);

/* Splices stored indicators into a new one, `as->code`, whose kind, rounding and unnamed fields are those
 * of the newest part. Parts of different kind or unit are UF_BAD_INPUT. The table `splice-CODE` of `log` has the
 * overlap; the notes say the method and the seam. One transaction. */
uf_status uf_splice_indicators(struct uf_store *store, const struct uf_indicator *as,
                               const char *const *parts, size_t n_parts,
                               const struct uf_splice_options *options, enum uf_language language,
                               struct uf_result *log, struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

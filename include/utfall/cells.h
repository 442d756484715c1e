// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CELLS_H
#define UTFALL_CELLS_H
/*
 * Long columns of one indicator: a value per region × series × period, where a series is a sector and a
 * breakdown. They are what harmonising, splicing and aggregating take and give, before any expression is
 * computed from them: a share of sums is not a sum of shares.
 *
 * A list of cells owns its items and the codes they point to. The texts of series lie in a list of their own,
 * so that several indicators can share one numbering.
 */
#include <stddef.h>
#include <utfall/period.h>
#include <utfall/status.h>
#include <utfall/store.h>
#include <utfall/text.h>
#include <utfall/value_status.h>

#ifdef __cplusplus
extern "C" {
#endif

struct uf_cell {
    const char *region; /* canonical code */
    size_t series;
    uf_period period;
    double value; /* NaN if and only if the status is missing */
    uf_value_status status;
    double weight; /* of a mean, or the denominator of a ratio; NaN: none known */
};

struct uf_cells {
    struct uf_cell *items;
    size_t count, capacity;
    struct uf_text_list codes; /* what the items point to */
};
void uf_cells_init(struct uf_cells *cells);
void uf_cells_clear(struct uf_cells *cells);
/* Appends a cell; its code is copied. Amortised O(1) where cells come region by region, else O(codes). */
uf_status uf_cells_add(struct uf_cells *cells, const struct uf_cell *cell, struct uf_error *error);
/* Sorts by region, series, period. */
void uf_cells_sort(struct uf_cells *cells);
/* The cell at a key in sorted cells, or NULL. O(log n). */
const struct uf_cell *uf_cells_find(const struct uf_cells *cells, const char *region, size_t series,
                                    uf_period period);

/* Sector and breakdown of a series, each possibly empty; the caller frees them. */
uf_status uf_series_split(const struct uf_text_list *series, size_t index, char **out_sector,
                          char **out_breakdown, struct uf_error *error);

/* All stored values of an indicator at a level (NULL: at all levels), sorted. New series are added to `series`.
 * An unknown indicator is UF_BAD_INPUT with the nearest one. */
uf_status uf_cells_read(struct uf_store *store, const char *indicator, const char *level,
                        struct uf_text_list *series, struct uf_cells *out, struct uf_error *error);
/* Gives each cell of `cells` the value of the same cell in `weights` as its weight; a negative one is
 * UF_BAD_INPUT. A weight that stands without series (a population beside values by sector) counts for all
 * series. Both sorted. */
uf_status uf_cells_weigh(struct uf_cells *cells, const struct uf_cells *weights,
                         const struct uf_text_list *series, struct uf_error *error);
/* Stores cells under an indicator as a batch of its own, whose path says how they were made. Inside a
 * transaction. A cell that the store has with another value is UF_BAD_INPUT. */
uf_status uf_cells_write(struct uf_store *store, const char *indicator, const char *made, const char *how,
                         const struct uf_text_list *series, const struct uf_cells *cells,
                         struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

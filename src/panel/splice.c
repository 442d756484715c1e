// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/splice.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_spliced_clear(struct uf_spliced *spliced)
{
    uf_cells_clear(&spliced->cells);
    free(spliced->seams);
    free(spliced->overlaps);
    *spliced = (struct uf_spliced){0};
}

uf_status uf_splice_way_parse(const char *text, enum uf_splice_way *out, struct uf_error *error)
{
    static const char *const names[] = {[UF_SPLICE_AS_IS] = "as-is", [UF_SPLICE_RATIO] = "ratio-at-overlap"};
    for (size_t i = 0; i < 2; i++)
        if (!text || !strcmp(text, names[i])) {
            *out = (enum uf_splice_way)i;
            return UF_OK;
        }
    const char *nearest = uf_text_nearest(text, names, 2);
    return uf_fail(error, UF_BAD_USAGE, "found the method '%s', expected as-is or ratio-at-overlap%s%s%s",
                   text, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static uf_status first_period(const struct uf_cells *cells, uf_period *out, struct uf_error *error)
{
    uf_period first = 0;
    for (size_t i = 0; i < cells->count; i++)
        if (!isnan(cells->items[i].value) && (!first || cells->items[i].period < first))
            first = cells->items[i].period;
    if (!first) return uf_fail(error, UF_BAD_INPUT, "a part to splice has no value at all");
    *out = first;
    return UF_OK;
}

static uf_status add_overlap(struct uf_spliced *out, const struct uf_splice_overlap *overlap,
                             size_t *capacity, struct uf_error *error)
{
    if (out->n_overlaps == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 64;
        struct uf_splice_overlap *items = realloc(out->overlaps, larger * sizeof *items);
        if (!items) return uf_fail_memory(error);
        out->overlaps = items;
        *capacity = larger;
    }
    out->overlaps[out->n_overlaps++] = *overlap;
    return UF_OK;
}

/* One seam: the older part and the series that is spliced so far. */
struct seam {
    const struct uf_cells *older, *newer;
    size_t number;
    uf_period begins;
    struct uf_splice_span span;
    enum uf_splice_way way;
    struct uf_buffer unidentified; /* regions without a ratio */
    size_t n_unidentified;
};

static bool in_span(const struct seam *seam, uf_period period)
{
    return (!seam->span.from || period >= seam->span.from) && (!seam->span.to || period <= seam->span.to);
}

/* The overlap of one region and series: cells `first` to `last` of the older part. */
static uf_status compare(const struct seam *seam, size_t first, size_t last, double *ratio,
                         struct uf_spliced *out, size_t *capacity, struct uf_error *error)
{
    double older = 0, newer = 0;
    const size_t begin = out->n_overlaps;
    for (size_t i = first; i < last; i++) {
        const struct uf_cell *cell = &seam->older->items[i];
        const struct uf_cell *other = uf_cells_find(seam->newer, cell->region, cell->series, cell->period);
        if (!other || isnan(cell->value) || isnan(other->value) || !in_span(seam, cell->period)) continue;
        const struct uf_splice_overlap overlap = {cell->region, cell->series, seam->number, cell->period,
                                                  cell->value,  other->value, NAN};
        UF_TRY(add_overlap(out, &overlap, capacity, error));
        older += cell->value;
        newer += other->value;
    }
    const bool any = out->n_overlaps > begin;
    *ratio = any && older != 0 ? newer / older : NAN; /* a newer 0 is no ratio to carry a level by */
    if (newer == 0) *ratio = NAN;
    for (size_t k = begin; k < out->n_overlaps; k++) out->overlaps[k].ratio = *ratio;
    return UF_OK;
}

static void name_unidentified(struct seam *seam, const char *region)
{
    enum { NAMED = 10 };
    if (seam->n_unidentified++ >= NAMED) return;
    if (seam->unidentified.length) uf_buffer_append(&seam->unidentified, ", ");
    uf_buffer_append(&seam->unidentified, region);
}

static uf_status carry_older(struct seam *seam, struct uf_spliced *out, size_t *capacity,
                             struct uf_cells *cells, struct uf_error *error)
{
    const struct uf_cells *older = seam->older;
    const char *named = NULL;
    for (size_t i = 0, n; i < older->count; i += n) {
        const struct uf_cell *head = &older->items[i];
        for (n = 1; i + n < older->count && older->items[i + n].series == head->series &&
                    !strcmp(older->items[i + n].region, head->region);
             n++) {
        }
        double ratio;
        UF_TRY(compare(seam, i, i + n, &ratio, out, capacity, error));
        bool lost = false;
        for (size_t k = i; k < i + n; k++) {
            struct uf_cell cell = older->items[k];
            if (cell.period >= seam->begins) continue;
            if (seam->way == UF_SPLICE_RATIO && !isnan(cell.value) && cell.value != 0) {
                lost = lost || isnan(ratio);
                cell.value *= ratio;
                cell.status |= UF_VALUE_ESTIMATED;
                out->n_rescaled++;
            }
            UF_TRY(uf_cells_add(cells, &cell, error));
        }
        if (lost && (!named || strcmp(named, head->region) != 0))
            name_unidentified(seam, named = head->region);
    }
    return UF_OK;
}

static uf_status carry_newer(const struct seam *seam, struct uf_cells *cells, struct uf_error *error)
{
    for (size_t i = 0; i < seam->newer->count; i++) {
        struct uf_cell cell = seam->newer->items[i];
        if (cell.period < seam->begins) continue;
        if (cell.period == seam->begins) cell.status |= UF_VALUE_BREAK;
        UF_TRY(uf_cells_add(cells, &cell, error));
    }
    uf_cells_sort(cells);
    return UF_OK;
}

static uf_status join(struct seam *seam, struct uf_spliced *out, size_t *capacity, struct uf_cells *cells,
                      struct uf_error *error)
{
    uf_period first = 0;
    UF_TRY(first_period(seam->older, &first, error));
    UF_TRY(first_period(seam->newer, &seam->begins, error));
    char older[UF_PERIOD_SIZE], newer[UF_PERIOD_SIZE];
    if (first >= seam->begins)
        return uf_fail(
            error, UF_BAD_INPUT,
            "part %zu begins in %s and part %zu in %s; name the parts from the oldest to the newest",
            seam->number + 1, uf_period_print(first, older), seam->number + 2,
            uf_period_print(seam->begins, newer));
    uf_buffer_init(&seam->unidentified);
    uf_status status = carry_older(seam, out, capacity, cells, error);
    if (status == UF_OK && seam->n_unidentified)
        status =
            uf_fail(error, UF_NOT_IDENTIFIED,
                    "the ratio at the overlap cannot be computed for %zu regions (%s%s): no period in which "
                    "both parts have a value, or a sum of 0; name other overlap periods, leave these "
                    "regions out, or splice as-is",
                    seam->n_unidentified, seam->unidentified.data ? seam->unidentified.data : "",
                    seam->n_unidentified > 10 ? " …" : "");
    uf_buffer_clear(&seam->unidentified);
    return status == UF_OK ? carry_newer(seam, cells, error) : status;
}

static int by_seam(const void *a, const void *b)
{
    const struct uf_splice_overlap *left = a, *right = b;
    if (left->seam != right->seam) return left->seam < right->seam ? -1 : 1;
    int order = strcmp(left->region, right->region);
    if (order) return order;
    if (left->series != right->series) return left->series < right->series ? -1 : 1;
    return (left->period > right->period) - (left->period < right->period);
}

uf_status uf_splice(const struct uf_cells *const *parts, size_t n_parts,
                    const struct uf_splice_options *options, struct uf_spliced *out, struct uf_error *error)
{
    static const struct uf_splice_options defaults = {0};
    if (!options) options = &defaults;
    if (n_parts < 2) return uf_fail(error, UF_BAD_USAGE, "a splice needs two parts or more");
    if (options->n_spans && options->n_spans != n_parts - 1)
        return uf_fail(error, UF_BAD_USAGE,
                       "found %zu overlaps for %zu parts, expected one for each seam: %zu", options->n_spans,
                       n_parts, n_parts - 1);
    struct uf_spliced spliced = {.n_seams = n_parts - 1};
    uf_cells_init(&spliced.cells);
    spliced.seams = calloc(n_parts, sizeof *spliced.seams);
    uf_status status = spliced.seams ? UF_OK : uf_fail_memory(error);
    const struct uf_cells *newer = parts[n_parts - 1];
    struct uf_cells joined, before;
    uf_cells_init(&before);
    size_t capacity = 0;
    for (size_t k = n_parts - 1; k-- > 0 && status == UF_OK;) {
        struct seam seam = {.older = parts[k], .newer = newer, .number = k, .way = options->way};
        if (options->n_spans) seam.span = options->spans[k];
        uf_cells_init(&joined);
        status = join(&seam, &spliced, &capacity, &joined, error);
        spliced.seams[k] = seam.begins;
        uf_cells_clear(&before);
        before = joined;
        newer = &before;
    }
    if (status == UF_OK) {
        if (spliced.n_overlaps)
            qsort(spliced.overlaps, spliced.n_overlaps, sizeof *spliced.overlaps, by_seam);
        spliced.cells = before;
        *out = spliced;
        return UF_OK;
    }
    uf_cells_clear(&before);
    uf_spliced_clear(&spliced);
    return status;
}

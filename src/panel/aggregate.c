// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/aggregate.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

uf_status uf_aggregate_way_parse(const char *text, enum uf_aggregate_way *out, struct uf_error *error)
{
    static const char *const names[] = {
        [UF_AGGREGATE_SUM] = "sum", [UF_AGGREGATE_MEAN] = "mean", [UF_AGGREGATE_SHARE] = "share"};
    for (size_t i = 0; i < 3; i++)
        if (!text || !strcmp(text, names[i])) {
            *out = (enum uf_aggregate_way)i;
            return UF_OK;
        }
    const char *nearest = uf_text_nearest(text, names, 3);
    return uf_fail(error, UF_BAD_USAGE, "found '%s', expected sum, mean or share%s%s%s", text,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* --- gaps -------------------------------------------------------------------------------------- */

struct uf_words uf_gap_reason_words(enum uf_gap_reason reason)
{
    static const struct uf_words words[] = {[UF_GAP_NONE] = {"none", "ingen"},
                                            [UF_GAP_ROUNDING] = {"rounding", "avrundning"},
                                            [UF_GAP_NOISE] = {"noise", "brus"},
                                            [UF_GAP_SUPPRESSION] = {"missing parts", "saknade delar"},
                                            [UF_GAP_NO_TOTAL] = {"total missing", "totalen saknas"},
                                            [UF_GAP_UNEXPLAINED] = {"unexplained", "oförklarad"}};
    return words[reason];
}

enum uf_gap_reason uf_gap_judge(const struct uf_aggregate_cell *sum, double published,
                                uf_value_status published_status, double unit)
{
    if (isnan(published)) return UF_GAP_NO_TOTAL;
    const double gap = published - (isnan(sum->partial) ? 0 : sum->partial);
    const double tiny = 1e-9 * fmax(fabs(published), isnan(sum->partial) ? 0 : fabs(sum->partial));
    const double rounding = (double)(sum->n_present + 1) * unit / 2;
    if (sum->n_present == sum->n_parts) {
        if (fabs(gap) <= tiny) return UF_GAP_NONE;
        if (fabs(gap) <= rounding + tiny) return UF_GAP_ROUNDING;
    }
    if (sum->n_present < sum->n_parts && gap >= -(rounding + tiny)) return UF_GAP_SUPPRESSION;
    if ((sum->part_flags | published_status) & UF_VALUE_NOISE) return UF_GAP_NOISE;
    return UF_GAP_UNEXPLAINED;
}

/* --- the kernel -------------------------------------------------------------------------------- */

/* A part's cell at its whole. */
struct part {
    const char *whole;
    const struct uf_cell *cell;
};

static int by_whole(const void *a, const void *b)
{
    const struct part *left = a, *right = b;
    int order = strcmp(left->whole, right->whole);
    if (order) return order;
    if (left->cell->series != right->cell->series) return left->cell->series < right->cell->series ? -1 : 1;
    if (left->cell->period != right->cell->period) return left->cell->period < right->cell->period ? -1 : 1;
    return strcmp(left->cell->region, right->cell->region); /* sums in one order give the same bytes */
}

static int by_parent(const void *a, const void *b)
{
    const struct uf_membership *left = a, *right = b;
    int order = strcmp(left->parent, right->parent);
    return order ? order : strcmp(left->child, right->child);
}

static int by_child(const void *a, const void *b)
{
    return strcmp(((const struct uf_membership *)a)->child, ((const struct uf_membership *)b)->child);
}

static uf_status sort_memberships(const struct uf_memberships *memberships,
                                  int (*order)(const void *, const void *), struct uf_membership **out,
                                  struct uf_error *error)
{
    struct uf_membership *items = malloc((memberships->count + 1) * sizeof *items);
    if (!items) return uf_fail_memory(error);
    if (memberships->count) {
        memcpy(items, memberships->items, memberships->count * sizeof *items);
        qsort(items, memberships->count, sizeof *items, order);
    }
    *out = items;
    return UF_OK;
}

static uf_status place_parts(const struct uf_cells *cells, const struct uf_membership *of_child, size_t n,
                             struct part **out, size_t *out_count, struct uf_error *error)
{
    struct part *parts = malloc((cells->count + 1) * sizeof *parts);
    if (!parts) return uf_fail_memory(error);
    size_t count = 0;
    const struct uf_membership *membership = NULL;
    for (size_t i = 0; i < cells->count; i++) {
        const struct uf_cell *cell = &cells->items[i];
        if (i == 0 || strcmp(cell->region, cells->items[i - 1].region) != 0) {
            const struct uf_membership key = {.child = (char *)cell->region};
            membership = n ? bsearch(&key, of_child, n, sizeof key, by_child) : NULL;
        }
        if (membership) parts[count++] = (struct part){membership->parent, cell};
    }
    if (count) qsort(parts, count, sizeof *parts, by_whole);
    *out = parts;
    *out_count = count;
    return UF_OK;
}

static bool has_value(const struct uf_cell *cell, enum uf_aggregate_way way)
{
    return !isnan(cell->value) && (way == UF_AGGREGATE_SUM || !isnan(cell->weight));
}

/* Parts expected of a whole in a year: those that existed then, and those that have a value all the same. */
static size_t count_expected(const struct uf_membership *children, size_t n, const struct part *parts,
                             size_t n_cells, enum uf_aggregate_way way, int year)
{
    size_t expected = 0, k = 0;
    for (size_t i = 0; i < n; i++) {
        const struct uf_membership *child = &children[i];
        bool lives = (!child->valid_from || child->valid_from <= year) &&
                     (!child->valid_to || year <= child->valid_to);
        while (k < n_cells && strcmp(parts[k].cell->region, child->child) < 0) k++;
        bool there =
            k < n_cells && !strcmp(parts[k].cell->region, child->child) && has_value(parts[k].cell, way);
        if (lives || there) expected++;
    }
    return expected;
}

static void add_up(const struct part *parts, size_t n, enum uf_aggregate_way way, bool allow_missing,
                   struct uf_aggregate_cell *out)
{
    double sum = 0, total = 0;
    uf_value_status remarks = 0;
    for (size_t k = 0; k < n; k++) {
        const struct uf_cell *cell = parts[k].cell;
        out->part_flags |= cell->status;
        remarks |= cell->status & ~(uf_value_status)UF_VALUE_MISSING_MASK;
        if (!has_value(cell, way)) continue;
        out->n_present++;
        sum += way == UF_AGGREGATE_MEAN ? cell->weight * cell->value : cell->value;
        total += way == UF_AGGREGATE_SUM ? 0 : cell->weight;
    }
    remarks &= ~(uf_value_status)(UF_VALUE_TRUE_ZERO | UF_VALUE_BELOW_HALF);
    const bool whole = out->n_present >= out->n_parts || (allow_missing && out->n_present > 0),
               defined = way == UF_AGGREGATE_SUM || total > 0;
    out->partial = out->n_present && defined ? (way == UF_AGGREGATE_SUM ? sum : sum / total) : NAN;
    out->value = whole ? out->partial : NAN;
    out->status = remarks;
    if (!whole)
        out->status = UF_VALUE_INCOMPLETE; /* the reasons of the parts are the parts' own */
    else if (!defined)
        out->status |= UF_VALUE_UNDEFINED;
}

uf_status uf_aggregate(const struct uf_cells *cells, const struct uf_memberships *memberships,
                       enum uf_aggregate_way way, bool allow_missing, struct uf_aggregate_cell **out,
                       size_t *out_count, struct uf_error *error)
{
    struct uf_membership *of_child = NULL, *of_parent = NULL;
    struct part *parts = NULL;
    struct uf_aggregate_cell *items = NULL;
    size_t n_parts = 0, count = 0;
    uf_status status = sort_memberships(memberships, by_child, &of_child, error);
    if (status == UF_OK) status = sort_memberships(memberships, by_parent, &of_parent, error);
    if (status == UF_OK) status = place_parts(cells, of_child, memberships->count, &parts, &n_parts, error);
    if (status == UF_OK) items = calloc(n_parts + 1, sizeof *items);
    if (status == UF_OK && !items) status = uf_fail_memory(error);
    size_t first = 0, last = 0; /* children of the current whole */
    for (size_t i = 0, n; i < n_parts && status == UF_OK; i += n) {
        const struct part *head = &parts[i];
        for (n = 1; i + n < n_parts; n++) {
            const struct part *next = &parts[i + n];
            if (strcmp(next->whole, head->whole) != 0 || next->cell->series != head->cell->series ||
                next->cell->period != head->cell->period)
                break;
        }
        while (first < memberships->count && strcmp(of_parent[first].parent, head->whole) < 0) first++;
        for (last = first; last < memberships->count && !strcmp(of_parent[last].parent, head->whole);
             last++) {
        }
        struct uf_aggregate_cell *cell = &items[count++];
        *cell = (struct uf_aggregate_cell){
            .region = head->whole, .series = head->cell->series, .period = head->cell->period};
        cell->n_parts =
            count_expected(&of_parent[first], last - first, head, n, way, uf_period_year(head->cell->period));
        add_up(head, n, way, allow_missing, cell);
    }
    free(parts);
    free(of_parent);
    free(of_child);
    if (status != UF_OK) {
        free(items);
        return status;
    }
    *out = items;
    *out_count = count;
    return UF_OK;
}

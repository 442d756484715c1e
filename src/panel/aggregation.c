// SPDX-License-Identifier: GPL-3.0-or-later
/* Which parts an aggregation has, and which wholes they lie in. */
#include "panel/aggregation.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/selection.h"

void aggregation_clear(struct aggregation *work)
{
    indicator_facts_clear(&work->facts);
    uf_text_list_clear(&work->series);
    uf_cells_clear(&work->parts);
    uf_cells_clear(&work->weights);
    uf_cells_clear(&work->published);
    uf_memberships_clear(&work->memberships);
    free(work->wholes);
}

/* --- levels ------------------------------------------------------------------------------------ */

static const char *const LEVELS[] = {"country", "nuts1", "nuts2", "nuts3", "municipality", "fa"};
enum { N_LEVELS = 6, COUNTRY = 0, MUNICIPALITY = 4, FA = 5 };

static size_t rank_of(const char *level)
{
    size_t rank = 0;
    while (rank < N_LEVELS && strcmp(LEVELS[rank], level) != 0) rank++;
    return rank;
}

static bool is_above(const char *whole, const char *part)
{
    size_t upper = rank_of(whole), lower = rank_of(part);
    if (upper == FA) return lower == MUNICIPALITY;
    if (lower == FA) return upper == COUNTRY;
    return upper < lower;
}

static uf_status find_level_with_values(struct uf_store *store, const char *indicator, const char *to,
                                        const char **out, struct uf_error *error)
{
    struct uf_table *levels = NULL;
    UF_TRY(uf_store_query(
        store,
        "SELECT DISTINCT r.level AS level FROM observation o JOIN region r USING (region_id) WHERE "
        "o.indicator_id = (SELECT indicator_id FROM indicator WHERE code = ?1)",
        &indicator, 1, &levels, error));
    const char *found = NULL;
    for (size_t k = 0; k < N_LEVELS && !found; k++)
        for (size_t i = 0; i < uf_table_rows(levels) && !found; i++)
            if (!strcmp(uf_table_text(levels, i, 0), LEVELS[k]) && is_above(to, LEVELS[k])) found = LEVELS[k];
    uf_table_free(levels);
    if (!found)
        return uf_fail(error, UF_BAD_INPUT, "'%s' has no values at a level below %s to add up", indicator,
                       to);
    *out = found;
    return UF_OK;
}

static uf_status settle_levels(struct uf_store *store, struct aggregation *work, const char *indicator,
                               struct uf_error *error)
{
    const struct uf_aggregate_request *request = work->request;
    UF_TRY(level_canonical(request->to_level, &work->to, error));
    if (request->from_level)
        UF_TRY(level_canonical(request->from_level, &work->from, error));
    else
        UF_TRY(find_level_with_values(store, indicator, work->to, &work->from, error));
    if (!is_above(work->to, work->from))
        return uf_fail(error, UF_BAD_USAGE, "regions at level %s do not lie in regions at level %s",
                       work->from, work->to);
    if (rank_of(work->to) == FA && !request->memberships)
        return uf_fail(
            error, UF_BAD_USAGE,
            "FA regions are no part of the tree of regions; name the file that says which municipality "
            "lies in which");
    return UF_OK;
}

/* --- memberships ------------------------------------------------------------------------------- */

static const char TREE[] =
    "WITH RECURSIVE up(child_id, ancestor_id) AS (SELECT region_id, parent_id FROM region WHERE level = ?1 "
    "AND "
    "parent_id IS NOT NULL UNION ALL SELECT up.child_id, r.parent_id FROM up JOIN region r ON r.region_id = "
    "up.ancestor_id WHERE r.parent_id IS NOT NULL) SELECT c.code AS child, p.code AS parent, c.valid_from, "
    "c.valid_to FROM up JOIN region c ON c.region_id = up.child_id JOIN region p ON p.region_id = "
    "up.ancestor_id "
    "WHERE p.level = ?2 ORDER BY c.code";

static bool has_cells(const struct uf_cells *cells, const char *region)
{
    size_t low = 0, high = cells->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(cells->items[middle].region, region);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* `SE121` in `SE121+SE125`. */
static bool is_member(const char *code, const char *unit)
{
    size_t length = strlen(code);
    for (const char *at = unit; at; at = strchr(at, '+') ? strchr(at, '+') + 1 : NULL)
        if (!strncmp(at, code, length) && (at[length] == '+' || at[length] == '\0')) return true;
    return false;
}

/* A region without figures is no part where it ended, or where a unit with figures that holds it lies in the same
 * whole. A unit that lies across two wholes leaves both incomplete. */
static bool is_replaced(const struct uf_cells *parts, const struct uf_memberships *all,
                        const struct uf_membership *child)
{
    if (has_cells(parts, child->child)) return false;
    if (child->valid_to) return true;
    for (size_t i = 0; i < all->count; i++)
        if (strchr(all->items[i].child, '+') && is_member(child->child, all->items[i].child) &&
            !strcmp(all->items[i].parent, child->parent) && has_cells(parts, all->items[i].child))
            return true;
    return false;
}

static uf_status add_membership(struct uf_memberships *list, const struct uf_membership *item,
                                struct uf_error *error)
{
    struct uf_membership *slot = &list->items[list->count];
    *slot = *item;
    slot->child = uf_text_copy(item->child);
    slot->parent = uf_text_copy(item->parent);
    list->count++;
    return slot->child && slot->parent ? UF_OK : uf_fail_memory(error);
}

static uf_status prune(struct aggregation *work, const struct uf_memberships *all, struct uf_error *error)
{
    work->memberships.items = calloc(all->count + 1, sizeof *work->memberships.items);
    if (!work->memberships.items) return uf_fail_memory(error);
    for (size_t i = 0; i < all->count; i++)
        if (!is_replaced(&work->parts, all, &all->items[i]))
            UF_TRY(add_membership(&work->memberships, &all->items[i], error));
    return UF_OK;
}

static uf_status read_tree(struct uf_store *store, struct aggregation *work, struct uf_error *error)
{
    const char *const parameters[] = {work->from, work->to};
    struct uf_table *rows = NULL;
    UF_TRY(uf_store_query(store, TREE, parameters, 2, &rows, error));
    struct uf_memberships all = {.count = uf_table_rows(rows)};
    all.items = calloc(all.count + 1, sizeof *all.items);
    uf_status status = all.items ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < all.count && status == UF_OK; i++) {
        double from = uf_table_number(rows, i, 2), to = uf_table_number(rows, i, 3);
        all.items[i] = (struct uf_membership){(char *)uf_table_text(rows, i, 0), /* borrowed, not written */
                                              (char *)uf_table_text(rows, i, 1), isnan(from) ? 0 : (int)from,
                                              isnan(to) ? 0 : (int)to};
    }
    if (status == UF_OK) status = prune(work, &all, error);
    free(all.items);
    uf_table_free(rows);
    return status;
}

/* A merged unit lies where all its members lie. */
static uf_status read_second_hierarchy(struct uf_store *store, struct aggregation *work,
                                       struct uf_error *error)
{
    const struct uf_memberships *given = work->request->memberships;
    struct uf_table *units = NULL;
    UF_TRY(uf_store_query(store, "SELECT code, valid_from FROM regions WHERE level = ?1", &work->from, 1,
                          &units, error));
    struct uf_memberships all = {0};
    all.items = calloc(given->count + uf_table_rows(units) + 1, sizeof *all.items);
    uf_status status = all.items ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; all.items && i < given->count; i++) all.items[all.count++] = given->items[i];
    for (size_t i = 0; i < uf_table_rows(units) && status == UF_OK; i++) {
        const char *code = uf_table_text(units, i, 0);
        char *parent = NULL;
        bool one = strchr(code, '+') != NULL;
        for (size_t k = 0; k < given->count; k++) {
            if (!is_member(code, given->items[k].child) && !is_member(given->items[k].child, code)) continue;
            one = one && (!parent || !strcmp(parent, given->items[k].parent));
            parent = given->items[k].parent;
            if (!strcmp(code, given->items[k].child) && !isnan(uf_table_number(units, i, 1)))
                all.items[k].valid_from = (int)uf_table_number(units, i, 1);
        }
        if (one && parent)
            all.items[all.count++] = (struct uf_membership){.child = (char *)code, .parent = parent};
    }
    if (status == UF_OK) status = prune(work, &all, error);
    free(all.items);
    uf_table_free(units);
    return status;
}

/* --- reading ----------------------------------------------------------------------------------- */

static uf_status refuse_ratio(const struct indicator_facts *facts, const char *what, struct uf_error *error)
{
    if (facts->indicator.kind != UF_INDICATOR_RATIO) return UF_OK;
    return uf_fail(
        error, UF_BAD_USAGE,
        "'%s' is a ratio and cannot be %s up the region tree; name its numerator and denominator (a "
        "share), or the indicator to weight it by (a mean)",
        facts->indicator.code, what);
}

static uf_status read_weights(struct uf_store *store, struct aggregation *work, const char *indicator,
                              struct uf_error *error)
{
    struct indicator_facts facts = {0};
    UF_TRY(indicator_facts_read(store, indicator, &facts, error));
    uf_status status = refuse_ratio(&facts, "a weight or denominator", error);
    indicator_facts_clear(&facts);
    UF_TRY(status);
    UF_TRY(uf_cells_read(store, indicator, work->from, &work->series, &work->weights, error));
    return uf_cells_weigh(&work->parts, &work->weights, &work->series, error);
}

static uf_status check_request(const struct uf_aggregate_request *request, struct uf_error *error)
{
    if (request->way == UF_AGGREGATE_MEAN && !request->weight)
        return uf_fail(error, UF_BAD_USAGE, "a mean needs the indicator to weight by: name its `weight`");
    if (request->way == UF_AGGREGATE_SHARE && (!request->numerator || !request->denominator))
        return uf_fail(error, UF_BAD_USAGE, "a share needs its `numerator` and its `denominator` by name");
    if (request->way != UF_AGGREGATE_SHARE && !request->indicator)
        return uf_fail(error, UF_BAD_USAGE, "name the indicator to add up");
    return UF_OK;
}

uf_status aggregation_run(struct uf_store *store, struct aggregation *work, struct uf_error *error)
{
    const struct uf_aggregate_request *request = work->request;
    UF_TRY(check_request(request, error));
    const bool share = request->way == UF_AGGREGATE_SHARE;
    const char *indicator = share ? request->numerator : request->indicator;
    UF_TRY(indicator_facts_read(store, indicator, &work->facts, error));
    if (request->way != UF_AGGREGATE_MEAN) UF_TRY(refuse_ratio(&work->facts, "summed", error));
    UF_TRY(settle_levels(store, work, indicator, error));
    UF_TRY(uf_cells_read(store, indicator, work->from, &work->series, &work->parts, error));
    if (request->weight && request->way == UF_AGGREGATE_MEAN)
        UF_TRY(read_weights(store, work, request->weight, error));
    if (share) UF_TRY(read_weights(store, work, request->denominator, error));
    if (!share) UF_TRY(uf_cells_read(store, indicator, work->to, &work->series, &work->published, error));
    UF_TRY(rank_of(work->to) == FA ? read_second_hierarchy(store, work, error)
                                   : read_tree(store, work, error));
    UF_TRY(uf_aggregate(&work->parts, &work->memberships, request->way, request->allow_missing, &work->wholes,
                        &work->n_wholes, error));
    const double factor = share && request->factor > 0 ? request->factor : 1;
    for (size_t i = 0; i < work->n_wholes; i++) {
        work->wholes[i].value *= factor;
        work->wholes[i].partial *= factor;
    }
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/harmonise_plan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void plan_clear(struct plan *plan)
{
    for (size_t i = 0; plan->unit_code && i < plan->n_nodes; i++) free(plan->unit_code[i]);
    free(plan->unit_code);
    free(plan->unit_size);
    free(plan->weights);
    free(plan->nodes);
    *plan = (struct plan){0};
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct plan_node *)a)->code, ((const struct plan_node *)b)->code);
}

size_t plan_find(const struct plan *plan, const char *code)
{
    const struct plan_node key = {.code = code};
    const struct plan_node *found =
        plan->n_nodes ? bsearch(&key, plan->nodes, plan->n_nodes, sizeof key, by_code) : NULL;
    return found ? (size_t)(found - plan->nodes) : SIZE_MAX;
}

bool plan_exists(const struct plan_node *node, int year)
{
    return node->begins <= year && year <= node->ends;
}

static size_t root_of(const struct plan *plan, size_t node)
{
    while (plan->nodes[node].root != node) node = plan->nodes[node].root;
    return node;
}

static void unite(struct plan *plan, size_t a, size_t b)
{
    size_t left = root_of(plan, a), right = root_of(plan, b);
    plan->nodes[a].listed = plan->nodes[b].listed = true;
    if (left == right) return;
    plan->nodes[left > right ? left : right].root = left > right ? right : left;
}

static bool has_values(const struct plan_node *node)
{
    return node->last_value > 0;
}

/* --- nodes ------------------------------------------------------------------------------------- */

static uf_status list_nodes(const struct uf_cells *cells, const struct uf_harmonise_options *options,
                            struct plan *plan, struct uf_error *error)
{
    const struct uf_region_history *history = options->history;
    const size_t n_changes = history ? history->count : 0,
                 n_rows = options->crosswalk ? options->crosswalk->count : 0;
    size_t n = cells->codes.count + 2 * n_changes + 2 * n_rows, count = 0;
    plan->nodes = calloc(n + 1, sizeof *plan->nodes);
    if (!plan->nodes) return uf_fail_memory(error);
    for (size_t i = 0; i < cells->count; i++)
        if (i == 0 || strcmp(cells->items[i - 1].region, cells->items[i].region) != 0)
            plan->nodes[count++] = (struct plan_node){.code = cells->items[i].region, .listed = true};
    for (size_t i = 0; i < n_changes; i++) {
        plan->nodes[count++].code = history->changes[i].before;
        plan->nodes[count++].code = history->changes[i].after;
    }
    for (size_t i = 0; i < n_rows; i++) {
        plan->nodes[count++].code = options->crosswalk->rows[i].from;
        plan->nodes[count++].code = options->crosswalk->rows[i].to;
    }
    if (count) qsort(plan->nodes, count, sizeof *plan->nodes, by_code);
    for (size_t i = 0; i < count; i++) {
        size_t last = plan->n_nodes - 1;
        if (plan->n_nodes && !strcmp(plan->nodes[last].code, plan->nodes[i].code))
            plan->nodes[last].listed = plan->nodes[last].listed || plan->nodes[i].listed;
        else
            plan->nodes[plan->n_nodes++] = plan->nodes[i];
    }
    for (size_t i = 0; i < plan->n_nodes; i++) {
        plan->nodes[i].root = i;
        plan->nodes[i].ends = PLAN_NEVER;
    }
    return UF_OK;
}

/* A 0 says nothing of a region's life: tables print it for regions that are not yet, or no more (Knivsta in 2002). */
static void find_years(const struct uf_cells *cells, struct plan *plan)
{
    size_t node = SIZE_MAX;
    for (size_t i = 0; i < cells->count; i++) {
        const struct uf_cell *cell = &cells->items[i];
        if (i == 0 || cell->region != cells->items[i - 1].region) node = plan_find(plan, cell->region);
        if (node == SIZE_MAX || isnan(cell->value) || cell->value == 0) continue;
        struct plan_node *region = &plan->nodes[node];
        int year = uf_period_year(cell->period);
        if (!has_values(region) || year < region->first_value) region->first_value = year;
        if (year > region->last_value) region->last_value = year;
    }
}

/* A region that a split made began with it, unless the publisher has figures for it before. */
static void find_lives(const struct uf_region_history *history, struct plan *plan)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct uf_region_change *change = &history->changes[i];
        struct plan_node *before = &plan->nodes[plan_find(plan, change->before)],
                         *after = &plan->nodes[plan_find(plan, change->after)];
        if (change->type == UF_REGION_MERGER && change->year - 1 < before->ends)
            before->ends = change->year - 1;
        if (change->type == UF_REGION_SPLIT && (!has_values(after) || after->first_value >= change->year) &&
            change->year > after->begins)
            after->begins = change->year;
    }
}

/* --- codes of two versions --------------------------------------------------------------------- */

static uf_status refuse_meeting(const struct uf_harmonise_options *options,
                                const struct uf_region_change *change, struct uf_error *error)
{
    return uf_fail(
        error, UF_BAD_INPUT,
        "the codes '%s' and '%s' in '%s' are of two versions of the regional division (a %s in %d); "
        "they make no series without a crosswalk: say `as-of: YEAR` to bring them to one version",
        change->before, change->after, options->indicator ? options->indicator : "the series",
        uf_region_change_type_name(change->type), change->year);
}

static uf_status check_meetings(const struct plan *plan, const struct uf_harmonise_options *options,
                                struct uf_error *error)
{
    for (size_t i = 0; i < options->history->count; i++) {
        const struct uf_region_change *change = &options->history->changes[i];
        const struct plan_node *before = &plan->nodes[plan_find(plan, change->before)],
                               *after = &plan->nodes[plan_find(plan, change->after)];
        if (!has_values(before) || !has_values(after)) continue;
        if (change->type == UF_REGION_RECODE ||
            (before->ends < change->year && after->last_value >= change->year))
            return refuse_meeting(options, change, error);
    }
    return UF_OK;
}

static uf_status check_lives(const struct plan *plan, const struct uf_harmonise_options *options,
                             struct uf_error *error)
{
    for (size_t i = 0; i < plan->n_nodes; i++)
        if (has_values(&plan->nodes[i]) && plan->nodes[i].last_value > plan->nodes[i].ends)
            return uf_fail(error, UF_BAD_INPUT,
                           "region '%s' ended in %d, and '%s' has a value of it for %d; check the code",
                           plan->nodes[i].code, plan->nodes[i].ends,
                           options->indicator ? options->indicator : "the series", plan->nodes[i].last_value);
    return UF_OK;
}

/* SE021 → SE121. Both codes with a value in one period would be counted twice. Missing cells give way. */
static uf_status recode(struct uf_cells *cells, const struct uf_harmonise_options *options, bool *recoded,
                        struct uf_error *error)
{
    for (size_t i = 0; i < options->history->count; i++) {
        const struct uf_region_change *change = &options->history->changes[i];
        if (change->type != UF_REGION_RECODE) continue;
        size_t kept = 0, n = cells->count;
        const char *code = NULL;
        for (size_t k = 0; k < n; k++) {
            const struct uf_cell *cell = &cells->items[k];
            if (strcmp(cell->region, change->before) != 0) continue;
            const struct uf_cell *other = uf_cells_find(cells, change->after, cell->series, cell->period);
            if (other && !isnan(other->value) && !isnan(cell->value))
                return refuse_meeting(options, change, error);
            recoded[i] = true;
        }
        if (!recoded[i]) continue;
        UF_TRY(uf_text_list_add(&cells->codes, change->after, error));
        code = cells->codes.items[cells->codes.count - 1];
        for (size_t k = 0; k < n; k++) {
            struct uf_cell *cell = &cells->items[k];
            const bool is_before = !strcmp(cell->region, change->before),
                       is_after = !strcmp(cell->region, change->after);
            if (is_before || is_after) cell->region = code;
        }
        uf_cells_sort(cells);
        for (size_t k = 0; k < n; k++) { /* of two cells with one key, the one that has a value stays */
            const struct uf_cell *cell = &cells->items[k];
            struct uf_cell *last = kept ? &cells->items[kept - 1] : NULL;
            if (last && !strcmp(last->region, cell->region) && last->series == cell->series &&
                last->period == cell->period) {
                if (isnan(last->value)) *last = *cell;
            } else {
                cells->items[kept++] = *cell;
            }
        }
        cells->count = kept;
    }
    return UF_OK;
}

/* --- weights ----------------------------------------------------------------------------------- */

static int year_between(const struct uf_region_history *history, const char *a, const char *b)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct uf_region_change *change = &history->changes[i];
        if ((!strcmp(change->before, a) && !strcmp(change->after, b)) ||
            (!strcmp(change->before, b) && !strcmp(change->after, a)))
            return change->year;
    }
    return 0;
}

static bool is_source(const struct plan *plan, size_t node)
{
    for (size_t i = 0; i < plan->n_weights; i++)
        if (plan->weights[i].from == node) return true;
    return false;
}

static void take_crosswalk(const struct uf_harmonise_options *options, struct plan *plan)
{
    const struct uf_crosswalk *crosswalk = options->crosswalk;
    for (size_t i = 0; crosswalk && i < crosswalk->count; i++) {
        const struct uf_crosswalk_row *row = &crosswalk->rows[i];
        int year = 0;
        for (size_t k = 0; k < crosswalk->count && !year; k++)
            if (!strcmp(crosswalk->rows[k].from, row->from))
                year = year_between(options->history, row->from, crosswalk->rows[k].to);
        plan->weights[plan->n_weights++] =
            (struct plan_weight){plan_find(plan, row->from), plan_find(plan, row->to), row->weight, year};
    }
}

/* Shares of the changes themselves, for regions that the crosswalk does not speak of: what is not passed on stays. */
static void take_shares(const struct uf_region_history *history, struct plan *plan)
{
    const size_t of_crosswalk = plan->n_weights;
    for (size_t i = 0; i < history->count; i++) {
        const struct uf_region_change *change = &history->changes[i];
        const size_t from = plan_find(plan, change->before);
        bool known = true;
        for (size_t k = 0; k < of_crosswalk; k++) known = known && plan->weights[k].from != from;
        double passed = 0;
        for (size_t k = 0; k < history->count; k++) {
            const struct uf_region_change *other = &history->changes[k];
            if (strcmp(other->before, change->before) != 0 || other->year != change->year) continue;
            if (other->type == UF_REGION_RENAME || other->type == UF_REGION_RECODE) continue;
            known = known && !isnan(other->share) && k >= i; /* once, at the first of them */
            passed += other->share;
        }
        if (!known || isnan(change->share)) continue;
        for (size_t k = i; k < history->count; k++) {
            const struct uf_region_change *other = &history->changes[k];
            if (strcmp(other->before, change->before) != 0 || other->year != change->year) continue;
            plan->weights[plan->n_weights++] =
                (struct plan_weight){from, plan_find(plan, other->after), other->share, change->year};
        }
        if (passed < 1)
            plan->weights[plan->n_weights++] = (struct plan_weight){from, from, 1 - passed, change->year};
    }
}

static bool weight_applies(const struct plan *plan, const struct plan_weight *weight, int year)
{
    return weight->year == 0 || (year < weight->year) != (plan->as_of < weight->year);
}

size_t plan_targets(const struct plan *plan, size_t node, int year, size_t *out_units, double *out_weights)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->n_weights; i++) {
        const struct plan_weight *weight = &plan->weights[i];
        if (weight->from != node || weight->weight <= 0 || !weight_applies(plan, weight, year)) continue;
        size_t unit = plan->nodes[weight->to].root, k = 0;
        while (k < count && out_units[k] != unit) k++;
        if (k == count) {
            out_units[count] = unit;
            out_weights[count++] = 0;
        }
        out_weights[k] += weight->weight;
    }
    if (count) return count;
    out_units[0] = plan->nodes[node].root;
    out_weights[0] = 1;
    return 1;
}

/* --- units ------------------------------------------------------------------------------------- */

static bool is_resolved(const struct plan *plan, const struct uf_region_change *change, size_t before,
                        size_t after)
{
    size_t from = plan->as_of >= change->year ? before : after,
           to = plan->as_of >= change->year ? after : before;
    for (size_t i = 0; i < plan->n_weights; i++)
        if (plan->weights[i].from == from && plan->weights[i].to == to) return true;
    return false;
}

/* A change matters where it lies between the versions present: those of the values, and the one asked for. */
static bool lies_between(const struct plan *plan, const struct uf_region_change *change,
                         const struct plan_node *before, const struct plan_node *after)
{
    int first = plan->as_of, last = first;
    const struct plan_node *const sides[] = {before, after};
    bool any = false;
    for (size_t k = 0; k < 2; k++) {
        if (!has_values(sides[k])) continue;
        any = true;
        if (sides[k]->first_value < first) first = sides[k]->first_value;
        if (sides[k]->last_value > last) last = sides[k]->last_value;
    }
    return any && first < change->year && change->year <= last;
}

static bool follows_recode(const struct uf_region_history *history, const bool *recoded,
                           const struct uf_region_change *change)
{
    for (size_t i = 0; i < history->count; i++)
        if (recoded[i] && history->changes[i].year == change->year &&
            (!strcmp(history->changes[i].after, change->before) ||
             !strcmp(history->changes[i].after, change->after)))
            return true;
    return false;
}

static void unite_changes(struct plan *plan, const struct uf_harmonise_options *options, const bool *recoded)
{
    for (size_t i = 0; i < options->history->count; i++) {
        const struct uf_region_change *change = &options->history->changes[i];
        const size_t b = plan_find(plan, change->before), a = plan_find(plan, change->after);
        const struct plan_node *before = &plan->nodes[b], *after = &plan->nodes[a];
        if (change->type == UF_REGION_RENAME || change->type == UF_REGION_RECODE) continue;
        /* the region that ended is not in the series: the publisher has recalculated it */
        if (before->ends < change->year && !has_values(before)) continue;
        if (change->type == UF_REGION_SPLIT && after->begins < change->year) continue;
        if (change->type != UF_REGION_MERGER && options->one_division &&
            !follows_recode(options->history, recoded, change) && before->ends == PLAN_NEVER)
            continue;
        if (is_resolved(plan, change, b, a) || !lies_between(plan, change, before, after)) continue;
        unite(plan, b, a);
    }
    for (size_t i = 0; i < plan->n_nodes; i++) plan->nodes[i].root = root_of(plan, i);
}

/* The regions of the unit in the division asked for; all of them where it had none. */
static uf_status name_units(struct plan *plan, struct uf_error *error)
{
    plan->unit_size = calloc(plan->n_nodes + 1, sizeof *plan->unit_size);
    plan->unit_code = calloc(plan->n_nodes + 1, sizeof *plan->unit_code);
    if (!plan->unit_size || !plan->unit_code) return uf_fail_memory(error);
    for (size_t i = 0; i < plan->n_nodes; i++) plan->unit_size[plan->nodes[i].root]++;
    for (size_t root = 0; root < plan->n_nodes; root++) {
        if (!plan->unit_size[root]) continue;
        struct uf_buffer code;
        uf_buffer_init(&code);
        for (int all = plan->unit_size[root] == 1; all < 2 && !code.length; all++)
            for (size_t i = root; i < plan->n_nodes; i++) {
                if (plan->nodes[i].root != root || (!all && !plan_exists(&plan->nodes[i], plan->as_of)))
                    continue;
                if (code.length) uf_buffer_append_char(&code, '+');
                uf_buffer_append(&code, plan->nodes[i].code);
            }
        plan->unit_code[root] = uf_buffer_take(&code);
        if (!plan->unit_code[root]) return uf_fail_memory(error);
    }
    return UF_OK;
}

static uf_status make_units(struct plan *plan, const struct uf_harmonise_options *options,
                            const bool *recoded, struct uf_error *error)
{
    const struct uf_region_history *history = options->history;
    const size_t n_rows = options->crosswalk ? options->crosswalk->count : 0;
    plan->weights = calloc(n_rows + 2 * history->count + 1, sizeof *plan->weights);
    if (!plan->weights) return uf_fail_memory(error);
    if (plan->as_of) {
        take_crosswalk(options, plan);
        take_shares(history, plan);
        unite_changes(plan, options, recoded);
    }
    for (size_t i = 0; i < history->count; i++)
        if (recoded[i]) plan->nodes[plan_find(plan, history->changes[i].after)].recoded = true;
    for (size_t i = 0; i < plan->n_nodes; i++)
        if (is_source(plan, i) && has_values(&plan->nodes[i])) plan->nodes[i].listed = true;
    return name_units(plan, error);
}

uf_status plan_make(struct uf_cells *cells, const struct uf_harmonise_options *options, struct plan *out,
                    struct uf_error *error)
{
    struct plan plan = {.as_of = options->as_of};
    bool *recoded = calloc(options->history->count + 1, sizeof *recoded);
    uf_status status = recoded ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && options->as_of) status = recode(cells, options, recoded, error);
    if (status == UF_OK) status = list_nodes(cells, options, &plan, error);
    if (status == UF_OK) {
        find_years(cells, &plan);
        find_lives(options->history, &plan);
        status = check_lives(&plan, options, error);
    }
    if (status == UF_OK && !options->as_of) status = check_meetings(&plan, options, error);
    if (status == UF_OK) status = make_units(&plan, options, recoded, error);
    free(recoded);
    if (status == UF_OK)
        *out = plan;
    else
        plan_clear(&plan);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Aggregation of what the store holds: which parts, which wholes, and what the publisher says of the wholes. */
#include <utfall/aggregate.h>
#include <utfall/panel.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/indicator_facts.h"
#include "panel/selection.h"

/* All that one aggregation holds. */
struct aggregation {
    const struct uf_aggregate_request *request;
    const char *from, *to;        /* canonical levels */
    struct indicator_facts facts; /* of the indicator that is added up, or of the numerator */
    struct uf_text_list series;
    struct uf_cells parts, weights, published;
    struct uf_memberships memberships;
    struct uf_aggregate_cell *wholes;
    size_t n_wholes;
};

static void clear_aggregation(struct aggregation *work)
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

static uf_status aggregate(struct uf_store *store, struct aggregation *work, struct uf_error *error)
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

/* --- tables ------------------------------------------------------------------------------------ */

static uf_status add_columns(struct uf_table *table, const char *const *texts, size_t n_texts,
                             const char *const *numbers, size_t n_numbers, struct uf_error *error)
{
    for (size_t k = 0; k < n_texts; k++)
        UF_TRY(uf_table_add_column(table, texts[k], UF_COLUMN_TEXT, NULL, -1, NULL, error));
    for (size_t k = 0; k < n_numbers; k++)
        UF_TRY(uf_table_add_column(table, numbers[k], UF_COLUMN_NUMBER, NULL, numbers[k][0] == 'n' ? 0 : -1,
                                   NULL, error));
    return UF_OK;
}

/* Region, sector, breakdown (where the table has it) and period of a whole, in a new row. */
static uf_status add_row(const struct aggregation *work, const struct uf_aggregate_cell *cell,
                         bool breakdowns, struct uf_table *table, size_t *out_row, struct uf_error *error)
{
    char *sector = NULL, *breakdown = NULL, period[UF_PERIOD_SIZE];
    UF_TRY(uf_series_split(&work->series, cell->series, &sector, &breakdown, error));
    const char *texts[] = {cell->region, sector, breakdowns ? breakdown : NULL,
                           uf_period_print(cell->period, period)};
    uf_status status = uf_table_add_row(table, out_row, error);
    size_t column = 0;
    for (size_t k = 0; k < 4 && status == UF_OK; k++)
        if (k != 2 || breakdowns) status = uf_table_set_text(table, *out_row, column++, texts[k], error);
    free(sector);
    free(breakdown);
    return status;
}

static bool has_breakdowns(const struct aggregation *work)
{
    for (size_t i = 0; i < work->series.count; i++) {
        const char *text = work->series.items[i];
        if (text[strlen(text) - 1] != '\t') return true;
    }
    return false;
}

static uf_status fill_values(const struct aggregation *work, struct uf_table *table, struct uf_error *error)
{
    static const char *const with[] = {"region", "sector", "breakdown", "period"};
    static const char *const without[] = {"region", "sector", "period"};
    static const char *const numbers[] = {"value", "n_children", "n_present"};
    const bool breakdowns = has_breakdowns(work);
    const size_t n = breakdowns ? 4 : 3;
    UF_TRY(add_columns(table, breakdowns ? with : without, n, numbers, 3, error));
    for (size_t i = 0; i < work->n_wholes; i++) {
        const struct uf_aggregate_cell *cell = &work->wholes[i];
        size_t row;
        UF_TRY(add_row(work, cell, breakdowns, table, &row, error));
        UF_TRY(uf_table_set_value(table, row, n, cell->value, cell->status, error));
        UF_TRY(uf_table_set_number(table, row, n + 1, (double)cell->n_parts, error));
        UF_TRY(uf_table_set_number(table, row, n + 2, (double)cell->n_present, error));
    }
    return UF_OK;
}

static enum uf_gap_reason judge(const struct aggregation *work, const struct uf_aggregate_cell *cell,
                                const struct uf_cell **out_published)
{
    const struct uf_cell *published =
        work->request->way == UF_AGGREGATE_SUM
            ? uf_cells_find(&work->published, cell->region, cell->series, cell->period)
            : NULL;
    *out_published = published;
    if (!published) return UF_GAP_NONE;
    return uf_gap_judge(cell, published->value, published->status, work->facts.indicator.rounding);
}

static uf_status fill_gaps(const struct aggregation *work, struct uf_table *table, size_t *counts,
                           struct uf_error *error)
{
    static const char *const with[] = {"region", "sector", "breakdown", "period"};
    static const char *const without[] = {"region", "sector", "period"};
    static const char *const numbers[] = {"published", "sum_of_parts", "total_gap", "n_parts", "n_missing"};
    const bool breakdowns = has_breakdowns(work);
    const size_t n = breakdowns ? 4 : 3;
    UF_TRY(add_columns(table, breakdowns ? with : without, n, numbers, 5, error));
    UF_TRY(uf_table_add_column(table, "reason", UF_COLUMN_TEXT, NULL, -1, NULL, error));
    for (size_t i = 0; i < work->n_wholes; i++) {
        const struct uf_aggregate_cell *cell = &work->wholes[i];
        const struct uf_cell *published = NULL;
        enum uf_gap_reason reason = judge(work, cell, &published);
        if (published && counts) counts[reason]++;
        if (reason == UF_GAP_NONE) continue;
        size_t row;
        UF_TRY(add_row(work, cell, breakdowns, table, &row, error));
        UF_TRY(uf_table_set_value(table, row, n, published->value, published->status, error));
        UF_TRY(uf_table_set_value(table, row, n + 1, cell->partial,
                                  isnan(cell->partial) ? UF_VALUE_INCOMPLETE : UF_VALUE_OBSERVED, error));
        double gap = published->value - cell->partial;
        UF_TRY(uf_table_set_value(table, row, n + 2, gap,
                                  isnan(gap) ? UF_VALUE_INCOMPLETE : UF_VALUE_OBSERVED, error));
        UF_TRY(uf_table_set_number(table, row, n + 3, (double)cell->n_parts, error));
        UF_TRY(uf_table_set_number(table, row, n + 4, (double)(cell->n_parts - cell->n_present), error));
        UF_TRY(uf_table_set_text(table, row, n + 5,
                                 uf_words_in(uf_gap_reason_words(reason), work->request->language), error));
    }
    return UF_OK;
}

uf_status uf_aggregate_tables(struct uf_store *store, const struct uf_aggregate_request *request,
                              struct uf_table **out_values, struct uf_table **out_gaps,
                              struct uf_error *error)
{
    struct aggregation work = {.request = request};
    struct uf_table *values = NULL, *gaps = NULL;
    uf_status status = aggregate(store, &work, error);
    if (status == UF_OK) status = uf_table_new("aggregate", &values, error);
    if (status == UF_OK) status = fill_values(&work, values, error);
    if (status == UF_OK && out_gaps) status = uf_table_new("gaps", &gaps, error);
    if (status == UF_OK && out_gaps) status = fill_gaps(&work, gaps, NULL, error);
    clear_aggregation(&work);
    if (status != UF_OK) {
        uf_table_free(values);
        uf_table_free(gaps);
        return status;
    }
    *out_values = values;
    if (out_gaps) *out_gaps = gaps;
    return UF_OK;
}

uf_status uf_panel_aggregate(struct uf_store *store, const char *indicator, const char *child_level,
                             const char *parent_level, bool allow_missing, struct uf_table **out,
                             struct uf_error *error)
{
    const struct uf_aggregate_request request = {.indicator = indicator,
                                                 .from_level = child_level,
                                                 .to_level = parent_level,
                                                 .allow_missing = allow_missing};
    return uf_aggregate_tables(store, &request, out, NULL, error);
}

/* --- into the store ----------------------------------------------------------------------------- */

static uf_status collect_new(const struct aggregation *work, bool same_indicator, struct uf_cells *out,
                             struct uf_error *error)
{
    for (size_t i = 0; i < work->n_wholes; i++) {
        const struct uf_aggregate_cell *whole = &work->wholes[i];
        if (same_indicator && uf_cells_find(&work->published, whole->region, whole->series, whole->period))
            continue; /* the publisher's own value stands */
        const struct uf_cell cell = {whole->region, whole->series, whole->period,
                                     whole->value,  whole->status, NAN};
        UF_TRY(uf_cells_add(out, &cell, error));
    }
    return UF_OK;
}

static struct uf_indicator describe(const struct aggregation *work, const struct uf_indicator *as)
{
    struct uf_indicator made = indicator_facts_inherit(as, &work->facts.indicator);
    if (work->request->way == UF_AGGREGATE_SHARE) {
        made.kind = UF_INDICATOR_RATIO;
        made.rounding = 0;
        made.has_decimals = false;
        made.unit_sv = as ? as->unit_sv : NULL;
        made.unit_en = as ? as->unit_en : NULL;
        if (!as || !as->name_sv) made.name_sv = made.code;
        if (!as || !as->name_en) made.name_en = made.code;
    }
    return made;
}

static uf_status say_sums(const struct aggregation *work, const char *code, size_t n_new,
                          struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words step = {"'{0}' {4} from {1} to {2}", "”{0}” {4} från {1} till {2}"};
    static const struct uf_words reason = {
        "{3} values made of parts; a whole with a missing part is missing, and a published whole stands",
        "{3} värden gjorda av delar; en helhet som saknar en del saknas, och en publicerad helhet står kvar"};
    static const struct uf_words ways[] = {[UF_AGGREGATE_SUM] = {"summed", "summerad"},
                                           [UF_AGGREGATE_MEAN] = {"averaged", "viktad till medelvärde"},
                                           [UF_AGGREGATE_SHARE] = {"as a share", "som andel"}};
    const enum uf_language language = work->request->language;
    const struct uf_argument arguments[] = {
        uf_text_argument(code), uf_text_argument(work->from), uf_text_argument(work->to),
        uf_count_argument(n_new), uf_text_argument(uf_words_in(ways[work->request->way], language))};
    char *step_text = NULL, *reason_text = NULL;
    UF_TRY(uf_phrase(language, step, arguments, 5, &step_text, error));
    uf_status status = uf_phrase(language, reason, arguments, 5, &reason_text, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(log, step_text, reason_text, work->parts.count, n_new, error);
    free(step_text);
    free(reason_text);
    return status;
}

static uf_status say_gaps(const struct aggregation *work, const char *code, const size_t *counts,
                          struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words text = {"'{0}', {1} to {2}: of {3} published wholes, {4} differ from the "
                                         "sum of their parts ({5}). The published "
                                         "values stand; nothing was rescaled.",
                                         "”{0}”, {1} till {2}: av {3} publicerade helheter skiljer sig {4} "
                                         "från summan av sina delar ({5}). De "
                                         "publicerade värdena står kvar; ingenting har skalats om."};
    struct uf_buffer reasons;
    uf_buffer_init(&reasons);
    size_t all = 0, differ = 0;
    for (int k = UF_GAP_NONE; k <= UF_GAP_UNEXPLAINED; k++) {
        all += counts[k];
        if (k == UF_GAP_NONE || !counts[k]) continue;
        differ += counts[k];
        if (reasons.length) uf_buffer_append(&reasons, ", ");
        uf_buffer_append(&reasons,
                         uf_words_in(uf_gap_reason_words((enum uf_gap_reason)k), work->request->language));
        uf_buffer_append(&reasons, ": ");
        uf_buffer_append_size(&reasons, counts[k]);
    }
    if (!differ) {
        uf_buffer_clear(&reasons);
        return UF_OK;
    }
    char *list = uf_buffer_take(&reasons);
    if (!list) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {uf_text_argument(code),     uf_text_argument(work->from),
                                            uf_text_argument(work->to), uf_count_argument(all),
                                            uf_count_argument(differ),  uf_text_argument(list)};
    static const struct uf_words advice = {
        "The gaps are in the table; look at those called unexplained before the sums are used.",
        "Skillnaderna finns i tabellen; granska de oförklarade innan summorna används."};
    uf_status status =
        uf_result_add_note(log, work->request->language, counts[UF_GAP_UNEXPLAINED] ? UF_WARNING : UF_NOTE,
                           "gaps", text, advice, arguments, 6, error);
    free(list);
    return status;
}

static uf_status log_gaps(const struct aggregation *work, const char *code, struct uf_result *log,
                          struct uf_error *error)
{
    size_t counts[UF_GAP_UNEXPLAINED + 1] = {0};
    struct uf_table *gaps = NULL;
    struct uf_buffer name;
    uf_buffer_init(&name);
    uf_buffer_append(&name, "gaps-");
    uf_buffer_append(&name, code);
    uf_buffer_append(&name, "-");
    uf_buffer_append(&name, work->to);
    char *made = uf_buffer_take(&name), *slug = made ? uf_text_slug(made) : NULL;
    uf_status status = slug ? uf_table_new(slug, &gaps, error) : uf_fail_memory(error);
    free(made);
    free(slug);
    if (status == UF_OK) status = fill_gaps(work, gaps, counts, error);
    if (status == UF_OK) status = say_gaps(work, code, counts, log, error);
    static const struct uf_words title = {"Published totals and the sums of their parts",
                                          "Publicerade totaler och summan av deras delar"};
    if (status == UF_OK)
        status = uf_table_set_title(gaps, uf_words_in(title, work->request->language), error);
    if (status == UF_OK && uf_table_rows(gaps)) return uf_result_take_table(log, gaps, error);
    uf_table_free(gaps);
    return status;
}

static uf_status write_new(struct uf_store *store, const struct aggregation *work,
                           const struct uf_indicator *indicator, const struct uf_cells *cells,
                           struct uf_error *error)
{
    struct uf_buffer made;
    uf_buffer_init(&made);
    uf_buffer_append(&made, work->facts.indicator.code);
    uf_buffer_append(&made, ": ");
    uf_buffer_append(&made, work->from);
    uf_buffer_append(&made, " to ");
    uf_buffer_append(&made, work->to);
    char *path = uf_buffer_take(&made);
    if (!path) return uf_fail_memory(error);
    uf_status status = uf_store_begin(store, error);
    if (status == UF_OK) {
        status = uf_store_put_indicator(store, indicator, error);
        if (status == UF_OK)
            status = uf_cells_write(store, indicator->code, path, "aggregate", &work->series, cells, error);
        if (status == UF_OK) status = uf_store_commit(store, error);
        if (status != UF_OK) uf_store_rollback(store);
    }
    free(path);
    return status;
}

uf_status uf_aggregate_indicator(struct uf_store *store, const struct uf_aggregate_request *request,
                                 const struct uf_indicator *as, struct uf_result *log, struct uf_error *error)
{
    struct aggregation work = {.request = request};
    struct uf_cells cells;
    uf_cells_init(&cells);
    uf_status status = UF_OK;
    if (request->way == UF_AGGREGATE_SHARE && (!as || !as->code))
        return uf_fail(error, UF_BAD_USAGE, "a share is a new indicator and needs a code");
    UF_TRY_GOTO(aggregate(store, &work, error), done);
    const struct uf_indicator indicator = describe(&work, as);
    const bool same = !strcmp(indicator.code, work.facts.indicator.code);
    UF_TRY_GOTO(collect_new(&work, same, &cells, error), done);
    UF_TRY_GOTO(write_new(store, &work, &indicator, &cells, error), done);
    UF_TRY_GOTO(say_sums(&work, indicator.code, cells.count, log, error), done);
    if (request->way == UF_AGGREGATE_SUM) status = log_gaps(&work, indicator.code, log, error);
done:
    uf_cells_clear(&cells);
    clear_aggregation(&work);
    return status;
}

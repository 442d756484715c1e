// SPDX-License-Identifier: GPL-3.0-or-later
/* The observations of an export: first what codes they use, then one after the other in a fixed order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "export/contents.h"

enum { PROGRESS_EVERY = 4096 };

/* --- periods ----------------------------------------------------------------------------------- */

/* Where a period begins and ends, in years. */
static void extent(uf_period period, double *begin, double *end)
{
    static const double PARTS[] = {1, 2, 4, 12, 53};
    enum uf_period_kind kind = uf_period_kind_of(period);
    double year = uf_period_year(period);
    int part = period % 100;
    if (kind == UF_PERIOD_YEAR || kind == UF_PERIOD_SPAN) {
        *begin = year;
        *end = year + (kind == UF_PERIOD_SPAN ? part : 1);
        return;
    }
    *begin = year + (part - 1) / PARTS[kind];
    *end = year + part / PARTS[kind];
}

static bool is_within(uf_period period, const struct uf_export_request *request)
{
    const double slack = 1e-6;
    double begin, end, from, to, other;
    extent(period, &begin, &end);
    if (request->from) {
        extent(request->from, &from, &other);
        if (begin < from - slack) return false;
    }
    if (request->to) {
        extent(request->to, &other, &to);
        if (end > to + slack) return false;
    }
    return true;
}

static uf_status add_period(struct export_indicator *indicator, uf_period period, struct uf_error *error)
{
    size_t low = 0, high = indicator->n_periods;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (indicator->periods[middle] < period)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < indicator->n_periods && indicator->periods[low] == period) return UF_OK;
    if (indicator->n_periods % 64 == 0) {
        uf_period *periods =
            realloc(indicator->periods, (indicator->n_periods + 64) * sizeof *indicator->periods);
        if (!periods) return uf_fail_memory(error);
        indicator->periods = periods;
    }
    memmove(indicator->periods + low + 1, indicator->periods + low,
            (indicator->n_periods - low) * sizeof *indicator->periods);
    indicator->periods[low] = period;
    indicator->n_periods++;
    return UF_OK;
}

/* Batches are few, and rows of one follow each other. */
static uf_status add_batch(struct export_indicator *indicator, int64_t batch, struct uf_error *error)
{
    size_t at = indicator->n_batches;
    while (at > 0 && indicator->batches[at - 1] > batch) at--;
    if (at > 0 && indicator->batches[at - 1] == batch) return UF_OK;
    int64_t *batches = realloc(indicator->batches, (indicator->n_batches + 1) * sizeof *batches);
    if (!batches) return uf_fail_memory(error);
    memmove(batches + at + 1, batches + at, (indicator->n_batches - at) * sizeof *batches);
    batches[at] = batch;
    indicator->batches = batches;
    indicator->n_batches++;
    return UF_OK;
}

/* --- breakdowns -------------------------------------------------------------------------------- */

static uf_status find_dimension(struct export_contents *contents, const char *name, size_t *out,
                                struct uf_error *error)
{
    *out = uf_text_list_find(&contents->dimensions, name);
    if (*out != SIZE_MAX) return UF_OK;
    *out = contents->dimensions.count;
    return uf_text_list_add(&contents->dimensions, name, error);
}

static uf_status add_part(struct export_contents *contents, struct export_breakdown *breakdown,
                          const char *name, const char *code, struct uf_error *error)
{
    struct export_part *parts =
        realloc(breakdown->parts, (breakdown->n_parts + 1) * sizeof *breakdown->parts);
    if (!parts) return uf_fail_memory(error);
    breakdown->parts = parts;
    struct export_part *part = &parts[breakdown->n_parts];
    UF_TRY(find_dimension(contents, name, &part->dimension, error));
    part->code = uf_text_copy(code);
    if (!part->code) return uf_fail_memory(error);
    breakdown->n_parts++;
    return UF_OK;
}

/* `age=16-24;sex=F`: names ascending, no part empty. What is otherwise could not be put together again from its
 * parts. */
static bool is_list(const char *text)
{
    const char *last = NULL;
    size_t last_length = 0;
    while (true) {
        size_t length = strcspn(text, ";"), name = strcspn(text, "=;");
        if (name == 0 || name + 1 >= length || text[name] != '=') return false;
        if (last) {
            int order = strncmp(last, text, last_length < name ? last_length : name);
            if (order > 0 || (order == 0 && last_length >= name)) return false;
        }
        last = text;
        last_length = name;
        if (text[length] == '\0') return true;
        text += length + 1;
    }
}

static uf_status split(struct export_contents *contents, struct export_breakdown *breakdown,
                       struct uf_error *error)
{
    if (!is_list(breakdown->text)) return add_part(contents, breakdown, "", breakdown->text, error);
    char *copy = uf_text_copy(breakdown->text), *next = copy;
    uf_status status = copy ? UF_OK : uf_fail_memory(error);
    while (status == UF_OK && next) {
        char *name = next, *end = strchr(name, ';'), *code = strchr(name, '=');
        next = end ? end + 1 : NULL;
        if (end) *end = '\0';
        *code++ = '\0';
        status = add_part(contents, breakdown, name, code, error);
    }
    free(copy);
    return status;
}

static uf_status add_breakdown(struct export_contents *contents, const char *text, size_t *out,
                               struct uf_error *error)
{
    if (contents->n_breakdowns == contents->breakdown_capacity) {
        size_t capacity = contents->breakdown_capacity ? contents->breakdown_capacity * 2 : 64;
        struct export_breakdown *more = realloc(contents->breakdowns, capacity * sizeof *more);
        if (!more) return uf_fail_memory(error);
        contents->breakdowns = more;
        contents->breakdown_capacity = capacity;
    }
    struct export_breakdown *breakdown = &contents->breakdowns[contents->n_breakdowns];
    *breakdown = (struct export_breakdown){.text = uf_text_copy(text)};
    if (!breakdown->text) return uf_fail_memory(error);
    *out = contents->n_breakdowns++;
    UF_TRY(split(contents, breakdown, error));
    return uf_codes_put(&contents->breakdown_index, text, strlen(text), (int64_t)*out, error);
}

const char *export_breakdown_code(const struct export_breakdown *breakdown, size_t dimension)
{
    for (size_t i = 0; breakdown && i < breakdown->n_parts; i++)
        if (breakdown->parts[i].dimension == dimension) return breakdown->parts[i].code;
    return NULL;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static uf_status order_dimensions(struct export_contents *contents, struct uf_error *error)
{
    size_t n = contents->dimensions.count;
    char **found = calloc(n + 1, sizeof *found);
    if (!found) return uf_fail_memory(error);
    if (n > 0) memcpy(found, contents->dimensions.items, n * sizeof *found);
    if (n > 1) qsort(contents->dimensions.items, n, sizeof *found, compare_names);
    for (size_t i = 0; i < contents->n_breakdowns; i++)
        for (size_t j = 0; j < contents->breakdowns[i].n_parts; j++) {
            struct export_part *part = &contents->breakdowns[i].parts[j];
            part->dimension = uf_text_list_find(&contents->dimensions, found[part->dimension]);
        }
    free(found);
    return UF_OK;
}

/* --- reading rows ------------------------------------------------------------------------------ */

static uf_status place_of(const struct uf_codes *index, const char *code, size_t *out, struct uf_error *error)
{
    int64_t place = 0;
    *out = SIZE_MAX;
    if (!code || !*code) return UF_OK;
    if (!uf_codes_find(index, code, strlen(code), &place))
        return uf_fail(error, UF_INTERNAL, "the store changed while it was read: %s", code);
    *out = (size_t)place;
    return UF_OK;
}

/* Columns: sector, breakdown, period, value, status. */
static uf_status read_row(struct export_contents *contents, const struct uf_cursor *cursor,
                          struct export_row *row, struct uf_error *error)
{
    UF_TRY(place_of(&contents->sectors.index, uf_cursor_text(cursor, 0), &row->sector, error));
    UF_TRY(place_of(&contents->breakdown_index, uf_cursor_text(cursor, 1), &row->breakdown_place, error));
    row->breakdown = row->breakdown_place == SIZE_MAX ? NULL : &contents->breakdowns[row->breakdown_place];
    row->period = (uf_period)uf_cursor_number(cursor, 2);
    row->value = uf_cursor_number(cursor, 3);
    row->status = (uf_value_status)uf_cursor_number(cursor, 4);
    return UF_OK;
}

static uf_status walk_region(struct export_contents *contents, const char *indicator, struct export_row *row,
                             export_visit *visit, void *user, struct uf_error *error)
{
    static const char SQL[] = "SELECT sector, breakdown, period, value, status FROM observations"
                              " WHERE indicator = ?1 AND region = ?2 ORDER BY sector, breakdown, period";
    const char *const parameters[] = {indicator, contents->regions.items[row->region].code};
    struct uf_cursor *cursor = NULL;
    UF_TRY(uf_store_cursor_open(contents->store, SQL, parameters, 2, &cursor, error));
    uf_status status = UF_OK;
    for (bool more = true; status == UF_OK;) {
        status = uf_cursor_next(cursor, &more, error);
        if (status != UF_OK || !more) break;
        if (contents->rows_done++ % PROGRESS_EVERY == 0) status = export_step(contents, error);
        if (status == UF_OK && is_within((uf_period)uf_cursor_number(cursor, 2), contents->request)) {
            status = read_row(contents, cursor, row, error);
            if (status == UF_OK) status = visit(row, user, error);
        }
    }
    uf_cursor_close(cursor);
    return status;
}

uf_status export_walk(struct export_contents *contents, const struct export_indicator *indicator,
                      enum export_order order, export_visit *visit, void *user, struct uf_error *error)
{
    struct export_row row = {.indicator = indicator};
    for (size_t i = 0; i < contents->regions.count; i++) {
        row.region = order == EXPORT_BY_SWEDISH_NAME ? contents->regions.swedish[i] : i;
        if (indicator->regions[row.region])
            UF_TRY(walk_region(contents, indicator->code, &row, visit, user, error));
    }
    return UF_OK;
}

/* --- the survey -------------------------------------------------------------------------------- */

static uf_status grow_breakdowns(const struct export_contents *contents, struct export_indicator *indicator,
                                 struct uf_error *error)
{
    if (indicator->n_breakdowns >= contents->n_breakdowns) return UF_OK;
    size_t capacity = contents->breakdown_capacity;
    bool *more = realloc(indicator->breakdowns, capacity * sizeof *more);
    if (!more) return uf_fail_memory(error);
    memset(more + indicator->n_breakdowns, 0, (capacity - indicator->n_breakdowns) * sizeof *more);
    indicator->breakdowns = more;
    indicator->n_breakdowns = capacity;
    return UF_OK;
}

static uf_status note_breakdown(struct export_contents *contents, struct export_indicator *indicator,
                                const char *text, struct uf_error *error)
{
    int64_t place = 0;
    size_t added = 0;
    if (!text || !*text) {
        indicator->no_breakdown = true;
        return UF_OK;
    }
    if (!uf_codes_find(&contents->breakdown_index, text, strlen(text), &place)) {
        UF_TRY(add_breakdown(contents, text, &added, error));
        place = (int64_t)added;
    }
    UF_TRY(grow_breakdowns(contents, indicator, error));
    indicator->breakdowns[place] = true;
    return UF_OK;
}

/* Columns: region, sector, breakdown, period, value, batch. */
static uf_status survey_row(struct export_contents *contents, struct export_indicator *indicator,
                            const struct uf_cursor *cursor, struct uf_error *error)
{
    size_t region, sector;
    uf_period period = (uf_period)uf_cursor_number(cursor, 3);
    UF_TRY(place_of(&contents->regions.index, uf_cursor_text(cursor, 0), &region, error));
    if (region == SIZE_MAX || !contents->regions.items[region].wanted ||
        !is_within(period, contents->request))
        return UF_OK;
    UF_TRY(place_of(&contents->sectors.index, uf_cursor_text(cursor, 1), &sector, error));
    UF_TRY(note_breakdown(contents, indicator, uf_cursor_text(cursor, 2), error));
    UF_TRY(add_period(indicator, period, error));
    UF_TRY(add_batch(indicator, (int64_t)uf_cursor_number(cursor, 5), error));
    indicator->regions[region] = true;
    if (sector == SIZE_MAX)
        indicator->no_sector = true;
    else
        indicator->sectors[sector] = true;
    indicator->observations++;
    indicator->missing += isnan(uf_cursor_number(cursor, 4)) != 0;
    return UF_OK;
}

static uf_status survey_indicator(struct export_contents *contents, struct export_indicator *indicator,
                                  struct uf_error *error)
{
    static const char SQL[] =
        "SELECT region, sector, breakdown, period, value, batch FROM observations WHERE indicator = ?1";
    indicator->regions = calloc(contents->regions.count + 1, sizeof *indicator->regions);
    indicator->sectors = calloc(contents->sectors.count + 1, sizeof *indicator->sectors);
    if (!indicator->regions || !indicator->sectors) return uf_fail_memory(error);
    const char *const parameters[] = {indicator->code};
    struct uf_cursor *cursor = NULL;
    UF_TRY(uf_store_cursor_open(contents->store, SQL, parameters, 1, &cursor, error));
    uf_status status = UF_OK;
    size_t rows = 0;
    for (bool more = true; status == UF_OK;) {
        status = uf_cursor_next(cursor, &more, error);
        if (status != UF_OK || !more) break;
        if (rows++ % PROGRESS_EVERY == 0) status = export_step(contents, error);
        if (status == UF_OK) status = survey_row(contents, indicator, cursor, error);
    }
    uf_cursor_close(cursor);
    contents->observations += indicator->observations;
    contents->missing += indicator->missing;
    return status;
}

static void list_with_parents(struct export_codes *codes, const bool *used)
{
    for (size_t i = 0; i < codes->count; i++) {
        int64_t place = (int64_t)i;
        const char *parent = NULL;
        if (!used[i]) continue;
        do {
            if (codes->items[place].listed) break;
            codes->items[place].listed = true;
            parent = codes->items[place].parent;
        } while (parent && uf_codes_find(&codes->index, parent, strlen(parent), &place));
    }
}

uf_status export_survey(struct export_contents *contents, struct uf_error *error)
{
    for (size_t i = 0; i < contents->n_indicators; i++) {
        struct export_indicator *indicator = &contents->indicators[i];
        UF_TRY(survey_indicator(contents, indicator, error));
        list_with_parents(&contents->regions, indicator->regions);
        list_with_parents(&contents->sectors, indicator->sectors);
    }
    return order_dimensions(contents, error);
}

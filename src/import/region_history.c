// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/region_history.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/import.h>

#include "base/fail.h"

static const char *const TYPES[] = {[UF_REGION_MERGER] = "merger",
                                    [UF_REGION_SPLIT] = "split",
                                    [UF_REGION_TRANSFER] = "transfer",
                                    [UF_REGION_RECODE] = "recode",
                                    [UF_REGION_RENAME] = "name"};
enum { N_TYPES = sizeof TYPES / sizeof *TYPES };

const char *uf_region_change_type_name(enum uf_region_change_type type)
{
    return TYPES[type];
}

void uf_region_history_clear(struct uf_region_history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        free(history->changes[i].before);
        free(history->changes[i].after);
    }
    free(history->changes);
    *history = (struct uf_region_history){0};
}

void uf_crosswalk_clear(struct uf_crosswalk *crosswalk)
{
    for (size_t i = 0; i < crosswalk->count; i++) {
        free(crosswalk->rows[i].from);
        free(crosswalk->rows[i].to);
    }
    free(crosswalk->rows);
    *crosswalk = (struct uf_crosswalk){0};
}

void uf_memberships_clear(struct uf_memberships *memberships)
{
    for (size_t i = 0; i < memberships->count; i++) {
        free(memberships->items[i].child);
        free(memberships->items[i].parent);
    }
    free(memberships->items);
    *memberships = (struct uf_memberships){0};
}

/* The line of a row: the header is line 1, and no cell of these files has a line break. */
static size_t line_of(size_t row)
{
    return row + 2;
}

static uf_status find_columns(const struct uf_table *table, const char *path, const char *const *names,
                              size_t n_names, size_t *out, struct uf_error *error)
{
    for (size_t j = 0; j < n_names; j++) {
        out[j] = uf_table_column(table, names[j]);
        if (out[j] == SIZE_MAX)
            return uf_fail_at(error, UF_BAD_INPUT, path, 1, 0, "the column '%s' is missing from the header",
                              names[j]);
    }
    return UF_OK;
}

static uf_status copy_codes(const struct uf_table *table, const char *path, size_t row,
                            const size_t columns[2], char **first, char **second, struct uf_error *error)
{
    char **const slots[] = {first, second};
    for (size_t k = 0; k < 2; k++) {
        const char *text = uf_table_text(table, row, columns[k]);
        if (!text || !*text)
            return uf_fail_at(error, UF_BAD_INPUT, path, line_of(row), 0,
                              "found an empty cell in the column '%s', expected the code of a region",
                              uf_table_column_name(table, columns[k]));
        *slots[k] = uf_text_copy(text);
        if (!*slots[k]) return uf_fail_memory(error);
    }
    return UF_OK;
}

/* --- changes ----------------------------------------------------------------------------------- */

static uf_status read_change(const struct uf_table *table, const char *path, size_t row,
                             const size_t *columns, struct uf_region_change *out, struct uf_error *error)
{
    UF_TRY(copy_codes(table, path, row, columns, &out->before, &out->after, error));
    const char *type = uf_table_text(table, row, columns[2]);
    int found = 0;
    while (found < N_TYPES && !uf_text_equal(type, TYPES[found])) found++;
    if (found == N_TYPES)
        return uf_fail_at(error, UF_BAD_INPUT, path, line_of(row), 0,
                          "found the type '%s', expected merger, split, transfer, recode or name",
                          type ? type : "");
    double year = uf_table_number(table, row, columns[3]);
    if (!(year >= 1900 && year <= 2200) || year != floor(year))
        return uf_fail_at(error, UF_BAD_INPUT, path, line_of(row), 0,
                          "expected the year of the change in the column 'year', as 2007");
    out->type = (enum uf_region_change_type)found;
    out->year = (int)year;
    out->share = uf_table_number(table, row, columns[4]);
    if (!isnan(out->share) && !(out->share >= 0 && out->share <= 1))
        return uf_fail_at(error, UF_BAD_INPUT, path, line_of(row), 0,
                          "found the share %g, expected a number from 0 to 1", out->share);
    return UF_OK;
}

uf_status uf_region_history_read(const char *path, struct uf_region_history *out, struct uf_error *error)
{
    static const char *const names[] = {"before", "after", "type", "year", "share"};
    struct uf_table *table = NULL;
    UF_TRY(uf_read_delimited_checked(path, names, 3, names + 3, 2, NULL, &table, error));
    struct uf_region_history history = {0};
    size_t columns[5];
    uf_status status = find_columns(table, path, names, 5, columns, error);
    const size_t n = uf_table_rows(table);
    if (status == UF_OK) history.changes = calloc(n + 1, sizeof *history.changes);
    if (status == UF_OK && !history.changes) status = uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        history.count = i + 1;
        status = read_change(table, path, i, columns, &history.changes[i], error);
    }
    uf_table_free(table);
    if (status == UF_OK)
        *out = history;
    else
        uf_region_history_clear(&history);
    return status;
}

/* --- weights ----------------------------------------------------------------------------------- */

static uf_status check_weights(const struct uf_crosswalk *crosswalk, const char *path, struct uf_error *error)
{
    for (size_t i = 0; i < crosswalk->count; i++) {
        const struct uf_crosswalk_row *row = &crosswalk->rows[i];
        double sum = 0;
        bool first = true;
        for (size_t k = 0; k < crosswalk->count; k++) {
            const struct uf_crosswalk_row *other = &crosswalk->rows[k];
            if (strcmp(other->from, row->from) != 0) continue;
            sum += other->weight;
            first = first && k >= i;
            if (k < i && !strcmp(other->to, row->to))
                return uf_fail_at(error, UF_BAD_INPUT, path, line_of(i), 0,
                                  "found '%s' to '%s' a second time; it stands in line %zu too", row->from,
                                  row->to, line_of(k));
        }
        if (first && fabs(sum - 1) > 1e-6)
            return uf_fail_at(error, UF_BAD_INPUT, path, line_of(i), 0,
                              "the weights of '%s' add up to %.10g, expected 1: no more and no less than the "
                              "whole region is carried over",
                              row->from, sum);
    }
    return UF_OK;
}

uf_status uf_crosswalk_read(const char *path, struct uf_crosswalk *out, struct uf_error *error)
{
    static const char *const names[] = {"from", "to", "weight"};
    struct uf_table *table = NULL;
    UF_TRY(uf_read_delimited_checked(path, names, 2, names + 2, 1, NULL, &table, error));
    struct uf_crosswalk crosswalk = {0};
    size_t columns[3];
    uf_status status = find_columns(table, path, names, 3, columns, error);
    const size_t n = uf_table_rows(table);
    if (status == UF_OK) crosswalk.rows = calloc(n + 1, sizeof *crosswalk.rows);
    if (status == UF_OK && !crosswalk.rows) status = uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        struct uf_crosswalk_row *row = &crosswalk.rows[i];
        crosswalk.count = i + 1;
        status = copy_codes(table, path, i, columns, &row->from, &row->to, error);
        row->weight = uf_table_number(table, i, columns[2]);
        if (status == UF_OK && !(row->weight >= 0 && row->weight <= 1))
            status = uf_fail_at(error, UF_BAD_INPUT, path, line_of(i), 0,
                                "expected a weight from 0 to 1 for '%s' to '%s'", row->from, row->to);
    }
    uf_table_free(table);
    if (status == UF_OK) status = check_weights(&crosswalk, path, error);
    if (status == UF_OK)
        *out = crosswalk;
    else
        uf_crosswalk_clear(&crosswalk);
    return status;
}

/* --- memberships ------------------------------------------------------------------------------- */

static int by_child(const void *a, const void *b)
{
    const struct uf_membership *left = a, *right = b;
    int order = strcmp(left->child, right->child);
    return order ? order : strcmp(left->parent, right->parent);
}

uf_status uf_memberships_read(const char *path, const char *child_column, const char *parent_column,
                              struct uf_memberships *out, struct uf_error *error)
{
    const char *const names[] = {child_column, parent_column};
    struct uf_table *table = NULL;
    UF_TRY(uf_read_delimited(path, names, 2, &table, error));
    struct uf_memberships memberships = {0};
    size_t columns[2];
    uf_status status = find_columns(table, path, names, 2, columns, error);
    const size_t n = uf_table_rows(table);
    if (status == UF_OK) memberships.items = calloc(n + 1, sizeof *memberships.items);
    if (status == UF_OK && !memberships.items) status = uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        memberships.count = i + 1;
        status = copy_codes(table, path, i, columns, &memberships.items[i].child,
                            &memberships.items[i].parent, error);
    }
    uf_table_free(table);
    if (status == UF_OK && n) qsort(memberships.items, n, sizeof *memberships.items, by_child);
    for (size_t i = 1; i < memberships.count && status == UF_OK; i++)
        if (!strcmp(memberships.items[i - 1].child, memberships.items[i].child))
            status = uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                                "found '%s' both in '%s' and in '%s', expected one region that it lies in",
                                memberships.items[i].child, memberships.items[i - 1].parent,
                                memberships.items[i].parent);
    if (status == UF_OK)
        *out = memberships;
    else
        uf_memberships_clear(&memberships);
    return status;
}

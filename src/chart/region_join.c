// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/region_join.h"

#include "base/fail.h"
#include "chart/columns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 4 };

/* A name by which a row may be known. */
struct name {
    char *text;
    size_t row;
};
struct names {
    struct name *items;
    size_t n, capacity;
};

static void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->n; i++) free(names->items[i].text);
    free(names->items);
}

static uf_status add_name(struct names *names, const char *text, size_t row, struct uf_error *error)
{
    if (!text || !*text) return UF_OK;
    if (names->n == names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 64;
        struct name *moved = realloc(names->items, capacity * sizeof *moved);
        if (!moved) return uf_fail_memory(error);
        names->items = moved;
        names->capacity = capacity;
    }
    char *copy = uf_text_copy(text);
    if (!copy) return uf_fail_memory(error);
    names->items[names->n++] = (struct name){copy, row};
    return UF_OK;
}

static int by_text(const void *a, const void *b)
{
    const struct name *p = a, *q = b;
    int order = strcmp(p->text, q->text);
    return order ? order : (p->row > q->row) - (p->row < q->row);
}

/* The row that a name stands for; SIZE_MAX where there is none, or more than one. */
static size_t row_of(const struct names *names, const char *text)
{
    size_t low = 0, high = names->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(names->items[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == names->n || strcmp(names->items[low].text, text) != 0) return SIZE_MAX;
    for (size_t i = low + 1; i < names->n && strcmp(names->items[i].text, text) == 0; i++)
        if (names->items[i].row != names->items[low].row) return SIZE_MAX;
    return names->items[low].row;
}

static uf_status add_rows(struct names *names, const struct uf_table *table, size_t label, size_t code,
                          struct uf_error *error)
{
    for (size_t row = 0; row < uf_table_rows(table); row++) {
        char buffer[64];
        UF_TRY(add_name(names, uf_column_label(table, row, label, buffer), row, error));
        UF_TRY(add_name(names, uf_column_label(table, row, code, buffer), row, error));
    }
    return UF_OK;
}

/* Other codes of the rows: an alias of what a row goes by, and what a row's own name is an alias of. */
static uf_status add_aliases(struct names *names, const struct uf_table *aliases, struct uf_error *error)
{
    size_t alias = uf_table_column(aliases, "alias"), code = uf_table_column(aliases, "code");
    if (alias == SIZE_MAX || code == SIZE_MAX)
        return uf_fail(error, UF_INTERNAL, "the table of other codes lacks the columns alias and code");
    struct names more = {0};
    uf_status status = UF_OK;
    for (size_t i = 0; status == UF_OK && i < uf_table_rows(aliases); i++) {
        char alias_text[64], code_text[64];
        const char *from = uf_column_label(aliases, i, alias, alias_text);
        const char *to = uf_column_label(aliases, i, code, code_text);
        size_t by_code = row_of(names, to), by_alias = row_of(names, from);
        if (by_code != SIZE_MAX) status = add_name(&more, from, by_code, error);
        if (status == UF_OK && by_alias != SIZE_MAX) status = add_name(&more, to, by_alias, error);
    }
    /* a name that a row has itself is not taken from it by an alias; asked before anything is added, since the
     * search needs the list sorted */
    for (size_t i = 0; i < more.n; i++)
        if (row_of(names, more.items[i].text) != SIZE_MAX) more.items[i].row = SIZE_MAX;
    for (size_t i = 0; status == UF_OK && i < more.n; i++)
        if (more.items[i].row != SIZE_MAX)
            status = add_name(names, more.items[i].text, more.items[i].row, error);
    names_clear(&more);
    return status;
}

static size_t count_matches(const struct uf_geometry *geometry, const struct names *names, size_t attribute)
{
    size_t n = 0;
    for (size_t i = 0; i < geometry->n_regions; i++)
        n += row_of(names, uf_geometry_value(geometry, i, attribute)) != SIZE_MAX;
    return n;
}

static void list_attributes(const struct uf_geometry *geometry, struct uf_buffer *out)
{
    for (size_t k = 0; k < geometry->attributes.count; k++) {
        if (k) uf_buffer_append(out, ", ");
        uf_buffer_append(out, geometry->attributes.items[k]);
        if (geometry->n_regions == 0 || !*uf_geometry_value(geometry, 0, k)) continue;
        uf_buffer_append(out, " (");
        uf_buffer_append(out, uf_geometry_value(geometry, 0, k));
        uf_buffer_append(out, " …)");
    }
    if (geometry->attributes.count == 0) uf_buffer_append(out, "no attributes");
}

static uf_status no_match(const struct uf_geometry *geometry, const char *path, const struct uf_table *table,
                          size_t label, size_t code, struct uf_error *error)
{
    struct uf_buffer file, rows;
    uf_buffer_init(&file);
    uf_buffer_init(&rows);
    list_attributes(geometry, &file);
    for (size_t row = 0; row < uf_table_rows(table) && row < SHOWN; row++) {
        char buffer[64];
        if (row) uf_buffer_append(&rows, ", ");
        uf_buffer_append(&rows, uf_column_label(table, row, code != SIZE_MAX ? code : label, buffer));
    }
    uf_status status =
        uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                   "no region of the file is in the table '%s'. The file's regions have: %.600s; the "
                   "table has: %.300s. Give the table codes or names that the file has",
                   uf_table_name(table), file.data ? file.data : "", rows.data ? rows.data : "");
    uf_buffer_clear(&file);
    uf_buffer_clear(&rows);
    return status;
}

static uf_status choose_attribute(const struct uf_geometry *geometry, const char *path, const char *key,
                                  const struct names *names, size_t *out, struct uf_error *error)
{
    if (key) {
        *out = uf_text_list_find(&geometry->attributes, key);
        if (*out != SIZE_MAX) return UF_OK;
        struct uf_buffer list;
        uf_buffer_init(&list);
        list_attributes(geometry, &list);
        const char *near =
            uf_text_nearest(key, (const char *const *)geometry->attributes.items, geometry->attributes.count);
        uf_status status = uf_fail_at(
            error, UF_BAD_USAGE, path, 0, 0,
            "the regions of the file have no attribute '%s'%s%s%s; they have: %.600s", key,
            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "", list.data ? list.data : "");
        uf_buffer_clear(&list);
        return status;
    }
    size_t most = 0;
    *out = SIZE_MAX;
    for (size_t k = 0; k < geometry->attributes.count; k++) {
        size_t n = count_matches(geometry, names, k);
        if (n > most) most = n, *out = k;
    }
    return UF_OK;
}

uf_status uf_region_join(const struct uf_geometry *geometry, const char *path, const char *key,
                         const struct uf_table *table, size_t label, size_t code,
                         const struct uf_table *aliases, size_t *out_row, size_t *out_attribute,
                         struct uf_error *error)
{
    struct names names = {0};
    size_t attribute = SIZE_MAX, n_found = 0;
    uf_status status;
    UF_TRY_GOTO(add_rows(&names, table, label, code, error), done);
    if (names.n) qsort(names.items, names.n, sizeof *names.items, by_text);
    if (aliases) UF_TRY_GOTO(add_aliases(&names, aliases, error), done);
    if (names.n) qsort(names.items, names.n, sizeof *names.items, by_text);
    UF_TRY_GOTO(choose_attribute(geometry, path, key, &names, &attribute, error), done);
    for (size_t i = 0; attribute != SIZE_MAX && i < geometry->n_regions; i++)
        n_found += row_of(&names, uf_geometry_value(geometry, i, attribute)) != SIZE_MAX;
    if (n_found == 0) {
        status = no_match(geometry, path, table, label, code, error);
        goto done;
    }
    for (size_t i = 0; i < geometry->n_regions; i++)
        out_row[i] = row_of(&names, uf_geometry_value(geometry, i, attribute));
    *out_attribute = attribute;
done:
    names_clear(&names);
    return status;
}

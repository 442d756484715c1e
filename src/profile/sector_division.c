// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/sector_division.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { BROAD = 2 };

void sector_division_clear(struct sector_division *division)
{
    for (size_t g = 0; division->name && g < division->n_groups; g++) free(division->name[g]);
    free(division->sector);
    free(division->group);
    free(division->name);
    free(division->size);
    *division = (struct sector_division){0};
}

static bool is_mark(char c) /* a point or hyphen of a code counts for nothing */
{
    return !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
}

static size_t code_length(const char *code)
{
    size_t n = 0;
    for (; *code; code++) n += !is_mark(*code);
    return n;
}

/* The bytes that hold the first n letters and digits. */
static size_t beginning(const char *code, size_t n)
{
    size_t end = 0;
    for (; code[end] && n > 0; end++) n -= !is_mark(code[end]);
    return end;
}

/* Puts a sector in the group of that name, which is made where it is new. */
static uf_status put(struct sector_division *division, size_t sector, const char *name, size_t length,
                     struct uf_error *error)
{
    size_t g = 0;
    while (g < division->n_groups &&
           (strlen(division->name[g]) != length || strncmp(division->name[g], name, length) != 0))
        g++;
    if (g == division->n_groups) {
        char *copy = calloc(length + 1, 1);
        if (copy == NULL) return uf_fail_memory(error);
        memcpy(copy, name, length);
        division->name[division->n_groups++] = copy;
    }
    division->sector[division->n_sectors] = sector;
    division->group[division->n_sectors++] = g;
    division->size[g]++;
    return UF_OK;
}

static uf_status by_code(const struct panel_activity *a, size_t broad, size_t fine,
                         struct sector_division *division, struct uf_error *error)
{
    if (broad == 0 || (fine != SIZE_MAX && fine <= broad))
        return uf_fail(
            error, UF_BAD_USAGE,
            "Broad sectors of %zu and fine ones of %zu letters and digits are no two levels: 'broad' is at "
            "least 1, and 'fine' is more.",
            broad, fine == SIZE_MAX ? 0 : fine);
    for (size_t s = 0; s < a->n_sectors; s++) {
        const char *code = panel_activity_sector_code(a, s);
        if (fine != SIZE_MAX && code_length(code) != fine) {
            division->n_other++;
            continue;
        }
        UF_TRY(put(division, s, code, beginning(code, broad), error));
    }
    if (division->n_sectors > 0) return UF_OK;
    return uf_fail(
        error, UF_BAD_USAGE,
        "No sector has a code of %zu letters and digits (the first is '%s'); change the option 'fine'.", fine,
        panel_activity_sector_code(a, 0));
}

static uf_status find_listed(const struct panel_activity *a, const struct sector_division *division,
                             const char *code, size_t *out, struct uf_error *error)
{
    const struct uf_dictionary *known = &a->panel->sectors;
    size_t sector = SIZE_MAX;
    for (size_t s = 0; s < a->n_sectors; s++)
        if (strcmp(panel_activity_sector_code(a, s), code) == 0) sector = s;
    const char *near = uf_text_nearest(code, (const char *const *)known->code, known->count);
    if (sector == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE,
                       "The option 'groups' names '%s', which is no sector with values%s%s%s", code,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ".");
    for (size_t i = 0; i < division->n_sectors; i++)
        if (division->sector[i] == sector)
            return uf_fail(error, UF_BAD_USAGE, "The option 'groups' names the sector '%s' twice.", code);
    *out = sector;
    return UF_OK;
}

static uf_status by_list(const struct panel_activity *a, const struct uf_text_list *items,
                         struct sector_division *division, struct uf_error *error)
{
    division->listed = true;
    for (size_t i = 0; i < items->count; i++) {
        const char *item = items->items[i], *equals = strchr(item, '=');
        if (equals == NULL || equals == item || equals[1] == '\0')
            return uf_fail(error, UF_BAD_USAGE,
                           "found '%s' in 'groups', expected a sector and its broad sector, as C=industry",
                           item);
        char *code = uf_text_copy(item);
        if (code == NULL) return uf_fail_memory(error);
        code[equals - item] = '\0';
        size_t sector;
        uf_status status = find_listed(a, division, code, &sector, error);
        free(code);
        UF_TRY(status);
        UF_TRY(put(division, sector, equals + 1, strlen(equals + 1), error));
    }
    division->n_other = a->n_sectors - division->n_sectors;
    return UF_OK;
}

uf_status sector_division_new(const struct panel_activity *activity, const struct uf_options *options,
                              struct sector_division *out, struct uf_error *error)
{
    const struct uf_text_list *items = uf_options_list(options, "groups");
    const size_t broad = uf_options_count(options, "broad"), fine = uf_options_count(options, "fine");
    if (items->count > 0 && (broad != SIZE_MAX || fine != SIZE_MAX))
        return uf_fail(
            error, UF_BAD_USAGE,
            "Give the broad sectors in one way: 'groups', or 'broad' and 'fine' for the codes' levels.");
    const size_t n = activity->n_sectors;
    out->sector = calloc(n, sizeof *out->sector);
    out->group = calloc(n, sizeof *out->group);
    out->name = calloc(n, sizeof *out->name);
    out->size = calloc(n, sizeof *out->size);
    if (!out->sector || !out->group || !out->name || !out->size) return uf_fail_memory(error);
    if (items->count > 0) return by_list(activity, items, out, error);
    return by_code(activity, broad == SIZE_MAX ? BROAD : broad, fine, out, error);
}

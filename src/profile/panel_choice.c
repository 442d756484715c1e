// SPDX-License-Identifier: GPL-3.0-or-later
/* Which rows of a panel are regions, which sectors, which the given total and which the reference area. */
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "profile/panel_cube.h"

static uf_status find_code(const struct uf_dictionary *dictionary, const char *code, const char *option,
                           const char *what, size_t *out, struct uf_error *error)
{
    *out = SIZE_MAX;
    if (code == NULL || *code == 0) return UF_OK;
    for (size_t i = 0; i < dictionary->count;
         i++) /* sectors may stand in the user's order: no binary search */
        if (strcmp(dictionary->code[i], code) == 0) {
            *out = i;
            return UF_OK;
        }
    const char *near = uf_text_nearest(code, (const char *const *)dictionary->code, dictionary->count);
    return uf_fail(error, UF_BAD_USAGE, "The option '%s' names '%s', which is no %s of the data%s%s%s",
                   option, code, what, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                   near != NULL ? "'?" : ".");
}

/* Hidden by the publisher is not the same as not there: only the latter lets a region drop out unasked. */
static bool is_absent(uf_value_status status)
{
    return uf_value_is_missing(status) && !panel_cube_is_hidden(status);
}

static void drop_absent(struct panel_cube *cube, struct panel_activity *out)
{
    for (size_t u = 0; u < cube->n_units && !out->keep_incomplete; u++) {
        bool absent = false;
        for (size_t t = 0; cube->region[u] && t < cube->n_periods; t++) {
            bool nothing = true;
            for (size_t s = 0; s < cube->n_sectors; s++)
                if (cube->sector[s] && !is_absent(cube->status[panel_cube_at(cube, t, u, s)]))
                    nothing = false;
            absent = absent || nothing;
        }
        if (!cube->region[u] || !absent) continue;
        cube->region[u] = false;
        out->absent_region[out->n_absent_regions++] = u;
    }
    for (size_t s = 0; s < cube->n_sectors; s++) {
        bool absent = false;
        for (size_t t = 0; cube->sector[s] && t < cube->n_periods; t++) {
            bool nothing = true;
            for (size_t u = 0; u < cube->n_units; u++)
                if (cube->region[u] && !is_absent(cube->status[panel_cube_at(cube, t, u, s)]))
                    nothing = false;
            absent = absent || nothing;
        }
        if (!cube->sector[s] || !absent) continue;
        cube->sector[s] = false;
        out->absent_sector[out->n_absent_sectors++] = s;
    }
}

static bool is_complete(const struct panel_cube *cube, const struct panel_activity *out, size_t u)
{
    for (size_t t = 0; t < cube->n_periods; t++)
        for (size_t s = 0; s < cube->n_sectors; s++)
            if ((cube->sector[s] || s == out->total_sector) &&
                isnan(cube->value[panel_cube_at(cube, t, u, s)]))
                return false;
    return true;
}

static void drop_incomplete(struct panel_cube *cube, struct panel_activity *out)
{
    for (size_t u = 0; u < cube->n_units; u++) {
        if (!cube->region[u] || is_complete(cube, out, u)) continue;
        cube->region[u] = false;
        out->absent_region[out->n_absent_regions++] = u;
    }
}

/* Those that lack no figure; without a published row they are the reference area of the regions kept. */
static uf_status find_complete(const struct panel_cube *cube, struct panel_activity *out,
                               struct uf_error *error)
{
    size_t n = 0;
    for (size_t r = 0; r < out->n_regions; r++)
        n += out->complete[r] = is_complete(cube, out, out->region[r]);
    out->has_whole = out->whole_unit != SIZE_MAX;
    out->whole_parts = 1;
    if (!out->keep_incomplete || out->has_whole) return UF_OK;
    if (n == 0)
        return uf_fail(
            error, UF_BAD_INPUT,
            "No region has a figure of '%s' for every sector, so 'incomplete: keep' leaves no reference "
            "area. "
            "Name fewer sectors, another period, or the published row of the reference area (reference-row).",
            out->column->name);
    out->has_whole = true;
    out->whole_parts = n;
    return UF_OK;
}

/* Codes that publishers give to the row of all sectors. */
static bool is_total_code(const char *code)
{
    static const char *const totals[] = {"TOTAL", "TOT", "A-U", "A-S", "A-T"};
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
        if (strcasecmp(code, totals[i]) == 0) return true;
    return false;
}

uf_status panel_cube_choose(const struct uf_panel *panel, const struct uf_options *options,
                            const size_t *periods, struct panel_cube *cube, struct panel_activity *out,
                            struct uf_error *error)
{
    UF_TRY(find_code(&panel->sectors, uf_options_text(options, "total"), "total", "sector",
                     &out->total_sector, error));
    UF_TRY(find_code(&panel->units, uf_options_text(options, "reference-row"), "reference-row", "region",
                     &out->whole_unit, error));
    out->reference =
        uf_options_has(options, "reference") && strcmp(uf_options_text(options, "reference"), "nation") != 0
            ? UF_REFERENCE_REST
            : UF_REFERENCE_NATION;
    if (out->reference == UF_REFERENCE_REST && out->whole_unit != SIZE_MAX)
        return uf_fail(
            error, UF_BAD_USAGE,
            "The rest of the nation is formed from the regions: give either 'reference: rest-of-nation' or "
            "'reference-row', not both.");
    out->leave_out_incomplete = strcmp(uf_options_text(options, "incomplete"), "leave-out") == 0;
    out->keep_incomplete = strcmp(uf_options_text(options, "incomplete"), "keep") == 0;
    if (out->reference == UF_REFERENCE_REST && out->keep_incomplete)
        return uf_fail(error, UF_BAD_USAGE,
                       "With 'incomplete: keep' regions are compared with those that lack nothing: give "
                       "either it or 'reference: rest-of-nation', not both.");
    out->unnamed_total = SIZE_MAX;
    if (out->total_sector != SIZE_MAX) cube->sector[out->total_sector] = false;
    for (size_t s = 0; s < cube->n_sectors && cube->n_sectors > 1; s++) {
        if (!cube->sector[s] || !is_total_code(panel->sectors.code[s])) continue;
        cube->sector[s] = false;
        out->unnamed_total = s;
    }
    if (out->whole_unit != SIZE_MAX) cube->region[out->whole_unit] = false;
    drop_absent(cube, out); /* a region or sector of which nothing is known is not made up */
    UF_TRY(panel_cube_impute(panel, options, periods, cube, out, error));
    if (out->leave_out_incomplete) drop_incomplete(cube, out);
    for (size_t u = 0; u < cube->n_units; u++)
        if (cube->region[u]) out->region[out->n_regions++] = u;
    for (size_t s = 0; s < cube->n_sectors; s++)
        if (cube->sector[s]) out->sector[out->n_sectors++] = s;
    if (out->n_regions == 0 || out->n_sectors == 0)
        return uf_fail(
            error, UF_BAD_INPUT,
            "'%s' has no %s with values in the chosen period: choose another period, or see which rows were "
            "left out.",
            out->column->name, out->n_regions == 0 ? "region" : "sector");
    if (out->reference == UF_REFERENCE_REST && out->n_regions == 1)
        return uf_fail(error, UF_BAD_USAGE,
                       "There is only one region with values, and so no rest of the nation to compare with.");
    return find_complete(cube, out, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/cube.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"

void export_cube_clear(struct export_cube *cube)
{
    for (size_t i = 0; i < cube->n_axes; i++) {
        free(cube->axes[i].id);
        free(cube->axes[i].categories);
    }
    free(cube->axes);
    free(cube->regions);
    free(cube->sectors);
    free(cube->breakdowns);
    free(cube->none);
    memset(cube, 0, sizeof *cube);
}

static uf_status add_category(struct export_axis *axis, struct export_category category,
                              struct uf_error *error)
{
    if ((axis->count & (axis->count - 1)) == 0) {
        struct export_category *more =
            realloc(axis->categories, (axis->count ? axis->count * 2 : 1) * sizeof *more);
        if (!more) return uf_fail_memory(error);
        axis->categories = more;
    }
    axis->categories[axis->count++] = category;
    return UF_OK;
}

/* --- the categories of each axis --------------------------------------------------------------- */

static uf_status fill_codes(const struct export_codes *codes, const bool *used, bool none,
                            struct export_axis *axis, struct uf_error *error)
{
    if (none) UF_TRY(add_category(axis, (struct export_category){0}, error));
    for (size_t i = 0; i < codes->count; i++)
        if (used[i])
            UF_TRY(add_category(
                axis, (struct export_category){codes->items[i].code, codes->items[i].name_en, 0}, error));
    return UF_OK;
}

/* "No code" first, then by code: in nearly all cubes that is the order in which the observations come, and where it
 * is not, only the dense form is lost. */
static int compare_categories(const void *a, const void *b)
{
    const char *left = ((const struct export_category *)a)->code,
               *right = ((const struct export_category *)b)->code;
    if (!left || !right) return (left != NULL) - (right != NULL);
    return strcmp(left, right);
}

static uf_status fill_breakdown(const struct export_contents *contents,
                                const struct export_indicator *indicator, struct export_axis *axis,
                                struct uf_error *error)
{
    struct uf_codes seen;
    uf_codes_init(&seen);
    bool none = indicator->no_breakdown;
    uf_status status = UF_OK;
    for (size_t i = 0; i < contents->n_breakdowns && i < indicator->n_breakdowns && status == UF_OK; i++) {
        if (!indicator->breakdowns[i]) continue;
        const char *code = export_breakdown_code(&contents->breakdowns[i], axis->dimension);
        int64_t place;
        none = none || !code;
        if (!code || uf_codes_find(&seen, code, strlen(code), &place)) continue;
        const char *label = export_label_of(contents, contents->dimensions.items[axis->dimension], code);
        status = uf_codes_put(&seen, code, strlen(code), 0, error);
        if (status == UF_OK) status = add_category(axis, (struct export_category){code, label, 0}, error);
    }
    uf_codes_clear(&seen);
    if (status == UF_OK && none) status = add_category(axis, (struct export_category){0}, error);
    if (status == UF_OK && axis->count > 1)
        qsort(axis->categories, axis->count, sizeof *axis->categories, compare_categories);
    return status;
}

static bool uses_dimension(const struct export_contents *contents, const struct export_indicator *indicator,
                           size_t dimension)
{
    for (size_t i = 0; i < contents->n_breakdowns && i < indicator->n_breakdowns; i++)
        if (indicator->breakdowns[i] && export_breakdown_code(&contents->breakdowns[i], dimension))
            return true;
    return false;
}

/* --- the axes ---------------------------------------------------------------------------------- */

static uf_status name_axis(const struct export_cube *cube, const char *name, char **out,
                           struct uf_error *error)
{
    struct uf_buffer id;
    uf_buffer_init(&id);
    uf_buffer_append(&id, name);
    for (size_t n = 2; !id.failed; n++) {
        size_t i = 0;
        while (i < cube->n_axes && strcasecmp(cube->axes[i].id, id.data)) i++;
        if (i == cube->n_axes && strcasecmp(id.data, "period")) break;
        id.length = 0;
        uf_buffer_append(&id, name);
        uf_buffer_append_char(&id, '_');
        uf_buffer_append_size(&id, n);
    }
    *out = uf_buffer_take(&id);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status add_axis(struct export_cube *cube, enum export_axis_kind kind, const char *name,
                          struct export_axis **out, struct uf_error *error)
{
    struct export_axis axis = {.kind = kind};
    if (kind == EXPORT_AXIS_PERIOD)
        axis.id = uf_text_copy(name);
    else
        UF_TRY(name_axis(cube, name, &axis.id, error));
    if (!axis.id) return uf_fail_memory(error);
    cube->axes[cube->n_axes] = axis;
    *out = &cube->axes[cube->n_axes++];
    return UF_OK;
}

static uf_status make_axes(const struct export_contents *contents, struct export_cube *cube,
                           struct uf_error *error)
{
    const struct export_indicator *indicator = cube->indicator;
    struct export_axis *axis = NULL;
    bool sectors = false;
    for (size_t i = 0; i < contents->sectors.count; i++) sectors = sectors || indicator->sectors[i];
    cube->axes = calloc(contents->dimensions.count + 4, sizeof *cube->axes);
    if (!cube->axes) return uf_fail_memory(error);
    UF_TRY(add_axis(cube, EXPORT_AXIS_INDICATOR, "indicator", &axis, error));
    UF_TRY(add_category(axis, (struct export_category){indicator->code, indicator->name_en, 0}, error));
    UF_TRY(add_axis(cube, EXPORT_AXIS_REGION, "region", &axis, error));
    UF_TRY(fill_codes(&contents->regions, indicator->regions, false, axis, error));
    if (sectors) {
        UF_TRY(add_axis(cube, EXPORT_AXIS_SECTOR, "sector", &axis, error));
        UF_TRY(fill_codes(&contents->sectors, indicator->sectors, indicator->no_sector, axis, error));
    }
    for (size_t d = 0; d < contents->dimensions.count; d++) {
        if (!uses_dimension(contents, indicator, d)) continue;
        const char *name = contents->dimensions.items[d];
        UF_TRY(add_axis(cube, EXPORT_AXIS_BREAKDOWN, *name ? name : "breakdown", &axis, error));
        axis->dimension = d;
        UF_TRY(fill_breakdown(contents, indicator, axis, error));
    }
    UF_TRY(add_axis(cube, EXPORT_AXIS_PERIOD, "period", &axis, error));
    for (size_t i = 0; i < indicator->n_periods; i++)
        UF_TRY(add_category(axis, (struct export_category){.period = indicator->periods[i]}, error));
    return UF_OK;
}

static uf_status measure(struct export_cube *cube, struct uf_error *error)
{
    const uint64_t most = UINT64_C(1) << 53; /* JSON's readers count in doubles */
    cube->cells = 1;
    for (size_t i = cube->n_axes; i-- > 0;) {
        cube->axes[i].stride = cube->cells;
        if (__builtin_mul_overflow(cube->cells, cube->axes[i].count, &cube->cells) || cube->cells > most)
            return uf_fail(error, UF_BAD_INPUT,
                           "the cube of indicator %s has more than 2^53 cells, and JSON-stat numbers each of "
                           "them; choose fewer with --region or --level, or another format",
                           cube->indicator->code);
    }
    return UF_OK;
}

/* A code that no category has. */
static uf_status find_none(struct export_cube *cube, struct uf_error *error)
{
    struct uf_buffer none;
    uf_buffer_init(&none);
    uf_buffer_append(&none, "_Z");
    for (bool taken = true; taken && !none.failed;) {
        taken = false;
        for (size_t i = 0; i < cube->n_axes; i++)
            for (size_t j = 0; j < cube->axes[i].count; j++)
                taken = taken || (cube->axes[i].categories[j].code &&
                                  !strcmp(cube->axes[i].categories[j].code, none.data));
        if (taken) uf_buffer_append_char(&none, '_');
    }
    cube->none = uf_buffer_take(&none);
    return cube->none ? UF_OK : uf_fail_memory(error);
}

/* --- positions --------------------------------------------------------------------------------- */

static uint64_t place_in(const struct export_axis *axis, const char *code)
{
    for (size_t i = 0; i < axis->count; i++)
        if (uf_text_equal(axis->categories[i].code, code)) return axis->stride * i;
    return 0;
}

static uint64_t breakdown_place(const struct export_cube *cube, const struct export_breakdown *breakdown)
{
    uint64_t place = 0;
    for (size_t i = 0; i < cube->n_axes; i++)
        if (cube->axes[i].kind == EXPORT_AXIS_BREAKDOWN)
            place += place_in(&cube->axes[i], export_breakdown_code(breakdown, cube->axes[i].dimension));
    return place;
}

static uf_status place_all(const struct export_contents *contents, struct export_cube *cube,
                           struct uf_error *error)
{
    const struct export_indicator *indicator = cube->indicator;
    cube->regions = calloc(contents->regions.count + 1, sizeof *cube->regions);
    cube->sectors = calloc(contents->sectors.count + 1, sizeof *cube->sectors);
    cube->breakdowns = calloc(contents->n_breakdowns + 1, sizeof *cube->breakdowns);
    if (!cube->regions || !cube->sectors || !cube->breakdowns) return uf_fail_memory(error);
    for (size_t a = 0; a < cube->n_axes; a++) {
        const struct export_axis *axis = &cube->axes[a];
        if (axis->kind != EXPORT_AXIS_REGION && axis->kind != EXPORT_AXIS_SECTOR) continue;
        bool region = axis->kind == EXPORT_AXIS_REGION;
        uint64_t *places = region ? cube->regions : cube->sectors;
        const bool *used = region ? indicator->regions : indicator->sectors;
        size_t n = region ? contents->regions.count : contents->sectors.count;
        size_t next = axis->categories[0].code ? 0 : 1; /* "none" stands first */
        for (size_t i = 0; i < n; i++)
            if (used[i]) places[i] = axis->stride * next++;
    }
    for (size_t i = 0; i < contents->n_breakdowns && i < indicator->n_breakdowns; i++)
        if (indicator->breakdowns[i]) cube->breakdowns[i] = breakdown_place(cube, &contents->breakdowns[i]);
    cube->no_breakdown = breakdown_place(cube, NULL);
    return UF_OK;
}

uint64_t export_cube_position(const struct export_cube *cube, const struct export_row *row)
{
    const struct export_axis *periods = &cube->axes[cube->n_axes - 1];
    size_t low = 0, high = periods->count;
    while (low + 1 < high) {
        size_t middle = (low + high) / 2;
        if (periods->categories[middle].period <= row->period)
            low = middle;
        else
            high = middle;
    }
    return cube->regions[row->region] +
           (row->sector == SIZE_MAX ? cube->no_sector : cube->sectors[row->sector]) +
           (row->breakdown ? cube->breakdowns[row->breakdown_place] : cube->no_breakdown) + low;
}

uf_status export_cube_make(const struct export_contents *contents, const struct export_indicator *indicator,
                           struct export_cube *out, struct uf_error *error)
{
    struct export_cube cube = {.indicator = indicator};
    uf_status status = make_axes(contents, &cube, error);
    if (status == UF_OK) status = measure(&cube, error);
    if (status == UF_OK) status = find_none(&cube, error);
    if (status == UF_OK) status = place_all(contents, &cube, error);
    if (status != UF_OK)
        export_cube_clear(&cube);
    else
        *out = cube;
    return status;
}

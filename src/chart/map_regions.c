// SPDX-License-Identifier: GPL-3.0-or-later
/* A table and a file of boundaries → the regions of a map, each with its value, class or reason. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/map.h"
#include "chart/reasons.h"
#include "chart/region_join.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uf_status find_columns(const struct uf_chart_request *request, struct map *map, struct uf_error *error)
{
    map->table = request->table;
    UF_TRY(uf_column_need(map->table, "map", request->label, "label", &map->label, error));
    UF_TRY(uf_column_need(map->table, "map", request->value, "value", &map->value, error));
    UF_TRY(uf_column_maybe(map->table, "map", request->code, "code", &map->code, error));
    for (size_t row = 0; row < uf_table_rows(map->table); row++)
        if (isfinite(uf_table_number(map->table, row, map->value))) return UF_OK;
    return uf_no_value(request, error);
}

/* A row per region: two years of one region would be drawn one upon the other. */
static uf_status check_rows(const struct map *map, struct uf_error *error)
{
    struct uf_text_list seen;
    uf_text_list_init(&seen);
    uf_status status = UF_OK;
    for (size_t row = 0; status == UF_OK && row < uf_table_rows(map->table); row++) {
        char buffer[64];
        if (!map->row_used[row]) continue;
        const char *name =
            uf_column_label(map->table, row, map->code == SIZE_MAX ? map->label : map->code, buffer);
        if (uf_text_list_find(&seen, name) != SIZE_MAX)
            status = uf_fail(error, UF_BAD_INPUT,
                             "the chart 'map' wants one row per region; the table '%s' has several for '%s'",
                             uf_table_name(map->table), name);
        else
            status = uf_text_list_add(&seen, name, error);
    }
    uf_text_list_clear(&seen);
    return status;
}

/* A region that the table lacks: the first of its attributes that is a name and not a number. */
static const char *name_in_file(const struct map *map, size_t region)
{
    for (size_t k = 0; k < map->geometry.attributes.count; k++) {
        const char *text = uf_geometry_value(&map->geometry, region, k);
        if (*text && strspn(text, "0123456789.,-+eE ") < strlen(text) && k != map->attribute) return text;
    }
    return uf_geometry_value(&map->geometry, region, map->attribute);
}

static uf_status fill_regions(struct uf_drawing *drawing, struct map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    size_t n_values = 0;
    for (size_t i = 0; i < map->geometry.n_regions; i++) {
        struct region *region = &map->regions[i];
        *region = (struct region){.row = map->row_of[i], .value = NAN, .anchor_x = NAN};
        region->name = name_in_file(map, i);
        const char *code = "";
        if (region->row != SIZE_MAX) {
            const char *text = uf_table_text(map->table, region->row, map->label);
            const char *code_text =
                map->code == SIZE_MAX ? NULL : uf_table_text(map->table, region->row, map->code);
            if (text) region->name = text;
            if (code_text) code = code_text;
            double value = uf_table_number(map->table, region->row, map->value);
            if (isfinite(value)) region->value = value, n_values++;
            map->row_used[region->row] = true;
        }
        region->focus = uf_focus_of(request, region->name, code) != SIZE_MAX;
    }
    return n_values ? check_rows(map, error) : uf_no_value(request, error);
}

static uf_status classify(struct uf_drawing *drawing, struct map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    size_t n = map->geometry.n_regions;
    map->decimals = uf_table_column_decimals(map->table, map->value);
    if (map->decimals < 0) map->decimals = 1;
    double *values = malloc((n + 1) * sizeof *values);
    if (!values) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) values[i] = map->regions[i].value;
    map->classes = uf_classes_of(values, n, request->reference, map->decimals);
    for (int k = 0; request->class_limits && k < UF_CLASSES - 1; k++)
        map->classes.limits[k] = request->class_limits[k];
    free(values);
    for (size_t i = 0; i < n; i++) {
        struct region *region = &map->regions[i];
        region->class = uf_class_of(&map->classes, region->value);
        if (region->class) continue;
        const char *words = region->row == SIZE_MAX
                                ? uf_reason_absent(drawing->language)
                                : uf_reason_words(uf_table_value_status(map->table, region->row, map->value),
                                                  drawing->language);
        region->reason = uf_reason_number(drawing, &map->reasons, words);
    }
    return UF_OK;
}

uf_status map_read(struct uf_drawing *drawing, struct map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    UF_TRY(find_columns(request, map, error));
    if (!request->geometry)
        return uf_fail(
            error, UF_BAD_USAGE,
            "the chart 'map' was given no boundaries: expected a GeoJSON file or a shapefile; 'tile-map' "
            "needs none");
    UF_TRY(uf_geometry_read(request->geometry, &map->geometry, error));
    size_t n = map->geometry.n_regions;
    map->row_of = calloc(n + 1, sizeof *map->row_of);
    map->regions = calloc(n + 1, sizeof *map->regions);
    map->row_used = calloc(uf_table_rows(map->table) + 1, sizeof *map->row_used);
    if (!map->row_of || !map->regions || !map->row_used) return uf_fail_memory(error);
    UF_TRY(uf_region_join(&map->geometry, request->geometry, request->geometry_key, map->table, map->label,
                          map->code, request->aliases, map->row_of, &map->attribute, error));
    UF_TRY(fill_regions(drawing, map, error));
    return classify(drawing, map, error);
}

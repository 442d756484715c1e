// SPDX-License-Identifier: GPL-3.0-or-later
/* A true map: the regions of a file of boundaries in five classes, missing ones hatched, the focus named beside
 * the map; the legend to the right, or below a wide map. North is up and a kilometre as long in both directions. */
#include "base/fail.h"
#include "chart/columns.h"
#include "chart/end_labels.h"
#include "chart/measure.h"
#include "chart/reasons.h"
#include "chart/region_join.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum {
    LEGEND_WIDTH = 165,
    LABELS_WIDTH = 150,
    TALLEST = 600,
    LABEL_GAP = 15,
    NAMED_IN_ALT = 3,
    NAMED_ABSENT = 4
};
#define FINEST     0.4 /* pixels between points */
#define WIDE_MAP   1.15
#define MARK_WIDTH 9.0 /* of a region that has room for a triangle */

struct region {
    size_t row; /* of the table; SIZE_MAX: not in it */
    const char *name;
    double value;
    int class, reason;
    bool focus;
    double anchor_x, anchor_y,
        anchor_width; /* pixels: a place within, and how wide it is there; NaN: no boundary */
};

struct map {
    const struct uf_table *table;
    size_t label, value, code, attribute;
    struct uf_geometry geometry;
    size_t *row_of;
    struct region *regions;
    bool *row_used; /* rows of the table that are on the map */
    int decimals;
    struct uf_classes classes;
    struct uf_text_list reasons;
    /* the map's place */
    double low_x, high_x, low_y, high_y; /* of the boundaries */
    double scale, left, top, right, bottom;
};

/* --- reading ------------------------------------------------------------------------------------ */

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

static uf_status read_map(struct uf_drawing *drawing, struct map *map, struct uf_error *error)
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

/* --- places ------------------------------------------------------------------------------------- */

static double pixel_x(const struct map *map, double x)
{
    return map->left + (x - map->low_x) * map->scale;
}

static double pixel_y(const struct map *map, double y)
{
    return map->top + (map->high_y - y) * map->scale;
}

static void find_extent(struct map *map)
{
    const struct uf_geometry *geometry = &map->geometry;
    map->low_x = map->low_y = INFINITY;
    map->high_x = map->high_y = -INFINITY;
    for (size_t i = 0; i < geometry->n_points; i++) {
        map->low_x = fmin(map->low_x, geometry->xs[i]), map->high_x = fmax(map->high_x, geometry->xs[i]);
        map->low_y = fmin(map->low_y, geometry->ys[i]), map->high_y = fmax(map->high_y, geometry->ys[i]);
    }
}

static double ring_area(const struct uf_geometry *geometry, const struct uf_ring *ring, double *out_y)
{
    const double *xs = geometry->xs + ring->first, *ys = geometry->ys + ring->first;
    double area = 0, moment = 0;
    for (size_t i = 1; i + 1 < ring->n; i++) {
        double part = (xs[i] - xs[0]) * (ys[i + 1] - ys[0]) - (xs[i + 1] - xs[0]) * (ys[i] - ys[0]);
        area += part;
        moment += part * (ys[i] + ys[i + 1] - 2 * ys[0]) / 3;
    }
    *out_y = area != 0 ? ys[0] + moment / area : ys[0];
    return fabs(area) / 2;
}

static int by_number(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* The widest stretch within the region at the height of its largest part's centre. Rings of a region stand
 * together. */
static uf_status place_anchor(struct map *map, size_t first_ring, size_t n_rings, double *crossings,
                              struct uf_error *error)
{
    const struct uf_geometry *geometry = &map->geometry;
    struct region *region = &map->regions[geometry->rings[first_ring].region];
    double largest = -1, y = 0, middle;
    size_t n = 0;
    (void)error;
    for (size_t r = first_ring; r < first_ring + n_rings; r++) {
        double area = ring_area(geometry, &geometry->rings[r], &middle);
        if (!geometry->rings[r].hole && area > largest) largest = area, y = middle;
    }
    for (size_t r = first_ring; r < first_ring + n_rings; r++) {
        const struct uf_ring *ring = &geometry->rings[r];
        const double *xs = geometry->xs + ring->first, *ys = geometry->ys + ring->first;
        for (size_t i = 0, j = ring->n - 1; i < ring->n; j = i++)
            if ((ys[i] > y) != (ys[j] > y))
                crossings[n++] = xs[i] + (y - ys[i]) / (ys[j] - ys[i]) * (xs[j] - xs[i]);
    }
    qsort(crossings, n, sizeof *crossings, by_number);
    double widest = -1, x = geometry->xs[geometry->rings[first_ring].first];
    for (size_t i = 0; i + 1 < n; i += 2)
        if (crossings[i + 1] - crossings[i] > widest) {
            widest = crossings[i + 1] - crossings[i];
            x = (crossings[i] + crossings[i + 1]) / 2;
        }
    region->anchor_x = pixel_x(map, x);
    region->anchor_y = pixel_y(map, y);
    region->anchor_width = fmax(widest, 0) * map->scale;
    return UF_OK;
}

/* Calls for each region its rings, which stand together. */
static size_t rings_of(const struct uf_geometry *geometry, size_t first)
{
    size_t n = 1;
    while (first + n < geometry->n_rings &&
           geometry->rings[first + n].region == geometry->rings[first].region)
        n++;
    return n;
}

static uf_status place_anchors(struct map *map, struct uf_error *error)
{
    double *crossings = malloc((map->geometry.n_points + 1) * sizeof *crossings);
    if (!crossings) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t r = 0, n; status == UF_OK && r < map->geometry.n_rings; r += n) {
        n = rings_of(&map->geometry, r);
        status = place_anchor(map, r, n, crossings, error);
    }
    free(crossings);
    return status;
}

/* --- boundaries in the script ------------------------------------------------------------------- */

struct path {
    double *points; /* x and y by turns, in pixels */
    size_t n;
};

static void append_tenth(struct uf_buffer *out, double value)
{
    uf_append_number(out, round(10 * value) / 10);
}

static void append_point(struct uf_buffer *out, double x, double y)
{
    append_tenth(out, x);
    uf_buffer_append_char(out, ',');
    append_tenth(out, y);
    uf_buffer_append_char(out, '\n');
}

/* A ring in pixels without the points that no eye tells apart; n 0: nothing is left of it. */
static void shorten(const struct map *map, const struct uf_ring *ring, struct path *path)
{
    const struct uf_geometry *geometry = &map->geometry;
    path->n = 0;
    for (size_t i = 0; i < ring->n; i++) {
        double x = pixel_x(map, geometry->xs[ring->first + i]),
               y = pixel_y(map, geometry->ys[ring->first + i]);
        const double *last = path->points + 2 * path->n - 2;
        if (path->n && fabs(x - last[0]) < FINEST && fabs(y - last[1]) < FINEST) continue;
        path->points[2 * path->n] = x;
        path->points[2 * path->n + 1] = y;
        path->n++;
    }
    if (path->n < 3) path->n = 0;
}

static void append_path(struct uf_buffer *out, const struct path *path)
{
    for (size_t i = 0; i < path->n; i++) append_point(out, path->points[2 * i], path->points[2 * i + 1]);
    append_point(out, path->points[0], path->points[1]);
}

/* All rings of a region as one outline: from the first point round each ring and back, so that what lies
 * between is passed twice and holes stay empty. An island too small to see is left out, but not the last of a
 * region: that becomes a dot. */
static void append_region(struct uf_buffer *out, const struct map *map, size_t first, size_t n,
                          struct path *path)
{
    double from_x = NAN, from_y = NAN;
    for (size_t r = first; r < first + n; r++) {
        shorten(map, &map->geometry.rings[r], path);
        if (!path->n) continue;
        if (isnan(from_x)) from_x = path->points[0], from_y = path->points[1];
        append_path(out, path);
        append_point(out, from_x, from_y);
    }
    if (isnan(from_x)) {
        const struct region *region = &map->regions[map->geometry.rings[first].region];
        double x = region->anchor_x, y = region->anchor_y;
        append_point(out, x - 1, y);
        append_point(out, x, y - 1);
        append_point(out, x + 1, y);
        append_point(out, x, y + 1);
    }
    uf_buffer_append_char(out, '\n');
}

/* What a block of the script holds: regions of a class, or with a reason. */
static void append_areas(struct uf_drawing *drawing, const struct map *map, const char *name, int number,
                         int (*kind_of)(const struct region *), struct path *path)
{
    struct uf_buffer *out = &drawing->variables;
    size_t n_drawn = 0;
    uf_buffer_append_char(out, '$');
    uf_buffer_append(out, name);
    uf_buffer_append(out, "_");
    uf_buffer_append_size(out, (size_t)number);
    uf_buffer_append(out, " << END\nx,y\n");
    for (size_t r = 0, n; r < map->geometry.n_rings; r += n) {
        n = rings_of(&map->geometry, r);
        if (kind_of(&map->regions[map->geometry.rings[r].region]) != number) continue;
        append_region(out, map, r, n, path);
        n_drawn++;
    }
    uf_buffer_append(out, "END\nn_");
    uf_buffer_append(out, name);
    uf_buffer_append(out, "_");
    uf_buffer_append_size(out, (size_t)number);
    uf_buffer_append(out, " = ");
    uf_buffer_append_size(out, n_drawn);
    uf_buffer_append_char(out, '\n');
}

static int class_of(const struct region *region)
{
    return region->class;
}

static int hatching_of(const struct region *region)
{
    return region->reason > UF_HATCHINGS ? UF_HATCHINGS : region->reason;
}

/* Boundaries are drawn once more as lines, without the bridges between rings. */
static void append_borders(struct uf_drawing *drawing, const struct map *map, const char *name,
                           bool focus_only, struct path *path)
{
    struct uf_buffer *out = &drawing->variables;
    uf_buffer_append_char(out, '$');
    uf_buffer_append(out, name);
    uf_buffer_append(out, " << END\nx,y\n");
    for (size_t r = 0; r < map->geometry.n_rings; r++) {
        if (focus_only && !map->regions[map->geometry.rings[r].region].focus) continue;
        shorten(map, &map->geometry.rings[r], path);
        if (!path->n) continue;
        append_path(out, path);
        uf_buffer_append_char(out, '\n');
    }
    uf_buffer_append(out, "END\n");
}

static uf_status append_boundaries(struct uf_drawing *drawing, const struct map *map, struct uf_error *error)
{
    struct path path = {.points = malloc((map->geometry.n_points + 1) * 2 * sizeof(double))};
    if (!path.points) return uf_fail_memory(error);
    for (int k = 1; k <= UF_CLASSES; k++) append_areas(drawing, map, "class_area", k, class_of, &path);
    for (int k = 1; k <= UF_HATCHINGS; k++) append_areas(drawing, map, "missing_area", k, hatching_of, &path);
    append_borders(drawing, map, "border", false, &path);
    append_borders(drawing, map, "focus_border", true, &path);
    free(path.points);
    return UF_OK;
}

/* --- labels and marks --------------------------------------------------------------------------- */

static uf_status place_labels(struct uf_drawing *drawing, struct map *map, double x, struct uf_error *error)
{
    size_t most = (size_t)fmax(1, floor((map->bottom - map->top) / LABEL_GAP)), n = 0;
    struct uf_end_label *labels = calloc(map->geometry.n_regions + 1, sizeof *labels);
    if (!labels) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t i = 0; status == UF_OK && i < map->geometry.n_regions && n < most; i++) {
        const struct region *region = &map->regions[i];
        if (!region->focus || isnan(region->anchor_x)) continue;
        labels[n] = (struct uf_end_label){.x = region->anchor_x,
                                          .y = region->anchor_y,
                                          .look = UF_LOOK_BENCHMARK,
                                          .words = uf_text_copy(region->name)};
        uf_number_format(region->value, map->decimals, drawing->language, labels[n].number);
        if (!labels[n].words) status = uf_fail_memory(error);
        n++;
    }
    if (status == UF_OK) {
        uf_end_labels_width(drawing, labels, n, LABELS_WIDTH);
        uf_end_labels_place(drawing, labels, n, x, map->top + 8, map->bottom - 8);
    }
    for (size_t i = 0; i < n; i++) free(labels[i].words);
    free(labels);
    return status;
}

/* Around a reference both ends are dark: triangles tell them apart without colour. */
static uf_status place_marks(struct uf_drawing *drawing, const struct map *map, struct uf_error *error)
{
    size_t n = map->geometry.n_regions, k = 0;
    double *marks = calloc(3 * n + 1, sizeof *marks);
    if (!marks) return uf_fail_memory(error);
    for (size_t i = 0; !isnan(drawing->request->reference) && i < n; i++) {
        const struct region *region = &map->regions[i];
        bool outer = region->class == 1 || region->class == UF_CLASSES;
        if (!outer || isnan(region->anchor_x) || region->anchor_width < MARK_WIDTH) continue;
        marks[k] = region->anchor_x;
        marks[n + k] = region->anchor_y;
        marks[2 * n + k++] = region->class;
    }
    uf_drawing_numbers(drawing, "mark_x", marks, k);
    uf_drawing_numbers(drawing, "mark_y", marks + n, k);
    uf_drawing_numbers(drawing, "mark_class", marks + 2 * n, k);
    free(marks);
    return UF_OK;
}

/* `Not on the map: Riket and 3 more.`; NULL: all rows are, or out of memory. */
static char *absent_words(const struct uf_drawing *drawing, const struct map *map)
{
    struct uf_buffer names;
    uf_buffer_init(&names);
    size_t n = 0;
    for (size_t row = 0; row < uf_table_rows(map->table); row++) {
        char buffer[64];
        if (map->row_used[row]) continue;
        if (n++ >= NAMED_ABSENT) continue;
        if (n > 1) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, uf_column_label(map->table, row, map->label, buffer));
    }
    char *words = NULL;
    if (n > 0 && !names.failed) {
        const struct uf_argument arguments[2] = {uf_text_argument(names.data),
                                                 uf_count_argument(n > NAMED_ABSENT ? n - NAMED_ABSENT : 0)};
        if (uf_phrase(drawing->language,
                      n > NAMED_ABSENT ? (struct uf_words){"Not on the map: {0} and {1} more.",
                                                           "Inte på kartan: {0} och {1} till."}
                                       : (struct uf_words){"Not on the map: {0}.", "Inte på kartan: {0}."},
                      arguments, 2, &words, NULL) != UF_OK)
            words = NULL;
    }
    uf_buffer_clear(&names);
    return words;
}

static uf_status place(struct uf_drawing *drawing, struct map *map, struct uf_error *error)
{
    const struct uf_chart_request *request = drawing->request;
    bool any_focus = false;
    for (size_t i = 0; i < map->geometry.n_regions; i++) any_focus |= map->regions[i].focus;
    find_extent(map);
    double wide = map->high_x - map->low_x, high = map->high_y - map->low_y;
    bool beside = wide <= WIDE_MAP * high;
    double full = drawing->width - 2 * UF_PAD, labels_width = any_focus ? LABELS_WIDTH + 12 : 0;
    double room = full - labels_width - (beside ? LEGEND_WIDTH + 16 : 0);
    double top = uf_drawing_head(drawing) + 6;
    double tallest = uf_drawing_plot_height(drawing, top, beside ? 8 : 60, TALLEST);
    map->scale = fmin(room / wide, tallest / high);
    map->left = UF_PAD + (beside ? 0 : fmax(0, (room - wide * map->scale) / 2));
    map->top = top;
    map->right = map->left + wide * map->scale;
    map->bottom = top + high * map->scale;
    UF_TRY(place_anchors(map, error));
    double bottom = map->bottom, legend_x = map->right + labels_width + 16;
    if (beside) {
        /* the room that a narrow map leaves goes to the legend */
        legend_x = fmin(legend_x, drawing->width - UF_PAD - LEGEND_WIDTH);
        bottom = fmax(bottom, uf_classes_legend(drawing, &map->classes, &map->reasons, legend_x, top));
    } else {
        bottom = uf_classes_legend_row(drawing, &map->classes, &map->reasons, bottom + 4);
    }
    char *absent = absent_words(drawing, map);
    if (absent)
        bottom = uf_drawing_paragraph(drawing, UF_PAD, bottom + 12, full, UF_LOOK_MISSING, 11, 14, absent);
    free(absent);
    UF_TRY(place_labels(drawing, map, map->right + 12, error));
    UF_TRY(place_marks(drawing, map, error));
    UF_TRY(append_boundaries(drawing, map, error));
    uf_drawing_plot_area(drawing, map->left, map->right, map->top, map->bottom);
    uf_drawing_number(drawing, "diverging", !isnan(request->reference));
    uf_drawing_number(drawing, "any_focus", any_focus);
    uf_drawing_foot(drawing, bottom + 4);
    return UF_OK;
}

/* --- data and words ----------------------------------------------------------------------------- */

static void write_data(struct uf_drawing *drawing, const struct map *map)
{
    uf_buffer_append(&drawing->csv, "value,class,reason,focus,status,key,label\n");
    for (size_t i = 0; i < map->geometry.n_regions; i++) {
        const struct region *region = &map->regions[i];
        char text[UF_VALUE_STATUS_SIZE];
        uf_csv_number(drawing, region->value, ',');
        uf_csv_number(drawing, region->class, ',');
        uf_csv_number(drawing, region->reason, ',');
        uf_csv_number(drawing, region->focus, ',');
        uf_csv_text(
            drawing,
            region->row == SIZE_MAX
                ? "not in the table"
                : uf_value_status_print(uf_table_value_status(map->table, region->row, map->value), text),
            ',');
        uf_csv_text(drawing, uf_geometry_value(&map->geometry, i, map->attribute), ',');
        uf_csv_text(drawing, region->name, '\n');
    }
}

static uf_status say_region(struct uf_drawing *drawing, const struct map *map, struct uf_words words,
                            const struct region *region, struct uf_error *error)
{
    const struct uf_argument arguments[2] = {uf_text_argument(region->name),
                                             uf_number_argument(region->value, map->decimals)};
    return uf_drawing_say(drawing, words, arguments, 2, error);
}

static uf_status say(struct uf_drawing *drawing, const struct map *map, struct uf_error *error)
{
    UF_TRY(uf_drawing_say_kind(drawing, (struct uf_words){"Map", "Karta"}, error));
    const struct region *highest = NULL, *lowest = NULL;
    size_t n = 0, n_regions = map->geometry.n_regions;
    for (size_t i = 0; i < n_regions; i++) {
        const struct region *region = &map->regions[i];
        if (!region->class) continue;
        n++;
        if (!highest || region->value > highest->value) highest = region;
        if (!lowest || region->value < lowest->value) lowest = region;
    }
    if (!highest) return uf_no_value(drawing->request, error);
    const struct uf_argument counts[2] = {uf_count_argument(n), uf_count_argument(n_regions)};
    UF_TRY(uf_drawing_say(
        drawing, (struct uf_words){"{0} of {1} regions have a value.", "{0} av {1} regioner har ett värde."},
        counts, 2, error));
    UF_TRY(
        say_region(drawing, map, (struct uf_words){"Highest: {0} {1}.", "Högst: {0} {1}."}, highest, error));
    UF_TRY(say_region(drawing, map, (struct uf_words){"Lowest: {0} {1}.", "Lägst: {0} {1}."}, lowest, error));
    for (size_t i = 0; i < n_regions; i++) {
        const struct region *region = &map->regions[i];
        if (region->class && region->focus && region != highest && region != lowest)
            UF_TRY(say_region(drawing, map, (struct uf_words){"Marked: {0} {1}.", "Markerad: {0} {1}."},
                              region, error));
    }
    for (size_t k = 0; k < map->reasons.count; k++) {
        struct uf_buffer names;
        uf_buffer_init(&names);
        size_t found = 0;
        for (size_t i = 0; i < n_regions; i++) {
            if (map->regions[i].reason != (int)k + 1) continue;
            if (found++ >= NAMED_IN_ALT) continue;
            if (found > 1) uf_buffer_append(&names, ", ");
            uf_buffer_append(&names, map->regions[i].name);
        }
        const struct uf_argument arguments[3] = {
            uf_text_argument(names.data), uf_text_argument(map->reasons.items[k]),
            uf_count_argument(found > NAMED_IN_ALT ? found - NAMED_IN_ALT : 0)};
        uf_status status = uf_drawing_say(
            drawing,
            found > NAMED_IN_ALT ? (struct uf_words){"{0} and {2} more: {1}.", "{0} och {2} till: {1}."}
                                 : (struct uf_words){"{0}: {1}.", "{0}: {1}."},
            arguments, 3, error);
        uf_buffer_clear(&names);
        UF_TRY(status);
    }
    char *absent = absent_words(drawing, map);
    const struct uf_argument argument = uf_text_argument(absent);
    uf_status status =
        absent ? uf_drawing_say(drawing, (struct uf_words){"{0}", "{0}"}, &argument, 1, error) : UF_OK;
    free(absent);
    return status;
}

uf_status uf_map_lay_out(struct uf_drawing *drawing, struct uf_error *error)
{
    struct map map = {0};
    uf_text_list_init(&map.reasons);
    uf_status status;
    UF_TRY_GOTO(read_map(drawing, &map, error), done);
    write_data(drawing, &map);
    UF_TRY_GOTO(place(drawing, &map, error), done);
    status = say(drawing, &map, error);
done:
    uf_text_list_clear(&map.reasons);
    uf_geometry_clear(&map.geometry);
    free(map.row_of);
    free(map.regions);
    free(map.row_used);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* GeoJSON (RFC 7946, and the older form with `crs`): a FeatureCollection of Polygons and MultiPolygons. */
#include "chart/geometry.h"

#include "base/fail.h"

#include <jansson.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

enum { MOST_ATTRIBUTES = 100 };

struct reader {
    const char *path;
    struct uf_geometry *geometry;
    double *points; /* of one ring */
    size_t capacity;
};

static uf_status bad(const struct reader *reader, struct uf_error *error, const char *what,
                     const char *expected)
{
    return uf_fail_at(error, UF_BAD_INPUT, reader->path, 0, 0, "feature %zu has %s: expected %s",
                      reader->geometry->n_regions, what, expected);
}

static uf_status read_ring(struct reader *reader, const json_t *ring, bool hole, struct uf_error *error)
{
    size_t n = json_array_size(ring);
    if (!json_is_array(ring)) return bad(reader, error, "a ring that is no list", "a list of [x, y]");
    if (2 * n > reader->capacity) {
        double *moved = realloc(reader->points, 2 * n * sizeof *moved);
        if (!moved) return uf_fail_memory(error);
        reader->points = moved;
        reader->capacity = 2 * n;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *point = json_array_get(ring, i);
        const json_t *x = json_array_get(point, 0), *y = json_array_get(point, 1);
        if (!json_is_number(x) || !json_is_number(y))
            return bad(reader, error, "a point that is no pair of numbers", "[x, y]");
        reader->points[2 * i] = json_number_value(x);
        reader->points[2 * i + 1] = json_number_value(y);
    }
    return uf_geometry_add_ring(reader->geometry, reader->path, reader->points, n, hole, error);
}

static uf_status read_polygon(struct reader *reader, const json_t *polygon, struct uf_error *error)
{
    if (!json_is_array(polygon)) return bad(reader, error, "a polygon that is no list", "a list of rings");
    for (size_t i = 0; i < json_array_size(polygon); i++)
        UF_TRY(read_ring(reader, json_array_get(polygon, i), i > 0, error));
    return UF_OK;
}

static uf_status read_shape(struct reader *reader, const json_t *shape, struct uf_error *error)
{
    if (!shape || json_is_null(shape)) return UF_OK; /* a feature may be without a place */
    const char *type = json_string_value(json_object_get(shape, "type"));
    const json_t *coordinates = json_object_get(shape, "coordinates");
    if (type && strcmp(type, "Polygon") == 0) return read_polygon(reader, coordinates, error);
    if (!type || strcmp(type, "MultiPolygon") != 0)
        return bad(reader, error, type ? "a geometry of another kind" : "a geometry without a type",
                   "Polygon or MultiPolygon");
    if (!json_is_array(coordinates))
        return bad(reader, error, "no list of coordinates", "a list of polygons");
    for (size_t i = 0; i < json_array_size(coordinates); i++)
        UF_TRY(read_polygon(reader, json_array_get(coordinates, i), error));
    return UF_OK;
}

/* --- attributes --------------------------------------------------------------------------------- */

static uf_status name_attributes(struct uf_geometry *geometry, const json_t *features, struct uf_error *error)
{
    bool any_id = false;
    for (size_t i = 0; i < json_array_size(features); i++) {
        const json_t *feature = json_array_get(features, i);
        json_t *properties = json_object_get(feature, "properties");
        const char *key;
        json_t *value;
        any_id |= json_object_get(feature, "id") != NULL;
        json_object_foreach(properties, key, value)
        {
            bool plain = json_is_string(value) || json_is_number(value);
            if (plain && geometry->attributes.count < MOST_ATTRIBUTES &&
                uf_text_list_find(&geometry->attributes, key) == SIZE_MAX)
                UF_TRY(uf_text_list_add(&geometry->attributes, key, error));
        }
    }
    return any_id && uf_text_list_find(&geometry->attributes, "id") == SIZE_MAX
               ? uf_text_list_add(&geometry->attributes, "id", error)
               : UF_OK;
}

static uf_status read_attributes(struct uf_geometry *geometry, const json_t *feature, struct uf_error *error)
{
    const json_t *properties = json_object_get(feature, "properties");
    for (size_t k = 0; k < geometry->attributes.count; k++) {
        const char *name = geometry->attributes.items[k];
        const json_t *value = json_object_get(properties, name);
        if (!value && strcmp(name, "id") == 0) value = json_object_get(feature, "id");
        char number[UF_NUMBER_SIZE];
        const char *text = json_is_string(value)   ? json_string_value(value)
                           : json_is_number(value) ? uf_number_print(json_number_value(value), number)
                                                   : "";
        UF_TRY(uf_text_list_add(&geometry->values, text, error));
    }
    return UF_OK;
}

static uf_status read_features(struct reader *reader, const json_t *root, struct uf_error *error)
{
    struct uf_geometry *geometry = reader->geometry;
    const char *type = json_string_value(json_object_get(root, "type"));
    const json_t *features = json_object_get(root, "features");
    if (!type || strcmp(type, "FeatureCollection") != 0 || !json_is_array(features))
        return uf_fail_at(
            error, UF_BAD_INPUT, reader->path, 0, 0,
            "found %s%.40s%s, expected GeoJSON: an object of the type FeatureCollection with features",
            type ? "the type '" : "JSON without a type", type ? type : "", type ? "'" : "");
    if (json_array_size(features) > UF_GEOMETRY_MOST_REGIONS)
        return uf_fail_at(error, UF_BAD_INPUT, reader->path, 0, 0, "found %zu features, expected at most %d",
                          json_array_size(features), UF_GEOMETRY_MOST_REGIONS);
    UF_TRY(name_attributes(geometry, features, error));
    for (size_t i = 0; i < json_array_size(features); i++) {
        const json_t *feature = json_array_get(features, i);
        geometry->n_regions++;
        if (!json_is_object(feature))
            return bad(reader, error, "no object", "a feature with geometry and properties");
        UF_TRY(read_attributes(geometry, feature, error));
        UF_TRY(read_shape(reader, json_object_get(feature, "geometry"), error));
    }
    return uf_geometry_check(geometry, reader->path, error);
}

uf_status uf_geometry_read_json(const char *path, const char *bytes, size_t length, struct uf_geometry *out,
                                struct uf_error *error)
{
    if (length > UF_GEOMETRY_MOST_JSON)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            "the file has %zu bytes, GeoJSON is read up to %d: simplify the boundaries, or give them as "
            "a shapefile",
            length, UF_GEOMETRY_MOST_JSON);
    size_t mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    json_error_t reason;
    json_t *root = json_loadb(bytes + mark, length - mark, JSON_REJECT_DUPLICATES, &reason);
    if (!root)
        return uf_fail_at(error, UF_BAD_INPUT, path, reason.line > 0 ? (size_t)reason.line : 0,
                          reason.column > 0 ? (size_t)reason.column : 0,
                          "the file is neither GeoJSON nor a shapefile (.shp, or .zip with one): %s",
                          reason.text);
    struct uf_geometry geometry = {0};
    struct reader reader = {.path = path, .geometry = &geometry};
    uf_status status = read_features(&reader, root, error);
    json_decref(root);
    free(reader.points);
    if (status == UF_OK)
        *out = geometry;
    else
        uf_geometry_clear(&geometry);
    return status;
}

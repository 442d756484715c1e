// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/geometry.h"

#include "base/fail.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/file.h>

void uf_geometry_clear(struct uf_geometry *geometry)
{
    uf_text_list_clear(&geometry->attributes);
    uf_text_list_clear(&geometry->values);
    free(geometry->rings);
    free(geometry->xs);
    free(geometry->ys);
    *geometry = (struct uf_geometry){0};
}

const char *uf_geometry_value(const struct uf_geometry *geometry, size_t region, size_t attribute)
{
    size_t at = region * geometry->attributes.count + attribute;
    return at < geometry->values.count ? geometry->values.items[at] : "";
}

static uf_status make_room(struct uf_geometry *geometry, const char *path, size_t n, struct uf_error *error)
{
    if (geometry->n_points + n > UF_GEOMETRY_MOST_POINTS)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            "the boundaries have more than %d points: simplify them, a map of this size shows no more",
            UF_GEOMETRY_MOST_POINTS);
    if (geometry->n_rings == geometry->rings_capacity) {
        size_t capacity = geometry->rings_capacity ? 2 * geometry->rings_capacity : 64;
        struct uf_ring *moved = realloc(geometry->rings, capacity * sizeof *moved);
        if (!moved) return uf_fail_memory(error);
        geometry->rings = moved;
        geometry->rings_capacity = capacity;
    }
    if (geometry->n_points + n <= geometry->points_capacity) return UF_OK;
    size_t capacity = geometry->points_capacity ? geometry->points_capacity : 1024;
    while (capacity < geometry->n_points + n) capacity *= 2;
    double *xs = realloc(geometry->xs, capacity * sizeof *xs);
    if (xs) geometry->xs = xs;
    double *ys = xs ? realloc(geometry->ys, capacity * sizeof *ys) : NULL;
    if (!ys) return uf_fail_memory(error);
    geometry->ys = ys;
    geometry->points_capacity = capacity;
    return UF_OK;
}

/* Twice the area, positive counter-clockwise; about the first point, so that large coordinates lose no digits. */
static double doubled_area(const double *xs, const double *ys, size_t n)
{
    double sum = 0;
    for (size_t i = 1; i + 1 < n; i++)
        sum += (xs[i] - xs[0]) * (ys[i + 1] - ys[0]) - (xs[i + 1] - xs[0]) * (ys[i] - ys[0]);
    return sum;
}

uf_status uf_geometry_add_ring(struct uf_geometry *geometry, const char *path, const double *points, size_t n,
                               bool hole, struct uf_error *error)
{
    for (size_t i = 0; i < 2 * n; i++)
        if (!isfinite(points[i]) || fabs(points[i]) > 1e12)
            return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                              "region %zu has the coordinate %g: expected metres east or north",
                              geometry->n_regions, points[i]);
    while (n > 1 && points[0] == points[2 * n - 2] && points[1] == points[2 * n - 1]) n--;
    if (n < 3) return UF_OK;
    UF_TRY(make_room(geometry, path, n, error));
    size_t first = geometry->n_points;
    double *xs = geometry->xs + first, *ys = geometry->ys + first;
    for (size_t i = 0; i < n; i++) xs[i] = points[2 * i], ys[i] = points[2 * i + 1];
    if ((doubled_area(xs, ys, n) < 0) != hole)
        for (size_t i = 0, j = n - 1; i < j; i++, j--) {
            double x = xs[i], y = ys[i];
            xs[i] = xs[j], ys[i] = ys[j];
            xs[j] = x, ys[j] = y;
        }
    geometry->n_points += n;
    geometry->rings[geometry->n_rings++] =
        (struct uf_ring){.region = geometry->n_regions - 1, .first = first, .n = n, .hole = hole};
    return UF_OK;
}

uf_status uf_geometry_check(const struct uf_geometry *geometry, const char *path, struct uf_error *error)
{
    if (geometry->n_rings == 0)
        return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                          "the file holds no polygon: expected regions with boundaries");
    double low_x = INFINITY, high_x = -INFINITY, low_y = INFINITY, high_y = -INFINITY;
    for (size_t i = 0; i < geometry->n_points; i++) {
        low_x = fmin(low_x, geometry->xs[i]), high_x = fmax(high_x, geometry->xs[i]);
        low_y = fmin(low_y, geometry->ys[i]), high_y = fmax(high_y, geometry->ys[i]);
    }
    if (low_x >= -360 && high_x <= 360 && low_y >= -90.001 && high_y <= 90.001)
        return uf_fail_at(
            error, UF_BAD_INPUT, path, 0, 0,
            "the coordinates (%.4g to %.4g, %.4g to %.4g) are degrees of longitude and latitude: "
            "expected a projection in metres, such as SWEREF 99 TM (EPSG:3006). Convert the file, for "
            "instance with: ogr2ogr -t_srs EPSG:3006 NEW OLD",
            low_x, high_x, low_y, high_y);
    if (!(high_x > low_x) || !(high_y > low_y))
        return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0, "the boundaries have no extent");
    return UF_OK;
}

/* --- files -------------------------------------------------------------------------------------- */

static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot : "";
}

/* The file beside a .shp: the ending in the same case, lower case or capitals. */
static uf_status read_beside(const char *shp, const char *ending, char **out, size_t *out_length,
                             struct uf_error *error)
{
    size_t stem = (size_t)(ending_of(shp) - shp);
    for (int capitals = 0; capitals < 2; capitals++) {
        struct uf_buffer path;
        uf_buffer_init(&path);
        uf_buffer_append_bytes(&path, shp, stem);
        for (const char *p = ending; *p; p++)
            uf_buffer_append_char(&path, capitals ? (char)toupper((unsigned char)*p) : *p);
        if (path.failed) return uf_fail_memory(error);
        uf_status status = UF_OK;
        bool found = uf_file_exists(path.data);
        if (found) status = uf_file_read(path.data, UF_GEOMETRY_MOST_BYTES, out, out_length, error);
        uf_buffer_clear(&path);
        if (found) return status;
    }
    return uf_fail_at(
        error, UF_BAD_INPUT, shp, 0, 0,
        "a shapefile is several files, and the one ending in %s is not beside this one: put .shp, .shx "
        "and .dbf into one folder, or give the .zip they came in",
        ending);
}

static uf_status read_shapes(const char *path, const char *bytes, size_t length, struct uf_geometry *out,
                             struct uf_error *error)
{
    char *shx = NULL, *dbf = NULL;
    struct uf_shape_files files = {.shp = bytes, .shp_length = length};
    uf_status status = read_beside(path, ".shx", &shx, &files.shx_length, error);
    if (status == UF_OK) status = read_beside(path, ".dbf", &dbf, &files.dbf_length, error);
    files.shx = shx;
    files.dbf = dbf;
    if (status == UF_OK) status = uf_geometry_read_shapes(path, &files, out, error);
    free(shx);
    free(dbf);
    return status;
}

uf_status uf_geometry_read(const char *path, struct uf_geometry *out, struct uf_error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    UF_TRY(uf_file_read(path, UF_GEOMETRY_MOST_BYTES, &bytes, &length, error));
    const char *ending = ending_of(path);
    uf_status status;
    if (length > 4 && memcmp(bytes, "PK\x03\x04", 4) == 0)
        status = uf_geometry_read_zip(path, bytes, length, out, error);
    else if (strcasecmp(ending, ".shp") == 0)
        status = read_shapes(path, bytes, length, out, error);
    else if (strcasecmp(ending, ".shx") == 0 || strcasecmp(ending, ".dbf") == 0)
        status = uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                            "this is one part of a shapefile: name the one that ends in .shp");
    else
        status = uf_geometry_read_json(path, bytes, length, out, error);
    free(bytes);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_GEOMETRY_H
#define UTFALL_CHART_GEOMETRY_H
/* Boundaries of regions from a file: GeoJSON, a shapefile (.shp with .shx and .dbf beside it) or a .zip with
 * one. Coordinates are taken as they are and must be projected (metres east and north, as EPSG:3006): degrees
 * would draw Sweden twice as wide as it is, and are refused. */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>
#include <utfall/text.h>

enum {
    UF_GEOMETRY_MOST_BYTES = 64 << 20, /* of a file, and of each part of a shapefile */
    UF_GEOMETRY_MOST_JSON = 24 << 20,  /* a tree of JSON takes some twenty times its text */
    UF_GEOMETRY_MOST_REGIONS = 20000,
    UF_GEOMETRY_MOST_POINTS = 4000000
};

/* A closed line, its first point not repeated at the end. */
struct uf_ring {
    size_t region;
    size_t first, n; /* points */
    bool hole;
};

struct uf_geometry {
    size_t n_regions;
    struct uf_text_list attributes; /* their names; code and name are among them */
    struct uf_text_list values;     /* n_regions * attributes.count texts, region by region, "" for none */
    struct uf_ring *rings;
    size_t n_rings, rings_capacity;
    double *xs, *ys;
    size_t n_points, points_capacity;
};

/* Reads a file. UF_IO_FAILED where it is not there; UF_BAD_INPUT, with the file and what was found, where it is no
 * such file, is damaged, holds no polygon, has coordinates that are no finite numbers or are degrees, or is
 * larger than the limits above. Memory: linear in the file. Cost: linear. */
uf_status uf_geometry_read(const char *path, struct uf_geometry *out, struct uf_error *error);
/* The same from memory; `path` is what errors call it. A .shp alone has no attributes: give the others too
 * (NULL: none). */
struct uf_shape_files {
    const char *shp, *shx, *dbf;
    size_t shp_length, shx_length, dbf_length;
};
uf_status uf_geometry_read_json(const char *path, const char *bytes, size_t length, struct uf_geometry *out,
                                struct uf_error *error);
uf_status uf_geometry_read_shapes(const char *path, const struct uf_shape_files *files,
                                  struct uf_geometry *out, struct uf_error *error);
uf_status uf_geometry_read_zip(const char *path, const char *bytes, size_t length, struct uf_geometry *out,
                               struct uf_error *error);
void uf_geometry_clear(struct uf_geometry *geometry);

/* --- for the readers ---------------------------------------------------------------------------- */

/* A ring from `n` points (x, y alternating), for the last region; a repeated last point is dropped, a ring of fewer
 * than three points left out. Outer rings are turned counter-clockwise (y upwards), holes clockwise. */
uf_status uf_geometry_add_ring(struct uf_geometry *geometry, const char *path, const double *points, size_t n,
                               bool hole, struct uf_error *error);
/* What is asked of a whole file: some polygon, and no degrees. */
uf_status uf_geometry_check(const struct uf_geometry *geometry, const char *path, struct uf_error *error);
/* A region's text of an attribute; "" where there is none. */
const char *uf_geometry_value(const struct uf_geometry *geometry, size_t region, size_t attribute);
#endif

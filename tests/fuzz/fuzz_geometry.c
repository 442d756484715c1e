// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a file of boundaries: as GeoJSON, as a zip archive, and as the three parts of a shapefile, which
 * stand one after the other behind their lengths (four bytes each, least significant first).
 *
 * What must hold besides not crashing: a failure has a sentence that names the file; the rings of what was read lie
 * within its points, are at least triangles and belong to a region.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chart/geometry.h"

static void require(bool condition)
{
    if (!condition) abort();
}

static void check(uf_status status, struct uf_geometry *geometry, const struct uf_error *error)
{
    if (status != UF_OK) {
        require(error->message[0] != 0 && strcmp(error->file, "fuzz") == 0);
        require(geometry->n_regions == 0);
        return;
    }
    require(geometry->n_rings > 0);
    require(geometry->values.count == geometry->n_regions * geometry->attributes.count);
    for (size_t r = 0; r < geometry->n_rings; r++) {
        const struct uf_ring *ring = &geometry->rings[r];
        require(ring->n >= 3 && ring->first + ring->n <= geometry->n_points &&
                ring->region < geometry->n_regions);
        for (size_t i = 0; i < ring->n; i++)
            require(isfinite(geometry->xs[ring->first + i]) && isfinite(geometry->ys[ring->first + i]));
    }
    uf_geometry_clear(geometry);
}

static size_t length_at(const uint8_t *data)
{
    return (size_t)data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16;
}

/* An exact copy of each part, so that a step beyond its end is seen. */
static char *part_of(const uint8_t *data, size_t size, size_t *at, size_t wanted, size_t *out_length)
{
    size_t length = wanted < size - *at ? wanted : size - *at;
    char *part = malloc(length ? length : 1);
    if (!part) abort();
    memcpy(part, data + *at, length);
    *at += length;
    *out_length = length;
    return part;
}

static void read_parts(const uint8_t *data, size_t size)
{
    if (size < 12) return;
    size_t at = 12;
    struct uf_shape_files files = {0};
    char *shp = part_of(data, size, &at, length_at(data), &files.shp_length);
    char *shx = part_of(data, size, &at, length_at(data + 4), &files.shx_length);
    char *dbf = part_of(data, size, &at, length_at(data + 8), &files.dbf_length);
    files.shp = shp, files.shx = shx, files.dbf = dbf;
    struct uf_geometry geometry = {0};
    struct uf_error error = {0};
    check(uf_geometry_read_shapes("fuzz", &files, &geometry, &error), &geometry, &error);
    free(shp);
    free(shx);
    free(dbf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct uf_geometry geometry = {0};
    struct uf_error error = {0};
    check(uf_geometry_read_json("fuzz", (const char *)data, size, &geometry, &error), &geometry, &error);
    geometry = (struct uf_geometry){0};
    error = (struct uf_error){0};
    check(uf_geometry_read_zip("fuzz", (const char *)data, size, &geometry, &error), &geometry, &error);
    read_parts(data, size);
    return 0;
}

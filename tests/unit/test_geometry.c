// SPDX-License-Identifier: GPL-3.0-or-later
/* Boundaries: what a file gives, what is refused and in which words, and how regions find their rows. */
#include "chart/geometry.h"
#include "chart/region_join.h"
#include "support/charts.h"
#include "support/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>

static struct uf_error error;

static double area_of(const struct uf_geometry *geometry, size_t region)
{
    double sum = 0;
    for (size_t r = 0; r < geometry->n_rings; r++) {
        const struct uf_ring *ring = &geometry->rings[r];
        if (ring->region != region) continue;
        for (size_t i = 0, j = ring->n - 1; i < ring->n; j = i++) {
            size_t a = ring->first + j, b = ring->first + i;
            sum += geometry->xs[a] * geometry->ys[b] - geometry->xs[b] * geometry->ys[a];
        }
    }
    return sum / 2;
}

static void test_geojson_with_hole_and_island(void **state)
{
    (void)state;
    struct uf_geometry geometry = {0};
    assert_ok(uf_geometry_read(sample_geometry(), &geometry, &error), &error);
    assert_int_equal(geometry.n_regions, 3);
    assert_int_equal(geometry.n_rings, 5);
    assert_int_equal(geometry.attributes.count, 2);
    assert_string_equal(uf_geometry_value(&geometry, 1, 0), "20");
    assert_string_equal(uf_geometry_value(&geometry, 2, 1), "Gävleborgs");
    /* whichever way the file turns its rings, outer ones count and holes are taken off */
    assert_true(area_of(&geometry, 0) == 1e10);
    assert_true(area_of(&geometry, 1) == 1e10 - 4e8 + 5e7);
    assert_true(geometry.rings[2].hole && geometry.rings[2].n == 4);
    uf_geometry_clear(&geometry);
}

static void expect_refusal(const char *json, const char *says)
{
    struct uf_geometry geometry = {0};
    uf_status status = uf_geometry_read_json("map.geojson", json, strlen(json), &geometry, &error);
    if (status != UF_BAD_INPUT) fail_msg("status %d for %s", (int)status, json);
    if (!strstr(error.message, says)) fail_msg("'%s' is not in '%s'", says, error.message);
    assert_string_equal(error.file, "map.geojson");
    assert_int_equal(geometry.n_regions, 0);
}

#define FEATURES(geometry)                                                                                   \
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":\"01\"},"  \
    "\"geometry\":" geometry "}]}"

static void test_what_is_no_map(void **state)
{
    (void)state;
    expect_refusal("", "neither GeoJSON nor a shapefile");
    expect_refusal("{\"type\":\n  \"FeatureCollection\",,", "neither GeoJSON nor a shapefile");
    assert_int_equal(error.line, 2);
    expect_refusal("[]", "JSON without a type");
    expect_refusal("{\"type\":\"Topology\"}", "found the type 'Topology'");
    expect_refusal("{\"type\":\"FeatureCollection\",\"features\":[]}", "holds no polygon");
    expect_refusal("{\"type\":\"FeatureCollection\",\"features\":[1]}", "feature 1 has no object");
    expect_refusal(FEATURES("{\"type\":\"Point\",\"coordinates\":[1,2]}"),
                   "expected Polygon or MultiPolygon");
    expect_refusal(FEATURES("{\"type\":\"Polygon\",\"coordinates\":[[[1,2],[3],[4,5]]]}"), "expected [x, y]");
    expect_refusal(FEATURES("{\"type\":\"Polygon\",\"coordinates\":7}"), "expected a list of rings");
    expect_refusal(FEATURES("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1e300,0],[0,9]]]}"), "1e+300");
    expect_refusal(FEATURES("{\"type\":\"Polygon\",\"coordinates\":[[[1000,0],[2000,0],[1000,0]]]}"),
                   "holds no polygon");
    expect_refusal(FEATURES("{\"type\":\"Polygon\",\"coordinates\":[[[1000,5],[2000,5],[3000,5]]]}"),
                   "no extent");
    expect_refusal(FEATURES("null"), "holds no polygon");
}

static void test_degrees_are_refused(void **state)
{
    (void)state;
    expect_refusal(FEATURES("{\"type\":\"Polygon\",\"coordinates\":[[[11.1,55.3],[24.2,55.3],[24.2,69.1]]]}"),
                   "degrees of longitude and latitude");
    assert_non_null(strstr(error.message, "EPSG:3006"));
    assert_non_null(strstr(error.message, "ogr2ogr"));
}

static void test_files_that_are_not_whole(void **state)
{
    (void)state;
    struct uf_geometry geometry = {0};
    char path[1100];
    snprintf(path, sizeof path, "%s/alone.shp", scratch_directory());
    assert_int_equal(uf_geometry_read("/nowhere/map.zip", &geometry, &error), UF_IO_FAILED);
    assert_ok(uf_file_write(path, "x", 1, &error), &error);
    assert_int_equal(uf_geometry_read(path, &geometry, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, ".shx is not beside this one"));
    snprintf(path, sizeof path, "%s/part.dbf", scratch_directory());
    assert_ok(uf_file_write(path, "x", 1, &error), &error);
    assert_int_equal(uf_geometry_read(path, &geometry, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "name the one that ends in .shp"));
    snprintf(path, sizeof path, "%s/bad.zip", scratch_directory());
    assert_ok(uf_file_write(path, "PK\x03\x04 rubbish", 12, &error), &error);
    assert_int_equal(uf_geometry_read(path, &geometry, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "zip archive"));
    const struct uf_shape_files empty = {.shp = "", .shx = "", .dbf = ""};
    assert_int_equal(uf_geometry_read_shapes("m.shp", &empty, &geometry, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "the shapefile is damaged"));
    assert_int_equal(geometry.n_rings, 0);
}

/* Statistics Sweden's own files: counts, and the area of the country, about 447 000 square kilometres. */
static void test_the_real_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t regions, points;
        const char *first_code;
    } files[] = {{"realdata/geometry/LanSweref99TM.zip", 21, 3849, "01"},
                 {"realdata/geometry/Kommun_Sweref99TM.zip", 290, 9748, "0114"}};
    for (size_t k = 0; k < 2; k++) {
        const char *path = need_shared(files[k].name);
        struct uf_geometry geometry = {0};
        assert_ok(uf_geometry_read(path, &geometry, &error), &error);
        assert_int_equal(geometry.n_regions, files[k].regions);
        /* closing points are not kept */
        assert_int_equal(geometry.n_points + geometry.n_rings, files[k].points);
        assert_string_equal(uf_geometry_value(&geometry, 0, 0), files[k].first_code);
        double area = 0;
        for (size_t i = 0; i < geometry.n_regions; i++) area += area_of(&geometry, i);
        expect_close(area / 1e6, 410000, 0.12, "square kilometres");
        bool found = false; /* Latin-1 in the .dbf becomes UTF-8 */
        for (size_t i = 0; i < geometry.values.count; i++)
            found |= strstr(geometry.values.items[i], "Värmland") != NULL ||
                     strstr(geometry.values.items[i], "Åmål") != NULL;
        assert_true(found);
        uf_geometry_clear(&geometry);
    }
}

/* A byte changed at a time, and every length, of the real county file: refused or read, never worse. */
static void test_damaged_shapefiles(void **state)
{
    (void)state;
    const char *path = need_shared("realdata/geometry/LanSweref99TM.zip");
    char *bytes = NULL;
    size_t length;
    assert_ok(uf_file_read(path, 0, &bytes, &length, &error), &error);
    unsigned seed = 17;
    for (int round = 0; round < 150; round++) {
        struct uf_geometry geometry = {0};
        seed = seed * 1664525u + 1013904223u;
        size_t at = round % 2 ? (seed >> 8) % length : length - 1 - (seed >> 8) % 2000;
        char held = bytes[at];
        bytes[at] = (char)(held ^ (char)(1 << round % 8));
        size_t shown = round % 5 ? length : (seed >> 8) % length;
        uf_status status = uf_geometry_read_zip("map.zip", bytes, shown, &geometry, &error);
        assert_true(status == UF_OK || (status == UF_BAD_INPUT && error.message[0]));
        uf_geometry_clear(&geometry);
        bytes[at] = held;
    }
    free(bytes);
}

/* --- join --------------------------------------------------------------------------------------- */

static uf_status join(const char *const *codes, size_t n, const char *key, size_t rows[3], size_t *attribute)
{
    static const char *const columns[] = {"label", "value"}, *const alias_columns[] = {"alias", "code"};
    struct uf_geometry geometry = {0};
    assert_ok(uf_geometry_read(sample_geometry(), &geometry, &error), &error);
    struct uf_table *table = sample_table("rows", columns, "t1"),
                    *aliases = sample_table("a", alias_columns, "tt");
    for (size_t i = 0; i < n; i++) sample_row(table, &codes[i], (double[]){1});
    sample_row(aliases, (const char *[]){"17", "SE311"}, NULL);
    sample_row(aliases, (const char *[]){"20", "SE312"}, NULL);
    sample_row(aliases, (const char *[]){"0020", "SE312"}, NULL);
    uf_status status =
        uf_region_join(&geometry, "map.geojson", key, table, 0, SIZE_MAX, aliases, rows, attribute, &error);
    uf_table_free(aliases);
    uf_table_free(table);
    uf_geometry_clear(&geometry);
    return status;
}

static void test_regions_find_their_rows(void **state)
{
    (void)state;
    size_t rows[3], attribute;
    assert_ok(join((const char *[]){"SE312", "SE311"}, 2, NULL, rows, &attribute), &error);
    assert_int_equal(attribute, 0);
    assert_true(rows[0] == 1 && rows[1] == 0 && rows[2] == SIZE_MAX);
    assert_ok(join((const char *[]){"Gävleborgs", "Värmlands"}, 2, NULL, rows, &attribute), &error);
    assert_int_equal(attribute, 1);
    assert_true(rows[0] == 1 && rows[1] == SIZE_MAX && rows[2] == 0);
    assert_ok(join((const char *[]){"17", "20", "21"}, 3, "LnKod", rows, &attribute), &error);
    assert_true(rows[0] == 0 && rows[1] == 1 && rows[2] == 2);
    /* a name that two rows have is nobody's */
    assert_ok(join((const char *[]){"17", "17", "21"}, 3, NULL, rows, &attribute), &error);
    assert_true(rows[0] == SIZE_MAX && rows[2] == 2);
}

static void test_joins_that_fail(void **state)
{
    (void)state;
    size_t rows[3], attribute;
    assert_int_equal(join((const char *[]){"DE1", "DE2"}, 2, NULL, rows, &attribute), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "LnKod (17 …), LnNamn (Värmlands …)"));
    assert_non_null(strstr(error.message, "the table has: DE1, DE2"));
    assert_int_equal(join((const char *[]){"17"}, 1, "LnKodd", rows, &attribute), UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'LnKod'?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_geojson_with_hole_and_island),
        cmocka_unit_test(test_what_is_no_map),
        cmocka_unit_test(test_degrees_are_refused),
        cmocka_unit_test(test_files_that_are_not_whole),
        cmocka_unit_test(test_the_real_files),
        cmocka_unit_test(test_damaged_shapefiles),
        cmocka_unit_test(test_regions_find_their_rows),
        cmocka_unit_test(test_joins_that_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

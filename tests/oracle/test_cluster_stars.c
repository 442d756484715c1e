// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Stars for size and specialisation of 16 German Länder × 17 sections against the Observatory's rules computed in R (cluster_stars_eco): the tenth
 * of the regions is rounded up, equal sizes share the better rank. Its third star, focus, is not given here.
 */
#include <utfall/cluster_stars.h>

#include "support/peer_results.h"
#include "support/test.h"

static void stars_of_the_observatory(void **state)
{
    (void)state;
    struct laender laender = laender_read();
    json_t *json = load_json(need_shared("reference/peers/results/lq_g_regions_industries.json"));
    const json_t *stars = peer_value(json, "cluster_stars_eco"), *size = json_object_get(stars, "size"),
                 *specialised = json_object_get(stars, "specialisation");
    struct uf_activity activity = {.value = laender.value};
    struct uf_cluster_measures found;
    for (size_t i = 0; i < UF_STARS; i++) {
        found.measure[i] = gsl_matrix_alloc(laender.n_regions, laender.n_sectors);
        found.star[i] = gsl_matrix_alloc(laender.n_regions, laender.n_sectors);
    }
    const struct uf_star_options options = {0.1, 2, 1, 0};
    struct uf_error error;
    assert_ok(uf_cluster_stars(&activity, UF_REFERENCE_NATION, NULL, NULL, &options, &found, &error), &error);
    double given = 0;
    for (size_t r = 0; r < laender.n_regions; r++)
        for (size_t s = 0; s < laender.n_sectors; s++) {
            const char *region = laender.region[r], *sector = laender.sector[s];
            expect_within(gsl_matrix_get(found.star[UF_STAR_SIZE], r, s), peer_cell(size, region, sector), 0,
                          "star for size");
            expect_within(gsl_matrix_get(found.star[UF_STAR_SPECIALISATION], r, s),
                          peer_cell(specialised, region, sector), 0, "star for specialisation");
            given += gsl_matrix_get(found.star[UF_STAR_SIZE], r, s);
        }
    expect_within(given, 34, 0, "two of 16 for each section");
    for (size_t i = 0; i < UF_STARS; i++) {
        gsl_matrix_free(found.measure[i]);
        gsl_matrix_free(found.star[i]);
    }
    json_decref(json);
    laender_free(&laender);
}

static void a_share_that_comes_out_even(void **state)
{
    (void)state;
    /* 0.3 · 10 and 0.07 · 100 are a little more than 3 and 7 in binary numbers */
    expect_within(uf_star_size_places(10, 0.3), 3, 0, "three of ten");
    expect_within(uf_star_size_places(100, 0.07), 7, 0, "seven of a hundred");
    expect_within(uf_star_size_places(1, 0.1), 1, 0, "the only one");
    expect_within(uf_star_size_places(0, 0.1), 0, 0, "nobody");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stars_of_the_observatory),
                                       cmocka_unit_test(a_share_that_comes_out_even)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

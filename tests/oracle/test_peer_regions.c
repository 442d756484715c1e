// SPDX-License-Identifier: GPL-3.0-or-later
/* Structural distances of 16 German Länder against R (s3_practice); Mahalanobis' against R's mahalanobis(). */
#include <math.h>
#include <string.h>
#include <utfall/peer_regions.h>

#include "support/peer_results.h"
#include "support/test.h"

static size_t expect_matrix(const gsl_matrix *ours, const json_t *expected, double from, double sign,
                            double tolerance, const char *what)
{
    const json_t *names = json_object_get(expected, "row_names");
    size_t compared = 0;
    for (size_t i = 0; i < ours->size1; i++)
        for (size_t j = 0; j < ours->size2; j++, compared++)
            expect_within(from + sign * gsl_matrix_get(ours, i, j),
                          peer_cell(expected, json_string_value(json_array_get(names, i)),
                                    json_string_value(json_array_get(names, j))),
                          tolerance, what);
    return compared;
}

static void distances_of_shares(void **state)
{
    (void)state;
    struct laender laender = laender_read();
    json_t *json = load_json(need_shared("reference/peers/results/s3_practice.json"));
    gsl_matrix *distance = gsl_matrix_alloc(laender.n_regions, laender.n_regions);
    struct uf_error error;
    for (size_t r = 0; r < laender.n_regions; r++) {
        double sum = 0;
        for (size_t s = 0; s < laender.n_sectors; s++) sum += gsl_matrix_get(laender.value, r, s);
        for (size_t s = 0; s < laender.n_sectors; s++) *gsl_matrix_ptr(laender.value, r, s) /= sum;
    }
    static const struct {
        enum uf_structural_distance kind;
        const char *id;
        double from, sign;
    } cases[] = {{UF_DISTANCE_SHARE_DIFFERENCE, "krugman_distance_matrix", 0, 1},
                 {UF_DISTANCE_COSINE, "cosine_similarity_regions", 1, -1},
                 {UF_DISTANCE_SHARE_OVERLAP, "finger_kreinin_similarity", 1, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_ok(uf_structural_distance(laender.value, cases[i].kind, distance, NULL, &error), &error);
        assert_int_equal(expect_matrix(distance, peer_value(json, cases[i].id), cases[i].from, cases[i].sign,
                                       1e-13, cases[i].id),
                         256);
    }
    gsl_matrix_free(distance);
    json_decref(json);
    laender_free(&laender);
}

static void standardised_distances(void **state)
{
    (void)state;
    json_t *json = load_json(need_shared("reference/peers/results/s3_practice.json"));
    const json_t *inputs = json_object_get(peer_value(json, "structural_distance_inputs"), "values");
    gsl_matrix *attributes = gsl_matrix_alloc(16, 4), *distance = gsl_matrix_alloc(16, 16);
    for (size_t r = 0; r < 16; r++)
        for (size_t j = 0; j < 4; j++)
            gsl_matrix_set(attributes, r, j, json_number_value(json_array_get(json_array_get(inputs, r), j)));
    struct uf_error error;
    assert_ok(uf_structural_distance(attributes, UF_DISTANCE_STANDARDISED_EUCLIDEAN, distance, NULL, &error),
              &error);
    assert_int_equal(
        expect_matrix(distance, peer_value(json, "structural_distance_z_euclid"), 0, 1, 1e-12, "z"), 256);
    gsl_matrix_free(attributes);
    gsl_matrix_free(distance);
    json_decref(json);
}

/* x_rj = (5r + 3j + r²j) mod 13 + j/2, 7 × 3. */
static void mahalanobis_of_r(void **state)
{
    (void)state;
    static const double first[] = {0,
                                   3.016232946635447,
                                   2.522277481073347,
                                   2.070807265469341,
                                   1.942358361646195,
                                   3.385148272125325,
                                   1.324666310580462};
    gsl_matrix *attributes = gsl_matrix_alloc(7, 3), *distance = gsl_matrix_alloc(7, 7);
    for (size_t r = 0; r < 7; r++)
        for (size_t j = 0; j < 3; j++)
            gsl_matrix_set(attributes, r, j, (double)((5 * r + 3 * j + r * r * j) % 13) + (double)j / 2);
    struct uf_error error;
    assert_ok(uf_structural_distance(attributes, UF_DISTANCE_MAHALANOBIS, distance, NULL, &error), &error);
    for (size_t j = 0; j < 7; j++)
        expect_within(gsl_matrix_get(distance, 0, j), first[j], 1e-13, "Mahalanobis");
    expect_within(gsl_matrix_get(distance, 3, 2), 3.437035223147710, 1e-13, "Mahalanobis");
    gsl_matrix_free(attributes);
    gsl_matrix_free(distance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances_of_shares),
                                       cmocka_unit_test(standardised_distances),
                                       cmocka_unit_test(mahalanobis_of_r)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

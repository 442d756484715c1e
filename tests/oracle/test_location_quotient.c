// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Location quotients against EconGeo 2.1, REAT 3.0.3 and economiccomplexity 2.0.0 on 16 German Länder × 17
 * sections.
 *
 * Not compared, and why: rca_econgeo_rounded2 (the package rounds to two decimals), lq_econgeo_binary and
 * *_discrete (0/1 forms; economiccomplexity's turns an undefined quotient into 1), lq_reat_additive,
 * slq_z_by_industry, lq_per_capita_*, relative_size_*, cluster_* and litzenberger_* (other measures).
 * zero_case_lq_econgeo has 0 where 0/0 is undefined: only its defined cells are compared.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/location_quotient.h>

#include "support/peer_results.h"
#include "support/test.h"

static json_t *results(void)
{
    return load_json(need_shared("reference/peers/results/lq_g_regions_industries.json"));
}

static void agrees_with_three_packages(void **state)
{
    (void)state;
    struct laender laender = laender_read();
    json_t *json = results();
    struct uf_activity activity = {.value = laender.value};
    gsl_matrix *quotient = gsl_matrix_alloc(laender.n_regions, laender.n_sectors);
    struct uf_error error;
    assert_ok(uf_location_quotient(&activity, UF_REFERENCE_NATION, quotient, &error), &error);
    static const char *const peers[] = {"lq_econgeo", "lq_reat", "balassa_ec"};
    size_t compared = 0;
    for (size_t r = 0; r < laender.n_regions; r++) {
        for (size_t s = 0; s < laender.n_sectors; s++) {
            double ours = gsl_matrix_get(quotient, r, s);
            for (size_t p = 0; p < 3; p++, compared++)
                expect_close(ours,
                             peer_cell(peer_value(json, peers[p]), laender.region[r], laender.sector[s]),
                             1e-12, peers[p]);
            expect_close(uf_symmetric_advantage(ours),
                         peer_cell(peer_value(json, "rsca"), laender.region[r], laender.sector[s]), 1e-10,
                         "rsca");
        }
    }
    assert_int_equal(compared, 3 * 16 * 17);
    gsl_matrix_free(quotient);
    json_decref(json);
    laender_free(&laender);
}

static void undefined_is_not_zero_and_not_one(void **state)
{
    (void)state;
    struct laender laender = laender_read();
    json_t *json = results();
    json_t *definition = peer_value(json, "zero_case_M0_def");
    const char *zero_row = json_string_value(json_object_get(definition, "zero_row"));
    const char *zero_column = json_string_value(json_object_get(definition, "zero_col"));
    for (size_t r = 0; r < laender.n_regions; r++)
        for (size_t s = 0; s < laender.n_sectors; s++)
            if (strcmp(laender.region[r], zero_row) == 0 || strcmp(laender.sector[s], zero_column) == 0)
                gsl_matrix_set(laender.value, r, s, 0);
    struct uf_activity activity = {.value = laender.value};
    gsl_matrix *quotient = gsl_matrix_alloc(laender.n_regions, laender.n_sectors);
    struct uf_error error;
    assert_ok(uf_location_quotient(&activity, UF_REFERENCE_NATION, quotient, &error), &error);
    size_t undefined = 0;
    for (size_t r = 0; r < laender.n_regions; r++) {
        for (size_t s = 0; s < laender.n_sectors; s++) {
            double ours = gsl_matrix_get(quotient, r, s);
            expect_close(
                ours,
                peer_cell(peer_value(json, "zero_case_balassa_ec"), laender.region[r], laender.sector[s]),
                1e-12, "with an empty region and sector");
            if (isnan(ours))
                undefined++;
            else
                expect_close(
                    ours,
                    peer_cell(peer_value(json, "zero_case_lq_econgeo"), laender.region[r], laender.sector[s]),
                    1e-12, "EconGeo where defined");
        }
    }
    assert_int_equal(undefined, 16 + 17 - 1);
    gsl_matrix_free(quotient);
    json_decref(json);
    laender_free(&laender);
}

/* Farhauer & Kröll (2013), printed in REAT's help: a given total of region and nation, one sector. */
static void textbook_example_with_given_totals(void **state)
{
    (void)state;
    json_t *json = results();
    double expected = json_number_value(peer_value(json, "locq_FK2013_example"));
    gsl_matrix *value = gsl_matrix_alloc(1, 1), *quotient = gsl_matrix_alloc(1, 1);
    gsl_vector *total = gsl_vector_alloc(1), *whole = gsl_vector_alloc(1);
    gsl_matrix_set(value, 0, 0, 1714);
    gsl_vector_set(total, 0, 79006);
    gsl_vector_set(whole, 0, 879213);
    struct uf_activity activity = {.value = value, .total = total, .whole = whole, .whole_total = 15593224};
    struct uf_error error;
    assert_ok(uf_location_quotient(&activity, UF_REFERENCE_NATION, quotient, &error), &error);
    expect_close(gsl_matrix_get(quotient, 0, 0), expected, 1e-14, "textbook example");
    gsl_vector_free(whole);
    gsl_vector_free(total);
    gsl_matrix_free(quotient);
    gsl_matrix_free(value);
    json_decref(json);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_three_packages),
        cmocka_unit_test(undefined_is_not_zero_and_not_one),
        cmocka_unit_test(textbook_example_with_given_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

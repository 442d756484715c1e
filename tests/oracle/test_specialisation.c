// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Specialisation indices against EconGeo 2.1, REAT 3.0.3, ineq and R on 16 German Länder × 17 sections.
 *
 * Not compared, and why: entropy_econgeo_log2_round3 (adds 1e-9 and rounds), krugman_reat_vs_mean_of_others,
 * the K j column of reat_spec and krugman_FK2013_Sweden_example (reference is the unweighted mean of the
 * other regions), gini_spec_reat and its examples (unweighted Gini of the quotients, not the Lorenz curve),
 * gini_absolute_* (Gini of the values, without a reference), ogive, durpug_rdi, diversity, ubiquity (other
 * measures).
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <utfall/location_quotient.h>
#include <utfall/specialisation.h>

#include "support/peer_results.h"
#include "support/test.h"

static void agrees_with_peers(void **state)
{
    (void)state;
    struct laender laender = laender_read();
    json_t *json = load_json(need_shared("reference/peers/results/specialisation_g_regions_industries.json"));
    struct uf_activity activity = {.value = laender.value};
    struct uf_specialisation nation[16], rest[16];
    assert_int_equal(laender.n_regions, 16);
    struct uf_error error;
    assert_ok(uf_specialisation(&activity, UF_REFERENCE_NATION, nation, &error), &error);
    assert_ok(uf_specialisation(&activity, UF_REFERENCE_REST, rest, &error), &error);
    for (size_t r = 0; r < 16; r++) {
        const struct uf_specialisation *x = &nation[r];
        const struct {
            const char *peer;
            double ours;
        } pairs[] = {
            {"krugman_econgeo_0_2", x->krugman},
            {"krugman_reat_vs_nation", x->krugman},
            {"krugman_reat_vs_rest", rest[r].krugman},
            {"spec_coeff_econgeo_0_1", x->dissimilarity / 100},
            {"hoover_reat_vs_nation", x->dissimilarity / 100},
            {"herfindahl_econgeo", x->herfindahl},
            {"herfindahl_reat_norm", x->herfindahl_normalised},
            {"herfindahl_reat_equiv_number", 1 / x->herfindahl},
            {"hachman_econgeo", x->hachman},
            {"lq_avg_econgeo", 1 / x->hachman},
            {"shannon_ln", x->entropy},
            {"shannon_log2", x->entropy_log2},
            {"relative_entropy_kl_vs_nation_ln", x->theil},
            {"theil_absolute_spec", log(17) - x->entropy},
            {"gini_spec_lorenz_weighted", x->gini},
            {"national_average_index", 1 / x->hachman - 1},
        };
        for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
            expect_close(pairs[p].ours, peer_named(peer_value(json, pairs[p].peer), laender.region[r]), 1e-10,
                         pairs[p].peer);
    }
    json_decref(json);
    laender_free(&laender);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_peers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

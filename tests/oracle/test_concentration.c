// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Concentration of sectors over regions against REAT, EconGeo and R on 16 German Länder × 17 sections;
 * Ellison–Glaeser's γ on 42 firms.
 *
 * Not compared, and why: gini_conc_reat and G i of reat_conc (unweighted Gini of quotients), K i of reat_conc
 * (against the mean of the other sectors), *_round3 and *_percent (rounded), gini_*, theil_*_ineq,
 * theil_reat_*, theil_T_zero_safe, herf_* without reference other than Herfindahl (inequality of absolute
 * values), hoover against population, area or equal shares (other references), ellison_a2 (region shares from
 * the firms in the file), ellison_c2 (suspect, see the packages' traps), Maurel–Sédillot's index.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/concentration.h>

#include "support/peer_results.h"
#include "support/test.h"

static void agrees_with_peers(void **state)
{
    (void)state;
    struct laender laender = laender_read();
    json_t *json = load_json(need_shared("reference/peers/results/concentration_g_regions_industries.json"));
    json_t *halved = peer_value(json, "locational_gini_econgeo_0_half");
    struct uf_activity activity = {.value = laender.value};
    struct uf_concentration sector[17];
    assert_int_equal(laender.n_sectors, 17);
    struct uf_error error;
    assert_ok(uf_concentration(&activity, sector, &error), &error);
    for (size_t s = 0; s < 17; s++) {
        const struct {
            const char *peer;
            double ours;
        } pairs[] = {
            {"hoover_reat", sector[s].hoover},   {"krugman_conc_reat_vs_total", sector[s].krugman},
            {"herf_reat", sector[s].herfindahl}, {"herf_ineq", sector[s].herfindahl},
            {"eg_raw_G", sector[s].raw},         {"relative_theil_concentration_T", sector[s].theil},
        };
        for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
            expect_close(pairs[p].ours, peer_named(peer_value(json, pairs[p].peer), laender.sector[s]), 1e-10,
                         pairs[p].peer);
        assert_string_equal(json_string_value(json_array_get(json_object_get(halved, "Industry"), s)),
                            laender.sector[s]);
        expect_close(sector[s].gini / 2, peer_item(halved, "Loc_gini", s), 1e-10, "half the locational Gini");
    }
    json_decref(json);
    laender_free(&laender);
}

/* Farhauer & Kröll (2014): Wien, Linz and Graz; printed in REAT's help as γ = 0.0599. */
static void ellison_glaeser_three_cities(void **state)
{
    (void)state;
    json_t *json = load_json(need_shared("reference/peers/results/ellison_glaeser_fk2014.json"));
    const json_t *expected = peer_value(json, "example_wien_linz_graz");
    const double plant[] = {200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000};
    const double sector[] = {13000, 32000, 25000}, all[] = {5e5, 4e5, 1e5};
    double herfindahl;
    struct uf_ellison_glaeser found;
    struct uf_error error;
    assert_ok(uf_plant_herfindahl(plant, 10, &herfindahl, &error), &error);
    assert_ok(uf_ellison_glaeser(sector, all, 3, herfindahl, &found, &error), &error);
    expect_close(herfindahl, peer_cell(expected, "1", "HHI i"), 1e-12, "plant Herfindahl");
    expect_close(found.raw, peer_cell(expected, "1", "G i"), 1e-12, "G");
    expect_close(found.gamma, peer_cell(expected, "1", "Gamma i"), 1e-12, "gamma");
    json_decref(json);
}

static void ellison_glaeser_four_industries(void **state)
{
    (void)state;
    json_t *json = load_json(need_shared("reference/peers/results/ellison_glaeser_fk2014.json"));
    const json_t *expected = peer_value(json, "own_eg_and_maurel_sedillot_emp_region");
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/fk2014_egc.csv"));
    enum { REGIONS_MAX = 16, PLANTS_MAX = 64 };
    static const char *const industries[] = {"Clothing trade", "Forestry", "Textiles dyeing",
                                             "Textiles trade"};
    double all[REGIONS_MAX] = {0};
    size_t n_regions = 0;
    for (size_t i = 0; i < csv.n_rows; i++) {
        size_t r = (size_t)raw_csv_number(&csv, i, raw_csv_column(&csv, "region"));
        assert_true(r >= 1 && r <= REGIONS_MAX);
        all[r - 1] = raw_csv_number(&csv, i, raw_csv_column(&csv, "emp_region"));
        if (r > n_regions) n_regions = r;
    }
    for (size_t k = 0; k < 4; k++) {
        double sector[REGIONS_MAX] = {0}, plant[PLANTS_MAX], herfindahl;
        size_t n_plants = 0;
        for (size_t i = 0; i < csv.n_rows; i++) {
            if (strcmp(csv.cell[i * csv.n_columns + raw_csv_column(&csv, "industry")], industries[k]) != 0)
                continue;
            size_t r = (size_t)raw_csv_number(&csv, i, raw_csv_column(&csv, "region"));
            plant[n_plants] = raw_csv_number(&csv, i, raw_csv_column(&csv, "emp_firm"));
            sector[r - 1] += plant[n_plants++];
        }
        struct uf_ellison_glaeser found;
        struct uf_error error;
        assert_ok(uf_plant_herfindahl(plant, n_plants, &herfindahl, &error), &error);
        assert_ok(uf_ellison_glaeser(sector, all, n_regions, herfindahl, &found, &error), &error);
        expect_close(found.raw, peer_cell(expected, industries[k], "G"), 1e-10, "G");
        expect_close(herfindahl, peer_cell(expected, industries[k], "H"), 1e-10, "H");
        expect_close(found.gamma, peer_cell(expected, industries[k], "gamma_EG"), 1e-10, "gamma");
        expect_close(found.expected, peer_cell(expected, industries[k], "exp_G_random"), 1e-10, "expected G");
    }
    raw_csv_free(&csv);
    json_decref(json);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_peers),
                                       cmocka_unit_test(ellison_glaeser_three_cities),
                                       cmocka_unit_test(ellison_glaeser_four_industries)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

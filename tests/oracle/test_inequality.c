// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Inequality of GDP per inhabitant in 402 German counties 2014 against IC2, ineq, REAT and R.
 *
 * Not compared, and why: GE2_* (half the squared coefficient of variation, not offered), theil_reat_weighted
 * (divides by n twice), gini_reat_weighted (sorts values and not weights), *_norm and *_corr (n/(n − 1)),
 * williamson_reat (deviations from the unweighted mean), coulter, dalton, kolm, herf, disp_*, lorenz_points
 * (other measures or overflow).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/inequality.h>

#include "support/peer_results.h"
#include "support/test.h"

enum { COUNTIES = 402 };
struct counties {
    double income[COUNTIES], people[COUNTIES];
    size_t land[COUNTIES], half[COUNTIES];
};

static struct counties read_counties(void)
{
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/g_counties_gdp.csv"));
    assert_int_equal(csv.n_rows, COUNTIES);
    struct counties x;
    for (size_t i = 0; i < COUNTIES; i++) {
        const char *code = csv.cell[i * csv.n_columns + raw_csv_column(&csv, "region_code")];
        x.income[i] = raw_csv_number(&csv, i, raw_csv_column(&csv, "gdppc2014"));
        x.people[i] = raw_csv_number(&csv, i, raw_csv_column(&csv, "pop2014"));
        x.land[i] = (size_t)((code[0] - '0') * 10 + (code[1] - '0'));
        x.half[i] = strcmp(csv.cell[i * csv.n_columns + raw_csv_column(&csv, "regional")], "West") == 0;
    }
    raw_csv_free(&csv);
    return x;
}

static double scalar(const json_t *json, const char *id)
{
    return json_number_value(peer_value(json, id));
}

static double member(const json_t *json, const char *id, const char *name)
{
    const json_t *value = json_object_get(peer_value(json, id), name);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void indices(void **state)
{
    (void)state;
    struct counties x = read_counties();
    json_t *json = load_json(need_shared("reference/peers/results/inequality_g_counties_gdp.json"));
    struct uf_inequality plain, weighted;
    struct uf_error error;
    double atkinson;
    assert_ok(uf_inequality(x.income, NULL, COUNTIES, &plain, &error), &error);
    assert_ok(uf_inequality(x.income, x.people, COUNTIES, &weighted, &error), &error);
    expect_close(plain.gini, scalar(json, "gini_ineq"), 1e-12, "Gini");
    expect_close(weighted.gini, scalar(json, "gini2_reat_weighted"), 1e-12, "Gini, weighted, REAT");
    expect_close(weighted.gini, scalar(json, "sgini_ic2_weighted"), 1e-12, "Gini, weighted, IC2");
    expect_close(plain.theil_t, scalar(json, "theil_T_ineq_unweighted"), 1e-11, "Theil T");
    expect_close(plain.theil_l, scalar(json, "theil_L_ineq_unweighted"), 1e-11, "Theil L");
    expect_close(plain.theil_l, scalar(json, "theil_reat_unweighted_MLD"), 1e-11, "Theil L, REAT");
    expect_close(plain.williamson, scalar(json, "varcoeff_ineq"), 1e-12, "coefficient of variation");
    expect_close(weighted.williamson, scalar(json, "williamson_textbook"), 1e-12, "Williamson");
    expect_close(weighted.williamson, scalar(json, "williamson_reat_wmean"), 1e-12, "Williamson, REAT");
    expect_close(plain.hoover, scalar(json, "rs_ineq"), 1e-12, "Hoover");
    static const double epsilon[] = {0.5, 1, 2};
    static const char *const atkinsons[] = {"atkinson_ineq_05", "atkinson_ineq_1", "atkinson_ineq_2"};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(uf_atkinson(x.income, NULL, COUNTIES, epsilon[i], &atkinson, &error), &error);
        expect_close(atkinson, scalar(json, atkinsons[i]), 1e-11, atkinsons[i]);
    }
    json_decref(json);
}

static void decomposition(void **state)
{
    (void)state;
    struct counties x = read_counties();
    json_t *json = load_json(need_shared("reference/peers/results/inequality_g_counties_gdp.json"));
    static const char *const by[] = {"land", "ew"};
    for (size_t g = 0; g < 2; g++) {
        for (int weighted = 0; weighted <= 1; weighted++) {
            struct uf_theil_split split;
            struct uf_error error;
            assert_ok(uf_theil_decompose(x.income, weighted ? x.people : NULL, g == 0 ? x.land : x.half,
                                         COUNTIES, 100, &split, &error),
                      &error);
            char id[64];
            snprintf(id, sizeof id, "GE1_decomp_%s_%s", by[g], weighted ? "popweighted" : "unweighted");
            expect_close(split.t, member(json, id, "total"), 1e-11, id);
            expect_close(split.t_within, member(json, id, "within"), 1e-11, id);
            expect_close(split.t_between, member(json, id, "between"), 1e-10, id);
            snprintf(id, sizeof id, "GE0_decomp_%s_%s", by[g], weighted ? "popweighted" : "unweighted");
            expect_close(split.l, member(json, id, "total"), 1e-11, id);
            expect_close(split.l_within, member(json, id, "within"), 1e-11, id);
            expect_close(split.l_between, member(json, id, "between"), 1e-10, id);
            expect_close(split.t_within + split.t_between, split.t, 1e-12, "T adds up");
            expect_close(split.l_within + split.l_between, split.l, 1e-12, "L adds up");
        }
    }
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(indices), cmocka_unit_test(decomposition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

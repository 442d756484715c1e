// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Shift-share against REAT 3.0.3 and a plain R computation, on Farhauer & Kröll's regions A, B, C, Freiburg
 * 2008–14, Göttingen 2008–17 and the 16 German Länder 2008–14.
 *
 * Not compared, and why: shift_Gerfin_*, shiftp_* (multiplicative index forms, prognosis), shifti_* and
 * shiftid_* (by industry the package's "national share" is national + mix, and the mix is dropped),
 * shiftd_help_example_offbyone (the help page's columns use 2008 twice), zero_base_case (NaN regional share
 * for a sector absent at the start; zero_base_case_own is compared where it has a value), portfolio_growth_*
 * (growth rates only).
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/shift_share.h>

#include "support/peer_results.h"
#include "support/test.h"

static json_t *results(void)
{
    return load_json(need_shared("reference/peers/results/shiftshare.json"));
}

/* A named column of a CSV, from row `first` on. */
static size_t column(const char *file, const char *name, size_t first, double *out)
{
    char path[128];
    snprintf(path, sizeof path, "reference/peers/data/%s", file);
    struct raw_csv csv = raw_csv_read(need_shared(path));
    size_t index = raw_csv_column(&csv, name);
    for (size_t i = first; i < csv.n_rows; i++) out[i - first] = raw_csv_number(&csv, i, index);
    size_t n = csv.n_rows - first;
    raw_csv_free(&csv);
    return n;
}

static double component(const json_t *value, size_t row)
{
    return json_number_value(json_array_get(json_array_get(json_object_get(value, "values"), row), 0));
}

struct example {
    const char *file, *name, *region[2], *nation[2];
    size_t first_row;
};
static const struct example examples[] = {
    {"fk2013_shiftshare.csv", "FK_A", {"A_t", "A_t1"}, {"nation_t", "nation_t1"}, 0},
    {"fk2013_shiftshare.csv", "FK_B", {"B_t", "B_t1"}, {"nation_t", "nation_t1"}, 0},
    {"fk2013_shiftshare.csv", "FK_C", {"C_t", "C_t1"}, {"nation_t", "nation_t1"}, 0},
    {"freiburg.csv", "freiburg", {"e_Freiburg2008", "e_Freiburg2014"}, {"e_Germany2008", "e_Germany2014"}, 0},
    {"goettingen.csv",
     "goettingen_2008_2017",
     {"Goettingen2008", "Goettingen2017"},
     {"BRD2008", "BRD2017"},
     1},
};

static void classic_and_homothetic(void **state)
{
    (void)state;
    json_t *json = results();
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *x = &examples[i];
        double e0[32], e1[32], n0[32], n1[32];
        size_t n = column(x->file, x->region[0], x->first_row, e0);
        column(x->file, x->region[1], x->first_row, e1);
        column(x->file, x->nation[0], x->first_row, n0);
        column(x->file, x->nation[1], x->first_row, n1);
        struct uf_shift_share total;
        struct uf_error error;
        assert_ok(uf_shift_share(e0, e1, n0, n1, n, NULL, &total, &error), &error);
        char id[64];
        snprintf(id, sizeof id, "shift_Dunn_%s", x->name);
        const json_t *dunn = peer_value(json, id);
        /* region C's mix is 0 but for rounding: components are compared on the scale of the change */
        double scale = 1e-12 * total.start;
        expect_within(total.change, component(dunn, 0), 0, id);
        expect_within(total.national, component(dunn, 1), scale, id);
        expect_within(total.mix, component(dunn, 2), scale, id);
        expect_within(total.regional, component(dunn, 3), scale, id);
        snprintf(id, sizeof id, "shift_Esteban_%s", x->name);
        const json_t *esteban = peer_value(json, id);
        expect_within(total.competitive, component(esteban, 3), scale, id);
        expect_within(total.allocation, component(esteban, 4), scale, id);
    }
    json_decref(json);
}

static void goettingen_headline(void **state)
{
    (void)state;
    double e0[32], e1[32], n0[32], n1[32];
    size_t n = column("goettingen.csv", "Goettingen2008", 1, e0);
    column("goettingen.csv", "Goettingen2017", 1, e1);
    column("goettingen.csv", "BRD2008", 1, n0);
    column("goettingen.csv", "BRD2017", 1, n1);
    struct uf_shift_share total;
    struct uf_error error;
    assert_ok(uf_shift_share(e0, e1, n0, n1, n, NULL, &total, &error), &error);
    expect_within(total.change, 10411, 0, "change");
    expect_within(total.national, 9178.19, 0.005, "national");
    expect_within(total.mix, 2204.82, 0.005, "mix");
    expect_within(total.regional, -972.01, 0.005, "regional");
}

static void by_sector(void **state)
{
    (void)state;
    json_t *json = results();
    const json_t *own = peer_value(json, "own_by_sector_goettingen_2008_2017");
    double e0[32], e1[32], n0[32], n1[32];
    size_t n = column("goettingen.csv", "Goettingen2008", 1, e0);
    column("goettingen.csv", "Goettingen2017", 1, e1);
    column("goettingen.csv", "BRD2008", 1, n0);
    column("goettingen.csv", "BRD2017", 1, n1);
    struct uf_shift_share part[32], total;
    struct uf_error error;
    assert_ok(uf_shift_share(e0, e1, n0, n1, n, part, &total, &error), &error);
    for (size_t s = 0; s < n; s++) {
        const struct {
            const char *peer;
            double ours;
        } pairs[] = {
            {"change", part[s].change},
            {"NS", part[s].national},
            {"IM", part[s].mix},
            {"RS", part[s].regional},
            {"homothetic", part[s].homothetic},
            {"EM_competitive", part[s].competitive},
            {"EM_allocation", part[s].allocation},
            {"arc_RG_expected", part[s].growth_expected},
            {"arc_RG_diff", part[s].growth_differential},
            {"arc_RI_expected", part[s].industry_expected},
            {"arc_RI_diff", part[s].industry_differential},
        };
        for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++)
            expect_close(pairs[p].ours, peer_item(own, pairs[p].peer, s), 1e-10, pairs[p].peer);
    }
    json_decref(json);
}

static void sector_absent_at_the_start(void **state)
{
    (void)state;
    json_t *json = results();
    const json_t *own = peer_value(json, "zero_base_case_own");
    const double e0[] = {0, 10, 20}, e1[] = {5, 12, 18}, n0[] = {100, 200, 300}, n1[] = {110, 190, 330};
    struct uf_shift_share part[3], total;
    struct uf_error error;
    assert_ok(uf_shift_share(e0, e1, n0, n1, 3, part, &total, &error), &error);
    for (size_t s = 0; s < 3; s++) {
        expect_within(part[s].national, peer_item(own, "NS", s), 1e-12, "NS");
        expect_within(part[s].mix, peer_item(own, "IM", s), 1e-12, "IM");
        expect_within(part[s].regional, peer_item(own, "RS", s), 1e-12, "RS");
        if (s > 0) expect_within(part[s].competitive, peer_item(own, "EM_competitive", s), 1e-12, "EM");
    }
    expect_within(part[0].entry, 5, 0, "the arrival is a component of its own");
    assert_int_equal(total.entries, 1);
    expect_within(total.competitive + total.allocation + total.entry, total.regional, 1e-12,
                  "nothing is lost");
    expect_within(total.national + total.mix + total.regional, total.change, 1e-12, "nor here");
    json_decref(json);
}

enum { LAENDER = 16, SECTORS = 10, YEARS = 7 };

/* g_regions_emp.csv → value[region][year][sector]; the total and manufacturing (part of B–E) are left out. */
static void read_laender(const json_t *names, double value[LAENDER][YEARS][SECTORS])
{
    struct raw_csv csv = raw_csv_read(need_shared("reference/peers/data/g_regions_emp.csv"));
    const char *sector[SECTORS];
    size_t n_sectors = 0, cells = 0;
    for (size_t i = 0; i < csv.n_rows; i++) {
        const char *const *cell = (const char *const *)csv.cell + i * csv.n_columns;
        if (strcmp(cell[0], "Insgesamt") == 0 || strcmp(cell[0], "Verarbeitendes Gewerbe (C)") == 0) continue;
        size_t s = 0, r = 0;
        while (s < n_sectors && strcmp(sector[s], cell[0]) != 0) s++;
        if (s == n_sectors) {
            assert_true(n_sectors < SECTORS);
            sector[n_sectors++] = cell[0];
        }
        while (r < LAENDER && strcmp(json_string_value(json_array_get(names, r)), cell[1]) != 0) r++;
        if (r == LAENDER) continue; /* the nation's own row */
        value[r][atoi(cell[2]) - 2008][s] = raw_csv_number(&csv, i, 3);
        cells++;
    }
    assert_int_equal(cells, LAENDER * YEARS * SECTORS);
    raw_csv_free(&csv);
}

static void laender_classic_and_dynamic(void **state)
{
    (void)state;
    json_t *json = results();
    const json_t *classic = peer_value(json, "own_dunn_laender_2008_2014");
    const json_t *dynamic = peer_value(json, "own_dynamic_dunn_laender_2008_2014");
    const json_t *names = json_object_get(classic, "row_names");
    static double value[LAENDER][YEARS][SECTORS];
    read_laender(names, value);
    gsl_matrix *region = gsl_matrix_alloc(YEARS, SECTORS), *nation = gsl_matrix_calloc(YEARS, SECTORS);
    for (size_t t = 0; t < YEARS; t++)
        for (size_t s = 0; s < SECTORS; s++)
            for (size_t r = 0; r < LAENDER; r++) *gsl_matrix_ptr(nation, t, s) += value[r][t][s];
    for (size_t r = 0; r < LAENDER; r++) {
        const char *name = json_string_value(json_array_get(names, r));
        for (size_t t = 0; t < YEARS; t++)
            for (size_t s = 0; s < SECTORS; s++) gsl_matrix_set(region, t, s, value[r][t][s]);
        struct uf_shift_share total;
        struct uf_error error;
        assert_ok(uf_shift_share(value[r][0], value[r][YEARS - 1], gsl_matrix_ptr(nation, 0, 0),
                                 gsl_matrix_ptr(nation, YEARS - 1, 0), SECTORS, NULL, &total, &error),
                  &error);
        expect_close(total.change, peer_cell(classic, name, "change"), 0, name);
        expect_close(total.national, peer_cell(classic, name, "NS"), 1e-10, name);
        expect_close(total.mix, peer_cell(classic, name, "IM"), 1e-10, name);
        expect_close(total.regional, peer_cell(classic, name, "RS"), 1e-10, name);
        expect_close(total.competitive, peer_cell(classic, name, "EM_competitive"), 1e-10, name);
        expect_close(total.allocation, peer_cell(classic, name, "EM_allocation"), 1e-10, name);
        assert_ok(uf_shift_share_dynamic(region, nation, NULL, &total, &error), &error);
        expect_close(total.change, peer_cell(dynamic, name, "change"), 0, name);
        expect_close(total.national, peer_cell(dynamic, name, "NS"), 1e-10, name);
        expect_close(total.mix, peer_cell(dynamic, name, "IM"), 1e-10, name);
        expect_close(total.regional, peer_cell(dynamic, name, "RS"), 1e-10, name);
    }
    gsl_matrix_free(nation);
    gsl_matrix_free(region);
    json_decref(json);
}

static void goettingen_dynamic(void **state)
{
    (void)state;
    json_t *json = results();
    gsl_matrix *region = gsl_matrix_alloc(10, 15), *nation = gsl_matrix_alloc(10, 15);
    for (size_t t = 0; t < 10; t++) {
        char name[32];
        double values[32];
        snprintf(name, sizeof name, "Goettingen%d", 2008 + (int)t);
        assert_int_equal(column("goettingen.csv", name, 1, values), 15);
        for (size_t s = 0; s < 15; s++) gsl_matrix_set(region, t, s, values[s]);
        snprintf(name, sizeof name, "BRD%d", 2008 + (int)t);
        column("goettingen.csv", name, 1, values);
        for (size_t s = 0; s < 15; s++) gsl_matrix_set(nation, t, s, values[s]);
    }
    struct uf_shift_share total;
    struct uf_error error;
    assert_ok(uf_shift_share_dynamic(region, nation, NULL, &total, &error), &error);
    const json_t *dunn = json_object_get(peer_value(json, "shiftd_Dunn_goettingen_2008_2017"), "components");
    const json_t *esteban =
        json_object_get(peer_value(json, "shiftd_Esteban_goettingen_2008_2017"), "components");
    expect_close(total.change, component(dunn, 0), 0, "change");
    expect_close(total.national, component(dunn, 1), 1e-10, "national");
    expect_close(total.mix, component(dunn, 2), 1e-10, "mix");
    expect_close(total.regional, component(dunn, 3), 1e-10, "regional");
    expect_close(total.competitive, component(esteban, 3), 1e-10, "competitive");
    expect_close(total.allocation, component(esteban, 4), 1e-10, "allocation");
    gsl_matrix_free(nation);
    gsl_matrix_free(region);
    json_decref(json);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_and_homothetic),
        cmocka_unit_test(goettingen_headline),
        cmocka_unit_test(by_sector),
        cmocka_unit_test(sector_absent_at_the_start),
        cmocka_unit_test(laender_classic_and_dynamic),
        cmocka_unit_test(goettingen_dynamic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

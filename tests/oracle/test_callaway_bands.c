// SPDX-License-Identifier: GPL-3.0-or-later
/* Multiplier bootstrap of every group-time cell against 9,999 draws of did 2.5.1 and 2.1.2. */
#include "support/group_peer.h"
#include "support/long_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <utfall/callaway_santanna.h>
#include <utfall/multiplier_bootstrap.h>

/* Signs are drawn at random: 9,999 draws of the peer and ours agree within their Monte Carlo error. */
static void compare_bands(const struct long_panel *p, json_t *value, double errors, double critical)
{
    struct uf_group_time g;
    struct uf_average cells;
    struct uf_error error;
    struct uf_multiplier_bootstrap b;
    const struct uf_multiplier_options options = {.draws = 9999, .seed = 1};
    json_t *row;
    size_t index, compared = 0;
    assert_ok(uf_group_time_estimate(&p->data, NULL, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_CELLS, NULL, &cells, &error), &error);
    assert_ok(uf_multiplier_bootstrap(cells.influence, cells.n_rows, cells.n_terms + 1, &options, &b, &error),
              &error);
    json_array_foreach(json_object_get(value, "att_gt"), index, row)
    {
        for (size_t t = 0; t < cells.n_terms; t++) {
            const struct uf_group_time_cell *cell = &g.cells[cells.terms[t].key];
            if ((long)g.cohorts[cell->cohort].first_period + p->first_time !=
                    (long)group_peer_member(row, "group") ||
                (long)cell->period + p->first_time != (long)group_peer_member(row, "t"))
                continue;
            expect_close(cell->estimate, group_peer_member(row, "att"), 1e-7, "a cell");
            expect_close(b.std_error[t], group_peer_member(row, "se"), errors, "its bootstrap error");
            double half = (group_peer_member(row, "ci_hi") - group_peer_member(row, "ci_lo")) / 2;
            expect_close(b.critical * b.std_error[t], half, errors + critical, "its band");
            compared++;
        }
    }
    assert_int_equal(compared, g.n_cells);
    expect_close(b.critical, group_peer_member(value, "crit"), critical, "the critical value of all cells");
    uf_multiplier_bootstrap_clear(&b);
    uf_average_clear(&cells);
    uf_group_time_clear(&g);
}

static void bands(void **state)
{
    (void)state;
    static const char *const files[] = {"reference/peers/results/cs_mpdta.json",
                                        "reference/peers/results/cs_mpdta_did212.json"};
    for (size_t f = 0; f < 2; f++) {
        json_t *results = load_json(need_shared(files[f]));
        struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal",
                                              "year", "lemp", "first.treat", "lpop", NULL, NULL);
        compare_bands(&p, group_peer_value(results, "dr_never_lpop_mboot_seed123_B9999"), 0.05, 0.02);
        long_panel_clear(&p);
        json_decref(results);
    }
}

/* The same by clusters. */
static void bands_by_county(void **state)
{
    (void)state;
    json_t *results = load_json(need_shared("reference/own/results/cs_sweden.json"));
    struct long_panel p = long_panel_read(need_shared("reference/own/data/sim_sweden.csv"), "kommun", "year",
                                          "y", "first_treat", NULL, NULL, "lan");
    compare_bands(&p, group_peer_value(results, "dr_never_nocov_cl_lan_boot"), 0.06, 0.02);
    long_panel_clear(&p);
    json_decref(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bands), cmocka_unit_test(bands_by_county)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

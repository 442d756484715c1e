// SPDX-License-Identifier: GPL-3.0-or-later
/* The two-by-two comparison against DRDID 1.2.3: reference/peers/results/drdid_2x2_mpdta.json. */
#include "support/group_peer.h"
#include "support/long_panel.h"
#include "support/staggered.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/drdid.h>

/* Cohort 2007 against the never treated, 2006 to 2007. */
static void two_by_two(void **state)
{
    (void)state;
    static const char *const entries[] = {"drdid_panel", "reg_did_panel", "std_ipw_did_panel",
                                          "drdid_imp_panel", "ipw_did_panel"}; /* as the enum */
    json_t *results = load_json(need_shared("reference/peers/results/drdid_2x2_mpdta.json"));
    struct long_panel p = long_panel_read(need_shared("reference/peers/data/mpdta.csv"), "countyreal", "year",
                                          "lemp", "first.treat", "lpop", NULL, NULL);
    size_t units = p.data.n_units, n = 0, n_treated = 0;
    double *before = calloc(units, sizeof *before), *after = calloc(units, sizeof *after),
           *x = calloc(units, sizeof *x), *change = calloc(units, sizeof *change),
           *covariate = calloc(units, sizeof *covariate), *influence = calloc(units, sizeof *influence);
    for (size_t i = 0; i < p.data.n; i++) {
        if (p.period[i] == 3) before[p.unit[i]] = p.outcome[i];
        if (p.period[i] == 4) after[p.unit[i]] = p.outcome[i];
        x[p.unit[i]] = gsl_matrix_get(p.covariates, i, 0);
    }
    for (int control = 0; control < 2; control++)
        for (size_t u = 0; u < units; u++) {
            if (p.first[u] != (control ? SIZE_MAX : 4)) continue;
            change[n] = after[u] - before[u];
            covariate[n++] = x[u];
            n_treated += control ? 0 : 1;
        }
    struct uf_error error;
    struct uf_drdid_design *design;
    assert_ok(uf_drdid_design_new(units, 1, &design, &error), &error);
    for (int e = 0; e < 5; e++) {
        struct uf_drdid_diagnosis diagnosis;
        uf_drdid_design_set(design, (enum uf_drdid_estimator)e, n_treated, n - n_treated, NULL, covariate, n,
                            1, &diagnosis);
        assert_int_equal(diagnosis.reason, UF_DRDID_ESTIMATED);
        double estimate = uf_drdid_estimate(design, change, influence), squares = 0, sum = 0;
        for (size_t i = 0; i < n; i++) {
            squares += influence[i] * influence[i];
            sum += influence[i];
        }
        json_t *value = group_peer_value(results, entries[e]);
        expect_close(estimate, group_peer_member(value, "att"), 1e-8, entries[e]);
        expect_close(sqrt(squares), group_peer_member(value, "se"), 1e-6, entries[e]);
        expect_close(squares * (double)(n * n), group_peer_member(value, "if_sum2"), 1e-6, entries[e]);
        expect_within(sum, 0, 1e-12, "the influences cancel");
        expect_within(estimate - 1.96 * sqrt(squares), group_peer_member(value, "lci"), 1e-7, entries[e]);
        expect_within(estimate + 1.96 * sqrt(squares), group_peer_member(value, "uci"), 1e-7, entries[e]);
    }
    /* the peer's two-way regression failed on this call: there is nothing to compare with */
    assert_true(json_is_null(group_peer_value(results, "twfe_did_panel")));
    group_peer_all_compared(results);
    uf_drdid_design_free(design);
    free(before), free(after), free(x), free(change), free(covariate), free(influence);
    long_panel_clear(&p);
    json_decref(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_by_two)};
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

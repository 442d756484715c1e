// SPDX-License-Identifier: GPL-3.0-or-later
/* The two-by-two kernels: linear in what they compare. */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/drdid.h>

/* With covariates each estimate is still linear in the outcomes, with weights that sum to 1 and −1. */
static void weights_are_derivatives(void **state)
{
    (void)state;
    enum { N = 40, TREATED = 11 };
    double change[N], influence[N], w[N], x[2 * N], weight[N];
    for (size_t i = 0; i < N; i++) {
        change[i] = bench_noise(31, i), w[i] = 1.5 + bench_noise(32, i);
        x[i] = bench_noise(33, i) + (i < TREATED ? 0.3 : 0), x[N + i] = 1e4 + bench_noise(34, i);
    }
    struct uf_error error;
    struct uf_drdid_design *design;
    assert_ok(uf_drdid_design_new(N, 2, &design, &error), &error);
    for (int e = 0; e < 5; e++)
        for (size_t k = 0; k < 3; k++) {
            struct uf_drdid_diagnosis diagnosis;
            uf_drdid_design_set(design, (enum uf_drdid_estimator)e, TREATED, N - TREATED, w, x, N, k,
                                &diagnosis);
            assert_int_equal(diagnosis.reason, UF_DRDID_ESTIMATED);
            double estimate = uf_drdid_estimate(design, change, influence), sum = 0, treated = 0, control = 0;
            uf_drdid_weights(design, weight);
            for (size_t i = 0; i < N; i++) {
                sum += weight[i] * change[i];
                *(i < TREATED ? &treated : &control) += weight[i];
            }
            expect_close(estimate, sum, 1e-10, "the weighted sum of changes");
            expect_close(treated, 1, 1e-12, "weights of the treated");
            if (k == 0 || e != UF_DRDID_IPW_UNSTANDARDISED)
                expect_close(control, -1, 1e-10, "weights of the controls");
        }
    uf_drdid_design_free(design);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_derivatives),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The multiplier bootstrap against the definition. */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/multiplier_bootstrap.h>
#include <utfall/random.h>

static void multiplier_twin(void **state)
{
    (void)state;
    enum { N = 4300, Q = 5, DRAWS = 33 };
    double *influence = malloc(N * Q * sizeof *influence);
    for (size_t i = 0; i < (size_t)N * Q; i++) influence[i] = bench_noise(21, i);
    for (size_t i = 0; i < N; i++) influence[i * Q + 3] = 0; /* a reference */
    struct uf_multiplier_bootstrap one, many;
    struct uf_error error;
    struct uf_multiplier_options options = {.draws = DRAWS, .seed = 77, .threads = 1};
    assert_ok(uf_multiplier_bootstrap(influence, N, Q, &options, &one, &error), &error);
    options.threads = 3;
    assert_ok(uf_multiplier_bootstrap(influence, N, Q, &options, &many, &error), &error);
    assert_memory_equal(one.draw, many.draw, DRAWS * Q * sizeof(double));
    for (size_t d = 0; d < DRAWS; d++) {
        struct uf_random random;
        double sum[Q] = {0};
        uint32_t bits = 0;
        uf_random_init(&random, 77, UF_PURPOSE_BOOTSTRAP, d);
        /* words of the stream, lowest bit first: the block of 128 units w is the w-th of the generator */
        for (size_t i = 0; i < N; i++) {
            if (i % 32 == 0) bits = uf_random_u32(&random);
            for (size_t j = 0; j < Q; j++) sum[j] += (bits >> i % 32 & 1 ? 1 : -1) * influence[i * Q + j];
        }
        for (size_t j = 0; j < Q; j++) expect_within(one.draw[d * Q + j], sum[j], 1e-10, "a draw");
    }
    expect_close(one.std_error[3], 0, 0, "the reference");
    assert_true(one.critical > 1 && one.critical < 5);
    uf_multiplier_bootstrap_clear(&one), uf_multiplier_bootstrap_clear(&many);
    free(influence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplier_twin),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

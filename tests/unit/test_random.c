// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include <string.h>
#include <utfall/random.h>

/* Known answers of Random123 1.14, kat_vectors: philox4x32 10. */
static void philox_known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], expected[4];
    } vectors[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        uint32_t out[4];
        uf_philox4x32_10(vectors[v].counter, vectors[v].key, out);
        for (int i = 0; i < 4; i++) assert_int_equal(out[i], vectors[v].expected[i]);
    }
}

static void streams_are_functions_of_seed_purpose_and_replicate(void **state)
{
    (void)state;
    struct uf_random a, b, c, d, e;
    uf_random_init(&a, 5, UF_PURPOSE_RANDOMISATION, 3);
    uf_random_init(&b, 5, UF_PURPOSE_RANDOMISATION, 3);
    uf_random_init(&c, 6, UF_PURPOSE_RANDOMISATION, 3);
    uf_random_init(&d, 5, UF_PURPOSE_BOOTSTRAP, 3);
    uf_random_init(&e, 5, UF_PURPOSE_RANDOMISATION, 4);
    for (int i = 0; i < 10; i++) {
        uint64_t x = uf_random_u64(&a);
        assert_true(x == uf_random_u64(&b));
        assert_true(x != uf_random_u64(&c) && x != uf_random_u64(&d) && x != uf_random_u64(&e));
    }
    uf_random_init(&a, 0, 0, 0);
    assert_int_equal(uf_random_u32(&a), 0x6627e8d5);
}

static void draws_are_uniform(void **state)
{
    (void)state;
    enum { N = 60000, KINDS = 6 };
    struct uf_random random;
    size_t count[KINDS] = {0}, order[24] = {0};
    double sum = 0;
    uf_random_init(&random, 1, UF_PURPOSE_SIMULATION, 0);
    for (int i = 0; i < N; i++) {
        double u = uf_random_uniform(&random);
        assert_true(u >= 0 && u < 1);
        sum += u;
        count[uf_random_below(&random, KINDS)]++;
        size_t items[4] = {0, 1, 2, 3}, code = 0;
        uf_random_shuffle(&random, items, 4);
        for (int a = 0; a < 4; a++) {
            size_t smaller = 0;
            for (int b = a + 1; b < 4; b++) smaller += items[b] < items[a];
            code = code * (size_t)(4 - a) + smaller;
        }
        order[code]++;
    }
    expect_within(sum / N, 0.5, 5 * 0.2887 / 244.9, "mean");
    for (int k = 0; k < KINDS; k++) expect_within((double)count[k], N / 6.0, 5 * 91.3, "below");
    for (int k = 0; k < 24; k++) expect_within((double)order[k], N / 24.0, 5 * 48.9, "order");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(streams_are_functions_of_seed_purpose_and_replicate),
        cmocka_unit_test(draws_are_uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

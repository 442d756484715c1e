// SPDX-License-Identifier: GPL-3.0-or-later
/* Ranks by sorting against the slow twin that compares all pairs. */
#include <math.h>
#include <utfall/random.h>

#include "profile/location_quotient_ranks.h"
#include "support/test.h"

enum { REGIONS = 23, SECTORS = 6 };

static void ranks_are_those_of_all_pairs(void **state)
{
    (void)state;
    gsl_matrix *bound[3];
    for (int b = 0; b < 3; b++) bound[b] = gsl_matrix_alloc(REGIONS, SECTORS);
    for (size_t draw = 0; draw < 40; draw++) {
        struct uf_random random;
        uf_random_init(&random, 20260101, UF_PURPOSE_SIMULATION, draw);
        for (size_t r = 0; r < REGIONS; r++)
            for (size_t s = 0; s < SECTORS; s++) {
                /* few distinct numbers, so that there are ties; some missing, some without width or upper end */
                double x = floor(8 * uf_random_uniform(&random)),
                       width = floor(3 * uf_random_uniform(&random)) / 2;
                bool missing = uf_random_uniform(&random) < 0.1, open = uf_random_uniform(&random) < 0.05;
                gsl_matrix_set(bound[0], r, s, missing ? NAN : x);
                gsl_matrix_set(bound[1], r, s, missing ? NAN : x - width);
                gsl_matrix_set(bound[2], r, s, missing ? NAN : open ? INFINITY : x + width);
            }
        for (int banded = 0; banded <= 1; banded++) {
            struct quotient_ranks ranks;
            struct uf_error error = {0};
            assert_ok(quotient_ranks_new(bound[0], banded ? bound[1] : NULL, banded ? bound[2] : NULL, &ranks,
                                         &error),
                      &error);
            for (size_t s = 0; s < SECTORS; s++) {
                double column[3][REGIONS];
                struct uf_rank twin[REGIONS];
                size_t known = 0;
                for (size_t r = 0; r < REGIONS; r++)
                    for (int b = 0; b < 3; b++) column[b][r] = gsl_matrix_get(bound[b], r, s);
                for (size_t r = 0; r < REGIONS; r++) known += isnan(column[0][r]) ? 0 : 1;
                uf_scoreboard_rank(column[0], banded ? column[1] : NULL, banded ? column[2] : NULL, REGIONS,
                                   UF_DIRECTION_HIGHER, twin);
                assert_int_equal(ranks.ranked[s], known);
                for (size_t r = 0; r < REGIONS; r++) {
                    const struct uf_rank *own = &ranks.rank[r * SECTORS + s];
                    if (isnan(twin[r].rank)) {
                        assert_true(isnan(own->rank) && isnan(own->low) && isnan(own->high));
                        continue;
                    }
                    assert_int_equal((int)own->rank, (int)twin[r].rank);
                    assert_int_equal((int)own->low, (int)twin[r].low);
                    assert_int_equal((int)own->high, (int)twin[r].high);
                }
            }
            quotient_ranks_clear(&ranks);
        }
    }
    for (int b = 0; b < 3; b++) gsl_matrix_free(bound[b]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ranks_are_those_of_all_pairs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

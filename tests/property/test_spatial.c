// SPDX-License-Identifier: GPL-3.0-or-later
/* Spatial autocorrelation against dense twins that follow the definitions, invariances, and draws that can be
 * enumerated. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>
#include <utfall/spatial.h>

#include "support/test.h"

enum { MOST = 24 };

struct example {
    size_t n;
    double x[MOST], w[MOST][MOST];
    struct uf_spatial_weights weights;
};

/* Random one-way links with random weights, or symmetric ones of weight 1; some regions without any. */
static struct example example_new(uint64_t seed, size_t n, bool plain)
{
    struct example e = {.n = n};
    struct uf_random random;
    uf_random_init(&random, 11, UF_PURPOSE_SIMULATION, seed);
    size_t from[MOST * MOST], to[MOST * MOST], count = 0;
    double weight[MOST * MOST];
    for (size_t i = 0; i < n; i++) {
        e.x[i] = floor(uf_random_uniform(&random) * 12); /* ties, and zeros */
        for (size_t j = 0; j < n; j++) {
            double drawn = uf_random_uniform(&random), size = plain ? 1 : 0.1 + uf_random_uniform(&random);
            if (j == i || drawn > 0.25 || i % 7 == 5) continue;
            if (plain && (j > i || j % 7 == 5)) continue;
            e.w[i][j] = size;
            if (plain) e.w[j][i] = size;
            from[count] = i, to[count] = j, weight[count++] = size;
        }
    }
    e.x[0] = 40;
    struct uf_error error;
    assert_ok(uf_spatial_weights_from_links(n, from, to, weight, count, plain, &e.weights, &error), &error);
    return e;
}

static double mean_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum / (double)n;
}

static void twin(const struct example *e, double *moran, double *geary, double *g)
{
    double mean = mean_of(e->x, e->n), s0 = 0, cross = 0, apart = 0, links = 0, squares = 0, pairs = 0;
    for (size_t i = 0; i < e->n; i++) {
        squares += (e->x[i] - mean) * (e->x[i] - mean);
        for (size_t j = 0; j < e->n; j++) {
            s0 += e->w[i][j];
            cross += e->w[i][j] * (e->x[i] - mean) * (e->x[j] - mean);
            apart += e->w[i][j] * (e->x[i] - e->x[j]) * (e->x[i] - e->x[j]);
            links += e->w[i][j] * e->x[i] * e->x[j];
            if (i != j) pairs += e->x[i] * e->x[j];
        }
    }
    *moran = (double)e->n / s0 * cross / squares;
    *geary = ((double)e->n - 1) / (2 * s0) * apart / squares;
    *g = links / pairs;
}

static void the_definitions(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct example e = example_new(seed, 5 + seed % 19, seed % 2);
        if (e.weights.n_links == 0) {
            uf_spatial_weights_clear(&e.weights);
            continue;
        }
        struct uf_error error;
        double wanted[UF_SPATIAL_STATISTICS], lag[MOST], s1 = 0, s2 = 0;
        twin(&e, &wanted[0], &wanted[1], &wanted[2]);
        for (int s = 0; s < UF_SPATIAL_STATISTICS; s++) {
            struct uf_spatial_test found;
            assert_ok(uf_spatial_global(&e.weights, e.x, (enum uf_spatial_statistic)s, true, &found, &error),
                      &error);
            expect_within(found.statistic, wanted[s], 1e-11 * (1 + fabs(wanted[s])), "statistic");
        }
        for (size_t i = 0; i < e.n; i++) {
            double both = 0;
            for (size_t j = 0; j < e.n; j++) {
                s1 += (e.w[i][j] + e.w[j][i]) * (e.w[i][j] + e.w[j][i]) / 2;
                both += e.w[i][j] + e.w[j][i];
            }
            s2 += both * both;
        }
        struct uf_spatial_constants c;
        assert_ok(uf_spatial_constants(&e.weights, &c, &error), &error);
        expect_close(c.s1, s1, 1e-12, "S1");
        expect_close(c.s2, s2, 1e-12, "S2");
        struct uf_local_moran local[MOST];
        double mean = mean_of(e.x, e.n), m2 = 0, sum = 0;
        assert_ok(uf_local_moran(&e.weights, e.x, local, &error), &error);
        uf_spatial_lag(&e.weights, e.x, lag);
        for (size_t i = 0; i < e.n; i++) m2 += (e.x[i] - mean) * (e.x[i] - mean) / (double)e.n;
        for (size_t i = 0; i < e.n; i++) {
            double own = 0, raw = 0;
            bool island = true;
            for (size_t j = 0; j < e.n; j++) {
                own += (e.x[i] - mean) * e.w[i][j] * (e.x[j] - mean) / m2;
                raw += e.w[i][j] * e.x[j];
                island = island && !(e.w[i][j] > 0);
            }
            expect_within(lag[i], raw, 1e-11 * (1 + fabs(raw)), "lag");
            assert_int_equal(isnan(local[i].statistic), island);
            if (!island) expect_within(local[i].statistic, own, 1e-11 * (1 + fabs(own)), "I_i");
            sum += own;
        }
        expect_within(sum / c.s0, wanted[0], 1e-11 * (1 + fabs(wanted[0])), "Σ I_i = S0 · I");
        uf_spatial_weights_clear(&e.weights);
    }
}

static void shift_scale_and_order(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct example e = example_new(seed, 12, seed % 2);
        struct uf_error error;
        double x[MOST], g[2][MOST], turned[MOST];
        struct uf_local_moran local[2][MOST];
        for (size_t i = 0; i < e.n; i++) x[i] = 1000 - 3 * e.x[i];
        for (int s = 0; s < UF_SPATIAL_GETIS_ORD; s++) {
            struct uf_spatial_test a, b;
            assert_ok(uf_spatial_global(&e.weights, e.x, (enum uf_spatial_statistic)s, true, &a, &error),
                      &error);
            assert_ok(uf_spatial_global(&e.weights, x, (enum uf_spatial_statistic)s, true, &b, &error),
                      &error);
            expect_within(b.statistic, a.statistic, 1e-9, "shifted and turned");
            expect_within(b.randomisation.z, a.randomisation.z, 1e-8, "its deviate");
        }
        assert_ok(uf_local_moran(&e.weights, e.x, local[0], &error), &error);
        assert_ok(uf_local_moran(&e.weights, x, local[1], &error), &error);
        assert_ok(uf_local_getis_ord(&e.weights, e.x, true, g[0], &error), &error);
        assert_ok(uf_local_getis_ord(&e.weights, x, true, g[1], &error), &error);
        for (size_t i = 0; i < e.n; i++) {
            if (isnan(local[0][i].statistic)) continue;
            expect_within(local[1][i].statistic, local[0][i].statistic, 1e-9, "I_i");
            expect_within(g[1][i], -g[0][i], 1e-8, "G_i* of the turned values");
        }
        /* region i becomes n − 1 − i */
        size_t from[MOST * MOST], to[MOST * MOST], count = 0;
        double weight[MOST * MOST];
        for (size_t i = 0; i < e.n; i++) {
            turned[e.n - 1 - i] = e.x[i];
            for (size_t j = 0; j < e.n; j++)
                if (e.w[i][j] > 0)
                    from[count] = e.n - 1 - i, to[count] = e.n - 1 - j, weight[count++] = e.w[i][j];
        }
        struct uf_spatial_weights other;
        assert_ok(uf_spatial_weights_from_links(e.n, from, to, weight, count, false, &other, &error), &error);
        assert_ok(uf_local_moran(&other, turned, local[1], &error), &error);
        for (size_t i = 0; i < e.n; i++)
            if (!isnan(local[0][i].statistic))
                expect_within(local[1][e.n - 1 - i].conditional.p_value, local[0][i].conditional.p_value,
                              1e-9, "p in another order");
        uf_spatial_weights_clear(&other);
        uf_spatial_weights_clear(&e.weights);
    }
}

/* The exact share of ordered samples of two others whose statistic is at least, at most the observed one. */
static void enumerate(const struct example *e, size_t i, double *above, double *below)
{
    double mean = mean_of(e->x, e->n), weight[2] = {0, 0}, observed = 0;
    size_t k = 0, all = 0, more = 0, less = 0;
    for (size_t j = 0; j < e->n; j++)
        if (e->w[i][j] > 0) weight[k++] = e->w[i][j], observed += e->w[i][j] * (e->x[j] - mean);
    assert_int_equal(k, 2);
    for (size_t a = 0; a < e->n; a++)
        for (size_t b = 0; b < e->n; b++) {
            if (a == i || b == i || a == b) continue;
            double lag = weight[0] * (e->x[a] - mean) + weight[1] * (e->x[b] - mean);
            double apart = (lag - observed) * (e->x[i] - mean);
            all++, more += apart >= -1e-9, less += apart <= 1e-9;
        }
    *above = (double)more / (double)all;
    *below = (double)less / (double)all;
}

static void draws_that_can_be_enumerated(void **state)
{
    (void)state;
    enum { DRAWS = 40000 };
    struct example e = {.n = 9, .x = {3, 1, 4, 1, 5, 9, 2, 6, 5}};
    size_t from[18], to[18];
    double weight[18];
    for (size_t i = 0; i < 9; i++)
        for (size_t j = 0; j < 2; j++) {
            size_t l = 2 * i + j;
            from[l] = i, to[l] = (i + 1 + 2 * j) % 9, weight[l] = j ? 0.25 : 0.75;
            e.w[i][to[l]] = weight[l];
        }
    struct uf_error error;
    assert_ok(uf_spatial_weights_from_links(9, from, to, weight, 18, false, &e.weights, &error), &error);
    const struct uf_spatial_draws draws = {.draws = DRAWS, .seed = 3, .threads = 2};
    struct uf_spatial_permutation found[9];
    assert_ok(uf_local_moran_permutation(&e.weights, e.x, &draws, found, &error), &error);
    for (size_t i = 0; i < 9; i++) {
        double above, below;
        enumerate(&e, i, &above, &below);
        expect_within((double)found[i].at_least / DRAWS, above, 4 * sqrt(0.25 / DRAWS), "share at least");
        expect_within((double)found[i].at_most / DRAWS, below, 4 * sqrt(0.25 / DRAWS), "share at most");
        size_t fewer = found[i].at_least < found[i].at_most ? found[i].at_least : found[i].at_most;
        expect_close(found[i].p_folded, ((double)fewer + 1) / (DRAWS + 1), 1e-14, "(b + 1)/(n + 1)");
        expect_close(found[i].p_value, fmin(1, 2 * found[i].p_folded), 1e-14, "two-sided");
    }
    uf_spatial_weights_clear(&e.weights);
}

/* A region whose neighbours are all the others can only be dealt what it has. */
static void no_value_is_drawn_twice(void **state)
{
    (void)state;
    enum { N = 40 };
    double x[N], y[N] = {0};
    struct uf_error error;
    struct uf_spatial_weights weights;
    for (size_t i = 0; i < N; i++) x[i] = (double)(i * i), y[i] = (double)i;
    assert_ok(uf_spatial_weights_k_nearest(x, y, N, N - 1, UF_DISTANCE_PLANAR, &weights, NULL, &error),
              &error);
    const struct uf_spatial_draws draws = {.draws = 500, .seed = 3, .threads = 1};
    struct uf_spatial_permutation found[N];
    assert_ok(uf_local_moran_permutation(&weights, x, &draws, found, &error), &error);
    for (size_t i = 0; i < N; i++) {
        assert_true(found[i].deviation < 1e-9);
        assert_int_equal(found[i].at_least, 500);
        assert_true(found[i].p_value >= 1);
    }
    uf_spatial_weights_clear(&weights);
}

static void any_number_of_threads(void **state)
{
    (void)state;
    struct example e = example_new(4, 24, true);
    struct uf_spatial_permutation local[3][MOST], global[3][UF_SPATIAL_STATISTICS];
    struct uf_error error;
    memset(local, 0, sizeof local);
    memset(global, 0, sizeof global);
    for (int t = 0; t < 3; t++) {
        const struct uf_spatial_draws draws = {.draws = 999, .seed = 5, .threads = t + 1};
        assert_ok(uf_local_moran_permutation(&e.weights, e.x, &draws, local[t], &error), &error);
        assert_ok(uf_spatial_global_permutation(&e.weights, e.x, &draws, global[t], &error), &error);
    }
    for (int t = 1; t < 3; t++) {
        assert_memory_equal(local[t], local[0], sizeof local[0]);
        assert_memory_equal(global[t], global[0], sizeof global[0]);
    }
    const struct uf_spatial_draws other = {.draws = 999, .seed = 6, .threads = 1};
    assert_ok(uf_spatial_global_permutation(&e.weights, e.x, &other, global[1], &error), &error);
    assert_true(global[1][0].mean != global[0][0].mean); // NOLINT: another seed, other draws
    uf_spatial_weights_clear(&e.weights);
}

static int stop(void *user, double share)
{
    (void)share;
    ++*(int *)user;
    return 1;
}

static void what_cannot_be_told(void **state)
{
    (void)state;
    struct uf_error error;
    const size_t from[] = {0, 1, 2, 3}, to[] = {1, 2, 3, 0}, own[] = {0, 1, 2, 2};
    const double alike[] = {2, 2, 2, 2}, gap[] = {1, NAN, 2, 3}, below[] = {-1, 2, 3, 4};
    struct uf_spatial_weights w, none, bad = {0};
    struct uf_spatial_test test;
    assert_ok(uf_spatial_weights_from_links(4, from, to, NULL, 4, true, &w, &error), &error);
    assert_int_equal(w.n_links, 8);
    assert_ok(uf_spatial_weights_from_links(4, from, to, NULL, 0, true, &none, &error), &error);
    assert_int_equal(none.n_islands, 4);
    assert_int_equal(uf_spatial_global(&w, alike, UF_SPATIAL_MORAN, true, &test, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(uf_spatial_global(&none, below, UF_SPATIAL_MORAN, true, &test, &error),
                     UF_NOT_IDENTIFIED);
    assert_int_equal(uf_spatial_global(&w, gap, UF_SPATIAL_MORAN, true, &test, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "Region 2"));
    assert_int_equal(uf_spatial_global(&w, below, UF_SPATIAL_GETIS_ORD, true, &test, &error), UF_BAD_INPUT);
    assert_int_equal(uf_spatial_weights_from_links(4, own, own, NULL, 1, true, &bad, &error), UF_BAD_INPUT);
    assert_int_equal(uf_spatial_weights_from_links(2, from, to, NULL, 4, true, &bad, &error), UF_BAD_USAGE);
    const size_t twice_from[] = {0, 0}, twice_to[] = {1, 1};
    const double same[] = {2, 2}, unlike[] = {1, 2}, negative[] = {1, -1};
    assert_int_equal(uf_spatial_weights_from_links(2, twice_from, twice_to, unlike, 2, true, &bad, &error),
                     UF_BAD_INPUT);
    assert_int_equal(uf_spatial_weights_from_links(2, twice_from, twice_to, negative, 2, true, &bad, &error),
                     UF_BAD_INPUT);
    assert_ok(uf_spatial_weights_from_links(2, twice_from, twice_to, same, 2, true, &bad, &error), &error);
    assert_int_equal(bad.n_links, 2);
    uf_spatial_weights_clear(&bad);
    int called = 0;
    const struct uf_spatial_draws draws = {.threads = 1, .progress = stop, .user = &called};
    struct uf_spatial_permutation out[4] = {{.draws = 77}};
    assert_int_equal(uf_local_moran_permutation(&w, below, &draws, out, &error), UF_INTERRUPTED);
    assert_int_equal(called, 1);
    assert_int_equal(out[0].draws, 77);
    const struct uf_spatial_draws one = {.draws = 1};
    assert_int_equal(uf_local_moran_permutation(&w, below, &one, out, &error), UF_BAD_USAGE);
    uf_spatial_weights_clear(&w), uf_spatial_weights_clear(&none);
}

/* Stockholm, Gothenburg, Malmö, Kiruna: distances as any atlas has them; a square has ties. */
static void distances(void **state)
{
    (void)state;
    const double longitude[] = {18.0686, 11.9746, 13.0038, 20.2253},
                 latitude[] = {59.3293, 57.7089, 55.6050, 67.8558};
    struct uf_spatial_weights w;
    struct uf_error error;
    assert_ok(
        uf_spatial_weights_distance_band(longitude, latitude, 4, 400, UF_DISTANCE_GREAT_CIRCLE, &w, &error),
        &error);
    assert_int_equal(w.n_links, 4); /* Stockholm–Gothenburg 397 km, Gothenburg–Malmö 242 km */
    assert_int_equal(w.n_islands, 1);
    uf_spatial_weights_clear(&w);
    assert_ok(
        uf_spatial_weights_distance_band(longitude, latitude, 4, 396, UF_DISTANCE_GREAT_CIRCLE, &w, &error),
        &error);
    assert_int_equal(w.n_links, 2);
    uf_spatial_weights_clear(&w);
    const double x[] = {0, 1, 0, 1}, y[] = {0, 0, 1, 1}, metres[] = {674000, 319000, 374000, 719000};
    size_t ties;
    assert_ok(uf_spatial_weights_k_nearest(x, y, 4, 1, UF_DISTANCE_PLANAR, &w, &ties, &error), &error);
    assert_int_equal(ties, 4);
    uf_spatial_weights_clear(&w);
    assert_int_equal(uf_spatial_weights_k_nearest(x, y, 4, 4, UF_DISTANCE_PLANAR, &w, NULL, &error),
                     UF_BAD_USAGE);
    assert_int_equal(
        uf_spatial_weights_k_nearest(metres, y, 4, 1, UF_DISTANCE_GREAT_CIRCLE, &w, NULL, &error),
        UF_BAD_INPUT);
    assert_int_equal(uf_spatial_weights_distance_band(x, y, 4, 0, UF_DISTANCE_PLANAR, &w, &error),
                     UF_BAD_USAGE);
}

static void false_discoveries(void **state)
{
    (void)state;
    const double p[] = {0.01, 0.04, NAN, 0.03, 0.005}, wanted[] = {0.02, 0.04, NAN, 0.04, 0.02};
    double q[5];
    struct uf_error error;
    assert_ok(uf_false_discovery_rate(p, 5, q, &error), &error);
    for (size_t i = 0; i < 5; i++) expect_close(q[i], wanted[i], 1e-12, "q");
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_definitions),
                                       cmocka_unit_test(shift_scale_and_order),
                                       cmocka_unit_test(draws_that_can_be_enumerated),
                                       cmocka_unit_test(no_value_is_drawn_twice),
                                       cmocka_unit_test(any_number_of_threads),
                                       cmocka_unit_test(what_cannot_be_told),
                                       cmocka_unit_test(distances),
                                       cmocka_unit_test(false_discoveries)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

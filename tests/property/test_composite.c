// SPDX-License-Identifier: GPL-3.0-or-later
/* Identities and invariances of a composite index on random figures, and slow twins that follow the definitions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/composite_uncertainty.h>
#include <utfall/random.h>

#include "support/test.h"

enum { UNITS = 17, INDICATORS = 6, ITEMS = 9, ROUNDS = 40 };
/* two pillars of three, and the index */
static const size_t parent[ITEMS] = {6, 6, 6, 7, 7, 7, 8, 8, 8};
static const struct uf_composite_tree tree = {INDICATORS, 3, parent};
static const bool more[INDICATORS] = {false};

/* Positive figures, some repeated, a zero row now and then. */
static gsl_matrix *random_values(uint64_t seed)
{
    struct uf_random random;
    gsl_matrix *values = gsl_matrix_alloc(UNITS, INDICATORS);
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 0);
    for (size_t i = 0; i < UNITS; i++) {
        bool zero = uf_random_below(&random, 10) == 0;
        for (size_t k = 0; k < INDICATORS; k++) {
            double x = k % 2 ? (double)uf_random_below(&random, 8) : exp(3 * uf_random_uniform(&random));
            gsl_matrix_set(values, i, k, zero ? 0 : x);
        }
    }
    return values;
}

static void random_weights(uint64_t seed, double *weights)
{
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1);
    for (size_t i = 0; i < ITEMS; i++) weights[i] = 0.1 + uf_random_uniform(&random);
}

static void normalise(const gsl_matrix *values, const struct uf_normalise_options *options, gsl_matrix *out)
{
    struct uf_error error;
    for (size_t k = 0; k < values->size2; k++) {
        gsl_vector_const_view in = gsl_matrix_const_column(values, k);
        gsl_vector_view to = gsl_matrix_column(out, k);
        assert_ok(uf_normalise(&in.vector, false, NAN, options, &to.vector, &error), &error);
    }
}

static void aggregate(const gsl_matrix *normalised, const double *weights, enum uf_aggregation how,
                      gsl_matrix *out)
{
    struct uf_error error;
    const struct uf_aggregate_options options = {how, how, false};
    assert_ok(uf_composite_aggregate(normalised, &tree, weights, &options, out, &error), &error);
}

static void units_of_measurement_do_not_matter(void **state)
{
    (void)state;
    static const enum uf_normalisation kinds[] = {UF_NORMALISE_MIN_MAX, UF_NORMALISE_Z_SCORE,
                                                  UF_NORMALISE_RANK};
    for (uint64_t round = 0; round < ROUNDS; round++)
        for (size_t n = 0; n < 3; n++) {
            gsl_matrix *values = random_values(round), *a = gsl_matrix_alloc(UNITS, INDICATORS),
                       *b = gsl_matrix_alloc(UNITS, INDICATORS);
            const struct uf_normalise_options o = uf_normalise_defaults(kinds[n]);
            normalise(values, &o, a);
            gsl_matrix_scale(values, 3.5);
            gsl_matrix_add_constant(values, -7);
            normalise(values, &o, b);
            for (size_t i = 0; i < UNITS * INDICATORS; i++)
                expect_within(b->data[i], a->data[i], 1e-10, "rescaled");
            /* the worse way round: −x with less is better is x */
            struct uf_error error;
            gsl_matrix_scale(values, -1);
            gsl_vector_view turned = gsl_matrix_column(values, 0), out = gsl_matrix_column(b, 0);
            assert_ok(uf_normalise(&turned.vector, true, NAN, &o, &out.vector, &error), &error);
            for (size_t i = 0; i < UNITS; i++)
                expect_within(gsl_matrix_get(b, i, 0), gsl_matrix_get(a, i, 0), 1e-10, "turned");
            gsl_matrix_free(values), gsl_matrix_free(a), gsl_matrix_free(b);
        }
}

static void scales_have_their_moments(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        gsl_matrix *values = random_values(round), *n = gsl_matrix_alloc(UNITS, INDICATORS);
        struct uf_normalise_options o = uf_normalise_defaults(UF_NORMALISE_RANK);
        normalise(values, &o, n);
        for (size_t k = 0; k < INDICATORS; k++) {
            double sum = 0;
            for (size_t i = 0; i < UNITS; i++) sum += gsl_matrix_get(n, i, k);
            expect_within(sum, UNITS * (UNITS + 1) / 2.0, 1e-9, "rank sum");
        }
        o = uf_normalise_defaults(UF_NORMALISE_Z_SCORE), o.mean = 100, o.deviation = 10;
        normalise(values, &o, n);
        for (size_t k = 0; k < INDICATORS; k++) {
            double sum = 0, squares = 0;
            for (size_t i = 0; i < UNITS; i++) {
                double d = gsl_matrix_get(n, i, k) - 100;
                sum += d, squares += d * d;
            }
            expect_within(sum, 0, 1e-9, "mean");
            expect_close(squares / (UNITS - 1), 100, 1e-10, "variance");
        }
        gsl_matrix_free(values), gsl_matrix_free(n);
    }
}

/* The tree by hand: two pillars by the definition, then the index. */
static double mean_by_definition(enum uf_aggregation how, const double *x, const double *w, size_t n)
{
    double sum = 0, weights = 0, product = 1;
    for (size_t k = 0; k < n; k++) weights += w[k];
    for (size_t k = 0; k < n; k++) {
        sum += how == UF_AGGREGATE_HARMONIC ? w[k] / x[k] : w[k] * x[k];
        product *= pow(x[k], w[k] / weights);
    }
    return how == UF_AGGREGATE_GEOMETRIC  ? product
           : how == UF_AGGREGATE_HARMONIC ? weights / sum
                                          : sum / weights;
}

static void means_follow_their_definition(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        double weights[ITEMS];
        gsl_matrix *values = random_values(round), *n = gsl_matrix_alloc(UNITS, INDICATORS),
                   *out = gsl_matrix_alloc(UNITS, 3), *scaled = gsl_matrix_alloc(UNITS, 3);
        struct uf_normalise_options o = uf_normalise_defaults(UF_NORMALISE_MIN_MAX);
        o.low = 1;
        random_weights(round, weights);
        normalise(values, &o, n);
        double least = INFINITY;
        for (enum uf_aggregation how = UF_AGGREGATE_ARITHMETIC; how <= UF_AGGREGATE_HARMONIC; how++) {
            aggregate(n, weights, how, out);
            for (size_t i = 0; i < UNITS; i++) {
                const double *x = gsl_matrix_const_ptr(n, i, 0);
                double pillar[2] = {mean_by_definition(how, x, weights, 3),
                                    mean_by_definition(how, x + 3, weights + 3, 3)};
                expect_close(gsl_matrix_get(out, i, 0), pillar[0], 1e-12, "pillar");
                expect_close(gsl_matrix_get(out, i, 2), mean_by_definition(how, pillar, weights + 6, 2),
                             1e-12, "index");
            }
            /* arithmetic ≥ geometric ≥ harmonic */
            assert_true(gsl_matrix_get(out, 0, 2) <= least * (1 + 1e-12));
            least = gsl_matrix_get(out, 0, 2);
            /* weights are relative */
            for (size_t k = 0; k < ITEMS; k++) weights[k] *= 4;
            aggregate(n, weights, how, scaled);
            for (size_t i = 0; i < UNITS; i++)
                expect_close(gsl_matrix_get(scaled, i, 2), gsl_matrix_get(out, i, 2), 1e-12,
                             "weights scaled");
        }
        gsl_matrix_free(values), gsl_matrix_free(n), gsl_matrix_free(out), gsl_matrix_free(scaled);
    }
}

static void majorities_are_antisymmetric(void **state)
{
    (void)state;
    static const size_t flat_parent[] = {6, 6, 6, 6, 6, 6, 6};
    static const struct uf_composite_tree flat = {INDICATORS, 1, flat_parent};
    static const struct uf_aggregate_options copeland = {UF_AGGREGATE_COPELAND, UF_AGGREGATE_COPELAND, false};
    struct uf_error error;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        double weights[ITEMS], sum = 0;
        gsl_matrix *values = random_values(round), *ahead = gsl_matrix_alloc(UNITS, UNITS),
                   *score = gsl_matrix_alloc(UNITS, 1), *other = gsl_matrix_alloc(UNITS, 1),
                   *ranks = gsl_matrix_alloc(UNITS, INDICATORS);
        random_weights(round, weights);
        assert_ok(uf_outranking(values, weights, ahead, &error), &error);
        assert_ok(uf_composite_aggregate(values, &flat, weights, &copeland, score, &error), &error);
        for (size_t i = 0; i < UNITS; i++) {
            double wins = 0;
            for (size_t j = 0; j < UNITS; j++) {
                if (i == j) continue;
                double a = gsl_matrix_get(ahead, i, j), b = gsl_matrix_get(ahead, j, i);
                expect_within(a + b, 1, 1e-12, "both ways");
                wins += a > 0.5 + 1e-12 ? 1 : a < 0.5 - 1e-12 ? -1 : 0;
            }
            expect_within(gsl_matrix_get(score, i, 0), wins, 0, "wins less losses");
            sum += wins;
        }
        expect_within(sum, 0, 0, "sum of scores");
        /* only the order of each indicator counts */
        const struct uf_normalise_options o = uf_normalise_defaults(UF_NORMALISE_RANK);
        normalise(values, &o, ranks);
        assert_ok(uf_composite_aggregate(ranks, &flat, weights, &copeland, other, &error), &error);
        for (size_t i = 0; i < UNITS; i++) expect_within(other->data[i], score->data[i], 0, "of ranks");
        gsl_matrix_free(values), gsl_matrix_free(ahead), gsl_matrix_free(score), gsl_matrix_free(other),
            gsl_matrix_free(ranks);
    }
}

/* Rotated by brute force: of all angles, the one with the greatest variance of squared loadings. */
static void two_components_are_rotated_to_the_best_angle(void **state)
{
    (void)state;
    enum { STEPS = 20000 };
    for (uint64_t round = 0; round < 6; round++) {
        gsl_matrix *values = random_values(round + 100);
        gsl_vector *weights = gsl_vector_alloc(INDICATORS);
        struct uf_component_fit fit;
        struct uf_error error;
        assert_ok(uf_component_weights(values, weights, &fit, &error), &error);
        double sum = 0, trace = 0;
        for (size_t k = 0; k < INDICATORS; k++) {
            sum += gsl_vector_get(weights, k), trace += gsl_vector_get(fit.eigenvalues, k);
            assert_true(gsl_vector_get(weights, k) >= 0);
        }
        expect_close(sum, 1, 1e-12, "sum of weights");
        expect_close(trace, INDICATORS, 1e-12, "trace");
        double best = 0, ours = 0;
        for (int step = 0; step <= STEPS && fit.kept == 2; step++) {
            double angle = 1.5707963267948966 * step / STEPS, q = 0, s[2] = {0}, ss[2] = {0};
            for (size_t k = 0; k < INDICATORS; k++) {
                double x = gsl_matrix_get(fit.loadings, k, 0), y = gsl_matrix_get(fit.loadings, k, 1),
                       h = x * x + y * y;
                double a = (cos(angle) * x + sin(angle) * y), b = (cos(angle) * y - sin(angle) * x);
                s[0] += a * a / h, s[1] += b * b / h, ss[0] += a * a * a * a / h / h,
                    ss[1] += b * b * b * b / h / h;
            }
            for (int f = 0; f < 2; f++) q += ss[f] / INDICATORS - s[f] * s[f] / INDICATORS / INDICATORS;
            if (step == 0) ours = q;
            best = fmax(best, q);
        }
        assert_true(ours >= best - 1e-12);
        uf_component_fit_clear(&fit);
        gsl_vector_free(weights);
        gsl_matrix_free(values);
    }
}

/* --- draws ------------------------------------------------------------------------------------- */

struct problem {
    gsl_matrix *values;
    double weights[2][ITEMS];
    const double *weightings[2];
    struct uf_outlier_options treatments[2];
    struct uf_normalise_options scales[2];
    enum uf_aggregation aggregations[2];
    struct uf_composite_alternatives alternatives;
    struct uf_composite_input input;
};

static void problem_init(struct problem *p, uint64_t seed)
{
    *p = (struct problem){.values = random_values(seed)};
    for (size_t i = 0; i < ITEMS; i++) p->weights[0][i] = 1;
    random_weights(seed, p->weights[1]);
    p->weightings[0] = p->weights[0], p->weightings[1] = p->weights[1];
    p->treatments[1] = (struct uf_outlier_options){.treatment = UF_OUTLIERS_WINSORISE, .points = 2};
    p->scales[0] = uf_normalise_defaults(UF_NORMALISE_MIN_MAX), p->scales[0].low = 1;
    p->scales[1] = uf_normalise_defaults(UF_NORMALISE_RANK);
    p->aggregations[1] = UF_AGGREGATE_GEOMETRIC;
    p->alternatives = (struct uf_composite_alternatives){.treatments = p->treatments,
                                                         .normalisations = p->scales,
                                                         .weightings = p->weightings,
                                                         .aggregations = p->aggregations,
                                                         .n_treatments = 2,
                                                         .n_normalisations = 2,
                                                         .n_weightings = 2,
                                                         .n_aggregations = 2,
                                                         .weight_noise = 0.2,
                                                         .leave_one_out = true};
    p->input = (struct uf_composite_input){p->values, more, NULL, &tree, &p->alternatives};
}

/* A draw from the raw figures, with the public kernels and ranks by counting. */
static void rank_by_definition(const struct problem *p, uint64_t seed, uint64_t number, double *rank)
{
    struct uf_random random;
    struct uf_error error;
    double weights[ITEMS];
    gsl_matrix *n = gsl_matrix_alloc(UNITS, INDICATORS), *out = gsl_matrix_alloc(UNITS, 3);
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, number);
    size_t choice[4];
    for (size_t c = 0; c < 4; c++) choice[c] = (size_t)(2 * uf_random_uniform(&random));
    size_t left_out = (size_t)((INDICATORS + 1) * uf_random_uniform(&random));
    for (size_t i = 0; i < ITEMS; i++)
        weights[i] = p->weights[choice[2]][i] * (1 + 0.2 * (2 * uf_random_uniform(&random) - 1));
    if (left_out < INDICATORS) weights[left_out] = 0;
    for (size_t k = 0; k < INDICATORS; k++) {
        gsl_vector_const_view in = gsl_matrix_const_column(p->values, k);
        gsl_vector_view to = gsl_matrix_column(n, k);
        assert_ok(uf_treat_outliers(&in.vector, &p->treatments[choice[0]], &to.vector, NULL, &error), &error);
    }
    normalise(n, &p->scales[choice[1]], n);
    aggregate(n, weights, p->aggregations[choice[3]], out);
    for (size_t i = 0; i < UNITS; i++) {
        rank[i] = 1;
        for (size_t j = 0; j < UNITS; j++)
            rank[i] += gsl_matrix_get(out, j, 2) > gsl_matrix_get(out, i, 2) * (1 + 1e-12);
    }
    gsl_matrix_free(n), gsl_matrix_free(out);
}

static void draws_are_what_the_definition_says(void **state)
{
    (void)state;
    enum { DRAWS = 64, TOP = 5 };
    for (uint64_t seed = 0; seed < 5; seed++) {
        struct problem p;
        struct uf_composite_uncertainty u;
        struct uf_error error;
        double mean[UNITS] = {0}, among[UNITS] = {0}, rank[UNITS];
        problem_init(&p, seed);
        const struct uf_composite_uncertainty_options options = {.draws = DRAWS, .seed = seed, .top = TOP};
        assert_ok(uf_composite_uncertainty(&p.input, &options, &u, &error), &error);
        for (uint64_t r = 0; r < DRAWS; r++) {
            rank_by_definition(&p, seed, 2 * r, rank);
            for (size_t i = 0; i < UNITS; i++) mean[i] += rank[i] / DRAWS, among[i] += rank[i] <= TOP;
        }
        for (size_t i = 0; i < UNITS; i++) {
            expect_within(u.unit[i].mean, mean[i], 1e-9, "mean rank");
            expect_within(u.unit[i].top_share, among[i] / DRAWS, 1e-12, "share among the top");
            assert_true(u.unit[i].low <= u.unit[i].median && u.unit[i].median <= u.unit[i].high);
        }
        uf_composite_uncertainty_clear(&u);
        gsl_matrix_free(p.values);
    }
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    struct problem p;
    struct uf_composite_uncertainty one, four;
    struct uf_error error;
    problem_init(&p, 3);
    struct uf_composite_uncertainty_options options = {
        .draws = 700, .sensitivity = true, .seed = 9, .threads = 1};
    assert_ok(uf_composite_uncertainty(&p.input, &options, &one, &error), &error);
    options.threads = 4;
    assert_ok(uf_composite_uncertainty(&p.input, &options, &four, &error), &error);
    assert_memory_equal(one.unit, four.unit, UNITS * sizeof *one.unit);
    assert_memory_equal(one.index, four.index, sizeof one.index);
    assert_true(one.shift == four.shift);
    for (size_t c = 0; c < UF_CHOICES; c++) assert_true(one.varies[c] && one.index[c].total > -1e-12);
    uf_composite_uncertainty_clear(&one);
    uf_composite_uncertainty_clear(&four);
    gsl_matrix_free(p.values);
}

static void the_order_of_units_does_not_matter(void **state)
{
    (void)state;
    struct problem p;
    struct uf_composite_uncertainty straight, turned;
    struct uf_error error;
    problem_init(&p, 4);
    const struct uf_composite_uncertainty_options options = {.draws = 200, .sensitivity = true, .seed = 2};
    assert_ok(uf_composite_uncertainty(&p.input, &options, &straight, &error), &error);
    for (size_t i = 0; i < UNITS / 2; i++) gsl_matrix_swap_rows(p.values, i, UNITS - 1 - i);
    assert_ok(uf_composite_uncertainty(&p.input, &options, &turned, &error), &error);
    for (size_t i = 0; i < UNITS; i++)
        assert_memory_equal(&straight.unit[i], &turned.unit[UNITS - 1 - i], sizeof *straight.unit);
    uf_composite_uncertainty_clear(&straight);
    uf_composite_uncertainty_clear(&turned);
    gsl_matrix_free(p.values);
}

/* A unit with a gap is not ranked, and ranks are then as if it were not there (ranks are the scale, so it has no say). */
static void gaps_take_a_unit_out(void **state)
{
    (void)state;
    struct problem p;
    struct uf_composite_uncertainty u;
    struct uf_error error;
    problem_init(&p, 5);
    gsl_matrix_set(p.values, 6, 2, NAN);
    const struct uf_composite_uncertainty_options options = {.draws = 100, .seed = 2};
    assert_ok(uf_composite_uncertainty(&p.input, &options, &u, &error), &error);
    assert_true(isnan(u.unit[6].nominal) && isnan(u.unit[6].low));
    assert_int_equal(u.n_ranked, UNITS - 1);
    uf_composite_uncertainty_clear(&u);
    p.alternatives.renormalise = true;
    assert_ok(uf_composite_uncertainty(&p.input, &options, &u, &error), &error);
    assert_int_equal(u.n_ranked, UNITS);
    assert_true(u.unit[6].mean >= 1 && u.unit[6].mean <= UNITS);
    uf_composite_uncertainty_clear(&u);
    gsl_matrix_free(p.values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(units_of_measurement_do_not_matter),
                                       cmocka_unit_test(scales_have_their_moments),
                                       cmocka_unit_test(means_follow_their_definition),
                                       cmocka_unit_test(majorities_are_antisymmetric),
                                       cmocka_unit_test(two_components_are_rotated_to_the_best_angle),
                                       cmocka_unit_test(draws_are_what_the_definition_says),
                                       cmocka_unit_test(threads_do_not_matter),
                                       cmocka_unit_test(the_order_of_units_does_not_matter),
                                       cmocka_unit_test(gaps_take_a_unit_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

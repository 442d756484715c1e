// SPDX-License-Identifier: GPL-3.0-or-later
/* Structural distances: what a distance must fulfil, invariances, bands against draws from the box, and the nearest by
 * a slow twin. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>
#include <utfall/peer_regions.h>

#include "support/activity_cases.h"
#include "support/activity_panel.h"
#include "support/small_panel.h"
#include "support/test.h"

enum { N = 7, K = 3 };

static gsl_matrix *random_attributes(struct draw *draw)
{
    gsl_matrix *x = gsl_matrix_alloc(N, K);
    for (size_t r = 0; r < N; r++)
        for (size_t j = 0; j < K; j++) gsl_matrix_set(x, r, j, draw_uniform(draw));
    return x;
}

static void to_shares(gsl_matrix *x)
{
    for (size_t r = 0; r < x->size1; r++) {
        double sum = 0;
        for (size_t j = 0; j < x->size2; j++) sum += gsl_matrix_get(x, r, j);
        for (size_t j = 0; j < x->size2; j++) *gsl_matrix_ptr(x, r, j) /= sum;
    }
}

static void distances_between(const gsl_matrix *x, enum uf_structural_distance kind, gsl_matrix *out)
{
    struct uf_error error;
    assert_ok(uf_structural_distance(x, kind, out, NULL, &error), &error);
}

static void they_are_distances(void **state)
{
    (void)state;
    struct draw draw = {21};
    gsl_matrix *d = gsl_matrix_alloc(N, N), *half = gsl_matrix_alloc(N, N);
    for (size_t k = 0; k < 60; k++) {
        gsl_matrix *x = random_attributes(&draw);
        to_shares(x);
        for (int kind = 0; kind <= UF_DISTANCE_COSINE; kind++) {
            gsl_matrix *y = gsl_matrix_alloc(N, 2); /* shares of all sectors are collinear */
            for (size_t r = 0; r < N; r++)
                for (size_t j = 0; j < 2; j++) gsl_matrix_set(y, r, j, gsl_matrix_get(x, r, j));
            distances_between(kind == UF_DISTANCE_MAHALANOBIS ? y : x, (enum uf_structural_distance)kind, d);
            gsl_matrix_free(y);
            for (size_t a = 0; a < N; a++)
                for (size_t b = 0; b < N; b++) {
                    double ab = gsl_matrix_get(d, a, b);
                    assert_true(a == b ? ab == 0 : ab >= 0);
                    expect_within(ab, gsl_matrix_get(d, b, a), 0, "symmetric");
                    for (size_t c = 0; c < N && kind != UF_DISTANCE_COSINE; c++)
                        assert_true(ab <= gsl_matrix_get(d, a, c) + gsl_matrix_get(d, c, b) + 1e-12);
                }
            if (kind == UF_DISTANCE_SHARE_DIFFERENCE) gsl_matrix_memcpy(half, d);
            for (size_t i = 0; i < N && kind == UF_DISTANCE_SHARE_OVERLAP; i++)
                for (size_t j = 0; j < N; j++)
                    expect_within(2 * gsl_matrix_get(d, i, j), gsl_matrix_get(half, i, j), 1e-14,
                                  "what does not overlap is half the difference");
        }
        gsl_matrix_free(x);
    }
    gsl_matrix_free(d);
    gsl_matrix_free(half);
}

/* Units do not matter; for Mahalanobis no mix of the indicators does. */
static void other_units_give_the_same(void **state)
{
    (void)state;
    struct draw draw = {22};
    gsl_matrix *d = gsl_matrix_alloc(N, N), *e = gsl_matrix_alloc(N, N);
    for (size_t k = 0; k < 60; k++) {
        gsl_matrix *x = random_attributes(&draw), *y = gsl_matrix_alloc(N, K);
        double mix[K][K], shift[K], naive[N][N] = {{0}};
        for (int mixed = 0; mixed < 2; mixed++) {
            for (size_t i = 0; i < K; i++) {
                shift[i] = 100 * draw_uniform(&draw);
                for (size_t j = 0; j < K; j++)
                    mix[i][j] = i == j ? 1 + 9 * draw_uniform(&draw) : mixed ? draw_uniform(&draw) : 0;
            }
            for (size_t r = 0; r < N; r++)
                for (size_t i = 0; i < K; i++) {
                    double sum = shift[i];
                    for (size_t j = 0; j < K; j++) sum += mix[i][j] * gsl_matrix_get(x, r, j);
                    gsl_matrix_set(y, r, i, sum);
                }
            enum uf_structural_distance kind =
                mixed ? UF_DISTANCE_MAHALANOBIS : UF_DISTANCE_STANDARDISED_EUCLIDEAN;
            distances_between(x, kind, d);
            distances_between(y, kind, e);
            for (size_t a = 0; a < N; a++)
                for (size_t b = 0; b < N; b++)
                    expect_within(gsl_matrix_get(d, a, b), gsl_matrix_get(e, a, b), 1e-9, "other units");
        }
        /* slow twin: (a − b)²/s² with s² as the mean of all squared differences over pairs */
        distances_between(x, UF_DISTANCE_STANDARDISED_EUCLIDEAN, d);
        for (size_t j = 0; j < K; j++) {
            double variance = 0;
            for (size_t a = 0; a < N; a++)
                for (size_t b = 0; b < N; b++)
                    variance +=
                        pow(gsl_matrix_get(x, a, j) - gsl_matrix_get(x, b, j), 2) / (2.0 * N * (N - 1));
            for (size_t a = 0; a < N; a++)
                for (size_t b = 0; b < N; b++)
                    naive[a][b] += pow(gsl_matrix_get(x, a, j) - gsl_matrix_get(x, b, j), 2) / variance;
        }
        for (size_t a = 0; a < N; a++)
            for (size_t b = 0; b < N; b++)
                expect_within(gsl_matrix_get(d, a, b), sqrt(naive[a][b]), 1e-12, "twin");
        gsl_matrix_free(x);
        gsl_matrix_free(y);
    }
    gsl_matrix_free(d);
    gsl_matrix_free(e);
}

static void bands_hold_every_draw(void **state)
{
    (void)state;
    struct draw draw = {23};
    static const enum uf_structural_distance kinds[] = {
        UF_DISTANCE_STANDARDISED_EUCLIDEAN, UF_DISTANCE_SHARE_DIFFERENCE, UF_DISTANCE_SHARE_OVERLAP};
    gsl_matrix *low = gsl_matrix_alloc(N, K), *high = gsl_matrix_alloc(N, K), *d = gsl_matrix_alloc(N, N);
    gsl_matrix *least = gsl_matrix_alloc(N, N), *most = gsl_matrix_alloc(N, N);
    for (size_t k = 0; k < 40; k++) {
        gsl_matrix *x = random_attributes(&draw), *y = gsl_matrix_alloc(N, K);
        for (size_t i = 0; i < N * K; i++) {
            low->data[i] = x->data[i] - 0.05 * draw_uniform(&draw);
            high->data[i] = x->data[i] + 0.05 * draw_uniform(&draw);
        }
        for (size_t t = 0; t < 3; t++) {
            struct uf_error error;
            assert_ok(uf_structural_distance_band(x, low, high, kinds[t], least, most, &error), &error);
            for (size_t i = 0; i < N * K; i++)
                y->data[i] = low->data[i] + draw_uniform(&draw) * (high->data[i] - low->data[i]);
            distances_between(y, kinds[t], d);
            const double cap = t == 0 ? HUGE_VAL : t == 1 ? 2 : 1; /* shares cannot differ by more */
            for (size_t i = 0; i < N * N; i++)
                assert_true(least->data[i] <= d->data[i] + 1e-12 &&
                            fmin(d->data[i], cap) <= most->data[i] + 1e-12);
            /* no width, no band */
            assert_ok(uf_structural_distance_band(x, x, x, kinds[t], least, most, &error), &error);
            distances_between(x, kinds[t], d);
            for (size_t i = 0; i < N * N; i++)
                if (t == 0) expect_within(least->data[i], d->data[i], 1e-12, "exact figures");
        }
        gsl_matrix_free(x);
        gsl_matrix_free(y);
    }
    gsl_matrix *const all[] = {low, high, d, least, most};
    for (size_t i = 0; i < 5; i++) gsl_matrix_free(all[i]);
}

/* Every corner of a small box, and many points in it and on its sides: what the standardised distance reaches, with the
 * deviations formed anew in each table, lies in the band and comes near to its ends. Deviations held fixed do neither. */
enum { SMALL = 4, WIDE = 2, CORNERS = 1 << (SMALL * WIDE) };

static void widen_by(const gsl_matrix *x, gsl_matrix *d, gsl_matrix *reached[2])
{
    distances_between(x, UF_DISTANCE_STANDARDISED_EUCLIDEAN, d);
    for (size_t i = 0; i < d->size1 * d->size2; i++) {
        reached[0]->data[i] = fmin(reached[0]->data[i], d->data[i]);
        reached[1]->data[i] = fmax(reached[1]->data[i], d->data[i]);
    }
}

/* The distance with the deviations of `x`, least and most over the box. */
static void with_fixed_deviations(const gsl_matrix *x, double half, size_t a, size_t b, double out[2])
{
    out[0] = out[1] = 0;
    for (size_t j = 0; j < WIDE; j++) {
        double variance = 0;
        for (size_t r = 0; r < SMALL; r++)
            for (size_t s = 0; s < SMALL; s++)
                variance +=
                    pow(gsl_matrix_get(x, r, j) - gsl_matrix_get(x, s, j), 2) / (2.0 * SMALL * (SMALL - 1));
        const double gap = fabs(gsl_matrix_get(x, a, j) - gsl_matrix_get(x, b, j));
        out[0] += pow(fmax(0, gap - 2 * half), 2) / variance;
        out[1] += pow(gap + 2 * half, 2) / variance;
    }
    out[0] = sqrt(out[0]);
    out[1] = sqrt(out[1]);
}

static void deviations_are_formed_anew(void **state)
{
    (void)state;
    struct draw draw = {25};
    gsl_matrix *x = gsl_matrix_alloc(SMALL, WIDE), *y = gsl_matrix_alloc(SMALL, WIDE);
    gsl_matrix *low = gsl_matrix_alloc(SMALL, WIDE), *high = gsl_matrix_alloc(SMALL, WIDE);
    gsl_matrix *d = gsl_matrix_alloc(SMALL, SMALL), *band[2], *reached[2];
    for (int e = 0; e < 2; e++) {
        band[e] = gsl_matrix_alloc(SMALL, SMALL);
        reached[e] = gsl_matrix_alloc(SMALL, SMALL);
    }
    size_t outside_fixed = 0, bands = 0;
    double covered = 0, narrowest = 1;
    for (size_t k = 0; k < 200; k++) {
        const double half = k % 2 ? 0.05 : 0.01;
        struct uf_error error;
        for (size_t i = 0; i < SMALL * WIDE; i++) {
            x->data[i] = draw_uniform(&draw);
            low->data[i] = x->data[i] - half;
            high->data[i] = x->data[i] + half;
        }
        distances_between(x, UF_DISTANCE_STANDARDISED_EUCLIDEAN, d);
        for (int e = 0; e < 2; e++) gsl_matrix_memcpy(reached[e], d);
        for (size_t corner = 0; corner < CORNERS; corner++) {
            for (size_t i = 0; i < SMALL * WIDE; i++)
                y->data[i] = corner >> i & 1 ? high->data[i] : low->data[i];
            widen_by(y, d, reached);
        }
        for (size_t t = 0; t < 2000; t++) { /* half of them with some figures at their ends */
            for (size_t i = 0; i < SMALL * WIDE; i++) {
                const double u = draw_uniform(&draw), at = t % 2 && u < 0.5 ? round(2 * u) : u;
                y->data[i] = low->data[i] + at * (high->data[i] - low->data[i]);
            }
            widen_by(y, d, reached);
        }
        assert_ok(uf_structural_distance_band(x, low, high, UF_DISTANCE_STANDARDISED_EUCLIDEAN, band[0],
                                              band[1], &error),
                  &error);
        for (size_t a = 0; a < SMALL; a++)
            for (size_t b = 0; b < a; b++) {
                double fixed[2];
                const double least = gsl_matrix_get(reached[0], a, b),
                             most = gsl_matrix_get(reached[1], a, b);
                const double from = gsl_matrix_get(band[0], a, b), to = gsl_matrix_get(band[1], a, b);
                assert_true(from <= least + 1e-12 && most <= to + 1e-12);
                with_fixed_deviations(x, half, a, b, fixed);
                outside_fixed += least < fixed[0] - 1e-9 || most > fixed[1] + 1e-9;
                covered += (most - least) / (to - from);
                narrowest = fmin(narrowest, (most - least) / (to - from));
                bands++;
            }
    }
    print_message("what is reached is %.3f of the band on average, %.3f at least; %zu of %zu bands with "
                  "fixed deviations miss some of it\n",
                  covered / (double)bands, narrowest, outside_fixed, bands);
    assert_true(outside_fixed > bands / 4); /* the test can tell */
    assert_true(covered / (double)bands > 0.95 && narrowest > 0.7);
    gsl_matrix *const all[] = {x, y, low, high, d, band[0], band[1], reached[0], reached[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) gsl_matrix_free(all[i]);
}

static void nearest_by_a_slow_twin(void **state)
{
    (void)state;
    struct draw draw = {24};
    gsl_matrix *d = gsl_matrix_alloc(N, N);
    for (size_t k = 0; k < 300; k++) {
        bool allowed[N];
        size_t found[N], wanted = draw_below(&draw, N + 2), region = draw_below(&draw, N);
        for (size_t i = 0; i < N * N; i++) /* many ties, some unknown */
            d->data[i] = draw_below(&draw, 7) ? (double)draw_below(&draw, 4) : (double)NAN;
        for (size_t i = 0; i < N; i++) allowed[i] = draw_below(&draw, 4) > 0;
        size_t count = uf_nearest_regions(d, region, allowed, wanted < N ? wanted : N, found), at = 0;
        for (double level = 0; level < 4; level++)
            for (size_t j = 0; j < N; j++) {
                if (j == region || !allowed[j] || gsl_matrix_get(d, region, j) != level) continue;
                if (at < count) assert_int_equal(found[at], j);
                at++;
            }
        assert_int_equal(count, at < wanted ? at : wanted);
    }
    gsl_matrix_free(d);
}

static void what_cannot_be_compared_is_refused(void **state)
{
    (void)state;
    gsl_matrix *x = gsl_matrix_calloc(3, 2), *d = gsl_matrix_calloc(3, 3);
    size_t column = 9;
    struct uf_error error;
    for (size_t r = 0; r < 3; r++) gsl_matrix_set(x, r, 0, (double)r);
    assert_int_equal(uf_structural_distance(x, UF_DISTANCE_STANDARDISED_EUCLIDEAN, d, &column, &error),
                     UF_NOT_IDENTIFIED);
    assert_int_equal(column, 1);
    for (size_t r = 0; r < 3; r++) gsl_matrix_set(x, r, 1, 5 - 2 * (double)r);
    assert_int_equal(uf_structural_distance(x, UF_DISTANCE_MAHALANOBIS, d, &column, &error),
                     UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "has rank 1"));
    assert_ok(uf_structural_distance(x, UF_DISTANCE_STANDARDISED_EUCLIDEAN, d, NULL, &error), &error);
    gsl_matrix_set(x, 0, 1, NAN);
    assert_ok(uf_structural_distance(x, UF_DISTANCE_STANDARDISED_EUCLIDEAN, d, NULL, &error), &error);
    assert_true(isnan(gsl_matrix_get(d, 0, 1)) && isnan(gsl_matrix_get(d, 0, 0)));
    assert_true(gsl_matrix_get(d, 1, 2) > 0);
    gsl_matrix_set(x, 1, 1, NAN);
    assert_int_equal(uf_structural_distance(x, UF_DISTANCE_STANDARDISED_EUCLIDEAN, d, NULL, &error),
                     UF_NOT_IDENTIFIED);
    assert_non_null(strstr(error.message, "1 of 3 regions"));
    gsl_matrix_free(x);
    gsl_matrix_free(d);
}

static const char figures[] = "region,sector,year,jobs\n"
                              "SE1,A,2017,30000\nSE1,B,2017,20000\nSE2,A,2017,31000\nSE2,B,2017,22000\n"
                              "DE1,A,2017,10000\nDE1,B,2017,60000\nDE2,A,2017,20000\nDE2,B,2017,50000\n";

static void the_method_leaves_out_whom_it_is_told_to(void **state)
{
    (void)state;
    struct uf_panel *panel = activity_panel(figures);
    struct uf_result result;
    struct uf_error error;
    static const char *const abroad[] = {"exclude-own-prefix", "2", "k", "1", "distance",
                                         "share-difference",   NULL};
    assert_ok(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, abroad, &result, &error), &error);
    assert_string_equal(activity_text(&result, "peer-regions", "SE1", NULL, "peer"), "DE2");
    expect_close(activity_cell(&result, "peer-regions", "SE1", NULL, "distance", NULL), 2 * (0.6 - 2.0 / 7),
                 1e-13, "by hand");
    assert_string_equal(
        activity_text(&result, "peer-regions-findings", "SE1", NULL, "text"),
        "Most like SE1, 2017: DE2 (distance 0.63 to the nearest). From DE2 it differs most in A.");
    uf_result_clear(&result);
    static const char *const star[] = {"exclude", "DE*", NULL};
    assert_ok(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, star, &result, &error), &error);
    assert_string_equal(activity_text(&result, "peer-regions", "DE1", NULL, "peer"), "SE2");
    uf_result_clear(&result);
    static const char *const wrong[] = {"exclude", "SE3", NULL};
    assert_int_equal(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, wrong, &result, &error),
                     UF_BAD_USAGE);
    assert_non_null(strstr(error.message, "did you mean 'SE"));
    uf_result_clear(&result);
    panel->columns[panel->outcome].rounding = 1000;
    static const char *const one[] = {"k", "1", "distance", "share-overlap", NULL};
    assert_ok(activity_run(&uf_method_peer_regions, panel, UF_SWEDISH, one, &result, &error), &error);
    double low = activity_cell(&result, "peer-regions", "SE1", NULL, "distance_low", NULL);
    double high = activity_cell(&result, "peer-regions", "SE1", NULL, "distance_high", NULL);
    double distance = activity_cell(&result, "peer-regions", "SE1", NULL, "distance", NULL);
    assert_true(low <= distance && distance <= high && high > low);
    expect_within(activity_cell(&result, "peer-regions", "SE1", NULL, "rank_high", NULL), 1, 0,
                  "surely first");
    /* in another order than SE2, 31 : 22 against 30 : 20, the shares can be alike: SE1 and SE2 may be the same */
    assert_true(activity_cell(&result, "peer-regions", "SE1", NULL, "differs_by_low", NULL) < 0);
    assert_true(activity_cell(&result, "peer-regions", "SE1", NULL, "differs_by_high", NULL) > 0);
    assert_true(activity_cell(&result, "peer-regions", "SE1", NULL, "differs_most_open", NULL) == 2);
    uf_result_clear(&result);
    /* cosine from draws: shares formed again in each */
    static const char *const cosine[] = {"k", "1", "distance", "cosine", NULL},
                             *const undrawn[] = {"k", "1", "distance", "cosine", "rounding-draws", "0", NULL};
    assert_ok(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, cosine, &result, &error), &error);
    low = activity_cell(&result, "peer-regions", "DE1", NULL, "distance_low", NULL);
    high = activity_cell(&result, "peer-regions", "DE1", NULL, "distance_high", NULL);
    distance = activity_cell(&result, "peer-regions", "DE1", NULL, "distance", NULL);
    assert_true(low < distance && distance < high && high - low < 0.05);
    assert_non_null(uf_result_note(&result, "drawn-bands"));
    uf_result_clear(&result);
    assert_ok(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, undrawn, &result, &error), &error);
    assert_true(isnan(activity_cell(&result, "peer-regions", "DE1", NULL, "distance_low", NULL)));
    uf_result_clear(&result);
    uf_panel_free(panel);
}

/* The rank of `peer` in the table's row of `unit`, or its bound. */
static double rank_of(const struct uf_result *result, const char *unit, const char *peer, const char *column)
{
    const struct uf_table *table = uf_result_table(result, "peer-regions");
    for (size_t r = 0; r < uf_table_rows(table); r++)
        if (!strcmp(uf_table_text(table, r, uf_table_column(table, "unit")), unit) &&
            !strcmp(uf_table_text(table, r, uf_table_column(table, "peer")), peer))
            return uf_table_number(table, r, uf_table_column(table, column));
    fail_msg("no row of %s and %s", unit, peer);
    return 0;
}

/* Ranks in tables drawn from the box, corners among them, lie in the interval, and most of its ends are reached. */
static void ranks_hold_every_draw(void **state)
{
    (void)state;
    static const char *const both[] = {"indicators", "value,other", "k", "4", NULL},
                             *const one[] = {"indicators", "value", "k", "4", NULL},
                             *const names[] = {"value", "other"};
    enum { UNITS = 5 };
    struct draw draw = {26};
    struct uf_panel *panel = small_panel_new(UNITS, 1, 2001, names, 2);
    size_t open = 0, reached_ends = 0;
    for (size_t k = 0; k < 60; k++) {
        double shown[2 * UNITS], least[UNITS * UNITS], most[UNITS * UNITS];
        struct uf_result rounded, exact;
        struct uf_error error;
        for (size_t i = 0; i < 2 * UNITS; i++) {
            shown[i] = (double)draw_below(&draw, 12);
            *small_panel_cell(panel, i / UNITS, i % UNITS, 0) = shown[i];
        }
        for (int c = 0; c < 2; c++) panel->columns[c].rounding = 1;
        const char *const *options = k % 3 ? both : one;
        assert_ok(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, options, &rounded, &error),
                  &error);
        for (int c = 0; c < 2; c++) panel->columns[c].rounding = 0;
        for (size_t i = 0; i < UNITS * UNITS; i++) least[i] = UNITS, most[i] = 1;
        for (size_t t = 0; t < 60; t++) {
            for (size_t i = 0; i < 2 * UNITS; i++) {
                const double u = draw_uniform(&draw);
                *small_panel_cell(panel, i / UNITS, i % UNITS, 0) =
                    shown[i] + (t % 2 ? 0.998 * round(u) : u) - 0.499;
            }
            assert_ok(activity_run(&uf_method_peer_regions, panel, UF_ENGLISH, options, &exact, &error),
                      &error);
            for (size_t i = 0; i < UNITS * UNITS; i++) {
                const char *a = panel->units.code[i / UNITS], *b = panel->units.code[i % UNITS];
                if (a == b) continue;
                const double rank = rank_of(&exact, a, b, "rank");
                assert_true(rank >= rank_of(&rounded, a, b, "rank_low"));
                assert_true(rank <= rank_of(&rounded, a, b, "rank_high"));
                least[i] = fmin(least[i], rank);
                most[i] = fmax(most[i], rank);
            }
            uf_result_clear(&exact);
        }
        for (size_t i = 0; i < UNITS * UNITS; i++) {
            const char *a = panel->units.code[i / UNITS], *b = panel->units.code[i % UNITS];
            if (a == b) continue;
            open += 2;
            reached_ends += least[i] <= rank_of(&rounded, a, b, "rank_low");
            reached_ends += most[i] >= rank_of(&rounded, a, b, "rank_high");
        }
        uf_result_clear(&rounded);
    }
    print_message("%zu of %zu ends of the ranks' intervals are reached by 60 draws\n", reached_ends, open);
    assert_true(reached_ends > open * 3 / 4);
    small_panel_free(panel);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {cmocka_unit_test(they_are_distances),
                                       cmocka_unit_test(other_units_give_the_same),
                                       cmocka_unit_test(bands_hold_every_draw),
                                       cmocka_unit_test(deviations_are_formed_anew),
                                       cmocka_unit_test(ranks_hold_every_draw),
                                       cmocka_unit_test(nearest_by_a_slow_twin),
                                       cmocka_unit_test(what_cannot_be_compared_is_refused),
                                       cmocka_unit_test(the_method_leaves_out_whom_it_is_told_to)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

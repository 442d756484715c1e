// SPDX-License-Identifier: GPL-3.0-or-later
/* The cohorts dealt out anew: every assignment by hand, and the level with few treated. */
#include "support/bench.h"
#include "support/did_data.h"
#include "support/group_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Nine units, two of them treated from period 1 and one from period 2: 252 assignments, each by hand. */
static void all_assignments(void **state)
{
    (void)state;
    enum { N = 9, T = 3 };
    size_t unit[N * T], period[N * T], first[N];
    double outcome[N * T], treatment[N * T];
    for (size_t u = 0; u < N; u++) first[u] = u == 2 || u == 5 ? 1 : u == 7 ? 2 : SIZE_MAX;
    for (size_t i = 0; i < N * T; i++) {
        unit[i] = i / T, period[i] = i % T;
        treatment[i] = first[unit[i]] <= period[i];
        outcome[i] = bench_noise(11, i) + treatment[i];
    }
    const struct uf_did_data data = {.n = N * T,
                                     .n_units = N,
                                     .n_periods = T,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first};
    struct uf_error error;
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
    assert_ok(uf_group_time_randomise(&data, NULL, &assignment, NULL, NULL, &r, &error), &error);
    assert_int_equal(r.count, 252);
    struct uf_group_time g;
    assert_ok(uf_group_time_estimate(&data, NULL, &g, &error), &error);
    struct uf_average a = group_average(&g, UF_AVERAGE_SIMPLE);
    expect_close(r.coefficient[0], a.estimate, 1e-12, "the actual one");
    expect_close(r.t[0], a.estimate / a.std_error, 1e-10, "its t");
    double actual = a.estimate;
    size_t extreme = 0;
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    for (size_t i = 0; i < N; i++)
        for (size_t j = i + 1; j < N; j++)
            for (size_t k = 0; k < N; k++) {
                if (k == i || k == j) continue;
                double early = 0, late = 0, last = 0, c1 = 0, c2 = 0, c3 = 0;
                for (size_t u = 0; u < N; u++) {
                    double y0 = outcome[u * T], y1 = outcome[u * T + 1], y2 = outcome[u * T + 2];
                    if (u == i || u == j)
                        early += (y1 - y0) / 2, late += (y2 - y0) / 2;
                    else if (u == k)
                        last += y2 - y1;
                    else
                        c1 += (y1 - y0) / (N - 3), c2 += (y2 - y0) / (N - 3), c3 += (y2 - y1) / (N - 3);
                }
                double simple = (2 * (early - c1) + 2 * (late - c2) + (last - c3)) / 5;
                extreme += fabs(simple) >= fabs(actual) * (1 - 1e-9);
            }
    expect_close(r.p_coefficient, (double)extreme / 252, 1e-12, "the share");
    /* adding 1 to the actually treated outcomes moves each assignment's estimate by its shift */
    for (size_t i = 0; i < N * T; i++) outcome[i] += treatment[i];
    struct uf_randomisation moved;
    assert_ok(uf_group_time_randomise(&data, NULL, &assignment, NULL, NULL, &moved, &error), &error);
    for (size_t i = 0; i < r.count; i++)
        expect_within(moved.coefficient[i], r.coefficient[i] + r.shift[i], 1e-12, "the shift");
    expect_close(r.shift[0], 1, 1e-12, "the actual shift");
    uf_randomisation_clear(&moved);
    uf_randomisation_clear(&r);
    uf_did_assignment_clear(&assignment);
}

/* Three of 21 regions treated, no effect, autocorrelated errors: errors from influence functions find one far too
 * often, dealing the treatment out anew does not. */
static void level_with_few_treated(void **state)
{
    (void)state;
    enum { N = 21, T = 12, START = 8, SAMPLES = 150 };
    size_t unit[N * T], period[N * T], first[N], by_influence = 0, by_dealing = 0, by_scaled = 0;
    double outcome[N * T], treatment[N * T];
    for (size_t u = 0; u < N; u++) first[u] = u < 3 ? START : SIZE_MAX;
    for (size_t i = 0; i < N * T; i++) {
        unit[i] = i / T, period[i] = i % T;
        treatment[i] = first[unit[i]] <= period[i];
    }
    const struct uf_did_data data = {.n = N * T,
                                     .n_units = N,
                                     .n_periods = T,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first};
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        struct uf_error error;
        struct uf_did_assignment assignment;
        struct uf_did_noise noise;
        struct uf_randomisation r;
        const struct uf_randomisation_options options = {.most_enumerated = 1, .draws = 99, .seed = sample};
        for (size_t i = 0; i < N * T; i++) {
            double shock = 0; /* a sum of uniform numbers, near enough normal */
            for (size_t k = 0; k < 6; k++) shock += bench_noise(100 + k, sample * N * T + i);
            outcome[i] = shock + (period[i] > 0 ? 0.7 * outcome[i - 1] : 0);
        }
        assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
        assert_ok(uf_did_noise_init(&data, &assignment, &noise, &error), &error);
        assert_ok(uf_group_time_randomise(&data, NULL, &assignment, &noise, &options, &r, &error), &error);
        by_influence += fabs(r.t[0]) > 1.959964;
        by_dealing += r.p_coefficient <= 0.05;
        by_scaled += r.p_scaled <= 0.05;
        uf_randomisation_clear(&r);
        uf_did_noise_clear(&noise);
        uf_did_assignment_clear(&assignment);
    }
    print_message("rejections at 5 %%: influence %.3f, dealt out %.3f, scaled %.3f\n",
                  (double)by_influence / SAMPLES, (double)by_dealing / SAMPLES, (double)by_scaled / SAMPLES);
    assert_true(by_influence > SAMPLES / 10);
    assert_in_range(by_dealing, SAMPLES / 100, SAMPLES / 10);
    assert_in_range(by_scaled, SAMPLES / 100, SAMPLES / 10);
}

/* --- whole clusters dealt out anew ---------------------------------------------------------------- */

/* Each of N clusters holds EACH units; one starts in period 4, one in 5. */
enum { REGIONS = 8, EACH = 4, TIMES = 7, ROWS = REGIONS * EACH * TIMES, ASSIGNMENTS = 56 };

struct regions {
    struct uf_did_data data;
    size_t unit[4 * ROWS], period[4 * ROWS], cluster[4 * ROWS], first[4 * REGIONS * EACH];
    double outcome[4 * ROWS], treatment[4 * ROWS], weights[4 * ROWS];
    gsl_matrix *covariates;
};

static struct regions *regions_new(size_t k, bool gaps)
{
    struct regions *r = calloc(1, sizeof *r);
    size_t n = 0;
    r->covariates = k ? gsl_matrix_alloc(4 * ROWS, k) : NULL;
    for (size_t u = 0; u < REGIONS * EACH; u++) {
        size_t region = u / EACH;
        r->first[u] = region == 1 ? 4 : region == 6 ? 5 : SIZE_MAX;
        for (size_t t = 0; t < TIMES; t++) {
            size_t i = u * TIMES + t;
            if (gaps && i % 11 == 5) continue;
            double x = bench_noise(3, u) + 0.1 * bench_noise(4, i);
            r->unit[n] = u, r->period[n] = t, r->cluster[n] = region;
            r->weights[n] = 1.5 + bench_noise(8, gaps ? i : u);
            r->treatment[n] = r->first[u] <= t;
            if (k > 0) gsl_matrix_set(r->covariates, n, 0, x);
            if (k > 1) gsl_matrix_set(r->covariates, n, 1, 1e3 + 5 * bench_noise(5, i));
            r->outcome[n] = bench_noise(1, i) + bench_noise(2, region * TIMES + t) +
                            0.3 * (double)t * (1 + x) + 0.3 * r->treatment[n];
            n++;
        }
    }
    r->data = did_data_by_unit(n, REGIONS * EACH, TIMES,
                               (struct did_columns){r->unit, r->period, r->outcome, r->treatment, r->first});
    r->data.weights = r->weights;
    r->data.covariates = r->covariates;
    r->data.cluster[0] = r->cluster;
    r->data.n_groups[0] = REGIONS;
    return r;
}

static void regions_free(struct regions *r)
{
    gsl_matrix_free(r->covariates);
    free(r);
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void expect_same_set(double *a, double *b, size_t n, const char *what)
{
    qsort(a, n, sizeof *a, compare_numbers);
    qsort(b, n, sizeof *b, compare_numbers);
    for (size_t i = 0; i < n; i++) expect_within(a[i], b[i], 1e-9 * (1 + fabs(b[i])), what);
}

/* From sums by region or from the rows: what the estimator itself says of the data under each assignment. */
static void expect_all_estimated(size_t k, bool gaps, const struct uf_group_time_options *options)
{
    struct regions *r = regions_new(k, gaps);
    struct uf_did_assignment assignment;
    struct uf_randomisation dealt;
    struct uf_error error;
    assert_ok(uf_did_assignment_init(&r->data, &assignment, &error), &error);
    assert_true(assignment.by_cluster);
    assert_ok(uf_group_time_randomise(&r->data, options, &assignment, NULL, NULL, &dealt, &error), &error);
    assert_int_equal(dealt.count, ASSIGNMENTS); /* 8 · 7 */
    double *estimate = malloc(ASSIGNMENTS * sizeof *estimate), *t = malloc(ASSIGNMENTS * sizeof *t);
    size_t count = 0, actual[REGIONS * EACH];
    memcpy(actual, r->first, sizeof actual);
    for (size_t a = 0; a < REGIONS; a++)
        for (size_t b = 0; b < REGIONS; b++) {
            if (b == a) continue;
            for (size_t u = 0; u < REGIONS * EACH; u++)
                r->first[u] = u / EACH == a ? 4 : u / EACH == b ? 5 : SIZE_MAX;
            struct uf_group_time g;
            assert_ok(uf_group_time_estimate(&r->data, options, &g, &error), &error);
            struct uf_average simple = group_average(&g, UF_AVERAGE_SIMPLE);
            estimate[count] = simple.estimate, t[count++] = simple.estimate / simple.std_error;
            uf_average_clear(&simple);
            uf_group_time_clear(&g);
        }
    assert_int_equal(count, ASSIGNMENTS);
    memcpy(r->first, actual, sizeof actual);
    double *moved = malloc(ASSIGNMENTS * sizeof *moved);
    for (size_t i = 0; i < ASSIGNMENTS; i++) moved[i] = dealt.coefficient[i] + 2 * dealt.shift[i];
    expect_same_set(dealt.coefficient, estimate, ASSIGNMENTS, "an estimate");
    expect_same_set(dealt.t, t, ASSIGNMENTS, "its t");
    uf_randomisation_clear(&dealt);
    for (size_t i = 0; i < r->data.n; i++) r->outcome[i] += 2 * r->treatment[i];
    assert_ok(uf_group_time_randomise(&r->data, options, &assignment, NULL, NULL, &dealt, &error), &error);
    for (size_t i = 0; i < ASSIGNMENTS; i++)
        expect_within(dealt.coefficient[i], moved[i], 1e-10, "the shift");
    uf_randomisation_clear(&dealt);
    uf_did_assignment_clear(&assignment);
    free(estimate), free(t), free(moved);
    regions_free(r);
}

static void regions_dealt(void **state)
{
    (void)state;
    for (int rows = 0; rows < 2; rows++)
        for (int gaps = 0; gaps < 2; gaps++) {
            struct uf_group_time_options plain = {.cross_sections = rows, .threads = 1},
                                         later = {.cross_sections = rows,
                                                  .threads = 1,
                                                  .control = UF_CONTROL_NOT_YET_TREATED},
                                         regression = {.cross_sections = rows,
                                                       .threads = 1,
                                                       .estimator = UF_DRDID_REGRESSION};
            expect_all_estimated(0, gaps, &plain);
            expect_all_estimated(0, gaps, &later);
            expect_all_estimated(2, gaps, &regression);
            if (!gaps) expect_all_estimated(1, gaps, &plain); /* doubly robust: the rows themselves */
        }
}

/* Every unit four times in a cluster of its own: the rows of one each give the same as sums over four, the statistic over
 * the noise and the leads too. */
static void sums_are_rows(void **state)
{
    (void)state;
    for (int rows = 0; rows < 2; rows++) {
        const struct uf_group_time_options o = {.cross_sections = rows, .estimator = UF_DRDID_REGRESSION};
        struct uf_randomisation r[2], lead[2];
        struct uf_error error;
        for (int many = 0; many < 2; many++) {
            struct regions *s = regions_new(2, false);
            size_t n = s->data.n;
            for (size_t i = 0; i < n; i++) s->cluster[i] = s->unit[i];
            for (size_t copy = 1; copy < 4 && many; copy++)
                for (size_t i = 0; i < n; i++) {
                    size_t to = copy * n + i;
                    s->unit[to] = s->unit[i] + copy * REGIONS * EACH;
                    s->period[to] = s->period[i], s->cluster[to] = s->cluster[i];
                    s->outcome[to] = s->outcome[i], s->treatment[to] = s->treatment[i];
                    s->weights[to] = s->weights[i];
                    s->first[s->unit[to]] = s->first[s->unit[i]];
                    for (size_t j = 0; j < 2; j++)
                        gsl_matrix_set(s->covariates, to, j, gsl_matrix_get(s->covariates, i, j));
                }
            if (many) s->data.n = 4 * n, s->data.n_units = 4 * REGIONS * EACH;
            s->data.n_groups[0] = REGIONS * EACH;
            struct uf_did_assignment assignment;
            struct uf_did_noise noise;
            const struct uf_randomisation_options options = {.most_enumerated = 1, .draws = 20, .seed = 3};
            assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
            assert_ok(uf_did_noise_init(&s->data, &assignment, &noise, &error), &error);
            assert_ok(uf_group_time_randomise(&s->data, &o, &assignment, &noise, &options, &r[many], &error),
                      &error);
            assert_ok(uf_group_time_randomise_leads(&s->data, &o, &assignment, &options, &lead[many], &error),
                      &error);
            uf_did_noise_clear(&noise);
            uf_did_assignment_clear(&assignment);
            regions_free(s);
        }
        for (size_t i = 0; i < 20; i++) {
            expect_close(r[1].coefficient[i], r[0].coefficient[i], 1e-9, "estimate");
            expect_close(r[1].t[i], r[0].t[i], 1e-8, "t");
            expect_close(r[1].scaled[i], r[0].scaled[i], 1e-8, "over the noise");
            expect_close(lead[1].coefficient[i], lead[0].coefficient[i], 1e-9, "leads");
        }
        for (int many = 0; many < 2; many++)
            uf_randomisation_clear(&r[many]), uf_randomisation_clear(&lead[many]);
    }
}

/* The same of people in regions: other people every period, and shocks that a region's people share. */
static void level_with_people_in_few_regions(void **state)
{
    (void)state;
    enum { N = 21, T = 10, START = 6, PEOPLE = 4, ALL = N * T * PEOPLE, SAMPLES = 150 };
    static size_t unit[ALL], period[ALL];
    static double outcome[ALL], treatment[ALL];
    size_t first[N], by_influence = 0, by_dealing = 0, by_scaled = 0;
    const struct uf_group_time_options people = {.cross_sections = true};
    for (size_t u = 0; u < N; u++) first[u] = u < 3 ? START : SIZE_MAX;
    for (size_t i = 0; i < ALL; i++) {
        unit[i] = i / (T * PEOPLE), period[i] = i / PEOPLE % T;
        treatment[i] = first[unit[i]] <= period[i];
    }
    const struct uf_did_data data = {.n = ALL,
                                     .n_units = N,
                                     .n_periods = T,
                                     .unit = unit,
                                     .period = period,
                                     .outcome = outcome,
                                     .treatment = treatment,
                                     .first_period = first,
                                     .cluster = {unit, NULL},
                                     .n_groups = {N, 0},
                                     .n_cluster_dimensions = 1};
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        struct uf_error error;
        struct uf_did_assignment assignment;
        struct uf_did_noise noise;
        struct uf_randomisation r;
        const struct uf_randomisation_options options = {.most_enumerated = 1, .draws = 99, .seed = sample};
        double shock = 0;
        for (size_t i = 0; i < ALL; i++) {
            if (i % PEOPLE == 0) { /* of a region and period; the last one's lingers */
                shock = period[i] > 0 ? 0.7 * shock : 0;
                for (size_t k = 0; k < 6; k++) shock += bench_noise(200 + k, sample * ALL + i);
            }
            outcome[i] = shock + 2 * bench_noise(210, sample * ALL + i);
        }
        assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
        assert_int_equal(assignment.n_blocks, N);
        assert_ok(uf_did_noise_init(&data, &assignment, &noise, &error), &error);
        assert_ok(uf_group_time_randomise(&data, &people, &assignment, &noise, &options, &r, &error), &error);
        by_influence += fabs(r.t[0]) > 1.959964;
        by_dealing += r.p_coefficient <= 0.05;
        by_scaled += r.p_scaled <= 0.05;
        uf_randomisation_clear(&r);
        uf_did_noise_clear(&noise);
        uf_did_assignment_clear(&assignment);
    }
    print_message("people in regions, rejections at 5 %%: influence %.3f, dealt out %.3f, scaled %.3f\n",
                  (double)by_influence / SAMPLES, (double)by_dealing / SAMPLES, (double)by_scaled / SAMPLES);
    assert_true(by_influence > SAMPLES / 10);
    assert_in_range(by_dealing, SAMPLES / 100, SAMPLES / 10);
    assert_in_range(by_scaled, SAMPLES / 100, SAMPLES / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_assignments),
        cmocka_unit_test(regions_dealt),
        cmocka_unit_test(sums_are_rows),
        cmocka_unit_test(level_with_few_treated),
        cmocka_unit_test(level_with_people_in_few_regions),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Randomisation inference against its slow twin: one full regression per assignment. */
#include "support/did_data.h"
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/random.h>

enum { UNITS = 7, PERIODS = 5, MOST = UNITS * 9 };

struct sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], first[UNITS];
    double outcome[MOST], treatment[MOST], weights[MOST];
    gsl_matrix *covariates;
};

static void assign(struct sample *s, const size_t *first)
{
    memcpy(s->first, first, sizeof s->first);
    for (size_t i = 0; i < s->data.n; i++)
        s->treatment[i] = s->first[s->unit[i]] != SIZE_MAX && s->period[i] >= s->first[s->unit[i]];
}

/* Two cohorts (periods 2 and 3) of two and one units, four never treated; some cells missing. */
static struct sample *sample_new(uint64_t seed, bool weighted)
{
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    size_t n = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 2);
    s->covariates = gsl_matrix_alloc(MOST, 1);
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            if (t > 0 && t < 4 && uf_random_below(&random, 9) == 0) continue;
            s->unit[n] = u, s->period[n] = t;
            s->outcome[n] = uf_random_uniform(&random) + (double)u;
            s->weights[n] = 0.5 + uf_random_uniform(&random);
            gsl_matrix_set(s->covariates, n++, 0, uf_random_uniform(&random));
        }
    }
    s->covariates->size1 = n;
    s->data = did_data_by_unit(n, UNITS, PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    s->data.weights = weighted ? s->weights : NULL;
    s->data.covariates = s->covariates;
    assign(s, (const size_t[UNITS]){2, 2, 3, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX});
    return s;
}

static void sample_free(struct sample *s)
{
    gsl_matrix_free(s->covariates);
    free(s);
}

static void refit(const struct sample *s, double *coefficient, double *t)
{
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_covariance v;
    struct uf_covariance_options options = {.kind = UF_COVARIANCE_CR0};
    assert_ok(uf_did_estimate(&s->data, &fit, &error), &error);
    assert_ok(uf_did_covariance(&s->data, &fit, &options, &v, &error), &error);
    *coefficient = gsl_vector_get(fit.fit.coefficients, 0);
    *t = *coefficient / sqrt(gsl_matrix_get(v.matrix, 0, 0));
    uf_covariance_clear(&v);
    uf_did_fit_clear(&fit);
}

static bool row_by_row;

static struct uf_randomisation randomise(const struct sample *s, size_t enumerated, size_t draws,
                                         uint64_t seed)
{
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_did_assignment assignment;
    struct uf_randomisation out;
    struct uf_randomisation_options options = {
        .most_enumerated = enumerated, .draws = draws, .seed = seed, .row_by_row = row_by_row};
    assert_ok(uf_did_estimate(&s->data, &fit, &error), &error);
    assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
    assert_ok(uf_did_randomise(&s->data, &fit, &assignment, &options, &out, &error), &error);
    uf_did_assignment_clear(&assignment);
    uf_did_fit_clear(&fit);
    return out;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void every_assignment_refitted(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct sample *s = sample_new(seed, seed % 2);
        struct uf_randomisation fast = randomise(s, 0, 0, 1);
        assert_true(fast.enumerated);
        assert_int_equal(fast.count, 105); /* 7!/(2! 1! 4!) */
        double slow[2][105], actual[2];
        size_t count = 0, extreme[2] = {0, 0};
        refit(s, &actual[0], &actual[1]);
        expect_close(fast.coefficient[0], actual[0], 1e-10, "actual coefficient");
        expect_close(fast.t[0], actual[1], 1e-9, "actual t");
        for (size_t c = 0; c < UNITS; c++) { /* who is treated last, and which two first */
            for (size_t a = 0; a < UNITS; a++) {
                for (size_t b = a + 1; b < UNITS; b++) {
                    if (a == c || b == c) continue;
                    size_t first[UNITS];
                    for (size_t u = 0; u < UNITS; u++) first[u] = SIZE_MAX;
                    first[a] = first[b] = 2, first[c] = 3;
                    assign(s, first);
                    refit(s, &slow[0][count], &slow[1][count]);
                    for (int j = 0; j < 2; j++)
                        extreme[j] += fabs(slow[j][count]) >= fabs(actual[j]) * (1 - 1e-9);
                    count++;
                }
            }
        }
        assert_int_equal(count, 105);
        expect_close(fast.p_coefficient, (double)extreme[0] / 105, 1e-12, "p");
        expect_close(fast.p_t, (double)extreme[1] / 105, 1e-12, "p of t");
        assert_true(fast.p_coefficient >= fast.least_p_coefficient &&
                    fast.least_p_coefficient >= 1.0 / 105 - 1e-12);
        qsort(slow[0], 105, sizeof(double), compare_doubles);
        qsort(fast.coefficient, 105, sizeof(double), compare_doubles);
        for (size_t i = 0; i < 105; i++) expect_within(fast.coefficient[i], slow[0][i], 1e-10, "coefficient");
        uf_randomisation_clear(&fast);
        sample_free(s);
    }
}

static void drawn_assignments_are_reproducible_and_near_the_enumeration(void **state)
{
    (void)state;
    struct sample *s = sample_new(5, false);
    struct uf_randomisation all = randomise(s, 0, 0, 1), drawn = randomise(s, 10, 4000, 42),
                            again = randomise(s, 10, 4000, 42);
    struct uf_randomisation other = randomise(s, 10, 4000, 43);
    assert_false(drawn.enumerated);
    assert_int_equal(drawn.count, 4001);
    assert_memory_equal(drawn.coefficient, again.coefficient, drawn.count * sizeof(double));
    assert_memory_not_equal(drawn.coefficient, other.coefficient, drawn.count * sizeof(double));
    double error = sqrt(all.p_coefficient * (1 - all.p_coefficient) / 4000);
    expect_within(drawn.p_coefficient, all.p_coefficient, 5 * error + 1.0 / 4001, "drawn p");
    uf_randomisation_clear(&all), uf_randomisation_clear(&drawn), uf_randomisation_clear(&again),
        uf_randomisation_clear(&other);
    sample_free(s);
}

/* F of the leads from the event study's own iid covariance, on the rows before `end`. */
static double refit_leads(struct sample *s, size_t end)
{
    struct uf_error error;
    struct uf_did_fit fit;
    struct uf_covariance v;
    struct uf_joint_test test;
    struct uf_event_study_options event = {.reference = -1};
    struct uf_covariance_options iid = {.kind = UF_COVARIANCE_IID};
    struct sample *before = calloc(1, sizeof *before);
    size_t n = 0;
    before->covariates = gsl_matrix_alloc(s->data.n, 1);
    for (size_t i = 0; i < s->data.n; i++) {
        if (s->period[i] >= end) continue;
        before->unit[n] = s->unit[i], before->period[n] = s->period[i], before->outcome[n] = s->outcome[i];
        before->weights[n] = s->weights[i];
        gsl_matrix_set(before->covariates, n++, 0, gsl_matrix_get(s->covariates, i, 0));
    }
    before->covariates->size1 = n;
    before->data = s->data;
    before->data.n = n, before->data.unit = before->unit, before->data.period = before->period;
    before->data.outcome = before->outcome, before->data.covariates = before->covariates;
    before->data.weights = s->data.weights ? before->weights : NULL;
    before->data.cluster[0] = before->unit;
    assert_ok(uf_event_study_estimate(&before->data, &event, &fit, &error), &error);
    assert_ok(uf_did_covariance(&before->data, &fit, &iid, &v, &error), &error);
    assert_ok(uf_did_pretrend(&before->data, &fit, &iid, &v, -1, &test, &error), &error);
    uf_covariance_clear(&v);
    uf_did_fit_clear(&fit);
    sample_free(before);
    return test.statistic;
}

static void leads_refitted_for_every_assignment(void **state)
{
    (void)state;
    for (int cohorts = 1; cohorts <= 2; cohorts++) {
        struct sample *s = sample_new((uint64_t)(3 + cohorts), cohorts == 2);
        struct uf_error error;
        struct uf_did_assignment assignment;
        struct uf_randomisation_joint joint;
        struct uf_event_study_options event = {.reference = -1};
        size_t actual[UNITS] = {3, 3, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
        if (cohorts == 2) actual[2] = 4;
        assign(s, actual);
        assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
        assert_ok(uf_did_randomise_pretrend(&s->data, &event, &assignment, NULL, &joint, &error), &error);
        size_t end = cohorts == 1 ? 3 : PERIODS, count = 0, extreme = 0;
        double actual_statistic = refit_leads(s, end);
        expect_close(joint.statistic[0], actual_statistic, 1e-8, "F of the leads");
        for (size_t a = 0; a < UNITS; a++) {
            for (size_t b = a + 1; b < UNITS; b++) {
                for (size_t c = 0; c < (cohorts == 2 ? UNITS : 1); c++) {
                    size_t first[UNITS];
                    if (cohorts == 2 && (c == a || c == b)) continue;
                    for (size_t u = 0; u < UNITS; u++) first[u] = SIZE_MAX;
                    first[a] = first[b] = 3;
                    if (cohorts == 2) first[c] = 4;
                    assign(s, first);
                    extreme += refit_leads(s, end) >= actual_statistic * (1 - 1e-9);
                    count++;
                }
            }
        }
        assert_int_equal(joint.count, count);
        expect_close(joint.p, (double)extreme / (double)count, 1e-12, "p of the leads");
        uf_randomisation_joint_clear(&joint);
        uf_did_assignment_clear(&assignment);
        sample_free(s);
    }
}

static void counting_and_listing_agree(void **state)
{
    (void)state;
    size_t items[] = {0, 0, 0, 1, 1, 2}, count = 1;
    const size_t counts[] = {3, 2, 1};
    while (uf_assignment_next(items, 6)) count++;
    assert_int_equal(count, 60);
    expect_close(uf_assignment_count(counts, 3), 60, 0, "multinomial");
    expect_close(uf_assignment_count((const size_t[]){18, 3}, 2), 1330, 0, "21 choose 3");
    expect_close(uf_assignment_count((const size_t[]){290 - 101, 101}, 2), 1.25594929828e+80, 1e-11,
                 "290 choose 101");
    for (size_t i = 0; i + 1 < 6; i++) assert_true(items[i] <= items[i + 1]); /* back to the start */
}

static void complement_ties_are_counted(void **state)
{
    (void)state;
    /* three treated of six, all at once: the complement has the same |coefficient|, so the least p is 2 of 20 */
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    uf_random_init(&random, 8, UF_PURPOSE_SIMULATION, 3);
    size_t n = 0;
    for (size_t u = 0; u < 6; u++)
        for (size_t t = 0; t < 2; t++, n++)
            s->unit[n] = u, s->period[n] = t, s->outcome[n] = uf_random_uniform(&random);
    s->data = did_data_by_unit(n, 6, 2,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    assign(s, (const size_t[UNITS]){1, 1, 1, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX});
    struct uf_randomisation out = randomise(s, 0, 0, 1);
    assert_int_equal(out.count, 20);
    expect_close(out.least_p_coefficient, 0.1, 1e-12, "least p");
    uf_randomisation_clear(&out);
    sample_free(s);
}

static void whole_clusters_are_dealt_to_when_treatment_came_to_clusters(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_did_assignment assignment;
    struct sample *s = sample_new(6, false);
    size_t region[MOST];
    const size_t of_unit[UNITS] = {0, 0, 1, 2, 2, 3, 3}, mixed[UNITS] = {0, 0, 0, 1, 1, 2, 2};
    for (size_t i = 0; i < s->data.n; i++) region[i] = of_unit[s->unit[i]];
    s->data.cluster[0] = region;
    assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
    assert_true(assignment.by_cluster);
    assert_int_equal(assignment.n_blocks, 4);
    uf_did_assignment_clear(&assignment);
    for (size_t i = 0; i < s->data.n; i++) region[i] = mixed[s->unit[i]]; /* two cohorts in region 0 */
    assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
    assert_false(assignment.by_cluster);
    assert_int_equal(assignment.n_blocks, UNITS);
    uf_did_assignment_clear(&assignment);
    s->treatment[3] *= 0.5; /* a dose in an unbalanced panel cannot be dealt out */
    s->treatment[s->data.n - 1] = 0.3;
    if (s->data.n < MOST)
        assert_int_equal(uf_did_assignment_init(&s->data, &assignment, &error), UF_NOT_IDENTIFIED);
    sample_free(s);
}

/* Six untreated periods before, so that the noise of each unit is known; a unit's noise grows with its number. */
static struct sample *long_sample_new(uint64_t seed, bool weighted)
{
    enum { LONG = 9 };
    struct sample *s = sample_new(seed, weighted);
    struct uf_random random;
    size_t n = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 12);
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < LONG; t++, n++) {
            s->unit[n] = u, s->period[n] = t;
            s->outcome[n] = (0.3 + (double)u) * (uf_random_uniform(&random) - 0.5) + (double)t;
            s->weights[n] = 0.5 + uf_random_uniform(&random);
        }
    s->data.n = n, s->data.n_periods = LONG, s->data.covariates = NULL;
    assign(s, (const size_t[UNITS]){6, SIZE_MAX, SIZE_MAX, 7, SIZE_MAX, 6, SIZE_MAX});
    return s;
}

static void expect_same(const struct uf_randomisation *a, const struct uf_randomisation *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        expect_close(a->coefficient[i], b->coefficient[i], 1e-9, "coefficient");
        expect_close(a->t[i], b->t[i], 1e-7, "t");
        expect_close(a->scaled[i], b->scaled[i], 1e-9, "scaled");
        expect_within(a->shift[i], b->shift[i], 1e-10, "shift");
    }
}

/* Two cohorts, units in blocks of different size: the short cut and the pass over the rows. */
static void balanced_panels_take_a_short_cut(void **state)
{
    (void)state;
    size_t region[MOST];
    const size_t of_unit[UNITS] = {0, 1, 1, 2, 3, 0, 3};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct sample *s = long_sample_new(seed, false);
        struct uf_randomisation fast = randomise(s, 0, 0, 1);
        row_by_row = true;
        struct uf_randomisation slow = randomise(s, 0, 0, 1);
        row_by_row = false;
        expect_same(&fast, &slow);
        uf_randomisation_clear(&fast), uf_randomisation_clear(&slow);
        for (size_t i = 0; i < s->data.n; i++) region[i] = of_unit[s->unit[i]];
        s->data.cluster[0] = region;
        fast = randomise(s, 0, 0, 1);
        assert_int_equal(fast.count, 12); /* starts 6, 7, never, never over four regions */
        row_by_row = true;
        slow = randomise(s, 0, 0, 1);
        row_by_row = false;
        expect_same(&fast, &slow);
        uf_randomisation_clear(&fast), uf_randomisation_clear(&slow);
        sample_free(s);
    }
}

/* p with δ taken off the actually treated. */
static double p_without(struct sample *s, bool scaled, double delta)
{
    double keep[MOST];
    memcpy(keep, s->outcome, sizeof keep);
    for (size_t i = 0; i < s->data.n; i++) s->outcome[i] -= delta * s->treatment[i];
    struct uf_randomisation out = randomise(s, 0, 0, 1);
    double p = scaled ? out.p_scaled : out.p_coefficient;
    uf_randomisation_clear(&out);
    memcpy(s->outcome, keep, sizeof keep);
    return p;
}

static void the_interval_ends_where_the_test_turns(void **state)
{
    (void)state;
    struct uf_error error;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct sample *s = long_sample_new(seed, seed % 2);
        struct uf_randomisation out = randomise(s, 0, 0, 1);
        for (int scaled = 0; scaled < 2; scaled++) {
            double low, high, level = 0.9, estimate = out.coefficient[0];
            assert_ok(uf_randomisation_interval(&out, scaled, level, &low, &high, &error), &error);
            assert_true(low <= estimate && estimate <= high && isfinite(low) && isfinite(high));
            double step = 1e-6 * (high - low);
            assert_true(p_without(s, scaled, low + step) > 1 - level);
            assert_true(p_without(s, scaled, high - step) > 1 - level);
            for (int far = 1; far < 20; far++) { /* nothing beyond the ends */
                assert_true(p_without(s, scaled, low - far * far * far * step * 100) <= 1 - level);
                assert_true(p_without(s, scaled, high + far * far * far * step * 100) <= 1 - level);
            }
        }
        uf_randomisation_clear(&out);
        sample_free(s);
    }
}

static void no_effect_can_be_rejected_with_too_few_assignments(void **state)
{
    (void)state;
    struct uf_error error;
    struct sample *s = long_sample_new(3, false);
    double low, high;
    assign(s, (const size_t[UNITS]){6, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX});
    struct uf_randomisation out = randomise(s, 0, 0, 1);
    assert_ok(uf_randomisation_interval(&out, true, 0.95, &low, &high, &error), &error);
    assert_true(isinf(low) && low < 0 && isinf(high) && high > 0); /* 1/7 at best */
    uf_randomisation_clear(&out);
    sample_free(s);
}

/* The scaled statistic by hand, in a balanced panel with one cohort and no weights. */
static void scaled_statistic_by_hand(void **state)
{
    (void)state;
    struct sample *s = long_sample_new(7, false);
    enum { LONG = 9, START = 6 };
    assign(s, (const size_t[UNITS]){START, SIZE_MAX, SIZE_MAX, START, SIZE_MAX, SIZE_MAX, SIZE_MAX});
    double y[UNITS][LONG], common[LONG] = {0}, gap[2] = {0}, square[2] = {0};
    for (size_t i = 0; i < s->data.n; i++) y[s->unit[i]][s->period[i]] = s->outcome[i];
    for (size_t t = 0; t < LONG; t++)
        for (size_t u = 0; u < UNITS; u++) common[t] += y[u][t] / UNITS;
    for (size_t u = 0; u < UNITS; u++) {
        bool treated = u == 0 || u == 3;
        double before = 0, after = 0, variance = 0, n = treated ? 2 : UNITS - 2;
        for (size_t t = 0; t < LONG; t++) {
            double value = y[u][t] - common[t];
            if (t < START)
                before += value / START;
            else
                after += value / (LONG - START);
        }
        for (size_t t = 0; t < START; t++) variance += pow(y[u][t] - common[t] - before, 2) / (START - 1);
        gap[treated] += (after - before) / n;
        square[treated] += variance / n / n;
    }
    /* the variance of a mean over 3 periods less one over 6, in one period's variance */
    double expected = (gap[1] - gap[0]) / sqrt((square[0] + square[1]) * (1.0 / 3 + 1.0 / 6));
    struct uf_randomisation out = randomise(s, 0, 0, 1);
    expect_close(out.scaled[0], expected, 1e-10, "scaled statistic");
    uf_randomisation_clear(&out);
    sample_free(s);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_assignment_refitted),
        cmocka_unit_test(drawn_assignments_are_reproducible_and_near_the_enumeration),
        cmocka_unit_test(leads_refitted_for_every_assignment),
        cmocka_unit_test(counting_and_listing_agree),
        cmocka_unit_test(complement_ties_are_counted),
        cmocka_unit_test(whole_clusters_are_dealt_to_when_treatment_came_to_clusters),
        cmocka_unit_test(balanced_panels_take_a_short_cut),
        cmocka_unit_test(the_interval_ends_where_the_test_turns),
        cmocka_unit_test(no_effect_can_be_rejected_with_too_few_assignments),
        cmocka_unit_test(scaled_statistic_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

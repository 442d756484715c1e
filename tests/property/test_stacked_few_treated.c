// SPDX-License-Identifier: GPL-3.0-or-later
/* Conley–Taber and Ferman–Pinto of a stack: draws from their definition, a control lending its residuals of all the
 * sub-experiments that a treated unit is in; and one cohort alone, where nothing is copied. */
#include "support/bench.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/few_treated.h>
#include <utfall/stacked.h>

enum { UNITS = 11, PERIODS = 10, ROWS = UNITS * PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[ROWS], period[ROWS], first[UNITS];
    double outcome[ROWS], weights[ROWS], treatment[ROWS], size[UNITS];
};

static struct sample *sample_new(const size_t *first)
{
    struct sample *s = calloc(1, sizeof *s);
    for (size_t u = 0; u < UNITS; u++) {
        s->first[u] = first[u];
        s->size[u] = 2 + bench_noise(5, u);
        for (size_t t = 0; t < PERIODS; t++) {
            size_t i = u * PERIODS + t;
            s->unit[i] = u, s->period[i] = t;
            s->weights[i] = s->size[u];
            s->treatment[i] = first[u] <= t;
            s->outcome[i] =
                bench_noise(1, i) + 3 * bench_noise(2, u) + (first[u] <= t ? 0.5 + (double)u / 7 : 0);
        }
    }
    s->data = (struct uf_did_data){.n = ROWS,
                                   .n_units = UNITS,
                                   .n_periods = PERIODS,
                                   .unit = s->unit,
                                   .period = s->period,
                                   .outcome = s->outcome,
                                   .treatment = s->treatment,
                                   .weights = s->weights,
                                   .first_period = s->first};
    return s;
}

static struct uf_covariance_input input_of(const struct uf_did_fit *fit, const double *weights)
{
    return (struct uf_covariance_input){.x = fit->x,
                                        .residuals = fit->fit.residuals,
                                        .inverse = fit->fit.inverse,
                                        .weights = weights,
                                        .absorber = fit->absorber};
}

/* In the order of the columns of x. */
static gsl_vector *kept_coefficients(const struct uf_did_fit *fit)
{
    gsl_vector *kept = gsl_vector_alloc(fit->fit.rank);
    for (size_t j = 0; j < fit->n_columns; j++)
        if (fit->position[j] != SIZE_MAX)
            gsl_vector_set(kept, fit->position[j], gsl_vector_get(fit->fit.coefficients, j));
    return kept;
}

/* As the method does it: a unit is a block, with all of its rows. */
static struct uf_few_treated test_stack(const struct sample *s, const struct uf_stacked *fit,
                                        const struct uf_few_treated_options *options)
{
    struct uf_few_treated few;
    struct uf_error error;
    double c[32];
    size_t *block = malloc(fit->data.n * sizeof *block);
    bool *exposed = malloc(fit->data.n * sizeof *exposed), treated[UNITS] = {false};
    assert_true(uf_stacked_average(fit, c));
    for (size_t r = 0; r < fit->data.n; r++) {
        block[r] = s->unit[fit->row[r]];
        exposed[r] = uf_stacked_is_treated(fit, r);
        treated[block[r]] |= exposed[r];
    }
    gsl_vector *kept = kept_coefficients(&fit->fit);
    gsl_vector_view combination = gsl_vector_view_array(c, fit->fit.fit.rank);
    const struct uf_covariance_input regression = input_of(&fit->fit, fit->data.weights);
    const struct uf_few_treated_input input = {.regression = &regression,
                                               .coefficients = kept,
                                               .combination = &combination.vector,
                                               .n_blocks = UNITS,
                                               .block = block,
                                               .treated = treated,
                                               .n_periods = fit->data.n_periods,
                                               .period = fit->data.period,
                                               .size = s->size,
                                               .exposed = exposed};
    assert_ok(uf_few_treated_test(&input, options, &few, &error), &error);
    gsl_vector_free(kept);
    free(block), free(exposed);
    return few;
}

/* --- the twin ---------------------------------------------------------------------------------------- */

enum { MOST_STACKS = 3 };

struct twin {
    size_t n_stacks, cohort[MOST_STACKS];
    int role[MOST_STACKS][UNITS];        /* 1: treated, 2: control, 0: neither */
    double weigh[MOST_STACKS][UNITS];    /* what the unit's change weighs in the estimate */
    double residual[MOST_STACKS][UNITS]; /* of its change */
    double estimate;
};

/* From the reference to the mean of the periods from the start on. */
static double change(const struct sample *s, size_t u, size_t cohort, long after)
{
    double sum = 0;
    for (long e = 0; e <= after; e++)
        sum += s->outcome[u * PERIODS + (size_t)((long)cohort + e)] / (double)(after + 1);
    return sum - s->outcome[u * PERIODS + cohort - 1];
}

static void twin_fill(const struct sample *s, const struct uf_stacked_options *o, struct twin *t)
{
    double side[MOST_STACKS][2] = {{0}}, mean[MOST_STACKS][2] = {{0}}, all[2] = {0}, omega = 0;
    for (size_t a = 0; a < t->n_stacks; a++) {
        for (size_t u = 0; u < UNITS; u++) {
            bool clean = s->first[u] == SIZE_MAX || (o->control == UF_STACK_NOT_YET_TREATED &&
                                                     (long)s->first[u] > (long)t->cohort[a] + o->after);
            t->role[a][u] = s->first[u] == t->cohort[a] ? 1 : clean ? 2 : 0;
            if (t->role[a][u] == 0) continue;
            int k = t->role[a][u] == 1;
            side[a][k] += s->size[u];
            mean[a][k] += s->size[u] * change(s, u, t->cohort[a], o->after);
        }
        for (int k = 0; k < 2; k++) mean[a][k] /= side[a][k], all[k] += side[a][k];
    }
    const bool shares = o->weights == UF_STACK_BY_SHARES;
    for (size_t a = 0; a < t->n_stacks; a++)
        omega += shares ? side[a][1] : side[a][1] * side[a][0] / (side[a][1] + side[a][0]);
    for (size_t a = 0; a < t->n_stacks; a++)
        t->estimate += (shares ? side[a][1] : side[a][1] * side[a][0] / (side[a][1] + side[a][0])) / omega *
                       (mean[a][1] - mean[a][0]);
    for (size_t a = 0; a < t->n_stacks; a++) {
        double own = (shares ? side[a][1] : side[a][1] * side[a][0] / (side[a][1] + side[a][0])) / omega;
        double controls = shares ? side[a][1] / all[1] * all[0] : side[a][0];
        double p = side[a][1] / (side[a][1] + controls), level = p * mean[a][1] + (1 - p) * mean[a][0];
        for (size_t u = 0; u < UNITS; u++) {
            if (t->role[a][u] == 0) continue;
            bool treated = t->role[a][u] == 1;
            t->weigh[a][u] = own * s->size[u] / (treated ? side[a][1] : -side[a][0]);
            t->residual[a][u] =
                change(s, u, t->cohort[a], o->after) - level - ((treated ? 1 : 0) - p) * t->estimate;
        }
    }
}

/* Can l stand in for the treated j? It is a control wherever j is. */
static bool can_lend(const struct twin *t, size_t j, size_t l)
{
    for (size_t a = 0; a < t->n_stacks; a++)
        if (t->role[a][j] != 0 && t->role[a][l] != 2) return false;
    return true;
}

static double placebo(const struct twin *t, size_t j, size_t l)
{
    double sum = 0;
    for (size_t a = 0; a < t->n_stacks; a++)
        if (t->role[a][j] != 0) sum += t->weigh[a][j] * t->residual[a][l];
    return sum;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void check(const size_t *first, const struct uf_stacked_options *o, struct twin t)
{
    struct sample *s = sample_new(first);
    struct uf_stacked fit;
    struct uf_error error;
    const struct uf_few_treated_options options = {.draws = 20000, .keep_values = true, .no_interval = true};
    assert_ok(uf_stacked_estimate(&s->data, o, &fit, &error), &error);
    assert_int_equal(fit.n_used, t.n_stacks);
    struct uf_few_treated few = test_stack(s, &fit, &options);
    twin_fill(s, o, &t);
    expect_close(few.estimate, t.estimate, 1e-10, "estimate");
    /* all choices of one lender for each treated unit */
    size_t treated[UNITS], n_treated = 0, lender[UNITS][UNITS], n_lenders[UNITS] = {0}, draws = 1, beyond = 0;
    for (size_t u = 0; u < UNITS; u++) {
        bool any = false;
        for (size_t a = 0; a < t.n_stacks; a++) any |= t.role[a][u] == 1;
        if (!any) continue;
        for (size_t l = 0; l < UNITS; l++)
            if (can_lend(&t, u, l)) lender[n_treated][n_lenders[n_treated]++] = l;
        draws *= n_lenders[n_treated];
        treated[n_treated++] = u;
    }
    assert_int_equal(few.n_treated, n_treated);
    assert_true(few.enumerated);
    assert_int_equal(few.draws, draws);
    double *values = calloc(draws, sizeof *values);
    for (size_t b = 0; b < draws; b++) {
        size_t digits = b;
        for (size_t i = 0; i < n_treated; i++) {
            values[b] += placebo(&t, treated[i], lender[i][digits % n_lenders[i]]);
            digits /= n_lenders[i];
        }
        beyond += fabs(values[b]) >= fabs(t.estimate);
    }
    expect_close(few.p_symmetric, (1 + (double)beyond) / (1 + (double)draws), 1e-12, "p");
    qsort(values, draws, sizeof *values, ascending);
    qsort(few.values, draws, sizeof *few.values, ascending);
    for (size_t b = 0; b < draws; b++) expect_within(few.values[b], values[b], 1e-10, "draw");
    free(values);
    uf_few_treated_clear(&few);
    uf_stacked_clear(&fit);
    free(s);
}

static void draws_follow_the_definition(void **state)
{
    (void)state;
    static const size_t some[UNITS] = {3,        3,        5,        SIZE_MAX, SIZE_MAX, SIZE_MAX,
                                       SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX},
                        /* who start late are controls of the first cohort, and lend to it */
        late[UNITS] = {3, 3, 7, 7, 7, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    for (int by_sample = 0; by_sample < 2; by_sample++) {
        struct uf_stacked_options o = {.before = 3,
                                       .after = 2,
                                       .reference = -1,
                                       .control = UF_STACK_NEVER_TREATED,
                                       .weights = by_sample ? UF_STACK_BY_SAMPLE : UF_STACK_BY_SHARES};
        check(some, &o, (struct twin){.n_stacks = 2, .cohort = {3, 5}});
        o.control = UF_STACK_NOT_YET_TREATED;
        check(late, &o, (struct twin){.n_stacks = 2, .cohort = {3, 7}});
    }
}

/* Nobody is never treated: without residuals of the later cohorts nothing could be lent at all. */
static void later_cohorts_lend(void **state)
{
    (void)state;
    static const size_t first[UNITS] = {3, 3, 8, 8, 8, 8, 8, 8, 8, 8, 8};
    const struct uf_stacked_options o = {
        .before = 3, .after = 2, .reference = -1, .control = UF_STACK_NOT_YET_TREATED};
    check(first, &o, (struct twin){.n_stacks = 1, .cohort = {3}});
}

/* One start, the window all of the data: the event study of did, in every draw and end of interval. */
static void one_cohort_is_did(void **state)
{
    (void)state;
    static const size_t first[UNITS] = {5,        5,        SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX,
                                        SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    const struct uf_stacked_options o = {.before = 5, .after = 4, .reference = -1};
    const struct uf_event_study_options event = {.reference = -1};
    struct sample *s = sample_new(first);
    struct uf_stacked fit;
    struct uf_did_fit plain;
    struct uf_error error;
    bool treated[UNITS] = {true, true};
    assert_ok(uf_stacked_estimate(&s->data, &o, &fit, &error), &error);
    assert_ok(uf_event_study_estimate(&s->data, &event, &plain, &error), &error);
    double c[16] = {0};
    for (size_t j = 0; j < plain.n_leading; j++)
        if (plain.event_time[j] >= 0) c[plain.position[j]] = 0.2;
    gsl_vector *kept = kept_coefficients(&plain);
    gsl_vector_view combination = gsl_vector_view_array(c, plain.fit.rank);
    const struct uf_covariance_input regression = input_of(&plain, s->weights);
    const struct uf_few_treated_input input = {.regression = &regression,
                                               .coefficients = kept,
                                               .combination = &combination.vector,
                                               .n_blocks = UNITS,
                                               .block = s->unit,
                                               .treated = treated,
                                               .n_periods = PERIODS,
                                               .period = s->period,
                                               .size = s->size};
    for (int kind = 0; kind < 2; kind++) {
        const struct uf_few_treated_options options = {.kind = (enum uf_few_treated_kind)kind,
                                                       .draws = 499,
                                                       .seed = 3,
                                                       .keep_values = true,
                                                       .level = 0.9};
        struct uf_few_treated expected, few = test_stack(s, &fit, &options);
        assert_ok(uf_few_treated_test(&input, &options, &expected, &error), &error);
        expect_close(few.estimate, expected.estimate, 1e-10, "estimate");
        expect_close(few.p_symmetric, expected.p_symmetric, 1e-12, "p");
        expect_close(few.conf_low, expected.conf_low, 1e-7, "low");
        expect_close(few.conf_high, expected.conf_high, 1e-7, "high");
        assert_int_equal(few.n_controls, expected.n_controls);
        assert_int_equal(few.draws, expected.draws);
        for (size_t b = 0; b < few.draws; b++)
            expect_within(few.values[b], expected.values[b], 1e-10, "draw");
        uf_few_treated_clear(&few), uf_few_treated_clear(&expected);
    }
    gsl_vector_free(kept);
    uf_did_fit_clear(&plain);
    uf_stacked_clear(&fit);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_follow_the_definition),
        cmocka_unit_test(later_cohorts_lend),
        cmocka_unit_test(one_cohort_is_did),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

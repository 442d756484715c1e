// SPDX-License-Identifier: GPL-3.0-or-later
/* Several numbers of one estimator under one deal of the cohorts: each is what it is alone, from means as from regressions. */
#include "support/bench.h"
#include "support/stacked_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/sun_abraham.h>

enum { UNITS = 14, PERIODS = 9, ROWS = UNITS * PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[ROWS], period[ROWS], first[UNITS];
    double outcome[ROWS], weights[ROWS], treatment[ROWS];
};

/* Two start in 3, three in 5, nine never. */
static struct sample *sample_new(void)
{
    struct sample *s = calloc(1, sizeof *s);
    for (size_t i = 0; i < ROWS; i++) {
        size_t u = s->unit[i] = i / PERIODS, t = s->period[i] = i % PERIODS;
        s->first[u] = u < 2 ? 3 : u < 5 ? 5 : SIZE_MAX;
        s->weights[i] = 2 + bench_noise(5, u);
        s->treatment[i] = s->first[u] <= t;
        s->outcome[i] = bench_noise(1, i) + 3 * bench_noise(2, u) +
                        (s->first[u] <= t ? (double)(t - s->first[u] + u % 3) : 0);
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

static const struct uf_randomisation_options draws = {.most_enumerated = 10, .draws = 25, .seed = 5};

static void expect_same(const struct uf_randomisation *a, const struct uf_randomisation *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        expect_within(a->coefficient[i], b->coefficient[i], 1e-10, "coefficient");
        expect_within(a->t[i], b->t[i], 1e-8, "t");
        expect_within(a->scaled[i], b->scaled[i], 1e-8, "scaled");
        expect_within(a->shift[i], b->shift[i], 1e-10, "shift");
    }
}

struct dealing {
    struct uf_did_assignment assignment;
    struct uf_did_noise noise;
    double weight[ROWS], variance[UNITS];
};

static struct dealing *dealing_new(const struct sample *s)
{
    struct dealing *d = calloc(1, sizeof *d);
    struct uf_error error;
    assert_ok(uf_did_assignment_init(&s->data, &d->assignment, &error), &error);
    for (size_t c = 0; c < ROWS; c++) d->weight[c] = 1.5;
    for (size_t u = 0; u < UNITS; u++) d->variance[u] = 1 + (double)u;
    d->noise.weight = d->weight, d->noise.variance = d->variance;
    return d;
}

static void dealing_free(struct dealing *d)
{
    uf_did_assignment_clear(&d->assignment);
    free(d);
}

/* A cohort is known by its start in a deal: groups that start in 3 and 5, and cells of them. */
enum { CELL_TERMS = 16 };
#define START(first, period) ((long)(first)*PERIODS + (period))
static const struct uf_cell_term cell_terms[CELL_TERMS] = {
    {UF_CELLS_SIMPLE, 0},        {UF_CELLS_MEAN_DYNAMIC, 0},  {UF_CELLS_MEAN_GROUP, 0},
    {UF_CELLS_MEAN_CALENDAR, 0}, {UF_CELLS_DYNAMIC, -3},      {UF_CELLS_DYNAMIC, -1},
    {UF_CELLS_DYNAMIC, 0},       {UF_CELLS_DYNAMIC, 2},       {UF_CELLS_DYNAMIC, 40},
    {UF_CELLS_GROUP, 3},         {UF_CELLS_GROUP, 5},         {UF_CELLS_CALENDAR, 6},
    {UF_CELLS_ONE, START(3, 0)}, {UF_CELLS_ONE, START(3, 2)}, {UF_CELLS_ONE, START(5, 8)},
    {UF_CELLS_ONE, START(5, 1)}};

/* The key that the same term has of a fit. */
static long key_in(const struct uf_sun_abraham *fit, const struct uf_cell_term *term)
{
    const size_t wanted = (size_t)term->key;
    for (size_t g = 0; g < fit->n_cohorts && term->kind == UF_CELLS_GROUP; g++)
        if (fit->cohort[g].first_period == wanted) return (long)g;
    for (size_t c = 0; c < fit->n_cells && term->kind == UF_CELLS_ONE; c++)
        if (fit->cohort[fit->cell[c].cohort].first_period == wanted / PERIODS &&
            fit->cell[c].period == wanted % PERIODS)
            return (long)c;
    return term->key;
}

/* A column of zeros is collinear, which makes every assignment a regression. */
static void averages_of_cells(void **state)
{
    (void)state;
    struct sample *s = sample_new();
    struct dealing *d = dealing_new(s);
    struct uf_randomisation means[CELL_TERMS], regressions[CELL_TERMS], alone;
    struct uf_sun_abraham fit;
    struct uf_error error;
    double c[64];
    assert_ok(uf_sun_abraham_estimate(&s->data, NULL, &fit, &error), &error);
    assert_ok(uf_sun_abraham_randomise_terms(&s->data, NULL, &d->assignment, &d->noise, cell_terms,
                                             CELL_TERMS, &draws, means, &error),
              &error);
    assert_ok(uf_sun_abraham_randomise(&s->data, NULL, &d->assignment, &d->noise, &draws, &alone, &error),
              &error);
    expect_same(&means[0], &alone);
    gsl_matrix *zeros = gsl_matrix_calloc(ROWS, 1);
    s->data.covariates = zeros;
    assert_ok(uf_sun_abraham_randomise_terms(&s->data, NULL, &d->assignment, &d->noise, cell_terms,
                                             CELL_TERMS, &draws, regressions, &error),
              &error);
    for (int k = 0; k < CELL_TERMS; k++) {
        double value = 0;
        expect_same(&means[k], &regressions[k]);
        if (!(uf_sun_abraham_average(&fit, cell_terms[k].kind, key_in(&fit, &cell_terms[k]), c) > 0)) {
            assert_int_equal(means[k].count, 0); /* the reference, and an event time that nobody reaches */
            continue;
        }
        for (size_t j = 0; j < fit.n_cells; j++)
            if (fit.cell[j].place != SIZE_MAX) value += c[fit.cell[j].place] * fit.cell[j].estimate;
        expect_close(means[k].coefficient[0], value, 1e-10, "the actual one");
        expect_close(means[k].shift[0], 1, 1e-10, "an effect of 1 is one of 1");
        assert_true(means[k].count == 26);
        uf_randomisation_clear(&means[k]), uf_randomisation_clear(&regressions[k]);
    }
    gsl_matrix_free(zeros);
    uf_randomisation_clear(&alone);
    uf_sun_abraham_clear(&fit);
    dealing_free(d);
    free(s);
}

/* Means of averages, from the averages that they are of. */
static void means_of_averages(void **state)
{
    (void)state;
    struct sample *s = sample_new();
    struct uf_sun_abraham fit;
    struct uf_error error;
    assert_ok(uf_sun_abraham_estimate(&s->data, NULL, &fit, &error), &error);
    static const enum uf_cell_average kinds[][2] = {{UF_CELLS_MEAN_DYNAMIC, UF_CELLS_DYNAMIC},
                                                    {UF_CELLS_MEAN_GROUP, UF_CELLS_GROUP},
                                                    {UF_CELLS_MEAN_CALENDAR, UF_CELLS_CALENDAR}};
    for (int k = 0; k < 3; k++) {
        double mean[64], one[64], sum[64] = {0}, total = 0;
        assert_true(uf_sun_abraham_average(&fit, kinds[k][0], 0, mean) > 0);
        for (long key = 0; key < PERIODS; key++) {
            if (kinds[k][1] == UF_CELLS_GROUP && key >= (long)fit.n_cohorts) continue;
            if (!(uf_sun_abraham_average(&fit, kinds[k][1], key, one) > 0)) continue;
            double part = kinds[k][1] == UF_CELLS_GROUP ? (double)(key == 0 ? 2 : 3) : 1;
            for (size_t j = 0; j < fit.fit.fit.rank; j++) sum[j] += part * one[j];
            total += part;
        }
        for (size_t j = 0; j < fit.fit.fit.rank; j++) expect_within(mean[j], sum[j] / total, 1e-14, "mean");
    }
    uf_sun_abraham_clear(&fit);
    free(s);
}

static void terms_of_a_stack(void **state)
{
    (void)state;
    for (int by_sample = 0; by_sample < 2; by_sample++) {
        const struct uf_stacked_options o = {.before = 3,
                                             .after = 2,
                                             .reference = -1,
                                             .weights = by_sample ? UF_STACK_BY_SAMPLE : UF_STACK_BY_SHARES};
        struct sample *s = sample_new();
        struct dealing *d = dealing_new(s);
        struct uf_randomisation means[STACKED_TERMS], regressions[STACKED_TERMS];
        struct uf_stacked fit;
        struct uf_stacked_cells cells;
        struct uf_error error;
        assert_ok(uf_stacked_estimate(&s->data, &o, &fit, &error), &error);
        assert_ok(uf_stacked_cells_estimate(&fit, &o, &cells, &error), &error);
        assert_ok(uf_stacked_randomise_terms(&s->data, &o, &d->assignment, &d->noise, stacked_terms,
                                             STACKED_TERMS, &draws, means, &error),
                  &error);
        gsl_matrix *zeros = gsl_matrix_calloc(ROWS, 1);
        s->data.covariates = zeros;
        assert_ok(uf_stacked_randomise_terms(&s->data, &o, &d->assignment, &d->noise, stacked_terms,
                                             STACKED_TERMS, &draws, regressions, &error),
                  &error);
        for (int k = 0; k < STACKED_TERMS; k++) {
            const struct uf_stacked_term *term = &stacked_terms[k];
            expect_same(&means[k], &regressions[k]);
            if (term->event == -1 || term->event == 9 || term->first_period == 4) {
                assert_int_equal(means[k].count, 0);
                continue;
            }
            for (size_t c = 0; c < cells.fit.n_cells && term->cell; c++)
                if (cells.fit.cell[c].cohort == (term->first_period == 5) &&
                    cells.fit.cell[c].event_time == term->event)
                    expect_close(means[k].coefficient[0], cells.fit.cell[c].estimate, 1e-10, "the cell");
            for (size_t j = 0; j < fit.fit.n_leading && !term->average && !term->cell; j++)
                if (fit.fit.event_time[j] == term->event)
                    expect_close(means[k].coefficient[0], gsl_vector_get(fit.fit.fit.coefficients, j), 1e-10,
                                 "the actual one");
            expect_close(means[k].shift[0], 1, 1e-10, "an effect of 1 is one of 1");
            uf_randomisation_clear(&means[k]), uf_randomisation_clear(&regressions[k]);
        }
        gsl_matrix_free(zeros);
        uf_stacked_cells_clear(&cells);
        uf_stacked_clear(&fit);
        dealing_free(d);
        free(s);
    }
}

/* With one cohort and no bins the event study is that of the cells; with two, the actual one is the regression's. */
static void event_study_of_did(void **state)
{
    (void)state;
    enum { EVENTS = 4 };
    static const long events[EVENTS] = {-3, 0, 1, 40};
    const struct uf_event_study_options o = {.reference = -1}, bins = {.reference = -1,
                                                                       .bin_after = true,
                                                                       .after = 1,
                                                                       .bin_before = true,
                                                                       .before = -3};
    struct sample *s = sample_new();
    struct uf_error error;
    for (int cohorts = 1; cohorts <= 2; cohorts++) {
        for (size_t u = 0; u < 5; u++) s->first[u] = u < 2 && cohorts == 2 ? 3 : 5;
        for (size_t i = 0; i < ROWS; i++) s->treatment[i] = s->first[s->unit[i]] <= s->period[i];
        struct dealing *d = dealing_new(s);
        struct uf_randomisation own[EVENTS], cells[EVENTS];
        assert_ok(uf_did_randomise_events(&s->data, cohorts == 1 ? &o : &bins, &d->assignment, &d->noise,
                                          events, EVENTS, &draws, own, &error),
                  &error);
        if (cohorts == 1) {
            struct uf_cell_term terms[EVENTS];
            for (int k = 0; k < EVENTS; k++) terms[k] = (struct uf_cell_term){UF_CELLS_DYNAMIC, events[k]};
            assert_ok(uf_sun_abraham_randomise_terms(&s->data, NULL, &d->assignment, &d->noise, terms, EVENTS,
                                                     &draws, cells, &error),
                      &error);
        }
        struct uf_did_fit fit;
        assert_ok(uf_event_study_estimate(&s->data, cohorts == 1 ? &o : &bins, &fit, &error), &error);
        for (int k = 0; k < EVENTS; k++) {
            if (cohorts == 1) expect_same(&own[k], &cells[k]);
            if (events[k] == 40) {
                assert_int_equal(own[k].count, 0);
                continue;
            }
            for (size_t j = 0; j < fit.n_leading; j++)
                if (fit.event_time[j] == events[k])
                    expect_close(own[k].coefficient[0], gsl_vector_get(fit.fit.coefficients, j), 1e-10,
                                 "actual");
            expect_close(own[k].shift[0], 1, 1e-9, "an effect of 1 is one of 1");
            if (cohorts == 1) uf_randomisation_clear(&cells[k]);
            uf_randomisation_clear(&own[k]);
        }
        uf_did_fit_clear(&fit);
        dealing_free(d);
    }
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_study_of_did),
        cmocka_unit_test(averages_of_cells),
        cmocka_unit_test(means_of_averages),
        cmocka_unit_test(terms_of_a_stack),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

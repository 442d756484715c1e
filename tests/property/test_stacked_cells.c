// SPDX-License-Identifier: GPL-3.0-or-later
/* The differences by cohort and event time behind a stack: by hand, their weights in the average, reasons; and the leads
 * dealt out anew. */
#include "support/bench.h"
#include "support/stacked_sample.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/stacked.h>

enum { UNITS = 16, PERIODS = STACKED_PERIODS };

/* Two start in 3, four in 5, two in 8, eight never. */
static struct stacked_sample *sample_new(bool (*missing)(size_t unit, size_t period))
{
    return stacked_sample_new(UNITS, (const size_t[]){2, 4, 2}, missing);
}

static bool some(size_t unit, size_t period)
{
    return bench_noise(9, unit * PERIODS + period) > 0.75;
}
static bool no_controls_in_6(size_t unit, size_t period)
{
    return period == 6 && unit >= 6;
}
static bool no_treated_in_6(size_t unit, size_t period)
{
    return period == 6 && unit >= 2 && unit < 6;
}

static double average(const struct uf_stacked *fit)
{
    double c[64], sum = 0;
    assert_true(uf_stacked_average(fit, c));
    for (size_t j = 0; j < fit->fit.n_columns; j++)
        if (fit->fit.position[j] != SIZE_MAX)
            sum += c[fit->fit.position[j]] * gsl_vector_get(fit->fit.fit.coefficients, j);
    return sum;
}

static void estimate(const struct stacked_sample *s, const struct uf_stacked_options *o,
                     struct uf_stacked *fit, struct uf_stacked_cells *cells)
{
    struct uf_error error;
    assert_ok(uf_stacked_estimate(&s->data, o, fit, &error), &error);
    assert_ok(uf_stacked_cells_estimate(fit, o, cells, &error), &error);
}

/* Change from the reference to the event: the cohort's mean less that of the never treated. */
static double by_hand(const struct stacked_sample *s, size_t cohort, long event, long reference)
{
    double sum[2][2] = {{0}}, weight[2][2] = {{0}};
    for (size_t i = 0; i < s->data.n; i++) {
        size_t first = s->first[s->unit[i]];
        long e = (long)s->period[i] - (long)cohort;
        if ((first != cohort && first != SIZE_MAX) || (e != event && e != reference)) continue;
        sum[first == cohort][e == event] += s->weights[i] * s->outcome[i];
        weight[first == cohort][e == event] += s->weights[i];
    }
    return sum[1][1] / weight[1][1] - sum[1][0] / weight[1][0] - sum[0][1] / weight[0][1] +
           sum[0][0] / weight[0][0];
}

static void cells_are_differences_of_changes(void **state)
{
    (void)state;
    static const size_t cohorts[] = {3, 5, 8}, treated[] = {2, 4, 2};
    struct stacked_sample *s = sample_new(NULL);
    for (int by_sample = 0; by_sample < 2; by_sample++) {
        const struct uf_stacked_options o = {.before = 3,
                                             .after = 1,
                                             .reference = by_sample ? -2 : -1,
                                             .anticipation = by_sample,
                                             .control = UF_STACK_NEVER_TREATED,
                                             .weights = by_sample ? UF_STACK_BY_SAMPLE : UF_STACK_BY_SHARES};
        struct uf_stacked fit;
        struct uf_stacked_cells cells;
        estimate(s, &o, &fit, &cells);
        assert_int_equal(cells.fit.n_cells, 3 * 5);
        assert_int_equal(cells.fit.n_cohorts, 3);
        for (size_t c = 0; c < 15; c++) {
            const struct uf_cohort_cell *cell = &cells.fit.cell[c];
            assert_int_equal(cell->event_time, (long)(c % 5) - 3);
            assert_int_equal(cell->n_treated, treated[c / 5]);
            assert_int_equal(cell->n_control, 8);
            if (cell->event_time == o.reference) {
                assert_int_equal(cell->reason, UF_CELL_REFERENCE);
                continue;
            }
            expect_within(cell->estimate, by_hand(s, cohorts[c / 5], cell->event_time, o.reference), 1e-11,
                          "cell");
            expect_within(cells.weight[c], cell->event_time >= 0 ? fit.stack[c / 5].weight / 2 : 0, 1e-12,
                          "weight");
            if (cell->event_time < 0) assert_true(cells.weight[c] == 0);
        }
        uf_stacked_cells_clear(&cells);
        uf_stacked_clear(&fit);
    }
    free(s);
}

static double weighted_sum(const struct uf_stacked_cells *cells, double *total)
{
    double sum = 0;
    *total = 0;
    for (size_t c = 0; c < cells->fit.n_cells; c++) {
        if (cells->fit.cell[c].place == SIZE_MAX) continue;
        sum += cells->weight[c] * cells->fit.cell[c].estimate;
        *total += cells->weight[c];
    }
    return sum;
}

/* Gaps, a covariate and weights bend the weights; the sum stays what it is. */
static void weights_add_up_to_the_average(void **state)
{
    (void)state;
    for (int variant = 0; variant < 8; variant++) {
        struct stacked_sample *s = sample_new(variant & 1 ? some : NULL);
        s->covariates = gsl_matrix_view_array(s->covariate, s->data.n, 1);
        if (variant & 2) s->data.covariates = &s->covariates.matrix;
        const struct uf_stacked_options o = {.before = 2,
                                             .after = 1,
                                             .reference = -1,
                                             .control = UF_STACK_NOT_YET_TREATED,
                                             .weights =
                                                 variant & 4 ? UF_STACK_BY_SAMPLE : UF_STACK_BY_SHARES};
        struct uf_stacked fit;
        struct uf_stacked_cells cells;
        double total;
        estimate(s, &o, &fit, &cells);
        assert_int_equal(cells.fit.n_unlinked, 0);
        expect_close(weighted_sum(&cells, &total), average(&fit), 1e-10, "average");
        expect_close(total, 1, 1e-10, "total");
        uf_stacked_cells_clear(&cells);
        uf_stacked_clear(&fit);
        free(s);
    }
}

static void cells_without_estimate_say_why(void **state)
{
    (void)state;
    const struct uf_stacked_options o = {.before = 2, .after = 1, .reference = -1};
    struct uf_stacked fit;
    struct uf_stacked_cells cells;
    size_t found = 0;
    struct stacked_sample *s = sample_new(no_controls_in_6);
    estimate(s, &o, &fit, &cells);
    for (size_t c = 0; c < cells.fit.n_cells; c++) {
        const struct uf_cohort_cell *cell = &cells.fit.cell[c];
        if (cell->cohort != 1 || cell->event_time != 1) continue;
        assert_int_equal(cell->reason, UF_CELL_NO_CONTROL);
        assert_true(isnan(cell->estimate) && cells.weight[c] == 0);
        found++;
    }
    assert_int_equal(found, 1);
    assert_int_equal(cells.fit.n_unlinked, 4);
    uf_stacked_cells_clear(&cells);
    uf_stacked_clear(&fit);
    free(s);
    s = sample_new(no_treated_in_6);
    estimate(s, &o, &fit, &cells);
    assert_int_equal(cells.fit.n_cells, 3 * 4 - 1);
    double total;
    expect_close(weighted_sum(&cells, &total), average(&fit), 1e-10, "average");
    uf_stacked_cells_clear(&cells);
    uf_stacked_clear(&fit);
    free(s);
}

/* A covariate of zeros is dropped, but makes every assignment a regression. */
static void leads_are_dealt_out_anew(void **state)
{
    (void)state;
    for (int variant = 0; variant < 2; variant++) {
        struct stacked_sample *s = sample_new(NULL);
        const struct uf_stacked_options o = {.before = 3,
                                             .after = 1,
                                             .reference = variant ? -2 : -1,
                                             .anticipation = variant,
                                             .weights = variant ? UF_STACK_BY_SAMPLE : UF_STACK_BY_SHARES};
        const struct uf_randomisation_options draws = {.most_enumerated = 10, .draws = 30, .seed = 5};
        struct uf_did_assignment assignment;
        struct uf_randomisation a, b;
        struct uf_stacked fit;
        struct uf_error error;
        double sum = 0, count = 0;
        assert_ok(uf_stacked_estimate(&s->data, &o, &fit, &error), &error);
        for (size_t j = 0; j < fit.fit.n_leading; j++) {
            if (fit.fit.event_time[j] >= -o.anticipation) continue;
            sum += pow(gsl_vector_get(fit.fit.fit.coefficients, j), 2);
            count++;
        }
        assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
        assert_ok(uf_stacked_randomise_leads(&s->data, &o, &assignment, &draws, &a, &error), &error);
        expect_close(a.coefficient[0], sqrt(sum / count), 1e-10, "the actual one");
        gsl_matrix *zeros = gsl_matrix_calloc(s->data.n, 1);
        s->data.covariates = zeros;
        assert_ok(uf_stacked_randomise_leads(&s->data, &o, &assignment, &draws, &b, &error), &error);
        assert_int_equal(a.count, b.count);
        for (size_t i = 0; i < a.count; i++)
            expect_within(a.coefficient[i], b.coefficient[i], 1e-10, "by means");
        expect_close(a.p_coefficient, b.p_coefficient, 1e-12, "p");
        uf_randomisation_clear(&a), uf_randomisation_clear(&b);
        uf_stacked_clear(&fit);
        gsl_matrix_free(zeros);
        uf_did_assignment_clear(&assignment);
        free(s);
    }
    /* the reference is the only period before */
    struct stacked_sample *s = sample_new(NULL);
    const struct uf_stacked_options o = {.before = 1, .after = 1, .reference = -1};
    const struct uf_randomisation_options draws = {.most_enumerated = 10, .draws = 30};
    struct uf_did_assignment assignment;
    struct uf_randomisation r;
    struct uf_error error;
    assert_ok(uf_did_assignment_init(&s->data, &assignment, &error), &error);
    assert_int_equal(uf_stacked_randomise_leads(&s->data, &o, &assignment, &draws, &r, &error),
                     UF_NOT_IDENTIFIED);
    uf_did_assignment_clear(&assignment);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_differences_of_changes),
        cmocka_unit_test(weights_add_up_to_the_average),
        cmocka_unit_test(cells_without_estimate_say_why),
        cmocka_unit_test(leads_are_dealt_out_anew),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

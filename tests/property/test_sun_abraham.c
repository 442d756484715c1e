// SPDX-License-Identifier: GPL-3.0-or-later
/* The interaction-weighted event study: cells by hand, a twin with every dummy, what the data cannot tell, what must not
 * matter, and assignments by means against assignments by regression. */
#include "support/bench.h"
#include "support/did_data.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/callaway_santanna.h>
#include <utfall/sun_abraham.h>

enum { UNITS = 24, PERIODS = 8, CLUSTERS = 8, MOST = 2 * UNITS * PERIODS };

struct sample {
    struct uf_did_data data;
    size_t unit[MOST], period[MOST], first[2 * UNITS], cluster[MOST];
    double outcome[MOST], weights[MOST], treatment[MOST], covariate[MOST];
    gsl_matrix_view covariates;
};

static void point(struct sample *s, size_t n)
{
    s->data = did_data_by_unit(n, UNITS, PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    s->data.weights = s->weights;
    s->data.cluster[0] = s->cluster;
    s->data.n_groups[0] = CLUSTERS;
}

/* Cohorts 4, 5 and 7; `never` false: all are treated sooner or later. Clusters lie across cohorts. */
static struct sample *sample_new(bool never, bool gaps)
{
    static const size_t starts[] = {4, 5, 7, SIZE_MAX};
    struct sample *s = calloc(1, sizeof *s);
    size_t n = 0;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = starts[never ? u % 4 : u % 3];
    for (size_t t = 0; t < PERIODS; t++)
        for (size_t u = 0; u < UNITS; u++) {
            if (gaps && bench_noise(9, u * PERIODS + t) > 0.8) continue;
            s->unit[n] = u, s->period[n] = t, s->cluster[n] = u / 3;
            s->weights[n] = 2 + bench_noise(5, u);
            s->treatment[n] = s->first[u] <= t;
            s->covariate[n] = bench_noise(6, n);
            s->outcome[n] = bench_noise(1, n) + 3 * bench_noise(2, u) + 0.1 * (double)(t * (u % 5)) +
                            (s->first[u] <= t ? 0.5 * (double)(t - s->first[u] + 1) : 0) +
                            0.3 * s->covariate[n];
            n++;
        }
    point(s, n);
    return s;
}

static void use_covariate(struct sample *s)
{
    s->covariates = gsl_matrix_view_array(s->covariate, s->data.n, 1);
    s->data.covariates = &s->covariates.matrix;
}

static struct uf_sun_abraham estimate(const struct sample *s, const struct uf_sun_abraham_options *options)
{
    struct uf_sun_abraham fit;
    struct uf_error error;
    assert_ok(uf_sun_abraham_estimate(&s->data, options, &fit, &error), &error);
    return fit;
}

static double average(const struct uf_sun_abraham *fit, enum uf_cell_average kind, long key)
{
    double *c = malloc((fit->fit.fit.rank + 1) * sizeof *c), sum = 0;
    assert_true(uf_sun_abraham_average(fit, kind, key, c) > 0);
    for (size_t i = 0; i < fit->n_cells; i++)
        if (fit->cell[i].place != SIZE_MAX) sum += c[fit->cell[i].place] * fit->cell[i].estimate;
    free(c);
    return sum;
}

/* --- cells ----------------------------------------------------------------------------------------- */

static double change(const struct sample *s, size_t first, size_t period, size_t reference)
{
    double sum[2] = {0}, weight[2] = {0};
    for (size_t i = 0; i < s->data.n; i++) {
        if (s->first[s->unit[i]] != first) continue;
        if (s->period[i] != period && s->period[i] != reference) continue;
        size_t side = s->period[i] == period;
        sum[side] += s->weights[i] * s->outcome[i], weight[side] += s->weights[i];
    }
    return period == reference ? 0 : sum[1] / weight[1] - sum[0] / weight[0];
}

static void cells_are_differences_of_mean_changes(void **state)
{
    (void)state;
    const struct uf_sun_abraham_options all[] = {
        {.reference = -1}, {.reference = -3}, {.reference = -2, .anticipation = 1}};
    for (int o = 0; o < 3; o++) {
        struct sample *s = sample_new(true, false);
        struct uf_sun_abraham fit = estimate(s, &all[o]);
        double sum = 0, weight = 0;
        assert_int_equal(fit.n_cells, 3 * PERIODS);
        for (size_t c = 0; c < fit.n_cells; c++) {
            const struct uf_cohort_cell *cell = &fit.cell[c];
            const size_t first = fit.cohort[cell->cohort].first_period,
                         reference = (size_t)((long)first + all[o].reference);
            expect_within(cell->estimate,
                          change(s, first, cell->period, reference) -
                              change(s, SIZE_MAX, cell->period, reference),
                          1e-11, "cell");
            assert_int_equal(cell->n_treated, UNITS / 4);
            assert_int_equal(cell->n_control, UNITS / 4);
            if (cell->event_time < 0) continue;
            sum += cell->weight * cell->estimate, weight += cell->weight;
        }
        expect_close(average(&fit, UF_CELLS_SIMPLE, 0), sum / weight, 1e-12, "simple");
        uf_sun_abraham_clear(&fit);
        free(s);
    }
}

static void equals_callaway_and_santanna(void **state)
{
    (void)state;
    struct sample *s = sample_new(true, false);
    const struct uf_group_time_options options = {.base = UF_BASE_UNIVERSAL};
    struct uf_sun_abraham fit = estimate(s, NULL);
    struct uf_group_time g;
    struct uf_average a;
    struct uf_error error;
    s->data.n_cluster_dimensions = 0;
    assert_ok(uf_group_time_estimate(&s->data, &options, &g, &error), &error);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_DYNAMIC, NULL, &a, &error), &error);
    for (size_t t = 0; t < a.n_terms; t++)
        if (a.terms[t].key != -1)
            expect_within(average(&fit, UF_CELLS_DYNAMIC, a.terms[t].key), a.terms[t].estimate, 1e-11,
                          "by event time");
    uf_average_clear(&a);
    assert_ok(uf_group_time_average(&g, UF_AVERAGE_SIMPLE, NULL, &a, &error), &error);
    expect_close(average(&fit, UF_CELLS_SIMPLE, 0), a.estimate, 1e-10, "simple");
    uf_average_clear(&a);
    uf_group_time_clear(&g);
    uf_sun_abraham_clear(&fit);
    free(s);
}

/* With nobody never treated, the last cohort is the control and its own periods are gone. */
static void the_last_cohort_is_the_control(void **state)
{
    (void)state;
    struct sample *s = sample_new(false, false);
    struct uf_sun_abraham fit = estimate(s, NULL);
    assert_int_equal(fit.control_first, 7);
    assert_int_equal(fit.n_cohorts, 2);
    assert_int_equal(fit.n_late, UNITS);
    assert_int_equal(fit.data.n, UNITS * (PERIODS - 1));
    for (size_t c = 0; c < fit.n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit.cell[c];
        const size_t first = fit.cohort[cell->cohort].first_period;
        assert_true(cell->period < 7);
        expect_within(cell->estimate,
                      change(s, first, cell->period, first - 1) - change(s, 7, cell->period, first - 1),
                      1e-11, "cell");
    }
    uf_sun_abraham_clear(&fit);
    /* with anticipation they stop being a control earlier */
    const struct uf_sun_abraham_options early = {.reference = -2, .anticipation = 1};
    fit = estimate(s, &early);
    assert_int_equal(fit.n_late, 2 * UNITS);
    uf_sun_abraham_clear(&fit);
    /* one cohort alone has nobody to be compared with */
    struct uf_error error;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = 4;
    assert_int_equal(uf_sun_abraham_estimate(&s->data, NULL, &fit, &error), UF_NOT_IDENTIFIED);
    for (size_t u = 0; u < UNITS; u++) s->first[u] = SIZE_MAX;
    assert_int_equal(uf_sun_abraham_estimate(&s->data, NULL, &fit, &error), UF_NOT_IDENTIFIED);
    const struct uf_sun_abraham_options wrong = {.reference = 0};
    assert_int_equal(uf_sun_abraham_estimate(&s->data, &wrong, &fit, &error), UF_BAD_USAGE);
    free(s);
}

/* --- the twin: every dummy a column ----------------------------------------------------------------- */

static void twin(const struct sample *s, const struct uf_sun_abraham *fit, bool covariate)
{
    const size_t n = s->data.n, k = UNITS + PERIODS - 1 + fit->n_cells + 1;
    gsl_matrix *x = gsl_matrix_calloc(n, k);
    gsl_vector *y = gsl_vector_alloc(n);
    struct uf_least_squares ls;
    struct uf_error error;
    for (size_t i = 0; i < n; i++) {
        gsl_vector_set(y, i, s->outcome[i]);
        gsl_matrix_set(x, i, s->unit[i], 1);
        if (s->period[i] > 0) gsl_matrix_set(x, i, UNITS + s->period[i] - 1, 1);
        for (size_t c = 0; c < fit->n_cells; c++)
            if (fit->cell[c].reason == UF_CELL_ESTIMATED && fit->cell[c].period == s->period[i] &&
                fit->cohort[fit->cell[c].cohort].first_period == s->first[s->unit[i]])
                gsl_matrix_set(x, i, UNITS + PERIODS - 1 + c, 1);
        if (covariate) gsl_matrix_set(x, i, k - 1, s->covariate[i]);
    }
    const gsl_vector_const_view weights = gsl_vector_const_view_array(s->weights, n);
    assert_ok(uf_least_squares_fit(x, y, &weights.vector, NULL, &ls, &error), &error);
    for (size_t c = 0; c < fit->n_cells; c++)
        if (fit->cell[c].reason == UF_CELL_ESTIMATED)
            expect_within(fit->cell[c].estimate, gsl_vector_get(ls.coefficients, UNITS + PERIODS - 1 + c),
                          1e-9, "twin");
    uf_least_squares_clear(&ls);
    gsl_matrix_free(x), gsl_vector_free(y);
}

static void equals_the_regression_with_all_dummies(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct sample *s = sample_new(true, variant & 1);
        if (variant & 2) use_covariate(s);
        struct uf_sun_abraham fit = estimate(s, NULL);
        assert_int_equal(fit.data.n, s->data.n);
        twin(s, &fit, variant & 2);
        uf_sun_abraham_clear(&fit);
        free(s);
    }
}

/* Of many rows only sums are kept: cells, references and averages are the same. */
static void equals_the_regression_from_sums(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct sample *s = sample_new(!(variant & 2), variant & 1);
        use_covariate(s);
        struct uf_sun_abraham rows = estimate(s, NULL);
        s->data.summed_from = 1;
        struct uf_sun_abraham sums = estimate(s, NULL);
        struct uf_error error;
        double v[MOST], c[64];
        assert_non_null(sums.fit.summed);
        assert_null(rows.fit.summed);
        assert_int_equal(rows.n_cells, sums.n_cells);
        for (size_t i = 0; i < rows.n_cells; i++) {
            assert_int_equal(rows.cell[i].reason, sums.cell[i].reason);
            assert_int_equal(rows.cell[i].place, sums.cell[i].place);
            expect_within(sums.cell[i].estimate, rows.cell[i].estimate, 1e-9, "cell");
        }
        expect_close(average(&sums, UF_CELLS_SIMPLE, 0), average(&rows, UF_CELLS_SIMPLE, 0), 1e-9, "simple");
        uf_sun_abraham_average(&sums, UF_CELLS_SIMPLE, 0, c);
        assert_int_equal(uf_sun_abraham_weights(&sums, c, v, &error), UF_INTERNAL);
        uf_sun_abraham_clear(&rows), uf_sun_abraham_clear(&sums);
        free(s);
    }
}

/* θ = Σ v y, and v of the treated from the start on adds up to 1. */
static void an_average_is_linear_in_the_outcomes(void **state)
{
    (void)state;
    struct sample *s = sample_new(true, true);
    use_covariate(s);
    struct uf_sun_abraham fit = estimate(s, NULL);
    struct uf_error error;
    double *c = malloc(fit.fit.fit.rank * sizeof *c), *v = malloc(fit.data.n * sizeof *v), sum = 0,
           effect = 0;
    uf_sun_abraham_average(&fit, UF_CELLS_SIMPLE, 0, c);
    assert_ok(uf_sun_abraham_weights(&fit, c, v, &error), &error);
    for (size_t i = 0; i < fit.data.n; i++) {
        sum += v[i] * fit.data.outcome[i];
        effect += v[i] * (fit.data.period[i] >= s->first[fit.data.unit[i]] ? 1 : 0);
    }
    expect_close(sum, average(&fit, UF_CELLS_SIMPLE, 0), 1e-10, "by outcomes");
    expect_close(effect, 1, 1e-10, "weights of the treated");
    free(c), free(v);
    uf_sun_abraham_clear(&fit);
    free(s);
}

/* --- what the data cannot tell ----------------------------------------------------------------------- */

/* Drops rows by a rule. */
static void drop(struct sample *s, bool (*gone)(const struct sample *, size_t))
{
    size_t n = 0;
    for (size_t i = 0; i < s->data.n; i++) {
        if (gone(s, i)) continue;
        s->unit[n] = s->unit[i], s->period[n] = s->period[i], s->cluster[n] = s->cluster[i];
        s->outcome[n] = s->outcome[i], s->weights[n] = s->weights[i], s->treatment[n++] = s->treatment[i];
    }
    point(s, n);
}
static bool controls_in_six(const struct sample *s, size_t i)
{
    return s->first[s->unit[i]] == SIZE_MAX && s->period[i] == 6;
}
static bool reference_of_five(const struct sample *s, size_t i)
{
    return s->first[s->unit[i]] == 5 && s->period[i] == 4;
}
static bool before_of_four(const struct sample *s, size_t i)
{
    return s->first[s->unit[i]] == 4 && s->period[i] < 4;
}
/* Cohort 7 has other units before its start than from it on. */
static bool other_units(const struct sample *s, size_t i)
{
    return s->first[s->unit[i]] == 7 && (s->unit[i] < UNITS / 2) == (s->period[i] < 7);
}

static const struct uf_cohort_cell *cell_of(const struct uf_sun_abraham *fit, size_t first, size_t period)
{
    for (size_t c = 0; c < fit->n_cells; c++)
        if (fit->cohort[fit->cell[c].cohort].first_period == first && fit->cell[c].period == period)
            return &fit->cell[c];
    fail_msg("no cell");
    return NULL;
}

static void what_cannot_be_told_has_a_reason(void **state)
{
    (void)state;
    struct sample *s = sample_new(true, false);
    struct uf_sun_abraham whole = estimate(s, NULL);
    drop(s, controls_in_six);
    struct uf_sun_abraham fit = estimate(s, NULL);
    for (size_t c = 0; c < fit.n_cells; c++) {
        const struct uf_cohort_cell *cell = &fit.cell[c];
        const bool six = cell->period == 6, base = fit.cohort[cell->cohort].reference == 6,
                   itself = base && six;
        const enum uf_cell_reason expected = itself ? UF_CELL_REFERENCE
                                             : six  ? UF_CELL_NO_CONTROL
                                             : base ? UF_CELL_NO_LINK
                                                    : whole.cell[c].reason;
        assert_int_equal(cell->reason, expected);
        if (expected == UF_CELL_ESTIMATED)
            expect_within(cell->estimate, whole.cell[c].estimate, 1e-10, "the others stay as they were");
        if (expected != UF_CELL_ESTIMATED && expected != UF_CELL_REFERENCE)
            assert_true(isnan(cell->estimate));
    }
    assert_true(fit.n_unlinked > 0);
    assert_int_equal(fit.data.n + fit.n_unlinked, s->data.n);
    uf_sun_abraham_clear(&fit);
    uf_sun_abraham_clear(&whole);
    free(s);
    s = sample_new(true, false);
    drop(s, reference_of_five);
    fit = estimate(s, NULL);
    assert_int_equal(fit.cohort[1].reference, 3);
    assert_true(fit.cohort[1].moved && !fit.cohort[0].moved);
    expect_within(cell_of(&fit, 5, 6)->estimate, change(s, 5, 6, 3) - change(s, SIZE_MAX, 6, 3), 1e-11,
                  "moved reference");
    uf_sun_abraham_clear(&fit);
    free(s);
    s = sample_new(true, false);
    drop(s, before_of_four);
    fit = estimate(s, NULL);
    assert_int_equal(fit.n_always, UNITS / 4);
    assert_int_equal(fit.n_units, UNITS / 2);
    assert_int_equal(fit.cohort[0].reference, SIZE_MAX);
    expect_within(cell_of(&fit, 5, 6)->estimate, change(s, 5, 6, 4) - change(s, SIZE_MAX, 6, 4), 1e-11,
                  "the others");
    uf_sun_abraham_clear(&fit);
    free(s);
    s = sample_new(true, false);
    drop(s, other_units);
    fit = estimate(s, NULL);
    assert_int_equal(cell_of(&fit, 7, 7)->reason, UF_CELL_NO_UNIT);
    assert_int_equal(cell_of(&fit, 7, 5)->reason, UF_CELL_ESTIMATED);
    uf_sun_abraham_clear(&fit);
    free(s);
}

/* --- what must not matter ------------------------------------------------------------------------------ */

static void weights_are_copies(void **state)
{
    (void)state;
    struct sample *s = sample_new(true, true);
    size_t n = s->data.n;
    for (size_t i = 0; i < n; i++) s->weights[i] = 1;
    for (size_t i = 0; i < n / 3; i++) s->weights[i] = 2;
    struct uf_sun_abraham heavy = estimate(s, NULL);
    for (size_t i = 0; i < n / 3; i++) {
        size_t j = n + i;
        s->weights[i] = s->weights[j] = 1;
        s->unit[j] = s->unit[i], s->period[j] = s->period[i], s->cluster[j] = s->cluster[i];
        s->outcome[j] = s->outcome[i];
    }
    point(s, n + n / 3);
    struct uf_sun_abraham twice = estimate(s, NULL);
    expect_close(average(&twice, UF_CELLS_SIMPLE, 0), average(&heavy, UF_CELLS_SIMPLE, 0), 1e-10, "copies");
    uf_sun_abraham_clear(&heavy), uf_sun_abraham_clear(&twice);
    free(s);
}

static void order_scale_and_level_do_not_matter(void **state)
{
    (void)state;
    struct sample *s = sample_new(true, true), *t = sample_new(true, true);
    size_t n = s->data.n;
    for (size_t i = 0; i < n; i++) {
        size_t j = n - 1 - i;
        t->unit[i] = s->unit[j], t->period[i] = s->period[j], t->cluster[i] = s->cluster[j];
        t->weights[i] = 5 * s->weights[j];
        t->outcome[i] = 1000 + 3 * s->outcome[j] + (double)s->unit[j] - 2 * (double)s->period[j];
    }
    struct uf_sun_abraham a = estimate(s, NULL), b = estimate(t, NULL);
    for (long e = -4; e <= 3; e++)
        if (e != -1)
            expect_within(average(&b, UF_CELLS_DYNAMIC, e), 3 * average(&a, UF_CELLS_DYNAMIC, e), 1e-9,
                          "event time");
    uf_sun_abraham_clear(&a), uf_sun_abraham_clear(&b);
    free(s), free(t);
}

/* What the power of the leads' test goes by. */
static void a_line_shows_as_periods_since_the_reference(void **state)
{
    (void)state;
    struct sample *s = sample_new(true, true);
    use_covariate(s);
    struct uf_sun_abraham flat = estimate(s, NULL);
    for (size_t i = 0; i < s->data.n; i++)
        if (s->first[s->unit[i]] != SIZE_MAX)
            s->outcome[i] += 0.3 * ((double)s->period[i] - (double)s->first[s->unit[i]]);
    struct uf_sun_abraham line = estimate(s, NULL);
    for (size_t c = 0; c < flat.n_cells; c++) {
        const struct uf_cohort_cell *cell = &flat.cell[c];
        double steps = (double)cell->period - (double)flat.cohort[cell->cohort].reference;
        if (cell->place != SIZE_MAX)
            expect_within(line.cell[c].estimate - cell->estimate, 0.3 * steps, 1e-10, "line");
    }
    uf_sun_abraham_clear(&flat), uf_sun_abraham_clear(&line);
    free(s);
}

/* --- randomisation ------------------------------------------------------------------------------------- */

/* A covariate that is there twice is dropped once, but makes every assignment a regression; so does one of zeros. */
static void means_and_regressions_agree(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct sample *s = sample_new(variant & 1, false);
        const bool covariate = variant & 2;
        if (covariate) use_covariate(s);
        struct uf_error error;
        struct uf_sun_abraham fit = estimate(s, NULL);
        struct uf_did_data data = fit.data;
        struct uf_did_assignment assignment;
        struct uf_did_noise noise;
        struct uf_randomisation a, b, leads_a, leads_b;
        const struct uf_randomisation_options options = {.most_enumerated = 10, .draws = 40, .seed = 3};
        assert_ok(uf_did_assignment_init(&data, &assignment, &error), &error);
        assert_ok(uf_did_noise_init(&data, &assignment, &noise, &error), &error);
        assert_true(uf_sun_abraham_by_means(&data));
        assert_ok(uf_sun_abraham_randomise(&data, NULL, &assignment, &noise, &options, &a, &error), &error);
        assert_ok(uf_sun_abraham_randomise_leads(&data, NULL, &assignment, &options, &leads_a, &error),
                  &error);
        gsl_matrix *zeros = gsl_matrix_calloc(data.n, 2);
        for (size_t i = 0; covariate && i < data.n; i++)
            for (size_t j = 0; j < 2; j++)
                gsl_matrix_set(zeros, i, j, gsl_matrix_get(fit.data.covariates, i, 0));
        data.covariates = zeros;
        assert_ok(uf_sun_abraham_randomise(&data, NULL, &assignment, &noise, &options, &b, &error), &error);
        assert_ok(uf_sun_abraham_randomise_leads(&data, NULL, &assignment, &options, &leads_b, &error),
                  &error);
        assert_int_equal(a.count, b.count);
        expect_close(a.coefficient[0], average(&fit, UF_CELLS_SIMPLE, 0), 1e-10, "the actual one");
        expect_close(a.shift[0], 1, 1e-10, "shift of the actual one");
        for (size_t i = 0; i < a.count; i++) {
            expect_within(a.coefficient[i], b.coefficient[i], 1e-10, "coefficient");
            expect_within(a.t[i], b.t[i], 1e-8, "t");
            expect_within(a.scaled[i], b.scaled[i], 1e-8, "scaled");
            expect_within(a.shift[i], b.shift[i], 1e-10, "shift");
            expect_within(leads_a.coefficient[i], leads_b.coefficient[i], 1e-10, "leads");
        }
        expect_close(a.p_scaled, b.p_scaled, 0, "p");
        uf_randomisation_clear(&a), uf_randomisation_clear(&b);
        uf_randomisation_clear(&leads_a), uf_randomisation_clear(&leads_b);
        gsl_matrix_free(zeros);
        uf_did_noise_clear(&noise);
        uf_did_assignment_clear(&assignment);
        uf_sun_abraham_clear(&fit);
        free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_differences_of_mean_changes),
        cmocka_unit_test(equals_callaway_and_santanna),
        cmocka_unit_test(the_last_cohort_is_the_control),
        cmocka_unit_test(equals_the_regression_with_all_dummies),
        cmocka_unit_test(equals_the_regression_from_sums),
        cmocka_unit_test(an_average_is_linear_in_the_outcomes),
        cmocka_unit_test(what_cannot_be_told_has_a_reason),
        cmocka_unit_test(weights_are_copies),
        cmocka_unit_test(order_scale_and_level_do_not_matter),
        cmocka_unit_test(a_line_shows_as_periods_since_the_reference),
        cmocka_unit_test(means_and_regressions_agree),
    };
    gsl_set_error_handler_off();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Conley–Taber and Ferman–Pinto against twins that follow the papers' formulas on region means, their level by a
 * small simulation, and what they refuse. */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/few_treated.h>
#include <utfall/random.h>

enum { BLOCKS = 12, PERIODS = 7, START = 4, MOST_BLOCKS = 26, MOST = MOST_BLOCKS * PERIODS };

struct design {
    size_t n, n_blocks, block[MOST], period[MOST], first[MOST_BLOCKS];
    bool treated[MOST_BLOCKS];
    double y[MOST], size[MOST_BLOCKS];
};

static double normal(struct uf_random *random)
{
    double u = 1 - uf_random_uniform(random), v = uf_random_uniform(random);
    return sqrt(-2 * log(u)) * cos(2 * 3.141592653589793 * v);
}

/* The first n_treated blocks are treated from START (or from START + 1, every other, where staggered). The
 * variance of the errors is a + b/size. */
static struct design design_draw(uint64_t seed, size_t n_blocks, size_t n_treated, bool staggered,
                                 double effect, double a, double b)
{
    struct design d = {.n_blocks = n_blocks};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 9);
    for (size_t u = 0; u < n_blocks; u++) {
        d.treated[u] = u < n_treated;
        d.first[u] = d.treated[u] ? START + (staggered ? u % 2 : 0) : PERIODS;
        d.size[u] = 1 + (double)(u * u) / 4;
        double level = normal(&random), root = sqrt(a + b / d.size[u]);
        for (size_t t = 0; t < PERIODS; t++) {
            size_t i = d.n++;
            d.block[i] = u, d.period[i] = t;
            d.y[i] = level + 0.1 * (double)t + root * normal(&random) + (t >= d.first[u] ? effect : 0);
        }
    }
    return d;
}

static struct regression regress(const struct design *d)
{
    gsl_matrix *x = gsl_matrix_alloc(d->n, 1);
    gsl_vector *y = gsl_vector_alloc(d->n);
    for (size_t i = 0; i < d->n; i++) {
        gsl_matrix_set(x, i, 0, d->period[i] >= d->first[d->block[i]]);
        gsl_vector_set(y, i, d->y[i]);
    }
    return regression_fit(x, y, NULL, 2, (const size_t *const[]){d->block, d->period},
                          (const size_t[]){d->n_blocks, PERIODS});
}

static uf_status test(const struct design *d, const struct regression *r, double null_value,
                      const struct uf_few_treated_options *options, struct uf_few_treated *out,
                      struct uf_error *error)
{
    const struct uf_covariance_input regression = {
        .x = r->x, .residuals = r->fit.residuals, .inverse = r->fit.inverse, .absorber = r->absorber};
    double one = 1;
    gsl_vector_const_view c = gsl_vector_const_view_array(&one, 1);
    const struct uf_few_treated_input input = {
        &regression, r->fit.coefficients, &c.vector, null_value, d->n_blocks, d->block, d->treated,
        PERIODS,     d->period,           d->size,   NULL};
    return uf_few_treated_test(&input, options, out, error);
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void expect_same_values(double *actual, double *expected, size_t count, const char *what)
{
    qsort(actual, count, sizeof *actual, ascending);
    qsort(expected, count, sizeof *expected, ascending);
    for (size_t b = 0; b < count; b++) expect_within(actual[b], expected[b], 1e-10, what);
}

/* A block's mean after less its mean before. */
static double change(const struct design *d, size_t block, double null_value)
{
    double after = 0, before = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (d->block[i] != block) continue;
        bool on = d->period[i] >= START;
        *(on ? &after : &before) += d->y[i] - (on && d->treated[block] ? null_value : 0);
    }
    return after / (PERIODS - START) - before / START;
}

/* Conley & Taber with one cohort: means of the controls' changes about their mean, for each pair of controls. */
static void conley_taber_by_changes(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_few_treated few;
    const struct uf_few_treated_options options = {.keep_values = true, .level = 0.9};
    for (size_t n_treated = 1; n_treated <= 2; n_treated++) {
        struct design d = design_draw(3, BLOCKS, n_treated, false, 0.8, 1, 0);
        struct regression r = regress(&d);
        assert_ok(test(&d, &r, 0, &options, &few, &error), &error);
        size_t controls = BLOCKS - n_treated, count = n_treated == 1 ? controls : controls * controls;
        double w[BLOCKS], mean = 0, estimate = 0, *values = malloc(count * sizeof *values);
        for (size_t l = 0; l < controls; l++) mean += change(&d, n_treated + l, 0) / (double)controls;
        for (size_t l = 0; l < controls; l++) w[l] = change(&d, n_treated + l, 0) - mean;
        for (size_t j = 0; j < n_treated; j++) estimate += (change(&d, j, 0) - mean) / (double)n_treated;
        size_t beyond = 0;
        for (size_t b = 0; b < count; b++) {
            values[b] = n_treated == 1 ? w[b] : (w[b % controls] + w[b / controls]) / 2;
            beyond += fabs(values[b]) >= fabs(estimate);
        }
        expect_close(few.estimate, estimate, 1e-10, "difference of mean differences");
        assert_true(few.enumerated);
        assert_int_equal(few.draws, count);
        assert_int_equal(few.n_controls, controls);
        expect_close(few.p_symmetric, (1 + (double)beyond) / (1 + (double)count), 1e-12, "p");
        expect_close(few.least_p, 1 / (1 + (double)count), 1e-12, "least p");
        /* the interval: the estimate less and plus the value that a tenth of them, itself counted, exceed */
        for (size_t b = 0; b < count; b++) values[b] = fabs(values[b]);
        qsort(values, count, sizeof *values, ascending);
        size_t place = (size_t)floor(0.1 * (1 + (double)count) + 1e-9);
        expect_close(few.conf_high - estimate, values[count - place], 1e-8, "interval");
        expect_close(estimate - few.conf_low, values[count - place], 1e-8, "interval");
        for (size_t b = 0; b < count; b++)
            values[b] = n_treated == 1 ? w[b] : (w[b % controls] + w[b / controls]) / 2;
        expect_same_values(few.values, values, count, "values");
        free(values);
        uf_few_treated_clear(&few);
        regression_clear(&r);
    }
}

/* Two cohorts: weights and residuals from a regression with a column for every dummy. */
static void conley_taber_by_dummies(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_few_treated few;
    struct design d = design_draw(5, 8, 2, true, 0.5, 1, 0);
    struct regression r = regress(&d);
    const struct uf_few_treated_options options = {.keep_values = true};
    assert_ok(test(&d, &r, 0, &options, &few, &error), &error);
    gsl_matrix *dummies = gsl_matrix_calloc(d.n, 9 + PERIODS);
    gsl_vector *y = gsl_vector_alloc(d.n), *treatment = gsl_vector_alloc(d.n);
    for (size_t i = 0; i < d.n; i++) {
        gsl_matrix_set(dummies, i, d.block[i], 1);
        gsl_matrix_set(dummies, i, 8 + d.period[i], 1);
        gsl_vector_set(treatment, i, d.period[i] >= d.first[d.block[i]]);
        gsl_vector_set(y, i, d.y[i]);
    }
    struct uf_least_squares weight, outcome;
    assert_ok(uf_least_squares_fit(dummies, treatment, NULL, NULL, &weight, &error), &error);
    gsl_matrix_set_col(dummies, 8 + PERIODS, treatment);
    assert_ok(uf_least_squares_fit(dummies, y, NULL, NULL, &outcome, &error), &error);
    double values[36] = {0};
    for (size_t b = 0; b < 36; b++)
        for (size_t t = 0; t < PERIODS; t++)
            values[b] += (gsl_vector_get(weight.residuals, t) *
                              gsl_vector_get(outcome.residuals, (2 + b % 6) * PERIODS + t) +
                          gsl_vector_get(weight.residuals, PERIODS + t) *
                              gsl_vector_get(outcome.residuals, (2 + b / 6) * PERIODS + t)) /
                         weight.rss;
    assert_int_equal(few.draws, 36);
    expect_same_values(few.values, values, 36, "two cohorts");
    uf_least_squares_clear(&weight), uf_least_squares_clear(&outcome);
    gsl_matrix_free(dummies), gsl_vector_free(y), gsl_vector_free(treatment);
    uf_few_treated_clear(&few);
    regression_clear(&r);
}

/* Ferman & Pinto step by step, from changes of the outcome with the null imposed. */
static void check_ferman_pinto(uint64_t seed, double a, double b, enum uf_few_treated_model model)
{
    enum { DRAWS = 200, TREATED = 2 };
    struct uf_error error;
    struct uf_few_treated few;
    const double null_value = 0.3;
    const struct uf_few_treated_options options = {
        .kind = UF_FERMAN_PINTO, .draws = DRAWS, .seed = 8, .keep_values = true, .no_interval = true};
    struct design d = design_draw(seed, BLOCKS, TREATED, false, 0.8, a, b);
    struct regression r = regress(&d);
    assert_ok(test(&d, &r, null_value, &options, &few, &error), &error);
    double w[BLOCKS], mean = 0, variance[BLOCKS], values[DRAWS], delta = 0;
    for (size_t l = 0; l < BLOCKS; l++) mean += change(&d, l, null_value) / BLOCKS;
    for (size_t l = 0; l < BLOCKS; l++) {
        w[l] = change(&d, l, null_value) - mean;
        delta += d.treated[l] ? w[l] / TREATED : -w[l] / (BLOCKS - TREATED);
    }
    gsl_matrix *x = gsl_matrix_alloc(BLOCKS, 2);
    gsl_vector *square = gsl_vector_alloc(BLOCKS);
    for (size_t l = 0; l < BLOCKS; l++) {
        gsl_matrix_set(x, l, 0, 1);
        gsl_matrix_set(x, l, 1, 1 / d.size[l]);
        gsl_vector_set(square, l, w[l] * w[l]);
    }
    struct uf_least_squares fit;
    assert_ok(uf_least_squares_fit(x, square, NULL, NULL, &fit, &error), &error);
    double constant = gsl_vector_get(fit.coefficients, 0), slope = gsl_vector_get(fit.coefficients, 1);
    assert_int_equal(few.model, model);
    if (slope < 0) { /* the mean of the squares */
        slope = constant = 0;
        for (size_t l = 0; l < BLOCKS; l++) constant += w[l] * w[l] / BLOCKS;
    } else if (constant < 0) { /* through the origin */
        double up = 0, down = 0;
        for (size_t l = 0; l < BLOCKS; l++) up += w[l] * w[l] / d.size[l], down += pow(d.size[l], -2);
        constant = 0, slope = up / down;
    }
    expect_close(few.constant, constant, 1e-8, "A");
    expect_close(few.slope, slope, 1e-8, "B");
    expect_close(few.estimate - null_value, delta, 1e-9, "estimate");
    size_t beyond = 0;
    for (size_t l = 0; l < BLOCKS; l++) variance[l] = constant + slope / d.size[l];
    for (size_t draw = 0; draw < DRAWS; draw++) {
        struct uf_random random;
        uf_random_init(&random, 8, UF_PURPOSE_PLACEBO, draw);
        values[draw] = 0;
        for (size_t j = 0; j < BLOCKS; j++) {
            size_t l = uf_random_below(&random, BLOCKS);
            double sign = uf_random_u32(&random) & 1 ? -1 : 1,
                   given = sign * w[l] * sqrt(variance[j] / variance[l]);
            values[draw] += d.treated[j] ? given / TREATED : -given / (BLOCKS - TREATED);
        }
        beyond += fabs(values[draw]) >= fabs(delta);
    }
    expect_close(few.p_symmetric, (1 + (double)beyond) / (1 + DRAWS), 1e-12, "p");
    expect_same_values(few.values, values, DRAWS, "values");
    uf_least_squares_clear(&fit);
    gsl_matrix_free(x), gsl_vector_free(square);
    uf_few_treated_clear(&few);
    regression_clear(&r);
}

static void ferman_pinto_by_changes(void **state)
{
    (void)state;
    check_ferman_pinto(1, 1, 3, UF_FEW_TREATED_BOTH);
    check_ferman_pinto(8, 0, 3, UF_FEW_TREATED_NO_CONSTANT);
    check_ferman_pinto(5, 1, -0.9, UF_FEW_TREATED_NO_SLOPE);
}

static void intervals_are_tests_inverted(void **state)
{
    (void)state;
    struct uf_error error;
    struct design d = design_draw(6, 24, 3, false, 0.5, 1, 1);
    struct regression r = regress(&d);
    for (int c = 0; c < 4; c++) {
        struct uf_few_treated few, inside, outside;
        struct uf_few_treated_options options = {
            .kind = c & 1 ? UF_FERMAN_PINTO : UF_CONLEY_TABER, .equal_tailed = c & 2, .draws = 499};
        assert_ok(test(&d, &r, 0, &options, &few, &error), &error);
        options.no_interval = true;
        for (int side = -1; side <= 1; side += 2) {
            double end = side < 0 ? few.conf_low : few.conf_high;
            assert_true(side * (end - few.estimate) > 0 && isfinite(end));
            assert_ok(test(&d, &r, end - 1e-7 * side, &options, &inside, &error), &error);
            assert_ok(test(&d, &r, end + 1e-7 * side, &options, &outside, &error), &error);
            assert_true((c & 2 ? inside.p_equal_tailed : inside.p_symmetric) > 0.05);
            assert_true((c & 2 ? outside.p_equal_tailed : outside.p_symmetric) <= 0.05);
        }
    }
    regression_clear(&r);
}

/* Regions of several weighted units, one of which lacks a period: an observation split into two of half its weight
 * changes nothing, nor do the order of rows and the outcome's unit. */
static void rows_units_and_gaps(void **state)
{
    (void)state;
    struct uf_error error;
    enum { REGIONS = 9, UNITS = 2 * REGIONS, ROWS = 2 * UNITS * PERIODS };
    size_t region[2][ROWS], unit[2][ROWS], period[2][ROWS], n[2] = {0, 0};
    double y[2][ROWS], weight[2][ROWS], x[2][ROWS];
    struct uf_random random;
    uf_random_init(&random, 4, UF_PURPOSE_SIMULATION, 10);
    for (size_t u = 0; u < UNITS; u++) {
        for (size_t t = 0; t < PERIODS; t++) {
            double value = normal(&random) + (double)u, w = 0.5 + uf_random_uniform(&random);
            if (u / 2 == 5 && t == 2) continue; /* region 5 has nobody then */
            for (int copy = 0; copy < 2; copy++) {
                for (int half = 0; half <= copy; half++) {
                    size_t i = n[copy]++;
                    region[copy][i] = u / 2, unit[copy][i] = u, period[copy][i] = t;
                    y[copy][i] = copy ? 1000 - 5 * value : value;
                    weight[copy][i] = copy ? w / 2 : w;
                    x[copy][i] = u < 2 && t >= START;
                }
            }
        }
    }
    for (size_t i = 0; i < n[1] / 2; i++) { /* the other way round */
        size_t j = n[1] - 1 - i, keep;
        double swap;
        keep = region[1][i], region[1][i] = region[1][j], region[1][j] = keep;
        keep = unit[1][i], unit[1][i] = unit[1][j], unit[1][j] = keep;
        keep = period[1][i], period[1][i] = period[1][j], period[1][j] = keep;
        swap = y[1][i], y[1][i] = y[1][j], y[1][j] = swap;
        swap = weight[1][i], weight[1][i] = weight[1][j], weight[1][j] = swap;
        swap = x[1][i], x[1][i] = x[1][j], x[1][j] = swap;
    }
    const bool treated[REGIONS] = {true};
    double size[REGIONS];
    for (size_t g = 0; g < REGIONS; g++) size[g] = 1 + (double)(g % 4);
    for (int kind = 0; kind < 2; kind++) {
        struct uf_few_treated few[2];
        for (int copy = 0; copy < 2; copy++) {
            gsl_matrix *columns = gsl_matrix_alloc(n[copy], 1);
            gsl_vector *outcome = gsl_vector_alloc(n[copy]);
            double *weights = malloc(n[copy] * sizeof *weights), one = 1;
            for (size_t i = 0; i < n[copy]; i++) {
                gsl_matrix_set(columns, i, 0, x[copy][i]);
                gsl_vector_set(outcome, i, y[copy][i]);
                weights[i] = weight[copy][i];
            }
            struct regression r = regression_fit(columns, outcome, weights, 2,
                                                 (const size_t *const[]){unit[copy], period[copy]},
                                                 (const size_t[]){UNITS, PERIODS});
            const struct uf_covariance_input regression = {.x = r.x,
                                                           .residuals = r.fit.residuals,
                                                           .inverse = r.fit.inverse,
                                                           .weights = r.weights,
                                                           .absorber = r.absorber};
            gsl_vector_const_view c = gsl_vector_const_view_array(&one, 1);
            const struct uf_few_treated_input input = {
                &regression, r.fit.coefficients, &c.vector, 0,   REGIONS, region[copy], treated,
                PERIODS,     period[copy],       size,      NULL};
            const struct uf_few_treated_options options = {
                .kind = (enum uf_few_treated_kind)kind, .draws = 399, .level = 0.8};
            assert_ok(uf_few_treated_test(&input, &options, &few[copy], &error), &error);
            regression_clear(&r);
        }
        assert_int_equal(few[0].n_incomplete, 1);
        if (kind == UF_CONLEY_TABER) assert_int_equal(few[0].draws, REGIONS - 2); /* seven can lend */
        expect_close(few[1].p_symmetric, few[0].p_symmetric, 1e-12, "p");
        expect_close(few[1].estimate, -5 * few[0].estimate, 1e-9, "estimate");
        assert_true(isfinite(few[0].conf_low) && isfinite(few[0].conf_high));
        if (kind == UF_CONLEY_TABER) expect_close(few[1].conf_low, -5 * few[0].conf_high, 1e-7, "interval");
    }
}

/* The share of samples without effect in which p is at most 5 %, one block treated: block 0 is the smallest. */
static double level(enum uf_few_treated_kind kind, size_t treated, double a, double b)
{
    enum { SAMPLES = 300 };
    struct uf_error error;
    size_t rejected = 0;
    for (uint64_t sample = 0; sample < SAMPLES; sample++) {
        struct uf_few_treated few;
        const struct uf_few_treated_options options = {
            .kind = kind, .draws = 399, .seed = sample, .no_interval = true};
        struct design d = design_draw(1000 + sample, MOST_BLOCKS, 0, false, 0, a, b);
        d.treated[treated] = true, d.first[treated] = START;
        struct regression r = regress(&d);
        assert_ok(test(&d, &r, 0, &options, &few, &error), &error);
        rejected += few.p_symmetric <= 0.05;
        regression_clear(&r);
    }
    return (double)rejected / SAMPLES;
}

static void levels(void **state)
{
    (void)state;
    const size_t smallest = 0, middle = 12, largest = MOST_BLOCKS - 1;
    expect_within(level(UF_CONLEY_TABER, smallest, 1, 0), 0.045, 0.035, "Conley–Taber, equal variances");
    expect_within(level(UF_FERMAN_PINTO, middle, 1, 0), 0.05, 0.04, "Ferman–Pinto, equal variances");
    /* where variances fall with size, Conley–Taber finds effects in small regions and none in large ones */
    assert_true(level(UF_CONLEY_TABER, smallest, 0.02, 1) > 0.2);
    assert_true(level(UF_CONLEY_TABER, largest, 0.02, 1) < 0.02);
    assert_true(level(UF_FERMAN_PINTO, smallest, 0.02, 1) < 0.09);
    expect_within(level(UF_FERMAN_PINTO, largest, 0.02, 1), 0.045, 0.04, "Ferman–Pinto, unequal variances");
}

static void refusals_and_words(void **state)
{
    (void)state;
    struct uf_error error;
    struct uf_few_treated few = {.n_treated = 77};
    struct design d = design_draw(2, BLOCKS, 2, false, 0.5, 1, 1);
    struct regression r = regress(&d);
    struct uf_few_treated_options options = {.level = 1};
    assert_int_equal(test(&d, &r, 0, &options, &few, &error), UF_BAD_USAGE);
    assert_int_equal(test(&d, &r, NAN, NULL, &few, &error), UF_BAD_USAGE);
    d.size[3] = 0;
    assert_int_equal(test(&d, &r, 0, NULL, &few, &error), UF_BAD_INPUT);
    d.size[3] = 2;
    memset(d.treated, 0, sizeof d.treated);
    assert_int_equal(test(&d, &r, 0, NULL, &few, &error), UF_NOT_IDENTIFIED);
    memset(d.treated, 1, BLOCKS - 1);
    assert_int_equal(test(&d, &r, 0, NULL, &few, &error), UF_NOT_IDENTIFIED);
    assert_int_equal(few.n_treated, 77);
    memset(d.treated, 0, sizeof d.treated);
    d.treated[0] = d.treated[1] = true;
    /* a level that so few draws cannot reach: no ends */
    options = (struct uf_few_treated_options){.draws = 15};
    assert_ok(test(&d, &r, 0, &options, &few, &error), &error);
    assert_true(isinf(few.conf_low) && isinf(few.conf_high));
    for (int kind = 0; kind < 2; kind++) {
        options.kind = (enum uf_few_treated_kind)kind;
        assert_ok(test(&d, &r, 0, &options, &few, &error), &error);
        for (enum uf_language language = 0; language < UF_LANGUAGES; language++) {
            char *text;
            assert_ok(uf_few_treated_describe(&few, language, &text, &error), &error);
            assert_non_null(strstr(text, kind ? "Ferman–Pinto" : "Conley–Taber"));
            assert_non_null(strstr(text, language == UF_SWEDISH ? "behandlade" : "treated"));
            free(text);
        }
    }
    regression_clear(&r);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conley_taber_by_changes), cmocka_unit_test(conley_taber_by_dummies),
        cmocka_unit_test(ferman_pinto_by_changes), cmocka_unit_test(intervals_are_tests_inverted),
        cmocka_unit_test(rows_units_and_gaps),     cmocka_unit_test(levels),
        cmocka_unit_test(refusals_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

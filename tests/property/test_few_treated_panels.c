// SPDX-License-Identifier: GPL-3.0-or-later
/* Ferman–Pinto as `did` gives it for clusters of unequally many units, weights and several starts, against a twin that regresses on
 * dummies: whose residuals, of which size, and which variance is told. */
#include "support/method_run.h"
#include "support/small_panel.h"
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/did.h>
#include <utfall/least_squares.h>
#include <utfall/random.h>

enum { CLUSTERS = 9, UNITS = 19, PERIODS = 6, DRAWS = 400, ROWS = UNITS * PERIODS };
static const size_t units_of[CLUSTERS] = {1, 4, 2, 1, 3, 1, 2, 4, 1};

struct made {
    size_t cluster[ROWS], start[UNITS];
    double y[ROWS], weight[ROWS], treatment[ROWS];
    size_t *dimension[1], count[1];
};

/* The last clusters are the treated ones, from the fourth and the fifth period; the variance falls with the number of units. */
static void make(struct made *m, bool weights, bool staggered)
{
    size_t u = 0;
    *m = (struct made){.dimension = {m->cluster}, .count = {CLUSTERS}};
    for (size_t g = 0; g < CLUSTERS; g++)
        for (size_t v = 0; v < units_of[g]; v++, u++) {
            m->start[u] = g + 3 < CLUSTERS ? SIZE_MAX : 3 + (staggered ? g % 2 : 0);
            for (size_t t = 0; t < PERIODS; t++) {
                size_t i = u * PERIODS + t;
                m->cluster[i] = g;
                m->y[i] = (double)u + 4 * run_noise(i) + 3 * run_noise(1000 + g * PERIODS + t);
                m->treatment[i] = m->start[u] != SIZE_MAX && t >= m->start[u];
                m->y[i] += 0.9 * m->treatment[i];
                m->weight[i] = weights ? 1 + (double)(u * 5 % 7) + run_noise(2000 + i) : 1;
            }
        }
}

static struct ran run(struct made *m, bool weighted)
{
    static const char *const names[] = {"y", "w"}, *const settings[] = {"inference",
                                                                        "ferman-pinto,conley-taber",
                                                                        "event-study",
                                                                        "false",
                                                                        "bootstrap-draws",
                                                                        "400",
                                                                        NULL};
    struct uf_panel *panel = small_panel_new(UNITS, PERIODS, 2010, names, 2);
    for (size_t i = 0; i < ROWS; i++) {
        *small_panel_cell(panel, 0, i / PERIODS, i % PERIODS) = m->y[i];
        *small_panel_cell(panel, 1, i / PERIODS, i % PERIODS) = m->weight[i];
    }
    for (size_t u = 0; u < UNITS; u++) panel->treatment.first_period[u] = m->start[u];
    if (weighted) panel->weight = 1;
    panel->cluster = m->dimension, panel->n_clusters = m->count, panel->n_cluster_dimensions = 1;
    return run_method(&uf_method_did, panel, settings);
}

static struct uf_least_squares on_dummies(const struct made *m, const double *outcome)
{
    struct uf_error error;
    struct uf_least_squares fit;
    gsl_matrix *x = gsl_matrix_calloc(ROWS, UNITS + PERIODS);
    for (size_t i = 0; i < ROWS; i++)
        gsl_matrix_set(x, i, i / PERIODS, 1), gsl_matrix_set(x, i, UNITS + i % PERIODS, 1);
    gsl_vector_const_view y = gsl_vector_const_view_array(outcome, ROWS),
                          w = gsl_vector_const_view_array(m->weight, ROWS);
    assert_ok(uf_least_squares_fit(x, &y.vector, &w.vector, NULL, &fit, &error), &error);
    gsl_matrix_free(x);
    return fit;
}

struct twin {
    double estimate, p, constant, slope; /* of the first treated cluster */
};

/* W² = A + B/M by least squares; where one would be negative the model without it that fits better. */
static void variance_model(const double *w, const double *size, double *constant, double *slope)
{
    double y = 0, z = 0, zz = 0, zy = 0;
    for (size_t l = 0; l < CLUSTERS; l++) {
        double square = w[l] * w[l] / CLUSTERS;
        y += square, z += 1 / size[l] / CLUSTERS, zz += pow(size[l], -2) / CLUSTERS, zy += square / size[l];
    }
    *slope = (zy - z * y) / (zz - z * z), *constant = y - *slope * z;
    if (*slope >= 0 && *constant >= 0) return;
    double flat = 0, steep = 0;
    for (size_t l = 0; l < CLUSTERS; l++) {
        flat += pow(w[l] * w[l] - y, 2);
        steep += pow(w[l] * w[l] - zy / zz / size[l], 2);
    }
    *constant = flat <= steep ? y : 0, *slope = flat <= steep ? 0 : zy / zz;
}

static struct twin ferman_pinto(const struct made *m)
{
    double pull[CLUSTERS][PERIODS] = {{0}}, mean[CLUSTERS][PERIODS] = {{0}},
           weight[CLUSTERS][PERIODS] = {{0}};
    double size[CLUSTERS] = {0}, given[CLUSTERS][CLUSTERS], values[DRAWS] = {0}, square = 0;
    struct twin twin = {.constant = NAN};
    struct uf_least_squares d = on_dummies(m, m->treatment),
                            e = on_dummies(m, m->y); /* no effect: the null */
    for (size_t i = 0; i < ROWS; i++) {
        double residual = gsl_vector_get(d.residuals, i), w = m->weight[i];
        square += w * residual * residual, twin.estimate += w * residual * m->y[i];
        pull[m->cluster[i]][i % PERIODS] += w * residual;
        mean[m->cluster[i]][i % PERIODS] += w * gsl_vector_get(e.residuals, i);
        weight[m->cluster[i]][i % PERIODS] += w;
        size[m->cluster[i]] += w / PERIODS;
    }
    twin.estimate /= square;
    for (size_t j = 0; j < CLUSTERS; j++) {
        double w[CLUSTERS] = {0}, scale = 0, constant, slope;
        for (size_t t = 0; t < PERIODS; t++) {
            scale += fabs(pull[j][t]) / square / 2;
            for (size_t l = 0; l < CLUSTERS; l++) w[l] += pull[j][t] / square * mean[l][t] / weight[l][t];
        }
        for (size_t l = 0; l < CLUSTERS; l++) w[l] /= scale;
        variance_model(w, size, &constant, &slope);
        if (isnan(twin.constant) && j + 3 >= CLUSTERS) twin.constant = constant, twin.slope = slope;
        for (size_t l = 0; l < CLUSTERS; l++)
            given[j][l] = scale * w[l] * sqrt((constant + slope / size[j]) / (constant + slope / size[l]));
    }
    size_t beyond = 0;
    for (size_t draw = 0; draw < DRAWS; draw++) {
        struct uf_random random;
        uf_random_init(&random, 7, UF_PURPOSE_PLACEBO, draw);
        for (size_t j = 0; j < CLUSTERS; j++) {
            size_t l = uf_random_below(&random, CLUSTERS);
            values[draw] += (uf_random_u32(&random) & 1 ? -1 : 1) * given[j][l];
        }
        beyond += fabs(values[draw]) >= fabs(twin.estimate);
    }
    twin.p = (1 + (double)beyond) / (1 + DRAWS);
    uf_least_squares_clear(&d), uf_least_squares_clear(&e);
    return twin;
}

static void agrees_with_dummies(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) {
        struct made m;
        make(&m, which & 1, which & 2);
        struct twin twin = ferman_pinto(&m);
        struct ran ran = run(&m, which & 1);
        const struct uf_table *table = uf_result_table(&ran.result, "estimates");
        const size_t row = find_row(table, "treatment", "ferman-pinto");
        expect_close(cell_number(table, row, "estimate"), twin.estimate, 1e-9, "estimate");
        expect_close(cell_number(table, row, "p_value"), twin.p, 1e-12, "p");
        double constant = 0, slope = 0;
        const char *note = cell_text(table, row, "note"), *variance = strstr(note, "; variance ");
        assert_non_null(variance);
        if (twin.slope == 0)
            assert_non_null(strstr(note, "does not fall with size"));
        else if (twin.constant == 0)
            assert_int_equal(sscanf(variance, "; variance %lf/size", &slope), 1);
        else
            assert_int_equal(sscanf(variance, "; variance %lf + %lf/size", &constant, &slope), 2);
        expect_within(constant, twin.slope == 0 ? 0 : twin.constant, 1e-3 * twin.constant, "A");
        expect_within(slope, twin.slope, 1e-3 * twin.slope, "B");
        uf_result_clear(&ran.result);
    }
}

/* Weights that are all the same are no weights: of what a cluster weighs, the number of its units is left. */
static void equal_weights_are_none(void **state)
{
    (void)state;
    struct made m;
    make(&m, false, true);
    struct ran none = run(&m, false);
    for (size_t i = 0; i < ROWS; i++) m.weight[i] = 3;
    struct ran equal = run(&m, true);
    const struct uf_table *a = uf_result_table(&none.result, "estimates"),
                          *b = uf_result_table(&equal.result, "estimates");
    static const char *const kinds[] = {"ferman-pinto", "conley-taber"};
    static const char *const columns[] = {"estimate", "p_value", "conf_low", "conf_high"};
    for (size_t k = 0; k < 2; k++)
        for (size_t c = 0; c < 4; c++)
            expect_close(cell_number(b, find_row(b, "treatment", kinds[k]), columns[c]),
                         cell_number(a, find_row(a, "treatment", kinds[k]), columns[c]), 1e-8, columns[c]);
    uf_result_clear(&none.result), uf_result_clear(&equal.result);
}

/* The variance is told with its digits however small the outcome's unit is. */
static void small_units_are_told(void **state)
{
    (void)state;
    struct made m;
    make(&m, false, false);
    for (size_t i = 0; i < ROWS; i++) m.y[i] *= 1e-7;
    struct ran ran = run(&m, false);
    const struct uf_table *table = uf_result_table(&ran.result, "estimates");
    const char *note = cell_text(table, find_row(table, "treatment", "ferman-pinto"), "note");
    if (strstr(note, "0.0000000") || !strstr(note, "e-1")) fail_msg("%s", note);
    uf_result_clear(&ran.result);
}

/* No p is below the one that is said to be the smallest: Ferman–Pinto's need not fall as the estimate grows. */
static void no_p_is_below_the_smallest(void **state)
{
    (void)state;
    size_t met = 0;
    for (int effect = 0; effect < 12; effect++) {
        struct made m;
        make(&m, false, false);
        for (size_t u = 0; u < UNITS; u++)
            m.start[u] = m.start[u] == SIZE_MAX ? 3 : SIZE_MAX; /* six of nine */
        for (size_t i = 0; i < ROWS; i++) m.y[i] += 5 * effect * (m.start[i / PERIODS] <= i % PERIODS);
        struct ran ran = run(&m, false);
        const struct uf_table *table = uf_result_table(&ran.result, "estimates");
        const size_t row = find_row(table, "treatment", "ferman-pinto");
        const char *least = strstr(cell_text(table, row, "note"), "smallest attainable p ");
        double p;
        assert_true(least && sscanf(least, "smallest attainable p %lf", &p) == 1);
        assert_true(p <= cell_number(table, row, "p_value") + 1e-6);
        met += p > cell_number(table, row, "p_value") - 1e-6;
        uf_result_clear(&ran.result);
    }
    assert_true(met > 0); /* some estimates are as far out as can be */
}

/* Three to five regions; `shift` is added to the treated from their start on. */
static void run_few(uint64_t seed, double shift, double *p, double *low, double *high)
{
    static const char *const names[] = {"y"}, *const settings[] = {"inference",
                                                                   "ferman-pinto",
                                                                   "event-study",
                                                                   "false",
                                                                   "bootstrap-draws",
                                                                   "1999",
                                                                   "confidence-level",
                                                                   "0.9",
                                                                   NULL};
    const size_t regions = 3 + seed % 3, treated = regions > 3 ? 1 + seed % 2 : 1;
    struct uf_panel *panel = small_panel_new(regions, PERIODS, 2010, names, 1);
    for (size_t u = 0; u < regions; u++)
        for (size_t t = 0; t < PERIODS; t++)
            *small_panel_cell(panel, 0, u, t) =
                run_noise(seed * 100 + u * PERIODS + t) + (u < treated && t >= 3 ? shift : 0);
    for (size_t u = 0; u < treated; u++) panel->treatment.first_period[u] = 3;
    struct ran ran = run_method(&uf_method_did, panel, settings);
    const struct uf_table *table = uf_result_table(&ran.result, "estimates");
    const size_t row = find_row(table, "treatment", "ferman-pinto");
    *p = cell_number(table, row, "p_value");
    *low = cell_number(table, row, "conf_low"), *high = cell_number(table, row, "conf_high");
    uf_result_clear(&ran.result);
}

/* With few regions draws tie with the estimate at infinity, and nowhere before it: there is an end where a value far out is rejected. */
static void ends_where_far_values_are_rejected(void **state)
{
    (void)state;
    size_t ends = 0, none = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        double p, low, high, far, ignored;
        run_few(seed, 0, &p, &low, &high);
        for (int side = -1; side <= 1;
             side += 2) { /* a value far below the estimate is an estimate far above it */
            run_few(seed, -side * 1e5, &far, &ignored, &ignored);
            assert_int_equal(!isfinite(side < 0 ? low : high), far > 0.1);
            *(far > 0.1 ? &none : &ends) += 1;
        }
    }
    assert_true(ends > 10 && none > 10);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_dummies),
        cmocka_unit_test(equal_weights_are_none),
        cmocka_unit_test(small_units_are_told),
        cmocka_unit_test(no_p_is_below_the_smallest),
        cmocka_unit_test(ends_where_far_values_are_rejected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The regression for many rows against the one that demeans every column, and what must not matter to it. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/absorbed_regression.h>
#include <utfall/did.h>
#include <utfall/random.h>

enum { UNITS = 300, PERIODS = 8, REGIONS = 11, MOST = UNITS * PERIODS, REGRESSORS = 3 };

struct sample {
    size_t n;
    size_t unit[MOST], period[MOST], region[MOST], first[UNITS];
    uint32_t narrow_unit[MOST], narrow_period[MOST], narrow_region[MOST];
    double outcome[MOST], weights[MOST], treatment[MOST];
    gsl_matrix *x; /* n × REGRESSORS */
    bool weighted;
};

static void swap(void *a, void *b, size_t size)
{
    char copy[16];
    memcpy(copy, a, size);
    memcpy(a, b, size);
    memcpy(b, copy, size);
}

static struct sample *sample_new(uint64_t seed, bool weighted, bool shuffled)
{
    struct sample *s = calloc(1, sizeof *s);
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1);
    s->weighted = weighted;
    for (size_t u = 0; u < UNITS; u++) s->first[u] = u % 3 == 0 ? 3 + u % 4 : SIZE_MAX;
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++) {
            if (uf_random_below(&random, 5) == 0) continue;
            size_t i = s->n++;
            s->unit[i] = u, s->period[i] = t;
            s->region[i] = u % REGIONS;
            s->weights[i] = 0.5 + uf_random_uniform(&random);
        }
    s->x = gsl_matrix_alloc(s->n, REGRESSORS);
    for (size_t i = 0; i < s->n; i++) {
        double unit = sin((double)s->unit[i]);
        s->treatment[i] = s->period[i] >= s->first[s->unit[i]];
        for (size_t j = 0; j < REGRESSORS; j++)
            gsl_matrix_set(s->x, i, j, 50 + unit + uf_random_uniform(&random) * (double)(j + 1));
        s->outcome[i] = 1000 + 5 * unit + (double)s->period[i] + 0.3 * gsl_matrix_get(s->x, i, 0) +
                        0.2 * s->treatment[i] +
                        uf_random_uniform(&random) * (1 + 0.2 * (double)(s->region[i]));
    }
    for (size_t i = s->n; shuffled && i-- > 1;) {
        size_t j = uf_random_below(&random, i + 1);
        swap(&s->unit[i], &s->unit[j], sizeof(size_t)), swap(&s->period[i], &s->period[j], sizeof(size_t));
        swap(&s->region[i], &s->region[j], sizeof(size_t));
        swap(&s->outcome[i], &s->outcome[j], sizeof(double));
        swap(&s->weights[i], &s->weights[j], sizeof(double));
        swap(&s->treatment[i], &s->treatment[j], sizeof(double));
        gsl_matrix_swap_rows(s->x, i, j);
    }
    for (size_t i = 0; i < s->n; i++) {
        s->narrow_unit[i] = (uint32_t)s->unit[i];
        s->narrow_period[i] = (uint32_t)s->period[i];
        s->narrow_region[i] = (uint32_t)s->region[i];
    }
    return s;
}

static void sample_free(struct sample *s)
{
    gsl_matrix_free(s->x);
    free(s);
}

/* The way that demeans: any effects, any columns. */
struct reference {
    struct uf_absorber *absorber;
    struct uf_least_squares fit;
    gsl_matrix *kept;
};

static struct reference reference_fit(const struct sample *s, const gsl_matrix *columns,
                                      const size_t *const *group, const size_t *levels, size_t n_effects)
{
    struct reference r = {0};
    struct uf_error error;
    const double *weights = s->weighted ? s->weights : NULL;
    assert_ok(uf_absorber_new(s->n, n_effects, group, levels, weights, 0, &r.absorber, &error), &error);
    gsl_matrix *x = gsl_matrix_alloc(s->n, columns->size2);
    gsl_vector *y = gsl_vector_alloc(s->n);
    double *column = malloc(s->n * sizeof *column), norms[64] = {0};
    for (size_t j = 0; j <= columns->size2; j++) {
        for (size_t i = 0; i < s->n; i++) {
            column[i] = j < columns->size2 ? gsl_matrix_get(columns, i, j) : s->outcome[i];
            norms[j] += (weights ? weights[i] : 1) * column[i] * column[i];
        }
        norms[j] = sqrt(norms[j]);
        assert_ok(uf_absorber_apply(r.absorber, column, &error), &error);
        for (size_t i = 0; i < s->n; i++)
            if (j < columns->size2)
                gsl_matrix_set(x, i, j, column[i]);
            else
                gsl_vector_set(y, i, column[i]);
    }
    gsl_vector_const_view w = gsl_vector_const_view_array(s->weights, s->n);
    const struct uf_least_squares_options options = {
        .tolerance = 1e-10, .reference_norm = norms, .absorbed = uf_absorber_rank(r.absorber)};
    assert_ok(uf_least_squares_fit(x, y, weights ? &w.vector : NULL, &options, &r.fit, &error), &error);
    r.kept = gsl_matrix_alloc(s->n, r.fit.rank);
    for (size_t j = 0; j < r.fit.rank; j++)
        for (size_t i = 0; i < s->n; i++) gsl_matrix_set(r.kept, i, j, gsl_matrix_get(x, i, r.fit.kept[j]));
    gsl_matrix_free(x), gsl_vector_free(y), free(column);
    return r;
}

static void reference_clear(struct reference *r)
{
    uf_absorber_free(r->absorber);
    uf_least_squares_clear(&r->fit);
    gsl_matrix_free(r->kept);
}

static void expect_same(const struct sample *s, const struct reference *r, const struct uf_absorbed_fit *fit,
                        const size_t *const *cluster, const size_t *n_groups, size_t dimensions, double tight)
{
    struct uf_error error;
    assert_int_equal(fit->rank, r->fit.rank);
    assert_int_equal(fit->absorbed, uf_absorber_rank(r->absorber));
    assert_int_equal(fit->singletons, uf_absorber_singletons(r->absorber));
    for (size_t j = 0; j < fit->n_columns; j++)
        expect_close(gsl_vector_get(fit->coefficients, j), gsl_vector_get(r->fit.coefficients, j), tight,
                     "coefficient");
    expect_close(fit->rss, r->fit.rss, 1e-10, "rss");
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_IID, UF_COVARIANCE_HC1, UF_COVARIANCE_CR0,
                                                    UF_COVARIANCE_CR1, UF_COVARIANCE_CR1S};
    const struct uf_covariance_input input = {.x = r->kept,
                                              .residuals = r->fit.residuals,
                                              .inverse = r->fit.inverse,
                                              .weights = s->weighted ? s->weights : NULL,
                                              .absorber = r->absorber,
                                              .cluster = {cluster[0], dimensions > 1 ? cluster[1] : NULL},
                                              .n_groups = {n_groups[0], dimensions > 1 ? n_groups[1] : 0},
                                              .n_cluster_dimensions = dimensions};
    for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++)
        for (int rule = UF_K_FIXEST; rule <= UF_K_NONE; rule++) {
            const struct uf_covariance_options options = {.kind = kinds[c], .k_rule = (enum uf_k_rule)rule};
            struct uf_covariance a, b;
            assert_ok(uf_covariance_estimate(&input, &options, &a, &error), &error);
            assert_ok(uf_absorbed_regression_covariance(fit, &options, &b, &error), &error);
            assert_true(a.parameters == b.parameters);
            assert_int_equal(a.n_clusters, b.n_clusters);
            for (size_t i = 0; i < fit->rank; i++) {
                expect_close(b.df[i], a.df[i], 1e-14, "df");
                double scale = sqrt(gsl_matrix_get(a.matrix, i, i));
                for (size_t j = 0; j < fit->rank; j++)
                    expect_within(gsl_matrix_get(b.matrix, i, j), gsl_matrix_get(a.matrix, i, j),
                                  1e-8 * scale * sqrt(gsl_matrix_get(a.matrix, j, j)), "covariance");
            }
            uf_covariance_clear(&a);
            uf_covariance_clear(&b);
        }
}

static struct uf_absorbed_data data_of(const struct sample *s, const struct uf_value_column *columns,
                                       size_t k, const struct uf_grouping *effects, size_t n_effects)
{
    return (struct uf_absorbed_data){.n = s->n,
                                     .outcome = {s->outcome, 1},
                                     .regressor = columns,
                                     .n_regressors = k,
                                     .weights = s->weighted ? s->weights : NULL,
                                     .effect = effects,
                                     .n_effects = n_effects};
}

static void columns_of(const gsl_matrix *x, struct uf_value_column *out)
{
    for (size_t j = 0; j < x->size2; j++) out[j] = (struct uf_value_column){x->data + j, x->tda};
}

/* Two and three effects, wide and narrow numbers, one and two cluster dimensions, all orders of the rows. */
static void check_effects(uint64_t seed, bool weighted, bool shuffled, bool third, int clustering)
{
    struct sample *s = sample_new(seed, weighted, shuffled);
    size_t *region_period = malloc(s->n * sizeof *region_period),
           *sector_period = malloc(s->n * sizeof *sector_period);
    uint32_t *sector = malloc(s->n * sizeof *sector);
    for (size_t i = 0; i < s->n; i++) {
        sector[i] = (uint32_t)(s->unit[i] / 7 % 5);
        region_period[i] = s->region[i] * PERIODS + s->period[i];
        sector_period[i] = sector[i] * PERIODS + s->period[i];
    }
    struct uf_value_column columns[REGRESSORS];
    columns_of(s->x, columns);
    const struct uf_grouping effects[] = {
        {.id = {.wide = s->unit, .n = UNITS + 3}},
        {.id = {.narrow = s->narrow_region, .n = REGIONS}, .by = {.wide = s->period, .n = PERIODS}},
        {.id = {.narrow = sector, .n = 5}, .by = {.narrow = s->narrow_period, .n = PERIODS}}};
    const struct uf_grouping region = {.id = {.wide = s->region, .n = REGIONS + 2}},
                             unit = {.id = {.narrow = s->narrow_unit, .n = UNITS}},
                             period = {.id = {.narrow = s->narrow_period, .n = PERIODS}};
    struct uf_absorbed_data data = data_of(s, columns, REGRESSORS, effects, third ? 3 : 2);
    const struct uf_grouping *const first[] = {&region, &unit, &period};
    static const size_t first_n[] = {REGIONS + 2, UNITS, PERIODS};
    const size_t *const first_groups[] = {s->region, s->unit, s->period};
    data.cluster[0] = first[clustering % 3];
    data.cluster[1] = first[(clustering + 1) % 3];
    data.n_cluster_dimensions = clustering < 3 ? 1 : 2;
    const size_t *const group[] = {s->unit, region_period, sector_period};
    const size_t levels[] = {UNITS, REGIONS * PERIODS, 5 * PERIODS};
    struct uf_error error;
    struct uf_absorbed_fit fit;
    const struct uf_absorbed_options options = {.row_scores = true};
    assert_ok(uf_absorbed_regression_fit(&data, &options, &fit, &error), &error);
    struct reference r = reference_fit(s, s->x, group, levels, third ? 3 : 2);
    const size_t *const cluster[] = {first_groups[clustering % 3], first_groups[(clustering + 1) % 3]};
    const size_t n_groups[] = {first_n[clustering % 3], first_n[(clustering + 1) % 3]};
    expect_same(s, &r, &fit, cluster, n_groups, data.n_cluster_dimensions, 1e-10);
    assert_int_equal(fit.rounds, 1);
    uf_absorbed_regression_clear(&fit);
    reference_clear(&r);
    free(region_period), free(sector_period), free(sector);
    sample_free(s);
}

static void same_as_demeaning(void **state)
{
    (void)state;
    for (int which = 0; which < 48; which++)
        check_effects((uint64_t)which + 1, which & 1, which & 2, which & 4, which / 8);
}

/* The event study, whose dummies are one column here, and the treatment. */
static void check_event_study(uint64_t seed, bool weighted, bool all_treated)
{
    struct sample *s = sample_new(seed, weighted, true);
    if (all_treated)
        for (size_t u = 0; u < UNITS; u++) s->first[u] = 3 + u % 3;
    const struct uf_did_data did = {.n = s->n,
                                    .n_units = UNITS,
                                    .n_periods = PERIODS,
                                    .unit = s->unit,
                                    .period = s->period,
                                    .outcome = s->outcome,
                                    .treatment = s->treatment,
                                    .weights = weighted ? s->weights : NULL,
                                    .covariates = s->x,
                                    .first_period = s->first,
                                    .cluster = {s->region},
                                    .n_groups = {REGIONS},
                                    .n_cluster_dimensions = 1};
    struct uf_error error;
    struct uf_did_fit slow;
    const struct uf_event_study_options event = {.reference = -1};
    assert_ok(uf_event_study_estimate(&did, &event, &slow, &error), &error);
    uint32_t recode[UNITS * PERIODS], order[2 * PERIODS];
    size_t place[2 * PERIODS];
    for (size_t u = 0; u < UNITS; u++)
        for (size_t t = 0; t < PERIODS; t++)
            recode[u * PERIODS + t] =
                s->first[u] == SIZE_MAX ? UF_NO_LEVEL : (uint32_t)(PERIODS + t - s->first[u]);
    size_t m = 0;
    for (size_t j = 0; j < slow.n_leading; j++)
        if (slow.event_time[j] >= 0) place[m] = j, order[m++] = (uint32_t)(slow.event_time[j] + PERIODS);
    for (size_t j = slow.n_leading; j-- > 0;)
        if (slow.event_time[j] < 0) place[m] = j, order[m++] = (uint32_t)(slow.event_time[j] + PERIODS);
    const struct uf_grouping effects[] = {{.id = {.wide = s->period, .n = PERIODS}},
                                          {.id = {.wide = s->unit, .n = UNITS}}},
                             category = {.id = {.wide = s->unit, .n = UNITS},
                                         .by = {.wide = s->period, .n = PERIODS},
                                         .recode = recode,
                                         .n_levels = 2 * PERIODS},
                             region = {.id = {.wide = s->region, .n = REGIONS}};
    struct uf_value_column columns[REGRESSORS];
    columns_of(s->x, columns);
    struct uf_absorbed_data data = data_of(s, columns, REGRESSORS, effects, 2);
    data.category = &category;
    data.cluster[0] = &region;
    data.n_cluster_dimensions = 1;
    struct uf_absorbed_fit fit;
    const struct uf_absorbed_options options = {.category_order = order, .n_category_order = m};
    assert_ok(uf_absorbed_regression_fit(&data, &options, &fit, &error), &error);
    assert_int_equal(fit.rank, slow.fit.rank);
    assert_int_equal(fit.n_dropped, all_treated ? 1 : 0);
    for (size_t j = 0; j < m; j++)
        expect_close(gsl_vector_get(fit.coefficients, j), gsl_vector_get(slow.fit.coefficients, place[j]),
                     1e-9, "event time");
    struct uf_covariance a, b;
    assert_ok(uf_did_covariance(&did, &slow, &(struct uf_covariance_options){.kind = UF_COVARIANCE_CR1S}, &a,
                                &error),
              &error);
    assert_ok(uf_absorbed_regression_covariance(&fit, NULL, &b, &error), &error);
    for (size_t j = 0; j < fit.rank; j++) {
        size_t own = fit.kept[j] < m ? place[fit.kept[j]] : fit.kept[j], other = slow.position[own];
        expect_close(gsl_matrix_get(b.matrix, j, j), gsl_matrix_get(a.matrix, other, other), 1e-8,
                     "variance");
    }
    uf_covariance_clear(&a), uf_covariance_clear(&b);
    uf_absorbed_regression_clear(&fit);
    uf_did_fit_clear(&slow);
    sample_free(s);
}

static void event_study(void **state)
{
    (void)state;
    for (int which = 0; which < 8; which++) check_event_study((uint64_t)which + 100, which & 1, which & 2);
}

/* did's own switch: the same numbers from sums as from rows, on both sides of the limit. */
static void did_switch(void **state)
{
    (void)state;
    struct sample *s = sample_new(600, true, true);
    struct uf_did_data data = {.n = s->n,
                               .n_units = UNITS,
                               .n_periods = PERIODS,
                               .unit = s->unit,
                               .period = s->period,
                               .outcome = s->outcome,
                               .treatment = s->treatment,
                               .weights = s->weights,
                               .covariates = s->x,
                               .first_period = s->first,
                               .cluster = {s->region, s->unit},
                               .n_groups = {REGIONS, UNITS},
                               .n_cluster_dimensions = 2,
                               .row_scores = true};
    const struct uf_event_study_options event = {.reference = -1, .bin_after = true, .after = 2};
    static const enum uf_covariance_kind kinds[] = {UF_COVARIANCE_IID, UF_COVARIANCE_HC1, UF_COVARIANCE_CR1S};
    for (int study = 0; study < 2; study++) {
        struct uf_did_fit fit[2];
        struct uf_error error;
        for (int summed = 0; summed < 2; summed++) {
            data.summed_from = summed ? s->n : s->n + 1;
            assert_ok(study ? uf_event_study_estimate(&data, &event, &fit[summed], &error)
                            : uf_did_estimate(&data, &fit[summed], &error),
                      &error);
            assert_int_equal(fit[summed].summed != NULL, summed);
        }
        assert_int_equal(fit[0].n_columns, fit[1].n_columns);
        assert_int_equal(fit[0].n_leading, fit[1].n_leading);
        assert_true(fit[0].fit.df == fit[1].fit.df);
        for (size_t j = 0; j < fit[0].n_columns; j++)
            expect_close(gsl_vector_get(fit[1].fit.coefficients, j),
                         gsl_vector_get(fit[0].fit.coefficients, j), 1e-9, "coefficient");
        for (size_t c = 0; c < sizeof kinds / sizeof *kinds; c++) {
            const struct uf_covariance_options options = {.kind = kinds[c]};
            struct uf_covariance v[2];
            struct uf_joint_test test[2];
            for (int summed = 0; summed < 2; summed++) {
                assert_ok(uf_did_covariance(&data, &fit[summed], &options, &v[summed], &error), &error);
                if (study)
                    assert_ok(
                        uf_did_pretrend(&data, &fit[summed], &options, &v[summed], -1, &test[summed], &error),
                        &error);
            }
            for (size_t j = 0; j < fit[0].fit.rank; j++)
                expect_close(gsl_matrix_get(v[1].matrix, j, j), gsl_matrix_get(v[0].matrix, j, j), 1e-8,
                             "variance");
            if (study) expect_close(test[1].statistic, test[0].statistic, 1e-7, "joint F");
            uf_covariance_clear(&v[0]), uf_covariance_clear(&v[1]);
        }
        uf_did_fit_clear(&fit[0]), uf_did_fit_clear(&fit[1]);
    }
    /* a treatment that does not vary is refused either way */
    for (size_t i = 0; i < s->n; i++) s->treatment[i] = (double)(s->unit[i] % 2);
    struct uf_error error;
    struct uf_did_fit fit;
    data.summed_from = 1;
    assert_int_equal(uf_did_estimate(&data, &fit, &error), UF_NOT_IDENTIFIED);
    sample_free(s);
}

/* Groups larger than a block: the largest effect is that of the regions, and the rows are many. */
static void large_groups(void **state)
{
    (void)state;
    for (int which = 0; which < 8; which++) {
        struct sample *s = sample_new((uint64_t)which + 200, which & 1, which & 2);
        struct uf_value_column columns[REGRESSORS];
        columns_of(s->x, columns);
        for (size_t i = 0; i < s->n; i++) s->region[i] %= 3;
        const struct uf_grouping effects[] = {{.id = {.wide = s->region, .n = 3}},
                                              {.id = {.wide = s->period, .n = PERIODS}, .recode = NULL}};
        static const uint32_t halves[] = {0, 0, 0, 0, 0, 1, 1, 1};
        const struct uf_grouping half = {
            .id = {.wide = s->period, .n = PERIODS}, .recode = halves, .n_levels = 2};
        const struct uf_grouping two[] = {effects[0], half};
        size_t *second = malloc(s->n * sizeof *second);
        for (size_t i = 0; i < s->n; i++) second[i] = halves[s->period[i]];
        const struct uf_grouping cluster = effects[which & 4 ? 1 : 0];
        struct uf_absorbed_data data = data_of(s, columns, REGRESSORS, two, 2);
        data.cluster[0] = &cluster;
        data.n_cluster_dimensions = 1;
        struct uf_error error;
        struct uf_absorbed_fit fit;
        const struct uf_absorbed_options options = {.row_scores = true};
        assert_ok(uf_absorbed_regression_fit(&data, &options, &fit, &error), &error);
        const size_t *const group[] = {s->region, second};
        const size_t levels[] = {3, 2};
        struct reference r = reference_fit(s, s->x, group, levels, 2);
        const size_t *const clusters[] = {which & 4 ? s->period : s->region};
        const size_t n_groups[] = {which & 4 ? PERIODS : 3};
        expect_same(s, &r, &fit, clusters, n_groups, 1, 1e-10);
        uf_absorbed_regression_clear(&fit);
        reference_clear(&r);
        free(second);
        sample_free(s);
    }
}

/* Collinear columns are known by name, nearly collinear ones keep their digits. */
static void collinear(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) {
        struct sample *s = sample_new((uint64_t)which + 300, which & 1, which & 2);
        gsl_matrix *x = gsl_matrix_alloc(s->n, 7);
        for (size_t i = 0; i < s->n; i++) {
            double a = gsl_matrix_get(s->x, i, 0), b = gsl_matrix_get(s->x, i, 1);
            gsl_matrix_set(x, i, 0, a);
            gsl_matrix_set(x, i, 1, cos((double)s->unit[i])); /* constant in units */
            gsl_matrix_set(x, i, 2, b);
            gsl_matrix_set(x, i, 3, 2 * a - b + (double)s->period[i]);      /* explained by the others */
            gsl_matrix_set(x, i, 4, a + 1e-6 * gsl_matrix_get(s->x, i, 2)); /* nearly so */
            gsl_matrix_set(x, i, 5, 1e6 * exp(-(double)s->period[i]));      /* constant in periods */
            gsl_matrix_set(x, i, 6, 3 + gsl_matrix_get(x, i, 4));
        }
        struct uf_value_column columns[7];
        columns_of(x, columns);
        const struct uf_grouping effects[] = {{.id = {.wide = s->unit, .n = UNITS}},
                                              {.id = {.wide = s->period, .n = PERIODS}}},
                                 region = {.id = {.wide = s->region, .n = REGIONS}};
        struct uf_absorbed_data data = data_of(s, columns, 7, effects, 2);
        data.cluster[0] = &region;
        data.n_cluster_dimensions = 1;
        struct uf_error error;
        struct uf_absorbed_fit fit;
        assert_ok(uf_absorbed_regression_fit(&data, NULL, &fit, &error), &error);
        static const size_t dropped[] = {1, 3, 5, 6};
        assert_int_equal(fit.n_dropped, 4);
        for (size_t j = 0; j < 4; j++) assert_int_equal(fit.dropped[j], dropped[j]);
        const size_t *const group[] = {s->unit, s->period};
        const size_t levels[] = {UNITS, PERIODS};
        struct reference r = reference_fit(s, x, group, levels, 2);
        for (size_t j = 0; j < 7; j++)
            expect_close(gsl_vector_get(fit.coefficients, j), gsl_vector_get(r.fit.coefficients, j), 1e-7,
                         "coefficient");
        for (size_t j = 0; j < fit.rank; j++)
            expect_close(gsl_matrix_get(fit.inverse, j, j), gsl_matrix_get(r.fit.inverse, j, j), 1e-6,
                         "inverse");
        assert_true(fit.rounds > 1);
        uf_absorbed_regression_clear(&fit);
        reference_clear(&r);
        gsl_matrix_free(x);
        sample_free(s);
    }
}

/* One, two and three threads: the same bytes. */
static void same_for_any_threads(void **state)
{
    (void)state;
    struct sample *s = sample_new(400, true, true);
    struct uf_value_column columns[REGRESSORS];
    columns_of(s->x, columns);
    const struct uf_grouping effects[] = {{.id = {.wide = s->unit, .n = UNITS}},
                                          {.id = {.wide = s->period, .n = PERIODS}}},
                             region = {.id = {.wide = s->region, .n = REGIONS}};
    struct uf_absorbed_data data = data_of(s, columns, REGRESSORS, effects, 2);
    data.cluster[0] = &region;
    data.n_cluster_dimensions = 1;
    struct uf_error error;
    struct uf_absorbed_fit fit[3];
    for (int t = 0; t < 3; t++) {
        const struct uf_absorbed_options options = {.threads = t + 1, .row_scores = true};
        assert_ok(uf_absorbed_regression_fit(&data, &options, &fit[t], &error), &error);
    }
    const size_t square = REGRESSORS * REGRESSORS * sizeof(double);
    for (int t = 1; t < 3; t++) {
        assert_memory_equal(fit[t].coefficients->data, fit[0].coefficients->data,
                            REGRESSORS * sizeof(double));
        assert_memory_equal(fit[t].inverse->data, fit[0].inverse->data, square);
        assert_memory_equal(fit[t].cluster_scores->data, fit[0].cluster_scores->data, square);
        assert_memory_equal(fit[t].row_scores->data, fit[0].row_scores->data, square);
        assert_true(fit[t].rss == fit[0].rss);
    }
    for (int t = 0; t < 3; t++) uf_absorbed_regression_clear(&fit[t]);
    sample_free(s);
}

static void bad_input(void **state)
{
    (void)state;
    struct sample *s = sample_new(500, true, false);
    struct uf_value_column columns[REGRESSORS];
    columns_of(s->x, columns);
    struct uf_grouping effects[] = {{.id = {.wide = s->unit, .n = UNITS}},
                                    {.id = {.wide = s->period, .n = PERIODS}}};
    struct uf_absorbed_data data = data_of(s, columns, REGRESSORS, effects, 2);
    struct uf_error error;
    struct uf_absorbed_fit fit;
    s->weights[17] = 0;
    assert_int_equal(uf_absorbed_regression_fit(&data, NULL, &fit, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "observation 18 has the weight 0"));
    s->weights[17] = 1;
    s->outcome[20] = NAN;
    assert_int_equal(uf_absorbed_regression_fit(&data, NULL, &fit, &error), UF_BAD_INPUT);
    assert_non_null(strstr(error.message, "observation 21"));
    s->outcome[20] = 1;
    effects[1].id.n = PERIODS - 1;
    assert_int_equal(uf_absorbed_regression_fit(&data, NULL, &fit, &error), UF_INTERNAL);
    effects[1].id.n = PERIODS;
    effects[0].id.n = 7;
    assert_int_equal(uf_absorbed_regression_fit(&data, NULL, &fit, &error), UF_INTERNAL);
    effects[0].id.n = UNITS;
    assert_ok(uf_absorbed_regression_fit(&data, NULL, &fit, &error), &error);
    struct uf_covariance v;
    const struct uf_covariance_options cr2 = {.kind = UF_COVARIANCE_CR2}, hc1 = {.kind = UF_COVARIANCE_HC1};
    assert_int_equal(uf_absorbed_regression_covariance(&fit, &cr2, &v, &error), UF_BAD_USAGE);
    assert_int_equal(uf_absorbed_regression_covariance(&fit, &hc1, &v, &error), UF_BAD_USAGE);
    assert_int_equal(uf_absorbed_regression_covariance(&fit, NULL, &v, &error),
                     UF_BAD_USAGE); /* no clusters */
    uf_absorbed_regression_clear(&fit);
    data.n = 0;
    assert_int_equal(uf_absorbed_regression_fit(&data, NULL, &fit, &error), UF_NOT_IDENTIFIED);
    sample_free(s);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_demeaning),    cmocka_unit_test(event_study),
        cmocka_unit_test(large_groups),         cmocka_unit_test(collinear),
        cmocka_unit_test(same_for_any_threads), cmocka_unit_test(bad_input),
        cmocka_unit_test(did_switch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

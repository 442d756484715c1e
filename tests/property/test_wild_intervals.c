// SPDX-License-Identifier: GPL-3.0-or-later
/* The ends of the wild bootstrap's interval against a scan: nothing further out is accepted, and where a value infinitely far away is,
 * there is no end; with few clusters, where p goes up and down, and with two dimensions, where the variance is a difference. */
#include "support/regression.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/random.h>
#include <utfall/wild_bootstrap.h>

enum { UNITS = 9, PERIODS = 5, MOST = UNITS * PERIODS };

struct design {
    size_t n, n_units, n_periods, unit[MOST], period[MOST];
    double x[MOST], y[MOST], weights[MOST];
};

/* One to three regions treated from the middle on, heavy tails and unequal variances: what makes p uneven. */
static struct design design_draw(uint64_t seed, size_t n_units, size_t n_periods, double scale)
{
    struct design d = {.n_units = n_units, .n_periods = n_periods};
    struct uf_random random;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 12);
    for (size_t u = 0; u < n_units; u++) {
        double spread = exp(2 * uf_random_uniform(&random)), level = 0;
        for (size_t t = 0; t < n_periods; t++) {
            size_t i = d.n++;
            level = 0.6 * level + spread * (uf_random_uniform(&random) - 0.5);
            d.unit[i] = u, d.period[i] = t;
            d.x[i] = u < 1 + seed % 3 && t >= n_periods / 2 + (u == 1);
            d.y[i] = scale * ((double)u + level + 0.5 * d.x[i]);
            d.weights[i] = 0.2 + uf_random_uniform(&random);
        }
    }
    return d;
}

static struct regression regress(const struct design *d)
{
    gsl_matrix *x = gsl_matrix_alloc(d->n, 1);
    gsl_vector *y = gsl_vector_alloc(d->n);
    double *weights = malloc(d->n * sizeof *weights);
    for (size_t i = 0; i < d->n; i++) {
        gsl_matrix_set(x, i, 0, d->x[i]);
        gsl_vector_set(y, i, d->y[i]);
        weights[i] = d->weights[i];
    }
    return regression_fit(x, y, weights, 2, (const size_t *const[]){d->unit, d->period},
                          (const size_t[]){d->n_units, d->n_periods});
}

static struct uf_wild_bootstrap run(const struct design *d, const struct regression *r, bool two_way,
                                    struct uf_wild_bootstrap_options options, double null_value)
{
    const double one = 1;
    gsl_vector_const_view c = gsl_vector_const_view_array(&one, 1);
    const struct uf_covariance_input regression = {.x = r->x,
                                                   .residuals = r->fit.residuals,
                                                   .inverse = r->fit.inverse,
                                                   .weights = r->weights,
                                                   .absorber = r->absorber,
                                                   .n_cluster_dimensions = two_way ? 2 : 1,
                                                   .cluster = {d->unit, d->period},
                                                   .n_groups = {d->n_units, d->n_periods}};
    const struct uf_wild_bootstrap_input input = {&regression, r->fit.coefficients, &c.vector, null_value};
    struct uf_wild_bootstrap out;
    struct uf_error error;
    uf_status status = uf_wild_bootstrap_test(&input, &options, &out, &error);
    if (status == UF_NOT_IDENTIFIED && two_way) return (struct uf_wild_bootstrap){.n_clusters = 0};
    assert_ok(status, &error);
    return out;
}

/* p of the interval's tails far outside both ends, in steps of 10 per cent. Returns how many panels had a p that rises on the way. */
static size_t scan(const struct design *d, const struct regression *r, bool two_way,
                   struct uf_wild_bootstrap_options options, const char *what)
{
    struct uf_wild_bootstrap b = run(d, r, two_way, options, 0);
    const double alpha = 1 - options.level;
    size_t uneven = 0;
    options.no_interval = true;
    assert_true(b.conf_low <= b.estimate && b.estimate <= b.conf_high);
    for (int side = -1; side <= 1; side += 2) {
        const double end = side < 0 ? b.conf_low : b.conf_high,
                     far = run(d, r, two_way, options, b.estimate + side * 1e9 * b.std_error).p_value;
        const bool none = b.tails == (side < 0 ? UF_WILD_LESS : UF_WILD_GREATER);
        if (none || far > alpha * (1 + 1e-9)) {
            if (!isinf(end)) fail_msg("%s: an end at %g, and p = %g far away", what, end, far);
            if (!none) expect_close(b.p_limit[side > 0], far, 1e-12, "p in the limit");
            continue;
        }
        if (isinf(end)) fail_msg("%s: no end, and p = %g far away", what, far);
        double before = 1;
        bool rose = false;
        for (double reach = 1.0001; reach < 60; reach *= 1.1) {
            double p = run(d, r, two_way, options, b.estimate + (end - b.estimate) * reach).p_value;
            if (p > alpha * (1 + 1e-9)) fail_msg("%s: p = %g at %g times the interval", what, p, reach);
            rose |= p > before, before = p;
        }
        uneven += rose;
    }
    return uneven;
}

static void nothing_is_accepted_further_out(void **state)
{
    (void)state;
    size_t uneven = 0;
    for (uint64_t seed = 0; seed < 8; seed++) {
        struct design d = design_draw(seed, 6 + seed % 3, 4 + seed % 2, 1);
        struct regression r = regress(&d);
        for (int form = 0; form < 4; form++)
            for (int tails = 0; tails < 4; tails++)
                uneven += scan(&d, &r, false,
                               (struct uf_wild_bootstrap_options){.jackknife_residuals = form & 1,
                                                                  .jackknife_variance = form & 2,
                                                                  .weights = UF_WILD_RADEMACHER,
                                                                  .tails = (enum uf_wild_tails)tails,
                                                                  .draws = 999,
                                                                  .level = 0.95},
                               "one dimension");
        regression_clear(&r);
    }
    assert_true(uneven > 10); /* or there was nothing to look for */
}

/* Regions and few periods: of 2^4 or 2^5 vectors none can give p below 0.05, and of 2^3 none below 0.2. */
static void few_periods_as_clusters(void **state)
{
    (void)state;
    static const double units[] = {1e-6, 1, 1e9};
    size_t asked = 0;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct design d = design_draw(seed, 9, 3 + seed % 3, units[seed / 3 % 3]);
        struct regression r = regress(&d);
        for (int tails = 0; tails < 2; tails++) {
            const struct uf_wild_bootstrap_options options = {
                .weights = UF_WILD_RADEMACHER, .tails = (enum uf_wild_tails)tails, .level = 0.95};
            struct uf_wild_bootstrap b = run(&d, &r, true, options, 0);
            if (b.n_clusters == 0) continue; /* a two-way variance need not be positive */
            asked++;
            assert_true(b.enumerated && b.n_clusters == d.n_periods);
            scan(&d, &r, true, options, "two dimensions");
            /* the vector of ones gives the statistic itself, and its mirror image minus it */
            assert_true(b.least_p >= 2 / pow(2, (double)d.n_periods) - 1e-12);
        }
        regression_clear(&r);
    }
    assert_true(asked > 10);
}

/* Two periods: of the four vectors two give the statistic itself, and the other two fit perfectly. None of them is a smaller t*, also
 * where ties are left out. */
static void two_periods_as_clusters(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++)
        for (int ties = 0; ties < 2; ties++) {
            struct design d = design_draw(seed, 8, 2, 1e-6);
            for (size_t i = 0; i < d.n; i++) d.weights[i] = 1;
            struct regression r = regress(&d);
            struct uf_wild_bootstrap b = run(&d, &r, true,
                                             (struct uf_wild_bootstrap_options){
                                                 .weights = UF_WILD_RADEMACHER,
                                                 .ties = ties ? UF_WILD_TIES_LEFT_OUT : UF_WILD_TIES_EXTREME},
                                             0);
            if (b.n_clusters > 0) {
                expect_close(b.p_value, ties ? 0.5 : 1, 1e-12, "p");
                expect_close(b.least_p, ties ? 0.5 : 1, 1e-12, "least p");
                assert_true(isinf(b.conf_low) && isinf(b.conf_high));
                assert_int_equal(b.infeasible, 2);
            }
            regression_clear(&r);
        }
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_accepted_further_out),
        cmocka_unit_test(few_periods_as_clusters),
        cmocka_unit_test(two_periods_as_clusters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

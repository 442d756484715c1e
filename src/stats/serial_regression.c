// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/serial_regression.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/covariance.h>
#include <utfall/least_squares.h>

#include "base/fail.h"
#include "stats/serial_internal.h"

enum { MOST_ITERATIONS = 1000 };
static const double STILL = 1e-12, BOUND = 0.99;

void uf_serial_fit_clear(struct uf_serial_fit *fit)
{
    if (!fit) return;
    gsl_vector_free(fit->coefficients), gsl_vector_free(fit->residuals);
    gsl_matrix_free(fit->covariance);
    for (size_t g = 0; g < fit->n_parts; g++)
        gsl_vector_free(fit->parts[g].coefficients), gsl_matrix_free(fit->parts[g].covariance);
    free(fit->parts);
    memset(fit, 0, sizeof *fit);
}

long serial_step(const long *time, size_t n)
{
    long step = 0;
    for (size_t i = 1; i < n; i++) {
        long a = time[i] - time[i - 1], b = step;
        while (b > 0) {
            long rest = a % b;
            a = b, b = rest;
        }
        step = a;
    }
    return step > 0 ? step : 1;
}

/* ρ and Durbin–Watson's d from neighbours one step apart. */
static void dependence(const gsl_vector *e, const long *time, long step, double *rho, double *durbin_watson)
{
    double product = 0, earlier = 0, change = 0, all = 0;
    for (size_t i = 0; i < e->size; i++) {
        double now = gsl_vector_get(e, i);
        all += now * now;
        if (i == 0 || time[i] - time[i - 1] != step) continue;
        double before = gsl_vector_get(e, i - 1);
        product += now * before;
        earlier += before * before;
        change += (now - before) * (now - before);
    }
    *rho = earlier > 0 ? product / earlier : 0;
    *durbin_watson = all > 0 ? change / all : (double)NAN;
}

static void set_residuals(const gsl_matrix *x, const gsl_vector *y, const gsl_vector *b, gsl_vector *e)
{
    for (size_t i = 0; i < x->size1; i++) {
        double fitted = 0;
        for (size_t j = 0; j < x->size2; j++)
            if (!isnan(gsl_vector_get(b, j))) fitted += gsl_matrix_get(x, i, j) * gsl_vector_get(b, j);
        gsl_vector_set(e, i, gsl_vector_get(y, i) - fitted);
    }
}

/* Work space of the transformed regression. */
struct transformed {
    gsl_matrix *x;
    gsl_vector *y;
};

static void transform(const gsl_matrix *x, const gsl_vector *y, const long *time, long step, double rho,
                      struct transformed *out)
{
    for (size_t i = 0; i < x->size1; i++) {
        double carried, scale;
        serial_row(time, i, step, rho, &carried, &scale);
        for (size_t j = 0; j < x->size2; j++) {
            double earlier = i > 0 ? gsl_matrix_get(x, i - 1, j) : 0;
            gsl_matrix_set(out->x, i, j, scale * (gsl_matrix_get(x, i, j) - carried * earlier));
        }
        double earlier = i > 0 ? gsl_vector_get(y, i - 1) : 0;
        gsl_vector_set(out->y, i, scale * (gsl_vector_get(y, i) - carried * earlier));
    }
}

/* Spreads the matrix of the kept columns over all of them. */
static void spread(const struct uf_least_squares *fit, const gsl_matrix *kept, double factor, gsl_matrix *out)
{
    gsl_matrix_set_zero(out);
    for (size_t a = 0; a < fit->rank; a++)
        for (size_t b = 0; b < fit->rank; b++)
            gsl_matrix_set(out, fit->kept[a], fit->kept[b], factor * gsl_matrix_get(kept, a, b));
}

static uf_status prais_winsten(const gsl_matrix *x, const gsl_vector *y, const long *time, long step,
                               struct uf_serial_fit *out, struct uf_error *error)
{
    struct transformed t = {gsl_matrix_alloc(x->size1, x->size2), gsl_vector_alloc(y->size)};
    struct uf_least_squares fit = {0};
    uf_status status = t.x && t.y ? UF_OK : uf_fail_memory(error);
    double ignored;
    while (status == UF_OK && !out->converged && out->iterations < MOST_ITERATIONS) {
        double rho;
        dependence(out->residuals, time, step, &rho, &ignored);
        out->at_bound = fabs(rho) > BOUND;
        if (out->at_bound) rho = copysign(BOUND, rho);
        out->converged = out->iterations > 0 && fabs(rho - out->rho) < STILL;
        out->rho = rho;
        out->iterations++;
        transform(x, y, time, step, rho, &t);
        uf_least_squares_clear(&fit);
        status = uf_least_squares_fit(t.x, t.y, NULL, NULL, &fit, error);
        if (status != UF_OK) break;
        gsl_vector_memcpy(out->coefficients, fit.coefficients);
        set_residuals(x, y, out->coefficients, out->residuals);
    }
    if (status == UF_OK) spread(&fit, fit.inverse, fit.rss / out->df, out->covariance);
    uf_least_squares_clear(&fit);
    gsl_matrix_free(t.x), gsl_vector_free(t.y);
    return status;
}

/* One cross-section a period: Driscoll and Kraay's covariance is Newey and West's. */
static uf_status newey_west(const gsl_matrix *x, const long *time, const struct uf_least_squares *fit,
                            const struct uf_serial_options *options, struct uf_serial_fit *out,
                            struct uf_error *error)
{
    size_t n = x->size1;
    gsl_matrix *kept = gsl_matrix_alloc(n, fit->rank);
    size_t *period = malloc((n + 1) * sizeof *period);
    struct uf_covariance covariance = {0};
    uf_status status = kept && period ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        period[i] = i;
        for (size_t a = 0; a < fit->rank; a++) gsl_matrix_set(kept, i, a, gsl_matrix_get(x, i, fit->kept[a]));
    }
    if (status == UF_OK) {
        const struct uf_covariance_input input = {.x = kept,
                                                  .residuals = fit->residuals,
                                                  .inverse = fit->inverse,
                                                  .period = period,
                                                  .n_periods = n,
                                                  .time = time};
        const struct uf_covariance_options dependent = {.kind = UF_COVARIANCE_DRISCOLL_KRAAY,
                                                        .df_rule = UF_DF_RESIDUAL,
                                                        .lag_rule = options->lag_given ? UF_LAG_GIVEN
                                                                                       : UF_LAG_NEWEY_WEST,
                                                        .lag = options->lag};
        status = uf_covariance_estimate(&input, &dependent, &covariance, error);
    }
    if (status == UF_OK) {
        spread(fit, covariance.matrix, 1, out->covariance);
        out->lag = covariance.lag;
    }
    uf_covariance_clear(&covariance);
    gsl_matrix_free(kept);
    free(period);
    return status;
}

static uf_status single_part(struct uf_serial_fit *out, struct uf_error *error)
{
    out->parts = calloc(1, sizeof *out->parts);
    if (!out->parts) return uf_fail_memory(error);
    out->n_parts = 1;
    out->parts[0] = (struct uf_serial_part){.rho = out->rho,
                                            .weight = 1,
                                            .coefficients = gsl_vector_alloc(out->k),
                                            .covariance = gsl_matrix_alloc(out->k, out->k)};
    if (!out->parts[0].coefficients || !out->parts[0].covariance) return uf_fail_memory(error);
    gsl_vector_memcpy(out->parts[0].coefficients, out->coefficients);
    gsl_matrix_memcpy(out->parts[0].covariance, out->covariance);
    return UF_OK;
}

uf_status uf_serial_fit(const gsl_matrix *x, const gsl_vector *y, const long *time,
                        const struct uf_serial_options *options, struct uf_serial_fit *out,
                        struct uf_error *error)
{
    size_t n = x->size1, k = x->size2;
    struct uf_least_squares fit = {0};
    struct uf_serial_fit result = {.n = n, .k = k, .converged = options->kind != UF_SERIAL_PRAIS_WINSTEN};
    for (size_t i = 1; i < n; i++)
        if (time[i] <= time[i - 1])
            return uf_fail(error, UF_BAD_INPUT, "observation %zu is not later than the one before it", i + 1);
    if (options->kind == UF_SERIAL_NEWEY_WEST && options->lag_given && options->lag >= n)
        return uf_fail(error, UF_BAD_USAGE, "newey-west: a lag of %zu needs more than %zu observations",
                       options->lag, n);
    UF_TRY(uf_least_squares_fit(x, y, NULL, NULL, &fit, error));
    result.rank = fit.rank;
    result.df = (double)n - (double)fit.rank;
    result.coefficients = gsl_vector_alloc(k);
    result.residuals = gsl_vector_alloc(n);
    result.covariance = gsl_matrix_calloc(k, k);
    uf_status status =
        result.coefficients && result.residuals && result.covariance ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && (n <= fit.rank || fit.rank == 0))
        status = uf_fail(error, UF_NOT_IDENTIFIED, "%zu observations are too few for %zu coefficients", n,
                         fit.rank);
    if (status == UF_OK) {
        long step = serial_step(time, n);
        gsl_vector_memcpy(result.coefficients, fit.coefficients);
        gsl_vector_memcpy(result.residuals, fit.residuals);
        dependence(result.residuals, time, step, &result.rho, &result.durbin_watson);
        if (options->kind == UF_SERIAL_INTEGRATED)
            status = serial_integrated(x, y, time, &fit, &result, error);
        else if (options->kind == UF_SERIAL_NEWEY_WEST)
            status = newey_west(x, time, &fit, options, &result, error);
        else
            status = prais_winsten(x, y, time, step, &result, error);
        if (status == UF_OK && options->kind == UF_SERIAL_INTEGRATED) {
            double ignored;
            set_residuals(x, y, result.coefficients, result.residuals);
            dependence(result.residuals, time, step, &ignored, &result.durbin_watson);
        }
        if (status == UF_OK && !result.parts) status = single_part(&result, error);
    }
    uf_least_squares_clear(&fit);
    if (status == UF_OK)
        *out = result;
    else
        uf_serial_fit_clear(&result);
    return status;
}

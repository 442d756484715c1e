// SPDX-License-Identifier: GPL-3.0-or-later
/* The autoregression with ρ integrated out: the points of the integral, and a fit. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/serial_internal.h"

static const double NO_WEIGHT = 1e-18;

void serial_row(const long *time, size_t i, long step, double rho, double *carried, double *scale)
{
    double gap = i > 0 ? (double)(time[i] - time[i - 1]) / (double)step : 0;
    *carried = i > 0 ? pow(rho, gap) : 0;
    *scale = i > 0 ? sqrt((1 - rho * rho) / (1 - *carried * *carried)) : sqrt(1 - rho * rho);
}

/* In φ = arcsin ρ the posterior is about 1/√n wide wherever it lies. */
static size_t points_for(size_t n)
{
    size_t count = (size_t)ceil(6 * sqrt((double)n));
    return count < 48 ? 48 : count;
}

void serial_points_clear(struct serial_points *points)
{
    for (size_t g = 0; g < points->count && points->point; g++) {
        struct serial_point *p = &points->point[g];
        gsl_matrix_free(p->qr), gsl_vector_free(p->tau);
        free(p->carried), free(p->scale);
    }
    free(points->point);
    *points = (struct serial_points){0};
}

static uf_status point_init(const gsl_matrix *x, const long *time, long step, struct serial_point *p,
                            struct uf_error *error)
{
    size_t n = x->size1, rank = x->size2;
    p->qr = gsl_matrix_alloc(n, rank);
    p->tau = gsl_vector_alloc(rank);
    p->carried = malloc(n * sizeof *p->carried);
    p->scale = malloc(n * sizeof *p->scale);
    if (!p->qr || !p->tau || !p->carried || !p->scale) return uf_fail_memory(error);
    p->log_factor = 0;
    for (size_t i = 0; i < n; i++) {
        serial_row(time, i, step, p->rho, &p->carried[i], &p->scale[i]);
        p->log_factor += log(p->scale[i]);
        for (size_t j = 0; j < rank; j++) {
            double earlier = i > 0 ? gsl_matrix_get(x, i - 1, j) : 0;
            gsl_matrix_set(p->qr, i, j, p->scale[i] * (gsl_matrix_get(x, i, j) - p->carried[i] * earlier));
        }
    }
    if (gsl_linalg_QR_decomp(p->qr, p->tau))
        return uf_fail(error, UF_INTERNAL, "the transformed columns have no QR decomposition");
    for (size_t j = 0; j < rank; j++) p->log_factor -= log(fabs(gsl_matrix_get(p->qr, j, j)));
    return UF_OK;
}

uf_status serial_points_init(const gsl_matrix *x, const long *time, struct serial_points *out,
                             struct uf_error *error)
{
    const double quarter = acos(-1) / 2;
    size_t count = points_for(x->size1);
    long step = serial_step(time, x->size1);
    *out =
        (struct serial_points){.point = calloc(count, sizeof *out->point), .n = x->size1, .rank = x->size2};
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(count);
    uf_status status = out->point && rule ? UF_OK : uf_fail_memory(error);
    for (size_t g = 0; g < count && status == UF_OK; g++) {
        double at, weight;
        if (gsl_integration_glfixed_point(-1, 1, g, &at, &weight, rule)) {
            status = uf_fail(error, UF_INTERNAL, "no point %zu of the integral over rho", g);
            break;
        }
        struct serial_point *p = &out->point[out->count++];
        p->rho = sin(quarter * at);
        p->log_weight = log(weight);
        status = point_init(x, time, step, p, error);
    }
    if (rule) gsl_integration_glfixed_table_free(rule);
    return status;
}

double serial_point_project(const struct serial_point *point, const double *y, gsl_vector *work)
{
    double rss = 0;
    for (size_t i = 0; i < work->size; i++)
        gsl_vector_set(work, i, point->scale[i] * (y[i] - (i > 0 ? point->carried[i] * y[i - 1] : 0)));
    gsl_linalg_QR_QTvec(point->qr, point->tau, work);
    for (size_t i = point->qr->size2; i < work->size; i++) rss += gsl_pow_2(gsl_vector_get(work, i));
    return rss;
}

/* --- a fit -------------------------------------------------------------------------------------- */

static uf_status part_init(size_t k, struct uf_serial_part *part, struct uf_error *error)
{
    part->coefficients = gsl_vector_alloc(k);
    part->covariance = gsl_matrix_calloc(k, k);
    if (!part->coefficients || !part->covariance) return uf_fail_memory(error);
    gsl_vector_set_all(part->coefficients, NAN);
    return UF_OK;
}

/* Coefficients and covariance at one ρ, spread over all columns. `inverse`: rank × rank, room for R^{-1}. */
static uf_status part_fill(const struct serial_point *p, const struct uf_least_squares *fit,
                           const gsl_vector *projected, double variance, gsl_matrix *inverse,
                           struct uf_serial_part *part, struct uf_error *error)
{
    size_t rank = fit->rank;
    gsl_matrix_const_view r = gsl_matrix_const_submatrix(p->qr, 0, 0, rank, rank);
    gsl_matrix_set_identity(inverse);
    if (gsl_blas_dtrsm(CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, 1, &r.matrix, inverse))
        return uf_fail(error, UF_INTERNAL, "the triangle of a regression over time cannot be inverted");
    for (size_t a = 0; a < rank; a++) {
        double b = 0;
        for (size_t c = a; c < rank; c++) b += gsl_matrix_get(inverse, a, c) * gsl_vector_get(projected, c);
        gsl_vector_set(part->coefficients, fit->kept[a], b);
        for (size_t c = 0; c <= a; c++) {
            double v = 0;
            for (size_t q = a; q < rank; q++)
                v += gsl_matrix_get(inverse, a, q) * gsl_matrix_get(inverse, c, q);
            gsl_matrix_set(part->covariance, fit->kept[a], fit->kept[c], variance * v);
            gsl_matrix_set(part->covariance, fit->kept[c], fit->kept[a], variance * v);
        }
    }
    return UF_OK;
}

/* Mean and total variance over the parts. */
static void gather(const struct uf_least_squares *fit, struct uf_serial_fit *out)
{
    gsl_vector_set_all(out->coefficients, NAN);
    for (size_t a = 0; a < fit->rank; a++) {
        double mean = 0;
        for (size_t g = 0; g < out->n_parts; g++)
            mean += out->parts[g].weight * gsl_vector_get(out->parts[g].coefficients, fit->kept[a]);
        gsl_vector_set(out->coefficients, fit->kept[a], mean);
    }
    for (size_t a = 0; a < fit->rank; a++)
        for (size_t b = 0; b < fit->rank; b++) {
            size_t i = fit->kept[a], j = fit->kept[b];
            double sum = 0;
            for (size_t g = 0; g < out->n_parts; g++) {
                const struct uf_serial_part *part = &out->parts[g];
                sum += part->weight *
                       (gsl_matrix_get(part->covariance, i, j) +
                        (gsl_vector_get(part->coefficients, i) - gsl_vector_get(out->coefficients, i)) *
                            (gsl_vector_get(part->coefficients, j) - gsl_vector_get(out->coefficients, j)));
            }
            gsl_matrix_set(out->covariance, i, j, sum);
        }
    out->rho = 0;
    for (size_t g = 0; g < out->n_parts; g++) out->rho += out->parts[g].weight * out->parts[g].rho;
}

/* Least squares alone: a series without any error has no dependence either. */
static uf_status exact(const struct uf_least_squares *fit, struct uf_serial_fit *out, struct uf_error *error)
{
    out->n_parts = 1;
    UF_TRY(part_init(out->k, &out->parts[0], error));
    out->parts[0].weight = 1;
    gsl_vector_memcpy(out->parts[0].coefficients, fit->coefficients);
    gather(fit, out);
    return UF_OK;
}

/* The weights, and RSS_ρ; false where nothing is left over at some point. */
static bool weigh(const struct serial_points *points, const double *y, double df, gsl_vector *work,
                  double *weight, double *rss)
{
    double most = -INFINITY, sum = 0;
    for (size_t g = 0; g < points->count; g++) {
        rss[g] = serial_point_project(&points->point[g], y, work);
        if (!(rss[g] > 0)) return false;
        weight[g] = points->point[g].log_weight + points->point[g].log_factor - df / 2 * log(rss[g]);
        most = fmax(most, weight[g]);
    }
    for (size_t g = 0; g < points->count; g++) sum += weight[g] = exp(weight[g] - most);
    for (size_t g = 0; g < points->count; g++) weight[g] /= sum;
    return true;
}

static uf_status mix(const struct serial_points *points, const gsl_vector *y, const double *weight,
                     const double *rss, const struct uf_least_squares *fit, gsl_vector *work,
                     struct uf_serial_fit *out, struct uf_error *error)
{
    gsl_matrix *inverse = gsl_matrix_alloc(fit->rank, fit->rank);
    uf_status status = inverse ? UF_OK : uf_fail_memory(error);
    for (size_t g = 0; g < points->count && status == UF_OK; g++) {
        if (weight[g] < NO_WEIGHT) continue;
        struct uf_serial_part *part = &out->parts[out->n_parts++];
        part->rho = points->point[g].rho;
        part->weight = weight[g];
        status = part_init(out->k, part, error);
        if (status != UF_OK) break;
        (void)serial_point_project(&points->point[g], y->data, work);
        status = part_fill(&points->point[g], fit, work, rss[g] / out->df, inverse, part, error);
    }
    gsl_matrix_free(inverse);
    if (status == UF_OK) gather(fit, out);
    return status;
}

uf_status serial_integrated(const gsl_matrix *x, const gsl_vector *y, const long *time,
                            const struct uf_least_squares *fit, struct uf_serial_fit *out,
                            struct uf_error *error)
{
    size_t n = x->size1;
    struct serial_points points = {0};
    gsl_matrix *kept = gsl_matrix_alloc(n, fit->rank);
    gsl_vector *series = gsl_vector_alloc(n), *work = gsl_vector_alloc(n);
    uf_status status = kept && series && work ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        gsl_vector_set(series, i, gsl_vector_get(y, i));
        for (size_t a = 0; a < fit->rank; a++) gsl_matrix_set(kept, i, a, gsl_matrix_get(x, i, fit->kept[a]));
    }
    if (status == UF_OK) status = serial_points_init(kept, time, &points, error);
    double *weight = malloc((points.count + 1) * sizeof *weight),
           *rss = malloc((points.count + 1) * sizeof *rss);
    out->parts = calloc(points.count + 1, sizeof *out->parts);
    if (status == UF_OK && (!weight || !rss || !out->parts)) status = uf_fail_memory(error);
    if (status == UF_OK)
        status = fit->rss > 0 && weigh(&points, series->data, out->df, work, weight, rss)
                     ? mix(&points, series, weight, rss, fit, work, out, error)
                     : exact(fit, out, error);
    serial_points_clear(&points);
    gsl_matrix_free(kept), gsl_vector_free(series), gsl_vector_free(work);
    free(weight), free(rss);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* How indicators go together: correlations, Cronbach's α, weights from principal components. */
#include <utfall/composite.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <string.h>

#include "base/fail.h"

/* --- covariances ------------------------------------------------------------------------------- */

static bool is_complete(const gsl_matrix *values, size_t row)
{
    for (size_t j = 0; j < values->size2; j++)
        if (isnan(gsl_matrix_get(values, row, j))) return false;
    return true;
}

/* With n − 1, over complete rows, whose number it gives. */
static size_t covariances(const gsl_matrix *values, double *mean, gsl_matrix *out)
{
    size_t k = values->size2, n = 0;
    memset(mean, 0, k * sizeof *mean);
    gsl_matrix_set_zero(out);
    for (size_t i = 0; i < values->size1; i++) {
        if (!is_complete(values, i)) continue;
        n++;
        for (size_t j = 0; j < k; j++) mean[j] += gsl_matrix_get(values, i, j);
    }
    for (size_t j = 0; j < k; j++) mean[j] /= (double)n;
    for (size_t i = 0; i < values->size1; i++) {
        if (!is_complete(values, i)) continue;
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b <= a; b++)
                *gsl_matrix_ptr(out, a, b) += (gsl_matrix_get(values, i, a) - mean[a]) *
                                              (gsl_matrix_get(values, i, b) - mean[b]) / ((double)n - 1);
    }
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < a; b++) gsl_matrix_set(out, b, a, gsl_matrix_get(out, a, b));
    return n;
}

/* A column whose deviation is mere rounding of its mean does not vary. */
static void scale_to_correlations(gsl_matrix *covariance, const double *mean)
{
    size_t k = covariance->size1;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < a; b++) {
            double va = gsl_matrix_get(covariance, a, a), vb = gsl_matrix_get(covariance, b, b);
            bool vary = va > 1e-28 * mean[a] * mean[a] && vb > 1e-28 * mean[b] * mean[b];
            double r = vary ? gsl_matrix_get(covariance, a, b) / sqrt(va * vb) : (double)NAN;
            gsl_matrix_set(covariance, a, b, r);
            gsl_matrix_set(covariance, b, a, r);
        }
    for (size_t a = 0; a < k; a++)
        gsl_matrix_set(covariance, a, a,
                       gsl_matrix_get(covariance, a, a) > 1e-28 * mean[a] * mean[a] ? 1 : (double)NAN);
}

uf_status uf_correlations(const gsl_matrix *values, gsl_matrix *out, size_t *out_rows, struct uf_error *error)
{
    gsl_vector *mean = gsl_vector_alloc(values->size2);
    if (!mean) return uf_fail_memory(error);
    size_t rows = covariances(values, mean->data, out);
    scale_to_correlations(out, mean->data);
    gsl_vector_free(mean);
    if (out_rows) *out_rows = rows;
    return UF_OK;
}

uf_status uf_cronbach_alpha(const gsl_matrix *values, struct uf_cronbach *out, struct uf_error *error)
{
    size_t k = values->size2;
    double n = (double)k, traces = 0, sum = 0, off = 0;
    struct uf_cronbach alpha = {0, NAN, NAN, NAN};
    gsl_matrix *c = gsl_matrix_alloc(k, k);
    gsl_vector *mean = gsl_vector_alloc(k);
    if (c && mean) {
        alpha.n = covariances(values, mean->data, c);
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < k; b++) {
                sum += gsl_matrix_get(c, a, b);
                traces += a == b ? gsl_matrix_get(c, a, b) : 0;
            }
        scale_to_correlations(c, mean->data);
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < a; b++) off += gsl_matrix_get(c, a, b);
    }
    bool ok = c && mean;
    if (c) gsl_matrix_free(c);
    if (mean) gsl_vector_free(mean);
    if (!ok) return uf_fail_memory(error);
    if (k > 1 && alpha.n > 2) {
        alpha.raw = n / (n - 1) * (1 - traces / sum);
        alpha.mean_correlation = off / (n * (n - 1) / 2);
        alpha.standardised = n * alpha.mean_correlation / (1 + (n - 1) * alpha.mean_correlation);
    }
    *out = alpha;
    return UF_OK;
}

/* --- principal components ---------------------------------------------------------------------- */

static size_t factors_kept(const gsl_vector *eigenvalues)
{
    const double least = 1, least_share = 0.1, enough = 0.6;
    double k = (double)eigenvalues->size, explained = 0;
    size_t kept = 0;
    while (kept < eigenvalues->size) {
        double value = gsl_vector_get(eigenvalues, kept);
        if (explained >= enough && !(value > least && value / k >= least_share)) break;
        explained += value / k;
        kept++;
    }
    return kept;
}

/* Turns two columns by the angle that makes the variance of their squared elements greatest (Kaiser 1958); gives the angle. */
static double rotate_pair(gsl_matrix *x, size_t p, size_t q)
{
    const double quarter = 0.25;
    double n = (double)x->size1, a = 0, b = 0, c = 0, d = 0;
    for (size_t i = 0; i < x->size1; i++) {
        double xp = gsl_matrix_get(x, i, p), xq = gsl_matrix_get(x, i, q);
        double u = xp * xp - xq * xq, v = 2 * xp * xq;
        a += u, b += v, c += u * u - v * v, d += 2 * u * v;
    }
    double angle = quarter * atan2(d - 2 * a * b / n, c - (a * a - b * b) / n);
    double cosine = cos(angle), sine = sin(angle);
    for (size_t i = 0; i < x->size1; i++) {
        double xp = gsl_matrix_get(x, i, p), xq = gsl_matrix_get(x, i, q);
        gsl_matrix_set(x, i, p, cosine * xp + sine * xq);
        gsl_matrix_set(x, i, q, cosine * xq - sine * xp);
    }
    return angle;
}

/* Rows are brought to length 1 for the rotation, and back. */
static void varimax(gsl_matrix *x, double *length)
{
    enum { SWEEPS = 1000 };
    for (size_t i = 0; i < x->size1; i++) {
        gsl_vector_view row = gsl_matrix_row(x, i);
        length[i] = gsl_blas_dnrm2(&row.vector);
        if (length[i] > 0) gsl_vector_scale(&row.vector, 1 / length[i]);
    }
    double most = 1;
    for (int sweep = 0; sweep < SWEEPS && most > 1e-12; sweep++) {
        most = 0;
        for (size_t p = 0; p < x->size2; p++)
            for (size_t q = p + 1; q < x->size2; q++) most = fmax(most, fabs(rotate_pair(x, p, q)));
    }
    for (size_t i = 0; i < x->size1; i++) {
        gsl_vector_view row = gsl_matrix_row(x, i);
        gsl_vector_scale(&row.vector, length[i]);
    }
    for (size_t j = 0; j < x->size2; j++) {
        double sum = 0;
        gsl_vector_view column = gsl_matrix_column(x, j);
        for (size_t i = 0; i < x->size1; i++) sum += gsl_matrix_get(x, i, j);
        if (sum < 0) gsl_vector_scale(&column.vector, -1);
    }
}

/* A row's greatest squared loading is a share of its factor's sum of them, and the factor counts by that sum, its part of the
 * variance: the sum cancels. */
static void weights_from_loadings(const gsl_matrix *loadings, gsl_vector *out)
{
    double total = 0;
    for (size_t i = 0; i < loadings->size1; i++) {
        double greatest = 0;
        for (size_t j = 0; j < loadings->size2; j++)
            greatest = fmax(greatest, gsl_matrix_get(loadings, i, j) * gsl_matrix_get(loadings, i, j));
        gsl_vector_set(out, i, greatest);
        total += greatest;
    }
    gsl_vector_scale(out, 1 / total);
}

static uf_status decompose(gsl_matrix *correlation, struct uf_component_fit *fit, double *work,
                           struct uf_error *error)
{
    size_t k = correlation->size1;
    gsl_matrix *vectors = gsl_matrix_alloc(k, k);
    gsl_eigen_symmv_workspace *space = gsl_eigen_symmv_alloc(k);
    bool ok = vectors && space && gsl_eigen_symmv(correlation, fit->eigenvalues, vectors, space) == 0;
    if (ok) {
        gsl_eigen_symmv_sort(fit->eigenvalues, vectors, GSL_EIGEN_SORT_VAL_DESC);
        fit->kept = factors_kept(fit->eigenvalues);
        fit->loadings = gsl_matrix_alloc(k, fit->kept);
        ok = fit->loadings != NULL;
    }
    fit->explained = 0;
    for (size_t j = 0; ok && j < fit->kept; j++) {
        double value = gsl_vector_get(fit->eigenvalues, j);
        fit->explained += value / (double)k;
        for (size_t i = 0; i < k; i++)
            gsl_matrix_set(fit->loadings, i, j, sqrt(fmax(value, 0)) * gsl_matrix_get(vectors, i, j));
    }
    if (ok) varimax(fit->loadings, work);
    if (vectors) gsl_matrix_free(vectors);
    if (space) gsl_eigen_symmv_free(space);
    return ok ? UF_OK : uf_fail_memory(error);
}

static uf_status check(const gsl_matrix *correlation, size_t rows, struct uf_error *error)
{
    if (correlation->size1 < 2 || rows < 3)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "weights from principal components need two indicators and three units that have all of "
            "them; there are %zu and %zu",
            correlation->size1, rows);
    for (size_t i = 0; i < correlation->size1; i++)
        if (isnan(gsl_matrix_get(correlation, i, i)))
            return uf_fail(
                error, UF_NOT_IDENTIFIED,
                "indicator %zu has the same value in all units that have every indicator, so it has "
                "no principal components",
                i + 1);
    return UF_OK;
}

uf_status uf_component_weights(const gsl_matrix *values, gsl_vector *out, struct uf_component_fit *out_fit,
                               struct uf_error *error)
{
    size_t k = values->size2;
    struct uf_component_fit fit = {.eigenvalues = gsl_vector_alloc(k)};
    gsl_matrix *correlation = gsl_matrix_alloc(k, k);
    gsl_vector *work = gsl_vector_alloc(k);
    uf_status status = fit.eigenvalues && correlation && work ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = uf_correlations(values, correlation, &fit.n, error);
    if (status == UF_OK) status = check(correlation, fit.n, error);
    if (status == UF_OK) status = decompose(correlation, &fit, work->data, error);
    if (status == UF_OK) weights_from_loadings(fit.loadings, out);
    if (correlation) gsl_matrix_free(correlation);
    if (work) gsl_vector_free(work);
    if (status == UF_OK && out_fit)
        *out_fit = fit;
    else
        uf_component_fit_clear(&fit);
    return status;
}

void uf_component_fit_clear(struct uf_component_fit *fit)
{
    if (fit->eigenvalues) gsl_vector_free(fit->eigenvalues);
    if (fit->loadings) gsl_matrix_free(fit->loadings);
    *fit = (struct uf_component_fit){0};
}

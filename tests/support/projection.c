// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/projection.h"
#include "support/test.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <utfall/least_squares.h>

gsl_matrix *projection_residual_maker(size_t n, size_t k, const double *x, const double *weights,
                                      size_t n_dimensions, const size_t *const *group, const size_t *n_groups)
{
    struct uf_error error;
    size_t columns = k;
    for (size_t d = 0; d < n_dimensions; d++) columns += n_groups[d];
    gsl_matrix *all = gsl_matrix_calloc(n, columns), *out = gsl_matrix_alloc(n, n);
    gsl_vector *unit = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) {
        const double root = weights ? sqrt(weights[i]) : 1;
        size_t first = k;
        for (size_t j = 0; j < k; j++) gsl_matrix_set(all, i, j, root * x[i * k + j]);
        for (size_t d = 0; d < n_dimensions; first += n_groups[d++])
            gsl_matrix_set(all, i, first + group[d][i], root);
    }
    for (size_t i = 0; i < n; i++) {
        struct uf_least_squares fit;
        gsl_vector_set_basis(unit, i);
        assert_ok(uf_least_squares_fit(all, unit, NULL, NULL, &fit, &error), &error);
        gsl_matrix_set_col(out, i, fit.residuals);
        uf_least_squares_clear(&fit);
    }
    gsl_matrix_free(all), gsl_vector_free(unit);
    return out;
}

gsl_matrix *projection_power(const gsl_matrix *s, double power)
{
    size_t n = s->size1;
    gsl_matrix *copy = gsl_matrix_alloc(n, n), *vectors = gsl_matrix_alloc(n, n),
               *out = gsl_matrix_calloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(n);
    gsl_matrix_memcpy(copy, s);
    gsl_eigen_symmv(copy, values, vectors, workspace);
    for (size_t e = 0; e < n; e++) {
        if (gsl_vector_get(values, e) < 1e-10) continue;
        gsl_vector_view u = gsl_matrix_column(vectors, e);
        gsl_blas_dger(pow(gsl_vector_get(values, e), power), &u.vector, &u.vector, out);
    }
    gsl_eigen_symmv_free(workspace);
    gsl_matrix_free(copy), gsl_matrix_free(vectors), gsl_vector_free(values);
    return out;
}

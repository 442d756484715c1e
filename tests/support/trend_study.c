// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/trend_study.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>

double trend_study_normal(struct uf_random *random)
{
    return gsl_cdf_ugaussian_Pinv(uf_random_uniform(random) + 0x1p-54);
}

double trend_study_length(double bias, double sd)
{
    double low = 0, high = bias + 10 * sd;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (gsl_cdf_ugaussian_P((middle - bias) / sd) - gsl_cdf_ugaussian_P((-middle - bias) / sd) < 0.95)
            low = middle;
        else
            high = middle;
    }
    return high;
}

struct trend_study trend_study_new(size_t before, size_t after)
{
    const size_t n = before + after;
    struct trend_study made = {.estimate = gsl_vector_calloc(n),
                               .weights = gsl_vector_calloc(after),
                               .covariance = gsl_matrix_calloc(n, n)};
    made.study = (struct uf_trend_study){made.estimate, made.covariance, before, after, made.weights};
    return made;
}

void trend_study_spread(struct trend_study *made, const gsl_matrix *f, double factor)
{
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, factor, f, f, 0, made->covariance);
}

void trend_study_clear(struct trend_study *made)
{
    gsl_vector_free(made->estimate), gsl_vector_free(made->weights);
    gsl_matrix_free(made->covariance);
}

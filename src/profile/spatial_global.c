// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/spatial.h>

#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/distribution.h>

#include "base/fail.h"
#include "profile/spatial_internal.h"

enum { FEWEST = 4 };

uf_status spatial_values_new(const struct uf_spatial_weights *weights, const double *x,
                             struct spatial_values *out, struct uf_error *error)
{
    const size_t n = weights->n;
    if (n < FEWEST)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "Spatial autocorrelation among %zu regions has no distribution: at least %d are needed.", n,
            FEWEST);
    if (weights->n_links == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "None of the %zu regions has a neighbour among the others.",
                       n);
    struct spatial_values values = {.n = n, .z = malloc(n * sizeof(double))};
    if (!values.z) return uf_fail_memory(error);
    double size = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) {
            free(values.z);
            return uf_fail(error, UF_BAD_INPUT, "Region %zu (counted from 1) has no value: leave it out.",
                           i + 1);
        }
        values.mean += x[i] / (double)n;
        values.negative = values.negative || x[i] < 0;
        size = fmax(size, fabs(x[i]));
    }
    double fourth = 0;
    for (size_t i = 0; i < n; i++) {
        double z = values.z[i] = x[i] - values.mean;
        values.m2 += z * z / (double)n;
        fourth += z * z * z * z / (double)n;
        values.largest = fmax(values.largest, fabs(z));
    }
    values.b2 = fourth / values.m2 / values.m2;
    if (!(values.largest > 1e-13 * size)) { /* rounding leaves about 1e-16 of the size */
        free(values.z);
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "The values do not vary: whether neighbours are alike cannot be told.");
    }
    *out = values;
    return UF_OK;
}

struct uf_spatial_moments spatial_moments(double statistic, double expectation, double variance)
{
    if (!(variance > 0)) return (struct uf_spatial_moments){isnan(variance) ? NAN : variance, NAN, NAN};
    double z = (statistic - expectation) / sqrt(variance);
    return (struct uf_spatial_moments){variance, z, uf_t_two_sided(z, INFINITY)};
}

struct spatial_sums spatial_sums_of(const struct uf_spatial_weights *weights, const double *both,
                                    const double *z)
{
    struct spatial_sums sums = {0, 0, 0};
    for (size_t i = 0; i < weights->n; i++) {
        double lag = 0;
        for (size_t l = weights->start[i]; l < weights->start[i + 1]; l++)
            lag += weights->weight[l] * z[weights->neighbour[l]];
        sums.cross += z[i] * lag;
        sums.squares += both[i] * z[i] * z[i];
        sums.linear += both[i] * z[i];
    }
    return sums;
}

void spatial_statistics(const struct spatial_values *values, const struct spatial_sums *sums, double s0,
                        double n, double out[UF_SPATIAL_STATISTICS])
{
    const double all = (double)values->n, mean = values->mean, squares = all * values->m2;
    out[UF_SPATIAL_MORAN] = n / s0 * sums->cross / squares;
    out[UF_SPATIAL_GEARY] = (n - 1) / (2 * s0) * (sums->squares - 2 * sums->cross) / squares;
    /* x = z + mean: Σ w x x = Σ w z z + mean Σ z (w_i. + w_.i) + mean² S0; Σ_{i≠j} x x = (Σx)² − Σx² */
    double links = sums->cross + mean * sums->linear + mean * mean * s0;
    double pairs = gsl_pow_2(all * mean) - squares - all * mean * mean;
    out[UF_SPATIAL_GETIS_ORD] = values->negative ? NAN : links / pairs;
}

/* --- variances --------------------------------------------------------------------------------- */

static struct uf_spatial_test moran(double statistic, double n, double b2,
                                    const struct uf_spatial_constants *c)
{
    const double s0 = c->s0 * c->s0, expected = -1 / (n - 1);
    double normal = (n * n * c->s1 - n * c->s2 + 3 * s0) / (s0 * (n * n - 1)) - expected * expected;
    double random = (n * ((n * n - 3 * n + 3) * c->s1 - n * c->s2 + 3 * s0) -
                     b2 * ((n * n - n) * c->s1 - 2 * n * c->s2 + 6 * s0)) /
                        ((n - 1) * (n - 2) * (n - 3) * s0) -
                    expected * expected;
    return (struct uf_spatial_test){.statistic = statistic,
                                    .expectation = expected,
                                    .normality = spatial_moments(statistic, expected, normal),
                                    .randomisation = spatial_moments(statistic, expected, random)};
}

static struct uf_spatial_test geary(double statistic, double n, double b2,
                                    const struct uf_spatial_constants *c)
{
    const double s0 = c->s0 * c->s0;
    double normal = ((2 * c->s1 + c->s2) * (n - 1) - 4 * s0) / (2 * (n + 1) * s0);
    double random = ((n - 1) * c->s1 * (n * n - 3 * n + 3 - (n - 1) * b2) -
                     (n - 1) * c->s2 * (n * n + 3 * n - 6 - (n * n - n + 2) * b2) / 4 +
                     s0 * (n * n - 3 - (n - 1) * (n - 1) * b2)) /
                    (n * (n - 2) * (n - 3) * s0);
    return (struct uf_spatial_test){.statistic = statistic,
                                    .expectation = 1,
                                    .normality = spatial_moments(statistic, 1, normal),
                                    .randomisation = spatial_moments(statistic, 1, random)};
}

/* Getis & Ord (1992), eq. 6–7, of x divided by its mean, which the statistic does not heed. */
static struct uf_spatial_test getis_ord(double statistic, double n, const struct spatial_values *values,
                                        const struct uf_spatial_constants *c)
{
    const double s0 = c->s0 * c->s0;
    double m[5] = {0};
    for (size_t i = 0; i < values->n; i++) {
        double x = values->z[i] / values->mean + 1, power = 1;
        for (int k = 1; k <= 4; k++) power *= x, m[k] += power;
    }
    const double b[] = {(n * n - 3 * n + 3) * c->s1 - n * c->s2 + 3 * s0,
                        -((n * n - n) * c->s1 - 2 * n * c->s2 + 6 * s0),
                        -(2 * n * c->s1 - (n + 3) * c->s2 + 6 * s0),
                        4 * (n - 1) * c->s1 - 2 * (n + 1) * c->s2 + 8 * s0, c->s1 - c->s2 + s0};
    double expected = c->s0 / (n * (n - 1)), pairs = m[1] * m[1] - m[2];
    double second = (b[0] * m[2] * m[2] + b[1] * m[4] + b[2] * m[1] * m[1] * m[2] + b[3] * m[1] * m[3] +
                     b[4] * gsl_pow_4(m[1])) /
                    (pairs * pairs * n * (n - 1) * (n - 2) * (n - 3));
    return (struct uf_spatial_test){.statistic = statistic,
                                    .expectation = expected,
                                    .normality = {NAN, NAN, NAN},
                                    .randomisation =
                                        spatial_moments(statistic, expected, second - expected * expected)};
}

uf_status uf_spatial_global(const struct uf_spatial_weights *weights, const double *x,
                            enum uf_spatial_statistic statistic, bool count_islands,
                            struct uf_spatial_test *out, struct uf_error *error)
{
    struct spatial_values values;
    UF_TRY(spatial_values_new(weights, x, &values, error));
    const size_t counted = count_islands ? weights->n : weights->n - weights->n_islands;
    double *both = malloc(weights->n * sizeof *both), found[UF_SPATIAL_STATISTICS];
    uf_status status = both ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && counted < FEWEST)
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "Only %zu regions have neighbours; at least %d are needed.", counted, FEWEST);
    if (status == UF_OK && statistic == UF_SPATIAL_GETIS_ORD && values.negative)
        status = uf_fail(error, UF_BAD_INPUT,
                         "Getis and Ord's G is a ratio of products: it needs values of at least 0.");
    if (status == UF_OK) {
        spatial_both_sums(weights, both);
        const struct uf_spatial_constants c = spatial_constants_from(weights, both);
        const struct spatial_sums sums = spatial_sums_of(weights, both, values.z);
        const double n = (double)counted;
        spatial_statistics(&values, &sums, c.s0, n, found);
        if (statistic == UF_SPATIAL_MORAN) *out = moran(found[statistic], n, values.b2, &c);
        if (statistic == UF_SPATIAL_GEARY) *out = geary(found[statistic], n, values.b2, &c);
        if (statistic == UF_SPATIAL_GETIS_ORD) *out = getis_ord(found[statistic], n, &values, &c);
        out->n = counted;
    }
    free(both);
    free(values.z);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/absorb_internal.h"

enum { MAX_ITERATIONS = 20000 };
/* Relative to the column's own norm: where to stop, and what is still good enough when rounding stops the
 * descent. */
#define GRADIENT_TARGET 1e-14
#define GRADIENT_GOOD   1e-11

struct workspace {
    double *mean;              /* levels[main] */
    double *gamma;             /* q: the solution */
    double *residual;          /* q */
    double *direction, *image; /* q; conjugate gradients only */
    double *observation;       /* n; conjugate gradients only */
};

static void demean(const struct uf_absorber *a, double *mean, double *x)
{
    const size_t *group = a->group[a->main];
    memset(mean, 0, a->levels[a->main] * sizeof *mean);
    for (size_t i = 0; i < a->n; i++) mean[group[i]] += absorb_weight(a, i) * x[i];
    for (size_t g = 0; g < a->levels[a->main]; g++) mean[g] /= a->main_weight[g];
    for (size_t i = 0; i < a->n; i++) x[i] -= mean[group[i]];
}

/* out := D'Wx */
static void gather(const struct uf_absorber *a, const double *x, double *out)
{
    memset(out, 0, a->q * sizeof *out);
    for (size_t d = 0; d < a->dimensions; d++) {
        if (d == a->main) continue;
        for (size_t i = 0; i < a->n; i++) out[a->offset[d] + a->group[d][i]] += absorb_weight(a, i) * x[i];
    }
}

/* x := x + factor * D gamma */
static void spread(const struct uf_absorber *a, double factor, const double *gamma, double *x)
{
    for (size_t d = 0; d < a->dimensions; d++) {
        if (d == a->main) continue;
        for (size_t i = 0; i < a->n; i++) x[i] += factor * gamma[a->offset[d] + a->group[d][i]];
    }
}

static void solve_direct(const struct uf_absorber *a, double *b)
{
    size_t q = a->q;
    const double *l = a->factor;
    for (size_t i = 0; i < q; i++) {
        double sum = b[i];
        for (size_t j = 0; j < i; j++) sum -= l[i * q + j] * b[j];
        b[i] = a->redundant[i] ? 0 : sum / l[i * q + i];
    }
    for (size_t i = q; i-- > 0;) {
        b[i] = a->redundant[i] ? 0 : b[i] / l[i * q + i];
        for (size_t j = 0; j < i; j++) b[j] -= l[i * q + j] * b[i];
    }
}

static double dot_scaled(const struct uf_absorber *a, const double *x, const double *y)
{
    double sum = 0;
    for (size_t j = 0; j < a->q; j++) sum += x[j] * y[j] / a->other_weight[j];
    return sum;
}

/* Conjugate gradients on S gamma = residual, scaled by the dummies' weights; S is singular but the system is
 * consistent. */
static bool solve_gradient(const struct uf_absorber *a, struct workspace *w, double scale)
{
    size_t q = a->q;
    memset(w->gamma, 0, q * sizeof *w->gamma);
    double rho = dot_scaled(a, w->residual, w->residual), best = rho;
    for (size_t j = 0; j < q; j++) w->direction[j] = w->residual[j] / a->other_weight[j];
    for (int step = 0; step < MAX_ITERATIONS; step++) {
        if (sqrt(rho) <= GRADIENT_TARGET * scale) return true;
        memset(w->observation, 0, a->n * sizeof *w->observation);
        spread(a, 1, w->direction, w->observation);
        demean(a, w->mean, w->observation);
        gather(a, w->observation, w->image);
        double curvature = 0;
        for (size_t j = 0; j < q; j++) curvature += w->direction[j] * w->image[j];
        if (!(curvature > 0)) break;
        double length = rho / curvature;
        for (size_t j = 0; j < q; j++) {
            w->gamma[j] += length * w->direction[j];
            w->residual[j] -= length * w->image[j];
        }
        double next = dot_scaled(a, w->residual, w->residual);
        for (size_t j = 0; j < q; j++)
            w->direction[j] = w->residual[j] / a->other_weight[j] + next / rho * w->direction[j];
        rho = next;
        best = fmin(best, rho);
    }
    return sqrt(best) <= GRADIENT_GOOD * scale;
}

static bool project(const struct uf_absorber *a, struct workspace *w, double scale, double *column)
{
    demean(a, w->mean, column);
    if (a->q == 0) return true;
    gather(a, column, w->residual);
    if (a->factor) {
        memcpy(w->gamma, w->residual, a->q * sizeof *w->gamma);
        solve_direct(a, w->gamma);
    } else if (!solve_gradient(a, w, scale)) {
        return false;
    }
    spread(a, -1, w->gamma, column);
    demean(a, w->mean, column);
    return true;
}

uf_status uf_absorber_apply(const struct uf_absorber *a, double *column, struct uf_error *error)
{
    bool iterative = a->q > 0 && !a->factor;
    size_t q = a->q + 1, levels = a->levels[a->main] + 1;
    double *memory = malloc((levels + 4 * q + (iterative ? a->n : 0) + 1) * sizeof *memory);
    if (!memory) return uf_fail_memory(error);
    struct workspace w = {.mean = memory,
                          .gamma = memory + levels,
                          .residual = memory + levels + q,
                          .direction = memory + levels + 2 * q,
                          .image = memory + levels + 3 * q,
                          .observation = memory + levels + 4 * q};
    double scale = 0;
    for (size_t i = 0; i < a->n; i++) scale += absorb_weight(a, i) * column[i] * column[i];
    scale = sqrt(scale);
    bool solved = project(a, &w, scale, column) && project(a, &w, scale, column);
    free(memory);
    if (!solved)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "the fixed effects could not be taken out: conjugate gradients did not converge in %d steps",
            (int)MAX_ITERATIONS);
    return UF_OK;
}

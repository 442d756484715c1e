// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/moment_inequality.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* A variance below this share of Σ a²·Σ_jj is rounding. */
#define NO_VARIANCE 1e-12

void moment_test_clear(struct moment_test *t)
{
    gsl_vector *const vectors[] = {t->y, t->slope, t->right, t->dual, t->other, t->shift, t->rest};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) gsl_vector_free(vectors[i]);
    gsl_matrix_free(t->correlation), gsl_matrix_free(t->root), gsl_matrix_free(t->w);
    linear_programme_free(t->programme);
    memset(t, 0, sizeof *t);
}

static uf_status allocate(struct moment_test *t, size_t n, struct uf_error *error)
{
    gsl_vector **const vectors[] = {&t->y, &t->slope, &t->right, &t->dual, &t->other, &t->shift, &t->rest};
    bool good = true;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        good &= (*vectors[i] = gsl_vector_calloc(t->rows)) != NULL;
    t->correlation = gsl_matrix_calloc(t->rows, t->rows);
    t->root = gsl_matrix_calloc(t->rows, n);
    t->w = gsl_matrix_calloc(t->rows, 1 + t->nuisances);
    return good && t->correlation && t->root && t->w ? UF_OK : uf_fail_memory(error);
}

static double row_scale(const gsl_matrix *a, const gsl_matrix *covariance, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < a->size2; j++)
        sum += gsl_matrix_get(a, i, j) * gsl_matrix_get(a, i, j) * gsl_matrix_get(covariance, j, j);
    return sum;
}

/* τ is written in the basis (θ, all τ but the one with the largest weight): τ_p = (θ − Σ l_j τ_j)/l_p. */
static void change_basis(struct moment_test *t, const gsl_matrix *a, const gsl_vector *weights, size_t i)
{
    size_t first = a->size2 - weights->size, pivot = 0, column = 1;
    for (size_t j = 1; j < weights->size; j++)
        if (fabs(gsl_vector_get(weights, j)) > fabs(gsl_vector_get(weights, pivot))) pivot = j;
    double lead = gsl_matrix_get(a, i, first + pivot) / gsl_vector_get(weights, pivot);
    gsl_vector_set(t->slope, i, lead);
    gsl_matrix_set(t->w, i, 0, 1);
    for (size_t j = 0; j < weights->size; j++)
        if (j != pivot)
            gsl_matrix_set(t->w, i, column++,
                           gsl_matrix_get(a, i, first + j) - lead * gsl_vector_get(weights, j));
}

static uf_status scale_rows(struct moment_test *t, const gsl_matrix *a, const gsl_vector *d,
                            const gsl_vector *estimate, const gsl_matrix *covariance, const gsl_matrix *root,
                            const gsl_vector *weights, struct uf_error *error)
{
    gsl_matrix *half = gsl_matrix_alloc(t->rows, a->size2);
    if (!half) return uf_fail_memory(error);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, a, covariance, 0, half);
    gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, half, a, 0, t->correlation);
    gsl_matrix_free(half);
    gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, a, root, 0, t->root);
    gsl_vector_memcpy(t->y, d);
    gsl_blas_dgemv(CblasNoTrans, 1, a, estimate, -1, t->y);
    for (size_t i = 0; i < t->rows; i++) {
        change_basis(t, a, weights, i);
        double variance = gsl_matrix_get(t->correlation, i, i);
        if (!(variance > NO_VARIANCE * row_scale(a, covariance, i)))
            return uf_fail(error, UF_NOT_IDENTIFIED,
                           "the covariance of the event study has too low a rank: a difference of its "
                           "estimates has no variance, so nothing can be tested with it");
        gsl_vector_set(t->shift, i, sqrt(variance));
    }
    for (size_t i = 0; i < t->rows; i++) {
        double sd = gsl_vector_get(t->shift, i);
        *gsl_vector_ptr(t->y, i) /= sd;
        *gsl_vector_ptr(t->slope, i) /= sd;
        for (size_t j = 1; j <= t->nuisances; j++) *gsl_matrix_ptr(t->w, i, j) /= sd;
        for (size_t j = 0; j < t->root->size2; j++) *gsl_matrix_ptr(t->root, i, j) /= sd;
        for (size_t j = 0; j < t->rows; j++)
            *gsl_matrix_ptr(t->correlation, i, j) /= sd * gsl_vector_get(t->shift, j);
    }
    /* The nuisances' own units do not matter; columns of the size of 1 are better for the solver. */
    for (size_t j = 1; j <= t->nuisances; j++) {
        gsl_vector_view column = gsl_matrix_column(t->w, j);
        double most = 0;
        for (size_t i = 0; i < t->rows; i++)
            if (fabs(gsl_vector_get(&column.vector, i)) > most)
                most = fabs(gsl_vector_get(&column.vector, i));
        if (most > 0) gsl_vector_scale(&column.vector, 1 / most);
    }
    return UF_OK;
}

uf_status moment_test_init(struct moment_test *out, const gsl_matrix *a, const gsl_vector *d,
                           const gsl_vector *estimate, const gsl_matrix *covariance, const gsl_matrix *root,
                           const gsl_vector *weights, double alpha, struct uf_error *error)
{
    struct moment_test t = {.rows = a->size1, .nuisances = weights->size - 1, .alpha = alpha};
    gsl_vector *objective = gsl_vector_calloc(1 + t.nuisances);
    uf_status status = objective ? allocate(&t, a->size2, error) : uf_fail_memory(error);
    if (status == UF_OK) status = scale_rows(&t, a, d, estimate, covariance, root, weights, error);
    if (status == UF_OK) {
        gsl_vector_set(objective, 0, 1);
        status = linear_programme_new(t.w, objective, &t.programme, error);
    }
    gsl_vector_free(objective);
    if (status != UF_OK)
        moment_test_clear(&t);
    else
        *out = t;
    return status;
}

/* max γ'y over the dual's vertices; leaves the vertex in `dual`. */
static uf_status solve(struct moment_test *t, const gsl_vector *y, gsl_vector *dual, double *value,
                       struct uf_error *error)
{
    enum linear_outcome outcome;
    UF_TRY(linear_programme_solve(t->programme, y, &outcome, value, dual, error));
    if (outcome == LINEAR_OPTIMAL) return UF_OK;
    return uf_fail(error, UF_INTERNAL, "the inequalities of a sensitivity analysis have no least violation");
}

/* What is known of a draw without solving it: any τ gives a bound, η ≤ max (y − Xτ), and that of least squares is a good one.
 * `residual` becomes (I − X X⁺)·root. */
static uf_status residual_root(const struct moment_test *t, gsl_matrix *residual, struct uf_error *error)
{
    size_t k = t->nuisances;
    gsl_matrix_memcpy(residual, t->root);
    if (k == 0 || t->rows < k) return UF_OK;
    gsl_matrix_const_view x = gsl_matrix_const_submatrix(t->w, 0, 1, t->rows, k);
    gsl_matrix *q = gsl_matrix_alloc(t->rows, k), *v = gsl_matrix_alloc(k, k),
               *product = gsl_matrix_alloc(k, t->root->size2);
    gsl_vector *s = gsl_vector_alloc(k), *work = gsl_vector_alloc(k);
    uf_status status = q && v && product && s && work ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        gsl_matrix_memcpy(q, &x.matrix);
        if (!gsl_linalg_SV_decomp(q, v, s, work)) {
            for (size_t j = 0; j < k; j++)
                if (!(gsl_vector_get(s, j) > 1e-10 * gsl_vector_get(s, 0))) {
                    gsl_vector_view column = gsl_matrix_column(q, j);
                    gsl_vector_set_zero(&column.vector);
                }
            gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1, q, t->root, 0, product);
            gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, -1, q, product, 1, residual);
        }
    }
    gsl_matrix_free(q), gsl_matrix_free(v), gsl_matrix_free(product);
    gsl_vector_free(s), gsl_vector_free(work);
    return status;
}

static uf_status bound_draws(struct moment_test *t, const gsl_matrix *draws, double *bound, size_t *order,
                             struct uf_error *error)
{
    gsl_matrix *residual = gsl_matrix_alloc(t->rows, t->root->size2);
    uf_status status = residual ? residual_root(t, residual, error) : uf_fail_memory(error);
    for (size_t r = 0; r < draws->size1 && status == UF_OK; r++) {
        gsl_vector_const_view z = gsl_matrix_const_row(draws, r);
        gsl_blas_dgemv(CblasNoTrans, 1, residual, &z.vector, 0, t->right);
        bound[r] = gsl_vector_max(t->right);
    }
    gsl_matrix_free(residual);
    if (status == UF_OK) gsl_sort_index(order, bound, 1, draws->size1); /* ascending */
    return status;
}

uf_status moment_test_least_favourable(struct moment_test *t, const gsl_matrix *draws, double kappa,
                                       struct uf_error *error)
{
    size_t n = draws->size1;
    double place = (double)(n - 1) * (1 - kappa), below = floor(place);
    size_t needed = n > (size_t)below ? n - (size_t)below
                                      : 1; /* the order statistics from `below` on, the largest first */
    double *bound = malloc(n * sizeof *bound), *top = malloc(needed * sizeof *top);
    size_t *order = malloc(n * sizeof *order);
    uf_status status =
        bound && top && order ? bound_draws(t, draws, bound, order, error) : uf_fail_memory(error);
    for (size_t i = 0; i < needed && status == UF_OK; i++) top[i] = -INFINITY;
    for (size_t r = n; status == UF_OK && r-- > 0;) {
        if (bound[order[r]] <= top[needed - 1]) break;
        gsl_vector_const_view z = gsl_matrix_const_row(draws, order[r]);
        double eta;
        gsl_blas_dgemv(CblasNoTrans, 1, t->root, &z.vector, 0, t->right);
        status = solve(t, t->right, NULL, &eta, error);
        if (status != UF_OK || eta <= top[needed - 1]) continue;
        size_t i = needed - 1;
        for (; i > 0 && top[i - 1] < eta; i--) top[i] = top[i - 1];
        top[i] = eta;
    }
    if (status == UF_OK) {
        double low = top[needed - 1], high = needed > 1 ? top[needed - 2] : low;
        /* The bound holds for certain, and what it rejects is rejected without drawing: draws that happen to lie
         * beyond it must not take that back. */
        t->critical = fmin(low + (place - below) * (high - low), moment_test_critical_bound(t, kappa));
        t->kappa = kappa;
    }
    free(bound), free(top), free(order);
    return status;
}

double moment_test_critical_bound(const struct moment_test *t, double kappa)
{
    return gsl_cdf_ugaussian_Qinv(kappa / (double)t->rows);
}

static void right_side(struct moment_test *t, double value)
{
    for (size_t i = 0; i < t->rows; i++)
        gsl_vector_set(t->right, i, gsl_vector_get(t->y, i) - value * gsl_vector_get(t->slope, i));
}

uf_status moment_test_statistic(struct moment_test *t, double value, double *eta, struct uf_error *error)
{
    right_side(t, value);
    return solve(t, t->right, t->dual, eta, error);
}

/* The end, beyond η in the direction of `from`, of the values c for which γ (in `dual`) stays the solution at
 * rest + c·shift. The maximum is convex and piecewise linear in c and touches c between the two ends; each
 * step goes where the piece found at c meets the line. */
static uf_status truncation(struct moment_test *t, double eta, double from, double *end, bool *reached,
                            struct uf_error *error)
{
    double c = from;
    bool moved = false;
    *reached = false;
    for (int step = 0; step < 200; step++) {
        double value, level, slope;
        gsl_vector_memcpy(t->right, t->rest);
        gsl_blas_daxpy(c, t->shift, t->right);
        UF_TRY(solve(t, t->right, t->other, &value, error));
        if (value - c <= 1e-9 * (1 + fabs(c))) {
            *end = c;
            *reached = step == 0;
            return UF_OK;
        }
        gsl_blas_ddot(t->other, t->rest, &level);
        gsl_blas_ddot(t->other, t->shift, &slope);
        double next = level / (1 - slope);
        bool closer = from > eta ? next < c && next >= eta - 1e-9 : next > c && next <= eta + 1e-9;
        if (!closer) break;
        c = next;
        moved = true;
    }
    /* Only rounding keeps a convex function from being followed further, so that c is the end. */
    *end = moved ? c : eta;
    return UF_OK;
}

/* P(Z ≥ z | low ≤ Z ≤ high) without loss in the far tail. */
static double truncated_tail(double z, double low, double high)
{
    double at_z = gsl_sf_log_erfc(z / M_SQRT2);
    double at_low = isinf(low) ? log(2.0) : gsl_sf_log_erfc(low / M_SQRT2);
    double beyond = isinf(high) ? 0 : exp(gsl_sf_log_erfc(high / M_SQRT2) - at_low);
    if (beyond >= 1) return 1;
    return (exp(at_z - at_low) - beyond) / (1 - beyond);
}

/* The test with a first stage whose critical value is `critical`; none where kappa is 0. */
static uf_status rejects_at(struct moment_test *t, double value, double kappa, double critical, bool *out,
                            struct uf_error *error)
{
    double eta, variance, low, high;
    UF_TRY(moment_test_statistic(t, value, &eta, error));
    bool hybrid = kappa > 0, reached;
    if (eta <= 0 || (hybrid && eta > critical)) {
        *out = eta > 0;
        return UF_OK;
    }
    gsl_blas_dgemv(CblasNoTrans, 1, t->correlation, t->dual, 0, t->shift);
    gsl_blas_ddot(t->dual, t->shift, &variance);
    if (variance < 1e-18) { /* the violation is certain */
        *out = eta > 1e-9;
        return UF_OK;
    }
    double sd = sqrt(variance);
    gsl_vector_scale(t->shift, 1 / variance);
    right_side(t, value);
    gsl_vector_memcpy(t->rest, t->right);
    gsl_blas_daxpy(-eta, t->shift, t->rest);
    UF_TRY(truncation(t, eta, hybrid ? critical : eta + 40 * sd, &high, &reached, error));
    if (reached && !hybrid) high = INFINITY;
    UF_TRY(truncation(t, eta, fmin(eta, 0) - 40 * sd, &low, &reached, error));
    if (reached) low = -INFINITY;
    double size = hybrid ? (t->alpha - kappa) / (1 - kappa) : t->alpha;
    *out = truncated_tail(eta / sd, low / sd, high / sd) < size;
    return UF_OK;
}

uf_status moment_test_rejects(struct moment_test *t, double value, const gsl_matrix *draws, double kappa,
                              bool *out, struct uf_error *error)
{
    if (!draws) return rejects_at(t, value, 0, INFINITY, out, error);
    if (t->kappa != kappa) {
        /* The tail grows with the point of truncation: what a larger critical value rejects, the right one does. */
        UF_TRY(rejects_at(t, value, kappa, moment_test_critical_bound(t, kappa), out, error));
        if (*out) return UF_OK;
        UF_TRY(moment_test_least_favourable(t, draws, kappa, error));
    }
    return rejects_at(t, value, kappa, t->critical, out, error);
}

/* The values of θ that some τ makes violate no row by more than `critical`: a linear programme in (θ, τ). */
uf_status moment_test_range(const struct moment_test *t, double critical, double *low, double *high,
                            bool *empty, struct uf_error *error)
{
    struct linear_programme *range = NULL;
    gsl_matrix *w = gsl_matrix_alloc(t->rows, 1 + t->nuisances);
    gsl_vector *objective = gsl_vector_calloc(1 + t->nuisances), *right = gsl_vector_alloc(t->rows);
    uf_status status = w && objective && right ? UF_OK : uf_fail_memory(error);
    double ends[2] = {-INFINITY, INFINITY}, most = 0;
    *empty = false;
    if (status == UF_OK) {
        /* θ's own unit does not matter either: a column of 1e-9 would be nothing to the solver */
        for (size_t i = 0; i < t->rows; i++) most = fmax(most, fabs(gsl_vector_get(t->slope, i)));
        if (!(most > 0)) most = 1;
        gsl_matrix_memcpy(w, t->w);
        gsl_matrix_set_col(w, 0, t->slope);
        gsl_vector_view effect = gsl_matrix_column(w, 0);
        gsl_vector_scale(&effect.vector, 1 / most);
        gsl_vector_memcpy(right, t->y);
        gsl_vector_add_constant(right, -critical);
        gsl_vector_set(objective, 0, 1);
        status = linear_programme_new(w, objective, &range, error);
    }
    for (int end = 0; end < 2 && status == UF_OK && !*empty; end++) {
        enum linear_outcome outcome;
        double value;
        gsl_vector_set(objective, 0, end == 0 ? 1 : -1);
        status = linear_programme_set_objective(range, objective, error);
        if (status == UF_OK) status = linear_programme_solve(range, right, &outcome, &value, NULL, error);
        if (status != UF_OK) break;
        *empty = outcome == LINEAR_INFEASIBLE;
        if (outcome == LINEAR_OPTIMAL) ends[end] = (end == 0 ? value : -value) / most;
    }
    if (status == UF_OK) *low = ends[0], *high = ends[1];
    linear_programme_free(range);
    gsl_matrix_free(w);
    gsl_vector_free(objective), gsl_vector_free(right);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/simplex.h>

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct uf_simplex_workspace {
    size_t max_rows, max_columns, max_corral;
    size_t rows, columns;
    double *point; /* columns × rows: a_j − b, one after the other */
    double *x;     /* rows: A·w − b */
    double *slope; /* columns: x'(a_j − b) */
    /* corral × rows: differences to the first point of the corral; column j keeps R above row j and its
     * reflector from row j on */
    double *qr;
    double *scale;    /* corral: factors of the reflectors */
    double *diagonal; /* corral: of R */
    double *right;    /* rows */
    double *target;   /* corral: weights of the affine minimum */
    double *weight;   /* corral */
    size_t *corral;   /* indices of the points held */
    size_t n_corral;
    double largest; /* max_j ||a_j − b|| */
};

void uf_simplex_workspace_free(struct uf_simplex_workspace *workspace)
{
    if (!workspace) return;
    free(workspace->point);
    free(workspace->x);
    free(workspace->slope);
    free(workspace->qr);
    free(workspace->scale);
    free(workspace->diagonal);
    free(workspace->right);
    free(workspace->target);
    free(workspace->weight);
    free(workspace->corral);
    free(workspace);
}

uf_status uf_simplex_workspace_new(size_t rows, size_t columns, struct uf_simplex_workspace **out,
                                   struct uf_error *error)
{
    struct uf_simplex_workspace *workspace = calloc(1, sizeof *workspace);
    if (!workspace) return uf_fail_memory(error);
    /* One more than an affinely independent set can have: the point that is being taken in. */
    size_t corral = (columns < rows + 1 ? columns : rows + 1) + 1;
    workspace->max_rows = rows;
    workspace->max_columns = columns;
    workspace->max_corral = corral;
    workspace->point = malloc((rows * columns + 1) * sizeof(double));
    workspace->x = malloc((rows + 1) * sizeof(double));
    workspace->slope = malloc((columns + 1) * sizeof(double));
    workspace->qr = malloc((corral * rows + 1) * sizeof(double));
    workspace->scale = malloc(corral * sizeof(double));
    workspace->diagonal = malloc(corral * sizeof(double));
    workspace->right = malloc((rows + 1) * sizeof(double));
    workspace->target = malloc(corral * sizeof(double));
    workspace->weight = malloc(corral * sizeof(double));
    workspace->corral = malloc(corral * sizeof(size_t));
    if (!workspace->point || !workspace->x || !workspace->slope || !workspace->qr || !workspace->scale ||
        !workspace->diagonal || !workspace->right || !workspace->target || !workspace->weight ||
        !workspace->corral) {
        uf_simplex_workspace_free(workspace);
        return uf_fail_memory(error);
    }
    *out = workspace;
    return UF_OK;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Reflects column `column` of length `n` so that all but its first entry vanish; keeps the reflector in its
 * place. Returns the diagonal entry; `*out_scale` is the factor of the reflector (0: nothing to do). */
static double householder(double *column, size_t n, double *out_scale)
{
    double tail = n > 1 ? dot(column + 1, column + 1, n - 1) : 0;
    *out_scale = 0;
    if (tail == 0) return column[0];
    double norm = sqrt(column[0] * column[0] + tail);
    double diagonal = column[0] > 0 ? -norm : norm;
    column[0] -= diagonal;
    *out_scale = 2 / (column[0] * column[0] + tail);
    return diagonal;
}

static void reflect(const double *reflector, double scale, double *vector, size_t n)
{
    if (scale == 0) return;
    double factor = scale * dot(reflector, vector, n);
    for (size_t i = 0; i < n; i++) vector[i] -= factor * reflector[i];
}

/* The weights (possibly negative) of the point nearest to 0 in the affine hull of the corral: with p_0 its
 * first point, min ||p_0 + Σ μ_i (p_i − p_0)|| by QR. False where the points are affinely dependent to
 * working precision. */
static bool affine_minimum(struct uf_simplex_workspace *s)
{
    size_t n = s->rows, m = s->n_corral - 1;
    if (m > n) return false;
    const double *first = s->point + s->corral[0] * n;
    for (size_t i = 0; i < n; i++) s->right[i] = -first[i];
    for (size_t j = 0; j < m; j++) {
        double *column = s->qr + j * n;
        const double *other = s->point + s->corral[j + 1] * n;
        for (size_t i = 0; i < n; i++) column[i] = other[i] - first[i];
        double length = sqrt(dot(column, column, n));
        for (size_t h = 0; h < j; h++) reflect(s->qr + h * n + h, s->scale[h], column + h, n - h);
        s->diagonal[j] = householder(column + j, n - j, &s->scale[j]);
        if (fabs(s->diagonal[j]) <= 8 * DBL_EPSILON * length) return false;
        reflect(column + j, s->scale[j], s->right + j, n - j);
    }
    double sum = 0;
    for (size_t j = m; j-- > 0;) {
        double value = s->right[j];
        for (size_t later = j + 1; later < m; later++) value -= s->qr[later * n + j] * s->target[later + 1];
        s->target[j + 1] = value / s->diagonal[j];
        sum += s->target[j + 1];
    }
    s->target[0] = 1 - sum;
    return true;
}

static void move_x(struct uf_simplex_workspace *s)
{
    memset(s->x, 0, s->rows * sizeof(double));
    for (size_t j = 0; j < s->n_corral; j++) {
        const double *point = s->point + s->corral[j] * s->rows;
        for (size_t i = 0; i < s->rows; i++) s->x[i] += s->weight[j] * point[i];
    }
}

static void drop_zeros(struct uf_simplex_workspace *s)
{
    size_t kept = 0;
    double sum = 0;
    for (size_t j = 0; j < s->n_corral; j++) {
        if (!(s->weight[j] > 0)) continue;
        s->weight[kept] = s->weight[j];
        s->corral[kept++] = s->corral[j];
        sum += s->weight[j];
    }
    s->n_corral = kept;
    for (size_t j = 0; j < kept; j++) s->weight[j] /= sum;
}

/* Goes to the affine minimum, dropping points on the way whose weight would turn negative. False: stuck in
 * rounding. */
static bool settle(struct uf_simplex_workspace *s)
{
    for (;;) {
        if (!affine_minimum(s)) return false;
        double step = 1;
        size_t blocking = SIZE_MAX;
        for (size_t j = 0; j < s->n_corral; j++) {
            if (s->target[j] > 0) continue;
            double reach = s->weight[j] / (s->weight[j] - s->target[j]);
            if (s->weight[j] <= 0) reach = 0;
            if (blocking == SIZE_MAX || reach < step) {
                step = reach;
                blocking = j;
            }
        }
        for (size_t j = 0; j < s->n_corral; j++) s->weight[j] += step * (s->target[j] - s->weight[j]);
        if (blocking != SIZE_MAX) s->weight[blocking] = 0;
        drop_zeros(s);
        if (blocking == SIZE_MAX || s->n_corral == 1) return true;
    }
}

static void start_at_nearest_point(struct uf_simplex_workspace *s)
{
    size_t nearest = 0;
    double shortest = INFINITY;
    s->largest = 0;
    for (size_t j = 0; j < s->columns; j++) {
        const double *point = s->point + j * s->rows;
        double square = dot(point, point, s->rows);
        s->largest = fmax(s->largest, sqrt(square));
        if (square < shortest) {
            shortest = square;
            nearest = j;
        }
    }
    s->corral[0] = nearest;
    s->weight[0] = 1;
    s->n_corral = 1;
    move_x(s);
}

/* The point farthest against x, and how much it is better than x itself. */
static size_t most_promising(struct uf_simplex_workspace *s, double *out_gain)
{
    size_t best = 0;
    for (size_t j = 0; j < s->columns; j++) {
        s->slope[j] = dot(s->x, s->point + j * s->rows, s->rows);
        if (s->slope[j] < s->slope[best]) best = j;
    }
    *out_gain = dot(s->x, s->x, s->rows) - s->slope[best];
    return best;
}

static bool holds(const struct uf_simplex_workspace *s, size_t point)
{
    for (size_t j = 0; j < s->n_corral; j++)
        if (s->corral[j] == point) return true;
    return false;
}

/* Inside the hull the loss is 0 and weights can usually be traded; on its surface they can where a point
 * outside the corral lies on the same supporting plane. */
static bool is_unique(const struct uf_simplex_workspace *s, double square, double rounding)
{
    if (sqrt(square) <= 1e-12 * s->largest) return s->columns == 1;
    for (size_t j = 0; j < s->columns; j++)
        if (s->slope[j] - square <= 100 * rounding && !holds(s, j)) return false;
    return true;
}

static void iterate(struct uf_simplex_workspace *s, struct uf_simplex_fit *fit)
{
    size_t limit = 10 * (s->columns + s->rows) + 100;
    double square = dot(s->x, s->x, s->rows), gain, rounding;
    for (;;) {
        size_t next = most_promising(s, &gain);
        rounding = 4 * DBL_EPSILON * sqrt((double)s->rows) * s->largest * sqrt(square);
        if (gain <= rounding || fit->iterations == limit || holds(s, next) || s->n_corral == s->max_corral)
            break;
        s->corral[s->n_corral] = next;
        s->weight[s->n_corral++] = 0;
        bool settled = settle(s);
        if (!settled) drop_zeros(s);
        move_x(s);
        fit->iterations++;
        /* Each step lowers the loss strictly, or rounding has the last word. */
        double before = square;
        square = dot(s->x, s->x, s->rows);
        if (!settled || !(square < before)) {
            (void)most_promising(s, &gain);
            break;
        }
    }
    fit->loss = square;
    fit->kkt_residual = gain > 0 ? gain / (s->largest * s->largest) : 0;
    fit->n_positive = s->n_corral;
    fit->unique = is_unique(s, square, rounding);
}

uf_status uf_simplex_least_squares(struct uf_simplex_workspace *workspace, const gsl_matrix *a,
                                   const gsl_vector *b, gsl_vector *out_weights,
                                   struct uf_simplex_fit *out_fit, struct uf_error *error)
{
    struct uf_simplex_workspace *s = workspace;
    if (a->size1 != b->size || a->size2 != out_weights->size || a->size2 == 0 || a->size1 > s->max_rows ||
        a->size2 > s->max_columns)
        return uf_fail(error, UF_INTERNAL,
                       "simplex: a is %zu × %zu, b has %zu, weights %zu, room for %zu × %zu", a->size1,
                       a->size2, b->size, out_weights->size, s->max_rows, s->max_columns);
    s->rows = a->size1;
    s->columns = a->size2;
    for (size_t j = 0; j < s->columns; j++)
        for (size_t i = 0; i < s->rows; i++) {
            double value = gsl_matrix_get(a, i, j) - gsl_vector_get(b, i);
            if (!isfinite(value))
                return uf_fail(error, UF_INTERNAL, "simplex: column %zu, row %zu is not finite", j, i);
            s->point[j * s->rows + i] = value;
        }
    struct uf_simplex_fit fit = {0};
    start_at_nearest_point(s);
    iterate(s, &fit);
    gsl_vector_set_zero(out_weights);
    for (size_t j = 0; j < s->n_corral; j++) gsl_vector_set(out_weights, s->corral[j], s->weight[j]);
    *out_fit = fit;
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/lasso_path.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct walk {
    size_t n, n_active;
    const gsl_matrix *h;
    const gsl_vector *g;
    size_t *active; /* n: the first n_active */
    double *sign;   /* n: of the active ones, 0 else */
    double *x, *constant, *slope, *gradient,
        *drift; /* n each: x_A = constant − λ slope, and what that does to g − Hx */
};

void lasso_path_clear(struct lasso_path *path)
{
    free(path->corner);
    memset(path, 0, sizeof *path);
}

static uf_status add_corner(struct lasso_path *path, const double *x, struct uf_error *error)
{
    double *more = realloc(path->corner, (path->count + 1) * path->n * sizeof *more);
    if (!more) return uf_fail_memory(error);
    path->corner = more;
    memcpy(more + path->count++ * path->n, x, path->n * sizeof *x);
    return UF_OK;
}

/* x_A = H_AA^-1 (g_A − λ sign_A), and the gradient of all. */
static uf_status solve_active(struct walk *w, struct uf_error *error)
{
    size_t a = w->n_active;
    memset(w->constant, 0, w->n * sizeof *w->constant);
    memset(w->slope, 0, w->n * sizeof *w->slope);
    if (a > 0) {
        gsl_matrix *part = gsl_matrix_alloc(a, a);
        gsl_vector *right = gsl_vector_alloc(a), *signs = gsl_vector_alloc(a);
        uf_status status = part && right && signs ? UF_OK : uf_fail_memory(error);
        for (size_t i = 0; i < a && status == UF_OK; i++) {
            gsl_vector_set(right, i, gsl_vector_get(w->g, w->active[i]));
            gsl_vector_set(signs, i, w->sign[w->active[i]]);
            for (size_t j = 0; j < a; j++)
                gsl_matrix_set(part, i, j, gsl_matrix_get(w->h, w->active[i], w->active[j]));
        }
        if (status == UF_OK && gsl_linalg_cholesky_decomp1(part))
            status = uf_fail(error, UF_NOT_IDENTIFIED, "the quadratic form is not positive definite");
        if (status == UF_OK) {
            gsl_linalg_cholesky_svx(part, right);
            gsl_linalg_cholesky_svx(part, signs);
            for (size_t i = 0; i < a; i++) {
                w->constant[w->active[i]] = gsl_vector_get(right, i);
                w->slope[w->active[i]] = gsl_vector_get(signs, i);
            }
        }
        gsl_matrix_free(part);
        gsl_vector_free(right), gsl_vector_free(signs);
        UF_TRY(status);
    }
    for (size_t i = 0; i < w->n; i++) {
        w->gradient[i] = gsl_vector_get(w->g, i);
        w->drift[i] = 0;
        for (size_t j = 0; j < w->n; j++) {
            w->gradient[i] -= gsl_matrix_get(w->h, i, j) * w->constant[j];
            w->drift[i] += gsl_matrix_get(w->h, i, j) * w->slope[j];
        }
    }
    return UF_OK;
}

/* The next λ below this one at which a coordinate leaves (its x gets to 0) or enters (its gradient gets to ±λ). Only what
 * moves towards its boundary can get there: one that has just crossed it moves away, however rounding has placed it, and
 * one that rounding has placed beyond it is due at once. */
static double next_event(const struct walk *w, double lambda, size_t last, size_t *coordinate, bool *enters)
{
    double best = 0;
    *coordinate = w->n;
    for (size_t i = 0; i < w->n; i++) {
        double candidates[2] = {-1, -1};
        if (w->sign[i] != 0) {
            if (w->slope[i] * w->sign[i] < 0) candidates[0] = w->constant[i] / w->slope[i];
        } else { /* gradient + λ drift = ±λ */
            if (w->drift[i] < 1) candidates[0] = w->gradient[i] / (1 - w->drift[i]);
            if (w->drift[i] > -1) candidates[1] = -w->gradient[i] / (1 + w->drift[i]);
        }
        for (int c = 0; c < 2; c++) {
            if (i == last && candidates[c] >= lambda) continue; /* a tie: it would go to and fro */
            const double at = fmin(candidates[c], lambda);
            if (at > best) {
                best = at;
                *coordinate = i;
                *enters = w->sign[i] == 0;
            }
        }
    }
    return best;
}

static uf_status walk_path(struct walk *w, struct lasso_path *path, struct uf_error *error)
{
    double lambda = 0;
    size_t first = 0, last;
    for (size_t i = 0; i < w->n; i++)
        if (fabs(gsl_vector_get(w->g, i)) > lambda) lambda = fabs(gsl_vector_get(w->g, i)), first = i;
    UF_TRY(add_corner(path, w->x, error));
    if (lambda == 0) return UF_OK;
    w->active[w->n_active++] = first;
    w->sign[first] = gsl_vector_get(w->g, first) > 0 ? 1 : -1;
    last = first;
    for (size_t step = 0; step < 100 * (w->n + 1); step++) {
        size_t coordinate;
        bool enters = false;
        UF_TRY(solve_active(w, error));
        lambda = next_event(w, lambda, last, &coordinate, &enters);
        for (size_t i = 0; i < w->n; i++) w->x[i] = w->constant[i] - lambda * w->slope[i];
        if (coordinate < w->n && !enters) w->x[coordinate] = 0;
        UF_TRY(add_corner(path, w->x, error));
        if (coordinate == w->n) return UF_OK; /* λ = 0 */
        last = coordinate;
        if (enters) {
            w->sign[coordinate] = w->gradient[coordinate] + lambda * w->drift[coordinate] > 0 ? 1 : -1;
            w->active[w->n_active++] = coordinate;
            continue;
        }
        w->sign[coordinate] = 0;
        size_t kept = 0;
        for (size_t i = 0; i < w->n_active; i++)
            if (w->active[i] != coordinate) w->active[kept++] = w->active[i];
        w->n_active = kept;
    }
    return uf_fail(error, UF_INTERNAL, "the path of weights did not come to an end");
}

uf_status lasso_path_init(const gsl_matrix *h, const gsl_vector *g, struct lasso_path *out,
                          struct uf_error *error)
{
    size_t n = g->size;
    struct lasso_path path = {.n = n};
    struct walk w = {.n = n, .h = h, .g = g, .active = calloc(n + 1, sizeof *w.active)};
    double *memory = calloc(6 * n + 1, sizeof *memory);
    uf_status status = w.active && memory ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        double **const parts[] = {&w.sign, &w.x, &w.constant, &w.slope, &w.gradient, &w.drift};
        for (size_t i = 0; i < 6; i++) *parts[i] = memory + i * n;
        status = walk_path(&w, &path, error);
    }
    free(w.active), free(memory);
    if (status != UF_OK)
        lasso_path_clear(&path);
    else
        *out = path;
    return status;
}

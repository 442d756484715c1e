// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/least_squares.h>

#include "base/fail.h"
#include "stats/double_double.h"

/* Above this condition R^-1 alone would give fewer than 12 digits of the inverse, and it is refined too. */
#define REFINE_INVERSE_ABOVE 1e3
/* Of more columns than these (an event study of hundreds of periods) every column of the inverse would be solved for in
 * double-double, O(n k²) each step: 11 digits will do, which R^-1 gives below this. */
enum { MANY_COLUMNS = 64 };
#define REFINE_WIDE_INVERSE_ABOVE 1e5
/* Rows that are summed together, so that the columns are read in the order in which they lie. */
enum { BLOCK = 256 };

enum { MAX_REFINEMENTS = 12 };

/* A scaled problem and its factors; columns are contiguous. */
struct problem {
    size_t n, k, rank;
    double *column; /* k * n: √w x / 2^exponent, kept columns moved to the front */
    double *rest;   /* k * n: what rounding took from the columns, in their scale; NULL: nothing */
    double *factor; /* k * n: reflectors below, R on and above the diagonal */
    double *beta;   /* k: H = I − beta v v' */
    int *exponent;  /* k, by the original column */
    double *right;  /* n: √w y / 2^right_exponent */
    int right_exponent;
    double *root; /* n: √w; NULL without weights */
    double *work_n, *work_k, *work_k2;
};

static void problem_clear(struct problem *p)
{
    free(p->column), free(p->rest), free(p->factor), free(p->beta), free(p->exponent), free(p->right),
        free(p->root);
    free(p->work_n), free(p->work_k), free(p->work_k2);
}

void uf_least_squares_clear(struct uf_least_squares *fit)
{
    if (!fit) return;
    gsl_vector_free(fit->coefficients);
    gsl_vector_free(fit->residuals);
    gsl_matrix_free(fit->inverse);
    free(fit->kept), free(fit->dropped), free(fit->remaining);
    memset(fit, 0, sizeof *fit);
}

static double norm(const double *v, size_t n)
{
    double largest = 0, sum = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(v[i]));
    if (largest == 0) return 0;
    for (size_t i = 0; i < n; i++) sum += (v[i] / largest) * (v[i] / largest);
    return largest * sqrt(sum);
}

static int norm_exponent(double value)
{
    int exponent = 0;
    if (value > 0) (void)frexp(value, &exponent);
    return exponent;
}

static uf_status problem_init(struct problem *p, const gsl_matrix *x, const gsl_vector *y,
                              const gsl_vector *weights, const gsl_matrix *rest, struct uf_error *error)
{
    size_t n = p->n = y->size, k = p->k = x ? x->size2 : 0, cells = n * k;
    p->column = calloc(cells + 1, sizeof(double));
    p->factor = calloc(cells + 1, sizeof(double));
    p->beta = calloc(k + 1, sizeof(double));
    p->exponent = calloc(k + 1, sizeof(int));
    p->right = calloc(n + 1, sizeof(double));
    p->work_n = calloc(2 * n + 1, sizeof(double));
    p->work_k = calloc(k + 1, sizeof(double));
    p->work_k2 = calloc(k + 1, sizeof(double));
    if (weights) p->root = calloc(n + 1, sizeof(double));
    if (rest) p->rest = calloc(cells + 1, sizeof(double));
    if (!p->column || !p->factor || !p->beta || !p->exponent || !p->right || !p->work_n || !p->work_k ||
        !p->work_k2 || (weights && !p->root) || (rest && !p->rest))
        return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) {
        double w = weights ? gsl_vector_get(weights, i) : 1;
        if (!(w > 0) || !isfinite(w))
            return uf_fail(error, UF_BAD_INPUT, "observation %zu has the weight %g; weights must be positive",
                           i + 1, w);
        if (p->root) p->root[i] = sqrt(w);
        double root = p->root ? p->root[i] : 1;
        p->right[i] = root * gsl_vector_get(y, i);
        if (!isfinite(p->right[i]))
            return uf_fail(error, UF_BAD_INPUT, "the outcome of observation %zu is not a finite number",
                           i + 1);
        for (size_t j = 0; j < k; j++) {
            double value = root * gsl_matrix_get(x, i, j);
            if (!isfinite(value))
                return uf_fail(error, UF_BAD_INPUT, "column %zu of observation %zu is not a finite number",
                               j + 1, i + 1);
            p->column[j * n + i] = value;
            if (rest) p->rest[j * n + i] = root * gsl_matrix_get(rest, i, j);
        }
    }
    for (size_t j = 0; j < k; j++) {
        p->exponent[j] = norm_exponent(norm(p->column + j * n, n));
        for (size_t i = 0; i < n; i++) {
            p->column[j * n + i] = ldexp(p->column[j * n + i], -p->exponent[j]);
            if (rest) p->rest[j * n + i] = ldexp(p->rest[j * n + i], -p->exponent[j]);
        }
    }
    p->right_exponent = norm_exponent(norm(p->right, n));
    for (size_t i = 0; i < n; i++) p->right[i] = ldexp(p->right[i], -p->right_exponent);
    return UF_OK;
}

static void reflect(const struct problem *p, size_t j, double *v)
{
    const double *u = p->factor + j * p->n;
    double sum = v[j];
    for (size_t i = j + 1; i < p->n; i++) sum += u[i] * v[i];
    sum *= p->beta[j];
    v[j] -= sum;
    for (size_t i = j + 1; i < p->n; i++) v[i] -= sum * u[i];
}

/* Takes the columns from left to right; kept ones end up at the front of `column`, `factor` and `exponent`. */
static void factorise(struct problem *p, const struct uf_least_squares_options *options,
                      struct uf_least_squares *out)
{
    size_t n = p->n;
    double tolerance = options && options->tolerance > 0 ? options->tolerance : UF_LEAST_SQUARES_TOLERANCE;
    double *v = p->work_n;
    for (size_t j = 0; j < p->k; j++) {
        size_t r = p->rank;
        memcpy(v, p->column + j * n, n * sizeof *v);
        double reference = norm(v, n);
        if (options && options->reference_norm)
            reference = ldexp(options->reference_norm[j], -p->exponent[j]);
        for (size_t l = 0; l < r; l++) reflect(p, l, v);
        double tail = r < n ? norm(v + r, n - r) : 0;
        out->remaining[j] = reference > 0 ? tail / reference : 0;
        if (!(tail > tolerance * reference)) {
            out->dropped[out->n_dropped++] = j;
            continue;
        }
        /* v(r) := sign * tail in R; the reflector has its first element 1 */
        double alpha = v[r] > 0 ? -tail : tail, head = v[r] - alpha;
        double *factor = p->factor + r * n;
        memcpy(factor, v, r * sizeof *v);
        factor[r] = alpha;
        for (size_t i = r + 1; i < n; i++) factor[i] = v[i] / head;
        p->beta[r] = -head / alpha;
        if (r != j) {
            memcpy(p->column + r * n, p->column + j * n, n * sizeof *v);
            if (p->rest) memcpy(p->rest + r * n, p->rest + j * n, n * sizeof *v);
            p->exponent[r] = p->exponent[j];
        }
        out->kept[p->rank++] = j;
    }
    out->rank = p->rank;
}

static double r_element(const struct problem *p, size_t row, size_t column)
{
    return p->factor[column * p->n + row];
}

static void solve_r(const struct problem *p, double *b)
{
    for (size_t j = p->rank; j-- > 0;) {
        for (size_t l = j + 1; l < p->rank; l++) b[j] -= r_element(p, j, l) * b[l];
        b[j] /= r_element(p, j, j);
    }
}

static void solve_r_transposed(const struct problem *p, double *b)
{
    for (size_t j = 0; j < p->rank; j++) {
        for (size_t l = 0; l < j; l++) b[j] -= r_element(p, l, j) * b[l];
        b[j] /= r_element(p, j, j);
    }
}

/* One solve of r + Xb = f, X'r = g with the factors; f (n) becomes r, g (rank) becomes b. */
static void solve_augmented(const struct problem *p, double *f, double *g)
{
    for (size_t j = 0; j < p->rank; j++) reflect(p, j, f);
    solve_r_transposed(p, g);
    for (size_t j = 0; j < p->rank; j++) {
        double h = g[j];
        g[j] = f[j] - h;
        f[j] = h;
    }
    solve_r(p, g);
    for (size_t j = p->rank; j-- > 0;) reflect(p, j, f);
}

/* Solves the augmented system for right sides f0 (NULL: 0) and g0 (NULL: 0) by refinement. Stops when a step
 * no longer halves the change of b, and returns the number of steps. */
static size_t refine(const struct problem *p, const double *f0, const double *g0, size_t most, double *r,
                     double *b)
{
    size_t n = p->n, k = p->rank, step = 0;
    double *f = p->work_n, *g = p->work_k2, previous = INFINITY;
    memset(r, 0, n * sizeof *r);
    memset(b, 0, (k ? k : 1) * sizeof *b);
    for (;; step++) {
        for (size_t first = 0; first < n; first += BLOCK) {
            struct double_double sum[BLOCK];
            size_t count = n - first < BLOCK ? n - first : BLOCK;
            for (size_t i = 0; i < count; i++) sum[i] = dd_two_sum(f0 ? f0[first + i] : 0, -r[first + i]);
            for (size_t j = 0; j < k; j++)
                for (size_t i = 0; i < count; i++)
                    sum[i] = dd_subtract_product(sum[i], p->column[j * n + first + i], b[j]);
            for (size_t j = 0; j < k && p->rest; j++)
                for (size_t i = 0; i < count; i++)
                    sum[i] = dd_add(sum[i], -p->rest[j * n + first + i] * b[j]);
            for (size_t i = 0; i < count; i++) f[first + i] = sum[i].high;
        }
        for (size_t j = 0; j < k; j++) {
            struct double_double sum = {g0 ? g0[j] : 0, 0};
            for (size_t i = 0; i < n; i++) sum = dd_subtract_product(sum, p->column[j * n + i], r[i]);
            for (size_t i = 0; i < n && p->rest; i++) sum = dd_add(sum, -p->rest[j * n + i] * r[i]);
            g[j] = sum.high;
        }
        solve_augmented(p, f, g);
        double change = norm(g, k), size = norm(b, k);
        if (!isfinite(change) || (step > 0 && change > previous / 2)) break;
        for (size_t i = 0; i < n; i++) r[i] += f[i];
        for (size_t j = 0; j < k; j++) b[j] += g[j];
        previous = change;
        if (step + 1 >= most || (step > 0 && change <= 1e-17 * size)) break;
    }
    return step;
}

/* R^-1 into `inverse` (rank * rank, row by row) and the condition number. */
static double invert_r(const struct problem *p, double *inverse)
{
    size_t k = p->rank;
    double norm_r = 0, norm_inverse = 0;
    for (size_t j = 0; j < k; j++) {
        memset(p->work_k, 0, k * sizeof(double));
        p->work_k[j] = 1;
        solve_r(p, p->work_k);
        double sum_r = 0, sum_inverse = 0;
        for (size_t l = 0; l < k; l++) {
            inverse[l * k + j] = p->work_k[l];
            sum_inverse += fabs(p->work_k[l]);
            if (l <= j) sum_r += fabs(r_element(p, l, j));
        }
        norm_r = fmax(norm_r, sum_r);
        norm_inverse = fmax(norm_inverse, sum_inverse);
    }
    return k ? norm_r * norm_inverse : 1;
}

/* (X'WX)^-1 of the scaled columns: from R^-1, and refined column by column where that is not enough. */
static uf_status invert(const struct problem *p, bool refined, struct uf_least_squares *out,
                        struct uf_error *error)
{
    size_t k = p->rank;
    out->condition = 1;
    if (k == 0) return UF_OK;
    double *r_inverse = calloc(k * k, sizeof(double));
    double *unit = calloc(k, sizeof(double)), *column = calloc(k, sizeof(double)),
           *r = calloc(p->n, sizeof(double));
    out->inverse = gsl_matrix_calloc(k, k);
    uf_status status = UF_OK;
    if (!r_inverse || !unit || !column || !r || !out->inverse) {
        status = uf_fail_memory(error);
        goto done;
    }
    out->condition = invert_r(p, r_inverse);
    for (size_t i = 0; i < k; i++) {
        for (size_t j = i; j < k; j++) {
            double sum = 0;
            for (size_t l = j; l < k; l++) sum += r_inverse[i * k + l] * r_inverse[j * k + l];
            gsl_matrix_set(out->inverse, i, j, sum);
        }
    }
    double most = p->rank > MANY_COLUMNS ? REFINE_WIDE_INVERSE_ABOVE : REFINE_INVERSE_ABOVE;
    if (refined && out->condition > most) {
        for (size_t j = 0; j < k; j++) {
            memset(unit, 0, k * sizeof *unit);
            unit[j] = -1; /* r = −Xb and X'r = −e_j give X'Xb = e_j */
            refine(p, NULL, unit, MAX_REFINEMENTS, r, column);
            for (size_t i = 0; i <= j; i++) gsl_matrix_set(out->inverse, i, j, column[i]);
        }
    }
    for (size_t i = 0; i < k; i++) {
        for (size_t j = i; j < k; j++) {
            double value = ldexp(gsl_matrix_get(out->inverse, i, j), -p->exponent[i] - p->exponent[j]);
            gsl_matrix_set(out->inverse, i, j, value);
            gsl_matrix_set(out->inverse, j, i, value);
        }
    }
done:
    free(r_inverse), free(unit), free(column), free(r);
    return status;
}

uf_status uf_least_squares_fit(const gsl_matrix *x, const gsl_vector *y, const gsl_vector *weights,
                               const struct uf_least_squares_options *options, struct uf_least_squares *out,
                               struct uf_error *error)
{
    const gsl_matrix *rest = options ? options->rest : NULL;
    if (!y || (rest && (!x || rest->size1 != x->size1 || rest->size2 != x->size2)) ||
        (x && x->size1 != y->size) || (weights && weights->size != y->size))
        return uf_fail(error, UF_INTERNAL, "least squares: the sizes of x, y and weights differ");
    struct problem problem = {0};
    struct uf_least_squares fit = {.n = y->size, .k = x ? x->size2 : 0};
    bool refined = !(options && options->no_refinement);
    uf_status status = problem_init(&problem, x, y, weights, rest, error);
    if (status != UF_OK) goto failed;
    fit.kept = calloc(fit.k + 1, sizeof *fit.kept);
    fit.dropped = calloc(fit.k + 1, sizeof *fit.dropped);
    fit.remaining = calloc(fit.k + 1, sizeof *fit.remaining);
    fit.coefficients = fit.k ? gsl_vector_alloc(fit.k) : NULL;
    fit.residuals = gsl_vector_alloc(fit.n);
    double *b = calloc(fit.k + 1, sizeof(double)), *r = calloc(fit.n + 1, sizeof(double));
    if (!fit.kept || !fit.dropped || !fit.remaining || (fit.k && !fit.coefficients) || !fit.residuals || !b ||
        !r) {
        status = uf_fail_memory(error);
        goto freed;
    }
    factorise(&problem, options, &fit);
    status = invert(&problem, refined, &fit, error);
    if (status != UF_OK) goto freed;
    fit.refinements = refine(&problem, problem.right, NULL, refined ? MAX_REFINEMENTS : 1, r, b);
    for (size_t j = 0; j < fit.k; j++) gsl_vector_set(fit.coefficients, j, NAN);
    for (size_t j = 0; j < fit.rank; j++)
        gsl_vector_set(fit.coefficients, fit.kept[j],
                       ldexp(b[j], problem.right_exponent - problem.exponent[j]));
    for (size_t i = 0; i < fit.n; i++) {
        double value = ldexp(r[i], problem.right_exponent);
        fit.rss += value * value;
        gsl_vector_set(fit.residuals, i, problem.root ? value / problem.root[i] : value);
    }
    fit.df = (double)fit.n - (double)fit.rank - (double)(options ? options->absorbed : 0);
freed:
    free(b), free(r);
    if (status == UF_OK) *out = fit;
failed:
    if (status != UF_OK) uf_least_squares_clear(&fit);
    problem_clear(&problem);
    return status;
}

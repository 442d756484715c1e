// SPDX-License-Identifier: GPL-3.0-or-later
/* Absorbed regression: from cross-products to coefficients, rank and (X'WX)^-1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/absorbed_internal.h"

/* A dummy of which no more than this share of its weight is left is redundant: cross-products of dummies are
 * counts, and rounding leaves far less. */
#define REDUNDANT 1e-10
/* Of a column's own sum of squares: below this the cross-products have lost too many digits to go by. */
#define DOUBTFUL 1e-7

enum { PANEL = 48, MOST_ROUNDS = 6, PARALLEL_SIZE = 256 };

enum verdict { KEEP, DROP, DOUBT };

struct factor {
    const struct absorbed_layout *l;
    struct absorbed_moments *m;
    double tolerance;
    size_t d, p;           /* dummies and categories; columns with a coefficient: categories and regressors */
    double *own;           /* size: the diagonal before */
    enum verdict *verdict; /* size */
};

static enum verdict judge(const struct factor *f, size_t j, double left)
{
    if (j < f->d) return left > REDUNDANT * f->l->weight[j] ? KEEP : DROP;
    double nil = f->tolerance * f->tolerance * f->m->reference[j - f->d];
    if (f->own[j] <= nil || !(f->own[j] > 0)) return DROP;
    if (left > DOUBTFUL * f->own[j] && left > nil) return KEEP;
    return DOUBT;
}

/* K = LL' in place, panel by panel; columns that are not kept are nil. The outcome (the last) is not judged. */
static void factorise(struct factor *f)
{
    const size_t size = f->m->size;
    double *k = f->m->k;
    for (size_t j = 0; j < size; j++) f->own[j] = k[j * size + j];
    for (size_t from = 0; from < size; from += PANEL) {
        size_t to = from + PANEL < size ? from + PANEL : size;
#pragma omp parallel for schedule(static) num_threads(f->l->threads) if (size - from > PARALLEL_SIZE)
        for (size_t i = from; i < size; i++)
            for (size_t j = from; j < to && j <= i; j++)
                k[i * size + j] -= absorbed_dot(k + i * size, k + j * size, from);
        for (size_t j = from; j < to; j++) {
            double *row = k + j * size, left = row[j] - absorbed_dot(row + from, row + from, j - from);
            row[j] = left;
            f->verdict[j] = j + 1 < size ? judge(f, j, left) : KEEP;
            bool kept = f->verdict[j] == KEEP && left > 0;
            row[j] = kept ? sqrt(left) : 0;
#pragma omp parallel for schedule(static)                                                                    \
    num_threads(f->l->threads) if (size - from > (size_t)4 * PARALLEL_SIZE)
            for (size_t i = j + 1; i < size; i++) {
                double value = k[i * size + j] - absorbed_dot(k + i * size + from, row + from, j - from);
                k[i * size + j] = kept ? value / row[j] : 0;
            }
        }
    }
}

/* Solves L'x = right over the first n, in place. */
static void solve_back(const struct absorbed_moments *m, size_t n, double *x)
{
    for (size_t i = n; i-- > 0;) {
        const double *row = m->k + i * m->size;
        x[i] = row[i] > 0 ? x[i] / row[i] : 0;
        for (size_t j = 0; j < i && x[i] != 0; j++) x[j] -= row[j] * x[i];
    }
}

/* One round more: every column less what those before it (and the dummies) explain of it, as far as is known. */
static uf_status change_columns(const struct factor *f, struct absorbed_change *change,
                                struct uf_error *error)
{
    const size_t v = f->m->v, d = f->d;
    double *step = calloc(v * v + 1, sizeof *step), *offset = calloc((d + 1) * v, sizeof *offset),
           *x = malloc((f->m->size + 1) * sizeof *x), *rotation = calloc(v * v + 1, sizeof *rotation);
    if (!step || !offset || !x || !rotation) {
        free(step), free(offset), free(x), free(rotation);
        return uf_fail_memory(error);
    }
    for (size_t a = 0; a < v; a++) {
        memcpy(x, f->m->k + (d + a) * f->m->size, (d + a) * sizeof *x);
        solve_back(f->m, d + a, x);
        step[a * v + a] = 1;
        for (size_t b = 0; b < a; b++) step[a * v + b] = -x[d + b];
        for (size_t j = 0; j < d; j++) offset[j * v + a] = x[j];
    }
    for (size_t a = 0; a < v; a++)
        for (size_t b = 0; b <= a; b++) {
            double factor = step[a * v + b];
            for (size_t c = 0; c <= b; c++)
                rotation[a * v + c] += factor * (change->rotation ? change->rotation[b * v + c] : b == c);
            for (size_t j = 0; j < d && change->offset; j++)
                offset[j * v + a] += factor * change->offset[j * v + b];
        }
    free(step), free(x), free(change->rotation), free(change->offset);
    change->rotation = rotation, change->offset = offset;
    return UF_OK;
}

/* The effects' part of every column, for the scores: from the first factor, where columns are as given. */
static void find_gamma(const struct factor *f, struct absorbed_solution *s)
{
    const size_t q = f->l->q, size = f->m->size;
    double *x = malloc((size + 1) * sizeof *x);
    for (size_t j = 0; x && j < s->p; j++) {
        memcpy(x, f->m->k + (q + j) * size, q * sizeof *x);
        solve_back(f->m, q, x);
        for (size_t i = 0; i < q; i++) s->gamma[i * s->p + j] = x[i];
    }
    free(x);
}

/* (X'WX)^-1 of the kept columns, from their part of the factor. */
static uf_status invert(const struct factor *f, const struct absorbed_change *change,
                        struct absorbed_solution *s, struct uf_error *error)
{
    const size_t q = f->l->q, m = f->l->m, size = f->m->size, p = s->p, v = f->m->v, d = f->d;
    double *half = calloc(p * p + 1, sizeof *half), *turned = calloc(p * p + 1, sizeof *turned);
    if (s->rank > 0) s->inverse = gsl_matrix_calloc(s->rank, s->rank);
    if (!half || !turned || (s->rank > 0 && !s->inverse)) {
        free(half), free(turned);
        return uf_fail_memory(error);
    }
    /* rows of L^-1 */
    for (size_t i = 0; i < p; i++) {
        const double *row = f->m->k + (q + i) * size + q;
        if (!s->kept[i]) continue;
        for (size_t j = 0; j <= i; j++) {
            double sum = i == j;
            for (size_t l = j; l < i; l++) sum -= row[l] * half[l * p + j];
            half[i * p + j] = s->kept[j] ? sum / row[i] : 0;
        }
    }
    /* coefficients of the columns as given are (changed columns' coefficients) times the change */
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++) {
            double value = half[i * p + j];
            if (value == 0) continue;
            if (!change->rotation || j < m) {
                turned[i * p + j] += value;
                continue;
            }
            for (size_t l = 0; l <= j - m; l++)
                turned[i * p + m + l] += value * change->rotation[(j - m) * v + l];
            for (size_t c = 0; c < m; c++) turned[i * p + c] -= value * change->offset[(q + c) * v + (j - m)];
        }
    (void)d;
    for (size_t i = 0, a = 0; i < p; i++) {
        if (!s->kept[i]) continue;
        for (size_t j = 0, b = 0; j < p; j++) {
            if (!s->kept[j]) continue;
            double sum = 0;
            for (size_t l = 0; l < p; l++) sum += turned[l * p + i] * turned[l * p + j];
            gsl_matrix_set(s->inverse, a, b++, sum);
        }
        a++;
    }
    free(half), free(turned);
    return UF_OK;
}

static uf_status read_solution(const struct factor *f, const struct absorbed_change *change,
                               struct absorbed_solution *s, struct uf_error *error)
{
    const size_t q = f->l->q, m = f->l->m, d = f->d, size = f->m->size, v = f->m->v;
    double *x = malloc((size + 1) * sizeof *x);
    if (!x) return uf_fail_memory(error);
    memcpy(x, f->m->k + (size - 1) * size, size * sizeof *x);
    solve_back(f->m, size - 1, x);
    if (change->rotation) {
        double *b = calloc(v, sizeof *b);
        if (!b) {
            free(x);
            return uf_fail_memory(error);
        }
        for (size_t j = 0; j < d; j++) {
            x[j] += change->offset[j * v + v - 1];
            for (size_t a = 0; a + 1 < v; a++) x[j] -= x[d + a] * change->offset[j * v + a];
        }
        for (size_t l = 0; l + 1 < v; l++) {
            b[l] = -change->rotation[(v - 1) * v + l];
            for (size_t a = l; a + 1 < v; a++) b[l] += x[d + a] * change->rotation[a * v + l];
        }
        memcpy(x + d, b, (v - 1) * sizeof *x);
        free(b);
    }
    memcpy(s->dummy, x, d * sizeof *x);
    for (size_t j = 0; j < s->p; j++) {
        const double *row = f->m->k + (q + j) * size;
        s->kept[j] = f->verdict[q + j] == KEEP;
        s->rank += s->kept[j];
        s->coefficient[j] = s->kept[j] ? x[q + j] : 0;
        double norm = j < m ? f->l->weight[q + j] : f->m->reference[j - m];
        s->remaining[j] = norm > 0 ? row[q + j] / sqrt(norm) : 0;
    }
    for (size_t j = 0; j < q; j++) s->dummy_rank += f->verdict[j] == KEEP;
    free(x);
    return invert(f, change, s, error);
}

static void nil_sums_of_columns(struct absorbed_moments *m, size_t d, const double *dummies)
{
    for (size_t i = 0; i < d; i++) memcpy(m->k + i * m->size, dummies + i * d, (i + 1) * sizeof *m->k);
    memset(m->k + d * m->size, 0, m->v * m->size * sizeof *m->k);
}

uf_status absorbed_solve(const struct absorbed_layout *l, double tolerance, struct absorbed_moments *m,
                         struct absorbed_solution *out, struct uf_error *error)
{
    const size_t d = l->q + l->m, p = l->m + m->v - 1;
    struct absorbed_solution s = {.p = p};
    struct absorbed_change change = {0};
    struct factor f = {.l = l, .m = m, .tolerance = tolerance > 0 ? tolerance : 1e-10, .d = d, .p = p};
    f.own = malloc(m->size * sizeof *f.own);
    f.verdict = malloc(m->size * sizeof *f.verdict);
    double *dummies = NULL;
    s.kept = calloc(p + 1, sizeof *s.kept);
    s.coefficient = calloc(p + 1, sizeof *s.coefficient);
    s.dummy = calloc(d + 1, sizeof *s.dummy);
    s.gamma = calloc((l->q + 1) * p + 1, sizeof *s.gamma);
    s.remaining = calloc(p + 1, sizeof *s.remaining);
    uf_status status = UF_OK;
    if (!f.own || !f.verdict || !s.kept || !s.coefficient || !s.dummy || !s.gamma || !s.remaining) {
        status = uf_fail_memory(error);
        goto done;
    }
    if (p > l->m) { /* another round may want them */
        dummies = malloc((d * d + 1) * sizeof *dummies);
        if (!dummies) {
            status = uf_fail_memory(error);
            goto done;
        }
        for (size_t i = 0; i < d; i++) memcpy(dummies + i * d, m->k + i * m->size, (i + 1) * sizeof *dummies);
    }
    for (bool again = true; again;) {
        factorise(&f);
        if (s.rounds++ == 0) find_gamma(&f, &s);
        again = false;
        for (size_t j = d; j + 1 < m->size; j++) again |= f.verdict[j] == DOUBT;
        if (!again || s.rounds == MOST_ROUNDS) break;
        UF_TRY_GOTO(change_columns(&f, &change, error), done);
        nil_sums_of_columns(m, d, dummies);
        UF_TRY_GOTO(absorbed_moments_sum(l, &change, m, error), done);
    }
    status = read_solution(&f, &change, &s, error);
done:
    free(f.own), free(f.verdict), free(dummies), free(change.rotation), free(change.offset);
    if (status == UF_OK)
        *out = s;
    else
        absorbed_solution_clear(&s);
    return status;
}

void absorbed_solution_clear(struct absorbed_solution *s)
{
    free(s->kept), free(s->coefficient), free(s->dummy), free(s->gamma), free(s->remaining);
    gsl_matrix_free(s->inverse);
    memset(s, 0, sizeof *s);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/combination.h"
#include "stats/few_treated_internal.h"

/* Weights that differ by less than this share of the largest are the same. */
#define SAME 1e-9

void few_blocks_clear(struct few_blocks *b)
{
    free(b->present), free(b->lends), free(b->size), free(b->scale), free(b->shape), free(b->w0), free(b->w1),
        free(b->exposed);
    memset(b, 0, sizeof *b);
}

/* Sums over the cells block × period. */
struct cells {
    size_t n_periods;
    double *weight, *pull, *residual, *lift; /* Σ w, Σ w d (C), mean of e, mean of d/κ */
    size_t *count;
    bool *exposed;
};

static void cells_clear(struct cells *c)
{
    free(c->weight), free(c->pull), free(c->residual), free(c->lift), free(c->count), free(c->exposed);
}

static uf_status cells_init(const struct uf_few_treated_input *input, struct cells *c, double *out_spread,
                            struct uf_error *error)
{
    const struct uf_covariance_input *r = input->regression;
    size_t n = r->x->size1, k = r->x->size2, size = input->n_blocks * input->n_periods;
    double kappa = 0, spread = 0;
    *c = (struct cells){.n_periods = input->n_periods,
                        .weight = calloc(size + 1, sizeof(double)),
                        .pull = calloc(size + 1, sizeof(double)),
                        .residual = calloc(size + 1, sizeof(double)),
                        .lift = calloc(size + 1, sizeof(double)),
                        .count = calloc(size + 1, sizeof(size_t)),
                        .exposed = calloc(size + 1, sizeof(bool))};
    gsl_vector *direction = gsl_vector_alloc(k);
    if (!c->weight || !c->pull || !c->residual || !c->lift || !c->count || !c->exposed || !direction) {
        gsl_vector_free(direction);
        return uf_fail_memory(error);
    }
    uf_status status = combination_direction(r, input->combination, direction, &kappa, error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        if (input->block[i] >= input->n_blocks || input->period[i] >= input->n_periods) {
            status = uf_fail(error, UF_INTERNAL, "few treated: block %zu of %zu, period %zu of %zu",
                             input->block[i], input->n_blocks, input->period[i], input->n_periods);
            break;
        }
        size_t cell = input->block[i] * input->n_periods + input->period[i];
        double w = r->weights ? r->weights[i] : 1, e = gsl_vector_get(r->residuals, i), d = 0;
        for (size_t j = 0; j < k; j++) d += gsl_matrix_get(r->x, i, j) * gsl_vector_get(direction, j);
        c->weight[cell] += w;
        c->pull[cell] += w * d;
        c->residual[cell] += w * e;
        c->lift[cell] += w * d / kappa;
        c->count[cell]++;
        c->exposed[cell] |= input->exposed ? input->exposed[i] : input->treated[input->block[i]];
        spread += w * d * e * (w * d * e);
    }
    for (size_t cell = 0; cell < size && status == UF_OK; cell++) {
        if (c->count[cell] == 0) continue;
        c->residual[cell] /= c->weight[cell];
        c->lift[cell] /= c->weight[cell];
    }
    *out_spread = spread;
    gsl_vector_free(direction);
    return status;
}

/* Blocks that weigh in proportion share a shape: their weights over half the sum of their sizes, the last one
 * positive, so that W is a mean after less a mean before. shapes: room for all. */
static void find_shapes(const struct cells *c, struct few_blocks *b, double *shapes)
{
    size_t periods = c->n_periods;
    for (size_t j = 0; j < b->n_blocks; j++) {
        const double *pull = c->pull + j * periods;
        double *own = shapes + b->n_shapes * periods, largest = 0, total = 0, last = 1;
        for (size_t t = 0; t < periods; t++) largest = fmax(largest, fabs(pull[t]));
        if (!b->present[j] || largest == 0) continue;
        for (size_t t = 0; t < periods; t++) {
            own[t] = fabs(pull[t]) > SAME * largest ? pull[t] : 0;
            total += fabs(own[t]) / 2;
            if (own[t] != 0) last = own[t];
        }
        b->scale[j] = copysign(total, last);
        for (size_t t = 0; t < periods; t++) own[t] /= b->scale[j];
        size_t s = 0;
        for (; s < b->n_shapes; s++) {
            const double *other = shapes + s * periods;
            size_t t = 0;
            while (t < periods && fabs(own[t] - other[t]) <= SAME) t++;
            if (t == periods) break;
        }
        b->shape[j] = s;
        if (s == b->n_shapes) b->n_shapes++;
    }
}

static void lend(const struct cells *c, const double *shapes, struct few_blocks *b)
{
    size_t periods = c->n_periods;
    for (size_t s = 0; s < b->n_shapes; s++) {
        for (size_t l = 0; l < b->n_blocks; l++) {
            double w0 = 0, w1 = 0;
            bool exposed = false;
            for (size_t t = 0; t < periods; t++) {
                double weight = shapes[s * periods + t];
                if (weight == 0) continue;
                size_t cell = l * periods + t;
                if (c->count[cell] == 0) w0 = w1 = NAN;
                w0 += weight * c->residual[cell];
                w1 += weight * c->lift[cell];
                exposed |= c->exposed[cell];
            }
            b->exposed[s * b->n_blocks + l] = exposed;
            b->w0[s * b->n_blocks + l] = w0;
            b->w1[s * b->n_blocks + l] = w1;
        }
    }
}

static uf_status count_blocks(const struct uf_few_treated_input *input, const struct cells *c,
                              struct few_blocks *b, struct uf_error *error)
{
    for (size_t j = 0; j < b->n_blocks; j++) {
        size_t observations = 0, periods = 0;
        for (size_t t = 0; t < c->n_periods; t++) {
            observations += c->count[j * c->n_periods + t];
            periods += c->count[j * c->n_periods + t] > 0;
            b->lends[j] |= c->count[j * c->n_periods + t] > 0 && !c->exposed[j * c->n_periods + t];
        }
        b->present[j] = observations > 0;
        if (!b->present[j]) continue;
        b->size[j] = input->size ? input->size[j] : (double)observations / (double)periods;
        if (!(b->size[j] > 0) || isinf(b->size[j]))
            return uf_fail(error, UF_BAD_INPUT, "the size of block %zu is %g; it must be a number above 0",
                           j + 1, b->size[j]);
        b->n_treated += input->treated[j];
        b->n_controls += b->lends[j];
    }
    if (b->n_treated == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "none of the %zu blocks is treated", b->n_blocks);
    if (b->n_controls < 2)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "inference from the residuals of controls needs at least two of them, found %zu; with "
                       "no more, report the estimate without a p-value",
                       b->n_controls);
    return UF_OK;
}

/* What the residuals of so many blocks and shapes take, and who is given whose in each draw: asked before the room is
 * taken. */
static uf_status check_room(const struct few_blocks *b, size_t draws, struct uf_error *error)
{
    size_t givers = 0;
    for (size_t j = 0; j < b->n_blocks; j++) givers += b->present[j] && b->scale[j] != 0;
    if (givers > 0 && draws > FEW_MOST_NUMBERS / givers)
        return uf_fail(error, UF_BAD_USAGE,
                       "%zu draws for %zu blocks need too much room; ask for %zu at most", draws, givers,
                       FEW_MOST_NUMBERS / givers);
    if (b->n_shapes > FEW_MOST_NUMBERS / (b->n_blocks + 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "%zu blocks follow %zu different time paths of weights: too many to exchange "
                       "residuals; take larger regions as blocks",
                       b->n_blocks, b->n_shapes);
    return UF_OK;
}

uf_status few_blocks_init(const struct uf_few_treated_input *input, size_t draws, struct few_blocks *out,
                          struct uf_error *error)
{
    size_t blocks = input->n_blocks;
    struct few_blocks b = {.n_blocks = blocks};
    struct cells cells;
    double *shapes = malloc((blocks * input->n_periods + 1) * sizeof *shapes);
    b.present = calloc(blocks + 1, sizeof *b.present), b.lends = calloc(blocks + 1, sizeof *b.lends);
    b.size = calloc(blocks + 1, sizeof *b.size);
    b.scale = calloc(blocks + 1, sizeof *b.scale), b.shape = calloc(blocks + 1, sizeof *b.shape);
    uf_status status = cells_init(input, &cells, &b.spread, error);
    if (status == UF_OK && (!shapes || !b.present || !b.lends || !b.size || !b.scale || !b.shape))
        status = uf_fail_memory(error);
    if (status == UF_OK) status = count_blocks(input, &cells, &b, error);
    if (status == UF_OK) {
        find_shapes(&cells, &b, shapes);
        status = check_room(&b, draws, error);
    }
    if (status == UF_OK) {
        b.w0 = malloc((b.n_shapes * blocks + 1) * sizeof *b.w0);
        b.w1 = malloc((b.n_shapes * blocks + 1) * sizeof *b.w1);
        b.exposed = malloc((b.n_shapes * blocks + 1) * sizeof *b.exposed);
        if (!b.w0 || !b.w1 || !b.exposed) status = uf_fail_memory(error);
    }
    if (status == UF_OK) {
        lend(&cells, shapes, &b);
        gsl_blas_ddot(input->coefficients, input->combination, &b.estimate);
    }
    cells_clear(&cells);
    free(shapes);
    if (status == UF_OK)
        *out = b;
    else
        few_blocks_clear(&b);
    return status;
}

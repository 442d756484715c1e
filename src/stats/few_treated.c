// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/few_treated.h>
#include <utfall/random.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "stats/combination.h"
#include "stats/few_treated_internal.h"
#include "stats/inversion.h"

enum { DRAWS = 9999 };
/* Numbers that differ by less than this share are the same, computed in another order. */
#define TIE 1e-9
/* In units of the estimate's spread: what is left of the residuals there is well above TIE. */
#define FAR 1e6
static const uint32_t minus = (uint32_t)1 << 31; /* of a pick: the residual's sign is turned */

struct model {
    double constant, slope;
    enum uf_few_treated_model kind;
};

struct engine {
    const struct few_blocks *blocks;
    enum uf_few_treated_kind kind;
    bool equal_tailed, enumerated;
    const bool *treated;     /* blocks */
    size_t n_givers, *giver; /* blocks that get residuals of others: the treated, or all that weigh */
    size_t *n_donors;        /* n_shapes */
    size_t *donor;           /* n_shapes × n_blocks: who can lend to the shape */
    size_t draws;
    uint32_t *pick;        /* Ferman–Pinto: draws × n_givers, places among the donors */
    double *lent, *factor; /* n_shapes × n_blocks W of the donors, scaled; n_givers */
    double *value;         /* draws */
    double least;          /* p: of all that were computed */
    double *lent0,
        *lent1;         /* draws: Σ scale w0, Σ scale w1 of what a draw picks; NULL until they are needed */
    struct model model; /* of the first treated block */
};

static void engine_clear(struct engine *e)
{
    free(e->giver), free(e->n_donors), free(e->donor), free(e->pick), free(e->lent), free(e->factor),
        free(e->value), free(e->lent0), free(e->lent1);
}

void uf_few_treated_clear(struct uf_few_treated *few_treated)
{
    if (!few_treated) return;
    free(few_treated->values);
    memset(few_treated, 0, sizeof *few_treated);
}

/* --- who lends to whom ------------------------------------------------------------------------- */

static uf_status find_donors(struct engine *e, const bool *treated, bool controls_only,
                             size_t *out_incomplete, struct uf_error *error)
{
    const struct few_blocks *b = e->blocks;
    size_t blocks = b->n_blocks;
    e->n_givers = 0;
    bool *incomplete = calloc(blocks + 1, sizeof *incomplete);
    e->giver = malloc((blocks + 1) * sizeof *e->giver);
    e->n_donors = calloc(b->n_shapes + 1, sizeof *e->n_donors);
    e->donor = malloc((b->n_shapes * blocks + 1) * sizeof *e->donor);
    e->lent = malloc((b->n_shapes * blocks + 1) * sizeof *e->lent);
    e->factor = malloc((blocks + 1) * sizeof *e->factor);
    if (!incomplete || !e->giver || !e->n_donors || !e->donor || !e->lent || !e->factor) {
        free(incomplete);
        return uf_fail_memory(error);
    }
    for (size_t j = 0; j < blocks; j++)
        if (b->present[j] && b->scale[j] != 0 && (treated[j] || e->kind == UF_FERMAN_PINTO))
            e->giver[e->n_givers++] = j;
    uf_status status = UF_OK;
    if (e->n_givers == 0)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "no treated block has any weight in what is estimated");
    for (size_t i = 0; i < e->n_givers && status == UF_OK; i++) {
        size_t s = b->shape[e->giver[i]];
        if (e->n_donors[s] > 0) continue;
        for (size_t l = 0; l < blocks; l++) {
            if (!b->present[l] || (controls_only && (!b->lends[l] || b->exposed[s * blocks + l]))) continue;
            if (isnan(b->w0[s * blocks + l]))
                incomplete[l] = true;
            else
                e->donor[s * blocks + e->n_donors[s]++] = l;
        }
        if (e->n_donors[s] < 2)
            status = uf_fail(error, UF_NOT_IDENTIFIED,
                             "only %zu other blocks have all the periods of block %zu: too few to learn from "
                             "their residuals; use periods that all regions have",
                             e->n_donors[s], e->giver[i] + 1);
    }
    for (size_t l = 0; l < blocks; l++) *out_incomplete += incomplete[l];
    free(incomplete);
    return status;
}

/* --- Conley & Taber ---------------------------------------------------------------------------- */

static uf_status deal_controls(struct engine *e, size_t most, uint64_t seed, struct uf_error *error)
{
    const struct few_blocks *b = e->blocks;
    double choices = 1;
    for (size_t i = 0; i < e->n_givers; i++) choices *= (double)e->n_donors[b->shape[e->giver[i]]];
    e->enumerated = choices <= (double)most;
    e->draws = e->enumerated ? (size_t)choices : most;
    e->value = calloc(e->draws + 1, sizeof *e->value);
    if (!e->value) return uf_fail_memory(error);
    for (size_t draw = 0; draw < e->draws; draw++) {
        struct uf_random random;
        size_t digits = draw;
        if (!e->enumerated) uf_random_init(&random, seed, UF_PURPOSE_PLACEBO, draw);
        for (size_t i = 0; i < e->n_givers; i++) {
            size_t j = e->giver[i], s = b->shape[j], n = e->n_donors[s];
            size_t place = e->enumerated ? digits % n : uf_random_below(&random, n);
            digits /= n;
            e->value[draw] += b->scale[j] * b->w0[s * b->n_blocks + e->donor[s * b->n_blocks + place]];
        }
    }
    return UF_OK;
}

/* --- Ferman & Pinto ---------------------------------------------------------------------------- */

static uf_status deal_blocks(struct engine *e, const struct uf_few_treated_options *options, size_t draws,
                             struct uf_error *error)
{
    const struct few_blocks *b = e->blocks;
    e->draws = draws;
    e->value = calloc(draws + 1, sizeof *e->value);
    e->pick = malloc((draws * e->n_givers + 1) * sizeof *e->pick);
    if (!e->value || !e->pick) return uf_fail_memory(error);
    for (size_t draw = 0; draw < draws; draw++) {
        struct uf_random random;
        uf_random_init(&random, options->seed, UF_PURPOSE_PLACEBO, draw);
        for (size_t i = 0; i < e->n_givers; i++) {
            uint32_t place = (uint32_t)uf_random_below(&random, e->n_donors[b->shape[e->giver[i]]]);
            uint32_t sign = uf_random_u32(&random) & 1 ? minus : 0;
            e->pick[draw * e->n_givers + i] = place | (options->no_signs ? 0 : sign);
        }
    }
    return UF_OK;
}

/* W² on 1 and 1/M by least squares with both coefficients at least 0. */
static struct model fit_model(const double *w, const double *size, const size_t *donor, size_t n)
{
    double y = 0, z = 0, zz = 0, zy = 0, least = INFINITY, most = 0;
    for (size_t l = 0; l < n; l++) {
        double inverse = 1 / size[donor[l]], square = w[l] * w[l];
        y += square, z += inverse, zz += inverse * inverse, zy += inverse * square;
        least = fmin(least, inverse), most = fmax(most, inverse);
    }
    double count = (double)n, variation = zz - z * z / count;
    if (!(most > least * (1 + TIE))) return (struct model){y / count, 0, UF_FEW_TREATED_ONE_SIZE};
    double slope = (zy - z * y / count) / variation, constant = (y - slope * z) / count;
    if (slope >= 0 && constant >= 0) return (struct model){constant, slope, UF_FEW_TREATED_BOTH};
    /* the sums of squares that the two simpler models explain */
    if (y * y / count >= zy * zy / zz) return (struct model){y / count, 0, UF_FEW_TREATED_NO_SLOPE};
    return (struct model){0, zy / zz, UF_FEW_TREATED_NO_CONSTANT};
}

/* The models of the shapes where the residuals are a w0 + b w1, and those residuals divided by their own deviation; true where
 * size makes a difference in some of them. */
static bool fit_shapes(struct engine *e, double a, double b)
{
    const struct few_blocks *blocks = e->blocks;
    size_t n = blocks->n_blocks, seen = SIZE_MAX;
    bool sizes = false;
    for (size_t s = 0; s < blocks->n_shapes; s++) {
        double *lent = e->lent + s * n;
        const size_t *donor = e->donor + s * n;
        if (e->n_donors[s] == 0) continue;
        for (size_t l = 0; l < e->n_donors[s]; l++)
            lent[l] = a * blocks->w0[s * n + donor[l]] + b * blocks->w1[s * n + donor[l]];
        struct model model = fit_model(lent, blocks->size, donor, e->n_donors[s]);
        sizes |= model.slope > 0;
        for (size_t l = 0; l < e->n_donors[s]; l++) {
            double variance = model.constant + model.slope / blocks->size[donor[l]];
            lent[l] = variance > 0 ? lent[l] / sqrt(variance) : 0;
        }
        for (size_t i = 0; i < e->n_givers; i++) {
            size_t j = e->giver[i];
            if (blocks->shape[j] != s) continue;
            e->factor[i] = blocks->scale[j] * sqrt(model.constant + model.slope / blocks->size[j]);
            if (i < seen && e->treated[j]) seen = i, e->model = model;
        }
    }
    return sizes;
}

/* Σ factor times ± lent of what each draw picks; lent lies by shape and donor, or (`by_donor`) by shape and block. */
static void sum_picks(const struct engine *e, const double *lent, bool by_donor, const double *factor,
                      double *out)
{
    const struct few_blocks *blocks = e->blocks;
    for (size_t draw = 0; draw < e->draws; draw++) {
        const uint32_t *pick = e->pick + draw * e->n_givers;
        double sum = 0;
        for (size_t i = 0; i < e->n_givers; i++) {
            const size_t shape = blocks->shape[e->giver[i]] * blocks->n_blocks, place = pick[i] & ~minus;
            const double value = lent[shape + (by_donor ? e->donor[shape + place] : place)];
            sum += factor[i] * (pick[i] & minus ? -value : value);
        }
        out[draw] = sum;
    }
}

/* What the draws sum up to where all that lend are alike but for their residuals: done once. */
static bool sum_alike(struct engine *e)
{
    double *scale = malloc((e->n_givers + 1) * sizeof *scale);
    if (e->lent0 || !scale) {
        free(scale);
        return e->lent0 != NULL;
    }
    e->lent0 = malloc((e->draws + 1) * sizeof *e->lent0);
    e->lent1 = malloc((e->draws + 1) * sizeof *e->lent1);
    for (size_t i = 0; i < e->n_givers; i++) scale[i] = e->blocks->scale[e->giver[i]];
    if (e->lent0 && e->lent1) {
        sum_picks(e, e->blocks->w0, true, scale, e->lent0);
        sum_picks(e, e->blocks->w1, true, scale, e->lent1);
    }
    free(scale);
    if (!e->lent0 || !e->lent1) {
        free(e->lent0), free(e->lent1);
        e->lent0 = e->lent1 = NULL;
    }
    return e->lent0 != NULL;
}

/* θ* − r of every draw where the residuals are a w0 + b w1. Without differences by size the deviations cancel, and the sums are
 * the same for all a and b. */
static void evaluate(struct engine *e, double a, double b)
{
    if (fit_shapes(e, a, b) || !sum_alike(e))
        sum_picks(e, e->lent, false, e->factor, e->value);
    else
        for (size_t draw = 0; draw < e->draws; draw++)
            e->value[draw] = a * e->lent0[draw] + b * e->lent1[draw];
}

/* --- p and the interval ------------------------------------------------------------------------ */

static double share(const struct engine *e, double reference, double turn, bool equal_tailed)
{
    size_t beyond = 0, above = 0, below = 0;
    double slack = TIE * fabs(reference);
    for (size_t b = 0; b < e->draws; b++) {
        double value = turn * e->value[b];
        beyond += fabs(value) >= fabs(reference) - slack;
        above += value >= reference - slack;
        below += value <= reference + slack;
    }
    double all = 1 + (double)e->draws;
    if (!equal_tailed) return (1 + (double)beyond) / all;
    return fmin(1, 2 * (1 + (double)(above < below ? above : below)) / all);
}

/* Ferman–Pinto's p need not fall as the estimate grows: the least may be on the way. */
static double remember(struct engine *e, double p)
{
    e->least = fmin(e->least, p);
    return p;
}

static double p_limit(struct engine *e, double sign)
{
    if (e->kind == UF_CONLEY_TABER)
        return remember(e, (e->equal_tailed ? 2.0 : 1.0) / (1 + (double)e->draws));
    /* Far out, not at the limit itself: there more draws tie with the estimate than at any distance before it. */
    const double delta = sign * FAR * sqrt(e->blocks->spread);
    evaluate(e, 1, delta);
    return remember(e, share(e, delta, 1, e->equal_tailed));
}

struct end {
    struct engine *engine;
    double sign;
};

static double p_at(void *user, double distance)
{
    struct end *end = user;
    double delta = end->sign * distance;
    if (end->engine->kind == UF_FERMAN_PINTO) evaluate(end->engine, 1, delta);
    return remember(end->engine, share(end->engine, delta, 1, end->engine->equal_tailed));
}

static double reach(struct engine *e, double sign, double alpha)
{
    struct end end = {e, sign};
    const struct inversion inversion = {
        .p = p_at, .user = &end, .unit = sqrt(e->blocks->spread), .limit = alpha * (1 + TIE)};
    if (p_limit(e, sign) > inversion.limit) return INFINITY;
    return inversion_reach(&inversion);
}

static uf_status check(const struct uf_few_treated_input *input, const struct uf_few_treated_options *options,
                       struct uf_error *error)
{
    UF_TRY(combination_check(input->regression, input->coefficients, input->combination, input->null_value,
                             options->level, error));
    if (options->draws > FEW_MOST_NUMBERS)
        return uf_fail(error, UF_BAD_USAGE, "%zu draws: at most %d are possible", options->draws,
                       (int)FEW_MOST_NUMBERS);
    return UF_OK;
}

static uf_status answer(struct engine *e, const struct uf_few_treated_options *options, double delta,
                        struct uf_few_treated *result, struct uf_error *error)
{
    bool modelled = e->kind == UF_FERMAN_PINTO;
    double alpha = 1 - (options->level > 0 ? options->level : 0.95), estimate = e->blocks->estimate;
    if (modelled) evaluate(e, 1, delta);
    result->p_symmetric = share(e, delta, 1, false);
    result->p_equal_tailed = share(e, delta, 1, true);
    result->model = modelled ? e->model.kind : UF_FEW_TREATED_ONE_SIZE;
    result->constant = modelled ? e->model.constant : NAN;
    result->slope = modelled ? e->model.slope : NAN;
    result->enumerated = e->enumerated;
    result->draws = e->draws;
    if (options->keep_values) {
        result->values = malloc((e->draws + 1) * sizeof *result->values);
        if (!result->values) return uf_fail_memory(error);
        memcpy(result->values, e->value, e->draws * sizeof *result->values);
    }
    remember(e, e->equal_tailed ? result->p_equal_tailed : result->p_symmetric);
    p_limit(e, 1), p_limit(e, -1);
    result->conf_low = options->no_interval ? NAN : estimate - reach(e, 1, alpha);
    result->conf_high = options->no_interval ? NAN : estimate + reach(e, -1, alpha);
    result->least_p = e->least;
    return UF_OK;
}

uf_status uf_few_treated_test(const struct uf_few_treated_input *input,
                              const struct uf_few_treated_options *options, struct uf_few_treated *out,
                              struct uf_error *error)
{
    const struct uf_few_treated_options defaults = {0};
    if (!options) options = &defaults;
    if (input->regression->summed)
        return uf_fail(error, UF_BAD_USAGE, "few treated: it needs the rows, and only sums were kept");
    UF_TRY(check(input, options, error));
    struct few_blocks blocks;
    size_t draws = options->draws ? options->draws : DRAWS;
    UF_TRY(few_blocks_init(input, options->kind == UF_FERMAN_PINTO ? draws : 0, &blocks, error));
    struct engine e = {.blocks = &blocks,
                       .kind = options->kind,
                       .equal_tailed = options->equal_tailed,
                       .treated = input->treated,
                       .least = 1};
    struct uf_few_treated result = {.kind = options->kind,
                                    .estimate = blocks.estimate,
                                    .n_treated = blocks.n_treated,
                                    .n_controls = blocks.n_controls};
    bool controls_only = options->kind == UF_CONLEY_TABER || options->controls_only;
    uf_status status = UF_OK;
    if (!(blocks.spread > 0))
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "all residuals that count are 0: nothing can be learnt from them");
    if (status == UF_OK) status = find_donors(&e, input->treated, controls_only, &result.n_incomplete, error);
    if (status == UF_OK)
        status = options->kind == UF_CONLEY_TABER ? deal_controls(&e, draws, options->seed, error)
                                                  : deal_blocks(&e, options, draws, error);
    if (status == UF_OK) status = answer(&e, options, blocks.estimate - input->null_value, &result, error);
    engine_clear(&e);
    few_blocks_clear(&blocks);
    if (status == UF_OK)
        *out = result;
    else
        uf_few_treated_clear(&result);
    return status;
}

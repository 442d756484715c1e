// SPDX-License-Identifier: GPL-3.0-or-later
/* Randomisation of a regressor: the coefficient, its t and a joint F for one assignment after another. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/randomisation.h>

#include "base/fail.h"
#include "stats/randomisation_balanced.h"

#define COLLINEAR 1e-7

/* The regression with everything but the treatment taken out once; on the √w scale. */
struct reduced {
    const struct uf_randomisation_input *input;
    const struct uf_randomisation_joint_input *joint; /* NULL: one coefficient */
    double *columns;                                  /* joint: n_columns of n, work space */
    size_t restrictions;                              /* joint: of the last assignment evaluated */
    size_t n_covariates;
    double *covariate; /* n_covariates orthonormal columns of n */
    double *outcome;   /* n */
    double *root;      /* n; NULL: 1 */
    double *treatment; /* n: work space */
    double *score;     /* clusters: work space */
    size_t n_groups;
    double *cell; /* noise: work space, sums of the treatment by cell */
};

static void take_out_covariates(const struct reduced *reduced, double *column)
{
    size_t n = reduced->input->n;
    for (size_t c = 0; c < reduced->n_covariates; c++) {
        const double *q = reduced->covariate + c * n;
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += q[i] * column[i];
        for (size_t i = 0; i < n; i++) column[i] -= sum * q[i];
    }
}

/* Fixed effects and covariates out of a column; its norms before and after. */
static uf_status reduce(const struct reduced *reduced, double *column, double *before, double *after,
                        struct uf_error *error)
{
    size_t n = reduced->input->n;
    *before = *after = 0;
    for (size_t i = 0; i < n; i++) {
        double value = column[i] * (reduced->root ? reduced->root[i] : 1);
        *before += value * value;
    }
    if (reduced->input->absorber) UF_TRY(uf_absorber_apply(reduced->input->absorber, column, error));
    for (size_t i = 0; i < n && reduced->root; i++) column[i] *= reduced->root[i];
    take_out_covariates(reduced, column);
    take_out_covariates(reduced, column);
    for (size_t i = 0; i < n; i++) *after += column[i] * column[i];
    *before = sqrt(*before);
    *after = sqrt(*after);
    return UF_OK;
}

static uf_status reduced_init(struct reduced *reduced, const struct uf_randomisation_input *input,
                              struct uf_error *error)
{
    size_t n = input->n, k = input->covariates ? input->covariates->size2 : 0;
    double before, after;
    reduced->input = input;
    reduced->n_groups = input->cluster ? input->n_groups : input->n_blocks;
    reduced->covariate = malloc((n * k + 1) * sizeof(double));
    reduced->outcome = malloc((n + 1) * sizeof(double));
    reduced->treatment = malloc((n + 1) * sizeof(double));
    reduced->score = malloc((reduced->n_groups + 1) * sizeof(double));
    reduced->root = input->weights ? malloc((n + 1) * sizeof(double)) : NULL;
    if (!reduced->covariate || !reduced->outcome || !reduced->treatment || !reduced->score ||
        (input->weights && !reduced->root))
        return uf_fail_memory(error);
    for (size_t i = 0; i < n && reduced->root; i++) reduced->root[i] = sqrt(input->weights[i]);
    for (size_t j = 0; j < k; j++) {
        double *column = reduced->covariate + reduced->n_covariates * n;
        for (size_t i = 0; i < n; i++) column[i] = gsl_matrix_get(input->covariates, i, j);
        UF_TRY(reduce(reduced, column, &before, &after, error));
        if (!(after > COLLINEAR * before)) continue;
        for (size_t i = 0; i < n; i++) column[i] /= after;
        reduced->n_covariates++;
    }
    if (input->noise) {
        reduced->cell = malloc((input->noise->n_cells + 1) * sizeof(double));
        if (!reduced->cell) return uf_fail_memory(error);
    }
    memcpy(reduced->outcome, input->outcome, n * sizeof(double));
    return reduce(reduced, reduced->outcome, &before, &after, error);
}

static void reduced_clear(struct reduced *reduced)
{
    free(reduced->covariate), free(reduced->outcome), free(reduced->treatment), free(reduced->score),
        free(reduced->root), free(reduced->columns), free(reduced->cell);
}

/* The dummies of an assignment made orthonormal, by modified Gram–Schmidt, the tested ones last: the first *rank columns,
 * *restrictions of them tested. */
static uf_status span(struct reduced *reduced, const size_t *path, size_t *rank, size_t *restrictions,
                      struct uf_error *error)
{
    const struct uf_randomisation_input *input = reduced->input;
    const struct uf_randomisation_joint_input *joint = reduced->joint;
    size_t n = input->n, m = joint->n_columns;
    double before, after;
    *rank = *restrictions = 0;
    memset(reduced->columns, 0, n * m * sizeof(double));
    for (size_t i = 0; i < n; i++) {
        size_t column = joint->path_column[i * input->n_paths + path[input->block[i]]];
        if (column != SIZE_MAX) reduced->columns[column * n + i] = 1;
    }
    for (size_t j = 0; j < m; j++) {
        double *column = reduced->columns + j * n, left = 0;
        UF_TRY(reduce(reduced, column, &before, &after, error));
        for (size_t l = 0; l < *rank; l++) {
            const double *q = reduced->columns + l * n;
            double sum = 0;
            for (size_t i = 0; i < n; i++) sum += q[i] * column[i];
            for (size_t i = 0; i < n; i++) column[i] -= sum * q[i];
        }
        for (size_t i = 0; i < n; i++) left += column[i] * column[i];
        left = sqrt(left);
        if (!(left > COLLINEAR * before)) continue;
        double *kept = reduced->columns + *rank * n;
        for (size_t i = 0; i < n; i++) kept[i] = column[i] / left;
        ++*rank;
        *restrictions += j + joint->n_tested >= m;
    }
    return UF_OK;
}

static double residual_df(const struct reduced *reduced, size_t rank)
{
    const struct uf_absorber *absorber = reduced->input->absorber;
    return (double)reduced->input->n - (absorber ? (double)uf_absorber_rank(absorber) : 0) -
           (double)reduced->n_covariates - (double)rank;
}

/* F of the tested dummies, given the others. */
static uf_status evaluate_joint(struct reduced *reduced, const size_t *path, double *statistic,
                                struct uf_error *error)
{
    size_t n = reduced->input->n, rank;
    double explained = 0, rest = 0;
    *statistic = NAN;
    UF_TRY(span(reduced, path, &rank, &reduced->restrictions, error));
    for (size_t i = 0; i < n; i++) rest += reduced->outcome[i] * reduced->outcome[i];
    for (size_t j = 0; j < rank; j++) {
        const double *q = reduced->columns + j * n;
        double product = 0;
        for (size_t i = 0; i < n; i++) product += q[i] * reduced->outcome[i];
        rest -= product * product;
        if (j + reduced->restrictions >= rank) explained += product * product;
    }
    double df = residual_df(reduced, rank);
    if (reduced->restrictions == 0 || df <= 0 || !(rest > 0)) return UF_OK;
    *statistic = explained / (double)reduced->restrictions / (rest / df);
    return UF_OK;
}

/* The standard error that the blocks' own noise implies, times Σ d̃². */
static double noise_of(const struct reduced *reduced)
{
    const struct uf_randomisation_input *input = reduced->input;
    const struct uf_block_noise *noise = input->noise;
    double *sum = reduced->cell, total = 0;
    memset(sum, 0, noise->n_cells * sizeof *sum);
    for (size_t i = 0; i < input->n; i++)
        sum[noise->cell[i]] += (reduced->root ? reduced->root[i] : 1) * reduced->treatment[i];
    for (size_t c = 0; c < noise->n_cells; c++) {
        double mean = noise->weight[c] > 0 ? sum[c] / noise->weight[c] : 0;
        total += noise->variance[noise->block[c]] * mean * mean;
    }
    return sqrt(total);
}

static double shift_of(const struct reduced *reduced, double square)
{
    double sum = 0;
    for (size_t i = 0; i < reduced->input->n; i++)
        sum += (reduced->root ? reduced->root[i] : 1) * reduced->treatment[i] * reduced->input->treatment[i];
    return sum / square;
}

static double ratio(double value, double error)
{
    return error > 0 ? value / error : value == 0 ? 0 : copysign(INFINITY, value);
}

/* The statistics of one assignment of paths to blocks (Frisch–Waugh–Lovell). */
static uf_status evaluate(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                          struct uf_error *error)
{
    struct reduced *reduced = user;
    if (reduced->joint) return evaluate_joint(reduced, path, &out->coefficient, error);
    const struct uf_randomisation_input *input = reduced->input;
    size_t n = input->n;
    double *d = reduced->treatment, before, after, product = 0, square = 0, variance = 0;
    for (size_t i = 0; i < n; i++) d[i] = input->path_value[i * input->n_paths + path[input->block[i]]];
    UF_TRY(reduce(reduced, d, &before, &after, error));
    if (!(after > COLLINEAR * before)) return UF_OK;
    for (size_t i = 0; i < n; i++) {
        product += d[i] * reduced->outcome[i];
        square += d[i] * d[i];
    }
    out->coefficient = product / square;
    memset(reduced->score, 0, reduced->n_groups * sizeof(double));
    const size_t *group = input->cluster ? input->cluster : input->block;
    for (size_t i = 0; i < n; i++)
        reduced->score[group[i]] += d[i] * (reduced->outcome[i] - out->coefficient * d[i]);
    for (size_t g = 0; g < reduced->n_groups; g++) variance += reduced->score[g] * reduced->score[g];
    out->t = ratio(out->coefficient * square, sqrt(variance));
    if (input->noise) out->scaled = ratio(out->coefficient * square, noise_of(reduced));
    if (input->treatment) out->shift = shift_of(reduced, square);
    return UF_OK;
}

static uf_status deal(struct reduced *reduced, const struct uf_randomisation_input *input,
                      const struct uf_randomisation_options *options, struct uf_randomisation *out,
                      struct uf_error *error)
{
    const struct uf_randomisation_design design = {input->n_blocks, input->n_paths, input->path};
    struct balanced *balanced = NULL;
    UF_TRY(reduced_init(reduced, input, error));
    if (!reduced->joint && !(options && options->row_by_row))
        UF_TRY(balanced_new(input, reduced->outcome, &balanced, error));
    uf_status status = balanced ? uf_randomise(&design, balanced_evaluate, balanced, options, out, error)
                                : uf_randomise(&design, evaluate, reduced, options, out, error);
    balanced_free(balanced);
    return status;
}

uf_status uf_randomisation_test(const struct uf_randomisation_input *input,
                                const struct uf_randomisation_options *options, struct uf_randomisation *out,
                                struct uf_error *error)
{
    struct reduced reduced = {0};
    uf_status status = deal(&reduced, input, options, out, error);
    reduced_clear(&reduced);
    return status;
}

void uf_randomisation_joint_clear(struct uf_randomisation_joint *joint)
{
    if (!joint) return;
    free(joint->statistic);
    memset(joint, 0, sizeof *joint);
}

uf_status uf_randomisation_joint_test(const struct uf_randomisation_joint_input *input,
                                      const struct uf_randomisation_options *options,
                                      struct uf_randomisation_joint *out, struct uf_error *error)
{
    struct reduced reduced = {.joint = input};
    struct uf_randomisation result;
    double statistic;
    reduced.columns = malloc((input->common.n * input->n_columns + 1) * sizeof(double));
    uf_status status = reduced.columns ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = deal(&reduced, &input->common, options, &result, error);
    if (status == UF_OK) {
        status = evaluate_joint(&reduced, input->common.path, &statistic, error);
        if (status == UF_OK)
            *out = (struct uf_randomisation_joint){.assignments = result.assignments,
                                                   .enumerated = result.enumerated,
                                                   .count = result.count,
                                                   .statistic = result.coefficient,
                                                   .restrictions = reduced.restrictions,
                                                   .p = result.p_coefficient,
                                                   .least_p = result.least_p_coefficient,
                                                   .undefined = result.undefined};
        if (status == UF_OK) result.coefficient = NULL; /* taken over */
        uf_randomisation_clear(&result);
    }
    reduced_clear(&reduced);
    return status;
}

/* --- the parts of F, of several outcomes ----------------------------------------------------------- */

struct uf_randomisation_parts {
    struct reduced reduced;
    size_t n_outcomes;
    double *outcome; /* n_outcomes of n: reduced */
    double *gram;    /* n_outcomes × n_outcomes */
};

void uf_randomisation_parts_free(struct uf_randomisation_parts *parts)
{
    if (!parts) return;
    reduced_clear(&parts->reduced);
    free(parts->outcome), free(parts->gram);
    free(parts);
}

static uf_status parts_init(struct uf_randomisation_parts *parts,
                            const struct uf_randomisation_joint_input *input, size_t n_outcomes,
                            const double *outcomes, struct uf_error *error)
{
    const size_t n = input->common.n, k = parts->n_outcomes = n_outcomes;
    double before, after;
    parts->reduced.joint = input;
    parts->reduced.columns = malloc((n * input->n_columns + 1) * sizeof(double));
    parts->outcome = malloc((k * n + 1) * sizeof(double));
    parts->gram = malloc((k * k + 1) * sizeof(double));
    if (!parts->reduced.columns || !parts->outcome || !parts->gram) return uf_fail_memory(error);
    UF_TRY(reduced_init(&parts->reduced, &input->common, error));
    memcpy(parts->outcome, outcomes, k * n * sizeof(double));
    for (size_t a = 0; a < k; a++)
        UF_TRY(reduce(&parts->reduced, parts->outcome + a * n, &before, &after, error));
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++) sum += parts->outcome[a * n + i] * parts->outcome[b * n + i];
            parts->gram[a * k + b] = parts->gram[b * k + a] = sum;
        }
    return UF_OK;
}

uf_status uf_randomisation_parts_new(const struct uf_randomisation_joint_input *input, size_t n_outcomes,
                                     const double *outcomes, struct uf_randomisation_parts **out,
                                     struct uf_error *error)
{
    struct uf_randomisation_parts *parts = calloc(1, sizeof *parts);
    if (!parts) return uf_fail_memory(error);
    uf_status status = parts_init(parts, input, n_outcomes, outcomes, error);
    if (status == UF_OK)
        *out = parts;
    else
        uf_randomisation_parts_free(parts);
    return status;
}

const double *uf_randomisation_parts_gram(const struct uf_randomisation_parts *parts)
{
    return parts->gram;
}

uf_status uf_randomisation_parts_of(struct uf_randomisation_parts *parts, const size_t *path, double *value,
                                    struct uf_randomisation_rank *out, struct uf_error *error)
{
    struct reduced *reduced = &parts->reduced;
    const size_t n = reduced->input->n, m = reduced->joint->n_columns;
    struct uf_randomisation_rank rank;
    UF_TRY(span(reduced, path, &rank.rank, &rank.restrictions, error));
    rank.df = residual_df(reduced, rank.rank);
    for (size_t a = 0; a < parts->n_outcomes; a++)
        for (size_t j = 0; j < rank.rank; j++) {
            const double *q = reduced->columns + j * n, *y = parts->outcome + a * n;
            double sum = 0;
            for (size_t i = 0; i < n; i++) sum += q[i] * y[i];
            value[a * m + j] = sum;
        }
    *out = rank;
    return UF_OK;
}

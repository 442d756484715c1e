// SPDX-License-Identifier: GPL-3.0-or-later
/* How noisy each block was before anybody was treated. */
#include "base/fail.h"
#include "effect/did_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Two periods fewer than this leave a variance that is mostly chance; a block with fewer has the mean of the others. */
enum { FEWEST_PERIODS = 4, FEWEST_OWN_PERIODS = 3 };

void uf_did_noise_clear(struct uf_did_noise *noise)
{
    if (!noise) return;
    free(noise->cell), free(noise->block), free(noise->weight), free(noise->variance);
    memset(noise, 0, sizeof *noise);
}

static size_t first_start(const struct uf_did_data *data)
{
    size_t first = data->n_periods;
    for (size_t i = 0; i < data->n; i++)
        if (data->first_period[data->unit[i]] < first) first = data->first_period[data->unit[i]];
    return first;
}

static size_t count_periods(const struct uf_did_data *data, size_t end)
{
    size_t count = 0;
    unsigned char *seen = calloc(data->n_periods + 1, 1);
    for (size_t i = 0; seen && i < data->n; i++)
        if (data->period[i] < end && !seen[data->period[i]]) seen[data->period[i]] = 1, count++;
    free(seen);
    return count;
}

/* The rows before `end`, and their outcome less unit effects, period effects and covariates. */
static uf_status residuals_before(const struct uf_did_data *data, size_t end, size_t *row, size_t *out_count,
                                  double *residual, struct uf_error *error)
{
    size_t n = 0, k = data->covariates ? data->covariates->size2 : 0;
    for (size_t i = 0; i < data->n; i++)
        if (data->period[i] < end) row[n++] = i;
    struct uf_did_fit fit = {0};
    size_t *unit = malloc((n + 1) * sizeof *unit), *period = malloc((n + 1) * sizeof *period);
    double *outcome = malloc((n + 1) * sizeof *outcome),
           *weights = data->weights ? malloc((n + 1) * sizeof *weights) : NULL;
    gsl_matrix *covariates = k > 0 ? gsl_matrix_alloc(n, k) : NULL;
    uf_status status = unit && period && outcome && (weights || !data->weights) && (covariates || k == 0)
                           ? UF_OK
                           : uf_fail_memory(error);
    if (status != UF_OK) goto done;
    for (size_t r = 0; r < n; r++) {
        unit[r] = data->unit[row[r]];
        period[r] = data->period[row[r]];
        residual[r] = outcome[r] = data->outcome[row[r]];
        if (weights) weights[r] = data->weights[row[r]];
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(covariates, r, j, gsl_matrix_get(data->covariates, row[r], j));
    }
    const struct uf_did_data before = {.n = n,
                                       .n_units = data->n_units,
                                       .n_periods = data->n_periods,
                                       .unit = unit,
                                       .period = period,
                                       .outcome = outcome,
                                       .weights = weights};
    if (k > 0) {
        UF_TRY_GOTO(did_regress(&before, covariates, &fit, error), done);
        for (size_t r = 0; r < n; r++) residual[r] = gsl_vector_get(fit.fit.residuals, r);
    } else {
        const size_t *const group[] = {unit, period};
        UF_TRY_GOTO(uf_absorber_new(n, 2, group, (const size_t[]){data->n_units, data->n_periods}, weights, 0,
                                    &fit.absorber, error),
                    done);
        UF_TRY_GOTO(uf_absorber_apply(fit.absorber, residual, error), done);
    }
    *out_count = n;
done:
    uf_did_fit_clear(&fit);
    gsl_matrix_free(covariates);
    free(unit), free(period), free(outcome), free(weights);
    return status;
}

/* Mean squares of the cells' sums; blocks with too few cells get the mean of the others. */
static void set_variances(struct uf_did_noise *noise, size_t n_blocks, size_t n_periods, const double *sum,
                          const unsigned char *used, size_t fewest)
{
    double total = 0;
    size_t known = 0;
    for (size_t b = 0; b < n_blocks; b++) {
        double square = 0;
        size_t periods = 0;
        for (size_t c = b * n_periods; c < (b + 1) * n_periods; c++) {
            if (!used[c]) continue;
            square += sum[c] * sum[c];
            periods++;
        }
        noise->variance[b] = periods >= fewest ? square / (double)(periods - 1) : NAN;
        if (isnan(noise->variance[b])) continue;
        total += noise->variance[b];
        known++;
    }
    double mean = known > 0 ? total / (double)known : 1;
    for (size_t b = 0; b < n_blocks; b++) {
        if (isnan(noise->variance[b])) noise->variance[b] = mean;
        /* a block that never moved is not infinitely certain */
        if (noise->variance[b] < 1e-6 * mean) noise->variance[b] = 1e-6 * mean;
    }
}

static uf_status noise_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                            size_t fewest, size_t fewest_own, struct uf_did_noise *out,
                            struct uf_error *error)
{
    size_t end = first_start(data), cells = assignment->n_blocks * data->n_periods, n = 0;
    struct uf_did_noise noise = {.n_periods = count_periods(data, end)};
    if (noise.n_periods < fewest)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "%zu periods before the first start are too few to say how noisy each unit is; %zu are needed",
            noise.n_periods, fewest);
    size_t *row = malloc((data->n + 1) * sizeof *row);
    double *residual = malloc((data->n + 1) * sizeof *residual), *sum = calloc(cells + 1, sizeof *sum);
    unsigned char *used = calloc(cells + 1, 1);
    noise.cell = malloc((data->n + 1) * sizeof *noise.cell);
    noise.block = malloc((cells + 1) * sizeof *noise.block);
    noise.weight = calloc(cells + 1, sizeof *noise.weight);
    noise.variance = malloc((assignment->n_blocks + 1) * sizeof *noise.variance);
    uf_status status =
        row && residual && sum && used && noise.cell && noise.block && noise.weight && noise.variance
            ? residuals_before(data, end, row, &n, residual, error)
            : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t i = 0; i < data->n; i++) {
            noise.cell[i] = assignment->block[i] * data->n_periods + data->period[i];
            noise.weight[noise.cell[i]] += data->weights ? data->weights[i] : 1;
        }
        for (size_t c = 0; c < cells; c++) noise.block[c] = c / data->n_periods;
        for (size_t r = 0; r < n; r++) {
            size_t c = noise.cell[row[r]];
            sum[c] += (data->weights ? data->weights[row[r]] : 1) * residual[r];
            used[c] = 1;
        }
        set_variances(&noise, assignment->n_blocks, data->n_periods, sum, used, fewest_own);
        noise.view = (struct uf_block_noise){cells, noise.cell, noise.block, noise.weight, noise.variance};
    }
    free(row), free(residual), free(sum), free(used);
    if (status == UF_OK)
        *out = noise;
    else
        uf_did_noise_clear(&noise);
    return status;
}

uf_status uf_did_noise_init(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                            struct uf_did_noise *out, struct uf_error *error)
{
    return noise_init(data, assignment, FEWEST_PERIODS, FEWEST_OWN_PERIODS, out, error);
}

uf_status did_noise_rough(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                          struct uf_did_noise *out, struct uf_error *error)
{
    return noise_init(data, assignment, 2, 2, out, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/size_placebo.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

void size_placebo_clear(struct size_placebo *p)
{
    if (!p) return;
    free(p->unit), free(p->period), free(p->cluster), free(p->block), free(p->outcome), free(p->treatment);
    free(p->weights), free(p->first_period), free(p->unit_block), free(p->start), free(p->n_start);
    free(p->treated), free(p->block_start), free(p->order), free(p->noise);
    gsl_matrix_free(p->covariates);
    memset(p, 0, sizeof *p);
}

/* Periods with observations, in order: `rank` (n_periods) gives their place, SIZE_MAX for those without. */
static size_t rank_periods(const struct uf_did_data *data, size_t *rank)
{
    size_t count = 0;
    for (size_t t = 0; t < data->n_periods; t++) rank[t] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) rank[data->period[i]] = 0;
    for (size_t t = 0; t < data->n_periods; t++)
        if (rank[t] == 0) rank[t] = count++;
    return count;
}

static bool is_cohort_treatment(const struct uf_did_data *data)
{
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (data->treatment[i] != (first != SIZE_MAX && data->period[i] >= first ? 1 : 0)) return false;
    }
    return true;
}

/* The cohorts as starts with counts of blocks; for the periods before, starts that divide them in proportion. */
static uf_status read_starts(const struct uf_did_data *data, const struct uf_did_assignment *a,
                             const size_t *rank, size_t n_ranks, enum uf_size_sample sample,
                             struct size_placebo *p, struct uf_error *error)
{
    size_t end = data->n_periods;
    p->start = malloc((a->n_paths + 1) * sizeof *p->start);
    p->n_start = calloc(a->n_paths + 1, sizeof *p->n_start);
    if (!p->start || !p->n_start) return uf_fail_memory(error);
    for (size_t c = 0; c < a->n_paths; c++)
        if (a->first_period[c] < end) end = a->first_period[c];
    size_t before = 0;
    for (size_t t = 0; t < end; t++) before += rank[t] != SIZE_MAX;
    for (size_t c = 0; c < a->n_paths; c++) {
        if (a->first_period[c] == SIZE_MAX) continue;
        size_t start = a->first_period[c];
        if (sample == UF_SIZE_BEFORE) {
            size_t place = 0, wanted;
            for (size_t t = 0; t < start; t++) place += rank[t] != SIZE_MAX;
            wanted = (size_t)lround((double)before * (double)place / (double)n_ranks);
            if (before < 4) wanted = 0;
            if (before >= 4 && wanted < 2) wanted = 2;
            if (before >= 4 && wanted > before - 2) wanted = before - 2;
            for (start = 0; start < end && (rank[start] == SIZE_MAX || rank[start] < wanted); start++) {
            }
        }
        p->start[p->n_starts] = start;
        for (size_t b = 0; b < a->n_blocks; b++) p->n_start[p->n_starts] += a->path[b] == c;
        p->n_treated += p->n_start[p->n_starts++];
    }
    p->n_periods = sample == UF_SIZE_BEFORE ? before : n_ranks;
    if (sample == UF_SIZE_BEFORE && before < 4)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "%zu periods before the first start cannot be divided in two", before);
    return UF_OK;
}

/* Which rows are untreated, and of which blocks; renumbers the blocks. */
static size_t choose_rows(const struct uf_did_data *data, const struct uf_did_assignment *a,
                          enum uf_size_sample sample, size_t *row, size_t *number, struct size_placebo *p)
{
    size_t n = 0, end = data->n_periods;
    for (size_t c = 0; c < a->n_paths; c++)
        if (a->first_period[c] < end) end = a->first_period[c];
    for (size_t b = 0; b < a->n_blocks; b++) number[b] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        size_t block = a->block[i];
        bool use =
            sample == UF_SIZE_CONTROLS ? a->first_period[a->path[block]] == SIZE_MAX : data->period[i] < end;
        if (!use) continue;
        if (number[block] == SIZE_MAX) number[block] = p->n_blocks++;
        row[n++] = i;
    }
    return n;
}

static uf_status copy_rows(const struct uf_did_data *data, const struct uf_did_assignment *a,
                           const size_t *row, size_t n, const size_t *number, struct size_placebo *p,
                           struct uf_error *error)
{
    size_t k = data->covariates ? data->covariates->size2 : 0;
    p->unit = malloc((n + 1) * sizeof *p->unit);
    p->period = malloc((n + 1) * sizeof *p->period);
    p->cluster = malloc((n + 1) * sizeof *p->cluster);
    p->block = malloc((n + 1) * sizeof *p->block);
    p->outcome = malloc((n + 1) * sizeof *p->outcome);
    p->treatment = calloc(n + 1, sizeof *p->treatment);
    p->weights = data->weights ? malloc((n + 1) * sizeof *p->weights) : NULL;
    p->covariates = k > 0 && n > 0 ? gsl_matrix_alloc(n, k) : NULL;
    p->first_period = malloc((data->n_units + 1) * sizeof *p->first_period);
    p->unit_block = malloc((data->n_units + 1) * sizeof *p->unit_block);
    p->treated = calloc(p->n_blocks + 1, sizeof *p->treated);
    p->block_start = malloc((p->n_blocks + 1) * sizeof *p->block_start);
    p->order = malloc((p->n_blocks + 1) * sizeof *p->order);
    p->noise = malloc((p->n_blocks + 1) * sizeof *p->noise);
    if (!p->unit || !p->period || !p->cluster || !p->block || !p->outcome || !p->treatment ||
        (data->weights && !p->weights) || (k > 0 && n > 0 && !p->covariates) || !p->first_period ||
        !p->unit_block || !p->treated || !p->block_start || !p->order || !p->noise)
        return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) p->first_period[u] = p->unit_block[u] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        p->unit[i] = data->unit[row[i]];
        p->period[i] = data->period[row[i]];
        p->block[i] = number[a->block[row[i]]];
        /* one dimension: the blocks themselves, which nest the units */
        p->cluster[i] = p->block[i];
        p->unit_block[p->unit[i]] = p->block[i];
        p->outcome[i] = data->outcome[row[i]];
        if (p->weights) p->weights[i] = data->weights[row[i]];
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(p->covariates, i, j, gsl_matrix_get(data->covariates, row[i], j));
    }
    p->data = (struct uf_did_data){.n = n,
                                   .n_units = data->n_units,
                                   .n_periods = data->n_periods,
                                   .unit = p->unit,
                                   .period = p->period,
                                   .outcome = p->outcome,
                                   .treatment = p->treatment,
                                   .weights = p->weights,
                                   .summed_from = SIZE_MAX, /* every procedure, so every row */
                                   .covariates = p->covariates,
                                   .first_period = p->first_period,
                                   .time = data->time,
                                   .cluster = {p->cluster},
                                   .n_groups = {p->n_blocks},
                                   .n_cluster_dimensions = 1};
    return UF_OK;
}

/* Log noise of the blocks of the sample, and its mean among the actually treated. */
static uf_status read_noise(const struct uf_did_data *data, const struct uf_did_assignment *a,
                            const size_t *number, struct size_placebo *p, struct uf_error *error)
{
    struct uf_did_noise noise;
    struct uf_error reason;
    size_t treated = 0;
    for (size_t b = 0; b < p->n_blocks; b++) p->noise[b] = NAN;
    p->actual_noise = NAN;
    uf_status status = uf_did_noise_init(data, a, &noise, &reason);
    if (status == UF_NOT_IDENTIFIED) return UF_OK;
    if (status != UF_OK) {
        if (error) *error = reason;
        return status;
    }
    p->actual_noise = 0;
    for (size_t b = 0; b < a->n_blocks; b++) {
        double value = log(noise.variance[b]);
        if (number[b] != SIZE_MAX) p->noise[number[b]] = value;
        if (a->first_period[a->path[b]] == SIZE_MAX) continue;
        p->actual_noise += value;
        treated++;
    }
    p->actual_noise /= (double)treated;
    uf_did_noise_clear(&noise);
    return UF_OK;
}

static uf_status fill(const struct uf_did_data *data, const struct uf_did_assignment *a,
                      enum uf_size_sample sample, struct size_placebo *p, struct uf_error *error)
{
    size_t *rank = malloc((data->n_periods + 1) * sizeof *rank), *row = malloc((data->n + 1) * sizeof *row),
           *number = malloc((a->n_blocks + 1) * sizeof *number), n = 0;
    uf_status status = rank && row && number ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = read_starts(data, a, rank, rank_periods(data, rank), sample, p, error);
    if (status == UF_OK) n = choose_rows(data, a, sample, row, number, p);
    if (status == UF_OK && p->n_blocks < p->n_treated + 2)
        status = uf_fail(
            error, UF_NOT_IDENTIFIED,
            "%zu untreated units or clusters leave fewer than two to compare %zu placebo treated with",
            p->n_blocks, p->n_treated);
    if (status == UF_OK) status = copy_rows(data, a, row, n, number, p, error);
    if (status == UF_OK) status = read_noise(data, a, number, p, error);
    free(rank), free(row), free(number);
    return status;
}

uf_status size_placebo_init(const struct uf_did_data *data, enum uf_size_sample sample,
                            struct size_placebo *out, struct uf_error *error)
{
    struct size_placebo placebo = {0};
    struct uf_did_assignment assignment;
    if (!is_cohort_treatment(data))
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "a treatment that changes in size or ends has no placebo of its shape");
    UF_TRY(uf_did_assignment_init(data, &assignment, error));
    uf_status status = fill(data, &assignment, sample, &placebo, error);
    uf_did_assignment_clear(&assignment);
    if (status == UF_OK)
        *out = placebo;
    else
        size_placebo_clear(&placebo);
    return status;
}

void size_placebo_deal(struct size_placebo *p, uint64_t seed, uint64_t number)
{
    struct uf_random random;
    size_t placed = 0;
    double sum = 0;
    uf_random_init(&random, seed, UF_PURPOSE_PLACEBO, number);
    for (size_t b = 0; b < p->n_blocks; b++) {
        p->order[b] = b;
        p->treated[b] = false;
        p->block_start[b] = SIZE_MAX;
    }
    uf_random_shuffle(&random, p->order, p->n_blocks);
    for (size_t s = 0; s < p->n_starts; s++)
        for (size_t i = 0; i < p->n_start[s]; i++, placed++) {
            size_t block = p->order[placed];
            p->treated[block] = true;
            p->block_start[block] = p->start[s];
            sum += p->noise[block];
        }
    for (size_t u = 0; u < p->data.n_units; u++)
        p->first_period[u] = p->unit_block[u] == SIZE_MAX ? SIZE_MAX : p->block_start[p->unit_block[u]];
    for (size_t i = 0; i < p->data.n; i++) {
        size_t first = p->first_period[p->unit[i]];
        p->treatment[i] = first != SIZE_MAX && p->period[i] >= first ? 1 : 0;
    }
    p->distance = fabs(sum / (double)p->n_treated - p->actual_noise);
}

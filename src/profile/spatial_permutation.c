// SPDX-License-Identifier: GPL-3.0-or-later
/* Values dealt out at random: over all regions for the global statistics, to one region's neighbours for the local one. */
#include <utfall/spatial.h>

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/random.h>

#include "base/fail.h"
#include "profile/spatial_internal.h"

enum { DRAWS = 9999, PIECE = 8 };

__extension__ typedef unsigned __int128 wide;

/* --- several bounded numbers from one word ------------------------------------------------------ */

/* The numbers that one 64-bit word gives: below `bound`, below bound − 1, …, `count` of them. */
struct batch {
    uint64_t bound, product; /* of the bounds */
    size_t count;
};

/* Batches for an ordered sample of k from m; at most one word in 64 is drawn again. `out` holds k. */
static size_t plan_batches(size_t m, size_t k, struct batch *out)
{
    const uint64_t most = (uint64_t)1 << 58;
    size_t n = 0;
    for (size_t j = 0; j < k;) {
        struct batch *batch = &out[n++];
        *batch = (struct batch){m - j, 1, 0};
        while (j < k && (batch->count == 0 || batch->product <= most / (m - j))) {
            batch->product *= m - j++;
            batch->count++;
        }
    }
    return n;
}

static void deal(struct uf_random *random, const struct batch *batch, size_t *out)
{
    for (;;) {
        uint64_t word = uf_random_u64(random);
        for (size_t j = 0; j < batch->count; j++) {
            wide product = (wide)word * (batch->bound - j);
            out[j] = (size_t)(product >> 64);
            word = (uint64_t)product;
        }
        /* 2^64 is no multiple of the product: the words left over would favour some samples */
        if (word >= batch->product || word >= (0 - batch->product) % batch->product) return;
    }
}

/* --- what the draws say ------------------------------------------------------------------------ */

static struct uf_spatial_permutation summary(size_t draws, size_t at_least, size_t at_most, double mean,
                                             double deviation)
{
    size_t fewer = at_least < at_most ? at_least : at_most;
    double folded = ((double)fewer + 1) / ((double)draws + 1);
    return (struct uf_spatial_permutation){.mean = mean,
                                           .deviation = deviation,
                                           .at_least = at_least,
                                           .at_most = at_most,
                                           .p_value = fmin(1, 2 * folded),
                                           .p_folded = folded,
                                           .draws = draws};
}

static const struct uf_spatial_permutation no_permutation = {
    .mean = NAN, .deviation = NAN, .p_value = NAN, .p_folded = NAN};

static size_t count_of(const struct uf_spatial_draws *draws)
{
    return draws && draws->draws > 0 ? draws->draws : DRAWS;
}

static int threads_of(const struct uf_spatial_draws *draws)
{
    return draws && draws->threads > 0 ? draws->threads : omp_get_max_threads();
}

static uf_status go_on(const struct uf_spatial_draws *draws, size_t done, size_t all, struct uf_error *error)
{
    if (!draws || !draws->progress || draws->progress(draws->user, (double)done / (double)all) == 0)
        return UF_OK;
    return uf_fail(error, UF_INTERRUPTED, "stopped");
}

/* --- local ------------------------------------------------------------------------------------- */

struct local {
    const struct uf_spatial_weights *weights;
    const struct spatial_values *values;
    size_t draws;
    uint64_t seed;
};

/* Workspace of one region: the others' deviations, the chosen places, the batches. */
struct desk {
    double *others;
    size_t *chosen;
    struct batch *batch;
};

static bool desk_new(size_t n, size_t k, struct desk *desk)
{
    desk->others = malloc(n * sizeof *desk->others);
    desk->chosen = malloc(k * sizeof *desk->chosen);
    desk->batch = malloc(k * sizeof *desk->batch);
    return desk->others && desk->chosen && desk->batch;
}

static void desk_clear(struct desk *desk)
{
    free(desk->others);
    free(desk->chosen);
    free(desk->batch);
}

/* Σ_j w_j of one ordered sample without replacement; the others lie as before afterwards. */
static double draw_lag(const struct desk *desk, size_t n_batches, const double *weight, size_t k,
                       struct uf_random *random)
{
    double *others = desk->others, lag = 0;
    size_t *chosen = desk->chosen;
    for (size_t b = 0, at = 0; b < n_batches; at += desk->batch[b++].count)
        deal(random, &desk->batch[b], chosen + at);
    for (size_t j = 0; j < k; j++) {
        size_t place = j + chosen[j];
        double value = others[place];
        others[place] = others[j];
        others[j] = value;
        lag += weight[j] * value;
    }
    for (size_t j = k; j-- > 0;) {
        size_t place = j + chosen[j];
        double value = others[place];
        others[place] = others[j];
        others[j] = value;
    }
    return lag;
}

static void permute_around(const struct local *local, size_t i, struct desk *desk,
                           struct uf_spatial_permutation *out)
{
    const struct uf_spatial_weights *weights = local->weights;
    const struct spatial_values *values = local->values;
    const double *weight = weights->weight + weights->start[i], z = values->z[i];
    const size_t k = weights->start[i + 1] - weights->start[i], m = values->n - 1;
    memcpy(desk->others, values->z, i * sizeof(double));
    memcpy(desk->others + i, values->z + i + 1, (m - i) * sizeof(double));
    double lag = 0, sum = 0, squares = 0;
    for (size_t j = 0; j < k; j++) lag += weight[j] * values->z[weights->neighbour[weights->start[i] + j]];
    const double tie = SPATIAL_TIE * spatial_row_sum(weights, i) * values->largest;
    const size_t n_batches = plan_batches(m, k, desk->batch);
    size_t above = 0, below = 0;
    for (size_t r = 0; r < local->draws; r++) {
        struct uf_random random;
        uf_random_init(&random, local->seed, UF_PURPOSE_RANDOMISATION, (uint64_t)(i + 1) << 32 | r);
        double apart = draw_lag(desk, n_batches, weight, k, &random) - lag;
        above += apart >= -tie;
        below += apart <= tie;
        sum += apart;
        squares += apart * apart;
    }
    /* The statistic is z/m_2 times the lag. */
    if (!(fabs(z) > SPATIAL_TIE * values->largest)) above = below = local->draws;
    const double draws = (double)local->draws, scale = z / values->m2;
    double mean = scale * (lag + sum / draws);
    double deviation = fabs(scale) * sqrt(fmax(0, squares - sum * sum / draws) / (draws - 1));
    *out = summary(local->draws, z >= 0 ? above : below, z >= 0 ? below : above, mean, deviation);
}

static uf_status permute_all(const struct local *local, const struct uf_spatial_draws *draws,
                             struct uf_spatial_permutation *out, struct uf_error *error)
{
    const size_t n = local->values->n, *start = local->weights->start;
    const int threads = threads_of(draws);
    const size_t piece = PIECE * (size_t)threads;
    for (size_t from = 0; from < n; from += piece) {
        size_t to = from + piece < n ? from + piece : n;
        bool failed = false;
#pragma omp parallel for schedule(dynamic) num_threads(threads) reduction(|| : failed)
        for (size_t i = from; i < to; i++) {
            out[i] = no_permutation;
            if (start[i] == start[i + 1]) continue;
            struct desk desk;
            bool ready = desk_new(n, start[i + 1] - start[i], &desk);
            if (ready) permute_around(local, i, &desk, &out[i]);
            desk_clear(&desk);
            failed = failed || !ready;
        }
        if (failed) return uf_fail_memory(error);
        UF_TRY(go_on(draws, to, n, error));
    }
    return UF_OK;
}

static uf_status check_draws(size_t draws, struct uf_error *error)
{
    if (draws > 1 && draws <= UINT32_MAX) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "%zu permutations make no distribution; give a number from 2 to %u.",
                   draws, UINT32_MAX);
}

uf_status uf_local_moran_permutation(const struct uf_spatial_weights *weights, const double *x,
                                     const struct uf_spatial_draws *draws, struct uf_spatial_permutation *out,
                                     struct uf_error *error)
{
    UF_TRY(check_draws(count_of(draws), error));
    struct spatial_values values;
    UF_TRY(spatial_values_new(weights, x, &values, error));
    struct uf_spatial_permutation *found = malloc(weights->n * sizeof *found);
    const struct local local = {weights, &values, count_of(draws), draws ? draws->seed : 0};
    uf_status status = found ? permute_all(&local, draws, found, error) : uf_fail_memory(error);
    if (status == UF_OK) memcpy(out, found, weights->n * sizeof *found);
    free(found);
    free(values.z);
    return status;
}

/* --- global ------------------------------------------------------------------------------------ */

/* One deal of all values; `work` holds n deviations. */
static void shuffle(double *work, size_t n, struct uf_random *random)
{
    for (size_t left = n; left > 1;) {
        struct batch batch = {left, 1, 0};
        size_t chosen[64];
        while (left - batch.count > 1 && batch.count < 64 &&
               (batch.count == 0 || batch.product <= ((uint64_t)1 << 58) / (left - batch.count)))
            batch.product *= left - batch.count++;
        deal(random, &batch, chosen);
        for (size_t j = 0; j < batch.count; j++, left--) {
            double value = work[left - 1];
            work[left - 1] = work[chosen[j]];
            work[chosen[j]] = value;
        }
    }
}

struct global {
    const struct uf_spatial_weights *weights;
    const struct spatial_values *values;
    const double *both;
    double s0;
    uint64_t seed;
};

static bool permute_global(const struct global *global, size_t r, double *out)
{
    const size_t n = global->values->n;
    double *work = malloc(n * sizeof *work);
    if (!work) return false;
    struct uf_random random;
    uf_random_init(&random, global->seed, UF_PURPOSE_RANDOMISATION, r);
    memcpy(work, global->values->z, n * sizeof *work);
    shuffle(work, n, &random);
    const struct spatial_sums sums = spatial_sums_of(global->weights, global->both, work);
    spatial_statistics(global->values, &sums, global->s0, (double)n, out);
    free(work);
    return true;
}

static uf_status permute_globals(const struct global *global, const struct uf_spatial_draws *draws,
                                 size_t count, double *out, struct uf_error *error)
{
    const size_t piece = 256;
    for (size_t from = 0; from < count; from += piece) {
        size_t to = from + piece < count ? from + piece : count;
        bool failed = false;
#pragma omp parallel for num_threads(threads_of(draws)) reduction(|| : failed)
        for (size_t r = from; r < to; r++)
            failed = !permute_global(global, r, out + r * UF_SPATIAL_STATISTICS) || failed;
        if (failed) return uf_fail_memory(error);
        UF_TRY(go_on(draws, to, count, error));
    }
    return UF_OK;
}

/* Counts and moments of one statistic, in the order of the draws. */
static struct uf_spatial_permutation gather(const double *drawn, size_t statistic, size_t count,
                                            double observed)
{
    double sum = 0, squares = 0, largest = fabs(observed);
    size_t above = 0, below = 0;
    if (isnan(observed)) return no_permutation;
    for (size_t r = 0; r < count; r++)
        largest = fmax(largest, fabs(drawn[r * UF_SPATIAL_STATISTICS + statistic]));
    for (size_t r = 0; r < count; r++) {
        double apart = drawn[r * UF_SPATIAL_STATISTICS + statistic] - observed;
        above += apart >= -SPATIAL_TIE * largest;
        below += apart <= SPATIAL_TIE * largest;
        sum += apart;
        squares += apart * apart;
    }
    const double n = (double)count;
    return summary(count, above, below, observed + sum / n, sqrt(fmax(0, squares - sum * sum / n) / (n - 1)));
}

uf_status uf_spatial_global_permutation(const struct uf_spatial_weights *weights, const double *x,
                                        const struct uf_spatial_draws *draws,
                                        struct uf_spatial_permutation *out, struct uf_error *error)
{
    const size_t count = count_of(draws);
    UF_TRY(check_draws(count, error));
    struct spatial_values values;
    UF_TRY(spatial_values_new(weights, x, &values, error));
    double *both = malloc(weights->n * sizeof *both), observed[UF_SPATIAL_STATISTICS];
    double *drawn = malloc(count * UF_SPATIAL_STATISTICS * sizeof *drawn);
    uf_status status = both && drawn ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        spatial_both_sums(weights, both);
        struct global global = {weights, &values, both, 0, draws ? draws->seed : 0};
        for (size_t l = 0; l < weights->n_links; l++) global.s0 += weights->weight[l];
        const struct spatial_sums sums = spatial_sums_of(weights, both, values.z);
        spatial_statistics(&values, &sums, global.s0, (double)values.n, observed);
        status = permute_globals(&global, draws, count, drawn, error);
    }
    for (size_t s = 0; s < UF_SPATIAL_STATISTICS && status == UF_OK; s++)
        out[s] = gather(drawn, s, count, observed[s]);
    free(drawn);
    free(both);
    free(values.z);
    return status;
}

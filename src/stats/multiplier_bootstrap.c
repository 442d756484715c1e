// SPDX-License-Identifier: GPL-3.0-or-later
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/multiplier_bootstrap.h>
#include <utfall/random.h>

#include "base/fail.h"

/* Four units at a time have 16 possible sums of signed influences: they are made once, and each draw adds the
 * one that its four bits name. A block of the generator has the signs of 128 units. */
enum {
    QUAD = 4,
    TILE = QUAD * QUAD,
    SUMS = 1 << QUAD,
    WORD = 32,
    STRIP = 128,
    STRIPS = 32,
    BLOCK = STRIPS * STRIP,
    DRAWS = 999,
    LANE = 4
};

/* table[s] = Σ_u ±row_u, with + where bit u of s is set; rows beyond the last are nil. */
static void signed_sums(const double *row, size_t rows, size_t q, size_t width, double *table)
{
    for (size_t j = 0; j < width; j++) {
        double sum[SUMS];
        sum[0] = 0;
        for (size_t u = 0; u < QUAD; u++) {
            double x = u < rows && j < q ? row[u * q + j] : 0;
            for (size_t s = 0; s < (size_t)1 << u; s++) {
                sum[s + ((size_t)1 << u)] = sum[s] + x;
                sum[s] -= x;
            }
        }
        for (size_t s = 0; s < SUMS; s++) table[s * width + j] = sum[s];
    }
}

/* Adds 16 units to all draws. */
static void add_units(const double *tables, const uint32_t *signs, unsigned shift, size_t draws, size_t width,
                      double *sum)
{
    const size_t size = SUMS * width;
    for (size_t d = 0; d < draws; d++) {
        uint32_t bits = signs[d * QUAD] >> shift;
        const double *a = tables + (bits & 15) * width, *b = tables + size + (bits >> 4 & 15) * width,
                     *c = tables + 2 * size + (bits >> 8 & 15) * width,
                     *e = tables + 3 * size + (bits >> 12 & 15) * width;
        double *to = sum + d * width;
        for (size_t j = 0; j < width; j++) to[j] += (a[j] + b[j]) + (c[j] + e[j]);
    }
}

/* The sums of all draws over the units of one block. */
static void add_block(const double *influence, size_t n, size_t q, size_t width, size_t block, uint64_t seed,
                      size_t draws, uint32_t *signs, double *tables, double *sum)
{
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    memset(sum, 0, draws * width * sizeof *sum);
    for (size_t strip = block * STRIPS; strip < (block + 1) * STRIPS && strip * STRIP < n; strip++) {
        for (size_t d = 0; d < draws; d++) {
            const uint32_t counter[4] = {(uint32_t)strip, UF_PURPOSE_BOOTSTRAP, (uint32_t)d,
                                         (uint32_t)((uint64_t)d >> 32)};
            uf_philox4x32_10(counter, key, signs + d * QUAD);
        }
        for (size_t first = 0; first < STRIP && strip * STRIP + first < n; first += TILE) {
            for (size_t t = 0; t < QUAD; t++) {
                size_t unit = strip * STRIP + first + t * QUAD, rows = unit < n ? n - unit : 0;
                signed_sums(influence + (rows ? unit * q : 0), rows, q, width, tables + t * SUMS * width);
            }
            add_units(tables, signs + first / WORD, first % WORD, draws, width, sum);
        }
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* By linear interpolation between order statistics. */
static double quantile(const double *sorted, size_t count, double share)
{
    double place = share * (double)(count - 1), below = floor(place);
    size_t i = (size_t)below;
    if (i + 1 >= count) return sorted[count - 1];
    return sorted[i] + (place - below) * (sorted[i + 1] - sorted[i]);
}

/* Errors from interquartile ranges, then the quantile of the largest standardised draw. */
static void summarise(struct uf_multiplier_bootstrap *b, double level, double *work)
{
    const double normal = 2 * gsl_cdf_ugaussian_Pinv(0.75);
    bool any = false;
    for (size_t j = 0; j < b->n_estimates; j++) {
        for (size_t d = 0; d < b->draws; d++) work[d] = b->draw[d * b->n_estimates + j];
        qsort(work, b->draws, sizeof *work, compare);
        b->std_error[j] = (quantile(work, b->draws, 0.75) - quantile(work, b->draws, 0.25)) / normal;
        any |= b->std_error[j] > 0;
    }
    b->critical = NAN;
    if (!any) return;
    for (size_t d = 0; d < b->draws; d++) {
        work[d] = 0;
        for (size_t j = 0; j < b->n_estimates; j++)
            if (b->std_error[j] > 0)
                work[d] = fmax(work[d], fabs(b->draw[d * b->n_estimates + j]) / b->std_error[j]);
    }
    qsort(work, b->draws, sizeof *work, compare);
    double place = ceil(level * (double)b->draws);
    b->critical = work[place < 1 ? 0 : (size_t)place - 1];
}

/* Blocks in rounds of one a thread; each round's sums are added in the order of the blocks. */
static bool draw_all(const double *influence, size_t n, size_t q, uint64_t seed, int threads,
                     struct uf_multiplier_bootstrap *b)
{
    const size_t width = (q + LANE - 1) / LANE * LANE, blocks = (n + BLOCK - 1) / BLOCK;
    size_t crew = threads > 0 ? (size_t)threads : (size_t)omp_get_max_threads();
    if (crew > blocks) crew = blocks ? blocks : 1;
    double *sum = malloc(crew * (b->draws * width + 1) * sizeof *sum);
    double *tables = malloc(crew * QUAD * SUMS * (width + 1) * sizeof *tables);
    uint32_t *signs = malloc(crew * b->draws * QUAD * sizeof *signs);
    bool room = sum && tables && signs;
    memset(b->draw, 0, b->draws * q * sizeof *b->draw);
    for (size_t first = 0; room && first < blocks; first += crew) {
        size_t now = blocks - first < crew ? blocks - first : crew;
#pragma omp parallel for schedule(static, 1) num_threads((int)crew)
        for (size_t t = 0; t < now; t++)
            add_block(influence, n, q, width, first + t, seed, b->draws, signs + t * b->draws * QUAD,
                      tables + t * QUAD * SUMS * width, sum + t * b->draws * width);
        for (size_t t = 0; t < now; t++)
            for (size_t d = 0; d < b->draws; d++)
                for (size_t j = 0; j < q; j++) b->draw[d * q + j] += sum[(t * b->draws + d) * width + j];
    }
    free(sum), free(tables), free(signs);
    return room;
}

uf_status uf_multiplier_bootstrap(const double *influence, size_t n, size_t q,
                                  const struct uf_multiplier_options *options,
                                  struct uf_multiplier_bootstrap *out, struct uf_error *error)
{
    const struct uf_multiplier_options defaults = {0};
    if (!options) options = &defaults;
    struct uf_multiplier_bootstrap b = {.n_estimates = q, .draws = options->draws ? options->draws : DRAWS};
    b.draw = malloc((b.draws * q + 1) * sizeof *b.draw);
    b.std_error = malloc((q + 1) * sizeof *b.std_error);
    double *work = malloc(b.draws * sizeof *work);
    bool room =
        b.draw && b.std_error && work && draw_all(influence, n, q, options->seed, options->threads, &b);
    if (room) summarise(&b, options->level > 0 ? options->level : 0.95, work);
    free(work);
    if (!room) {
        uf_multiplier_bootstrap_clear(&b);
        return uf_fail_memory(error);
    }
    *out = b;
    return UF_OK;
}

void uf_multiplier_bootstrap_clear(struct uf_multiplier_bootstrap *b)
{
    if (!b) return;
    free(b->draw), free(b->std_error);
    memset(b, 0, sizeof *b);
}

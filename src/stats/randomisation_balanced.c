// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/randomisation_balanced.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this many different paths the table is no gain. */
enum { MOST_PATHS = 64 };
#define COLLINEAR 1e-10

struct balanced {
    const struct uf_randomisation_input *input;
    size_t n_units, n_periods;
    double *value;   /* paths × periods: the path less its mean over periods */
    double *level;   /* paths: its sum of squares, mean included */
    double *product; /* paths × paths: cross products of `value` */
    double *outcome; /* blocks × paths: sum of path × outcome */
    double *units;   /* blocks */
    /* work space */
    double *share;  /* paths: share of the units that follow it */
    double *common; /* paths: its product with the mean path */
};

void balanced_free(struct balanced *b)
{
    if (!b) return;
    free(b->value), free(b->level), free(b->product), free(b->outcome), free(b->units), free(b->share);
    free(b->common), free(b);
}

/* Sets map[from[i]] = to[i]; false where one `from` goes with two `to`. Unset entries are SIZE_MAX. */
static bool is_function(size_t n, const size_t *from, const size_t *to, size_t *map, size_t n_from)
{
    for (size_t f = 0; f < n_from; f++) map[f] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (map[from[i]] == SIZE_MAX) map[from[i]] = to[i];
        if (map[from[i]] != to[i]) return false;
    }
    return true;
}

/* Each unit once in each period, units within blocks, clusters the same as blocks. */
static bool is_balanced(const struct uf_randomisation_input *input, size_t *map, unsigned char *seen)
{
    const size_t *unit = uf_absorber_groups(input->absorber, 0),
                 *period = uf_absorber_groups(input->absorber, 1);
    size_t units = uf_absorber_levels(input->absorber, 0), periods = uf_absorber_levels(input->absorber, 1);
    for (size_t i = 0; i < input->n; i++)
        if (seen[unit[i] * periods + period[i]]++) return false;
    if (!is_function(input->n, unit, input->block, map, units)) return false;
    if (!input->cluster) return true;
    return is_function(input->n, input->cluster, input->block, map, input->n_groups) &&
           is_function(input->n, input->block, input->cluster, map, input->n_blocks);
}

/* The paths as functions of the period alone. */
static bool read_paths(struct balanced *b)
{
    const struct uf_randomisation_input *input = b->input;
    const size_t *period = uf_absorber_groups(input->absorber, 1);
    size_t paths = input->n_paths;
    for (size_t c = 0; c < paths * b->n_periods; c++) b->value[c] = NAN;
    for (size_t i = 0; i < input->n; i++) {
        for (size_t c = 0; c < paths; c++) {
            double *value = &b->value[c * b->n_periods + period[i]];
            if (isnan(*value)) *value = input->path_value[i * paths + c];
            if (*value != input->path_value[i * paths + c]) return false;
        }
        if (input->treatment &&
            input->treatment[i] != b->value[input->path[input->block[i]] * b->n_periods + period[i]])
            return false;
    }
    return true;
}

/* A cell is a block in a period, and its weight the number of its units. */
static bool plain_noise(const struct balanced *b)
{
    const struct uf_randomisation_input *input = b->input;
    const struct uf_block_noise *noise = input->noise;
    if (!noise) return true;
    for (size_t i = 0; i < input->n; i++) {
        size_t cell = noise->cell[i], block = input->block[i];
        if (noise->block[cell] != block || noise->weight[cell] != b->units[block]) return false;
    }
    return true;
}

static void fill(struct balanced *b, const double *outcome)
{
    const struct uf_randomisation_input *input = b->input;
    const size_t *period = uf_absorber_groups(input->absorber, 1);
    size_t paths = input->n_paths, T = b->n_periods;
    for (size_t c = 0; c < paths; c++) {
        double mean = 0;
        b->level[c] = 0;
        for (size_t t = 0; t < T; t++) {
            mean += b->value[c * T + t] / (double)T;
            b->level[c] += b->value[c * T + t] * b->value[c * T + t];
        }
        for (size_t t = 0; t < T; t++) b->value[c * T + t] -= mean;
    }
    for (size_t c = 0; c < paths; c++)
        for (size_t d = 0; d < paths; d++)
            for (size_t t = 0; t < T; t++)
                b->product[c * paths + d] += b->value[c * T + t] * b->value[d * T + t];
    for (size_t i = 0; i < input->n; i++)
        for (size_t c = 0; c < paths; c++)
            b->outcome[input->block[i] * paths + c] += b->value[c * T + period[i]] * outcome[i];
}

uf_status balanced_new(const struct uf_randomisation_input *input, const double *outcome,
                       struct balanced **out, struct uf_error *error)
{
    *out = NULL;
    if (input->weights || (input->covariates && input->covariates->size2 > 0) || !input->absorber ||
        uf_absorber_dimensions(input->absorber) != 2 || input->n_paths > MOST_PATHS)
        return UF_OK;
    size_t units = uf_absorber_levels(input->absorber, 0), periods = uf_absorber_levels(input->absorber, 1);
    if (units * periods != input->n) return UF_OK;
    size_t paths = input->n_paths, blocks = input->n_blocks, most = units > blocks ? units : blocks;
    if (input->n_groups > most) most = input->n_groups;
    struct balanced *b = calloc(1, sizeof *b);
    if (!b) return uf_fail_memory(error);
    *b = (struct balanced){.input = input,
                           .n_units = units,
                           .n_periods = periods,
                           .value = malloc((paths * periods + 1) * sizeof(double)),
                           .level = malloc((paths + 1) * sizeof(double)),
                           .product = calloc(paths * paths + 1, sizeof(double)),
                           .outcome = calloc(blocks * paths + 1, sizeof(double)),
                           .units = calloc(blocks + 1, sizeof(double)),
                           .share = malloc((paths + 1) * sizeof(double)),
                           .common = malloc((paths + 1) * sizeof(double))};
    size_t *map = malloc((most + 1) * sizeof *map);
    unsigned char *seen = calloc(input->n + 1, 1);
    bool memory =
        b->value && b->level && b->product && b->outcome && b->units && b->share && b->common && map && seen;
    bool suits = memory && is_balanced(input, map, seen) && read_paths(b);
    if (suits) {
        for (size_t i = 0; i < input->n; i++) b->units[input->block[i]] += 1 / (double)periods;
        for (size_t c = 0; c < blocks; c++) b->units[c] = round(b->units[c]);
        suits = plain_noise(b);
    }
    free(map), free(seen);
    if (suits) {
        fill(b, outcome);
        *out = b;
    } else {
        balanced_free(b);
    }
    return memory ? UF_OK : uf_fail_memory(error);
}

static double ratio(double value, double error)
{
    return error > 0 ? value / error : value == 0 ? 0 : copysign(INFINITY, value);
}

uf_status balanced_evaluate(void *user, const size_t *path, struct uf_randomisation_statistics *out,
                            struct uf_error *error)
{
    struct balanced *b = user;
    const struct uf_randomisation_input *input = b->input;
    size_t paths = input->n_paths, blocks = input->n_blocks;
    double units = (double)b->n_units, mean_square = 0, square = 0, before = 0, sum = 0, shift = 0;
    (void)error;
    memset(b->share, 0, paths * sizeof *b->share);
    for (size_t g = 0; g < blocks; g++) b->share[path[g]] += b->units[g] / units;
    for (size_t c = 0; c < paths; c++) {
        b->common[c] = 0;
        for (size_t d = 0; d < paths; d++) b->common[c] += b->share[d] * b->product[c * paths + d];
        mean_square += b->share[c] * b->common[c];
        square += units * b->share[c] * b->product[c * paths + c];
        before += units * b->share[c] * b->level[c];
    }
    square -= units * mean_square;
    if (!(square > COLLINEAR * COLLINEAR * before) || !(square > 1e-14 * before)) return UF_OK;
    for (size_t g = 0; g < blocks; g++) sum += b->outcome[g * paths + path[g]];
    out->coefficient = sum / square;
    double variance = 0, noise = 0;
    for (size_t g = 0; g < blocks; g++) {
        size_t c = path[g];
        const double *outcome = b->outcome + g * paths;
        double own = outcome[c], size = b->product[c * paths + c] - 2 * b->common[c] + mean_square;
        for (size_t d = 0; d < paths; d++) own -= b->share[d] * outcome[d];
        double score = own - out->coefficient * b->units[g] * size;
        variance += score * score;
        if (input->noise) noise += input->noise->variance[g] * size;
        if (input->treatment)
            shift += b->units[g] * (b->product[c * paths + input->path[g]] - b->common[input->path[g]]);
    }
    out->t = ratio(out->coefficient * square, sqrt(variance));
    if (input->noise) out->scaled = ratio(out->coefficient * square, sqrt(noise));
    if (input->treatment) out->shift = shift / square;
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_RANDOM_H
#define UTFALL_RANDOM_H
/*
 * Random streams that are counted, not kept: the numbers of replicate r for a purpose are a function of
 * (seed, purpose, r) alone, so that a result does not depend on the number of threads or on which replicate
 * ran first.
 *
 * The generator is Philox4x32-10: the seed is the key; of the 128-bit counter the first word counts blocks of
 * four numbers, the second is the purpose, the last two are the replicate.
 *
 * Source: Salmon, J. K. et al. (2011), Parallel random numbers: as easy as 1, 2, 3, SC11, §3.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a stream is for. The numbers are part of the reproducibility of stored runs: append, never renumber. */
enum uf_purpose {
    UF_PURPOSE_RANDOMISATION = 1,
    UF_PURPOSE_BOOTSTRAP = 2,
    UF_PURPOSE_PLACEBO = 3,
    UF_PURPOSE_SIMULATION = 4,
    UF_PURPOSE_STARTS = 5,
    UF_PURPOSE_ROUNDING = 6
};

/* The bare block function: 10 rounds. O(1). */
void uf_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

struct uf_random {
    uint32_t key[2], counter[4], block[4];
    int used; /* numbers of `block` already handed out */
};

/* A stream of 2^34 numbers of 32 bits. */
void uf_random_init(struct uf_random *random, uint64_t seed, enum uf_purpose purpose, uint64_t replicate);
/* The next 32 or 64 bits of the stream, uniform. O(1). */
uint32_t uf_random_u32(struct uf_random *random);
uint64_t uf_random_u64(struct uf_random *random);
/* Uniform on [0, 1), 53 bits. */
double uf_random_uniform(struct uf_random *random);
/* Uniform on 0 … bound − 1, without modulo bias; bound > 0. */
size_t uf_random_below(struct uf_random *random, size_t bound);
/* A uniform random order of the items (Fisher–Yates). O(count). */
void uf_random_shuffle(struct uf_random *random, size_t *items, size_t count);

#ifdef __cplusplus
}
#endif
#endif

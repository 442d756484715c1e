// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>
#include <utfall/random.h>

void uf_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]}, k[2] = {key[0], key[1]};
    for (int round = 0; round < 10; round++) {
        uint64_t first = (uint64_t)0xD2511F53u * c[0], second = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t next[4] = {(uint32_t)(second >> 32) ^ c[1] ^ k[0], (uint32_t)second,
                            (uint32_t)(first >> 32) ^ c[3] ^ k[1], (uint32_t)first};
        memcpy(c, next, sizeof c);
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    memcpy(out, c, sizeof c);
}

void uf_random_init(struct uf_random *random, uint64_t seed, enum uf_purpose purpose, uint64_t replicate)
{
    *random = (struct uf_random){
        .key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
        .counter = {0, (uint32_t)purpose, (uint32_t)replicate, (uint32_t)(replicate >> 32)},
        .used = 4};
}

uint32_t uf_random_u32(struct uf_random *random)
{
    if (random->used == 4) {
        uf_philox4x32_10(random->counter, random->key, random->block);
        random->counter[0]++;
        random->used = 0;
    }
    return random->block[random->used++];
}

uint64_t uf_random_u64(struct uf_random *random)
{
    uint64_t low = uf_random_u32(random);
    return (uint64_t)uf_random_u32(random) << 32 | low;
}

double uf_random_uniform(struct uf_random *random)
{
    return (double)(uf_random_u64(random) >> 11) * 0x1p-53;
}

size_t uf_random_below(struct uf_random *random, size_t bound)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % (uint64_t)bound, value;
    do value = uf_random_u64(random);
    while (value >= limit);
    return (size_t)(value % (uint64_t)bound);
}

void uf_random_shuffle(struct uf_random *random, size_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = uf_random_below(random, i), item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double bench_cpu_seconds(void)
{
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_wall_seconds(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double bench_yardstick(void)
{
    enum { ROWS = 10000000, COLUMNS = 6 };
    double *column = malloc(ROWS * sizeof *column);
    for (size_t i = 0; i < ROWS; i++) column[i] = (double)(i % 1000);
    double start = bench_cpu_seconds();
    volatile double total = 0;
    for (int j = 0; j < COLUMNS; j++) {
        double sum = 0;
        for (size_t i = 0; i < ROWS; i++) sum += column[i];
        total = total + sum;
    }
    double taken = bench_cpu_seconds() - start;
    free(column);
    return taken;
}

double bench_print_yardstick(void)
{
    const double peers = 0.045;
    double yardstick = bench_yardstick();
    printf("yardstick: %.3f s CPU, %.2f times that of the machine where peers were measured (%.3f)\n",
           yardstick, yardstick / peers, peers);
    return yardstick / peers;
}

double bench_noise(uint64_t seed, uint64_t place)
{
    uint64_t z = seed * 0x9E3779B97F4A7C15u + place * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) / 4503599627370496.0 - 1;
}

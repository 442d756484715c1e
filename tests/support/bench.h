// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_BENCH_H
#define UTFALL_TESTS_BENCH_H
/* What benchmarks share: clocks, the yardstick that makes seconds of different machines comparable, numbers that look
 * random. */
#include <stdint.h>

double bench_cpu_seconds(void);  /* of all threads of this process */
double bench_wall_seconds(void); /* from some fixed moment */
/* One thread sums six columns of 10 million doubles: CPU seconds (0.045 where the peers were measured). */
double bench_yardstick(void);
/* Prints the yardstick and how many times slower than the peers' machine this one is; returns that number. */
double bench_print_yardstick(void);
/* A number in −1…1 that depends on its place only. */
double bench_noise(uint64_t seed, uint64_t place);
#endif

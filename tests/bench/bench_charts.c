// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * 18 charts by one gnuplot process at a time and by several: bench_charts [PROCESSES, default 2].
 *
 * Prints how many times faster several are, and the share of the time that is our own (reading tables, layout,
 * scripts) and not gnuplot's; both are ratios within one run, which another machine can be compared with.
 */
#include "support/charts.h"
#include "support/test.h"

#include <stdlib.h>
#include <time.h>

enum { CHARTS = 3 * SAMPLE_CHARTS };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void prepare_and_draw(int processes, double *out_prepared, double *out_drawn)
{
    static struct uf_chart charts[CHARTS];
    struct uf_error error;
    double start = now();
    for (size_t i = 0; i < CHARTS; i++) {
        struct sample_chart sample = sample_chart_new(i % SAMPLE_CHARTS, UF_SWEDISH);
        char name[16];
        snprintf(name, sizeof name, "bench%zu", i);
        assert_ok(uf_chart_prepare(&sample.request, scratch_directory(), name, &charts[i], &error), &error);
        sample_chart_free(&sample);
    }
    double prepared = now();
    assert_ok(uf_charts_draw(charts, CHARTS, processes, &error), &error);
    *out_prepared = prepared - start;
    *out_drawn = now() - prepared;
    for (size_t i = 0; i < CHARTS; i++) uf_chart_clear(&charts[i]);
}

int main(int argc, char **argv)
{
    int processes = argc > 1 ? atoi(argv[1]) : 2;
    double prepared = 0, alone = 0, together = 0;
    prepare_and_draw(1, &prepared, &alone); /* the first start of gnuplot reads it from disk */
    prepare_and_draw(1, &prepared, &alone);
    prepare_and_draw(processes, &prepared, &together);
    printf("%d charts: %.3f s to prepare, %.3f s to draw one by one, %.3f s with %d processes\n", (int)CHARTS,
           prepared, alone, together, processes);
    printf("ratio: %d processes are %.2f times as fast as one; preparing is %.1f %% of the whole\n",
           processes, alone / together, 100 * prepared / (prepared + together));
    return 0;
}

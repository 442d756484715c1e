// SPDX-License-Identifier: GPL-3.0-or-later
/* How long 18 charts take, by the number of gnuplot processes at a time: bench_charts [PROCESSES]. */
#include "support/charts.h"
#include "support/test.h"

#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv)
{
    enum { CHARTS = 3 * SAMPLE_CHARTS };
    struct uf_error error;
    struct uf_chart charts[CHARTS];
    double start = now();
    for (size_t i = 0; i < CHARTS; i++) {
        struct sample_chart sample = sample_chart_new(i % SAMPLE_CHARTS, UF_SWEDISH);
        char name[16];
        snprintf(name, sizeof name, "bench%zu", i);
        assert_ok(uf_chart_prepare(&sample.request, scratch_directory(), name, &charts[i], &error), &error);
        sample_chart_free(&sample);
    }
    double prepared = now();
    assert_ok(uf_charts_draw(charts, CHARTS, argc > 1 ? atoi(argv[1]) : 2, &error), &error);
    printf("%d charts: prepared in %.3f s, drawn in %.3f s\n", (int)CHARTS, prepared - start,
           now() - prepared);
    for (size_t i = 0; i < CHARTS; i++) uf_chart_clear(&charts[i]);
    return 0;
}

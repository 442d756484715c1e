// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/stacked_sample.h"

#include <stdint.h>
#include <stdlib.h>

#include "support/bench.h"
#include "support/did_data.h"
#include "support/test.h"

const struct uf_stacked_term stacked_terms[STACKED_TERMS] = {{.average = true},
                                                             {.event = -3},
                                                             {.event = -2},
                                                             {.event = -1},
                                                             {.event = 0},
                                                             {.event = 1},
                                                             {.event = 9},
                                                             {.event = -2, .cell = true, .first_period = 3},
                                                             {.event = 1, .cell = true, .first_period = 3},
                                                             {.event = 2, .cell = true, .first_period = 3},
                                                             {.event = -1, .cell = true, .first_period = 5},
                                                             {.event = 0, .cell = true, .first_period = 5},
                                                             {.event = 9, .cell = true, .first_period = 5},
                                                             {.event = 0, .cell = true, .first_period = 4}};

static size_t start_of(size_t unit, const size_t starts[3])
{
    static const size_t period[] = {3, 5, 8};
    for (size_t c = 0; c < 3; c++) {
        if (unit < starts[c]) return period[c];
        unit -= starts[c];
    }
    return SIZE_MAX;
}

struct stacked_sample *stacked_sample_new(size_t units, const size_t starts[3],
                                          bool (*missing)(size_t unit, size_t period))
{
    struct stacked_sample *s = calloc(1, sizeof *s);
    size_t n = 0;
    assert_non_null(s);
    assert_true(units <= STACKED_MOST_UNITS);
    for (size_t u = 0; u < units; u++) {
        s->first[u] = start_of(u, starts);
        for (size_t t = 0; t < STACKED_PERIODS; t++) {
            if (missing && missing(u, t)) continue;
            s->unit[n] = u, s->period[n] = t, s->cluster[n] = u;
            s->weights[n] = 2 + bench_noise(5, u);
            s->treatment[n] = s->first[u] <= t;
            s->covariate[n] = bench_noise(6, n);
            s->outcome[n] = bench_noise(1, n) + 3 * bench_noise(2, u) +
                            (s->first[u] <= t ? (double)(t - s->first[u] + u % 3) : 0);
            n++;
        }
    }
    s->data = did_data_by_unit(n, units, STACKED_PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
    s->data.weights = s->weights;
    s->data.cluster[0] = s->cluster;
    return s;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/level_panel.h"
#include "support/did_data.h"

#include <math.h>
#include <utfall/random.h>

static double normal(struct uf_random *random)
{
    double a = uf_random_uniform(random), b = uf_random_uniform(random);
    return sqrt(-2 * log(1 - a)) * cos(6.283185307179586 * b);
}

void level_panel_fill(struct level_panel *s, const struct level_design *design, uint64_t seed)
{
    struct uf_random random;
    const size_t units = design->units;
    size_t order[LEVEL_MOST_UNITS], next = 0;
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, 1);
    for (size_t u = 0; u < units; u++) {
        order[u] = design->who == LEVEL_QUIETEST ? u : units - 1 - u;
        s->first[u] = SIZE_MAX;
    }
    if (design->who == LEVEL_AT_RANDOM) uf_random_shuffle(&random, order, units);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < design->treated[k]; i++) s->first[order[next++]] = 8 + 2 * k;
    for (size_t i = 0; i < units * LEVEL_PERIODS; i++) {
        size_t u = i / LEVEL_PERIODS, t = i % LEVEL_PERIODS;
        double spread = 0.5 + 1.5 * (double)u / (double)units;
        s->unit[i] = u, s->period[i] = t;
        s->outcome[i] = t == 0 ? spread * normal(&random) / sqrt(1 - 0.49)
                               : 0.7 * s->outcome[i - 1] + spread * normal(&random);
        s->treatment[i] = s->first[u] != SIZE_MAX && t >= s->first[u];
    }
    s->data = did_data_by_unit(units * LEVEL_PERIODS, units, LEVEL_PERIODS,
                               (struct did_columns){s->unit, s->period, s->outcome, s->treatment, s->first});
}

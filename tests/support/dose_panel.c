// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/dose_panel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

struct uf_panel *dose_panel(void)
{
    struct uf_panel *panel = starts_panel(DOSE_UNITS);
    panel->treatment.dose = calloc(DOSE_UNITS * DOSE_YEARS, sizeof(double));
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t u = panel->unit[i], t = panel->period[i];
        double dose = u < DOSE_TREATED && t >= DOSE_START ? (double)(u + 1) : 0;
        panel->treatment.dose[i] = dose;
        *small_panel_cell(panel, 0, u, t) = 50 + (double)u + 3 * sin((double)t) +
                                            (dose > 0 ? 2 + dose / 2 : 0) +
                                            *small_panel_cell(panel, 1, u, t) / 10;
        panel->treatment.first_period[u] = u < DOSE_TREATED ? DOSE_START : SIZE_MAX;
    }
    return panel;
}

double *dose_of(struct uf_panel *panel, size_t unit, size_t period)
{
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->unit[i] == unit && panel->period[i] == period) return &panel->treatment.dose[i];
    return NULL;
}

double dose_mean_of(struct uf_panel *panel, size_t unit, size_t from, size_t to)
{
    double sum = 0;
    for (size_t t = from; t < to; t++) sum += *small_panel_cell(panel, 0, unit, t);
    return sum / (double)(to - from);
}

struct uf_panel *dose_starts_panel(void)
{
    struct uf_panel *panel = dose_panel();
    for (size_t i = 0; i < panel->n_rows; i++) {
        const size_t u = panel->unit[i], t = panel->period[i], start = u < 2 ? 4 : u < 4 ? 7 : DOSE_START;
        if (u >= DOSE_TREATED) continue;
        panel->treatment.first_period[u] = start;
        panel->treatment.dose[i] = t >= start ? (double)(u + 1) : 0;
        *small_panel_cell(panel, 0, u, t) = 20 + (double)u + 3 * sin((double)t) +
                                            (t >= start ? 2 + (double)u / 2 : 0) +
                                            *small_panel_cell(panel, 1, u, t) / 3;
    }
    return panel;
}

struct uf_panel *dose_noisy_panel(size_t treated)
{
    struct uf_panel *panel = dose_panel();
    for (size_t i = 0; i < panel->n_rows; i++) {
        const size_t u = panel->unit[i], t = panel->period[i];
        if (u >= treated) panel->treatment.dose[i] = 0;
        *small_panel_cell(panel, 0, u, t) += 0.3 * sin((double)(3 * u + 5 * t * u));
        if (u >= treated && u < DOSE_TREATED && t >= DOSE_START)
            *small_panel_cell(panel, 0, u, t) -= 2 + (double)(u + 1) / 2;
    }
    for (size_t u = treated; u < DOSE_UNITS; u++) panel->treatment.first_period[u] = SIZE_MAX;
    return panel;
}

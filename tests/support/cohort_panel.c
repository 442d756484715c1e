// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/cohort_panel.h"
#include "support/method_run.h"
#include "support/small_panel.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const char *const names[] = {"y", "x", "z"};

struct uf_panel *cohort_panel_new(size_t units, size_t periods)
{
    struct uf_panel *panel = small_panel_new(units, periods, 2008, names, 3);
    for (size_t u = 0; u < units; u++) {
        size_t first = u % 3 == 0 ? 5 : u % 3 == 1 ? 8 : SIZE_MAX;
        panel->treatment.first_period[u] = first;
        for (size_t t = 0; t < periods; t++) {
            *small_panel_cell(panel, 0, u, t) =
                50 + (double)u + 3 * sin((double)t) + (t >= first ? 2 : 0) + run_noise(u * periods + t);
            *small_panel_cell(panel, 1, u, t) = run_noise(100000 + u);
            *small_panel_cell(panel, 2, u, t) = run_noise(200000 + u);
        }
    }
    return panel;
}

void cohort_panel_use(struct uf_panel *panel, size_t covariates)
{
    panel->covariates = malloc(2 * sizeof *panel->covariates);
    panel->covariates[0] = 1, panel->covariates[1] = 2;
    panel->n_covariates = covariates;
}

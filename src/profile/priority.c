// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/priority.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"

static double middle(double *values, size_t n, enum uf_cut cut)
{
    if (n == 0) return NAN;
    if (cut == UF_CUT_MEDIAN) {
        gsl_sort(values, 1, n);
        return gsl_stats_median_from_sorted_data(values, 1, n);
    }
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += values[i];
    return sum / (double)n;
}

uf_status uf_priority_cuts(const double *density, const double *benefit, const bool *candidate, size_t n,
                           enum uf_cut cut, struct uf_quadrant_cuts *out, struct uf_error *error)
{
    double *values = malloc((2 * n + 1) * sizeof *values);
    if (!values) return uf_fail_memory(error);
    size_t count = 0;
    for (size_t s = 0; s < n; s++) {
        if (!candidate[s] || isnan(density[s]) || isnan(benefit[s])) continue;
        values[count] = density[s];
        values[n + count++] = benefit[s];
    }
    *out = (struct uf_quadrant_cuts){middle(values, count, cut), middle(values + n, count, cut)};
    free(values);
    return UF_OK;
}

enum uf_quadrant uf_priority_quadrant(double density, double benefit, struct uf_quadrant_cuts cuts)
{
    if (isnan(density) || isnan(benefit) || isnan(cuts.density) || isnan(cuts.benefit))
        return UF_QUADRANT_NONE;
    if (density >= cuts.density)
        return benefit >= cuts.benefit ? UF_QUADRANT_HIGH_ROAD : UF_QUADRANT_SLOW_ROAD;
    return benefit >= cuts.benefit ? UF_QUADRANT_CASINO : UF_QUADRANT_DEAD_END;
}

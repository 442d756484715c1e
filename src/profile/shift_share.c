// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/shift_share.h>

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/shift_share_parts.h"

static double sum_of(const double *value, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += value[i];
    return sum;
}

struct uf_shift_share shift_share_parts_of(double e0, double e1, double n0, double n1,
                                           const struct shift_share_sums *sums)
{
    const double nation_growth = sums->nation_end / sums->nation_start - 1;
    const double region_growth = sums->region_start > 0 ? sums->region_end / sums->region_start - 1 : NAN;
    const double overall_lead = region_growth - nation_growth;
    struct uf_shift_share part = {.start = e0, .end = e1, .change = e1 - e0};
    part.homothetic = sums->region_start * (n0 / sums->nation_start);
    part.national = e0 * nation_growth;
    if (e0 == 0 && e1 >= 0 && n0 >= 0 && n1 >= 0) {
        /* no growth rate to split: the sector's arrival is its own component */
        part.mix = e0 * nation_growth; /* 0, or NaN where the nation's growth is not defined */
        part.regional = e1 + part.mix;
        part.entry = part.regional;
        part.entries = e1 > 0;
        part.growth_expected = part.homothetic * overall_lead;
        part.growth_differential = -part.growth_expected;
        return part;
    }
    const double sector_growth = n0 > 0 ? n1 / n0 - 1 : NAN;
    const double own_growth = e1 / e0 - 1;
    const double lead = own_growth - sector_growth;
    part.mix = e0 * (sector_growth - nation_growth);
    part.regional = e1 - e0 * (1 + sector_growth);
    part.competitive = part.homothetic * lead;
    part.allocation = (e0 - part.homothetic) * lead;
    part.growth_expected = part.homothetic * overall_lead;
    part.growth_differential = (e0 - part.homothetic) * overall_lead;
    part.industry_expected = part.homothetic * (lead - overall_lead);
    part.industry_differential = (e0 - part.homothetic) * (lead - overall_lead);
    return part;
}

void shift_share_add(struct uf_shift_share *total, const struct uf_shift_share *part)
{
    total->start += part->start;
    total->end += part->end;
    total->change += part->change;
    total->national += part->national;
    total->mix += part->mix;
    total->regional += part->regional;
    total->homothetic += part->homothetic;
    total->competitive += part->competitive;
    total->allocation += part->allocation;
    total->growth_expected += part->growth_expected;
    total->growth_differential += part->growth_differential;
    total->industry_expected += part->industry_expected;
    total->industry_differential += part->industry_differential;
    total->entry += part->entry;
    total->entries += part->entries;
}

static uf_status check(const double *value, size_t n, const char *what, struct uf_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (value[i] < 0 || isinf(value[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "%s is %g in sector %zu (counted from 1): shift-share needs values of at least 0.",
                           what, value[i], i + 1);
    return UF_OK;
}

uf_status uf_shift_share(const double *region_start, const double *region_end, const double *nation_start,
                         const double *nation_end, size_t n, struct uf_shift_share *out_sectors,
                         struct uf_shift_share *out_total, struct uf_error *error)
{
    if (n == 0) return uf_fail(error, UF_BAD_USAGE, "Shift-share needs at least one sector.");
    UF_TRY(check(region_start, n, "The region's start", error));
    UF_TRY(check(region_end, n, "The region's end", error));
    UF_TRY(check(nation_start, n, "The nation's start", error));
    UF_TRY(check(nation_end, n, "The nation's end", error));
    const struct shift_share_sums sums = {sum_of(region_start, n), sum_of(region_end, n),
                                          sum_of(nation_start, n), sum_of(nation_end, n)};
    struct uf_shift_share total = {0};
    for (size_t s = 0; s < n; s++) {
        struct uf_shift_share part =
            shift_share_parts_of(region_start[s], region_end[s], nation_start[s], nation_end[s], &sums);
        shift_share_add(&total, &part);
        if (out_sectors != NULL) out_sectors[s] = part;
    }
    *out_total = total;
    return UF_OK;
}

uf_status uf_shift_share_dynamic(const gsl_matrix *region, const gsl_matrix *nation,
                                 struct uf_shift_share *out_sectors, struct uf_shift_share *out_total,
                                 struct uf_error *error)
{
    if (region->size1 < 2 || region->size2 == 0)
        return uf_fail(error, UF_BAD_USAGE, "Dynamic shift-share needs at least two periods and one sector.");
    if (nation->size1 != region->size1 || nation->size2 != region->size2)
        return uf_fail(error, UF_BAD_USAGE, "The region's and the nation's figures are not of one shape.");
    const size_t n = region->size2;
    struct uf_shift_share *sum = calloc(n, sizeof *sum), *step = calloc(n, sizeof *step);
    double *row = malloc(4 * n * sizeof *row);
    uf_status status = sum == NULL || step == NULL || row == NULL ? uf_fail_memory(error) : UF_OK;
    for (size_t t = 0; status == UF_OK && t + 1 < region->size1; t++) {
        for (size_t s = 0; s < n; s++) {
            row[s] = gsl_matrix_get(region, t, s);
            row[n + s] = gsl_matrix_get(region, t + 1, s);
            row[2 * n + s] = gsl_matrix_get(nation, t, s);
            row[3 * n + s] = gsl_matrix_get(nation, t + 1, s);
        }
        struct uf_shift_share ignored;
        status = uf_shift_share(row, row + n, row + 2 * n, row + 3 * n, n, step, &ignored, error);
        for (size_t s = 0; status == UF_OK && s < n; s++) {
            if (t == 0)
                sum[s] = step[s];
            else {
                struct uf_shift_share first = sum[s];
                shift_share_add(&sum[s], &step[s]);
                sum[s].start = first.start;
                sum[s].end = step[s].end;
                sum[s].homothetic = first.homothetic;
            }
        }
    }
    if (status == UF_OK) {
        struct uf_shift_share total = {0};
        for (size_t s = 0; s < n; s++) {
            shift_share_add(&total, &sum[s]);
            if (out_sectors != NULL) out_sectors[s] = sum[s];
        }
        *out_total = total;
    }
    free(row);
    free(step);
    free(sum);
    return status;
}

uf_status uf_shift_share_error(const struct uf_shift_share_errors *figures, size_t n, double *out,
                               struct uf_error *error)
{
    if (n == 0) return uf_fail(error, UF_BAD_USAGE, "Shift-share needs at least one sector.");
    const struct uf_shift_share_errors *x = figures;
    double variance = 0;
    for (size_t s = 0; s < n; s++) {
        variance += x->region_end_error[s] * x->region_end_error[s];
        if (x->region_start[s] == 0 && x->nation_start[s] == 0) continue;
        const double ratio = x->nation_end[s] / x->nation_start[s];
        /* e₀ρ·τ₁/E₁ is e₀·τ₁/E₀, which is defined also where the sector is gone at the end */
        const double from_start = x->region_start[s] * ratio * x->nation_start_error[s] / x->nation_start[s];
        const double from_end = x->region_start[s] * x->nation_end_error[s] / x->nation_start[s];
        const double own = ratio * x->region_start_error[s];
        variance += own * own + from_start * from_start + from_end * from_end;
    }
    *out = sqrt(variance);
    return UF_OK;
}

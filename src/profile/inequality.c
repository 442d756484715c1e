// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/inequality.h>

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/fail.h"

struct weighted {
    double value, weight;
};

static int by_value(const void *left, const void *right)
{
    const struct weighted *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

static uf_status check(const double *value, const double *weight, size_t n, struct uf_error *error)
{
    if (n == 0) return uf_fail(error, UF_BAD_USAGE, "Inequality needs at least one region.");
    for (size_t i = 0; i < n; i++) {
        if (value[i] < 0 || isinf(value[i]))
            return uf_fail(error, UF_BAD_INPUT,
                           "Region %zu (counted from 1) has the value %g: at least 0 is needed.", i + 1,
                           value[i]);
        if (weight != NULL && (weight[i] < 0 || isinf(weight[i])))
            return uf_fail(error, UF_BAD_INPUT,
                           "Region %zu (counted from 1) has the weight %g: at least 0 is needed.", i + 1,
                           weight[i]);
    }
    return UF_OK;
}

static double weight_at(const double *weight, size_t i)
{
    return weight != NULL ? weight[i] : 1;
}

/* Total weight and weighted mean; NaN where something is missing. */
static void moments(const double *value, const double *weight, size_t n, double *total, double *mean)
{
    double sum = 0;
    *total = 0;
    for (size_t i = 0; i < n; i++) {
        *total += weight_at(weight, i);
        sum += weight_at(weight, i) * value[i];
    }
    *mean = sum / *total;
}

/* With values in order, Σ_i Σ_j w_i·w_j·|y_i − y_j| / 2 = Σ_i w_i·(y_i·W_i − S_i), W and S the weights and
 * sums before i. */
static double sorted_gini(const struct weighted *sorted, size_t n, double total, double mean)
{
    double sum = 0, before = 0, below = 0;
    for (size_t i = 0; i < n; i++) {
        double w = sorted[i].weight / total;
        sum += w * (sorted[i].value * before - below);
        before += w;
        below += w * sorted[i].value;
    }
    return sum / mean;
}

uf_status uf_inequality(const double *value, const double *weight, size_t n, struct uf_inequality *out,
                        struct uf_error *error)
{
    UF_TRY(check(value, weight, n, error));
    double total, mean;
    moments(value, weight, n, &total, &mean);
    struct uf_inequality found = {mean, NAN, NAN, NAN, NAN, NAN};
    if (!(mean > 0)) {
        found.mean = total > 0 ? mean : NAN;
        *out = found;
        return UF_OK;
    }
    struct weighted *sorted = malloc(n * sizeof *sorted);
    if (sorted == NULL) return uf_fail_memory(error);
    found = (struct uf_inequality){.mean = mean};
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (struct weighted){value[i], weight_at(weight, i)};
        const double w = sorted[i].weight / total, relative = value[i] / mean;
        if (w == 0) continue; /* a region without people says nothing, also when its value is 0 */
        if (relative > 0) found.theil_t += w * relative * log(relative);
        found.theil_l += relative > 0 ? -w * log(relative) : NAN;
        found.williamson += w * (relative - 1) * (relative - 1);
        found.hoover += w * fabs(relative - 1) / 2;
    }
    found.williamson = sqrt(found.williamson);
    qsort(sorted, n, sizeof *sorted, by_value);
    found.gini = sorted_gini(sorted, n, total, mean);
    free(sorted);
    *out = found;
    return UF_OK;
}

uf_status uf_atkinson(const double *value, const double *weight, size_t n, double epsilon, double *out,
                      struct uf_error *error)
{
    UF_TRY(check(value, weight, n, error));
    if (!(epsilon > 0) || isinf(epsilon))
        return uf_fail(error, UF_BAD_USAGE, "Atkinson's epsilon is %g: it must be above 0.", epsilon);
    double total, mean, sum = 0;
    moments(value, weight, n, &total, &mean);
    if (!(mean > 0)) {
        *out = NAN;
        return UF_OK;
    }
    bool zero = false;
    for (size_t i = 0; i < n; i++) {
        const double w = weight_at(weight, i) / total, relative = value[i] / mean;
        if (w == 0) continue;
        zero = zero || relative == 0;
        sum += w * (epsilon == 1 ? log(relative) : pow(relative, 1 - epsilon));
    }
    if (zero && epsilon >= 1)
        *out = 1;
    else
        *out = 1 - (epsilon == 1 ? exp(sum) : pow(sum, 1 / (1 - epsilon)));
    return UF_OK;
}

uf_status uf_theil_decompose(const double *value, const double *weight, const size_t *group, size_t n,
                             size_t n_groups, struct uf_theil_split *out, struct uf_error *error)
{
    UF_TRY(check(value, weight, n, error));
    for (size_t i = 0; i < n; i++)
        if (group[i] >= n_groups)
            return uf_fail(error, UF_BAD_USAGE, "Region %zu (counted from 1) lies in group %zu of %zu.",
                           i + 1, group[i], n_groups);
    double total, mean;
    moments(value, weight, n, &total, &mean);
    struct uf_theil_split found = {NAN, NAN, NAN, NAN, NAN, NAN};
    if (!(mean > 0)) {
        *out = found;
        return UF_OK;
    }
    double *people = calloc(n_groups, sizeof *people), *sum = calloc(n_groups, sizeof *sum);
    uf_status status = people == NULL || sum == NULL ? uf_fail_memory(error) : UF_OK;
    if (status == UF_OK) {
        found = (struct uf_theil_split){0};
        for (size_t i = 0; i < n; i++) {
            people[group[i]] += weight_at(weight, i) / total;
            sum[group[i]] += weight_at(weight, i) / total * value[i] / mean;
        }
        for (size_t i = 0; i < n; i++) {
            const double w = weight_at(weight, i) / total, relative = value[i] / mean;
            if (w == 0) continue;
            const double group_relative = sum[group[i]] / people[group[i]];
            if (relative > 0) {
                found.t += w * relative * log(relative);
                found.t_within += w * relative * log(relative / group_relative);
            }
            found.l += relative > 0 ? -w * log(relative) : NAN;
            found.l_within += relative > 0 ? -w * log(relative / group_relative) : NAN;
        }
        for (size_t g = 0; g < n_groups; g++) {
            if (people[g] == 0) continue;
            if (sum[g] > 0) found.t_between += sum[g] * log(sum[g] / people[g]);
            found.l_between += sum[g] > 0 ? -people[g] * log(sum[g] / people[g]) : NAN;
        }
        *out = found;
    }
    free(people);
    free(sum);
    return status;
}

struct interval {
    double low, high;
};

/* The bounds of a function that falls to 0 at 1 and rises from there. */
static struct interval valley(double (*of)(double), struct interval relative)
{
    const double left = of(relative.low), right = of(relative.high);
    const bool holds_one = relative.low <= 1 && relative.high >= 1;
    return (struct interval){holds_one ? 0 : fmin(left, right), fmax(left, right)};
}

static double of_theil_t(double r)
{
    return r > 0 ? r * log(r) - r + 1 : 1;
}
static double of_theil_l(double r)
{
    return r > 0 ? r - 1 - log(r) : INFINITY;
}
static double of_square(double r)
{
    return (r - 1) * (r - 1);
}
static double of_distance(double r)
{
    return fabs(r - 1) / 2;
}

/* The index that a function belongs to. */
static const struct {
    double (*of)(double);
    size_t field;
} valleys[] = {
    {of_theil_t, offsetof(struct uf_inequality, theil_t)},
    {of_theil_l, offsetof(struct uf_inequality, theil_l)},
    {of_square, offsetof(struct uf_inequality, williamson)},
    {of_distance, offsetof(struct uf_inequality, hoover)},
};

static double *field_of(struct uf_inequality *x, size_t field)
{
    return (double *)(void *)((char *)x + field);
}

/* Σ_i Σ_j w·w·|y_i − y_j| / 2, by pairs, at each pair's nearest and farthest. */
static struct interval difference_bounds(const double *low, const double *high, const double *weight,
                                         size_t n, double total)
{
    struct interval sum = {0, 0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const double w = weight_at(weight, i) / total * (weight_at(weight, j) / total);
            sum.low += w * fmax(0, fmax(low[i] - high[j], low[j] - high[i]));
            sum.high += w * fmax(high[i] - low[j], high[j] - low[i]);
        }
    return sum;
}

static void fill_band(const double *low, const double *high, const double *weight, size_t n, double total,
                      struct interval mean, struct uf_inequality *out_low, struct uf_inequality *out_high)
{
    *out_low = (struct uf_inequality){.mean = mean.low};
    *out_high = (struct uf_inequality){.mean = mean.high};
    for (size_t i = 0; i < n; i++) {
        const double w = weight_at(weight, i) / total;
        if (w == 0) continue;
        const struct interval relative = {low[i] / (w * low[i] + mean.high - w * high[i]),
                                          high[i] / (w * high[i] + mean.low - w * low[i])};
        for (size_t k = 0; k < sizeof valleys / sizeof *valleys; k++) {
            const struct interval term = valley(valleys[k].of, relative);
            *field_of(out_low, valleys[k].field) += w * term.low;
            *field_of(out_high, valleys[k].field) += w * term.high;
        }
    }
    out_low->williamson = sqrt(out_low->williamson);
    out_high->williamson = sqrt(out_high->williamson);
    if (isinf(out_high->theil_l)) out_high->theil_l = NAN;
    const struct interval difference = difference_bounds(low, high, weight, n, total);
    out_low->gini = difference.low / mean.high;
    out_high->gini = fmin(1, difference.high / mean.low);
}

uf_status uf_inequality_band(const double *low, const double *high, const double *weight, size_t n,
                             struct uf_inequality *out_low, struct uf_inequality *out_high,
                             struct uf_error *error)
{
    UF_TRY(check(low, weight, n, error));
    UF_TRY(check(high, weight, n, error));
    for (size_t i = 0; i < n; i++)
        if (low[i] > high[i])
            return uf_fail(error, UF_BAD_USAGE,
                           "The lower bound of region %zu (counted from 1) lies above the upper one.", i + 1);
    double total;
    struct interval mean;
    moments(low, weight, n, &total, &mean.low);
    moments(high, weight, n, &total, &mean.high);
    *out_low = *out_high = (struct uf_inequality){NAN, NAN, NAN, NAN, NAN, NAN};
    if (mean.low > 0 && mean.high > 0) fill_band(low, high, weight, n, total, mean, out_low, out_high);
    return UF_OK;
}

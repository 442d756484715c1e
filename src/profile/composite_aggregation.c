// SPDX-License-Identifier: GPL-3.0-or-later
/* Up the tree of pillars: means and majorities. */
#include "profile/composite_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

uf_status uf_composite_check(const struct uf_composite_tree *tree, struct uf_error *error)
{
    size_t n = tree->n_indicators + tree->n_aggregates;
    if (tree->n_indicators == 0 || tree->n_aggregates == 0)
        return uf_fail(error, UF_BAD_USAGE, "a composite index without indicators");
    bool *has_parts = calloc(n, sizeof *has_parts);
    if (!has_parts) return uf_fail_memory(error);
    uf_status status = UF_OK;
    for (size_t i = 0; i + 1 < n && status == UF_OK; i++) {
        size_t parent = tree->parent[i];
        if (parent <= i || parent < tree->n_indicators || parent >= n)
            status = uf_fail(error, UF_BAD_USAGE,
                             "item %zu is part of item %zu, expected an aggregate after it", i, parent);
        else
            has_parts[parent] = true;
    }
    for (size_t i = tree->n_indicators; i < n && status == UF_OK; i++)
        if (!has_parts[i]) status = uf_fail(error, UF_BAD_USAGE, "aggregate %zu has no parts", i);
    free(has_parts);
    return status;
}

/* --- majorities -------------------------------------------------------------------------------- */

/* The lead of unit i over each j: the sum of weight·sign(x_i − x_j), which is positive where i has the majority. */
static void leads_of(const double *const *part, const double *weight, size_t n_parts, size_t n_units,
                     size_t i, double *lead)
{
    memset(lead, 0, n_units * sizeof *lead);
    for (size_t k = 0; k < n_parts; k++) {
        const double *x = part[k], own = x[i], w = weight[k];
        for (size_t j = 0; j < n_units; j++)
            lead[j] += own > x[j] ? w : own < x[j] ? -w : own == x[j] ? 0 : (double)NAN;
    }
}

/* Sums of the same weights in another order differ by rounding: a lead below it is none. */
void composite_copeland(const double *const *part, const double *weight, size_t n_parts, size_t n_units,
                        double *lead, double *out)
{
    double total = 0;
    for (size_t k = 0; k < n_parts; k++) total += weight[k];
    const double nil = 1e-12 * total;
    for (size_t i = 0; i < n_units; i++) {
        double score = 0;
        bool there = true;
        for (size_t k = 0; k < n_parts; k++) there = there && !isnan(part[k][i]);
        if (there) leads_of(part, weight, n_parts, n_units, i, lead);
        for (size_t j = 0; there && j < n_units; j++) score += (lead[j] > nil) - (lead[j] < -nil);
        out[i] = there ? score : (double)NAN;
    }
}

uf_status uf_outranking(const gsl_matrix *values, const double *weights, gsl_matrix *out,
                        struct uf_error *error)
{
    const double half = 0.5;
    double total = 0;
    for (size_t k = 0; k < values->size2; k++) total += weights[k];
    if (!(total > 0))
        return uf_fail(error, UF_BAD_USAGE, "weights that add up to %g, expected more than 0", total);
    for (size_t i = 0; i < values->size1; i++)
        for (size_t j = 0; j < values->size1; j++) {
            double ahead = 0;
            for (size_t k = 0; k < values->size2; k++) {
                double a = gsl_matrix_get(values, i, k), b = gsl_matrix_get(values, j, k);
                ahead += weights[k] * (a > b ? 1 : a == b ? half : a < b ? 0 : (double)NAN);
            }
            gsl_matrix_set(out, i, j, i == j && !isnan(ahead) ? 0 : ahead / total);
        }
    return UF_OK;
}

/* --- means ------------------------------------------------------------------------------------- */

double composite_into(enum uf_aggregation how, double x)
{
    return how == UF_AGGREGATE_GEOMETRIC ? log(x) : how == UF_AGGREGATE_HARMONIC ? 1 / x : x;
}

double composite_back(enum uf_aggregation how, double x)
{
    return how == UF_AGGREGATE_GEOMETRIC ? exp(x) : how == UF_AGGREGATE_HARMONIC ? 1 / x : x;
}

bool composite_needs_positive(enum uf_aggregation how)
{
    return how == UF_AGGREGATE_GEOMETRIC || how == UF_AGGREGATE_HARMONIC;
}

/* Columns of parts one after another. */
struct parts {
    const double **column;
    double *weight, *lead;
    size_t *item, count;
};

static uf_status check_parts(const struct parts *parts, enum uf_aggregation how, size_t n_units,
                             struct uf_error *error)
{
    double total = 0;
    for (size_t k = 0; k < parts->count; k++) {
        if (!(parts->weight[k] >= 0) || isinf(parts->weight[k]))
            return uf_fail(error, UF_BAD_USAGE, "item %zu has the weight %g, expected 0 or more",
                           parts->item[k], parts->weight[k]);
        total += parts->weight[k];
        for (size_t u = 0; u < n_units && composite_needs_positive(how); u++)
            if (parts->column[k][u] <= 0)
                return uf_fail(
                    error, UF_NOT_IDENTIFIED,
                    "item %zu of unit %zu is %g, and a %s mean needs numbers above 0; use a scale that "
                    "starts above 0 (min-max from 1 to 100), or the arithmetic mean",
                    parts->item[k], u, parts->column[k][u],
                    how == UF_AGGREGATE_GEOMETRIC ? "geometric" : "harmonic");
    }
    if (!(total > 0))
        return uf_fail(error, UF_BAD_USAGE,
                       "the parts of an aggregate have weights that add up to %g, expected more than 0",
                       total);
    return UF_OK;
}

static void average(const struct parts *parts, enum uf_aggregation how, bool renormalise, size_t n_units,
                    double *out)
{
    for (size_t u = 0; u < n_units; u++) {
        double sum = 0, weights = 0;
        for (size_t k = 0; k < parts->count; k++) {
            double x = parts->column[k][u];
            if (renormalise && isnan(x)) continue;
            sum += parts->weight[k] * composite_into(how, x);
            weights += parts->weight[k];
        }
        out[u] = weights > 0 ? composite_back(how, sum / weights) : (double)NAN;
    }
}

static uf_status aggregate_one(const struct uf_composite_tree *tree, const double *columns,
                               const double *weights, const struct uf_aggregate_options *options, size_t item,
                               size_t n_units, struct parts *parts, double *out, struct uf_error *error)
{
    bool is_top = item + 1 == tree->n_indicators + tree->n_aggregates;
    enum uf_aggregation how = is_top ? options->top : options->parts;
    parts->count = 0;
    for (size_t i = 0; i < item; i++)
        if (tree->parent[i] == item) {
            parts->column[parts->count] = columns + i * n_units;
            parts->weight[parts->count] = weights[i];
            parts->item[parts->count++] = i;
        }
    UF_TRY(check_parts(parts, how, n_units, error));
    if (how == UF_AGGREGATE_COPELAND)
        composite_copeland(parts->column, parts->weight, parts->count, n_units, parts->lead, out);
    else
        average(parts, how, options->renormalise, n_units, out);
    return UF_OK;
}

uf_status uf_composite_aggregate(const gsl_matrix *normalised, const struct uf_composite_tree *tree,
                                 const double *weights, const struct uf_aggregate_options *options,
                                 gsl_matrix *out, struct uf_error *error)
{
    UF_TRY(uf_composite_check(tree, error));
    size_t n = tree->n_indicators + tree->n_aggregates, units = normalised->size1;
    double *columns = calloc(n * units + n + units + 1, sizeof *columns);
    struct parts parts = {.column = malloc(n * sizeof *parts.column), .item = malloc(n * sizeof *parts.item)};
    uf_status status = columns && parts.column && parts.item ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        parts.weight = columns + n * units, parts.lead = parts.weight + n;
        for (size_t k = 0; k < tree->n_indicators; k++)
            for (size_t u = 0; u < units; u++) columns[k * units + u] = gsl_matrix_get(normalised, u, k);
    }
    for (size_t i = tree->n_indicators; i < n && status == UF_OK; i++)
        status = aggregate_one(tree, columns, weights, options, i, units, &parts, columns + i * units, error);
    for (size_t a = 0; a < tree->n_aggregates && status == UF_OK; a++)
        for (size_t u = 0; u < units; u++)
            gsl_matrix_set(out, u, a, columns[(tree->n_indicators + a) * units + u]);
    free(columns);
    free(parts.column);
    free(parts.item);
    return status;
}

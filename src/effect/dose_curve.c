// SPDX-License-Identifier: GPL-3.0-or-later
/* The change of the outcome as a function of the dose, and what the two-way regression makes of it. */
#include <utfall/dose_response.h>

#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    size_t least, most;
} sizes[] = {[UF_DOSE_POLYNOMIAL] = {0, 5}, [UF_DOSE_SPLINE] = {0, 10}, [UF_DOSE_GROUPS] = {2, 20}};
enum { MOST_COLUMNS = 24 };

void uf_dose_fit_clear(struct uf_dose_fit *fit)
{
    if (!fit) return;
    free(fit->knot), free(fit->position), free(fit->adjusted);
    gsl_matrix_free(fit->x), gsl_matrix_free(fit->borrowed);
    uf_least_squares_clear(&fit->fit);
    memset(fit, 0, sizeof *fit);
}

/* --- doses in order ------------------------------------------------------------------------------- */

struct ordered {
    double dose, change, weight;
};

static int by_dose(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    return (x->dose > y->dose) - (x->dose < y->dose);
}

/* All units by dose, of which there must be `fewest` different ones; free() it. */
static uf_status order_units(const struct uf_dose_data *data, size_t fewest, struct ordered **out,
                             size_t *untreated, size_t *doses, struct uf_error *error)
{
    struct ordered *o = malloc((data->n + 1) * sizeof *o);
    if (!o) return uf_fail_memory(error);
    *untreated = *doses = 0;
    for (size_t i = 0; i < data->n; i++) {
        if (!(data->dose[i] >= 0)) {
            free(o);
            return uf_fail(error, UF_BAD_INPUT, "unit %zu has the dose %g; expected 0 (untreated) or more",
                           i + 1, data->dose[i]);
        }
        o[i] = (struct ordered){data->dose[i], data->change[i], data->weights ? data->weights[i] : 1};
        *untreated += data->dose[i] == 0;
    }
    qsort(o, data->n, sizeof *o, by_dose);
    /* doses that differ by rounding only (0.1 + 0.2 and 0.3) are one */
    for (size_t i = 0; i < data->n; i++)
        *doses += o[i].dose > 0 && (i == 0 || o[i].dose - o[i - 1].dose > 1e-9 * o[i].dose);
    const char *lack =
        *untreated == 0         ? "no unit is untreated: there is nothing that a dose could be compared with"
        : *untreated == data->n ? "no unit is treated"
        : *doses < fewest       ? "all treated units have the same dose: nothing can be said of other doses"
                                : NULL;
    if (!lack) {
        *out = o;
        return UF_OK;
    }
    free(o);
    return uf_fail(error, UF_NOT_IDENTIFIED, "%s", lack);
}

/* --- the curve ------------------------------------------------------------------------------------ */

static size_t count_columns(const struct uf_dose_options *options)
{
    return options->curve == UF_DOSE_POLYNOMIAL ? 1 + options->size
           : options->curve == UF_DOSE_SPLINE   ? 4 + options->size
                                                : options->size;
}

static size_t curve_columns(const struct uf_dose_fit *fit)
{
    return fit->n_columns - fit->n_base;
}

/* Knots at quantiles of the treated units; of groups the upper ends, the last one infinite. False where two coincide. */
static bool set_knots(const struct ordered *treated, size_t n, struct uf_dose_fit *fit)
{
    const size_t size = fit->options.size;
    const bool groups = fit->options.curve == UF_DOSE_GROUPS;
    if (fit->options.curve == UF_DOSE_POLYNOMIAL) return true;
    for (size_t j = 0; j < size; j++) {
        size_t parts = groups ? size : size + 1;
        size_t place = (j + 1) * n / parts;
        if (place > 0) place--;
        fit->knot[j] = groups && j + 1 == size ? INFINITY : treated[place].dose;
        if (j > 0 && !(fit->knot[j] > fit->knot[j - 1])) return false;
    }
    /* the last group must have a dose of its own */
    return !groups || fit->knot[size - 2] < treated[n - 1].dose;
}

/* The curve's columns at a dose above 0; powers of what lies beyond a knot for the spline. */
static void curve_at(const struct uf_dose_fit *fit, double dose, bool slope, double *b)
{
    const size_t columns = curve_columns(fit), size = fit->options.size;
    if (fit->options.curve == UF_DOSE_GROUPS) {
        size_t group = 0;
        while (group + 1 < size && dose > fit->knot[group]) group++;
        for (size_t j = 0; j < columns; j++) b[j] = j == group && !slope;
        return;
    }
    const double u = (dose - fit->least) / fit->scale;
    const size_t degree = fit->options.curve == UF_DOSE_SPLINE ? 3 : size;
    for (size_t p = 0; p <= degree; p++)
        b[p] = slope ? (p == 0 ? 0 : (double)p * pow(u, (double)p - 1) / fit->scale) : pow(u, (double)p);
    for (size_t j = degree + 1; j < columns; j++) {
        double beyond = u - (fit->knot[j - degree - 1] - fit->least) / fit->scale;
        b[j] = beyond <= 0 ? 0 : slope ? 3 * beyond * beyond / fit->scale : beyond * beyond * beyond;
    }
}

/* --- the two steps -------------------------------------------------------------------------------- */

static double weight_of(const struct uf_dose_data *data, size_t i)
{
    return data->weights ? data->weights[i] : 1;
}

/* The place of a row's own constant among the columns; its covariates follow. */
static size_t base_of(const struct uf_dose_data *data, size_t i)
{
    const size_t k = data->covariates ? data->covariates->size2 : 0;
    return (data->stack ? data->stack[i] : 0) * (1 + k);
}

static void fill_columns(const struct uf_dose_data *data, const struct uf_dose_fit *fit, gsl_matrix *x)
{
    const size_t k = data->covariates ? data->covariates->size2 : 0;
    for (size_t i = 0; i < data->n; i++) {
        if (data->dose[i] > 0) {
            curve_at(fit, data->dose[i], false, gsl_matrix_ptr(x, i, fit->n_base));
            continue;
        }
        double *base = gsl_matrix_ptr(x, i, base_of(data, i));
        base[0] = 1;
        for (size_t j = 0; j < k; j++) base[1 + j] = gsl_matrix_get(data->covariates, i, j);
    }
}

/* Takes out of each change what the untreated of its sub-experiment say. */
static void adjust(const struct uf_dose_data *data, const gsl_vector *coefficients, double *adjusted)
{
    const size_t k = data->covariates ? data->covariates->size2 : 0;
    for (size_t i = 0; i < data->n; i++) {
        const size_t base = base_of(data, i);
        adjusted[i] = data->change[i] - gsl_vector_get(coefficients, base);
        for (size_t j = 0; j < k; j++) {
            double c = gsl_vector_get(coefficients, base + 1 + j);
            if (!isnan(c)) adjusted[i] -= c * gsl_matrix_get(data->covariates, i, j);
        }
    }
}

static uf_status keep_columns(const gsl_matrix *x, struct uf_dose_fit *fit, struct uf_error *error)
{
    const size_t n = x->size1, k = fit->n_columns;
    fit->position = malloc((k + 1) * sizeof *fit->position);
    fit->x = gsl_matrix_alloc(n, fit->fit.rank);
    if (!fit->position || !fit->x) return uf_fail_memory(error);
    for (size_t j = 0; j < k; j++) fit->position[j] = SIZE_MAX;
    for (size_t r = 0; r < fit->fit.rank; r++) {
        fit->position[fit->fit.kept[r]] = r;
        for (size_t i = 0; i < n; i++) gsl_matrix_set(fit->x, i, r, gsl_matrix_get(x, i, fit->fit.kept[r]));
    }
    return UF_OK;
}

/* P = (B'WB)⁻¹ B'W Z over the treated; the columns of the curve are all kept. */
static uf_status borrow(const struct uf_dose_data *data, struct uf_dose_fit *fit, struct uf_error *error)
{
    const size_t m = curve_columns(fit), k = data->covariates ? data->covariates->size2 : 0;
    double b[MOST_COLUMNS], part[MOST_COLUMNS];
    fit->borrowed = gsl_matrix_calloc(m, fit->n_base);
    if (!fit->borrowed) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) {
        if (data->dose[i] == 0) continue;
        const size_t base = base_of(data, i);
        curve_at(fit, data->dose[i], false, b);
        for (size_t j = 0; j < m; j++) {
            part[j] = 0;
            for (size_t l = 0; l < m; l++)
                part[j] += weight_of(data, i) * b[l] *
                           gsl_matrix_get(fit->fit.inverse, fit->position[fit->n_base + j],
                                          fit->position[fit->n_base + l]);
            *gsl_matrix_ptr(fit->borrowed, j, base) += part[j];
            for (size_t c = 0; c < k; c++)
                *gsl_matrix_ptr(fit->borrowed, j, base + 1 + c) +=
                    part[j] * gsl_matrix_get(data->covariates, i, c);
        }
    }
    return UF_OK;
}

/* What the fit of the changes becomes as one of the adjusted changes: the untreated have coefficients of nil and the residuals
 * they had, the curve is that of the adjusted ones. */
static void move_to_adjusted(const struct uf_dose_data *data, const gsl_matrix *x, struct uf_dose_fit *fit)
{
    gsl_vector *coefficients = fit->fit.coefficients, *residuals = fit->fit.residuals;
    for (size_t j = 0; j < curve_columns(fit); j++)
        for (size_t z = 0; z < fit->n_base; z++)
            if (fit->position[z] != SIZE_MAX)
                *gsl_vector_ptr(coefficients, fit->n_base + j) -=
                    gsl_matrix_get(fit->borrowed, j, z) * gsl_vector_get(coefficients, z);
    for (size_t z = 0; z < fit->n_base; z++)
        if (fit->position[z] != SIZE_MAX) gsl_vector_set(coefficients, z, 0);
    fit->fit.rss = 0;
    for (size_t i = 0; i < data->n; i++) {
        double e = fit->adjusted[i];
        for (size_t j = fit->n_base; j < fit->n_columns && data->dose[i] > 0; j++)
            e -= gsl_matrix_get(x, i, j) * gsl_vector_get(coefficients, j);
        gsl_vector_set(residuals, i, e);
        fit->fit.rss += weight_of(data, i) * e * e;
    }
}

static uf_status check_columns(const struct uf_dose_data *data, const struct uf_dose_fit *fit,
                               struct uf_error *error)
{
    const size_t per_stack = data->covariates ? 1 + data->covariates->size2 : 1;
    for (size_t d = 0; d < fit->fit.n_dropped; d++) {
        if (fit->fit.dropped[d] >= fit->n_base)
            return uf_fail(error, UF_NOT_IDENTIFIED,
                           "the doses are too close together for a curve with %zu coefficients",
                           curve_columns(fit));
        if (fit->fit.dropped[d] % per_stack == 0)
            return uf_fail(error, UF_NOT_IDENTIFIED, "no unit is untreated in one of the sub-experiments");
    }
    return UF_OK;
}

static uf_status regress(const struct uf_dose_data *data, struct uf_dose_fit *fit, struct uf_error *error)
{
    const size_t n = data->n;
    const struct uf_least_squares_options options = {.no_refinement = fit->options.quick};
    gsl_matrix *x = gsl_matrix_calloc(n, fit->n_columns);
    gsl_vector *w = data->weights ? gsl_vector_alloc(n) : NULL;
    const gsl_vector_const_view y = gsl_vector_const_view_array(data->change, n);
    fit->adjusted = malloc((n + 1) * sizeof *fit->adjusted);
    uf_status status = x && fit->adjusted && (w || !data->weights) ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        fill_columns(data, fit, x);
        for (size_t i = 0; i < n && w; i++) gsl_vector_set(w, i, data->weights[i]);
        status = uf_least_squares_fit(x, &y.vector, w, &options, &fit->fit, error);
    }
    if (status == UF_OK) status = check_columns(data, fit, error);
    if (status == UF_OK) {
        adjust(data, fit->fit.coefficients, fit->adjusted);
        status = keep_columns(x, fit, error);
    }
    if (status == UF_OK) status = borrow(data, fit, error);
    if (status == UF_OK) move_to_adjusted(data, x, fit);
    gsl_matrix_free(x), gsl_vector_free(w);
    return status;
}

uf_status uf_dose_fit(const struct uf_dose_data *data, const struct uf_dose_options *options,
                      struct uf_dose_fit *out, struct uf_error *error)
{
    const size_t columns = count_columns(options), k = data->covariates ? data->covariates->size2 : 0;
    struct uf_dose_fit fit = {.options = *options, .n_base = (data->n_stacks ? data->n_stacks : 1) * (1 + k)};
    struct ordered *units = NULL;
    size_t n = data->n;
    fit.n_columns = fit.n_base + columns;
    if (options->size < sizes[options->curve].least || options->size > sizes[options->curve].most)
        return uf_fail(error, UF_BAD_USAGE, "a curve of size %zu was asked for; expected %zu to %zu",
                       options->size, sizes[options->curve].least, sizes[options->curve].most);
    UF_TRY(order_units(data, columns == 1 ? 1 : 2, &units, &fit.n_untreated, &fit.n_doses, error));
    fit.n_treated = n - fit.n_untreated;
    fit.least = units[fit.n_untreated].dose, fit.most = units[n - 1].dose;
    fit.scale = fit.most > fit.least ? fit.most - fit.least : 1;
    fit.knot = malloc((options->size + 1) * sizeof *fit.knot);
    uf_status status = fit.knot ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK &&
        (fit.n_doses < columns || !set_knots(units + fit.n_untreated, fit.n_treated, &fit)))
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "%zu different doses are too few for a curve with %zu coefficients", fit.n_doses,
                         columns);
    free(units);
    if (status == UF_OK) status = regress(data, &fit, error);
    if (status == UF_OK)
        *out = fit;
    else
        uf_dose_fit_clear(&fit);
    return status;
}

/* The combination of all kept coefficients that b'β is, with what it borrows from the untreated. */
static void combine(const struct uf_dose_fit *fit, const double *b, double *out)
{
    memset(out, 0, fit->fit.rank * sizeof *out);
    for (size_t j = 0; j < curve_columns(fit); j++) {
        out[fit->position[fit->n_base + j]] = b[j];
        for (size_t z = 0; z < fit->n_base; z++)
            if (fit->position[z] != SIZE_MAX)
                out[fit->position[z]] -= b[j] * gsl_matrix_get(fit->borrowed, j, z);
    }
}

bool uf_dose_at(const struct uf_dose_fit *fit, double dose, bool slope, double *out_combination)
{
    double b[MOST_COLUMNS] = {0};
    if (slope && fit->options.curve == UF_DOSE_GROUPS) return false;
    curve_at(fit, dose, slope, b);
    combine(fit, b, out_combination);
    return true;
}

void uf_dose_coefficient(const struct uf_dose_fit *fit, size_t j, double *out_combination)
{
    double b[MOST_COLUMNS] = {0};
    b[j] = 1;
    combine(fit, b, out_combination);
}

bool uf_dose_mean(const struct uf_dose_fit *fit, const struct uf_dose_data *data, bool slope,
                  double *out_combination)
{
    double b[MOST_COLUMNS] = {0}, mean[MOST_COLUMNS] = {0}, total = 0;
    if (slope && fit->options.curve == UF_DOSE_GROUPS) return false;
    for (size_t i = 0; i < data->n; i++) {
        if (data->dose[i] == 0) continue;
        curve_at(fit, data->dose[i], slope, b);
        for (size_t j = 0; j < curve_columns(fit); j++) mean[j] += weight_of(data, i) * b[j];
        total += weight_of(data, i);
    }
    for (size_t j = 0; j < curve_columns(fit); j++) mean[j] /= total;
    combine(fit, mean, out_combination);
    return true;
}

/* --- the two-way coefficient ------------------------------------------------------------------------ */

uf_status uf_dose_weights(const struct uf_dose_data *data, struct uf_dose_weight **out, size_t *out_count,
                          struct uf_error *error)
{
    struct ordered *units = NULL;
    size_t untreated, doses, j = 0;
    UF_TRY(order_units(data, 2, &units, &untreated, &doses, error));
    struct uf_dose_weight *w = calloc(doses, sizeof *w);
    if (!w) {
        free(units);
        return uf_fail_memory(error);
    }
    double total = 0, mean = 0, variance = 0, treated = 0, last_dose = 0, last_change = 0;
    for (size_t i = 0; i < data->n; i++) {
        total += units[i].weight, mean += units[i].weight * units[i].dose;
        if (units[i].dose > 0) treated += units[i].weight;
    }
    mean /= total;
    for (size_t i = 0; i < data->n; i++)
        variance += units[i].weight * (units[i].dose - mean) * (units[i].dose - mean) / total;
    for (size_t i = 0; i < data->n;) {
        double weight = 0, change = 0, above = 0;
        size_t end = i;
        for (; end < data->n && units[end].dose == units[i].dose; end++)
            weight += units[end].weight, change += units[end].weight * units[end].change;
        change /= weight;
        for (size_t a = i; a < data->n; a++) above += units[a].weight * (units[a].dose - mean) / total;
        if (units[i].dose > 0) {
            double step = units[i].dose - last_dose;
            w[j++] = (struct uf_dose_weight){last_dose, units[i].dose, (change - last_change) / step,
                                             above * step / variance, weight / treated};
        }
        last_dose = units[i].dose, last_change = change;
        i = end;
    }
    free(units);
    *out = w;
    *out_count = doses;
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/minimise.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

struct search {
    uf_minimise_function function;
    void *user;
    size_t n, evaluations, limit;
    double tolerance;
    double *vertex;                  /* (n + 1) × n */
    double *value;                   /* n + 1 */
    double *centre, *trial, *second; /* n each */
};

static double evaluate(struct search *search, const double *point)
{
    gsl_vector_const_view view = gsl_vector_const_view_array(point, search->n);
    double value = search->function(&view.vector, search->user);
    search->evaluations++;
    return isnan(value) ? INFINITY : value;
}

static void order(struct search *search)
{
    /* Insertion sort: stable, and the simplex is nearly sorted after each step. */
    size_t n = search->n;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = i; j > 0 && search->value[j] < search->value[j - 1]; j--) {
            double value = search->value[j];
            search->value[j] = search->value[j - 1];
            search->value[j - 1] = value;
            double *a = search->vertex + j * n, *b = a - n;
            memcpy(search->second, a, n * sizeof *a);
            memcpy(a, b, n * sizeof *a);
            memcpy(b, search->second, n * sizeof *a);
        }
}

static void simplex_around(struct search *search, const double *centre, double value, double step)
{
    size_t n = search->n;
    memmove(search->vertex, centre, n * sizeof *centre);
    search->value[0] = value;
    for (size_t i = 1; i <= n; i++) {
        double *vertex = search->vertex + i * n;
        memcpy(vertex, search->vertex, n * sizeof *vertex);
        vertex[i - 1] += step;
        search->value[i] = evaluate(search, vertex);
    }
    order(search);
}

/* centre + factor·(worst − centre) */
static double try_towards(struct search *search, double factor, double *point)
{
    const double *worst = search->vertex + search->n * search->n;
    for (size_t i = 0; i < search->n; i++)
        point[i] = search->centre[i] + factor * (worst[i] - search->centre[i]);
    return evaluate(search, point);
}

static void replace_worst(struct search *search, const double *point, double value)
{
    memcpy(search->vertex + search->n * search->n, point, search->n * sizeof *point);
    search->value[search->n] = value;
    order(search);
}

static void shrink(struct search *search)
{
    size_t n = search->n;
    for (size_t i = 1; i <= n; i++) {
        double *vertex = search->vertex + i * n;
        for (size_t c = 0; c < n; c++) vertex[c] = search->vertex[c] + 0.5 * (vertex[c] - search->vertex[c]);
        search->value[i] = evaluate(search, vertex);
    }
    order(search);
}

static void step_once(struct search *search)
{
    size_t n = search->n;
    for (size_t c = 0; c < n; c++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += search->vertex[i * n + c];
        search->centre[c] = sum / (double)n;
    }
    double reflected = try_towards(search, -1, search->trial);
    if (reflected < search->value[0]) {
        double expanded = try_towards(search, -2, search->second);
        if (expanded < reflected) {
            memcpy(search->trial, search->second, n * sizeof(double));
            reflected = expanded;
        }
        replace_worst(search, search->trial, reflected);
    } else if (reflected < search->value[n - 1]) {
        replace_worst(search, search->trial, reflected);
    } else {
        double bound = fmin(reflected, search->value[n]);
        double contracted = try_towards(search, reflected < search->value[n] ? -0.5 : 0.5, search->trial);
        if (contracted < bound)
            replace_worst(search, search->trial, contracted);
        else
            shrink(search);
    }
}

static void nelder_mead(struct search *search)
{
    while (search->evaluations < search->limit) {
        double low = search->value[0], high = search->value[search->n];
        if (high - low <= search->tolerance * fabs(low)) return;
        step_once(search);
    }
}

/* Walks along each axis in turn from the best vertex; halves the step when no axis helps. */
static void polish(struct search *search, double step)
{
    size_t n = search->n;
    double *best = search->vertex, value = search->value[0];
    for (; step > 1e-4 && search->evaluations < search->limit; step /= 2) {
        bool improved = true;
        while (improved && search->evaluations < search->limit) {
            improved = false;
            for (size_t c = 0; c < n; c++)
                for (int sign = -1; sign <= 1; sign += 2) {
                    double kept = best[c];
                    best[c] = kept + sign * step;
                    double tried = evaluate(search, best);
                    if (tried < value - search->tolerance * fabs(value)) {
                        value = tried;
                        improved = true;
                    } else {
                        best[c] = kept;
                    }
                }
        }
    }
    search->value[0] = value;
}

uf_status uf_minimise(uf_minimise_function function, void *user, gsl_vector *x,
                      const struct uf_minimise_options *options, struct uf_minimise_result *out,
                      struct uf_error *error)
{
    const struct uf_minimise_options none = {0};
    if (!options) options = &none;
    size_t n = x->size;
    double step = options->step > 0 ? options->step : 1;
    struct search search = {.function = function,
                            .user = user,
                            .n = n,
                            .limit = options->max_evaluations ? options->max_evaluations : 400 * n,
                            .tolerance = options->tolerance > 0 ? options->tolerance : 1e-10};
    double *memory = malloc(((n + 1) * n + (n + 1) + 3 * n) * sizeof *memory);
    if (!memory) return uf_fail_memory(error);
    search.vertex = memory;
    search.value = search.vertex + (n + 1) * n;
    search.centre = search.value + n + 1;
    search.trial = search.centre + n;
    search.second = search.trial + n;
    for (size_t i = 0; i < n; i++) search.vertex[i] = gsl_vector_get(x, i);
    double value = evaluate(&search, search.vertex);
    if (!isfinite(value)) {
        free(memory);
        return uf_fail(error, UF_INTERNAL, "minimise: the function is not finite at the start");
    }
    simplex_around(&search, search.vertex, value, step);
    /* A simplex may collapse at a kink: begin again around its best vertex, in the other direction, while
     * that gains something. */
    for (double before = INFINITY;
         search.evaluations < search.limit && search.value[0] < before * (1 - 1e-6);) {
        before = search.value[0];
        nelder_mead(&search);
        step = -step / 2;
        if (search.evaluations < search.limit) simplex_around(&search, search.vertex, search.value[0], step);
    }
    polish(&search, 0.5);
    for (size_t i = 0; i < n; i++) gsl_vector_set(x, i, search.vertex[i]);
    out->value = search.value[0];
    out->evaluations = search.evaluations;
    free(memory);
    return UF_OK;
}

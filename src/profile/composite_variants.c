// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/composite_variants.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"

static const char *const normalisation_names[] = {"min-max", "z-score", "rank", "target"};
static const char *const aggregation_names[] = {"arithmetic", "geometric", "harmonic", "copeland"};

void composite_variants_clear(struct composite_variants *v)
{
    for (size_t t = 0; v->table && t < v->n_tables; t++)
        for (size_t a = 0; a < COMPOSITE_AGGREGATIONS; a++) free(v->table[t][a]);
    free(v->table);
    free(v->unit);
    free(v->there);
    *v = (struct composite_variants){0};
}

static bool is_asked_for(const struct uf_composite_alternatives *a, enum uf_aggregation how)
{
    if (a->keep_top && a->top == how) return true;
    for (size_t i = 0; i < a->n_aggregations; i++)
        if (a->aggregations[i] == how) return true;
    return false;
}

/* With a missing value, or with none there where they may be missing. */
static bool is_ranked(const struct uf_composite_input *input, size_t row)
{
    size_t there = 0;
    for (size_t k = 0; k < input->values->size2; k++)
        there += isnan(gsl_matrix_get(input->values, row, k)) ? 0 : 1;
    return input->alternatives->renormalise ? there > 0 : there == input->values->size2;
}

static uf_status choose_units(const struct uf_composite_input *input, struct composite_variants *v,
                              struct uf_error *error)
{
    size_t missing = 0;
    v->unit = calloc(input->values->size1 + 1, sizeof *v->unit);
    if (!v->unit) return uf_fail_memory(error);
    for (size_t i = 0; i < input->values->size1; i++)
        if (is_ranked(input, i)) v->unit[v->n_units++] = i;
    if (v->n_units < 2)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "%zu of %zu units have all indicators, expected at least two to rank; say how missing "
                       "values are to be filled, or leave indicators out",
                       v->n_units, input->values->size1);
    for (size_t u = 0; u < v->n_units; u++)
        for (size_t k = 0; k < v->n_indicators; k++)
            missing += isnan(gsl_matrix_get(input->values, v->unit[u], k)) ? 1 : 0;
    if (missing == 0) return UF_OK;
    v->there = malloc(v->n_units * v->n_indicators * sizeof *v->there);
    if (!v->there) return uf_fail_memory(error);
    for (size_t u = 0; u < v->n_units; u++)
        for (size_t k = 0; k < v->n_indicators; k++)
            v->there[k * v->n_units + u] = !isnan(gsl_matrix_get(input->values, v->unit[u], k));
    return UF_OK;
}

/* One normalised column, for each aggregation that is asked for. */
static uf_status store(struct composite_variants *v, const gsl_vector *column, size_t table, size_t k,
                       enum uf_normalisation kind, struct uf_error *error)
{
    for (size_t a = 0; a < COMPOSITE_AGGREGATIONS; a++) {
        double *out = v->table[table][a];
        if (!out) continue;
        for (size_t u = 0; u < v->n_units; u++) {
            double x = gsl_vector_get(column, v->unit[u]);
            if (composite_needs_positive((enum uf_aggregation)a) && x <= 0)
                return uf_fail(
                    error, UF_NOT_IDENTIFIED,
                    "the alternatives combine %s with %s, and indicator %zu of unit %zu is then %g, where "
                    "numbers above 0 are needed; use a scale that starts above 0 (min-max from 1 to "
                    "100, z-scores with mean 100 and deviation 10), or leave one of the two out",
                    normalisation_names[kind], aggregation_names[a], k + 1, v->unit[u] + 1, x);
            out[k * v->n_units + u] = isnan(x) ? 0 : composite_into((enum uf_aggregation)a, x);
        }
    }
    return UF_OK;
}

static uf_status fill_column(const struct uf_composite_input *input, struct composite_variants *v, size_t k,
                             gsl_vector *treated, gsl_vector *normalised, struct uf_error *error)
{
    const struct uf_composite_alternatives *a = input->alternatives;
    gsl_vector_const_view raw = gsl_matrix_const_column(input->values, k);
    for (size_t t = 0; t < a->n_treatments; t++) {
        UF_TRY(uf_treat_outliers(&raw.vector, &a->treatments[t], treated, NULL, error));
        for (size_t n = 0; n < a->n_normalisations; n++) {
            double target = input->target ? input->target[k] : (double)NAN;
            UF_TRY(uf_normalise(treated, input->less_is_better[k], target, &a->normalisations[n], normalised,
                                error));
            UF_TRY(store(v, normalised, t * a->n_normalisations + n, k, a->normalisations[n].kind, error));
        }
    }
    return UF_OK;
}

static uf_status make_tables(const struct uf_composite_input *input, struct composite_variants *v,
                             struct uf_error *error)
{
    const struct uf_composite_alternatives *a = input->alternatives;
    v->n_normalisations = a->n_normalisations;
    v->n_tables = a->n_treatments * a->n_normalisations;
    v->table = calloc(v->n_tables, sizeof *v->table);
    if (!v->table) return uf_fail_memory(error);
    for (size_t t = 0; t < v->n_tables; t++)
        for (size_t how = 0; how < COMPOSITE_AGGREGATIONS; how++) {
            if (!is_asked_for(a, (enum uf_aggregation)how)) continue;
            v->table[t][how] = malloc(v->n_units * v->n_indicators * sizeof(double));
            if (!v->table[t][how]) return uf_fail_memory(error);
        }
    gsl_vector *treated = gsl_vector_alloc(input->values->size1);
    gsl_vector *normalised = gsl_vector_alloc(input->values->size1);
    uf_status status = treated && normalised ? UF_OK : uf_fail_memory(error);
    for (size_t k = 0; k < v->n_indicators && status == UF_OK; k++)
        status = fill_column(input, v, k, treated, normalised, error);
    if (treated) gsl_vector_free(treated);
    if (normalised) gsl_vector_free(normalised);
    return status;
}

/* Means of positive numbers are positive; Copeland's scores add up to 0. */
static uf_status check_mixture(const struct uf_composite_alternatives *a, const struct composite_variants *v,
                               size_t n_aggregates, struct uf_error *error)
{
    bool copeland = false;
    for (size_t i = 0; i < a->n_aggregations; i++) copeland |= a->aggregations[i] == UF_AGGREGATE_COPELAND;
    if (copeland && n_aggregates > 1 && a->keep_top && composite_needs_positive(a->top))
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "the alternatives take a %s mean of Copeland scores, which are not all above 0; choose another "
            "way to aggregate at the top",
            aggregation_names[a->top]);
    if (v->there && (copeland || (a->keep_top && a->top == UF_AGGREGATE_COPELAND)))
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "units with missing values cannot be compared pair by pair (copeland); fill the values in, or "
            "leave copeland out");
    return UF_OK;
}

uf_status composite_variants_new(const struct uf_composite_input *input, struct composite_variants *out,
                                 struct uf_error *error)
{
    struct composite_variants v = {.n_indicators = input->values->size2};
    uf_status status = choose_units(input, &v, error);
    if (status == UF_OK) status = check_mixture(input->alternatives, &v, input->tree->n_aggregates, error);
    if (status == UF_OK) status = make_tables(input, &v, error);
    if (status == UF_OK)
        *out = v;
    else
        composite_variants_clear(&v);
    return status;
}

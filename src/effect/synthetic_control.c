// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/synthetic_control.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/synthetic_control_problem.h"

void uf_synthetic_control_fit_clear(struct uf_synthetic_control_fit *fit)
{
    gsl_vector *vectors[] = {fit->v, fit->weights, fit->synthetic, fit->gap};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (vectors[i]) gsl_vector_free(vectors[i]);
    memset(fit, 0, sizeof *fit);
}

void sc_problem_clear(struct sc_problem *problem)
{
    free(problem->column);
    gsl_matrix *matrices[] = {problem->predictor_gap, problem->outcome_gap, problem->weighted};
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++)
        if (matrices[i]) gsl_matrix_free(matrices[i]);
    gsl_vector *vectors[] = {problem->origin, problem->w, problem->v};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (vectors[i]) gsl_vector_free(vectors[i]);
    uf_simplex_workspace_free(problem->simplex);
    memset(problem, 0, sizeof *problem);
}

static bool all_finite(const gsl_matrix *matrix, size_t column)
{
    for (size_t i = 0; i < matrix->size1; i++)
        if (!isfinite(gsl_matrix_get(matrix, i, column))) return false;
    return true;
}

static uf_status check_data(const struct uf_synthetic_control_data *data, size_t treated, const bool *donor,
                            struct uf_error *error)
{
    const gsl_matrix *x = data->predictors, *y = data->outcomes;
    if (x->size2 != y->size2 || treated >= y->size2 || data->start == 0 || data->start >= y->size1 ||
        data->fit_from > data->fit_to || data->fit_to >= data->start)
        return uf_fail(error, UF_INTERNAL,
                       "synthetic control: predictors %zu × %zu, outcomes %zu × %zu, unit %zu, start %zu, "
                       "fit window %zu–%zu",
                       x->size1, x->size2, y->size1, y->size2, treated, data->start, data->fit_from,
                       data->fit_to);
    for (size_t u = 0; u < y->size2; u++)
        if ((u == treated || !donor || donor[u]) && !(all_finite(x, u) && all_finite(y, u)))
            return uf_fail(error, UF_INTERNAL, "synthetic control: unit %zu has a value that is not finite",
                           u);
    return UF_OK;
}

/* The standard deviation (n − 1) of a predictor over the treated unit and its donors; 1 where it does not
 * vary, since all differences are then 0 anyway. */
static double predictor_spread(const gsl_matrix *x, size_t row, size_t treated, const size_t *column,
                               size_t n)
{
    double mean = gsl_matrix_get(x, row, treated), squares = 0;
    for (size_t j = 0; j < n; j++) mean += gsl_matrix_get(x, row, column[j]);
    mean /= (double)(n + 1);
    double difference = gsl_matrix_get(x, row, treated) - mean;
    squares = difference * difference;
    for (size_t j = 0; j < n; j++) {
        difference = gsl_matrix_get(x, row, column[j]) - mean;
        squares += difference * difference;
    }
    double spread = sqrt(squares / (double)n);
    return spread > 1e-14 * fabs(mean) ? spread : 1;
}

static uf_status allocate(struct sc_problem *problem, const struct uf_synthetic_control_data *data,
                          struct uf_error *error)
{
    size_t k = problem->k, n = problem->n_donors;
    problem->predictor_gap = gsl_matrix_alloc(k, n);
    problem->outcome_gap = gsl_matrix_alloc(problem->n_fit, n);
    problem->weighted = gsl_matrix_alloc(k, n);
    problem->origin = gsl_vector_calloc(k);
    problem->w = gsl_vector_calloc(n);
    problem->v = gsl_vector_alloc(k);
    if (!problem->predictor_gap || !problem->outcome_gap || !problem->weighted || !problem->origin ||
        !problem->w || !problem->v || data->predictors->size1 == 0)
        return uf_fail_memory(error);
    gsl_vector_set_all(problem->v, 1 / (double)k);
    return uf_simplex_workspace_new(k, n, &problem->simplex, error);
}

uf_status sc_problem_init(struct sc_problem *problem, const struct uf_synthetic_control_data *data,
                          size_t treated, const bool *donor, struct uf_error *error)
{
    memset(problem, 0, sizeof *problem);
    UF_TRY(check_data(data, treated, donor, error));
    const gsl_matrix *x = data->predictors, *y = data->outcomes;
    problem->k = x->size1;
    problem->n_fit = data->fit_to - data->fit_from + 1;
    problem->column = malloc(x->size2 * sizeof *problem->column);
    if (!problem->column) return uf_fail_memory(error);
    for (size_t u = 0; u < x->size2; u++)
        if (u != treated && (!donor || donor[u])) problem->column[problem->n_donors++] = u;
    uf_status status = UF_OK;
    if (problem->n_donors == 0)
        status = uf_fail(error, UF_INTERNAL, "synthetic control: unit %zu has no donors", treated);
    else
        status = allocate(problem, data, error);
    if (status != UF_OK) {
        sc_problem_clear(problem);
        return status;
    }
    for (size_t i = 0; i < problem->k; i++) {
        double spread = predictor_spread(x, i, treated, problem->column, problem->n_donors);
        for (size_t j = 0; j < problem->n_donors; j++)
            gsl_matrix_set(problem->predictor_gap, i, j,
                           (gsl_matrix_get(x, i, problem->column[j]) - gsl_matrix_get(x, i, treated)) /
                               spread);
    }
    for (size_t t = 0; t < problem->n_fit; t++)
        for (size_t j = 0; j < problem->n_donors; j++)
            gsl_matrix_set(problem->outcome_gap, t, j,
                           gsl_matrix_get(y, data->fit_from + t, problem->column[j]) -
                               gsl_matrix_get(y, data->fit_from + t, treated));
    return UF_OK;
}

uf_status sc_problem_solve(struct sc_problem *problem, const gsl_vector *v, double *out_loss_v,
                           struct uf_error *error)
{
    for (size_t i = 0; i < problem->k; i++) {
        double root = sqrt(gsl_vector_get(v, i));
        for (size_t j = 0; j < problem->n_donors; j++)
            gsl_matrix_set(problem->weighted, i, j, root * gsl_matrix_get(problem->predictor_gap, i, j));
    }
    problem->evaluations++;
    UF_TRY(uf_simplex_least_squares(problem->simplex, problem->weighted, problem->origin, problem->w,
                                    &problem->fit, error));
    double squares = 0;
    for (size_t t = 0; t < problem->n_fit; t++) {
        double gap = 0;
        for (size_t j = 0; j < problem->n_donors; j++)
            gap += gsl_matrix_get(problem->outcome_gap, t, j) * gsl_vector_get(problem->w, j);
        squares += gap * gap;
    }
    *out_loss_v = squares / (double)problem->n_fit;
    return UF_OK;
}

static uf_status choose_v(struct sc_problem *problem, const struct uf_synthetic_control_options *options,
                          struct uf_error *error)
{
    if (options->choice == UF_PREDICTOR_WEIGHTS_NESTED)
        return sc_problem_search(problem, options->max_evaluations, error);
    if (options->choice == UF_PREDICTOR_WEIGHTS_EQUAL) return UF_OK; /* as it starts */
    double sum = 0;
    if (!options->given || options->given->size != problem->k)
        return uf_fail(error, UF_INTERNAL, "synthetic control: %zu predictors, but other weights",
                       problem->k);
    for (size_t i = 0; i < problem->k; i++) {
        double v = gsl_vector_get(options->given, i);
        if (!(v >= 0) || !isfinite(v))
            return uf_fail(error, UF_INTERNAL, "synthetic control: predictor weight %zu is not a number ≥ 0",
                           i);
        sum += v;
    }
    if (!(sum > 0)) return uf_fail(error, UF_INTERNAL, "synthetic control: all predictor weights are 0");
    for (size_t i = 0; i < problem->k; i++)
        gsl_vector_set(problem->v, i, gsl_vector_get(options->given, i) / sum);
    return UF_OK;
}

double uf_synthetic_control_ratio(const gsl_vector *gap, const struct uf_synthetic_control_data *data,
                                  double scale)
{
    double before = 0, after = 0;
    for (size_t t = data->fit_from; t <= data->fit_to; t++)
        before += gsl_vector_get(gap, t) * gsl_vector_get(gap, t);
    for (size_t t = data->start; t < gap->size; t++) after += gsl_vector_get(gap, t) * gsl_vector_get(gap, t);
    before = sqrt(before / (double)(data->fit_to - data->fit_from + 1));
    after = sqrt(after / (double)(gap->size - data->start));
    if (before > 1e-12 * scale) return after / before;
    return after > 1e-12 * scale ? INFINITY : NAN;
}

static void measure(struct uf_synthetic_control_fit *fit, const struct uf_synthetic_control_data *data,
                    size_t treated)
{
    const gsl_matrix *y = data->outcomes;
    double after = 0, sum = 0, scale = 0;
    for (size_t t = 0; t < y->size1; t++) {
        double synthetic = 0, gap = 0, own = gsl_matrix_get(y, t, treated);
        for (size_t u = 0; u < y->size2; u++) {
            double w = gsl_vector_get(fit->weights, u);
            if (w == 0) continue;
            synthetic += w * gsl_matrix_get(y, t, u);
            gap += w * (own - gsl_matrix_get(y, t, u));
        }
        gsl_vector_set(fit->synthetic, t, synthetic);
        gsl_vector_set(fit->gap, t, gap);
        scale = fmax(scale, fabs(own));
        if (t < data->start) continue;
        after += gap * gap;
        sum += gap;
    }
    fit->rmspe_before = sqrt(fit->loss_v);
    fit->rmspe_after = sqrt(after / (double)(y->size1 - data->start));
    fit->mean_gap = sum / (double)(y->size1 - data->start);
    fit->ratio = uf_synthetic_control_ratio(fit->gap, data, scale);
}

uf_status uf_synthetic_control(const struct uf_synthetic_control_data *data, size_t treated,
                               const bool *donor, const struct uf_synthetic_control_options *options,
                               struct uf_synthetic_control_fit *out, struct uf_error *error)
{
    static const struct uf_synthetic_control_options nested = {.choice = UF_PREDICTOR_WEIGHTS_NESTED};
    struct sc_problem problem;
    struct uf_synthetic_control_fit fit = {0};
    UF_TRY(sc_problem_init(&problem, data, treated, donor, error));
    uf_status status;
    UF_TRY_GOTO(choose_v(&problem, options ? options : &nested, error), done);
    UF_TRY_GOTO(sc_problem_solve(&problem, problem.v, &fit.loss_v, error), done);
    fit.v = gsl_vector_alloc(problem.k);
    fit.weights = gsl_vector_calloc(data->outcomes->size2);
    fit.synthetic = gsl_vector_alloc(data->outcomes->size1);
    fit.gap = gsl_vector_alloc(data->outcomes->size1);
    if (!fit.v || !fit.weights || !fit.synthetic || !fit.gap) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t i = 0; i < problem.k; i++) gsl_vector_set(fit.v, i, gsl_vector_get(problem.v, i));
    for (size_t j = 0; j < problem.n_donors; j++)
        gsl_vector_set(fit.weights, problem.column[j], gsl_vector_get(problem.w, j));
    fit.loss_w = problem.fit.loss;
    fit.kkt_residual = problem.fit.kkt_residual;
    fit.unique = problem.fit.unique;
    fit.n_donors = problem.n_donors;
    fit.n_positive = problem.fit.n_positive;
    fit.evaluations = problem.evaluations;
    measure(&fit, data, treated);
    *out = fit;
    memset(&fit, 0, sizeof fit);
done:
    uf_synthetic_control_fit_clear(&fit);
    sc_problem_clear(&problem);
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The nested search for V. loss_v(V) is piecewise smooth with flat parts and many local minima (Becker &
 * Klößner 2018), so the search begins at fixed, spread-out starts, takes the best few and improves each
 * without derivatives. V is written v_i = exp(θ_i) / Σ exp(θ), with θ held within ln(1e8) of its largest: a
 * predictor never vanishes altogether, so that it still decides between mixes that tie.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_linalg.h>
#include <utfall/minimise.h>

#include "base/fail.h"
#include "effect/synthetic_control_problem.h"

static const double lowest_log = -18.420680743952367; /* ln 1e-8 */
enum { KEPT_STARTS = 4 };

struct start {
    gsl_vector *theta;
    double loss;
};

struct search {
    struct sc_problem *problem;
    gsl_vector *v;
    struct start kept[KEPT_STARTS]; /* ascending by loss */
    double bound;                   /* no V can go below: the direct fit of the outcome */
    uf_status status;
    struct uf_error *error;
};

/* 400 evaluations per predictor, fewer where each costs more; the same for a unit and its placebos, which
 * have as many donors. */
static size_t default_budget(const struct sc_problem *problem)
{
    size_t each = 16000 / (problem->n_donors + 1);
    return problem->k * (each > 400 ? 400 : each < 60 ? 60 : each);
}

static void weights_from_logs(const gsl_vector *theta, gsl_vector *v)
{
    double largest = gsl_vector_max(theta), sum = 0;
    for (size_t i = 0; i < theta->size; i++) {
        double value = exp(fmax(gsl_vector_get(theta, i) - largest, lowest_log));
        gsl_vector_set(v, i, value);
        sum += value;
    }
    gsl_vector_scale(v, 1 / sum);
}

static double loss_at(const gsl_vector *theta, void *user)
{
    struct search *search = user;
    double loss;
    if (search->status != UF_OK) return INFINITY;
    weights_from_logs(theta, search->v);
    search->status = sc_problem_solve(search->problem, search->v, &loss, search->error);
    return search->status == UF_OK ? loss : INFINITY;
}

/* Takes a start in if it is among the best; earlier ones win ties. */
static void consider(struct search *search, const gsl_vector *theta)
{
    double loss = loss_at(theta, search);
    if (!(loss < search->kept[KEPT_STARTS - 1].loss)) return;
    struct start taken = search->kept[KEPT_STARTS - 1];
    size_t place = KEPT_STARTS - 1;
    for (; place > 0 && loss < search->kept[place - 1].loss; place--)
        search->kept[place] = search->kept[place - 1];
    taken.loss = loss;
    gsl_vector_memcpy(taken.theta, theta);
    search->kept[place] = taken;
}

/* Synth's start: regress each outcome of the fit window on the predictors over all units, v_i ∝ Σ_t β_it².
 * Needs more units than predictors and full rank; otherwise there is no such start. */
static uf_status consider_regression(struct search *search, gsl_vector *theta)
{
    struct sc_problem *problem = search->problem;
    size_t n = problem->n_donors + 1, k = problem->k;
    if (n <= k + 1) return UF_OK;
    gsl_matrix *x = gsl_matrix_alloc(n, k + 1);
    gsl_vector *tau = gsl_vector_alloc(k + 1), *beta = gsl_vector_alloc(k + 1), *left = gsl_vector_alloc(n),
               *y = gsl_vector_alloc(n);
    uf_status status = UF_OK;
    if (!x || !tau || !beta || !left || !y) {
        status = uf_fail_memory(search->error);
        goto done;
    }
    /* Both are differences to the treated unit (its own row is 0): a shift, which only the intercept takes
     * up. */
    for (size_t u = 0; u < n; u++) {
        gsl_matrix_set(x, u, 0, 1);
        for (size_t i = 0; i < k; i++)
            gsl_matrix_set(x, u, i + 1, u == 0 ? 0 : gsl_matrix_get(problem->predictor_gap, i, u - 1));
    }
    if (gsl_linalg_QR_decomp(x, tau) != GSL_SUCCESS) goto done;
    for (size_t i = 0; i <= k; i++)
        if (fabs(gsl_matrix_get(x, i, i)) < 1e-8) goto done;
    gsl_vector_set_zero(theta);
    for (size_t t = 0; t < problem->n_fit; t++) {
        for (size_t u = 0; u < n; u++)
            gsl_vector_set(y, u, u == 0 ? 0 : gsl_matrix_get(problem->outcome_gap, t, u - 1));
        if (gsl_linalg_QR_lssolve(x, tau, y, beta, left) != GSL_SUCCESS) goto done;
        for (size_t i = 0; i < k; i++) theta->data[i * theta->stride] += pow(gsl_vector_get(beta, i + 1), 2);
    }
    for (size_t i = 0; i < k; i++) gsl_vector_set(theta, i, log(fmax(gsl_vector_get(theta, i), 1e-300)));
    consider(search, theta);
done:
    if (x) gsl_matrix_free(x);
    if (tau) gsl_vector_free(tau);
    if (beta) gsl_vector_free(beta);
    if (left) gsl_vector_free(left);
    if (y) gsl_vector_free(y);
    return status;
}

/* The generalised golden ratio of dimension k: the root of g^(k+1) = g + 1. Its powers give a sequence that
 * fills the cube evenly (Roberts 2018). */
static double golden(size_t k)
{
    double g = 2;
    for (int i = 0; i < 60; i++) g = pow(1 + g, 1 / (double)(k + 1));
    return g;
}

static uf_status consider_starts(struct search *search, size_t n_spread, gsl_vector *theta)
{
    size_t k = search->problem->k;
    gsl_vector_set_zero(theta);
    consider(search, theta);
    UF_TRY(consider_regression(search, theta));
    for (size_t i = 0; i < k; i++) {
        gsl_vector_set_all(theta, lowest_log / 2);
        gsl_vector_set(theta, i, 0);
        consider(search, theta);
    }
    double ratio = golden(k);
    for (size_t point = 1; point <= n_spread; point++) {
        double step = 1;
        for (size_t i = 0; i < k; i++) {
            step /= ratio;
            double place = 0.5 + (double)point * step;
            gsl_vector_set(theta, i, 0.7 * lowest_log * (place - floor(place)));
        }
        consider(search, theta);
    }
    return search->status;
}

/* The least mean squared gap that any weights reach in the fit window. */
static uf_status direct_bound(struct search *search)
{
    struct sc_problem *problem = search->problem;
    struct uf_simplex_workspace *workspace = NULL;
    struct uf_simplex_fit fit;
    uf_status status = uf_simplex_workspace_new(problem->n_fit, problem->n_donors, &workspace, search->error);
    if (status != UF_OK) return status;
    gsl_vector *zero = gsl_vector_calloc(problem->n_fit);
    if (!zero)
        status = uf_fail_memory(search->error);
    else
        status =
            uf_simplex_least_squares(workspace, problem->outcome_gap, zero, problem->w, &fit, search->error);
    if (status == UF_OK) search->bound = fit.loss / (double)problem->n_fit;
    if (zero) gsl_vector_free(zero);
    uf_simplex_workspace_free(workspace);
    return status;
}

static uf_status improve(struct search *search, size_t budget)
{
    size_t share = budget / KEPT_STARTS;
    size_t best = 0;
    for (size_t s = 0; s < KEPT_STARTS && isfinite(search->kept[s].loss); s++) {
        struct uf_minimise_result result;
        const struct uf_minimise_options options = {.step = 2, .tolerance = 1e-9, .max_evaluations = share};
        if (search->kept[best].loss <= search->bound * (1 + 1e-8)) break;
        UF_TRY(uf_minimise(loss_at, search, search->kept[s].theta, &options, &result, search->error));
        UF_TRY(search->status);
        search->kept[s].loss = result.value;
        if (result.value < search->kept[best].loss) best = s;
    }
    weights_from_logs(search->kept[best].theta, search->problem->v);
    return UF_OK;
}

uf_status sc_problem_search(struct sc_problem *problem, size_t max_evaluations, struct uf_error *error)
{
    size_t k = problem->k;
    if (k == 1) return UF_OK; /* there is only one V */
    size_t budget = max_evaluations ? max_evaluations : default_budget(problem);
    size_t n_spread = budget / 8;
    struct search search = {.problem = problem, .error = error, .status = UF_OK};
    gsl_vector *theta = gsl_vector_alloc(k);
    search.v = gsl_vector_alloc(k);
    bool allocated = theta && search.v;
    for (size_t s = 0; s < KEPT_STARTS; s++) {
        search.kept[s] = (struct start){gsl_vector_calloc(k), INFINITY};
        allocated = allocated && search.kept[s].theta;
    }
    uf_status status = allocated ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = direct_bound(&search);
    if (status == UF_OK) status = consider_starts(&search, n_spread, theta);
    if (status == UF_OK) status = improve(&search, budget - n_spread);
    for (size_t s = 0; s < KEPT_STARTS; s++)
        if (search.kept[s].theta) gsl_vector_free(search.kept[s].theta);
    if (search.v) gsl_vector_free(search.v);
    if (theta) gsl_vector_free(theta);
    return status;
}

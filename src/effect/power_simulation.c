// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/power.h>

#include <float.h>
#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/distribution.h>
#include <utfall/random.h>
#include <utfall/randomisation.h>

#include "base/fail.h"
#include "effect/power_regressor.h"

#define MOST_NUMBERS 5e7
/* Statistics that are equal but for rounding count as equal. */
#define TIE 1e-9
/* A standard error below this share of the largest outcome is rounding. */
#define NO_ERROR (64 * DBL_EPSILON)

struct uf_power_simulation {
    double level;
    size_t deals, pool;       /* the first `deals` of `pool` are looked at */
    double *coefficient;      /* pool: without an effect */
    gsl_matrix *response;     /* pool × deals: what an effect of 1 in a deal adds to each coefficient */
    double *error, *critical; /* deals: CR2; error NaN: not to be had */
    bool cr2, enumerated;     /* enumerated: each deal that there is once */
};

void uf_power_simulation_free(struct uf_power_simulation *s)
{
    if (!s) return;
    free(s->coefficient), free(s->error), free(s->critical);
    gsl_matrix_free(s->response);
    free(s);
}

struct deals {
    const struct uf_did_data *data;
    const struct uf_did_assignment *assignment;
    gsl_matrix *treatment; /* pool × n */
    gsl_matrix *weights;   /* pool × n: the coefficient is their product with the outcome */
    size_t *path;
    bool enumerated;
};

/* How many different deals there are. */
static uf_status count_deals(const struct uf_did_assignment *a, double *out, struct uf_error *error)
{
    size_t *counts = calloc(a->n_paths + 1, sizeof *counts);
    if (!counts) return uf_fail_memory(error);
    for (size_t b = 0; b < a->n_blocks; b++) counts[a->path[b]]++;
    *out = uf_assignment_count(counts, a->n_paths);
    free(counts);
    return UF_OK;
}

/* Deals the paths out over the blocks: draw r is the same whatever the number of draws, and one after the other in an
 * enumeration. */
static void deal(struct deals *d, uint64_t seed, size_t r, size_t row)
{
    struct uf_random random;
    const struct uf_did_assignment *a = d->assignment;
    if (!d->enumerated) {
        uf_random_init(&random, seed, UF_PURPOSE_PLACEBO, r);
        memcpy(d->path, a->path, a->n_blocks * sizeof *d->path);
        uf_random_shuffle(&random, d->path, a->n_blocks);
    } else if (r > 0) {
        uf_assignment_next(d->path, a->n_blocks);
    } else { /* the sorted order */
        size_t filled = 0;
        for (size_t c = 0; c < a->n_paths; c++)
            for (size_t b = 0; b < a->n_blocks; b++)
                if (a->path[b] == c) d->path[filled++] = c;
    }
    for (size_t i = 0; i < d->data->n; i++)
        gsl_matrix_set(d->treatment, row, i, a->path_value[i * a->n_paths + d->path[a->block[i]]]);
}

/* The weights of a deal; false where its treatment does not vary. */
static uf_status weigh(struct deals *d, const struct power_regressor *regressor, size_t row, bool *good,
                       struct uf_error *error)
{
    size_t n = d->data->n;
    double *weight = gsl_matrix_ptr(d->weights, row, 0), whole = 0, square = 0;
    for (size_t i = 0; i < n; i++) {
        weight[i] = gsl_matrix_get(d->treatment, row, i);
        whole += weight[i] * weight[i];
    }
    UF_TRY(power_residual(regressor, weight, error));
    for (size_t i = 0; i < n; i++)
        square += (d->data->weights ? d->data->weights[i] : 1) * weight[i] * weight[i];
    *good = square > 1e-18 * whole;
    for (size_t i = 0; i < n && *good; i++)
        weight[i] *= (d->data->weights ? d->data->weights[i] : 1) / square;
    return UF_OK;
}

static uf_status deal_all(struct deals *d, const struct power_regressor *regressor,
                          const struct uf_power_options *options, struct uf_power_simulation *s, size_t draws,
                          struct uf_error *error)
{
    size_t asked = s->pool, kept = 0, kept_early = 0;
    for (size_t r = 0; r < asked; r++) {
        bool good;
        if (options->progress && r % 64 == 0 &&
            options->progress(options->user, 0.5 * (double)r / (double)asked))
            return uf_fail(error, UF_INTERRUPTED, "stopped on request");
        deal(d, options->seed, r, kept);
        UF_TRY(weigh(d, regressor, kept, &good, error));
        if (!good) continue;
        gsl_vector_const_view weight = gsl_matrix_const_row(d->weights, kept);
        gsl_vector_const_view outcome = gsl_vector_const_view_array(d->data->outcome, d->data->n);
        gsl_blas_ddot(&weight.vector, &outcome.vector, &s->coefficient[kept]);
        kept++;
        if (r < draws) kept_early = kept;
    }
    s->pool = kept, s->deals = kept_early;
    if (s->deals == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED,
                       "no placebo treatment of this shape varies within units and periods");
    return UF_OK;
}

/* CR2 of each deal: its error does not change with the effect, since the residuals do not. */
static uf_status errors_of_deals(const struct deals *d, const struct uf_power_options *options,
                                 struct uf_power_simulation *s, struct uf_error *error)
{
    const struct uf_covariance_options cr2 = {.kind = UF_COVARIANCE_CR2};
    struct uf_did_data data = *d->data;
    double largest = 0;
    for (size_t i = 0; i < data.n; i++) largest = fmax(largest, fabs(data.outcome[i]));
    for (size_t r = 0; r < s->deals; r++) {
        struct uf_did_fit fit;
        struct uf_covariance covariance;
        s->error[r] = s->critical[r] = NAN;
        if (options->progress && options->progress(options->user, 0.5 + 0.5 * (double)r / (double)s->deals))
            return uf_fail(error, UF_INTERRUPTED, "stopped on request");
        if (data.n_cluster_dimensions != 1) continue;
        data.treatment = gsl_matrix_const_ptr(d->treatment, r, 0);
        uf_status status = uf_did_estimate(&data, &fit, error);
        if (status == UF_NOT_IDENTIFIED) continue;
        UF_TRY(status);
        status = uf_did_covariance(&data, &fit, &cr2, &covariance, error);
        if (status == UF_OK) {
            size_t k = fit.position[0];
            const double std_error = sqrt(gsl_matrix_get(covariance.matrix, k, k));
            if (std_error > NO_ERROR * largest) { /* else no test is made of it */
                s->error[r] = std_error;
                s->critical[r] = uf_t_quantile(1 - s->level / 2, covariance.df[k]);
                s->cr2 = true;
            }
            uf_covariance_clear(&covariance);
        }
        uf_did_fit_clear(&fit);
        if (status != UF_OK && status != UF_NOT_IDENTIFIED && status != UF_BAD_USAGE) return status;
    }
    return UF_OK;
}

static uf_status simulate(const struct uf_did_data *data, const struct uf_did_assignment *assignment,
                          const struct uf_power_options *options, size_t draws, struct uf_power_simulation *s,
                          struct uf_error *error)
{
    struct power_regressor regressor;
    struct deals d = {.data = data, .assignment = assignment, .enumerated = s->enumerated};
    UF_TRY(power_regressor_init(data, &regressor, error));
    d.treatment = gsl_matrix_alloc(s->pool, data->n), d.weights = gsl_matrix_alloc(s->pool, data->n);
    d.path = malloc((assignment->n_blocks + 1) * sizeof *d.path);
    s->coefficient = malloc(s->pool * sizeof *s->coefficient);
    s->error = malloc(draws * sizeof *s->error), s->critical = malloc(draws * sizeof *s->critical);
    uf_status status = d.treatment && d.weights && d.path && s->coefficient && s->error && s->critical
                           ? UF_OK
                           : uf_fail_memory(error);
    if (status == UF_OK) status = deal_all(&d, &regressor, options, s, draws, error);
    if (status == UF_OK) {
        s->response = gsl_matrix_alloc(s->pool, s->deals);
        status = s->response ? errors_of_deals(&d, options, s, error) : uf_fail_memory(error);
    }
    if (status == UF_OK) {
        gsl_matrix_const_view weights = gsl_matrix_const_submatrix(d.weights, 0, 0, s->pool, data->n);
        gsl_matrix_const_view treated = gsl_matrix_const_submatrix(d.treatment, 0, 0, s->deals, data->n);
        gsl_blas_dgemm(CblasNoTrans, CblasTrans, 1, &weights.matrix, &treated.matrix, 0, s->response);
    }
    gsl_matrix_free(d.treatment), gsl_matrix_free(d.weights);
    free(d.path);
    power_regressor_clear(&regressor);
    return status;
}

uf_status uf_power_simulation_new(const struct uf_did_data *data, const struct uf_power_options *options,
                                  struct uf_power_simulation **out, struct uf_error *error)
{
    size_t draws = options->draws ? options->draws : 500;
    size_t pool = options->permutations ? options->permutations : 999;
    double different;
    if (pool < draws) pool = draws;
    if (data->n == 0) return uf_fail(error, UF_NOT_IDENTIFIED, "the sample has no observations");
    struct uf_did_assignment assignment;
    UF_TRY(uf_did_assignment_init(data, &assignment, error));
    struct uf_power_simulation *s = calloc(1, sizeof *s);
    uf_status status = s ? count_deals(&assignment, &different, error) : uf_fail_memory(error);
    if (status == UF_OK) {
        s->level = options->level != 0 ? options->level : 0.05;
        s->enumerated = different <= (double)pool;
        if (s->enumerated) pool = draws = (size_t)different;
        s->pool = pool;
        if (2.0 * (double)pool * (double)data->n > MOST_NUMBERS)
            status =
                uf_fail(error, UF_BAD_USAGE,
                        "%zu deals of %zu rows are too many to be kept; ask for fewer draws and permutations",
                        pool, data->n);
    }
    if (status == UF_OK) status = simulate(data, &assignment, options, draws, s, error);
    uf_did_assignment_clear(&assignment);
    if (status != UF_OK)
        uf_power_simulation_free(s);
    else
        *out = s;
    return status;
}

static bool randomisation_rejects(const struct uf_power_simulation *s, size_t r, double effect)
{
    double own = fabs(s->coefficient[r] + effect) * (1 - TIE);
    size_t extreme = 1, most = (size_t)floor(s->level * (double)s->pool + 1e-9);
    for (size_t a = 0; a < s->pool && extreme <= most; a++)
        extreme += a != r && fabs(s->coefficient[a] + effect * gsl_matrix_get(s->response, a, r)) >= own;
    return extreme <= most;
}

double uf_power_share(const struct uf_power_simulation *s, enum uf_power_procedure procedure, double effect)
{
    size_t rejected = 0;
    if (procedure == UF_POWER_CR2 && !s->cr2) return NAN;
    for (size_t r = 0; r < s->deals; r++)
        rejected += procedure == UF_POWER_CR2
                        ? fabs(s->coefficient[r] + effect) > s->critical[r] * s->error[r]
                        : randomisation_rejects(s, r, effect);
    return (double)rejected / (double)s->deals;
}

size_t uf_power_deals(const struct uf_power_simulation *s)
{
    return s->deals;
}

bool uf_power_enumerated(const struct uf_power_simulation *s)
{
    return s->enumerated;
}

double uf_power_simulated_minimum(const struct uf_power_simulation *s, enum uf_power_procedure procedure,
                                  double power, double largest)
{
    double low = 0, high = largest / 256;
    while (!(uf_power_share(s, procedure, high) >= power)) {
        low = high;
        if (high >= largest) return NAN;
        high = fmin(2 * high, largest);
    }
    while (high - low > 1e-3 * high) {
        double middle = low + (high - low) / 2;
        if (uf_power_share(s, procedure, middle) >= power)
            high = middle;
        else
            low = middle;
    }
    return high;
}

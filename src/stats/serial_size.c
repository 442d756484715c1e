// SPDX-License-Identifier: GPL-3.0-or-later
/* How often a test of a regression over time rejects what is true, by simulation. */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <utfall/distribution.h>
#include <utfall/random.h>

#include "base/fail.h"
#include "stats/serial_internal.h"

/* A series of AR(1) errors of variance 1 in its innovations, one number of the stream for each step of time. */
static void draw(const long *time, size_t n, long step, double rho, uint64_t seed, size_t replicate,
                 double *u)
{
    struct uf_random random;
    long at = time[0];
    uf_random_init(&random, seed, UF_PURPOSE_SIMULATION, replicate);
    double now = gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54) / sqrt(1 - rho * rho);
    u[0] = now;
    for (size_t i = 1; i < n; i++) {
        for (; at < time[i]; at += step)
            now = rho * now + gsl_cdf_ugaussian_Pinv(uf_random_uniform(&random) + 0x1p-54);
        u[i] = now;
    }
}

/* What a draw is multiplied by at each point: the transformed columns made orthonormal, and c over them. A draw then costs
 * rank + 1 inner products a point; the digits that z'z − q'q loses are not missed in a count. */
struct functional {
    double *basis;     /* points × rank × n */
    double *direction; /* points × rank: R'^{-1} c */
    double *square;    /* points: c'(X'Ω^{-1}X)^{-1}c */
};

static void functional_clear(struct functional *f)
{
    free(f->basis), free(f->direction), free(f->square);
}

static uf_status functional_init(const struct serial_points *points, const double *c, struct functional *out,
                                 struct uf_error *error)
{
    size_t rank = points->rank, n = points->n;
    gsl_vector *unit = gsl_vector_alloc(n);
    out->basis = malloc((points->count * rank * n + 1) * sizeof *out->basis);
    out->direction = malloc((points->count * rank + 1) * sizeof *out->direction);
    out->square = calloc(points->count + 1, sizeof *out->square);
    uf_status status = unit && out->basis && out->direction && out->square ? UF_OK : uf_fail_memory(error);
    for (size_t g = 0; g < points->count && status == UF_OK; g++) {
        const struct serial_point *p = &points->point[g];
        gsl_vector_view d = gsl_vector_view_array(out->direction + g * rank, rank);
        gsl_matrix_const_view r = gsl_matrix_const_submatrix(p->qr, 0, 0, rank, rank);
        for (size_t a = 0; a < rank; a++) gsl_vector_set(&d.vector, a, c[a]);
        if (gsl_blas_dtrsv(CblasUpper, CblasTrans, CblasNonUnit, &r.matrix, &d.vector) ||
            gsl_blas_ddot(&d.vector, &d.vector, &out->square[g]))
            status = uf_fail(error, UF_INTERNAL, "the triangle of a regression over time cannot be solved");
        for (size_t a = 0; a < rank && status == UF_OK; a++) {
            gsl_vector_set_basis(unit, a);
            if (gsl_linalg_QR_Qvec(p->qr, p->tau, unit))
                status = uf_fail(error, UF_INTERNAL, "the transformed columns have no basis");
            for (size_t i = 0; i < n; i++) out->basis[(g * rank + a) * n + i] = gsl_vector_get(unit, i);
        }
    }
    gsl_vector_free(unit);
    return status;
}

/* The estimate at a point, and RSS_ρ. z: n, room. */
static double estimate_at(const struct serial_points *points, const struct functional *c, size_t g,
                          const double *u, double *z, double *out_rss)
{
    const struct serial_point *p = &points->point[g];
    size_t n = points->n;
    double estimate = 0, rss = 0;
    for (size_t i = 0; i < n; i++) {
        z[i] = p->scale[i] * (u[i] - (i > 0 ? p->carried[i] * u[i - 1] : 0));
        rss += z[i] * z[i];
    }
    for (size_t a = 0; a < points->rank; a++) {
        const double *basis = c->basis + (g * points->rank + a) * n;
        double q = 0;
        for (size_t i = 0; i < n; i++) q += basis[i] * z[i];
        rss -= q * q;
        estimate += c->direction[g * points->rank + a] * q;
    }
    *out_rss = rss;
    return estimate;
}

/* The p-value of the mixture for one series; room: 3 × points + n. */
static double p_of(const struct serial_points *points, const struct functional *c, const double *u, double df,
                   double *room)
{
    double *weight = room, *estimate = room + points->count, *error = estimate + points->count;
    double most = -INFINITY, sum = 0, below = 0;
    for (size_t g = 0; g < points->count; g++) {
        double rss;
        estimate[g] = estimate_at(points, c, g, u, error + points->count, &rss);
        error[g] = sqrt(c->square[g] * rss / df);
        weight[g] = points->point[g].log_weight + points->point[g].log_factor - df / 2 * log(rss);
        most = fmax(most, weight[g]);
    }
    for (size_t g = 0; g < points->count; g++) {
        weight[g] = exp(weight[g] - most);
        if (weight[g] < 1e-6) continue; /* the p-value is needed to a few digits */
        double t = estimate[g] / error[g], tail = uf_t_two_sided(t, df) / 2;
        below += weight[g] * (t > 0 ? tail : 1 - tail);
        sum += weight[g];
    }
    return 2 * fmin(below / sum, 1 - below / sum);
}

static uf_status size_of_integrated(const gsl_matrix *x, const long *time, const double *c, double rho,
                                    double alpha, size_t draws, uint64_t seed, double *out_share,
                                    struct uf_error *error)
{
    size_t n = x->size1, rejected = 0;
    struct serial_points points = {0};
    struct functional functional = {0};
    uf_status status = serial_points_init(x, time, &points, error);
    if (status == UF_OK) status = functional_init(&points, c, &functional, error);
    double *u = malloc((3 * points.count + 2 * n + 1) * sizeof *u);
    if (status == UF_OK && !u) status = uf_fail_memory(error);
    for (size_t r = 0; r < draws && status == UF_OK; r++) {
        draw(time, n, serial_step(time, n), rho, seed, r, u);
        rejected += p_of(&points, &functional, u, (double)(n - x->size2), u + n) <= alpha;
    }
    if (status == UF_OK) *out_share = (double)rejected / (double)draws;
    serial_points_clear(&points);
    functional_clear(&functional);
    free(u);
    return status;
}

static uf_status size_of_fits(const gsl_matrix *x, const long *time, const double *c,
                              const struct uf_serial_options *options, double rho, double alpha, size_t draws,
                              uint64_t seed, double *out_share, struct uf_error *error)
{
    size_t n = x->size1, rejected = 0;
    gsl_vector *u = gsl_vector_alloc(n);
    uf_status status = u ? UF_OK : uf_fail_memory(error);
    for (size_t r = 0; r < draws && status == UF_OK; r++) {
        struct uf_serial_fit fit;
        draw(time, n, serial_step(time, n), rho, seed, r, u->data);
        status = uf_serial_fit(x, u, time, options, &fit, error);
        if (status != UF_OK) break;
        rejected += uf_serial_test(&fit, c, 0.95).p_value <= alpha;
        uf_serial_fit_clear(&fit);
    }
    if (status == UF_OK) *out_share = (double)rejected / (double)draws;
    gsl_vector_free(u);
    return status;
}

/* The columns of x that are not collinear, and c over them. */
static uf_status identified(const gsl_matrix *x, const double *c, gsl_matrix **out_x, double *out_c,
                            struct uf_error *error)
{
    struct uf_least_squares fit;
    gsl_vector *zero = gsl_vector_calloc(x->size1);
    if (!zero) return uf_fail_memory(error);
    uf_status status = uf_least_squares_fit(x, zero, NULL, NULL, &fit, error);
    gsl_vector_free(zero);
    UF_TRY(status);
    for (size_t d = 0; d < fit.n_dropped && status == UF_OK; d++)
        if (c[fit.dropped[d]] != 0)
            status = uf_fail(error, UF_NOT_IDENTIFIED,
                             "the combination rests on column %zu, which is collinear", fit.dropped[d] + 1);
    if (status == UF_OK && (fit.rank == 0 || x->size1 <= fit.rank))
        status = uf_fail(error, UF_NOT_IDENTIFIED, "%zu observations are too few for %zu coefficients",
                         x->size1, fit.rank);
    gsl_matrix *kept = status == UF_OK ? gsl_matrix_alloc(x->size1, fit.rank) : NULL;
    if (status == UF_OK && !kept) status = uf_fail_memory(error);
    for (size_t a = 0; a < fit.rank && kept; a++) {
        out_c[a] = c[fit.kept[a]];
        for (size_t i = 0; i < x->size1; i++) gsl_matrix_set(kept, i, a, gsl_matrix_get(x, i, fit.kept[a]));
    }
    uf_least_squares_clear(&fit);
    if (status == UF_OK) *out_x = kept;
    return status;
}

uf_status uf_serial_size(const gsl_matrix *x, const long *time, const double *c,
                         const struct uf_serial_options *options, double rho, double alpha, size_t draws,
                         uint64_t seed, double *out_share, struct uf_error *error)
{
    gsl_matrix *kept = NULL;
    if (draws == 0 || !(fabs(rho) < 1))
        return uf_fail(error, UF_BAD_USAGE,
                       "found %zu draws and a rho of %g, expected some draws and |rho| < 1", draws, rho);
    for (size_t i = 1; i < x->size1; i++)
        if (time[i] <= time[i - 1])
            return uf_fail(error, UF_BAD_INPUT, "observation %zu is not later than the one before it", i + 1);
    double *direction = malloc((x->size2 + 1) * sizeof *direction);
    if (!direction) return uf_fail_memory(error);
    uf_status status = identified(x, c, &kept, direction, error);
    if (status == UF_OK)
        status =
            options->kind == UF_SERIAL_INTEGRATED
                ? size_of_integrated(kept, time, direction, rho, alpha, draws, seed, out_share, error)
                : size_of_fits(kept, time, direction, options, rho, alpha, draws, seed, out_share, error);
    gsl_matrix_free(kept);
    free(direction);
    return status;
}

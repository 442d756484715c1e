// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the small-sample joint tests need of the working model (covariance.h, uf_joint_rule).
 *
 * With directions b_s (k numbers each) and the p_si of Pustejovsky & Tipton (2018, §3.1), of cluster i, the estimate's
 * covariance matrix D has the mean Σ_i p_si'p_ti and
 *
 *     Cov(d_st, d_uv) = T(sv, tu) + T(su, tv),   T(ab, cd) = Σ_ij (p_ai'p_bj)(p_ci'p_dj),
 *
 * and since p_ai'p_bj = [i = j] γ_ab,i − h_ai'h_bj (covariance_basis.h), with η_ab,i = h_ai'h_bi and S_ac = Σ_i h_ai h_ci',
 *
 *     T(ab, cd) = Σ_i [(γ_ab − η_ab)(γ_cd − η_cd) − η_ab η_cd]_i + ⟨S_ac, S_bd⟩.
 */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_basis.h"

/* Multiplications for the degrees of freedom of a joint test: some seconds, and m²q² (HTA, HTB: m⁴ too) of them are kept in
 * memory. */
#define MOST_JOINT_WORK 5e9

/* --- directions --------------------------------------------------------------------------------- */

/* B = M C' L^-T with C M C' = LL': directions whose estimates are uncorrelated and of variance 1 under the
 * working model. */
static uf_status joint_directions(const gsl_matrix *inverse, const size_t *index, gsl_matrix *directions,
                                  struct uf_error *error)
{
    size_t k = inverse->size1, m = directions->size2;
    double *l = calloc(m * m + 1, sizeof *l);
    if (!l) return uf_fail_memory(error);
    for (size_t a = 0; a < m; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = gsl_matrix_get(inverse, index[a], index[b]) - basis_dot(l + a * m, l + b * m, b);
            if (a == b && !(sum > 0)) {
                free(l);
                return uf_fail(
                    error, UF_NOT_IDENTIFIED,
                    "joint test: (X'X)^-1 is not positive definite, since columns are nearly collinear");
            }
            l[a * m + b] = a == b ? sqrt(sum) : sum / l[b * m + b];
        }
    }
    for (size_t row = 0; row < k; row++) { /* forward substitution along each row: B L' = M C' */
        for (size_t a = 0; a < m; a++) {
            double sum = gsl_matrix_get(inverse, row, index[a]);
            for (size_t b = 0; b < a; b++) sum -= gsl_matrix_get(directions, row, b) * l[a * m + b];
            gsl_matrix_set(directions, row, a, sum / l[a * m + a]);
        }
    }
    free(l);
    return UF_OK;
}

/* --- moments ------------------------------------------------------------------------------------ */

struct joint_moments {
    size_t m, q;
    double *omega;   /* m × m: Σ_i p_si'p_ti */
    double *s;       /* m × m × q × q; NULL: not wanted */
    double *fourth;  /* m × m × m × m: the first sum of T; NULL: not wanted */
    double diagonal; /* the part of it that HTZ takes */
};

static void moments_clear(struct joint_moments *j)
{
    free(j->omega), free(j->s), free(j->fourth);
}

static void add_fourth(size_t m, const double *less, const double *eta, double *fourth)
{
    for (size_t ab = 0; ab < m * m; ab++)
        for (size_t cd = 0; cd < m * m; cd++)
            fourth[ab * m * m + cd] += less[ab] * less[cd] - eta[ab] * eta[cd];
}

/* One cluster's; `room`: 2 m² numbers. */
static void add_joint(struct joint_moments *j, size_t size, const double *columns, const double *h,
                      double *room)
{
    size_t m = j->m, q = j->q;
    double *eta = room, *less = room + m * m; /* η and γ − η */
    for (size_t s = 0; s < m; s++) {
        for (size_t t = 0; t < m; t++) {
            eta[s * m + t] = basis_dot(h + s * q, h + t * q, q);
            less[s * m + t] = basis_dot(columns + s * size, columns + t * size, size) - eta[s * m + t];
            j->omega[s * m + t] += less[s * m + t];
        }
    }
    if (!j->s) return;
    for (size_t s = 0; s < m; s++) {
        for (size_t t = 0; t < m; t++) {
            size_t st = s * m + t, ss = s * m + s, tt = t * m + t;
            j->diagonal += less[st] * less[st] - eta[st] * eta[st];
            j->diagonal += less[ss] * less[tt] - eta[ss] * eta[tt];
            double *sum = j->s + st * q * q;
            for (size_t a = 0; a < q; a++)
                for (size_t b = 0; b < q; b++) sum[a * q + b] += h[s * q + a] * h[t * q + b];
        }
    }
    if (j->fourth) add_fourth(m, less, eta, j->fourth);
}

enum wanted { WANTED_OMEGA, WANTED_DIAGONAL, WANTED_FOURTH };

static uf_status gather(const struct uf_covariance_input *input, enum adjustment_kind adjustment,
                        const struct clusters *clusters, const struct basis *basis,
                        const gsl_matrix *directions, enum wanted wanted, struct joint_moments *joint,
                        struct uf_error *error)
{
    size_t m = directions->size2, q = basis->q;
    bool adjust = adjustment != ADJUSTMENT_NONE;
    *joint = (struct joint_moments){.m = m, .q = q, .omega = calloc(m * m + 1, sizeof(double))};
    if (wanted > WANTED_OMEGA) joint->s = calloc(m * m * q * q + 1, sizeof(double));
    if (wanted == WANTED_FOURTH) joint->fourth = calloc(m * m * m * m + 1, sizeof(double));
    double *h = malloc((m * q + 1) * sizeof *h), *room = malloc((2 * m * m + 1) * sizeof *room);
    bool allocated = joint->omega && h && room && (joint->s || wanted == WANTED_OMEGA) &&
                     (joint->fourth || wanted != WANTED_FOURTH);
    uf_status status = allocated ? UF_OK : uf_fail_memory(error);
    for (size_t g = 0; g < clusters->count && status == UF_OK; g++) {
        size_t size = clusters->start[g + 1] - clusters->start[g];
        struct adjustment a = {0};
        double *columns = malloc((size * m + 1) * sizeof *columns);
        status = columns ? UF_OK : uf_fail_memory(error);
        if (status == UF_OK && adjust) status = adjustment_init(basis, clusters, g, adjustment, &a, error);
        if (status == UF_OK) {
            basis_images(input, basis, clusters, g, adjust ? &a : NULL, directions, columns, h);
            add_joint(joint, size, columns, h, room);
        }
        free(columns);
        adjustment_clear(&a);
    }
    free(h), free(room);
    if (status != UF_OK) moments_clear(joint);
    return status;
}

/* B = M C' Ω^{-1/2}, the symmetric root, with Ω the mean of C V C' under the working model: then D has the mean I. */
static uf_status root_directions(const struct uf_covariance_input *input, enum adjustment_kind adjustment,
                                 const struct clusters *clusters, const struct basis *basis,
                                 const size_t *index, gsl_matrix *directions, gsl_matrix *root,
                                 struct uf_error *error)
{
    size_t k = input->inverse->size1, m = directions->size2;
    struct joint_moments joint = {0};
    gsl_matrix *omega = gsl_matrix_alloc(m, m), *vectors = gsl_matrix_alloc(m, m),
               *plain = gsl_matrix_alloc(k, m);
    gsl_vector *values = gsl_vector_alloc(m);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(m);
    uf_status status = omega && vectors && plain && values && workspace ? UF_OK : uf_fail_memory(error);
    for (size_t a = 0; a < m && status == UF_OK; a++)
        for (size_t row = 0; row < k; row++)
            gsl_matrix_set(plain, row, a, gsl_matrix_get(input->inverse, row, index[a]));
    if (status == UF_OK)
        status = gather(input, adjustment, clusters, basis, plain, WANTED_OMEGA, &joint, error);
    for (size_t st = 0; st < m * m && status == UF_OK; st++)
        gsl_matrix_set(omega, st / m, st % m, joint.omega[st]);
    if (status == UF_OK && gsl_eigen_symmv(omega, values, vectors, workspace))
        status = uf_fail(error, UF_INTERNAL, "joint test: no eigenvalues");
    if (status == UF_OK && !(gsl_vector_min(values) > 1e-12 * gsl_vector_max(values)))
        status = uf_fail(error, UF_NOT_IDENTIFIED,
                         "joint test: under the working model the covariance of what is tested is singular");
    if (status == UF_OK) {
        for (size_t st = 0; st < m * m; st++) {
            double sum = 0;
            for (size_t e = 0; e < m; e++)
                sum += gsl_matrix_get(vectors, st / m, e) * gsl_matrix_get(vectors, st % m, e) /
                       sqrt(gsl_vector_get(values, e));
            gsl_matrix_set(root, st / m, st % m, sum);
        }
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, plain, root, 0, directions);
    }
    moments_clear(&joint);
    gsl_matrix_free(omega), gsl_matrix_free(vectors), gsl_matrix_free(plain), gsl_vector_free(values);
    gsl_eigen_symmv_free(workspace);
    return status;
}

/* --- degrees of freedom ------------------------------------------------------------------------- */

/* HTZ: from the sum of all variances. */
static double df_of_total(const struct joint_moments *j)
{
    size_t m = j->m, q = j->q;
    double total = j->diagonal;
    for (size_t st = 0; st < m * m; st++) {
        const double *s = j->s + st * q * q;
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++) total += s[a * q + b] * (s[b * q + a] + s[a * q + b]);
    }
    return (double)(m * (m + 1)) / total;
}

static double product_sum(const struct joint_moments *j, size_t a, size_t b, size_t c, size_t d)
{
    size_t m = j->m, q = j->q;
    return j->fourth[(a * m + b) * m * m + c * m + d] +
           basis_dot(j->s + (a * m + c) * q * q, j->s + (b * m + d) * q * q, q * q);
}

/* HTA: Σ Var(d_st)/(½ Σ Cov²) over all s, t, u, v. HTB: over the different ones, with s >= t, s >= u, u >= v, and v <= t
 * where u = s. */
static double df_of_all(const struct joint_moments *j, bool different)
{
    size_t m = j->m;
    double variances = 0, squares = 0;
    for (size_t s = 0; s < m; s++) {
        for (size_t t = 0; t < (different ? s + 1 : m); t++) {
            for (size_t u = 0; u < (different ? s + 1 : m); u++) {
                size_t end = !different ? m : u == s ? t + 1 : u + 1;
                for (size_t v = 0; v < end; v++) {
                    double covariance = product_sum(j, s, v, t, u) + product_sum(j, s, u, t, v);
                    squares += covariance * covariance;
                    if (u == s && v == t) variances += covariance;
                }
            }
        }
    }
    return 2 * variances / squares;
}

/* What both functions below begin with. */
struct joint {
    struct clusters clusters;
    struct basis basis;
    gsl_matrix *directions, *root;
};

static uf_status joint_init(const struct uf_covariance_input *input, size_t n_index, struct joint *j,
                            struct uf_error *error)
{
    *j = (struct joint){.directions = gsl_matrix_calloc(input->x->size2, n_index),
                        .root = gsl_matrix_calloc(n_index, n_index)};
    if (!j->directions || !j->root) return uf_fail_memory(error);
    UF_TRY(clusters_init(&j->clusters, input->cluster[0], input->x->size1, input->n_groups[0], error));
    return basis_init(input, basis_bias_reduction, &j->basis, error);
}

static void joint_clear(struct joint *j)
{
    gsl_matrix_free(j->directions), gsl_matrix_free(j->root);
    clusters_clear(&j->clusters);
    basis_clear(&j->basis);
}

bool covariance_joint_too_large(const struct uf_covariance_input *input, size_t n_index)
{
    /* the clusters are most often all there; q is k and the effects that are not nested */
    const double m = (double)n_index, k = (double)input->x->size2;
    size_t count;
    if (m * m * k * k * (double)input->n_groups[0] <= MOST_JOINT_WORK) return false;
    return clusters_count(input->cluster[0], input->x->size1, input->n_groups[0], &count, NULL) == UF_OK &&
           m * m * k * k * (double)count > MOST_JOINT_WORK;
}

uf_status covariance_joint_df(const struct uf_covariance_input *input, enum adjustment_kind adjustment,
                              enum uf_joint_rule rule, const size_t *index, size_t n_index, double *out,
                              struct uf_error *error)
{
    struct joint j;
    struct joint_moments moments = {0};
    bool all = rule == UF_JOINT_HTA || rule == UF_JOINT_HTB;
    /* so many restrictions together are neither affordable nor of use: "not testable" */
    if (covariance_joint_too_large(input, n_index)) {
        *out = NAN;
        return UF_OK;
    }
    uf_status status = joint_init(input, n_index, &j, error);
    double m = (double)n_index, q = (double)j.basis.q, work = m * m * q * q * (double)j.clusters.count;
    if (all) work += m * m * m * m * (q * q + (double)j.clusters.count);
    if (status == UF_OK && work > MOST_JOINT_WORK) {
        *out = NAN;
    } else if (status == UF_OK) {
        status = all ? root_directions(input, adjustment, &j.clusters, &j.basis, index, j.directions, j.root,
                                       error)
                     : joint_directions(input->inverse, index, j.directions, error);
        if (status == UF_OK)
            status = gather(input, adjustment, &j.clusters, &j.basis, j.directions,
                            all ? WANTED_FOURTH : WANTED_DIAGONAL, &moments, error);
        if (status == UF_OK) *out = all ? df_of_all(&moments, rule == UF_JOINT_HTB) : df_of_total(&moments);
    }
    moments_clear(&moments);
    joint_clear(&j);
    return status;
}

uf_status covariance_joint_axes(const struct uf_covariance_input *input, enum adjustment_kind adjustment,
                                const gsl_vector *coefficients, const gsl_matrix *covariance,
                                const size_t *index, size_t n_index, double *t, double *df,
                                struct uf_error *error)
{
    struct joint j;
    size_t m = n_index, k = input->x->size2;
    uf_status status = joint_init(input, n_index, &j, error);
    if (status == UF_OK)
        status =
            root_directions(input, adjustment, &j.clusters, &j.basis, index, j.directions, j.root, error);
    gsl_matrix *v = gsl_matrix_alloc(m, m), *half = gsl_matrix_alloc(m, m), *vectors = gsl_matrix_alloc(m, m),
               *turned = gsl_matrix_alloc(k, m);
    gsl_vector *values = gsl_vector_alloc(m), *b = gsl_vector_alloc(m), *z = gsl_vector_alloc(m);
    gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(m);
    if (status == UF_OK && !(v && half && vectors && turned && values && b && z && workspace))
        status = uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t s = 0; s < m; s++) {
            gsl_vector_set(b, s, gsl_vector_get(coefficients, index[s]));
            for (size_t r = 0; r < m; r++)
                gsl_matrix_set(v, s, r, gsl_matrix_get(covariance, index[s], index[r]));
        }
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, j.root, v, 0, half);
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, half, j.root, 0, v);
        if (gsl_eigen_symmv(v, values, vectors, workspace))
            status = uf_fail(error, UF_INTERNAL, "joint test: no eigenvalues");
    }
    if (status == UF_OK) { /* the axes: C'Ω^{-1/2} z_j */
        gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, j.directions, vectors, 0, turned);
        gsl_blas_dgemv(CblasNoTrans, 1, j.root, b, 0, z);
        gsl_blas_dgemv(CblasTrans, 1, vectors, z, 0, b);
        for (size_t a = 0; a < m; a++) t[a] = gsl_vector_get(b, a) / sqrt(gsl_vector_get(values, a));
        struct bias_reduction wanted = {.adjustment = adjustment, .directions = turned};
        wanted.df = df;
        status = covariance_bias_reduced(input, &j.clusters, &wanted, error);
    }
    gsl_matrix_free(v), gsl_matrix_free(half), gsl_matrix_free(vectors), gsl_matrix_free(turned);
    gsl_vector_free(values), gsl_vector_free(b), gsl_vector_free(z);
    gsl_eigen_symmv_free(workspace);
    joint_clear(&j);
    return status;
}

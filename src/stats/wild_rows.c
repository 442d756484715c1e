// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The moments of the wild bootstrap's other forms, from an explicit orthonormal basis Y of what crosses the clusters
 * that get the weights (covariance_basis.h): jackknife residuals, jackknife variance, two cluster dimensions.
 *
 * On the √w scale, with u_g = v_g ü_g the draw's errors in cluster g (ü: the residuals, each linear in δ) and e* = u −
 * Y Σ_g Y_g'u_g its residuals (effects nested in the clusters drop out of u),
 *
 *     θ* − centre  = Σ_g v_g d_g'ü_g,
 *     part h of se*²:  S_h = a_h'e*_h = Σ_g v_g (a_{h∩g}'ü_{h∩g}) − (Y_h'a_h)·Σ_g v_g Y_g'ü_g,
 *
 * a = d, or for the jackknife's variance a_h = ((I − H)_hh)^+ d_h. With one dimension h runs over the same clusters as
 * g, and the first sum is s_h v_h. With two, h runs over either dimension and (with a minus) over the cells, S_h =
 * c_h'v, and Q = Σ_h ± f_h c_h c_h'.
 */
#include <gsl/gsl_blas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/combination.h"
#include "stats/covariance_basis.h"
#include "stats/wild_internal.h"

#define MOST_WORK 5e10
/* A variance below this share (of the standard error) of what it is the sum of is rounding. */
#define NEGLIGIBLE 1e-12

struct rows {
    const struct uf_covariance_input *input; /* its cluster[0] are the clusters that get weights */
    const size_t *number;                    /* of the groups of cluster[0] */
    struct basis basis;
    struct clusters clusters; /* that get weights, by `number` */
    size_t *group;            /* n: number[cluster[0][i]] */
    double kappa;
    double *d, *e;   /* n: √w x'Mc, √w times the residual */
    double *u0, *u1; /* n: ü = u0 + δ u1 */
    double *f0, *f1; /* clusters × q: Y_g'u_g */
};

static void rows_clear(struct rows *r)
{
    basis_clear(&r->basis), clusters_clear(&r->clusters);
    free(r->group), free(r->d), free(r->e), free(r->u0), free(r->u1), free(r->f0), free(r->f1);
}

/* x_g := ((I − H)_gg)^+ x_g, H of the basis and of the effects nested in the clusters. */
static uf_status leave_out(const struct basis *basis, const struct clusters *clusters, double *const *x,
                           size_t count, struct uf_error *error)
{
    double *part = malloc((basis->n + 1) * sizeof *part);
    uf_status status = part ? UF_OK : uf_fail_memory(error);
    for (size_t g = 0; g < clusters->count && status == UF_OK; g++) {
        struct adjustment a = {0};
        const size_t *order = clusters->order + clusters->start[g];
        status = adjustment_init(basis, clusters, g, ADJUSTMENT_INVERSE, &a, error);
        for (size_t c = 0; c < count && status == UF_OK; c++) {
            for (size_t i = 0; i < a.size; i++) part[i] = x[c][order[i]];
            adjustment_apply(&a, part);
            for (size_t i = 0; i < a.size; i++) x[c][order[i]] = part[i];
        }
        adjustment_clear(&a);
    }
    free(part);
    return status;
}

/* The basis of the restricted model takes the direction of c out. */
static uf_status jackknife_residuals(const struct uf_wild_bootstrap_input *input, bool restricted,
                                     struct rows *r, struct uf_error *error)
{
    static const char purpose[] = "the wild bootstrap";
    struct basis *basis = &r->basis, own = {0};
    size_t n = basis->n, k = r->input->x->size2;
    if (restricted) {
        UF_TRY(basis_init(r->input, purpose, &own, error));
        uf_status turned = basis_turn(r->input, input->combination, r->kappa, &own, error);
        if (turned != UF_OK) {
            basis_clear(&own);
            return turned;
        }
        memmove(own.y + (own.q - k) * n, own.y + (own.q - k + 1) * n, (k - 1) * n * sizeof *own.y);
        own.q--;
        basis = &own;
    }
    uf_status status = leave_out(basis, &r->clusters, (double *const[]){r->u0, r->u1}, 2, error);
    basis_clear(&own);
    return status;
}

static uf_status rows_init(const struct uf_wild_bootstrap_input *input,
                           const struct uf_wild_bootstrap_options *options, size_t n_clusters, struct rows *r,
                           struct uf_error *error)
{
    const struct uf_covariance_input *regression = r->input;
    size_t n = regression->x->size1, k = regression->x->size2;
    bool restricted = options->null == UF_WILD_RESTRICTED;
    gsl_vector *direction = gsl_vector_alloc(k);
    r->group = malloc((n + 1) * sizeof *r->group);
    r->d = malloc((n + 1) * sizeof *r->d), r->e = malloc((n + 1) * sizeof *r->e);
    r->u0 = malloc((n + 1) * sizeof *r->u0), r->u1 = malloc((n + 1) * sizeof *r->u1);
    uf_status status =
        direction && r->group && r->d && r->e && r->u0 && r->u1 ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status = combination_direction(regression, input->combination, direction, &r->kappa, error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        double root = covariance_root_weight(regression, i), sum = 0;
        for (size_t j = 0; j < k; j++)
            sum += gsl_matrix_get(regression->x, i, j) * gsl_vector_get(direction, j);
        r->group[i] = r->number[regression->cluster[0][i]];
        r->d[i] = root * sum, r->e[i] = root * gsl_vector_get(regression->residuals, i);
        r->u0[i] = r->e[i], r->u1[i] = restricted ? r->d[i] / r->kappa : 0;
    }
    gsl_vector_free(direction);
    if (status == UF_OK) status = clusters_init(&r->clusters, r->group, n, n_clusters, error);
    if (status == UF_OK) status = basis_init(regression, "the wild bootstrap", &r->basis, error);
    if (status == UF_OK && options->jackknife_residuals)
        status = jackknife_residuals(input, restricted, r, error);
    if (status != UF_OK) return status;
    size_t q = r->basis.q;
    r->f0 = calloc(n_clusters * q + 1, sizeof *r->f0), r->f1 = calloc(n_clusters * q + 1, sizeof *r->f1);
    if (!r->f0 || !r->f1) return uf_fail_memory(error);
    for (size_t c = 0; c < q; c++) {
        const double *y = r->basis.y + c * n;
        for (size_t i = 0; i < n; i++) {
            r->f0[r->group[i] * q + c] += y[i] * r->u0[i];
            r->f1[r->group[i] * q + c] += y[i] * r->u1[i];
        }
    }
    return UF_OK;
}

/* The a of the clusters `part`: d itself or the jackknife's; `own` is input with them as cluster[0]. */
static uf_status variance_direction(const struct rows *r, const struct uf_covariance_input *own,
                                    const struct clusters *part, bool jackknife, double *a,
                                    struct uf_error *error)
{
    struct basis basis = {0};
    memcpy(a, r->d, r->basis.n * sizeof *a);
    if (!jackknife) return UF_OK;
    if (own->cluster[0] == r->input->cluster[0]) return leave_out(&r->basis, part, &a, 1, error);
    UF_TRY(basis_init(own, "the wild bootstrap", &basis, error));
    uf_status status = leave_out(&basis, part, &a, 1, error);
    basis_clear(&basis);
    return status;
}

/* Y_h'a_h */
static void image_of(const struct rows *r, const struct clusters *part, size_t h, const double *a,
                     double *image)
{
    for (size_t c = 0; c < r->basis.q; c++) {
        const double *y = r->basis.y + c * r->basis.n;
        image[c] = 0;
        for (size_t l = part->start[h]; l < part->start[h + 1]; l++)
            image[c] += y[part->order[l]] * a[part->order[l]];
    }
}

/* Adds factor · (a_h'e_h)² to the variance. */
static double add_actual(const struct rows *r, const struct clusters *part, size_t h, const double *a,
                         double factor, struct wild_moments *m)
{
    double sum = 0, gross = 0;
    for (size_t l = part->start[h]; l < part->start[h + 1]; l++) {
        double product = a[part->order[l]] * r->e[part->order[l]];
        sum += product, gross += fabs(product);
    }
    m->variance += factor * sum * sum;
    return gross;
}

/* --- one dimension ------------------------------------------------------------------------------ */

static uf_status one_way(const struct rows *r, bool jackknife, struct wild_moments *m, double *gross,
                         struct uf_error *error)
{
    size_t clusters = m->n_clusters, q = r->basis.q;
    double *a = malloc((r->basis.n + 1) * sizeof *a), *p = malloc((clusters * q + 1) * sizeof *p);
    m->s0 = calloc(clusters, sizeof *m->s0), m->s1 = calloc(clusters, sizeof *m->s1);
    uf_status status = a && p && m->s0 && m->s1 ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = variance_direction(r, r->input, &r->clusters, jackknife, a, error);
    for (size_t h = 0; h < clusters && status == UF_OK; h++) {
        image_of(r, &r->clusters, h, a, p + h * q);
        *gross += add_actual(r, &r->clusters, h, a, 1, m);
        for (size_t l = r->clusters.start[h]; l < r->clusters.start[h + 1]; l++) {
            size_t i = r->clusters.order[l];
            m->s0[h] += a[i] * r->u0[i], m->s1[h] += a[i] * r->u1[i];
        }
        m->scale += m->s1[h] * m->s1[h];
    }
    if (status == UF_OK) status = wild_moments_reduce(m, p, r->f0, r->f1, q, 1, error);
    free(a), free(p);
    return status;
}

/* --- two dimensions ----------------------------------------------------------------------------- */

/* The two clusterings and their cells. */
struct part {
    const size_t *group;
    size_t n_groups, count;
    double weight; /* 1 or −1, times G/(G − 1) */
};

/* Adds weight · c_h c_h' of one cluster h to Q. `image`: q; `c0`, `c1`: n_clusters; `gross0`, `gross1`: n_clusters, the sums of
 * sizes, since what cancels within c is rounding too. */
static void add_square(const struct rows *r, const struct clusters *part, size_t h, const double *a,
                       double weight, double *image, double *c0, double *c1, double *gross0, double *gross1,
                       struct wild_moments *m)
{
    size_t clusters = m->n_clusters, q = r->basis.q;
    image_of(r, part, h, a, image);
    for (size_t g = 0; g < clusters; g++) {
        c0[g] = c1[g] = gross0[g] = gross1[g] = 0;
        for (size_t c = 0; c < q; c++) {
            c0[g] -= image[c] * r->f0[g * q + c];
            c1[g] -= image[c] * r->f1[g * q + c];
        }
    }
    for (size_t l = part->start[h]; l < part->start[h + 1]; l++) {
        size_t i = part->order[l], g = r->group[i];
        c0[g] += a[i] * r->u0[i], c1[g] += a[i] * r->u1[i];
        gross0[g] += fabs(a[i] * r->u0[i]), gross1[g] += fabs(a[i] * r->u1[i]);
    }
    for (size_t x = 0; x < clusters; x++) {
        for (size_t y = 0; y < clusters; y++) {
            m->q0[x * clusters + y] += weight * c0[x] * c0[y];
            if (!m->restricted) continue;
            m->q1[x * clusters + y] += weight * (c0[x] * c1[y] + c1[x] * c0[y]) / 2;
            m->q2[x * clusters + y] += weight * c1[x] * c1[y];
        }
    }
    for (size_t x = 0; x < clusters; x++) {
        m->scale0 += fabs(weight) * (c0[x] * c0[x] + gross0[x] * gross0[x]);
        m->scale += fabs(weight) * (c1[x] * c1[x] + gross1[x] * gross1[x]);
    }
}

static uf_status add_part(const struct rows *r, const struct part *part, bool jackknife,
                          struct wild_moments *m, double *gross, struct uf_error *error)
{
    size_t n = r->basis.n, clusters = m->n_clusters, q = r->basis.q;
    double work = (double)part->count * (double)clusters * (double)(clusters + q);
    if (work > MOST_WORK)
        return uf_fail(error, UF_BAD_USAGE,
                       "wild bootstrap: %zu cells and %zu clusters of two dimensions are too many",
                       part->count, clusters);
    struct clusters members = {0};
    struct uf_covariance_input own = *r->input;
    own.cluster[0] = part->group, own.n_groups[0] = part->n_groups;
    double *a = malloc((n + 1) * sizeof *a), *image = malloc((q + 4 * clusters + 1) * sizeof *image),
           *c = image ? image + q : NULL;
    uf_status status = a && image ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = clusters_init(&members, part->group, n, part->n_groups, error);
    if (status == UF_OK) status = variance_direction(r, &own, &members, jackknife, a, error);
    for (size_t h = 0; h < members.count && status == UF_OK; h++) {
        add_square(r, &members, h, a, part->weight, image, c, c + clusters, c + 2 * clusters,
                   c + 3 * clusters, m);
        *gross += add_actual(r, &members, h, a, part->weight, m);
    }
    clusters_clear(&members);
    free(a), free(image);
    return status;
}

/* With the factors of the g rule: relative to none, since t and t* do not share them. */
static uf_status two_way(const struct uf_covariance_input *given, const struct rows *r,
                         const struct uf_wild_bootstrap_options *options, struct wild_moments *m,
                         double *gross, struct uf_error *error)
{
    size_t n = r->basis.n, clusters = m->n_clusters, bound = 0;
    size_t *cells = malloc((n + 1) * sizeof *cells);
    m->q0 = calloc(clusters * clusters, sizeof *m->q0), m->q1 = calloc(clusters * clusters, sizeof *m->q1);
    m->q2 = calloc(clusters * clusters, sizeof *m->q2);
    uf_status status = cells && m->q0 && m->q1 && m->q2 ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status = clusters_intersect(given->cluster[0], given->n_groups[0], given->cluster[1],
                                    given->n_groups[1], n, cells, &bound, error);
    struct part parts[] = {{given->cluster[0], given->n_groups[0], 0, 1},
                           {given->cluster[1], given->n_groups[1], 0, 1},
                           {cells, bound, 0, -1}};
    for (size_t p = 0; p < 3 && status == UF_OK; p++)
        status = clusters_count(parts[p].group, n, parts[p].n_groups, &parts[p].count, error);
    for (size_t p = 0; p < 3 && status == UF_OK; p++) {
        double g = (double)(options->g_rule == UF_G_EACH ? parts[p].count : clusters);
        if (!options->jackknife_variance) parts[p].weight *= g / (g - 1);
        status = add_part(r, &parts[p], options->jackknife_variance, m, gross, error);
    }
    free(cells);
    return status;
}

/* Puts the dimension with fewer clusters first. */
static uf_status order_dimensions(const struct uf_covariance_input *given, struct uf_covariance_input *out,
                                  struct uf_error *error)
{
    size_t count[2] = {0, SIZE_MAX};
    *out = *given;
    for (size_t d = 0; d < given->n_cluster_dimensions; d++)
        UF_TRY(clusters_count(given->cluster[d], given->x->size1, given->n_groups[d], &count[d], error));
    size_t first = count[1] < count[0];
    out->cluster[0] = given->cluster[first], out->n_groups[0] = given->n_groups[first];
    out->n_cluster_dimensions = 1;
    return UF_OK;
}

uf_status wild_moments_by_rows(const struct uf_wild_bootstrap_input *input,
                               const struct uf_wild_bootstrap_options *options, struct wild_moments *out,
                               struct uf_error *error)
{
    const struct uf_covariance_input *given = input->regression;
    struct uf_covariance_input resampled;
    struct wild_moments m = {.restricted = options->null == UF_WILD_RESTRICTED};
    double gross = 0;
    UF_TRY(order_dimensions(given, &resampled, error));
    size_t *number = malloc((resampled.n_groups[0] + 1) * sizeof *number);
    struct rows r = {.input = &resampled, .number = number};
    uf_status status = number ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = wild_number_clusters(&resampled, number, &m.n_clusters, error);
    if (status == UF_OK) status = rows_init(input, options, m.n_clusters, &r, error);
    if (status == UF_OK) {
        m.n0 = calloc(m.n_clusters, sizeof *m.n0), m.n1 = calloc(m.n_clusters, sizeof *m.n1);
        if (!m.n0 || !m.n1) status = uf_fail_memory(error);
    }
    for (size_t i = 0; i < given->x->size1 && status == UF_OK; i++) {
        m.n0[r.group[i]] += r.d[i] * r.u0[i];
        m.n1[r.group[i]] += r.d[i] * r.u1[i];
    }
    if (status == UF_OK)
        status = given->n_cluster_dimensions == 2
                     ? two_way(given, &r, options, &m, &gross, error)
                     : one_way(&r, options->jackknife_variance, &m, &gross, error);
    gsl_blas_ddot(input->coefficients, input->combination, &m.estimate);
    if (status == UF_OK && !(sqrt(fmax(0, m.variance)) > NEGLIGIBLE * gross))
        status =
            uf_fail(error, UF_NOT_IDENTIFIED,
                    given->n_cluster_dimensions == 2
                        ? "the combination of coefficients has no positive two-way variance"
                        : "the combination of coefficients has no cluster-robust variance: the residuals of "
                          "each cluster fit it perfectly");
    rows_clear(&r);
    free(number);
    if (status == UF_OK)
        *out = m;
    else
        wild_moments_clear(&m);
    return status;
}

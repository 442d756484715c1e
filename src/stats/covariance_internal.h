// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STATS_COVARIANCE_INTERNAL_H
#define UTFALL_STATS_COVARIANCE_INTERNAL_H
/* What the families of covariances share. */
#include <utfall/covariance.h>

/* Observations by cluster: those of cluster g are order[start[g]] … order[start[g + 1] − 1]. */
struct clusters {
    size_t count;
    size_t *start, *order;
};
uf_status clusters_init(struct clusters *clusters, const size_t *group, size_t n, size_t n_groups,
                        struct uf_error *error);
/* How many of the groups have observations; UF_INTERNAL: a number that is out of range. */
uf_status clusters_count(const size_t *group, size_t n, size_t n_groups, size_t *out, struct uf_error *error);
/* The intersection of two clusterings: group (n) gets the numbers of its parts, below *out_bound. */
uf_status clusters_intersect(const size_t *first, size_t n_first, const size_t *second, size_t n_second,
                             size_t n, size_t *group, size_t *out_bound, struct uf_error *error);
void clusters_clear(struct clusters *clusters);

static inline double covariance_root_weight(const struct uf_covariance_input *input, size_t i)
{
    return input->weights ? __builtin_sqrt(input->weights[i]) : 1;
}

/* Adds w_i x_i e_i to score (k). */
static inline void covariance_add_score(const struct uf_covariance_input *input, size_t i, double *score)
{
    double e = gsl_vector_get(input->residuals, i) * (input->weights ? input->weights[i] : 1);
    for (size_t j = 0; j < input->x->size2; j++) score[j] += gsl_matrix_get(input->x, i, j) * e;
}

/* meat += weight · a b' */
static inline void covariance_add_product(gsl_matrix *meat, double weight, const double *a, const double *b)
{
    for (size_t x = 0; x < meat->size1; x++)
        for (size_t y = 0; y < meat->size2; y++)
            gsl_matrix_set(meat, x, y, gsl_matrix_get(meat, x, y) + weight * a[x] * b[y]);
}

/* The families: each fills matrix, factor, counts and, where the rule is Satterthwaite's, df. */
uf_status covariance_independent(const struct uf_covariance_input *input,
                                 const struct uf_covariance_options *options, struct uf_covariance *out,
                                 struct uf_error *error);
uf_status covariance_clustered(const struct uf_covariance_input *input,
                               const struct uf_covariance_options *options, struct uf_covariance *out,
                               struct uf_error *error);
uf_status covariance_over_time(const struct uf_covariance_input *input,
                               const struct uf_covariance_options *options, struct uf_covariance *out,
                               struct uf_error *error);
uf_status covariance_over_space(const struct uf_covariance_input *input,
                                const struct uf_covariance_options *options, struct uf_covariance *out,
                                struct uf_error *error);

/* out := factor * M meat M; a coefficient that has no variance but for rounding gets 0 */
uf_status covariance_sandwich(const gsl_matrix *inverse, const gsl_matrix *meat, double factor,
                              gsl_matrix *out, struct uf_error *error);
/* Cameron, Gelbach & Miller (2011), §2.3: V := U max(Λ, 0) U' when there is a clearly negative eigenvalue. */
uf_status covariance_repair(gsl_matrix *v, bool *repaired, struct uf_error *error);

/* The K of cr1s. */
uf_status covariance_count_parameters(const struct uf_covariance_input *input, enum uf_k_rule rule,
                                      double *out, struct uf_error *error);
/* K of all parameters and N − K; UF_NOT_IDENTIFIED where that is not positive. */
uf_status covariance_left(const struct uf_covariance_input *input, double *parameters, double *left,
                          struct uf_error *error);

/* A_g: the identity, ((I − H)_gg)^{+1/2}, or ((I − H)_gg)^+. */
enum adjustment_kind { ADJUSTMENT_NONE, ADJUSTMENT_ROOT, ADJUSTMENT_INVERSE };
enum adjustment_kind covariance_adjustment(enum uf_covariance_kind kind);

/* What is to be had from one clustering; NULL: not wanted. The fixed effects nested in input->cluster[0] are
 * those nested in `clusters`. */
struct bias_reduction {
    enum adjustment_kind adjustment;
    double sign;                  /* of what is added to meat */
    gsl_matrix *meat;             /* k × k: Σ_g X_g'A_g e_g e_g'A_g X_g is added */
    const gsl_matrix *directions; /* k × m: M c for each combination c */
    double *df;                   /* m: Satterthwaite's */
    /* What does not depend on the above but for `adjustment`: *parts is used where it is not NULL, else computed and, where it is not
     * too large, left there for the next call with the same input and clusters. */
    struct uf_covariance_parts **parts;
    const struct uf_covariance_options *options; /* whose progress is told; NULL: nobody's */
};
void covariance_parts_free(struct uf_covariance_parts *parts);
uf_status covariance_bias_reduced(const struct uf_covariance_input *input, const struct clusters *clusters,
                                  const struct bias_reduction *wanted, struct uf_error *error);

/* True where covariance_joint_df would give NAN for the work alone, whatever the effects. O(n) at most. */
bool covariance_joint_too_large(const struct uf_covariance_input *input, size_t n_index);
/* η of Hotelling's approximation for a joint test, by HTZ, HTA or HTB; NAN where that is too much work. One cluster dimension. */
uf_status covariance_joint_df(const struct uf_covariance_input *input, enum adjustment_kind adjustment,
                              enum uf_joint_rule rule, const size_t *index, size_t n_index, double *out,
                              struct uf_error *error);
/* The t statistics of the principal axes of the hypothesis (n_index) and their Satterthwaite df, for EDF and EDT. */
uf_status covariance_joint_axes(const struct uf_covariance_input *input, enum adjustment_kind adjustment,
                                const gsl_vector *coefficients, const gsl_matrix *covariance,
                                const size_t *index, size_t n_index, double *t, double *df,
                                struct uf_error *error);
#endif

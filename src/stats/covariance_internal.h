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
/* The intersection of two clusterings. */
uf_status clusters_intersect(struct clusters *clusters, const size_t *first, const size_t *second, size_t n,
                             struct uf_error *error);
void clusters_clear(struct clusters *clusters);

static inline double covariance_root_weight(const struct uf_covariance_input *input, size_t i)
{
    return input->weights ? __builtin_sqrt(input->weights[i]) : 1;
}

/* Adds factor * Σ_g (X_g'e_g)(X_g'e_g)' to meat (k × k). */
uf_status covariance_add_meat(const struct uf_covariance_input *input, const struct clusters *clusters,
                              double factor, gsl_matrix *meat, struct uf_error *error);
/* out := M meat M */
uf_status covariance_sandwich(const gsl_matrix *inverse, const gsl_matrix *meat, gsl_matrix *out,
                              struct uf_error *error);

/* Sets clearly negative eigenvalues to nil, and says so. */
uf_status covariance_repair(gsl_matrix *v, bool *repaired, struct uf_error *error);

/* One cluster dimension. `adjust`: A_g of CR2, else the identity. meat (k × k) gets the sum of outer products
 * of X_g'A_g e_g; df (k) the Satterthwaite degrees of freedom; either may be NULL. */
uf_status covariance_bias_reduced(const struct uf_covariance_input *input, const struct clusters *clusters,
                                  bool adjust, gsl_matrix *meat, double *df, struct uf_error *error);

/* η of the Hotelling approximation for a joint test (Pustejovsky & Tipton 2018, §3.2), one cluster dimension. */
uf_status covariance_joint_df(const struct uf_covariance_input *input, bool adjust, const size_t *index,
                              size_t n_index, double *out, struct uf_error *error);

/* The K of cr1s. */
uf_status covariance_count_parameters(const struct uf_covariance_input *input, enum uf_k_rule rule,
                                      double *out, struct uf_error *error);
#endif

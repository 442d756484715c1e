// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_COMPLEXITY_H
#define UTFALL_COMPLEXITY_H
/*
 * Economic complexity: which regions have sectors that few others have, and which sectors are had by regions
 * that have many. Regions and sectors are ranked by one another, from a presence matrix M of 0 and 1 alone (see
 * relatedness.h): diversity d_r = Σ_s M_rs, ubiquity u_s = Σ_r M_rs.
 *
 * The index of regions (ECI) is the eigenvector to the second largest eigenvalue of D⁻¹MU⁻¹M', that of sectors
 * (PCI) of U⁻¹M'D⁻¹M. It splits the network in two as a spectral clustering does: where the network falls apart
 * by itself the vector only says which part a region is in, and with few broad sectors it says little more than
 * which of them stands out. Both are told here, by the components and by the eigenvalues beside.
 *
 * Regions without any sector and sectors without any region take no part; what is theirs is NaN.
 *
 * Sources: Hidalgo, C. A. & Hausmann, R. (2009). The building blocks of economic complexity. PNAS 106(26),
 * 10570–10575; Hausmann, R. et al. (2014). The Atlas of Economic Complexity, MIT Press; Mealy, P., Farmer, J. D.
 * & Teytelboym, A. (2019). Interpreting economic complexity. Science Advances 5(1); Tacchella, A. et al. (2012).
 * A new metrics for countries' fitness and products' complexity. Scientific Reports 2, 723.
 */
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_vector.h>
#include <stdbool.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The parts of the network that no region and sector link. `out_region`, `out_sector`: the number of the part,
 * from 0, largest first (by regions and sectors together); SIZE_MAX where there is nothing. UF_BAD_INPUT: an
 * element that is not 0 or 1. O(present cells). */
uf_status uf_complexity_components(const gsl_matrix *presence, size_t *out_region, size_t *out_sector,
                                   size_t *out_count, struct uf_error *error);

enum uf_deviation { UF_DEVIATION_SAMPLE, UF_DEVIATION_POPULATION };
enum uf_sector_scale {
    UF_SCALE_OWN, /* the mean 0 and deviation 1 of the sectors themselves */
    UF_SCALE_REGIONS /* the mean and deviation of the regions' index, so that a region's is the mean of its sectors' */
};
struct uf_complexity_options {
    enum uf_deviation deviation;
    enum uf_sector_scale sector_scale;
};
struct uf_complexity_fit {
    double eigenvalue;            /* the second largest, 0…1; the largest is 1 */
    double next_eigenvalue;       /* the third; NaN where there are two only */
    double diversity_correlation; /* Pearson's, of ECI and diversity; its sign is made positive */
    size_t n_regions, n_sectors;  /* that take part */
};

/* ECI and PCI as z-scores (`options` NULL: sample deviation, own scale). UF_NOT_IDENTIFIED: the network has more
 * than one component, or fewer than three regions or sectors, or the second eigenvalue is double (the two agree
 * to 1e-9) so that no direction is singled out; the sentence says which. Cost: some dozens of passes over the
 * present cells. */
uf_status uf_complexity(const gsl_matrix *presence, const struct uf_complexity_options *options,
                        gsl_vector *out_regions, gsl_vector *out_sectors, struct uf_complexity_fit *out_fit,
                        struct uf_error *error);

/* The method of reflections after `steps` steps: k_r,0 = d_r, k_r,N = Σ_s M_rs·k_s,N−1 / d_r, and likewise for
 * sectors; not standardised. O(steps · present cells). */
uf_status uf_complexity_reflections(const gsl_matrix *presence, size_t steps, gsl_vector *out_regions,
                                    gsl_vector *out_sectors, struct uf_error *error);

struct uf_fitness_options {
    double extremality;     /* γ in Q_s = (Σ_r M_rs·F_r^−γ)^(−1/γ); 0: 1, as in the paper */
    double tolerance;       /* stop when no fitness changes by more; below 0: never; 0: 1e-12 */
    size_t most_iterations; /* 0: 100,000 */
};
struct uf_fitness_fit {
    size_t iterations;
    double change; /* the largest of the last iteration */
    bool converged;
};
/* Fitness of regions F_r = Σ_s M_rs·Q_s and complexity of sectors Q_s, both divided by their means at each
 * iteration, from 1 on. Where the presence matrix is not full enough some values go to 0 and never arrive: that
 * is a property of the index (Pugliese et al. 2016), and `converged` is about what is left to change. */
uf_status uf_complexity_fitness(const gsl_matrix *presence, const struct uf_fitness_options *options,
                                gsl_vector *out_regions, gsl_vector *out_sectors,
                                struct uf_fitness_fit *out_fit, struct uf_error *error);

struct uf_outlook_options {
    bool own;               /* a sector counts as related to itself (φ_ss = 1) */
    bool subtract_distance; /* the gain less what the sector's own complexity gives: the Atlas's definition */
};
/* The outlook index of a region Σ_s (1 − M_rs)·density_rs·PCI_s, and the gain of a sector it does not have:
 * Σ_q φ_sq / (Σ_p φ_pq)·(1 − M_rq)·PCI_q [− (1 − density_rs)·PCI_s]; 0 where it has it. `relatedness` and
 * density as in relatedness.h. `out_gain` (regions × sectors) may be NULL. Sectors whose PCI is NaN are passed
 * over. Cost: present cells × sectors. */
uf_status uf_complexity_outlook(const gsl_matrix *presence, const gsl_matrix *relatedness,
                                const gsl_vector *sector_complexity, const struct uf_outlook_options *options,
                                gsl_vector *out_index, gsl_matrix *out_gain, struct uf_error *error);

/* Panel by region and sector → tables `complexity-regions`, `complexity-sectors`, `complexity-gain` and `complexity-findings`; of a network
 * in parts `complexity-components` and a refusal. See docs/methods/complexity.md. */
extern const struct uf_method uf_method_complexity;

#ifdef __cplusplus
}
#endif
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_POWER_H
#define UTFALL_POWER_H
/*
 * How large an effect would have to be for the comparison to find it: kernels, and the method `power`.
 *
 * By formula: the minimum detectable effect is (t_{1−α/2} + t_π) times the standard error of the difference
 * (Bloom 1995). The estimate is a weighted sum of outcomes, δ = Σ w_it y_it with w the treatment less unit and period
 * effects (and covariates) over its sum of squares; its error under errors that are alike in all units with
 * autocovariances γ_k is
 *
 *     Var δ = Σ_i Σ_t Σ_s w_it w_is γ_|t−s|,
 *
 * which for one start and a balanced panel is the serial-correlation-robust formula of Burlig et al. (2020, eq. 2),
 * and for γ_k = 0 (k > 0) Bloom's. γ is of the residuals of untreated rows, N/(N − K) times, K without the
 * unit effects: these lower all autocovariances by a constant, which cancels, since the weights of a unit sum to 0.
 *
 * By simulation: in data without an effect the treatment is dealt out anew, the effect is added to those dealt to, and the
 * share of deals in which a procedure rejects is its power there. The estimate is linear in the effect and the residuals do
 * not depend on it, so that one deal serves all effects.
 *
 * Sources: Bloom, H. S. (1995). Minimum detectable effects. Evaluation Review 19(5), 547–556; Burlig, F., Preonas, L. &
 * Woerman, M. (2020). Panel data and experimental design. Journal of Development Economics 144, 102458; Bertrand, M.,
 * Duflo, E. & Mullainathan, S. (2004). How much should we trust differences-in-differences estimates? Quarterly Journal of
 * Economics 119(1), 249–275.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/did.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Autocovariances by distance on the scale of data->time, of the outcome less effects and covariates. */
struct uf_autocovariance {
    size_t count;    /* distances 0 … count − 1 */
    double *gamma;   /* count; 0 where no pair is that far apart */
    size_t *pairs;   /* count */
    double variance; /* of one error, had all been independent: the residual sum of squares over N − K */
};
/* `data` holds untreated rows only (its treatment is not read). UF_NOT_IDENTIFIED: no residual degrees of freedom.
 * O(n × periods). */
uf_status uf_autocovariance_estimate(const struct uf_did_data *data, struct uf_autocovariance *out,
                                     struct uf_error *error);
void uf_autocovariance_clear(struct uf_autocovariance *autocovariance);

/* The covariance of regression coefficients under these autocovariances, alike in all units: L'ΓL with L = W X (X'WX)^-1, unit
 * by unit. γ_k is taken over the pairs at distance 0, not over those at k, so that the matrix is positive definite also
 * where few treated units would leave a cluster-robust one with a rank of their number. `x` is n × k (effects taken out), `inverse`
 * k × k, `out` k × k. O(n k (periods + k)). */
uf_status uf_autocovariance_sandwich(const struct uf_did_data *data, const gsl_matrix *x,
                                     const gsl_matrix *inverse,
                                     const struct uf_autocovariance *autocovariance, gsl_matrix *out,
                                     struct uf_error *error);

struct uf_power_error {
    double independent,
        serial; /* standard errors; NaN for `serial` where the formula gives no positive variance */
};
/* The error that the treatment's coefficient in `design` (its outcome is not read) would have. UF_NOT_IDENTIFIED as
 * uf_did_estimate. O(n × periods). */
uf_status uf_power_analytic(const struct uf_did_data *design, const struct uf_autocovariance *autocovariance,
                            struct uf_power_error *out, struct uf_error *error);
/* (t_{1−level/2} + t_power) · std_error with df degrees of freedom. */
double uf_power_minimum(double std_error, double df, double level, double power);
/* The power at an effect, by the same approximation: P(T > t_{1−level/2} − effect/std_error) + P(T < −t − …). */
double uf_power_at(double effect, double std_error, double df, double level);

enum uf_power_procedure { UF_POWER_RANDOMISATION, UF_POWER_CR2, UF_POWER_PROCEDURES };

struct uf_power_options {
    double level; /* of the tests; 0: 0.05 */
    /* Deals in which an effect is looked for, 0: 500, and deals with which each of them is compared, 0: 999; at least `draws` are
     * made. Where there are no more different ones than the larger of the two, each is both, once. */
    size_t draws;
    size_t permutations;
    uint64_t seed;
    int (*progress)(void *user, double share);
    void *user;
};
/* Deals, and what each procedure makes of them. */
struct uf_power_simulation;
/* `data`: rows without an effect, and a treatment of the shape that is dealt out (uf_did_assignment). With two cluster
 * dimensions CR2 is not there. UF_NOT_IDENTIFIED as uf_did_assignment_init, and where no deal can be estimated; UF_BAD_USAGE:
 * more than 5e7 numbers would have to be kept. Cost: draws × (a regression with CR2) + draws × permutations × n. Deterministic. */
uf_status uf_power_simulation_new(const struct uf_did_data *data, const struct uf_power_options *options,
                                  struct uf_power_simulation **out, struct uf_error *error);
void uf_power_simulation_free(struct uf_power_simulation *simulation);
/* The share of deals that reject when the effect is there; NaN where the procedure is not. O(draws × permutations). */
double uf_power_share(const struct uf_power_simulation *simulation, enum uf_power_procedure procedure,
                      double effect);
/* Deals that could be estimated: the Monte Carlo error of a share p is √(p(1 − p)/deals), and 0 where these are all there are. */
size_t uf_power_deals(const struct uf_power_simulation *simulation);
bool uf_power_enumerated(const struct uf_power_simulation *simulation);
/* The least positive effect found with this power, to 0.1 per cent; NaN where none up to `largest` is. */
double uf_power_simulated_minimum(const struct uf_power_simulation *simulation,
                                  enum uf_power_procedure procedure, double power, double largest);

/* The method. Tables: `minimum-effect` (one row a procedure), `power-curve`, `design`. */
extern const struct uf_method uf_method_power;

#ifdef __cplusplus
}
#endif
#endif

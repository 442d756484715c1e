// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EFFECT_PLACEBO_COVARIANCE_H
#define UTFALL_EFFECT_PLACEBO_COVARIANCE_H
/*
 * What a joint test of the leads with a covariance would have found, by placebo (placebo_drift.h). Each placebo's own test
 * decides, without others to compare it with. Of the placebo that drifts by s a period its statistic over its critical value is
 *
 *     W(s) = scale · b(s)' V(s)⁻¹ b(s),   b(s) = b₀ + s b₁,   V(s) = V₀ + s V₁ + s² V₂
 *
 * exactly: leads are linear in the outcomes, and so is what a covariance squares (residuals, influence functions). Where the
 * model takes up the line whole V does not move; where units that drift are controls of others, or leads are taken together, it
 * does.
 */
#include "effect/placebo_drift.h"

struct placebo_wald {
    size_t count; /* leads; 0: the assignment has no statistic */
    double scale;
    bool moves;          /* V₁ and V₂ are not nil */
    double *lead[2];     /* b₀, b₁: count each */
    double *variance[3]; /* V₀, V₁, V₂: count × count each */
};
/* Room for so many leads, in which all is nil. */
uf_status placebo_wald_init(size_t count, struct placebo_wald *out, struct uf_error *error);
void placebo_wald_clear(struct placebo_wald *wald);
/* Sets V₁ and V₂ from the covariance of the line alone (V₂), and of the residuals plus `part` times the line. */
void placebo_wald_moves(struct placebo_wald *wald, const double *line, const double *both, double part);
/* Σ of squares in units of V₀: of b₀ + s b₁; NaN where V is not positive definite. */
double placebo_wald_at(const struct placebo_wald *wald, double slope);

/* `wald` makes the test of an assignment (n_blocks paths); *out is empty before. */
struct placebo_wald_test {
    uf_status (*wald)(void *user, const size_t *path, struct placebo_wald *out, struct uf_error *error);
    void *user;
    double work; /* multiplications of one */
};
/* UF_NOT_IDENTIFIED also where that would take long. */
uf_status placebo_drift_by_covariance(const struct placebo_sample *sample,
                                      const struct placebo_wald_test *test, uint64_t seed,
                                      struct placebo_slopes *out, struct uf_error *error);

/* The χ² of callaway-santanna's leads with the covariance of influence functions, as uf_group_time_pretest makes it. `work`:
 * multiplications of one estimate. */
uf_status group_time_placebo_drift_of(const struct placebo_sample *sample,
                                      const struct uf_group_time_options *options, double work, uint64_t seed,
                                      struct placebo_slopes *out, struct uf_error *error);

/* The line that a placebo drifts by, as outcome (n). */
void placebo_line(const struct placebo_sample *sample, const size_t *path, double *out);

/* The units' starts under one assignment after another, in a copy of the data. */
struct placebo_starts {
    struct uf_did_data data;      /* with the residuals as outcome */
    size_t *first_period, *block; /* n_units */
};
uf_status placebo_starts_init(const struct placebo_sample *sample, struct placebo_starts *out,
                              struct uf_error *error);
void placebo_starts_clear(struct placebo_starts *starts);
void placebo_starts_set(struct placebo_starts *starts, const struct uf_did_assignment *assignment,
                        const size_t *path);
#endif

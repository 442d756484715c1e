// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SIZE_CHECK_H
#define UTFALL_SIZE_CHECK_H
/*
 * How often does each type of inference find an effect where there is none, in data like the user's own? Placebo treatments
 * of the same shape (as many treated, the same cohorts) are dealt to untreated data many times, two-way fixed effects are
 * fitted, and every procedure's rejections at 5 % are counted.
 *
 * Two samples are untreated: the never treated in all periods (UF_SIZE_CONTROLS), and everybody before the first start
 * (UF_SIZE_BEFORE; the placebo starts then divide those periods as the actual ones divide all periods). The placebos
 * are drawn at random, so that randomisation inference holds its level among all of them by construction; the rates
 * among the `alike`, the quarter of placebos whose treated are nearest to the actual ones in how much they varied
 * before the start, say what to expect of regions like those.
 *
 * Source: Bertrand, Duflo & Mullainathan (2004), Quarterly Journal of Economics 119(1), 249–275, §III; the conditional
 * rates are this engine's own.
 */
#include <stdint.h>
#include <utfall/did.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_size_sample { UF_SIZE_CONTROLS, UF_SIZE_BEFORE, UF_SIZE_SAMPLES };

enum uf_size_procedure {
    UF_SIZE_RANDOMISATION_SCALED,
    UF_SIZE_RANDOMISATION,
    UF_SIZE_RANDOMISATION_T,
    UF_SIZE_WILD_BOOTSTRAP,
    UF_SIZE_CONLEY_TABER,
    UF_SIZE_FERMAN_PINTO,
    UF_SIZE_CR2,
    UF_SIZE_CR3,
    UF_SIZE_CR1S,
    UF_SIZE_HC1,
    UF_SIZE_IID,
    UF_SIZE_PROCEDURES
};
/* As in the column `vcov` of estimates: `randomisation-scaled`. */
const char *uf_size_procedure_name(enum uf_size_procedure procedure);

struct uf_size_options {
    size_t draws;       /* placebo treatments; 0: 499 */
    size_t inner_draws; /* of randomisation and the bootstraps, for each; 0: 499 */
    double threshold;   /* 0: 0.05 */
    uint64_t seed;
    int (*progress)(void *user, double share); /* non-zero stops with UF_INTERRUPTED; NULL: none */
    void *user;
};

struct uf_size_count {
    size_t tried, rejected;             /* placebos for which the procedure gave a p-value */
    size_t alike_tried, alike_rejected; /* of those like the actual treatment */
};
struct uf_size_check {
    /* a sample that is too small is not used: n_treated is 0, and `why_not` says why (English, for programmers) */
    struct {
        size_t n_treated, n_control, n_periods, placebos;
        struct uf_size_count count[UF_SIZE_PROCEDURES];
        char why_not[200];
    } sample[UF_SIZE_SAMPLES];
};

/* UF_NOT_IDENTIFIED: neither sample can hold a placebo (fewer than two controls would be left; fewer than two periods
 * before or after); treatment that is not 0/1 and staying on. The rows, units and clusters are those of `data`.
 * Cost: draws × (a fit, three covariances, randomisation and bootstraps of inner_draws). */
uf_status uf_size_check(const struct uf_did_data *data, const struct uf_size_options *options,
                        struct uf_size_check *out, struct uf_error *error);

/* The method. Tables: `size-check` (sample, procedure, rates in per cent, their Monte Carlo errors and intervals), and what
 * `inference: auto` would take. */
extern const struct uf_method uf_method_size_check;

#ifdef __cplusplus
}
#endif
#endif

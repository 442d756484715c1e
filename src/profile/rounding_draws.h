// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PROFILE_ROUNDING_DRAWS_H
#define UTFALL_PROFILE_ROUNDING_DRAWS_H
/*
 * What rounding leaves open of indices that no argument about extreme points bounds: the index is computed again on tables
 * drawn from the box of figures that the printed ones stand for, and the smallest and largest results are kept.
 *
 * Such a band is an inner one: every number in it is reached by some table, and tables that were not drawn may reach
 * farther. So half of the tables have each figure at one end of its interval, where extremes lie, and where the caller
 * knows a direction (`pull`) two have all figures along and against it. The streams are counted (random.h): draw k is the
 * same table whatever was drawn before, and more draws never make a band narrower.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/method.h>

/* Borrowed. A figure whose bounds are NaN is NaN in every draw. */
struct rounding_box {
    const double *low, *high;
    const double
        *pull; /* above 0: up in the first draw and down in the second; below 0: the reverse; NULL: none */
    size_t n;
};
struct rounding_plan {
    size_t draws; /* 0: none */
    uint64_t seed;
    int (*progress)(void *user, double share); /* as in uf_context; may be NULL */
    void *user;
};

/* The table of draw `draw` (from 0) into `out`, n numbers. O(n). */
void rounding_draw(const struct rounding_box *box, uint64_t seed, size_t draw, double *out);

/* The numbers formed from one table into `out`; NaN where one cannot be formed. UF_NOT_IDENTIFIED: none can, and the draw
 * is counted as failed; other failures end the work. */
typedef uf_status rounding_kernel(void *what, const double *figures, double *out, struct uf_error *error);

struct rounding_bands {
    size_t n;           /* numbers */
    double *low, *high; /* the least and the largest of the draws and of what the bands began with */
    size_t draws, failed;
};
/* Bands that begin with the numbers of the figures as shown (`value`; NaN: none). */
uf_status rounding_bands_new(const double *value, size_t n, struct rounding_bands *out,
                             struct uf_error *error);
void rounding_bands_clear(struct rounding_bands *bands);
/* Widens the bands by the plan's draws. UF_INTERRUPTED: as asked through `progress`. */
uf_status rounding_bands_widen(const struct rounding_box *box, const struct rounding_plan *plan,
                               rounding_kernel *kernel, void *what, struct rounding_bands *bands,
                               struct uf_error *error);

/* Widens them by one table of the caller's, as an extreme one that it knows of. */
uf_status rounding_bands_take(const double *figures, rounding_kernel *kernel, void *what,
                              struct rounding_bands *bands, struct uf_error *error);

/* Widens them by two tables for each number: all figures at the ends to which it rises, and at those to which it falls, by its
 * slopes in the middle of the box. Where intervals are narrow these are the extremes, or nearly. Needs 2 · figures + 2 · numbers
 * calls of the kernel, and room for numbers × figures. */
uf_status rounding_bands_pull(const struct rounding_box *box, rounding_kernel *kernel, void *what,
                              struct rounding_bands *bands, struct uf_error *error);

/* The plan by the option `rounding-draws` and the run's seed. */
struct rounding_plan rounding_plan_of(const struct uf_options *options, const struct uf_context *context);
/* A note that says how many tables the bands rest on, and of how many nothing could be formed; none where nothing was
 * drawn. */
uf_status rounding_bands_tell(const struct rounding_bands *bands, enum uf_language language,
                              struct uf_result *result, struct uf_error *error);

/* The option of the methods that draw. */
#define ROUNDING_DRAWS_OPTION                                                                                \
    {                                                                                                        \
        "rounding-draws", UF_OPTION_COUNT, "100", NULL,                                                      \
            "Tables drawn within the rounding of the figures for bands that cannot be computed; 0: none",    \
            false                                                                                            \
    }
#endif

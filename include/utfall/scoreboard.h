// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SCOREBOARD_H
#define UTFALL_SCOREBOARD_H
/*
 * The follow-up of regional growth work: indicators by policy priority, with level, change, rank and distance to target
 * per region, beside the nation and chosen peers.
 *
 * Which indicators belong to which priority, which way is good and where the target lies is a list that the user can
 * edit (datasets/reference/scoreboard.csv). What is missing is shown as missing, with its reason.
 */
#include <stddef.h>
#include <utfall/method.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_direction {
    UF_DIRECTION_HIGHER, /* more is better */
    UF_DIRECTION_LOWER,  /* less is better */
    UF_DIRECTION_NEITHER /* neither; ranked with the largest first, never called better or worse */
};

struct uf_rank {
    double rank;      /* 1: best; ties share the better rank; NaN without a value */
    double low, high; /* the ranks that the bounds allow */
};
/* Ranks `n` values that are known to lie in [low, high] (NULL: exact); NaN takes no part and has no rank. Of two
 * intervals one is surely better where it lies wholly on the better side. O(n²). */
void uf_scoreboard_rank(const double *value, const double *low, const double *high, size_t n,
                        enum uf_direction direction, struct uf_rank *out);

/* 100·value/nation; NaN where the nation is not above 0 or the value is below it: a decline is no part of a growth. */
double uf_scoreboard_index(double value, double nation);
/* What is left to the target, in the indicator's unit: target − value where higher is better, value − target where
 * lower is, their distance where neither. 0 or below: reached. */
double uf_scoreboard_to_target(double value, double target, enum uf_direction direction);
/* 1: b is better than a, −1: worse, 0: equal, or neither is good, or one is NaN. */
int uf_scoreboard_better(double a, double b, enum uf_direction direction);

/* Panel of indicators → tables `scoreboard`, `scoreboard-priorities` and `scoreboard-findings`. See
 * docs/methods/scoreboard.md. */
extern const struct uf_method uf_method_scoreboard;

#ifdef __cplusplus
}
#endif
#endif

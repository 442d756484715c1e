// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/scoreboard.h>

#include <math.h>

int uf_scoreboard_better(double a, double b, enum uf_direction direction)
{
    if (direction == UF_DIRECTION_NEITHER || isnan(a) || isnan(b)) return 0;
    int higher = (b > a) - (b < a);
    return direction == UF_DIRECTION_HIGHER ? higher : -higher;
}

void uf_scoreboard_rank(const double *value, const double *low, const double *high, size_t n,
                        enum uf_direction direction, struct uf_rank *out)
{
    const double sign = direction == UF_DIRECTION_LOWER ? -1 : 1;
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct uf_rank){1, 1, 1};
        if (isnan(value[i])) out[i] = (struct uf_rank){NAN, NAN, NAN};
        for (size_t j = 0; j < n; j++) {
            if (i == j || isnan(value[i]) || isnan(value[j])) continue;
            const double *worst = sign > 0 ? low : high, *best = sign > 0 ? high : low;
            double own_best = sign * (best ? best[i] : value[i]),
                   own_worst = sign * (worst ? worst[i] : value[i]);
            double its_best = sign * (best ? best[j] : value[j]),
                   its_worst = sign * (worst ? worst[j] : value[j]);
            out[i].rank += sign * value[j] > sign * value[i];
            out[i].low += its_worst > own_best;
            out[i].high += its_best > own_worst;
        }
    }
}

double uf_scoreboard_index(double value, double nation)
{
    return nation > 0 && value >= 0 ? 100 * value / nation : (double)NAN;
}

double uf_scoreboard_to_target(double value, double target, enum uf_direction direction)
{
    if (direction == UF_DIRECTION_NEITHER) return fabs(target - value);
    return direction == UF_DIRECTION_HIGHER ? target - value : value - target;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "stats/inversion.h"

#include <math.h>

enum { DOUBLINGS = 65, QUIET = 3, HALVINGS = 40, NARROW_EVERY = 4 };
#define FAR 256.0 /* how much further is looked */

/* The farthest of the places that is not rejected, and the next one outside it. */
static void look(const struct inversion *inversion, double *inside, double *outside)
{
    const double near = *inside > 0 ? *inside : *outside / 4, far = FAR * *outside;
    double beyond = far;
    for (size_t i = inversion->looks; i-- > 0;) {
        double place = near * pow(far / near, ((double)i + 0.5) / (double)inversion->looks);
        if (place <= *inside) return;
        if (inversion->p(inversion->user, place) > inversion->limit) {
            *outside = *outside > place && *outside < beyond ? *outside : beyond;
            *inside = place;
            return;
        }
        beyond = place;
    }
}

double inversion_reach(const struct inversion *inversion)
{
    double inside = 0, outside = INFINITY, step = inversion->unit / 2;
    for (int i = 0, rejected = 0; i < DOUBLINGS && rejected < QUIET; i++, step *= 2) {
        if (inversion->p(inversion->user, step) > inversion->limit) {
            inside = step, outside = INFINITY;
            rejected = 0;
        } else if (rejected++ == 0) {
            outside = step;
        }
    }
    if (isinf(outside)) return INFINITY;
    look(inversion, &inside, &outside);
    for (int i = 1; i <= HALVINGS && outside - inside > 1e-10 * inversion->unit; i++) {
        if (i % NARROW_EVERY == 0 && inside > 0 && inversion->narrow)
            inversion->narrow(inversion->user, inside, outside);
        double middle = inside + (outside - inside) / 2;
        if (inversion->p(inversion->user, middle) > inversion->limit)
            inside = middle;
        else
            outside = middle;
    }
    return inside + (outside - inside) / 2;
}

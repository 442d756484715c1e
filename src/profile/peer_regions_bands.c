// SPDX-License-Identifier: GPL-3.0-or-later
/* What rounding leaves of distances: bounds where the distance is a sum over attributes, draws where it is not. */
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "profile/peer_regions_study.h"

/* The figures that attributes are formed from: sectors (and the region's total, last) where the attributes are shares, else
 * the attributes themselves. Regions × n_figures. */
static size_t n_figures(const struct peers *x)
{
    const struct attributes *a = &x->attributes;
    return a->n_columns + (a->shares && a->activity.at[0].total[BOUND_VALUE] != NULL);
}

static double figure(const struct peers *x, size_t r, size_t j, int bound)
{
    const struct attributes *a = &x->attributes;
    const gsl_matrix *const attribute[BOUNDS] = {
        [BOUND_VALUE] = a->value, [BOUND_LOW] = a->low, [BOUND_HIGH] = a->high};
    if (!a->shares) return gsl_matrix_get(attribute[bound], r, j);
    const struct period_activity *p = &a->activity.at[0];
    return j < a->n_columns ? gsl_matrix_get(p->value[bound], r, j) : gsl_vector_get(p->total[bound], r);
}

struct peers_redrawing {
    const struct peers *peers;
    gsl_matrix *attributes, *distance;
};

static uf_status distances_of_draw(void *what, const double *figures, double *out, struct uf_error *error)
{
    struct peers_redrawing *d = what;
    const struct attributes *a = &d->peers->attributes;
    const size_t width = n_figures(d->peers), n = a->n_columns;
    for (size_t r = 0; r < a->n_regions; r++) {
        const double *row = figures + r * width;
        double sum = a->shares ? 0 : 1;
        for (size_t j = 0; a->shares && j < n; j++) sum += row[j];
        if (width > n) sum = row[n];
        for (size_t j = 0; j < n; j++) gsl_matrix_set(d->attributes, r, j, row[j] / sum);
    }
    UF_TRY(uf_structural_distance(d->attributes, d->peers->kind, d->distance, NULL, error));
    for (size_t i = 0; i < a->n_regions * a->n_regions; i++) out[i] = d->distance->data[i];
    return UF_OK;
}

static uf_status draw_distances(const struct rounding_plan *plan, struct peers *x, struct uf_error *error)
{
    const struct attributes *a = &x->attributes;
    const size_t n = a->n_regions, width = n_figures(x), count = n * width;
    double *low = malloc((2 * count + 1) * sizeof *low);
    if (!low) return uf_fail_memory(error);
    double *high = low + count;
    for (size_t i = 0; i < count; i++) {
        const bool known = !isnan(figure(x, i / width, i % width, BOUND_VALUE));
        low[i] = known ? figure(x, i / width, i % width, BOUND_LOW) : (double)NAN;
        high[i] = known ? figure(x, i / width, i % width, BOUND_HIGH) : (double)NAN;
    }
    const struct rounding_box box = {.low = low, .high = high, .n = count};
    struct peers_redrawing redrawing = {x, gsl_matrix_alloc(n, a->n_columns), gsl_matrix_alloc(n, n)};
    uf_status status = redrawing.attributes && redrawing.distance ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = rounding_bands_new(x->distance->data, n * n, &x->drawn, error);
    if (status == UF_OK)
        status = rounding_bands_widen(&box, plan, distances_of_draw, &redrawing, &x->drawn, error);
    for (size_t i = 0; i < n * n && status == UF_OK; i++) {
        x->low->data[i] = x->drawn.low[i];
        x->high->data[i] = x->drawn.high[i];
    }
    gsl_matrix_free(redrawing.attributes);
    gsl_matrix_free(redrawing.distance);
    free(low);
    return status;
}

/* What each attribute is counted in: a standard deviation of the regions compared, or a percentage point. */
static double unit_of(const struct peers *x, size_t j)
{
    const gsl_matrix *v = x->attributes.value;
    double sum = 0, squares = 0, n = 0;
    if (x->attributes.shares) return 0.01;
    for (size_t r = 0; r < v->size1; r++) {
        if (!x->whole[r]) continue;
        sum += gsl_matrix_get(v, r, j);
        n++;
    }
    for (size_t r = 0; r < v->size1; r++)
        if (x->whole[r]) squares += pow(gsl_matrix_get(v, r, j) - sum / n, 2);
    return sqrt(squares / (n - 1));
}

uf_status peers_bands(const struct rounding_plan *plan, struct peers *x, struct uf_error *error)
{
    const struct attributes *a = &x->attributes;
    const bool drawn = x->kind == UF_DISTANCE_MAHALANOBIS || x->kind == UF_DISTANCE_COSINE;
    x->unit = calloc(a->n_columns + 1, sizeof *x->unit);
    x->deviations = calloc(a->n_columns + 1, sizeof *x->deviations);
    if (!x->unit || !x->deviations) return uf_fail_memory(error);
    for (size_t j = 0; j < a->n_columns; j++) {
        x->unit[j] = unit_of(x, j);
        x->deviations[j] = deviation_bounds_of(a->low, a->high, j, x->whole);
    }
    if (!a->bands || (drawn && plan->draws == 0)) return UF_OK;
    x->low = gsl_matrix_alloc(a->n_regions, a->n_regions);
    x->high = gsl_matrix_alloc(a->n_regions, a->n_regions);
    if (!x->low || !x->high) return uf_fail_memory(error);
    return drawn ? draw_distances(plan, x, error)
                 : uf_structural_distance_band(a->value, a->low, a->high, x->kind, x->low, x->high, error);
}

/* --- ranks --------------------------------------------------------------------------------------- */

/* Nearest to and farthest from `at` in region `r`'s interval, squared. */
static double squared_gap(const struct attributes *a, size_t r, size_t j, double at, bool farthest)
{
    const double low = gsl_matrix_get(a->low, r, j) - at, high = gsl_matrix_get(a->high, r, j) - at;
    const double gap = farthest ? fmax(fabs(low), fabs(high)) : fmax(0, fmax(low, -high));
    return gap * gap;
}

/* No less than the squared standardised distance from `r` to `far` can be above that to `near`. Both are in the same
 * deviations and from the same figures of `r`, in which the difference is linear: its extremes are at their ends. */
static double most_above(const struct peers *x, size_t r, size_t far, size_t near)
{
    const struct attributes *a = &x->attributes;
    double sum = 0;
    for (size_t j = 0; j < a->n_columns; j++) {
        const double ends[2] = {gsl_matrix_get(a->low, r, j), gsl_matrix_get(a->high, r, j)};
        double above = -HUGE_VAL;
        for (int e = 0; e < 2; e++)
            above =
                fmax(above, squared_gap(a, far, j, ends[e], true) - squared_gap(a, near, j, ends[e], false));
        const struct deviation_bounds *d = &x->deviations[j];
        const double variance = above > 0 ? d->variance_low : d->variance_high;
        sum += above > 0 || above < 0 ? above / variance : 0;
    }
    return sum;
}

void peers_rank_interval(const struct peers *x, size_t r, size_t peer, double out[2])
{
    const bool standardised = x->kind == UF_DISTANCE_STANDARDISED_EUCLIDEAN;
    out[0] = out[1] = 1;
    for (size_t j = 0; j < x->attributes.n_regions; j++) {
        if (j == r || j == peer || isnan(gsl_matrix_get(x->low, r, j))) continue;
        bool surely = gsl_matrix_get(x->high, r, j) < gsl_matrix_get(x->low, r, peer);
        bool perhaps = gsl_matrix_get(x->low, r, j) < gsl_matrix_get(x->high, r, peer);
        if (standardised && !surely) surely = most_above(x, r, j, peer) < 0;
        if (standardised && perhaps) perhaps = most_above(x, r, peer, j) > 0;
        out[0] += surely;
        out[1] += perhaps;
    }
}

/* --- the attribute in which two regions differ most ---------------------------------------------- */

/* What rounding leaves of the difference in attribute `j`: the peer `b` less `a`. */
static void bound_gap(const struct peers *x, size_t a, size_t b, size_t j, double out[2])
{
    const struct attributes *t = &x->attributes;
    const double of_a[2] = {gsl_matrix_get(t->low, a, j), gsl_matrix_get(t->high, a, j)};
    const double of_b[2] = {gsl_matrix_get(t->low, b, j), gsl_matrix_get(t->high, b, j)};
    if (!t->shares) {
        deviation_bounds_gap(&x->deviations[j], of_a, of_b, out);
        return;
    }
    out[0] = (of_b[0] - of_a[1]) / x->unit[j];
    out[1] = (of_b[1] - of_a[0]) / x->unit[j];
}

struct peers_gap peers_widest(const struct peers *x, size_t a, size_t b)
{
    const struct attributes *t = &x->attributes;
    struct peers_gap widest = {0};
    double surely = 0, ends[2];
    for (size_t j = 0; j < t->n_columns; j++) {
        const double by = (gsl_matrix_get(t->value, b, j) - gsl_matrix_get(t->value, a, j)) / x->unit[j];
        bound_gap(x, a, b, j, ends);
        surely = fmax(surely, fmax(0, fmax(ends[0], -ends[1])));
        if (j == 0 || fabs(by) > fabs(widest.by))
            widest = (struct peers_gap){
                .attribute = j, .by = by, .low = fmin(ends[0], by), .high = fmax(ends[1], by)};
    }
    for (size_t j = 0; j < t->n_columns; j++) {
        bound_gap(x, a, b, j, ends);
        widest.candidates += j == widest.attribute || fmax(ends[1], -ends[0]) > surely;
    }
    return widest;
}

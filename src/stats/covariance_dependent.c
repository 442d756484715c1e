// SPDX-License-Identifier: GPL-3.0-or-later
/* Dependence over time (driscoll-kraay) and over space (conley). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

/* Adds w_i x_i e_i to score (k). */
static void add_score(const struct uf_covariance_input *input, size_t i, double *score)
{
    double e = gsl_vector_get(input->residuals, i) * (input->weights ? input->weights[i] : 1);
    for (size_t j = 0; j < input->x->size2; j++) score[j] += gsl_matrix_get(input->x, i, j) * e;
}

/* meat += weight * a b' */
static void add_product(gsl_matrix *meat, double weight, const double *a, const double *b)
{
    for (size_t x = 0; x < meat->size1; x++)
        for (size_t y = 0; y < meat->size2; y++)
            gsl_matrix_set(meat, x, y, gsl_matrix_get(meat, x, y) + weight * a[x] * b[y]);
}

/* --- over time ---------------------------------------------------------------------------------- */

/* Sums of scores of the periods that have observations, and where these stand, in steps of the scale. */
struct periods {
    size_t count;
    double *score;  /* count × k */
    size_t *moment; /* count */
};

static void periods_clear(struct periods *p)
{
    free(p->score), free(p->moment);
}

/* The greatest common divisor of the gaps is one step: surveys every other year are one step apart. */
static void count_steps(struct periods *p)
{
    size_t step = 0;
    for (size_t t = 1; t < p->count; t++) {
        size_t a = p->moment[t] - p->moment[t - 1], b = step;
        while (b > 0) {
            size_t rest = a % b;
            a = b, b = rest;
        }
        step = a;
    }
    for (size_t t = 0; t < p->count && step > 1; t++) p->moment[t] /= step;
}

static uf_status periods_init(const struct uf_covariance_input *input, struct periods *p,
                              struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2, bound = input->n_periods;
    *p = (struct periods){0};
    for (size_t t = 1; t < bound && input->time; t++)
        if (input->time[t] <= input->time[t - 1])
            return uf_fail(error, UF_INTERNAL, "driscoll-kraay: the periods' times do not ascend");
    p->score = calloc(bound * k + 1, sizeof *p->score);
    p->moment = calloc(bound + 1, sizeof *p->moment);
    bool *seen = calloc(bound + 1, sizeof *seen);
    uf_status status = p->score && p->moment && seen ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        if (input->period[i] >= bound) {
            status = uf_fail(error, UF_INTERNAL, "period number %zu of %zu", input->period[i], bound);
            continue;
        }
        seen[input->period[i]] = true;
        add_score(input, i, p->score + input->period[i] * k);
    }
    for (size_t t = 0; t < bound && status == UF_OK; t++) {
        if (!seen[t]) continue;
        p->moment[p->count] = input->time ? (size_t)(input->time[t] - input->time[0]) : t;
        memmove(p->score + p->count * k, p->score + t * k, k * sizeof *p->score);
        p->count++;
    }
    free(seen);
    if (status == UF_OK)
        count_steps(p);
    else
        periods_clear(p);
    return status;
}

static size_t lag_of(const struct uf_covariance_options *options, size_t n_periods)
{
    double t = (double)n_periods;
    if (options->lag_rule == UF_LAG_GIVEN) return options->lag;
    /* the fourth root of 16 or 81 must not fall short by rounding */
    if (options->lag_rule == UF_LAG_FOURTH_ROOT) return (size_t)floor(pow(t, 0.25) + 1e-9);
    return (size_t)floor(4 * pow(t / 100, 2.0 / 9) + 1e-9);
}

uf_status covariance_over_time(const struct uf_covariance_input *input,
                               const struct uf_covariance_options *options, struct uf_covariance *out,
                               struct uf_error *error)
{
    double n = (double)input->x->size1, left;
    size_t k = input->x->size2;
    struct periods p;
    if (!input->period)
        return uf_fail(error, UF_BAD_USAGE, "driscoll-kraay needs the period of each observation");
    UF_TRY(covariance_left(input, &out->parameters, &left, error));
    UF_TRY(periods_init(input, &p, error));
    gsl_matrix *meat = gsl_matrix_calloc(k, k);
    uf_status status = meat ? UF_OK : uf_fail_memory(error);
    out->n_periods = p.count;
    out->lag = lag_of(options, p.count);
    if (status == UF_OK && p.count < 2)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "driscoll-kraay needs at least two periods, found %zu",
                         p.count);
    else if (status == UF_OK && out->lag >= p.count)
        status = uf_fail(error, UF_BAD_USAGE, "driscoll-kraay: a lag of %zu needs more than %zu periods",
                         out->lag, p.count);
    for (size_t t = 0; t < p.count && status == UF_OK; t++) {
        add_product(meat, 1, p.score + t * k, p.score + t * k);
        for (size_t s = t; s-- > 0 && p.moment[t] - p.moment[s] <= out->lag;) {
            double weight = 1 - (double)(p.moment[t] - p.moment[s]) / (double)(out->lag + 1);
            add_product(meat, weight, p.score + t * k, p.score + s * k);
            add_product(meat, weight, p.score + s * k, p.score + t * k);
        }
    }
    out->factor = (n - 1) / left * (double)p.count / ((double)p.count - 1);
    if (status == UF_OK) status = covariance_sandwich(input->inverse, meat, out->factor, out->matrix, error);
    gsl_matrix_free(meat);
    periods_clear(&p);
    return status;
}

/* --- over space --------------------------------------------------------------------------------- */

/* Distinct places, by latitude. On the sphere they are points of radius 1 and distances are chords. */
struct place {
    double latitude, longitude; /* radians, or planar */
    double point[3];
    size_t observation;
};

struct space {
    enum uf_conley_metric metric;
    enum uf_conley_kernel kernel;
    double cutoff; /* in radii of the earth, or planar */
    double chord;  /* its square, of the cut-off */
    size_t count;
    struct place *place;
    double *score; /* count × k */
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    if (a->latitude != b->latitude) return a->latitude < b->latitude ? -1 : 1;
    if (a->longitude != b->longitude) return a->longitude < b->longitude ? -1 : 1;
    return (a->observation > b->observation) - (a->observation < b->observation);
}

/* κ of two places; 0 beyond the cut-off. */
static double kernel(const struct space *s, const struct place *a, const struct place *b)
{
    double distance;
    if (s->metric == UF_CONLEY_GREAT_CIRCLE) {
        double x = a->point[0] - b->point[0], y = a->point[1] - b->point[1], z = a->point[2] - b->point[2];
        double chord = x * x + y * y + z * z;
        if (chord > s->chord) return 0;
        if (s->kernel == UF_CONLEY_UNIFORM) return 1;
        distance = 2 * asin(fmin(1, sqrt(chord) / 2));
    } else {
        double x = fabs(a->longitude - b->longitude), y = a->latitude - b->latitude;
        if (s->metric == UF_CONLEY_FLAT)
            x = fmin(x, fabs(2 * M_PI - x)) * cos((a->latitude + b->latitude) / 2);
        distance = hypot(x, y);
        if (distance > s->cutoff) return 0;
    }
    return s->kernel == UF_CONLEY_UNIFORM ? 1 : fmax(0, 1 - distance / s->cutoff);
}

static uf_status place_of(const struct uf_covariance_input *input, enum uf_conley_metric metric, size_t i,
                          struct place *out, struct uf_error *error)
{
    double y = input->latitude[i], x = input->longitude[i], degree = M_PI / 180;
    if (!isfinite(x) || !isfinite(y))
        return uf_fail(error, UF_BAD_INPUT, "observation %zu has no coordinates", i + 1);
    *out = (struct place){.latitude = y, .longitude = x, .observation = i};
    if (metric == UF_CONLEY_PLANAR) return UF_OK;
    if (fabs(y) > 90 || fabs(x) > 360)
        return uf_fail(
            error, UF_BAD_INPUT,
            "observation %zu has the latitude %g and the longitude %g; expected degrees (metres are "
            "measured as planar)",
            i + 1, y, x);
    out->latitude *= degree, out->longitude *= degree;
    out->point[0] = cos(out->latitude) * cos(out->longitude);
    out->point[1] = cos(out->latitude) * sin(out->longitude);
    out->point[2] = sin(out->latitude);
    return UF_OK;
}

static void space_clear(struct space *s)
{
    free(s->place), free(s->score);
}

static uf_status space_init(const struct uf_covariance_input *input,
                            const struct uf_covariance_options *options, struct space *s,
                            struct uf_error *error)
{
    size_t n = input->x->size1, k = input->x->size2;
    /* km to a radian */
    const double radian[] = {
        [UF_CONLEY_GREAT_CIRCLE] = 6371.0088, [UF_CONLEY_FLAT] = 111 * 180 / M_PI, [UF_CONLEY_PLANAR] = 1};
    *s = (struct space){.metric = options->metric,
                        .kernel = options->kernel,
                        .cutoff = options->cutoff / radian[options->metric],
                        .place = malloc((n + 1) * sizeof *s->place)};
    s->chord = s->cutoff < M_PI ? 4 * pow(sin(s->cutoff / 2), 2) : 5;
    uf_status status = s->place ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++)
        status = place_of(input, options->metric, i, &s->place[i], error);
    if (status == UF_OK) {
        qsort(s->place, n, sizeof *s->place, compare_places);
        for (size_t i = 0; i < n; i++) /* numbers of distinct places first, then their scores */
            s->count += i == 0 || s->place[i].latitude != s->place[i - 1].latitude ||
                        s->place[i].longitude != s->place[i - 1].longitude;
        s->score = calloc(s->count * k + 1, sizeof *s->score);
        if (!s->score) status = uf_fail_memory(error);
    }
    size_t p = 0;
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        struct place here = s->place[i];
        if (i > 0 && (here.latitude != s->place[p].latitude || here.longitude != s->place[p].longitude)) p++;
        s->place[p] = here;
        add_score(input, here.observation, s->score + p * k);
    }
    if (status != UF_OK) space_clear(s);
    return status;
}

uf_status covariance_over_space(const struct uf_covariance_input *input,
                                const struct uf_covariance_options *options, struct uf_covariance *out,
                                struct uf_error *error)
{
    size_t k = input->x->size2;
    double left;
    struct space s;
    if (!input->latitude || !input->longitude)
        return uf_fail(error, UF_BAD_USAGE, "conley needs the latitude and longitude of each observation");
    if (!(options->cutoff > 0) || !isfinite(options->cutoff))
        return uf_fail(error, UF_BAD_USAGE, "conley: the cut-off is %g, expected a distance above 0",
                       options->cutoff);
    UF_TRY(covariance_left(input, &out->parameters, &left, error));
    UF_TRY(space_init(input, options, &s, error));
    gsl_matrix *meat = gsl_matrix_calloc(k, k);
    double *near = calloc(k + 1, sizeof *near);
    uf_status status = meat && near ? UF_OK : uf_fail_memory(error);
    /* half of a place's own product, and all of those to its north: the transpose is added at the end */
    for (size_t p = 0; p < s.count && status == UF_OK; p++) {
        for (size_t j = 0; j < k; j++) near[j] = s.score[p * k + j] / 2;
        for (size_t r = p + 1; r < s.count; r++) {
            if (s.place[r].latitude - s.place[p].latitude > s.cutoff * (1 + 1e-12)) break;
            double weight = kernel(&s, &s.place[p], &s.place[r]);
            for (size_t j = 0; j < k && weight > 0; j++) near[j] += weight * s.score[r * k + j];
        }
        add_product(meat, 1, s.score + p * k, near);
    }
    for (size_t a = 0; a < k && status == UF_OK; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = gsl_matrix_get(meat, a, b) + gsl_matrix_get(meat, b, a);
            gsl_matrix_set(meat, a, b, sum);
            gsl_matrix_set(meat, b, a, sum);
        }
    }
    out->factor = (double)input->x->size1 / left;
    if (status == UF_OK) status = covariance_sandwich(input->inverse, meat, out->factor, out->matrix, error);
    if (status == UF_OK) status = covariance_repair(out->matrix, &out->repaired, error);
    gsl_matrix_free(meat);
    free(near);
    space_clear(&s);
    return status;
}

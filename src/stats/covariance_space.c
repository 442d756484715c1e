// SPDX-License-Identifier: GPL-3.0-or-later
/* Dependence over space: conley. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "stats/covariance_internal.h"

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
        covariance_add_score(input, here.observation, s->score + p * k);
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
        covariance_add_product(meat, 1, s.score + p * k, near);
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

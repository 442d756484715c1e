// SPDX-License-Identifier: GPL-3.0-or-later
/* Placebo treatments that drift, and tests with a covariance: Wald statistics along the line. */
#include "effect/placebo_covariance.h"
#include "base/fail.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- one test -------------------------------------------------------------------------------------- */

uf_status placebo_wald_init(size_t count, struct placebo_wald *out, struct uf_error *error)
{
    double *all = calloc(2 * count + 3 * count * count + 1, sizeof *all);
    if (!all) return uf_fail_memory(error);
    *out = (struct placebo_wald){.count = count, .scale = NAN, .lead = {all, all + count}};
    for (size_t k = 0; k < 3; k++) out->variance[k] = all + 2 * count + k * count * count;
    return UF_OK;
}

void placebo_wald_clear(struct placebo_wald *wald)
{
    free(wald->lead[0]); /* which all else is behind */
    memset(wald, 0, sizeof *wald);
}

void placebo_wald_moves(struct placebo_wald *wald, const double *line, const double *both, double part)
{
    const size_t cells = wald->count * wald->count;
    wald->moves = true;
    for (size_t c = 0; c < cells; c++) {
        wald->variance[2][c] = line[c];
        wald->variance[1][c] = (both[c] - wald->variance[0][c] - part * part * line[c]) / part;
    }
}

/* The factor of V(s), in room for count × count; false: it is not positive definite. */
static bool factor_at(const struct placebo_wald *wald, double slope, double *room)
{
    const size_t q = wald->count;
    for (size_t c = 0; c < q * q; c++)
        room[c] = wald->variance[0][c] +
                  (wald->moves ? slope * (wald->variance[1][c] + slope * wald->variance[2][c]) : 0);
    gsl_matrix_view view = gsl_matrix_view_array(room, q, q);
    return !gsl_linalg_cholesky_decomp1(&view.matrix);
}

static void standardise(const struct placebo_wald *wald, const double *factor, double *lead)
{
    const gsl_matrix_const_view view = gsl_matrix_const_view_array(factor, wald->count, wald->count);
    gsl_vector_view vector = gsl_vector_view_array(lead, wald->count);
    gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, &view.matrix, &vector.vector);
}

static double size_at(const struct placebo_wald *wald, double slope, double *room)
{
    const size_t q = wald->count;
    double *lead = room + q * q, sum = 0;
    if (!factor_at(wald, slope, room)) return NAN;
    for (size_t j = 0; j < q; j++) lead[j] = wald->lead[0][j] + slope * wald->lead[1][j];
    standardise(wald, room, lead);
    for (size_t j = 0; j < q; j++) sum += lead[j] * lead[j];
    return sum;
}

double placebo_wald_at(const struct placebo_wald *wald, double slope)
{
    double *room = malloc((wald->count * (wald->count + 1) + 1) * sizeof *room);
    const double size = room ? size_at(wald, slope, room) : NAN;
    free(room);
    return size;
}

/* With the covariance as it is without a drift. */
static struct uf_pretrend_quadratic quadratic_of(const struct placebo_wald *wald, double *room)
{
    const size_t q = wald->count;
    double *lead[2] = {room + q * q, room + q * q + q};
    struct uf_pretrend_quadratic sum = {0, 0, 0};
    if (q == 0 || !factor_at(wald, 0, room)) return (struct uf_pretrend_quadratic){NAN, NAN, NAN};
    for (size_t k = 0; k < 2; k++) {
        memcpy(lead[k], wald->lead[k], q * sizeof *lead[k]);
        standardise(wald, room, lead[k]);
    }
    for (size_t j = 0; j < q; j++) {
        sum.constant += wald->scale * lead[0][j] * lead[0][j];
        sum.linear += 2 * wald->scale * lead[0][j] * lead[1][j];
        sum.square += wald->scale * lead[1][j] * lead[1][j];
    }
    return sum;
}

/* --- all of them ----------------------------------------------------------------------------------- */

struct placebos {
    struct placebo_wald *wald;
    struct uf_pretrend_quadratic *fixed;
    double *room;
};

static double statistic(void *user, size_t placebo, double slope)
{
    const struct placebos *p = user;
    const struct placebo_wald *wald = &p->wald[placebo];
    const struct uf_pretrend_quadratic *fixed = &p->fixed[placebo];
    if (isnan(fixed->constant)) return NAN;
    if (!wald->moves) return fixed->constant + slope * (fixed->linear + slope * fixed->square);
    return wald->scale * size_at(wald, slope, p->room);
}

static uf_status find_slopes(const struct placebo_sample *sample, const struct placebo_wald_test *test,
                             const size_t *path, size_t n, struct placebos *p, struct placebo_slopes *out,
                             struct uf_error *error)
{
    size_t most = 0;
    for (size_t h = 0; h < n; h++) {
        UF_TRY(test->wald(test->user, path + h * sample->assignment->n_blocks, &p->wald[h], error));
        if (p->wald[h].count > most) most = p->wald[h].count;
    }
    p->room = malloc((most * (most + 2) + 1) * sizeof *p->room);
    if (!p->room) return uf_fail_memory(error);
    for (size_t h = 0; h < n; h++) p->fixed[h] = quadratic_of(&p->wald[h], p->room);
    const struct uf_pretrend_placebos placebos = {.n_placebos = n,
                                                  .n_dealt = 1,
                                                  .numerator = p->fixed,
                                                  .critical = 1,
                                                  .statistic = statistic,
                                                  .user = p};
    return placebo_slopes_find(&placebos, out, error);
}

uf_status placebo_drift_by_covariance(const struct placebo_sample *sample,
                                      const struct placebo_wald_test *test, uint64_t seed,
                                      struct placebo_slopes *out, struct uf_error *error)
{
    size_t *path = NULL, n = 0;
    struct placebo_slopes slopes = {.slope = {NAN, NAN}};
    /* each is a fit with its covariance, and decides by itself: the fewest do */
    if (placebo_count(test->work) == 0)
        return uf_fail(error, UF_NOT_IDENTIFIED, "placebos would take long in a sample of this size");
    UF_TRY(placebo_deal(sample, PLACEBO_FEWEST, seed, &path, &n, error));
    struct placebos p = {.wald = calloc(n + 1, sizeof *p.wald), .fixed = malloc((n + 1) * sizeof *p.fixed)};
    uf_status status = p.wald && p.fixed ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) status = find_slopes(sample, test, path, n, &p, &slopes, error);
    if (status == UF_OK) *out = slopes;
    for (size_t h = 0; p.wald && h < n; h++) placebo_wald_clear(&p.wald[h]);
    free(p.wald), free(p.fixed), free(p.room), free(path);
    return status;
}

/* --- what is fitted -------------------------------------------------------------------------------- */

void placebo_line(const struct placebo_sample *sample, const size_t *path, double *out)
{
    const struct uf_did_assignment *a = sample->assignment;
    const size_t n = sample->data->n;
    for (size_t i = 0; i < n; i++) {
        const size_t b = a->block[i];
        out[i] = placebo_drift_on(sample, path[b]) * sample->outcome[(1 + b) * n + i];
    }
}

uf_status placebo_starts_init(const struct placebo_sample *sample, struct placebo_starts *out,
                              struct uf_error *error)
{
    const struct uf_did_data *data = sample->data;
    struct placebo_starts s = {.data = *data,
                               .first_period = malloc((data->n_units + 1) * sizeof *s.first_period),
                               .block = malloc((data->n_units + 1) * sizeof *s.block)};
    if (!s.first_period || !s.block) {
        placebo_starts_clear(&s);
        return uf_fail_memory(error);
    }
    s.data.outcome = sample->outcome;
    s.data.first_period = s.first_period;
    for (size_t u = 0; u < data->n_units; u++) s.block[u] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) s.block[data->unit[i]] = sample->assignment->block[i];
    *out = s;
    return UF_OK;
}

void placebo_starts_clear(struct placebo_starts *starts)
{
    free(starts->first_period), free(starts->block);
    memset(starts, 0, sizeof *starts);
}

void placebo_starts_set(struct placebo_starts *starts, const struct uf_did_assignment *assignment,
                        const size_t *path)
{
    for (size_t u = 0; u < starts->data.n_units; u++)
        starts->first_period[u] =
            starts->block[u] == SIZE_MAX ? SIZE_MAX : assignment->first_period[path[starts->block[u]]];
}

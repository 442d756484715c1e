// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/two_way.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void two_way_clear(struct two_way *f)
{
    if (!f) return;
    free(f->start), free(f->order), free(f->unit_weight), free(f->unit_part), free(f->part),
        free(f->position);
    free(f->mean), free(f->effect), free(f->solved), free(f->rest);
    gsl_matrix_free(f->system), gsl_matrix_free(f->factor);
    memset(f, 0, sizeof *f);
}

/* Counting sort of the rows by unit; none where they come sorted. */
static uf_status sort_rows(struct two_way *f, struct uf_error *error)
{
    const struct uf_did_data *data = f->data;
    bool sorted = true;
    for (size_t i = 0; i < data->n; i++) {
        f->start[data->unit[i] + 1]++;
        sorted &= i == 0 || data->unit[i - 1] <= data->unit[i];
    }
    for (size_t u = 0; u < data->n_units; u++) f->start[u + 1] += f->start[u];
    if (sorted) return UF_OK;
    size_t *next = malloc((data->n_units + 1) * sizeof *next);
    f->order = malloc((data->n + 1) * sizeof *f->order);
    if (!next || !f->order) {
        free(next);
        return uf_fail_memory(error);
    }
    memcpy(next, f->start, data->n_units * sizeof *next);
    for (size_t i = 0; i < data->n; i++) f->order[next[data->unit[i]]++] = i;
    free(next);
    return UF_OK;
}

static size_t find(size_t *parent, size_t node)
{
    while (parent[node] != node) {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    return node;
}

/* Periods that share a unit's fitted rows are linked. The first period of each part is the one pinned. */
static void find_parts(struct two_way *f)
{
    const struct uf_did_data *data = f->data;
    size_t periods = data->n_periods, *parent = f->part;
    for (size_t t = 0; t < periods; t++) parent[t] = t, f->position[t] = SIZE_MAX;
    for (size_t u = 0; u < data->n_units; u++) {
        size_t first = SIZE_MAX;
        for (size_t place = f->start[u]; place < f->start[u + 1]; place++) {
            size_t i = two_way_row(f, place), t = data->period[i];
            if (!f->fitted[i]) continue;
            f->unit_weight[u] += data->weights ? data->weights[i] : 1;
            f->position[t] = 0; /* is there */
            if (first == SIZE_MAX) {
                first = find(parent, t);
                continue;
            }
            size_t other = find(parent, t);
            /* the earliest period is the root */
            if (other < first) {
                parent[first] = other;
                first = other;
            } else {
                parent[other] = first;
            }
        }
        f->unit_part[u] = first;
    }
    for (size_t u = 0; u < data->n_units; u++)
        if (f->unit_part[u] != SIZE_MAX) f->unit_part[u] = find(parent, f->unit_part[u]);
    f->n_parts = f->n_free = 0;
    for (size_t t = 0; t < periods; t++) {
        bool present = f->position[t] != SIZE_MAX;
        size_t root = find(parent, t);
        f->position[t] = present && root != t ? f->n_free++ : SIZE_MAX;
        f->n_parts += present && root == t;
        /* a root comes before its members, so those behind t still find their way */
        if (!present) f->part[t] = SIZE_MAX;
    }
    for (size_t t = 0; t < periods; t++)
        if (f->part[t] != SIZE_MAX) f->part[t] = find(parent, t);
}

static uf_status build_system(struct two_way *f, struct uf_error *error)
{
    const struct uf_did_data *data = f->data;
    if (f->n_free == 0) return UF_OK;
    f->system = gsl_matrix_calloc(f->n_free, f->n_free);
    f->factor = gsl_matrix_alloc(f->n_free, f->n_free);
    f->solved = malloc(f->n_free * sizeof *f->solved);
    f->rest = malloc(f->n_free * sizeof *f->rest);
    if (!f->system || !f->factor || !f->solved || !f->rest) return uf_fail_memory(error);
    double *s = f->system->data;
    size_t tda = f->system->tda;
    for (size_t u = 0; u < data->n_units; u++) {
        double inverse = f->unit_weight[u] > 0 ? 1 / f->unit_weight[u] : 0;
        for (size_t a = f->start[u]; a < f->start[u + 1]; a++) {
            size_t i = two_way_row(f, a), row = f->position[data->period[i]];
            if (!f->fitted[i] || row == SIZE_MAX) continue;
            double weight = data->weights ? data->weights[i] : 1;
            s[row * tda + row] += weight - weight * weight * inverse;
            for (size_t b = f->start[u]; b < a; b++) {
                size_t j = two_way_row(f, b), column = f->position[data->period[j]];
                if (!f->fitted[j] || column == SIZE_MAX) continue;
                double product = weight * (data->weights ? data->weights[j] : 1) * inverse;
                s[row * tda + column] -= product;
                if (row == column)
                    s[row * tda + row] -= product; /* a period twice: both orders of the pair */
                else
                    s[column * tda + row] -= product;
            }
        }
    }
    gsl_matrix_memcpy(f->factor, f->system);
    if (gsl_linalg_cholesky_decomp1(f->factor) != GSL_SUCCESS)
        return uf_fail(
            error, UF_NOT_IDENTIFIED,
            "the effects of the periods cannot be told apart numerically: the weights differ by too "
            "many orders of magnitude");
    return UF_OK;
}

uf_status two_way_init(struct two_way *out, const struct uf_did_data *data, const unsigned char *fitted,
                       struct uf_error *error)
{
    struct two_way f = {.data = data, .fitted = fitted};
    f.start = calloc(data->n_units + 2, sizeof *f.start);
    f.unit_weight = calloc(data->n_units + 1, sizeof *f.unit_weight);
    f.unit_part = malloc((data->n_units + 1) * sizeof *f.unit_part);
    f.part = malloc((data->n_periods + 1) * sizeof *f.part);
    f.position = malloc((data->n_periods + 1) * sizeof *f.position);
    f.mean = malloc((data->n_units + 1) * sizeof *f.mean);
    f.effect = malloc((data->n_periods + 1) * sizeof *f.effect);
    uf_status status = f.start && f.unit_weight && f.unit_part && f.part && f.position && f.mean && f.effect
                           ? UF_OK
                           : uf_fail_memory(error);
    if (status == UF_OK) status = sort_rows(&f, error);
    if (status == UF_OK) {
        find_parts(&f);
        status = build_system(&f, error);
    }
    if (status != UF_OK)
        two_way_clear(&f);
    else
        *out = f;
    return status;
}

uf_status two_way_solve(struct two_way *f, double *right, struct uf_error *error)
{
    size_t m = f->n_free, periods = f->data->n_periods;
    if (m > 0) {
        gsl_vector_view solved = gsl_vector_view_array(f->solved, m),
                        rest = gsl_vector_view_array(f->rest, m);
        for (size_t t = 0; t < periods; t++)
            if (f->position[t] != SIZE_MAX) f->solved[f->position[t]] = right[t];
        memcpy(f->rest, f->solved, m * sizeof *f->rest);
        if (gsl_linalg_cholesky_svx(f->factor, &solved.vector) != GSL_SUCCESS)
            return uf_fail(error, UF_INTERNAL, "the system of the periods could not be solved");
        /* one step of refinement */
        for (size_t r = 0; r < m; r++) {
            const double *row = f->system->data + r * f->system->tda;
            for (size_t c = 0; c < m; c++) f->rest[r] -= row[c] * f->solved[c];
        }
        if (gsl_linalg_cholesky_svx(f->factor, &rest.vector) != GSL_SUCCESS)
            return uf_fail(error, UF_INTERNAL, "the system of the periods could not be solved");
        for (size_t r = 0; r < m; r++) f->solved[r] += f->rest[r];
    }
    for (size_t t = 0; t < periods; t++)
        right[t] = f->position[t] == SIZE_MAX ? 0 : f->solved[f->position[t]];
    return UF_OK;
}

/* The mean of a column over each unit's fitted rows. */
static void unit_means(struct two_way *f, const double *column)
{
    const struct uf_did_data *data = f->data;
    memset(f->mean, 0, data->n_units * sizeof *f->mean);
    for (size_t i = 0; i < data->n; i++)
        if (f->fitted[i]) f->mean[data->unit[i]] += (data->weights ? data->weights[i] : 1) * column[i];
    for (size_t u = 0; u < data->n_units; u++)
        if (f->unit_weight[u] > 0) f->mean[u] /= f->unit_weight[u];
}

uf_status two_way_take_out(struct two_way *f, double *column, struct uf_error *error)
{
    const struct uf_did_data *data = f->data;
    size_t n = data->n;
    /* twice, so that a large mean leaves no rounding behind */
    for (int round = 0; round < 2; round++) {
        unit_means(f, column);
        memset(f->effect, 0, data->n_periods * sizeof *f->effect);
        for (size_t i = 0; i < n; i++) {
            column[i] -= f->mean[data->unit[i]];
            if (f->fitted[i])
                f->effect[data->period[i]] += (data->weights ? data->weights[i] : 1) * column[i];
        }
        UF_TRY(two_way_solve(f, f->effect, error));
        for (size_t i = 0; i < n; i++) column[i] -= f->effect[data->period[i]];
        /* what the periods' effects average to within a unit is the unit's again */
        unit_means(f, column);
        for (size_t i = 0; i < n; i++) column[i] -= f->mean[data->unit[i]];
    }
    return UF_OK;
}

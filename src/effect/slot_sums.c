// SPDX-License-Identifier: GPL-3.0-or-later
/* Units and their rows by group and period, and their sums. */
#include "base/fail.h"
#include "effect/slot_effects.h"

#include <stdlib.h>
#include <string.h>

static double covariate_of(const struct uf_did_data *data, size_t i, size_t j)
{
    if (data->covariates) return gsl_matrix_get(data->covariates, i, j);
    return data->column[j].value[i * data->column[j].stride];
}

uf_status slot_effects_init(const struct uf_did_data *data, struct slot_effects *s, struct uf_error *error)
{
    const size_t k = data->covariates ? data->covariates->size2 : data->n_columns, columns = k + 1;
    double *sum = calloc((data->n_units + 1) * columns, sizeof *sum),
           *count = calloc(data->n_units + 1, sizeof *count);
    *s = (struct slot_effects){.data = data, .k = k};
    s->value = malloc((data->n * columns + 1) * sizeof *s->value);
    s->square = malloc(columns * sizeof *s->square);
    if (k > 0) s->products = gsl_matrix_alloc(k, k);
    if (k > 0) s->slope = gsl_vector_alloc(k), s->turned = gsl_vector_alloc(k);
    const bool memory =
        sum && count && s->value && s->square && (k == 0 || (s->products && s->slope && s->turned));
    for (size_t i = 0; memory && i < data->n; i++) {
        double *value = s->value + i * columns, *own = sum + data->unit[i] * columns;
        for (size_t j = 0; j < k; j++) own[j] += value[j] = covariate_of(data, i, j);
        own[k] += value[k] = data->outcome[i];
        count[data->unit[i]]++;
    }
    for (size_t i = 0; memory && i < data->n; i++)
        for (size_t j = 0; j <= k; j++)
            s->value[i * columns + j] -= sum[data->unit[i] * columns + j] / count[data->unit[i]];
    free(sum), free(count);
    return memory ? UF_OK : uf_fail_memory(error);
}

static void groups_clear(struct slot_effects *s)
{
    free(s->weight), free(s->gram), free(s->moment), free(s->factor), free(s->effect), free(s->contrast);
    free(s->group), free(s->column);
}

void slot_effects_clear(struct slot_effects *s)
{
    free(s->value), free(s->row), free(s->unit), free(s->left), free(s->square);
    groups_clear(s);
    gsl_matrix_free(s->products), gsl_vector_free(s->slope), gsl_vector_free(s->turned);
    memset(s, 0, sizeof *s);
}

/* --- one assignment ------------------------------------------------------------------------------------------- */

uf_status slot_effects_start(struct slot_effects *s, size_t n_groups, size_t n_times, struct uf_error *error)
{
    const size_t columns = s->k + 1, slots = n_groups * n_times;
    if (n_groups > s->most_groups || n_times != s->n_times) {
        groups_clear(s);
        s->group = malloc((n_groups + 1) * sizeof *s->group);
        s->column = malloc((n_times + 1) * sizeof *s->column);
        s->weight = malloc((slots + 1) * sizeof *s->weight);
        s->gram = malloc((slots * n_times + 1) * sizeof *s->gram);
        s->factor = malloc((slots * n_times + 1) * sizeof *s->factor);
        s->moment = malloc((slots * columns + 1) * sizeof *s->moment);
        s->effect = malloc((slots * columns + 1) * sizeof *s->effect);
        s->contrast = malloc((slots + 1) * sizeof *s->contrast);
        if (!s->weight || !s->gram || !s->factor || !s->moment || !s->effect || !s->contrast || !s->group ||
            !s->column)
            return uf_fail_memory(error);
        s->most_groups = n_groups;
    }
    s->n_groups = n_groups, s->n_times = n_times;
    s->n_rows = s->n_units = 0;
    memset(s->weight, 0, slots * sizeof *s->weight);
    memset(s->group, 0, n_groups * sizeof *s->group);
    memset(s->moment, 0, slots * columns * sizeof *s->moment);
    return UF_OK;
}

uf_status slot_effects_open(struct slot_effects *s, size_t group, struct uf_error *error)
{
    if (s->n_units == s->most_units) {
        const size_t most = 2 * s->most_units + 64;
        struct slot_unit *unit = realloc(s->unit, most * sizeof *unit);
        if (!unit) return uf_fail_memory(error);
        s->unit = unit, s->most_units = most;
    }
    s->unit[s->n_units] = (struct slot_unit){group, s->n_rows, s->n_rows, 0};
    return UF_OK;
}

uf_status slot_effects_add(struct slot_effects *s, size_t row, size_t time, double weight,
                           struct uf_error *error)
{
    if (s->n_rows == s->most_rows) {
        const size_t most = 2 * s->most_rows + 256;
        struct slot_row *rows = realloc(s->row, most * sizeof *rows);
        if (rows) s->row = rows;
        double *left = realloc(s->left, most * (s->k + 1) * sizeof *left);
        if (left) s->left = left;
        if (!rows || !left) return uf_fail_memory(error);
        s->most_rows = most;
    }
    const struct uf_did_data *data = s->data;
    s->row[s->n_rows++] =
        (struct slot_row){row,
                          time,
                          data->period[row],
                          data->n_cluster_dimensions ? data->cluster[0][row] : data->unit[row],
                          weight,
                          data->outcome[row]};
    s->unit[s->n_units].weight += weight;
    return UF_OK;
}

void slot_effects_close(struct slot_effects *s)
{
    struct slot_unit *unit = &s->unit[s->n_units];
    struct slot_group *group = &s->group[unit->group];
    const size_t columns = s->k + 1;
    double *weight = s->weight + unit->group * s->n_times;
    unit->to = s->n_rows;
    if (unit->to == unit->from) return;
    s->n_units++;
    group->weight += s->row[unit->from].weight;
    for (size_t r = unit->from; r < unit->to; r++) {
        weight[s->row[r].time] += s->row[r].weight;
        group->uneven |= s->row[r].weight != s->row[unit->from].weight;
        group->uneven |= r > unit->from && s->row[r].time <= s->row[r - 1].time; /* or out of order */
    }
    for (size_t j = 0; j < columns; j++) {
        double *moment = s->moment + slot_moment(s, unit->group, j), mean = 0;
        for (size_t r = unit->from; r < unit->to; r++)
            mean += s->row[r].weight * s->value[s->row[r].row * columns + j];
        mean /= unit->weight;
        for (size_t r = unit->from; r < unit->to; r++)
            moment[s->row[r].time] += s->row[r].weight * (s->value[s->row[r].row * columns + j] - mean);
    }
}

void slot_effects_sum(struct slot_effects *s, size_t group)
{
    const size_t times = s->n_times;
    double *gram = slot_gram(s, group);
    memset(gram, 0, times * times * sizeof *gram);
    for (size_t u = 0; u < s->n_units; u++) {
        const struct slot_unit *unit = &s->unit[u];
        if (unit->group != group) continue;
        for (size_t r = unit->from; r < unit->to; r++) {
            const struct slot_row *row = &s->row[r];
            double *line = gram + row->time * times;
            const double share = row->weight / unit->weight;
            for (size_t q = unit->from; q < unit->to; q++) line[s->row[q].time] -= share * s->row[q].weight;
            line[row->time] += row->weight;
        }
    }
}

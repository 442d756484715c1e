// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/power_sample.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { FEWEST_PERIODS = 2, AUTO_PERIODS = 6 };

uf_status power_sample_untreated(const struct uf_did_data *data, struct subsample *out,
                                 struct uf_error *error)
{
    unsigned char *keep = malloc(data->n + 1);
    if (!keep) return uf_fail_memory(error);
    for (size_t i = 0; i < data->n; i++) keep[i] = data->period[i] < data->first_period[data->unit[i]];
    uf_status status = subsample_init(data, keep, out, error);
    free(keep);
    return status;
}

static size_t first_start(const struct uf_did_data *data)
{
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++)
        if (data->first_period[data->unit[i]] < first) first = data->first_period[data->unit[i]];
    return first;
}

/* Periods with rows before `end`, in order, numbered in `number`. */
static size_t number_periods(const struct uf_did_data *data, size_t end, size_t *number)
{
    size_t count = 0;
    for (size_t t = 0; t < data->n_periods; t++) number[t] = 0;
    for (size_t i = 0; i < data->n; i++)
        if (data->period[i] < end) number[data->period[i]] = 1;
    for (size_t t = 0; t < data->n_periods; t++) {
        size_t seen = number[t];
        number[t] = count;
        count += seen;
    }
    return count;
}

/* Treatment by start; a dose keeps its level at the start only as 1, since what is looked for is an effect of being treated. */
static void treat(struct subsample *part)
{
    for (size_t i = 0; i < part->data.n; i++)
        part->treatment[i] = part->period[i] >= part->first_period[part->unit[i]] ? 1 : 0;
}

static uf_status before_start(const struct uf_did_data *data, size_t first, struct power_sample *s,
                              size_t *number, struct uf_error *error)
{
    size_t all = number_periods(data, data->n_periods, number), start = number[first];
    s->all_periods = all, s->all_after = all - start;
    size_t *moved = malloc((data->n_units + 1) * sizeof *moved);
    unsigned char *keep = malloc(data->n + 1);
    uf_status status = moved && keep ? UF_OK : uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units && status == UF_OK; u++) {
        size_t own = data->first_period[u];
        moved[u] = SIZE_MAX;
        if (own == SIZE_MAX || start < FEWEST_PERIODS) continue;
        /* the start divides the periods before as it divides all */
        size_t place = (number[own] * start + all / 2) / all;
        moved[u] = place < 1 ? 1 : place > start - 1 ? start - 1 : place;
    }
    if (status == UF_OK) s->n_periods = number_periods(data, first, number);
    if (status == UF_OK && s->n_periods < FEWEST_PERIODS)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "%zu periods before the start", s->n_periods);
    for (size_t i = 0; i < data->n && status == UF_OK; i++) keep[i] = data->period[i] < first;
    if (status == UF_OK) status = subsample_init(data, keep, &s->part, error);
    if (status == UF_OK) {
        size_t earliest = SIZE_MAX;
        for (size_t u = 0; u < data->n_units; u++) {
            s->part.first_period[u] = SIZE_MAX;
            for (size_t t = 0; moved[u] != SIZE_MAX && t < first && s->part.first_period[u] == SIZE_MAX; t++)
                if (number[t] == moved[u]) s->part.first_period[u] = t;
            if (moved[u] < earliest) earliest = moved[u];
        }
        s->n_after = s->n_periods - earliest;
        treat(&s->part);
    }
    free(moved), free(keep);
    return status;
}

static uf_status among_controls(const struct uf_did_data *data, struct power_sample *s,
                                struct uf_error *error)
{
    unsigned char *present = calloc(data->n_units + 1, 1), *keep = malloc(data->n + 1);
    size_t treated = 0, control = 0;
    uf_status status = present && keep ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < data->n && status == UF_OK; i++) {
        present[data->unit[i]] = 1;
        keep[i] = data->first_period[data->unit[i]] == SIZE_MAX;
    }
    for (size_t u = 0; u < data->n_units && status == UF_OK; u++) {
        treated += present[u] && data->first_period[u] != SIZE_MAX;
        control += present[u] && data->first_period[u] == SIZE_MAX;
    }
    if (status == UF_OK && control < 2 * treated)
        status = uf_fail(error, UF_NOT_IDENTIFIED, "%zu controls for %zu treated", control, treated);
    if (status == UF_OK) status = subsample_init(data, keep, &s->part, error);
    if (status == UF_OK) {
        size_t from = 0;
        for (size_t u = 0; u < data->n_units; u++) {
            if (!present[u] || data->first_period[u] != SIZE_MAX) continue;
            while (from < data->n_units && (!present[from] || data->first_period[from] == SIZE_MAX)) from++;
            if (from < data->n_units) s->part.first_period[u] = data->first_period[from++];
        }
        treat(&s->part);
    }
    s->of_controls = true;
    free(present), free(keep);
    return status;
}

uf_status power_sample_init(const struct uf_did_data *data, const char *which, struct power_sample *out,
                            struct uf_error *error)
{
    struct power_sample s = {0};
    size_t first = first_start(data), *number = malloc((data->n_periods + 1) * sizeof *number);
    if (!number) return uf_fail_memory(error);
    if (first == SIZE_MAX) {
        free(number);
        return uf_fail(error, UF_NOT_IDENTIFIED, "nobody is treated");
    }
    size_t all = number_periods(data, data->n_periods, number), before = number[first];
    s.all_periods = all, s.all_after = all - before;
    bool controls = !strcmp(which, "controls") || (!strcmp(which, "auto") && before < AUTO_PERIODS);
    uf_status status =
        controls ? among_controls(data, &s, error) : before_start(data, first, &s, number, error);
    if (status == UF_NOT_IDENTIFIED && !strcmp(which, "auto")) {
        subsample_clear(&s.part);
        status = controls ? before_start(data, first, &s, number, error) : among_controls(data, &s, error);
        s.of_controls = !controls;
    }
    free(number);
    if (status != UF_OK)
        subsample_clear(&s.part);
    else
        *out = s;
    return status;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* To which units or clusters could the treatment have been dealt, and what would each observation's treatment
 * then have been? */
#include "base/fail.h"
#include "effect/did_internal.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void uf_did_assignment_clear(struct uf_did_assignment *a)
{
    if (!a) return;
    free(a->block), free(a->path), free(a->path_value), free(a->first_period);
    memset(a, 0, sizeof *a);
}

/* True where the treatment is 0 before the unit's first period and 1 from it on. */
static bool stays_on(const struct uf_did_data *data)
{
    for (size_t i = 0; i < data->n; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (data->treatment[i] != (first != SIZE_MAX && data->period[i] >= first ? 1 : 0)) return false;
    }
    return true;
}

/* Paths of units: `unit_path` (n_units; SIZE_MAX: not in the sample), and one unit that follows each path. */
struct unit_paths {
    size_t count;
    size_t *of_unit, *example;
    double *series; /* n_units × n_periods, NaN where not observed; NULL where paths are cohorts */
};

static void unit_paths_clear(struct unit_paths *p)
{
    free(p->of_unit), free(p->example), free(p->series);
}

static bool same_path(const struct uf_did_data *data, const struct unit_paths *p, size_t a, size_t b)
{
    if (!p->series) return data->first_period[a] == data->first_period[b];
    for (size_t t = 0; t < data->n_periods; t++) {
        double x = p->series[a * data->n_periods + t], y = p->series[b * data->n_periods + t];
        if (x != y && !(isnan(x) && isnan(y))) return false;
    }
    return true;
}

static uf_status check_balanced(const struct uf_did_data *data, const struct unit_paths *p,
                                struct uf_error *error)
{
    for (size_t t = 0; t < data->n_periods; t++) {
        size_t present = 0, absent = 0;
        for (size_t u = 0; u < data->n_units; u++) {
            if (p->of_unit[u] == SIZE_MAX) continue;
            if (isnan(p->series[u * data->n_periods + t]))
                absent++;
            else
                present++;
        }
        if (present > 0 && absent > 0)
            return uf_fail(error, UF_NOT_IDENTIFIED,
                           "randomisation of a treatment that changes in size or ends needs each unit in "
                           "each period, and "
                           "%zu units lack one of the periods",
                           absent);
    }
    return UF_OK;
}

static uf_status find_unit_paths(const struct uf_did_data *data, struct unit_paths *p, struct uf_error *error)
{
    size_t cells = data->n_units * data->n_periods;
    *p = (struct unit_paths){.of_unit = malloc((data->n_units + 1) * sizeof *p->of_unit),
                             .example = malloc((data->n_units + 1) * sizeof *p->example)};
    if (!p->of_unit || !p->example) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) p->of_unit[u] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) p->of_unit[data->unit[i]] = 0;
    if (!stays_on(data)) {
        p->series = malloc((cells + 1) * sizeof *p->series);
        if (!p->series) return uf_fail_memory(error);
        for (size_t c = 0; c < cells; c++) p->series[c] = NAN;
        for (size_t i = 0; i < data->n; i++)
            p->series[data->unit[i] * data->n_periods + data->period[i]] = data->treatment[i];
        UF_TRY(check_balanced(data, p, error));
    }
    for (size_t u = 0; u < data->n_units; u++) {
        if (p->of_unit[u] == SIZE_MAX) continue;
        size_t path = 0;
        while (path < p->count && !same_path(data, p, u, p->example[path])) path++;
        if (path == p->count) p->example[p->count++] = u;
        p->of_unit[u] = path;
    }
    return UF_OK;
}

/* Each cluster's path, where units do not straddle clusters and each cluster has one path; false otherwise. */
static bool cluster_paths(const struct uf_did_data *data, const struct unit_paths *p, size_t *path,
                          size_t *unit_cluster)
{
    for (size_t g = 0; g < data->n_groups[0]; g++) path[g] = SIZE_MAX;
    for (size_t u = 0; u < data->n_units; u++) unit_cluster[u] = SIZE_MAX;
    for (size_t i = 0; i < data->n; i++) {
        size_t g = data->cluster[0][i], u = data->unit[i];
        if (unit_cluster[u] != SIZE_MAX && unit_cluster[u] != g) return false;
        unit_cluster[u] = g;
        if (path[g] != SIZE_MAX && path[g] != p->of_unit[u]) return false;
        path[g] = p->of_unit[u];
    }
    return true;
}

/* Numbers the blocks that are in the sample without gaps. */
static void number_blocks(const struct uf_did_data *data, const size_t *block, const size_t *path,
                          size_t n_given, size_t *number, struct uf_did_assignment *a)
{
    a->n_blocks = 0;
    for (size_t b = 0; b < n_given; b++) {
        if (path[b] == SIZE_MAX) continue;
        a->path[a->n_blocks] = path[b];
        number[b] = a->n_blocks++;
    }
    for (size_t i = 0; i < data->n; i++) a->block[i] = number[block[i]];
}

static void fill_values(const struct uf_did_data *data, const struct unit_paths *p,
                        struct uf_did_assignment *a)
{
    for (size_t i = 0; i < data->n; i++) {
        for (size_t c = 0; c < p->count; c++) {
            size_t unit = p->example[c], first = data->first_period[unit];
            a->path_value[i * p->count + c] = p->series ? p->series[unit * data->n_periods + data->period[i]]
                                              : first != SIZE_MAX && data->period[i] >= first ? 1
                                                                                              : 0;
        }
    }
}

uf_status uf_did_assignment_init(const struct uf_did_data *data, struct uf_did_assignment *out,
                                 struct uf_error *error)
{
    struct uf_did_assignment a = {0};
    struct unit_paths paths = {0};
    size_t groups = data->n_cluster_dimensions == 1 ? data->n_groups[0] : 0;
    size_t most = groups > data->n_units ? groups : data->n_units;
    size_t *path = malloc((most + 1) * sizeof *path), *number = malloc((most + 1) * sizeof *number);
    a.block = malloc((data->n + 1) * sizeof *a.block);
    a.path = malloc((most + 1) * sizeof *a.path);
    uf_status status = path && number && a.block && a.path ? UF_OK : uf_fail_memory(error);
    if (status != UF_OK) goto done;
    UF_TRY_GOTO(find_unit_paths(data, &paths, error), done);
    a.n_paths = paths.count;
    a.path_value = malloc((data->n * paths.count + 1) * sizeof *a.path_value);
    a.first_period = malloc((paths.count + 1) * sizeof *a.first_period);
    if (!a.path_value || !a.first_period) {
        status = uf_fail_memory(error);
        goto done;
    }
    a.by_cluster = groups > 0 && cluster_paths(data, &paths, path, number);
    if (a.by_cluster)
        number_blocks(data, data->cluster[0], path, groups, number, &a);
    else
        number_blocks(data, data->unit, paths.of_unit, data->n_units, number, &a);
    fill_values(data, &paths, &a);
    for (size_t c = 0; c < paths.count; c++) a.first_period[c] = data->first_period[paths.example[c]];
done:
    unit_paths_clear(&paths);
    free(path), free(number);
    if (status == UF_OK)
        *out = a;
    else
        uf_did_assignment_clear(&a);
    return status;
}

/* The covariates that the regression kept; *out is NULL where it kept none, or all of them (then data->covariates serve). */
static uf_status kept_covariates(const struct uf_did_data *data, const struct uf_did_fit *fit, bool *all,
                                 gsl_matrix **out, struct uf_error *error)
{
    size_t k = data->covariates ? data->covariates->size2 : 0, kept = 0;
    *out = NULL;
    for (size_t j = 0; j < k; j++) kept += fit->position[fit->n_leading + j] != SIZE_MAX;
    *all = kept == k;
    if (*all || kept == 0) return UF_OK;
    *out = gsl_matrix_alloc(data->n, kept);
    if (!*out) return uf_fail_memory(error);
    size_t to = 0;
    for (size_t j = 0; j < k; j++) {
        if (fit->position[fit->n_leading + j] == SIZE_MAX) continue;
        for (size_t i = 0; i < data->n; i++)
            gsl_matrix_set(*out, i, to, gsl_matrix_get(data->covariates, i, j));
        to++;
    }
    return UF_OK;
}

uf_status uf_did_randomise(const struct uf_did_data *data, const struct uf_did_fit *fit,
                           const struct uf_did_assignment *assignment,
                           const struct uf_randomisation_options *options, struct uf_randomisation *out,
                           struct uf_error *error)
{
    struct uf_did_noise noise = {0};
    struct uf_error reason;
    uf_status status = uf_did_noise_init(data, assignment, &noise, &reason);
    if (status != UF_OK && status != UF_NOT_IDENTIFIED) {
        if (error) *error = reason;
        return status;
    }
    gsl_matrix *covariates = NULL;
    bool all, noisy = status == UF_OK;
    status = kept_covariates(data, fit, &all, &covariates, error);
    if (status != UF_OK) {
        uf_did_noise_clear(&noise);
        return status;
    }
    const struct uf_randomisation_input input = {
        .n = data->n,
        .outcome = data->outcome,
        .weights = data->weights,
        .covariates = all ? data->covariates : covariates,
        .absorber = fit->absorber,
        .n_blocks = assignment->n_blocks,
        .block = assignment->block,
        .n_paths = assignment->n_paths,
        .path = assignment->path,
        .path_value = assignment->path_value,
        .cluster = data->n_cluster_dimensions == 1 ? data->cluster[0] : NULL,
        .n_groups = data->n_cluster_dimensions == 1 ? data->n_groups[0] : 0,
        .treatment = data->treatment,
        .noise = noisy ? &noise.view : NULL,
    };
    status = uf_randomisation_test(&input, options, out, error);
    gsl_matrix_free(covariates);
    uf_did_noise_clear(&noise);
    return status;
}

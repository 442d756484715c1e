// SPDX-License-Identifier: GPL-3.0-or-later
/* The statistics of all draws of a resampling, handed over with what it did to which region: so that a study can see
 * whether two analyses were resampled alike, and read their p-values together. */
#include "effect/resampled.h"
#include "base/fail.h"
#include "effect/inference.h"
#include "effect/run.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/multiple_testing.h>

/* What a unit of the sample followed: where it stands among the rows, and the largest size of its treatment. */
struct followed {
    size_t row; /* SIZE_MAX: not in the sample */
    double most;
};

static const char *unit_code(const struct effect_run *run, size_t unit)
{
    const struct uf_panel *panel = run->panel;
    /* where rows are means by cluster, the clusters are the units */
    if (run->sample->data.n_rows > 0 && panel->n_cluster_dimensions > 0)
        return panel->cluster_groups[0].code[unit];
    return panel->units.code[unit];
}

/* A line per unit: `SE312 2017`, its cluster, and the size of a treatment that is not 0/1. */
static void add_unit(const struct effect_run *run, size_t unit, const struct followed *followed,
                     struct uf_buffer *buffer)
{
    const struct uf_did_data *data = &run->sample->data;
    size_t first = data->first_period[unit];
    char number[64];
    uf_buffer_append(buffer, "\n");
    uf_buffer_append(buffer, unit_code(run, unit));
    uf_buffer_append(buffer, " ");
    uf_buffer_append(buffer, first == SIZE_MAX ? "-" : run->panel->periods.code[first]);
    for (size_t d = 0; d < data->n_cluster_dimensions; d++) {
        snprintf(number, sizeof number, " %zu", data->cluster[d][followed->row]);
        uf_buffer_append(buffer, number);
    }
    if (followed->most == 0 || followed->most == 1) return;
    snprintf(number, sizeof number, " %.17g", followed->most);
    uf_buffer_append(buffer, number);
}

/* `drawn` is the first line; the units follow in the order in which they were dealt to. */
static uf_status describe(const struct effect_run *run, const char *drawn, char **out, struct uf_error *error)
{
    const struct uf_did_data *data = &run->sample->data;
    struct followed *followed = malloc((data->n_units + 1) * sizeof *followed);
    struct uf_buffer buffer;
    if (!followed) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++) followed[u] = (struct followed){SIZE_MAX, 0};
    for (size_t i = 0; i < data->n; i++) {
        struct followed *unit = &followed[data->unit[i]];
        unit->row = i;
        if (data->treatment && fabs(data->treatment[i]) > unit->most) unit->most = fabs(data->treatment[i]);
    }
    uf_buffer_init(&buffer);
    uf_buffer_append(&buffer, drawn);
    for (size_t u = 0; u < data->n_units; u++)
        if (followed[u].row != SIZE_MAX) add_unit(run, u, &followed[u], &buffer);
    free(followed);
    *out = uf_buffer_take(&buffer);
    return *out ? UF_OK : uf_fail_memory(error);
}

uf_status effect_keep_randomised(const struct effect_run *run, const struct uf_randomisation *randomisation,
                                 struct uf_error *error)
{
    const struct {
        char vcov[24];
        double *statistic;
        bool studentised;
    } kept[] = {
        {"randomisation", randomisation->coefficient, false},
        {"randomisation-t", randomisation->t, true},
        /* the noise before the start is in the outcome's own unit, but a year's, not the estimate's */
        {"randomisation-scaled", randomisation->scaled, false}};
    char drawn[96], *design = NULL;
    /* of the first term, which `estimates` begins with */
    if (!run->context->keep_resampled || uf_result_resampled(run->result, kept[0].vcov)) return UF_OK;
    snprintf(drawn, sizeof drawn, "randomisation %zu %d %" PRIu64, randomisation->count,
             (int)randomisation->enumerated,
             randomisation->enumerated ? 0 : run->inference->randomisation.seed);
    UF_TRY(describe(run, drawn, &design, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < sizeof kept / sizeof *kept && status == UF_OK; i++) {
        char vcov[sizeof kept->vcov];
        memcpy(vcov, kept[i].vcov, sizeof vcov);
        const struct uf_resampled resampled = {vcov, design, kept[i].statistic, randomisation->count,
                                               kept[i].studentised};
        if (!isnan(kept[i].statistic[0]) && !uf_result_resampled(run->result, vcov))
            status = uf_result_add_resampled(run->result, &resampled, error);
    }
    free(design);
    return status;
}

uf_status effect_keep_wild(const struct effect_run *run, const struct uf_wild_bootstrap *wild,
                           struct uf_error *error)
{
    char vcov[] = "wild-bootstrap", drawn[128], *design = NULL;
    if (!run->context->keep_resampled || !wild->statistics || uf_result_resampled(run->result, vcov))
        return UF_OK;
    /* of an enumeration the first vector gives all clusters the same sign: the residuals as they are */
    size_t skip = wild->enumerated ? 1 : 0, count = 1 + wild->n_statistics - skip;
    double *statistic = malloc((count + 1) * sizeof *statistic);
    if (!statistic) return uf_fail_memory(error);
    statistic[0] = wild->statistic;
    memcpy(statistic + 1, wild->statistics + skip, (count - 1) * sizeof *statistic);
    snprintf(drawn, sizeof drawn, "wild-bootstrap %zu %d %d %d %zu %" PRIu64, count, (int)wild->enumerated,
             (int)wild->weights, (int)wild->null, wild->n_clusters,
             wild->enumerated ? 0 : run->inference->bootstrap.seed);
    uf_status status = describe(run, drawn, &design, error);
    const struct uf_resampled resampled = {vcov, design, statistic, count, true};
    if (status == UF_OK) status = uf_result_add_resampled(run->result, &resampled, error);
    free(design), free(statistic);
    return status;
}

/* What a statistic is divided by, so that outcomes of other units and spread count alike: its root mean square over all
 * assignments, the actual one included, which leaves the test exact. */
static double spread(const struct uf_resampled *draws)
{
    double largest = 0, sum = 0;
    size_t count = 0;
    if (draws->studentised) return 1;
    for (size_t b = 0; b < draws->count; b++)
        if (isfinite(draws->statistic[b])) largest = fmax(largest, fabs(draws->statistic[b]));
    if (!(largest > 0)) return 1;
    for (size_t b = 0; b < draws->count; b++) {
        if (!isfinite(draws->statistic[b])) continue;
        sum += pow(draws->statistic[b] / largest, 2);
        count++;
    }
    return largest * sqrt(sum / (double)count);
}

uf_status effect_romano_wolf(const struct uf_resampled *const *results, size_t count, double *out,
                             struct uf_error *error)
{
    size_t draws = count > 0 ? results[0]->count - 1 : 0;
    if (draws == 0) return uf_fail(error, UF_BAD_USAGE, "the step-down test needs draws, found none");
    double *statistic = malloc(count * sizeof *statistic);
    gsl_matrix *resampled = gsl_matrix_alloc(draws, count);
    uf_status status = statistic && resampled ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < count && status == UF_OK; i++) {
        double scale = spread(results[i]);
        statistic[i] = results[i]->statistic[0] / scale;
        for (size_t b = 0; b < draws; b++)
            gsl_matrix_set(resampled, b, i, results[i]->statistic[b + 1] / scale);
    }
    if (status == UF_OK) status = uf_romano_wolf(statistic, resampled, out, error);
    gsl_matrix_free(resampled);
    free(statistic);
    return status;
}

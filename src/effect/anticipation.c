// SPDX-License-Identifier: GPL-3.0-or-later
#include "effect/anticipation.h"
#include "base/fail.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void effect_calm_panel_clear(struct effect_calm_panel *calm)
{
    for (size_t c = 0; calm->columns && c < calm->panel.n_columns; c++)
        free(calm->columns[c].value), free(calm->columns[c].status);
    for (size_t d = 0; calm->cluster && d < calm->panel.n_cluster_dimensions; d++) free(calm->cluster[d]);
    free(calm->columns), free(calm->unit), free(calm->sector), free(calm->period), free(calm->cluster);
    free(calm->dose);
    memset(calm, 0, sizeof *calm);
}

/* The start that all treated share; SIZE_MAX: nobody is treated. */
static uf_status find_start(const struct uf_panel *panel, size_t *out, struct uf_error *error)
{
    size_t start = SIZE_MAX;
    for (size_t u = 0; u < panel->units.count; u++) {
        const size_t own = panel->treatment.first_period[u];
        if (own == SIZE_MAX) continue;
        if (start != SIZE_MAX && start != own)
            return uf_fail(
                error, UF_BAD_USAGE,
                "option 'anticipation': the treated start in different periods ('%s' and '%s'); expected "
                "one start: with several, callaway-santanna, sun-abraham, imputation and stacked leave "
                "out each cohort's own periods",
                panel->periods.code[start < own ? start : own],
                panel->periods.code[start < own ? own : start]);
        start = own;
    }
    *out = start;
    return UF_OK;
}

/* Numbers of the rows that stay; *count of them in *out, free() it. */
static uf_status keep_rows(const struct uf_panel *panel, const long *time, size_t start, long anticipation,
                           size_t **out, size_t *count, struct uf_error *error)
{
    size_t *row = malloc((panel->n_rows + 1) * sizeof *row), n = 0;
    if (!row) return uf_fail_memory(error);
    for (size_t i = 0; i < panel->n_rows; i++) {
        const long event = start == SIZE_MAX ? 0 : time[panel->period[i]] - time[start];
        if (event >= 0 || event < -anticipation) row[n++] = i;
    }
    *out = row, *count = n;
    return UF_OK;
}

/* `size` bytes for each row that stays; NULL where there are none, or no memory (`failed`). */
static void *take(const void *from, size_t size, const size_t *row, size_t n, bool *failed)
{
    if (!from) return NULL;
    char *to = malloc(n * size + 1);
    for (size_t i = 0; to && i < n; i++) memcpy(to + i * size, (const char *)from + row[i] * size, size);
    *failed = *failed || !to;
    return to;
}

static uf_status copy(const struct uf_panel *panel, const size_t *row, size_t n,
                      struct effect_calm_panel *calm, struct uf_error *error)
{
    bool failed = false;
    calm->panel = *panel;
    calm->columns = calloc(panel->n_columns + 1, sizeof *calm->columns);
    calm->cluster = calloc(panel->n_cluster_dimensions + 1, sizeof *calm->cluster);
    if (!calm->columns || !calm->cluster) return uf_fail_memory(error);
    for (size_t c = 0; c < panel->n_columns; c++) {
        calm->columns[c] = panel->columns[c];
        calm->columns[c].value = take(panel->columns[c].value, sizeof(double), row, n, &failed);
        calm->columns[c].status =
            take(panel->columns[c].status, sizeof *panel->columns[c].status, row, n, &failed);
    }
    for (size_t d = 0; d < panel->n_cluster_dimensions; d++)
        calm->cluster[d] = take(panel->cluster[d], sizeof(size_t), row, n, &failed);
    calm->unit = take(panel->unit, sizeof(size_t), row, n, &failed);
    calm->sector = take(panel->sector, sizeof(size_t), row, n, &failed);
    calm->period = take(panel->period, sizeof(size_t), row, n, &failed);
    calm->dose = take(panel->treatment.dose, sizeof(double), row, n, &failed);
    if (failed) return uf_fail_memory(error);
    calm->panel.n_rows = n;
    calm->panel.columns = calm->columns, calm->panel.cluster = calm->cluster;
    calm->panel.unit = calm->unit, calm->panel.sector = calm->sector, calm->panel.period = calm->period;
    calm->panel.treatment.dose = calm->dose;
    return UF_OK;
}

static uf_status tell(const struct effect_run *run, long anticipation, size_t before, size_t after,
                      struct uf_error *error)
{
    static const struct uf_words step = {"anticipation", "förväntan"};
    static const struct uf_words reason = {"a period shortly before the start, in which the treated may have "
                                           "acted on it already",
                                           "en period kort före start, då insatsregionerna kan ha agerat i "
                                           "väntan på den"};
    static const struct uf_words text = {"Anticipation: the periods up to {0} before the start count neither "
                                         "as before nor as after it, and are "
                                         "left out for all regions.",
                                         "Förväntan: perioderna upp till {0} före start räknas varken som "
                                         "före eller efter, och är utelämnade för "
                                         "alla regioner."};
    const enum uf_language language = run->context->language;
    const struct uf_argument argument = uf_number_argument((double)anticipation, 0);
    UF_TRY(
        effect_note(run, UF_NOTE, "anticipation", text, (struct uf_words){NULL, NULL}, &argument, 1, error));
    if (after == before) return UF_OK;
    return uf_result_add_ledger(run->result, uf_words_in(step, language), uf_words_in(reason, language),
                                before, after, error);
}

uf_status effect_calm_panel_init(const struct effect_run *run, long anticipation,
                                 struct effect_calm_panel *out, struct uf_error *error)
{
    const struct uf_panel *panel = run->panel;
    size_t start, *row = NULL, n = 0;
    long *time = NULL;
    bool calendar;
    struct effect_calm_panel calm = {0};
    UF_TRY(find_start(panel, &start, error));
    UF_TRY(effect_time_scale(panel, &time, &calendar, error));
    uf_status status = keep_rows(panel, time, start, anticipation, &row, &n, error);
    free(time);
    if (status == UF_OK) status = copy(panel, row, n, &calm, error);
    free(row);
    if (status == UF_OK) status = tell(run, anticipation, panel->n_rows, n, error);
    if (status == UF_OK)
        *out = calm;
    else
        effect_calm_panel_clear(&calm);
    return status;
}

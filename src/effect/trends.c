// SPDX-License-Identifier: GPL-3.0-or-later
/* Table `raw-trends`: means of each cohort by period. */
#include "base/fail.h"
#include "effect/run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { MOST_COHORTS = 4 }; /* more than that are shown as one group of treated */

struct trend_group {
    size_t first; /* SIZE_MAX: never treated; the panel's period otherwise */
    bool pooled;  /* all treated together */
};

static size_t list_groups(const struct effect_run *run, struct trend_group groups[MOST_COHORTS + 1])
{
    const struct uf_did_data *data = &run->sample->data;
    size_t count = 0;
    bool pooled = run->sample->n_cohorts > MOST_COHORTS, *met = calloc(data->n_periods + 1, sizeof *met);
    for (size_t i = 0; i < data->n && met; i++) {
        size_t first = data->first_period[data->unit[i]];
        if (first < data->n_periods) met[first] = true;
    }
    if (pooled) groups[count++] = (struct trend_group){0, true};
    for (size_t t = 0; t < data->n_periods && !pooled && met; t++) {
        if (met[t]) groups[count++] = (struct trend_group){t, false};
    }
    free(met);
    if (run->sample->n_control > 0) groups[count++] = (struct trend_group){SIZE_MAX, false};
    return count;
}

static bool in_group(const struct trend_group *group, size_t first)
{
    return group->pooled ? first != SIZE_MAX : first == group->first;
}

double effect_period_number(const struct effect_run *run, size_t period)
{
    static const double parts[] = {[UF_PERIOD_YEAR] = 1,   [UF_PERIOD_HALF] = 2,  [UF_PERIOD_QUARTER] = 4,
                                   [UF_PERIOD_MONTH] = 12, [UF_PERIOD_WEEK] = 53, [UF_PERIOD_SPAN] = 1};
    if (!run->sample->calendar) return (double)run->sample->time[period];
    uf_period value = run->panel->period_value[period];
    int part = value % 100;
    enum uf_period_kind kind = uf_period_kind_of(value);
    return uf_period_year(value) + (kind != UF_PERIOD_YEAR && part > 0 ? (part - 1) / parts[kind] : 0);
}

static uf_status add_group(const struct effect_run *run, const struct trend_group *group,
                           struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words never = {"Comparison regions", "Jämförelseregioner"};
    static const struct uf_words from = {"Treated regions (from {0})", "Insatsregioner (från {0})"};
    static const struct uf_words all = {"Treated regions", "Insatsregioner"};
    const struct uf_did_data *data = &run->sample->data;
    bool treated = group->first != SIZE_MAX, cohort = treated && !group->pooled;
    const struct uf_argument start = uf_text_argument(cohort ? run->panel->periods.label[group->first] : "");
    char *label = NULL;
    UF_TRY(uf_phrase(run->context->language,
                     cohort    ? from
                     : treated ? all
                               : never,
                     &start, 1, &label, error));
    uf_status status = UF_OK;
    double *sum = calloc(data->n_periods + 1, sizeof *sum),
           *weight = calloc(data->n_periods + 1, sizeof *weight);
    size_t *n = calloc(data->n_periods + 1, sizeof *n), row;
    bool *inside = calloc(data->n_units + 1, sizeof *inside);
    if (!sum || !weight || !n || !inside) status = uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units && inside; u++) inside[u] = in_group(group, data->first_period[u]);
    for (size_t i = 0; i < data->n && status == UF_OK; i++) {
        size_t t = data->period[i];
        if (!inside[data->unit[i]]) continue;
        double w = data->weights ? data->weights[i] : 1;
        sum[t] += w * data->outcome[i];
        weight[t] += w;
        n[t] += data->n_rows ? (size_t)w : 1; /* weights of means count rows */
    }
    for (size_t t = 0; t < data->n_periods && status == UF_OK; t++) {
        if (n[t] == 0) continue;
        status = uf_table_add_row(table, &row, error);
        if (status == UF_OK)
            status = uf_table_set_text(table, row, 0, treated ? "treated" : "control", error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 1, label, error);
        if (status == UF_OK) status = uf_table_set_number(table, row, 2, effect_period_number(run, t), error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 3, run->panel->periods.label[t], error);
        if (status == UF_OK) status = uf_table_set_number(table, row, 4, sum[t] / weight[t], error);
        if (status == UF_OK) status = uf_table_set_number(table, row, 5, (double)n[t], error);
    }
    free(label), free(sum), free(weight), free(n), free(inside);
    return status;
}

uf_status effect_report_trends(const struct effect_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"Means of treated and comparison regions over time",
                                          "Medelvärden för insats- och jämförelseregioner över tid"};
    static const struct {
        const char *name;
        enum uf_column_type type;
        int decimals;
    } names[] = {{"code", UF_COLUMN_TEXT, -1},     {"label", UF_COLUMN_TEXT, -1},
                 {"period", UF_COLUMN_NUMBER, -1}, {"period_label", UF_COLUMN_TEXT, -1},
                 {"value", UF_COLUMN_NUMBER, 3},   {"n_obs", UF_COLUMN_NUMBER, 0}};
    const char *unit = run->unit;
    struct trend_group groups[MOST_COHORTS + 1];
    size_t n_groups = list_groups(run, groups), index;
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("raw-trends", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, run->context->language), error);
    for (size_t c = 0; c < sizeof names / sizeof *names && status == UF_OK; c++)
        status = uf_table_add_column(table, names[c].name, names[c].type, c == 4 ? unit : NULL,
                                     names[c].decimals, &index, error);
    for (size_t g = 0; g < n_groups && status == UF_OK; g++)
        status = add_group(run, &groups[g], table, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->result, table, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/attributes.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void attributes_clear(struct attributes *a)
{
    free(a->region);
    gsl_matrix_free(a->value);
    gsl_matrix_free(a->low);
    gsl_matrix_free(a->high);
    free(a->status);
    free(a->label);
    panel_activity_clear(&a->activity);
    *a = (struct attributes){0};
}

static uf_status allocate(struct attributes *a, struct uf_error *error)
{
    const size_t n = a->n_regions, k = a->n_columns;
    a->region = calloc(n + 1, sizeof *a->region);
    a->value = gsl_matrix_alloc(n, k);
    a->low = gsl_matrix_alloc(n, k);
    a->high = gsl_matrix_alloc(n, k);
    a->status = calloc(n * k + 1, sizeof *a->status);
    a->label = calloc(k + 1, sizeof *a->label);
    return a->region && a->value && a->low && a->high && a->status && a->label ? UF_OK
                                                                               : uf_fail_memory(error);
}

/* --- sectors ----------------------------------------------------------------------------------- */

/* x / (x + the others): smallest where x is low and the others high. A published total is divided by as it is. */
static void share_of(const struct panel_activity *activity, size_t r, size_t s, double out[BOUNDS])
{
    const struct period_activity *p = &activity->at[0];
    double sum[BOUNDS] = {0, 0, 0}, own[BOUNDS];
    for (int b = 0; b < BOUNDS; b++) {
        own[b] = gsl_matrix_get(p->value[b], r, s);
        for (size_t j = 0; j < activity->n_sectors; j++)
            if (j != s) sum[b] += gsl_matrix_get(p->value[b], r, j);
        sum[b] += own[b];
    }
    if (p->total[BOUND_VALUE])
        for (int b = 0; b < BOUNDS; b++) sum[b] = gsl_vector_get(p->total[b], r);
    bool given = p->total[BOUND_VALUE] != NULL;
    double most = given ? sum[BOUND_HIGH] : sum[BOUND_HIGH] - own[BOUND_HIGH] + own[BOUND_LOW];
    double least = given ? sum[BOUND_LOW] : sum[BOUND_LOW] - own[BOUND_LOW] + own[BOUND_HIGH];
    out[BOUND_VALUE] = own[BOUND_VALUE] / sum[BOUND_VALUE];
    out[BOUND_LOW] = most > 0 ? own[BOUND_LOW] / most : 0;
    out[BOUND_HIGH] = least > 0 ? fmin(1, own[BOUND_HIGH] / least) : 1;
    if (isnan(out[BOUND_VALUE])) out[BOUND_LOW] = out[BOUND_HIGH] = NAN;
}

static uf_status from_sectors(const struct uf_panel *panel, const struct uf_options *options,
                              struct uf_result *result, struct attributes *a, struct uf_error *error)
{
    if (uf_options_list(options, "indicators")->count > 0)
        return uf_fail(
            error, UF_BAD_USAGE,
            "The data is by sector, and 'indicators' names columns; expected one of them: leave the "
            "sectors out, or 'indicators'.");
    UF_TRY(panel_activity_new(panel, options, a->language, &a->period, 1, &a->activity, error));
    const struct panel_activity *activity = &a->activity;
    UF_TRY(panel_activity_tell(activity, true, result, error));
    a->shares = true;
    a->bands = activity->bands;
    a->n_regions = activity->n_regions;
    a->n_columns = activity->n_sectors;
    UF_TRY(allocate(a, error));
    for (size_t s = 0; s < a->n_columns; s++) a->label[s] = panel_activity_sector_label(activity, s);
    for (size_t r = 0; r < a->n_regions; r++) {
        a->region[r] = activity->region[r];
        for (size_t s = 0; s < a->n_columns; s++) {
            double share[BOUNDS];
            share_of(activity, r, s, share);
            gsl_matrix_set(a->value, r, s, share[BOUND_VALUE]);
            gsl_matrix_set(a->low, r, s, share[BOUND_LOW]);
            gsl_matrix_set(a->high, r, s, share[BOUND_HIGH]);
            a->status[r * a->n_columns + s] = activity->at[0].region_sum[r];
        }
    }
    return UF_OK;
}

/* --- indicators -------------------------------------------------------------------------------- */

static uf_status find_columns(const struct uf_panel *panel, const struct uf_options *options, size_t **out,
                              size_t *out_count, struct uf_error *error)
{
    const struct uf_text_list *names = uf_options_list(options, "indicators");
    size_t count = names->count ? names->count : 1;
    size_t *columns = calloc(count, sizeof *columns);
    if (!columns) return uf_fail_memory(error);
    for (size_t i = 0; i < count; i++) {
        columns[i] = names->count ? uf_panel_column(panel, names->items[i]) : (size_t)panel->outcome;
        if (columns[i] != SIZE_MAX) continue;
        free(columns);
        return uf_fail(error, UF_BAD_USAGE, "'indicators' names '%s', which is no column of the data.",
                       names->items[i]);
    }
    *out = columns;
    *out_count = count;
    return UF_OK;
}

/* Default: the last period in which each indicator has some value; else as the option says. */
static uf_status choose_period(const struct uf_panel *panel, const struct uf_options *options,
                               const size_t *columns, size_t n, size_t *out, struct uf_error *error)
{
    if (uf_options_is_set(options, "period"))
        return panel_activity_period(panel, options, "period", true, out, error);
    for (size_t t = panel->periods.count; t-- > 0;) {
        size_t with_values = 0;
        for (size_t j = 0; j < n; j++)
            for (size_t i = 0; i < panel->n_rows; i++)
                if (panel->period[i] == t && !isnan(panel->columns[columns[j]].value[i])) {
                    with_values++;
                    break;
                }
        if (with_values < n) continue;
        *out = t;
        return UF_OK;
    }
    return uf_fail(
        error, UF_BAD_INPUT,
        "In no period do all %zu indicators have values; choose others, or set the option 'period'.", n);
}

static uf_status from_columns(const struct uf_panel *panel, const struct uf_options *options,
                              struct attributes *a, struct uf_error *error)
{
    size_t *columns = NULL;
    UF_TRY(find_columns(panel, options, &columns, &a->n_columns, error));
    a->n_regions = panel->units.count;
    uf_status status = choose_period(panel, options, columns, a->n_columns, &a->period, error);
    if (status == UF_OK) status = allocate(a, error);
    for (size_t k = 0; status == UF_OK && k < a->n_regions * a->n_columns; k++)
        a->status[k] = UF_VALUE_NOT_AVAILABLE;
    if (status == UF_OK) gsl_matrix_set_all(a->value, NAN);
    for (size_t j = 0; status == UF_OK && j < a->n_columns; j++) {
        const struct uf_panel_column *column = &panel->columns[columns[j]];
        a->label[j] = column->label;
        a->bands = a->bands || column->rounding > 0;
        for (size_t i = 0; i < panel->n_rows; i++) {
            if (panel->period[i] != a->period) continue;
            gsl_matrix_set(a->value, panel->unit[i], j, column->value[i]);
            a->status[panel->unit[i] * a->n_columns + j] = column->status[i];
        }
        for (size_t r = 0; r < a->n_regions; r++) {
            a->region[r] = r;
            double value = gsl_matrix_get(a->value, r, j), half = column->rounding / 2;
            gsl_matrix_set(a->low, r, j, value - half);
            gsl_matrix_set(a->high, r, j, value + half);
        }
    }
    free(columns);
    return status;
}

uf_status attributes_new(const struct uf_panel *panel, const struct uf_options *options,
                         enum uf_language language, struct uf_result *result, struct attributes *out,
                         struct uf_error *error)
{
    struct attributes a = {.panel = panel, .language = language};
    uf_status status = UF_OK;
    if (panel->outcome < 0 &&
        (panel->sectors.count > 0 || uf_options_list(options, "indicators")->count == 0))
        return uf_fail(error, UF_BAD_USAGE, "The panel names no value column.");
    if (panel->sectors.count > 0) {
        status = panel_activity_period(panel, options, "period", true, &a.period, error);
        if (status == UF_OK) status = from_sectors(panel, options, result, &a, error);
    } else {
        status = from_columns(panel, options, &a, error);
    }
    if (status != UF_OK) {
        attributes_clear(&a);
        return status;
    }
    const char *code = panel->periods.code[a.period];
    if (strcmp(code, "") != 0)
        snprintf(a.when, sizeof a.when, "%s%.40s", language == UF_SWEDISH ? " " : ", ", code);
    *out = a;
    return UF_OK;
}

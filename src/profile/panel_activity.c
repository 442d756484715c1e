// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/panel_cube.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

const char *const panel_activity_references[] = {"nation", "rest-of-nation", NULL};
const char *const panel_activity_incomplete[] = {"missing", "leave-out", NULL};
const char *const panel_activity_incomplete_or_keep[] = {"missing", "leave-out", "keep", NULL};
const char *const panel_activity_no_rows[] = {"missing", "zero", NULL};

static void cube_clear(struct panel_cube *cube)
{
    free(cube->value);
    free(cube->status);
    free(cube->hidden);
    free(cube->region);
    free(cube->sector);
}

bool panel_activity_has_values(const struct uf_panel *panel, size_t period)
{
    const struct uf_panel_column *column = &panel->columns[panel->outcome];
    for (size_t i = 0; i < panel->n_rows; i++)
        if (panel->period[i] == period && !isnan(column->value[i])) return true;
    return false;
}

uf_status panel_activity_period(const struct uf_panel *panel, const struct uf_options *options,
                                const char *option, bool last, size_t *out, struct uf_error *error)
{
    const size_t n = panel->periods.count;
    if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "The panel names no value column.");
    const char *text = uf_options_is_set(options, option) ? uf_options_print(options, option) : NULL;
    if (text == NULL) {
        for (size_t i = 0; i < n; i++) {
            size_t period = last ? n - 1 - i : i;
            if (!panel_activity_has_values(panel, period)) continue;
            *out = period;
            return UF_OK;
        }
        return uf_fail(error, UF_BAD_INPUT, "'%s' has no value for any region, sector and period.",
                       panel->columns[panel->outcome].name);
    }
    const uf_period wanted = uf_options_period(options, option);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(panel->periods.code[i], text) != 0 && (wanted == 0 || panel->period_value[i] != wanted))
            continue;
        *out = i;
        return UF_OK;
    }
    if (n == 0 || (n == 1 && *panel->periods.code[0] == 0))
        return uf_fail(error, UF_BAD_INPUT, "The data has no periods; leave the option '%s' out.", option);
    return uf_fail(error, UF_BAD_USAGE,
                   "There is no period %s in the data, which has %s to %s; change the option '%s'.", text,
                   panel->periods.code[0], panel->periods.code[n - 1], option);
}

static uf_status fill_cube(const struct uf_panel *panel, const size_t *periods, bool zeros,
                           struct panel_cube *cube, size_t *out_no_row, struct uf_error *error)
{
    const size_t n = cube->n_periods * cube->n_units * cube->n_sectors;
    cube->value = malloc(n * sizeof *cube->value);
    cube->status = malloc(n * sizeof *cube->status);
    cube->hidden = calloc(n, sizeof *cube->hidden);
    cube->region = malloc(cube->n_units * sizeof *cube->region);
    cube->sector = malloc(cube->n_sectors * sizeof *cube->sector);
    if (!cube->value || !cube->status || !cube->hidden || !cube->region || !cube->sector)
        return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) { /* no row at all */
        cube->value[i] = zeros ? 0 : (double)NAN;
        cube->status[i] = zeros ? UF_VALUE_TRUE_ZERO : UF_VALUE_NOT_AVAILABLE;
    }
    size_t rows = 0;
    for (size_t i = 0; i < cube->n_units; i++) cube->region[i] = true;
    for (size_t i = 0; i < cube->n_sectors; i++) cube->sector[i] = true;
    const struct uf_panel_column *column = &panel->columns[panel->outcome];
    for (size_t i = 0; i < panel->n_rows; i++) {
        for (size_t t = 0; t < cube->n_periods; t++) {
            if (panel->period[i] != periods[t]) continue;
            rows++;
            size_t k = panel_cube_at(cube, t, panel->unit[i], panel->sector[i]);
            double value = column->value[i];
            uf_value_status status = column->status[i];
            if (value < 0 || isinf(value))
                return uf_fail(
                    error, UF_BAD_INPUT,
                    "'%s' is %g for region %s, sector %s, period %s: shares need values of at least 0. "
                    "Leave the sector or the region out.",
                    column->name, value, panel->units.code[panel->unit[i]],
                    panel->sectors.code[panel->sector[i]], panel->periods.code[periods[t]]);
            if (isnan(value) && !uf_value_is_missing(status)) status |= UF_VALUE_NOT_AVAILABLE;
            cube->value[k] = uf_value_is_missing(status) ? NAN : value;
            cube->status[k] = status;
        }
    }
    *out_no_row = zeros ? n - rows : 0;
    return UF_OK;
}

static double bounded(double value, uf_value_status status, double unit, enum bound bound)
{
    if (bound == BOUND_VALUE || isnan(value) || (status & UF_VALUE_TRUE_ZERO)) return value;
    if (bound == BOUND_HIGH) return value + unit / 2;
    return fmax(0, value - unit / 2);
}

/* A figure that is only known to be hidden: anything up to the publisher's threshold. */
static double hidden_bound(double value, double below, enum bound bound)
{
    if (bound == BOUND_VALUE) return value;
    return bound == BOUND_LOW ? 0 : isnan(value) ? below : fmax(value, below);
}

static uf_status allocate_period(const struct panel_activity *out, struct period_activity *p,
                                 struct uf_error *error)
{
    const size_t n_regions = out->n_regions, n_sectors = out->n_sectors;
    bool ok = true;
    for (int b = 0; b < BOUNDS; b++) {
        ok = (p->value[b] = gsl_matrix_alloc(n_regions, n_sectors)) != NULL && ok;
        if (out->total_sector != SIZE_MAX) ok = (p->total[b] = gsl_vector_alloc(n_regions)) != NULL && ok;
        if (out->has_whole) ok = (p->whole[b] = gsl_vector_alloc(n_sectors)) != NULL && ok;
    }
    p->status = calloc(n_regions * n_sectors, sizeof *p->status);
    p->total_status = calloc(n_regions, sizeof *p->total_status);
    p->whole_status = calloc(n_sectors, sizeof *p->whole_status);
    p->region_sum = calloc(n_regions, sizeof *p->region_sum);
    p->sector_sum = calloc(n_sectors, sizeof *p->sector_sum);
    ok = ok && p->status && p->total_status && p->whole_status && p->region_sum && p->sector_sum;
    return ok ? UF_OK : uf_fail_memory(error);
}

/* The reference area's row as the sum of the regions that lack nothing. */
static void add_complete(const struct panel_activity *out, struct period_activity *p)
{
    for (int b = 0; b < BOUNDS; b++) {
        gsl_vector_set_zero(p->whole[b]);
        p->whole_total[b] = 0;
        for (size_t r = 0; r < out->n_regions; r++) {
            if (!out->complete[r]) continue;
            for (size_t s = 0; s < out->n_sectors; s++)
                *gsl_vector_ptr(p->whole[b], s) += gsl_matrix_get(p->value[b], r, s);
            if (out->total_sector != SIZE_MAX) p->whole_total[b] += gsl_vector_get(p->total[b], r);
        }
    }
}

static uf_status fill_period(const struct panel_cube *cube, size_t t, struct panel_activity *out,
                             struct uf_error *error)
{
    struct period_activity *p = &out->at[t];
    UF_TRY(allocate_period(out, p, error));
    const double unit = out->column->rounding > 0 ? out->column->rounding : 0;
    for (size_t r = 0; r < out->n_regions; r++) {
        for (size_t s = 0; s < out->n_sectors; s++) {
            size_t k = panel_cube_at(cube, t, out->region[r], out->sector[s]);
            uf_value_status status = cube->status[k], missing = status & UF_VALUE_MISSING_MASK;
            p->status[r * out->n_sectors + s] = status;
            p->region_sum[r] |= missing;
            p->sector_sum[s] |= missing;
            p->all_cells |= missing;
            for (int b = 0; b < BOUNDS; b++) {
                const enum bound bound = (enum bound)b;
                gsl_matrix_set(p->value[b], r, s,
                               cube->hidden[k] ? hidden_bound(cube->value[k], out->hidden_below, bound)
                                               : bounded(cube->value[k], status, unit, bound));
            }
        }
        if (out->total_sector == SIZE_MAX) continue;
        size_t k = panel_cube_at(cube, t, out->region[r], out->total_sector);
        p->total_status[r] = cube->status[k];
        p->all_totals |= cube->status[k] & UF_VALUE_MISSING_MASK;
        for (int b = 0; b < BOUNDS; b++)
            gsl_vector_set(p->total[b], r, bounded(cube->value[k], cube->status[k], unit, (enum bound)b));
    }
    if (!out->has_whole) return UF_OK;
    if (out->whole_unit == SIZE_MAX) {
        add_complete(out, p);
        return UF_OK;
    }
    for (size_t s = 0; s < out->n_sectors; s++) {
        size_t k = panel_cube_at(cube, t, out->whole_unit, out->sector[s]);
        p->whole_status[s] = cube->status[k];
        p->whole_cells |= cube->status[k] & UF_VALUE_MISSING_MASK;
        for (int b = 0; b < BOUNDS; b++)
            gsl_vector_set(p->whole[b], s, bounded(cube->value[k], cube->status[k], unit, (enum bound)b));
    }
    if (out->total_sector == SIZE_MAX) return UF_OK;
    size_t k = panel_cube_at(cube, t, out->whole_unit, out->total_sector);
    p->whole_total_status = cube->status[k];
    for (int b = 0; b < BOUNDS; b++)
        p->whole_total[b] = bounded(cube->value[k], cube->status[k], unit, (enum bound)b);
    return UF_OK;
}

/* Sums beyond the largest double would make shares of 0 out of figures that are there. */
static uf_status check_sum(const struct panel_activity *a, const struct period_activity *p,
                           struct uf_error *error)
{
    double sum = 0;
    for (size_t r = 0; r < a->n_regions; r++)
        for (size_t s = 0; s < a->n_sectors; s++) {
            double value = gsl_matrix_get(p->value[BOUND_HIGH], r, s);
            if (!isnan(value)) sum += value;
        }
    if (isfinite(sum)) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT,
        "The figures of '%s' are so large that their sum cannot be held (above 1.8e308): check the file, or "
        "give them in a larger unit.",
        a->column->name);
}

uf_status panel_activity_new(const struct uf_panel *panel, const struct uf_options *options,
                             enum uf_language language, const size_t *periods, size_t n_periods,
                             struct panel_activity *out, struct uf_error *error)
{
    if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "The panel names no value column.");
    if (panel->sectors.count == 0 || panel->sector == NULL)
        return uf_fail(error, UF_BAD_USAGE,
                       "This method needs figures by sector: name the column with the sectors.");
    struct panel_cube cube = {
        .n_units = panel->units.count, .n_sectors = panel->sectors.count, .n_periods = n_periods};
    struct panel_activity activity = {.panel = panel,
                                      .language = language,
                                      .column = &panel->columns[panel->outcome],
                                      .n_periods = n_periods};
    activity.bands = activity.column->rounding > 0;
    activity.region = calloc(panel->units.count + 1, sizeof *activity.region);
    activity.complete = calloc(panel->units.count + 1, sizeof *activity.complete);
    activity.absent_region = calloc(panel->units.count + 1, sizeof *activity.absent_region);
    activity.sector = calloc(panel->sectors.count + 1, sizeof *activity.sector);
    activity.absent_sector = calloc(panel->sectors.count + 1, sizeof *activity.absent_sector);
    activity.at = calloc(n_periods, sizeof *activity.at);
    uf_status status = UF_OK;
    if (!activity.region || !activity.complete || !activity.absent_region || !activity.sector ||
        !activity.absent_sector || !activity.at)
        status = uf_fail_memory(error);
    const bool zeros = strcmp(uf_options_text(options, "no-row"), "zero") == 0;
    if (status == UF_OK) status = fill_cube(panel, periods, zeros, &cube, &activity.n_no_row, error);
    if (status == UF_OK) status = panel_cube_choose(panel, options, periods, &cube, &activity, error);
    if (activity.n_bounded > 0) activity.bands = true;
    for (size_t t = 0; status == UF_OK && t < n_periods; t++) {
        activity.at[t].period = periods[t];
        const char *code = panel->periods.code[periods[t]];
        if (strcmp(code, "") != 0)
            snprintf(activity.at[t].when, sizeof activity.at[t].when, "%s%.40s",
                     language == UF_SWEDISH ? " " : ", ", code);
        status = fill_period(&cube, t, &activity, error);
        if (status == UF_OK) status = check_sum(&activity, &activity.at[t], error);
    }
    cube_clear(&cube);
    if (status != UF_OK) {
        panel_activity_clear(&activity);
        return status;
    }
    *out = activity;
    return UF_OK;
}

void panel_activity_clear(struct panel_activity *activity)
{
    for (size_t t = 0; activity->at != NULL && t < activity->n_periods; t++) {
        struct period_activity *p = &activity->at[t];
        for (int b = 0; b < BOUNDS; b++) {
            gsl_matrix_free(p->value[b]);
            gsl_vector_free(p->total[b]);
            gsl_vector_free(p->whole[b]);
        }
        free(p->status);
        free(p->total_status);
        free(p->whole_status);
        free(p->region_sum);
        free(p->sector_sum);
    }
    free(activity->at);
    free(activity->region);
    free(activity->complete);
    free(activity->sector);
    free(activity->absent_region);
    free(activity->absent_sector);
    free(activity->imputed);
    *activity = (struct panel_activity){0};
}

struct uf_activity panel_activity_at(const struct panel_activity *activity, size_t period, enum bound bound)
{
    const struct period_activity *p = &activity->at[period];
    return (struct uf_activity){p->value[bound], p->total[bound], p->whole[bound], p->whole_total[bound]};
}

const char *panel_activity_region_label(const struct panel_activity *activity, size_t region)
{
    return activity->panel->units.label[activity->region[region]];
}

const char *panel_activity_region_code(const struct panel_activity *activity, size_t region)
{
    return activity->panel->units.code[activity->region[region]];
}

const char *panel_activity_sector_label(const struct panel_activity *activity, size_t sector)
{
    return activity->panel->sectors.label[activity->sector[sector]];
}

const char *panel_activity_sector_code(const struct panel_activity *activity, size_t sector)
{
    return activity->panel->sectors.code[activity->sector[sector]];
}

const char *panel_activity_period_code(const struct panel_activity *activity, size_t period)
{
    return activity->panel->periods.code[activity->at[period].period];
}

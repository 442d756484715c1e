// SPDX-License-Identifier: GPL-3.0-or-later
/* Gaps filled by name, never unasked. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "profile/panel_cube.h"

const char *const panel_activity_imputations[] = {"none",        "lower-bound", "midpoint", "previous-period",
                                                  "interpolate", NULL};
enum { IMPUTE_NONE, IMPUTE_LOWER_BOUND, IMPUTE_MIDPOINT, IMPUTE_PREVIOUS, IMPUTE_INTERPOLATE };

/* The figures of all the panel's periods, since those before and after may not be among the chosen ones. */
struct history {
    const struct uf_panel *panel;
    double *value; /* units × sectors × periods; NaN: none */
};

static size_t place_in(const struct history *h, size_t unit, size_t sector, size_t period)
{
    return (unit * h->panel->sectors.count + sector) * h->panel->periods.count + period;
}

static uf_status history_new(const struct uf_panel *panel, struct history *out, struct uf_error *error)
{
    const size_t n = panel->units.count * panel->sectors.count * panel->periods.count;
    struct history h = {panel, malloc((n + 1) * sizeof *h.value)};
    if (h.value == NULL) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) h.value[i] = NAN;
    const struct uf_panel_column *column = &panel->columns[panel->outcome];
    for (size_t i = 0; i < panel->n_rows; i++)
        if (!uf_value_is_missing(column->status[i]))
            h.value[place_in(&h, panel->unit[i], panel->sector[i], panel->period[i])] = column->value[i];
    *out = h;
    return UF_OK;
}

/* The nearest period before (`step` −1) or after (1) with a figure; SIZE_MAX: none. */
static size_t nearest(const struct history *h, size_t unit, size_t sector, size_t period, int step)
{
    for (size_t t = period; step < 0 ? t-- > 0 : ++t < h->panel->periods.count;)
        if (!isnan(h->value[place_in(h, unit, sector, t)])) return t;
    return SIZE_MAX;
}

/* Time between two periods: in steps of their kind, or in places where they are no periods of one kind. */
static double distance(const struct uf_panel *panel, size_t from, size_t to)
{
    const uf_period a = panel->period_value[from], b = panel->period_value[to];
    if (a != 0 && b != 0 && uf_period_kind_of(a) == uf_period_kind_of(b))
        return (double)uf_period_difference(a, b);
    return (double)to - (double)from;
}

/* NaN: that way gives nothing. */
static double from_history(const struct history *h, int way, size_t unit, size_t sector, size_t period)
{
    const size_t before = nearest(h, unit, sector, period, -1);
    if (before == SIZE_MAX) return NAN;
    const double earlier = h->value[place_in(h, unit, sector, before)];
    if (way == IMPUTE_PREVIOUS) return earlier;
    const size_t after = nearest(h, unit, sector, period, 1);
    if (after == SIZE_MAX) return NAN;
    const double later = h->value[place_in(h, unit, sector, after)];
    return earlier +
           (later - earlier) * distance(h->panel, before, period) / distance(h->panel, before, after);
}

static uf_status read_options(const struct uf_options *options, struct panel_activity *out, int *way,
                              struct uf_error *error)
{
    const char *name = uf_options_text(options, "impute");
    *way = 0;
    while (strcmp(panel_activity_imputations[*way], name) != 0) (*way)++;
    out->impute = panel_activity_imputations[*way];
    out->hidden_below = uf_options_number(options, "suppressed-below");
    if (!isnan(out->hidden_below) && !(out->hidden_below > 0 && isfinite(out->hidden_below)))
        return uf_fail(error, UF_BAD_USAGE,
                       "The option 'suppressed-below' is %g; expected the publisher's threshold, as 5.",
                       out->hidden_below);
    if (*way == IMPUTE_MIDPOINT && isnan(out->hidden_below))
        return uf_fail(error, UF_BAD_USAGE,
                       "The middle of what a hidden figure can be needs the publisher's threshold; set the "
                       "option 'suppressed-below'.");
    return UF_OK;
}

static bool is_gap(uf_value_status status, int way)
{
    if (panel_cube_is_hidden(status)) return true;
    /* what is merely absent has no bounds to take the lower one or the middle of */
    return (way == IMPUTE_PREVIOUS || way == IMPUTE_INTERPOLATE) && (status & UF_VALUE_NOT_AVAILABLE) != 0;
}

static double impute_one(const struct history *h, const struct panel_activity *out, int way, size_t unit,
                         size_t sector, size_t period)
{
    switch (way) {
    case IMPUTE_LOWER_BOUND:
        return 0;
    case IMPUTE_MIDPOINT:
        return out->hidden_below / 2;
    case IMPUTE_PREVIOUS:
    case IMPUTE_INTERPOLATE:
        return from_history(h, way, unit, sector, period);
    default:
        return NAN;
    }
}

static void fill_cell(const struct history *h, int way, size_t period, size_t t, size_t unit, size_t sector,
                      struct panel_cube *cube, struct panel_activity *out)
{
    const size_t k = panel_cube_at(cube, t, unit, sector);
    const uf_value_status status = cube->status[k];
    if (!uf_value_is_missing(status) || !is_gap(status, way)) return;
    cube->hidden[k] = panel_cube_is_hidden(status) && !isnan(out->hidden_below);
    out->n_bounded += cube->hidden[k];
    const double value = impute_one(h, out, way, unit, sector, period);
    if (isnan(value)) return;
    cube->value[k] = value;
    cube->status[k] = (status & ~(uf_value_status)UF_VALUE_MISSING_MASK) | UF_VALUE_IMPUTED;
    out->imputed[out->n_imputed++] = (struct panel_cell){period, unit, sector};
}

uf_status panel_cube_impute(const struct uf_panel *panel, const struct uf_options *options,
                            const size_t *periods, struct panel_cube *cube, struct panel_activity *out,
                            struct uf_error *error)
{
    int way;
    UF_TRY(read_options(options, out, &way, error));
    if (way == IMPUTE_NONE && isnan(out->hidden_below)) return UF_OK;
    size_t gaps = 0;
    for (size_t i = 0; i < cube->n_periods * cube->n_units * cube->n_sectors; i++)
        gaps += uf_value_is_missing(cube->status[i]);
    if (gaps == 0) return UF_OK;
    struct history h = {0};
    out->imputed = calloc(gaps, sizeof *out->imputed);
    if (out->imputed == NULL) return uf_fail_memory(error);
    if (way == IMPUTE_PREVIOUS || way == IMPUTE_INTERPOLATE) UF_TRY(history_new(panel, &h, error));
    for (size_t t = 0; t < cube->n_periods; t++)
        for (size_t u = 0; u < cube->n_units; u++)
            for (size_t s = 0; cube->region[u] && s < cube->n_sectors; s++)
                if (cube->sector[s]) fill_cell(&h, way, periods[t], t, u, s, cube, out);
    free(h.value);
    return UF_OK;
}

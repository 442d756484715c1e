// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/plants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"

void plants_clear(struct plants *plants)
{
    free(plants->herfindahl);
    free(plants->missing);
    *plants = (struct plants){0};
}

static uf_status check_index(double index, const char *sector, struct uf_error *error)
{
    if (index > 0 && index <= 1) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT,
        "The Herfindahl index of plant sizes of sector %s is %g; it lies above 0 and is at most 1.", sector,
        index);
}

/* `C=0.012` */
static uf_status read_item(const struct panel_activity *a, const char *item, struct plants *plants,
                           struct uf_error *error)
{
    const char *equals = strchr(item, '=');
    double index = NAN;
    if (equals == NULL || !uf_number_parse(equals + 1, strlen(equals + 1), '.', &index))
        return uf_fail(error, UF_BAD_USAGE,
                       "found '%s' in 'plant-herfindahl', expected a sector's code and a number, as C=0.012",
                       item);
    char *code = uf_text_copy(item);
    if (code == NULL) return uf_fail_memory(error);
    code[equals - item] = '\0';
    size_t sector = SIZE_MAX;
    for (size_t s = 0; s < a->n_sectors; s++)
        if (strcmp(panel_activity_sector_code(a, s), code) == 0) sector = s;
    const struct uf_dictionary *known = &a->panel->sectors;
    const char *near = uf_text_nearest(code, (const char *const *)known->code, known->count);
    uf_status status = UF_OK;
    if (sector == SIZE_MAX)
        status = uf_fail(error, UF_BAD_USAGE,
                         "The option 'plant-herfindahl' names '%s', which is no sector of the data%s%s%s",
                         code, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ".");
    if (status == UF_OK) status = check_index(index, code, error);
    if (status == UF_OK) plants->herfindahl[sector] = index;
    free(code);
    return status;
}

/* The place of each of the panel's units or sectors in the activity; SIZE_MAX: left out. */
static size_t *places_of(const size_t *chosen, size_t n_chosen, size_t n)
{
    size_t *place = malloc((n + 1) * sizeof *place);
    for (size_t i = 0; place != NULL && i < n; i++) place[i] = SIZE_MAX;
    for (size_t i = 0; place != NULL && i < n_chosen; i++) place[chosen[i]] = i;
    return place;
}

/* Σ of the column over the regions of each sector, in the activity's period; the reasons where it is not whole. */
static uf_status sum_squares(const struct panel_activity *a, const struct uf_panel_column *column,
                             struct plants *plants, struct uf_error *error)
{
    const struct uf_panel *panel = a->panel;
    size_t *region = places_of(a->region, a->n_regions, panel->units.count);
    size_t *sector = places_of(a->sector, a->n_sectors, panel->sectors.count);
    const uf_status status = region && sector ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; status == UF_OK && i < panel->n_rows; i++) {
        const size_t r = region[panel->unit[i]], s = sector[panel->sector[i]];
        if (panel->period[i] != a->at[0].period || r == SIZE_MAX || s == SIZE_MAX) continue;
        const double jobs = gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s);
        if (jobs == 0 && isnan(column->value[i])) continue; /* no plants, and so nothing to square */
        plants->herfindahl[s] += column->value[i];
        if (!isnan(column->value[i])) continue;
        const uf_value_status reason = column->status[i] & UF_VALUE_MISSING_MASK;
        plants->missing[s] |= reason ? reason : (uf_value_status)UF_VALUE_NOT_AVAILABLE;
    }
    free(region);
    free(sector);
    return status;
}

static uf_status from_squares(const struct panel_activity *a, const char *name, struct plants *plants,
                              struct uf_error *error)
{
    const size_t column = uf_panel_column(a->panel, name);
    if (column == SIZE_MAX)
        return uf_fail(
            error, UF_BAD_USAGE,
            "There is no column '%s' with the plants' squared sizes beside the values; from a store, give "
            "'plant-herfindahl' instead.",
            name);
    UF_TRY(sum_squares(a, &a->panel->columns[column], plants, error));
    for (size_t s = 0; s < a->n_sectors; s++) {
        double sum = 0;
        for (size_t r = 0; r < a->n_regions; r++) sum += gsl_matrix_get(a->at[0].value[BOUND_VALUE], r, s);
        const double index = plants->herfindahl[s] / (sum * sum);
        plants->herfindahl[s] = sum > 0 ? index : NAN;
        if (isnan(plants->herfindahl[s])) continue;
        if (!(index > 0 && index <= 1 + 1e-12))
            return uf_fail(
                error, UF_BAD_INPUT,
                "The squares of sector %s in '%s' make a Herfindahl index of %g, which must lie above 0 and "
                "be at most 1: they are not those of plants whose sizes add up to the values.",
                panel_activity_sector_code(a, s), name, index);
        if (index > 1) plants->herfindahl[s] = 1;
    }
    return UF_OK;
}

uf_status plants_read(const struct panel_activity *activity, const struct uf_options *options,
                      struct plants *out, struct uf_error *error)
{
    const char *column = uf_options_text(options, "plant-squares");
    const struct uf_text_list *items = uf_options_list(options, "plant-herfindahl");
    if (column != NULL && items->count > 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "Give the plants' sizes in one way: 'plant-squares' or 'plant-herfindahl'.");
    out->given = column != NULL || items->count > 0;
    out->herfindahl = calloc(activity->n_sectors, sizeof *out->herfindahl);
    out->missing = calloc(activity->n_sectors, sizeof *out->missing);
    if (!out->herfindahl || !out->missing) return uf_fail_memory(error);
    if (column != NULL) return from_squares(activity, column, out, error);
    for (size_t s = 0; s < activity->n_sectors; s++) out->herfindahl[s] = NAN;
    for (size_t i = 0; i < items->count; i++) UF_TRY(read_item(activity, items->items[i], out, error));
    for (size_t s = 0; s < activity->n_sectors; s++)
        if (isnan(out->herfindahl[s])) out->missing[s] = UF_VALUE_NOT_AVAILABLE;
    return UF_OK;
}

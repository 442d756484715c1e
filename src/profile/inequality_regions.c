// SPDX-License-Identifier: GPL-3.0-or-later
/* From a panel to what inequality is formed of: periods, the regions that have figures in them, their weights and groups. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/inequality_tables.h"
#include "profile/panel_activity.h"

/* One value per unit and chosen period, before regions are left out. */
struct grid {
    size_t n_units, n_periods;
    double *value, *weight;
    uf_value_status *status; /* of either */
    bool *kept;              /* per unit */
};

static void grid_clear(struct grid *grid)
{
    free(grid->value);
    free(grid->weight);
    free(grid->status);
    free(grid->kept);
}

static uf_status check_number(const struct uf_panel *panel, const struct uf_panel_column *column, size_t row,
                              struct uf_error *error)
{
    const double value = column->value[row];
    if (isnan(value) || (value >= 0 && !isinf(value))) return UF_OK;
    return uf_fail(
        error, UF_BAD_INPUT, "'%s' is %g for region %s, period %s: inequality needs values of at least 0.",
        column->name, value, panel->units.code[panel->unit[row]], panel->periods.code[panel->period[row]]);
}

static uf_value_status reason_of(const struct uf_panel_column *column, size_t row)
{
    const uf_value_status reason = column->status[row] & UF_VALUE_MISSING_MASK;
    if (!isnan(column->value[row]) && !reason) return 0;
    return reason ? reason : (uf_value_status)UF_VALUE_NOT_AVAILABLE;
}

static uf_status fill_grid(const struct inequality *x, const struct uf_panel_column *weight,
                           struct grid *grid, struct uf_error *error)
{
    const struct uf_panel *panel = x->panel;
    const size_t n = grid->n_units * grid->n_periods;
    grid->value = malloc((n + 1) * sizeof *grid->value);
    grid->weight = malloc((n + 1) * sizeof *grid->weight);
    grid->status = malloc((n + 1) * sizeof *grid->status);
    grid->kept = malloc((grid->n_units + 1) * sizeof *grid->kept);
    size_t *place = malloc((panel->periods.count + 1) * sizeof *place);
    uf_status status = UF_OK;
    if (!grid->value || !grid->weight || !grid->status || !grid->kept || !place)
        status = uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t i = 0; i < n; i++) {
            grid->value[i] = NAN;
            grid->weight[i] = weight ? (double)NAN : 1;
            grid->status[i] = UF_VALUE_NOT_AVAILABLE;
        }
        for (size_t u = 0; u < grid->n_units; u++) grid->kept[u] = true;
        for (size_t t = 0; t < panel->periods.count; t++) place[t] = SIZE_MAX;
        for (size_t t = 0; t < grid->n_periods; t++) place[x->at[t].period] = t;
    }
    for (size_t i = 0; status == UF_OK && i < panel->n_rows; i++) {
        if (place[panel->period[i]] == SIZE_MAX) continue;
        const size_t k = place[panel->period[i]] * grid->n_units + panel->unit[i];
        status = check_number(panel, x->column, i, error);
        if (status == UF_OK && weight) status = check_number(panel, weight, i, error);
        grid->status[k] = reason_of(x->column, i) | (weight ? reason_of(weight, i) : 0);
        grid->value[k] = reason_of(x->column, i) ? (double)NAN : x->column->value[i];
        if (weight) grid->weight[k] = reason_of(weight, i) ? (double)NAN : weight->value[i];
    }
    free(place);
    return status;
}

/* --- which regions ------------------------------------------------------------------------------ */

static uf_status leave_out_named(const struct inequality *x, const struct uf_options *options,
                                 struct grid *grid, struct uf_error *error)
{
    const struct uf_text_list *names = uf_options_list(options, "without");
    const struct uf_dictionary *units = &x->panel->units;
    for (size_t i = 0; i < names->count; i++) {
        const size_t unit = uf_dictionary_find(units, names->items[i]);
        const char *near = uf_text_nearest(names->items[i], (const char *const *)units->code, units->count);
        if (unit == SIZE_MAX)
            return uf_fail(
                error, UF_BAD_USAGE, "The option 'without' names '%s', which is no region of the data%s%s%s",
                names->items[i], near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ".");
        grid->kept[unit] = false;
    }
    return UF_OK;
}

/* Leaves out regions without any value, and on demand those that lack one; says which. */
static uf_status leave_out(struct inequality *x, const struct uf_options *options, struct grid *grid,
                           struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words
        absent = {"Regions without any figure in the periods are left out ({0}): {1}.",
                  "Regioner helt utan uppgifter för perioderna ingår inte ({0} st): {1}."},
        lacking = {"Regions that lack at least one figure are left out, as asked ({0}): {1}.",
                   "Regioner som saknar minst en uppgift har uteslutits, enligt valet ({0} st): {1}."};
    const bool all = strcmp(uf_options_text(options, "incomplete"), "leave-out") == 0;
    UF_TRY(leave_out_named(x, options, grid, error));
    struct uf_buffer names;
    uf_buffer_init(&names);
    size_t n = 0;
    for (size_t u = 0; u < grid->n_units; u++) {
        if (!grid->kept[u]) continue;
        size_t missing = 0;
        for (size_t t = 0; t < grid->n_periods; t++) missing += grid->status[t * grid->n_units + u] != 0;
        if (missing < grid->n_periods && !(all && missing > 0)) continue;
        grid->kept[u] = false;
        if (n > 0) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, x->panel->units.label[u]);
        n++;
    }
    char *text = uf_buffer_take(&names);
    if (text == NULL) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {uf_count_argument(n), uf_text_argument(text)};
    uf_status status = UF_OK;
    if (n > 0)
        status = uf_result_add_note(result, x->language, UF_WARNING, "regions-left-out",
                                    all ? lacking : absent, no_advice, arguments, 2, error);
    free(text);
    return status;
}

static uf_status take_regions(struct inequality *x, const struct grid *grid, struct uf_error *error)
{
    x->region = calloc(grid->n_units + 1, sizeof *x->region);
    if (!x->region) return uf_fail_memory(error);
    for (size_t u = 0; u < grid->n_units; u++)
        if (grid->kept[u]) x->region[x->n_regions++] = u;
    if (x->n_regions == 0)
        return uf_fail(error, UF_BAD_INPUT, "'%s' has no region with values in the chosen periods.",
                       x->column->name);
    for (size_t t = 0; t < x->n_periods; t++) {
        struct inequality_period *p = &x->at[t];
        p->value = calloc(x->n_regions, sizeof *p->value);
        p->weight = calloc(x->n_regions, sizeof *p->weight);
        if (!p->value || !p->weight) return uf_fail_memory(error);
        for (size_t r = 0; r < x->n_regions; r++) {
            const size_t k = t * grid->n_units + x->region[r];
            p->value[r] = grid->value[k];
            p->weight[r] = grid->weight[k];
            p->missing |= grid->status[k];
        }
    }
    return UF_OK;
}

/* --- groups ------------------------------------------------------------------------------------- */

/* The name of a region's group, in `buffer` where it must be cut. NULL: none is known. */
static const char *group_of(const struct inequality *x, size_t unit, size_t length, char buffer[64])
{
    const struct uf_panel *panel = x->panel;
    if (length == SIZE_MAX) return panel->unit_group ? panel->unit_group[unit] : NULL;
    size_t n = strlen(panel->units.code[unit]);
    if (n > length) n = length;
    if (n > 63) n = 63;
    memcpy(buffer, panel->units.code[unit], n);
    buffer[n] = '\0';
    return buffer;
}

static uf_status put_in_group(struct inequality *x, size_t r, const char *name, struct uf_error *error)
{
    size_t g = 0;
    while (g < x->n_groups && x->group_name[g] != NULL && strcmp(x->group_name[g], name) != 0) g++;
    if (g == x->n_groups) {
        char *copy = uf_text_copy(name);
        if (copy == NULL) return uf_fail_memory(error);
        x->group_name[x->n_groups++] = copy;
    }
    x->group[r] = g;
    return UF_OK;
}

/* By a column: the same group in all of a region's rows. */
static uf_status group_by_column(struct inequality *x, struct uf_error *error)
{
    const struct uf_panel *panel = x->panel;
    size_t *found = calloc(panel->units.count + 1, sizeof *found);
    if (!found) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++) found[u] = SIZE_MAX;
    uf_status status = UF_OK;
    for (size_t i = 0; status == UF_OK && i < panel->n_rows; i++) {
        const size_t unit = panel->unit[i], group = panel->cluster[0][i];
        if (found[unit] != SIZE_MAX && found[unit] != group)
            status = uf_fail(
                error, UF_BAD_INPUT,
                "Region %s lies in the group '%s' and in '%s' ('%s'): a region has one group throughout.",
                panel->units.code[unit], panel->cluster_groups[0].code[found[unit]],
                panel->cluster_groups[0].code[group], panel->cluster_name[0]);
        found[unit] = group;
    }
    for (size_t r = 0; status == UF_OK && r < x->n_regions; r++)
        status = put_in_group(x, r, panel->cluster_groups[0].code[found[x->region[r]]], error);
    free(found);
    return status;
}

static uf_status group_regions(struct inequality *x, const struct uf_options *options, struct uf_error *error)
{
    const bool by_column = uf_options_is_set(options, "group");
    const size_t length = uf_options_count(options, "group-length");
    if (by_column && length != SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "Group the regions in one way: by 'group' or by 'group-length'.");
    if (length == 0)
        return uf_fail(error, UF_BAD_USAGE, "'group-length' is at least 1 character of the region's code.");
    if (by_column && x->panel->n_cluster_dimensions == 0)
        return uf_fail(error, UF_BAD_USAGE, "There is no column '%s' to group the regions by.",
                       uf_options_text(options, "group"));
    x->group = calloc(x->n_regions, sizeof *x->group);
    x->group_name = calloc(x->n_regions, sizeof *x->group_name);
    if (!x->group || !x->group_name) return uf_fail_memory(error);
    if (by_column) return group_by_column(x, error);
    char buffer[64];
    for (size_t r = 0; r < x->n_regions; r++)
        if (group_of(x, x->region[r], length, buffer) == NULL) return UF_OK; /* not known for all */
    for (size_t r = 0; r < x->n_regions; r++)
        UF_TRY(put_in_group(x, r, group_of(x, x->region[r], length, buffer), error));
    return UF_OK;
}

/* --- periods and weights ------------------------------------------------------------------------ */

static uf_status choose_periods(struct inequality *x, const struct uf_options *options,
                                struct uf_error *error)
{
    size_t from, to;
    UF_TRY(panel_activity_period(x->panel, options, "from", false, &from, error));
    UF_TRY(panel_activity_period(x->panel, options, "to", true, &to, error));
    if (from > to)
        return uf_fail(error, UF_BAD_USAGE, "The first period, %s, comes after the last, %s.",
                       x->panel->periods.code[from], x->panel->periods.code[to]);
    x->at = calloc(to - from + 1, sizeof *x->at);
    if (!x->at) return uf_fail_memory(error);
    for (size_t t = from; t <= to; t++)
        if (panel_activity_has_values(x->panel, t)) x->at[x->n_periods++].period = t;
    return UF_OK;
}

static uf_status weight_column(const struct inequality *x, const struct uf_options *options,
                               const struct uf_panel_column **out, struct uf_error *error)
{
    const char *name = uf_options_text(options, "weight");
    *out = NULL;
    if (name == NULL) return UF_OK;
    const size_t column = uf_panel_column(x->panel, name);
    if (column == SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "There is no column '%s' to weight by.", name);
    *out = &x->panel->columns[column];
    return UF_OK;
}

uf_status inequality_gather(struct inequality *x, const struct uf_options *options, struct uf_result *result,
                            struct uf_error *error)
{
    const struct uf_panel_column *weight;
    UF_TRY(weight_column(x, options, &weight, error));
    x->weighted = weight != NULL;
    UF_TRY(choose_periods(x, options, error));
    struct grid grid = {.n_units = x->panel->units.count, .n_periods = x->n_periods};
    uf_status status = fill_grid(x, weight, &grid, error);
    if (status == UF_OK) status = leave_out(x, options, &grid, result, error);
    if (status == UF_OK) status = take_regions(x, &grid, error);
    grid_clear(&grid);
    UF_TRY(status);
    return group_regions(x, options, error);
}

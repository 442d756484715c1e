// SPDX-License-Identifier: GPL-3.0-or-later
/* A copy of a panel that some of its units are not in. */
#include <utfall/panel.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

#include "base/fail.h"

/* What stays: rows, and the new number of each unit, period and group of a cluster column; SIZE_MAX: nobody has it any more. */
struct stay {
    size_t n_rows, *row;
    size_t *unit, n_units, *period, n_periods;
    size_t *group, n_groups; /* of the column at hand */
};

static void stay_clear(struct stay *s)
{
    free(s->row), free(s->unit), free(s->period), free(s->group);
}

/* Numbers what the rows that stay have, in the order there was. */
static size_t number_used(const struct stay *s, const size_t *of_row, size_t count, size_t *number)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) number[i] = SIZE_MAX;
    for (size_t r = 0; r < s->n_rows; r++) number[of_row[s->row[r]]] = 0;
    for (size_t i = 0; i < count; i++)
        if (number[i] == 0) number[i] = used++;
    return used;
}

static uf_status stay_init(const struct uf_panel *panel, const bool *left_out, struct stay *s,
                           struct uf_error *error)
{
    size_t groups = 0;
    for (size_t d = 0; d < panel->n_cluster_dimensions; d++)
        if (panel->n_clusters[d] > groups) groups = panel->n_clusters[d];
    s->row = malloc((panel->n_rows + 1) * sizeof *s->row);
    s->unit = malloc((panel->units.count + 1) * sizeof *s->unit);
    s->period = malloc((panel->periods.count + 1) * sizeof *s->period);
    s->group = malloc((groups + 1) * sizeof *s->group);
    if (!s->row || !s->unit || !s->period || !s->group) return uf_fail_memory(error);
    for (size_t i = 0; i < panel->n_rows; i++)
        if (!left_out[panel->unit[i]]) s->row[s->n_rows++] = i;
    s->n_units = number_used(s, panel->unit, panel->units.count, s->unit);
    if (panel->period) s->n_periods = number_used(s, panel->period, panel->periods.count, s->period);
    return UF_OK;
}

static uf_status copy_text(const char *from, char **out, struct uf_error *error)
{
    *out = from ? uf_text_copy(from) : NULL;
    return from && !*out ? uf_fail_memory(error) : UF_OK;
}

/* number NULL: all of them. */
static uf_status pick_texts(char *const *from, size_t count, const size_t *number, size_t n, char ***out,
                            struct uf_error *error)
{
    *out = calloc(n + 1, sizeof **out);
    if (!*out) return uf_fail_memory(error);
    for (size_t i = 0; i < count; i++)
        if (!number || number[i] != SIZE_MAX)
            UF_TRY(copy_text(from[i], &(*out)[number ? number[i] : i], error));
    return UF_OK;
}

static uf_status pick_dictionary(const struct uf_dictionary *from, const size_t *number, size_t n,
                                 struct uf_dictionary *out, struct uf_error *error)
{
    out->count = n;
    UF_TRY(pick_texts(from->code, from->count, number, n, &out->code, error));
    return pick_texts(from->label, from->count, number, n, &out->label, error);
}

/* The items of `size` bytes at these places. */
static uf_status pick(const void *from, size_t size, const size_t *place, size_t n, void *out,
                      struct uf_error *error)
{
    char *items = malloc((n + 1) * size);
    if (!items) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) memcpy(items + i * size, (const char *)from + place[i] * size, size);
    *(void **)out = items;
    return UF_OK;
}

/* The rows' numbers of something, as they are now. */
static uf_status pick_numbers(const struct stay *s, const size_t *from, const size_t *number, size_t **out,
                              struct uf_error *error)
{
    *out = malloc((s->n_rows + 1) * sizeof **out);
    if (!*out) return uf_fail_memory(error);
    for (size_t r = 0; r < s->n_rows; r++) (*out)[r] = number ? number[from[s->row[r]]] : from[s->row[r]];
    return UF_OK;
}

static uf_status pick_columns(const struct uf_panel *panel, const struct stay *s, struct uf_panel *p,
                              struct uf_error *error)
{
    p->columns = calloc(panel->n_columns + 1, sizeof *p->columns);
    if (!p->columns) return uf_fail_memory(error);
    for (size_t j = 0; j < panel->n_columns; j++) {
        const struct uf_panel_column *from = &panel->columns[j];
        struct uf_panel_column *to = &p->columns[p->n_columns++];
        to->rounding = from->rounding;
        to->of_sums = from->of_sums;
        UF_TRY(copy_text(from->name, &to->name, error));
        UF_TRY(copy_text(from->label, &to->label, error));
        UF_TRY(copy_text(from->unit, &to->unit, error));
        UF_TRY(copy_text(from->source, &to->source, error));
        UF_TRY(pick(from->value, sizeof *from->value, s->row, s->n_rows, &to->value, error));
        UF_TRY(pick(from->status, sizeof *from->status, s->row, s->n_rows, &to->status, error));
    }
    p->outcome = panel->outcome;
    p->weight = panel->weight;
    p->n_covariates = panel->n_covariates;
    p->covariates = malloc((panel->n_covariates + 1) * sizeof *p->covariates);
    if (!p->covariates) return uf_fail_memory(error);
    for (size_t c = 0; c < panel->n_covariates; c++) p->covariates[c] = panel->covariates[c];
    return UF_OK;
}

static uf_status pick_clusters(const struct uf_panel *panel, struct stay *s, struct uf_panel *p,
                               struct uf_error *error)
{
    const size_t n = panel->n_cluster_dimensions;
    p->cluster = calloc(n + 1, sizeof *p->cluster);
    p->n_clusters = calloc(n + 1, sizeof *p->n_clusters);
    p->cluster_name = calloc(n + 1, sizeof *p->cluster_name);
    p->cluster_groups = panel->cluster_groups ? calloc(n + 1, sizeof *p->cluster_groups) : NULL;
    if (!p->cluster || !p->n_clusters || !p->cluster_name || (panel->cluster_groups && !p->cluster_groups))
        return uf_fail_memory(error);
    p->n_cluster_dimensions = n;
    for (size_t d = 0; d < n; d++) {
        p->n_clusters[d] = number_used(s, panel->cluster[d], panel->n_clusters[d], s->group);
        UF_TRY(pick_numbers(s, panel->cluster[d], s->group, &p->cluster[d], error));
        UF_TRY(copy_text(panel->cluster_name ? panel->cluster_name[d] : NULL, &p->cluster_name[d], error));
        if (panel->cluster_groups)
            UF_TRY(pick_dictionary(&panel->cluster_groups[d], s->group, p->n_clusters[d],
                                   &p->cluster_groups[d], error));
    }
    return UF_OK;
}

/* Some unit is untreated after it was treated. Rows are sorted by unit, then period. */
static bool some_switch_off(const struct uf_panel *p)
{
    bool treated = false;
    for (size_t i = 0; p->treatment.dose && i < p->n_rows; i++) {
        const double dose = p->treatment.dose[i];
        if (i == 0 || p->unit[i] != p->unit[i - 1]) treated = false;
        if (treated && dose == 0) return true;
        treated |= !isnan(dose) && dose != 0;
    }
    return false;
}

/* A period that nobody has any more hands its starts over to the next. */
static size_t start_of(const struct uf_panel *panel, const struct stay *s, size_t first)
{
    const size_t count = panel->periods.count;
    if (first == SIZE_MAX || !panel->period) return first;
    if (first >= count) return s->n_periods + (first - count);
    while (first < count && s->period[first] == SIZE_MAX) first++;
    return first < count ? s->period[first] : SIZE_MAX;
}

static uf_status pick_treatment(const struct uf_panel *panel, const struct stay *s, struct uf_panel *p,
                                struct uf_error *error)
{
    const struct uf_treatment *from = &panel->treatment;
    struct uf_treatment *to = &p->treatment;
    to->given = from->given;
    to->cost = from->cost;
    UF_TRY(copy_text(from->dose_unit, &to->dose_unit, error));
    UF_TRY(copy_text(from->name, &to->name, error));
    UF_TRY(copy_text(from->currency, &to->currency, error));
    if (from->dose) UF_TRY(pick(from->dose, sizeof *from->dose, s->row, s->n_rows, &to->dose, error));
    to->switches_off = from->switches_off && some_switch_off(p);
    if (!from->first_period) return UF_OK;
    to->first_period = malloc((s->n_units + 1) * sizeof *to->first_period);
    if (!to->first_period) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++) {
        if (s->unit[u] != SIZE_MAX) to->first_period[s->unit[u]] = start_of(panel, s, from->first_period[u]);
    }
    return UF_OK;
}

static uf_status pick_exposures(const struct uf_panel *panel, const struct stay *s, struct uf_panel *p,
                                struct uf_error *error)
{
    p->exposures = calloc(panel->n_exposures + 1, sizeof *p->exposures);
    if (!p->exposures) return uf_fail_memory(error);
    for (size_t e = 0; e < panel->n_exposures; e++) {
        const struct uf_exposure *from = &panel->exposures[e];
        struct uf_exposure *to = &p->exposures[p->n_exposures++];
        *to = *from;
        to->intervention = to->name = to->source = NULL;
        to->status = malloc((s->n_units + 1) * sizeof *to->status);
        if (!to->status) return uf_fail_memory(error);
        for (size_t u = 0; u < panel->units.count; u++)
            if (s->unit[u] != SIZE_MAX) to->status[s->unit[u]] = from->status[u];
        UF_TRY(copy_text(from->intervention, &to->intervention, error));
        UF_TRY(copy_text(from->name, &to->name, error));
        UF_TRY(copy_text(from->source, &to->source, error));
    }
    return UF_OK;
}

static uf_status pick_units_and_periods(const struct uf_panel *panel, const struct stay *s,
                                        struct uf_panel *p, struct uf_error *error)
{
    UF_TRY(pick_dictionary(&panel->units, s->unit, s->n_units, &p->units, error));
    UF_TRY(pick_dictionary(&panel->sectors, NULL, panel->sectors.count, &p->sectors, error));
    if (panel->unit_group)
        UF_TRY(pick_texts(panel->unit_group, panel->units.count, s->unit, s->n_units, &p->unit_group, error));
    p->n_rows = s->n_rows;
    p->several_rows = panel->several_rows;
    UF_TRY(copy_text(panel->source, &p->source, error));
    UF_TRY(pick_numbers(s, panel->unit, s->unit, &p->unit, error));
    if (panel->sector) UF_TRY(pick_numbers(s, panel->sector, NULL, &p->sector, error));
    if (!panel->period)
        return pick_dictionary(&panel->periods, NULL, panel->periods.count, &p->periods, error);
    UF_TRY(pick_dictionary(&panel->periods, s->period, s->n_periods, &p->periods, error));
    UF_TRY(pick_numbers(s, panel->period, s->period, &p->period, error));
    if (!panel->period_value) return UF_OK;
    p->period_value = malloc((s->n_periods + 1) * sizeof *p->period_value);
    if (!p->period_value) return uf_fail_memory(error);
    for (size_t t = 0; t < panel->periods.count; t++)
        if (s->period[t] != SIZE_MAX) p->period_value[s->period[t]] = panel->period_value[t];
    return UF_OK;
}

uf_status uf_panel_without(const struct uf_panel *panel, const bool *left_out, struct uf_panel **out,
                           struct uf_error *error)
{
    struct stay stay = {0};
    struct uf_panel *p = calloc(1, sizeof *p);
    uf_status status = p ? stay_init(panel, left_out, &stay, error) : uf_fail_memory(error);
    if (status == UF_OK) status = pick_units_and_periods(panel, &stay, p, error);
    if (status == UF_OK) status = pick_columns(panel, &stay, p, error);
    if (status == UF_OK) status = pick_clusters(panel, &stay, p, error);
    if (status == UF_OK) status = pick_treatment(panel, &stay, p, error);
    if (status == UF_OK) status = pick_exposures(panel, &stay, p, error);
    stay_clear(&stay);
    if (status == UF_OK)
        *out = p;
    else
        uf_panel_free(p);
    return status;
}

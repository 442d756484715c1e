// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/panel.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void free_texts(char **texts, size_t count)
{
    if (texts)
        for (size_t i = 0; i < count; i++) free(texts[i]);
    free(texts);
}

static void clear_dictionary(struct uf_dictionary *dictionary)
{
    const size_t own = dictionary->texts ? 0 : dictionary->count;
    free_texts(dictionary->code, own);
    free_texts(dictionary->label, own);
    free(dictionary->texts);
}

size_t uf_dictionary_find(const struct uf_dictionary *dictionary, const char *code)
{
    size_t low = 0, high = dictionary->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(dictionary->code[middle], code);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    /* periods, and sectors in an order that the user chose, are not sorted by code */
    for (size_t i = 0; i < dictionary->count; i++)
        if (!strcmp(dictionary->code[i], code)) return i;
    return SIZE_MAX;
}

void uf_panel_drop_last_column(struct uf_panel *panel)
{
    struct uf_panel_column *column = &panel->columns[--panel->n_columns];
    free(column->name);
    free(column->label);
    free(column->unit);
    free(column->source);
    free(column->value);
    free(column->status);
}

void uf_panel_free(struct uf_panel *panel)
{
    if (!panel) return;
    while (panel->n_columns) uf_panel_drop_last_column(panel);
    for (size_t k = 0; k < panel->n_cluster_dimensions; k++) {
        if (panel->cluster) free(panel->cluster[k]);
        if (panel->cluster_name) free(panel->cluster_name[k]);
        if (panel->cluster_groups) clear_dictionary(&panel->cluster_groups[k]);
    }
    for (size_t e = 0; e < panel->n_exposures; e++) {
        free(panel->exposures[e].intervention);
        free(panel->exposures[e].name);
        free(panel->exposures[e].status);
        free(panel->exposures[e].source);
    }
    free_texts(panel->unit_group, panel->units.count);
    free(panel->exposures);
    free(panel->columns);
    free(panel->cluster);
    free(panel->cluster_name);
    free(panel->cluster_groups);
    free(panel->n_clusters);
    free(panel->covariates);
    free(panel->unit);
    free(panel->sector);
    free(panel->period);
    free(panel->period_value);
    free(panel->treatment.first_period);
    free(panel->treatment.dose);
    free(panel->treatment.dose_unit);
    free(panel->treatment.name);
    free(panel->treatment.currency);
    free(panel->source);
    clear_dictionary(&panel->units);
    clear_dictionary(&panel->sectors);
    clear_dictionary(&panel->periods);
    free(panel);
}

size_t uf_panel_column(const struct uf_panel *panel, const char *name)
{
    for (size_t j = 0; j < panel->n_columns; j++)
        if (!strcmp(panel->columns[j].name, name)) return j;
    return SIZE_MAX;
}

bool uf_panel_is_balanced(const struct uf_panel *panel)
{
    /* no two rows share unit, period and sector, so counting is enough */
    size_t sectors = panel->sectors.count ? panel->sectors.count : 1;
    return panel->n_rows == panel->units.count * panel->periods.count * sectors;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/small_panel.h"
#include "support/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    assert_non_null(memory);
    return memory;
}

static struct uf_dictionary dictionary_new(size_t count)
{
    return (struct uf_dictionary){
        .code = zeroed(count, sizeof(char *)), .label = zeroed(count, sizeof(char *)), .count = count};
}

static void dictionary_clear(struct uf_dictionary *dictionary)
{
    for (size_t i = 0; i < dictionary->count; i++) {
        free(dictionary->code[i]);
        free(dictionary->label[i]);
    }
    free(dictionary->code);
    free(dictionary->label);
}

struct uf_panel *small_panel_new(size_t n_units, size_t n_periods, int first_year, const char *const *columns,
                                 size_t n_columns)
{
    struct uf_panel *panel = zeroed(1, sizeof *panel);
    char text[32];
    panel->units = dictionary_new(n_units);
    for (size_t u = 0; u < n_units; u++) {
        snprintf(text, sizeof text, "R%03zu", u + 1);
        panel->units.code[u] = strdup(text);
        snprintf(text, sizeof text, "Region %zu", u + 1);
        panel->units.label[u] = strdup(text);
    }
    panel->periods = dictionary_new(n_periods);
    panel->period_value = zeroed(n_periods, sizeof *panel->period_value);
    for (size_t t = 0; t < n_periods; t++) {
        snprintf(text, sizeof text, "%d", first_year + (int)t);
        panel->periods.code[t] = strdup(text);
        panel->periods.label[t] = strdup(text);
        panel->period_value[t] = uf_period_from_year(first_year + (int)t);
    }
    panel->n_rows = n_units * n_periods;
    panel->unit = zeroed(panel->n_rows, sizeof *panel->unit);
    panel->period = zeroed(panel->n_rows, sizeof *panel->period);
    for (size_t i = 0; i < panel->n_rows; i++) {
        panel->unit[i] = i / n_periods;
        panel->period[i] = i % n_periods;
    }
    panel->columns = zeroed(n_columns, sizeof *panel->columns);
    panel->n_columns = n_columns;
    for (size_t c = 0; c < n_columns; c++) {
        panel->columns[c].name = strdup(columns[c]);
        panel->columns[c].label = strdup(columns[c]);
        panel->columns[c].value = zeroed(panel->n_rows, sizeof(double));
        panel->columns[c].status = zeroed(panel->n_rows, sizeof(uf_value_status));
    }
    panel->outcome = 0;
    panel->weight = UF_NOWHERE;
    panel->treatment.given = true;
    panel->treatment.cost = NAN;
    panel->treatment.first_period = zeroed(n_units, sizeof *panel->treatment.first_period);
    for (size_t u = 0; u < n_units; u++) panel->treatment.first_period[u] = SIZE_MAX;
    return panel;
}

void small_panel_free(struct uf_panel *panel)
{
    dictionary_clear(&panel->units);
    dictionary_clear(&panel->periods);
    free(panel->period_value);
    free(panel->unit);
    free(panel->period);
    for (size_t c = 0; c < panel->n_columns; c++) {
        free(panel->columns[c].name);
        free(panel->columns[c].label);
        free(panel->columns[c].value);
        free(panel->columns[c].status);
    }
    free(panel->columns);
    free(panel->treatment.first_period);
    free(panel->treatment.dose);
    free(panel->treatment.name);
    for (size_t e = 0; e < panel->n_exposures; e++) {
        free(panel->exposures[e].intervention);
        free(panel->exposures[e].name);
        free(panel->exposures[e].status);
    }
    free(panel->exposures);
    free(panel);
}

double *small_panel_cell(struct uf_panel *panel, size_t column, size_t unit, size_t period)
{
    return &panel->columns[column].value[unit * panel->periods.count + period];
}

void small_panel_miss(struct uf_panel *panel, size_t column, size_t unit, size_t period)
{
    size_t row = unit * panel->periods.count + period;
    panel->columns[column].value[row] = NAN;
    panel->columns[column].status[row] = UF_VALUE_NOT_AVAILABLE;
}

void small_panel_rename_unit(struct uf_panel *panel, size_t unit, const char *code)
{
    free(panel->units.code[unit]);
    panel->units.code[unit] = strdup(code);
}

struct uf_exposure *small_panel_expose(struct uf_panel *panel, const char *name, int exposed, int total,
                                       int from, int to)
{
    panel->exposures = realloc(panel->exposures, (panel->n_exposures + 1) * sizeof *panel->exposures);
    assert_non_null(panel->exposures);
    struct uf_exposure *exposure = &panel->exposures[panel->n_exposures++];
    *exposure = (struct uf_exposure){.intervention = strdup(name),
                                     .name = strdup(name),
                                     .status = zeroed(panel->units.count, sizeof *exposure->status),
                                     .start = uf_period_from_year(from),
                                     .end = to ? uf_period_from_year(to) : 0,
                                     .regions_exposed = exposed,
                                     .regions_total = total};
    for (size_t u = 0; u < panel->units.count; u++) exposure->status[u] = UF_EXPOSURE_UNKNOWN;
    return exposure;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/panel_series.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"

enum { NAMES_SHOWN = 8 };

void panel_series_clear(struct panel_series *series)
{
    free(series->region);
    free(series->left_out);
    free(series->value);
    free(series->status);
    *series = (struct panel_series){0};
}

static uf_status no_code(const struct uf_dictionary *dictionary, const char *code, const char *option,
                         const char *what, struct uf_error *error)
{
    const char *near = uf_text_nearest(code, (const char *const *)dictionary->code, dictionary->count);
    return uf_fail(error, UF_BAD_USAGE, "The option '%s' names '%s', which is no %s of the data%s%s%s",
                   option, code, what, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ".");
}

/* SIZE_MAX: the panel has no sectors. */
static uf_status find_sector(const struct uf_panel *panel, const char *code, size_t *out,
                             struct uf_error *error)
{
    *out = SIZE_MAX;
    if (code && panel->sectors.count == 0)
        return uf_fail(error, UF_BAD_USAGE,
                       "The figures are not by sector; leave the option 'in-sector' out.");
    if (code) {
        *out = uf_dictionary_find(&panel->sectors, code);
        return *out == SIZE_MAX ? no_code(&panel->sectors, code, "in-sector", "sector", error) : UF_OK;
    }
    if (panel->sectors.count > 1)
        return uf_fail(error, UF_BAD_USAGE,
                       "The figures are of %zu sectors, from %s to %s; name the one to describe with the "
                       "option 'in-sector'.",
                       panel->sectors.count, panel->sectors.code[0],
                       panel->sectors.code[panel->sectors.count - 1]);
    if (panel->sectors.count == 1) *out = 0;
    return UF_OK;
}

static uf_status choose_regions(const struct uf_text_list *without, struct panel_series *series,
                                struct uf_error *error)
{
    const struct uf_dictionary *units = &series->panel->units;
    for (size_t i = 0; i < without->count; i++)
        if (uf_dictionary_find(units, without->items[i]) == SIZE_MAX)
            return no_code(units, without->items[i], "leave-out", "region", error);
    series->region = malloc((units->count + 1) * sizeof *series->region);
    series->left_out = malloc((units->count + 1) * sizeof *series->left_out);
    if (!series->region || !series->left_out) return uf_fail_memory(error);
    for (size_t u = 0; u < units->count; u++)
        if (uf_text_list_find(without, units->code[u]) == SIZE_MAX)
            series->region[series->n_regions++] = u;
        else
            series->left_out[series->n_left_out++] = u;
    if (series->n_regions > 0) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "The option 'leave-out' leaves no region.");
}

static uf_status fill(struct panel_series *series, size_t sector, struct uf_error *error)
{
    const struct uf_panel *panel = series->panel;
    const size_t n = series->n_regions * series->n_periods;
    size_t *place = malloc((panel->units.count + 1) * sizeof *place);
    series->value = malloc((n + 1) * sizeof *series->value);
    series->status = malloc((n + 1) * sizeof *series->status);
    if (!place || !series->value || !series->status) {
        free(place);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < n; i++) series->value[i] = NAN, series->status[i] = UF_VALUE_NOT_AVAILABLE;
    for (size_t u = 0; u < panel->units.count; u++) place[u] = SIZE_MAX;
    for (size_t r = 0; r < series->n_regions; r++) place[series->region[r]] = r;
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (place[panel->unit[i]] == SIZE_MAX) continue;
        if (sector != SIZE_MAX && panel->sector[i] != sector) continue;
        size_t k = panel_series_at(series, place[panel->unit[i]], panel->period[i]);
        uf_value_status status = series->column->status[i];
        double value = uf_value_is_missing(status) ? (double)NAN : series->column->value[i];
        if (!isfinite(value) && !uf_value_is_missing(status)) status |= UF_VALUE_NOT_AVAILABLE;
        series->value[k] = isfinite(value) ? value : (double)NAN;
        series->status[k] = status;
    }
    free(place);
    return UF_OK;
}

uf_status panel_series_new(const struct uf_panel *panel, const struct uf_options *options,
                           enum uf_language language, struct panel_series *out, struct uf_error *error)
{
    if (panel->outcome < 0) return uf_fail(error, UF_BAD_USAGE, "The panel names no value column.");
    struct panel_series series = {.panel = panel,
                                  .language = language,
                                  .column = &panel->columns[panel->outcome],
                                  .n_periods = panel->periods.count};
    size_t sector;
    UF_TRY(find_sector(panel, uf_options_text(options, "in-sector"), &sector, error));
    uf_status status = choose_regions(uf_options_list(options, "leave-out"), &series, error);
    if (status == UF_OK) status = fill(&series, sector, error);
    if (status == UF_OK)
        *out = series;
    else
        panel_series_clear(&series);
    return status;
}

const char *panel_series_code(const struct panel_series *series, size_t region)
{
    return series->panel->units.code[series->region[region]];
}

const char *panel_series_label(const struct panel_series *series, size_t region)
{
    return series->panel->units.label[series->region[region]];
}

const char *panel_series_period(const struct panel_series *series, size_t period)
{
    return series->panel->periods.code[period];
}

char *panel_series_names(const struct panel_series *series, const bool *chosen)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    size_t n = 0;
    for (size_t r = 0; r < series->n_regions; r++) {
        if (!chosen[r]) continue;
        if (n > 0 && n < NAMES_SHOWN) uf_buffer_append(&text, ", ");
        if (n++ < NAMES_SHOWN) uf_buffer_append(&text, panel_series_label(series, r));
    }
    if (n > NAMES_SHOWN) {
        uf_buffer_append(&text, ", … (");
        uf_buffer_append_size(&text, n);
        uf_buffer_append(&text, ")");
    }
    return uf_buffer_take(&text);
}

uf_status panel_series_tell_missing(const struct panel_series *series, const bool *missing,
                                    uf_value_status reasons, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"{0} of {1} regions lack a figure that is needed ({2}) and are left "
                                         "out, with what needs them: {3}. A "
                                         "missing figure is not zero.",
                                         "{0} av {1} regioner saknar en uppgift som behövs ({2}) och ingår "
                                         "inte, inte heller i det som beror på "
                                         "dem: {3}. En saknad uppgift är inte noll."};
    static const struct uf_words hidden = {"suppressed or confidential", "undertryckt eller sekretess"},
                                 absent = {"not available", "uppgift saknas"},
                                 step = {"regions without figures", "regioner utan uppgifter"};
    size_t n = 0, lost = 0;
    for (size_t r = 0; r < series->n_regions; r++) n += missing[r];
    if (n == 0) return UF_OK;
    for (size_t i = 0; i < series->panel->n_rows; i++)
        for (size_t r = 0; r < series->n_regions; r++)
            lost += missing[r] && series->panel->unit[i] == series->region[r];
    char *names = panel_series_names(series, missing);
    if (!names) return uf_fail_memory(error);
    bool secret = reasons & (UF_VALUE_SUPPRESSED | UF_VALUE_CONFIDENTIAL);
    struct uf_argument arguments[] = {
        uf_count_argument(n), uf_count_argument(series->n_regions),
        uf_text_argument(uf_words_in(secret ? hidden : absent, series->language)), uf_text_argument(names)};
    uf_status status = uf_result_add_note(result, series->language, UF_WARNING, "regions-left-out", text,
                                          (struct uf_words){NULL, NULL}, arguments, 4, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(result, uf_words_in(step, series->language), names,
                                      series->panel->n_rows, series->panel->n_rows - lost, error);
    free(names);
    return status;
}

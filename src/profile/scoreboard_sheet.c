// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/scoreboard_sheet.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/number.h>

#include "base/fail.h"

const char *const scoreboard_priority_codes[] = {
    "innovation-enterprise", "environment-accessibility", "competence", "international", "none", NULL};
const struct uf_words scoreboard_priority_words[] = {
    {"Innovation and enterprise", "Innovation och företagande"},
    {"Attractive environments and accessibility", "Attraktiva miljöer och tillgänglighet"},
    {"Competence supply", "Kompetensförsörjning"},
    {"International cooperation", "Internationellt samarbete"},
    {"On no list", "Utanför listan"}};
const char *const scoreboard_direction_codes[] = {"higher", "lower", "neither", NULL};

void score_sheet_clear(struct score_sheet *sheet)
{
    for (size_t i = 0; i < sheet->n_items; i++) {
        struct score_item *item = &sheet->items[i];
        free(item->code), free(item->name), free(item->measure), free(item->missing);
        free(item->value), free(item->status);
    }
    free(sheet->items);
    free(sheet->peer);
    free(sheet->shown);
    *sheet = (struct score_sheet){0};
}

/* --- the list ---------------------------------------------------------------------------------- */

enum {
    C_INDICATOR,
    C_PRIORITY,
    C_DIRECTION,
    C_TARGET,
    C_UNIT,
    C_NAME = C_UNIT + 2,
    C_MISSING = C_NAME + 2,
    N_COLUMNS = C_MISSING + 2
};
static const char *const column_names[] = {"indicator", "priority", "direction", "target",     "unit_en",
                                           "unit_sv",   "name_en",  "name_sv",   "missing_en", "missing_sv"};

static uf_status read_choice(const struct uf_table *table, size_t row, size_t column,
                             const char *const *codes, size_t n_codes, const char *path, int *out,
                             struct uf_error *error)
{
    const char *text = uf_table_text(table, row, column);
    for (size_t i = 0; i < n_codes; i++)
        if (text && !strcmp(text, codes[i])) {
            *out = (int)i;
            return UF_OK;
        }
    const char *near = text ? uf_text_nearest(text, codes, n_codes) : NULL;
    return uf_fail_at(error, UF_BAD_INPUT, path, row + 2, 0,
                      "found '%s' as the %s, expected one of %s … %s%s%s%s", text ? text : "",
                      uf_table_column_name(table, column), codes[0], codes[n_codes - 1],
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static uf_status copy_text(const char *text, char **out, struct uf_error *error)
{
    *out = NULL;
    if (!text || !*text) return UF_OK;
    *out = uf_text_copy(text);
    return *out ? UF_OK : uf_fail_memory(error);
}

static uf_status read_row(const struct uf_table *table, size_t row, const size_t *columns, const char *path,
                          enum uf_language language, struct score_item *item, struct uf_error *error)
{
    int direction = 0;
    const char *code = uf_table_text(table, row, columns[C_INDICATOR]);
    const char *target = uf_table_text(table, row, columns[C_TARGET]);
    if (!code || !*code)
        return uf_fail_at(error, UF_BAD_INPUT, path, row + 2, 0, "this row names no indicator");
    UF_TRY(copy_text(code, &item->code, error));
    UF_TRY(read_choice(table, row, columns[C_PRIORITY], scoreboard_priority_codes, PRIORITY_NONE, path,
                       &item->priority, error));
    UF_TRY(read_choice(table, row, columns[C_DIRECTION], scoreboard_direction_codes, 3, path, &direction,
                       error));
    item->direction = (enum uf_direction)direction;
    item->target = NAN;
    if (target && *target && !uf_number_parse(target, strlen(target), '.', &item->target))
        return uf_fail_at(error, UF_BAD_INPUT, path, row + 2, 0,
                          "found the target '%s', expected a number with a decimal point, or nothing",
                          target);
    UF_TRY(copy_text(uf_table_text(table, row, columns[C_UNIT + language]), &item->measure, error));
    UF_TRY(copy_text(uf_table_text(table, row, columns[C_NAME + language]), &item->name, error));
    UF_TRY(copy_text(uf_table_text(table, row, columns[C_MISSING + language]), &item->missing, error));
    if (!item->name) UF_TRY(copy_text(code, &item->name, error));
    return UF_OK;
}

static size_t find_item(const struct score_sheet *sheet, const char *code)
{
    for (size_t i = 0; i < sheet->n_items; i++)
        if (!strcmp(sheet->items[i].code, code)) return i;
    return SIZE_MAX;
}

/* Rows by priority, within one in the order of the list. `extra`: room for indicators that are not on it. */
static uf_status read_list(const char *path, size_t extra, struct score_sheet *sheet, struct uf_error *error)
{
    struct uf_table *table = NULL;
    size_t columns[N_COLUMNS];
    UF_TRY(uf_panel_side_table(path, column_names, N_COLUMNS, &table, error));
    uf_status status = UF_OK;
    for (size_t c = 0; c < N_COLUMNS; c++) columns[c] = uf_table_column(table, column_names[c]);
    const size_t rows = uf_table_rows(table);
    sheet->items = calloc(rows + extra + 1, sizeof *sheet->items);
    if (!sheet->items && status == UF_OK) status = uf_fail_memory(error);
    for (size_t row = 0; row < rows && status == UF_OK; row++) {
        struct score_item item = {.period = SIZE_MAX, .from = SIZE_MAX};
        status = read_row(table, row, columns, path, sheet->language, &item, error);
        if (status == UF_OK && find_item(sheet, item.code) != SIZE_MAX)
            status = uf_fail_at(error, UF_BAD_INPUT, path, row + 2, 0,
                                "the indicator '%s' stands twice on the list", item.code);
        size_t at = sheet->n_items; /* also where it failed: released with the sheet */
        while (at > 0 && sheet->items[at - 1].priority > item.priority) at--;
        memmove(sheet->items + at + 1, sheet->items + at, (sheet->n_items - at) * sizeof item);
        sheet->items[at] = item;
        sheet->n_items++;
    }
    uf_table_free(table);
    return status;
}

/* --- the figures ------------------------------------------------------------------------------- */

/* The item of an indicator of the data; one that is not on the list goes last, without a good direction. */
static uf_status item_of(struct score_sheet *sheet, const char *code, const char *label, const char *unit,
                         struct score_item **out, struct uf_error *error)
{
    const size_t cells = sheet->panel->units.count * sheet->panel->periods.count;
    size_t at = find_item(sheet, code);
    if (at == SIZE_MAX) {
        at = sheet->n_items++;
        sheet->items[at] = (struct score_item){.priority = PRIORITY_NONE,
                                               .direction = UF_DIRECTION_NEITHER,
                                               .target = NAN,
                                               .period = SIZE_MAX,
                                               .from = SIZE_MAX};
        sheet->items[at].code = uf_text_copy(code); /* an empty one too: it is looked up */
        if (!sheet->items[at].code) return uf_fail_memory(error);
        UF_TRY(copy_text(label, &sheet->items[at].name, error));
        UF_TRY(copy_text(unit, &sheet->items[at].measure, error));
    }
    struct score_item *item = &sheet->items[at];
    *out = item;
    item->in_data = true;
    if (item->value) return UF_OK;
    item->value = malloc((cells + 1) * sizeof *item->value);
    item->status = malloc((cells + 1) * sizeof *item->status);
    if (!item->value || !item->status) return uf_fail_memory(error);
    for (size_t i = 0; i < cells; i++) {
        item->value[i] = NAN;
        item->status[i] = UF_VALUE_NOT_AVAILABLE;
    }
    return UF_OK;
}

static uf_status from_columns(struct score_sheet *sheet, const struct uf_text_list *names,
                              struct uf_error *error)
{
    const struct uf_panel *panel = sheet->panel;
    for (size_t i = 0; i < (names->count ? names->count : 1); i++) {
        size_t column = names->count ? uf_panel_column(panel, names->items[i]) : (size_t)panel->outcome;
        struct score_item *item = NULL;
        if (column == SIZE_MAX)
            return uf_fail(error, UF_BAD_USAGE, "'indicators' names '%s', which is no column of the data.",
                           names->items[i]);
        const struct uf_panel_column *c = &panel->columns[column];
        UF_TRY(item_of(sheet, c->name, c->label, c->unit, &item, error));
        item->rounding = c->rounding;
        for (size_t row = 0; row < panel->n_rows; row++) {
            size_t at = score_at(sheet, panel->unit[row], panel->period[row]);
            item->value[at] = c->value[row];
            item->status[at] = c->status[row];
        }
    }
    return UF_OK;
}

/* Long data: the panel's sectors are the indicators. */
static uf_status from_sectors(struct score_sheet *sheet, struct uf_error *error)
{
    const struct uf_panel *panel = sheet->panel;
    const struct uf_panel_column *c = &panel->columns[panel->outcome];
    for (size_t s = 0; s < panel->sectors.count; s++) {
        struct score_item *item = NULL;
        UF_TRY(item_of(sheet, panel->sectors.code[s], panel->sectors.label[s], NULL, &item, error));
        item->rounding = c->rounding;
        for (size_t row = 0; row < panel->n_rows; row++) {
            if (panel->sector[row] != s) continue;
            size_t at = score_at(sheet, panel->unit[row], panel->period[row]);
            item->value[at] = c->value[row];
            item->status[at] = c->status[row];
        }
    }
    return UF_OK;
}

bool score_has_values(const struct score_sheet *sheet, const struct score_item *item, size_t period)
{
    for (size_t u = 0; u < sheet->panel->units.count; u++)
        if (u != sheet->nation && !isnan(item->value[score_at(sheet, u, period)])) return true;
    return false;
}

/* The last period with figures up to the wanted one, and the first from the wanted one on. */
static void choose_periods(const struct score_sheet *sheet, struct score_item *item, size_t first,
                           size_t last)
{
    for (size_t t = last + 1; t-- > first && item->in_data && item->period == SIZE_MAX;)
        if (score_has_values(sheet, item, t)) item->period = t;
    if (item->period == SIZE_MAX) return;
    for (size_t t = first; t < item->period && item->from == SIZE_MAX; t++)
        if (score_has_values(sheet, item, t)) item->from = t;
}

/* --- regions ----------------------------------------------------------------------------------- */

static uf_status mark(const struct uf_panel *panel, const struct uf_text_list *codes, const char *option,
                      bool *out, size_t *out_count, struct uf_error *error)
{
    for (size_t i = 0; i < codes->count; i++) {
        size_t unit = uf_dictionary_find(&panel->units, codes->items[i]);
        const char *near =
            uf_text_nearest(codes->items[i], (const char *const *)panel->units.code, panel->units.count);
        if (unit == SIZE_MAX)
            return uf_fail(error, UF_BAD_USAGE, "'%s' names '%s', which is no region of the data%s%s%s",
                           option, codes->items[i], near ? "; did you mean '" : "", near ? near : "",
                           near ? "'?" : ".");
        if (!out[unit] && out_count) ++*out_count;
        out[unit] = true;
    }
    return UF_OK;
}

static uf_status choose_regions(const struct uf_options *options, struct score_sheet *sheet,
                                struct uf_error *error)
{
    const struct uf_panel *panel = sheet->panel;
    const struct uf_text_list *only = uf_options_list(options, "for");
    sheet->peer = calloc(panel->units.count + 1, sizeof *sheet->peer);
    sheet->shown = calloc(panel->units.count + 1, sizeof *sheet->shown);
    if (!sheet->peer || !sheet->shown) return uf_fail_memory(error);
    sheet->nation = uf_dictionary_find(&panel->units, uf_options_text(options, "nation"));
    UF_TRY(mark(panel, uf_options_list(options, "peers"), "peers", sheet->peer, &sheet->n_peers, error));
    UF_TRY(mark(panel, only, "for", sheet->shown, NULL, error));
    for (size_t u = 0; u < panel->units.count && only->count == 0; u++) sheet->shown[u] = true;
    if (only->count && sheet->nation != SIZE_MAX) sheet->shown[sheet->nation] = true;
    for (size_t u = 0; u < panel->units.count && only->count; u++) sheet->shown[u] |= sheet->peer[u];
    return UF_OK;
}

static uf_status make(const struct uf_options *options, const struct uf_context *context,
                      struct score_sheet *sheet, struct uf_error *error)
{
    const struct uf_panel *panel = sheet->panel;
    const struct uf_text_list *names = uf_options_list(options, "indicators");
    const char *list = uf_options_text(options, "list");
    size_t first = 0, last = panel->periods.count ? panel->periods.count - 1 : 0;
    if (!list && !context->reference_directory)
        return uf_fail(error, UF_BAD_USAGE,
                       "expected the option 'list': a file with the indicators by priority");
    if (panel->sectors.count > 0 && names->count > 0)
        return uf_fail(
            error, UF_BAD_USAGE,
            "The data has a column with the indicators, and 'indicators' names columns; expected one of "
            "them.");
    char *path = list ? uf_path_join(context->directory ? context->directory : ".", list)
                      : uf_path_join(context->reference_directory, "scoreboard.csv");
    if (!path) return uf_fail_memory(error);
    uf_status status = read_list(path, names->count + panel->sectors.count + 1, sheet, error);
    free(path);
    UF_TRY(status);
    UF_TRY(choose_regions(options, sheet, error));
    UF_TRY(panel->sectors.count ? from_sectors(sheet, error) : from_columns(sheet, names, error));
    for (size_t t = 0; t < panel->periods.count; t++) {
        uf_period p = panel->period_value[t], from = uf_options_period(options, "from"),
                  to = uf_options_period(options, "period");
        if (from && p < from) first = t + 1;
        if (to && p <= to) last = t;
    }
    if (first > last || (uf_options_is_set(options, "period") &&
                         panel->period_value[last] > uf_options_period(options, "period")))
        return uf_fail(error, UF_BAD_USAGE,
                       "'from' and 'period' leave no period of the data, which has %s to %s.",
                       panel->periods.code[0], panel->periods.code[panel->periods.count - 1]);
    for (size_t i = 0; i < sheet->n_items; i++) choose_periods(sheet, &sheet->items[i], first, last);
    return UF_OK;
}

uf_status score_sheet_new(const struct uf_panel *panel, const struct uf_options *options,
                          const struct uf_context *context, struct score_sheet *out, struct uf_error *error)
{
    struct score_sheet sheet = {.panel = panel, .language = context->language, .nation = SIZE_MAX};
    if (panel->outcome < 0 && uf_options_list(options, "indicators")->count == 0)
        return uf_fail(error, UF_BAD_USAGE, "The panel names no value column.");
    uf_status status = make(options, context, &sheet, error);
    if (status != UF_OK)
        score_sheet_clear(&sheet);
    else
        *out = sheet;
    return status;
}

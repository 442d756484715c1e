// SPDX-License-Identifier: GPL-3.0-or-later
#include "panel/layout.h"
#include "base/fail.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

struct source_row {
    size_t row; /* of the table */
    size_t unit, sector, period;
};

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_source_rows(const void *a, const void *b)
{
    const struct source_row *x = a, *y = b;
    if (x->unit != y->unit) return x->unit < y->unit ? -1 : 1;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    if (x->sector != y->sector) return x->sector < y->sector ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static uf_status no_column(const struct layout_request *request, const char *name, struct uf_error *error)
{
    const char *names[256];
    size_t n = 0;
    for (; n < uf_table_columns(request->table) && n < 256; n++)
        names[n] = uf_table_column_name(request->table, n);
    const char *nearest = uf_text_nearest(name, names, n);
    if (nearest)
        return uf_fail_at(error, UF_BAD_USAGE, request->place, 0, 0,
                          "there is no column '%s'; did you mean '%s'?", name, nearest);
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t i = 0; i < n; i++) {
        if (i) uf_buffer_append(&list, ", ");
        uf_buffer_append(&list, names[i]);
    }
    uf_fail_at(error, UF_BAD_USAGE, request->place, 0, 0, "there is no column '%s'; the columns are %s", name,
               list.data ? list.data : "none");
    uf_buffer_clear(&list);
    return UF_BAD_USAGE;
}

static uf_status find_column(const struct layout_request *request, const char *name, size_t *out,
                             struct uf_error *error)
{
    *out = uf_table_column(request->table, name);
    return *out == SIZE_MAX ? no_column(request, name, error) : UF_OK;
}

/* The distinct texts of the kept rows, sorted; the label of the first row that has the code. */
static uf_status build_dictionary(const struct uf_table *table, const size_t *rows, size_t n_rows,
                                  size_t column, size_t label_column, struct uf_dictionary *out,
                                  struct uf_error *error)
{
    const char **codes = malloc((n_rows + 1) * sizeof *codes);
    if (!codes) return uf_fail_memory(error);
    /* rows come mostly sorted by unit: dropping repeats first keeps the sort small */
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        const char *code = uf_table_text(table, rows[i], column);
        if (n == 0 || strcmp(codes[n - 1], code)) codes[n++] = code;
    }
    qsort(codes, n, sizeof *codes, compare_texts);
    size_t unique = 0;
    for (size_t i = 0; i < n; i++)
        if (unique == 0 || strcmp(codes[unique - 1], codes[i])) codes[unique++] = codes[i];
    struct uf_dictionary dictionary = {.code = calloc(unique + 1, sizeof(char *)),
                                       .label = calloc(unique + 1, sizeof(char *)),
                                       .count = unique};
    bool ok = dictionary.code && dictionary.label;
    for (size_t i = 0; ok && i < unique; i++) ok = (dictionary.code[i] = uf_text_copy(codes[i])) != NULL;
    free(codes);
    for (size_t i = 0; ok && label_column != SIZE_MAX && i < n_rows; i++) {
        size_t index = uf_dictionary_find(&dictionary, uf_table_text(table, rows[i], column));
        const char *label = uf_table_text(table, rows[i], label_column);
        if (label && !dictionary.label[index]) ok = (dictionary.label[index] = uf_text_copy(label)) != NULL;
    }
    for (size_t i = 0; ok && i < unique; i++)
        if (!dictionary.label[i]) ok = (dictionary.label[i] = uf_text_copy(dictionary.code[i])) != NULL;
    *out = dictionary; /* the panel frees it, whole or not */
    return ok ? UF_OK : uf_fail_memory(error);
}

/* A period's place in time: a period as such, or any whole number (`1`, `2`, … `10`), which counts as a year. */
static uf_period time_of(const char *code)
{
    uf_period period;
    if (uf_period_parse(code, strlen(code), &period)) return period;
    double number;
    if (uf_number_parse(code, strlen(code), '.', &number) && number > 0 && number < 1000000 &&
        number == (double)(int)number)
        return uf_period_from_year((int)number);
    return 0;
}

struct timed {
    char *code, *label;
    uf_period time;
};

static int compare_times(const void *a, const void *b)
{
    const struct timed *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return strcmp(x->code, y->code);
}

/* In time where every code is a time; else by code, and the times are 0. */
uf_status panel_order_periods(struct uf_panel *panel, struct uf_error *error)
{
    const size_t n = panel->periods.count;
    struct timed *timed = malloc((n + 1) * sizeof *timed);
    panel->period_value = calloc(n + 1, sizeof *panel->period_value);
    if (!timed || !panel->period_value) {
        free(timed);
        return uf_fail_memory(error);
    }
    bool all = true;
    for (size_t i = 0; i < n; i++) {
        timed[i] =
            (struct timed){panel->periods.code[i], panel->periods.label[i], time_of(panel->periods.code[i])};
        all = all && timed[i].time != 0;
    }
    for (size_t i = 0; i < n && !all; i++) timed[i].time = 0;
    qsort(timed, n, sizeof *timed, compare_times);
    for (size_t i = 0; i < n; i++) {
        panel->periods.code[i] = timed[i].code;
        panel->periods.label[i] = timed[i].label;
        panel->period_value[i] = timed[i].time;
    }
    free(timed);
    return UF_OK;
}

/* Moves the codes that the user named to the front, in that order. */
static void order_sectors(struct uf_dictionary *sectors, const char *const *order, size_t n_order)
{
    size_t next = 0;
    for (size_t i = 0; i < n_order; i++)
        for (size_t j = next; j < sectors->count; j++) {
            if (strcmp(sectors->code[j], order[i])) continue;
            char *code = sectors->code[j], *label = sectors->label[j];
            memmove(&sectors->code[next + 1], &sectors->code[next], (j - next) * sizeof(char *));
            memmove(&sectors->label[next + 1], &sectors->label[next], (j - next) * sizeof(char *));
            sectors->code[next] = code;
            sectors->label[next++] = label;
            break;
        }
}

static uf_status duplicate_rows(const struct layout_request *request, const struct uf_panel *panel,
                                const struct source_row *a, const struct source_row *b,
                                struct uf_error *error)
{
    const char *sector = panel->sectors.count ? panel->sectors.code[a->sector] : NULL;
    return uf_fail_at(
        error, UF_BAD_INPUT, request->place, request->place ? b->row + 2 : 0, 0,
        "rows %zu and %zu both hold unit '%s'%s%s, period '%s'; a panel has one row for each: remove one, "
        "or name the column that tells them apart. Rows that are other people or firms in each period are "
        "taken by "
        "callaway-santanna with sampling: repeated-cross-sections",
        a->row + 1, b->row + 1, panel->units.code[a->unit], sector ? ", sector " : "", sector ? sector : "",
        panel->periods.code[a->period]);
}

static uf_status sort_rows(const struct layout_request *request, const size_t *kept, size_t n, size_t unit,
                           size_t sector, size_t period, struct uf_panel *panel, size_t **out_order,
                           struct uf_error *error)
{
    struct source_row *rows = malloc((n + 1) * sizeof *rows);
    size_t *order = malloc((n + 1) * sizeof *order);
    panel->unit = malloc((n + 1) * sizeof *panel->unit);
    panel->period = malloc((n + 1) * sizeof *panel->period);
    if (sector != SIZE_MAX) panel->sector = malloc((n + 1) * sizeof *panel->sector);
    uf_status status = UF_OK;
    if (!rows || !order || !panel->unit || !panel->period || (sector != SIZE_MAX && !panel->sector))
        status = uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        rows[i].row = kept[i];
        rows[i].unit = uf_dictionary_find(&panel->units, uf_table_text(request->table, kept[i], unit));
        rows[i].period =
            period == SIZE_MAX
                ? 0
                : uf_dictionary_find(&panel->periods, uf_table_text(request->table, kept[i], period));
        rows[i].sector =
            sector == SIZE_MAX
                ? 0
                : uf_dictionary_find(&panel->sectors, uf_table_text(request->table, kept[i], sector));
    }
    if (status == UF_OK) qsort(rows, n, sizeof *rows, compare_source_rows);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        if (!request->several_rows && i > 0 && rows[i].unit == rows[i - 1].unit &&
            rows[i].period == rows[i - 1].period && rows[i].sector == rows[i - 1].sector)
            status = duplicate_rows(request, panel, &rows[i - 1], &rows[i], error);
        order[i] = rows[i].row;
        panel->unit[i] = rows[i].unit;
        panel->period[i] = rows[i].period;
        if (panel->sector) panel->sector[i] = rows[i].sector;
    }
    panel->n_rows = n;
    panel->several_rows = request->several_rows;
    free(rows);
    if (status == UF_OK)
        *out_order = order;
    else
        free(order);
    return status;
}

static uf_status carry_numbers(const struct layout_request *request, const size_t *order,
                               struct uf_panel *panel, struct uf_error *error)
{
    panel->columns = calloc(request->n_numbers + 1, sizeof *panel->columns);
    if (!panel->columns) return uf_fail_memory(error);
    for (size_t k = 0; k < request->n_numbers; k++) {
        const char *name = request->numbers[k];
        size_t column;
        UF_TRY(find_column(request, name, &column, error));
        if (uf_table_column_type(request->table, column) != UF_COLUMN_NUMBER) {
            size_t row = 0;
            double ignored;
            const char *text = NULL;
            for (; row < uf_table_rows(request->table); row++) {
                text = uf_table_text(request->table, row, column);
                if (text && !uf_number_parse(text, strlen(text), '.', &ignored)) break;
            }
            return uf_fail_at(
                error, UF_BAD_INPUT, request->place, request->place ? row + 2 : 0, 0,
                "column '%s' should hold numbers, found '%s'; correct it, or mark a missing value with an "
                "empty cell",
                name, text ? text : "");
        }
        struct uf_panel_column *out = &panel->columns[panel->n_columns++];
        out->name = uf_text_copy(name);
        out->label = uf_text_copy(name);
        const char *unit = uf_table_column_unit(request->table, column);
        out->unit = uf_text_copy(unit);
        out->value = malloc((panel->n_rows + 1) * sizeof *out->value);
        out->status = malloc((panel->n_rows + 1) * sizeof *out->status);
        if (!out->name || !out->label || (unit && !out->unit) || !out->value || !out->status)
            return uf_fail_memory(error);
        for (size_t i = 0; i < panel->n_rows; i++) {
            out->value[i] = uf_table_number(request->table, order[i], column);
            out->status[i] = uf_table_value_status(request->table, order[i], column);
        }
    }
    return UF_OK;
}

static uf_status number_clusters(const struct layout_request *request, const size_t *order,
                                 struct uf_panel *panel, struct uf_error *error)
{
    const size_t n = request->n_clusters;
    if (n == 0) return UF_OK;
    panel->cluster = calloc(n, sizeof *panel->cluster);
    panel->cluster_name = calloc(n, sizeof *panel->cluster_name);
    panel->n_clusters = calloc(n, sizeof *panel->n_clusters);
    panel->cluster_groups = calloc(n, sizeof *panel->cluster_groups);
    if (!panel->cluster || !panel->cluster_name || !panel->n_clusters || !panel->cluster_groups)
        return uf_fail_memory(error);
    panel->n_cluster_dimensions = n;
    for (size_t k = 0; k < n; k++) {
        size_t column;
        UF_TRY(find_column(request, request->clusters[k], &column, error));
        for (size_t i = 0; i < panel->n_rows; i++)
            if (!uf_table_text(request->table, order[i], column))
                return uf_fail_at(error, UF_BAD_INPUT, request->place, request->place ? order[i] + 2 : 0, 0,
                                  "the cluster column '%s' is empty here; every row needs its cluster",
                                  request->clusters[k]);
        struct uf_dictionary *groups = &panel->cluster_groups[k];
        UF_TRY(build_dictionary(request->table, order, panel->n_rows, column, SIZE_MAX, groups, error));
        panel->cluster_name[k] = uf_text_copy(request->clusters[k]);
        panel->cluster[k] = malloc((panel->n_rows + 1) * sizeof **panel->cluster);
        if (!panel->cluster_name[k] || !panel->cluster[k]) return uf_fail_memory(error);
        for (size_t i = 0; i < panel->n_rows; i++)
            panel->cluster[k][i] =
                uf_dictionary_find(groups, uf_table_text(request->table, order[i], column));
        panel->n_clusters[k] = groups->count;
    }
    return UF_OK;
}

static uf_status group_units(const struct layout_request *request, const size_t *order,
                             struct uf_panel *panel, struct uf_error *error)
{
    if (!request->unit_group) return UF_OK;
    size_t column;
    UF_TRY(find_column(request, request->unit_group, &column, error));
    panel->unit_group = calloc(panel->units.count + 1, sizeof *panel->unit_group);
    if (!panel->unit_group) return uf_fail_memory(error);
    for (size_t i = 0; i < panel->n_rows; i++) {
        const char *group = uf_table_text(request->table, order[i], column);
        if (panel->unit_group[panel->unit[i]] || !group) continue;
        if (!(panel->unit_group[panel->unit[i]] = uf_text_copy(group))) return uf_fail_memory(error);
    }
    return UF_OK;
}

/* The one period of a cross-section without a period column. */
uf_status panel_one_period(struct uf_panel *panel, struct uf_error *error)
{
    panel->periods = (struct uf_dictionary){
        .code = calloc(1, sizeof(char *)), .label = calloc(1, sizeof(char *)), .count = 1};
    panel->period_value = calloc(1, sizeof *panel->period_value);
    if (!panel->periods.code || !panel->periods.label || !panel->period_value) return uf_fail_memory(error);
    panel->periods.code[0] = uf_text_copy("");
    panel->periods.label[0] = uf_text_copy("");
    return panel->periods.code[0] && panel->periods.label[0] ? UF_OK : uf_fail_memory(error);
}

static uf_status lay_out(const struct layout_request *request, const size_t *kept, size_t n,
                         struct uf_panel *panel, struct uf_error *error)
{
    const struct uf_table *table = request->table;
    size_t unit, label = SIZE_MAX, sector = SIZE_MAX, sector_label = SIZE_MAX, period = SIZE_MAX;
    UF_TRY(find_column(request, request->unit, &unit, error));
    if (request->unit_label) UF_TRY(find_column(request, request->unit_label, &label, error));
    if (request->sector) UF_TRY(find_column(request, request->sector, &sector, error));
    if (request->sector_label) UF_TRY(find_column(request, request->sector_label, &sector_label, error));
    if (request->period) UF_TRY(find_column(request, request->period, &period, error));
    UF_TRY(build_dictionary(table, kept, n, unit, label, &panel->units, error));
    if (request->sector) {
        UF_TRY(build_dictionary(table, kept, n, sector, sector_label, &panel->sectors, error));
        order_sectors(&panel->sectors, request->sector_order, request->n_sector_order);
    }
    if (request->period) {
        UF_TRY(build_dictionary(table, kept, n, period, SIZE_MAX, &panel->periods, error));
        UF_TRY(panel_order_periods(panel, error));
    } else {
        UF_TRY(panel_one_period(panel, error));
    }
    size_t *order = NULL;
    UF_TRY(sort_rows(request, kept, n, unit, sector, period, panel, &order, error));
    uf_status status = carry_numbers(request, order, panel, error);
    if (status == UF_OK) status = number_clusters(request, order, panel, error);
    if (status == UF_OK) status = group_units(request, order, panel, error);
    free(order);
    return status;
}

uf_status panel_lay_out(const struct layout_request *request, struct uf_result *ledger, struct uf_panel **out,
                        struct uf_error *error)
{
    const struct uf_table *table = request->table;
    const size_t n_rows = uf_table_rows(table);
    const char *const keys[] = {request->unit, request->period, request->sector};
    size_t *kept = malloc((n_rows + 1) * sizeof *kept);
    struct uf_panel *panel = calloc(1, sizeof *panel);
    uf_status status = kept && panel ? UF_OK : uf_fail_memory(error);
    size_t n = 0;
    for (size_t i = 0; i < n_rows && status == UF_OK; i++) kept[n++] = i;
    for (size_t k = 0; k < 3 && status == UF_OK; k++) {
        if (!keys[k]) continue;
        size_t column, before = n, write = 0;
        UF_TRY_GOTO(find_column(request, keys[k], &column, error), done);
        if (uf_table_column_type(table, column) != UF_COLUMN_TEXT) {
            status = uf_fail(error, UF_INTERNAL, "the key column '%s' must be read as text", keys[k]);
            goto done;
        }
        for (size_t i = 0; i < n; i++)
            if (uf_table_text(table, kept[i], column)) kept[write++] = kept[i];
        n = write;
        static const struct uf_words empty = {"the key is empty", "nyckeln är tom"};
        if (ledger && n < before)
            UF_TRY_GOTO(uf_result_add_ledger(ledger, keys[k], uf_words_in(empty, request->language), before,
                                             n, error),
                        done);
    }
    if (status == UF_OK && n == 0)
        status = uf_fail_at(error, UF_BAD_INPUT, request->place, 0, 0,
                            "there is no row with a unit%s and a period; check the column names",
                            request->sector ? ", a sector" : "");
    if (status == UF_OK) {
        panel->outcome = panel->weight = UF_NOWHERE;
        panel->treatment.cost = NAN;
        status = lay_out(request, kept, n, panel, error);
    }
done:
    free(kept);
    if (status == UF_OK)
        *out = panel;
    else
        uf_panel_free(panel);
    return status;
}

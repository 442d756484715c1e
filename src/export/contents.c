// SPDX-License-Identifier: GPL-3.0-or-later
/* The codes and indicators of a store, and which of them a request chooses. */
#include "export/contents.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

static void clear_codes(struct export_codes *codes)
{
    for (size_t i = 0; i < codes->count; i++) {
        struct export_code *item = &codes->items[i];
        free(item->code);
        free(item->parent);
        free(item->name_sv);
        free(item->name_en);
        free(item->class);
        free(item->short_name);
    }
    free(codes->items);
    free(codes->swedish);
    uf_codes_clear(&codes->index);
}

static void clear_indicator(struct export_indicator *indicator)
{
    free(indicator->code);
    free(indicator->theme);
    free(indicator->name_sv);
    free(indicator->name_en);
    free(indicator->unit_sv);
    free(indicator->unit_en);
    free(indicator->kind);
    free(indicator->source);
    free(indicator->licence);
    free(indicator->regions);
    free(indicator->sectors);
    free(indicator->breakdowns);
    free(indicator->periods);
    free(indicator->batches);
}

void export_contents_clear(struct export_contents *contents)
{
    clear_codes(&contents->regions);
    clear_codes(&contents->sectors);
    for (size_t i = 0; i < contents->n_breakdowns; i++) {
        struct export_breakdown *breakdown = &contents->breakdowns[i];
        for (size_t j = 0; j < breakdown->n_parts; j++) free(breakdown->parts[j].code);
        free(breakdown->parts);
        free(breakdown->text);
    }
    free(contents->breakdowns);
    uf_codes_clear(&contents->breakdown_index);
    uf_text_list_clear(&contents->dimensions);
    export_labels_clear(contents);
    for (size_t i = 0; i < contents->n_indicators; i++) clear_indicator(&contents->indicators[i]);
    free(contents->indicators);
    memset(contents, 0, sizeof *contents);
}

uf_status export_step(struct export_contents *contents, struct uf_error *error)
{
    const struct uf_export_request *request = contents->request;
    double total = (double)(contents->rows_total ? contents->rows_total : 1);
    double share = (double)contents->rows_done / total;
    if (!request->progress || request->progress(request->user, share < 1 ? share : 1) == 0) return UF_OK;
    return uf_fail_at(error, UF_INTERRUPTED, request->folder, 0, 0, "interrupted; nothing was exported");
}

/* --- codes ------------------------------------------------------------------------------------- */

/* A copy of a text cell; NULL where there is none, or no such column. */
static uf_status take_text(const struct uf_table *table, size_t row, const char *column, char **out,
                           struct uf_error *error)
{
    size_t j = uf_table_column(table, column);
    const char *text = j == SIZE_MAX ? NULL : uf_table_text(table, row, j);
    *out = uf_text_copy(text);
    return text && !*out ? uf_fail_memory(error) : UF_OK;
}

static int take_year(const struct uf_table *table, size_t row, const char *column)
{
    size_t j = uf_table_column(table, column);
    double year = j == SIZE_MAX ? NAN : uf_table_number(table, row, j);
    return isnan(year) ? 0 : (int)year;
}

static uf_status take_code(const struct uf_table *table, size_t row, const char *class,
                           struct export_code *out, struct uf_error *error)
{
    out->wanted = true;
    out->valid_from = take_year(table, row, "valid_from");
    out->valid_to = take_year(table, row, "valid_to");
    UF_TRY(take_text(table, row, "code", &out->code, error));
    UF_TRY(take_text(table, row, "parent", &out->parent, error));
    UF_TRY(take_text(table, row, "name_sv", &out->name_sv, error));
    UF_TRY(take_text(table, row, "name_en", &out->name_en, error));
    UF_TRY(take_text(table, row, "short_name", &out->short_name, error));
    return take_text(table, row, class, &out->class, error);
}

static uf_status read_codes(struct uf_store *store, const char *sql, const char *class,
                            struct export_codes *out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(store, sql, NULL, 0, &table, error));
    size_t n = uf_table_rows(table);
    out->items = calloc(n + 1, sizeof *out->items);
    uf_status status = out->items ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++) {
        struct export_code *item = &out->items[out->count++];
        status = take_code(table, i, class, item, error);
        if (status == UF_OK)
            status = uf_codes_put(&out->index, item->code, strlen(item->code), (int64_t)i, error);
    }
    uf_table_free(table);
    return status;
}

static uf_status order_in_swedish(struct uf_store *store, struct export_codes *regions,
                                  struct uf_error *error)
{
    static const char SQL[] = "SELECT code FROM regions ORDER BY name_sv COLLATE swedish, code";
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(store, SQL, NULL, 0, &table, error));
    regions->swedish = calloc(regions->count + 1, sizeof *regions->swedish);
    uf_status status = regions->swedish ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < regions->count && status == UF_OK; i++) {
        const char *code = uf_table_text(table, i, 0);
        int64_t place = 0;
        if (!code || !uf_codes_find(&regions->index, code, strlen(code), &place))
            status = uf_fail(error, UF_INTERNAL, "a region changed while it was read");
        regions->swedish[i] = (size_t)place;
    }
    uf_table_free(table);
    return status;
}

static uf_status choose_regions(struct uf_store *store, const struct uf_export_request *request,
                                struct export_codes *regions, struct uf_error *error)
{
    const char *level = NULL;
    if (request->level) UF_TRY(uf_store_resolve_level(request->level, &level, error));
    for (size_t i = 0; i < regions->count; i++)
        regions->items[i].wanted =
            request->n_regions == 0 && (!level || !strcmp(regions->items[i].class, level));
    for (size_t i = 0; i < request->n_regions; i++) {
        char *code = NULL;
        int64_t place = 0;
        UF_TRY(uf_store_resolve_region(store, request->regions[i], &code, error));
        bool found = uf_codes_find(&regions->index, code, strlen(code), &place);
        free(code);
        if (!found) return uf_fail(error, UF_INTERNAL, "a region changed while it was read");
        struct export_code *region = &regions->items[place];
        region->wanted = !level || !strcmp(region->class, level);
    }
    return UF_OK;
}

/* --- indicators -------------------------------------------------------------------------------- */

static double take_number(const struct uf_table *table, size_t row, const char *column)
{
    size_t j = uf_table_column(table, column);
    return j == SIZE_MAX ? NAN : uf_table_number(table, row, j);
}

static uf_status take_indicator(const struct uf_table *table, size_t row, struct export_indicator *out,
                                struct uf_error *error)
{
    out->rounding = take_number(table, row, "rounding");
    out->decimals = take_number(table, row, "decimals");
    const struct {
        const char *column;
        char **text;
    } texts[] = {{"code", &out->code},       {"theme", &out->theme},     {"name_sv", &out->name_sv},
                 {"name_en", &out->name_en}, {"unit_sv", &out->unit_sv}, {"unit_en", &out->unit_en},
                 {"kind", &out->kind},       {"source", &out->source},   {"licence", &out->licence}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        UF_TRY(take_text(table, row, texts[i].column, texts[i].text, error));
    return UF_OK;
}

static uf_status check_indicators(const struct uf_table *table, const struct uf_export_request *request,
                                  struct uf_error *error)
{
    size_t n = uf_table_rows(table), column = uf_table_column(table, "code");
    const char **codes = malloc((n + 1) * sizeof *codes);
    if (!codes) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) codes[i] = uf_table_text(table, i, column);
    uf_status status = UF_OK;
    for (size_t k = 0; k < request->n_indicators && status == UF_OK; k++) {
        size_t i = 0;
        while (i < n && strcmp(codes[i], request->indicators[k]) != 0) i++;
        if (i < n) continue;
        const char *nearest = uf_text_nearest(request->indicators[k], codes, n);
        status = uf_fail(error, UF_BAD_INPUT, "there is no indicator '%s' in the store%s%s%s",
                         request->indicators[k], nearest ? "; did you mean '" : "", nearest ? nearest : "",
                         nearest ? "'?" : "");
    }
    free(codes);
    return status;
}

static bool is_chosen(const struct uf_export_request *request, const char *code)
{
    for (size_t i = 0; i < request->n_indicators; i++)
        if (!strcmp(request->indicators[i], code)) return true;
    return request->n_indicators == 0;
}

static uf_status read_indicators(struct export_contents *contents, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(contents->store, "SELECT * FROM indicator ORDER BY code", NULL, 0, &table, error));
    size_t n = uf_table_rows(table), column = uf_table_column(table, "code");
    uf_status status = check_indicators(table, contents->request, error);
    contents->indicators = calloc(n + 1, sizeof *contents->indicators);
    if (status == UF_OK && !contents->indicators) status = uf_fail_memory(error);
    for (size_t i = 0; i < n && status == UF_OK; i++)
        if (is_chosen(contents->request, uf_table_text(table, i, column)))
            status = take_indicator(table, i, &contents->indicators[contents->n_indicators++], error);
    uf_table_free(table);
    return status;
}

static uf_status fail_empty(const struct export_contents *contents, struct uf_error *error)
{
    const struct uf_export_request *request = contents->request;
    if (contents->n_indicators == 0)
        return uf_fail(error, UF_BAD_INPUT, "the store holds no indicator; import something first");
    bool chosen = request->level || request->n_regions || request->from || request->to;
    return uf_fail(error, UF_BAD_INPUT, "no observation is left%s%s%s",
                   request->n_indicators == 1 ? " of " : "",
                   request->n_indicators == 1 ? request->indicators[0] : "",
                   chosen ? ": none has a region and a period that were chosen; `utfall show observations` "
                            "tells what there is"
                          : "; the store holds none, import something first");
}

static uf_status read_all(struct export_contents *contents, struct uf_error *error)
{
    static const char REGIONS[] = "SELECT code, level, parent, name_sv, name_en, short_name, valid_from, "
                                  "valid_to FROM regions ORDER BY code";
    static const char SECTORS[] = "SELECT code, scheme, parent, name_sv, name_en FROM sectors ORDER BY code";
    struct uf_store *store = contents->store;
    UF_TRY(read_codes(store, REGIONS, "level", &contents->regions, error));
    UF_TRY(read_codes(store, SECTORS, "scheme", &contents->sectors, error));
    UF_TRY(order_in_swedish(store, &contents->regions, error));
    UF_TRY(choose_regions(store, contents->request, &contents->regions, error));
    UF_TRY(read_indicators(contents, error));
    UF_TRY(export_survey(contents, error));
    UF_TRY(export_read_labels(contents, error));
    UF_TRY(export_read_notes(contents, error));
    return contents->observations > 0 ? UF_OK : fail_empty(contents, error);
}

uf_status export_contents_read(struct uf_store *store, const struct uf_export_request *request,
                               struct export_contents *out, struct uf_error *error)
{
    struct export_contents contents = {.store = store, .request = request};
    uf_codes_init(&contents.regions.index);
    uf_codes_init(&contents.sectors.index);
    uf_codes_init(&contents.breakdown_index);
    uf_status status = read_all(&contents, error);
    if (status != UF_OK)
        export_contents_clear(&contents);
    else
        *out = contents;
    return status;
}

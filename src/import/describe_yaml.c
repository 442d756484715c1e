// SPDX-License-Identifier: GPL-3.0-or-later
/* The entry of a study's `sources:` that imports the file as it was understood. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/describe.h"

/* In double quotes, with what YAML would read otherwise escaped. */
static void add_quoted(struct uf_buffer *yaml, const char *text)
{
    static const char HEX[] = "0123456789ABCDEF";
    uf_buffer_append_char(yaml, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') uf_buffer_append_char(yaml, '\\');
        if (c < 0x20 || c == 0x7F) {
            uf_buffer_append(yaml, "\\x");
            uf_buffer_append_char(yaml, HEX[c >> 4]);
            uf_buffer_append_char(yaml, HEX[c & 15]);
        } else {
            uf_buffer_append_char(yaml, (char)c);
        }
    }
    uf_buffer_append_char(yaml, '"');
}

static void add_line(struct uf_buffer *yaml, const char *key, const char *text)
{
    if (!text || !*text) return;
    uf_buffer_append(yaml, "    ");
    uf_buffer_append(yaml, key);
    uf_buffer_append(yaml, ": ");
    add_quoted(yaml, text);
    uf_buffer_append_char(yaml, '\n');
}

/* `[a, b]` */
static void add_list(struct uf_buffer *yaml, const char *const *items, size_t count)
{
    uf_buffer_append_char(yaml, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) uf_buffer_append(yaml, ", ");
        add_quoted(yaml, items[i]);
    }
    uf_buffer_append_char(yaml, ']');
}

static void add_member(struct uf_buffer *yaml, size_t *count, const char *key)
{
    uf_buffer_append(yaml, (*count)++ > 0 ? ", " : "");
    uf_buffer_append(yaml, key);
    uf_buffer_append(yaml, ": ");
}

static const char *wished(const struct uf_describer *d, enum uf_role role)
{
    for (size_t i = 0; i < d->request->n_roles; i++)
        if (d->request->roles[i].role == role) return d->request->roles[i].dimension;
    return NULL;
}

static bool wished_none(const struct uf_describer *d, size_t dimension)
{
    for (size_t i = 0; i < d->request->n_roles; i++)
        if (d->request->roles[i].role == UF_ROLE_NONE &&
            uf_plan_dimension(&d->reader, d->request->roles[i].dimension) == dimension)
            return true;
    return false;
}

static uf_status add_names(struct uf_describer *d, struct uf_buffer *yaml, size_t *count, const char *key,
                           bool breakdown, struct uf_error *error)
{
    const char **names = calloc(d->plan.count + 1, sizeof *names);
    if (!names) return uf_fail_memory(error);
    size_t n = 0;
    for (size_t i = 0; i < d->plan.count; i++) {
        const struct uf_planned_dimension *dimension = &d->plan.dimensions[i];
        const char *name = d->reader.dimensions.items[i];
        bool ignored = !dimension->summed &&
                       (uf_text_list_find(&d->plan.left_out, name) != SIZE_MAX || wished_none(d, i));
        if (breakdown ? dimension->role == UF_ROLE_BREAKDOWN : ignored) names[n++] = name;
    }
    if (n > 0) {
        add_member(yaml, count, key);
        add_list(yaml, names, n);
    }
    free(names);
    return UF_OK;
}

static uf_status add_dimensions(struct uf_describer *d, struct uf_buffer *yaml, struct uf_error *error)
{
    const struct {
        const char *key;
        size_t dimension;
    } single[] = {{"region", d->plan.region},
                  {"sector", d->plan.sector},
                  {"period", d->plan.period},
                  {"content", d->plan.content}};
    const char *value = wished(d, UF_ROLE_VALUE), *status = wished(d, UF_ROLE_STATUS);
    size_t count = 0;
    uf_buffer_append(yaml, "    dimensions: {");
    for (size_t i = 0; i < 4; i++) {
        if (single[i].dimension == SIZE_MAX) continue;
        add_member(yaml, &count, single[i].key);
        add_quoted(yaml, d->reader.dimensions.items[single[i].dimension]);
    }
    if (value) add_member(yaml, &count, "value"), add_quoted(yaml, value);
    if (status) add_member(yaml, &count, "status"), add_quoted(yaml, status);
    UF_TRY(add_names(d, yaml, &count, "breakdown", true, error));
    UF_TRY(add_names(d, yaml, &count, "ignore", false, error));
    uf_buffer_append(yaml, "}\n");
    return UF_OK;
}

static void add_keeps(const struct uf_import_request *request, struct uf_buffer *yaml)
{
    if (request->n_keep > 0) uf_buffer_append(yaml, "    keep: {");
    for (size_t i = 0; i < request->n_keep; i++) {
        if (i > 0) uf_buffer_append(yaml, ", ");
        add_quoted(yaml, request->keep[i].dimension);
        uf_buffer_append(yaml, ": ");
        add_list(yaml, request->keep[i].codes, request->keep[i].n_codes);
    }
    if (request->n_keep > 0) uf_buffer_append(yaml, "}\n");
    if (request->n_sums > 0) uf_buffer_append(yaml, "    sum: {");
    for (size_t i = 0; i < request->n_sums; i++) {
        if (i > 0) uf_buffer_append(yaml, ", ");
        add_quoted(yaml, request->sums[i].dimension);
        uf_buffer_append(yaml, ": ");
        if (request->sums[i].n_codes == 0)
            uf_buffer_append(yaml, "all");
        else
            add_list(yaml, request->sums[i].codes, request->sums[i].n_codes);
    }
    if (request->n_sums > 0) uf_buffer_append(yaml, "}\n");
    if (request->sum_noise) uf_buffer_append(yaml, "    sum-noise: accept\n");
}

static void add_contents(const struct uf_describer *d, struct uf_buffer *yaml)
{
    if (!d->contents.several) return;
    uf_buffer_append(yaml, "    contents:\n");
    for (size_t i = 0; i < d->contents.count; i++) {
        const struct uf_content *content = &d->contents.items[i];
        uf_buffer_append(yaml, "      ");
        add_quoted(yaml, content->code);
        uf_buffer_append(yaml, ": ");
        uf_buffer_append(yaml, content->indicator_code);
        uf_buffer_append_char(yaml, '\n');
    }
}

static void add_character(struct uf_buffer *yaml, const char *key, char character)
{
    const char text[] = {character, '\0'};
    add_line(yaml, key, text);
}

uf_status uf_describe_study_source(struct uf_describer *d, struct uf_error *error)
{
    const struct uf_import_request *request = d->request;
    const struct uf_content *content = d->contents.count == 1 ? &d->contents.items[0] : NULL;
    static const char *const UNKNOWN[] = {NULL, "skip", "add"};
    static const char *const KINDS[] = {"stock", "flow", "ratio"};
    struct uf_buffer yaml = {0};
    uf_buffer_append(&yaml, "  - file: ");
    add_quoted(&yaml, request->path ? request->path : uf_input_name(d->reader.input));
    uf_buffer_append_char(&yaml, '\n');
    add_line(&yaml, "indicator", request->indicator.code);
    add_line(&yaml, "format", d->reader.format->name);
    if (content) {
        add_line(&yaml, "name", content->indicator.name_en);
        add_line(&yaml, "unit", content->indicator.unit_en);
        if (request->kind_said || content->indicator.kind != UF_INDICATOR_STOCK)
            add_line(&yaml, "kind", KINDS[content->indicator.kind]);
    }
    uf_status status = add_dimensions(d, &yaml, error);
    add_contents(d, &yaml);
    add_keeps(request, &yaml);
    if (d->plan.region == SIZE_MAX) add_line(&yaml, "region-is", request->region_is);
    if (d->plan.period == SIZE_MAX) add_line(&yaml, "period-is", request->period_is);
    add_line(&yaml, "unknown-regions", UNKNOWN[request->unknown_regions]);
    add_line(&yaml, "unknown-sectors", request->add_unknown_sectors ? "add" : NULL);
    add_character(&yaml, "delimiter", request->delimiter);
    add_character(&yaml, "decimal", request->decimal);
    add_line(&yaml, "encoding", request->encoding);
    add_line(&yaml, "sheet", request->sheet);
    add_line(&yaml, "range", request->range);
    add_line(&yaml, "language", request->language);
    if (request->header_row) {
        uf_buffer_append(&yaml, "    header-row: ");
        uf_buffer_append_size(&yaml, request->header_row);
        uf_buffer_append_char(&yaml, '\n');
    }
    if (d->plan.region == SIZE_MAX && !request->region_is)
        uf_buffer_append(&yaml, "    # needed: dimensions: {region: COLUMN}, or region-is: CODE\n");
    if (d->plan.period == SIZE_MAX && !request->period_is)
        uf_buffer_append(&yaml, "    # needed: dimensions: {period: COLUMN}, or period-is: PERIOD\n");
    if (status == UF_OK && yaml.failed) status = uf_fail_memory(error);
    if (status != UF_OK) {
        uf_buffer_clear(&yaml);
        return status;
    }
    d->out->study_source = uf_buffer_take(&yaml);
    return d->out->study_source ? UF_OK : uf_fail_memory(error);
}

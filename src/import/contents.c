// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/contents.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void uf_contents_clear(struct uf_contents *contents)
{
    for (size_t i = 0; i < contents->count; i++) {
        struct uf_content *content = &contents->items[i];
        free(content->code);
        free(content->label);
        free(content->name);
        free(content->unit);
        free(content->indicator_code);
        free(content->source);
    }
    free(contents->items);
    uf_codes_clear(&contents->index);
    memset(contents, 0, sizeof *contents);
}

/* --- names ------------------------------------------------------------------------------------- */

static bool is_plain(const char *text)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return *text && text[strspn(text, word)] == '\0' && text[strspn(text, "0123456789")] != '\0';
}

/* The user's name of it, by code or label; NULL: none. */
static const char *wished_name(const struct uf_import_request *request, const char *code, const char *label)
{
    const char *by_label = NULL;
    for (size_t i = 0; i < request->n_contents; i++) {
        if (!strcmp(request->contents[i].content, code)) return request->contents[i].indicator;
        if (label && uf_label_equal(request->contents[i].content, label))
            by_label = request->contents[i].indicator;
    }
    return by_label;
}

/* `INDICATOR_code`, or its label where the code is a number or has signs in it. */
static char *made_name(const char *indicator, const char *code, const char *label)
{
    struct uf_buffer name = {0};
    char *slug = NULL;
    uf_buffer_append(&name, indicator);
    uf_buffer_append_char(&name, '_');
    if (is_plain(code)) {
        uf_buffer_append(&name, code);
    } else {
        slug = uf_text_slug(label && *label ? label : code);
        for (char *c = slug; c && *c; c++)
            if (*c == '-') *c = '_';
        if (!slug) name.failed = true;
        uf_buffer_append(&name, slug);
    }
    free(slug);
    if (!name.failed) return uf_buffer_take(&name);
    uf_buffer_clear(&name);
    return NULL;
}

/* --- what the file says of it ------------------------------------------------------------------ */

static const struct uf_content_facts *facts_of(const struct uf_reader *reader, const char *code)
{
    for (size_t i = 0; i < reader->facts.n_contents; i++)
        if (!strcmp(reader->facts.contents[i].code, code)) return &reader->facts.contents[i];
    for (size_t i = 0; i < reader->facts.n_contents; i++) /* said of the whole file */
        if (!*reader->facts.contents[i].code) return &reader->facts.contents[i];
    return NULL;
}

/* `SCB, Folkmängd efter region, updated 2024-02-22`: for source lines. */
static uf_status make_source(const struct uf_file_facts *facts, char **out, struct uf_error *error)
{
    struct uf_buffer text = {0};
    const char *const parts[] = {facts->source, facts->title, facts->updated};
    for (size_t i = 0; i < 3; i++) {
        if (!parts[i]) continue;
        if (text.length > 0) uf_buffer_append(&text, ", ");
        if (i == 2) uf_buffer_append(&text, "updated ");
        uf_buffer_append(&text, parts[i]);
    }
    *out = NULL;
    if (text.length == 0 && !text.failed) return UF_OK;
    *out = uf_buffer_take(&text);
    return *out ? UF_OK : uf_fail_memory(error);
}

/* Eurostat's codes of units, where the file has no words for them: `PC_HH`, `EUR_HAB_EU27_2020`, `PER_KM2` (but `PER`
 * is persons), `I15`. */
static bool is_code_of_ratio(const char *text)
{
    static const char *const PARTS[] = {"PC", "PCH", "RT", "AVG", "HAB", "HTHAB", "MHAB"};
    static const char CAPITALS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    if (!text || !*text || text[strspn(text, CAPITALS)]) return false;
    for (const char *part = text; *part; part += *part == '_') {
        size_t length = strcspn(part, "_");
        for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
            if (strlen(PARTS[i]) == length && !strncmp(part, PARTS[i], length)) return true;
        part += length;
    }
    if (!strncmp(text, "PER_", 4)) return true;
    return *text == 'I' && strspn(text + 1, "0123456789") >= 2;
}

/* Words of a unit or a label that tell a share, a mean or an index. */
static bool speaks_of_ratio(const char *text)
{
    if (is_code_of_ratio(text)) return true;
    static const char *const WORDS[] = {"%",       "percent",  "per cent",   "procent", "prozent", "prosent",
                                        "andel",   "share",    "index",      "medel",   "mean",    "average",
                                        "median",  "kvot",     "ratio",      "per 1",   "per inv", "per cap",
                                        "per inh", "per head", "genomsnitt", "promille"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (uf_label_speaks_of(text, WORDS[i])) return true;
    return false;
}

/* The file's only unit, where it is a column of its own, in words if the file has them; NULL: none. */
static const char *constant_unit(const struct uf_plan *plan, const struct uf_reader *reader)
{
    for (size_t d = 0; d < plan->count; d++) {
        const char *code = plan->dimensions[d].constant;
        if (code && *code && uf_names_unit(reader->dimensions.items[d])) {
            const char *label = uf_plan_label(plan, reader, d, code);
            return label ? label : code;
        }
    }
    return NULL;
}

/* Texts that the content owns, set before the indicator points to them. */
static uf_status take_texts(struct uf_content *content, const struct uf_content_facts *facts,
                            const struct uf_plan *plan, const struct uf_reader *reader,
                            const struct uf_indicator *asked, bool several, struct uf_error *error)
{
    const char *unit = facts && facts->unit ? facts->unit : constant_unit(plan, reader);
    bool named = asked->name_en || asked->name_sv;
    if (unit && !(content->unit = uf_text_copy(unit))) return uf_fail_memory(error);
    if (content->label && (several || !named)) {
        struct uf_buffer name = {0};
        if (named) uf_buffer_append(&name, asked->name_en ? asked->name_en : asked->name_sv);
        if (named) uf_buffer_append(&name, ": ");
        uf_buffer_append(&name, content->label);
        content->name = uf_buffer_take(&name);
        if (!content->name) return uf_fail_memory(error);
    }
    return asked->source ? UF_OK : make_source(&reader->facts, &content->source, error);
}

static void fill_indicator(struct uf_content *content, const struct uf_content_facts *facts,
                           const struct uf_reader *reader, const struct uf_import_request *request,
                           bool several)
{
    const struct uf_indicator *asked = &request->indicator;
    struct uf_indicator *out = &content->indicator;
    content->kind_said = request->kind_said;
    *out = *asked;
    out->code = content->indicator_code;
    if (content->name) out->name_sv = out->name_en = content->name;
    if (content->unit && (several || !(asked->unit_en && *asked->unit_en)))
        out->unit_sv = out->unit_en = content->unit;
    if (!asked->source) out->source = content->source;
    if (!asked->licence) out->licence = reader->facts.licence;
    bool said = request->kind_said || (facts && facts->kind_said);
    if (!said && speaks_of_ratio(content->unit)) {
        out->kind = UF_INDICATOR_RATIO;
        content->kind_by_unit = true;
    }
    if (!facts) return;
    if (facts->kind_said && !request->kind_said) out->kind = facts->kind;
    if (facts->decimals >= 0 && !asked->has_decimals) {
        out->has_decimals = true;
        out->decimals = facts->decimals;
    }
}

/* --- the list ---------------------------------------------------------------------------------- */

static uf_status check_name(const struct uf_contents *contents, const struct uf_content *content,
                            const struct uf_reader *reader, struct uf_error *error)
{
    for (size_t i = 0; i < contents->count; i++)
        if (!strcmp(contents->items[i].indicator_code, content->indicator_code))
            return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(reader->input), 0, 0,
                              "the contents '%s' and '%s' would both be the indicator %s; name one of them: "
                              "--name-content %s=NAME, in a study contents: {%s: NAME}",
                              contents->items[i].code, content->code, content->indicator_code, content->code,
                              content->code);
    return UF_OK;
}

static void drop_content(struct uf_content *content)
{
    struct uf_contents one = {.items = malloc(sizeof *content), .count = 1};
    if (!one.items) return;
    *one.items = *content;
    uf_contents_clear(&one);
}

static uf_status add_content(struct uf_contents *contents, const struct uf_plan *plan,
                             const struct uf_reader *reader, const struct uf_import_request *request,
                             const char *code, struct uf_error *error)
{
    const struct uf_content_facts *facts = facts_of(reader, code);
    const char *label =
        plan->content != SIZE_MAX && *code ? uf_plan_label(plan, reader, plan->content, code) : NULL;
    if (!label && facts) label = facts->label;
    struct uf_content *items = realloc(contents->items, (contents->count + 1) * sizeof *items);
    if (!items) return uf_fail_memory(error);
    contents->items = items;
    struct uf_content content = {.code = uf_text_copy(code), .label = uf_text_copy(label)};
    const char *wished = wished_name(request, code, label);
    content.indicator_code = wished              ? uf_text_copy(wished)
                             : contents->several ? made_name(request->indicator.code, code, label)
                                                 : uf_text_copy(request->indicator.code);
    uf_status status =
        content.code && content.indicator_code && !(label && !content.label) ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK)
        status = take_texts(&content, facts, plan, reader, &request->indicator, contents->several, error);
    if (status == UF_OK) status = check_name(contents, &content, reader, error);
    if (status == UF_OK)
        status = uf_codes_put(&contents->index, code, strlen(code), (int64_t)contents->count, error);
    if (status != UF_OK) {
        drop_content(&content);
        return status;
    }
    fill_indicator(&content, facts, reader, request, contents->several);
    contents->items[contents->count++] = content;
    return UF_OK;
}

static uf_status note_kinds(const struct uf_contents *contents, struct uf_text_list *notes,
                            struct uf_error *error)
{
    for (size_t i = 0; i < contents->count; i++) {
        const struct uf_content *content = &contents->items[i];
        if (!content->kind_by_unit) continue;
        struct uf_buffer text = {0};
        uf_buffer_append(&text, content->indicator_code);
        uf_buffer_append(&text, " is taken as a ratio, which is never summed, for its unit is ");
        uf_buffer_append(&text, content->unit);
        uf_status status = text.failed ? uf_fail_memory(error) : uf_text_list_add(notes, text.data, error);
        uf_buffer_clear(&text);
        if (status != UF_OK) return status;
    }
    return UF_OK;
}

static uf_status note_names(const struct uf_contents *contents, const struct uf_import_request *request,
                            struct uf_text_list *notes, struct uf_error *error)
{
    for (size_t i = 0; contents->several && i < contents->count; i++) {
        const struct uf_content *content = &contents->items[i];
        if (wished_name(request, content->code, content->label)) continue;
        struct uf_buffer text = {0};
        uf_buffer_append(&text, "the content ");
        uf_buffer_append(&text, content->code);
        if (content->label && strcmp(content->label, content->code) != 0) {
            uf_buffer_append(&text, " (");
            uf_buffer_append(&text, content->label);
            uf_buffer_append_char(&text, ')');
        }
        uf_buffer_append(&text, " becomes the indicator ");
        uf_buffer_append(&text, content->indicator_code);
        uf_status status = text.failed ? uf_fail_memory(error) : uf_text_list_add(notes, text.data, error);
        uf_buffer_clear(&text);
        if (status != UF_OK) return status;
    }
    return UF_OK;
}

static uf_status check_wished_names(const struct uf_plan *plan, const struct uf_reader *reader,
                                    const struct uf_import_request *request, struct uf_error *error)
{
    const char *file = uf_input_name(reader->input);
    if (request->n_contents > 0 && plan->content == SIZE_MAX)
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                          "indicators are named for contents, and no column tells what is counted; name it: "
                          "--content COLUMN, in a study dimensions: {content: COLUMN}");
    for (size_t i = 0; i < request->n_contents; i++) {
        const struct uf_text_list *codes = &plan->codes[plan->content];
        const char *said = request->contents[i].content;
        size_t found = 0;
        while (found < codes->count && !uf_plan_means(plan, reader, plan->content, said, codes->items[found]))
            found++;
        if (found < codes->count) continue;
        const char *nearest = uf_text_nearest(said, (const char *const *)codes->items, codes->count);
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                          "column %s has no content '%s'; it has %zu others, such as '%s'",
                          reader->dimensions.items[plan->content], said, codes->count,
                          nearest            ? nearest
                          : codes->count > 0 ? codes->items[0]
                                             : "");
    }
    return UF_OK;
}

uf_status uf_contents_make(const struct uf_plan *plan, const struct uf_reader *reader,
                           const struct uf_import_request *request, struct uf_contents *out,
                           struct uf_text_list *notes, struct uf_error *error)
{
    UF_TRY(check_wished_names(plan, reader, request, error));
    struct uf_contents contents = {0};
    uf_status status = UF_OK;
    if (plan->content == SIZE_MAX) {
        status = add_content(&contents, plan, reader, request, "", error);
    } else {
        const struct uf_text_list *codes = &plan->codes[plan->content];
        contents.several = codes->count > 1;
        for (size_t i = 0; i < codes->count && status == UF_OK; i++)
            status = add_content(&contents, plan, reader, request, codes->items[i], error);
    }
    if (status == UF_OK) status = note_names(&contents, request, notes, error);
    if (status == UF_OK) status = note_kinds(&contents, notes, error);
    if (status != UF_OK)
        uf_contents_clear(&contents);
    else
        *out = contents;
    return status;
}

uf_status uf_contents_find(struct uf_contents *contents, const struct uf_plan *plan,
                           const struct uf_reader *reader, const struct uf_import_request *request,
                           const char *code, struct uf_content **out, struct uf_error *error)
{
    int64_t place;
    if (!uf_codes_find(&contents->index, code, strlen(code), &place)) {
        if (!contents->several && contents->count > 0)
            return uf_reader_fail(
                reader, plan->content, error,
                "the content '%s' comes after so many cells of '%s' that the file was taken "
                "to have one; keep the contents you want by --keep %s=%s,%s",
                code, contents->items[0].code, reader->dimensions.items[plan->content],
                contents->items[0].code, code);
        UF_TRY(add_content(contents, plan, reader, request, code, error));
        place = (int64_t)contents->count - 1;
    }
    *out = &contents->items[place];
    return UF_OK;
}

/* --- what may be added up ---------------------------------------------------------------------- */

const char *uf_content_why_no_sum(const struct uf_content *content)
{
    if (content->indicator.kind == UF_INDICATOR_RATIO) return "it is a ratio";
    if (speaks_of_ratio(content->indicator.unit_en) || speaks_of_ratio(content->unit))
        return "its unit says a share, a mean or an index";
    if (!content->kind_said && speaks_of_ratio(content->label))
        return "its name says a share, a mean or an index";
    return NULL;
}

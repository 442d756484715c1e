// SPDX-License-Identifier: GPL-3.0-or-later
/* What a JSON-stat data set says of itself: titles, roles, units, notes, and what statistical offices put into
 * `extension`. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/store.h>

#include "base/fail.h"
#include "import/jsonstat.h"

/* --- notes ------------------------------------------------------------------------------------- */

/* The publisher says that its figures carry a small random error on purpose (the cell key method). */
static bool speaks_of_noise(const char *text)
{
    static const char *const SIGNS[] = {"CKM",      "Cell Key",   "Cell-Key",  "cell key",
                                        "cell-key", "Cellnyckel", "cellnyckel"};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (strstr(text, SIGNS[i])) return true;
    return strstr(text, "r\xC3\xB6jandekontroll") && strstr(text, "slumpm\xC3\xA4ssig");
}

/* `NAME=CODE`, or `NAME` where the code is NULL. */
static uf_status add_note(struct uf_reader *reader, const char *name, const char *code, const char *before,
                          const char *text, struct uf_error *error)
{
    struct uf_buffer scope = {0}, whole = {0};
    uf_buffer_append(&scope, name);
    if (code) uf_buffer_append_char(&scope, '=');
    uf_buffer_append(&scope, code);
    uf_buffer_append(&whole, before);
    uf_buffer_append(&whole, text);
    uf_status status = UF_OK;
    if (scope.failed || whole.failed)
        status = uf_fail_memory(error);
    else if (whole.length > 0)
        status = uf_facts_note(&reader->facts, scope.data, whole.data, error);
    uf_buffer_clear(&scope);
    uf_buffer_clear(&whole);
    return status;
}

/* One text or a list of them; `*noise` becomes true where one speaks of it. */
static uf_status add_notes(struct uf_reader *reader, const char *name, const char *code, const json_t *notes,
                           bool *noise, struct uf_error *error)
{
    size_t n = json_is_array(notes) ? json_array_size(notes) : 1;
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_is_array(notes) ? json_array_get(notes, i) : notes);
        if (!text) continue;
        *noise = *noise || speaks_of_noise(text);
        UF_TRY(add_note(reader, name, code, NULL, text, error));
    }
    return UF_OK;
}

static uf_status add_category_notes(struct uf_reader *reader, size_t d, const json_t *notes,
                                    struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    struct uf_jsonstat_dimension *dimension = &set->dimensions[d];
    const char *code;
    json_t *text;
    if (!json_is_object(notes)) return add_notes(reader, dimension->id, NULL, notes, &set->noise, error);
    json_object_foreach((json_t *)notes, code, text)
    {
        bool noise = false;
        UF_TRY(add_notes(reader, dimension->id, code, text, &noise, error));
        size_t at = noise ? uf_text_list_find(&reader->facts.dimensions[d].codes, code) : SIZE_MAX;
        if (at == SIZE_MAX) continue;
        if (!dimension->noise) dimension->noise = calloc(dimension->size, sizeof *dimension->noise);
        if (!dimension->noise) return uf_fail_memory(error);
        dimension->noise[at] = true;
    }
    return UF_OK;
}

/* Which codes are parts of which: kept as notes, `area=EU` `parts: AT, BE`. */
static uf_status add_parts(struct uf_reader *reader, const char *name, const json_t *child,
                           struct uf_error *error)
{
    const char *code;
    json_t *parts;
    json_object_foreach((json_t *)child, code, parts)
    {
        struct uf_buffer list = {0};
        for (size_t i = 0; i < json_array_size(parts); i++) {
            if (i > 0) uf_buffer_append(&list, ", ");
            uf_buffer_append(&list, json_string_value(json_array_get(parts, i)));
        }
        uf_status status = list.failed       ? uf_fail_memory(error)
                           : list.length > 0 ? add_note(reader, name, code, "parts: ", list.data, error)
                                             : UF_OK;
        uf_buffer_clear(&list);
        if (status != UF_OK) return status;
    }
    return UF_OK;
}

/* What PxWeb says of each content beside its unit. */
static uf_status add_extension_notes(struct uf_reader *reader, const char *name, const json_t *extension,
                                     struct uf_error *error)
{
    static const struct {
        const char *key, *before, *nothing;
    } SAID[] = {{"refperiod", "reference period: ", ""}, {"basePeriod", "base period: ", ""},
                {"baseperiod", "base period: ", ""},     {"priceType", "prices: ", "NotApplicable"},
                {"adjustment", "adjustment: ", "None"},  {"definition", "", ""}};
    for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++) {
        const char *code;
        json_t *text;
        json_object_foreach(json_object_get(extension, SAID[i].key), code, text)
        {
            const char *words = json_string_value(text);
            if (words && *words && strcmp(words, SAID[i].nothing) != 0)
                UF_TRY(add_note(reader, name, code, SAID[i].before, words, error));
        }
    }
    return UF_OK;
}

static uf_status add_contacts(struct uf_reader *reader, const json_t *contact, struct uf_error *error)
{
    static const char *const PARTS[] = {"name", "organization", "phone", "mail"};
    size_t n = json_is_array(contact) ? json_array_size(contact) : 1;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_is_array(contact) ? json_array_get(contact, i) : contact;
        struct uf_buffer text = {0};
        uf_buffer_append(&text, json_string_value(one));
        for (size_t p = 0; p < sizeof PARTS / sizeof *PARTS; p++) {
            const char *part = uf_json_text(one, PARTS[p]);
            if (part && text.length > 0) uf_buffer_append(&text, ", ");
            uf_buffer_append(&text, part);
        }
        if (text.length == 0) uf_buffer_append(&text, uf_json_text(one, "raw"));
        uf_status status = text.failed       ? uf_fail_memory(error)
                           : text.length > 0 ? add_note(reader, "", NULL, "contact: ", text.data, error)
                                             : UF_OK;
        uf_buffer_clear(&text);
        if (status != UF_OK) return status;
    }
    return UF_OK;
}

/* --- roles and contents ------------------------------------------------------------------------ */

static uf_status read_role(struct uf_reader *reader, const char *key, enum uf_role hint,
                           struct uf_error *error)
{
    struct uf_json_path path;
    const json_t *roles = uf_jsonstat_about_dimensions(reader->state, "role", &path);
    const json_t *names = json_object_get(roles, key);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        size_t d = name ? uf_text_list_find(&reader->dimensions, name) : SIZE_MAX;
        if (d != SIZE_MAX)
            reader->facts.dimensions[d].hint = hint;
        else
            UF_TRY(uf_json_note(reader, error, "the role '%s' is given to '%.100s', which is no dimension",
                                key, name ? name : ""));
    }
    return UF_OK;
}

/* A unit in words: `antal`, `%`, `$ million`. */
static uf_status read_unit(const json_t *unit, struct uf_content_facts *content, struct uf_error *error)
{
    const char *base = uf_json_text(unit, "base"), *label = uf_json_text(unit, "label");
    const char *symbol = uf_json_text(unit, "symbol");
    size_t multiplier = 0, decimals = 0;
    bool multiplied = uf_json_whole(json_object_get(unit, "multiplier"), &multiplier) && multiplier > 0;
    /* "thousands" is in the label: a base alone would be a thousand times too small */
    const char *words = multiplied && label ? label : base ? base : label;
    struct uf_buffer text = {0};
    uf_buffer_append(&text, symbol);
    if (symbol && words && strcmp(symbol, words) != 0) uf_buffer_append_char(&text, ' ');
    if (!symbol || !words || strcmp(symbol, words) != 0) uf_buffer_append(&text, words);
    if (multiplied && !label) {
        uf_buffer_append(&text, " \xC3\x97 10^");
        uf_buffer_append_size(&text, multiplier);
    }
    uf_status status = text.failed ? uf_fail_memory(error) : uf_facts_set(&content->unit, text.data, error);
    uf_buffer_clear(&text);
    if (uf_json_whole(json_object_get(unit, "decimals"), &decimals) && decimals <= 15)
        content->decimals = (int)decimals;
    return status;
}

static void read_kind(const char *word, struct uf_content_facts *content)
{
    static const struct {
        const char *word;
        enum uf_indicator_kind kind;
    } KINDS[] = {{"Stock", UF_INDICATOR_STOCK}, {"Flow", UF_INDICATOR_FLOW}, {"Average", UF_INDICATOR_RATIO}};
    for (size_t i = 0; word && i < sizeof KINDS / sizeof *KINDS; i++)
        if (!strcmp(KINDS[i].word, word)) {
            content->kind_said = true;
            content->kind = KINDS[i].kind;
        }
}

static uf_status read_content(struct uf_reader *reader, size_t d, struct uf_error *error)
{
    enum { MOST_CONTENTS = 10000 };
    const struct uf_jsonstat *set = reader->state;
    const json_t *object = set->dimensions[d].object;
    const json_t *units = json_object_get(json_object_get(object, "category"), "unit");
    const json_t *kinds = json_object_get(json_object_get(object, "extension"), "measuringType");
    const json_t *px = json_object_get(json_object_get(set->set, "extension"), "px");
    const struct uf_dimension_facts *dimension = &reader->facts.dimensions[d];
    size_t decimals;
    bool common = uf_json_whole(json_object_get(px, "decimals"), &decimals) && decimals <= 15;
    if (dimension->codes.count > MOST_CONTENTS)
        return uf_json_note(reader, error, "the %zu contents are too many; their units are not kept",
                            dimension->codes.count);
    for (size_t i = 0; i < dimension->codes.count; i++) {
        const char *code = dimension->codes.items[i];
        struct uf_content_facts *content;
        UF_TRY(uf_facts_content(&reader->facts, code, &content, error));
        UF_TRY(uf_facts_set(&content->label, dimension->labels.items[i], error));
        if (common) content->decimals = (int)decimals;
        UF_TRY(read_unit(json_object_get(units, code), content, error));
        read_kind(uf_json_text(kinds, code), content);
    }
    return UF_OK;
}

/* The dimension with the role; else the one with units. Only one can be it. */
static uf_status read_contents(struct uf_reader *reader, struct uf_error *error)
{
    const struct uf_jsonstat *set = reader->state;
    size_t found = SIZE_MAX;
    for (size_t d = set->n_dimensions; d-- > 0;) {
        const json_t *units = json_object_get(json_object_get(set->dimensions[d].object, "category"), "unit");
        enum uf_role hint = reader->facts.dimensions[d].hint;
        if (hint == UF_ROLE_CONTENT || (found == SIZE_MAX && hint == UF_ROLE_NONE && json_is_object(units)))
            found = d;
    }
    if (found == SIZE_MAX) return UF_OK;
    reader->facts.dimensions[found].hint = UF_ROLE_CONTENT;
    return read_content(reader, found, error);
}

/* --- the file ---------------------------------------------------------------------------------- */

/* Eurostat's version 1 counts milliseconds from 1970. */
static uf_status read_updated(struct uf_reader *reader, const json_t *object, struct uf_error *error)
{
    UF_TRY(uf_facts_set(&reader->facts.updated, uf_json_text(object, "updated"), error));
    size_t milliseconds;
    struct tm day;
    char text[32];
    if (reader->facts.updated || !uf_json_whole(json_object_get(object, "lastUpdateDate"), &milliseconds))
        return UF_OK;
    time_t seconds = (time_t)(milliseconds / 1000);
    if (!gmtime_r(&seconds, &day) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &day)) return UF_OK;
    return uf_facts_set(&reader->facts.updated, text, error);
}

static uf_status read_language(struct uf_reader *reader, const json_t *object, struct uf_error *error)
{
    const json_t *extension = json_object_get(object, "extension");
    const char *language = uf_json_text(json_object_get(extension, "px"), "language");
    if (!language) language = uf_json_text(extension, "lang");
    if (!language) language = uf_json_text(object, "language");
    UF_TRY(uf_facts_set(&reader->facts.language, language, error));
    for (char *c = reader->facts.language; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    return UF_OK;
}

static uf_status read_header(struct uf_reader *reader, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    const json_t *object = set->set, *extension = json_object_get(object, "extension");
    const char *title = uf_json_text(object, "label"), *href = uf_json_text(object, "href");
    UF_TRY(uf_facts_set(&reader->facts.title, title ? title : uf_json_text(object, "title"), error));
    UF_TRY(uf_facts_set(&reader->facts.source, uf_json_text(object, "source"), error));
    UF_TRY(read_updated(reader, object, error));
    UF_TRY(read_language(reader, object, error));
    UF_TRY(add_notes(reader, "", NULL, json_object_get(object, "note"), &set->noise, error));
    UF_TRY(add_notes(reader, "", NULL, json_object_get(object, "subTitle"), &set->noise, error));
    UF_TRY(add_notes(reader, "", NULL, json_object_get(object, "description"), &set->noise, error));
    UF_TRY(add_notes(reader, "", NULL, json_object_get(extension, "description"), &set->noise, error));
    if (href) UF_TRY(add_note(reader, "", NULL, "address: ", href, error));
    return add_contacts(reader, json_object_get(extension, "contact"), error);
}

uf_status uf_jsonstat_read_facts(struct uf_reader *reader, struct uf_error *error)
{
    struct uf_jsonstat *set = reader->state;
    UF_TRY(read_header(reader, error));
    UF_TRY(read_role(reader, "time", UF_ROLE_PERIOD, error));
    UF_TRY(read_role(reader, "geo", UF_ROLE_REGION, error));
    UF_TRY(read_role(reader, "metric", UF_ROLE_CONTENT, error));
    UF_TRY(read_contents(reader, error));
    bool by_category = false;
    for (size_t d = 0; d < set->n_dimensions; d++) {
        const struct uf_jsonstat_dimension *dimension = &set->dimensions[d];
        const json_t *category = json_object_get(dimension->object, "category");
        const json_t *extension = json_object_get(dimension->object, "extension");
        UF_TRY(add_notes(reader, dimension->id, NULL, json_object_get(dimension->object, "note"), &set->noise,
                         error));
        UF_TRY(add_category_notes(reader, d, json_object_get(category, "note"), error));
        UF_TRY(add_parts(reader, dimension->id, json_object_get(category, "child"), error));
        UF_TRY(add_extension_notes(reader, dimension->id, extension, error));
        by_category = by_category || dimension->noise;
    }
    if (!set->noise && !by_category) return UF_OK;
    return uf_json_note(
        reader, error,
        "the publisher protects %s by a small random error (cell key method): they are marked "
        "as noise, and a sum of them adds up the errors",
        set->noise ? "these values" : "some of these values");
}

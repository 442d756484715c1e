// SPDX-License-Identifier: GPL-3.0-or-later
/* What the header says beside the cube: titles, labels, roles, contents with unit and decimals, notes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/px.h"

/* More than that are no contents, whatever CONTVARIABLE says. */
enum { MOST_CONTENTS = 10000 };

struct work {
    struct uf_reader *reader;
    struct uf_file_facts *facts;
    const struct uf_px_entries *entries;
    const struct uf_px_cube *cube;
    const struct uf_px_language *first, *language; /* of the file, and wished for */
    size_t content;                                /* the dimension, SIZE_MAX: none */
    bool sort;                                     /* it is $$SORT */
};

/* The text of a keyword without brackets, in the language wished for, else in the file's first. */
static const char *text_of(const struct work *work, const char *name)
{
    const struct uf_px_entry *entry = uf_px_find(work->entries, work->cube, work->language, name);
    const char *text = entry ? uf_px_text(entry, 0) : NULL;
    if (text && *text) return text;
    entry = uf_px_find(work->entries, work->cube, work->first, name);
    text = entry ? uf_px_text(entry, 0) : NULL;
    return text && *text ? text : NULL;
}

static bool says_yes(const struct work *work, const char *name, const char *word)
{
    const char *text = text_of(work, name);
    return text && !strcasecmp(text, word);
}

static uf_status set_titles(struct work *work, struct uf_error *error)
{
    const char *title = text_of(work, "TITLE"), *description = text_of(work, "DESCRIPTION");
    bool chosen = description && (!title || says_yes(work, "DESCRIPTIONDEFAULT", "YES"));
    const char *other = chosen ? title : description;
    UF_TRY(uf_facts_set(&work->facts->title, chosen ? description : title, error));
    if (title && description && strcmp(title, description))
        UF_TRY(uf_facts_note(work->facts, "", other, error));
    UF_TRY(uf_facts_set(&work->facts->source, text_of(work, "SOURCE"), error));
    return uf_facts_set(&work->facts->language, work->language->name, error);
}

/* The latest of the table and its contents; dates are written so that they sort as texts. */
static uf_status set_updated(struct work *work, struct uf_error *error)
{
    const char *latest = NULL;
    for (size_t i = 0; i < work->entries->count; i++) {
        const struct uf_px_entry *entry = &work->entries->items[i];
        const char *text = uf_px_is(entry, "LAST-UPDATED") ? uf_px_text(entry, 0) : NULL;
        if (text && (!latest || strcmp(text, latest) > 0)) latest = text;
    }
    return uf_facts_set(&work->facts->updated, latest, error);
}

/* --- dimensions ---------------------------------------------------------------------------------- */

static bool speaks_of_regions(const char *text)
{
    static const char *const WORDS[] = {"region", "county", "l\xC3\xA4n", "kommun",   "municip", "nuts",
                                        "kunta",  "fylke",  "maakun",     "province", "district"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (uf_px_speaks_of(text, WORDS[i])) return true;
    return false;
}

static bool is_one_of(const char *text, const char *const words[3])
{
    for (size_t i = 0; i < 3; i++)
        if (!strcasecmp(text, words[i])) return true;
    return false;
}

static enum uf_role said_role(const struct uf_px_entry *entry)
{
    static const char *const TIMES[3] = {"T", "Time", "Tid"}, *const PLACES[3] = {"G", "Geographical", "Geo"};
    const char *text = uf_px_text(entry, 0);
    if (!text) return UF_ROLE_NONE;
    if (uf_px_is(entry, "VARIABLE-TYPE") && is_one_of(text, TIMES)) return UF_ROLE_PERIOD;
    if (uf_px_is(entry, "VARIABLE-TYPE") && is_one_of(text, PLACES)) return UF_ROLE_REGION;
    if (uf_px_is(entry, "MAP")) return UF_ROLE_REGION;
    if (uf_px_is(entry, "DOMAIN") && speaks_of_regions(text)) return UF_ROLE_REGION;
    return UF_ROLE_NONE;
}

static bool is_taken(const struct work *work, enum uf_role role)
{
    for (size_t d = 0; d < work->cube->count; d++)
        if (work->facts->dimensions[d].hint == role) return true;
    return false;
}

static void set_roles(struct work *work)
{
    struct uf_dimension_facts *dimensions = work->facts->dimensions;
    if (work->content != SIZE_MAX) dimensions[work->content].hint = UF_ROLE_CONTENT;
    for (size_t d = 0; d < work->cube->count; d++)
        if (work->cube->dimensions[d].is_time && dimensions[d].hint == UF_ROLE_NONE &&
            !is_taken(work, UF_ROLE_PERIOD))
            dimensions[d].hint = UF_ROLE_PERIOD;
    for (size_t i = 0; i < work->entries->count; i++) {
        const struct uf_px_entry *entry = &work->entries->items[i];
        if (entry->subkeys.count != 1 || uf_px_language_of(work->cube, entry) != work->first) continue;
        enum uf_role role = said_role(entry);
        if (role == UF_ROLE_NONE) continue;
        size_t d = uf_px_variable(work->first, entry->subkeys.items[0]);
        if (d != SIZE_MAX && dimensions[d].hint == UF_ROLE_NONE && !is_taken(work, role))
            dimensions[d].hint = role;
    }
}

static const char *label_of(const struct work *work, size_t dimension, size_t place)
{
    const struct uf_px_language *own = work->language;
    if (own->n_words > 0 && own->words[dimension].values.count > 0)
        return own->words[dimension].values.items[place];
    return work->first->words[dimension].values.items[place];
}

static uf_status set_dimensions(struct work *work, struct uf_error *error)
{
    const struct uf_px_language *named = work->language->n_words > 0 ? work->language : work->first;
    UF_TRY(uf_facts_dimensions(work->facts, work->cube->count, error));
    for (size_t d = 0; d < work->cube->count; d++) {
        const struct uf_px_dimension *dimension = &work->cube->dimensions[d];
        UF_TRY(uf_facts_set(&work->facts->dimensions[d].label, named->words[d].name, error));
        for (size_t i = 0; i < dimension->size; i++)
            UF_TRY(uf_facts_code(work->facts, d, dimension->codes.items[i], label_of(work, d, i), error));
    }
    set_roles(work);
    return UF_OK;
}

/* --- contents -------------------------------------------------------------------------------------- */

static void find_content(struct work *work)
{
    size_t d = work->first->content;
    if (d == SIZE_MAX) {
        d = uf_px_variable(work->first, "$$SORT"); /* counts and their per cent side by side */
        work->sort = d != SIZE_MAX;
    }
    work->content = d != SIZE_MAX && work->cube->dimensions[d].size <= MOST_CONTENTS ? d : SIZE_MAX;
}

/* The contents that brackets speak of: one, or all where there are none. */
static bool contents_of(const struct work *work, const struct uf_px_entry *entry, size_t *out_from,
                        size_t *out_to)
{
    const struct uf_px_language *language = uf_px_language_of(work->cube, entry);
    const struct uf_text_list *subkeys = &entry->subkeys;
    *out_from = 0;
    *out_to = work->facts->n_contents;
    if (subkeys->count == 0) return true;
    if (work->content == SIZE_MAX) return false;
    if (subkeys->count == 2) { /* PRECISION("variable","value") */
        const struct uf_px_language *words = language->n_words > 0 ? language : work->first;
        if (uf_px_variable(words, subkeys->items[0]) != work->content) return false;
    }
    size_t place = uf_px_value(work->cube, language, work->content, subkeys->items[subkeys->count - 1]);
    if (place == SIZE_MAX) return false;
    *out_from = place;
    *out_to = place + 1;
    return true;
}

static int read_decimals(const struct uf_px_entry *entry)
{
    const char *text = uf_px_text(entry, 0);
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length > 2 || strspn(text, "0123456789") != length) return -1;
    int value = (int)strtol(text, NULL, 10); /* two digits at most */
    return value <= entry->keyword->most ? value : -1;
}

static void set_kind(struct uf_content_facts *content, const char *text)
{
    static const struct {
        char letter;
        enum uf_indicator_kind kind;
    } KINDS[] = {{'S', UF_INDICATOR_STOCK}, {'F', UF_INDICATOR_FLOW}, {'A', UF_INDICATOR_RATIO}};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (text && text[0] && !text[1] && (text[0] & ~0x20) == KINDS[i].letter) {
            content->kind = KINDS[i].kind;
            content->kind_said = true;
        }
}

enum content_field { UNIT, KIND, DECIMALS };

/* A field of one keyword: for all contents first, then for each; in the file's language, then in the wished
 * one. */
static uf_status set_field(struct work *work, const char *name, enum content_field field,
                           struct uf_error *error)
{
    for (int round = 0; round < 4; round++)
        for (size_t i = 0; i < work->entries->count; i++) {
            const struct uf_px_entry *entry = &work->entries->items[i];
            size_t from, to;
            if (!uf_px_is(entry, name) || (entry->subkeys.count > 0) != (round >= 2) ||
                uf_px_language_of(work->cube, entry) != (round % 2 ? work->language : work->first) ||
                !contents_of(work, entry, &from, &to))
                continue;
            for (size_t c = from; c < to; c++) {
                struct uf_content_facts *content = &work->facts->contents[c];
                int decimals = field == DECIMALS ? read_decimals(entry) : -1;
                if (field == UNIT) UF_TRY(uf_facts_set(&content->unit, uf_px_text(entry, 0), error));
                if (field == KIND) set_kind(content, uf_px_text(entry, 0));
                if (decimals >= 0) content->decimals = decimals;
            }
        }
    return UF_OK;
}

/* `Per cent` beside `Number`. */
static uf_status set_sorted(struct work *work, struct uf_error *error)
{
    for (size_t c = 0; work->sort && c < work->facts->n_contents; c++) {
        struct uf_content_facts *content = &work->facts->contents[c];
        const char *first = work->first->words[work->content].values.items[c];
        if (!uf_px_speaks_of(first, "cent") && !strchr(first, '%')) continue;
        UF_TRY(uf_facts_set(&content->unit, content->label, error));
        content->kind = UF_INDICATOR_RATIO;
        content->kind_said = true;
    }
    return UF_OK;
}

static uf_status set_contents(struct work *work, struct uf_error *error)
{
    struct uf_file_facts *facts = work->facts;
    struct uf_content_facts *content;
    if (work->content == SIZE_MAX) {
        UF_TRY(uf_facts_content(facts, "", &content, error));
        UF_TRY(uf_facts_set(&content->label, text_of(work, "CONTENTS"), error));
    }
    for (size_t i = 0; work->content != SIZE_MAX && i < work->cube->dimensions[work->content].size; i++) {
        const char *code = work->cube->dimensions[work->content].codes.items[i];
        UF_TRY(uf_facts_content(facts, code, &content, error));
        UF_TRY(uf_facts_set(&content->label, label_of(work, work->content, i), error));
    }
    UF_TRY(set_field(work, "UNITS", UNIT, error));
    UF_TRY(set_field(work, "STOCKFA", KIND, error));
    static const char *const BY_WEIGHT[] = {"DECIMALS", "SHOWDECIMALS", "PRECISION"};
    for (size_t i = 0; i < 3; i++) UF_TRY(set_field(work, BY_WEIGHT[i], DECIMALS, error));
    UF_TRY(set_sorted(work, error));
    if (!says_yes(work, "AGGREGALLOWED", "NO")) return UF_OK;
    for (size_t c = 0; c < facts->n_contents; c++) {
        facts->contents[c].kind = UF_INDICATOR_RATIO;
        facts->contents[c].kind_said = true;
    }
    return uf_text_list_add(&work->reader->notes,
                            "AGGREGALLOWED=NO: the figures must not be added up, so they are read as a ratio",
                            error);
}

/* --- notes -------------------------------------------------------------------------------------------- */

/* In the wished language; in the file's first where the keyword does not stand in the other at all. */
static bool applies(const struct work *work, const struct uf_px_entry *entry, const bool *in_language)
{
    const struct uf_px_language *language = uf_px_language_of(work->cube, entry);
    if (!language) return false;
    if (language == work->language) return true;
    size_t n;
    if (language != work->first) return false;
    return !entry->keyword || !in_language[entry->keyword - uf_px_keywords(&n)];
}

static bool is_noted(const struct uf_px_entry *entry)
{
    if (!entry->keyword) return true;
    return entry->keyword->use == UF_PX_NOTE || entry->keyword->use == UF_PX_KEEP ||
           uf_px_is(entry, "ELIMINATION") || uf_px_is(entry, "PRECISION");
}

/* `KEYWORD: text, text`; a note proper without the keyword. */
static void write_note(const struct uf_px_entry *entry, struct uf_buffer *text)
{
    bool bare = entry->keyword && entry->keyword->use == UF_PX_NOTE, after_text = false;
    if (!bare) {
        uf_buffer_append(text, entry->name);
        uf_buffer_append(text, ": ");
    }
    for (size_t i = 0; i < entry->n_items; i++) {
        const struct uf_px_item *item = &entry->items[i];
        if (item->text && after_text) uf_buffer_append(text, ", ");
        if (item->text)
            uf_buffer_append(text, item->text);
        else
            uf_buffer_append_char(text, item->kind);
        after_text = item->text != NULL;
    }
}

/* The total of a variable is scoped by its own code. */
static uf_status scope_of(const struct work *work, const struct uf_px_entry *entry, char **out,
                          struct uf_error *error)
{
    const char *why;
    UF_TRY(uf_px_scope(work->cube, entry, out, &why, error));
    const char *value = uf_px_text(entry, 0);
    if (!*out || !uf_px_is(entry, "ELIMINATION") || !value) return UF_OK;
    const struct uf_px_language *language = uf_px_language_of(work->cube, entry);
    size_t d = uf_px_variable(language->n_words > 0 ? language : work->first, entry->subkeys.items[0]);
    size_t place = d == SIZE_MAX ? SIZE_MAX : uf_px_value(work->cube, language, d, value);
    if (place == SIZE_MAX) return UF_OK;
    struct uf_buffer scope = {0};
    uf_buffer_append(&scope, *out);
    uf_buffer_append_char(&scope, '=');
    uf_buffer_append(&scope, work->cube->dimensions[d].codes.items[place]);
    free(*out);
    *out = uf_buffer_take(&scope);
    return *out ? UF_OK : uf_fail_memory(error);
}

/* `asked` notes are kept; of others only those that name nothing of the table: used for nothing else, and not
 * lost. */
static uf_status add_note(struct work *work, const struct uf_px_entry *entry, bool asked,
                          struct uf_error *error)
{
    const char *first = uf_px_text(entry, 0);
    char *scope = NULL;
    if (!first || (entry->n_items == 1 && !*first)) return UF_OK;
    struct uf_buffer text = {0};
    uf_status status = scope_of(work, entry, &scope, error);
    if (status == UF_OK) write_note(entry, &text);
    if (status == UF_OK && text.failed) status = uf_fail_memory(error);
    if (status == UF_OK && (asked || !scope))
        status = uf_facts_note(work->facts, scope ? scope : "", text.data, error);
    uf_buffer_clear(&text);
    free(scope);
    return status;
}

static uf_status set_notes(struct work *work, struct uf_error *error)
{
    size_t n;
    const struct uf_px_keyword *keywords = uf_px_keywords(&n);
    bool in_language[256] = {false};
    for (size_t i = 0; i < work->entries->count; i++) {
        const struct uf_px_entry *entry = &work->entries->items[i];
        if (entry->keyword && uf_px_language_of(work->cube, entry) == work->language)
            in_language[entry->keyword - keywords] = true;
    }
    for (size_t i = 0; i < work->entries->count; i++) {
        const struct uf_px_entry *entry = &work->entries->items[i];
        bool asked = is_noted(entry) && applies(work, entry, in_language);
        if (!entry->keyword || entry->keyword->use != UF_PX_CUBE) UF_TRY(add_note(work, entry, asked, error));
    }
    return UF_OK;
}

uf_status uf_px_facts(struct uf_reader *reader, const struct uf_px_entries *entries,
                      const struct uf_px_cube *cube, const struct uf_px_language *language,
                      struct uf_error *error)
{
    struct work work = {.reader = reader,
                        .facts = &reader->facts,
                        .entries = entries,
                        .cube = cube,
                        .first = cube->languages,
                        .language = language};
    find_content(&work);
    UF_TRY(set_titles(&work, error));
    UF_TRY(set_updated(&work, error));
    UF_TRY(set_dimensions(&work, error));
    UF_TRY(set_contents(&work, error));
    return set_notes(&work, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Faults of keywords that leave the cube as it is: each becomes a note with line and keyword. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/px.h"

/* --- what the brackets speak of ------------------------------------------------------------------- */

struct scope {
    const struct uf_px_cube *cube;
    const struct uf_px_language *language; /* whose words the brackets use */
    const struct uf_text_list *subkeys;
    struct uf_buffer text;
    const char *why; /* static */
};

/* The words of the language, or the first's where it has none that fit. */
static const struct uf_px_language *words_of(const struct scope *scope)
{
    return scope->language->n_words > 0 ? scope->language : scope->cube->languages;
}

static void add_part(struct scope *scope, size_t dimension, const char *code)
{
    if (scope->text.length > 0) uf_buffer_append_char(&scope->text, ';');
    uf_buffer_append(&scope->text, scope->cube->languages[0].words[dimension].name);
    if (!code) return;
    uf_buffer_append_char(&scope->text, '=');
    uf_buffer_append(&scope->text, code);
}

static void add_value(struct scope *scope, size_t dimension, const char *value)
{
    size_t place = uf_px_value(scope->cube, scope->language, dimension, value);
    if (place == SIZE_MAX)
        scope->why = "names a value that its variable does not have";
    else
        add_part(scope, dimension, scope->cube->dimensions[dimension].codes.items[place]);
}

static void describe_cell(struct scope *scope)
{
    const struct uf_text_list *subkeys = scope->subkeys;
    if (subkeys->count != scope->cube->count) {
        scope->why = "does not name one value, or *, for each variable";
        return;
    }
    for (size_t d = 0; d < subkeys->count && !scope->why; d++)
        if (!strcmp(subkeys->items[d], "*"))
            add_part(scope, d, "*");
        else
            add_value(scope, d, subkeys->items[d]);
}

static void describe(struct scope *scope, unsigned about)
{
    const struct uf_text_list *subkeys = scope->subkeys;
    const struct uf_px_language *words = words_of(scope);
    if (subkeys->count == 0) {
        if (!(about & UF_PX_TABLE)) scope->why = "does not say in brackets what it is about";
    } else if (about & UF_PX_CELL) {
        describe_cell(scope);
    } else if (subkeys->count == 1 && about & UF_PX_CONTENT) {
        if (words->content == SIZE_MAX)
            scope->why = "names a value, but the table has no CONTVARIABLE";
        else
            add_value(scope, words->content, subkeys->items[0]);
    } else if (subkeys->count <= 2 && about & (subkeys->count == 1 ? UF_PX_VARIABLE : UF_PX_VALUE)) {
        size_t d = uf_px_variable(words, subkeys->items[0]);
        if (d == SIZE_MAX)
            scope->why = "names a variable that STUB and HEADING do not have";
        else if (subkeys->count == 1)
            add_part(scope, d, NULL);
        else
            add_value(scope, d, subkeys->items[1]);
    } else {
        scope->why = "has other brackets than this keyword can have";
    }
}

uf_status uf_px_scope(const struct uf_px_cube *cube, const struct uf_px_entry *entry, char **out,
                      const char **out_why, struct uf_error *error)
{
    struct scope scope = {.cube = cube, .subkeys = &entry->subkeys};
    scope.language = uf_px_language_of(cube, entry);
    *out = NULL;
    if (!scope.language)
        scope.why = "is in a language that LANGUAGES does not list";
    else
        describe(&scope, entry->keyword ? entry->keyword->about : UF_PX_TABLE);
    *out_why = scope.why;
    if (!scope.why) *out = uf_buffer_take(&scope.text);
    bool failed = !scope.why && !*out;
    uf_buffer_clear(&scope.text);
    return failed ? uf_fail_memory(error) : UF_OK;
}

/* --- values ------------------------------------------------------------------------------------------- */

static bool is_whole(const char *text, long most)
{
    long value = 0;
    if (!*text || strlen(text) > 9) return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        value = value * 10 + (*text - '0');
    }
    return value <= most;
}

static bool is_yes_no(const char *text)
{
    return !strcasecmp(text, "YES") || !strcasecmp(text, "NO");
}

static uf_status check_value(struct uf_reader *reader, const struct uf_px_entry *entry,
                             struct uf_error *error)
{
    const struct uf_px_keyword *keyword = entry->keyword;
    const char *text = uf_px_text(entry, 0);
    if (keyword->kind == UF_PX_ANY) return UF_OK;
    if (!text || entry->n_items != 1)
        return uf_px_warn(reader, entry, error, "expected one text, found %zu parts", entry->n_items);
    if (keyword->kind == UF_PX_YES_NO && !is_yes_no(text))
        return uf_px_warn(reader, entry, error, "expected YES or NO, found '%.40s'", text);
    if (keyword->kind == UF_PX_WHOLE && !is_whole(text, keyword->most))
        return uf_px_warn(reader, entry, error, "expected a whole number from 0 to %ld, found '%.40s'",
                          keyword->most, text);
    if (uf_px_is(entry, "STOCKFA") && (strlen(text) != 1 || !strchr("SFAXsfax", *text)))
        return uf_px_warn(reader, entry, error,
                          "expected S (stock), F (flow), A (average) or X, found '%.40s'", text);
    return UF_OK;
}

/* ELIMINATION is YES, NO or one of the variable's values. */
static uf_status check_elimination(struct uf_reader *reader, const struct uf_px_cube *cube,
                                   const struct uf_px_entry *entry, struct uf_error *error)
{
    const struct uf_px_language *language = uf_px_language_of(cube, entry);
    const struct uf_px_language *words = language->n_words > 0 ? language : cube->languages;
    size_t d = uf_px_variable(words, entry->subkeys.items[0]);
    const char *text = uf_px_text(entry, 0);
    if (d == SIZE_MAX || (text && (is_yes_no(text) || uf_px_value(cube, language, d, text) != SIZE_MAX)))
        return UF_OK;
    return uf_px_warn(reader, entry, error, "'%.100s' is no value of '%.100s'", text ? text : "",
                      words->words[d].name);
}

static uf_status check_unknown(struct uf_reader *reader, const struct uf_px_entry *entry,
                               struct uf_error *error)
{
    size_t n;
    const struct uf_px_keyword *keywords = uf_px_keywords(&n);
    const char *names[128], *nearest = NULL;
    for (size_t i = 0; i < n && i < 128; i++) names[i] = keywords[i].name;
    nearest = uf_text_nearest(entry->name, names, n < 128 ? n : 128);
    return uf_px_warn(reader, entry, error, "no keyword of the format%s%s%s; passed over",
                      nearest ? "; perhaps " : "", nearest ? nearest : "", nearest ? " is meant" : "");
}

/* What is asked for by name is taken from the first of its kind. */
static bool is_repeated(const struct uf_px_entries *entries, const struct uf_px_cube *cube,
                        const struct uf_px_entry *entry)
{
    return entry->keyword->use == UF_PX_FACT && entry->subkeys.count == 0 &&
           uf_px_find(entries, cube, uf_px_language_of(cube, entry), entry->keyword->name) != entry;
}

static uf_status check_entry(struct uf_reader *reader, const struct uf_px_entries *entries,
                             const struct uf_px_cube *cube, const struct uf_px_entry *entry,
                             struct uf_error *error)
{
    if (!entry->keyword) return check_unknown(reader, entry, error);
    if (entry->fault)
        UF_TRY(uf_px_warn(reader, entry, error, "%s (line %zu, column %zu)", entry->fault, entry->fault_line,
                          entry->fault_column));
    char *scope;
    const char *why;
    UF_TRY(uf_px_scope(cube, entry, &scope, &why, error));
    free(scope);
    /* What the cube rests on was judged before, in each language. */
    if (entry->keyword->use == UF_PX_CUBE && uf_px_language_of(cube, entry)) return UF_OK;
    if (why) return uf_px_warn(reader, entry, error, "it %s; its text is kept as a note of the file", why);
    if (is_repeated(entries, cube, entry))
        UF_TRY(uf_px_warn(reader, entry, error, "given twice; the first is used"));
    if (uf_px_is(entry, "ELIMINATION")) UF_TRY(check_elimination(reader, cube, entry, error));
    return check_value(reader, entry, error);
}

/* For the table as a whole: without brackets. */
static bool is_there(const struct uf_px_entries *entries, const char *name)
{
    for (size_t i = 0; i < entries->count; i++)
        if (uf_px_is(&entries->items[i], name) && entries->items[i].subkeys.count == 0) return true;
    return false;
}

uf_status uf_px_check(struct uf_reader *reader, const struct uf_px_entries *entries,
                      const struct uf_px_cube *cube, struct uf_error *error)
{
    size_t n;
    const struct uf_px_keyword *keywords = uf_px_keywords(&n);
    for (size_t i = 0; i < entries->count; i++)
        UF_TRY(check_entry(reader, entries, cube, &entries->items[i], error));
    for (size_t i = 0; i < n; i++)
        if (keywords[i].required && !is_there(entries, keywords[i].name))
            UF_TRY(uf_px_warn(reader, NULL, error, "the header (lines 1 to %zu) has no %s", cube->data_line,
                              keywords[i].name));
    if (!is_there(entries, "TITLE") && !is_there(entries, "DESCRIPTION"))
        UF_TRY(uf_px_warn(reader, NULL, error,
                          "the header (lines 1 to %zu) has neither TITLE nor DESCRIPTION", cube->data_line));
    const struct uf_px_entry *chosen = uf_px_find(entries, cube, cube->languages, "DESCRIPTIONDEFAULT");
    const char *text = chosen ? uf_px_text(chosen, 0) : NULL;
    if (text && !strcasecmp(text, "YES") && !is_there(entries, "DESCRIPTION"))
        UF_TRY(uf_px_warn(reader, chosen, error, "YES, but the header has no DESCRIPTION"));
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* What is done with one keyword: finding it, its language, and saying what is wrong with it. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/px.h"

bool uf_px_is(const struct uf_px_entry *entry, const char *keyword)
{
    return entry->keyword && !strcmp(entry->keyword->name, keyword);
}

/* --- sentences ----------------------------------------------------------------------------------- */

/* The bytes of a whole character, 0: a piece of one. */
static size_t character(const char *p)
{
    unsigned char lead = (unsigned char)*p;
    size_t n = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    for (size_t i = 1; i < n; i++)
        if (((unsigned char)p[i] & 0xC0) != 0x80) return 0;
    return n;
}

void uf_px_mend(char *text)
{
    char *to = text;
    for (const char *p = text; *p;) {
        size_t n = character(p);
        for (size_t i = 0; i < n; i++) *to++ = p[i];
        p += n ? n : 1;
    }
    *to = '\0';
}

uf_status uf_px_warn(struct uf_reader *reader, const struct uf_px_entry *entry, struct uf_error *error,
                     const char *format, ...)
{
    struct uf_px_state *state = reader->state;
    char message[512], note[700];
    if (++state->n_warnings > UF_PX_WARNINGS) return UF_OK;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (entry)
        snprintf(note, sizeof note, "line %zu: %.60s%s%.20s%s: %s", entry->line, entry->name,
                 *entry->language ? "[" : "", entry->language, *entry->language ? "]" : "", message);
    else
        snprintf(note, sizeof note, "%s", message);
    uf_px_mend(note);
    return uf_text_list_add(&reader->notes, note, error);
}

uf_status uf_px_fail_at(const struct uf_reader *reader, size_t line, size_t column, struct uf_error *error,
                        const char *format, ...)
{
    char message[640];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    uf_px_mend(message);
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(reader->input), line, column, "%s", message);
}

uf_status uf_px_fail(const struct uf_reader *reader, const struct uf_px_entry *entry, struct uf_error *error,
                     const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return uf_px_fail_at(reader, entry->line, entry->column, error, "%.60s: %s", entry->name, message);
}

/* --- languages ----------------------------------------------------------------------------------- */

const struct uf_px_language *uf_px_language_find(const struct uf_px_cube *cube, const char *name)
{
    for (size_t i = 0; i < cube->n_languages; i++)
        if (!strcasecmp(cube->languages[i].name, name)) return &cube->languages[i];
    return NULL;
}

const struct uf_px_language *uf_px_language_of(const struct uf_px_cube *cube, const struct uf_px_entry *entry)
{
    return *entry->language ? uf_px_language_find(cube, entry->language) : cube->languages;
}

const struct uf_px_entry *uf_px_find(const struct uf_px_entries *entries, const struct uf_px_cube *cube,
                                     const struct uf_px_language *language, const char *name)
{
    for (size_t i = 0; i < entries->count; i++)
        if (uf_px_is(&entries->items[i], name) && entries->items[i].subkeys.count == 0 &&
            uf_px_language_of(cube, &entries->items[i]) == language)
            return &entries->items[i];
    return NULL;
}

static uf_status add_language(struct uf_px_cube *cube, const char *name, struct uf_error *error)
{
    if (cube->n_languages > 0 && uf_px_language_find(cube, name)) return UF_OK;
    struct uf_px_language *languages =
        realloc(cube->languages, (cube->n_languages + 1) * sizeof *cube->languages);
    if (!languages) return uf_fail_memory(error);
    cube->languages = languages;
    languages[cube->n_languages] = (struct uf_px_language){.name = uf_text_copy(name), .content = SIZE_MAX};
    if (!languages[cube->n_languages].name) return uf_fail_memory(error);
    cube->n_languages++;
    return UF_OK;
}

uf_status uf_px_load_languages(const struct uf_px_entries *entries, struct uf_px_cube *cube,
                               struct uf_error *error)
{
    enum { MOST_LANGUAGES = 100 };
    const char *first = NULL;
    const struct uf_px_entry *list = NULL;
    for (size_t i = 0; i < entries->count; i++) {
        if (uf_px_is(&entries->items[i], "LANGUAGE") && !first) first = uf_px_text(&entries->items[i], 0);
        if (uf_px_is(&entries->items[i], "LANGUAGES") && !list) list = &entries->items[i];
    }
    if (!first && list) first = uf_px_text(list, 0);
    UF_TRY(add_language(cube, first ? first : "", error));
    for (size_t i = 0; list && i < list->n_items && cube->n_languages < MOST_LANGUAGES; i++)
        if (list->items[i].text) UF_TRY(add_language(cube, list->items[i].text, error));
    return UF_OK;
}

uf_status uf_px_load_content(struct uf_reader *reader, const struct uf_px_entries *entries,
                             struct uf_px_cube *cube, size_t which, struct uf_error *error)
{
    struct uf_px_language *language = &cube->languages[which];
    const struct uf_px_entry *entry = uf_px_find(entries, cube, language, "CONTVARIABLE");
    const char *name = entry ? uf_px_text(entry, 0) : NULL;
    size_t first = cube->languages[0].content;
    language->content = name ? uf_px_variable(language, name) : SIZE_MAX;
    if (name && language->n_words > 0 && language->content == SIZE_MAX)
        UF_TRY(uf_px_warn(reader, entry, error, "'%.100s' is no variable of STUB or HEADING", name));
    if (which == 0 || language->content == first || language->n_words == 0) return UF_OK;
    if (!name)
        UF_TRY(uf_px_warn(reader, NULL, error,
                          "CONTVARIABLE[%.20s] is missing; the variable is '%.100s' as in the file's first "
                          "language",
                          language->name, language->words[first].name));
    else if (language->content != SIZE_MAX)
        UF_TRY(uf_px_warn(reader, entry, error, "another variable than in the file's first language"));
    language->content = first;
    return UF_OK;
}

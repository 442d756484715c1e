// SPDX-License-Identifier: GPL-3.0-or-later
/* Keywords → cube: variables, values, codes, and how many cells there are. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/px.h"

enum { MOST_VARIABLES = 1000 };

/* What the cube needs is not there before DATA. A quote at a wrong place may have swallowed it. */
static uf_status fail_missing(const struct uf_reader *reader, const struct uf_px_entries *entries,
                              struct uf_error *error, const char *what)
{
    const struct uf_px_entry *faulty = NULL;
    char hint[128] = "";
    for (size_t i = 0; i < entries->count && !faulty; i++)
        if (entries->items[i].fault) faulty = &entries->items[i];
    if (faulty)
        snprintf(hint, sizeof hint, " (the quotes of %.40s in line %zu may have swallowed it)", faulty->name,
                 faulty->fault_line);
    return uf_px_fail_at(reader, entries->data_line, 0, error, "%.200s before this DATA%s", what, hint);
}

/* --- variables -------------------------------------------------------------------------------------- */

size_t uf_px_variable(const struct uf_px_language *language, const char *name)
{
    for (size_t d = 0; d < language->n_words; d++)
        if (!strcmp(language->words[d].name, name)) return d;
    return SIZE_MAX;
}

static uf_status add_variables(const struct uf_px_entry *entry, struct uf_text_list *out,
                               struct uf_error *error)
{
    for (size_t i = 0; entry && i < entry->n_items; i++)
        if (entry->items[i].text && *entry->items[i].text)
            UF_TRY(uf_text_list_add(out, entry->items[i].text, error));
    return UF_OK;
}

static uf_status name_words(struct uf_px_language *language, struct uf_text_list *names,
                            struct uf_error *error)
{
    language->words = calloc(names->count, sizeof *language->words);
    if (!language->words) return uf_fail_memory(error);
    language->n_words = names->count;
    for (size_t d = 0; d < names->count; d++) {
        language->words[d].name = uf_text_copy(names->items[d]);
        if (!language->words[d].name) return uf_fail_memory(error);
    }
    return UF_OK;
}

/* The variables that the first language names: some, not thousands, and no two the same. */
static uf_status check_variables(const struct uf_reader *reader, const struct uf_px_entries *entries,
                                 const struct uf_px_entry *entry, const struct uf_text_list *names,
                                 struct uf_error *error)
{
    if (names->count == 0)
        return fail_missing(reader, entries, error,
                            "STUB and HEADING, which tell the table's variables, are both missing");
    if (names->count > MOST_VARIABLES)
        return uf_px_fail(reader, entry, error, "%zu variables in STUB and HEADING; this is no table",
                          names->count);
    for (size_t d = 1; d < names->count; d++)
        for (size_t before = 0; before < d; before++)
            if (!strcmp(names->items[d], names->items[before]))
                return uf_px_fail(reader, entry, error, "the variable '%.100s' is named twice",
                                  names->items[d]);
    return UF_OK;
}

/* The first language makes the cube; another whose variables do not fit it is passed over with a note. */
static uf_status load_variables(struct uf_reader *reader, const struct uf_px_entries *entries,
                                struct uf_px_cube *cube, size_t which, struct uf_error *error)
{
    struct uf_px_language *language = &cube->languages[which];
    const struct uf_px_entry *stub = uf_px_find(entries, cube, language, "STUB");
    const struct uf_px_entry *heading = uf_px_find(entries, cube, language, "HEADING");
    struct uf_text_list names = {0};
    uf_status status = UF_OK;
    UF_TRY_GOTO(add_variables(stub, &names, error), done);
    size_t n_stub = names.count;
    UF_TRY_GOTO(add_variables(heading, &names, error), done);
    if (which == 0) {
        UF_TRY_GOTO(check_variables(reader, entries, heading ? heading : stub, &names, error), done);
        cube->count = names.count;
        cube->n_stub = n_stub;
        cube->dimensions = calloc(cube->count, sizeof *cube->dimensions);
        status = cube->dimensions ? name_words(language, &names, error) : uf_fail_memory(error);
    } else if (names.count != cube->count || n_stub != cube->n_stub) {
        status = uf_px_warn(
            reader, stub ? stub : heading, error,
            "the language '%.20s' names %zu variables in STUB and HEADING, the table has %zu; its words "
            "are not used",
            language->name, names.count, cube->count);
    } else {
        status = name_words(language, &names, error);
    }
done:
    uf_text_list_clear(&names);
    return status;
}

/* --- values and codes ------------------------------------------------------------------------------- */

static uf_status index_texts(const struct uf_text_list *texts, struct uf_codes *out, const char **out_twice,
                             struct uf_error *error)
{
    *out_twice = NULL;
    for (size_t i = 0; i < texts->count; i++) {
        int64_t place;
        size_t length = strlen(texts->items[i]);
        if (uf_codes_find(out, texts->items[i], length, &place))
            *out_twice = texts->items[i];
        else
            UF_TRY(uf_codes_put(out, texts->items[i], length, (int64_t)i, error));
    }
    return UF_OK;
}

/* The variable that VALUES, CODES or KEYS is about. In the first language another is an error. */
static uf_status find_variable(struct uf_reader *reader, const struct uf_px_cube *cube,
                               const struct uf_px_entry *entry, const struct uf_px_language *language,
                               size_t *out, struct uf_error *error)
{
    const char *name = entry->subkeys.count > 0 ? entry->subkeys.items[0] : "";
    *out = uf_px_variable(language, name);
    if (*out != SIZE_MAX && entry->subkeys.count == 1) return UF_OK;
    *out = SIZE_MAX;
    if (language != cube->languages)
        return language->n_words == 0
                   ? UF_OK
                   : uf_px_warn(reader, entry, error, "'%.100s' is no variable of this language", name);
    const char **names = calloc(cube->count, sizeof *names);
    if (!names) return uf_fail_memory(error);
    for (size_t d = 0; d < cube->count; d++) names[d] = language->words[d].name;
    const char *nearest = uf_text_nearest(name, names, cube->count);
    uf_status status =
        uf_px_fail(reader, entry, error, "'%.100s' is no variable of STUB or HEADING%s%.100s%s", name,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    free(names);
    return status;
}

static uf_status load_values(struct uf_reader *reader, const struct uf_px_entry *entry,
                             struct uf_px_cube *cube, struct uf_error *error)
{
    const struct uf_px_language *language = uf_px_language_of(cube, entry);
    size_t d;
    if (!language) return UF_OK; /* px_check.c says so */
    UF_TRY(find_variable(reader, cube, entry, language, &d, error));
    if (d == SIZE_MAX) return UF_OK;
    struct uf_px_words *words = &language->words[d];
    if (words->values.count > 0) {
        if (language == cube->languages)
            return uf_px_fail(reader, entry, error, "given twice for a variable");
        return uf_px_warn(reader, entry, error, "given twice; the first is used");
    }
    const char *twice;
    UF_TRY(uf_px_texts(entry, &words->values, error));
    return index_texts(&words->values, &words->index, &twice, error);
}

/* CODES that are not as many as VALUES name no value for sure, but VALUES do. Those of another language stand in
 * where the first has none. */
static uf_status load_codes(struct uf_reader *reader, const struct uf_px_entry *entry,
                            struct uf_px_cube *cube, struct uf_error *error)
{
    const struct uf_px_language *language = uf_px_language_of(cube, entry);
    size_t d;
    if (!language) return UF_OK;
    UF_TRY(find_variable(reader, cube, entry, language, &d, error));
    if (d == SIZE_MAX) return UF_OK;
    struct uf_px_dimension *dimension = &cube->dimensions[d];
    if (dimension->has_codes)
        return language == cube->languages ? uf_px_fail(reader, entry, error, "given twice for a variable")
                                           : UF_OK;
    struct uf_text_list codes = {0};
    uf_status status = uf_px_texts(entry, &codes, error);
    if (status == UF_OK && codes.count == dimension->size) {
        dimension->codes = codes;
        dimension->has_codes = true;
        return UF_OK;
    }
    size_t n = codes.count;
    uf_text_list_clear(&codes);
    UF_TRY(status);
    return uf_px_warn(reader, entry, error,
                      "%zu codes for the %zu values of '%.100s'; the texts of VALUES are used as codes", n,
                      dimension->size, language->words[d].name);
}

/* What a cell's place is called: the codes, or the values where there are none or two are the same. */
static uf_status settle_codes(struct uf_reader *reader, struct uf_px_cube *cube, size_t d,
                              struct uf_error *error)
{
    struct uf_px_dimension *dimension = &cube->dimensions[d];
    const struct uf_px_words *words = &cube->languages[0].words[d];
    const char *twice = NULL;
    if (dimension->has_codes) {
        UF_TRY(index_texts(&dimension->codes, &dimension->index, &twice, error));
        if (!twice) return UF_OK;
        UF_TRY(uf_px_warn(reader, NULL, error,
                          "CODES of '%.100s' name '%.100s' twice; the texts of VALUES are used as codes",
                          words->name, twice));
        uf_text_list_clear(&dimension->codes);
        uf_codes_clear(&dimension->index);
        dimension->has_codes = false;
    }
    for (size_t i = 0; i < dimension->size; i++)
        UF_TRY(uf_text_list_add(&dimension->codes, words->values.items[i], error));
    UF_TRY(index_texts(&dimension->codes, &dimension->index, &twice, error));
    if (!twice) return UF_OK;
    return uf_px_fail_at(reader, cube->data_line, 0, error,
                         "VALUES: two values of '%.100s' are called '%.100s', and no CODES tell them apart",
                         words->name, twice);
}

static uf_status check_values(struct uf_reader *reader, const struct uf_px_entries *entries,
                              struct uf_px_cube *cube, struct uf_error *error)
{
    for (size_t d = 0; d < cube->count; d++) {
        const struct uf_px_words *words = &cube->languages[0].words[d];
        cube->dimensions[d].size = words->values.count;
        if (words->values.count > 0) continue;
        char what[160];
        snprintf(what, sizeof what, "VALUES(\"%.100s\") is missing", words->name);
        return fail_missing(reader, entries, error, what);
    }
    for (size_t i = 1; i < cube->n_languages; i++)
        for (size_t d = 0; d < cube->languages[i].n_words; d++) {
            struct uf_px_words *words = &cube->languages[i].words[d];
            if (words->values.count == cube->dimensions[d].size) continue;
            UF_TRY(uf_px_warn(
                reader, NULL, error,
                "VALUES[%.20s](\"%.100s\"): %zu values, the table has %zu; those of the file's first "
                "language are used",
                cube->languages[i].name, words->name, words->values.count, cube->dimensions[d].size));
            uf_text_list_clear(&words->values);
            uf_codes_clear(&words->index);
        }
    return UF_OK;
}

/* --- KEYS ----------------------------------------------------------------------------------------------- */

static uf_status load_keys(struct uf_reader *reader, const struct uf_px_entry *entry, struct uf_px_cube *cube,
                           struct uf_error *error)
{
    const char *word = uf_px_text(entry, 0);
    size_t d;
    if (uf_px_language_of(cube, entry) != cube->languages) return UF_OK;
    UF_TRY(find_variable(reader, cube, entry, cube->languages, &d, error));
    if (d >= cube->n_stub)
        return uf_px_fail(reader, entry, error, "'%.100s' is not a variable of STUB",
                          entry->subkeys.items[0]);
    if (!word || (strcasecmp(word, "VALUES") && strcasecmp(word, "CODES")))
        return uf_px_fail(reader, entry, error, "expected VALUES or CODES, found '%.100s'", word ? word : "");
    cube->dimensions[d].keys = true;
    cube->dimensions[d].keys_are_codes = !strcasecmp(word, "CODES");
    cube->keys = true;
    return UF_OK;
}

static uf_status check_keys(struct uf_reader *reader, const struct uf_px_cube *cube, struct uf_error *error)
{
    for (size_t d = 0; cube->keys && d < cube->n_stub; d++)
        if (!cube->dimensions[d].keys)
            return uf_px_fail_at(reader, cube->data_line, 0, error,
                                 "KEYS(\"%.100s\") is missing, though other variables of STUB have it",
                                 cube->languages[0].words[d].name);
    return UF_OK;
}

/* --- the whole ------------------------------------------------------------------------------------------ */

/* STUB or HEADING a second time. */
static bool is_repeated(const struct uf_px_entries *entries, const struct uf_px_cube *cube,
                        const struct uf_px_entry *entry)
{
    return (uf_px_is(entry, "STUB") || uf_px_is(entry, "HEADING")) &&
           uf_px_find(entries, cube, cube->languages, entry->keyword->name) != entry;
}

/* A fault of quotes in what the cube rests on. */
static uf_status check_faults(const struct uf_reader *reader, const struct uf_px_entries *entries,
                              const struct uf_px_cube *cube, struct uf_error *error)
{
    for (size_t i = 0; i < entries->count; i++) {
        const struct uf_px_entry *entry = &entries->items[i];
        if (uf_px_language_of(cube, entry) != cube->languages) continue;
        if (is_repeated(entries, cube, entry)) return uf_px_fail(reader, entry, error, "given twice");
        if (entry->fault && entry->keyword && entry->keyword->use == UF_PX_CUBE)
            return uf_px_fail_at(reader, entry->fault_line, entry->fault_column, error,
                                 "%s: %s; correct the header", entry->name, entry->fault);
    }
    return UF_OK;
}

static uf_status each(struct uf_reader *reader, const struct uf_px_entries *entries, struct uf_px_cube *cube,
                      const char *name,
                      uf_status (*load)(struct uf_reader *, const struct uf_px_entry *, struct uf_px_cube *,
                                        struct uf_error *),
                      struct uf_error *error)
{
    for (size_t i = 0; i < entries->count; i++)
        if (uf_px_is(&entries->items[i], name)) UF_TRY(load(reader, &entries->items[i], cube, error));
    return UF_OK;
}

static size_t product(const struct uf_px_cube *cube, size_t from, size_t to)
{
    size_t result = 1;
    for (size_t d = from; d < to; d++)
        if (__builtin_mul_overflow(result, cube->dimensions[d].size, &result)) return SIZE_MAX;
    return result;
}

static uf_status make(struct uf_reader *reader, const struct uf_px_entries *entries, struct uf_px_cube *cube,
                      struct uf_error *error)
{
    cube->data_line = entries->data_line;
    UF_TRY(uf_px_load_languages(entries, cube, error));
    UF_TRY(check_faults(reader, entries, cube, error));
    for (size_t i = 0; i < cube->n_languages; i++) UF_TRY(load_variables(reader, entries, cube, i, error));
    UF_TRY(each(reader, entries, cube, "VALUES", load_values, error));
    UF_TRY(check_values(reader, entries, cube, error));
    UF_TRY(each(reader, entries, cube, "CODES", load_codes, error));
    for (size_t d = 0; d < cube->count; d++) UF_TRY(settle_codes(reader, cube, d, error));
    UF_TRY(each(reader, entries, cube, "KEYS", load_keys, error));
    UF_TRY(check_keys(reader, cube, error));
    for (size_t i = 0; i < cube->n_languages; i++)
        UF_TRY(uf_px_load_content(reader, entries, cube, i, error));
    UF_TRY(uf_px_load_periods(reader, entries, cube, error));
    cube->cells = product(cube, 0, cube->count);
    cube->rows = product(cube, 0, cube->n_stub);
    cube->in_row = product(cube, cube->n_stub, cube->count);
    return UF_OK;
}

uf_status uf_px_cube_make(struct uf_reader *reader, const struct uf_px_entries *entries,
                          struct uf_px_cube *out, struct uf_error *error)
{
    struct uf_px_cube cube = {0};
    uf_status status = make(reader, entries, &cube, error);
    if (status != UF_OK)
        uf_px_cube_clear(&cube);
    else
        *out = cube;
    return status;
}

void uf_px_cube_clear(struct uf_px_cube *cube)
{
    for (size_t i = 0; i < cube->n_languages; i++) {
        struct uf_px_language *language = &cube->languages[i];
        for (size_t d = 0; d < language->n_words; d++) {
            free(language->words[d].name);
            uf_text_list_clear(&language->words[d].values);
            uf_codes_clear(&language->words[d].index);
        }
        free(language->words);
        free(language->name);
    }
    for (size_t d = 0; cube->dimensions && d < cube->count; d++) {
        uf_text_list_clear(&cube->dimensions[d].codes);
        uf_codes_clear(&cube->dimensions[d].index);
    }
    free(cube->dimensions);
    free(cube->languages);
    memset(cube, 0, sizeof *cube);
}

size_t uf_px_value(const struct uf_px_cube *cube, const struct uf_px_language *language, size_t dimension,
                   const char *text)
{
    int64_t place;
    size_t length = strlen(text);
    bool own = language->n_words > 0 && language->words[dimension].values.count > 0;
    const struct uf_px_words *words = &(own ? language : cube->languages)->words[dimension];
    if (uf_codes_find(&words->index, text, length, &place) ||
        uf_codes_find(&cube->dimensions[dimension].index, text, length, &place))
        return (size_t)place;
    return SIZE_MAX;
}

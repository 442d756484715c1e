// SPDX-License-Identifier: GPL-3.0-or-later
/* The format PX (PC-Axis), put together: encoding and language first, then header, then cells. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/px.h"

/* A file begins with a keyword, as `CHARSET="ANSI";` */
static int probe(const char *prefix)
{
    char name[32];
    size_t n = 0;
    const char *p = prefix + strspn(prefix, " \t\r\n\xEF\xBB\xBF");
    while (n + 1 < sizeof name && ((p[n] >= 'A' && p[n] <= 'Z') || (n > 0 && strchr("-.0123456789", p[n]))) &&
           p[n])
        name[n] = p[n], n++;
    name[n] = '\0';
    if (!uf_px_keyword_find(name)) return 0;
    p += n + strspn(p + n, " \t");
    if (*p != '=' && *p != '(' && *p != '[') return 0;
    return strchr(p, ';') ? 95 : 0;
}

static const char *declared(const struct uf_px_entries *entries, const char *keyword)
{
    for (size_t i = 0; i < entries->count; i++)
        if (uf_px_is(&entries->items[i], keyword)) return uf_px_text(&entries->items[i], 0);
    return NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strcasecmp(text, *words)) return true;
    return false;
}

static uf_status note_encoding(struct uf_reader *reader, const char *keyword, const char *said,
                               const char *what, struct uf_error *error)
{
    char note[256];
    snprintf(note, sizeof note, "%s=\"%.40s\": %s %s", keyword, said, what, uf_input_encoding(reader->input));
    uf_px_mend(note);
    return uf_text_list_add(&reader->notes, note, error);
}

/* What the header declares about its letters, beside what its bytes are. `*out_again`: it must be read once
 * more, in another encoding. */
static uf_status heed_codepage(struct uf_reader *reader, const struct uf_px_entries *entries, bool *out_again,
                               struct uf_error *error)
{
    static const char *const UTF_8[] = {"utf-8", "utf8", "65001", NULL};
    static const char *const LATIN_9[] = {"iso-8859-15", "latin-9", "latin9", "28605", NULL};
    static const char *const LATIN_1[] = {"iso-8859-1", "windows-1252", "latin-1", "latin1",
                                          "cp1252",     "ansi",         "1252",    NULL};
    const char *codepage = declared(entries, "CODEPAGE"), *charset = declared(entries, "CHARSET");
    const char *read = uf_input_encoding(reader->input);
    bool is_utf_8 = !strcmp(read, "utf-8");
    *out_again = false;
    if (!entries->non_ascii) return UF_OK;
    if (codepage && *codepage) {
        if (is_utf_8 != is_one_of(codepage, UTF_8))
            return note_encoding(reader, "CODEPAGE", codepage, "the bytes are something else; read as",
                                 error);
        if (is_utf_8 || is_one_of(codepage, LATIN_1)) return UF_OK;
        if (is_one_of(codepage, LATIN_9)) {
            *out_again = strcmp(read, "iso-8859-15") != 0;
            return *out_again ? uf_input_reread_as(reader->input, "iso-8859-15", error) : UF_OK;
        }
        return note_encoding(reader, "CODEPAGE", codepage,
                             "not an encoding that is known here, so letters may be wrong; read as", error);
    }
    if (charset && !strcasecmp(charset, "ANSI")) return UF_OK;
    if (is_utf_8) return UF_OK;
    return note_encoding(reader, "CHARSET", charset ? charset : "",
                         "letters of an old DOS file would be wrong; read as", error);
}

static uf_status find_language(const struct uf_reader *reader, const struct uf_px_cube *cube,
                               const char *wished, const struct uf_px_language **out, struct uf_error *error)
{
    *out = wished && *wished ? uf_px_language_find(cube, wished) : cube->languages;
    if (*out) return UF_OK;
    struct uf_buffer list = {0};
    for (size_t i = 0; cube->languages && i < cube->n_languages; i++) {
        if (i > 0) uf_buffer_append(&list, ", ");
        uf_buffer_append(&list,
                         *cube->languages[i].name ? cube->languages[i].name : "one that it does not name");
    }
    enum { SHOWN = 400 };
    if (list.data && list.length > SHOWN) {
        list.data[SHOWN] = '\0';
        uf_px_mend(list.data);
    }
    uf_status status = uf_fail_at(error, UF_BAD_USAGE, uf_input_name(reader->input), 0, 0,
                                  "the file is not in the language '%.40s'; it has %s", wished,
                                  list.data ? list.data : "none");
    uf_buffer_clear(&list);
    return status;
}

static uf_status read_header(struct uf_reader *reader, struct uf_px_source *source,
                             struct uf_px_entries *entries, struct uf_error *error)
{
    bool again = false;
    uf_px_source_init(source, reader->input);
    UF_TRY(uf_px_read_entries(source, entries, error));
    UF_TRY(heed_codepage(reader, entries, &again, error));
    if (!again) return UF_OK;
    uf_px_entries_clear(entries);
    uf_px_source_init(source, reader->input);
    return uf_px_read_entries(source, entries, error);
}

static uf_status note_keys(struct uf_reader *reader, const struct uf_px_state *state, struct uf_error *error)
{
    if (!state->cube.keys) return UF_OK;
    return uf_text_list_add(
        &reader->notes,
        uf_px_data_fills(state->data)
            ? "KEYS: a row that is not in the file holds zeros, and is read as such"
            : "KEYS: a row that is not in the file holds zeros; there are so many that they are not read",
        error);
}

static uf_status note_more_faults(struct uf_reader *reader, const struct uf_px_state *state, size_t shown,
                                  struct uf_error *error)
{
    char note[80];
    if (state->n_warnings <= shown) return UF_OK;
    snprintf(note, sizeof note, "and %zu more faults of the header", state->n_warnings - shown);
    return uf_text_list_add(&reader->notes, note, error);
}

static uf_status fill_reader(struct uf_reader *reader, const struct uf_px_source *source,
                             const struct uf_px_entries *entries, const struct uf_reader_wishes *wishes,
                             struct uf_error *error)
{
    struct uf_px_state *state = reader->state;
    struct uf_px_cube *cube = &state->cube;
    const struct uf_px_language *language;
    UF_TRY(uf_px_cube_make(reader, entries, cube, error));
    UF_TRY(find_language(reader, cube, wishes->language, &language, error));
    UF_TRY(uf_px_check(reader, entries, cube, error));
    for (size_t d = 0; d < cube->count; d++)
        UF_TRY(uf_text_list_add(&reader->dimensions, cube->languages[0].words[d].name, error));
    reader->rules.decimal = wishes->decimal == ',' ? ',' : '.';
    UF_TRY(uf_px_data_open(source, cube, &state->symbols, reader->rules.decimal, &state->data, error));
    UF_TRY(uf_px_symbols_make(reader, entries, cube, language, &state->symbols, error));
    UF_TRY(uf_px_facts(reader, entries, cube, language, error));
    UF_TRY(note_keys(reader, state, error));
    return note_more_faults(reader, state, UF_PX_WARNINGS, error);
}

static uf_status open(struct uf_reader *reader, const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_px_source source;
    struct uf_px_entries entries = {0};
    reader->state = calloc(1, sizeof(struct uf_px_state));
    if (!reader->state) return uf_fail_memory(error);
    uf_status status = read_header(reader, &source, &entries, error);
    if (status == UF_OK) status = fill_reader(reader, &source, &entries, wishes, error);
    uf_px_entries_clear(&entries);
    return status;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    struct uf_px_state *state = reader->state;
    UF_TRY(uf_px_data_next(state->data, out, out_more, error));
    if (*out_more || state->told_end || uf_px_data_is_closed(state->data)) return UF_OK;
    state->told_end = true;
    return uf_text_list_add(
        &reader->notes,
        "DATA: the semicolon at the end is missing; the cells are all there, but the last number "
        "may be cut off",
        error);
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    const struct uf_px_state *state = reader->state;
    (void)dimension;
    uf_px_data_place(state->data, out_line, out_column);
}

static void close(struct uf_reader *reader)
{
    struct uf_px_state *state = reader->state;
    if (!state) return;
    uf_px_data_close(state->data);
    uf_px_symbols_clear(&state->symbols);
    uf_px_cube_clear(&state->cube);
    free(state);
}

const struct uf_format uf_format_px = {
    .name = "px",
    .summary = "PX (PC-Axis): a cube with its keywords",
    .probe = probe,
    .open = open,
    .next = next,
    .place = place,
    .close = close,
};

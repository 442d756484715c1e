// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * `KEYWORD[language]("variable","value")="text","text";` up to `DATA=`.
 *
 * A text may be cut into several, one a line, which are one text again. A quote inside a text has no way to be
 * written in this format; where one stands all the same it is kept as a letter, and the keyword carries the
 * fault: whether that is an error or a note depends on the keyword.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/px.h"

static const char STRAY_QUOTE[] = "a quote stands inside a text";
static const char NO_COMMA[] = "two texts stand side by side without a comma";
static const char OPEN_QUOTE[] = "a text is not closed by a quote";
static const char NO_SEMICOLON[] = "the keyword is not closed by a semicolon";

void uf_px_source_init(struct uf_px_source *source, struct uf_input *input)
{
    *source = (struct uf_px_source){.input = input, .line = 1};
}

uf_status uf_px_source_fill(struct uf_px_source *source, struct uf_error *error)
{
    if (source->at < source->end || source->ended) return UF_OK;
    source->column_before = uf_px_source_column(source, source->end) - 1;
    size_t length;
    UF_TRY(uf_input_block(source->input, &source->at, &length, error));
    source->end = source->at + length;
    source->line_start = source->at;
    source->ended = length == 0;
    return UF_OK;
}

size_t uf_px_source_column(const struct uf_px_source *source, const char *at)
{
    size_t column = source->column_before + 1;
    for (const char *p = source->line_start; p < at; p++) column += ((unsigned char)*p & 0xC0) != 0x80;
    return column;
}

/* The lexer proper sees one character at a time; 0 is the end. */
struct lexer {
    struct uf_px_source *source;
    struct uf_px_entries *entries;
    struct uf_px_entry *entry; /* that is being read */
    struct uf_buffer text;
};

static uf_status peek(struct lexer *lexer, char *out, struct uf_error *error)
{
    struct uf_px_source *source = lexer->source;
    if (source->at == source->end) UF_TRY(uf_px_source_fill(source, error));
    *out = source->ended ? '\0' : *source->at;
    return UF_OK;
}

static void skip(struct lexer *lexer)
{
    struct uf_px_source *source = lexer->source;
    if ((unsigned char)*source->at >= 0x80) lexer->entries->non_ascii = true;
    if (*source->at++ != '\n') return;
    source->line++;
    source->line_start = source->at;
    source->column_before = 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f' || c == '\x1A';
}

static uf_status peek_past_space(struct lexer *lexer, char *out, struct uf_error *error)
{
    UF_TRY(peek(lexer, out, error));
    while (is_space(*out)) {
        skip(lexer);
        UF_TRY(peek(lexer, out, error));
    }
    return UF_OK;
}

static uf_status fail_here(const struct lexer *lexer, struct uf_error *error, const char *expected)
{
    const struct uf_px_source *source = lexer->source;
    const char *name = lexer->entry && lexer->entry->name ? lexer->entry->name : NULL;
    char found[8] = "";
    for (size_t i = 0; i < 4 && source->at + i < source->end; i++) {
        if (i > 0 && ((unsigned char)source->at[i] & 0xC0) != 0x80) break;
        found[i] = source->at[i];
    }
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(source->input), source->line,
                      uf_px_source_column(source, source->at), "%s%sexpected %s, found %s%s%s",
                      name ? name : "", name ? ": " : "", expected, source->ended ? "" : "'",
                      source->ended ? "the end of the file" : found, source->ended ? "" : "'");
}

static void fault(struct lexer *lexer, const char *what)
{
    struct uf_px_entry *entry = lexer->entry;
    if (entry->fault) return;
    entry->fault = what;
    entry->fault_line = lexer->source->line;
    entry->fault_column = uf_px_source_column(lexer->source, lexer->source->at);
}

static uf_status take_text(struct lexer *lexer, char **out, struct uf_error *error)
{
    *out = uf_buffer_take(&lexer->text);
    return *out ? UF_OK : uf_fail_memory(error);
}

/* What may stand behind the quote that closes a text. */
static bool may_follow(const struct lexer *lexer, char c, bool in_brackets)
{
    const char *signs = in_brackets                             ? ",)="
                        : uf_px_is(lexer->entry, "TIMEVAL")     ? ",;-)"
                        : uf_px_is(lexer->entry, "HIERARCHIES") ? ",;:"
                                                                : ",;";
    return c == '\0' || strchr(signs, c) != NULL;
}

/* A text and those that continue it; the place is at its first quote. */
static uf_status read_quoted(struct lexer *lexer, bool in_brackets, char **out, struct uf_error *error)
{
    struct uf_buffer gap = {0};
    uf_status status = UF_OK;
    char c = '\0';
    skip(lexer);
    for (bool open = true; open;) {
        UF_TRY_GOTO(peek(lexer, &c, error), done);
        if (c == '\0') {
            fault(lexer, OPEN_QUOTE);
            break;
        }
        if (c != '"') {
            uf_buffer_append_char(&lexer->text, c);
            skip(lexer);
            continue;
        }
        struct uf_px_source at_quote = *lexer->source;
        size_t column = uf_px_source_column(&at_quote, at_quote.at), line = at_quote.line;
        skip(lexer);
        gap.length = 0;
        for (;;) {
            UF_TRY_GOTO(peek(lexer, &c, error), done);
            if (!is_space(c)) break;
            uf_buffer_append_char(&gap, c);
            skip(lexer);
        }
        if (c == '"') { /* goes on */
            if (lexer->source->line == line) fault(lexer, NO_COMMA);
            skip(lexer);
        } else if (may_follow(lexer, c, in_brackets)) {
            open = false;
        } else {
            if (!lexer->entry->fault) {
                fault(lexer, STRAY_QUOTE);
                lexer->entry->fault_line = line;
                lexer->entry->fault_column = column;
            }
            uf_buffer_append_char(&lexer->text, '"');
            uf_buffer_append_bytes(&lexer->text, gap.data ? gap.data : "", gap.length);
        }
    }
    status = gap.failed ? uf_fail_memory(error) : take_text(lexer, out, error);
done:
    uf_buffer_clear(&gap);
    return status;
}

/* Up to blank or sign; may be empty. */
static uf_status read_word(struct lexer *lexer, const char *signs, char **out, struct uf_error *error)
{
    char c;
    UF_TRY(peek(lexer, &c, error));
    while (c != '\0' && !is_space(c) && !strchr(signs, c)) {
        uf_buffer_append_char(&lexer->text, c);
        skip(lexer);
        UF_TRY(peek(lexer, &c, error));
    }
    return take_text(lexer, out, error);
}

static uf_status read_brackets(struct lexer *lexer, struct uf_error *error)
{
    struct uf_text_list *subkeys = &lexer->entry->subkeys;
    char c;
    skip(lexer);
    for (;;) {
        UF_TRY(peek_past_space(lexer, &c, error));
        if (c == '\0' || c == ';' || c == '=') return fail_here(lexer, error, "a text in quotes or )");
        if (c == ')' || c == ',') {
            skip(lexer);
            if (c == ')') return UF_OK;
            continue;
        }
        char *text = NULL;
        UF_TRY(c == '"' ? read_quoted(lexer, true, &text, error) : read_word(lexer, ",)=;\"", &text, error));
        if (!*text && c != '"') { /* a quote in the middle of a word would stand here for ever */
            free(text);
            return fail_here(lexer, error, "a text in quotes or )");
        }
        uf_status status = uf_text_list_add(subkeys, text, error);
        free(text);
        UF_TRY(status);
    }
}

static uf_status add_item(struct lexer *lexer, char kind, char *text, struct uf_error *error)
{
    struct uf_px_entry *entry = lexer->entry;
    size_t n = entry->n_items;
    if ((n & (n - 1)) == 0) {
        struct uf_px_item *items = realloc(entry->items, (n ? n * 2 : 1) * sizeof *items);
        if (!items) {
            free(text);
            return uf_fail_memory(error);
        }
        entry->items = items;
    }
    entry->items[entry->n_items++] = (struct uf_px_item){kind, text};
    return UF_OK;
}

static uf_status read_values(struct lexer *lexer, struct uf_error *error)
{
    const struct uf_px_entry *entry = lexer->entry;
    char c;
    for (;;) {
        UF_TRY(peek_past_space(lexer, &c, error));
        if (c == '\0') {
            fault(lexer, NO_SEMICOLON);
            return UF_OK;
        }
        char *text = NULL;
        bool after_text = entry->n_items > 0 && entry->items[entry->n_items - 1].kind == 's';
        if (c == ';') {
            skip(lexer);
            return UF_OK;
        } else if (c == '"') {
            UF_TRY(read_quoted(lexer, false, &text, error));
            UF_TRY(add_item(lexer, 's', text, error));
        } else if (strchr(",():", c) || (c == '-' && after_text)) {
            skip(lexer);
            if (c != ',') UF_TRY(add_item(lexer, c, NULL, error));
        } else {
            UF_TRY(read_word(lexer, ",();:\"", &text, error));
            UF_TRY(add_item(lexer, 'w', text, error));
        }
    }
}

static bool is_name_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

static uf_status read_name(struct lexer *lexer, struct uf_error *error)
{
    char c;
    UF_TRY(peek(lexer, &c, error));
    if (!is_name_letter(c)) return fail_here(lexer, error, "a keyword such as VALUES");
    while (is_name_letter(c)) {
        uf_buffer_append_char(&lexer->text, c);
        skip(lexer);
        UF_TRY(peek(lexer, &c, error));
    }
    UF_TRY(take_text(lexer, &lexer->entry->name, error));
    lexer->entry->keyword = uf_px_keyword_find(lexer->entry->name);
    return UF_OK;
}

static uf_status read_language(struct lexer *lexer, struct uf_error *error)
{
    char c;
    skip(lexer);
    free(lexer->entry->language);
    lexer->entry->language = NULL;
    UF_TRY(read_word(lexer, "]=;", &lexer->entry->language, error));
    UF_TRY(peek_past_space(lexer, &c, error));
    if (c != ']') return fail_here(lexer, error, "]");
    skip(lexer);
    return UF_OK;
}

/* One keyword with its values; `*out_data` after `DATA=`. */
static uf_status read_entry(struct lexer *lexer, bool *out_data, struct uf_error *error)
{
    char c;
    lexer->entry->line = lexer->source->line;
    lexer->entry->column = uf_px_source_column(lexer->source, lexer->source->at);
    UF_TRY(read_name(lexer, error));
    lexer->entry->language = uf_text_copy("");
    if (!lexer->entry->language) return uf_fail_memory(error);
    UF_TRY(peek_past_space(lexer, &c, error));
    if (c == '[') UF_TRY(read_language(lexer, error));
    UF_TRY(peek_past_space(lexer, &c, error));
    if (c == '(') UF_TRY(read_brackets(lexer, error));
    UF_TRY(peek_past_space(lexer, &c, error));
    if (c != '=') return fail_here(lexer, error, "=");
    skip(lexer);
    *out_data = uf_px_is(lexer->entry, "DATA");
    return *out_data ? UF_OK : read_values(lexer, error);
}

static void entry_clear(struct uf_px_entry *entry)
{
    for (size_t i = 0; i < entry->n_items; i++) free(entry->items[i].text);
    free(entry->items);
    uf_text_list_clear(&entry->subkeys);
    free(entry->name);
    free(entry->language);
}

static uf_status add_entry(struct uf_px_entries *entries, const struct uf_px_entry *entry,
                           struct uf_error *error)
{
    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity ? entries->capacity * 2 : 64;
        struct uf_px_entry *items = realloc(entries->items, capacity * sizeof *items);
        if (!items) return uf_fail_memory(error);
        entries->items = items;
        entries->capacity = capacity;
    }
    entries->items[entries->count++] = *entry;
    return UF_OK;
}

/* No `DATA=`. A quote that opens or closes at a wrong place swallows what follows: then that is what to say. */
static uf_status fail_without_data(const struct lexer *lexer, struct uf_error *error)
{
    const char *file = uf_input_name(lexer->source->input);
    for (size_t i = lexer->entries->count; i-- > 0;) {
        const struct uf_px_entry *entry = &lexer->entries->items[i];
        if (entry->fault)
            return uf_fail_at(error, UF_BAD_INPUT, file, entry->fault_line, entry->fault_column,
                              "%.60s: %s, so no DATA= is found behind it; correct the quotes", entry->name,
                              entry->fault);
    }
    return uf_fail_at(error, UF_BAD_INPUT, file, lexer->source->line, 0,
                      "the file ends without DATA=; it has a header and no figures");
}

/* The entry under construction is the caller's, so that nothing points to what is gone. */
static uf_status read_all(struct lexer *lexer, struct uf_px_entry *entry, struct uf_error *error)
{
    for (;;) {
        char c;
        lexer->entry = NULL;
        UF_TRY(peek_past_space(lexer, &c, error));
        if (c == '\0') return fail_without_data(lexer, error);
        *entry = (struct uf_px_entry){0};
        lexer->entry = entry;
        bool data = false;
        uf_status status = read_entry(lexer, &data, error);
        if (status == UF_OK && !data) status = add_entry(lexer->entries, entry, error);
        if (status != UF_OK || data) {
            lexer->entries->data_line = entry->line;
            entry_clear(entry);
            return status;
        }
    }
}

uf_status uf_px_read_entries(struct uf_px_source *source, struct uf_px_entries *out, struct uf_error *error)
{
    struct uf_px_entries entries = {0};
    struct lexer lexer = {.source = source, .entries = &entries};
    struct uf_px_entry entry = {0};
    uf_status status = read_all(&lexer, &entry, error);
    uf_buffer_clear(&lexer.text);
    if (status != UF_OK)
        uf_px_entries_clear(&entries);
    else
        *out = entries;
    return status;
}

void uf_px_entries_clear(struct uf_px_entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) entry_clear(&entries->items[i]);
    free(entries->items);
    memset(entries, 0, sizeof *entries);
}

const char *uf_px_text(const struct uf_px_entry *entry, size_t n)
{
    for (size_t i = 0; i < entry->n_items; i++)
        if (entry->items[i].text && n-- == 0) return entry->items[i].text;
    return NULL;
}

uf_status uf_px_texts(const struct uf_px_entry *entry, struct uf_text_list *out, struct uf_error *error)
{
    for (size_t i = 0; i < entry->n_items; i++)
        if (entry->items[i].text) UF_TRY(uf_text_list_add(out, entry->items[i].text, error));
    return UF_OK;
}

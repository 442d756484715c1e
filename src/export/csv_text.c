// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/csv_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_wrapped(const char *text)
{
    size_t length = strlen(text);
    return length >= 3 && !strncmp(text, "=\"", 2) && text[length - 1] == '"';
}

/* What a spreadsheet takes for the beginning of a formula, blanks before it passed over. */
static bool is_formula(const char *text)
{
    while (*text == ' ') text++;
    return *text != '\0' && strchr("=+-@\t\r\n", *text) != NULL;
}

static bool is_word(const char *text, const char *const *words, size_t n_words, bool prefix)
{
    for (size_t i = 0; i < n_words; i++)
        if (prefix ? !strncasecmp(text, words[i], strlen(words[i])) : !strcasecmp(text, words[i]))
            return true;
    return false;
}

/* Would a Swedish or English spreadsheet read something else than a text here? A number, a date (`10-12`, `1 maj`,
 * `MAR1`, `jan-05`), a fraction (`1/2`), a time (`5 PM`, `1:2`), a truth value. Better once too often. */
static bool is_convertible(const char *text)
{
    static const char *const TRUTHS[] = {"TRUE", "FALSE", "SANT", "FALSKT"};
    static const char *const MONTHS[] = {"jan", "feb", "mar", "apr", "maj", "may", "jun",
                                         "jul", "aug", "sep", "okt", "oct", "nov", "dec"};
    static const char *const CLOCK[] = {"AM", "PM", "FM", "EM"};
    if (is_word(text, TRUTHS, sizeof TRUTHS / sizeof *TRUTHS, false)) return true;
    if (is_word(text, MONTHS, sizeof MONTHS / sizeof *MONTHS, true) && strpbrk(text, "0123456789"))
        return true;
    const char *first = text + strspn(text, " ");
    if (!(*first >= '0' && *first <= '9') && *first != '.' && *first != ',') return false;
    const char *blank = strchr(first, ' ');
    if (!blank)
        return strpbrk(first, "ABCDFGHIJKLMNOQRSTUVXYZabcdfghijklmnoqrstuvxyz") == NULL ||
               is_word(first + strspn(first, "0123456789-/. "), MONTHS, sizeof MONTHS / sizeof *MONTHS, true);
    const char *word = blank + strspn(blank, " ");
    return !isalpha((unsigned char)*word) && (unsigned char)*word < 0x80
               ? true
               : is_word(word, MONTHS, sizeof MONTHS / sizeof *MONTHS, true) ||
                     is_word(word, CLOCK, sizeof CLOCK / sizeof *CLOCK, false);
}

static void append_doubled(struct uf_buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"') uf_buffer_append_char(out, '"');
        uf_buffer_append_char(out, *text);
    }
}

/* Blanks at the ends would be lost without quotes, and a lone empty line with them. */
static bool needs_quotes(const char *text, char delimiter)
{
    const char special[] = {delimiter, '"', '\r', '\n', '\0'};
    size_t length = strlen(text);
    return strpbrk(text, special) ||
           (length > 0 && (strchr(" \t", text[0]) || strchr(" \t", text[length - 1])));
}

static void append_quoted(struct uf_buffer *out, const char *text, char delimiter)
{
    if (!needs_quotes(text, delimiter)) {
        uf_buffer_append(out, text);
        return;
    }
    uf_buffer_append_char(out, '"');
    append_doubled(out, text);
    uf_buffer_append_char(out, '"');
}

void export_csv_field(struct uf_buffer *out, const char *text, char delimiter, enum export_guard guard)
{
    if (!text) return;
    bool formula = is_formula(text);
    if (guard == EXPORT_WORDS && formula) {
        struct uf_buffer guarded;
        uf_buffer_init(&guarded);
        uf_buffer_append_char(&guarded, '\'');
        uf_buffer_append(&guarded, text);
        append_quoted(out, guarded.data ? guarded.data : "", delimiter);
        out->failed = out->failed || guarded.failed;
        uf_buffer_clear(&guarded);
    } else if (is_wrapped(text) || (guard == EXPORT_CODE && (formula || is_convertible(text)))) {
        struct uf_buffer guarded;
        uf_buffer_init(&guarded);
        uf_buffer_append(&guarded, "=\"");
        append_doubled(&guarded, text);
        uf_buffer_append_char(&guarded, '"');
        append_quoted(out, guarded.data ? guarded.data : "", delimiter);
        out->failed = out->failed || guarded.failed;
        uf_buffer_clear(&guarded);
    } else {
        append_quoted(out, text, delimiter);
    }
}

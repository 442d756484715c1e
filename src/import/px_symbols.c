// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * `-` and one dot to six in the data. What a dot means is said by the text that the file wants shown for it
 * (DATASYMBOL1 to 6, DATASYMBOLNIL), where that text is known; else by the signs that the Nordic offices use.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/px.h"

static const struct {
    const char *keyword, *sign;
    uf_value_status status; /* where no text says another */
} SYMBOLS[UF_PX_SYMBOLS] = {
    {"DATASYMBOLNIL", "-", UF_VALUE_TRUE_ZERO},       {"DATASYMBOL1", ".", UF_VALUE_NOT_APPLICABLE},
    {"DATASYMBOL2", "..", UF_VALUE_NOT_AVAILABLE},    {"DATASYMBOL3", "...", UF_VALUE_NOT_AVAILABLE},
    {"DATASYMBOL4", "....", UF_VALUE_NOT_AVAILABLE},  {"DATASYMBOL5", ".....", UF_VALUE_NOT_AVAILABLE},
    {"DATASYMBOL6", "......", UF_VALUE_NOT_AVAILABLE}};

/* Texts that are a sign, whole. */
static const struct {
    const char *text;
    uf_value_status status;
} SIGNS[] = {{"-", UF_VALUE_TRUE_ZERO},
             {"\xE2\x80\x93", UF_VALUE_TRUE_ZERO},
             {"\xE2\x80\x94", UF_VALUE_TRUE_ZERO},
             {"nil", UF_VALUE_TRUE_ZERO},
             {".", UF_VALUE_NOT_APPLICABLE},
             {"..", UF_VALUE_NOT_AVAILABLE},
             {"...", UF_VALUE_NOT_AVAILABLE},
             {"\xE2\x80\xA6", UF_VALUE_NOT_AVAILABLE},
             {":", UF_VALUE_NOT_AVAILABLE},
             {"x", UF_VALUE_SUPPRESSED},
             {"X", UF_VALUE_SUPPRESSED},
             {"c", UF_VALUE_CONFIDENTIAL},
             {"..C", UF_VALUE_SUPPRESSED}};

/* Words within a text, small letters; the first that is found decides. */
static const struct {
    const char *word;
    uf_value_status status;
} WORDS[] = {{"not applicable", UF_VALUE_NOT_APPLICABLE},
             {"ej till\xC3\xA4mplig", UF_VALUE_NOT_APPLICABLE},
             {"inte till\xC3\xA4mplig", UF_VALUE_NOT_APPLICABLE},
             {"ej f\xC3\xB6rekomma", UF_VALUE_NOT_APPLICABLE},
             {"ikke forekomme", UF_VALUE_NOT_APPLICABLE},
             {"confidential", UF_VALUE_CONFIDENTIAL},
             {"sekretess", UF_VALUE_CONFIDENTIAL},
             {"secret", UF_VALUE_CONFIDENTIAL},
             {"classified", UF_VALUE_CONFIDENTIAL},
             {"konfidensi", UF_VALUE_CONFIDENTIAL},
             {"hidden", UF_VALUE_SUPPRESSED},
             {"suppressed", UF_VALUE_SUPPRESSED},
             {"r\xC3\xB6jande", UF_VALUE_SUPPRESSED},
             {"dold", UF_VALUE_SUPPRESSED},
             {"not available", UF_VALUE_NOT_AVAILABLE},
             {"ej tillg\xC3\xA4nglig", UF_VALUE_NOT_AVAILABLE},
             {"saknas", UF_VALUE_NOT_AVAILABLE}};

bool uf_px_speaks_of(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (; *text; text++)
        if (!strncasecmp(text, word, length)) return true;
    return false;
}

static bool read_text(const char *text, uf_value_status *out)
{
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (!strcmp(SIGNS[i].text, text)) {
            *out = SIGNS[i].status;
            return true;
        }
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (uf_px_speaks_of(text, WORDS[i].word)) {
            *out = WORDS[i].status;
            return true;
        }
    return false;
}

/* One note for all that the file speaks of. */
static uf_status note(struct uf_reader *reader, const struct uf_px_symbols *symbols, struct uf_error *error)
{
    struct uf_buffer text = {0};
    for (size_t i = 0; i < UF_PX_SYMBOLS; i++) {
        if (!symbols->texts[i]) continue;
        char name[UF_VALUE_STATUS_SIZE];
        uf_buffer_append(&text, text.length > 0 ? ", " : "signs in the data: ");
        uf_buffer_append(&text, SYMBOLS[i].sign);
        uf_buffer_append(&text, " shown as '");
        uf_buffer_append(&text, symbols->texts[i]);
        uf_buffer_append(&text, "' is ");
        uf_buffer_append(&text, uf_value_status_print(symbols->statuses[i], name));
    }
    uf_status status = text.failed ? uf_fail_memory(error) : UF_OK;
    if (status == UF_OK && text.length > 0) status = uf_text_list_add(&reader->notes, text.data, error);
    if (status == UF_OK && text.length > 0) status = uf_facts_note(&reader->facts, "", text.data, error);
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_px_symbols_make(struct uf_reader *reader, const struct uf_px_entries *entries,
                             const struct uf_px_cube *cube, const struct uf_px_language *language,
                             struct uf_px_symbols *out, struct uf_error *error)
{
    for (size_t i = 0; i < UF_PX_SYMBOLS; i++) {
        const struct uf_px_entry *own = uf_px_find(entries, cube, language, SYMBOLS[i].keyword);
        const struct uf_px_entry *first = uf_px_find(entries, cube, cube->languages, SYMBOLS[i].keyword);
        const char *text = own ? uf_px_text(own, 0) : NULL, *plain = first ? uf_px_text(first, 0) : NULL;
        out->statuses[i] = SYMBOLS[i].status;
        if (!text) text = plain;
        /* The meaning does not depend on the language wished for: the first language's text goes first. */
        if (!(plain && read_text(plain, &out->statuses[i])) && text) read_text(text, &out->statuses[i]);
        UF_TRY(uf_facts_set(&out->texts[i], text, error));
    }
    return note(reader, out, error);
}

void uf_px_symbols_clear(struct uf_px_symbols *symbols)
{
    for (size_t i = 0; i < UF_PX_SYMBOLS; i++) free(symbols->texts[i]);
    memset(symbols, 0, sizeof *symbols);
}

static void give(uf_value_status status, double *out_value, uf_value_status *out_status)
{
    *out_status = status;
    *out_value = uf_value_is_missing(status) ? NAN : 0;
}

bool uf_px_symbol_read(const struct uf_px_symbols *symbols, const char *text, size_t length,
                       double *out_value, uf_value_status *out_status)
{
    for (size_t i = 0; i < UF_PX_SYMBOLS; i++)
        if (strlen(SYMBOLS[i].sign) == length && !memcmp(SYMBOLS[i].sign, text, length)) {
            give(symbols->statuses[i], out_value, out_status);
            return true;
        }
    for (size_t i = 0; i < UF_PX_SYMBOLS; i++)
        if (symbols->texts[i] && strlen(symbols->texts[i]) == length &&
            !memcmp(symbols->texts[i], text, length)) {
            give(symbols->statuses[i], out_value, out_status);
            return true;
        }
    char copy[8];
    uf_value_status status;
    if (length == 0 || length >= sizeof copy) return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (!read_text(copy, &status) && !uf_value_is_missing_sign(text, length, &status)) return false;
    give(status, out_value, out_status);
    return true;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/language.h>
#include <utfall/number.h>
#include <utfall/text.h>

static const char *const tags[UF_LANGUAGES] = {[UF_ENGLISH] = "en", [UF_SWEDISH] = "sv"};

struct uf_argument uf_text_argument(const char *text)
{
    return (struct uf_argument){.type = UF_ARGUMENT_TEXT, .text = text};
}

struct uf_argument uf_number_argument(double number, int decimals)
{
    return (struct uf_argument){.type = UF_ARGUMENT_NUMBER, .number = number, .decimals = decimals};
}

struct uf_argument uf_count_argument(size_t count)
{
    return uf_number_argument((double)count, 0);
}

struct uf_argument uf_p_value_argument(double p, int decimals)
{
    return (struct uf_argument){.type = UF_ARGUMENT_P_VALUE, .number = p, .decimals = decimals};
}

uf_status uf_language_parse(const char *text, enum uf_language *out, struct uf_error *error)
{
    for (int i = 0; i < UF_LANGUAGES; i++)
        if (uf_text_equal(text, tags[i])) {
            *out = (enum uf_language)i;
            return UF_OK;
        }
    return uf_fail(error, UF_BAD_USAGE, "unknown language '%s': expected sv or en", text ? text : "");
}

const char *uf_language_tag(enum uf_language language)
{
    return tags[language == UF_SWEDISH ? UF_SWEDISH : UF_ENGLISH];
}

const char *uf_words_in(struct uf_words words, enum uf_language language)
{
    return language == UF_SWEDISH && words.sv ? words.sv : words.en;
}

static void append_argument(struct uf_buffer *text, const struct uf_argument *argument,
                            enum uf_language language)
{
    if (argument->type == UF_ARGUMENT_TEXT) {
        uf_buffer_append(text, argument->text);
        return;
    }
    char digits[UF_NUMBER_SIZE];
    double number = argument->number;
    const double least = pow(10, -argument->decimals);
    if (argument->type == UF_ARGUMENT_P_VALUE && argument->decimals > 0 && number < least / 2) {
        uf_buffer_append(text, "< ");
        number = least;
    }
    uf_buffer_append(text, uf_number_format(number, argument->decimals, language, digits));
}

uf_status uf_phrase(enum uf_language language, struct uf_words template_words,
                    const struct uf_argument *arguments, size_t n_arguments, char **out,
                    struct uf_error *error)
{
    const char *template_text = uf_words_in(template_words, language);
    if (!template_text) return uf_fail(error, UF_INTERNAL, "a phrase has no words");
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (const char *p = template_text; *p;) {
        if (p[0] == '{' && p[1] == '{') {
            uf_buffer_append_char(&text, '{');
            p += 2;
        } else if (p[0] == '{') {
            char *end;
            unsigned long place = strtoul(p + 1, &end, 10);
            if (end == p + 1 || *end != '}' || place >= n_arguments) {
                uf_buffer_clear(&text);
                return uf_fail(error, UF_INTERNAL, "the phrase '%s' has a place without an argument",
                               template_text);
            }
            append_argument(&text, &arguments[place], language);
            p = end + 1;
        } else {
            size_t plain = strcspn(p, "{");
            uf_buffer_append_bytes(&text, p, plain);
            p += plain;
        }
    }
    char *result = uf_buffer_take(&text);
    if (!result) return uf_fail_memory(error);
    *out = result;
    return UF_OK;
}

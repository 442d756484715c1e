// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_LANGUAGE_H
#define UTFALL_LANGUAGE_H
/*
 * The two languages the product speaks, and sentences with numbers in them.
 *
 * A sentence lives where its meaning is known, in both languages side by side, as a template with numbered
 * places: `{0} of {1} controls`. The arguments are typed, so that a number gets its decimal comma in Swedish
 * and its decimal point in English, and no format string ever meets a user's text.
 */
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum uf_language { UF_ENGLISH = 0, UF_SWEDISH = 1, UF_LANGUAGES = 2 };

/* The same words in both languages; static data, never freed. */
struct uf_words {
    const char *en;
    const char *sv;
};

enum uf_argument_type { UF_ARGUMENT_TEXT, UF_ARGUMENT_NUMBER, UF_ARGUMENT_P_VALUE };
struct uf_argument {
    enum uf_argument_type type;
    const char *text; /* borrowed; NULL reads as an empty text */
    double number;
    int decimals; /* digits after the point; -1: as many as are needed, at most 6 */
};

struct uf_argument uf_text_argument(const char *text);
struct uf_argument uf_number_argument(double number, int decimals);
struct uf_argument uf_count_argument(size_t count);
/* As a number, but never nought: what would round to it reads `< 0.001` with three decimals. */
struct uf_argument uf_p_value_argument(double p, int decimals);

/* `sv` or `en`; anything else is UF_BAD_USAGE. */
uf_status uf_language_parse(const char *text, enum uf_language *out, struct uf_error *error);
const char *uf_language_tag(enum uf_language language); /* "en", "sv" */
const char *uf_words_in(struct uf_words words, enum uf_language language);

/* Replaces each `{i}` of `template` by argument i and returns a new text, to be released with free().
 * `{{` is a literal brace. A place without an argument is UF_INTERNAL. Cost: linear in the result. */
uf_status uf_phrase(enum uf_language language, struct uf_words template_words,
                    const struct uf_argument *arguments, size_t n_arguments, char **out,
                    struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

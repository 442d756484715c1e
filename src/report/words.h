// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_REPORT_WORDS_H
#define UTFALL_REPORT_WORDS_H
/* The vocabulary behind uf_word, open to its test. */
#include <stddef.h>
#include <utfall/language.h>

struct uf_vocabulary_entry {
    const char *key;
    struct uf_words words;
};
const struct uf_vocabulary_entry *uf_vocabulary(size_t *out_count);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* The unit of values that stand in thousands or millions of it: said in words, never multiplied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/csv_table.h"

static const char *const SCALES[] = {"",   "ten ",     "hundred ", "thousand ", NULL,
                                     NULL, "million ", NULL,       NULL,        "billion "};

const char *uf_csv_scale_words(const char *text, char buffer[UF_CSV_SCALE_SIZE])
{
    static const char *const WORDS[] = {"units", "tens",     "hundreds", "thousands", NULL,
                                        NULL,    "millions", NULL,       NULL,        "billions"};
    enum { N = sizeof SCALES / sizeof *SCALES };
    for (size_t i = 0; i < N; i++)
        if (WORDS[i] && !strcasecmp(text, WORDS[i])) return SCALES[i];
    char *end;
    long power = strtol(text, &end, 10);
    if (end == text || *end || power < -30 || power > 30) return *text ? NULL : "";
    if (power >= 0 && power < N && SCALES[power]) return SCALES[power];
    snprintf(buffer, UF_CSV_SCALE_SIZE, "10^%ld ", power);
    return buffer;
}

uf_status uf_csv_unit_write(struct uf_content_facts *content, const char *scale, const char *unit,
                            struct uf_error *error)
{
    struct uf_buffer text = {0};
    uf_buffer_append(&text, scale);
    size_t at = text.length;
    uf_buffer_append(&text, unit);
    if (text.failed) return uf_fail_memory(error);
    if (at > 0 && text.length > at + 1 && text.data[at] >= 'A' && text.data[at] <= 'Z' &&
        text.data[at + 1] >= 'a' && text.data[at + 1] <= 'z')
        text.data[at] = (char)(text.data[at] - 'A' + 'a');
    while (text.length > 0 && text.data[text.length - 1] == ' ') text.data[--text.length] = '\0';
    uf_status status = uf_facts_set(&content->unit, text.length ? text.data : NULL, error);
    uf_buffer_clear(&text);
    return status;
}

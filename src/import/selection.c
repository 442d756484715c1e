// SPDX-License-Identifier: GPL-3.0-or-later
/* The fingerprint of what a request takes from a file. */
#include <utfall/file.h>

#include "base/fail.h"
#include "import/importer.h"

enum { FIELD = '\x1e', ITEM = '\x1f' };

static void add_text(struct uf_buffer *text, const char *value)
{
    uf_buffer_append_char(text, FIELD);
    uf_buffer_append_char(text, value ? '=' : '-'); /* nothing said differs from an empty text */
    uf_buffer_append(text, value);
}

static void add_number(struct uf_buffer *text, size_t value)
{
    uf_buffer_append_char(text, FIELD);
    uf_buffer_append_size(text, value);
}

static void add_codes(struct uf_buffer *text, const char *dimension, const char *const *codes, size_t n_codes)
{
    add_text(text, dimension);
    for (size_t j = 0; j < n_codes; j++) {
        uf_buffer_append_char(text, ITEM);
        uf_buffer_append(text, codes[j]);
    }
}

uf_status uf_describe_selection(const struct uf_import_request *request, char *out, struct uf_error *error)
{
    struct uf_buffer text = {0};
    add_text(&text, request->indicator.code);
    add_text(&text, request->format);
    add_number(&text, (unsigned char)request->delimiter);
    add_number(&text, (unsigned char)request->decimal);
    add_number(&text, (size_t)request->unknown_regions);
    add_text(&text, request->region_is);
    add_text(&text, request->period_is);
    add_text(&text, request->sheet);
    add_text(&text, request->range);
    add_number(&text, request->header_row);
    add_text(&text, request->language);
    add_text(&text, request->encoding);
    add_number(&text, request->sum_noise);
    add_number(&text, request->n_roles);
    for (size_t i = 0; i < request->n_roles; i++) {
        add_number(&text, (size_t)request->roles[i].role);
        add_text(&text, request->roles[i].dimension);
    }
    add_number(&text, request->n_keep);
    for (size_t i = 0; i < request->n_keep; i++)
        add_codes(&text, request->keep[i].dimension, request->keep[i].codes, request->keep[i].n_codes);
    add_number(&text, request->n_sums);
    for (size_t i = 0; i < request->n_sums; i++)
        add_codes(&text, request->sums[i].dimension, request->sums[i].codes, request->sums[i].n_codes);
    add_number(&text, request->n_contents);
    for (size_t i = 0; i < request->n_contents; i++) {
        add_text(&text, request->contents[i].content);
        add_text(&text, request->contents[i].indicator);
    }
    if (text.failed) return uf_fail_memory(error);
    uf_sha256(text.data, text.length, out);
    uf_buffer_clear(&text);
    return UF_OK;
}

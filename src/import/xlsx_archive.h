// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_XLSX_ARCHIVE_H
#define UTFALL_IMPORT_XLSX_ARCHIVE_H
/*
 * The parts of a workbook: XML inside a zip archive, unpacked and parsed piece by piece.
 *
 * A part has elements and texts and nothing else: a document type (and with it every entity that could grow or
 * reach out) is refused, as are parts that unpack to hundreds of times their size.
 */
#include <utfall/status.h>

#include "import/input.h"

struct uf_archive;
struct uf_part;

/* Names are without the prefix of their namespace. Attributes are name, value, … and NULL. */
struct uf_part_handlers {
    uf_status (*start)(struct uf_part *part, const char *name, const char **attributes,
                       struct uf_error *error);
    uf_status (*end)(struct uf_part *part, const char *name, struct uf_error *error); /* NULL: none */
    uf_status (*text)(struct uf_part *part, const char *text, size_t length,
                      struct uf_error *error); /* NULL: not asked for */
};

/* The input is borrowed. A file that is no whole zip archive is UF_BAD_INPUT. */
uf_status uf_archive_open(struct uf_input *input, struct uf_archive **out, struct uf_error *error);
void uf_archive_close(struct uf_archive *archive);
bool uf_archive_has(const struct uf_archive *archive, const char *name);
/* Up to `size` first bytes of a part. */
uf_status uf_archive_head(struct uf_archive *archive, const char *name, char *out, size_t size,
                          size_t *out_length, struct uf_error *error);
/* Walks over a part's XML. A part that is not there is UF_BAD_INPUT. */
uf_status uf_archive_parse(struct uf_archive *archive, const char *name,
                           const struct uf_part_handlers *handlers, void *user, struct uf_error *error);

void *uf_part_user(const struct uf_part *part);
/* A failure in the part, with its line there in the sentence. */
uf_status uf_part_fail(struct uf_part *part, struct uf_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The value of an attribute by its name without prefix, or NULL. */
const char *uf_attribute(const char **attributes, const char *name);
/* The same for one that has a prefix (`r:id`, beside a plain `id`). */
const char *uf_attribute_prefixed(const char **attributes, const char *name);
/* An attribute that is `1` or `true`. */
bool uf_attribute_is_true(const char **attributes, const char *name);
#endif

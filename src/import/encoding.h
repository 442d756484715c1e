// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_ENCODING_H
#define UTFALL_IMPORT_ENCODING_H
/* Which of the four encodings a file is in, and its bytes as UTF-8. */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>
#include <utfall/text.h>

enum uf_encoding {
    UF_ENCODING_UTF_8,
    UF_ENCODING_ISO_8859_1,
    UF_ENCODING_WINDOWS_1252,
    UF_ENCODING_ISO_8859_15 /* never detected: only where a header or the user says so */
};

const char *uf_encoding_name(enum uf_encoding encoding);
/* `utf-8`, `iso-8859-1`, `windows-1252` and their usual short names, in any case. */
bool uf_encoding_parse(const char *name, enum uf_encoding *out);

/* What a walk over all bytes of a file has seen; start from {0} and feed it block by block. */
struct uf_encoding_survey {
    size_t bytes;
    size_t sequences; /* well-formed UTF-8 of two bytes and more */
    size_t broken;    /* bytes that are not UTF-8 */
    size_t c1;        /* bytes 0x80 to 0x9F outside UTF-8: letters only in Windows-1252 */
    size_t undefined; /* of those, the five that Windows-1252 does not have */
    size_t zeros;
    bool bom, utf_16;
    size_t broken_line, broken_column; /* of the first broken byte; columns in characters */
    size_t zero_line, zero_column;     /* of the first zero byte */
    unsigned char broken_byte;
    /* the walk's own */
    unsigned char head[3], pending[4];
    size_t n_pending, expected, line, column;
};
void uf_encoding_survey_feed(struct uf_encoding_survey *survey, const unsigned char *bytes, size_t length);
void uf_encoding_survey_end(struct uf_encoding_survey *survey);

/* Decides. `asked` NULL: by what was seen. An impossible wish, UTF-16, a binary file and UTF-8 with broken
 * places are UF_BAD_INPUT with the place; an unknown name is UF_BAD_USAGE. `file` is for the error. */
uf_status uf_encoding_decide(const struct uf_encoding_survey *survey, const char *asked, const char *file,
                             enum uf_encoding *out, struct uf_error *error);

/* Appends bytes of a one-byte encoding as UTF-8. In ISO-8859-1, bytes 0x80 to 0x9F are read as Windows-1252. */
void uf_encoding_append(enum uf_encoding encoding, struct uf_buffer *out, const char *bytes, size_t length);
#endif

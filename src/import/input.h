// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_INPUT_H
#define UTFALL_IMPORT_INPUT_H
/*
 * Where a reader gets its text: a file, standard input or memory, as lines or blocks of UTF-8, any number of
 * times from the start; or, where the file is not text (a workbook, a statistics program's file), its bytes.
 *
 * Opening walks over all bytes once, so the hash and the encoding are known before the first line is read.
 * Standard input is first copied to a temporary file, and a file packed with gzip is unpacked into one; the
 * hash is that of the bytes given. Memory holds one block and one line.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

struct uf_input;

/* `-` is standard input. `encoding` NULL: detected. A missing file and a directory are UF_IO_FAILED; an empty
 * file is UF_BAD_INPUT. */
uf_status uf_input_open(const char *path, const char *encoding, struct uf_input **out,
                        struct uf_error *error);
/* `bytes` is borrowed and must outlive the input. */
uf_status uf_input_open_memory(const char *name, const char *bytes, size_t length, const char *encoding,
                               struct uf_input **out, struct uf_error *error);
void uf_input_close(struct uf_input *input);

/* The next line with its end (LF, CR or CRLF), without a byte order mark; borrowed until the next call,
 * zero-terminated.
 * `*out_length` is 0 at the end of the file. */
uf_status uf_input_line(struct uf_input *input, const char **out, size_t *out_length, struct uf_error *error);
uf_status uf_input_rewind(struct uf_input *input, struct uf_error *error);
/* The first lines, at most `max` bytes or one line, as a new text; the input stands at the start again. */
uf_status uf_input_prefix(struct uf_input *input, size_t max, char **out, struct uf_error *error);

/* The next part of the text, of any length up to some hundred kilobytes, cut between characters; borrowed until
 * the next call. `*out_length` is 0 at the end. Line ends are as written, and lines are not counted. */
uf_status uf_input_block(struct uf_input *input, const char **out, size_t *out_length,
                         struct uf_error *error);
/* The whole text, zero-terminated, as a new text. A file of more than `max` bytes is UF_BAD_INPUT. The input
 * stands at the start again. */
uf_status uf_input_whole(struct uf_input *input, size_t max, char **out, size_t *out_length,
                         struct uf_error *error);
/* Reads the text in another one-byte encoding than the one detected (`iso-8859-15`, where a header says so).
 * For a file in UTF-8 it does nothing. The input stands at the start again. An unknown name is UF_BAD_USAGE. */
uf_status uf_input_reread_as(struct uf_input *input, const char *encoding, struct uf_error *error);

/* The file is not text (it begins as a zip archive or a statistics program's file): only the two functions
 * below and the names may be used. */
bool uf_input_is_binary(const struct uf_input *input);
/* Up to `length` bytes from `offset` on; `*out_read` is less at the end of the file. For any input. */
uf_status uf_input_bytes(struct uf_input *input, size_t offset, void *out, size_t length, size_t *out_read,
                         struct uf_error *error);

const char *uf_input_name(const struct uf_input *input);   /* for errors */
size_t uf_input_line_number(const struct uf_input *input); /* of the line last read, from 1 */
size_t uf_input_bytes_read(const struct uf_input *input);
size_t uf_input_bytes_total(const struct uf_input *input);
const char *uf_input_sha256(const struct uf_input *input);
const char *uf_input_encoding(const struct uf_input *input);
#endif

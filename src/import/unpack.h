// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_UNPACK_H
#define UTFALL_IMPORT_UNPACK_H
/* Files packed with gzip, unpacked piece by piece with zlib. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <utfall/status.h>

typedef uf_status uf_unpack_sink(void *user, const char *bytes, size_t length, struct uf_error *error);

/* By the two bytes that each such file begins with. */
bool uf_is_packed(const unsigned char *head, size_t length);
/* Give all unpacked bytes to the sink. A broken or cut file is UF_BAD_INPUT, as is one that unpacks to more than
 * a thousand times and some megabytes of its size. Several packed parts behind one another are one file. */
uf_status uf_unpack_file(FILE *packed, const char *name, uf_unpack_sink *sink, void *user,
                         struct uf_error *error);
uf_status uf_unpack_memory(const char *packed, size_t length, const char *name, uf_unpack_sink *sink,
                           void *user, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PLAIN_PART_H
#define UTFALL_IMPORT_PLAIN_PART_H
/* The rows that begin in one part of a plain file, read into columns. A part belongs to one thread. */
#include "import/plain_code_table.h"
#include "import/plain_field.h"
#include "import/plain_file.h"

/* Parts, and how far beyond its end the last row of one may reach; a part's buffer. */
enum { PLAIN_PART = 1 << 22, PLAIN_BEYOND = 1 << 16, PLAIN_BUFFER = PLAIN_PART + PLAIN_BEYOND + 64 };

enum plain_role { PLAIN_SKIP, PLAIN_TEXT, PLAIN_NUMBER };
struct plain_column {
    enum plain_role role;
    char ends;    /* what stands behind the field: the delimiter, or the line's end */
    size_t index; /* among the texts or numbers */
    /* of a part: */
    uint32_t *text;
    double *number;
    struct plain_code_table *codes;
};

struct plain_reader {
    int descriptor;
    size_t size, first; /* bytes; where the rows begin */
    double line_length; /* bytes, of the first lines */
    size_t n_columns;
    struct plain_column *columns;
    size_t n_texts, n_numbers;
};

enum plain_outcome { PLAIN_READ, PLAIN_ODD, PLAIN_NO_MEMORY };

/* Reads `length` bytes from byte `from`; false: they are not there. */
bool plain_read_bytes(const struct plain_reader *reader, size_t from, size_t length, char *out);

/* The file's part `index` into file->part[index]; `points` is added to. The part is untouched where the outcome is
 * another than PLAIN_READ. `buffer`: PLAIN_BUFFER bytes. */
enum plain_outcome plain_part_read(const struct plain_reader *reader, struct plain_file *file, size_t index,
                                   char *buffer, struct plain_points *points);

/* A part's column of n values; NULL: no memory. Columns of parts come and go while the panel grows: mapped on their
 * own, they leave nothing behind. */
void *plain_column_new(size_t n, size_t size);
void plain_column_free(void *column, size_t n, size_t size);
#endif

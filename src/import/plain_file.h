// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PLAIN_FILE_H
#define UTFALL_IMPORT_PLAIN_FILE_H
/*
 * Columns of a large delimited file, read quickly where the file is *plain*: ASCII, cut by commas or tabs, a field in
 * quotes only where it holds neither quote, delimiter nor line end, as many fields in each row as in the header, and
 * numbers with a decimal point. What is read is then what uf_read_delimited_checked reads. Of any other file, and of
 * any mistake in one, it says that it is not plain: the careful reader finds the place, and its words.
 *
 * The file is cut into parts of fixed length, read by all threads; each part has its own codes. Memory: four bytes for
 * each text and eight for each number.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>
#include <utfall/value_status.h>

#define PLAIN_EMPTY UINT32_MAX

struct plain_codes {
    char *bytes;      /* zero-terminated, one after the other */
    uint32_t *offset; /* count */
    size_t count;
};
/* Some rows: those that begin in one part of the file. */
struct plain_part {
    size_t n_rows, capacity;
    uint32_t **text;           /* n_texts × n_rows numbers of the part's codes; PLAIN_EMPTY: nothing there */
    struct plain_codes *codes; /* n_texts */
    double **number;           /* n_numbers × n_rows */
    uf_value_status **status;  /* n_numbers; NULL: all observed */
    bool in_block;             /* the numbers stand in the file's blocks */
};
struct plain_file {
    size_t n_parts, n_texts, n_numbers, n_rows;
    struct plain_part *part;
    double **block; /* n_numbers: room for the rows that the file's first ones let expect; NULL: given away */
    size_t block_rows, block_taken;
};

/* `*out_plain` false: nothing was read, and `out` is untouched. Names that the file does not have make it not plain
 * either. UF_NO_MEMORY. Cost: one pass over the bytes. */
uf_status plain_file_read(const char *path, const char *const *texts, size_t n_texts,
                          const char *const *numbers, size_t n_numbers, struct plain_file *out,
                          bool *out_plain, struct uf_error *error);
void plain_file_clear(struct plain_file *file);
/* Gives a column's memory back before the rest. */
void plain_file_drop_text(struct plain_file *file, size_t text);
void plain_file_drop_number(struct plain_file *file, size_t number);
/* The same, but for a block of the column's memory with room for `n` values, which free() gives back; NULL: none. What
 * has been in use need not be asked of the system again. */
double *plain_file_reuse_number(struct plain_file *file, size_t number, size_t n);
#endif

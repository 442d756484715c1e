// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_INPUT_SOURCE_H
#define UTFALL_IMPORT_INPUT_SOURCE_H
/* What an input is within: input.c opens it, input_walk.c goes through it. */
#include <stdio.h>
#include <utfall/file.h>
#include <utfall/text.h>

#include "import/encoding.h"
#include "import/input.h"

enum { UF_INPUT_BLOCK = 1 << 16 };

struct uf_input {
    char *name;
    FILE *file;         /* NULL: memory */
    const char *memory; /* borrowed, or `unpacked` */
    char *unpacked;     /* of a packed memory */
    size_t total, bom;
    bool binary;
    enum uf_encoding encoding;
    char sha256[UF_SHA256_SIZE];
    /* the walk */
    char *block;
    size_t block_start, block_end;
    size_t read; /* bytes taken from the source */
    size_t line_number;
    struct uf_buffer line;
};

uf_status uf_input_fail_reading(const struct uf_input *input, struct uf_error *error);
/* Fills the block; an empty block afterwards means the end. */
uf_status uf_input_fill(struct uf_input *input, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a file of Stata, SPSS or SAS, told apart by how it begins. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "import/format.h"

static void require(bool condition)
{
    if (!condition) abort();
}

static void read_cells(struct uf_reader *reader, struct uf_error *error)
{
    struct uf_cell cell;
    bool more = true;
    for (;;) {
        if (reader->format->next(reader, &cell, &more, error) != UF_OK) {
            require(error->message[0] != 0);
            return;
        }
        if (!more) return;
        size_t row = 0, column = 0;
        for (size_t d = 0; d < reader->dimensions.count; d++) {
            require(cell.codes[d] != NULL);
            reader->format->place(reader, d, &row, &column);
            require(row > 0);
        }
        if (cell.is_read) require((bool)isnan(cell.value) == uf_value_is_missing(cell.status));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct uf_dimension_role ROLE = {UF_ROLE_VALUE, "value"};
    static const struct uf_reader_wishes WISHES[] = {{0}, {.roles = &ROLE, .n_roles = 1}};
    struct uf_error error = {0};
    struct uf_input *input = NULL;
    if (uf_input_open_memory("fuzz", (const char *)data, size, NULL, &input, &error) != UF_OK) return 0;
    for (size_t i = 0; uf_input_is_binary(input) && i < sizeof WISHES / sizeof *WISHES; i++) {
        struct uf_reader reader = {0};
        if (uf_reader_open(input, NULL, &WISHES[i], &reader, &error) == UF_OK) {
            read_cells(&reader, &error);
            uf_reader_close(&reader);
        } else {
            require(error.message[0] != 0);
        }
    }
    uf_input_close(input);
    return 0;
}

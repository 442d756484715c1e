// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a file of figures: detection of encoding, delimiter and format, every cell of each format, the
 * place and the value of each cell.
 *
 * What must hold besides not crashing: a failure has a sentence that names the file, and a value is NaN if and
 * only if its status is a missing one.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
        uf_status status = reader->format->next(reader, &cell, &more, error);
        if (status != UF_OK) {
            require(error->message[0] != 0 && strcmp(error->file, "fuzz") == 0);
            return;
        }
        if (!more) return;
        size_t line = 0, column = 0;
        for (size_t d = 0; d < reader->dimensions.count; d++) {
            require(cell.codes[d] != NULL);
            reader->format->place(reader, d, &line, &column);
            require(line > 0);
        }
        reader->format->place(reader, UF_VALUE_PLACE, &line, &column);
        double value = 0;
        uf_value_status value_status = UF_VALUE_OBSERVED;
        if (uf_value_read(&reader->rules, cell.text, cell.length, cell.flags, &value, &value_status))
            require((bool)isnan(value) == uf_value_is_missing(value_status));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {NULL,       "csv-long", "csv-wide",         "eurostat-tsv",
                                          "sdmx-csv", "oecd-csv", "data-explorer-csv"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct uf_error error = {0};
        struct uf_input *input = NULL;
        if (uf_input_open_memory("fuzz", (const char *)data, size, NULL, &input, &error) != UF_OK) {
            require(error.message[0] != 0);
            return 0;
        }
        const struct uf_reader_wishes wishes = {0};
        struct uf_reader reader = {0};
        if (uf_reader_open(input, formats[i], &wishes, &reader, &error) == UF_OK) {
            read_cells(&reader, &error);
            uf_reader_close(&reader);
        } else {
            require(error.message[0] != 0);
        }
        uf_input_close(input);
    }
    return 0;
}

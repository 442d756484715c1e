// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a file of JSON: each reader of JSON, every cell, the place of each cell.
 *
 * What must hold besides not crashing: a failure has a sentence that names the file, a value is NaN if and only if
 * its status is a missing one, a cell stands somewhere, and a file opened twice gives as many cells.
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

static void check_cell(const struct uf_reader *reader, const struct uf_cell *cell, bool places)
{
    size_t line = 0, column = 0;
    double value = cell->value;
    uf_value_status status = cell->status;
    for (size_t d = 0; d < reader->dimensions.count; d++) {
        require(cell->codes[d] != NULL);
        if (places) reader->format->place(reader, d, &line, &column);
        require(!places || (line > 0 && column > 0));
    }
    if (places) reader->format->place(reader, UF_VALUE_PLACE, &line, &column);
    require(!places || (line > 0 && column > 0));
    if (cell->is_read ||
        uf_value_read(&reader->rules, cell->text, cell->length, cell->flags, &value, &status))
        require((bool)isnan(value) == uf_value_is_missing(status));
}

static size_t read_cells(struct uf_reader *reader)
{
    enum { PLACED = 8 }; /* each place is a walk over the file */
    struct uf_error error = {0};
    for (size_t n = 0;; n++) {
        struct uf_cell cell;
        bool more = true;
        require(reader->format->next(reader, &cell, &more, &error) == UF_OK);
        if (!more) return n;
        check_cell(reader, &cell, n < PLACED);
    }
}

static size_t read_file(struct uf_input *input, const char *format, const struct uf_reader_wishes *wishes)
{
    struct uf_error error = {0};
    struct uf_reader reader = {0};
    if (uf_reader_open(input, format, wishes, &reader, &error) != UF_OK) {
        require(error.message[0] != 0 && strcmp(error.file, "fuzz") == 0);
        return SIZE_MAX;
    }
    size_t n = read_cells(&reader);
    uf_reader_close(&reader);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"json-stat", "pxweb-json", "kolada"};
    static const struct uf_reader_wishes all = {0}, second = {.sheet = "2"};
    struct uf_error error = {0};
    struct uf_input *input = NULL;
    if (uf_input_open_memory("fuzz", (const char *)data, size, NULL, &input, &error) != UF_OK) {
        require(error.message[0] != 0);
        return 0;
    }
    if (!uf_input_is_binary(input))
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
            size_t n = read_file(input, formats[i], &all);
            require(read_file(input, formats[i], &all) == n);
        }
    const char *text = (const char *)data;
    if (size > 0 && (text[0] == '{' || text[0] == '[')) read_file(input, NULL, &second);
    uf_input_close(input);
    return 0;
}

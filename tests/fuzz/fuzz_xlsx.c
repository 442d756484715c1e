// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a workbook. A zip archive is taken as it is; other bytes are the XML of a sheet, its shared texts and
 * its styles, with a NUL between them, and are put into an archive here (else a check sum would stop all mutations).
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "import/format.h"
#include "support/workbook.h"

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
        char place[UF_READER_PLACE_SIZE];
        reader->format->name_place(reader, UF_VALUE_PLACE, place, sizeof place);
        require(place[0] != 0);
        if (cell.is_read) require((bool)isnan(cell.value) == uf_value_is_missing(cell.status));
    }
}

static void read_bytes(const char *bytes, size_t length, const struct uf_reader_wishes *wishes)
{
    struct uf_error error = {0};
    struct uf_input *input = NULL;
    struct uf_reader reader = {0};
    if (uf_input_open_memory("fuzz", bytes, length, NULL, &input, &error) != UF_OK) return;
    if (uf_input_is_binary(input)) {
        if (uf_reader_open(input, NULL, wishes, &reader, &error) == UF_OK) {
            read_cells(&reader, &error);
            uf_reader_close(&reader);
        } else {
            require(error.message[0] != 0);
        }
    }
    uf_input_close(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct uf_reader_wishes WISHES[] = {{0}, {.header_row = 2}, {.range = "B2:E9"}};
    char *made = NULL;
    const char *bytes = (const char *)data;
    if (size < 4 || memcmp(data, "PK\x03\x04", 4) != 0) {
        char *text = malloc(size + 1);
        require(text != NULL);
        memcpy(text, data, size);
        text[size] = '\0';
        const char *end = text + size, *strings = text + strlen(text) + 1;
        const char *styles = strings < end ? strings + strlen(strings) + 1 : end + 1;
        made = make_workbook(text, strings < end ? strings : NULL, styles < end ? styles : NULL, &size);
        free(text);
        bytes = made;
    }
    for (size_t i = 0; i < sizeof WISHES / sizeof *WISHES; i++) read_bytes(bytes, size, &WISHES[i]);
    free(made);
    return 0;
}

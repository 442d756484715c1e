// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a PX file: header, facts, every cell and its place, in the first language and in Swedish.
 *
 * What must hold besides not crashing: a failure names the file in a sentence; a value is NaN if and only if its
 * status is a missing one; without KEYS a file that is read to its end has as many cells as its dimensions make,
 * and each dimension has a label for each code.
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

static size_t check_facts(const struct uf_reader *reader)
{
    const struct uf_file_facts *facts = &reader->facts;
    size_t product = 1;
    require(facts->n_dimensions == reader->dimensions.count && facts->n_contents > 0);
    for (size_t d = 0; d < facts->n_dimensions; d++) {
        require(facts->dimensions[d].codes.count == facts->dimensions[d].labels.count);
        require(facts->dimensions[d].codes.count > 0);
        product *= facts->dimensions[d].codes.count;
    }
    for (size_t i = 0; i < facts->n_notes; i++)
        require(uf_text_is_utf8(facts->notes[i].text, strlen(facts->notes[i].text)));
    for (size_t i = 0; i < reader->notes.count; i++)
        require(uf_text_is_utf8(reader->notes.items[i], strlen(reader->notes.items[i])));
    return product;
}

static void read_cells(struct uf_reader *reader, size_t size, struct uf_error *error)
{
    struct uf_cell cell;
    bool more = true;
    size_t n = 0, product = check_facts(reader), line, column;
    for (;;) {
        if (reader->format->next(reader, &cell, &more, error) != UF_OK) {
            require(error->message[0] != 0 && strcmp(error->file, "fuzz") == 0 && error->line > 0);
            require(uf_text_is_utf8(error->message, strlen(error->message)));
            return;
        }
        if (!more) break;
        n++;
        require(cell.is_read && (bool)isnan(cell.value) == uf_value_is_missing(cell.status));
        for (size_t d = 0; d < reader->dimensions.count; d++) require(cell.codes[d] != NULL);
        if (n > 100) continue;
        reader->format->place(reader, UF_VALUE_PLACE, &line, &column);
        require(line > 0);
    }
    /* With KEYS rows of zeros may be left out. */
    require(n == product || (n < product && n <= size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const languages[] = {NULL, "sv"};
    for (size_t i = 0; i < 2; i++) {
        struct uf_error error = {0};
        struct uf_input *input = NULL;
        if (uf_input_open_memory("fuzz", (const char *)data, size, NULL, &input, &error) != UF_OK) {
            require(error.message[0] != 0);
            return 0;
        }
        const struct uf_reader_wishes wishes = {.language = languages[i]};
        struct uf_reader reader = {0};
        if (uf_reader_open(input, "px", &wishes, &reader, &error) == UF_OK) {
            read_cells(&reader, size, &error);
            uf_reader_close(&reader);
        } else {
            require(error.message[0] != 0 && uf_text_is_utf8(error.message, strlen(error.message)));
        }
        uf_input_close(input);
    }
    return 0;
}

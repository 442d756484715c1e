// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_CSV_CELLS_H
#define UTFALL_TESTS_CSV_CELLS_H
/* What a reader gives for a text, for tests of the formats of text tables. */
#include "import/format.h"

struct read_text {
    struct uf_input *input;
    struct uf_reader reader; /* stands behind the last cell */
    char *dimensions;        /* `region,period` */
    char *cells;             /* `20,2018=5/observed;` … */
};
/* Reads all cells of a text; the wishes and the format may be NULL. */
uf_status read_text(const char *text, const char *format, const struct uf_reader_wishes *wishes,
                    struct read_text *out, struct uf_error *error);
void read_text_free(struct read_text *read);
/* Fails the test unless the text has this format, these dimensions and cells. */
void expect_table(const char *text, const char *format, const char *dimensions, const char *cells);
/* Fails the test unless the text is refused at this place with these words. */
void expect_refusal(const char *text, const char *format, size_t line, size_t column, const char *words);
/* One of the reader's notes holds the words. */
bool has_reader_note(const struct uf_reader *reader, const char *words);
/* The label of a code among the facts; "" where there is none. */
const char *label_of(const struct uf_reader *reader, const char *dimension, const char *code);
/* The unit of a content among the facts; "" where there is none. */
const char *unit_of(const struct uf_reader *reader, const char *content);
#endif

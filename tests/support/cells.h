// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_CELLS_H
#define UTFALL_TESTS_CELLS_H
/* Files as texts, and their cells as text: for tests of readers. */
#include "import/format.h"

struct opened {
    struct uf_input *input;
    struct uf_reader reader;
};
/* Opens a text with a format (NULL: detected); fails the test where it cannot. */
struct opened open_cells(const char *text, const char *format, const struct uf_reader_wishes *wishes);
void close_cells(struct opened *opened);
/* Fails the test unless the file is refused at this place with these words. */
void expect_refused(const char *text, const char *format, const struct uf_reader_wishes *wishes, size_t line,
                    size_t column, const char *words);
/* Fails the test unless the cells are these, one a line: `20 2018 = 12.5 estimated`. */
void expect_cells(const char *text, const char *format, const struct uf_reader_wishes *wishes,
                  const char *expected);
/* Fails the test unless a note of the reader holds the words. */
void expect_note(const struct uf_reader *reader, const char *words);
/* Fails the test unless the file has a note on this scope that holds the words. */
void expect_file_note(const struct uf_reader *reader, const char *scope, const char *words);
#endif

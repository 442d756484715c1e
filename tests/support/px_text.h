// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_PX_TEXT_H
#define UTFALL_TESTS_PX_TEXT_H
/* PX files as texts: read, and what they gave or why they were refused. */
#include <stdbool.h>

#include "import/format.h"

struct px {
    struct uf_input *input;
    struct uf_reader reader;
    struct uf_error error;
    uf_status status;
};

struct px px_open_bytes(const char *text, size_t length, const struct uf_reader_wishes *wishes);
struct px px_open(const char *text);
struct px px_read_well(const char *text);
void px_close(struct px *px);
/* All cells as `code code=value ` with a status beside a missing or remarkable value. */
char *px_cells(struct px *px);
void px_expect_cells(const char *text, const char *expected);
/* The file is refused, in opening or on the way, at that place with these words. */
void px_expect_failure(const char *text, size_t line, size_t column, const char *words);
bool px_has_note(const struct px *px, const char *words);
void px_expect_note(const char *text, const char *words);
const char *px_fact_note(const struct px *px, const char *scope, const char *words);

/* What is required beside the cube, so that notes are about what a test is about. */
#define ADMINISTRATION                                                                                       \
    "CHARSET=\"ANSI\";\nMATRIX=\"M\";SUBJECT-CODE=\"S\";SUBJECT-AREA=\"A\";TITLE=\"T\";CONTENTS=\"C\";"      \
    "UNITS=\"persons\";DECIMALS=0;\n"
/* Two lines, then a cube of 2 x 2 in lines 3 to 7 */
#define CUBE                                                                                                 \
    ADMINISTRATION "STUB=\"region\";\nHEADING=\"year\";\nVALUES(\"region\")=\"Riket\",\"Stockholm\";\n"      \
                   "VALUES(\"year\")=\"2001\",\"2002\";\nCODES(\"region\")=\"00\",\"01\";\n"
#endif

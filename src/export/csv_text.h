// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_EXPORT_CSV_TEXT_H
#define UTFALL_EXPORT_CSV_TEXT_H
/* A text as a field of a CSV file, so that it comes back as it was, and so that a spreadsheet leaves it alone. */
#include <utfall/text.h>

/* How a field is guarded against the program that opens the file. */
enum export_guard {
    EXPORT_PLAIN, /* quoted where CSV asks for it */
    EXPORT_CODE, /* a code: `="…"` where a spreadsheet would read a number, a date, a truth value or a formula */
    EXPORT_WORDS /* words for people: an apostrophe before what would be a formula */
};
void export_csv_field(struct uf_buffer *out, const char *text, char delimiter, enum export_guard guard);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_NUMBER_H
#define UTFALL_NUMBER_H
/* Numbers in and out of text, independent of the process's locale. */
#include <stdbool.h>
#include <utfall/language.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UF_NUMBER_SIZE = 64 };

/* Reads the whole of `text[0..length)` as a decimal number: optional sign (also U+2212), digits with `decimal`
 * ('.' or ',') and an exponent. Nothing else is a number: no blanks, no thousands separators, no hex, no
 * "nan"/"inf". Correctly rounded. Returns false and leaves `*out` alone when it is not one. Cost: linear, no
 * allocation in the usual case. */
bool uf_number_parse(const char *text, size_t length, char decimal, double *out);

/* As uf_number_parse, and accepts groups of three separated by `group` (' ', '.', ',', or U+00A0 and U+202F
 * where `group` is ' '), as in `1 234 567,8`. */
bool uf_number_parse_grouped(const char *text, size_t length, char decimal, char group, double *out);

/* The shortest text with a decimal point that reads back as the same double; "NaN", "Inf", "-Inf" for those.
 * Writes at most UF_NUMBER_SIZE bytes and returns `buffer`. */
char *uf_number_print(double value, char buffer[UF_NUMBER_SIZE]);

/* For people: `decimals` digits after the mark (-1: as many as needed, at most 6, and 1.23e-08 below 1e-4),
 * decimal comma and no-break space between thousands in Swedish, decimal point and comma in English, U+2212
 * as minus, an en dash for NaN. */
char *uf_number_format(double value, int decimals, enum uf_language language, char buffer[UF_NUMBER_SIZE]);

#ifdef __cplusplus
}
#endif
#endif

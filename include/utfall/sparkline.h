// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_SPARKLINE_H
#define UTFALL_SPARKLINE_H
/*
 * A short series in one cell of a table: a text column named `sparkline`, or whose name ends in `_sparkline`,
 * holds texts such as `2015=31.4 2016= 2017=33`: periods in order, each with its number (decimal point) or
 * nothing where it is missing. Files keep the text as it is; the HTML report draws each cell as a small line
 * with its last value marked, over the range of its own row, and says first, last, lowest and highest in words;
 * a terminal shows a row of blocks. The column's decimals are those of the words.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { UF_SPARKLINE_MOST = 400, UF_SPARKLINE_PERIOD_SIZE = 32 };

struct uf_sparkline_point {
    char period[UF_SPARKLINE_PERIOD_SIZE];
    double value; /* NaN: missing */
};

/* True for the names above. */
bool uf_sparkline_is_column(const char *name);

/* The text of a cell from `n` periods (no blanks, no `=`) and values (NaN: missing); the caller frees it. The
 * numbers read back as the same doubles. UF_BAD_USAGE for a period that is empty, too long or holds such a
 * character, or for more than UF_SPARKLINE_MOST points. Cost: linear. */
uf_status uf_sparkline_print(const char *const *periods, const double *values, size_t n, char **out,
                             struct uf_error *error);

/* Reads such a text (NULL or empty: no points) into `out`, which has room for UF_SPARKLINE_MOST; their number
 * goes to `out_n`. UF_BAD_INPUT where it is not one. Cost: linear. */
uf_status uf_sparkline_parse(const char *text, struct uf_sparkline_point *out, size_t *out_n,
                             struct uf_error *error);

#ifdef __cplusplus
}
#endif
#endif

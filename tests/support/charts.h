// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_TESTS_CHARTS_H
#define UTFALL_TESTS_CHARTS_H
/* One realistic chart of each kind, for tests of the chart room. */
#include <utfall/chart.h>

enum { SAMPLE_CHARTS = 12 };
/* The request and its tables, in a language; the tables live until sample_chart_free. `index` is that of
 * uf_chart_kinds. */
struct sample_chart {
    struct uf_chart_request request;
    struct uf_table *table, *placebos, *tiles;
};
struct sample_chart sample_chart_new(size_t index, enum uf_language language);
void sample_chart_free(struct sample_chart *sample);

/* A small GeoJSON file of three regions, one with a hole and an island, in the scratch directory. */
const char *sample_geometry(void);

/* A table with the given columns; `kinds` has a letter per column: t text, n number with 0 decimals, 1 to 4
 * with that many. */
struct uf_table *sample_table(const char *name, const char *const *columns, const char *kinds);
/* Appends a row; the texts go to the text columns and the numbers to the number columns, in order. */
void sample_row(struct uf_table *table, const char *const *texts, const double *numbers);
#endif

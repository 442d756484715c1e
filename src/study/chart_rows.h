// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_STUDY_CHART_ROWS_H
#define UTFALL_STUDY_CHART_ROWS_H
/* Which rows of a method's table a picture shows, and in which order. What changes a figure's table gives it its own copy. */
#include "study/run.h"

enum { CHART_MAX_FACETS = 6 };
struct chart_facet {
    const char *value; /* of the facet's column; NULL: the whole table */
    const char *label;
};

/* The values of a column that stand for the focus regions, by code or by name; without a focus the first few. Gives their
 * number. */
size_t chart_facets(const struct run_analysis *analysis, const struct uf_table *table, size_t column,
                    struct chart_facet facets[CHART_MAX_FACETS]);
/* The rows whose column has that value; the caller frees the table. */
uf_status chart_filter_facet(const struct uf_table *table, size_t column, const char *value,
                             struct uf_table **out, struct uf_error *error);
/* The rows that the hint is about. */
uf_status chart_filter_rows(const struct uf_chart_hint *hint, struct run_figure *figure,
                            struct uf_error *error);
/* Bars in the order of their length, longest first, or shortest where that is the best. */
uf_status chart_sort_bars(const struct uf_chart_hint *hint, struct run_figure *figure,
                          struct uf_error *error);
/* Of more regions than a heat map can hold, those of the focus regions' countries: their codes begin alike. */
uf_status chart_narrow_heat_map(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                                struct run_figure *figure, struct uf_error *error);
/* Of more regions than stacked bars in small panels can be read for, those in focus; `n_left_out` are the others. */
uf_status chart_narrow_panels(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                              struct run_figure *figure, struct uf_error *error);
#endif

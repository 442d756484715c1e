// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_LINE_BANDS_H
#define UTFALL_CHART_LINE_BANDS_H
/* Bands around the lines in colour: a pale area between `low` and `high`, dashed lines at `low2` and `high2`. */
#include "chart/drawing.h"

struct uf_line_bands {
    size_t column[4];  /* of the table: low, high, low2, high2; SIZE_MAX: none */
    bool inner, outer; /* some line in colour has one */
    double low, high;  /* of what is drawn */
    /* points in colour, and those where the reference lies outside */
    size_t n, n_inner_apart, n_outer_apart;
};

/* Only columns that were asked for. */
uf_status uf_line_bands_find(const struct uf_chart_request *request, struct uf_line_bands *out,
                             struct uf_error *error);
/* A row of a line in colour: its limits count for the axis. */
void uf_line_bands_read(const struct uf_chart_request *request, size_t row, struct uf_line_bands *bands);
/* `,low,high,low2,high2` and a row's; nothing where no bands are drawn. `coloured` false: empty cells. */
void uf_line_bands_head(struct uf_drawing *drawing, const struct uf_line_bands *bands);
void uf_line_bands_write(struct uf_drawing *drawing, const struct uf_line_bands *bands, size_t row,
                         bool coloured);
/* The legend's items (2; words NULL: none). */
void uf_line_bands_legend(const struct uf_chart_request *request, const struct uf_line_bands *bands,
                          struct uf_legend_item *items);
uf_status uf_line_bands_say(struct uf_drawing *drawing, const struct uf_line_bands *bands,
                            struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_ROWS_H
#define UTFALL_CHART_ROWS_H
/* Rows of horizontal bars: wrapped labels to the left, a value axis below, room for a text beyond each end. */
#include "chart/axis.h"

struct uf_row {
    char *label;
    bool focus;
    double low_end, high_end; /* what is drawn reaches from here to there; NaN: nothing */
    char text[64];            /* printed beyond the end, or in a column at the right */
    bool text_left;           /* beyond the low end */
    const char *missing;      /* why there is no value: printed beyond what is drawn; NULL: there is one */
};

struct uf_rows {
    struct uf_row *rows;
    size_t n, capacity;
    double origin;            /* where bars begin */
    bool column;              /* the texts stand in a column at the right edge, else at the bars' ends */
    const char *column_title; /* above the column; NULL: none */
    bool whole;               /* numbers of things or ranks: no tic between two of them */
    double row_height;
    struct uf_axis axis;
};

void uf_rows_clear(struct uf_rows *rows);
/* A new row with a copy of the label; its index. */
uf_status uf_rows_add(struct uf_rows *rows, const char *label, size_t *out, struct uf_error *error);
/* Places everything from `top` down: labels, axis, tics, texts, axis title; writes the variables; returns the
 * bottom. `also` is a value that must be within the axis (a reference line); NaN: none. */
double uf_rows_place(struct uf_rows *rows, struct uf_drawing *drawing, double top, double also);
#endif

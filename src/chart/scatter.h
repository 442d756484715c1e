// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_SCATTER_H
#define UTFALL_CHART_SCATTER_H
/* What a scatter is made of, between reading it (scatter_points.c), placing it (scatter.c) and telling it (scatter_words.c). */
#include <stdbool.h>
#include <stddef.h>

#include "chart/axis.h"
#include "chart/drawing.h"

enum { MOST_GROUPS = 6 };
#define LARGEST_RADIUS 24.0

struct point {
    size_t row;
    const char *label, *code;
    double x, y, size, radius;       /* radius in pixels */
    double low, high, x_low, x_high; /* bands; NaN: none */
    size_t group;                    /* from 1; 0: no groups */
    size_t focus;                    /* place in the request's list; SIZE_MAX: not in focus */
    bool no_size;                    /* sizes are shown and this one is missing */
};

struct scatter {
    const struct uf_table *table;
    size_t label, x, y, size, group, code, low, high, x_low, x_high;
    bool any_band;
    struct point *points; /* in the order of drawing: what others may hide first */
    size_t n, n_focus, n_no_size;
    size_t *missing; /* rows that cannot be placed */
    size_t n_missing;
    struct uf_text_list groups;
    double largest;
    struct uf_axis x_axis, y_axis;
    bool has_fit;
    double intercept, slope, r_squared;
    double slope_shown; /* three digits */
};

/* A table → points in the order of drawing, and the line where one is asked for. */
uf_status scatter_read(const struct uf_chart_request *request, struct scatter *scatter,
                       struct uf_error *error);
/* Lets the range hold a finite value too. */
void scatter_widen(double *low, double *high, double value);
/* `Not shown: Gotland (missing: confidential) and 3 others.`; NULL: all are shown. The caller frees it. */
char *scatter_missing_words(const struct uf_drawing *drawing, const struct scatter *scatter);
/* The points as rows of the chart's data. */
void scatter_write_data(struct uf_drawing *drawing, const struct scatter *scatter);
/* The chart in words, for its alternative text. */
uf_status scatter_say(struct uf_drawing *drawing, const struct scatter *scatter, struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_SMALL_MULTIPLES_H
#define UTFALL_CHART_SMALL_MULTIPLES_H
/* What small multiples are made of, between placing them (small_multiples.c) and their data and words
 * (small_multiples_words.c). */
#include <stdbool.h>
#include <stddef.h>

#include "chart/axis.h"
#include "chart/panels.h"

/* A bar's piece, or its sum. */
struct stack {
    double up, down, sum;
    bool whole; /* no part is missing */
    size_t n;
};

struct multiples {
    struct uf_panels panels;
    bool bars, lying, dots;
    size_t low, high; /* dots and bars: columns of the interval; SIZE_MAX: none */
    double *edge;     /* bars: where each value's piece ends, away from 0; NaN: missing */
    bool any_band;
    struct stack *stacks; /* panel × category */
    struct uf_axis x, y;  /* of one panel, in pixels from its corner */
    double labels_width;
};

static inline struct stack *multiples_stack(const struct multiples *multiples, size_t panel, size_t category)
{
    return &multiples->stacks[panel * multiples->panels.categories.count + category];
}

/* The rows of the chart's data, one way or the other. */
void multiples_write_lines(struct uf_drawing *drawing, const struct multiples *multiples);
void multiples_write_bars(struct uf_drawing *drawing, const struct multiples *multiples);
/* What the interval of the i-th value makes of where its piece ends. */
struct multiples_interval multiples_whisker(const struct multiples *multiples, size_t i);
void multiples_write_dots(struct uf_drawing *drawing, const struct multiples *multiples);
struct multiples_interval {
    double low, high;
};
/* The interval of a value; NaN where there is none. */
struct multiples_interval multiples_interval(const struct multiples *multiples,
                                             const struct uf_panel_value *value);
/* Widens a range to hold all intervals. */
void multiples_intervals_range(const struct multiples *multiples, double *low, double *high);
uf_status multiples_say_dots(struct uf_drawing *drawing, const struct multiples *multiples, size_t panel,
                             struct uf_error *error);
/* The chart in words, for its alternative text. */
uf_status multiples_say(struct uf_drawing *drawing, const struct multiples *multiples,
                        struct uf_error *error);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_END_LABELS_H
#define UTFALL_CHART_END_LABELS_H
/* Labels at the ends of lines, moved apart as little as possible. */
#include "chart/drawing.h"

struct uf_end_label {
    double x, y;    /* the end of the line, pixels */
    double label_y; /* where the words stand */
    int look;
    bool left;       /* the words stand at the left of the picture, and end there */
    char *words;     /* owned by the caller */
    char number[64]; /* follows the words, never cut */
};

/* Least-squares places: keeps the order of y, `gap` apart, within [top, bottom] as far as they fit. Sorts the
 * labels by y. O(n log n). */
void uf_end_labels_spread(struct uf_end_label *labels, size_t n, double gap, double top, double bottom);
/* Spreads and places the words at `x`, writes the leaders' ends (leader_x, leader_y, leader_to_x,
 * leader_to_y) for moved labels. */
void uf_end_labels_place(struct uf_drawing *drawing, struct uf_end_label *labels, size_t n, double x,
                         double top, double bottom);
/* The same with those of the left ending at `left_x`, each side spread by itself. */
void uf_end_labels_place_sides(struct uf_drawing *drawing, struct uf_end_label *labels, size_t n,
                               double left_x, double right_x, double top, double bottom);
/* Cuts words longer than `most`; returns the width of the widest. */
double uf_end_labels_width(struct uf_drawing *drawing, struct uf_end_label *labels, size_t n, double most);
#endif

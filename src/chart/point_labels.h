// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_POINT_LABELS_H
#define UTFALL_CHART_POINT_LABELS_H
/* Labels beside points of a scatter: none upon another, nor upon a point that is not its own where there is
 * another place; a thin line leads to the point where the label stands further away. What does not fit is left
 * out. The same points give the same places. */
#include "chart/drawing.h"

struct uf_box {
    double left, top, right, bottom;
};
struct uf_circle {
    double x, y, radius;
    bool focus;
};
struct uf_segment {
    double x1, y1, x2, y2;
};

struct uf_point_label {
    size_t circle;    /* its point, an index of the circles */
    const char *text; /* borrowed */
    bool focus;       /* bold, may stand further away, and upon grey points rather than not at all */
    /* out */
    bool placed;
    struct uf_box box;
    int align;
    struct uf_text_list lines;
    bool has_leader;
    struct uf_segment leader; /* from the point's edge to the label */
};

/* What labels keep clear of. */
struct uf_label_field {
    struct uf_box area; /* labels stay within */
    const struct uf_circle *circles;
    size_t n_circles;
    const struct uf_box *taken; /* other words */
    size_t n_taken;
    const struct uf_segment *lines; /* crossed only where there is no other place */
    size_t n_lines;
};

/* Places the labels in the order given, the important ones first. Cost: labels × places × circles; a label has
 * at most 120 places. */
uf_status uf_point_labels_place(struct uf_point_label *labels, size_t n, const struct uf_label_field *field,
                                struct uf_error *error);
/* The words as texts of the drawing, the lines as leader_x, leader_y, leader_to_x, leader_to_y, and the paper behind these and
 * the other words (`taken`) as paper_left, paper_right, paper_top, paper_bottom. */
void uf_point_labels_write(struct uf_drawing *drawing, const struct uf_point_label *labels, size_t n,
                           const struct uf_box *taken, size_t n_taken);
void uf_point_labels_clear(struct uf_point_label *labels, size_t n);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_DRAWING_H
#define UTFALL_CHART_DRAWING_H
/*
 * A chart while it is being laid out: the data file, the variables of the script, the texts with their
 * places, the alt text.
 *
 * Lengths are pixels of 1/96 inch from the top left corner. Appending never fails at once: a failed
 * allocation is remembered and told by uf_drawing_status, once, at the end.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/chart.h>
#include <utfall/text.h>

enum uf_align { UF_ALIGN_LEFT = -1, UF_ALIGN_CENTRE = 0, UF_ALIGN_RIGHT = 1 };

/* What a text is; style.gp gives each its size, weight and colour, in this order. */
enum uf_look {
    UF_LOOK_TITLE = 1,
    UF_LOOK_SUBTITLE,
    UF_LOOK_SOURCE,
    UF_LOOK_LABEL,
    UF_LOOK_LABEL_FOCUS,
    UF_LOOK_VALUE,
    UF_LOOK_MISSING,
    UF_LOOK_AXIS,
    UF_LOOK_PANEL,
    UF_LOOK_BENCHMARK,
    UF_LOOK_CONTEXT,
    UF_LOOK_FOCUS_1 /* and the following five */
};
enum { UF_FOCUS_COLOURS = 6 };

/* The signs of the legend row; style.gp draws them. */
enum uf_legend_sign {
    UF_SIGN_PART_1 = 1, /* and the following six: a component of a stack */
    UF_SIGN_TOTAL = 11,
    UF_SIGN_CONTEXT = 12,
    UF_SIGN_BENCHMARK = 13,
    UF_SIGN_BAND = 14,
    UF_SIGN_BAND2 = 15,
    UF_SIGN_OMITTED = 16,
    UF_SIGN_MISSING_1 = 17, /* and the following two: a reason each */
    UF_SIGN_CLASS_1 = 21,   /* and the following four */
    UF_SIGN_SHAPE_1 = 31,   /* and the following five: a group of points */
    UF_SIGN_POINT_CONTEXT = 37,
    UF_SIGN_FIT = 38,
    UF_SIGN_NO_SIZE = 39,
    UF_SIGN_REFERENCE = 40,
    UF_SIGN_LINE_1 = 41, /* and the following five: a line in colour */
    UF_SIGN_AREA = 51,
    UF_SIGN_AREA2 = 52
};

enum { UF_BODY_SIZE = 12, UF_LINE_HEIGHT = 16 };
#define UF_PAD 8.0

struct uf_placed_text {
    double x, y; /* y is the middle of the line */
    int align, look;
    char *text;
};

struct uf_placed_sign {
    double x, y;
    int sign;
};

struct uf_drawing {
    const struct uf_chart_request *request;
    enum uf_language language;
    double width, height;
    double source_height;
    struct uf_buffer csv, variables, alt;
    struct uf_placed_text *texts;
    size_t n_texts, texts_capacity;
    struct uf_placed_sign *signs;
    size_t n_signs, signs_capacity;
    bool failed;
};

void uf_drawing_init(struct uf_drawing *drawing, const struct uf_chart_request *request);
void uf_drawing_clear(struct uf_drawing *drawing);
uf_status uf_drawing_status(const struct uf_drawing *drawing, struct uf_error *error);

/* --- the script --------------------------------------------------------------------------------- */

/* Appends a gnuplot string expression of single-quoted parts and constants, in which nothing is special:
 * control characters to blanks, bytes that are not UTF-8 to `?`. */
void uf_quote(struct uf_buffer *buffer, const char *text);
void uf_append_number(struct uf_buffer *buffer, double value); /* decimal point, NaN as `NaN` */
void uf_drawing_number(struct uf_drawing *drawing, const char *variable, double value);
void uf_drawing_string(struct uf_drawing *drawing, const char *variable, const char *text);
/* `array VARIABLE[n]` and `n_VARIABLE`; an empty array has one unused element, since gnuplot knows none of
 * length 0. */
void uf_drawing_numbers(struct uf_drawing *drawing, const char *variable, const double *values, size_t n);
void uf_drawing_strings(struct uf_drawing *drawing, const char *variable, const char *const *texts, size_t n);

/* --- what is placed ----------------------------------------------------------------------------- */

void uf_drawing_text(struct uf_drawing *drawing, double x, double y, int align, int look, const char *text);
/* One line of at most `width`, cut with an ellipsis where it is longer; returns its width. */
double uf_drawing_fitted(struct uf_drawing *drawing, double x, double y, int align, int look, double size,
                         double width, const char *text);
void uf_drawing_sign(struct uf_drawing *drawing, double x, double y, int sign);
/* Several lines, the first at `y`; returns the y after the last. `text` is wrapped to `width`. */
double uf_drawing_paragraph(struct uf_drawing *drawing, double x, double y, double width, int look,
                            double size, double line_height, const char *text);
/* A row of signs with words from `x`, wrapped at the right edge; returns the y below it. Items with NULL
 * words are left out. */
struct uf_legend_item {
    int sign;
    const char *words;
};
double uf_drawing_legend(struct uf_drawing *drawing, double x, double y, const struct uf_legend_item *items,
                         size_t n);

/* Title and subtitle; returns the y below them. Then the content; then the source line and the height of the
 * canvas. */
double uf_drawing_head(struct uf_drawing *drawing);
void uf_drawing_foot(struct uf_drawing *drawing, double content_bottom);
/* The height left for a plot that begins at `top` and needs `below` under it, when the request asks for a
 * height; else `standard`. */
double uf_drawing_plot_height(const struct uf_drawing *drawing, double top, double below, double standard);
void uf_drawing_plot_area(struct uf_drawing *drawing, double left, double right, double top, double bottom);

/* --- data file ---------------------------------------------------------------------------------- */

void uf_csv_number(struct uf_drawing *drawing, double value, char end); /* NaN: an empty cell */
void uf_csv_text(struct uf_drawing *drawing, const char *text, char end);

/* --- alt text ----------------------------------------------------------------------------------- */

/* Appends a sentence and a blank. */
uf_status uf_drawing_say(struct uf_drawing *drawing, struct uf_words words,
                         const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error);
/* The opening: kind of chart, title, subtitle. */
uf_status uf_drawing_say_kind(struct uf_drawing *drawing, struct uf_words kind, struct uf_error *error);

/* Which kinds there are; each lays one out. */
uf_status uf_bars_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_stacked_bars_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_lines_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_event_study_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_synthetic_control_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_tile_map_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_scatter_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_heat_map_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_intervals_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_small_multiples_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_map_lay_out(struct uf_drawing *drawing, struct uf_error *error);
uf_status uf_histogram_lay_out(struct uf_drawing *drawing, struct uf_error *error);
#endif

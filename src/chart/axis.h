// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_AXIS_H
#define UTFALL_CHART_AXIS_H
/* An axis: its limits, its tics at round numbers, and the place of a value in pixels. */
#include "chart/drawing.h"

struct uf_axis {
    double low, high;   /* of the picture */
    double first, step; /* tics at first, first + step, … */
    size_t n_tics;
    int decimals;      /* that the tics need */
    double start, end; /* pixels of low and high; the axis may run downwards */
};

/* Limits that hold [low, high] and tics at 1, 2, 2.5 or 5 times a power of ten, about `target` of them. A
 * range of no width is widened. With `whole`, no step below 1. */
struct uf_axis uf_axis_round(double low, double high, int target, bool whole);
/* As uf_axis_round, but the picture ends at the data: only tics within [low, high]. */
struct uf_axis uf_axis_tight(double low, double high, int target, bool whole);
/* As uf_axis_tight, widened so that `room_low` pixels are free below the data and `room_high` above, on a stretch
 * from `start` to `end`. */
struct uf_axis uf_axis_roomy(double low, double high, int target, double start, double end, double room_low,
                             double room_high);
/* The i-th tic and its words; `plain`: no thousands separators. */
double uf_axis_tic(const struct uf_drawing *drawing, const struct uf_axis *axis, size_t i, bool plain,
                   char text[64]);
double uf_axis_place(const struct uf_axis *axis, double value);
/* The tics as `NAME_at` and `NAME_text`, limits as `NAME_low` and `NAME_high`. `plain`: no thousands
 * separators (years). */
void uf_axis_write(struct uf_drawing *drawing, const struct uf_axis *axis, const char *name, bool plain);
/* In how many parts (1, 2, 4, 12; 0: none of these) the years of an axis are divided that has this place too; `so_far` is 1 for
 * the first. NaN changes nothing. */
int uf_year_parts(int so_far, double place);
/* A place on an axis of years as a period, `2018`, `2018H1`, `2018Q2`, `2018M05`; without parts the plain number. */
void uf_year_text(double place, int parts, enum uf_language language, char text[64]);
/* The same with what a sentence has before it: `in 2018`, `år 2018`, `perioden 2018Q2`. */
void uf_year_words(double place, int parts, enum uf_language language, char text[64]);
/* The vertical line at the request's `marked_x` (or `standard`; NaN: none): its place and, above the plot,
 * its words. */
void uf_axis_mark(struct uf_drawing *drawing, const struct uf_axis *x, double standard, double top);
/* Words centred at `x`, moved where they would leave the canvas. */
void uf_mark_words(struct uf_drawing *drawing, double x, double y, const char *words);
/* The width of the widest tic. */
double uf_axis_width(const struct uf_drawing *drawing, const struct uf_axis *axis);
#endif

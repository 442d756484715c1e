// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_REASONS_H
#define UTFALL_CHART_REASONS_H
/* The reasons why parts of a picture are missing, numbered in order of appearance, each with a hatching; and the
 * legend of classes that goes with them. */
#include "chart/classes.h"
#include "chart/drawing.h"

enum { UF_HATCHINGS = 3 }; /* a fourth and later reason share the third's */

/* The number of a reason's words, from 1; new ones are added to the list. 0: out of memory, remembered by the
 * drawing. */
int uf_reason_number(struct uf_drawing *drawing, struct uf_text_list *reasons, const char *words);
/* Why a region or cell that the table does not have is missing. */
const char *uf_reason_absent(enum uf_language language);
/* Axis words, five classes from the highest, then a hatched sign per reason, from `top` at `x`.
 * Returns the y below. */
double uf_classes_legend(struct uf_drawing *drawing, const struct uf_classes *classes,
                         const struct uf_text_list *reasons, double x, double top);
/* The same in rows across the picture. */
double uf_classes_legend_row(struct uf_drawing *drawing, const struct uf_classes *classes,
                             const struct uf_text_list *reasons, double top);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CHART_CLASSES_H
#define UTFALL_CHART_CLASSES_H
/* Five classes of values for a map. Limits are rounded to the decimals shown and values are classed as they
 * are shown, so that the words of the legend ("21,5–23,0") are exact. */
#include <stddef.h>
#include <utfall/language.h>

enum { UF_CLASSES = 5 };

struct uf_classes {
    double limits[UF_CLASSES - 1]; /* rising; a value at a limit belongs to the class above it */
    int decimals;
};

/* Fifths of the values (each class about as many regions), or, where `middle` is a number, five equal steps
 * with `middle` in the centre of the third and the outer two open. NaN values are passed over; at least one
 * must be a number. O(n log n). */
struct uf_classes uf_classes_of(const double *values, size_t n, double middle, int decimals);
/* 1 to 5; 0 for NaN. */
int uf_class_of(const struct uf_classes *classes, double value);
/* `under 21,5`, `21,5–22,9`, …, `30,1 eller mer`; the caller frees it, NULL: out of memory. */
char *uf_class_words(const struct uf_classes *classes, int class, enum uf_language language);
#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_PERIOD_H
#define UTFALL_PERIOD_H
/*
 * A period is a year, half-year, quarter, month, week, or a span of years, held as one integer that sorts in
 * time: `year * 1000 + kind * 100 + part`, so that 2018 is 2018000, 2018K1 (or 2018Q1, 2018-Q1) is 2018201.
 * A plain year is what nearly all regional tables have.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <utfall/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t uf_period;
enum uf_period_kind {
    UF_PERIOD_YEAR = 0,
    UF_PERIOD_HALF = 1,
    UF_PERIOD_QUARTER = 2,
    UF_PERIOD_MONTH = 3,
    UF_PERIOD_WEEK = 4,
    UF_PERIOD_SPAN = 5 /* part: number of years, 2 to 99, beginning with `year` */
};
enum { UF_PERIOD_SIZE = 16 };

/* Reads `2018`, `2018H1`, `2018S1` and `2018-S1`, `2018K1`, `2018Q1`, `2018-Q1`, `2018M01`, `2018-01`, `2018W05`,
 * `2017/18`, `2017/2018`, `2015-2017`, `2015-01-01/P3Y`. Years 1000 to 2999. Returns false, `*out` untouched, for
 * anything else. */
bool uf_period_parse(const char *text, size_t length, uf_period *out);
/* As `2018`, `2018H1`, `2018Q1`, `2018M01`, `2018W05`, `2015-2017`; returns `buffer`. */
char *uf_period_print(uf_period period, char buffer[UF_PERIOD_SIZE]);
/* The plain year, its year, its kind. O(1). */
uf_period uf_period_from_year(int year);
int uf_period_year(uf_period period);
enum uf_period_kind uf_period_kind_of(uf_period period);
/* Its place on an axis of years: where it begins (2018Q2: 2018.25), the middle of a span. O(1). */
double uf_period_in_years(uf_period period);
/* The period that many steps later (negative: earlier) of the same kind. */
uf_period uf_period_add(uf_period period, int steps);
/* b - a in steps of their kind; the kinds must be equal. */
int uf_period_difference(uf_period a, uf_period b);

#ifdef __cplusplus
}
#endif
#endif

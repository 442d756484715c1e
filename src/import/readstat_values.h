// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_READSTAT_VALUES_H
#define UTFALL_IMPORT_READSTAT_VALUES_H
/*
 * How a statistics program's numbers become texts: codes keep their zeros, and dates become periods where the
 * program shows them so.
 */
#include <stdint.h>

#include "import/table_text.h"

enum uf_program { UF_PROGRAM_STATA, UF_PROGRAM_SPSS, UF_PROGRAM_SAS, UF_PROGRAM_SAS_TRANSPORT };

/* What a number counts, by the format that it is shown in. */
enum uf_count {
    UF_COUNT_NUMBER,
    UF_COUNT_DAYS,
    UF_COUNT_MOMENTS, /* seconds or less */
    UF_COUNT_WEEKS,
    UF_COUNT_MONTHS,
    UF_COUNT_QUARTERS,
    UF_COUNT_HALVES,
    UF_COUNT_YEARS,
    UF_COUNT_MONTH_OF_DATE, /* a day or moment of which only this is shown */
    UF_COUNT_QUARTER_OF_DATE,
    UF_COUNT_YEAR_OF_DATE
};
struct uf_shown {
    enum uf_count count;
    int64_t per_day; /* 1, or moments a day */
    int64_t epoch;   /* the day 0, in days since 1970 */
    unsigned zeros;  /* least number of digits */
};
/* From a format such as `%tm`, `%02.0f`; `MOYR6`, `N4`; `YYQ6.`, `Z4.`. */
struct uf_shown uf_shown_as(enum uf_program program, const char *format);
bool uf_shown_is_date(const struct uf_shown *shown); /* has a day, for a grain of dates */
/* Whole days since 1970; false for a number that is no date. */
bool uf_shown_day(const struct uf_shown *shown, double number, int64_t *out);
/* The shortest text. `grain`: of the variable's dates; `is_float`: the number has the precision of a float. */
void uf_shown_print(const struct uf_shown *shown, double number, bool is_float,
                    const struct uf_date_grain *grain, char out[64]);
#endif

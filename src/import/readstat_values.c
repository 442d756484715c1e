// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/number.h>

#include "import/readstat_values.h"

enum {
    DAYS_1960 = -3653,   /* 1960-01-01: Stata and SAS */
    DAYS_1582 = -141428, /* 1582-10-14: SPSS */
    SECONDS_A_DAY = 86400,
    MILLISECONDS_A_DAY = 86400000
};

struct known_format {
    const char *name;
    enum uf_count count;
    int64_t per_day;
};
static const struct known_format STATA[] = {
    {"td", UF_COUNT_DAYS, 1},
    {"d", UF_COUNT_DAYS, 1},
    {"tc", UF_COUNT_MOMENTS, MILLISECONDS_A_DAY},
    {"tw", UF_COUNT_WEEKS, 0},
    {"tC", UF_COUNT_MOMENTS, MILLISECONDS_A_DAY},
    {"tm", UF_COUNT_MONTHS, 0},
    {"tq", UF_COUNT_QUARTERS, 0},
    {"th", UF_COUNT_HALVES, 0},
    {"ty", UF_COUNT_YEARS, 0},
};
static const struct known_format SPSS[] = {
    {"DATE", UF_COUNT_DAYS, SECONDS_A_DAY},          {"ADATE", UF_COUNT_DAYS, SECONDS_A_DAY},
    {"EDATE", UF_COUNT_DAYS, SECONDS_A_DAY},         {"JDATE", UF_COUNT_DAYS, SECONDS_A_DAY},
    {"SDATE", UF_COUNT_DAYS, SECONDS_A_DAY},         {"WKYR", UF_COUNT_DAYS, SECONDS_A_DAY},
    {"DATETIME", UF_COUNT_MOMENTS, SECONDS_A_DAY},   {"YMDHMS", UF_COUNT_MOMENTS, SECONDS_A_DAY},
    {"MOYR", UF_COUNT_MONTH_OF_DATE, SECONDS_A_DAY}, {"QYR", UF_COUNT_QUARTER_OF_DATE, SECONDS_A_DAY},
};
static const struct known_format SAS[] = {
    {"DATE", UF_COUNT_DAYS, 1},
    {"YYMMDD", UF_COUNT_DAYS, 1},
    {"YYMMDDN", UF_COUNT_DAYS, 1},
    {"YYMMDDD", UF_COUNT_DAYS, 1},
    {"YYMMDDS", UF_COUNT_DAYS, 1},
    {"YYMMDDP", UF_COUNT_DAYS, 1},
    {"MMDDYY", UF_COUNT_DAYS, 1},
    {"DDMMYY", UF_COUNT_DAYS, 1},
    {"WORDDATE", UF_COUNT_DAYS, 1},
    {"WEEKDATE", UF_COUNT_DAYS, 1},
    {"E8601DA", UF_COUNT_DAYS, 1},
    {"B8601DA", UF_COUNT_DAYS, 1},
    {"NLDATE", UF_COUNT_DAYS, 1},
    {"JULIAN", UF_COUNT_DAYS, 1},
    {"IS8601DA", UF_COUNT_DAYS, 1},
    {"MONYY", UF_COUNT_MONTH_OF_DATE, 1},
    {"YYMM", UF_COUNT_MONTH_OF_DATE, 1},
    {"YYMMD", UF_COUNT_MONTH_OF_DATE, 1},
    {"YYMMN", UF_COUNT_MONTH_OF_DATE, 1},
    {"YYMMS", UF_COUNT_MONTH_OF_DATE, 1},
    {"MMYY", UF_COUNT_MONTH_OF_DATE, 1},
    {"YYQ", UF_COUNT_QUARTER_OF_DATE, 1},
    {"YYQD", UF_COUNT_QUARTER_OF_DATE, 1},
    {"YEAR", UF_COUNT_YEAR_OF_DATE, 1},
    {"DATETIME", UF_COUNT_MOMENTS, SECONDS_A_DAY},
    {"E8601DT", UF_COUNT_MOMENTS, SECONDS_A_DAY},
    {"B8601DT", UF_COUNT_MOMENTS, SECONDS_A_DAY},
    {"NLDATM", UF_COUNT_MOMENTS, SECONDS_A_DAY},
};

/* The longest name that the format begins with, width and decimals apart. */
static const struct known_format *look_up(const struct known_format *known, size_t n, const char *format,
                                          bool case_matters, bool tail)
{
    const struct known_format *best = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(known[i].name);
        if ((case_matters ? strncmp(format, known[i].name, length)
                          : strncasecmp(format, known[i].name, length)) != 0)
            continue;
        if (!tail && isalpha((unsigned char)format[length])) continue;
        if (!best || length > strlen(best->name)) best = &known[i];
    }
    return best;
}

static unsigned read_zeros(const char *digits)
{
    enum { MOST = 15 };
    unsigned long n = strtoul(digits, NULL, 10);
    return n > 1 && n <= MOST ? (unsigned)n : 0;
}

struct uf_shown uf_shown_as(enum uf_program program, const char *format)
{
    struct uf_shown shown = {.count = UF_COUNT_NUMBER, .per_day = 1};
    const struct known_format *known = NULL;
    if (!format) return shown;
    if (program == UF_PROGRAM_STATA) {
        format += *format == '%';
        format += *format == '-';
        known = look_up(STATA, sizeof STATA / sizeof *STATA, format, true, true);
        if (*format == '0') shown.zeros = read_zeros(format + 1);
        shown.epoch = DAYS_1960;
    } else if (program == UF_PROGRAM_SPSS) {
        known = look_up(SPSS, sizeof SPSS / sizeof *SPSS, format, false, false);
        if (toupper((unsigned char)*format) == 'N' && isdigit((unsigned char)format[1]))
            shown.zeros = read_zeros(format + 1);
        shown.epoch = DAYS_1582;
    } else {
        known = look_up(SAS, sizeof SAS / sizeof *SAS, format, false, false);
        if (toupper((unsigned char)*format) == 'Z' && isdigit((unsigned char)format[1]))
            shown.zeros = read_zeros(format + 1);
        shown.epoch = DAYS_1960;
    }
    if (known) {
        shown.count = known->count;
        shown.per_day = known->per_day;
    }
    return shown;
}

bool uf_shown_is_date(const struct uf_shown *shown)
{
    return shown->count == UF_COUNT_DAYS || shown->count == UF_COUNT_MOMENTS;
}

bool uf_shown_day(const struct uf_shown *shown, double number, int64_t *out)
{
    const double farthest = 4e6; /* days: some 10,000 years */
    double day = shown->per_day > 0 ? floor(number / (double)shown->per_day) : NAN;
    if (!(day >= -farthest && day <= farthest)) return false;
    *out = (int64_t)day + shown->epoch;
    return true;
}

/* The shortest decimal that a float reads back as. */
static double shortest_float(double number)
{
    double size = fabs(number);
    if (!(size >= 1e-12 && size <= 1e15)) return number;
    for (int digits = 6; digits <= 9; digits++) {
        int shift = digits - 1 - (int)floor(log10(size));
        double scale = pow(10, abs(shift));
        double rounded = shift >= 0 ? nearbyint(number * scale) / scale : nearbyint(number / scale) * scale;
        if ((double)(float)rounded >= number && (double)(float)rounded <= number) return rounded;
    }
    return number;
}

static void print_parts(int64_t number, int64_t parts, const char *between, int width, char out[64])
{
    int64_t year = number / parts, part = number % parts;
    if (part < 0) part += parts, year--;
    snprintf(out, 64, "%04lld%s%0*lld", (long long)year + 1960, between, width, (long long)part + 1);
}

static void print_date(const struct uf_shown *shown, double number, int64_t days,
                       const struct uf_date_grain *grain, char out[64])
{
    int year, month, day;
    uf_date_split(days, &year, &month, &day);
    switch (shown->count) {
    case UF_COUNT_MONTH_OF_DATE:
        snprintf(out, 64, "%04d-%02d", year, month);
        return;
    case UF_COUNT_QUARTER_OF_DATE:
        snprintf(out, 64, "%04dQ%d", year, (month + 2) / 3);
        return;
    case UF_COUNT_YEAR_OF_DATE:
        snprintf(out, 64, "%04d", year);
        return;
    default:
        break;
    }
    double rest = number - floor(number / (double)shown->per_day) * (double)shown->per_day;
    int second = (int)(rest / (double)shown->per_day * SECONDS_A_DAY + 1e-6);
    if (shown->count == UF_COUNT_MOMENTS && second > 0)
        snprintf(out, 64, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day, second / 3600, second / 60 % 60,
                 second % 60);
    else
        uf_date_print(grain, days, out);
}

void uf_shown_print(const struct uf_shown *shown, double number, bool is_float,
                    const struct uf_date_grain *grain, char out[64])
{
    const double farthest = 1e6; /* weeks: nothing is counted so far */
    bool whole = number >= floor(number) && number <= floor(number);
    int64_t days;
    if (shown->count >= UF_COUNT_WEEKS && shown->count <= UF_COUNT_YEARS && whole &&
        fabs(number) < farthest) {
        switch (shown->count) {
        case UF_COUNT_WEEKS:
            print_parts((int64_t)number, 52, "W", 2, out);
            return;
        case UF_COUNT_MONTHS:
            print_parts((int64_t)number, 12, "-", 2, out);
            return;
        case UF_COUNT_QUARTERS:
            print_parts((int64_t)number, 4, "Q", 1, out);
            return;
        case UF_COUNT_HALVES:
            print_parts((int64_t)number, 2, "H", 1, out);
            return;
        default:
            break; /* a year is a number as it stands */
        }
    }
    bool is_date = uf_shown_is_date(shown) || shown->count >= UF_COUNT_MONTH_OF_DATE;
    if (is_date && uf_shown_day(shown, number, &days))
        print_date(shown, number, days, grain, out);
    else if (shown->zeros > 0 && whole && number >= 0 && number < 1e15)
        snprintf(out, 64, "%0*lld", (int)shown->zeros, (long long)number);
    else
        uf_number_print(is_float ? shortest_float(number) : number, out);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/period.h>

#include <stdio.h>
#include <string.h>

enum { FIRST_YEAR = 1000, LAST_YEAR = 2999 };

/* Parts in a year, by kind; a week year has 52 or 53, so steps between weeks count 53. */
static const int parts_per_year[] = {1, 2, 4, 12, 53};

static bool number(const char **p, const char *end, int digits, int *out)
{
    if (end - *p < digits) return false;
    int value = 0;
    for (int i = 0; i < digits; i++) {
        char c = (*p)[i];
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    *p += digits;
    *out = value;
    return true;
}

static uf_period make(int year, enum uf_period_kind kind, int part)
{
    return (uf_period)(year * 1000 + (int)kind * 100 + part);
}

static bool valid_part(enum uf_period_kind kind, int part)
{
    return part >= 1 && part <= parts_per_year[kind];
}

static bool parse_part(const char *p, const char *end, int year, uf_period *out)
{
    static const struct {
        char letter;
        enum uf_period_kind kind;
        int digits;
    } parts[] = {{'H', UF_PERIOD_HALF, 1},    {'S', UF_PERIOD_HALF, 1},  {'K', UF_PERIOD_QUARTER, 1},
                 {'Q', UF_PERIOD_QUARTER, 1}, {'M', UF_PERIOD_MONTH, 2}, {'W', UF_PERIOD_WEEK, 2},
                 {'V', UF_PERIOD_WEEK, 2}};
    int part;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if ((*p & ~0x20) != parts[i].letter) continue;
        p++;
        if (!number(&p, end, parts[i].digits, &part) || p != end || !valid_part(parts[i].kind, part))
            return false;
        *out = make(year, parts[i].kind, part);
        return true;
    }
    return false;
}

/* `2015-01-01/P3Y`, SDMX's span of whole years; `p` is behind the year. */
static bool parse_span(const char *p, const char *end, int year, uf_period *out)
{
    static const char MIDDLE[] = "-01-01/P";
    const size_t length = sizeof MIDDLE - 1;
    int years = 0;
    if ((size_t)(end - p) < length + 2 || strncmp(p, MIDDLE, length) != 0 || end[-1] != 'Y') return false;
    p += length;
    if (!number(&p, end, (int)(end - 1 - p), &years) || p != end - 1) return false;
    if (years < 2 || years > 99 || year + years - 1 > LAST_YEAR) return false;
    *out = make(year, UF_PERIOD_SPAN, years);
    return true;
}

bool uf_period_parse(const char *text, size_t length, uf_period *out)
{
    const char *p = text, *end = text + length;
    int year, other;
    if (!number(&p, end, 4, &year) || year < FIRST_YEAR || year > LAST_YEAR) return false;
    if (p == end) {
        *out = make(year, UF_PERIOD_YEAR, 0);
        return true;
    }
    if (*p == '/') { /* 2017/18, 2017/2018 */
        p++;
        bool whole = end - p == 4;
        if (!number(&p, end, whole ? 4 : 2, &other) || p != end ||
            other != (whole ? year + 1 : (year + 1) % 100))
            return false;
        *out = make(year, UF_PERIOD_SPAN, 2);
        return true;
    }
    if (*p != '-') return parse_part(p, end, year, out);
    if (end - p >= 10) return end - p <= 11 && parse_span(p, end, year, out);
    p++;
    if (p < end && (*p < '0' || *p > '9')) return parse_part(p, end, year, out);
    if (end - p == 2) {
        if (!number(&p, end, 2, &other) || !valid_part(UF_PERIOD_MONTH, other)) return false;
        *out = make(year, UF_PERIOD_MONTH, other);
        return true;
    }
    if (!number(&p, end, 4, &other) || p != end || other <= year || other - year > 98 || other > LAST_YEAR)
        return false;
    *out = make(year, UF_PERIOD_SPAN, other - year + 1);
    return true;
}

uf_period uf_period_from_year(int year)
{
    return make(year, UF_PERIOD_YEAR, 0);
}

int uf_period_year(uf_period period)
{
    return period / 1000;
}

enum uf_period_kind uf_period_kind_of(uf_period period)
{
    return (enum uf_period_kind)(period / 100 % 10);
}

double uf_period_in_years(uf_period period)
{
    const enum uf_period_kind kind = uf_period_kind_of(period);
    const int year = uf_period_year(period), part = period % 100;
    if (kind == UF_PERIOD_YEAR) return year;
    if (kind == UF_PERIOD_SPAN) return year + (part - 1) / 2.0;
    return year + (double)(part - 1) / parts_per_year[kind];
}

char *uf_period_print(uf_period period, char buffer[UF_PERIOD_SIZE])
{
    int year = uf_period_year(period) % 10000, part = period % 100;
    switch (uf_period_kind_of(period)) {
    case UF_PERIOD_HALF:
        snprintf(buffer, UF_PERIOD_SIZE, "%dH%d", year, part);
        break;
    case UF_PERIOD_QUARTER:
        snprintf(buffer, UF_PERIOD_SIZE, "%dQ%d", year, part);
        break;
    case UF_PERIOD_MONTH:
        snprintf(buffer, UF_PERIOD_SIZE, "%dM%02d", year, part);
        break;
    case UF_PERIOD_WEEK:
        snprintf(buffer, UF_PERIOD_SIZE, "%dW%02d", year, part);
        break;
    case UF_PERIOD_SPAN:
        snprintf(buffer, UF_PERIOD_SIZE, "%d-%d", year, year + part - 1);
        break;
    case UF_PERIOD_YEAR:
        snprintf(buffer, UF_PERIOD_SIZE, "%d", year);
        break;
    }
    return buffer;
}

/* A running number of the period among its kind. */
static int ordinal(uf_period period)
{
    enum uf_period_kind kind = uf_period_kind_of(period);
    int year = uf_period_year(period);
    if (kind == UF_PERIOD_YEAR || kind == UF_PERIOD_SPAN) return year;
    return year * parts_per_year[kind] + period % 100 - 1;
}

uf_period uf_period_add(uf_period period, int steps)
{
    enum uf_period_kind kind = uf_period_kind_of(period);
    if (kind == UF_PERIOD_YEAR || kind == UF_PERIOD_SPAN) return period + steps * 1000;
    int n = ordinal(period) + steps;
    return make(n / parts_per_year[kind], kind, n % parts_per_year[kind] + 1);
}

int uf_period_difference(uf_period a, uf_period b)
{
    return ordinal(b) - ordinal(a);
}

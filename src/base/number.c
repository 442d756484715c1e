// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/number.h>

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The process's locale decides what strtod and printf use as decimal mark; the library may be called inside
 * any program, so both ends translate. */
static char locale_decimal(void)
{
    const struct lconv *conventions = localeconv();
    return conventions->decimal_point[0] ? conventions->decimal_point[0] : '.';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool parse_slowly(const char *text, size_t length, char decimal, bool negative, double *out)
{
    char small[128];
    char *copy = length < sizeof small ? small : malloc(length + 1);
    if (!copy) return false;
    const char mark = locale_decimal();
    for (size_t i = 0; i < length; i++) copy[i] = text[i] == decimal ? mark : text[i];
    copy[length] = '\0';
    double value = strtod(copy, NULL);
    if (copy != small) free(copy);
    if (!isfinite(value)) return false;
    *out = negative ? -value : value;
    return true;
}

bool uf_number_parse(const char *text, size_t length, char decimal, double *out)
{
    const char *p = text, *end = text + length;
    bool negative = false;
    if (p < end && (*p == '-' || *p == '+')) {
        negative = *p++ == '-';
    } else if (end - p >= 3 && !memcmp(p, "\xE2\x88\x92", 3)) {
        negative = true;
        p += 3;
    }
    const char *unsigned_start = p;
    uint64_t mantissa = 0;
    int significant = 0, scale = 0, digits = 0;
    for (; p < end && is_digit(*p); p++, digits++)
        if (significant > 0 || *p != '0')
            significant++, mantissa = significant <= 18 ? mantissa * 10 + (uint64_t)(*p - '0') : mantissa;
    if (p < end && *p == decimal)
        for (p++; p < end && is_digit(*p); p++, digits++, scale--)
            if (significant > 0 || *p != '0')
                significant++, mantissa = significant <= 18 ? mantissa * 10 + (uint64_t)(*p - '0') : mantissa;
    if (digits == 0) return false;
    int exponent = 0;
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        bool negative_exponent = false;
        if (p < end && (*p == '-' || *p == '+')) negative_exponent = *p++ == '-';
        if (p == end || !is_digit(*p)) return false;
        for (; p < end && is_digit(*p); p++)
            if (exponent < 100000) exponent = exponent * 10 + (*p - '0');
        if (negative_exponent) exponent = -exponent;
    }
    if (p != end) return false;
    /* Exact when the mantissa and the power of ten are both doubles (Clinger 1990); strtod rounds the rest
     * correctly. */
    int power = exponent + scale;
    if (significant <= 15 && power >= -22 && power <= 22) {
        double value = (double)mantissa;
        value = power < 0 ? value / powers_of_ten[-power] : value * powers_of_ten[power];
        *out = negative ? -value : value;
        return true;
    }
    return parse_slowly(unsigned_start, (size_t)(end - unsigned_start), decimal, negative, out);
}

/* The length of a group separator at `p`, 0 where there is none. */
static size_t group_length(const char *p, const char *end, char group)
{
    if (p < end && *p == group) return 1;
    if (group == ' ' && end - p >= 2 && !memcmp(p, "\xC2\xA0", 2)) return 2;
    /* the narrow no-break space and the thin one */
    if (group == ' ' && end - p >= 3 && (!memcmp(p, "\xE2\x80\xAF", 3) || !memcmp(p, "\xE2\x80\x89", 3)))
        return 3;
    return 0;
}

bool uf_number_parse_grouped(const char *text, size_t length, char decimal, char group, double *out)
{
    if (group == decimal || length > 96) return uf_number_parse(text, length, decimal, out);
    char plain[100];
    size_t n = 0;
    const char *p = text, *end = text + length;
    if (p < end && (*p == '-' || *p == '+'))
        plain[n++] = *p++;
    else if (end - p >= 3 && !memcmp(p, "\xE2\x88\x92", 3))
        plain[n++] = '-', p += 3;
    size_t digits = 0;
    bool grouped = false;
    while (p < end) {
        if (is_digit(*p)) {
            digits++;
            plain[n++] = *p++;
            continue;
        }
        size_t skip = group_length(p, end, group);
        if (!skip) break;
        if (digits == 0 || digits > 3 || (grouped && digits != 3)) return false;
        grouped = true;
        digits = 0;
        p += skip;
    }
    if (grouped && digits != 3) return false;
    while (p < end) plain[n++] = *p++;
    return uf_number_parse(plain, n, decimal, out);
}

char *uf_number_print(double value, char buffer[UF_NUMBER_SIZE])
{
    if (isnan(value)) return strcpy(buffer, "NaN");
    if (isinf(value)) return strcpy(buffer, value > 0 ? "Inf" : "-Inf");
    if (value == 0) return strcpy(buffer, "0");
    if (fabs(value) < 1e15 && value == floor(value)) {
        snprintf(buffer, UF_NUMBER_SIZE, "%.0f", value);
        return buffer;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(buffer, UF_NUMBER_SIZE, "%.*g", precision, value);
        if (strtod(buffer, NULL) == value) break;
    }
    char mark = locale_decimal();
    if (mark != '.') {
        char *found = strchr(buffer, mark);
        if (found) *found = '.';
    }
    return buffer;
}

char *uf_number_format(double value, int decimals, enum uf_language language, char buffer[UF_NUMBER_SIZE])
{
    if (isnan(value)) return strcpy(buffer, "\u2013");
    if (isinf(value)) return strcpy(buffer, value > 0 ? "\u221E" : "\u2212\u221E");
    char digits[UF_NUMBER_SIZE / 2]; /* 15 digits, a mark, 15 decimals */
    bool trim = decimals < 0;
    if (decimals > 14) decimals = 14;
    const bool tiny =
        trim && value != 0 && fabs(value) < 1e-4; /* six decimals would leave little or nothing of it */
    if (tiny || fabs(value) >= 1e15) {            /* more digits than a double has would be a lie */
        snprintf(buffer, UF_NUMBER_SIZE, tiny ? "%.2e" : "%.6e", value);
        char *exponent_mark = strchr(buffer, locale_decimal());
        if (exponent_mark) *exponent_mark = language == UF_SWEDISH ? ',' : '.';
        return buffer;
    }
    snprintf(digits, sizeof digits, "%.*f", trim ? 6 : decimals, fabs(value));
    char mark_here = locale_decimal();
    char *mark = strchr(digits, mark_here);
    if (trim && mark) {
        char *last = digits + strlen(digits) - 1;
        while (*last == '0') *last-- = '\0';
        if (last == mark) *mark = '\0', mark = NULL;
    }
    size_t whole = mark ? (size_t)(mark - digits) : strlen(digits);
    bool is_zero = strspn(digits, mark_here == ',' ? "0," : "0.") == strlen(digits);
    char *w = buffer;
    if (value < 0 && !is_zero) w = stpcpy(w, "\u2212");
    for (size_t i = 0; i < whole; i++) {
        /* four digits stay together in Swedish: years and small counts read better so, as in official tables */
        bool split = i > 0 && (whole - i) % 3 == 0 && !(language == UF_SWEDISH && whole == 4);
        if (split) w = stpcpy(w, language == UF_SWEDISH ? "\u00A0" : ",");
        *w++ = digits[i];
    }
    *w = '\0';
    if (mark) {
        *w++ = language == UF_SWEDISH ? ',' : '.';
        strcpy(w, mark + 1);
    }
    return buffer;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/sparkline.h>
#include <utfall/text.h>

#include "base/fail.h"

bool uf_sparkline_is_column(const char *name)
{
    static const char word[] = "sparkline", ending[] = "_sparkline";
    if (!name) return false;
    size_t length = strlen(name);
    return strcmp(name, word) == 0 ||
           (length >= sizeof ending && strcmp(name + length - (sizeof ending - 1), ending) == 0);
}

static bool is_period(const char *text, size_t length)
{
    return length > 0 && length < UF_SPARKLINE_PERIOD_SIZE && !memchr(text, ' ', length) &&
           !memchr(text, '=', length);
}

uf_status uf_sparkline_print(const char *const *periods, const double *values, size_t n, char **out,
                             struct uf_error *error)
{
    if (n > UF_SPARKLINE_MOST)
        return uf_fail(error, UF_BAD_USAGE, "found a series of %zu periods for one cell, expected at most %d",
                       n, UF_SPARKLINE_MOST);
    struct uf_buffer text;
    uf_buffer_init(&text);
    for (size_t i = 0; i < n; i++) {
        if (!periods[i] || !is_period(periods[i], strlen(periods[i]))) {
            uf_buffer_clear(&text);
            return uf_fail(
                error, UF_BAD_USAGE,
                "found '%s' as a period of a series, expected 1 to %d bytes without blanks and '='",
                periods[i] ? periods[i] : "", UF_SPARKLINE_PERIOD_SIZE - 1);
        }
        char number[UF_NUMBER_SIZE];
        if (i) uf_buffer_append_char(&text, ' ');
        uf_buffer_append(&text, periods[i]);
        uf_buffer_append_char(&text, '=');
        if (isfinite(values[i])) uf_buffer_append(&text, uf_number_print(values[i], number));
    }
    char *taken = uf_buffer_take(&text);
    if (!taken) return uf_fail_memory(error);
    *out = taken;
    return UF_OK;
}

uf_status uf_sparkline_parse(const char *text, struct uf_sparkline_point *out, size_t *out_n,
                             struct uf_error *error)
{
    size_t n = 0;
    const char *p = text ? text : "";
    while (*p) {
        size_t length = strcspn(p, " "), name = strcspn(p, "= ");
        double value = NAN;
        bool fits = n < UF_SPARKLINE_MOST && name < length && is_period(p, name);
        const char *number = p + name + 1;
        size_t digits = fits ? length - name - 1 : 0;
        if (!fits || (digits > 0 && !uf_number_parse(number, digits, '.', &value)))
            return uf_fail(error, UF_BAD_INPUT,
                           "found '%.40s' in a series, expected PERIOD=NUMBER, at most %d of them", p,
                           UF_SPARKLINE_MOST);
        memcpy(out[n].period, p, name);
        out[n].period[name] = '\0';
        out[n++].value = value;
        p += length;
        if (*p == ' ') p++;
    }
    *out_n = n;
    return UF_OK;
}

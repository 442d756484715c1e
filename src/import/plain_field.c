// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plain_field.h"

const double plain_powers_of_ten[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

const char *plain_number_any(const char *p, struct plain_points *points, double *out)
{
    bool negative = *p == '-';
    const char *start = p += negative;
    uint64_t digits = 0;
    while (is_digit(*p)) digits = digits * 10 + (uint64_t)(*p++ - '0');
    ptrdiff_t whole = p - start, decimals = 0;
    if (*p == '.') {
        const char *point = p++;
        while (is_digit(*p)) digits = digits * 10 + (uint64_t)(*p++ - '0');
        decimals = p - point - 1;
        if (decimals != 3 || *start == '0')
            points->clear = true;
        else
            points->either = true;
    }
    if (whole + decimals == 0 || whole + decimals > 19) return NULL;
    long power = -(long)decimals;
    if (*p == 'e' || *p == 'E') {
        p++;
        bool below = *p == '-';
        if (*p == '-' || *p == '+') p++;
        long exponent = 0;
        if (!is_digit(*p)) return NULL;
        for (int i = 0; is_digit(*p); i++) {
            if (i == 4) return NULL;
            exponent = exponent * 10 + (*p++ - '0');
        }
        power += below ? -exponent : exponent;
    }
    if (digits > (UINT64_C(1) << 53) || power < -22 || power > 22) return NULL;
    double value = (double)digits;
    value = power < 0 ? value / plain_powers_of_ten[-power] : value * plain_powers_of_ten[power];
    *out = negative ? -value : value;
    return p;
}

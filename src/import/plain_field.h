// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_PLAIN_FIELD_H
#define UTFALL_IMPORT_PLAIN_FIELD_H
/*
 * Fields of a plain file, eight bytes at a time and with few branches: how long a number or a code is cannot be
 * foreseen, and a branch that is foreseen wrongly costs more than reading the field. Eight bytes must be readable
 * behind the last field.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Each of the eight bytes of a word. */
#define PLAIN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes, the first of them lowest. */
static inline uint64_t plain_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* --- text -------------------------------------------------------------------------------------- */

/* Marks the bytes that are `byte`; those behind the first may be wrong. */
static inline uint64_t plain_mark_byte(uint64_t word, unsigned char byte)
{
    uint64_t other = word ^ PLAIN_EACH(byte);
    return (other - PLAIN_EACH(1)) & ~other & PLAIN_EACH(0x80);
}

/* The first byte from `p` that may end a field: a comma, a quote, or none of the printed characters of ASCII. */
static inline const char *plain_field_end(const char *p)
{
    for (;; p += 8) {
        uint64_t word = plain_word(p), marks = ((word - PLAIN_EACH(' ')) & ~word & PLAIN_EACH(0x80)) |
                                               (word & PLAIN_EACH(0x80)) | plain_mark_byte(word, ',') |
                                               plain_mark_byte(word, '"') | plain_mark_byte(word, 0x7F);
        if (marks) return p + __builtin_ctzll(marks) / 8;
    }
}

/* --- numbers ----------------------------------------------------------------------------------- */

/* How a column of numbers writes its decimals. */
struct plain_points {
    bool clear, either; /* 1.5 was seen; 1.234 was */
};

extern const double plain_powers_of_ten[23];

/* A number in any of the ways in which it is exact in one division or product (Clinger 1990): the power of ten and the
 * digits taken as a whole are both doubles. Its end; NULL: none such. */
const char *plain_number_any(const char *p, struct plain_points *points, double *out);

/* Marks the bytes that are no digits. */
static inline uint64_t plain_mark_others(uint64_t word)
{
    uint64_t other = word ^ PLAIN_EACH('0');
    return (((other & PLAIN_EACH(0x7F)) + PLAIN_EACH(0x76)) | other) & PLAIN_EACH(0x80);
}

/* The number that the word's first bits write, in bytes that are digits; at most 56 bits. */
static inline int64_t plain_digits(uint64_t word, unsigned bits)
{
    /* zeros come before the first digit */
    word = ((word ^ PLAIN_EACH('0')) << (56 - bits)) << 8;
    word = word * 10 + (word >> 8);
    return (int64_t)((((word & 0x000000FF000000FFu) * 0x000F424000000064u) +
                      (((word >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u)) >>
                     32);
}

/* A number of digits with or without a point, at most seven on either side of it; NULL: none such. What ends it is left
 * to the caller. */
static inline const char *plain_number(const char *p, struct plain_points *points, double *out)
{
    static const double sign[] = {1, -1};
    static const int64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    const bool negative = *p == '-';
    const char *start = p + negative, *end;
    uint64_t word = plain_word(start), others = plain_mark_others(word);
    if (!others) return NULL;
    /* counted in bits of the word, eight for each byte */
    const unsigned whole = (unsigned)__builtin_ctzll(others) & 56;
    unsigned decimals = 0;
    int64_t digits;
    end = start + whole / 8;
    if (*end != '.') {
        digits = plain_digits(word, whole);
    } else {
        others &= others - 1;
        if (others) {
            /* all is in the word: the digits behind the point take its place */
            decimals = ((unsigned)__builtin_ctzll(others) & 56) - whole - 8;
            const uint64_t before = (UINT64_C(1) << whole) - 1;
            digits = plain_digits((word & before) | ((word >> 8) & ~before), whole + decimals);
        } else {
            uint64_t behind = plain_word(end + 1);
            others = plain_mark_others(behind);
            if (!others) return NULL;
            decimals = (unsigned)__builtin_ctzll(others) & 56;
            digits = plain_digits(word, whole) * tens[decimals / 8] + plain_digits(behind, decimals);
        }
        decimals /= 8;
        end += 1 + decimals;
        if (decimals == 3 && *start != '0')
            points->either = true;
        else
            points->clear = true;
    }
    if (whole + decimals == 0) return NULL;
    *out = sign[negative] * ((double)digits / plain_powers_of_ten[decimals]);
    return end;
}
#endif

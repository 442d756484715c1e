// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_VALUE_STATUS_H
#define UTFALL_VALUE_STATUS_H
/*
 * Why a value is missing, and what one should know about a value that is there. A status is a set of flags; 0
 * is a plain observed value. A value with one of the MISSING flags is NaN in memory and NULL in the store,
 * never 0.
 */
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t uf_value_status;
enum {
    UF_VALUE_OBSERVED = 0,
    /* missing, with the reason */
    UF_VALUE_NOT_AVAILABLE = 1u << 0,  /* `..`, `:` */
    UF_VALUE_NOT_APPLICABLE = 1u << 1, /* `.`, `z` */
    UF_VALUE_SUPPRESSED = 1u << 2,     /* withheld by the publisher */
    UF_VALUE_CONFIDENTIAL = 1u << 3,   /* `c` */
    UF_VALUE_UNDEFINED = 1u << 4,      /* a ratio 0/0 */
    UF_VALUE_INCOMPLETE = 1u << 5,     /* a sum with a missing part */
    UF_VALUE_MISSING_MASK = 0xFFu,
    /* there, with a remark */
    UF_VALUE_TRUE_ZERO = 1u << 8,  /* `–` */
    UF_VALUE_BELOW_HALF = 1u << 9, /* `0`: less than half of the unit shown */
    UF_VALUE_ESTIMATED = 1u << 10,
    UF_VALUE_PROVISIONAL = 1u << 11,
    UF_VALUE_BREAK = 1u << 12, /* a break in the series */
    UF_VALUE_NOISE = 1u << 13, /* protected by noise */
    UF_VALUE_IMPUTED = 1u << 14,
    UF_VALUE_LOW_RELIABILITY = 1u << 15,
    UF_VALUE_DEFINITION_DIFFERS = 1u << 16,
    UF_VALUE_FORECAST = 1u << 17,
    UF_VALUE_ROUNDED = 1u << 18
};

static inline bool uf_value_is_missing(uf_value_status status)
{
    return (status & UF_VALUE_MISSING_MASK) != 0;
}

enum { UF_VALUE_STATUS_SIZE = 192 };
/* `observed`, or the names of the flags joined by `+`: `confidential`, `estimated+break`. */
char *uf_value_status_print(uf_value_status status, char buffer[UF_VALUE_STATUS_SIZE]);
/* The inverse; false for an unknown name. */
bool uf_value_status_parse(const char *text, uf_value_status *out);

#ifdef __cplusplus
}
#endif
#endif

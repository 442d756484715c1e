// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_IMPORT_VALUES_H
#define UTFALL_IMPORT_VALUES_H
/*
 * What stands in a cell → a value and its status. One place knows the signs for "missing" that publishers
 * use.
 *
 *     `..` `...` `....` `:` `NA` `N/A` `n.a.` `#N/A` `null` empty   not available
 *     `.` `z`                                                       not applicable
 *     `..C` `x` `(x)` `*` `**` `<5` `< 5`                           suppressed
 *     `c` `(c)`                                                     confidential
 *     `–` `—` `-`                                                   zero, exactly
 *
 * Case is ignored.
 *
 * Flags (Eurostat) behind a value or `:`: b break, c confidential, d definition differs, e s estimated,
 * f forecast, i r (no status of ours), n u low reliability, p provisional, z not applicable. In a status column
 * also one capital of SDMX's list of observation statuses (`B`, `E`, `L`, `Q`), several joined by `|` or a comma.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/status.h>
#include <utfall/value_status.h>

struct uf_value_rules {
    char decimal; /* '.' or ',' */
    char group;   /* between thousands: ' ' (also no-break), ',' or '.' */
    bool flags;   /* Eurostat flags may follow the number */
};

/* False where the text is neither a number nor a sign for missing; outputs untouched. `flags` (NULL or empty:
 * none) is the text of a status column beside the value. A missing value is NaN. */
bool uf_value_read(const struct uf_value_rules *rules, const char *text, size_t length, const char *flags,
                   double *out_value, uf_value_status *out_status);
/* What a status column holds: Eurostat's letters, codes of SDMX, or names of our own joined by `+`; false for
 * others. */
bool uf_value_flags_read(const char *flags, size_t length, uf_value_status *out);
/* A sign for missing, without flags. */
bool uf_value_is_missing_sign(const char *text, size_t length, uf_value_status *out);

/* Which decimal mark a column uses, from its cells. Start from {0}. */
struct uf_decimal_evidence {
    size_t decimal_point, decimal_comma; /* only readable so: 1.5, 1,5, 1.234,5 */
    size_t point_either, comma_either;   /* 1.234 and 1,234: a decimal, or thousands */
    size_t either_round;                 /* of the point_either and comma_either: those that end in 0 */
    size_t numbers;                      /* cells that look like numbers */
    size_t texts;                        /* cells that are neither numbers nor missing */
    size_t letter_signs;                 /* of the missing: written as one letter, which may be a code too */
};
void uf_decimal_observe(struct uf_decimal_evidence *evidence, const char *text, size_t length, bool flags);
void uf_decimal_add(struct uf_decimal_evidence *sum, const struct uf_decimal_evidence *part);
/* Fills decimal and group. `asked` is '.', ',' or 0. UF_BAD_INPUT where `1,234` may be either and nothing
 * tells. */
uf_status uf_decimal_decide(const struct uf_decimal_evidence *evidence, char asked, char delimiter,
                            const char *file, struct uf_value_rules *out, struct uf_error *error);
#endif

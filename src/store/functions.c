// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Mathematical functions and the Swedish collation.
 *
 * SQLite may be built with or without mathematical functions, and its own give infinity where we want "no
 * value". Ours replace them, so an expression means the same everywhere: NULL for NULL, for text, and
 * wherever the result is not a finite number.
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "store/connection.h"

typedef double unary_function(double);

static void result_finite(sqlite3_context *context, double value)
{
    if (isfinite(value))
        sqlite3_result_double(context, value);
    else
        sqlite3_result_null(context);
}

static bool is_number(sqlite3_value *value)
{
    int type = sqlite3_value_type(value);
    return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

struct function {
    const char *name;
    unary_function *call;
};
static const struct function UNARY[] = {{"ln", log}, {"log10", log10}, {"exp", exp}, {"sqrt", sqrt}};

static void unary(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    const struct function *function = sqlite3_user_data(context);
    if (is_number(values[0]))
        result_finite(context, function->call(sqlite3_value_double(values[0])));
    else
        sqlite3_result_null(context);
}

static void power(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (is_number(values[0]) && is_number(values[1]))
        result_finite(context, pow(sqlite3_value_double(values[0]), sqlite3_value_double(values[1])));
    else
        sqlite3_result_null(context);
}

/* One character of UTF-8; a broken byte stands for itself, so that any two texts have an order. */
static unsigned next_character(const unsigned char *bytes, int length, int *position)
{
    unsigned first = bytes[(*position)++];
    int follow = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    if (follow == 0 || *position + follow > length) return first;
    unsigned character = first & (0x3Fu >> follow);
    for (int i = 0; i < follow; i++) character = character << 6 | (bytes[(*position)++] & 0x3F);
    return character;
}

/* The place in the Swedish alphabet: case ignored, å ä ö after z, é with e, ü with y, and the neighbours' æ
 * and ø with ä and ö (SS-ISO 12199 leaves v and w apart, as the Swedish Academy's word list does since 2006). */
static unsigned swedish_weight(unsigned character)
{
    enum { STEP = 8, AFTER_Z = 'z' * STEP };
    switch (character) {
    case 0xC5:
    case 0xE5:
        return AFTER_Z + 1;
    case 0xC4:
    case 0xE4:
    case 0xC6:
    case 0xE6:
        return AFTER_Z + 2;
    case 0xD6:
    case 0xF6:
    case 0xD8:
    case 0xF8:
        return AFTER_Z + 3;
    case 0xDC:
    case 0xFC:
        return 'y' * STEP;
    default:
        break;
    }
    static const char FOLDED[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyts"; /* U+00C0 to U+00DF, without marks */
    if (character >= 0xC0 && character <= 0xFE && character != 0xD7 && character != 0xF7)
        return (unsigned)FOLDED[(character - 0xC0) % 32] * STEP;
    if (character >= 'A' && character <= 'Z') character += 'a' - 'A';
    return character * STEP;
}

static int swedish(void *unused, int length_a, const void *a, int length_b, const void *b)
{
    (void)unused;
    int i = 0, j = 0;
    while (i < length_a && j < length_b) {
        unsigned x = swedish_weight(next_character(a, length_a, &i));
        unsigned y = swedish_weight(next_character(b, length_b, &j));
        if (x != y) return x < y ? -1 : 1;
    }
    if (i < length_a || j < length_b) return i < length_a ? 1 : -1;
    int order = memcmp(a, b, (size_t)(length_a < length_b ? length_a : length_b));
    return order ? order : length_a - length_b;
}

uf_status uf_store_register_functions(sqlite3 *db, struct uf_error *error)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = SQLITE_OK;
    for (size_t i = 0; i < sizeof UNARY / sizeof *UNARY && code == SQLITE_OK; i++)
        code = sqlite3_create_function_v2(db, UNARY[i].name, 1, flags, (void *)&UNARY[i], unary, NULL, NULL,
                                          NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "power", 2, flags, NULL, power, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_collation_v2(db, "swedish", SQLITE_UTF8, NULL, swedish, NULL);
    if (code == SQLITE_OK) return UF_OK;
    return uf_fail(error, UF_INTERNAL, "SQLite refuses a function: %s", sqlite3_errmsg(db));
}

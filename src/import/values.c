// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/number.h>

#include "base/fail.h"

struct sign {
    const char *text;
    uf_value_status status;
};

/* Case is ignored. A number is never a sign, so the letters here are looked at only where no number stands. */
static const struct sign MISSING[] = {
    {"", UF_VALUE_NOT_AVAILABLE},     {"..", UF_VALUE_NOT_AVAILABLE},   {"...", UF_VALUE_NOT_AVAILABLE},
    {"....", UF_VALUE_NOT_AVAILABLE}, {":", UF_VALUE_NOT_AVAILABLE},    {"NA", UF_VALUE_NOT_AVAILABLE},
    {"N/A", UF_VALUE_NOT_AVAILABLE},  {"n.a.", UF_VALUE_NOT_AVAILABLE}, {"#N/A", UF_VALUE_NOT_AVAILABLE},
    {"NaN", UF_VALUE_NOT_AVAILABLE},  {"null", UF_VALUE_NOT_AVAILABLE}, {"None", UF_VALUE_NOT_AVAILABLE},
    {".", UF_VALUE_NOT_APPLICABLE},   {"z", UF_VALUE_NOT_APPLICABLE},   {"..C", UF_VALUE_SUPPRESSED},
    {"x", UF_VALUE_SUPPRESSED},       {"(x)", UF_VALUE_SUPPRESSED},     {"*", UF_VALUE_SUPPRESSED},
    {"**", UF_VALUE_SUPPRESSED},      {"c", UF_VALUE_CONFIDENTIAL},     {"(c)", UF_VALUE_CONFIDENTIAL}};

static const char *const ZEROS[] = {"-", "\xE2\x80\x93", "\xE2\x80\x94"};
static const char *const BELOW[] = {"<", "\xE2\x89\xA4", "&lt;"};

/* `<5`, `< 5`: a count too small to be shown. */
static bool is_below_sign(const char *text, size_t length)
{
    double bound;
    for (size_t i = 0; i < sizeof BELOW / sizeof *BELOW; i++) {
        size_t n = strlen(BELOW[i]);
        if (length <= n || memcmp(text, BELOW[i], n) != 0) continue;
        if (text[n] == '=') n++;
        while (n < length && text[n] == ' ') n++;
        if (uf_number_parse(text + n, length - n, '.', &bound) ||
            uf_number_parse(text + n, length - n, ',', &bound))
            return true;
    }
    return false;
}

bool uf_value_is_missing_sign(const char *text, size_t length, uf_value_status *out)
{
    for (size_t i = 0; i < sizeof MISSING / sizeof *MISSING; i++)
        if (strlen(MISSING[i].text) == length && !strncasecmp(text, MISSING[i].text, length)) {
            *out = MISSING[i].status;
            return true;
        }
    if (!is_below_sign(text, length)) return false;
    *out = UF_VALUE_SUPPRESSED;
    return true;
}

static bool is_zero_sign(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof ZEROS / sizeof *ZEROS; i++)
        if (strlen(ZEROS[i]) == length && !memcmp(text, ZEROS[i], length)) return true;
    return false;
}

static bool letter_status(char letter, uf_value_status *out)
{
    static const struct {
        char letter;
        uf_value_status status;
    } LETTERS[] = {{'b', UF_VALUE_BREAK},
                   {'c', UF_VALUE_CONFIDENTIAL},
                   {'d', UF_VALUE_DEFINITION_DIFFERS},
                   {'e', UF_VALUE_ESTIMATED},
                   {'f', UF_VALUE_FORECAST},
                   {'i', UF_VALUE_OBSERVED}, /* see metadata */
                   {'n', UF_VALUE_LOW_RELIABILITY},
                   {'p', UF_VALUE_PROVISIONAL},
                   {'r', UF_VALUE_OBSERVED},  /* revised */
                   {'s', UF_VALUE_ESTIMATED}, /* by Eurostat */
                   {'u', UF_VALUE_LOW_RELIABILITY},
                   {'z', UF_VALUE_NOT_APPLICABLE}};
    for (size_t i = 0; i < sizeof LETTERS / sizeof *LETTERS; i++)
        if (LETTERS[i].letter == letter) {
            *out |= LETTERS[i].status;
            return true;
        }
    return false;
}

static bool letters_read(const char *flags, size_t length, uf_value_status *out)
{
    uf_value_status status = UF_VALUE_OBSERVED;
    for (size_t i = 0; i < length; i++)
        if (!letter_status(flags[i], &status)) return false;
    *out = status;
    return true;
}

/* The code list CL_OBS_STATUS of SDMX, in which each status is one capital, and what Eurostat's own column of
 * flags has beside the letters above. */
static bool code_status(char code, uf_value_status *out)
{
    static const struct {
        char code;
        uf_value_status status;
    } CODES[] = {{'A', UF_VALUE_OBSERVED},        {'B', UF_VALUE_BREAK},
                 {'C', UF_VALUE_CONFIDENTIAL},    {'D', UF_VALUE_DEFINITION_DIFFERS},
                 {'E', UF_VALUE_ESTIMATED},       {'F', UF_VALUE_FORECAST},
                 {'G', UF_VALUE_OBSERVED},                                       /* experimental */
                 {'H', UF_VALUE_NOT_AVAILABLE},                                  /* holiday */
                 {'I', UF_VALUE_IMPUTED},         {'K', UF_VALUE_NOT_AVAILABLE}, /* within another category */
                 {'L', UF_VALUE_NOT_AVAILABLE},  /* exists, was not collected */
                 {'M', UF_VALUE_NOT_APPLICABLE}, /* cannot exist */
                 {'N', UF_VALUE_LOW_RELIABILITY}, {'O', UF_VALUE_NOT_AVAILABLE},
                 {'P', UF_VALUE_PROVISIONAL},     {'Q', UF_VALUE_SUPPRESSED},
                 {'R', UF_VALUE_OBSERVED},                                     /* revised */
                 {'S', UF_VALUE_OBSERVED},                                     /* strike */
                 {'U', UF_VALUE_LOW_RELIABILITY}, {'V', UF_VALUE_PROVISIONAL}, /* not validated */
                 {'l', UF_VALUE_NOT_AVAILABLE},   {'m', UF_VALUE_NOT_APPLICABLE},
                 {'o', UF_VALUE_NOT_AVAILABLE},   {'q', UF_VALUE_SUPPRESSED}};
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
        if (CODES[i].code == code) {
            *out |= CODES[i].status;
            return true;
        }
    return false;
}

/* Parts joined by one of `,;|/` or blanks, each a code or some of Eurostat's letters: `B`, `B|E`, `b, ep`. */
static bool parts_read(const char *flags, size_t length, uf_value_status *out)
{
    static const char JOINTS[] = ",;|/ ";
    uf_value_status status = UF_VALUE_OBSERVED;
    size_t i = 0;
    while (i < length) {
        size_t end = i;
        while (end < length && !memchr(JOINTS, flags[end], sizeof JOINTS - 1)) end++;
        uf_value_status part = UF_VALUE_OBSERVED;
        if (letters_read(flags + i, end - i, &part) || (end - i == 1 && code_status(flags[i], &part)))
            status |= part;
        else
            return false;
        i = end + (end < length);
    }
    *out = status;
    return true;
}

bool uf_value_flags_read(const char *flags, size_t length, uf_value_status *out)
{
    /* Our own names first: `undefined` and `suppressed` are made of letters that are flags. */
    char name[UF_VALUE_STATUS_SIZE];
    if (length < sizeof name) {
        memcpy(name, flags, length);
        name[length] = '\0';
        if (uf_value_status_parse(name, out)) return true;
    }
    return parts_read(flags, length, out);
}

/* Cuts `12.3 bep` and `: c` into value and flags; a bare number has none. */
static void split_flags(const char *text, size_t *length, const char **flags, size_t *n_flags)
{
    size_t n = *length, start = n;
    while (start > 0 && text[start - 1] >= 'a' && text[start - 1] <= 'z') start--;
    *flags = text + start;
    *n_flags = n - start;
    while (start > 0 && text[start - 1] == ' ') start--;
    *length = start;
}

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && strchr(" \t", **text)) (*text)++, (*length)--;
    while (*length > 0 && strchr(" \t", (*text)[*length - 1])) (*length)--;
}

/* The reason given by a flag goes before the bare "not available" of the colon; a number under a flag that
 * says "withheld" or "does not apply" is not used. */
static void settle(double value, uf_value_status status, uf_value_status flags, double *out_value,
                   uf_value_status *out_status)
{
    if (uf_value_is_missing(flags) && status == UF_VALUE_NOT_AVAILABLE) status = UF_VALUE_OBSERVED;
    *out_status = status | flags;
    *out_value = uf_value_is_missing(*out_status) ? NAN : value;
}

bool uf_value_read(const struct uf_value_rules *rules, const char *text, size_t length, const char *flags,
                   double *out_value, uf_value_status *out_status)
{
    uf_value_status beside = UF_VALUE_OBSERVED, status = UF_VALUE_OBSERVED;
    double value = 0;
    if (flags && *flags && !uf_value_flags_read(flags, strlen(flags), &beside)) return false;
    trim(&text, &length);
    char group = rules->group ? rules->group : ' ';
    if (uf_number_parse(text, length, rules->decimal, &value) ||
        uf_number_parse_grouped(text, length, rules->decimal, group, &value)) {
        settle(value, status, beside, out_value, out_status);
        return true;
    }
    if (is_zero_sign(text, length)) {
        settle(0, UF_VALUE_TRUE_ZERO, beside, out_value, out_status);
        return true;
    }
    if (uf_value_is_missing_sign(text, length, &status)) {
        settle(NAN, status, beside, out_value, out_status);
        return true;
    }
    /* Eurostat's `: c` means the same wherever it stands; behind a number, letters are flags only where the
     * format has them. */
    if (!rules->flags && *text != ':') return false;
    const char *letters;
    size_t n_letters;
    split_flags(text, &length, &letters, &n_letters);
    uf_value_status behind;
    if (n_letters == 0 || length == 0 || !letters_read(letters, n_letters, &behind)) return false;
    struct uf_value_rules plain = *rules;
    plain.flags = false;
    if (!uf_value_read(&plain, text, length, NULL, &value, &status)) return false;
    settle(value, status, behind | beside, out_value, out_status);
    return true;
}

void uf_decimal_observe(struct uf_decimal_evidence *evidence, const char *text, size_t length, bool flags)
{
    uf_value_status status;
    trim(&text, &length);
    if (uf_value_is_missing_sign(text, length, &status)) {
        evidence->letter_signs += length > 0 && length < 2 && *text != '.' && *text != ':';
        return;
    }
    if (is_zero_sign(text, length)) return;
    if (flags || (length > 0 && *text == ':')) {
        const char *letters;
        size_t n_letters, n_value = length;
        uf_value_status unused = UF_VALUE_OBSERVED;
        split_flags(text, &n_value, &letters, &n_letters);
        if (n_value > 0 && letters_read(letters, n_letters, &unused)) length = n_value;
        if (uf_value_is_missing_sign(text, length, &status)) return;
    }
    /* As a number under either reading: this also keeps words, dates and serial numbers with two marks out. */
    double value;
    bool point = uf_number_parse_grouped(text, length, '.', ',', &value) ||
                 uf_number_parse_grouped(text, length, '.', ' ', &value);
    bool comma = uf_number_parse_grouped(text, length, ',', '.', &value) ||
                 uf_number_parse_grouped(text, length, ',', ' ', &value);
    if (!point && !comma) {
        evidence->texts++;
        return;
    }
    evidence->numbers++;
    bool has_point = memchr(text, '.', length) != NULL, has_comma = memchr(text, ',', length) != NULL;
    if (!has_point && !has_comma) return;
    if (!comma) {
        evidence->decimal_point++;
        evidence->comma_either += has_comma; /* 1,234.5: now known to group */
    } else if (!point) {
        evidence->decimal_comma++;
        evidence->point_either += has_point;
    } else {
        /* 0.123 is never thousands */
        const char *first = text + (*text == '-' || *text == '+');
        if (*first == '0') {
            *(has_point ? &evidence->decimal_point : &evidence->decimal_comma) += 1;
            return;
        }
        *(has_point ? &evidence->point_either : &evidence->comma_either) += 1;
        evidence->either_round += text[length - 1] == '0';
    }
}

void uf_decimal_add(struct uf_decimal_evidence *sum, const struct uf_decimal_evidence *part)
{
    sum->decimal_point += part->decimal_point;
    sum->decimal_comma += part->decimal_comma;
    sum->point_either += part->point_either;
    sum->comma_either += part->comma_either;
    sum->either_round += part->either_round;
    sum->numbers += part->numbers;
    sum->texts += part->texts;
    sum->letter_signs += part->letter_signs;
}

uf_status uf_decimal_decide(const struct uf_decimal_evidence *evidence, char asked, char delimiter,
                            const char *file, struct uf_value_rules *out, struct uf_error *error)
{
    enum { ENOUGH = 5 }; /* cells before "all of them end in 0" means anything */
    const struct uf_decimal_evidence *e = evidence;
    char decimal = asked;
    if (!decimal) {
        size_t either = e->point_either + e->comma_either;
        bool looks_grouped = either >= ENOUGH && e->either_round == either;
        if (e->decimal_point || e->decimal_comma) {
            decimal = e->decimal_comma + (delimiter != ',') > e->decimal_point ? ',' : '.';
        } else if (e->comma_either && (delimiter == ',' || looks_grouped || e->point_either)) {
            return uf_fail_at(
                error, UF_BAD_INPUT, file, 0, 0,
                "numbers such as 1,234 can mean 1.234 or 1234 here; say which decimal mark the file has: "
                "--decimal . or --decimal , (in a study decimal: \",\")");
        } else if (e->point_either && looks_grouped) {
            return uf_fail_at(
                error, UF_BAD_INPUT, file, 0, 0,
                "numbers such as 1.230 can mean 1.23 or 1230 here; say which decimal mark the file has: "
                "--decimal . or --decimal , (in a study decimal: \",\")");
        } else {
            decimal = e->comma_either ? ',' : '.';
        }
    }
    if (decimal != '.' && decimal != ',')
        return uf_fail(error, UF_BAD_USAGE, "the decimal mark is '.' or ','");
    /* A mark groups thousands only where it was seen to: else 1,5 in a file with decimal points must stay an
     * error. */
    bool grouped = decimal == '.' ? e->comma_either > 0 || asked : e->point_either > 0 || asked;
    out->decimal = decimal;
    out->group = !grouped ? ' ' : decimal == '.' ? ',' : '.';
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/json_value.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"

void uf_json_signs_clear(struct uf_json_signs *signs)
{
    uf_text_list_clear(&signs->unknown);
    free(signs->counts);
    memset(signs, 0, sizeof *signs);
}

static uf_status count_unknown(struct uf_json_signs *signs, const char *sign, struct uf_error *error)
{
    size_t at = uf_text_list_find(&signs->unknown, sign);
    if (at == SIZE_MAX) {
        enum { ENOUGH = 100 }; /* of different signs: a file with more of them writes sentences there */
        at = signs->unknown.count;
        if (at == ENOUGH) {
            signs->others++;
            return UF_OK;
        }
        size_t *counts = realloc(signs->counts, (at + 1) * sizeof *counts);
        if (!counts) return uf_fail_memory(error);
        signs->counts = counts;
        signs->counts[at] = 0;
        UF_TRY(uf_text_list_add(&signs->unknown, sign, error));
    }
    signs->counts[at]++;
    return UF_OK;
}

/* Words that publishers use beside letters and dots. */
static bool read_word(const char *sign, uf_value_status *out)
{
    static const struct {
        const char *word;
        uf_value_status status;
    } WORDS[] = {
        {"missing", UF_VALUE_NOT_AVAILABLE},        {"ej tillg\xC3\xA4ngligt", UF_VALUE_NOT_AVAILABLE},
        {"not available", UF_VALUE_NOT_AVAILABLE},  {"private", UF_VALUE_SUPPRESSED},
        {"sekretess", UF_VALUE_SUPPRESSED},         {"preliminary", UF_VALUE_PROVISIONAL},
        {"prelimin\xC3\xA4r", UF_VALUE_PROVISIONAL}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (!strcasecmp(WORDS[i].word, sign)) {
            *out = WORDS[i].status;
            return true;
        }
    return false;
}

/* What a sign says by itself; `*out_zero` where it stands for a zero. */
static bool read_sign(const char *sign, uf_value_status *out, bool *out_zero)
{
    static const struct uf_value_rules RULES = {'.', ' ', true};
    size_t length = strlen(sign);
    double value;
    *out_zero = false;
    if (uf_value_flags_read(sign, length, out) || read_word(sign, out)) return true;
    if (!uf_value_read(&RULES, sign, length, NULL, &value, out)) return false;
    *out_zero = (*out & UF_VALUE_TRUE_ZERO) != 0;
    return uf_value_is_missing(*out) || *out_zero; /* a number is no sign */
}

/* A number (NaN: none) and what its sign says become one value; true where a number is not used. */
static bool settle(double number, uf_value_status said, bool zero, struct uf_json_reading *out)
{
    bool has_number = !isnan(number), missing = uf_value_is_missing(said);
    if (!has_number && zero) number = 0;
    if (zero && number != 0) said &= ~(uf_value_status)UF_VALUE_TRUE_ZERO;
    out->status = isnan(number) && !missing ? said | UF_VALUE_NOT_AVAILABLE : said;
    out->value = missing ? NAN : number;
    return has_number && missing;
}

uf_status uf_json_value(const json_t *value, const char *sign, struct uf_json_signs *signs,
                        struct uf_json_reading *out, struct uf_error *error)
{
    static const struct uf_value_rules RULES = {'.', ' ', true};
    const char *text = json_string_value(value);
    double number = json_is_number(value) ? json_number_value(value) : NAN;
    uf_value_status said = UF_VALUE_OBSERVED, written = UF_VALUE_OBSERVED;
    bool zero = false;
    *out = (struct uf_json_reading){.readable = !value || json_is_number(value) || json_is_null(value)};
    if (text) out->readable = uf_value_read(&RULES, text, strlen(text), NULL, &number, &written);
    if (!out->readable) return UF_OK;
    if (sign && sign[strspn(sign, " ")] && !read_sign(sign, &said, &zero)) {
        if (signs) UF_TRY(count_unknown(signs, sign, error));
        out->unknown = true;
        said = UF_VALUE_OBSERVED;
    }
    /* the reason beside the value goes before the bare "not available" of the value */
    if (uf_value_is_missing(said) && written == UF_VALUE_NOT_AVAILABLE) written = UF_VALUE_OBSERVED;
    bool withheld = settle(number, said | written, zero, out);
    if (signs) signs->withheld += withheld;
    return UF_OK;
}

uf_status uf_json_keep_sign(struct uf_reader *reader, struct uf_buffer *scope, const char *sign,
                            const char *label, struct uf_error *error)
{
    struct uf_buffer text = {0};
    uf_buffer_append(&text, "status ");
    uf_buffer_append(&text, sign);
    if (label) uf_buffer_append(&text, ": ");
    uf_buffer_append(&text, label);
    uf_status status = scope->failed || text.failed
                           ? uf_fail_memory(error)
                           : uf_facts_note(&reader->facts, scope->data, text.data, error);
    uf_buffer_clear(scope);
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_json_signs_note(struct uf_reader *reader, const struct uf_json_signs *signs,
                             const json_t *labels, struct uf_error *error)
{
    for (size_t i = 0; i < signs->unknown.count; i++) {
        const char *sign = signs->unknown.items[i], *label = json_string_value(json_object_get(labels, sign));
        UF_TRY(uf_json_note(
            reader, error,
            "%zu cells have the status '%.80s'%s%.200s%s, which is not known here; their values are taken as "
            "they stand, and the status is kept as a note on the cells",
            signs->counts[i], sign, label ? " (" : "", label ? label : "", label ? ")" : ""));
    }
    if (signs->others > 0)
        UF_TRY(uf_json_note(reader, error, "%zu more cells have other statuses that are not known here",
                            signs->others));
    if (signs->withheld == 0) return UF_OK;
    return uf_json_note(reader, error,
                        "%zu numbers stand under a status that says missing or withheld, and are not used",
                        signs->withheld);
}

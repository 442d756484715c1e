// SPDX-License-Identifier: GPL-3.0-or-later
/* Parts of a sum that lie over each other, as 15-24 and 20-64, 15+ and 85+, C and B-E, would be counted twice. Each part
 * is laid out as stretches of one of two lines, the numbers and the sections of SNI, and no two stretches may meet. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/planner.h"

enum {
    NUMBERS = 0,
    SECTORS = 1,
    SECTION = 10000, /* the length of a section: its classes have four digits */
    MOST_DIGITS = 9
};
struct stretch {
    int line;
    long from, to;
    bool wide;   /* 16-24, 85+, C: not one number */
    size_t part; /* place among the dimension's codes */
};
struct stretches {
    struct stretch *items;
    size_t count, capacity;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static uf_status add(struct stretches *all, struct stretch stretch, struct uf_error *error)
{
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? all->capacity * 2 : 64;
        struct stretch *items = realloc(all->items, capacity * sizeof *items);
        if (!items) return uf_fail_memory(error);
        all->items = items;
        all->capacity = capacity;
    }
    all->items[all->count++] = stretch;
    return UF_OK;
}

/* --- numbers: ages, sizes ---------------------------------------------------------------------- */

static const char *past_blanks(const char *at)
{
    for (;;)
        if (*at == ' ')
            at++;
        else if (!strncmp(at, "\xC2\xA0", 2))
            at += 2;
        else
            return at;
}

/* `16`, `1 000`; NULL where there is none. */
static const char *read_number(const char *at, long *out)
{
    const char *start = at;
    long value = 0;
    if (!is_digit(*at)) return NULL;
    for (;;) {
        for (; is_digit(*at); at++) {
            if (at - start > MOST_DIGITS) return NULL;
            value = value * 10 + (*at - '0');
        }
        const char *next = past_blanks(at);
        bool grouped = next > at && is_digit(next[0]) && is_digit(next[1]) && is_digit(next[2]);
        if (!grouped || is_digit(next[3]) || next - start > MOST_DIGITS) break;
        at = next;
    }
    *out = value;
    return at;
}

static const char *past_dash(const char *at)
{
    at = past_blanks(at);
    if (*at == '-') return past_blanks(at + 1);
    return strncmp(at, "\xE2\x80\x93", 3) ? NULL : past_blanks(at + 3);
}

static bool speaks_of_more(const char *text)
{
    static const char *const WORDS[] = {"over",         "older", "more", "\xC3\xB6ver",
                                        "\xC3\xA4ldre", "mer",   "fler"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (uf_label_speaks_of(text, WORDS[i])) return true;
    return false;
}

/* `GE65`, `Y_LT15`, `<15`, `under 15`, `-15`: all from a number on or up to it. */
static bool read_bound(const char *text, struct stretch *out)
{
    static const struct {
        const char *sign;
        bool up;
        int shift;
    } SIGNS[] = {
        {"GE", true, 0},       {"GT", true, 1},           {"LE", false, 0}, {"LT", false, -1},
        {">=", true, 0},       {"<=", false, 0},          {">", true, 1},   {"<", false, -1},
        {"under ", false, -1}, {"less than ", false, -1}, {"-", false, 0},  {"\xE2\x80\x93", false, 0}};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        size_t length = strlen(SIGNS[i].sign);
        long number;
        if (strncasecmp(text, SIGNS[i].sign, length)) continue;
        const char *rest = read_number(past_blanks(text + length), &number);
        if (!rest || (*rest && *rest != ' ')) continue;
        number += SIGNS[i].shift;
        *out = (struct stretch){
            .from = SIGNS[i].up ? number : LONG_MIN, .to = SIGNS[i].up ? LONG_MAX : number, .wide = true};
        return true;
    }
    return false;
}

/* False for what is no number and no range of numbers, also behind Eurostat's Y (`Y15-24`, `Y_GE65`). */
static bool read_numbers(const char *text, struct stretch *out)
{
    if (*text == 'Y' && (is_digit(text[1]) || text[1] == '_')) text += text[1] == '_' ? 2 : 1;
    if (read_bound(text, out)) return true;
    long from, to;
    const char *rest = read_number(text, &from);
    if (!rest) return false;
    const char *behind = past_dash(rest), *end = behind ? read_number(behind, &to) : NULL;
    if (end) {
        if (to < from || (*end && *end != ' ')) return false;
        *out = (struct stretch){.from = from, .to = to, .wide = true};
        return true;
    }
    bool open = (*rest == '+' && !is_digit(rest[1])) ||
                (behind && (*behind == '\0' || !strcmp(behind, "w"))) ||
                (*rest == ' ' && speaks_of_more(rest));
    if (!open && *rest && *rest != ' ') return false;
    *out = (struct stretch){.from = from, .to = open ? LONG_MAX : from, .wide = open};
    return true;
}

/* A code that is one number may be no more than a serial number, so that its label goes before it. */
static bool find_numbers(const char *code, const char *label, struct stretch *out)
{
    struct stretch of_code, of_label;
    bool coded = read_numbers(code, &of_code);
    if (label && !(coded && of_code.wide)) {
        if (!read_numbers(label, &of_label)) return false;
        *out = of_label;
        return true;
    }
    *out = of_code;
    return coded;
}

/* --- sections, divisions and groups of them ---------------------------------------------------- */

/* `C` and `C10`, `C105`: the stretch of the classes under it; NULL for anything else. */
static const char *read_sector(const char *at, long *from, long *to)
{
    if (*at < 'A' || *at > 'U') return NULL;
    long start = (*at - 'A') * (long)SECTION, length = SECTION;
    size_t digits = strspn(at + 1, "0123456789");
    if (digits == 1 || digits > 4) return NULL;
    for (size_t i = 1; i <= digits; i++) {
        length /= 10;
        start += (at[i] - '0') * length;
    }
    *from = start;
    *to = start + length - 1;
    return at + 1 + digits;
}

/* `B-E` is a range, `B+C`, `M_N` and `B_D_E` are lists. Nothing is added for what is no sector. */
static uf_status add_sectors(struct stretches *all, const char *code, size_t part, struct uf_error *error)
{
    size_t before = all->count;
    const char *at = code;
    for (;;) {
        struct stretch stretch = {.line = SECTORS, .wide = true, .part = part};
        long start, end;
        at = read_sector(at, &stretch.from, &stretch.to);
        if (at && *at == '-') {
            const char *behind = read_sector(at + 1, &start, &end);
            if (behind && start >= stretch.from) {
                stretch.to = end;
                at = behind;
            }
        }
        if (!at || (*at && !strchr("+,_ ", *at))) break;
        UF_TRY(add(all, stretch, error));
        if (!*at || *at == ' ') return UF_OK;
        at++;
    }
    all->count = before;
    return UF_OK;
}

/* `10`, where others have letters: the section is the store's. */
static uf_status add_division(const struct uf_planner *p, struct stretches *all, const char *code,
                              size_t part, struct uf_error *error)
{
    if (!is_digit(code[0]) || !is_digit(code[1]) || (code[2] && code[2] != ' ')) return UF_OK;
    struct stretch stretch = {.line = SECTORS, .wide = true, .part = part};
    struct uf_table *table = NULL;
    const char *division = (const char[]){code[0], code[1], '\0'};
    UF_TRY(
        uf_store_query(p->store, "SELECT parent FROM sectors WHERE code = ?1", &division, 1, &table, error));
    const char *section = uf_table_rows(table) ? uf_table_text(table, 0, 0) : NULL;
    const char *behind = section ? read_sector(section, &stretch.from, &stretch.to) : NULL;
    bool known = behind && *behind == '\0';
    uf_table_free(table);
    if (!known) return UF_OK;
    stretch.from += (code[0] - '0') * 1000L + (code[1] - '0') * 100L;
    stretch.to = stretch.from + 99;
    return add(all, stretch, error);
}

/* Some code begins as a section does. Letters with one digit are serial numbers of their own kind. */
static bool may_be_sectors(const struct uf_text_list *codes)
{
    bool letters = false;
    for (size_t i = 0; i < codes->count; i++) {
        const char *code = codes->items[i];
        bool letter = *code >= 'A' && *code <= 'U';
        if (letter && is_digit(code[1]) && !is_digit(code[2])) return false;
        letters = letters || letter;
    }
    return letters;
}

/* --- both -------------------------------------------------------------------------------------- */

static uf_status lay_out(const struct uf_planner *p, const struct uf_planned_sum *sum, struct stretches *all,
                         struct uf_error *error)
{
    const struct uf_text_list *codes = &p->plan->codes[sum->dimension];
    bool sectors = may_be_sectors(codes);
    for (size_t i = 0; i < codes->count; i++) {
        const char *code = codes->items[i];
        int64_t place;
        if (!uf_codes_find(&sum->parts, code, strlen(code), &place)) continue;
        if (sectors) UF_TRY(add_sectors(all, code, i, error));
        if (sectors) UF_TRY(add_division(p, all, code, i, error));
        struct stretch stretch;
        if (!find_numbers(code, uf_planner_label(p, sum->dimension, code), &stretch)) continue;
        stretch.line = NUMBERS;
        stretch.part = i;
        UF_TRY(add(all, stretch, error));
    }
    return UF_OK;
}

/* Wide ones first, so that one number at the beginning of a range is met after it. */
static int compare(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->wide != y->wide) return x->wide ? -1 : 1;
    return (x->part > y->part) - (x->part < y->part);
}

/* Two that meet, of different parts; one number twice is a matter of spelling. */
static bool find_meeting(struct stretches *all, size_t *out_one, size_t *out_other)
{
    const struct stretch *farthest = NULL; /* of the wide ones so far */
    if (all->count > 1) qsort(all->items, all->count, sizeof *all->items, compare);
    for (size_t i = 0; i < all->count; i++) {
        const struct stretch *here = &all->items[i];
        bool same_line = farthest && farthest->line == here->line;
        if (same_line && here->from <= farthest->to && here->part != farthest->part) {
            *out_one = here->part < farthest->part ? here->part : farthest->part;
            *out_other = here->part < farthest->part ? farthest->part : here->part;
            return true;
        }
        if (here->wide && (!same_line || here->to > farthest->to)) farthest = here;
    }
    return false;
}

uf_status uf_check_parts_apart(const struct uf_planner *p, const struct uf_planned_sum *sum,
                               struct uf_error *error)
{
    struct stretches all = {0};
    size_t one = 0, other = 0;
    uf_status status = sum->parts.count > 1 ? lay_out(p, sum, &all, error) : UF_OK;
    bool meet = status == UF_OK && find_meeting(&all, &one, &other);
    free(all.items);
    if (!meet) return status;
    const struct uf_text_list *codes = &p->plan->codes[sum->dimension];
    const char *name = uf_planner_name(p, sum->dimension);
    return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
                      "'%s' and '%s' of column %s overlap and cannot be added up; name the parts: --sum "
                      "%s=CODE,CODE, in a study sum: {%s: [CODE, CODE]}",
                      codes->items[one], codes->items[other], name, name, name);
}

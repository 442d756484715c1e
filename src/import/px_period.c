// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * TIMEVAL: `TLIST(Q1),"20061","20062"` or `TLIST(A1,"1990"-"2000")`. The letter says what the digits behind
 * the year are, so that `20061` becomes 2006Q1 and `200601` with M1 becomes 2006M01.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/period.h>

#include "base/fail.h"
#include "import/px.h"

static const struct scale {
    char letter;
    enum uf_period_kind kind;
    const char *part; /* between the year and its part; NULL: there is none */
} SCALES[] = {{'A', UF_PERIOD_YEAR, NULL},   {'H', UF_PERIOD_HALF, "H"},  {'Q', UF_PERIOD_QUARTER, "Q"},
              {'K', UF_PERIOD_QUARTER, "Q"}, {'M', UF_PERIOD_MONTH, "M"}, {'W', UF_PERIOD_WEEK, "W"}};

static const struct scale *find_scale(char letter)
{
    for (size_t i = 0; i < sizeof SCALES / sizeof *SCALES; i++)
        if (SCALES[i].letter == (letter & ~0x20)) return &SCALES[i];
    return NULL;
}

static bool parse(const char *text, uf_period *out)
{
    return uf_period_parse(text, strlen(text), out);
}

/* `20061` by the letter Q; `2006/2007` and whatever is a period as it stands. */
static bool parse_scaled(const struct scale *scale, const char *text, uf_period *out)
{
    size_t length = strlen(text);
    if (parse(text, out)) return true;
    if (length < 5 || length > 9) return false;
    char year[5], whole[16];
    memcpy(year, text, 4);
    year[4] = '\0';
    if (scale && scale->part) {
        const char *part = text + 4;
        size_t zero = length == 5 && (scale->kind == UF_PERIOD_MONTH || scale->kind == UF_PERIOD_WEEK);
        if (length > 6) return false;
        char *p = stpcpy(stpcpy(whole, year), scale->part);
        stpcpy(stpcpy(p, zero ? "0" : ""), part);
        return parse(whole, out);
    }
    if (length == 9 && text[4] == '/') {
        memcpy(whole, text, 10);
        whole[4] = '-';
        return parse(whole, out);
    }
    return false;
}

/* `2005TIV`: quarters as Spain's statistical office writes them, without TIMEVAL. */
static bool parse_roman_quarter(const char *text, uf_period *out)
{
    static const char *const PARTS[] = {"TI", "TII", "TIII", "TIV"};
    char whole[8] = {0};
    if (strlen(text) < 6) return false;
    for (size_t i = 0; i < 4; i++)
        if (!strcmp(text + 4, PARTS[i])) {
            memcpy(whole, text, 4);
            whole[4] = 'Q';
            whole[5] = (char)('1' + i);
            return parse(whole, out);
        }
    return false;
}

/* What TIMEVAL lists: the scale, its texts, and whether they are the ends of a range. */
static const struct scale *read_list(const struct uf_px_entry *entry, struct uf_text_list *texts,
                                     bool *out_range, uf_status *status, struct uf_error *error)
{
    const struct scale *scale = NULL;
    *out_range = false;
    for (size_t i = 0; i < entry->n_items && *status == UF_OK; i++) {
        const struct uf_px_item *item = &entry->items[i];
        if (item->kind == 's')
            *status = uf_text_list_add(texts, item->text, error);
        else if (item->kind == 'w' && strcasecmp(item->text, "TLIST") && !scale)
            scale = find_scale(item->text[0]);
        else if (item->kind == '-')
            *out_range = true;
    }
    return scale;
}

/* Puts the periods in place of the codes, where no two are the same. A code that is the same period as it
 * stands keeps its spelling. */
static uf_status put_periods(struct uf_px_dimension *dimension, const uf_period *periods, bool *out_changed,
                             struct uf_error *error)
{
    struct uf_codes seen = {0};
    uf_status status = UF_OK;
    *out_changed = true;
    for (size_t i = 0; i < dimension->size && *out_changed && status == UF_OK; i++) {
        int64_t place;
        char text[UF_PERIOD_SIZE];
        uf_period_print(periods[i], text);
        if (uf_codes_find(&seen, text, strlen(text), &place)) *out_changed = false;
        status = uf_codes_put(&seen, text, strlen(text), 0, error);
    }
    uf_codes_clear(&seen);
    if (status != UF_OK || !*out_changed) return status;
    struct uf_text_list codes = {0};
    for (size_t i = 0; i < dimension->size && status == UF_OK; i++) {
        char text[UF_PERIOD_SIZE];
        uf_period own;
        bool same = parse(dimension->codes.items[i], &own) && own == periods[i];
        status = uf_text_list_add(
            &codes, same ? dimension->codes.items[i] : uf_period_print(periods[i], text), error);
    }
    if (status != UF_OK) {
        uf_text_list_clear(&codes);
        return status;
    }
    uf_text_list_clear(&dimension->codes);
    dimension->codes = codes;
    return UF_OK;
}

static bool parse_all(const struct scale *scale, const struct uf_text_list *texts, bool roman, uf_period *out)
{
    for (size_t i = 0; i < texts->count; i++)
        if (!(roman ? parse_roman_quarter(texts->items[i], &out[i])
                    : parse_scaled(scale, texts->items[i], &out[i])))
            return false;
    return texts->count > 0;
}

static bool spread(const struct scale *scale, const struct uf_text_list *ends, size_t n, uf_period *out)
{
    uf_period last;
    if (ends->count != 2 || !parse_scaled(scale, ends->items[0], &out[0]) ||
        !parse_scaled(scale, ends->items[1], &last) || uf_period_kind_of(out[0]) != uf_period_kind_of(last))
        return false;
    /* Weeks of a year are 52 or 53: the range does not say which, the values do. */
    if (uf_period_kind_of(last) == UF_PERIOD_WEEK) return false;
    for (size_t i = 1; i < n; i++) {
        if (out[i - 1] >= last) return false;
        out[i] = uf_period_add(out[i - 1], 1);
    }
    return out[n - 1] == last;
}

static uf_status from_timeval(struct uf_reader *reader, const struct uf_px_entry *timeval,
                              const struct uf_text_list *values, struct uf_px_dimension *dimension,
                              uf_period *periods, struct uf_error *error)
{
    struct uf_text_list texts = {0};
    bool range = false, changed = false;
    uf_status status = UF_OK;
    const struct scale *scale = read_list(timeval, &texts, &range, &status, error);
    bool known = status == UF_OK &&
                 (range ? spread(scale, &texts, dimension->size, periods)
                        : texts.count == dimension->size && parse_all(scale, &texts, false, periods));
    dimension->is_time = true;
    /* Without a list that fits, the values themselves, read by the same letter. */
    if (status == UF_OK && !known) {
        if (texts.count > 0 && !(range && texts.count == 2))
            status = texts.count == dimension->size
                         ? uf_px_warn(reader, timeval, error, "'%.40s' is no period", texts.items[0])
                         : uf_px_warn(reader, timeval, error, "%zu periods for %zu values; not used",
                                      texts.count, dimension->size);
        else if (range)
            status = uf_px_warn(reader, timeval, error,
                                "the periods from '%.40s' to '%.40s' are not as many as the %zu values",
                                texts.items[0], texts.items[1], dimension->size);
        known =
            parse_all(scale, &dimension->codes, false, periods) || parse_all(scale, values, false, periods);
    }
    uf_text_list_clear(&texts);
    if (status == UF_OK && known) status = put_periods(dimension, periods, &changed, error);
    if (status != UF_OK || changed) return status;
    return uf_px_warn(reader, timeval, error, "the variable's values are not read as periods");
}

static uf_status read_periods(struct uf_reader *reader, const struct uf_px_entry *timeval,
                              const struct uf_text_list *values, struct uf_px_dimension *dimension,
                              struct uf_error *error)
{
    uf_period *periods = calloc(dimension->size, sizeof *periods);
    if (!periods) return uf_fail_memory(error);
    uf_status status = UF_OK;
    bool changed = false;
    if (timeval) {
        status = from_timeval(reader, timeval, values, dimension, periods, error);
    } else if (parse_all(NULL, values, true, periods)) {
        status = put_periods(dimension, periods, &changed, error);
        dimension->is_time = changed;
        if (status == UF_OK && changed)
            status = uf_px_warn(reader, NULL, error, "'%.40s' and the like are read as quarters",
                                values->items[0]);
    }
    free(periods);
    return status;
}

uf_status uf_px_load_periods(struct uf_reader *reader, const struct uf_px_entries *entries,
                             struct uf_px_cube *cube, struct uf_error *error)
{
    for (size_t i = 0; i < entries->count; i++) {
        const struct uf_px_entry *entry = &entries->items[i];
        if (!uf_px_is(entry, "TIMEVAL") || uf_px_language_of(cube, entry) != cube->languages) continue;
        size_t d =
            entry->subkeys.count == 1 ? uf_px_variable(cube->languages, entry->subkeys.items[0]) : SIZE_MAX;
        if (d != SIZE_MAX && !cube->dimensions[d].is_time)
            UF_TRY(read_periods(reader, entry, &cube->languages[0].words[d].values, &cube->dimensions[d],
                                error));
    }
    for (size_t d = 0; d < cube->count; d++)
        if (!cube->dimensions[d].is_time)
            UF_TRY(
                read_periods(reader, NULL, &cube->languages[0].words[d].values, &cube->dimensions[d], error));
    return UF_OK;
}

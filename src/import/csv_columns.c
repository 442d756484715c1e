// SPDX-License-Identifier: GPL-3.0-or-later
/* What the columns of a delimited file are to each other, from their names and the first records. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "import/csv.h"

static bool is_one_of(const char *name, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        if (!strcasecmp(name, words[i])) return true;
    return false;
}
#define IS_ONE_OF(name, words) is_one_of(name, words, sizeof(words) / sizeof *(words))

size_t uf_csv_named(const struct uf_csv_head *head, const char *const *words, size_t n_words)
{
    for (size_t j = 0; j < head->names.count; j++)
        if (is_one_of(head->names.items[j], words, n_words)) return j;
    return SIZE_MAX;
}

bool uf_csv_is_eurostat(const struct uf_text_list *names)
{
    static const char *const WORDS[] = {"geo", "freq", "nace_r2", "OBS_FLAG"};
    for (size_t j = 0; j < names->count; j++)
        if (IS_ONE_OF(names->items[j], WORDS)) return true;
    return false;
}

static bool ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && !strcasecmp(name + n - m, ending);
}

static const char *const CODE_ENDINGS[] = {"kod", "_code", " code", "_id", " id", ".code", ".id"};

bool uf_csv_names_code(const char *name)
{
    static const char *const CODES[] = {
        "year",   "time",    "TIME_PERIOD", "period", "\xC3\xA5r",    "ar",         "tid",
        "date",   "quarter", "kvartal",     "month",  "m\xC3\xA5nad", "manad",      "week",
        "vecka",  "day",     "region",      "geo",    "lan",          "l\xC3\xA4n", "kommun",
        "sector", "sni",     "id",          "code",   "kod",          "nr",         "sort",
        "gender", "sex",     "k\xC3\xB6n",  "age",    "\xC3\xA5lder", "\xC3\x85r",  "\xC3\x85lder",
        "unit",   "freq",    "nuts"};
    if (IS_ONE_OF(name, CODES)) return true;
    for (size_t i = 0; i < sizeof CODE_ENDINGS / sizeof *CODE_ENDINGS; i++)
        if (ends_with(name, CODE_ENDINGS[i])) return true;
    return false;
}

bool uf_csv_is_function(const struct uf_csv_head *head, size_t from, size_t to)
{
    const uint32_t none = UINT32_MAX;
    size_t n = head->names.count, n_codes = head->columns[from].values.count;
    if (!head->samples || n_codes < 2) return false;
    uint32_t *image = malloc(n_codes * sizeof *image);
    if (!image) return false;
    memset(image, 0xFF, n_codes * sizeof *image);
    bool function = true;
    for (size_t i = 0; i < head->n_rows && function; i++) {
        uint32_t a = head->samples[i * n + from], b = head->samples[i * n + to];
        if (image[a] == none) image[a] = b;
        function = image[a] == b;
    }
    free(image);
    return function;
}

/* --- labels ------------------------------------------------------------------------------------- */

/* How a column's texts look on the average. */
struct look {
    double length, blanks,
        small; /* characters; shares of texts with a blank, with a small or foreign letter */
    bool address;
};

static struct look look_of(const struct uf_csv_column *column)
{
    struct look look = {0};
    size_t n = 0;
    for (size_t i = 0; i < column->values.count; i++) {
        const char *text = column->values.items[i];
        if (!*text) continue;
        n++;
        look.length += (double)uf_text_width(text);
        look.blanks += strchr(text, ' ') != NULL;
        bool small = false;
        for (const char *p = text; *p; p++)
            small = small || (*p >= 'a' && *p <= 'z') || (unsigned char)*p > 127;
        look.small += small;
        look.address = look.address || strstr(text, "://");
    }
    if (n == 0) return look;
    return (struct look){look.length / (double)n, look.blanks / (double)n, look.small / (double)n,
                         look.address};
}

/* `geo` and `geo_label`, `Region Code` and `Region`, `municipality_id` and `municipality`. */
static bool are_names_related(const char *code, const char *label)
{
    static const char *const LABEL_ENDINGS[] = {"_label", " label", "_name", " name",
                                                "namn",   "_text",  "_txt",  "_desc"};
    size_t n_code = strlen(code), n_label = strlen(label);
    for (size_t i = 0; i < sizeof LABEL_ENDINGS / sizeof *LABEL_ENDINGS; i++) {
        size_t n = strlen(LABEL_ENDINGS[i]);
        if (n_label > n && ends_with(label, LABEL_ENDINGS[i]) &&
            (!strncasecmp(code, label, n_label - n) || !strncasecmp(code, label, n_code)))
            return true;
    }
    for (size_t i = 0; i < sizeof CODE_ENDINGS / sizeof *CODE_ENDINGS; i++) {
        size_t n = strlen(CODE_ENDINGS[i]);
        if (n_code > n && ends_with(code, CODE_ENDINGS[i]) && n_code - n == n_label &&
            !strncasecmp(code, label, n_label))
            return true;
    }
    return false;
}

static bool are_equal(const struct uf_csv_column *a, const struct uf_csv_column *b)
{
    if (a->values.count != b->values.count) return false;
    for (size_t i = 0; i < a->values.count; i++)
        if (strcmp(a->values.items[i], uf_csv_bare_code(b->values.items[i])) != 0) return false;
    return true;
}

static bool is_label_of(const struct uf_csv_head *head, size_t label, size_t code)
{
    const struct uf_csv_column *a = &head->columns[code], *b = &head->columns[label];
    size_t n_codes = a->values.count;
    if (a->row_numbers || b->row_numbers || a->filled < head->n_rows) return false;
    if (a->evidence.texts == 0 && !a->whole) return false; /* values, not codes */
    const char *const *names = (const char *const *)head->names.items;
    if (are_names_related(names[code], names[label])) {
        if (n_codes > 1 ? !uf_csv_is_function(head, code, label) : b->values.count != 1) return false;
    } else {
        /* That two columns change together says something where each code is met again. */
        if (n_codes < 2 || n_codes * 2 > head->n_rows || b->values.count != n_codes) return false;
        if (!uf_csv_is_function(head, code, label) || !uf_csv_is_function(head, label, code)) return false;
    }
    if (are_equal(a, b)) return code < label || uf_csv_is_prefixed(b);
    if (b->all_periods || b->evidence.texts * 10 < b->filled * 9) return false;
    struct look codes = look_of(a), labels = look_of(b);
    return codes.blanks <= 0.1 && !labels.address && labels.length > codes.length &&
           (labels.blanks > codes.blanks || labels.small > codes.small);
}

void uf_csv_find_labels(const struct uf_csv_head *head, const bool *is_free, size_t *out_label_of)
{
    enum { MOST = 100 };
    size_t n = head->names.count, n_free = 0;
    for (size_t j = 0; j < n; j++) {
        out_label_of[j] = SIZE_MAX;
        n_free += is_free[j];
    }
    if (!head->samples || n_free > MOST) return;
    /* Outwards from each column: its own code stands beside it where there are several. */
    for (size_t label = 0; label < n; label++)
        for (size_t distance = 1; is_free[label] && distance < n && out_label_of[label] == SIZE_MAX;
             distance++)
            for (int side = 0; side < 2 && out_label_of[label] == SIZE_MAX; side++) {
                size_t code = side == 0 ? label - distance : label + distance;
                if (code >= n || !is_free[code] || out_label_of[code] != SIZE_MAX) continue;
                if (is_label_of(head, label, code)) out_label_of[label] = code;
            }
    /* A label of a label belongs to the code. */
    for (size_t j = 0; j < n; j++)
        for (size_t steps = 0; steps < n && out_label_of[j] != SIZE_MAX; steps++) {
            size_t code = out_label_of[j];
            if (out_label_of[code] == SIZE_MAX) break;
            out_label_of[j] = out_label_of[code];
        }
}

/* --- codes with something around them ----------------------------------------------------------- */

static const char PREFIX[] = "dcid:";

bool uf_csv_is_prefixed(const struct uf_csv_column *column)
{
    if (column->values.count == 0) return false;
    for (size_t i = 0; i < column->values.count; i++)
        if (strncmp(column->values.items[i], PREFIX, sizeof PREFIX - 1) != 0) return false;
    return true;
}

const char *uf_csv_bare_code(const char *text)
{
    if (strncmp(text, PREFIX, sizeof PREFIX - 1) != 0) return text;
    const char *slash = strrchr(text, '/');
    return slash ? slash + 1 : text + sizeof PREFIX - 1;
}

bool uf_csv_is_joined(const struct uf_csv_column *column, bool tight)
{
    if (column->values.count == 0 || column->filled == 0) return false;
    for (size_t i = 0; i < column->values.count; i++) {
        const char *text = column->values.items[i], *colon = strchr(text, ':');
        if (!*text) continue;
        if (!colon || colon == text || !colon[1] || (!tight && colon[1] != ' ')) return false;
        for (const char *p = text; p < colon; p++)
            if (*p == ' ' || (unsigned char)*p < 32) return false;
    }
    return true;
}

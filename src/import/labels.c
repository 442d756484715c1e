// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/labels.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The first word, where there is more than one; NULL otherwise. The caller frees it. */
static char *first_word(const char *text)
{
    size_t length = strcspn(text, " ");
    if (length == 0 || text[length] == '\0') return NULL;
    char *word = uf_text_copy(text);
    if (word) word[length] = '\0';
    return word;
}

static uf_status find_labelled(struct uf_store *store, uf_find_function *find, const char *text, char **out,
                               struct uf_error *error)
{
    char *code = NULL;
    UF_TRY(find(store, text, &code, error));
    char *word = code ? NULL : first_word(text);
    uf_status status = word ? find(store, word, &code, error) : UF_OK;
    free(word);
    if (status == UF_OK) *out = code;
    return status;
}

uf_status uf_find_labelled_region(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error)
{
    return find_labelled(store, uf_store_find_region, text, out, error);
}

/* `C25` where the store has `25`. */
static uf_status find_sector(struct uf_store *store, const char *code, char **out, struct uf_error *error)
{
    char *found = NULL;
    UF_TRY(uf_store_find_sector(store, code, &found, error));
    if (!found && is_capital(code[0]) && is_digit(code[1]) && is_digit(code[2]) && !code[3])
        UF_TRY(uf_store_find_sector(store, code + 1, &found, error));
    *out = found;
    return UF_OK;
}

uf_status uf_find_labelled_sector(struct uf_store *store, const char *text, char **out,
                                  struct uf_error *error)
{
    return find_labelled(store, find_sector, text, out, error);
}

uf_status uf_label_split(const char *text, char **out_code, char **out_label, struct uf_error *error)
{
    char *code = first_word(text);
    bool capitals = code && *code, digit = false;
    for (const char *c = code; c && *c; c++) {
        capitals = capitals && is_capital(*c);
        digit = digit || is_digit(*c);
    }
    const char *label = text;
    if (code && (digit || capitals))
        label = text + strlen(code) + strspn(text + strlen(code), " ");
    else {
        free(code);
        code = uf_text_copy(text);
    }
    char *copy = uf_text_copy(label);
    if (!code || !copy) {
        free(code);
        free(copy);
        return uf_fail_memory(error);
    }
    *out_code = code;
    *out_label = copy;
    return UF_OK;
}

bool uf_label_equal(const char *a, const char *b)
{
    a += strspn(a, " ");
    b += strspn(b, " ");
    size_t m = strlen(a), n = strlen(b);
    while (m > 0 && a[m - 1] == ' ') m--;
    while (n > 0 && b[n - 1] == ' ') n--;
    return m == n && !strncasecmp(a, b, n);
}

bool uf_label_speaks_of(const char *text, const char *word)
{
    size_t length = strlen(word);
    bool sign = !strcmp(word, "%"); /* stands behind a number as well as alone */
    for (const char *at = text; at && *at; at++) {
        bool begins = at == text || strchr(" (-\"'/,;:", at[-1]) || sign;
        if (begins && !strncasecmp(at, word, length)) return true;
    }
    return false;
}

/* The sector that holds a sector; NULL: none. */
static uf_status parent_of(struct uf_store *store, const char *code, char **out, struct uf_error *error)
{
    struct uf_table *table = NULL;
    UF_TRY(uf_store_query(store, "SELECT parent FROM sectors WHERE code = ?1", &code, 1, &table, error));
    const char *parent = uf_table_rows(table) ? uf_table_text(table, 0, 0) : NULL;
    char *copy = parent && *parent ? uf_text_copy(parent) : NULL;
    bool failed = parent && *parent && !copy;
    uf_table_free(table);
    if (failed) return uf_fail_memory(error);
    *out = copy;
    return UF_OK;
}

/* `25.1`, `251`, `26110`: the division before, then up to three digits. */
static bool is_finer(const char *code)
{
    if (!is_digit(code[0]) || !is_digit(code[1])) return false;
    const char *rest = code + 2 + (code[2] == '.');
    size_t digits = strspn(rest, "0123456789");
    return digits >= 1 && digits <= 3 && rest[digits] == '\0';
}

/* All parts are known; their common parent, where they have one. */
static uf_status check_parts(struct uf_store *store, const char *code, bool *out_known, char **out_parent,
                             struct uf_error *error)
{
    static const char BETWEEN[] = "-+_,";
    char *parent = NULL;
    size_t parts = 0;
    bool known = true;
    uf_status status = UF_OK;
    for (const char *part = code; known && status == UF_OK; parts++) {
        size_t length = strcspn(part, BETWEEN);
        char word[8] = "", *found = NULL, *above = NULL;
        known = length > 0 && length < sizeof word;
        if (known) memcpy(word, part, length);
        if (known) status = find_sector(store, word, &found, error);
        known = known && found != NULL;
        if (known && status == UF_OK) status = parent_of(store, found, &above, error);
        if (parts == 0) {
            parent = above;
            above = NULL;
        } else if (!uf_text_equal(parent, above)) {
            free(parent);
            parent = NULL;
        }
        free(above);
        free(found);
        if (!part[length]) {
            parts++;
            break;
        }
        part += length + 1;
    }
    *out_known = status == UF_OK && known && parts > 1;
    if (!*out_known) {
        free(parent);
        parent = NULL;
    }
    *out_parent = parent;
    return status;
}

uf_status uf_sector_shape_of(struct uf_store *store, const char *code, enum uf_sector_shape *out,
                             char **out_parent, struct uf_error *error)
{
    *out = UF_SECTOR_NONE;
    *out_parent = NULL;
    if (is_finer(code)) {
        const char division[] = {code[0], code[1], '\0'};
        UF_TRY(uf_store_find_sector(store, division, out_parent, error));
        if (*out_parent) *out = UF_SECTOR_FINER;
        return UF_OK;
    }
    bool known = false;
    UF_TRY(check_parts(store, code, &known, out_parent, error));
    if (known) *out = UF_SECTOR_GROUP;
    return UF_OK;
}

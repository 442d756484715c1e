// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/region_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { SEVERAL = -1, LONGEST = 200 };

static const char COUNTRY[] = "country";

/* In the order in which they are preferred where a table's names fit several. */
static const char *const LEVELS[] = {"nuts3", "municipality", "nuts2", "nuts1", "fa", COUNTRY};
enum { N_LEVELS = sizeof LEVELS / sizeof *LEVELS };

/* What tables call the nation beside its name. */
static const char *const NATION[] = {"riket", "hela riket", "hela landet", "hela sverige",
                                     "the whole country"};

void uf_region_names_clear(struct uf_region_names *names)
{
    uf_codes_clear(&names->index);
    uf_text_list_clear(&names->codes);
}

/* Level and name in lower case, as one key; 0: too long to be a name. */
static size_t make_key(const char *level, const char *name, char key[LONGEST])
{
    size_t n = strlen(level), length = strlen(name);
    if (length == 0 || n + length + 2 > LONGEST) return 0;
    memcpy(key, level, n);
    key[n++] = '\x1f';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        bool latin = i > 0 && (unsigned char)name[i - 1] == 0xC3; /* À to Þ: the second byte of two */
        if ((c >= 'A' && c <= 'Z') || (latin && c >= 0x80 && c <= 0x9E && c != 0x97)) c |= 0x20;
        key[n++] = (char)c;
    }
    key[n] = '\0';
    return n;
}

static uf_status add_name(struct uf_region_names *names, const char *level, const char *name, int64_t place,
                          struct uf_error *error)
{
    char key[LONGEST];
    size_t length = name ? make_key(level, name, key) : 0;
    int64_t held;
    if (length == 0) return UF_OK;
    if (uf_codes_find(&names->index, key, length, &held)) {
        if (held == place || held == SEVERAL) return UF_OK;
        place = SEVERAL;
    }
    return uf_codes_put(&names->index, key, length, place, error);
}

static uf_status fill(struct uf_region_names *names, const struct uf_table *regions, struct uf_error *error)
{
    for (size_t i = 0; i < uf_table_rows(regions); i++) {
        const char *code = uf_table_text(regions, i, 0), *level = uf_table_text(regions, i, 1);
        int64_t place = (int64_t)names->codes.count;
        UF_TRY(uf_text_list_add(&names->codes, code, error));
        for (size_t column = 2; column < 5; column++)
            UF_TRY(add_name(names, level, uf_table_text(regions, i, column), place, error));
        for (size_t w = 0; w < sizeof NATION / sizeof *NATION && !strcmp(code, "SE"); w++)
            UF_TRY(add_name(names, level, NATION[w], place, error));
    }
    return UF_OK;
}

uf_status uf_region_names_load(struct uf_store *store, struct uf_region_names *out, struct uf_error *error)
{
    struct uf_table *regions = NULL;
    UF_TRY(uf_store_query(store, "SELECT code, level, name_sv, name_en, short_name FROM regions", NULL, 0,
                          &regions, error));
    struct uf_region_names names = {0};
    uf_status status = fill(&names, regions, error);
    uf_table_free(regions);
    if (status != UF_OK)
        uf_region_names_clear(&names);
    else
        *out = names;
    return status;
}

static const char *find_at(const struct uf_region_names *names, const char *level, const char *text)
{
    char key[LONGEST];
    size_t length = make_key(level, text, key);
    int64_t place;
    if (length == 0 || !uf_codes_find(&names->index, key, length, &place) || place == SEVERAL) return NULL;
    return names->codes.items[place];
}

/* `06 Cantabria`: what stands behind a number. */
static const char *behind_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && text[digits] == ' ' ? text + digits + strspn(text + digits, " ") : NULL;
}

const char *uf_region_names_find(const struct uf_region_names *names, const char *level, const char *text)
{
    const char *code = find_at(names, level, text);
    if (!code) code = find_at(names, COUNTRY, text);
    const char *rest = code ? NULL : behind_number(text);
    return rest ? find_at(names, level, rest) : code;
}

const char *uf_region_names_level(const struct uf_region_names *names, const char *const *texts, size_t count,
                                  size_t *out_found)
{
    /* a country stands among the regions of any level, so a list of countries alone comes first */
    const char *best = NULL;
    *out_found = 0;
    for (size_t i = 0; i < count; i++) *out_found += uf_region_names_find(names, COUNTRY, texts[i]) != NULL;
    if (*out_found > 0) best = COUNTRY;
    for (size_t l = 0; l < N_LEVELS; l++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++) found += uf_region_names_find(names, LEVELS[l], texts[i]) != NULL;
        if (found > *out_found) *out_found = found, best = LEVELS[l];
    }
    return best;
}

bool uf_region_names_agree(const struct uf_region_names *names, const char *code, const char *text)
{
    for (size_t l = 0; l < N_LEVELS; l++) {
        const char *found = find_at(names, LEVELS[l], text);
        if (found && !strcmp(found, code)) return true;
    }
    return false;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "study/levels.h"

#include <stdlib.h>
#include <string.h>
#include <utfall/aggregate.h>

#include "base/fail.h"

uf_status levels_check(const char *const *levels, size_t n, size_t *out_wrong, struct uf_error *error)
{
    for (size_t i = 0; i < n; i++) {
        const char *level, *other;
        struct uf_error inner = {0};
        *out_wrong = i;
        if (uf_store_resolve_level(levels[i], &level, &inner) != UF_OK)
            return uf_fail(error, UF_BAD_USAGE, "%s", inner.message);
        for (size_t j = 0; j < i; j++)
            if (uf_store_resolve_level(levels[j], &other, NULL) == UF_OK && !strcmp(level, other))
                return uf_fail(error, UF_BAD_USAGE, "found the level '%s' twice, expected it once",
                               levels[i]);
    }
    return UF_OK;
}

static char *joined(const char *name, char between, const char *level)
{
    struct uf_buffer text;
    uf_buffer_init(&text);
    uf_buffer_append(&text, name);
    uf_buffer_append_char(&text, between);
    uf_buffer_append(&text, level);
    return uf_buffer_take(&text);
}

char *levels_name(const char *name, const char *level)
{
    return joined(name, '-', level);
}

struct uf_words levels_ending(const char *level)
{
    static const struct {
        const char *level;
        struct uf_words words;
    } endings[] = {{"country", {", nations", ", länder"}},
                   {"nuts1", {", NUTS 1 regions", ", landsdelar (NUTS 1)"}},
                   {"nuts2", {", NUTS 2 regions", ", riksområden (NUTS 2)"}},
                   {"nuts3", {", counties", ", län"}},
                   {"municipality", {", municipalities", ", kommuner"}},
                   {"fa", {", labour market regions", ", FA-regioner"}}};
    const char *canonical = "";
    if (level) (void)uf_store_resolve_level(level, &canonical, NULL);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (!strcmp(endings[i].level, canonical)) return endings[i].words;
    return (struct uf_words){"", ""};
}

uf_status levels_has_values(struct uf_store *store, const char *indicator, const char *level, bool *out,
                            struct uf_error *error)
{
    static const char SQL[] =
        "SELECT 1 AS one FROM observation o JOIN indicator i USING (indicator_id) JOIN region r "
        "USING (region_id) WHERE i.code = ?1 AND r.level = ?2 LIMIT 1";
    const char *parameters[] = {indicator, level};
    struct uf_table *found = NULL;
    UF_TRY(uf_store_query(store, SQL, parameters, 2, &found, error));
    *out = uf_table_rows(found) > 0;
    uf_table_free(found);
    return UF_OK;
}

/* The sums of one level under a name of their own, since they are rounded otherwise than their parts. */
static uf_status add_sums(struct uf_store *store, const char *indicator, const char *level, const char *name,
                          enum uf_language language, struct uf_result *log, struct uf_error *error)
{
    bool there;
    UF_TRY(levels_has_values(store, name, level, &there, error));
    if (there) return UF_OK; /* another profile has asked for them */
    const struct uf_aggregate_request request = {
        .indicator = indicator, .to_level = level, .way = UF_AGGREGATE_SUM, .language = language};
    const struct uf_indicator as = {.code = name};
    return uf_aggregate_indicator(store, &request, &as, log, error);
}

uf_status levels_series(struct uf_store *store, const char *indicator, const char *level_asked,
                        enum uf_language language, struct uf_result *log, char **out_name, bool *out_sums,
                        struct uf_error *error)
{
    const char *level;
    bool there;
    UF_TRY(uf_store_resolve_level(level_asked, &level, error));
    UF_TRY(levels_has_values(store, indicator, level, &there, error));
    char *name = there ? uf_text_copy(indicator) : joined(indicator, '_', level);
    if (!name) return uf_fail_memory(error);
    uf_status status = there ? UF_OK : add_sums(store, indicator, level, name, language, log, error);
    if (status != UF_OK) {
        free(name);
        return status;
    }
    *out_name = name;
    *out_sums = !there;
    return UF_OK;
}

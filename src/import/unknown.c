// SPDX-License-Identifier: GPL-3.0-or-later
/* Regions and sectors that the store does not know: added to it, or passed over and counted. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "import/importer.h"

enum { SHOWN = 8 };

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* The level that the shape of a code tells, as NUTS codes are built: a country of two letters, then a sign for each
 * level. Aggregates (EU27, EA19) and other publishers' codes (OECD, FRA for France) are not such. */
static const char *nuts_level(struct uf_store *store, const char *code, struct uf_error *error)
{
    static const char *const LEVELS[] = {"country", "nuts1", "nuts2", "nuts3"};
    static const char *const LETTERED[] = {"DE", "FR", "UK"}; /* their NUTS 1 are letters */
    size_t length = strlen(code);
    if (length < 2 || length > 5 || !is_capital(code[0]) || !is_capital(code[1])) return "other";
    for (size_t i = 2; i < length; i++)
        if (!is_capital(code[i]) && (code[i] < '0' || code[i] > '9')) return "other";
    const char country[] = {code[0], code[1], '\0'};
    if (!strcmp(country, "EU") || !strcmp(country, "EA") || !strcmp(country, "FA")) return "other";
    if (length == 2) return LEVELS[0];
    char *known = NULL;
    if (uf_store_find_region(store, country, &known, error) != UF_OK) known = NULL;
    bool has_country = known != NULL;
    free(known);
    if (!has_country) return "other";
    if (length == 3 && is_capital(code[2])) {
        bool lettered = false;
        for (size_t i = 0; i < sizeof LETTERED / sizeof *LETTERED; i++)
            lettered = lettered || !strcmp(country, LETTERED[i]);
        if (!lettered && code[2] != 'Z') return "other";
    }
    return LEVELS[length - 2];
}

/* The nearest region above that is there: SE31 for SE312. NULL: none. */
static uf_status find_parent(struct uf_store *store, const char *code, char **out, struct uf_error *error)
{
    char above[8];
    char *found = NULL;
    for (size_t length = strlen(code) - 1; length >= 2 && !found; length--) {
        memcpy(above, code, length);
        above[length] = '\0';
        UF_TRY(uf_store_find_region(store, above, &found, error));
    }
    *out = found;
    return UF_OK;
}

static uf_status remember(struct uf_importer *importer, struct uf_text_list *list, const char *code,
                          struct uf_error *error)
{
    importer->summary->added++;
    return uf_text_list_add(list, code, error);
}

static const char *label_of(const struct uf_importer *importer, size_t d, const char *code)
{
    return d == SIZE_MAX ? NULL : uf_plan_label(&importer->plan, &importer->reader, d, code);
}

/* The store has another region under that code: adding it would rename that one. */
static uf_status is_taken(struct uf_importer *importer, const char *code, bool *out, struct uf_error *error)
{
    char *held = NULL;
    const char *meaning = uf_plan_meaning(&importer->plan, &importer->reader, importer->plan.region, code);
    UF_TRY(uf_find_labelled_region(importer->store, meaning, &held, error));
    *out = held != NULL;
    free(held);
    return UF_OK;
}

uf_status uf_importer_add_region(struct uf_importer *importer, const char *code, char **out,
                                 struct uf_error *error)
{
    char *word = NULL, *label = NULL, *parent = NULL;
    bool taken = false;
    UF_TRY(is_taken(importer, code, &taken, error));
    if (taken) {
        *out = NULL;
        return UF_OK;
    }
    const char *said = label_of(importer, importer->plan.region, code);
    UF_TRY(uf_label_split(uf_plan_meaning(&importer->plan, &importer->reader, importer->plan.region, code),
                          &word, &label, error));
    const char *level = nuts_level(importer->store, word, error);
    bool shaped = strcmp(level, "other") != 0;
    uf_status status =
        shaped && strlen(word) > 2 ? find_parent(importer->store, word, &parent, error) : UF_OK;
    const char *name =
        said && strcmp(said, code) != 0 && !importer->plan.dimensions[importer->plan.region].from_labels
            ? said
            : label;
    const struct uf_region region = {
        .code = word, .level = level, .parent = parent, .name_sv = name, .name_en = name};
    if (status == UF_OK) status = uf_store_put_region(importer->store, &region, error);
    if (status == UF_OK) status = remember(importer, &importer->added_regions, word, error);
    free(label);
    free(parent);
    if (status != UF_OK)
        free(word);
    else
        *out = word;
    return status;
}

uf_status uf_importer_add_sector(struct uf_importer *importer, const char *code, char **out,
                                 struct uf_error *error)
{
    const struct uf_plan *plan = &importer->plan;
    char *word = NULL, *label = NULL, *parent = NULL;
    const char *said = label_of(importer, plan->sector, code);
    UF_TRY(
        uf_label_split(uf_plan_meaning(plan, &importer->reader, plan->sector, code), &word, &label, error));
    enum uf_sector_shape shape = UF_SECTOR_NONE;
    uf_status status = uf_sector_shape_of(importer->store, word, &shape, &parent, error);
    const char *name =
        said && strcmp(said, code) != 0 && !plan->dimensions[plan->sector].from_labels ? said : label;
    const struct uf_sector sector = {.code = word,
                                     .scheme = shape == UF_SECTOR_GROUP  ? "nace-aggregate"
                                               : shape == UF_SECTOR_NONE ? "other"
                                                                         : "sni2007",
                                     .parent = parent,
                                     .name_sv = name,
                                     .name_en = name};
    const bool shaped = shape != UF_SECTOR_NONE,
               named = *word != '\0'; /* an empty cell is no sector to add */
    bool add = status == UF_OK && (shaped || (named && importer->request->add_unknown_sectors));
    if (add) status = uf_store_put_sector(importer->store, &sector, error);
    if (add && status == UF_OK) status = remember(importer, &importer->added_sectors, word, error);
    free(label);
    free(parent);
    if (!add || status != UF_OK) {
        free(word);
        word = NULL;
    }
    if (status == UF_OK) *out = word;
    return status;
}

static uf_status note_list(struct uf_importer *importer, size_t count, const char *what,
                           const struct uf_text_list *list, struct uf_error *error)
{
    if (count == 0) return UF_OK;
    struct uf_buffer text = {0};
    uf_buffer_append_size(&text, count);
    uf_buffer_append(&text, what);
    for (size_t i = 0; i < list->count && i < SHOWN; i++) {
        if (i > 0) uf_buffer_append(&text, ", ");
        uf_buffer_append(&text, list->items[i]);
    }
    uf_status status =
        text.failed ? uf_fail_memory(error) : uf_text_list_add(&importer->summary->notes, text.data, error);
    uf_buffer_clear(&text);
    return status;
}

/* Codes of a classification that the store does not know tell nothing of what contains what; a code that begins another one is
 * likely its whole (SSYK 2 and 25), and a sum over both would count it twice. */
static uf_status note_depths(struct uf_importer *importer, struct uf_error *error)
{
    const struct uf_text_list *added = &importer->added_sectors;
    for (size_t i = 0; importer->request->add_unknown_sectors && i < added->count; i++)
        for (size_t j = 0; j < added->count; j++) {
            const char *whole = added->items[i], *part = added->items[j];
            if (i == j || strncmp(whole, part, strlen(whole)) != 0) continue;
            struct uf_buffer text = {0};
            uf_buffer_append(&text, "among the added sectors ");
            uf_buffer_append(&text, whole);
            uf_buffer_append(&text, " begins ");
            uf_buffer_append(&text, part);
            uf_buffer_append(&text,
                             ": if the one contains the other, sums over both count it twice; keep one "
                             "level with `keep`, or name the groups of an analysis in `sectors`");
            const uf_status status = text.failed
                                         ? uf_fail_memory(error)
                                         : uf_text_list_add(&importer->summary->notes, text.data, error);
            uf_buffer_clear(&text);
            return status;
        }
    return UF_OK;
}

uf_status uf_importer_note_unknown(struct uf_importer *importer, struct uf_error *error)
{
    UF_TRY(note_list(importer, importer->summary->unknown,
                     " cells of regions that the store does not know were passed over, such as ",
                     &importer->unknown, error));
    UF_TRY(note_list(importer, importer->added_regions.count,
                     " regions that the store did not know were added to it, such as ",
                     &importer->added_regions, error));
    UF_TRY(note_list(importer, importer->added_sectors.count,
                     " sectors that the store did not know were added to it, such as ",
                     &importer->added_sectors, error));
    return note_depths(importer, error);
}

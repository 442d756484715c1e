// SPDX-License-Identifier: GPL-3.0-or-later
/* `levels: [county, nuts2]`: one profile asked for, one analysis for each level, side by side. */
#include <string.h>

#include "base/fail.h"
#include "study/study_file.h"

static uf_status check_levels(const struct study *study, const struct study_profile *profile,
                              struct uf_error *error)
{
    const struct study_texts *levels = &profile->levels;
    if (levels->count > 0 && profile->analysis.level.text)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, profile->analysis.level.place.line,
                          profile->analysis.level.place.column,
                          "found both `level` and `levels`, expected one of them");
    for (size_t i = 0; i < levels->count; i++) {
        const char *level, *other;
        struct uf_error inner = {0};
        if (uf_store_resolve_level(levels->items[i].text, &level, &inner) != UF_OK)
            return uf_fail_at(error, UF_BAD_INPUT, study->path, levels->items[i].place.line,
                              levels->items[i].place.column, "%s", inner.message);
        for (size_t j = 0; j < i; j++)
            if (uf_store_resolve_level(levels->items[j].text, &other, NULL) == UF_OK && !strcmp(level, other))
                return uf_fail_at(error, UF_BAD_INPUT, study->path, levels->items[i].place.line,
                                  levels->items[i].place.column,
                                  "found the level '%s' twice, expected it once", levels->items[i].text);
    }
    return UF_OK;
}

/* `lq` at `county` is called `lq-county`; without an id of its own the method's name takes the level. */
static uf_status name_level(struct study *study, struct study_profile *profile,
                            const struct study_text *level, struct uf_error *error)
{
    const char *name = profile->analysis.id.text ? profile->analysis.id.text : profile->method->name;
    size_t size = strlen(name) + strlen(level->text) + 2;
    char *id = arena_take(&study->arena, size, 1);
    if (!id) return uf_fail_memory(error);
    strcpy(id, name);
    strcat(id, "-");
    strcat(id, level->text);
    if (profile->analysis.id.text) profile->analysis.id.text = id;
    profile->analysis.level = *level;
    profile->id_of_level = id;
    return UF_OK;
}

uf_status study_expand_levels(struct study *study, struct uf_error *error)
{
    const struct study_profile *profiles = study->profiles.items;
    size_t count = 0;
    for (size_t i = 0; i < study->profiles.count; i++) {
        UF_TRY(check_levels(study, &profiles[i], error));
        count += profiles[i].levels.count ? profiles[i].levels.count : 1;
    }
    struct study_profile *expanded = arena_take(&study->arena, count + 1, sizeof *expanded);
    if (!expanded) return uf_fail_memory(error);
    size_t n = 0;
    for (size_t i = 0; i < study->profiles.count; i++) {
        if (profiles[i].levels.count == 0) expanded[n++] = profiles[i];
        for (size_t k = 0; k < profiles[i].levels.count; k++) {
            expanded[n] = profiles[i];
            UF_TRY(name_level(study, &expanded[n], &profiles[i].levels.items[k], error));
            n++;
        }
    }
    study->profiles.items = expanded;
    study->profiles.count = n;
    return UF_OK;
}

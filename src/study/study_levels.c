// SPDX-License-Identifier: GPL-3.0-or-later
/* `levels: [county, nuts2]`: one profile asked for, one analysis for each level, side by side. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/levels.h"
#include "study/study_file.h"

static uf_status check_levels(const struct study *study, const struct study_profile *profile,
                              struct uf_error *error)
{
    const struct study_texts *levels = &profile->levels;
    if (levels->count > 0 && profile->analysis.level.text)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, profile->analysis.level.place.line,
                          profile->analysis.level.place.column,
                          "found both `level` and `levels`, expected one of them");
    const char *names[64];
    const size_t n =
        levels->count < 64 ? levels->count : 64; /* there are six levels: the rest are repeated */
    for (size_t i = 0; i < n; i++) names[i] = levels->items[i].text;
    size_t wrong = 0;
    struct uf_error inner = {0};
    if (levels_check(names, n, &wrong, &inner) != UF_OK)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, levels->items[wrong].place.line,
                          levels->items[wrong].place.column, "%s", inner.message);
    return UF_OK;
}

/* `lq` at `county` is called `lq-county`; without an id of its own the method's name takes the level. */
static uf_status name_level(struct study *study, struct study_profile *profile,
                            const struct study_text *level, struct uf_error *error)
{
    const char *name = profile->analysis.id.text ? profile->analysis.id.text : profile->method->name;
    char *joined = levels_name(name, level->text);
    char *id = joined ? arena_text(&study->arena, joined, strlen(joined)) : NULL;
    free(joined);
    if (!id) return uf_fail_memory(error);
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

const struct study_sums *study_sums_of(const struct study_profile *profile, const char *indicator)
{
    for (size_t i = 0; i < profile->n_sums; i++)
        if (!strcmp(profile->sums[i].indicator, indicator)) return &profile->sums[i];
    return NULL;
}

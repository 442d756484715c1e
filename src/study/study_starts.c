// SPDX-License-Identifier: GPL-3.0-or-later
/* Regions that began at different times: `starts` of an intervention. */
#include "base/fail.h"
#include "study/study_file.h"

#include <string.h>

static bool is_among(const struct study_texts *regions, const char *name)
{
    for (size_t i = 0; i < regions->count; i++)
        if (!strcmp(regions->items[i].text, name)) return true;
    return false;
}

uf_status study_starts_of(struct study *study, const struct study_texts *treated, const uf_period **out,
                          struct uf_error *error)
{
    const struct study_items *starts = &study->intervention.starts;
    const struct study_start *items = starts->items;
    *out = NULL;
    if (starts->count == 0) return UF_OK;
    uf_period *periods = arena_take(&study->arena, treated->count + 1, sizeof *periods);
    if (!periods) return uf_fail_memory(error);
    for (size_t i = 0; i < treated->count; i++) {
        periods[i] = 0;
        for (size_t s = 0; s < starts->count; s++)
            if (!strcmp(items[s].name.text, treated->items[i].text)) periods[i] = items[s].period;
        if (!periods[i] && !study->intervention.start)
            return uf_fail_at(
                error, UF_BAD_INPUT, study->path, starts->place.line, starts->place.column,
                "found no start for the treated region %s, expected one for each, or `start` for "
                "all others",
                treated->items[i].text);
    }
    for (size_t s = 0; s < starts->count; s++)
        if (!is_among(treated, items[s].name.text) &&
            !is_among(&study->intervention.treated, items[s].name.text))
            return uf_fail_at(error, UF_BAD_INPUT, study->path, items[s].place.line, items[s].place.column,
                              "found a start for %s, which is not among the treated regions; expected one of "
                              "them, written as there",
                              items[s].name.text);
    *out = periods;
    return UF_OK;
}

uf_period study_first_start(const struct study_intervention *intervention)
{
    const struct study_start *items = intervention->starts.items;
    uf_period first = intervention->start;
    for (size_t s = 0; s < intervention->starts.count; s++)
        if (!first || items[s].period < first) first = items[s].period;
    return first;
}

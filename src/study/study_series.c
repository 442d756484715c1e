// SPDX-License-Identifier: GPL-3.0-or-later
/* The names in `splice`, `aggregate` and `regions`: what they make, and what they are made from. */
#include <stdint.h>
#include <string.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "study/study_file.h"

const struct study_text *study_aggregate_name(const struct study_aggregate *aggregate)
{
    return aggregate->as.text ? &aggregate->as : &aggregate->indicator;
}

bool study_has_indicator(const struct study *study, const char *name)
{
    const struct study_splice *splices = study->splices.items;
    const struct study_aggregate *aggregates = study->aggregates.items;
    if (study_source_of(study, name)) return true;
    for (size_t i = 0; i < study->splices.count; i++)
        if (!strcmp(splices[i].indicator.text, name)) return true;
    for (size_t i = 0; i < study->aggregates.count; i++)
        if (uf_text_equal(study_aggregate_name(&aggregates[i])->text, name)) return true;
    return false;
}

/* What is made stands after what it is made from, so the search goes back only and ends. */
static bool is_made_before(const struct study *study, const char *indicator, const char *other,
                           size_t splices, size_t aggregates)
{
    const struct study_splice *splice = study->splices.items;
    const struct study_aggregate *aggregate = study->aggregates.items;
    if (!strcmp(indicator, other)) return true;
    for (size_t i = 0; i < aggregates; i++) {
        const struct study_aggregate *item = &aggregate[i];
        if (!uf_text_equal(study_aggregate_name(item)->text, indicator)) continue;
        const char *const from[] = {item->indicator.text, item->numerator.text, item->denominator.text};
        for (size_t k = 0; k < 3; k++)
            if (from[k] && is_made_before(study, from[k], other, splices, i)) return true;
    }
    for (size_t i = 0; i < splices; i++)
        for (size_t k = 0; !strcmp(splice[i].indicator.text, indicator) && k < splice[i].parts.count; k++)
            if (is_made_before(study, splice[i].parts.items[k].text, other, i, 0)) return true;
    return false;
}

bool study_is_made_from(const struct study *study, const char *indicator, const char *other)
{
    return is_made_before(study, indicator, other, study->splices.count, study->aggregates.count);
}

/* --- checks ------------------------------------------------------------------------------------- */

static uf_status check_new_name(const struct study *study, const struct study_text *name, const char *key,
                                struct uf_error *error)
{
    if (!study_is_name(name->text))
        return uf_fail_at(error, UF_BAD_INPUT, study->path, name->place.line, name->place.column,
                          "found the name '%s', expected letters, digits and _ only, beginning with a letter",
                          name->text);
    if (study_source_of(study, name->text))
        return uf_fail_at(
            error, UF_BAD_INPUT, study->path, name->place.line, name->place.column,
            "found '%s' both as an indicator of `sources` and in `%s`, expected different names", name->text,
            key);
    return UF_OK;
}

/* One name, one series: a second splice or aggregate of that name would meet the first in the store. */
static uf_status check_made_once(const struct study *study, const struct study_text *name, size_t splices,
                                 size_t aggregates, struct uf_error *error)
{
    const struct study_splice *splice = study->splices.items;
    const struct study_aggregate *aggregate = study->aggregates.items;
    bool taken = false;
    for (size_t i = 0; i < splices; i++) taken = taken || !strcmp(splice[i].indicator.text, name->text);
    for (size_t i = 0; i < aggregates; i++) taken = taken || uf_text_equal(aggregate[i].as.text, name->text);
    if (!taken) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, study->path, name->place.line, name->place.column,
                      "found the name '%s' a second time, expected each series that is made to have its own",
                      name->text);
}

/* A part is a source, or a splice or aggregate that stands before it. */
static uf_status check_part(struct study *study, const struct study_text *name, const char *key,
                            size_t splices, size_t aggregates, struct uf_error *error)
{
    const struct study_splice *splice = study->splices.items;
    const struct study_aggregate *aggregate = study->aggregates.items;
    bool known = !name->text || study_source_of(study, name->text);
    for (size_t i = 0; i < splices && !known; i++) known = !strcmp(splice[i].indicator.text, name->text);
    for (size_t i = 0; i < aggregates && !known; i++)
        known = uf_text_equal(study_aggregate_name(&aggregate[i])->text, name->text);
    return known ? UF_OK : study_fail_unknown_indicator(study, name, key, error);
}

static uf_status check_splice(struct study *study, size_t index, struct uf_error *error)
{
    const struct study_splice *splice = &((struct study_splice *)study->splices.items)[index];
    const struct study_texts *overlap = &splice->overlap;
    UF_TRY(check_new_name(study, &splice->indicator, "splice", error));
    UF_TRY(check_made_once(study, &splice->indicator, index, 0, error));
    if (splice->parts.count < 2)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, splice->parts.place.line,
                          splice->parts.place.column,
                          "found one part, expected two or more, the oldest first");
    for (size_t i = 0; i < splice->parts.count; i++)
        UF_TRY(check_part(study, &splice->parts.items[i], "parts", index, 0, error));
    if (overlap->count && overlap->count != 2 * (splice->parts.count - 1))
        return uf_fail_at(error, UF_BAD_INPUT, study->path, overlap->place.line, overlap->place.column,
                          "found %zu periods in overlap, expected a first and a last one for each seam: %zu",
                          overlap->count, 2 * (splice->parts.count - 1));
    for (size_t i = 0; i < overlap->count; i++) {
        uf_period period;
        const struct study_text *text = &overlap->items[i];
        if (!uf_period_parse(text->text, strlen(text->text), &period))
            return uf_fail_at(error, UF_BAD_INPUT, study->path, text->place.line, text->place.column,
                              "found '%s' in overlap, expected a period as 2018", text->text);
    }
    return UF_OK;
}

static uf_status fail_without(const struct study *study, const struct study_aggregate *aggregate,
                              const char *what, struct uf_error *error)
{
    return uf_fail_at(error, UF_BAD_INPUT, study->path, aggregate->place.line, aggregate->place.column,
                      "found an aggregate without %s, expected it since `how` is %s", what,
                      aggregate->how.text ? aggregate->how.text : "sum");
}

static uf_status check_aggregate(struct study *study, size_t index, struct uf_error *error)
{
    const struct study_aggregate *aggregate = &((struct study_aggregate *)study->aggregates.items)[index];
    const bool mean = uf_text_equal(aggregate->how.text, "mean"),
               share = uf_text_equal(aggregate->how.text, "share");
    if (aggregate->as.text) {
        UF_TRY(check_new_name(study, &aggregate->as, "aggregate", error));
        UF_TRY(check_made_once(study, &aggregate->as, study->splices.count, index, error));
    }
    if (!share && !aggregate->indicator.text) return fail_without(study, aggregate, "`indicator`", error);
    if (mean && !aggregate->weight.text) return fail_without(study, aggregate, "`weight`", error);
    if (share && (!aggregate->numerator.text || !aggregate->denominator.text || !aggregate->as.text))
        return fail_without(study, aggregate, "`numerator`, `denominator` and `as`", error);
    const struct {
        const struct study_text *text;
        const char *key;
    } names[] = {{&aggregate->indicator, "indicator"},
                 {&aggregate->weight, "weight"},
                 {&aggregate->numerator, "numerator"},
                 {&aggregate->denominator, "denominator"}};
    for (size_t k = 0; k < 4; k++)
        UF_TRY(check_part(study, names[k].text, names[k].key, study->splices.count, index, error));
    return UF_OK;
}

static uf_status check_regions(struct study *study, struct uf_error *error)
{
    const struct study_regions *regions = &study->regions;
    const struct study_denominator *denominators = regions->denominators.items;
    if (regions->as_of && uf_period_kind_of(regions->as_of) != UF_PERIOD_YEAR)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, regions->place.line, regions->place.column,
                          "expected a year in `as-of`, as 2016");
    if (regions->crosswalk.text && !regions->as_of)
        return uf_fail_at(error, UF_BAD_INPUT, study->path, regions->crosswalk.place.line,
                          regions->crosswalk.place.column,
                          "found a crosswalk without `as-of`, expected the year whose division it leads to");
    for (size_t i = 0; i < regions->one_division.count; i++)
        UF_TRY(check_part(study, &regions->one_division.items[i], "one-division", 0, 0, error));
    for (size_t i = 0; i < regions->denominators.count; i++) {
        UF_TRY(check_part(study, &denominators[i].name, "denominators", 0, 0, error));
        UF_TRY(check_part(study, &denominators[i].indicator, "denominators", 0, 0, error));
    }
    return UF_OK;
}

uf_status study_check_series(struct study *study, struct uf_error *error)
{
    UF_TRY(check_regions(study, error));
    for (size_t i = 0; i < study->splices.count; i++) UF_TRY(check_splice(study, i, error));
    for (size_t i = 0; i < study->aggregates.count; i++) UF_TRY(check_aggregate(study, i, error));
    return UF_OK;
}

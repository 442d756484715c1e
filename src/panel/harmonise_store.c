// SPDX-License-Identifier: GPL-3.0-or-later
/* Harmonising a stored indicator: its values set aside, units as regions, what was done in the ledger. */
#include <utfall/harmonise.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "panel/indicator_facts.h"
#include "panel/selection.h"

/* --- units as regions --------------------------------------------------------------------------- */

static const char NAMES[] = "SELECT level, name_sv, name_en, short_name FROM region WHERE instr('+' || ?1 || "
                            "'+', '+' || code || '+') > 0 "
                            "ORDER BY code";
/* The nearest region that holds all members. */
static const char PARENT[] = "WITH RECURSIVE member(region_id) AS (SELECT region_id FROM region WHERE "
                             "instr('+' || ?1 || '+', '+' || code || "
                             "'+') > 0), up(member_id, ancestor_id, steps) AS (SELECT m.region_id, "
                             "r.parent_id, 1 FROM member m JOIN region r "
                             "USING (region_id) WHERE r.parent_id IS NOT NULL UNION ALL SELECT up.member_id, "
                             "r.parent_id, up.steps + 1 FROM up "
                             "JOIN region r ON r.region_id = up.ancestor_id WHERE r.parent_id IS NOT NULL) "
                             "SELECT p.code AS code FROM up JOIN "
                             "region p ON p.region_id = up.ancestor_id GROUP BY p.code HAVING count(DISTINCT "
                             "member_id) = (SELECT count(*) "
                             "FROM member) ORDER BY min(up.steps) LIMIT 1";

static uf_status put_unit(struct uf_store *store, const char *code, struct uf_error *error)
{
    char *known = NULL;
    if (!strchr(code, '+')) return UF_OK;
    UF_TRY(uf_store_find_region(store, code, &known, error));
    if (known) {
        free(known);
        return UF_OK;
    }
    struct uf_table *members = NULL, *parent = NULL;
    UF_TRY(uf_store_query(store, NAMES, &code, 1, &members, error));
    struct uf_buffer names[3];
    uf_status status = uf_store_query(store, PARENT, &code, 1, &parent, error);
    for (size_t k = 0; k < 3; k++) uf_buffer_init(&names[k]);
    for (size_t i = 0; i < uf_table_rows(members); i++)
        for (size_t k = 0; k < 3; k++) {
            if (i) uf_buffer_append(&names[k], " + ");
            uf_buffer_append(&names[k], uf_table_text(members, i, k + 1));
        }
    if (status == UF_OK && uf_table_rows(members) == 0)
        status = uf_fail(error, UF_BAD_INPUT, "none of the regions of '%s' is in the store", code);
    if (status == UF_OK && (names[0].failed || names[1].failed || names[2].failed))
        status = uf_fail_memory(error);
    if (status == UF_OK) {
        const struct uf_region unit = {.code = code,
                                       .level = uf_table_text(members, 0, 0),
                                       .parent = uf_table_rows(parent) ? uf_table_text(parent, 0, 0) : NULL,
                                       .name_sv = names[0].data,
                                       .name_en = names[1].data,
                                       .short_name = names[2].data};
        status = uf_store_put_region(store, &unit, error);
    }
    for (size_t k = 0; k < 3; k++) uf_buffer_clear(&names[k]);
    uf_table_free(members);
    uf_table_free(parent);
    return status;
}

/* --- what is said of it ------------------------------------------------------------------------- */

static uf_status say_step(const struct uf_harmonise_options *options, const struct uf_harmonise_step *step,
                          enum uf_language language, struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words steps[] = {
        [UF_HARMONISE_MERGED] = {"'{0}': {1} merged into {2}", "”{0}”: {1} sammanförda till {2}"},
        [UF_HARMONISE_RECODED] = {"'{0}': {1} under one code, {2}", "”{0}”: {1} under en kod, {2}"},
        [UF_HARMONISE_WEIGHTED] = {"'{0}': {1} carried to {2} by weights",
                                   "”{0}”: {1} förda till {2} med vikter"}};
    static const struct uf_words
        whole = {"one division of regions, that of {3}", "en och samma regionindelning, den från {3}"},
        incomplete = {"one division of regions, that of {3}; {4} values are missing because a part is",
                      "en och samma regionindelning, den från {3}; {4} värden saknas för att en del "
                      "saknas"};
    char year[16];
    snprintf(year, sizeof year, "%d", options->as_of);
    const struct uf_argument arguments[] = {uf_text_argument(options->indicator),
                                            uf_text_argument(step->members), uf_text_argument(step->unit),
                                            uf_text_argument(year), uf_count_argument(step->n_incomplete)};
    char *step_text = NULL, *reason_text = NULL;
    UF_TRY(uf_phrase(language, steps[step->way], arguments, 5, &step_text, error));
    uf_status status =
        uf_phrase(language, step->n_incomplete ? incomplete : whole, arguments, 5, &reason_text, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(log, step_text, reason_text, step->n_before, step->n_after, error);
    free(step_text);
    free(reason_text);
    return status;
}

/* A reader who looks for Uppsala must learn where it went. */
static uf_status say_units(const struct uf_harmonise_options *options, const struct uf_harmonised *harmonised,
                           enum uf_language language, struct uf_result *log, struct uf_error *error)
{
    static const struct uf_words text = {"In '{0}' the regions {1} are shown as one, since borders between "
                                         "them moved and no weights were given.",
                                         "I ”{0}” visas regionerna {1} som en, eftersom gränserna mellan dem "
                                         "har flyttats och inga vikter har angetts."};
    static const struct uf_words advice = {
        "With a crosswalk (`regions: {{crosswalk: FILE}`) they can be kept apart, as estimates.",
        "Med en omräkningsnyckel (`regions: {{crosswalk: FIL}`) kan de hållas isär, som skattningar."};
    uf_status status = UF_OK;
    for (size_t i = 0; i < harmonised->n_steps && status == UF_OK; i++) {
        if (!strchr(harmonised->steps[i].unit, '+')) continue;
        const struct uf_argument arguments[] = {uf_text_argument(options->indicator),
                                                uf_text_argument(harmonised->steps[i].unit)};
        status =
            uf_result_add_note(log, language, UF_NOTE, "regions-merged", text, advice, arguments, 2, error);
    }
    return status;
}

/* --- in the store ------------------------------------------------------------------------------- */

static uf_status replace_values(struct uf_store *store, const struct uf_harmonise_options *options,
                                const struct uf_harmonised *harmonised, const struct uf_text_list *series,
                                struct uf_error *error)
{
    char aside[256], made[256];
    snprintf(aside, sizeof aside, "%.200s:as-published", options->indicator);
    snprintf(made, sizeof made, "%.200s: regions as of %d", options->indicator, options->as_of);
    for (size_t i = 0; i < harmonised->n_steps; i++)
        UF_TRY(put_unit(store, harmonised->steps[i].unit, error));
    UF_TRY(uf_store_set_aside(store, options->indicator, aside, error));
    return uf_cells_write(store, options->indicator, made, "harmonised", series, &harmonised->cells, error);
}

static uf_status read_cells(struct uf_store *store, const struct uf_harmonise_options *options,
                            const char *denominator, struct uf_text_list *series, struct uf_cells *out,
                            struct uf_error *error)
{
    UF_TRY(uf_cells_read(store, options->indicator, NULL, series, out, error));
    if (!denominator || options->kind != UF_INDICATOR_RATIO) return UF_OK;
    struct uf_cells weights;
    uf_cells_init(&weights);
    uf_status status = uf_cells_read(store, denominator, NULL, series, &weights, error);
    if (status == UF_OK) status = uf_cells_weigh(out, &weights, series, error);
    uf_cells_clear(&weights);
    return status;
}

uf_status uf_harmonise_indicator(struct uf_store *store, const struct uf_harmonise_options *options,
                                 const char *denominator, enum uf_language language, struct uf_result *log,
                                 struct uf_error *error)
{
    struct uf_harmonise_options settled = *options;
    struct indicator_facts facts = {0};
    struct uf_text_list series;
    struct uf_cells cells;
    struct uf_harmonised harmonised = {0};
    UF_TRY(indicator_facts_read(store, settled.indicator, &facts, error));
    settled.kind = facts.indicator.kind;
    indicator_facts_clear(&facts);
    uf_text_list_init(&series);
    uf_cells_init(&cells);
    uf_status status = read_cells(store, &settled, denominator, &series, &cells, error);
    if (status == UF_OK) status = uf_harmonise(&cells, &settled, &harmonised, error);
    if (status == UF_OK && harmonised.n_steps) {
        UF_TRY_GOTO(uf_store_begin(store, error), done);
        status = replace_values(store, &settled, &harmonised, &series, error);
        if (status == UF_OK) status = uf_store_commit(store, error);
        if (status != UF_OK) uf_store_rollback(store);
        for (size_t i = 0; i < harmonised.n_steps && status == UF_OK; i++)
            status = say_step(&settled, &harmonised.steps[i], language, log, error);
        if (status == UF_OK) status = say_units(&settled, &harmonised, language, log, error);
    }
done:
    uf_harmonised_clear(&harmonised);
    uf_cells_clear(&cells);
    uf_text_list_clear(&series);
    return status;
}

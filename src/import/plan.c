// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/plan.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "import/planner.h"

void uf_plan_clear(struct uf_plan *plan)
{
    for (size_t d = 0; plan->dimensions && d < plan->count; d++) {
        uf_codes_clear(&plan->dimensions[d].kept);
        uf_codes_clear(&plan->dimensions[d].labels);
        free(plan->dimensions[d].constant);
    }
    for (size_t d = 0; plan->codes && d < plan->count; d++) uf_text_list_clear(&plan->codes[d]);
    for (size_t i = 0; i < plan->n_sums; i++) uf_codes_clear(&plan->sums[i].parts);
    free(plan->dimensions);
    free(plan->codes);
    free(plan->sums);
    free(plan->region_level);
    uf_region_names_clear(&plan->names);
    uf_text_list_clear(&plan->left_out);
    uf_text_list_clear(&plan->needs);
    memset(plan, 0, sizeof *plan);
}

bool uf_names_unit(const char *dimension)
{
    static const char *const NAMES[] = {"unit", "unit_measure", "enhet", "unit code"};
    return UF_NAMED(dimension, NAMES);
}

/* --- what the files of the planner share ------------------------------------------------------- */

bool uf_planner_named(const char *name, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++)
        if (!strcasecmp(name, words[i])) return true;
    return false;
}

const char *uf_planner_name(const struct uf_planner *p, size_t d)
{
    return p->reader->dimensions.items[d];
}

const struct uf_dimension_facts *uf_planner_facts(const struct uf_planner *p, size_t d)
{
    return d < p->reader->facts.n_dimensions ? &p->reader->facts.dimensions[d] : NULL;
}

void uf_planner_assign(struct uf_planner *p, size_t d, enum uf_role role)
{
    p->plan->dimensions[d].role = role;
    p->open[d] = false;
}

size_t uf_planner_holder(const struct uf_planner *p, enum uf_role role)
{
    for (size_t d = 0; d < p->plan->count; d++)
        if (p->plan->dimensions[d].role == role) return d;
    return SIZE_MAX;
}

bool uf_planner_is_single(const struct uf_planner *p, size_t d)
{
    const struct uf_keep *keep = p->plan->dimensions[d].keep;
    return keep && keep->n_codes == 1;
}

uf_status uf_planner_note(struct uf_planner *p, const char *const *parts, struct uf_error *error)
{
    struct uf_buffer text = {0};
    for (size_t i = 0; parts[i]; i++) uf_buffer_append(&text, parts[i]);
    uf_status status = text.failed ? uf_fail_memory(error) : uf_text_list_add(p->notes, text.data, error);
    uf_buffer_clear(&text);
    return status;
}

uf_status uf_planner_need(struct uf_planner *p, struct uf_error *error, const char *format, ...)
{
    char message[UF_ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (p->lenient) return uf_text_list_add(&p->plan->needs, message, error);
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(p->reader->input),
                      uf_input_is_binary(p->reader->input) ? 0 : 1, 0, "%s", message);
}

const char *uf_planner_label(const struct uf_planner *p, size_t d, const char *code)
{
    const char *label = uf_plan_label(p->plan, p->reader, d, code);
    return label && strcmp(label, code) != 0 ? label : NULL;
}

uf_status uf_find_quietly(struct uf_store *store, uf_find_function *find, const char *text, char **out,
                          struct uf_error *error)
{
    *out = NULL;
    uf_status status = find(store, text, out, error);
    return status == UF_BAD_INPUT ? UF_OK : status;
}

/* --- the rest ---------------------------------------------------------------------------------- */

/* Another column of values, not of codes: many different numbers, or numbers with decimals. */
static bool is_measure(const struct uf_surveyed_dimension *dimension)
{
    enum { MANY = 120 };
    bool fractions = false;
    for (size_t i = 0; i < dimension->codes.count; i++) {
        const char *code = dimension->codes.items[i];
        double value;
        uf_value_status status;
        if (uf_value_is_missing_sign(code, strlen(code), &status)) continue;
        if (!uf_number_parse(code, strlen(code), '.', &value)) return false;
        fractions = fractions || strchr(code, '.') != NULL;
    }
    return fractions || dimension->codes.count > MANY;
}

static uf_status leave_out(struct uf_planner *p, size_t d, struct uf_error *error)
{
    uf_planner_assign(p, d, UF_ROLE_NONE);
    return uf_text_list_add(&p->plan->left_out, uf_planner_name(p, d), error);
}

static uf_status settle_dimension(struct uf_planner *p, size_t d, bool needed, struct uf_error *error)
{
    const struct uf_surveyed_dimension *dimension = &p->survey.dimensions[d];
    const struct uf_text_list *codes = &p->plan->codes[d];
    const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
    const char *name = uf_planner_name(p, d);
    if (codes->count == 1) {
        uf_planner_assign(p, d, UF_ROLE_NONE);
        p->plan->dimensions[d].constant = uf_text_copy(codes->items[0]);
        return p->plan->dimensions[d].constant ? UF_OK : uf_fail_memory(error);
    }
    if (uf_names_unit(name)) {
        UF_TRY(uf_planner_need(p, error,
                               "column %s has several units (%s, %s%s) and an indicator has one; keep one of "
                               "them: --keep %s=%s, in a study keep: {%s: %s}",
                               name, codes->items[0], codes->items[1], codes->count > 2 ? ", ..." : "", name,
                               codes->items[0], name, codes->items[0]));
        needed = true; /* lenient */
    }
    bool listed = facts && facts->codes.count > 0; /* a cube: all of its dimensions tell cells apart */
    if (listed && !p->survey.whole) needed = true;
    if (!needed || dimension->overflow || (!listed && is_measure(dimension))) return leave_out(p, d, error);
    uf_planner_assign(p, d, UF_ROLE_BREAKDOWN);
    return uf_planner_note(p, (const char *const[]){"column ", name, " is kept as a breakdown", NULL}, error);
}

static uf_status note_left_out(struct uf_planner *p, struct uf_error *error)
{
    const struct uf_text_list *left_out = &p->plan->left_out;
    struct uf_buffer names = {0};
    for (size_t i = 0; i < left_out->count; i++) {
        if (i > 0) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, left_out->items[i]);
    }
    uf_status status = names.failed ? uf_fail_memory(error) : UF_OK;
    if (status == UF_OK && left_out->count > 0)
        status = uf_planner_note(
            p, (const char *const[]){"left out, since not needed to tell cells apart: ", names.data, NULL},
            error);
    uf_buffer_clear(&names);
    return status;
}

static uf_status settle_rest(struct uf_planner *p, struct uf_error *error)
{
    size_t n = p->plan->count, n_key = 0;
    size_t *key = calloc(n + 1, sizeof *key);
    bool *needed = calloc(n + 1, sizeof *needed);
    uf_status status = key && needed ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t d = 0; d < n; d++)
            if (p->plan->dimensions[d].role != UF_ROLE_NONE || p->plan->dimensions[d].summed)
                key[n_key++] = d;
        status = uf_survey_needed(&p->survey, key, n_key, needed, error);
    }
    for (size_t d = 0; d < n && status == UF_OK; d++)
        if (p->open[d]) status = settle_dimension(p, d, needed[d], error);
    if (status == UF_OK) status = note_left_out(p, error);
    free(key);
    free(needed);
    return status;
}

/* --- what the user said ------------------------------------------------------------------------ */

static uf_status take_role(struct uf_planner *p, const struct uf_dimension_role *role, struct uf_error *error)
{
    if (p->reader->format->has_value_column && (role->role == UF_ROLE_VALUE || role->role == UF_ROLE_STATUS))
        return UF_OK;
    size_t d = uf_plan_dimension(p->reader, role->dimension);
    const char *file = uf_input_name(p->reader->input);
    if (d == SIZE_MAX)
        return uf_reader_fail_dimension(p->reader, role->dimension, &p->reader->dimensions, error);
    if (role->role == UF_ROLE_VALUE || role->role == UF_ROLE_STATUS)
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                          "'%s' holds codes in a file of format %s, it cannot be the value", role->dimension,
                          p->reader->format->name);
    size_t holder = role->role == UF_ROLE_BREAKDOWN || role->role == UF_ROLE_NONE
                        ? SIZE_MAX
                        : uf_planner_holder(p, role->role);
    if (holder != SIZE_MAX && holder != d)
        return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                          "'%s' and '%s' are both given the same role; choose one of them",
                          uf_planner_name(p, holder), uf_planner_name(p, d));
    uf_planner_assign(p, d, role->role);
    return UF_OK;
}

static uf_status take_wishes(struct uf_planner *p, struct uf_error *error)
{
    const struct uf_import_request *request = p->request;
    for (size_t i = 0; i < request->n_keep; i++) {
        size_t d = uf_plan_dimension(p->reader, request->keep[i].dimension);
        if (d == SIZE_MAX)
            return uf_reader_fail_dimension(p->reader, request->keep[i].dimension, &p->reader->dimensions,
                                            error);
        p->plan->dimensions[d].keep = &request->keep[i];
    }
    for (size_t i = 0; i < request->n_roles; i++) UF_TRY(take_role(p, &request->roles[i], error));
    return UF_OK;
}

/* One kept code says all there is to say of its dimension, unless that says what is counted, where or when. */
static void take_single_codes(struct uf_planner *p)
{
    for (size_t d = 0; d < p->plan->count; d++)
        if (p->open[d] && uf_planner_is_single(p, d) && !uf_says_where_or_when(p, d))
            uf_planner_assign(p, d, UF_ROLE_NONE);
}

static uf_status check_kept_codes(const struct uf_planner *p, struct uf_error *error)
{
    for (size_t d = 0; d < p->plan->count; d++) {
        const struct uf_keep *keep = p->plan->dimensions[d].keep;
        const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
        bool listed = facts && facts->codes.count > 0;
        const struct uf_text_list *all = listed ? &facts->codes : &p->survey.dimensions[d].all;
        if (!keep || !(listed || (p->survey.whole && all->count < UF_SURVEY_CODES))) continue;
        for (size_t i = 0; i < keep->n_codes; i++) {
            size_t found = 0;
            while (found < all->count &&
                   !uf_plan_means(p->plan, p->reader, d, keep->codes[i], all->items[found]))
                found++;
            if (found < all->count) continue;
            const char *nearest =
                uf_text_nearest(keep->codes[i], (const char *const *)all->items, all->count);
            if (!nearest && listed)
                nearest = uf_text_nearest(keep->codes[i], (const char *const *)facts->labels.items,
                                          facts->labels.count);
            if (!nearest && all->count > 0) nearest = all->items[0];
            return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
                              "column %s has no code '%s'; it has %zu others, such as '%s'",
                              uf_planner_name(p, d), keep->codes[i], all->count, nearest ? nearest : "");
        }
    }
    if (p->survey.n_cells > 0 || p->lenient) return UF_OK;
    return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(p->reader->input), 0, 0,
                      "no cell of the file is left; the kept codes never stand together");
}

/* --- all of it --------------------------------------------------------------------------------- */

static uf_status index_labels(struct uf_planner *p, struct uf_error *error)
{
    for (size_t d = 0; d < p->plan->count; d++) {
        const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
        for (size_t i = 0; facts && i < facts->codes.count; i++)
            UF_TRY(uf_codes_put(&p->plan->dimensions[d].labels, facts->codes.items[i],
                                strlen(facts->codes.items[i]), (int64_t)i, error));
    }
    return UF_OK;
}

/* The file's own list where it has one, else what the survey met. */
static uf_status list_codes(struct uf_planner *p, struct uf_error *error)
{
    for (size_t d = 0; d < p->plan->count; d++) {
        const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
        bool listed = facts && facts->codes.count > 0;
        const struct uf_text_list *all = listed ? &facts->codes : &p->survey.dimensions[d].codes;
        const struct uf_keep *keep = p->plan->dimensions[d].keep;
        for (size_t i = 0; i < all->count; i++) {
            bool kept = !listed || !keep;
            for (size_t k = 0; !kept && k < keep->n_codes; k++)
                kept = uf_plan_means(p->plan, p->reader, d, keep->codes[k], all->items[i]);
            if (kept) UF_TRY(uf_text_list_add(&p->plan->codes[d], all->items[i], error));
        }
    }
    return UF_OK;
}

static uf_status decide(struct uf_planner *p, struct uf_error *error)
{
    struct uf_plan *plan = p->plan;
    UF_TRY(index_labels(p, error));
    UF_TRY(uf_region_names_load(p->store, &plan->names, error));
    UF_TRY(take_wishes(p, error));
    UF_TRY(uf_survey_make(p->reader, plan, &p->survey, error));
    UF_TRY(check_kept_codes(p, error));
    UF_TRY(list_codes(p, error));
    UF_TRY(uf_judge_named_roles(p, error));
    if (uf_planner_holder(p, UF_ROLE_CONTENT) == SIZE_MAX) UF_TRY(uf_guess_content(p, error));
    take_single_codes(p);
    UF_TRY(uf_plan_sums(p, error));
    if (uf_planner_holder(p, UF_ROLE_PERIOD) == SIZE_MAX && !p->request->period_is)
        UF_TRY(uf_guess_period(p, error));
    if (uf_planner_holder(p, UF_ROLE_REGION) == SIZE_MAX && !p->request->region_is)
        UF_TRY(uf_guess_region(p, error));
    if (uf_planner_holder(p, UF_ROLE_SECTOR) == SIZE_MAX) UF_TRY(uf_guess_sector(p, error));
    UF_TRY(settle_rest(p, error));
    plan->period = uf_planner_holder(p, UF_ROLE_PERIOD);
    plan->region = uf_planner_holder(p, UF_ROLE_REGION);
    plan->sector = uf_planner_holder(p, UF_ROLE_SECTOR);
    plan->content = uf_planner_holder(p, UF_ROLE_CONTENT);
    return UF_OK;
}

uf_status uf_plan_make(struct uf_store *store, struct uf_reader *reader,
                       const struct uf_import_request *request, bool lenient, struct uf_plan *out,
                       struct uf_text_list *notes, struct uf_error *error)
{
    struct uf_plan plan = {.count = reader->dimensions.count};
    struct uf_planner p = {.store = store,
                           .reader = reader,
                           .request = request,
                           .plan = &plan,
                           .notes = notes,
                           .lenient = lenient};
    plan.dimensions = calloc(plan.count + 1, sizeof *plan.dimensions);
    plan.codes = calloc(plan.count + 1, sizeof *plan.codes);
    p.open = calloc(plan.count + 1, sizeof *p.open);
    uf_status status = plan.dimensions && plan.codes && p.open ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK) {
        for (size_t d = 0; d < plan.count; d++) p.open[d] = true;
        status = decide(&p, error);
    }
    uf_survey_clear(&p.survey);
    free(p.open);
    if (status != UF_OK)
        uf_plan_clear(&plan);
    else
        *out = plan;
    return status;
}

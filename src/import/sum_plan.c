// SPDX-License-Identifier: GPL-3.0-or-later
/* Which dimensions are added up over, and what their parts are. A total is never added to its parts. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/planner.h"

static const char *const TOTAL_CODES[] = {"T",   "_T",  "TOT", "TOTAL", "TOTALT",   "1+2",   "K+M",
                                          "M+K", "SUM", "ALL", "ALLA",  "SAMTLIGA", "TOTSA", "SAMTL"};
static const char *const TOTAL_LABELS[] = {"total",
                                           "totalt",
                                           "totals",
                                           "samtliga",
                                           "alla",
                                           "all",
                                           "båda könen",
                                           "both sexes",
                                           "män och kvinnor",
                                           "kvinnor och män",
                                           "men and women",
                                           "women and men",
                                           "totalt, samtliga",
                                           "summa"};

static bool is_total(const struct uf_planner *p, size_t d, const char *code)
{
    const char *label = uf_plan_label(p->plan, p->reader, d, code);
    if (UF_NAMED(code, TOTAL_CODES) || UF_NAMED(code, TOTAL_LABELS)) return true;
    if (!label) return false;
    return UF_NAMED(label, TOTAL_LABELS) || !strncasecmp(label, "totalt ", 7) ||
           !strncasecmp(label, "total ", 6) || !strncasecmp(label, "samtliga ", 9);
}

/* The rest of the file, where the survey has not seen all of it: a part that is met late is a part too. */
static uf_status read_to_the_end(struct uf_planner *p, size_t d, struct uf_codes *met, struct uf_error *error)
{
    struct uf_text_list *codes = &p->plan->codes[d];
    for (size_t i = 0; i < codes->count; i++)
        UF_TRY(uf_codes_put(met, codes->items[i], strlen(codes->items[i]), 1, error));
    for (;;) {
        struct uf_cell cell;
        bool more = false, kept = false;
        int64_t one;
        UF_TRY(p->reader->format->next(p->reader, &cell, &more, error));
        if (!more) return UF_OK;
        UF_TRY(uf_plan_keeps(p->plan, p->reader, &cell, &kept, error));
        const char *code = cell.codes[d];
        if (!kept || uf_codes_find(met, code, strlen(code), &one)) continue;
        UF_TRY(uf_text_list_add(codes, code, error));
        UF_TRY(uf_codes_put(met, code, strlen(code), 1, error));
    }
}

static uf_status complete_codes(struct uf_planner *p, size_t d, struct uf_error *error)
{
    const struct uf_dimension_facts *facts = uf_planner_facts(p, d);
    if (p->survey.whole || (facts && facts->codes.count > 0)) return UF_OK;
    if (p->request->n_sums > 1)
        return uf_fail_at(
            error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
            "in a file as large as this, name the parts to add up: --sum %s=CODE,CODE, in a study "
            "sum: {%s: [CODE, CODE]}",
            uf_planner_name(p, d), uf_planner_name(p, d));
    struct uf_codes met = {0};
    uf_status status = read_to_the_end(p, d, &met, error);
    uf_codes_clear(&met);
    return status;
}

static uf_status add_part(struct uf_planned_sum *sum, const char *code, struct uf_error *error)
{
    int64_t place;
    if (uf_codes_find(&sum->parts, code, strlen(code), &place)) return UF_OK;
    return uf_codes_put(&sum->parts, code, strlen(code), (int64_t)sum->parts.count, error);
}

/* No codes are named: the total itself where the file has it, else all parts. */
static uf_status take_all(struct uf_planner *p, struct uf_planned_sum *sum, struct uf_error *error)
{
    size_t d = sum->dimension;
    UF_TRY(complete_codes(p, d, error));
    const struct uf_text_list *codes = &p->plan->codes[d];
    for (size_t i = 0; i < codes->count; i++) {
        if (!is_total(p, d, codes->items[i])) continue;
        UF_TRY(add_part(sum, codes->items[i], error));
        sum->own_total = true;
        return uf_planner_note(
            p,
            (const char *const[]){"column ", uf_planner_name(p, d),
                                  " has a total of its own, which is used: ", codes->items[i], NULL},
            error);
    }
    for (size_t i = 0; i < codes->count; i++) UF_TRY(add_part(sum, codes->items[i], error));
    return UF_OK;
}

static uf_status take_named(struct uf_planner *p, const struct uf_sum *asked, struct uf_planned_sum *sum,
                            struct uf_error *error)
{
    size_t d = sum->dimension;
    const struct uf_text_list *codes = &p->plan->codes[d];
    const char *total = NULL, *file = uf_input_name(p->reader->input);
    for (size_t k = 0; k < asked->n_codes; k++) {
        size_t found = SIZE_MAX;
        for (size_t i = 0; i < codes->count && found == SIZE_MAX; i++)
            if (uf_plan_means(p->plan, p->reader, d, asked->codes[k], codes->items[i])) found = i;
        if (found == SIZE_MAX && p->survey.whole) {
            const char *nearest =
                uf_text_nearest(asked->codes[k], (const char *const *)codes->items, codes->count);
            return uf_fail_at(error, UF_BAD_USAGE, file, 0, 0,
                              "column %s has no code '%s' to add up; it has %zu others, such as '%s'",
                              uf_planner_name(p, d), asked->codes[k], codes->count,
                              nearest            ? nearest
                              : codes->count > 0 ? codes->items[0]
                                                 : "");
        }
        const char *code = found == SIZE_MAX ? asked->codes[k] : codes->items[found];
        if (is_total(p, d, code)) total = code;
        UF_TRY(add_part(sum, code, error));
    }
    if (total && sum->parts.count > 1)
        return uf_fail_at(
            error, UF_BAD_USAGE, file, 0, 0,
            "'%s' of column %s is a total and cannot be added to its parts; keep it alone (--keep "
            "%s=%s), or leave it out of the sum",
            total, uf_planner_name(p, d), uf_planner_name(p, d), total);
    return UF_OK;
}

/* Persons and kronor have no sum. */
static uf_status check_units(const struct uf_planner *p, const struct uf_planned_sum *sum,
                             struct uf_error *error)
{
    const char *name = uf_planner_name(p, sum->dimension);
    if (sum->parts.count < 2 || !uf_names_unit(name)) return UF_OK;
    return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
                      "column %s holds units of measure, which cannot be added up; keep one of them: --keep "
                      "%s=CODE, in a study keep: {%s: CODE}",
                      name, name, name);
}

static uf_status plan_one(struct uf_planner *p, const struct uf_sum *asked, struct uf_error *error)
{
    struct uf_plan *plan = p->plan;
    size_t d = uf_plan_dimension(p->reader, asked->dimension);
    if (d == SIZE_MAX)
        return uf_reader_fail_dimension(p->reader, asked->dimension, &p->reader->dimensions, error);
    if (plan->dimensions[d].summed) return UF_OK;
    if (plan->dimensions[d].role != UF_ROLE_NONE)
        return uf_fail_at(error, UF_BAD_USAGE, uf_input_name(p->reader->input), 0, 0,
                          "column %s is given a role and cannot be added up over too; choose one of them",
                          uf_planner_name(p, d));
    struct uf_planned_sum *sum = &plan->sums[plan->n_sums++];
    *sum = (struct uf_planned_sum){.dimension = d};
    UF_TRY(asked->n_codes == 0 ? take_all(p, sum, error) : take_named(p, asked, sum, error));
    UF_TRY(check_units(p, sum, error));
    UF_TRY(uf_check_parts_apart(p, sum, error));
    uf_planner_assign(p, d, UF_ROLE_NONE);
    plan->dimensions[d].summed = true;
    return UF_OK;
}

uf_status uf_plan_sums(struct uf_planner *p, struct uf_error *error)
{
    const struct uf_import_request *request = p->request;
    p->plan->sums = calloc(request->n_sums + 1, sizeof *p->plan->sums);
    if (!p->plan->sums) return uf_fail_memory(error);
    for (size_t i = 0; i < request->n_sums; i++) UF_TRY(plan_one(p, &request->sums[i], error));
    return UF_OK;
}

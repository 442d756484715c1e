// SPDX-License-Identifier: GPL-3.0-or-later
/* What the codes of a planned dimension mean, and which of them are kept. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "import/plan.h"

size_t uf_plan_dimension(const struct uf_reader *reader, const char *name)
{
    size_t found = uf_text_list_find(&reader->dimensions, name);
    for (size_t d = 0; d < reader->dimensions.count && found == SIZE_MAX; d++)
        if (!strcasecmp(reader->dimensions.items[d], name)) found = d;
    for (size_t d = 0; d < reader->facts.n_dimensions && found == SIZE_MAX; d++)
        if (reader->facts.dimensions[d].label && !strcasecmp(reader->facts.dimensions[d].label, name))
            found = d;
    return found;
}

const char *uf_plan_label(const struct uf_plan *plan, const struct uf_reader *reader, size_t d,
                          const char *code)
{
    int64_t place;
    if (!uf_codes_find(&plan->dimensions[d].labels, code, strlen(code), &place)) return NULL;
    return reader->facts.dimensions[d].labels.items[place];
}

const char *uf_plan_meaning(const struct uf_plan *plan, const struct uf_reader *reader, size_t d,
                            const char *code)
{
    const char *label = plan->dimensions[d].from_labels ? uf_plan_label(plan, reader, d, code) : NULL;
    return label ? label : code;
}

/* `20` of `20 Dalarnas län`: a first word with a digit in it. */
static bool is_first_word(const char *said, const char *text)
{
    size_t length = strlen(said);
    return strpbrk(said, "0123456789") && !strncmp(said, text, length) && text[length] == ' ';
}

bool uf_plan_means(const struct uf_plan *plan, const struct uf_reader *reader, size_t d, const char *said,
                   const char *code)
{
    if (!strcmp(said, code)) return true;
    int64_t place;
    if (uf_codes_find(&plan->dimensions[d].labels, said, strlen(said), &place))
        return false; /* it is a code of the file, and this is another */
    const char *label = uf_plan_label(plan, reader, d, code);
    return (label && (uf_label_equal(said, label) || is_first_word(said, label))) ||
           is_first_word(said, code);
}

uf_status uf_plan_keeps(struct uf_plan *plan, const struct uf_reader *reader, const struct uf_cell *cell,
                        bool *out, struct uf_error *error)
{
    bool all = true;
    for (size_t d = 0; all && d < plan->count; d++) {
        struct uf_planned_dimension *dimension = &plan->dimensions[d];
        const char *code = cell->codes[d];
        int64_t kept = 0;
        if (!dimension->keep) continue;
        if (!uf_codes_find(&dimension->kept, code, strlen(code), &kept)) {
            for (size_t i = 0; !kept && i < dimension->keep->n_codes; i++)
                kept = uf_plan_means(plan, reader, d, dimension->keep->codes[i], code);
            UF_TRY(uf_codes_put(&dimension->kept, code, strlen(code), kept, error));
        }
        all = kept != 0;
    }
    for (size_t i = 0; all && i < plan->n_sums; i++) {
        const char *code = cell->codes[plan->sums[i].dimension];
        int64_t part;
        all = !plan->dimensions[plan->sums[i].dimension].summed ||
              uf_codes_find(&plan->sums[i].parts, code, strlen(code), &part);
    }
    *out = all;
    return UF_OK;
}

/* `01` with the label Alabama: a number that is a region of another list than the store's. */
static bool is_another(const struct uf_plan *plan, const struct uf_reader *reader, const char *code,
                       const char *region)
{
    const char *label = uf_plan_label(plan, reader, plan->region, code);
    bool digits = code[strspn(code, "0123456789")] == '\0';
    return plan->region_doubtful && digits && label && strcmp(label, code) != 0 &&
           !uf_region_names_agree(&plan->names, region, label);
}

uf_status uf_plan_find_region(struct uf_store *store, const struct uf_plan *plan,
                              const struct uf_reader *reader, const char *code, char **out,
                              struct uf_error *error)
{
    const char *meaning = uf_plan_meaning(plan, reader, plan->region, code);
    const char *named =
        plan->region_level ? uf_region_names_find(&plan->names, plan->region_level, meaning) : NULL;
    char *found = NULL;
    if (named) {
        found = uf_text_copy(named);
        if (!found) return uf_fail_memory(error);
    } else if (plan->region_level) {
        UF_TRY(uf_store_find_region(store, meaning, &found, error));
    } else {
        UF_TRY(uf_find_labelled_region(store, meaning, &found, error));
    }
    if (found && is_another(plan, reader, code, found)) {
        free(found);
        found = NULL;
    }
    *out = found;
    return UF_OK;
}

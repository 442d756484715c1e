// SPDX-License-Identifier: GPL-3.0-or-later
/* The same comparison against other controls; and what options name, before anything is estimated. */
#include "base/fail.h"
#include "effect/sensitivity_run.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum choice { SAME_GROUP, OTHER_GROUPS, LISTED };

static bool shares_group(const struct sensitivity_run *run, size_t unit)
{
    const struct uf_panel *panel = run->common.panel;
    const struct uf_did_data *data = &run->common.sample->data;
    for (size_t u = 0; u < data->n_units; u++)
        if (data->first_period[u] != SIZE_MAX && panel->unit_group[u] && panel->unit_group[unit] &&
            !strcmp(panel->unit_group[u], panel->unit_group[unit]))
            return true;
    return false;
}

static uf_status against(const struct sensitivity_run *run, enum choice choice,
                         const struct uf_text_list *list, unsigned char *keep, struct uf_table *table,
                         struct uf_error *error)
{
    static const char *const terms[] = {"same-group", "other-groups", "listed"};
    static const struct uf_words labels[] = {
        {"comparison regions of the same larger region as the treated",
         "jämförelseregioner i samma större region som insatsregionerna"},
        {"comparison regions of other larger regions", "jämförelseregioner i andra större regioner"},
        {"the comparison regions listed", "de uppräknade jämförelseregionerna"}};
    const struct uf_did_data *data = &run->common.sample->data;
    double estimate;
    unsigned char *chosen = malloc(data->n_units + 1);
    if (!chosen) return uf_fail_memory(error);
    for (size_t u = 0; u < data->n_units; u++)
        chosen[u] = data->first_period[u] != SIZE_MAX ||
                    (choice == LISTED ? uf_text_list_find(list, run->common.panel->units.code[u]) != SIZE_MAX
                                      : shares_group(run, u) == (choice == SAME_GROUP));
    for (size_t i = 0; i < data->n; i++) keep[i] = chosen[data->unit[i]];
    free(chosen);
    struct subsample part;
    UF_TRY(subsample_init(data, keep, &part, error));
    const struct sensitivity_check check = {.term = terms[choice],
                                            .label =
                                                uf_words_in(labels[choice], run->common.context->language),
                                            .role = sensitivity_role_of(run, false),
                                            .event_time = NAN};
    uf_status status = sensitivity_add_check(run, &part.data, &check, table, &estimate, error);
    subsample_clear(&part);
    return status;
}

/* `same-group` and `other-groups` stand for themselves; all else are codes of one list. */
static uf_status read_choices(const struct sensitivity_run *run, bool wanted[3], struct uf_text_list *listed,
                              struct uf_error *error)
{
    const struct uf_text_list *items = uf_options_list(run->options, "alternative-controls");
    const struct uf_panel *panel = run->common.panel;
    for (size_t i = 0; i < items->count; i++) {
        const char *item = items->items[i];
        bool group = !strcmp(item, "same-group") || !strcmp(item, "other-groups");
        size_t unit = group ? SIZE_MAX : uf_dictionary_find(&panel->units, item);
        if (group && !panel->unit_group)
            return uf_fail(
                error, UF_BAD_USAGE,
                "option 'alternative-controls': '%s' needs regions with larger regions above them, as on a "
                "store; list the codes of the controls instead",
                item);
        if (!group && unit == SIZE_MAX)
            return uf_fail(
                error, UF_BAD_USAGE,
                "option 'alternative-controls': there is no region '%s'; expected same-group, other-groups "
                "or codes of regions",
                item);
        if (!group && panel->treatment.first_period[unit] != SIZE_MAX)
            return uf_fail(error, UF_BAD_USAGE,
                           "option 'alternative-controls': '%s' is treated and cannot be a control", item);
        wanted[group ? (!strcmp(item, "same-group") ? SAME_GROUP : OTHER_GROUPS) : LISTED] = true;
        if (!group) UF_TRY(uf_text_list_add(listed, item, error));
    }
    return UF_OK;
}

uf_status sensitivity_check_options(const struct sensitivity_run *run, struct uf_error *error)
{
    bool wanted[3];
    struct uf_text_list listed = {0};
    uf_status status = read_choices(run, wanted, &listed, error);
    uf_text_list_clear(&listed);
    const struct uf_text_list *names = uf_options_list(run->options, "placebo-outcomes");
    for (size_t i = 0; i < names->count && status == UF_OK; i++)
        if (uf_panel_column(run->common.panel, names->items[i]) == SIZE_MAX)
            status =
                uf_fail(error, UF_BAD_USAGE,
                        "option 'placebo-outcomes': there is no column '%s' in the panel", names->items[i]);
    return status;
}

uf_status sensitivity_controls(const struct sensitivity_run *run, struct uf_error *error)
{
    static const struct uf_words title = {"The estimate against other comparison regions",
                                          "Skattningen mot andra jämförelseregioner"};
    bool wanted[3] = {false, false, false};
    struct uf_text_list listed = {0};
    struct uf_table *table = NULL;
    unsigned char *keep = malloc(run->common.sample->data.n + 1);
    uf_status status = keep ? read_choices(run, wanted, &listed, error) : uf_fail_memory(error);
    if (status == UF_OK) status = sensitivity_checks_table(run, "alternative-controls", title, &table, error);
    for (int choice = 0; choice < 3 && status == UF_OK; choice++)
        if (wanted[choice]) status = against(run, (enum choice)choice, &listed, keep, table, error);
    free(keep);
    uf_text_list_clear(&listed);
    return sensitivity_take(run, table, status, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Small counts are hidden before any method sees them, so that no quotient, sentence or chart can give them
 * away. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/run.h"

static const char *indicator_of(const struct run_analysis *analysis)
{
    if (analysis->profile && analysis->profile->indicator_asked) return analysis->profile->indicator_asked;
    if (analysis->profile) return analysis->profile->indicator.text;
    return analysis->follow ? analysis->follow->indicator.text : analysis->effect->outcome.text;
}

static bool is_protected(const struct run *run, const char *indicator)
{
    const struct study_disclosure *disclosure = &run->study->disclosure;
    for (size_t i = 0; indicator && disclosure->place.line && i < disclosure->indicators.count; i++)
        if (study_is_made_from(run->study, indicator, disclosure->indicators.items[i].text)) return true;
    return false;
}

/* Cells are hidden in one column; a profile of several indicators that has a protected one would show what it hides. */
static uf_status check_several(const struct run *run, const struct run_analysis *analysis,
                               struct uf_error *error)
{
    const struct uf_panel *panel = analysis->panel;
    if (!analysis->profile || indicator_of(analysis)) return UF_OK;
    for (size_t i = 0; i < panel->n_columns; i++)
        if (is_protected(run, panel->columns[i].name))
            return uf_fail_at(
                error, UF_BAD_INPUT, run->study->path, analysis->profile->place.line,
                analysis->profile->place.column,
                "'%s' is protected by `disclosure`, and a profile of several indicators shows their "
                "values; leave it out, or use a rate in its place",
                panel->columns[i].name);
    return UF_OK;
}

/* A column of the panel as a table, row by row in the same order. */
static uf_status make_table(const struct uf_panel *panel, const struct uf_panel_column *column,
                            struct uf_table **out, struct uf_error *error)
{
    static const char *const names[] = {"unit", "period", "sector"};
    const struct uf_dictionary *dictionaries[] = {&panel->units, &panel->periods, &panel->sectors};
    const size_t *indices[] = {panel->unit, panel->period, panel->sector};
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("counts", &table, error));
    uf_status status = UF_OK;
    for (size_t j = 0; j < 3 && status == UF_OK; j++)
        status = uf_table_add_column(table, names[j], UF_COLUMN_TEXT, NULL, -1, NULL, error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "value", UF_COLUMN_NUMBER, NULL, -1, NULL, error);
    for (size_t i = 0; i < panel->n_rows && status == UF_OK; i++) {
        size_t row = 0;
        status = uf_table_add_row(table, &row, error);
        for (size_t j = 0; j < 3 && status == UF_OK; j++)
            if (indices[j])
                status = uf_table_set_text(table, row, j, dictionaries[j]->code[indices[j][i]], error);
        if (status == UF_OK)
            status = uf_table_set_value(table, row, 3, column->value[i], column->status[i], error);
    }
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    *out = table;
    return UF_OK;
}

static uf_status say_suppressed(struct run *run, struct run_analysis *analysis,
                                const struct uf_disclosure_summary *summary, struct uf_error *error)
{
    const struct uf_argument arguments[] = {uf_count_argument(summary->n_below),
                                            uf_count_argument(summary->n_secondary),
                                            uf_number_argument(run->study->disclosure.threshold, -1)};
    if (summary->n_below == 0) return UF_OK;
    return uf_result_add_note(&analysis->result, run->language, UF_WARNING, "suppressed",
                              (struct uf_words){"{0} cells with a count below {2} are hidden, and {1} "
                                                "further ones so that they cannot be worked out.",
                                                "{0} celler med ett antal under {2} har dolts, och "
                                                "ytterligare {1} för att de inte ska gå att räkna ut."},
                              (struct uf_words){NULL, NULL}, arguments, 3, error);
}

static uf_status hide_column(const struct uf_panel *panel, const struct uf_disclosure_rule *rule,
                             struct uf_panel_column *column, struct uf_disclosure_summary *sum,
                             struct uf_error *error)
{
    struct uf_disclosure_summary summary = {0};
    struct uf_table *table = NULL;
    UF_TRY(make_table(panel, column, &table, error));
    const uf_status status = uf_disclosure_check(table, rule, &summary, error);
    for (size_t i = 0; i < panel->n_rows && status == UF_OK; i++) {
        column->value[i] = uf_table_number(table, i, 3);
        column->status[i] = uf_table_value_status(table, i, 3);
    }
    uf_table_free(table);
    sum->n_below += summary.n_below;
    sum->n_secondary += summary.n_secondary;
    return status;
}

uf_status run_disclose(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    struct uf_panel *panel = analysis->panel;
    const size_t outcome = panel->outcome >= 0 ? (size_t)panel->outcome : 0;
    const struct study_disclosure *disclosure = &run->study->disclosure;
    static const char *const group[] = {"unit", "period"};
    UF_TRY(check_several(run, analysis, error));
    if (disclosure->place.line == 0) return UF_OK;
    struct uf_disclosure_rule rule = {.threshold = disclosure->threshold,
                                      .count_unit = isnan(disclosure->unit) ? 1 : disclosure->unit,
                                      .count = "value",
                                      .totals_shown = panel->sector != NULL,
                                      .group = group,
                                      .n_group = 2,
                                      .action = UF_DISCLOSURE_REFUSE};
    if (disclosure->action.text)
        UF_TRY(uf_disclosure_action_parse(disclosure->action.text, &rule.action, error));
    struct uf_disclosure_summary sum = {0};
    for (size_t i = 0; i < panel->n_columns; i++) { /* further columns are by sector, as the first */
        const bool hidden = i == outcome ? is_protected(run, indicator_of(analysis))
                                         : panel->sector && is_protected(run, panel->columns[i].name);
        if (!hidden) continue;
        const uf_status status = hide_column(panel, &rule, &panel->columns[i], &sum, error);
        UF_TRY(study_locate(run->study, disclosure->place, status, error));
    }
    return say_suppressed(run, analysis, &sum, error);
}

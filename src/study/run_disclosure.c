// SPDX-License-Identifier: GPL-3.0-or-later
/* Small counts are hidden before any method sees them, so that no quotient, sentence or chart can give them
 * away. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/run.h"

/* The name that the study knows a column by: sums that `levels` formed have one of their own. */
static const char *asked_name(const struct run_analysis *analysis, const char *name)
{
    const struct study_profile *profile = analysis->profile;
    if (profile && profile->indicator_asked && uf_text_equal(profile->indicator.text, name))
        return profile->indicator_asked;
    return name;
}

static bool is_protected(const struct run *run, const char *indicator)
{
    const struct study_disclosure *disclosure = &run->study->disclosure;
    for (size_t i = 0; disclosure->place.line && i < disclosure->indicators.count; i++)
        if (study_is_made_from(run->study, indicator, disclosure->indicators.items[i].text)) return true;
    return false;
}

/* A share or mean of counts is made with the series, before there is a cell to look at. */
static uf_status check_is_count(const struct run *run, const char *indicator, struct uf_error *error)
{
    const struct study_aggregate *aggregate = run->study->aggregates.items;
    const struct study_place place = run->study->disclosure.place;
    for (size_t i = 0; i < run->study->aggregates.count; i++) {
        const char *how = aggregate[i].how.text;
        if (!uf_text_equal(study_aggregate_name(&aggregate[i])->text, indicator)) continue;
        if (!uf_text_equal(how, "share") && !uf_text_equal(how, "mean")) continue;
        return uf_fail_at(
            error, UF_REFUSED_DISCLOSURE, run->study->path, place.line, place.column,
            "'%s' is a %s made from what `disclosure` protects, and it does not show which counts are small; "
            "sum the counts with `aggregate`, and divide the sums in `derived`",
            indicator, how);
    }
    return UF_OK;
}

/* --- what a column is worked out from ------------------------------------------------------------- */

struct references {
    struct uf_text_list indicators, sectors; /* of the protected ones alone */
};

static void references_clear(struct references *references)
{
    uf_text_list_clear(&references->indicators);
    uf_text_list_clear(&references->sectors);
}

/* An indicator is its own count. An expression is hidden where a count in it is, whatever it makes of that. */
static uf_status find_references(const struct run *run, const struct run_analysis *analysis,
                                 const struct uf_panel_variable *variable, const char *name,
                                 struct references *out, struct uf_error *error)
{
    const char *asked = asked_name(analysis, name);
    struct uf_text_list indicators, sectors;
    uf_status status = UF_OK;
    uf_text_list_init(&out->indicators), uf_text_list_init(&out->sectors);
    uf_text_list_init(&indicators), uf_text_list_init(&sectors);
    if (!variable || study_has_indicator(run->study, asked)) {
        status = uf_text_list_add(&indicators, asked, error);
        if (status == UF_OK) status = uf_text_list_add(&sectors, "", error);
    } else {
        status = uf_panel_variable_references(variable, &indicators, &sectors, error);
    }
    for (size_t k = 0; k < indicators.count && status == UF_OK; k++) {
        if (!is_protected(run, indicators.items[k])) continue;
        status = check_is_count(run, indicators.items[k], error);
        if (status == UF_OK) status = uf_text_list_add(&out->indicators, indicators.items[k], error);
        if (status == UF_OK) status = uf_text_list_add(&out->sectors, sectors.items[k], error);
    }
    uf_text_list_clear(&indicators), uf_text_list_clear(&sectors);
    if (status != UF_OK) references_clear(out);
    return status;
}

/* `employment["C"]`: the name of the column that a reference is read into; in the study's arena. */
static const char *name_of_reference(const struct run *run, const struct references *references, size_t k)
{
    struct uf_buffer name;
    const char *sector = references->sectors.items[k];
    uf_buffer_init(&name);
    uf_buffer_append(&name, references->indicators.items[k]);
    if (*sector) {
        uf_buffer_append(&name, "[\"");
        uf_buffer_append(&name, sector);
        uf_buffer_append(&name, "\"]");
    }
    const char *copy = name.failed ? NULL : arena_text(&run->study->arena, name.data, name.length);
    uf_buffer_clear(&name);
    return copy;
}

static const struct uf_panel_variable *variable_named(const struct uf_panel_variable *variables, size_t n,
                                                      const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(variables[i].name, name)) return &variables[i];
    return NULL;
}

uf_status run_add_counts(struct run *run, struct run_analysis *analysis,
                         struct uf_store_panel_request *request, struct uf_error *error)
{
    const size_t n = request->n_variables;
    if (run->study->disclosure.place.line == 0) return UF_OK;
    struct uf_panel_variable *variables = NULL;
    size_t count = n, room = 0;
    for (int pass = 0; pass < 2; pass++) { /* first how many, then which */
        for (size_t i = 0; i < n; i++) {
            struct references references;
            const struct uf_panel_variable *variable = &request->variables[i];
            UF_TRY(find_references(run, analysis, variable, variable->name, &references, error));
            room += references.indicators.count;
            for (size_t k = 0; pass == 1 && k < references.indicators.count; k++) {
                const char *name = name_of_reference(run, &references, k);
                if (!name) {
                    references_clear(&references);
                    return uf_fail_memory(error);
                }
                if (variable_named(variables, count, name) ||
                    study_has_indicator(run->study, asked_name(analysis, variable->name)))
                    continue;
                variables[count] = *variable; /* its place in the study */
                variables[count].name = variables[count].expression = name;
                variables[count].label = variables[count].unit = NULL, variables[count].places = NULL;
                count++;
            }
            references_clear(&references);
        }
        if (pass == 1) break;
        variables = arena_take(&run->study->arena, n + room + 1, sizeof *variables);
        if (!variables) return uf_fail_memory(error);
        if (n) memcpy(variables, request->variables, n * sizeof *variables);
    }
    analysis->variables = request->variables = variables;
    analysis->n_shown = n;
    analysis->n_variables = request->n_variables = count;
    return UF_OK;
}

/* A profile of several indicators that has a protected one would compare what it hides. */
static uf_status check_several(const struct run *run, const struct run_analysis *analysis,
                               struct uf_error *error)
{
    if (!analysis->profile || analysis->profile->indicator.text) return UF_OK;
    for (size_t i = 0; i < analysis->n_shown; i++)
        if (is_protected(run, analysis->variables[i].name))
            return uf_fail_at(
                error, UF_BAD_INPUT, run->study->path, analysis->profile->place.line,
                analysis->profile->place.column,
                "'%s' is protected by `disclosure`, and a profile of several indicators shows their "
                "values; leave it out, or use a rate in its place",
                analysis->variables[i].name);
    return UF_OK;
}

/* --- hiding --------------------------------------------------------------------------------------- */

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

/* Which rows of a column of counts may not be shown. */
static uf_status find_hidden(const struct uf_panel *panel, const struct uf_disclosure_rule *rule,
                             const struct uf_panel_column *column, bool *hidden,
                             struct uf_disclosure_summary *sum, struct uf_error *error)
{
    struct uf_disclosure_summary summary = {0};
    struct uf_table *table = NULL;
    UF_TRY(make_table(panel, column, &table, error));
    const uf_status status = uf_disclosure_check(table, rule, &summary, error);
    for (size_t i = 0; i < panel->n_rows && status == UF_OK; i++)
        hidden[i] = !isnan(column->value[i]) && isnan(uf_table_number(table, i, 3));
    uf_table_free(table);
    sum->n_below += summary.n_below;
    sum->n_secondary += summary.n_secondary;
    return status;
}

static size_t column_named(const struct uf_panel *panel, const char *name)
{
    for (size_t j = 0; j < panel->n_columns; j++)
        if (!strcmp(panel->columns[j].name, name)) return j;
    return SIZE_MAX;
}

struct hiding {
    const struct run *run;
    const struct run_analysis *analysis;
    bool *of_count, *of_column; /* columns × rows: which counts are small; which cells are hidden for them */
    bool *looked;               /* columns: its counts have been looked at */
    struct uf_disclosure_rule rule;
    struct uf_disclosure_summary sum;
};

/* The cells of column j that a protected count of theirs hides. */
static uf_status guard_column(struct hiding *h, size_t j, struct uf_error *error)
{
    const struct uf_panel *panel = h->analysis->panel;
    const size_t n = panel->n_rows;
    const char *name = panel->columns[j].name;
    const struct uf_panel_variable *variable =
        variable_named(h->analysis->variables, h->analysis->n_shown, name);
    const bool own = !variable || study_has_indicator(h->run->study, asked_name(h->analysis, name));
    struct references references;
    UF_TRY(find_references(h->run, h->analysis, variable, name, &references, error));
    uf_status status = UF_OK;
    for (size_t k = 0; k < references.indicators.count && status == UF_OK; k++) {
        const char *count = own ? name : name_of_reference(h->run, &references, k);
        const size_t c = count ? column_named(panel, count) : SIZE_MAX;
        if (c == SIZE_MAX) {
            status = count ? uf_fail(error, UF_INTERNAL, "the counts '%s' are not in the panel", count)
                           : uf_fail_memory(error);
            break;
        }
        /* of one sector there is no total of sectors to subtract from */
        h->rule.totals_shown = panel->sector != NULL && !*references.sectors.items[k];
        if (!h->looked[c])
            status = find_hidden(panel, &h->rule, &panel->columns[c], h->of_count + c * n, &h->sum, error);
        h->looked[c] = true;
        for (size_t i = 0; i < n; i++) h->of_column[j * n + i] |= h->of_count[c * n + i];
    }
    references_clear(&references);
    return status;
}

static uf_status hide(struct hiding *h, size_t n_shown, struct uf_error *error)
{
    struct uf_panel *panel = h->analysis->panel;
    const size_t n = panel->n_rows;
    for (size_t j = 0; j < n_shown; j++) UF_TRY(guard_column(h, j, error));
    for (size_t j = 0; j < n_shown; j++)
        for (size_t i = 0; i < n; i++) {
            struct uf_panel_column *column = &panel->columns[j];
            if (!h->of_column[j * n + i] || isnan(column->value[i])) continue;
            column->value[i] = NAN;
            column->status[i] = UF_VALUE_SUPPRESSED;
        }
    return UF_OK;
}

uf_status run_disclose(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    struct uf_panel *panel = analysis->panel;
    const struct study_disclosure *disclosure = &run->study->disclosure;
    static const char *const group[] = {"unit", "period"};
    if (disclosure->place.line == 0) return UF_OK;
    UF_TRY(check_several(run, analysis, error));
    const size_t cells = panel->n_columns * panel->n_rows;
    struct hiding h = {.run = run,
                       .analysis = analysis,
                       .of_count = calloc(cells + 1, sizeof *h.of_count),
                       .of_column = calloc(cells + 1, sizeof *h.of_column),
                       .looked = calloc(panel->n_columns + 1, sizeof *h.looked),
                       .rule = {.threshold = disclosure->threshold,
                                .count_unit = isnan(disclosure->unit) ? 1 : disclosure->unit,
                                .count = "value",
                                .group = group,
                                .n_group = 2,
                                .action = UF_DISCLOSURE_REFUSE}};
    uf_status status = h.of_count && h.of_column && h.looked ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && disclosure->action.text)
        status = uf_disclosure_action_parse(disclosure->action.text, &h.rule.action, error);
    size_t n_shown = panel->n_columns;
    while (n_shown &&
           variable_named(analysis->variables + analysis->n_shown, analysis->n_variables - analysis->n_shown,
                          panel->columns[n_shown - 1].name))
        n_shown--;
    if (status == UF_OK) status = hide(&h, n_shown, error);
    while (panel->n_columns > n_shown) uf_panel_drop_last_column(panel);
    free(h.of_count), free(h.of_column), free(h.looked);
    UF_TRY(study_locate(run->study, disclosure->place, status, error));
    return say_suppressed(run, analysis, &h.sum, error);
}

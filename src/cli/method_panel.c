// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/method_panel.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "cli/terminal.h"

void method_lists_clear(struct method_lists *lists)
{
    struct uf_text_list *all[] = {&lists->covariates, &lists->clusters,    &lists->treated,
                                  &lists->within,     &lists->regions,     &lists->sectors,
                                  &lists->extra,      &lists->also_exposed};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) uf_text_list_clear(all[i]);
    free(lists->variables);
}

static const char *const *items_of(const struct uf_text_list *list)
{
    return (const char *const *)list->items;
}

/* Columns of one kind that the method's own options name: `invest:1964-1969` asks for the column `invest`. */
static uf_status add_named_columns(const struct uf_method *method, const struct uf_options *options,
                                   enum uf_option_columns kind, struct uf_text_list *out,
                                   struct uf_error *error)
{
    for (size_t i = 0; i < method->n_options; i++) {
        const struct uf_option *option = &method->options[i];
        if (option->names_columns != kind) continue;
        struct uf_text_list one;
        uf_text_list_init(&one);
        uf_status status = UF_OK;
        const struct uf_text_list *names = &one;
        if (option->type == UF_OPTION_LIST)
            names = uf_options_list(options, option->name);
        else if (uf_options_text(options, option->name))
            status = uf_text_list_add(&one, uf_options_text(options, option->name), error);
        for (size_t j = 0; j < names->count && status == UF_OK; j++) {
            char *name = uf_text_copy(names->items[j]);
            if (!name) status = uf_fail_memory(error);
            if (name) name[strcspn(name, ":")] = '\0';
            if (name && uf_text_list_find(out, name) == SIZE_MAX) status = uf_text_list_add(out, name, error);
            free(name);
        }
        uf_text_list_clear(&one);
        UF_TRY(status);
    }
    return UF_OK;
}

uf_status method_lists_read(const struct arguments *arguments, const struct uf_options *options,
                            struct method_lists *lists, struct uf_error *error)
{
    UF_TRY(arguments_list(arguments, "covariates", &lists->covariates, error));
    UF_TRY(arguments_list(arguments, "cluster", &lists->clusters, error));
    UF_TRY(arguments_list(arguments, "treated", &lists->treated, error));
    UF_TRY(arguments_list(arguments, "within", &lists->within, error));
    UF_TRY(arguments_list(arguments, "regions", &lists->regions, error));
    UF_TRY(arguments_list(arguments, "sectors", &lists->sectors, error));
    UF_TRY(arguments_list(arguments, "also-exposed", &lists->also_exposed, error));
    UF_TRY(add_named_columns(arguments->method, options, UF_COLUMNS_GROUP, &lists->clusters, error));
    return add_named_columns(arguments->method, options, UF_COLUMNS_NUMBER, &lists->extra, error);
}

static uf_status need(const struct arguments *arguments, const char *name, const char *what,
                      struct uf_error *error)
{
    if (arguments_given(arguments, name)) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE, "expected --%s %s", name, what);
}

/* An option that is the method's own is not the panel's. */
static const char *panel_text(const struct arguments *arguments, const char *name)
{
    return arguments_is_methods(arguments->method, name) ? NULL : arguments_text(arguments, name);
}

static uf_status period_of(const struct arguments *arguments, const char *name, uf_period *out,
                           struct uf_error *error)
{
    const char *text = panel_text(arguments, name);
    if (text && !uf_period_parse(text, strlen(text), out))
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--%s', expected a period as 2018 or 2018Q1",
                       text, name);
    return UF_OK;
}

static bool takes_indicators(const struct uf_method *method)
{
    for (size_t i = 0; i < method->n_options; i++)
        if (!strcmp(method->options[i].name, "indicators")) return true;
    return false;
}

/* A profile of several columns, which its option `indicators` names, needs no one column of numbers. */
static bool names_indicators(const struct uf_method *method, const struct method_lists *lists)
{
    return takes_indicators(method) && lists->extra.count > 0;
}

static const char *numbers_wanted(const struct uf_method *method)
{
    return takes_indicators(method)
               ? "COLUMN: the column with the numbers, with --sector; or --indicators A,B: several of them"
               : "COLUMN: the column with the numbers";
}

/* A row without its region, sector or period has no place, and sums lack it: that is said, not only counted. */
static uf_status warn_of_rows_without_place(const struct arguments *arguments, enum uf_language language,
                                            const struct uf_result *ledger, struct uf_error *error)
{
    static const struct uf_words words = {
        "{0} of {1} rows have nothing in the column '{2}' and are left out",
        "{0} av {1} rader saknar värde i kolumnen '{2}' och har utelämnats"};
    for (size_t i = 0; i < ledger->n_ledger; i++) {
        const struct uf_ledger_entry *entry = &ledger->ledger[i];
        if (entry->rows_after >= entry->rows_before) continue;
        const struct uf_argument arguments_of[] = {uf_count_argument(entry->rows_before - entry->rows_after),
                                                   uf_count_argument(entry->rows_before),
                                                   uf_text_argument(entry->step)};
        char *text = NULL;
        UF_TRY(uf_phrase(language, words, arguments_of, 3, &text, error));
        terminal_warning(arguments, text);
        free(text);
    }
    return UF_OK;
}

static bool takes_several_rows(const struct uf_method *method, const struct uf_options *options)
{
    return method->several_rows_option &&
           uf_text_equal(uf_options_text(options, method->several_rows_option), method->several_rows_value);
}

/* `10`: the unit of all columns of numbers; `unemployed=5`: of one. */
static uf_status set_rounding(const char *item, struct uf_panel *panel, struct uf_error *error)
{
    const char *mark = strrchr(item, '='), *number = mark ? mark + 1 : item;
    double unit;
    if (!uf_number_parse(number, strlen(number), '.', &unit) || !(unit >= 0))
        return uf_fail(error, UF_BAD_USAGE,
                       "found '%s' for '--rounding', expected a number, as 1000, or a column and its own, as "
                       "COLUMN=1000",
                       item);
    bool found = mark == NULL;
    const size_t length = mark ? (size_t)(mark - item) : 0;
    for (size_t i = 0; i < panel->n_columns; i++) {
        const char *name = panel->columns[i].name;
        const bool own = mark && !strncmp(name, item, length) && name[length] == '\0';
        found = found || own;
        if (own || !mark) panel->columns[i].rounding = unit;
    }
    if (found) return UF_OK;
    return uf_fail(error, UF_BAD_USAGE,
                   "'--rounding' names '%.*s', which is no column of numbers that is read; name the one of "
                   "--value or of the method's own options",
                   (int)length, item);
}

/* `10` and `20`, or `A=10` and `A=20`. */
static uf_status check_said_once(const struct uf_text_list *items, size_t i, struct uf_error *error)
{
    const char *mark = strrchr(items->items[i], '=');
    const size_t length = mark ? (size_t)(mark - items->items[i]) : 0;
    for (size_t k = 0; k < i; k++) {
        const char *other = strrchr(items->items[k], '=');
        const size_t size = other ? (size_t)(other - items->items[k]) : 0;
        if (!mark != !other || length != size || strncmp(items->items[i], items->items[k], length)) continue;
        return uf_fail(error, UF_BAD_USAGE, "'--rounding' has both '%s' and '%s'; give one of them",
                       items->items[k], items->items[i]);
    }
    return UF_OK;
}

static uf_status set_roundings(const struct arguments *arguments, struct uf_panel *panel,
                               struct uf_error *error)
{
    struct uf_text_list items;
    uf_text_list_init(&items);
    uf_status status = arguments_list(arguments, "rounding", &items, error);
    for (int named = 0; named < 2;
         named++) /* of all columns first, so that a column's own stands in any order */
        for (size_t i = 0; i < items.count && status == UF_OK; i++) {
            if ((strchr(items.items[i], '=') != NULL) != named) continue;
            status = check_said_once(&items, i, error);
            if (status == UF_OK) status = set_rounding(items.items[i], panel, error);
        }
    uf_text_list_clear(&items);
    return status;
}

uf_status method_panel_from_file(const struct arguments *arguments, struct method_lists *lists,
                                 const struct uf_options *options, enum uf_language language,
                                 struct uf_result *ledger, struct uf_panel **out, struct uf_error *error)
{
    bool profile = arguments->method->family == UF_FAMILY_PROFILE;
    UF_TRY(need(arguments, profile ? "region" : "unit", "COLUMN: the column with the regions", error));
    if (!names_indicators(arguments->method, lists))
        UF_TRY(need(arguments, profile ? "value" : "outcome", numbers_wanted(arguments->method), error));
    if (profile && arguments->method->needs_sector)
        UF_TRY(need(arguments, "sector", "COLUMN: the column with the sectors", error));
    if (arguments->method->needs_treatment && !arguments_given(arguments, "treatment") &&
        !arguments_given(arguments, "cohort") && !arguments_given(arguments, "treated"))
        return uf_fail(error, UF_BAD_USAGE,
                       "expected who was treated: --treatment COLUMN, --cohort COLUMN, or --treated LIST "
                       "with --start PERIOD");
    const struct uf_file_panel_request request = {
        .path = arguments_text(arguments, "data"),
        .unit = arguments_text(arguments, profile ? "region" : "unit"),
        .period = profile ? arguments_text(arguments, "time") : arguments_text(arguments, "period"),
        .sector = arguments_text(arguments, "sector"),
        .outcome = arguments_text(arguments, profile ? "value" : "outcome"),
        .weight = panel_text(arguments, "weight"),
        .covariates = items_of(&lists->covariates),
        .n_covariates = lists->covariates.count,
        .clusters = items_of(&lists->clusters),
        .n_clusters = lists->clusters.count,
        .extra = items_of(&lists->extra),
        .n_extra = lists->extra.count,
        .treatment = arguments_text(arguments, "treatment"),
        .cohort = arguments_text(arguments, "cohort"),
        .treated = items_of(&lists->treated),
        .n_treated = lists->treated.count,
        .start = arguments_text(arguments, "start"),
        .language = language,
        .several_rows = takes_several_rows(arguments->method, options)};
    struct uf_panel *panel = NULL;
    UF_TRY(uf_panel_from_file(&request, ledger, &panel, error));
    uf_status status = profile ? set_roundings(arguments, panel, error) : UF_OK;
    if (status == UF_OK && profile) status = warn_of_rows_without_place(arguments, language, ledger, error);
    if (status == UF_OK)
        *out = panel;
    else
        uf_panel_free(panel);
    return status;
}

/* One variable per distinct name: the outcome, covariates, weight, and what options name; by sector without the first. */
static uf_status add_variables(struct method_lists *lists, struct uf_store_panel_request *request,
                               struct uf_error *error)
{
    size_t most = lists->covariates.count + lists->extra.count + 2;
    free(lists->variables); /* of another level */
    lists->variables = calloc(most, sizeof *lists->variables);
    if (!lists->variables) return uf_fail_memory(error);
    const char *fixed[] = {request->outcome, request->weight};
    for (size_t i = 0; i < most; i++) {
        const char *name = i < 2 ? fixed[i]
                           : i - 2 < lists->covariates.count
                               ? lists->covariates.items[i - 2]
                               : lists->extra.items[i - 2 - lists->covariates.count];
        if (!name) continue;
        bool known = false;
        for (size_t k = 0; k < request->n_variables && !known; k++)
            known = uf_text_equal(lists->variables[k].name, name);
        if (!known)
            lists->variables[request->n_variables++] =
                (struct uf_panel_variable){.name = name, .expression = name};
    }
    request->variables = lists->variables;
    return UF_OK;
}

uf_status method_panel_from_store(const struct arguments *arguments, struct method_lists *lists,
                                  const struct uf_options *options, struct uf_store *store,
                                  const char *indicator, const char *level, enum uf_language language,
                                  struct uf_result *ledger, struct uf_panel **out, struct uf_error *error)
{
    const struct uf_method *method = arguments->method;
    bool profile = method->family == UF_FAMILY_PROFILE;
    if (!names_indicators(method, lists))
        UF_TRY(need(arguments, profile ? "indicator" : "outcome",
                    profile ? "NAME: an indicator of the store" : "NAME: an indicator or an expression",
                    error));
    if (!level) UF_TRY(need(arguments, "level", "NAME: the level of regions, as nuts3", error));
    struct uf_store_panel_request request = {.language = language,
                                             .level = level,
                                             .within = items_of(&lists->within),
                                             .n_within = lists->within.count,
                                             .regions = items_of(&lists->regions),
                                             .n_regions = lists->regions.count,
                                             .covariates = items_of(&lists->covariates),
                                             .n_covariates = lists->covariates.count,
                                             .extra = items_of(&lists->extra),
                                             .n_extra = lists->extra.count,
                                             .weight = panel_text(arguments, "weight"),
                                             .cluster =
                                                 lists->clusters.count ? lists->clusters.items[0] : NULL,
                                             .treated = items_of(&lists->treated),
                                             .n_treated = lists->treated.count,
                                             .intervention = arguments_text(arguments, "intervention"),
                                             .also_exposed = items_of(&lists->also_exposed),
                                             .n_also_exposed = lists->also_exposed.count};
    UF_TRY(period_of(arguments, "from", &request.from, error));
    UF_TRY(period_of(arguments, "to", &request.to, error));
    UF_TRY(period_of(arguments, "start", &request.start, error));
    if (method->needs_treatment) {
        UF_TRY(need(arguments, "treated", "LIST: the treated regions", error));
        UF_TRY(need(arguments, "start", "PERIOD: the first treated period", error));
    }
    /* What may be by sector is, unless options name further indicators. */
    const bool by_indicators =
        !method->needs_sector && (lists->extra.count || !arguments_is_methods(method, "total"));
    if (profile && by_indicators) {
        request.outcome = indicator;
        if (arguments_is_methods(method, "nation")) request.beside = uf_options_text(options, "nation");
        UF_TRY(add_variables(lists, &request, error));
    } else if (profile) {
        UF_TRY(add_variables(lists, &request, error));
        request.indicator = indicator;
        if (arguments_is_methods(method, "total")) request.total_sector = uf_options_text(options, "total");
        /* A total to divide by is loaded with the sectors that are named. */
        if (request.total_sector && lists->sectors.count &&
            uf_text_list_find(&lists->sectors, request.total_sector) == SIZE_MAX)
            UF_TRY(uf_text_list_add(&lists->sectors, request.total_sector, error));
        request.sectors = items_of(&lists->sectors);
        request.n_sectors = lists->sectors.count;
    } else {
        request.outcome = arguments_text(arguments, "outcome");
        UF_TRY(add_variables(lists, &request, error));
    }
    return uf_panel_from_store(store, &request, ledger, out, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* From what the study says of an analysis to a query of the store. Places in the study file travel along, so
 * that a region or an expression that the store refuses is reported where it was written. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/run.h"

static const char *const *texts_of(const struct study_texts *texts, struct arena *arena)
{
    const char **items = arena_take(arena, texts->count + 1, sizeof *items);
    for (size_t i = 0; items && i < texts->count; i++) items[i] = texts->items[i].text;
    return items;
}

/* Each region must be known; its place is the place of the complaint. */
static uf_status check_regions(const struct run *run, const struct study_texts *regions,
                               struct uf_error *error)
{
    for (size_t i = 0; i < regions->count; i++) {
        char *code = NULL;
        uf_status status = uf_store_resolve_region(run->store, regions->items[i].text, &code, error);
        free(code);
        if (status != UF_OK) return study_locate(run->study, regions->items[i].place, status, error);
    }
    return UF_OK;
}

static const struct study_texts *within_of(const struct run *run, const struct study_analysis *analysis)
{
    return analysis->within.count ? &analysis->within : &run->study->regions.within;
}

static uf_status level_of(const struct run *run, const struct run_analysis *analysis,
                          struct study_place place, const char **out, struct uf_error *error)
{
    const struct study_text *level =
        analysis->common->level.text ? &analysis->common->level : &run->study->regions.level;
    if (level->text) {
        *out = level->text;
        return UF_OK;
    }
    return uf_fail_at(
        error, UF_BAD_INPUT, run->study->path, place.line, place.column,
        "this analysis has no level of regions, expected `level` here or in `regions`, as nuts3");
}

/* What all analyses share. */
static uf_status begin(struct run *run, const struct run_analysis *analysis, struct study_place place,
                       struct uf_store_panel_request *request, struct uf_error *error)
{
    struct arena *arena = &run->study->arena;
    const struct study_analysis *common = analysis->common;
    const struct study_texts *within = within_of(run, common);
    *request =
        (struct uf_store_panel_request){.language = run->language, .from = common->from, .to = common->to};
    UF_TRY(level_of(run, analysis, place, &request->level, error));
    UF_TRY(check_regions(run, within, error));
    UF_TRY(check_regions(run, &common->regions, error));
    request->within = texts_of(within, arena);
    request->n_within = within->count;
    request->regions = texts_of(&common->regions, arena);
    request->n_regions = common->regions.count;
    return request->within && request->regions ? UF_OK : uf_fail_memory(error);
}

/* --- profiles ----------------------------------------------------------------------------------- */

static bool has_option(const struct uf_method *method, const char *name)
{
    for (size_t i = 0; i < method->n_options; i++)
        if (!strcmp(method->options[i].name, name)) return true;
    return false;
}

/* A total that the method is told to divide by must be loaded with the sectors, and may hold them. */
static uf_status add_sectors(struct run *run, const struct run_analysis *analysis,
                             struct uf_store_panel_request *request, struct uf_error *error)
{
    const struct study_texts *sectors = &analysis->profile->sectors;
    const char *total =
        has_option(analysis->method, "total") ? uf_options_text(analysis->options, "total") : NULL;
    const char **items = arena_take(&run->study->arena, sectors->count + 2, sizeof *items);
    if (!items) return uf_fail_memory(error);
    bool listed = !total || sectors->count == 0;
    for (size_t i = 0; i < sectors->count; i++) {
        items[i] = sectors->items[i].text;
        listed = listed || !strcmp(items[i], total);
    }
    request->n_sectors = sectors->count;
    if (!listed) items[request->n_sectors++] = total;
    request->sectors = items;
    request->total_sector = total;
    return UF_OK;
}

/* --- variables ---------------------------------------------------------------------------------- */

struct variables {
    struct uf_panel_variable *items;
    size_t count, capacity;
};

/* A name stands for a derived indicator, an indicator, or is an expression itself. */
static uf_status add_variable(const struct run *run, struct variables *variables,
                              const struct study_text *text, struct uf_error *error)
{
    if (!text->text) return UF_OK;
    for (size_t i = 0; i < variables->count; i++)
        if (!strcmp(variables->items[i].name, text->text)) return UF_OK;
    if (variables->count == variables->capacity)
        return uf_fail(error, UF_INTERNAL, "more variables than were counted");
    const struct study_derived *derived = study_derived_of(run->study, text->text);
    struct uf_panel_variable variable = {.name = text->text,
                                         .expression = text->text,
                                         .file = run->study->path,
                                         .line = text->place.line,
                                         .column = text->place.column,
                                         .places = text->places};
    if (derived) {
        variable.expression = derived->expression.text;
        variable.label = run_words(run, &derived->label);
        variable.unit = run_words(run, &derived->unit);
        variable.line = derived->expression.place.line;
        variable.column = derived->expression.place.column;
        variable.places = derived->expression.places;
    }
    variables->items[variables->count++] = variable;
    return UF_OK;
}

/* `invest:1964-1969` asks for the variable `invest`. */
static uf_status add_option_variables(struct run *run, const struct study_options *options,
                                      struct variables *variables, struct uf_error *error)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct study_option *option = &options->items[i];
        if (option->option->names_columns != UF_COLUMNS_NUMBER) continue;
        for (size_t j = 0; j < option->values.count; j++) {
            struct study_text name = option->values.items[j];
            name.text = arena_text(&run->study->arena, name.text, strcspn(name.text, ":"));
            if (!name.text) return uf_fail_memory(error);
            UF_TRY(add_variable(run, variables, &name, error));
        }
    }
    return UF_OK;
}

static size_t count_option_values(const struct study_options *options)
{
    size_t count = 0;
    for (size_t i = 0; i < options->count; i++)
        if (options->items[i].option->names_columns == UF_COLUMNS_NUMBER)
            count += options->items[i].values.count;
    return count;
}

/* The level of regions that an option divides them by; NULL: none. */
static const char *group_level(const struct study_options *options)
{
    for (size_t i = 0; i < options->count; i++)
        if (options->items[i].option->names_columns == UF_COLUMNS_GROUP && options->items[i].values.count)
            return options->items[i].values.items[0].text;
    return NULL;
}

/* Where only parts of a level have values, a further column by sector is read from their sums. */
static void use_sums(const struct study_profile *profile, struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++) {
        struct uf_panel_variable *variable = &variables->items[i];
        const struct study_sums *sums = study_sums_of(profile, variable->expression);
        if (!sums) continue;
        variable->expression = sums->series;
        variable->places = NULL;
    }
}

/* The indicator and what the options name: by sector, or by region alone. What may be by sector is, unless they name some. */
static uf_status profile_request(struct run *run, const struct run_analysis *analysis,
                                 struct variables *variables, struct uf_store_panel_request *request,
                                 struct uf_error *error)
{
    const struct study_profile *profile = analysis->profile;
    const size_t n_named = count_option_values(&profile->options);
    UF_TRY(begin(run, analysis, profile->place, request, error));
    request->cluster = group_level(&profile->options);
    const bool by_sector =
        analysis->method->needs_sector || (n_named == 0 && has_option(analysis->method, "total"));
    variables->capacity = n_named + 1;
    variables->items = arena_take(&run->study->arena, variables->capacity, sizeof *variables->items);
    if (!variables->items) return uf_fail_memory(error);
    if (!by_sector) UF_TRY(add_variable(run, variables, &profile->indicator, error));
    UF_TRY(add_option_variables(run, &profile->options, variables, error));
    request->variables = variables->items;
    request->n_variables = variables->count;
    if (by_sector) {
        use_sums(profile, variables);
        request->indicator = profile->indicator.text;
        return add_sectors(run, analysis, request, error);
    }
    request->outcome = profile->indicator.text ? profile->indicator.text
                       : variables->count      ? variables->items[0].name
                                               : NULL;
    if (has_option(analysis->method, "nation"))
        request->beside = uf_options_text(analysis->options, "nation");
    return UF_OK;
}

/* --- effects ------------------------------------------------------------------------------------ */

static bool is_among(const struct study_texts *texts, const char *code)
{
    for (size_t i = 0; i < texts->count; i++)
        if (!strcmp(texts->items[i].text, code)) return true;
    return false;
}

/* With regions to leave out, the donors are listed one by one. */
static uf_status list_donors(struct run *run, const struct study_donors *donors,
                             struct uf_store_panel_request *request, struct uf_error *error)
{
    const char *level = !strcmp(request->level, "county")   ? "nuts3"
                        : !strcmp(request->level, "nation") ? "country"
                                                            : request->level;
    struct uf_table *found = NULL;
    UF_TRY(uf_store_query(run->store, "SELECT code FROM regions WHERE level = ?1 ORDER BY code", &level, 1,
                          &found, error));
    const char **regions = arena_take(&run->study->arena, uf_table_rows(found) + 1, sizeof *regions);
    uf_status status = regions ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; regions && i < uf_table_rows(found); i++) {
        const char *code = uf_table_text(found, i, 0);
        if (is_among(&donors->exclude, code)) continue;
        regions[request->n_regions] = arena_text(&run->study->arena, code, strlen(code));
        if (!regions[request->n_regions++]) status = uf_fail_memory(error);
    }
    request->regions = regions;
    uf_table_free(found);
    return status;
}

/* Donors come from other countries: the units are the treated regions and all regions of the donors' level
 * inside those countries. */
static uf_status add_donors(struct run *run, const struct study_effect *effect,
                            const struct study_texts *treated, struct uf_store_panel_request *request,
                            struct uf_error *error)
{
    const struct study_donors *donors = &effect->donors;
    UF_TRY(check_regions(run, &donors->countries, error));
    UF_TRY(check_regions(run, &donors->exclude, error));
    if (donors->level.text) request->level = donors->level.text;
    const char **within =
        arena_take(&run->study->arena, donors->countries.count + treated->count + 1, sizeof *within);
    if (!within) return uf_fail_memory(error);
    size_t count = 0;
    for (size_t i = 0; i < donors->countries.count; i++) within[count++] = donors->countries.items[i].text;
    for (size_t i = 0; i < treated->count; i++) within[count++] = treated->items[i].text;
    request->within = within;
    request->n_within = count;
    request->n_regions = 0;
    return donors->exclude.count ? list_donors(run, donors, request, error) : UF_OK;
}

static uf_status effect_request(struct run *run, const struct run_analysis *analysis,
                                struct variables *variables, struct uf_store_panel_request *request,
                                struct uf_error *error)
{
    const struct study_effect *effect = analysis->effect;
    const struct study_intervention *intervention = &run->study->intervention;
    struct arena *arena = &run->study->arena;
    UF_TRY(begin(run, analysis, effect->place, request, error));
    const struct study_texts *treated = effect->treated.count ? &effect->treated : &intervention->treated;
    UF_TRY(check_regions(run, treated, error));
    if (effect->donors.place.line) UF_TRY(add_donors(run, effect, treated, request, error));
    variables->capacity = effect->covariates.count + count_option_values(&effect->options) + 2;
    variables->items = arena_take(arena, variables->capacity, sizeof *variables->items);
    if (!variables->items) return uf_fail_memory(error);
    UF_TRY(add_variable(run, variables, &effect->outcome, error));
    UF_TRY(add_variable(run, variables, &effect->weight, error));
    for (size_t i = 0; i < effect->covariates.count; i++)
        UF_TRY(add_variable(run, variables, &effect->covariates.items[i], error));
    UF_TRY(add_option_variables(run, &effect->options, variables, error));
    request->variables = variables->items;
    request->n_variables = variables->count;
    request->outcome = effect->outcome.text;
    request->weight = effect->weight.text;
    request->covariates = texts_of(&effect->covariates, arena);
    request->n_covariates = effect->covariates.count;
    request->cluster = effect->cluster.text;
    request->treated = texts_of(treated, arena);
    request->n_treated = treated->count;
    request->start = effect->start         ? effect->start
                     : intervention->start ? intervention->start
                                           : study_first_start(intervention);
    if (!effect->start) UF_TRY(study_starts_of(run->study, treated, &request->starts, error));
    if (effect->method->takes_dose) UF_TRY(study_doses_of(run->study, treated, &request->dose, error));
    request->dose_unit = run_words(run, &intervention->dose_unit);
    request->intervention = intervention->code.text;
    request->also_exposed = texts_of(&intervention->also_exposed, arena);
    request->n_also_exposed = intervention->also_exposed.count;
    return request->covariates && request->treated && request->also_exposed ? UF_OK : uf_fail_memory(error);
}

static uf_status follow_request(struct run *run, const struct run_analysis *analysis,
                                struct variables *variables, struct uf_store_panel_request *request,
                                struct uf_error *error)
{
    UF_TRY(begin(run, analysis, analysis->follow->place, request, error));
    variables->capacity = 1;
    variables->items = arena_take(&run->study->arena, 1, sizeof *variables->items);
    if (!variables->items) return uf_fail_memory(error);
    UF_TRY(add_variable(run, variables, &analysis->follow->indicator, error));
    request->variables = variables->items;
    request->n_variables = variables->count;
    request->outcome = analysis->follow->indicator.text;
    return UF_OK;
}

/* What the study says of the intervention goes before what the programme data say. */
static uf_status describe_treatment(const struct run *run, struct uf_panel *panel, struct uf_error *error)
{
    const struct study_intervention *intervention = &run->study->intervention;
    const char *name = run_words(run, &intervention->name);
    struct uf_treatment *treatment = &panel->treatment;
    if (!treatment->given) return UF_OK;
    if (name) {
        char *copy = uf_text_copy(name);
        if (!copy) return uf_fail_memory(error);
        free(treatment->name);
        treatment->name = copy;
    }
    if (intervention->cost.place.line == 0) return UF_OK;
    char *currency = uf_text_copy(intervention->cost.currency.text);
    if (!currency) return uf_fail_memory(error);
    free(treatment->currency);
    treatment->currency = currency;
    treatment->cost = intervention->cost.amount;
    return UF_OK;
}

uf_status run_build_panel(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    struct uf_store_panel_request request;
    struct variables variables = {0};
    struct study_place place = {0};
    switch (analysis->kind) {
    case ANALYSIS_PROFILE:
        place = analysis->profile->place;
        UF_TRY(profile_request(run, analysis, &variables, &request, error));
        break;
    case ANALYSIS_FOLLOW:
        place = analysis->follow->place;
        UF_TRY(follow_request(run, analysis, &variables, &request, error));
        break;
    case ANALYSIS_EFFECT:
        place = analysis->effect->place;
        UF_TRY(effect_request(run, analysis, &variables, &request, error));
        break;
    }
    UF_TRY(run_add_counts(run, analysis, &request, error));
    uf_status status = uf_panel_from_store(run->store, &request, &analysis->result, &analysis->panel, error);
    /* What the store does not take is a mistake of the study file, at this analysis. */
    if (status == UF_BAD_USAGE) {
        if (error) error->status = UF_BAD_INPUT;
        status = UF_BAD_INPUT;
    }
    UF_TRY(study_locate(run->study, place, status, error));
    struct uf_panel *panel = analysis->panel;
    if (analysis->profile && panel->outcome >= 0)
        panel->columns[panel->outcome].of_sums = analysis->profile->of_sums;
    for (size_t i = 0; analysis->profile && i < panel->n_columns; i++)
        if (study_sums_of(analysis->profile, panel->columns[i].name)) panel->columns[i].of_sums = true;
    return analysis->kind == ANALYSIS_EFFECT ? describe_treatment(run, analysis->panel, error) : UF_OK;
}

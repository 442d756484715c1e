// SPDX-License-Identifier: GPL-3.0-or-later
/* The charts that a method's descriptor says suit its tables: one per hint, or one per focus region. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/chart_rows.h"
#include "study/hint_words.h"
#include "study/present.h"
#include "study/undrawn_bands.h"

static char *join(const struct uf_text_list *list)
{
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    for (size_t i = 0; i < list->count; i++) {
        if (i) uf_buffer_append(&buffer, ", ");
        uf_buffer_append(&buffer, list->items[i]);
    }
    return uf_buffer_take(&buffer);
}

static const char *option_period(const struct run_analysis *analysis, const char *name)
{
    for (size_t i = 0; i < analysis->method->n_options; i++) {
        const struct uf_option *option = &analysis->method->options[i];
        if (option->type == UF_OPTION_PERIOD && !strcmp(option->name, name))
            return uf_options_print(analysis->options, name);
    }
    return NULL;
}

static uf_status make_caption(const struct run *run, const struct run_analysis *analysis,
                              const struct uf_chart_hint *hint, const struct chart_facet *facet, char **out,
                              struct uf_error *error)
{
    const struct uf_panel *panel = analysis->panel;
    char *focus = facet->label ? uf_text_copy(facet->label) : join(&analysis->focus_labels);
    if (!focus) return uf_fail_memory(error);
    /* The periods described, where the method was told which; else those of the panel. */
    const char *first = option_period(analysis, "from"), *last = option_period(analysis, "to");
    if (!last) last = option_period(analysis, "period");
    const char *outcome =
        panel->outcome >= 0 ? panel->columns[panel->outcome].label : panel->columns[0].label;
    const struct uf_argument arguments[] = {
        uf_text_argument(outcome), uf_text_argument(focus),
        uf_text_argument(first                  ? first
                         : panel->periods.count ? panel->periods.code[0]
                                                : ""),
        uf_text_argument(last                   ? last
                         : panel->periods.count ? panel->periods.code[panel->periods.count - 1]
                                                : "")};
    uf_status status = uf_phrase(run->language, hint->title, arguments, 4, out, error);
    free(focus);
    return status;
}

static const char *unit_of(const struct uf_table *table, const char *column)
{
    size_t index = column ? uf_table_column(table, column) : SIZE_MAX;
    return index == SIZE_MAX ? NULL : uf_table_column_unit(table, index);
}

/* The start of the intervention, 0 where the picture has no line for it. */
static uf_period start_of(const struct run *run, const struct run_analysis *analysis,
                          const struct uf_chart_hint *hint)
{
    bool in_time = !strcmp(hint->kind, "synthetic-control") || !strcmp(hint->kind, "lines") ||
                   !strcmp(hint->kind, "small-multiples");
    if (analysis->kind != ANALYSIS_EFFECT || !in_time) return 0;
    if (!strcmp(hint->kind, "lines") && hint->x_label.en) return 0; /* the axis is something else */
    const struct study_intervention *intervention = &run->study->intervention;
    if (!analysis->effect->start && intervention->starts.count) return 0; /* not one line */
    return analysis->effect->start ? analysis->effect->start : intervention->start;
}

/* The start is the first treated period: the line stands between it and the one before, as in event studies. NaN where the data
 * have nothing before or after. */
static double line_before(const struct uf_panel *panel, uf_period start)
{
    double before = NAN;
    for (size_t p = 0; start && p < panel->periods.count; p++) {
        const double at = panel->period_value[p] ? uf_period_in_years(panel->period_value[p]) : (double)NAN;
        if (panel->period_value[p] >= start) return (before + at) / 2;
        before = at;
    }
    return NAN;
}

/* Without any of the focus regions in the picture nothing is greyed. */
static bool shows_focus(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                        const struct uf_table *table)
{
    size_t label = hint->label ? uf_table_column(table, hint->label) : SIZE_MAX;
    for (size_t i = 0; label != SIZE_MAX && i < uf_table_rows(table); i++) {
        const char *text = uf_table_text(table, i, label);
        if (text && uf_text_list_find(&analysis->focus_labels, text) != SIZE_MAX) return true;
    }
    return false;
}

/* The lines of a chart where they are few enough to be brought out all: the only one, or those of an effect. */
static uf_status few_lines(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                           const struct uf_table *table, struct uf_text_list *out, struct uf_error *error)
{
    enum { MOST_LINES = 6 };
    size_t label = hint->label ? uf_table_column(table, hint->label) : SIZE_MAX;
    if (strcmp(hint->kind, "lines") != 0 || label == SIZE_MAX) return UF_OK;
    for (size_t i = 0; i < uf_table_rows(table) && out->count <= MOST_LINES; i++) {
        const char *text = uf_table_text(table, i, label);
        if (text && uf_text_list_find(out, text) == SIZE_MAX) UF_TRY(uf_text_list_add(out, text, error));
    }
    if (out->count > (analysis->kind == ANALYSIS_EFFECT ? MOST_LINES : 1)) uf_text_list_clear(out);
    return UF_OK;
}

static bool has_group(const struct uf_table *table, const char *code)
{
    size_t column = uf_table_column(table, "code");
    for (size_t i = 0; column != SIZE_MAX && i < uf_table_rows(table); i++)
        if (uf_text_equal(uf_table_text(table, i, column), code)) return true;
    return false;
}

/* What a scatter has beside two columns, in the run's language. */
static void set_scatter(const struct run *run, const struct run_analysis *analysis,
                        const struct uf_chart_hint *hint, const struct uf_table *table,
                        struct uf_chart_request *request)
{
    const struct uf_panel *panel = analysis->panel;
    const struct uf_scatter_hint *scatter = hint->scatter;
    if (!scatter) return;
    bool sized = scatter->size && uf_table_column(table, scatter->size) != SIZE_MAX;
    request->size = sized ? scatter->size : NULL;
    /* the area is the value itself, under the name of the indicator and not of its column */
    bool own = sized && panel->outcome >= 0 && panel->columns[panel->outcome].label &&
               (!strcmp(scatter->size, "value") || !strcmp(scatter->size, "level"));
    request->size_label = own     ? panel->columns[panel->outcome].label
                          : sized ? uf_word(scatter->size, run->language)
                                  : NULL;
    if (scatter->x_low && uf_table_column(table, scatter->x_low) != SIZE_MAX) {
        request->x_low = scatter->x_low;
        request->x_high = scatter->x_high;
    }
    request->reference_x = scatter->reference_x;
    request->fit = scatter->fit;
    request->x_label = uf_words_in(scatter->x_label, run->language);
    for (size_t k = 0; k < 4; k++) request->quadrants[k] = uf_words_in(scatter->quadrants[k], run->language);
}

/* Regions of a map are known by their codes where the table has them. */
static const char *code_column(const struct uf_table *table)
{
    static const char *const names[] = {"code", "region", "unit"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t column = uf_table_column(table, names[i]);
        if (column != SIZE_MAX && uf_table_column_type(table, column) == UF_COLUMN_TEXT) return names[i];
    }
    return NULL;
}

static uf_status chart_hint(struct run *run, struct run_analysis *analysis, const struct uf_chart_hint *hint,
                            const struct uf_table *table, const struct chart_facet *facet, const char *name,
                            struct run_figure *figure, struct uf_error *error)
{
    UF_TRY(make_caption(run, analysis, hint, facet, &figure->caption, error));
    const struct uf_panel *panel = analysis->panel;
    const struct uf_panel_column *outcome = &panel->columns[panel->outcome >= 0 ? panel->outcome : 0];
    const bool path = !strcmp(hint->kind, "synthetic-control");
    const char *value_label = uf_words_in(hint->value_label, run->language);
    if (!value_label && analysis->kind == ANALYSIS_EFFECT) value_label = outcome->label;
    const bool counts = !strcmp(hint->kind, "histogram"); /* of values that have the unit */
    const char *unit = path ? outcome->unit : unit_of(table, counts ? hint->low : hint->value);
    /* A difference of percentages is in percentage points. */
    if (!strcmp(hint->kind, "event-study") || counts || uf_text_equal(hint->value, "estimate"))
        unit = run_difference_unit(unit, run->language);
    char start[UF_PERIOD_SIZE + 32] = "", period[UF_PERIOD_SIZE];
    const uf_period started = start_of(run, analysis, hint);
    double marked = line_before(panel, started);
    if (!isnan(marked)) snprintf(start, sizeof start, "start %s", uf_period_print(started, period));
    char *note = NULL, *treated_names = NULL;
    struct uf_table *shown = NULL;
    struct hint_words words;
    uf_status status = hint_words_init(run, analysis, hint, table, &words, error);
    if (hint->marked_from) marked = words.marked_at;
    const bool of_sums = analysis->profile && analysis->profile->of_sums;
    double unit_of_rounding;
    const bool rounded = hint_rounding(analysis, &unit_of_rounding);
    if (status == UF_OK && analysis->kind != ANALYSIS_EFFECT)
        status = undrawn_bands_note(hint, table, rounded, of_sums ? 0 : unit_of_rounding, run->language,
                                    &note, error);
    if (status == UF_OK && figure->n_left_out) {
        const struct uf_argument left_out = uf_count_argument(figure->n_left_out);
        static const struct uf_words countries = {
            "Drawn are the regions of the same country as those in focus; {0} others are in the table.",
            "Ritade är regionerna i samma land som de i fokus; {0} andra står i tabellen."};
        static const struct uf_words countries_too = {
            "Drawn are the regions of the same country as those in focus; {0} others are in the table. {1}",
            "Ritade är regionerna i samma land som de i fokus; {0} andra står i tabellen. {1}"};
        static const struct uf_words focus = {"Drawn are the regions in focus; {0} others are in the table.",
                                              "Ritade är regionerna i fokus; {0} andra står i tabellen."};
        const bool heat = !strcmp(hint->kind, "heat-map"); /* whose note of undrawn bands stays */
        const struct uf_argument arguments[] = {left_out, uf_text_argument(note)};
        char *whole = NULL;
        status = uf_phrase(run->language,
                           !heat  ? focus
                           : note ? countries_too
                                  : countries,
                           arguments, 2, &whole, error);
        free(note);
        note = whole;
    }
    if (status == UF_OK) status = present_chart_table(run, analysis, table, &shown, error);
    if (status == UF_OK && path && !(treated_names = run_treated_names(run, analysis)))
        status = uf_fail_memory(error);
    struct uf_chart_request request = {
        .kind = hint->kind,
        .table = shown,
        .note = note,
        .subtitle = words.subtitle,
        .band_label = words.band,
        .band2_label = words.band2,
        .low2 = words.has_band2 ? hint->low2 : NULL,
        .high2 = words.has_band2 ? hint->high2 : NULL,
        .x_label = words.x_label,
        .treated_label = treated_names && *treated_names ? treated_names : NULL,
        .gap_unit = run_difference_unit(outcome->unit, run->language),
        .value = hint->value,
        .low = hint->low,
        .high = hint->high,
        .label = hint->label,
        .group = hint->group,
        .x = hint->x,
        .placebos = uf_result_table(&analysis->result, "placebos"),
        .value_label = value_label,
        .unit = unit,
        .focus = (const char *const *)analysis->focus_labels.items,
        .n_focus = facet->value || !shows_focus(analysis, hint, table) ? 0 : analysis->focus_labels.count,
        .reference = words.reference_at,
        .reference_label = words.reference,
        .from_zero = hint->from_zero,
        .reference_x = NAN,
        .order = hint->order,
        .form = hint->form,
        .marked_x = marked,
        .marked_label = words.marked                   ? words.marked
                        : *start && !hint->marked_from ? start
                                                       : NULL};
    /* time since the start: the line stands before 0, in an event study by itself */
    if (uf_text_equal(hint->x, "event_time")) {
        request.marked_x = uf_text_equal(hint->form, "intervals") ? -0.5 : NAN;
        request.marked_label = "start";
    }
    struct uf_text_list lines;
    uf_text_list_init(&lines);
    if (status == UF_OK) status = few_lines(analysis, hint, table, &lines, error);
    if (lines.count && request.n_focus == 0) {
        request.focus = (const char *const *)lines.items;
        request.n_focus = lines.count;
    }
    /* Means of the treated and of the others: the groups take the place of focus and benchmark. */
    static const char *const treated_group[] = {"treated"};
    if (has_group(table, "treated") && has_group(table, "control")) {
        request.focus = treated_group;
        request.n_focus = 1;
        request.benchmark = "control";
    }
    /* A series and its earlier trend, likewise. */
    static const char *const series_groups[] = {"observed", "fitted"};
    if (has_group(table, "observed") && has_group(table, "continued")) {
        request.focus = series_groups;
        request.n_focus = 2;
        request.benchmark = "continued";
    }
    set_scatter(run, analysis, hint, table, &request);
    if (status == UF_OK && (!strcmp(hint->kind, "tile-map") || !strcmp(hint->kind, "map"))) {
        request.code = code_column(table);
        status = run_set_map(run, &request, error);
    }
    struct run_figure taken = *figure;
    if (status == UF_OK) {
        *figure = (struct run_figure){0};
        status = run_add_chart(run, analysis, &request, name, &taken, error);
    }
    uf_table_free(shown);
    free(treated_names);
    free(note);
    uf_text_list_clear(&lines);
    hint_words_clear(&words);
    return status;
}

/* Hints that are drawn at once: of those for the values of an option only one is. */
static size_t n_kinds(const struct uf_method *method)
{
    size_t n = 0;
    for (size_t i = 0; i < method->n_charts; i++)
        n += i == 0 || !method->charts[i].only_option ||
             !uf_text_equal(method->charts[i].only_option, method->charts[i - 1].only_option);
    return n;
}

/* The number of a hint's picture: a hint that gives way to another has that of the hint after it. */
static size_t number_of(const struct uf_method *method, size_t hint)
{
    size_t n = 1;
    for (size_t i = 0; i < hint; i++) n += !method->charts[i].unless_table && !method->charts[i].of_one;
    return n;
}

static bool has_several(const struct uf_table *table, const char *name)
{
    const size_t column = uf_table_column(table, name);
    for (size_t i = 1; column != SIZE_MAX && i < uf_table_rows(table); i++)
        if (!uf_text_equal(uf_table_text(table, i, column), uf_table_text(table, 0, column))) return true;
    return false;
}

static bool applies(const struct run_analysis *analysis, const struct uf_chart_hint *hint,
                    const struct uf_table *table)
{
    if (hint->of_one && has_several(table, hint->of_one)) return false;
    if (hint->of_several && !has_several(table, hint->of_several)) return false;
    return !hint->only_option ||
           uf_text_equal(uf_options_text(analysis->options, hint->only_option), hint->only_value);
}

static uf_status chart_facet(struct run *run, struct run_analysis *analysis, size_t hint_index,
                             const struct uf_table *table, size_t column, const struct chart_facet *facet,
                             struct uf_error *error)
{
    const struct uf_chart_hint *hint = &analysis->method->charts[hint_index];
    struct uf_buffer name;
    uf_buffer_init(&name);
    uf_buffer_append(&name, analysis->common->id.text);
    if (n_kinds(analysis->method) > 1) {
        uf_buffer_append_char(&name, '-');
        uf_buffer_append_size(&name, number_of(analysis->method, hint_index));
    }
    if (facet->value) {
        char *slug = uf_text_slug(facet->value);
        uf_buffer_append_char(&name, '-');
        uf_buffer_append(&name, slug ? slug : "");
        free(slug);
    }
    char *file = uf_buffer_take(&name);
    struct run_figure figure = {.table = table, .csv = run_table_link(analysis, table)};
    uf_status status = file && figure.csv ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && facet->value) {
        status = chart_filter_facet(table, column, facet->value, &figure.owned, error);
        figure.table = figure.owned;
    }
    if (status == UF_OK && hint->where) status = chart_filter_rows(hint, &figure, error);
    if (status == UF_OK && !strcmp(hint->kind, "bars")) status = chart_sort_bars(hint, &figure, error);
    if (status == UF_OK) status = chart_narrow_heat_map(analysis, hint, &figure, error);
    if (status == UF_OK) status = chart_narrow_panels(analysis, hint, &figure, error);
    if (status == UF_OK) status = chart_hint(run, analysis, hint, figure.table, facet, file, &figure, error);
    free(figure.caption);
    free(figure.csv);
    uf_table_free(figure.owned);
    free(file);
    return status;
}

uf_status run_chart_method(struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    for (size_t i = 0; i < analysis->method->n_charts; i++) {
        const struct uf_chart_hint *hint = &analysis->method->charts[i];
        const struct uf_table *table = uf_result_table(&analysis->result, hint->table);
        if (!table || uf_table_rows(table) == 0 || !applies(analysis, hint, table))
            continue; /* not asked for by the options */
        if (hint->unless_table && uf_result_table(&analysis->result, hint->unless_table)) continue;
        size_t column = hint->facet_by ? uf_table_column(table, hint->facet_by) : SIZE_MAX;
        struct chart_facet facets[CHART_MAX_FACETS] = {{NULL, NULL}};
        size_t count = column == SIZE_MAX ? 1 : chart_facets(analysis, table, column, facets);
        for (size_t j = 0; j < count; j++)
            UF_TRY(chart_facet(run, analysis, i, table, column, &facets[j], error));
    }
    return UF_OK;
}

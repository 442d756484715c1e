// SPDX-License-Identifier: GPL-3.0-or-later
/* Which units and periods a synthetic control is computed on, each loss with its reason. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/synthetic_control_study.h"

enum { NAMES_SHOWN = 6 };

uf_status sc_names(const struct sc_study *study, const bool *marked, char **out, struct uf_error *error)
{
    static const struct uf_words more = {" and {0} more", " och {0} till"};
    struct uf_buffer buffer;
    size_t count = 0;
    uf_buffer_init(&buffer);
    for (size_t u = 0; u < study->panel->units.count; u++) {
        if (!marked[u] || count++ >= NAMES_SHOWN) continue;
        if (count > 1) uf_buffer_append(&buffer, ", ");
        uf_buffer_append(&buffer, study->panel->units.label[u]);
    }
    if (count > NAMES_SHOWN) {
        const struct uf_argument arguments[] = {uf_count_argument(count - NAMES_SHOWN)};
        char *tail = NULL;
        uf_status status = uf_phrase(study->context->language, more, arguments, 1, &tail, error);
        if (status != UF_OK) {
            uf_buffer_clear(&buffer);
            return status;
        }
        uf_buffer_append(&buffer, tail);
        free(tail);
    }
    *out = uf_buffer_take(&buffer);
    return *out ? UF_OK : uf_fail_memory(error);
}

uf_status sc_refuse(struct sc_study *study, const char *code, struct uf_words text, struct uf_words advice,
                    const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error)
{
    UF_TRY(uf_result_add_note(study->result, study->context->language, UF_FATAL, code, text, advice,
                              arguments, n_arguments, error));
    return uf_design_refuse(study->result, error);
}

uf_status sc_panel_cells(const struct uf_panel *panel, size_t column, double **out, struct uf_error *error)
{
    size_t n = panel->units.count * panel->periods.count;
    double *cells = calloc(n + 1, sizeof *cells);
    if (!cells) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) cells[i] = NAN;
    const struct uf_panel_column *from = &panel->columns[column];
    for (size_t i = 0; i < panel->n_rows; i++)
        if (!uf_value_is_missing(from->status[i]) && isfinite(from->value[i]))
            cells[panel->unit[i] * panel->periods.count + panel->period[i]] = from->value[i];
    *out = cells;
    return UF_OK;
}

static size_t rows_kept(const struct sc_study *study)
{
    size_t rows = 0;
    for (size_t i = 0; i < study->panel->n_rows; i++)
        rows += study->keep_unit[study->panel->unit[i]] && study->keep_period[study->panel->period[i]];
    return rows;
}

uf_status sc_study_drop_units(struct sc_study *study, const bool *marked, const char *code,
                              struct uf_words step, struct uf_error *error)
{
    size_t before = rows_kept(study), count = 0;
    for (size_t u = 0; u < study->panel->units.count; u++) count += marked[u];
    if (count == 0) return UF_OK;
    for (size_t u = 0; u < study->panel->units.count; u++)
        if (marked[u]) study->keep_unit[u] = false;
    char *names = NULL;
    UF_TRY(sc_names(study, marked, &names, error));
    const struct uf_argument arguments[] = {uf_count_argument(count), uf_text_argument(names)};
    static const struct uf_words text = {"{0} regions are left out: {1}.", "{0} regioner utesluts: {1}."};
    static const struct uf_words nothing = {NULL, NULL};
    const char *step_text = uf_words_in(step, study->context->language);
    uf_status status = uf_result_add_ledger(study->result, step_text, names, before, rows_kept(study), error);
    if (status == UF_OK && code)
        status = uf_result_add_note(study->result, study->context->language, UF_NOTE, code, text, nothing,
                                    arguments, 2, error);
    free(names);
    return status;
}

/* The treated: who starts at the design's start or later, has values, and was not treated from the first
 * period on. */
static uf_status find_treated(struct sc_study *study, const double *outcome, bool *marked,
                              struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    size_t n_periods = panel->periods.count;
    for (size_t u = 0; u < panel->units.count; u++) {
        size_t start = panel->treatment.first_period[u];
        bool has_value = false;
        for (size_t t = 0; t < n_periods; t++) has_value |= !isnan(outcome[u * n_periods + t]);
        bool treated = start < n_periods, useful = has_value && start >= study->design.first_treated_period;
        marked[u] = treated && !useful;
        if (treated && useful) study->treated_unit[study->n_treated_units++] = u;
    }
    static const struct uf_words step = {"treated regions without a period before, or without values",
                                         "behandlade regioner utan förperiod eller utan värden"};
    return sc_study_drop_units(study, marked, "treated-left-out", step, error);
}

static bool is_treated(const struct sc_study *study, size_t unit)
{
    return study->panel->treatment.first_period[unit] < study->panel->periods.count;
}

static uf_status mark_listed(const struct sc_study *study, const char *option, bool *marked,
                             struct uf_error *error)
{
    const struct uf_text_list *list = uf_options_list(study->options, option);
    const struct uf_dictionary *units = &study->panel->units;
    for (size_t i = 0; i < list->count; i++) {
        size_t unit = uf_dictionary_find(units, list->items[i]);
        if (unit == SIZE_MAX) {
            const char *near =
                uf_text_nearest(list->items[i], (const char *const *)units->code, units->count);
            return uf_fail(error, UF_BAD_USAGE, "%s: there is no region '%s' in the data%s%s%s", option,
                           list->items[i], near ? "; did you mean '" : "", near ? near : "",
                           near ? "'?" : "");
        }
        if (is_treated(study, unit) && !strcmp(option, "donors"))
            return uf_fail(error, UF_BAD_USAGE, "donors: '%s' is treated and cannot be a donor",
                           list->items[i]);
        marked[unit] = true;
    }
    return UF_OK;
}

static uf_status apply_lists(struct sc_study *study, bool *marked, struct uf_error *error)
{
    size_t n = study->panel->units.count;
    static const struct uf_words step = {"donors the user left out", "donatorer som användaren uteslutit"};
    memset(marked, 0, n * sizeof *marked);
    UF_TRY(mark_listed(study, "donors", marked, error));
    bool any = uf_options_list(study->options, "donors")->count > 0;
    for (size_t u = 0; u < n; u++)
        marked[u] = any && !marked[u] && !is_treated(study, u) && study->keep_unit[u];
    UF_TRY(mark_listed(study, "exclude", marked, error));
    for (size_t u = 0; u < n; u++) marked[u] = marked[u] && study->keep_unit[u];
    for (size_t i = 0; i < study->n_treated_units; i++)
        if (marked[study->treated_unit[i]])
            return uf_fail(error, UF_BAD_USAGE,
                           "exclude: '%s' is treated; take it out of the treated regions instead",
                           study->panel->units.code[study->treated_unit[i]]);
    return sc_study_drop_units(study, marked, NULL, step, error);
}

static uf_status choose_periods(struct sc_study *study, const double *outcome, struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    size_t before = rows_kept(study), dropped = 0;
    for (size_t t = 0; t < panel->periods.count; t++) {
        for (size_t i = 0; i < study->n_treated_units; i++)
            if (isnan(outcome[study->treated_unit[i] * panel->periods.count + t]))
                study->keep_period[t] = false;
        dropped += !study->keep_period[t];
    }
    static const struct uf_words step = {"periods without a value for each treated region",
                                         "perioder utan värde för var och en av de behandlade regionerna"};
    static const struct uf_words reason = {"a synthetic control needs them all",
                                           "en syntetisk kontroll kräver alla"};
    if (dropped > 0)
        UF_TRY(uf_result_add_ledger(study->result, uf_words_in(step, study->context->language),
                                    uf_words_in(reason, study->context->language), before, rows_kept(study),
                                    error));
    study->n_periods = panel->periods.count - dropped;
    study->period = calloc(study->n_periods + 1, sizeof *study->period);
    if (!study->period) return uf_fail_memory(error);
    size_t row = 0, start = 0;
    for (size_t t = 0; t < panel->periods.count; t++) {
        if (!study->keep_period[t]) continue;
        start += t < study->design.first_treated_period;
        study->period[row++] = t;
    }
    study->data.start = start;
    const struct uf_argument arguments[] = {uf_count_argument(start),
                                            uf_count_argument(study->n_periods - start)};
    static const struct uf_words text = {"Periods in which every treated region has a value: {0} before the "
                                         "start and {1} from it on. At least two before and "
                                         "one after are needed.",
                                         "Perioder då alla behandlade regioner har ett värde: {0} före start "
                                         "och {1} från och med starten. Det behövs minst "
                                         "två före och en efter."};
    static const struct uf_words advice = {"Choose an outcome with a longer series.",
                                           "Välj ett utfall med längre serie."};
    if (start < 2 || start >= study->n_periods)
        return sc_refuse(study, "no-period-before", text, advice, arguments, 2, error);
    return UF_OK;
}

/* Many donors may be lost to one thin year; the user can then choose between the year and the donors. */
static uf_status say_thin_period(struct sc_study *study, const double *outcome, const bool *marked,
                                 struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    size_t n_marked = 0, n_donors = 0, most = 0, thinnest = 0;
    for (size_t u = 0; u < panel->units.count; u++) {
        n_donors += study->keep_unit[u] && !is_treated(study, u);
        n_marked += marked[u];
    }
    for (size_t row = 0; row < study->n_periods; row++) {
        size_t missing = 0;
        for (size_t u = 0; u < panel->units.count; u++)
            missing += marked[u] && isnan(outcome[u * panel->periods.count + study->period[row]]);
        if (missing <= most) continue;
        most = missing;
        thinnest = study->period[row];
    }
    if (3 * n_marked < n_donors) return UF_OK;
    const struct uf_argument arguments[] = {uf_count_argument(n_marked), uf_count_argument(n_donors),
                                            uf_text_argument(panel->periods.label[thinnest]),
                                            uf_count_argument(most)};
    static const struct uf_words text = {
        "{0} of {1} donors are lost to gaps; in {2} alone {3} of them have no value.",
        "{0} av {1} donatorer faller bort på grund av luckor; enbart {2} saknar {3} av dem värde."};
    static const struct uf_words advice = {"Leaving {2} out of the data may keep more donors.",
                                           "Om {2} utelämnas ur datamaterialet kan fler donatorer behållas."};
    return uf_result_add_note(study->result, study->context->language, UF_WARNING, "donors-lost-to-gaps",
                              text, advice, arguments, 4, error);
}

static uf_status drop_donors_with_gaps(struct sc_study *study, const double *outcome, bool *marked,
                                       struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    for (size_t u = 0; u < panel->units.count; u++) {
        marked[u] = false;
        for (size_t row = 0; row < study->n_periods; row++)
            marked[u] |= isnan(outcome[u * panel->periods.count + study->period[row]]);
        marked[u] = marked[u] && study->keep_unit[u] && !is_treated(study, u);
    }
    static const struct uf_words step = {"donors without a value in a period used",
                                         "donatorer utan värde i någon period som används"};
    UF_TRY(say_thin_period(study, outcome, marked, error));
    return sc_study_drop_units(study, marked, "donors-left-out", step, error);
}

/* The row of the first used period at or after a time, or of the last at or before it; SIZE_MAX: there is
 * none. */
static size_t row_of(const struct sc_study *study, uf_period time, bool at_or_after)
{
    size_t found = SIZE_MAX;
    for (size_t row = 0; row < study->n_periods; row++) {
        uf_period value = study->panel->period_value ? study->panel->period_value[study->period[row]] : 0;
        if (value == 0) continue;
        if (at_or_after && value >= time) return row;
        if (!at_or_after && value <= time) found = row;
    }
    return found;
}

static uf_status fit_window(struct sc_study *study, struct uf_error *error)
{
    uf_period from = uf_options_period(study->options, "fit-from"),
              to = uf_options_period(study->options, "fit-to");
    size_t start = study->data.start;
    char a[UF_PERIOD_SIZE], b[UF_PERIOD_SIZE];
    study->data.fit_from = from ? row_of(study, from, true) : 0;
    study->data.fit_to = to ? row_of(study, to, false) : start - 1;
    if (study->data.fit_from < start && study->data.fit_to < start &&
        study->data.fit_from <= study->data.fit_to)
        return UF_OK;
    return uf_fail(
        error, UF_BAD_USAGE,
        "the fit window %s to %s must lie in the periods before the start that have values, %s to %s",
        from ? uf_period_print(from, a) : study->panel->periods.code[study->period[0]],
        to ? uf_period_print(to, b) : study->panel->periods.code[study->period[start - 1]],
        study->panel->periods.code[study->period[0]], study->panel->periods.code[study->period[start - 1]]);
}

static uf_status fill_outcomes(struct sc_study *study, const double *outcome, struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    bool pooled = !strcmp(uf_options_text(study->options, "treated-as"), "pooled");
    study->m = pooled ? study->n_treated_units : 1;
    for (size_t u = 0; u < panel->units.count; u++)
        study->n_donors += study->keep_unit[u] && !is_treated(study, u);
    study->n = study->m + study->n_donors;
    static const struct uf_words text = {"No donor has a value in all periods used.",
                                         "Ingen donator har värden i alla perioder som används."};
    static const struct uf_words advice = {
        "Choose an outcome that is published for them, other years, or other comparison regions.",
        "Välj ett utfall som publiceras för dem, andra år eller andra jämförelseregioner."};
    if (study->n_donors == 0) return sc_refuse(study, "donors-all-missing", text, advice, NULL, 0, error);
    study->unit = calloc(study->n, sizeof *study->unit);
    study->donor = calloc(study->n, sizeof *study->donor);
    study->outcomes = gsl_matrix_calloc(study->n_periods, study->n);
    if (!study->unit || !study->donor || !study->outcomes) return uf_fail_memory(error);
    for (size_t c = 0; c < study->m; c++)
        study->unit[c] = pooled || study->n_treated_units == 1 ? study->treated_unit[c] : SIZE_MAX;
    size_t column = study->m;
    for (size_t u = 0; u < panel->units.count; u++)
        if (study->keep_unit[u] && !is_treated(study, u)) study->unit[column++] = u;
    for (size_t c = study->m; c < study->n; c++) study->donor[c] = true;
    for (size_t row = 0; row < study->n_periods; row++)
        for (size_t c = 0; c < study->n; c++) {
            double value = 0;
            if (study->unit[c] != SIZE_MAX)
                value = outcome[study->unit[c] * panel->periods.count + study->period[row]];
            for (size_t i = 0; study->unit[c] == SIZE_MAX && i < study->n_treated_units; i++)
                value += outcome[study->treated_unit[i] * panel->periods.count + study->period[row]] /
                         (double)study->n_treated_units;
            gsl_matrix_set(study->outcomes, row, c, value);
        }
    study->data.outcomes = study->outcomes;
    return UF_OK;
}

uf_status sc_study_select(struct sc_study *study, struct uf_error *error)
{
    const struct uf_panel *panel = study->panel;
    double *outcome = NULL;
    bool *marked = calloc(panel->units.count + 1, sizeof *marked);
    study->treated_unit = calloc(panel->units.count + 1, sizeof *study->treated_unit);
    study->keep_unit = malloc((panel->units.count + 1) * sizeof *study->keep_unit);
    study->keep_period = malloc((panel->periods.count + 1) * sizeof *study->keep_period);
    uf_status status = UF_OK;
    if (!marked || !study->treated_unit || !study->keep_unit || !study->keep_period) {
        status = uf_fail_memory(error);
        goto done;
    }
    for (size_t u = 0; u < panel->units.count; u++) study->keep_unit[u] = true;
    for (size_t t = 0; t < panel->periods.count; t++) study->keep_period[t] = true;
    UF_TRY_GOTO(sc_panel_cells(panel, (size_t)panel->outcome, &outcome, error), done);
    UF_TRY_GOTO(find_treated(study, outcome, marked, error), done);
    UF_TRY_GOTO(apply_lists(study, marked, error), done);
    UF_TRY_GOTO(choose_periods(study, outcome, error), done);
    UF_TRY_GOTO(drop_donors_with_gaps(study, outcome, marked, error), done);
    UF_TRY_GOTO(fit_window(study, error), done);
    UF_TRY_GOTO(sc_predictors_read(study, error), done);
    UF_TRY_GOTO(sc_predictors_drop_units(study, error), done);
    UF_TRY_GOTO(fill_outcomes(study, outcome, error), done);
    UF_TRY_GOTO(sc_predictors_matrix(study, study->data.start, &study->predictors, error), done);
    study->data.predictors = study->predictors;
done:
    free(outcome);
    free(marked);
    return status;
}

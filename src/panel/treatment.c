// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/fail.h"
#include "panel/layout.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

static uf_status role(const struct uf_panel *panel, const char *name, long *out, struct uf_error *error)
{
    if (!name) return UF_OK;
    size_t column = uf_panel_column(panel, name);
    if (column == SIZE_MAX) return uf_fail(error, UF_INTERNAL, "the panel does not carry '%s'", name);
    *out = (long)column;
    return UF_OK;
}

uf_status panel_set_roles(struct uf_panel *panel, const char *outcome, const char *weight,
                          const char *const *covariates, size_t n_covariates, struct uf_error *error)
{
    UF_TRY(role(panel, outcome, &panel->outcome, error));
    UF_TRY(role(panel, weight, &panel->weight, error));
    panel->covariates = calloc(n_covariates + 1, sizeof *panel->covariates);
    if (!panel->covariates) return uf_fail_memory(error);
    for (size_t k = 0; k < n_covariates; k++) {
        long column = UF_NOWHERE;
        UF_TRY(role(panel, covariates[k], &column, error));
        panel->covariates[panel->n_covariates++] = (size_t)column;
    }
    return UF_OK;
}

/* Years beside quarters would be taken for one course of time, with two values for the same year. */
static uf_status check_kinds(const struct uf_panel *panel, struct uf_error *error)
{
    bool alike = true;
    for (size_t t = 1; t < panel->periods.count; t++)
        alike =
            alike && uf_period_kind_of(panel->period_value[t]) == uf_period_kind_of(panel->period_value[0]);
    if (alike) return UF_OK;
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t period = panel->period[i];
        if (panel->period_value[period] == 0) return UF_OK; /* on no calendar: in their own order */
        if (panel->outcome >= 0 && isnan(panel->columns[panel->outcome].value[i])) continue;
        if (first == SIZE_MAX) first = period;
        if (uf_period_kind_of(panel->period_value[period]) == uf_period_kind_of(panel->period_value[first]))
            continue;
        return uf_fail(
            error, UF_BAD_INPUT,
            "the periods are of different kinds, as '%s' and '%s'; expected one kind: leave out the others",
            panel->periods.code[first], panel->periods.code[period]);
    }
    return UF_OK;
}

uf_status panel_start_treatment(struct uf_panel *panel, struct uf_error *error)
{
    UF_TRY(check_kinds(panel, error));
    const size_t n = panel->units.count;
    panel->treatment.first_period = malloc((n + 1) * sizeof *panel->treatment.first_period);
    if (!panel->treatment.first_period) return uf_fail_memory(error);
    for (size_t i = 0; i < n; i++) panel->treatment.first_period[i] = SIZE_MAX;
    panel->treatment.given = true;
    return UF_OK;
}

/* A unit without rows just before its first treated one may have started in the gap, from `after` on. Where
 * the starts that are known from other units leave one choice there, that one is taken: else a missing row
 * would make a cohort of its own, and shift the unit's event times. */
static uf_status date_starts_in_gaps(struct uf_panel *panel, const size_t *after, struct uf_error *error)
{
    size_t *first = panel->treatment.first_period;
    bool *known = calloc(panel->periods.count + 1, sizeof *known);
    if (!known) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++)
        if (first[u] != SIZE_MAX && first[u] == after[u]) known[first[u]] = true;
    for (size_t u = 0; u < panel->units.count; u++) {
        size_t choices = 0, choice = 0;
        for (size_t t = after[u]; first[u] != SIZE_MAX && t <= first[u]; t++)
            if (known[t]) choice = t, choices++;
        if (choices == 1) first[u] = choice;
    }
    free(known);
    return UF_OK;
}

/* Of several rows for a unit and period all tell the same of its treatment. */
static uf_status check_rows_agree(const struct uf_panel *panel, const char *column, const double *value,
                                  struct uf_error *error)
{
    for (size_t i = 1; i < panel->n_rows && panel->several_rows; i++) {
        if (panel->unit[i] != panel->unit[i - 1] || panel->period[i] != panel->period[i - 1]) continue;
        if (value[i] == value[i - 1] || (isnan(value[i]) && isnan(value[i - 1]))) continue;
        return uf_fail(
            error, UF_BAD_INPUT,
            "the treatment column '%s' has both %g and %g for unit '%s' in '%s'; treatment falls on whole "
            "units: name as the unit the column that it goes by",
            column, value[i - 1], value[i], panel->units.code[panel->unit[i]],
            panel->periods.code[panel->period[i]]);
    }
    return UF_OK;
}

uf_status panel_treat_by_column(struct uf_panel *panel, const char *column_name, struct uf_error *error)
{
    long column = UF_NOWHERE;
    UF_TRY(role(panel, column_name, &column, error));
    UF_TRY(check_rows_agree(panel, column_name, panel->columns[column].value, error));
    UF_TRY(panel_start_treatment(panel, error));
    struct uf_treatment *treatment = &panel->treatment;
    const double *value = panel->columns[column].value;
    treatment->dose = malloc((panel->n_rows + 1) * sizeof *treatment->dose);
    if (!treatment->dose) return uf_fail_memory(error);
    size_t *after = malloc((panel->units.count + 1) * sizeof *after);
    if (!after) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++) after[u] = 0;
    /* rows are in time within a unit, so the first dose met is the start and a zero after it a switching off */
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t unit = panel->unit[i], *first = &treatment->first_period[unit];
        treatment->dose[i] = value[i];
        if (isnan(value[i])) continue;
        if (value[i] != 0 && *first == SIZE_MAX) *first = panel->period[i];
        if (value[i] == 0 && *first == SIZE_MAX) after[unit] = panel->period[i] + 1;
        if (value[i] == 0 && *first != SIZE_MAX) treatment->switches_off = true;
    }
    uf_status status = date_starts_in_gaps(panel, after, error);
    free(after);
    return status;
}

/* The first period of the panel at or after a time; SIZE_MAX: all are before. */
static size_t first_at_or_after(const struct uf_panel *panel, const char *code, uf_period time)
{
    size_t exact = uf_dictionary_find(&panel->periods, code);
    if (exact != SIZE_MAX) return exact;
    for (size_t t = 0; t < panel->periods.count && time; t++)
        if (panel->period_value[t] >= time) return t;
    return SIZE_MAX;
}

static bool parse_time(const char *code, uf_period *out)
{
    if (uf_period_parse(code, strlen(code), out)) return true;
    double number;
    if (!uf_number_parse(code, strlen(code), '.', &number) || number < 1 || number >= 1000000 ||
        number != floor(number))
        return false;
    *out = uf_period_from_year((int)number);
    return true;
}

/* A quarter within a year, or a half-year of months, is neither before nor after a period of the data: which of them counts is
 * not for the program to say. A year among quarters begins with its first. */
static bool of_other_kind(const struct uf_panel *panel, const char *code, uf_period time)
{
    if (!time || panel->periods.count == 0 || panel->period_value[0] == 0 ||
        uf_dictionary_find(&panel->periods, code) != SIZE_MAX)
        return false;
    const enum uf_period_kind kind = uf_period_kind_of(time);
    return kind != UF_PERIOD_YEAR && kind != uf_period_kind_of(panel->period_value[0]);
}

static bool means_never(const char *code)
{
    static const char *const words[] = {"0", "NA", "Inf", "inf", "never", "."};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(code, words[i])) return true;
    double number;
    return uf_number_parse(code, strlen(code), '.', &number) && number == 0;
}

bool panel_cohort_start(const struct uf_panel *panel, const char *text, size_t *out)
{
    uf_period time;
    *out = SIZE_MAX;
    if (!text || means_never(text)) return true;
    if (!parse_time(text, &time) || of_other_kind(panel, text, time)) return false;
    *out = first_at_or_after(panel, text, time);
    return true;
}

uf_status panel_treat_by_cohort(struct uf_panel *panel, const struct uf_table *table, const char *unit,
                                const char *cohort, const char *place, struct uf_error *error)
{
    UF_TRY(panel_start_treatment(panel, error));
    size_t unit_column = uf_table_column(table, unit), cohort_column = uf_table_column(table, cohort);
    size_t *seen_at = malloc((panel->units.count + 1) * sizeof *seen_at);
    if (!seen_at) return uf_fail_memory(error);
    for (size_t u = 0; u < panel->units.count; u++) seen_at[u] = SIZE_MAX;
    uf_status status = UF_OK;
    for (size_t i = 0; i < uf_table_rows(table) && status == UF_OK; i++) {
        const char *code = uf_table_text(table, i, unit_column),
                   *text = uf_table_text(table, i, cohort_column);
        size_t index = code ? uf_dictionary_find(&panel->units, code) : SIZE_MAX;
        if (index == SIZE_MAX) continue;
        if (seen_at[index] != SIZE_MAX) {
            const char *before = uf_table_text(table, seen_at[index], cohort_column);
            if (!uf_text_equal(before, text))
                status = uf_fail_at(
                    error, UF_BAD_INPUT, place, place ? i + 2 : 0, 0,
                    "unit '%s' has cohort '%s' here and '%s' in row %zu; a unit has one first treated period",
                    code, text ? text : "", before ? before : "", seen_at[index] + 1);
            continue;
        }
        seen_at[index] = i;
        if (!panel_cohort_start(panel, text, &panel->treatment.first_period[index]))
            status = uf_fail_at(error, UF_BAD_INPUT, place, place ? i + 2 : 0, 0,
                                "cohort '%s' of unit '%s' is not a period as those of the data, as '%s'; "
                                "expected the first treated "
                                "period, or 0 or empty for never",
                                text, code, panel->periods.code[0]);
    }
    free(seen_at);
    return status;
}

uf_status panel_treat(struct uf_panel *panel, const char *treated, const char *start, struct uf_error *error)
{
    uf_period time = 0;
    size_t exact = uf_dictionary_find(&panel->periods, start);
    if (exact == SIZE_MAX && !parse_time(start, &time))
        return uf_fail(error, UF_BAD_USAGE, "start '%s' is not a period; expected one as %s", start,
                       panel->periods.code[0]);
    if (of_other_kind(panel, start, time))
        return uf_fail(
            error, UF_BAD_USAGE,
            "start '%s' is a period of another kind than those of the data, as '%s'; expected one like "
            "these: the first that counts as treated",
            start, panel->periods.code[0]);
    size_t first = first_at_or_after(panel, start, time);
    if (first == SIZE_MAX)
        return uf_fail(error, UF_BAD_INPUT,
                       "start %s is after the last period of the data, %s; nothing can be seen of it", start,
                       panel->periods.code[panel->periods.count - 1]);
    size_t unit = uf_dictionary_find(&panel->units, treated);
    if (unit == SIZE_MAX) {
        const char *nearest =
            uf_text_nearest(treated, (const char *const *)panel->units.code, panel->units.count);
        return uf_fail(error, UF_BAD_USAGE, "the treated unit '%s' is not in the data%s%s%s", treated,
                       nearest ? "; did you mean '" : "; expected a code as the data has it, as '",
                       nearest ? nearest : panel->units.code[0], nearest ? "'?" : "'");
    }
    panel->treatment.first_period[unit] = first;
    return UF_OK;
}

uf_status panel_treat_by_list(struct uf_panel *panel, const char *const *treated, size_t n_treated,
                              const char *start, struct uf_error *error)
{
    UF_TRY(panel_start_treatment(panel, error));
    for (size_t i = 0; i < n_treated; i++) UF_TRY(panel_treat(panel, treated[i], start, error));
    return UF_OK;
}

uf_status panel_dose_by_list(struct uf_panel *panel, const char *const *treated, const double *dose,
                             const char *dose_unit, size_t n_treated, struct uf_error *error)
{
    double *of_unit = calloc(panel->units.count + 1, sizeof *of_unit);
    panel->treatment.dose = malloc((panel->n_rows + 1) * sizeof *panel->treatment.dose);
    if (dose_unit) panel->treatment.dose_unit = uf_text_copy(dose_unit);
    if (!of_unit || !panel->treatment.dose || (dose_unit && !panel->treatment.dose_unit)) {
        free(of_unit);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < n_treated; i++) {
        size_t unit = uf_dictionary_find(&panel->units, treated[i]);
        if (unit != SIZE_MAX) of_unit[unit] = dose[i];
    }
    for (size_t i = 0; i < panel->n_rows; i++) {
        const size_t unit = panel->unit[i];
        panel->treatment.dose[i] =
            panel->treatment.first_period[unit] <= panel->period[i] ? of_unit[unit] : 0;
    }
    free(of_unit);
    return UF_OK;
}

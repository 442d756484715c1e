// SPDX-License-Identifier: GPL-3.0-or-later
/* The tables of the design: its facts, the groups period by period, and how alike the groups were before. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/fail.h"
#include "effect/design_facts.h"

/* Three significant digits: 1/1330 is 0.000752. */
static double shortened(double p)
{
    double unit = pow(10, floor(log10(p)) - 2);
    return round(p / unit) * unit;
}

uf_status uf_design_table(const struct uf_design *design, enum uf_language language, struct uf_table **out,
                          struct uf_error *error)
{
    bool dealt = design->assignments > 0;
    const struct {
        const char *key;
        struct uf_words term;
        double value;
        bool said;
    } facts[] = {
        {"units", {"Regions with data", "Regioner med data"}, (double)design->n_units, true},
        {"treated", {"Treated regions", "Behandlade regioner"}, (double)design->n_treated, true},
        {"control", {"Comparison regions", "Jämförelseregioner"}, (double)design->n_control, true},
        {"cohorts",
         {"Cohorts (different starts)", "Kohorter (olika startår)"},
         (double)design->n_cohorts,
         design->n_cohorts > 0},
        {"periods", {"Periods", "Perioder"}, (double)design->n_periods, true},
        {"periods-before",
         {"Periods before the start", "Perioder före start"},
         (double)design->periods_before,
         true},
        {"periods-after",
         {"Periods after the start, the start included", "Perioder efter start, startperioden inräknad"},
         (double)design->periods_after,
         true},
        {"clusters", {"Clusters", "Kluster"}, (double)design->n_clusters, true},
        {"missing-cells",
         {"Region–periods without a value", "Region–perioder utan värde"},
         (double)design->n_missing_cells,
         true},
        {"controls-exposed-known",
         {"Comparison regions known to have had another intervention",
          "Jämförelseregioner som enligt källan hade en annan insats"},
         (double)design->controls_exposed_known,
         true},
        {"controls-exposed-at-least",
         {"Comparison regions that must have had another intervention, at least",
          "Jämförelseregioner som måste ha haft en annan insats, minst"},
         (double)design->controls_exposed_at_least,
         true},
        {"assignments",
         {"Ways in which the treatment could have fallen", "Sätt som insatsen kunde ha fallit på"},
         design->assignments,
         dealt && design->assignments < 1e6},
        {"smallest-p",
         {"Smallest p-value that dealing the treatment out anew can give",
          "Minsta p-värde som en ny fördelning av insatsen kan ge"},
         dealt ? shortened(design->smallest_p) : 0,
         dealt && design->assignments < 1e6},
    };
    struct uf_table *table = NULL;
    size_t key, term, value;
    uf_status status;
    UF_TRY(uf_table_new("design", &table, error));
    UF_TRY_GOTO(uf_table_add_column(table, "key", UF_COLUMN_TEXT, NULL, -1, &key, error), failed);
    UF_TRY_GOTO(uf_table_add_column(table, "term", UF_COLUMN_TEXT, NULL, -1, &term, error), failed);
    UF_TRY_GOTO(uf_table_add_column(table, "value", UF_COLUMN_NUMBER, NULL, -1, &value, error), failed);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (!facts[i].said) continue;
        size_t row;
        UF_TRY_GOTO(uf_table_add_row(table, &row, error), failed);
        UF_TRY_GOTO(uf_table_set_text(table, row, key, facts[i].key, error), failed);
        UF_TRY_GOTO(uf_table_set_text(table, row, term, uf_words_in(facts[i].term, language), error), failed);
        UF_TRY_GOTO(uf_table_set_number(table, row, value, facts[i].value, error), failed);
    }
    static const struct uf_words title = {"What the design rests on", "Vad designen vilar på"};
    UF_TRY_GOTO(uf_table_set_title(table, uf_words_in(title, language), error), failed);
    *out = table;
    return UF_OK;
failed:
    uf_table_free(table);
    return status;
}

/* --- by period ---------------------------------------------------------------------------------- */

enum { TREATED, NOT_YET, CONTROL, ENTERING, LEAVING, N_COUNTS };

/* Rows are sorted by unit, then period. */
static void count_by_period(const struct uf_panel *panel, bool whole_rows, size_t (*count)[N_COUNTS])
{
    size_t first = SIZE_MAX, last = 0, unit = SIZE_MAX, period = SIZE_MAX;
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (!design_row_counts(panel, whole_rows, i)) continue;
        if (first == SIZE_MAX || panel->period[i] < first) first = panel->period[i];
        if (panel->period[i] > last) last = panel->period[i];
    }
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t u = panel->unit[i], t = panel->period[i];
        if (!design_row_counts(panel, whole_rows, i) || (u == unit && t == period)) continue;
        size_t start = panel->treatment.given ? panel->treatment.first_period[u] : SIZE_MAX;
        if (u != unit) {
            if (unit != SIZE_MAX && period != last) count[period][LEAVING]++;
            if (t != first) count[t][ENTERING]++;
        }
        count[t][start >= panel->periods.count ? CONTROL : t >= start ? TREATED : NOT_YET]++;
        unit = u, period = t;
    }
    if (unit != SIZE_MAX && period != last) count[period][LEAVING]++;
}

uf_status uf_design_periods_table(const struct uf_panel *panel, const struct uf_design *design,
                                  enum uf_language language, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Regions with a value, period by period",
                                          "Regioner med värde, period för period"};
    static const char *const columns[N_COUNTS] = {[TREATED] = "n_treated",
                                                  [NOT_YET] = "n_not_yet",
                                                  [CONTROL] = "n_control",
                                                  [ENTERING] = "n_entering",
                                                  [LEAVING] = "n_leaving"};
    size_t(*count)[N_COUNTS] = calloc(panel->periods.count + 1, sizeof *count);
    struct uf_table *table = NULL;
    uf_status status = count ? uf_table_new("design-periods", &table, error) : uf_fail_memory(error);
    if (status == UF_OK) status = uf_table_set_title(table, uf_words_in(title, language), error);
    if (status == UF_OK) status = uf_table_add_column(table, "period", UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t c = 0; c < N_COUNTS && status == UF_OK; c++)
        status = uf_table_add_column(table, columns[c], UF_COLUMN_NUMBER, NULL, 0, NULL, error);
    if (status == UF_OK && panel->period) count_by_period(panel, design->whole_rows, count);
    for (size_t t = 0; t < panel->periods.count && status == UF_OK; t++) {
        if (count[t][TREATED] + count[t][NOT_YET] + count[t][CONTROL] == 0) continue;
        size_t row;
        status = uf_table_add_row(table, &row, error);
        if (status == UF_OK) status = uf_table_set_text(table, row, 0, panel->periods.label[t], error);
        for (size_t c = 0; c < N_COUNTS && status == UF_OK; c++)
            status = uf_table_set_number(table, row, c + 1, (double)count[t][c], error);
    }
    free(count);
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

/* --- how alike the groups were ------------------------------------------------------------------ */

static uf_status add_support(const struct uf_panel *panel, const struct uf_design *design, size_t column,
                             struct uf_table *table, struct uf_error *error)
{
    struct uf_design_support support;
    size_t row;
    UF_TRY(uf_design_support(panel, design, column, &support, error));
    if (support.n_treated == 0 || support.n_control == 0) return UF_OK;
    const double values[] = {support.mean_treated, support.mean_control, support.normalised_difference,
                             (double)support.n_treated, (double)support.n_outside};
    const char *label = panel->columns[column].label;
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, 0, label ? label : panel->columns[column].name, error));
    for (size_t c = 0; c < sizeof values / sizeof *values; c++)
        UF_TRY(isnan(values[c])
                   ? uf_table_set_value(table, row, c + 1, (double)NAN, UF_VALUE_NOT_APPLICABLE, error)
                   : uf_table_set_number(table, row, c + 1, values[c], error));
    return UF_OK;
}

static uf_status support_table(const struct uf_panel *panel, const struct uf_design *design,
                               enum uf_language language, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"How alike the groups were before the start",
                                          "Hur lika grupperna var före start"};
    static const struct {
        const char *name;
        int decimals;
    } columns[] = {{"mean_treated", -1},
                   {"mean_control", -1},
                   {"normalised_difference", 2},
                   {"n_treated", 0},
                   {"n_outside", 0}};
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("design-support", &table, error));
    uf_status status = uf_table_set_title(table, uf_words_in(title, language), error);
    if (status == UF_OK)
        status = uf_table_add_column(table, "variable", UF_COLUMN_TEXT, NULL, -1, NULL, error);
    for (size_t c = 0; c < sizeof columns / sizeof *columns && status == UF_OK; c++)
        status = uf_table_add_column(table, columns[c].name, UF_COLUMN_NUMBER, NULL, columns[c].decimals,
                                     NULL, error);
    if (status == UF_OK && panel->outcome >= 0)
        status = add_support(panel, design, (size_t)panel->outcome, table, error);
    for (size_t k = 0; k < panel->n_covariates && status == UF_OK; k++)
        status = add_support(panel, design, panel->covariates[k], table, error);
    if (status == UF_OK)
        *out = table;
    else
        uf_table_free(table);
    return status;
}

uf_status uf_design_report(const struct uf_panel *panel, const struct uf_design *design,
                           enum uf_language language, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *facts = NULL, *periods = NULL, *support = NULL;
    UF_TRY(uf_design_table(design, language, &facts, error));
    UF_TRY(uf_result_take_table(result, facts, error));
    UF_TRY(uf_design_periods_table(panel, design, language, &periods, error));
    UF_TRY(uf_result_take_table(result, periods, error));
    UF_TRY(support_table(panel, design, language, &support, error));
    if (uf_table_rows(support) > 0) return uf_result_take_table(result, support, error);
    uf_table_free(support);
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Findings about the groups before the start: when it really began, who comes and goes at it, and how alike treated
 * and comparison regions are. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "effect/design_facts.h"

#define ADD(severity, code, text, advice, arguments)                                                         \
    uf_result_add_note(result, facts->language, severity, code, text, advice, arguments,                     \
                       sizeof(arguments) / sizeof *(arguments), error)

/* The intervention's own record against the start that the analysis uses. */
uf_status design_find_dates(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t start = facts->design.first_treated_period;
    if (facts->this_start == 0 || !panel->period_value || start >= panel->periods.count) return UF_OK;
    uf_period used = panel->period_value[start];
    if (used == 0) return UF_OK;
    char own[UF_PERIOD_SIZE];
    struct uf_argument arguments[] = {design_name(facts),
                                      uf_text_argument(uf_period_print(facts->this_start, own)),
                                      design_period(facts, start)};
    if (uf_period_year(facts->this_start) < uf_period_year(used)) {
        static const struct uf_words text = {"According to its record {0} began in {1}, before the start "
                                             "that is used here, {2}. What the regions "
                                             "did in between, or in expectation of it, counts as untreated "
                                             "development and distorts the comparison.",
                                             "Enligt registret började {0} år {1}, före den start som "
                                             "används här, {2}. Det som regionerna gjorde "
                                             "däremellan, eller i väntan på insatsen, räknas som obehandlad "
                                             "utveckling och snedvrider jämförelsen."};
        static const struct uf_words advice = {
            "Let the treatment start in {1}, leave the periods between out, or use a method with the option "
            "anticipation.",
            "Låt insatsen börja {1}, uteslut perioderna däremellan, eller använd en metod med alternativet "
            "anticipation."};
        return ADD(UF_WARNING, "anticipation-possible", text, advice, arguments);
    }
    if (uf_period_year(facts->this_start) == uf_period_year(used)) return UF_OK;
    static const struct uf_words text = {
        "According to its record {0} began in {1}, after the start that is used here, {2}: periods without "
        "intervention count as treated.",
        "Enligt registret började {0} år {1}, efter den start som används här, {2}: perioder utan insats "
        "räknas "
        "som behandlade."};
    static const struct uf_words advice = {"Check the start.", "Kontrollera startåret."};
    return ADD(UF_WARNING, "start-before-record", text, advice, arguments);
}

/* Regions with values on one side of the start only: the groups before and after are not the same. A treated region
 * is held to its own start, the others to the first. */
uf_status design_find_composition(struct design_facts *facts, struct uf_result *result,
                                  struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t units = panel->units.count, first_start = facts->design.first_treated_period;
    enum { BEFORE = 1, AFTER = 2 };
    unsigned char *seen = calloc(units + 1, sizeof *seen);
    if (!seen) return uf_fail_memory(error);
    for (size_t i = 0; i < panel->n_rows && panel->period; i++) {
        size_t u = panel->unit[i];
        size_t start = facts->treated[u] ? panel->treatment.first_period[u] : first_start;
        if (start == 0 || !design_row_counts(panel, facts->design.whole_rows, i))
            continue; /* treated throughout: told elsewhere */
        seen[u] = (unsigned char)(seen[u] | (panel->period[i] < start ? BEFORE : AFTER));
    }
    size_t entering[2] = {0}, leaving[2] = {0}, example = SIZE_MAX;
    for (size_t u = 0; u < units; u++) {
        bool treated = facts->treated[u];
        if (!treated && facts->comparison == UF_COMPARE_ITSELF) continue;
        entering[treated] += seen[u] == AFTER;
        leaving[treated] += seen[u] == BEFORE;
        if (example == SIZE_MAX && (seen[u] == AFTER || seen[u] == BEFORE)) example = u;
    }
    free(seen);
    if (example == SIZE_MAX) return UF_OK;
    static const struct uf_words text = {
        "The groups change at the start: {0} treated and {1} comparison regions have values only from the "
        "start "
        "on, {2} and {3} only before it (the first is {4}). A change in who is counted then looks like a "
        "change "
        "in the outcome, where region effects do not take it out.",
        "Grupperna ändras vid starten: {0} insatsregioner och {1} jämförelseregioner har värden bara från "
        "och med "
        "starten, {2} respektive {3} bara före den (den första är {4}). En förändring i vilka som räknas ser "
        "då "
        "ut som en förändring i utfallet, där regioneffekter inte tar bort den."};
    static const struct uf_words advice = {
        "Limit the analysis to regions with values on both sides of the start, and see whether a change of "
        "borders "
        "lies behind it (regions: as-of).",
        "Begränsa analysen till regioner med värden på båda sidor om starten, och se efter om en ändrad "
        "regionindelning ligger bakom (regions: as-of)."};
    struct uf_argument arguments[] = {uf_count_argument(entering[1]), uf_count_argument(entering[0]),
                                      uf_count_argument(leaving[1]), uf_count_argument(leaving[0]),
                                      uf_text_argument(panel->units.label[example])};
    return ADD(UF_WARNING, "composition-changes", text, advice, arguments);
}

/* --- support ------------------------------------------------------------------------------------ */

struct group {
    double mean, square, lowest, highest;
    size_t count;
};

static void add_to(struct group *group, double value)
{
    double change = value - group->mean;
    group->count++;
    group->mean += change / (double)group->count;
    group->square += change * (value - group->mean);
    group->lowest = group->count == 1 ? value : fmin(group->lowest, value);
    group->highest = group->count == 1 ? value : fmax(group->highest, value);
}

static double variance_of(const struct group *group)
{
    return group->count > 1 ? group->square / (double)(group->count - 1) : (double)NAN;
}

static size_t earliest_start(const struct uf_panel *panel)
{
    size_t earliest = SIZE_MAX;
    for (size_t u = 0; u < panel->units.count && panel->treatment.given; u++) {
        size_t start = panel->treatment.first_period[u];
        if (start > 0 && start < earliest) earliest = start;
    }
    return earliest;
}

uf_status uf_design_support(const struct uf_panel *panel, const struct uf_design *design, size_t column,
                            struct uf_design_support *out, struct uf_error *error)
{
    const struct uf_panel_column *values = &panel->columns[column];
    size_t units = panel->units.count, start = earliest_start(panel);
    struct uf_design_support support = {.column = column};
    struct group groups[2] = {{0}};
    double *sum = calloc(units + 1, sizeof *sum);
    size_t *count = calloc(units + 1, sizeof *count);
    if (!sum || !count) {
        free(sum), free(count);
        return uf_fail_memory(error);
    }
    for (size_t i = 0; i < panel->n_rows && panel->period; i++) {
        if (panel->period[i] >= start || uf_value_is_missing(values->status[i]) ||
            !isfinite(values->value[i]) || !design_row_counts(panel, design->whole_rows, i))
            continue;
        sum[panel->unit[i]] += values->value[i];
        count[panel->unit[i]]++;
    }
    for (size_t u = 0; u < units && panel->treatment.given; u++) {
        if (count[u] == 0 || panel->treatment.first_period[u] == 0) continue;
        sum[u] /= (double)count[u];
        add_to(&groups[panel->treatment.first_period[u] < panel->periods.count], sum[u]);
    }
    support.n_control = groups[0].count;
    support.n_treated = groups[1].count;
    support.mean_control = support.n_control ? groups[0].mean : (double)NAN;
    support.mean_treated = support.n_treated ? groups[1].mean : (double)NAN;
    /* one treated region has no variance of its own: that of the others stands for it */
    double v0 = variance_of(&groups[0]), v1 = variance_of(&groups[1]);
    double spread = sqrt((v0 + (isnan(v1) ? v0 : v1)) / 2);
    support.normalised_difference = spread > 0 ? (groups[1].mean - groups[0].mean) / spread : (double)NAN;
    double rounding = 1e-12 * (fabs(groups[0].lowest) + fabs(groups[0].highest));
    for (size_t u = 0; u < units && panel->treatment.given && support.n_control > 0; u++) {
        size_t first = panel->treatment.first_period[u];
        if (count[u] == 0 || first == 0 || first >= panel->periods.count) continue;
        if (sum[u] >= groups[0].lowest - rounding && sum[u] <= groups[0].highest + rounding) continue;
        if (support.n_outside < 3) support.outside[support.n_outside] = u;
        support.n_outside++;
    }
    free(sum), free(count);
    *out = support;
    return UF_OK;
}

static uf_status find_support_in(struct design_facts *facts, size_t column, bool outcome,
                                 struct uf_result *result, struct uf_error *error)
{
    struct uf_design_support support;
    const struct uf_panel *panel = facts->panel;
    UF_TRY(uf_design_support(panel, &facts->design, column, &support, error));
    if (support.n_control == 0 || support.n_outside == 0) return UF_OK;
    struct uf_buffer names;
    uf_buffer_init(&names);
    for (size_t k = 0; k < support.n_outside && k < 3; k++) {
        if (k > 0) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, panel->units.label[support.outside[k]]);
    }
    if (support.n_outside > 3) uf_buffer_append(&names, " …");
    char *list = uf_buffer_take(&names);
    if (!list) return uf_fail_memory(error);
    const char *label = panel->columns[column].label;
    struct uf_argument arguments[] = {
        uf_count_argument(support.n_outside), uf_count_argument(support.n_treated),
        uf_text_argument(label ? label : panel->columns[column].name), uf_text_argument(list)};
    static const struct uf_words level = {"Before the start {0} of {1} treated regions ({3}) lie outside the "
                                          "range of the comparison regions in {2}. "
                                          "No comparison region is like them; whether regions at such "
                                          "different levels would have changed alike "
                                          "depends on the scale, differences or per cent.",
                                          "Före start ligger {0} av {1} insatsregioner ({3}) utanför "
                                          "jämförelseregionernas spännvidd i {2}. Ingen "
                                          "jämförelseregion liknar dem; om regioner på så olika nivåer "
                                          "skulle ha förändrats lika beror på skalan, "
                                          "skillnader eller procent."};
    static const struct uf_words level_advice = {
        "Try the logarithm too, or limit the comparison to regions of a similar level (peer-regions).",
        "Pröva även logaritmen, eller begränsa jämförelsen till regioner på liknande nivå (peer-regions)."};
    static const struct uf_words covariate = {"Before the start {0} of {1} treated regions ({3}) lie outside "
                                              "the range of the comparison regions in the "
                                              "covariate {2}: the adjustment for it is extrapolated there.",
                                              "Före start ligger {0} av {1} insatsregioner ({3}) utanför "
                                              "jämförelseregionernas spännvidd i kovariaten "
                                              "{2}: justeringen för den är extrapolerad där."};
    static const struct uf_words covariate_advice = {
        "Compare the result without that covariate, or leave those regions out.",
        "Jämför med resultatet utan den kovariaten, eller uteslut de regionerna."};
    uf_status status = outcome ? ADD(UF_NOTE, "support-outcome", level, level_advice, arguments)
                               : ADD(UF_WARNING, "support-covariate", covariate, covariate_advice, arguments);
    free(list);
    return status;
}

uf_status design_find_support(struct design_facts *facts, struct uf_result *result, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    /* a synthetic control judges its own fit; a series by itself has none to be like */
    if (facts->comparison == UF_COMPARE_ITSELF || facts->comparison == UF_COMPARE_DONORS) return UF_OK;
    if (panel->outcome >= 0) UF_TRY(find_support_in(facts, (size_t)panel->outcome, true, result, error));
    for (size_t k = 0; k < panel->n_covariates; k++)
        UF_TRY(find_support_in(facts, panel->covariates[k], false, result, error));
    return UF_OK;
}

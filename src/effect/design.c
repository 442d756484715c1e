// SPDX-License-Identifier: GPL-3.0-or-later
#include <utfall/design.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/text.h>

#include "base/fail.h"
#include "effect/design_facts.h"

void design_limit_claim(struct design_facts *facts, enum uf_claim most)
{
    if (facts->design.claim > most) facts->design.claim = most;
}

/* Units that a note lists by name. */
enum { NAMED = 20 };

uf_status design_list_units(const struct uf_panel *panel, const bool *chosen, char **out,
                            struct uf_error *error)
{
    struct uf_buffer names;
    size_t found = 0;
    uf_buffer_init(&names);
    for (size_t u = 0; u < panel->units.count && found <= NAMED; u++) {
        if (!chosen[u] || ++found > NAMED) continue;
        if (found > 1) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, panel->units.label[u]);
    }
    if (found > NAMED) uf_buffer_append(&names, " …");
    *out = uf_buffer_take(&names);
    return *out ? UF_OK : uf_fail_memory(error);
}

struct uf_argument design_name(const struct design_facts *facts)
{
    static const struct uf_words unnamed = {"the intervention", "insatsen"};
    const char *name = facts->panel->treatment.name;
    return uf_text_argument(name && *name ? name : uf_words_in(unnamed, facts->language));
}

struct uf_argument design_period(const struct design_facts *facts, size_t period)
{
    const struct uf_dictionary *periods = &facts->panel->periods;
    return uf_text_argument(period < periods->count ? periods->label[period] : "–");
}

static bool has_value(const struct uf_panel *panel, size_t column, size_t row)
{
    return !uf_value_is_missing(panel->columns[column].status[row]) &&
           isfinite(panel->columns[column].value[row]);
}

bool design_row_counts(const struct uf_panel *panel, bool whole_rows, size_t row)
{
    if (panel->outcome >= 0 && !has_value(panel, (size_t)panel->outcome, row)) return false;
    if (!whole_rows) return true;
    for (size_t c = 0; c < panel->n_covariates; c++)
        if (!has_value(panel, panel->covariates[c], row)) return false;
    if (panel->treatment.dose && !isfinite(panel->treatment.dose[row])) return false;
    return panel->weight < 0 ||
           (has_value(panel, (size_t)panel->weight, row) && panel->columns[panel->weight].value[row] > 0);
}

const struct uf_words design_whole_rows_advice = {
    "Check the covariates and the weight, or leave them out; the ledger says where rows were left out.",
    "Kontrollera kovariaterna och vikten, eller uteslut dem; urvalsloggen visar var rader föll bort."};

struct uf_argument design_needed(const struct design_facts *facts)
{
    static const struct uf_words outcome = {"a value of the outcome", "ett värde på utfallet"},
                                 whole = {"a row with the outcome, each covariate and a weight above 0",
                                          "en rad med utfallet, varje kovariat och en vikt över 0"};
    return uf_text_argument(uf_words_in(facts->rows_lost ? whole : outcome, facts->language));
}

static void count_rows(struct design_facts *facts, bool *period_there)
{
    const struct uf_panel *panel = facts->panel;
    double first_value = NAN;
    facts->constant = panel->outcome >= 0;
    for (size_t i = 0; i < panel->n_rows; i++) {
        if (!design_row_counts(panel, facts->design.whole_rows, i)) {
            facts->rows_lost |= design_row_counts(panel, false, i);
            continue;
        }
        facts->valid_rows++;
        facts->present[panel->unit[i]] = true;
        period_there[panel->period ? panel->period[i] : 0] = true;
        if (panel->outcome < 0) continue;
        double value = panel->columns[panel->outcome].value[i];
        if (isnan(first_value)) first_value = value;
        if (value != first_value) facts->constant = false;
    }
}

static void count_units(struct design_facts *facts)
{
    const struct uf_panel *panel = facts->panel;
    struct uf_design *design = &facts->design;
    size_t earliest = SIZE_MAX, earliest_later = SIZE_MAX;
    facts->last_start = SIZE_MAX;
    for (size_t u = 0; u < panel->units.count; u++) {
        size_t start = panel->treatment.given ? panel->treatment.first_period[u] : SIZE_MAX;
        bool late = start != SIZE_MAX && start >= panel->periods.count;
        facts->treated[u] = start < panel->periods.count;
        facts->starts_after += late;
        if (facts->treated[u])
            facts->listed_treated++;
        else if (!late)
            facts->listed_control++;
        if (!facts->present[u]) continue;
        design->n_units++;
        if (!facts->treated[u]) {
            design->n_control++;
            continue;
        }
        design->n_treated++;
        facts->treated_from_start += start == 0;
        if (earliest == SIZE_MAX || start < earliest) earliest = start;
        if (start > 0 && (earliest_later == SIZE_MAX || start < earliest_later)) earliest_later = start;
        if (facts->last_start == SIZE_MAX || start > facts->last_start) facts->last_start = start;
    }
    design->first_treated_period = earliest_later != SIZE_MAX ? earliest_later : earliest;
}

/* Marks what a row shows once the groups are known: cohorts, the cohort's periods, clusters. `mark` has room
 * for the largest count. */
static void count_cohorts(struct design_facts *facts, bool *mark)
{
    const struct uf_panel *panel = facts->panel;
    memset(mark, 0, panel->periods.count * sizeof *mark);
    for (size_t u = 0; u < panel->units.count; u++) {
        if (!facts->present[u] || !facts->treated[u]) continue;
        size_t start = panel->treatment.first_period[u];
        facts->design.n_cohorts += !mark[start];
        mark[start] = true;
    }
}

static void count_cohort_periods(struct design_facts *facts, bool *mark)
{
    const struct uf_panel *panel = facts->panel;
    size_t start = facts->design.first_treated_period;
    if (start == SIZE_MAX || !panel->period) return;
    memset(mark, 0, panel->periods.count * sizeof *mark);
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t u = panel->unit[i], t = panel->period[i];
        if (!design_row_counts(panel, facts->design.whole_rows, i) ||
            panel->treatment.first_period[u] != start || mark[t])
            continue;
        mark[t] = true;
        if (t < start)
            facts->design.periods_before++;
        else
            facts->design.periods_after++;
    }
}

static void count_clusters(struct design_facts *facts, bool *mark)
{
    const struct uf_panel *panel = facts->panel;
    struct uf_design *design = &facts->design;
    design->n_clusters = design->n_units;
    design->n_treated_clusters = design->n_treated;
    for (size_t d = 0; d < panel->n_cluster_dimensions; d++) {
        size_t count = 0, treated = 0;
        memset(mark, 0, panel->n_clusters[d] * sizeof *mark);
        for (size_t i = 0; i < panel->n_rows; i++) {
            if (!design_row_counts(panel, facts->design.whole_rows, i) || mark[panel->cluster[d][i]])
                continue;
            mark[panel->cluster[d][i]] = true;
            count++;
        }
        memset(mark, 0, panel->n_clusters[d] * sizeof *mark);
        for (size_t i = 0; i < panel->n_rows; i++) {
            if (!design_row_counts(panel, facts->design.whole_rows, i) || !facts->treated[panel->unit[i]] ||
                mark[panel->cluster[d][i]])
                continue;
            mark[panel->cluster[d][i]] = true;
            treated++;
        }
        if (d == 0 || count < design->n_clusters) design->n_clusters = count;
        if (d == 0) design->n_treated_clusters = treated;
    }
}

/* Cells are unit × period; in a panel by sector a cell is there when one of its sectors is. Rows are sorted
 * by unit, then period. */
static void count_cells(struct design_facts *facts)
{
    const struct uf_panel *panel = facts->panel;
    size_t cells = 0, last_unit = SIZE_MAX, last_period = SIZE_MAX;
    for (size_t i = 0; i < panel->n_rows; i++) {
        size_t t = panel->period ? panel->period[i] : 0;
        if (!design_row_counts(panel, facts->design.whole_rows, i) ||
            (panel->unit[i] == last_unit && t == last_period))
            continue;
        last_unit = panel->unit[i];
        last_period = t;
        cells++;
    }
    size_t full = facts->design.n_units * facts->design.n_periods;
    facts->design.n_missing_cells = full > cells ? full - cells : 0;
    facts->design.balanced = facts->design.n_missing_cells == 0;
}

/* A start outside the data may reach the panel only as "never" or "always"; the intervention's own dates
 * tell. */
static void compare_own_dates(struct design_facts *facts)
{
    const struct uf_panel *panel = facts->panel;
    if (!panel->period_value || panel->periods.count == 0) return;
    uf_period first = panel->period_value[0], last = panel->period_value[panel->periods.count - 1];
    if (first == 0 || last == 0) return;
    for (size_t e = 0; e < panel->n_exposures; e++) {
        const struct uf_exposure *exposure = &panel->exposures[e];
        if (!exposure->is_this || exposure->start == 0) continue;
        int start = uf_period_year(exposure->start);
        if (facts->this_start == 0 || start < uf_period_year(facts->this_start))
            facts->this_start = exposure->start;
        facts->this_starts_before |= start < uf_period_year(first);
        facts->this_starts_after |= start > uf_period_year(last);
    }
}

uf_status design_facts_count(struct design_facts *facts, struct uf_error *error)
{
    const struct uf_panel *panel = facts->panel;
    size_t longest = panel->periods.count > 0 ? panel->periods.count : 1;
    for (size_t d = 0; d < panel->n_cluster_dimensions; d++)
        if (panel->n_clusters[d] > longest) longest = panel->n_clusters[d];
    facts->present = calloc(panel->units.count + 1, sizeof *facts->present);
    facts->treated = calloc(panel->units.count + 1, sizeof *facts->treated);
    bool *mark = calloc(longest, sizeof *mark);
    if (!facts->present || !facts->treated || !mark) {
        free(mark);
        return uf_fail_memory(error);
    }
    facts->design.claim = facts->comparison == UF_COMPARE_ITSELF ? UF_CLAIM_DIFFERENCE : UF_CLAIM_EFFECT;
    facts->design.assignments = facts->design.smallest_p = (double)NAN;
    /* donors are matched on means of what there is */
    facts->design.whole_rows = facts->comparison != UF_COMPARE_DONORS;
    count_rows(facts, mark);
    for (size_t t = 0; t < longest; t++) facts->design.n_periods += mark[t];
    count_units(facts);
    count_cohorts(facts, mark);
    count_cohort_periods(facts, mark);
    count_clusters(facts, mark);
    count_cells(facts);
    compare_own_dates(facts);
    free(mark);
    return UF_OK;
}

bool design_has_later_cohorts(const struct design_facts *facts)
{
    return facts->comparison == UF_COMPARE_COHORTS && facts->design.n_cohorts > 1 &&
           facts->listed_control == 0;
}

void design_facts_clear(struct design_facts *facts)
{
    free(facts->present);
    free(facts->treated);
    facts->present = facts->treated = NULL;
}

uf_status uf_design_check(const struct uf_panel *panel, enum uf_comparison comparison,
                          const struct uf_context *context, struct uf_design *out, struct uf_result *result,
                          struct uf_error *error)
{
    struct design_facts facts = {.panel = panel, .comparison = comparison, .language = context->language};
    uf_status status;
    UF_TRY_GOTO(design_facts_count(&facts, error), done);
    UF_TRY_GOTO(design_find_missing(&facts, result, error), done);
    if (facts.valid_rows > 0) {
        UF_TRY_GOTO(design_find_groups(&facts, result, error), done);
        UF_TRY_GOTO(design_find_periods(&facts, result, error), done);
        if (facts.design.n_treated > 0 && (facts.design.n_control > 0 || design_has_later_cohorts(&facts) ||
                                           comparison == UF_COMPARE_ITSELF)) {
            UF_TRY_GOTO(design_find_exposures(&facts, result, error), done);
            UF_TRY_GOTO(design_find_dates(&facts, result, error), done);
            UF_TRY_GOTO(design_find_composition(&facts, result, error), done);
            UF_TRY_GOTO(design_find_support(&facts, result, error), done);
            UF_TRY_GOTO(design_find_precision(&facts, result, error), done);
        }
    }
    *out = facts.design;
done:
    design_facts_clear(&facts);
    return status;
}

uf_status uf_design_refuse(const struct uf_result *result, struct uf_error *error)
{
    /* The advice of one finding may be long; what does not fit is left to the notes, never cut in the middle
     * of a word. */
    char sentence[UF_ERROR_MESSAGE_SIZE];
    size_t length = 0;
    for (int with_advice = 0; with_advice < 2; with_advice++) {
        for (size_t i = 0; i < result->n_notes; i++) {
            const struct uf_note *note = &result->notes[i];
            const char *text = with_advice ? note->advice : note->text;
            if (note->severity != UF_FATAL || !text) continue;
            size_t more = strlen(text);
            if (length + more + 2 > sizeof sentence) continue;
            if (length > 0) sentence[length++] = ' ';
            memcpy(sentence + length, text, more);
            length += more;
        }
    }
    sentence[length] = '\0';
    return uf_fail(error, UF_NOT_IDENTIFIED, "%s", sentence);
}

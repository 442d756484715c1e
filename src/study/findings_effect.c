// SPDX-License-Identifier: GPL-3.0-or-later
/* The finding of an effect analysis as a sentence, from the `estimates` table and its common columns. The
 * word "effect" is used only where the result's claim allows it; else the development departs, or for a
 * synthetic control there is a gap. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/run.h"

static double cell(const struct uf_table *table, size_t row, const char *name)
{
    size_t column = uf_table_column(table, name);
    return column == SIZE_MAX ? (double)NAN : uf_table_number(table, row, column);
}

static const char *text_cell(const struct uf_table *table, size_t row, const char *name)
{
    size_t column = uf_table_column(table, name);
    const char *text = column == SIZE_MAX ? NULL : uf_table_text(table, row, column);
    return text ? text : "";
}

const char *run_difference_unit(const char *unit, enum uf_language language)
{
    static const struct uf_words points = {"percentage points", "procentenheter"};
    if (!unit) return NULL;
    bool percent = !strcmp(unit, "%") || !strcmp(unit, "procent") || !strcmp(unit, "per cent");
    return percent ? uf_words_in(points, language) : unit;
}

const char *run_inference_words(const char *vcov, enum uf_language language, char *buffer, size_t size)
{
    static const struct {
        const char *key;
        struct uf_words words;
    } known[] = {
        {"randomisation", {"randomisation over the regions", "randomisering över regionerna"}},
        {"randomisation-t",
         {"randomisation over the regions, t value", "randomisering över regionerna, t-värde"}},
        {"randomisation-scaled",
         {"randomisation over the regions, scaled by their noise before the start",
          "randomisering över regionerna, skalad med deras brus före start"}},
        {"randomisation-doses",
         {"randomisation of the doses among the treated", "randomisering av doserna bland dem med insats"}},
        {"randomisation-doses-scaled",
         {"randomisation of the doses among the treated, scaled by their noise before the start",
          "randomisering av doserna bland dem med insats, skalad med deras brus före start"}},
        {"randomisation-doses-t",
         {"randomisation of the doses among the treated, t value",
          "randomisering av doserna bland dem med insats, t-värde"}},
        {"wild-bootstrap", {"wild cluster bootstrap", "vild klusterbootstrap"}},
        {"influence", {"from influence functions", "ur influensfunktioner"}},
        {"bjs", {"Borusyak–Jaravel–Spiess", "Borusyak–Jaravel–Spiess"}},
        {"conley", {"Conley", "Conley"}},
        {"multiplier", {"multiplier bootstrap", "multiplikatorbootstrap"}},
        {"conley-taber", {"Conley–Taber", "Conley–Taber"}},
        {"ferman-pinto", {"Ferman–Pinto", "Ferman–Pinto"}},
        {"driscoll-kraay", {"Driscoll–Kraay", "Driscoll–Kraay"}},
        {"analytic-independent", {"by formula, years independent", "enligt formel, oberoende år"}},
        {"analytic-serial", {"by formula, years dependent", "enligt formel, beroende år"}},
        {"placebo-in-space", {"rank among placebo regions", "rang bland placeboregioner"}},
        {"newey-west", {"Newey–West", "Newey–West"}},
        {"prais-winsten", {"Prais–Winsten", "Prais–Winsten"}},
        {"integrated-ar1",
         {"autoregression, dependence integrated out", "autoregression, beroendet integrerat ut"}},
        {"none", {"none", "ingen"}}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(vcov, known[i].key)) return uf_words_in(known[i].words, language);
    snprintf(buffer, size, "%s", vcov);
    for (char *c = buffer; *c; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    return buffer;
}

double run_confidence_level(const struct run_analysis *analysis)
{
    for (size_t i = 0; i < analysis->method->n_options; i++) {
        const struct uf_option *option = &analysis->method->options[i];
        if (option->type == UF_OPTION_NUMBER && !strcmp(option->name, "confidence-level"))
            return uf_options_number(analysis->options, option->name);
    }
    return 0.95;
}

/* A part of the sentence. */
static uf_status add(const struct run *run, struct uf_buffer *sentence, struct uf_words words,
                     const struct uf_argument *arguments, size_t n_arguments, struct uf_error *error)
{
    char *text = NULL;
    UF_TRY(uf_phrase(run->language, words, arguments, n_arguments, &text, error));
    uf_buffer_append(sentence, text);
    free(text);
    return UF_OK;
}

char *run_join(const struct uf_text_list *list, enum uf_language language)
{
    static const struct uf_words and = {" and ", " och "};
    struct uf_buffer buffer;
    uf_buffer_init(&buffer);
    for (size_t i = 0; i < list->count; i++) {
        if (i) uf_buffer_append(&buffer, i + 1 == list->count ? uf_words_in(and, language) : ", ");
        uf_buffer_append(&buffer, list->items[i]);
    }
    return uf_buffer_take(&buffer);
}

char *run_treated_names(const struct run *run, const struct run_analysis *analysis)
{
    const struct uf_panel *panel = analysis->panel;
    struct uf_text_list names;
    uf_text_list_init(&names);
    uf_status status = UF_OK;
    for (size_t u = 0; u < panel->units.count && status == UF_OK; u++)
        if (panel->treatment.first_period && panel->treatment.first_period[u] != SIZE_MAX)
            status = uf_text_list_add(&names, panel->units.label[u], NULL);
    char *joined = status == UF_OK ? run_join(&names, run->language) : NULL;
    uf_text_list_clear(&names);
    return joined;
}

/* `after the start in 2017`: the year only where all start in the same one. */
static void start_words(const struct run_analysis *analysis, enum uf_language language, char *out,
                        size_t size)
{
    static const struct uf_words plain = {"After the start", "Efter starten"}, in = {" in ", " "};
    const struct uf_panel *panel = analysis->panel;
    size_t start = SIZE_MAX;
    bool same = panel->treatment.first_period != NULL;
    for (size_t u = 0; same && u < panel->units.count; u++) {
        size_t first = panel->treatment.first_period[u];
        if (first == SIZE_MAX) continue;
        same = start == SIZE_MAX || start == first;
        start = first;
    }
    bool known = same && start != SIZE_MAX && start < panel->periods.count;
    snprintf(out, size, "%s%s%s", uf_words_in(plain, language), known ? uf_words_in(in, language) : "",
             known ? panel->periods.label[start] : "");
}

/* Several estimates of the same outcome answer one question: the sentences of each would look alike. */
static bool is_one_of_several(const struct run *run, const struct run_analysis *analysis)
{
    for (size_t i = 0; i < run->n_analyses; i++) {
        const struct run_analysis *other = &run->analyses[i];
        if (other != analysis && other->kind == ANALYSIS_EFFECT && other->status == UF_OK &&
            other->common->question == analysis->common->question &&
            !strcmp(other->effect->outcome.text, analysis->effect->outcome.text) &&
            uf_result_table(&other->result, "estimates"))
            return true;
    }
    return false;
}

/* The treated regions by name; where the estimate rests on some of them only (no weight, no covariate), how many. */
static char *estimated_names(const struct run *run, const struct run_analysis *analysis,
                             const struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words some = {"{0} of {1} treated regions", "{0} av {1} insatsregioner"};
    const struct uf_panel *panel = analysis->panel;
    const double used = cell(table, 0, "n_treated");
    size_t treated = 0;
    for (size_t u = 0; panel->treatment.first_period && u < panel->units.count; u++)
        treated += panel->treatment.first_period[u] < panel->periods.count;
    if (!(used > 0) || used >= (double)treated) {
        char *names = run_treated_names(run, analysis);
        if (!names) (void)uf_fail_memory(error);
        return names;
    }
    const struct uf_argument arguments[] = {uf_number_argument(used, 0), uf_count_argument(treated)};
    char *text = NULL;
    return uf_phrase(run->language, some, arguments, 2, &text, error) == UF_OK ? text : NULL;
}

/* Different starts that the rows are of; 0: of all together. */
static size_t count_starts(const struct uf_table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *start = text_cell(table, i, "group");
        size_t before = 0;
        while (before < i && !uf_text_equal(text_cell(table, before, "group"), start)) before++;
        count += start && *start && before == i;
    }
    return count;
}

/* A series of one of several starts: whose it is. */
static uf_status tell_start(const struct run *run, const struct run_analysis *analysis,
                            const struct uf_table *table, size_t n_starts, struct uf_buffer *sentence,
                            struct uf_error *error)
{
    static const struct uf_words text = {
        "{0}. From {1} on the level of the regions that began then ({2}) departs from its own earlier trend, "
        "continued, by {3} {4} on average (one of {5} starts, which the table has all; no region to compare "
        "with",
        "{0}. Från och med {1} avviker nivån i de regioner som började då ({2}) från sin egen tidigare "
        "trend, "
        "framskriven, med i genomsnitt {3} {4} (en av {5} starter, som alla finns i tabellen; ingen region "
        "att "
        "jämföra med"};
    const struct uf_panel_column *outcome = &analysis->panel->columns[analysis->panel->outcome];
    const struct uf_argument arguments[] = {
        uf_text_argument(is_one_of_several(run, analysis) ? analysis->title : outcome->label),
        uf_text_argument(text_cell(table, 0, "group")),
        uf_number_argument(cell(table, 0, "n_treated"), 0),
        uf_number_argument(cell(table, 0, "estimate"), 2),
        uf_text_argument(run_difference_unit(outcome->unit, run->language)),
        uf_count_argument(n_starts)};
    return add(run, sentence, text, arguments, 6, error);
}

static uf_status tell_estimate(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_buffer *sentence,
                               struct uf_error *error)
{
    const struct uf_panel_column *outcome = &analysis->panel->columns[analysis->panel->outcome];
    const bool itself = !strcmp(analysis->method->name, "interrupted-time-series");
    const size_t n_starts = itself ? count_starts(table) : 0;
    if (n_starts > 1) return tell_start(run, analysis, table, n_starts, sentence, error);
    char *regions = estimated_names(run, analysis, table, error);
    char start[64];
    if (!regions) return UF_NO_MEMORY;
    start_words(analysis, run->language, start, sizeof start);
    const struct uf_argument arguments[] = {
        uf_text_argument(is_one_of_several(run, analysis) ? analysis->title : outcome->label),
        uf_text_argument(regions),
        uf_text_argument(start),
        uf_number_argument(cell(table, 0, "estimate"), 2),
        uf_text_argument(run_difference_unit(outcome->unit, run->language)),
        uf_number_argument(cell(table, 0, "n_treated"), 0),
        uf_number_argument(cell(table, 0, "n_control"), 0)};
    static const struct uf_words effect = {
        "{0}. {2} the average effect in {1} is {3} {4} ({5} treated, {6} to compare with",
        "{0}. {2} är den genomsnittliga effekten i {1} {3} {4} ({5} insatsregioner, {6} att jämföra med"};
    static const struct uf_words difference = {
        "{0}. {2} the development in {1} departs from that of the comparison regions by {3} {4} on average "
        "({5} treated, {6} to compare with",
        "{0}. {2} avviker utvecklingen i {1} från jämförelseregionernas med i genomsnitt {3} {4} ({5} "
        "insatsregioner, {6} att jämföra med"};
    static const struct uf_words gap = {
        "{0}. {2} the gap between {1} and its synthetic control is {3} {4} on average ({6} regions to "
        "compare with",
        "{0}. {2} är gapet mellan {1} och dess syntetiska kontroll i genomsnitt {3} {4} ({6} regioner att "
        "jämföra med"};
    static const struct uf_words trend = {"{0}. {2} the level in {1} departs from its own earlier trend, "
                                          "continued, by {3} {4} on average (no region to "
                                          "compare with",
                                          "{0}. {2} avviker nivån i {1} från sin egen tidigare trend, "
                                          "framskriven, med i genomsnitt {3} {4} (ingen region "
                                          "att jämföra med"};
    static const struct uf_words many = {"{0}. {2} the level of {5} regions together departs from its own "
                                         "earlier trend, continued, by {3} {4} on average "
                                         "(no region to compare with",
                                         "{0}. {2} avviker nivån i {5} regioner sammantagna från sin egen "
                                         "tidigare trend, framskriven, med i genomsnitt "
                                         "{3} {4} (ingen region att jämföra med"};
    const bool path = !strcmp(analysis->method->name, "synthetic-control");
    uf_status status = add(run, sentence,
                           itself && cell(table, 0, "n_treated") > 5   ? many
                           : itself                                    ? trend
                           : analysis->result.claim == UF_CLAIM_EFFECT ? effect
                           : path                                      ? gap
                                                                       : difference,
                           arguments, 7, error);
    free(regions);
    return status;
}

/* The row whose p-value is told: the one that was adjusted, else the first that has any; SIZE_MAX: none. */
static size_t told_row(const struct run_analysis *analysis, const struct uf_table *table)
{
    for (size_t i = analysis->adjusted ? analysis->adjusted_row : 0; i < uf_table_rows(table); i++)
        if (!isnan(cell(table, i, "p_value"))) return i;
    return SIZE_MAX;
}

static uf_status tell_interval(const struct run *run, const struct run_analysis *analysis,
                               const struct uf_table *table, struct uf_buffer *sentence,
                               struct uf_error *error)
{
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        double low = cell(table, i, "conf_low"), high = cell(table, i, "conf_high");
        if (isnan(low) || isnan(high)) continue;
        char buffer[64];
        const struct uf_argument arguments[] = {
            uf_number_argument(100 * run_confidence_level(analysis), -1), uf_number_argument(low, 2),
            uf_number_argument(high, 2),
            uf_text_argument(
                run_inference_words(text_cell(table, i, "vcov"), run->language, buffer, sizeof buffer))};
        static const struct uf_words alone = {"; {0} % confidence interval {1} to {2}",
                                              "; {0} % konfidensintervall {1} till {2}"},
                                     named = {"; {0} % confidence interval {1} to {2}, {3}",
                                              "; {0} % konfidensintervall {1} till {2}, {3}"};
        /* The p-value that follows names the inference that both have. */
        return add(run, sentence, told_row(analysis, table) == i ? alone : named, arguments, 4, error);
    }
    return UF_OK;
}

/* Beside the plain p-value: what it is when read together with the others. */
static uf_status tell_adjusted(const struct run *run, const struct run_analysis *analysis,
                               struct uf_buffer *sentence, struct uf_error *error)
{
    if (!analysis->adjusted) return UF_OK;
    double p = analysis->adjusted_p;
    const struct uf_argument arguments[] = {uf_number_argument(p < 0.0005 ? 0.001 : p, 3),
                                            uf_text_argument(run_adjustment_name(run)),
                                            uf_text_argument(p < 0.0005 ? "<" : "=")};
    return add(run, sentence,
               (struct uf_words){"; read together with the others p {2} {0}, {1}",
                                 "; läst tillsammans med de andra p {2} {0}, {1}"},
               arguments, 3, error);
}

static uf_status tell_p_value(const struct run *run, const struct run_analysis *analysis,
                              const struct uf_table *table, struct uf_buffer *sentence,
                              struct uf_error *error)
{
    const size_t row = told_row(analysis, table);
    if (row == SIZE_MAX) return UF_OK;
    double p = cell(table, row, "p_value");
    char buffer[64];
    const struct uf_argument arguments[] = {
        uf_number_argument(p < 0.0005 ? 0.001 : p, 3), /* never nought */
        uf_text_argument(
            run_inference_words(text_cell(table, row, "vcov"), run->language, buffer, sizeof buffer)),
        uf_text_argument(p < 0.0005 ? "<" : "=")};
    UF_TRY(
        add(run, sentence, (struct uf_words){"; p {2} {0}, {1}", "; p {2} {0}, {1}"}, arguments, 3, error));
    return tell_adjusted(run, analysis, sentence, error);
}

uf_status run_find_effect(const struct run *run, struct run_analysis *analysis, struct uf_error *error)
{
    const struct uf_table *table = uf_result_table(&analysis->result, "estimates");
    if (!table || uf_table_rows(table) == 0 || isnan(cell(table, 0, "estimate"))) return UF_OK;
    struct uf_buffer sentence;
    uf_buffer_init(&sentence);
    uf_status status = tell_estimate(run, analysis, table, &sentence, error);
    if (status == UF_OK) status = tell_interval(run, analysis, table, &sentence, error);
    if (status == UF_OK) status = tell_p_value(run, analysis, table, &sentence, error);
    uf_buffer_append(&sentence, ").");
    char *text = uf_buffer_take(&sentence);
    analysis->n_focus_findings = 1;
    if (status == UF_OK)
        status = text ? uf_text_list_add(&analysis->findings, text, error) : uf_fail_memory(error);
    free(text);
    return status;
}

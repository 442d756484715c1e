// SPDX-License-Identifier: GPL-3.0-or-later
/* The summary's sentences: one per analysis for all focus regions together, read from the tables of its
 * result. The sentences per region stand in the sections. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "study/run.h"

/* The most regions whose sentences stand one by one. */
enum { MAX_SENTENCES = 3, MAX_SECTORS = 3 };

struct span {
    double low, high, sum;
    size_t n;
};

static void widen(struct span *span, double value)
{
    if (isnan(value)) return;
    if (span->n == 0 || value < span->low) span->low = value;
    if (span->n == 0 || value > span->high) span->high = value;
    span->sum += value;
    span->n++;
}

/* `9.5–11.2`, or `9.5` where both ends read the same; with `to` for numbers that may be negative. */
static void append_span(struct uf_buffer *out, const struct span *span, int decimals,
                        enum uf_language language)
{
    static const struct uf_words to = {" to ", " till "};
    char low[UF_NUMBER_SIZE], high[UF_NUMBER_SIZE];
    uf_number_format(span->low, decimals, language, low);
    uf_number_format(span->high, decimals, language, high);
    uf_buffer_append(out, low);
    if (!strcmp(low, high)) return;
    uf_buffer_append(out, span->low < 0 ? uf_words_in(to, language) : "–");
    uf_buffer_append(out, high);
}

static bool in_focus(const struct run_analysis *analysis, const struct uf_table *table, size_t row)
{
    size_t unit = uf_table_column(table, "unit");
    const char *code = unit == SIZE_MAX ? NULL : uf_table_text(table, row, unit);
    return code && uf_text_list_find(&analysis->focus, code) != SIZE_MAX;
}

static struct span span_of(const struct run_analysis *analysis, const struct uf_table *table,
                           const char *name)
{
    struct span span = {0};
    size_t column = uf_table_column(table, name);
    for (size_t i = 0; column != SIZE_MAX && i < uf_table_rows(table); i++)
        if (in_focus(analysis, table, i)) widen(&span, uf_table_number(table, i, column));
    return span;
}

/* Adds the sentence {0} title, {1} focus regions, {2} and {3} texts. */
static uf_status tell(const struct run *run, const struct run_analysis *analysis, struct uf_words words,
                      struct uf_buffer *first, struct uf_buffer *second, struct uf_text_list *out,
                      struct uf_error *error)
{
    char *regions = run_join(&analysis->focus_labels, run->language), *text = NULL;
    uf_status status =
        regions && !first->failed && !(second && second->failed) ? UF_OK : uf_fail_memory(error);
    const struct uf_argument arguments[] = {uf_text_argument(analysis->title), uf_text_argument(regions),
                                            uf_text_argument(first->data ? first->data : ""),
                                            uf_text_argument(second && second->data ? second->data : "")};
    if (status == UF_OK) status = uf_phrase(run->language, words, arguments, 4, &text, error);
    if (status == UF_OK) status = uf_text_list_add(out, text, error);
    free(text);
    free(regions);
    return status;
}

/* --- location quotients ------------------------------------------------------------------------ */

struct sector {
    const char *label;
    struct span span;
};

/* The sectors over 1 in all focus regions, highest mean first; how many. */
static size_t find_sectors(const struct run_analysis *analysis, const struct uf_table *table,
                           struct sector *sectors)
{
    size_t label = uf_table_column(table, "sector_label"), n = 0, kept = 0;
    size_t value = uf_table_column(table, "location_quotient");
    if (label == SIZE_MAX || value == SIZE_MAX) return 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *name = uf_table_text(table, i, label);
        if (!name || !in_focus(analysis, table, i)) continue;
        size_t s = 0;
        while (s < n && strcmp(sectors[s].label, name) != 0) s++;
        if (s == n) sectors[n++] = (struct sector){.label = name};
        widen(&sectors[s].span, uf_table_number(table, i, value));
    }
    for (size_t s = 0; s < n; s++)
        if (sectors[s].span.n == analysis->focus.count && sectors[s].span.low > 1)
            sectors[kept++] = sectors[s];
    for (size_t i = 1; i < kept; i++) {
        struct sector moved = sectors[i];
        size_t at = i;
        for (; at > 0 && sectors[at - 1].span.sum < moved.span.sum; at--) sectors[at] = sectors[at - 1];
        sectors[at] = moved;
    }
    return kept;
}

static uf_status summarise_quotients(const struct run *run, const struct run_analysis *analysis,
                                     const struct uf_table *table, struct uf_text_list *out,
                                     struct uf_error *error)
{
    static const struct uf_words words = {
        "{0}. Over-represented in {1}, with location quotient: {2}.",
        "{0}. Överrepresenterade branscher i {1}, med lokaliseringskvot: {2}."};
    static const struct uf_words none = {"{0}. No sector is over-represented in all of {1}.",
                                         "{0}. Ingen bransch är överrepresenterad i hela {1}."};
    struct sector *sectors = calloc(uf_table_rows(table) + 1, sizeof *sectors);
    if (!sectors) return uf_fail_memory(error);
    size_t n = find_sectors(analysis, table, sectors);
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (size_t s = 0; s < n && s < MAX_SECTORS; s++) {
        if (s) uf_buffer_append(&list, "; ");
        uf_buffer_append(&list, sectors[s].label);
        uf_buffer_append(&list, " ");
        append_span(&list, &sectors[s].span, 2, run->language);
    }
    uf_status status = tell(run, analysis, n ? words : none, &list, NULL, out, error);
    uf_buffer_clear(&list);
    free(sectors);
    return status;
}

/* --- structure and change ---------------------------------------------------------------------- */

static uf_status summarise_structure(const struct run *run, const struct run_analysis *analysis,
                                     const struct uf_table *table, struct uf_text_list *out,
                                     struct uf_error *error)
{
    static const struct uf_words words = {
        "{0}. In {1} {2} per cent of the activity would have to change sector for the structure to equal "
        "that of the reference area.",
        "{0}. I {1} skulle {2} procent av verksamheten behöva byta bransch för att strukturen ska bli "
        "densamma som i jämförelseområdet."};
    const struct span span = span_of(analysis, table, "dissimilarity");
    if (span.n == 0) return UF_OK;
    struct uf_buffer numbers;
    uf_buffer_init(&numbers);
    append_span(&numbers, &span, 1, run->language);
    uf_status status = tell(run, analysis, words, &numbers, NULL, out, error);
    uf_buffer_clear(&numbers);
    return status;
}

/* `Värmland 0.8, Dalarna 3.2 and Gävleborg 0.8` */
static uf_status name_growth(const struct run *run, const struct run_analysis *analysis,
                             const struct uf_table *table, struct uf_buffer *out, struct uf_error *error)
{
    size_t label = uf_table_column(table, "label"), growth = uf_table_column(table, "growth");
    struct uf_text_list list;
    uf_text_list_init(&list);
    uf_status status = UF_OK;
    for (size_t i = 0; i < uf_table_rows(table) && status == UF_OK; i++) {
        if (!in_focus(analysis, table, i)) continue;
        const struct uf_argument arguments[] = {uf_text_argument(uf_table_text(table, i, label)),
                                                uf_number_argument(uf_table_number(table, i, growth), 1)};
        char *text = NULL;
        status =
            uf_phrase(run->language, (struct uf_words){"{0} {1}", "{0} {1}"}, arguments, 2, &text, error);
        if (status == UF_OK) status = uf_text_list_add(&list, text, error);
        free(text);
    }
    char *joined = status == UF_OK ? run_join(&list, run->language) : NULL;
    if (joined) uf_buffer_append(out, joined);
    if (status == UF_OK && !joined) status = uf_fail_memory(error);
    free(joined);
    uf_text_list_clear(&list);
    return status;
}

/* True where rounding alone leaves the sign of the regional component open in some focus region. */
static bool is_open(const struct run_analysis *analysis, const struct uf_table *table)
{
    size_t low = uf_table_column(table, "regional_low"), high = uf_table_column(table, "regional_high");
    for (size_t i = 0; low != SIZE_MAX && high != SIZE_MAX && i < uf_table_rows(table); i++)
        if (in_focus(analysis, table, i) && uf_table_number(table, i, low) <= 0 &&
            uf_table_number(table, i, high) >= 0)
            return true;
    return false;
}

static uf_status summarise_change(const struct run *run, const struct run_analysis *analysis,
                                  const struct uf_table *table, struct uf_text_list *out,
                                  struct uf_error *error)
{
    static const struct uf_words words = {
        "{0}. In per cent: {2}; the regional component, which neither the reference area's growth nor the "
        "industry mix accounts for, is {3} percentage points.",
        "{0}. I procent: {2}; den regionala komponenten, som varken jämförelseområdets tillväxt eller "
        "branschmixen förklarar, är {3} procentenheter."};
    static const struct uf_words open = {
        "{0}. In per cent: {2}; the regional component, which neither the reference area's growth nor the "
        "industry mix accounts for, is {3} percentage points (in the worst case the rounding of the figures "
        "decides its sign).",
        "{0}. I procent: {2}; den regionala komponenten, som varken jämförelseområdets tillväxt eller "
        "branschmixen förklarar, är {3} procentenheter (i värsta fall avgör avrundningen av uppgifterna "
        "dess tecken)."};
    size_t start = uf_table_column(table, "start"), regional = uf_table_column(table, "regional");
    if (start == SIZE_MAX || regional == SIZE_MAX || uf_table_column(table, "growth") == SIZE_MAX)
        return UF_OK;
    struct span span = {0};
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (in_focus(analysis, table, i))
            widen(&span, 100 * uf_table_number(table, i, regional) / uf_table_number(table, i, start));
    if (span.n == 0) return UF_OK;
    struct uf_buffer names, numbers;
    uf_buffer_init(&names);
    uf_buffer_init(&numbers);
    append_span(&numbers, &span, 1, run->language);
    uf_status status = name_growth(run, analysis, table, &names, error);
    if (status == UF_OK)
        status = tell(run, analysis, is_open(analysis, table) ? open : words, &names, &numbers, out, error);
    uf_buffer_clear(&names);
    uf_buffer_clear(&numbers);
    return status;
}

static const struct {
    const char *table;
    uf_status (*tell)(const struct run *, const struct run_analysis *, const struct uf_table *,
                      struct uf_text_list *, struct uf_error *);
} known[] = {{"location-quotient", summarise_quotients},
             {"specialisation", summarise_structure},
             {"shift-share", summarise_change}};

static const struct uf_table *known_table(const struct run_analysis *analysis, size_t k)
{
    if (analysis->kind != ANALYSIS_PROFILE || analysis->focus.count == 0) return NULL;
    return uf_result_table(&analysis->result, known[k].table);
}

bool run_speaks_of_focus(const struct run_analysis *analysis)
{
    if (analysis->kind != ANALYSIS_PROFILE) return true;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (known_table(analysis, k)) return true;
    return false;
}

bool run_speaks_of_regions(const struct run_analysis *analysis)
{
    for (size_t i = 0; analysis->n_focus_findings && i < analysis->result.n_tables; i++)
        if (run_is_findings_table(analysis->result.tables[i]) &&
            uf_table_column(analysis->result.tables[i], "unit") != SIZE_MAX)
            return true;
    return false;
}

/* A profile without a sentence of its own says one thing: of its only focus region, else of all regions, so
 * that no region is picked out of several. */
static uf_status summarise_plainly(const struct run_analysis *analysis, struct uf_text_list *out,
                                   struct uf_error *error)
{
    const size_t in_focus = analysis->n_focus_findings, all = analysis->findings.count;
    if (all == 0) return UF_OK;
    return uf_text_list_add(out, analysis->findings.items[in_focus == 1 || in_focus == all ? 0 : in_focus],
                            error);
}

uf_status run_summarise(const struct run *run, const struct run_analysis *analysis, struct uf_text_list *out,
                        struct uf_error *error)
{
    size_t before = out->count;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (known_table(analysis, k))
            UF_TRY(known[k].tell(run, analysis, known_table(analysis, k), out, error));
    if (out->count > before) return UF_OK;
    if (analysis->kind == ANALYSIS_PROFILE) return summarise_plainly(analysis, out, error);
    size_t told = analysis->n_focus_findings ? analysis->n_focus_findings : analysis->findings.count;
    for (size_t i = 0; i < told && i < MAX_SENTENCES; i++)
        UF_TRY(uf_text_list_add(out, analysis->findings.items[i], error));
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Summary and questions: what was asked, what was found, and what could not be answered. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "study/compose.h"

static uf_status add_phrase(const struct composer *composer, struct uf_words words,
                            const struct uf_argument *arguments, size_t n_arguments, struct uf_text_list *out,
                            struct uf_error *error)
{
    char *text = NULL;
    UF_TRY(uf_phrase(composer->run->language, words, arguments, n_arguments, &text, error));
    uf_status status = uf_text_list_add(out, text, error);
    free(text);
    return status;
}

static uf_status add_findings(const struct composer *composer, const struct run_analysis *analysis,
                              struct uf_text_list *out, struct uf_error *error)
{
    if (analysis->status == UF_NOT_IDENTIFIED) {
        const struct uf_argument arguments[] = {uf_text_argument(analysis->title),
                                                uf_text_argument(analysis->refusal)};
        return add_phrase(composer, (struct uf_words){"Refused: {0}. {1}", "Avvisad: {0}. {1}"}, arguments, 2,
                          out, error);
    }
    const size_t before = out->count;
    UF_TRY(run_summarise(composer->run, analysis, out, error));
    if (analysis->kind != ANALYSIS_EFFECT || analysis->result.claim == UF_CLAIM_EFFECT) return UF_OK;
    /* The sentence belongs to the number it speaks of; a check of an estimate says none of its own. */
    if (out->count == before) return UF_OK;
    char **last = &out->items[out->count - 1];
    const struct uf_argument said = uf_text_argument(*last);
    char *text = NULL;
    UF_TRY(
        uf_phrase(composer->run->language,
                  (struct uf_words){"{0} This is a difference and may not be read as an effect of the "
                                    "intervention.",
                                    "{0} Det är en skillnad och får inte läsas som en effekt av insatsen."},
                  &said, 1, &text, error));
    free(*last);
    *last = text;
    return UF_OK;
}

/* What the reader should take from one question fits in so many sentences; all others stand in the sections. */
enum { MAX_ANSWERS = 5 };

static bool has_warning(const struct run_analysis *analysis, const char *code)
{
    for (size_t i = 0; i < analysis->result.n_notes; i++)
        if (!strcmp(analysis->result.notes[i].code, code)) return true;
    return false;
}

/* Which sentences are said first: 0 what was followed, estimated or refused and what speaks of all focus
 * regions at once, 1 what speaks of some, 2 what speaks of none; 3 only where nothing else is: the same profile
 * at another level, and numbers that the engine itself warns mean little. */
enum { LAST_PRECEDENCE = 3 };
static int precedence(const struct run *run, size_t number)
{
    const struct run_analysis *analysis = &run->analyses[number];
    if (analysis->status == UF_NOT_IDENTIFIED) return 0;
    if (has_warning(analysis, "complexity-means-little")) return LAST_PRECEDENCE;
    for (size_t i = 0; analysis->profile && analysis->profile->id_of_level && i < number; i++)
        if (run->analyses[i].profile &&
            run->analyses[i].profile->place.line == analysis->profile->place.line &&
            run->analyses[i].profile->place.column == analysis->profile->place.column)
            return LAST_PRECEDENCE;
    return run_speaks_of_focus(analysis) ? 0 : run_speaks_of_regions(analysis) ? 1 : 2;
}

/* The analyses that answer question `number` (SIZE_MAX: none of the questions). */
static uf_status add_answers(const struct composer *composer, size_t number, struct uf_error *error)
{
    const struct run *run = composer->run;
    struct uf_text_list list;
    uf_text_list_init(&list);
    uf_status status = UF_OK;
    for (int said = 0; said <= LAST_PRECEDENCE && status == UF_OK; said++) {
        const size_t room = said == 0 ? SIZE_MAX : said < LAST_PRECEDENCE ? MAX_ANSWERS : 1;
        for (size_t i = 0; i < run->n_analyses && status == UF_OK; i++) {
            if (run->analyses[i].common->question != number || precedence(run, i) != said) continue;
            if (list.count < room) status = add_findings(composer, &run->analyses[i], &list, error);
        }
    }
    if (status == UF_OK && list.count == 0 && number != SIZE_MAX)
        status = compose_paragraph(composer,
                                   (struct uf_words){"No analysis of this study answers the question.",
                                                     "Ingen analys i studien besvarar frågan."},
                                   NULL, 0, error);
    if (status == UF_OK) status = compose_list(composer, &list, error);
    uf_text_list_clear(&list);
    return status;
}

static bool has_unasked(const struct run *run)
{
    for (size_t i = 0; i < run->n_analyses; i++)
        if (run->analyses[i].common->question == SIZE_MAX) return true;
    return false;
}

uf_status compose_summary(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    const struct study_words *questions = run->study->questions.items;
    size_t refused = 0;
    for (size_t i = 0; i < run->n_analyses; i++) refused += run->analyses[i].status == UF_NOT_IDENTIFIED;
    UF_TRY(compose_section(composer, "summary", error));
    const struct uf_argument counts[] = {uf_count_argument(run->n_analyses), uf_count_argument(refused)};
    static const struct uf_words only = {
        "The study's only analysis is refused: the design does not identify what is asked. The reason and "
        "what could be done instead are given below.",
        "Studiens enda analys avvisas: designen identifierar inte det som efterfrågas. Skälet och vad som "
        "kan "
        "göras i stället redovisas nedan."};
    static const struct uf_words some = {
        "Of {0} analyses, {1} refused: the design does not identify what is asked. The reasons and what "
        "could be done instead are given below.",
        "Av {0} analyser avvisas {1}: designen identifierar inte det som efterfrågas. Skälen och vad som kan "
        "göras i stället redovisas nedan."};
    if (refused) UF_TRY(compose_paragraph(composer, run->n_analyses == 1 ? only : some, counts, 2, error));
    for (size_t i = 0; i < run->study->questions.count; i++) {
        UF_TRY(compose_heading(composer, uf_words_in(questions[i].words, run->language), error));
        UF_TRY(add_answers(composer, i + 1, error));
    }
    if (!has_unasked(run)) return UF_OK;
    if (run->study->questions.count) {
        static const struct uf_words more = {"Further findings", "Övriga iakttagelser"};
        UF_TRY(compose_heading(composer, uf_words_in(more, run->language), error));
    }
    return add_answers(composer, SIZE_MAX, error);
}

/* --- questions and the intervention ------------------------------------------------------------- */

static uf_status add_fact(struct uf_text_list *pairs, const char *label, const char *value,
                          struct uf_error *error)
{
    UF_TRY(uf_text_list_add(pairs, label, error));
    return uf_text_list_add(pairs, value, error);
}

static uf_status join_treated(const struct composer *composer, struct uf_buffer *out, struct uf_error *error)
{
    const struct run *run = composer->run;
    const struct study_texts *treated = &run->study->intervention.treated;
    for (size_t i = 0; i < treated->count; i++) {
        char *code = NULL;
        struct uf_table *found = NULL;
        const char *query = run->language == UF_SWEDISH ? "SELECT name_sv FROM regions WHERE code = ?1"
                                                        : "SELECT name_en FROM regions WHERE code = ?1";
        UF_TRY(uf_store_resolve_region(run->store, treated->items[i].text, &code, error));
        const char *parameter = code;
        uf_status status = uf_store_query(run->store, query, &parameter, 1, &found, error);
        if (status == UF_OK) {
            uf_buffer_append(out, i ? ", " : "");
            uf_buffer_append(out, uf_table_rows(found) ? uf_table_text(found, 0, 0) : code);
        }
        uf_table_free(found);
        free(code);
        UF_TRY(status);
    }
    return UF_OK;
}

/* The programme's own facts, where the study names its code. */
static uf_status add_programme(const struct composer *composer, struct uf_text_list *pairs,
                               struct uf_error *error)
{
    const struct run *run = composer->run;
    const char *code = run->study->intervention.code.text;
    if (!code) return UF_OK;
    struct uf_table *found = NULL;
    UF_TRY(uf_store_query(run->store, "SELECT name_sv, name_en, source FROM intervention WHERE code = ?1",
                          &code, 1, &found, error));
    uf_status status = UF_OK;
    if (uf_table_rows(found) == 0) {
        status = uf_fail_at(
            error, UF_BAD_INPUT, run->study->path, run->study->intervention.code.place.line,
            run->study->intervention.code.place.column,
            "there is no programme '%s' in datasets/programmes; `utfall show interventions` lists them",
            code);
    } else {
        const char *name = uf_table_text(found, 0, run->language == UF_SWEDISH ? 0 : 1),
                   *source = uf_table_text(found, 0, 2);
        if (!run->study->intervention.name.words.en)
            status = add_fact(pairs, uf_word("intervention", run->language), name ? name : code, error);
        if (status == UF_OK && source)
            status = add_fact(pairs, uf_word("source", run->language), source, error);
    }
    uf_table_free(found);
    return status;
}

static uf_status add_cost(const struct composer *composer, struct uf_text_list *pairs, struct uf_error *error)
{
    const struct study_cost *cost = &composer->run->study->intervention.cost;
    if (cost->place.line == 0 || isnan(cost->amount)) return UF_OK;
    const char *currency = cost->currency.text;
    if (composer->run->language == UF_SWEDISH && uf_text_equal(currency, "SEK")) currency = "kronor";
    const struct uf_argument arguments[] = {uf_number_argument(cost->amount, 0), uf_text_argument(currency)};
    char *text = NULL;
    UF_TRY(uf_phrase(composer->run->language, (struct uf_words){"{1} {0}", "{0} {1}"}, arguments, 2, &text,
                     error));
    uf_status status = add_fact(pairs, uf_word("cost", composer->run->language), text, error);
    free(text);
    return status;
}

/* The next of the starts after one of them (0: the first); 0: there is none. */
static uf_period next_start(const struct study_intervention *intervention, uf_period after)
{
    const struct study_start *own = intervention->starts.items;
    uf_period next = 0;
    if (intervention->starts.count < intervention->treated.count && intervention->start > after)
        next = intervention->start;
    for (size_t i = 0; i < intervention->starts.count; i++)
        if (own[i].period > after && (next == 0 || own[i].period < next)) next = own[i].period;
    return next;
}

static uf_status add_starts(const struct composer *composer, struct uf_text_list *pairs,
                            struct uf_error *error)
{
    static const struct uf_words one = {"First treated period", "Första insatsperiod"},
                                 several = {"First treated periods", "Första insatsperioder"};
    const struct study_intervention *intervention = &composer->run->study->intervention;
    char period[UF_PERIOD_SIZE];
    size_t count = 0;
    struct uf_buffer list;
    uf_buffer_init(&list);
    for (uf_period start = next_start(intervention, 0); start; start = next_start(intervention, start)) {
        if (count++ > 0) uf_buffer_append(&list, ", ");
        uf_buffer_append(&list, uf_period_print(start, period));
    }
    if (count == 0 && intervention->start) { /* of a programme that names its regions itself */
        count = 1;
        uf_buffer_append(&list, uf_period_print(intervention->start, period));
    }
    char *text = uf_buffer_take(&list);
    if (!text) return uf_fail_memory(error);
    uf_status status =
        count > 0
            ? add_fact(pairs, uf_words_in(count > 1 ? several : one, composer->run->language), text, error)
            : UF_OK;
    free(text);
    return status;
}

static uf_status intervention_facts(const struct composer *composer, struct uf_text_list *pairs,
                                    struct uf_error *error)
{
    const struct run *run = composer->run;
    const struct study_intervention *intervention = &run->study->intervention;
    static const struct uf_words treated = {"Regions that took part", "Regioner som deltog"};
    const char *name = run_words(run, &intervention->name);
    if (name) UF_TRY(add_fact(pairs, uf_word("intervention", run->language), name, error));
    UF_TRY(add_programme(composer, pairs, error));
    if (intervention->treated.count) {
        struct uf_buffer names;
        uf_buffer_init(&names);
        uf_status status = join_treated(composer, &names, error);
        char *text = uf_buffer_take(&names);
        if (status == UF_OK)
            status = text ? add_fact(pairs, uf_words_in(treated, run->language), text, error)
                          : uf_fail_memory(error);
        free(text);
        UF_TRY(status);
    }
    UF_TRY(add_starts(composer, pairs, error));
    return add_cost(composer, pairs, error);
}

uf_status compose_questions(const struct composer *composer, struct uf_error *error)
{
    const struct run *run = composer->run;
    UF_TRY(compose_section(composer, "questions", error));
    if (run->study->questions.count)
        UF_TRY(compose_words_list(composer, &run->study->questions, error));
    else
        UF_TRY(compose_paragraph(
            composer,
            (struct uf_words){"The study file asks no questions in words; it describes the analyses below.",
                              "Studiefilen ställer inga frågor i ord; den beskriver analyserna nedan."},
            NULL, 0, error));
    if (run->study->intervention.place.line == 0) return UF_OK;
    struct uf_text_list pairs;
    uf_text_list_init(&pairs);
    uf_status status = intervention_facts(composer, &pairs, error);
    if (status == UF_OK && pairs.count)
        status = compose_heading(composer, uf_word("intervention", run->language), error);
    if (status == UF_OK && pairs.count)
        status =
            uf_report_add_facts(composer->report, (const char *const *)pairs.items, pairs.count / 2, error);
    uf_text_list_clear(&pairs);
    return status;
}

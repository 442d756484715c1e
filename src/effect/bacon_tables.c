// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "effect/bacon_run.h"
#include "effect/estimates.h"

static const struct uf_words type_words[UF_BACON_TYPES] = {
    [UF_BACON_UNTREATED] = {"treated against untreated", "behandlade mot obehandlade"},
    [UF_BACON_EARLIER_LATER] = {"earlier against later", "tidigare mot senare"},
    [UF_BACON_LATER_EARLIER] = {"later against earlier (forbidden)", "senare mot tidigare (otillåten)"},
    [UF_BACON_ALWAYS_TREATED] = {"treated against always treated (forbidden)",
                                 "behandlade mot alltid behandlade (otillåten)"},
};

/* A group by its start; units never treated have none. A start before the data is the first period. */
static const char *group_name(const struct effect_run *run, enum uf_bacon_type type, bool control,
                              size_t start)
{
    static const struct uf_words never = {"never treated", "aldrig behandlade"},
                                 always = {"always treated", "alltid behandlade"};
    if (control && type == UF_BACON_ALWAYS_TREATED) return uf_words_in(always, run->context->language);
    if (start == SIZE_MAX || (control && type == UF_BACON_UNTREATED))
        return uf_words_in(never, run->context->language);
    return run->panel->periods.code[start];
}

static uf_status add_comparison(const struct effect_run *run, const struct uf_bacon_comparison *c,
                                struct uf_table *table, struct uf_error *error)
{
    static const struct uf_words against = {"{0} against {1}", "{0} mot {1}"};
    const char *treated = group_name(run, c->type, false, c->treated),
               *control = group_name(run, c->type, true, c->control);
    const struct uf_argument arguments[] = {uf_text_argument(treated), uf_text_argument(control)};
    char *label = NULL;
    size_t row;
    UF_TRY(uf_phrase(run->context->language, against, arguments, 2, &label, error));
    uf_status status = uf_table_add_row(table, &row, error);
    const char *const texts[] = {label, treated, control,
                                 uf_words_in(type_words[c->type], run->context->language)};
    const double numbers[] = {c->weight, c->estimate, (double)c->n_treated, (double)c->n_control};
    for (size_t t = 0; t < 4 && status == UF_OK; t++)
        status = uf_table_set_text(table, row, t, texts[t], error);
    for (size_t v = 0; v < 4 && status == UF_OK; v++)
        status = uf_table_set_number(table, row, 4 + v, numbers[v], error);
    if (status == UF_OK) status = uf_table_set_text(table, row, 8, run->panel->periods.code[c->first], error);
    if (status == UF_OK) status = uf_table_set_text(table, row, 9, run->panel->periods.code[c->last], error);
    free(label);
    return status;
}

static uf_status report_comparisons(const struct effect_run *run, const struct uf_bacon *bacon,
                                    struct uf_error *error)
{
    static const struct uf_words title = {"The comparisons behind the two-way estimate",
                                          "Jämförelserna bakom skattningen med fasta effekter"};
    static const struct effect_column columns[] = {
        {"label", false, false, -1},   {"treated", false, false, -1}, {"control", false, false, -1},
        {"type", false, false, -1},    {"weight", true, false, 4},    {"estimate", true, true, 4},
        {"n_treated", true, false, 0}, {"n_control", true, false, 0}, {"from", false, false, -1},
        {"to", false, false, -1}};
    struct uf_table *table = NULL;
    UF_TRY(effect_columns_new(run, "comparisons", title, columns, sizeof columns / sizeof *columns, &table,
                              error));
    uf_status status = UF_OK;
    for (size_t c = 0; c < bacon->count && status == UF_OK; c++)
        status = add_comparison(run, &bacon->comparison[c], table, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->result, table, error);
}

static uf_status report_types(const struct effect_run *run, const struct uf_bacon *bacon,
                              struct uf_error *error)
{
    static const struct uf_words title = {"The comparisons by type", "Jämförelserna efter typ"};
    static const struct effect_column columns[] = {{"type", false, false, -1},
                                                   {"weight", true, false, 4},
                                                   {"estimate", true, true, 4},
                                                   {"part", true, true, 4}};
    struct uf_table *table = NULL;
    UF_TRY(
        effect_columns_new(run, "by-type", title, columns, sizeof columns / sizeof *columns, &table, error));
    uf_status status = UF_OK;
    for (int type = 0; type < UF_BACON_TYPES && status == UF_OK; type++) {
        const double values[] = {bacon->weight[type], bacon->part[type] / bacon->weight[type],
                                 bacon->part[type]};
        size_t row;
        if (!(bacon->weight[type] > 0)) continue;
        status = uf_table_add_row(table, &row, error);
        if (status == UF_OK)
            status = uf_table_set_text(table, row, 0, uf_words_in(type_words[type], run->context->language),
                                       error);
        for (size_t v = 0; v < 3 && status == UF_OK; v++)
            status = uf_table_set_number(table, row, v + 1, values[v], error);
    }
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->result, table, error);
}

static uf_status report_estimate(const struct effect_run *run, const struct uf_bacon *bacon,
                                 struct uf_error *error)
{
    static const struct uf_words title = {"The two-way estimate", "Skattningen med fasta effekter"};
    static const struct uf_words note = {"the sum of {0} comparisons; its uncertainty is a matter for did",
                                         "summan av {0} jämförelser; osäkerheten ges av did"};
    const struct uf_argument count = uf_count_argument(bacon->count);
    struct uf_table *table = NULL;
    char *how = NULL;
    UF_TRY(uf_phrase(run->context->language, note, &count, 1, &how, error));
    const struct effect_row row = {.term = "treatment",
                                   .note = how,
                                   .estimate = bacon->estimate,
                                   .event_time = NAN,
                                   .test = effect_no_test};
    uf_status status = effect_table_new("estimates", title, run, &table, error);
    if (status == UF_OK) status = effect_add_row(table, run, &row, NULL, error);
    free(how);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    return uf_result_take_table(run->result, table, error);
}

static uf_status note_forbidden(const struct effect_run *run, const struct uf_bacon *bacon,
                                struct uf_error *error)
{
    static const struct uf_words clean = {"No comparison uses regions already treated: the {0} comparisons "
                                          "add up to the two-way estimate, {1}.",
                                          "Ingen jämförelse använder redan behandlade regioner: de {0} "
                                          "jämförelserna summerar till skattningen, {1}."};
    static const struct uf_words single = {
        "No comparison uses regions already treated: a single comparison, treated against untreated, is the "
        "two-way estimate, {1}.",
        "Ingen jämförelse använder redan behandlade regioner: en enda jämförelse, behandlade mot "
        "obehandlade, är "
        "skattningen, {1}."};
    static const struct uf_words text = {"{2} % of the weight is on forbidden comparisons, in which regions "
                                         "already treated serve as comparison. The "
                                         "{0} comparisons add up to {1}; without the forbidden ones, their "
                                         "weight shared by the others, it would be {3}.",
                                         "{2} % av vikten ligger på otillåtna jämförelser, där redan "
                                         "behandlade regioner används som jämförelse. De {0} "
                                         "jämförelserna summerar till {1}; utan de otillåtna, med vikten "
                                         "fördelad på de övriga, vore det {3}."};
    static const struct uf_words advice = {
        "Use an estimator made for staggered starts: imputation or callaway-santanna.",
        "Använd en metod gjord för stegvis införande: imputation eller callaway-santanna."};
    static const struct uf_words all = {"All comparisons are forbidden ones: regions already treated are the "
                                        "only comparison. They add up to {1}.",
                                        "Alla jämförelser är otillåtna: redan behandlade regioner är den "
                                        "enda jämförelsen. De summerar till {1}."};
    static const struct uf_words no_advice = {NULL, NULL};
    double clean_weight = bacon->weight[UF_BACON_UNTREATED] + bacon->weight[UF_BACON_EARLIER_LATER],
           clean_part = bacon->part[UF_BACON_UNTREATED] + bacon->part[UF_BACON_EARLIER_LATER];
    const struct uf_argument arguments[] = {
        uf_count_argument(bacon->count), uf_number_argument(bacon->estimate, 4),
        uf_number_argument(100 * bacon->forbidden, 1), uf_number_argument(clean_part / clean_weight, 4)};
    if (!(bacon->forbidden > 0))
        return effect_note(run, UF_NOTE, "no-forbidden-comparisons", bacon->count == 1 ? single : clean,
                           no_advice, arguments, 4, error);
    return effect_note(run, UF_WARNING, "forbidden-comparisons", clean_weight > 0 ? text : all, advice,
                       arguments, 4, error);
}

uf_status bacon_report(const struct effect_run *run, const struct uf_bacon *bacon, struct uf_error *error)
{
    UF_TRY(note_forbidden(run, bacon, error));
    UF_TRY(report_estimate(run, bacon, error));
    UF_TRY(report_types(run, bacon, error));
    return report_comparisons(run, bacon, error);
}

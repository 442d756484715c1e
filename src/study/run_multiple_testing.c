// SPDX-License-Identifier: GPL-3.0-or-later
/* The main estimates of a study read together: their p-values adjusted within each family that the study declares. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/multiple_testing.h>

#include "base/fail.h"
#include "study/run.h"

enum { ANALYSIS, OUTCOME, FAMILY, ESTIMATE, INFERENCE, P_VALUE, ADJUSTED };

/* The row that the report's sentence speaks of: the first term's first p-value; SIZE_MAX: none. */
static size_t main_row(const struct uf_table *estimates)
{
    size_t p = estimates ? uf_table_column(estimates, "p_value") : SIZE_MAX,
           term = estimates ? uf_table_column(estimates, "term") : SIZE_MAX;
    if (p == SIZE_MAX || term == SIZE_MAX) return SIZE_MAX;
    for (size_t row = 0; row < uf_table_rows(estimates); row++) {
        const char *first = uf_table_text(estimates, 0, term), *own = uf_table_text(estimates, row, term);
        if (first && own && !strcmp(first, own) && !isnan(uf_table_number(estimates, row, p))) return row;
    }
    return SIZE_MAX;
}

static const char *family_of(const struct run_analysis *analysis)
{
    return analysis->effect->family.text ? analysis->effect->family.text : "";
}

static uf_status new_table(const struct run *run, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"The main estimates read together, with adjusted p-values",
                                          "Huvudskattningarna lästa tillsammans, med justerade p-värden"};
    static const struct {
        const char *name;
        enum uf_column_type type;
        int decimals;
    } columns[] = {[ANALYSIS] = {"analysis", UF_COLUMN_TEXT, -1},
                   [OUTCOME] = {"outcome", UF_COLUMN_TEXT, -1},
                   [FAMILY] = {"family", UF_COLUMN_TEXT, -1},
                   [ESTIMATE] = {"estimate", UF_COLUMN_NUMBER, 4},
                   [INFERENCE] = {"inference", UF_COLUMN_TEXT, -1},
                   [P_VALUE] = {"p_value", UF_COLUMN_NUMBER, 4},
                   [ADJUSTED] = {"adjusted_p_value", UF_COLUMN_NUMBER, 4}};
    UF_TRY(uf_table_new("multiple-testing", out, error));
    UF_TRY(uf_table_set_title(*out, uf_words_in(title, run->language), error));
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        UF_TRY(uf_table_add_column(*out, columns[c].name, columns[c].type, NULL, columns[c].decimals, NULL,
                                   error));
    return UF_OK;
}

void run_take_row(struct main_estimate *estimate, size_t row)
{
    const struct uf_table *estimates = uf_result_table(&estimate->analysis->result, "estimates");
    size_t vcov = uf_table_column(estimates, "vcov");
    const char *name = vcov != SIZE_MAX ? uf_table_text(estimates, row, vcov) : NULL;
    estimate->from = row;
    estimate->vcov = name ? name : "none";
    estimate->p = uf_table_number(estimates, row, uf_table_column(estimates, "p_value"));
}

static uf_status add_row(const struct run *run, const struct main_estimate *estimate, struct uf_table *table,
                         struct uf_error *error)
{
    const struct run_analysis *analysis = estimate->analysis;
    const struct uf_table *estimates = uf_result_table(&analysis->result, "estimates");
    const struct uf_panel *panel = analysis->panel;
    size_t row;
    char buffer[64];
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, ANALYSIS, analysis->title, error));
    UF_TRY(uf_table_set_text(table, row, OUTCOME, panel->columns[panel->outcome].label, error));
    UF_TRY(uf_table_set_text(table, row, FAMILY, family_of(analysis), error));
    UF_TRY(uf_table_set_number(
        table, row, ESTIMATE,
        uf_table_number(estimates, estimate->from, uf_table_column(estimates, "estimate")), error));
    UF_TRY(uf_table_set_text(table, row, INFERENCE,
                             run_inference_words(estimate->vcov, run->language, buffer, sizeof buffer),
                             error));
    return uf_table_set_number(table, row, P_VALUE, estimate->p, error);
}

/* The members' p-values, adjusted by what the study asks for. */
static uf_status adjust_family(struct run *run, struct main_estimate **members, size_t count,
                               struct uf_error *error)
{
    const char *how = run->study->multiple_testing.text;
    double *p = malloc((count + 1) * sizeof *p);
    if (!p) return uf_fail_memory(error);
    for (size_t i = 0; i < count; i++) p[i] = members[i]->p;
    uf_status status = !strcmp(how, "holm")          ? uf_holm(p, count, p, error)
                       : !strcmp(how, "romano-wolf") ? run_romano_wolf(run, members, count, p, error)
                                                     : uf_benjamini_hochberg(p, count, p, error);
    for (size_t i = 0; i < count && status == UF_OK; i++) {
        struct run_analysis *analysis = members[i]->analysis;
        analysis->adjusted = !isnan(p[i]);
        analysis->adjusted_p = p[i];
        analysis->adjusted_row = members[i]->from;
        status = uf_table_set_number(run->adjusted, members[i]->row, ADJUSTED, p[i], error);
    }
    free(p);
    return status;
}

/* Does something with each family by itself. */
static uf_status each_family(struct run *run, struct main_estimate *all, size_t count,
                             uf_status (*act)(struct run *, struct main_estimate **, size_t,
                                              struct uf_error *),
                             struct uf_error *error)
{
    struct main_estimate **members = calloc(count + 1, sizeof *members);
    bool *done = calloc(count + 1, sizeof *done);
    uf_status status = members && done ? UF_OK : uf_fail_memory(error);
    for (size_t first = 0; first < count && status == UF_OK; first++) {
        size_t n_members = 0;
        if (done[first]) continue;
        for (size_t i = first; i < count; i++) {
            if (strcmp(family_of(all[first].analysis), family_of(all[i].analysis))) continue;
            done[i] = true;
            members[n_members++] = &all[i];
        }
        status = act(run, members, n_members, error);
    }
    free(members), free(done);
    return status;
}

/* For the terminal: what the report says beside the plain p-value. */
static uf_status say(struct run *run, const struct main_estimate *member, struct uf_error *error)
{
    static const struct uf_words words = {"{0}: p = {1}, adjusted {2} ({3})",
                                          "{0}: p = {1}, justerat {2} ({3})"};
    if (!member->analysis->adjusted) return UF_OK;
    const struct uf_argument arguments[] = {
        uf_text_argument(member->analysis->title), uf_number_argument(member->p, 4),
        uf_number_argument(member->analysis->adjusted_p, 4), uf_text_argument(run_adjustment_name(run))};
    return run_message(run, words, arguments, 4, error);
}

static size_t collect(struct run *run, struct main_estimate *all)
{
    size_t count = 0;
    for (size_t i = 0; i < run->n_analyses; i++) {
        struct run_analysis *analysis = &run->analyses[i];
        if (analysis->kind != ANALYSIS_EFFECT || analysis->status != UF_OK) continue;
        size_t row = main_row(uf_result_table(&analysis->result, "estimates"));
        if (row == SIZE_MAX) continue;
        all[count] = (struct main_estimate){.analysis = analysis, .row = count};
        run_take_row(&all[count++], row);
    }
    return count;
}

uf_status run_adjust(struct run *run, struct uf_error *error)
{
    const char *how = run->study->multiple_testing.text;
    if (!how || !strcmp(how, "none")) return UF_OK;
    struct main_estimate *all = calloc(run->n_analyses + 1, sizeof *all);
    if (!all) return uf_fail_memory(error);
    size_t count = collect(run, all);
    uf_status status = new_table(run, &run->adjusted, error);
    if (status == UF_OK && !strcmp(how, "romano-wolf"))
        status = each_family(run, all, count, run_choose_drawn, error);
    for (size_t i = 0; i < count && status == UF_OK; i++)
        status = add_row(run, &all[i], run->adjusted, error);
    if (status == UF_OK) status = each_family(run, all, count, adjust_family, error);
    for (size_t i = 0; i < count && status == UF_OK; i++) status = say(run, &all[i], error);
    free(all);
    if (run->adjusted && count == 0) {
        uf_table_free(run->adjusted);
        run->adjusted = NULL;
    }
    return status;
}

const char *run_adjustment_name(const struct run *run)
{
    const char *how = run->study->multiple_testing.text;
    return !strcmp(how, "holm") ? "Holm" : !strcmp(how, "romano-wolf") ? "Romano–Wolf" : "Benjamini–Hochberg";
}

uf_status run_tell_adjusted(const struct run *run, char **out, struct uf_error *error)
{
    static const struct uf_words counts = {
        "{0} main estimates are read together. By themselves {1} of them have p below 0.05; adjusted within "
        "their family {3}, {2}.",
        "{0} huvudskattningar läses tillsammans. Var för sig har {1} av dem p under 0,05; justerade inom sin "
        "familj {3}, {2}."};
    static const struct uf_words
        holm = {"by Holm’s procedure, which holds the risk of even one false finding",
                "med Holms metod, som håller risken för ett enda falskt fynd"},
        romano_wolf =
            {"by Romano and Wolf’s procedure, which holds the risk of even one false finding and sees in the "
             "same draws for all of them how they depend on each other",
             "med Romano och Wolfs metod, som håller risken för ett enda falskt fynd och med samma "
             "dragningar för "
             "alla ser hur de beror av varandra"},
        discovery = {
            "by Benjamini and Hochberg’s procedure, which holds the expected share of false ones among the "
            "findings",
            "med Benjamini och Hochbergs metod, som håller den väntade andelen falska bland fynden"};
    const char *how = run->study->multiple_testing.text;
    size_t single = 0, adjusted = 0;
    if (run->not_adjusted) { /* a table with gaps: the reason is what there is to tell */
        *out = uf_text_copy(run->not_adjusted);
        return *out ? UF_OK : uf_fail_memory(error);
    }
    for (size_t row = 0; row < uf_table_rows(run->adjusted); row++) {
        single += uf_table_number(run->adjusted, row, P_VALUE) < 0.05;
        adjusted += uf_table_number(run->adjusted, row, ADJUSTED) < 0.05;
    }
    const struct uf_words by = !strcmp(how, "holm")          ? holm
                               : !strcmp(how, "romano-wolf") ? romano_wolf
                                                             : discovery;
    const struct uf_argument arguments[] = {uf_count_argument(uf_table_rows(run->adjusted)),
                                            uf_count_argument(single), uf_count_argument(adjusted),
                                            uf_text_argument(uf_words_in(by, run->language))};
    return uf_phrase(run->language, counts, arguments, 4, out, error);
}

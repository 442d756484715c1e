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

static uf_status add_row(const struct run *run, const struct run_analysis *analysis, size_t from,
                         struct uf_table *table, struct uf_error *error)
{
    const struct uf_table *estimates = uf_result_table(&analysis->result, "estimates");
    const struct uf_panel *panel = analysis->panel;
    size_t vcov = uf_table_column(estimates, "vcov"), row;
    const char *name = vcov != SIZE_MAX ? uf_table_text(estimates, from, vcov) : NULL;
    char buffer[64];
    UF_TRY(uf_table_add_row(table, &row, error));
    UF_TRY(uf_table_set_text(table, row, ANALYSIS, analysis->title, error));
    UF_TRY(uf_table_set_text(table, row, OUTCOME, panel->columns[panel->outcome].label, error));
    UF_TRY(uf_table_set_text(table, row, FAMILY, family_of(analysis), error));
    UF_TRY(uf_table_set_number(table, row, ESTIMATE,
                               uf_table_number(estimates, from, uf_table_column(estimates, "estimate")),
                               error));
    UF_TRY(uf_table_set_text(table, row, INFERENCE,
                             name ? run_inference_words(name, run->language, buffer, sizeof buffer) : NULL,
                             error));
    return uf_table_set_number(
        table, row, P_VALUE, uf_table_number(estimates, from, uf_table_column(estimates, "p_value")), error);
}

/* Adjusts the rows of each family by itself. */
static uf_status adjust(bool holm, struct uf_table *table, struct uf_error *error)
{
    size_t rows = uf_table_rows(table), *member = malloc((rows + 1) * sizeof *member);
    double *p = malloc((rows + 1) * sizeof *p);
    bool *done = calloc(rows + 1, sizeof *done);
    uf_status status = member && p && done ? UF_OK : uf_fail_memory(error);
    for (size_t first = 0; first < rows && status == UF_OK; first++) {
        size_t count = 0;
        if (done[first]) continue;
        for (size_t row = first; row < rows; row++) {
            const char *one = uf_table_text(table, first, FAMILY), *other = uf_table_text(table, row, FAMILY);
            if (strcmp(one ? one : "", other ? other : "")) continue;
            done[row] = true;
            p[count] = uf_table_number(table, row, P_VALUE);
            member[count++] = row;
        }
        status = holm ? uf_holm(p, count, p, error) : uf_benjamini_hochberg(p, count, p, error);
        for (size_t i = 0; i < count && status == UF_OK; i++)
            status = uf_table_set_number(table, member[i], ADJUSTED, p[i], error);
    }
    free(member), free(p), free(done);
    return status;
}

uf_status run_adjust(struct run *run, struct uf_error *error)
{
    const char *how = run->study->multiple_testing.text;
    if (!how || !strcmp(how, "none")) return UF_OK;
    struct uf_table *table = NULL;
    uf_status status = new_table(run, &table, error);
    for (size_t i = 0; i < run->n_analyses && status == UF_OK; i++) {
        const struct run_analysis *analysis = &run->analyses[i];
        if (analysis->kind != ANALYSIS_EFFECT || analysis->status != UF_OK) continue;
        size_t row = main_row(uf_result_table(&analysis->result, "estimates"));
        if (row != SIZE_MAX) status = add_row(run, analysis, row, table, error);
    }
    if (status == UF_OK) status = adjust(!strcmp(how, "holm"), table, error);
    if (status == UF_OK && uf_table_rows(table) > 0)
        run->adjusted = table;
    else
        uf_table_free(table);
    return status;
}

uf_status run_tell_adjusted(const struct run *run, char **out, struct uf_error *error)
{
    static const struct uf_words holm = {
        "{0} main estimates are read together. By themselves {1} of them have p below 0.05; adjusted within "
        "their family "
        "by Holm’s procedure, which holds the risk of even one false finding, {2}.",
        "{0} huvudskattningar läses tillsammans. Var för sig har {1} av dem p under 0,05; justerade inom sin "
        "familj med "
        "Holms metod, som håller risken för ett enda falskt fynd, {2}."};
    static const struct uf_words discovery = {
        "{0} main estimates are read together. By themselves {1} of them have p below 0.05; adjusted within "
        "their family "
        "by Benjamini and Hochberg’s procedure, which holds the expected share of false ones among the "
        "findings, {2}.",
        "{0} huvudskattningar läses tillsammans. Var för sig har {1} av dem p under 0,05; justerade inom sin "
        "familj med "
        "Benjamini och Hochbergs metod, som håller den väntade andelen falska bland fynden, {2}."};
    size_t single = 0, adjusted = 0;
    for (size_t row = 0; row < uf_table_rows(run->adjusted); row++) {
        single += uf_table_number(run->adjusted, row, P_VALUE) < 0.05;
        adjusted += uf_table_number(run->adjusted, row, ADJUSTED) < 0.05;
    }
    const struct uf_argument arguments[] = {uf_count_argument(uf_table_rows(run->adjusted)),
                                            uf_count_argument(single), uf_count_argument(adjusted)};
    return uf_phrase(run->language, !strcmp(run->study->multiple_testing.text, "holm") ? holm : discovery,
                     arguments, 3, out, error);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Labour matching in sentences: one per region, and what the figures leave open or out. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/advice.h"
#include "base/fail.h"
#include "profile/labour_matching_study.h"
#include "profile/tidy.h"

enum { NAMES_SHOWN = 4 };

/* --- by region ---------------------------------------------------------------------------------- */

static double surplus_of(const struct labour_study *x, size_t u, size_t t, size_t g, int sign)
{
    return sign * labour_surplus(x, u, t, g).value;
}

/* The largest surplus (1), or the largest lack (-1) as a number above 0. */
static double extreme(const struct labour_study *x, size_t u, size_t t, int sign)
{
    double most = -INFINITY;
    for (size_t g = 0; g < x->n_groups; g++) most = fmax(most, surplus_of(x, u, t, g, sign));
    return most;
}

static bool is_extreme(double value, double most)
{
    return value > most - 1e-9 * (1 + fabs(most));
}

/* The most that surely some group has: no other can be the extreme whose band does not reach it. */
static double surely(const struct labour_study *x, size_t u, size_t t, int sign)
{
    double most = -INFINITY;
    for (size_t g = 0; g < x->n_groups; g++) {
        const struct labour_number surplus = labour_surplus(x, u, t, g);
        most = fmax(most, sign > 0 ? surplus.low : -surplus.high);
    }
    return most;
}

static void add_name(struct uf_buffer *text, const char *name, size_t n)
{
    if (n > 0 && n < NAMES_SHOWN) uf_buffer_append(text, ", ");
    if (n < NAMES_SHOWN) uf_buffer_append(text, name);
    if (n == NAMES_SHOWN) uf_buffer_append(text, " …");
}

/* The groups of the extreme, ties too, and in brackets those that rounding lets take its place; the caller frees it. */
static uf_status names_of(const struct labour_study *x, size_t u, size_t t, int sign, char **out,
                          struct uf_error *error)
{
    static const struct uf_words perhaps = {"{0} (given the rounding perhaps {1})",
                                            "{0} (givet avrundningen kanske {1})"};
    struct uf_buffer names, others;
    uf_buffer_init(&names);
    uf_buffer_init(&others);
    const double most = extreme(x, u, t, sign), reached = x->bands ? surely(x, u, t, sign) : INFINITY;
    size_t n = 0, n_others = 0;
    for (size_t g = 0; g < x->n_groups; g++) {
        const struct labour_number surplus = labour_surplus(x, u, t, g);
        const char *name = x->panel->sectors.label[g];
        if (is_extreme(sign * surplus.value, most))
            add_name(&names, name, n++);
        else if ((sign > 0 ? surplus.high : -surplus.low) >= reached)
            add_name(&others, name, n_others++);
    }
    char *own = uf_buffer_take(&names), *open = uf_buffer_take(&others);
    uf_status status = own && open ? UF_OK : uf_fail_memory(error);
    if (status == UF_OK && n_others) {
        const struct uf_argument arguments[] = {uf_text_argument(own), uf_text_argument(open)};
        status = uf_phrase(x->language, perhaps, arguments, 2, out, error);
    } else if (status == UF_OK) {
        *out = own;
        own = NULL;
    }
    free(own);
    free(open);
    return status;
}

/* `18.2 (17.0–19.5)`; the caller frees it. */
static uf_status number_words(const struct labour_study *x, double value, double low, double high,
                              int decimals, char **out, struct uf_error *error)
{
    static const struct uf_words plain = {"{0}", "{0}"}, spanned = {"{0} ({1}–{2})", "{0} ({1}–{2})"};
    const struct uf_argument arguments[] = {uf_number_argument(value, decimals),
                                            uf_number_argument(low, decimals),
                                            uf_number_argument(high, decimals)};
    const double unit = pow(10, decimals);
    const bool shows = x->bands && round(unit * high) > round(unit * low);
    return uf_phrase(x->language, shows ? spanned : plain, arguments, 3, out, error);
}

static uf_status sentence(const struct labour_study *x, size_t u, char **out, struct uf_error *error)
{
    static const struct uf_words some = {
        "{0}, {1}: {2} per cent of the unemployed, {3} people, would have to "
        "change group for unemployed and vacancies to be spread alike; {4} "
        "vacancies per unemployed. Most short of "
        "people: {5}; most short of vacancies: {6}.",
        "{0} {1}: {2} procent av de arbetslösa, {3} personer, skulle behöva "
        "byta grupp för att arbetslösa och lediga jobb skulle vara lika "
        "fördelade; {4} lediga jobb per arbetslös. Störst "
        "brist på personer: {5}; störst brist på jobb: "
        "{6}."};
    static const struct uf_words matched = {
        "{0}, {1}: unemployed and vacancies are spread alike over the groups; {4} vacancies per unemployed.",
        "{0} {1}: arbetslösa och lediga jobb är lika fördelade på grupperna; {4} lediga jobb per arbetslös."};
    static const struct uf_words none = {
        "{0}: no period has both vacancies and unemployed in all groups.",
        "{0}: ingen period har både lediga jobb och arbetslösa i alla grupper."};
    const size_t t = labour_last(x, u);
    struct uf_argument label = uf_text_argument(labour_label(x, u));
    if (t == SIZE_MAX) return uf_phrase(x->language, none, &label, 1, out, error);
    const size_t i = labour_cell(x, u, t);
    const struct uf_mismatch *m = &x->mismatch[i], *low = &x->mismatch_low[i], *high = &x->mismatch_high[i];
    char *text[5] = {NULL};
    uf_status status =
        number_words(x, 100 * m->mismatch, 100 * low->mismatch, 100 * high->mismatch, 1, &text[0], error);
    if (status == UF_OK)
        status = number_words(x, m->mismatched, low->mismatched, high->mismatched, 0, &text[1], error);
    if (status == UF_OK)
        status = number_words(x, m->tightness, low->tightness, high->tightness, 2, &text[2], error);
    for (int k = 0; k < 2 && status == UF_OK; k++)
        status = names_of(x, u, t, k ? 1 : -1, &text[3 + k], error);
    if (status == UF_OK) {
        const struct uf_argument arguments[] = {label,
                                                uf_text_argument(x->panel->periods.code[t]),
                                                uf_text_argument(text[0]),
                                                uf_text_argument(text[1]),
                                                uf_text_argument(text[2]),
                                                uf_text_argument(text[3]),
                                                uf_text_argument(text[4])};
        status = uf_phrase(x->language, m->mismatch > 1e-12 ? some : matched, arguments, 7, out, error);
    }
    for (size_t k = 0; k < 5; k++) free(text[k]);
    return status;
}

static uf_status findings(const struct labour_study *x, struct uf_table **out, struct uf_error *error)
{
    static const struct uf_words title = {"Findings by region", "Iakttagelser per region"};
    static const struct tidy_column columns[] = {{"unit", UF_COLUMN_TEXT, NULL, -1},
                                                 {"label", UF_COLUMN_TEXT, NULL, -1},
                                                 {"text", UF_COLUMN_TEXT, NULL, -1}};
    UF_TRY(
        tidy_table_new("labour-matching-findings", uf_words_in(title, x->language), columns, 3, out, error));
    for (size_t u = 0; u < x->n_units; u++) {
        char *text = NULL;
        UF_TRY(sentence(x, u, &text, error));
        struct tidy_row row = tidy_row_add(*out, error);
        tidy_text(&row, labour_code(x, u));
        tidy_text(&row, labour_label(x, u));
        tidy_text(&row, text);
        free(text);
        UF_TRY(row.status);
    }
    return UF_OK;
}

/* --- of all ------------------------------------------------------------------------------------- */

static uf_status tell_left_out(const struct labour_study *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {"Regions without any figure are left out ({0}): {1}.",
                                         "Regioner helt utan uppgifter ingår inte ({0} st): {1}."};
    static const struct uf_words step = {"regions without figures", "regioner utan uppgifter"};
    const struct uf_panel *panel = x->panel;
    struct uf_buffer names;
    size_t lost = 0;
    if (x->n_left_out == 0) return UF_OK;
    uf_buffer_init(&names);
    for (size_t i = 0; i < x->n_left_out; i++) {
        if (i) uf_buffer_append(&names, ", ");
        uf_buffer_append(&names, panel->units.label[x->left_out[i]]);
        for (size_t k = 0; k < panel->n_rows; k++) lost += panel->unit[k] == x->left_out[i];
    }
    char *list = uf_buffer_take(&names);
    if (!list) return uf_fail_memory(error);
    const struct uf_argument arguments[] = {uf_count_argument(x->n_left_out), uf_text_argument(list)};
    uf_status status = uf_result_add_note(result, x->language, UF_NOTE, "regions-left-out", text, no_advice,
                                          arguments, 2, error);
    if (status == UF_OK)
        status = uf_result_add_ledger(result, uf_words_in(step, x->language), list, panel->n_rows,
                                      panel->n_rows - lost, error);
    free(list);
    return status;
}

static uf_status tell_groups(const struct labour_study *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words grain = {
        "The mismatch is over {0} groups, as these are drawn: finer groups never give less of it.",
        "Obalansen gäller {0} grupper så som de är indelade: en finare indelning ger aldrig mindre."};
    struct uf_argument argument = uf_count_argument(x->n_groups);
    return uf_result_add_note(result, x->language, UF_NOTE, "mismatch-groups", grain, no_advice, &argument, 1,
                              error);
}

/* `Vacancies 10, Unemployed 5`, or the names alone of those without a unit. */
static uf_status list_units(const struct labour_study *x, bool rounded, char **out, struct uf_error *error)
{
    static const struct uf_words one = {"{0} {1}", "{0} {1}"}, bare = {"{0}", "{0}"};
    struct uf_buffer list;
    uf_buffer_init(&list);
    uf_status status = UF_OK;
    for (size_t m = 0; m < LABOUR_MEASURES && status == UF_OK; m++) {
        const struct uf_panel_column *column = x->column[m];
        if (!column || (column->rounding > 0) != rounded) continue;
        const struct uf_argument arguments[] = {uf_text_argument(column->label),
                                                uf_number_argument(column->rounding, -1)};
        char *text = NULL;
        status = uf_phrase(x->language, rounded ? one : bare, arguments, 2, &text, error);
        if (list.length) uf_buffer_append(&list, ", ");
        if (text) uf_buffer_append(&list, text);
        free(text);
    }
    char *text = uf_buffer_take(&list);
    if (status == UF_OK && !text) status = uf_fail_memory(error);
    if (status == UF_OK)
        *out = text;
    else
        free(text);
    return status;
}

static uf_status tell_bands(const struct labour_study *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words text = {
        "The bands hold what the figures before rounding can give, each figure with the unit of its own "
        "column "
        "({0}). Those of sums, ratios and surpluses are exact, as are the lower ends of mismatch and of "
        "hires "
        "lost; their upper ends are the highest that a search found.",
        "Intervallen rymmer det som uppgifterna före avrundning kan ge, var och en med sin kolumns enhet "
        "({0}). De är exakta för summor, kvoter och överskott, liksom nedåt för obalans och förlorade "
        "anställningar; uppåt är de det högsta som en sökning har funnit."};
    static const struct uf_words exact = {
        "No rounding unit is known of {0}: these figures are taken as exact in the bands.",
        "Ingen avrundningsenhet är känd för {0}: dessa uppgifter tas som exakta i intervallen."};
    char *rounded = NULL, *others = NULL;
    if (!x->bands) return UF_OK;
    uf_status status = list_units(x, true, &rounded, error);
    if (status == UF_OK) status = list_units(x, false, &others, error);
    if (status == UF_OK) {
        const struct uf_argument units = uf_text_argument(rounded);
        status = uf_result_add_note(result, x->language, UF_NOTE, "labour-bands", text, no_advice, &units, 1,
                                    error);
    }
    if (status == UF_OK && *others) {
        const struct uf_argument names = uf_text_argument(others);
        status = uf_result_add_note(result, x->language, UF_NOTE, "taken-as-exact", exact, no_advice, &names,
                                    1, error);
    }
    free(rounded);
    free(others);
    return status;
}

static size_t count_missing(const struct labour_study *x, size_t m, size_t group, size_t *out_of)
{
    size_t missing = 0;
    *out_of = 0;
    for (size_t u = 0; u < x->n_units; u++)
        for (size_t t = 0; t < x->n_periods; t++)
            for (size_t g = 0; g < x->n_groups; g++) {
                if (group != SIZE_MAX && g != group) continue;
                missing += isnan(x->value[m][labour_at(x, u, t, g)]) ? 1 : 0;
                ++*out_of;
            }
    return missing;
}

/* A group that one column has and another lacks makes all sums of the other missing: that is seldom meant. */
static uf_status tell_missing(const struct labour_study *x, struct uf_result *result, struct uf_error *error)
{
    static const struct uf_words some = {
        "{0}: {1} of {2} figures are missing. A missing figure is not zero: sums and indices that need it "
        "are "
        "missing too.",
        "{0}: {1} av {2} uppgifter saknas. En saknad uppgift är inte noll: summor och index som kräver den "
        "saknas också."};
    static const struct uf_words never = {
        "{0} has no figure at all for the group {1}, so that no sum over the groups and nothing formed from "
        "one is there for any region.",
        "{0} har ingen uppgift alls för gruppen {1}, så summor över grupperna och det som bildas av dem "
        "saknas för alla regioner."};
    static const struct uf_words advice = {
        "Leave the group out of all columns (name the others under `sectors`), or bring the columns to one "
        "division of groups.",
        "Uteslut gruppen ur alla kolumner (ange de övriga under `sectors`), eller för kolumnerna till samma "
        "indelning i grupper."};
    for (size_t m = 0; m < LABOUR_MEASURES; m++) {
        if (!x->column[m]) continue;
        size_t of, missing = count_missing(x, m, SIZE_MAX, &of);
        const struct uf_argument arguments[] = {uf_text_argument(x->column[m]->label),
                                                uf_count_argument(missing), uf_count_argument(of)};
        if (missing)
            UF_TRY(uf_result_add_note(result, x->language, UF_WARNING, "figures-missing", some, no_advice,
                                      arguments, 3, error));
        for (size_t g = 0; g < x->n_groups && missing; g++) {
            if (count_missing(x, m, g, &of) < of || missing == of * x->n_groups) continue;
            const struct uf_argument names[] = {uf_text_argument(x->column[m]->label),
                                                uf_text_argument(x->panel->sectors.label[g])};
            UF_TRY(uf_result_add_note(result, x->language, UF_WARNING, "group-without-figures", never, advice,
                                      names, 2, error));
        }
    }
    return UF_OK;
}

uf_status labour_add_words(const struct labour_study *x, struct uf_result *result, struct uf_error *error)
{
    struct uf_table *table = NULL;
    const uf_status status = findings(x, &table, error);
    if (status != UF_OK) {
        uf_table_free(table);
        return status;
    }
    UF_TRY(uf_result_take_table(result, table, error));
    UF_TRY(tell_left_out(x, result, error));
    UF_TRY(tell_groups(x, result, error));
    UF_TRY(tell_missing(x, result, error));
    return tell_bands(x, result, error);
}

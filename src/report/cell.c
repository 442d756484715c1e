// SPDX-License-Identifier: GPL-3.0-or-later
#include "cell.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>
#include <utfall/report.h>

/* The missing ones come first, the most telling reason before the others. Letters are those of official
 * European tables where these have one. */
static const struct uf_mark marks[] = {
    {UF_VALUE_CONFIDENTIAL, "c", {"confidential", "sekretess"}},
    {UF_VALUE_SUPPRESSED, "x", {"withheld (disclosure control)", "undertryckt av röjandeskäl"}},
    {UF_VALUE_INCOMPLETE,
     "(..)",
     {"incomplete: a part of the sum is missing", "ofullständig: en del av summan saknas"}},
    {UF_VALUE_UNDEFINED, "0/0", {"undefined (division by zero)", "odefinierad (division med noll)"}},
    {UF_VALUE_NOT_APPLICABLE, ".", {"not applicable", "uppgift kan inte förekomma"}},
    {UF_VALUE_NOT_AVAILABLE, "..", {"not available", "uppgift saknas"}},
    {UF_VALUE_TRUE_ZERO, "", {"true zero", "verklig nolla"}},
    {UF_VALUE_BELOW_HALF, "<½", {"less than half of the unit shown", "mindre än hälften av enheten"}},
    {UF_VALUE_ESTIMATED, "e", {"estimated by the source", "uppskattad av källan"}},
    {UF_VALUE_PROVISIONAL, "p", {"provisional", "preliminär"}},
    {UF_VALUE_BREAK, "b", {"break in the series", "tidsseriebrott"}},
    {UF_VALUE_NOISE, "n", {"protected by noise", "skyddad med slumpmässig störning"}},
    {UF_VALUE_IMPUTED, "i", {"imputed", "imputerad"}},
    {UF_VALUE_LOW_RELIABILITY, "u", {"low reliability", "osäker uppgift"}},
    {UF_VALUE_DEFINITION_DIFFERS, "d", {"definition differs", "avvikande definition"}},
    {UF_VALUE_FORECAST, "f", {"forecast", "prognos"}},
    {UF_VALUE_ROUNDED, "r", {"rounded by the source", "avrundad av källan"}},
};
enum { N_MARKS = sizeof marks / sizeof *marks };

const struct uf_mark *uf_marks(size_t *out_count)
{
    *out_count = N_MARKS;
    return marks;
}

const struct uf_mark *uf_missing_mark(uf_value_status status)
{
    size_t i = 0;
    while (i + 1 < N_MARKS && (marks[i].flag & status & UF_VALUE_MISSING_MASK) == 0) i++;
    return &marks[i];
}

bool uf_column_is_time(const char *name)
{
    static const char *const names[] = {"period", "year", "from", "to", "cohort", "treated_from"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    static const char suffix[] = "_period";
    size_t length = strlen(name);
    return length >= sizeof suffix && strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

bool uf_column_is_blank(const struct uf_table *table, size_t column)
{
    static const uf_value_status says_nothing = UF_VALUE_NOT_AVAILABLE | UF_VALUE_NOT_APPLICABLE;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        const char *text = uf_table_text(table, i, column);
        if (text != NULL && *text != '\0') return false;
        if (uf_table_column_type(table, column) == UF_COLUMN_TEXT) continue;
        uf_value_status status = uf_table_value_status(table, i, column);
        if (!uf_value_is_missing(status) || (status & ~says_nothing) != 0) return false;
    }
    return uf_table_rows(table) > 0;
}

const char *uf_column_heading(const struct uf_table *table, size_t column)
{
    const char *name = uf_table_column_name(table, column), *of = uf_table_name(table);
    if ((!strcmp(of, "design") || !strcmp(of, "fit")) && !strcmp(name, "term")) return "fact";
    if (!strcmp(of, "leave-one-out") && !strcmp(name, "dropped")) return "left_out";
    if (!strcmp(of, "predictor-balance") && !strcmp(name, "label")) return "predictor";
    return name;
}

bool uf_column_is_shown(const struct uf_table *table, size_t column)
{
    static const char *const silent[] = {"key", ROW_GROUP};
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (strcmp(uf_table_column_name(table, column), silent[i]) == 0) return false;
    return !uf_column_is_blank(table, column);
}

/* An average over cohorts, or over periods, is named by what it is of where it is of one of them. */
static const char *term_key(const struct uf_table *table, size_t row, const char *term)
{
    static const char *const averages[][3] = {{"group", "cohort", "term_group"},
                                              {"calendar", "period", "calendar"}};
    for (size_t i = 0; i < sizeof averages / sizeof *averages; i++) {
        if (strcmp(term, averages[i][0]) != 0) continue;
        size_t of = uf_table_column(table, i == 0 ? "group" : "period");
        const char *one = of != SIZE_MAX && uf_table_column_type(table, of) == UF_COLUMN_TEXT
                              ? uf_table_text(table, row, of)
                              : NULL;
        return averages[i][one != NULL && *one != '\0' ? 1 : 2];
    }
    return term;
}

const char *uf_cell_text(const struct uf_table *table, size_t row, size_t column, enum uf_language language)
{
    const char *text = uf_table_text(table, row, column);
    if (text == NULL) return NULL;
    const char *name = uf_table_column_name(table, column);
    if (strcmp(name, "term") == 0) return uf_word(term_key(table, row, text), language);
    if (strcmp(name, "event") != 0) return text;
    char key[64]; /* "entry" alone is a component of shift-share */
    snprintf(key, sizeof key, "event_%s", text);
    const char *word = uf_word(key, language);
    return word == key ? text : word;
}

bool uf_column_has_remark(const struct uf_table *table, size_t column)
{
    if (uf_table_column_type(table, column) != UF_COLUMN_NUMBER) return false;
    for (size_t i = 0; i < uf_table_rows(table); i++)
        if (uf_table_value_status(table, i, column) != UF_VALUE_OBSERVED) return true;
    return false;
}

uf_value_status uf_column_shared_remarks(const struct uf_table *table, size_t column)
{
    if (uf_table_column_type(table, column) != UF_COLUMN_NUMBER) return UF_VALUE_OBSERVED;
    uf_value_status shared = ~(uf_value_status)UF_VALUE_MISSING_MASK;
    size_t seen = 0;
    for (size_t i = 0; i < uf_table_rows(table); i++) {
        uf_value_status status = uf_table_value_status(table, i, column);
        if (uf_value_is_missing(status)) continue;
        shared &= status;
        seen++;
    }
    return seen > 1 ? shared : UF_VALUE_OBSERVED;
}

char *uf_column_status_name(const struct uf_table *table, size_t column)
{
    const char *name = uf_table_column_name(table, column);
    size_t size = strlen(name) + sizeof "_status_" + 20;
    char *candidate = malloc(size);
    if (candidate == NULL) return NULL;
    snprintf(candidate, size, "%s_status", name);
    for (unsigned n = 2; uf_table_column(table, candidate) != SIZE_MAX; n++)
        snprintf(candidate, size, "%s_status_%u", name, n);
    return candidate;
}

static bool is_p_value(const char *name)
{
    static const char *const names[] = {"p_value",       "adjusted_p_value", "p_normal",
                                        "p_permutation", "sigma_p",          "q"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

void uf_cell_number(struct uf_buffer *out, const struct uf_table *table, size_t row, size_t column,
                    enum uf_language language)
{
    char number[UF_NUMBER_SIZE];
    const char *name = uf_table_column_name(table, column);
    const int decimals = uf_table_column_decimals(table, column);
    double value = uf_table_number(table, row, column);
    if (uf_column_is_time(name) && value == floor(value) && fabs(value) < 1e6)
        uf_buffer_append(out, uf_number_print(value, number));
    else if (is_p_value(name) && decimals > 0 && value < pow(10, -decimals) / 2) {
        /* a p-value is never nought */
        uf_buffer_append(out, "<");
        uf_buffer_append(out, uf_number_format(pow(10, -decimals), decimals, language, number));
    } else
        uf_buffer_append(out, uf_number_format(value, decimals, language, number));
}

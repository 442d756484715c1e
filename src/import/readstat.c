// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Files of Stata (.dta), SPSS (.sav, .zsav) and SAS (.sas7bdat), through ReadStat. Variables are columns, observations
 * rows: the values are written as a table in memory that the CSV reader then reads. Value labels of SAS lie in
 * another file (.sas7bcat), which is not read.
 */
#include "import/readstat_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"

static const char *label_of(const struct uf_statistics *state, size_t variable, const char *code)
{
    const char *set = state->variables[variable].label_set;
    for (size_t i = 0; set && i < state->n_labels; i++)
        if (!strcmp(state->labels[i].set, set) && !strcmp(state->labels[i].code, code))
            return state->labels[i].text;
    return NULL;
}

/* --- what the labels say ----------------------------------------------------------------------- */

/* `1` with the label `01 Stockholms län` is the code 01. */
static unsigned zeros_of_labels(const struct uf_statistics *state, const struct uf_variable *about)
{
    size_t width = 0;
    bool longer = false;
    for (size_t i = 0; about->label_set && i < state->n_labels; i++) {
        const struct uf_value_label *label = &state->labels[i];
        if (strcmp(label->set, about->label_set) != 0 || label->code[0] == '.') continue;
        size_t n = strspn(label->text, "0123456789"), zeros = strspn(label->text, "0");
        size_t length = strlen(label->code);
        if (n == 0 || n > 15 || n < length || (width > 0 && n != width)) return 0;
        if (zeros > n - length) zeros = n - length;
        if (zeros + length != n || strncmp(label->text + zeros, label->code, length) != 0) return 0;
        width = n;
        longer = longer || zeros > 0;
    }
    return longer ? (unsigned)width : 0;
}

/* Numbers of counties or municipalities that had a zero before them. */
static bool lost_zeros(const struct uf_variable *about, const char *name)
{
    static const char *const WORDS[] = {"lan",    "l\xC3\xA4n", "kommun", "region",
                                        "county", "muni",       "lkod",   "geo"};
    bool hint = false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        hint = hint || strstr(name, WORDS[i]) || (about->label && strstr(about->label, WORDS[i]));
    if (!hint || !about->numbers || about->fractions || about->shown.count != UF_COUNT_NUMBER ||
        about->shown.zeros > 0)
        return false;
    return (about->least >= 1 && about->least < 10 && about->most <= 25) ||
           (about->least >= 114 && about->least < 1000 && about->most <= 2584);
}

static uf_status settle_codes(struct uf_statistics *state, struct uf_error *error)
{
    for (size_t j = 0; j < state->names.count; j++) {
        struct uf_variable *about = &state->variables[j];
        if (about->shown.count == UF_COUNT_NUMBER && about->shown.zeros == 0)
            about->shown.zeros = zeros_of_labels(state, about);
        if (lost_zeros(about, state->names.items[j]))
            UF_TRY(
                uf_reader_note(state->reader, error,
                               "the codes of %.100s are numbers in this file, so zeros before them are lost "
                               "(1 may be 01); a format such as %%02.0f, or labels that begin with the code, "
                               "would tell",
                               state->names.items[j]));
    }
    return UF_OK;
}

static uf_status note_reasons(struct uf_statistics *state, struct uf_error *error)
{
    for (size_t i = 0; i < state->n_reasons; i++) {
        const struct uf_missing_reason *reason = &state->reasons[i];
        const char *label = label_of(state, reason->variable, reason->code);
        UF_TRY(uf_reader_note(state->reader, error, "%zu value%s of %.100s %s missing as %s%s%.200s%s",
                              reason->count, reason->count > 1 ? "s" : "",
                              state->names.items[reason->variable], reason->count > 1 ? "are" : "is",
                              reason->code, label ? " (" : "", label ? label : "", label ? ")" : ""));
    }
    return UF_OK;
}

/* Labels of the variables that became dimensions. */
static uf_status tell_labels(struct uf_statistics *state, struct uf_error *error)
{
    struct uf_reader *reader = state->reader;
    struct uf_file_facts *facts = &reader->facts;
    for (size_t d = 0; d < reader->dimensions.count; d++) {
        size_t j = uf_text_list_find(&state->names, reader->dimensions.items[d]);
        if (j == SIZE_MAX) continue;
        const struct uf_variable *about = &state->variables[j];
        UF_TRY(uf_facts_set(&facts->dimensions[d].label, about->label, error));
        if (about->shown.count != UF_COUNT_NUMBER) facts->dimensions[d].hint = UF_ROLE_PERIOD;
        for (size_t i = 0; about->label_set && i < state->n_labels; i++) {
            const struct uf_value_label *label = &state->labels[i];
            if (strcmp(label->set, about->label_set) != 0 || label->code[0] == '.') continue;
            char code[64];
            double number;
            snprintf(code, sizeof code, "%s", label->code);
            if (about->numbers && uf_number_parse(code, strlen(code), '.', &number))
                uf_shown_print(&about->shown, number, false, &about->dates, code);
            UF_TRY(uf_facts_code(facts, d, code, label->text, error));
        }
    }
    return UF_OK;
}

/* What is measured: the labels of the variables that hold values. */
static uf_status tell_content(struct uf_statistics *state, struct uf_error *error)
{
    struct uf_reader *reader = state->reader;
    struct uf_content_facts *content;
    for (size_t j = 0; j < state->names.count; j++) {
        if (uf_text_list_find(&reader->dimensions, state->names.items[j]) != SIZE_MAX) continue;
        if (!state->variables[j].label) continue;
        bool one = reader->facts.n_contents <= 1;
        UF_TRY(uf_facts_content(&reader->facts, one ? "" : state->names.items[j], &content, error));
        UF_TRY(uf_facts_set(&content->label, state->variables[j].label, error));
        if (one) return UF_OK;
    }
    return UF_OK;
}

/* --- the format -------------------------------------------------------------------------------- */

static uf_status write_header(struct uf_statistics *state, struct uf_error *error)
{
    size_t n = state->names.count;
    if (n < 2)
        return uf_fail_at(error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
                          "the file has %zu variables; expected codes and values", n);
    UF_TRY(uf_table_text_columns(&state->table, n, error));
    state->table.all = &state->names;
    for (size_t j = 0; j < n; j++) {
        state->table.columns[j] = (uint32_t)j + 1;
        uf_table_text_field(&state->table, state->names.items[j]);
    }
    return uf_table_text_end_line(&state->table, 0, 0, error);
}

static uf_status open_as(enum uf_program program, struct uf_reader *reader,
                         const struct uf_reader_wishes *wishes, struct uf_error *error)
{
    struct uf_statistics *state = calloc(1, sizeof *state);
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    state->reader = reader;
    state->program = program;
    UF_TRY(uf_statistics_walk(state, false, error));
    UF_TRY(settle_codes(state, error));
    UF_TRY(write_header(state, error));
    UF_TRY(uf_statistics_walk(state, true, error));
    UF_TRY(note_reasons(state, error));
    UF_TRY(uf_table_text_open(&state->table, false, reader, wishes, error));
    UF_TRY(tell_labels(state, error));
    UF_TRY(tell_content(state, error));
    state->reader = NULL; /* the caller's is copied from here on */
    return UF_OK;
}

static uf_status open_stata(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                            struct uf_error *error)
{
    return open_as(UF_PROGRAM_STATA, reader, wishes, error);
}

static uf_status open_spss(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                           struct uf_error *error)
{
    return open_as(UF_PROGRAM_SPSS, reader, wishes, error);
}

static uf_status open_sas(struct uf_reader *reader, const struct uf_reader_wishes *wishes,
                          struct uf_error *error)
{
    char first;
    size_t n;
    UF_TRY(uf_input_bytes(reader->input, 0, &first, 1, &n, error));
    return open_as(first == 'H' ? UF_PROGRAM_SAS_TRANSPORT : UF_PROGRAM_SAS, reader, wishes, error);
}

static int probe_stata(const unsigned char *head, size_t length)
{
    if (length >= 11 && !memcmp(head, "<stata_dta>", 11)) return 100;
    bool old = length >= 4 && head[0] >= 0x68 && head[0] <= 0x73 && (head[1] == 1 || head[1] == 2) &&
               head[2] == 1 && head[3] == 0;
    return old ? 90 : 0;
}

static int probe_spss(const unsigned char *head, size_t length)
{
    return length >= 4 && (!memcmp(head, "$FL2", 4) || !memcmp(head, "$FL3", 4)) ? 100 : 0;
}

static int probe_sas(const unsigned char *head, size_t length)
{
    static const unsigned char SIGN[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xC2, 0xEA, 0x81, 0x60};
    if (length >= 23 && !memcmp(head, "HEADER RECORD*******LIB", 23)) return 100; /* for transport */
    return length >= sizeof SIGN && !memcmp(head, SIGN, sizeof SIGN) ? 100 : 0;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    return uf_table_text_next(&((struct uf_statistics *)reader->state)->table, out, out_more, error);
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    uf_table_text_place(&((const struct uf_statistics *)reader->state)->table, dimension, out_line,
                        out_column);
}

static void name_place(const struct uf_reader *reader, size_t dimension, char *out, size_t size)
{
    uf_table_text_describe(&((const struct uf_statistics *)reader->state)->table, dimension, out, size);
}

static void close(struct uf_reader *reader)
{
    struct uf_statistics *state = reader->state;
    if (!state) return;
    uf_table_text_clear(&state->table);
    for (size_t j = 0; j < state->n_variables; j++) {
        free(state->variables[j].label);
        free(state->variables[j].label_set);
    }
    for (size_t i = 0; i < state->n_labels; i++) {
        free(state->labels[i].set);
        free(state->labels[i].code);
        free(state->labels[i].text);
    }
    free(state->variables);
    free(state->labels);
    free(state->reasons);
    uf_text_list_clear(&state->names);
    free(state);
}

const struct uf_format uf_format_stata = {
    .name = "stata",
    .summary = "Stata (.dta), value labels and reasons of missing values kept",
    .has_value_column = true,
    .probe_bytes = probe_stata,
    .open = open_stata,
    .next = next,
    .place = place,
    .name_place = name_place,
    .close = close,
};
const struct uf_format uf_format_spss = {
    .name = "spss",
    .summary = "SPSS (.sav, .zsav), value labels and reasons of missing values kept",
    .has_value_column = true,
    .probe_bytes = probe_spss,
    .open = open_spss,
    .next = next,
    .place = place,
    .name_place = name_place,
    .close = close,
};
const struct uf_format uf_format_sas = {
    .name = "sas",
    .summary = "SAS (.sas7bdat, .xpt)",
    .has_value_column = true,
    .probe_bytes = probe_sas,
    .open = open_sas,
    .next = next,
    .place = place,
    .name_place = name_place,
    .close = close,
};

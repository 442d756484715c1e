// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Files of Stata (.dta), SPSS (.sav, .zsav) and SAS (.sas7bdat), through ReadStat, which calls back for each
 * variable, label and value. The file is walked twice: once for variables, labels and what kind of dates there
 * are, once to write the values as a table in memory that the CSV reader then reads. (Value labels of Stata
 * stand behind the values.)
 */
#include "import/readstat_values.h"

#include <math.h>
#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/number.h>

#include "base/fail.h"

enum { MOST_VARIABLES = 100000, MOST_TEXT = 1 << 30, MOST_REASONS = 60, UNPACKED_PER_BYTE = 2000 };

struct variable {
    char *label, *label_set; /* NULL: none */
    struct uf_shown shown;
    struct uf_date_grain dates;
    double least, most; /* of whole numbers */
    bool numbers, fractions;
};
struct label {
    char *set, *code, *text;
};
/* Values that are missing for a reason of their own. */
struct reason {
    size_t variable, count;
    char code[64];
};
struct state {
    struct uf_reader *reader;
    enum uf_program program;
    struct uf_table_text table;
    struct uf_text_list names;
    struct variable *variables;
    struct label *labels;
    size_t n_labels, n_variables;
    struct reason *reasons;
    size_t n_reasons;
    /* the walk */
    bool writing;
    size_t position; /* in the file */
    size_t next_variable;
    uf_status status;
    struct uf_error error;
    char complaint[200]; /* ReadStat's own words */
};

/* --- the file's bytes -------------------------------------------------------------------------- */

static int on_open(const char *path, void *user)
{
    (void)path;
    ((struct state *)user)->position = 0;
    return 0;
}

static int on_close(void *user)
{
    (void)user;
    return 0;
}

static readstat_off_t on_seek(readstat_off_t offset, readstat_io_flags_t whence, void *user)
{
    struct state *state = user;
    readstat_off_t total = (readstat_off_t)uf_input_bytes_total(state->reader->input);
    readstat_off_t base = whence == READSTAT_SEEK_CUR   ? (readstat_off_t)state->position
                          : whence == READSTAT_SEEK_END ? total
                                                        : 0;
    if (offset > total || offset < -total || base + offset < 0 || base + offset > total) return -1;
    state->position = (size_t)(base + offset);
    return base + offset;
}

static ssize_t on_read(void *buffer, size_t length, void *user)
{
    struct state *state = user;
    size_t n;
    if (uf_input_bytes(state->reader->input, state->position, buffer, length, &n, NULL) != UF_OK) return -1;
    state->position += n;
    return (ssize_t)n;
}

static readstat_error_t on_update(long size, readstat_progress_handler progress, void *user, void *io)
{
    (void)size, (void)progress, (void)user, (void)io;
    return READSTAT_OK;
}

/* --- names and labels -------------------------------------------------------------------------- */

static int stop(struct state *state, uf_status status)
{
    if (state->status == UF_OK) state->status = status;
    return READSTAT_HANDLER_ABORT;
}

static int finish(struct state *state, uf_status status)
{
    return status == UF_OK ? READSTAT_HANDLER_OK : stop(state, status);
}

static int on_metadata(readstat_metadata_t *metadata, void *user)
{
    struct state *state = user;
    const struct uf_input *input = state->reader->input;
    int rows = readstat_get_row_count(metadata), variables = readstat_get_var_count(metadata);
    /* Each value has a byte or more, but for packed files. */
    double values = (double)(rows > 0 ? rows : 0) * (double)variables,
           most = (double)uf_input_bytes_total(input) *
                  (readstat_get_compression(metadata) == READSTAT_COMPRESS_NONE ? 1 : UNPACKED_PER_BYTE);
    if (variables < 0 || variables > MOST_VARIABLES || values > most)
        return stop(state,
                    uf_fail_at(&state->error, UF_BAD_INPUT, uf_input_name(input), 0, 0,
                               "the file says that it has %d observations of %d variables, which its %zu "
                               "bytes cannot hold; it is cut off or damaged",
                               rows, variables, uf_input_bytes_total(input)));
    if (state->writing) return READSTAT_HANDLER_OK;
    state->variables = calloc((size_t)variables + 1, sizeof *state->variables);
    if (!state->variables) return stop(state, uf_fail_memory(&state->error));
    state->n_variables = (size_t)variables;
    const char *title = readstat_get_file_label(metadata);
    if (title && !uf_text_is_utf8(title, strlen(title))) title = NULL;
    uf_status status = uf_facts_set(&state->reader->facts.title, title, &state->error);
    time_t when = readstat_get_modified_time(metadata);
    int year, month, day;
    if (status == UF_OK && when > 0) {
        char date[32];
        uf_date_split(when / 86400, &year, &month, &day);
        snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
        status = uf_facts_set(&state->reader->facts.updated, date, &state->error);
    }
    return finish(state, status);
}

static uf_status fail_text(struct state *state, const char *what)
{
    return uf_fail_at(&state->error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
                      "%s is not UTF-8, which the file says it has; save the file again", what);
}

static int on_note(int index, const char *note, void *user)
{
    struct state *state = user;
    (void)index;
    if (state->writing || !note || !*note) return READSTAT_HANDLER_OK;
    if (!uf_text_is_utf8(note, strlen(note))) return stop(state, fail_text(state, "a note"));
    return finish(state, uf_facts_note(&state->reader->facts, "", note, &state->error));
}

static int on_variable(int index, readstat_variable_t *variable, const char *label_set, void *user)
{
    struct state *state = user;
    if (state->writing) return READSTAT_HANDLER_OK;
    const char *name = readstat_variable_get_name(variable), *label = readstat_variable_get_label(variable);
    if (index < 0 || (size_t)index != state->names.count || state->names.count >= state->n_variables)
        return stop(state, uf_fail_at(&state->error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
                                      "the file names more variables than it says it has; it is damaged"));
    if (!name || !uf_text_is_utf8(name, strlen(name)) || (label && !uf_text_is_utf8(label, strlen(label))))
        return stop(state, fail_text(state, "the name or label of a variable"));
    struct variable *about = &state->variables[index];
    uf_status status = uf_text_list_add(&state->names, name, &state->error);
    if (status == UF_OK) status = uf_facts_set(&about->label, label, &state->error);
    if (status == UF_OK) status = uf_facts_set(&about->label_set, label_set, &state->error);
    about->shown = uf_shown_as(state->program, readstat_variable_get_format(variable));
    return finish(state, status);
}

static double number_of(readstat_value_t value)
{
    switch (readstat_value_type(value)) {
    case READSTAT_TYPE_INT8:
        return value.v.i8_value;
    case READSTAT_TYPE_INT16:
        return value.v.i16_value;
    case READSTAT_TYPE_INT32:
        return value.v.i32_value;
    case READSTAT_TYPE_FLOAT:
        return (double)value.v.float_value;
    default:
        return value.v.double_value;
    }
}

static bool is_text(readstat_value_t value)
{
    return readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING;
}

/* A value's own code, as its label is looked up: `.a`, `20`, a text. */
static void print_code(readstat_value_t value, char out[64])
{
    if (readstat_value_is_tagged_missing(value))
        snprintf(out, 64, ".%c", readstat_value_tag(value));
    else if (is_text(value))
        snprintf(out, 64, "%s", readstat_string_value(value) ? readstat_string_value(value) : "");
    else
        uf_number_print(number_of(value), out);
}

static int on_label(const char *label_set, readstat_value_t value, const char *text, void *user)
{
    struct state *state = user;
    if (state->writing || !label_set || !text) return READSTAT_HANDLER_OK;
    char code[64];
    print_code(value, code);
    if (!uf_text_is_utf8(text, strlen(text)) || !uf_text_is_utf8(code, strlen(code)))
        return READSTAT_HANDLER_OK; /* a label is for people; the value stands without it */
    struct label *labels = uf_grow_array(state->labels, state->n_labels, sizeof *labels);
    if (!labels) return stop(state, uf_fail_memory(&state->error));
    state->labels = labels;
    struct label *label = &labels[state->n_labels++];
    *label = (struct label){uf_text_copy(label_set), uf_text_copy(code), uf_text_copy(text)};
    return label->set && label->code && label->text ? READSTAT_HANDLER_OK
                                                    : stop(state, uf_fail_memory(&state->error));
}

static void on_complaint(const char *text, void *user)
{
    struct state *state = user;
    if (state->complaint[0] || !text || !uf_text_is_utf8(text, strlen(text))) return;
    snprintf(state->complaint, sizeof state->complaint, "%.150s", text);
    state->complaint[strcspn(state->complaint, "\r\n")] = '\0';
}

static const char *label_of(const struct state *state, size_t variable, const char *code)
{
    const char *set = state->variables[variable].label_set;
    for (size_t i = 0; set && i < state->n_labels; i++)
        if (!strcmp(state->labels[i].set, set) && !strcmp(state->labels[i].code, code))
            return state->labels[i].text;
    return NULL;
}

/* --- values ------------------------------------------------------------------------------------ */

static void look_at(struct variable *about, readstat_value_t value)
{
    int64_t day;
    if (is_text(value) || readstat_value_is_system_missing(value)) return;
    double number = number_of(value);
    if (isnan(number)) return;
    if (uf_shown_is_date(&about->shown) && uf_shown_day(&about->shown, number, &day))
        uf_date_grain_observe(&about->dates, day);
    if (!about->numbers) about->least = about->most = number;
    about->numbers = true;
    about->fractions = about->fractions || floor(number) < number;
    about->least = fmin(about->least, number);
    about->most = fmax(about->most, number);
}

static uf_status count_reason(struct state *state, size_t variable, readstat_value_t value)
{
    char code[64];
    print_code(value, code);
    for (size_t i = 0; i < state->n_reasons; i++)
        if (state->reasons[i].variable == variable && !strcmp(state->reasons[i].code, code)) {
            state->reasons[i].count++;
            return UF_OK;
        }
    if (state->n_reasons == MOST_REASONS) return UF_OK;
    struct reason *reasons = uf_grow_array(state->reasons, state->n_reasons, sizeof *reasons);
    if (!reasons) return uf_fail_memory(&state->error);
    state->reasons = reasons;
    struct reason *reason = &reasons[state->n_reasons++];
    *reason = (struct reason){.variable = variable, .count = 1};
    memcpy(reason->code, code, sizeof code);
    return UF_OK;
}

static uf_status write_value(struct state *state, size_t index, int observation,
                             readstat_variable_t *variable, readstat_value_t value)
{
    const struct variable *about = &state->variables[index];
    char text[64];
    if (readstat_value_is_tagged_missing(value) || readstat_value_is_defined_missing(value, variable)) {
        UF_TRY(count_reason(state, index, value));
        return uf_table_text_missing(&state->table, UF_VALUE_NOT_AVAILABLE, &state->error);
    }
    if (is_text(value)) {
        const char *words = readstat_string_value(value) ? readstat_string_value(value) : "";
        if (!uf_text_is_utf8(words, strlen(words)))
            return uf_fail_at(
                &state->error, UF_BAD_INPUT, uf_input_name(state->reader->input), (size_t)observation + 1,
                index + 1, "observation %d, variable %s: the text is not UTF-8, which the file says it has",
                observation + 1, state->names.items[index]);
        uf_table_text_field(&state->table, words);
        return UF_OK;
    }
    double number = number_of(value);
    if (readstat_value_is_system_missing(value) || !isfinite(number)) {
        uf_table_text_field(&state->table, "");
        return UF_OK;
    }
    uf_shown_print(&about->shown, number, readstat_value_type(value) == READSTAT_TYPE_FLOAT, &about->dates,
                   text);
    uf_table_text_field(&state->table, text);
    return UF_OK;
}

static int on_value(int observation, readstat_variable_t *variable, readstat_value_t value, void *user)
{
    struct state *state = user;
    size_t index = (size_t)readstat_variable_get_index(variable);
    if (observation < 0 || index >= state->names.count || (state->writing && index != state->next_variable))
        return stop(state, uf_fail_at(&state->error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
                                      "the file's values do not follow its variables; it is damaged"));
    if (!state->writing) {
        look_at(&state->variables[index], value);
        return READSTAT_HANDLER_OK;
    }
    uf_status status = write_value(state, index, observation, variable, value);
    state->next_variable = index + 1 == state->names.count ? 0 : index + 1;
    if (status == UF_OK && state->next_variable == 0)
        status = uf_table_text_end_line(&state->table, (size_t)observation + 1, 0, &state->error);
    if (status == UF_OK && state->table.csv.length > MOST_TEXT)
        status = uf_fail_at(&state->error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
                            "the file's values are more than %d bytes as text; keep fewer variables in it",
                            MOST_TEXT);
    return finish(state, status);
}

/* --- the walk ---------------------------------------------------------------------------------- */

static uf_status fail_reading(const struct state *state, readstat_error_t code, struct uf_error *error)
{
    static const char *const PROGRAMS[] = {"Stata", "SPSS", "SAS"};
    if (state->status != UF_OK) {
        if (error) *error = state->error;
        return state->status;
    }
    return uf_fail_at(
        error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
        "the %s file cannot be read: %s%s%s; it may be cut off or damaged, save it again or as CSV",
        PROGRAMS[state->program], readstat_error_message(code), state->complaint[0] ? ": " : "",
        state->complaint);
}

static uf_status walk(struct state *state, bool writing, struct uf_error *error)
{
    typedef readstat_error_t parse(readstat_parser_t *, const char *, void *);
    static parse *const PARSERS[] = {readstat_parse_dta, readstat_parse_sav, readstat_parse_sas7bdat};
    readstat_parser_t *parser = readstat_parser_init();
    if (!parser) return uf_fail_memory(error);
    state->writing = writing;
    state->complaint[0] = '\0';
    readstat_set_open_handler(parser, on_open);
    readstat_set_close_handler(parser, on_close);
    readstat_set_seek_handler(parser, on_seek);
    readstat_set_read_handler(parser, on_read);
    readstat_set_update_handler(parser, on_update);
    readstat_set_io_ctx(parser, state);
    readstat_set_metadata_handler(parser, on_metadata);
    readstat_set_note_handler(parser, on_note);
    readstat_set_variable_handler(parser, on_variable);
    readstat_set_value_label_handler(parser, on_label);
    readstat_set_value_handler(parser, on_value);
    readstat_set_error_handler(parser, on_complaint);
    readstat_error_t code = PARSERS[state->program](parser, "", state);
    readstat_parser_free(parser);
    return code == READSTAT_OK && state->status == UF_OK ? UF_OK : fail_reading(state, code, error);
}

/* --- what the labels say ----------------------------------------------------------------------- */

/* `1` with the label `01 Stockholms län` is the code 01. */
static unsigned zeros_of_labels(const struct state *state, const struct variable *about)
{
    size_t width = 0;
    bool longer = false;
    for (size_t i = 0; about->label_set && i < state->n_labels; i++) {
        const struct label *label = &state->labels[i];
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
static bool lost_zeros(const struct variable *about, const char *name)
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

static uf_status settle_codes(struct state *state, struct uf_error *error)
{
    for (size_t j = 0; j < state->names.count; j++) {
        struct variable *about = &state->variables[j];
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

static uf_status note_reasons(struct state *state, struct uf_error *error)
{
    for (size_t i = 0; i < state->n_reasons; i++) {
        const struct reason *reason = &state->reasons[i];
        const char *label = label_of(state, reason->variable, reason->code);
        UF_TRY(uf_reader_note(state->reader, error, "%zu value%s of %.100s %s missing as %s%s%.200s%s",
                              reason->count, reason->count > 1 ? "s" : "",
                              state->names.items[reason->variable], reason->count > 1 ? "are" : "is",
                              reason->code, label ? " (" : "", label ? label : "", label ? ")" : ""));
    }
    return UF_OK;
}

/* Labels of the variables that became dimensions. */
static uf_status tell_labels(struct state *state, struct uf_error *error)
{
    struct uf_reader *reader = state->reader;
    struct uf_file_facts *facts = &reader->facts;
    UF_TRY(uf_facts_dimensions(facts, reader->dimensions.count, error));
    for (size_t d = 0; d < reader->dimensions.count; d++) {
        size_t j = uf_text_list_find(&state->names, reader->dimensions.items[d]);
        if (j == SIZE_MAX) continue;
        const struct variable *about = &state->variables[j];
        UF_TRY(uf_facts_set(&facts->dimensions[d].label, about->label, error));
        if (about->shown.count != UF_COUNT_NUMBER) facts->dimensions[d].hint = UF_ROLE_PERIOD;
        for (size_t i = 0; about->label_set && i < state->n_labels; i++) {
            const struct label *label = &state->labels[i];
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

/* What is measured: the label of the variable that holds the value. */
static uf_status tell_content(struct state *state, struct uf_error *error)
{
    struct uf_reader *reader = state->reader;
    struct uf_content_facts *content;
    for (size_t j = 0; j < state->names.count; j++) {
        if (uf_text_list_find(&reader->dimensions, state->names.items[j]) != SIZE_MAX) continue;
        if (!state->variables[j].label) continue;
        UF_TRY(uf_facts_content(&reader->facts, "", &content, error));
        return uf_facts_set(&content->label, state->variables[j].label, error);
    }
    return UF_OK;
}

/* --- the format -------------------------------------------------------------------------------- */

static uf_status write_header(struct state *state, struct uf_error *error)
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
    struct state *state = calloc(1, sizeof *state);
    if (!state) return uf_fail_memory(error);
    reader->state = state;
    state->reader = reader;
    state->program = program;
    UF_TRY(walk(state, false, error));
    UF_TRY(settle_codes(state, error));
    UF_TRY(write_header(state, error));
    UF_TRY(walk(state, true, error));
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
    return open_as(UF_PROGRAM_SAS, reader, wishes, error);
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
    return length >= sizeof SIGN && !memcmp(head, SIGN, sizeof SIGN) ? 100 : 0;
}

static uf_status next(struct uf_reader *reader, struct uf_cell *out, bool *out_more, struct uf_error *error)
{
    return uf_table_text_next(&((struct state *)reader->state)->table, out, out_more, error);
}

static void place(const struct uf_reader *reader, size_t dimension, size_t *out_line, size_t *out_column)
{
    uf_table_text_place(&((const struct state *)reader->state)->table, dimension, out_line, out_column);
}

static void name_place(const struct uf_reader *reader, size_t dimension, char *out, size_t size)
{
    uf_table_text_describe(&((const struct state *)reader->state)->table, dimension, out, size);
}

static void close(struct uf_reader *reader)
{
    struct state *state = reader->state;
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
    .summary = "SAS (.sas7bdat)",
    .has_value_column = true,
    .probe_bytes = probe_sas,
    .open = open_sas,
    .next = next,
    .place = place,
    .name_place = name_place,
    .close = close,
};

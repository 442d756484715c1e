// SPDX-License-Identifier: GPL-3.0-or-later
#include "import/readstat_walk.h"

#include <math.h>
#include <readstat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utfall/number.h>

#include "base/fail.h"

enum { MOST_VARIABLES = 100000, MOST_TEXT = 1 << 30, MOST_REASONS = 60, UNPACKED_PER_BYTE = 2000 };

/* --- the file's bytes -------------------------------------------------------------------------- */

static int on_open(const char *path, void *user)
{
    (void)path;
    ((struct uf_statistics *)user)->position = 0;
    return 0;
}

static int on_close(void *user)
{
    (void)user;
    return 0;
}

static readstat_off_t on_seek(readstat_off_t offset, readstat_io_flags_t whence, void *user)
{
    struct uf_statistics *state = user;
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
    struct uf_statistics *state = user;
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

static int stop(struct uf_statistics *state, uf_status status)
{
    if (state->status == UF_OK) state->status = status;
    return READSTAT_HANDLER_ABORT;
}

static int finish(struct uf_statistics *state, uf_status status)
{
    return status == UF_OK ? READSTAT_HANDLER_OK : stop(state, status);
}

/* ReadStat hands over names of label sets as they stand in a Stata file, so a damaged one has no end there. */
static uf_status copy_set_name(const struct uf_statistics *state, const char *name, char **out,
                               struct uf_error *error)
{
    enum { SIZE_109 = 9, SIZE_117 = 33, SIZE_118 = 129, SIZE_OTHERS = 256 };
    size_t most = state->program != UF_PROGRAM_STATA ? SIZE_OTHERS
                  : state->version < 110             ? SIZE_109
                  : state->version < 118             ? SIZE_117
                                                     : SIZE_118;
    if (!name || !*name) return UF_OK;
    *out = strndup(name, most);
    return *out ? UF_OK : uf_fail_memory(error);
}

static int on_metadata(readstat_metadata_t *metadata, void *user)
{
    struct uf_statistics *state = user;
    const struct uf_input *input = state->reader->input;
    int rows = readstat_get_row_count(metadata), variables = readstat_get_var_count(metadata);
    state->version = readstat_get_file_format_version(metadata);
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

static uf_status fail_text(struct uf_statistics *state, const char *what)
{
    return uf_fail_at(&state->error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
                      "%s is not UTF-8, which the file says it has; save the file again", what);
}

static int on_note(int index, const char *note, void *user)
{
    struct uf_statistics *state = user;
    (void)index;
    if (state->writing || !note || !*note) return READSTAT_HANDLER_OK;
    if (!uf_text_is_utf8(note, strlen(note))) return stop(state, fail_text(state, "a note"));
    return finish(state, uf_facts_note(&state->reader->facts, "", note, &state->error));
}

static int on_variable(int index, readstat_variable_t *variable, const char *label_set, void *user)
{
    struct uf_statistics *state = user;
    if (state->writing) return READSTAT_HANDLER_OK;
    const char *name = readstat_variable_get_name(variable), *label = readstat_variable_get_label(variable);
    if (index < 0 || (size_t)index != state->names.count || state->names.count >= state->n_variables)
        return stop(state, uf_fail_at(&state->error, UF_BAD_INPUT, uf_input_name(state->reader->input), 0, 0,
                                      "the file names more variables than it says it has; it is damaged"));
    if (!name || !uf_text_is_utf8(name, strlen(name)) || (label && !uf_text_is_utf8(label, strlen(label))))
        return stop(state, fail_text(state, "the name or label of a variable"));
    struct uf_variable *about = &state->variables[index];
    uf_status status = uf_text_list_add(&state->names, name, &state->error);
    if (status == UF_OK) status = uf_facts_set(&about->label, label, &state->error);
    if (status == UF_OK) status = copy_set_name(state, label_set, &about->label_set, &state->error);
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
    struct uf_statistics *state = user;
    if (state->writing || !label_set || !*label_set || !text) return READSTAT_HANDLER_OK;
    char code[64];
    print_code(value, code);
    if (!uf_text_is_utf8(text, strlen(text)) || !uf_text_is_utf8(code, strlen(code)))
        return READSTAT_HANDLER_OK; /* a label is for people; the value stands without it */
    struct uf_value_label *labels = uf_grow_array(state->labels, state->n_labels, sizeof *labels);
    if (!labels) return stop(state, uf_fail_memory(&state->error));
    state->labels = labels;
    struct uf_value_label *label = &labels[state->n_labels++];
    *label = (struct uf_value_label){.code = uf_text_copy(code), .text = uf_text_copy(text)};
    uf_status status = label->code && label->text ? UF_OK : uf_fail_memory(&state->error);
    if (status == UF_OK) status = copy_set_name(state, label_set, &label->set, &state->error);
    return finish(state, status);
}

static void on_complaint(const char *text, void *user)
{
    struct uf_statistics *state = user;
    if (state->complaint[0] || !text || !uf_text_is_utf8(text, strlen(text))) return;
    snprintf(state->complaint, sizeof state->complaint, "%.150s", text);
    state->complaint[strcspn(state->complaint, "\r\n")] = '\0';
}

/* --- values ------------------------------------------------------------------------------------ */

static void look_at(struct uf_variable *about, readstat_value_t value)
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

static uf_status count_reason(struct uf_statistics *state, size_t variable, readstat_value_t value)
{
    char code[64];
    print_code(value, code);
    for (size_t i = 0; i < state->n_reasons; i++)
        if (state->reasons[i].variable == variable && !strcmp(state->reasons[i].code, code)) {
            state->reasons[i].count++;
            return UF_OK;
        }
    if (state->n_reasons == MOST_REASONS) return UF_OK;
    struct uf_missing_reason *reasons = uf_grow_array(state->reasons, state->n_reasons, sizeof *reasons);
    if (!reasons) return uf_fail_memory(&state->error);
    state->reasons = reasons;
    struct uf_missing_reason *reason = &reasons[state->n_reasons++];
    *reason = (struct uf_missing_reason){.variable = variable, .count = 1};
    memcpy(reason->code, code, sizeof code);
    return UF_OK;
}

static uf_status write_value(struct uf_statistics *state, size_t index, int observation,
                             readstat_variable_t *variable, readstat_value_t value)
{
    const struct uf_variable *about = &state->variables[index];
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
    struct uf_statistics *state = user;
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

static uf_status fail_reading(const struct uf_statistics *state, readstat_error_t code,
                              struct uf_error *error)
{
    static const char *const PROGRAMS[] = {"Stata", "SPSS", "SAS", "SAS transport"};
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

uf_status uf_statistics_walk(struct uf_statistics *state, bool writing, struct uf_error *error)
{
    typedef readstat_error_t parse(readstat_parser_t *, const char *, void *);
    static parse *const PARSERS[] = {readstat_parse_dta, readstat_parse_sav, readstat_parse_sas7bdat,
                                     readstat_parse_xport};
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

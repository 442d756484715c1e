// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/terminal.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <utfall/report.h>

#include "base/fail.h"

static volatile sig_atomic_t interrupted;
static bool progress_shown, progress_begun;
static struct timespec progress_start;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

/* A signal that the parent ignores stays ignored: `utfall run … &` in a script is not ended by Ctrl-C. */
static void catch_signal(int number)
{
    struct sigaction action, old;
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN) return;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = (int)SA_RESETHAND; /* a second Ctrl-C ends at once */
    sigaction(number, &action, NULL);
}

void terminal_catch_signals(void)
{
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
}

static bool is_quiet(const struct arguments *arguments)
{
    return arguments && arguments_flag(arguments, "quiet");
}

static bool has_colour(void)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && !(no_colour && *no_colour) && !(terminal && !strcmp(terminal, "dumb"));
}

/* Control characters in a file's name or cell must not reach the terminal as commands. */
static void print_clean(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        fputc(c < 0x20 && c != '\n' && c != '\t' ? '?' : c == 0x7F ? '?' : c, stderr);
    }
}

static void print_marked(const char *colour, const char *word, const char *text)
{
    terminal_progress_end();
    bool coloured = *word && has_colour();
    fprintf(stderr, "%s%s%s", coloured ? colour : "", word, coloured ? "\033[0m" : "");
    print_clean(text);
    fputc('\n', stderr);
}

void terminal_message(const struct arguments *arguments, const char *text)
{
    if (!is_quiet(arguments)) print_marked("", "", text);
}

void terminal_warning(const struct arguments *arguments, const char *text)
{
    static const struct uf_words warning = {"warning: ", "varning: "};
    enum uf_language language = UF_ENGLISH;
    if (is_quiet(arguments)) return;
    (void)terminal_language(arguments, &language,
                            NULL); /* a language that is none is complained of elsewhere */
    print_marked("\033[33m", uf_words_in(warning, language), text);
}

void terminal_error(const struct uf_error *error)
{
    char text[UF_ERROR_MESSAGE_SIZE + UF_ERROR_FILE_SIZE + 64];
    uf_error_format(error, text, sizeof text);
    print_marked("\033[31m", "utfall: ", text);
}

/* What takes less than a second needs no bar. */
static bool is_slow(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return true;
    if (!progress_begun) {
        progress_begun = true;
        progress_start = now;
    }
    return (double)(now.tv_sec - progress_start.tv_sec) +
               1e-9 * (double)(now.tv_nsec - progress_start.tv_nsec) >=
           1;
}

int terminal_progress(const struct arguments *arguments, const char *step, double share)
{
    if (isatty(STDERR_FILENO) && !is_quiet(arguments) && is_slow()) {
        enum { WIDTH = 24 };
        int filled = share >= 1 ? WIDTH : share > 0 ? (int)(share * WIDTH) : 0;
        fprintf(stderr, "\r[%.*s%.*s] %-44.44s", filled, "########################", WIDTH - filled,
                "                        ", step);
        fflush(stderr);
        progress_shown = true;
    }
    return interrupted ? 1 : 0;
}

void terminal_progress_end(void)
{
    if (!progress_shown) return;
    fprintf(stderr, "\r%*s\r", 72, "");
    progress_shown = false;
}

uf_status terminal_print(const char *text, struct uf_error *error)
{
    terminal_progress_end();
    if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
        return uf_fail(error, UF_IO_FAILED, "cannot write to standard output: %s", strerror(errno));
    return UF_OK;
}

uf_status terminal_language(const struct arguments *arguments, enum uf_language *out, struct uf_error *error)
{
    const char *text = arguments_text(arguments, "language");
    if (!text) {
        *out = UF_ENGLISH;
        return UF_OK;
    }
    return uf_language_parse(text, out, error);
}

static uf_status print_and_free(char *text, struct uf_error *error)
{
    uf_status status = text ? terminal_print(text, error) : uf_fail_memory(error);
    free(text);
    return status;
}

enum output_format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

static uf_status output_format(const struct arguments *arguments, enum output_format *out,
                               struct uf_error *error)
{
    static const char *const names[] = {"table", "csv", "json"};
    const char *text = arguments_text(arguments, "format");
    *out = FORMAT_TABLE;
    if (!text) return UF_OK;
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(text, names[i])) {
            *out = (enum output_format)i;
            return UF_OK;
        }
    const char *nearest = uf_text_nearest(text, names, 3);
    return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--format', expected table, csv or json%s%s%s", text,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

uf_status terminal_check_format(const struct arguments *arguments, struct uf_error *error)
{
    enum output_format format;
    return output_format(arguments, &format, error);
}

static uf_status print_as(enum output_format format, enum uf_language language, const struct uf_table *table,
                          struct uf_error *error)
{
    char *text = NULL;
    if (format == FORMAT_CSV)
        UF_TRY(uf_table_to_csv(table, &text, error));
    else if (format == FORMAT_JSON)
        UF_TRY(uf_table_to_json(table, &text, error));
    else
        UF_TRY(uf_table_to_text(table, language, &text, error));
    return print_and_free(text, error);
}

uf_status terminal_print_table(const struct arguments *arguments, const struct uf_table *table,
                               struct uf_error *error)
{
    enum output_format format;
    enum uf_language language;
    UF_TRY(output_format(arguments, &format, error));
    UF_TRY(terminal_language(arguments, &language, error));
    return print_as(format, language, table, error);
}

/* Rows that did not reach the estimate, step by step. */
static uf_status print_losses(const struct arguments *arguments, const struct uf_result *result,
                              struct uf_error *error)
{
    static const struct uf_words lost = {"Rows left out: {0} of {1} ({2}: {3}).",
                                         "Rader som faller bort: {0} av {1} ({2}: {3})."};
    enum uf_language language;
    UF_TRY(terminal_language(arguments, &language, error));
    for (size_t i = 0; i < result->n_ledger; i++) {
        const struct uf_ledger_entry *step = &result->ledger[i];
        if (step->rows_after >= step->rows_before || !step->reason) continue;
        const struct uf_argument words[] = {uf_count_argument(step->rows_before - step->rows_after),
                                            uf_count_argument(step->rows_before),
                                            uf_text_argument(step->step), uf_text_argument(step->reason)};
        char *text = NULL;
        UF_TRY(uf_phrase(language, lost, words, 4, &text, error));
        terminal_message(arguments, text);
        free(text);
    }
    return UF_OK;
}

static void print_notes(const struct arguments *arguments, const struct uf_result *result,
                        const struct uf_error *refusal)
{
    for (size_t i = 0; i < result->n_notes; i++) {
        const struct uf_note *note = &result->notes[i];
        /* the error at the end says the reason of a refusal, once */
        if (refusal && strstr(refusal->message, note->text)) continue;
        struct uf_buffer line;
        uf_buffer_init(&line);
        uf_buffer_append(&line, note->text);
        if (note->advice) {
            uf_buffer_append(&line, " ");
            uf_buffer_append(&line, note->advice);
        }
        char *text = uf_buffer_take(&line);
        if (text && note->severity == UF_NOTE) terminal_message(arguments, text);
        if (text && note->severity != UF_NOTE) terminal_warning(arguments, text);
        free(text);
    }
}

/* A list of "other tables", so that nobody thinks the CSV is all there is. */
static uf_status say_other_tables(const struct arguments *arguments, const struct uf_result *result,
                                  const struct uf_table *chosen, enum uf_language language,
                                  struct uf_error *error)
{
    static const struct uf_words further = {"further tables, shown with --table NAME: ",
                                            "fler tabeller, som visas med --table NAMN: "};
    struct uf_buffer line;
    uf_buffer_init(&line);
    for (size_t i = 0; i < result->n_tables; i++) {
        if (result->tables[i] == chosen) continue;
        uf_buffer_append(&line, line.length ? ", " : uf_words_in(further, language));
        uf_buffer_append(&line, uf_table_name(result->tables[i]));
    }
    bool any = line.length > 0;
    char *text = uf_buffer_take(&line);
    if (!text) return uf_fail_memory(error);
    if (any) terminal_message(arguments, text);
    free(text);
    return UF_OK;
}

static uf_status choose_table(const struct arguments *arguments, const struct uf_result *result,
                              const struct uf_table **out, struct uf_error *error)
{
    const char *name = arguments_text(arguments, "table");
    if (!name) {
        *out = result->n_tables ? result->tables[0] : NULL;
        return UF_OK;
    }
    *out = uf_result_table(result, name);
    if (*out) return UF_OK;
    struct uf_text_list names;
    uf_text_list_init(&names);
    uf_status status = UF_OK;
    for (size_t i = 0; i < result->n_tables && status == UF_OK; i++)
        status = uf_text_list_add(&names, uf_table_name(result->tables[i]), error);
    if (status == UF_OK) {
        const char *nearest = uf_text_nearest(name, (const char *const *)names.items, names.count);
        struct uf_buffer all;
        uf_buffer_init(&all);
        for (size_t i = 0; i < names.count; i++) {
            if (i) uf_buffer_append(&all, ", ");
            uf_buffer_append(&all, names.items[i]);
        }
        char *list = uf_buffer_take(&all);
        status = uf_fail(error, UF_BAD_USAGE, "the result has no table '%s'%s%s%s; it has %s", name,
                         nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "",
                         list ? list : "others");
        free(list);
    }
    uf_text_list_clear(&names);
    return status;
}

static json_t *notes_json(const struct uf_result *result)
{
    static const char *const severities[] = {"note", "warning", "fatal"};
    json_t *notes = json_array();
    for (size_t i = 0; notes && i < result->n_notes; i++) {
        const struct uf_note *note = &result->notes[i];
        json_array_append_new(notes,
                              json_pack("{s:s, s:s, s:s, s:s?}", "severity", severities[note->severity],
                                        "code", note->code, "text", note->text, "advice", note->advice));
    }
    return notes;
}

static json_t *ledger_json(const struct uf_result *result)
{
    json_t *ledger = json_array();
    for (size_t i = 0; ledger && i < result->n_ledger; i++)
        json_array_append_new(ledger, json_pack("{s:s, s:s?, s:I, s:I}", "step", result->ledger[i].step,
                                                "reason", result->ledger[i].reason, "rows_before",
                                                (json_int_t)result->ledger[i].rows_before, "rows_after",
                                                (json_int_t)result->ledger[i].rows_after));
    return ledger;
}

static uf_status print_result_json(const char *method, const struct uf_result *result, struct uf_error *error)
{
    static const char *const claims[] = {"description", "difference", "effect"};
    json_t *root = json_object(), *tables = json_object();
    uf_status status = root && tables ? UF_OK : uf_fail_memory(error);
    for (size_t i = 0; i < result->n_tables && status == UF_OK; i++) {
        char *text = NULL;
        status = uf_table_to_json(result->tables[i], &text, error);
        /* The decimal point of jansson follows the locale, which this program never sets. */
        json_t *table = text ? json_loads(text, 0, NULL) : NULL;
        free(text);
        if (status == UF_OK && json_object_set_new(tables, uf_table_name(result->tables[i]), table) != 0)
            status = uf_fail(error, UF_INTERNAL, "the table '%s' did not become JSON",
                             uf_table_name(result->tables[i]));
    }
    char *text = NULL;
    if (status == UF_OK) {
        json_object_set_new(root, "method", json_string(method));
        json_object_set_new(root, "claim", json_string(claims[result->claim]));
        json_object_set_new(root, "notes", notes_json(result));
        json_object_set_new(root, "ledger", ledger_json(result));
        json_object_set(root, "tables", tables);
        text = json_dumps(root, JSON_INDENT(2));
        status = text ? terminal_print(text, error) : uf_fail_memory(error);
        if (status == UF_OK) status = terminal_print("\n", error);
    }
    free(text);
    json_decref(tables);
    json_decref(root);
    return status;
}

uf_status terminal_print_result(const struct arguments *arguments, const char *method,
                                const struct uf_result *result, const struct uf_error *refusal,
                                struct uf_error *error)
{
    enum output_format format;
    enum uf_language language;
    const struct uf_table *chosen = NULL;
    UF_TRY(output_format(arguments, &format, error));
    UF_TRY(terminal_language(arguments, &language, error));
    UF_TRY(choose_table(arguments, result, &chosen, error));
    if (format == FORMAT_JSON) return print_result_json(method, result, error);
    UF_TRY(print_losses(arguments, result, error));
    print_notes(arguments, result, refusal);
    if (!chosen) return UF_OK;
    if (format == FORMAT_CSV || arguments_given(arguments, "table")) {
        UF_TRY(say_other_tables(arguments, result, chosen, language, error));
        return print_as(format, language, chosen, error);
    }
    bool any = false;
    for (size_t pass = 0; pass < 2; pass++) { /* the design speaks before any estimate */
        for (size_t i = 0; i < result->n_tables; i++) {
            bool of_design = !strncmp(uf_table_name(result->tables[i]), "design", strlen("design"));
            if (of_design != (pass == 0)) continue;
            if (any) UF_TRY(terminal_print("\n", error));
            any = true;
            UF_TRY(print_as(format, language, result->tables[i], error));
        }
    }
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* The program: finds the command, and turns a status into an exit code. What a process may do once and a
 * library may not is done here: the error handler of GSL is turned off (every status is checked), signals are
 * caught. */
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/study.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/terminal.h"

static const struct command *const commands[] = {
    &command_run_study, &command_verify,  &command_import, &command_show,  &command_export,
    &command_forget,    &command_profile, &command_effect, &command_chart, &command_methods,
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

static uf_status print_overview(struct uf_error *error)
{
    struct uf_buffer out;
    uf_buffer_init(&out);
    uf_buffer_append(
        &out,
        "Usage: utfall COMMAND [OPTIONS]\n\nFrom downloaded figures to an evaluation report.\n\nCommands:\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        char line[128];
        snprintf(line, sizeof line, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
        uf_buffer_append(&out, line);
    }
    uf_buffer_append(
        &out,
        "\n`utfall COMMAND --help` explains one; `utfall effect did --help` also a method's options.\n"
        "\nExit codes: 0 done, 1 a check failed, 2 usage, 3 bad input, 4 not identified or not estimable,\n"
        "5 refused by disclosure control, 6 input/output, 70 a bug in Utfall, 130 interrupted.\n");
    char *text = uf_buffer_take(&out);
    uf_status status = text ? terminal_print(text, error) : uf_fail_memory(error);
    free(text);
    return status;
}

static uf_status fail_unknown_command(const char *word, struct uf_error *error)
{
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) names[i] = commands[i]->name;
    const char *nearest = uf_text_nearest(word, names, N_COMMANDS);
    return uf_fail(error, UF_BAD_USAGE, "there is no command '%s'%s%s%s; `utfall --help` lists them", word,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static uf_status print_help(const struct command *command, const struct uf_method *method,
                            struct uf_error *error)
{
    char *text = arguments_help(command, method);
    uf_status status = text ? terminal_print(text, error) : uf_fail_memory(error);
    free(text);
    return status;
}

/* The method comes right after the command, since it decides which options there are. */
static uf_status find_method(const struct command *command, int argc, char **argv,
                             const struct uf_method **out, struct uf_error *error)
{
    *out = NULL;
    if (command->family < 0 || argc == 0 || argv[0][0] == '-') return UF_OK;
    return uf_method_find(argv[0], command->family, out, error);
}

static uf_status run_command(const struct command *command, int argc, char **argv, struct uf_error *error)
{
    const struct uf_method *method = NULL;
    UF_TRY(find_method(command, argc, argv, &method, error));
    struct arguments arguments = {0};
    UF_TRY(arguments_parse(command, method, argc, argv, &arguments, error));
    uf_status status;
    if (arguments_flag(&arguments, "help"))
        status = print_help(command, method, error);
    else if (command->family >= 0 && !method)
        status = uf_fail(error, UF_BAD_USAGE, "expected the method right after '%s': utfall %s %s",
                         command->name, command->name, command->usage);
    else
        status = command->run(&arguments, error);
    arguments_clear(&arguments);
    return status;
}

static uf_status dispatch(int argc, char **argv, struct uf_error *error)
{
    if (argc < 2) {
        fputs("Usage: utfall COMMAND [OPTIONS]; `utfall --help` lists the commands\n", stderr);
        return UF_BAD_USAGE;
    }
    if (!strcmp(argv[1], "--version")) return terminal_print("utfall " UTFALL_VERSION "\n", error);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return print_overview(error);
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (!strcmp(argv[1], commands[i]->name)) return run_command(commands[i], argc - 2, argv + 2, error);
    return fail_unknown_command(argv[1], error);
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    /* A reader that goes away (`utfall show | head`) ends the program quietly, also where the parent ignored
     * the signal. */
    signal(SIGPIPE, SIG_DFL);
    /* A file that may not grow further (ulimit -f) is a failed write like a full disk, not a death. */
    signal(SIGXFSZ, SIG_IGN);
    terminal_catch_signals();
    struct uf_error error;
    uf_error_clear(&error);
    uf_status status = dispatch(argc, argv, &error);
    if (status != UF_OK && error.message[0]) terminal_error(&error);
    terminal_progress_end();
    return uf_status_exit_code(status);
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/study.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "cli/terminal.h"

static int on_progress(void *user, const char *step, double share)
{
    return terminal_progress(user, step, share);
}

/* What run and verify share: where the installation's files are, threads, progress. */
static uf_status fill_request(const struct arguments *arguments, struct uf_run_request *request,
                              char **datasets, char **plots, struct uf_error *error)
{
    size_t threads = 0, seed = 0;
    UF_TRY(arguments_count(arguments, "threads", 0, &threads, error));
    UF_TRY(arguments_count(arguments, "seed", SIZE_MAX, &seed, error));
    UF_TRY(places_find("datasets", datasets, error));
    UF_TRY(places_find("plots", plots, error));
    request->language = -1;
    request->data_directory = *datasets;
    request->plots_directory = *plots;
    request->version = UTFALL_VERSION;
    request->threads = threads > 1024 ? 1024 : (int)threads;
    request->seed = seed == SIZE_MAX ? -1 : (int64_t)seed;
    request->progress = on_progress;
    /* The callback reads --quiet through it and changes nothing. */
    request->user = (void *)(uintptr_t)arguments;
    return UF_OK;
}

static void say_summary(const struct arguments *arguments, const struct uf_run_summary *summary)
{
    for (size_t i = 0; i < summary->messages.count; i++)
        terminal_message(arguments, summary->messages.items[i]);
}

static uf_status run_study(const struct arguments *arguments, struct uf_error *error)
{
    struct uf_run_request request = {.study = arguments->words.items[0],
                                     .output = arguments_text(arguments, "output")};
    char *datasets = NULL, *plots = NULL;
    struct uf_run_summary summary = {0};
    if (!strcmp(request.study, "-"))
        return uf_fail(error, UF_BAD_USAGE,
                       "a study cannot come from standard input: its files are named relative to it, and "
                       "`verify` reads it again; name the file");
    uf_status status = fill_request(arguments, &request, &datasets, &plots, error);
    enum uf_language language;
    if (status == UF_OK && arguments_given(arguments, "language")) {
        status = uf_language_parse(arguments_text(arguments, "language"), &language, error);
        request.language = (int)language;
    }
    request.replace = arguments_flag(arguments, "replace");
    if (status == UF_OK) status = uf_run_study(&request, &summary, error);
    terminal_progress_end();
    say_summary(arguments, &summary);
    /* The report's path is the data of this command; it is there also when an analysis was refused. */
    if (summary.report) {
        struct uf_error print_error;
        uf_error_clear(&print_error);
        uf_status printed = terminal_print(summary.report, &print_error);
        if (printed == UF_OK) printed = terminal_print("\n", &print_error);
        if (printed != UF_OK && status == UF_OK) {
            status = printed;
            if (error) *error = print_error;
        }
    }
    uf_run_summary_clear(&summary);
    free(plots);
    free(datasets);
    return status;
}

static uf_status verify(const struct arguments *arguments, struct uf_error *error)
{
    struct uf_run_request tools = {.study = arguments_text(arguments, "study")};
    char *datasets = NULL, *plots = NULL;
    struct uf_text_list messages;
    uf_text_list_init(&messages);
    uf_status status = fill_request(arguments, &tools, &datasets, &plots, error);
    if (status == UF_OK) status = uf_verify_run(arguments->words.items[0], &tools, &messages, error);
    terminal_progress_end();
    for (size_t i = 0; i < messages.count; i++) terminal_message(arguments, messages.items[i]);
    uf_text_list_clear(&messages);
    free(plots);
    free(datasets);
    return status;
}

static const struct argument_option run_options[] = {
    {"output", 'o', ARGUMENT_VALUE, "FOLDER", "where the report goes (default: out/ and the study's title)"},
    {"language", 'l', ARGUMENT_VALUE, "sv|en", "the language of the report (default: the study's)"},
    {"replace", 0, ARGUMENT_FLAG, NULL,
     "put the output in the place of an existing folder that holds no earlier run"},
    {"seed", 0, ARGUMENT_VALUE, "COUNT", "the seed of all random draws (default: the study's)"},
    {"threads", 'j', ARGUMENT_VALUE, "COUNT",
     "threads to use (default: as many as there are); results do not depend on it"},
};
static const struct argument_group run_group = {"Options", run_options,
                                                sizeof run_options / sizeof *run_options};
static const struct argument_group *const run_groups[] = {&run_group, &general_options, NULL};

static const struct argument_option verify_options[] = {
    {"study", 0, ARGUMENT_VALUE, "FILE", "the study file (default: where the manifest says it lies)"},
    {"threads", 'j', ARGUMENT_VALUE, "COUNT", "threads to use (default: as many as there are)"},
};
static const struct argument_group verify_group = {"Options", verify_options,
                                                   sizeof verify_options / sizeof *verify_options};
static const struct argument_group *const verify_groups[] = {&verify_group, &general_options, NULL};

const struct command command_run_study = {
    .name = "run",
    .usage = "STUDY [OPTIONS]",
    .summary = "run a study file: import, analyse, draw, write the report",
    .more = "The path of the report is printed on standard output. An analysis whose design does not "
            "identify what is asked is written up as refused "
            "in the report, the others are run, and the exit code is 4.",
    .groups = run_groups,
    .min_words = 1,
    .max_words = 1,
    .run = run_study,
    .family = -1};

const struct command command_verify = {
    .name = "verify",
    .usage = "FOLDER [OPTIONS]",
    .summary = "repeat a run from its manifest and compare each byte",
    .more = "The study and its input files are compared with their hashes first. The store, PDF pictures and "
            "whatever else the manifest lists "
            "without a hash are not compared.",
    .groups = verify_groups,
    .min_words = 1,
    .max_words = 1,
    .run = verify,
    .family = -1};

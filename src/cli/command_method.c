// SPDX-License-Identifier: GPL-3.0-or-later
/* `utfall profile METHOD` and `utfall effect METHOD`: one method on a file's named columns (--data) or on the
 * store. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/file.h>
#include <utfall/study.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/method_levels.h"
#include "cli/method_panel.h"
#include "cli/places.h"
#include "cli/terminal.h"

static int on_progress(void *user, double share)
{
    const struct arguments *arguments = user;
    return terminal_progress(arguments, arguments->method->name, share);
}

/* The method on one panel; the result is not printed. */
static uf_status compute(const struct arguments *arguments, const struct uf_panel *panel,
                         const struct uf_options *options, enum uf_language language,
                         struct uf_result *result, struct uf_error *error)
{
    size_t seed = 1, threads = 0;
    UF_TRY(arguments_count(arguments, "seed", 1, &seed, error));
    UF_TRY(arguments_count(arguments, "threads", 0, &threads, error));
    char *datasets = NULL, *reference = NULL;
    /* Most methods need nothing of it: one that does says what is missing. */
    if (places_find("datasets", &datasets, NULL) == UF_OK) reference = uf_path_join(datasets, "reference");
    free(datasets);
    const struct uf_context context = {.language = language,
                                       .seed = seed,
                                       .threads = threads > 1024 ? 1024 : (int)threads,
                                       .progress = on_progress,
                                       .user = (void *)(uintptr_t)arguments,
                                       .reference_directory = reference};
    uf_status status = arguments->method->run(panel, options, &context, result, error);
    free(reference);
    terminal_progress_end();
    return status;
}

static uf_status print(const struct arguments *arguments, const struct uf_result *result, uf_status status,
                       struct uf_error *error)
{
    /* A refusal explains itself in its notes, so they are shown too. */
    if (status == UF_OK || status == UF_NOT_IDENTIFIED) {
        struct uf_error printing;
        uf_error_clear(&printing);
        uf_status printed = terminal_print_result(arguments, arguments->method->name, result,
                                                  status == UF_OK ? NULL : error, &printing);
        if (printed != UF_OK && status == UF_OK) {
            if (error) *error = printing;
            status = printed;
        }
    }
    return status;
}

static const struct argument_option run_options[] = {
    {"table", 0, ARGUMENT_VALUE, "NAME", "print this table of the result only (CSV: default the first)"},
    {"seed", 0, ARGUMENT_VALUE, "COUNT", "the seed of all random draws (default: 1)"},
    {"threads", 'j', ARGUMENT_VALUE, "COUNT", "threads to use (default: as many as there are)"},
};
static const struct argument_group run_group = {"Result", run_options,
                                                sizeof run_options / sizeof *run_options};

static const struct argument_option profile_file[] = {
    {"data", 'd', ARGUMENT_VALUE, "FILE", "a delimited file with a header; `-` is standard input"},
    {"region", 0, ARGUMENT_VALUE, "COLUMN", "the column with the regions"},
    {"sector", 0, ARGUMENT_VALUE, "COLUMN", "the column with the sectors"},
    {"time", 0, ARGUMENT_VALUE, "COLUMN", "the column with the periods"},
    {"value", 0, ARGUMENT_VALUE, "COLUMN", "the column with the numbers"},
    {"rounding", 0, ARGUMENT_LIST, "NUMBER|COLUMN=NUMBER,…",
     "the unit that the publisher rounded to, as 1000: of all columns of numbers, or of each by name"},
};
static const struct argument_group profile_file_group = {"From a file", profile_file,
                                                         sizeof profile_file / sizeof *profile_file};

#define STORE_REGION_OPTIONS                                                                                 \
    {"level", 0, ARGUMENT_VALUE, "NAME", "country, nuts1, nuts2, nuts3, municipality or fa"},                \
        {"within", 0, ARGUMENT_LIST, "A,B", "only regions inside these"},                                    \
        {"regions", 0, ARGUMENT_LIST, "A,B", "only these regions"},                                          \
        {"from", 0, ARGUMENT_VALUE, "PERIOD", "the first period"},                                           \
    {                                                                                                        \
        "to", 0, ARGUMENT_VALUE, "PERIOD", "the last period"                                                 \
    }

static const struct argument_option profile_store[] = {
    {"store", 's', ARGUMENT_VALUE, "FILE", "the store (default: $UTFALL_STORE, else utfall.db)"},
    {"indicator", 'i', ARGUMENT_VALUE, "NAME", "an indicator with sectors"},
    {"sectors", 0, ARGUMENT_LIST, "A,B", "the sectors, in order (default: all that have values)"},
    STORE_REGION_OPTIONS,
    {"levels", 0, ARGUMENT_LIST, "A,B",
     "several levels in place of --level, one result for each, side by side; sums of the parts where a level "
     "has "
     "no figures"},
};
static const struct argument_group profile_store_group = {"From the store", profile_store,
                                                          sizeof profile_store / sizeof *profile_store};
static const struct argument_group *const profile_groups[] = {
    &profile_file_group, &profile_store_group, &run_group, &output_options, &general_options, NULL};

static const struct argument_option effect_panel[] = {
    {"outcome", 'y', ARGUMENT_VALUE, "NAME", "a column; on the store an indicator or an expression"},
    {"treated", 0, ARGUMENT_LIST, "A,B", "the treated regions, with --start"},
    {"start", 0, ARGUMENT_VALUE, "PERIOD", "their first treated period"},
    {"covariates", 0, ARGUMENT_LIST, "A,B", "columns or indicators to adjust for"},
    {"weight", 0, ARGUMENT_VALUE, "NAME", "a column or an indicator to weight by"},
    {"cluster", 0, ARGUMENT_LIST, "A[,B]", "columns to cluster by; on the store a level (default: the unit)"},
};
static const struct argument_group effect_panel_group = {"The comparison", effect_panel,
                                                         sizeof effect_panel / sizeof *effect_panel};
static const struct argument_option effect_file[] = {
    {"data", 'd', ARGUMENT_VALUE, "FILE", "a delimited file with a header; `-` is standard input"},
    {"unit", 0, ARGUMENT_VALUE, "COLUMN", "the column with the units"},
    {"period", 0, ARGUMENT_VALUE, "COLUMN", "the column with the periods"},
    {"treatment", 0, ARGUMENT_VALUE, "COLUMN", "a 0/1 column (or a dose): treated in this period"},
    {"cohort", 0, ARGUMENT_VALUE, "COLUMN", "a column with the first treated period; 0 or empty: never"},
};
static const struct argument_group effect_file_group = {"From a file", effect_file,
                                                        sizeof effect_file / sizeof *effect_file};
static const struct argument_option effect_store[] = {
    {"store", 's', ARGUMENT_VALUE, "FILE", "the store (default: $UTFALL_STORE, else utfall.db)"},
    STORE_REGION_OPTIONS,
    {"intervention", 0, ARGUMENT_VALUE, "CODE",
     "the intervention under study, see `utfall show interventions`"},
    {"also-exposed", 0, ARGUMENT_LIST, "A,B",
     "other interventions to look up (default: all that overlap in time)"},
};
static const struct argument_group effect_store_group = {"From the store", effect_store,
                                                         sizeof effect_store / sizeof *effect_store};
static const struct argument_group *const effect_groups[] = {&effect_panel_group,
                                                             &effect_file_group,
                                                             &effect_store_group,
                                                             &run_group,
                                                             &output_options,
                                                             &general_options,
                                                             NULL};

static bool is_in(const struct argument_group *group, const char *name)
{
    for (size_t i = 0; i < group->count; i++)
        if (!strcmp(group->options[i].name, name)) return true;
    return false;
}

/* An option that the chosen way does not read would be passed over in silence. */
static uf_status check_way(const struct arguments *arguments, struct uf_error *error)
{
    const bool profile = arguments->method->family == UF_FAMILY_PROFILE,
               file = arguments_given(arguments, "data");
    const struct argument_group *from_file = profile ? &profile_file_group : &effect_file_group;
    const struct argument_group *from_store = profile ? &profile_store_group : &effect_store_group;
    for (size_t i = 0; i < arguments->names.count; i++) {
        const char *name = arguments->names.items[i];
        if (arguments_is_methods(arguments->method, name) || !is_in(file ? from_store : from_file, name))
            continue;
        return uf_fail(
            error, UF_BAD_USAGE,
            file ? "the option '--%s' is for figures from the store, and --data names a file; leave out one "
                   "of them"
                 : "the option '--%s' is for figures from a file, and no file is named; expected --data FILE",
            name);
    }
    return UF_OK;
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    enum uf_language language;
    UF_TRY(terminal_language(arguments, &language, error));
    UF_TRY(terminal_check_format(arguments, error));
    UF_TRY(check_way(arguments, error));
    struct uf_options *options = NULL;
    UF_TRY(arguments_options(arguments, &options, error));
    struct method_lists lists = {0};
    struct uf_result result;
    struct uf_store *store = NULL;
    uf_result_init(&result);
    uf_status status = method_lists_read(arguments, options, &lists, error);
    const bool file = arguments_given(arguments, "data"), several = arguments_given(arguments, "levels");
    if (status == UF_OK && !file) status = places_open_store(arguments, &store, error);
    const struct method_call call = {.arguments = arguments,
                                     .lists = &lists,
                                     .options = options,
                                     .store = store,
                                     .language = language,
                                     .compute = compute};
    if (status == UF_OK)
        status = several ? method_levels_run(&call, &result, error)
                         : method_run(&call, arguments_text(arguments, "indicator"),
                                      arguments_text(arguments, "level"), &result, error);
    status = print(arguments, &result, status, error);
    uf_store_close(store);
    uf_result_clear(&result);
    method_lists_clear(&lists);
    uf_options_free(options);
    return status;
}

const struct command command_profile = {
    .name = "profile",
    .usage = "METHOD --data FILE --region COLUMN --sector COLUMN --value COLUMN | METHOD --indicator NAME "
             "--level NAME",
    .summary = "describe regions: what they are specialised in, how their structure changes",
    .more = "`utfall methods` lists the methods; `utfall profile METHOD --help` explains one.",
    .groups = profile_groups,
    .min_words = 1,
    .max_words = 1,
    .run = run,
    .family = UF_FAMILY_PROFILE};

const struct command command_effect = {
    .name = "effect",
    .usage = "METHOD --data FILE --unit COLUMN --period COLUMN --outcome COLUMN … | METHOD --outcome NAME "
             "--level NAME --treated LIST --start PERIOD",
    .summary = "compare treated regions with others, if the design allows it",
    .more = "The design is checked before anything is estimated: what cannot be identified is refused with "
            "exit code 4, the reason and what "
            "could be done instead. `utfall methods` lists the methods; `utfall effect METHOD --help` "
            "explains one.",
    .groups = effect_groups,
    .min_words = 1,
    .max_words = 1,
    .run = run,
    .family = UF_FAMILY_EFFECT};

// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/import.h>

#include "base/fail.h"
#include "cli/command_import_dry_run.h"
#include "cli/commands.h"
#include "cli/import_request.h"
#include "cli/places.h"
#include "cli/terminal.h"

static void say_summary(const struct arguments *arguments, const struct uf_import_summary *summary)
{
    char line[512], forgotten[64] = "";
    if (summary->forgotten) snprintf(forgotten, sizeof forgotten, ", %zu replaced", summary->forgotten);
    for (size_t i = 0; i < summary->notes.count; i++) terminal_message(arguments, summary->notes.items[i]);
    if (summary->already_there)
        snprintf(line, sizeof line,
                 "this file is in the store already, with the same choices; nothing was changed (--replace "
                 "reads it "
                 "again, as for another name, unit or kind)");
    else
        snprintf(line, sizeof line,
                 "%s, %s: %zu cells read, %zu stored (%zu of them missing), %zu left out, %zu met twice%s",
                 summary->format ? summary->format : "?", summary->encoding, summary->cells,
                 summary->imported, summary->missing, summary->left_out, summary->duplicates, forgotten);
    terminal_message(arguments, line);
}

struct import_work {
    struct uf_import_request *request;
    struct uf_import_summary summary;
    size_t times;
    bool package;
};

static uf_status import_file(struct uf_store *store, void *user, struct uf_error *error)
{
    struct import_work *work = user;
    if (work->times++ > 0 && !strcmp(work->request->path, "-"))
        return uf_fail(error, UF_IO_FAILED,
                       "another program made this store at the same moment, and standard input is read only "
                       "once; import again");
    uf_import_summary_clear(&work->summary);
    return work->package ? uf_import_package(store, work->request, &work->summary, error)
                         : uf_import_file(store, work->request, &work->summary, error);
}

static uf_status import_into(const struct arguments *arguments, struct uf_import_request *request,
                             struct uf_error *error)
{
    struct import_work work = {.request = request, .package = arguments_flag(arguments, "package")};
    uf_status status = places_write_store(arguments, import_file, &work, error);
    terminal_progress_end();
    if (status == UF_OK) say_summary(arguments, &work.summary);
    uf_import_summary_clear(&work.summary);
    return status;
}

/* The descriptor of an export says all that the options say of other files. */
static uf_status import_package(const struct arguments *arguments, struct uf_error *error)
{
    static const char *const ALLOWED[] = {"package", "store", "quiet"};
    for (size_t i = 0; i < arguments->names.count; i++) {
        const char *name = arguments->names.items[i];
        size_t j = 0;
        while (j < 3 && strcmp(ALLOWED[j], name) != 0) j++;
        if (j == 3)
            return uf_fail(error, UF_BAD_USAGE,
                           "'--%s' does not go with '--package': the descriptor says what the figures are",
                           name);
    }
    struct uf_import_request request = {
        .path = arguments->words.items[0], .progress = import_progress, .user = (void *)(uintptr_t)arguments};
    return import_into(arguments, &request, error);
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    if (arguments_flag(arguments, "package")) return import_package(arguments, error);
    struct import_words words = {0};
    struct uf_import_request request;
    bool dry = arguments_flag(arguments, "dry-run");
    uf_status status = import_request_fill(arguments, !dry, &request, &words, error);
    if (status == UF_OK)
        status = dry ? import_dry_run(arguments, &request, error) : import_into(arguments, &request, error);
    import_words_clear(&words);
    return status;
}

static const struct argument_option what[] = {
    {"indicator", 'i', ARGUMENT_VALUE, "NAME",
     "the name the figures get in the store (needed, but for a dry run)"},
    {"name", 0, ARGUMENT_VALUE, "TEXT", "its name for people"},
    {"unit", 0, ARGUMENT_VALUE, "TEXT", "its unit for people"},
    {"kind", 0, ARGUMENT_VALUE, "NAME", "stock (default), flow or ratio; a ratio is never summed"},
    {"theme", 0, ARGUMENT_VALUE, "TEXT", "industry, digitalisation, competence, or another word"},
    {"rounding", 0, ARGUMENT_VALUE, "NUMBER", "the unit the publisher rounded to, as 1000"},
    {"source", 0, ARGUMENT_VALUE, "TEXT", "publisher and table, for source lines"},
    {"licence", 0, ARGUMENT_VALUE, "TEXT", "the licence of the figures"},
};
static const struct argument_group what_group = {"What the figures are", what, sizeof what / sizeof *what};
static const struct argument_option columns[] = {
    {"region", 0, ARGUMENT_VALUE, "COLUMN", "the column with region codes"},
    {"sector", 0, ARGUMENT_VALUE, "COLUMN", "the column with sector codes"},
    {"period", 0, ARGUMENT_VALUE, "COLUMN", "the column with periods"},
    {"content", 0, ARGUMENT_VALUE, "COLUMN",
     "the column that says what is counted: each of its codes becomes an indicator"},
    {"name-content", 0, ARGUMENT_REPEATED, "CODE=NAME",
     "the indicator that a content becomes (default: the indicator's name, _ and the code)"},
    {"value", 0, ARGUMENT_VALUE, "COLUMN", "the column with the numbers"},
    {"status", 0, ARGUMENT_VALUE, "COLUMN", "the column with flags"},
    {"breakdown", 0, ARGUMENT_LIST, "A,B", "further columns to keep apart, as sex or age"},
    {"ignore", 0, ARGUMENT_LIST, "A,B", "columns to leave unread"},
    {"keep", 0, ARGUMENT_REPEATED, "COLUMN=CODE,…",
     "only rows with one of these codes or labels; may be repeated"},
    {"sum", 0, ARGUMENT_REPEATED, "COLUMN[=CODE,…]",
     "add up over a column: its total where it has one, else all or these parts; stocks and flows only"},
    {"sum-noise", 0, ARGUMENT_FLAG, NULL, "add up also values that are protected by noise"},
    {"region-is", 0, ARGUMENT_VALUE, "CODE", "all of the file is about this region"},
    {"period-is", 0, ARGUMENT_VALUE, "PERIOD", "all of the file is about this period"},
    {"skip-unknown-regions", 0, ARGUMENT_FLAG, NULL,
     "pass over regions that the store does not know, and count them"},
    {"add-unknown-regions", 0, ARGUMENT_FLAG, NULL,
     "add regions that the store does not know, with the file's labels"},
    {"add-unknown-sectors", 0, ARGUMENT_FLAG, NULL,
     "add sectors that the store does not know, as occupations, with the file's labels"},
};
static const struct argument_group column_group = {"Which column is what (the rest is guessed, and said)",
                                                   columns, sizeof columns / sizeof *columns};
static const struct argument_option file[] = {
    {"package", 0, ARGUMENT_FLAG, NULL,
     "FILE is a folder that `utfall export` wrote, or its datapackage.json; no other option is needed"},
    {"input-format", 0, ARGUMENT_VALUE, "NAME", "the file's format (default: detected by content)"},
    {"delimiter", 0, ARGUMENT_VALUE, "CHARACTER", "between cells; `tab` for a tab (default: detected)"},
    {"decimal", 0, ARGUMENT_VALUE, "CHARACTER", "the decimal mark (default: detected)"},
    {"encoding", 0, ARGUMENT_VALUE, "NAME", "utf-8, iso-8859-1 or windows-1252 (default: detected)"},
    {"sheet", 0, ARGUMENT_VALUE, "NAME",
     "the sheet of a workbook, by name or number (default: the first with a table)"},
    {"range", 0, ARGUMENT_VALUE, "A3:F40", "the cells of a sheet (default: found)"},
    {"header-row", 0, ARGUMENT_VALUE, "NUMBER", "the row of a sheet with the headings (default: found)"},
    {"language", 0, ARGUMENT_VALUE, "sv|en",
     "the language to read in a file with several (default: its first)"},
};
static const struct argument_group file_group = {"The file", file, sizeof file / sizeof *file};
static const struct argument_option doing[] = {
    {"dry-run", 'n', ARGUMENT_FLAG, NULL,
     "store nothing; print what is understood of the file, and an entry for a study"},
    {"format", 'f', ARGUMENT_VALUE, "NAME", "how a dry run is printed: table (default) or json"},
    {"replace", 0, ARGUMENT_FLAG, NULL,
     "first forget what an earlier import of this file stored under this indicator"},
};
static const struct argument_group doing_group = {"What is done", doing, sizeof doing / sizeof *doing};
static const struct argument_group *const groups[] = {
    &what_group, &column_group, &file_group, &doing_group, &store_options, &general_options, NULL};

const struct command command_import = {
    .name = "import",
    .usage = "FILE --indicator NAME [OPTIONS], or FILE --dry-run [OPTIONS]",
    .summary = "read a file of figures into a store",
    .more = "The whole file or nothing is stored. A store that does not exist is made, with regions, sectors "
            "and programmes in it. `-` reads standard "
            "input.",
    .groups = groups,
    .min_words = 1,
    .max_words = 1,
    .run = run,
    .family = -1};

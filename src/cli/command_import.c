// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/import.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "cli/terminal.h"

enum { MAX_ROLES = 64, MAX_KEEP = 32 };

/* What the request points into while the import runs. */
struct import_words {
    struct uf_text_list keep, ignore, breakdown;
    struct uf_text_list codes[MAX_KEEP];
    struct uf_keep kept[MAX_KEEP];
    struct uf_dimension_role roles[MAX_ROLES];
};

static int on_progress(void *user, size_t bytes_read, size_t bytes_total)
{
    return terminal_progress(user, "importing", bytes_total ? (double)bytes_read / (double)bytes_total : 0);
}

static uf_status add_role(struct uf_import_request *request, struct import_words *words, enum uf_role role,
                          const char *dimension, struct uf_error *error)
{
    if (!dimension) return UF_OK;
    if (request->n_roles == MAX_ROLES)
        return uf_fail(error, UF_BAD_USAGE, "more than %d columns are named", MAX_ROLES);
    words->roles[request->n_roles++] = (struct uf_dimension_role){role, dimension};
    request->roles = words->roles;
    return UF_OK;
}

static uf_status add_roles(const struct arguments *arguments, struct uf_import_request *request,
                           struct import_words *words, struct uf_error *error)
{
    static const struct {
        const char *option;
        enum uf_role role;
    } single[] = {{"region", UF_ROLE_REGION},
                  {"sector", UF_ROLE_SECTOR},
                  {"period", UF_ROLE_PERIOD},
                  {"value", UF_ROLE_VALUE},
                  {"status", UF_ROLE_STATUS}};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        UF_TRY(add_role(request, words, single[i].role, arguments_text(arguments, single[i].option), error));
    UF_TRY(arguments_list(arguments, "ignore", &words->ignore, error));
    UF_TRY(arguments_list(arguments, "breakdown", &words->breakdown, error));
    for (size_t i = 0; i < words->ignore.count; i++)
        UF_TRY(add_role(request, words, UF_ROLE_NONE, words->ignore.items[i], error));
    for (size_t i = 0; i < words->breakdown.count; i++)
        UF_TRY(add_role(request, words, UF_ROLE_BREAKDOWN, words->breakdown.items[i], error));
    return UF_OK;
}

/* `--keep unit=THS` or `--keep sex=1,2`. */
static uf_status add_keeps(const struct arguments *arguments, struct uf_import_request *request,
                           struct import_words *words, struct uf_error *error)
{
    UF_TRY(arguments_list(arguments, "keep", &words->keep, error));
    if (words->keep.count > MAX_KEEP)
        return uf_fail(error, UF_BAD_USAGE, "more than %d --keep are given", MAX_KEEP);
    for (size_t i = 0; i < words->keep.count; i++) {
        char *text = words->keep.items[i], *equals = strchr(text, '=');
        if (!equals || equals == text || !equals[1])
            return uf_fail(error, UF_BAD_USAGE,
                           "found '%s' for '--keep', expected COLUMN=CODE or COLUMN=CODE,CODE", text);
        *equals = '\0';
        UF_TRY(uf_text_list_split(&words->codes[i], equals + 1, ',', error));
        words->kept[i] =
            (struct uf_keep){text, (const char *const *)words->codes[i].items, words->codes[i].count};
    }
    request->keep = words->kept;
    request->n_keep = words->keep.count;
    return UF_OK;
}

static uf_status one_character(const struct arguments *arguments, const char *name, char *out,
                               struct uf_error *error)
{
    const char *text = arguments_text(arguments, name);
    if (!text) return UF_OK;
    if (!strcmp(text, "tab")) {
        *out = '\t';
        return UF_OK;
    }
    if (strlen(text) != 1)
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--%s', expected one character", text, name);
    *out = *text;
    return UF_OK;
}

static bool is_plain_name(const char *text)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return *text && !(*text >= '0' && *text <= '9') && text[strspn(text, word)] == '\0';
}

static uf_status fill_indicator(const struct arguments *arguments, struct uf_indicator *out,
                                struct uf_error *error)
{
    static const char *const kinds[] = {"stock", "flow", "ratio"};
    const char *kind = arguments_text(arguments, "kind"), *rounding = arguments_text(arguments, "rounding");
    const char *name = arguments_text(arguments, "name"), *unit = arguments_text(arguments, "unit");
    *out = (struct uf_indicator){.code = arguments_text(arguments, "indicator"),
                                 .theme = arguments_text(arguments, "theme"),
                                 .source = arguments_text(arguments, "source"),
                                 .licence = arguments_text(arguments, "licence")};
    if (!out->code)
        return uf_fail(error, UF_BAD_USAGE,
                       "expected --indicator NAME: the name that the figures get in the store");
    if (!is_plain_name(out->code))
        return uf_fail(error, UF_BAD_USAGE,
                       "found '%s' for '--indicator', expected letters, digits and _ only, beginning with a "
                       "letter: expressions use the name",
                       out->code);
    out->name_en = out->name_sv = name ? name : out->code;
    out->unit_en = out->unit_sv = unit ? unit : "";
    if (rounding && (!uf_number_parse(rounding, strlen(rounding), '.', &out->rounding) || out->rounding < 0))
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--rounding', expected a number, as 1000",
                       rounding);
    if (!kind) return UF_OK;
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(kind, kinds[i])) {
            out->kind = (enum uf_indicator_kind)i;
            return UF_OK;
        }
    return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--kind', expected stock, flow or ratio", kind);
}

static void say_summary(const struct arguments *arguments, const struct uf_import_summary *summary)
{
    char line[512];
    for (size_t i = 0; i < summary->notes.count; i++) terminal_message(arguments, summary->notes.items[i]);
    if (summary->already_there)
        snprintf(line, sizeof line,
                 "this file is in the store already, with the same choices; nothing was changed");
    else
        snprintf(line, sizeof line,
                 "%s, %s: %zu cells read, %zu stored (%zu of them missing), %zu left out, %zu met twice",
                 summary->format ? summary->format : "?", summary->encoding, summary->cells,
                 summary->imported, summary->missing, summary->left_out, summary->duplicates);
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
        .path = arguments->words.items[0], .progress = on_progress, .user = (void *)(uintptr_t)arguments};
    return import_into(arguments, &request, error);
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    if (arguments_flag(arguments, "package")) return import_package(arguments, error);
    struct import_words words = {0};
    struct uf_import_request request = {.path = arguments->words.items[0],
                                        .format = arguments_text(arguments, "input-format"),
                                        .encoding = arguments_text(arguments, "encoding"),
                                        .unknown_regions = arguments_flag(arguments, "skip-unknown-regions")
                                                               ? UF_UNKNOWN_SKIP
                                                               : UF_UNKNOWN_REFUSE,
                                        .progress = on_progress,
                                        .user = (void *)(uintptr_t)arguments};
    uf_status status = fill_indicator(arguments, &request.indicator, error);
    if (status == UF_OK) status = add_roles(arguments, &request, &words, error);
    if (status == UF_OK) status = add_keeps(arguments, &request, &words, error);
    if (status == UF_OK) status = one_character(arguments, "delimiter", &request.delimiter, error);
    if (status == UF_OK) status = one_character(arguments, "decimal", &request.decimal, error);
    if (status == UF_OK) status = import_into(arguments, &request, error);
    uf_text_list_clear(&words.keep);
    uf_text_list_clear(&words.ignore);
    uf_text_list_clear(&words.breakdown);
    for (size_t i = 0; i < MAX_KEEP; i++) uf_text_list_clear(&words.codes[i]);
    return status;
}

static const struct argument_option what[] = {
    {"indicator", 'i', ARGUMENT_VALUE, "NAME", "the name the figures get in the store (needed)"},
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
    {"value", 0, ARGUMENT_VALUE, "COLUMN", "the column with the numbers"},
    {"status", 0, ARGUMENT_VALUE, "COLUMN", "the column with flags"},
    {"breakdown", 0, ARGUMENT_LIST, "A,B", "further columns to keep apart, as sex or age"},
    {"ignore", 0, ARGUMENT_LIST, "A,B", "columns to leave unread"},
    {"keep", 0, ARGUMENT_REPEATED, "COLUMN=CODE,…", "only rows with one of these codes; may be repeated"},
};
static const struct argument_group column_group = {"Which column is what (the rest is guessed, and said)",
                                                   columns, sizeof columns / sizeof *columns};
static const struct argument_option file[] = {
    {"package", 0, ARGUMENT_FLAG, NULL,
     "FILE is a folder that `utfall export` wrote, or its datapackage.json; no other option is needed"},
    {"input-format", 0, ARGUMENT_VALUE, "NAME", "the file's format (default: detected by content)"},
    {"delimiter", 0, ARGUMENT_VALUE, "CHARACTER", "between cells; `tab` for a tab (default: detected)"},
    {"decimal", 0, ARGUMENT_VALUE, "CHARACTER", "the decimal mark (default: detected)"},
    {"skip-unknown-regions", 0, ARGUMENT_FLAG, NULL,
     "pass over regions that the store does not know, and count them"},
    {"encoding", 0, ARGUMENT_VALUE, "NAME", "utf-8, iso-8859-1 or windows-1252 (default: detected)"},
};
static const struct argument_group file_group = {"The file", file, sizeof file / sizeof *file};
static const struct argument_group *const groups[] = {&what_group,    &column_group,    &file_group,
                                                      &store_options, &general_options, NULL};

const struct command command_import = {
    .name = "import",
    .usage = "FILE --indicator NAME [OPTIONS]",
    .summary = "read a file of figures into a store",
    .more = "The whole file or nothing is stored. A store that does not exist is made, with regions, sectors "
            "and programmes in it. `-` reads standard "
            "input.",
    .groups = groups,
    .min_words = 1,
    .max_words = 1,
    .run = run,
    .family = -1};

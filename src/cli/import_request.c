// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/import_request.h"

#include <stdint.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"
#include "cli/terminal.h"

int import_progress(void *user, size_t bytes_read, size_t bytes_total)
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
    } single[] = {{"region", UF_ROLE_REGION},   {"sector", UF_ROLE_SECTOR}, {"period", UF_ROLE_PERIOD},
                  {"content", UF_ROLE_CONTENT}, {"value", UF_ROLE_VALUE},   {"status", UF_ROLE_STATUS}};
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

/* `--keep unit=THS` or `--keep sex=1,2`: cut into the name and its codes. */
static uf_status split_codes(char *text, const char *option, bool codes_needed, struct uf_text_list *codes,
                             struct uf_error *error)
{
    char *equals = strchr(text, '=');
    if (equals == text || (equals && !equals[1]) || (!equals && codes_needed))
        return uf_fail(error, UF_BAD_USAGE,
                       "found '%s' for '--%s', expected %sCOLUMN=CODE or COLUMN=CODE,CODE", text, option,
                       codes_needed ? "" : "COLUMN, ");
    if (!equals) return UF_OK;
    *equals = '\0';
    return uf_text_list_split(codes, equals + 1, ',', error);
}

static uf_status add_keeps(const struct arguments *arguments, struct uf_import_request *request,
                           struct import_words *words, struct uf_error *error)
{
    UF_TRY(arguments_list(arguments, "keep", &words->keep, error));
    if (words->keep.count > MAX_KEEP)
        return uf_fail(error, UF_BAD_USAGE, "more than %d --keep are given", MAX_KEEP);
    for (size_t i = 0; i < words->keep.count; i++) {
        struct uf_text_list *codes = &words->codes[i];
        UF_TRY(split_codes(words->keep.items[i], "keep", true, codes, error));
        words->kept[i] =
            (struct uf_keep){words->keep.items[i], (const char *const *)codes->items, codes->count};
    }
    request->keep = words->kept;
    request->n_keep = words->keep.count;
    return UF_OK;
}

static uf_status add_sums(const struct arguments *arguments, struct uf_import_request *request,
                          struct import_words *words, struct uf_error *error)
{
    UF_TRY(arguments_list(arguments, "sum", &words->sum, error));
    if (words->sum.count > MAX_KEEP)
        return uf_fail(error, UF_BAD_USAGE, "more than %d --sum are given", MAX_KEEP);
    for (size_t i = 0; i < words->sum.count; i++) {
        struct uf_text_list *codes = &words->parts[i];
        UF_TRY(split_codes(words->sum.items[i], "sum", false, codes, error));
        bool all = codes->count == 1 && !strcmp(codes->items[0], "all");
        words->sums[i] =
            (struct uf_sum){words->sum.items[i], (const char *const *)codes->items, all ? 0 : codes->count};
    }
    request->sums = words->sums;
    request->n_sums = words->sum.count;
    return UF_OK;
}

static bool is_plain_name(const char *text)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return *text && !(*text >= '0' && *text <= '9') && text[strspn(text, word)] == '\0';
}

static uf_status fail_name(const char *name, const char *option, struct uf_error *error)
{
    return uf_fail(error, UF_BAD_USAGE,
                   "found '%s' for '--%s', expected letters, digits and _ only, beginning with a "
                   "letter: expressions use the name",
                   name, option);
}

/* `--name-content CODE=NAME` */
static uf_status add_contents(const struct arguments *arguments, struct uf_import_request *request,
                              struct import_words *words, struct uf_error *error)
{
    UF_TRY(arguments_list(arguments, "name-content", &words->content, error));
    if (words->content.count > MAX_KEEP)
        return uf_fail(error, UF_BAD_USAGE, "more than %d --name-content are given", MAX_KEEP);
    for (size_t i = 0; i < words->content.count; i++) {
        char *text = words->content.items[i], *equals = strrchr(text, '=');
        if (!equals || equals == text)
            return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--name-content', expected CODE=NAME", text);
        *equals = '\0';
        if (!is_plain_name(equals + 1)) return fail_name(equals + 1, "name-content", error);
        words->contents[i] = (struct uf_content_indicator){text, equals + 1};
    }
    request->contents = words->contents;
    request->n_contents = words->content.count;
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

static uf_status fill_indicator(const struct arguments *arguments, bool needed, struct uf_indicator *out,
                                struct uf_error *error)
{
    static const char *const kinds[] = {"stock", "flow", "ratio"};
    const char *kind = arguments_text(arguments, "kind"), *rounding = arguments_text(arguments, "rounding");
    const char *name = arguments_text(arguments, "name"), *unit = arguments_text(arguments, "unit");
    *out = (struct uf_indicator){.code = arguments_text(arguments, "indicator"),
                                 .theme = arguments_text(arguments, "theme"),
                                 .source = arguments_text(arguments, "source"),
                                 .licence = arguments_text(arguments, "licence")};
    if (!out->code && needed)
        return uf_fail(error, UF_BAD_USAGE,
                       "expected --indicator NAME: the name that the figures get in the store");
    if (out->code && !is_plain_name(out->code)) return fail_name(out->code, "indicator", error);
    out->name_en = out->name_sv = name;
    out->unit_en = out->unit_sv = unit;
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

static enum uf_unknown_regions unknown_regions(const struct arguments *arguments)
{
    if (arguments_flag(arguments, "add-unknown-regions")) return UF_UNKNOWN_ADD;
    return arguments_flag(arguments, "skip-unknown-regions") ? UF_UNKNOWN_SKIP : UF_UNKNOWN_REFUSE;
}

uf_status import_request_fill(const struct arguments *arguments, bool indicator_needed,
                              struct uf_import_request *request, struct import_words *words,
                              struct uf_error *error)
{
    *request =
        (struct uf_import_request){.path = arguments->words.items[0],
                                   .format = arguments_text(arguments, "input-format"),
                                   .encoding = arguments_text(arguments, "encoding"),
                                   .unknown_regions = unknown_regions(arguments),
                                   .add_unknown_sectors = arguments_flag(arguments, "add-unknown-sectors"),
                                   .kind_said = arguments_given(arguments, "kind"),
                                   .region_is = arguments_text(arguments, "region-is"),
                                   .period_is = arguments_text(arguments, "period-is"),
                                   .sum_noise = arguments_flag(arguments, "sum-noise"),
                                   .sheet = arguments_text(arguments, "sheet"),
                                   .range = arguments_text(arguments, "range"),
                                   .language = arguments_text(arguments, "language"),
                                   .replace = arguments_flag(arguments, "replace"),
                                   .progress = import_progress,
                                   .user = (void *)(uintptr_t)arguments};
    if (arguments_flag(arguments, "add-unknown-regions") && arguments_flag(arguments, "skip-unknown-regions"))
        return uf_fail(error, UF_BAD_USAGE,
                       "--add-unknown-regions and --skip-unknown-regions exclude each other, expected one");
    UF_TRY(fill_indicator(arguments, indicator_needed, &request->indicator, error));
    UF_TRY(add_roles(arguments, request, words, error));
    UF_TRY(add_keeps(arguments, request, words, error));
    UF_TRY(add_sums(arguments, request, words, error));
    UF_TRY(add_contents(arguments, request, words, error));
    UF_TRY(arguments_count(arguments, "header-row", 0, &request->header_row, error));
    UF_TRY(one_character(arguments, "delimiter", &request->delimiter, error));
    return one_character(arguments, "decimal", &request->decimal, error);
}

void import_words_clear(struct import_words *words)
{
    struct uf_text_list *lists[] = {&words->keep, &words->ignore, &words->breakdown, &words->sum,
                                    &words->content};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) uf_text_list_clear(lists[i]);
    for (size_t i = 0; i < MAX_KEEP; i++) {
        uf_text_list_clear(&words->codes[i]);
        uf_text_list_clear(&words->parts[i]);
    }
}

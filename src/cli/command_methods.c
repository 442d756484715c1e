// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <utfall/study.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/terminal.h"

static uf_status print_all(const struct arguments *arguments, struct uf_error *error)
{
    enum uf_language language;
    UF_TRY(terminal_language(arguments, &language, error));
    struct uf_table *table = NULL;
    UF_TRY(uf_table_new("methods", &table, error));
    static const char *const columns[] = {"method", "family", "title", "summary"};
    static const char *const families[] = {"profile", "effect"};
    uf_status status = UF_OK;
    size_t column = 0, count = 0;
    for (size_t j = 0; j < 4; j++)
        UF_TRY_GOTO(uf_table_add_column(table, columns[j], UF_COLUMN_TEXT, NULL, -1, &column, error), end);
    const struct uf_method *const *methods = uf_methods(&count);
    for (size_t i = 0; i < count; i++) {
        const char *cells[] = {methods[i]->name, families[methods[i]->family],
                               uf_words_in(methods[i]->title, language),
                               uf_words_in(methods[i]->summary, language)};
        size_t row = 0;
        UF_TRY_GOTO(uf_table_add_row(table, &row, error), end);
        for (size_t j = 0; j < 4; j++) UF_TRY_GOTO(uf_table_set_text(table, row, j, cells[j], error), end);
    }
    status = terminal_print_table(arguments, table, error);
end:
    uf_table_free(table);
    return status;
}

static uf_status run(const struct arguments *arguments, struct uf_error *error)
{
    if (arguments->words.count == 0) return print_all(arguments, error);
    const struct uf_method *method = NULL;
    UF_TRY(uf_method_find(arguments->words.items[0], -1, &method, error));
    char *text =
        arguments_help(method->family == UF_FAMILY_PROFILE ? &command_profile : &command_effect, method);
    uf_status status = text ? terminal_print(text, error) : uf_fail_memory(error);
    free(text);
    return status;
}

static const struct argument_group *const groups[] = {&output_options, &general_options, NULL};
const struct command command_methods = {.name = "methods",
                                        .usage = "[NAME]",
                                        .summary = "list the methods, or explain one",
                                        .groups = groups,
                                        .max_words = 1,
                                        .run = run,
                                        .family = -1};

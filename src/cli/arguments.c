// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/arguments.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utfall/number.h>

#include "base/fail.h"

/* One option as the parser sees it, whoever it belongs to. */
struct found_option {
    const char *name; /* NULL: unknown */
    enum argument_kind kind;
    const char *value_name;
};

bool arguments_is_methods(const struct uf_method *method, const char *name)
{
    for (size_t i = 0; method && i < method->n_options; i++)
        if (!strcmp(method->options[i].name, name)) return true;
    return false;
}

static struct found_option find_option(const struct arguments *arguments, const char *name, size_t length,
                                       char letter)
{
    const struct uf_method *method = arguments->method;
    for (size_t i = 0; method && !letter && i < method->n_options; i++) {
        const struct uf_option *option = &method->options[i];
        if (strlen(option->name) == length && !strncmp(option->name, name, length))
            return (struct found_option){option->name,
                                         option->type == UF_OPTION_FLAG   ? ARGUMENT_FLAG
                                         : option->type == UF_OPTION_LIST ? ARGUMENT_LIST
                                                                          : ARGUMENT_VALUE,
                                         "VALUE"};
    }
    for (size_t g = 0; arguments->command->groups[g]; g++) {
        const struct argument_group *group = arguments->command->groups[g];
        for (size_t i = 0; i < group->count; i++) {
            const struct argument_option *option = &group->options[i];
            if (letter ? option->letter == letter
                       : strlen(option->name) == length && !strncmp(option->name, name, length))
                return (struct found_option){option->name, option->kind, option->value_name};
        }
    }
    return (struct found_option){0};
}

static uf_status fail_unknown(const struct arguments *arguments, const char *word, size_t length,
                              struct uf_error *error)
{
    const char *names[256];
    size_t count = 0;
    const struct uf_method *method = arguments->method;
    for (size_t i = 0; method && i < method->n_options && count < 256; i++)
        names[count++] = method->options[i].name;
    for (size_t g = 0; arguments->command->groups[g]; g++)
        for (size_t i = 0; i < arguments->command->groups[g]->count && count < 256; i++)
            names[count++] = arguments->command->groups[g]->options[i].name;
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)(length < 100 ? length : 100), word);
    const char *nearest = uf_text_nearest(name, names, count),
               *reason = method ? uf_method_narrow_reason(method, name) : NULL;
    if (method && reason)
        return uf_fail(error, UF_BAD_USAGE, "%s has no option '--%s'; %s", method->name, name, reason);
    return uf_fail(error, UF_BAD_USAGE,
                   "there is no option '--%s' here%s%s%s; `utfall %s%s%s --help` lists them", name,
                   nearest ? "; did you mean '--" : "", nearest ? nearest : "", nearest ? "'?" : "",
                   arguments->command->name, method ? " " : "", method ? method->name : "");
}

static uf_status keep(struct arguments *arguments, const struct found_option *option, const char *value,
                      struct uf_error *error)
{
    bool once = option->kind == ARGUMENT_FLAG || option->kind == ARGUMENT_VALUE;
    if (once && uf_text_list_find(&arguments->names, option->name) != SIZE_MAX)
        return uf_fail(error, UF_BAD_USAGE, "the option '--%s' is given twice, expected it once",
                       option->name);
    UF_TRY(uf_text_list_add(&arguments->names, option->name, error));
    return uf_text_list_add(&arguments->values, value, error);
}

/* A flag with its value: `--name`, `--no-name`, `--name=true`. */
static uf_status keep_flag(struct arguments *arguments, const struct found_option *option, const char *value,
                           bool no, struct uf_error *error)
{
    if (!value) return keep(arguments, option, no ? "false" : "true", error);
    if (no || (strcmp(value, "true") != 0 && strcmp(value, "false") != 0))
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--%s', expected true or false", value,
                       option->name);
    return keep(arguments, option, value, error);
}

static uf_status read_option(struct arguments *arguments, int argc, char **argv, int *index,
                             struct uf_error *error)
{
    const char *word = argv[*index], *value = NULL;
    struct found_option option;
    bool no = false;
    if (word[1] == '-') {
        const char *name = word + 2, *equals = strchr(name, '=');
        size_t length = equals ? (size_t)(equals - name) : strlen(name);
        if (equals) value = equals + 1;
        option = find_option(arguments, name, length, 0);
        if (!option.name && !strncmp(name, "no-", 3)) {
            option = find_option(arguments, name + 3, length - 3, 0);
            if (option.name && option.kind != ARGUMENT_FLAG) option.name = NULL;
            no = option.name != NULL;
        }
        if (!option.name) return fail_unknown(arguments, name, length, error);
    } else {
        option = find_option(arguments, NULL, 0, word[1]);
        if (!option.name) return fail_unknown(arguments, word + 1, strlen(word + 1), error);
        if (word[2]) value = word + 2;
    }
    if (option.kind == ARGUMENT_FLAG) return keep_flag(arguments, &option, value, no, error);
    if (!value) {
        if (*index + 1 >= argc)
            return uf_fail(error, UF_BAD_USAGE, "the option '--%s' needs a value, expected --%s %s",
                           option.name, option.name, option.value_name ? option.value_name : "VALUE");
        value = argv[++*index];
    }
    return keep(arguments, &option, value, error);
}

static uf_status read_words(struct arguments *arguments, int argc, char **argv, struct uf_error *error)
{
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (!only_words && !strcmp(word, "--"))
            only_words = true;
        else if (!only_words && word[0] == '-' && word[1])
            UF_TRY(read_option(arguments, argc, argv, &i, error));
        else
            UF_TRY(uf_text_list_add(&arguments->words, word, error));
    }
    const struct command *command = arguments->command;
    if (arguments_flag(arguments, "help")) return UF_OK;
    if (arguments->words.count < command->min_words)
        return uf_fail(error, UF_BAD_USAGE, "something is missing, expected: utfall %s %s", command->name,
                       command->usage);
    if (arguments->words.count > command->max_words)
        return uf_fail(error, UF_BAD_USAGE, "found '%s' too much, expected: utfall %s %s",
                       arguments->words.items[command->max_words], command->name, command->usage);
    return UF_OK;
}

uf_status arguments_parse(const struct command *command, const struct uf_method *method, int argc,
                          char **argv, struct arguments *out, struct uf_error *error)
{
    struct arguments arguments = {.command = command, .method = method};
    uf_text_list_init(&arguments.words);
    uf_text_list_init(&arguments.names);
    uf_text_list_init(&arguments.values);
    uf_status status = read_words(&arguments, argc, argv, error);
    if (status != UF_OK) {
        arguments_clear(&arguments);
        return status;
    }
    *out = arguments;
    return UF_OK;
}

void arguments_clear(struct arguments *arguments)
{
    uf_text_list_clear(&arguments->words);
    uf_text_list_clear(&arguments->names);
    uf_text_list_clear(&arguments->values);
}

bool arguments_given(const struct arguments *arguments, const char *name)
{
    return uf_text_list_find(&arguments->names, name) != SIZE_MAX;
}

const char *arguments_text(const struct arguments *arguments, const char *name)
{
    size_t index = uf_text_list_find(&arguments->names, name);
    return index == SIZE_MAX ? NULL : arguments->values.items[index];
}

bool arguments_flag(const struct arguments *arguments, const char *name)
{
    const char *value = arguments_text(arguments, name);
    return value && !strcmp(value, "true");
}

uf_status arguments_list(const struct arguments *arguments, const char *name, struct uf_text_list *out,
                         struct uf_error *error)
{
    enum argument_kind kind = find_option(arguments, name, strlen(name), 0).kind;
    for (size_t i = 0; i < arguments->names.count; i++) {
        if (strcmp(arguments->names.items[i], name) != 0) continue;
        if (kind == ARGUMENT_REPEATED)
            UF_TRY(uf_text_list_add(out, arguments->values.items[i], error));
        else
            UF_TRY(uf_text_list_split(out, arguments->values.items[i], ',', error));
    }
    return UF_OK;
}

uf_status arguments_count(const struct arguments *arguments, const char *name, size_t otherwise, size_t *out,
                          struct uf_error *error)
{
    const char *text = arguments_text(arguments, name);
    double number = 0;
    if (!text) {
        *out = otherwise;
        return UF_OK;
    }
    if (!uf_number_parse(text, strlen(text), '.', &number) || number < 0 || number > 9007199254740992.0 ||
        (double)(size_t)number != number)
        return uf_fail(error, UF_BAD_USAGE, "found '%s' for '--%s', expected a whole number, 0 or more", text,
                       name);
    *out = (size_t)number;
    return UF_OK;
}

uf_status arguments_options(const struct arguments *arguments, struct uf_options **out,
                            struct uf_error *error)
{
    struct uf_options *options = NULL;
    UF_TRY(uf_options_new(arguments->method, &options, error));
    uf_status status = UF_OK;
    for (size_t i = 0; i < arguments->method->n_options && status == UF_OK; i++) {
        const struct uf_option *option = &arguments->method->options[i];
        if (!arguments_given(arguments, option->name)) continue;
        if (option->type != UF_OPTION_LIST) {
            status = uf_options_set(options, option->name, arguments_text(arguments, option->name), error);
            continue;
        }
        struct uf_text_list items;
        uf_text_list_init(&items);
        status = arguments_list(arguments, option->name, &items, error);
        if (status == UF_OK)
            status = uf_options_set_list(options, option->name, (const char *const *)items.items, items.count,
                                         error);
        uf_text_list_clear(&items);
    }
    if (status != UF_OK) {
        uf_options_free(options);
        return status;
    }
    *out = options;
    return UF_OK;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* `--help`, from the same tables that the parser reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/arguments.h"

enum { COLUMN = 30, WIDTH = 100 };

/* Words wrapped to the width, each line indented. */
static void append_wrapped(struct uf_buffer *out, const char *text, size_t indent)
{
    size_t used = indent;
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (used > indent && used + 1 + length > WIDTH) {
            uf_buffer_append_char(out, '\n');
            for (size_t i = 0; i < indent; i++) uf_buffer_append_char(out, ' ');
            used = indent;
        }
        if (used > indent) {
            uf_buffer_append_char(out, ' ');
            used++;
        }
        uf_buffer_append_bytes(out, text, length);
        used += length;
        text += length;
        while (*text == ' ' || *text == '\n') text++;
    }
    uf_buffer_append_char(out, '\n');
}

static void append_option(struct uf_buffer *out, char letter, const char *name, const char *value_name,
                          const char *summary)
{
    char left[128];
    int width = letter ? snprintf(left, sizeof left, "  -%c, --%s%s%s", letter, name, value_name ? " " : "",
                                  value_name ? value_name : "")
                       : snprintf(left, sizeof left, "      --%s%s%s", name, value_name ? " " : "",
                                  value_name ? value_name : "");
    uf_buffer_append(out, left);
    size_t used = width > 0 ? (size_t)width : 0;
    if (used + 1 > COLUMN) {
        uf_buffer_append_char(out, '\n');
        used = 0;
    }
    for (; used < COLUMN; used++) uf_buffer_append_char(out, ' ');
    append_wrapped(out, summary, COLUMN);
}

static const char *value_name_of(const struct uf_option *option)
{
    switch (option->type) {
    case UF_OPTION_NUMBER:
        return "NUMBER";
    case UF_OPTION_COUNT:
        return "COUNT";
    case UF_OPTION_FLAG:
        return NULL;
    case UF_OPTION_CHOICE:
        return "NAME";
    case UF_OPTION_LIST:
        return "A,B";
    case UF_OPTION_PERIOD:
        return "PERIOD";
    case UF_OPTION_FILE:
        return "FILE";
    default:
        return "TEXT";
    }
}

static void append_method_option(struct uf_buffer *out, const struct uf_option *option)
{
    struct uf_buffer summary;
    uf_buffer_init(&summary);
    uf_buffer_append(&summary, option->summary);
    if (option->choices) {
        uf_buffer_append(&summary, " [");
        for (size_t i = 0; option->choices[i]; i++) {
            if (i) uf_buffer_append(&summary, " | ");
            uf_buffer_append(&summary, option->choices[i]);
        }
        uf_buffer_append(&summary, "]");
    }
    if (option->default_text && *option->default_text) {
        uf_buffer_append(&summary, " (default: ");
        uf_buffer_append(&summary, option->default_text);
        uf_buffer_append(&summary, ")");
    }
    char *text = uf_buffer_take(&summary);
    append_option(out, 0, option->name, value_name_of(option), text ? text : "");
    free(text);
}

static void append_method(struct uf_buffer *out, const struct uf_method *method)
{
    if (method->n_options) {
        uf_buffer_append(out, "\nOptions of ");
        uf_buffer_append(out, method->name);
        uf_buffer_append(out, ":\n");
    }
    for (size_t i = 0; i < method->n_options; i++) append_method_option(out, &method->options[i]);
    uf_buffer_append(out, "\nDefinition:\n  ");
    append_wrapped(out, method->formula_note.en ? method->formula_note.en : "", 2);
    uf_buffer_append(out, "\nSources:\n");
    for (size_t i = 0; method->sources && method->sources[i]; i++) {
        uf_buffer_append(out, "  ");
        append_wrapped(out, method->sources[i], 2);
    }
}

char *arguments_help(const struct command *command, const struct uf_method *method)
{
    struct uf_buffer out;
    uf_buffer_init(&out);
    uf_buffer_append(&out, "Usage: utfall ");
    uf_buffer_append(&out, command->name);
    uf_buffer_append_char(&out, ' ');
    uf_buffer_append(&out, command->usage);
    uf_buffer_append(&out, "\n\n");
    append_wrapped(&out, method ? method->summary.en : command->summary, 0);
    if (command->more && !method) {
        uf_buffer_append_char(&out, '\n');
        append_wrapped(&out, command->more, 0);
    }
    for (size_t g = 0; command->groups[g]; g++) {
        const struct argument_group *group = command->groups[g];
        uf_buffer_append_char(&out, '\n');
        uf_buffer_append(&out, group->heading);
        uf_buffer_append(&out, ":\n");
        for (size_t i = 0; i < group->count; i++) {
            const struct argument_option *option = &group->options[i];
            /* A method's own option of the same name takes its place. */
            if (!arguments_is_methods(method, option->name))
                append_option(&out, option->letter, option->name, option->value_name, option->summary);
        }
    }
    if (method) append_method(&out, method);
    return uf_buffer_take(&out);
}

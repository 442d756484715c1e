// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_ARGUMENTS_H
#define UTFALL_CLI_ARGUMENTS_H
/*
 * The words of the command line, read by tables: a command lists the options it takes, a method lists its
 * own, and the parser, `--help` and "did you mean" all read the same lists.
 *
 * Forms: `--name value`, `--name=value`, `-o value`; a flag is `--name`, `--no-name` or `--name=false`; `--`
 * ends the options;
 * `-` alone is standard input.
 */
#include <stdbool.h>
#include <stddef.h>
#include <utfall/method.h>
#include <utfall/text.h>

enum argument_kind {
    ARGUMENT_FLAG,
    ARGUMENT_VALUE,   /* once */
    ARGUMENT_LIST,    /* comma-separated; repeating adds */
    ARGUMENT_REPEATED /* each occurrence is one item, commas and all */
};

struct argument_option {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    enum argument_kind kind;
    const char *value_name; /* `FILE`; NULL for flags */
    const char *summary;
};

/* A list of options that several commands share. */
struct argument_group {
    const char *heading;
    const struct argument_option *options;
    size_t count;
};

struct command;
struct arguments {
    const struct command *command;
    const struct uf_method *method; /* whose options are accepted too; NULL: none */
    struct uf_text_list words;      /* what is not an option */
    struct uf_text_list names;      /* of the options given, in order … */
    struct uf_text_list values;     /* … and their values; "true" or "false" for flags */
};

typedef uf_status (*command_run)(const struct arguments *arguments, struct uf_error *error);
struct command {
    const char *name;
    const char *usage;                          /* after `utfall NAME ` */
    const char *summary;                        /* one line */
    const char *more;                           /* a paragraph for --help; NULL: none */
    const struct argument_group *const *groups; /* NULL-terminated */
    size_t min_words, max_words;
    command_run run;
    int family; /* the first word is a method of this family; -1: no */
};

/* `argv[0..argc)` is what follows the command's name. */
uf_status arguments_parse(const struct command *command, const struct uf_method *method, int argc,
                          char **argv, struct arguments *out, struct uf_error *error);
void arguments_clear(struct arguments *arguments);

bool arguments_given(const struct arguments *arguments, const char *name);
/* The last value given, or NULL. */
const char *arguments_text(const struct arguments *arguments, const char *name);
bool arguments_flag(const struct arguments *arguments, const char *name);
/* All values; for a LIST split at commas. The caller clears it. */
uf_status arguments_list(const struct arguments *arguments, const char *name, struct uf_text_list *out,
                         struct uf_error *error);
/* A whole number >= 0, or `otherwise` when it is not given. */
uf_status arguments_count(const struct arguments *arguments, const char *name, size_t otherwise, size_t *out,
                          struct uf_error *error);
/* The method's options from the words given. */
uf_status arguments_options(const struct arguments *arguments, struct uf_options **out,
                            struct uf_error *error);
/* True where the method (not the command) has an option of this name; it then wins. */
bool arguments_is_methods(const struct uf_method *method, const char *name);

/* The help of a command, with the method's part where there is one. NULL: no memory. The caller frees it. */
char *arguments_help(const struct command *command, const struct uf_method *method);
#endif
